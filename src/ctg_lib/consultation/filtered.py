"""What the base of a filtered question tells of the question that filters it.

A question asked only of those who gave some answers to another one has a base: as many at least gave these answers.
104 answered « how often », 101 were asked « why not » and answered: three at most answered « never », whatever is
hidden of « how often ». A filtered question (its base, all of it) is hidden:

* where 1 to the threshold − 1 people answered the question that filters it without being asked it: they are a cell
  like another one; the higher threshold where either question is on a protected subject;
* where its base, with those of the other questions filtered by the same one and what is shown of that one, would let
  a hidden cell be found, or known not to reach the threshold (linear programmes: what a hidden cell can be at least
  and at most, given all that is shown).

So for the question that filters it, for the one that filters that one, and so on up. Of the questions that one
question filters, the first asked are shown first. To agree to be asked (:data:`AGREEMENTS`) is no answer on anything:
how many did not is like how many did not answer, which bases tell anyhow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ctg_lib.consultation.questionnaire import Question, Questionnaire

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

AGREEMENTS = frozenset({"consentement", "consentement_parental", "consentement_sensible"})
"""Roles of the questions that ask whether one agrees: what they filter is not hidden for it."""
_NEAR = 1e-6


@dataclass(frozen=True)
class View:
    """Respondents of whom something is told together (all of them, a group).

    Attributes:
        members: groups that it is made of, by place.
        hidden: whether each answer is hidden. no_base: whether its base is.
    """

    members: tuple[int, ...]
    hidden: Bools
    no_base: bool


@dataclass(frozen=True)
class Filter:
    """A question that filters others, as the reader sees it.

    Attributes:
        counts: respondents by answer × group; one group where there are none.
        bases: by group. everyone: respondents of the survey, whose number is told.
        views: what is told of whom.
        alone: whether an answer rules out all the others; of all of them where one is chosen.
        several: whether an answer can go with another.
        limit: under which a cell of it is hidden.
    """

    counts: Floats
    bases: Floats
    everyone: int
    views: tuple[View, ...]
    alone: Bools
    several: bool
    limit: int


@dataclass(frozen=True)
class Told:
    """``base`` people of ``members`` were asked something for one of the answers ``wanted``, and answered."""

    wanted: Bools
    members: tuple[int, ...]
    base: int


def filters(questionnaire: Questionnaire, question: Question) -> list[tuple[Question, tuple[str, ...]]]:
    """Questions and answers without which a question is not asked, up to those that nothing filters."""
    found: dict[tuple[str, tuple[str, ...]], Question] = {}
    for condition in question.when:
        parent = questionnaire[condition.question]
        found[parent.id, condition.codes] = parent
        found |= {(p.id, codes): p for p, codes in filters(questionnaire, parent)}
    return [(p, codes) for (_, codes), p in found.items() if p.role not in AGREEMENTS]


def narrowed(seen: Filter, told: Sequence[Told]) -> bool:
    """Whether bases of filtered questions tell of a hidden cell what the question itself does not."""
    goals = _goals(seen)
    if not goals or not told:
        return False
    plain, more = _Programme(seen), _Programme(seen, told)
    return any(not more.safe(*goal, seen.limit) and plain.safe(*goal, seen.limit) for goal in goals)


def _goals(seen: Filter) -> list[tuple[Floats, float]]:
    """Hidden numbers in which someone is: their coefficients, what they are."""
    m, n = seen.counts.shape
    values = np.concatenate([seen.counts.ravel(), seen.bases])
    out: list[tuple[Floats, float]] = []
    for view in seen.views:
        base = _line(m, n, (), view.members, base=True)
        lines = [base] if view.no_base else []
        for p in np.flatnonzero(view.hidden):
            cell = _line(m, n, (int(p),), view.members)
            lines += [cell, base - cell] if seen.several else [cell]
        out += [(line, float(line @ values)) for line in lines]
    return [(line, value) for line, value in out if value > 0]


def _line(m: int, n: int, answers: Sequence[int], members: Sequence[int], *, base: bool = False) -> Floats:
    """Coefficients of a sum of cells, or of bases."""
    line = np.zeros(m * n + n)
    for g in members:
        for p in answers:
            line[p * n + g] = 1
        if base:
            line[m * n + g] = 1
    return line


class _Programme:
    """All tables that agree with what is told."""

    def __init__(self, seen: Filter, told: Sequence[Told] = ()) -> None:
        m, n = seen.counts.shape
        values = np.concatenate([seen.counts.ravel(), seen.bases])
        same: list[Floats] = []
        most: list[tuple[Floats, float]] = [(_line(m, n, (), range(n), base=True), float(seen.everyone))]
        for g in range(n):
            base = _line(m, n, (), (g,), base=True)
            if seen.several:
                most += [(_line(m, n, (p,), (g,)) - base, 0.0) for p in range(m)]
            else:
                same.append(_line(m, n, range(m), (g,)) - base)
        for view in seen.views:
            if not view.no_base:
                same.append(_line(m, n, (), view.members, base=True))
            same += [_line(m, n, (int(p),), view.members) for p in np.flatnonzero(~view.hidden)]
        for each in told:
            wanted = [int(p) for p in np.flatnonzero(each.wanted)]
            others = [int(p) for p in np.flatnonzero(seen.alone & ~each.wanted)]
            most.append((-_line(m, n, wanted, each.members), -float(each.base)))
            base = _line(m, n, (), each.members, base=True)
            most.append((_line(m, n, others, each.members) - base, -float(each.base)))
        self.equal = np.array(same) if same else None
        self.right = self.equal @ values if self.equal is not None else None
        self.most = np.array([line for line, _ in most])
        self.bounds = np.array([bound for _, bound in most])

    def safe(self, goal: Floats, value: float, limit: int) -> bool:
        """Whether a hidden number may be nothing, and may reach the threshold; a large one: whether it is not known."""
        low, high = self._end(goal, 1), self._end(goal, -1)
        if value < limit:
            return low <= _NEAR and high >= limit - _NEAR
        return high - low > _NEAR

    def _end(self, goal: Floats, sign: int) -> float:
        from scipy.optimize import linprog

        found = linprog(
            sign * goal, A_ub=self.most, b_ub=self.bounds, A_eq=self.equal, b_eq=self.right, method="highs"
        )
        if found.status != 0:  # the answers themselves are such a table
            raise ArithmeticError(found.message)
        return float(sign * found.fun)
