"""Cells that hold a number, an amount, a percentage, a year or a count of people."""

from __future__ import annotations

import math
import re
from datetime import datetime, time, timedelta

from ctg_lib.geography.names import fold
from ctg_lib.workbooks.cells import (
    ABSENT,
    Parsed,
    as_text,
    number_text,
    refused,
    says_not_concerned,
    says_nothing,
    says_unknown,
    shown,
    singular,
    told,
    words,
)
from ctg_lib.workbooks.schema import Field

SMALL_COUNTS = frozenset({"users", "waiting"})
"""Fields whose counts of people are masked from 1 to 4; the sensitive ones are, from 1 to 9."""
LARGEST = 1e12
LARGEST_MASK = 11
"""« < 5 » is a masked count up to this number (11: the rule of the tax files); above, it says too little."""

_NUMBER = re.compile(r"([+\-−–]?) ?((?:\d[\d .,'’]*|[.,]\d+)) ?(.*)", re.DOTALL)
_GROUPED = {
    " ": re.compile(r"\d{1,3}(?: \d{3})+"),
    ".": re.compile(r"\d{1,3}(?:\.\d{3})+"),
    ",": re.compile(r"\d{1,3}(?:,\d{3})+"),
    "'": re.compile(r"\d{1,3}(?:'\d{3})+"),
}
_THOUSANDS = re.compile(
    r"^(?:k ?€|k ?euros?|ke|keur|m ?€|m ?euros?|meur|mds? ?€|millions?|milliers?|mille)(?![a-z])"
)
_VAGUE = re.compile(
    r"^(?:environ|env\.?|a peu pres|pres de|presque|autour de|approx\w*\.?|plus de|plus d'|moins de|au moins|"
    r"au plus|minimum|maximum|mini|maxi|entre|de|jusqu'a|~|≈|±|>|≥|<|≤|\+/-|ca\.?)\s*\d"
)
_RANGE = re.compile(r"\d ?(?:-|–|—|/|a|à|ou|et) ?\d")
_MASK = re.compile(
    r"^(?:<|‹|moins de|inferieur a|inf\.? a|strictement inferieur a) ?(\d{1,3})(?:\s.*)?$"
    r"|^(?:<=|≤|⩽|au plus) ?(\d{1,3})$"
    r"|^(?:de |entre )?1 ?(?:-|–|a|et) ?(\d{1,2})$"
)
_SECRET = frozenset({"s", "secret", "secret statistique", "ss", "masque", "masquee", "confidentiel", "ns",
                     "non significatif", "c"})  # fmt: skip
_PART_OF_A_YEAR = {"mois": 1 / 12, "moi": 1 / 12, "semaine": 7 / 365.25, "sem": 7 / 365.25}
"""Ages that people write in months or weeks, in a column of years."""
_BY_HOUR = re.compile(r"(?:€|euros?|eur)? ?(?:/|par|de l'|l') ?(?:h|heure)\.?")
_CLOCK = re.compile(r"(\d{1,3}) ?h(?:eures?)? ?(\d{2})")
_PEOPLE = frozenset({"enfant", "famille", "personne", "usager", "inscrit", "demande", "habitant", "jeune"})
_YEAR = re.compile(r"(?:l')?(?:annee |exercice |an )?(\d{4})")


def parse_number(field: Field, cell: object) -> Parsed:
    """A number, percentage or amount (euros): float, bounds of the field included."""
    if isinstance(cell, str):
        return _from_text(field, cell)
    if isinstance(cell, timedelta) and "heure" in fold(field.label):  # a cell laid out as [h]:mm
        return _bounded(field, round(cell.total_seconds() / 3600, 4))
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return refused(_wanted(field, _not_a_date(cell)))
    return _finite(field, cell)


def parse_percent(field: Field, cell: object) -> Parsed:
    """A percentage, 0–100: « 76 », « 76 % »; « 0,76 » without a sign may mean either, and is refused."""
    read = parse_number(field, cell)
    signed = isinstance(cell, str) and "%" in cell
    if read.value is None or signed or not 0 < read.value <= 1:
        return read
    points, share = number_text(round(read.value * 100, 6)), number_text(read.value)
    return refused(f"un pourcentage avec son signe : « {points} % » ou « {share} % »")


def parse_integer(field: Field, cell: object) -> Parsed:
    """A whole number; a count of people under its threshold, or written « < 5 », is masked: no value."""
    if isinstance(cell, str) and (masked := _written_mask(field, cell)) is not None:
        return masked
    read = parse_number(field, cell)
    if read.value is None:
        return read
    if read.value != int(read.value):
        return refused(_wanted(field, "sans virgule"))
    below = 10 if field.sensitive else 5 if field.name in SMALL_COUNTS else 0
    if 0 < read.value < below:
        return Parsed(
            None,
            f"« < {below} » : de 1 à {below - 1}, le nombre n’est pas lu (secret statistique)",
            "warning",
            f"un nombre de 1 à {below - 1}",
            masked=True,
        )
    return read


def parse_year(field: Field, cell: object) -> Parsed:
    """A year: 2025, « 2025 », « année 2025 »; the year of a date, told."""
    wanted = f"une année, par exemple {field.example or '2025'}"
    if isinstance(cell, datetime):
        if not _within(field, cell.year):
            return refused(_with_bounds(field, wanted))
        return told(float(cell.year), f"{wanted} ; lu comme {cell.year}")
    if isinstance(cell, str):
        if _is_absent(cell):
            return ABSENT
        match = _YEAR.fullmatch(words(cell))
        if match is None:
            return refused(wanted + (" (une seule)" if re.search(r"\d{4}.*\d{2}", cell[:60]) else ""))
        cell = int(match[1])
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return refused(wanted)
    if not _safe(cell) or cell != int(cell) or not _within(field, cell):
        return refused(_with_bounds(field, wanted))
    return Parsed(float(cell))


def _written_mask(field: Field, text: str) -> Parsed | None:
    folded = " ".join(fold(text[:60]).split())
    if words(text) in _SECRET:
        return Parsed(None, masked=True)
    match = _MASK.match(folded)
    if match is None:
        return None
    bound = int(match[1] or 0) or int(match[2] or match[3] or 0) + 1
    if bound <= LARGEST_MASK:
        return Parsed(None, masked=True)
    return refused(_wanted(field, f"« < {bound} » en dit trop peu ; seuls les petits nombres se masquent"))


def _is_absent(text: str) -> bool:
    return says_not_concerned(text) or says_unknown(text) or says_nothing(text)


def _from_text(field: Field, text: str) -> Parsed:
    if says_not_concerned(text):
        return ABSENT
    if says_unknown(text) or says_nothing(text):
        return told(
            None, "une cellule vide si ce n’est pas connu, « 0 » s’il n’y en a pas ; lu comme non connu"
        )
    if len(text) > 60:
        return refused(_wanted(field))
    folded = " ".join(fold(text).split())
    hours = _CLOCK.fullmatch(folded)
    if hours and "heure" in fold(field.label) and int(hours[2]) < 60:
        return _bounded(field, int(hours[1]) + int(hours[2]) / 60)
    match = _NUMBER.fullmatch(folded)
    if match is None:
        return refused(_wanted(field, _why_not(folded)))
    sign, digits, unit = match[1], match[2].strip(), match[3].strip()
    age = _PART_OF_A_YEAR.get(singular(unit.rstrip("."))) if "ans" in words(field.label).split() else None
    if not age and (why := _unit_refused(field, unit, folded, _as_typed(text, unit))):
        return refused(_wanted(field, why))
    value = _value(digits)
    if value is None:
        return refused(_wanted(field, _why_digits(digits)))
    if age:
        value = round(value * age, 2)
    return _bounded(field, -value if sign in ("-", "−", "–") else value)


def _as_typed(text: str, unit: str) -> str:
    """What follows the digits, with its accents and capitals."""
    end = " ".join(text.split())[-len(unit) :] if unit else ""
    return end if fold(end) == unit else unit


def _value(digits: str) -> float | None:
    """The number that digits with separators write, or None where they can be read two ways or none."""
    text = digits.replace("’", "'").rstrip(".,") if digits[:-1].isdigit() else digits.replace("’", "'")
    marks = [c for c in text if c in ".,"]
    if marks and (marks.count(marks[-1]) == 1) and not _ambiguous(text):
        whole, _, decimals = text.rpartition(marks[-1])
        if not decimals.isdigit():
            return None
        thousands = _whole(whole or "0")
        return None if thousands is None else float(f"{thousands}.{decimals}")
    if _ambiguous(text):
        return None
    found = _whole(text)
    return None if found is None else float(found)


def _ambiguous(text: str) -> bool:
    """« 1.234 », « 1,234 »: a thousand, or a little more than one."""
    return bool(re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", text))


def _whole(text: str) -> int | None:
    if text.isascii() and text.isdigit():
        return int(text)
    for mark, pattern in _GROUPED.items():
        if pattern.fullmatch(text):
            return int(text.replace(mark, ""))
    return None


def _why_digits(digits: str) -> str:
    if _ambiguous(digits.replace("’", "'")):
        whole, part = re.split("[.,]", digits)
        return f"écrire « {whole} {part} » ou « {whole},{part.rstrip('0') or '0'} »"
    return "les milliers séparés par un espace, les décimales par une virgule"


def _why_not(folded: str) -> str:
    if _VAGUE.match(folded) or _RANGE.search(folded):
        return "un seul nombre, sans « environ » ni fourchette ; la nuance va dans la remarque"
    return ""


def _unit_refused(field: Field, unit: str, folded: str, typed: str) -> str:
    """Why what follows the digits prevents reading them; empty where it does not."""
    if not unit:
        return ""
    if _THOUSANDS.match(unit) and field.kind == "amount":
        return "en euros, tous les chiffres écrits : « 12 000 » et non « 12 k€ »"
    if _THOUSANDS.match(unit) and not unit.startswith("m "):
        return "tous les chiffres écrits"
    if _RANGE.search(folded) or unit.startswith(("env", "+", "-", "/", "?", "~")):
        return _why_not(folded) or _why_not("environ 1")
    units = _units(field)
    if unit in units or " ".join(map(singular, re.findall(r"[a-z]+", unit))) in units:
        return ""
    if len(unit) > 2 and any(known.startswith(unit.rstrip(".")) for known in units):  # « 47 sem. »
        return ""
    if field.kind == "amount" and "heure" in words(field.help) and _BY_HOUR.fullmatch(unit):
        return ""
    return f"sans « {shown(typed[:20])} »"


def _units(field: Field) -> frozenset[str]:
    """Folded units that may follow the digits: those that the column's own heading names."""
    if field.kind == "amount":
        return frozenset({"€", "euro", "eur"})
    if field.kind == "percent":
        return frozenset({"%", "pour cent", "pourcent"})
    named = {singular(w) for w in words(field.label).split() if len(w) > 2}
    named |= {"h"} if "heure" in named else set()
    named |= {"an", "annee"} if "ans" in words(field.label).split() else set()
    return frozenset(named | (_PEOPLE if field.kind == "integer" else set()))


def _finite(field: Field, value: float) -> Parsed:
    return _bounded(field, float(value)) if _safe(value) else refused(_wanted(field))


def _safe(value: float) -> bool:
    """Whether a number is finite and of a size that something counted can have."""
    return abs(value) <= LARGEST if isinstance(value, int) else math.isfinite(value) and abs(value) <= LARGEST


def _bounded(field: Field, value: float) -> Parsed:
    if abs(value) > LARGEST or not _within(field, value):
        return refused(_with_bounds(field, _wanted(field)))
    return Parsed(value)


def _within(field: Field, value: float) -> bool:
    return (field.minimum is None or value >= field.minimum) and (
        field.maximum is None or value <= field.maximum
    )


def _with_bounds(field: Field, wanted: str) -> str:
    low, high = field.minimum, field.maximum
    if low is not None and high is not None:
        return f"{wanted}, de {number_text(low)} à {number_text(high)}"
    if low is not None:
        return f"{wanted}, {number_text(low)} ou plus"
    return wanted if high is None else f"{wanted}, {number_text(high)} ou moins"


def _wanted(field: Field, more: str = "") -> str:
    noun = {
        "integer": "un nombre entier",
        "amount": "un montant en euros",
        "percent": "un pourcentage",
    }.get(field.kind, "un nombre")
    return f"{noun} ({more})" if more else noun


def _not_a_date(cell: object) -> str:
    if isinstance(cell, datetime | time | timedelta):
        return (
            f"le tableur y a vu une date ou une heure, {as_text(cell)} : mettre la cellule au format nombre"
        )
    return ""
