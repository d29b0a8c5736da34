"""What a text was made of: the files and indicators that a study was asked for while it was written.

A sentence is text: once written, nobody can tell where its numbers came from. So the study keeps account,
while a passage of a chapter is made, of what it answers; the source line under the passage is written from
that account. Looking for what is worth saying (:func:`aside`) does not count: only what is said does.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from ctg_lib.display.output import SourceText
from ctg_lib.indicators.registry import is_registered
from ctg_lib.study.comparison import Compared
from ctg_lib.study.series import CENSUS_SPAN
from ctg_lib.values import Value

if TYPE_CHECKING:
    from ctg_lib.study.layers.identity import Identity
    from ctg_lib.study.layers.tables import Tables

_NUMBERS = ("value", "lower", "numerator")
_PLAIN = (Compared, Value, pd.Series, pd.DataFrame)
F = TypeVar("F", bound=Callable[..., Any])


@dataclass
class Uses:
    """What a text used, in the order met.

    Attributes:
        files: manifest ids, or ``sources`` cells, and the periods of their rows; indicators: ids.
        others: source lines of what comes from elsewhere (workbooks).
        paused: while true nothing is noted.
    """

    files: dict[str, set[str]] = field(default_factory=dict)
    indicators: dict[str, None] = field(default_factory=dict)
    others: dict[SourceText, None] = field(default_factory=dict)
    paused: bool = False

    def note(self, found: object, asked: str = "") -> None:
        """Note an answer of the study: a value, rows, a comparison; what has no number counts for nothing.

        Args:
            asked: the indicator asked for, which a value does not name.
        """
        if isinstance(found, SourceText):
            self.others[found] = None
        if isinstance(found, Compared):
            self.note(found.main)
            if found.peers_period == found.value.period:  # a median of another year is said by who shows it
                self._note_rows(found.peers)
            found = found.value
        if isinstance(found, Value):
            if found.is_number or found.is_range:
                self.note_files(found.sources, found.period)
                self._note_indicator(asked)
        elif isinstance(found, pd.Series):
            if any(pd.notna(found.get(column)) for column in _NUMBERS):
                self.note_files([found.get("sources", "")], str(found.get("period", "")))
                self._note_indicator(str(found.get("indicator", "")))
        elif isinstance(found, pd.DataFrame):
            self._note_rows(found)

    def _note_rows(self, rows: pd.DataFrame) -> None:
        if "sources" not in rows or rows.empty:
            return
        numbers = np.any(rows[[c for c in _NUMBERS if c in rows]].notna().to_numpy(), axis=1).tolist()
        if "indicator" in rows:
            for indicator in _each(rows, ["indicator"], numbers):
                self._note_indicator(str(indicator[0]))
        for cell, *periods in _each(
            rows, ["sources", "period"] if "period" in rows else ["sources"], numbers
        ):
            if not any(pd.isna(each) for each in (cell, *periods)):
                self.note_files([cell], *map(str, periods))

    def note_files(self, cells: Iterable[str], *periods: str) -> None:
        """Note files, and the periods of the rows that rest on them."""
        for cell in filter(None, map(str, cells)):
            self.files.setdefault(cell, set()).update(period for period in periods if period)

    def _note_indicator(self, indicator: str) -> None:
        if is_registered(indicator):
            self.indicators[indicator] = None


def _each(rows: pd.DataFrame, columns: list[str], which: list[bool]) -> dict[tuple[Any, ...], None]:
    """What these columns say together in the rows of which that is asked, each once, in order."""
    cells = zip(*(rows[column].tolist() for column in columns), strict=True)
    return dict.fromkeys(cell for cell, asked in zip(cells, which, strict=True) if asked)


def nearest_years(period: str, known: Sequence[int]) -> tuple[int, ...]:
    """Years of the population that a value of ``period`` rests on: both ends of five years or more, else the
    year known that is nearest to its last one.

    Args:
        period: « 2023 », « 2024-12 », « 2018-2023 ». known: years known, sorted.
    """
    years = [int(year) for year in re.findall(r"\b(?:19|20)\d\d\b", period)]
    if not years or not known:
        return ()
    if len(years) == 2 and years[1] - years[0] >= CENSUS_SPAN and set(years) <= set(known):
        return years[0], years[1]
    return (min(known, key=lambda year: (abs(year - years[-1]), -year)),)


def noted(method: F) -> F:
    """A method of the study whose answer is noted; what it asks itself on the way is not."""

    @functools.wraps(method)
    def inside(self: Tables, *args: Any, **more: Any) -> Any:
        uses = self.uses
        if uses is None or uses.paused:
            return method(self, *args, **more)
        with aside(self):
            found = method(self, *args, **more)
        asked = args[0] if args else more.get("indicator", "")
        if found is not None and not isinstance(found, _PLAIN):  # a rank, a trend: it rests on the series
            with aside(self):
                uses_of = self.series(asked, more.get("breakdown", "")) if isinstance(asked, str) else None
            uses.note(uses_of)
        uses.note(found, asked if isinstance(asked, str) else "")
        return found

    return inside  # type: ignore[return-value]


@contextmanager
def using(study: Identity) -> Iterator[Uses]:
    """Account of what the study answers inside; an account within another is the same one."""
    if study.uses is not None:
        yield study.uses
        return
    study.uses = Uses()
    try:
        yield study.uses
    finally:
        study.uses = None


@contextmanager
def aside(study: Identity) -> Iterator[None]:
    """What is asked inside is not noted: it serves to choose, not to say."""
    uses = getattr(study, "uses", None)
    before = uses.paused if uses is not None else False
    if uses is not None:
        uses.paused = True
    try:
        yield
    finally:
        if uses is not None:
            uses.paused = before
