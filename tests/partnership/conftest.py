"""A partnership built from lists of dictionaries, without any file."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from ctg_lib.partnership.books import BOOKS
from ctg_lib.partnership.folder import Partnership
from ctg_lib.workbooks.reading import Filled, frame_of, masked_columns

COMMUNES = {"90001": "Amont-Exemple", "90002": "Bourg-Exemple", "90003": "Combe-Exemple"}
AS_OF = date(2026, 11, 1)


def build_partnership(tables=None, *, communes=None, folder="etude", **by_book):
    """A Partnership holding these lines.

    Args:
        tables: « offre.services » -> lines (field name -> value in the types of ``schema``); ``row`` is
            added (7, 8, …) where there is none; a field « users_masked » becomes that column. Or by keyword:
            ``offre={"services": [...]}``.
    """
    wanted = dict(tables or {})
    for book, sheets in by_book.items():
        wanted |= {f"{book}.{sheet}": lines for sheet, lines in sheets.items()}
    filled = {}
    for id in dict.fromkeys(key.split(".")[0] for key in wanted):
        book = BOOKS[id]
        frames = {s.name: _frame(s, wanted.get(f"{id}.{s.name}", [])) for s in book.sheets}
        filled[id] = Filled(book, book.file, book.version, frames, ())
    return Partnership(Path(folder), filled, (), COMMUNES if communes is None else communes)


def _frame(sheet, lines):
    lines = [{"row": 7 + i, **line} for i, line in enumerate(lines)]
    unknown = {name for line in lines for name in line} - {*sheet.columns, *masked_columns(sheet)}
    assert not unknown, f"{sheet.name} : {unknown}"
    return frame_of(sheet, lines)


def build_calendar(raw):
    """The démarche of these phases, steps and instances, as study.yml writes them."""
    from ctg_lib.partnership.calendar import read_calendar

    return read_calendar(raw)


@pytest.fixture(scope="session")
def make_partnership():
    """:func:`build_partnership`."""
    return build_partnership


@pytest.fixture(scope="session")
def make_calendar():
    """:func:`build_calendar`."""
    return build_calendar


@pytest.fixture
def checked():
    """Checks of lines: a function from tables (and a démarche) to problems."""
    from ctg_lib.partnership.checks import check

    def run(tables=None, *, demarche=None, as_of=AS_OF, communes=None, contract=None, **by_book):
        calendar = build_calendar(demarche) if demarche is not None else None
        partnership = build_partnership(tables, communes=communes, **by_book)
        return check(partnership, calendar, as_of, contract)

    return run


@pytest.fixture
def world():
    """Names of the made-up territory and its date."""
    return SimpleNamespace(communes=COMMUNES, as_of=AS_OF)
