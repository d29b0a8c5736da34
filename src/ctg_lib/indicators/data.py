"""Observations of all territories, summed upward: what an indicator function receives.

Counts of communes are summed to every group that contains them (EPCI, départements, régions, France,
secteurs, study …), in today's composition, whatever the year of the communes in the source: mergers are
summed, communes restored since get a share by inhabitants (``estimated``; a group that holds all the parts
keeps the exact sum). A published value of the larger territory always wins over the sum. A total is given
only when every inhabited commune of the group is in the source, or in several that complete each other;
otherwise it is ``missing``, never partial (except where the absent communes hold less than ``NEGLIGIBLE`` of
the inhabitants: then it is ``estimated``). Sums of rounded counts keep their bounds and lose their point:
« entre 793 et 889 ». Codes that are no commune of any year are counted in :attr:`Data.unplaced`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from ctg_lib.errors import sample
from ctg_lib.geography.passage import OVERSEAS, UNKNOWN, Passage, reason
from ctg_lib.indicators import _flows
from ctg_lib.indicators._rollup import NEGLIGIBLE as NEGLIGIBLE
from ctg_lib.indicators._rollup import WHOLE, Members, roll_up
from ctg_lib.observations import Store
from ctg_lib.statistics.rounded import bounds, ratio_bounds
from ctg_lib.values import LEVELS, STATUS_RANK, STATUSES, USABLE, canonical_breakdown, parse_breakdown

KEY = ["level", "code", "geography_year", "period"]
PLACE = ["level", "code", "period"]
ROLLED_COLUMNS = [
    "variable", "breakdown", *KEY, "value", "low", "high", "status", "source", "origin",
]  # fmt: skip
FLOW_COLUMNS = [
    *KEY, "inflow", "outflow", "stay", "status", "inflow_status", "outflow_status", "stay_status", "source",
    "origin",
]  # fmt: skip
STRUCTURE_COLUMNS = [
    "structure", "variable", "breakdown", "commune", "level", "code", "geography_year", "period", "value",
    "low", "high", "status", "source",
]  # fmt: skip
UNPLACED_COLUMNS = ["dataset", "variable", "source", "code", "reason", "rows", "value"]

LEGAL, INHABITANTS = "DS_POPULATIONS_REFERENCE", "PMUN"
SCHOOLS = "annuaire_education"
CACHED_ROWS = 8_000_000
"""Rows kept between indicators; the oldest variables are read again beyond that."""


@dataclass
class Data:
    """What is known, of everywhere.

    Attributes:
        store: the observations.
        groups: columns ``commune, level, code``: which commune belongs to which larger territory.
        population: commune code -> municipal population (latest year known); uninhabited communes may
            be absent from a source without making a total incomplete.
        passage: former commune code -> commune it belongs to today; a
            :class:`~ctg_lib.geography.passage.Passage` also knows years, shares and the other way round.
        communes: restricts reading to these communes (a study's own groups need no more).
    """

    store: Store
    groups: pd.DataFrame
    population: pd.Series
    passage: Mapping[str, str] = field(default_factory=dict)
    communes: frozenset[str] | None = None
    _cache: dict[tuple, pd.DataFrame] = field(default_factory=dict, repr=False)
    _lost: dict[tuple[str, str], pd.DataFrame] = field(default_factory=dict, repr=False)

    def get(self, dataset: str, variable: str) -> pd.DataFrame:
        """Observations of a variable at every level, sums of communes included.

        Returns:
            Frame with ``ROLLED_COLUMNS``; ``origin`` ∈ commune, structure, published, sum, incomplete.
            ``geography_year`` is that of the source; the composition is today's.
        """
        return self._kept(
            ("get", dataset, variable), lambda: self._roll_up(dataset, variable, self._raw(dataset, variable))
        )

    def _kept(self, key: tuple, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """A frame made once (a copy that can be written on without harm), the oldest ones forgotten."""
        if key not in self._cache:
            made = make()
            kept = sum(len(frame) for frame in self._cache.values())
            while self._cache and kept + len(made) > CACHED_ROWS:
                kept -= len(self._cache.pop(next(iter(self._cache))))
            self._cache[key] = made
        return self._cache[key].copy(deep=False)

    def published(self, dataset: str, variable: str) -> pd.DataFrame:
        """Like :meth:`get`, without sums of communes: for rates, medians and indices, which never add up.

        A commune that only changed its code is under the new one; one that merged since keeps the code and
        the limits it had (``geography_year`` says when).
        """
        return self._kept(
            ("published", dataset, variable), lambda: self._published(self._raw(dataset, variable))
        )

    def _published(self, raw: pd.DataFrame) -> pd.DataFrame:
        if isinstance(self.passage, Passage):
            codes = raw.loc[raw["level"].eq("commune"), "code"]
            former = [c for c in codes.unique() if c not in self.known_communes and c in self.passage]
            if former:
                raw = raw.assign(code=self._recoded(raw))
        return raw.assign(origin=_own_origin(raw))[ROLLED_COLUMNS].reset_index(drop=True)

    def _recoded(self, raw: pd.DataFrame) -> pd.Series:
        out = raw["code"].copy()
        for year, rows in raw[raw["level"].eq("commune")].groupby("geography_year"):
            table = self._located(pd.Index(rows["code"].unique(), dtype="str"), int(str(year)))[0]
            alone = table["share"].ge(1 - WHOLE) & table["part"].ge(1 - WHOLE)
            names = dict(zip(table.loc[alone, "code"], table.loc[alone, "commune"], strict=True))
            out.loc[rows.index] = [names.get(code, code) for code in rows["code"]]
        return out

    def _raw(self, dataset: str, variable: str) -> pd.DataFrame:
        if self.communes is None:
            return self.store.read(dataset, variables=[variable])
        wider = [level for level in LEVELS if level != "commune"]
        parts = [
            self.store.read(dataset, variables=[variable], levels=["commune"], codes=self._origins),
            self.store.read(dataset, variables=[variable], levels=wider, codes=self._codes),
        ]
        return pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True)

    @cached_property
    def _origins(self) -> frozenset[str]:
        """Codes of any year that the communes read may have had."""
        wanted = self.communes or frozenset()
        if isinstance(self.passage, Passage):
            return self.passage.origins(wanted)
        return wanted | {code for code, commune in self.passage.items() if commune in wanted}

    def _roll_up(self, dataset: str, variable: str, raw: pd.DataFrame) -> pd.DataFrame:
        is_commune = raw["level"].eq("commune")
        wider, communes = raw[~is_commune], raw[is_commune].reset_index(drop=True)
        parts = [wider.assign(origin=_own_origin(wider))[ROLLED_COLUMNS]]
        if not communes.empty:
            lost: dict[str, str] = {}

            def locate(codes: pd.Index, year: int) -> pd.DataFrame:
                table, without = self._located(codes, year)
                lost.update(without)
                return table

            sums, stays = roll_up(communes, self._members, locate, ROLLED_COLUMNS)
            self._note(dataset, variable, communes, lost)
            own = communes[stays & ~communes["code"].isin(lost)]
            # published rows come first: they win over sums of communes
            parts += [own.assign(origin="commune")[ROLLED_COLUMNS], self._unpublished(sums, wider)]
        rolled = pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True)
        if len(rolled) and len(rolled["source"].unique()) > 1:
            rolled = rolled.drop_duplicates(["variable", "breakdown", *PLACE], keep="first")
        if self.communes is not None:
            outside = rolled["level"].eq("commune") & ~rolled["code"].isin(self.communes)
            rolled = rolled[~outside]
        return rolled.reset_index(drop=True)

    @staticmethod
    def _unpublished(sums: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
        """Sums of the territories and periods that have no published value."""
        if published.empty or sums.empty:
            return sums
        by = ["variable", "breakdown", *PLACE]
        known = pd.MultiIndex.from_frame(published[by])
        return sums[~pd.MultiIndex.from_frame(sums[by]).isin(known)]

    # ------------------------------------------------------------------------------------ placing

    def _located(self, codes: pd.Index, year: int) -> tuple[pd.DataFrame, dict[str, str]]:
        """Today's communes of the codes of a source: code, commune, share, part; and those without any.

        Where a file names a commune under an old code and the new one, its parts are kept to one commune.
        """
        if isinstance(self.passage, Passage):
            table, lost, _ = self.passage.place(codes, year)
        else:
            commune = [self.passage.get(code, code) for code in codes]
            table, lost = pd.DataFrame({"code": codes, "commune": commune, "share": 1.0, "part": 1.0}), {}
        twice = table["commune"].duplicated(keep=False)
        if twice.any():
            total = table.loc[twice, "part"].groupby(table.loc[twice, "commune"]).transform("sum")
            table.loc[twice, "part"] = table.loc[twice, "part"] / total.clip(lower=1.0)
        return table, lost

    def _note(self, dataset: str, variable: str, communes: pd.DataFrame, lost: Mapping[str, str]) -> None:
        """Remember the codes that count in no group."""
        if self.communes is not None:
            return
        codes = communes["code"].unique()
        # no commune, arrondissement or former commune of the edition; or a collectivité d'outre-mer
        strange = [c for c in codes if c not in self.known_communes and (c in lost or c not in self.passage)]
        if not strange:
            return
        rows = communes[communes["code"].isin(strange)]
        last = rows[rows["period"].eq(rows.groupby("source")["period"].transform("max"))]
        total = last["breakdown"].eq("")
        last = last[total | ~total.groupby(last["code"]).transform("any")]
        value = last.groupby(["source", "code"])["value"].sum(min_count=1).rename("value")
        out = rows.groupby(["source", "code"]).size().rename("rows").reset_index()
        out = out.merge(value.reset_index(), on=["source", "code"], how="left")
        out["reason"] = [lost.get(code) or _why(code) for code in out["code"]]
        self._lost[dataset, variable] = out.assign(dataset=dataset, variable=variable)[UNPLACED_COLUMNS]

    @property
    def unplaced(self) -> pd.DataFrame:
        """Codes met so far that count in no group, by dataset, variable and source.

        Returns:
            dataset, variable, source, code, reason, rows, value: ``value`` is the total of the latest
            period (of the total breakdown where there is one).
        """
        parts = [self._lost[key] for key in sorted(self._lost)]
        if not parts:
            return pd.DataFrame(columns=UNPLACED_COLUMNS)
        return pd.concat(parts, ignore_index=True)

    @cached_property
    def known_communes(self) -> frozenset[str]:
        """Communes of the groups and of the population table (some belong to no group)."""
        return frozenset(self.population.index) | frozenset(self.groups["commune"])

    @property
    def _codes(self) -> list[str] | None:
        """Codes of the groups themselves, when only these matter."""
        return sorted(self.groups["code"].unique()) if self.communes is not None else None

    @cached_property
    def _members(self) -> Members:
        return Members.of(self.groups, self.population)

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
        if isinstance(where, str):
            return self._kept(
                ("count", dataset, variable, where), lambda: self._one(dataset, variable, where)
            )
        kept = sorted(b for b in self.get(dataset, variable)["breakdown"].unique() if where(b))

        def summed() -> pd.DataFrame:
            rows = self.get(dataset, variable)
            chosen = rows[rows["breakdown"].isin(kept)]
            return add_up(chosen, chosen.groupby("period")["breakdown"].nunique())

        return self._kept(("sum", dataset, variable, *kept), summed)

    def _one(self, dataset: str, variable: str, breakdown: str) -> pd.DataFrame:
        rows = self.get(dataset, variable)
        chosen = rows[rows["breakdown"].eq(breakdown)]
        return chosen.drop(columns=["variable", "breakdown"]).reset_index(drop=True)

    # ------------------------------------------------------------------------- flows and structures

    def flows(self, dataset: str, variable: str, key: str) -> pd.DataFrame:
        """Moves between communes, for every commune and group.

        Args:
            dataset, variable: ``migcom`` or ``migsco``, ``personnes``.
            key: ``de``: the breakdown names where people come from, the row's commune is where they are now;
                ``vers``: it names where they go, the row's commune is where they live.

        Returns:
            Frame with ``FLOW_COLUMNS``: ``inflow`` (from outside the group, abroad included), ``outflow``,
            ``stay`` (both ends inside), each with its own status. ``status`` is the worst of those that are
            complete. What is known of a group is what its own communes list; what others list of it
            (outflow with ``de``, inflow with ``vers``) is given only where the file lists the whole country,
            else it is ``missing``. Empty when the dataset is not at hand.
        """
        whole = self.store.read(
            dataset, variables=[variable], levels=["commune"], columns=["code", "geography_year", "period"]
        ).drop_duplicates()
        if whole.empty:
            return pd.DataFrame(columns=FLOW_COLUMNS)
        listed = self._listed(whole)
        share = {period: self._coverage(whole, period) for period in listed}
        out = _flows.flows(
            self._moves(dataset, variable, key), key, self._with_communes,
            lambda codes, year: self._located(codes, year)[0],
            lambda period: share[period] >= _flows.NATIONAL, lambda period: listed[period],
        )  # fmt: skip
        if self.communes is not None:
            out = out[out["level"].ne("commune") | out["code"].isin(self.communes)]
        return out[FLOW_COLUMNS].reset_index(drop=True)

    def _moves(self, dataset: str, variable: str, key: str) -> pd.DataFrame:
        """Rows with one end at least in the communes read."""
        if self.communes is None:
            return self.store.read(dataset, variables=[variable], levels=["commune"])
        ends = [f"{key}={code}" for code in sorted(self._origins)]
        parts = [
            self.store.read(dataset, variables=[variable], levels=["commune"], codes=self._origins),
            self.store.read(dataset, variables=[variable], levels=["commune"], breakdowns=ends),
        ]
        return pd.concat(parts, ignore_index=True).drop_duplicates(ignore_index=True)

    def _listed(self, whole: pd.DataFrame) -> dict[str, frozenset[str]]:
        """Period -> today's communes that have rows."""
        found: dict[str, set[str]] = {}
        for (period, year), rows in whole.groupby(["period", "geography_year"]):
            table, _ = self._located(pd.Index(rows["code"].unique(), dtype="str"), int(str(year)))
            found.setdefault(str(period), set()).update(table["commune"])
        return {period: frozenset(codes) for period, codes in found.items()}

    def _coverage(self, whole: pd.DataFrame, period: str) -> float:
        """Part of the country that a file lists: by inhabitants, else (a study knows only its own) by départements."""
        codes = whole.loc[whole["period"].eq(period), "code"]
        if self.communes is not None:
            departements = codes.str[:2].where(~codes.str.startswith("97"), codes.str[:3]).nunique()
            return 1.0 if departements >= 96 else 0.0
        people = self.population[self.population.index.isin(self._listed(whole)[period])].sum()
        return float(people / self.population.sum()) if self.population.sum() else 0.0

    @cached_property
    def _with_communes(self) -> Members:
        """The groups, and each commune as a group of its own."""
        every = sorted({*self.groups["commune"], *(self.communes or ())})
        own = pd.DataFrame({"commune": every, "level": "commune", "code": every})
        return Members.of(pd.concat([self.groups, own], ignore_index=True), self.population)

    def structures(self, dataset: str, variables: Iterable[str] | None = None) -> pd.DataFrame:
        """Rows of level structure (schools, France services …), beside their commune and its groups.

        The commune is that of the breakdown (``commune=12063``), else the one where the annuaire de
        l'éducation has the school (by its code UAI). One row per structure and territory: its commune
        (``level`` = commune), then every group. A structure without a commune of today is in
        :attr:`unplaced`, not here.

        Returns:
            Frame with ``STRUCTURE_COLUMNS``; ``breakdown`` without ``commune=``.
        """
        rows = self.store.read(dataset, variables=variables, levels=["structure"])
        if rows.empty:
            return pd.DataFrame(columns=STRUCTURE_COLUMNS)
        number, names = pd.factorize(rows["breakdown"])
        split = [parse_breakdown(name) for name in names]
        named = pd.Series([parts.pop("commune", "") for parts in split], dtype="str")
        rest = pd.Series([canonical_breakdown(parts) for parts in split], dtype="str")
        rows = rows.assign(
            named=named.take(number).to_numpy(), breakdown=rest.take(number).to_numpy(),
            structure=rows["code"],
        )  # fmt: skip
        silent = rows["named"].eq("")
        if silent.any():
            rows["named"] = rows["named"].where(~silent, rows["code"].map(self._schools).fillna(""))
        parts = []
        for year, here in rows.groupby("geography_year", sort=True):
            table, lost = self._located(pd.Index(here["named"].unique(), dtype="str"), int(str(year)))
            best = table.sort_values("share").drop_duplicates("code", keep="last")
            home = here["named"].map(best.set_index("code")["commune"])
            # a structure is in one place: of a commune divided since, the part that kept most
            parts.append(here.assign(commune=home.where(home.isin(self.known_communes))))
            self._note_structures(dataset, parts[-1], lost)
        placed = pd.concat(parts, ignore_index=True)
        placed = placed[placed["commune"].notna()].drop(columns=["level", "code"])
        if self.communes is not None:
            placed = placed[placed["commune"].isin(self.communes)]
        own = pd.DataFrame({"commune": sorted(placed["commune"].unique())}).assign(level="commune")
        own["code"] = own["commune"]
        places = pd.concat([own, self.groups[["commune", "level", "code"]]], ignore_index=True)
        return placed.merge(places, on="commune")[STRUCTURE_COLUMNS].reset_index(drop=True)

    def _note_structures(self, dataset: str, rows: pd.DataFrame, lost: Mapping[str, str]) -> None:
        """Remember structures that have no commune."""
        out = rows[rows["commune"].isna()]
        if out.empty or self.communes is not None:
            return
        sums = out.groupby(["variable", "source", "named"]).agg(
            rows=("value", "size"), value=("value", "sum")
        )
        sums = sums.reset_index().rename(columns={"named": "code"}).assign(dataset=dataset)
        sums["reason"] = [lost.get(code) or _why(code) for code in sums["code"]]
        for variable, part in sums.groupby("variable"):
            known = self._lost.get((dataset, str(variable)))
            frames = [part[UNPLACED_COLUMNS]] if known is None else [known, part[UNPLACED_COLUMNS]]
            self._lost[dataset, str(variable)] = pd.concat(frames, ignore_index=True).drop_duplicates()

    @cached_property
    def _schools(self) -> pd.Series:
        """Code UAI -> commune, of the latest annuaire."""
        rows = self.store.read(SCHOOLS, levels=["structure"], columns=["code", "breakdown", "period"])
        commune = rows["breakdown"].str.extract(r"(?:^|;)commune=([^;]+)")[0]
        rows = rows.assign(commune=commune).dropna(subset="commune").sort_values("period", kind="stable")
        return rows.drop_duplicates("code", keep="last").set_index("code")["commune"]


def unplaced_report(data: Data) -> list[str]:
    """What :attr:`Data.unplaced` holds, in French lines: one per dataset and reason; none when all is placed."""
    lost = data.unplaced
    lines = []
    for (dataset, why), rows in lost.groupby(["dataset", "reason"], sort=True):
        codes = sorted(set(rows["code"]) - {""})
        totals = rows.groupby("variable")["value"].sum(min_count=1).dropna()
        most = ""
        if len(totals) and totals.max() > 0:
            number = f"{totals.max():,.0f}".replace(",", "\u202f")
            most = f", {number} en tout pour {totals.idxmax()}"
        what = f"{len(codes)} code{'s' if len(codes) > 1 else ''} ({sample(codes)})" if codes else "sans code"
        lines.append(f"{dataset} : {why} — {what}{most} ; compté dans aucun territoire.")
    return lines


def population_weighted(data: Data, communes: pd.DataFrame) -> pd.DataFrame:
    """Means of commune values weighted by municipal population, for groups whose inhabited communes are all known.

    Args:
        communes: rows of level commune with ``code, period, geography_year, value, source`` (one row per
            commune and period, as :meth:`Data.published` gives them for one breakdown).

    Returns:
        Frame ``level, code, geography_year, period, value, lower, upper, numerator, denominator, status,
        method, breakdown, sources``; ``denominator`` = inhabitants weighed, of the same year (the latest
        known one at most); status ``estimated``.
    """
    people = data.count(LEGAL, INHABITANTS)
    people = people[people["level"].eq("commune")]
    columns = [
        *KEY,
        "value",
        "lower",
        "upper",
        "numerator",
        "denominator",
        "status",
        "method",
        "breakdown",
        "sources",
    ]
    if people.empty or communes.empty:
        return pd.DataFrame(columns=columns)
    year = communes["period"].str[:4].astype(int).clip(upper=people["period"].astype(int).max()).astype("str")
    known = people[["code", "period", "value", "source"]].set_axis(
        ["code", "year", "people", "from_"], axis=1
    )
    rows = communes.assign(year=year).merge(known, on=["code", "year"])
    rows = rows[rows["value"].notna() & rows["people"].gt(0)].rename(columns={"code": "commune"})
    rows = rows.assign(
        weighted=rows["value"] * rows["people"], source=joined_pairs(rows["source"], rows["from_"])
    )
    up = rows.drop(columns="level", errors="ignore").merge(data.groups, on="commune")
    grouped = up.groupby(PLACE, sort=False, observed=True)
    out = grouped.agg(
        geography_year=("geography_year", "max"), weighted=("weighted", "sum"), people=("people", "sum"),
        communes=("commune", "nunique"),
    )  # fmt: skip
    out["sources"] = grouped_sources(up, PLACE).reindex(out.index)
    out = out.reset_index()
    inhabited = data.groups["commune"].map(data.population).fillna(1.0).gt(0)
    expected = data.groups[inhabited].groupby(["level", "code"]).size().rename("expected").reset_index()
    out = out.merge(expected, on=["level", "code"])
    out = out[out["communes"].ge(out["expected"])].copy()
    out["value"], out["denominator"] = out["weighted"] / out["people"], out["people"]
    out["lower"] = out["upper"] = out["numerator"] = np.nan
    out["status"], out["method"], out["breakdown"] = "estimated", "population_weighted", ""
    return out[columns].reset_index(drop=True)


def _why(code: str) -> str:
    """Why a code that has a place in some year counts in no group."""
    return OVERSEAS if reason(code) == OVERSEAS else UNKNOWN


def _own_origin(raw: pd.DataFrame) -> pd.Series:
    return raw["level"].where(raw["level"].isin(["commune", "structure"]), "published")


def add_up(rows: pd.DataFrame, expected: pd.Series) -> pd.DataFrame:
    """Sum breakdowns of each territory; ``expected`` = number of breakdowns per period."""
    number, keys = _numbered(rows, PLACE)
    size = np.bincount(number, minlength=len(keys))
    first = np.full(len(keys), len(rows))
    np.minimum.at(first, number, np.arange(len(rows)))
    out = rows[PLACE].take(first).reset_index(drop=True)
    low, high = (b.to_numpy(dtype="float64") for b in bounds(rows))
    value, year = rows["value"].to_numpy(dtype="float64"), rows["geography_year"].to_numpy()

    def total(values: np.ndarray) -> np.ndarray:
        """Sums of what is known, and NaN where one part is not."""
        sums = np.bincount(number, weights=np.nan_to_num(values), minlength=len(keys))
        gaps = np.bincount(number, weights=np.isnan(values), minlength=len(keys))
        return np.where(gaps == 0, sums, np.nan)

    def highest(values: np.ndarray) -> np.ndarray:
        most = np.zeros(len(keys), dtype="int64")
        np.maximum.at(most, number, values.astype("int64"))
        return most

    full = size == out["period"].map(expected).to_numpy()
    lowest, most = total(low), total(high)
    bounded = full & (lowest < most)
    rank = highest(rows["status"].map(STATUS_RANK).to_numpy())
    origin = rows["origin"].take(first).reset_index(drop=True)
    lacking = highest(rows["origin"].eq("incomplete").to_numpy()) > 0
    return out.assign(
        geography_year=highest(year).astype("int16"),
        value=np.where(full, total(value), np.nan),
        low=np.where(bounded, lowest, np.nan),
        high=np.where(bounded, most, np.nan),
        status=pd.Series(rank).map(dict(enumerate(STATUSES))).where(full, "missing"),
        source=_grouped(rows["source"], number, first),
        origin=origin.mask(lacking, "incomplete"),
    )[[*KEY, "value", "low", "high", "status", "source", "origin"]]


def _numbered(rows: pd.DataFrame, by: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Number of each row's group, in order of appearance, and the groups' own keys."""
    key = np.zeros(len(rows), dtype="int64")
    for name in by:
        codes, names = pd.factorize(rows[name])
        key = key * max(len(names), 1) + codes
    return pd.factorize(key)


def _grouped(sources: pd.Series, number: np.ndarray, first: np.ndarray) -> pd.Series:
    """:func:`join_sources` of each numbered group, fast where groups have one source."""
    codes, _ = pd.factorize(sources)
    out = sources.take(first).reset_index(drop=True)
    several = np.zeros(len(first), dtype=bool)
    several[number[codes != codes[first][number]]] = True
    if several.any():
        mixed = several[number]
        joined = sources[mixed].groupby(number[mixed]).agg(join_sources)
        out.loc[joined.index] = joined
    return out


def join_sources(values: Iterable[str]) -> str:
    """Sorted manifest ids joined by ``+``; parts already joined are taken apart first."""
    return "+".join(sorted({part for value in values for part in value.split("+") if part}))


def grouped_sources(rows: pd.DataFrame, by: list[str]) -> pd.Series:
    """:func:`join_sources` of each group (index: ``by``), fast where groups have one source."""
    number, keys = _numbered(rows, by)
    first = np.full(len(keys), len(rows))
    np.minimum.at(first, number, np.arange(len(rows)))
    out = _grouped(rows["source"], number, first)
    out.index = pd.MultiIndex.from_frame(rows[by].take(first))
    return out


def joined_pairs(first: pd.Series, second: pd.Series) -> pd.Series:
    """:func:`join_sources` of two columns, made once for each pair of texts."""
    a, first_names = pd.factorize(first)
    b, second_names = pd.factorize(second)
    number, pairs = pd.factorize(a.astype("int64") * len(second_names) + b)
    width = max(len(second_names), 1)
    texts = [join_sources((first_names[int(p // width)], second_names[int(p % width)])) for p in pairs]
    return pd.Series(pd.Series(texts, dtype="str").take(number).array, index=first.index, dtype="str")


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
    out["sources"] = joined_pairs(both["source"], both["source_base"])
    return _with_incomplete(out, both)


def _with_incomplete(out: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    incomplete = rows["origin"].eq("incomplete").to_numpy()
    out["method"] = out["method"].mask(incomplete, "incomplete")
    if "breakdown" not in out:
        out["breakdown"] = ""
    return out.drop(columns=[c for c in ("origin", "variable") if c in out])


def labelled(frame: pd.DataFrame, **breakdown: str) -> pd.DataFrame:
    """The same result under a breakdown (``mode="eaje"``)."""
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
        rank=("rank", "max"), origin=("origin", "first"),
    )  # fmt: skip
    out["source"] = grouped_sources(labelled_rows, ["level", "code", "period"]).reindex(out.index)
    out = out.reset_index()
    out = out[out["valued"].eq(years)].copy()
    out["low"] = out["high"] = float("nan")
    out["status"] = out["rank"].map(dict(enumerate(STATUSES)))
    return out[[*KEY, "value", "low", "high", "status", "source", "origin"]].reset_index(drop=True)
