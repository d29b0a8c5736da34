"""What a check reads: lines, where each stands, and values said the French way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.partnership.books import BOOKS
from ctg_lib.partnership.books.parties import COMPETENCES
from ctg_lib.partnership.offer import services
from ctg_lib.workbooks.problems import Problem, Severity
from ctg_lib.workbooks.schema import ROW, Sheet

if TYPE_CHECKING:
    from ctg_lib.partnership.calendar import Calendar
    from ctg_lib.partnership.folder import Partnership

THIN = "\u202f"
NBSP = "\u00a0"
MASKED = 4
"""A masked count of people is 1 to 4 …"""
MASKED_SENSITIVE = 9
"""… or 1 to 9 where the subject is protected."""


@dataclass(frozen=True)
class Line:
    """One line of one sheet: ``line["name"]`` is its value, None where the cell is empty.

    Attributes:
        file, sheet: where it stands. values: field -> value. about: what it is about, in a reader's words.
    """

    file: str
    sheet: Sheet
    values: dict[str, Any]
    about: str = ""

    def __getitem__(self, name: str) -> Any:
        value = self.values.get(name)
        if value is None or value == "" or value == () or value is pd.NaT:
            return None
        if isinstance(value, float) and value != value:
            return None
        return value.date() if isinstance(value, pd.Timestamp) else value

    @property
    def row(self) -> int | None:
        """Its number in the spreadsheet; None where it has none."""
        return int(self.values.get(ROW, 0)) or None

    def masked(self, name: str) -> bool:
        """Whether a count was written but is too small to be read."""
        return bool(self.values.get(f"{name}_masked", False))

    def bounds(self, name: str) -> tuple[float, float] | None:
        """Least and most that a count can be; None where nothing was written."""
        if self.masked(name):
            return 1, MASKED_SENSITIVE if self.sheet[name].sensitive else MASKED
        value = self[name]
        return None if value is None else (value, value)

    def problem(
        self, column: str, found: str, expected: str, severity: Severity = "error", *, said: str | None = None
    ) -> Problem:
        """A problem of that column (a field's name).

        Args:
            said: what is wrong, for readers of the report; ``found`` by default.
        """
        return Problem(
            self.file, found, expected, self.sheet.title, self.row, self.sheet[column].label, severity,
            self.about, found if said is None else said,
        )  # fmt: skip

    def warning(self, column: str, found: str, expected: str, *, said: str | None = None) -> Problem:
        """The same, where the value is used and may be wrong."""
        return self.problem(column, found, expected, "warning", said=said)


@dataclass(frozen=True)
class Ground:
    """All that checks look at: workbooks, démarche, the study's date, dates of the convention to come."""

    partnership: Partnership
    calendar: Calendar | None
    as_of: date
    contract: Mapping[str, date] = field(default_factory=dict)
    _lines: dict[tuple[str, str], list[Line]] = field(default_factory=dict, repr=False)

    def lines(self, book: str, sheet: str) -> list[Line]:
        """Lines of a sheet (read once)."""
        if (book, sheet) not in self._lines:
            file, described = self.partnership.file(book), BOOKS[book][sheet]
            table = self.partnership.table(book, sheet)
            values = zip(*(table[column].tolist() for column in table), strict=True)
            names = [str(column) for column in table]
            rows = [dict(zip(names, each, strict=True)) for each in values]
            self._lines[book, sheet] = [
                Line(file, described, row, self._about(book, sheet, row)) for row in rows
            ]
        return self._lines[book, sheet]

    def _about(self, book: str, sheet: str, row: dict[str, Any]) -> str:
        """What a line is about: its service and year, its name, what it names."""
        if (book, sheet) in (("offre", "origins"), ("financement", "money")):
            service = self._services.get(str(row["service"]), str(row["service"]))
            dated = row["year"] == row["year"] and row["year"] is not None
            return ", ".join(part for part in (service, year(row["year"]) if dated else "") if part)
        if (book, sheet) == ("parties", "competences"):
            return COMPETENCES.get(str(row["competence"]), "")
        if (book, sheet) == ("offre", "services"):
            return self._services.get(str(row["id"]), str(row["name"]))
        return str(row.get("name") or row.get("title") or row.get("id") or "")

    @cached_property
    def _services(self) -> dict[str, str]:
        """Id of a service -> its name, and its period where it has several lines."""
        lines = services(self.partnership).drop_duplicates("id")
        return dict(zip(lines["id"].astype(str), lines["title"].astype(str), strict=True))

    def sheets(self) -> Iterator[tuple[str, Sheet]]:
        """Workbook and sheet of all that was read."""
        for book in BOOKS.values():
            if book.id in self.partnership.filled:
                for sheet in book.sheets:
                    yield book.id, sheet


def number(value: float, decimals: int = 0) -> str:
    """« 1 234,5 »: no more decimals than asked, none that say nothing."""
    text = f"{value:,.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if decimals else text
    return text.replace(",", THIN).replace(".", ",").replace("-", "\u2212")


def euros(value: float) -> str:
    """« 412 000 € »; cents only where there are some."""
    return f"{number(value, 0 if round(value) == round(value, 2) else 2)}{NBSP}€"


def day(value: date) -> str:
    """« 27/10/2020 »."""
    return f"{value:%d/%m/%Y}"


def listed(names: list[str], most: int = 6) -> str:
    """« a, b, c … (12 en tout) »."""
    text = ", ".join(names[:most])
    return text if len(names) <= most else f"{text}… ({len(names)} en tout)"


def year(value: float) -> str:
    """« 2025 »."""
    return str(int(value))
