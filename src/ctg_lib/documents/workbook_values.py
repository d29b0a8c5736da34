"""Values of a frame as they are written in a workbook's cells."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

import pandas as pd

from ctg_lib.workbooks.layout import SEPARATOR
from ctg_lib.workbooks.reading import MASKED
from ctg_lib.workbooks.schema import MANY, Field

LONGEST_TEXT = 32_767
"""Characters that a cell can hold."""
FORMATS: dict[str, str] = {
    "amount": '[>=1000]#,##0\\ "€";General\\ "€"',
    "number": "[>=1000]#,##0;General",
    "integer": "[>=1000]#,##0;General",
    "percent": "0.0\\ %",
    "year": "0",
    "date": "dd/mm/yyyy",
    "time": 'h"h"mm',
}
"""Number formats by kind; in a French spreadsheet groups and decimals follow by themselves."""
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def number_format(field: Field) -> str:
    """How the cells of a column are shown; texts stay as typed (« 01001 », « 1/2 »)."""
    return FORMATS.get(field.kind, "@")


def cell_value(field: Field, line: Mapping[str, Any], communes: Mapping[str, str]) -> object:
    """What is written for one field of a line; None: an empty cell.

    Raises:
        ValueError: a value that the field cannot have.
    """
    value = line.get(field.name)
    if line.get(field.name + MASKED):
        return "< 10" if field.sensitive else "< 5"
    if _absent(value):
        return None
    if field.kind in MANY:
        return _text(field, SEPARATOR.join(_named(field, v, communes) for v in value)) if value else None
    if field.kind in ("choice", "commune"):
        return _text(field, _named(field, value, communes)) or None
    if field.kind == "date":
        return _date(field, value)
    if field.kind == "time":
        return _time(field, value)
    if field.kind in ("integer", "number", "amount", "percent", "year"):
        return _number(field, value)
    return _text(field, str(value)) or None


def commune_names(communes: Mapping[str, str]) -> dict[str, str]:
    """Code -> name as it is written; namesakes with their code: « Saint-Aubin (21536) »."""
    names = list(communes.values())
    return {code: f"{name} ({code})" if names.count(name) > 1 else name for code, name in communes.items()}


def _absent(value: object) -> bool:
    return (
        value is None
        or value is pd.NaT
        or value is pd.NA
        or (isinstance(value, float) and math.isnan(value))
        or (isinstance(value, str) and not value)
    )


def _named(field: Field, value: object, communes: Mapping[str, str]) -> str:
    known = commune_names(communes) if field.kind in ("commune", "communes") else field.choices
    if field.kind == "references":
        return str(value)
    if value not in known:
        raise ValueError(f"{field.name}: {value!r} is not one of {sorted(known)[:10]}")
    return known[str(value)]


def _text(field: Field, text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"{field.name}: {len(text)} characters, a cell holds {LONGEST_TEXT}")
    return _FORBIDDEN.sub("", text)


def _date(field: Field, value: object) -> datetime:
    if isinstance(value, pd.Timestamp | datetime | date):
        return datetime(value.year, value.month, value.day)
    raise ValueError(f"{field.name}: {value!r} is not a date")


def _time(field: Field, value: object) -> object:
    minutes = round(_float(field, value))
    if not 0 <= minutes <= 24 * 60:
        raise ValueError(f"{field.name}: {value!r} minutes")
    return "24h00" if minutes == 24 * 60 else time(minutes // 60, minutes % 60)


def _number(field: Field, value: object) -> float:
    number = _float(field, value)
    if field.kind == "percent":
        return round(number / 100, 10)
    return int(number) if number == int(number) else number


def _float(field: Field, value: object) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise ValueError(f"{field.name}: {value!r} is not a number") from error
    if not math.isfinite(number):
        raise ValueError(f"{field.name}: {value!r} is not finite")
    return number
