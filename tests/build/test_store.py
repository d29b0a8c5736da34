from __future__ import annotations

import math
import shutil
from pathlib import Path

import pytest
import yaml

from ctg_lib.build import store as building
from ctg_lib.build.store import build_store, status, verify_store
from ctg_lib.errors import RawDataError
from ctg_lib.manifest import sha256_of
from ctg_lib.observations import Store
from ctg_lib.project import Project

COVERAGE = (
    "annee;numepci;txcouv_epci;txcouv_eaje_epci;txcouv_am_ind_epci;txcouv_prescol_epci;txcouv_gad_ind_epci\n"
)
ROW = "2023;241200906;60.5;16.3;36.9;6.7;0.7\n"
BIRTHS = "EC_MEASURE;FREQ;GEO;GEO_OBJECT;OBS_STATUS;TIME_PERIOD;OBS_VALUE\nLVB;A;12063;COM;A;2024;15\n"


def entry(entry_id: str, path: str, layout: str, dataset: str, rows: dict, **more) -> dict:
    fixed = {
        "publisher": "Insee", "title": "Essai", "short": "Insee", "vintage": "2023", "reference_date": "2023",
        "address": "https://exemple.fr", "licence": "LO", "geography_year": 2024, "provenance": "published",
    }  # fmt: skip
    return {"id": entry_id, **fixed, "path": path, "layout": layout, "dataset": dataset, "rows": rows, **more}


class Lab:
    """A project of two files in a temporary folder."""

    def __init__(self, root: Path) -> None:
        self.project = Project(root)
        self.files = {"cnaf.csv": COVERAGE + ROW, "naissances.csv": BIRTHS}
        self.entries = [
            entry("couverture", "cnaf.csv", "cnaf_txcouv", "txcouv_pe_epci", {"2023 epci": 5}),
            entry("naissances", "naissances.csv", "melodi", "DS_NAIS", {"2024 commune": 1}, vintage="2025"),
        ]
        self.project.raw.mkdir(parents=True)
        self.write()

    def write(self) -> None:
        from datetime import date

        for name, text in self.files.items():
            (self.project.raw / name).write_text(text, encoding="utf-8")
        for item in self.entries:
            file = self.project.raw / item["path"]
            item |= {"bytes": file.stat().st_size, "sha256": sha256_of(file), "retrieved": date(2026, 10, 9)}
        self.project.manifest.write_text(yaml.safe_dump({"sources": self.entries}), encoding="utf-8")

    def correct(self, **changes) -> None:
        item = {
            "dataset": "DS_NAIS", "variable": "LVB", "level": "commune", "code": "12063", "period": "2024",
            "expect": 15, "value": 16, "reason": "essai", "source": "registre",
        } | changes  # fmt: skip
        text = yaml.safe_dump({"corrections": [{k: v for k, v in item.items() if v != "—"}]})
        (self.project.raw / "corrections.yml").write_text(text, encoding="utf-8")

    def births(self):
        return Store(self.project.store).read("DS_NAIS").iloc[0]


@pytest.fixture
def lab(tmp_path):
    return Lab(tmp_path)


def test_build_then_nothing_to_do_then_again(lab):
    lines: list[str] = []
    first = build_store(lab.project, progress=lines.append)
    assert first.built and first.files == ("DS_NAIS/2025", "txcouv_pe/2023") and first.rows == 6
    assert "lecture de cnaf.csv" in lines
    before = {p: p.read_bytes() for p in lab.project.store.rglob("*.parquet")}
    assert not build_store(lab.project).built
    assert build_store(lab.project, force=True).built
    assert {p: p.read_bytes() for p in lab.project.store.rglob("*.parquet")} == before
    assert "à jour, rien à faire" in str(build_store(lab.project))


def test_changed_options_or_missing_files_are_noticed(lab):
    build_store(lab.project)
    lab.entries[0]["geography_year"] = 2025
    lab.write()
    assert build_store(lab.project).built
    (lab.project.store / "DS_NAIS" / "2025.parquet").unlink()
    assert build_store(lab.project).built


def test_stale_files_disappear(lab):
    build_store(lab.project)
    del lab.files["naissances.csv"]
    (lab.project.raw / "naissances.csv").unlink()
    lab.entries.pop()
    lab.write()
    build_store(lab.project)
    assert Store(lab.project.store).datasets() == ["txcouv_pe"]


def test_nothing_is_built_from_a_changed_file(lab):
    build_store(lab.project)
    (lab.project.raw / "naissances.csv").write_text(BIRTHS.replace(";15", ";51"), encoding="utf-8")
    with pytest.raises(RawDataError, match=r"naissances\.csv, sha256 : trouvé"):
        build_store(lab.project)
    assert lab.births()["value"] == 15  # the previous store is still there


def test_unlisted_file(lab):
    (lab.project.raw / "autre.csv").write_text("x", encoding="utf-8")
    with pytest.raises(RawDataError, match=r"manifest.yml ne connaît pas : autre.csv"):
        build_store(lab.project)


def test_a_bad_file_leaves_the_store_alone(lab):
    build_store(lab.project)
    lab.files["naissances.csv"] = BIRTHS.replace(";15", ";quinze")
    lab.write()
    with pytest.raises(RawDataError, match=r"naissances\.csv, ligne 2, colonne OBS_VALUE : trouvé 'quinze'"):
        build_store(lab.project)
    assert lab.births()["value"] == 15


def test_one_figure_in_two_files(lab):
    lab.files["bis.csv"] = BIRTHS
    lab.entries.append(entry("bis", "bis.csv", "melodi", "DS_NAIS", {"2024 commune": 1}, vintage="2026"))
    lab.write()
    message = r"DS_NAIS, LVB, commune 12063, 2024 : donné par plusieurs fichiers \(naissances, bis\)"
    with pytest.raises(RawDataError, match=message):
        build_store(lab.project)


def test_interrupted_swap_is_repaired(lab):
    build_store(lab.project)
    lab.project.store.rename(lab.project.store.with_name("observations.old"))
    assert not build_store(lab.project).built
    assert lab.births()["value"] == 15


# --- corrections -------------------------------------------------------------------------------------


def test_correction(lab):
    lab.correct()
    report = build_store(lab.project)
    assert lab.births()["value"] == 16 and lab.births()["status"] == "observed"
    assert "corrigé : dataset DS_NAIS" in report.corrections[0] and "15 → 16 (essai)" in str(report)


def test_correction_to_nothing(lab):
    lab.correct(value=None)
    build_store(lab.project)
    assert math.isnan(lab.births()["value"]) and lab.births()["status"] == "missing"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"expect": 14}, "trouvé 15.0, attendu 14. L’éditeur a changé cette valeur"),
        ({"code": "12168"}, r"trouvé '0 observation\(s\)', attendu une seule"),
        ({"reason": "—"}, "correction 1 : champs manquants : reason"),
        ({"note": "x"}, "correction 1 : champs inconnus : note"),
    ],
)
def test_corrections_that_stop_the_build(lab, changes, message):
    lab.correct(**changes)
    with pytest.raises(RawDataError, match=message):
        build_store(lab.project)


@pytest.mark.parametrize(
    ("text", "message"),
    [("- a\n", "une liste « corrections: »"), ("a: [", "YAML illisible"), ("corrections: [x]", "trouvé 'x'")],
)
def test_unreadable_corrections(lab, text, message):
    (lab.project.raw / "corrections.yml").write_text(text, encoding="utf-8")
    with pytest.raises(RawDataError, match=message):
        build_store(lab.project)


# --- verification ------------------------------------------------------------------------------------


def test_verify(lab):
    assert "pas encore construit" in verify_store(lab.project)[-1]
    build_store(lab.project)
    lines = verify_store(lab.project)
    assert lines[0].startswith("2 fichiers bruts : tailles et sha256 conformes")
    assert lines[1].startswith("6 observations : nombre attendu")
    assert "Taux de couverture = somme des modes d’accueil : 1 égalités, écart maximal 0,10." in lines
    assert lines[-1] == "Magasin d’observations : 2 fichiers à jour."


def test_verify_notices_changed_sources(lab):
    build_store(lab.project)
    lab.files["naissances.csv"] = BIRTHS.replace(";15", ";16")
    lab.write()
    assert "les sources ont changé" in verify_store(lab.project)[-1]


def test_row_counts(lab):
    lab.entries[1]["rows"] = {"2024 commune": 2}
    lab.write()
    message = r"naissances \(naissances.csv\), 2024 commune : trouvé 1, attendu 2 observations"
    with pytest.raises(RawDataError, match=message):
        verify_store(lab.project)
    lab.entries[1]["rows"] = {}
    lab.write()
    with pytest.raises(RawDataError, match="aucun nombre de lignes attendu"):
        verify_store(lab.project)


def test_parts_that_do_not_make_the_total(lab):
    lab.files["cnaf.csv"] = COVERAGE + ROW.replace("36.9", "35.9")
    lab.write()
    with pytest.raises(
        RawDataError, match=r"epci 241200906, 2023 \(couverture\) : total 60.5, somme des parties 59.6"
    ):
        verify_store(lab.project)


def test_damaged_store(lab):
    build_store(lab.project)
    shutil.copy(
        lab.project.store / "DS_NAIS" / "2025.parquet", lab.project.store / "DS_NAIS" / "2026.parquet"
    )
    with pytest.raises(RawDataError, match="des fichiers du magasin manquent ou sont en trop"):
        verify_store(lab.project)


def test_status(lab):
    (lab.project.raw / "cnaf.csv").unlink()
    table = status(lab.project)
    assert table["state"].tolist() == ["absent", "présent"]
    assert table["rows"].tolist() == [5, 1] and table["provenance"].tolist() == ["published"] * 2


# --- the project's own data --------------------------------------------------------------------------


def test_the_checkout_verifies():
    project = Project(Path(__file__).resolve().parents[2])
    lines = verify_store(project)
    expected = {
        "Logements = principaux + secondaires + vacants : 38 égalités",
        "Résidences principales = somme des statuts d’occupation : 38 égalités",
        "Actifs occupés = somme des lieux de travail : 20 égalités",
        "Actifs occupés = somme des modes de transport : 20 égalités",
        "Taux de couverture = somme des modes d’accueil : 21 égalités",
        "Pyramides des âges = population municipale : 19 communes",
    }
    assert not {e for e in expected if not any(line.startswith(e) for line in lines)}


def test_no_absolute_path_nor_clock_in_the_store(lab, tmp_path):
    build_store(lab.project)
    other = Lab(tmp_path / "ailleurs")
    build_store(other.project)
    for file in lab.project.store.rglob("*"):
        if file.is_file():
            twin = other.project.store / file.relative_to(lab.project.store)
            assert file.read_bytes() == twin.read_bytes(), file.name


def test_stamp_follows_the_readers_code(lab, monkeypatch, tmp_path):
    build_store(lab.project)
    extra = tmp_path / "lecteur.py"
    extra.write_text("x = 1\n", encoding="utf-8")
    files = building._code_files()
    monkeypatch.setattr(building, "_code_files", lambda: [*files, extra])
    assert build_store(lab.project).built
