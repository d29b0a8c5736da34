"""Workbooks as data: each column described once, for whoever fills it, for the writer and for the reader.

A frame read from a sheet has one column per field, named as the field, and ``row``, the number of the line
in the spreadsheet. By kind of field a cell is:

    text, long_text, id       str, empty where nothing was written
    integer, number, amount   float, NaN where nothing was written (amount: euros)
    percent                   float, 0–100
    year                      float (2025.0)
    date                      Timestamp, NaT where nothing was written
    time                      float, minutes after midnight
    yes_no                    « oui », « non » or empty
    choice                    code of the choice, or empty
    choices                   tuple of codes
    commune                   five-character code of a commune of the territory, or empty
    communes                  tuple of them
    reference                 id of a row of another sheet, or empty
    references                tuple of them

What cannot be read becomes an absent cell and a problem: a line is never dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import pandas as pd

Kind = Literal[
    "text", "long_text", "id", "integer", "number", "amount", "percent", "year", "date", "time", "yes_no",
    "choice", "choices", "commune", "communes", "reference", "references",
]  # fmt: skip
NUMBERS: frozenset[str] = frozenset({"integer", "number", "amount", "percent", "year", "time"})
MANY: frozenset[str] = frozenset({"choices", "communes", "references"})
ROW = "row"
"""Column of every frame: line of the spreadsheet."""


@dataclass(frozen=True)
class Field:
    """One column.

    Attributes:
        name: of the frame's column.
        label: heading, in French, unique in its sheet.
        kind: how a cell is read (see the module).
        help: one sentence for whoever fills it.
        required: a line without it is told.
        choices: code -> French label, for ``choice`` and ``choices``.
        refers_to: « offre.services »: workbook and sheet whose ids it names.
        minimum, maximum: of numbers, both allowed.
        example: what the example line of the workbook shows, as one would type it.
        aliases: other headings under which it is recognised.
        synonyms: other words for its choices -> code (« centre de loisirs » for an accueil de loisirs).
        width: of the column, in characters.
        sensitive: counts of people of a protected subject: 1 to 9 are masked when read; ``small`` counts of
            people otherwise (1 to 4 masked).
        locked: written by the sender; grey and protected on the lines that are already filled.
        verbatim: a text in which « NC » or « - » stays: it is read later, by the rule of its line.
    """

    name: str
    label: str
    kind: Kind = "text"
    help: str = ""
    required: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    refers_to: str = ""
    minimum: float | None = None
    maximum: float | None = None
    example: str = ""
    aliases: tuple[str, ...] = ()
    synonyms: Mapping[str, str] = field(default_factory=dict)
    width: int = 18
    sensitive: bool = False
    locked: bool = False
    verbatim: bool = False


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    Attributes:
        name: key of its frame.
        title: of the tab (31 characters at most), in French.
        intro: what a line is, and how to fill it.
        fields: its columns, in order.
        key: fields that make a line unique (empty: none).
        aliases: other titles under which it is recognised.
        lines: how many lines are prepared.
    """

    name: str
    title: str
    intro: str
    fields: tuple[Field, ...]
    key: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    lines: int = 200

    def __getitem__(self, name: str) -> Field:
        """The field of that name."""
        return next(f for f in self.fields if f.name == name)

    @property
    def columns(self) -> list[str]:
        """Columns of its frame."""
        return [ROW, *(f.name for f in self.fields)]

    def empty(self) -> pd.DataFrame:
        """Its frame without a line, with the right types; a frame of one's own each time."""
        return _without_lines(tuple((each.name, each.kind) for each in self.fields)).copy(deep=False)


@dataclass(frozen=True)
class Workbook:
    """One file to be filled.

    Attributes:
        id: « offre ».
        file: « offre.xlsx ».
        title: in French.
        purpose: why it is asked, in one or two sentences.
        audience: who fills it.
        version: grows when columns change; written in the file and checked.
        sheets: what is filled (the writer adds « Mode d’emploi », « Exemple » and « Listes »).
    """

    id: str
    file: str
    title: str
    purpose: str
    audience: str
    version: int
    sheets: tuple[Sheet, ...]

    def __getitem__(self, name: str) -> Sheet:
        """The sheet of that name."""
        return next(s for s in self.sheets if s.name == name)


def is_week(choices: Iterable[str]) -> bool:
    """Whether a list of choices is the days of the week."""
    return {"lun", "mar", "mer", "jeu", "ven"} <= set(choices)


def as_frame(sheet: Sheet, lines: list[dict[str, Any]]) -> pd.DataFrame:
    """Lines as the sheet's frame; absent values where a line has none.

    Args:
        lines: field name -> value, as the module says, and ``row`` (0 where there is none).
    """
    out: dict[str, pd.Series] = {ROW: pd.Series([int(line.get(ROW, 0)) for line in lines], dtype="int64")}
    for each in sheet.fields:
        values = [line.get(each.name) for line in lines]
        if each.kind in NUMBERS:
            out[each.name] = pd.Series([float("nan") if v is None else v for v in values], dtype="float64")
        elif each.kind == "date":
            out[each.name] = pd.Series(
                pd.to_datetime(pd.Series(values, dtype="object")), dtype="datetime64[ns]"
            )
        elif each.kind in MANY:
            out[each.name] = pd.Series([tuple(v) if v else () for v in values], dtype="object")
        else:
            out[each.name] = pd.Series([v or "" for v in values], dtype="str")
    return pd.DataFrame({name: column.array for name, column in out.items()})


@cache
def _without_lines(columns: tuple[tuple[str, Kind], ...]) -> pd.DataFrame:
    """Empty sheets are asked for hundreds of times a report, and each costs its columns one by one."""
    fields = tuple(Field(name, name, kind) for name, kind in columns)
    return as_frame(Sheet("", "", "", fields), [])
