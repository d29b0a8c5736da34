from itertools import pairwise

import pandas as pd
import pytest

from ctg_lib.display import marks
from ctg_lib.display.figure import Absent
from ctg_lib.display.orgchart import orgchart

ROWS = [
    {"id": "I1", "name": "Conseil", "above": "", "details": ["délibère"], "strong": True},
    {"id": "I2", "name": "Comité", "above": "I1", "details": ["11 sièges, dont 10 avec voix · deux fois par an, trois pendant l’élaboration de la convention"], "strong": True},
    {"id": "I3", "name": "Groupes", "above": "I2", "details": [], "strong": False},
    {"id": "I4", "name": "Plénière", "above": "I1", "details": [""], "strong": False},
]  # fmt: skip
TEXTS = {"id": "fig-org", "title": "Qui rend compte à qui", "subtitle": "Instances", "source": "exemple"}


def drawn(rows):
    kept = []
    marks.inspect = kept.append
    try:
        figure = orgchart(pd.DataFrame(rows), **TEXTS)
    finally:
        marks.inspect = None
    return figure, kept[0]


def test_every_instance_has_a_box_and_a_line_to_the_one_above():
    _, ax = drawn(ROWS)
    boxes = {p.get_gid(): p for p in ax.patches}
    assert set(boxes) == {"box-I1", "box-I2", "box-I3", "box-I4"}
    joins = {line.get_gid(): line for line in ax.lines}
    assert set(joins) == {"join-I1-I2", "join-I2-I3", "join-I1-I4"}
    for gid, line in joins.items():
        _, above, below = gid.split("-")
        top, under = boxes[f"box-{above}"], boxes[f"box-{below}"]
        x, y = line.get_xdata(), line.get_ydata()
        assert y[0] == pytest.approx(top.get_y() + top.get_height())
        assert x[-1] == pytest.approx(under.get_x())
        assert y[-1] == pytest.approx(under.get_y() + under.get_height() / 2)


def test_boxes_do_not_overlap_and_words_stay_inside():
    figure, ax = drawn(ROWS)
    boxes = [next(p for p in ax.patches if p.get_gid() == f"box-{r['id']}") for r in ROWS]
    for one, then in pairwise(boxes):
        assert one.get_y() + one.get_height() < then.get_y()
    assert max(b.get_x() + b.get_width() for b in boxes) <= figure.width
    shapes = {b.get_gid().removeprefix("box-"): b for b in boxes}
    for text in ax.texts:
        box = shapes[text.get_gid().split("-", 1)[1]]
        x, y = text.get_position()
        assert box.get_x() < x < box.get_x() + box.get_width()
        assert box.get_y() < y < box.get_y() + box.get_height()


def test_who_decides_is_said_without_colour_too():
    figure, ax = drawn(ROWS)
    strong = next(p for p in ax.patches if p.get_gid() == "box-I2")
    plain = next(p for p in ax.patches if p.get_gid() == "box-I3")
    assert strong.get_linewidth() > plain.get_linewidth()
    assert "Comité rend compte à\u00a0: Conseil" in figure.alt
    assert "11 sièges" in figure.description


def test_without_instance_nothing_is_drawn():
    assert isinstance(orgchart(pd.DataFrame(columns=["id", "name", "above", "details", "strong"]), **TEXTS), Absent)  # fmt: skip


def test_one_that_reports_to_nobody_known_is_refused():
    with pytest.raises(ValueError, match="I9"):
        orgchart(pd.DataFrame([{**ROWS[0], "above": "I9"}]), **TEXTS)


def test_the_same_rows_give_the_same_bytes():
    first, second = (orgchart(pd.DataFrame(ROWS), **TEXTS) for _ in range(2))
    assert (first.svg, first.png) == (second.svg, second.png)
