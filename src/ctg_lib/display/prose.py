"""Small French words around numbers: values in a sentence, periods, elision."""

from __future__ import annotations

import math

from ctg_lib.display.typography import count_range, number, value_text
from ctg_lib.display.words import FAR, SIDES
from ctg_lib.values import Value


def que(place: str) -> str:
    """« que dans l’Aveyron », « qu’en France », « qu’à Paris », « qu’au Clapier »."""
    return f"qu’{place}" if place[:1].lower() in "aàâeéèêëiîïoôuùûyœæ" else f"que {place}"


def beside(side: str, place: str, *, far: bool = False) -> str:
    """« moins que dans l’Aveyron », « nettement plus qu’en France », « à peu près comme à Paris »; or empty.

    Args:
        side: of a reading. place: as a place (« en France »). far: whether the difference is large.
    """
    if side not in SIDES:
        return ""
    if side == "close":
        return f"{SIDES[side]} {place}"
    return f"{FAR} {SIDES[side]} {que(place)}" if far else f"{SIDES[side]} {que(place)}"


def shown(value: Value, *, unit: bool = True) -> str:
    """A value in a sentence: number with a short unit, « entre … et … », or its status in words."""
    short = value.unit if unit and value.unit in ("%", "‰", "€") else ""
    return value_text(Value(value.value, value.lower, value.upper, short, value.status, value.decimals))


def rounded_people(count: float) -> str:
    """A number of people that a reader can hold: to the unit below 200, then 10, then 100, then 1 000."""
    if math.isnan(count):
        raise ValueError("a missing value cannot be written as a number")
    step = 1 if count < 200 else 10 if count < 2000 else 100 if count < 100_000 else 1000
    return number(math.floor(count / step + 0.5) * step)


def bounds(lower: float, upper: float) -> str:
    """« entre 58 et 144 », rounded outward to the unit so that the truth stays inside."""
    return count_range(math.floor(lower + 1e-9), math.ceil(upper - 1e-9))


def upper_first(text: str) -> str:
    """The first letter as a capital."""
    return text[:1].upper() + text[1:]


def year_of(period: str) -> str:
    """A period in words: « 2023 », « décembre 2024 », « fin 2024 », « 2023–2025 »."""
    months = {
        "01": "janvier", "02": "février", "03": "mars", "04": "avril", "05": "mai", "06": "juin",
        "07": "juillet", "08": "août", "09": "septembre", "10": "octobre", "11": "novembre", "12": "décembre",
    }  # fmt: skip
    head, _, tail = period.partition("-")
    if tail.startswith("T"):
        return f"{tail[1:]}{'er' if tail == 'T1' else 'e'} trimestre {head}"
    if len(tail) == 2 and tail in months:
        return f"{months[tail]} {head}"
    if len(tail) == 5 and tail[:2] in months:
        day = tail[3:].lstrip("0")
        return f"{day}{'er' if day == '1' else ''} {months[tail[:2]]} {head}"
    if len(tail) == 4:
        return f"{head}–{tail}"
    return period
