"""From an executed notebook to the content of one accessible page.

What a page needs is enforced here rather than hoped for: one ``h1`` (in the template) and headings
without a gap, an id on each, a text alternative on every image, header cells with a scope, wide tables in
a region that a keyboard can scroll, nothing loaded from elsewhere, no script but the report's own, which the
template adds and no output brings (WCAG 2.2 AA, RGAA 4.1).
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bs4 import BeautifulSoup, Tag
from bs4.dammit import EntitySubstitution
from bs4.formatter import HTMLFormatter

from ctg_lib.build import markdown
from ctg_lib.build.bundles import AssemblyError, Item, cell_items, csv_bytes
from ctg_lib.build.chapters import notebook_title
from ctg_lib.build.info import ReportInfo
from ctg_lib.build.layer import map_layer
from ctg_lib.build.provenance import Site, linked
from ctg_lib.build.search import Part, page_parts
from ctg_lib.display.typography import NBSP

FORBIDDEN = ("script", "iframe", "object", "embed", "applet", "base", "link", "meta", "form")
_LOADERS = ("src", "srcset", "poster", "data", "background")
_REMOTE = re.compile(r"(?:^|[\s,(\"'])(?:https?:)?//", re.IGNORECASE)
_CSS_REMOTE = re.compile(r"(?:url\(\s*|@import\s+)[\"']?(?:https?:)?//", re.IGNORECASE)
_CHAPTER_LINK = re.compile(r"^(?:\./)?([a-z0-9-]+)\.ipynb(#.*)?$")
_PAGE_LINK = re.compile(r"^([a-z0-9-]+)\.html(?:#.*)?$")
_SENTENCE = re.compile(r".+?[.!?…](?=\s|$)", re.DOTALL)
YEAR_COLUMNS = ("period", "year", "annee", "geography_year")
_WIDE = 3  # columns from which a table may need to scroll on a phone
_LONG = 200  # characters from which a cell of two columns is read better under the other than beside it
FORMATTER = HTMLFormatter(
    entity_substitution=EntitySubstitution.substitute_xml,
    void_element_close_prefix="",
    empty_attributes_are_booleans=True,
)


@dataclass
class Page:
    """The content of one chapter's page.

    Attributes:
        slug, title: of the chapter.
        html: what goes into ``<main>`` under the title.
        toc: (id, text) of the level-2 headings.
        essential: first sentence of « L’essentiel », empty when the chapter has none.
        parts: what the search of the site looks in (:mod:`ctg_lib.build.search`).
        files: content of the files it needs, by path in the site.
        fictif: the study is made up: its files of data say so.
    """

    slug: str
    title: str
    html: str = ""
    toc: list[tuple[str, str]] = field(default_factory=list)
    essential: str = ""
    parts: list[Part] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    fictif: bool = False


RenderFigure = Callable[[dict[str, Any]], str]


def build_page(
    notebook: Any,
    slug: str,
    render_figure: RenderFigure,
    *,
    fictif: bool = False,
    site: Site | None = None,
) -> Page:
    """The page of an executed notebook.

    Args:
        notebook: executed, checked (:func:`ctg_lib.build.bundles.check_executed`).
        slug: the chapter's.
        render_figure: template of a figure; called with its texts, file names and data table.
        fictif: the study is made up.
        site: what its source lines can link to; without it they are plain text.

    Raises:
        AssemblyError: an image without text alternative, a script, or something loaded from elsewhere.
    """
    page = Page(slug, notebook_title(notebook), fictif=fictif)
    parts: list[str] = []
    first = True
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "markdown":
            source = markdown.without_title(cell.source) if first else cell.source
            first = False
            parts.append(markdown.render(source, f"n{number}", cell.get("attachments")))
        for rank, item in enumerate(cell_items(cell), start=1):
            parts.append(_item_html(page, item, f"n{number}-{rank}", render_figure, site or Site()))
    soup = BeautifulSoup("\n".join(p for p in parts if p.strip()), "html.parser")
    finish(soup, page)
    if site is not None:
        _only_present(soup, site.slugs)
    page.html = soup.decode(formatter=FORMATTER)
    return page


def _item_html(page: Page, item: Item, prefix: str, render_figure: RenderFigure, site: Site) -> str:
    if item.kind in ("figure", "image"):
        return _figure(page, item, prefix, render_figure, site)
    html = linked(_plain_html(item, prefix), item, site)
    return html + _table_data(page, item) if item.kind == "table" else html


def _plain_html(item: Item, prefix: str) -> str:
    data = item.data
    if item.kind == "table":
        return str(data.get("text/html") or markdown.render(data["text/markdown"], prefix))
    if item.kind in ("prose", "markdown"):
        return markdown.render(str(data.get("text/markdown", "")), prefix)
    if "text/html" in data:
        return str(data["text/html"])
    if "text/markdown" in data:
        return markdown.render(str(data["text/markdown"]), prefix)
    return f"<pre>{escape(str(data.get('text/plain', '')).rstrip())}</pre>"


def escape(text: str) -> str:
    """Text made safe in HTML."""
    from html import escape as html_escape

    return html_escape(text, quote=True)


def _figure(page: Page, item: Item, prefix: str, render_figure: RenderFigure, site: Site) -> str:
    """A figure with its image as a file, and the PNG and the data as downloads."""
    name = item.id or f"image-{prefix}"
    alt = str(item.meta.get("alt") or _output_alt(item)).strip()
    if not alt:
        raise AssemblyError(f"{page.slug} : l’image {name} n’a pas de texte de remplacement (alt).")
    files = _image_files(page, item, name)
    csv = csv_bytes(item.meta.get("data"), fictif=page.fictif)
    if csv:
        files["csv"] = f"data/{page.slug}-{name}.csv"
        page.files[files["csv"]] = csv
    size = item.output.get("image/png") or item.output.get("image/svg+xml") or {}
    links = site.links(item.meta.get("origin"))
    source = _source_line(str(item.meta.get("source", "")))
    return render_figure(
        {
            **{key: item.meta.get(key, "") for key in ("title", "subtitle", "description")},
            "source": links.line(source) if links else escape(source),
            "defined": links.defined() if links else "",
            "notes": item.meta.get("notes") or [],
            "id": name,
            "alt": alt,
            "width": item.meta.get("width") or size.get("width"),
            "height": item.meta.get("height") or size.get("height"),
            "table": data_table(item),
            "layer": map_layer(str(item.data.get("image/svg+xml", "")), item.meta.get("regions") or ()),
            "files": files,
        }
    )


def _source_line(source: str) -> str:
    from ctg_lib.display.figure import source_line

    return source_line(source)


def _output_alt(item: Item) -> str:
    for mime in ("image/png", "image/svg+xml", "image/jpeg"):
        alt = (item.output.get(mime) or {}).get("alt")
        if alt:
            return str(alt)
    return ""


def _image_files(page: Page, item: Item, name: str) -> dict[str, str]:
    """Store the image's forms; ``shown`` is the one in the page, ``png`` the one to download."""
    files: dict[str, str] = {}
    for mime, suffix in (("image/png", "png"), ("image/jpeg", "jpg"), ("image/svg+xml", "svg")):
        if mime in item.data:
            content = str(item.data[mime])
            path = f"figures/{page.slug}-{name}.{suffix}"
            page.files[path] = content.encode("utf-8") if suffix == "svg" else base64.b64decode(content)
            files[suffix] = files["shown"] = path
    if "shown" not in files:
        raise AssemblyError(f"{page.slug} : la figure {name} n’a pas d’image (SVG ou PNG).")
    return files


def data_table(item: Item) -> str:
    """The data table of a figure: the one its own HTML has (rounded as meant), else made from the record."""
    html = str(item.data.get("text/html", ""))
    if html.count("<table") == html.count("</table>") == 1:  # no need to read the rest of it
        return html[html.index("<table") : html.index("</table>")] + "</table>"
    found = BeautifulSoup(html, "html.parser").find("table") if "<table" in html else None
    if found is not None:
        return str(found)
    record = item.meta.get("data")
    if not record or not record.get("rows"):
        return ""
    import pandas as pd

    from ctg_lib.display.output import html_table

    frame = pd.DataFrame(record["rows"], columns=record["columns"], dtype=object)
    labels = dict(zip(record["columns"], record.get("labels") or record["columns"], strict=True))
    decimals = {str(column): _decimals(frame[column]) for column in frame}
    years = [c for c in frame if c in YEAR_COLUMNS]
    frame[years] = frame[years].map(lambda year: None if year is None else str(year))
    caption = str(item.meta.get("title", ""))
    return html_table(frame, labels, caption=caption, decimals=decimals, row_header=record["columns"][0])


def _decimals(values: Any) -> int:
    """Decimals that a column of the record needs, 2 at most."""
    texts = [repr(v).partition(".")[2] for v in values if isinstance(v, float)]
    return min(2, max((len(t) for t in texts if t != "0"), default=0))


def _table_data(page: Page, item: Item) -> str:
    csv = csv_bytes(item.meta.get("data"), fictif=page.fictif)
    if not csv:
        return ""
    path = f"data/{page.slug}-{item.id or 'tableau'}.csv"
    page.files[path] = csv
    label = escape(str(item.meta.get("caption", "")))
    return (
        f'<p class="downloads"><a href="{path}" download>Données du tableau (CSV)'
        f'<span class="visually-hidden"> : {label}</span></a></p>'
    )


# --- what every page must be ---------------------------------------------------------------------


def sources_table(info: ReportInfo) -> str:
    """The sources of a report, as the home page of both assemblers lists them."""
    rows = "\n".join(
        f'<tr><th scope="row">{escape(s.label)} <span class="ctg-unit">{escape(s.provenance_text)}</span>'
        f"</th><td>{escape(s.vintage)}</td></tr>"
        for s in info.source_lines
    )
    return (
        '<table class="ctg-table sources">\n'
        "<caption>Fichiers dont viennent les chiffres du rapport</caption>\n"
        '<thead><tr><th scope="col">Source et provenance</th><th scope="col">Millésime</th></tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody>\n</table>"
    )


def finish(soup: BeautifulSoup, page: Page) -> None:
    """Check and complete the content of a page in place, and read its table of contents.

    Raises:
        AssemblyError: see :func:`build_page`.
    """
    refuse_active(soup, page.slug)
    _links(soup)
    _headings(soup, page)
    _images(soup, page)
    labels: set[str] = set()
    for table in soup.find_all("table"):
        finish_table(soup, table, labels)
    _unique_ids(soup)
    page.essential = essential(soup)
    page.parts = page_parts(soup, page.title)


def refuse_active(soup: BeautifulSoup, where: str) -> None:
    """Refuse scripts, embedded pages, and anything a browser would load from elsewhere.

    The report's own script is not concerned: it comes with the template, never with an output.

    Raises:
        AssemblyError: names the element.
    """
    for tag in soup.find_all(FORBIDDEN):
        raise AssemblyError(
            f"{where} : élément <{tag.name}> dans une sortie ; une page n’a que le script du rapport."
        )
    for tag in soup.find_all(True):
        for name in [n for n in tag.attrs if n.lower().startswith("on")]:
            raise AssemblyError(
                f"{where} : attribut {name} dans une sortie ; une page n’a que le script du rapport."
            )
        remote = next((a for a in _LOADERS if tag.name != "a" and _REMOTE.search(_text(tag.get(a)))), None)
        if remote or _CSS_REMOTE.search(_text(tag.get("style"))):
            raise AssemblyError(f"{where} : <{tag.name}> charge une ressource distante : {tag.attrs}.")
        if tag.name == "style" and _CSS_REMOTE.search(tag.get_text()):
            raise AssemblyError(f"{where} : une feuille de style charge une ressource distante.")


def _text(value: Any) -> str:
    return " ".join(value) if isinstance(value, list) else str(value or "")


def _links(soup: BeautifulSoup) -> None:
    """Links between notebooks become links between pages; tab stops that notebooks leave go."""
    for tag in soup.find_all(tabindex=True):
        del tag["tabindex"]
    for link in soup.find_all("a", href=True):
        match = _CHAPTER_LINK.match(str(link["href"]))
        if match:
            link["href"] = f"{match[1]}.html{match[2] or ''}"
        if "footnote" in (link.get("class") or []):
            back_to_text(soup, link)


def back_to_text(soup: BeautifulSoup, link: Tag) -> None:
    """The link at the end of a note: an arrow to see, words to hear."""
    link.clear()
    arrow = soup.new_tag("span", attrs={"aria-hidden": "true"}, string="↩")
    words = soup.new_tag("span", attrs={"class": "visually-hidden"}, string="Retour au texte")
    link.extend([" ", arrow, words])


def _only_present(soup: BeautifulSoup, slugs: frozenset[str]) -> None:
    """Links to a chapter that this report does not have become their words."""
    for link in soup.find_all("a", href=_PAGE_LINK):
        page = _PAGE_LINK.match(str(link["href"]))
        if page and page[1] not in slugs | {"index"}:
            link.unwrap()


def _headings(soup: BeautifulSoup, page: Page) -> None:
    """Levels from 2 on without a gap, and an id on each, made from its words."""
    used = {str(t["id"]) for t in soup.find_all(id=True)}
    previous = 1
    for heading in soup.find_all(re.compile(r"^h[1-6]$")):
        level = min(max(int(heading.name[1]), 2), previous + 1)
        heading.name, previous = f"h{level}", level
        _heading_id(heading, used)
        if level == 2:
            page.toc.append((str(heading["id"]), heading.get_text(" ", strip=True)))


def _heading_id(heading: Tag, used: set[str]) -> None:
    last = heading.contents[-1] if heading.contents else None
    wanted = ""
    if isinstance(last, str):
        text, wanted = markdown.heading_attributes(str(last))
        if text != str(last):
            last.replace_with(text)
    if heading.get("id"):
        return
    base = wanted or slugify(heading.get_text(" ", strip=True)) or "section"
    heading["id"] = _numbered(base, used)


def slugify(text: str) -> str:
    """Words in ASCII lower case joined by hyphens: the same text gives the same id anywhere."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("æ", "ae").replace("Œ", "oe"))
    ascii_text = "".join(c for c in plain if not unicodedata.combining(c)).lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")


def _images(soup: BeautifulSoup, page: Page) -> None:
    for image in soup.find_all("img"):
        source = _text(image.get("src"))
        if not _text(image.get("alt")).strip():
            raise AssemblyError(
                f"{page.slug} : l’image {source[:60]} n’a pas de texte de remplacement (alt)."
            )
        if not source.startswith("data:") and source not in page.files:
            raise AssemblyError(f"{page.slug} : l’image {source} n’est pas un fichier du rapport.")


def finish_table(soup: BeautifulSoup, table: Tag, labels: set[str], section: str = "") -> None:
    """Scopes on header cells, old attributes out, a region that scrolls around wide tables.

    Args:
        soup: the page, changed in place.
        table: of the page.
        labels: names of the regions that the page has already; this one's is added.
        section: what names a table without caption.
    """
    for name in ("border", "cellpadding", "cellspacing"):
        table.attrs.pop(name, None)
    classes = [c for c in table.get("class") or [] if c != "dataframe"]
    classes = classes if "ctg-table" in classes else ["ctg-table", *classes]
    columns = 0
    for row in table.find_all("tr"):
        row.attrs.pop("style", None)
        cells = row.find_all(["th", "td"])
        columns = max(columns, len(cells))
        in_head = row.find_parent("thead") is not None or all(c.name == "th" for c in cells)
        for cell in cells:
            _header_cell(cell, "col" if in_head else "row")
    if columns == _WIDE - 1 and any(len(c.get_text()) > _LONG for c in table.find_all("td")):
        classes.append("ctg-stack")
    table["class"] = " ".join(classes)
    wrap = table.parent
    if not isinstance(wrap, Tag) or "ctg-table-wrap" not in (wrap.get("class") or []):
        wrap = table.wrap(soup.new_tag("div", attrs={"class": "ctg-table-wrap"}))
    for name in ("role", "aria-label", "tabindex"):
        wrap.attrs.pop(name, None)
    if columns >= _WIDE:
        caption = table.find("caption")
        label = caption.get_text(" ", strip=True) if caption else section or "Tableau"
        word = "Données" if table.find_parent("details") else "Tableau" if caption or section else ""
        prefix = f"{word}{NBSP}: " if word else ""
        name = _numbered(prefix + label, labels, " ({})")
        wrap.attrs |= {"role": "region", "tabindex": "0", "aria-label": name}


def _header_cell(cell: Tag, scope: str) -> None:
    if cell.name != "th":
        return
    if not cell.get_text(strip=True):
        cell.name = "td"  # an empty header names nothing
        cell.attrs.pop("scope", None)
    elif not cell.get("scope"):
        cell["scope"] = scope


def _unique_ids(soup: BeautifulSoup) -> None:
    """The second of two equal ids gets a number; what points at it means the first."""
    seen: set[str] = set()
    for tag in soup.find_all(id=True):
        tag["id"] = _numbered(str(tag["id"]), seen)


def _numbered(name: str, used: set[str], form: str = "-{}") -> str:
    """``name``, with a number when it is used already; it is then used too."""
    free, rank = name, 2
    while free in used:
        free, rank = name + form.format(rank), rank + 1
    used.add(free)
    return free


def essential(soup: BeautifulSoup) -> str:
    """First sentence (the bold one when there is one) of what « L’essentiel » says; empty without it."""
    for title in soup.find_all(re.compile(r"^(?:h[2-6]|strong|p|summary)$")):
        words = slugify(title.get_text(" ", strip=True))
        if words not in ("l-essentiel", "essentiel") and not words.endswith("-l-essentiel"):
            continue
        following = title.find_next(["p", "li"])
        if following is None:
            return ""
        bold = following.find("strong")
        text = " ".join((bold or following).get_text(" ").split())
        match = _SENTENCE.match(text)
        return match.group() if match else text
    return ""
