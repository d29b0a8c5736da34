"""Rates with and without a commune: which one distorts, what may be given without it, how heavy it weighs.

The rules are those of :mod:`ctg_lib.statistics.distortion`; no place is known by name.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from ctg_lib.indicators import distortions
from ctg_lib.indicators.registry import Definition, definition, registry
from ctg_lib.statistics.distortion import (
    Distortion,
    carries,
    find_distortion,
    find_several,
    read,
    weighs,
    without,
)
from ctg_lib.study.rows import POOLED, pick
from ctg_lib.values import canonical_breakdown, parse_breakdown

if TYPE_CHECKING:
    from ctg_lib.study.layers.comparisons import Comparisons


@dataclass(frozen=True)
class SecondReading:
    """A value of the territory with and without one commune.

    Attributes:
        indicator, breakdown, period: what is measured.
        commune: code of the commune left out.
        with_place, without_place: the two values, computed the same way.
        heavy: the rate moves by the meaningful difference or more; or the commune carries far more of a count
            than of the population (:func:`ctg_lib.statistics.distortion.carries`).
    """

    indicator: str
    breakdown: str
    period: str
    commune: str
    with_place: float
    without_place: float
    heavy: bool


def distortion(study: Comparisons, indicator: str, breakdown: str = "") -> Distortion | None:
    """The commune that distorts a rate, read against the main reference; see :meth:`Study.distortion`."""
    rule = definition(indicator)
    compared = study._compared(indicator, breakdown) if rule.leave_one_out else None
    parts = parts_of(study, indicator, breakdown)
    if parts is None or compared is None or compared.main is None:
        return None
    period, target = compared.value.period, float(compared.main["value"])
    found = find_distortion(parts, target, rule.meaningful, distortions.scale(rule, period))
    if found is None or rule.multiplier or rule.aggregation != "ratio":
        return found
    values = both_values(study, indicator, breakdown, period, found.place)
    return None if values is None else read(found.place, *values, target, found.share, rule.meaningful)


def distorted_together(study: Comparisons, indicator: str) -> tuple[tuple[str, ...], float, float]:
    """Communes that distort a rate together; see :meth:`Study.distortion_together`."""
    rule, parts = definition(indicator), parts_of(study, indicator)
    if parts is None:
        return (), math.nan, math.nan
    multiplier = distortions.scale(rule, study._compared(indicator).value.period)
    codes = find_several(parts, rule.meaningful, multiplier)
    return (codes, *without(parts, codes, multiplier)) if codes else ((), math.nan, math.nan)


def second_readings(study: Comparisons) -> tuple[SecondReading, ...]:
    """Values of the territory without one commune; see :attr:`Study.second_readings`."""
    return tuple(
        SecondReading(rule.id, breakdown, period, commune, *values, heavy=commune in heavy)
        for rule in registry().values()
        if rule.leave_one_out
        for breakdown in study.cells(rule.id)
        for period, communes, heavy in [_to_leave_out(study, rule, breakdown)]
        for commune in communes
        for values in [both_values(study, rule.id, breakdown, period, commune)]
        if values is not None
    )


def both_values(
    study: Comparisons, indicator: str, breakdown: str, period: str, commune: str
) -> tuple[float, float] | None:
    """The value with and without a commune in one period; None where one of them is not known."""
    rows = study.with_and_without(indicator, commune)
    rows = rows[rows["period"].eq(period) & rows["value"].notna()]
    less = canonical_breakdown({**parse_breakdown(breakdown), "sans": commune})
    found = [rows.loc[rows["breakdown"].eq(b), "value"] for b in (breakdown, less)]
    return None if any(v.empty for v in found) else (float(found[0].iloc[0]), float(found[1].iloc[0]))


def flagged(study: Comparisons, *, dwellings: bool = False) -> tuple[str, ...]:
    """Communes whose numbers show an establishment (second homes for a rate of dwellings)."""
    return study._once(("flagged", dwellings), lambda: _flagged_now(study, dwellings))


def _flagged_now(study: Comparisons, dwellings: bool) -> tuple[str, ...]:
    codes = dict.fromkeys(study.establishments["code"])
    return tuple(c for c in codes if study.establishment(c, dwellings=dwellings))


def parts_of(study: Comparisons, indicator: str, breakdown: str = "") -> pd.DataFrame | None:
    """``code, numerator, denominator`` of each commune in the territory's period, if the rule has one."""
    rule = definition(indicator)
    if not rule.leave_one_out or rule.aggregation == "sum":
        return None
    period = study._compared(indicator, breakdown).value.period
    rows = study.communes(indicator, breakdown, period=period or None)
    if rule.aggregation == "ratio":
        return rows[["code", "numerator", "denominator"]]
    last = str(study.geography.population_years[-1])
    weights = study.communes("population", period=min(period, last))
    out = rows[["code", "value"]].merge(weights[["code", "value"]], on="code", suffixes=("", "_people"))
    weighted = out["value"] * out["value_people"]
    return pd.DataFrame({"code": out["code"], "numerator": weighted, "denominator": out["value_people"]})


def _to_leave_out(
    study: Comparisons, rule: Definition, breakdown: str
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The period in which an indicator is read, the communes it is given without, those that weigh."""
    marked = flagged(study, dwellings="logement" in rule.theme)
    if rule.aggregation == "sum":
        return _count_to_leave_out(study, rule, breakdown, marked)
    found, parts = study.distortion(rule.id, breakdown), parts_of(study, rule.id, breakdown)
    period = study._compared(rule.id, breakdown).value.period
    if parts is None:
        return period, (), ()
    heavy = weighs(parts, marked, rule.meaningful, distortions.scale(rule, period))
    heavy = tuple(dict.fromkeys([*([] if found is None else [found.place]), *heavy]))
    return period, tuple(dict.fromkeys([*heavy, *marked])), heavy


def _count_to_leave_out(
    study: Comparisons, rule: Definition, breakdown: str, marked: tuple[str, ...]
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The same for a count of events: that of the latest pooled years, where there are any."""
    series = study.series(rule.id, breakdown)
    series = series[series["value"].notna()]
    pooled = series[series["period"].str.fullmatch(POOLED)]
    row = pick(pooled if len(pooled) else series, None)
    if row is None or not marked:
        return "", (), ()
    period = str(row["period"])
    counts = study.communes(rule.id, breakdown, period)[["code", "value"]]
    counts = counts.merge(study.inhabitants.rename("population"), left_on="code", right_index=True)
    heavy = carries(counts, marked)
    return period, tuple(dict.fromkeys([*heavy, *marked])), heavy
