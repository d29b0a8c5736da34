"""Workbooks filled for tests, and ways to change the cells of one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

from ctg_lib.documents.workbooks import write_workbook
from ctg_lib.workbooks.parsing import parse
from ctg_lib.workbooks.reading import Filled, read_workbook
from ctg_lib.workbooks.schema import Field, Sheet, Workbook

COMMUNES = {
    "12063": "La Cavalerie", "12077": "Cornus", "12231": "Saint-Jean-du-Bruel", "01001": "L’Abergement",
    "12067": "Le Clapier", "12168": "Nant",
}  # fmt: skip
MOMENT = date(2026, 3, 15)

TINY = Workbook(
    "tiny", "tiny.xlsx", "Petit classeur", "Pour les tests.", "tests", 3,
    (
        Sheet(
            "things", "Choses", "Une ligne par chose.",
            (
                Field("id", "Identifiant", "id", required=True),
                Field("name", "Nom de la chose", required=True, aliases=("Intitulé",)),
                Field("kind", "Sorte", "choice", choices={"a": "alpha", "b": "bêta (B)"}),
                Field("commune", "Commune", "commune"),
                Field("outside", "Hors territoire", "yes_no"),
                Field("users", "Inscrits", "integer", minimum=0),
                Field("aeeh", "Dont AEEH", "integer", minimum=0, sensitive=True),
                Field("cost", "Charges (€)", "amount", minimum=0),
                Field("rate", "Taux d’occupation", "percent", minimum=0, maximum=150),
                Field("day", "Date", "date"),
                Field("opens", "Ouvre à", "time"),
                Field("remark", "Remarque", "long_text"),
            ),
            key=("id",), lines=10,
        ),
        Sheet(
            "links", "Liens", "Une ligne par lien.",
            (
                Field("thing", "Chose", "reference", required=True, refers_to="tiny.things"),
                Field("year", "Année", "year", required=True, minimum=1990, maximum=2100),
                Field("value", "Valeur", "number"),
            ),
            key=("thing", "year"), lines=10,
        ),
    ),
)  # fmt: skip
LINES: list[dict[str, Any]] = [
    {
        "id": "S01",
        "name": "Un",
        "kind": "a",
        "commune": "12063",
        "users": 41.0,
        "cost": 14500.5,
        "rate": 76.0,
    },
    {"id": "S02", "name": "Deux", "kind": "b", "users_masked": True, "remark": "ligne une\nligne deux"},
]


def example_lines(sheet: Sheet) -> list[dict[str, Any]]:
    """The example of a sheet as one line of values."""
    line: dict[str, Any] = {}
    for field in sheet.fields:
        read = parse(field, field.example or None, COMMUNES)
        assert not read.expected, (sheet.name, field.name, read)
        if read.value is not None:
            line[field.name] = read.value
        elif field.required and field.kind == "commune":
            line[field.name] = "12063"
    return [line]


def written(folder: Path, rows: dict[str, list[dict[str, Any]]] | None = None, book: Workbook = TINY) -> Path:
    """A workbook written by the project."""
    given = {"things": LINES, "links": [{"thing": "S01", "year": 2025.0}]} if rows is None else rows
    return write_workbook(folder / book.file, book, given, communes=COMMUNES, place="Ici", moment=MOMENT)


def changed(folder: Path, change: Callable[[openpyxl.Workbook], None], **more: Any) -> Path:
    """The same, opened and changed as someone would."""
    path = written(folder, **more)
    file = openpyxl.load_workbook(path)
    change(file)
    file.save(path)
    return path


def read(path: Path, book: Workbook = TINY) -> Filled:
    return read_workbook(path, book, COMMUNES)


def messages(filled: Filled) -> list[str]:
    return [f"{p.severity} {p}" for p in filled.problems]
