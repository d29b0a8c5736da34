"""The action plan of a study: how its indicators go on, what its actions rest on, down to its files."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from ctg_lib.agreement.chance import Drift, Noise, drift_of
from ctg_lib.agreement.checks.plan import check
from ctg_lib.agreement.evidence import Ref
from ctg_lib.agreement.measurability import Outlook, Verdict, span_of, verdicts
from ctg_lib.agreement.plan import Plan
from ctg_lib.agreement.trace import FILES_OF, Trace
from ctg_lib.consultation.received import RESPONSES
from ctg_lib.errors import BadInput
from ctg_lib.indicators.registry import Definition, registry
from ctg_lib.study.excerpts import excerpts_of, heard_in
from ctg_lib.study.rows import usable
from ctg_lib.study.series import CENSUS, CENSUS_SPAN
from ctg_lib.study.using import aside

if TYPE_CHECKING:
    from ctg_lib.study.core import Study
    from ctg_lib.workbooks.problems import Problem

Dated = list[tuple[date, pd.Series]]
"""Rows of a series, each with the last day that it describes."""
ROUNDED = frozenset({"as_published_rounded", "rounding", "derived"})
"""Methods whose bounds are those of a rounding: two of them add up; other errors are independent."""


@dataclass(frozen=True)
class StudyPlan:
    """The plan, its trace, what can be measured, what does not hold."""

    study: Study = field(repr=False)

    @cached_property
    def plan(self) -> Plan:
        """The tree that the committee's decisions feed."""
        return Plan.of(self.study.agreement)

    @cached_property
    def trace(self) -> Trace:
        """From any action to files, from any finding to actions."""
        return trace_of(self.study)

    @cached_property
    def outlooks(self) -> dict[str, Outlook]:
        """Indicator of the plan -> its outlook, of those that the dictionary has."""
        return outlooks_of(self.study)

    @cached_property
    def verdicts(self) -> dict[str, Verdict]:
        """Indicator of the plan -> what becomes of it."""
        return verdicts(self.study.agreement, self.plan, self.study.config.contract, self.outlooks)

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What does not hold together in the plan (:func:`ctg_lib.agreement.checks.plan.check`)."""
        study = self.study
        found = check(study.agreement, study.partnership, study.as_of, study.config.contract, self.outlooks)
        return (*_unknown_indicators(study), *found)


def plan_of(study: Study) -> StudyPlan:
    """The action plan of a study."""
    return StudyPlan(study)


def plan_problems(study: Study) -> tuple[Problem, ...]:
    """What ``ctg study check`` tells of the action plan."""
    return plan_of(study).problems if study.agreement.has("plan") else ()


def _unknown_indicators(study: Study) -> Iterable[Problem]:
    from ctg_lib.agreement.checks.ground import lines
    from ctg_lib.partnership.checks.references import nearest

    for line in lines(study.agreement, "plan", "indicators"):
        if line["indicator"] and line["indicator"] not in registry():
            close = nearest(str(line["indicator"]), list(registry()))
            yield line.problem(
                "indicator", str(line["indicator"]), f"un identifiant du dictionnaire{close}, ou rien",
                said="un indicateur absent du dictionnaire",
            )  # fmt: skip


# ------------------------------------------------------------------------------------- how indicators go on


def outlooks_of(study: Study) -> dict[str, Outlook]:
    """Indicator of the plan -> how it goes on, of those that the dictionary has (see :class:`Outlook`)."""
    out = {}
    for line in study.agreement.table("plan", "indicators").to_dict("records"):
        if line["id"] and line["indicator"] in registry():
            found = outlook_of(study, line["indicator"], line["breakdown"], str(line["baseline_period"]))
            out[str(line["id"])] = found
    return out


def outlook_of(study: Study, indicator: str, breakdown: str = "", baseline: str = "") -> Outlook:
    """How an indicator of the dictionary goes on, in the study's territory, as known on its date.

    Args:
        baseline: period of the starting value, which is looked up in the series.
    """
    rule = registry()[indicator]
    with aside(study):
        rows = study.series(indicator, breakdown)
    dated, pool = _dated(rows)
    breaks = tuple(span.first for b in rule.breaks if (span := span_of(b)))
    if not dated:
        return Outlook(breaks=breaks)
    latest, last = dated[-1]
    lag, most = _lag(study, dated)
    census = str(last["method"]) in CENSUS
    own = next((row for _, row in dated if str(row["period"]) == baseline), None)
    drift, why = (None, "") if census else _drift(dated, breaks, baseline)
    noise = _noise(rule, last if own is None else own, drift, why)
    every, apart = _every([day for day, _ in dated]), CENSUS_SPAN if census else pool
    return Outlook(
        latest, lag, most, every, apart, breaks, noise,
        None if own is None or pd.isna(own["value"]) else float(own["value"]), 0.5 * 10**-rule.decimals,
    )  # fmt: skip


def _dated(rows: pd.DataFrame) -> tuple[Dated, int]:
    """Values that may be shown, with the last day of their period, oldest first; years that each pools.

    Pooled periods (« 2021-2023 ») are taken where there is no yearly one: beside them, they are no values.
    """
    known = [(span, row) for _, row in rows.iterrows() if usable(row) and (span := span_of(row["period"]))]
    yearly = [each for each in known if each[0].first.year == each[0].last.year]
    out = sorted(((span.last, row) for span, row in yearly or known), key=lambda each: each[0])
    pool = 0 if yearly or not known else known[-1][0].last.year - known[-1][0].first.year + 1
    return out, pool


def _lag(study: Study, dated: Dated) -> tuple[int | None, bool]:
    """Days from a period to the day its value was known, the fewest seen; whether it was retrieved then."""
    found = []
    for last, row in dated:
        entries = [study.sources[id] for id in str(row["sources"]).split("+") if id in study.sources]
        if entries:
            known = max(e.published_on or e.retrieved for e in entries)
            found.append(((known - last).days, any(e.published_on is None for e in entries)))
    if not found:
        return None, False
    days, most = min(found)
    return max(days, 0), most


def _every(days: list[date]) -> int | None:
    """Months from one value to the next, the latest ones counting; None for one value alone."""
    months = [12 * d.year + d.month for d in days]
    gaps = [b - a for a, b in pairwise(months) if b > a][-3:]
    return min(gaps) if gaps else None


def _drift(dated: Dated, breaks: tuple[date, ...], baseline: str) -> tuple[Drift | None, str]:
    """How the series has gone since its latest break, and since when, in words.

    Up to the baseline where that is long enough: what comes later may be the action's doing. Else from all
    that is known, without a trend.
    """
    since = max((b for b in breaks if b <= dated[-1][0]), default=date.min)
    values = [(day, float(r["value"])) for day, r in dated if day >= since and pd.notna(r["value"])]
    why = f"d’après ses valeurs depuis {values[0][0].year}" if values else ""
    base = span_of(baseline)
    before = drift_of((day, v) for day, v in values if base is None or day <= base.last)
    if before is not None:
        return before, why
    return (replace(whole, slope=0.0) if (whole := drift_of(values)) else None), why


def _noise(rule: Definition, row: pd.Series, drift: Drift | None, drift_why: str) -> Noise | None:
    """By how much it moves by itself, from its bounds, definition and history; None where none says it."""
    parts: list[tuple[float, str]] = []
    low, high = float(row["lower"]), float(row["upper"])
    if not (math.isnan(low) or math.isnan(high)) and high > low:
        half = (high - low) / 2
        times, what = (
            (2.0, "son arrondi") if str(row["method"]) in ROUNDED else (math.sqrt(2), "son intervalle")
        )
        parts.append((half * times, f"d’après {what}"))
    meaningful = rule.meaningful * (abs(float(row["value"])) if rule.meaningful_relative else 1)
    if meaningful and not math.isnan(meaningful):
        parts.append((meaningful, "plus petit écart que le dictionnaire tient pour parlant"))
    if not parts and drift is None:
        return None
    least, why = max(parts, key=lambda part: part[0], default=(0.0, ""))
    return Noise(least, why, drift, drift_why if drift else "")


# ------------------------------------------------------------------------------------------- back to files


def trace_of(study: Study) -> Trace:
    """The graph from actions to the files that evidences come from."""
    return Trace.of(study.agreement, study.partnership, lambda ref: files_of(study, ref), excerpts_of(study))


def files_of(study: Study, ref: Ref) -> tuple[str, ...]:
    """Where an evidence comes from: files of the project (``data/raw``) or of the study's folder.

    Of an indicator, the raw files of its latest value; of a survey, the answers; of words, what was coded of
    exchanges; of a document, its own file where documents.xlsx names one.
    """
    if ref.kind == "indicateur":
        return _raw_files(study, ref)
    if ref.kind == "enquete":
        name = ref.name.partition("/")[0]
        folder = study.consultation.folder
        return tuple(
            f"{folder.name}/{RESPONSES}/{path.name}"
            for path in sorted((folder / RESPONSES).glob(f"{name}*"))
            if re.match(rf"{re.escape(name)}(?![a-z0-9_])", path.name)
        )
    if ref.kind == "parole":
        return heard_in(study, ref.name)
    return (FILES_OF[ref.kind],) if ref.kind in FILES_OF else ()


def _raw_files(study: Study, ref: Ref) -> tuple[str, ...]:
    if ref.name not in registry():
        return ()
    try:
        with aside(study):
            row = study.row(ref.name, ref.breakdown)
    except BadInput:
        return ()
    ids = [] if row is None else str(row["sources"]).split("+")
    return tuple(f"data/raw/{study.sources[id].path}" for id in ids if id in study.sources)
