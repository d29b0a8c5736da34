"""Workbooks to be filled, as .xlsx files: the same content gives the same bytes.

Each sheet of lines has a title, what a line is, a line of help, the headings, then the lines. Headings are
locked without a password and entry cells are not; the help stands over the headings so that sorting and
filtering leave it alone. A sheet is protected in such a way that one can fill, sort, filter, insert and
delete lines, and change columns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook as Spreadsheet
from openpyxl.cell.cell import Cell
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, PatternFill, Protection
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.worksheet import Worksheet

from ctg_lib.archive import fixed_file
from ctg_lib.display.typography import typeset
from ctg_lib.documents.workbook_pages import (
    ListRanges,
    example_sheet,
    hidden_sheet,
    instructions,
    lists_sheet,
)
from ctg_lib.documents.workbook_styles import (
    MIDDLE,
    UNLOCKED,
    WRAPPED,
    colour,
    fill,
    font,
    lines_of,
    page,
    protect,
    strip_fictif,
    thin,
)
from ctg_lib.documents.workbook_values import cell_value, number_format
from ctg_lib.files import write_whole
from ctg_lib.workbooks.layout import GUIDANCE_MARK, guidance, heading
from ctg_lib.workbooks.reading import masked_columns
from ctg_lib.workbooks.schema import NUMBERS, ROW, Field, Sheet, Workbook

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

_LAST_COLUMN = 16_384
_LAST_VALIDATED = 5_000
_FROZEN_WIDTH = 50
_PAGE_WIDTH = 190
"""Characters that an A4 page on its side shows, small but readable."""
_INTRO_WIDTH = 110
_BLANK_PRINTED = 12


@dataclass(frozen=True)
class _Rows:
    """Where things stand on a sheet of lines."""

    strip: int | None
    title: int
    intro: int
    help: int
    headings: int

    @classmethod
    def of(cls, fictif: bool) -> _Rows:
        first = 2 if fictif else 1
        return cls(1 if fictif else None, first, first + 1, first + 2, first + 3)


def workbook_bytes(
    book: Workbook,
    rows: Mapping[str, list[dict[str, Any]]],
    *,
    communes: Mapping[str, str],
    place: str,
    moment: date,
    fictif: bool = False,
) -> bytes:
    """A workbook as the bytes of an .xlsx file.

    Args:
        book: what it is.
        rows: sheet name -> lines, each field name -> value in the types of ``workbooks.schema``; what is
            absent is an empty cell; ``<name>_masked`` true writes « < 5 » (« < 10 » of a sensitive field).
        communes: code -> name of the territory's communes, in the order of the list.
        place: name of the territory, as people read it.
        moment: day on which it is made.
        fictif: the content is made up: said on every sheet and page.

    Raises:
        ValueError: a sheet, field or value that the workbook does not know.
    """
    _check(book, rows)
    file = Spreadsheet()
    file.remove(file.active)
    footer = f"{typeset(place)} · {book.file} · version {book.version}"
    instructions(file, book, place=place, moment=moment, fictif=fictif, footer=footer)
    sheets = {sheet.name: file.create_sheet(sheet.title) for sheet in book.sheets}
    example_sheet(file, book, communes=communes, fictif=fictif, footer=footer)
    ranges = lists_sheet(file, book, communes)
    hidden_sheet(file, book)
    for sheet in book.sheets:
        _LinesSheet(sheets[sheet.name], sheet, book, ranges, communes, fictif, footer).write(
            rows.get(sheet.name, [])
        )
    file.active = 0
    file.properties.creator = "ctg"
    file.properties.title = book.title
    file.properties.language = "fr-FR"
    return fixed_file(file.save, moment)


def study_book_bytes(study: Study, book: Workbook, rows: Mapping[str, list[dict[str, Any]]]) -> bytes:
    """The workbook of :func:`workbook_bytes` for a study: its communes, its name, its date."""
    return workbook_bytes(
        book, rows, communes=study.communes_by_code, place=study.territory.name, moment=study.as_of,
        fictif=study.fictif,
    )  # fmt: skip


def write_workbook(
    path: Path,
    book: Workbook,
    rows: Mapping[str, list[dict[str, Any]]],
    *,
    communes: Mapping[str, str],
    place: str,
    moment: date,
    fictif: bool = False,
) -> Path:
    """Write the workbook of :func:`workbook_bytes`; the folder is made if needed. The path is returned."""
    content = workbook_bytes(book, rows, communes=communes, place=place, moment=moment, fictif=fictif)
    return write_whole(path, content)


def _check(book: Workbook, rows: Mapping[str, list[dict[str, Any]]]) -> None:
    known = {
        sheet.name: {ROW, *(f.name for f in sheet.fields), *masked_columns(sheet)} for sheet in book.sheets
    }
    for name, lines in rows.items():
        if name not in known:
            raise ValueError(f"{book.id}: no sheet {name!r}, only {sorted(known)}")
        for line in lines:
            if unknown := set(line) - known[name]:
                raise ValueError(f"{book.id}.{name}: no field {sorted(unknown)}")


def width_of(field: Field) -> int:
    """Width of a column, in characters: the field's own, and that of the longest word of its heading."""
    return max(field.width, 9, max(map(len, re.split(r"[\s’'-]+", heading(field)))) + 4)


class _LinesSheet:
    """Writes one sheet of lines."""

    def __init__(
        self,
        ws: Worksheet,
        sheet: Sheet,
        book: Workbook,
        ranges: ListRanges,
        communes: Mapping[str, str],
        fictif: bool,
        footer: str,
    ) -> None:
        self.ws, self.sheet, self.book, self.ranges, self.communes = ws, sheet, book, ranges, communes
        self.fictif, self.footer = fictif, footer
        self.rows = _Rows.of(fictif)
        self.first = self.rows.headings + 1

    def write(self, lines: list[dict[str, Any]]) -> None:
        self._columns()
        self._top()
        self._headings()
        self._lines(lines)
        self._lists()
        self._marks()
        self._view(len(lines))

    def _letter(self, column: int) -> str:
        return get_column_letter(column)

    def _columns(self) -> None:
        """Widths, and entry cells unlocked down to the last line of the sheet."""
        for column, field in enumerate(self.sheet.fields, start=1):
            self._column(column, column, width_of(field), number_format(field))
        # Deleting a line is allowed only where every cell of it is unlocked
        self._column(len(self.sheet.fields) + 1, _LAST_COLUMN, 12, "General")

    def _column(self, first: int, last: int, width: float, shown_as: str) -> None:
        letter = self._letter(first)
        dimension = ColumnDimension(self.ws, index=letter, min=first, max=last, width=width, customWidth=True)
        dimension.protection = UNLOCKED
        dimension.number_format = shown_as
        dimension.alignment = WRAPPED
        dimension.font = font(10)
        self.ws.column_dimensions[letter] = dimension

    def _top(self) -> None:
        width = self._merged_columns()
        if self.rows.strip is not None:
            strip_fictif(self.ws, self.rows.strip, max(width, min(len(self.sheet.fields), 12)))
        title = self.ws.cell(self.rows.title, 1, typeset(f"{self.book.title} — {self.sheet.title}"))
        title.font, title.alignment = font(15, "territory", bold=True), Alignment(vertical="center")
        self.ws.row_dimensions[self.rows.title].height = 26
        text = typeset(self.sheet.intro)
        intro = self.ws.cell(self.rows.intro, 1, text)
        intro.font, intro.alignment = font(10, "ink-soft"), WRAPPED
        self.ws.merge_cells(
            start_row=self.rows.intro, start_column=1, end_row=self.rows.intro, end_column=width
        )
        room = sum(width_of(f) for f in self.sheet.fields[:width])
        self.ws.row_dimensions[self.rows.intro].height = 13.5 * lines_of(text, room) + 4

    def _merged_columns(self) -> int:
        """How many columns the introduction spans."""
        total = 0
        for number, field in enumerate(self.sheet.fields, start=1):
            total += width_of(field)
            if total >= _INTRO_WIDTH:
                return number
        return len(self.sheet.fields)

    def _headings(self) -> None:
        most_help, most_head = 1, 1
        for column, field in enumerate(self.sheet.fields, start=1):
            width = width_of(field)
            text = (GUIDANCE_MARK + typeset(guidance(field))) if guidance(field) else None
            helping = self.ws.cell(self.rows.help, column, text)
            helping.font, helping.alignment = (
                font(9, "ink-soft", italic=True),
                Alignment(wrap_text=True, vertical="bottom"),
            )
            head = self.ws.cell(self.rows.headings, column, typeset(heading(field)))
            head.font = font(10, "paper" if field.required else "ink", bold=True)
            head.fill = fill("territory" if field.required else "territory-soft")
            head.alignment, head.border = MIDDLE, thin("paper")
            most_help = max(most_help, lines_of(text or "", width * 1.1))
            most_head = max(most_head, lines_of(heading(field), width * 0.9))
        self.ws.row_dimensions[self.rows.help].height = 12.5 * most_help + 4
        self.ws.row_dimensions[self.rows.headings].height = 13.5 * most_head + 6

    def _lines(self, lines: list[dict[str, Any]]) -> None:
        looks = [self._look(field) for field in self.sheet.fields]
        written = [self._look(field, written=True) for field in self.sheet.fields]
        for number in range(max(self.sheet.lines, len(lines) + 20)):
            row = self.first + number
            line = lines[number] if number < len(lines) else {}
            shown = written if line else looks
            for column, (field, look) in enumerate(zip(self.sheet.fields, shown, strict=True), start=1):
                cell = self.ws.cell(row, column)
                cell._style = copy(look)  # one look per column: setting each property is thirty times slower
                if line:
                    self._fill(cell, cell_value(field, line, self.communes))
            if line:
                self.ws.row_dimensions[row].height = self._height(row)

    def _height(self, row: int) -> float:
        """Height of a filled line, so that its texts are seen whole (six lines at most)."""
        widths = [width_of(field) for field in self.sheet.fields]
        values = [self.ws.cell(row, column).value for column in range(1, len(widths) + 1)]
        pairs = zip(values, widths, strict=True)
        most = max((lines_of(value, width) for value, width in pairs if isinstance(value, str)), default=1)
        return 13.5 * min(most, 6) + 3

    def _look(self, field: Field, *, written: bool = False) -> Any:
        """Style of a column's entry cells; grey and locked where the sender has written."""
        cell = self.ws.cell(self.first, 1)
        given = written and field.locked
        numeric = field.kind in NUMBERS or field.kind == "date"
        cell.number_format = number_format(field)
        cell.protection = Protection(locked=True) if given else UNLOCKED
        cell.fill = fill("paper-soft") if given else PatternFill()
        cell.border, cell.font = thin(), font(10)
        cell.alignment = Alignment(
            wrap_text=True, vertical="top", horizontal="right" if numeric else "left", indent=1
        )
        return copy(cell._style)

    @staticmethod
    def _fill(cell: Cell, value: Any) -> None:
        if value is None:
            return
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"  # « =1+1 » is a text
            if value.startswith(("=", "+", "-", "@")):
                cell.quotePrefix = True

    def _lists(self) -> None:
        for column, field in enumerate(self.sheet.fields, start=1):
            validation = self._validation(field)
            if validation is None:
                continue
            letter = self._letter(column)
            validation.add(f"{letter}{self.first}:{letter}{_LAST_VALIDATED}")
            self.ws.add_data_validation(validation)

    def _validation(self, field: Field) -> DataValidation | None:
        if field.kind in ("choice", "yes_no", "commune"):
            where = self.ranges.of(field)
            return _list(where, "stop", "Choisir une valeur de la liste, ou laisser vide.") if where else None
        if field.kind == "reference" and (where := self._ids(field)):
            return _list(where, "warning", "Cet identifiant ne figure pas encore dans l’autre feuille.")
        if field.kind in ("number", "amount", "year"):
            return _bounds(field)
        if field.kind == "date":
            return _soft(
                DataValidation(type="date", operator="between", formula1="1", formula2="73415"),
                "Une date s’écrit jour/mois/année, par exemple 15/09/2026.",
            )
        return None

    def _ids(self, field: Field) -> str:
        """Cells that hold the ids of another sheet of the same workbook; empty of another workbook."""
        book, _, name = field.refers_to.partition(".")
        target = next((s for s in self.book.sheets if s.name == name), None)
        if book != self.book.id or target is None:
            return ""
        column = next((n for n, f in enumerate(target.fields, start=1) if f.kind == "id"), None)
        if column is None:
            return ""
        letter = self._letter(column)
        return f"{quote_sheetname(target.title)}!${letter}${self.first}:${letter}${self.first + target.lines}"

    def _marks(self) -> None:
        """Colours that follow what is filled: to be confirmed, needed and missing."""
        last, end = self._letter(len(self.sheet.fields)), self.first + self.sheet.lines
        for column, field in enumerate(self.sheet.fields, start=1):
            letter = self._letter(column)
            if field.required:
                started = f"COUNTA($A{self.first}:${last}{self.first})>0"
                self.ws.conditional_formatting.add(
                    f"{letter}{self.first}:{letter}{end}",
                    FormulaRule(
                        formula=[f"AND(ISBLANK({letter}{self.first}),{started})"], fill=_shade("accent-soft")
                    ),
                )
            if "a_confirmer" in field.choices:
                self.ws.conditional_formatting.add(
                    f"A{self.first}:{last}{end}",
                    FormulaRule(
                        formula=[f'${letter}{self.first}="{field.choices["a_confirmer"]}"'],
                        fill=_shade("paper-soft"),
                    ),
                )

    def _view(self, filled: int) -> None:
        ws, last = self.ws, self._letter(len(self.sheet.fields))
        frozen = self._frozen()
        ws.freeze_panes = ws.cell(self.first, frozen + 1)
        ws.auto_filter.ref = (
            f"A{self.rows.headings}:{last}{self.first + max(self.sheet.lines, filled + 20) - 1}"
        )
        ws.sheet_view.showGridLines = False
        ws.sheet_view.zoomScale = 100
        ws.sheet_properties.tabColor = colour("territory")
        widths = [width_of(f) for f in self.sheet.fields]
        total, repeated = sum(widths), sum(widths[:frozen])
        wide = max(1, -(-(total - repeated) // (_PAGE_WIDTH - repeated))) if total > _PAGE_WIDTH else 1
        page(
            ws,
            self.footer,
            landscape=True,
            pages_wide=wide,
            fictif=self.fictif,
            header=typeset(f"{self.book.title} — {self.sheet.title}"),
        )
        ws.print_title_rows = f"{self.rows.headings}:{self.rows.headings}"
        if wide > 1:
            ws.print_title_cols = f"A:{self._letter(frozen)}"
        ws.print_area = f"A{self.rows.help}:{last}{self.first + filled + _BLANK_PRINTED - 1}"
        protect(ws)

    def _frozen(self) -> int:
        """Columns that stay in view: the first, and the second where there is room."""
        fields = self.sheet.fields
        return 2 if len(fields) > 2 and width_of(fields[0]) + width_of(fields[1]) <= _FROZEN_WIDTH else 1


def _shade(name: str) -> Any:
    from openpyxl.styles import PatternFill

    return PatternFill("solid", bgColor=colour(name), fgColor=colour(name))


def _list(where: str, style: str, message: str) -> DataValidation:
    validation = DataValidation(type="list", formula1=where, allow_blank=True)
    validation.errorStyle, validation.showErrorMessage = style, True
    validation.errorTitle, validation.error = "Liste", message
    return validation


def _bounds(field: Field) -> DataValidation:
    low = field.minimum if field.minimum is not None else -1e12
    high = field.maximum if field.maximum is not None else 1e12
    words = "Un nombre" if field.kind != "year" else "Une année"
    return _soft(
        DataValidation(type="decimal", operator="between", formula1=f"{low:.0f}", formula2=f"{high:.0f}"),
        f"{words} est attendu ; la nuance va dans la remarque.",
    )


def _soft(validation: DataValidation, message: str) -> DataValidation:
    validation.allow_blank, validation.errorStyle, validation.showErrorMessage = True, "warning", True
    validation.errorTitle, validation.error = "À vérifier", message
    return validation
