"""Cells that hold a date or a time of day."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta

import pandas as pd

from ctg_lib.geography.names import fold
from ctg_lib.workbooks.cells import (
    ABSENT,
    Parsed,
    refused,
    says_not_concerned,
    says_nothing,
    says_unknown,
    told,
    words,
)
from ctg_lib.workbooks.schema import Field

FIRST_YEAR, LAST_YEAR = 1900, 2100
"""Years between which a date of a workbook lies."""
_EPOCH = date(1899, 12, 30)  # day 0 of spreadsheets, as they count since 1 March 1900
_FIRST_SERIAL, _LAST_SERIAL = 18_264, 73_050  # 1950 to 2099: below, a number is more likely a year or a count

_MONTHS = {
    "janvier": 1, "janv": 1, "jan": 1, "fevrier": 2, "fevr": 2, "fev": 2, "mars": 3, "mar": 3, "avril": 4,
    "avr": 4, "mai": 5, "juin": 6, "juillet": 7, "juil": 7, "juill": 7, "aout": 8, "septembre": 9, "sept": 9,
    "sep": 9, "octobre": 10, "oct": 10, "novembre": 11, "nov": 11, "decembre": 12, "dec": 12,
}  # fmt: skip
_DAY = r"(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) )?"
_CLOCK_AFTER = r"(?:(?:t| |, | a )\d{1,2}[:h]\d{0,2}(?::\d{2}(?:\.\d+)?)?(?:z|[+-]\d{2}:?\d{2})?)?"
_NUMERIC = re.compile(
    rf"(?:le )?{_DAY}(\d{{1,2}}) ?[/.\- ] ?(\d{{1,2}}) ?[/.\- ] ?(\d{{4}}|\d{{2}}){_CLOCK_AFTER}"
)
_ISO = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_CLOCK_AFTER}")
_WRITTEN = re.compile(rf"(?:le )?{_DAY}(\d{{1,2}})(?:er)?[ \-]([a-z]{{3,9}})\.?[ \-](\d{{4}}|\d{{2}})")
_MONTH = re.compile(r"(?:en |debut )?([a-z]{3,9})\.?[ \-/]?(\d{4})|(\d{1,2})[/.\-](\d{4})|(\d{4})-(\d{1,2})")
_YEAR = re.compile(r"(?:19|20)\d{2}")
_DATE = "une date, jour/mois/année"
_TIME = "une heure, par exemple « 7h30 »"
_HOUR = re.compile(r"(?:a )?(\d{1,2}) ?(?:h|:|heures?|h\.) ?(\d{1,2})?(?: ?(?::|min|mn|minutes?) ?(?:00)?)?")


def parse_date(field: Field, cell: object) -> Parsed:
    """A date: Timestamp without time; a month alone gives its first day, told."""
    if isinstance(cell, datetime):
        return _day(cell.year, cell.month, cell.day)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _from_serial(cell)
    if not isinstance(cell, str):
        return refused(_DATE)
    if says_not_concerned(cell) or says_unknown(cell) or says_nothing(cell):
        return ABSENT
    return _from_text(" ".join(fold(cell[:80]).split())) if len(cell) <= 60 else refused(_DATE)


def _from_serial(cell: float) -> Parsed:
    if not isinstance(cell, int) and not math.isfinite(cell):
        return refused(_DATE)
    if _FIRST_SERIAL <= cell <= _LAST_SERIAL:
        day = _EPOCH + timedelta(days=int(cell))
        return told(pd.Timestamp(day), f"{_DATE} ; lu comme le {day:%d/%m/%Y}")
    if FIRST_YEAR <= cell <= LAST_YEAR:
        return refused(f"{_DATE} : le jour et le mois manquent")
    return refused(_DATE)


def _from_text(text: str) -> Parsed:
    if match := _NUMERIC.fullmatch(text):
        return _day(_full_year(match[3]), int(match[2]), int(match[1]))
    if match := _ISO.fullmatch(text):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if (match := _WRITTEN.fullmatch(text)) and match[2] in _MONTHS:
        return _day(_full_year(match[3]), _MONTHS[match[2]], int(match[1]))
    if match := _MONTH.fullmatch(text):
        return _month(match)
    if _YEAR.fullmatch(text):
        return refused(f"{_DATE} : le jour et le mois manquent")
    if text.isdigit() and len(text) == 5:
        return _from_serial(int(text))
    return refused(_DATE)


def _full_year(text: str) -> int:
    if len(text) == 4:
        return int(text)
    return 2000 + int(text) if int(text) < 50 else 1900 + int(text)


def _month(match: re.Match[str]) -> Parsed:
    month = _MONTHS.get(match[1], 0) if match[1] else int(match[3] or match[6])
    if not month:  # « fin 2026 », « rentrée 2026 »
        return refused(f"{_DATE} : le jour et le mois manquent")
    read = _day(int(match[2] or match[4] or match[5]), month, 1)
    if read.value is None:
        return read
    return told(read.value, f"{_DATE} : le jour manque ; lu comme le {read.value:%d/%m/%Y}")


def _day(year: int, month: int, day: int) -> Parsed:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return refused(f"{_DATE}, entre {FIRST_YEAR} et {LAST_YEAR}")
    try:
        return Parsed(pd.Timestamp(year, month, day))
    except ValueError:
        return refused(f"{_DATE} ; ce jour n’existe pas")


def parse_time(field: Field, cell: object) -> Parsed:
    """A time of day: minutes after midnight, 1440 for midnight at the end of the day."""
    if isinstance(cell, time):
        return Parsed(float(cell.hour * 60 + cell.minute))
    if isinstance(cell, timedelta):
        return _minutes(cell.total_seconds() / 60)
    if isinstance(cell, datetime):  # day 0 of spreadsheets is a time alone
        alone = cell.date() in (_EPOCH, date(1900, 1, 1), date(1904, 1, 1))
        return Parsed(float(cell.hour * 60 + cell.minute)) if alone else refused(_TIME)
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        return refused(_TIME)
    return _time_text(cell) if isinstance(cell, str) else _time_number(cell)


def _time_number(cell: float) -> Parsed:
    if not isinstance(cell, int) and not math.isfinite(cell):
        return refused(_TIME)
    if 0 < cell < 1 or cell == 0:
        return _minutes(cell * 24 * 60)
    if cell == int(cell) and 1 <= cell <= 24:
        return told(float(cell) * 60, f"{_TIME} ; lu comme {int(cell)}h00")
    return refused(_TIME)


def _time_text(cell: str) -> Parsed:
    if says_not_concerned(cell) or says_unknown(cell) or says_nothing(cell):
        return ABSENT
    text = words(cell) if cell.lower().strip() in ("midi", "minuit") else " ".join(fold(cell[:40]).split())
    if text == "midi":
        return Parsed(720.0)
    if text == "minuit":
        return refused("« 0h00 » ou « 24h00 »")
    match = _HOUR.fullmatch(text)
    if match is None:
        return refused(_TIME + (" (une seule)" if len(re.findall(r"\d ?[h:]", text)) > 1 else ""))
    if int(match[2] or 0) > 59:
        return refused(_TIME)
    return _minutes(int(match[1]) * 60 + int(match[2] or 0))


def _minutes(value: float) -> Parsed:
    return Parsed(float(round(value))) if 0 <= value <= 24 * 60 else refused(f"{_TIME}, de 0h00 à 24h00")
