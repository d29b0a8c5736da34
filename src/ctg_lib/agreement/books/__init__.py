"""Workbooks in which what is found, weighed, decided, planned and followed is written down.

Some lists depend on the study (its coding scheme, its secteurs): :func:`agreement_books` gives them all.
"""

from __future__ import annotations

from collections.abc import Iterable

from ctg_lib.agreement.books.constats import constats
from ctg_lib.agreement.books.croisement import croisement
from ctg_lib.agreement.books.gouvernance import GOUVERNANCE
from ctg_lib.agreement.books.groupes import GROUPES
from ctg_lib.agreement.books.plan import plan
from ctg_lib.agreement.books.priorites import PRIORITES
from ctg_lib.agreement.books.suivi import SUIVI
from ctg_lib.consultation.scheme import Scheme, common_scheme
from ctg_lib.workbooks.schema import Workbook

BOOK_IDS: tuple[str, ...] = (
    "constats", "croisement", "priorites", "groupes", "plan", "gouvernance", "suivi",
)  # fmt: skip
"""In the order in which they are filled."""


def agreement_books(scheme: Scheme | None = None, secteurs: Iterable[str] = ()) -> dict[str, Workbook]:
    """The workbooks by id, in the order in which they are filled.

    Args:
        scheme: whose needs are proposed; the common one by default.
        secteurs: names of the study's secteurs; where there are none the column is a free text.
    """
    known, names = common_scheme() if scheme is None else scheme, tuple(secteurs)
    books = (
        constats(names), croisement(known, names), PRIORITES, GROUPES, plan(names), GOUVERNANCE, SUIVI,
    )  # fmt: skip
    return {book.id: book for book in books}


__all__ = ["BOOK_IDS", "agreement_books"]
