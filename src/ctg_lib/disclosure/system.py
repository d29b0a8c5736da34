"""The published tables of some indicators as one linear system: what an intruder can add and subtract.

A *cell* is one count: a quantity (numerator or base of an indicator and breakdown), a place, a period.
Several rows may show the same cell: the count of an indicator and the numerator of its rate, the base shared
by all modes. A row is hidden or shown whole. Cells are tied by equations that hold for the true numbers:

- a group of communes is the sum of its communes (secteur, EPCI, « without one commune », département …);
- a total is the sum of its breakdown (sexes, modes, age bands inside wider ones), found from the numbers
  themselves; where the parts leave a remainder, the remainder is a cell that nobody publishes;
- the base of several shares is the sum of what they count (AAH by age over all of AAH);
- pooled years are the sum of their years.

Two quantities with the same numbers wherever both are known are one quantity. An equation too many only makes
the protection stricter; an equation overlooked would make it void: in doubt it is taken in.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ctg_lib.disclosure.policy import Policy
from ctg_lib.values import USABLE, canonical_breakdown, parse_breakdown

EPS = 1e-6
WITHOUT = "~"
"""« 241200906~12063 »: the territory without that commune."""
HIDDEN = ("secret", "below_threshold")
"""Statuses under which a count may exist that is not shown."""
SOFT = ("secteur", "study")
"""Levels that belong to one study: they cut across official groups without defining them."""
TIERS: dict[str, int] = {
    "commune": 0, "secteur": 1, "epci": 2, "study": 2, "departement": 3, "region": 4, "france": 5,
}  # fmt: skip
"""What is given up first, when something must be."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Column = tuple[int, tuple[int, ...], bool]
"""(total, parts, slack): a column that is the sum of others, and of something nobody publishes if slack."""
Quantity = tuple[str, str]
Link = tuple[Quantity, Sequence[Quantity]]
"""((indicator, breakdown), parts): the first holds the others, and perhaps more, everywhere and always."""

Side = tuple[Quantity, int]
"""(quantity, 0 for its numerator or 1 for its base)."""


@dataclass(frozen=True)
class Places:
    """Communes (first, one place each) and groups of communes; groups with the same members are one place.

    Attributes:
        index: (level, code) -> place.
        members: communes of each place, sorted.
        tier: what kind of place it is (:data:`TIERS`).
        soft: groups of a study, and groups without a commune.
        communes: number of communes.
    """

    index: Mapping[tuple[str, str], int]
    members: tuple[Ints, ...]
    tier: Ints
    soft: NDArray[np.bool_]
    communes: int


def split_without(rows: pd.DataFrame) -> pd.DataFrame:
    """``breakdown`` and ``code`` of rows « without one commune », as the code of a group of its own."""
    out = rows[["indicator", "breakdown", "level", "code", "period"]].copy()
    marked = out["breakdown"].str.contains("sans=", regex=False)
    if marked.any():
        parts = [parse_breakdown(b) for b in out.loc[marked, "breakdown"]]
        out.loc[marked, "code"] = [
            f"{code}{WITHOUT}{p['sans']}" if "sans" in p else code
            for code, p in zip(out.loc[marked, "code"], parts, strict=True)
        ]
        out.loc[marked, "breakdown"] = [
            canonical_breakdown({k: v for k, v in p.items() if k != "sans"}) for p in parts
        ]
    return out


def condensed(rows: pd.DataFrame, hierarchy: pd.DataFrame) -> pd.DataFrame:
    """The hierarchy of the groups that rows are about; communes that no row is about are merged where they
    belong to the same groups.

    Only their sum is ever published: one unknown is enough for each such set.
    """
    whole = rows["level"] + ":" + rows["code"].str.split(WITHOUT).str[0]
    hierarchy = hierarchy[
        (hierarchy["level"] + ":" + hierarchy["code"]).isin(whole.unique())
        | (hierarchy["level"] + ":" + hierarchy["code"].str.split(WITHOUT).str[0]).isin(whole.unique())
    ]
    own = set(rows.loc[rows["level"].eq("commune"), "code"])
    named = rows.loc[rows["code"].str.contains(WITHOUT, regex=False), "code"].unique()
    own |= {code.split(WITHOUT, 1)[1] for code in named}
    silent = ~hierarchy["commune"].isin(own)
    if not silent.any():
        return hierarchy
    rest = hierarchy[silent]
    group = rest.groupby(["level", "code"], sort=True).ngroup()
    sets = group.groupby(rest["commune"], sort=True).agg(lambda g: " ".join(map(str, sorted(g))))
    stands_for = pd.Series(sets.index, index=sets.index).groupby(sets).transform("first")
    merged = rest.assign(commune=rest["commune"].map(stands_for)).drop_duplicates()
    return pd.concat([hierarchy[~silent], merged], ignore_index=True)


def places_of(rows: pd.DataFrame, hierarchy: pd.DataFrame) -> Places:
    """The places that rows are about.

    Args:
        rows: ``level, code``.
        hierarchy: ``commune, level, code``.
    """
    own = rows.loc[rows["level"].eq("commune"), "code"]
    codes = pd.Index(np.union1d(hierarchy["commune"].unique().astype(object), own.unique().astype(object)))
    number = {code: i for i, code in enumerate(codes)}
    inside_of = codes.get_indexer(hierarchy["commune"])
    grouped = hierarchy.groupby(["level", "code"], sort=True).indices
    known = {key: np.unique(inside_of[at]) for key, at in grouped.items()}
    index: dict[tuple[str, str], int] = {("commune", code): i for code, i in number.items()}
    members: list[Ints] = [np.array([i]) for i in range(len(codes))]
    tier, soft = [0] * len(codes), [False] * len(codes)
    same = {m.tobytes(): i for i, m in enumerate(members)}
    asked = rows[["level", "code"]].drop_duplicates()
    for level, code in sorted(zip(asked["level"], asked["code"], strict=True), key=_official_first):
        if (level, code) in index:
            continue
        inside = _members(level, code, known, number)
        found = same.get(inside.tobytes()) if len(inside) else None
        if found is None:
            found = len(members)
            members.append(inside)
            tier.append(0 if WITHOUT in code else TIERS.get(level, 0))
            soft.append(level in SOFT or WITHOUT in code)
            if len(inside):
                same[inside.tobytes()] = found
        else:  # one number, under two names: it costs what the larger name costs
            tier[found] = max(tier[found], 0 if WITHOUT in code else TIERS.get(level, 0))
        index[level, code] = found
    return Places(index, tuple(members), np.array(tier), np.array(soft), len(codes))


def _official_first(place: tuple[str, str]) -> tuple[bool, str, str]:
    level, code = place
    return (level in SOFT or WITHOUT in code, level, code)


def _members(level: str, code: str, known: Mapping, number: Mapping[str, int]) -> Ints:
    if (level, code) in known:
        return known[level, code]
    if WITHOUT in code:
        whole, commune = code.split(WITHOUT, 1)
        if (level, whole) in known:
            return np.setdiff1d(known[level, whole], [number.get(commune, -1)])
    return np.array([], dtype=np.int64)


class System:
    """Cells, the rows that show them, and the equations between them (see the module's text).

    Attributes:
        places: places of the cells.
        row_cells: per row, its numerator's and its base's cell (−1: none).
        cell_rows: per cell, the rows that show it.
        column, place: of each cell; a column is a quantity in a period.
        x: its number (the middle of its bounds, NaN if unknown).
        low, high: bounds that are published instead of, or beside, the number.
        limit: counts from 1 to below this number are to be hidden.
        cap: the intruder knows that the count is not larger.
        grid: cell of a place and column (−1: none).
        relations: between columns.
        bundle: columns with the same number are tied, directly or not.
    """

    def __init__(
        self, rows: pd.DataFrame, hierarchy: pd.DataFrame, policies: Mapping[str, Policy], *,
        links: Iterable[Link] = (), like: System | None = None,
        remainders: Sequence[tuple[Side, Side, Side]] = (), names: Mapping[Side, Hashable] | None = None,
        masked: bool = False,
    ) -> None:  # fmt: skip
        """Read the cells and find the equations.

        Args:
            rows: result rows (numbers of the hidden ones taken out, or not yet).
            hierarchy: ``commune, level, code``.
            policies: by indicator.
            links: parts of one another across indicators, which the numbers alone do not show.
            like: a system of the same rows before hiding, whose equations are taken.
            remainders: (whole, part, rest) whose remainder has rows of its own
                (:mod:`ctg_lib.disclosure.remainders`); the table is then one of exact counts.
            names: what a side of these counts: two names are two counts, were they equal by chance.
            masked: a sender's secret is below the threshold.
        """
        self.masked, self.exact = masked, bool(remainders)
        key = split_without(rows.reset_index(drop=True))
        self.rows = len(key)
        self.places = places_of(key, condensed(key, hierarchy))
        spot = key.groupby(["level", "code"], sort=False).ngroup().to_numpy()
        first = np.flatnonzero(~pd.Series(spot).duplicated().to_numpy())
        found = zip(key["level"].iloc[first], key["code"].iloc[first], strict=True)
        self.row_place = np.array([self.places.index[p] for p in found], dtype=np.int64)[spot]
        self.row_tier = np.array([TIERS.get(level, 0) for level in key["level"]])
        entries = _entries(rows.reset_index(drop=True), key, policies).assign(
            place=lambda f: self.row_place[f["row"].to_numpy()]
        )
        if like is None:
            self.quantities = sorted(set(zip(entries["kind"], entries["layer"], strict=True)))
            self.same = _one_quantity(entries, self.quantities, names)
        else:
            self.quantities, self.same = like.quantities, like.same
        number = {q: self.same[i] for i, q in enumerate(self.quantities)}
        entries["q"] = [number[q] for q in zip(entries["kind"], entries["layer"], strict=True)]
        self.periods: list[str] = sorted(entries["period"].unique()) if like is None else like.periods
        entries["t"] = entries["period"].map({p: i for i, p in enumerate(self.periods)})
        entries["column"] = entries["q"] * len(self.periods) + entries["t"]
        self._make_cells(entries)
        self.relations: list[Column] = (
            self._find_relations(list(links), remainders) if like is None else like.relations
        )
        self.bundle = self._bundles()

    # ----------------------------------------------------------------------------------------- cells

    def _make_cells(self, entries: pd.DataFrame) -> None:
        ordered = entries.sort_values(["place", "column", "unknown", "row"], kind="stable")
        ids = ordered.groupby(["place", "column"], sort=False).ngroup().to_numpy()
        first = ~pd.Series(ids).duplicated().to_numpy()
        head = ordered[first]
        self.place, self.column = head["place"].to_numpy(), head["column"].to_numpy()
        self.x, self.low, self.high = (head[c].to_numpy(dtype=float) for c in ("x", "low", "high"))
        together = ordered.groupby(ids)
        self.ranged = head["ranged"].to_numpy(dtype=bool)
        self.limit = together["limit"].max().to_numpy(dtype=float)
        self.cap = together["cap"].min().fillna(np.inf).to_numpy(dtype=float)
        self.dominated = together["dominated"].max().to_numpy(dtype=bool)
        self.secret = head["unknown"].to_numpy(dtype=bool)
        self.row_cells = np.full((self.rows, 2), -1, dtype=np.int64)
        self.row_cells[ordered["row"].to_numpy(), ordered["side"].to_numpy()] = ids
        shown = ordered[~ordered["unknown"].to_numpy()]
        shown_ids = ids[~ordered["unknown"].to_numpy()]
        order = np.argsort(shown_ids, kind="stable")
        self._rows_flat = shown["row"].to_numpy()[order]
        self._rows_start = np.searchsorted(shown_ids[order], np.arange(len(head) + 1))
        self.grid = np.full((len(self.places.members), self.columns), -1, dtype=np.int32)
        self.grid[self.place, self.column] = np.arange(len(head))

    @property
    def columns(self) -> int:
        """Number of columns: quantities × periods."""
        return (max(self.same) + 1 if self.same else 0) * len(self.periods)

    def cell_rows(self, cell: int) -> Ints:
        """Rows that show a cell."""
        return self._rows_flat[self._rows_start[cell] : self._rows_start[cell + 1]]

    def primary(self) -> NDArray[np.bool_]:
        """Cells that are too small to be shown, or held by one unit."""
        most = np.where(self.ranged, self.high, self.x)
        with np.errstate(invalid="ignore"):
            small = (most > EPS) & (most < self.limit - EPS)
        return (small | self.dominated) & ~self.secret

    # ------------------------------------------------------------------------------------- relations

    def column_relations(self, columns: Ints) -> list[Column]:
        """Equations between these columns: (total, parts, slack)."""
        chosen = set(columns.tolist())
        return [r for r in self.relations if r[0] in chosen]

    def _values(self, column: int) -> Floats:
        cells = self.grid[:, column]
        return np.where(cells >= 0, self.x[cells], np.nan)

    def _find_relations(
        self, links: list[Link], remainders: Sequence[tuple[Side, Side, Side]] = ()
    ) -> list[Column]:
        periods = len(self.periods)
        numbers = {q: self.same[i] for i, q in enumerate(self.quantities)}
        told = [tuple(numbers[q] for q in three) for three in remainders if all(q in numbers for q in three)]
        out: set[Column] = {
            (whole * periods + t, (part * periods + t, rest * periods + t), False)
            for whole, part, rest in told
            for t in range(periods)
        }
        nested = {(whole, part) for whole, part, _ in told}
        for parent, parts in self._candidates():
            if parent in parts or len(set(parts)) < len(parts):
                continue
            if len(parts) == 1 and (parent, parts[0]) in nested:
                continue
            columns = [(parent * periods + t, [p * periods + t for p in parts]) for t in range(periods)]
            kind = self._tested(columns)
            if kind is not None:
                out |= {(c, tuple(cs), kind) for c, cs in columns}
        for whole_of, parts_of in links:  # said, not found: a remainder is always possible
            if (whole_of, 0) not in numbers or not all((p, 0) in numbers for p in parts_of):
                continue
            total, inside = numbers[whole_of, 0], [numbers[p, 0] for p in parts_of]
            if total not in inside and len(set(inside)) == len(inside):
                out |= {
                    (total * periods + t, tuple(i * periods + t for i in inside), True)
                    for t in range(periods)
                }
        pooled = [(p, years) for p in self.periods if (years := _years(p, self.periods))]
        for q in range(self.columns // periods if periods else 0):
            for whole, years in pooled:
                whole_column = q * periods + self.periods.index(whole)
                columns = [(whole_column, [q * periods + self.periods.index(y) for y in years])]
                if self._tested(columns) is False:
                    out |= {(c, tuple(cs), False) for c, cs in columns}
        return sorted(out)

    def _candidates(self) -> list[tuple[int, tuple[int, ...]]]:
        number = {q: self.same[i] for i, q in enumerate(self.quantities)}
        out = []
        for indicator, layer in sorted({(kind[0], layer) for kind, layer in self.quantities}):
            known = {
                k[1]: number[k, side] for k, side in self.quantities if (k[0], side) == (indicator, layer)
            }
            out += [(known[p], tuple(known[c] for c in cs)) for p, cs in _margins(sorted(known))]
        out += self._shares(number)
        return out

    def _shares(self, number: Mapping[tuple[Quantity, int], int]) -> list[tuple[int, tuple[int, ...]]]:
        """Rates of one indicator over one base: what is counted may add up to what it is divided by."""
        groups: dict[tuple[str, frozenset[str], int], list[int]] = {}
        for kind, layer in self.quantities:
            if layer == 0 and (kind, 1) in number:
                key = (kind[0], frozenset(parse_breakdown(kind[1])), number[kind, 1])
                groups.setdefault(key, []).append(number[kind, 0])
        return [
            (base, tuple(parts)) for (_, _, base), parts in sorted(groups.items(), key=str) if len(parts) > 1
        ]

    def _tested(self, columns: list[tuple[int, list[int]]]) -> bool | None:
        """False: the parts make the total; True: they leave a remainder; None: no relation."""
        gaps, sizes = [], []
        for column, parts in columns:
            whole = self._values(column)
            total = np.sum([self._values(p) for p in parts], axis=0)
            full = ~np.isnan(whole - total)
            gaps.append((whole - total)[full])
            sizes.append(whole[full])
        gap, size = np.concatenate(gaps), np.concatenate(sizes)
        if not len(gap):
            return None
        tolerance = np.full(len(size), EPS) if self.exact else np.maximum(1.0, 0.005 * np.abs(size))
        if np.mean(np.abs(gap) <= tolerance) >= 0.9:
            return False
        return True if np.mean(gap >= -tolerance) >= 0.9 else None

    def _bundles(self) -> Ints:
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        pairs = [(c, p) for c, parts, _ in self.relations for p in parts]
        both = self.row_cells[(self.row_cells >= 0).all(axis=1)]
        if len(both):
            tied = np.unique(self.column[both], axis=0)
            pairs += [tuple(p) for p in tied.tolist()]
        n = self.columns
        if not pairs:
            return np.arange(n)
        a, b = np.array(pairs).T
        graph = coo_array((np.ones(len(a)), (a, b)), shape=(n, n))
        return connected_components(graph, directed=False)[1]


def _entries(rows: pd.DataFrame, key: pd.DataFrame, policies: Mapping[str, Policy]) -> pd.DataFrame:
    """One line per (row, numerator or base) with a number, a range, or a sender's secret."""
    limit = rows["indicator"].map({i: p.threshold for i, p in policies.items()}).fillna(0.0)
    additive = rows["indicator"].map({i: p.additive for i, p in policies.items()}).fillna(False).astype(bool)
    weighted = rows["indicator"].map({i: p.aggregation == "population_weighted" for i, p in policies.items()})
    share = {i: p.dominance for i, p in policies.items() if p.dominance is not None}
    kinds = list(zip(key["indicator"], key["breakdown"], strict=True))
    base = rows["denominator"].astype("float64")
    count = rows["numerator"].astype("float64")
    product = rows["value"].astype("float64") * base
    count = count.where(count.notna() | ~weighted.fillna(False).astype(bool), product)
    whole = rows["indicator"].map({i: p.aggregation == "sum" for i, p in policies.items()}).fillna(False)
    summed = whole.astype(bool)
    count = count.where(count.notna() | ~summed, rows["value"].astype("float64"))
    usable = rows["status"].isin(USABLE)
    bounded = summed & usable & rows["lower"].lt(rows["upper"])
    ranged = bounded & rows["value"].isna()
    # an interval of variability says nothing of the number itself; the bounds of a rounding do
    rounded = ranged | (bounded & rows["status"].eq("rounded"))
    low = rows["lower"].astype("float64").where(rounded)
    high = rows["upper"].astype("float64").where(rounded)
    count = count.where(~ranged, (low + high) / 2)
    hidden = rows["status"].isin(HIDDEN) & count.isna() & additive
    share_of = rows["largest_share"] if "largest_share" in rows else pd.Series(np.nan, index=rows.index)
    dominated = share_of.ge(rows["indicator"].map(share)).fillna(False) if share else share_of.notna() & False
    fits = (count.le(base + EPS) | count.isna() | base.isna()).groupby(rows["indicator"]).transform("all")
    ratio = rows["indicator"].map({i: p.aggregation == "ratio" for i, p in policies.items()}).fillna(False)
    shared = {
        "row": np.arange(len(rows)), "kind": kinds, "period": key["period"], "limit": limit,
        "dominated": dominated.astype(bool),
    }  # fmt: skip
    above = pd.DataFrame({**shared, "x": count, "low": low, "high": high, "layer": 0, "side": 0})
    above["cap"] = base.where(fits & ratio.astype(bool))
    above["unknown"], above["ranged"] = hidden, ranged
    # a weighted mean times its weights is a sum, not a count: only its base can be small
    above["limit"] = limit.mask(weighted.fillna(False).astype(bool), 0.0)
    below = pd.DataFrame({**shared, "x": base, "layer": 1, "side": 1})
    below["low"] = below["high"] = below["cap"] = np.nan
    based = pd.Series(kinds, index=rows.index).isin(set(pd.Series(kinds, index=rows.index)[base.notna()]))
    below["unknown"] = rows["status"].eq("below_threshold") & base.isna() & count.isna() & additive & based
    below["ranged"] = below["dominated"] = False
    both = pd.concat(
        [above[above["x"].notna() | above["unknown"]], below[below["x"].notna() | below["unknown"]]]
    )
    return both.reset_index(drop=True)


def _one_quantity(
    entries: pd.DataFrame, quantities: list, names: Mapping[Side, Hashable] | None = None
) -> list[int]:
    """Number of each quantity; those with the same numbers wherever both are known share one.

    Numerators of one indicator's breakdowns are left apart: equal by chance in a small table, they are
    still different people. Where ``names`` says what is counted, it decides.
    """
    known = entries[~entries["unknown"] & entries["x"].notna()]
    where = pd.factorize(pd.Series(list(zip(known["place"], known["period"], strict=True)), dtype=object))[0]
    number = {q: i for i, q in enumerate(quantities)}
    ids = np.array([number[q] for q in zip(known["kind"], known["layer"], strict=True)], dtype=np.int64)
    values = np.full((len(quantities), int(where.max(initial=-1)) + 1), np.nan)
    values[ids, where] = known["x"].to_numpy()
    parent = list(range(len(quantities)))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    named = names or {}
    names_of = [{named[q]} if q in named else set() for q in quantities]

    for i, j in combinations(range(len(quantities)), 2):
        (kind_i, layer_i), (kind_j, layer_j) = quantities[i], quantities[j]
        if (kind_i[0] == kind_j[0] and layer_i == layer_j == 0) or root(i) == root(j):
            continue
        low, high = sorted((root(i), root(j)))
        together = names_of[low] | names_of[high]
        if len(together) > 1:
            continue
        one = len(names_of[i] & names_of[j]) == 1
        if one or (not _differ(values[i, :_PROBE], values[j, :_PROBE]) and _equal(values[i], values[j])):
            parent[high], names_of[low] = low, together
    roots = [root(i) for i in range(len(quantities))]
    ranks = {r: k for k, r in enumerate(sorted(set(roots)))}
    return [ranks[r] for r in roots]


_PROBE = 500


def _differ(a: Floats, b: Floats) -> bool:
    with np.errstate(invalid="ignore"):
        return bool(np.any(np.abs(a - b) > EPS))


def _equal(a: Floats, b: Floats) -> bool:
    both = ~np.isnan(a) & ~np.isnan(b)
    return bool(np.any(a[both] > EPS)) and not _differ(a, b)


def _years(period: str, periods: Sequence[str]) -> list[str]:
    """Yearly periods among ``periods`` that a pooled one (« 2023-2025 ») sums, if any."""
    match = re.fullmatch(r"(\d{4})-(\d{4})", period)
    if not match or int(match[2]) <= int(match[1]):
        return []
    years = [str(y) for y in range(int(match[1]), int(match[2]) + 1)]
    return years if set(years) <= set(periods) else []


def _margins(breakdowns: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Candidate sums among an indicator's breakdowns: each total with the parts that may make it."""
    parts = {b: parse_breakdown(b) for b in breakdowns}
    by_keys: dict[frozenset[str], list[str]] = {}
    for b in breakdowns:
        by_keys.setdefault(frozenset(parts[b]), []).append(b)
    out: list[tuple[str, tuple[str, ...]]] = []
    for outer, inner in ((o, i) for o in by_keys for i in by_keys if o < i):
        if any(outer < between < inner for between in by_keys):
            continue
        for total in by_keys[outer]:
            kept = [b for b in by_keys[inner] if parts[total].items() <= parts[b].items()]
            if kept:
                out.append((total, tuple(kept)))
            if inner - outer == {"age"}:
                out += [(total, tiles) for tiles in _tilings((0, _OLDEST), kept, parts)]
    for keys, members in by_keys.items():
        if "age" in keys:
            out += _age_margins(members, parts)
    return sorted(set(out))


_OLDEST = 200


def _age_margins(members: list[str], parts: dict[str, dict[str, str]]) -> list[tuple[str, tuple[str, ...]]]:
    out = []
    for whole in members:
        span = _span(parts[whole]["age"])
        if span is None:
            continue
        rest = {k: v for k, v in parts[whole].items() if k != "age"}
        inside = [
            b for b in members
            if b != whole and {k: v for k, v in parts[b].items() if k != "age"} == rest
        ]  # fmt: skip
        out += [(whole, tiles) for tiles in _tilings(span, inside, parts)]
    return out


def _tilings(
    span: tuple[int, int], inside: list[str], parts: dict[str, dict[str, str]]
) -> list[tuple[str, ...]]:
    """The finest and the coarsest sets of age bands that together make ``span``, when there are any."""
    spans = {b: s for b in inside if (s := _span(parts[b]["age"])) is not None}
    found = set()
    for choose in (min, max):
        at, chain = span[0], []
        while at <= span[1]:
            here = [b for b, s in spans.items() if s[0] == at and s[1] <= span[1] and s != span]
            if not here:
                break
            best = choose(here, key=lambda b: (spans[b][1], b))
            chain.append(best)
            at = spans[best][1] + 1
        if at > span[1] and len(chain) > 1:
            found.add(tuple(sorted(chain)))
    return sorted(found)


def _span(code: str) -> tuple[int, int] | None:
    for pattern, low, high in (
        (r"Y(\d+)T(\d+)", 1, 2), (r"Y_GE(\d+)", 1, 0), (r"Y_LT(\d+)", 0, 1), (r"Y(\d+)", 1, 1),
    ):  # fmt: skip
        if match := re.fullmatch(pattern, code):
            first = int(match[low]) if low else 0
            last = int(match[high]) - (not low) if high else _OLDEST
            return first, last
    return None
