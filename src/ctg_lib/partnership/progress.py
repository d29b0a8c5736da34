"""How far a study's workbooks are filled, and what in them is still « à confirmer » or « à compléter »."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Protocol

import pandas as pd

from ctg_lib.geography.names import fold
from ctg_lib.partnership.books import BOOKS
from ctg_lib.workbooks.schema import MANY, NUMBERS, Field, Sheet, Workbook

if TYPE_CHECKING:
    from ctg_lib.partnership.folder import Partnership


class Read(Protocol):
    """Workbooks as read: :class:`ctg_lib.partnership.folder.Partnership`, ``agreement.folder.Agreement``."""

    @property
    def filled(self) -> Mapping[str, object]:
        """Id of a workbook -> what was read, of those whose file exists."""

    def table(self, book: str, sheet: str, /) -> pd.DataFrame:
        """The frame of a sheet."""


COLUMNS: tuple[str, ...] = (
    "book", "file", "sheet", "title", "present", "lines", "filled", "to_confirm", "to_complete",
)  # fmt: skip


def progress(partnership: Partnership) -> pd.DataFrame:
    """One row per sheet of the six workbooks.

    Returns:
        book, file, sheet, title; present (whether the file exists); lines; filled (share of the cells of
        these lines that hold something, 0–1, NaN without a line); to_confirm and to_complete (numbers of
        lines).
    """
    return progress_of(partnership.as_written, BOOKS)


def progress_of(read: Read, books: Mapping[str, Workbook]) -> pd.DataFrame:
    """The same of any workbooks: those of the convention too.

    Args:
        read: what was read of them. books: by id, in the order of the rows.
    """
    rows = [_row(read, book, sheet) for book in books.values() for sheet in book.sheets]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(read: Read, book: Workbook, sheet: Sheet) -> tuple[object, ...]:
    table = read.table(book.id, sheet.name)
    shares = [_filled(table, f).mean() for f in sheet.fields] if len(table) else []
    share = float(sum(shares) / len(shares)) if shares else float("nan")
    confirm = int(table["state"].eq("a_confirmer").sum()) if sheet.name == "services" else 0
    place = (book.id, book.file, sheet.name, sheet.title)
    complete = int(to_complete(sheet, table).sum())
    return (*place, book.id in read.filled, len(table), share, confirm, complete)


def _filled(table: pd.DataFrame, field: Field) -> pd.Series:
    """Whether each cell of a column holds something; « < 5 » does, though its number is not kept."""
    masked = table.get(f"{field.name}_masked")
    known = filled_cells(table[field.name], field.kind)
    return known if masked is None else known | masked.astype(bool)


def filled_cells(values: pd.Series, kind: str) -> pd.Series:
    """Whether each cell holds something."""
    if kind in NUMBERS or kind == "date":
        return values.notna()
    if kind in MANY:
        return values.map(bool).astype(bool)
    return values.fillna("").ne("")


def approved(parties: pd.DataFrame, as_of: date | None = None) -> pd.Series:
    """Whether each party has approved the convention: a deliberation to that end, its reference and date.

    Args:
        as_of: an approval dated later is none yet.
    """
    said = parties["subject"].eq("approbation") & parties["deliberation"].ne("")
    dated = parties["deliberation_date"].notna()
    return said & (dated if as_of is None else parties["deliberation_date"].le(pd.Timestamp(as_of)))


def to_complete(sheet: Sheet, table: pd.DataFrame) -> pd.Series:
    """Whether each line still waits for something: a required cell, or what the convention cannot do without.

    A party whose signature is not said, or that signs without a deliberation; a competence without holder;
    any cell where someone wrote « à compléter ».
    """
    out = pd.Series(False, index=table.index)
    for each in sheet.fields:
        if each.required:
            out |= ~_filled(table, each)
        if each.kind in ("text", "long_text"):
            said = ["a completer" in fold(str(text)) for text in table[each.name].fillna("")]
            out |= pd.Series(said, index=table.index, dtype="bool")
    if sheet.name == "parties":
        out |= table["signs"].eq("") | (table["signs"].eq("oui") & ~approved(table))
    if sheet.name == "competences":
        out |= table["holder"].eq("") & table["by_communes"].ne("oui")
    return out.astype(bool)
