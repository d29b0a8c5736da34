"""Chapter 15c: who decides what, no party above another; seats that are not added up. Lines are made up."""

from __future__ import annotations

import copy

import pandas as pd
import pytest
from governance_samples import GOVERNED, study

from ctg_lib.study.chapters.gouvernance import Gouvernance

COPIL, COUNCIL = "I02", "I01"


def page(*, above=COUNCIL, votes="oui") -> Gouvernance:
    """The sample, where the Caf votes in the committee and the council has members of one party."""
    lines = copy.deepcopy(GOVERNED)
    lines["gouvernance.instances"][2]["above"] = above
    lines["gouvernance.members"] = [
        {"instance": COUNCIL, "party": "P01", "function": "conseillers", "votes": "oui", "seats": 30},
        {**GOVERNED["gouvernance.members"][0]},
        {**GOVERNED["gouvernance.members"][2], "votes": votes},
        {"instance": "I03", "function": "qui vient", "votes": "non", "seats": 0},
    ]
    return Gouvernance(study(lines, inhabitants=pd.Series([1000.0]), problems=()))  # type: ignore[arg-type]


def plain(text) -> str:
    return str(text).replace("\u00a0", " ").replace("\u202f", " ")


def test_the_register_says_what_is_left_to_do_in_one_column() -> None:
    table = page().releve()
    assert len(table.columns) == 6 and {"id", "day", "name", "due"} <= set(
        table.more
    )  # the last column is seen whole
    rows = table.frame.to_dict("records")
    assert all(
        row["meeting"].startswith(row["day"]) and row["decision"].startswith(row["id"]) for row in rows
    )
    still = [row for row in rows if row["state"].startswith(("À faire", "En cours")) and row["due"] != "–"]
    assert still and all(f"pour le {row['due']}" in row["state"] for row in still)


def test_a_post_is_named_by_its_scenario_and_its_mission() -> None:
    table = page().postes()
    assert "scenario" not in table.columns and set(table.more) == {
        "scenario",
        "mission",
    }  # in the downloaded data
    rows = table.frame.to_dict("records")
    assert rows and all(row["post"] == f"{row['scenario']} — {row['mission']}" for row in rows)


def test_instances_and_meetings_have_their_titles() -> None:
    assert "## Les instances" in page().instances_dites().data["text/markdown"]
    assert "## Les réunions" in page().reunions_dites().data["text/markdown"]


@pytest.mark.parametrize("above", [COUNCIL, ""])
def test_no_party_is_drawn_above_the_others(above) -> None:
    figure = page(above=above).organigramme()
    rows = figure.data.set_index("name")["above"].to_dict()
    assert rows["Comité de pilotage"] == "" and rows["Comité technique"] == "Comité de pilotage"
    assert plain(figure.title) == "Au comité de pilotage, 2 organismes votent ensemble"
    assert figure.data["name"].tolist() == ["Comité de pilotage", "Comité technique", "Conseil communautaire"]
    said = [plain(text) for text in figure.data["details"]]
    assert (
        "y votent : Communauté Exemple, Caf Exemple" in said[0]
        and "n’engage que : Communauté Exemple" in said[2]
    )
    assert "tout lui remonte" not in plain(figure.title)
    notes = plain(" ".join(figure.notes))
    assert "Le conseil communautaire ne décide que pour : Communauté Exemple." in notes
    assert "par leurs propres instances : Caf Exemple. Aucun n’est au-dessus d’un autre." in notes


def test_an_instance_of_one_party_alone_may_be_under_its_assembly() -> None:
    figure = page(votes="non").organigramme()
    assert figure.data.set_index("name")["above"]["Comité de pilotage"] == "Conseil communautaire"
    assert plain(figure.title) == "3 instances : qui décide, qui prépare"


def test_seats_of_several_instances_are_not_added_up() -> None:
    whole = page()
    said = plain(whole.instances_message())
    assert said.startswith("**3 instances, dont 2 décident par un vote** : ") and "siège" not in said
    assert "le conseil communautaire (30 voix, d’un seul organisme : Communauté Exemple)" in said
    assert "le comité de pilotage (2 voix, où votent : Communauté Exemple, Caf Exemple)" in said
    assert "Aucun des organismes qui y votent ensemble n’est au-dessus d’un autre." in said


def test_those_who_vote_without_a_party_are_other_members() -> None:
    lines = copy.deepcopy(GOVERNED)
    lines["gouvernance.members"][2]["votes"] = "oui"
    whole = Gouvernance(study(lines, inhabitants=pd.Series([1000.0]), problems=()))  # type: ignore[arg-type]
    committee = next(i for i in whole.instances if i.id == COPIL)
    assert committee.voters == ("P01", "P02") and committee.shared
    said = plain(whole.instances_message())
    assert "où votent : Communauté Exemple, Caf Exemple, d’autres membres)" in said
    assert "2 organismes votent ensemble" in plain(whole.organigramme().title)


def test_whoever_comes_is_not_one_seat() -> None:
    whole = page()
    seats = whole.qui_decide().frame.set_index("name")["seats"].to_dict()
    assert seats["Comité technique"] == "sans nombre fixé" and seats["Conseil communautaire"] == "30"
    assert "sans nombre fixé" in whole.membres().frame["seats"].tolist()
    assert "sans nombre fixé" in plain(whole.organigramme().description)
    assert "ne s’ajoutent pas" in whole.membres().notes[0]


def test_what_a_scenario_would_cost_is_not_said_to_be_observed() -> None:
    figure = page().qui_paie()
    assert "status" not in figure.data and "observé" not in str(figure._repr_mimebundle_())
