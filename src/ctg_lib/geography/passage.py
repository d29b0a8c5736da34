"""Passage of communal counts from the communes of one year to those of another, both ways.

A merger sums; a split (a commune restored, or the way back before a merger) shares out by the municipal
population of the parts, of the census year nearest to the figures: ``estimated``. Several steps are chained.
Nothing is dropped: what has no place in the target year is listed with its reason and its value. Only counts
may be carried: a rate is made again from carried counts.

Changes are those of Insee's code officiel géographique (``passages.parquet``), complete from ``FIRST_YEAR``
on; a code that had gone before is still found where it went. Comparable: COGiter (``passer_au_cog_a_jour``),
which sums mergers; here splits, statuses and bounds pass too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ctg_lib.errors import BadInput, sample
from ctg_lib.geography.populations import in_edition
from ctg_lib.values import STATUS_RANK, STATUSES, USABLE

FIRST_YEAR = 2003
"""First year whose communes are all known."""

NOT_GIVEN = "commune non renseignée"
ABROAD = "pays étranger"
OVERSEAS = "collectivité d’outre-mer, dans aucun département"
UNKNOWN = "code inconnu du code officiel géographique"
UNSHARED = "population des parties inconnue : la commune ne peut pas être partagée"
COUNTED = "arrondissement déjà compté dans sa commune"
PARTIAL = "commune d’arrivée incomplète : une de ses parties manque"

PLACE_COLUMNS = ["code", "commune", "share", "part"]
UNPLACED_COLUMNS = ["code", "reason", "value"]
_NOTHING = frozenset({"", "00000", "99999", "ZZZZZ", "XXXXX", "nan", "None", "NR", "ND"})
_OVERSEAS = ("97123", "97127", "975", "977", "978", "98")  # Saint-Barthélemy, Saint-Martin until 2007
_TOLERANCE = 1e-9
_ESTIMATED = STATUS_RANK["estimated"]


@dataclass(frozen=True)
class Carried:
    """What :meth:`Passage.carry` gives.

    Attributes:
        frame: the columns given, in the communes of the target year, sorted by the other keys and code.
        unplaced: rows that found no place: the key columns, ``code, reason, value`` (and bounds, status).
            ``frame`` and ``unplaced`` together have the total that was given.
        moved: codes that did not exist in ``from_year`` and were read in the nearest year where they did:
            ``code, year``.
    """

    frame: pd.DataFrame
    unplaced: pd.DataFrame
    moved: pd.DataFrame


class Passage(Mapping[str, str]):
    """Where the communes of any year are in the others.

    As a mapping: former commune or municipal arrondissement -> the commune of ``edition`` that counts it
    (of a commune divided since, the one that kept its code).

    Args:
        steps: edition, code, into, kind (``merged``, ``restored``), new.
        communes: codes of the communes of ``last``.
        last: the last year known.
        people: populations as published: code, year, pmun, ptot, edition.
        arrondissements: municipal arrondissement -> its commune.
        edition: the target when none is said (``last`` by default).
    """

    def __init__(
        self, steps: pd.DataFrame, communes: Iterable[str], last: int, people: pd.DataFrame,
        arrondissements: Mapping[str, str] | None = None, edition: int | None = None,
    ) -> None:  # fmt: skip
        self.steps = steps
        self.last = last
        self.edition = last if edition is None else edition
        self.arrondissements = dict(arrondissements or {})
        self._published = people
        self._known = {last: frozenset(communes)}
        self._tables: dict[tuple[int, int], pd.DataFrame] = {}
        self._indexes: dict[int, pd.Index] = {}
        self._moves: dict[tuple[int, bool], tuple[Mapping[str, list[str]], Mapping[str, list[str]]]] = {}
        self._people: dict[tuple[int, int], pd.Series] = {}

    # ------------------------------------------------------------------------------------ mapping

    def get(self, code: str, default=None):
        """As for any mapping."""
        return self._now.get(code, default)

    @cached_property
    def _now(self) -> dict[str, str]:
        here = self.communes_in(self.edition)
        former = sorted({*self.steps["code"], *self.steps["into"]} - here)
        out = dict(self.arrondissements)
        for code in former:
            targets, _, _ = self._resolve(code, self.edition, self.edition)
            if targets:
                out[code] = max(targets, key=lambda c: (targets[c], c))
        return out

    def __getitem__(self, code: str) -> str:
        return self._now[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now)

    def __len__(self) -> int:
        return len(self._now)

    def origins(self, communes: Iterable[str]) -> frozenset[str]:
        """All codes, of any year, whose counts may come to these communes of ``edition`` (themselves too)."""
        found = set(communes)
        for edition in sorted(self._editions, reverse=True):
            if edition > self.edition:
                continue
            for code, targets in self._forward_targets[edition].items():
                if found & targets:
                    found.add(code)
        found |= {code for code, commune in self.arrondissements.items() if commune in found}
        return frozenset(found)

    # ------------------------------------------------------------------------------ years and moves

    @cached_property
    def _editions(self) -> dict[int, pd.DataFrame]:
        return {int(str(e)): part for e, part in self.steps.groupby("edition")}

    @cached_property
    def _forward_targets(self) -> dict[int, dict[str, set[str]]]:
        out: dict[int, dict[str, set[str]]] = {}
        for edition, rows in self._editions.items():
            targets: dict[str, set[str]] = defaultdict(set)
            for code, into, kind in zip(rows["code"], rows["into"], rows["kind"], strict=True):
                targets[code].add(into)
                if kind == "restored":
                    targets[code].add(code)
            out[edition] = dict(targets)
        return out

    def communes_in(self, year: int) -> frozenset[str]:
        """Codes of the communes of a year.

        Raises:
            BadInput: a year before ``FIRST_YEAR`` or after the last one known.
        """
        if not FIRST_YEAR <= year <= self.last:
            raise BadInput(
                f"passage des communes : année {year} inconnue ; attendu : {FIRST_YEAR} à {self.last}."
            )
        if year not in self._known:
            known = set(self.communes_in(year + 1))
            rows = self._editions.get(year + 1)
            if rows is not None:
                known -= set(rows.loc[rows["new"], "into"])
                known |= set(rows.loc[rows["kind"].eq("merged"), "code"])
            self._known[year] = frozenset(known)
        return self._known[year]

    def _index(self, year: int) -> pd.Index:
        """The communes of a year, ready for look-ups."""
        if year not in self._indexes:
            self._indexes[year] = pd.Index(sorted(self.communes_in(year)), dtype="str")
        return self._indexes[year]

    def _step(self, edition: int, forward: bool) -> tuple[Mapping[str, list[str]], Mapping[str, list[str]]]:
        """What one edition does: code -> where it may go; commune -> the codes that join it."""
        key = (edition, forward)
        if key in self._moves:
            return self._moves[key]
        goes: dict[str, list[str]] = {}
        joins: dict[str, list[str]] = defaultdict(list)
        rows = self._editions.get(edition)
        if rows is not None:
            merged, restored = (rows[rows["kind"].eq(k)] for k in ("merged", "restored"))
            one, several = (merged, restored) if forward else (restored, merged)
            before, after = ("code", "into") if forward else ("into", "code")
            for code, target in zip(one[before], one[after], strict=True):
                goes[code] = [target]
                joins[target].append(code)
            for whole, part in several.groupby("code" if forward else "into"):
                stays = forward or not part["new"].any()
                goes[str(whole)] = [*part["into" if forward else "code"], *([str(whole)] if stays else [])]
        self._moves[key] = goes, dict(joins)
        return self._moves[key]

    def _shares(
        self, codes: list[str], year: int, near: int, weight: pd.Series | None
    ) -> Mapping[str, float] | None:
        """Part of each code in their sum; equal parts where nobody lives in any of them; None if unknown."""
        if len(codes) == 1:
            return {codes[0]: 1.0}
        people = self._weights(codes, year, near) if weight is None else weight.reindex(codes)
        if people is None or people.isna().any() or people.lt(0).any():
            return None
        total = float(people.sum())
        if total <= 0:
            return dict.fromkeys(codes, 1.0 / len(codes))
        return {code: float(people[code]) / total for code in codes}

    def _weights(self, codes: list[str], year: int, near: int) -> pd.Series | None:
        """Municipal population of communes of ``year``, of the census year nearest to ``near``."""
        for census in sorted(self._census_years, key=lambda y: (abs(y - near), -y)):
            people = self._population(census, year).reindex(codes)
            if people.notna().all():
                return people
        return None

    @cached_property
    def _census_years(self) -> list[int]:
        return sorted(int(y) for y in self._published["year"].unique())

    @cached_property
    def _first(self) -> int:
        return int(self._published["edition"].min())

    @cached_property
    def _touched(self) -> frozenset[str]:
        return frozenset({*self.steps["code"], *self.steps["into"]})

    @cached_property
    def _counted(self) -> pd.DataFrame:
        """Populations of the communes that some change touches; of the others no share is ever needed."""
        return self._published[self._published["code"].isin(self._touched)]

    def _population(self, census: int, year: int) -> pd.Series:
        """One census in the communes of a year; before the first geography it was published in, only the
        communes that no change touches in between."""
        if (census, year) in self._people:
            return self._people[census, year]
        first = self._first
        if year >= first:
            rows = self._counted[self._counted["year"].eq(census)]
            if rows.empty:
                return pd.Series(dtype="float64")
            since = self.steps[self.steps["edition"].gt(first)]
            here = pd.Index(sorted(self._touched & self.communes_in(year)), dtype="str")
            frame = in_edition(rows, since, year, here)
            people = frame.set_index("code")["pmun"].astype("float64")
        else:
            people = self._population(census, first)
            between = self.steps[self.steps["edition"].gt(year) & self.steps["edition"].le(first)]
            people = people[~people.index.isin({*between["code"], *between["into"]})]
        self._people[census, year] = people
        return people

    def _follow(
        self, code: str, start: int, end: int, near: int, weight: pd.Series | None = None
    ) -> dict[str, float] | None:
        """Shares of a code of ``start`` in the communes of ``end``; None where a share is not known.

        What joined a commune and left it again under its own code (Celles, in Neussargues from 2017 to 2024)
        comes back whole: each mass remembers which code it had (``own``) and what it is not (``apart``).
        """
        forward = end >= start
        state: dict[tuple[str, frozenset[str], frozenset[str]], float] = {
            (code, frozenset(), frozenset()): 1.0
        }
        for edition in range(start + 1, end + 1) if forward else range(start, end, -1):
            goes, joins = self._step(edition, forward)
            if not any(current in goes or current in joins for current, _, _ in state):
                continue
            following: dict[tuple[str, frozenset[str], frozenset[str]], float] = defaultdict(float)
            for (current, own, apart), share in state.items():
                targets = goes.get(current, [current])
                if len(targets) > 1:
                    targets = _allowed(targets, current, own, apart)
                shares = self._shares(targets, edition if forward else edition - 1, near, weight)
                if shares is None:
                    return None
                for target, part in shares.items():
                    others = {*joins.get(target, ()), target} if target in joins else set()
                    mine = own | {current} if others and target != current else own
                    following[target, mine, apart | (others - {current})] += share * part
            state = dict(following)
        out: dict[str, float] = defaultdict(float)
        for (current, _, _), share in state.items():
            out[current] += share
        return dict(out)

    # -------------------------------------------------------------------------------------- placing

    def _resolve(
        self, code: str, start: int, end: int, weight: pd.Series | None = None
    ) -> tuple[dict[str, float], str, int]:
        """Shares of a code in the communes of ``end``, or why there are none; the year it was read in."""
        year = start
        if code in self.arrondissements:
            return {self.arrondissements[code]: 1.0}, "", start
        if code not in self.communes_in(start):
            lived = self._years_of(code)
            if not lived:
                return {}, reason(code), start
            year = min(lived, key=lambda y: (abs(y - start), y))
        shares = self._follow(code, year, end, start, weight)
        return (shares, "", year) if shares else ({}, UNSHARED, year)

    @cached_property
    def _lives(self) -> dict[str, list[int]]:
        lives: dict[str, list[int]] = defaultdict(list)
        columns = (self.steps[c].tolist() for c in ("edition", "code", "into", "kind", "new"))
        for edition, code, into, kind, new in zip(*columns, strict=True):
            if kind == "merged":
                lives[code].append(int(edition) - 1)
            if new:
                lives[into].append(int(edition))
        return lives

    def _years_of(self, code: str) -> list[int]:
        """Years in which a code is sure to have existed: those beside its appearance or its end."""
        return [y for y in self._lives.get(code, ()) if y <= self.last]

    def _table(self, start: int, end: int) -> pd.DataFrame:
        """Codes of ``start`` that change on the way: code, commune, share, part (of the commune it makes)."""
        if (start, end) not in self._tables:
            self._tables[start, end] = self._make_table(start, end, None)
        return self._tables[start, end]

    def _make_table(self, start: int, end: int, weight: pd.Series | None) -> pd.DataFrame:
        forward, known = end >= start, self.communes_in(start)
        touched: set[str] = set()
        for edition in range(min(start, end) + 1, max(start, end) + 1):
            touched |= self._step(edition, forward)[0].keys()
        rows: list[tuple[str, str, float]] = []
        lost: list[str] = []
        for code in sorted(touched & known):
            shares = self._follow(code, start, end, start, weight)
            if shares is None:
                lost.append(code)
            rows += [(code, target, share) for target, share in (shares or {}).items()]
        reached = {target for _, target, _ in rows}
        # a commune that others join, itself unchanged
        rows += [(code, code, 1.0) for code in sorted((reached & known) - touched)]
        out = pd.DataFrame(rows, columns=PLACE_COLUMNS[:3])
        out["part"] = self._parts(out, start)
        gone = pd.DataFrame({"code": lost, "commune": "", "share": 0.0, "part": 0.0})
        return pd.concat([out, gone], ignore_index=True) if lost else out

    def _parts(self, rows: pd.DataFrame, start: int) -> pd.Series:
        """How much of each commune of arrival each origin makes, by inhabitants (equally where unknown)."""
        several = rows.loc[rows["commune"].duplicated(keep=False), "code"]
        known = pd.Series(np.nan, index=pd.Index(sorted(several.unique()), dtype="str"), dtype="float64")
        for census in sorted(self._census_years, key=lambda y: (abs(y - start), -y)):
            if known.notna().all():
                break
            known = known.fillna(self._population(census, start).reindex(known.index))
        weight = rows["code"].map(known) * rows["share"]
        whole = weight.groupby(rows["commune"]).transform("sum")
        sure = weight.notna().groupby(rows["commune"]).transform("all") & whole.gt(0)
        given = rows["share"].groupby(rows["commune"])
        alike = (rows["share"] / given.transform("sum")).fillna(1.0 / given.transform("size"))
        return (weight / whole).where(sure, alike)

    def place(
        self, codes: Iterable[str], year: int, to_year: int | None = None, weight: pd.Series | None = None
    ) -> tuple[pd.DataFrame, dict[str, str], dict[str, int]]:
        """Where codes of a year are in another year.

        Args:
            codes: of communes or municipal arrondissements, as found in a file of ``year``.
            to_year: ``edition`` by default.
            weight: shares out by this instead of population (index: codes).

        Returns:
            Frame ``code, commune, share, part``: ``share`` of the code's counts that goes to the commune
            (sums to 1 by code), ``part`` of the commune that it makes (1 when nothing else joins it); codes
            without a place and why; codes that were read in another year than ``year``, and which.
        """
        end = self.edition if to_year is None else to_year
        start = min(max(year, FIRST_YEAR), self.last)
        every = pd.Index(codes if isinstance(codes, pd.Index) else list(codes), dtype="str").unique()
        table = self._table(start, end) if weight is None else self._make_table(start, end, weight)
        inside = self._index(start).get_indexer(every) >= 0
        changed = pd.Index(table["code"].unique(), dtype="str").get_indexer(every) >= 0
        same = every[inside & ~changed]
        found = table[table["code"].isin(every[changed])]
        lost = {str(c): UNSHARED for c in found.loc[found["commune"].eq(""), "code"]}
        parts = [
            pd.DataFrame({"code": same, "commune": same, "share": 1.0, "part": 1.0}),
            found[found["commune"].ne("")],
        ]
        moved: dict[str, int] = {}
        extra: list[tuple[str, str, float, float]] = []
        for code in every[~inside & ~changed]:
            shares, why, where = self._resolve(code, start, end, weight)
            if why:
                lost[code] = why
            elif code not in self.arrondissements:
                moved[code] = where
            extra += [(code, c, s, self._part_of(code, c, where, end)) for c, s in shares.items()]
        parts.append(pd.DataFrame(extra, columns=PLACE_COLUMNS))
        placed = pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True)
        return placed, lost, moved

    def _part_of(self, code: str, commune: str, year: int, end: int) -> float:
        if code in self.arrondissements:
            return 1.0 / sum(c == commune for c in self.arrondissements.values())
        if year < FIRST_YEAR:
            return 0.0
        table = self._table(year, end)
        here = table.loc[table["code"].eq(code) & table["commune"].eq(commune), "part"]
        return float(here.iloc[0]) if len(here) else 1.0

    # ---------------------------------------------------------------------------------------- carry

    def carry(
        self, frame: pd.DataFrame, *, from_year: int, to_year: int | None = None, value: str = "value",
        weight: str | pd.Series | Mapping[str, float] = "population", aggregation: str = "sum",
        absent: str = "missing",
    ) -> Carried:  # fmt: skip
        """Counts of communes, in the communes of another year.

        Args:
            frame: ``code`` and ``value``; optionally ``low``, ``high``, ``status``, ``source`` (joined by
                « + ») and ``geography_year`` (set to ``to_year``); all other columns are keys (period,
                variable, breakdown …). One row per code and key.
            from_year: geography of the codes.
            to_year: wanted geography (``edition`` by default).
            value: name of the column of counts.
            weight: ``population``, or a weight per commune to share out by.
            aggregation: how the figure adds up; only ``sum`` may be carried.
            absent: what a part of a merged commune without a row means: ``missing`` (no partial sum is
                given: what is known of it is listed) or ``zero`` (lists of things).

        Returns:
            :class:`Carried`. A share is ``estimated``; of several statuses the worst holds; bounds are
            summed and shared out like values (they bound the rounding, not the sharing out).

        Raises:
            BadInput: a rate, a level that is not the commune, a missing column, a doubled row, a year
                that is not known.
        """
        end = self.edition if to_year is None else to_year
        _check_counts(frame, value, aggregation, absent)
        self.communes_in(from_year), self.communes_in(end)
        special = {"code", value, "low", "high", "status", "source", "geography_year"}
        keys = [c for c in frame.columns if c not in special]
        if frame.duplicated(["code", *keys]).any():
            twice = frame.loc[frame.duplicated(["code", *keys]), "code"]
            raise BadInput(f"passage des communes : plusieurs lignes pour {sample(sorted(set(twice)))}.")
        by = None if isinstance(weight, str) else pd.Series(weight, dtype="float64")
        rows = frame.assign(code=frame["code"].astype("str"))
        rows = _with_defaults(rows, value)
        counted = self._counted_twice(rows, keys)
        placed, lost, moved = self.place(rows.loc[~counted, "code"], from_year, end, by)
        lost_rows = rows[counted | rows["code"].isin(lost)]
        lost_rows = lost_rows.assign(reason=lost_rows["code"].map(lost).where(~counted, COUNTED))
        joined = rows[~counted].merge(placed, on="code")
        out, partial = _summed(joined, keys, value, absent)
        if "geography_year" in out:
            out["geography_year"] = np.int16(end)
        unplaced = pd.concat([lost_rows, partial], ignore_index=True)
        given = [c for c in frame.columns if c in out]
        order = [*keys, "code"]
        return Carried(
            out[given].sort_values(order, kind="stable", ignore_index=True),
            unplaced[[*keys, "code", "reason", *[c for c in given if c not in (*keys, "code")]]],
            pd.DataFrame({"code": list(moved), "year": list(moved.values())}),
        )

    def _counted_twice(self, rows: pd.DataFrame, keys: list[str]) -> pd.Series:
        """Rows of arrondissements whose commune has its own row under the same key."""
        commune = rows["code"].map(self.arrondissements)
        if commune.isna().all():
            return pd.Series(False, index=rows.index)
        own = pd.MultiIndex.from_frame(rows[["code", *keys]])
        parent = pd.MultiIndex.from_frame(rows[keys].assign(code=commune)[["code", *keys]])
        return pd.Series(parent.isin(own), index=rows.index) & commune.notna()


def _allowed(
    targets: list[str], current: str, own: frozenset[str], apart: frozenset[str]
) -> list[str]:  # fmt: skip
    """Where a mass may go when the commune it is in is divided."""
    mine = [t for t in targets if t in own]
    if mine:
        return mine[:1]
    left = [t for t in targets if t not in apart]
    if own and current in targets and current not in left:
        left.append(current)  # it joined from elsewhere: what does not leave stays
    return left or targets


def reason(code: str) -> str:
    """Why a code that is no commune of any year has no place."""
    text = str(code).strip()
    if text in _NOTHING or not text.strip("9") or (len(text) == 5 and text.endswith(("999", "ZZZ"))):
        return NOT_GIVEN
    if text.startswith("99"):
        return ABROAD
    return OVERSEAS if text.startswith(_OVERSEAS) else UNKNOWN


def _check_counts(frame: pd.DataFrame, value: str, aggregation: str, absent: str) -> None:
    lacking = [c for c in ("code", value) if c not in frame]
    if lacking:
        raise BadInput(f"passage des communes : colonne absente : {', '.join(lacking)}.")
    if aggregation != "sum":
        raise BadInput(
            f"passage des communes : un taux ou une moyenne ({aggregation}) ne se transporte pas ; "
            "transportez ses deux effectifs, puis recalculez-le."
        )
    if absent not in ("missing", "zero"):
        raise BadInput(f"passage des communes : absent={absent!r} ; attendu : missing ou zero.")
    rated = "denominator" in frame and frame["denominator"].notna().any()
    units = {str(u) for u in frame["unit"].dropna().unique()} if "unit" in frame else set()
    units = {u for u in units if u.strip().startswith(("%", "pour ", "€", "‰"))}
    if rated or units:
        found = f"unité {sample(sorted(units))}" if units else "rapport de deux effectifs"
        raise BadInput(
            f"passage des communes : {found} ; "
            "un taux ne se transporte pas : transportez ses deux effectifs, puis recalculez-le."
        )
    if "level" in frame and frame["level"].ne("commune").any():
        levels = sorted(set(frame.loc[frame["level"].ne("commune"), "level"].astype(str)))
        raise BadInput(f"passage des communes : niveau {sample(levels)} ; attendu : commune.")


def _with_defaults(rows: pd.DataFrame, value: str) -> pd.DataFrame:
    out = rows.copy()
    out[value] = pd.to_numeric(out[value]).astype("float64")
    for column in ("low", "high"):
        out[column] = out[column].astype("float64") if column in out else np.nan
    if "status" not in out:
        out["status"] = np.where(out[value].notna(), "observed", "missing")
    return out


def _summed(
    joined: pd.DataFrame, keys: list[str], value: str, absent: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Shares summed by commune of arrival; and the rows that went to an incomplete commune."""
    shared = joined["share"].lt(1 - _TOLERANCE)
    size = joined.groupby([*keys, "commune"], sort=False, dropna=False)["code"].transform("size")
    several = size.gt(1) | shared
    recoded = joined.drop(columns="code").rename(columns={"commune": "code"})
    lacking = joined["part"].groupby([joined[k] for k in [*keys, "commune"]], dropna=False).transform("sum")
    short = lacking.lt(1 - _TOLERANCE) & (absent == "missing")
    simple = recoded[~several & ~short]
    rest = joined[(several | short)]
    if rest.empty:
        return simple.drop(columns=["share", "part"]), _nothing(joined)
    rank = rest["status"].map(STATUS_RANK)
    usable = rest["status"].isin(USABLE)
    parts = rest.assign(
        low_=rest["low"].fillna(rest[value]) * rest["share"],
        high_=rest["high"].fillna(rest[value]) * rest["share"],
        value_=rest[value] * rest["share"],
        rank=rank.where(rest["share"].ge(1 - _TOLERANCE) | ~usable, rank.clip(lower=_ESTIMATED)),
        bounded=rest["low"].notna(),
    )
    how: dict[str, tuple[str, str | Callable]] = {
        value: ("value_", "sum"), "valued": ("value_", "count"), "size": ("code", "size"),
        "low": ("low_", "sum"), "high": ("high_", "sum"), "known": ("low_", "count"),
        "bounded": ("bounded", "max"), "rank": ("rank", "max"), "part": ("part", "sum"),
    }  # fmt: skip
    if "source" in rest:
        how["source"] = ("source", lambda s: "+".join(sorted({p for v in s for p in str(v).split("+")})))
    if "geography_year" in rest:
        how["geography_year"] = ("geography_year", "max")
    sums = parts.groupby([*keys, "commune"], sort=False, dropna=False).agg(**how).reset_index()
    whole = sums["part"].ge(1 - _TOLERANCE) | (absent == "zero")
    sums[value] = sums[value].where(sums["valued"].eq(sums["size"]) & whole)
    bounded = sums["bounded"].astype(bool) & sums["known"].eq(sums["size"]) & whole
    sums["low"], sums["high"] = sums["low"].where(bounded), sums["high"].where(bounded)
    sums["status"] = sums["rank"].map(dict(enumerate(STATUSES))).where(whole, "missing")
    sums = sums.rename(columns={"commune": "code"})
    left = parts.merge(sums.loc[~whole, [*keys, "code"]].rename(columns={"code": "commune"}))
    partial = left.drop(columns=[value, "low", "high"]).rename(columns={"value_": value}).assign(
        low=left["low_"].where(left["bounded"]), high=left["high_"].where(left["bounded"]), reason=PARTIAL
    )  # fmt: skip
    both = [f for f in (simple, sums) if len(f)]
    return pd.concat(both, ignore_index=True)[
        [c for c in simple.columns if c not in ("share", "part")]
    ], partial


def _nothing(joined: pd.DataFrame) -> pd.DataFrame:
    return joined.iloc[:0].assign(reason="")
