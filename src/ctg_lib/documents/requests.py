"""What is sent to partners: one folder each, with the letter and the workbook it speaks of."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ctg_lib.archive import fixed_zip
from ctg_lib.display.theme import COLORS
from ctg_lib.documents.letters import letter_bytes
from ctg_lib.partnership.requests import (
    COMMUNES,
    FIGURES,
    LOCKED,
    PARTNERS,
    last_years,
    request_book,
    request_rows,
)

if TYPE_CHECKING:
    from ctg_lib.partnership.schema import Workbook
    from ctg_lib.study.core import Study

LETTER = "lettre.docx"


def write_requests(study: Study, folder: Path | None = None) -> list[Path]:
    """Write the letter and the workbook of every partner.

    Args:
        study: whose territory, years and services are written in.
        folder: where; ``outputs/<id>/documents/demandes`` by default. A folder per partner is made in it.

    Returns:
        Files written, letter then workbook, in the order of the partners.
    """
    home = Path(folder) if folder is not None else study.project.outputs / study.id / "documents" / "demandes"
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
    from ctg_lib.documents.workbooks import workbook_bytes

    book = request_book(partner, last_years(study.as_of))
    services = study.partnership.table("offre", "services")
    rows = request_rows(partner, study.communes_by_code, services)
    made = workbook_bytes(
        book, rows, communes=study.communes_by_code, place=study.territory.name, moment=study.as_of,
        fictif=study.fictif,
    )  # fmt: skip
    return _locked(made, book, {name: len(lines) for name, lines in rows.items()}, study)


def _locked(content: bytes, book: Workbook, lines: dict[str, int], study: Study) -> bytes:
    """Grey and lock the columns that the request itself writes; wrap long texts."""
    import openpyxl

    made = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book.sheets:
        if sheet.name in (FIGURES, COMMUNES):
            _lock(made[sheet.title], {f.label: f.name for f in sheet.fields}, lines.get(sheet.name, 0))
    out = io.BytesIO()
    made.save(out)
    return fixed_zip(out.getvalue(), datetime(study.as_of.year, study.as_of.month, study.as_of.day))


def _lock(sheet: Any, names: dict[str, str], count: int) -> None:
    from openpyxl.styles import Alignment, PatternFill, Protection

    head = next(
        row for row in sheet.iter_rows(max_row=30)
        if sum(str(c.value or "").removesuffix(" *") in names for c in row) >= len(names) - 1
    )  # fmt: skip
    columns = {names.get(str(c.value or "").removesuffix(" *"), ""): c.column for c in head}
    grey = PatternFill("solid", fgColor=COLORS["paper-soft"].lstrip("#"))
    first = head[0].row + 1
    written = [r for r in range(first, sheet.max_row + 1) if _is_line(sheet.cell(r, columns["code"]).value)][
        :count
    ]
    fixed = (*LOCKED, "commune") if "commune" in columns else LOCKED
    for row in written:
        for name in fixed:
            if name in columns:
                cell = sheet.cell(row, columns[name])
                cell.fill, cell.protection = grey, Protection(locked=True)
                cell.alignment = Alignment(wrap_text=True, vertical="top")


def _is_line(value: object) -> bool:
    return isinstance(value, str) and bool(value) and not value.startswith("›")
