"""Every chapter of a study by both engines: the same bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctg_lib.build.chapters import read_chapters
from ctg_lib.build.run import raise_failures, run_chapters
from ctg_lib.project import Project
from ctg_lib.study import Study


@pytest.mark.slow
def test_every_chapter_is_the_same_to_the_byte(project: Project, larzac: Study, tmp_path: Path) -> None:
    chapters = read_chapters(project.notebooks)
    for engine in ("warm", "cold"):
        results = run_chapters(project, larzac.id, chapters, tmp_path / engine, engine=engine, workers=2)
        raise_failures(results)
    names = sorted(p.name for p in (tmp_path / "cold").iterdir())
    assert names == [f"{c.slug}.ipynb" for c in sorted(chapters, key=lambda c: c.slug)]
    for name in names:
        assert (tmp_path / "warm" / name).read_bytes() == (tmp_path / "cold" / name).read_bytes(), name
