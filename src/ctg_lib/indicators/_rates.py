"""Rates whose two parts come from different sources, published and repeated rates, flows.

A count of December 2024 is divided by the inhabitants of the latest known year; the gap is never more than
``MAX_GAP`` years and makes the rate ``estimated``, so that nobody reads it as one source's own figure.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from ctg_lib.indicators.data import KEY, PLACE, Data, as_counts, join_sources, ratio
from ctg_lib.statistics.rounded import bounds
from ctg_lib.values import STATUS_RANK, STATUSES

LEGAL = "DS_POPULATIONS_REFERENCE"
REPEATED = "taux_repris"
MAX_GAP = 3
"""Largest distance, in years, between a count and the population it is divided by."""

NATIONAL = 80
"""A list naming communes of at least so many départements is a list of the whole country."""


def year(period: str) -> int:
    """The year of a period (« 2024-12 », « 2024-T4 », « 2024-08-01 », « 2023-2025 »: its first)."""
    return int(str(period)[:4])


def aligned(base: pd.DataFrame, periods: Iterable[str], max_gap: int = MAX_GAP) -> pd.DataFrame:
    """A base counted in some years, given for other periods: the same year, else the nearest one.

    Args:
        base: as :meth:`Data.count` gives it.
        periods: the periods wanted.
        max_gap: years further away than this give nothing.

    Returns:
        The columns of ``base``; ``status`` is at least ``estimated`` where the years differ. Of two years
        equally near, the earlier one is taken.
    """
    known = sorted(base["period"].unique(), key=lambda p: (year(p), p))
    parts = []
    for period in sorted(set(periods)):
        nearest = min(known, key=lambda p: (abs(year(p) - year(period)), year(p)), default=None)
        if nearest is None or abs(year(nearest) - year(period)) > max_gap:
            continue
        rows = base[base["period"].eq(nearest)].assign(period=period)
        if year(nearest) != year(period):
            rows["status"] = _at_least(rows["status"], "estimated")
        parts.append(rows)
    return pd.concat(parts, ignore_index=True) if parts else base.iloc[0:0]


def _at_least(status: pd.Series, floor: str) -> pd.Series:
    rank = status.map(STATUS_RANK).clip(lower=STATUS_RANK[floor])
    return rank.map(dict(enumerate(STATUSES)))


def inhabitants(data: Data) -> pd.DataFrame:
    """Municipal population of every territory and year."""
    return data.count(LEGAL, "PMUN")


def per_inhabitant(data: Data, counts: pd.DataFrame, *, multiplier: float, method: str) -> pd.DataFrame:
    """``multiplier × counts / municipal population`` of the same year, or of the nearest one known."""
    base = aligned(inhabitants(data), counts["period"].unique())
    return ratio(counts, base, multiplier=multiplier, method=method)


def share_of_parts(part: pd.DataFrame, rest: pd.DataFrame, *, method: str) -> pd.DataFrame:
    """``100 × part / (part + rest)`` of two counts without common members, each within bounds.

    The bounds are tighter than those of a part and a total rounded apart, because what is in the part
    is in the total too: low = part low / (part low + rest high), high = part high / (part high + rest low).

    Returns:
        As :func:`ctg_lib.indicators.data.ratio`.
    """
    both = part.merge(rest.drop(columns="geography_year"), on=PLACE, suffixes=("", "_rest"))
    low, high = bounds(both)
    others = both[["value_rest", "low_rest", "high_rest"]].set_axis(["value", "low", "high"], axis=1)
    rest_low, rest_high = bounds(others)
    total = both["value"] + both["value_rest"]
    out = both[KEY].copy()
    out["numerator"], out["denominator"] = both["value"], total
    out["value"] = 100 * both["value"] / total.where(total.gt(0))
    inexact = both["low"].notna() | both["low_rest"].notna()
    least, most = (low + rest_high), (high + rest_low)
    out["lower"] = (100 * low / least.where(least.gt(0))).where(inexact)
    out["upper"] = (100 * high / most.where(most.gt(0))).where(inexact)
    half = out["lower"].notna() ^ out["upper"].notna()
    out[["lower", "upper"]] = out[["lower", "upper"]].mask(half)
    ranks = pd.concat([both[c].map(STATUS_RANK) for c in ("status", "status_rest")], axis=1).max(axis=1)
    out["status"] = ranks.map(dict(enumerate(STATUSES)))
    empty = out["value"].isna() & out["lower"].isna() & ranks.le(STATUS_RANK["estimated"])
    out["status"] = out["status"].mask(empty, "not_applicable")
    incomplete = both["origin"].eq("incomplete") | both["origin_rest"].eq("incomplete")
    out["method"] = pd.Series(method, index=out.index).mask(incomplete, "incomplete")
    out["sources"] = [join_sources(p) for p in zip(both["source"], both["source_rest"], strict=True)]
    return out.assign(breakdown="")


def published_rate(data: Data, dataset: str, variable: str, method: str = "as_published") -> pd.DataFrame:
    """A rate, median or index as its publisher gives it: totals only, no part of it counted by us."""
    rows = data.published(dataset, variable)
    rows = rows[rows["breakdown"].eq("")].reset_index(drop=True)
    return as_counts(rows, method).assign(numerator=float("nan"))


def repeated_rate(data: Data, variable: str) -> pd.DataFrame:
    """A rate somebody else computed from official files and republished, where these are not at hand."""
    rates = published_rate(data, REPEATED, variable, "computed_by_republisher")
    return rates.assign(status=rates["status"].mask(rates["status"].eq("observed"), "estimated"))


def is_national(communes: pd.Series) -> bool:
    """Whether a list of communes names enough départements to be a list of the whole country."""
    codes = communes.astype("str")
    departements = codes.str[:2].where(~codes.str.startswith("97"), codes.str[:3])
    return departements.nunique() >= NATIONAL


def one_flow(data: Data, dataset: str, key: str, what: str) -> pd.DataFrame:
    """Moves of people between communes, as counts of every group.

    Args:
        dataset: ``migcom`` (key ``de``: where they lived) or ``migsco`` (key ``vers``: where they study).
        what: ``inflow``, ``outflow`` or ``stay``.

    Returns:
        As :meth:`Data.count`; empty where the pairs of communes are not at hand.
    """
    table = data.flows(dataset, "personnes", key)
    if table.empty:
        return data.count(dataset, "personnes").iloc[0:0]
    counts = table.assign(
        value=table[what], status=table[f"{what}_status"], low=float("nan"), high=float("nan")
    )
    return counts.loc[:, [*KEY, "value", "low", "high", "status", "source", "origin"]]
