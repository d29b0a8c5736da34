"""Requests to partners: who is asked for what, the workbook each one is sent, and what the answers give.

The lists are in :mod:`ctg_lib.partnership.books.measures`, the workbook in
:mod:`ctg_lib.partnership.books.demandes`, the reading in :mod:`ctg_lib.partnership.answers`, what was sent
when in :mod:`ctg_lib.partnership.follow_up`.
"""

from ctg_lib.partnership.answers import FOLDER, Answers, read_answers
from ctg_lib.partnership.books.demandes import (
    ANSWER,
    COMMUNES,
    FIGURES,
    LOCKED,
    LOCKED_SERVICE,
    STRUCTURES,
    last_years,
    line_of,
    request_book,
    request_rows,
    year_field,
)
from ctg_lib.partnership.books.measures import (
    GROUPS,
    MEASURES,
    PARTNERS,
    Group,
    Measure,
    Partner,
    asked_for,
    asked_of,
    groups,
    measures,
    partners,
)

__all__ = [
    "ANSWER",
    "COMMUNES",
    "FIGURES",
    "FOLDER",
    "GROUPS",
    "LOCKED",
    "LOCKED_SERVICE",
    "MEASURES",
    "PARTNERS",
    "STRUCTURES",
    "Answers",
    "Group",
    "Measure",
    "Partner",
    "asked_for",
    "asked_of",
    "groups",
    "last_years",
    "line_of",
    "measures",
    "partners",
    "read_answers",
    "request_book",
    "request_rows",
    "year_field",
]
