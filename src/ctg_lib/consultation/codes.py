"""Short codes, for tools that do not take ours.

LimeSurvey takes letters and digits alone: at most 20 for a question or a sub-question, which starts with a letter,
and at most 5 for an answer (rules of its own models ``Question`` and ``Answer``). Short codes are made from ours, in the
same way each time: whoever writes a form and whoever reads its answers finds the same ones.
"""

from __future__ import annotations

from collections.abc import Iterable

from ctg_lib.consultation.questionnaire import Question, Questionnaire

LONGEST_QUESTION = 20
LONGEST_ANSWER = 5
RESERVED: frozenset[str] = frozenset(
    {"other", "comment", "time", "id", "token", "seed", "datestamp", "startdate", "submitdate", "lastpage"}
    | {"startlanguage", "interviewtime", "ipaddr", "refurl", "sid", "gid", "qid"}
    | {"lang", "savedid", "sgq", "self", "that", "this"}
)
"""Words that LimeSurvey keeps to itself: no short code is one of them."""


def short_ids(questionnaire: Questionnaire) -> dict[str, str]:
    """Id of each question -> its code in LimeSurvey: at most 20 letters and digits, a letter first."""
    return _short((question.id for question in questionnaire.questions), LONGEST_QUESTION)


def short_codes(question: Question) -> dict[str, str]:
    """Code of each option of a question -> its code in LimeSurvey: at most 5 letters and digits."""
    return _short((option.code for option in question.options), LONGEST_ANSWER)


def short_items(question: Question) -> dict[str, str]:
    """Code of each line of a grid -> its code in LimeSurvey: at most 5 letters and digits."""
    return _short((item.code for item in question.items), LONGEST_ANSWER)


def _short(names: Iterable[str], longest: int) -> dict[str, str]:
    """Names without « _ », cut; what fits stays as it is, whatever stands before it."""
    bare = {name: name.replace("_", "") for name in names}
    out: dict[str, str] = {}
    used = set(RESERVED)
    for name, text in bare.items():
        if len(text) <= longest and text not in used:
            out[name] = text
            used.add(text)
    for name, text in bare.items():
        if name not in out:
            out[name] = _free(text[:longest], used, longest)
            used.add(out[name])
    return {name: out[name] for name in bare}


def _free(head: str, used: set[str], longest: int) -> str:
    """The head itself, or with the first number from 2 that makes it new."""
    code, number = head, 2
    while code in used:
        tail = str(number)
        code, number = head[: longest - len(tail)] + tail, number + 1
    return code
