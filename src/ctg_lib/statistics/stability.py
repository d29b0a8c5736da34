"""Rates that rest on little: when to say so, and what steadies them.

Rule, documented and the same everywhere. A rate is unstable when

* it rests on fewer than :data:`FEW_EVENTS` events: the relative standard error of a Poisson count ``x`` is
  ``1/√x``, hence 23 % or more below 20. The threshold is that of the US National Center for Health
  Statistics, which calls such rates unreliable (National Vital Statistics Reports, technical notes on
  random variation; Healthy People Statistical Notes 24, 2002);
* or its base has fewer than :data:`SMALL_BASE` persons: one event more then moves a percentage by a point
  or more.

When most of the base has the trait, the rarer side counts: 395 of 400 rests on 5 events, not on 395.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

FEW_EVENTS = 20
SMALL_BASE = 100


def flag(
    events: ArrayLike,
    base: ArrayLike | None = None,
    *,
    multiplier: float = 100.0,
    min_events: float = FEW_EVENTS,
    min_base: float = SMALL_BASE,
    share: bool = False,
) -> pd.DataFrame:
    """Which rates are unstable, why, and by how much one event moves them.

    Args:
        events: numerators. base: denominators (None: counts alone are judged).
        multiplier: 100 for a percentage.
        min_events, min_base: thresholds of the rule.
        share: events are part of the base: the rarer of ``events`` and ``base − events`` is judged.

    Returns:
        Frame ``unstable, reason, relative_error, one_more``, one row per number, in the order given.
        reason ∈ ``""``, ``few_events``, ``small_base``, ``unknown`` (a number is missing; not called
        stable). relative_error = 1/√events. one_more = multiplier / base: what one event more adds.

    Raises:
        ValueError: negative numbers, or ``share`` with events above the base.
    """
    index = events.index if isinstance(events, pd.Series) else None
    x = np.atleast_1d(np.asarray(events, dtype=float))
    n = np.full_like(x, np.nan) if base is None else np.broadcast_to(np.asarray(base, dtype=float), x.shape)
    if np.any(x < 0) or np.any(n < 0):
        raise ValueError("negative numbers")
    if share and np.any(x > n + 1e-9):
        raise ValueError("events above their base")
    rare = np.minimum(x, n - x) if share else x
    unknown = np.isnan(x) | (np.isnan(n) if base is not None else False)
    reason = np.select(
        [unknown, n < min_base, rare < min_events], ["unknown", "small_base", "few_events"], default=""
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.where(rare > 0, 1 / np.sqrt(rare), np.nan)
        one_more = np.where(n > 0, multiplier / n, np.nan)
    return pd.DataFrame(
        {"unstable": reason != "", "reason": reason, "relative_error": error, "one_more": one_more},
        index=index,
    )


def moving_sum(counts: pd.Series, years: int) -> pd.Series:
    """Sums over each ``years`` consecutive years, keyed « 2021-2023 »; windows with a hole are left out.

    Args:
        counts: indexed by year (whole numbers or text), in any order.
        years: length of the window, at least 1.

    Raises:
        ValueError: years repeated, or a window under one year.
    """
    by_year = _by_year(counts)
    if years < 1:
        raise ValueError(f"window of at least one year expected, found {years}")
    if by_year.empty:
        return by_year
    full = by_year.reindex(range(int(by_year.index.min()), int(by_year.index.max()) + 1))
    sums = full.rolling(years, min_periods=years).sum().dropna()
    labels = [str(y) if years == 1 else f"{y - years + 1}-{y}" for y in sums.index]
    return sums.set_axis(pd.Index(labels, name="period"))


def moving_mean(counts: pd.Series, years: int) -> pd.Series:
    """Means over each ``years`` consecutive years: :func:`moving_sum` divided by ``years``."""
    return moving_sum(counts, years) / years


def pooled_rate(events: pd.Series, base: pd.Series, years: int, multiplier: float = 1000.0) -> pd.DataFrame:
    """Events of several years over person-years, joined by year: the steadier rate of a small territory.

    Returns:
        Frame indexed by period: ``value, events, person_years``; a year missing on either side leaves its
        windows out.
    """
    both = pd.concat([_by_year(events).rename("events"), _by_year(base).rename("base")], axis=1).dropna()
    out = pd.DataFrame(
        {"events": moving_sum(both["events"], years), "person_years": moving_sum(both["base"], years)}
    )
    out.insert(0, "value", multiplier * out["events"] / out["person_years"].where(out["person_years"] > 0))
    return out


def _by_year(counts: pd.Series) -> pd.Series:
    out = counts.dropna().astype("float64")
    out = out.set_axis(pd.Index([int(y) for y in out.index], name="year")).sort_index()
    if out.index.has_duplicates:
        raise ValueError("the same year is given twice")
    return out
