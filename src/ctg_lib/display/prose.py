"""Small French words around numbers: values in a sentence, periods, elision."""

from __future__ import annotations

import math
import re

from ctg_lib.display.typography import count_range, number, value_text
from ctg_lib.display.words import FAR, SIDES
from ctg_lib.values import Value


def que(place: str) -> str:
    """« que dans l’Aveyron », « qu’en France », « qu’à Paris », « qu’au Clapier »."""
    return f"qu’{place}" if place[:1].lower() in "aàâeéèêëiîïoôuùûyœæ" else f"que {place}"


def de(words: str) -> str:
    """« de janvier 2026 », « d’octobre 2026 »."""
    return f"d’{words}" if words[:1].lower() in "aàâeéèêëiîïoôuùûyœæ" else f"de {words}"


_HEAD = re.compile(r"^(.*?)(?=\s(?:pour|par|de|en|à|d’)(?:\s|$)|$)")
_INVARIABLE = frozenset({"fois", "mois", "cas", "dans", "sous", "plus", "moins"})


def unit_of(count: float, unit: str) -> str:
    """A unit in the number that ``count`` asks for: « 1 naissance pour 1 000 habitants »."""
    if abs(count) >= 2 or unit.startswith(("pour ", "par ", "sur ")):
        return unit
    return _HEAD.sub(lambda found: " ".join(map(_one, found.group().split(" "))), unit, count=1)


def _one(word: str) -> str:
    return word if word in _INVARIABLE or not word.endswith("s") else word[:-1]


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


_LETTERS = ("aucune", "une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")


def spelled(count: int) -> str:
    """« aucune », « une », « deux » … of a feminine word; figures beyond ten."""
    return _LETTERS[count] if 0 <= count < len(_LETTERS) else number(count)


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


_MONTHS = {
    "01": "janvier", "02": "février", "03": "mars", "04": "avril", "05": "mai", "06": "juin",
    "07": "juillet", "08": "août", "09": "septembre", "10": "octobre", "11": "novembre", "12": "décembre",
}  # fmt: skip


def year_of(period: str) -> str:
    """A period in words: « 2023 », « décembre 2024 », « fin 2024 », « 2023–2025 »."""
    head, _, tail = period.partition("-")
    if tail.startswith("T"):
        return f"{tail[1:]}{'er' if tail == 'T1' else 'e'} trimestre {head}"
    if len(tail) == 2 and tail in _MONTHS:
        return f"{_MONTHS[tail]} {head}"
    if len(tail) == 5 and tail[:2] in _MONTHS:
        day = tail[3:].lstrip("0")
        return f"{day}{'er' if day == '1' else ''} {_MONTHS[tail[:2]]} {head}"
    if len(tail) == 4:
        return f"{head}–{tail}"
    return head if tail.isalpha() else period  # « 2024-references »: an edition, and what it holds


def when(period: str) -> str:
    """« en 2023 », « en décembre 2024 », « au 4e trimestre 2024 », « au 1er août 2024 »."""
    words = year_of(period)
    return f"{'au' if re.match(r'[1-3]?[0-9](?:er|e)? ', words) else 'en'} {words}"


_NO_FIGURE = re.compile(
    r"`[^`]*`|\]\([^)]*\)|^#.*$"  # code, targets of links, headings
    r"|\b\d+(?:[–-]\d+| à \d+| et \d+)?[ \u00a0]ans\b"  # ages
    rf"|\b\d{{1,2}}(?:er)?[ \u00a0](?:{'|'.join(_MONTHS.values())})\b"
    r"|\b(?:19|20)\d\d\b|\b\d(?:er|e)[ \u00a0](?:trimestre|rang)\b"  # years, quarters
    r"|\b[A-Z]\d\b|\bbac \+ \d|\bmultiple de \d+"  # names that hold a digit
    r"|\b[LRD]\.? ?\d+-\d+(?:-\d+)*|^\s*\d+[.)] |\b\d+e\b",  # articles of law, ranks in a list, ordinals
    re.MULTILINE,
)


def has_figures(text: str) -> bool:
    """Whether a text holds numbers other than ages, years, dates, articles of law and numbers of a list."""
    return re.search(r"\d", _NO_FIGURE.sub("", text)) is not None
