"""One drawn output, complete: message, image, text alternative, source and the data behind it.

The drawing carries marks, axis labels and values; title, subtitle and source are text beside it, so that a
phone, a screen reader and a search engine get them. It is drawn once, then closed: SVG and PNG come from
the same matplotlib figure, with the same bytes for the same data on one version of matplotlib.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.display import theme
from ctg_lib.display.output import Bundle, check_id, esc, html_table, origin, record, typeset_source
from ctg_lib.display.typography import typeset

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas
    from matplotlib.text import Text
    from PIL.Image import Image

MADE_UP = "Données fictives : démonstration"
"""What a drawing of a made-up study bears: it is the part of the page that gets copied elsewhere."""
_STRIP = 24
"""Height, in CSS px, of the strip under the drawing that says so."""
_made_up: ContextVar[bool] = ContextVar("made_up", default=False)


@contextmanager
def made_up(wanted: bool = True) -> Iterator[None]:
    """Drawings exported inside say that their data are made up, in the SVG and in the PNG."""
    token = _made_up.set(wanted)
    try:
        yield
    finally:
        _made_up.reset(token)


@dataclass
class Figure:
    """A figure as a notebook returns it; JupyterLab, papermill and the report read its bundle.

    Attributes:
        id: stable slug (``fig-couverture-comparaison``).
        title: the message, a sentence with this territory's numbers.
        subtitle: what is measured, with its unit.
        source: source line, vintage included.
        alt: one sentence with the numbers.
        description: the full data in words.
        data: what is drawn, one row per mark; ``labels`` are its French headers, ``decimals`` its rounding.
        svg, png: the drawing (PNG at twice the size).
        width, height: size in CSS px.
        notes: lines under the source.
        regions: gid of an area in the SVG -> what a page says when it is pointed at (maps).
    """

    id: str
    title: str
    subtitle: str
    source: str
    alt: str
    description: str
    data: pd.DataFrame = field(repr=False)
    svg: bytes = field(repr=False)
    png: bytes = field(repr=False)
    width: int
    height: int
    labels: dict[str, str] = field(default_factory=dict, repr=False)
    decimals: dict[str, int] = field(default_factory=dict, repr=False)
    notes: tuple[str, ...] = ()
    regions: dict[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        check_id(self.id)
        for name in ("title", "subtitle", "alt", "description"):
            setattr(self, name, typeset(str(getattr(self, name))))
        self.source = typeset_source(self.source)
        self.notes = tuple(typeset(n) for n in self.notes)
        self.labels = {k: typeset(v) for k, v in self.labels.items()}
        self.regions = {k: typeset(v) for k, v in self.regions.items()}
        for name in ("title", "source", "alt"):
            if not getattr(self, name).strip():
                raise ValueError(f"figure {self.id}: empty {name}")

    def to_html(self) -> str:
        """A complete ``<figure>`` that stands alone in a page or in JupyterLab."""
        image = base64.b64encode(self.png).decode("ascii")
        return figure_html(self.record(), f"data:image/png;base64,{image}")

    def record(self) -> dict[str, Any]:
        """What the assembler needs, in JSON."""
        return {
            "kind": "figure",
            "id": self.id,
            "title": self.title,
            "subtitle": self.subtitle,
            "source": str(self.source),
            **origin(self.source),
            "notes": list(self.notes),
            "alt": self.alt,
            "description": self.description,
            "width": self.width,
            "height": self.height,
            "data": record(self.data, self.labels, self.decimals),
            **({"regions": [list(pair) for pair in self.regions.items()]} if self.regions else {}),
        }

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        data = {
            "text/html": self.to_html(),
            "image/svg+xml": self.svg.decode("utf-8"),
            # IPython's own images give base64 text; bytes would depend on who serialises the message.
            "image/png": base64.b64encode(self.png).decode("ascii"),
            "text/plain": f"{self.title}\n{self.subtitle}\n{self.alt}\n{source_line(self.source)}",
        }
        metadata = {
            "image/png": {"alt": self.alt, "width": self.width, "height": self.height},
            "image/svg+xml": {"alt": self.alt},
            "ctg": self.record(),
        }
        return data, metadata


@dataclass(frozen=True)
class Absent:
    """A figure or table that cannot be made: a sentence takes its place, never an empty drawing."""

    title: str
    reason: str
    id: str = ""
    source: str = ""

    def sentence(self) -> str:
        """« Non disponible : … », with the reason."""
        reason = self.reason.strip()
        end = "" if reason.endswith((".", "!", "?", "…")) else "."
        return typeset(f"Non disponible : {reason}{end}")

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        title, sentence = typeset(self.title), self.sentence()
        anchor = f' id="{esc(self.id)}"' if self.id else ""
        source = source_line(typeset(self.source)) if self.source else ""
        markup = f'<div class="ctg-absent"{anchor}><p><strong>{esc(title)}</strong><br>{esc(sentence)}</p>'
        markup += f'<p class="ctg-source">{esc(source)}</p></div>' if source else "</div>"
        text = f"**{title}** — {sentence}" + (f"\n\n*{source}*" if source else "")
        data = {"text/html": markup, "text/markdown": text, "text/plain": f"{title} — {sentence}"}
        record_ = {
            "kind": "absent",
            "id": self.id,
            "title": title,
            "reason": sentence,
            "source": str(self.source),
            **origin(typeset_source(self.source)),
        }
        return data, {"ctg": record_}


def source_line(source: str) -> str:
    """The source with its word in front, once."""
    if not source or re.match(r"sources?\b", source, re.I):
        return source
    return typeset(f"Source : {source}")


def figure_html(figure: Mapping[str, Any], image: str, *, download: str = "") -> str:
    """The ``<figure>`` of a record (``metadata["ctg"]``), for a page that keeps its images as files.

    Args:
        figure: what :meth:`Figure.record` made.
        image: address of the SVG or PNG, or a ``data:`` address.
        download: address of the data as a file; a link is added when given.
    """
    data, identifier = figure["data"], figure["id"]
    frame = pd.DataFrame(data["rows"], columns=data["columns"], dtype=object)
    labels = dict(zip(data["columns"], data["labels"], strict=True))
    decimals = {c: d for c, d in zip(data["columns"], data["decimals"], strict=True) if d is not None}
    table = html_table(
        frame, labels, caption=figure["title"], decimals=decimals, row_header=data["columns"][0]
    )
    notes = "".join(f'\n<p class="ctg-notes">{esc(n)}</p>' for n in figure["notes"])
    link = f'<p><a href="{esc(download)}" download>Télécharger ces données (CSV)</a></p>' if download else ""
    subtitle = f'\n<p class="ctg-subtitle">{esc(figure["subtitle"])}</p>' if figure["subtitle"] else ""
    return (
        f'<figure class="ctg-figure" id="{identifier}" aria-labelledby="{identifier}-title">\n'
        f'<figcaption><p class="ctg-title" id="{identifier}-title">{esc(figure["title"])}</p>{subtitle}'
        f'</figcaption>\n<img src="{esc(image)}" alt="{esc(figure["alt"])}" width="{figure["width"]}" '
        f'height="{figure["height"]}" style="max-width:100%;height:auto">\n'
        f'<p class="ctg-source">{esc(source_line(figure["source"]))}</p>{notes}\n'
        f'<details class="ctg-data"><summary>Données de la figure</summary>\n'
        f'<div class="ctg-table-wrap" tabindex="0" role="region" aria-label="{esc(figure["title"])}">{table}'
        f"</div>{link}</details>\n</figure>"
    )


def size(canvas: Canvas) -> tuple[int, int]:
    """Width and height of the exported drawing in CSS px, the strip of a made-up study included."""
    width, height = (round(v * 96) for v in canvas.get_size_inches())
    return width, height + (_STRIP if _made_up.get() else 0)


def export(canvas: Canvas) -> tuple[bytes, bytes]:
    """(SVG, PNG) of one matplotlib figure, without dates or program versions.

    Inside :func:`made_up`, with a strip under the drawing that says so (:func:`size` counts it). The PNG has
    a palette of 128 colours, which flat drawings do not exceed visibly: a quarter of the size.
    """
    from PIL import Image

    svg, png = io.BytesIO(), io.BytesIO()
    halos = _take_halos(canvas)
    canvas.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    for text, effects in halos.values():
        text.set_path_effects(effects)
    image = _pixels(canvas)
    drawing = _compact_svg(svg.getvalue(), set(halos))
    if _made_up.get():
        strip = _strip(canvas.get_size_inches()[0])
        image = _stacked(image, _pixels(strip))
        drawing = _under(drawing, strip)
    flat = image.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    levels = flat.getpalette() or []
    colors = [levels[i : i + 3] for i in range(0, len(levels), 3)]
    flat.putpalette([v for c in colors for v in ([255] * 3 if min(c) >= 252 else c)])  # paper stays white
    flat.save(png, "png", compress_level=6)
    return drawing, png.getvalue()


def _pixels(canvas: Canvas) -> Image:
    """The drawing in pixels, on opaque paper."""
    from PIL import Image

    pixels, dpi = io.BytesIO(), 96 * theme.PNG_SCALE
    canvas.savefig(pixels, format="rgba", dpi=dpi)
    width, height = (int(inches * dpi) for inches in canvas.get_size_inches())
    return Image.frombytes("RGBA", (width, height), pixels.getvalue()).convert("RGB")


def _strip(width: float) -> Canvas:
    """What stands under each drawing of a made-up study; it has a place of its own, over no mark."""
    from matplotlib.figure import Figure as Canvas

    strip = Canvas(figsize=(width, _STRIP / 96))
    strip.text(
        0.5, 0.5, typeset(MADE_UP).upper(), ha="center", va="center", fontweight="bold",
        fontsize=theme.pt(theme.SMALL), color=theme.COLORS["accent"], gid="strip",
    )  # fmt: skip
    return strip


def _stacked(above: Image, below: Image) -> Image:
    from PIL import Image

    both = Image.new("RGB", (above.width, above.height + below.height), "white")
    both.paste(above, (0, 0))
    both.paste(below, (0, above.height))
    return both


_HEIGHT = re.compile(r'(?<= height=")[\d.]+(?=pt")')
_BOX = re.compile(r'(?<= viewBox="0 0 )([\d.]+) ([\d.]+)(?=")')


def _under(svg: bytes, strip: Canvas) -> bytes:
    """An SVG with another one under it; the ids of the second are set apart."""
    made = io.BytesIO()
    strip.savefig(made, format="svg", metadata={"Date": None, "Creator": None})
    added = _compact_svg(made.getvalue(), set()).decode("utf-8")
    added = added[added.index(">") + 1 : added.rindex("</svg>")]
    added = added.replace('id="', 'id="made-up-').replace('href="#', 'href="#made-up-')
    added = added.replace("url(#", "url(#made-up-")
    text = svg.decode("utf-8")
    head, inside = text[: text.index(">") + 1], text[text.index(">") + 1 : text.rindex("</svg>")]
    box = _BOX.search(head)
    if box is None:
        raise ValueError("an SVG without its viewBox")
    tall = float(box[2])
    whole = f"{tall + strip.get_size_inches()[1] * 72:g}"
    head = _HEIGHT.sub(whole, _BOX.sub(f"{box[1]} {whole}", head))
    return f'{head}{inside}<g transform="translate(0 {tall:g})">{added}</g></svg>'.encode()


def _take_halos(canvas: Canvas) -> dict[str, tuple[Text, list[Any]]]:
    """Remove the path effects of texts, by gid: in SVG they would write every letter out twice."""
    from matplotlib.text import Text

    taken = {}
    for text in canvas.findobj(Text):
        effects = text.get_path_effects()
        if effects and text.get_gid():
            taken[str(text.get_gid())] = (text, effects)
            text.set_path_effects([])
    return taken


def _add_halos(svg: str, gids: set[str]) -> str:
    """Put a white, stroked copy of the glyph references under each of these texts."""

    def double(match: re.Match[str]) -> str:
        if match["gid"] not in gids:
            return match.group()
        under = re.sub(r"<defs>.*?</defs>", "", match["glyphs"])
        width = theme.pt(4) / (theme.pt(theme.SMALL) / 100 * 0.015625)  # glyphs are scaled twice
        edge = f"fill: #ffffff; stroke: #ffffff; stroke-width: {width:.0f}"
        under = re.sub(r'(?<=<g )style="[^"]*"', f'style="{edge}"', under)
        definitions = "".join(re.findall(r"<defs>.*?</defs>", match["glyphs"]))
        glyphs = re.sub(r"<defs>.*?</defs>", "", match["glyphs"])
        return f'<g id="{match["gid"]}">{definitions}{under}{glyphs}</g>'

    return re.sub(r'<g id="(?P<gid>[^"]*)">(?P<glyphs><g (?:(?!<g id=).)*?</g>)</g>', double, svg, flags=re.S)


_LONG_NUMBER = re.compile(r"(?<!scale\()\b\d+\.\d{5,}")


def _compact_svg(svg: bytes, halos: set[str]) -> bytes:
    """Halve an SVG: no prologue, metadata, comments or indentation; short glyph ids; 1/1000 pt is enough."""
    text = svg.decode("utf-8")
    text = text[text.index("<svg") :]
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", text, count=1, flags=re.S)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.S)
    for style, letter in (("Regular", "r"), ("Bold", "b"), ("Italic", "i")):
        text = text.replace(f"CTGSans-{style}-", letter)
    text = _LONG_NUMBER.sub(lambda m: f"{float(m.group()):.3f}".rstrip("0").rstrip("."), text)
    text = re.sub(r"\n\s*<", "<", text)
    text = _add_halos(text, halos)
    text = re.sub(r" ?\n(?=[A-Za-z\"])", "", text)
    return text.encode("utf-8")
