"""Choosing breakdowns and putting counts together: what the theme modules share.

A breakdown is canonical text (``age=Y15T24;sex=F``; empty = total). ``has`` asks that some dimensions hold
given codes, whatever the others say; ``only`` asks that there be no other dimension, so that totals and
their parts are never summed together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pandas as pd

from ctg_lib.indicators.data import KEY, PLACE, Data, join_sources, ratio
from ctg_lib.indicators.labels import OLDEST, age_span
from ctg_lib.statistics.rounded import bounds
from ctg_lib.values import STATUS_RANK, STATUSES, USABLE, parse_breakdown

Test = Callable[[str], bool]
COUNT_COLUMNS = [*KEY, "value", "low", "high", "status", "source", "origin"]


def _allowed(wanted: dict[str, str | tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {key: (codes,) if isinstance(codes, str) else codes for key, codes in wanted.items()}


def has(**wanted: str | tuple[str, ...]) -> Test:
    """Test of a breakdown: it holds these dimensions with one of these codes; others are free.

    Args:
        wanted: dimension = code, or dimension = (codes,).
    """
    allowed = _allowed(wanted)

    def test(breakdown: str) -> bool:
        parts = parse_breakdown(breakdown)
        return all(parts.get(key) in codes for key, codes in allowed.items())

    return test


def only(**wanted: str | tuple[str, ...]) -> Test:
    """Like :func:`has`, with exactly these dimensions and no other (``only()``: the total alone)."""
    allowed = _allowed(wanted)

    def test(breakdown: str) -> bool:
        parts = parse_breakdown(breakdown)
        return parts.keys() == allowed.keys() and all(parts[key] in codes for key, codes in allowed.items())

    return test


def single_ages(low: int, high: int = OLDEST, *sexes: str) -> Test:
    """Test of a breakdown: a *single year* of age in [low, high], by sex (both sexes by default).

    Five-year bands and totals are refused: where a source has no single years, nothing is chosen.
    """
    wanted = sexes or ("F", "M")

    def test(breakdown: str) -> bool:
        parts = parse_breakdown(breakdown)
        if parts.keys() != {"age", "sex"} or parts["sex"] not in wanted:
            return False
        try:
            first, last = age_span(parts["age"])
        except ValueError:
            return False
        return first == last and low <= first <= high

    return test


def people(
    data: Data, dataset: str, variable: str = "POP", **dimensions: str | tuple[str, ...]
) -> pd.DataFrame:
    """A census count with exactly these dimensions; the two sexes are added where no total is given.

    Args:
        dimensions: dimension = code, or a tuple of codes whose counts are summed.

    Returns:
        As :meth:`Data.count`.
    """
    total = data.count(dataset, variable, only(**dimensions))
    if "sex" in dimensions:
        return total
    by_sex: dict[str, str | tuple[str, ...]] = {**dimensions, "sex": ("F", "M")}
    return first_of(total, data.count(dataset, variable, only(**by_sex)))


def first_of(*frames: pd.DataFrame) -> pd.DataFrame:
    """Counts one under the other; for one territory and period the first usable one wins, else the first.

    Args:
        frames: as :meth:`Data.count` gives them.
    """
    together = pd.concat([f for f in frames if not f.empty] or list(frames[:1]), ignore_index=True)
    usable = together["status"].isin(USABLE) & (together["value"].notna() | together["low"].notna())
    ordered = together.assign(rank=~usable).sort_values("rank", kind="stable").drop(columns="rank")
    return ordered.drop_duplicates(PLACE, keep="first").sort_index().reset_index(drop=True)


def sole_variable(data: Data, dataset: str, *preferred: str) -> str:
    """The measure of a dataset that has one; of several, the first of ``preferred`` (empty: no dataset).

    Census tables do not all name their measure alike (POP, FAM, DWELLINGS …).
    """
    found = set(data.store.read(dataset, columns=["variable"])["variable"].unique())
    for name in preferred:
        if name in found:
            return name
    return found.pop() if len(found) == 1 else ""


def difference(whole: pd.DataFrame, part: pd.DataFrame) -> pd.DataFrame:
    """``whole − part`` of the same territories and periods, as counts; bounds by interval arithmetic."""
    return _combined(whole, part, -1)


def total(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """``first + second`` of the same territories and periods, as counts."""
    return _combined(first, second, 1)


def _combined(first: pd.DataFrame, second: pd.DataFrame, sign: int) -> pd.DataFrame:
    both = first.merge(second.drop(columns="geography_year"), on=PLACE, suffixes=("", "_2"))
    low, high = bounds(both)
    others = both[["value_2", "low_2", "high_2"]].set_axis(["value", "low", "high"], axis=1)
    low_2, high_2 = bounds(others)
    inexact = both["low"].notna() | both["low_2"].notna()
    out = both[KEY].copy()
    out["value"] = both["value"] + sign * both["value_2"]
    out["low"] = (low + sign * (low_2 if sign > 0 else high_2)).where(inexact)
    out["high"] = (high + sign * (high_2 if sign > 0 else low_2)).where(inexact)
    ranks = pd.concat([both[c].map(STATUS_RANK) for c in ("status", "status_2")], axis=1).max(axis=1)
    out["status"] = ranks.map(dict(enumerate(STATUSES)))
    out["source"] = [join_sources(pair) for pair in zip(both["source"], both["source_2"], strict=True)]
    incomplete = both["origin"].eq("incomplete") | both["origin_2"].eq("incomplete")
    out["origin"] = both["origin"].mask(incomplete, "incomplete")
    return out[COUNT_COLUMNS]


def sampled_ratio(part: pd.DataFrame, whole: pd.DataFrame, *, multiplier: float = 100) -> pd.DataFrame:
    """A share from a census « complémentaire » table, with the interval of a one-in-four sample.

    Returns:
        As :func:`ctg_lib.indicators.data.ratio`; ``method`` = ``sample_one_in_four``.
    """
    out = ratio(part, whole, multiplier=multiplier, method="sample_one_in_four")
    if out.empty:
        return out
    from ctg_lib.statistics.sampling import one_in_four

    lower, upper = one_in_four(out["numerator"], out["denominator"])
    known = out["value"].notna()
    out["lower"] = pd.Series(multiplier * lower, index=out.index).where(known)
    out["upper"] = pd.Series(multiplier * upper, index=out.index).where(known)
    return out


def sampled_bounds(part: pd.DataFrame, whole: pd.DataFrame) -> pd.DataFrame:
    """Counts of a census « complémentaire » table with ``low`` and ``high`` of a one-in-four sample.

    Args:
        part: the counts.
        whole: the population they are part of, counted in the same table.

    Returns:
        The columns of ``part``; without bounds where the whole is not known.
    """
    base = whole[[*PLACE, "value"]].rename(columns={"value": "whole"})
    out = part.merge(base, on=PLACE, how="left")
    if out.empty:
        return out.drop(columns="whole")
    from ctg_lib.statistics.sampling import count_interval

    known = out["value"].notna() & out["whole"].notna()
    low, high = count_interval(out["value"].where(known), out["whole"].where(known))
    out["low"], out["high"] = pd.Series(low, out.index).where(known), pd.Series(high, out.index).where(known)
    return out.drop(columns="whole")


def latest(rows: pd.DataFrame, periods: Iterable[str] | None = None) -> pd.DataFrame:
    """Rows of the latest period (of those given); unchanged when there are none."""
    if rows.empty:
        return rows
    allowed = rows if periods is None else rows[rows["period"].isin(list(periods))]
    return allowed[allowed["period"].eq(allowed["period"].max())].reset_index(drop=True)
