"""One figure of a partner's answer: where it stands, what it says, masked where it is small."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from ctg_lib.disclosure.policy import mask_partner_counts
from ctg_lib.partnership.books.measures import Measure
from ctg_lib.workbooks.problems import Problem, Severity
from ctg_lib.workbooks.schema import Field, Kind

NAN = float("nan")
MOST_MASKED = 11
"""« < 11 » is the strictest mask met (tax files); a larger one says nothing useful."""
_KINDS: dict[str, Kind] = {
    "people": "integer", "count": "integer", "number": "number", "percent": "percent", "amount": "amount",
}  # fmt: skip


@dataclass(frozen=True)
class Context:
    """What answers are read against.

    Attributes:
        communes: code -> name. territory: (level, code). as_of: the study's date.
        population: inhabitants by code. edition: composition of communes. place: « de l’Aveyron ».
        fictif: made-up answers.
    """

    communes: Mapping[str, str]
    territory: tuple[str, str]
    as_of: date
    population: Mapping[str, float] = field(default_factory=dict)
    edition: int = 0
    place: str = ""
    fictif: bool = False

    def where(self, level: str, code: str) -> str:
        """« Nant », « l’ensemble du territoire »."""
        return self.communes.get(code, code) if level == "commune" else "l’ensemble du territoire"


@dataclass(frozen=True)
class Spot:
    """A line of a sheet, for messages."""

    file: str
    sheet: str
    row: int

    def problem(self, found: str, expected: str, column: str = "", severity: Severity = "error") -> Problem:
        """A problem of this line."""
        return Problem(self.file, found, expected, self.sheet, self.row, column, severity)


@dataclass(frozen=True)
class Number:
    """A cell read: a number, or the bounds of a masked one."""

    value: float = NAN
    low: float = NAN
    high: float = NAN
    status: str = "observed"


@dataclass(frozen=True)
class Cell:
    """One figure of one file.

    Attributes:
        measure, year, level, code: what it counts, when and where.
        number: what it says.
        extracted: day on which it was drawn (None: not said). source: manifest id. spot: where it stands.
    """

    measure: Measure
    year: int
    level: str
    code: str
    number: Number
    extracted: pd.Timestamp | None
    source: str
    spot: Spot

    @property
    def key(self) -> tuple[str, str, str, str, str, str]:
        """dataset, variable, breakdown, level, code, period."""
        m = self.measure
        return (m.dataset, m.variable, m.breakdown, self.level, self.code, m.period(self.year))

    @property
    def figure(self) -> tuple[str, str, str, str]:
        """The key without its place."""
        m = self.measure
        return (m.dataset, m.variable, m.breakdown, m.period(self.year))

    @property
    def masked(self) -> bool:
        """Whether the number itself is not known here."""
        return self.number.status == "secret"

    @property
    def least(self) -> float:
        """The smallest it can be."""
        return self.number.low if self.masked else self.number.value

    @property
    def most(self) -> float:
        """The largest it can be."""
        return self.number.high if self.masked else self.number.value

    @property
    def shown(self) -> str:
        """The figure in a message; a masked one stays masked."""
        return f"moins de {self.number.high + 1:.0f}" if self.masked else plain(self.number.value)

    def problem(self, found: str, expected: str, severity: Severity = "error") -> Problem:
        """A problem of this cell."""
        return self.spot.problem(found, expected, str(self.year), severity)


def plain(value: float) -> str:
    """« 112 », « 12,5 »."""
    return f"{value:.10g}".replace(".", ",")


def read_number(measure: Measure, text: str, year: int, spot: Spot) -> tuple[Number | None, list[Problem]]:
    """What a cell says; None where it holds nothing usable. A small count leaves here masked.

    Args:
        text: the cell as one reads it in the spreadsheet.
    """
    from ctg_lib.workbooks.parsing import parse

    # the name tells the parser that counts under five are masked: see its SMALL_COUNTS
    rule = Field(
        "users" if measure.limit else "figure", f"{measure.label} ({measure.unit})", _KINDS[measure.figure],
        minimum=0, maximum=100 if measure.figure == "percent" else None, sensitive=measure.sensitive,
    )  # fmt: skip
    read = parse(rule, text, {})
    problems = []
    if read.expected:
        problems.append(spot.problem(read.found or text, read.expected, str(year), read.severity))
    if read.masked:
        return _masked(measure, text), problems
    return (None if read.value is None else Number(float(read.value))), problems


def _masked(measure: Measure, text: str) -> Number:
    """Bounds of a masked count: by our rule when the number was written, by the sender's when it was not."""
    limit = measure.limit or 5
    if re.fullmatch(r"\s*\d+\s*", text):
        row = mask_partner_counts(pd.Series([float(text)]), sensitive=measure.sensitive).iloc[0]
        return Number(NAN, float(row["low"]), float(row["high"]), "secret")
    written = [int(n) for n in re.findall(r"\d+", text)]
    bounds = [n - 1 for n in written if n <= MOST_MASKED]
    # « < 5 » may stand for zero with some senders
    return Number(NAN, 0.0, float(max([limit - 1, *bounds])), "secret")
