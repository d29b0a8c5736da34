"""Sheets of actions as a Word document: one page each where it fits, a heading each, contents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from ctg_lib.display.typography import NBSP
from ctg_lib.documents.agreement.blocks import Grid, parts
from ctg_lib.documents.agreement.fiche_content import BLANK, Fiche
from ctg_lib.documents.agreement.fiches_fit import NARROW, SHARES, WIDTH
from ctg_lib.documents.agreement.word_gaps import mark_gap, runs
from ctg_lib.documents.word_parts import (
    bare_table,
    contents,
    contents_mark,
    element,
    empty_as,
    flush,
    repeat,
    running_foot,
    saved,
    shade,
    styles,
    to_centre,
    to_right,
    underlined,
    write,
)

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.text.paragraph import Paragraph

MARGIN = 1.5
"""Centimetres."""
YEAR = 8.5
"""Points of a year of the calendar, at most: it may have one semester alone."""
TOTALS: tuple[str, ...] = ("Total", "Écart")
"""How a row that sums up begins."""


def word_bytes(
    sheets: Sequence[tuple[Fiche, tuple[float, float]]],
    about: Mapping[str, Any],
    moment: date,
    *,
    alone: bool = False,
) -> bytes:
    """The sheets as the bytes of a .docx file: the same for the same arguments.

    Args:
        sheets: each with the points of its text and of its tables.
        about: ``title, subtitle, state, running, fictif, intro`` of the whole.
        moment: day on which it is made. alone: without the first page.
    """
    import docx

    document = docx.Document()
    styles(document)
    _own_styles(document)
    page = _Page(document)
    if not alone:
        page.front(sheets, about)
    for rank, (fiche, size) in enumerate(sheets):
        page.sheet(fiche, size, rank, new_page=not alone)
    section = document.sections[0]
    running_foot(section.footer, str(about["running"]), WIDTH)
    if about["fictif"]:
        write(section.header.paragraphs[0], str(about["fictif"]), size=9, bold=True, colour="accent")
        to_right(section.header.paragraphs[0])
    title = f"{sheets[0][0].id} – {sheets[0][0].title}" if alone else str(about["title"])
    return saved(document, moment, title=title, subject=str(about["subtitle"]))


class _Page:
    """Adds sheets in order."""

    def __init__(self, document: Word) -> None:
        self.document = document
        self.size = self.small = 9.0

    def front(self, sheets: Sequence[tuple[Fiche, tuple[float, float]]], about: Mapping[str, Any]) -> None:
        """Title, what the document holds, contents."""
        self.document.add_paragraph(str(about["title"]), style="Title")
        self.document.add_paragraph(str(about["subtitle"]), style="Subtitle")
        write(self.document.add_paragraph(), str(about["state"]), bold=True, colour="accent")
        for line in about["intro"]:
            runs(self.document.add_paragraph(), "".join(words for _, words in line))
        if sheets:
            write(self.document.add_paragraph(), "Les fiches", size=13, bold=True, colour="territory")
            contents(self.document, [f"{fiche.id} – {fiche.title}" for fiche, _ in sheets])

    def sheet(self, fiche: Fiche, size: tuple[float, float], rank: int, *, new_page: bool) -> None:
        """One sheet, on a page of its own."""
        self.size, self.small = size
        self._title(fiche, rank, new_page=new_page)
        for line in fiche.place:
            self._words(self._paragraph(1), line)
        self._tags(fiche)
        self._label("Constats du diagnostic")
        self._because(fiche)
        for name, words in fiche.fields:
            self._said(self._paragraph(2), name, words)
        self._short(fiche)
        self._label("Calendrier")
        self._calendar(fiche)
        self._label("Budget prévisionnel")
        self._grid(fiche.budget)
        self._label("Indicateurs")
        self._grid(fiche.indicators)
        foot = self._paragraph(0, before=4)
        for at, (name, words) in enumerate(fiche.foot):
            write(foot, f"{' · ' if at else ''}{name}{NBSP}: ", size=self.small, bold=True)
            self._words(foot, words, small=True)

    def _title(self, fiche: Fiche, rank: int, *, new_page: bool) -> None:
        made = self.document.add_paragraph(style="Heading 1")
        made.paragraph_format.page_break_before = new_page
        made._p.append(element("w:bookmarkStart", id=str(rank), name=contents_mark(rank)))
        write(made, f"{fiche.id} – {fiche.title}")
        made._p.append(element("w:bookmarkEnd", id=str(rank)))

    def _tags(self, fiche: Fiche) -> None:
        line = self._paragraph(2, before=2)
        for at, words in enumerate(fiche.tags):
            last = at == len(fiche.tags) - 1
            if at:
                write(line, " · ", size=self.size)
            for is_gap, piece in parts(words):
                write(
                    line,
                    piece,
                    size=self.size,
                    bold=True,
                    colour="" if fiche.agreed or not last else "accent",
                )
                mark_gap(line, is_gap=is_gap)

    def _because(self, fiche: Fiche) -> None:
        if not fiche.because:
            self._words(self._paragraph(2), BLANK)
        for each in fiche.because:
            self._said(self._paragraph(1), each.id, each.sentence)
            for proof in each.proofs:
                line = self._paragraph(0)
                line.paragraph_format.left_indent = _cm(0.35)
                self._words(line, f"• {proof}", small=True, colour="ink-soft")

    def _short(self, fiche: Fiche) -> None:
        """Fields two by two."""
        rows = -(-len(fiche.short) // 2)
        table = bare_table(self.document, [WIDTH / 2] * 2, rows=rows)
        for rank, (name, words) in enumerate(fiche.short):
            cell = table.rows[rank // 2].cells[rank % 2]
            self._said(cell.paragraphs[0], name, words)
            cell.paragraphs[0].paragraph_format.space_after = _pt(2)
        flush(table, left=0, right=0.2)

    def _calendar(self, fiche: Fiche) -> None:
        """What, when, who, and a mark in each semester; names of years span their semesters."""
        if not fiche.semesters:
            self._words(self._paragraph(2), BLANK)
            return
        wide = WIDTH - NARROW * len(fiche.semesters)
        widths = [*(wide * share for share in SHARES), *[NARROW] * len(fiche.semesters)]
        table = bare_table(self.document, widths, rows=2 + len(fiche.bars))
        for row in table.rows[:2]:
            repeat(row)
        for column, name in enumerate(("Étape", "Quand", "Qui")):
            write(table.cell(1, column).paragraphs[0], name, size=self.small, bold=True)
        at = 3
        for year, count in fiche.years:
            cell = table.cell(0, at).merge(table.cell(0, at + count - 1))
            write(cell.paragraphs[0], str(year), size=min(self.small, YEAR), bold=True)
            to_centre(cell.paragraphs[0])
            at += count
        for column, name in enumerate(fiche.semesters, start=3):
            write(table.cell(1, column).paragraphs[0], name, size=min(self.small, YEAR))
            to_centre(table.cell(1, column).paragraphs[0])
        for rank, bar in enumerate(fiche.bars):
            cells = table.rows[rank + 2].cells
            write(cells[0].paragraphs[0], bar.name, size=self.small, bold=rank == 0)
            self._words(cells[1].paragraphs[0], bar.when, small=True)
            self._words(cells[2].paragraphs[0], bar.who, small=True)
            for cell, on in zip(cells[3:], bar.on, strict=True):
                if on:
                    shade(cell, "territory" if rank == 0 else "accent")
                    write(cell.paragraphs[0], "●", size=self.small - 2, colour="paper")
                    to_centre(cell.paragraphs[0])
        for row in table.rows[:2]:
            for cell in row.cells:
                shade(cell, "paper-soft")
        for row in table._tbl.tr_lst:
            for cell in row.tc_lst:
                for line in cell.p_lst:
                    empty_as(line, self.small)
        flush(table)
        _tight(table, len(fiche.semesters))
        underlined(table)

    def _grid(self, grid: Grid) -> None:
        if not grid.rows:
            self._words(self._paragraph(2), grid.empty)
            return
        share = WIDTH / sum(grid.widths)
        table = bare_table(self.document, [w * share for w in grid.widths], rows=1 + len(grid.rows))
        repeat(table.rows[0])
        for cell, words in zip(table.rows[0].cells, grid.head, strict=True):
            write(cell.paragraphs[0], words, size=self.small, bold=True)
            shade(cell, "paper-soft")
        for row, words_of in zip(table.rows[1:], grid.rows, strict=True):
            for cell, words in zip(row.cells, words_of, strict=True):
                self._words(cell.paragraphs[0], words, small=True, bold=words_of[0].startswith(TOTALS))
        for row in table.rows:
            for column in grid.numbers:
                to_right(row.cells[column].paragraphs[0])
        flush(table)
        underlined(table)
        if grid.note:
            self._words(self._paragraph(0, before=2), grid.note, small=True, colour="accent")

    def _label(self, words: str) -> None:
        line = self.document.add_paragraph(style="Heading 2")
        line.paragraph_format.space_before, line.paragraph_format.space_after = _pt(4), _pt(1)
        write(line, words, size=self.size + 0.5)

    def _said(self, paragraph: Paragraph, name: str, words: str) -> None:
        write(paragraph, f"{name} – ", size=self.size, bold=True, colour="territory")
        self._words(paragraph, words)

    def _words(
        self, paragraph: Paragraph, text: str, *, small: bool = False, bold: bool = False, colour: str = ""
    ) -> None:
        runs(paragraph, text, size=self.small if small else self.size, bold=bold, colour=colour)

    def _paragraph(self, after: float, before: float = 0) -> Paragraph:
        made = self.document.add_paragraph()
        made.paragraph_format.space_after, made.paragraph_format.space_before = _pt(after), _pt(before)
        return made


def _own_styles(document: Word) -> None:
    """Narrow margins, a title on a coloured ground, tight headings, lines of the contents."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Cm, Pt, RGBColor

    from ctg_lib.display.theme import COLORS

    for section in document.sections:
        section.left_margin = section.right_margin = Cm(MARGIN)
        section.top_margin, section.bottom_margin = Cm(1.5), Cm(1.35)
        section.header_distance = section.footer_distance = Cm(0.7)
    known: Any = document.styles
    for name, size in (("Title", 24), ("Subtitle", 14)):
        style = known[name]
        style.font.name, style.font.size, style.font.bold, style.font.italic = (
            "Calibri",
            Pt(size),
            True,
            False,
        )
        style.font.color.rgb = RGBColor.from_string(COLORS["territory"].lstrip("#"))
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in [a for a in fonts.attrib if a.endswith("Theme")]:
            del fonts.attrib[attribute]
        for border in style.element.get_or_add_pPr().findall(f"{{{_W}}}pBdr"):
            style.element.pPr.remove(border)
        for spacing in style.element.rPr.findall(f"{{{_W}}}spacing"):
            style.element.rPr.remove(spacing)
    heading = known["Heading 1"]
    heading.font.size = Pt(14)
    heading.font.color.rgb = RGBColor.from_string(COLORS["paper"].lstrip("#"))
    ground = element("w:shd", val="clear", color="auto", fill=COLORS["territory"].lstrip("#"))
    heading.element.get_or_add_pPr().insert_element_before(
        ground, "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl"
    )
    heading.paragraph_format.space_after = Pt(4)
    if "toc 1" not in known:
        known.add_style("toc 1", WD_STYLE_TYPE.PARAGRAPH).base_style = known["Normal"]
    known["toc 1"].paragraph_format.space_after = Pt(2)


_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _tight(table: Any, columns: int) -> None:
    """No room lost at the sides of narrow cells."""
    for row in table.rows:
        for cell in row._tr.tc_lst[-columns:]:
            sides = element("w:tcMar")
            for side in ("left", "right"):
                sides.append(element(f"w:{side}", w="0", type="dxa"))
            cell.get_or_add_tcPr().append(sides)


def _pt(points: float) -> Any:
    from docx.shared import Pt

    return Pt(points)


def _cm(centimetres: float) -> Any:
    from docx.shared import Cm

    return Cm(centimetres)
