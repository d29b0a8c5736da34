"""The slides of the restitution: a page to show, print and read on a phone (HTML), and an editable .pptx."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ctg_lib.display.figure import made_up
from ctg_lib.display.output import esc
from ctg_lib.display.theme import css_variables, font_face_css
from ctg_lib.display.typography import typeset, typeset_html
from ctg_lib.study.restitution import Card, Grid, Point, Slide, deck

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

HERE = Path(__file__).parent
NAME = "restitution"
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
        out.append((f"{NAME}.pptx", pptx_bytes(shown, about, study.as_of, made_up_words)))
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
    opened = f'<section class="{kind}" id="{each.id}" tabindex="-1" aria-labelledby="{each.id}-titre">'
    return f"{opened}\n{inside}\n</section>"


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
