"""Communes that distort the rates of their EPCI, for all EPCI and all indicators in one pass.

Reads the national table (commune rows hold numerator and denominator) and asks
:mod:`ctg_lib.statistics.distortion`. A study does the same for itself, one indicator at a time.
"""

from __future__ import annotations

import re

import pandas as pd

from ctg_lib.geography import Geography
from ctg_lib.indicators.labels import age_span
from ctg_lib.indicators.registry import Definition, registry
from ctg_lib.statistics import distortion
from ctg_lib.values import USABLE, parse_breakdown

REFERENCE_LEVELS = ("departement", "region", "france")
COLUMNS = (
    "epci", "indicator", "breakdown", "period", "place", "share", "with_place", "without_place", "reference", "reading_with",
    "reading_without", "changes_reading", "opposite",
)  # fmt: skip


def rules() -> list[Definition]:
    """Rates and means that may be given without a commune (a count has no reading to turn)."""
    return [d for d in registry().values() if d.leave_one_out and d.aggregation != "sum"]


def scale(rule: Definition, period: str) -> float:
    """What the ratio of the two parts is multiplied by, to give the rate.

    A yearly rate of change (natural change of several years over the population at their start) is read as
    100 / years times the ratio: within a few hundredths of the compound rate that is published, and enough
    to tell which commune weighs; a study computes both values again the publisher's way.
    """
    if rule.multiplier:
        return rule.multiplier
    if rule.unit == "% par an" and re.fullmatch(r"\d{4}-\d{4}", period):
        return 100 / max(int(period[-4:]) - int(period[:4]), 1)
    return 1.0


def national_distortions(table: pd.DataFrame, geography: Geography) -> pd.DataFrame:
    """For each EPCI and each indicator that allows it, the commune that distorts the rate most.

    The period is the latest one in which all communes of the EPCI are known; the reference is the
    département (of the EPCI's first commune), else the région, else France, in that period.

    Args:
        table: the national table (``RESULT_COLUMNS``) with commune rows of these indicators and
            ``population``.

    Returns:
        Columns :data:`COLUMNS`, one row per distorted rate, sorted by EPCI, indicator and breakdown. An
        indicator that has a total is read by its total alone.
    """
    known = {d.id: d for d in rules()}
    membership = geography.membership()
    parts = _parts(table, known, membership)
    if parts.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    keys = parts.drop_duplicates("group").set_index("group")[["epci", "indicator", "breakdown", "period"]]
    meaningful = keys["indicator"].map({i: d.meaningful for i, d in known.items()})
    scales = {
        pair: scale(known[pair[0]], pair[1])
        for pair in parts[["indicator", "period"]].drop_duplicates().itertuples(index=False, name=None)
    }
    pairs = zip(parts["indicator"], parts["period"], strict=True)
    multiplier = pd.Series([scales[pair] for pair in pairs], index=parts.index, dtype="float64")
    found = distortion.find_distortions(parts, _references(table, keys, membership), meaningful, multiplier)
    out = found.merge(keys, left_on="group", right_index=True)
    return out.sort_values(["epci", "indicator", "breakdown"])[list(COLUMNS)].reset_index(drop=True)


def _parts(table: pd.DataFrame, known: dict[str, Definition], membership: pd.DataFrame) -> pd.DataFrame:
    """``group, epci, indicator, breakdown, period, code, numerator, denominator`` of complete EPCI, latest period."""
    here = table["level"].eq("commune") & table["indicator"].isin(list(known))
    columns = ["indicator", "breakdown", "code", "period", "value", "numerator", "denominator"]
    rows = table.loc[here, columns]
    total = rows["breakdown"].eq("")
    rows = rows[total | ~rows["indicator"].isin(rows.loc[total, "indicator"].unique())]
    weighted = rows["indicator"].map(lambda i: known[i].aggregation != "ratio").astype(bool)
    if weighted.any():
        rows = pd.concat([rows[~weighted], _weighted(rows[weighted], table)], ignore_index=True)
    rows = rows.dropna(subset=["numerator", "denominator"])
    members = membership.loc[membership["epci"].ne(""), ["commune", "epci"]]
    rows = rows.merge(members, left_on="code", right_on="commune", how="inner")
    size = members.groupby("epci")["commune"].size()
    by = ["epci", "indicator", "breakdown", "period"]
    complete = rows.groupby(by)["code"].transform("size").eq(rows["epci"].map(size))
    rows = rows[complete]
    latest = rows.groupby(["epci", "indicator", "breakdown"])["period"].transform("max")
    rows = rows[rows["period"].eq(latest)]
    group = rows["epci"] + "|" + rows["indicator"] + "|" + rows["breakdown"]
    return rows.assign(group=group)[["group", *by, "code", "numerator", "denominator"]].reset_index(drop=True)


def _weighted(rows: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Means of communes weighted by inhabitants: value × people over people."""
    people = table[table["indicator"].eq("population") & table["level"].eq("commune")]
    last = people["period"].max()
    weights = people[["code", "period", "value"]].rename(columns={"value": "people", "period": "year"})
    joined = rows.assign(year=rows["period"].clip(upper=last)).merge(weights, on=["code", "year"], how="left")
    return joined.assign(numerator=joined["value"] * joined["people"], denominator=joined["people"]).drop(
        columns=["year", "people"]
    )


def _references(table: pd.DataFrame, keys: pd.DataFrame, membership: pd.DataFrame) -> pd.Series:
    """Value to read against, by group."""
    first = membership[membership["epci"].ne("")].sort_values("commune").drop_duplicates("epci")
    parents = first.set_index("epci")[["departement", "region"]]
    here = table["level"].isin(REFERENCE_LEVELS) & table["value"].notna()
    values = table.loc[here].set_index(["level", "code", "indicator", "breakdown", "period"])["value"]
    out = pd.Series(float("nan"), index=keys.index)
    for level, code in (
        ("departement", keys["epci"].map(parents["departement"])),
        ("region", keys["epci"].map(parents["region"])),
        *(("france", pd.Series(c, index=keys.index)) for c in ("FR", "FHM", "FM")),
    ):
        wanted = pd.MultiIndex.from_arrays(
            [[level] * len(keys), code.fillna(""), keys["indicator"], keys["breakdown"], keys["period"]]
        )
        out = out.fillna(pd.Series(values.reindex(wanted).to_numpy(), index=keys.index))
    return out


def profiles(
    table: pd.DataFrame, groups: pd.DataFrame, structure: pd.DataFrame | None = None
) -> pd.DataFrame:
    """What is known of each commune's ages, deaths and dwellings, as :func:`distortion.establishments` asks.

    Args:
        table: rows of ``population_par_age`` and ``deces`` at commune level.
        groups: ``commune, code``: which commune to compare with which.
        structure: commune parts of :mod:`ctg_lib.indicators.structure`, for dwellings and households.

    Returns:
        ``group, code`` and the columns known of :data:`distortion.PROFILE_COLUMNS`.
    """
    out = groups.rename(columns={"code": "group", "commune": "code"})[["group", "code"]]
    rows = table[table["level"].eq("commune") & table["status"].isin(USABLE) & table["value"].notna()]
    ages = rows[rows["indicator"].eq("population_par_age")]
    if not ages.empty:
        out = out.merge(_ages(ages), on="code", how="left")
    deaths = rows[rows["indicator"].eq("deces")]
    pooled = deaths[deaths["period"].str.fullmatch(r"\d{4}-\d{4}")]
    if not pooled.empty:
        pooled = pooled[pooled["period"].eq(pooled["period"].max())]
        counts = pooled[["code", "value"]].rename(columns={"value": "deaths"})
        out = out.merge(counts, on="code", how="left")
    if structure is not None:
        columns = ["dwellings", "second_homes", "households", "adults_20_64", "inhabitants"]
        known = structure[["commune", *columns]].rename(columns={"commune": "code"})
        out = out.merge(known, on="code", how="left")
        inhabitants = out.pop("inhabitants")
        out["population"] = out["population"].fillna(inhabitants) if "population" in out else inhabitants
    return out


def _ages(rows: pd.DataFrame) -> pd.DataFrame:
    """Inhabitants by commune in the bands that the rules use, latest period of each."""
    rows = rows[rows["period"].eq(rows.groupby("code")["period"].transform("max"))]
    names = rows["breakdown"].unique()
    cells = {name: parse_breakdown(name) for name in names}
    spans = {name: age_span(cell["age"]) for name, cell in cells.items()}

    def total(column: str, low: int, high: int, sex: str = "") -> pd.Series:
        kept = [
            name
            for name in names
            if spans[name][0] >= low and spans[name][1] <= high and (not sex or cells[name].get("sex") == sex)
        ]
        return rows[rows["breakdown"].isin(kept)].groupby("code")["value"].sum(min_count=1).rename(column)

    parts = [
        total("population", 0, 200), total("men_20_39", 20, 39, "M"), total("women_20_39", 20, 39, "F"),
        total("men_40_59", 40, 59, "M"), total("women_40_59", 40, 59, "F"), total("over_75", 75, 200),
        total("teens", 15, 19),
    ]  # fmt: skip
    return pd.concat(parts, axis=1).rename_axis("code").reset_index()


def establishments(
    table: pd.DataFrame, groups: pd.DataFrame, structure: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Communes whose numbers show an establishment, and of which kind: see :func:`distortion.establishments`."""
    return distortion.establishments(profiles(table, groups, structure))
