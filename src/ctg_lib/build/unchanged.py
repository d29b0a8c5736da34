"""A report that nothing has changed is not assembled again: what its pages were made from, and what they are.

Only a report in HTML by nbconvert is left alone: Quarto is a program of this machine that no part names. The
leaflets of such a report are made by the packaged pandoc, which one does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ctg_lib.build.chapters import Chapter
from ctg_lib.build.inputs import Inputs, listing_hash, outrun
from ctg_lib.build.validity import State, cache_folder, read_stamp, write_stamp

NAME = "rapport.stamp.json"


def may_be_left(formats: Sequence[str], assembler: str, keep_project: bool) -> bool:
    """Whether all that makes these pages is among the parts."""
    return tuple(formats) == ("html",) and assembler == "nbconvert" and not keep_project


def last_result(
    inputs: Inputs, study_id: str, chapters: Iterable[Chapter], states: Iterable[State]
) -> Mapping[str, Any] | None:
    """What the last report said of itself, where it would be the same today; None where it would not.

    Args:
        chapters: of the report; their executed notebooks are among its files.
        states: of these chapters, at first sight.
    """
    if not all(state.valid for state in states):
        return None
    stamp = read_stamp(report_stamp(inputs, study_id))
    if stamp is None or stamp["parts"] != _parts(inputs, study_id, chapters):
        return None
    return stamp["result"] if stamp["files"] == _files(inputs, study_id) else None


def keep(
    before: Inputs, study_id: str, chapters: Sequence[Chapter], result: Mapping[str, Any] | None
) -> None:
    """Write a report's stamp, once it is in place; remove it where the report may not be left alone, or where
    something changed while it was made.

    Args:
        result: what it says of itself; None where it may not be left alone.
    """
    path, after = report_stamp(before, study_id), Inputs(before.project)
    parts = _parts(before, study_id, chapters)
    if result is None or outrun(after) or parts != _parts(after, study_id, chapters):
        path.unlink(missing_ok=True)
        return
    write_stamp(path, {"parts": parts, "files": _files(after, study_id), "result": result})
    before.keep()
    after.save()


def report_stamp(inputs: Inputs, study_id: str) -> Path:
    """Where a report's stamp lies."""
    return cache_folder(inputs.project, study_id) / NAME


def _parts(inputs: Inputs, study_id: str, chapters: Iterable[Chapter]) -> dict[str, Any]:
    own = {each.slug: inputs.of_chapter(study_id, each) for each in chapters}
    return {**inputs.shared, **inputs.of_study(study_id), **inputs.layout, "chapitres": own}


def _files(inputs: Inputs, study_id: str) -> str:
    """Hash of every file of the report, and of what its chapters recorded."""
    files = inputs.own_files(study_id)
    pages = files.tree(inputs.project.outputs / study_id)
    cache = cache_folder(inputs.project, study_id)
    records = {f"{path.name}": files.sha(path) for path in cache.glob("*.jsonl")}
    return listing_hash({**pages, **records})
