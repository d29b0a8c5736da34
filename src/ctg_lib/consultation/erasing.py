"""One person's answers deleted, by the code that they were given.

Every line that bears the code is taken out of every file of the study's ``consultation`` folder, and the lines of the
workbook of reviewed texts that come from it. Files are replaced whole, one by one: nothing is half written, no copy
is left. Only a salted digest of the code is kept (:mod:`ctg_lib.consultation.erased_codes`), so that an export made
again by the tool, where the answer still is, is told by ``ctg study check``. Doing it twice is doing it once.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ctg_lib.consultation.deletion_codes import ALPHABET, ONLINE, is_printed
from ctg_lib.consultation.erased_codes import FILE, normal_code, read_erased, remember
from ctg_lib.consultation.plain_names import plain_files, plain_sheet
from ctg_lib.consultation.reading import key_of
from ctg_lib.consultation.reading.layouts import SERVICE, clean_heading, key
from ctg_lib.consultation.reading.tables import TEXTS, cell_text, decoded, records
from ctg_lib.consultation.received import RESPONSES, shown_names
from ctg_lib.consultation.workbook_lines import CannotEdit, holds, without_lines
from ctg_lib.files import write_whole
from ctg_lib.workbooks.spreadsheet import NotAWorkbook, Tab, is_lock, read_tabs, tabs_in

_KEY = re.compile(r"([a-z0-9_]{1,40})-[0-9a-f]{16}(?:-\d+)?")
_LOOKED_AT = 10
_LONG = 12
"""Letters from which a text of a deleted line is looked for in the rest of its file."""
_BOOKS = (".xlsx",)
_PLAIN = (*TEXTS, ".md", ".yml", ".yaml", ".json")


@dataclass(frozen=True)
class Found:
    """Lines of one file that come from the person.

    Attributes:
        file: as it is told, in the ``consultation`` folder.
        path: of the file.
        content: of the file without them.
        where: sheet (empty of a text file) -> numbers of the lines.
    """

    file: str
    path: Path
    content: bytes
    where: dict[str, tuple[int, ...]]

    @property
    def words(self) -> str:
        """« reponses/export.csv : ligne 12 »."""
        parts = []
        for sheet, rows in self.where.items():
            numbers = ", ".join(map(str, rows))
            inside = f"feuille « {sheet} », " if sheet else ""
            parts.append(f"{inside}ligne{'s' if len(rows) > 1 else ''} {numbers}")
        return f"{self.file} : {' ; '.join(parts)}"


@dataclass
class Erasure:
    """What deleting a code removes, or removed.

    Attributes:
        code: normalised; empty of what cannot be one.
        found: files to rewrite, each with its new content.
        unseen: files that could not be looked in, or still hold something, and why, in French.
        before: whether the code was deleted already.
    """

    code: str
    found: list[Found] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    before: bool = False


def plan(folder: Path, code: str) -> Erasure:
    """What deleting a code would remove; nothing is written.

    Args:
        folder: the study's ``consultation`` folder, whether or not it exists.
        code: as it was given; case, spaces, hyphens and « 0 » for « O » do not count.
    """
    wanted = normal_code(code)
    out = Erasure(wanted, before=bool(wanted) and wanted in read_erased(folder))
    if not wanted:
        return out
    every = list(_files(folder))
    shown = plain_files(every, folder) | shown_names(folder)
    for path in every:
        name = shown[path]
        suffix = path.suffix.lower()
        if suffix in _BOOKS:
            _book(path, name, wanted, out)
        elif suffix in _PLAIN:
            _text(path, name, wanted, out)
        else:
            out.unseen.append(
                f"{name} : ce format n’est pas regardé ; vérifier à la main, ou retirer ce fichier"
            )
    return out


def erase(folder: Path, code: str) -> Erasure:
    """Delete the answers of a code; a code that no file holds changes nothing.

    The digest is written first: if a file cannot be replaced (open in Excel), what is left of the answers is an error
    of ``ctg study check``, and the same command finishes.

    Returns:
        What was removed, and where.

    Raises:
        PermissionError: a file is open in a program that holds it.
    """
    found = plan(folder, code)
    if found.found:
        remember(folder, found.code)
    for each in found.found:
        write_whole(each.path, each.content)
    return found


def _files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in sorted(folder.rglob("*"), key=lambda p: p.relative_to(folder).as_posix()):
        own = path.name in (FILE, ".gitkeep", ".gitignore", ".DS_Store", "Thumbs.db", "desktop.ini")
        if path.is_file() and not path.is_symlink() and not own and not is_lock(path):
            yield path


def _certain(code: str) -> bool:
    """Whether a code is made as ours are: then it is one wherever it stands; else only under its heading."""
    return is_printed(code) or (len(code) == ONLINE and not set(code) - set(ALPHABET))


def _of_answers(name: str) -> bool:
    """Whether a file is one of answers: elsewhere, a column « Code » holds other codes."""
    return name.startswith(f"{RESPONSES}/")


def _is_its(text: str, code: str, under_code: bool) -> bool:
    """Whether a cell says that its line comes from the person."""
    if len(text) > 80:
        return False
    if (match := _KEY.fullmatch(text)) and text.startswith(key_of(match[1], code)):
        return True
    return (under_code or _certain(code)) and normal_code(text) == code


def _code_columns(rows: list[tuple[str, ...]]) -> set[int]:
    """Positions of the columns headed as a deletion code among first lines."""
    names = SERVICE["code"]
    out = set()
    for cells in rows:
        for position, text in enumerate(cells):
            title = clean_heading(text) if len(text) < 200 else ""
            if title and (key(title) in names or key(title.rpartition("/")[2]) in names):
                out.add(position)
    return out


# --- text files ----------------------------------------------------------------------------------------


def _text(path: Path, name: str, code: str, out: Erasure) -> None:
    try:
        content = path.read_bytes()
    except OSError:
        out.unseen.append(f"{name} : ce fichier ne s’ouvre pas")
        return
    text, encoding = decoded(content)
    every = list(records(text))
    columns = _code_columns([record.cells for record in every[:_LOOKED_AT]]) if _of_answers(name) else set()
    gone = [
        r for r in every if any(_is_its(cell.strip(), code, i in columns) for i, cell in enumerate(r.cells))
    ]
    numbers = {record.number for record in gone}
    rest = "".join(record.text for record in every if record.number not in numbers)
    if gone:
        out.found.append(Found(name, path, rest.encode(encoding), {"": tuple(sorted(numbers))}))
    if _certain(code) and code in re.sub(r"[\W_]+", "", rest).upper().replace("0", "O"):
        out.unseen.append(
            f"{name} : le code y est encore hors d’une ligne de réponse ; l’y retirer à la main"
        )


# --- workbooks -----------------------------------------------------------------------------------------


def _book(path: Path, name: str, code: str, out: Erasure) -> None:
    try:
        tabs = read_tabs(path)
    except NotAWorkbook:
        out.unseen.append(f"{name} : ce classeur ne se lit pas ; vérifier à la main, ou retirer ce fichier")
        return
    gone = {
        position: rows for position, tab in enumerate(tabs) if (rows := _lines(tab, code, _of_answers(name)))
    }
    if not gone:
        return
    where = {
        plain_sheet(tabs[position].title, position + 1): tuple(sorted(rows))
        for position, rows in gone.items()
    }
    try:
        made = without_lines(path.read_bytes(), gone)
        left = _left(made, tabs, gone)
    except (CannotEdit, NotAWorkbook, OSError, zipfile.BadZipFile):
        told = Found(name, path, b"", where).words
        out.unseen.append(
            f"{told} : ce classeur ne se réécrit pas sans risque ; y supprimer ces lignes à la main"
        )
        return
    out.found.append(Found(name, path, made, where))
    if left:
        out.unseen.append(
            f"{name} : des textes de ces lignes restent hors des feuilles ({', '.join(left)}), comme dans un tableau croisé ; "
            "recopier les feuilles dans un classeur neuf et retirer celui-ci"
        )


def _lines(tab: Tab, code: str, of_answers: bool) -> set[int]:
    texts = {row: {c: cell_text(cell.value) for c, cell in cells.items()} for row, cells in tab.rows.items()}
    wide = [
        tuple(texts[row].get(c, "") for c in range(1, max(texts[row]) + 1))
        for row in sorted(texts)[:_LOOKED_AT]
        if texts[row]
    ]
    columns = {position + 1 for position in _code_columns(wide)} if of_answers else set()
    return {
        row
        for row, cells in texts.items()
        if any(_is_its(text, code, c in columns) for c, text in cells.items())
    }


def _left(made: bytes, tabs: list[Tab], gone: dict[int, set[int]]) -> list[str]:
    """Parts of a rewritten workbook in which a text of the lines taken out still stands.

    Raises:
        CannotEdit: the other lines are not what they were.
    """
    again = tabs_in(made)
    stays: set[str] = set()
    lost: set[str] = set()
    computed: set[str] = set()
    for position, tab in enumerate(tabs):
        rows = gone.get(position, set())
        kept = {row: cells for row, cells in tab.rows.items() if row not in rows}
        if again[position].title != tab.title or again[position].rows != kept:
            raise CannotEdit(tab.title)
        texts = [
            (c.value, c.formula)
            for cells in kept.values()
            for c in cells.values()
            if isinstance(c.value, str)
        ]
        stays |= {text for text, formula in texts if not formula}
        computed |= {text for text, formula in texts if formula}
        lost |= {c.value for row in rows for c in tab.rows[row].values() if isinstance(c.value, str)}
    told = {text for text in lost - stays if len(text) >= _LONG or _certain(normal_code(text))}
    return [*holds(made, told), *(["une formule"] if told & computed else [])]
