"""What is sent to partners: one folder each, with the letter and its workbook; who was sent what."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ctg_lib.documents.letters import addressee, letter_bytes
from ctg_lib.documents.workbooks import study_book_bytes
from ctg_lib.files import write_whole
from ctg_lib.partnership.books.suivi import FILE, FOLLOW_UP, SHEET
from ctg_lib.partnership.follow_up import kept, prepared, read
from ctg_lib.partnership.requests import FOLDER, PARTNERS, last_years, request_book, request_rows

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

LETTER = "lettre.docx"


def write_requests(study: Study, folder: Path | None = None) -> list[Path]:
    """Write the letter and the workbook of every partner, and the file in which their sending is noted.

    Args:
        study: whose territory, years and services are written in.
        folder: where; by default ``outputs/demandes/<id>`` (a report replaces ``outputs/<id>``), and for the
            follow-up the study's own folder of answers, where it is read back. A folder per partner is made.

    Returns:
        Files written, letter then workbook, in the order of the partners; the follow-up last (absent where
        the one that is there cannot be read whole: it is left as it is).
    """
    home = Path(folder) if folder is not None else study.project.outputs / "demandes" / study.id
    answers = Path(folder) if folder is not None else study.project.studies / study.id / FOLDER
    out = []
    for partner in PARTNERS:
        file = request_book(partner.id, last_years(study.as_of)).file
        out.append(write_whole(home / partner.id / LETTER, letter_bytes(study, partner.id)))
        out.append(write_whole(home / partner.id / file, book_bytes(study, partner.id)))
    content = follow_up_bytes(study, answers / FILE)
    return out if content is None else [*out, write_whole(answers / FILE, content)]


def book_bytes(study: Study, partner: str) -> bytes:
    """The workbook of a partner, its lines written in and locked, the same bytes for the same study."""
    years = last_years(study.as_of)
    services = study.partnership.table("offre", "services")
    rows = request_rows(partner, study.communes_by_code, services, years[-1])
    return study_book_bytes(study, request_book(partner, years), rows)


def follow_up_bytes(study: Study, path: Path) -> bytes | None:
    """The follow-up of the requests, with what was written by hand in the file that is there.

    Args:
        path: where the file is, if it is.

    Returns:
        The same bytes for the same study and file; None where a cell of that file cannot be read, and would
        be lost.
    """
    there = read(path, study.as_of)
    if any(problem.severity == "error" for problem in there.problems):
        return None
    names = [(p.id, addressee(study, p).lines[0].strip("[]")) for p in PARTNERS]
    return study_book_bytes(study, FOLLOW_UP, {SHEET: kept(prepared(study.as_of, names), there.lines)})
