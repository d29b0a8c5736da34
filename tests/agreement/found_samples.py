"""« constats.xlsx » made from lines, without a file; evidence made up."""

from __future__ import annotations

from pathlib import Path

from ctg_lib.agreement.books import agreement_books
from ctg_lib.agreement.evidence import Evidence, Ref
from ctg_lib.agreement.folder import Agreement
from ctg_lib.partnership.books import BOOKS
from ctg_lib.partnership.folder import Partnership
from ctg_lib.workbooks.reading import Filled, frame_of

SECTEURS = ("Amont", "Aval")


def _filled(book, sheets):
    tables = {
        sheet.name: frame_of(
            sheet, [{"row": n, **line} for n, line in enumerate(sheets.get(sheet.name, ()), 6)]
        )
        for sheet in book.sheets
    }
    return Filled(book, book.file, book.version, tables, ())


def constats(findings=(), evidence=()) -> Agreement:
    """An agreement that holds findings and their evidence."""
    books = agreement_books(None, SECTEURS)
    made = _filled(books["constats"], {"findings": findings, "evidence": evidence})
    return Agreement(Path("convention"), books, {"constats": made})


def partnership(**sheets) -> Partnership:
    """« services », « actions », « contracts », « documents » -> lines."""
    where = {"services": "offre", "actions": "bilan", "contracts": "contrats", "documents": "documents"}
    filled = {where[name]: _filled(BOOKS[where[name]], {name: lines}) for name, lines in sheets.items()}
    return Partnership(Path(), filled, communes={})


def finding(id="K001", state="accepte", **more):
    """A finding that was decided with all that a decision needs."""
    line = {
        "id": id,
        "sentence": f"Constat {id}.",
        "theme": "petite_enfance",
        "state": state,
        "reason": "Exemple.",
    }
    return line | ({} if state in ("", "propose") else {"decided_on": "2026-10-01"}) | more


def proof(finding="K001", kind="indicateur", ref="taux_couverture", **more):
    """An evidence taken in October 2026."""
    taken = {"said": f"{ref} : 50 en 2023.", "value": 50.0, "period": "2023", "taken_on": "2026-10-01"}
    return {"finding": finding, "kind": kind, "ref": ref, **taken} | more


def evidence(kind="indicateur", ref="taux_couverture", value=50.0, **more) -> Evidence:
    """What a reference says now: the same as :func:`proof` by default."""
    given = {"said": f"{ref} : 50 en 2023.", "period": "2023"} | more
    return Evidence(Ref.parse(kind, ref), value=value, **given)
