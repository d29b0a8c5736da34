"""Golden values from Newcombe (1998) Table I and from the exact Poisson limits of Ulm (1990)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctg_lib.statistics.intervals import byar, exact_poisson, newcombe, wilson


@pytest.mark.parametrize(
    ("x", "n", "lower", "upper"),
    # Newcombe RG, Stat. Med. 1998;17:857-872, Table I, method 3 (Wilson score, no correction)
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_published(x, n, lower, upper):
    low, high = wilson(x, n)
    assert round(float(low), 4) == lower
    assert round(float(high), 4) == upper


@pytest.mark.parametrize(
    ("x", "lower", "upper"),
    # Ulm K, Am J Epidemiol 1990;131:373-375 and standard tables of exact Poisson limits
    [(0, 0.0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.390), (50, 37.111, 65.919)],
)
def test_exact_poisson_published(x, lower, upper):
    low, high = exact_poisson(x)
    assert float(low) == pytest.approx(lower, abs=5e-4)
    assert float(high) == pytest.approx(upper, abs=5e-4)


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
    # Newcombe 1998, Statistics in Medicine 17, table II, case (a), method 10: 56/70 and 48/80
    assert newcombe(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    # case (c): 9/10 and 3/10; case (e): 5/56 and 0/29
    assert newcombe(9, 10, 3, 10) == pytest.approx((0.1705, 0.8090), abs=5e-5)
    assert newcombe(5, 56, 0, 29) == pytest.approx((-0.0381, 0.1926), abs=5e-5)
    assert np.isnan(newcombe(0, 0, 1, 2)).all()
