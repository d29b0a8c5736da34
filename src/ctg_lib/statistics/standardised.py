"""Rates that would be seen if territories had the same ages: direct and indirect standardisation.

Everything is joined **by key, never by position**: events, populations and standards are Series whose
index says which stratum (age, sex) each number belongs to. A standard given in another order changes
nothing; a stratum that is missing is an error or a withheld value, never a silent shift.

Direct: ``Σ w·x/n / Σ w`` with the limits of Dobson et al. (1991): the exact or Byar limits of the number of
events, carried over to the weighted sum: ``rate + √(V/O) × (limit(O) − O)``, ``V = Σ w²x/n² / (Σ w)²``,
``O`` the events. Withheld below :data:`MINIMUM_EVENTS` events, as the reference library does.

Indirect: observed over expected events (standardised ratio), with Byar's limits, exact ones below ten.

References:
    Dobson AJ, Kuulasmaa K, Eberle E, Scherer J (1991), Confidence intervals for weighted sums of Poisson
        parameters, Stat. Med. 10, 457–462.
    Breslow NE, Day NE (1987), Statistical methods in cancer research II, p. 69 (Byar).
    Armitage P, Berry G, Matthews JNS (2002), Statistical methods in medical research, 4th ed. (exact limits).
    PHEindicatormethods (UK Health Security Agency), whose published test data give the golden values.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ctg_lib.statistics.intervals import Array, byar, exact_poisson

MINIMUM_EVENTS = 10
"""Below this many events a directly standardised rate is withheld, and Byar gives way to exact limits."""

EUROPEAN_2013: dict[str, int] = {
    "Y0T4": 5000, "Y5T9": 5500, "Y10T14": 5500, "Y15T19": 5500, "Y20T24": 6000, "Y25T29": 6000,
    "Y30T34": 6500, "Y35T39": 7000, "Y40T44": 7000, "Y45T49": 7000, "Y50T54": 7000, "Y55T59": 6500,
    "Y60T64": 6000, "Y65T69": 5500, "Y70T74": 5000, "Y75T79": 4000, "Y80T84": 2500, "Y85T89": 1500,
    "Y_GE90": 1000,
}  # fmt: skip
"""European standard population 2013 (Eurostat, Revision of the European Standard Population, 2013)."""


def direct(
    events: pd.Series,
    population: pd.Series,
    standard: pd.Series,
    *,
    multiplier: float = 1000.0,
    confidence: float = 0.95,
    minimum: int = MINIMUM_EVENTS,
) -> pd.DataFrame:
    """Directly standardised rates, one per territory.

    Args:
        events, population: counts indexed by (territory, stratum), or by stratum for one territory.
            Absence of a key is a missing number: a stratum without events says 0.
        standard: the standard population, indexed by stratum.
        multiplier: 1000 for a rate per thousand.
        confidence: of the limits.
        minimum: withheld below this number of events.

    Returns:
        Frame indexed by territory (``""`` for a single one): ``value, lower, upper, events, population,
        status``, status ∈ ``observed``, ``below_threshold`` (too few events), ``missing`` (a stratum is
        not known, or nobody lives in it).

    Raises:
        ValueError: repeated keys, negative numbers, strata that the standard does not know, or an empty or
            non-positive standard.
    """
    table = _aligned(events, population, standard)
    weight, x, n = table["weight"], table["events"], table["population"]
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = pd.DataFrame({"rate": weight * x / n, "square": x * (weight / n) ** 2, "x": x, "n": n})
    parts = parts.where(np.isfinite(parts))
    grouped = parts.groupby(table["territory"], sort=True)
    total = grouped.sum(min_count=len(standard))
    scale = float(standard.sum())
    rate, count = total["rate"] / scale, total["x"]
    low, high = _limits(count.to_numpy(), confidence, exact=False)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(total["square"] / scale**2 / count)
    out = pd.DataFrame(
        {
            "value": multiplier * rate,
            "lower": multiplier * (rate + spread * (low - count)),
            "upper": multiplier * (rate + spread * (high - count)),
            "events": count, "population": total["n"],
        }
    )  # fmt: skip
    return _withheld(out, count.lt(minimum))


def expected(population: pd.Series, rates: pd.Series) -> pd.Series:
    """Events each territory would have had at the rates of a reference: Σ population × rate, by stratum.

    Args:
        population: indexed by (territory, stratum), or by stratum.
        rates: events per person in the reference, by stratum.

    Returns:
        Expected events by territory; NaN where a stratum is missing.
    """
    table = _aligned(population * 0, population, rates)
    product = table["weight"] * table["population"]
    return product.groupby(table["territory"], sort=True).sum(min_count=len(rates)).rename("expected")


def indirect(
    events: pd.Series,
    expected: pd.Series,
    *,
    multiplier: float = 1.0,
    confidence: float = 0.95,
    minimum: int = 0,
) -> pd.DataFrame:
    """Standardised ratios (SMR): observed over expected events.

    Args:
        events, expected: observed and expected events by territory (joined by index).
        multiplier: 1, or 100 for a ratio whose reference is 100.
        confidence: of the limits: Byar's from ten events on, exact (Garwood) below.
        minimum: withheld below this number of events (0: never; the ratio of few events has wide limits).

    Returns:
        Frame indexed by territory: ``value, lower, upper, events, expected, status``.

    Raises:
        ValueError: repeated keys or negative numbers.
    """
    _check(events, "events")
    _check(expected, "expected")
    both = pd.concat([events.rename("events"), expected.rename("expected")], axis=1).sort_index()
    count, base = both["events"], both["expected"].where(both["expected"] > 0)
    low, high = _limits(count.to_numpy(dtype=float), confidence, exact=True)
    out = pd.DataFrame(
        {
            "value": multiplier * count / base,
            "lower": multiplier * low / base,
            "upper": multiplier * high / base,
            "events": count,
            "expected": both["expected"],
        }
    )
    return _withheld(out, count.lt(minimum))


def _limits(count: Array, confidence: float, *, exact: bool) -> tuple[Array, Array]:
    """Byar's limits of a count; exact ones for few events when asked."""
    low, high = byar(count, confidence)
    if not exact:
        return low, high
    few = count < MINIMUM_EVENTS
    exact_low, exact_high = exact_poisson(count, confidence)
    return np.where(few, exact_low, low), np.where(few, exact_high, high)


def _withheld(out: pd.DataFrame, few: pd.Series) -> pd.DataFrame:
    numbers = ["value", "lower", "upper"]
    out["status"] = "observed"
    out["status"] = out["status"].mask(few, "below_threshold").mask(out["value"].isna(), "missing")
    out[numbers] = out[numbers].mask(out["status"].ne("observed"))
    return out


def _aligned(events: pd.Series, population: pd.Series, standard: pd.Series) -> pd.DataFrame:
    """One row per (territory, stratum of the standard), joined by key."""
    for name, series in (("events", events), ("population", population), ("standard", standard)):
        _check(series, name)
    if standard.empty or not standard.gt(0).any():
        raise ValueError("the standard has no positive number")
    keyed = {"events": _keyed(events), "population": _keyed(population)}
    known = set(standard.index)
    for name, series in keyed.items():
        unknown = sorted(set(series.index.get_level_values(-1)) - known)
        if unknown:
            raise ValueError(
                f"{name}: strata that the standard does not know: {', '.join(map(str, unknown))}"
            )
    territories = keyed["population"].index.get_level_values(0).unique()
    every = pd.MultiIndex.from_product([territories, standard.index], names=["territory", "stratum"])
    table = pd.DataFrame({name: series.reindex(every) for name, series in keyed.items()}, index=every)
    table = table.astype("float64").reset_index()
    table["weight"] = table["stratum"].map(standard).astype("float64")
    return table


def _keyed(series: pd.Series) -> pd.Series:
    if series.index.nlevels == 1:
        index = pd.MultiIndex.from_arrays([[""] * len(series), series.index])
        return series.set_axis(index)
    if series.index.nlevels > 2:
        outer = pd.Index([tuple(key[:-1]) for key in series.index], tupleize_cols=False)
        index = pd.MultiIndex.from_arrays([outer, series.index.get_level_values(-1)])
        return series.set_axis(index)
    return series


def _check(series: pd.Series, name: str) -> None:
    if series.index.has_duplicates:
        first = series.index[series.index.duplicated()][0]
        raise ValueError(f"{name}: the same key is given twice, first {first}")
    if series.lt(0).any():
        raise ValueError(f"{name}: negative numbers in {int(series.lt(0).sum())} row(s)")
