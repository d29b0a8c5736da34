"""A study's territory among others, and without one of its communes."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from ctg_lib.errors import BadInput
from ctg_lib.indicators.registry import definition
from ctg_lib.statistics.distortion import Distortion
from ctg_lib.study import leaving_out
from ctg_lib.study.comparison import Circle, Compared, Rank, among, rank_among
from ctg_lib.study.layers.tables import Tables
from ctg_lib.study.leaving_out import SecondReading
from ctg_lib.study.rows import of_breakdown
from ctg_lib.study.using import aside, noted
from ctg_lib.values import parse_breakdown


class Comparisons(Tables):
    """Ranks, comparisons of one indicator, the commune that distorts a rate."""

    def _compared(self, indicator: str, breakdown: str = "") -> Compared:
        """The territory beside references, peers and look-alikes: what :meth:`Study.compare` shows."""
        key = ("compared", indicator, breakdown)
        return self._once(key, lambda: self._compared_now(indicator, breakdown))

    def _compared_now(self, indicator: str, breakdown: str) -> Compared:
        rows = self.table(indicator)
        circle = Circle(
            self.place, self.references, self.peer_codes, tuple(self.lookalikes["code"]), self.read_against
        )
        own, others = of_breakdown(rows, breakdown), self._others(indicator, breakdown)
        return circle.compared(definition(indicator), own, others)

    def _others(self, indicator: str, breakdown: str) -> pd.DataFrame:
        """Known values of the peers, the look-alikes and the territory itself, all periods."""
        codes = dict.fromkeys([*self.peer_codes, *self.lookalikes["code"]])
        rows = of_breakdown(
            self.table(indicator, [*(("epci", code) for code in codes), self.place]), breakdown
        )
        known = rows["value"].notna().to_numpy()
        return rows if known.all() else rows[known]

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

    # ------------------------------------------------------------------------------- without one commune

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

        def found() -> tuple[SecondReading, ...]:
            with aside(self):
                return leaving_out.second_readings(self)

        return self._read("second readings", found)

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
