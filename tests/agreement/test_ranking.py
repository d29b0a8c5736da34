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
    concordance,
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
    rank_ranges,
    told_apart,
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


def test_kendall_w_of_ten_projects_and_four_judges() -> None:
    # « The Kendall's coefficient of concordance W », example 1 (scribd 659863121): sum of squared gaps 1 048
    a = [1, 3, 4, 5, 2, 8, 6, 7, 10, 9]
    b = [2, 1, 4, 5, 6, 3, 8, 7, 10, 9]
    c = [3, 2, 1, 5, 7, 4, 6, 8, 9, 10]
    d = [4, 2, 3, 1, 6, 7, 5, 9, 8, 10]
    assert concordance(frame({0: a, 1: b, 2: c, 3: d})) == pytest.approx(12 * 1048 / (16 * 10 * 99))


def test_kendall_w_of_three_competitors() -> None:
    # ProofWiki, Kendall's Coefficient of Concordance, Arbitrary Example 1
    assert concordance(frame([[1, 1, 2, 3], [3, 2, 3, 1], [2, 3, 1, 2]])) == pytest.approx(1 / 16)


def test_kendall_w_with_ties() -> None:
    # R, package irr: data(anxiety); kendall(anxiety, TRUE) gives Wt = 0.54
    raters = (
        [3, 3, 3, 4, 5, 5, 2, 3, 5, 2, 2, 6, 1, 5, 2, 2, 1, 2, 4, 3],
        [3, 6, 4, 6, 2, 4, 2, 4, 3, 3, 2, 3, 3, 3, 2, 2, 1, 3, 3, 4],
        [2, 1, 4, 4, 3, 2, 1, 6, 1, 1, 1, 2, 3, 3, 1, 1, 3, 3, 2, 2],
    )
    assert round(concordance(frame(dict(enumerate(raters)))), 2) == 0.54


def test_kendall_w_is_that_of_spearman_for_two() -> None:
    scipy = pytest.importorskip("scipy.stats")
    table = frame({0: [1.0, 2, 3, 4, 5, 6], 1: [2.0, 1, 4, 3, 6, 5]})
    rho = scipy.spearmanr(table["C0"], table["C1"]).statistic
    assert concordance(table) == pytest.approx((1 + rho) / 2)


def test_kendall_w_of_too_little_is_not_a_number() -> None:
    assert np.isnan(concordance(frame([[1, 2], [2, 1]]))) and np.isnan(concordance(frame([[1], [2], [3]])))
    assert np.isnan(concordance(frame([[1, 1], [1, 1], [1, 1]])))


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
    assert told_apart(found) == [("E0", "E1"), ("E2",)]
    assert without_each(table, weights).values.tolist() == [[2, 1], [1, 2], [2, 2]]
    assert without_each(table[["C0"]], weights[:1]).empty


def test_ranges_that_touch_are_not_told_apart() -> None:
    ranges = pd.DataFrame({"low": [1, 2, 4, NAN], "high": [2, 3, 4, NAN]}, index=list("abcd"))
    assert told_apart(ranges) == [("a", "b"), ("c",)]


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
def test_w_lies_between_nothing_and_all(given_) -> None:
    table, _ = given_
    value = concordance(table)
    assert np.isnan(value) or -1e-9 <= value <= 1 + 1e-9
    same = concordance(pd.DataFrame({f"C{n}": np.arange(len(table)) for n in range(3)}))
    assert same == pytest.approx(1) if len(table) >= 3 else np.isnan(same)


def test_corners_alone_tell_which_pairs_may_change_places() -> None:
    table = frame(list(itertools.product((1, 3, 5), repeat=2)))
    weights = pd.Series([1.0, 1.0], table.columns)
    corners, whole = weightings(weights).iloc[: 1 + 4 + 4], weightings(weights)
    for a, b in itertools.combinations(table.index, 2):
        pair = table.loc[[a, b]]
        assert (
            ranks(weighted(pair, corners))["high"].tolist() == ranks(weighted(pair, whole))["high"].tolist()
        )
