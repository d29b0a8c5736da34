"""Census « complémentaire » tables: golden value from Cochran (1977), and what any such interval must do."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ctg_lib.statistics.intervals import wilson
from ctg_lib.statistics.sampling import ONE_IN_FIVE, count_interval, one_in_four, standard_error

counts = st.integers(1, 20_000)
shares = st.floats(0, 1)
fractions = st.floats(0.05, 0.95)


def test_standard_error_of_cochran():
    """Cochran WG (1977), Sampling Techniques, 3rd ed., section 3.2: 38 wrong addresses among a sample of 200
    of a list of 3 042; total 578, standard error 81.8. The book itself was not read; by hand:
    3 042 √((1 - 200/3 042) × 0.19 × 0.81 / 199) = 81.77."""
    error = 3042 * standard_error(0.19 * 3042, 3042, fraction=200 / 3042)
    assert float(error) == pytest.approx(81.8, abs=0.05)


def test_the_interval_is_wilson_with_the_effective_size():
    """120 of 400 weighted families, one in four: a sample of 100, effective size 100 / 0.75 = 133.3."""
    assert np.allclose(one_in_four(120, 400), wilson(40, 400 / 3))
    # by hand: z² = 3.8415, n* = 133.33, p = 0.3: centre 0.31441/1.02881 , half-width 0.07912/1.02881
    low, high = one_in_four(120, 400)
    assert (round(float(low), 3), round(float(high), 3)) == (0.229, 0.382)


def test_a_count_is_the_share_times_what_it_is_part_of():
    low, high = count_interval(120, 400)
    share = one_in_four(120, 400)
    assert (float(low), float(high)) == pytest.approx((400 * float(share[0]), 400 * float(share[1])))


def test_one_in_five_is_a_seventh_wider_than_one_in_four():
    widths = [np.subtract(*one_in_four(5000, 10_000, fraction=f)[::-1]) for f in (ONE_IN_FIVE, 0.25)]
    assert widths[0] / widths[1] == pytest.approx(np.sqrt(4 / 3), rel=0.01)


@settings(deadline=None)
@given(counts, shares, fractions)
def test_it_contains_the_estimate_and_stays_possible(n, share, fraction):
    x = share * n
    low, high = one_in_four(x, n, fraction=fraction)
    assert 0 <= low <= x / n <= high <= 1
    # what the sample has already shown cannot be undone by the rest
    assert low >= fraction * x / n - 1e-9
    assert high <= 1 - fraction * (1 - x / n) + 1e-9


@settings(deadline=None)
@given(counts, shares, fractions)
def test_a_larger_population_narrows_it(n, share, fraction):
    small, large = (
        one_in_four(share * n, n, fraction=fraction),
        one_in_four(share * 2 * n, 2 * n, fraction=fraction),
    )
    assert large[1] - large[0] <= small[1] - small[0] + 1e-9


@settings(deadline=None)
@given(counts, shares, fractions)
def test_the_finite_correction_narrows_it(n, share, fraction):
    x = share * n
    low, high = one_in_four(x, n, fraction=fraction)
    free_low, free_high = wilson(fraction * x, fraction * n)
    assert low >= free_low - 1e-9
    assert high <= free_high + 1e-9


@settings(deadline=None)
@given(counts, shares, fractions, fractions)
def test_a_larger_sample_narrows_it(n, share, one, other):
    assume(abs(one - other) > 1e-6)
    few, many = sorted((one, other))
    wide, narrow = one_in_four(share * n, n, fraction=few), one_in_four(share * n, n, fraction=many)
    assert narrow[1] - narrow[0] <= wide[1] - wide[0] + 1e-9


@settings(deadline=None)
@given(counts, shares, st.floats(1, 5))
def test_clustering_widens_it(n, share, effect):
    plain, clustered = one_in_four(share * n, n), one_in_four(share * n, n, design_effect=effect)
    assert clustered[0] <= plain[0] + 1e-9
    assert clustered[1] >= plain[1] - 1e-9


def test_a_full_count_leaves_no_interval():
    low, high = one_in_four(30, 120, fraction=1)
    assert float(low) == float(high) == 0.25


def test_nothing_is_made_up_without_a_base():
    assert np.isnan(one_in_four([3, 0], [np.nan, 0])).all()
    assert np.isnan(standard_error(1, 4))  # a sample of one


def test_rows_may_have_their_own_fraction():
    low, _ = one_in_four([50, 50], [100, 100], fraction=[0.25, 0.4])
    assert low[0] < low[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"x": 5, "n": 4}, "numerator above denominator"),
        ({"x": -1, "n": 4}, "negative counts"),
        ({"x": 1, "n": 4, "fraction": 0}, "fraction must lie above 0"),
        ({"x": 1, "n": 4, "fraction": 1.5}, "fraction must lie above 0"),
        ({"x": 1, "n": 4, "confidence": 95}, "confidence must lie"),
        ({"x": 1, "n": 4, "design_effect": 0.5}, "design effect must be at least 1"),
    ],
)
def test_errors_say_what_is_wrong(arguments, message):
    x, n = arguments.pop("x"), arguments.pop("n")
    with pytest.raises(ValueError, match=message):
        one_in_four(x, n, **arguments)
