"""All that a study's ``convention`` folder holds: seven workbooks, read where they lie, and what they decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ctg_lib.agreement.amounts import budget_of
from ctg_lib.agreement.books import agreement_books
from ctg_lib.agreement.books.constats import KEPT
from ctg_lib.agreement.books.plan import AGREED
from ctg_lib.consultation.scheme import Scheme
from ctg_lib.workbooks.folder import read_folder
from ctg_lib.workbooks.problems import Problem
from ctg_lib.workbooks.schema import Workbook

if TYPE_CHECKING:
    from ctg_lib.workbooks.reading import Filled

FOLDER = "convention"
"""Of a study's folder: what is found, decided, planned and followed."""


@dataclass(frozen=True)
class Agreement:
    """What is agreed on, as read.

    Attributes:
        folder: the study's ``convention`` folder, whether or not it exists.
        books: id -> workbook, with the study's own lists.
        filled: id -> what was read; only those whose file exists.
        problems: of the files and their cells, in order.
    """

    folder: Path
    books: Mapping[str, Workbook] = field(default_factory=agreement_books)
    filled: Mapping[str, Filled] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def table(self, book: str, sheet: str) -> pd.DataFrame:
        """The frame of a sheet; the same without a line where the workbook, or the sheet, is absent.

        Columns: ``row`` and the fields (:mod:`ctg_lib.workbooks.schema`).

        Raises:
            KeyError: no such workbook.
            StopIteration: no such sheet.
        """
        wanted = self.books[book][sheet]
        read = self.filled.get(book)
        found = read.tables.get(sheet) if read is not None else None
        return wanted.empty() if found is None else found

    def has(self, book: str) -> bool:
        """Whether at least one line of that workbook is filled."""
        return any(len(self.table(book, sheet.name)) for sheet in self.books[book].sheets)

    @property
    def empty(self) -> bool:
        """Whether nothing at all is filled."""
        return not any(self.has(book) for book in self.books)

    def file(self, book: str) -> str:
        """« convention/constats.xlsx »: the file read, else the one expected."""
        read = self.filled.get(book)
        return f"{FOLDER}/{self.books[book].file if read is None else read.file}"

    # --------------------------------------------------------------------------- what is decided

    @cached_property
    def kept_findings(self) -> pd.DataFrame:
        """Findings that a person accepted or wrote again (columns of the sheet)."""
        table = self.table("constats", "findings")
        return table[table["state"].isin(KEPT)].reset_index(drop=True)

    @cached_property
    def decisions(self) -> pd.DataFrame:
        """The committee's last decision on each issue (columns of « Décisions du COPIL »), by issue."""
        table = self.table("priorites", "decisions").sort_values("decided_on", kind="stable")
        return table.drop_duplicates("issue", keep="last").reset_index(drop=True)

    @cached_property
    def retained(self) -> tuple[str, ...]:
        """Ids of the issues that the committee retained, by rank, then in its order: they alone feed what follows."""
        table = self.decisions[self.decisions["decision"].eq("retenu")]
        return tuple(table.sort_values(["rank", "row"], kind="stable", na_position="last")["issue"])

    @cached_property
    def budget(self) -> pd.DataFrame:
        """Lines of « Budget » with what each is worth (:func:`ctg_lib.agreement.amounts.budget_of`)."""
        return budget_of(self)

    @cached_property
    def agreed_actions(self) -> pd.DataFrame:
        """Actions that the convention binds itself to: validated, under way, ended (columns of « Actions »)."""
        table = self.table("plan", "actions")
        return table[table["state"].isin(AGREED)].reset_index(drop=True)


def load(
    folder: Path,
    communes: Mapping[str, str],
    scheme: Scheme | None = None,
    secteurs: tuple[str, ...] = (),
    beside: Mapping[str, Filled] | None = None,
) -> Agreement:
    """Read the workbooks of a study's ``convention`` folder (:func:`ctg_lib.workbooks.folder.read_folder`).

    Args:
        folder: of the study.
        communes: code -> name of the territory's communes.
        scheme: coding scheme of the study; the common one by default.
        secteurs: names of its secteurs.
        beside: workbooks of the partnership, whose lines these name (``Partnership.filled``).
    """
    books = agreement_books(scheme, secteurs)
    read = read_folder(Path(folder) / FOLDER, books, communes, beside)
    return Agreement(Path(folder) / FOLDER, books, read.filled, read.problems)
