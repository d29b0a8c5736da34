"""What the cache keeps for nobody is removed; what a report names, or is of today, stays."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from ctg_lib import reads
from ctg_lib.build.inputs import PARTS
from ctg_lib.build.tidy import DAY, tidy
from ctg_lib.project import Project


def kept(project: Project, folder: str, name: str, *, age: float) -> Path:
    path = project.scratch / "cache" / folder / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{}", encoding="utf-8")
    os.utime(path, (time.time() - age,) * 2)
    return path


def record(project: Project, name: str, text: str) -> None:
    path = project.scratch / "cache" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("folder", [PARTS, reads.LISTS])
@pytest.mark.parametrize(
    "place", ["241200906/04-x.stamp.json", "241200906/rapport.reads.jsonl", "lots/france.stamp.json"]
)
def test_what_a_report_names_stays(tmp_path, folder, place) -> None:
    here = Project(tmp_path)
    named, other = (kept(here, folder, letter * 32, age=2 * DAY) for letter in "ab")
    record(here, place, f'{{"question": {{"places": {{"liste": "{"a" * 32}"}}}}}}\n')
    tidy(here)
    assert named.is_file() and not other.exists()
    assert (here.scratch / "cache" / place).is_file()


def test_what_is_of_today_stays_whoever_names_it(tmp_path) -> None:
    here = Project(tmp_path)
    new = kept(here, PARTS, "c" * 32, age=DAY / 2)
    tidy(here)
    assert new.is_file()


@pytest.mark.parametrize("folder", [PARTS, reads.LISTS])
def test_where_a_record_cannot_be_read_nothing_is_removed(tmp_path, folder) -> None:
    here = Project(tmp_path)
    unknown = kept(here, folder, "d" * 32, age=2 * DAY)
    (here.scratch / "cache" / "241200906" / "04-x.stamp.json").mkdir(parents=True)
    tidy(here)
    assert unknown.is_file()


def test_what_is_found_again_is_of_today(tmp_path) -> None:
    here = Project(tmp_path)
    found = kept(here, PARTS, "e" * 32, age=2 * DAY)
    assert reads.still_there(found) and not reads.still_there(found.with_name("absent.json"))
    tidy(here)
    assert found.is_file()


@pytest.mark.parametrize(
    ("report", "age", "stays"), [(True, 2 * DAY, True), (False, DAY / 2, True), (False, 2 * DAY, False)]
)
def test_what_is_known_of_a_report_goes_with_it(tmp_path, report, age, stays) -> None:
    here = Project(tmp_path)
    known = kept(here, "241200906", "fichiers", age=age)
    os.utime(known.parent, (time.time() - age,) * 2)
    (here.outputs / ("241200906" if report else "autre")).mkdir(parents=True)
    tidy(here)
    assert known.is_file() is stays


def test_no_cache_is_no_error(tmp_path) -> None:
    tidy(Project(tmp_path))
