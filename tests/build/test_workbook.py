"""Rows written here are those of openpyxl, byte for byte; what is not plain is left to it."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import load_workbook

from ctg_lib.archive import fixed_zip
from ctg_lib.build import workbook
from ctg_lib.build.workbook import Book, written_rows
from ctg_lib.display.output import SourceText

DAY = date(2026, 11, 1)
ROWS: list[list[Any]] = [
    ["é « » œ \U0001f3e1", "<a> & 'b' \"c\" ]]>", None, ""],
    ["=1+1", "#N/A", "+33 1", " bords "],
    ["\tligne\nretour\r", "1", -3, 2023],
    [-12.5, 1e-300, 0.1 + 0.2, 1e22],
    [None, None, None, None],
    [62.0, 1 / 3, 123456789012345678, 0],
    [SourceText("Insee, RP 2023", [("rp", "Insee")]), SourceText("=1"), None, 1.5],
]


def _content(rows: list[list[Any]]) -> bytes:
    book = Book("Essai")
    book.add_sheet("Un", ["A", "B", "C", "D"], rows, widths={"A": 20})
    book.add_sheet("Deux & trois", ["Seule"], [["x"]], widths={}, frozen="B2")
    book.add_sheet("Vide", ["Seule"], [], widths={})
    return book.content(DAY)


def test_rows_are_those_of_openpyxl(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = _content(ROWS)
    monkeypatch.setattr(workbook, "written_rows", lambda rows, letters: None)
    assert ours == _content(ROWS)


def test_read_back_as_texts_and_numbers() -> None:
    sheet = load_workbook(io.BytesIO(_content(ROWS)))["Un"]
    read = [list(row) for row in sheet.iter_rows(min_row=2)]
    assert len(read) == len(ROWS)
    assert [cell.data_type for cell in read[1]] == ["s"] * 4  # no formula
    assert read[0][0].value == ROWS[0][0] and read[3][0].value == ROWS[3][0]


def test_source_lines_of_an_export_are_written_here() -> None:
    assert written_rows([[SourceText("Insee, RP 2023")]], ["A"]) is not None


@pytest.mark.parametrize("value", [True, DAY, float("nan"), "x" * 32_768])
def test_what_is_not_plain_is_left_to_openpyxl(value: Any) -> None:
    assert written_rows([["a"], [value]], ["A"]) is None
    assert load_workbook(io.BytesIO(_content([["a", "b", "c", value]])))["Un"]["A2"].value == "a"


def test_rows_that_stand_nowhere_are_told() -> None:
    with pytest.raises(ValueError, match="lignes"):
        fixed_zip(_content(ROWS), datetime(2026, 1, 1), {b"lignes 7": b""})
