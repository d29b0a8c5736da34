"""Which counts of people that partners give lie one inside the other, as indicators show them.

The workbooks say it of the figures asked (``Measure.part_of``). Where indicators show a figure is found by
asking them: each figure gets a number like no other, and whatever bears that number shows it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import product

import pandas as pd

from ctg_lib import observations
from ctg_lib.disclosure.remainders import Pair
from ctg_lib.disclosure.system import Side
from ctg_lib.indicators.data import Data
from ctg_lib.indicators.registry import Definition
from ctg_lib.partnership.requests import MEASURES

Figure = tuple[str, str, str]
"""(dataset, variable, breakdown) of the observation that an answer becomes."""
_FIRST, _STEP = 1_000_003.0, 1_009.0


def limits() -> dict[Figure, int]:
    """Counts of people that are asked: figure -> smallest number shown."""
    out: dict[Figure, int] = {}
    for m in MEASURES:
        key = (m.dataset, m.variable, m.breakdown)
        if m.limit:
            out[key] = max(m.limit, out.get(key, 0))
    return out


def inside(pairs: Iterable[tuple[Figure, Figure]] = ()) -> set[tuple[Figure, Figure]]:
    """(whole, part) of the figures asked, parts of parts included.

    Args:
        pairs: known otherwise: the two terms of a rate.
    """
    by_id = {m.id: (m.dataset, m.variable, m.breakdown) for m in MEASURES}
    people = limits()
    links = {(by_id[m.part_of], by_id[m.id]) for m in MEASURES if m.part_of}
    links |= set(pairs)
    links = {(whole, part) for whole, part in links if whole in people and part in people}
    while True:
        more = {(a, d) for a, b in links for c, d in links if b == c and a != d} - links
        if not more:
            return links
        links |= more


def shown_by(rule: Definition, data: Data, place: tuple[str, str]) -> dict[Side, Figure]:
    """Counts and bases of an indicator -> the figure of a partner that each is.

    Args:
        rule: the indicator to ask.
        data: reads the observations of :func:`marked` alone.
        place: level and code at which figures are given.
    """
    marks = {mark: figure for figure, mark in _marks().items()}
    found: dict[Side, Figure] = {}
    rows = rule.compute(data)
    rows = rows[rows["level"].eq(place[0]) & rows["code"].eq(place[1])]
    for layer, column in enumerate(("numerator", "denominator")):
        for breakdown, number in zip(rows["breakdown"], rows[column].astype("float64"), strict=True):
            if number in marks:
                found[(rule.id, breakdown), layer] = marks[number]
    return found


def marked(place: tuple[str, str]) -> pd.DataFrame:
    """Observations that give each figure its mark."""
    marks = _marks()
    lines = {
        (m.dataset, m.variable, m.breakdown, m.period(2024)): marks[m.dataset, m.variable, m.breakdown]
        for m in MEASURES if (m.dataset, m.variable, m.breakdown) in marks
    }  # fmt: skip
    frame = pd.DataFrame(
        [(*key, *place, mark) for key, mark in lines.items()],
        columns=["dataset", "variable", "breakdown", "period", "level", "code", "value"],
    )
    return observations.make(frame, source="marks", geography_year=2026)


@lru_cache(maxsize=1)
def _marks() -> dict[Figure, float]:
    figures = dict.fromkeys((m.dataset, m.variable, m.breakdown) for m in MEASURES)
    return {figure: _FIRST + _STEP * i for i, figure in enumerate(figures)}


def pairs_of(shown: dict[Side, Figure]) -> list[Pair]:
    """Pairs of counts that readers see, one inside the other.

    Args:
        shown: answer of :func:`shown_by`.
    """
    people = limits()
    terms = [
        (shown[quantity, 1], figure)
        for (quantity, layer), figure in shown.items() if not layer and (quantity, 1) in shown
    ]  # fmt: skip
    sides: dict[Figure, list[Side]] = {}
    for side, figure in shown.items():
        sides.setdefault(figure, []).append(side)
    return [
        Pair(a, b, max(people[whole], people[part]), (whole, part))
        for whole, part in sorted(inside(terms))
        for a, b in product(sides.get(whole, ()), sides.get(part, ()))
    ]
