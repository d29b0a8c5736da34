"""Key terms and reviewed codes of open answers, on made-up ones."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctg_lib.consultation.answers import Answers, table_of
from ctg_lib.consultation.masking import has_model
from ctg_lib.consultation.questionnaire import Question, Questionnaire, Section
from ctg_lib.consultation.words import (
    CODED_COLUMNS,
    COLUMNS,
    FORMS,
    LEMMAS,
    STOP_WORDS,
    coded,
    key_terms,
    method,
)
from ctg_lib.geography.names import fold
from ctg_lib.workbooks.cells import singular

ASKED = Questionnaire(
    "essai", "Essai", "tous", "personne", 1,
    (Section("s", "S", (Question("mots", "Pourquoi ?", "text"), Question("sante", "Santé ?", "text", sensitive=True))),),
)  # fmt: skip


def answers(texts, column="mots"):
    rows = [{"respondent": n, column: text} for n, text in enumerate(texts, 1)]
    return Answers(ASKED, table_of(ASKED, rows), keys=tuple(f"essai-{n:016x}" for n in range(len(texts))))


def terms(texts, column="mots", model=False, **more):
    table = key_terms(answers(texts, column), places=("Nant", "La Cavalerie"), model=model, **more)
    assert list(table.columns) == list(COLUMNS)
    return {row["term"]: row["respondents"] for row in table.to_dict("records")}


def test_a_term_is_counted_once_per_respondent_and_from_five():
    texts = ["Il manque des crèches, des crèches et des crèches"] * 5 + ["un bus"] * 4 + ["rien"]
    table = key_terms(answers(texts), model=False)
    assert table["term"].str.contains("crèche").any()
    assert set(table["respondents"]) == {5} and set(table["base"]) == {9}
    assert table["share"].iloc[0] == pytest.approx(5 / 9)
    assert "bus" not in set(table["term"])


def test_plural_and_accents_do_not_count_and_the_usual_form_is_shown():
    assert terms(["la crèche"] * 3 + ["les creches"] * 2) == {"crèche": 5}


def test_ten_respondents_on_a_protected_subject():
    assert terms(["un médecin"] * 9, "sante") == {}
    assert terms(["un médecin"] * 10, "sante") == {"médecin": 10}


def test_pairs_stand_for_their_words_where_they_always_go_together():
    assert terms(["un mode de garde"] * 6) == {"mode garde": 6}
    both = terms(["un mode de garde"] * 6 + ["la garde"] * 5)
    assert both == {"garde": 11, "mode garde": 6}


def test_a_pair_that_would_tell_a_few_by_subtraction_is_left_out():
    assert terms(["un mode de garde"] * 6 + ["la garde"] * 2 + ["le mode"] * 2) == {"garde": 8, "mode": 8}


def test_no_proper_noun():
    texts = ["On va au marché de Millau avec Sylvie Durand, à Nant, chez Tartempion"] * 8
    assert terms(texts) == {"marché": 8}
    assert terms(["à nant avec sylvie"] * 8) == {}


def test_no_stop_word():
    assert terms(["il y en a pour tout le monde et surtout pour nous"] * 8) == {"monde": 8}
    assert all(word == word.lower() for word in STOP_WORDS)


@pytest.mark.parametrize(
    ("said", "terms_of"),
    [
        ("Franchement, un cinéma. Le reste, on s’arrange", {"cinéma"}),
        ("Il faudrait qu’un médecin prenne des patients", {"médecin patient"}),
        ("Une place dans les marchés, les aides existent", {"place", "marché", "aide"}),
        ("Une liste tenue à jour des assistantes maternelles", {"liste", "assistantes maternelle"}),
        ("Pour nous, un cinéma de temps en temps", {"cinéma"}),
        ("Je cherchais un logement et une rencontre", {"logement rencontre", "logement", "rencontre"}),
    ],
)
def test_words_of_discourse_and_verbs_without_their_object_are_no_terms(said, terms_of):
    words = {word for term in terms([said] * 6) for word in term.replace("’", " ").split()}
    expected = {word for term in terms_of for word in term.split()}
    assert {fold(singular(w)) for w in words} == {fold(singular(w)) for w in expected}


def test_names_of_things_are_no_stop_words_though_a_verb_is_written_so():
    assert not STOP_WORDS & {
        "aide",
        "garde",
        "marche",
        "marches",
        "demande",
        "rencontre",
        "logement",
        "place",
        "attente",
    }
    assert {"reste", "existe", "arrange", "prenne", "faudrait", "franchement"} <= STOP_WORDS


def test_only_the_questions_asked_for_and_at_most_so_many():
    assert terms(["un bus"] * 6, questions=["sante"]) == {}
    assert len(terms(["bus vélo train marché école"] * 6, most=2)) == 2


def test_nothing_of_no_answer():
    assert key_terms(answers([]), model=False).empty


@pytest.mark.skipif(not has_model(), reason="spaCy’s French model is absent")
def test_lemmas_put_forms_of_a_verb_together():
    texts = ["Les crèches ferment trop tôt"] * 3 + ["La crèche fermait à midi"] * 3
    assert {"crèche fermer": 6}.items() <= terms(texts, model=True).items()
    assert terms(texts, model=False) == {"crèche": 6}
    assert method(True) == LEMMAS and method(False) == FORMS


WORDS = st.sampled_from(
    ["crèche", "bus", "école", "garde", "mode", "Sylvie", "Nant", "cher", "trop", "de", "."]
)


@given(st.lists(st.lists(WORDS, max_size=6).map(" ".join), max_size=14))
def test_no_term_of_few_nor_found_by_subtraction(texts):
    found = terms(texts)
    assert all(count >= 5 for count in found.values())
    assert not {"sylvie", "nant"} & set(" ".join(found).split())
    for term, count in found.items():
        for word in term.split() if " " in term else []:
            assert not 0 < found.get(word, count) - count < 5


def line(answer, need="", theme="", decision="publier", watch="", questionnaire="parents"):
    return {
        "answer": answer,
        "need": need,
        "theme": theme,
        "decision": decision,
        "watch": watch,
        "questionnaire": questionnaire,
    }


def counted(lines, **more):
    table = coded(pd.DataFrame(lines, columns=list(line(""))), **more)
    assert list(table.columns) == list(CODED_COLUMNS)
    return {(row["theme"], row["need"]): row for row in table.to_dict("records")}


def test_codes_are_counted_by_respondent_with_their_base():
    lines = [line(f"a{n}", "pe_places", "petite_enfance") for n in range(6)] * 2
    lines += [line(f"b{n}") for n in range(4)] + [line("c", "pe_places", "petite_enfance", decision="")]
    cell = counted(lines)["petite_enfance", "pe_places"]
    assert (cell["respondents"], cell["base"], cell["status"]) == (6, 10, "observed")
    assert cell["share"] == pytest.approx(0.6)
    assert list(counted(lines, by="theme")) == [("petite_enfance", "")]


def test_small_codes_are_hidden_and_cannot_be_found_again():
    lines = [line(f"a{n}", "pe_places", "petite_enfance") for n in range(8)]
    lines += [line(f"b{n}", "pe_cout", "petite_enfance") for n in range(3)]
    found = counted(lines)
    assert found["petite_enfance", ""]["respondents"] == 11
    assert {found["petite_enfance", need]["status"] for need in ("pe_places", "pe_cout")} == {
        "below_threshold"
    }
    assert pd.isna(found["petite_enfance", "pe_cout"]["share"])


def test_ten_are_asked_for_on_a_protected_subject():
    lines = [line(f"a{n}", "x", "handicap", watch="un sujet protégé") for n in range(9)]
    assert counted(lines)["handicap", ""]["status"] == "below_threshold"


@given(st.lists(st.tuples(st.integers(0, 20), st.sampled_from(["n1", "n2", "n3", ""])), max_size=40))
def test_no_hidden_code_is_found_by_subtraction(pairs):
    found = counted([line(f"a{n}", need, "jeunesse") for n, need in pairs])
    whole = {n for n, _ in pairs}
    shown = {need for (_, need), row in found.items() if row["status"] == "observed" and need}
    if found and found["jeunesse", ""]["status"] == "observed":
        rest = len(whole) - len({n for n, need in pairs if need in shown})
        assert not shown or rest == 0 or rest >= 5
    for _, row in found.items():
        assert row["status"] == "below_threshold" or row["respondents"] >= 5
