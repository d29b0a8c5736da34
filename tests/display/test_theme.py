"""Identity: contrasts, colour blindness, no leak of settings, tokens in CSS."""

import itertools
import re

import matplotlib as mpl
import numpy as np
import pytest

from ctg_lib.display import theme

# Machado, Oliveira and Fernandes 2009, severity 1.0
BLINDNESS = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def linear(color):
    c = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x = matrix @ np.clip(rgb, 0, 1) / [0.9505, 1, 1.089]
    f = np.where(x > 0.008856, np.cbrt(x), 7.787 * x + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_contrast_is_the_wcag_formula():
    assert theme.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert theme.contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)  # well-known limit grey


@pytest.mark.parametrize("name", ["ink", "ink-soft", "territory", "neutral", "accent", "link"])
def test_text_colours_reach_aa(name):
    assert theme.contrast(theme.COLORS[name], theme.COLORS["paper"]) >= 4.5


@pytest.mark.parametrize("name", ["ink", "ink-soft", "territory"])
@pytest.mark.parametrize("ground", ["paper-soft", "territory-soft", "accent-soft"])
def test_text_on_tinted_grounds_reaches_aa(name, ground):
    assert theme.contrast(theme.COLORS[name], theme.COLORS[ground]) >= 4.5


def test_graphic_colours_reach_three_to_one_and_labels_read_on_them():
    for color in theme.CATEGORIES:
        assert theme.contrast(color, "#FFFFFF") >= 3
        assert theme.contrast(color, theme.text_on(color)) >= 4.5


@pytest.mark.parametrize("blindness", BLINDNESS)
def test_categories_differ_for_the_colour_blind(blindness):
    seen = [lab(np.array(BLINDNESS[blindness]) @ linear(c)) for c in theme.CATEGORIES]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 10
    assert len(set(theme.HATCHES)) == len(theme.CATEGORIES)  # and never by colour alone


def test_sequential_ramp_darkens_evenly():
    light = [lab(linear(c))[0] for c in theme.SEQUENTIAL]
    assert all(a - b > 10 for a, b in itertools.pairwise(light))


def test_theme_does_not_leak_and_ignores_the_readers_settings():
    before = dict(mpl.rcParams)
    with mpl.rc_context({"savefig.bbox": "tight", "font.size": 40}), theme.use_theme():
        assert mpl.rcParams["savefig.bbox"] is None
        assert mpl.rcParams["font.family"] == [theme.FONT_FAMILY]
        assert mpl.rcParams["svg.fonttype"] == "path"
    assert dict(mpl.rcParams) == before
    with pytest.raises(RuntimeError), theme.use_theme():
        raise RuntimeError
    assert dict(mpl.rcParams) == before


def test_css_variables_cover_what_components_use():
    defined = set(re.findall(r"(--ctg-[\w-]+):", theme.css_variables()))
    used = set(re.findall(r"var\((--ctg-[\w-]+)\)", theme.component_css()))
    assert used <= defined
    assert "--ctg-territory: #0B5A63;" in theme.css_variables()


def test_font_face_by_address_and_inline():
    assert 'url("fonts/CTGSans-Bold.woff2")' in theme.font_face_css("fonts/")
    assert theme.font_face_css().count("data:font/woff2;base64,") == 3
    assert "http" not in theme.font_face_css()


def test_text_is_measured_with_the_shipped_font():
    # 2 × 497/1000 em: the width of two figures in CTG Sans Regular
    assert theme.text_width("12", 100) == pytest.approx(99.4, abs=2)
    assert theme.text_width("Larzac", bold=True) > theme.text_width("Larzac")


def test_wrap_breaks_at_spaces_and_hyphens_only():
    assert theme.wrap("Nant", 200) == "Nant"
    assert theme.wrap("Saint-Jean-et-Saint-Paul", 110) == "Saint-Jean-et-\nSaint-Paul"
    assert theme.wrap("Médiane des voisins", 90) == "Médiane des\nvoisins"
    assert theme.wrap("non\u00a0sécable", 20) == "non\u00a0sécable"
