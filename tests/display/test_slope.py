"""Slope charts: the drawn artists are read back and compared with the frame."""

import itertools
import json
import math

import numpy as np
import pandas as pd
import pytest

from ctg_lib.display import charts
from ctg_lib.display.figure import Absent

NAN = math.nan
TEXTS = {
    "id": "fig-pente", "title": "Un message", "subtitle": "Une mesure", "source": "Insee, état civil",
    "start": "2020–2022", "end": "2023–2025",
}  # fmt: skip
KEY = ("écart établi", "écart que le hasard peut expliquer")


@pytest.fixture
def births():
    # Insee, état civil: births of three years in the four secteurs of Larzac et Vallées
    return pd.DataFrame(
        {"name": ["Larzac", "Sorgues", "Dourbie", "Cernon"], "start": [80, 29, 26, 18], "end": [44, 35, 24, 13],
         "highlight": [True, False, False, False]}
    )  # fmt: skip


def ends_of(line):
    return np.asarray(line.get_xdata(), float).tolist(), np.asarray(line.get_ydata(), float).tolist()


def test_lines_and_labels_are_the_data(drawn, births):
    figure, art, ax = drawn(charts.slope, births, key=KEY, unit="naissances", **TEXTS)
    for index, row in births.iterrows():
        assert ends_of(art[f"line-{index}"]) == ([0, 1], [row["start"], row["end"]])
        assert ends_of(art[f"point-start-{index}"]) == ([0], [row["start"]])
        assert ends_of(art[f"point-end-{index}"]) == ([1], [row["end"]])
        assert art[f"name-{index}"].get_text() == row["name"]
        assert art[f"start-{index}"].get_text() == str(row["start"])
        assert art[f"end-{index}"].get_text() == str(row["end"])
    assert ax.get_ylim()[0] <= 0  # the least is under a third of the greatest
    assert figure.data.to_dict("list")["start"] == [80, 29, 26, 18]
    assert "Larzac\u00a0: 80, puis 44" in figure.alt and figure.alt.endswith("(naissances).")


def test_strong_lines_differ_without_colour_and_the_key_says_what_they_are(drawn, births):
    _, art, _ = drawn(charts.slope, births, key=KEY, **TEXTS)
    strong, other = art["line-0"], art["line-1"]
    assert strong.get_linestyle() == "-" and other.get_linestyle() == "--"
    assert strong.get_linewidth() > 1.5 * other.get_linewidth()
    assert art["point-start-0"].get_marker() != art["point-start-1"].get_marker()
    assert [art[f"key-label-{i}"].get_text() for i in range(2)] == list(KEY)
    assert art["key-0"].get_linestyle() == strong.get_linestyle()
    _, art, _ = drawn(charts.slope, births.assign(highlight=False), key=KEY, **TEXTS)
    assert art["key-label-0"].get_text() == KEY[1] and "key-label-1" not in art


@pytest.mark.parametrize("count", [2, 7, 12])
def test_labels_never_overlap_whatever_the_values(drawn, count):
    names = [f"Saint-Jean-et-Saint-Paul de la Montagne {i}" for i in range(count)]
    frame = pd.DataFrame(
        {"name": names, "start": [10.0] * count, "end": [10.0 + i / 100 for i in range(count)]}
    )
    _, art, ax = drawn(charts.slope, frame, decimals=2, **TEXTS)
    renderer = ax.figure.canvas.get_renderer()
    for kind in ("name", "start", "end"):
        boxes = sorted(
            (art[f"{kind}-{i}"].get_window_extent(renderer) for i in range(count)), key=lambda b: b.y0
        )
        assert all(below.y1 <= above.y0 + 1 for below, above in itertools.pairwise(boxes)), kind
    size = ax.figure.get_size_inches() * 96
    for text in (a for a in art.values() if hasattr(a, "get_text") and a.get_text()):
        box = text.get_window_extent(renderer)
        assert box.x0 >= 0 and box.x1 <= size[0] and box.y0 >= 0 and box.y1 <= size[1], text.get_text()


def test_a_hidden_end_reaches_no_output_and_is_told(drawn, births):
    frame = births.assign(end_status=["observed", "secret", "observed", "missing"])
    figure, art, _ = drawn(charts.slope, frame, **TEXTS)
    assert sorted(k for k in art if k.startswith("line-")) == ["line-0", "line-1"]
    assert [art[f"name-{i}"].get_text() for i in range(2)] == ["Larzac", "Dourbie"]
    said = json.dumps(figure._repr_mimebundle_()[1], ensure_ascii=False) + figure.to_html()
    assert "35" not in figure.alt + figure.description and '"35"' not in said and ">35<" not in said
    assert figure.notes == (
        "Non dessiné\u00a0: Sorgues (secret statistique, 2023–2025) et Cernon (non disponible, 2023–2025).",
    )
    assert pd.isna(figure.data.loc[1, "end"]) and figure.data.loc[1, "end_status"] == "secret"


def test_a_range_is_a_bar_and_a_band_never_a_line(drawn, births):
    frame = births.assign(
        end=[44, NAN, 24, 13], end_lower=[NAN, 30, NAN, NAN], end_upper=[NAN, 41, NAN, NAN],
        end_status=["observed", "rounded", "observed", "observed"],
    )  # fmt: skip
    figure, art, _ = drawn(charts.slope, frame, **TEXTS)
    assert "line-1" not in art and "point-end-1" not in art
    assert ends_of(art["range-end-1"]) == ([1, 1], [30, 41])
    corners = {tuple(v) for v in art["band-1"].get_paths()[0].vertices.tolist()}
    assert {(0.0, 29.0), (1.0, 30.0), (1.0, 41.0)} <= corners
    assert art["band-1"].get_hatch()
    assert art["end-1"].get_text() == "entre 30 et 41"
    assert any(note.startswith("Hachures") for note in figure.notes)


def test_a_broken_series_is_two_points_and_says_so(drawn, births):
    figure, art, _ = drawn(charts.slope, births.assign(broken=[False, True, False, False]), **TEXTS)
    assert "line-1" not in art and "point-start-1" in art and "point-end-1" in art
    assert "line-0" in art and art["break"].get_text() == "rupture de série"
    assert "(Sorgues)" in figure.notes[0] and "ne se comparent pas" in figure.notes[0]
    assert figure.data["broken"].tolist() == ["non", "oui", "non", "non"]
    assert "Sorgues\u00a0: 29 (2020–2022), 35 (2023–2025), rupture de série" in figure.description


def test_nothing_to_draw_and_faults_are_said(births):
    assert isinstance(charts.slope(births.assign(end=NAN), **TEXTS), Absent)
    with pytest.raises(ValueError, match=r"slope: missing columns \['end'\]"):
        charts.slope(births.drop(columns="end"), **TEXTS)
    with pytest.raises(ValueError, match="one row per name"):
        charts.slope(births.assign(name="Nant"), **TEXTS)


def test_same_bytes_twice(births):
    first, second = (charts.slope(births, key=KEY, **TEXTS) for _ in range(2))
    assert first.svg == second.svg and first.png == second.png
