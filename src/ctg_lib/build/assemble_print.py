"""The report as PDF and Word without Quarto, and two leaflets: the synthesis, one page per commune.

From the same executed chapters as the pages: pandoc turns prose into Typst or Word, our own template
(``templates/print/report.typ``) lays the PDF out, ``word.reference_docx`` lends Word its styles.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ctg_lib.build import look
from ctg_lib.build.bundles import AssemblyError, Executed, cell_items, load_executed
from ctg_lib.build.chapters import chapter_files, notebook_title, read_config
from ctg_lib.build.documents import LEAFLETS, SYNTHESIS
from ctg_lib.build.info import ReportInfo, listed, mention, running
from ctg_lib.build.page import build_page
from ctg_lib.build.pandoc import Typesetter, check_programs, run_pandoc
from ctg_lib.build.print_source import styled
from ctg_lib.build.print_text import SHEET, Printed, is_sheet, sheet_cell
from ctg_lib.build.typst_text import call, raw, text
from ctg_lib.build.word import CALLOUT_STYLES, reference_docx
from ctg_lib.build.word_finish import DEPTH, finish_docx, own_reference
from ctg_lib.display.output import md
from ctg_lib.display.theme import COLORS
from ctg_lib.display.typography import number, typeset

TEMPLATE = Path(__file__).parent / "templates" / "print" / "report.typ"
REFERENCE = "theme/reference.docx"
"""A project's own Word document, in the notebooks' folder, whose styles then win."""
MOST_PAGES = 4
"""Pages of the synthesis, at most."""
SIZES: tuple[float, ...] = (10, 9.5, 9, 8.5, 8)
"""Sizes of the synthesis' text, in points: the largest at which the pages are few enough is taken."""
SHEET_SIZES: tuple[float, ...] = (11.5, 11, 10.5, *SIZES)
"""The same of the communes' text: a page that says little is read from further away."""
FICTIF = "**Fictif** — les données de cette étude sont inventées pour la démonstration : ne pas les citer."

Say = Callable[[str], None]
Chapters = list[tuple[str, Any]]


def print_report(
    executed: Sequence[Executed],
    info: ReportInfo,
    out_folder: Path,
    *,
    notebooks: Path,
    formats: Sequence[str],
    say: Say | None = None,
) -> list[Path]:
    """Write ``report.pdf`` and ``report.docx``, those asked for: same inputs, same bytes.

    Args:
        executed: executed and normalised chapters, in the report's order.
        info: texts beside the chapters.
        out_folder: the study's new outputs folder.
        notebooks: folder of ``_quarto.yml``, and of ``theme/reference.docx`` if the project has its own.
        formats: ``pdf``, ``docx``; anything else is left to others.
        say: called with a French line when a PDF is less than it should be.

    Raises:
        AssemblyError: no chapter, or one that failed, shows nothing, has an image without text alternative;
            pandoc or Typst absent or failing.
    """
    papers = [name for name in ("pdf", "docx") if name in formats]
    if executed and not papers:
        return []
    chapters = _loaded(executed)
    numbers = chapter_numbers(notebooks, [slug for slug, _ in chapters])
    made = []
    for name in papers:
        target = out_folder / f"report.{name}"
        with _aside(out_folder, name) as folder:
            if name == "pdf":
                content = _pdf(chapters, info, folder, numbers, say or _silent)
            else:
                content = _docx(chapters, info, folder, numbers, notebooks / REFERENCE)
        target.write_bytes(content)
        made.append(target)
    return made


def print_leaflets(
    executed: Sequence[Executed], info: ReportInfo, out_folder: Path, *, say: Say | None = None
) -> list[Path]:
    """Write ``synthese.pdf`` (four pages at most) and ``communes.pdf`` (one page per commune, nothing else).

    A chapter that the report does not have, or that shows no commune, has no leaflet. Same inputs, same
    bytes. Arguments and errors as for :func:`print_report`.
    """
    made = []
    for slug, notebook in _loaded(executed):
        if slug not in LEAFLETS:
            continue
        with _aside(out_folder, slug) as folder:
            make = _synthesis if slug == SYNTHESIS else _communes
            content = make(slug, notebook, info, folder, say or _silent)
        if content:
            made.append(out_folder / LEAFLETS[slug])
            made[-1].write_bytes(content)
    return made


def leaflets_if_possible(
    executed: Sequence[Executed], info: ReportInfo, out_folder: Path, say: Say
) -> list[Path]:
    """The leaflets, which every report has; said in a line, and none, where a package for them is absent."""
    try:
        check_programs(("pdf",))
    except AssemblyError as error:
        say(f"sans {' ni '.join(LEAFLETS.values())} : {error}")
        return []
    return print_leaflets(executed, info, out_folder, say=say)


def chapter_numbers(notebooks: Path, slugs: Sequence[str]) -> dict[str, str]:
    """Numbers of the chapters at hand as the book gives them: 1, 2… then A, B… for appendices."""
    book = dict(read_config(notebooks).get("book") or {})
    appendices = chapter_files({"book": {"chapters": book.get("appendices") or []}})
    ends = {name.removesuffix(".ipynb") for name in appendices}
    main = [slug for slug in slugs if slug not in ends]
    numbers = {slug: str(rank) for rank, slug in enumerate(main, start=1)}
    return numbers | {s: chr(ord("A") + rank) for rank, s in enumerate(s for s in slugs if s in ends)}


def _loaded(executed: Sequence[Executed]) -> Chapters:
    if not executed:
        raise AssemblyError("Aucun chapitre à assembler.")
    return [load_executed(one) for one in executed]


@contextmanager
def _aside(out_folder: Path, name: str) -> Iterator[Path]:
    """A folder beside the outputs, gone afterwards."""
    folder = out_folder / f".print-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# --- the whole report ----------------------------------------------------------------------------


def _pdf(chapters: Chapters, info: ReportInfo, folder: Path, numbers: dict[str, str], say: Say) -> bytes:
    document = Printed.of(chapters, "typst")
    parts = _all_parts(document, chapters, info, numbers)
    show = call(
        "report.with", title=text(full_title(info)), subtitle=text(typeset(info.subtitle)),
        signature=text(info.author), situation=text(situation(info)), mention=text(mention(info)),
        running=text(running(info)), fictif=_flag(info.fictif),
    )  # fmt: skip
    return _accessible(_typeset(document, parts, show, folder), "report.pdf", say)


def _docx(chapters: Chapters, info: ReportInfo, folder: Path, numbers: dict[str, str], own: Path) -> bytes:
    document = Printed.of(chapters, "docx")
    start = [styled(typeset(FICTIF), CALLOUT_STYLES["vigilance"])] if info.fictif else []
    parts = [*start, *_all_parts(document, chapters, info, numbers)]
    _write(document.files, folder)
    (folder / "reference.docx").write_bytes(
        own_reference(own.read_bytes(), running(info), fictif=info.fictif)
        if own.is_file()
        else reference_docx(running(info), fictif=info.fictif)
    )
    head = {
        "title": full_title(info), "subtitle": typeset(info.subtitle), "author": info.author,
        "date": situation(info), "lang": "fr-FR", "toc-title": "Table des matières",
    }  # fmt: skip
    options = ["--reference-doc", "reference.docx", "--toc", "--toc-depth", str(DEPTH)]
    return finish_docx(run_pandoc(_markdown(document, parts, head), "docx", folder, options))


def _all_parts(
    document: Printed, chapters: Chapters, info: ReportInfo, numbers: Mapping[str, str]
) -> list[str]:
    told = [document.chapter(slug, notebook, numbers.get(slug, "")) for slug, notebook in chapters]
    return [home(document, chapters, info), *told]


def home(document: Printed, chapters: Chapters, info: ReportInfo) -> str:
    """The first pages after the contents: what the report holds, what it does not say, its sources."""
    lines = ["# Ce rapport {#ce-rapport}", "", "## Ce que contient ce rapport", ""]
    for slug, notebook in chapters:
        essential = build_page(notebook, slug, lambda figure: "").essential
        more = f" — {md(essential)}" if essential else ""
        lines.append(f"- [{md(notebook_title(notebook))}](#chapitre-{slug}){more}")
    if info.missing:
        lines += ["", "## Ce que ce rapport ne dit pas", "", *(f"- {md(m)}" for m in info.missing)]
    if info.source_lines and not document.site.addresses:  # else the annex tells them, and more
        rows = [(s.label, s.vintage, s.provenance_text) for s in info.source_lines]
        head = ("Source", "Millésime", "Provenance")
        lines += ["", "## Sources et millésimes", "", document.plain_table(head, rows)]
    if info.licence:
        lines += ["", md(info.licence)]
    return typeset("\n".join(lines)) + "\n"


# --- the leaflets --------------------------------------------------------------------------------


def _synthesis(slug: str, notebook: Any, info: ReportInfo, folder: Path, say: Say) -> bytes:
    document = Printed.of([(slug, notebook)], "typst")
    document.plain = True
    show = call(
        "leaflet.with", title=text(typeset(f"{notebook_title(notebook)} — {info.territory_name}")),
        head=text(typeset(notebook_title(notebook))),
        subtitle=text(listed(info.territory_name, info.title, situation(info))),
        mention=text(more_in_report(info)), running=text(running(info)), fictif=_flag(info.fictif),
    )  # fmt: skip
    parts = [_raised(part) for part in document.body(slug, notebook)]
    typesetter = _typeset(document, parts, show, folder)
    return _fitted(typesetter, SIZES, MOST_PAGES, LEAFLETS[slug], say)


def _communes(slug: str, notebook: Any, info: ReportInfo, folder: Path, say: Say) -> bytes:
    document = Printed.of([(slug, notebook)], "typst")
    document.plain = True
    sheets = list(commune_sheets(document, slug, notebook))
    if not sheets:
        return b""
    show = call(
        "sheets.with", title=text(typeset(f"{notebook_title(notebook)} — {info.territory_name}")),
        running=text(running(info)), fictif=_flag(info.fictif),
    )  # fmt: skip
    typesetter = _typeset(document, sheets, show, folder)
    return _fitted(typesetter, SHEET_SIZES, len(sheets), LEAFLETS[slug], say)


def commune_sheets(document: Printed, slug: str, notebook: Any) -> Iterator[str]:
    """One text per commune: what one cell shows from a title to the next. The other cells are left out."""
    told = [item for cell in notebook.cells for item in cell_items(cell) if item.kind == "prose"]
    reading = "" if not told or is_sheet(told[0]) else _reading(told[0])
    best = sheet_cell(notebook)
    if best is None:
        return
    writer = document.writer(slug)
    sheet: list[str] = []
    for rank, item in enumerate(cell_items(best), start=1):
        if is_sheet(item) and sheet:
            yield "\n\n".join([*sheet, reading])
            sheet = []
        if sheet or is_sheet(item):
            sheet.append(SHEET.sub("# ", writer.item(item, f"{slug}-{rank}")))
    if sheet:
        yield "\n\n".join([*sheet, reading])


def _reading(item: Any) -> str:
    """How to read a sheet, at its foot: what the chapter says before the first one."""
    words = str(item.meta.get("text") or item.data.get("text/markdown", ""))
    return raw("#" + call("reading", text(re.sub(r"[*_`]", "", words))))


def _raised(part: str) -> str:
    """Headings one level up: the leaflet's own title is not a heading."""
    return re.sub(r"^#(#+[ \t])", r"\1", part, flags=re.MULTILINE)


def _fitted(typesetter: Typesetter, sizes: Sequence[float], most: int, name: str, say: Say) -> bytes:
    """The PDF at the largest size at which it is short enough; at the smallest when none is."""
    size = next((s for s in sizes if typesetter.pages(size=f"{s:g}") <= most), None)
    if size is None:
        size = sizes[-1]
        points = number(size, int(size % 1 > 0))
        say(f"{name} : le texte ne tient pas dans les pages prévues, même à {points} points")
    return _accessible(typesetter, name, say, size=f"{size:g}")


# --- both ----------------------------------------------------------------------------------------


def _typeset(document: Printed, parts: Sequence[str], show: str, folder: Path) -> Typesetter:
    """The Typst document of these parts, in its folder."""
    _write(document.files, folder)
    body = run_pandoc(_markdown(document, parts, {}), "typst", folder).decode("utf-8")
    colors = "".join(f'#let tone-{name} = rgb("{value}")\n' for name, value in COLORS.items())
    known = ", ".join(f"{text(one)}: true" for one in sorted(document.written)) or ":"
    template = TEMPLATE.read_text(encoding="utf-8")
    source = f"{colors}#let anchors = ({known})\n{template}\n#show: {show}\n\n{body}"
    (folder / "main.typ").write_text(source, encoding="utf-8", newline="\n")
    _write({f"fonts/{name}": content for name, content in look.font_files("ttf").items()}, folder)
    return Typesetter(folder)


def _accessible(typesetter: Typesetter, name: str, say: Say, **settings: str) -> bytes:
    content, accessible = typesetter.pdf(**settings)
    if not accessible:
        say(f"{name} : fait, mais hors de la norme PDF/UA-1 (voir les titres et les images des commentaires)")
    return content


def _markdown(document: Printed, parts: Sequence[str], head: dict[str, str]) -> str:
    """The whole document for pandoc, its head in YAML: texts, and the ids that raw blocks bring."""
    import yaml

    texts = "\n\n".join(parts)
    anchors = sorted(set(document.written) if document.fmt == "typst" else ())
    front = yaml.safe_dump({**{k: v for k, v in head.items() if v}, "anchors": anchors}, allow_unicode=True)
    return f"---\n{front}---\n\n{texts}\n"


def _write(files: dict[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def full_title(info: ReportInfo) -> str:
    """« Diagnostic de territoire — Larzac et Vallées »."""
    return str(typeset(f"{info.title} — {info.territory_name}"))


def situation(info: ReportInfo) -> str:
    """« Situation au 1er novembre 2026 »; empty without date."""
    return str(typeset(f"Situation au {info.as_of}")) if info.as_of else ""


def more_in_report(info: ReportInfo) -> str:
    """Where the reader of the synthesis finds the rest."""
    said = (
        "Les définitions et les fichiers d’où viennent les chiffres (éditeur, millésime, empreinte) sont "
        f"dans le rapport entier de l’étude {info.study_id}, pages ou PDF, aux chapitres « Dictionnaire des "
        "indicateurs » et « Sources, méthodes et limites »."
    )
    return str(typeset(f"{said} {info.licence}"))


def _silent(_: str) -> None:
    pass


def _flag(value: bool) -> str:
    return "true" if value else "false"
