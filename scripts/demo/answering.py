"""From a made-up person to the answers they would give: the same ones at every run.

Answers follow from the traits of the home and of the person (``demo.models``, one rule per question). Each
question of each home or person has its own draw: who answers two questionnaires says the same in both.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ctg_lib.consultation.questionnaire import Option, Question, Questionnaire
from demo.dice import Dice
from demo.population import Home, Person
from demo.texts import OTHER

Cells = dict[str, Any]
"""Column -> value, as in ``Answers.table``."""


@dataclass(frozen=True)
class Who:
    """Someone who may answer.

    Attributes:
        home, person: who, in the made-up population.
        job: traits of a professional or of an association, (name, value); empty for others.
    """

    home: Home
    person: Person
    job: tuple[tuple[str, str], ...] = ()

    def __hash__(self) -> int:
        return hash((self.home.number, self.person.rank, self.job))

    def trait(self, name: str) -> str:
        """A trait of the job; empty where there is none."""
        return dict(self.job).get(name, "")

    def dice(self, question: str, of_home: bool) -> Dice:
        """The draws of a question: one for the home, or one for each of its people."""
        return Dice("answer", self.home.number, "home" if of_home else self.person.rank, question)

    def has(self, low: int, high: int) -> bool:
        """Whether a child of that age lives in the home."""
        return self.home.children(low, high) > 0


Rule = Callable[[Who], Any]
"""What a rule gives, by kind of question: ``single``, ``scale``: a code, or code -> weight; ``multiple``:
code -> chance, each apart (an exclusive one is drawn first, and is what stays where nothing else is);
``ranking``: code -> weight; ``grid``: item -> (code -> weight); ``integer``: a number; ``text``: a text.
None: no answer."""


def answers_of(
    form: Questionnaire, who: Who, rules: Mapping[str, Rule], skipped: Collection[str] = ()
) -> Cells:
    """All that someone would answer to a questionnaire, in the order of its questions.

    Args:
        skipped: ids of questions left without an answer; those that depend on them are not asked.

    Raises:
        KeyError: a question that has no rule.
    """
    out: Cells = {}
    for question in form.questions:
        if question.id not in skipped and asked(form, question, out):
            dice = who.dice(question.id, form.unit_of(question) == "menage")
            out |= answer(question, rules[question.id](who), dice)
    return out


def asked(form: Questionnaire, question: Question, cells: Cells) -> bool:
    """Whether a question is asked, by what was answered before it."""
    return all(_holds(form[c.question], c.codes, cells) for c in question.when)


def _holds(question: Question, codes: tuple[str, ...], cells: Cells) -> bool:
    if question.kind in ("multiple", "ranking"):
        return any(cells.get(f"{question.id}__{code}") for code in codes)
    return cells.get(question.id) in codes


def answer(question: Question, given: Any, dice: Dice) -> Cells:
    """The columns that a question fills."""
    if given is None:
        return {}
    if question.kind in ("integer", "text"):
        return {question.id: given}
    if question.kind == "grid":
        known = {o.code for o in question.options}
        return {
            f"{question.id}__{item.code}": dice.one({k: w for k, w in given[item.code].items() if k in known})
            for item in question.items
            if given.get(item.code)
        }
    if question.kind == "ranking":
        weights = {o.code: float(given.get(o.code, 0)) for o in question.options}
        chosen = dice.order({k: w for k, w in weights.items() if w > 0})[: question.most]
        return {f"{question.id}__{code}": rank for rank, code in enumerate(chosen, start=1)}
    if question.kind == "multiple":
        return _ticked(question, given, dice)
    options = {o.code: o for o in question.options}
    weights = {given: 1.0} if isinstance(given, str) else given
    weights = {k: w for k, w in weights.items() if k in options}
    if not weights:
        return {}
    code = dice.one(weights)
    return {question.id: code, **_free(question, options[code], dice)}


def _ticked(question: Question, chances: Mapping[str, float], dice: Dice) -> Cells:
    columns: Cells = {f"{question.id}__{o.code}": False for o in question.options}
    alone = [o for o in question.options if o.exclusive and chances.get(o.code, 0) > 0]
    first = next((o.code for o in alone if dice.yes(chances[o.code])), None)
    if first is not None:
        return {**columns, f"{question.id}__{first}": True}
    drawn = [o for o in question.options if not o.exclusive and dice.yes(chances.get(o.code, 0))]
    if question.most is not None and len(drawn) > question.most:
        kept = dice.order({o.code: chances[o.code] for o in drawn})[: question.most]
        drawn = [o for o in drawn if o.code in kept]
    if not drawn:
        return {**columns, f"{question.id}__{alone[0].code}": True} if alone else {}
    for option in drawn:
        columns |= {f"{question.id}__{option.code}": True, **_free(question, option, dice)}
    return columns


def _free(question: Question, option: Option, dice: Dice) -> Cells:
    """What is written on the line of a « free » option: online forms ask for it."""
    if not option.free:
        return {}
    return {f"{question.id}__{option.code}__texte": dice.among(OTHER.get(question.id, OTHER[""]))}
