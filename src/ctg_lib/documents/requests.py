"""What is sent to partners: one folder each, with the letter and the workbook it speaks of."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ctg_lib.documents.letters import letter_bytes
from ctg_lib.documents.workbooks import workbook_bytes
from ctg_lib.partnership.requests import PARTNERS, last_years, request_book, request_rows

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

LETTER = "lettre.docx"


def write_requests(study: Study, folder: Path | None = None) -> list[Path]:
    """Write the letter and the workbook of every partner.

    Args:
        study: whose territory, years and services are written in.
        folder: where; ``outputs/demandes/<id>`` by default (a report replaces ``outputs/<id>``). A folder per
            partner is made in it.

    Returns:
        Files written, letter then workbook, in the order of the partners.
    """
    home = Path(folder) if folder is not None else study.project.outputs / "demandes" / study.id
    out = []
    for partner in PARTNERS:
        book = request_book(partner.id, last_years(study.as_of))
        for name, content in (
            (LETTER, letter_bytes(study, partner.id)), (book.file, book_bytes(study, partner.id)),
        ):  # fmt: skip
            target = home / partner.id / name
            target.parent.mkdir(parents=True, exist_ok=True)
            aside = target.with_name(target.name + ".tmp")
            aside.write_bytes(content)
            aside.replace(target)
            out.append(target)
    return out


def book_bytes(study: Study, partner: str) -> bytes:
    """The workbook of a partner, its lines written in and locked, the same bytes for the same study."""
    book = request_book(partner, last_years(study.as_of))
    services = study.partnership.table("offre", "services")
    rows = request_rows(partner, study.communes_by_code, services)
    return workbook_bytes(
        book, rows, communes=study.communes_by_code, place=study.territory.name, moment=study.as_of,
        fictif=study.fictif,
    )  # fmt: skip
