"""All that is wrong in a study's folder: what ``ctg study check`` tells, and what chapters say of it."""

from __future__ import annotations

from dataclasses import astuple, fields
from typing import TYPE_CHECKING

import pandas as pd

from ctg_lib.partnership.checks import check
from ctg_lib.partnership.problems import Problem
from ctg_lib.partnership.telling import tabs_of, together

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

CONTROL = "control"
"""What a recorded query asks for when it asks what is wrong in the study's folder."""


def problems_of(study: Study) -> tuple[Problem, ...]:
    """All that is wrong, each once, in the order of files, sheets and lines; see :attr:`Study.problems`.

    Démarche, cells of the workbooks, lines and files beside one another, partners' answers.
    """
    calendar, partnership = study.calendar, study.partnership
    found = check(partnership, None if calendar.empty else calendar, study.as_of, study.config.contract)
    return tuple(
        together(
            [*calendar.problems, *partnership.problems, *study.answers.problems],
            [*calendar.check(study.as_of), *found],
            tabs_of(partnership),
        )
    )


def recorded(problems: tuple[Problem, ...]) -> pd.DataFrame:
    """One row per problem, all its fields as text: what decides whether a chapter is still valid."""
    names = [each.name for each in fields(Problem)]
    rows = [["" if value is None else str(value) for value in astuple(problem)] for problem in problems]
    return pd.DataFrame(rows, columns=names, dtype="str")
