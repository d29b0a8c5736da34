"""Follow-up of a study: indicators of its plan measured again, with the definition they started with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.agreement.follow_up import Point, Track, signed_line, tracks
from ctg_lib.agreement.measurability import span_of
from ctg_lib.indicators.registry import registry
from ctg_lib.study import recording
from ctg_lib.study.editions import previous_of
from ctg_lib.study.plan import plan_of
from ctg_lib.study.rows import POOLED, usable
from ctg_lib.study.using import aside

if TYPE_CHECKING:
    from ctg_lib.study.core import Study


def tracks_of(study: Study) -> tuple[Track, ...]:
    """Every indicator of the plan with its measures, as known on the study's date.

    See :func:`ctg_lib.agreement.follow_up.tracks`.
    """
    signed = signed_of(study)
    again = measured_again(study, signed)
    return tracks(study.agreement, study.as_of, again, plan_of(study).verdicts, signed)


def signed_of(study: Study) -> dict[str, dict[str, Any]]:
    """Indicator of the plan -> its line in the earliest edition of the same convention that has it.

    Editions are followed back (``previous`` of study.yml) as long as their convention begins on the same day.
    """
    out: dict[str, dict[str, Any]] = {}
    start, seen, one = study.config.contract.get("start"), {study.id}, previous_of(study)
    if one is not None:
        study.record({"indicators": recording.PREVIOUS, "places": ""}, recording.previous_files(study))
    while one is not None and one.id not in seen and start and one.config.contract.get("start") == start:
        lines = one.agreement.table("plan", "indicators").to_dict("records")
        out |= {str(line["id"]): {str(n): v for n, v in line.items()} for line in lines if line["id"]}
        seen.add(one.id)
        one = previous_of(one)
    return out


def measured_again(
    study: Study, signed: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, tuple[Point, ...]]:
    """Indicator of the plan -> its values in the dictionary after its baseline, of those that have some."""
    out = {}
    for now in study.agreement.table("plan", "indicators").to_dict("records"):
        line, _ = signed_line(now, (signed or {}).get(str(now["id"])))
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
