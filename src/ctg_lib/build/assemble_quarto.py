"""The report as a Quarto book (HTML, Word, PDF by Typst) from the executed chapters.

Quarto runs nothing and meets only what it needs: each format is rendered in a small project of its own,
beside the outputs (its start time grows with the folder tree, and renders of one project overwrite each
other's figures). A notebook is staged as one Markdown cell per text and one code cell per figure; Quarto
reads captions and text alternatives in cell metadata.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import yaml
from bs4 import BeautifulSoup

from ctg_lib.build import look
from ctg_lib.build.bundles import AssemblyError, load_executed
from ctg_lib.build.chapters import CONFIG, chapter_files, notebook_title, read_config
from ctg_lib.build.documents import DocumentLink, document_links
from ctg_lib.build.info import ReportInfo, mention, running, vintages_line
from ctg_lib.build.normalise import to_bytes
from ctg_lib.build.page import Page, build_page, sources_table
from ctg_lib.build.provenance import Site
from ctg_lib.build.quarto_cells import View, staged, unique_labels
from ctg_lib.build.quarto_command import quarto_available, quarto_problem, run_quarto
from ctg_lib.build.quarto_markdown import chapter_anchor, document_site, fenced, fictif_block, pipe_table
from ctg_lib.build.quarto_mend import mend_book
from ctg_lib.build.run import ChapterResult
from ctg_lib.build.word import reference_docx
from ctg_lib.build.word_finish import finish_docx, own_reference
from ctg_lib.display.output import md
from ctg_lib.display.typography import typeset, typeset_html
from ctg_lib.errors import BadInput, found_expected

FORMATS: dict[str, str] = {"html": "html", "pdf": "typst", "docx": "docx"}
"""Formats of the command line, and Quarto's name for each."""
SCRIPT = "theme/report.js"
"""The script of the pages, in the project: filter and sort long tables, values of maps."""
_LOADED = (("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src"))
_CSS_REMOTE = re.compile(r"(?:url\(\s*|@import\s+(?:url\(\s*)?)[\"']?(?:https?:)?//[^\"')\s]+", re.IGNORECASE)

__all__ = ["FORMATS", "check_offline", "quarto_available", "quarto_problem", "render_quarto", "stage_quarto"]


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
    say: Callable[[str], None] = lambda _: None,
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
        say: called with a French line before each format.

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
        say(f"Quarto : {name}")
        stage = out_folder / f".quarto-{name}"
        try:
            printed = document_links(documents, out_folder / "report")
            stage_quarto(executed, info, stage, notebooks=notebooks, fmt=name, printed=printed, agreed=agreed)
            if keep is not None:
                shutil.rmtree(keep / name, ignore_errors=True)
                shutil.copytree(stage, keep / name)
            run_quarto(stage, FORMATS[name], timeout)
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
        view = View(slug, fmt, labels[slug], numbers.get(slug, ""), figures=files, site=site)
        if fmt == "html":
            view.leaflets = [link for link in printed if link.chapter == slug]
            view.downloads = _downloads(notebook, slug, info)
            files |= view.downloads
        files[f"{slug}.ipynb"] = to_bytes(staged(notebook, view, info))
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


def chapter_numbers(config: Mapping[str, Any]) -> dict[str, str]:
    """Numbers of the chapters as Quarto gives them: 1, 2… then A, B… for appendices."""
    book = config["book"]
    numbers: dict[str, str] = {}
    for key, names in (("chapters", map(str, count(1))), ("appendices", map(chr, count(ord("A"))))):
        for name in chapter_files({"book": {"chapters": book.get(key) or []}}):
            if name != "index.qmd":
                numbers[name.removesuffix(".ipynb")] = next(names)
    return numbers


def _home(
    chapters: Sequence[tuple[str, Any]],
    info: ReportInfo,
    fmt: str,
    printed: Sequence[DocumentLink] = (),
    agreed: Sequence[DocumentLink] = (),
) -> str:
    lines = ["# Ce rapport {.unnumbered}", ""]
    lines += [fictif_block(fmt), ""] if info.fictif else []
    if info.as_of:
        lines += [f"Situation au {info.as_of}.", ""]
    for title, links in (("À imprimer", printed), ("La convention et ses documents", agreed)):
        if links:
            lines += [f"## {title}", "", *(f"- [{md(link.label)}]({link.href})" for link in links), ""]
    lines += ["## Ce que contient ce rapport", ""]
    for slug, notebook in chapters:
        essential = build_page(notebook, slug, lambda figure: "").essential
        more = f" — {essential}" if essential else ""
        target = f"{slug}.ipynb" if fmt == "html" else f"#{chapter_anchor(slug)}"
        lines.append(f"- [{md(notebook_title(notebook))}]({target}){md(more)}")
    if info.missing:
        lines += ["", "## Ce que ce rapport ne dit pas", "", *(f"- {md(m)}" for m in info.missing)]
    if info.source_lines:
        lines += ["", "## Sources et millésimes {#sources}", "", *_home_sources(chapters, info, fmt)]
    return typeset("\n".join(lines)) + "\n"


def _home_sources(chapters: Sequence[tuple[str, Any]], info: ReportInfo, fmt: str) -> list[str]:
    """How many sources and where they are told; on a page, or when no chapter tells them, one line each."""
    lines: list[str] = []
    for slug, notebook in chapters:
        if any(name.startswith("source-") for name in Site.of([(slug, notebook)]).addresses):
            target = f"{slug}.ipynb" if fmt == "html" else f"#{chapter_anchor(slug)}"
            where = f"[{md(notebook_title(notebook))}]({target})"
            lines = [f"{vintages_line(info)} Elles sont décrites une à une au chapitre « {where} ».", ""]
            break
    if fmt == "html":
        return [*lines, fenced(typeset_html(sources_table(info)), "{=html}")]
    rows = [(s.label, s.vintage, s.provenance_text) for s in info.source_lines]
    return lines or pipe_table(("Source", "Millésime", "Provenance"), rows)


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
