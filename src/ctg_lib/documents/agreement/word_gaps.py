"""Words of a Word document in which what is to be completed is highlighted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctg_lib.documents.agreement.blocks import parts
from ctg_lib.documents.word_parts import write

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph


def runs(
    paragraph: Paragraph, text: str, *, size: float | None = None, bold: bool = False, colour: str = ""
) -> None:
    """Add words (:func:`ctg_lib.documents.word_parts.write`), those to be completed highlighted."""
    for is_gap, words in parts(text):
        write(paragraph, words, size=size, bold=bold, colour=colour)
        mark_gap(paragraph, is_gap=is_gap)


def mark_gap(paragraph: Paragraph, *, is_gap: bool) -> None:
    """Highlight the last words of a paragraph, if they are to be completed."""
    from docx.enum.text import WD_COLOR_INDEX

    if is_gap:
        paragraph.runs[-1].font.highlight_color = WD_COLOR_INDEX.YELLOW
