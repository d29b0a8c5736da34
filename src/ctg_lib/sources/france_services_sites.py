"""Opening hours of each site of a France services structure, read from what the publisher writes.

The file gives one timetable per structure. For a multi-site structure, the sites' own hours stand, if at
all, in the comment. Two forms are read, and only when every word of the passage is understood:

- half-days: « ouverture le matin à Nant et ouverture l'après-midi à La Cavalerie », applied to the
  structure's daily ranges (a range is a morning if it ends by 13:30, an afternoon if it starts at noon or
  later; any other makes the site's hours unknown);
- a timetable per place: « Mairie de Matignon : mardi et vendredi 13h30-17h30, mercredi 9h-13h / Mairie de
  Saint-Cast : lundi et jeudi 9h-12h/14h-17h ».

A day « en autonomie » has no agent and is not counted. Anything else gives no hours: never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise

from ctg_lib.sources._common import slug

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi")
Ranges = list[tuple[float, float]]
Week = dict[str, float]
"""Hours of each day; a day without opening is 0."""

_RANGE = re.compile(
    r"(\d{1,2})\s*[hH:]\s*(\d\d)?\s*(?:[-–]|à|/)\s*(\d{1,2})\s*[hH:]\s*(\d\d)?", re.IGNORECASE
)
_HALF = re.compile(
    r"ouvertures?\s+(?:le|l['’])\s*(matin|apr[eè]s[- ]midi)s?\s+(?:à|a)\s+(.+?)"
    r"(?=\s+et\s+ouvertures?\b|[.,;]|\s*$)",
    re.IGNORECASE,
)
_ALONE = re.compile(rf"({'|'.join(DAYS)})s?\b[^.;]*\ben autonomie\b", re.IGNORECASE)
_FILLERS = re.compile(
    r"\b(?:et|le|la|les|de|du|au|à|a|puis|ouverte?|tous|toutes)\b|[,:;().&+-]", re.IGNORECASE
)
_DAY = re.compile(rf"\b({'|'.join(DAYS)})s?\b", re.IGNORECASE)
_SPAN = re.compile(rf"\bdu\s+({'|'.join(DAYS)})\s+au\s+({'|'.join(DAYS)})\b", re.IGNORECASE)


def day_ranges(text: str) -> Ranges | None:
    """Ranges of one day (« 09:00 - 12:00 / 14:00 - 17:00 »), in hours; ``[]`` closed; None unreadable.

    « 00:00 - 00:00 » is a placeholder and a range written twice counts once. Ranges that end before they
    start or overlap are unreadable: which of them holds is not known.
    """
    if not text.strip():
        return []
    found: Ranges = []
    for part in re.split(r"\s*/\s*", text.strip()):
        match = _RANGE.fullmatch(part.strip())
        if not match:
            return None
        found.append(_hours(match))
    found = sorted({r for r in found if r != (0.0, 0.0)})
    late = any(start < end for (_, end), (start, _) in pairwise(found))
    return None if late or any(end <= start for start, end in found) else found


def sites_hours(
    comment: str, daily: Mapping[str, str], sites: Mapping[str, str], communes: Mapping[str, str]
) -> dict[str, Week]:
    """Hours per day of each site; empty where the comment does not give them in a form that is read.

    Args:
        comment: the structure's comment.
        daily: day -> the structure's ranges, as published.
        sites: name of each site in the structure's title, written by ``slug`` -> commune's code.
        communes: the same for all communes where a site can be.

    Returns:
        commune's code -> hours of each day of ``DAYS``. A timetable may name sites that the title does
        not; it must name all those of the title.
    """
    week = _half_days(comment, daily, sites) or _timetables(comment, communes)
    if week is None or not set(sites.values()) <= set(week):
        return {}
    for day in alone_days(comment):
        for hours in week.values():
            hours[day] = 0.0
    return week


def alone_days(comment: str) -> list[str]:
    """Days on which the public is « en autonomie », without an agent."""
    return [m.lower() for m in _ALONE.findall(comment)]


def _half_days(comment: str, daily: Mapping[str, str], sites: Mapping[str, str]) -> dict[str, Week] | None:
    halves = {slug(place): half.lower() for half, place in _HALF.findall(comment)}
    if not halves or set(halves) != set(sites):
        return None
    ranges = {day: day_ranges(daily.get(day, "")) for day in DAYS}
    week: dict[str, Week] = {}
    for name, half in halves.items():
        week[sites[name]] = {}
        for day, parts in ranges.items():
            if parts is None or any(end > 13.5 and start < 12 for start, end in parts):
                return None
            morning = half.startswith("matin")
            kept = [end - start for start, end in parts if (end <= 13.5) == morning]
            week[sites[name]][day] = round(sum(kept), 4)
    return week


def _timetables(comment: str, sites: Mapping[str, str]) -> dict[str, Week] | None:
    week: dict[str, Week] = {}
    for part in _parts(comment):
        place, _, rest = part.partition(":")
        code = _site(place, sites)
        hours = _week(rest) if code else None
        if code is None or hours is None or code in week:
            return None
        week[code] = hours
    return week or None


def _parts(comment: str) -> Iterable[str]:
    """Passages between « / » with spaces around, line ends, or a full stop followed by a capital."""
    pieces = re.split(r"\s+/\s+|\n|\.\s+(?=[AÀ]\s+l|[A-ZÀ-Ý])", comment.strip())
    return [p.strip().rstrip(".") for p in pieces if p.strip(" .")]


def _site(place: str, sites: Mapping[str, str]) -> str | None:
    words = slug(place)
    found = [name for name in sites if words == name or words.endswith("_" + name)]
    return sites[max(found, key=len)] if found else None


def _week(text: str) -> Week | None:
    """« le lundi et mardi de 14h à 17h et le mercredi de 9h à 12h »: every word must be understood."""
    spans = _SPAN.sub(lambda m: " ".join(_between(m[1].lower(), m[2].lower())), text)
    tokens = [(m.start(), "range", m) for m in _RANGE.finditer(spans)]
    bare = _RANGE.sub(lambda m: " " * len(m[0]), spans)
    tokens += [(m.start(), "day", m) for m in _DAY.finditer(bare)]
    if _FILLERS.sub(" ", _DAY.sub(" ", bare)).replace("/", " ").strip() or not tokens:
        return None
    week = dict.fromkeys(DAYS, 0.0)
    days: list[str] = []
    previous = ""
    for _, kind, match in sorted(tokens, key=lambda t: t[0]):
        if kind == "day":
            days = [match[1].lower()] if previous != "day" else [*days, match[1].lower()]
        else:
            start, end = _hours(match)
            if not days or end <= start:
                return None
            for day in days:
                week[day] = round(week[day] + end - start, 4)
        previous = kind
    return week if previous == "range" else None


def _between(first: str, last: str) -> list[str]:
    start, end = DAYS.index(first), DAYS.index(last)
    return list(DAYS[start : end + 1])


def _hours(match: re.Match[str]) -> tuple[float, float]:
    start, end = (int(match[i]) + int(match[i + 1] or 0) / 60 for i in (1, 3))
    return start, end
