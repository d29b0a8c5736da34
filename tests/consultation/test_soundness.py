"""Each thing that makes a questionnaire unsound is told, and nothing else is."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctg_lib.consultation.answers import Answers, table_of
from ctg_lib.consultation.bank import questionnaires
from ctg_lib.consultation.questionnaire import Condition, Option, Question, Questionnaire, Section
from ctg_lib.consultation.soundness import check, harmony, minutes_about

BANK = questionnaires(None, {"Nord": [], "Sud": []})[0]


def _q(id, kind="single", options="ab", **more):
    given = tuple(o if isinstance(o, Option) else Option(o, o.upper()) for o in options) if options else ()
    more = {"label": f"Question {id} ?", "topic": id, **more}
    return Question(id=id, kind=kind, options=given, **more)


CONSENT = _q("accord", options=(Option("oui", "Oui"), Option("non", "Non")), role="consentement")
HEALTH = _q("sante_ok", options=(Option("oui", "Oui"), Option("non", "Non")), role="consentement_sensible")
CANAL = _q("canal", role="canal")
PRIORITIES = _q("priorites", "multiple", "abc", role="priorites", most=2)


def _whole(*questions, unit="personne", minutes=0, first=CONSENT):
    head = [first] if first is not None else []
    return Questionnaire(
        "essai",
        "Essai",
        "tous",
        unit,
        1,
        (Section("s", "S", (*head, CANAL, PRIORITIES, *questions)),),
        minutes,
    )


def _told(questionnaire, **more):
    return [
        (p.file.removeprefix("essai.yml").lstrip(", "), p.severity, p.expected)
        for p in check(questionnaire, **more)
    ]


def _one(questionnaire, where, expected, severity="error", **more):
    told = _told(questionnaire, **more)
    assert len(told) == 1 and where in told[0][0] and expected in told[0][2] and told[0][1] == severity, told


def test_a_sound_questionnaire_has_no_problem():
    assert check(_whole(_q("x"), _q("y", "multiple", "abc"))) == []


# --- roles -------------------------------------------------------------------------------------------------


def test_the_agreement_to_take_part_must_be_asked():
    _one(_whole(first=None), "", "demander l’accord pour participer")


def test_the_agreement_comes_first():
    whole = Questionnaire(
        "essai", "E", "t", "personne", 1, (Section("s", "S", (CANAL, CONSENT, PRIORITIES)),)
    )
    _one(whole, "question « canal »", "l’accord en premier", "warning")


@pytest.mark.parametrize(
    ("dropped", "expected"), [("canal", "par quel canal"), ("priorites", "comparer les priorités")]
)
def test_what_serves_the_analysis_is_asked_for(dropped, expected):
    kept = tuple(q for q in (CONSENT, CANAL, PRIORITIES) if q.id != dropped)
    whole = Questionnaire("essai", "E", "t", "personne", 1, (Section("s", "S", kept),))
    _one(whole, "", expected, "warning")


def test_inhabitants_need_a_secteur_and_an_age():
    residence = _q("residence")
    told = _told(_whole(residence))
    assert [e for _, _, e in told if "secteur" in e] and [e for _, _, e in told if "reprendre: age" in e]
    assert all(severity == "warning" for _, severity, _ in told) and len(told) == 2
    household = _told(_whole(residence, unit="menage"))
    assert [e for _, _, e in household if "reprendre: menage" in e]


def test_under_fifteens_need_their_parents():
    age = _q("age", options=(Option("a", "De 11 à 14 ans"), Option("b", "De 15 à 17 ans")), role="age")
    secteur = _q("secteur", role="secteur")
    _one(_whole(age, secteur), "", "posée aux moins de 15 ans")
    agreed = _q("parent", options=(Option("oui", "Oui"), Option("non", "Non")), role="consentement_parental")
    assert check(_whole(age, secteur, agreed)) == []
    adults = replace(age, options=(Option("a", "Moins de 30 ans"), Option("b", "De 30 à 44 ans")))
    assert check(_whole(adults, secteur)) == []


# --- length --------------------------------------------------------------------------------------------------


def test_too_many_questions_are_told_with_their_number():
    whole = _whole(*(_q(f"q{n}") for n in range(50)))
    found = [p for p in check(whole) if "au-delà" in p.expected]
    assert found[0].found == "53 questions posées à tous" and found[0].severity == "warning"


def test_too_long_a_time_is_told():
    texts = [_q(f"t{n}", "text", "", help="Pas de nom.") for n in range(20)]
    _one(_whole(*texts), "", "15 minutes au plus", "warning")


def test_announced_minutes_must_be_about_right():
    _one(_whole(minutes=10), "« duree »", "environ 1 minutes", "warning")
    assert check(_whole(minutes=1)) == []


def test_a_question_asked_of_some_counts_half():
    plain, some = _q("x"), _q("x", when=(Condition("accord", ("oui",)),))
    gap = minutes_about(_whole(plain)) - minutes_about(_whole(some))
    assert gap == pytest.approx(minutes_about(_whole(plain)) - minutes_about(_whole()) - gap)


# --- options -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["single", "scale", "multiple", "ranking"])
def test_one_option_is_no_choice(kind):
    _one(_whole(_q("x", kind, "a")), "question « x », « options »", "deux au moins")


def test_a_ranking_of_one_is_told_as_such():
    _one(_whole(_q("x", "ranking", "a")), "« options »", "un classement demande un choix")


def test_a_grid_needs_two_lines():
    _one(_whole(_q("x", "grid", "ab", items=(Option("l", "L"),))), "« lignes »", "deux lignes au moins")


def test_an_option_given_twice_is_told():
    twice = (Option("a", "Été"), Option("b", "ete"))
    _one(_whole(_q("x", options=twice)), "« options »", "un texte par réponse")
    codes = (Option("a", "A"), Option("a", "B"))
    _one(_whole(_q("x", options=codes)), "« options »", "un code par réponse")
    lines = (Option("a", "A"), Option("b", "a"))
    _one(_whole(_q("x", "grid", "ab", items=lines)), "« lignes »", "un texte par réponse")


def test_more_choices_than_options_are_told():
    _one(_whole(_q("x", "multiple", "ab", most=3)), "« au_plus »", "2 au plus")
    alone = ("a", "b", Option("rien", "Rien", exclusive=True))
    _one(_whole(_q("x", "multiple", alone, most=3)), "« au_plus »", "2 au plus")


def test_a_multiple_choice_of_one_is_a_single_one():
    _one(_whole(_q("x", "multiple", "abc", most=1)), "« au_plus »", "choix_unique")


def test_exclusive_serves_in_a_multiple_choice_alone():
    _one(
        _whole(_q("x", options=("a", Option("b", "B", exclusive=True)))),
        "« options »",
        "dans un choix multiple",
    )


def test_options_that_all_exclude_each_other_are_a_single_choice():
    both = (Option("a", "A", exclusive=True), Option("b", "B", exclusive=True))
    _one(_whole(_q("x", "multiple", both)), "« options »", "choix_unique")


@pytest.mark.parametrize(
    "label", ["Aucun", "Aucune de ces activités", "Rien", "À rien de tout cela", "Je ne sais pas", "Non",
              "Je préfère ne pas répondre", "D’aucune aide"][:7]
)  # fmt: skip
def test_what_rules_out_the_others_must_be_exclusive(label):
    _one(
        _whole(_q("x", "multiple", ("a", "b", Option("c", label)))),
        "« options »",
        "exclusif: true",
        "warning",
    )


@pytest.mark.parametrize("label", ["Je ne sais pas ce qui existe", "Un rien de temps", "Nonante"])
def test_what_only_sounds_like_it_need_not(label):
    assert check(_whole(_q("x", "multiple", ("a", "b", Option("c", label))))) == []


# --- words ---------------------------------------------------------------------------------------------------


def test_a_question_needs_a_topic_of_its_own():
    _one(_whole(_q("x", topic="")), "question « x », « sujet »", "quelques mots")
    _one(
        _whole(_q("x", topic="t"), _q("y", topic="t")),
        "question « y », « sujet »",
        "d’autres mots",
        "warning",
    )


def test_a_question_is_short():
    _one(_whole(_q("x", label="mot " * 60 + "?")), "« question »", "220 au plus", "warning")


@pytest.mark.parametrize(
    "label",
    ["Quel est votre nom ?", "Votre adresse e-mail ?", "Quelle est votre date de naissance ?", "Téléphone"],
)
def test_no_one_is_asked_who_they_are(label):
    _one(_whole(_q("x", "text", "", label=label, help="Pas de nom.")), "« question »", "sur l’identité")


def test_no_one_is_asked_for_their_commune():
    _one(_whole(_q("x", label="Dans quelle commune habitez-vous ?")), "« question »", "le secteur plutôt que")


def test_an_open_question_warns_against_names():
    _one(_whole(_q("x", "text", "")), "« aide »", "N’écrivez ni nom", "warning")


# --- conditions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Condition("plus_tard", ("a",)), "une question posée avant"),
        (Condition("nombre", ("a",)), "ni grille, ni nombre, ni texte"),
        (Condition("accord", ("peut_etre",)), "une réponse de la question « accord »"),
    ],
)
def test_a_condition_refers_to_an_answer_given_before(condition, expected):
    number = _q("nombre", "integer", "", low=0, high=9)
    _one(_whole(number, _q("x", when=(condition,)), _q("plus_tard")), "question « x », « si »", expected)


def _never(*conditions, before=()):
    _one(_whole(*before, _q("x", when=conditions)), "question « x », « si »", "ne serait jamais posée")


def test_two_answers_of_one_choice_cannot_both_be_given():
    _never(Condition("c", ("a",)), Condition("c", ("b",)), before=(_q("c", options="abc"),))


def test_a_condition_that_its_own_condition_rules_out_is_told():
    inner = _q("d", when=(Condition("c", ("a",)),))
    _never(Condition("c", ("b",)), Condition("d", ("a",)), before=(_q("c"), inner))


def test_an_exclusive_answer_goes_with_no_other():
    ages = _q("c", "multiple", (Option("aucun", "Aucun", exclusive=True), "a", "b"))
    _never(Condition("c", ("aucun",)), Condition("c", ("a",)), before=(ages,))


def test_two_ticks_of_a_multiple_choice_can_both_be_given():
    ages = _q("c", "multiple", "ab")
    assert check(_whole(ages, _q("x", when=(Condition("c", ("a",)), Condition("c", ("b",)))))) == []


CODES = "abc"


@st.composite
def _chains(draw):
    """Single choices, each asked by conditions on those before it."""
    questions = []
    for number in range(draw(st.integers(2, 4))):
        when = tuple(
            Condition(
                f"q{draw(st.integers(0, number - 1))}",
                tuple(draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=2, unique=True))),
            )
            for _ in range(draw(st.integers(0, 2)))
            if number
        )
        questions.append(_q(f"q{number}", options=CODES, when=when))
    return questions


@settings(max_examples=100, deadline=None)
@given(_chains())
def test_what_is_told_to_be_never_asked_is_asked_of_nobody_and_the_rest_of_someone(questions):
    """Against every way to answer: a proof on small questionnaires, not the same rule twice."""
    from itertools import product

    whole = _whole(*questions)
    told = {p.file.split("« ")[1].split(" »")[0] for p in check(whole) if "jamais posée" in p.expected}
    rows = [
        dict(zip([q.id for q in questions], codes, strict=True))
        for codes in product(CODES, repeat=len(questions))
    ]
    answers = Answers(whole, table_of(whole, rows))
    never = {q.id for q in questions if not answers.asked(q.id).any()}
    assert told == never


# --- protected subjects ----------------------------------------------------------------------------------------


def test_a_protected_subject_needs_its_own_agreement():
    _one(_whole(_q("x", sensitive=True)), "question « x », « sensible »", "consentement_sensible")
    other = _q("x", sensitive=True, when=(Condition("accord", ("oui",)),))
    _one(_whole(other), "question « x », « sensible »", "consentement_sensible")
    refused = _q("x", sensitive=True, when=(Condition("sante_ok", ("oui", "non")),))
    _one(_whole(HEALTH, refused), "question « x », « sensible »", "consentement_sensible")
    agreed = _q("x", sensitive=True, when=(Condition("sante_ok", ("oui",)),))
    deeper = _q("y", sensitive=True, when=(Condition("x", ("a",)),))
    assert check(_whole(HEALTH, agreed, deeper)) == []


def test_a_protected_question_need_not_be_answered():
    asked = _q("x", sensitive=True, required=True, when=(Condition("sante_ok", ("oui",)),))
    _one(_whole(HEALTH, asked), "« obligatoire »", "on peut toujours ne pas y répondre")


def test_under_fifteens_are_not_asked_on_their_health():
    age = _q("age", options=(Option("a", "De 11 à 14 ans"), Option("b", "De 15 à 17 ans")), role="age")
    agreed = _q("parent", options=(Option("oui", "Oui"), Option("non", "Non")), role="consentement_parental")
    asked = _q("x", sensitive=True, when=(Condition("sante_ok", ("oui",)),))
    _one(
        _whole(age, _q("secteur", role="secteur"), agreed, HEALTH, asked),
        "« sensible »",
        "ne touche pas",
        "warning",
    )


# --- secteurs, several questionnaires ----------------------------------------------------------------------------


def test_a_secteur_too_small_points_at_a_home():
    _one(
        BANK["parents"],
        "secteur « Sud »",
        "au moins 200 habitants",
        "warning",
        populations={"Nord": 200, "Sud": 199},
    )
    assert check(BANK["parents"], {"Nord": 200, "Ailleurs": 3}) == []


def test_the_file_is_named_as_the_user_sees_it():
    told = check(_whole(first=None), file="consultation/questionnaires/essai.yml")
    assert told[0].file == "consultation/questionnaires/essai.yml"


def test_the_same_id_is_the_same_question_everywhere():
    one, other = _whole(_q("x")), replace(_whole(_q("x", "multiple")), id="autre")
    assert "le même genre que dans « essai »" in harmony([one, other])[0].expected
    words = replace(_whole(_q("x", options=(Option("a", "Autre mot"), Option("b", "B")))), id="autre")
    found = harmony([one, words])
    assert len(found) == 1 and found[0].file == "autre.yml, question « x », réponse « a »"
    fewer = replace(_whole(_q("x", options=("b", "c"))), id="autre")
    assert harmony([one, fewer]) == []


def test_an_id_given_twice_or_no_question_is_told():
    assert any(e == "un identifiant par question" for _, _, e in _told(_whole(_q("x"), _q("x", topic="y"))))
    empty = Questionnaire("essai", "E", "t", "personne", 1, ())
    assert any("au moins une question" in e for _, _, e in _told(empty))
    assert any(e == "menage ou personne" for _, _, e in _told(_whole(unit="foyer")))
