"""Choosing breakdowns and combining counts."""

import numpy as np
import pandas as pd
import pytest

from ctg_lib.indicators._select import (
    difference,
    first_of,
    has,
    only,
    people,
    sampled_bounds,
    sampled_ratio,
    single_ages,
    sole_variable,
    total,
)


def counts(*values, code="a", **more):
    base = {
        "level": "epci", "code": code, "geography_year": 2026, "low": np.nan, "high": np.nan,
        "status": "observed", "source": "s", "origin": "published",
    }  # fmt: skip
    rows = [{**base, "period": str(2023 + i), "value": v, **more} for i, v in enumerate(values)]
    return pd.DataFrame(rows).astype({"value": "float64", "low": "float64", "high": "float64"})


def test_has_leaves_other_dimensions_free_and_only_does_not():
    assert has(age="Y2T5")("age=Y2T5;sex=F")
    assert has(age=("Y2T5", "Y6T10"))("age=Y6T10")
    assert not has(age="Y2T5")("sex=F")
    assert only(age="Y2T5")("age=Y2T5")
    assert not only(age="Y2T5")("age=Y2T5;sex=F")
    assert only()("")
    assert not only()("sex=F")


def test_single_ages_refuse_bands_and_totals():
    test = single_ages(0, 2)
    assert test("age=Y0;sex=F")
    assert test("age=Y2;sex=M")
    assert not test("age=Y3;sex=M")
    assert not test("age=Y0T4;sex=F")
    assert not test("age=Y0")
    assert not test("age=POP;sex=F")
    assert not single_ages(0, 2, "F")("age=Y2;sex=M")


def test_people_adds_the_sexes_only_where_no_total_is_given(tiny):
    rows = [
        ("epci", "x", "POP", "age=Y2T5", "2023", 10),
        ("epci", "x", "POP", "age=Y2T5;sex=F", "2023", 4),
        ("epci", "x", "POP", "age=Y2T5;sex=M", "2023", 7),
        ("epci", "y", "POP", "age=Y2T5;sex=F", "2023", 1),
        ("epci", "y", "POP", "age=Y2T5;sex=M", "2023", 2),
    ]
    found = people(tiny({"d": rows}), "d", age="Y2T5").set_index("code")["value"]
    assert found.to_dict() == {"x": 10, "y": 3}


def test_the_first_usable_count_wins():
    first = pd.concat([counts(np.nan, status="missing"), counts(1, code="b")])
    second = pd.concat([counts(5), counts(9, code="b")])
    assert first_of(first, second).set_index("code")["value"].to_dict() == {"a": 5, "b": 1}
    assert first_of(first.iloc[:0], second.iloc[:0]).empty


def test_differences_and_sums_keep_certain_bounds():
    left = counts(10, low=8, high=14, status="rounded")
    right = counts(4, low=3, high=5, status="rounded")
    less, more = difference(left, right).iloc[0], total(left, right).iloc[0]
    assert (less["value"], less["low"], less["high"], less["status"]) == (6, 3, 11, "rounded")
    assert (more["value"], more["low"], more["high"]) == (14, 11, 19)


def test_a_sampled_share_has_the_interval_of_a_quarter_of_the_households():
    # 40 % of 300: a sample of 75, worth 75 / (1 − 1/4) = 100 with the finite correction.
    # Wilson's interval of 40/100 is 30.9 to 49.8 %.
    row = sampled_ratio(counts(120), counts(300)).iloc[0]
    assert row["value"] == 40
    assert round(row["lower"], 1) == 30.9
    assert round(row["upper"], 1) == 49.8
    assert row["method"] == "sample_one_in_four"
    bounded = sampled_bounds(counts(120), counts(300)).iloc[0]
    assert round(bounded["low"]) == 93
    assert round(bounded["high"]) == 149


def test_a_sampled_count_without_its_whole_has_no_bounds():
    row = sampled_bounds(counts(120), counts(300, code="other")).iloc[0]
    assert np.isnan(row["low"])


@pytest.mark.parametrize(("names", "expected"), [(("FAM",), "FAM"), (("NO", "POP"), "POP"), (("NO",), "")])
def test_the_measure_of_a_dataset(tiny, names, expected):
    data = tiny({"d": [("epci", "x", v, "", "2023", 1) for v in ("FAM", "POP")]})
    assert sole_variable(data, "d", *names) == expected
    assert sole_variable(data, "none") == ""


def test_a_single_measure_needs_no_name(tiny):
    assert sole_variable(tiny({"d": [("epci", "x", "ANY", "", "2023", 1)]}), "d", "FAM") == "ANY"
