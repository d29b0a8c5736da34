"""Answers of partners as they come back: the workbook of a request, some cells filled."""

from __future__ import annotations

import io
from datetime import date
from functools import lru_cache
from pathlib import Path

import openpyxl

from ctg_lib.documents.workbooks import workbook_bytes
from ctg_lib.partnership.requests import read_answers, request_book, request_rows

COMMUNES = {"12063": "La Cavalerie", "12168": "Nant", "12077": "Cornus"}
PEOPLE = {"12063": 2223.0, "12168": 1026.0, "12077": 512.0, "241200906": 3761.0}
PLACE = ("epci", "241200906")
AS_OF = date(2026, 11, 1)
YEARS = (2023, 2024, 2025)


@lru_cache(maxsize=16)
def blank(partner: str, years: tuple[int, ...] = YEARS) -> bytes:
    """The workbook as it is sent."""
    book = request_book(partner, years)
    rows = request_rows(partner, COMMUNES)
    return workbook_bytes(book, rows, communes=COMMUNES, place="Territoire", moment=AS_OF)


def heading(sheet):
    """Row of the headings, and heading -> column."""
    for row in sheet.iter_rows(max_row=30):
        names = {str(c.value).removesuffix(" *"): c.column for c in row if c.value is not None}
        if "Code" in names or "Date de transmission" in names:
            return row[0].row, names
    raise AssertionError(sheet.title)


def line(sheet, code: str, commune: str = "") -> int:
    """Row of a measure (of a commune)."""
    head, names = heading(sheet)
    for row in range(head + 1, sheet.max_row + 1):
        if str(sheet.cell(row, names["Code"]).value or "").lower() == code and (
            not commune or commune in str(sheet.cell(row, names["Commune"]).value)
        ):
            return row
    raise AssertionError(code)


def put(book, code: str, column: str, value, commune: str = "") -> None:
    """Fill one cell."""
    sheet = book["Par commune" if commune else "Chiffres"]
    sheet.cell(line(sheet, code, commune), heading(sheet)[1][column]).value = value


def answer(folder: Path, partner: str, *cells, sent=None, name: str = "", years=YEARS) -> Path:
    """Save an answer: cells ``(code, column, value[, commune])``."""
    book = openpyxl.load_workbook(io.BytesIO(blank(partner, years)))
    for cell in cells:
        put(book, *cell)
    if sent is not None:
        sheet = book["Votre réponse"]
        row, names = heading(sheet)
        sheet.cell(row + 1, names["Date de transmission"]).value = sent
    home = folder / "partenaires"
    home.mkdir(parents=True, exist_ok=True)
    path = home / (name or f"demande-{partner}.xlsx")
    book.save(path)
    return path


def read(folder: Path, **more):
    """What the project makes of a folder of answers."""
    return read_answers(folder, COMMUNES, PLACE, AS_OF, population=PEOPLE, place="de l’Aveyron", **more)
