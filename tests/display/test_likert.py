"""Ordered answers: what is drawn is what is given, and what is hidden is nowhere."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctg_lib.disclosure.crossing import hidden_parts
from ctg_lib.display import charts, theme
from ctg_lib.display.figure import Absent, made_up
from ctg_lib.display.likert import STEPS, likert
from ctg_lib.display.typography import NBSP, THIN

TEXTS = {"id": "fig-x", "title": "T", "subtitle": "S", "source": "x", "least": 5}
ANSWERS = ["Tout à fait", "Plutôt", "Plutôt pas", "Pas du tout", "Je ne sais pas"]
APART = ["Je ne sais pas"]
GAP = 100 * 6 / (theme.WIDTH - 16 - 6)


def lines(**counts):
    """One line per name: respondents of each answer, None where hidden."""
    rows = []
    for name, given_ in counts.items():
        base = sum(abs(n) for n in given_)
        for answer, n in zip(ANSWERS, given_, strict=False):
            shown = n >= 0  # a negative number: hidden
            rows.append(
                (name, answer, 100 * n / base if shown else np.nan, n if shown else np.nan, base,
                 "estimated" if shown else "secret")
            )  # fmt: skip
    return pd.DataFrame(rows, columns=["item", "answer", "value", "n", "base", "status"])


def test_parts_are_the_shares_in_the_order_of_the_scale_and_apart_on_the_right(drawn):
    frame = lines(Logement=(10, 20, 30, 25, 15), Transports=(50, 20, 10, 10, 10))
    figure, art, ax = drawn(likert, frame, apart=APART, **TEXTS)
    # « non montré » has the place after the steps: 4
    parts = [art[f"part-0-{place}"] for place in (0, 1, 2, 3, 5)]
    assert [p.get_width() for p in parts] == [10, 20, 30, 25, 15]
    assert [p.get_x() for p in parts] == pytest.approx([0, 10, 30, 60, 85 + GAP])
    assert ax.get_xlim() == pytest.approx((0, 100 + GAP))
    assert "part-0-4" not in art
    assert art["part-label-0-2"].get_text() == f"30{THIN}%"
    assert art["name-1"].get_text() == "Transports"
    assert art["base-1"].get_text() == f"100{NBSP}rép."
    assert art["part-1-0"].get_y() > art["part-0-0"].get_y()  # downwards
    key = [t.get_text() for t in ax.texts if t.get_text() in ANSWERS]
    assert key == ANSWERS
    assert figure.data.columns.tolist() == ["item", "answer", "value", "n", "base", "status"]
    assert figure.alt.startswith(
        f"Logement (100{NBSP}réponses){NBSP}: Tout à fait 10{THIN}%, Plutôt 20{THIN}%"
    )


@pytest.mark.parametrize("count", sorted(STEPS))
def test_steps_go_from_light_to_dark_and_numbers_read_on_each(drawn, count):
    frame = pd.DataFrame(
        {"item": "A", "answer": [f"r{i}" for i in range(count)], "value": 100 / count, "base": 50,
         "status": "estimated"}
    )  # fmt: skip
    _, art, _ = drawn(likert, frame, **TEXTS)
    faces = [art[f"part-0-{i}"].get_facecolor() for i in range(count)]
    colors = ["#" + "".join(f"{round(255 * v):02X}" for v in face[:3]) for face in faces]
    light = [theme.luminance(c) for c in colors]
    assert light == sorted(light, reverse=True)
    assert all(theme.contrast(a, b) > 1.35 for a, b in pairwise(colors))
    if theme.contrast(colors[0], theme.COLORS["paper"]) < 1.5:
        assert art["part-0-0"].get_edgecolor()[:3] != (1, 1, 1)
    for i, color in enumerate(colors):
        assert theme.contrast(str(art[f"part-label-0-{i}"].get_color()), color) >= 4.5


def test_a_number_is_written_where_it_fits_and_the_key_tells_it_for_a_single_line(drawn):
    frame = lines(A=(97, 1, 1, 1), B=(25, 25, 25, 25))
    _, art, ax = drawn(likert, frame, **TEXTS)
    assert "part-label-0-0" in art
    assert "part-label-0-1" not in art
    _, _, ax = drawn(likert, frame.iloc[:4], **TEXTS)
    assert f"Plutôt{NBSP}: 1{THIN}%" in [t.get_text() for t in ax.texts]


def test_what_is_hidden_is_one_hatched_part(drawn):
    figure, art, ax = drawn(likert, lines(A=(40, -4, -6, 30, 20)), apart=APART, **TEXTS)
    assert "part-0-1" not in art
    assert "part-0-2" not in art
    rest = art["part-0-4"]
    assert (rest.get_width(), rest.get_hatch()) == (pytest.approx(10), "////")
    assert rest.get_x() == 70  # after the steps that are shown, before the answers apart
    assert figure.data["n"].isna().tolist() == [False, True, True, False, False]
    assert f"non montré (secret) 10{THIN}%" in figure.alt
    assert "Plutôt pas" in [t.get_text() for t in ax.texts], "the key has the whole scale"


@pytest.mark.parametrize("counts", [(40, -10, 30, 20, 10), (90, -2, -2, 5, 5)])
def test_a_line_whose_rest_would_tell_is_hidden_as_a_whole(drawn, counts):
    """A single hidden answer is what is left; four respondents in two answers are too few to be told."""
    frame = lines(A=counts, B=(10, 20, 30, 25, 15))
    figure, art, _ = drawn(likert, frame, apart=APART, **TEXTS)
    assert not [k for k in art if k.startswith("part-0")]
    assert art["status-0"].get_text() == "non montré (secret statistique)"
    assert figure.data.loc[:4, ["value", "n"]].isna().all(axis=None)
    assert set(figure.data.loc[:4, "status"]) == {"secret"}
    assert "A (104" in figure.description or "A (110" in figure.description
    assert f"A (104{NBSP}réponses){NBSP}: non montré" in figure.description.replace("110", "104")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=4, max_size=4).filter(lambda x: sum(x) >= 5))
def test_nothing_that_secrecy_hides_comes_out(counts):
    hidden = hidden_parts(counts, 5)
    frame = lines(A=counts, B=(10, 20, 30, 40))
    frame.loc[np.flatnonzero(hidden), ["value", "n"]] = np.nan
    frame.loc[np.flatnonzero(hidden), "status"] = "secret"
    data = likert(frame, **TEXTS).data
    shown = data.loc[data["item"].eq("A") & data["n"].notna()]
    assert not shown["answer"].isin([a for a, h in zip(ANSWERS, hidden, strict=False) if h]).any()
    left = sum(counts) - shown["n"].sum()
    assert left == 0 or (4 - len(shown) >= 2 and left >= 5) or shown.empty


def test_a_line_of_few_is_told_in_respondents(drawn):
    frame = lines(A=(7, 6, 3, 2, 2), B=(10, 20, 30, 25, 15))
    frame.loc[0, "value"] = 34.9  # weighted otherwise: not told
    frame.loc[1, "value"] = 30.1
    figure, art, _ = drawn(likert, frame, apart=APART, few=30, **TEXTS)
    assert art["part-label-0-0"].get_text() == "7"
    assert art["part-0-0"].get_width() == 35
    assert art["part-label-1-0"].get_text() == f"10{THIN}%"
    assert figure.data["value"].tolist()[:5] == ["–"] * 5
    assert figure.notes == ("Sous 30 réponses, un nombre et non une part.",)
    assert "34" not in figure.description
    assert likert(frame.iloc[5:], apart=APART, few=30, **TEXTS).notes == ()


def test_many_lines_are_told_by_their_extremes(drawn):
    frame = lines(**{f"L{i}": (10 + i, 20, 30 - i, 40) for i in range(5)}, Peu=(0, 1, 2, 3))
    figure, _, _ = drawn(likert, frame, few=30, **TEXTS)
    assert figure.alt.startswith(
        f"6{NBSP}lignes{THIN}; Tout à fait{NBSP}: de 10{THIN}% (L0) à 14{THIN}% (L4)"
    )
    assert "Peu" not in figure.alt
    assert "L3 (100" in figure.description


def test_a_long_name_has_its_lines_above_its_bar(drawn):
    name = "L’accueil des personnes en situation de handicap dans les services, les lieux et les fêtes d’ici"
    frame = lines(**{name: (10, 20, 30, 40), "B": (10, 20, 30, 40)})
    _, art, ax = drawn(likert, frame, **TEXTS)
    assert art["name-0"].get_text().count("\n") == 1
    renderer = ax.figure.canvas.get_renderer()
    boxes = [art[k].get_window_extent(renderer) for k in ("name-0", "part-0-0", "name-1", "part-1-0")]
    assert all(above.y0 >= below.y1 - 0.6 for above, below in pairwise(boxes))
    assert boxes[0].x1 <= art["base-0"].get_window_extent(renderer).x0


def test_nothing_to_draw_the_mark_of_made_up_data_and_same_bytes():
    frame = lines(A=(-1, -1, -1, -1))
    assert isinstance(likert(frame.assign(status="below_threshold", base=np.nan), **TEXTS), Absent)
    frame = lines(A=(10, 20, 30, 40))
    first, second = charts.likert(frame, **TEXTS), charts.likert(frame, **TEXTS)
    assert (first.svg, first.png) == (second.svg, second.png)
    with made_up():
        marked = likert(frame, **TEXTS)
    assert marked.height == first.height + 24
    assert b'id="made-up-' in marked.svg


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (lambda f: f.drop(columns="base"), {}, r"likert: missing columns \['base'\]"),
        (lambda f: f.drop(columns="n"), {"few": 30}, r"likert: missing columns \['n'\]"),
        (lambda f: pd.concat([f, f]), {}, "likert: one row per item and answer"),
        (lambda f: f.drop(index=2), {}, "« A » has answers .* expected|« B » has answers .* expected"),
        (lambda f: f.assign(value=30.0), {}, "« A » adds up to 150 %, expected 100 %"),
        (lambda f: f, {"apart": ["Autre"]}, r"likert: no answer \['Autre'\]"),
        (lambda f: f, {"apart": ANSWERS[:3]}, "at most 2 answers apart, given 2 and 3"),
        (lambda f: _six(f), {}, "1 to 5 steps .* given 6 and 0"),
    ],
)
def test_errors(change, options, message):
    frame = lines(A=(10, 20, 30, 25, 15), B=(10, 20, 30, 25, 15))
    with pytest.raises(ValueError, match=message):
        likert(change(frame), **TEXTS, **options)


def _six(frame):
    more = frame.iloc[[0]].assign(answer="Sans avis", value=0.0, n=0)
    return pd.concat([frame.iloc[:5], more])
