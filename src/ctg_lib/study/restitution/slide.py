"""What a slide is made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ctg_lib.display.figure import Figure

NONE = "–"


@dataclass(frozen=True)
class Point:
    """A line, and what supports it in smaller type."""

    text: str
    more: str = ""


@dataclass(frozen=True)
class Card:
    """A number, what it counts, and of when."""

    value: str
    label: str
    when: str = ""


@dataclass(frozen=True)
class Grid:
    """A table: heads, rows of texts, share of the width of each column."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]


@dataclass(frozen=True)
class Slide:
    """One slide.

    Attributes:
        id: stable. title: its message. kind: « cover » or « slide ».
        points, cards, grid, figure: what it shows, in this order; those it has.
        lead: a sentence under the title.
        notes: what the speaker says or may be asked, one paragraph each.
        source: what it rests on, in plain words.
    """

    id: str
    title: str
    kind: str = "slide"
    lead: str = ""
    points: tuple[Point, ...] = ()
    cards: tuple[Card, ...] = ()
    grid: Grid | None = None
    figure: Figure | None = None
    notes: tuple[str, ...] = ()
    source: str = ""


def paged(slide: Slide, size: int) -> tuple[Slide, ...]:
    """A slide whose table may be long, as the slides that it takes: ``size`` rows at most, evenly shared."""

    if slide.grid is None or len(slide.grid.rows) <= size:
        return (slide,)
    rows = slide.grid.rows
    pages = -(-len(rows) // size)
    each = -(-len(rows) // pages)
    return tuple(
        replace(
            slide,
            id=f"{slide.id}-{page + 1}",
            title=f"{slide.title} ({page + 1}/{pages})",
            grid=replace(slide.grid, rows=rows[page * each : (page + 1) * each]),
        )
        for page in range(pages)
    )
