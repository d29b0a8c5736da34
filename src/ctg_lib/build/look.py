"""The report's look: the display room's tokens and components, in both assemblers, light and dark."""

from __future__ import annotations

from pathlib import Path

from ctg_lib.display import theme

STATIC = Path(__file__).parent / "templates" / "static"

DARK_COLORS: dict[str, str] = {
    "ink": "#E8EAEC",
    "ink-soft": "#B4BCC4",
    "paper": "#15191D",
    "paper-soft": "#20262C",
    "line": "#55606A",
    "neutral": "#9AA4AD",
    "neutral-soft": "#39434C",
    "territory": "#7CC7D0",
    "territory-soft": "#12393E",
    "accent": "#F0A85A",
    "accent-soft": "#3D2A12",
    "better-soft": "#1B2F47",
    "better": "#2A5384",
    "worse-soft": "#3F2C12",
    "worse": "#7A4A10",
    "link": "#8AD0D8",
    "focus": "#F0A85A",
}
"""The tokens that change on a dark page. Drawings keep white paper: their colours were chosen on it."""

_FIGURE_PAPER = (
    ".ctg-figure img { background: #FFFFFF; border-radius: 4px; padding: var(--ctg-space-2); }",
    ".ctg-map-layer { padding: var(--ctg-space-2); }",
)


def dark_css(selector: str) -> str:
    """The dark tokens as CSS custom properties under ``selector``."""
    lines = "".join(f"  --ctg-{name}: {value};\n" for name, value in DARK_COLORS.items())
    return f"{selector} {{\n{lines}}}\n"


def site_css() -> str:
    """Style sheet of the nbconvert site; fonts are looked for in ``fonts/`` beside it."""
    own = (STATIC / "report.css").read_text(encoding="utf-8")
    system = _site_dark(":root:not([data-theme])", " and (prefers-color-scheme: dark)")
    return "\n".join((_common(), own, system, _site_dark(":root[data-theme='dark']")))


def _site_dark(root: str, condition: str = "") -> str:
    """The dark page, on screens only: paper stays white."""
    paper = "".join(f"{root} {rule}\n" for rule in _FIGURE_PAPER)
    return f"@media screen{condition} {{\n{dark_css(root)}{root} {{ color-scheme: dark; }}\n{paper}}}\n"


def site_script() -> str:
    """The script of the nbconvert site; the Quarto book may load it for its tables and maps."""
    return (STATIC / "report.js").read_text(encoding="utf-8")


def quarto_css() -> str:
    """Style sheet added to Quarto's theme; Quarto says which scheme is on by a class of ``body``.

    The dark page is for screens only, as on the site: paper stays white.
    """
    paper = "".join(f"body.quarto-dark {rule}\n" for rule in _FIGURE_PAPER)
    scheme = "html:has(body.quarto-dark) { color-scheme: dark; }\n"  # bars to scroll, fields
    return "\n".join((_common(), f"@media screen {{\n{dark_css('body.quarto-dark')}{scheme}{paper}}}\n"))


def _common() -> str:
    return "\n".join((theme.font_face_css("fonts"), theme.css_variables(), theme.component_css()))


def font_files(kind: str = "woff2") -> dict[str, bytes]:
    """The shipped fonts of one kind (``woff2`` or ``ttf``) and their licence, by file name."""
    return {
        path.name: path.read_bytes()
        for path in sorted(theme.FONT_FOLDER.iterdir())
        if path.suffix == f".{kind}" or path.name.startswith("LICENSE")
    }
