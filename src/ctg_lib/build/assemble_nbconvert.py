"""The report as a small web site, made by nbconvert with our own template: no Quarto, no network.

One page per chapter and a home page; images and data as files beside them; readable from a folder on a USB
stick. One script of our own (``report.js``) adds search, sortable tables, a choice of light or dark and the
values of maps; without it a page lacks nothing. nbconvert's own HTML exporter is not used: it gives images
without description a made-up English one, makes every output a tab stop, and calls public networks.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup
from nbconvert.exporters.templateexporter import TemplateExporter

from ctg_lib.build import look
from ctg_lib.build.bundles import AssemblyError, Executed, load_executed
from ctg_lib.build.documents import DocumentLink, document_links
from ctg_lib.build.info import ReportInfo, vintages_line
from ctg_lib.build.page import build_page, sources_table
from ctg_lib.build.provenance import Site
from ctg_lib.build.search import index_file
from ctg_lib.display.typography import hold_ranges, typeset_html

TEMPLATES = Path(__file__).parent / "templates"


class PageExporter(TemplateExporter):
    """nbconvert exporter of one page; ``resources`` hold the page's content and the report's texts."""

    output_mimetype = "text/html"
    file_extension = ".html"

    def __init__(self, template: str, **kwargs: Any) -> None:
        # Paths given outright: a template of that name in the user's own folders must not slip in.
        super().__init__(template_paths=[str(TEMPLATES / "ctg")], template_file=template, **kwargs)

    def _create_environment(self) -> Any:
        environment = super()._create_environment()
        environment.autoescape = True
        return environment

    def render_figure(self, figure: dict[str, Any]) -> str:
        """HTML of one figure (see ``figure.html.j2``)."""
        figure |= {name: Markup(figure[name]) for name in ("table", "layer", "source", "defined")}
        return str(self.environment.get_template("figure.html.j2").render(**figure))


def assemble_site(
    executed: Sequence[Executed],
    info: ReportInfo,
    out_folder: Path,
    *,
    documents: Sequence[Path] = (),
    agreed: Sequence[DocumentLink] = (),
) -> list[Path]:
    """Write the report as HTML pages into ``out_folder``.

    Makes ``index.html``, ``<chapter>.html``, ``assets/`` (style sheet, script, search
    index, fonts), ``figures/``
    (``<chapter>-<id>.svg`` and ``.png``) and ``data/`` (``<chapter>-<id>.csv``). Same inputs, same bytes.

    Args:
        executed: executed and normalised chapters, in the report's order.
        info: texts beside the chapters.
        out_folder: emptied of nothing: give a new folder (:func:`ctg_lib.build.swap.staged`).
        documents: PDF and Word files already made, in the folder or above it: the home page links to them.
        agreed: links to the documents of the convention, for the home page.

    Returns:
        The files written, sorted.

    Raises:
        AssemblyError: no chapter, a chapter that failed or shows nothing, an id used twice, an image
            without text alternative, a script, or something loaded from elsewhere.
    """
    if not executed:
        raise AssemblyError("Aucun chapitre à assembler.")
    exporter = _exporter("chapter.html.j2")
    chapters = [load_executed(one) for one in executed]
    draw = exporter.render_figure
    site = Site.of(chapters)
    pages = [build_page(notebook, slug, draw, fictif=info.fictif, site=site) for slug, notebook in chapters]
    printed = document_links(documents, out_folder)
    common = {
        "info": info, "chapters": pages, "vintages": vintages_line(info), "documents": printed,
        "agreed": agreed, "sources_table": Markup(sources_table(info)),
    }  # fmt: skip
    files = asset_files() | {"assets/search-index.js": index_file(pages)}
    for rank, page in enumerate(pages):
        near = {
            "page": page,
            "leaflets": [link for link in printed if link.chapter == page.slug],
            "previous": pages[rank - 1] if rank else None,
            "next": pages[rank + 1] if rank + 1 < len(pages) else None,
        }
        files[f"{page.slug}.html"] = render("chapter.html.j2", common | near)
        files |= page.files
    files["index.html"] = render("index.html.j2", common)
    return _write(files, out_folder)


@cache
def _exporter(template: str) -> PageExporter:
    """The exporter of a template: compiled once, for all the reports of a process."""
    return PageExporter(template)


def render(template: str, resources: dict[str, Any]) -> bytes:
    """One page, with its typography and its line ends.

    A chapter's notebook was checked when it was read, and its content is in ``resources``: it goes through
    none of nbconvert's preprocessors, which copy and validate it again for every page.

    Args:
        template: among those of the site.
        resources: what it reads.
    """
    html = str(_exporter(template).template.render(resources=resources)).lstrip("\r\n")
    # The template engine writes apostrophes as entities, which typography leaves alone; attributes are in
    # double quotes everywhere, so that plain ones are safe.
    html = hold_ranges(typeset_html(html.replace("&#39;", "'")))
    lines = (line.rstrip(" \t") for line in html.splitlines())
    return ("\n".join(lines).strip("\n") + "\n").encode("utf-8")


@cache
def _assets() -> dict[str, bytes]:
    """What every site has: read once, for all the reports of a process."""
    fonts = {f"assets/fonts/{name}": content for name, content in look.font_files().items()}
    own = {"assets/report.css": look.site_css(), "assets/report.js": look.site_script()}
    return {name: text.encode("utf-8") for name, text in own.items()} | fonts


def asset_files() -> dict[str, bytes]:
    """The style sheet, the script, and the fonts with their licence, by path in the site."""
    return dict(_assets())


def _write(files: dict[str, bytes], out_folder: Path) -> list[Path]:
    written = []
    for name in sorted(files):
        path = out_folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(files[name])
        written.append(path)
    return written
