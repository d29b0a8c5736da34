import copy
import math
from datetime import date

import pytest
from governance_samples import AS_OF, GOVERNED, agreed, partners

from ctg_lib.agreement import governance
from ctg_lib.agreement.checks.governance import problems


def changed(sheet, index, **more):
    lines = copy.deepcopy(GOVERNED)
    own = lines[f"gouvernance.{sheet}"]
    if index == len(own):
        own.append({})
    own[index].update(more)
    return lines


def found(lines, as_of=AS_OF):
    return list(problems(agreed(lines), partners(), as_of))


def told(lines, as_of=AS_OF):
    """« severity: said » of what is found, beside what the sample itself has: one decision that is late."""
    return [f"{p.severity}: {p.said}" for p in found(lines, as_of) if "reste ouverte" not in p.said]


def test_instances_follow_the_one_they_report_to():
    tree = governance.instances(agreed(GOVERNED))
    assert [(i.id, i.depth) for i in tree] == [("I01", 0), ("I02", 1), ("I03", 2)]
    assert tree[1].seats == 4
    assert tree[1].voting == 3


def test_voters_are_the_parties_that_are_named():
    committee = governance.instances(agreed(GOVERNED))[1]
    assert (
        committee.voters == ("P01",) and not committee.shared
    )  # « un élu par secteur » votes too, of no party


def test_a_circle_of_instances_loses_none():
    lines = changed("instances", 0, above="I03")
    assert {i.id for i in governance.instances(agreed(lines))} == {"I01", "I02", "I03"}
    assert "error: une instance qui rend compte à elle-même" in told(lines)


@pytest.mark.parametrize(
    ("state", "day", "wanted"),
    [
        ("", date(2028, 6, 30), "tenu"), ("", date(2028, 7, 1), "prevu"), ("tenu", date(2028, 7, 1), "prevu"), ("", None, "prevu"),
        ("prevu", date(2028, 1, 1), "prevu"), ("annule", date(2028, 1, 1), "annule"), ("tenu", date(2028, 1, 1), "tenu"),
    ],
)  # fmt: skip
def test_nothing_is_held_after_the_date_of_the_study(state, day, wanted):
    assert governance.state_of(state, day, AS_OF) == wanted


def test_meetings_count_who_came_and_what_was_decided():
    table = governance.meetings(agreed(GOVERNED), AS_OF)
    first = table.iloc[0]
    assert (first["invited"], first["present"], first["decisions"]) == (3, 2, 2)
    assert table["state"].tolist() == ["tenu", "prevu"]


def test_a_decision_is_late_once_its_day_is_past():
    assert governance.decisions(agreed(GOVERNED), AS_OF)["late"].tolist() == [False, True]
    assert governance.decisions(agreed(GOVERNED), date(2028, 4, 30))["late"].tolist() == [False, False]


def test_decisions_of_meetings_to_come_are_not_in_the_register():
    assert governance.decisions(agreed(GOVERNED), date(2028, 2, 1)).empty


def test_scenarios_add_up_their_posts():
    one, two = governance.scenarios(agreed(GOVERNED), 1000.0)
    assert (one.cost, one.fte, one.unsplit, one.local, one.per_person, one.hours) == (
        50000,
        1,
        0,
        30000,
        30,
        40,
    )
    assert two.cost == 52000
    assert two.employers == ("P01", "P02")
    assert math.isnan(two.hours)
    assert governance.retained(agreed(GOVERNED)).id == "SC1"


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        ([("oui", date(2028, 3, 1)), ("non", None)], "SC1"),
        ([("non", date(2028, 3, 1)), ("oui", date(2028, 3, 1))], "SC2"),
        ([("oui", None), ("non", date(2028, 3, 1))], None),
        ([("oui", date(2028, 3, 1)), ("oui", None)], None),
        ([("", date(2028, 3, 1))], None),
    ],
)
def test_an_organisation_is_decided_once_one_alone_was_retained_on_a_day(lines, wanted):
    scenarios = [
        {"id": f"SC{rank}", "name": "x", "retained": kept, "decided_on": day}
        for rank, (kept, day) in enumerate(lines, start=1)
    ]
    found = governance.decided(agreed({"gouvernance.scenarios": scenarios}))
    assert (found.id if found else None) == wanted


def test_a_scenario_without_post_has_no_figure():
    lines = changed("scenarios", 2, id="SC3", name="rien")
    third = governance.scenarios(agreed(lines))[2]
    assert math.isnan(third.cost)
    assert math.isnan(third.local)
    assert "warning: un scénario sans poste : rien ne s’y compare" in told(lines)


def test_an_instance_where_several_vote_is_under_nobody_s_assembly():
    council = {"instance": "I01", "party": "P01", "function": "conseillers", "votes": "oui", "seats": 9}
    lines = changed("members", 3, **council)
    lines["gouvernance.members"][2]["votes"] = "oui"  # the Caf votes in the committee
    tree = governance.instances(agreed(lines))
    assert [(i.id, i.above) for i in tree] == [("I02", ""), ("I03", "I02"), ("I01", "")]
    said = "warning: une instance partagée placée sous l’assemblée d’un seul signataire"
    assert told(lines) == [said]
    lines["gouvernance.members"][3] = {**council, "instance": "I01", "party": ""}  # nobody's own assembly
    assert told(lines) == [] and governance.instances(agreed(lines))[1].above == "I01"


def test_seats_that_are_open_to_all_do_not_count():
    tree = governance.instances(agreed(changed("members", 3, instance="I03", function="qui vient", seats=0)))
    assert tree[2].seats == 0 and tree[2].members[0].seats == 0


def test_the_sample_has_nothing_else_to_mend():
    assert told(GOVERNED) == []


@pytest.mark.parametrize(
    ("sheet", "index", "more", "said"),
    [
        ("posts", 0, {"caf": 19000}, "error: le coût (50\u202f000\u00a0€) n’est pas la somme de ses parts (49\u202f000\u00a0€)"),
        ("posts", 1, {"caf": None, "epci": None}, "warning: un poste dont personne ne dit qui le paie"),
        ("members", 0, {"instance": "I09"}, "error: un renvoi à « I09 », absent de gouvernance.xlsx, feuille « Instances »"),
        ("members", 0, {"party": "P09"}, "error: un renvoi à « P09 », absent de parties.xlsx, feuille « Parties »"),
        ("decisions", 0, {"meeting": ""}, "error: une décision sans réunion"),
        ("decisions", 0, {"due": date(2028, 2, 1)}, "warning: une décision à faire avant d’être prise"),
        ("decisions", 1, {"responsible": ""}, "warning: une décision dont personne ne se charge"),
        ("decisions", 0, {"votes_for": 9}, "warning: plus de voix que de sièges délibérants"),
        ("meetings", 1, {"state": "tenu"}, "error: une réunion du 01/10/2028 est dite tenue avant d’avoir lieu"),
        ("meetings", 1, {"date": date(2028, 5, 1)}, "warning: une réunion encore dite prévue alors que sa date est passée"),
        ("meetings", 0, {"summary": ""}, "warning: une réunion tenue sans compte rendu"),
        ("meetings", 0, {"state": "annule"}, "error: une décision d’une réunion annulée"),
        ("scenarios", 0, {"decided_on": None}, "error: un scénario retenu sans décision"),
        ("scenarios", 0, {"decided_on": date(2028, 3, 2)}, "error: un scénario retenu un jour où aucune réunion n’a eu lieu"),
        ("scenarios", 0, {"decided_on": date(2029, 3, 2)}, "error: un scénario dit retenu le 02/03/2029, après la date de l’étude"),
        ("scenarios", 1, {"retained": "oui"}, "error: plusieurs scénarios sont dits retenus"),
    ],
)  # fmt: skip
def test_what_does_not_agree_is_told(sheet, index, more, said):
    assert said in told(changed(sheet, index, **more))


def test_minutes_older_than_their_meeting_are_told():
    lines = changed("meetings", 0, document="D01")
    beside = partners(
        {"documents.documents": [{"id": "D01", "title": "compte rendu", "date": date(2028, 2, 1)}]}
    )
    said = [p.said for p in problems(agreed(lines), beside, AS_OF)]
    assert "un compte rendu plus ancien que sa réunion" in said


def test_a_name_is_told_and_not_repeated():
    for problem in found(changed("members", 0, function="Mme Exemplette Durand")):
        assert "Durand" not in f"{problem} {problem.said} {problem.about}"
    assert any(
        "nom d’une personne" in p.said for p in found(changed("members", 0, function="Mme Exemplette Durand"))
    )


def test_an_empty_workbook_says_nothing_and_breaks_nothing():
    nothing = agreed({})
    assert governance.instances(nothing) == ()
    assert governance.meetings(nothing, AS_OF).empty
    assert governance.decisions(nothing, AS_OF).empty
    assert governance.scenarios(nothing) == ()
    assert governance.retained(nothing) is None
    assert told({}) == []
