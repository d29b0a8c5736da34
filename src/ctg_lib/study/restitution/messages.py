"""Messages of the synthesis as points of a slide: a whole sentence, then what supports it."""

from __future__ import annotations

import re

from ctg_lib.display.prose import upper_first
from ctg_lib.study.restitution.slide import Point

SUPPORT = 240
"""Characters of what supports a message, at most, on a slide: whole sentences; the notes have the rest."""
_BOLD_HEAD = re.compile(r"\*\*([^*]+)\*\*\s*:\s*")
"""A message in bold, before a colon."""
_NEXT = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-ÖØ-Þ«0-9])")
"""Where a sentence may end and another begin."""


def sentences(text: str) -> list[str]:
    """Sentences of a text; one that ends within brackets goes on."""
    out: list[str] = []
    for piece in _NEXT.split(text.strip()):
        if out and (out[-1].count("(") > out[-1].count(")") or out[-1].count("«") > out[-1].count("»")):
            out[-1] += f" {piece}"
        elif piece:
            out.append(piece)
    return out


def parted(markdown: str) -> tuple[str, list[str]]:
    """A message of a chapter: its first sentence, or what is in bold before a colon; then the others.

    What Markdown escapes is put back, links are plain words.
    """
    plain = re.sub(r"\\([\\`*_{}\[\]<>#@|~^$&])", r"\1", markdown)
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)(\{[^}]*\})?", r"\1", plain).strip()
    head = _BOLD_HEAD.match(plain)
    if head is not None:
        first, rest = head[1].strip(), upper_first(plain[head.end() :].replace("**", ""))
        return first if first[-1] in ".!?" else f"{first}.", sentences(rest)
    first, *others = sentences(plain.replace("**", "")) or [""]
    return first, others


def point_of(markdown: str) -> tuple[Point, str]:
    """A message as a point, its support as short as a slide can show; and what is left for the notes."""
    first, others = parted(markdown)
    kept = others[:1]
    for each in others[1:]:
        if len(" ".join([*kept, each])) > SUPPORT:
            break
        kept.append(each)
    return Point(first, " ".join(kept)), " ".join(others[len(kept) :])
