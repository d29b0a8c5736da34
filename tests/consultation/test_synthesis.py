"""The cross-analysis: the unit is the meeting, and each reading follows its rule."""

from __future__ import annotations

from dataclasses import replace

import pytest
from actors_written import actors
from hypothesis import given
from hypothesis import strategies as st

from ctg_lib.consultation.actors import KINDS, SEVERAL, SIDES
from ctg_lib.consultation.synthesis import (
    READINGS,
    RULES,
    by_kind,
    by_side,
    crossing,
    most_said,
    summaries,
)

IDS = [{"id": f"M{i}"} for i in range(9)]


def said(*lines):
    """Excerpts « group kind [need] », one meeting each."""
    out = []
    for number, line in enumerate(lines):
        group, kind, *need = line.split()
        code = need[0] if need else "pe_places"
        out.append({"meeting": f"M{number}", "group": group, "kind": kind, "need": code})
    return actors(IDS, out)


@pytest.mark.parametrize(
    ("reading", "lines"),
    [
        ("convergence", ["elus besoin", "parents frein"]),
        ("convergence", ["elus besoin", "parents frein", "ecole besoin pe_cout"]),
        ("partage", ["elus besoin", "parents attente", "ecole besoin pe_cout", "agents besoin pe_cout"]),
        ("divergence", ["elus offre", "parents besoin"]),
        ("divergence", ["elus offre", "parents besoin", "ecole besoin", "agents besoin"]),
        ("seul", ["parents besoin", "elus besoin pe_cout"]),
        ("un_cote", ["parents besoin", "jeunes besoin"]),
        ("ensemble", [f"{SEVERAL} besoin"]),
        ("offre", ["elus offre", "parents levier"]),
        ("piste", ["elus piste"]),
        ("seul", ["elus piste", "parents besoin"]),
    ],
)
def test_readings(reading: str, lines: list[str]) -> None:
    table = crossing(said(*lines)).set_index("need")
    assert table.loc["pe_places", "reading"] == reading
    assert set(READINGS) == set(RULES)


def test_the_same_side_may_say_both() -> None:
    """An offer and a lack from the same side: it says that something is missing."""
    table = crossing(said("parents offre", "jeunes besoin", "elus besoin")).set_index("need")
    assert table.loc["pe_places", "reading"] == "convergence"
    assert table.loc["pe_places", "sides"] == ("habitants", "elus")


def test_a_need_that_is_not_coded_by_kind() -> None:
    found = said("elus besoin")
    found.excerpts["kind"] = ""
    assert crossing(found)["reading"].tolist() == ["non_code"]


def test_silence() -> None:
    found = said("elus besoin", "parents besoin pe_cout")
    assert len(crossing(found)) == 2
    table = crossing(found, silent=True).set_index("need")
    assert len(table) == len(found.scheme)
    assert table.loc["je_lieux", "reading"] == "silence" and table.loc["je_lieux", "meetings"] == 0
    assert table.loc["pe_places", "silent"] == ("habitants",) and table.loc["pe_cout", "silent"] == ("elus",)


def test_a_talkative_meeting_counts_once() -> None:
    found = said("elus besoin", "elus besoin", "parents besoin")
    found.excerpts["meeting"] = ["M0", "M0", "M1"]
    table = by_side(found).set_index("side")
    assert table.loc["elus", ["meetings", "excerpts"]].tolist() == [1, 2]
    assert crossing(found)["meetings"].tolist() == [2]


def test_what_is_missing_is_counted_apart_from_what_is_spoken_of() -> None:
    found = said(
        "elus offre",
        "elus besoin",
        "parents frein",
        "parents piste",
        "elus attente pe_cout",
        "elus besoin pe_cout",
    )
    table = crossing(found).set_index("need")
    assert table.loc["pe_places", ["meetings", "lacking"]].tolist() == [4, 2]
    sides = by_side(found).set_index(["need", "side"])
    assert sides.loc[("pe_places", "elus"), ["meetings", "lacking"]].tolist() == [2, 1]
    more = said("elus offre", "parents levier", "elus besoin", "elus besoin pe_cout", "elus frein pe_cout")
    assert most_said(more)["need"].tolist() == ["pe_cout", "pe_places"]


def test_most_said_follows_its_order() -> None:
    found = said(
        "elus besoin pe_cout", "parents besoin pe_cout", "parents besoin", "jeunes besoin", "elus offre pe_information",
        "elus besoin je_lieux", "parents piste je_lieux", "parents piste je_lieux",
    )  # fmt: skip
    found.excerpts["theme"] = [found.scheme[need][0] for need in found.excerpts["need"]]
    assert most_said(found)["need"].tolist() == ["pe_cout", "pe_places", "je_lieux"]
    assert most_said(found, "petite_enfance", 1)["need"].tolist() == ["pe_cout"]
    assert most_said(found, "logement").empty


def test_by_kind() -> None:
    found = said("elus besoin", "parents besoin", "parents offre", "jeunes piste pe_cout")
    found.excerpts.loc[3, "need"] = ""
    table = by_kind(found, "petite_enfance").set_index("need")
    assert table.loc["pe_places", ["besoin", "offre", "piste"]].tolist() == [2, 1, 0]
    assert table.loc["", "piste"] == 1 and table.loc["", "label"] == "sans besoin de la grille"
    assert len(by_kind(found)) == 2


def test_summaries_hold_nobody_and_vary() -> None:
    found = said("elus besoin", "parents besoin", "jeunes besoin pe_cout", "elus offre")
    found.excerpts["summary"] = ["Un.", "Mme Exemple le dit.", "Deux.", "Trois."]
    found.excerpts["strength"] = [1.0, 3.0, 2.0, 1.0]
    assert summaries(found, "petite_enfance", ["besoin"])["summary"].tolist() == ["Deux.", "Un."]
    told = {"summary": ["Un.", "Deux.", "Trois.", "Quatre."], "strength": [2.0, 3.0, 1.0, 1.0]}
    found = replace(found, excerpts=found.excerpts.assign(**told))
    turns = summaries(found, "petite_enfance", ["besoin"], most=3)
    assert turns["summary"].tolist() == ["Deux.", "Trois.", "Un."]  # another need before the same one again
    assert turns["meetings"].tolist() == [2, 1, 2]


GROUPS = [group for groups in SIDES.values() for group in groups] + [SEVERAL]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(GROUPS), st.sampled_from(list(KINDS)), st.sampled_from(["pe_places", "pe_cout"])
        ),
        max_size=9,
    )
)
def test_every_need_has_one_reading_that_its_sides_bear_out(lines) -> None:
    found = said(*[" ".join(line) for line in lines])
    table = crossing(found, silent=True)
    assert set(table["reading"]) <= set(READINGS) and len(table) == len(found.scheme)
    for row in table.to_dict("records"):
        if row["reading"] == "convergence":
            assert len(row["sides"]) >= 2
        if row["reading"] in ("seul", "un_cote"):
            assert len(row["sides"]) == 1
        assert not set(row["sides"]) & set(row["silent"])
        assert (row["reading"] == "silence") == (row["meetings"] == 0)
