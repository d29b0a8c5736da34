"""Observations of all territories, summed upward: what an indicator function receives.

Counts of communes are summed to every group that contains them (EPCI, départements, régions, France,
secteurs, study …). A published value of the larger territory always wins over the sum. A total is given
only when every inhabited commune of the group is in the source; otherwise it is ``missing``, never partial
(except where the absent communes hold less than ``NEGLIGIBLE`` of the inhabitants: then it is ``estimated``).
Sums of rounded counts keep their bounds and lose their point: « entre 793 et 889 ».
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from ctg_lib.observations import Store
from ctg_lib.statistics.rounded import bounds, ratio_bounds
from ctg_lib.values import LEVELS, STATUS_RANK, STATUSES, USABLE

KEY = ["level", "code", "geography_year", "period"]
PLACE = ["level", "code", "period"]
ROLLED_COLUMNS = [
    "variable", "breakdown", *KEY, "value", "low", "high", "status", "source", "origin",
]  # fmt: skip

NEGLIGIBLE = 0.0005
"""Part of a territory's inhabitants that may be absent from a source without hiding its total."""

_ROUNDED = STATUS_RANK["rounded"]


@dataclass
class Data:
    """What is known, of everywhere.

    Attributes:
        store: the observations.
        groups: columns ``commune, level, code``: which commune belongs to which larger territory.
        population: commune code -> municipal population (latest year known); uninhabited communes may
            be absent from a source without making a total incomplete.
        passage: former commune code -> commune it belongs to today.
        communes: restricts reading to these communes (a study's own groups need no more).
    """

    store: Store
    groups: pd.DataFrame
    population: pd.Series
    passage: Mapping[str, str] = field(default_factory=dict)
    communes: frozenset[str] | None = None
    _cache: dict = field(default_factory=dict, repr=False)

    def get(self, dataset: str, variable: str) -> pd.DataFrame:
        """Observations of a variable at every level, sums of communes included.

        Returns:
            Frame with ``ROLLED_COLUMNS``; ``origin`` ∈ commune, structure, published, sum, incomplete.
        """
        key = (dataset, variable)
        if key not in self._cache:
            self._cache[key] = self._roll_up(self._raw(dataset, variable))
        return self._cache[key]

    def published(self, dataset: str, variable: str) -> pd.DataFrame:
        """Like :meth:`get`, without sums of communes: for rates, medians and indices, which never add up."""
        raw = self._raw(dataset, variable)
        return raw.assign(origin=_own_origin(raw))[ROLLED_COLUMNS].reset_index(drop=True)

    def _raw(self, dataset: str, variable: str) -> pd.DataFrame:
        if self.communes is None:
            return self.store.read(dataset, variables=[variable])
        wider = [level for level in LEVELS if level != "commune"]
        parts = [
            self.store.read(dataset, variables=[variable], levels=["commune"], codes=self.communes),
            self.store.read(dataset, variables=[variable], levels=wider, codes=self._codes),
        ]
        return pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True)

    def _roll_up(self, raw: pd.DataFrame) -> pd.DataFrame:
        own = raw.assign(origin=_own_origin(raw))
        communes = raw[raw["level"].eq("commune")]
        parts = [own[ROLLED_COLUMNS]]
        if not communes.empty and not self.groups.empty:
            parts.append(self._sums(communes))
        # published rows come first: they win over sums of communes
        rolled = pd.concat(parts, ignore_index=True)
        return rolled.drop_duplicates(["variable", "breakdown", *PLACE], keep="first").reset_index(drop=True)

    def _sums(self, communes: pd.DataFrame) -> pd.DataFrame:
        rows = communes.assign(
            commune=communes["code"].map(lambda code: self.passage.get(code, code)),
            rank=communes["status"].map(STATUS_RANK),
        ).drop(columns=["level", "code"])
        rows["low"], rows["high"] = bounds(rows)
        # an empty cell that can only hide a small count is known within bounds: it counts as rounded
        bounded_blank = rows["value"].isna() & rows["low"].notna()
        rows["rank"] = rows["rank"].mask(bounded_blank, _ROUNDED)
        rows["rounded"] = rows["rank"].eq(_ROUNDED) | rows["low"].lt(rows["high"])
        joined = rows.merge(self.groups, on="commune", how="inner")
        by = ["variable", "breakdown", "level", "code", "geography_year", "period", "source"]
        grouped = joined.groupby(by, sort=False, observed=True)
        out = grouped.agg(
            value=("value", "sum"),
            low=("low", "sum"),
            high=("high", "sum"),
            known=("low", "count"),
            size=("commune", "size"),
            rank=("rank", "max"),
            rounded=("rounded", "max"),
            valued=("value", "count"),
        ).reset_index()
        here = joined.drop_duplicates([*by, "commune"])
        people = here["commune"].map(self._people)
        present = here.assign(people=people).groupby(by, sort=False, observed=True)["people"].sum()
        out = out.merge(present.rename("present").reset_index(), on=by, how="left")
        out = out.merge(self._expected, on=["level", "code"], how="left")
        absent = 1 - out["present"] / out["expected"]
        complete = absent.le(NEGLIGIBLE)
        whole = absent.le(1e-12)
        bounded = complete & out["known"].eq(out["size"])
        pointed = bounded & out["valued"].eq(out["size"]) & ~(out["rounded"] & out["size"].gt(1))
        exact = bounded & ~out["rounded"]
        out["value"] = out["value"].where(pointed)
        out["low"] = out["low"].where(bounded & ~exact)
        out["high"] = out["high"].where(bounded & ~exact)
        status = out["rank"].map(dict(enumerate(STATUSES)))
        nearly = status.where(out["rank"].gt(STATUS_RANK["estimated"]), "estimated")
        out["status"] = status.where(whole, nearly).where(complete, "missing")
        out["origin"] = pd.Series("sum", index=out.index).where(complete, "incomplete")
        return out[ROLLED_COLUMNS]

    @cached_property
    def known_communes(self) -> frozenset[str]:
        """Communes of the groups and of the population table (some belong to no group)."""
        return frozenset(self.population.index) | frozenset(self.groups["commune"])

    @property
    def _codes(self) -> list[str] | None:
        """Codes of the groups themselves, when only these matter."""
        return sorted(self.groups["code"].unique()) if self.communes is not None else None

    @cached_property
    def _people(self) -> pd.Series:
        """Inhabitants of each commune of the groups; one where it is not known (it may be inhabited)."""
        every = pd.Index(self.groups["commune"].unique())
        return self.population.reindex(every).fillna(1.0)

    @cached_property
    def _expected(self) -> pd.DataFrame:
        people = self.groups["commune"].map(self._people)
        by_group = self.groups.assign(expected=people).groupby(["level", "code"])
        return by_group["expected"].sum().reset_index()

    def count(
        self,
        dataset: str,
        variable: str,
        where: str | Callable[[str], bool] = "",
    ) -> pd.DataFrame:
        """One count per territory and period.

        Args:
            dataset, variable: as in the store.
            where: a breakdown (exact text), or a test of the breakdown text; the counts of all chosen
                breakdowns are summed, and are missing if one of them is.

        Returns:
            Frame ``level, code, geography_year, period, value, low, high, status, source, origin``.
        """
        rows = self.get(dataset, variable)
        if isinstance(where, str):
            chosen = rows[rows["breakdown"].eq(where)]
            return chosen.drop(columns=["variable", "breakdown"]).reset_index(drop=True)
        kept = [b for b in rows["breakdown"].unique() if where(b)]
        chosen = rows[rows["breakdown"].isin(kept)]
        return add_up(chosen, chosen.groupby("period")["breakdown"].nunique())


def _own_origin(raw: pd.DataFrame) -> pd.Series:
    return raw["level"].where(raw["level"].isin(["commune", "structure"]), "published")


def add_up(rows: pd.DataFrame, expected: pd.Series) -> pd.DataFrame:
    """Sum breakdowns of each territory; ``expected`` = number of breakdowns per period."""
    rows = rows.assign(rank=rows["status"].map(STATUS_RANK))
    rows["low_"], rows["high_"] = bounds(rows)
    grouped = rows.groupby(KEY, sort=False, observed=True)
    out = grouped.agg(
        value=("value", "sum"), valued=("value", "count"), size=("value", "size"),
        low=("low_", "sum"), high=("high_", "sum"), known=("low_", "count"),
        rank=("rank", "max"), source=("source", join_sources), origin=("origin", "first"),
    ).reset_index()  # fmt: skip
    full = out["size"].eq(out["period"].map(expected))
    out["value"] = out["value"].where(full & out["valued"].eq(out["size"]))
    bounded = full & out["known"].eq(out["size"]) & out["low"].lt(out["high"])
    out["low"], out["high"] = out["low"].where(bounded), out["high"].where(bounded)
    out["status"] = out["rank"].map(dict(enumerate(STATUSES))).where(full, "missing")
    return out[[*KEY, "value", "low", "high", "status", "source", "origin"]]


def join_sources(values: Iterable[str]) -> str:
    """Sorted manifest ids joined by ``+``; parts already joined are taken apart first."""
    return "+".join(sorted({part for value in values for part in value.split("+") if part}))


def as_counts(rows: pd.DataFrame, method: str) -> pd.DataFrame:
    """Counts as an indicator's result: value with the bounds of its rounding, if any."""
    out = rows.rename(columns={"low": "lower", "high": "upper", "source": "sources"})
    out["numerator"], out["denominator"] = out["value"], float("nan")
    out["method"] = method
    return _with_incomplete(out, rows)


def ratio(
    numerator: pd.DataFrame, denominator: pd.DataFrame, *, multiplier: float, method: str
) -> pd.DataFrame:
    """``multiplier × numerator / denominator`` from two counts of the same territories and periods.

    A zero or missing denominator gives no value, never an error: a territory without a base has no rate.

    Returns:
        Frame ``level, code, geography_year, period, value, lower, upper, numerator, denominator, method,
        status, sources``.
    """
    both = numerator.merge(denominator.drop(columns="geography_year"), on=PLACE, suffixes=("", "_base"))
    out = both[KEY].copy()
    out["numerator"], out["denominator"] = both["value"], both["value_base"]
    base = both["value_base"].where(both["value_base"].gt(0))
    out["value"] = multiplier * both["value"] / base
    low, high = bounds(both)
    base_low, base_high = bounds(
        both[["value_base", "low_base", "high_base"]].set_axis(["value", "low", "high"], axis=1)
    )
    lower, upper = ratio_bounds(low, high, base_low, base_high, multiplier)
    inexact = both["low"].notna() | both["low_base"].notna()
    out["lower"], out["upper"] = (
        pd.Series(lower, out.index).where(inexact),
        pd.Series(upper, out.index).where(inexact),
    )
    rank = pd.concat([both["status"].map(STATUS_RANK), both["status_base"].map(STATUS_RANK)], axis=1).max(
        axis=1
    )
    out["status"] = rank.map(dict(enumerate(STATUSES)))
    empty = out["status"].isin(USABLE) & out["value"].isna() & out["lower"].isna()
    out["status"] = out["status"].mask(empty, "not_applicable")
    out["method"] = method
    out["sources"] = [join_sources(pair) for pair in zip(both["source"], both["source_base"], strict=True)]
    return _with_incomplete(out, both)


def _with_incomplete(out: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    incomplete = rows["origin"].eq("incomplete").to_numpy()
    out["method"] = out["method"].mask(incomplete, "incomplete")
    if "breakdown" not in out:
        out["breakdown"] = ""
    return out.drop(columns=[c for c in ("origin", "variable") if c in out])


def labelled(frame: pd.DataFrame, **breakdown: str) -> pd.DataFrame:
    """The same result under a breakdown (``mode="eaje"``)."""
    from ctg_lib.values import canonical_breakdown

    return frame.assign(breakdown=canonical_breakdown(breakdown))


def union(*frames: pd.DataFrame) -> pd.DataFrame:
    """Results one under the other; for one territory, period and breakdown the first frame wins."""
    together = pd.concat([f for f in frames if not f.empty] or list(frames[:1]), ignore_index=True)
    return together.drop_duplicates([*PLACE, "breakdown"], keep="first").reset_index(drop=True)


def pool_years(rows: pd.DataFrame, years: int) -> pd.DataFrame:
    """Sums over consecutive windows of ``years`` ending with the latest year, going back.

    Args:
        rows: yearly counts (``period`` = a year), as :meth:`Data.count` gives them.

    Returns:
        The same columns, ``period`` = « 2023-2025 »; windows with a missing year are left out.
    """
    if rows.empty:
        return rows
    last = int(rows["period"].astype(int).max())
    year = rows["period"].astype(int)
    start = last - ((last - year) // years) * years - (years - 1)
    labelled_rows = rows.assign(
        period=[f"{s}-{s + years - 1}" for s in start], rank=rows["status"].map(STATUS_RANK)
    )
    grouped = labelled_rows.groupby(["level", "code", "period"], sort=False, observed=True)
    out = grouped.agg(
        geography_year=("geography_year", "max"), value=("value", "sum"), valued=("value", "count"),
        rank=("rank", "max"), source=("source", join_sources), origin=("origin", "first"),
    ).reset_index()  # fmt: skip
    out = out[out["valued"].eq(years)].copy()
    out["low"] = out["high"] = float("nan")
    out["status"] = out["rank"].map(dict(enumerate(STATUSES)))
    return out[[*KEY, "value", "low", "high", "status", "source", "origin"]].reset_index(drop=True)
