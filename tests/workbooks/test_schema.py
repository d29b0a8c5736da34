"""Frames of sheets where nothing is filled."""

import pandas as pd
import pytest

from ctg_lib.agreement.books import agreement_books
from ctg_lib.partnership.books import BOOKS
from ctg_lib.workbooks.schema import as_frame

SHEETS = {f"{b.id}.{s.name}": s for b in (*BOOKS.values(), *agreement_books().values()) for s in b.sheets}


@pytest.mark.parametrize("name", SHEETS)
def test_an_empty_frame_has_the_columns_and_types_of_the_sheet(name):
    sheet = SHEETS[name]
    made = sheet.empty()
    pd.testing.assert_frame_equal(made, as_frame(sheet, []))
    assert list(made) == sheet.columns


def test_what_is_done_to_one_reaches_no_other():
    sheet = next(iter(SHEETS.values()))
    first = sheet.empty()
    first["more"] = 1
    first.loc[0, "row"] = 7
    first.attrs["said"] = "x"
    assert list(sheet.empty()) == sheet.columns and sheet.empty().empty and sheet.empty().attrs == {}
