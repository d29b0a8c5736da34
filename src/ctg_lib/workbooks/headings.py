"""Which column of a filled sheet is which: found by what its headings say, wherever they stand."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ctg_lib.workbooks.cells import as_text, key, plain, words
from ctg_lib.workbooks.layout import GUIDANCE_MARK
from ctg_lib.workbooks.schema import Field, Sheet
from ctg_lib.workbooks.spreadsheet import Cell, Tab

LINES_SEARCHED = 300
"""Lines that hold something, from the top, among which the headings are looked for."""
_LIKENESS = 0.85
"""How much a heading must resemble a label to be taken for it (ratio of difflib)."""
_MARGIN = 0.04
"""How much more it must resemble it than the next one."""
_SHORTEST_BEGINNING = 6
_SHORTEST_WORD = 3
_LONGEST = 200


@dataclass
class Headings:
    """The line of headings of a tab.

    Attributes:
        row: its number.
        columns: number of the column -> field.
        titles: number of the column -> heading as it stands, on one line.
        guessed: columns whose heading only resembles the field's.
        repeated: columns that bear the heading of a field already found.
    """

    row: int
    columns: dict[int, Field]
    titles: dict[int, str]
    guessed: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)


def find_headings(tab: Tab, sheet: Sheet, known: Mapping[str, str] | None = None) -> Headings | None:
    """The line that names most fields of a sheet; None where none names two (or one of two or three).

    Args:
        known: other headings -> field name, as the file's own hidden sheet gives them.
    """
    names = heading_names(sheet, known or {})
    best_row, best = 0, 0
    for row in sorted(tab.rows)[:LINES_SEARCHED]:
        score = recognised(tab.rows[row], names)
        if score > best:
            best_row, best = row, score
    if best < (2 if len(sheet.fields) > 3 else 1):
        return None
    return _columns(best_row, tab.rows[best_row], sheet, names)


def recognised(cells: Mapping[int, Cell], names: Mapping[str, Field]) -> int:
    """How many different fields the cells of a line name."""
    found = (_named(cell, names) for cell in cells.values())
    return len({f.name for f in found if f is not None})


def is_guidance(cells: Mapping[int, Cell]) -> bool:
    """Whether a line is the one that helps to fill: most of its cells bear the mark of help."""
    texts = [as_text(plain(cell.value)) for cell in cells.values()]
    written = [t for t in texts if t]
    helping = [t for t in written if t.startswith(GUIDANCE_MARK.strip())]
    return bool(helping) and 2 * len(helping) > len(written)


def heading_names(sheet: Sheet, known: Mapping[str, str]) -> dict[str, Field]:
    """Keys under which each field is recognised; the strongest first, none that two fields share.

    Label, name and aliases; what the file itself says; label without brackets.
    """
    by_name = {f.name: f for f in sheet.fields}
    names: dict[str, Field] = {}
    strong = [(text, f) for f in sheet.fields for text in (f.label, *f.aliases, f.name)]
    strong += [(text, by_name[name]) for text, name in known.items() if name in by_name]
    for normal in (words, key):  # « Commune » and « Communes » may both be headings
        for text, f in strong:
            names.setdefault(normal(text), f)
    seen: dict[str, set[str]] = {}
    for f in sheet.fields:
        for text in (f.label, *f.aliases):
            seen.setdefault(key(re.sub(r"\([^)]*\)", " ", text)), set()).add(f.name)
    for text, fields in seen.items():
        if text and text not in names and len(fields) == 1:
            names[text] = by_name[next(iter(fields))]
    names.pop("", None)
    return names


def _named(cell: Cell, names: Mapping[str, Field]) -> Field | None:
    """The field that a cell names exactly, plural and what is no letter apart."""
    text = as_text(plain(cell.value))
    if text.startswith(GUIDANCE_MARK.strip()) or len(text) > _LONGEST:
        return None
    return names.get(words(text)) or names.get(key(text))


def _columns(row: int, cells: Mapping[int, Cell], sheet: Sheet, names: Mapping[str, Field]) -> Headings:
    titles = {column: as_text(plain(cell.value)).replace("\n", " ") for column, cell in sorted(cells.items())}
    found = Headings(row, {}, {c: t for c, t in titles.items() if t})
    taken: set[str] = set()
    unsure: list[int] = []
    for column in found.titles:
        named = _named(cells[column], names)
        if named is None:
            unsure.append(column)
        elif named.name in taken:
            found.repeated.append(column)
        else:
            found.columns[column] = named
            taken.add(named.name)
    for column in unsure:
        guess = _guess(found.titles[column], [f for f in sheet.fields if f.name not in taken], sheet)
        if guess is not None:
            found.columns[column] = guess
            found.guessed.append(column)
            taken.add(guess.name)
    return found


def _guess(title: str, left: list[Field], sheet: Sheet) -> Field | None:
    """The field whose label a heading is the beginning of, or clearly resembles more than any other."""
    wanted = key(title)
    if not wanted or len(title) > _LONGEST:
        return None
    begun = [f for f in sheet.fields if _begins(key(f.label), wanted)]
    if len(begun) == 1 and begun[0] in left:
        return begun[0]
    scores = sorted(
        ((difflib.SequenceMatcher(None, wanted, key(f.label)).ratio(), f.name) for f in sheet.fields),
        reverse=True,
    )
    if scores[0][0] < _LIKENESS or (len(scores) > 1 and scores[0][0] - scores[1][0] < _MARGIN):
        return None
    return next((f for f in left if f.name == scores[0][1]), None)


def _begins(label: str, wanted: str) -> bool:
    """Whether a heading is how a label begins: six letters of it, or whole words (« Nom »)."""
    if len(wanted) >= _SHORTEST_BEGINNING and label.startswith(wanted):
        return True
    return len(wanted) >= _SHORTEST_WORD and label.startswith(f"{wanted} ")
