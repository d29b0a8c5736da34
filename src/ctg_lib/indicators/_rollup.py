"""Sums of communes to all their groups at once: arrays, because the national pass makes millions of them.

A row of a source is one code in one geography. It gives a share of its figure to one or several of today's
communes, and so to their groups; ``present`` says how many of a group's inhabitants it speaks for. A commune
whose code or limits changed is a group too: its row of today is a sum like the others.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ctg_lib.statistics.rounded import bounds
from ctg_lib.values import STATUS_RANK, STATUSES, USABLE

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NEGLIGIBLE = 0.0005
"""Part of a territory's inhabitants that may be absent from a source without hiding its total."""

WHOLE = 1e-9
_BLOCK = 200_000
_DENSE = 4
"""Cells are counted in a full table while it is at most so many times larger than what goes into it."""
_ROUNDED, _ESTIMATED = STATUS_RANK["rounded"], STATUS_RANK["estimated"]
_LAST_USABLE = max(STATUS_RANK[s] for s in USABLE)

Locate = Callable[[pd.Index, int], pd.DataFrame]


@dataclass(frozen=True)
class Members:
    """Groups of today's communes, in arrays.

    Attributes:
        level, code: of each group.
        expected: inhabitants of each group.
        communes: codes of all communes of the groups, sorted.
        people: inhabitants of each commune.
        first, group: groups of commune ``i`` are ``group[first[i]:first[i + 1]]``.
    """

    level: pd.Series
    code: pd.Series
    expected: Floats
    communes: pd.Index
    people: Floats
    first: Ints
    group: Ints

    @classmethod
    def of(cls, groups: pd.DataFrame, population: pd.Series) -> Members:
        """From columns ``commune, level, code`` and inhabitants; a commune of unknown population counts one."""
        communes = pd.Index(sorted(groups["commune"].unique()), dtype="str")
        people = population.reindex(communes).fillna(1.0).to_numpy(dtype="float64")
        pairs = pd.MultiIndex.from_frame(groups[["level", "code"]])
        number, names = pd.factorize(pairs)
        member = communes.get_indexer(groups["commune"])
        order = np.argsort(member, kind="stable")
        first = np.searchsorted(member[order], np.arange(len(communes) + 1))
        expected: Floats = np.bincount(number, weights=people[member], minlength=len(names)).astype("float64")
        named = pd.DataFrame(list(names), columns=["level", "code"], dtype="str")
        return cls(
            named["level"], named["code"], expected, communes, people, first, number[order].astype("int64")
        )


@dataclass(frozen=True)
class Units:
    """Codes of a source, and the groups they speak for (``first``, ``group``, ``share``, ``present``)."""

    first: Ints
    group: Ints
    share: Floats
    present: Floats
    commune: Ints
    """Commune that gets most of it (index in ``Members.communes``; -1: none)."""
    changed: NDArray[np.bool_]
    """Whether its own row is replaced by a sum."""


def roll_up(
    communes: pd.DataFrame, members: Members, locate: Locate, columns: Sequence[str]
) -> tuple[pd.DataFrame, pd.Series]:
    """Sums of commune rows.

    Args:
        communes: observations of level commune (one variable or several), any geography.
        locate: codes of a geography -> ``code, commune, share, part``.
        columns: of the result.

    Returns:
        Sums (complete ones first) by group and by commune that changed; and which of the rows given hold as
        they are.
    """
    if communes.empty or not len(members.communes):
        return communes.iloc[:0].assign(origin="sum").reindex(columns=list(columns)), pd.Series(
            True, index=communes.index
        )
    units, unit, changed = _units(communes, members, locate)
    cells = _Cells.of(communes)
    sums = _sums(communes, unit, cells.number, units, members, changed)
    out = cells.named(sums, members, changed, communes)
    several = cells.of_several_sources()
    if several.any():
        out = pd.concat([out, _united(communes, unit, cells, several, units, members, changed)])
    stays = pd.Series(~units.changed[unit], index=communes.index)
    out = out.sort_values("rank_", kind="stable", ignore_index=True)
    return out.drop_duplicates(["variable", "breakdown", "level", "code", "period"])[list(columns)], stays


def _units(communes: pd.DataFrame, members: Members, locate: Locate) -> tuple[Units, Ints, pd.Index]:
    """Units, the unit of each row, and today's communes whose row is a sum."""
    years, year_names = pd.factorize(communes["geography_year"])
    codes, code_names = pd.factorize(communes["code"])
    unit, unit_keys = pd.factorize(years.astype("int64") * len(code_names) + codes)
    unit_year, unit_code = np.divmod(np.asarray(unit_keys), max(len(code_names), 1))
    parts = []
    for number, year in enumerate(year_names):
        here = np.flatnonzero(unit_year == number)
        index = pd.Index(code_names[unit_code[here]], dtype="str")
        table = locate(index, int(year))
        parts.append(table.assign(unit=here[index.get_indexer(table["code"])]))
    placed = pd.concat(parts, ignore_index=True)
    place = members.communes.get_indexer(pd.Index(placed["commune"]))
    lost = np.ones(len(unit_keys), dtype=bool)
    lost[placed["unit"].to_numpy()] = False
    differs = (
        placed["commune"].ne(placed["code"]) | placed["share"].lt(1 - WHOLE) | placed["part"].lt(1 - WHOLE)
    )
    touched = placed.loc[differs & (place >= 0), "commune"]
    changed = pd.Index(sorted(touched.unique()), dtype="str")
    reached = placed["commune"].isin(changed).to_numpy() | differs.to_numpy()
    replaced = lost.copy()
    replaced[placed.loc[reached, "unit"].to_numpy()] = True
    return (
        _linked(placed[place >= 0], place[place >= 0], members, changed, len(unit_keys), replaced),
        unit,
        changed,
    )


def _linked(
    placed: pd.DataFrame, place: Ints, members: Members, changed: pd.Index, size: int,
    replaced: NDArray[np.bool_],
) -> Units:  # fmt: skip
    """Pairs (unit, group), the shares of one unit in one group added."""
    own, share, part = (placed[c].to_numpy() for c in ("unit", "share", "part"))
    count = members.first[place + 1] - members.first[place]
    row = np.repeat(np.arange(len(place)), count)
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    group = members.group[members.first[place][row] + offset]
    speaks = part * members.people[place]
    itself = changed.get_indexer(pd.Index(placed["commune"]))
    sums = itself >= 0
    units = np.concatenate([own[row], own[sums]])
    groups = np.concatenate([group, itself[sums] + len(members.code)])
    shares = np.concatenate([share[row], share[sums]])
    present = np.concatenate([speaks[row], part[sums]])
    wide = len(members.code) + len(changed)
    pair, number = np.unique(units * wide + groups, return_inverse=True)
    unit_of, group_of = np.divmod(pair, wide)
    biggest = np.full(size, -1, dtype="int64")
    order = np.argsort(share, kind="stable")
    biggest[own[order]] = place[order]
    return Units(
        first=np.searchsorted(unit_of, np.arange(size + 1)),
        group=group_of,
        share=np.bincount(number, weights=shares, minlength=len(pair)).astype("float64"),
        present=np.bincount(number, weights=present, minlength=len(pair)).astype("float64"),
        commune=biggest,
        changed=replaced,
    )


@dataclass(frozen=True)
class _Cells:
    """The columns of a table of sums: variable, breakdown, period, source."""

    number: Ints
    keys: pd.DataFrame
    base: Ints
    """Variable, breakdown and period of each cell, whatever the source."""

    @classmethod
    def of(cls, rows: pd.DataFrame) -> _Cells:
        base: Ints = np.zeros(len(rows), dtype="int64")
        for name in ("variable", "breakdown", "period"):
            codes, names = pd.factorize(rows[name])
            base = base * max(len(names), 1) + codes
        sources, source_names = pd.factorize(rows["source"])
        base, _ = pd.factorize(base)
        number, keys = pd.factorize(base.astype("int64") * len(source_names) + sources)
        first = pd.Series(np.arange(len(rows))).groupby(number).first().to_numpy()
        names_of = rows.iloc[first][["variable", "breakdown", "period", "source"]].reset_index(drop=True)
        years, year_names = pd.factorize(rows["geography_year"])
        usual = np.zeros((len(keys), len(year_names)))
        np.add.at(usual, (number, years), 1)
        names_of["geography_year"] = np.asarray(year_names)[usual.argmax(axis=1)].astype("int16")
        return cls(number, names_of, np.asarray(keys) // len(source_names))

    def of_several_sources(self) -> NDArray[np.bool_]:
        """Rows whose variable, breakdown and period come from more than one source."""
        return (np.bincount(self.base)[self.base] > 1)[self.number]

    def named(
        self, sums: pd.DataFrame, members: Members, changed: pd.Index, rows: pd.DataFrame
    ) -> pd.DataFrame:
        """Sums with the names of their cells and groups."""
        out = self.keys.take(sums["cell"].to_numpy()).reset_index(drop=True)
        itself = pd.DataFrame({"level": "commune", "code": pd.Series(changed, dtype="str")})
        groups = pd.concat([pd.DataFrame({"level": members.level, "code": members.code}), itself])
        named = groups.take(sums["group"].to_numpy())
        out["level"], out["code"] = named["level"].array, named["code"].array
        for column in ("value", "low", "high", "rank_"):
            out[column] = sums[column].to_numpy()
        statuses = pd.Series(STATUSES, dtype="str")
        out["status"] = statuses.take(sums["status"].to_numpy()).array
        single = out["level"].eq("commune")
        whole = pd.Series(np.where(single, "commune", "sum"), index=out.index, dtype="str")
        out["origin"] = whole.where(sums["complete"].to_numpy(), "incomplete")
        return out


def _sums(
    rows: pd.DataFrame, unit: Ints, cell: Ints, units: Units, members: Members, changed: pd.Index
) -> pd.DataFrame:
    """Sums by cell and group: cell, group, value, low, high, status (rank), complete, rank_ (0 = complete).

    Made some cells at a time: each row counts in seven groups or so, all at once would fill the memory.
    """
    low, high = (b.to_numpy(dtype="float64") for b in bounds(rows))
    value = rows["value"].to_numpy(dtype="float64")
    codes, names = pd.factorize(rows["status"])
    rank = np.array([STATUS_RANK[n] for n in names], dtype="int64")[codes]
    # an empty cell that can only hide a small count is known within bounds: it counts as rounded
    rank = np.where(np.isnan(value) & ~np.isnan(low), _ROUNDED, rank)
    order = np.argsort(cell, kind="stable")
    starts = np.flatnonzero(np.diff(cell[order], prepend=-1))
    cuts = [int(starts[i]) for i in np.flatnonzero(np.diff(starts // _BLOCK, prepend=-1))]
    parts = []
    for start, stop in itertools.pairwise([*cuts, len(order)]):
        at = order[start:stop]
        first = int(cell[at[0]])
        part = _block(
            value[at], low[at], high[at], rank[at], unit[at], cell[at] - first, units, members, len(changed)
        )
        parts.append(part.assign(cell=part["cell"] + first))
    return pd.concat(parts, ignore_index=True)


def _block(
    value: Floats, low: Floats, high: Floats, rank: Ints, unit: Ints, cell: Ints, units: Units,
    members: Members, changed: int,
) -> pd.DataFrame:  # fmt: skip
    """:func:`_sums` of some cells."""
    rounded = (rank == _ROUNDED) | (low < high)
    count = units.first[unit + 1] - units.first[unit]
    row = np.repeat(np.arange(len(value)), count)
    pair = np.repeat(units.first[unit] - (np.cumsum(count) - count), count) + np.arange(count.sum())
    wide = len(members.code) + changed
    place = cell[row] * wide + units.group[pair]
    used = int(cell.max(initial=-1) + 1) * wide
    if used > _DENSE * len(place):
        cells, place = np.unique(place, return_inverse=True)
        used = len(cells)
    else:
        cells = np.arange(used)
    share = units.share[pair]

    def total(values: Floats) -> Floats:
        weights = np.nan_to_num(values[row]) * share
        return np.bincount(place, weights=weights, minlength=used).astype("float64")

    def number(which: NDArray[np.bool_]) -> Ints:
        return np.bincount(place[which[row]], minlength=used)

    size = np.bincount(place, minlength=used)
    worst = np.zeros(used, dtype="int64")
    shared = np.where((share < 1 - WHOLE) & (rank[row] <= _LAST_USABLE), _ESTIMATED, 0)
    np.maximum.at(worst, place, np.maximum(rank[row], shared))
    known, valued = number(~np.isnan(low)), number(~np.isnan(value))
    unclear = number(rounded) > 0
    present = np.bincount(place, weights=units.present[pair], minlength=used)
    expected = np.concatenate([members.expected, np.ones(changed)])[cells % wide]
    with np.errstate(divide="ignore", invalid="ignore"):
        absent = 1 - present / expected
    complete, whole = absent <= NEGLIGIBLE, absent <= WHOLE
    bounded = complete & (known == size)
    pointed = bounded & (valued == size) & ~(unclear & (size > 1))
    status = np.where(whole | (worst > _ESTIMATED), worst, _ESTIMATED)
    out = pd.DataFrame(
        {
            "cell": cells // wide,
            "group": cells % wide,
            "value": np.where(pointed, total(value), np.nan),
            "low": np.where(bounded & unclear, total(low), np.nan),
            "high": np.where(bounded & unclear, total(high), np.nan),
            "status": np.where(complete, status, STATUS_RANK["missing"]),
            "complete": complete,
            "rank_": np.where(complete, 0, 2),
        }
    )
    return out[size > 0].reset_index(drop=True)


def _united(
    rows: pd.DataFrame, unit: Ints, cells: _Cells, several: NDArray[np.bool_], units: Units, members: Members,
    changed: pd.Index,
) -> pd.DataFrame:  # fmt: skip
    """Sums over several sources, where they complete each other; of a commune in two, the first one is read."""
    base = cells.base[cells.number]
    place = base * (len(members.communes) + 1) + units.commune[unit] + 1
    _, sources = np.unique(cells.keys["source"], return_inverse=True)
    source = sources[cells.number]
    first = pd.Series(source).where(several).groupby(place).transform("first").to_numpy()
    kept = several & (source == first)
    part = rows[kept].reset_index(drop=True)
    united = _Cells.of(part.assign(source=""))
    sums = _sums(part, unit[kept], united.number, units, members, changed)
    sums = sums[sums["complete"]].reset_index(drop=True).assign(rank_=1)
    out = united.named(sums, members, changed, part)
    out["source"] = _sources(part, unit[kept], united.number, units, sums)
    return out


def _sources(rows: pd.DataFrame, unit: Ints, cell: Ints, units: Units, sums: pd.DataFrame) -> list[str]:
    """Sources behind each sum, joined."""
    count = units.first[unit + 1] - units.first[unit]
    row = np.repeat(np.arange(len(rows)), count)
    pair = np.repeat(units.first[unit] - (np.cumsum(count) - count), count) + np.arange(count.sum())
    number, names = pd.factorize(rows["source"])
    seen = pd.DataFrame({"cell": cell[row], "group": units.group[pair], "source": number[row]})
    seen = seen.drop_duplicates().merge(sums[["cell", "group"]].assign(at=np.arange(len(sums))))
    joined = [""] * len(sums)
    for at, part in seen.groupby("at")["source"]:
        joined[int(str(at))] = "+".join(sorted({p for n in part for p in str(names[n]).split("+")}))
    return joined
