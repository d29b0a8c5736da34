"""The truth of the made-up population: what all would have answered, and how many of each there are.

Of homes that live here all year, soldiers' homes among them, as the census counts them; second homes apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ctg_lib.consultation.questionnaire import Questionnaire
from demo.answering import Cells, Who, answers_of
from demo.models_own import RULES
from demo.population import population
from demo.sampling import parent


def everyone(form: str, *, civil: bool = False) -> list[Who]:
    """Whom a questionnaire is about: one parent of each home with a child under 18, or every adult.

    Args:
        civil: without the homes of soldiers.

    Raises:
        ValueError: a questionnaire whose population is not told (« professionnels »).
    """
    homes = [home for home in population() if not (civil and home.military)]
    if form == "parents":
        return [parent(home) for home in homes if home.minors]
    if form == "habitants":
        return [Who(home, person) for home in homes for person in home.adults]
    raise ValueError(form)


def all_answers(form: Questionnaire, people: Iterable[Who]) -> list[Cells]:
    """What each of them would answer, nothing left out."""
    return [answers_of(form, who, RULES) for who in people]


def true_shares(form: Questionnaire, question: str, answers: Iterable[Cells]) -> dict[str, float]:
    """Code -> share of those who would answer a ``single``, ``scale`` or ``multiple`` that choose it."""
    each = form[question]
    counts: Counter[str] = Counter()
    base = 0
    for cells in answers:
        if each.kind == "multiple":
            ticked = [o.code for o in each.options if cells.get(f"{question}__{o.code}")]
            base += bool(ticked)
            counts.update(ticked)
        elif question in cells:
            base += 1
            counts[cells[question]] += 1
    return {option.code: counts[option.code] / base for option in each.options} if base else {}


def totals(form: Questionnaire, role: str, answers: Iterable[Cells]) -> dict[str, float]:
    """Code -> how many there are, of the question that has a role (``secteur``, ``age``, ``menage``)."""
    question = next(q for q in form.questions if q.role == role)
    counts: Counter[str] = Counter(cells[question.id] for cells in answers if question.id in cells)
    return {option.code: float(counts[option.code]) for option in question.options}
