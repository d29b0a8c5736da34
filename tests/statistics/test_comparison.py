"""Readings, ranks and places that distort a rate (figures of domain knowledge, typed by hand)."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctg_lib.statistics.comparison import Measured, compare, counts_differ, rank_of
from ctg_lib.statistics.distortion import concentrated_events, find_distortion, leave_one_out
from ctg_lib.statistics.rounded import ratio_bounds

finite = st.floats(-1e6, 1e6)


def test_half_a_place_says_nothing():
    reading = compare(Measured(60.5), Measured(60.9), meaningful=3)
    assert (reading.side, reading.reason) == ("close", "small")


def test_a_difference_hidden_by_its_interval_is_not_named():
    reading = compare(Measured(20, 10, 30), Measured(12), meaningful=2)
    assert (reading.side, reading.reason) == ("close", "uncertain")


def test_far_is_twice_the_meaningful_difference():
    assert compare(Measured(28.9), Measured(19.0), 2).far
    assert not compare(Measured(22), Measured(19.0), 2).far


def test_missing_is_unknown_not_close():
    assert compare(Measured(math.nan), Measured(1), 1).side == "unknown"


def test_meaningful_must_be_positive():
    with pytest.raises(ValueError, match="must be positive"):
        compare(Measured(1), Measured(1), 0)


@given(finite, finite, st.floats(0.01, 100))
def test_comparison_is_antisymmetric(a, b, meaningful):
    there = compare(Measured(a), Measured(b), meaningful)
    back = compare(Measured(b), Measured(a), meaningful)
    opposite = {"above": "below", "below": "above", "close": "close"}
    assert back.side == opposite[there.side]


@given(finite, st.floats(0, 10), finite, st.floats(0, 10), st.floats(0.01, 100))
def test_wider_bounds_never_establish_more(a, wide, b, wide_b, meaningful):
    exact = compare(Measured(a), Measured(b), meaningful)
    loose = compare(Measured(a, a - wide, a + wide), Measured(b, b - wide_b, b + wide_b), meaningful)
    assert loose.side in (exact.side, "close")


def test_counts_are_compared_by_the_conditional_exact_test():
    """116 births against 153: two-sided exact p = 0.028; 50 against 60 says nothing."""
    established, p = counts_differ(116, 153)
    assert established
    assert round(p, 3) == 0.028
    assert not counts_differ(50, 60)[0]
    assert counts_differ(0, 0) == (False, 1.0)
    # the smallest sum at which the two-sided sign test at 5 % can reject: 0 against 6 (p = 2/64)
    assert not counts_differ(0, 5)[0]
    assert counts_differ(0, 6) == (True, pytest.approx(2 / 64))
    with pytest.raises(ValueError, match="whole counts"):
        counts_differ(-1, 3)


def test_rank_ignores_missing_and_shares_ties():
    assert rank_of(60.5, [70.9, 60.5, 32.4, math.nan]) == (2, 4)
    assert rank_of(1, [2, 3], higher_first=False) == (1, 3)


def garrison():
    """No diploma among people aged 15+ out of school, RP 2023: La Cavalerie, and the 15 other communes."""
    return pd.DataFrame(
        {"code": ["12063", "15 autres"], "numerator": [985.8, 641.4], "denominator": [1836.8, 3801.0]}
    )


def test_a_garrison_is_found_by_rule_and_changes_the_reading():
    found = find_distortion(garrison(), reference=19.0, meaningful=2)
    assert found is not None
    assert found.place == "12063"
    assert found.with_place == pytest.approx(28.9, abs=0.1)
    assert found.without_place == pytest.approx(16.9, abs=0.1)
    assert found.changes_reading
    assert found.opposite


def test_no_distortion_where_all_communes_are_alike():
    alike = pd.DataFrame({"code": list("abc"), "numerator": [10, 20, 30], "denominator": [100, 200, 300]})
    assert find_distortion(alike, reference=5, meaningful=2) is None


def test_no_distortion_is_claimed_on_missing_parts_or_a_single_commune():
    parts = garrison()
    assert find_distortion(parts.head(1), 19, 2) is None
    parts.loc[0, "numerator"] = np.nan
    assert find_distortion(parts, 19, 2) is None


@given(st.lists(st.tuples(st.floats(0, 50), st.floats(50, 1000)), min_size=2, max_size=12))
def test_leave_one_out_agrees_with_summing_again(rows):
    parts = pd.DataFrame(rows, columns=["numerator", "denominator"]).assign(
        code=[str(i) for i in range(len(rows))]
    )
    result = leave_one_out(parts).set_index("code")["rate_without"]
    for code in parts["code"]:
        rest = parts[parts["code"] != code]
        assert result[code] == pytest.approx(100 * rest["numerator"].sum() / rest["denominator"].sum())


def test_nursing_homes_show_in_deaths():
    """Nant: 41 of the 77 deaths of 2025, for about 13 % of the inhabitants."""
    events = pd.DataFrame(
        {"code": ["12168", "12063", "autres"], "events": [41, 6, 30], "population": [900, 2223, 3623]}
    )
    found = concentrated_events(events)
    assert found["code"].tolist() == ["12168"]
    assert found["share_events"].iloc[0] == pytest.approx(41 / 77)


@given(st.floats(0, 1e4), st.floats(0, 10), st.floats(1, 1e4), st.floats(0, 0.9))
def test_ratio_bounds_contain_the_ratio(a, da, b, db):
    low, high = ratio_bounds(max(0, a - da), a + da, b - db, b + db, 100)
    assert low <= 100 * a / b <= high


def test_no_ratio_on_a_base_that_may_be_zero():
    assert np.isnan(ratio_bounds(1, 2, 0, 3)).all()
