"""Priorities of made-up lines: colleges apart, small ones not ranked, disagreement kept; an order is a range."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from priorities_written import CRITERIA, MEETINGS, SCORED, SCORES, VOTES, agreed, scored, voted

from ctg_lib.agreement.priorities import fixing_meeting, priorities, weights_then
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


def small(voters, *, votes=True):
    """Priorities in which inhabitants, that many, scored and voted in a plain order."""
    lines = [line for n in (1, 2, 3) for line in scored(f"E{n}", "habitants", 1 + n, 3, 3, 3, voters=voters)]
    cast = voted("habitants", 6, 4, 1, voters=voters, each=1) if votes else []
    return priorities(agreed(scores=[*SCORES, *lines], votes=[*VOTES, *cast]))


@pytest.mark.parametrize("voters, told", [(4, False), (9, False), (FEWEST - 1, False), (FEWEST, True)])
def test_no_order_of_a_small_college_is_kept_anywhere(voters, told) -> None:
    found = small(voters)
    own = college(found, "habitants")
    assert own.ranked is told and own.voters == voters and bool(own.said) is not told
    table = found.by_method(own)
    values = [table.select_dtypes("number"), found.means()["habitants"], own.scores, own.lowest, own.highest,
              own.votes[["votes", "share", "low", "high"]], found.ranges(own), found.pairs(own), found.without_each(own)]  # fmt: skip
    # nothing that differs from one issue to another is left: no count, mean, point, part of votes nor cell of the grid
    assert all(each.notna().any(axis=None) == told for each in values)
    assert table["quadrant"].ne("").any() == told
    assert not own.votes["tied"].any() and own.votes["proposal"].is_monotonic_increasing
    assert ("habitants" in set(found.disagreement()[["above", "below"]].to_numpy().ravel())) == told


def test_why_a_small_college_is_not_told() -> None:
    own = college(small(9), "habitants")
    assert own.said == "notes non données sous 15 votants, elles feraient un classement"
    assert own.votes["said"].unique().tolist() == [
        "voix non données sous 15 votants, elles feraient un classement"
    ]


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
    assert found.disagreement().empty and np.isnan(found.agreement())


def test_agreement_leaves_small_colleges_out() -> None:
    # orders E1 E2 E3 and E3 E1 E2, ranks 1 2 3 and 2 3 1: rho = 1 − 6 × (1 + 1 + 4) / (3 × 8)
    assert priorities(agreed()).agreement() == pytest.approx(-0.5)
    assert small(9).agreement() == pytest.approx(-0.5)


def test_weights_kept_with_the_scores() -> None:
    kept = weights_then(agreed())
    assert [each.then for each in kept] == [(2.0,), (1.0,), (1.0,), (0.0,)]
    assert not any(each.changed or each.blank for each in kept)
    later = weights_then(agreed(criteria=[{**CRITERIA[0], "weight": 3.0}, *CRITERIA[1:]]))
    assert [each.changed for each in later] == [True, False, False, False] and later[0].now == 3
    bare = weights_then(agreed(scores=[{**line, "weight": None} for line in SCORES]))
    assert [each.blank for each in bare] == [6] * 4 and not any(each.changed for each in bare)
    assert weights_then(agreed(criteria=[], scores=[])) == ()


@pytest.mark.parametrize("meeting, found", [
    ({}, True), ({"date": SCORED}, False), ({"document": "D2"}, False), ({"state": "annule"}, False), ({"date": None}, False),
])  # fmt: skip
def test_the_meeting_that_fixed_the_criteria(meeting, found) -> None:
    held = fixing_meeting(agreed(meetings=[{**MEETINGS[0], **meeting}]))
    assert (held is not None) is found and (held is None or held["id"] == "RE0")


def test_a_decision_of_the_register_may_bear_the_minutes() -> None:
    sheets = {"meetings": [{**MEETINGS[0], "document": ""}],
              "gouvernance__decisions": [{"id": "DE1", "meeting": "RE0", "document": "D1", "subject": "critères", "decision": "Fixés."}]}  # fmt: skip
    assert fixing_meeting(agreed(**sheets)) is not None
    other = [{**CRITERIA[0], "document": "D2"}, *CRITERIA[1:]]
    assert fixing_meeting(agreed(**sheets, criteria=other)) is None  # not all of them by the same


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
