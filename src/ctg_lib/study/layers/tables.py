"""Indicators of a study: rows, series, single values, communes; partners' figures laid over public ones."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import pandas as pd

from ctg_lib import reads
from ctg_lib.indicators import distortions
from ctg_lib.indicators.registry import RESULT_COLUMNS, definition, registry
from ctg_lib.observations import content_hash
from ctg_lib.study.layers.folder import Folder
from ctg_lib.study.likeness import known_parts
from ctg_lib.study.national_rows import Place
from ctg_lib.study.rows import as_value, fullest_period, of_breakdown, pick
from ctg_lib.study.series import YearlyTrend, comparable_years, yearly_trend
from ctg_lib.study.using import aside, noted
from ctg_lib.values import Value

_TOLD = ("status", "indicator", "unit", "breakdown", "sources", "period", "method")


class Tables(Folder):
    """What is known of the territory, its communes, its secteurs, on the study's date."""

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

    def _answer(self, wanted: list[str], asked: list[Place]) -> pd.DataFrame:
        out = self.horizon.rows(self.any_date(wanted, asked)).reset_index(drop=True)
        if self.answers.empty:
            return out
        from ctg_lib.study import local

        return local.overlay(out, local.asked(self._local_rows, wanted, asked))

    @cached_property
    def _local_rows(self) -> pd.DataFrame:
        """Indicators that rest on partners' figures: they take the place of the national table's."""
        from ctg_lib.study.local import local_rows

        given = self.answers
        if given.empty:
            return self.horizon.rows(local_rows(self, given))
        parts = content_hash(given.observations), *(entry.id for entry in given.entries)
        made = self._kept.made(lambda: local_rows(self, given), "partenaires", *parts)
        return reads.note("partenaires", self.horizon.rows(made), study=self.id)

    def cells(self, indicator: str) -> tuple[str, ...]:
        """Breakdowns by which an indicator is read: its total where it has one, else each it is known for."""
        with aside(self):
            own = self.table(indicator, [self.place])
        names = sorted(own.loc[own["value"].notna(), "breakdown"].unique())
        return ("",) if "" in names or not names else tuple(names)

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

    # ------------------------------------------------------------------------------------- single values

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
        rows = self._by_period(indicator, breakdown, place)
        return rows.assign(segment=comparable_years(rows, definition(indicator).breaks))

    def _by_period(self, indicator: str, breakdown: str, place: Place) -> pd.DataFrame:
        rows = of_breakdown(self.table(indicator, [place]), breakdown)
        return rows.sort_values("period").reset_index(drop=True)

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
        where = place or self.place
        key = ("row", indicator, breakdown, where, period)
        found = self._once(key, lambda: pick(self._by_period(indicator, breakdown, where), period))
        return None if found is None else found.copy(deep=False)

    @noted
    def value(
        self, indicator: str, breakdown: str = "", place: Place | None = None, period: str | None = None
    ) -> Value:
        """One value with its bounds, unit, status, period and sources; ``missing`` when there is none."""
        return as_value(self.row(indicator, breakdown, place, period), definition(indicator))

    # ------------------------------------------------------------------------------- places side by side

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
        rows = of_breakdown(self.table(indicator, places), breakdown)
        wanted = period or fullest_period(rows)
        rows = rows[rows["period"].eq(wanted or "")]
        if (found := _each_once(rows, places)) is not None:
            return found.assign(name=found["code"].map(self._names))
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


def _each_once(rows: pd.DataFrame, places: list[Place]) -> pd.DataFrame | None:
    """The rows in the order of the places, where each of these has one in which nothing is to be filled."""
    at = {place: n for n, place in enumerate(zip(rows["level"].tolist(), rows["code"].tolist(), strict=True))}
    if len(at) != len(rows) or rows[list(_TOLD)].isna().to_numpy().any() or not at.keys() >= set(places):
        return None
    return rows.iloc[[at[place] for place in places]].loc[:, list(RESULT_COLUMNS)].reset_index(drop=True)
