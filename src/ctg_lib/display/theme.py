"""One visual identity, kept in one place: colours, type, spacing, and how matplotlib is set.

The identity is the project's own; neither the State's nor the Caf's marks are used. The territory under
study is always the strong petrol colour, in bold; what it is compared with is neutral grey, outlined, with
another marker, so that a black-and-white print still tells them apart. Contrasts on white: graphics at
least 3:1, text at least 4.5:1 (RGAA 3.2 and 3.3, WCAG 1.4.3 and 1.4.11).
"""

from __future__ import annotations

import base64
import functools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FONT_FAMILY = "CTG Sans"
FONT_FOLDER = Path(__file__).parent / "fonts"
FONT_FILES: dict[str, str] = {
    "regular": "CTGSans-Regular",
    "bold": "CTGSans-Bold",
    "italic": "CTGSans-Italic",
}

COLORS: dict[str, str] = {
    "ink": "#1B1F23",  # text
    "ink-soft": "#4A5158",  # secondary text, axis labels
    "paper": "#FFFFFF",
    "paper-soft": "#F5F3EE",  # cards, callouts, table heads
    "line": "#B9C0C6",  # hairlines that carry no information
    "territory": "#0B5A63",  # the territory under study
    "territory-soft": "#D5E6E8",  # its interval or background
    "neutral": "#6C757D",  # what it is compared with
    "neutral-soft": "#DDE1E4",
    "accent": "#AA5A06",  # one thing to look at; pooled means
    "accent-soft": "#FBEBD6",
    "better-soft": "#DCE8F6",  # a difference in the favourable direction
    "better": "#A9C9EC",  # the same, far
    "worse-soft": "#FBE6CB",  # a difference in the unfavourable direction
    "worse": "#F0B56F",  # the same, far
    "unknown": "#6C757D",  # hatch of what is not available
    "link": "#0B5A63",
    "focus": "#AA5A06",
}
"""Every colour used anywhere, by role."""

CATEGORIES: tuple[str, ...] = ("#0B5A63", "#AA5A06", "#4F93C4", "#7A4FA3", "#6C757D")
"""Parts of a whole, in this order, each with its hatch from :data:`HATCHES`."""

HATCHES: tuple[str, ...] = ("", "///", "|||", "xxx", "---")
SEQUENTIAL: tuple[str, ...] = ("#E3EEF0", "#A5CBD0", "#6BA6AE", "#2F7C86", "#0B4A52")
"""Five classes from little to much; lightness falls at each step, outlines keep the first one visible."""

SPACE: dict[str, str] = {"1": "0.25rem", "2": "0.5rem", "3": "1rem", "4": "1.5rem", "5": "2.5rem"}
FONT_STACK = f'"{FONT_FAMILY}", "Source Sans 3", "Segoe UI", Helvetica, Arial, sans-serif'

WIDTH = 500
"""Width of a figure in CSS px: on a page 375 px wide its 15 px text is still above 10 px."""
TEXT = 15.0
SMALL = 14.0
PNG_SCALE = 2
_PX = 0.75  # points per CSS px: 96 px = 72 pt


def css_variables(selector: str = ":root") -> str:
    """The design tokens as CSS custom properties (``--ctg-ink`` …), ready for a style sheet."""
    tokens = {f"--ctg-{name}": value for name, value in COLORS.items()}
    tokens |= {f"--ctg-category-{i}": value for i, value in enumerate(CATEGORIES, start=1)}
    tokens |= {f"--ctg-sequential-{i}": value for i, value in enumerate(SEQUENTIAL, start=1)}
    tokens |= {f"--ctg-space-{name}": value for name, value in SPACE.items()}
    tokens["--ctg-font"] = FONT_STACK
    tokens["--ctg-figure-width"] = f"{WIDTH}px"
    return selector + " {\n" + "".join(f"  {k}: {v};\n" for k, v in tokens.items()) + "}\n"


def component_css() -> str:
    """Style of what this package emits (figures, tables, key figures, callouts), built on the tokens."""
    return (Path(__file__).parent / "components.css").read_text(encoding="utf-8")


def font_face_css(base: str | None = None) -> str:
    """``@font-face`` rules.

    Args:
        base: address of the folder that holds the ``.woff2`` files (``assets/fonts``); without it the
            fonts are written into the style sheet, for a page that stands alone.
    """
    rules = []
    for style, name in FONT_FILES.items():
        if base is None:
            data = base64.b64encode(font_file(style, "woff2").read_bytes()).decode("ascii")
            address = f"data:font/woff2;base64,{data}"
        else:
            address = f"{base.rstrip('/')}/{name}.woff2"
        rules.append(
            f'@font-face {{ font-family: "{FONT_FAMILY}"; '
            f"font-style: {'italic' if style == 'italic' else 'normal'}; "
            f"font-weight: {700 if style == 'bold' else 400}; font-display: swap; "
            f'src: url("{address}") format("woff2"); }}\n'
        )
    return "".join(rules)


def font_file(style: str = "regular", kind: str = "ttf") -> Path:
    """Path of a shipped font file (``style`` regular, bold or italic; ``kind`` ttf or woff2)."""
    return FONT_FOLDER / f"{FONT_FILES[style]}.{kind}"


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two ``#RRGGBB`` colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(color: str) -> float:
    """Relative luminance of a ``#RRGGBB`` colour, 0 (black) to 1 (white) (WCAG 2.2)."""
    parts = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def text_on(background: str) -> str:
    """Ink or white, whichever reads better on this colour."""
    return max((COLORS["ink"], COLORS["paper"]), key=lambda c: contrast(c, background))


def pt(px: float) -> float:
    """CSS px to points (matplotlib's unit for text, lines and markers)."""
    return px * _PX


def rc_params() -> dict[str, Any]:
    """matplotlib settings of the identity.

    ``svg.fonttype`` is ``path``: a figure is shown inside ``<img>``, Word and Typst, where the page's
    fonts do not reach it; its words are in the page as title, alternative and data. ``hashsalt`` fixes ids.
    """
    ink, soft = COLORS["ink"], COLORS["ink-soft"]
    return {
        "font.family": [FONT_FAMILY],
        "font.size": pt(TEXT),
        "text.color": ink,
        "axes.labelcolor": soft,
        "axes.edgecolor": COLORS["line"],
        "axes.facecolor": COLORS["paper"],
        "axes.linewidth": pt(1),
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "axes.axisbelow": True,
        "axes.grid": False,
        "axes.labelsize": pt(SMALL),
        "figure.facecolor": COLORS["paper"],
        "figure.dpi": 96,
        "figure.autolayout": False,
        "figure.constrained_layout.use": False,
        "savefig.bbox": None,
        "savefig.facecolor": COLORS["paper"],
        "savefig.dpi": 96,
        "grid.color": COLORS["neutral-soft"],
        "grid.linewidth": pt(1),
        "xtick.color": soft,
        "ytick.color": soft,
        "xtick.labelsize": pt(SMALL),
        "ytick.labelsize": pt(SMALL),
        "xtick.major.size": 0,
        "ytick.major.size": 0,
        "lines.linewidth": pt(2.5),
        "hatch.linewidth": pt(1),
        "path.simplify": True,
        "svg.fonttype": "path",
        "svg.hashsalt": "ctg",
        "svg.image_inline": True,
        "text.hinting": "none",  # the font has no hints, and the automatic ones cost time and bend letters
        "text.usetex": False,
        "text.parse_math": False,
        "axes.formatter.use_locale": False,
        "timezone": "UTC",
    }


@contextmanager
def use_theme() -> Iterator[None]:
    """Draw with the identity inside the ``with`` block; settings are put back afterwards."""
    import matplotlib as mpl

    register_fonts()
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(rc_params())  # type: ignore[arg-type]
        yield


@functools.cache
def register_fonts() -> None:
    """Make the shipped fonts known to matplotlib (once per process; no setting is changed)."""
    from matplotlib import font_manager

    for style in FONT_FILES:
        font_manager.fontManager.addfont(str(font_file(style)))


@functools.cache
def _face(style: str):
    from matplotlib.ft2font import FT2Font

    return FT2Font(str(font_file(style)))


@functools.lru_cache(maxsize=4096)
def text_width(text: str, size: float = TEXT, bold: bool = False) -> float:
    """Width of one line of text in CSS px, measured with the shipped font (no drawing needed)."""
    face = _face("bold" if bold else "regular")
    face.set_size(100.0, 72)
    face.set_text(text, 0.0)
    return face.get_width_height()[0] / 64 * size / 100


def wrap(text: str, width: float, size: float = TEXT, bold: bool = False, lines: int = 2) -> str:
    """Break a label into at most ``lines`` lines no wider than ``width`` px where its words allow.

    Breaks at spaces and after hyphens (commune names), never at a no-break space. Nothing is cut off: a
    label that needs more room keeps it on its last line.
    """
    if text_width(text, size, bold) <= width:
        return text
    out: list[str] = []
    line = ""
    for piece in text.replace("-", "-\x00").replace(" ", " \x00").split("\x00"):
        if line and len(out) < lines - 1 and text_width((line + piece).rstrip(), size, bold) > width:
            out.append(line.rstrip())
            line = ""
        line += piece
    return "\n".join([*out, line.rstrip()])


def label_width(text: str, size: float = TEXT, bold: bool = False) -> float:
    """Width in px of the longest line of a label."""
    return max((text_width(line, size, bold) for line in text.split("\n")), default=0.0)
