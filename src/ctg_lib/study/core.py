"""All that is known of one study: its territory, what it is compared with, its indicators."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, overload

import pandas as pd

from ctg_lib.display.output import SourceText, joined
from ctg_lib.display.sources import source_line
from ctg_lib.display.typography import enumerate_fr
from ctg_lib.errors import BadInput
from ctg_lib.geography import Geography, Territory, load_geography
from ctg_lib.indicators import distortions
from ctg_lib.indicators.registry import RESULT_COLUMNS, definition, registry
from ctg_lib.manifest import Manifest, load_manifest
from ctg_lib.observations import Store, content_hash
from ctg_lib.partnership.books import BOOKS
from ctg_lib.project import Project, find_project
from ctg_lib.statistics.distortion import Distortion
from ctg_lib.statistics.lookalikes import Lookalikes
from ctg_lib.study import commentary, control, leaving_out, recording
from ctg_lib.study.as_of import Horizon
from ctg_lib.study.comparison import Circle, Compared, Rank, among, nearest_first, rank_among
from ctg_lib.study.config import StudyConfig, load_config
from ctg_lib.study.kept import Kept
from ctg_lib.study.leaving_out import SecondReading
from ctg_lib.study.likeness import Likeness, known_parts, parts_of
from ctg_lib.study.national_rows import OWN_LEVELS, NationalRows, Place, one_frame
from ctg_lib.study.own_groups import OwnGroups, latest_by_commune
from ctg_lib.study.recording import ANSWERS, COMMENTARY, CONSULTATION, FOLDER, LOOKALIKES, RECORD
from ctg_lib.study.rows import as_value, fullest_period, pick, reading
from ctg_lib.study.series import CENSUS, YearlyTrend, comparable_years, segment_names, yearly_trend
from ctg_lib.study.using import Uses, aside, nearest_years, noted
from ctg_lib.values import Value, parse_breakdown

if TYPE_CHECKING:
    from ctg_lib.agreement.findings import Finding
    from ctg_lib.agreement.folder import Agreement
    from ctg_lib.consultation.folder import Consultation
    from ctg_lib.consultation.settings import Settings
    from ctg_lib.display.figure import Absent, Figure
    from ctg_lib.display.output import Bundle
    from ctg_lib.indicators.data import Data
    from ctg_lib.partnership.answers import Answers
    from ctg_lib.partnership.calendar import Calendar
    from ctg_lib.partnership.folder import Partnership
    from ctg_lib.study.explore.asked import Asked, Item
    from ctg_lib.study.explore.cards import Found, Indicator
    from ctg_lib.study.explore.choose import Choice
    from ctg_lib.study.explore.compare import Comparison
    from ctg_lib.study.explore.explain import Explanation
    from ctg_lib.study.survey import Survey
    from ctg_lib.workbooks.problems import Problem

T = TypeVar("T")
FRANCE_ORDER = ("FR", "FHM", "FM")
POPULATIONS = "geography_populations"
"""Layout of the file of municipal populations: its edition is not the year of its numbers."""
MOST_PARTS = 3
"""Départements shown beside a territory that lies in several of them, none of which holds most of it."""
OVERSEAS = ("97", "98")
"""How codes of départements and collectivités overseas begin."""

__all__ = [
    "ANSWERS", "CENSUS", "FOLDER", "FRANCE_ORDER", "LOOKALIKES", "RECORD", "Compared", "Rank",
    "SecondReading", "Study", "YearlyTrend", "as_value", "comparable_years", "open_study", "pick",
    "reading", "segment_names",
]  # fmt: skip


@dataclass
class Study:
    """One study, opened by :func:`open_study`; the only object a notebook opens.

    Attributes:
        project, config, geography, manifest: where it lies, how it is set, the territories, the sources.
        queries: what was asked of it, with a hash of each answer.
        uses: what it was asked for the text that is being written (:mod:`ctg_lib.study.using`).
    """

    project: Project
    config: StudyConfig
    geography: Geography
    manifest: Manifest
    queries: list[dict[str, str]] = field(default_factory=list, repr=False)
    _answers: dict[tuple, pd.DataFrame] = field(default_factory=dict, repr=False)
    _asked: dict[tuple, Any] = field(default_factory=dict, repr=False, init=False)
    uses: Uses | None = field(default=None, repr=False, init=False, compare=False)

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
    def horizon(self) -> Horizon:
        """What is known on the study's date: files that came out later enter no number of it."""
        return Horizon.of(self.manifest, self.as_of)

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

    @property
    def place(self) -> Place:
        """(level, code) of the territory in tables."""
        level = "epci" if self.territory.level == "ept" else self.territory.level
        return level, self.territory.code

    @cached_property
    def communes_by_code(self) -> dict[str, str]:
        """Names of the territory's communes, by code."""
        names = self.geography.names("commune")
        return {code: names.get(code, code) for code in self.territory.members}

    @property
    def _communes(self) -> list[Place]:
        return [("commune", code) for code in self.territory.members]

    # ------------------------------------------------------------------------- what its folder holds

    @cached_property
    def partnership(self) -> Partnership:
        """What the study's folder holds: offer, money, parties, previous contract, documents; recorded."""
        from ctg_lib.partnership.folder import load
        from ctg_lib.partnership.structures import with_answers

        found = load(self.project.studies / self.id, self.communes_by_code)
        found = with_answers(found, self.answers.structures, self.as_of)
        for book in BOOKS.values():
            for sheet in book.sheets:
                self.record(
                    {"indicators": FOLDER, "places": f"{book.id}.{sheet.name}"},
                    found.table(book.id, sheet.name),
                )
        return found

    @cached_property
    def files(self) -> pd.DataFrame:
        """Settings and workbooks of its folder: name, bytes, sha256; recorded."""
        found = recording.folder_files(self.project.studies / self.id)
        self.record({"indicators": recording.FILES, "places": ""}, found)
        return found

    @cached_property
    def answers(self) -> Answers:
        """What partners answered (``partenaires/*.xlsx``), checked and masked; recorded."""
        from ctg_lib.study.local import answers_of

        found = answers_of(self)
        self.record({"indicators": ANSWERS, "places": ""}, found.recorded)
        return found

    def commentary(self, chapter: str) -> str:
        """The analyst's commentary on a chapter (``commentary/<chapter>.md``), Markdown or empty; recorded.

        Headings are lowered so that they stand under the chapter's own.

        Raises:
            BadInput: the file is not UTF-8.
        """
        text = commentary.read(self.project.studies / self.id, chapter)
        self.record({"indicators": COMMENTARY, "places": chapter}, pd.DataFrame({"text": [text]}))
        return commentary.lowered(text)

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """All that is wrong in the folder, and findings that moved, as ``ctg study check`` tells it."""
        from ctg_lib.study.moved import with_moved

        return with_moved(self, self.folder_problems)

    @cached_property
    def folder_problems(self) -> tuple[Problem, ...]:
        """The same without what indicators and answers tell (:mod:`ctg_lib.study.moved`); recorded."""
        found = control.problems_of(self)
        self.record({"indicators": control.CONTROL, "places": ""}, control.recorded(found))
        return found

    @cached_property
    def consultation(self) -> Consultation:
        """What people said: surveys, interviews, meetings; recorded by a hash of each of its tables."""
        from ctg_lib.consultation.folder import load

        found = load(
            self.project.studies / self.id,
            communes=self.communes_by_code,
            secteurs={name: tuple(codes) for name, codes in self.config.secteurs.items()},
            as_of=self.as_of,
            fictif=self.fictif,
        )
        self.record({"indicators": CONSULTATION, "places": ""}, found.recorded)
        return found

    @cached_property
    def agreement(self) -> Agreement:
        """What its ``convention`` folder holds: findings, needs, priorities, plan, follow-up; recorded."""
        from ctg_lib.agreement.folder import load
        from ctg_lib.consultation.scheme import load_scheme

        folder = self.project.studies / self.id
        found = load(
            folder,
            self.communes_by_code,
            load_scheme(folder / "consultation")[0],
            tuple(self.config.secteurs),
            self.partnership.filled,
        )
        for book in found.books.values():
            for sheet in book.sheets:
                self.record(
                    {"indicators": recording.AGREEMENT, "places": f"{book.id}.{sheet.name}"},
                    found.table(book.id, sheet.name),
                )
        return found

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Its findings, each with what its evidence said when it was taken, and says now."""
        from ctg_lib.study.findings import findings_of

        return findings_of(self)

    @cached_property
    def listening(self) -> Settings:
        """What ``consultation.yml`` says: surveys and meetings planned, whom they are to hear; recorded."""
        from ctg_lib.consultation.settings import read_settings

        found = read_settings(self.project.studies / self.id)
        self.record({"indicators": recording.LISTENING, "places": ""}, recording.listening(found))
        return found

    @cached_property
    def surveys(self) -> dict[str, Survey]:
        """Its surveys to which someone answered: id of the questionnaire -> answers, weighed."""
        from ctg_lib.study.survey import surveys_of

        return surveys_of(self)

    @cached_property
    def _local_rows(self) -> pd.DataFrame:
        """Indicators that rest on partners' figures: they take the place of the national table's."""
        from ctg_lib.study.local import local_rows

        given = self.answers
        if given.empty:
            return self.horizon.rows(local_rows(self, given))
        parts = content_hash(given.observations), *(entry.id for entry in given.entries)
        return self.horizon.rows(self._kept.made(lambda: local_rows(self, given), "partenaires", *parts))

    @cached_property
    def sources(self) -> Manifest:
        """The files known on the study's date, and those that partners sent."""
        from ctg_lib.study.local import sources_of

        return self.horizon.manifest(sources_of(self, self.answers))

    @cached_property
    def calendar(self) -> Calendar:
        """The démarche: phases, steps and instances of ``study.yml``."""
        from ctg_lib.partnership.calendar import read_calendar

        return read_calendar(self.config.demarche or {}, file=f"{self.id}/study.yml")

    # ------------------------------------------------------------------------------ whom it is beside

    @cached_property
    def references(self) -> tuple[Territory, ...]:
        """Territories it is compared with, the one to read against first: départements, régions, France.

        Of several départements (or régions), one where more than half of the inhabitants live comes before
        France (three perimeters); the others come after it, so that none of them stands for the whole.
        """
        if self.config.references:
            return tuple(self.geography.territory(code) for code in self.config.references)
        here = self.territory
        found = [self.geography.territory(c, level="departement") for c in here.departements]
        same = {t.members for t in found}  # overseas, région and département are one territory
        regions = [self.geography.territory(c, level="region") for c in here.regions]
        found += [t for t in regions if t.members not in same]
        france = [self.geography.territory(c, level="france") for c in FRANCE_ORDER]
        people = self.geography.populations().set_index("code")["pmun"]
        return nearest_first(here, found, france, people)

    @property
    def has_msa(self) -> bool:
        """Whether a caisse de MSA exists there: there is none overseas."""
        codes = self.territory.departements
        return not codes or not all(code.startswith(OVERSEAS) for code in codes)

    @property
    def beside(self) -> tuple[Territory, ...]:
        """The references that a table has room for: those read against, up to three départements it is in."""
        main = self.read_against
        parts = [t for t in self.references if t not in main and t.level == "departement"]
        return (*main, *parts) if len(parts) <= MOST_PARTS else main

    @property
    def read_against(self) -> tuple[Territory, ...]:
        """The references named beside a single number: all, without those that are but a part."""
        france = [n for n, t in enumerate(self.references) if t.level == "france"]
        return self.references if self.config.references or not france else self.references[: france[-1] + 1]

    @property
    def _reference_places(self) -> list[Place]:
        return [(t.level, t.code) for t in self.references]

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
    def likeness(self) -> Likeness:
        """The territory among all EPCI, by what they are like."""
        inside = self.geography.membership().set_index("commune")["epci"].reindex(self.territory.members)
        own = {*inside.dropna(), *self.config.territories} - {self.territory.code, ""}
        refused = frozenset(own | set(self.config.exclude))
        parts = parts_of(self.project.processed, self._store, self.geography, self.horizon)
        return Likeness.of(self.geography, self.territory, parts, self.config.lookalikes, refused)

    @property
    def structure(self) -> pd.DataFrame:
        """What territories are like (:func:`ctg_lib.indicators.structure.features`), by EPCI code.

        ``attrs``: ``census``, ``years``, ``sources``.
        """
        out = self.likeness.features.copy()
        out.attrs.update(self.likeness.notes)
        return out

    def find_lookalikes(self, *, garrisons: bool = True) -> Lookalikes | None:
        """The territories most like this one, by the stated distance.

        Args:
            garrisons: False leaves out EPCI where an establishment of adults weighs 5 % or more.

        Returns:
            None where the territory's own structure is not known, or the study asks for no look-alikes.
        """
        return self.likeness.find(garrisons=garrisons)

    @cached_property
    def lookalikes(self) -> pd.DataFrame:
        """Look-alike EPCI, the nearest first.

        Returns:
            code, name, departement, distance, closest and farthest (names of features, joined by spaces:
            the three that differ least, the one that makes most of the distance), garrison, and the
            features of :data:`ctg_lib.indicators.structure.FEATURES` in the reader's units. Empty when
            :meth:`find_lookalikes` gives None. The query is recorded.
        """
        out = self.likeness.frame(self.geography)
        if out.empty:
            return out
        self.record({"indicators": LOOKALIKES, "places": ""}, self.likeness.answer(out))
        self._national.keep(("epci", code) for code in out["code"])
        return out

    def lookalikes_sensitivity(self) -> pd.DataFrame:
        """How many look-alikes stay when one feature is left out: feature, weight, kept, newcomers."""
        return self.likeness.sensitivity()

    @cached_property
    def establishments(self) -> pd.DataFrame:
        """Member communes whose numbers show an establishment, and of which kind.

        Returns:
            code, kind (key of :data:`ctg_lib.statistics.distortion.KINDS`), count, other, ratio: the
            number that shows it, what it is compared with, how many times larger it is.
        """
        ids = [i for i in ("population_par_age", "deces") if i in registry()]
        with aside(self):
            table = self.table(ids, self._communes)
        groups = pd.DataFrame({"commune": list(self.territory.members), "code": self.territory.code})
        parts = known_parts(self.project.processed, self.horizon)
        return distortions.establishments(table, groups, parts).drop(columns="group")

    def establishment(self, commune: str, *, dwellings: bool = False) -> str:
        """Kind of establishment that a commune's numbers show; empty when they show none.

        Args:
            dwellings: for a rate of dwellings, only second homes count; for persons, they never do.
        """
        kinds = self.establishments.loc[self.establishments["code"].eq(commune), "kind"]
        kept = [k for k in kinds if (k == "second") == dwellings]
        return kept[0] if kept else ""

    # --------------------------------------------------------------------------------- indicators

    @noted
    def table(self, ids: str | Iterable[str], places: Iterable[Place] | None = None) -> pd.DataFrame:
        """Rows of indicators known on the study's date, tidy, all periods and breakdowns.

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
        asked = list(places) if places is not None else [self.place, *self._reference_places]
        key = (tuple(wanted), tuple(asked))
        if key not in self._answers:
            self._answers[key] = self._answer(wanted, asked)
            query = {"indicators": ",".join(wanted), "places": ",".join(f"{a}:{b}" for a, b in asked)}
            self.record(query, self._answers[key])
        return self._answers[key].copy(deep=False)

    def _once(self, key: tuple, make: Callable[[], T]) -> T:
        """What was found the first time that a question was asked: the same few are asked a hundred times."""
        if key not in self._asked:
            self._asked[key] = make()
        return self._asked[key]

    def _answer(self, wanted: list[str], asked: list[Place]) -> pd.DataFrame:
        out = self.horizon.rows(self.any_date(wanted, asked)).reset_index(drop=True)
        if self.answers.empty:
            return out
        from ctg_lib.study import local

        return local.overlay(out, local.asked(self._local_rows, wanted, asked))

    def any_date(self, ids: Iterable[str], places: Iterable[Place]) -> pd.DataFrame:
        """Rows from public files of any date: for telling what the study's date leaves out, not for reading.

        Returns:
            Frame with ``RESULT_COLUMNS``, all periods and breakdowns; not recorded.
        """
        wanted, asked = list(ids), list(places)
        official = [p for p in asked if p[0] not in OWN_LEVELS]
        own = [p for p in asked if p[0] in OWN_LEVELS]
        frames = [self._official(wanted, official)] if official else []
        for each in wanted if own else ():
            rows = self.own_groups.rows(each)
            frames.append(rows[pd.MultiIndex.from_frame(rows[["level", "code"]]).isin(own)])
        return one_frame([frame for frame in frames if not frame.empty])

    @cached_property
    def _national(self) -> NationalRows:
        """The national table; rows of the territory, its communes, references and peers are kept at hand."""
        rows = NationalRows(self.project.processed, self._kept)
        near = {self.place, *self._reference_places, *self._communes}
        rows.keep(near | {("epci", code) for code in self.peer_codes})
        return rows

    @cached_property
    def own_groups(self) -> OwnGroups:
        """What is computed for this study alone: secteurs, several EPCI together, without one commune."""
        return OwnGroups(
            self._store, self.geography, self.territory, self.place, self.secteurs, self._national, self._kept
        )

    @cached_property
    def _kept(self) -> Kept:
        return Kept(self.project, self.id, (self.territory, *self.secteurs))

    def prepare(self) -> None:
        """Compute what is this study's alone, all indicators, and keep it for other processes.

        Secteurs, values without a commune, partners' figures: a report does it once, before its chapters.
        """
        self.own_groups.prepare()
        _ = self._local_rows, self.second_readings

    @property
    def _store(self) -> Store:
        return Store(self.project.store)

    @cached_property
    def inhabitants(self) -> pd.Series:
        """Inhabitants of each member commune, of the latest year known on the study's date (index: code)."""
        return latest_by_commune(self.horizon.rows(self._official(["population"], self._communes)))

    # what the study's own answers are laid over (:mod:`ctg_lib.study.local`), whatever its date

    def _official(self, ids: Iterable[str], places: Iterable[Place]) -> pd.DataFrame:
        return self._national.rows(ids, places)

    def _data(self, groups: pd.DataFrame) -> Data:
        return self.own_groups.data(groups)

    @property
    def _population(self) -> pd.Series:
        return self.own_groups.population

    @property
    def _own_territories(self) -> list[Territory]:
        return self.own_groups.territories

    @property
    def _official_inside(self) -> pd.DataFrame:
        return self.own_groups.official_inside

    def record(self, query: dict[str, str], answer: pd.DataFrame) -> None:
        """Note what a run asked and a hash of the answer: what decides whether a chapter is still valid."""
        recording.record(self.queries, query, answer)

    def replay(self, query: Mapping[str, str]) -> pd.DataFrame:
        """The answer that a recorded query would get now."""
        return recording.replay(self, query)

    # ------------------------------------------------------------------------------ single values

    @noted
    def series(self, indicator: str, breakdown: str = "", place: Place | None = None) -> pd.DataFrame:
        """All periods of one indicator in one place, oldest first.

        Returns:
            Frame with ``RESULT_COLUMNS`` and ``segment``: the periods between two breaks of the series
            (« 2012–2021 »), whose values alone may be compared and joined by a line; empty where the
            series has no break. Census years less than five years apart share years of collection: see
            :func:`ctg_lib.study.series.comparable_years`.
        """
        where = place or self.place
        found = self._once(
            ("series", indicator, breakdown, where), lambda: self._series(indicator, breakdown, where)
        )
        return found.copy(deep=False)

    def _series(self, indicator: str, breakdown: str, place: Place) -> pd.DataFrame:
        rows = self.table(indicator, [place])
        rows = rows[rows["breakdown"].eq(breakdown)].sort_values("period").reset_index(drop=True)
        return rows.assign(segment=comparable_years(rows, definition(indicator).breaks))

    @noted
    def trend(self, indicator: str, breakdown: str = "", place: Place | None = None) -> YearlyTrend | None:
        """Log-linear trend of yearly counts of events, since the last break of the series.

        Returns:
            None where nothing can be said (see :func:`ctg_lib.statistics.trend.poisson_trend`).

        Raises:
            ValueError: the indicator is not a count.
        """
        return yearly_trend(definition(indicator), self.series(indicator, breakdown, place))

    @noted
    def row(
        self, indicator: str, breakdown: str = "", place: Place | None = None, period: str | None = None
    ) -> pd.Series | None:
        """The row of one value: of ``period``, else the latest one that has a number or a range."""
        key = ("row", indicator, breakdown, place or self.place, period)
        found = self._once(key, lambda: pick(self.series(indicator, breakdown, place), period))
        return None if found is None else found.copy(deep=False)

    @noted
    def value(
        self, indicator: str, breakdown: str = "", place: Place | None = None, period: str | None = None
    ) -> Value:
        """One value with its bounds, unit, status, period and sources; ``missing`` when there is none."""
        return as_value(self.row(indicator, breakdown, place, period), definition(indicator))

    @noted
    def communes(self, indicator: str, breakdown: str = "", period: str | None = None) -> pd.DataFrame:
        """One row per member commune (missing ones included), for one period (the latest by default).

        Returns:
            Frame with ``RESULT_COLUMNS``, sorted by code.
        """
        return self._one_period(indicator, breakdown, self._communes, period)

    @noted
    def by_secteur(self, indicator: str, breakdown: str = "", period: str | None = None) -> pd.DataFrame:
        """One row per secteur, in the study's order; empty without secteurs."""
        places = [("secteur", s.code) for s in self.secteurs]
        return self._one_period(indicator, breakdown, places, period) if places else self.table(indicator, [])

    def _one_period(
        self, indicator: str, breakdown: str, places: list[Place], period: str | None
    ) -> pd.DataFrame:
        key = ("one period", indicator, breakdown, tuple(places), period)
        found = self._once(key, lambda: self._of_one_period(indicator, breakdown, places, period))
        return found.copy(deep=False)

    def _of_one_period(
        self, indicator: str, breakdown: str, places: list[Place], period: str | None
    ) -> pd.DataFrame:
        rows = self.table(indicator, places)
        rows = rows[rows["breakdown"].eq(breakdown)]
        wanted = period or fullest_period(rows)
        rows = rows[rows["period"].eq(wanted or "")]
        frame = pd.DataFrame(places, columns=["level", "code"])
        out = frame.merge(rows.drop(columns="name"), on=["level", "code"], how="left")
        out["name"] = out["code"].map(self._names)
        out = out.fillna(
            {
                "status": "missing", "indicator": indicator, "unit": definition(indicator).unit,
                "breakdown": breakdown, "sources": "", "period": wanted or "", "method": "",
            }
        )  # fmt: skip
        return out.loc[:, list(RESULT_COLUMNS)]

    @cached_property
    def _names(self) -> dict[str, str]:
        """Names of the member communes and secteurs."""
        communes = {c: self.geography.territory(c, level="commune").name for c in self.territory.members}
        return {**communes, **{s.code: s.name for s in self.secteurs}}

    def cells(self, indicator: str) -> tuple[str, ...]:
        """Breakdowns by which an indicator is read: its total where it has one, else each it is known for."""
        with aside(self):
            own = self.table(indicator, [self.place])
        names = sorted(own.loc[own["value"].notna(), "breakdown"].unique())
        return ("",) if "" in names or not names else tuple(names)

    # -------------------------------------------------------------------------------- comparisons

    @overload
    def compare(self, indicator: str, breakdown: str = "", *, with_: None = None) -> Compared: ...

    @overload
    def compare(
        self, indicator: Asked | Iterable[Asked], breakdown: str = "", *,
        with_: str | Territory | Iterable[str | Territory],
    ) -> Comparison: ...  # fmt: skip

    @overload
    def compare(
        self, indicator: list[Asked] | list[str] | Item | Found, breakdown: str = ""
    ) -> Comparison: ...

    @noted
    def compare(
        self, indicator: Asked | Iterable[Asked], breakdown: str = "", *,
        with_: str | Territory | Iterable[str | Territory] | None = None,
    ) -> Compared | Comparison:  # fmt: skip
        """The territory beside others: one indicator read in full, or several side by side.

        Each other territory is given for the territory's own period where it is known, else for its latest
        one (its period then differs and shows). Readings are made within one period only.

        Args:
            indicator: one id, beside département, région, France, peers and look-alikes; a list of ids, of
                labels or of (id, breakdown), side by side.
            breakdown: of the one id.
            with_: beside whom: codes, names, or « voisines », « semblables », « communes », « secteurs »,
                « références » (the default).

        Raises:
            BadInput: unknown indicator, breakdown or territory; says what was probably meant.
        """
        if isinstance(indicator, str) and with_ is None:
            key = ("compared", indicator, breakdown)
            return self._once(key, lambda: self._compared_now(indicator, breakdown))
        from ctg_lib.study.explore import asked, compare

        wanted = (indicator, breakdown) if isinstance(indicator, str) and breakdown else indicator
        others = None if with_ is None else asked.territories_of(self, with_)
        return compare.compare(self, asked.items_of(self, wanted), others)

    def _compared_now(self, indicator: str, breakdown: str) -> Compared:
        rows = self.table(indicator)
        circle = Circle(
            self.place, self.references, self.peer_codes, tuple(self.lookalikes["code"]), self.read_against
        )
        own, others = rows[rows["breakdown"].eq(breakdown)], self._others(indicator, breakdown)
        return replace(circle.compared(definition(indicator), own, others), study=self, breakdown=breakdown)

    def _others(self, indicator: str, breakdown: str) -> pd.DataFrame:
        """Known values of the peers, the look-alikes and the territory itself, all periods."""
        codes = dict.fromkeys([*self.peer_codes, *self.lookalikes["code"]])
        rows = self.table(indicator, [*(("epci", code) for code in codes), self.place])
        return rows[rows["breakdown"].eq(breakdown) & rows["value"].notna()]

    @noted
    def rank(self, indicator: str, breakdown: str = "") -> Rank | None:
        """Rank of the territory among all EPCI known, in the period for which most are known with it.

        Returns:
            None when the territory's value is not known, or fewer than two EPCI are.
        """
        return self._once(("rank", indicator, breakdown), lambda: self._ranked_now(indicator, breakdown))

    def _ranked_now(self, indicator: str, breakdown: str) -> Rank | None:
        definition(indicator)
        others, period, value = self.ranked(indicator, breakdown)
        self.record({"indicators": indicator, "places": "", "rank": breakdown}, others)
        return rank_among(others, period, value)

    def ranked(self, indicator: str, breakdown: str = "") -> tuple[pd.DataFrame, str, float]:
        """All EPCI known with the territory: their rows, the period, the territory's own value; not recorded.

        See :func:`ctg_lib.study.comparison.among`.
        """
        _, code = self.place
        every = self._official([indicator], [("epci", c) for c in self.geography.codes("epci")])
        rows = self.horizon.rows(every)
        rows = rows[rows["breakdown"].eq(breakdown) & rows["value"].notna() & rows["code"].ne(code)]
        own = self.table(indicator, [self.place])
        own = own[own["breakdown"].eq(breakdown) & own["value"].notna()]
        return among(pd.concat([rows, own], ignore_index=True), code, rows["code"].unique())

    # -------------------------------------------------------------------------- without one commune

    @noted
    def distortion(self, indicator: str, breakdown: str = "") -> Distortion | None:
        """The commune that distorts a person-based rate, read against the main reference, or None.

        The rule is :func:`ctg_lib.statistics.distortion.find_distortion`; no place is known by name. A rate
        that is not the plain ratio of its two parts is computed again the way it is published.
        """
        key = ("distortion", indicator, breakdown)
        return self._once(key, lambda: leaving_out.distortion(self, indicator, breakdown))

    @noted
    def distortion_together(self, indicator: str) -> tuple[tuple[str, ...], float, float]:
        """Communes that distort a rate together: (codes, rate with them, rate without them all).

        The rule is :func:`ctg_lib.statistics.distortion.find_several`. No code and NaN where none does, or
        where a commune is not known.
        """
        return leaving_out.distorted_together(self, indicator)

    def can_leave_one_out(self, indicator: str) -> bool:
        """Whether the rate can be computed again without a commune: all communes known."""
        with aside(self):
            found = [leaving_out.parts_of(self, indicator, breakdown) for breakdown in self.cells(indicator)]
        return any(p is not None and len(p) > 1 and not p.isna().to_numpy().any() for p in found)

    @cached_property
    def second_readings(self) -> tuple[SecondReading, ...]:
        """Values of the territory without one commune, for the indicators that may be given so.

        Left out, each alone: the commune that distorts a rate most, and every commune whose numbers show an
        establishment (:attr:`establishments`). A count of events is that of the latest pooled years. In the
        order of the registry, for each indicator the heaviest commune first.
        """
        with aside(self):
            return leaving_out.second_readings(self)

    @noted
    def with_and_without(self, indicator: str, commune: str) -> pd.DataFrame:
        """An indicator of the territory with and without a commune (``sans=<code>``), all periods.

        Returns:
            Frame with ``RESULT_COLUMNS``.
        """
        if commune not in self.territory.members:
            raise BadInput(f"{commune} n’est pas une commune {self.territory.de()}.")
        key = ("with and without", indicator, commune)
        return self._once(key, lambda: self._with_and_without(indicator, commune)).copy(deep=False)

    def _with_and_without(self, indicator: str, commune: str) -> pd.DataFrame:
        level, code = self.place
        others = leaving_out.flagged(self) if self.own_groups.together(indicator) else ()
        table = self.horizon.rows(self.own_groups.without(indicator, commune, others))
        left_out = table["breakdown"].map(lambda b: parse_breakdown(b).get("sans", ""))
        out = table[left_out.isin(["", commune])].reset_index(drop=True)
        if not self.answers.empty:
            from ctg_lib.study import local

            out = local.same_figures(self, out)
        self.record({"indicators": indicator, "places": f"{level}:{code}~{commune}"}, out)
        return out

    # --------------------------------------------------------------------------------- exploring

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        from ctg_lib.study.explore.cards import study_card

        return study_card(self)._repr_mimebundle_(include, exclude)

    def __repr__(self) -> str:
        return f"Study({self.id!r}, {self.territory.name!r}{', fictif' if self.fictif else ''})"

    @cached_property
    def absences(self) -> dict[str, str]:
        """Why an indicator has no value for the territory, by id, as the catalogue says it."""
        from ctg_lib.study.extras import study_beyond, study_coverage

        out: dict[str, str] = {}
        for lines in (study_coverage(self), study_beyond(self)):
            for ids, reason in zip(lines["indicators"], lines["reason"], strict=True):
                out |= {each: str(reason) for each in str(ids).split() if reason and each not in out}
        return out

    def find(self, words: str = "") -> Found:
        """Indicators that answer to French words, accents and plurals aside; all of them without words."""
        from ctg_lib.study.explore.cards import find

        return find(self, words)

    def indicator(self, indicator: str) -> Indicator:
        """One indicator, by its id or its label: definition, rule, limits, sources, last values here.

        Raises:
            BadInput: unknown; names those that look alike.
        """
        from ctg_lib.study.explore.cards import indicator as one

        return one(self, indicator)

    def explain(
        self, indicator: Asked, breakdown: str = "", *, territory: str | Territory | None = None,
        period: str | None = None,
    ) -> Explanation:  # fmt: skip
        """How one number was made: value, bounds, formula with its terms, files; or why there is none.

        Args:
            territory: code or name; the study's own by default. period: the latest one known by default.

        Raises:
            BadInput: unknown indicator, breakdown, territory or period; says what exists.
        """
        from ctg_lib.study.explore.explain import explain

        return explain(self, indicator, breakdown, territory, period)

    def map(
        self, indicator: Asked, breakdown: str = "", *, by: str = "commune", period: str | None = None
    ) -> Figure | Absent:
        """Map of an indicator by « commune », by « secteur », or beside the « voisines ».

        Raises:
            BadInput: unknown indicator, breakdown or ``by``.
        """
        from ctg_lib.study.explore.maps import draw

        return draw(self, indicator, breakdown, by, period)

    def to_excel(
        self, path: str | Path, indicators: Asked | Iterable[Asked] | None = None, *,
        with_: str | Territory | Iterable[str | Territory] | None = None,
    ) -> Path:  # fmt: skip
        """Write a comparison as a workbook: table, readings, values, definitions, sources.

        Args:
            indicators: those of the report's body that are known here, by default. with_: as :meth:`compare`.

        Raises:
            BadInput: as :meth:`compare`; a file that is open elsewhere.
        """
        from ctg_lib.study.explore import asked, compare

        wanted = self.find().known if indicators is None else indicators
        others = None if with_ is None else asked.territories_of(self, with_)
        return compare.compare(self, asked.items_of(self, wanted), others).to_excel(path)

    def choose(
        self, indicators: Asked | Iterable[Asked] = (), *,
        with_: str | Territory | Iterable[str | Territory] | None = None, mouse: bool | None = None,
    ) -> Choice:  # fmt: skip
        """A comparison whose indicators and territories are chosen with the mouse, in JupyterLab.

        Args:
            indicators, with_: what is chosen at first; some known indicators and the references by default.
            mouse: whether to show what to choose with; by default only in a JupyterLab opened by ``ctg lab``.
                Otherwise the comparison stands alone.
        """
        from ctg_lib.study.explore.choose import choose

        return choose(self, indicators, with_, mouse)

    # -------------------------------------------------------------------------------- provenance

    def source_line(
        self,
        *frames: pd.DataFrame | pd.Series | Value | None,
        treatment: str = "",
        brief: bool = False,
        of: Iterable[str] = (),
    ) -> str:
        """The source line of what was used: publishers, vintages, « valeurs reprises de … ».

        Args:
            of: indicators shown that the frames do not name themselves (a value does not).
        """
        uses = Uses(indicators=dict.fromkeys(of))
        for frame in frames:
            if isinstance(frame, Value):
                uses.note_files(frame.sources, frame.period)
            elif isinstance(frame, pd.Series):
                uses.note_files([str(frame["sources"])], str(frame.get("period", "")))
                uses.indicators[str(frame.get("indicator", ""))] = None
            elif frame is not None and len(frame):
                for each in frame["indicator"].unique() if "indicator" in frame else ():
                    uses.indicators[str(each)] = None
                columns = [c for c in ("sources", "period") if c in frame]
                for cell, *periods in frame[columns].dropna().drop_duplicates().itertuples(index=False):
                    uses.note_files([str(cell)], *map(str, periods))
        return self._line(uses, treatment, brief=brief)

    def _line(self, uses: Uses, treatment: str = "", *, brief: bool = False) -> SourceText:
        known = registry()
        named = [(i, known[i].label) for i in uses.indicators if i in known]
        years = {e.id: self._inhabitants_of(uses, e.id) for e in self.sources if e.layout == POPULATIONS}
        return source_line(self.sources, uses.files, treatment, brief=brief, indicators=named, years=years)

    def _inhabitants_of(self, uses: Uses, entry: str) -> str:
        """Years of the municipal population that rows resting on its file used (« 2018 et 2023 »)."""
        periods = {p for cell, found in uses.files.items() if entry in cell.split("+") for p in found}
        years = {year for period in periods for year in nearest_years(period, self._population_years)}
        return enumerate_fr([str(year) for year in sorted(years)]) if len(years) < 4 else (
            f"{min(years)} à {max(years)}"
        )  # fmt: skip

    @cached_property
    def _population_years(self) -> tuple[int, ...]:
        rows = self.horizon.rows(self._official(["population"], self._communes))
        return tuple(sorted({int(p) for p in rows["period"].unique() if str(p).isdigit()}))

    def note(self, said: pd.DataFrame | pd.Series | SourceText | None) -> None:
        """What the text that is being written says: rows, or a source line; it is named under the text."""
        if self.uses is not None:
            self.uses.note(said)

    def used_line(self, uses: Uses) -> SourceText:
        """The source line of a text, in brief: the files behind its numbers, the indicators told."""
        return joined([self._line(uses, brief=True), *uses.others])

    def source_ids_line(self, ids: str, treatment: str = "") -> str:
        """The source line of manifest ids joined by ``+``."""
        return source_line(self.sources, [ids] if ids else [], treatment)

    def export(self) -> pd.DataFrame:
        """Every indicator here, in communes, secteurs, establishments, peers and references, and medians of
        peers and look-alikes; and values without a commune (``sans=``) as the pages give them.

        Returns:
            Frame with ``RESULT_COLUMNS`` and ``segment`` (see :meth:`series`).
        """
        from ctg_lib.study.extras import export_rows

        return export_rows(self)

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
    if "IPython" in sys.modules:
        from ctg_lib.study.explore.notebook import teach

        teach(where)
    return opened
