"""A file of answers as plain tables of texts: CSV of any tool, or a workbook.

Nothing is understood here: encoding, separator and lines are found, cells become texts, and what is too large
or damaged is told. A text file is cut into its records without changing a byte (:func:`records`), so that
one of them can be taken out and the others stay as they are (:mod:`ctg_lib.consultation.erasing`).
"""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ctg_lib.consultation.plain_names import plain_sheet
from ctg_lib.workbooks.cells import as_text, plain
from ctg_lib.workbooks.problems import Problem
from ctg_lib.workbooks.spreadsheet import NotAWorkbook, Tab, column_letters, read_tabs

MOST_BYTES = 100_000_000
"""Of a file, unpacked: more is refused."""
MOST_ROWS = 100_000
MOST_COLUMNS = 3_000
LONGEST_TEXT = 10_000
"""Letters of one cell that are kept."""
LIMITS = (
    f"un export d’au plus {MOST_BYTES // 1_000_000} Mo, {MOST_ROWS // 1000} 000 lignes et "
    f"{MOST_COLUMNS // 1000} 000 colonnes"
)
TEXTS = (".csv", ".txt", ".tsv")
BOOKS = (".xlsx",)
_OTHERS = {
    ".xls": "un classeur au format ancien (.xls)", ".ods": "un classeur au format OpenDocument (.ods)",
    ".xlsb": "un classeur binaire (.xlsb)", ".xlsm": "un classeur à macros (.xlsm)", ".zip": "une archive (.zip)",
    ".sav": "un fichier SPSS", ".json": "un fichier JSON", ".pdf": "un fichier PDF", ".docx": "un document Word",
    ".xml": "un fichier XML", ".lsr": "une archive de LimeSurvey", ".lsa": "une archive de LimeSurvey",
}  # fmt: skip
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_SEPARATORS = ";,\t|"
_SERVICE_SHEETS = ("_ctg", "mode d'emploi", "mode d’emploi", "listes", "exemple")


@dataclass(frozen=True)
class Record:
    """One record of a text file.

    Attributes:
        number: of its row, as a spreadsheet shows it.
        text: as it stands in the file, line breaks included.
        cells: its fields.
        broken: why it cannot be cut into fields; empty where it can.
    """

    number: int
    text: str
    cells: tuple[str, ...]
    broken: str = ""


@dataclass
class Table:
    """Cells of one sheet or text file.

    Attributes:
        file: name of the file, as the user sees it.
        sheet: title of the tab; empty of a text file.
        lines: (row, cells as texts), blank lines left out.
        merged: merged cells that hold something: (last line of them, where); the first one alone counts.
    """

    file: str
    sheet: str
    lines: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    merged: list[tuple[int, str]] = field(default_factory=list)


def read(path: Path, name: str) -> tuple[list[Table], list[Problem]]:
    """Tables of a file; whatever it holds, nothing raises.

    Args:
        path: of the file.
        name: as it is told.
    """
    suffix = path.suffix.lower()
    if suffix in BOOKS:
        return _book(path, name)
    if suffix in TEXTS:
        return _text(path, name)
    found = _OTHERS.get(suffix, "un fichier qui n’est ni un CSV ni un classeur")
    return [], [Problem(name, found, "un export en CSV ou en Excel (.xlsx) ; ce fichier n’est pas lu")]


# --- text files ----------------------------------------------------------------------------------------


def _text(path: Path, name: str) -> tuple[list[Table], list[Problem]]:
    try:
        if path.stat().st_size > MOST_BYTES:
            return [], [Problem(name, "un fichier démesuré", LIMITS)]
        content = path.read_bytes()
    except OSError:
        return [], [Problem(name, "un fichier qui ne s’ouvre pas", "un fichier lisible et fermé")]
    if not content.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        return [], [Problem(name, "un fichier vide", "les réponses")]
    if why := _not_text(content):
        return [], [Problem(name, why, "un export en CSV ; ce fichier n’est pas lu")]
    text, _ = decoded(content)
    problems: list[Problem] = []
    table = Table(name, "")
    for record in records(text):
        if record.broken:
            problems.append(
                Problem(
                    name,
                    record.broken,
                    "un export refait par l’outil ; cette ligne n’est pas lue"
                    if record.broken == _BROKEN
                    else "un export refait par l’outil ; la suite n’est pas lue",
                    row=record.number,
                )
            )
            continue
        if len(record.cells) > MOST_COLUMNS or len(table.lines) >= MOST_ROWS:
            problems.append(
                Problem(
                    name,
                    "trop de lignes ou de colonnes",
                    f"{LIMITS} ; la suite n’est pas lue",
                    row=record.number,
                )
            )
            break
        cells = tuple(c.strip() for c in record.cells)
        if any(cells):
            table.lines.append((record.number, cells))
    return [table], problems


def _not_text(content: bytes) -> str:
    start = content[:1000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith(b"pk\x03\x04"):
        return "une archive ou un classeur sous un nom de fichier texte"
    if start.startswith(b"%pdf"):
        return "un fichier PDF"
    if start.startswith((b"<?xml", b"<html", b"<!doctype", b"<table")):
        return "une page ou un fichier XML"
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ""
    looked_at = content[:100_000]  # a few stray zeros are only zeros
    return "un fichier qui n’est pas du texte" if looked_at.count(b"\x00") > len(looked_at) / 50 else ""


def decoded(content: bytes) -> tuple[str, str]:
    """A text file's text and the encoding that gives the same bytes back.

    UTF-8 (with its mark or not), UTF-16 where its mark says so, else Windows-1252; Latin-1 holds whatever
    bytes are left.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16-le" if content.startswith(b"\xff\xfe") else "utf-16-be"
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            return content.decode("latin-1"), "latin-1"
    for encoding in ("utf-8", "cp1252"):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1"), "latin-1"


def separator(text: str) -> str:
    """What stands between the fields: the one that cuts the first line into most of them."""
    first = next((line for line in _LINE.findall(text[:200_000]) if line.strip("\ufeff \t\r\n")), "")
    if said := re.match(r"\ufeff?sep=(.)", first, re.IGNORECASE):
        return said[1] if said[1] in _SEPARATORS else ";"
    bare = re.sub(r'"[^"]*"', "", first)
    return max(_SEPARATORS, key=bare.count)


def records(text: str) -> Iterator[Record]:
    """Records of a CSV file, in order; their texts, joined, are the file's.

    A field that is opened and never closed would take in all that follows: its line is told, and reading goes on
    with the next one; after :data:`_PATIENCE` of those the rest is one record, told.
    """
    lines = _LINE.findall(text)
    between = separator(text)
    former = csv.field_size_limit(_LONGEST_FIELD)
    try:
        start, number, broken = 0, 0, 0
        while start < len(lines):
            for cells, first, after in _run(lines, start, between):
                number += 1
                mine = "".join(lines[first:after])
                if cells is None and broken >= _PATIENCE:
                    yield Record(number, "".join(lines[first:]), (), _LOST)
                    return
                if cells is None:
                    broken += 1
                    yield Record(number, lines[first], (), _BROKEN)
                    start = first + 1
                    break
                if number == 1:
                    cells = _first(cells, mine)
                yield Record(number, mine, tuple(cells))
                start = after
    finally:
        csv.field_size_limit(former)


def _run(lines: list[str], start: int, between: str) -> Iterator[tuple[list[str] | None, int, int]]:
    """Fields of each record from a line on, its first line and the one after; None of a field without end."""
    # a line break inside a field is one whatever the system, and a NUL is nothing
    clean = (x.replace("\x00", " ").replace("\r\n", "\n").replace("\r", "\n") for x in lines[start:])
    reader = csv.reader(clean, delimiter=between)
    first = start
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield None, first, first + 1
            return
        after = start + reader.line_num
        open_ended = after == len(lines) and after - first > 1 and "".join(lines[first:]).count('"') % 2
        yield (None if open_ended else cells), first, after
        first = after


def _first(cells: list[str], line: str) -> list[str]:
    """The first record without the mark of UTF-8, and nothing of the line in which Excel says its separator."""
    bare = line.lstrip("\ufeff")
    if re.match(r"sep=.\s*$", bare, re.IGNORECASE):
        return []
    return [c.lstrip("\ufeff").strip('"') if i == 0 else c for i, c in enumerate(cells)]


_LONGEST_FIELD = 10 * LONGEST_TEXT
_PATIENCE = 20
_BROKEN = f"un guillemet jamais fermé, ou une cellule de plus de {_LONGEST_FIELD // 1000} 000 caractères"
_LOST = f"plus de {_PATIENCE} lignes dont un guillemet n’est jamais fermé"


# --- workbooks -----------------------------------------------------------------------------------------


def _book(path: Path, name: str) -> tuple[list[Table], list[Problem]]:
    if _unpacked(path) > MOST_BYTES * 3:
        return [], [Problem(name, "un classeur démesuré une fois décompressé", LIMITS)]
    try:
        tabs = read_tabs(path)
    except NotAWorkbook as refusal:
        return [], [Problem(name, refusal.found, refusal.expected)]
    except Exception:  # a file that no guard foresaw is still only a file that cannot be read
        return [], [Problem(name, "un classeur abîmé", "un export en CSV ou en Excel (.xlsx), entier")]
    problems: list[Problem] = []
    tables = [
        _tab(tab, name, plain_sheet(tab.title, position), problems)
        for position, tab in enumerate(tabs, start=1)
        if tab.title.strip().lower() not in _SERVICE_SHEETS
    ]
    filled = [table for table in tables if table.lines]
    if not filled and not problems:
        problems.append(Problem(name, "un classeur sans une ligne", "les réponses"))
    return filled, problems


def _unpacked(path: Path) -> int:
    try:
        with zipfile.ZipFile(path) as archive:
            return sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, KeyError):
        return 0  # what it is, is told by whoever reads it


def _tab(tab: Tab, name: str, title: str, problems: list[Problem]) -> Table:
    table = Table(name, title)
    widest = max((max(cells) for cells in tab.rows.values() if cells), default=0)
    if widest > MOST_COLUMNS or len(tab.rows) > MOST_ROWS:
        problems.append(
            Problem(name, "trop de lignes ou de colonnes", f"{LIMITS} ; la feuille n’est pas lue", title)
        )
        return table
    for top, left, bottom, right in tab.merged:
        rows = [r for r in tab.rows if top <= r <= bottom]
        if rows and any(left <= c <= right for r in rows for c in tab.rows[r]):
            where = f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"
            table.merged.append((max(rows), where))
            for row, column in [(r, c) for r in rows for c in tab.rows[r] if left <= c <= right]:
                if (row, column) != (top, left):
                    del tab.rows[row][column]
    for row in sorted(tab.rows):
        texts = [""] * widest
        for column, cell in tab.rows[row].items():
            if cell.formula and cell.value is None:
                problems.append(
                    Problem(
                        name,
                        "une formule sans résultat",
                        "une valeur (ouvrir le classeur dans le tableur et l’enregistrer)",
                        title,
                        row,
                        column_letters(column),
                        "warning",
                    )
                )
            texts[column - 1] = cell_text(cell.value)
        if any(texts):
            table.lines.append((row, tuple(texts)))
    return table


def cell_text(value: object) -> str:
    """A cell as text: moments as ISO 8601, so that a duration can be made of two of them."""
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return as_text(plain(value)).strip()
