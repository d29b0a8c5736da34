"""What is proposed, laid into a workbook that people have already filled: what they decided stays as it is.

Lines keep their order, their identifiers and their cells. A proposal is known by its key, kept in a locked column: one
whose key stands in the sheet, whatever was decided of it, is never proposed twice.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from ctg_lib.workbooks.parsing import parse
from ctg_lib.workbooks.problems import Problem
from ctg_lib.workbooks.reading import masked_columns
from ctg_lib.workbooks.schema import MANY, ROW, Field, Sheet

Line = dict[str, Any]
OPEN: frozenset[str] = frozenset({"", "propose"})
"""States in which a line waits for a person."""
_NUMBERED = re.compile(r"(\D*)(\d+)")
_TYPED: frozenset[str] = frozenset({"text", "long_text", "id", "reference", "references"})
"""Kinds of fields whose cells hold what is typed, and whose reading tidies it: spaces, case of identifiers."""


@dataclass(frozen=True)
class Updated:
    """A sheet with what is proposed.

    Attributes:
        lines: of the sheet, as the writer of workbooks takes them: those that were there, then the new ones.
        new: ids of the lines added.
        filled: ids of waiting lines in which something was filled in or written again.
        gone: ids of waiting lines with a key that is no longer proposed; they stay.
        ids: key -> id, of all lines that have a key.
    """

    lines: list[Line]
    new: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    ids: Mapping[str, str] | None = None


def lines_of(sheet: Sheet, table: pd.DataFrame) -> list[Line]:
    """A sheet's frame as lines that the writer of workbooks takes back, without the cells that hold nothing."""
    names = [each.name for each in sheet.fields] + [n for n in masked_columns(sheet) if n in table]
    return [
        {name: line[name] for name in names if _held(line[name])} for line in table.to_dict("records")
    ]  # fmt: skip


def settled(sheet: Sheet, line: Mapping[str, Any]) -> Line:
    """A line as it will be read of the workbook once written there.

    Reading turns no-break spaces into plain ones, joins broken lines, writes identifiers in capitals: a proposal compared
    without it with the line that holds it would always look new.
    """
    kinds = {each.name: each for each in sheet.fields}
    return {name: _settled(kinds.get(name), value) for name, value in line.items()}


def _settled(field: Field | None, value: Any) -> Any:
    if isinstance(value, date):
        return pd.Timestamp(value)
    if field is None or field.kind not in _TYPED or not _held(value):
        return value
    if isinstance(value, tuple):
        return tuple(dict.fromkeys(each for text in value for each in parse(field, text, {}).value or ()))
    return parse(field, value, {}).value


def updated(
    sheet: Sheet,
    table: pd.DataFrame,
    proposals: Iterable[Mapping[str, Any]],
    *,
    open_states: Collection[str] = OPEN,
    follows: Mapping[str, str] | None = None,
    machine: Collection[str] = (),
    grows: Collection[str] = (),
    cited: Iterable[str] = (),
) -> Updated:
    """Lay proposals into a sheet that has the fields ``id``, ``state`` and ``key``.

    A line that was decided (its state is not one of ``open_states``), or that has no key, does not change at all. In a
    line that waits, empty cells are filled in; nothing else is touched, save as below.

    Args:
        sheet, table: the sheet and its frame.
        proposals: field -> value, with a ``key`` and without an ``id``, in the order in which they are added; of several
            with one key the first is taken.
        open_states: states of a line that waits for a person.
        follows: field -> field that keeps what was proposed of it: both are written again in a line that waits, where
            nobody changed the first.
        machine: fields written again in a line that waits.
        grows: fields of several values to which a line that waits gains those proposed.
        cited: ids named elsewhere, never given to a new line even where theirs is gone.

    Raises:
        ValueError: a proposal without a key.
    """
    lines = lines_of(sheet, table)
    wanted: dict[str, Mapping[str, Any]] = {}
    for each in proposals:
        if not each.get("key"):
            raise ValueError(f"{sheet.name}: a proposal without a key")
        made = settled(sheet, each)
        wanted.setdefault(str(made["key"]), made)
    filled, gone = [], []
    for line in lines:
        waits = line.get("state", "") in open_states and "key" in line
        if waits and line["key"] not in wanted:
            gone.append(str(line.get("id", "")))
        elif waits and _renew(line, wanted[line["key"]], follows or {}, machine, grows):
            filled.append(str(line.get("id", "")))
    known = {line["key"] for line in lines if "key" in line}
    fresh = [dict(each) for key, each in wanted.items() if key not in known]
    taken = [*(str(line.get("id", "")) for line in lines), *cited]
    new = next_ids(sheet["id"].example, taken, len(fresh))
    lines += [{"id": id, **_tidy(each)} for id, each in zip(new, fresh, strict=True)]
    ids = {str(line["key"]): str(line["id"]) for line in reversed(lines) if "key" in line and "id" in line}
    return Updated(lines, tuple(new), tuple(filled), tuple(gone), ids)


def added(
    sheet: Sheet, table: pd.DataFrame, fresh: Iterable[Mapping[str, Any]], fill: Sequence[str] = ()
) -> list[Line]:
    """Lines of a sheet known by its own key (``sheet.key``), those that were there as they are, then the new ones.

    Args:
        sheet, table: the sheet and its frame.
        fresh: lines to add; of one whose key is there, only the fields ``fill`` that are empty there are filled in.
        fill: those fields.
    """
    lines = lines_of(sheet, table)
    known: dict[tuple[Any, ...], Line] = {}
    for line in lines:
        known.setdefault(_key(sheet, line), line)
    for each in (settled(sheet, line) for line in fresh):
        there = known.get(_key(sheet, each))
        if there is None:
            lines.append(_tidy(each))
            known[_key(sheet, each)] = lines[-1]
        else:
            there.update({name: each[name] for name in fill if name not in there and _held(each.get(name))})
    return lines


def next_ids(example: str, taken: Iterable[str], count: int) -> list[str]:
    """Identifiers that follow the greatest one taken: written as ``example`` (« K001 », « N01 »).

    Raises:
        ValueError: the example has no number.
    """
    pattern = _NUMBERED.fullmatch(example)
    if pattern is None:
        raise ValueError(f"{example!r} has no number at its end")
    prefix, width = pattern[1], len(pattern[2])
    found = [_NUMBERED.fullmatch(id) for id in taken]
    last = max((int(m[2]) for m in found if m is not None and m[1] == prefix), default=0)
    return [f"{prefix}{last + n:0{width}d}" for n in range(1, count + 1)]


def loses(problem: Problem) -> bool:
    """Whether writing a workbook again from what was read of it would lose what this problem tells of.

    Args:
        problem: of reading one file (``Filled.problems``).
    """
    if "n’est pas lu" in problem.expected or "seule la première" in problem.expected:
        return True  # whole sheets, columns and lines, comments laid on cells, merged cells
    return (
        problem.severity == "error" and bool(problem.found) and "une seule ligne pour" not in problem.expected
    )


def _renew(
    line: Line, proposal: Mapping[str, Any], follows: Mapping[str, str], machine: Collection[str],
    grows: Collection[str],
) -> bool:  # fmt: skip
    """Bring a waiting line up to its proposal; whether anything of it changed."""
    before = dict(line)
    for name, copy in follows.items():
        if name in proposal and line.get(name) == line.get(copy):
            line[name] = proposal[name]
        if copy in proposal:
            line[copy] = proposal[copy]
    for name, value in proposal.items():
        if name in follows or name in follows.values() or name in ("id", "key"):
            continue
        if name in grows:
            line[name] = tuple(dict.fromkeys((*line.get(name, ()), *value)))
        elif name in machine or name not in line:
            line[name] = value
    for name in [name for name, value in line.items() if not _held(value)]:
        del line[name]
    return line != before


def _key(sheet: Sheet, line: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(line.get(name, () if sheet[name].kind in MANY else "") for name in sheet.key)


def _tidy(line: Mapping[str, Any]) -> Line:
    return {name: value for name, value in line.items() if name != ROW and _held(value)}


def _held(value: Any) -> bool:
    """Whether a cell holds something: no empty text, no empty list, no absent number or date."""
    if isinstance(value, tuple | list | str):
        return bool(value)
    return value is not None and value is not False and bool(pd.notna(value))
