"""A partner's own Word document, filled where a mapping says: everything else stays as it was, to the byte.

    champs:
      - {apres: "Représentée par", par: "{{ epci[0].nom }}"}                 # the blank (……, ____) that follows
      - {remplacer: "NOM DE LA COLLECTIVITE", par: "{{ territoire.nom }}", occurrence: toutes}
      - {cellule: "Délibération", par: "{{ signataires[0].approbation }}"}   # the cell at its right
      - {tableau: 2, ligne: 3, colonne: 2, par: "…"}
      - {signet: date_signature, par: "{{ convention.signature }}"}
      - {sous: "Annexe 4", style: "Titre 1", inserer: actions}               # a table, or « texte: … », under a heading

Each may say « occurrence » (a rank, or « toutes »), « style » and « ou » (corps, tableaux, en-tetes, pieds,
notes). A field that no file says leaves the document's own blank, and is listed. An anchor that is not found,
or found several times without saying which, is told, and nothing is written.
"""

from __future__ import annotations

import difflib
import io
import re
import zipfile
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ctg_lib.documents.agreement.blocks import Gap, Grid, is_blank, settled
from ctg_lib.documents.agreement.text_model import TextModel, settled_grid
from ctg_lib.documents.agreement.word_xml import Paragraph, Part, UnreadableXml, read_part, text_xml
from ctg_lib.geography.names import fold
from ctg_lib.workbooks.problems import Problem

MAPPING = "champs"
DOCUMENT = "modele.docx"
ANCHORS: tuple[str, ...] = ("apres", "remplacer", "cellule", "tableau", "signet", "sous")
PLACES: tuple[str, ...] = ("corps", "tableaux", "en-tetes", "pieds", "notes")
_KEYS = {*ANCHORS, "par", "occurrence", "style", "ou", "ligne", "colonne", "inserer", "texte"}
_PARTS = re.compile(r"word/(?:document|header\d*|footer\d*|footnotes|endnotes)\.xml")
BLANK = re.compile(r"[.…]*…[.…]*|\.{3,}|_{2,}|\[à[ \u00a0]compléter[^\]]*\]", re.IGNORECASE)
"""What authors leave to be filled: dots, underscores, « [à compléter] »."""
_APART = "\x00"
"""Between paragraphs: no words of an anchor reach over it."""
_WORDS = re.compile(r"\w+")
_SHOWN = 90
"""Characters of a text quoted in a message."""
LARGEST = 60_000_000
"""Bytes of a document once unpacked, at most."""


@dataclass(frozen=True)
class BlankPlace:
    """A blank of a document.

    Attributes:
        before: words before it in its paragraph, that may anchor it; empty where there are none.
        occurrence: which of the places where these words stand (or which of all blanks) it is, from 1.
        alone: whether these words stand nowhere else.
        text, place: its paragraph, and where that is (:data:`PLACES`).
    """

    before: str
    occurrence: int
    alone: bool
    text: str
    place: str


@dataclass(frozen=True)
class _Spot:
    """Characters of a paragraph that words replace."""

    paragraph: Paragraph
    first: int
    last: int


def fill_template(
    content: bytes,
    mapping: object,
    fields: Mapping[str, Any],
    tables: Mapping[str, Callable[[], Grid]] | None = None,
    *,
    file: str = "modele.yml",
    fictif: str = "",
) -> tuple[bytes, list[Gap], list[Problem]]:
    """A document with the fields of a mapping in their places.

    Args:
        content: the .docx file.
        mapping: what stands under « champs: ».
        fields, tables: as for :class:`ctg_lib.documents.agreement.text_model.TextModel`.
        file: name of the mapping's file, for messages.
        fictif: words that each page must bear at its head.

    Returns:
        The filled document (the one given, where something is wrong), what stays blank, what is wrong. Every
        paragraph without a field, and every other part of the file, has the same bytes as before.
    """
    filler = _Filler(content, TextModel({}, file), fields, tables or {})
    filler.fill(mapping)
    if filler.model.problems:
        return content, [], filler.model.problems
    return filler.saved(fictif), filler.gaps, []


def blank_places(content: bytes) -> list[BlankPlace]:
    """The blanks of a document, in order, each with the words that may anchor it.

    Raises:
        UnreadableXml: it is no Word document.
    """
    everything = [p for part in _read(content)[1] for p in part.paragraphs]
    whole = _APART.join(_plain(p.text) for p in everything)
    stands: dict[str, list[int]] = {}
    out: list[BlankPlace] = []
    start = 0
    for paragraph in everything:
        text, end = paragraph.text, 0
        for found in BLANK.finditer(text):
            before = " ".join(text[end : found.start()].split()[-6:])
            end = found.end()
            if before not in stands:
                stands[before] = [m.end() for m in (_pattern(before) or BLANK).finditer(whole)]
            rank = bisect_right(stands[before], start + end)
            out.append(BlankPlace(before, rank, len(stands[before]) == 1, _quoted(text), _place(paragraph)))
        start += len(text) + len(_APART)
    return out


def proposed_mapping(content: bytes) -> str:
    """A mapping to begin with: one line for each blank of a document, its field left to be written.

    Raises:
        UnreadableXml: it is no Word document.
    """
    places = blank_places(content)
    lines = [
        f"# Un champ par blanc de {DOCUMENT} : écrire dans « par: » ce qui y va, ou enlever la ligne.",
        f"{MAPPING}:",
    ]
    for place in places:
        lines.append(f"  # {place.place} : {place.text}")
        rank = "" if place.alone else f", occurrence: {place.occurrence}"
        anchor = f"apres: {_yaml(place.before)}" if place.before else 'remplacer: "……"'
        lines.append(f'  - {{{anchor}{rank}, par: ""}}')
    return "\n".join(lines) + "\n"


class _Filler:
    """Finds the place of each field and writes there."""

    def __init__(
        self, content: bytes, model: TextModel, fields: Mapping[str, Any], tables: Mapping[str, Callable[[], Grid]]
    ) -> None:  # fmt: skip
        self.model, self.fields, self.tables = model, fields, tables
        self.gaps: list[Gap] = []
        self.edits: list[tuple[_Spot, str]] = []
        self.files: dict[str, bytes] = {}
        self.parts: list[Part] = []
        try:
            self.files, self.parts = _read(content)
        except UnreadableXml as error:
            model.say("", DOCUMENT, f"un document Word (.docx) : {error}")
        self.plain = {id(p): _plain(p.text) for part in self.parts for p in part.paragraphs}
        self.styles = _style_names(self.files.get("word/styles.xml", b""))

    def fill(self, mapping: object) -> None:
        """Every entry of the mapping; what is wrong goes to the model's problems."""
        if not self.parts:
            return
        if not isinstance(mapping, list) or not mapping:
            self.model.say(
                MAPPING, mapping or "rien", "une liste, une ligne commençant par « - » pour chaque champ"
            )
            return
        for rank, entry in enumerate(mapping, start=1):
            where = f"{MAPPING}, n° {rank}"
            kinds = [k for k in ANCHORS if isinstance(entry, Mapping) and k in entry]
            if len(kinds) != 1:
                self.model.say(where, entry, f"un ancrage, un seul : {', '.join(ANCHORS)}")
            elif self._known(entry, where):
                self._entry(kinds[0], entry, where)
        self._write()

    def _known(self, entry: Mapping[Any, Any], where: str) -> bool:
        wrong = [str(key) for key in entry if str(key) not in _KEYS]
        for key in wrong:
            near = difflib.get_close_matches(key, sorted(_KEYS), 1)
            hint = f" ; vouliez-vous dire « {near[0]} » ?" if near else ""
            self.model.say(where, key, f"une clé parmi {', '.join(sorted(_KEYS))}{hint}")
        if "ou" in entry and str(entry["ou"]) not in PLACES:
            self.model.say(where, entry["ou"], f"« ou: » parmi {', '.join(PLACES)}")
            return False
        rank = entry.get("occurrence", 1)
        if rank != "toutes" and (not isinstance(rank, int) or isinstance(rank, bool) or rank < 1):
            self.model.say(where, rank, "« occurrence: » suivi d’un rang, ou de « toutes »")
            return False
        return not wrong

    def _entry(self, kind: str, entry: Mapping[Any, Any], where: str) -> None:
        if kind == "sous":
            self._insertion(entry, where)
            return
        if "par" not in entry:
            self.model.say(where, dict(entry), "« par: », ce qui va à cet endroit")
            return
        words = self.model.rendered(entry["par"], self.fields, where)
        spots = list(self._spots(kind, entry, where))
        if not spots:
            return
        said, gaps = settled(words, f"« {_anchor(kind, entry)} »")
        self.gaps += gaps
        if is_blank(words):  # the document's own blank stays, for a hand to fill
            return
        self.edits += [(spot, said) for spot in spots]

    # ------------------------------------------------------------------------------------------ places

    def _spots(self, kind: str, entry: Mapping[Any, Any], where: str) -> Iterator[_Spot]:
        if kind == "signet":
            yield from self._bookmark(str(entry["signet"]), where)
        elif kind == "tableau":
            yield from self._cell(entry, where)
        elif kind == "cellule":
            for found in self._matches(str(entry["cellule"]), entry, where):
                yield from self._beside(found, str(entry["cellule"]), where)
        elif kind == "remplacer":
            yield from self._matches(str(entry["remplacer"]), entry, where)
        else:
            for found in self._matches(str(entry["apres"]), entry, where):
                yield from self._after(found, str(entry["apres"]), where)

    def _matches(self, anchor: str, entry: Mapping[Any, Any], where: str) -> list[_Spot]:
        """Where the anchor's words stand, of the style and place asked for; the one of that rank."""
        pattern = _pattern(anchor)
        if pattern is None:
            self.model.say(where, anchor, "un texte du document")
            return []
        found = [
            _Spot(p, m.start(), m.end())
            for p in self._among(entry)
            for m in pattern.finditer(self.plain[id(p)])
        ]
        if not found:
            self.model.say(
                where, anchor, f"un texte du document ; le plus proche : « {self._nearest(anchor, entry)} »"
            )
            return []
        rank = entry.get("occurrence")
        if rank == "toutes":
            return found
        if rank is None and len(found) > 1:
            heard = " ; ".join(f"« {_quoted(s.paragraph.text)} »" for s in found[:3])
            expected = (
                f"« occurrence: » (un rang, ou toutes) : ce texte s’y trouve {len(found)} fois ({heard})"
            )
            self.model.say(where, anchor, expected)
            return []
        if int(rank or 1) > len(found):
            self.model.say(where, f"{anchor}, occurrence {rank}", f"un rang jusqu’à {len(found)}")
            return []
        return [found[int(rank or 1) - 1]]

    def _among(self, entry: Mapping[Any, Any]) -> Iterator[Paragraph]:
        wanted, style = str(entry.get("ou", "")), fold(str(entry.get("style", "")))
        for paragraph in (p for part in self.parts for p in part.paragraphs):
            if wanted and _place(paragraph) != wanted:
                continue
            if style and style not in (fold(paragraph.style), fold(self.styles.get(paragraph.style, ""))):
                continue
            yield paragraph

    def _nearest(self, anchor: str, entry: Mapping[Any, Any]) -> str:
        texts = [t for p in self._among(entry) if (t := p.text.strip())]
        texts = texts or [t for part in self.parts for p in part.paragraphs if (t := p.text.strip())]
        words = set(_WORDS.findall(fold(anchor)))

        def nearness(text: str) -> tuple[int, float]:
            plain = fold(text)
            shared = words & set(_WORDS.findall(plain))
            return sum(map(len, shared)), difflib.SequenceMatcher(None, fold(anchor), plain).ratio()

        return _quoted(max(texts, key=nearness)) if texts else "aucun texte"

    def _after(self, found: _Spot, anchor: str, where: str) -> Iterator[_Spot]:
        """The first blank after the anchor; the paragraph's end where nothing follows."""
        text = found.paragraph.text
        blank = BLANK.search(text, found.last)
        if blank:
            yield _Spot(found.paragraph, blank.start(), blank.end())
        elif not text[found.last :].strip():
            yield _Spot(found.paragraph, len(text), len(text))
        else:
            rest = _quoted(text[found.last :].strip())
            self.model.say(where, anchor, f"un blanc (……, ____) après ce texte, qui est suivi de « {rest} »")

    def _beside(self, found: _Spot, anchor: str, where: str) -> Iterator[_Spot]:
        """The cell at the right of the anchor's."""
        cell = found.paragraph.cell
        if cell is None:
            self.model.say(where, anchor, "un texte dans une cellule de tableau")
            return
        yield from self._in_cell(found.paragraph.part, (cell[0], cell[1], cell[2] + 1), anchor, where)

    def _cell(self, entry: Mapping[Any, Any], where: str) -> Iterator[_Spot]:
        ranks = [entry.get(key) for key in ("tableau", "ligne", "colonne")]
        if not all(isinstance(rank, int) and not isinstance(rank, bool) for rank in ranks):
            self.model.say(where, dict(entry), "« tableau: », « ligne: » et « colonne: », trois nombres")
            return
        yield from self._in_cell("word/document.xml", tuple(ranks), f"tableau {ranks[0]}", where)  # type: ignore[arg-type]

    def _in_cell(self, part: str, cell: tuple[int, int, int], anchor: str, where: str) -> Iterator[_Spot]:
        inside = [p for one in self.parts if one.name == part for p in one.paragraphs if p.cell == cell]
        if not inside:
            self.model.say(
                where,
                anchor,
                f"une cellule : tableau {cell[0]}, ligne {cell[1]}, colonne {cell[2]} n’existe pas",
            )
            return
        text = "".join(p.text for p in inside).strip()
        if text and not (BLANK.fullmatch(text) or BLANK.fullmatch(text.replace(" ", ""))):
            self.model.say(
                where, anchor, f"une cellule vide, ou un blanc (……) ; elle dit « {_quoted(text)} »"
            )
            return
        yield _Spot(inside[0], 0, len(inside[0].text))

    def _bookmark(self, name: str, where: str) -> Iterator[_Spot]:
        known = {n: mark for part in self.parts for n, mark in part.bookmarks.items()}
        if name in known:
            yield _Spot(*known[name])
            return
        near = difflib.get_close_matches(name, list(known), 1, 0)
        said = f"le plus proche : « {near[0]} »" if near else "le document n’en a aucun"
        self.model.say(where, name, f"un signet posé dans un seul paragraphe ; {said}")

    # ----------------------------------------------------------------------------------------- writing

    def _insertion(self, entry: Mapping[Any, Any], where: str) -> None:
        """A table, or a paragraph, under a heading."""
        spots = self._matches(str(entry["sous"]), entry, where)
        place = f"« {entry['sous']} »"
        if "inserer" in entry:
            name = str(entry["inserer"])
            if name not in self.tables:
                near = difflib.get_close_matches(name, list(self.tables), 1)
                hint = f" ; vouliez-vous dire « {near[0]} » ?" if near else ""
                self.model.say(where, name, f"un tableau parmi {', '.join(self.tables)}{hint}")
                return
            grid, gaps = settled_grid(self.tables[name](), place)
            xml = grid_xml(grid) if grid.rows else paragraph_xml(grid.empty)
        elif "texte" in entry:
            said, gaps = settled(self.model.rendered(entry["texte"], self.fields, where), place)
            xml = paragraph_xml(said)
        else:
            self.model.say(where, dict(entry), "« inserer: » (un tableau) ou « texte: »")
            return
        self.gaps += gaps
        for spot in spots:
            part = next(p for p in self.parts if p.name == spot.paragraph.part)
            part.insert_after(spot.paragraph, xml)

    def _write(self) -> None:
        taken: dict[int, list[_Spot]] = {}
        for spot, words in sorted(self.edits, key=lambda e: -e[0].first):
            others = taken.setdefault(id(spot.paragraph), [])
            if any(spot.last > o.first or spot.first == o.first for o in others):
                self.model.say(
                    MAPPING,
                    words,
                    f"un endroit par champ ; deux vont dans « {_quoted(spot.paragraph.text)} »",
                )
                continue
            others.append(spot)
            text = spot.paragraph.text
            joins = (
                spot.first == spot.last
                and text[: spot.first].strip()
                and not text[: spot.first].endswith((" ", "\u00a0", "\t"))
            )
            spot.paragraph.replace(spot.first, spot.last, f" {words}" if joins else words)

    def saved(self, fictif: str) -> bytes:
        """The document with its edits, in the order and with the dates of the one given."""
        changed = {part.name: part.saved() for part in self.parts}
        files = {name: changed.get(name, data) for name, data in self.files.items()}
        if fictif:
            files = _marked(files, fictif)
        return _packed(files)


# --- the file ------------------------------------------------------------------------------------------


def _read(content: bytes) -> tuple[dict[str, bytes], list[Part]]:
    """Its members, in order, and the parts that hold words: body, then heads, feet and notes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as given:
            if sum(info.file_size for info in given.infolist()) > LARGEST:
                raise UnreadableXml("trop grand une fois décompressé")
            files = {info.filename: given.read(info) for info in given.infolist()}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError) as error:
        raise UnreadableXml(f"archive illisible ({type(error).__name__})") from None
    if "word/document.xml" not in files:
        raise UnreadableXml("word/document.xml n’y est pas")
    names = sorted((n for n in files if _PARTS.fullmatch(n)), key=lambda n: (n != "word/document.xml", n))
    return files, [read_part(name, files[name]) for name in names]


def _packed(files: Mapping[str, bytes]) -> bytes:
    """The members, in the order given; the same bytes for the same members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, data in files.items():
            member = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3
            member.external_attr = 0o644 << 16
            made.writestr(member, data)
    return out.getvalue()


def _style_names(data: bytes) -> dict[str, str]:
    """Id -> name of each style."""
    import xml.etree.ElementTree as tree

    if not data or b"<!DOCTYPE" in data:
        return {}
    try:
        root = tree.fromstring(data)
    except tree.ParseError:
        return {}
    out = {}
    for style in root:
        space = style.tag.rpartition("}")[0] + "}"
        name = style.find(f"{space}name")
        if style.tag == f"{space}style" and name is not None:
            out[style.get(f"{space}styleId", "")] = name.get(f"{space}val", "")
    return out


_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_HEADER = "word/headerCtgFictif.xml"
_HEADER_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"


def _marked(files: Mapping[str, bytes], fictif: str) -> dict[str, bytes]:
    """The document with a mark at the head of its body and of each page's."""
    out = dict(files)
    said = f'<w:p xmlns:w="{_W}"><w:pPr><w:jc w:val="right"/></w:pPr><w:r><w:rPr><w:b/></w:rPr><w:t>{text_xml(fictif)}</w:t></w:r></w:p>'
    heads = [name for name in files if re.fullmatch(r"word/header\d*\.xml", name)]
    for name, tag in [*((name, b"hdr") for name in heads), ("word/document.xml", b"body")]:
        out[name] = _after_tag(out[name], tag, said.encode())
    if not heads:
        _add_header(out, said)
    return out


def _after_tag(data: bytes, tag: bytes, new: bytes, *, every: bool = False) -> bytes:
    return re.sub(
        rb"<(?:\w+:)?" + tag + rb"(?:\s[^>]*)?(?<!/)>", lambda m: m[0] + new, data, count=0 if every else 1
    )


def _add_header(files: dict[str, bytes], said: str) -> None:
    """A head of page, where the document has none."""
    files[_HEADER] = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:hdr xmlns:w="{_W}">{said}</w:hdr>'.encode()
    )
    relation = (
        f'<Relationship Id="rIdCtgFictif" Type="{_R}/header" Target="{_HEADER.removeprefix("word/")}"/>'
    )
    rels = "word/_rels/document.xml.rels"
    empty = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    files[rels] = _before_end(files.get(rels, empty), b"Relationships", relation.encode())
    override = f'<Override PartName="/{_HEADER}" ContentType="{_HEADER_TYPE}"/>'
    files["[Content_Types].xml"] = _before_end(files["[Content_Types].xml"], b"Types", override.encode())
    shown = (
        f'<w:headerReference xmlns:w="{_W}" xmlns:r="{_R}" w:type="default" r:id="rIdCtgFictif"/>'.encode()
    )
    body = files["word/document.xml"]
    if not re.search(rb"<(?:\w+:)?sectPr[\s>/]", body):
        body = _before_end(body, b"body", f'<w:sectPr xmlns:w="{_W}"></w:sectPr>'.encode())
    files["word/document.xml"] = _after_tag(body, b"sectPr", shown, every=True)


def _before_end(data: bytes, tag: bytes, new: bytes) -> bytes:
    return re.sub(rb"</(?:\w+:)?" + tag + rb"\s*>", lambda m: new + m[0], data, count=1)


# --- XML that is put in ---------------------------------------------------------------------------------


def paragraph_xml(words: str, *, bold: bool = False, size: int = 0, right: bool = False) -> str:
    """A paragraph; ``size`` in half-points."""
    align = '<w:pPr><w:jc w:val="right"/></w:pPr>' if right else ""
    look = ("<w:b/>" if bold else "") + (f'<w:sz w:val="{size}"/>' if size else "")
    look = f"<w:rPr>{look}</w:rPr>" if look else ""
    return f'<w:p>{align}<w:r>{look}<w:t xml:space="preserve">{text_xml(words)}</w:t></w:r></w:p>'


def grid_xml(grid: Grid) -> str:
    """A table with thin lines, its head repeated on each page, under its title; then an empty paragraph."""
    total = 9600
    widths = [round(total * w / sum(grid.widths)) for w in grid.widths]
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:color="808080"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    rows = [_row(grid.head, widths, (), head=True), *(_row(row, widths, grid.numbers) for row in grid.rows)]
    columns = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
    table = (
        f'<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>{sides}</w:tblBorders></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )
    title = paragraph_xml(grid.title, bold=True) if grid.title else ""
    return title + table + (paragraph_xml(grid.note, size=18) if grid.note else "<w:p/>")


def _row(cells: Sequence[str], widths: Sequence[int], numbers: Sequence[int], *, head: bool = False) -> str:
    made = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{paragraph_xml(words, bold=head, size=18, right=rank in numbers)}</w:tc>'
        for rank, (words, width) in enumerate(zip(cells, widths, strict=True))
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if head else ''}</w:trPr>{made}</w:tr>"


# --- words ---------------------------------------------------------------------------------------------


def _plain(text: str) -> str:
    """Lower case, straight apostrophes, plain spaces: as many characters as before."""
    out = (low if len(low := c.lower()) == 1 else c for c in text)
    return "".join("'" if c in "’‘" else " " if c.isspace() else c for c in out)


def _pattern(anchor: str) -> re.Pattern[str] | None:
    """The anchor's words, whatever the spaces between them; any blank where it is one."""
    if BLANK.fullmatch(anchor.strip()):
        return BLANK
    words = _plain(anchor).split()
    return re.compile(r"\s+".join(map(re.escape, words))) if words else None


def _place(paragraph: Paragraph) -> str:
    name = paragraph.part.removeprefix("word/")
    if name.startswith("header"):
        return "en-tetes"
    if name.startswith("footer"):
        return "pieds"
    if name.startswith(("footnotes", "endnotes")):
        return "notes"
    return "tableaux" if paragraph.cell else "corps"


def _anchor(kind: str, entry: Mapping[Any, Any]) -> str:
    return (
        f"tableau {entry['tableau']}, ligne {entry['ligne']}, colonne {entry['colonne']}"
        if kind == "tableau"
        else str(entry[kind])
    )


def _quoted(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}…"


def _yaml(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
