"""Paths from a start to a target: what is drawn is what was given."""

from __future__ import annotations

import pandas as pd
import pytest

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.paths import BROKEN, MEASURE, MOST, START, TARGET, paths

SAID = {"id": "fig-chemins", "title": "Un indicateur en retard", "subtitle": "Du départ à la cible", "source": "étude"}  # fmt: skip


def panel(name: str, *measures: tuple[str, float, float], start: float = 10.0, target: float = 20.0) -> list:
    """A start at the end of 2026, a target at the end of 2030, what is measured between."""
    points = [(START, 2026.99, start), (TARGET, 2030.99, target), *measures]
    return [
        {"name": name, "kind": kind, "year": year, "value": value, "said": f"{value:g}", "unit": "places"}
        for kind, year, value in points
    ]


def drawn(frame: list, **more) -> Figure:
    found = paths(pd.DataFrame(frame), **{**SAID, **more})
    assert isinstance(found, Figure)
    return found


@pytest.fixture
def artists(monkeypatch):
    """What the panels hold, by gid, before the drawing is closed."""
    from ctg_lib.display import marks

    held: dict = {}
    finish = marks.finish

    def keep(ax):
        for each in ax.get_figure().axes:
            held.update({a.get_gid(): a for a in [*each.lines, *each.texts] if a.get_gid()})
        return finish(ax)

    monkeypatch.setattr(marks, "finish", keep)
    return held


def test_the_line_joins_start_and_target_and_measures_stand_on_their_day(artists) -> None:
    drawn(panel("Places", (MEASURE, 2028.99, 12.0), (MEASURE, 2027.99, 11.0)))
    assert artists["planned-0"].get_xydata().tolist() == [[2026.99, 10.0], [2030.99, 20.0]]
    assert artists["measured-0"].get_xydata().tolist() == [[2026.99, 10.0], [2027.99, 11.0], [2028.99, 12.0]]
    assert artists["target-0"].get_xydata().tolist() == [[2030.99, 20.0]]


def test_a_measure_that_does_not_compare_is_joined_to_nothing(artists) -> None:
    found = drawn(panel("Places", (MEASURE, 2027.99, 11.0), (BROKEN, 2028.99, 40.0)))
    assert artists["measured-0"].get_xydata().tolist() == [[2026.99, 10.0], [2027.99, 11.0]]
    assert artists["broken-0"].get_xydata().tolist() == [[2028.99, 40.0]]
    assert artists["broken-0"].get_linestyle() == "None"
    assert "mesure non comparable 40 en 2028" in found.alt


def test_words_give_the_start_the_latest_measure_and_the_target(artists) -> None:
    drawn(panel("Places", (MEASURE, 2027.99, 11.0), (MEASURE, 2028.99, 12.0)))
    said = artists["said-0"].get_text().replace("\n", " ").replace("\u00a0", " ").replace("\u202f", " ")
    assert said == "10 en 2026, 12 en 2028 ; cible : 20 en 2030 (places)"


def test_every_panel_has_its_own_scale_and_the_same_years() -> None:
    import matplotlib.figure

    seen: list = []
    plain = matplotlib.figure.Figure.savefig

    def look(self, *args, **kwargs):
        seen.append([(a.get_xlim(), a.get_ylim()) for a in self.axes])
        return plain(self, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matplotlib.figure.Figure, "savefig", look)
        drawn([*panel("Places"), *panel("Euros", start=1000.0, target=9000.0)])
    (years, low), (again, high) = seen[0]
    assert years == again == (2026.0, 2031.0)
    assert low[1] < high[0]


def test_bounds_are_drawn_where_they_are_given(artists) -> None:
    frame = panel("Places", (MEASURE, 2028.99, 12.0))
    frame[-1] |= {"lower": 9.0, "upper": 15.0}
    drawn(frame)
    assert artists["range-0-0"].get_ydata() == pytest.approx([9.0, 15.0])


def test_panels_beyond_the_most_are_told() -> None:
    found = drawn([line for rank in range(MOST + 3) for line in panel(f"Indicateur {rank}")])
    assert found.data["name"].nunique() == MOST
    assert found.notes[-1].replace("\u00a0", " ") == "Dessin limité aux 12 premiers, sur 15."


def test_without_a_start_or_with_two_it_is_refused() -> None:
    with pytest.raises(ValueError, match="one start and one target expected for 'Places'"):
        drawn(panel("Places")[1:])


def test_without_anything_a_sentence_takes_its_place() -> None:
    assert isinstance(paths(pd.DataFrame(panel("Places")[:0], columns=list(panel("x")[0])), **SAID), Absent)
