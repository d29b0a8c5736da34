"""The notice says what the regulation asks for, what the settings say, and « à compléter » for the rest."""

from datetime import date

import pytest

from ctg_lib.consultation.bank import BANK, questionnaires
from ctg_lib.consultation.notice import PARENTS_CHOICES, missing, notice, parents_letter
from ctg_lib.consultation.settings import TO_COMPLETE, Contact, Hosting, PlannedSurvey, Settings

ALL = questionnaires(None, {"Nord": []})[0]
FULL = Settings(
    given=True,
    controller=Contact("Communauté de communes Exemple", "chargée de coopération", "ctg@ici.example"),
    officer=Contact("", "délégué", "dpo@ici.example"),
    purpose="préparer la convention",
    recipients=("l’équipe du diagnostic", "le bureau d’études"),
    host=Hosting("LimeSurvey", "France", True),
    keep_until=date(2027, 12, 31),
)


@pytest.mark.parametrize("id", BANK)
def test_all_that_must_be_told_is_told(id):
    text = notice(FULL, ALL[id]).text
    for told in (
        "Communauté de communes Exemple", "chargée de coopération", "ctg@ici.example", "dpo@ici.example",
        "préparer la convention", "article 6, 1, e", "l’équipe du diagnostic, le bureau d’études", "31 décembre 2027",
        "voir", "corriger", "effacer", "limiter", "opposer", "Commission nationale de l’informatique et des libertés",
        "code de suppression", "reçu à détacher", "moins de 5 réponses", "dans l’Union européenne (LimeSurvey, France)",
        "Elles ne sont pas transférées ailleurs.",
    ):  # fmt: skip
        assert told in text, told
    assert TO_COMPLETE not in text and notice(FULL, ALL[id]).missing == ()


@pytest.mark.parametrize("id", BANK)
def test_the_form_says_who_what_for_how_long_and_how_to_erase(id):
    short = " ".join(notice(FULL, ALL[id]).short)
    for told in (
        "Communauté de communes Exemple",
        "préparer la convention",
        "31 décembre 2027",
        "code de suppression",
    ):
        assert told in short
    assert "ctg@ici.example" in short and "libre" in short and len(short) < 1200


@pytest.mark.parametrize("id", BANK)
def test_what_is_not_known_is_to_be_completed_never_made_up(id):
    found = notice(Settings(), ALL[id])
    assert found.text.count(TO_COMPLETE) >= 6 and any(TO_COMPLETE in line for line in found.short)
    assert "Union européenne (" not in found.text and "transférées" not in found.text
    assert found.missing == missing(Settings()) and len(found.missing) == 5


def test_consent_on_health_is_spoken_of_where_it_is_asked_for_alone():
    for id, each in ALL.items():
        found = notice(FULL, each)
        asked = any(question.sensitive for question in each.questions)
        assert ("9, 2, a" in found.text) == asked == ("10 sur le handicap" in found.text)
        assert any("handicap et la santé" in line for line in found.short) == asked, id


def test_the_youngest_are_told_in_their_words_and_of_their_parents():
    young = notice(FULL, ALL["jeunes_11_17"])
    assert young.title == "Tes réponses et tes droits"
    assert "Vous" not in young.text and "vos " not in young.text
    assert "Avant 15 ans" in young.text and any("moins de 15 ans" in line for line in young.short)
    assert "15 ans" not in notice(FULL, ALL["parents"]).text


def test_how_parents_agree_is_told():
    survey = PlannedSurvey("jeunes_11_17", parents_agreement="lettre remise par le collège")
    text = notice(Settings(surveys=(survey,)), ALL["jeunes_11_17"]).text
    assert "Comment : lettre remise par le collège." in text


def test_paper_is_spoken_of_where_there_is_paper():
    online = Settings(surveys=(PlannedSurvey("parents", modes=("en_ligne",)),))
    both = Settings(surveys=(PlannedSurvey("parents", modes=("en_ligne", "papier")),))
    assert "puis détruits" not in notice(online, ALL["parents"]).text
    assert "puis détruits" in notice(both, ALL["parents"]).text
    assert "puis détruits" in notice(online, ALL["habitants"]).text


def test_outside_the_union_says_what_protects():
    away = notice(Settings(host=Hosting("Outil", "Ailleurs", False, "clauses types")), ALL["parents"]).text
    assert "hors de l’Union européenne (Outil, Ailleurs) ; garanties : clauses types" in away
    assert f"garanties : {TO_COMPLETE}" in notice(Settings(host=Hosting(in_union=False)), ALL["parents"]).text


def test_answers_are_never_said_to_be_anonymous():
    for each in ALL.values():
        assert "anonym" not in notice(FULL, each).text.casefold()


def test_parents_of_under_fifteens_have_a_letter_others_none():
    letter = " ".join(parents_letter(FULL, ALL["jeunes_11_17"]))
    for told in (
        "Communauté de communes Exemple",
        "ctg@ici.example",
        "31 décembre 2027",
        "sans conséquence",
        "coupon",
    ):
        assert told in letter
    assert parents_letter(FULL, ALL["parents"]) == () and len(PARENTS_CHOICES) == 2
