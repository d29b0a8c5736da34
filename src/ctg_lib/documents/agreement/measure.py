"""How much room words take on a page, measured with the shipped font: a little wider than Calibri and its like."""

from __future__ import annotations

import re

from ctg_lib.display.theme import text_width
from ctg_lib.display.typography import typeset


def shown(words: str) -> str:
    """Words in French typography; an hour is not cut at the end of a line."""
    return re.sub(r"(\d)[ \u00a0]h[ \u00a0](\d\d)\b", "\\1\u00a0h\u00a0\\2", str(typeset(words)))


def lines_in(words: str, width: float, size: float, *, bold: bool = False) -> int:
    """Lines that words take in so many inches, at so many points."""
    if not words:
        return 0
    room, line, count = width * 96, 0.0, 1
    space = text_width(" ", size / 0.75, bold)
    for word in shown(words).split(" "):
        wide = text_width(word, size / 0.75, bold)
        if line and line + space + wide > room:
            count, line = count + 1, wide
        else:
            line += (space if line else 0.0) + wide
    return count


def longest_word(words: str, size: float, *, bold: bool = False) -> float:
    """Inches that the longest word takes; a hyphen may end a line."""
    pieces = words.replace("-", "- ").split()
    return max((text_width(each, size / 0.75, bold) / 96 for each in pieces), default=0.0)
