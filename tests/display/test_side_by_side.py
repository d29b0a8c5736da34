"""Groups on the same lines: the drawn artists are read back and compared with the frame."""

import math

import pandas as pd
import pytest

from ctg_lib.display import charts
from ctg_lib.display.figure import Absent

NAN = math.nan
TEXTS = {
    "id": "fig-groupes",
    "title": "Un message",
    "subtitle": "Une mesure",
    "source": "notes.xlsx",
    "limits": (1, 5),
}


@pytest.fixture
def notes():
    return pd.DataFrame(
        {"name": ["Un", "Un", "Deux", "Deux"], "group": ["Élus", "Habitants"] * 2, "value": [2.0, 4.0, 3.0, NAN],
         "lower": [1.0, 3.0, 3.0, NAN], "upper": [3.0, 5.0, 3.0, NAN]}
    )  # fmt: skip


def test_dots_and_bars_are_the_data(drawn, notes):
    figure, art, ax = drawn(charts.side_by_side, notes, decimals=1, **TEXTS)
    for index, row in notes.dropna().iterrows():
        line, group = divmod(index, 2)
        assert list(art[f"point-{line}-{group}"].get_xdata()) == [row["value"]]
        assert list(art[f"interval-{line}-{group}"].get_xdata()) == [row["lower"], row["upper"]]
    assert "point-1-1" not in art and "interval-1-1" not in art
    assert [art[f"name-{n}"].get_text() for n in range(2)] == ["Un", "Deux"]
    assert ax.get_xlim()[0] < 1 and ax.get_xlim()[1] > 5
    assert figure.data["group"].tolist() == notes["group"].tolist()
    plain = figure.alt.replace("\u00a0", " ").replace("\u202f", " ")
    assert "Un : Élus 2,0 (de 1,0 à 3,0), Habitants 4,0 (de 3,0 à 5,0) ; Deux : Élus 3,0." in plain


def test_groups_lie_on_tracks_of_their_own_inside_their_line(drawn, notes):
    _, art, _ = drawn(charts.side_by_side, notes, **TEXTS)
    first, second = (float(art[f"point-0-{g}"].get_ydata()[0]) for g in range(2))
    assert -0.5 < first < 0 < second < 0.5
    assert art["point-0-0"].get_marker() != art["point-0-1"].get_marker()  # told apart in black and white
    assert art["point-0-0"].get_color() != art["point-0-1"].get_color()
    assert [art[f"key-label-{g}"].get_text() for g in range(2)] == ["Élus", "Habitants"]
    assert art["key-0"].get_marker() == art["point-0-0"].get_marker()


def test_bounds_without_a_value_are_a_bar_alone(drawn, notes):
    frame = notes.assign(value=[NAN, 4.0, 3.0, NAN])
    figure, art, _ = drawn(charts.side_by_side, frame, **TEXTS)
    assert "point-0-0" not in art and "interval-0-0" in art
    assert "Élus entre 1 et 3" in figure.alt.replace("\u00a0", " ")


def test_nothing_to_draw(notes):
    empty = notes.assign(value=NAN, lower=NAN, upper=NAN)
    assert isinstance(charts.side_by_side(empty, **TEXTS), Absent)


def test_a_wrong_frame_is_refused(notes):
    with pytest.raises(ValueError, match="one row per name and group"):
        charts.side_by_side(pd.concat([notes, notes]), **TEXTS)
    with pytest.raises(ValueError, match="at most 5 groups"):
        charts.side_by_side(pd.DataFrame({"name": "Un", "group": list("abcdef"), "value": 1.0}), **TEXTS)
    with pytest.raises(ValueError, match="side_by_side"):
        charts.side_by_side(notes.drop(columns="group"), **TEXTS)


def test_without_bounds_a_mark_of_the_key_stands_alone(drawn, notes):
    _, art, _ = drawn(
        charts.side_by_side, notes[["name", "group", "value"]], **TEXTS
    )  # drawing it is the test
    assert len(art["key-0"].get_xdata()) == 1 and art["key-0"].get_marker() == art["point-0-0"].get_marker()
