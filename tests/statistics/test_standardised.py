"""Golden values: published test data of PHEindicatormethods (UK Health Security Agency, version 2.0.2,
tests/testthat/testdata_DSR_ISR.xlsx and testdata_Rate.xlsx), themselves made in a spreadsheet apart. Every number was
found again in these two workbooks (2026), the limits of 222 events as 6.026575 and 7.875729 per 100 of 3 215."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctg_lib.statistics.intervals import byar, exact_poisson
from ctg_lib.statistics.standardised import EUROPEAN_2013, direct, expected, indirect

ESP = pd.Series(EUROPEAN_2013)
AGES = ESP.index
PEOPLE = [636, 558, 609, 543, 384, 594, 669, 843, 660, 576, 606, 522, 426, 273, 300, 288, 153, 123, 207]
BIG = [127, 25, 18, 21, 12, 27, 48, 27, 29, 32, 32, 34, 45, 65, 38, 68, 74, 82, 91]
SMALL = [12, 4, 3, 2, 3, 4, 8, 2, 2, 3, 4, 5, 6, 8, 5, 6, 5, 5, 4]
TINY = [0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 1, 2, 3]
REFERENCE = [
    10303, 2824, 0, 3615, 3641, 3490, 3789, 3213, 3031, 2771, 3089, 3490, 3595, 4745, 5514, 7125, 5694, 6210, 5757,
]  # fmt: skip
REFERENCE_PEOPLE = [
    50520, 57173, 60213, 54659, 44345, 50128, 62163, 67423, 62899, 55463, 60479, 49974, 44140, 40888, 37239,
    30819, 18136, 15325, 13918,
]  # fmt: skip


def three_areas() -> tuple[pd.Series, pd.Series]:
    index = pd.MultiIndex.from_product([["big", "small", "tiny"], AGES])
    return pd.Series([*BIG, *SMALL, *TINY], index), pd.Series(PEOPLE * 3, index)


def test_direct_as_published():
    events, people = three_areas()
    out = direct(events, people, ESP, multiplier=100_000)
    assert out.loc["big", ["value", "lower", "upper"]].tolist() == pytest.approx(
        [10430.247991, 9717.709068, 11178.940915]
    )
    assert out.loc["small", ["value", "lower", "upper"]].tolist() == pytest.approx(
        [1103.212025, 877.455768, 1367.088223]
    )
    assert out["events"].tolist() == [895, 91, 9]
    assert out["population"].tolist() == [8970, 8970, 8970]


def test_direct_at_another_confidence_as_published():
    events, people = three_areas()
    out = direct(events, people, ESP, multiplier=10_000, confidence=0.998)
    assert out.loc["small", ["lower", "upper"]].tolist() == pytest.approx([76.364204, 153.003289])


def test_below_ten_events_the_rate_is_withheld():
    events, people = three_areas()
    tiny = direct(events, people, ESP).loc["tiny"]
    assert tiny["status"] == "below_threshold"
    assert tiny[["value", "lower", "upper"]].isna().all()
    assert tiny["events"] == 9


def test_indirect_as_published():
    """Observed 895 against 835.883561 expected: ratio 1.070723 (1.001715 to 1.143233)."""
    events, people = three_areas()
    rates = pd.Series(REFERENCE, AGES) / pd.Series(REFERENCE_PEOPLE, AGES)
    base = expected(people, rates)
    assert base["big"] == pytest.approx(835.883561)
    out = indirect(events.groupby(level=0).sum(), base)
    columns = ["value", "lower", "upper"]
    assert out.loc["big", columns].tolist() == pytest.approx([1.070723, 1.001715, 1.143233], abs=1e-6)
    assert out.loc["small", columns].tolist() == pytest.approx([0.108867, 0.087650, 0.133666], abs=1e-6)
    # nine events: exact limits
    assert out.loc["tiny", columns].tolist() == pytest.approx([0.010767, 0.004923, 0.020439], abs=1e-6)


@pytest.mark.parametrize(
    ("events", "lower", "upper"),
    [(20, 12.211429, 30.889880), (65, 50.163188, 82.849139), (222, 193.7543823, 253.2046966)],
)
def test_byar_as_published(events, lower, upper):
    """testdata_Rate.xlsx: rates per 100 on a base of 100 (and 222 of 3 215: 6.026575 to 7.875729)."""
    low, high = byar(events)
    assert float(low) == pytest.approx(lower, rel=1e-6)
    assert float(high) == pytest.approx(upper, rel=1e-6)


def test_exact_limits_as_published():
    low, high = exact_poisson(5)
    assert (float(low), float(high)) == pytest.approx((1.623486, 11.668332), abs=1e-6)


def test_keys_not_positions_decide():
    events, people = three_areas()
    turned = direct(events[::-1], people.sample(frac=1, random_state=3), ESP[::-1])
    pd.testing.assert_frame_equal(turned, direct(events, people, ESP))


def test_a_missing_stratum_is_never_a_zero():
    events, people = three_areas()
    out = direct(events.drop(("big", "Y0T4")), people, ESP)
    assert out.loc["big", "status"] == "missing"
    assert out.loc["small", "status"] == "observed"
    empty = people.copy()
    empty[("small", "Y5T9")] = 0  # nobody of that age: no rate can be given to it
    assert direct(events, empty, ESP).loc["small", "status"] == "missing"
    assert np.isnan(expected(people.drop(("big", "Y0T4")), ESP / 1e6)["big"])


def test_a_single_territory_needs_no_name():
    out = direct(pd.Series(BIG, AGES), pd.Series(PEOPLE, AGES), ESP, multiplier=100_000)
    assert out.index.tolist() == [""]
    assert out["value"].iloc[0] == pytest.approx(10430.247991)


def test_territories_may_have_several_keys():
    index = pd.MultiIndex.from_product([["2022", "2023"], ["12063"], AGES])
    out = direct(pd.Series(BIG * 2, index), pd.Series(PEOPLE * 2, index), ESP)
    assert out.index.tolist() == [("2022", "12063"), ("2023", "12063")]


def test_no_ratio_without_expected_events():
    out = indirect(pd.Series({"a": 4, "b": 4}), pd.Series({"a": 0.0, "b": 2.0}))
    assert out.loc["a", "status"] == "missing"
    assert out.loc["b", "value"] == 2


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 200), st.integers(300, 5000)), min_size=2, max_size=8),
    st.floats(0.1, 9),
)
def test_with_its_own_ages_the_standardised_rate_is_the_crude_rate(cells, size):
    strata = [f"s{i}" for i in range(len(cells))]
    events, people = (pd.Series([c[i] for c in cells], strata, dtype=float) for i in (0, 1))
    crude = 1000 * events.sum() / people.sum()
    out = direct(events, people, size * people, minimum=0)
    assert out["value"].iloc[0] == pytest.approx(crude)
    assert out["lower"].iloc[0] <= crude <= out["upper"].iloc[0]
    # and its limits are then Byar's
    low, high = byar(events.sum())
    assert out["lower"].iloc[0] == pytest.approx(1000 * float(low) / people.sum())
    assert out["upper"].iloc[0] == pytest.approx(1000 * float(high) / people.sum())


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 200), st.integers(300, 5000)), min_size=2, max_size=8))
def test_at_its_own_rates_the_ratio_is_one(cells):
    strata = [f"s{i}" for i in range(len(cells))]
    events, people = (pd.Series([c[i] for c in cells], strata, dtype=float) for i in (0, 1))
    base = expected(people, events / people)
    out = indirect(pd.Series({"": events.sum()}), base)
    assert out["value"].iloc[0] == pytest.approx(1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda e, p, s: (pd.concat([e, e]), p, s), "events: the same key is given twice"),
        (lambda e, p, s: (e, -p, s), "population: negative numbers"),
        (lambda e, p, s: (e, p, s.drop("Y0T4")), "strata that the standard does not know: Y0T4"),
        (lambda e, p, s: (e, p, s * 0), "no positive number"),
    ],
)
def test_errors_say_what_is_wrong(change, message):
    with pytest.raises(ValueError, match=message):
        direct(*change(*three_areas(), ESP))
