"""A text laid out as an editable Word document: styles, articles numbered by Word, contents, tables."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from ctg_lib.documents.agreement.blocks import Block, Draft, Grid, Heading, Signatures, Text
from ctg_lib.documents.agreement.word_gaps import runs
from ctg_lib.documents.word_parts import (
    FONT,
    WIDTH,
    bare_table,
    contents,
    contents_mark,
    element,
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

STYLE_OF: dict[str, str] = {
    "partie": "Heading 1", "article": "Article", "annexe": "Annexe", "sous_titre": "Heading 2",
    "texte": "Normal", "visa": "Visa", "puce": "List Bullet", "note": "Note",
}  # fmt: skip
NUMBERED: dict[str, tuple[int, str]] = {"Article": (90, "Article %1 – "), "Annexe": (91, "Annexe %1 – ")}
"""Style -> its list of numbers, and how a number reads."""
_SMALL = 9.0


def word_bytes(draft: Draft, moment: date) -> bytes:
    """The text as the bytes of a .docx file: the same for the same arguments.

    Args:
        moment: day on which it is made.
    """
    import docx

    document = docx.Document()
    styles(document)
    _own_styles(document)
    page = _Page(document)
    page.front(draft)
    for block in draft.blocks:
        page.add(block)
    section = document.sections[0]
    running_foot(section.footer, draft.running)
    if draft.fictif:
        write(section.header.paragraphs[0], draft.fictif, size=9, bold=True, colour="accent")
        to_right(section.header.paragraphs[0])
    return saved(document, moment, title=draft.title, subject=draft.subtitle)


class _Page:
    """Adds blocks in order."""

    def __init__(self, document: Word) -> None:
        self.document = document
        self.marks = 0

    def front(self, draft: Draft) -> None:
        """Title, what the document is, contents; the text starts on the next page."""
        self.document.add_paragraph(draft.title, style="Title")
        self.document.add_paragraph(draft.subtitle, style="Subtitle")
        write(self.document.add_paragraph(), draft.state, bold=True, colour="accent")
        write(self.document.add_paragraph(style="Sommaire"), "Sommaire")
        contents(
            self.document,
            [heading.whole for heading in draft.headings],
            'TOC \\o "1-1" \\h \\z \\t "Article;1;Annexe;1"',
        )

    def add(self, block: Block) -> None:
        """One block."""
        if isinstance(block, Heading):
            self._heading(block)
        elif isinstance(block, Text):
            runs(self.document.add_paragraph(style=STYLE_OF[block.style]), block.text)
        elif isinstance(block, Grid):
            self._grid(block)
        else:
            self._signatures(block)

    def _heading(self, heading: Heading) -> None:
        made = self.document.add_paragraph(style=STYLE_OF[heading.kind])
        if heading.kind == "sous_titre":
            runs(made, heading.text)
            return
        if self.marks == 0 or heading.new_page:  # the first: after the contents
            made.paragraph_format.page_break_before = True
        name = contents_mark(self.marks)
        made._p.append(element("w:bookmarkStart", id=str(self.marks), name=name))
        runs(made, heading.text)
        made._p.append(element("w:bookmarkEnd", id=str(self.marks)))
        self.marks += 1

    def _grid(self, grid: Grid) -> None:
        if grid.title:
            self.document.add_paragraph(grid.title, style="Caption")
        from docx.shared import Pt

        share = WIDTH / sum(grid.widths)
        table = bare_table(self.document, [w * share for w in grid.widths], rows=1 + len(grid.rows))
        repeat(table.rows[0])
        for cell, words in zip(table.rows[0].cells, grid.head, strict=True):
            write(cell.paragraphs[0], words, size=_SMALL, bold=True)
            shade(cell, "paper-soft")
        for rank, (row, cells) in enumerate(zip(table.rows[1:], grid.rows, strict=True)):
            last = grid.total and rank == len(grid.rows) - 1
            for column, (cell, said) in enumerate(zip(row.cells, cells, strict=True)):
                cell.paragraphs[0].paragraph_format.space_before = cell.paragraphs[
                    0
                ].paragraph_format.space_after = Pt(1.5)
                runs(cell.paragraphs[0], said, size=_SMALL, bold=last)
                if column in grid.numbers:
                    to_right(cell.paragraphs[0])
        for column in grid.numbers:
            to_right(table.rows[0].cells[column].paragraphs[0])
        underlined(table)
        if grid.note:  # never alone on the page that follows
            for cell in table.rows[-1].cells:
                cell.paragraphs[0].paragraph_format.keep_with_next = True
        note = self.document.add_paragraph(style="Note")
        runs(note, grid.note or "\u200b", size=None if grid.note else 4)

    def _signatures(self, block: Signatures) -> None:
        """Two places to sign on a line, none cut by a page."""
        from docx.enum.table import WD_ROW_HEIGHT_RULE
        from docx.shared import Cm

        rows = -(-len(block.parties) // 2)
        if not rows:
            return
        self.document.paragraphs[-1].paragraph_format.keep_with_next = True
        table = bare_table(self.document, [WIDTH / 2] * 2, rows=rows)
        for row in table.rows:
            row.height, row.height_rule = Cm(3.4), WD_ROW_HEIGHT_RULE.AT_LEAST
        for rank, (name, function) in enumerate(block.parties):
            cell = table.rows[rank // 2].cells[rank % 2]
            runs(cell.paragraphs[0], f"Pour\u00a0: {name}", size=10, bold=True)
            runs(cell.add_paragraph(), function, size=10)
        gridded(table)
        self.document.add_paragraph()


# --- styles ----------------------------------------------------------------------------------------------


def _own_styles(document: Word) -> None:
    """Headings of a legal text, lists, notes; articles and annexes numbered by their style."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Cm, Pt, RGBColor

    from ctg_lib.display.theme import COLORS

    known: Any = document.styles
    for name, size, before, after in (("Title", 26, 60, 6), ("Subtitle", 15, 0, 6), ("Heading 1", 15, 18, 4)):
        style = known[name]
        _plain(style, size)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    for border in known["Title"].element.pPr.findall(f"{{{_W}}}pBdr"):
        known["Title"].element.pPr.remove(border)
    known["Heading 1"].paragraph_format.keep_with_next = True
    _plain(known["Heading 2"], 12)
    _plain(known["Caption"], 10)
    known["Caption"].paragraph_format.keep_with_next = True
    known["Caption"].paragraph_format.space_before, known["Caption"].paragraph_format.space_after = (
        Pt(10),
        Pt(3),
    )
    normal = known["Normal"].paragraph_format
    normal.space_after, normal.line_spacing = Pt(6), 1.08
    known["List Bullet"].paragraph_format.space_after = Pt(3)
    for name, base in (
        ("Article", "Heading 1"), ("Annexe", "Heading 1"), ("Visa", "Normal"), ("Note", "Normal"),
        ("toc 1", "Normal"),
        ("Sommaire", "Normal"),
    ):  # fmt: skip
        style = known[name] if name in known else known.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style, style.quick_style = known[base], True
        if base == "Heading 1":
            style.next_paragraph_style = known["Normal"]
    known["Visa"].paragraph_format.left_indent = Cm(0.6)
    known["Visa"].paragraph_format.first_line_indent = Cm(-0.6)
    known["Note"].font.size = Pt(_SMALL)
    known["Note"].font.color.rgb = RGBColor.from_string(COLORS["ink-soft"].lstrip("#"))
    known["Note"].paragraph_format.space_before = Pt(3)
    known["toc 1"].paragraph_format.space_after = Pt(2)
    _plain(known["Sommaire"], 13)
    known["Sommaire"].paragraph_format.space_before = Pt(24)
    _numbers(document)


_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _plain(style: Any, size: float) -> None:
    """A heading in the document's typeface and colour, whatever Word's own theme says."""
    from docx.shared import Pt, RGBColor

    from ctg_lib.display.theme import COLORS

    style.font.name, style.font.size, style.font.bold, style.font.italic = FONT, Pt(size), True, False
    style.font.color.rgb = RGBColor.from_string(COLORS["territory"].lstrip("#"))
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in [a for a in fonts.attrib if a.endswith("Theme")]:
        del fonts.attrib[attribute]
    for spacing in style.element.rPr.findall(f"{{{_W}}}spacing"):
        style.element.rPr.remove(spacing)


def _numbers(document: Word) -> None:
    """« Article 1 – », « Annexe 1 – »: numbers that Word counts, so that one can be added or taken away."""
    part: Any = document.part.numbering_part.element
    first = next(iter(part.findall(f"{{{_W}}}num")))
    styled: Any = document.styles
    for name, (number, reads) in NUMBERED.items():
        abstract = element("w:abstractNum", abstractNumId=str(number))
        abstract.append(element("w:multiLevelType", val="singleLevel"))
        level = element("w:lvl", ilvl="0")
        style = styled[name].style_id
        for tag, value in (("start", "1"), ("numFmt", "decimal"), ("pStyle", style), ("suff", "nothing"),
                           ("lvlText", reads), ("lvlJc", "left")):  # fmt: skip
            level.append(element(f"w:{tag}", val=value))
        abstract.append(level)
        first.addprevious(abstract)
        num = element("w:num", numId=str(number))
        num.append(element("w:abstractNumId", val=str(number)))
        part.append(num)
        marks = element("w:numPr")
        marks.append(element("w:ilvl", val="0"))
        marks.append(element("w:numId", val=str(number)))
        styled[name].element.get_or_add_pPr().insert_element_before(
            marks, "w:suppressLineNumbers", "w:pBdr", "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc",
            "w:outlineLvl",
        )  # fmt: skip
