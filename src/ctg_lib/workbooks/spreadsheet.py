"""An .xlsx file as cells: small, quick and hard to break.

Field workers' files come from Excel, LibreOffice, Google Sheets and worse. Only what is needed is read: tabs,
values kept of formulas, formats that make a number a date, merged cells. Blank cells and lines are thrown
away before the XML is parsed, so that a colour laid on a million lines costs little.

openpyxl is not used for reading: it refuses whole files for a filter or a style that it does not know, fills
each merged range cell by cell, and needs two readings to see both a formula and its value. python-calamine,
quick, gives values without their formats: « 76 % » and 0,76 read the same, a formula without a value is
empty.
"""

from __future__ import annotations

import io
import lzma
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel, from_ISO8601

LARGEST = 2_000_000_000
"""Bytes of a file, unpacked, above which it is refused; most are blank lines, read in pieces."""
LARGEST_KEPT = 300_000_000
"""Bytes of the parts that are kept whole in memory."""
MOST_CELLS = 3_000_000
"""Cells with a content, above which a tab is refused."""
LAST_COLUMN, LAST_ROW = 16_384, 1_048_576
LOCK_NAMES = ("~$", ".~lock.")
"""How the names of the files begin that Excel and LibreOffice leave beside a file they hold open."""

_CHUNK = 4_000_000
_LARGEST_PIECE = 100_000_000
# Only those that say where they are: the others are counted to know where the next ones are
_EMPTY_CELL = re.compile(rb"<((?:\w+:)?)c (?:[^<>]*? )?r=[^<>]*(?:/>|></\1c>)")
_ROOT = re.compile(rb"<((?:\w+:)?)worksheet\b")
_UNSAFE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, ElementTree.ParseError, EOFError, OSError, ValueError,
    KeyError, IndexError, LookupError, RuntimeError, NotImplementedError, OverflowError, MemoryError,
    AttributeError, TypeError,
)  # fmt: skip


class NotAWorkbook(Exception):
    """A file that cannot be read as .xlsx; ``found`` and ``expected`` say so in French."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(found)
        self.found = found
        self.expected = expected


@dataclass(frozen=True)
class Cell:
    """A cell that holds something.

    Attributes:
        value: text, number, bool, datetime, time, timedelta; the value kept of a formula, None where none is.
        formula: whether a formula makes it.
        percent: whether it is shown as a percentage (0.76 shown « 76 % »).
    """

    value: object
    formula: bool = False
    percent: bool = False


@dataclass
class Tab:
    """One sheet of a file.

    Attributes:
        title: as on its tab.
        hidden: whether it is hidden.
        rows: number of the line -> number of the column (from 1) -> cell, of those that hold something.
        merged: ranges as (first row, first column, last row, last column).
        notes: cells that bear a comment, as (row, column).
    """

    title: str
    hidden: bool = False
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    notes: list[tuple[int, int]] = field(default_factory=list)


def is_lock(path: Path) -> bool:
    """Whether a file is what Excel (« ~$offre.xlsx ») or LibreOffice leaves beside a file held open."""
    return path.name.startswith(LOCK_NAMES)


def read_tabs(path: Path) -> list[Tab]:
    """Tabs of an .xlsx file, in order.

    Raises:
        NotAWorkbook: whatever the reason why it cannot be read.
    """
    return tabs_in(_content(path))


def tabs_in(content: bytes) -> list[Tab]:
    """Tabs of the bytes of an .xlsx file, in order.

    Raises:
        NotAWorkbook: as :func:`read_tabs`.
    """
    _recognise(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _Reader(archive).tabs()
    except _DAMAGED as error:
        raise NotAWorkbook(
            "un classeur abîmé ou incomplet",
            "un fichier .xlsx entier (l’ouvrir dans le tableur, l’enregistrer à nouveau ou le renvoyer)",
        ) from error


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise NotAWorkbook("", "le classeur, à ce nom") from error
    except PermissionError as error:
        raise NotAWorkbook(
            "un fichier qui ne s’ouvre pas", "un fichier lisible et fermé dans le tableur"
        ) from error
    except OSError as error:
        raise NotAWorkbook("ce qui n’est pas un fichier lisible", "un fichier .xlsx") from error


def _recognise(content: bytes) -> None:
    """Say what a file is when it is not an .xlsx file."""
    expected = "un classeur .xlsx (dans le tableur : Enregistrer sous, « Classeur Excel (.xlsx) »)"
    if not content:
        raise NotAWorkbook("un fichier vide", "un classeur .xlsx")
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise NotAWorkbook(
                "un classeur protégé par un mot de passe à l’ouverture",
                "le même classeur sans mot de passe (Fichier, Informations, Protéger le classeur)",
            )
        raise NotAWorkbook("un classeur au format ancien (.xls)", expected)
    if content.startswith(b"PK"):
        names = _names(content)
        for mark, what in _OTHER_ZIPS:
            if mark in names:
                raise NotAWorkbook(what, expected)
        return
    start = content[:1000].lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t").lower()
    if start.startswith(b"%pdf"):
        raise NotAWorkbook("un fichier PDF", expected)
    if start.startswith((b"<?xml", b"<html", b"<!doctype", b"<table")):
        raise NotAWorkbook("une page ou un fichier XML", expected)
    if b"\x00" not in content[:1000] and any(mark in content[:2000] for mark in (b";", b",", b"\t")):
        raise NotAWorkbook("un fichier texte (.csv)", expected)
    raise NotAWorkbook("un fichier qui n’est pas un classeur", expected)


_OTHER_ZIPS = (
    ("application/vnd.oasis.opendocument.spreadsheet", "un classeur au format OpenDocument (.ods)"),
    ("application/vnd.oasis.opendocument.text", "un document au format OpenDocument (.odt)"),
    ("xl/workbook.bin", "un classeur binaire (.xlsb)"),
    ("word/document.xml", "un document Word"),
    ("ppt/presentation.xml", "une présentation"),
    ("Index/Document.iwa", "un fichier Numbers"),
)


def _names(content: bytes) -> set[str]:
    """Names of the parts of a zip file, and its media type where it says one; empty of a damaged file."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                names.add(
                    archive.read("mimetype").decode("ascii", "replace").strip().removesuffix("-template")
                )
            return names
    except _DAMAGED:
        return set()


def _local(tag: object) -> str:
    """Name of an element without its namespace (two standards and any prefix are in use)."""
    return str(tag).rpartition("}")[2]


class _Reader:
    """Reads the parts of one archive."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.names = {name.lower().lstrip("/"): name for name in archive.namelist()}
        self.epoch = CALENDAR_WINDOWS_1900
        self.strings: list[str] = []
        self.formats: list[tuple[str, bool]] = []
        if sum(info.file_size for info in archive.infolist()) > LARGEST:
            raise _too_large()

    def tabs(self) -> list[Tab]:
        book = self._target("_rels/.rels", "officeDocument") or "xl/workbook.xml"
        root = self._xml(book)
        relations = self._relations(book)
        for properties in root.iter():
            if _local(properties.tag) == "workbookPr" and properties.get("date1904") in ("1", "true"):
                self.epoch = CALENDAR_MAC_1904
        self.strings = self._shared(relations)
        self.formats = self._styles(relations)
        return [self._tab(sheet, relations) for sheet in root.iter() if _local(sheet.tag) == "sheet"]

    def _open(self, name: str) -> IO[bytes]:
        return self.archive.open(self.names[name.lower().lstrip("/")])

    def _xml(self, name: str) -> ElementTree.Element:
        if self.archive.getinfo(self.names[name.lower().lstrip("/")]).file_size > LARGEST_KEPT:
            raise _too_large()
        parser: ElementTree.XMLPullParser[Any] = ElementTree.XMLPullParser(events=("end",))
        for chunk in self._chunks(name):
            parser.feed(chunk)
        parser.close()
        root = None
        events: Iterator[Any] = parser.read_events()
        for _, root in events:  # noqa: B007 - the last element to end is the root
            pass
        if not isinstance(root, ElementTree.Element):
            raise ValueError(name)
        return root

    def _chunks(self, name: str, before: Callable[[bytes], bytes] = lambda _: b"<") -> Iterator[bytes]:
        """A part in pieces, each cut before a tag, without entities (they would unpack without end).

        Args:
            before: from the first bytes, how the tags begin before which a piece may end.
        """
        with self._open(name) as part:
            rest, tag = b"", b""
            while data := part.read(_CHUNK):
                if not tag:
                    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:4]:
                        raise ValueError("UTF-16")  # no spreadsheet writes it, and it would hide entities
                    tag = before(data)
                data = rest + data
                if _UNSAFE.search(data):
                    raise ValueError("entities")
                cut = max(data.rfind(tag), 0)
                if len(data) - cut > _LARGEST_PIECE:
                    raise _too_large()
                yield data[:cut]
                rest = data[cut:]
            yield rest

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Id -> (type, part) of the relations of a part."""
        folder, name = posixpath.split(part.lstrip("/"))
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        if path.lower() not in self.names:
            return {}
        return {
            e.get("Id", ""): (e.get("Type", ""), self._resolve(folder, e.get("Target", "")))
            for e in self._xml(path).iter()
            if _local(e.tag) == "Relationship"
        }

    @staticmethod
    def _resolve(folder: str, target: str) -> str:
        return (
            target.lstrip("/")
            if target.startswith("/")
            else posixpath.normpath(posixpath.join(folder, target))
        )

    def _target(self, rels: str, kind: str) -> str:
        if rels not in self.names:
            return ""
        found = [
            self._resolve("", e.get("Target", ""))
            for e in self._xml(rels).iter()
            if e.get("Type", "").endswith(f"/{kind}")
        ]
        return found[0] if found else ""

    def _of_kind(self, relations: dict[str, tuple[str, str]], kind: str) -> str:
        return next(
            (p for t, p in relations.values() if t.endswith(f"/{kind}") and p.lower() in self.names), ""
        )

    def _shared(self, relations: dict[str, tuple[str, str]]) -> list[str]:
        part = self._of_kind(relations, "sharedStrings")
        if not part:
            return []
        return [_rich(item) for item in self._xml(part) if _local(item.tag) == "si"]

    def _styles(self, relations: dict[str, tuple[str, str]]) -> list[tuple[str, bool]]:
        """For each format of a cell: ``date``, ``duration`` or nothing, and whether it is a percentage."""
        part = self._of_kind(relations, "styles")
        if not part:
            return []
        codes: dict[str, str] = {str(number): code for number, code in BUILTIN_FORMATS.items()}
        found: list[tuple[str, bool]] = []
        for group in self._xml(part):
            if _local(group.tag) == "numFmts":
                codes |= {e.get("numFmtId", ""): e.get("formatCode", "") for e in group}
            elif _local(group.tag) == "cellXfs":
                found = [_format(codes.get(e.get("numFmtId", "0"), "General")) for e in group]
        return found

    def _tab(self, sheet: ElementTree.Element, relations: dict[str, tuple[str, str]]) -> Tab:
        title = sheet.get("name", "")
        tab = Tab(title, hidden=sheet.get("state", "visible") != "visible")
        wanted = next((v for k, v in sheet.attrib.items() if _local(k) == "id"), "")
        kind, part = relations.get(wanted, ("", ""))
        if kind and not kind.endswith("/worksheet"):  # a chart alone on its tab
            return tab
        self._fill(tab, part)
        self._notes(tab, part)
        return tab

    def _notes(self, tab: Tab, part: str) -> None:
        comments = self._of_kind(self._relations(part), "comments")
        if comments:
            found = (_ADDRESS.fullmatch(e.get("ref", "")) for e in self._xml(comments).iter())
            tab.notes = sorted({(int(a[2]), _column(a[1])) for a in found if a})

    def _fill(self, tab: Tab, part: str) -> None:
        parser: ElementTree.XMLPullParser[Any] = ElementTree.XMLPullParser(events=("start", "end"))
        state = _Lines(self, tab)
        prefix = b""

        def before(start: bytes) -> bytes:
            nonlocal prefix
            root = _ROOT.search(start)
            prefix = root[1] if root else b""
            return b"<" + prefix + b"row "

        for chunk in self._chunks(part, before):
            parser.feed(_without_blanks(chunk, prefix))
            state.see_all(parser)
        parser.close()
        state.see_all(parser)

    def cell(self, element: ElementTree.Element) -> Cell | None:
        """A cell's content, or None of nothing."""
        value, formula, inline = None, False, None
        for child in element:
            name = _local(child.tag)
            if name == "v":
                value = child.text
            elif name == "f":
                formula = True
            elif name == "is":
                inline = _rich(child)
        kind = element.get("t", "n")
        if kind == "inlineStr" and inline is not None:
            return Cell(inline, formula)
        if value is None or (value == "" and kind != "str"):
            # a formula that gives an empty text keeps its kind, one never computed has none
            return None if not formula or kind == "str" else Cell(None, True)
        number_format = self._format_of(element.get("s"))
        return Cell(self._value(kind, value, number_format[0]), formula, kind == "n" and number_format[1])

    def _format_of(self, style: str | None) -> tuple[str, bool]:
        number = int(style) if style and style.isdigit() else 0
        return self.formats[number] if number < len(self.formats) else ("", False)

    def _value(self, kind: str, value: str, shown_as: str) -> object:
        if kind == "s":
            return self.strings[int(value)]
        if kind == "b":
            return value.strip() in ("1", "true")
        if kind == "d":
            return from_ISO8601(value)
        if kind != "n":
            return value
        number = float(value)
        if shown_as:
            try:
                return from_excel(number, self.epoch, timedelta=shown_as == "duration")
            except (ValueError, OverflowError):
                return number
        return int(number) if number.is_integer() and abs(number) < 1e15 else number


class _Lines:
    """Follows the elements of one sheet, and keeps its cells."""

    def __init__(self, reader: _Reader, tab: Tab) -> None:
        self.reader, self.tab = reader, tab
        self.row, self.column, self.cells = 0, 0, 0
        self.data: ElementTree.Element | None = None

    def see_all(self, parser: ElementTree.XMLPullParser[Any]) -> None:
        events: Iterator[Any] = parser.read_events()
        for event, element in events:
            if isinstance(element, ElementTree.Element):
                self.see(str(event), element)

    def see(self, event: str, element: ElementTree.Element) -> None:
        name = _local(element.tag)
        if event == "start":
            if name == "row":
                given = element.get("r", "")
                self.row = int(given) if given.isdigit() else self.row + 1
                self.column = 0
            elif name == "sheetData":
                self.data = element
            return
        if name == "c":
            self._keep(element)
            element.clear()
        elif name == "row" and self.data is not None:
            self.data.clear()  # lines already seen are not kept
        elif name == "mergeCell":
            self._merge(element.get("ref", ""))

    def _keep(self, element: ElementTree.Element) -> None:
        address = _ADDRESS.fullmatch(element.get("r", ""))
        self.column = _column(address[1]) if address else self.column + 1
        if address:
            self.row = int(address[2])
        cell = self.reader.cell(element)
        if cell is None or not (1 <= self.row <= LAST_ROW and self.column <= LAST_COLUMN):
            return
        self.cells += 1
        if self.cells > MOST_CELLS:
            raise NotAWorkbook(
                f"une feuille « {self.tab.title} » de plus de {MOST_CELLS} cellules",
                "un classeur de taille ordinaire",
            )
        line = self.tab.rows.setdefault(self.row, {})
        if self.column in line:
            raise ValueError("the same cell twice")  # one of them would be lost without a word
        line[self.column] = cell

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        start, end = _ADDRESS.fullmatch(first), _ADDRESS.fullmatch(last)
        if start and end:
            self.tab.merged.append((int(start[2]), _column(start[1]), int(end[2]), _column(end[1])))


def _without_blanks(xml: bytes, prefix: bytes) -> bytes:
    """Lines of a sheet without those, and without the cells, that hold neither value nor formula.

    Args:
        xml: whole lines, and what comes before the first and after the last.
        prefix: of the names of elements (« x: »), often none.
    """
    tag = b"<" + prefix + b"row "
    head, *lines = xml.split(tag)
    if not lines:
        return xml
    name = re.escape(prefix)
    holds = re.compile(rb"<" + name + rb"(?:v|f|is)[ />]|</" + name + rb"sheetData").search
    # a line that does not say its number is counted, hence kept
    kept = [x for x in lines if holds(x) or not (x.startswith(b'r="') or b' r="' in x[:100])]
    return tag.join([head, *(_EMPTY_CELL.sub(b"", line) for line in kept)])


def _rich(element: ElementTree.Element) -> str:
    """Text of a string and of its runs, without what is said of its pronunciation."""
    texts: list[str] = []
    for child in element:
        name = _local(child.tag)
        if name == "t":
            texts.append(child.text or "")
        elif name == "r":
            texts += [t.text or "" for t in child if _local(t.tag) == "t"]
    return "".join(texts)


def _too_large() -> NotAWorkbook:
    return NotAWorkbook("un classeur démesuré une fois décompressé", "un classeur de taille ordinaire")


def _format(code: str) -> tuple[str, bool]:
    if is_timedelta_format(code):
        return "duration", False
    if is_date_format(code):
        return "date", False
    bare = re.sub(r"\"[^\"]*\"|\\.", "", code or "")
    return "", "%" in bare


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """« AB » of 28."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
