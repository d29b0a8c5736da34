"""The plan: what belongs to it, what it costs, what proposals become."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_samples import D, action, agreement, money, proposal

from ctg_lib.agreement.plan import Plan, balance, draft_actions, unanswered_proposals
from ctg_lib.agreement.updating import updated


def test_the_tree_goes_from_axes_to_actions():
    plan = Plan.of(agreement())
    (axis,) = plan.axes
    assert [a.id for a in axis.actions] == ["A01"] and axis.orientations[0].objectives[
        0
    ].actions == plan.actions
    assert plan.actions[0].axis == "AX1" and plan.agreed == plan.actions and not plan.drafts


def test_the_committee_s_decision_alone_feeds_the_plan():
    aside = Plan.of(agreement(actions=[action(issues=("E02",))]))
    assert not aside.actions and [a.id for a in aside.aside] == ["A01"]
    undecided = Plan.of(agreement(copil=[]))
    assert not undecided.actions and undecided.aside
    both = Plan.of(agreement(actions=[action(issues=("E01", "E02"))])).actions[0]
    assert both.retained == ("E01",) and both.answers == ("E01", "E02")


def test_an_action_without_issues_of_its_own_answers_those_of_its_axis():
    assert Plan.of(agreement(actions=[action(issues=())])).actions[0].answers == ("E01",)


def test_an_action_given_up_feeds_nothing_and_one_without_objective_is_loose():
    plan = Plan.of(agreement(actions=[action(state="abandonnee"), action("A02", objective="")]))
    assert [a.id for a in plan.dropped] == ["A01"] and [a.id for a in plan.loose] == ["A02"] == [
        a.id for a in plan.actions
    ]
    assert plan.find("A01").state == "abandonnee" and plan.find("A99") is None


def test_what_an_action_lacks():
    plan = Plan.of(agreement(actions=[action(nature="", start=None, state="")]))
    assert plan.actions[0].to_fill == ("nature", "start") and not plan.actions[0].agreed


def test_costs_and_receipts_are_those_of_the_plan_alone():
    lines = [money(), money("recette", 600.0), money("recette", 400.0, funder="caf_ps"), money(amount=50.0, year=2029.0),
             money(amount=9.0, action="A02"), money(amount=7.0, action="A99"), money(amount=None, item="autre")]  # fmt: skip
    plan = Plan.of(agreement(actions=[action(), action("A02", issues=("E02",))], budget=lines))
    assert plan.cost() == 1050 == plan.cost("A01") and math.isnan(plan.cost("A02"))
    assert plan.costs("year").to_dict() == {2028: 1000, 2029: 50} and plan.costs("axis").to_dict() == {
        "AX1": 1050
    }
    assert plan.receipts("year", "funder").to_dict() == {(2028, "epci"): 600, (2028, "caf_ps"): 400}


def test_without_a_budget_no_cost_is_made_up():
    plan = Plan.of(agreement(budget=[]))
    assert math.isnan(plan.cost()) and plan.costs("year").empty and plan.receipts("funder").empty


def test_balance_tells_the_gap_of_each_year():
    frame = balance(
        agreement(budget=[money(), money("recette", 999.5), money(year=2029.0, remark="reste à trouver")])
    )
    assert frame[["year", "gap", "remark"]].to_dict("split")["data"] == [
        [2028, -0.5, ()],
        [2029, -1000.0, ("reste à trouver",)],
    ]


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["depense", "recette"]), st.integers(2027, 2031), st.integers(0, 10**6)),
        max_size=12,
    )
)
def test_gaps_sum_to_receipts_less_expenses(lines):
    budget = [
        money(kind, float(amount), year=float(year), item=f"poste {n}")
        for n, (kind, year, amount) in enumerate(lines)
    ]
    made = agreement(budget=budget)
    plan = Plan.of(made)
    total = sum(a if k == "recette" else -a for k, _, a in lines)
    assert balance(made)["gap"].sum() == pytest.approx(total)
    assert plan.receipts("year").sum() - plan.costs("year").sum() == pytest.approx(total)


# ------------------------------------------------------------------------------------------------ proposals


def test_a_proposal_that_becomes_an_action_makes_a_draft_with_its_origin():
    told = proposal(
        goal="Un but",
        means="un poste",
        first_step="réunir",
        measure="des inscrits",
        against="trop cher.",
        leader="P02",
    )
    (draft,) = draft_actions(agreement(proposals=[told]))
    assert draft == {
        "key": "proposition|PR01", "title": "Proposition PR01", "theme": "enfance", "findings": ("K001",), "issues": ("E01",),
        "origins": ("PR01",), "goal": "Un but", "leader": "P02", "state": "projet",
        "description": "Premier pas : réunir. Moyens nécessaires : un poste. À quoi verra-t-on que cela marche : des inscrits.",
        "risks": "Réserves du groupe de travail : trop cher.",
    }  # fmt: skip


@pytest.mark.parametrize("follow", ["", "instruire", "ecartee", "fusionnee"])
def test_other_proposals_make_none(follow):
    assert draft_actions(agreement(proposals=[proposal(follow=follow)])) == []


def test_a_proposal_that_an_action_takes_up_makes_none():
    assert draft_actions(agreement(proposals=[proposal(action="A01")])) == []
    assert draft_actions(agreement(proposals=[proposal()], actions=[action(origins=("PR01",))])) == []
    assert len(draft_actions(agreement(proposals=[proposal(action="A99")]))) == 1


def test_a_merged_proposal_without_action_is_told_but_not_drafted():
    made = agreement(proposals=[proposal(follow="fusionnee")])
    assert [p["id"] for p in unanswered_proposals(made)] == ["PR01"] and draft_actions(made) == []


def test_the_theme_is_that_of_the_issue_else_of_a_finding_else_of_the_session():
    session = [{"id": "GT1", "group": "g", "themes": ("jeunesse",)}]
    assert draft_actions(agreement(proposals=[proposal(issue="")]))[0]["theme"] == "enfance"
    alone = agreement(proposals=[proposal(issue="", findings=())], sessions=session)
    assert draft_actions(alone)[0]["theme"] == "jeunesse"
    assert "theme" not in draft_actions(agreement(proposals=[proposal(issue="", findings=())]))[0]


def test_a_draft_is_laid_beside_decided_actions_once_and_for_all():
    first = agreement(proposals=[proposal()])
    sheet = first.books["plan"]["actions"]
    once = updated(sheet, first.table("plan", "actions"), draft_actions(first), open_states=("", "projet"))
    assert once.new == ("A02",) and once.lines[0]["description"] == "Ce qui sera fait."
    validated = [
        once.lines[0],
        once.lines[1] | {"state": "validee", "title": "Autre titre", "start": D(2027, 1, 1)},
    ]
    second = agreement(proposals=[proposal()], actions=validated)
    again = updated(sheet, second.table("plan", "actions"), draft_actions(second), open_states=("", "projet"))
    assert not again.new and not again.filled and not again.gone and again.lines[1]["title"] == "Autre titre"
