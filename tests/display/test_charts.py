"""Every chart: the drawn artists are read back and compared with the frame."""

import json
import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from ctg_lib.display import charts
from ctg_lib.display.figure import Absent

NAN = math.nan
T = "\u202f"
N = "\u00a0"
TEXTS = {"id": "fig-essai", "title": "Un message", "subtitle": "Une mesure", "source": "Cnaf, 2023"}


def x_of(line):
    return np.asarray(line.get_xdata(orig=True), dtype=float)


def y_of(line):
    return np.asarray(line.get_ydata(orig=True), dtype=float)


@pytest.fixture
def comparison():
    # Cnaf 2023: coverage of childcare, places per 100 children under 3 (Larzac et Vallées, France)
    return pd.DataFrame(
        [
            ("Larzac et Vallées", 60.5, NAN, NAN, "observed", "2023"),
            ("Voisine A", 64.7, 60.0, 70.0, "observed", "2023"),
            ("Voisine B", 12.0, NAN, NAN, "secret", "2023"),
            ("Voisine C", NAN, 55.0, 66.0, "rounded", "2023"),
            ("Occitanie", 61.8, NAN, NAN, "observed", "2021"),
            ("France", 60.9, NAN, NAN, "observed", "2023"),
        ],
        columns=["name", "value", "lower", "upper", "status", "period"],
    )


def test_comparison_dots_are_the_data(drawn, comparison):
    _figure, art, ax = drawn(
        charts.comparison_dots, comparison, highlight="Larzac et Vallées", unit="places", decimals=1, **TEXTS
    )
    dots = {k: (x_of(a)[0], y_of(a)[0]) for k, a in art.items() if k.startswith("dot-")}
    assert dots == {"dot-0": (60.5, 0), "dot-1": (64.7, 1), "dot-4": (61.8, 4), "dot-5": (60.9, 5)}
    assert x_of(art["interval-1"]).tolist() == [60.0, 70.0]
    assert x_of(art["interval-3"]).tolist() == [55.0, 66.0]
    texts = {k: a.get_text() for k, a in art.items() if k.startswith(("value-", "status-", "name-"))}
    assert texts["value-0"] == "60,5"
    assert texts["value-3"] == "entre 55,0 et 66,0"
    assert texts["status-2"] == "secret statistique"
    assert texts["name-4"] == "Occitanie (2021)"
    assert texts["name-5"] == "France"
    assert art["name-0"].get_fontweight() == "bold" and art["name-1"].get_fontweight() == "normal"
    assert art["dot-0"].get_marker() != art["dot-1"].get_marker()  # told apart without colour
    low, high = ax.get_xlim()
    assert low < 55 and high > 70


def test_a_median_of_territories_has_its_own_marker(drawn):
    frame = pd.DataFrame(
        {"name": ["Ici", "Aveyron", "Médiane de 10 territoires semblables"], "value": [25.0, 29.0, 30.0],
         "highlight": [True, False, False], "median": [False, False, True]}
    )  # fmt: skip
    _figure, art, _ax = drawn(charts.comparison_dots, frame, unit="%", **TEXTS)
    assert [art[f"dot-{i}"].get_marker() for i in range(3)] == ["o", "D", "s"]


def test_hidden_value_reaches_no_output(comparison):
    figure = charts.comparison_dots(comparison, decimals=1, **TEXTS)
    data, metadata = figure._repr_mimebundle_()
    everything = json.dumps(metadata, ensure_ascii=False) + data["text/html"] + data["text/plain"]
    assert "12,0" not in everything and "12.0" not in everything
    assert figure.data.loc[2, "value"] != figure.data.loc[2, "value"]
    row = metadata["ctg"]["data"]["rows"][2]
    assert row[:2] == ["Voisine B", None]


def test_alt_says_the_numbers_and_does_not_begin_with_image(comparison):
    figure = charts.comparison_dots(
        comparison, decimals=1, unit="places", highlight="Larzac et Vallées", **TEXTS
    )
    assert figure.alt == (
        f"Larzac et Vallées{N}: 60,5{T}; Voisine A{N}: 64,7{T}; Voisine B{N}: secret statistique{T}; "
        f"Voisine C{N}: entre 55,0 et 66,0{T}; Occitanie (2021){N}: 61,8{T}; France{N}: 60,9 (places)."
    )
    assert "entre 60,0 et 70,0" in figure.description and "2021" in figure.description


def test_bars_are_the_data_whatever_is_missing_between(drawn):
    frame = pd.DataFrame(
        {
            "name": ["Zoé", "Nant", "La Cavalerie", "Cornus", "Arnac"],
            "value": [3.0, NAN, 2223.0, 0.0, 500.0],
            "status": ["observed", "secret", "observed", "observed", "observed"],
        }
    )
    # the order of a categorical must not matter (seaborn 0.13.2 with pandas 3)
    frame["name"] = pd.Categorical(frame["name"], categories=sorted(frame["name"]))
    _figure, art, ax = drawn(charts.bars, frame, highlight="La Cavalerie", unit="habitants", **TEXTS)
    bars = {
        k: (a.get_y() + a.get_height() / 2, a.get_x(), a.get_width()) for k, a in art.items() if "bar-" in k
    }
    assert bars == {
        "bar-0": (0, 0, 3), "bar-2": (2, 0, 2223), "bar-3": (3, 0, 0), "bar-4": (4, 0, 500),
    }  # fmt: skip
    assert art["value-2"].get_text() == f"2{T}223"
    assert art["value-3"].get_text() == "0"  # zero is a value
    assert art["status-1"].get_text() == "secret statistique"
    assert [art[f"name-{i}"].get_text() for i in range(5)] == [
        "Zoé",
        "Nant",
        "La Cavalerie",
        "Cornus",
        "Arnac",
    ]
    assert ax.get_xlim()[0] == 0
    assert art["bar-2"].get_facecolor() != art["bar-0"].get_facecolor()


def test_range_is_a_bar_between_its_bounds_without_a_point(drawn):
    # Caf, RSA by commune rounded to 5: 16 communes sum to 58 to 144
    frame = pd.DataFrame(
        {"name": ["RSA"], "value": [NAN], "lower": [58], "upper": [144], "status": ["rounded"]}
    )
    figure, art, _ = drawn(charts.bars, frame, **TEXTS)
    assert (art["range-0"].get_x(), art["range-0"].get_width()) == (58, 86)
    assert art["range-0"].get_hatch()
    assert art["value-0"].get_text() == "entre 58 et 144"
    assert "bar-0" not in art
    assert figure.alt == f"RSA{N}: entre 58 et 144."


def test_negative_bars_and_reference(drawn):
    frame = pd.DataFrame({"name": ["Solde naturel", "Solde migratoire"], "value": [-1.2, 3.4]})
    _, art, ax = drawn(charts.bars, frame, unit="%", decimals=1, reference=("France", 0.3), **TEXTS)
    assert art["bar-0"].get_x() + min(art["bar-0"].get_width(), 0) == pytest.approx(-1.2)
    assert art["value-0"].get_text() == f"−1,2{T}%"
    assert x_of(art["reference"]).tolist() == [0.3, 0.3]
    assert ax.get_xlim()[0] < -1.2


@pytest.fixture
def modes():
    # Cnaf 2023, Larzac et Vallées: 82 places
    rows = [("LV", p, v, "observed") for p, v in zip("abcd", (50, 22, 9, 1), strict=True)]
    rows += [
        ("X", p, v, s)
        for p, v, s in zip("abcd", (10, 7, 5, 1), ("observed", "secret", "observed", "observed"), strict=True)
    ]
    return pd.DataFrame(rows, columns=["name", "part", "value", "status"])  # fmt: skip


def test_stacked_bars_are_shares_and_an_unknown_part_hides_the_whole(drawn, modes):
    figure, art, _ = drawn(charts.stacked_bars, modes, highlight="LV", unit="places", **TEXTS)
    segments = [(art[f"segment-0-{i}"].get_x(), art[f"segment-0-{i}"].get_width()) for i in range(4)]
    shares = np.array([50, 22, 9, 1]) / 82 * 100
    assert np.allclose([w for _, w in segments], shares)
    assert np.allclose([x for x, _ in segments], np.concatenate([[0], shares.cumsum()[:-1]]))
    assert "segment-1-0" not in art
    assert art["status-1"].get_text() == "répartition non disponible (secret statistique)"
    assert len({a.get_hatch() for k, a in art.items() if k.startswith("segment-0-")}) == 4
    assert art["segment-label-0-0"].get_text() == f"61{T}%"
    assert f"a 61{T}%, b 27{T}%, c 11{T}%, d 1{T}%" in figure.alt
    assert figure.data.loc[figure.data["name"].eq("X"), "share"].isna().all()


def test_stacked_bars_do_not_say_observed_of_what_has_no_status(drawn, modes):
    """Forecasts (a budget, the cost of a scenario) have no status: the table under the chart gives them none."""
    figure, _, _ = drawn(
        charts.stacked_bars, modes.iloc[:4].drop(columns="status"), share=False, unit="€", **TEXTS
    )
    assert "status" not in figure.data and "observé" not in str(figure._repr_mimebundle_())
    unknown = modes.iloc[:4].drop(columns="status").assign(value=[1, None, 2, 3])
    other = pd.concat([modes.iloc[:4].drop(columns="status").assign(name="Y"), unknown])
    figure, _, _ = drawn(charts.stacked_bars, other, **TEXTS)
    assert "missing" in figure.data["status"].tolist()  # a part that is not known still says so
    figure, _, _ = drawn(charts.stacked_bars, modes, **TEXTS)
    assert set(figure.data["status"]) == {"observed", "secret"}


def test_stacked_bars_in_counts_and_errors(drawn, modes):
    _, art, _ = drawn(charts.stacked_bars, modes.iloc[:4], share=False, unit="places", **TEXTS)
    assert [art[f"segment-0-{i}"].get_width() for i in range(4)] == [50, 22, 9, 1]
    with pytest.raises(ValueError, match="one row per name and part"):
        charts.stacked_bars(pd.concat([modes, modes]), **TEXTS)
    many = pd.DataFrame({"name": "x", "part": list("abcdef"), "value": 1})
    with pytest.raises(ValueError, match="at most 5 parts"):
        charts.stacked_bars(many, **TEXTS)


def ages(values_f, values_m, order=("F", "M")):
    bands = ["0–4 ans", "5–9 ans", "10–14 ans"]
    both = {"F": values_f, "M": values_m}
    return pd.concat([pd.DataFrame({"age_label": bands, "sex": s, "value": both[s]}) for s in order])


def test_pyramid_is_shares_of_the_total_and_outline_of_the_reference(drawn):
    figure, art, ax = drawn(
        charts.pyramid, ages([10, 20, 30], [40, 50, 50]), name="LV",
        reference=ages([1, 1, 2], [2, 2, 2], order=("M", "F")), reference_name="Aveyron", **TEXTS,
    )  # fmt: skip
    men, women = ax.containers
    assert [p.get_width() for p in men.patches] == [-20, -25, -25]
    assert [p.get_width() for p in women.patches] == [5, 10, 15]
    assert art["outline-F"].get_data().values.tolist() == [10, 10, 20]
    assert art["outline-M"].get_data().values.tolist() == [-20, -20, -20]
    assert figure.data["share"].sum() == pytest.approx(100)
    assert f"30{T}% de femmes et 70{T}% d’hommes" in figure.alt
    assert f"hommes de 5–9{N}ans (25,0{T}% de la population)" in figure.alt


def test_pyramid_reference_is_a_line_over_the_bars_not_a_fill(drawn):
    _figure, art, ax = drawn(
        charts.pyramid, ages([10, 20, 30], [40, 50, 50]), name="LV",
        reference=ages([1, 1, 2], [2, 2, 2]), reference_name="France", **TEXTS,
    )  # fmt: skip
    for sex in "FM":
        outline = art[f"outline-{sex}"]
        assert not outline.get_fill()
        assert outline.get_edgecolor() != ax.containers[0].patches[0].get_facecolor()
        assert outline.get_zorder() >= max(p.get_zorder() for c in ax.containers for p in c.patches)
    assert art["key-1"].get_facecolor() != art["key-0"].get_facecolor()  # the key shows it as an outline
    assert [t.get_text() for t in ax.texts if t.get_text() in ("LV", "France")] == ["LV", "France"]


def test_pyramid_without_reference_and_errors():
    frame = ages([10, 20, 30], [40, 50, 50])
    assert charts.pyramid(frame, name="LV", **TEXTS).data.columns.tolist() == [
        "age_label",
        "sex",
        "value",
        "share",
    ]
    with pytest.raises(ValueError, match="same age bands"):
        charts.pyramid(frame, name="LV", reference=ages([1, 1, 1], [1, 1, 1]).iloc[[0, 1, 3, 4]], **TEXTS)
    with pytest.raises(ValueError, match="sex must be F or M"):
        charts.pyramid(frame.assign(sex="H"), name="LV", **TEXTS)
    with pytest.raises(ValueError, match="one row per age band"):
        charts.pyramid(pd.concat([frame, frame]), name="LV", **TEXTS)
    assert isinstance(charts.pyramid(ages([NAN, 1, 1], [1, 1, 1]), name="LV", **TEXTS), Absent)


def series(name, values, start=2018, segments=None):
    years = range(start, start + len(values))
    return pd.DataFrame({"series": name, "year": years, "value": values, "segment": segments or ""})


def test_line_leaves_gaps_and_never_bridges_a_break(drawn):
    frame = pd.concat(
        [
            series("France", [14, 15, 14, 15, 14, 15], segments=list("aaabbb")),
            series("LV", [17.0, NAN, 18.0, 17.5, 17.2, 17.3], segments=list("aaabbb")),
        ]
    )
    figure, art, _ax = drawn(charts.line, frame, highlight="LV", unit="%", decimals=1, zero=False, **TEXTS)
    lines = sorted((k, x_of(a).tolist(), y_of(a).tolist()) for k, a in art.items() if k.startswith("line-"))
    assert lines == [
        ("line-0-0", [2018, 2019, 2020], [14, 15, 14]),
        ("line-0-1", [2021, 2022, 2023], [15, 14, 15]),
        ("line-1-2", [2018], [17.0]),
        ("line-1-3", [2020], [18.0]),
        ("line-1-4", [2021, 2022, 2023], [17.5, 17.2, 17.3]),
    ]
    assert x_of(art["break"])[0] == 2020.5
    assert art["end-1"].get_text() == f"LV\n17,3{T}%"
    assert art["line-1-4"].get_linewidth() > art["line-0-0"].get_linewidth()
    assert art["line-1-4"].get_marker() != art["line-0-0"].get_marker()
    assert "segment" in figure.data


def test_line_pooled_means_and_zero(drawn):
    # Insee, état civil: births 2023–2025 (31, 50, 35 sum to 116)
    pooled = pd.DataFrame({"start": [2023], "end": [2025], "value": [116 / 3]})
    frame = pd.DataFrame({"year": [2023, 2024, 2025], "value": [31, 50, 35]})
    figure, art, ax = drawn(charts.line, frame, unit="naissances", pooled=pooled, **TEXTS)
    assert y_of(art["pooled-0"])[0] == pytest.approx(38.667, abs=1e-3)
    assert art["pooled-label-0"].get_text() == "moyenne\n39"
    assert ax.get_ylim()[0] == 0
    assert figure.alt == "31 en 2023, 35 en 2025, entre 31 et 50 sur la période (naissances)."
    assert figure.data.columns.tolist() == ["year", "value", "status"]
    assert figure.data["year"].tolist() == ["2023", "2024", "2025"]  # never grouped as numbers


def test_line_labels_do_not_overlap(drawn):
    frame = pd.concat([series(n, [10, 10.1 + i / 50]) for i, n in enumerate(("A", "B", "C"))])
    _figure, art, ax = drawn(charts.line, frame, highlight="A", unit="%", decimals=1, **TEXTS)
    middles = sorted(a.get_position()[1] for k, a in art.items() if k.startswith("end-"))
    by_px = (ax.get_ylim()[1] - ax.get_ylim()[0]) / (ax.get_position().height * 330)
    assert min(np.diff(middles)) / by_px >= 40


def test_line_refuses_doubles():
    with pytest.raises(ValueError, match="one row per series, segment and year"):
        charts.line(pd.DataFrame({"year": [2020, 2020], "value": [1, 2]}), **TEXTS)


def test_all_missing_is_a_sentence_not_a_drawing():
    frame = pd.DataFrame({"name": ["A"], "value": [3.0], "status": ["secret"]})
    for chart in (charts.bars, charts.comparison_dots):
        absent = chart(frame, **TEXTS)
        assert isinstance(absent, Absent)
        data, metadata = absent._repr_mimebundle_()
        assert metadata["ctg"]["kind"] == "absent"
        assert f"Non disponible{N}: aucune valeur publiable pour ces territoires." in data["text/html"]
    assert isinstance(charts.line(pd.DataFrame({"year": [2020], "value": [NAN]}), **TEXTS), Absent)
    parts = pd.DataFrame({"name": "A", "part": ["x"], "value": [NAN]})
    assert isinstance(charts.stacked_bars(parts, **TEXTS), Absent)


def test_missing_columns_are_named():
    with pytest.raises(ValueError, match=r"bars: missing columns \['value'\]"):
        charts.bars(pd.DataFrame({"name": ["A"]}), **TEXTS)


def test_one_row_and_many_rows_keep_a_height_for_each():
    one = charts.bars(pd.DataFrame({"name": ["A"], "value": [1]}), **TEXTS)
    many = charts.bars(pd.DataFrame({"name": [f"n{i}" for i in range(30)], "value": range(30)}), **TEXTS)
    assert many.height - one.height == 29 * 28
    assert one.width == many.width == 500


@pytest.mark.parametrize("chart", [charts.bars, charts.comparison_dots, charts.stacked_bars])
def test_labels_on_several_lines_do_not_touch_and_bars_stay_thin(drawn, chart):
    names = ["Un accueil pendant les petites vacances", "Un accueil plus tôt le matin ou plus tard le soir",
             "Une réponse dont l’intitulé est si long qu’il prend trois lignes", "Une aide"]  # fmt: skip
    frame = pd.DataFrame({"name": names, "part": "p", "value": [4.0, 3, 2, 1]})
    _, art, ax = drawn(chart, frame, **TEXTS)
    assert [art[f"name-{i}"].get_text().count("\n") for i in range(4)] == [1, 1, 2, 0]
    renderer = ax.figure.canvas.get_renderer()
    boxes = [art[f"name-{i}"].get_window_extent(renderer) for i in range(4)]
    assert all(above.y0 - below.y1 >= 4 for above, below in pairwise(boxes))
    for gid, bar in art.items():
        if gid.startswith(("bar-", "segment-0")) and hasattr(bar, "get_height"):
            assert bar.get_window_extent(renderer).height <= 24.5


def test_line_of_census_vintages_is_joined_but_not_across_a_missing_one(drawn):
    frame = pd.DataFrame({"year": [2006, 2012, 2017, 2023], "value": [NAN, 10, 20, 30]})
    figure, art, _ = drawn(charts.line, frame, irregular=True, **TEXTS)
    assert x_of(art["line-0-0"]).tolist() == [2012, 2017, 2023]
    assert figure.alt.startswith("10 en 2012, 30 en 2023")
    frame.loc[2, "value"] = NAN
    _, art, _ = drawn(charts.line, frame, irregular=True, **TEXTS)
    assert sorted(k for k in art if k.startswith("line-")) == ["line-0-0", "line-0-1"]


def test_ticks_have_room_and_counts_have_no_fractions(drawn):
    _, _, ax = drawn(charts.bars, pd.DataFrame({"name": ["A"], "value": [1]}), unit="places", **TEXTS)
    ticks = [t.get_text() for t in ax.texts if t.get_gid() == "tick"]
    assert ticks == ["0", "1"]
