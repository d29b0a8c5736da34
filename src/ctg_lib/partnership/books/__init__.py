"""The workbooks that a territory fills."""

from __future__ import annotations

from ctg_lib.partnership.books.bilan import BILAN
from ctg_lib.partnership.books.contrats import CONTRATS
from ctg_lib.partnership.books.documents import DOCUMENTS
from ctg_lib.partnership.books.financement import FINANCEMENT
from ctg_lib.partnership.books.offre import OFFRE
from ctg_lib.partnership.books.parties import PARTIES
from ctg_lib.workbooks.schema import Workbook

BOOKS: dict[str, Workbook] = {
    book.id: book for book in (OFFRE, FINANCEMENT, PARTIES, BILAN, CONTRATS, DOCUMENTS)
}
"""By id, in the order in which they are best filled."""

__all__ = ["BILAN", "BOOKS", "CONTRATS", "DOCUMENTS", "FINANCEMENT", "OFFRE", "PARTIES"]
