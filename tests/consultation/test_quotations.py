"""Quotations: by group never by person; small groups merged; a function only with agreement; chosen by rule."""

from __future__ import annotations

from dataclasses import replace

import pytest
from actors_written import actors
from hypothesis import given, settings
from hypothesis import strategies as st

from ctg_lib.consultation.actors import GROUPS, SEVERAL
from ctg_lib.consultation.coverage import people_heard
from ctg_lib.consultation.quotations import (
    FEWEST,
    LONGEST,
    OTHERS,
    choose,
    merged_groups,
    quotable,
    rule,
    themes_quoted,
)


@pytest.fixture(autouse=True, scope="module")
def rules_alone():
    """The language model takes half a minute to load; the rules of masking are enough here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ctg_lib.consultation.masking.has_model", lambda: False)
        yield


LONG = "Il faudrait ouvrir plus tôt le matin, disent-ils."


def heard(**people: int):
    """One interview per group, of so many people, each with a quotation."""
    meetings = [{"id": f"E{i}", "group": group, "people": n} for i, (group, n) in enumerate(people.items())]
    quotes = [{"meeting": m["id"], "group": m["group"], "quote": f"{LONG} {m['id']}"} for m in meetings]
    return actors(meetings, quotes)


def test_large_groups_keep_their_name() -> None:
    assert merged_groups(heard(elus=3, parents=12)) == {"elus": "elus", "parents": "parents"}


def test_small_groups_are_merged() -> None:
    found = heard(elus=2, ecole=1, parents=12)
    assert merged_groups(found) == {"elus": OTHERS, "ecole": OTHERS, "parents": "parents"}
    assert quotable(found)["said_by"].tolist() == ["autres acteurs", "autres acteurs", "parents"]


def test_one_small_group_takes_another_with_it() -> None:
    """Alone under « autres acteurs », it would be known by elimination."""
    assert merged_groups(heard(elus=5, ecole=1, parents=12)) == {
        "elus": OTHERS,
        "ecole": OTHERS,
        "parents": "parents",
    }


def test_too_few_people_in_all_are_not_quoted() -> None:
    assert quotable(heard(ecole=1)).empty and quotable(heard(ecole=1, elus=1)).empty


@settings(max_examples=12)
@given(st.dictionaries(st.sampled_from(list(GROUPS)), st.integers(1, 5), max_size=6))
def test_no_name_stands_for_too_few_people(people) -> None:
    found = heard(**people)
    names = merged_groups(found)
    counted = people_heard(found)
    for name in set(names.values()) - {""}:
        behind = [group for group, own in names.items() if own == name]
        assert sum(counted[group] for group in behind) >= FEWEST
        assert name != OTHERS or len(behind) >= 2
    assert set(quotable(found)["said_by"]) <= {"autres acteurs", *GROUPS.values()}


def test_a_function_is_named_with_agreement_alone() -> None:
    found = heard(elus=3, parents=5)
    found.excerpts.loc[0, ["agreed", "function"]] = [True, "une maire"]
    found.excerpts.loc[1, ["agreed", "function"]] = [False, "une maire"]
    table = quotable(found)
    assert table["said_by"].tolist() == ["une maire", "parents"] and table["by_function"].tolist() == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    "quote", ["Trop court", "x" * (LONGEST + 1), "Demandez à Mme Exemple, elle vous dira tout.",
              "Appelez donc le 01 99 00 12 34 pour savoir."],
)  # fmt: skip
def test_what_is_not_printed(quote: str) -> None:
    found = heard(elus=3)
    found.excerpts["quote"] = quote
    table = quotable(found)
    assert table.empty or ("Exemple" not in table["text"][0] and "01 99" not in table["text"][0])


def test_what_several_groups_said_has_no_author() -> None:
    found = heard(elus=3)
    found.excerpts["group"] = SEVERAL
    assert quotable(found).empty


def test_the_choice_follows_its_rule() -> None:
    meetings = [
        {"id": f"E{i}", "group": g, "people": 5} for i, g in enumerate(["elus", "elus", "parents", "jeunes"])
    ]
    lines = [
        {"meeting": "E0", "group": "elus", "need": "pe_places", "strength": 1.0},
        {"meeting": "E1", "group": "elus", "need": "pe_cout", "strength": 3.0},
        {"meeting": "E2", "group": "parents", "need": "pe_cout", "strength": 3.0},
        {"meeting": "E3", "group": "jeunes", "need": "pe_places", "strength": 2.0},
        {"meeting": "E3", "group": "jeunes", "need": "je_lieux", "theme": "jeunesse", "strength": 3.0},
    ]
    found = actors(meetings, [line | {"quote": f"{LONG} {i}"} for i, line in enumerate(lines)])
    chosen = choose(found, "petite_enfance")
    assert chosen["id"].tolist() == [
        "X1",
        "X3",
        "X2",
    ]  # strongest; another group and need; then the group left
    assert chosen["why"].str.len().gt(10).all() and "déjà cité" not in " ".join(chosen["why"])
    assert choose(found, "petite_enfance", 4)["id"].tolist()[-1] == "X0"
    assert "déjà cité" in choose(found, "petite_enfance", 4)["why"].tolist()[-1]
    assert choose(found, "petite_enfance", without=["X1"])["id"].tolist()[0] == "X2"
    assert choose(found, "petite_enfance").equals(choose(found, "petite_enfance"))
    assert themes_quoted(found) == ("petite_enfance", "jeunesse") and choose(found, "logement").empty
    assert str(FEWEST) in rule()


def test_what_may_point_at_someone_is_printed_once_read_again(monkeypatch) -> None:
    import ctg_lib.consultation.quotations as module

    monkeypatch.setattr(module, "safe", lambda text: (text, "directrice" in text))
    found = heard(elus=3)
    found.excerpts["quote"] = "La directrice de la crèche nous le dit."
    assert quotable(found).empty
    found = replace(found, excerpts=found.excerpts.assign(agreed=True))
    assert quotable(found)["said_by"].tolist() == ["élus"]


def test_marks_are_left_to_the_page() -> None:
    found = heard(elus=3)
    found.excerpts["quote"] = "«\u00a0On attend une place depuis mars.\u00a0»"
    assert quotable(found)["text"].tolist() == ["On attend une place depuis mars."]
