"""By what needs may be proved: the common table names only what exists; a study adds to it and takes nothing away."""

from __future__ import annotations

import pytest

from ctg_lib.agreement.grounds import (
    FILE,
    common_grounds,
    load_grounds,
    needs_of_answer,
    needs_of_indicator,
    needs_of_service,
)
from ctg_lib.consultation.bank import questionnaires
from ctg_lib.consultation.scheme import common_scheme


def test_the_common_table_names_needs_and_answers_that_exist():
    asked, _ = questionnaires(None, {"Amont": ("12063",)}, {"12063": "La Cavalerie"})
    scheme = common_scheme()
    for code, ground in common_grounds().items():
        assert code in scheme
        for answer in ground.answers:
            id, question, column = answer.split("/")
            for part in column.split("__"):
                asked[id][question].label_of(part)  # a KeyError names what is wrong


def test_needs_are_found_from_what_proves_them():
    grounds = common_grounds()
    assert needs_of_indicator(grounds, "taux_couverture") == ("pe_places",)
    assert needs_of_answer(grounds, "parents/accueil_horaires/tot") == ("pe_horaires_atypiques",)
    assert "pa_lieux_rencontre" in needs_of_service(grounds, "laep")
    assert needs_of_indicator(grounds, "population") == ()


def own(tmp_path, text):
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    return load_grounds(tmp_path, common_scheme())


def test_a_study_without_a_file_has_the_common_table(tmp_path):
    assert load_grounds(tmp_path) == (common_grounds(), ())


def test_a_study_adds(tmp_path):
    found, problems = own(
        tmp_path, "besoins: {pe_places: {indicateurs: {naissances: plus}, services: [rpe]}}"
    )
    assert not problems
    assert found["pe_places"].indicators == {
        **common_grounds()["pe_places"].indicators,
        "naissances": "above",
    }
    assert found["pe_places"].services == (*common_grounds()["pe_places"].services, "rpe")
    assert found["je_lieux"] == common_grounds()["je_lieux"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("besoins: [", "un fichier YAML lisible"),
        ("autre: 1", "la clé « besoins: »"),
        ("besoins: {zz: {services: [rpe]}}", "un code de la grille des besoins"),
        ("besoins: {pe_places: {autre: 1}}", "les rubriques indicateurs, questions, services"),
        ("besoins: {pe_places: {indicateurs: [a]}}", "indicateur: plus"),
        ("besoins: {pe_places: {indicateurs: {zz: plus}}}", "l’identifiant d’un indicateur"),
        ("besoins: {pe_places: {indicateurs: {naissances: haut}}}", "« plus » ou « moins »"),
        ("besoins: {pe_places: {questions: [parents]}}", "questionnaire/question/réponse"),
        ("besoins: {pe_places: {services: [zz]}}", "un type de service"),
    ],
)
def test_what_is_wrong_is_told_and_left_out(tmp_path, text, expected):
    found, problems = own(tmp_path, text)
    assert (
        len(problems) == 1 and expected in problems[0].expected and problems[0].file == f"convention/{FILE}"
    )
    assert found == common_grounds()
