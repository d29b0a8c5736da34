"""The calendar figure: the drawn marks are read back and compared with the frame."""

from datetime import date, timedelta
from io import BytesIO
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from ctg_lib.display import theme
from ctg_lib.display.figure import Absent
from ctg_lib.display.gantt import STATES, dates_in_words, day_in_words, gantt

TEXTS = {"id": "fig-calendrier", "title": "Un message", "subtitle": "Les étapes", "source": "study.yml"}
N = "\u00a0"


def row(kind, id, name, start, end, state, phase="", **more):
    return {
        "kind": kind,
        "id": id,
        "name": name,
        "phase": phase,
        "start": start,
        "end": end,
        "state": state,
        **more,
    }


@pytest.fixture
def seed():
    # dates of the info flash n° 1 (September 2020)
    return pd.DataFrame(
        [
            row("phase", "p2", "Élaboration de la CTG", date(2021, 2, 1), date(2021, 7, 31), "prevu"),
            row("step", "s4", "Sans phase", date(2021, 6, 1), date(2021, 6, 30), "", "inconnue"),
            row("step", "s3", "Comité technique", None, None, "prevu", "p1"),
            row("step", "s2", "Rencontres", date(2021, 1, 1), date(2021, 1, 31), "hypothese", "p1"),
            row("step", "s1", "Séminaire des élus", date(2020, 10, 27), date(2020, 10, 27), "fait", "p1"),
            row("phase", "p1", "Diagnostic", date(2020, 10, 1), date(2021, 2, 28), "en_cours"),
            row("step", "s5", "Rédaction", date(2021, 5, 12), None, "prevu", "p2"),
        ]
    )  # fmt: skip


def middle(polygon):
    return polygon.get_xy()[:4, 0].mean()


def test_marks_stand_at_their_dates_in_the_order_of_phases(drawn, seed):
    figure, art, ax = drawn(gantt, seed, today=date(2020, 11, 15), **TEXTS)
    names = figure.data["name"].tolist()
    assert names == ["Élaboration de la CTG", "Rédaction", "Diagnostic", "Comité technique", "Rencontres",
                     "Séminaire des élus", "Sans phase"]  # fmt: skip
    bars = {names[int(k[4:])]: (a.get_x(), a.get_width()) for k, a in art.items() if k.startswith("bar-")}
    assert bars == {  # both days included
        "Élaboration de la CTG": (date(2021, 2, 1).toordinal(), 181),
        "Diagnostic": (date(2020, 10, 1).toordinal(), 151),
        "Rencontres": (date(2021, 1, 1).toordinal(), 31),
        "Sans phase": (date(2021, 6, 1).toordinal(), 30),
    }
    points = {names[int(k[6:])]: middle(a) for k, a in art.items() if k.startswith("point-")}
    assert points == {
        "Séminaire des élus": pytest.approx(date(2020, 10, 27).toordinal() + 0.5),
        "Rédaction": pytest.approx(date(2021, 5, 12).toordinal() + 0.5),
    }
    assert art["when-3"].get_text() == "date à fixer (prévu)"  # no mark for what has no date
    assert "bar-3" not in art and "point-3" not in art
    assert art["name-0"].get_fontweight() == "bold" and art["name-1"].get_fontweight() == "normal"
    assert ax.get_xlim() == (date(2020, 10, 1).toordinal(), date(2021, 8, 1).toordinal())


def test_every_mark_lies_under_its_own_name_and_above_the_next(drawn, seed):
    _, art, _ = drawn(gantt, seed, today=date(2020, 11, 15), **TEXTS)
    for index in range(6):
        mark = art.get(f"bar-{index}") or art.get(f"point-{index}")
        if mark is not None:
            y = mark.get_y() if hasattr(mark, "get_y") else mark.get_xy()[:, 1].min()
            assert art[f"name-{index}"].get_position()[1] + 20 < y
            assert y < art[f"name-{index + 1}"].get_position()[1]


def test_today_is_a_line_at_the_date_given(drawn, seed):
    _, art, _ = drawn(gantt, seed, today=date(2020, 11, 15), **TEXTS)
    assert set(art["today"].get_xdata()) == {date(2020, 11, 15).toordinal() + 0.5}
    assert art["today-label"].get_text() == f"aujourd’hui, 15{N}novembre 2020"


def test_today_near_the_calendar_stretches_it_and_far_from_it_is_said(drawn, seed):
    _, art, ax = drawn(gantt, seed, today=date(2021, 9, 10), **TEXTS)
    assert "today" in art and ax.get_xlim()[1] == date(2021, 10, 1).toordinal()
    figure, art, _ = drawn(gantt, seed, today=date(2026, 11, 1), **TEXTS)
    assert "today" not in art
    assert figure.notes == (f"Aujourd’hui (1er{N}novembre 2026) est après la fin de ce calendrier.",)
    figure, art, _ = drawn(gantt, seed, today=date(2010, 1, 1), **TEXTS)
    assert "avant le début" in figure.notes[0]


def test_states_differ_without_colour(drawn):
    frame = pd.DataFrame(
        [row("step", s or "x", f"Étape {s}", date(2026, 1, 1), date(2026, 3, 31), s) for s in STATES]
    )
    _, art, _ = drawn(gantt, frame, today=date(2026, 2, 1), **TEXTS)
    looks = [
        (round(sum(art[f"bar-{i}"].get_facecolor()[:3]), 1), art[f"bar-{i}"].get_hatch(),
         art[f"bar-{i}"].get_linestyle() if not isinstance(art[f"bar-{i}"].get_linestyle(), tuple) else "broken")
        for i in range(len(STATES))
    ]  # fmt: skip
    assert len(set(looks)) == len(STATES)
    hypothesis_ = art[f"bar-{list(STATES).index('hypothese')}"]
    assert hypothesis_.get_facecolor()[:3] == (1, 1, 1) and not hypothesis_.get_hatch()
    keys = [a.get_text() for a in art["name-0"].axes.texts if a.get_text() in STATES.values()]
    assert keys == list(STATES.values())


def test_texts_and_table_say_the_same(seed):
    figure = gantt(seed, today=date(2020, 11, 15), **TEXTS)
    alt = figure.alt.replace(N, " ").replace("\u202f", " ")
    assert alt == (
        "2 phases et 5 étapes, du 1er octobre 2020 au 31 juillet 2021 : 1 faite, 1 en cours, 3 prévues, "
        "1 en hypothèse et 1 sans état ; 1 sans date ; aujourd’hui, 15 novembre 2020."
    )
    assert f"Rencontres{N}: janvier 2021 (hypothèse)" in figure.description
    assert "Phase « Diagnostic »" in figure.description.replace(N, " ")
    assert figure.data.columns.tolist() == ["name", "kind", "start", "end", "state"]
    assert figure.data.loc[3].tolist() == [
        "Comité technique",
        "étape",
        "date à fixer",
        "date à fixer",
        "prévu",
    ]
    data, metadata = figure._repr_mimebundle_()
    assert metadata["ctg"]["data"]["labels"][:2] == ["Phase ou étape", "Nature"]
    assert "date à fixer" in data["text/html"]


def test_a_vague_date_keeps_its_words_and_an_instance_its_column(drawn):
    frame = pd.DataFrame(
        [row("step", "a", "Rencontres", date(2027, 3, 1), date(2027, 3, 31), "hypothese", when="vers mars 2027",
             instance="comité technique")]
    )  # fmt: skip
    figure, art, _ = drawn(gantt, frame, today=date(2027, 1, 5), **TEXTS)
    assert art["when-0"].get_text() == "vers mars 2027"
    assert figure.data["instance"].tolist() == ["comité technique"]


def test_without_a_date_a_sentence_and_no_drawing(seed):
    undated = seed.assign(start=None, end=None)
    absent = gantt(undated, today=date(2026, 1, 1), **TEXTS)
    assert isinstance(absent, Absent) and "aucune date n’est fixée" in absent.reason
    assert isinstance(gantt(seed.iloc[:0], today=date(2026, 1, 1), **TEXTS), Absent)


def test_errors_are_named(seed):
    with pytest.raises(ValueError, match=r"gantt: missing columns \['state'\]"):
        gantt(seed.drop(columns="state"), today=date(2026, 1, 1), **TEXTS)
    with pytest.raises(ValueError, match=r"unknown kind or state \['perdu'\]"):
        gantt(seed.assign(state="perdu"), today=date(2026, 1, 1), **TEXTS)
    backwards = pd.DataFrame([row("step", "a", "À rebours", date(2026, 2, 1), date(2026, 1, 1), "prevu")])
    with pytest.raises(ValueError, match=r"an end before its start: \['À rebours'\]"):
        gantt(backwards, today=date(2026, 1, 1), **TEXTS)


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (date(2020, 10, 27), date(2020, 10, 27), "27 octobre 2020"),
        (date(2021, 1, 1), date(2021, 1, 31), "janvier 2021"),
        (date(2020, 10, 1), date(2021, 2, 28), "octobre 2020 – février 2021"),
        (date(2021, 2, 1), date(2021, 7, 31), "février – juillet 2021"),
        (date(2026, 1, 1), date(2030, 12, 31), "2026–2030"),
        (date(2026, 1, 1), date(2026, 12, 31), "2026"),
        (date(2026, 3, 3), date(2026, 3, 12), "3 – 12 mars 2026"),
        (date(2026, 3, 1), date(2026, 4, 12), "1er mars – 12 avril 2026"),
        (date(2026, 12, 3), date(2027, 1, 4), "3 décembre 2026 – 4 janvier 2027"),
        (date(2026, 3, 3), None, "3 mars 2026"),
        (None, date(2026, 3, 3), "jusqu’au 3 mars 2026"),
        (None, None, "date à fixer"),
    ],
)
def test_dates_in_words(start, end, said):
    assert dates_in_words(start, end).replace(N, " ") == said


def test_an_open_period_says_that_it_goes_on():
    assert dates_in_words(date(2026, 3, 1), None, open_end=True) == f"à partir du 1er{N}mars 2026"
    assert day_in_words(date(2026, 3, 2)) == f"2{N}mars 2026"


@pytest.mark.parametrize("months", [1, 3, 10, 14, 30, 62, 200])
def test_axis_words_never_touch_and_stay_in_french(drawn, months):
    start = date(2026, 11, 3)
    frame = pd.DataFrame(
        [row("phase", "p", "Une phase", start, start + timedelta(days=30 * months), "prevu")]
    )
    _, art, ax = drawn(gantt, frame, today=start, **TEXTS)
    renderer = ax.figure.canvas.get_renderer()
    for gid in ("tick", "year"):
        texts = [t for t in ax.texts if t.get_gid() == gid]
        for height in {t.get_position()[1] for t in texts}:
            boxes = [t.get_window_extent(renderer) for t in texts if t.get_position()[1] == height]
            assert all(a.x1 <= b.x0 for a, b in pairwise(sorted(boxes, key=lambda box: box.x0)))
            assert min(b.x0 for b in boxes) >= 0 and max(b.x1 for b in boxes) <= 500
    said = {t.get_text() for t in ax.texts if t.get_gid() in ("tick", "year")}
    assert said and not said & {"Jan", "Feb", "Dec", "nan"}
    assert art["bar-0"].get_width() == 30 * months + 1


def test_names_fit_in_the_figure_at_reading_size(drawn):
    long = "Comités techniques : organisation du recueil de données, préparation des rencontres et des outils"
    frame = pd.DataFrame([row("step", "a", long, date(2026, 1, 1), date(2026, 2, 28), "prevu")])
    figure, art, ax = drawn(gantt, frame, today=date(2026, 1, 5), **TEXTS)
    renderer = ax.figure.canvas.get_renderer()
    name, when = (art[k].get_window_extent(renderer) for k in ("name-0", "when-0"))
    assert name.x0 >= 0 and name.x1 < when.x0 and when.x1 <= figure.width
    assert art["name-0"].get_fontsize() == pytest.approx(theme.pt(theme.TEXT))
    bar = art["bar-0"].get_window_extent(renderer)
    assert bar.y1 <= name.y0 + 1  # the mark does not touch the letters


def test_png_keeps_four_states_apart_in_grey(seed):
    figure = gantt(seed, today=date(2020, 11, 15), **TEXTS)
    grey = Image.open(BytesIO(figure.png)).convert("L")
    assert grey.size == (2 * figure.width, 2 * figure.height)
    assert figure.svg == gantt(seed, today=date(2020, 11, 15), **TEXTS).svg  # same bytes again


def test_years_to_come_do_not_crush_the_preparation(drawn):
    lines = [
        row("step", f"s{m}", f"Étape {m}", date(2026, m, 1), date(2026, m, 20), "prevu") for m in range(1, 9)
    ]
    lines += [
        row("phase", "p", "Mise en œuvre", date(2027, 1, 1), date(2031, 12, 31), "hypothese"),
        row("step", "t", "Entretiens", date(2026, 6, 1), date(2030, 1, 1), "prevu"),
    ]
    figure, art, ax = drawn(gantt, pd.DataFrame(lines), today=date(2026, 3, 1), **TEXTS)
    high = date(2026, 9, 1).toordinal()  # eight rows of ten are over in August
    assert ax.get_xlim() == (date(2026, 1, 1).toordinal(), high)
    names = figure.data["name"].tolist()
    after, until = art[f"after-{names.index('Mise en œuvre')}"], art[f"until-{names.index('Entretiens')}"]
    assert after.get_xy()[:, 0].max() == high and until.get_xy()[:, 0].max() == high
    assert until.get_xy()[:, 0].min() == date(2026, 6, 1).toordinal()
    assert "L’axe s’arrête au 31" in figure.notes[0]
    assert "2031" in figure.alt and "31 décembre 2031" in figure.data["end"].str.replace(N, " ").tolist()
    _, art, ax = drawn(gantt, pd.DataFrame(lines), today=date(2030, 1, 1), **TEXTS)  # today is not cut off
    assert "today" in art and ax.get_xlim()[1] == date(2032, 1, 1).toordinal()


def test_what_precedes_the_first_phase_stands_first(seed):
    early = pd.DataFrame([row("step", "s0", "Info flash", date(2020, 9, 1), date(2020, 9, 30), "fait")])
    figure = gantt(pd.concat([seed, early]), today=date(2020, 11, 15), **TEXTS)
    assert figure.data["name"].tolist()[0] == "Info flash"
    assert figure.data["name"].tolist()[-1] == "Sans phase"


DATES = st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2060, 1, 1)))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.lists(st.tuples(st.sampled_from(["phase", "step"]), DATES, DATES, st.sampled_from(list(STATES))),
                  max_size=6),
    today=st.dates(date(1990, 1, 1), date(2060, 1, 1)),
)  # fmt: skip
def test_whatever_the_dates_every_row_is_in_the_table_and_nothing_raises(rows, today):
    lines = []
    for i, (kind, a, b, state) in enumerate(rows):
        first, last = (a, b) if a is None or b is None else (min(a, b), max(a, b))
        lines.append(row(kind, f"r{i}", f"Ligne {i}", first, last, state, "r0"))
    frame = pd.DataFrame(lines, columns=["kind", "id", "name", "phase", "start", "end", "state"])
    out = gantt(frame, today=today, **TEXTS)
    if any(a or b for _, a, b, _ in rows):
        assert sorted(out.data["name"]) == [f"Ligne {i}" for i in range(len(rows))]
    else:
        assert isinstance(out, Absent)
