"""Texts, calls and tables written as Typst code: every text is a string, so that nothing in it is markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bs4 import BeautifulSoup, Tag

_LONG = re.compile(r"\S{8,}")
_EM = 0.55
"""Mean width of a character, in ems of the table's text."""
PAPER = 470.0
"""Width of the text on an A4 page, in points (``templates/print/report.typ`` sets the same margins)."""
WIDE = 700.0
"""Width of the text on an A4 page that lies on its side."""
SIZES = (8.5, 8.0, 7.5, 7.0)
"""Sizes of a table's text, in points: the first at which no word is cut."""
TEXT = 10.0
"""Size of the running text, in points: tables follow it when a leaflet lowers it."""
_MARGINS = 10.0
_MOST = 90.0
"""Share of a column of long texts, at most; a column of years has 8."""


def text(value: object) -> str:
    """A Typst string."""
    plain = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{plain}"'


def array(values: Iterable[str]) -> str:
    """A Typst array of expressions."""
    return "(" + "".join(f"{value}, " for value in values) + ")"


def call(name: str, *arguments: str, **named: str) -> str:
    """A Typst call of expressions; names of arguments are written with hyphens."""
    words = [*arguments, *(f"{key.replace('_', '-')}: {value}" for key, value in named.items() if value)]
    return f"{name}({', '.join(words)})"


def raw(code: str) -> str:
    """Typst code as a block of pandoc's Markdown."""
    return f"\n```{{=typst}}\n{code}\n```\n"


def table_code(html: str, name: str, title: str, under: str, anchors: set[str]) -> str:
    """A table of the display room as a call of ``ctg-table``; empty when the HTML holds none.

    Args:
        html: where the table is.
        name: its label in the document; empty: none.
        title: its caption, a Typst expression.
        under: the lines under it, a Typst array.
        anchors: ids that rows may keep; those used are taken out, since a label stands once.
    """
    found = BeautifulSoup(html, "html.parser").find("table")
    if not isinstance(found, Tag):
        return ""
    head, body, marks = _rows(found)
    if not head or not body:
        return ""
    rows = []
    for row, cells in zip(body, marks, strict=True):
        identifier = str(row_id(cells))
        keep = identifier if identifier in anchors else ""
        anchors.discard(keep)
        strong = "true" if cells and _is_strong(cells[0]) else "false"
        rows.append(array([text(keep), strong, *(text(_broken(cell)) for cell in row)]))
    return _table_call(name, title, head, body, rows, _aligned(found, len(head)), under)


def lines_code(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    """A table of plain texts, without caption, as a call of ``ctg-table``."""
    rows = [array([text(""), "false", *(text(_broken(cell)) for cell in row)]) for row in body]
    return _table_call("", "none", head, body, rows, ["left"] * len(head), "()")


def _table_call(
    name: str, title: str, head: Sequence[str], body: Sequence[Sequence[str]], rows: Sequence[str],
    sides: Sequence[str], under: str,
) -> str:  # fmt: skip
    lines = [head, *body]
    size, aside = table_size(lines)
    wide = _is_full(lines, size)
    return "#" + call(
        "ctg-table", text(name), title, array(map(text, head)), array(rows),
        columns=array(f"{share:g}fr" for share in shares(lines)) if wide else str(len(head)),
        align=array(sides), size=f"{size / TEXT:g}em", aside="true" if aside else "", under=under,
    )  # fmt: skip


def row_id(cells: Sequence[Tag]) -> str:
    """Id of the row that these cells make."""
    row = cells[0].parent if cells else None
    return str(row.get("id") or "") if isinstance(row, Tag) else ""


def _is_strong(cell: Tag) -> bool:
    row = cell.parent
    return isinstance(row, Tag) and "ctg-highlight" in (row.get("class") or [])


def _rows(table: Tag) -> tuple[list[str], list[list[str]], list[list[Tag]]]:
    head: list[str] = []
    body, marks = [], []
    for row in table.find_all("tr"):
        cells = list(row.find_all(["th", "td"]))
        words = [_words(cell) for cell in cells]
        if not head:
            head = words
        elif len(words) == len(head):
            body.append(words)
            marks.append(cells)
    return head, body, marks


def _words(cell: Tag) -> str:
    return " ".join(part for part in cell.get_text(" ").replace("\n", " ").split(" ") if part)


def _aligned(table: Tag, count: int) -> list[str]:
    first = table.find("tr")
    cells = first.find_all(["th", "td"]) if isinstance(first, Tag) else []
    sides = ["right" if "ctg-num" in (c.get("class") or []) else "left" for c in cells]
    return (sides + ["left"] * count)[:count]


def _broken(cell: str) -> str:
    """A cell whose long words (file names, codes) may break after « _ » and « / »."""
    return _LONG.sub(lambda word: re.sub(r"([_/])", "\\1\u200b", word.group()), cell)


def shares(lines: Sequence[Sequence[str]]) -> list[float]:
    """Shares of a wide table's columns: at least the longest word, more for those with much to say."""
    found = []
    for column in zip(*lines, strict=True):
        lengths = [len(cell) for cell in column]
        said = (max(lengths) * sum(lengths) / len(lengths)) ** 0.4
        found.append(round(max(_longest_word(column) + 4, min(said, _MOST)), 1))
    return found


def table_size(lines: Sequence[Sequence[str]]) -> tuple[float, bool]:
    """Size of a table's text in points, and whether the page must lie on its side for it."""
    words = [_longest_word(column) for column in zip(*lines, strict=True)]
    for width, aside in ((PAPER, False), (WIDE, True)):
        for size in SIZES:
            if sum(word * size * _EM + _MARGINS for word in words) <= width:
                return size, aside
    return SIZES[-1], True


def _longest_word(column: Iterable[str]) -> int:
    return min(28, max(len(word) for cell in column for word in re.split(r"[ _/-]", cell)))


def _is_full(lines: Sequence[Sequence[str]], size: float) -> bool:
    """Whether a table needs the width of the page: its columns then share it."""
    longest = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return sum(length * size * _EM + _MARGINS for length in longest) > PAPER
