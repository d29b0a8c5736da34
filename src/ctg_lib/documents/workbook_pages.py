"""Sheets of a workbook that are not filled: instructions, example, lists, hidden identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from openpyxl import Workbook as Spreadsheet
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.worksheet import Worksheet

from ctg_lib.display.typography import typeset
from ctg_lib.documents.workbook_styles import (
    WRAPPED,
    colour,
    fill,
    font,
    lines_of,
    page,
    protect,
    strip_fictif,
    thin,
)
from ctg_lib.documents.workbook_values import commune_names
from ctg_lib.workbooks.layout import (
    EXAMPLE,
    EXAMPLE_MARK,
    IDENTITY,
    INSTRUCTIONS,
    LISTS,
    LISTS_MARK,
    guidance,
    heading,
    identity,
    lists,
)
from ctg_lib.workbooks.schema import MANY, Field, Workbook, is_week

_MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
           "novembre", "décembre")  # fmt: skip
_COMMUNES, _YES_NO = "communes", "yes_no"


def how_to_fill(book: Workbook) -> list[str]:
    """How a workbook is filled, point by point; only what its own columns call for."""
    fields = [field for sheet in book.sheets for field in sheet.fields]
    kinds = {field.kind for field in fields}
    out = [
        "Une ligne par objet, comme le dit le haut de chaque feuille. Les colonnes au fond foncé, marquées "
        "« * », sont nécessaires ; les autres, utiles.",
        "Ce qui n’est pas connu reste vide. « 0 » veut dire zéro, jamais « je ne sais pas ». Ce qui est "
        "incertain s’explique dans la colonne « Remarque ».",
    ]
    if any(field.choices or field.kind in ("commune", "yes_no") for field in fields):
        several = " Plusieurs valeurs dans une même cellule se séparent par un point-virgule."
        out.append(f"Là où une flèche paraît, choisir dans la liste.{several if kinds & MANY else ''}")
    writing = ["Nombres : 1 234,5."]
    writing += ["Montants : en euros, tous les chiffres (12 000, et non 12 k€)."] if "amount" in kinds else []
    writing += ["Dates : 15/09/2026."] if "date" in kinds else []
    writing += ["Heures : 7:30 ou 7h30."] if "time" in kinds else []
    if any(is_week(field.choices) for field in fields):
        writing.append("Jours : « lundi à vendredi » ou « lundi ; mardi ; jeudi ».")
    out.append(" ".join(writing))
    if any("a_confirmer" in field.choices for field in fields):
        out.append("Une ligne grisée vient d’un fichier public et attend d’être confirmée.")
    if any(field.locked for field in fields):
        out.append("Les cases grises sont écrites par l’expéditeur : les laisser telles quelles.")
    return [
        *out,
        "Une cellule orangée, sur une ligne commencée, manque encore. Pas de ligne de total ni de "
        "commentaire sur une cellule : les sommes sont faites à la lecture, et un commentaire n’est pas lu.",
        "On peut trier, filtrer, ajouter ou ôter des lignes, élargir des colonnes. Ne pas renommer les "
        "intitulés ni fusionner de cellules. La protection n’a pas de mot de passe (Révision, Ôter la "
        "protection).",
        "Enregistrer au format .xlsx, sous le même nom, et renvoyer le fichier. Il est relu : chaque point à "
        "revoir est signalé avec sa feuille, sa ligne et sa colonne.",
    ]


MASKING: tuple[str, ...] = (
    "Aucun nom, adresse ni téléphone d’une personne : une fonction, un organisme.",
    "Un effectif de 1 à 4 personnes s’écrit « < 5 ». Pour les sujets protégés (handicap, santé, "
    "enfance protégée, violences), de 1 à 9 : « < 10 ». Un nombre plus précis ne serait pas lu. Zéro "
    "s’écrit « 0 ».",
)


@dataclass(frozen=True)
class ListRanges:
    """Where the lists of a workbook stand: name of the list -> cells."""

    cells: Mapping[object, str]

    def of(self, field: Field) -> str:
        """Cells that hold the values of a field; empty where it has no list."""
        if field.kind == "commune":
            return self.cells.get(_COMMUNES, "")
        if field.kind == "yes_no":
            return self.cells.get(_YES_NO, "")
        return self.cells.get(tuple(field.choices.items()), "")


def day_text(day: date) -> str:
    """« 1er mars 2026 »."""
    return f"{'1er' if day.day == 1 else day.day} {_MONTHS[day.month - 1]} {day.year}"


class _Writer:
    """Writes down a sheet of two columns, from the top."""

    def __init__(self, ws: Worksheet, width: float) -> None:
        self.ws, self.width, self.row = ws, width, 0

    def line(self, left: str, right: str, **look: Any) -> None:
        self.row += 1
        first, second = self.ws.cell(self.row, 1, left), self.ws.cell(self.row, 2, typeset(right))
        first.font = font(10, "territory", bold=True)
        first.alignment = Alignment(vertical="top", horizontal="left", wrap_text=True)
        second.font, second.alignment = font(look.pop("size", 10), **look), WRAPPED
        height = max(lines_of(right, self.width), lines_of(left, self.ws.column_dimensions["A"].width))
        self.ws.row_dimensions[self.row].height = 13.5 * height + 4

    def title(self, text: str, size: float, colour_name: str = "territory") -> None:
        self.row += 1
        cell = self.ws.cell(self.row, 1, typeset(text))
        cell.font, cell.alignment = font(size, colour_name, bold=size > 11), Alignment(vertical="center")
        self.ws.row_dimensions[self.row].height = size * 1.9

    def section(self, text: str) -> None:
        self.row += 1
        self.ws.row_dimensions[self.row].height = 8
        self.row += 1
        for column in (1, 2):
            self.ws.cell(self.row, column).fill = fill("territory-soft")
        cell = self.ws.cell(self.row, 1, typeset(text))
        cell.font, cell.alignment = font(12, "territory", bold=True), Alignment(vertical="center")
        self.ws.row_dimensions[self.row].height = 22


def instructions(
    file: Spreadsheet, book: Workbook, *, place: str, moment: date, fictif: bool, footer: str
) -> None:
    """« Mode d’emploi »: why, who, how, what must not be written, what each sheet is."""
    ws = file.create_sheet(INSTRUCTIONS)
    ws.column_dimensions["A"].width, ws.column_dimensions["B"].width = 20, 92
    out = _Writer(ws, 92)
    if fictif:
        strip_fictif(ws, 1, 2)
        out.row = 1
    out.title(book.title, 18)
    out.title(f"{place} · {identity(book)} · {day_text(moment)}", 11, "ink-soft")
    out.section("Pourquoi, et qui")
    out.line("À quoi il sert", book.purpose)
    out.line("Qui le remplit", book.audience)
    out.section("Comment le remplir")
    for number, text in enumerate(how_to_fill(book), start=1):
        out.line(str(number), text)
    out.section("Ce qui ne s’écrit pas")
    for text in MASKING:
        out.line("•", text)
    out.section("Les feuilles")
    for sheet in book.sheets:
        out.line(sheet.title, sheet.intro)
    out.line(EXAMPLE, "Une ligne remplie de chaque feuille, colonne par colonne. Elle n’est jamais lue.")
    out.line(LISTS, "Les valeurs que proposent les listes déroulantes.")
    ws.sheet_view.showGridLines = False
    ws.sheet_properties.tabColor = colour("neutral")
    page(ws, footer, landscape=False, fictif=fictif)
    ws.print_area = f"A1:B{out.row}"
    protect(ws)


def example_sheet(
    file: Spreadsheet, book: Workbook, *, communes: Mapping[str, str], fictif: bool, footer: str
) -> None:
    """« Exemple »: one filled line of each sheet, told column by column."""
    ws = file.create_sheet(EXAMPLE)
    for letter, width in zip("ABC", (36, 46, 60), strict=True):
        ws.column_dimensions[letter].width = width
    row = 1
    if fictif:
        strip_fictif(ws, 1, 3)
        row = 2
    mark = ws.cell(row, 1, typeset(EXAMPLE_MARK))
    mark.font = font(15, "accent", bold=True)
    ws.row_dimensions[row].height = 26
    for sheet in book.sheets:
        row += 2
        _band(ws, row, (typeset(f"Feuille « {sheet.title} »"), "Exemple", "Ce qu’on y écrit"))
        for field in sheet.fields:
            row += 1
            example = field.example or _example(field, communes)
            _example_line(ws, row, field, example)
    ws.sheet_view.showGridLines = False
    ws.sheet_properties.tabColor = colour("accent")
    page(ws, footer, landscape=True, fictif=fictif)
    ws.print_area = f"A1:C{row}"
    protect(ws)


def _band(ws: Worksheet, row: int, texts: tuple[str, ...]) -> None:
    for column, text in enumerate(texts, start=1):
        cell = ws.cell(row, column, text)
        cell.font, cell.fill = font(10, "paper", bold=True), fill("territory")
        cell.alignment = Alignment(vertical="center")
    ws.row_dimensions[row].height = 20


def _example_line(ws: Worksheet, row: int, field: Field, example: str) -> None:
    texts = (typeset(heading(field)), example, typeset(_what(field)))
    for column, text in enumerate(texts, start=1):
        cell = ws.cell(row, column, text)
        cell.data_type = "s"
        name = ("ink", "accent", "ink-soft")[column - 1]
        cell.font = font(10, name, bold=column == 1 and field.required, italic=column == 2)
        cell.alignment, cell.border, cell.number_format = WRAPPED, thin(), "@"
    height = max(lines_of(text, width * 0.95) for text, width in zip(texts, (36, 46, 60), strict=True))
    ws.row_dimensions[row].height = 13.5 * height + 2


def _what(field: Field) -> str:
    """Help of a field, with its bounds and whether a line needs it."""
    text = guidance(field) or "Texte."
    if field.sensitive and "< 10" not in text:
        text += " Sujet protégé : de 1 à 9, écrire « < 10 »."
    return text + (" Nécessaire." if field.required else "")


def _example(field: Field, communes: Mapping[str, str]) -> str:
    """The name of a commune where the description gives no example."""
    names = list(commune_names(communes).values())
    if field.kind == "commune" and names:
        return names[0]
    return ""


def lists_sheet(file: Spreadsheet, book: Workbook, communes: Mapping[str, str]) -> ListRanges:
    """« Listes »: one column for each list that a field draws on."""
    ws = file.create_sheet(LISTS)
    mark = ws.cell(1, 1, typeset(LISTS_MARK))
    mark.font = font(12, "ink-soft", bold=True)
    ws.row_dimensions[1].height = 22
    ranges: dict[object, str] = {}
    for column, (name, title, values) in enumerate(_columns(book, communes), start=1):
        letter = get_column_letter(column)
        ws.column_dimensions[letter].width = min(60, max([len(title), *map(len, values)]) + 3)
        _band_cell(ws, column, title)
        for row, value in enumerate(values, start=3):
            cell = ws.cell(row, column, value)
            cell.font, cell.border = font(10), thin()
        ranges[name] = f"{quote_sheetname(LISTS)}!${letter}$3:${letter}${2 + len(values)}"
    ws.freeze_panes = "A3"
    ws.sheet_view.showGridLines = False
    ws.sheet_properties.tabColor = colour("neutral")
    page(ws, LISTS, landscape=True)
    protect(ws)
    return ListRanges(ranges)


def _band_cell(ws: Worksheet, column: int, title: str) -> None:
    cell = ws.cell(2, column, typeset(title))
    cell.font, cell.fill = font(10, "paper", bold=True), fill("territory")


def _columns(book: Workbook, communes: Mapping[str, str]) -> list[tuple[object, str, list[str]]]:
    fields = [field for sheet in book.sheets for field in sheet.fields]
    out: list[tuple[object, str, list[str]]] = []
    if any(f.kind in ("commune", "communes") for f in fields) and communes:
        out.append((_COMMUNES, "Communes", list(commune_names(communes).values())))
    if any(f.kind == "yes_no" for f in fields):
        out.append((_YES_NO, "Oui ou non", ["oui", "non"]))
    for items, choices in lists(book).items():
        users = [f for f in fields if tuple(f.choices.items()) == items]
        out.append((items, users[0].label, list(choices.values())))
    return out


def hidden_sheet(file: Spreadsheet, book: Workbook) -> None:
    """``_ctg``: which workbook and version a file is, its sheets and columns."""
    ws = file.create_sheet(IDENTITY)
    ws.append(["classeur", book.id])
    ws.append(["version", book.version])
    for sheet in book.sheets:
        ws.append(["feuille", sheet.name, sheet.title])
        for field in sheet.fields:
            ws.append(["colonne", sheet.name, field.name, field.label])
    ws.sheet_state = "hidden"
    ws.protection.sheet = True
