"""The report as a Quarto book (HTML, Word, PDF by Typst) from the executed chapters.

Quarto runs nothing and meets only what it needs: each format is rendered in a small project of its own,
beside the outputs (its start time grows with the folder tree, and renders of one project overwrite each
other's figures). A notebook is staged as one Markdown cell per text and one code cell per figure; Quarto
reads captions and text alternatives in cell metadata.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from bs4 import BeautifulSoup

from ctg_lib.build import look
from ctg_lib.build.bundles import AssemblyError, Item, cell_items, load_executed
from ctg_lib.build.chapters import CONFIG, notebook_title, read_config
from ctg_lib.build.info import ReportInfo
from ctg_lib.build.normalise import quarto_options, to_bytes
from ctg_lib.build.page import build_page, data_table, escape
from ctg_lib.build.run import ChapterResult
from ctg_lib.display.typography import typeset
from ctg_lib.errors import BadInput, found_expected

FORMATS: dict[str, str] = {"html": "html", "pdf": "typst", "docx": "docx"}
"""Formats of the command line, and Quarto's name for each."""
MINIMUM = (1, 5)
FICTIF = "**Fictif** — les données de cette étude sont inventées pour la démonstration : ne pas les citer."
_NOTE = re.compile(r"\[\^([^\]\s]+)\]")
_LAST_LINES = 15
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_LOADED = (("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src"))
_CSS_REMOTE = re.compile(r"(?:url\(\s*|@import\s+(?:url\(\s*)?)[\"']?(?:https?:)?//[^\"')\s]+", re.IGNORECASE)


def quarto_available() -> bool:
    """Whether a Quarto that can make the report is installed."""
    return quarto_problem() == ""


def quarto_problem() -> str:
    """Why Quarto cannot be used, in words; empty when it can."""
    program = shutil.which("quarto")
    wanted = ".".join(map(str, MINIMUM))
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
    if not found or (int(found[1]), int(found[2])) < MINIMUM:
        return f"Quarto {answer.stdout.strip() or '?'} est trop ancien : version {wanted} ou plus attendue."
    return ""


def render_quarto(
    executed: Sequence[ChapterResult | Path],
    info: ReportInfo,
    out_folder: Path,
    *,
    notebooks: Path,
    formats: Sequence[str] = ("html",),
    timeout: float = 900,
) -> list[Path]:
    """Render the report with Quarto into ``out_folder``: ``report/``, ``report.docx``, ``report.pdf``.

    Args:
        executed: executed and normalised chapters.
        info: texts beside the chapters.
        out_folder: the study's new outputs folder.
        notebooks: folder of ``_quarto.yml`` and ``theme/``.
        formats: among :data:`FORMATS`.
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
    if problem := quarto_problem():
        raise AssemblyError(problem)
    made = []
    for name in formats:
        stage = out_folder / f".quarto-{name}"
        try:
            stage_quarto(executed, info, stage, notebooks=notebooks, fmt=name)
            _run_quarto(stage, FORMATS[name], timeout)
            made.append(_collect(stage / "_book", out_folder, name))
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
) -> Path:
    """Write the Quarto project of one study and one format into ``folder`` (emptied first).

    Raises:
        AssemblyError: no chapter, or one that failed, shows nothing or uses an id twice.
    """
    if not executed:
        raise AssemblyError("Aucun chapitre à assembler.")
    chapters = [load_executed(one) for one in executed]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    files = {f"{slug}.ipynb": to_bytes(_staged(nb, slug, info, fmt)) for slug, nb in chapters}
    config = _config(read_config(notebooks), {name.removesuffix(".ipynb") for name in files}, info)
    files[CONFIG] = yaml.safe_dump(config, allow_unicode=True, sort_keys=False).encode("utf-8")
    files["index.qmd"] = _home(chapters, info).encode("utf-8")
    files["theme/report.css"] = look.quarto_css().encode("utf-8")
    fonts = look.font_files("ttf" if fmt == "pdf" else "woff2")
    files |= {f"theme/fonts/{name}": content for name, content in fonts.items()}
    for path in sorted((notebooks / "theme").glob("*.scss")):
        files[f"theme/{path.name}"] = path.read_bytes()
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


# --- configuration and home page -----------------------------------------------------------------


def _config(config: dict[str, Any], slugs: set[str], info: ReportInfo) -> dict[str, Any]:
    """``_quarto.yml`` with this study's texts and only the chapters at hand."""
    config = dict(config)
    book = dict(config.get("book") or {})
    for key in ("chapters", "appendices"):
        if key in book:
            book[key] = _present(book[key] or [], slugs)
    if not book.get("appendices", True):
        del book["appendices"]
    if "index.qmd" not in book.get("chapters", []):
        book["chapters"] = ["index.qmd", *book.get("chapters", [])]
    book |= {"title": typeset(f"{info.title} — {info.territory_name}"), "author": info.signature}
    if info.subtitle:
        book["subtitle"] = typeset(info.subtitle)
    book |= {"output-file": "report", "page-footer": _footer(info)}
    project = {"type": "book", "output-dir": "_book", "resources": ["theme/fonts/*"]}
    execute = {**(config.get("execute") or {}), "enabled": False, "echo": False}
    return {**config, "project": project, "lang": "fr", "book": book, "execute": execute}


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


def _footer(info: ReportInfo) -> str:
    parts = [f"Étude {info.study_id}", info.as_of and f"situation au {info.as_of}", info.licence]
    if info.version:
        parts.append(f"ctg-lib {info.version}")
    return typeset(" · ".join(str(p) for p in parts if p))


def _home(chapters: Sequence[tuple[str, Any]], info: ReportInfo) -> str:
    lines = ["# Ce rapport {.unnumbered}", ""]
    lines += [_fictif(), ""] if info.fictif else []
    if info.as_of:
        lines += [f"Situation au {info.as_of}.", ""]
    lines += ["## Ce que contient ce rapport", ""]
    for slug, notebook in chapters:
        essential = build_page(notebook, slug, lambda figure: "").essential
        more = f" — {essential}" if essential else ""
        lines.append(f"- [{_md(notebook_title(notebook))}]({slug}.ipynb){_md(more)}")
    if info.missing:
        lines += ["", "## Ce que ce rapport ne dit pas", "", *(f"- {_md(m)}" for m in info.missing)]
    if info.source_lines:
        lines += ["", "## Sources et millésimes", "", "| Source | Millésime | Provenance |", "|---|---|---|"]
        for source in info.source_lines:
            cells = (source.label, source.vintage, source.provenance_text)
            lines.append("| " + " | ".join(_md(c) for c in cells) + " |")
    return typeset("\n".join(lines)) + "\n"


def _md(text: str) -> str:
    from ctg_lib.display.output import md

    return md(text)


def _fictif() -> str:
    return f"::: {{.callout-warning}}\n{typeset(FICTIF)}\n:::"


# --- notebooks -----------------------------------------------------------------------------------


def _staged(notebook: Any, slug: str, info: ReportInfo, fmt: str) -> Any:
    """The chapter as Quarto should read it in this format: texts as Markdown cells, figures as code cells."""
    from nbformat import from_dict, v4

    cells: list[Any] = []
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "markdown":
            text = unique_notes(cell.source, f"{slug}-{number}")
            cells.append(v4.new_markdown_cell(typeset(text), metadata=from_dict({})))
            if cell.get("attachments"):
                cells[-1]["attachments"] = cell["attachments"]
            if info.fictif and len(cells) == 1:
                cells.append(v4.new_markdown_cell(_fictif()))
        for rank, item in enumerate(cell_items(cell), start=1):
            cells += _staged_item(item, f"{slug}-{number}-{rank}", slug, fmt)
    for position, cell in enumerate(cells, start=1):
        cell["id"] = f"cell-{position:03d}"
    return v4.new_notebook(cells=cells, metadata=notebook.metadata)


def _staged_item(item: Item, prefix: str, slug: str, fmt: str) -> list[Any]:
    from nbformat import v4

    if item.kind in ("figure", "image"):
        return _staged_figure(item, slug, fmt)
    text = _raw_html(item) if fmt == "html" else ""
    if not text and "text/markdown" in item.data:
        text = typeset(unique_notes(str(item.data["text/markdown"]), prefix))
    if not text:
        plain = str(item.data.get("text/plain", "")).rstrip()
        text = _fenced(plain, "") if plain else ""
    return [v4.new_markdown_cell(text)] if text else []


def _raw_html(item: Item) -> str:
    """HTML that Quarto passes on untouched; prose stays Markdown, so that its headings enter the contents."""
    html = str(item.data.get("text/html", ""))
    return "" if item.kind in ("prose", "markdown") or not html else _fenced(html, "{=html}")


def _fenced(text: str, info: str) -> str:
    """A fenced block longer than any fence inside it."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{info}\n{text}\n{fence}"


def _staged_figure(item: Item, slug: str, fmt: str) -> list[Any]:
    """One code cell with the image (PNG alone for Word), and for HTML the description and the data."""
    from nbformat import from_dict, v4

    alt = str(item.meta.get("alt") or (item.output.get("image/png") or {}).get("alt") or "")
    if not alt.strip():
        raise AssemblyError(f"{slug} : l’image {item.id or '?'} n’a pas de texte de remplacement (alt).")
    mimes = ("image/png",) if fmt == "docx" else ("image/svg+xml", "image/png", "image/jpeg")
    data = {m: item.data[m] for m in mimes if m in item.data}
    if not data:
        raise AssemblyError(f"{slug} : la figure {item.id or '?'} n’a pas d’image lisible en {fmt}.")
    metadata = {m: v for m, v in item.output.items() if m in data}
    output = v4.new_output("display_data", data=data, metadata=from_dict({**metadata, "ctg": item.meta}))
    options = quarto_options([output]) if item.kind == "figure" else {}
    if options:
        options["fig-cap"] = _md(options["fig-cap"])  # read as Markdown: an « @ » would be a citation
    del output.metadata["ctg"]
    cell = v4.new_code_cell(
        "#| echo: false", outputs=[output], metadata=from_dict({**options, "fig-alt": alt})
    )
    cell.execution_count = 1
    more = _details(item) if fmt == "html" else ""
    return [cell, v4.new_markdown_cell(more)] if more else [cell]


def _details(item: Item) -> str:
    table, description = data_table(item), str(item.meta.get("description", ""))
    if not table and not description:
        return ""
    title = escape(str(item.meta.get("title", "")))
    words = f"<p>{escape(description)}</p>" if description else ""
    scroll = (
        f'<div class="ctg-table-wrap" role="region" tabindex="0" aria-label="Données : {title}">{table}</div>'
    )
    return _fenced(
        f'<details class="ctg-data"><summary>Description et données</summary>{words}'
        f"{scroll if table else ''}</details>",
        "{=html}",
    )


def unique_notes(text: str, prefix: str) -> str:
    """Markdown whose notes carry ``prefix``: the same ``[^1]`` in two texts breaks Word and Typst."""
    return _NOTE.sub(lambda m: f"[^{prefix}-{m[1]}]", text)


# --- running Quarto ------------------------------------------------------------------------------


def _run_quarto(stage: Path, to: str, timeout: float) -> None:
    command = ["quarto", "render", ".", "--to", to]
    try:
        done = subprocess.run(
            command, cwd=stage, env=_environment(os.environ), timeout=timeout,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace",
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise AssemblyError(f"Quarto n’a pas fini en {timeout:g} secondes (format {to}).") from error
    if done.returncode != 0:
        raise AssemblyError(f"Quarto a échoué (format {to}) :\n{last_lines(done.stdout, stage)}")


def _environment(base: Mapping[str, str]) -> dict[str, str]:
    """No date, locale or time zone of the machine reaches the documents."""
    return {**base, "TZ": "UTC", "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": "315532800"}  # 1980-01-01


def last_lines(log: str, stage: Path, count: int = _LAST_LINES) -> str:
    """The end of Quarto's log, without colours and with paths as in the project."""
    lines = [line.rstrip() for line in _ANSI.sub("", log).replace(str(stage), ".").splitlines()]
    return "\n".join([line for line in lines if line][-count:])


def _collect(book: Path, out_folder: Path, name: str) -> Path:
    if name == "html":
        check_offline(book)
        target = out_folder / "report"
        shutil.rmtree(target, ignore_errors=True)
        shutil.move(book, target)
        return target
    found = sorted(book.glob(f"*.{name}"))
    if len(found) != 1:
        raise AssemblyError(found_expected(f"Quarto, format {name}", [p.name for p in found], "un fichier"))
    target = out_folder / f"report.{name}"
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
