"""No chapter reads the data but by the ways that are recorded."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.dataset as pads
import pyarrow.parquet as pq
import pytest

from ctg_lib import reads
from ctg_lib.build.chapters import load_notebook, parameters_index, read_chapters
from ctg_lib.indicators import structure
from ctg_lib.observations import Store
from ctg_lib.study import extras, open_study
from ctg_lib.study.kept import Kept
from ctg_lib.study.national_rows import NationalRows
from ctg_lib.study.own_groups import OwnGroups
from ctg_lib.study.rereading import Rereading

WAYS = (
    (NationalRows, "rows"), (Store, "read"), (Store, "distinct"), (structure, "read"), (OwnGroups, "rows"),
    (OwnGroups, "without"), (extras, "structures_of"),
    (Kept, "made"),  # of « partenaires »; the others are within one of the above
)  # fmt: skip


class Watch:
    """Files of ``data/processed`` opened outside the ways that are recorded."""

    def __init__(self, processed: Path) -> None:
        self.processed, self.depth, self.opened, self.outside = processed, 0, 0, list[str]()

    def way(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def inside(*given: Any, **named: Any) -> Any:
            self.depth += 1
            try:
                return function(*given, **named)
            finally:
                self.depth -= 1

        return inside

    def opening(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def opened(source: Any, *given: Any, **named: Any) -> Any:
            paths = source if isinstance(source, list) else [source]
            ours = [str(path) for path in paths if str(path).startswith(str(self.processed))]
            self.opened += len(ours)
            if not self.depth:
                self.outside += ours
            return function(source, *given, **named)

        return opened


@pytest.mark.slow
def test_every_read_is_recorded_and_read_again_the_same(
    project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All chapters of the demonstration, in this process; what they read, read again by another study object."""
    from IPython.core.interactiveshell import InteractiveShell

    study_id, watch = "241200906-demo", Watch(project.processed)
    open_study(study_id, project).prepare()
    for place, name in WAYS:
        monkeypatch.setattr(place, name, watch.way(getattr(place, name)))
    monkeypatch.setattr(pads, "dataset", watch.opening(pads.dataset))
    monkeypatch.setattr(pq, "read_table", watch.opening(pq.read_table))
    monkeypatch.setenv("CTG_ROOT", str(project.root))
    monkeypatch.chdir(project.notebooks)
    target = tmp_path / "cache" / study_id / "tous.reads.jsonl"
    target.parent.mkdir(parents=True)
    target.write_text("", encoding="utf-8")
    monkeypatch.setenv(reads.READS, str(target))
    shell = InteractiveShell()
    for chapter in read_chapters(project.notebooks):
        book = load_notebook(chapter.path)
        book.cells[parameters_index(book)].source = f"study = {study_id!r}"
        for cell in book.cells:
            if cell.cell_type == "code":
                with contextlib.redirect_stdout(io.StringIO()):
                    result = shell.run_cell(cell.source)
                result.raise_error()
    assert watch.opened and watch.outside == []
    monkeypatch.delenv(reads.READS)
    again = Rereading(open_study(study_id, project))
    read = reads.written(target)
    kinds = {one["kind"] for one in read}
    assert {"table", "groupes", "sans", "etablissements", "structure", "partenaires", "valeurs"} <= kinds
    assert [one for one in read if not again.same(one)] == []
