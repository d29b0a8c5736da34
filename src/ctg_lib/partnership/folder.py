"""All that a study's folder holds: its six workbooks, read where they lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ctg_lib.partnership.books import BOOKS
from ctg_lib.workbooks.folder import read_folder
from ctg_lib.workbooks.problems import Problem

if TYPE_CHECKING:
    from ctg_lib.workbooks.reading import Filled


@dataclass(frozen=True)
class Partnership:
    """What only the territory knows, as read.

    Attributes:
        folder: the study's folder.
        filled: id of a workbook -> what was read of it; only those whose file exists.
        problems: of the files and their cells, in order.
        communes: code -> name of the territory's communes.
        written: the workbooks alone, where partners' figures are laid over them (see ``structures``).
    """

    folder: Path
    filled: Mapping[str, Filled] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    communes: Mapping[str, str] = field(default_factory=dict)
    written: Partnership | None = None

    @property
    def as_written(self) -> Partnership:
        """What the workbooks themselves hold."""
        return self if self.written is None else self.written

    def table(self, book: str, sheet: str) -> pd.DataFrame:
        """The frame of a sheet; the same without a line where the workbook, or the sheet, is absent.

        Columns: ``row`` and the fields (:mod:`ctg_lib.workbooks.schema`).

        Raises:
            KeyError: no such workbook.
            StopIteration: no such sheet.
        """
        wanted = BOOKS[book][sheet]
        read = self.filled.get(book)
        found = read.tables.get(sheet) if read is not None else None
        return wanted.empty() if found is None else found

    def has(self, book: str) -> bool:
        """Whether at least one line of that workbook is filled."""
        return any(len(self.as_written.table(book, sheet.name)) for sheet in BOOKS[book].sheets)

    @property
    def empty(self) -> bool:
        """Whether nothing at all is filled."""
        return not any(self.has(book) for book in BOOKS)

    def file(self, book: str) -> str:
        """Name of the workbook's file: the one read, else the one expected."""
        read = self.filled.get(book)
        return BOOKS[book].file if read is None else read.file


def load(folder: Path, communes: Mapping[str, str]) -> Partnership:
    """Read the workbooks of a study's folder (:func:`ctg_lib.workbooks.folder.read_folder`).

    Args:
        communes: code -> name of the territory's communes.
    """
    read = read_folder(folder, BOOKS, communes)
    return Partnership(Path(folder), read.filled, read.problems, dict(communes))
