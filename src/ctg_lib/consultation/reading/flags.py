"""What is told of answers as a whole: doubles, households that cannot be, forms filled without being read.

- **Doubles**: the same deletion code; the same number of the tool with answers that do not contradict one another;
  or the same answers to at least :data:`SAME` questions. The most complete is kept, then the latest.
- **Too fast**: less than a third of the median duration, and less than two seconds per question answered, among at
  least :data:`ENOUGH` durations (relative speed: R. Greszki, M. Meyer, H. Schoen, « Exploring the Effects of
  Removing "Too Fast" Responses and Respondents from Web Surveys », Public Opinion Quarterly 79(2), 2015). Both must
  hold: one who skips half of the questions is quick without being careless.
- **Straight lines**: the same box on all lines of every grid of at least :data:`LINES` lines (« simple
  nondifferentiation »: Y. Kim, J. Dykema, J. Stevenson, P. Black, D. P. Moberg, « Straightlining: Overview of
  Measurement, Comparison of Indicators, and Effects in Mail–Web Mixed-Mode Surveys », Social Science Computer Review
  37(2), 2019).

Households, residence and consent are judged by the questions that the bank's questionnaires share: a questionnaire
that has not these ids gets none of these flags.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Sequence

from ctg_lib.consultation.bank import (
    ADULTS,
    AGREED,
    CHILDREN,
    HOUSEHOLD,
    NO_CHILD,
    OUTSIDE,
    REFUSED,
    RESIDENCE,
    SECOND_HOME,
)
from ctg_lib.consultation.questionnaire import Question, Questionnaire
from ctg_lib.consultation.reading.rows import Row

SAME = 10
"""Questions answered alike from which two forms are one."""
ENOUGH = 10
LINES = 5
SECONDS = 2.0
"""Per question, under which nobody reads it."""

_MINORS = ("moins_3", "de_3_5", "de_6_10", "de_11_14", "de_15_17")
_GROWN = "plus_18"
_WITH_CHILD = ("couple_avec_enfant", "monoparentale")
_COUPLES = ("couple_sans_enfant", "couple_avec_enfant")


def doubles(rows: Sequence[Row], answered: Questionnaire) -> dict[int, tuple[int, str]]:
    """Position of each answer left out as a double -> (position of the one kept, why in words)."""
    groups: dict[int, int] = {}
    why: dict[int, str] = {}

    def head(position: int) -> int:
        while groups.get(position, position) != position:
            position = groups[position]
        return position

    for first, second, words in _pairs(rows):
        a, b = head(first), head(second)
        if a != b:
            groups[max(a, b)] = min(a, b)
        why.setdefault(second, words)
        why.setdefault(first, words)
    members: dict[int, list[int]] = {}
    for position in sorted(why):
        members.setdefault(head(position), []).append(position)
    out: dict[int, tuple[int, str]] = {}
    for same in members.values():
        kept = max(same, key=lambda p: (rows[p].complete, rows[p].answered, rows[p].stamp, p))
        out |= {p: (kept, why[p]) for p in same if p != kept}
    return out


def _pairs(rows: Sequence[Row]) -> Iterator[tuple[int, int, str]]:
    """(position, later position, why) of answers that are the same one."""
    codes: dict[str, int] = {}
    contents: dict[tuple[tuple[str, object], ...], int] = {}
    responses: dict[str, list[int]] = {}
    for position, row in enumerate(rows):
        if row.code:
            if row.code in codes:
                yield codes[row.code], position, "même code de suppression"
            codes.setdefault(row.code, position)
        if len(row.given) >= SAME:
            content = tuple(sorted(row.values.items()))
            if content in contents:
                yield contents[content], position, f"mêmes réponses à {len(row.given)} questions"
            contents.setdefault(content, position)
        if row.response:
            before = responses.setdefault(row.response, [])
            same = next((p for p in before if _agree(rows[p], row)), None)
            if same is not None:
                yield same, position, "même numéro de réponse"
            if len(before) < 50:  # a tool that gives one number to all says nothing by it
                before.append(position)


def _agree(first: Row, second: Row) -> bool:
    """Whether two answers of the same number can be two exports of one: an id that is long, or no contradiction."""
    if first.code and second.code and first.code != second.code:
        return False
    if len(second.response) >= 20:
        return True
    if first.started and second.started:
        return first.started == second.started
    shared = first.given & second.given
    common = first.values.keys() & second.values.keys()
    return len(shared) >= 3 and all(first.values[c] == second.values[c] for c in common)


def is_empty(row: Row, questionnaire: Questionnaire) -> bool:
    """Whether nothing was answered but by which way one came and that one agrees to answer."""
    aside = {
        q.id for q in questionnaire.questions if q.role in ("canal", "consentement", "consentement_parental")
    }
    return not row.given - aside


def without_consent(row: Row, questionnaire: Questionnaire) -> bool:
    """Whether one refused, or a child answered without a parent's agreement."""
    own = questionnaire.of_role("consentement")
    if own is not None and row.values.get(own.id) == REFUSED:
        return True
    return without_parents(row, questionnaire)


def without_parents(row: Row, questionnaire: Questionnaire) -> bool:
    """Whether a child answered without a parent's agreement: refused, or not told."""
    parental = questionnaire.of_role("consentement_parental")
    if parental is None:
        return False
    asked = all(row.values.get(c.question) in c.codes for c in parental.when)
    return asked and row.values.get(parental.id) != AGREED


def outside_territory(row: Row) -> bool:
    """Whether one says not to live there."""
    return row.values.get(RESIDENCE) in OUTSIDE


def second_home(row: Row) -> bool:
    """Whether one has a second home there."""
    return row.values.get(RESIDENCE) in SECOND_HOME


def outside_audience(row: Row, questionnaire: Questionnaire) -> bool:
    """Whether one is not of those who were asked: a parents' form of a home without a child under 18."""
    if questionnaire.id != "parents":
        return False
    ages = _ages(row)
    return bool(ages) and not ages & set(_MINORS)


def _ages(row: Row) -> set[str]:
    """Codes of the ages of children ticked, that of no child among them."""
    return {age for age in (*_MINORS, _GROWN, NO_CHILD) if row.values.get(f"{CHILDREN}__{age}")}


def impossible_household(row: Row) -> bool:
    """Whether the household's type, adults and children cannot go together."""
    kind, adults = row.values.get(HOUSEHOLD), row.values.get(ADULTS)
    ages = _ages(row)
    minors = bool(ages & set(_MINORS))
    number = adults if isinstance(adults, int) else None
    return (
        ADULTS in row.outside
        or (number is not None and number < 1)
        or (kind == "seul" and (minors or (number or 1) > 1))
        or (kind in _COUPLES and number == 1)
        or (kind == "couple_sans_enfant" and minors)
        or (kind in _WITH_CHILD and ages == {NO_CHILD})
        # a grown-up child who lives there is an adult too
        or (kind == "monoparentale" and (number or 1) > 1 and bool(ages) and _GROWN not in ages)
    )


def threshold(rows: Iterable[Row]) -> float | None:
    """Seconds under which a form is quick: a third of the median; None where too few durations are known."""
    known = [row.seconds for row in rows if row.seconds is not None and row.complete]
    return statistics.median(known) / 3 if len(known) >= ENOUGH else None


def too_fast(row: Row, quick: float | None) -> bool:
    """Whether a form was filled faster than it can be read."""
    if quick is None or row.seconds is None:
        return False
    return row.seconds < quick and row.seconds < SECONDS * len(row.given)


def straight_lines(row: Row, questionnaire: Questionnaire) -> bool:
    """Whether all lines of every long grid answered bear the same box."""
    grids = [q for q in questionnaire.questions if q.kind == "grid" and len(q.items) >= LINES]
    answers = [_lines(row, q) for q in grids if q.id in row.given]
    return bool(answers) and all(len(codes) >= LINES and len(set(codes)) == 1 for codes in answers)


def _lines(row: Row, question: Question) -> list[object]:
    return [row.values[column] for column in question.columns if column in row.values]
