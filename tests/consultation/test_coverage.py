"""Who was heard, and who was not: by group, theme and secteur."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from actors_written import BEFORE, actors

from ctg_lib.consultation.actors import GROUPS, SEVERAL
from ctg_lib.consultation.coverage import (
    by_group,
    by_secteur,
    by_theme,
    counts,
    not_heard,
    people_heard,
    presence,
    said,
)

MEETINGS = [
    {"id": "E1", "group": "elus", "people": 1, "secteur": "Amont"},
    {"id": "E2", "group": "elus", "people": 2},
    {"id": "R1", "occasion": "rencontre", "themes": ("jeunesse", "petite_enfance"), "people": 9},
    {"id": "F1", "occasion": "forum", "group": "habitants", "people": 20},
    {
        "id": "E3",
        "group": "jeunes",
        "state": "prevu",
        "date": pd.NaT,
        "planned": BEFORE,
        "themes": ("jeunesse",),
    },
    {"id": "E4", "group": "ecole", "state": "annule"},
]
PRESENT = [
    {"meeting": "R1", "group": "associations", "people": 6},
    {"meeting": "R1", "group": "elus", "people": 2},
    {"meeting": "E4", "group": "ecole", "people": 1},
]
EXCERPTS = [
    {"meeting": "E1", "group": "elus"},
    {"meeting": "E1", "group": "elus", "need": "pe_cout"},
    {"meeting": "R1", "group": "elus", "theme": "jeunesse", "need": "je_lieux", "secteur": "Aval"},
    {"meeting": "R1", "group": SEVERAL},
    {"meeting": "R1", "group": "parents"},
    {"meeting": "E4", "group": "ecole"},
    {"meeting": "E3", "group": "jeunes"},
]
FOUND = actors(MEETINGS, EXCERPTS, present=PRESENT)


def test_only_what_was_held_counts() -> None:
    assert set(said(FOUND)["meeting"]) == {"E1", "R1"}
    assert "ecole" not in people_heard(FOUND)


def test_presence_is_what_was_written_down_then_the_meeting_then_what_was_said() -> None:
    pairs = {(row.meeting, row.group): row.people for row in presence(FOUND).itertuples()}
    assert pairs["R1", "associations"] == 6 and pairs["F1", "habitants"] == 20 and pairs["E1", "elus"] == 1
    assert pd.isna(pairs["R1", "parents"]) and ("R1", SEVERAL) not in pairs and len(pairs) == 6


def test_people_are_not_added_up_twice() -> None:
    people = people_heard(FOUND)
    assert people["elus"] == 3  # two interviews of 1 and 2; the two of the meeting may be among them
    assert people["associations"] == 6 and people["parents"] == 1


def test_groups() -> None:
    table = by_group(FOUND).set_index("group")
    assert list(table.index) == list(GROUPS)
    assert table.loc["elus", ["meetings", "people", "excerpts", "themes"]].tolist() == [3, 3, 3, 2]
    states = {
        "elus": "dit",
        "associations": "present",
        "jeunes": "prevu",
        "ecole": "absent",
        "habitants": "present",
    }
    assert {group: table.loc[group, "state"] for group in states} == states
    assert table.loc["parents", "side"] == "habitants"


def test_groups_expected() -> None:
    assert not_heard(FOUND, ["elus", "jeunes", "ecole"]) == ("ecole", "jeunes")
    table = by_group(FOUND, ["elus", "ecole"]).set_index("group")
    assert set(table.index) == {"elus", "ecole", "associations", "parents", "habitants"}
    assert not table.loc["parents", "expected"] and table.loc["ecole", "expected"]


def test_themes() -> None:
    cells = by_theme(FOUND).set_index(["group", "theme"])
    assert cells.loc[("elus", "petite_enfance"), ["meetings", "excerpts", "asked", "state"]].tolist() == [
        1,
        2,
        1,
        "dit",
    ]
    assert cells.loc[("elus", "jeunesse"), "state"] == "dit"
    assert cells.loc[("associations", "jeunesse"), "state"] == "present"
    assert cells.loc[("associations", "logement"), "state"] == "absent"
    assert cells.loc[("jeunes", "jeunesse"), "state"] == "prevu"
    assert len(by_theme(FOUND, ["elus"], ["jeunesse"])) == 4  # those heard besides are shown too


def test_secteurs() -> None:
    table = by_secteur(FOUND, ["Amont", "Aval", "Causse"]).set_index("secteur")
    assert table["heard"].tolist() == [True, True, False]
    assert table.loc["Aval", ["meetings", "excerpts"]].tolist() == [1, 1]


def test_counts_by_occasion() -> None:
    table = counts(FOUND).set_index("occasion")
    assert table.loc["entretien", ["held", "planned", "people", "excerpts"]].tolist() == [2, 1, 3, 2]
    assert table.loc["rencontre", "people"] == 9 and table.loc["forum", "excerpts"] == 0
    assert table.loc["forum", "first"] == BEFORE


def test_what_is_told_once_is_neither_damaged_by_a_reader_nor_kept_for_other_actors() -> None:
    before = said(FOUND), presence(FOUND), people_heard(FOUND)
    for table in before[:2]:
        table["group"] = "ecole"
    before[2]["elus"] = 99
    assert "ecole" not in set(said(FOUND)["group"]) | set(presence(FOUND)["group"])
    assert people_heard(FOUND)["elus"] == 3
    fewer = replace(FOUND, excerpts=FOUND.excerpts[FOUND.excerpts["group"].ne("parents")])
    assert "parents" in people_heard(FOUND) and "parents" not in people_heard(fewer)
