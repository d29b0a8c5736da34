"""The shipped typeface: licence, glyphs a French page needs, names, sizes."""

import pytest
from fontTools.ttLib import TTFont

from ctg_lib.display import theme

NEEDED = (
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789œŒæÆÿŸàâäçéèêëîïôöùûüÀÂÇÉÈÊËÎÏÔÙÛÜ"
    "«»’“”–—…≥≤×‰€−→↗↘\u00a0\u202f½²°"
)


@pytest.mark.parametrize("style", theme.FONT_FILES)
@pytest.mark.parametrize("kind", ["ttf", "woff2"])
def test_glyphs_names_and_size(style, kind):
    path = theme.font_file(style, kind)
    font = TTFont(path)
    owned = font.getBestCmap()
    assert [c for c in NEEDED if ord(c) not in owned] == []
    assert font["name"].getDebugName(1) == theme.FONT_FAMILY
    # the licence keeps the name « Source » for unmodified files
    assert all("Source" not in str(n) for n in font["name"].names if n.nameID in (1, 3, 4, 6))
    assert "Open Font License" in font["name"].getDebugName(13)
    assert path.stat().st_size <= 60_000


def test_figures_line_up_and_thin_space_is_thin():
    font = TTFont(theme.font_file())
    widths = {c: font["hmtx"][font.getBestCmap()[ord(c)]][0] for c in "0123456789 \u00a0\u202f"}
    assert len({widths[c] for c in "0123456789"}) == 1
    assert widths["\u00a0"] == widths[" "] > widths["\u202f"] > 0


def test_licence_is_shipped():
    text = (theme.FONT_FOLDER / "LICENSE-OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in text
