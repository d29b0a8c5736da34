"""Minutes, attendance sheets and registers laid out as editable Word documents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ctg_lib.display.typography import NBSP
from ctg_lib.documents.agreement.minutes import TO_COMPLETE, Grid, Paper, Section
from ctg_lib.documents.word_parts import (
    WIDTH,
    bare_table,
    gridded,
    repeat,
    running_foot,
    saved,
    shade,
    styles,
    to_right,
    underlined,
    write,
)

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.text.paragraph import Paragraph

BLANK = re.compile(rf"(\[à[ {NBSP}]compléter[^\]]*\]|{TO_COMPLETE})", re.IGNORECASE)
"""What is to be completed: the words, or « [à compléter : nom exact] » in a party's name."""
_SMALL = 9.5


def word_bytes(paper: Paper) -> bytes:
    """The paper as the bytes of a .docx file: the same for the same paper."""
    import docx

    document = docx.Document()
    styles(document)
    document.add_paragraph(paper.title, style="Heading 1")
    write(document.add_paragraph(), paper.subtitle, size=12, colour="ink-soft")
    _facts(document, paper)
    for section in paper.sections:
        _section(document, section)
    page = document.sections[0]
    running_foot(page.footer, paper.running)
    if paper.fictif:
        write(page.header.paragraphs[0], paper.fictif, size=9, bold=True, colour="accent")
        to_right(page.header.paragraphs[0])
    return saved(document, paper.moment, title=paper.title, subject=paper.subtitle)


def _facts(document: Word, paper: Paper) -> None:
    table = bare_table(document, [4.6, WIDTH - 4.6], rows=len(paper.facts))
    for row, (label, words) in zip(table.rows, paper.facts, strict=True):
        write(row.cells[0].paragraphs[0], label, bold=True)
        _words(row.cells[1].paragraphs[0], words)
        shade(row.cells[0], "paper-soft")
    underlined(table)


def _section(document: Word, section: Section) -> None:
    from docx.shared import Pt

    if section.title:
        document.add_paragraph(section.title, style="Heading 2").paragraph_format.keep_with_next = True
    else:
        document.add_paragraph().paragraph_format.space_after = Pt(0)
    for line in section.lines:
        made = document.add_paragraph(style="List Bullet" if len(section.lines) > 1 else None)
        _words(made, line)
        made.paragraph_format.keep_with_next = section.grid is not None
    if section.grid:
        _grid(document, section.grid)
    if section.note:
        made = document.add_paragraph()
        made.paragraph_format.space_before = Pt(6)
        write(made, section.note, size=9, colour="ink-soft")


def _grid(document: Word, grid: Grid) -> None:
    from docx.enum.table import WD_ROW_HEIGHT_RULE
    from docx.shared import Cm

    share = WIDTH / sum(grid.widths)
    table = bare_table(document, [w * share for w in grid.widths], rows=1 + len(grid.rows))
    repeat(table.rows[0])
    for cell, words in zip(table.rows[0].cells, grid.head, strict=True):
        write(cell.paragraphs[0], words, size=_SMALL, bold=True)
        shade(cell, "paper-soft")
    for row, cells in zip(table.rows[1:], grid.rows, strict=True):
        if grid.height:
            row.height, row.height_rule = Cm(grid.height), WD_ROW_HEIGHT_RULE.AT_LEAST
        for cell, words in zip(row.cells, cells, strict=True):
            _words(cell.paragraphs[0], words, size=_SMALL)
    (gridded if grid.height else underlined)(table)


def _words(paragraph: Paragraph, words: str, *, size: float | None = None) -> None:
    """Words; what is to be completed is highlighted."""
    from docx.enum.text import WD_COLOR_INDEX

    for piece in BLANK.split(words):
        if piece:
            write(paragraph, piece, size=size)
            run: Any = paragraph.runs[-1]
            if BLANK.fullmatch(piece):
                run.font.highlight_color = WD_COLOR_INDEX.YELLOW
