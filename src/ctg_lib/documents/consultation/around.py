"""What stands around the questions of every form, and what is said the same way in all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ctg_lib.consultation.questionnaire import Condition, Question, Questionnaire
from ctg_lib.display.typography import enumerate_fr, typeset

FICTIF = "Fictif : questionnaire d’une démonstration, à ne distribuer à personne"
CODE_ID = "code_suppression"
"""Name of the column of the deletion code in the forms that make it themselves."""
MOST_NAMED = 3
"""Up to so many answers, a condition names them; beyond, it names those that it leaves out, if they are
fewer."""
_TU = re.compile(r"\b(?:tu|t’|ton|ta|tes|toi)\b", re.IGNORECASE)
_VOUS = re.compile(r"\b(?:vous|votre|vos)\b", re.IGNORECASE)
KEEP_CODE = (
    "Notez ce code ou prenez-le en photo. Il permet de faire effacer vos réponses plus tard, sans "
    "dire qui vous êtes. "
    "Nous ne pourrons pas vous le redonner."
)


@dataclass(frozen=True)
class Around:
    """What a form says beside its questions.

    Attributes:
        study: id of the study.
        place: name of the territory, as people read it.
        moment: day of the study: date of the files.
        title: of the notice (« Vos réponses et vos droits »).
        notice: what people are told of their data before the first question, one string per paragraph.
        full: all that they are told: title -> paragraph.
        contact: where to write for a deletion: a generic address.
        until: by when it is to be given back; empty: not known.
        fictif: made up: said on every page.
    """

    study: str
    place: str
    moment: date
    title: str = "Vos réponses et vos droits"
    notice: tuple[str, ...] = ()
    full: tuple[tuple[str, str], ...] = ()
    contact: str = ""
    until: str = ""
    fictif: bool = False


def numbers(questionnaire: Questionnaire) -> dict[str, int]:
    """Id of each question -> its number on paper, from 1."""
    return {question.id: rank for rank, question in enumerate(questionnaire.questions, start=1)}


def condition_words(questionnaire: Questionnaire, question: Question) -> str:
    """« Si vous avez répondu « Oui » à la question 3 »; empty where it is asked of everyone."""
    if not question.when:
        return ""
    ranks = numbers(questionnaire)
    parts = [_one(questionnaire[each.question], each, ranks[each.question]) for each in question.when]
    who = "tu as" if says_tu(questionnaire) else "vous avez"
    return str(typeset(f"Si {who} {enumerate_fr(parts)}"))


def _one(asked: Question, condition: Condition, number: int) -> str:
    verb = {"multiple": "coché", "ranking": "classé"}.get(asked.kind, "répondu")
    left_out = [option for option in asked.options if option.code not in condition.codes]
    others = [option.code for option in left_out]
    # who may tick several answers may tick one of each side, unless those left out go with no other
    apart = asked.kind in ("single", "scale") or all(option.exclusive for option in left_out)
    if others and apart and len(condition.codes) > MOST_NAMED and len(others) < len(condition.codes):
        return f"{verb} autre chose que {_named(asked, others)} à la question {number}"
    return f"{verb} {_named(asked, condition.codes)} à la question {number}"


def _named(asked: Question, codes: Iterable[str]) -> str:
    if asked.kind == "integer":
        return enumerate_fr(list(codes), "ou")
    return enumerate_fr([f"« {asked.label_of(code)} »" for code in codes], "ou")


def says_tu(questionnaire: Questionnaire) -> bool:
    """Whether it speaks to the person as « tu », as its questions do."""
    labels = [question.label for question in questionnaire.questions]
    tu, vous = (sum(bool(each.search(label)) for label in labels) for each in (_TU, _VOUS))
    return tu > vous


def how_to(question: Question, *, tu: bool = False) -> str:
    """How one answers, where it is not plain: « Plusieurs réponses possibles », « 3 au plus » …"""
    many = len(question.options)
    limit = question.most if question.most is not None and question.most < many else None
    if question.kind == "multiple":
        return "Plusieurs réponses possibles" if limit is None else f"{limit} réponses au plus"
    if question.kind == "ranking":
        what = f"les {limit} plus importants" if limit else "du plus important au moins important"
        verb = "Classe" if tu else "Classez"
        return f"{verb} {what} : 1 pour le plus important, puis 2, puis 3"[: None if many > 2 else -8]
    if question.kind == "grid":
        return "Une réponse par ligne"
    if question.kind == "integer" and question.low is not None and question.high is not None:
        return f"Un nombre de {question.low} à {question.high}"
    return ""


def free_label(question: Question, code: str) -> str:
    """What stands before the line to write on."""
    return f"{question.label_of(code).rstrip(' :.…')} : précisez"
