"""Votes: colleges apart, nothing ranked from a small group, ranks given as ranges."""

from __future__ import annotations

import pytest
from actors_written import actors
from hypothesis import given
from hypothesis import strategies as st

from ctg_lib.consultation.votes import FEWEST, MARGIN, college_label, rank_words, results, rule, untold


def voted(votes, voters, *, college="habitants", each=float("nan"), meeting="F1"):
    return [
        {"meeting": meeting, "proposal": f"Proposition {i}", "college": college, "votes": v, "voters": voters, "each": each}
        for i, v in enumerate(votes)
    ]  # fmt: skip


def found(*votes):
    meetings = [{"id": "F1", "occasion": "forum"}, {"id": "S1", "occasion": "seminaire"}]
    return results(actors(meetings, votes=[line for some in votes for line in some]))


def test_ranks_are_ranges() -> None:
    table = found(voted([4, 12, 11, 4], 20))
    assert table["proposal"].tolist() == ["Proposition 1", "Proposition 2", "Proposition 0", "Proposition 3"]
    assert table[["low", "high"]].values.tolist() == [[1, 2], [1, 2], [3, 4], [3, 4]]
    assert table["tied"].tolist() == [False, False, True, True]
    assert table["share"].tolist() == [60, 55, 20, 20] and table["ranked"].all()
    assert table["occasion"].unique().tolist() == ["forum"]


def test_several_votes_each() -> None:
    assert found(voted([30, 10], 20, each=3))["share"].tolist() == [50, pytest.approx(16.6667, abs=1e-3)]


@pytest.mark.parametrize("voters", [4, 5, FEWEST - 1])
def test_of_a_small_forum_no_order_is_told(voters) -> None:
    table = found(voted([1, 4], voters))
    assert table[["votes", "share", "low", "high"]].isna().all(axis=None)
    assert not table["ranked"].any() and not table["tied"].any()
    assert table["proposal"].tolist() == ["Proposition 0", "Proposition 1"]  # as they are named, not by votes
    assert table["said"].unique().tolist() == [
        "voix non données sous 15 votants, elles feraient un classement"
    ]


def test_a_forum_that_is_large_enough_is_ranked() -> None:
    table = found(voted([2, 9], FEWEST))
    assert table["ranked"].all() and table["votes"].tolist() == [9, 2]
    assert "inconnu" in found(voted([1], float("nan")))["said"][0]
    assert (untold(4), untold(9)) == ("moins de 5", "9")


def test_colleges_stay_apart() -> None:
    table = found(
        voted([20, 3], 20, college="elus", meeting="S1"), voted([2, 19], 20, college="agents", meeting="S1")
    )
    first = table[table["low"].eq(1)].set_index("college")["proposal"]
    assert first.to_dict() == {"elus": "Proposition 0", "agents": "Proposition 1"}
    assert len(table) == 4 and college_label("elus") == "élus"


def test_what_cannot_be_ranked_is_told() -> None:
    assert "une seule proposition" in found(voted([9], 20))["said"][0]
    assert "incomplètes" in found(voted([9, float("nan")], 20))["said"][0]
    assert found().empty


@pytest.mark.parametrize(("low", "high", "words"), [(1, 1, "1er"), (1, 3, "1er à 3e"), (2, 2, "2e")])
def test_words(low: float, high: float, words: str) -> None:
    assert rank_words(low, high) == words and rank_words(float("nan"), 1) == "sans classement"
    assert str(FEWEST) in rule()


@given(st.lists(st.integers(0, 30), min_size=2, max_size=8))
def test_no_vote_more_or_less_changes_a_range(votes) -> None:
    table = found(voted(votes, 30)).set_index("proposal")
    for name, row in table.iterrows():
        for other, theirs in table.iterrows():
            if row["votes"] > theirs["votes"] + MARGIN:
                assert row["low"] <= theirs["low"] and row["high"] <= theirs["high"]
            if abs(row["votes"] - theirs["votes"]) <= MARGIN and name != other:
                assert row["low"] <= theirs["high"] and theirs["low"] <= row["high"]
        assert 1 <= row["low"] <= row["high"] <= len(votes)
