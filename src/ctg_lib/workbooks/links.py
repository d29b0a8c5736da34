"""Lines that name those of another sheet: by their identifier, almost by it, or by their name.

Whoever fills « financement.xlsx » with « offre.xlsx » closed writes « Multi-accueil » or « S1 » for « S01 ».
An identifier that differs by its zeros alone is taken as it is meant; a name, the beginning of a name or a
type that one line alone bears is replaced by its identifier, and told. What stands for none, or for several,
stays as it was typed: the checks say so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.workbooks.cell_choices import parse_choice
from ctg_lib.workbooks.cells import key, number_text, shown
from ctg_lib.workbooks.parsing import normal_id
from ctg_lib.workbooks.problems import Problem
from ctg_lib.workbooks.schema import ROW, Field, Sheet

if TYPE_CHECKING:
    from ctg_lib.workbooks.reading import Filled

_NAMES = ("name", "title")
"""Columns that name a line, as people call it."""
_SHORTEST = 6
"""Letters that the beginning of a name needs to stand for it."""


@dataclass(frozen=True)
class _Targets:
    """Lines that may be named: identifier by identifier without zeros, by name; and by type."""

    ids: frozenset[str]
    without_zeros: Mapping[str, str]
    names: Mapping[str, str]
    labels: Mapping[str, str]
    by_type: Callable[[str], str]

    def find(self, text: str) -> tuple[str, bool]:
        """The identifier that a text stands for, or nothing; and whether it is to be told."""
        name = normal_id(text)
        if name in self.ids:
            return name, False
        if found := self.without_zeros.get(_without_zeros(name)):
            return found, False
        wanted = key(text)
        begun = [id for each, id in self.names.items() if each.startswith(f"{wanted} ")]
        if found := self.names.get(wanted):
            return found, True
        if len(wanted) >= _SHORTEST and len(begun) == 1:
            return begun[0], True
        return self.by_type(text), True


def resolve(
    filled: Mapping[str, Filled], beside: Mapping[str, Filled] | None = None
) -> tuple[dict[str, Filled], list[Problem]]:
    """The same workbooks, each line that is named by its identifier; what is told.

    Args:
        filled: id of a workbook -> what was read of it.
        beside: other workbooks, read already, whose lines may be named.
    """
    out, told = dict(filled), []
    known = {**(beside or {}), **filled}
    for id, read in filled.items():
        for sheet in read.book.sheets:
            for field in sheet.fields:
                if field.refers_to and (targets := _targets(known, field)):
                    table, problems = _of_field(out[id], sheet, field, targets)
                    out[id] = replace(out[id], tables={**out[id].tables, sheet.name: table})
                    told += problems
    return out, told


def _targets(filled: Mapping[str, Filled], field: Field) -> _Targets | None:
    book, _, name = field.refers_to.partition(".")
    if book not in filled:
        return None
    sheet, table = filled[book].book[name], filled[book].tables[name]
    table = table[table["id"].ne("")]
    ids = table["id"].tolist()
    named = next((c for c in _NAMES if c in table.columns), "id")
    labels = dict(zip(ids, table[named].tolist(), strict=True))
    return _Targets(
        frozenset(ids),
        _alone((_without_zeros(each), each) for each in ids),
        _alone((key(label), id) for id, label in labels.items() if label),
        labels,
        _by_type(sheet, table),
    )


def _alone(pairs: Iterator[tuple[str, str]]) -> dict[str, str]:
    """Those that stand for one line alone."""
    found: dict[str, set[str]] = {}
    for name, id in pairs:
        found.setdefault(name, set()).add(id)
    return {name: next(iter(ids)) for name, ids in found.items() if name and len(ids) == 1}


def _without_zeros(id: str) -> str:
    """« S01 » and « S-1 » as « S1 »."""
    return re.sub(r"(?<!\d)0+(?=\d)", "", re.sub(r"[-_. ]", "", id))


def _by_type(sheet: Sheet, table: pd.DataFrame) -> Callable[[str], str]:
    """« RPE » names the only relais petite enfance."""
    types = next((f for f in sheet.fields if f.name == "type" and f.choices), None)
    if types is None:
        return lambda text: ""
    alone = _alone(iter(zip(table["type"].tolist(), table["id"].tolist(), strict=True)))
    return lambda text: alone.get(parse_choice(types, text).value or "", "")


def _of_field(
    read: Filled, sheet: Sheet, field: Field, targets: _Targets
) -> tuple[pd.DataFrame, list[Problem]]:
    table, told = read.tables[sheet.name].copy(), []
    values, changed = [], set()
    for row, value in zip(table[ROW].tolist(), table[field.name].tolist(), strict=True):
        several = isinstance(value, tuple)
        new = []
        for text in value if several else [value] if value else []:
            id, telling = targets.find(text)
            new.append(id or text)
            if id and telling:
                expected = f"un identifiant ; lu comme {id} (« {shown(targets.labels.get(id, ''))} »)"
                told.append(_problem(read, sheet, field, row, text, expected, "warning"))
                changed.add(row)
        values.append(tuple(dict.fromkeys(new)) if several else new[0] if new else "")
    table[field.name] = pd.Series(values, index=table.index, dtype=table[field.name].dtype)
    return table, told + (_doubles(read, sheet, table, changed) if field.name in sheet.key else [])


def _doubles(read: Filled, sheet: Sheet, table: pd.DataFrame, changed: set[int]) -> list[Problem]:
    """Lines that are the same once their names are read as identifiers."""
    told: list[Problem] = []
    first: dict[tuple[str, ...], int] = {}
    known = table[[name for name in sheet.key if sheet[name].required]]
    for line, whole in zip(table.to_dict("records"), _all_there(known), strict=True):
        value = tuple(_text(line[name]) for name in sheet.key)
        if whole and value in first and {line[ROW], first[value]} & changed:
            labels = ", ".join(f"« {sheet[name].label} »" for name in sheet.key)
            expected = f"une seule ligne pour {labels} ; déjà ligne {first[value]}"
            found = " ; ".join(text for text in value if text)
            told.append(_problem(read, sheet, sheet[sheet.key[0]], line[ROW], found, expected, "error"))
        first.setdefault(value, line[ROW])
    return told


def _all_there(known: pd.DataFrame) -> list[bool]:
    return [all(_text(value) for value in line) for line in known.itertuples(index=False)]


def _text(value: Any) -> str:
    if isinstance(value, float):
        return "" if value != value else number_text(value)
    return str(value)


def _problem(
    read: Filled, sheet: Sheet, field: Field, row: int, found: str, expected: str, severity: Any
) -> Problem:
    title = read.tabs.get(sheet.name, sheet.title)
    return Problem(read.file, shown(found), expected, title, row, field.label, severity)
