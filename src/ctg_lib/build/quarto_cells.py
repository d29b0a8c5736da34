"""Cells of a chapter as Quarto should read them: texts, tables and figures, each format in its own way."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ctg_lib.build.bundles import AssemblyError, Item, cell_items
from ctg_lib.build.documents import DocumentLink
from ctg_lib.build.info import ReportInfo
from ctg_lib.build.layer import map_layer
from ctg_lib.build.markdown import chapter_links
from ctg_lib.build.normalise import source_line
from ctg_lib.build.page import data_table, escape
from ctg_lib.build.provenance import Site, linked, linked_markdown
from ctg_lib.build.quarto_markdown import (
    anchored,
    caption_markdown,
    chapter_anchor,
    fenced,
    fictif_block,
    reruled,
    row_anchors,
    sheets,
    source_block,
    styled,
    unique_notes,
)
from ctg_lib.build.quarto_mend import AREAS
from ctg_lib.build.word import CALLOUT_STYLES
from ctg_lib.display.output import md
from ctg_lib.display.typography import hold_ranges, typeset, typeset_html

_CODE = re.compile(r"^(?P<fence>`{3,})[^\n]*\n.*?^(?P=fence)`*[ \t]*$|(?<!`)`[^`\n]+`", re.M | re.S)
_CITATION = re.compile(r"(?<![\\\w])@(?!(?:fig|tbl|sec)-)")
_LIST_ITEM = re.compile(r"\n+((?:[-*+]|\d+[.)])[ \t])")
_WORD_SCALE = 0.8
"""Drawings are smaller in Word than on a page: their text should not be larger than the report's."""
ONE_PER_SHEET: frozenset[str] = frozenset({"80-communes"})
"""Chapters whose sections each fill a sheet of their own (``report.css`` says it for pages)."""


def unique_labels(chapters: Sequence[tuple[str, Any]]) -> dict[str, dict[str, str]]:
    """By chapter, another label for the figures and tables whose id an earlier chapter has.

    Two chapters may show one figure; a book has one name for each.
    """
    seen: set[str] = set()
    renamed: dict[str, dict[str, str]] = {}
    for slug, notebook in chapters:
        items = [item for cell in notebook.cells for item in cell_items(cell)]
        ids = {item.id for item in items if item.kind in ("figure", "table")} - {""}
        renamed[slug] = {one: f"{one}-{slug}" for one in sorted(ids & seen)}
        seen |= ids
    return renamed


@dataclass
class View:
    """One chapter in one format: what staging its cells needs to know, and the images it leaves beside."""

    slug: str
    fmt: str
    labels: Mapping[str, str]
    number: str
    figures: dict[str, bytes]
    site: Site = field(default_factory=Site)
    downloads: Mapping[str, bytes] = field(default_factory=dict)
    leaflets: Sequence[DocumentLink] = ()
    drawn: dict[str, str] = field(default_factory=dict)

    def label(self, identifier: str) -> str:
        """Label in the book of a figure of this chapter."""
        return self.labels.get(identifier, identifier)

    def figure_number(self, identifier: str) -> str:
        """« 2.1 » for the next figure of chapter 2, as Quarto counts them."""
        rank = str(len(self.drawn) + 1)
        return self.drawn.setdefault(identifier, f"{self.number}.{rank}" if self.number else rank)


def staged(notebook: Any, view: View, info: ReportInfo) -> Any:
    """The chapter as Quarto should read it in this format: texts as Markdown cells, figures as code cells."""
    from nbformat import from_dict, v4

    cells: list[Any] = []
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "markdown":
            text = unique_notes(cell.source, f"{view.slug}-{number}")
            if not cells and view.fmt != "html":
                text = anchored(text, chapter_anchor(view.slug))
            cells.append(v4.new_markdown_cell(typeset(text), metadata=from_dict({})))
            if cell.get("attachments"):
                cells[-1]["attachments"] = cell["attachments"]
            if info.fictif and len(cells) == 1:
                cells.append(v4.new_markdown_cell(fictif_block(view.fmt)))
            if number == 1:
                cells += [v4.new_markdown_cell(_leaflet(link)) for link in view.leaflets]
        for rank, item in enumerate(cell_items(cell), start=1):
            cells += _staged_item(item, f"{view.slug}-{number}-{rank}", view)
    for position, cell in enumerate(cells, start=1):
        cell["id"] = f"cell-{position:03d}"
        if cell.cell_type == "markdown":
            cell.source = _referring(cell.source, view)
            cell.source = chapter_links(cell.source, view.site.slugs, inside=view.fmt != "html")
            if view.slug in ONE_PER_SHEET and view.fmt != "html":
                cell.source = sheets(cell.source)
    return v4.new_notebook(cells=cells, metadata=notebook.metadata)


def _leaflet(link: DocumentLink) -> str:
    """Where the chapter can be had as a document of its own."""
    html = f'<p class="downloads">À imprimer : <a href="{escape(link.href)}">{escape(link.label)}</a></p>'
    return fenced(typeset_html(html), "{=html}")


def _referring(text: str, view: View) -> str:
    """Markdown whose cross-references (``@fig-x``) follow the labels of the book, or in Word its numbers.

    Any other « @ » is a sign of the text: the report has no bibliography, and a citation without one stops
    Typst.
    """
    if view.fmt == "docx":
        named = {label: f"figure\u00a0{number}" for label, number in view.drawn.items()}
    else:
        named = {old: f"@{new}" for old, new in view.labels.items()}

    def change(part: str) -> str:
        for old, new in named.items():
            part = re.sub(rf"(?<!\\)@{re.escape(old)}(?![\w-])", new, part)
        return _CITATION.sub(r"\\@", part)

    parts, start = [], 0
    for code in _CODE.finditer(text):
        parts += [change(text[start : code.start()]), code.group()]
        start = code.end()
    return "".join([*parts, change(text[start:])])


def _staged_item(item: Item, prefix: str, view: View) -> list[Any]:
    from nbformat import v4

    if item.kind in ("figure", "image"):
        return _staged_figure(item, view)
    text = _raw_html(item, view) if view.fmt == "html" else ""
    if not text and "text/markdown" in item.data:
        text = linked_markdown(str(item.data["text/markdown"]), item, view.site)
        text = typeset(unique_notes(text, prefix))
        if item.kind == "table":
            text = _staged_table(row_anchors(text, item), item, view.site)
        elif item.kind == "callout" and view.fmt == "docx":
            text = _word_callout(item) + source_block(item.meta, view.site)
    if not text:
        plain = str(item.data.get("text/plain", "")).rstrip()
        text = fenced(plain, "") if plain else ""
    return [v4.new_markdown_cell(text)] if text else []


def _staged_table(text: str, item: Item, site: Site | None = None) -> str:
    """A table of the display room in Word and in the PDF: caption, rows, source and notes.

    The caption stands before the table as a paragraph of its own: Quarto leaves the caption of a table
    without label out of a PDF, and puts a table with a label in one row of another, which no page break
    can cut, in Word.
    """
    rows, mark, _ = reruled(text).partition("\n: ")
    caption = str(item.meta.get("caption", ""))
    if not mark or not caption:
        return text
    return f"{styled(f'**{md(caption)}**', 'Table Caption')}\n{rows}\n\n{source_block(item.meta, site)}"


def _word_callout(item: Item) -> str:
    """A callout as paragraphs with a style of their own: Quarto's breaks the rules of Word's format."""
    style = CALLOUT_STYLES.get(str(item.meta.get("callout")), CALLOUT_STYLES["note"])
    title = f"**{md(item.meta.get('title', ''))}**"
    loose = _LIST_ITEM.sub(
        r"\n\n\1", str(item.meta.get("text", ""))
    )  # pandoc styles the items of tight lists
    return f"{styled(title, f'{style} Titre')}\n{styled(loose, style)}"


def _raw_html(item: Item, view: View) -> str:
    """HTML that Quarto passes on untouched; prose stays Markdown, so that its headings enter the contents."""
    html = str(item.data.get("text/html", ""))
    if item.kind in ("prose", "markdown") or not html:
        return ""
    html = hold_ranges(linked(html, item, view.site))
    path = f"data/{view.slug}-{item.id or 'tableau'}.csv"
    if item.kind == "table" and path in view.downloads:
        html += _download(path, "Données du tableau (CSV)", str(item.meta.get("caption", "")))
    return fenced(html, "{=html}")


def _page_source(item: Item, view: View) -> str:
    """Source, definitions and notes of a figure in a page, as on the pages made without Quarto."""
    links = view.site.links(item.meta.get("origin"))
    source = source_line(str(item.meta.get("source", "")))
    said = (links.line(source) if links else escape(source)) if source else ""
    lines = [f'<p class="ctg-source">{said}</p>' if said else "", links.defined() if links else ""]
    lines += [f'<p class="ctg-notes">{escape(note)}</p>' for note in item.meta.get("notes") or ()]
    html = hold_ranges(typeset_html("".join(lines)))
    return fenced(html, "{=html}") if html else ""


def _staged_figure(item: Item, view: View) -> list[Any]:
    """The image, then its source, and for HTML its words and its data."""
    from nbformat import v4

    alt = str(item.meta.get("alt") or (item.output.get("image/png") or {}).get("alt") or "")
    if not alt.strip():
        raise AssemblyError(f"{view.slug} : l’image {item.id or '?'} n’a pas de texte de remplacement (alt).")
    mimes = ("image/png",) if view.fmt == "docx" else ("image/svg+xml", "image/png", "image/jpeg")
    data = {m: item.data[m] for m in mimes if m in item.data}
    if not data:
        raise AssemblyError(
            f"{view.slug} : la figure {item.id or '?'} n’a pas d’image lisible en {view.fmt}."
        )
    cell = _word_figure(item, alt, view) if view.fmt == "docx" else _figure_cell(item, data, alt, view)
    own = item.kind == "figure"
    if view.fmt == "html":
        more = [_page_source(item, view) if own else "", _details(item, view), _areas(item, view)]
    else:
        more = [source_block(item.meta, view.site) if own else ""]
    return [cell, *(v4.new_markdown_cell(text) for text in more if text)]


def _figure_cell(item: Item, data: dict[str, Any], alt: str, view: View) -> Any:
    """A code cell with one image: Quarto numbers it and gives it its caption and its alternative."""
    from nbformat import from_dict, v4

    metadata = from_dict({m: v for m, v in item.output.items() if m in data})
    output = v4.new_output("display_data", data=data, metadata=metadata)
    own = item.kind == "figure"
    options = {"label": view.label(item.id), "fig-cap": caption_markdown(item.meta)} if own else {}
    options = from_dict({**options, "fig-alt": alt})
    cell = v4.new_code_cell("#| echo: false", outputs=[output], metadata=options)
    cell.execution_count = 1
    return cell


def _word_figure(item: Item, alt: str, view: View) -> Any:
    """A numbered caption and an image: Quarto's figures lose the text alternative in Word."""
    from nbformat import v4

    png = base64.b64decode(item.data["image/png"])
    path = f"figures/{hashlib.sha256(png).hexdigest()[:16]}.png"
    view.figures[path] = png
    width = int((item.output.get("image/png") or {}).get("width") or 0)
    size = f"{{width={round(width * _WORD_SCALE)}px}}" if width else ""
    caption = ""
    if item.kind == "figure":
        number = view.figure_number(item.id)
        caption = styled(f"Figure\u00a0{number}\u00a0: {caption_markdown(item.meta)}", "Image Caption")
    # The no-break space keeps pandoc from making a captioned figure of a lone image.
    return v4.new_markdown_cell(f"{caption}\n![{md(alt)}]({path}){size}\\ \n")


def _areas(item: Item, view: View) -> str:
    """The areas of a map, which the page's mend lays over the image; hidden until then."""
    layer = map_layer(str(item.data.get("image/svg+xml", "")), item.meta.get("regions") or ())
    if not layer:
        return ""
    return fenced(
        f'<div class="{AREAS}" data-figure="{escape(view.label(item.id))}" hidden>{layer}</div>', "{=html}"
    )


def _details(item: Item, view: View) -> str:
    """Words, data and downloads of a figure, in a part of the page to unfold."""
    table, description = data_table(item), str(item.meta.get("description", ""))
    said = str(item.meta.get("title", ""))
    name = item.id
    files = [
        (f"data/{view.slug}-{name}.csv", "Données (CSV)"),
        (f"figures/{view.slug}-{name}.png", "Image (PNG)"),
    ]
    links = " ".join(_download_link(path, words, said) for path, words in files if path in view.downloads)
    downloads = f'<p class="downloads">{links}</p>' if links else ""
    if not table and not description:
        return ""
    title = escape(str(item.meta.get("title", "")))
    words = f"<p>{escape(description)}</p>" if description else ""
    scroll = (
        f'<div class="ctg-table-wrap" role="region" tabindex="0" aria-label="Données : {title}">{table}</div>'
    )
    return fenced(
        '<details class="ctg-data"><summary>Description et données'
        f'<span class="visually-hidden"> : {title}</span></summary>{words}{scroll if table else ""}'
        f"{downloads}</details>",
        "{=html}",
    )


def _download(path: str, words: str, what: str) -> str:
    return f'<p class="downloads">{_download_link(path, words, what)}</p>'


def _download_link(path: str, words: str, what: str) -> str:
    more = f'<span class="visually-hidden"> : {escape(what)}</span>'
    return f'<a href="{path}" download>{words}{more}</a>'
