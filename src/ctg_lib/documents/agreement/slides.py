"""The slides of the restitution: a page to show, print and read on a phone (HTML), and an editable .pptx."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ctg_lib.display.figure import made_up
from ctg_lib.display.output import esc
from ctg_lib.display.theme import css_variables, font_face_css
from ctg_lib.display.typography import typeset, typeset_html
from ctg_lib.documents.agreement.measure import lines_in, longest_word
from ctg_lib.study.document_dates import file_day
from ctg_lib.study.restitution import Card, Grid, Point, Slide, deck

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

HERE = Path(__file__).parent
NAME = "restitution"
PRINT_SIZES: tuple[float, ...] = (19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8)
PRINT_WIDTH, PRINT_ROOM, PRINT_GAP, POINT_GAP = 12.2, 6.75, 4 / 25.4, 3 / 25.4
"""Inches, as in slides.css: room inside a printed slide, between its parts, between two points."""
TITLE_SIZE = 25
"""Points of a printed title."""
FICTIF = "Fictif : données inventées pour la démonstration"


def slides(study: Study) -> list[tuple[str, bytes]]:
    """The restitution: « restitution.html » and, where ``python-pptx`` is there, « restitution.pptx ».

    The same study gives the same bytes.
    """
    from ctg_lib.documents.agreement.slides_pptx import has_pptx, pptx_bytes

    with made_up(study.fictif):
        shown = deck(study)
    about = f"Restitution – {study.territory.name}"
    made_up_words = FICTIF if study.fictif else ""
    out = [(f"{NAME}.html", page(shown, about, made_up_words).encode("utf-8"))]
    if has_pptx():
        out.append((f"{NAME}.pptx", pptx_bytes(shown, about, file_day(study), made_up_words)))
    return out


def page(shown: Sequence[Slide], about: str, fictif: str = "") -> str:
    """All slides as one page that needs no other file: arrow keys move, one slide is printed a page."""
    body = "\n".join(_slide(each, rank, len(shown), fictif) for rank, each in enumerate(shown, start=1))
    nav = (
        '<nav hidden aria-label="Diapositives">'
        '<button type="button" class="back" aria-label="Précédente">←</button>'
        '<output aria-live="polite"></output>'
        '<button type="button" class="next" aria-label="Suivante">→</button></nav>'
    )
    style = f"{font_face_css()}{css_variables()}{(HERE / 'slides.css').read_text(encoding='utf-8')}"
    script = (HERE / "slides.js").read_text(encoding="utf-8")
    return (
        '<!DOCTYPE html>\n<html lang="fr">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{esc(typeset(about))}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f"<main>\n{typeset_html(body)}\n</main>\n{nav}\n<script>\n{script}</script>\n</body>\n</html>\n"
    )


def _slide(each: Slide, rank: int, total: int, fictif: str) -> str:
    kind = "slide cover" if each.kind == "cover" else "slide"
    level = "h1" if each.kind == "cover" else "h2"
    said = f'<p class="lead">{esc(each.lead)}</p>' if each.lead else ""
    source = f"Source : {esc(each.source.rstrip('.'))}. " if each.source else ""
    mark = f'<span class="fictif">{esc(fictif)}</span>' if fictif else ""
    parts = [
        f'<{level} id="{each.id}-titre">{esc(each.title)}</{level}>',
        said,
        _cover(each) if each.kind == "cover" else _points(each.points),
        _cards(each.cards, len(each.cards) if each.grid else 4),
        _grid(each.grid, each.id) if each.grid else "",
        _figure(each),
        _notes(each),
        f'<p class="foot"><span class="source">{source}</span>{mark}'
        f'<span class="rank">{rank} / {total}</span></p>',
    ]
    inside = "\n".join(part for part in parts if part)
    printed = "" if each.kind == "cover" else f' style="--print: {print_size(each)}pt"'
    opened = (
        f'<section class="{kind}" id="{each.id}" tabindex="-1" aria-labelledby="{each.id}-titre"{printed}>'
    )
    return f"{opened}\n{inside}\n</section>"


def print_size(each: Slide) -> float:
    """Points of the text of a printed slide: the largest at which all of it stands on its page."""
    return next((size for size in PRINT_SIZES if _tall(each, size) <= PRINT_ROOM), PRINT_SIZES[-1])


def _tall(each: Slide, size: float) -> float:
    """Inches that a slide takes at so many points, figure left aside; lengths are those of slides.css."""
    em = size / 72
    parts = [lines_in(each.title, PRINT_WIDTH - 0.3, TITLE_SIZE, bold=True) * 1.16 * TITLE_SIZE / 72]
    parts.append(lines_in(each.lead, PRINT_WIDTH, 1.02 * size) * 1.35 * 1.02 * em)
    parts.append(
        sum(
            lines_in(p.text, PRINT_WIDTH - 0.92 * em, 1.08 * size, bold=True) * 1.35 * 1.08 * em
            + lines_in(p.more, PRINT_WIDTH - 0.92 * em, 0.85 * size) * 1.35 * em
            for p in each.points
        )
        + max(len(each.points) - 1, 0) * POINT_GAP
    )
    parts.append(_cards_tall(each, size))
    if each.grid:
        parts.append(_grid_tall(each.grid, size))
    foot = 10.5
    parts.append(lines_in(f"Source : {each.source}.", PRINT_WIDTH - 4.2, foot) * 1.35 * foot / 72)
    kept = [part for part in parts if part]
    return sum(kept) + PRINT_GAP * (len(kept) - 1)


def _cards_tall(each: Slide, size: float) -> float:
    if not each.cards:
        return 0.0
    em, per = size / 72, len(each.cards) if each.grid else 4
    inside = (PRINT_WIDTH - 0.7 * em * (per - 1)) / per - 1.2 * em
    tall = [
        (
            1.6
            + lines_in(c.value, inside, 1.9 * size, bold=True) * 1.9 * 1.1
            + lines_in(c.label, inside, 0.86 * size) * 0.86 * 1.25
            + (0.75 * 1.35 if c.when else 0)
        )
        * em
        for c in each.cards
    ]
    rows = [max(tall[at : at + per]) for at in range(0, len(tall), per)]
    return sum(rows) + 0.7 * em * (len(rows) - 1)


def _grid_tall(grid: Grid, size: float) -> float:
    small, total = 0.86 * size, sum(grid.widths)
    em = small / 72
    widths = [PRINT_WIDTH * w / total - 1.2 * em for w in grid.widths]
    tall = 0.0
    for rank, cells in enumerate((grid.heads, *grid.rows)):
        if any(
            longest_word(cell, small, bold=not (rank and at)) > width
            for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ):
            return float("inf")
        lines = max(
            lines_in(cell, width, small, bold=not (rank and at))
            for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        tall += (lines * 1.28 + 0.9) * em + 1 / 96
    return tall


def _cover(each: Slide) -> str:
    return "".join(f'<p class="place">{esc(p.text)}</p><p>{esc(p.more)}</p>' for p in each.points)


def _points(points: Sequence[Point]) -> str:
    items = "".join(
        f"<li><b>{esc(p.text)}</b>{f' <span>{esc(p.more)}</span>' if p.more else ''}</li>" for p in points
    )
    return f'<ul class="points">{items}</ul>' if items else ""


def _cards(cards: Sequence[Card], columns: int) -> str:
    items = "".join(
        f'<div><dt>{esc(c.label)}</dt><dd class="value">{esc(c.value)}</dd>'
        + (f'<dd class="when">{esc(c.when)}</dd>' if c.when else "")
        + "</div>"
        for c in cards
    )
    return f'<dl class="cards" style="--columns: {columns}">{items}</dl>' if items else ""


def _grid(grid: Grid, id: str) -> str:
    total = sum(grid.widths)
    widths = "".join(f'<col style="width: {100 * w / total:.1f}%">' for w in grid.widths)
    heads = "".join(f'<th scope="col">{esc(head)}</th>' for head in grid.heads)
    rows = "".join(
        f'<tr><th scope="row">{esc(row[0])}</th>{"".join(f"<td>{esc(cell)}</td>" for cell in row[1:])}</tr>'
        for row in grid.rows
    )
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-labelledby="{id}-titre">'
        f"<table><colgroup>{widths}</colgroup>"
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _figure(each: Slide) -> str:
    if each.figure is None:
        return ""
    import base64

    image = base64.b64encode(each.figure.svg).decode("ascii")
    drawn = each.figure
    return (
        f'<figure><img src="data:image/svg+xml;base64,{image}" width="{drawn.width}" height="{drawn.height}" '
        f'alt="{esc(drawn.alt)}"></figure>'
    )


def _notes(each: Slide) -> str:
    if not each.notes:
        return ""
    lines = "".join(f"<p>{esc(note)}</p>" for note in each.notes)
    return f"<details><summary>Notes</summary>{lines}</details>"
