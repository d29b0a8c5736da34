"""study.yml: themes, démarche, dates of the convention, and faults of YAML itself."""

from __future__ import annotations

from datetime import date

import pytest

from ctg_lib.errors import BadInput
from ctg_lib.geography import load_geography
from ctg_lib.project import Project
from ctg_lib.study.config import StudyConfig, load_config
from ctg_lib.workbooks.common import THEMES


@pytest.fixture
def settings(project, tmp_path):
    """Settings read from a text added to ``territories``."""

    def read(text: str | bytes) -> StudyConfig:
        folder = Project(tmp_path).studies / "essai"
        folder.mkdir(parents=True, exist_ok=True)
        content = text if isinstance(text, bytes) else f"territories: ['241200906']\n{text}".encode()
        (folder / "study.yml").write_bytes(content)
        return load_config(Project(tmp_path), "essai", load_geography(project))

    return read


def test_defaults(settings) -> None:
    config = settings("")
    assert config.themes == tuple(THEMES)
    assert config.demarche is None and config.contract == {} and config.previous == ""


def test_what_is_set(settings) -> None:
    config = settings(
        "themes: [Handicap, petite enfance, acces_droits]\n"
        "contract: {start: 2027-01-01, end: décembre 2031}\n"
        "demarche: {phases: [{id: P1, nom: Diagnostic, etat: fait}]}\n"
    )
    assert config.themes == ("petite_enfance", "handicap", "acces_droits")
    assert config.contract == {"start": date(2027, 1, 1), "end": date(2031, 12, 31)}
    assert config.demarche == {"phases": [{"id": "P1", "nom": "Diagnostic", "etat": "fait"}]}
    assert settings("contract: {start: 2027-01-01, end: }").contract == {"start": date(2027, 1, 1)}


def test_the_study_before(settings, tmp_path) -> None:
    before = Project(tmp_path).studies / "avant"
    before.mkdir(parents=True)
    (before / "study.yml").write_text("territories: ['241200906']\n", encoding="utf-8")
    assert settings("previous: avant").previous == "avant"
    for given in ("essai", "avent", "../avant", "[avant]"):
        with pytest.raises(BadInput, match=r"previous : trouvé .*, attendu une autre étude : avant"):
            settings(f"previous: {given}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("themes: enfance", "essai/study.yml, themes : trouvé 'enfance', attendu une liste entre crochets"),
        ("themes: [enfance, sport]", "essai/study.yml, themes : trouvé 'sport', attendu petite_enfance, enfance"),
        ("demarche: bientôt", "essai/study.yml, demarche : trouvé 'bientôt', attendu « phases: », « etapes: »"),
        ("contract: 2027", "essai/study.yml, contract : trouvé 2027, attendu « start: 2027-01-01 »"),
        ("contract: {debut: 2027-01-01}", "attendu « start: 2027-01-01 » et « end: 2031-12-31 »"),
        ("contract: {start: bientôt}", "essai/study.yml, contract, start : trouvé 'bientôt', attendu une date"),
        ("contract: {start: 2027-02-30}", "essai/study.yml, contract, start : trouvé '2027-02-30'"),
        ("contract: {start: 2027, end: 2026}", "contract, end : trouvé '2026-12-31', attendu une date après « start »"),
        ("as_of: 2026-02-30", "essai/study.yml, as_of : trouvé '2026-02-30', attendu une date AAAA-MM-JJ"),
        ("previous: essai", "essai/study.yml, previous : trouvé 'essai', attendu une autre étude ; il n’y en a pas"),
        ("title: a\ntitle: b", "ligne 1 : « title » écrit deux fois, une seule attendue"),
        ("secteurs:\n  Nord: ['12063']\n  Nord: ['12077']", "ligne 3 : « Nord » écrit deux fois"),
    ],
)  # fmt: skip
def test_faults_are_named(settings, text: str, message: str) -> None:
    with pytest.raises(BadInput) as error:
        settings(text)
    assert message in str(error.value)


def test_a_file_of_another_encoding_is_told(settings) -> None:
    with pytest.raises(BadInput, match="attendu un fichier enregistré en UTF-8"):
        settings("territories: ['241200906']\ntitle: Été".encode("latin-1"))
    assert settings("﻿territories: ['241200906']\ntitle: Été".encode()).title == "Été"


@pytest.mark.parametrize("id", ["241200906", "241200906-2020", "241200906-demo", "241200906-demo-suivi"])
def test_studies_that_come_with_the_project(project, id: str) -> None:
    from ctg_lib.study import open_study

    study = open_study(id, project)
    assert study.territory.code == "241200906" and study.fictif == ("demo" in id)
    assert study.calendar.problems == () and study.calendar.empty == (id == "241200906")
    assert not [p for p in study.calendar.check(study.as_of) if p.severity == "error"]


def test_nothing_of_2020_is_dated_later_and_done(project) -> None:
    """The seed: « HYPOTHÈSE : janvier 2021 », « sera menée début 2021 »; a page dated before its démarche."""
    from ctg_lib.partnership.checks import check
    from ctg_lib.study import open_study

    study = open_study("241200906-2020", project)
    done = [s for s in study.calendar.steps if s.state == "fait"]
    assert [s.id for s in done] == ["E00", "E01", "E02"]
    assert all(s.start and s.start <= study.as_of for s in done)
    assert study.calendar.phases[0].when == "octobre 2020 – février 2021"
    meetings = study.calendar.step("E05")
    assert meetings and (meetings.state, meetings.when) == ("hypothese", "vers janvier 2021")
    register = study.partnership.table("documents", "documents")
    assert (register["date"] <= study.as_of.isoformat()).all() and list(register["id"]) == ["D01"]
    [told] = check(study.partnership, study.calendar, study.as_of)
    assert told.severity == "warning" and "qui ne précède pas la phase qu’il dit lancée" in told.expected
