"""Trends and breaks. Golden values: AIDS deaths in Australia by quarter, January 1983 to June 1986 (B. M. Whyte et al.,
Medical Journal of Australia 146 (1987), 65-69), log-linear Poisson regression on time, as R's ``glm`` prints it in
P. Moraga, « Statistics », chapter « GLM » (paulamoraga.com/book-stats): intercept 0.33963, slope 0.25652 (standard
error 0.02204), deviance 29.654 on 12 degrees of freedom."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctg_lib.statistics.trend import mark_segments, poisson_trend, segments

AIDS = [0, 1, 2, 3, 1, 4, 9, 18, 23, 31, 20, 25, 37, 45]


def test_log_linear_trend_as_published():
    found = poisson_trend(AIDS, range(1, 15), overdispersion=False)
    assert found.intercept == pytest.approx(0.33963, abs=6e-6)
    assert found.slope == pytest.approx(0.25652, abs=6e-6)
    assert found.error == pytest.approx(0.02204, abs=6e-6)
    assert found.deviance == pytest.approx(29.654, abs=6e-4)
    assert found.established()


def test_scatter_beyond_poisson_widens_the_interval():
    plain, wide = (poisson_trend(AIDS, range(1, 15), overdispersion=o) for o in (False, True))
    assert wide.dispersion > 1
    assert wide.error == pytest.approx(plain.error * math.sqrt(wide.dispersion))
    assert wide.slope == plain.slope
    assert wide.lower < plain.lower < plain.ratio < plain.upper < wide.upper


def test_births_fluctuate_without_a_trend():
    """Counts that only scatter (made up around 45 a year): nothing is established."""
    found = poisson_trend([48, 41, 52, 39, 47, 50, 38, 46], range(2016, 2024))
    assert not found.established()
    assert found.lower < 1 < found.upper


def test_exposure_that_grows_as_fast_as_the_events_is_no_trend():
    found = poisson_trend([10, 20, 30, 40, 50], range(5), exposure=[100, 200, 300, 400, 500])
    assert found.ratio == pytest.approx(1, abs=1e-6)
    assert found.p == pytest.approx(1, abs=1e-6)


def test_nothing_is_said_of_too_little():
    assert poisson_trend([1, 2, 3], [1, 2, 3]) is None
    assert poisson_trend([0, 0, 0, 0], [1, 2, 3, 4]) is None
    assert poisson_trend([1, 2, 3, np.nan], [1, 2, 3, 4]) is None
    assert poisson_trend([1, 2, 3, 4], [1, 1, 1, 1]) is None


@settings(deadline=None)
@given(st.lists(st.integers(0, 200), min_size=4, max_size=15), st.integers(-3000, 3000), st.floats(0.1, 10))
def test_the_origin_and_unit_of_exposure_do_not_matter(counts, shift, unit):
    times = np.arange(len(counts))
    here = poisson_trend(counts, times)
    there = poisson_trend(counts, times + shift, exposure=np.full(len(counts), unit))
    if here is None:
        assert there is None
    else:
        assert there.slope == pytest.approx(here.slope, abs=1e-6)
        assert there.p == pytest.approx(here.p, abs=1e-6)


def test_poverty_is_never_compared_across_its_break():
    """Poverty of métropole: 14.9 in 2021, 15.9 in 2023 by another source: two segments, no difference."""
    series = pd.Series({"2019": 14.5, "2021": 14.9, "2023": 15.9})
    before, after = segments(series, breaks=["2023"])
    assert (before.first_period, before.last_period) == ("2019", "2021")
    assert before.difference == pytest.approx(0.4)
    assert (after.first, after.points) == (15.9, 1)
    assert math.isnan(after.difference)


def test_a_break_between_two_known_years_counts():
    assert mark_segments(["2019", "2021"], breaks=["2020"]) == [0, 1]
    assert mark_segments(["2016-2022", "2024-T4"], breaks=["2017", "2024"]) == [0, 2]


@settings(deadline=None)
@given(
    st.dictionaries(
        st.integers(1990, 2030), st.floats(-100, 100) | st.just(math.nan), min_size=1, max_size=15
    ),
    st.sets(st.integers(1990, 2030), max_size=4),
)
def test_no_segment_bridges_a_break(values, breaks):
    series = pd.Series({str(y): v for y, v in values.items()}, dtype=float)
    found = segments(series, [str(b) for b in breaks])
    assert sum(s.points for s in found) == int(series.notna().sum())
    for segment in found:
        first, last = int(segment.first_period), int(segment.last_period)
        assert not any(first < b <= last for b in breaks)


def test_errors_say_what_is_wrong():
    with pytest.raises(ValueError, match="given twice"):
        segments(pd.Series([1, 2], index=["2020", "2020"]))
    with pytest.raises(ValueError, match="same length"):
        poisson_trend([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="negative counts"):
        poisson_trend([-1, 2, 3, 4], [1, 2, 3, 4])
    with pytest.raises(ValueError, match="exposure must be positive"):
        poisson_trend([1, 2, 3, 4], [1, 2, 3, 4], exposure=[1, 1, 0, 1])
