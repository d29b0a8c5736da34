"""Rows of a study kept for other processes: the same as computed, and never those of other inputs."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from ctg_lib.build.report import prepare_study
from ctg_lib.fingerprint import code_hash
from ctg_lib.indicators.registry import RESULT_COLUMNS, registry
from ctg_lib.project import Project
from ctg_lib.study import kept, open_study
from ctg_lib.study.kept import Kept, same_types


@pytest.fixture
def here(tmp_path: Path) -> Project:
    """A project whose inputs may be changed."""
    project = Project(tmp_path)
    (project.store / "bpe").mkdir(parents=True)
    (project.store / "bpe" / "2025.parquet").write_bytes(b"observations")
    (project.raw / "geography").mkdir(parents=True)
    (project.raw / "geography" / "populations.parquet").write_bytes(b"populations")
    (project.processed / "indicateurs.parquet").write_bytes(b"table")
    return project


def row(**given) -> pd.DataFrame:
    one = {
        "indicator": "population", "breakdown": "", "level": "secteur", "code": "S1", "name": "Larzac",
        "geography_year": 2026, "period": "2023", "value": 12.0, "lower": float("nan"), "upper": float("nan"),
        "numerator": float("nan"), "denominator": float("nan"), "unit": "habitants", "method": "", "status": "observed",
        "sources": "a+b", **given,
    }  # fmt: skip
    return pd.DataFrame([one], columns=list(RESULT_COLUMNS))


def test_a_kept_table_is_read_as_it_was_computed(here, larzac):
    first = Kept(here, "x", (larzac.territory,))
    made = first.made(row, "groupes")
    assert made.equals(same_types(row()))
    again = Kept(here, "x", (larzac.territory,))
    assert again.made(lambda: pytest.fail("computed again"), "groupes").equals(made)
    assert [p.name for p in again.folder.iterdir()] == [again.path("groupes").name]


def test_what_a_maker_adds_names_another_table(here, larzac):
    table = Kept(here, "x", (larzac.territory,))
    table.made(row, "sans", "12063")
    assert table.read("sans", "12168") is None
    assert table.read("groupes", "12063") is None
    table.made(lambda: row(code="S2"), "sans", "12168")
    assert table.read("sans", "12063")["code"].tolist() == ["S1"]  # both are kept


def _store(project: Project) -> None:
    (project.store / "bpe" / "2025.parquet").write_bytes(b"other")


def _date(project: Project) -> None:
    os.utime(project.store / "bpe" / "2025.parquet", ns=(1, 1))


def _more(project: Project) -> None:
    (project.store / "bpe" / "2026.parquet").write_bytes(b"more")


def _geography(project: Project) -> None:
    (project.raw / "geography" / "populations.parquet").write_bytes(b"others")


def _table(project: Project) -> None:
    (project.processed / "indicateurs.parquet").write_bytes(b"elbat")


@pytest.mark.parametrize("change", [_store, _date, _more, _geography, _table])
def test_other_inputs_other_table(here, larzac, change):
    former = Kept(here, "x", (larzac.territory,))
    former.made(row, "groupes")
    change(here)
    fresh = Kept(here, "x", (larzac.territory,))
    assert fresh.read("groupes") is None
    fresh.made(lambda: row(value=13.0), "groupes")
    assert [p.name for p in fresh.folder.iterdir()] == [fresh.path("groupes").name]  # the former is gone


def test_other_code_library_or_composition_other_table(here, larzac, monkeypatch):
    one = Kept(here, "x", (larzac.territory, *larzac.secteurs))
    names = {one.path("groupes").name}
    names.add(Kept(here, "x", (larzac.territory,)).path("groupes").name)
    renamed = replace(larzac.secteurs[0], published="Autre nom")
    names.add(Kept(here, "x", (larzac.territory, renamed, *larzac.secteurs[1:])).path("groupes").name)
    fewer = replace(larzac.secteurs[0], members=larzac.secteurs[0].members[1:])
    names.add(Kept(here, "x", (larzac.territory, fewer, *larzac.secteurs[1:])).path("groupes").name)
    older = replace(larzac.territory, edition=larzac.territory.edition - 1)
    names.add(Kept(here, "x", (older, *larzac.secteurs)).path("groupes").name)
    monkeypatch.setattr(kept, "CODE", "another code")
    names.add(Kept(here, "x", (larzac.territory, *larzac.secteurs)).path("groupes").name)
    assert len(names) == 6


def test_the_hash_of_the_code_covers_what_computes_the_rows(tmp_path):
    import shutil

    package = tmp_path / "ctg_lib"
    shutil.copytree(kept.PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__", "fonts"))

    def code(libraries=kept.LIBRARIES) -> str:
        return code_hash(package, kept.PARTS, libraries, without=kept.APART)

    before = code()
    assert kept.CODE.endswith(before)
    for name in ("indicators/partenaires.py", "study/local.py", "disclosure/protection.py", "values.py"):
        with (package / name).open("a") as file:
            file.write("# changed\n")
        after = code()
        assert after != before, name
        before = after
    assert code(("pandas",)) != before
    with (package / "study" / "chapters" / "base.py").open("a") as file:
        file.write("# chapters read the rows, and make none\n")
    assert code() == before


def test_code_edited_while_a_process_runs_is_not_what_it_ran(here, larzac):
    """A notebook that imported the old code writes under the old code's name, whatever its files hold now."""
    name = Kept(here, "x", (larzac.territory,)).path("groupes").name
    edited = kept.PACKAGE / "study" / "edited_meanwhile.py"
    edited.write_text("# another code\n")
    try:
        assert Kept(here, "x", (larzac.territory,)).path("groupes").name == name
    finally:
        edited.unlink()


@pytest.mark.parametrize("damage", [b"", b"PAR1 not a table"])
def test_a_damaged_table_is_computed_again(here, larzac, damage):
    table = Kept(here, "x", (larzac.territory,))
    table.made(row, "groupes")
    table.path("groupes").write_bytes(damage)
    assert table.read("groupes") is None
    assert table.made(lambda: row(value=14.0), "groupes")["value"].tolist() == [14.0]
    assert table.read("groupes")["value"].tolist() == [14.0]


def test_nothing_is_kept_where_nothing_can_be_written(here, larzac):
    (here.processed / kept.FOLDER).write_text("a file where a folder should be")
    table = Kept(here, "x", (larzac.territory,))
    assert table.made(row, "groupes").equals(same_types(row()))
    assert table.read("groupes") is None


@pytest.mark.slow
def test_kept_or_computed_the_rows_are_the_same(project, monkeypatch):
    """The demonstration, whose partners answered, with and without what another process kept.

    The whole export of the reference study is compared by tests/test_real_report_twice.py, byte for byte.
    """
    ids = [*list(registry())[::12], "assistantes_maternelles_agreees", "foyers_rsa"]
    with_kept = open_study("241200906-demo", project)
    prepare_study(with_kept)
    places = [("secteur", s.code) for s in with_kept.secteurs]
    monkeypatch.setattr(kept, "FOLDER", f"etudes-{os.getpid()}")
    monkeypatch.setattr(Kept, "write", lambda self, frame, name, *parts: same_types(frame))
    alone = open_study("241200906-demo", project)
    assert alone.own_groups.kept.read("groupes") is None
    pd.testing.assert_frame_equal(alone._local_rows, with_kept._local_rows)
    pd.testing.assert_frame_equal(alone.table(ids, places), with_kept.table(ids, places))
    assert len(alone.table(ids, places)) > 20
