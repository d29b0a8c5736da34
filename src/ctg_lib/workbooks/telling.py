"""Problems told to whoever mends them: each thing once, alike things together, file by file.

A hurried person's folder gives tens of messages. They are read under the name of their file and sheet; the
same fault on many lines of a column is one message with all its lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from ctg_lib.workbooks.parsing import NO_PERSON
from ctg_lib.workbooks.problems import Problem, ordered

if TYPE_CHECKING:
    from ctg_lib.partnership.folder import Partnership

MANY = 3
"""Lines from which the same fault of a column is told once."""
_FOUND = 4
"""Different contents that such a message repeats."""


def together(
    read: Iterable[Problem], checked: Iterable[Problem], tabs: Mapping[tuple[str, str], str] | None = None
) -> list[Problem]:
    """What reading and checks say, ordered, without what both say of the same cell.

    A check that finds nothing where reading refused what was written adds nothing; nor does reading a text
    that « seems » to hold what a check names.

    Args:
        tabs: (file, title of a sheet) -> title of its tab, where someone renamed it: checks know the model's.
    """
    named = tabs or {}
    kept = [replace(p, sheet=named.get((p.file, p.sheet), p.sheet)) for p in checked]
    said = list(read)
    refused = {_cell(p) for p in said if p.severity == "error"}
    kept = [p for p in kept if p.found or _cell(p) not in refused]
    precise = {_cell(p) for p in kept if p.column}
    return ordered([*(p for p in said if p.expected != NO_PERSON or _cell(p) not in precise), *kept])


def tabs_of(partnership: Partnership) -> dict[tuple[str, str], str]:
    """(file, title of a sheet) -> title of the tab in which it was found."""
    return {
        (read.file, sheet.title): read.tabs.get(sheet.name, sheet.title)
        for read in partnership.filled.values()
        for sheet in read.book.sheets
    }


def _cell(problem: Problem) -> tuple[str, str, int | None, str]:
    return problem.file, problem.sheet, problem.row, problem.column


def lines(problems: Iterable[Problem], indent: str = "  ") -> Iterator[str]:
    """Lines of text: « fichier, feuille », then under it each line and column, found and expected.

    Args:
        problems: ordered, all of one severity.
    """
    for (file, sheet), inside in groupby(problems, key=lambda p: (p.file, p.sheet)):
        here = list(inside)
        where = Problem(file, "", "", sheet).where
        if len(here) == 1:
            yield f"{indent}{here[0]}"
            continue
        yield f"{indent}{where} :"
        yield from (f"{indent}  {text}" for text in _of_sheet(here))


def _of_sheet(problems: list[Problem]) -> Iterator[str]:
    """Messages of one sheet, without its name; those of a column that expect the same thing together."""
    alike: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        alike.setdefault((problem.column, problem.expected), []).append(problem)
    told: set[tuple[str, str]] = set()
    for problem in problems:
        same = alike[problem.column, problem.expected]
        if len(same) < MANY or problem.row is None:
            yield _text(problem)
        elif (problem.column, problem.expected) not in told:
            told.add((problem.column, problem.expected))
            yield _grouped(same)


def _text(problem: Problem) -> str:
    text = str(replace(problem, file="", sheet=""))
    return text.removeprefix(", ").removeprefix(" : ")


def _grouped(problems: list[Problem]) -> str:
    """« lignes 5 à 9 et 12, colonne « Thème » : trouvé « a », « b », attendu … »."""
    first = problems[0]
    rows = spans(sorted({p.row for p in problems if p.row is not None}))
    column = f", colonne « {first.column} »" if first.column else ""
    contents = list(dict.fromkeys(p.found for p in problems if p.found))
    shown = ", ".join(f"« {text} »" for text in contents[:_FOUND])
    more = f" … ({len(contents)} contenus)" if len(contents) > _FOUND else ""
    found = f"trouvé {shown}{more}" if contents else "rien trouvé"
    return f"lignes {rows}{column} : {found}, attendu {first.expected}"


def spans(rows: list[int]) -> str:
    """« 5 à 9, 12 et 15 »."""
    parts: list[str] = []
    for _, run in groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0]):
        whole = [row for _, row in run]
        parts += [f"{whole[0]} à {whole[-1]}"] if len(whole) > 2 else [str(row) for row in whole]
    return " et ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
