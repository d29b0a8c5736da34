"""Unstable rates, moving sums: by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctg_lib.statistics.stability import flag, moving_mean, moving_sum, pooled_rate


def test_few_events_small_base_unknown():
    out = flag([19, 20, 400, np.nan], [500, 500, 99, 100])
    assert out["reason"].tolist() == ["few_events", "", "small_base", "unknown"]
    assert out["unstable"].tolist() == [True, False, True, True]


def test_the_threshold_is_a_relative_error_of_23_per_cent():
    """1/√19 = 22.9 % is still 23 % rounded; 1/√20 = 22.4 % is not (National Center for Health Statistics)."""
    errors = flag([19, 20])["relative_error"].round(3).tolist()
    assert errors == [0.229, 0.224]


def test_one_place_more_moves_the_coverage_by_074_point():
    """One place for about 135 children under three: 0.74 point."""
    assert flag(82, 135)["one_more"].iloc[0] == pytest.approx(0.74, abs=0.001)


def test_the_rarer_side_counts_in_a_share():
    assert flag(395, 400, share=True)["reason"].iloc[0] == "few_events"
    assert flag(395, 400)["reason"].iloc[0] == ""


def test_the_index_is_kept():
    out = flag(pd.Series([5, 50], index=["12063", "12168"]))
    assert out.loc["12063", "unstable"]
    assert not out.loc["12168", "unstable"]


def test_births_of_three_years():
    """Births 31, 50, 35 (domain figures): 116 in three years, 38.7 a year."""
    births = pd.Series({"2025": 35, "2023": 31, "2024": 50})
    assert moving_sum(births, 3).to_dict() == {"2023-2025": 116}
    assert moving_mean(births, 3).round(1).to_dict() == {"2023-2025": 38.7}


def test_a_hole_is_never_bridged():
    counts = pd.Series({2018: 1, 2019: 2, 2021: 4, 2022: 8, 2023: 16})
    assert moving_sum(counts, 2).to_dict() == {"2018-2019": 3, "2021-2022": 12, "2022-2023": 24}
    assert moving_sum(counts, 1).index.tolist() == ["2018", "2019", "2021", "2022", "2023"]


def test_pooled_rate_by_hand():
    """116 births in 3 × 6 746 person-years: 5.7 per thousand."""
    births = pd.Series({2023: 31, 2024: 50, 2025: 35})
    out = pooled_rate(births, pd.Series(6746, index=[2023, 2024, 2025]), 3)
    assert out.loc["2023-2025", "value"] == pytest.approx(5.73, abs=0.005)
    assert out.loc["2023-2025", "person_years"] == 20_238


@settings(deadline=None)
@given(st.lists(st.integers(0, 500), min_size=1, max_size=20), st.integers(1, 5))
def test_moving_sums_are_sums(counts, years):
    series = pd.Series(counts, index=range(2000, 2000 + len(counts)))
    out = moving_sum(series, years)
    assert out.tolist() == [sum(counts[i : i + years]) for i in range(len(counts) - years + 1)]


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_more_events_never_make_a_rate_less_stable(events, base):
    assert flag(events, base)["unstable"].iloc[0] >= flag(events + 1, base)["unstable"].iloc[0]


def test_errors_say_what_is_wrong():
    with pytest.raises(ValueError, match="negative numbers"):
        flag(-1, 10)
    with pytest.raises(ValueError, match="events above their base"):
        flag(11, 10, share=True)
    with pytest.raises(ValueError, match="given twice"):
        moving_sum(pd.Series([1, 2], index=["2023", 2023]), 1)
    with pytest.raises(ValueError, match="at least one year"):
        moving_sum(pd.Series([1], index=[2023]), 0)
