"""Priorities of made-up lines: colleges apart, small ones not ranked, disagreement kept; an order is a range."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from priorities_written import CRITERIA, SCORES, VOTES, agreed, scored, voted

from ctg_lib.agreement.priorities import priorities
from ctg_lib.consultation.votes import FEWEST


def college(found, name):
    return next(each for each in found.colleges if each.name == name)


def test_each_college_is_read_apart() -> None:
    found = priorities(agreed())
    assert [c.name for c in found.colleges] == ["elus", "professionnels"] and list(found.issues) == [
        "E1",
        "E2",
        "E3",
    ]
    assert found.parts.tolist() == [0.5, 0.25, 0.25, 0]
    means = found.means()
    assert means["elus"].tolist() == [3.75, 3.25, 2.5] and means["professionnels"].tolist() == [3.5, 2.0, 4.5]
    assert college(found, "elus").voters == 20 and all(c.ranked and not c.said for c in found.colleges)


def test_methods_stand_side_by_side() -> None:
    found = priorities(agreed())
    table = found.by_method(college(found, "elus"))
    assert table["criteria"].tolist() == [3.75, 3.25, 2.5]
    # (A + 2B) × C on the scale from 0 to 10: (7,5 + 15) × 5, (5 + 10) × 7,5, (2,5 + 20) × 0
    assert table["hanlon"].tolist() == [112.5, 112.5, 0]
    assert table["votes"].tolist() == [50, pytest.approx(100 / 3), pytest.approx(25 / 3)]
    assert table["duels"].tolist() == [2, 1, 0]
    assert table["quadrant"].tolist() == [
        "besoin fort, faisable",
        "besoin fort, faisable",
        "besoin fort, difficile",
    ]
    assert table["votes_low"].tolist() == [1, 2, 3]


def test_what_is_out_of_reach_has_no_rank_by_hanlon() -> None:
    found = priorities(agreed())
    table = found.by_method(college(found, "elus"))
    assert table["feasible"].tolist() == [True, True, False]
    assert table["hanlon_high"].isna().tolist() == [False, False, True] and table["hanlon"].notna().all()
    assert table["criteria_high"].notna().all()
    without = [line for line in CRITERIA if line["role"] != "faisabilite"]
    bare = priorities(agreed(criteria=without))
    assert bare.by_method(bare.colleges[0])["feasible"].isna().all()
    assert bare.by_method(bare.colleges[0])["hanlon_high"].notna().all()


def test_without_an_effect_there_is_no_hanlon() -> None:
    found = priorities(agreed(criteria=[line for line in CRITERIA if line["role"] != "efficacite"]))
    table = found.by_method(found.colleges[0])
    assert table[["hanlon", "hanlon_low"]].isna().all(axis=None) and table["criteria"].notna().all()


@pytest.mark.parametrize("voters, ranked", [(FEWEST - 1, False), (FEWEST, True)])
def test_a_small_college_is_told_and_not_ranked(voters, ranked) -> None:
    lines = [line for n in (1, 2, 3) for line in scored(f"E{n}", "habitants", n, 3, 3, 3, voters=voters)]
    # means of 1 would tell what each gave: they start at 1.5
    lines = [{**line, "score": max(line["score"], 1.5)} for line in lines]
    found = priorities(agreed(scores=[*SCORES, *lines]))
    own = college(found, "habitants")
    assert own.ranked is ranked and found.means()["habitants"].notna().all()
    table = found.by_method(own)
    assert table["criteria"].notna().all()
    ranks = [c for c in table if c.endswith(("_low", "_high")) and not c.startswith("votes")]
    assert table[ranks].notna().any(axis=None) == ranked
    assert (own.said == "") is ranked and (
        "14 votants : notes dites, sans classement" in own.said
    ) is not ranked
    assert own.lowest.notna().any(axis=None) == ranked  # the least score is one person's
    assert found.without_each(own).empty is not ranked


def test_of_very_few_voters_nothing_is_told() -> None:
    found = priorities(agreed(scores=[*SCORES, *scored("E1", "habitants", 2, 3, 3, 3, voters=4)]))
    own = college(found, "habitants")
    assert own.scores.isna().all(axis=None) and "moins de 5 votants" in own.said
    assert found.means()["habitants"].isna().all()


@pytest.mark.parametrize("means, low, high", [((5, 3, 3, 3), 1, 5), ((3, 3, 3, 3), 3, 3)])
def test_in_a_small_college_what_all_gave_alike_is_hidden(means, low, high) -> None:
    lines = [
        *scored("E1", "habitants", *means, voters=9, low=low, high=high),
        *scored("E2", "habitants", 3, 2, 3, 3, voters=9),
    ]
    own = college(priorities(agreed(scores=[*SCORES, *lines])), "habitants")
    assert own.scores.loc["E1"].isna().all() and own.scores.loc["E2"].notna().all()
    assert "les notes qui diraient celle de chacun ne sont pas données" in own.said
    large = [{**line, "voters": 30} for line in lines]
    assert college(priorities(agreed(scores=[*SCORES, *large])), "habitants").scores.loc["E1"].notna().all()


def test_votes_of_the_last_round_only() -> None:
    later = voted("elus", 5, 5, 50, on=pd.Timestamp("2027-01-25").date())
    own = college(priorities(agreed(votes=[*later, *VOTES])), "elus").votes
    assert own.set_index("proposal")["votes"].to_dict() == {"E1": 5, "E2": 5, "E3": 50}


def test_disagreement_is_told_issue_by_issue() -> None:
    table = priorities(agreed()).disagreement()
    assert table["issue"].tolist() == ["E3", "E2", "E1"] and table["gap"].tolist() == [2.0, 1.25, 0.25]
    first = table.iloc[0]
    assert (first["above"], first["below"]) == ("professionnels", "elus")
    assert (first["criterion"], first["score_above"], first["score_below"]) == ("C3", 4.0, 1.0)
    assert not first["outside"]  # voters gave from 1 to 5


def test_a_mean_beyond_all_that_the_others_gave() -> None:
    lines = [{**line, "lowest": 1.0, "highest": 2.0} if line["issue"] == "E3" and line["college"] == "elus" and line["criterion"] == "C3" else line
             for line in SCORES]  # fmt: skip
    table = priorities(agreed(scores=lines)).disagreement().set_index("issue")
    assert table.loc["E3", "outside"] and not table.loc["E1", "outside"]


def test_one_college_disagrees_with_nobody() -> None:
    found = priorities(agreed(scores=[s for s in SCORES if s["college"] == "elus"], votes=[]))
    assert found.disagreement().empty and np.isnan(found.concordance())


def test_concordance_leaves_small_colleges_out() -> None:
    found = priorities(agreed())
    # orders E1 E2 E3 and E3 E1 E2: rank sums 3, 5, 4
    assert found.concordance() == pytest.approx(12 * 2 / (4 * 24))
    small = [line for n in (1, 2, 3) for line in scored(f"E{n}", "habitants", 4 - n / 2, 3, 3, 3, voters=9)]
    assert priorities(agreed(scores=[*SCORES, *small])).concordance() == pytest.approx(0.25)


def test_what_is_no_issue_or_by_no_criterion_is_left_out() -> None:
    stray = [*scored("E9", "elus", 5, 5, 5, 5), {**SCORES[0], "criterion": "C9"}]
    found = priorities(agreed(scores=[*SCORES, *stray]))
    assert list(found.issues) == ["E1", "E2", "E3"] and found.means()["elus"].tolist() == [3.75, 3.25, 2.5]


def test_a_line_written_twice_is_counted_once() -> None:
    found = priorities(agreed(scores=[*SCORES, {**SCORES[0], "score": 2.0}]))
    assert found.means()["elus"].tolist() == [2.75, 3.25, 2.5]


def test_nothing_written_says_nothing() -> None:
    found = priorities(agreed(issues=[], criteria=[], scores=[], votes=[], decisions=[]))
    assert not found.issues and not found.colleges and found.disagreement().empty
    only_votes = priorities(agreed(criteria=[], scores=[]))
    own = college(only_votes, "elus")
    table = only_votes.by_method(own)
    assert table["votes"].notna().all() and table[["criteria", "hanlon", "duels"]].isna().all(axis=None)
    assert own.voters == 0 and own.said == ""
