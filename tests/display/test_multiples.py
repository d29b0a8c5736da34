"""Small multiples: every panel's line is the data, on the same scales, beside the whole."""

import json
import math

import numpy as np
import pandas as pd
import pytest

from ctg_lib.display import charts
from ctg_lib.display.figure import Absent
from ctg_lib.display.multiples import MOST

NAN = math.nan
TEXTS = {"id": "fig-petits", "title": "Un message", "subtitle": "Une mesure", "source": "Insee"}
YEARS = list(range(2018, 2024))


def series(name, values, status=None, segment=""):
    frame = pd.DataFrame({"name": name, "year": YEARS[: len(values)], "value": values, "segment": segment})
    return frame.assign(status=status or "observed")


@pytest.fixture
def people():
    # Insee, populations of reference 2018–2023 of two secteurs of Larzac et Vallées
    return pd.concat(
        [
            series("Larzac", [2160, 2418, 2687, 2710, 2752, 2781]),
            series("Cernon", [611, 619, 633, 643, 650, 650]),
        ]
    )


@pytest.fixture
def whole():
    return pd.DataFrame({"year": YEARS, "value": [6079, 6350, 6627, 6669, 6730, 6746]})


def points(line):
    return np.asarray(line.get_xdata(), float).tolist(), np.asarray(line.get_ydata(), float).tolist()


def panels_of(art):
    return [art[k] for k in sorted((k for k in art if k.startswith("panel-")), key=lambda k: int(k[6:]))]


def test_each_panel_is_its_data_and_the_whole(drawn, people, whole):
    figure, art, _ = drawn(charts.multiples, people, whole=whole, whole_name="ensemble", **TEXTS)
    assert points(art["line-0-0"]) == (YEARS, [2160, 2418, 2687, 2710, 2752, 2781])
    assert points(art["line-1-0"]) == (YEARS, [611, 619, 633, 643, 650, 650])
    for index in range(2):
        assert points(art[f"whole-{index}-0"]) == (YEARS, whole["value"].tolist())
    assert [art[f"name-{i}"].get_text() for i in range(2)] == ["Larzac", "Cernon"]
    assert [art[f"end-{i}"].get_text() for i in range(2)] == ["2\u202f781", "650"]
    for index, panel in enumerate(panels_of(art)):
        assert art[f"line-{index}-0"].axes is panel and art[f"whole-{index}-0"].axes is panel
    assert len({panel.get_ylim() + panel.get_xlim() for panel in panels_of(art)}) == 1
    assert art["line-0-0"].get_linestyle() != art["whole-0-0"].get_linestyle()  # without colour
    assert art["key-label-1"].get_text() == "ensemble"
    assert figure.data["name"].unique().tolist() == ["Larzac", "Cernon", "ensemble"]
    assert "Cernon\u00a0: 611 en 2018, 650 en 2023" in figure.alt


def test_gaps_and_breaks_are_not_bridged(drawn):
    frame = series("A", [1, 2, NAN, 4, 5, 6], segment=["a", "a", "a", "b", "b", "b"])
    _, art, _ = drawn(charts.multiples, pd.concat([frame, series("B", [1, 1, 1, 2, 2, 2])]), **TEXTS)
    assert points(art["line-0-0"]) == ([2018, 2019], [1, 2])
    assert points(art["line-0-1"]) == ([2021, 2022, 2023], [4, 5, 6])
    assert points(art["break"])[0][0] == 2020.5
    assert "line-1-1" not in art


def test_a_hidden_series_keeps_its_panel_and_reaches_no_output(drawn, people):
    hidden = series("Secrète", [7771.0] * 6, status="secret")
    figure, art, _ = drawn(charts.multiples, pd.concat([people, hidden]), **TEXTS)
    assert "line-2-0" not in art and art["status-2"].get_text() == "secret statistique"
    assert "Secrète\u00a0: secret statistique" in figure.alt
    everything = json.dumps(figure._repr_mimebundle_()[1], ensure_ascii=False) + figure.to_html()
    assert "7771" not in everything and "7\u202f771" not in everything


@pytest.mark.parametrize("count", [1, 2, 5, 7, 16])
def test_texts_stand_inside_the_figure_and_panels_apart(drawn, count):
    frame = pd.concat([series(f"Saint-Jean-et-Saint-Paul {i} (12 345)", [100 + i] * 6) for i in range(count)])
    figure, art, ax = drawn(charts.multiples, frame, unit="base 100", **TEXTS)
    renderer = ax.figure.canvas.get_renderer()
    for text in (a for a in art.values() if hasattr(a, "get_text") and a.get_text()):
        box = text.get_window_extent(renderer)
        assert box.x0 >= 0 and box.x1 <= figure.width and box.y0 >= 0 and box.y1 <= figure.height
    assert len(panels_of(art)) == count
    names = [art[f"name-{i}"].get_window_extent(renderer) for i in range(count)]
    for panel, name in zip(panels_of(art), names, strict=True):
        assert name.y0 >= panel.get_window_extent(renderer).y1 - 1
        others = [p.get_window_extent(renderer) for p in panels_of(art) if p is not panel]
        assert not any(name.overlaps(other) for other in others)
    assert figure.width == 500  # two or three columns: a phone shows it whole


def test_sixteen_panels_at_most_and_it_is_said(drawn):
    frame = pd.concat([series(f"Commune {i}", [i] * 6) for i in range(20)])
    figure, art, _ = drawn(charts.multiples, frame, order="communes les plus peuplées", **TEXTS)
    assert len(panels_of(art)) == MOST
    assert figure.notes == ("Dessin limité aux 16 communes les plus peuplées, sur 20.",)
    assert figure.data["name"].nunique() == MOST


def test_nothing_and_faults(people):
    assert isinstance(charts.multiples(people.assign(status="secret"), **TEXTS), Absent)
    with pytest.raises(ValueError, match="one row per name"):
        charts.multiples(pd.concat([people, people]), **TEXTS)
    with pytest.raises(ValueError, match=r"missing columns \['year'\]"):
        charts.multiples(people.drop(columns="year"), **TEXTS)


def test_same_bytes_twice(people, whole):
    first, second = (charts.multiples(people, whole=whole, **TEXTS) for _ in range(2))
    assert first.svg == second.svg and first.png == second.png
