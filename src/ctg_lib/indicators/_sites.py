"""Sites and schools listed by place: where a list says « none », and where it says nothing.

A commune that a list does not name has none only if the list covers that commune:

1. the list names communes of most départements of the country; or
2. the list gives the commune a row of its own, be it zero (a partial file that writes its zeros); or
3. (schools) Insee's BPE counts as many schools in that commune as the list names.

Anything else is « not known », and a territory with such a commune has no total.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from ctg_lib.indicators._rates import is_national
from ctg_lib.indicators._select import COUNT_COLUMNS, Test
from ctg_lib.indicators.data import NEGLIGIBLE, PLACE, Data, join_sources
from ctg_lib.values import LEVELS, STATUS_RANK, STATUSES

BPE = "DS_BPE"
BPE_DETAIL = "bpe_detail"
PRIMARY_TYPES = ("C107", "C108", "C109")
"""Écoles maternelles, primaires et élémentaires in Insee's BPE 2025."""
COLLEGE_TYPES = ("C201",)
LISTED = ["commune", "breakdown", "period", "value", "status", "source", "geography_year"]

Covered = Mapping[str, frozenset[str]]


def departement_of(communes: pd.Series) -> pd.Series:
    """Département of each commune code (three characters overseas)."""
    text = communes.astype("str")
    return text.str[:2].where(~text.str.startswith("97"), text.str[:3])


def located(data: Data, listed: pd.DataFrame, covered: Covered, *, zeros: bool = True) -> pd.DataFrame:
    """Sums of listed things by commune and by every group of communes.

    Args:
        data: groups, population and passage to today's communes.
        listed: columns ``LISTED``, any number of rows for one commune.
        covered: period -> communes that the list covers.
        zeros: whether a covered territory without anything listed gets a row (a true zero).

    Returns:
        Frame ``breakdown, level, code, geography_year, period, value, low, high, status, source, origin``.
    """
    if listed.empty:
        return pd.DataFrame(columns=["breakdown", *COUNT_COLUMNS])
    rows = listed.assign(
        commune=listed["commune"].map(lambda code: data.passage.get(code, code)),
        rank=listed["status"].map(STATUS_RANK),
    )
    own = pd.DataFrame({"commune": sorted(data.known_communes)}).assign(level="commune")
    own["code"] = own["commune"]
    places = pd.concat([own, data.groups[["commune", "level", "code"]]], ignore_index=True)
    by = ["breakdown", "period", "level", "code"]
    grouped = rows.merge(places, on="commune").groupby(by, sort=False, observed=True)
    sums = grouped.agg(
        value=("value", "sum"), valued=("value", "count"), size=("value", "size"), rank=("rank", "max")
    ).reset_index()
    parts = []
    for period, here in rows.groupby("period", sort=True):
        cover = _cover(data, places, covered.get(str(period), frozenset()))
        found = sums[sums["period"].eq(period)].drop(columns="period")
        kinds = pd.DataFrame({"breakdown": sorted(here["breakdown"].unique())})
        table = kinds.merge(cover, how="cross").merge(found, on=["breakdown", "level", "code"], how="left")
        nothing = table["size"].isna()
        table["value"] = table["value"].where(~nothing, 0.0)
        known = nothing | table["valued"].eq(table["size"])
        table["value"] = table["value"].where(known & table["complete"])
        status = table["rank"].fillna(0).astype(int).map(dict(enumerate(STATUSES)))
        table["status"] = status.where(known, "missing").where(table["complete"], "missing")
        table["origin"] = table["level"].where(table["level"].eq("commune"), "sum")
        table["origin"] = table["origin"].where(table["complete"], "incomplete")
        if not zeros:
            table = table[~nothing | ~table["complete"]]
        parts.append(
            table.assign(
                period=period,
                source=join_sources(here["source"].unique()),
                geography_year=int(here["geography_year"].max()),
                low=float("nan"),
                high=float("nan"),
            )
        )
    return pd.concat(parts, ignore_index=True)[["breakdown", *COUNT_COLUMNS]]


def _cover(data: Data, places: pd.DataFrame, covered: frozenset[str]) -> pd.DataFrame:
    """Territories that a list touches: ``level, code, complete``; inhabitants weigh what is absent."""
    weight = places["commune"].map(data.population).fillna(1.0)
    inside = places["commune"].isin(covered)
    table = places.assign(weight=weight, inside=weight.where(inside, 0.0), touched=inside)
    sums = table.groupby(["level", "code"], sort=False, observed=True)[["weight", "inside", "touched"]].sum()
    sums = sums[sums["touched"].gt(0)]
    # an uninhabited commune hides nothing, but a territory of its own is complete when it is covered
    absent = (1 - sums["inside"] / sums["weight"].where(sums["weight"].gt(0))).fillna(0.0)
    return sums.assign(complete=absent.le(NEGLIGIBLE)).reset_index()[["level", "code", "complete"]]


def everywhere_if_national(data: Data, communes: Iterable[str]) -> frozenset[str]:
    """All communes when the list is a national one, else none."""
    return data.known_communes if is_national(pd.Series(sorted(set(communes)), dtype="str")) else frozenset()


def sites(
    data: Data, dataset: str, variable: str, chosen: Test, rename: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Sites of a list by commune (BPE, FINESS): sums, true zeros, and totals published above.

    Args:
        chosen: test of the breakdowns wanted.
        rename: breakdown of the source -> breakdown of the result; those with one result are summed.

    Returns:
        As :func:`located`.
    """
    # all of the list is read, even for a study: what it covers is a matter of the whole list
    rows = data.store.read(dataset, variables=[variable])
    if rows.empty:
        return located(data, rows.assign(commune="")[LISTED], {})
    wanted = {b: (rename or {}).get(b, b) for b in rows["breakdown"].unique() if chosen(b)}
    communes = rows[rows["level"].eq("commune")].rename(columns={"code": "commune"})
    picked = communes[communes["breakdown"].isin(list(wanted))]
    listed = picked.assign(breakdown=picked["breakdown"].map(wanted))[LISTED]
    covered = {str(p): _covered_sites(data, rows, str(p)) for p in rows["period"].unique()}
    sums = located(data, _with_empty_kinds(listed, communes, sorted(set(wanted.values()))), covered)
    above = rows[rows["level"].isin([x for x in LEVELS if x not in ("commune", "structure")])]
    above = above[above["breakdown"].isin(list(wanted))].assign(origin="published")
    above = above.assign(breakdown=above["breakdown"].map(wanted))
    above = above.groupby(["breakdown", *PLACE, "geography_year", "origin"], as_index=False, sort=False).agg(
        value=("value", "sum"), low=("low", "max"), high=("high", "max"), status=("status", "first"),
        source=("source", join_sources),
    )  # fmt: skip
    above = pd.concat([above, _regions(data, above)], ignore_index=True)
    both = pd.concat([above, sums], ignore_index=True)[["breakdown", *COUNT_COLUMNS]]
    return both.drop_duplicates(["breakdown", *PLACE], keep="first").reset_index(drop=True)


def _regions(data: Data, above: pd.DataFrame) -> pd.DataFrame:
    """Sums of published départements for the regions that have all of theirs among them."""
    groups = data.groups[data.groups["level"].eq("region")]
    member = pd.DataFrame(
        {"region": groups["code"], "code": departement_of(groups["commune"])}
    ).drop_duplicates()
    known = above[above["level"].eq("departement") & above["value"].notna()]
    whole = member["code"].isin(set(known["code"])).groupby(member["region"]).transform("all")
    rows = known.merge(member[whole], on="code")
    by = ["breakdown", "region", "period", "geography_year"]
    out = rows.groupby(by, as_index=False, sort=False).agg(
        value=("value", "sum"), source=("source", join_sources)
    )
    out = out.rename(columns={"region": "code"}).assign(
        level="region", status="observed", low=float("nan"), high=float("nan"), origin="sum"
    )
    return out[["breakdown", *COUNT_COLUMNS]]


def _with_empty_kinds(listed: pd.DataFrame, communes: pd.DataFrame, kinds: list[str]) -> pd.DataFrame:
    """A zero row for each kind and period that no commune has, so that its absence is said as zero."""
    if communes.empty:
        return listed
    first = communes.drop_duplicates("period")[LISTED].assign(value=0.0, status="observed")
    return pd.concat([listed, *(first.assign(breakdown=kind) for kind in kinds)], ignore_index=True)


def _covered_sites(data: Data, rows: pd.DataFrame, period: str) -> frozenset[str]:
    communes = rows.loc[rows["period"].eq(period) & rows["level"].eq("commune"), "code"]
    everywhere = everywhere_if_national(data, communes)
    return everywhere or frozenset(data.passage.get(code, code) for code in communes)


def bpe_sites(data: Data, types: Iterable[str]) -> pd.DataFrame:
    """Sites of Insee's BPE by type (``type=D502``), from its counts, else from its file of sites."""
    wanted = {f"facility_type={t}": f"type={t}" for t in types}
    counts = sites(data, BPE, "FACILITIES", wanted.__contains__, wanted)
    detail = sites(data, BPE_DETAIL, "sites", wanted.__contains__, wanted)
    frames = [f for f in (counts, detail) if not f.empty] or [counts]
    both = pd.concat(frames, ignore_index=True)
    return both.drop_duplicates(["breakdown", *PLACE], keep="first").reset_index(drop=True)


def school_coverage(data: Data, schools: pd.DataFrame, types: Iterable[str] = PRIMARY_TYPES) -> Covered:
    """Communes that a list of schools covers, by period (rules 1 and 3 of this module).

    Args:
        schools: columns ``commune, period, code``, one row per school open in that period.
        types: BPE types that count the same schools.
    """
    bpe = bpe_sites(data, types)
    bpe = bpe[bpe["level"].eq("commune")]
    if not bpe.empty:
        bpe = bpe[bpe["period"].eq(bpe["period"].max())]
    counted = bpe.groupby("code")["value"].sum(min_count=len(tuple(types)))
    covered = {}
    for period, here in schools.groupby("period", sort=True):
        everywhere = everywhere_if_national(data, here["commune"])
        if not everywhere and len(counted):
            now = here["commune"].map(lambda code: data.passage.get(code, code))
            number = here.groupby(now)["code"].nunique().reindex(counted.index).fillna(0)
            everywhere = frozenset(counted.index[counted.eq(number)])
        covered[str(period)] = everywhere
    return covered
