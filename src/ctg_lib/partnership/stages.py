"""The démarche as it stood on a day before the study's date: nothing that came later is told as done."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ctg_lib.partnership.calendar import Calendar, Phase, Step

UNKNOWN = ""
"""State on an earlier day of a step that is done, or under way, and has no date."""


def state_on(each: Phase | Step, day: date, as_of: date) -> str:
    """State of a phase or a step on a day (key of ``STATES``); empty where nothing says it.

    On the study's date (``as_of``) or later: the state as written. Before: « fait » once its latest day is
    over, « en cours » once its earliest day has come, else « prévu ». What is only planned, or a hypothesis,
    on the study's date never was more.
    """
    if day >= as_of or each.state not in ("fait", "en_cours"):
        return each.state
    if each.start is None and each.end is None:
        return UNKNOWN
    if each.state == "fait" and each.end is not None and each.end <= day:
        return "fait"
    if each.start is None:
        return UNKNOWN  # only an end, still to come: it may or may not have begun
    return "en_cours" if each.start <= day else "prevu"


def at(calendar: Calendar, day: date, as_of: date) -> Calendar:
    """The calendar of a study as it stood on a day (:func:`state_on`); order, names and dates are kept.

    Args:
        calendar: as written for the study's date. as_of: that date.
    """
    return replace(
        calendar,
        phases=tuple(replace(p, state=state_on(p, day, as_of)) for p in calendar.phases),
        steps=tuple(replace(s, state=state_on(s, day, as_of)) for s in calendar.steps),
    )


def ahead(calendar: Calendar, day: date) -> list[Step]:
    """Steps that are not done and whose last day is not over, those dated, the nearest first.

    A step under way comes by its end; one without an end by its beginning.
    """
    out = [s for s in calendar.steps if s.state not in ("fait", UNKNOWN) and _last(s, day) > day]
    return sorted(out, key=lambda s: (max(s.start or day, day), s.end or s.start or day))


def _last(step: Step, day: date) -> date:
    return step.end or step.start or date.min
