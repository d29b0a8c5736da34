"""How a workbook looks: the project's colours on what a spreadsheet offers."""

from __future__ import annotations

import math

from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.worksheet import Worksheet

from ctg_lib.display.theme import COLORS

FONT = "Arial"
FICTIF = "FICTIF : données inventées pour la démonstration, aucune ne décrit un service réel"


def colour(name: str) -> str:
    """A colour of the theme as spreadsheets write it."""
    return COLORS[name].lstrip("#")


def fill(name: str) -> PatternFill:
    """A plain background."""
    return PatternFill("solid", fgColor=colour(name))


def font(size: float = 10, name: str = "ink", *, bold: bool = False, italic: bool = False) -> Font:
    """The workbook's font."""
    return Font(name=FONT, size=size, bold=bold, italic=italic, color=colour(name))


def thin(name: str = "neutral-soft") -> Border:
    """A hairline all around."""
    side = Side(style="thin", color=colour(name))
    return Border(left=side, right=side, top=side, bottom=side)


_ALLOWED = (
    "formatCells", "formatColumns", "formatRows", "insertRows", "deleteRows", "sort", "autoFilter",
    "insertHyperlinks",
)  # fmt: skip

WRAPPED = Alignment(wrap_text=True, vertical="top")
MIDDLE = Alignment(wrap_text=True, vertical="center", horizontal="left", indent=1)
UNLOCKED = Protection(locked=False)


def lines_of(text: str, width: float) -> int:
    """Lines that a text of the usual size takes in a column of so many characters."""
    room = max(1.08 * width - 1, 4)
    total = 0
    for paragraph in text.split("\n"):
        used = 0.0
        total += 1
        for word in paragraph.replace("\u00a0", " ").replace("\u202f", " ").split(" "):
            if used and used + 1 + len(word) > room:
                total, used = total + 1, 0.0
            if len(word) > room:
                total += math.ceil(len(word) / room) - 1
            used += len(word) + (1 if used else 0)
    return total


def strip_fictif(ws: Worksheet, row: int, columns: int) -> None:
    """A strip that says the data are made up."""
    for column in range(1, columns + 1):
        ws.cell(row, column).fill = fill("accent")
    cell = ws.cell(row, 1, FICTIF)
    cell.font = font(11, "paper", bold=True)
    cell.alignment = Alignment(vertical="center")
    ws.row_dimensions[row].height = 20


def page(
    ws: Worksheet,
    footer: str,
    *,
    landscape: bool,
    pages_wide: int = 1,
    fictif: bool = False,
    header: str = "",
) -> None:
    """A4, margins, width in pages, header, footer with page numbers."""
    ws.page_setup.paperSize = 9
    ws.page_setup.orientation = "landscape" if landscape else "portrait"
    ws.page_setup.fitToWidth = pages_wide
    ws.page_setup.fitToHeight = 0
    ws.sheet_properties.pageSetUpPr.fitToPage = True
    ws.page_margins.left = ws.page_margins.right = 0.4
    ws.page_margins.top, ws.page_margins.bottom = 0.7, 0.7
    ws.oddFooter.left.text = footer.replace("&", "&&")
    ws.oddFooter.right.text = "&P / &N"
    ws.oddHeader.left.text = header.replace("&", "&&") or None
    ws.oddHeader.right.text = "FICTIF : données inventées" if fictif else None
    for part in (ws.oddFooter.left, ws.oddFooter.right, ws.oddHeader.left, ws.oddHeader.right):
        part.size = 9
    if fictif:
        ws.oddHeader.right.font, ws.oddHeader.right.color = f"{FONT},Bold", colour("accent")
        ws.oddHeader.right.size = 12


def protect(ws: Worksheet) -> None:
    """Lock what is not to be filled, without a password; all that one needs to fill stays allowed."""
    ws.protection.sheet = True
    for allowed in _ALLOWED:
        setattr(ws.protection, allowed, False)
