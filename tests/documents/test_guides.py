"""Guides and sheets: what a study prints to conduct interviews, meetings, forums and the seminar."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import docx
import pytest
from typography_scan import faults, word_blocks

from ctg_lib.consultation.actors import KINDS, STRENGTHS
from ctg_lib.consultation.books.rencontres import RUBRICS
from ctg_lib.consultation.guide_words import KIND_HELP, STRENGTH_HELP
from ctg_lib.consultation.scheme import common_scheme
from ctg_lib.documents.consultation.guides import FILES, guide_bytes, write_guides
from ctg_lib.project import Project
from ctg_lib.study import open_study


@pytest.fixture
def study(project):
    """The reference study, which has secteurs of its own here."""
    opened = open_study("241200906", project)
    opened.config = replace(opened.config, secteurs={"Causse": ("12063",), "Vallées": ("12082",)})
    return opened


def text_of(content: bytes) -> str:
    """Every paragraph, those of tables, headers and footers included."""
    document = docx.Document(io.BytesIO(content))
    parts = [p.text for p in document.paragraphs]
    parts += [
        p.text
        for table in document.tables
        for row in table.rows
        for cell in row.cells
        for p in cell.paragraphs
    ]
    for section in document.sections:
        parts += [p.text for part in (section.header, section.footer) for p in part.paragraphs]
    return "\n".join(parts)


def test_each_is_written_the_same_every_time(study, tmp_path) -> None:
    first = write_guides(study, tmp_path)
    assert [path.name for path in first] == list(FILES)
    before = [path.read_bytes() for path in first]
    assert [path.read_bytes() for path in write_guides(study, tmp_path)] == before
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)


@pytest.mark.parametrize("name", FILES)
def test_each_says_where_and_reads_well(study, name, tmp_path) -> None:
    text = text_of(guide_bytes(study, name))
    assert "Larzac et Vallées" in text and "Fictif" not in text
    assert not re.search(r"\b(None|nan)\b", text)
    (tmp_path / name).write_bytes(guide_bytes(study, name))
    codes = name == "grille-de-codage.docx"  # which the workbooks need
    assert [f for block in word_blocks(tmp_path / name) for f in faults(block, technical=codes)] == []


def test_the_sheet_of_a_meeting_follows_the_demarches_own_list(study) -> None:
    text = text_of(guide_bytes(study, "fiche-rencontre-thematique.docx"))
    places = [
        text.index(f"{n}. {label[:1].upper()}{label[1:]}")
        for n, label in enumerate(RUBRICS.values(), start=1)
    ]
    assert places == sorted(places) and len(places) == 10
    assert "Causse" in text and "Vallées" in text


def test_the_scheme_is_printed_whole(study) -> None:
    text = text_of(guide_bytes(study, "grille-de-codage.docx"))
    assert all(need.code in text for need in common_scheme().needs)
    assert set(KIND_HELP) == set(KINDS) and set(STRENGTH_HELP) == set(STRENGTHS)


def test_only_the_themes_of_the_convention_are_asked_about(study) -> None:
    study.config = replace(study.config, themes=("jeunesse",))
    text = text_of(guide_bytes(study, "guide-entretien.docx"))
    assert "des lieux pour les jeunes" in text and "places d’accueil avant 3 ans" not in text


def test_what_is_set_is_printed(project, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(Project, "studies", property(lambda self: tmp_path))
    opened = open_study("241200906", project)
    plain = text_of(guide_bytes(opened, "fiche-forum.docx")).replace("\u00a0", " ")
    assert "gardé jusqu’au : [à compléter]" in plain
    (tmp_path / "241200906").mkdir()
    (tmp_path / "241200906" / "consultation.yml").write_text(
        "conservation_jusqu_au: 2027-12-31\n"
        "responsable: {organisme: Exemple, fonction: coopération, contact: ctg@exemple.example}\n",
        encoding="utf-8",
    )
    plain = text_of(guide_bytes(opened, "fiche-forum.docx")).replace("\u00a0", " ")
    assert "gardé jusqu’au : 31 décembre 2027" in plain and "ctg@exemple.example" in plain


def test_the_demonstration_says_that_it_is_one(project) -> None:
    opened = open_study("241200906-demo", project)
    for name in FILES:
        assert "Fictif" in text_of(guide_bytes(opened, name))


def test_an_unknown_guide_is_refused(study) -> None:
    with pytest.raises(KeyError):
        guide_bytes(study, "autre.docx")


def test_the_command_writes_them(project, tmp_path, monkeypatch) -> None:
    from typer.testing import CliRunner

    from ctg_lib.cli import app

    monkeypatch.chdir(project.root)
    done = CliRunner().invoke(app, ["study", "guides", "241200906", "--output", str(tmp_path / "g")])
    assert done.exit_code == 0, done.output
    assert all((tmp_path / "g" / name).is_file() and name in done.output for name in FILES)
