"""How large the text of a sheet may be in Word, where nothing says how long a page gets before it is opened.

Heights are those that ``fiches_word`` gives its parts; words are measured with the shipped font, a little wider
than Calibri and its like, so that a sheet said to hold does hold in Word and in LibreOffice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ctg_lib.documents.agreement.blocks import Grid
from ctg_lib.documents.agreement.fiche_content import BLANK, Fiche
from ctg_lib.documents.agreement.measure import lines_in

ROOM = 26.85 / 2.54 * 72 * 0.985
"""Points between the margins of a page, less what a renderer may add."""
WIDTH, CELL, NARROW = 18.0, 0.2, 0.66
"""Centimetres: between the margins, margins of a cell (both sides), a semester of the calendar."""
LINE = 1.2207
"""Height of a line of Calibri, in its points."""
SHARES: tuple[float, float, float] = (0.38, 0.34, 0.28)
"""Step, when, who: of what the semesters leave of the calendar."""


def word_size(fiche: Fiche, sizes: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The largest of these sizes (text, tables) at which a sheet holds on one page, else the smallest."""
    return next((size for size in sizes if tall(fiche, size) <= ROOM), sizes[-1])


def tall(fiche: Fiche, size: tuple[float, float]) -> float:
    """Points that a sheet takes from the top margin down."""
    return sum(_heights(fiche, *size))


def _heights(fiche: Fiche, size: float, small: float) -> Iterator[float]:
    yield _said(f"{fiche.id} – {fiche.title}", WIDTH, 14, bold=True) + 4
    for line in fiche.place:
        yield _said(line, WIDTH, size) + 1
    yield _said(" · ".join(fiche.tags), WIDTH, size, bold=True) + 4
    yield 4 * ((size + 0.5) * LINE + 5)  # findings, calendar, budget, indicators: what stands above them
    for each in fiche.because:
        yield _said(f"{each.id} – {each.sentence}", WIDTH, size) + 1
        for proof in each.proofs:
            yield _said(f"• {proof}", WIDTH - 0.35, small)
    if not fiche.because:
        yield _said(BLANK, WIDTH, size) + 2
    for name, words in fiche.fields:
        yield _said(f"{name} – {words}", WIDTH, size) + 2
    for at in range(0, len(fiche.short), 2):
        pair = fiche.short[at : at + 2]
        yield max(_said(f"{name} – {words}", WIDTH / 2 - CELL, size) for name, words in pair) + 2
    yield from _calendar(fiche, size, small)
    for grid in (fiche.budget, fiche.indicators):
        yield from _table(grid, size, small)
    yield _said(" · ".join(f"{name} : {words}" for name, words in fiche.foot), WIDTH, small) + 4


def _calendar(fiche: Fiche, size: float, small: float) -> Iterator[float]:
    if not fiche.semesters:
        yield _said(BLANK, WIDTH, size) + 2
        return
    yield 2 * (small * LINE + 0.5)
    wide = WIDTH - NARROW * len(fiche.semesters)
    for rank, bar in enumerate(fiche.bars):
        cells = zip((bar.name, bar.when, bar.who), SHARES, strict=True)
        yield max(_said(words, wide * share - CELL, small, bold=not rank) for words, share in cells) + 0.5


def _table(grid: Grid, size: float, small: float) -> Iterator[float]:
    if not grid.rows:
        yield _said(grid.empty, WIDTH, size) + 2
        return
    share = WIDTH / sum(grid.widths)
    for rank, cells in enumerate((grid.head, *grid.rows)):
        told = zip(cells, grid.widths, strict=True)
        bold = rank == 0 or cells[0].startswith(("Total", "Écart"))
        yield max(_said(words, w * share - CELL, small, bold=bold) for words, w in told) + 0.5
    if grid.note:
        yield _said(grid.note, WIDTH, small) + 2


def _said(words: str, width: float, size: float, *, bold: bool = False) -> float:
    """Points that words take in so many centimetres; an empty cell takes a line."""
    return max(lines_in(words, width / 2.54, size, bold=bold), 1) * size * LINE
