"""Files of made-up answers and words, which say so: by their name, a column, or a strip at the head of a sheet.

A page of a study that is not made up bears no mark: such a file must never reach one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from ctg_lib.consultation.reading.tables import Table
from ctg_lib.geography.names import fold
from ctg_lib.workbooks.problems import Problem
from ctg_lib.workbooks.spreadsheet import NotAWorkbook, is_lock, read_tabs

COLUMN = "fictif"
"""Column of an export whose answers are made up."""
_STRIP = "fictif"
"""How the first cell of a made-up sheet begins (:data:`ctg_lib.documents.workbook_styles.FICTIF`)."""
_NAMED = re.compile(r"(?:^|[-_ ])fictif(?:[-_ ]|$)")
_LOOKED_AT = 40
"""Lines of a table among which its headings are."""
_NO = ("", "non", "0", "false", "faux", "n")


def named_so(path: Path) -> bool:
    """Whether a file's name says it: « parents-fictif-limesurvey.csv »."""
    return bool(_NAMED.search(fold(path.stem)))


def says_so(tables: Iterable[Table]) -> bool:
    """Whether a table says it: a first cell « FICTIF… », or a column « fictif » where something is written."""
    return any(_strip(table) or _column(table) for table in tables)


def workbook(path: Path) -> bool:
    """Whether a workbook says it, by its name or the first cell of a sheet; no where it cannot be read."""
    if named_so(path):
        return True
    if is_lock(path) or not path.is_file():
        return False
    try:
        tabs = read_tabs(path)
    except NotAWorkbook:
        return False
    cells = (tab.rows.get(1, {}).get(1) for tab in tabs)
    return any(cell is not None and fold(str(cell.value)).startswith(_STRIP) for cell in cells)


def refused(name: str) -> Problem:
    """What is told of such a file in a study that is not made up."""
    return Problem(
        name,
        "des données fictives, dans une étude qui ne l’est pas",
        "des données recueillies ; ou « fictif: true » dans study.yml, si l’étude est une démonstration ; ce fichier n’est pas lu",
    )


def _strip(table: Table) -> bool:
    first = table.lines[0] if table.lines else None
    if first is None or first[0] != 1 or not first[1]:
        return False
    head = fold(first[1][0])
    return head.startswith(_STRIP) and head != COLUMN


def _column(table: Table) -> bool:
    for row, cells in table.lines[:_LOOKED_AT]:
        for position, cell in enumerate(cells):
            if fold(cell).rpartition("/")[2].strip() == COLUMN:
                return any(
                    fold(line[position]).strip() not in _NO
                    for n, line in table.lines
                    if n > row and position < len(line)
                )
    return False
