"""Intervals of a share, of a difference of shares and of a count, against printed values.

What is published, and what was read of it:

* [single] R. G. Newcombe, « Two-sided confidence intervals for the single proportion: comparison of seven methods »,
  Statistics in Medicine 17 (1998), 857-872, table I, method 3. Its four examples are listed with SAS code in
  J. Hu, « A SAS implementation of confidence intervals for single proportion » (2011); the printed limits were not
  read in the article itself, and are worked out below from their definition.
* [difference] the same author, « Interval estimation for the difference between independent proportions: comparison
  of eleven methods », ibid., 873-890, table II, method 10. (a) and (b) as in a paper of the SAS users' group
  (WUSS 2016, paper 127, page 9, « Newcombe score »), (d) as in the tests of R's ``ratesci``, which cite the article.
* [Poisson] exact limits (F. Garwood, Biometrika 28 (1936), 437-442): for 0, 3.689 in the manual of R's ``epitools``;
  for 5, 1.623486 and 11.668332 in the test data of PHEindicatormethods; for 10, 4.80 and 18.39 as calculators give
  them; the others are worked out below from their definition.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, poisson

from ctg_lib.statistics.intervals import byar, exact_poisson, newcombe, wilson


@pytest.mark.parametrize(
    ("x", "n", "lower", "upper"),
    # [single] table I, method 3: Wilson's score, no correction
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_published(x, n, lower, upper):
    low, high = wilson(x, n)
    assert round(float(low), 4) == lower
    assert round(float(high), 4) == upper


@pytest.mark.parametrize(
    ("x", "lower", "upper"),
    # [Poisson]
    [(0, 0.0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.390), (50, 37.111, 65.919)],
)
def test_exact_poisson_published(x, lower, upper):
    low, high = exact_poisson(x)
    assert float(low) == pytest.approx(lower, abs=5e-4)
    assert float(high) == pytest.approx(upper, abs=5e-4)


@pytest.mark.parametrize(("x", "n"), [(81, 263), (15, 148), (1, 29)])
def test_wilson_limits_are_the_shares_just_rejected(x, n):
    """By definition: the two shares p of which x/n is 1.96 standard errors away, √(p (1 - p) / n)."""
    for p in map(float, wilson(x, n)):
        assert abs(x / n - p) / np.sqrt(p * (1 - p) / n) == pytest.approx(norm.ppf(0.975))


@pytest.mark.parametrize("x", [1, 5, 10, 50])
def test_exact_limits_leave_as_much_on_each_side(x):
    """By definition: x or more has a probability of 2.5 % at the lower limit, x or fewer at the upper one."""
    low, high = map(float, exact_poisson(x))
    assert poisson.sf(x - 1, low) == pytest.approx(0.025)
    assert poisson.cdf(x, high) == pytest.approx(0.025)


@given(st.integers(5, 5000))
def test_byar_is_close_to_exact(x):
    for ours, exact in zip(byar(x), exact_poisson(x), strict=True):
        assert float(ours) == pytest.approx(float(exact), rel=0.02)


@given(st.integers(0, 2000), st.integers(1, 2000))
def test_wilson_contains_the_share_and_stays_inside(x, n):
    x = min(x, n)
    low, high = wilson(x, n)
    assert 0 <= low <= x / n <= high <= 1


@given(st.integers(1, 500), st.floats(0.6, 0.98))
def test_more_confidence_is_wider(x, confidence):
    narrow, wide = byar(x, confidence), byar(x, min(0.999, confidence + 0.015))
    assert wide[0] <= narrow[0]
    assert wide[1] >= narrow[1]


def test_nothing_is_made_up_without_a_base():
    low, high = wilson([3, 0], [np.nan, 0])
    assert np.isnan(low).all()
    assert np.isnan(high).all()
    assert np.isnan(byar(np.nan)).all()
    assert np.isnan(exact_poisson(np.nan)).all()


def test_errors_say_what_is_wrong():
    with pytest.raises(ValueError, match="numerator above denominator"):
        wilson(5, 4)
    with pytest.raises(ValueError, match="negative counts"):
        wilson(-1, 4)
    with pytest.raises(ValueError, match="confidence must lie"):
        byar(3, 95)


def test_the_interval_of_a_difference_is_the_published_one():
    # [difference] table II, method 10, case (a)
    assert newcombe(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    # cases (b) and (d)
    assert newcombe(9, 10, 3, 10) == pytest.approx((0.1705, 0.8090), abs=5e-5)
    assert newcombe(5, 56, 0, 29) == pytest.approx((-0.0381, 0.1926), abs=5e-5)
    assert np.isnan(newcombe(0, 0, 1, 2)).all()
