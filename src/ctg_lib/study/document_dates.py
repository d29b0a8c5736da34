"""What the documents of a study rest on, and on which day: none is dated before its own evidence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from ctg_lib.display.prose import upper_first
from ctg_lib.display.typography import counted, typeset
from ctg_lib.study.convention_dates import Proof, after, proofs
from ctg_lib.workbooks.moments import day_in_words
from ctg_lib.workbooks.problems import Problem

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

_LINES: tuple[tuple[str, str, str, str, str], ...] = (
    ("constats", "evidence", "taken_on", "preuve relevée", "finding"),
    ("croisement", "issues", "decided_on", "enjeu", "id"),
    ("priorites", "criteria", "fixed_on", "critère", "id"),
    ("priorites", "scores", "scored_on", "note de l’enjeu", "issue"),
    ("priorites", "votes", "voted_on", "vote sur l’enjeu", "issue"),
    ("suivi", "progress", "told_on", "avancement", "action"),
    ("suivi", "measures", "measured_on", "mesure", "indicator"),
    ("suivi", "evaluation", "answered_on", "réponse à la question", "id"),
)
"""Workbook, sheet, column of the day, what it is, column of the id."""
_HELD: tuple[tuple[str, str, str, str], ...] = (
    ("groupes", "sessions", "date", "séance"),
    ("gouvernance", "meetings", "date", "réunion"),
)
"""Meetings: told once they are held, that is when someone was there or something was decided."""
THERE: frozenset[str] = frozenset({"present", "represente"})


def evidence_dates(study: Study) -> tuple[Proof, ...]:
    """All that the documents of a study rest on and that bears a day, from the earliest.

    What the convention rests on (:func:`ctg_lib.study.convention_dates.proofs`), evidence of findings when it
    was taken, criteria, scores, votes, issues validated, meetings with someone present, decisions, progress
    and measures.
    """
    found = dict.fromkeys((*proofs(study), *_lines(study), *_meetings(study)))
    return tuple(sorted(found, key=lambda p: (p.day, p.file, p.sheet, p.row or 0, p.what)))


def too_late(study: Study) -> tuple[Problem, ...]:
    """What is later than the study's date, and forbids dating its documents on that day."""
    expected = f"{day_in_words(study.as_of)} au plus tard, date de l’étude (as_of de study.yml)"
    return tuple(after(proof, expected) for proof in evidence_dates(study) if proof.day > study.as_of)


def day_of(study: Study) -> str:
    """« 15 juin 2027 », the day of its documents; empty where something that they rest on is later."""
    return "" if too_late(study) else day_in_words(study.as_of)


def undated(study: Study) -> str:
    """« sans date : 3 éléments dont le document part sont postérieurs … »; empty where none is later."""
    late = too_late(study)
    one, many = (
        "élément dont le document part est postérieur",
        "éléments dont le document part sont postérieurs",
    )
    return f"sans date : {counted(len(late), one, many)} à la date de l’étude" if late else ""


def state_of(study: Study) -> str:
    """« État au 15 juin 2027 »; no day where something that the document rests on is later."""
    why = undated(study)
    return typeset(upper_first(why) if why else f"État au {day_in_words(study.as_of)}")


def file_day(study: Study) -> date:
    """Day written in the properties of a file: the study's, or that of its last evidence if later."""
    found = evidence_dates(study)
    return max(study.as_of, found[-1].day) if found else study.as_of


def _lines(study: Study) -> Iterator[Proof]:
    agreement = study.agreement
    for book, sheet, column, what, name in _LINES:
        table = agreement.table(book, sheet)
        title = agreement.books[book][sheet].title
        for row, id, day in zip(table["row"], table[name], table[column], strict=True):
            if pd.notna(day):
                yield Proof(_day(day), f"{what} {id}", agreement.file(book), title, int(row))


def _meetings(study: Study) -> Iterator[Proof]:
    agreement = study.agreement
    for book, sheet, column, what in _HELD:
        table = agreement.table(book, sheet)
        held = {str(id) for id in _present(study, book)}
        for row, id, day in zip(table["row"], table["id"], table[column], strict=True):
            if pd.notna(day) and str(id) in held:
                yield Proof(
                    _day(day),
                    f"{what} {id}",
                    agreement.file(book),
                    agreement.books[book][sheet].title,
                    int(row),
                )


def _present(study: Study, book: str) -> Iterator[str]:
    table = study.agreement.table
    if book == "groupes":
        yield from (*table("groupes", "present")["session"], *table("groupes", "proposals")["session"])
    else:
        seats = table("gouvernance", "attendance")
        yield from (
            *seats.loc[seats["presence"].isin(THERE), "meeting"],
            *table("gouvernance", "decisions")["meeting"],
        )


def _day(moment: pd.Timestamp) -> date:
    return moment.date()
