"""Workbooks of one folder, read where they lie: under their name, or another one that they say themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ctg_lib.workbooks.problems import Problem, ordered
from ctg_lib.workbooks.schema import ROW, Workbook

if TYPE_CHECKING:
    from ctg_lib.workbooks.reading import Filled

_OTHER_TABLES = frozenset({".xls", ".xlsb", ".xltx", ".ods", ".csv", ".tsv", ".numbers", ".xlsm"})
"""Spreadsheets that are not read, and would otherwise be passed over in silence."""


@dataclass(frozen=True)
class Folder:
    """What was read of a folder.

    Attributes:
        filled: id of a workbook -> what was read of it; only those whose file exists.
        problems: of the files and their cells, in order.
    """

    filled: Mapping[str, Filled] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def read_folder(
    folder: Path,
    books: Mapping[str, Workbook],
    communes: Mapping[str, str],
    beside: Mapping[str, Filled] | None = None,
) -> Folder:
    """Read the workbooks of a folder; a folder that does not exist holds nothing.

    A workbook is looked for under its name, whatever the case. One saved under another name is recognised by
    the id written in it, used where the right name is absent, and told; a second one is told with what it
    holds and the first does not. Spreadsheets of another format, and workbooks that say nothing of
    themselves, are told. Lines that name those of another sheet are tied to them (see ``links``).

    Args:
        books: by id, in the order wanted.
        communes: code -> name of the territory's communes.
        beside: workbooks read elsewhere, whose lines these may name.
    """
    from ctg_lib.workbooks.links import resolve
    from ctg_lib.workbooks.reading import read_workbook

    problems: list[Problem] = []
    copies: list[tuple[str, Path]] = []
    filled = {}
    for book, path in _find(Path(folder), books, problems, copies).items():
        read = read_workbook(path, books[book], communes)
        filled[book] = read
        problems += read.problems
    for book, path in copies:
        problems.append(_second(filled[book], path, Path(folder), communes))
    resolved, told = resolve(filled, beside)
    return Folder(resolved, tuple(ordered([*problems, *told])))


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


def _find(
    folder: Path, books: Mapping[str, Workbook], problems: list[Problem], copies: list[tuple[str, Path]]
) -> dict[str, Path]:
    """Id of a workbook -> its file, in the order of ``books``.

    Args:
        problems: to which what is odd is added.
        copies: to which second files of a workbook are added, each with the workbook's id.
    """
    found: dict[str, Path] = {}
    others: list[Path] = []
    for path in _files(folder, books):
        name = path.name.casefold()
        book = next((b.id for b in books.values() if b.file == name), None)
        if book is None or book in found:
            others.append(path)
        else:
            found[book] = path
    for path in others:
        _recognise(path, books, found, problems, copies)
    return {book: found[book] for book in books if book in found}


def _files(folder: Path, books: Mapping[str, Workbook]) -> Iterator[Path]:
    """Files of the folder itself, the exact names first; not those that an open program leaves."""
    if not folder.is_dir():
        return
    exact = {book.file for book in books.values()}
    for path in sorted(folder.iterdir(), key=lambda p: (p.name not in exact, p.name)):
        if path.is_file() and not path.name.startswith(("~$", ".")):
            yield path


def _recognise(
    path: Path, books: Mapping[str, Workbook], found: dict[str, Path], problems: list[Problem],
    copies: list[tuple[str, Path]],
) -> None:  # fmt: skip
    """Take in a file under another name, or say why not."""
    suffix = path.suffix.casefold()
    expected = ", ".join(book.file for book in books.values())
    if suffix in _OTHER_TABLES:
        problems.append(
            Problem(path.name, f"un fichier {suffix}, qui n’est pas lu", "un classeur enregistré en .xlsx")
        )
    if suffix != ".xlsx":
        return
    from ctg_lib.workbooks.reading import identify

    says = identify(path)
    book = says[0] if says else ""
    if book not in books:
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
                f"le nom {books[book].file}",
                severity="warning",
            )
        )
