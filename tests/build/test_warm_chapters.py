"""Chapters by both engines: the same bytes, and the same account of what they asked."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from real_reports import STUDIES

from ctg_lib import shelf
from ctg_lib.build.chapters import read_chapters
from ctg_lib.build.run import raise_failures, run_chapters
from ctg_lib.build.warm.prime import ahead, read_study
from ctg_lib.project import Project
from ctg_lib.reads import READS, written
from ctg_lib.study.core import RECORD


@pytest.mark.slow
def test_every_chapter_is_the_same_to_the_byte(
    project: Project, report_of: Callable[[str], Path], tmp_path: Path
) -> None:
    """Those of a real report, which the warm engine ran, and the same by the cold one."""
    chapters, cold = read_chapters(project.notebooks), tmp_path / "cold"
    raise_failures(run_chapters(project, STUDIES[0], chapters, cold, engine="cold", workers=2))
    warm = report_of(STUDIES[0]) / "chapters"
    names = sorted(p.name for p in cold.iterdir())
    assert names == [f"{c.slug}.ipynb" for c in sorted(chapters, key=lambda c: c.slug)]
    assert names == sorted(p.name for p in warm.iterdir())
    for name in names:
        assert (warm / name).read_bytes() == (cold / name).read_bytes(), name


def _copied(project: Project, to: Path) -> Project:
    """The project without outputs, cache, and the studies' own tables; its raw data are the same files."""
    for folder in ("notebooks", "data/processed"):
        shutil.copytree(project.root / folder, to / folder, ignore=shutil.ignore_patterns("etudes"))
    (to / "data" / "raw").symlink_to(project.raw)
    return Project(to)


def _reads(path: Path) -> set[str]:
    """What a run read, each once, whatever the order."""
    return {json.dumps(read, sort_keys=True) for read in written(path)}


DEMO = "241200906-demo"
FULLEST = ("02-territoire-population", "12-consultation-habitants", "14-croisement", "15b-plan-action")
"""Chapters that rest on second readings, and on what a study's folder holds: answers, workbooks, convention."""


@pytest.mark.slow
def test_a_chapter_notes_what_it_asked_as_if_it_had_read_by_itself(project: Project, tmp_path: Path) -> None:
    """What lies on the shelf was read by another process: the chapter's account must not lack it.

    Read by the process that forks the chapters (warm), or by the one that makes the report (report).
    """
    project = _copied(project, tmp_path / "projet")  # where nothing is kept of the study's own tables
    chapters = [c for c in read_chapters(project.notebooks) if c.slug in FULLEST]
    asked: dict[str, dict[str, str]] = {}
    told: dict[str, dict[str, set[str]]] = {}
    for way in ("report", "warm", "cold"):  # the first keeps these tables for the others
        folder, laid = tmp_path / way, None
        (folder / "lus").mkdir(parents=True)
        if way == "report":
            with shelf.opened():
                read_study(project, DEMO)
                laid = ahead(project)
        results = run_chapters(
            project, DEMO, chapters, folder, engine="cold" if way == "cold" else "warm", workers=2, ahead=laid,
            chapter_env=lambda chapter, to=folder: {
                RECORD: str(to / f"{chapter.slug}.jsonl"), READS: str(to / "lus" / f"{chapter.slug}.jsonl"),
            },
        )  # fmt: skip
        raise_failures(results)
        asked[way] = {c.slug: (folder / f"{c.slug}.jsonl").read_text("utf-8") for c in chapters}
        told[way] = {c.slug: _reads(folder / "lus" / f"{c.slug}.jsonl") for c in chapters}
    assert set(asked["cold"]) == set(FULLEST) and all(asked["cold"].values()) and all(told["cold"].values())
    for way in ("warm", "report"):
        assert asked[way] == asked["cold"]
        for slug in FULLEST:
            assert told[way][slug] >= told["cold"][slug], "each reads what it rests on, whoever read it"
        for slug in FULLEST:
            name = f"{slug}.ipynb"
            assert (tmp_path / way / name).read_bytes() == (tmp_path / "cold" / name).read_bytes(), name
