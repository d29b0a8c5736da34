"""What pandoc leaves undone in a Word document: contents to read at once, rows kept whole, constant bytes."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from ctg_lib.archive import fixed_zip

EPOCH = datetime(1980, 1, 1)
DEPTH = 1
"""Levels of headings in the contents: without page numbers, more of them would be a long list to scroll."""
_NEVER_CUT = 1500
"""Characters above which a row may be cut by the end of a page."""


def finish_docx(content: bytes) -> bytes:
    """A Word document of pandoc's made ready for its readers; the same bytes for the same document.

    - The contents list the headings, each a link, instead of a field that Word fills only after a question.
      Updating the field (F9) adds the page numbers.
    - No page cuts a row of a table, unless the row is very long.
    """
    from docx import Document

    document = Document(io.BytesIO(content))
    _contents(document)
    for table in document.tables:
        for row in table.rows:
            if len("".join(row._tr.itertext())) < _NEVER_CUT:
                _cant_split(row._tr)
    out = io.BytesIO()
    document.save(out)
    return fixed_zip(out.getvalue(), EPOCH)


def _cant_split(row: Any) -> None:
    from docx.oxml.ns import qn

    properties = row.get_or_add_trPr()
    if properties.find(qn("w:cantSplit")) is None:
        properties.insert(0, properties.makeelement(qn("w:cantSplit"), {}))


def _contents(document: Any) -> None:
    """Fill pandoc's field of contents, which is empty and marked as dirty, with the headings as links."""
    from docx.oxml.ns import qn

    body = document.element.body
    field = next((p for p in body.iter(qn("w:p")) if _is_contents(p)), None)
    headings = [h for h in map(_heading, body.iter(qn("w:p"))) if h]
    if field is None or not headings:
        return
    instruction = "".join(i.text or "" for i in field.iter(qn("w:instrText")))
    parent, place = field.getparent(), field.getparent().index(field)
    parent.remove(field)
    lines = [_line(*heading) for heading in headings]
    start = [_mark("begin"), _run("w:instrText", instruction), _mark("separate")]
    for position, run in enumerate(start, start=1):
        lines[0].insert(position, run)
    lines[-1].append(_mark("end"))
    for rank, line in enumerate(lines):
        parent.insert(place + rank, line)


def _run(tag: str, text: str) -> Any:
    """A run with a text, or the instruction of a field."""
    from docx.oxml import OxmlElement

    run, words = OxmlElement("w:r"), OxmlElement(tag)
    words.text = text
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    run.append(words)
    return run


def _mark(kind: str) -> Any:
    """A run with one mark of a field: ``begin``, ``separate``, ``end``."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    run, mark = OxmlElement("w:r"), OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    run.append(mark)
    return run


def _is_contents(paragraph: Any) -> bool:
    from docx.oxml.ns import qn

    return any("TOC" in (i.text or "") for i in paragraph.iter(qn("w:instrText")))


def _heading(paragraph: Any) -> tuple[int, str, str] | None:
    """Level, text and bookmark of a heading that the contents list."""
    from docx.oxml.ns import qn

    style = paragraph.pPr.pStyle.val if paragraph.pPr is not None and paragraph.pPr.pStyle is not None else ""
    level = {f"Heading{n}": n for n in range(1, DEPTH + 1)}.get(style, 0)
    if not level:
        return None
    before = paragraph.getprevious()
    marks = list(paragraph.iter(qn("w:bookmarkStart")))
    while before is not None and before.tag in (qn("w:bookmarkStart"), qn("w:bookmarkEnd")):
        marks += [before] if before.tag == qn("w:bookmarkStart") else []
        before = before.getprevious()
    text = "".join(t.text or "" for t in paragraph.iter(qn("w:t")))
    return level, text, str(marks[0].get(qn("w:name"))) if marks else ""


def _line(level: int, text: str, anchor: str) -> Any:
    """A paragraph of the contents."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    line = OxmlElement("w:p")
    style = OxmlElement("w:pStyle")
    style.set(qn("w:val"), f"TOC{level}")
    line.get_or_add_pPr().append(style)
    run = _run("w:t", text)
    if not anchor:
        line.append(run)
        return line
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), anchor)
    link.set(qn("w:history"), "1")
    link.append(run)
    line.append(link)
    return line
