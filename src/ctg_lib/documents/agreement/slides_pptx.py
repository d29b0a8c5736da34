"""Slides as an editable .pptx file: titles, texts and tables are text; only drawings are images.

Made with python-pptx (MIT). Texts are measured with the shipped font, a little wider than that of the file,
so that what is set here holds in PowerPoint and LibreOffice alike.
"""

from __future__ import annotations

import importlib.util
import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from ctg_lib.archive import fixed_file
from ctg_lib.display.theme import COLORS
from ctg_lib.display.typography import typeset
from ctg_lib.documents.agreement.measure import lines_in, longest_word, shown

if TYPE_CHECKING:
    from ctg_lib.study.restitution import Card, Grid, Point, Slide

FONT = "Calibri"
WIDTH, HEIGHT = 13.333, 7.5
LEFT, RIGHT = 0.6, 12.75
TOP, BOTTOM = 1.55, 6.72
"""Inches: the slide, and where its content stands."""
LARGEST, HEADS = 20, 14
"""Points of a table's text and of its heads, at most."""
_TITLES, _COVER = 5, 0
"""Layouts of python-pptx's own template: title only, cover."""


def has_pptx() -> bool:
    """Whether python-pptx can be imported."""
    return importlib.util.find_spec("pptx") is not None


def pptx_bytes(told: Sequence[Slide], title: str, day: date, fictif: str = "") -> bytes:
    """The slides as a .pptx file: the same content gives the same bytes.

    Args:
        title: of the document. day: on which it is made. fictif: mark of a made-up study, on each slide.
    """
    from pptx import Presentation
    from pptx.util import Inches

    document = Presentation()
    _wide(document)
    made = _Slides(document, fictif, len(told))
    for rank, each in enumerate(told, start=1):
        made.add(each, rank)
    about, moment = document.core_properties, datetime(day.year, day.month, day.day)
    about.title, about.language, about.revision = str(typeset(title)), "fr-FR", 1
    about.author, about.last_modified_by, about.comments, about.keywords, about.subject = (
        "ctg",
        "",
        "",
        "",
        "",
    )
    about.created = about.modified = moment
    assert document.slide_width == Inches(WIDTH)
    return fixed_file(document.save, moment)


def _wide(document: Any) -> None:
    """Template brought from 4:3 to 16:9: its master and layouts too, so that slides added later fit."""
    from pptx.util import Inches

    ratio = Inches(WIDTH) / document.slide_width
    document.slide_width, document.slide_height = Inches(WIDTH), Inches(HEIGHT)
    master = document.slide_master
    for owner in (master, *document.slide_layouts):
        for shape in owner.shapes:
            if shape.is_placeholder and shape._element.xfrm is not None:
                shape.left, shape.width = round(shape.left * ratio), round(shape.width * ratio)
    layout = document.slide_layouts[_TITLES]
    for shape in layout.placeholders:
        if shape.placeholder_format.type is not None and shape.placeholder_format.idx == 0:
            shape.left, shape.top = Inches(LEFT), Inches(0.35)
            shape.width, shape.height = Inches(RIGHT - LEFT), Inches(1.05)


class _Slides:
    """Adds slides to a document."""

    def __init__(self, document: Any, fictif: str, total: int) -> None:
        self.document, self.fictif, self.total = document, fictif, total

    def add(self, each: Slide, rank: int) -> None:
        """One slide: title, content, source, number, notes."""
        cover = each.kind == "cover"
        slide = self.document.slides.add_slide(self.document.slide_layouts[_COVER if cover else _TITLES])
        if cover:
            self._cover(slide, each)
        else:
            self._title(slide, each.title)
            self._content(slide, each)
            self._foot(slide, each, rank)
        notes = [*each.notes, *([f"Source : {each.source}"] if each.source else [])]
        if notes:
            slide.notes_slide.notes_text_frame.text = str(typeset("\n".join(notes)))

    # -------------------------------------------------------------------------------- parts

    def _cover(self, slide: Any, each: Slide) -> None:
        from pptx.util import Inches

        slide.background.fill.solid()
        slide.background.fill.fore_color.rgb = _rgb("territory")
        title, lead = slide.shapes.title, slide.placeholders[1]
        title.left, title.top, title.width, title.height = (Inches(v) for v in (0.9, 1.9, 11.5, 1.2))
        lead.left, lead.top, lead.width, lead.height = (Inches(v) for v in (0.9, 3.2, 11.5, 2.6))
        _write(title.text_frame, [(each.title, 42, True, "paper")])
        lines = [(each.lead, 24, False, "paper")]
        for point in each.points:
            lines += [(point.text, 22, True, "paper"), (point.more, 18, False, "paper")]
        lines += [(self.fictif, 18, True, "accent-soft")] if self.fictif else []
        _write(lead.text_frame, [line for line in lines if line[0]])

    def _title(self, slide: Any, words: str) -> None:
        size = next(
            (s for s in (30, 28, 26, 24, 22, 20) if lines_in(words, RIGHT - LEFT - 0.3, s, bold=True) <= 2),
            18,
        )
        _write(slide.shapes.title.text_frame, [(words, size, True, "territory")], middle=True)
        self._bar(slide)

    def _bar(self, slide: Any) -> None:
        self._box(slide, 0.32, 0.42, 0.1, 0.92, "accent")

    def _box(self, slide: Any, left: float, top: float, width: float, height: float, tone: str) -> Any:
        from pptx.enum.shapes import MSO_SHAPE
        from pptx.util import Inches

        shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *(Inches(v) for v in (left, top, width, height)))
        shape.fill.solid()
        shape.fill.fore_color.rgb = _rgb(tone)
        shape.line.fill.background()
        shape.shadow.inherit = False
        for effect in shape._element.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}effectRef"):
            effect.set("idx", "0")  # LibreOffice would draw the shadow of the style all the same
        return shape

    def _text(
        self, slide: Any, left: float, top: float, width: float, height: float, lines: list[_Line]
    ) -> Any:
        from pptx.util import Inches

        box = slide.shapes.add_textbox(*(Inches(v) for v in (left, top, width, height)))
        _write(box.text_frame, lines)
        return box

    def _content(self, slide: Any, each: Slide) -> None:
        top = TOP
        if each.lead:
            rows = lines_in(each.lead, RIGHT - LEFT, 16)
            self._text(slide, LEFT, top - 0.1, RIGHT - LEFT, 0.3 * rows, [(each.lead, 16, False, "ink-soft")])
            top += 0.3 * rows + 0.1
        if each.points:
            self._points(slide, each.points, top)
        if each.cards:
            top = self._cards(slide, each.cards, top, one_row=each.grid is not None)
        if each.grid is not None:
            self._grid(slide, each.grid, top)
        if each.figure is not None:
            self._picture(slide, each.figure, top)

    def _points(self, slide: Any, points: Sequence[Point], top: float) -> None:
        wide = RIGHT - LEFT - 0.35
        size, heights = 13, []
        for size in (22, 20, 18, 17, 16, 15, 14, 13, 12, 11):
            small = _small(size)
            heights = [
                _height(lines_in(p.text, wide, size, bold=True), size)
                + _height(lines_in(p.more, wide, small), small)
                + 0.12
                for p in points
            ]
            if sum(heights) + 0.14 * (len(points) - 1) <= BOTTOM - top:
                break
        spare = BOTTOM - top - sum(heights)
        gap = min(0.4, max(0.08, spare / max(len(points), 1)))
        for point, height in zip(points, heights, strict=True):
            self._box(slide, LEFT, top + 0.03, 0.07, height - 0.06, "territory")
            lines: list[_Line] = [(point.text, size, True, "ink")]
            lines += [(point.more, _small(size), False, "ink-soft")] if point.more else []
            self._text(slide, LEFT + 0.15, top, RIGHT - LEFT - 0.15, height, lines)
            top += height + gap

    def _cards(self, slide: Any, cards: Sequence[Card], top: float, *, one_row: bool) -> float:
        from pptx.enum.text import PP_ALIGN

        per = len(cards) if one_row else min(4, len(cards))
        gap, tall = 0.18, 1.25 if one_row else 2.1
        width = (RIGHT - LEFT - gap * (per - 1)) / per
        for rank, card in enumerate(cards):
            row, column = divmod(rank, per)
            shape = self._box(
                slide, LEFT + column * (width + gap), top + row * (tall + gap), width, tall, "territory-soft"
            )
            size = 24 if one_row else 34
            while size > 14 and lines_in(card.value, width - 0.2, size, bold=True) > 1:
                size -= 2
            label = 12 if one_row else 15
            while label > 9 and lines_in(card.label, width - 0.2, label) > 3:
                label -= 1
            lines: list[_Line] = [(card.value, size, True, "territory"), (card.label, label, False, "ink")]
            lines += [(card.when, max(label - 2, 9), False, "ink-soft")] if card.when else []
            _write(shape.text_frame, lines, middle=True, align=PP_ALIGN.CENTER)
        return top + -(-len(cards) // per) * (tall + gap) + 0.05

    def _grid(self, slide: Any, grid: Grid, top: float) -> None:
        from pptx.enum.text import MSO_ANCHOR
        from pptx.util import Inches

        total = sum(grid.widths)
        widths = [(RIGHT - LEFT) * w / total for w in grid.widths]
        size = LARGEST
        while size > 9 and not _holds(grid, widths, size, BOTTOM - top):
            size -= 1
        heights = _row_heights(grid, widths, size)
        air = min(0.14, max(0.0, (BOTTOM - top - sum(heights)) / len(heights)))
        heights = [height + air for height in heights]
        where = (Inches(v) for v in (LEFT, top, RIGHT - LEFT, sum(heights)))
        table = slide.shapes.add_table(len(grid.rows) + 1, len(grid.heads), *where).table
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Inches(width)
        for rank, (row, height) in enumerate(zip(table.rows, heights, strict=True)):
            row.height = Inches(height)
            cells = grid.heads if rank == 0 else grid.rows[rank - 1]
            for at, words in enumerate(cells):
                cell = table.cell(rank, at)
                cell.margin_left = cell.margin_right = Inches(0.07)
                cell.margin_top = cell.margin_bottom = Inches(0.035 + air / 2)
                cell.fill.solid()
                cell.fill.fore_color.rgb = _rgb(
                    "territory" if rank == 0 else "paper" if rank % 2 else "paper-soft"
                )
                cell.vertical_anchor = MSO_ANCHOR.MIDDLE
                tone, bold = ("paper", True) if rank == 0 else ("ink", at == 0)
                _write(cell.text_frame, [(words, min(size, HEADS) if rank == 0 else size, bold, tone)])

    def _picture(self, slide: Any, figure: Any, top: float) -> None:
        from pptx.util import Inches

        room, wide = BOTTOM - top, RIGHT - LEFT
        scale = min(wide / figure.width, room / figure.height)
        width, height = figure.width * scale, figure.height * scale
        where = (Inches(v) for v in (LEFT + (wide - width) / 2, top, width, height))
        picture = slide.shapes.add_picture(io.BytesIO(figure.png), *where)
        picture._element.nvPicPr.cNvPr.set("descr", figure.alt)

    def _foot(self, slide: Any, each: Slide, rank: int) -> None:
        from pptx.enum.text import PP_ALIGN

        source, size = _short(each.source, 10.9, 9), 9
        lines: list[_Line] = [(source, size, False, "ink-soft")] if source else []
        lines += [(self.fictif, 10, True, "accent")] if self.fictif else []
        if lines:
            self._text(slide, LEFT - 0.1, 6.8, 11.1, 0.6, lines)
        box = self._text(slide, 11.75, 6.95, 1.0, 0.35, [(f"{rank} / {self.total}", 11, False, "ink-soft")])
        box.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT


def _short(source: str, width: float, size: int) -> str:
    """« Source : … »: as many of its parts as two lines hold; the notes have them all."""
    if not source:
        return ""
    parts = re.split(r"[\s\u202f]+;\s+", source.rstrip("."))
    for kept in range(len(parts), 0, -1):
        said = f"Source : {' ; '.join(parts[:kept])}" + (
            " ; suite dans les notes." if kept < len(parts) else "."
        )
        if kept == 1 or lines_in(said, width, size) <= 2:
            return said
    return ""


_Line = tuple[str, int, bool, str]
"""Words, points, bold, colour of the theme."""


def _rgb(tone: str) -> Any:
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(COLORS[tone].lstrip("#"))


def _write(frame: Any, lines: Sequence[_Line], *, middle: bool = False, align: Any = None) -> None:
    """Put lines in a text frame, one paragraph each, in French typography, marked as French."""
    from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
    from pptx.util import Pt

    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE if middle else MSO_ANCHOR.TOP
    for rank, (words, size, bold, tone) in enumerate(lines):
        paragraph = frame.paragraphs[0] if rank == 0 else frame.add_paragraph()
        paragraph.alignment = align or PP_ALIGN.LEFT
        run = paragraph.add_run()
        run.text = shown(words)
        run.font.size, run.font.bold, run.font.name = Pt(size), bold, FONT
        run.font.color.rgb = _rgb(tone)
        run._r.get_or_add_rPr().set("lang", "fr-FR")


def _small(size: int) -> int:
    return max(round(size * 0.8), 9)


def _height(lines: int, size: float) -> float:
    return lines * size * 1.22 / 72


def _holds(grid: Grid, widths: Sequence[float], size: int, room: float) -> bool:
    """Whether a table holds at that size: its height, and its longest words in their columns."""
    for rank, cells in enumerate((grid.heads, *grid.rows)):
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            bold = rank == 0 or at == 0
            if longest_word(cell, min(size, HEADS) if rank == 0 else size, bold=bold) > width - 0.16:
                return False
    return sum(_row_heights(grid, widths, size)) <= room


def _row_heights(grid: Grid, widths: Sequence[float], size: int) -> list[float]:
    rows = [grid.heads, *grid.rows]
    return [
        max(
            _height(lines_in(cell, width - 0.16, points, bold=rank == 0 or at == 0), points)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        + 0.1
        for rank, row in enumerate(rows)
        for points in (min(size, HEADS) if rank == 0 else size,)
    ]
