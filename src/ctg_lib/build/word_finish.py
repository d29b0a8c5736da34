"""What pandoc leaves undone in a Word document: contents, frames, parts that stay together, French names."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from ctg_lib.archive import fixed_zip
from ctg_lib.build.bundles import AssemblyError
from ctg_lib.build.word import (
    CALLOUT_STYLES,
    DEFINITION,
    FICTIF_MARK,
    FOOT_PLACE,
    FRAME,
    HEAD_PLACE,
    SHEET_MARK,
    SOURCE,
)
from ctg_lib.errors import found_expected

EPOCH = datetime(1980, 1, 1)
DEPTH = 1
"""Levels of headings in the contents: without page numbers, more of them would be a long list to scroll."""
_NEVER_CUT = 1500
"""Characters above which a row may be cut by the end of a page."""
_WHOLE_ROWS = 9
"""A table of that many rows or fewer, its head among them, is not cut by the end of a page."""
FRENCH_STYLES: dict[str, str] = {
    "Image Caption": "Légende de figure",
    "Table Caption": "Légende de tableau",
    "Captioned Figure": "Figure légendée",
    "First Paragraph": "Premier paragraphe",
    "Compact": "Texte serré",
    "Author": "Auteur",
    "Verbatim Char": "Code",
    "Table": "Tableau",
}
"""Pandoc's styles that Word has no French name for, and the name that staff see. Word translates its own."""


def finish_docx(content: bytes) -> bytes:
    """A Word document of pandoc's made ready for its readers; the same bytes for the same document.

    - The contents list the headings, each a link, instead of a field that Word fills only after a question.
      Updating the field (F9) adds the page numbers.
    - A callout stands in a frame, its title repeated if the page cuts it.
    - No page cuts a row of a table, unless the row is very long, nor a short table; a table's end stays with
      its source line, and its caption is its title for those who do not see it.
    - The sheet of a commune begins a page; the definitions of the dictionary stand in two columns.
    - Language, and the names of styles, are French.
    """
    from docx import Document

    document = Document(io.BytesIO(content))
    styles = _style_ids(document)
    _contents(document, styles)
    _sheets(document)
    for table in document.element.body.iter(_qn("w:tbl")):
        _keep_table(table, styles)
    _frames(document, styles)
    _columns(document, styles)
    document.core_properties.language = "fr-FR"
    out = io.BytesIO()
    document.save(out)
    return fixed_zip(french_names(out.getvalue()), EPOCH)


def french_names(content: bytes) -> bytes:
    """A Word document whose styles bear the names that French staff look for."""
    return _renamed(content, FRENCH_STYLES)


def own_reference(content: bytes, running: str = "", *, fictif: bool = False) -> bytes:
    """A project's own Word document, ready to lend its styles: pandoc's names, the words of this study.

    What a former report said at the foot and at the head of its pages (territory, « fictif ») is replaced.

    Raises:
        AssemblyError: it is no Word document.
    """
    from docx import Document

    document = Document(io.BytesIO(pandoc_names(content)))
    for section in document.sections:
        _say(section.footer, FOOT_PLACE, running)
        if not _say(section.header, HEAD_PLACE, FICTIF_MARK if fictif else "") and fictif:
            section.header.add_paragraph(FICTIF_MARK)
    out = io.BytesIO()
    document.save(out)
    return fixed_zip(out.getvalue(), EPOCH)


def _say(part: Any, place: str, words: str) -> bool:
    """Put words in a bookmark of a head or a foot, in the look of those it had; whether it is there."""
    starts = part._element.iter(_qn("w:bookmarkStart"))
    start = next((one for one in starts if one.get(_qn("w:name")) == place), None)
    if start is None:
        return False
    run = None
    while (after := start.getnext()) is not None and after.tag != _qn("w:bookmarkEnd"):
        run = after if run is None and after.tag == _qn("w:r") else run
        after.getparent().remove(after)
    if words:
        made = _run("w:t", words)
        look = run.find(_qn("w:rPr")) if run is not None else None
        if look is not None:
            made.insert(0, look)
        start.addnext(made)
    return True


def pandoc_names(content: bytes) -> bytes:
    """A project's Word document under the names that pandoc looks for: :func:`french_names` undone.

    Raises:
        AssemblyError: it is no Word document.
    """
    try:
        return _renamed(content, {french: name for name, french in FRENCH_STYLES.items()})
    except zipfile.BadZipFile as error:
        said = found_expected(
            "notebooks/theme/reference.docx", "un autre fichier", "un document Word (.docx)"
        )
        raise AssemblyError(said) from error


def _renamed(content: bytes, names: Mapping[str, str]) -> bytes:
    def change(found: re.Match[str]) -> str:
        return f'<w:name w:val="{names.get(found[1], found[1])}"/>'

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w") as after:
        for member in before.infolist():
            part = before.read(member)
            if member.filename == "word/styles.xml":
                part = re.sub(r'<w:name w:val="([^"]*)"\s*/>', change, part.decode("utf-8")).encode("utf-8")
            after.writestr(member, part)
    return out.getvalue()


def _qn(name: str) -> str:
    from docx.oxml.ns import qn

    return str(qn(name))


def _style_ids(document: Any) -> dict[str, str]:
    """Name of each style in lower case -> its id, which Word translates in a document that it saved."""
    found = {}
    for style in document.styles.element.iter(_qn("w:style")):
        name = style.find(_qn("w:name"))
        if name is not None:
            found[str(name.get(_qn("w:val"))).casefold()] = str(style.get(_qn("w:styleId")))
    return found


def _style_of(paragraph: Any) -> str:
    """Id of a paragraph's style; empty for what is no paragraph, or has none."""
    if paragraph is None or paragraph.tag != _qn("w:p") or paragraph.pPr is None:
        return ""
    return str(paragraph.pPr.pStyle.val) if paragraph.pPr.pStyle is not None else ""


def _element(name: str, **attributes: str) -> Any:
    from docx.oxml import OxmlElement

    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(_qn(f"w:{key}"), value)
    return made


# --- tables ------------------------------------------------------------------------------------------


def _keep_table(table: Any, styles: Mapping[str, str]) -> None:
    """Rows that the end of a page does not cut nor part from their head, and a title for the table."""
    rows = table.findall(_qn("w:tr"))
    for row in rows:
        if len("".join(row.itertext())) < _NEVER_CUT:
            _cant_split(row)
    sourced = _style_of(table.getnext()) == styles.get(SOURCE.casefold(), "-")
    last = len(rows) - 1
    together = {0, last - 1} if len(rows) > _WHOLE_ROWS else set(range(last))
    for rank in together | ({last} if sourced else set()):
        for paragraph in rows[rank].iter(_qn("w:p")):
            paragraph.get_or_add_pPr().get_or_add_keepNext()
    above = table.getprevious()
    if _style_of(above) == styles.get("table caption", "-"):
        words = "".join(t.text or "" for t in above.iter(_qn("w:t")))
        table.tblPr.append(_element("w:tblCaption", val=words))


# --- callouts ----------------------------------------------------------------------------------------


def _frames(document: Any, styles: Mapping[str, str]) -> None:
    """Put each callout in a table of one column: its title is the head, what it says the only row.

    A document whose styles have no frame keeps its paragraphs as they are.
    """
    for name in CALLOUT_STYLES.values():
        frame = styles.get(f"{name} {FRAME}".casefold())
        said, title = styles.get(name.casefold(), "-"), styles.get(f"{name} Titre".casefold(), "-")
        if not frame:
            continue
        for group in list(_groups(document.element.body, said, title)):
            head = [p for p in group if _style_of(p) == title]
            _frame(frame, head, group, document)


def _groups(body: Any, said: str, title: str) -> Iterator[list[Any]]:
    group: list[Any] = []
    for element in body:
        style = _style_of(element)
        if group and style != said:
            yield group
            group = []
        if style in (said, title):
            group.append(element)
    if group:
        yield group


def _frame(style: str, head: list[Any], group: list[Any], document: Any) -> None:
    """Move the paragraphs of a callout into a table at their place; a little space follows it."""
    section = document.sections[-1]
    width = str(int((section.page_width - section.left_margin - section.right_margin) / 635))
    table, properties, grid = _element("w:tbl"), _element("w:tblPr"), _element("w:tblGrid")
    properties.append(_element("w:tblStyle", val=style))
    properties.append(_element("w:tblW", w="5000", type="pct"))
    properties.append(
        _element("w:tblLook", val="0000", firstRow="0", lastRow="0", firstColumn="0", noHBand="1")
    )
    grid.append(_element("w:gridCol", w=width))
    table.extend([properties, grid])
    space = _element("w:p")
    space.get_or_add_pPr().append(_element("w:spacing", before="0", after="0", line="200", lineRule="exact"))
    group[-1].addnext(space)
    group[0].addprevious(table)
    for part in filter(None, (head, [p for p in group if p not in head])):
        row, marks, cell, size = (_element(f"w:{tag}") for tag in ("tr", "trPr", "tc", "tcPr"))
        if len("".join("".join(p.itertext()) for p in part)) < _NEVER_CUT:
            marks.append(_element("w:cantSplit"))
        if part is head:
            marks.append(_element("w:tblHeader"))
        size.append(_element("w:tcW", w=width, type="dxa"))
        cell.extend([size, *part])
        row.extend([marks, cell])
        table.append(row)


# --- dictionary, sheets, contents ------------------------------------------------------------


def _columns(document: Any, styles: Mapping[str, str]) -> None:
    """Set the definitions in two columns, from the title above the first one to the last one."""
    from copy import deepcopy

    body, style = document.element.body, styles.get(DEFINITION.casefold(), "-")
    defined = [p for p in body.iterchildren(_qn("w:p")) if _style_of(p) == style]
    end = body.find(_qn("w:sectPr"))
    if not defined or end is None:
        return
    start, titles = defined[0], {styles.get(f"heading {n}", "-") for n in (1, 2)}
    while start.getprevious() is not None and _style_of(start) not in titles:
        start = start.getprevious()
    while start.getprevious() is not None and start.getprevious().tag == _qn("w:bookmarkStart"):
        start = start.getprevious()
    before, after = deepcopy(end), deepcopy(end)
    for section in (after, end):
        for kind in section.findall(_qn("w:type")):
            section.remove(kind)
        place = len(section.findall(_qn("w:headerReference")) + section.findall(_qn("w:footerReference")))
        section.insert(place, _element("w:type", val="continuous"))
    for columns in after.findall(_qn("w:cols")):
        after.remove(columns)
    margins = after.find(_qn("w:pgMar"))
    margins.addnext(_element("w:cols", num="2", space="400"))
    space = _element("w:p")
    space.get_or_add_pPr().append(_element("w:spacing", before="0", after="0", line="20", lineRule="exact"))
    space.pPr.append(before)
    start.addprevious(space)
    defined[-1].get_or_add_pPr().append(after)


def _sheets(document: Any) -> None:
    """Begin a page with each heading that bears the mark of a sheet."""
    for mark in document.element.body.iter(_qn("w:bookmarkStart")):
        if not str(mark.get(_qn("w:name"))).startswith(SHEET_MARK):
            continue
        heading = mark.getparent() if mark.getparent().tag == _qn("w:p") else mark.getnext()
        while heading is not None and heading.tag != _qn("w:p"):
            heading = heading.getnext()
        if heading is not None:
            heading.get_or_add_pPr().get_or_add_pageBreakBefore()


def _cant_split(row: Any) -> None:
    properties = row.get_or_add_trPr()
    if properties.find(_qn("w:cantSplit")) is None:
        properties.insert(0, _element("w:cantSplit"))


def _contents(document: Any, styles: Mapping[str, str]) -> None:
    """Fill pandoc's field of contents, which is empty and marked as dirty, with the headings as links."""
    body = document.element.body
    field = next((p for p in body.iter(_qn("w:p")) if _is_contents(p)), None)
    levels = {styles.get(f"heading {n}", "-"): n for n in range(1, DEPTH + 1)}
    headings = [h for h in (_heading(p, levels) for p in body.iter(_qn("w:p"))) if h]
    if field is None or not headings:
        return
    instruction = "".join(i.text or "" for i in field.iter(_qn("w:instrText")))
    parent, place = field.getparent(), field.getparent().index(field)
    parent.remove(field)
    lines = [_line(styles.get(f"toc {h[0]}", f"TOC{h[0]}"), *h[1:]) for h in headings]
    start = [_mark("begin"), _run("w:instrText", instruction), _mark("separate")]
    for position, run in enumerate(start, start=1):
        lines[0].insert(position, run)
    lines[-1].append(_mark("end"))
    for rank, line in enumerate(lines):
        parent.insert(place + rank, line)


def _run(tag: str, text: str) -> Any:
    """A run with a text, or the instruction of a field."""
    run, words = _element("w:r"), _element(tag)
    words.text = text
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    run.append(words)
    return run


def _mark(kind: str) -> Any:
    """A run with one mark of a field: ``begin``, ``separate``, ``end``."""
    run = _element("w:r")
    run.append(_element("w:fldChar", fldCharType=kind))
    return run


def _is_contents(paragraph: Any) -> bool:
    return any("TOC" in (i.text or "") for i in paragraph.iter(_qn("w:instrText")))


def _heading(paragraph: Any, levels: Mapping[str, int]) -> tuple[int, str, str] | None:
    """Level, text and bookmark of a heading that the contents list."""
    level = levels.get(_style_of(paragraph), 0)
    if not level:
        return None
    before = paragraph.getprevious()
    marks = list(paragraph.iter(_qn("w:bookmarkStart")))
    while before is not None and before.tag in (_qn("w:bookmarkStart"), _qn("w:bookmarkEnd")):
        marks += [before] if before.tag == _qn("w:bookmarkStart") else []
        before = before.getprevious()
    text = "".join(t.text or "" for t in paragraph.iter(_qn("w:t")))
    return level, text, str(marks[0].get(_qn("w:name"))) if marks else ""


def _line(named: str, text: str, anchor: str) -> Any:
    """A paragraph of the contents."""
    line = _element("w:p")
    line.get_or_add_pPr().append(_element("w:pStyle", val=named))
    run = _run("w:t", text)
    if not anchor:
        line.append(run)
        return line
    link = _element("w:hyperlink", anchor=anchor, history="1")
    link.append(run)
    line.append(link)
    return line
