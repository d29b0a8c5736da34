"""The workbook in which open answers are read by a person before any is printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ctg_lib.consultation.answers import Answers
from ctg_lib.consultation.books.verbatims import FILE, SHEET, verbatims
from ctg_lib.consultation.masking import has_model
from ctg_lib.consultation.scheme import load_scheme
from ctg_lib.consultation.verbatims import Reviewed, kept, lines_of, read
from ctg_lib.documents.workbooks import study_book_bytes
from ctg_lib.files import write_whole

if TYPE_CHECKING:
    from ctg_lib.study.core import Study
    from ctg_lib.workbooks.problems import Problem


@dataclass(frozen=True)
class Written:
    """What became of the workbook.

    Attributes:
        path: of the workbook.
        lines: open answers in it; 0: none was given, nothing is written.
        new, dropped: lines added to those that were there, and taken out.
        decisions: decision -> lines, once written.
        model: whether the language model looked for names too.
        doubts: what may be a person in the texts to be printed.
        problems: errors for which the workbook that is there was left as it is; empty where it was written.
    """

    path: Path
    lines: int = 0
    new: int = 0
    dropped: int = 0
    decisions: Mapping[str, int] | None = None
    model: bool = False
    doubts: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()


def write_verbatims(study: Study, surveys: Mapping[str, Answers] | None = None) -> Written:
    """Write ``consultation/verbatims.xlsx`` of a study: new answers are added, what the reader wrote stays.

    The file is replaced whole, or left as it is where one of its cells cannot be read and would be lost.

    Args:
        study: whose answers are put before a reader.
        surveys: id of a questionnaire -> answers; the study's own by default.
    """
    folder = study.consultation.folder
    answers = study.consultation.surveys if surveys is None else surveys
    path, places = folder / FILE, tuple(study.communes_by_code.values())
    scheme, _ = load_scheme(folder)
    there = read(folder, places, scheme)
    fresh = lines_of(answers, places, scheme)
    if not fresh and there.lines.empty:
        return Written(path, model=has_model())
    if wrong := tuple(p for p in there.problems if p.severity == "error" and _loses(p)):
        return Written(path, len(there.lines), problems=wrong)
    lines = kept(fresh, there.lines, answers)
    write_whole(path, study_book_bytes(study, verbatims(scheme), {SHEET: lines}))
    known = {(line["answer"], line["column"]) for line in lines}
    before = set(zip(there.lines["answer"], there.lines["column"], strict=True))
    done: Reviewed = read(folder, places, scheme, model=None)
    return Written(
        path, len(lines), len(known - before), len(before - known), done.decisions, has_model(), done.problems
    )


def _loses(problem: Problem) -> bool:
    """Whether a cell was not read: what is told of a text to be printed loses nothing."""
    return "pas imprimée" not in problem.expected
