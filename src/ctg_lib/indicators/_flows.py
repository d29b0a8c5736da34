"""Moves between communes, counted for every group: who comes in, who goes out, who stays inside."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from ctg_lib.indicators._rollup import NEGLIGIBLE, Locate, Members
from ctg_lib.values import STATUS_RANK, STATUSES, USABLE

NATIONAL = 0.99
"""A file whose communes hold this part of the country's inhabitants is a national one: what it does not
list is nobody. Otherwise a group is known only if all its inhabited communes are listed."""

FLOWS = ("inflow", "outflow", "stay")
_ESTIMATED = STATUS_RANK["estimated"]


def flows(
    rows: pd.DataFrame, key: str, members: Members, locate: Locate, national: Callable[[str], bool],
    listed: Callable[[str], frozenset[str]],
) -> pd.DataFrame:  # fmt: skip
    """Inflow, outflow and stay of each group and period.

    Args:
        rows: observations of level commune whose breakdown is ``key=<other commune>``.
        key: ``de`` (where people come from: the row's own commune is the arrival) or ``vers``.
        members: groups, the communes themselves included.
        locate: codes of a geography -> ``code, commune, share, part``.
        national: period -> whether the file lists the whole country.
        listed: period -> today's communes that have rows of their own.

    Returns:
        level, code, geography_year, period, inflow, outflow, stay, status, inflow_status, outflow_status,
        stay_status, source, origin.
    """
    moves = _placed(rows, key, locate)
    home, away = moves["commune"].to_numpy(), moves["other"].to_numpy()
    start, end = (away, home) if key == "de" else (home, away)
    periods, period_names = pd.factorize(moves["period"])
    wide = len(members.code)
    pairs = np.sort(
        np.repeat(np.arange(len(members.communes)), np.diff(members.first)) * wide + members.group
    )

    def inside(commune: np.ndarray, group: np.ndarray) -> np.ndarray:
        wanted = commune * wide + group
        at = np.minimum(np.searchsorted(pairs, wanted), max(len(pairs) - 1, 0))
        return (commune >= 0) & (pairs[at] == wanted)

    sums: dict[str, np.ndarray] = {}
    worst = np.zeros((len(FLOWS), len(period_names) * wide), dtype="int64")
    start_index, end_index = (members.communes.get_indexer(pd.Index(c, dtype="str")) for c in (start, end))
    for name, one, two, wanted in (
        ("inflow", end_index, start_index, False),
        ("outflow", start_index, end_index, False),
        ("stay", end_index, start_index, True),
    ):
        row, group = _expanded(one, members)
        kept = inside(two[row], group) == wanted
        row, group = row[kept], group[kept]
        place = periods[row] * wide + group
        size = len(period_names) * wide
        sums[name] = np.bincount(place, weights=moves["value"].to_numpy()[row], minlength=size)
        np.maximum.at(worst[FLOWS.index(name)], place, moves["rank"].to_numpy()[row])
    return _table(moves, key, members, sums, worst, list(period_names), national, listed)


def _expanded(commune: np.ndarray, members: Members) -> tuple[np.ndarray, np.ndarray]:
    """Each row beside each group of its commune."""
    known = np.flatnonzero(commune >= 0)
    where = commune[known]
    count = members.first[where + 1] - members.first[where]
    row = np.repeat(known, count)
    at = np.repeat(members.first[where] - (np.cumsum(count) - count), count) + np.arange(count.sum())
    return row, members.group[at]


def _placed(rows: pd.DataFrame, key: str, locate: Locate) -> pd.DataFrame:
    """Rows with both ends in today's communes: commune, other (empty: abroad, not given), value, rank, …"""
    number, names = pd.factorize(rows["breakdown"])
    other = pd.Series(names, dtype="str").str.extract(rf"(?:^|;){key}=([^;]+)")[0].fillna("")
    out = rows.assign(other=other.take(number).to_numpy(), rank=rows["status"].map(STATUS_RANK))
    parts = []
    for year, part in out.groupby("geography_year", sort=True):
        ends = pd.Index(pd.unique(pd.concat([part["code"], part["other"]])), dtype="str")
        table = locate(ends, int(str(year)))[["code", "commune", "share"]]
        here = part.merge(table, on="code")
        there = table.set_axis(["other", "place", "part"], axis=1)
        parts.append(here.merge(there, on="other", how="left"))
    placed = pd.concat(parts, ignore_index=True)
    share = placed["share"] * placed["part"].fillna(1.0)
    placed["rank"] = placed["rank"].where(share.ge(1) | placed["rank"].gt(_ESTIMATED), _ESTIMATED)
    placed["value"] = placed["value"] * share
    placed["other"] = placed.pop("place").fillna("")
    hidden = placed["value"].isna() & placed["status"].isin(USABLE)
    placed["rank"] = placed["rank"].mask(hidden, STATUS_RANK["missing"])
    placed["value"] = placed["value"].fillna(0.0)
    return placed


def _table(
    moves: pd.DataFrame, key: str, members: Members, sums: dict[str, np.ndarray], worst: np.ndarray,
    periods: list[str], national: Callable[[str], bool], listed: Callable[[str], frozenset[str]],
) -> pd.DataFrame:  # fmt: skip
    wide = len(members.code)
    parts = []
    for number, period in enumerate(periods):
        here = slice(number * wide, (number + 1) * wide)
        everywhere = national(period)
        present = members.communes.isin(listed(period))
        people = np.repeat(members.people * present, np.diff(members.first))
        covered = np.bincount(members.group, weights=people, minlength=wide)
        with np.errstate(divide="ignore", invalid="ignore"):
            whole = everywhere | (1 - covered / members.expected <= NEGLIGIBLE)
        touched = sum(sums[name][here] for name in FLOWS) > 0
        frame = pd.DataFrame({"level": members.level, "code": members.code})
        ranks = []
        # whoever lives in the group is listed by it; whoever comes to study, or left, by other communes
        own = {"stay", "inflow" if key == "de" else "outflow"}
        for index, name in enumerate(FLOWS):
            complete = whole if name in own else np.full(wide, everywhere)
            rank = np.where(complete, worst[index][here], STATUS_RANK["missing"])
            usable = rank <= max(STATUS_RANK[s] for s in USABLE)
            frame[name] = np.where(usable, sums[name][here], np.nan)
            frame[f"{name}_status"] = pd.Series(rank).map(dict(enumerate(STATUSES)))
            ranks.append(np.where(complete, rank, 0))
        frame["status"] = pd.Series(np.max(ranks, axis=0)).map(dict(enumerate(STATUSES)))
        frame["status"] = frame["status"].where(whole | everywhere, "missing")
        frame["origin"] = np.where(members.level.eq("commune"), "commune", "sum")
        frame["origin"] = frame["origin"].where(whole | everywhere, "incomplete")
        rows = moves[moves["period"].eq(period)]
        frame = frame.assign(
            period=period,
            geography_year=int(rows["geography_year"].max()),
            source="+".join(sorted({p for s in rows["source"].unique() for p in s.split("+")})),
        )
        parts.append(frame[touched | (whole & everywhere)])
    return pd.concat(parts, ignore_index=True)
