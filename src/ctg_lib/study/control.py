"""All that is wrong in a study's folder: what ``ctg study check`` tells, and what chapters say of it."""

from __future__ import annotations

from dataclasses import astuple, fields
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from ctg_lib.agreement.checks import crossing, follow_up, governance, priorities
from ctg_lib.agreement.checks import findings as found_out
from ctg_lib.agreement.grounds import load_grounds
from ctg_lib.consultation.preparation import Preparation, prepare
from ctg_lib.consultation.scheme import load_scheme
from ctg_lib.partnership.checks import check
from ctg_lib.study.document_dates import too_late
from ctg_lib.study.news import flashes_of
from ctg_lib.study.plan import plan_problems
from ctg_lib.workbooks.problems import Problem
from ctg_lib.workbooks.telling import tabs_of, together

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

CONTROL = "control"
"""What a recorded query asks for when it asks what is wrong in the study's folder."""


def problems_of(study: Study, today: date | None = None) -> tuple[Problem, ...]:
    """All that is wrong, each once, in the order of files, sheets and lines; see :attr:`Study.problems`.

    Démarche, cells of the workbooks, lines and files beside one another, partners' answers, what people are
    asked and what they said, what is agreed on, what the info flashes tell.

    Args:
        today: beyond which answers may not be held; the study's date by default, so that a report does not
            depend on the day it is made.
    """
    calendar, partnership = study.calendar, study.partnership
    asked = prepared(study, today)
    heard = [*asked.problems, *study.consultation.problems]
    found = check(partnership, None if calendar.empty else calendar, study.as_of, study.config.contract)
    agreed = _agreed(study, asked)
    agreed += _late(study, [*found, *agreed, *study.agreement.problems, *partnership.problems])
    read = [*partnership.problems, *study.answers.problems, *heard, *study.agreement.problems]
    return tuple(
        together(
            [*calendar.problems, *read],
            [*calendar.check(study.as_of), *found, *agreed],
            tabs_of(partnership),
        )
    )


def _agreed(study: Study, asked: Preparation) -> list[Problem]:
    """What does not agree in the study's ``convention`` folder, beside all the rest."""
    agreement, partnership = study.agreement, study.partnership
    scheme = load_scheme(study.project.studies / study.id / "consultation")[0]
    return [
        *load_grounds(agreement.folder, scheme)[1],
        *found_out.problems(agreement, partnership, scheme, asked.questionnaires),
        *crossing.problems(agreement, partnership),
        *priorities.problems(agreement, partnership, study.as_of),
        *plan_problems(study),
        *governance.problems(agreement, partnership, study.as_of),
        *follow_up.problems(agreement, partnership, study.as_of),
        *flashes_of(study).problems,
    ]


def _late(study: Study, told: list[Problem]) -> list[Problem]:
    """What forbids dating the documents, on lines of which nothing else was told.

    What comes after the signature is no fault: it is what an amendment holds.
    """
    lines = {(p.file, p.sheet, p.row) for p in told if p.severity == "error"}
    late = {(p.file, p.sheet, p.row): p for p in too_late(study)}
    return [problem for line, problem in late.items() if line not in lines]


def prepared(study: Study, today: date | None = None) -> Preparation:
    """What a study asks and plans; see :func:`ctg_lib.consultation.preparation.prepare`."""
    people = study.geography.populations().set_index("code")["pmun"].reindex(study.territory.members).dropna()
    return prepare(
        study.project.studies / study.id,
        secteurs=study.config.secteurs,
        communes=study.communes_by_code,
        day=study.as_of,
        populations={str(code): float(n) for code, n in people.items()},
        today=today,
    )


def recorded(problems: tuple[Problem, ...]) -> pd.DataFrame:
    """One row per problem, all its fields as text: what decides whether a chapter is still valid."""
    names = [each.name for each in fields(Problem)]
    rows = [["" if value is None else str(value) for value in astuple(problem)] for problem in problems]
    return pd.DataFrame(rows, columns=names, dtype="str")
