"""One row of the table as a value: which row of a series stands for it, how it is read against another."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ctg_lib.indicators.registry import Definition
from ctg_lib.statistics.comparison import Measured, Reading, compare
from ctg_lib.values import USABLE, Value

POOLED = r"\d{4}-\d{4}"
_POOLED = re.compile(POOLED)
YEAR = r"\d{4}"


def known(rows: pd.DataFrame) -> pd.Series:
    """Which rows have a number or a range that may be shown."""
    return rows["status"].isin(USABLE) & (rows["value"].notna() | rows["lower"].notna())


def of_breakdown(rows: pd.DataFrame, breakdown: str) -> pd.DataFrame:
    """The rows of one breakdown; the frame itself where there is no other: most indicators have one."""
    kept = [each == breakdown for each in rows["breakdown"].tolist()]
    return rows if all(kept) else rows[kept]


def usable(row: pd.Series) -> bool:
    """The same of one row."""
    return row["status"] in USABLE and (pd.notna(row["value"]) or pd.notna(row["lower"]))


def pick(rows: pd.DataFrame, period: str | None) -> pd.Series | None:
    """The row of a period, or the latest one with a number or a range; else the latest row; else None."""
    position = Periods.of(rows).pick(range(len(rows)), period)
    return None if position is None else rows.iloc[position]


@dataclass(frozen=True)
class Periods:
    """What picking a row looks at, as plain lists: a chapter picks thousands of rows among a few.

    Attributes:
        periods: of each row. usable: whether each has a number or a range that may be shown.
    """

    periods: list[str]
    usable: list[bool]

    @classmethod
    def of(cls, rows: pd.DataFrame) -> Periods:
        """From rows of the table."""
        numbers = (rows["value"].notna() | rows["lower"].notna()).tolist()
        shown = [status in USABLE for status in rows["status"].tolist()]
        return cls(rows["period"].tolist(), [a and b for a, b in zip(numbers, shown, strict=True)])

    def pick(self, positions: Iterable[int], period: str | None) -> int | None:
        """The position that :func:`pick` takes among these; None where there is none."""
        found = list(positions)
        if period is not None:
            return next((i for i in found if self.periods[i] == period), None)
        # a pooled period (« 2023-2025 ») never stands for a year: yearly rows first, where there are any
        plain = [i for i in found if not _POOLED.fullmatch(self.periods[i])] or found
        have = [i for i in plain if self.usable[i]] or plain
        # of equal periods the last row
        return max(have, key=lambda i: (self.periods[i], i)) if have else None


def fullest_period(rows: pd.DataFrame) -> str | None:
    """The latest of the periods for which most places are known; yearly periods before pooled ones."""
    have = rows[known(rows)]
    plain = have[~have["period"].str.fullmatch(POOLED)]
    have = plain if len(plain) else have
    if have.empty:
        return None
    counts = have.groupby("period").size()
    return str(counts[counts.ge(0.8 * counts.max())].index.max())


def as_value(row: pd.Series | Mapping[str, Any] | None, rule: Definition) -> Value:
    """A table row as a :class:`Value`."""
    if row is None:
        return Value(None, unit=rule.unit, status="missing", decimals=rule.decimals)

    def bound(name: str) -> float | None:
        return None if pd.isna(row[name]) else float(row[name])

    return Value(
        value=bound("value"), lower=bound("lower"), upper=bound("upper"), unit=rule.unit,
        status=str(row["status"]), decimals=rule.decimals, method=str(row["method"]),
        period=str(row["period"]), sources=tuple(s for s in str(row["sources"]).split("+") if s),
    )  # fmt: skip


def reading(value: Value, reference: pd.Series | None, rule: Definition) -> Reading:
    """How a value stands to a reference row, with the indicator's meaningful difference."""
    if reference is None or not value.is_number or value.value is None:
        return Reading("unknown", math.nan, reason="missing")
    target = float(reference["value"])
    meaningful = rule.meaningful * abs(target) if rule.meaningful_relative else rule.meaningful
    if not meaningful > 0:
        return Reading("unknown", math.nan, reason="missing")
    mine = Measured(
        value.value,
        math.nan if value.lower is None else value.lower,
        math.nan if value.upper is None else value.upper,
    )
    return compare(mine, Measured(target, float(reference["lower"]), float(reference["upper"])), meaningful)
