"""Rules as data, masks for partners' files, rounding to 5."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ctg_lib.disclosure import Policy, policy_of
from ctg_lib.disclosure.policy import (
    NO_TEXT,
    SENDERS,
    mask_partner_counts,
    survey_cells,
    survey_threshold,
    threshold,
    withhold_small_bases,
)
from ctg_lib.disclosure.rounding import possible_values, round_counts, round_table, round_with_total
from ctg_lib.indicators.registry import registry


def test_senders_rules_of_the_literature():
    fiscal = SENDERS["filosofi"]
    assert (fiscal.min_units, fiscal.dominance, fiscal.established) == (11, 0.85, True)
    assert SENDERS["entreprises"].min_units == 3
    assert SENDERS["cnaf"].rounding == SENDERS["dares"].rounding == 5
    assert SENDERS["partenaire"].min_units == 5
    assert SENDERS["partenaire"].source == NO_TEXT and not SENDERS["partenaire"].established
    assert all(rule.source for rule in SENDERS.values())


def test_threshold():
    assert threshold(5, sensitive=False) == 5
    assert threshold(5, sensitive=True) == 10
    assert threshold(0, sensitive=True) == 0  # open data, protected by its sender
    assert (survey_threshold(False), survey_threshold(True)) == (5, 10)


def test_every_indicator_has_a_policy():
    for rule in registry().values():
        policy = policy_of(rule)
        assert policy.threshold == 0 or policy.threshold >= 5
        assert policy.bites == (rule.min_count > 0)


def test_levels():
    policy = Policy("x", finest_level="epci")
    assert [policy.allows(level) for level in ("structure", "commune", "epci", "france")] == [
        False, False, True, True,
    ]  # fmt: skip
    assert Policy("x", finest_level="structure").allows("structure")
    assert not Policy("x", finest_level="commune").allows("structure")


def test_a_rate_on_a_small_base_is_withheld_and_its_counts_stay():
    rows = pd.DataFrame(
        {"value": [10.0, 20.0], "lower": [9.0, np.nan], "upper": [11.0, np.nan], "numerator": [9.0, 40.0],
         "denominator": [90.0, 200.0], "status": ["observed", "observed"]}
    )  # fmt: skip
    out = withhold_small_bases(rows, 100)
    assert out["status"].tolist() == ["below_threshold", "observed"]
    assert out.loc[0, ["value", "lower", "upper"]].isna().all()
    assert out.loc[0, "numerator"] == 9
    assert withhold_small_bases(rows, 0) is rows


def test_partner_counts():
    out = mask_partner_counts(pd.Series([0, 1, 4, 5, np.nan, 9]))
    assert out["status"].tolist() == ["observed", "secret", "secret", "observed", "missing", "observed"]
    assert out["value"].isna().tolist() == [False, True, True, False, True, False]
    assert out.loc[1, ["low", "high"]].tolist() == [1, 4]
    sensitive = mask_partner_counts(pd.Series([9, 10]), sensitive=True)
    assert sensitive["status"].tolist() == ["secret", "observed"]


def test_survey_cells():
    table = pd.DataFrame({"respondents": [0, 4, 5, 9, 10]})
    assert survey_cells(table).tolist() == [True, False, True, True, True]
    assert survey_cells(table, sensitive=True).tolist() == [True, False, False, False, True]


@given(st.lists(st.integers(0, 400), min_size=1, max_size=12))
def test_rounding_bounds_contain_the_count(counts):
    exact = pd.Series(counts, dtype="float64")
    made = round_counts(exact)
    assert (made["value"] % 5 == 0).all()
    assert (made["low"] <= exact).all() and (exact <= made["high"]).all()
    assert made["high"].sub(made["low"]).ge(2).all()


def test_rounding_by_hand():
    made = round_counts(pd.Series([0, 1, 2, 3, 7, 8, np.nan]))
    assert made["value"].tolist()[:6] == [0, 0, 0, 5, 5, 10]
    assert made.loc[3, ["low", "high"]].tolist() == [3, 7]
    assert made.loc[1, ["low", "high"]].tolist() == [0, 2]
    assert made.loc[6, "status"] == "missing"
    with pytest.raises(ValueError, match="odd number"):
        round_counts(pd.Series([1]), base=10)
    with pytest.raises(ValueError, match="whole counts"):
        round_counts(pd.Series([1.5]))


def test_a_total_that_would_undo_the_rounding_is_withheld():
    _, total = round_with_total(pd.Series([2, 2, 2, 2]), 8)
    assert total["status"].tolist() == ["below_threshold"]
    parts, total = round_with_total(pd.Series([7, 12, 1]), 20)
    assert (total["value"].iloc[0], total["status"].iloc[0]) == (20, "rounded")
    assert parts["value"].tolist() == [5, 10, 0]


@given(st.lists(st.integers(0, 9), min_size=2, max_size=4))
def test_rounded_total_leaves_three_possible_values(counts):
    """Checked by trying every whole count."""
    parts, total = round_with_total(pd.Series(counts), sum(counts))
    assume(total["status"].iloc[0] == "rounded")
    ranges = [range(int(a), int(b) + 1) for a, b in zip(parts["low"], parts["high"], strict=True)]
    low, high = total["low"].iloc[0], total["high"].iloc[0]
    possible = [c for c in itertools.product(*ranges) if low <= sum(c) <= high]
    least, most = possible_values(parts, total)
    for i in range(len(counts)):
        seen = {c[i] for c in possible}
        assert counts[i] in seen
        assert (min(seen), max(seen)) == (least.iloc[i], most.iloc[i])
        assert len(seen) >= 3


def test_round_table_takes_exact_counts_out():
    table = pd.DataFrame(
        {"value": [13.0, np.nan], "lower": np.nan, "upper": np.nan, "numerator": [13.0, np.nan],
         "denominator": np.nan, "status": ["observed", "secret"]}
    )  # fmt: skip
    out = round_table(table)
    assert out.loc[0, ["value", "lower", "upper"]].tolist() == [15, 13, 17]
    assert out["numerator"].isna().all()
    assert out["status"].tolist() == ["rounded", "secret"]
