"""Lines taken out of an .xlsx file, and all that the file keeps of them elsewhere; the rest stays as it is.

A line's texts are not in its cells alone: in the strings that all sheets share, comments and their threads, links
(an address typed in a cell becomes one), the boxes of comments, copies that pivot tables keep. The file is edited
part by part: a library that reads and writes it whole would lose the lists and formats of an entry sheet.
"""

from __future__ import annotations

import html
import io
import posixpath
import re
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree

_ADDRESS = re.compile(r"\$?[A-Za-z]{1,3}\$?(\d{1,7})")
_SHAPE = re.compile(rb"<v:shape\b.*?</v:shape>", re.DOTALL)
_SHAPE_ROW = re.compile(rb"<x:Row>\s*(\d+)\s*</x:Row>")
_LARGEST = 300_000_000
_CHAIN = re.compile(rb"<(?:Override|Relationship)\b[^<>]*calcChain[^<>]*?/>")


class CannotEdit(Exception):
    """A workbook that is not made as Excel, LibreOffice or openpyxl make one."""


def without_lines(content: bytes, lines: Mapping[int, Iterable[int]]) -> bytes:
    """An .xlsx file without some lines: their cells are gone, the others keep their numbers.

    Args:
        content: of the file.
        lines: position of a sheet, from 0, in the order of the tabs -> numbers of its lines.

    Raises:
        CannotEdit: it cannot be done safely; nothing is made.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(info.file_size for info in archive.infolist()) > _LARGEST:
                raise CannotEdit("too large")
            return _Editor(archive).without({sheet: set(rows) for sheet, rows in lines.items()})
    except (
        zipfile.BadZipFile,
        etree.XMLSyntaxError,
        KeyError,
        IndexError,
        ValueError,
        RuntimeError,
        NotImplementedError,
    ) as error:
        raise CannotEdit(str(error)) from error


class _Editor:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.parts = {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}

    def without(self, lines: Mapping[int, set[int]]) -> bytes:
        book = next(
            (t for k, t in self._relations("").values() if k.endswith("/officeDocument")), "xl/workbook.xml"
        )
        relations = self._relations(book)
        sheets = [e for e in self._xml(book).iter() if _local(e) == "sheet"]
        used: set[int] = set()
        for position, sheet in enumerate(sheets):
            id = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), "")
            kind, part = relations.get(id, ("", ""))
            if kind.endswith("/worksheet"):
                used |= self._sheet(part, lines.get(position, set()))
        strings = next(
            (t for k, t in relations.values() if k.endswith("/sharedStrings") and t in self.parts), ""
        )
        if strings:
            self._blank_strings(strings, used)
        self._without_chain()
        return self._written()

    # --- parts -----------------------------------------------------------------------------------------

    def _xml(self, part: str) -> Any:
        content = self.parts[part]
        if re.search(rb"<!(?:DOCTYPE|ENTITY)", content, re.IGNORECASE):
            raise ValueError("entities")
        return etree.fromstring(
            content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
        )

    def _keep(self, part: str, root: Any) -> None:
        self.parts[part] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)

    def _rels(self, part: str) -> str:
        folder, name = posixpath.split(part)
        return posixpath.join(folder, "_rels", f"{name}.rels")

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Id -> (type, part) of what a part refers to."""
        rels = self._rels(part)
        if rels not in self.parts:
            return {}
        folder = posixpath.dirname(part)

        def resolved(target: str) -> str:
            return (
                target.lstrip("/")
                if target.startswith("/")
                else posixpath.normpath(posixpath.join(folder, target))
            )

        return {
            e.get("Id", ""): (e.get("Type", ""), resolved(e.get("Target", "")))
            for e in self._xml(rels).iter()
            if _local(e) == "Relationship" and e.get("TargetMode") != "External"
        }

    # --- one sheet ---------------------------------------------------------------------------------------

    def _sheet(self, part: str, rows: set[int]) -> set[int]:
        """Take lines out of a sheet; the shared strings that it still uses."""
        root = self._xml(part)
        number = 0
        for row in [e for e in root.iter() if _local(e) == "row"]:
            number = int(row.get("r") or number + 1)
            cells = [c for c in row if _local(c) == "c"]
            if any((match := _ADDRESS.fullmatch(c.get("r", ""))) and int(match[1]) != number for c in cells):
                raise ValueError("a cell that says another line than its own")
            if number in rows:
                row.getparent().remove(row)
        if rows:
            self._links(part, root, rows)
            self._keep(part, root)
            for kind, target in self._relations(part).values():
                if target in self.parts and kind.endswith(("/comments", "/threadedComment")):
                    self._comments(target, rows)
                elif target in self.parts and kind.endswith("/vmlDrawing"):
                    self.parts[target] = _SHAPE.sub(
                        lambda m: b"" if _shape_row(m[0]) in rows else m[0], self.parts[target]
                    )
        return {
            int(value.text or "-1")
            for cell in root.iter()
            if _local(cell) == "c" and cell.get("t") == "s"
            for value in cell
            if _local(value) == "v"
        }

    def _links(self, part: str, root: Any, rows: set[int]) -> None:
        """Take out the links of lines, and the addresses to which they lead."""
        gone = set()
        for link in [e for e in root.iter() if _local(e) == "hyperlink"]:
            if _row_of(link.get("ref", "")) in rows:
                gone |= {v for k, v in link.attrib.items() if k.endswith("}id")}
                parent = link.getparent()
                parent.remove(link)
                if not len(parent):
                    parent.getparent().remove(parent)
        rels = self._rels(part)
        if gone and rels in self.parts:
            relations = self._xml(rels)
            for each in [e for e in relations if e.get("Id") in gone]:
                relations.remove(each)
            self._keep(rels, relations)

    def _comments(self, part: str, rows: set[int]) -> None:
        root = self._xml(part)
        for comment in [e for e in root.iter() if _local(e) in ("comment", "threadedComment")]:
            if _row_of(comment.get("ref", "")) in rows:
                comment.getparent().remove(comment)
        used = {e.get("authorId") for e in root.iter() if _local(e) == "comment"}
        for number, author in enumerate(e for e in root.iter() if _local(e) == "author"):
            if str(number) not in used:
                author.text = ""  # its number must stay
        self._keep(part, root)

    def _blank_strings(self, part: str, used: set[int]) -> None:
        """Empty the shared strings that no cell uses: their numbers must stay."""
        root = self._xml(part)
        for number, item in enumerate(e for e in root if _local(e) == "si"):
            if number not in used:
                for child in list(item):
                    item.remove(child)
                etree.SubElement(item, item.tag.replace("}si", "}t"))
        self._keep(part, root)

    def _without_chain(self) -> None:
        """Leave out the order of calculation, which Excel makes again: it may name cells that are gone."""
        for part in [p for p in self.parts if p.endswith("/calcChain.xml")]:
            del self.parts[part]
        for part in [p for p in self.parts if p == "[Content_Types].xml" or p.endswith(".rels")]:
            self.parts[part] = _CHAIN.sub(b"", self.parts[part])

    def _written(self) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
            for info in self.archive.infolist():
                if info.filename in self.parts:
                    fresh = zipfile.ZipInfo(info.filename, info.date_time)
                    fresh.compress_type, fresh.external_attr = zipfile.ZIP_DEFLATED, info.external_attr
                    made.writestr(fresh, self.parts[info.filename])
        return out.getvalue()


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _row_of(reference: str) -> int:
    match = _ADDRESS.match(reference)
    return int(match[1]) if match else -1


def _shape_row(shape: bytes) -> int:
    match = _SHAPE_ROW.search(shape)
    return int(match[1]) + 1 if match else -1


def holds(content: bytes, texts: Iterable[str]) -> list[str]:
    """Parts of an .xlsx file, sheets aside, in which one of these texts still stands."""
    wanted = [text for text in texts if text]
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for info in archive.infolist():
            if info.filename.startswith("xl/worksheets/sheet"):
                continue  # their cells are compared one by one; the rest of them is lists and formats
            said = html.unescape(archive.read(info).decode("utf-8", "replace"))
            if any(text in said for text in wanted):
                found.append(info.filename)
    return found
