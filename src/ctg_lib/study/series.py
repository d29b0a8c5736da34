"""Series of one indicator: which years may be compared, and the trend of yearly counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from ctg_lib.indicators.registry import Definition, registry
from ctg_lib.statistics.trend import Trend, mark_segments, poisson_trend
from ctg_lib.study.rows import YEAR

REPUBLISHED = "computed_by_republisher"
CENSUS = ("census", "sample_one_in_four", REPUBLISHED)
"""Methods of a census year's value: each year rests on five years of collection."""
CENSUS_SPAN = 5
"""Years between two census values that share no year of collection."""


@dataclass(frozen=True)
class YearlyTrend:
    """A trend of yearly counts, and the years it rests on."""

    trend: Trend
    first: int
    last: int

    @property
    def established(self) -> bool:
        """Whether chance alone would rarely give it."""
        return self.trend.established()


def yearly_trend(rule: Definition, rows: pd.DataFrame) -> YearlyTrend | None:
    """Log-linear trend of yearly counts of events, since the last break of the series.

    Args:
        rule: of a count. rows: its series in one place, oldest first, with ``segment``.

    Returns:
        None where nothing can be said (see :func:`ctg_lib.statistics.trend.poisson_trend`).

    Raises:
        ValueError: the indicator is not a count.
    """
    if rule.aggregation != "sum":
        raise ValueError(f"{rule.id} is not a count: no trend of events")
    rows = rows[rows["period"].str.fullmatch(YEAR) & rows["value"].notna()]
    rows = rows[rows["segment"].eq(rows["segment"].iloc[-1])] if len(rows) else rows
    years = rows["period"].astype(int)
    found = poisson_trend(rows["value"], years)
    return YearlyTrend(found, int(years.iloc[0]), int(years.iloc[-1])) if found else None


def segment_names(periods: pd.Series, breaks: Iterable[str]) -> list[str]:
    """« first–last » of the stretch of the series each period belongs to; empty texts without a break."""
    numbers = mark_segments([str(p) for p in periods], breaks)
    if len(set(numbers)) < 2:
        return [""] * len(numbers)
    years = periods.astype("str").str[:4].groupby(numbers)
    names = {number: "–".join(dict.fromkeys([first, last])) for number, first, last in zip(
        years.min().index, years.min(), years.max(), strict=True)}  # fmt: skip
    return [names[number] for number in numbers]


def comparable_years(rows: pd.DataFrame, breaks: Iterable[str] = ()) -> list[str]:
    """Segment of each row of one series: :func:`segment_names`, census years that overlap set apart.

    A census year rests on five years of collection. Of years closer than that, the latest one and, before
    it, each that is at least five years older may be compared: they share a segment (« 2011–2023 »). The
    others stand alone, each in a segment of its own (« 2021 »).

    Args:
        rows: one indicator, breakdown and place: ``period, method, value, lower``.
        breaks: first period of each new definition or source.
    """
    return _comparable(rows["period"].astype("str").tolist(), _is_census(rows), breaks)


def segments(rows: pd.DataFrame) -> list[str]:
    """:func:`comparable_years` of many series at once (``RESULT_COLUMNS``)."""
    broken = {rule.id: rule.breaks for rule in registry().values()}
    periods, census = rows["period"].astype("str").tolist(), _is_census(rows)
    series: dict[tuple, list[int]] = {}
    by = zip(*(rows[c] for c in ("indicator", "breakdown", "level", "code")), strict=True)
    for position, key in enumerate(by):
        series.setdefault(key, []).append(position)
    out = [""] * len(rows)
    for key, here in series.items():
        breaks = broken[key[0]]
        if breaks or sum(census[i] for i in here) > 1:
            names = _comparable([periods[i] for i in here], [census[i] for i in here], breaks)
            for position, name in zip(here, names, strict=True):
                out[position] = name
    return out


def _is_census(rows: pd.DataFrame) -> list[bool]:
    """Which rows hold the value of a census year."""
    known = rows["value"].notna() | rows["lower"].notna()
    year = rows["period"].str.fullmatch(YEAR)
    return (rows["method"].isin(CENSUS) & year & known).astype(bool).tolist()


def _comparable(periods: list[str], census: list[bool], breaks: Iterable[str]) -> list[str]:
    names = segment_names(pd.Series(periods, dtype="str"), breaks) if breaks else [""] * len(periods)
    for stretch in dict.fromkeys(names):
        here = [i for i, name in enumerate(names) if name == stretch and census[i]]
        years = sorted({int(periods[i]) for i in here}, reverse=True)
        kept: list[int] = []
        for year in years:
            if not kept or kept[-1] - year >= CENSUS_SPAN:
                kept.append(year)
        if len(kept) == len(years):
            continue
        together = "–".join(dict.fromkeys(str(year) for year in (kept[-1], kept[0])))
        for i in here:
            names[i] = together if int(periods[i]) in kept else periods[i]
    return names
