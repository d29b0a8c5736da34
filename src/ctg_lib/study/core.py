"""All that is known of one study: its territory, what it is compared with, its indicators."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, overload

import pandas as pd

from ctg_lib.geography import Territory, load_geography
from ctg_lib.manifest import load_manifest
from ctg_lib.project import Project, find_project
from ctg_lib.study import control, recording
from ctg_lib.study.comparison import Compared, Rank
from ctg_lib.study.config import load_config
from ctg_lib.study.layers.around import FRANCE_ORDER
from ctg_lib.study.layers.comparisons import Comparisons
from ctg_lib.study.layers.source_lines import SourceLines
from ctg_lib.study.leaving_out import SecondReading
from ctg_lib.study.recording import ANSWERS, FOLDER, LOOKALIKES, RECORD
from ctg_lib.study.rows import as_value, pick, reading
from ctg_lib.study.series import CENSUS, YearlyTrend, comparable_years, segment_names
from ctg_lib.study.using import noted
from ctg_lib.text_storage import plain_texts

if TYPE_CHECKING:
    from ctg_lib.agreement.findings import Finding
    from ctg_lib.display.figure import Absent, Figure
    from ctg_lib.display.output import Bundle
    from ctg_lib.study.explore.asked import Asked, Item
    from ctg_lib.study.explore.cards import Found, Indicator
    from ctg_lib.study.explore.choose import Choice
    from ctg_lib.study.explore.compare import Comparison
    from ctg_lib.study.explore.explain import Explanation
    from ctg_lib.study.survey import Survey
    from ctg_lib.workbooks.problems import Problem

__all__ = [
    "ANSWERS", "CENSUS", "FOLDER", "FRANCE_ORDER", "LOOKALIKES", "RECORD", "Compared", "Rank",
    "SecondReading", "Study", "YearlyTrend", "as_value", "comparable_years", "open_study", "pick",
    "reading", "segment_names",
]  # fmt: skip


class Study(Comparisons, SourceLines):
    """One study, opened by :func:`open_study`; the only object a notebook opens.

    What it knows comes from its layers (:mod:`ctg_lib.study.layers`); here is what looks at all of it:
    checks, comparisons side by side, exploring, chapters.
    """

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """All that is wrong in the folder, and findings that moved, as ``ctg study check`` tells it."""
        from ctg_lib.study.moved import with_moved

        return with_moved(self, self.folder_problems)

    @cached_property
    def folder_problems(self) -> tuple[Problem, ...]:
        """The same without what indicators and answers tell (:mod:`ctg_lib.study.moved`); recorded."""
        # asked here: what they record is this chapter's, whoever found the problems
        _ = self.answers, self.partnership, self.consultation, self.agreement
        found = self._read("problems", lambda: control.problems_of(self))
        self.record({"indicators": control.CONTROL, "places": ""}, control.recorded(found))
        return found

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Its findings, each with what its evidence said when it was taken, and says now."""
        from ctg_lib.study.findings import findings_of

        return findings_of(self)

    @cached_property
    def surveys(self) -> dict[str, Survey]:
        """Its surveys to which someone answered: id of the questionnaire -> answers, weighed."""
        from ctg_lib.study.survey import surveys_of

        return surveys_of(self)

    def prepare(self) -> None:
        """Compute what is this study's alone, all indicators, and keep it for other processes.

        Secteurs, values without a commune, partners' figures: a report does it once, before its chapters.
        """
        self.own_groups.prepare()
        _ = self._local_rows, self.second_readings

    def replay(self, query: Mapping[str, str]) -> pd.DataFrame:
        """The answer that a recorded query would get now."""
        return recording.replay(self, query)

    # --------------------------------------------------------------------------------------- comparisons

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
            key = ("compared, to show", indicator, breakdown)
            return self._once(key, lambda: self._compared_to_show(indicator, breakdown))
        from ctg_lib.study.explore import asked, compare

        wanted = (indicator, breakdown) if isinstance(indicator, str) and breakdown else indicator
        others = None if with_ is None else asked.territories_of(self, with_)
        return compare.compare(self, asked.items_of(self, wanted), others)

    def _compared_to_show(self, indicator: str, breakdown: str) -> Compared:
        return replace(self._compared(indicator, breakdown), study=self, breakdown=breakdown)

    # ----------------------------------------------------------------------------------------- exploring

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

    # ---------------------------------------------------------------------------------------- the report

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
    plain_texts()
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
