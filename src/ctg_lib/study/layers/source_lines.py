"""Source lines of a study: which files are behind the numbers that a text or a figure shows."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import pandas as pd

from ctg_lib.display.output import SourceText, joined
from ctg_lib.display.sources import source_line
from ctg_lib.display.typography import enumerate_fr
from ctg_lib.indicators.registry import registry
from ctg_lib.study.layers.folder import Folder
from ctg_lib.study.using import Uses, nearest_years
from ctg_lib.values import Value

POPULATIONS = "geography_populations"
"""Layout of the file of municipal populations: its edition is not the year of its numbers."""


class SourceLines(Folder):
    """Where numbers come from, said under what shows them."""

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
