"""Ways of ranking: published examples, then what must hold whatever the scores and weights."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctg_lib.agreement.ranking import (
    QUADRANTS,
    agreement,
    duels,
    grid,
    hanlon,
    on_ten,
    part_of,
    ranks,
    weighted,
)
from ctg_lib.agreement.sensitivity import (
    MOST_CORNERS,
    pairs,
    rank_ranges,
    weightings,
    without_each,
)

NAN = float("nan")


def frame(rows, columns=None):
    table = pd.DataFrame(rows, columns=columns)
    return table.set_axis([f"E{n}" for n in range(len(table))]).set_axis([f"C{n}" for n in table], axis=1)


def row(*weights):
    return pd.DataFrame([list(map(float, weights))], columns=[f"C{n}" for n in range(len(weights))])


# ------------------------------------------------------------------------------------------ published examples


def mean_rho(w, judges):
    """Mean rank correlation of judges without ties from Kendall's W, as published: W = (1 + mean(rho) (m − 1)) / m.

    Kendall, Rank Correlation Methods, 1948; the formula is that of the help of DescTools::KendallW (R).
    """
    return (judges * w - 1) / (judges - 1)


def test_agreement_of_ten_projects_and_four_judges() -> None:
    # « The Kendall's coefficient of concordance W », example 1 (scribd 659863121): sum of squared gaps 1 048
    a = [1, 3, 4, 5, 2, 8, 6, 7, 10, 9]
    b = [2, 1, 4, 5, 6, 3, 8, 7, 10, 9]
    c = [3, 2, 1, 5, 7, 4, 6, 8, 9, 10]
    d = [4, 2, 3, 1, 6, 7, 5, 9, 8, 10]
    w = 12 * 1048 / (16 * 10 * 99)
    assert agreement(frame({0: a, 1: b, 2: c, 3: d})) == pytest.approx(mean_rho(w, 4))


def test_agreement_of_four_judges_who_share_nothing_is_below_zero() -> None:
    # ProofWiki, Kendall's Coefficient of Concordance, Arbitrary Example 1: W = 1/16, that is rho = −1/4
    found = agreement(frame([[1, 1, 2, 3], [3, 2, 3, 1], [2, 3, 1, 2]]))
    assert found == pytest.approx(mean_rho(1 / 16, 4)) == pytest.approx(-0.25)


def test_agreement_with_ties() -> None:
    # scipy.stats.spearmanr, reference, first example: two ranks are shared; statistic = 0.8207826816681233
    found = agreement(frame({0: [1, 2, 3, 4, 5], 1: [5, 6, 7, 8, 7]}))
    assert found == pytest.approx(0.8207826816681233)
    # by hand: ranks 1 2 3 4 5 and 1 2 3,5 5 3,5; products of gaps add up to 8, squares to 10 and 9,5: 8 / √95
    order = np.array([1, 2, 3.5, 5, 3.5]) - 3
    assert found == pytest.approx(np.arange(-2, 3) @ order / np.sqrt(10 * (order @ order)))


def test_two_orders_agree_from_opposite_to_same() -> None:
    # Kendall's W of these would be 0, 1/2 and 1: its 0 is no absence of link but opposite orders
    up = [1, 2, 3, 4, 5]
    assert agreement(frame({0: up, 1: up[::-1]})) == pytest.approx(-1)
    assert agreement(frame({0: up, 1: [2, 5, 3, 1, 4]})) == pytest.approx(0)
    assert agreement(frame({0: up, 1: up})) == pytest.approx(1)


def test_agreement_of_too_little_is_not_a_number() -> None:
    assert np.isnan(agreement(frame([[1, 2], [2, 1]]))) and np.isnan(agreement(frame([[1], [2], [3]])))
    assert np.isnan(agreement(frame([[1, 1], [1, 2], [1, 3]])))  # the first puts nothing in order


def test_hanlon_at_its_published_bounds() -> None:
    # Guide to Prioritization Techniques: D = [A + (2 x B)] x C, each from 0 to 10; Hanlon and Pickett give the same
    # as (A + B) C / 3 with B from 0 to 20, at most 100
    ten = pd.Series([10.0, 0.0])
    assert hanlon(ten, ten, ten).tolist() == [300, 0] and (hanlon(ten, ten, ten) / 3).tolist() == [100, 0]
    assert hanlon(pd.Series([7.0]), pd.Series([8.0]), pd.Series([6.0])).tolist() == [(7 + 2 * 8) * 6]
    assert on_ten(pd.Series([1.0, 3.0, 5.0])).tolist() == [0, 5, 10]


def test_duels_of_the_cities_of_tennessee() -> None:
    # The usual example of Copeland's method: four groups of voters (42, 26, 15, 17 %), Nashville beats all others
    preferences = {
        "Memphis": (4, 1, 1, 1),
        "Nashville": (3, 4, 2, 2),
        "Chattanooga": (2, 3, 4, 3),
        "Knoxville": (1, 2, 3, 4),
    }
    table = pd.DataFrame(preferences, index=["C0", "C1", "C2", "C3"]).T.astype(float)
    won = duels(table, row(42, 26, 15, 17)).iloc[:, 0]
    assert won.to_dict() == {"Memphis": 0, "Nashville": 3, "Chattanooga": 2, "Knoxville": 1}


# --------------------------------------------------------------------------------------------------- by hand


def test_weights_are_parts_of_their_sum() -> None:
    table = frame([[4, 2], [1, 5]])
    assert weighted(table, row(3, 1)).iloc[:, 0].tolist() == [3.5, 2.0]
    assert weighted(table, row(300, 100)).iloc[:, 0].tolist() == [3.5, 2.0]
    assert weighted(table, row(0, 0)).isna().all(axis=None)
    assert weighted(frame([[], []]), pd.DataFrame([[]])).isna().all(axis=None)


def test_a_missing_score_gives_no_rank_and_takes_none() -> None:
    table = frame([[4, 2], [NAN, 5], [1, 1]])
    values = weighted(table, row(1, 1))
    assert values.iloc[:, 0].isna().tolist() == [False, True, False]
    assert ranks(values)["low"].tolist()[::2] == [1, 2] and np.isnan(ranks(values)["low"].iloc[1])
    assert weighted(table, row(0, 1)).iloc[:, 0].tolist() == [2, 5, 1]  # what weighs nothing may be missing


def test_equal_values_share_their_ranks() -> None:
    found = ranks(frame([[0.1 + 0.2], [0.3], [0.9], [0.0]]))
    assert found.values.tolist() == [[2, 3], [2, 3], [1, 1], [4, 4]]


def test_a_draw_is_half_a_duel() -> None:
    assert duels(frame([[3, 3], [3, 3], [1, 1]]), row(1, 1)).iloc[:, 0].tolist() == [1.5, 1.5, 0]


def test_the_grid_has_four_cells_and_says_when_weights_change_one() -> None:
    roles = pd.Series(["taille", "gravite", "faisabilite"], ["C0", "C1", "C2"])
    table = frame([[5, 5, 5], [5, 5, 1], [1, 1, 5], [1, 1, 1], [4, 2.1, 3]])
    found = grid(table, weightings(pd.Series([1.0, 1.0, 1.0], table.columns)), roles)
    assert found["quadrant"].tolist()[:4] == list(QUADRANTS.values())
    assert found["quadrant"].iloc[4] == "besoin fort, faisable" and len(found["quadrants"].iloc[4]) == 2
    assert found["need"].iloc[4] == pytest.approx(3.05)


def test_a_role_without_a_criterion() -> None:
    roles = pd.Series(["taille", "autre"], ["C0", "C1"])
    table = frame([[5, 1]])
    assert part_of(table, row(1, 1), roles, "efficacite").isna().all(axis=None)
    assert part_of(table, row(1, 1), roles, "taille", "gravite").isna().all(axis=None)
    assert part_of(table, row(1, 1), roles, "taille", "gravite", every=False).iloc[:, 0].tolist() == [5]
    assert grid(table, row(1, 1), roles)["quadrant"].tolist() == [""]


def test_weights_are_tried_alone_at_corners_and_inside() -> None:
    weights = pd.Series([2.0, 4.0], ["C0", "C1"])
    tried = weightings(weights)
    assert tried.iloc[0].tolist() == [2, 4]
    assert {tuple(r) for r in tried.iloc[1:].to_numpy()[:8]} >= {
        (1, 4),
        (3, 4),
        (2, 2),
        (2, 6),
        (1, 2),
        (3, 6),
    }
    assert tried.div(weights).min(axis=None) >= 0.5 and tried.div(weights).max(axis=None) <= 1.5
    pd.testing.assert_frame_equal(tried, weightings(weights))  # always the same
    many = pd.Series(1.0, [f"C{n}" for n in range(MOST_CORNERS + 2)])
    assert len(weightings(many)) < 2**MOST_CORNERS * 3
    assert weightings(pd.Series(dtype=float)).shape == (1, 0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        weightings(weights, 1.0)


def test_a_range_found_by_hand() -> None:
    # E0 leads by C0 alone, E1 by C1 alone: halving one weight and raising the other turns them; E2 is last by both
    table, weights = frame([[5, 1], [1, 4.8], [1, 1]]), pd.Series([1.0, 1.0], ["C0", "C1"])
    found = rank_ranges(table, weightings(weights))
    assert found[["first", "low", "high"]].values.tolist() == [[1, 1, 2], [2, 1, 2], [3, 3, 3]]
    two_by_two = pairs(table, weightings(weights))
    assert two_by_two.values.tolist() == [
        ["E0", "E1", False, True, False], ["E0", "E2", False, False, True], ["E1", "E2", False, False, True],
    ]  # fmt: skip
    assert without_each(table, weights).values.tolist() == [[2, 1], [1, 2], [2, 2]]
    assert without_each(table[["C0"]], weights[:1]).empty


def test_ranges_may_overlap_where_the_order_never_turns() -> None:
    # E2 may come before each of the others; E0 is never behind E1, whose ranks 2 to 3 meet its own 1 to 2
    table, weights = frame([[4, 3], [3.9, 2.9], [1, 5]]), pd.Series([1.0, 1.0], ["C0", "C1"])
    around = weightings(weights)
    found = rank_ranges(table, around)
    assert found.loc["E0", "high"] >= found.loc["E1", "low"] == 2
    by = pairs(table, around).set_index(["ahead", "behind"])
    assert not by.loc[("E0", "E1"), "turns"] and by.loc[("E0", "E1"), "dominates"]
    assert by.loc[("E0", "E2"), "turns"] and by.loc[("E1", "E2"), "turns"]


def test_a_chain_of_overlaps_puts_nothing_together() -> None:
    # ranks 1–2, 1–3 and 2–3 chain the three; the first is before the last by both criteria
    table, weights = frame([[5, 2], [2, 4.6], [4, 1.9]]), pd.Series([1.0, 1.0], ["C0", "C1"])
    by = pairs(table, weightings(weights)).set_index(["ahead", "behind"])
    assert by.loc[("E0", "E2"), ["turns", "dominates"]].tolist() == [False, True]


def test_a_tie_that_some_weights_break_turns() -> None:
    table, weights = frame([[3, 4], [4, 3], [4, 3]]), pd.Series([1.0, 1.0], ["C0", "C1"])
    by = pairs(table, weightings(weights)).set_index(["ahead", "behind"])
    assert by.loc[("E0", "E1"), ["tied", "turns", "dominates"]].tolist() == [True, True, False]
    assert by.loc[("E1", "E2"), ["tied", "turns", "dominates"]].tolist() == [True, False, False]


def test_pairs_leave_out_what_is_not_scored_and_what_weighs_nothing() -> None:
    table, weights = frame([[5, 1], [NAN, 3], [4, 2]]), pd.Series([1.0, 0.0], ["C0", "C1"])
    assert pairs(table, weightings(weights)).values.tolist() == [["E0", "E2", False, False, True]]
    assert pairs(frame([[], []]), weightings(pd.Series(dtype=float))).empty


# ------------------------------------------------------------------------------------------------ properties


@st.composite
def scored(draw):
    issues, criteria = draw(st.integers(2, 6)), draw(st.integers(1, 4))
    score = st.integers(10, 50).map(lambda tenth: tenth / 10)
    rows = draw(
        st.lists(st.lists(score, min_size=criteria, max_size=criteria), min_size=issues, max_size=issues)
    )
    weights = draw(st.lists(st.integers(1, 9), min_size=criteria, max_size=criteria))
    table = frame(rows)
    return table, pd.Series(weights, table.columns, dtype="float64")


@settings(max_examples=40)
@given(scored(), st.floats(0.01, 100))
def test_scaling_weights_changes_nothing(given_, factor) -> None:
    table, weights = given_
    one, other = (rank_ranges(table, weightings(w)) for w in (weights, weights * factor))
    np.testing.assert_allclose(one["value"], other["value"])
    pd.testing.assert_frame_equal(one[["first", "last"]], other[["first", "last"]])
    pd.testing.assert_frame_equal(duels(table, row(*weights)), duels(table, row(*weights * 8)))


@settings(max_examples=40)
@given(scored())
def test_a_range_holds_the_rank_and_lies_within_what_pairs_allow(given_) -> None:
    table, weights = given_
    found = rank_ranges(table, weightings(weights))
    assert (found["low"] <= found["first"]).all() and (found["last"] <= found["high"]).all()
    n = len(table)
    for i in range(n):
        # exact, for each pair: the weights of the box that favour one most
        gaps = (table - table.iloc[i]).mul(weights)
        sure = gaps.sum(axis=1) - 0.5 * gaps.abs().sum(axis=1) > 1e-6
        below = gaps.sum(axis=1) + 0.5 * gaps.abs().sum(axis=1) < -1e-6
        assert found["low"].iloc[i] >= 1 + sure.sum() and found["high"].iloc[i] <= n - below.sum()


@settings(max_examples=40)
@given(scored(), st.randoms(use_true_random=False))
def test_the_order_of_lines_and_columns_does_not_matter(given_, chance) -> None:
    table, weights = given_
    lines, columns = list(table.index), list(table.columns)
    chance.shuffle(lines)
    chance.shuffle(columns)
    mixed = table.loc[lines, columns]
    base = row(*weights)
    pd.testing.assert_frame_equal(weighted(mixed, base[columns]).loc[table.index], weighted(table, base))
    pd.testing.assert_frame_equal(duels(mixed, base[columns]).loc[table.index], duels(table, base))
    one, other = (
        rank_ranges(t, weightings(w))
        for t, w in ((table, weights), (mixed.loc[:, columns], weights[columns]))
    )
    pd.testing.assert_frame_equal(one[["first", "last"]], other.loc[table.index, ["first", "last"]])


@given(scored())
def test_duels_are_all_shared_out(given_) -> None:
    table, weights = given_
    n = len(table)
    assert duels(table, row(*weights)).iloc[:, 0].sum() == n * (n - 1) / 2


@given(scored())
def test_agreement_lies_between_opposite_and_same(given_) -> None:
    table, _ = given_
    value = agreement(table)
    assert np.isnan(value) or -1 - 1e-9 <= value <= 1 + 1e-9
    same = agreement(pd.DataFrame({f"C{n}": np.arange(len(table)) for n in range(3)}))
    assert same == pytest.approx(1) if len(table) >= 3 else np.isnan(same)


@settings(max_examples=40)
@given(scored())
def test_pairs_turn_exactly_where_a_corner_of_the_weights_turns_them(given_) -> None:
    table, weights = given_
    for ahead, behind, tied, turns, dominates in pairs(table, weightings(weights)).values.tolist():
        gap = (table.loc[ahead] - table.loc[behind]) * weights
        least = gap.sum() - 0.5 * gap.abs().sum()
        if abs(least) > 1e-6:
            assert turns == (least < 0)
        if dominates:
            assert not turns and not tied


def test_corners_alone_tell_which_pairs_may_change_places() -> None:
    table = frame(list(itertools.product((1, 3, 5), repeat=2)))
    weights = pd.Series([1.0, 1.0], table.columns)
    corners, whole = weightings(weights).iloc[: 1 + 4 + 4], weightings(weights)
    for a, b in itertools.combinations(table.index, 2):
        pair = table.loc[[a, b]]
        assert (
            ranks(weighted(pair, corners))["high"].tolist() == ranks(weighted(pair, whole))["high"].tolist()
        )
