"""Krippendorff's alpha: the author's own worked examples, and another implementation where it is installed.

Where the examples are published, and what was read of them:

* [2011] K. Krippendorff, « Computing Krippendorff's Alpha-Reliability » (2011), University of Pennsylvania,
  Departmental Papers (ASC) 43: section A (two observers, binary), B (two observers, nominal), C (any number of
  observers, missing values) and D (other metrics). Not read itself. Data C, its 0.743 and its ordinal 0.815 stand
  in the docstring of ``krippendorff`` 0.8 (« page 8 »), data and 0.743421 in the tests of NLTK, data in the manual
  of R's ``irr``. Of A (0.095) and B (0.692) no such text was found: both are worked out by hand below.
* [article] the three observers and fifteen units of Wikipedia's article « Krippendorff's alpha », nominal 0.691:
  data and 0.691358 in the same docstring.
"""

from __future__ import annotations

import math

import pandas as pd
import pytest
from actors_written import actors
from hypothesis import given
from hypothesis import strategies as st

from ctg_lib.consultation.agreement import FEWEST, agreement, alpha, interval, reading

BINARY = list(zip([0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0], strict=True))
LETTERS = list(zip("aabbdcccedda", "babbbccceddd", strict=True))
FOUR = list(
    zip(
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
        strict=True,
    )
)
THREE = list(
    zip(
        [None, None, None, None, None, 3, 4, 1, 2, 1, 1, 3, 3, None, 3],
        [1, None, 2, 1, 3, 3, 4, 3, None, None, None, None, None, None, None],
        [None, None, 2, 1, 3, 4, 4, None, 2, 1, 1, 3, 3, None, 4],
        strict=True,
    )
)


@pytest.mark.parametrize(
    ("units", "level", "published"),
    [
        (BINARY, "nominal", 0.095),
        (LETTERS, "nominal", 0.692),
        (FOUR, "nominal", 0.743),
        (FOUR, "ordinal", 0.815),
        (THREE, "nominal", 0.691),
    ],
    ids=["A", "B", "C", "D ordinal", "article"],
)
def test_published_examples(units, level, published) -> None:
    """[2011] sections A to D, [article]."""
    assert alpha(units, level) == pytest.approx(published, abs=0.0005)


def test_examples_of_two_observers_by_hand() -> None:
    """1 - (n - 1) × pairs that differ / products of totals that differ.

    A: 20 values, 14 zeros and 6 ones, 8 pairs that differ. B: 24 values, 4 a, 6 b, 6 c, 6 d, 2 e, 6 pairs.
    """
    assert alpha(BINARY) == pytest.approx(1 - 19 * 8 / (2 * 14 * 6))
    assert alpha(LETTERS) == pytest.approx(1 - 23 * 6 / (24**2 - (4**2 + 3 * 6**2 + 2**2)))
    assert alpha(FOUR) == pytest.approx(0.743421, abs=1e-6)
    assert alpha(THREE) == pytest.approx(0.691358, abs=1e-6)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=3, max_size=40))
def test_another_implementation(units) -> None:
    task = pytest.importorskip("nltk.metrics.agreement")
    data = [(f"c{c}", i, value) for i, unit in enumerate(units) for c, value in enumerate(unit)]
    if len({value for unit in units for value in unit}) < 2:
        assert math.isnan(alpha(units))
        return
    assert alpha(units) == pytest.approx(task.AnnotationTask(data=data).alpha(), abs=1e-9)


def test_nothing_to_compare() -> None:
    assert math.isnan(alpha([])) and math.isnan(alpha([("a", "a")] * 20)) and math.isnan(alpha([("a", None)]))
    assert all(math.isnan(v) for v in interval([]))


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3)), min_size=2, max_size=30), st.randoms())
def test_order_of_units_and_coders_does_not_count(units, random) -> None:
    shuffled = [unit[::-1] for unit in random.sample(units, len(units))]
    for level in ("nominal", "ordinal"):
        one, other = alpha(units, level), alpha(shuffled, level)
        assert (math.isnan(one) and math.isnan(other)) or one == pytest.approx(other)
        assert math.isnan(one) or one <= 1 + 1e-9


def test_the_interval_is_the_same_every_time_and_holds_the_value() -> None:
    low, high = interval(LETTERS, draws=300)
    assert (low, high) == interval(LETTERS, draws=300) and low < 0.692 < high <= 1
    assert interval(LETTERS, draws=300, seed=1) != (low, high)


def coded(n: int, wrong: int = 0):
    first = [
        {"id": f"X{i}", "meeting": f"E{i % 3}", "kind": ("besoin", "frein")[i % 2], "strength": 1.0 + i % 3}
        for i in range(n)
    ]
    second = [dict(line) for line in first]
    for line in second[:wrong]:
        line["kind"] = "piste"
    return actors(excerpts=[*first, {"id": "Z", "meeting": "E9"}], twice=second)


def test_only_what_was_coded_twice_and_enough_of_it() -> None:
    assert agreement(actors(excerpts=[{"id": "X"}])).empty
    few = agreement(coded(FEWEST - 1)).table.set_index("field")
    assert (
        few["alpha"].isna().all() and few["same"].isna().all() and "moins de 10" in few.loc["kind", "reading"]
    )
    enough = agreement(coded(12, wrong=2))
    assert (enough.excerpts, enough.meetings, enough.of) == (12, 3, 13)
    table = enough.table.set_index("field")
    assert table.loc["kind", "same"] == pytest.approx(10 / 12) and 0.5 < table.loc["kind", "alpha"] < 1
    assert table.loc["kind", "low"] <= table.loc["kind", "alpha"] <= table.loc["kind", "high"]
    assert table.loc["strength", "alpha"] == 1 and "une seule valeur" in table.loc["theme", "reading"]


def test_what_is_not_coded_is_not_compared() -> None:
    found = coded(12)
    found.twice.loc[:4, "need"] = ""
    found.twice.loc[:1, "strength"] = float("nan")
    table = agreement(found).table.set_index("field")
    assert table.loc["need", "units"] == 7 and table.loc["strength", "units"] == 10
    assert pd.isna(table.loc["need", "alpha"])


@pytest.mark.parametrize(("value", "words"), [(0.8, "suffisant (au"), (0.7, "moyen"), (0.2, "insuffisant")])
def test_readings(value: float, words: str) -> None:
    assert words in reading(value)
