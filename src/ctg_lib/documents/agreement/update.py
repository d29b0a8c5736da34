"""A workbook of the agreement, written again with what is proposed; nothing that a person wrote is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ctg_lib.agreement.updating import Line, lines_of, loses, settled
from ctg_lib.consultation.erased_codes import write_whole
from ctg_lib.documents.workbooks import workbook_bytes
from ctg_lib.workbooks.layout import IDENTITY, LISTS
from ctg_lib.workbooks.spreadsheet import tabs_in

if TYPE_CHECKING:
    from ctg_lib.study.core import Study
    from ctg_lib.workbooks.problems import Problem


@dataclass(frozen=True)
class Written:
    """What became of a workbook.

    Attributes:
        path: of the workbook.
        changed: whether it was written; an update that says nothing new leaves the file alone, even one that another
            program saved its own way.
        problems: cells that would be lost, for which the file was left as it is; empty where it was written.
    """

    path: Path
    changed: bool = False
    problems: tuple[Problem, ...] = ()


def write_update(study: Study, book: str, sheets: Mapping[str, list[Line]]) -> Written:
    """Write a workbook of the study's ``convention`` folder again, whole, or leave it as it is.

    Args:
        study: whose folder.
        book: id of the workbook (:data:`ctg_lib.agreement.books.BOOK_IDS`).
        sheets: sheet name -> its lines (:mod:`ctg_lib.agreement.updating`); a sheet that is not named keeps
            its own.

    Raises:
        PermissionError: the file is held open by another program.
    """
    agreement, shape = study.agreement, study.agreement.books[book]
    path = study.project.studies / study.id / agreement.file(book)
    if wrong := would_lose(study, book):
        return Written(path, problems=wrong)
    there = {each.name: lines_of(each, agreement.table(book, each.name)) for each in shape.sheets}
    lines = {**there, **{name: [settled(shape[name], line) for line in own] for name, own in sheets.items()}}
    content = workbook_bytes(
        shape, lines, communes=study.communes_by_code, place=study.territory.name, moment=study.as_of,
        fictif=study.fictif,
    )  # fmt: skip
    if path.is_file() and _says_the_same(path.read_bytes(), content, lines == there):
        return Written(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)
    return Written(path, changed=True)


def _says_the_same(before: bytes, after: bytes, same_lines: bool) -> bool:
    """Whether a file says what it would say once written again: the same lines, under the same lists and version."""
    return before == after or (same_lines and _around(before) == _around(after))


def _around(content: bytes) -> dict[str, list[list[object]]]:
    """Cells of the lists and of the hidden sheet that says which workbook it is."""
    return {
        tab.title: [[cell.value for cell in row.values()] for row in tab.rows.values()]
        for tab in tabs_in(content)
        if tab.title in (LISTS, IDENTITY)
    }


def would_lose(study: Study, book: str) -> tuple[Problem, ...]:
    """What a workbook holds that was not read, and that writing it again would lose."""
    read = study.agreement.filled.get(book)
    return tuple(each for each in read.problems if loses(each)) if read is not None else ()
