"""Many comparisons: published worked examples, and groups that are alike."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from ctg_lib.statistics.calibration import Design
from ctg_lib.statistics.multiple import adjusted, differences


def test_holm_on_four_tests():
    """Holm's steps by hand: 4 × 0.01, 3 × 0.02, 2 × 0.03 raised to what comes before, 0.04 likewise."""
    assert adjusted([0.01, 0.04, 0.03, 0.02]) == pytest.approx([0.04, 0.06, 0.06, 0.06])


def test_example_of_benjamini_and_hochberg():
    """Y. Benjamini and Y. Hochberg, J. R. Statist. Soc. B 57 (1995), 289-300, section 3.2: of 15 p-values, the first
    four are rejected at 0.05, three by Bonferroni.

    Read in the manual of SciPy, ``scipy.stats.false_discovery_control``, which takes the example from the article and
    prints the adjusted values. Holm's step by hand: 12 × 0.0095 = 0.114 is not rejected.
    """
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1.0,
    ]
    assert int((adjusted(p, "bh") <= 0.05).sum()) == 4
    printed = [0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.06385714, 0.06385714, 0.0645, 0.0765, 0.486]
    assert adjusted(p, "bh")[:10] == pytest.approx(printed, abs=5e-9)
    assert int((adjusted(p, "holm") <= 0.05).sum()) == 3
    assert adjusted(p, "holm")[:4] == pytest.approx([15 * 0.0001, 14 * 0.0004, 13 * 0.0019, 12 * 0.0095])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_another_implementation(p):
    assert adjusted(p, "bh") == pytest.approx(false_discovery_control(p), abs=1e-12)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusting_never_makes_smaller_and_keeps_the_order(p):
    for method in ("holm", "bh"):
        out = adjusted(p, method)
        assert (out >= np.array(p) - 1e-12).all()
        assert (out <= 1).all()
        assert (np.diff(out[np.argsort(p, kind="stable")]) >= -1e-12).all()


def test_what_is_not_known_is_not_counted():
    assert adjusted([0.01, np.nan, 0.02])[[0, 2]] == pytest.approx([0.02, 0.02])
    assert np.isnan(adjusted([np.nan])).all()
    assert np.isnan(adjusted([np.nan], "bh")).all()


@pytest.mark.parametrize(("p", "method"), [([1.5], "holm"), ([0.5], "none")])
def test_what_is_refused(p, method):
    with pytest.raises(ValueError, match=r"p-values|unknown"):
        adjusted(p, method)


def test_a_group_beside_the_others():
    """Two shares of independent halves: the standard error is that of two samples."""
    y = np.array([1.0] * 60 + [0.0] * 40 + [1.0] * 40 + [0.0] * 60)
    group = np.array([1.0] * 100 + [0.0] * 100)
    row = differences(Design(np.ones(200)), y, np.ones(200), {"a": group}).iloc[0]
    assert (row["value"], row["rest"], row["difference"]) == pytest.approx((0.6, 0.4, 0.2))
    error = np.sqrt(0.6 * 0.4 / 100 + 0.4 * 0.6 / 100)
    assert row["upper"] - row["lower"] == pytest.approx(2 * 1.96 * error, rel=0.01)
    assert row["established"]


def test_a_single_group_that_is_everybody_is_compared_with_nobody():
    row = differences(Design(np.ones(10)), np.ones(10), np.ones(10), {"a": np.ones(10)}).iloc[0]
    assert np.isnan(row["difference"])
    assert not row["established"]


def test_one_false_finding_in_twenty_surveys_at_most():
    """Five groups drawn alike, two hundred times: a finding in some of them in 5 % of the cases, about."""
    rng = np.random.default_rng(6)
    found = 0
    for _ in range(200):
        y = (rng.random(400) < 0.4).astype(float)
        group = rng.integers(0, 5, 400)
        groups = {str(k): group == k for k in range(5)}
        found += bool(differences(Design(np.ones(400)), y, np.ones(400), groups)["established"].any())
    assert found <= 20
