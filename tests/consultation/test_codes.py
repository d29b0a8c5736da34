"""Short codes: fit for LimeSurvey, each its own, the same each time."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from ctg_lib.consultation.bank import questionnaires
from ctg_lib.consultation.codes import RESERVED, short_codes, short_ids, short_items
from ctg_lib.consultation.questionnaire import Option, Question, Questionnaire, Section

_WORDS = st.sampled_from(
    ["a", "oui", "courriel", "caf", "x1", "other", "time", "autre", "courr", "cour2", "longuement"]
)
_NAMES = st.lists(st.lists(_WORDS, min_size=1, max_size=4).map("_".join), unique=True, max_size=25)


def _question(names):
    return Question("q", "?", "single", tuple(Option(name, name) for name in names))


@settings(max_examples=80, deadline=None)
@given(_NAMES)
def test_every_code_is_short_new_and_always_the_same(names):
    codes = short_codes(_question(names))
    assert list(codes) == names
    assert all(re.fullmatch(r"[a-z][a-z0-9]{0,4}", code) for code in codes.values())
    assert len(set(codes.values())) == len(names)
    assert not RESERVED & set(codes.values())
    assert codes == short_codes(_question(names))


@settings(max_examples=50, deadline=None)
@given(_NAMES)
def test_ids_of_questions_have_twenty_letters_at_most(names):
    questions = tuple(Question(name, "?", "text") for name in names)
    ids = short_ids(Questionnaire("x", "x", "x", "personne", 1, (Section("s", "S", questions),)))
    assert all(re.fullmatch(r"[a-z][a-z0-9]{0,19}", code) for code in ids.values())
    assert len(set(ids.values())) == len(names)


def test_what_fits_stays_whatever_stands_before_it():
    codes = short_codes(_question(["courriel_caf", "courriel_msa", "courr", "oui"]))
    assert codes == {"courriel_caf": "cour2", "courriel_msa": "cour3", "courr": "courr", "oui": "oui"}


def test_a_word_of_limesurvey_is_not_taken():
    assert short_codes(_question(["other", "time"])) == {"other": "othe2", "time": "time2"}


def test_the_bank_has_short_codes():
    for questionnaire in questionnaires(None, {"Nord": [], "Sud": []})[0].values():
        assert len(set(short_ids(questionnaire).values())) == len(questionnaire.questions)
        for question in questionnaire.questions:
            assert len(set(short_codes(question).values())) == len(question.options)
            assert len(set(short_items(question).values())) == len(question.items)
