"""Workbooks of plain tables: no cell is a formula, whatever its text; same content, same bytes.

openpyxl makes the workbook. The rows of a table (tens of thousands of cells) are written here, byte for byte
as it would write them, in a tenth of its time; a value that is neither a text nor a number is left to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import isfinite
from typing import Any

from ctg_lib.archive import fixed_file

_LONGEST = 32_767
"""Characters that a cell may hold."""


class Book:
    """A workbook being made.

    Args:
        title: in its properties.
    """

    def __init__(self, title: str) -> None:
        from openpyxl import Workbook

        self._book = Workbook(write_only=True)
        self._book.properties.creator = "ctg-lib"
        self._book.properties.title = title
        self._rows: dict[bytes, bytes] = {}

    def add_sheet(
        self, title: str, headers: Sequence[str], rows: Sequence[Sequence[Any]], *,
        widths: Mapping[str, int], frozen: str = "A2",
    ) -> None:  # fmt: skip
        """One sheet: headers, rows, widths by letter of column (14 by default); no text is a formula."""
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Font
        from openpyxl.utils import get_column_letter

        sheet = self._book.create_sheet(title)
        letters = [get_column_letter(rank) for rank in range(1, len(headers) + 1)]
        sheet.freeze_panes = frozen
        sheet.auto_filter.ref = f"A1:{letters[-1]}{len(rows) + 1}"
        for letter in letters:
            sheet.column_dimensions[letter].width = widths.get(letter, 14)
        bold = Font(bold=True)

        def cell(value: Any, font: Font | None = None) -> Any:
            made = WriteOnlyCell(sheet, value=value)
            if isinstance(value, str):
                made.data_type = "s"  # a text that begins with « = » stays a text
            if font is not None:
                made.font = font
            return made

        def plain(value: Any) -> Any:  # only such a text would be taken for something else
            return cell(value) if isinstance(value, str) and value.startswith(("=", "#")) else value

        sheet.append([cell(text, bold) for text in headers])
        written = written_rows(rows, letters)
        if written is None:
            for row in rows:
                sheet.append([plain(value) for value in row])
        elif rows:
            mark = f"ctg-lib, lignes {len(self._rows)}"
            sheet.append([mark])
            told = f'<row r="2"><c r="A2" t="inlineStr"><is><t>{mark}</t></is></c></row>'
            self._rows[told.encode("ascii")] = written

    def content(self, day: date) -> bytes:
        """The file; the times of its parts are set to ``day``."""
        return fixed_file(self._book.save, day, self._rows)


def written_rows(rows: Sequence[Sequence[Any]], letters: Sequence[str]) -> bytes | None:
    """Rows of a sheet from the second on, as XML; None where one of their values is openpyxl's matter."""
    known: dict[str, str | None] = {}
    lines = []
    for rank, row in enumerate(rows, start=2):
        cells = []
        for letter, value in zip(letters, row, strict=True):
            if value is None:
                continue
            kind = type(value)
            if isinstance(value, str):
                if value not in known:
                    known[value] = _text(value)
                inside = known[value]
            else:
                inside = _number(value) if kind is float or kind is int else None
            if inside is None:
                return None
            cells.append(f'<c r="{letter}{rank}" {inside}')
        lines.append(f'<row r="{rank}">{"".join(cells)}</row>')
    return "".join(lines).encode("ascii", "xmlcharrefreplace")


def _number(value: float) -> str | None:
    return f't="n"><v>{value:.16g}</v></c>' if isfinite(value) else None


def _text(value: str) -> str | None:
    """A text in its cell; None where it may not stand in one as it is."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if len(value) > _LONGEST or ILLEGAL_CHARACTERS_RE.search(value):
        return None
    if not value:
        return 't="inlineStr"></c>'
    safe = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    space = ' xml:space="preserve"' if value != value.strip() else ""
    return f't="inlineStr"><is><t{space}>{safe}</t></is></c>'
