"""Dates as people write them: « 27 octobre 2020 », « vers janvier 2021 », « 2e trimestre 2026 ».

What is not said is not made up: « janvier 2021 » stays a month. A moment is a span of days, the precision
with which it was given, and whether it was said to be approximate.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date, datetime

from ctg_lib.geography.names import fold

MONTHS: tuple[str, ...] = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
PRECISIONS: tuple[str, ...] = ("jour", "dizaine", "mois", "trimestre", "tiers", "semestre", "annee")
"""From the finest; « dizaine »: beginning, middle or end of a month; « tiers »: of a year."""
EXPECTED = "une date : 2026-09-15, 15/09/2026, « septembre 2026 », « vers mars 2027 »"
FIRST_YEAR, LAST_YEAR = 1950, 2100

_SHORT = {
    "janv": 1, "jan": 1, "fevr": 2, "fev": 2, "avr": 4, "juil": 7, "sept": 9, "sep": 9, "oct": 10, "nov": 11,
    "dec": 12,
}  # fmt: skip
_MONTH = {fold(name): i for i, name in enumerate(MONTHS, start=1)} | _SHORT
_NAME = rf"(?P<month>{'|'.join(sorted(_MONTH, key=len, reverse=True))})\.?"
_ABOUT = re.compile(r"^(?:vers(?: (?:le|la|l'))?|environ|autour (?:du|de)|courant|a peu pres)\s+|^~\s*")
_LEAD = re.compile(
    r"^(?:(?:(?:a )?partir (?:du|de)|en|le|au|du|de|depuis|depuis le|jusqu'(?:au|en|a)) |(?:a partir )?d')"
)
_DAY_NAME = re.compile(r"^(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\s+")
_YEAR = r"(?P<year>\d{4})"
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("jour", rf"{_YEAR}[-/.](?P<m>\d{{1,2}})[-/.](?P<day>\d{{1,2}})(?:[t ]00:00(?::00)?)?"),
        ("jour", rf"(?P<day>\d{{1,2}})\s*[-/.]\s*(?P<m>\d{{1,2}})\s*[-/.]\s*{_YEAR}"),
        ("jour", r"(?P<day>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<year>\d\d)"),
        ("jour", rf"(?P<day>\d{{1,2}})(?:er)?\s*{_NAME}\s*{_YEAR}"),
        ("mois", rf"{_YEAR}[-/.](?P<m>\d{{1,2}})"),
        ("mois", rf"(?P<m>\d{{1,2}})\s*[-/.]\s*{_YEAR}"),
        ("mois", rf"{_NAME}\s*{_YEAR}"),
        ("dizaine", rf"(?P<part>debut|mi|milieu|fin)[ -]?(?:de |d'|du mois de )?{_NAME}\s*{_YEAR}"),
        ("trimestre", rf"t\s*(?P<n>[1-4])\s*[-/ ]?\s*{_YEAR}"),
        ("trimestre", rf"(?P<n>[1-4])(?:er|re|e|eme)?\s*trimestre(?: de)?\s*{_YEAR}"),
        ("semestre", rf"(?P<n>[12])(?:er|re|e|eme)?\s*semestre(?: de)?\s*{_YEAR}"),
        ("tiers", rf"(?P<part>debut|mi|milieu|fin)[ -]?(?:de )?(?:l'annee )?{_YEAR}"),
        ("annee", _YEAR),
    )
)


@dataclass(frozen=True)
class Moment:
    """A span of days.

    Attributes:
        first, last: the earliest and the latest day it can be.
        precision: one of ``PRECISIONS``.
        about: said to be approximate (« vers »).
    """

    first: date
    last: date
    precision: str = "jour"
    about: bool = False


def read_moment(raw: object) -> Moment | None:
    """A date as someone wrote it; None where it cannot be read (the caller says so).

    Args:
        raw: a date, a time, a year, or French text.
    """
    if isinstance(raw, datetime):
        return read_moment(raw.date())
    if isinstance(raw, date):
        return Moment(raw, raw) if FIRST_YEAR <= raw.year <= LAST_YEAR else None
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        return None
    text = re.sub(r"\s+", " ", fold(str(raw)).strip(" .,;«»\"'"))
    about = bool(_ABOUT.match(text))
    text = _DAY_NAME.sub("", _LEAD.sub("", _ABOUT.sub("", text)))
    for kind, form in _FORMS:
        if found := form.fullmatch(text):
            return _span(kind, found.groupdict(), about)
    return None


def _span(kind: str, parts: dict[str, str | None], about: bool) -> Moment | None:
    year = int(parts["year"] or 0)
    year += 2000 if len(parts["year"] or "") == 2 else 0
    month = _MONTH.get(parts.get("month") or "", 0) or int(parts.get("m") or 1)
    if not FIRST_YEAR <= year <= LAST_YEAR or not 1 <= month <= 12:
        return None
    length = calendar.monthrange(year, month)[1]
    if kind == "jour":
        day = int(parts["day"] or 0)
        if not 1 <= day <= length:
            return None
        return Moment(date(year, month, day), date(year, month, day), kind, about)
    if kind == "dizaine":
        low, high = {"debut": (1, 10), "fin": (21, length)}.get(parts["part"] or "", (11, 20))
        return Moment(date(year, month, low), date(year, month, high), kind, True)
    if kind == "mois":
        return Moment(date(year, month, 1), date(year, month, length), kind, about)
    if kind == "annee":
        return Moment(date(year, 1, 1), date(year, 12, 31), kind, about)
    if kind == "tiers":
        start = {"debut": 1, "fin": 9}.get(parts["part"] or "", 5)
        return _months(year, start, 4, kind, True)
    width = 3 if kind == "trimestre" else 6
    return _months(year, (int(parts["n"] or 1) - 1) * width + 1, width, kind, about)


def _months(year: int, first: int, count: int, precision: str, about: bool) -> Moment:
    last = first + count - 1
    return Moment(
        date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]), precision, about
    )


def day_in_words(day: date) -> str:
    """« 1er novembre 2026 », whatever the machine's locale."""
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def in_words(moment: Moment) -> str:
    """A moment in French, as precise as it was given: « vers janvier 2021 », « début mars 2027 »."""
    first, precision = moment.first, moment.precision
    month = f"{MONTHS[first.month - 1]} {first.year}"
    if precision == "dizaine":
        return {1: f"début {month}", 11: f"mi-{month}"}.get(first.day, f"fin {month}")
    if precision == "tiers":
        return {1: f"début {first.year}", 5: f"milieu {first.year}"}.get(first.month, f"fin {first.year}")
    if precision == "jour":
        text = f"le {day_in_words(first)}" if moment.about else day_in_words(first)
    elif precision in ("trimestre", "semestre"):
        rank = (first.month - 1) // (3 if precision == "trimestre" else 6) + 1
        text = f"{rank}{'er' if rank == 1 else 'e'} {precision} {first.year}"
        text = f"le {text}" if moment.about else text
    else:
        text = month if precision == "mois" else str(first.year)
    return f"vers {text}" if moment.about else text


def since(moment: Moment) -> str:
    """« à partir du 3 novembre 2020 », « à partir d’avril 2021 », « à partir de mars 2027 environ »."""
    said, about = _exact(moment)
    if _counted(moment):
        return f"à partir du {said}{about}"
    return f"à partir {'d’' if said[:1] in 'ao' else 'de '}{said}{about}"


def until(moment: Moment) -> str:
    """« jusqu’au 3 novembre 2020 », « jusqu’en novembre 2020 », « jusqu’à fin 2021 »."""
    said, about = _exact(moment)
    if moment.precision in ("dizaine", "tiers"):
        return f"jusqu’à {said}{about}"
    return f"jusqu’{'au' if _counted(moment) else 'en'} {said}{about}"


def _exact(moment: Moment) -> tuple[str, str]:
    """The moment without « vers », and « environ » where it said so."""
    vague = in_words(moment).startswith("vers ")
    return in_words(replace(moment, about=False)), " environ" if vague else ""


def _counted(moment: Moment) -> bool:
    """Whether its words begin with a number that takes « le »: a day, a quarter, a half-year."""
    return moment.precision in ("jour", "trimestre", "semestre")
