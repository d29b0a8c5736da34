"""What a slide is made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ctg_lib.display.typography import bound, typeset

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


def held(slide: Slide) -> Slide:
    """A slide in which « 6 h 30 », « 9 février », « annexe 7 » keep together on a line."""

    def kept(text: str) -> str:
        return bound(typeset(text))

    grid = slide.grid
    if grid is not None:
        rows = tuple(tuple(kept(cell) for cell in row) for row in grid.rows)
        grid = replace(grid, heads=tuple(kept(head) for head in grid.heads), rows=rows)
    return replace(
        slide, title=kept(slide.title), lead=kept(slide.lead), grid=grid, source=kept(slide.source),
        points=tuple(Point(kept(p.text), kept(p.more)) for p in slide.points),
        cards=tuple(Card(kept(c.value), kept(c.label), kept(c.when)) for c in slide.cards),
        notes=tuple(kept(note) for note in slide.notes),
    )  # fmt: skip


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
