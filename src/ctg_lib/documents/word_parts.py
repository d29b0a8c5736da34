"""Parts of Word documents: styles, runs of text, tables, lines to write on, page numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from ctg_lib.archive import fixed_file
from ctg_lib.display.theme import COLORS

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.table import Table
    from docx.text.paragraph import Paragraph

FONT = "Calibri"
WIDTH = 17.2
"""Centimetres between the margins."""


def styles(document: Word) -> None:
    """A4, one typeface at 11 points, French."""
    from docx.shared import Cm, Pt, RGBColor

    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(1.9)
        section.top_margin, section.bottom_margin = Cm(1.7), Cm(1.6)
        section.header_distance = section.footer_distance = Cm(0.8)
    normal: Any = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(11)
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(3), 1.0
    normal.element.get_or_add_rPr().append(element("w:lang", val="fr-FR"))
    for name, size, before in (("Heading 1", 20, 0), ("Heading 2", 13, 10)):
        style: Any = document.styles[name]
        style.font.name, style.font.size, style.font.bold = FONT, Pt(size), True
        style.font.color.rgb = RGBColor.from_string(_hex("territory"))
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(3)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in [a for a in fonts.attrib if a.endswith("Theme")]:
            del fonts.attrib[attribute]


def saved(document: Word, moment: date, **about: str) -> bytes:
    """The document as bytes, the same for the same content.

    Args:
        moment: day on which it is made.
        about: core properties (``title``, ``author`` …); those that python-docx would fill in are emptied.
    """
    properties = document.core_properties
    properties.comments, properties.keywords, properties.last_modified_by, properties.revision = "", "", "", 1
    properties.author, properties.language = "ctg", "fr-FR"
    for name, value in about.items():
        setattr(properties, name, value)
    properties.created = properties.modified = datetime.combine(moment, time())
    return fixed_file(document.save, moment)


def write(
    paragraph: Paragraph, words: str, *, size: float | None = None, bold: bool = False, italic: bool = False,
    colour: str = "",
) -> None:  # fmt: skip
    """Add words to a paragraph; ``colour`` is a role of :data:`ctg_lib.display.theme.COLORS`."""
    from docx.shared import Pt, RGBColor

    run = paragraph.add_run(words)
    run.bold, run.italic = bold or None, italic or None
    if size:
        run.font.size = Pt(size)
    if colour:
        run.font.color.rgb = RGBColor.from_string(_hex(colour))


def to_right(paragraph: Paragraph) -> None:
    """Align it to the right."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def to_centre(paragraph: Paragraph) -> None:
    """Centre it."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def element(name: str, /, **attributes: str) -> Any:
    """An element of Word's XML, its attributes in the same namespace."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def shade(cell: Any, colour: str) -> None:
    """Colour the ground of a cell."""
    cell._tc.get_or_add_tcPr().append(element("w:shd", val="clear", fill=_hex(colour)))


def rule(paragraph: Paragraph) -> None:
    """A line to write on."""
    sides = element("w:pBdr")
    for side in ("w:bottom", "w:between"):  # lines that follow one another are one block, with lines between
        sides.append(element(side, val="single", sz="4", space="1", color=_hex("line")))
    paragraph._p.get_or_add_pPr().insert_element_before(sides, "w:shd", "w:spacing", "w:ind", "w:jc")


def borders(table: Table, **sides: dict[str, str]) -> None:
    """Lines of a table: side -> attributes."""
    made = element("w:tblBorders")
    for side, look in sides.items():
        made.append(element(f"w:{side}", **look))
    table._tbl.tblPr.insert_element_before(made, "w:shd", "w:tblLayout", *_LAST)


_LAST = ("w:tblCellMar", "w:tblLook", "w:tblCaption", "w:tblDescription")
"""What ends the properties of a table."""


def flush(table: Table, left: float = 0.1, right: float = 0.1) -> None:
    """Its edges where the text of the page has them, and these margins in its cells (cm)."""
    twips = {"left": str(round(left * 567)), "right": str(round(right * 567))}
    indent = element("w:tblInd", w=twips["left"], type="dxa")
    table._tbl.tblPr.insert_element_before(indent, "w:tblBorders", "w:shd", "w:tblLayout", *_LAST)
    sides = element("w:tblCellMar")
    for side, width in twips.items():
        sides.append(element(f"w:{side}", w=width, type="dxa"))
    table._tbl.tblPr.insert_element_before(sides, *_LAST[1:])


def empty_as(line: Any, size: float) -> None:
    """Make a paragraph (element) without words as high as words of so many points."""
    mark = element("w:rPr")
    mark.append(element("w:sz", val=str(round(size * 2))))
    line.get_or_add_pPr().insert_element_before(mark, "w:sectPr", "w:pPrChange")


def underlined(table: Table) -> None:
    """A thin line under each row."""
    line = {"val": "single", "sz": "4", "color": _hex("line")}
    borders(table, bottom=line, insideH=line)


def gridded(table: Table) -> None:
    """Thin lines around and inside: cells to write in."""
    line = {"val": "single", "sz": "4", "color": _hex("line")}
    borders(table, **dict.fromkeys(("top", "left", "bottom", "right", "insideH", "insideV"), line))


def bare_table(document: Any, widths: Sequence[float], rows: int = 1) -> Table:
    """A table without lines, its columns of these widths (cm), no row of which is cut by a page."""
    from docx.shared import Cm

    table: Table = document.add_table(rows=rows, cols=len(widths))
    table.autofit = False
    for row in table.rows:
        row._tr.get_or_add_trPr().append(element("w:cantSplit"))
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Cm(width)
            cell.paragraphs[0].paragraph_format.space_after = 0
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    return table


def repeat(row: Any) -> None:
    """Repeat a row of headings on each page."""
    row._tr.get_or_add_trPr().append(element("w:tblHeader"))


def running_foot(footer: Any, running: str, width: float = WIDTH) -> None:
    """What each page says at its foot, and its number at the right of a page ``width`` cm wide."""
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Cm

    paragraph = footer.paragraphs[0]
    stops = paragraph.paragraph_format.tab_stops
    for (
        stop
    ) in paragraph.style.paragraph_format.tab_stops:  # a short text would stop at the style's middle one
        stops.add_tab_stop(stop.position, WD_TAB_ALIGNMENT.CLEAR)
    stops.add_tab_stop(Cm(width), WD_TAB_ALIGNMENT.RIGHT)
    write(paragraph, f"{running}\t", size=8.5, colour="ink-soft")
    for part in ("PAGE", " / ", "NUMPAGES"):
        if part == " / ":
            write(paragraph, part, size=8.5, colour="ink-soft")
        else:
            field_code(paragraph, part)


def field_code(paragraph: Paragraph, name: str) -> None:
    """A field that Word computes (« PAGE »)."""
    from docx.shared import Pt

    for kind in ("begin", "", "end"):
        run = paragraph.add_run()
        run.font.size = Pt(8.5)
        if kind:
            run._element.append(element("w:fldChar", fldCharType=kind))
        else:
            code = element("w:instrText")
            code.text = f" {name} "
            run._element.append(code)


def contents(document: Word, titles: Sequence[str], code: str = 'TOC \\o "1-1" \\h \\z') -> None:
    """The contents: a field already filled, each line a link; updating it (F9) adds the numbers of pages.

    Args:
        titles: of the headings, each marked by a bookmark named :func:`contents_mark` of its rank.
        code: of the field.
    """
    lines = [document.add_paragraph(style="toc 1") for _ in titles]
    for rank, (line, title) in enumerate(zip(lines, titles, strict=True)):
        link = element("w:hyperlink", anchor=contents_mark(rank), history="1")
        words = element("w:t")
        words.text = title
        link.append(_run_of(words))
        line._p.append(link)
    if not lines:
        return
    instruction = element("w:instrText")
    instruction.text = f" {code} "
    begin, separate = (element("w:fldChar", fldCharType=kind) for kind in ("begin", "separate"))
    for position, part in enumerate((begin, instruction, separate), start=1):
        lines[0]._p.insert(position, _run_of(part))
    lines[-1]._p.append(_run_of(element("w:fldChar", fldCharType="end")))


def contents_mark(rank: int) -> str:
    """Name of the bookmark of a heading that the contents lists."""
    return f"_Toc{rank:05d}"


def _run_of(part: Any) -> Any:
    run = element("w:r")
    run.append(part)
    return run


def _hex(colour: str) -> str:
    return COLORS[colour].lstrip("#")
