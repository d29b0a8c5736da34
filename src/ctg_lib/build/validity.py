"""Which executed chapters may be taken over, decided by the content of all that they are made from.

A chapter is valid where its notebook, the library, what is installed, its study's folder, the geography and
the manifest are the same as when it was run, and

- either the data are the same too (nothing of the study is opened), or
- it read nothing of the territories and indicators that changed (:mod:`ctg_lib.build.untouched`), or
- what it read of the data, read again, is the same (:mod:`ctg_lib.reads`, and the queries of its study).

What was true of a run is written in a stamp once its notebook is in place; anything that is absent, cannot be
read or is not known makes the chapter be run again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ctg_lib import reads
from ctg_lib.build.chapters import Chapter
from ctg_lib.build.inputs import DATA, Inputs, outrun, write_beside
from ctg_lib.build.untouched import TABLE, Untouched
from ctg_lib.project import Project

if TYPE_CHECKING:
    from ctg_lib.study import Study

FORMAT = 1
"""Of the stamps: one of another format is worth nothing."""
REPORT = "rapport"
"""Stands beside the slugs of chapters: what a report read beside them."""


@dataclass(frozen=True)
class State:
    """Whether a chapter of the last report may be taken over.

    Attributes:
        valid: whether it may.
        changed: parts that are not the same as when it was run (keys of :data:`~inputs.LABELS`).
        why: « absent », « sans trace », « modifié » (its executed notebook is not the one that was written),
            « parts », « reads », « same » or « reread » (the data changed, what it read did not: read again,
            or known to lie elsewhere).
        read: the first read, or query, whose answer changed.
        before, now: parts of the run and of today, for telling what changed in them.
    """

    chapter: Chapter
    valid: bool
    why: str
    changed: tuple[str, ...] = ()
    read: Mapping[str, Any] | None = None
    before: Mapping[str, str] = field(default_factory=dict)
    now: Mapping[str, str] = field(default_factory=dict)

    @property
    def stale(self) -> bool:
        """Whether it stands in the last report and may not be taken over."""
        return not self.valid and self.why != "absent"


def cache_folder(project: Project, study_id: str) -> Path:
    """Where the stamps, queries and reads of a study's chapters lie."""
    return project.scratch / "cache" / study_id


def queries_path(project: Project, study_id: str, slug: str) -> Path:
    """Where a chapter's run writes its queries, with a hash of each answer."""
    return cache_folder(project, study_id) / f"{slug}.queries.jsonl"


def reads_path(project: Project, study_id: str, slug: str) -> Path:
    """Where a chapter's run writes what it read of the data (:mod:`ctg_lib.reads`)."""
    return cache_folder(project, study_id) / f"{slug}.reads.jsonl"


def stamp_path(project: Project, study_id: str, slug: str) -> Path:
    """Where a chapter's stamp lies."""
    return cache_folder(project, study_id) / f"{slug}.stamp.json"


def executed_path(project: Project, study_id: str, slug: str) -> Path:
    """The executed notebook of the last report."""
    return project.outputs / study_id / "chapters" / f"{slug}.ipynb"


def recording(project: Project, study_id: str, chapter: Chapter) -> dict[str, str]:
    """Begin a chapter's record: empty files (one that asks nothing leaves them so), and the variables that
    name them to its run."""
    from ctg_lib.study.core import RECORD

    queries, read = (of(project, study_id, chapter.slug) for of in (queries_path, reads_path))
    queries.parent.mkdir(parents=True, exist_ok=True)
    for path in (queries, read):
        path.write_text("", encoding="utf-8")
    return {RECORD: str(queries), reads.READS: str(read)}


# --- before the run ----------------------------------------------------------------------------------


def at_first_sight(
    inputs: Inputs, study_id: str, chapters: Iterable[Chapter], untouched: Untouched | None = None
) -> list[State]:
    """What the stamps say, without opening the study.

    A chapter of which only data changed comes back as not valid, ``changed`` within :data:`~inputs.DATA`,
    unless it is certain that it read nothing of what changed: see :func:`read_again`.

    Args:
        untouched: what is known of former tables, where many studies are looked at.
    """
    common, known = {**inputs.shared, **inputs.of_study(study_id)}, untouched or Untouched(inputs)
    return [_first(inputs, study_id, chapter, common, known) for chapter in chapters]


def _first(
    inputs: Inputs, study_id: str, chapter: Chapter, common: Mapping[str, str], untouched: Untouched
) -> State:
    project, slug = inputs.project, chapter.slug
    if not executed_path(project, study_id, slug).is_file():
        return State(chapter, False, "absent")
    stamp = read_stamp(stamp_path(project, study_id, slug))
    if stamp is None:
        return State(chapter, False, "sans trace")
    if stamp["files"] != _run_files(inputs, study_id, slug):
        return State(chapter, False, "modifié")
    before, now = stamp["parts"], {**common, **inputs.of_chapter(study_id, chapter)}
    changed = tuple(name for name in {**now, **before} if before.get(name) != now.get(name))
    why = "parts" if changed else "same"
    record, report = (reads_path(project, study_id, name) for name in (slug, REPORT))
    if changed == (TABLE,) and untouched.since(before[TABLE], record, report):
        why = "reread"
    return State(chapter, why != "parts", why, changed, None, before, now)


def read_again(states: Sequence[State], study: Study) -> list[State]:
    """The same states, those of which only data changed decided by what they read: it is read again.

    Args:
        study: prepared for the data of today.
    """
    from ctg_lib.study.rereading import Rereading

    again = Rereading(study)
    return [_second(state, again) if data_only(state) else state for state in states]


def data_only(state: State) -> bool:
    """Whether only data changed: what the chapter read, read again, decides."""
    return state.why == "parts" and set(state.changed) <= set(DATA)


def _second(state: State, again: Any) -> State:
    moved = _first_moved(again, state.chapter.slug)
    if moved is None:
        return replace(state, valid=True, why="reread")
    return replace(state, why="reads", read=moved)


def _first_moved(again: Any, slug: str) -> Mapping[str, Any] | None:
    """The first read or query whose answer is another today; None where all are the same."""
    project, study_id = again.study.project, again.study.id
    try:
        read = reads.written(reads_path(project, study_id, slug))
        lines = queries_path(project, study_id, slug).read_text(encoding="utf-8").splitlines()
        queries = [json.loads(line) for line in lines]
    except (OSError, ValueError, KeyError):
        return {"kind": ""}
    return next((one for one in read if not again.same(one)), None) or next(
        (query for query in queries if not again.same_query(query)), None
    )


# --- after the run -----------------------------------------------------------------------------------


def keep_stamps(
    before: Inputs, study_id: str, chapters: Iterable[Chapter], *, run: Callable[[Chapter], bool]
) -> None:
    """Write the stamps of chapters whose notebooks are in place.

    Nothing is written where a part changed while they were run: nobody knows which one they read.

    Args:
        before: the inputs as they were before the run.
        run: whether a chapter was run; otherwise what it read is the same, and its stamp takes the new parts.
    """
    project, after = before.project, Inputs(before.project)
    for chapter in chapters:
        slug = chapter.slug
        place = stamp_path(project, study_id, slug)
        parts = before.parts(study_id, chapter)
        if outrun(after) or parts != after.parts(study_id, chapter):
            if run(chapter):
                place.unlink(missing_ok=True)
            continue
        files = _run_files(after, study_id, slug)
        if all(files.values()):
            write_stamp(place, {"parts": parts, "files": files})
    before.keep()
    after.save()


def _run_files(inputs: Inputs, study_id: str, slug: str) -> dict[str, str]:
    """Hashes of what a run left: the executed notebook, its queries, its reads."""
    project, files = inputs.project, inputs.own_files(study_id)
    return {
        "notebook": files.sha(executed_path(project, study_id, slug)),
        "queries": files.sha(queries_path(project, study_id, slug)),
        "reads": files.sha(reads_path(project, study_id, slug)),
    }


def read_stamp(path: Path) -> dict[str, Any] | None:
    """A stamp; None where there is none, or one that cannot be used."""
    try:
        stamp = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    usable = isinstance(stamp, dict) and stamp.get("format") == FORMAT
    return stamp if usable and {"parts", "files"} <= stamp.keys() else None


def write_stamp(path: Path, content: Mapping[str, Any]) -> None:
    """Write a stamp, whole."""
    write_beside(path, json.dumps({"format": FORMAT, **content}, ensure_ascii=False, indent=1) + "\n")
