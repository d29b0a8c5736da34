"""A report that nothing has changed is not assembled again: what its pages were made from, and what they are.

Where the national table is another one, and nothing else, a report is left all the same if neither its
chapters nor its tables and pages read anything of what changed there (:mod:`ctg_lib.build.untouched`).

Only a report in HTML by nbconvert is left alone: Quarto is a program of this machine that no part names. The
leaflets of such a report are made by the packaged pandoc, which one does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ctg_lib.build.chapters import Chapter
from ctg_lib.build.inputs import Inputs, listing_hash, outrun
from ctg_lib.build.untouched import TABLE, Untouched
from ctg_lib.build.validity import REPORT, State, cache_folder, read_stamp, reads_path, write_stamp

NAME = "rapport.stamp.json"


def may_be_left(formats: Sequence[str], assembler: str, keep_project: bool) -> bool:
    """Whether all that makes these pages is among the parts."""
    return tuple(formats) == ("html",) and assembler == "nbconvert" and not keep_project


@dataclass(frozen=True)
class Pages:
    """Whether the tables and pages of the last report would be the same today.

    Attributes:
        result: what the report said of itself, where they would; None where they would not.
        why: « chapitres » (one of them is run again), « sans trace », « modifié » (a file is not the one that
            was written), « parts », « same » or « reread » (data changed, not those that are shown).
        changed: parts that are not the same as when they were made.
        before, now: parts of then and of today, for telling what changed in them.
    """

    result: Mapping[str, Any] | None
    why: str
    changed: tuple[str, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)
    now: Mapping[str, Any] = field(default_factory=dict)


def pages(
    inputs: Inputs, study_id: str, chapters: Iterable[Chapter], states: Iterable[State],
    untouched: Untouched | None = None,
) -> Pages:  # fmt: skip
    """What the stamp of the last report says, without opening the study.

    Args:
        chapters: of the report; their executed notebooks are among its files.
        states: of these chapters, at first sight.
        untouched: what is known of former tables, where many studies are looked at.
    """
    if not all(state.valid for state in states):
        return Pages(None, "chapitres")
    stamp = read_stamp(report_stamp(inputs, study_id))
    if stamp is None:
        return Pages(None, "sans trace")
    if stamp["files"] != _files(inputs, study_id):
        return Pages(None, "modifié")
    before, now = stamp["parts"], _parts(inputs, study_id, chapters)
    changed = tuple(name for name in {**now, **before} if before.get(name) != now.get(name))
    if not changed:
        return Pages(stamp["result"], "same")
    record = reads_path(inputs.project, study_id, REPORT)
    if changed == (TABLE,) and (untouched or Untouched(inputs)).since(before[TABLE], record, record):
        return Pages(stamp["result"], "reread", changed, before, now)
    return Pages(None, "parts", changed, before, now)


def last_result(
    inputs: Inputs, study_id: str, chapters: Iterable[Chapter], states: Iterable[State],
    untouched: Untouched | None = None,
) -> Mapping[str, Any] | None:  # fmt: skip
    """What the last report said of itself, where it would be the same today (:func:`pages`)."""
    return pages(inputs, study_id, chapters, states, untouched).result


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
