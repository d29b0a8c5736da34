"""What a check of the agreement reads: lines of its sheets, ids that they may name, lists said the French way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from ctg_lib.partnership.books import BOOKS
from ctg_lib.partnership.checks.ground import Line, listed
from ctg_lib.partnership.checks.people import of_line
from ctg_lib.partnership.checks.references import nearest
from ctg_lib.workbooks.problems import Problem

if TYPE_CHECKING:
    from ctg_lib.agreement.folder import Agreement
    from ctg_lib.partnership.folder import Partnership

__all__ = ["Line", "known_ids", "lines", "listed", "people", "unknown"]


def lines(agreement: Agreement, book: str, sheet: str) -> list[Line]:
    """Lines of a sheet, each about its title, label or sentence."""
    file, shape = agreement.file(book).rpartition("/")[2], agreement.books[book][sheet]
    rows = agreement.table(book, sheet).to_dict("records")
    return [Line(file, shape, {str(name): value for name, value in row.items()}, _about(row)) for row in rows]


def _about(row: Mapping) -> str:
    return next((str(row[n]) for n in ("title", "label", "name", "sentence", "id") if row.get(n)), "")


def known_ids(agreement: Agreement, partnership: Partnership, target: str) -> list[str]:
    """Ids of a sheet written « offre.services » or « croisement.needs », in its order."""
    book, _, sheet = target.partition(".")
    table = agreement.table(book, sheet) if book in agreement.books else partnership.table(book, sheet)
    return [str(id) for id in table["id"] if id]


def unknown(
    agreement: Agreement, partnership: Partnership, own: Iterable[Line], columns: Iterable[str]
) -> Iterator[Problem]:
    """Ids that lines name, in these columns, and that no line bears."""
    named, told = tuple(columns), list(own)
    for column in named:
        for line in told:
            value = line[column]
            cited = () if value is None else (value,) if isinstance(value, str) else tuple(value)
            target = line.sheet[column].refers_to
            known = known_ids(agreement, partnership, target) if cited else []
            for each in cited:
                if each not in known:
                    where = _where(agreement, target)
                    yield line.problem(
                        column, each, f"un identifiant de {where}{nearest(each, known)}",
                        said=f"un renvoi à « {each} », absent de {where}",
                    )  # fmt: skip


def _where(agreement: Agreement, target: str) -> str:
    book, _, sheet = target.partition(".")
    shape = agreement.books.get(book) or BOOKS[book]
    return f"{shape.file}, feuille « {shape[sheet].title} »"


def people(sheets: Iterable[Iterable[Line]]) -> Iterator[Problem]:
    """What is of a person in the texts of some sheets: functions, never names; what was found is not repeated."""
    for own in sheets:
        for line in own:
            yield from of_line(line)
