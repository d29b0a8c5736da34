"""Ordered answers of a theme, as they are drawn: the lines of a grid, or the audiences that one scale was asked of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ctg_lib.consultation.bank import NO_OPINION
from ctg_lib.consultation.estimates import FRAGILE
from ctg_lib.consultation.questionnaire import Question
from ctg_lib.display.prose import upper_first
from ctg_lib.study.survey import Survey

COLUMNS = ("item", "answer", "value", "n", "base", "status")
"""Of what is drawn: one row per line and answer, in the order asked (:func:`ctg_lib.display.likert.likert`)."""
MOST_STEPS, MOST_APART = 5, 2
"""Of a scale, and answers that are no step of it, beyond which it is not drawn."""


@dataclass(frozen=True)
class Ordered:
    """What is drawn.

    Attributes:
        question: as the first of the surveys asks it. surveys: that asked it, those with most answers first.
        frame: :data:`COLUMNS`. apart: labels of the answers that are no step of the scale.
    """

    question: Question
    surveys: tuple[Survey, ...]
    frame: pd.DataFrame
    apart: tuple[str, ...]

    @property
    def opinions(self) -> float:
        """Respondents who said a step of the scale, added up over the lines."""
        steps = self.frame[~self.frame["answer"].isin(self.apart)]
        return float((steps["value"] * steps["base"]).sum() / 100)

    @property
    def most_said(self) -> pd.Series | None:
        """The line and the step that most say; None where all is hidden."""
        steps = self.frame[~self.frame["answer"].isin(self.apart) & self.frame["value"].notna()]
        return steps.iloc[int(steps["value"].argmax())] if len(steps) else None


def ordered(surveys: Sequence[Survey], theme: str) -> Ordered | None:
    """The ordered question of a theme to draw; None where there is none.

    A grid rather than a scale, and that on which most say something; of a scale, at least two audiences. A line
    of fewer than :data:`ctg_lib.consultation.estimates.FRAGILE` answers is not drawn.

    Args:
        surveys: those with most answers first.
    """
    grids: list[Ordered] = []
    scales: dict[tuple[str, tuple[tuple[str, str], ...]], list[tuple[Survey, Question]]] = {}
    for survey in surveys:
        for question in survey.questions(theme):
            if question.kind == "grid" and _drawn(question):
                grids.append(_grid(survey, question))
            elif question.kind == "scale" and _drawn(question):
                steps = tuple((o.code, o.label) for o in question.options)
                scales.setdefault((question.id, steps), []).append((survey, question))
    found = [g for g in grids if g.frame["value"].notna().any()]
    if not found:
        found = [s for s in map(_scale, scales.values()) if len(set(s.frame["item"])) > 1]
    return max(found, key=lambda each: each.opinions, default=None)


def _drawn(question: Question) -> bool:
    apart = len(_apart(question))
    return apart <= MOST_APART and 0 < len(question.options) - apart <= MOST_STEPS


def _apart(question: Question) -> tuple[str, ...]:
    return tuple(o.label for o in question.options if o.code in NO_OPINION)


def _grid(survey: Survey, question: Question) -> Ordered:
    rows = _shares(survey, question)
    lines = [
        (item.label, option.label, f"{item.code}__{option.code}")
        for item in question.items
        for option in question.options
    ]
    return Ordered(question, (survey,), _frame([(rows, *line) for line in lines]), _apart(question))


def _scale(asked: Sequence[tuple[Survey, Question]]) -> Ordered:
    lines = []
    for survey, question in asked:
        rows = _shares(survey, question)
        lines += [(rows, upper_first(survey.whom), o.label, o.code) for o in question.options]
    question, frame = asked[0][1], _frame(lines)
    told = tuple(s for s, _ in asked if upper_first(s.whom) in set(frame["item"]))
    return Ordered(question, told, frame, _apart(question))


def _shares(survey: Survey, question: Question) -> pd.DataFrame:
    rows = survey.results(question.id)
    return rows[rows["measure"].eq("part")].set_index("column")


def _frame(lines: Sequence[tuple[pd.DataFrame, str, str, str]]) -> pd.DataFrame:
    told = [
        (item, answer, *rows.loc[code, ["value", "n", "base", "status"]])
        for rows, item, answer, code in lines
    ]
    frame = pd.DataFrame(told, columns=list(COLUMNS))
    return frame[frame["base"].ge(FRAGILE)].reset_index(drop=True)
