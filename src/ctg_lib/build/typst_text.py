"""Texts, calls and tables written as Typst code: every text is a string, so that nothing in it is markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bs4 import BeautifulSoup, Tag

_LONG = re.compile(r"\S{8,}")
_SHA = re.compile(r"\b[0-9a-f]{64}\b")
_SYLLABLES = 12
"""Characters of a head's word that stand on one line: a longer one is hyphenated."""
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
_STEPS = 60
"""Steps in which the width left over is shared."""


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


def column_rule(rule: str, html: str) -> str:
    """The rule of a pipe table whose dashes share the width as in the PDF; as it is for a narrow table."""
    found = BeautifulSoup(html, "html.parser").find("table")
    head, body, _ = _rows(found) if isinstance(found, Tag) else ([], [], [])
    marks = rule.strip().strip("|").split("|")
    if len(marks) != len(head) or not body or not _is_full([head, *body], SIZES[0]):
        return rule
    widths = shares([head, *body], SIZES[0], PAPER)
    cells = []
    for mark, width in zip(marks, widths, strict=True):
        dashes = "-" * max(3, round(width / 4))
        cells.append(f"{':' * mark.strip().startswith(':')}{dashes}{':' * mark.strip().endswith(':')}")
    return f"|{'|'.join(cells)}|"


def _table_call(
    name: str, title: str, head: Sequence[str], body: Sequence[Sequence[str]], rows: Sequence[str],
    sides: Sequence[str], under: str,
) -> str:  # fmt: skip
    lines = [head, *body]
    size, aside = table_size(lines)
    wide = aside or _is_full(lines, size)
    widths = shares(lines, size, WIDE if aside else PAPER) if wide else []
    return "#" + call(
        "ctg-table", text(name), title, array(map(text, head)), array(rows),
        columns=array(f"{width:g}fr" for width in widths) if wide else str(len(head)),
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
    """A cell whose long words (file names, codes) may break after « _ » and « / », a sha256 anywhere."""
    cut = _SHA.sub(lambda sha: "\u200b".join(re.findall(".{8}", sha.group())), cell)
    return _LONG.sub(lambda word: re.sub(r"([_/])", "\\1\u200b", word.group()), cut)


def shares(lines: Sequence[Sequence[str]], size: float, total: float) -> list[float]:
    """Widths of a wide table's columns, in points: each holds its longest word, and the table is short.

    What remains of the width goes, step by step, to the column that shortens the table most. The height of a
    row is a soft maximum of its cells' lines (a norm of order 6), so that each step counts.

    Args:
        lines: the head and the rows.
        size: of the text, in points.
        total: width of the table, in points.
    """
    import numpy as np

    em = size * _EM
    least = np.array([_longest_word(column) for column in zip(*lines, strict=True)]) * em
    lengths = np.array([[len(cell) for cell in line] for line in lines]) * em
    widths, room = least, total - _MARGINS * len(least)
    if widths.sum() >= room:
        return [float(width) for width in (widths * room / widths.sum() + _MARGINS).round(1)]
    step = (room - widths.sum()) / _STEPS
    for _ in range(_STEPS):
        tried = widths + step * np.eye(len(widths))  # one line per column made wider
        heights = np.maximum(lengths[None] / tried[:, None, :], 1.0)
        widths = tried[int(((heights**6).sum(axis=2) ** (1 / 6)).sum(axis=1).argmin())]
    return [float(width) for width in (widths + _MARGINS).round(1)]


def table_size(lines: Sequence[Sequence[str]]) -> tuple[float, bool]:
    """Size of a table's text in points, and whether the page must lie on its side for it."""
    words = [_longest_word(column) for column in zip(*lines, strict=True)]
    for width, aside in ((PAPER, False), (WIDE, True)):
        for size in SIZES:
            if sum(word * size * _EM + _MARGINS for word in words) <= width:
                return size, aside
    return SIZES[-1], True


def _longest_word(column: Sequence[str]) -> int:
    """Characters that must stand on one line; a head is bold, thus wider, and hyphenated."""
    head, *cells = ([len(word) for word in re.split(r"[ _/-]", _SHA.sub("", cell))] for cell in column)
    return min(28, max(min(_SYLLABLES, max(head)) + 1, *(max(words) for words in cells), 1))


def _is_full(lines: Sequence[Sequence[str]], size: float) -> bool:
    """Whether a table needs the width of the page: its columns then share it."""
    longest = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return sum(length * size * _EM + _MARGINS for length in longest) > PAPER
