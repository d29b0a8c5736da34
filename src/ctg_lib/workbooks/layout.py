"""What the writer puts around the lines of a workbook, and the reader looks for."""

from __future__ import annotations

from collections.abc import Mapping

from ctg_lib.workbooks.schema import Field, Workbook, is_week

INSTRUCTIONS = "Mode d’emploi"
EXAMPLE = "Exemple"
LISTS = "Listes"
IDENTITY = "_ctg"
"""Hidden sheet: which workbook a file is, and which version."""
SERVICE_SHEETS = (INSTRUCTIONS, EXAMPLE, LISTS, IDENTITY)
EXAMPLE_MARK = "EXEMPLE : cette feuille n’est jamais lue"
"""First cell of the sheet of examples, which stays one when its tab is renamed."""
LISTS_MARK = "Listes déroulantes : ne pas modifier"
GUIDANCE_MARK = "› "
"""First characters of every cell of the line that helps to fill: found wherever the line is moved."""
STAR = " *"
"""After the heading of a column that a line needs."""
SEPARATOR = " ; "
"""Between several values of a cell."""

_KINDS: dict[str, str] = {
    "id": "Code court, unique.",
    "integer": "Nombre entier.",
    "number": "Nombre.",
    "amount": "En euros.",
    "percent": "En %.",
    "year": "Année.",
    "date": "jj/mm/aaaa",
    "time": "Par exemple 7:30.",
    "yes_no": "oui ou non",
    "choice": "Liste.",
    "choices": "Voir « Listes » ; séparer par « ; ».",
    "commune": "Liste.",
    "communes": "Noms, séparés par « ; ».",
    "reference": "Identifiant.",
    "references": "Identifiants, séparés par « ; ».",
}


def heading(field: Field) -> str:
    """« Commune du siège * »."""
    return field.label + (STAR if field.required else "")


def guidance(field: Field) -> str:
    """The help of a column, or what its kind says of it; nothing of a text."""
    return field.help or _KINDS.get(field.kind, "")


def identity(book: Workbook) -> str:
    """« Classeur « offre », version 1 »: for whoever opens it, and read where the hidden sheet is lost."""
    return f"Classeur « {book.id} », version {book.version}"


def lists(book: Workbook) -> dict[tuple[tuple[str, str], ...], Mapping[str, str]]:
    """Lists of choices of a workbook, once each: (code, label) of each choice -> code -> label."""
    found: dict[tuple[tuple[str, str], ...], Mapping[str, str]] = {}
    for sheet in book.sheets:
        for field in sheet.fields:
            if field.choices and not is_week(field.choices):
                found.setdefault(tuple(field.choices.items()), field.choices)
    return found
