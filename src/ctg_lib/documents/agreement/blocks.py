"""A text to be laid out, whatever the page: headings, paragraphs, tables, places to sign, and its blanks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ctg_lib.display.typography import NBSP, bound, typeset

Style = Literal["texte", "visa", "puce", "note"]
Kind = Literal["partie", "article", "annexe", "sous_titre"]
TO_COMPLETE = f"à{NBSP}compléter"
_OPEN, _MIDDLE, _CLOSE = "\uf100", "\uf101", "\uf102"
_BLANK = re.compile(_OPEN + _MIDDLE.join([f"([^{_MIDDLE}{_CLOSE}]*)"] * 3) + _CLOSE)
_SHOWN = re.compile(rf"(\[{TO_COMPLETE}[^\]]*\])")


@dataclass(frozen=True)
class Gap:
    """Something that no file says: where in the text, what, and who can give it."""

    place: str
    what: str
    who: str


@dataclass(frozen=True)
class Heading:
    """A heading.

    Attributes:
        label: its number (« Article 3 », « Annexe 1 »), empty where it has none.
        new_page: whether a page begins with it.
    """

    text: str
    kind: Kind
    label: str = ""
    new_page: bool = False

    @property
    def whole(self) -> str:
        """« Article 3 – Objet de la convention »."""
        return f"{self.label} – {self.text}" if self.label else self.text


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str
    style: Style = "texte"


@dataclass(frozen=True)
class Grid:
    """A table.

    Attributes:
        title: said above it. head, rows: its cells.
        widths: share of the width of each column.
        numbers: ranks of the columns aligned to the right.
        note: said under it.
        empty: said in its stead when it has no row.
        total: whether the last row is one.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    numbers: tuple[int, ...] = ()
    note: str = ""
    empty: str = ""
    total: bool = False


@dataclass(frozen=True)
class Signatures:
    """Places to sign, one for each party: its name and the function of who signs."""

    parties: tuple[tuple[str, str], ...]


Block: TypeAlias = Heading | Text | Grid | Signatures


@dataclass(frozen=True)
class Draft:
    """A whole text.

    Attributes:
        title, subtitle, state: of its first page; ``state`` says what it is and on which day.
        running: what each page says at its foot.
        fictif: what each page says at its head; empty for a real study.
        blocks: in order. gaps: what is left blank, in the order of the text.
        notes: what the files say and the text does not, for who makes it; a sentence each.
    """

    title: str
    subtitle: str
    state: str
    running: str
    fictif: str = ""
    blocks: tuple[Block, ...] = field(default=())
    gaps: tuple[Gap, ...] = field(default=())
    notes: tuple[str, ...] = field(default=())

    @property
    def headings(self) -> tuple[Heading, ...]:
        """Those that the contents list."""
        return tuple(b for b in self.blocks if isinstance(b, Heading) and b.kind != "sous_titre")


def blank(what: str, who: str, shown: str | None = None) -> str:
    """A mark for what is not known, to be put in a text (:func:`settled` takes it out).

    Args:
        what: what is missing, as the list of blanks says it. who: who can give it.
        shown: what stands in the text after « à compléter »; ``what`` by default, nothing if empty.
    """
    said = (_BLANK.sub("", text).strip() for text in (what, who, what if shown is None else shown))
    return f"{_OPEN}{_MIDDLE.join(said)}{_CLOSE}"


def is_blank(text: object) -> bool:
    """Whether a value is nothing but a mark of :func:`blank`."""
    return bool(_BLANK.fullmatch(str(text).strip()))


def settled(text: str, place: str) -> tuple[str, list[Gap]]:
    """A text as it is read, in French typography, and what it leaves blank.

    Args:
        place: where the text stands.

    Returns:
        « [à compléter : …] » for each mark, and the gaps in order.
    """
    gaps = [Gap(place, bound(typeset(what)), bound(typeset(who))) for what, who, _ in _BLANK.findall(text)]
    said = _BLANK.sub(lambda m: f"[{TO_COMPLETE} : {m[3]}]" if m[3] else f"[{TO_COMPLETE}]", text)
    return bound(typeset(said)), gaps


def parts(text: str) -> Iterator[tuple[bool, str]]:
    """Pieces of a settled text, in order: whether it is a blank, and its words."""
    for piece in _SHOWN.split(text):
        if piece:
            yield bool(_SHOWN.fullmatch(piece)), piece
