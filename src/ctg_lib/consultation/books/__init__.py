"""Workbooks in which what people say is written down and coded.

Lists depend on the study: its coding scheme and its secteurs. A workbook is described by a function of both;
:func:`actor_books` gives them all.
"""

from __future__ import annotations

from collections.abc import Iterable

from ctg_lib.consultation.books.entretiens import entretiens
from ctg_lib.consultation.books.forums import forums
from ctg_lib.consultation.books.rencontres import rencontres
from ctg_lib.consultation.books.seminaire import seminaire
from ctg_lib.consultation.scheme import Scheme, common_scheme
from ctg_lib.workbooks.schema import Workbook

OCCASION_OF: dict[str, str] = {
    "entretiens": "entretien", "rencontres": "rencontre", "forums": "forum", "seminaire": "seminaire",
}  # fmt: skip
"""Id of a workbook -> key of :data:`ctg_lib.consultation.actors.OCCASIONS`."""
ACTOR_FILES: tuple[str, ...] = tuple(f"{id}.xlsx" for id in OCCASION_OF)


def actor_books(scheme: Scheme | None = None, secteurs: Iterable[str] = ()) -> dict[str, Workbook]:
    """Workbooks of interviews, thematic meetings, forums and seminar, by id, in the order of a démarche.

    Args:
        scheme: whose needs are proposed; the common one by default.
        secteurs: names of the study's secteurs; where there are none the column is a free text.
    """
    known, names = common_scheme() if scheme is None else scheme, tuple(secteurs)
    books = (
        entretiens(known, names),
        rencontres(known, names),
        forums(known, names),
        seminaire(known, names),
    )
    return {book.id: book for book in books}


__all__ = ["ACTOR_FILES", "OCCASION_OF", "actor_books", "entretiens", "forums", "rencontres", "seminaire"]
