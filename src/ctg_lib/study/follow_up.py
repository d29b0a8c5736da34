"""Follow-up of a study: indicators of its plan measured again, with the definition they started with."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.agreement.follow_up import Point, Track, tracks
from ctg_lib.agreement.measurability import span_of
from ctg_lib.indicators.registry import registry
from ctg_lib.study.plan import plan_of
from ctg_lib.study.rows import POOLED, usable
from ctg_lib.study.using import aside

if TYPE_CHECKING:
    from ctg_lib.study.core import Study


def tracks_of(study: Study) -> tuple[Track, ...]:
    """Every indicator of the plan with its measures, as known on the study's date.

    See :func:`ctg_lib.agreement.follow_up.tracks`.
    """
    return tracks(study.agreement, study.as_of, measured_again(study), plan_of(study).verdicts)


def measured_again(study: Study) -> dict[str, tuple[Point, ...]]:
    """Indicator of the plan -> its values in the dictionary after its baseline, of those that have some."""
    out = {}
    for line in study.agreement.table("plan", "indicators").to_dict("records"):
        if line["id"] and line["indicator"] in registry():
            points = points_of(study, line["indicator"], line["breakdown"], str(line["baseline_period"]))
            if points:
                out[str(line["id"])] = points
    return out


def points_of(study: Study, indicator: str, breakdown: str, baseline: str) -> tuple[Point, ...]:
    """Values of an indicator of the dictionary that describe a time after ``baseline``, oldest first.

    One is comparable where it belongs to the same stretch of the series as the baseline (``segment`` of
    :meth:`Study.series`); where the baseline is no period of the series, where no break lies between.
    """
    with aside(study):
        rows = study.series(indicator, breakdown)
    base = span_of(baseline)
    own = rows[rows["period"].eq(baseline)]
    segment = str(own["segment"].iloc[0]) if len(own) else None
    pooled = bool(own["period"].str.fullmatch(POOLED).any()) if len(own) else False
    breaks = [span.first for b in registry()[indicator].breaks if (span := span_of(b))]
    out = []
    for _, row in rows.iterrows():
        span = span_of(row["period"])
        if span is None or not usable(row) or pd.isna(row["value"]) or (base and span.last <= base.last):
            continue
        if (span.first.year != span.last.year) != pooled:  # a pooled period and a year are two measures
            continue
        why = ""
        if base and any(base.last < b <= span.last for b in breaks):
            why = "la définition ou la source a changé entre les deux"
        elif segment is not None and str(row["segment"]) != segment:
            why = "les deux années partagent des années de collecte du recensement"
        out.append(
            Point(
                str(row["period"]), span.last, float(row["value"]), _bound(row["lower"]),
                _bound(row["upper"]), not why, why, "dictionnaire", str(row["sources"]),
            )
        )  # fmt: skip
    return tuple(out)


def _bound(value: Any) -> float:
    return math.nan if pd.isna(value) else float(value)
