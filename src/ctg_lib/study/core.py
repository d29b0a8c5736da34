"""All that is known of one study: its territory, what it is compared with, its indicators."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ctg_lib.disclosure import policy_of
from ctg_lib.display.sources import source_line
from ctg_lib.errors import BadInput, CtgError
from ctg_lib.geography import EDITIONS, Geography, Territory, load_geography
from ctg_lib.indicators import distortions, national, structure
from ctg_lib.indicators.data import Data
from ctg_lib.indicators.registry import RESULT_COLUMNS, Definition, definition, registry
from ctg_lib.manifest import Manifest, load_manifest
from ctg_lib.observations import Store, content_hash
from ctg_lib.partnership.books import BOOKS
from ctg_lib.project import Project, find_project
from ctg_lib.statistics.comparison import Measured, Reading, compare, rank_of
from ctg_lib.statistics.distortion import (
    Distortion,
    carries,
    find_distortion,
    find_several,
    read,
    weighs,
    without,
)
from ctg_lib.statistics.lookalikes import Lookalikes, sensitivity
from ctg_lib.statistics.lookalikes import find as find_lookalikes
from ctg_lib.statistics.trend import Trend, mark_segments, poisson_trend
from ctg_lib.study.config import StudyConfig, load_config
from ctg_lib.values import USABLE, Value, canonical_breakdown, parse_breakdown

if TYPE_CHECKING:
    from ctg_lib.partnership.answers import Answers
    from ctg_lib.partnership.calendar import Calendar
    from ctg_lib.partnership.folder import Partnership

FRANCE_ORDER = ("FR", "FHM", "FM")
REPUBLISHED = "computed_by_republisher"
CENSUS = ("census", "sample_one_in_four", REPUBLISHED)
"""Methods of a census year's value: each year rests on five years of collection."""
CENSUS_SPAN = 5
"""Years between two census values that share no year of collection."""
LOOKALIKES = "lookalikes"
"""What a recorded query asks for when it asks which territories look alike."""
FOLDER = "folder"
"""What a recorded query asks for when it asks for a sheet of the study's workbooks."""
ANSWERS = "answers"
"""What a recorded query asks for when it asks what partners answered."""
RECORD = "CTG_RECORD"
"""Environment variable: file in which a run's queries are written, with hashes of the answers."""


@dataclass(frozen=True)
class YearlyTrend:
    """A trend of yearly counts, and the years it rests on."""

    trend: Trend
    first: int
    last: int

    @property
    def established(self) -> bool:
        """Whether chance alone would rarely give it."""
        return self.trend.established()


@dataclass(frozen=True)
class Compared:
    """A territory's value beside its comparison territories.

    Attributes:
        definition: what is measured.
        value: the territory's value.
        references: one row per comparison territory (``RESULT_COLUMNS`` + ``role``), the closest first.
        peers: the other EPCI of the same département(s) and those that touch the territory, known for the
            period ``peers_period``.
        lookalikes: the same for the territories that look like it (:attr:`Study.lookalikes`), known for the
            period ``lookalikes_period``.
        main: the row to read against (same period), or None.
        reading: how the value stands to ``main``.
    """

    definition: Definition
    value: Value
    references: pd.DataFrame
    peers: pd.DataFrame
    peers_period: str
    own_in_peers_period: float
    main: pd.Series | None
    reading: Reading
    lookalikes: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(RESULT_COLUMNS)))
    lookalikes_period: str = ""
    own_in_lookalikes_period: float = math.nan

    @property
    def peers_median(self) -> float:
        """Median of the peers known (NaN for fewer than five: a median of three says little)."""
        return _median(self.peers)

    @property
    def lookalikes_median(self) -> float:
        """Median of the look-alikes known (NaN for fewer than five)."""
        return _median(self.lookalikes)

    @property
    def lookalikes_known(self) -> int:
        """Number of look-alikes whose value is known."""
        return int(self.lookalikes["value"].notna().sum())

    @property
    def lookalikes_above(self) -> int:
        """Number of look-alikes with a higher value, in the same period."""
        return int((self.lookalikes["value"] > self.own_in_lookalikes_period).sum())

    @property
    def peers_known(self) -> int:
        """Number of peers whose value is known."""
        return int(self.peers["value"].notna().sum())

    @property
    def peers_above(self) -> int:
        """Number of peers with a higher value, in the same period."""
        return int((self.peers["value"] > self.own_in_peers_period).sum())


@dataclass(frozen=True)
class Rank:
    """Where a territory stands among all EPCI whose value is known for the same period.

    Attributes:
        rank: 1 for the highest value; ties share the better rank. known: EPCI ranked, this one among them.
        period: of the values. share_below: part of the others (0–1) with a lower value.
    """

    rank: int
    known: int
    period: str
    share_below: float


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


@dataclass(frozen=True)
class _Held:
    """Rows of the national table for some places, found by indicator without reading the file again."""

    places: frozenset[tuple[str, str]]
    table: pd.DataFrame
    positions: dict[str, np.ndarray]

    @classmethod
    def read(cls, project: Project, places: Iterable[tuple[str, str]]) -> _Held:
        wanted = frozenset(p for p in places if p[0] not in ("secteur", "study"))
        if not wanted:
            return cls(wanted, pd.DataFrame(columns=list(RESULT_COLUMNS)), {})
        table = national.read_table(project.processed, places=wanted)
        indices = table.groupby("indicator", sort=False).indices
        return cls(wanted, table, {str(name): np.asarray(at) for name, at in indices.items()})

    def rows(self, ids: Iterable[str], places: Iterable[tuple[str, str]]) -> pd.DataFrame:
        """Rows of these indicators and places, in the order of the table."""
        found = [self.positions[i] for i in dict.fromkeys(ids) if i in self.positions]
        if not found:
            return self.table.iloc[:0]
        rows = self.table.iloc[np.sort(np.concatenate(found))]
        wanted = {p for p in places if p in self.places}
        keep = [p in wanted for p in zip(rows["level"], rows["code"], strict=True)]
        return rows[keep]


@dataclass
class Study:
    """One study, opened by :func:`open_study`; the only object a notebook opens.

    Attributes:
        project, config, geography, manifest: where it lies, how it is set, the territories, the sources.
    """

    project: Project
    config: StudyConfig
    geography: Geography
    manifest: Manifest
    queries: list[dict[str, str]] = field(default_factory=list, repr=False)
    _answers: dict[tuple, pd.DataFrame] = field(default_factory=dict, repr=False)
    _compared: dict[tuple[str, str], Compared] = field(default_factory=dict, repr=False)
    _ranks: dict[tuple[str, str], Rank | None] = field(default_factory=dict, repr=False)
    _structure_notes: dict[str, str] = field(default_factory=dict, repr=False)
    _computed: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    _left_out: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)

    # ------------------------------------------------------------------------------------ identity

    @property
    def id(self) -> str:
        """Folder name of its outputs."""
        return self.config.id

    @property
    def fictif(self) -> bool:
        """Whether its data are made up."""
        return self.config.fictif

    @cached_property
    def as_of(self) -> date:
        """The study's date, which stands for « today »: set in study.yml, else the latest retrieval."""
        return self.config.as_of or max(entry.retrieved for entry in self.manifest)

    @cached_property
    def territory(self) -> Territory:
        """The EPCI, or several together."""
        return self.geography.study(self.config.territories)

    @cached_property
    def secteurs(self) -> tuple[Territory, ...]:
        """The groups of communes the study works with; empty when it has none."""
        if not self.config.secteurs:
            return ()
        return self.geography.with_secteurs(self.config.secteurs, self.territory)

    @cached_property
    def communes_by_code(self) -> dict[str, str]:
        """Names of the territory's communes, by code."""
        names = self.geography.names("commune")
        return {code: names.get(code, code) for code in self.territory.members}

    @cached_property
    def partnership(self) -> Partnership:
        """What the study's folder holds: offer, money, parties, previous contract, documents; recorded."""
        from ctg_lib.partnership.folder import load

        found = load(self.project.studies / self.id, self.communes_by_code)
        for book in BOOKS.values():
            for sheet in book.sheets:
                self.record(
                    {"indicators": FOLDER, "places": f"{book.id}.{sheet.name}"},
                    found.table(book.id, sheet.name),
                )
        return found

    @cached_property
    def answers(self) -> Answers:
        """What partners answered (``partenaires/*.xlsx``), checked and masked; recorded."""
        from ctg_lib.study.local import answers_of

        found = answers_of(self)
        self.record({"indicators": ANSWERS, "places": ""}, found.received)
        return found

    @cached_property
    def sources(self) -> Manifest:
        """The manifest, and the files that partners sent."""
        from ctg_lib.study.local import sources_of

        return sources_of(self, self.answers)

    @cached_property
    def _local_rows(self) -> pd.DataFrame:
        """Indicators that rest on partners' figures: they take the place of the national table's."""
        from ctg_lib.study.local import local_rows

        return local_rows(self, self.answers)

    @cached_property
    def calendar(self) -> Calendar:
        """The démarche: phases, steps and instances of ``study.yml``."""
        from ctg_lib.partnership.calendar import read_calendar

        return read_calendar(self.config.demarche or {}, file=f"{self.id}/study.yml")

    @cached_property
    def references(self) -> tuple[Territory, ...]:
        """Territories it is compared with: départements, régions, France (three perimeters)."""
        if self.config.references:
            return tuple(self.geography.territory(code) for code in self.config.references)
        here = self.territory
        found = [self.geography.territory(c, level="departement") for c in here.departements]
        same = {t.members for t in found}  # overseas, région and département are one territory
        regions = [self.geography.territory(c, level="region") for c in here.regions]
        found += [t for t in regions if t.members not in same]
        found += [self.geography.territory(c, level="france") for c in FRANCE_ORDER]
        return tuple(found)

    def reference_territory(self, row: pd.Series) -> Territory:
        """The territory behind a row of a comparison, for its name with its article."""
        for territory in self.references:
            if (territory.level, territory.code) == (row["level"], row["code"]):
                return territory
        return self.geography.territory(str(row["code"]), level=str(row["level"]))

    @cached_property
    def neighbours(self) -> pd.DataFrame:
        """EPCI that touch the territory: code, name, departement, metres."""
        return self.geography.neighbours(self.territory)

    @cached_property
    def peer_codes(self) -> tuple[str, ...]:
        """Other EPCI of the same département(s), and those that touch the territory."""
        membership = self.geography.membership()
        inside = membership["departement"].isin(self.territory.departements) & membership["epci"].ne("")
        codes = {*membership.loc[inside, "epci"], *self.neighbours["code"]}
        own = {*self.config.territories, self.territory.code, ""}
        return tuple(sorted(codes - own))

    @cached_property
    def _structure(self) -> pd.DataFrame:
        """Structural features of every EPCI, and of this territory when it is not one of them."""
        parts = structure.read(self.project.processed)
        if parts is None or self.geography.edition != EDITIONS[-1]:
            nobody = pd.DataFrame(columns=["commune", "level", "code"])
            passage = national.passage_table(self.geography)
            data = Data(Store(self.project.store), nobody, pd.Series(dtype="float64"), passage)
            parts = structure.parts(data, self.geography)
        membership = self.geography.membership()
        groups = membership.loc[membership["epci"].ne(""), ["commune", "epci"]]
        groups = groups.set_axis(["commune", "code"], axis=1)
        if self.territory.code not in set(groups["code"]):
            own = pd.DataFrame({"commune": list(self.territory.members), "code": self.territory.code})
            groups = pd.concat([groups, own], ignore_index=True)
        self._structure_notes = {str(name): str(note) for name, note in parts.attrs.items()}
        return structure.features(parts, groups)

    @property
    def structure(self) -> pd.DataFrame:
        """What territories are like (:func:`ctg_lib.indicators.structure.features`), by EPCI code.

        ``attrs``: ``census``, ``years``, ``sources``.
        """
        out = self._structure.copy()
        out.attrs.update(self._structure_notes)
        return out

    def _not_lookalikes(self) -> set[str]:
        inside = self.geography.membership().set_index("commune")["epci"].reindex(self.territory.members)
        own = {*inside.dropna(), *self.config.territories} - {self.territory.code, ""}
        return own | set(self.config.exclude)

    def find_lookalikes(self, *, garrisons: bool = True) -> Lookalikes | None:
        """The territories most like this one, by the stated distance.

        Args:
            garrisons: False leaves out EPCI where an establishment of adults weighs 5 % or more.

        Returns:
            None where the territory's own structure is not known, or the study asks for no look-alikes.
        """
        features = structure.transformed(self._structure)
        code, wanted = self.territory.code, self.config.lookalikes
        if wanted < 1 or features.loc[[code]].isna().to_numpy().any():
            return None
        refused = self._not_lookalikes()
        if not garrisons:
            refused |= set(self._structure.index[self._structure["garrison"]]) - {code}
        return find_lookalikes(features, code, wanted, refused, structure.weights())

    @cached_property
    def lookalikes(self) -> pd.DataFrame:
        """Look-alike EPCI, the nearest first.

        Returns:
            code, name, departement, distance, closest and farthest (names of features, joined by spaces:
            the three that differ least, the one that makes most of the distance), garrison, and the
            features of :data:`ctg_lib.indicators.structure.FEATURES` in the reader's units. Empty when
            :meth:`find_lookalikes` gives None. The query is recorded.
        """
        columns = ["code", "name", "departement", "distance", "closest", "farthest", "garrison"]
        found = self.find_lookalikes()
        if found is None:
            return pd.DataFrame(columns=[*columns, *structure.FEATURES])
        names = self.geography.short_names("epci")
        gaps = found.nearest[list(found.weights)]
        plain = gaps / pd.Series(found.weights)
        out = pd.DataFrame({"code": found.nearest["code"], "distance": found.nearest["distance"]})
        out["name"] = out["code"].map(names)
        out["departement"] = [
            " ".join(self.geography.territory(c, level="epci").departements) for c in out["code"]
        ]
        out["closest"] = [" ".join(row.nsmallest(3).index) for _, row in plain.iterrows()]
        out["farthest"] = gaps.idxmax(axis=1)
        own = self._structure.reindex(out["code"])
        out["garrison"] = own["garrison"].to_numpy(dtype=bool)
        for name in structure.FEATURES:
            out[name] = own[name].to_numpy()
        out = out[[*columns, *structure.FEATURES]]
        self.record({"indicators": LOOKALIKES, "places": ""}, self._lookalikes_answer(out))
        return out

    def _lookalikes_answer(self, rows: pd.DataFrame) -> pd.DataFrame:
        return rows.round(6).assign(sources=self._structure_notes.get("sources", ""))

    def lookalikes_sensitivity(self) -> pd.DataFrame:
        """How many look-alikes stay when one feature is left out: feature, weight, kept, newcomers."""
        if self.lookalikes.empty:
            return pd.DataFrame(columns=["feature", "weight", "kept", "newcomers"])
        features = structure.transformed(self._structure)
        return sensitivity(
            features, self.territory.code, self.config.lookalikes, self._not_lookalikes(), structure.weights()
        )

    @cached_property
    def establishments(self) -> pd.DataFrame:
        """Member communes whose numbers show an establishment, and of which kind.

        Returns:
            code, kind (key of :data:`ctg_lib.statistics.distortion.KINDS`), count, other, ratio: the
            number that shows it, what it is compared with, how many times larger it is.
        """
        places = [("commune", c) for c in self.territory.members]
        ids = [i for i in ("population_par_age", "deces") if i in registry()]
        table = self.table(ids, places)
        groups = pd.DataFrame({"commune": list(self.territory.members), "code": self.territory.code})
        parts = structure.read(self.project.processed)
        found = distortions.establishments(table, groups, parts)
        return found.drop(columns="group")

    def establishment(self, commune: str, *, dwellings: bool = False) -> str:
        """Kind of establishment that a commune's numbers show; empty when they show none.

        Args:
            dwellings: for a rate of dwellings, only second homes count; for persons, they never do.
        """
        kinds = self.establishments.loc[self.establishments["code"].eq(commune), "kind"]
        kept = [k for k in kinds if (k == "second") == dwellings]
        return kept[0] if kept else ""

    @property
    def place(self) -> tuple[str, str]:
        """(level, code) of the territory in tables."""
        level = "epci" if self.territory.level == "ept" else self.territory.level
        return level, self.territory.code

    # --------------------------------------------------------------------------------- indicators

    def table(
        self, ids: str | Iterable[str], places: Iterable[tuple[str, str]] | None = None
    ) -> pd.DataFrame:
        """Rows of indicators, tidy, all periods and breakdowns.

        Args:
            ids: one or several indicators.
            places: pairs (level, code); the territory and its references by default.

        Returns:
            Frame with ``RESULT_COLUMNS``. The query and a hash of its answer are recorded.

        Raises:
            BadInput: unknown indicator. CtgError: the national table was not built.
        """
        wanted = [ids] if isinstance(ids, str) else list(ids)
        for each in wanted:
            definition(each)
        asked = list(places) if places is not None else [self.place, *self._reference_places()]
        key = (tuple(wanted), tuple(asked))
        if key not in self._answers:
            self._answers[key] = self._answer(wanted, asked)
            query = {"indicators": ",".join(wanted), "places": ",".join(f"{a}:{b}" for a, b in asked)}
            self.record(query, self._answers[key])
        return self._answers[key].copy()

    def _answer(self, wanted: list[str], asked: list[tuple[str, str]]) -> pd.DataFrame:
        official = [p for p in asked if p[0] not in ("secteur", "study")]
        own = [p for p in asked if p[0] in ("secteur", "study")]
        frames = [self._official(wanted, official)] if official else []
        if own:
            frames += [self._own_groups(each) for each in wanted]
            frames[-len(wanted) :] = [f[_places(f).isin(own)] for f in frames[-len(wanted) :]]
        frames = [f for f in frames if not f.empty]
        out = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(RESULT_COLUMNS))
        if not self.answers.empty:
            from ctg_lib.study import local

            out = local.overlay(out, local.asked(self._local_rows, wanted, asked))
        return out

    def _reference_places(self) -> list[tuple[str, str]]:
        return [(t.level, t.code) for t in self.references]

    def _official(self, ids: list[str], places: Iterable[tuple[str, str]]) -> pd.DataFrame:
        if not (self.project.processed / national.FILE).is_file():
            raise CtgError("Les indicateurs ne sont pas encore calculés : lancez « ctg data build ».")
        asked = list(places)
        held = [h for h in self._held() if not h.places.isdisjoint(asked)]
        known = frozenset().union(*(h.places for h in held))
        rest = [p for p in asked if p not in known]
        frames = [h.rows(ids, asked) for h in held]
        if rest:
            frames.append(national.read_table(self.project.processed, ids=ids, places=rest))
        kept = [f for f in frames if not f.empty]
        return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=list(RESULT_COLUMNS))

    def _held(self) -> list[_Held]:
        """Rows read once and kept: a chapter asks a hundred times for the same few territories."""
        alike = [self._held_alike] if "lookalikes" in self.__dict__ else []
        return [self._held_near, *alike]

    @cached_property
    def _held_near(self) -> _Held:
        """The territory, its communes, its references and its peers."""
        places = {self.place, *self._reference_places()}
        places |= {("commune", c) for c in self.territory.members} | {("epci", c) for c in self.peer_codes}
        return _Held.read(self.project, places)

    @cached_property
    def _held_alike(self) -> _Held:
        """The look-alikes that are not among the peers."""
        codes = set(self.lookalikes["code"])
        return _Held.read(self.project, {("epci", c) for c in codes} - self._held_near.places)

    def _own_groups(self, indicator: str) -> pd.DataFrame:
        """An indicator for the study's own groups: secteurs, and several EPCI together."""
        if indicator not in self._computed:
            names = {g.code: g.name for g in self._own_territories}
            if indicator in self._confidential:
                ids = self._confidential
                table = self._protected(self._own_data.groups, names)
            else:
                ids = (indicator,)
                table = national.compute(self._own_data, self.geography, ids, names)
            table = table[table["level"].isin(["secteur", "study"])]
            for each in ids:
                self._computed[each] = table[table["indicator"].eq(each)].reset_index(drop=True)
        return self._computed[indicator]

    @cached_property
    def _confidential(self) -> tuple[str, ...]:
        return national.confidential()

    def _protected(self, groups: pd.DataFrame, names: dict[str, str] | None = None) -> pd.DataFrame:
        """Confidential indicators for groups of this study, hidden beside what the national table hides."""
        official = self._official_inside
        whole = pd.concat([groups, official], ignore_index=True).drop_duplicates(ignore_index=True)
        places = [*zip(official["level"], official["code"], strict=True)]
        places += [("commune", c) for c in self.territory.members]
        ids = national.confidential(groups["level"].unique())
        published = self._official(list(ids), dict.fromkeys(places))
        return national.compute(self._data(whole), self.geography, ids, names, published=published)

    @cached_property
    def _official_inside(self) -> pd.DataFrame:
        """Official groups (``commune, level, code``) all of whose communes belong to the territory."""
        groups = national.official_groups(self.geography)
        members = set(self.territory.members)
        whole = groups["commune"].isin(members).groupby([groups["level"], groups["code"]]).transform("all")
        return groups[whole].reset_index(drop=True)

    @property
    def _own_territories(self) -> list[Territory]:
        return [*self.secteurs, *([self.territory] if self.territory.level == "study" else [])]

    @cached_property
    def _own_data(self) -> Data:
        groups = self._own_territories
        rows = [(c, g.level, g.code) for g in groups for c in g.members]
        return self._data(pd.DataFrame(rows, columns=["commune", "level", "code"]))

    @cached_property
    def _names(self) -> dict[str, str]:
        """Names of the member communes and secteurs."""
        communes = {c: self.geography.territory(c, level="commune").name for c in self.territory.members}
        return {**communes, **{s.code: s.name for s in self.secteurs}}

    @cached_property
    def _population(self) -> pd.Series:
        places = [("commune", code) for code in self.territory.members]
        rows = self._official(["population"], places).dropna(subset=["value"]).sort_values("period")
        return rows.drop_duplicates("code", keep="last").set_index("code")["value"].sort_index()

    def _data(self, groups: pd.DataFrame) -> Data:
        return Data(
            store=Store(self.project.store),
            groups=groups,
            population=self._population,
            passage=national.passage_table(self.geography),
            communes=frozenset(self.territory.members),
        )

    def record(self, query: dict[str, str], answer: pd.DataFrame) -> None:
        """Note what a run asked and a hash of the answer: what decides whether a chapter is still valid."""
        entry = {**query, "answer": content_hash(answer)}
        if entry in self.queries:
            return
        self.queries.append(entry)
        target = os.environ.get(RECORD)
        if target:
            lines = sorted(json.dumps(q, ensure_ascii=False, sort_keys=True) for q in self.queries)
            Path(target).write_text("\n".join(lines) + "\n", encoding="utf-8")

    # ------------------------------------------------------------------------------ single values

    def series(
        self, indicator: str, breakdown: str = "", place: tuple[str, str] | None = None
    ) -> pd.DataFrame:
        """All periods of one indicator in one place, oldest first.

        Returns:
            Frame with ``RESULT_COLUMNS`` and ``segment``: the periods between two breaks of the series
            (« 2012–2021 »), whose values alone may be compared and joined by a line; empty where the
            series has no break. Census years less than five years apart share years of collection: see
            :func:`comparable_years`.
        """
        rows = self.table(indicator, [place or self.place])
        rows = rows[rows["breakdown"].eq(breakdown)].sort_values("period").reset_index(drop=True)
        return rows.assign(segment=comparable_years(rows, definition(indicator).breaks))

    def trend(
        self, indicator: str, breakdown: str = "", place: tuple[str, str] | None = None
    ) -> YearlyTrend | None:
        """Log-linear trend of yearly counts of events, since the last break of the series.

        Returns:
            None where nothing can be said (see :func:`ctg_lib.statistics.trend.poisson_trend`).

        Raises:
            ValueError: the indicator is not a count.
        """
        rule = definition(indicator)
        if rule.aggregation != "sum":
            raise ValueError(f"{indicator} is not a count: no trend of events")
        rows = self.series(indicator, breakdown, place)
        rows = rows[rows["period"].str.fullmatch(r"\d{4}") & rows["value"].notna()]
        rows = rows[rows["segment"].eq(rows["segment"].iloc[-1])] if len(rows) else rows
        years = rows["period"].astype(int)
        found = poisson_trend(rows["value"], years)
        return YearlyTrend(found, int(years.iloc[0]), int(years.iloc[-1])) if found else None

    def row(
        self,
        indicator: str,
        breakdown: str = "",
        place: tuple[str, str] | None = None,
        period: str | None = None,
    ) -> pd.Series | None:
        """The row of one value: of ``period``, else the latest one that has a number or a range."""
        return pick(self.series(indicator, breakdown, place), period)

    def value(
        self,
        indicator: str,
        breakdown: str = "",
        place: tuple[str, str] | None = None,
        period: str | None = None,
    ) -> Value:
        """One value with its bounds, unit, status, period and sources; ``missing`` when there is none."""
        return as_value(self.row(indicator, breakdown, place, period), definition(indicator))

    def communes(self, indicator: str, breakdown: str = "", period: str | None = None) -> pd.DataFrame:
        """One row per member commune (missing ones included), for one period (the latest by default).

        Returns:
            Frame with ``RESULT_COLUMNS``, sorted by code.
        """
        return self._one_period(
            indicator, breakdown, [("commune", c) for c in self.territory.members], period
        )

    def by_secteur(self, indicator: str, breakdown: str = "", period: str | None = None) -> pd.DataFrame:
        """One row per secteur, in the study's order; empty without secteurs."""
        places = [("secteur", s.code) for s in self.secteurs]
        return self._one_period(indicator, breakdown, places, period) if places else self.table(indicator, [])

    def _one_period(
        self, indicator: str, breakdown: str, places: list[tuple[str, str]], period: str | None
    ) -> pd.DataFrame:
        rows = self.table(indicator, places)
        rows = rows[rows["breakdown"].eq(breakdown)]
        wanted = period or _fullest_period(rows)
        rows = rows[rows["period"].eq(wanted or "")]
        frame = pd.DataFrame(places, columns=["level", "code"])
        out = frame.merge(rows.drop(columns="name"), on=["level", "code"], how="left")
        out["name"] = out["code"].map(self._names)
        unit = definition(indicator).unit
        filled = {
            "status": "missing",
            "indicator": indicator,
            "unit": unit,
            "breakdown": breakdown,
            "sources": "",
        }
        out = out.fillna({**filled, "period": wanted or "", "method": ""})
        return out.loc[:, list(RESULT_COLUMNS)]

    # -------------------------------------------------------------------------------- comparisons

    def compare(self, indicator: str, breakdown: str = "") -> Compared:
        """The territory beside département, région, France and its peers.

        Each reference is given for the territory's own period where it is known, else for its latest one
        (its period then differs and shows). Readings are made within one period only.
        """
        key = (indicator, breakdown)
        if key not in self._compared:
            self._compared[key] = self._compare(indicator, breakdown)
        return self._compared[key]

    def _compare(self, indicator: str, breakdown: str) -> Compared:
        rule = definition(indicator)
        rows = self.table(indicator)
        rows = rows[rows["breakdown"].eq(breakdown)]
        own = rows[_places(rows).isin([self.place])]
        reference_rows = rows.drop(own.index)
        period = self._best_period(own)
        mine = pick(own, period)
        value = as_value(mine, rule)
        references = self._reference_rows(reference_rows, value.period)
        main = None
        usable = references[references["period"].eq(value.period) & references["value"].notna()]
        if value.is_number and not usable.empty:
            main = usable.iloc[0]
        others = self._others(indicator, breakdown)
        peers, peers_period, own_then = self._among(others, self.peer_codes)
        alike, alike_period, own_alike = self._among(others, self.lookalikes["code"])
        return Compared(
            rule, value, references, peers, peers_period, own_then, main, reading(value, main, rule),
            alike, alike_period, own_alike,
        )  # fmt: skip

    @staticmethod
    def _best_period(own: pd.DataFrame) -> str | None:
        """The latest period known for the territory (ranges count)."""
        row = pick(own, None)
        return None if row is None else str(row["period"])

    def _reference_rows(self, rows: pd.DataFrame, period: str) -> pd.DataFrame:
        picked = []
        seen_france = False
        for territory in self.references:
            here = rows[rows["level"].eq(territory.level) & rows["code"].eq(territory.code)]
            row = pick(here, period) if period else None
            if row is None or not _usable(row):
                row = pick(here, None)
            if row is None or not _usable(row):
                continue
            picked.append((territory.level, row))
        out = []
        france = [r for level, r in picked if level == "france"]
        same = [r for r in france if r["period"] == period] or france
        for level, row in picked:
            if level == "france":
                if seen_france:
                    continue
                row, seen_france = same[0], True
            out.append(row)
        frame = pd.DataFrame(out, columns=list(RESULT_COLUMNS))
        return frame.reset_index(drop=True)

    def _others(self, indicator: str, breakdown: str) -> pd.DataFrame:
        """Known values of the peers, the look-alikes and the territory itself, all periods."""
        codes = dict.fromkeys([*self.peer_codes, *self.lookalikes["code"]])
        rows = self.table(indicator, [*(("epci", code) for code in codes), self.place])
        return rows[rows["breakdown"].eq(breakdown) & rows["value"].notna()]

    def _among(self, rows: pd.DataFrame, codes: Iterable[str]) -> tuple[pd.DataFrame, str, float]:
        """Rows of these EPCI in the latest period that most share with the territory, highest first."""
        mine = rows["code"].eq(self.territory.code)
        known = rows[~mine & rows["code"].isin(list(codes))]
        shared = known[known["period"].isin(rows.loc[mine, "period"])]
        if shared.empty:
            return known.iloc[0:0], "", math.nan
        counts = shared.groupby("period").size()
        period = str(counts[counts.eq(counts.max())].index.max())
        own = rows.loc[mine & rows["period"].eq(period), "value"]
        here = shared[shared["period"].eq(period)].sort_values("value", ascending=False)
        return here.reset_index(drop=True), period, float(own.iloc[0])

    def rank(self, indicator: str, breakdown: str = "") -> Rank | None:
        """Rank of the territory among all EPCI known, in the period for which most are known with it.

        Returns:
            None when the territory's value is not known, or fewer than two EPCI are.
        """
        key = (indicator, breakdown)
        if key not in self._ranks:
            self._ranks[key] = self._rank(indicator, breakdown)
        return self._ranks[key]

    def _rank(self, indicator: str, breakdown: str) -> Rank | None:
        definition(indicator)
        others, period, value = self._ranked(indicator, breakdown)
        self.record({"indicators": indicator, "places": "", "rank": breakdown}, others)
        if others.empty:
            return None
        position, known = rank_of(value, others["value"].tolist())
        return Rank(position, known, period, float((others["value"] < value).mean()))

    def _ranked(self, indicator: str, breakdown: str) -> tuple[pd.DataFrame, str, float]:
        """All EPCI known with the territory, as :meth:`_among` gives them."""
        _, code = self.place
        rows = self._official([indicator], [("epci", c) for c in self.geography.codes("epci")])
        rows = rows[rows["breakdown"].eq(breakdown) & rows["value"].notna() & rows["code"].ne(code)]
        own = self.table(indicator, [self.place])
        own = own[own["breakdown"].eq(breakdown) & own["value"].notna()]
        return self._among(pd.concat([rows, own], ignore_index=True), rows["code"].unique())

    def replay(self, query: Mapping[str, str]) -> pd.DataFrame:
        """The answer that a recorded query would get now."""
        from ctg_lib.study import extras

        if query["indicators"] == ANSWERS:
            return self.answers.received
        if query["indicators"] == FOLDER:
            return self.partnership.table(*query["places"].split("."))
        if query["indicators"] == LOOKALIKES:
            return self._lookalikes_answer(self.lookalikes)
        if query["indicators"] == extras.HELD:
            return extras.held_rows(extras.held(self))
        if query["places"] == extras.STRUCTURES:
            return extras.structure_rows(self, query["indicators"].split(","))
        if "rank" in query:
            return self._ranked(query["indicators"], query["rank"])[0]
        if "~" in query["places"]:  # a rate without one commune
            return self.with_and_without(query["indicators"], query["places"].split("~")[1])
        places = [place.split(":", 1) for place in query["places"].split(",") if place]
        return self.table(query["indicators"].split(","), [(level, code) for level, code in places])

    def cells(self, indicator: str) -> tuple[str, ...]:
        """Breakdowns by which an indicator is read: its total where it has one, else each it is known for."""
        own = self.table(indicator, [self.place])
        names = sorted(own.loc[own["value"].notna(), "breakdown"].unique())
        return ("",) if "" in names or not names else tuple(names)

    def distortion(self, indicator: str, breakdown: str = "") -> Distortion | None:
        """The commune that distorts a person-based rate, read against the main reference, or None.

        The rule is :func:`ctg_lib.statistics.distortion.find_distortion`; no place is known by name. A rate
        that is not the plain ratio of its two parts is computed again the way it is published.
        """
        rule = definition(indicator)
        compared = self.compare(indicator, breakdown) if rule.leave_one_out else None
        parts = self._parts(indicator, breakdown)
        if parts is None or compared is None or compared.main is None:
            return None
        period, target = compared.value.period, float(compared.main["value"])
        found = find_distortion(parts, target, rule.meaningful, distortions.scale(rule, period))
        if found is None or rule.multiplier or rule.aggregation != "ratio":
            return found
        values = self._both(indicator, breakdown, period, found.place)
        return None if values is None else read(found.place, *values, target, found.share, rule.meaningful)

    def _both(self, indicator: str, breakdown: str, period: str, commune: str) -> tuple[float, float] | None:
        """The value with and without a commune in one period; None where one of them is not known."""
        rows = self.with_and_without(indicator, commune)
        rows = rows[rows["period"].eq(period) & rows["value"].notna()]
        less = canonical_breakdown({**parse_breakdown(breakdown), "sans": commune})
        found = [rows.loc[rows["breakdown"].eq(b), "value"] for b in (breakdown, less)]
        return None if any(v.empty for v in found) else (float(found[0].iloc[0]), float(found[1].iloc[0]))

    @cached_property
    def second_readings(self) -> tuple[SecondReading, ...]:
        """Values of the territory without one commune, for the indicators that may be given so.

        Left out, each alone: the commune that distorts a rate most, and every commune whose numbers show an
        establishment (:attr:`establishments`). A count of events is that of the latest pooled years. In the
        order of the registry, for each indicator the heaviest commune first.
        """
        return tuple(
            SecondReading(rule.id, breakdown, period, commune, *values, heavy=commune in heavy)
            for rule in registry().values()
            if rule.leave_one_out
            for breakdown in self.cells(rule.id)
            for period, communes, heavy in [self._to_leave_out(rule, breakdown)]
            for commune in communes
            for values in [self._both(rule.id, breakdown, period, commune)]
            if values is not None
        )

    def _flagged(self, *, dwellings: bool = False) -> list[str]:
        """Communes whose numbers show an establishment (second homes for a rate of dwellings)."""
        codes = dict.fromkeys(self.establishments["code"])
        return [c for c in codes if self.establishment(c, dwellings=dwellings)]

    def _to_leave_out(self, rule: Definition, breakdown: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        """The period in which an indicator is read, the communes it is given without, those that weigh."""
        flagged = self._flagged(dwellings="logement" in rule.theme)
        if rule.aggregation == "sum":
            series = self.series(rule.id, breakdown)
            series = series[series["value"].notna()]
            pooled = series[series["period"].str.fullmatch(r"\d{4}-\d{4}")]
            row = pick(pooled if len(pooled) else series, None)
            if row is None or not flagged:
                return "", (), ()
            period = str(row["period"])
            counts = self.communes(rule.id, breakdown, period)[["code", "value"]]
            people = self._population.rename("population")
            counts = counts.merge(people, left_on="code", right_index=True)
            heavy = carries(counts, flagged)
            return period, tuple(dict.fromkeys([*heavy, *flagged])), heavy
        found, parts = self.distortion(rule.id, breakdown), self._parts(rule.id, breakdown)
        period = self.compare(rule.id, breakdown).value.period
        first = [] if found is None else [found.place]
        multiplier = distortions.scale(rule, period)
        heavy = () if parts is None else weighs(parts, flagged, rule.meaningful, multiplier)
        heavy = tuple(dict.fromkeys([*first, *heavy]))
        return period, tuple(dict.fromkeys([*heavy, *flagged])) if parts is not None else (), heavy

    def distortion_together(self, indicator: str) -> tuple[tuple[str, ...], float, float]:
        """Communes that distort a rate together: (codes, rate with them, rate without them all).

        The rule is :func:`ctg_lib.statistics.distortion.find_several`. No code and NaN where none does, or
        where a commune is not known.
        """
        rule, parts = definition(indicator), self._parts(indicator)
        if parts is None:
            return (), math.nan, math.nan
        multiplier = distortions.scale(rule, self.compare(indicator).value.period)
        codes = find_several(parts, rule.meaningful, multiplier)
        return (codes, *without(parts, codes, multiplier)) if codes else ((), math.nan, math.nan)

    def can_leave_one_out(self, indicator: str) -> bool:
        """Whether the rate can be computed again without a commune: all communes known."""
        found = [self._parts(indicator, breakdown) for breakdown in self.cells(indicator)]
        return any(p is not None and len(p) > 1 and not p.isna().to_numpy().any() for p in found)

    def _parts(self, indicator: str, breakdown: str = "") -> pd.DataFrame | None:
        """``code, numerator, denominator`` of each commune in the territory's period, if the rule has one."""
        rule = definition(indicator)
        if not rule.leave_one_out or rule.aggregation == "sum":
            return None
        period = self.compare(indicator, breakdown).value.period
        rows = self.communes(indicator, breakdown, period=period or None)
        if rule.aggregation == "ratio":
            return rows[["code", "numerator", "denominator"]]
        weights = self.communes("population", period=min(period, self._last_population_year))
        out = rows[["code", "value"]].merge(weights[["code", "value"]], on="code", suffixes=("", "_people"))
        weighted = out["value"] * out["value_people"]
        return pd.DataFrame({"code": out["code"], "numerator": weighted, "denominator": out["value_people"]})

    @property
    def _last_population_year(self) -> str:
        return str(self.geography.population_years[-1])

    def with_and_without(self, indicator: str, commune: str) -> pd.DataFrame:
        """An indicator of the territory with and without a commune (``sans=<code>``), all periods.

        Returns:
            Frame with ``RESULT_COLUMNS``.
        """
        if commune not in self.territory.members:
            raise BadInput(f"{commune} n’est pas une commune {self.territory.de()}.")
        level, code = self.place
        if indicator in self._confidential:
            table = self._protected(self._groups_without(commune))
            if not policy_of(definition(indicator)).allows("commune"):  # the difference would be a commune
                table = table[~table["breakdown"].str.contains("sans=", regex=False)]
        elif definition(indicator).leave_one_out:
            table = self._all_without(commune)
        else:
            table = national.compute(self._data(self._groups_without(commune)), self.geography, [indicator])
        here = table["indicator"].eq(indicator) & table["code"].eq(code) & table["level"].eq(level)
        left_out = table["breakdown"].map(lambda b: parse_breakdown(b).get("sans", ""))
        out = table[here & left_out.isin(["", commune])].reset_index(drop=True)
        self.record({"indicators": indicator, "places": f"{level}:{code}~{commune}"}, out)
        return out

    def _groups_without(self, *communes: str) -> pd.DataFrame:
        """``commune, level, code`` of the territory, and of the territory without each of these communes."""
        level, code = self.place
        rows = [(c, level, code) for c in self.territory.members]
        rows += [
            (c, level, f"{code}{national.WITHOUT}{left_out}")
            for left_out in communes
            for c in self.territory.members
            if c != left_out
        ]
        return pd.DataFrame(rows, columns=["commune", "level", "code"])

    def _all_without(self, commune: str) -> pd.DataFrame:
        """All that may be given without a commune, in one pass; for all flagged communes at once."""
        if commune not in self._left_out:
            flagged = self._flagged()
            wanted = flagged if commune in flagged else [commune]
            ids = [d.id for d in registry().values() if d.leave_one_out and d.id not in self._confidential]
            groups = self._groups_without(*wanted)
            table = national.compute(self._data(groups), self.geography, ids)
            self._left_out.update(dict.fromkeys(wanted, table))
        return self._left_out[commune]

    # -------------------------------------------------------------------------------- provenance

    def source_line(
        self, *frames: pd.DataFrame | pd.Series | Value | None, treatment: str = "", brief: bool = False
    ) -> str:
        """The source line of what was used: publishers, vintages, « valeurs reprises de … »."""
        ids: list[str] = []
        for frame in frames:
            if frame is None:
                continue
            if isinstance(frame, Value):
                ids += frame.sources
            elif isinstance(frame, pd.Series):
                ids.append(str(frame["sources"]))
            elif len(frame):
                ids += [str(s) for s in frame["sources"].dropna()]
        return source_line(self.sources, ids, treatment, brief=brief)

    def source_ids_line(self, ids: str, treatment: str = "") -> str:
        """The source line of manifest ids joined by ``+``."""
        return source_line(self.sources, [ids] if ids else [], treatment)

    def export(self) -> pd.DataFrame:
        """Every indicator here, in communes, secteurs, establishments, peers and references, and medians of
        peers and look-alikes; and values without a commune (``sans=``) as the pages give them.

        Returns:
            Frame with ``RESULT_COLUMNS`` and ``segment`` (see :meth:`series`).
        """
        from ctg_lib.study import extras

        places = [self.place, *self._reference_places()]
        places += [("commune", c) for c in self.territory.members]
        places += [("secteur", s.code) for s in self.secteurs]
        places += [("epci", c) for c in dict.fromkeys([*self.peer_codes, *self.lookalikes["code"]])]
        rows = [self.table(list(registry()), places)]
        for indicator, commune in dict.fromkeys((r.indicator, r.commune) for r in self.second_readings):
            both = self.with_and_without(indicator, commune)
            rows.append(both[both["breakdown"].str.contains("sans=", regex=False)])
        rows += [extras.structure_rows(self), extras.median_rows(self)]
        out = pd.concat([r for r in rows if not r.empty] or rows[:1], ignore_index=True)
        return out.assign(segment=_segments(out))

    def chapter(self, name: str):
        """The cells of one chapter: an object whose methods give what the notebook shows, in order.

        Raises:
            BadInput: unknown chapter.
        """
        from ctg_lib.study.chapters import open_chapter

        return open_chapter(self, name)


def open_study(study: str, project: Project | str | Path | None = None) -> Study:
    """Open a study by its id, or any EPCI by its code or name.

    Args:
        study: folder of ``data/raw/studies`` (« 241200906 », « 241200906-demo »), or an EPCI.
        project: where the project lies; found from the current folder by default.

    Raises:
        BadInput: unknown study or territory; says what was probably meant.
    """
    where = project if isinstance(project, Project) else find_project(project)
    geography = load_geography(where)
    config = load_config(where, study, geography)
    if config.edition != geography.edition:
        geography = load_geography(where, config.edition)
    opened = Study(where, config, geography, load_manifest(where.manifest))
    _ = opened.territory, opened.secteurs  # faults of study.yml show here, not in the middle of a chapter
    return opened


def pick(rows: pd.DataFrame, period: str | None) -> pd.Series | None:
    """The row of a period, or the latest one with a number or a range; else the latest row; else None."""
    if rows.empty:
        return None
    if period is not None:
        rows = rows[rows["period"].eq(period)]
        return None if rows.empty else rows.iloc[0]
    # a pooled period (« 2023-2025 ») never stands for a year: yearly rows first, where there are any
    plain = rows[~rows["period"].str.fullmatch(r"\d{4}-\d{4}")]
    rows = (plain if len(plain) else rows).sort_values("period")
    known = rows[rows["status"].isin(USABLE) & (rows["value"].notna() | rows["lower"].notna())]
    return (known if len(known) else rows).iloc[-1]


def segment_names(periods: pd.Series, breaks: Iterable[str]) -> list[str]:
    """« first–last » of the stretch of the series each period belongs to; empty texts without a break."""
    numbers = mark_segments([str(p) for p in periods], breaks)
    if len(set(numbers)) < 2:
        return [""] * len(numbers)
    years = periods.astype("str").str[:4].groupby(numbers)
    names = {number: "–".join(dict.fromkeys([first, last])) for number, first, last in zip(
        years.min().index, years.min(), years.max(), strict=True)}  # fmt: skip
    return [names[number] for number in numbers]


def comparable_years(rows: pd.DataFrame, breaks: Iterable[str] = ()) -> list[str]:
    """Segment of each row of one series: :func:`segment_names`, census years that overlap set apart.

    A census year rests on five years of collection. Of years closer than that, the latest one and, before
    it, each that is at least five years older may be compared: they share a segment (« 2011–2023 »). The
    others stand alone, each in a segment of its own (« 2021 »).

    Args:
        rows: one indicator, breakdown and place: ``period, method, value, lower``.
        breaks: first period of each new definition or source.
    """
    return _comparable(rows["period"].astype("str").tolist(), _is_census(rows), breaks)


def _is_census(rows: pd.DataFrame) -> list[bool]:
    """Which rows hold the value of a census year."""
    known = rows["value"].notna() | rows["lower"].notna()
    year = rows["period"].str.fullmatch(r"\d{4}")
    return (rows["method"].isin(CENSUS) & year & known).astype(bool).tolist()


def _comparable(periods: list[str], census: list[bool], breaks: Iterable[str]) -> list[str]:
    names = segment_names(pd.Series(periods, dtype="str"), breaks) if breaks else [""] * len(periods)
    for stretch in dict.fromkeys(names):
        here = [i for i, name in enumerate(names) if name == stretch and census[i]]
        years = sorted({int(periods[i]) for i in here}, reverse=True)
        kept: list[int] = []
        for year in years:
            if not kept or kept[-1] - year >= CENSUS_SPAN:
                kept.append(year)
        if len(kept) == len(years):
            continue
        together = "–".join(dict.fromkeys(str(year) for year in (kept[-1], kept[0])))
        for i in here:
            names[i] = together if int(periods[i]) in kept else periods[i]
    return names


def _segments(rows: pd.DataFrame) -> list[str]:
    """Segments of many series at once; an empty text without a break nor overlapping years."""
    broken = {rule.id: rule.breaks for rule in registry().values()}
    periods, census = rows["period"].astype("str").tolist(), _is_census(rows)
    series: dict[tuple, list[int]] = {}
    by = zip(*(rows[c] for c in ("indicator", "breakdown", "level", "code")), strict=True)
    for position, key in enumerate(by):
        series.setdefault(key, []).append(position)
    out = [""] * len(rows)
    for key, here in series.items():
        breaks = broken[key[0]]
        if breaks or sum(census[i] for i in here) > 1:
            names = _comparable([periods[i] for i in here], [census[i] for i in here], breaks)
            for position, name in zip(here, names, strict=True):
                out[position] = name
    return out


def as_value(row: pd.Series | None, rule: Definition) -> Value:
    """A table row as a :class:`Value`."""
    if row is None:
        return Value(None, unit=rule.unit, status="missing", decimals=rule.decimals)

    def bound(name: str) -> float | None:
        return None if pd.isna(row[name]) else float(row[name])

    return Value(
        value=bound("value"), lower=bound("lower"), upper=bound("upper"), unit=rule.unit,
        status=str(row["status"]), decimals=rule.decimals, method=str(row["method"]),
        period=str(row["period"]), sources=tuple(s for s in str(row["sources"]).split("+") if s),
    )  # fmt: skip


def reading(value: Value, reference: pd.Series | None, rule: Definition) -> Reading:
    """How a value stands to a reference row, with the indicator's meaningful difference."""
    if reference is None or not value.is_number or value.value is None:
        return Reading("unknown", math.nan, reason="missing")
    target = float(reference["value"])
    meaningful = rule.meaningful * abs(target) if rule.meaningful_relative else rule.meaningful
    if not meaningful > 0:
        return Reading("unknown", math.nan, reason="missing")
    mine = Measured(
        value.value,
        math.nan if value.lower is None else value.lower,
        math.nan if value.upper is None else value.upper,
    )
    return compare(mine, Measured(target, float(reference["lower"]), float(reference["upper"])), meaningful)


def _median(rows: pd.DataFrame) -> float:
    known = rows["value"].dropna()
    return float(known.median()) if len(known) >= 5 else math.nan


def _places(rows: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(rows[["level", "code"]])


def _usable(row: pd.Series) -> bool:
    return row["status"] in USABLE and (pd.notna(row["value"]) or pd.notna(row["lower"]))


def _fullest_period(rows: pd.DataFrame) -> str | None:
    """The latest of the periods for which most places are known; yearly periods before pooled ones."""
    known = rows[rows["status"].isin(USABLE) & (rows["value"].notna() | rows["lower"].notna())]
    plain = known[~known["period"].str.fullmatch(r"\d{4}-\d{4}")]
    known = plain if len(plain) else known
    if known.empty:
        return None
    counts = known.groupby("period").size()
    return str(counts[counts.ge(0.8 * counts.max())].index.max())
