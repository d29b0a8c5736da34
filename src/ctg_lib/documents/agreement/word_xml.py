"""Where the words of a Word document stand, to the byte: what is not changed stays as its author saved it.

The XML is walked through, never written again: an edit replaces the bytes of the texts it touches.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape

WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)  # fmt: skip
"""Name spaces of Word's elements: the usual one, and the strict one."""
FALLBACK = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"
_MARKS: dict[str, str] = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "‑"}
"""Elements of a run that count as one character, and are never changed."""
_TAG_END = re.compile(rb"[^>]*>")
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class UnreadableXml(ValueError):
    """A part that is no XML, or not one that Word writes."""


@dataclass
class Piece:
    """A text of a run (``<w:t>``), or one character that is none (a tab, a line's end).

    Attributes:
        text: as read. at: its first character, counted in the paragraph.
        start, end: bytes of its content; tag: first byte of its opening tag. All -1 where it cannot change.
    """

    text: str
    at: int
    start: int = -1
    end: int = -1
    tag: int = -1
    now: str | None = None

    @property
    def editable(self) -> bool:
        """Whether it is a text."""
        return self.start >= 0


@dataclass
class Paragraph:
    """A paragraph, wherever it is.

    Attributes:
        start, end: its bytes. style: id of its style, or empty.
        cell: (table, row, column) of the innermost table it lies in, from 1; None outside tables.
    """

    part: str
    start: int
    prefix: str
    end: int = -1
    style: str = ""
    cell: tuple[int, int, int] | None = None
    pieces: list[Piece] = field(default_factory=list)
    added: str | None = None

    @property
    def text(self) -> str:
        """Its words."""
        return "".join(piece.text for piece in self.pieces)

    def replace(self, first: int, last: int, words: str) -> None:
        """Put words in the place of the characters from ``first`` to ``last``, in the look of the first one.

        Edits of one paragraph are given from its end to its beginning.
        """
        touched = [p for p in self.pieces if p.editable and p.at < last and p.at + len(p.text) > first]
        if not touched:
            around = [p for p in self.pieces if p.editable and p.at <= first <= p.at + len(p.text)]
            if not around:
                self.added = words + (self.added or "")
                return
            touched = around[:1]
        for rank, piece in enumerate(touched):
            now = piece.text if piece.now is None else piece.now
            low, high = max(0, first - piece.at), max(0, min(len(piece.text), last - piece.at))
            piece.now = now[:low] + (words if rank == 0 else "") + now[high:]


@dataclass
class Part:
    """One XML part of the document."""

    name: str
    data: bytes
    paragraphs: list[Paragraph] = field(default_factory=list)
    bookmarks: dict[str, tuple[Paragraph, int, int]] = field(default_factory=dict)
    inserted: list[tuple[int, str]] = field(default_factory=list)
    """Bytes at which XML is put, and that XML."""

    def insert_after(self, paragraph: Paragraph, xml: str) -> None:
        """Put XML after a paragraph; « w: » in it stands for Word's elements."""
        self.inserted.append((paragraph.end, own_prefix(xml, paragraph.prefix)))

    def saved(self) -> bytes:
        """The part with its edits; the same object's bytes where there is none."""
        changes = [*self._changes(), *((at, at, xml.encode()) for at, xml in self.inserted)]
        out, place = [], 0
        for start, end, new in sorted(changes, key=lambda c: (c[0], c[1])):
            out += [self.data[place:start], new]
            place = end
        return b"".join([*out, self.data[place:]]) if changes else self.data

    def _changes(self) -> Iterator[tuple[int, int, bytes]]:
        for paragraph in self.paragraphs:
            for piece in paragraph.pieces:
                if piece.now is not None and piece.now != piece.text:
                    yield from self._piece(piece, paragraph.prefix)
            if paragraph.added is not None:
                yield self._run(paragraph)

    def _piece(self, piece: Piece, prefix: str) -> Iterator[tuple[int, int, bytes]]:
        words = piece.now or ""
        tag = self.data[piece.tag : piece.start]
        if b"xml:space" not in tag:
            yield piece.start - 1, piece.start, b' xml:space="preserve">'
        yield piece.start, piece.end, text_xml(words, prefix).encode()

    def _run(self, paragraph: Paragraph) -> tuple[int, int, bytes]:
        """A run at the end of a paragraph that has no text of its own."""
        w = f"{paragraph.prefix}:" if paragraph.prefix else ""
        words = text_xml(paragraph.added or "", paragraph.prefix)
        run = f'<{w}r><{w}t xml:space="preserve">{words}</{w}t></{w}r>'
        closed = self.data[paragraph.end - 2 : paragraph.end] == b"/>"
        if closed:  # « <w:p/> » has no inside
            return paragraph.end - 2, paragraph.end, f">{run}</{w}p>".encode()
        end = self.data.rindex(b"</", paragraph.start, paragraph.end)
        return end, end, run.encode()


def text_xml(words: str, prefix: str = "w") -> str:
    """Words as the content of a text; a line's end becomes one."""
    w = f"{prefix}:" if prefix else ""
    lines = [escape(line) for line in _UNFIT.sub("", words).split("\n")]
    return f'</{w}t><{w}br/><{w}t xml:space="preserve">'.join(lines)


def own_prefix(xml: str, prefix: str) -> str:
    """XML written with « w: », under the prefix that the document uses."""
    if prefix == "w":
        return xml
    return re.sub(r"(</?|\s)w:(?=[A-Za-z])", rf"\g<1>{prefix}:" if prefix else r"\g<1>", xml)


def read_part(name: str, data: bytes) -> Part:
    """Paragraphs, texts, cells and bookmarks of a part.

    Raises:
        UnreadableXml: it is no XML in UTF-8, or declares a document type.
    """
    reader = _Reader(Part(name, data))
    try:
        data.decode("utf-8")
        reader.parser.Parse(data, True)
    except (expat.ExpatError, UnicodeDecodeError) as error:
        raise UnreadableXml(f"{name} : {error}") from None
    reader.part.paragraphs.sort(key=lambda p: p.start)
    return reader.part


class _Reader:
    """Walks through one part, and remembers where things begin and end."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._words
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.open: list[Paragraph] = []
        self.runs: list[int] = []
        self.tables: list[list[int]] = []
        self.seen_tables = 0
        self.piece: Piece | None = None
        self.aside = 0
        self.marks: dict[str, tuple[str, Paragraph, int]] = {}

    def _doctype(self, *_: object) -> None:
        raise UnreadableXml(f"{self.part.name} : un type de document y est déclaré")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == FALLBACK:
            self.aside += 1
        tag = _word(name)
        if self.aside or not tag:
            return
        if tag == "p":
            cell = tuple(self.tables[-1]) if self.tables else None
            self.open.append(Paragraph(self.part.name, self._at(), self._prefix(), cell=cell))  # type: ignore[arg-type]
            self.runs.append(0)
        elif tag == "tbl":
            self.seen_tables += 1
            self.tables.append([self.seen_tables, 0, 0])
        elif tag == "tr" and self.tables:
            self.tables[-1][1:] = [self.tables[-1][1] + 1, 0]
        elif tag == "tc" and self.tables:
            self.tables[-1][2] += 1
        elif self.open:
            self._inside(tag, attributes)

    def _inside(self, tag: str, attributes: dict[str, str]) -> None:
        paragraph = self.open[-1]
        at = len(paragraph.text)
        if tag == "r":
            self.runs[-1] += 1
        elif tag == "t":
            found = _TAG_END.match(self.part.data, self._at())
            end = found.end() if found else -1
            if end > 0 and self.part.data[end - 2 : end] != b"/>":
                self.piece = Piece("", at, end, end, self._at())
        elif tag == "pStyle" and not paragraph.style:
            paragraph.style = _attribute(attributes, "val")
        elif tag in _MARKS and self.runs[-1]:  # a tab stop of the paragraph is no tab
            paragraph.pieces.append(Piece(_MARKS[tag], at))
        elif tag == "bookmarkStart":
            self.marks[_attribute(attributes, "id")] = (_attribute(attributes, "name"), paragraph, at)
        elif tag == "bookmarkEnd":
            name, started, first = self.marks.pop(_attribute(attributes, "id"), ("", paragraph, at))
            if name and started is paragraph:
                self.part.bookmarks[name] = (paragraph, first, at)

    def _words(self, words: str) -> None:
        if self.piece is not None:
            self.piece.text += words

    def _end(self, name: str) -> None:
        if name == FALLBACK:
            self.aside -= 1
        tag = _word(name)
        if self.aside or not tag:
            return
        if tag == "t" and self.piece is not None and self.open:
            self.piece.end = self._at()
            self.open[-1].pieces.append(self.piece)
            self.piece = None
        elif tag == "r" and self.runs:
            self.runs[-1] -= 1
        elif tag == "p" and self.open:
            self.runs.pop()
            paragraph = self.open.pop()
            opening = self.part.data.index(b">", paragraph.start) + 1
            empty = self.part.data[opening - 2 : opening] == b"/>"  # « <w:p/> »: no closing tag to look for
            paragraph.end = opening if empty else self.part.data.index(b">", self._at()) + 1
            self.part.paragraphs.append(paragraph)
        elif tag == "tbl" and self.tables:
            self.tables.pop()

    def _at(self) -> int:
        return self.parser.CurrentByteIndex

    def _prefix(self) -> str:
        name = self.part.data[self._at() + 1 : self._at() + 40].split(b">")[0].split(b" ")[0].split(b"/")[0]
        return name.decode().rpartition(":")[0]


def _word(name: str) -> str:
    """The local name of an element of Word's; empty for another."""
    space, _, local = name.rpartition(" ")
    return local if space in WORD else ""


def _attribute(attributes: dict[str, str], name: str) -> str:
    return next((v for k, v in attributes.items() if k.rpartition(" ")[2] == name), "")


def paragraphs(parts: Iterable[Part]) -> Iterator[Paragraph]:
    """Those of all parts, in order."""
    for part in parts:
        yield from part.paragraphs
