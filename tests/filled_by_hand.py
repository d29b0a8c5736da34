"""A made-up convention of two intermunicipalities, as a person fills the workbooks of its study in a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

Line = Mapping[str, Any]
APPROVAL = {
    "Signe la convention": "oui", "Délibération ou décision": "exemple n° 1", "Date de la délibération": date(2027, 6, 10),
    "Objet de la délibération": "approbation de la convention",
}  # fmt: skip
SETTINGS: dict[str, Any] = {
    "title": "Convention d’exemple (fictive)", "fictif": True, "as_of": date(2027, 6, 15),
    "contract": {"start": date(2027, 7, 1), "end": date(2031, 12, 31)},
}  # fmt: skip
FLASH = (
    "numero: 1\ndate: juin 2027\ntitre: Une convention d’exemple\nedito: |\n  Deux communautés, {communes}.\n"
)

GOVERNANCE: dict[str, list[Line]] = {
    "Instances": [
        {"Identifiant": "I01", "Instance": "Comité de pilotage", "Rôle": "suit la convention", "Ce qu’elle décide": "les priorités"},
    ],
    "Membres": [
        {"Instance": "I01", "Organisme": "P01", "Fonction": "présidence", "Collège": "élus", "Voix délibérative": "oui"},
        {"Instance": "I01", "Organisme": "P02", "Fonction": "présidence", "Collège": "élus", "Voix délibérative": "oui"},
        {"Instance": "I01", "Organisme": "P33", "Fonction": "direction", "Collège": "partenaires", "Voix délibérative": "oui"},
        {"Instance": "I01", "Organisme": "P34", "Fonction": "direction", "Collège": "partenaires", "Voix délibérative": "oui"},
    ],
    "Réunions": [
        {"Identifiant": "RE01", "Instance": "I01", "Date": date(2027, 2, 9), "État": "tenu", "Lieu": "Saint-Affrique",
         "Ordre du jour": "diagnostic\npriorités", "Ce qui s’est dit": "le diagnostic d’exemple est validé"},
        {"Identifiant": "RE02", "Instance": "I01", "Date": date(2027, 10, 12), "État": "prévu", "Ordre du jour": "démarrage"},
    ],
    "Relevé de décisions": [
        {"Identifiant": "DE01", "Réunion": "RE01", "Objet": "priorités", "Décision": "un enjeu est retenu", "Pour": 4, "Contre": 0,
         "Abstentions": 0},
    ],
}  # fmt: skip
PRIORITIES: dict[str, list[Line]] = {
    "Décisions du COPIL": [
        {"Enjeu": "E01", "Décision": "retenu", "Rang": 1, "Motif": "Besoin partagé (exemple).", "Date de la décision": date(2027, 2, 9),
         "Réunion": "RE01"},
    ],
}  # fmt: skip
GROUPS: dict[str, list[Line]] = {
    "Séances": [
        {"Identifiant": "GT01", "Groupe": "Familles", "Date": date(2027, 3, 16), "État": "tenu", "Enjeux travaillés": "E01",
         "Ce qui s’est dit": "Le groupe d’exemple relit les constats."},
    ],
    "Présents": [
        {"Séance": "GT01", "Groupe d’acteurs": "élus", "Fonction": "mairie", "Combien": 3},
    ],
    "Propositions": [
        {"Identifiant": "PR01", "Séance": "GT01", "Proposition": "Ouvrir un lieu d’accueil d’exemple", "Enjeu": "E01", "Constats": "K001",
         "Suite": "devient une action", "Objectif": "rapprocher le service", "Pilote pressenti": "P02"},
    ],
}  # fmt: skip
PLAN: dict[str, list[Line]] = {
    "Axes": [{"Identifiant": "AX1", "Axe": "Des services proches (exemple)", "Enjeux": "E01"}],
    "Orientations": [{"Identifiant": "OR1", "Axe": "AX1", "Orientation": "Aller vers les familles"}],
    "Objectifs": [{"Identifiant": "OB1", "Orientation": "OR1", "Objectif opérationnel": "Ouvrir un lieu par secteur"}],
    "Étapes": [
        {"Action": "A01", "Étape": "ouvrir", "Début": date(2028, 1, 1), "Fin": date(2028, 6, 30), "Qui": "coordination"},
    ],
    "Budget": [
        {"Action": "A01", "Année": 2028, "Sens": "dépense", "Poste": "salaires", "Montant (€)": 12000},
        {"Action": "A01", "Année": 2028, "Sens": "recette", "Poste": "part locale", "Financeur": "Intercommunalité", "Montant (€)": 7000},
        {"Action": "A01", "Année": 2028, "Sens": "recette", "Poste": "aides", "Financeur": "MSA", "Montant (€)": 5000},
    ],
    "Indicateurs": [
        {"Identifiant": "IN01", "Action": "A01", "Nature": "réalisation", "Indicateur": "familles venues", "Unité": "familles",
         "Valeur de départ": 0, "Période de départ": "2026", "Cible": 60, "Cible à atteindre le": date(2030, 12, 31),
         "Source": "registre d’exemple", "Fréquence": "chaque année", "Qui le mesure": "coordination"},
    ],
}  # fmt: skip
ACTION: Line = {
    "Objectif": "OB1", "Nature": "nouvelle", "Description": "Un lieu ouvert deux jours par semaine (exemple).", "Pilote": "P02",
    "Fonction du pilote": "coordination", "Partenaires": "P01 ; P33 ; P34", "Début": date(2028, 1, 1), "Fin": date(2031, 12, 31),
    "État": "validée", "Date de la décision": date(2027, 5, 18),
}  # fmt: skip


def fill(path: Path, sheets: Mapping[str, list[Line]]) -> None:
    """Write lines under those that a workbook holds: sheet -> heading -> value."""
    book = openpyxl.load_workbook(path)
    for title, lines in sheets.items():
        top, columns = _headings(book[title])
        row = next(r for r in range(top + 1, 5_000) if book[title].cell(r, 1).value is None)
        for number, line in enumerate(lines):
            _put(book[title], row + number, columns, line)
    book.save(path)


def change(path: Path, title: str, wanted: Mapping[str, Line], others: Line | None = None) -> None:
    """Fill in lines that a workbook holds: first cell -> heading -> value; ``others``: in all the other lines."""
    book = openpyxl.load_workbook(path)
    top, columns = _headings(book[title])
    found = set()
    for row in range(top + 1, book[title].max_row + 1):
        id = book[title].cell(row, 1).value
        if id is not None:
            _put(book[title], row, columns, wanted.get(id, others or {}))
            found.add(id)
    assert set(wanted) <= found, (path.name, wanted.keys() - found)
    book.save(path)


def ids(path: Path, title: str) -> list[str]:
    """First cells of the lines that a sheet holds."""
    sheet = openpyxl.load_workbook(path)[title]
    top, _ = _headings(sheet)
    return [str(row[0].value) for row in sheet.iter_rows(min_row=top + 1) if row[0].value is not None]


def _headings(sheet: Worksheet) -> tuple[int, dict[str, int]]:
    """Number of the line of headings; heading -> column."""
    for row in range(1, 12):
        names = {str(c.value).removesuffix(" *"): c.column for c in sheet[row] if c.value is not None}
        if any(str(c.value).endswith(" *") for c in sheet[row]):
            return row, names
    raise AssertionError(sheet.title)


def _put(sheet: Worksheet, row: int, columns: Mapping[str, int], line: Line) -> None:
    plain = {name.replace("\u00a0", " "): column for name, column in columns.items()}
    for name, value in line.items():
        sheet.cell(row, plain[name]).value = value
