"""The report as a Quarto book (HTML, Word, PDF by Typst) from the executed chapters.

Quarto runs nothing and meets only what it needs: each format is rendered in a small project of its own,
beside the outputs (its start time grows with the folder tree, and renders of one project overwrite each
other's figures). A notebook is staged as one Markdown cell per text and one code cell per figure; Quarto
reads captions and text alternatives in cell metadata.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import yaml
from bs4 import BeautifulSoup

from ctg_lib.build import look
from ctg_lib.build.bundles import AssemblyError, Item, cell_items, load_executed
from ctg_lib.build.chapters import CONFIG, chapter_files, notebook_title, read_config
from ctg_lib.build.documents import DocumentLink, document_links
from ctg_lib.build.info import ReportInfo, mention, running, vintages_line
from ctg_lib.build.layer import map_layer
from ctg_lib.build.markdown import chapter_links
from ctg_lib.build.normalise import source_line, to_bytes
from ctg_lib.build.page import Page, build_page, data_table, escape, sources_table
from ctg_lib.build.provenance import Links, Site, linked, linked_markdown
from ctg_lib.build.quarto_mend import AREAS, mend_book
from ctg_lib.build.run import ChapterResult
from ctg_lib.build.word import CALLOUT_STYLES, reference_docx
from ctg_lib.build.word_finish import finish_docx, own_reference
from ctg_lib.display.table import rule_widths
from ctg_lib.display.typography import hold_ranges, typeset, typeset_html
from ctg_lib.errors import BadInput, found_expected

FORMATS: dict[str, str] = {"html": "html", "pdf": "typst", "docx": "docx"}
"""Formats of the command line, and Quarto's name for each."""
MINIMUM = (1, 5)
MINIMUM_PDF = (1, 9)
"""Quarto makes a book with Typst from this version on."""
FICTIF = "**Fictif** — les données de cette étude sont inventées pour la démonstration : ne pas les citer."
_NOTE = re.compile(r"\[\^([^\]\s]+)\]")
_CODE = re.compile(r"^(?P<fence>`{3,})[^\n]*\n.*?^(?P=fence)`*[ \t]*$|(?<!`)`[^`\n]+`", re.M | re.S)
_CITATION = re.compile(r"(?<![\\\w])@(?!(?:fig|tbl|sec)-)")
_LIST_ITEM = re.compile(r"\n+((?:[-*+]|\d+[.)])[ \t])")
_LAST_LINES = 15
SCRIPT = "theme/report.js"
"""The script of the pages, in the project: filter and sort long tables, values of maps."""
_WORD_SCALE = 0.8
"""Drawings are smaller in Word than on a page: their text should not be larger than the report's."""
_WRITTEN_ANCHOR = re.compile(r"\{#((?:source|indicateur)-[a-z0-9-]+)\}")
_CELL_EDGE = re.compile(r"(?<!\\)\|")
_WIDEST_ON_PAPER = 110
ONE_PER_SHEET: frozenset[str] = frozenset({"80-communes"})
"""Chapters whose sections each fill a sheet of their own (``report.css`` says it for pages)."""
_NEW_PAGE = (
    "```{=typst}\n#pagebreak(weak: true)\n```\n\n"
    '```{=openxml}\n<w:p><w:r><w:br w:type="page"/></w:r></w:p>\n```'
)
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_LOADED = (("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src"))
_CSS_REMOTE = re.compile(r"(?:url\(\s*|@import\s+(?:url\(\s*)?)[\"']?(?:https?:)?//[^\"')\s]+", re.IGNORECASE)


def quarto_available(formats: Sequence[str] = ()) -> bool:
    """Whether a Quarto that can make the report in these formats is installed."""
    return quarto_problem(formats) == ""


def quarto_problem(formats: Sequence[str] = ()) -> str:
    """Why Quarto cannot be used for these formats, in words; empty when it can."""
    program = shutil.which("quarto")
    least = MINIMUM_PDF if "pdf" in formats else MINIMUM
    wanted = ".".join(map(str, least))
    if program is None:
        return (
            f"Quarto n’est pas installé (commande « quarto », version {wanted} ou plus) ; "
            "le rapport peut être assemblé sans lui : --assembler nbconvert."
        )
    try:
        answer = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        return f"La commande {program} ne répond pas ({error})."
    found = re.match(r"(\d+)\.(\d+)", answer.stdout.strip())
    if not found or (int(found[1]), int(found[2])) < least:
        return f"Quarto {answer.stdout.strip() or '?'} est trop ancien : version {wanted} ou plus attendue."
    return ""


def render_quarto(
    executed: Sequence[ChapterResult | Path],
    info: ReportInfo,
    out_folder: Path,
    *,
    notebooks: Path,
    formats: Sequence[str] = ("html",),
    documents: Sequence[Path] = (),
    agreed: Sequence[DocumentLink] = (),
    keep: Path | None = None,
    timeout: float = 900,
) -> list[Path]:
    """Render the report with Quarto into ``out_folder``: ``report/``, ``report.docx``, ``report.pdf``.

    Args:
        executed: executed and normalised chapters.
        info: texts beside the chapters.
        out_folder: the study's new outputs folder.
        notebooks: folder of ``_quarto.yml`` and ``theme/``.
        formats: among :data:`FORMATS`.
        documents: PDF and Word files already made, in ``report/`` or above it: the pages link to them.
        agreed: links to the documents of the convention, for the home page.
        keep: folder where Quarto's project of each format is left, for ``quarto preview``.
        timeout: seconds for one format.

    Returns:
        What was made, one path per format.

    Raises:
        BadInput: unknown format.
        AssemblyError: Quarto is absent or fails (with its last lines), or a page loads something from
            elsewhere.
    """
    for name in formats:
        if name not in FORMATS:
            raise BadInput(found_expected("--format", name, " ou ".join(FORMATS)))
    if problem := quarto_problem(formats):
        raise AssemblyError(problem)
    made = []
    for name in formats:
        stage = out_folder / f".quarto-{name}"
        try:
            printed = document_links(documents, out_folder / "report")
            stage_quarto(executed, info, stage, notebooks=notebooks, fmt=name, printed=printed, agreed=agreed)
            if keep is not None:
                shutil.rmtree(keep / name, ignore_errors=True)
                shutil.copytree(stage, keep / name)
            _run_quarto(stage, FORMATS[name], timeout)
            made.append(_collect(stage / "_book", out_folder, name, documents))
        finally:
            shutil.rmtree(stage, ignore_errors=True)
    return made


def stage_quarto(
    executed: Sequence[ChapterResult | Path],
    info: ReportInfo,
    folder: Path,
    *,
    notebooks: Path,
    fmt: str = "html",
    printed: Sequence[DocumentLink] = (),
    agreed: Sequence[DocumentLink] = (),
) -> Path:
    """Write the Quarto project of one study and one format into ``folder`` (emptied first).

    Args:
        executed, info, notebooks: as for :func:`render_quarto`.
        folder: of the project.
        fmt: one of :data:`FORMATS`.
        printed: documents that the pages link to. agreed: those of the convention.

    Raises:
        AssemblyError: no chapter, or one that failed, shows nothing or uses an id twice.
    """
    if not executed:
        raise AssemblyError("Aucun chapitre à assembler.")
    chapters = [load_executed(one) for one in executed]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    config = _config(read_config(notebooks), {slug for slug, _ in chapters}, info, fmt)
    labels = unique_labels(chapters)
    numbers = chapter_numbers(config)
    site = Site.of(chapters) if fmt == "html" else document_site(chapters)
    files: dict[str, bytes] = {}
    for slug, notebook in chapters:
        view = _View(slug, fmt, labels[slug], numbers.get(slug, ""), figures=files, site=site)
        if fmt == "html":
            view.leaflets = [link for link in printed if link.chapter == slug]
            view.downloads = _downloads(notebook, slug, info)
            files |= view.downloads
        files[f"{slug}.ipynb"] = to_bytes(_staged(notebook, view, info))
    files[CONFIG] = yaml.safe_dump(config, allow_unicode=True, sort_keys=False).encode("utf-8")
    files["index.qmd"] = _home(chapters, info, fmt, printed, agreed).encode("utf-8")
    files |= _theme(notebooks / "theme", fmt, info)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def _downloads(notebook: Any, slug: str, info: ReportInfo) -> dict[str, bytes]:
    """Data and images that the pages offer to download, by path: the same files as the site of nbconvert."""
    page: Page = build_page(notebook, slug, lambda figure: "", fictif=info.fictif)
    return {name: content for name, content in page.files.items() if not name.endswith(".svg")}


def _theme(folder: Path, fmt: str, info: ReportInfo) -> dict[str, bytes]:
    """Style sheets, script, fonts and templates of one format; the project's own files win."""
    fonts = look.font_files("ttf" if fmt == "pdf" else "woff2")
    files = {f"theme/fonts/{name}": content for name, content in fonts.items() if fmt != "docx"}
    files["theme/report.css"] = look.quarto_css().encode("utf-8")
    if fmt == "html":
        files[SCRIPT] = look.site_script().encode("utf-8")
    if fmt == "docx":
        files["theme/reference.docx"] = reference_docx(running(info), fictif=info.fictif)
    kept = [
        p for p in sorted(folder.rglob("*")) if p.suffix in (".scss", ".typ") or p.name == "reference.docx"
    ]
    for path in kept:
        own = path.read_bytes()
        if path.suffix == ".docx":
            own = own_reference(own, running(info), fictif=info.fictif)
        files[f"theme/{path.relative_to(folder).as_posix()}"] = own
    return files


# --- configuration and home page -----------------------------------------------------------------


def _config(config: dict[str, Any], slugs: set[str], info: ReportInfo, fmt: str) -> dict[str, Any]:
    """``_quarto.yml`` with this study's texts, only the chapters at hand and only this format.

    A Typst book without author fails; the other formats name one only when somebody signs.
    """
    config = dict(config)
    book = dict(config.get("book") or {})
    for key in ("chapters", "appendices"):
        if key in book:
            book[key] = _present(book[key] or [], slugs)
    if not book.get("appendices", True):
        del book["appendices"]
    if "index.qmd" not in book.get("chapters", []):
        book["chapters"] = ["index.qmd", *book.get("chapters", [])]
    book["title"] = typeset(f"{info.title} — {info.territory_name}")
    if info.author or fmt == "pdf":
        book["author"] = info.signature
    if info.subtitle:
        book["subtitle"] = typeset(info.subtitle)
    more = " [Sources et millésimes](index.qmd#sources)." if fmt == "html" and info.source_lines else ""
    book |= {"output-file": "report", "page-footer": f"{mention(info)}.{more}" if more else mention(info)}
    project: dict[str, Any] = {"type": "book", "output-dir": "_book", "resources": ["theme/fonts/*"]}
    if fmt == "html":
        project["resources"] += [SCRIPT, "data/*", "figures/*"]
    execute = {**(config.get("execute") or {}), "enabled": False, "echo": False}
    cover = {
        "signature": info.author,
        "situation": typeset(f"Situation au {info.as_of}") if info.as_of else "",
        "mention": mention(info),
        "fictif": info.fictif,
    }
    formats = config.get("format") or {}
    return {
        **config,
        "project": project,
        "lang": "fr",
        "book": book,
        "execute": execute,
        "format": {FORMATS[fmt]: formats.get(FORMATS[fmt]) or {}},
        **{key: value for key, value in cover.items() if value and fmt == "pdf"},
    }


def _present(entries: list[Any], slugs: set[str]) -> list[Any]:
    kept: list[Any] = []
    for entry in entries:
        if isinstance(entry, dict) and "chapters" in entry:
            inner = _present(entry["chapters"], slugs)
            kept += [{**entry, "chapters": inner}] if inner else []
            continue
        name = entry["file"] if isinstance(entry, dict) else entry
        if name == "index.qmd" or name.removesuffix(".ipynb") in slugs:
            kept.append(entry)
    return kept


def _home(
    chapters: Sequence[tuple[str, Any]],
    info: ReportInfo,
    fmt: str,
    printed: Sequence[DocumentLink] = (),
    agreed: Sequence[DocumentLink] = (),
) -> str:
    lines = ["# Ce rapport {.unnumbered}", ""]
    lines += [_fictif(fmt), ""] if info.fictif else []
    if info.as_of:
        lines += [f"Situation au {info.as_of}.", ""]
    for title, links in (("À imprimer", printed), ("La convention et ses documents", agreed)):
        if links:
            lines += [f"## {title}", "", *(f"- [{_md(link.label)}]({link.href})" for link in links), ""]
    lines += ["## Ce que contient ce rapport", ""]
    for slug, notebook in chapters:
        essential = build_page(notebook, slug, lambda figure: "").essential
        more = f" — {essential}" if essential else ""
        target = f"{slug}.ipynb" if fmt == "html" else f"#{_anchor(slug)}"
        lines.append(f"- [{_md(notebook_title(notebook))}]({target}){_md(more)}")
    if info.missing:
        lines += ["", "## Ce que ce rapport ne dit pas", "", *(f"- {_md(m)}" for m in info.missing)]
    if info.source_lines:
        lines += ["", "## Sources et millésimes {#sources}", "", *_home_sources(chapters, info, fmt)]
    return typeset("\n".join(lines)) + "\n"


def _home_sources(chapters: Sequence[tuple[str, Any]], info: ReportInfo, fmt: str) -> list[str]:
    """How many sources and where they are told; on a page, or when no chapter tells them, one line each."""
    lines: list[str] = []
    for slug, notebook in chapters:
        if any(name.startswith("source-") for name in Site.of([(slug, notebook)]).addresses):
            target = f"{slug}.ipynb" if fmt == "html" else f"#{_anchor(slug)}"
            where = f"[{_md(notebook_title(notebook))}]({target})"
            lines = [f"{vintages_line(info)} Elles sont décrites une à une au chapitre « {where} ».", ""]
            break
    if fmt == "html":
        return [*lines, _fenced(typeset_html(sources_table(info)), "{=html}")]
    rows = [(s.label, s.vintage, s.provenance_text) for s in info.source_lines]
    return lines or _pipe_table(("Source", "Millésime", "Provenance"), rows)


def _pipe_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    cells = [[_md(text) for text in row] for row in (head, *rows)]
    rule = ["-" * width for width in rule_widths(cells)]
    return ["| " + " | ".join(row) + " |" for row in (cells[0], rule, *cells[1:])]


def _anchor(slug: str) -> str:
    """Id of a chapter's title, for links inside one document (pages link to files)."""
    return f"chapitre-{slug}"


def _md(text: str) -> str:
    from ctg_lib.display.output import md

    return md(text)


def _fictif(fmt: str) -> str:
    text = typeset(FICTIF)
    if fmt == "docx":
        return _styled(text, CALLOUT_STYLES["vigilance"])
    return f"::: {{.callout-warning}}\n{text}\n:::"


# --- notebooks -----------------------------------------------------------------------------------


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
class _View:
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


def chapter_numbers(config: Mapping[str, Any]) -> dict[str, str]:
    """Numbers of the chapters as Quarto gives them: 1, 2… then A, B… for appendices."""
    book = config["book"]
    numbers: dict[str, str] = {}
    for key, names in (("chapters", map(str, count(1))), ("appendices", map(chr, count(ord("A"))))):
        for name in chapter_files({"book": {"chapters": book.get(key) or []}}):
            if name != "index.qmd":
                numbers[name.removesuffix(".ipynb")] = next(names)
    return numbers


def _staged(notebook: Any, view: _View, info: ReportInfo) -> Any:
    """The chapter as Quarto should read it in this format: texts as Markdown cells, figures as code cells."""
    from nbformat import from_dict, v4

    cells: list[Any] = []
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "markdown":
            text = unique_notes(cell.source, f"{view.slug}-{number}")
            if not cells and view.fmt != "html":
                text = _anchored(text, _anchor(view.slug))
            cells.append(v4.new_markdown_cell(typeset(text), metadata=from_dict({})))
            if cell.get("attachments"):
                cells[-1]["attachments"] = cell["attachments"]
            if info.fictif and len(cells) == 1:
                cells.append(v4.new_markdown_cell(_fictif(view.fmt)))
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
                cell.source = _sheets(cell.source)
    return v4.new_notebook(cells=cells, metadata=notebook.metadata)


def _leaflet(link: DocumentLink) -> str:
    """Where the chapter can be had as a document of its own."""
    html = f'<p class="downloads">À imprimer : <a href="{escape(link.href)}">{escape(link.label)}</a></p>'
    return _fenced(typeset_html(html), "{=html}")


def _anchored(text: str, anchor: str) -> str:
    """Markdown whose title has an id, unless it says its own attributes."""
    return re.sub(
        r"\A(#[ \t]+[^\n{]*[^\n{ \t])[ \t]*$", rf"\1 {{#{anchor}}}", text, count=1, flags=re.MULTILINE
    )


def _referring(text: str, view: _View) -> str:
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


def _staged_item(item: Item, prefix: str, view: _View) -> list[Any]:
    from nbformat import v4

    if item.kind in ("figure", "image"):
        return _staged_figure(item, view)
    text = _raw_html(item, view) if view.fmt == "html" else ""
    if not text and "text/markdown" in item.data:
        text = linked_markdown(str(item.data["text/markdown"]), item, view.site)
        text = typeset(unique_notes(text, prefix))
        if item.kind == "table":
            text = _staged_table(_row_anchors(text, item), item, view.site)
        elif item.kind == "callout" and view.fmt == "docx":
            text = _word_callout(item) + _source_block(item.meta, view.site)
    if not text:
        plain = str(item.data.get("text/plain", "")).rstrip()
        text = _fenced(plain, "") if plain else ""
    return [v4.new_markdown_cell(text)] if text else []


def _row_anchors(text: str, item: Item) -> str:
    """A Markdown table whose rows have the ids that they have in HTML, for links inside one document."""
    html = str(item.data.get("text/html", ""))
    if not re.search(r'<tr[^>]*\bid="', html):
        return text
    ids = [str(row.get("id") or "") for row in BeautifulSoup(html, "html.parser").select("tbody tr")]
    lines = text.split("\n")
    rule = next((rank for rank, line in enumerate(lines) if re.match(r"^\|[ :|-]+\|\s*$", line)), len(lines))
    rows = [rank for rank, line in enumerate(lines) if rank > rule and line.startswith("| ")]
    if len(rows) != len(ids):
        return text
    for rank, one in zip(rows, ids, strict=True):
        # After the words of the cell: Typst gives a label to what stands before it.
        lines[rank] = re.sub(r"(?<!\\) \|", f"[]{{#{one}}} |", lines[rank], count=1) if one else lines[rank]
    return "\n".join(lines)


def document_site(chapters: Sequence[tuple[str, Any]]) -> Site:
    """What one document of these chapters can link to: Typst stops on a link that leads nowhere."""
    shown = [
        _row_anchors(str(item.data.get("text/markdown", "")), item)
        for _, notebook in chapters
        for cell in notebook.cells
        for item in cell_items(cell)
    ]
    anchors = dict.fromkeys(name for text in shown for name in _WRITTEN_ANCHOR.findall(text))
    return Site(frozenset(slug for slug, _ in chapters), {name: f"#{name}" for name in anchors})


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
    return f"{_styled(f'**{_md(caption)}**', 'Table Caption')}\n{rows}\n\n{_source_block(item.meta, site)}"


def reruled(text: str) -> str:
    """A Markdown table of two or three columns, whose column of sentences has the room it needs on paper.

    On a page a column grows with its text; on paper pandoc gives each the share that its rule says.
    """
    lines = text.split("\n")
    rank = next((n for n, line in enumerate(lines) if re.match(r"^\|[ :|-]+\|\s*$", line)), None)
    if not rank:
        return text
    body = [line for line in lines[rank - 1 :] if line.startswith("|")]
    cells = [_CELL_EDGE.split(line.strip()[1:-1]) for line in body]
    count = len(cells[0])
    if not 2 <= count <= 3 or any(len(row) != count for row in cells):
        return text
    said = [[cell.strip() for cell in row] for row in (cells[0], *cells[2:])]
    widths = rule_widths(said, _WIDEST_ON_PAPER)
    marks = [rule.strip() for rule in cells[1]]
    rules = [_rule(mark, width) for mark, width in zip(marks, widths, strict=True)]
    lines[rank] = f"|{'|'.join(rules)}|"
    return "\n".join(lines)


def _rule(mark: str, width: int) -> str:
    left, right = ":" * mark.startswith(":"), ":" * mark.endswith(":")
    return left + "-" * width + right


def _sheets(text: str) -> str:
    """Markdown whose sections each begin a page, in the PDF and in Word."""
    return re.sub(r"^(?=##[ \t])", f"{_NEW_PAGE}\n\n", text, flags=re.MULTILINE)


def _styled(text: str, style: str) -> str:
    """Markdown under a paragraph style in Word; in the PDF, a block kept with what follows."""
    return f'::: {{custom-style="{style}" typst:sticky="true"}}\n\n{text}\n\n:::\n'


def _word_callout(item: Item) -> str:
    """A callout as paragraphs with a style of their own: Quarto's breaks the rules of Word's format."""
    style = CALLOUT_STYLES.get(str(item.meta.get("callout")), CALLOUT_STYLES["note"])
    title = f"**{_md(item.meta.get('title', ''))}**"
    loose = _LIST_ITEM.sub(
        r"\n\n\1", str(item.meta.get("text", ""))
    )  # pandoc styles the items of tight lists
    return f"{_styled(title, f'{style} Titre')}\n{_styled(loose, style)}"


def _page_source(item: Item, view: _View) -> str:
    """Source, definitions and notes of a figure in a page, as on the pages made without Quarto."""
    links = view.site.links(item.meta.get("origin"))
    source = source_line(str(item.meta.get("source", "")))
    said = (links.line(source) if links else escape(source)) if source else ""
    lines = [f'<p class="ctg-source">{said}</p>' if said else "", links.defined() if links else ""]
    lines += [f'<p class="ctg-notes">{escape(note)}</p>' for note in item.meta.get("notes") or ()]
    html = hold_ranges(typeset_html("".join(lines)))
    return _fenced(html, "{=html}") if html else ""


def _source_block(meta: Mapping[str, Any], site: Site | None = None) -> str:
    """Source, definitions and notes under a figure or a table: small, in Word and in the PDF."""
    links: Links | None = (site or Site()).links(meta.get("origin"))
    source = _md(source_line(str(meta.get("source", ""))))
    if links is not None:
        source = "\n\n".join([links.markdown(source), links.defined_markdown()])
    shown = "\n\n".join(line for line in (source, *map(_md, meta.get("notes") or ())) if line)
    attributes = '.ctg-source custom-style="Source" typst:text:size="8pt" typst:text:fill="rgb(74, 81, 88)"'
    return f"::: {{{attributes}}}\n\n{shown}\n\n:::\n" if shown else ""


def _raw_html(item: Item, view: _View) -> str:
    """HTML that Quarto passes on untouched; prose stays Markdown, so that its headings enter the contents."""
    html = str(item.data.get("text/html", ""))
    if item.kind in ("prose", "markdown") or not html:
        return ""
    html = hold_ranges(linked(html, item, view.site))
    path = f"data/{view.slug}-{item.id or 'tableau'}.csv"
    if item.kind == "table" and path in view.downloads:
        html += _download(path, "Données du tableau (CSV)", str(item.meta.get("caption", "")))
    return _fenced(html, "{=html}")


def _download(path: str, words: str, what: str) -> str:
    return f'<p class="downloads">{_download_link(path, words, what)}</p>'


def _download_link(path: str, words: str, what: str) -> str:
    more = f'<span class="visually-hidden"> : {escape(what)}</span>'
    return f'<a href="{path}" download>{words}{more}</a>'


def _fenced(text: str, info: str) -> str:
    """A fenced block longer than any fence inside it."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{info}\n{text}\n{fence}"


def _staged_figure(item: Item, view: _View) -> list[Any]:
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
        more = [_source_block(item.meta, view.site) if own else ""]
    return [cell, *(v4.new_markdown_cell(text) for text in more if text)]


def _figure_cell(item: Item, data: dict[str, Any], alt: str, view: _View) -> Any:
    """A code cell with one image: Quarto numbers it and gives it its caption and its alternative."""
    from nbformat import from_dict, v4

    metadata = from_dict({m: v for m, v in item.output.items() if m in data})
    output = v4.new_output("display_data", data=data, metadata=metadata)
    own = item.kind == "figure"
    options = {"label": view.label(item.id), "fig-cap": _caption(item.meta)} if own else {}
    options = from_dict({**options, "fig-alt": alt})
    cell = v4.new_code_cell("#| echo: false", outputs=[output], metadata=options)
    cell.execution_count = 1
    return cell


def _word_figure(item: Item, alt: str, view: _View) -> Any:
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
        caption = _styled(f"Figure\u00a0{number}\u00a0: {_caption(item.meta)}", "Image Caption")
    # The no-break space keeps pandoc from making a captioned figure of a lone image.
    return v4.new_markdown_cell(f"{caption}\n![{_md(alt)}]({path}){size}\\ \n")


def _caption(meta: Mapping[str, Any]) -> str:
    """Title and subtitle as Quarto reads them: Markdown, where an « @ » would be a citation."""
    title, subtitle = str(meta.get("title", "")), str(meta.get("subtitle", ""))
    return f"**{_md(title)}**" + (f" — {_md(subtitle)}" if subtitle else "")


def _areas(item: Item, view: _View) -> str:
    """The areas of a map, which the page's mend lays over the image; hidden until then."""
    layer = map_layer(str(item.data.get("image/svg+xml", "")), item.meta.get("regions") or ())
    if not layer:
        return ""
    return _fenced(
        f'<div class="{AREAS}" data-figure="{escape(view.label(item.id))}" hidden>{layer}</div>', "{=html}"
    )


def _details(item: Item, view: _View) -> str:
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
    return _fenced(
        '<details class="ctg-data"><summary>Description et données'
        f'<span class="visually-hidden"> : {title}</span></summary>{words}{scroll if table else ""}'
        f"{downloads}</details>",
        "{=html}",
    )


def unique_notes(text: str, prefix: str) -> str:
    """Markdown whose notes carry ``prefix``: the same ``[^1]`` in two texts breaks Word and Typst."""
    return _NOTE.sub(lambda m: f"[^{prefix}-{m[1]}]", text)


# --- running Quarto ------------------------------------------------------------------------------


def _run_quarto(stage: Path, to: str, timeout: float) -> None:
    """Run Quarto in a project, and stop it with all that it started when it takes too long.

    The program is called by its whole path (on Windows a bare « quarto » is not found when it is a
    ``.cmd``), and writes to a file: a child that outlives it would hold a pipe open.
    """
    command = [shutil.which("quarto") or "quarto", "render", ".", "--to", to]
    group: dict[str, Any] = {} if sys.platform == "win32" else {"start_new_session": True}
    with tempfile.TemporaryFile() as log:
        try:
            process = subprocess.Popen(
                command, cwd=stage, env=_environment(os.environ), stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, **group,
            )  # fmt: skip
        except OSError as error:
            raise AssemblyError(f"Quarto n’a pas pu être lancé ({error}).") from error
        try:
            code = process.wait(timeout)
        except BaseException as error:
            _stop(process)
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            raise AssemblyError(f"Quarto n’a pas fini en {timeout:g} secondes (format {to}).") from error
        log.seek(0)
        said = log.read().decode("utf-8", errors="replace")
    if code != 0:
        raise AssemblyError(f"Quarto a échoué (format {to}) :\n{last_lines(said, stage)}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a process and its children: Quarto's command is a small script around the program that works."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _environment(base: Mapping[str, str]) -> dict[str, str]:
    """No date, locale or time zone of the machine reaches the documents."""
    return {**base, "TZ": "UTC", "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": "315532800"}  # 1980-01-01


def last_lines(log: str, stage: Path, number: int = _LAST_LINES) -> str:
    """The end of Quarto's log, without colours and with paths as in the project."""
    lines = [line.rstrip() for line in _ANSI.sub("", log).replace(str(stage), ".").splitlines()]
    return "\n".join([line for line in lines if line][-number:])


def _collect(book: Path, out_folder: Path, name: str, documents: Sequence[Path] = ()) -> Path:
    """Put in place what Quarto made; the documents that lie among the pages stay there."""
    if name == "html":
        mend_book(book)
        check_offline(book)
        target = out_folder / "report"
        for path in documents:
            if path.parent == target:
                path.replace(book / path.name)
        shutil.rmtree(target, ignore_errors=True)
        shutil.move(book, target)
        return target
    found = sorted(book.glob(f"*.{name}"))
    if len(found) != 1:
        raise AssemblyError(found_expected(f"Quarto, format {name}", [p.name for p in found], "un fichier"))
    target = out_folder / f"report.{name}"
    if name == "docx":
        target.write_bytes(finish_docx(found[0].read_bytes()))
    else:
        found[0].replace(target)
    return target


def check_offline(folder: Path) -> None:
    """Refuse pages and style sheets that load something from elsewhere (links to follow are fine).

    Raises:
        AssemblyError: names the page and the address.
    """
    for path in sorted(folder.rglob("*.html")):
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for tag_name, attribute in _LOADED:
            for tag in soup.find_all(tag_name):
                address = str(tag.get(attribute) or "")
                follows = tag_name == "link" and {"canonical", "next", "prev", "license"} & set(
                    tag.get("rel") or []
                )
                if re.match(r"(?:https?:)?//", address) and not follows:
                    raise AssemblyError(f"{path.name} charge une ressource distante : {address}")
    for path in sorted(folder.rglob("*.css")):
        if found := _CSS_REMOTE.search(path.read_text(encoding="utf-8", errors="replace")):
            raise AssemblyError(f"{path.name} charge une ressource distante : {found.group()}")
