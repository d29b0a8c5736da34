"""All that a study's folder holds: its six workbooks, read where they lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ctg_lib.partnership.books import BOOKS
from ctg_lib.workbooks.problems import Problem, ordered
from ctg_lib.workbooks.schema import ROW

if TYPE_CHECKING:
    from ctg_lib.workbooks.reading import Filled

_OTHER_TABLES = frozenset({".xls", ".xlsb", ".xltx", ".ods", ".csv", ".tsv", ".numbers", ".xlsm"})
"""Spreadsheets that are not read, and would otherwise be passed over in silence."""


@dataclass(frozen=True)
class Partnership:
    """What only the territory knows, as read.

    Attributes:
        folder: the study's folder.
        filled: id of a workbook -> what was read of it; only those whose file exists.
        problems: of the files and their cells, in order.
        communes: code -> name of the territory's communes.
        written: the workbooks alone, where partners' figures are laid over them (see ``structures``).
    """

    folder: Path
    filled: Mapping[str, Filled] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    communes: Mapping[str, str] = field(default_factory=dict)
    written: Partnership | None = None

    @property
    def as_written(self) -> Partnership:
        """What the workbooks themselves hold."""
        return self if self.written is None else self.written

    def table(self, book: str, sheet: str) -> pd.DataFrame:
        """The frame of a sheet; the same without a line where the workbook, or the sheet, is absent.

        Columns: ``row`` and the fields (:mod:`ctg_lib.workbooks.schema`).

        Raises:
            KeyError: no such workbook.
            StopIteration: no such sheet.
        """
        wanted = BOOKS[book][sheet]
        read = self.filled.get(book)
        found = read.tables.get(sheet) if read is not None else None
        return wanted.empty() if found is None else found

    def has(self, book: str) -> bool:
        """Whether at least one line of that workbook is filled."""
        return any(len(self.as_written.table(book, sheet.name)) for sheet in BOOKS[book].sheets)

    @property
    def empty(self) -> bool:
        """Whether nothing at all is filled."""
        return not any(self.has(book) for book in BOOKS)

    def file(self, book: str) -> str:
        """Name of the workbook's file: the one read, else the one expected."""
        read = self.filled.get(book)
        return BOOKS[book].file if read is None else read.file


def load(folder: Path, communes: Mapping[str, str]) -> Partnership:
    """Read the workbooks of a study's folder; a folder that does not exist holds nothing.

    A workbook is looked for under its name, whatever the case. One saved under another name is recognised by
    the id written in it, used where the right name is absent, and told; a second one is told with what it
    holds and the first does not. Spreadsheets of another format, and workbooks that say nothing of
    themselves, are told. Lines that name those of another sheet are tied to them (see ``links``).

    Args:
        communes: code -> name of the territory's communes.
    """
    from ctg_lib.workbooks.links import resolve
    from ctg_lib.workbooks.reading import read_workbook

    problems: list[Problem] = []
    copies: list[tuple[str, Path]] = []
    filled = {}
    for book, path in _find(Path(folder), problems, copies).items():
        read = read_workbook(path, BOOKS[book], communes)
        filled[book] = read
        problems += read.problems
    for book, path in copies:
        problems.append(_second(filled[book], path, Path(folder), communes))
    filled, told = resolve(filled)
    return Partnership(Path(folder), filled, tuple(ordered([*problems, *told])), dict(communes))


def _second(first: Filled, path: Path, folder: Path, communes: Mapping[str, str]) -> Problem:
    """What is told of a second file of the same workbook: how much of it the first does not hold."""
    from ctg_lib.workbooks.reading import read_workbook

    if path.read_bytes() == (folder / first.file).read_bytes():
        found = f"une copie identique de {first.file}"
        return Problem(path.name, found, "un seul fichier : retirer celui-ci", severity="warning")
    second = read_workbook(path, first.book, communes)
    here, there = _lines(first), _lines(second)
    new = len([line for line in there if line not in set(here)])
    lines = "1 ligne remplie" if len(there) == 1 else f"{len(there)} lignes remplies"
    return Problem(
        path.name,
        f"un second classeur « {first.book.id} » ({lines}, dont {new} que {first.file} n’a pas ainsi) ; "
        "celui-ci n’est pas lu",
        f"un seul fichier par classeur : reporter ces lignes dans {first.file}, ou retirer celui-ci",
    )


def _lines(read: Filled) -> list[tuple[str, ...]]:
    return [
        (name, *map(str, line)) for name, table in read.tables.items()
        for line in table.drop(columns=ROW).itertuples(index=False)
    ]  # fmt: skip


def _find(folder: Path, problems: list[Problem], copies: list[tuple[str, Path]]) -> dict[str, Path]:
    """Id of a workbook -> its file, in the order of ``BOOKS``.

    Args:
        problems: to which what is odd is added.
        copies: to which second files of a workbook are added, each with the workbook's id.
    """
    found: dict[str, Path] = {}
    others: list[Path] = []
    for path in _files(folder):
        name = path.name.casefold()
        book = next((b.id for b in BOOKS.values() if b.file == name), None)
        if book is None or book in found:
            others.append(path)
        else:
            found[book] = path
    for path in others:
        _recognise(path, found, problems, copies)
    return {book: found[book] for book in BOOKS if book in found}


def _files(folder: Path) -> Iterator[Path]:
    """Files of the folder itself, the exact names first; not those that an open program leaves."""
    if not folder.is_dir():
        return
    exact = {book.file for book in BOOKS.values()}
    for path in sorted(folder.iterdir(), key=lambda p: (p.name not in exact, p.name)):
        if path.is_file() and not path.name.startswith(("~$", ".")):
            yield path


def _recognise(
    path: Path, found: dict[str, Path], problems: list[Problem], copies: list[tuple[str, Path]]
) -> None:
    """Take in a file under another name, or say why not."""
    suffix = path.suffix.casefold()
    expected = ", ".join(book.file for book in BOOKS.values())
    if suffix in _OTHER_TABLES:
        problems.append(
            Problem(path.name, f"un fichier {suffix}, qui n’est pas lu", "un classeur enregistré en .xlsx")
        )
    if suffix != ".xlsx":
        return
    from ctg_lib.workbooks.reading import identify

    says = identify(path)
    book = says[0] if says else ""
    if book not in BOOKS:
        problems.append(
            Problem(path.name, "un classeur non reconnu, qui n’est pas lu", f"un des noms {expected}")
        )
    elif book in found:
        copies.append((book, path))
    else:
        found[book] = path
        problems.append(
            Problem(
                path.name,
                f"le classeur « {book} » sous un autre nom ; il est lu",
                f"le nom {BOOKS[book].file}",
                severity="warning",
            )
        )
