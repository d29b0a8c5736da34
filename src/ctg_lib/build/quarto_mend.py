"""Faults of Quarto's own pages, mended after it has written them.

Quarto's shell (sidebar, contents, search, links to the next page) is not ours, and no option of Quarto
changes what is mended here. Each mend is one small function, tested on a few lines of HTML; one that
finds nothing to mend does nothing, so that another version of Quarto is not broken. docs/architecture.md
lists them.

Without these a page opened from a folder (a USB stick, a mailed archive) has no search, no tabs and no mark
of the section being read: browsers refuse modules and ``fetch`` at ``file:`` addresses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag

from ctg_lib.build.page import FORMATTER, back_to_text, finish_table, slugify
from ctg_lib.build.search import page_parts

SEARCH_SCRIPT = "search-index.js"
AREAS = "ctg-map-areas"
"""Class of the block that holds a map's areas until :func:`maps` lays them over the image."""
_IMPORT = 'import * as tabsets from "./tabsets/tabsets.js";'
_ALERT = re.compile(
    r'if \(window\.location\.protocol === "file:" && !shownWarning\) \{.*?return;\s*\}', re.DOTALL
)
_FETCH = 'await fetch(offsetURL("search.json"))'
_LOCAL_FETCH = """await (window.location.protocol !== "file:" ? fetch(offsetURL("search.json"))
      : new Promise((resolve, reject) => {
          const script = window.document.createElement("script");
          script.src = offsetURL("search-index.js");
          script.onload = () => resolve({ status: 200, json: async () => window.reportSearchIndex });
          script.onerror = reject;
          window.document.head.append(script);
        }))"""
_PLAIN = """const ctgPlain = (value) => typeof value === "string"
  ? value.normalize("NFD").replace(/\\p{M}/gu, "") : value;
"""
_UNACCENTED = (
    ("  threshold: 0.1,\n};", "  threshold: 0.1,\n"
     "  getFn: (item, path) => ctgPlain(window.Fuse.config.getFn(item, path)),\n};"),
    ("await index.search(query, fuseOptions)", "await index.search(ctgPlain(query), fuseOptions)"),
    ("text.toLowerCase().indexOf(query.toLowerCase())",
     "ctgPlain(text).toLowerCase().indexOf(ctgPlain(query).toLowerCase())"),
)  # fmt: skip
_LABELS = {
    "nav.quarto-secondary-nav": "Page affichée",
    "nav#quarto-sidebar": "Chapitres du rapport",
    "nav.page-navigation": "Chapitres voisins",
    "nav.quarto-page-breadcrumbs": "Chapitre affiché",
}
_HEADING = re.compile(r"^h[1-6]$")
_FILE_ADDRESS = "return window.location.protocol === 'file:';"
_NO_MEMORY = "try { window.localStorage.length; return false; } catch (refused) { return true; }"


def mend_book(book: Path) -> None:
    """Mend the pages and scripts of a book that Quarto made, in place.

    Args:
        book: folder of ``index.html``; what is missing in it is left alone.
    """
    entries: list[dict[str, Any]] = []
    for path in sorted(book.glob("*.html")):
        html = mend_page(path.read_text(encoding="utf-8"), path.name)
        path.write_bytes(html.encode("utf-8"))
        entries += search_entries(html, path.name)
    mend_search(book, entries)
    mend_scripts(book)


def mend_page(html: str, name: str) -> str:
    """One page, mended.

    Args:
        html: as Quarto wrote it.
        name: of its file.
    """
    soup = BeautifulSoup(html, "html.parser")
    if soup.main is None:
        return html
    for mend in MENDS:
        mend(soup, name)
    return str(soup.decode(formatter=FORMATTER))


# --- pages ---------------------------------------------------------------------------------------


def skip_link(soup: BeautifulSoup, name: str) -> None:
    """A first link that leads a keyboard to the text (WCAG 2.4.1)."""
    main = soup.main
    if main is None or soup.body is None or soup.select_one("a.ctg-skip"):
        return
    main["tabindex"] = "-1"
    main["id"] = main.get("id") or "contenu"
    link = soup.new_tag("a", attrs={"class": "ctg-skip", "href": f"#{main['id']}"}, string="Aller au contenu")
    soup.body.insert(0, link)


def chapter(soup: BeautifulSoup, name: str) -> None:
    """The page says which chapter it is, for the style sheet: one commune a sheet when it is printed."""
    if soup.body is not None:
        known = [c for c in soup.body.get("class") or [] if not c.startswith("chapter-")]
        soup.body["class"] = " ".join([*known, f"chapter-{name.removesuffix('.html')}"])


def landmarks(soup: BeautifulSoup, name: str) -> None:
    """A name for each navigation: a page has five of them (WCAG 1.3.1, 2.4.1)."""
    for selector, label in _LABELS.items():
        for tag in soup.select(selector):
            tag["aria-label"] = label
    for tag in soup.select('a[role="navigation"]'):
        # An empty link on the bar of a phone: a place to touch, named twice; the button beside it does it.
        tag.name = "span"
        for attribute in ("role", "aria-label", "aria-controls", "aria-expanded", "href"):
            tag.attrs.pop(attribute, None)
        tag["aria-hidden"] = "true"


def neighbours(soup: BeautifulSoup, name: str) -> None:
    """Links to the previous and next page: the name is what is seen, after what it is (WCAG 2.5.3)."""
    for side, word in (("previous", "Chapitre précédent : "), ("next", "Chapitre suivant : ")):
        for link in soup.select(f".nav-page-{side} a.pagination-link"):
            if link.attrs.pop("aria-label", None) is None:
                continue
            link.insert(
                0,
                soup.new_tag(
                    "span", attrs={"class": "visually-hidden"}, string=word.replace(" :", "\u00a0:")
                ),
            )


def current_page(soup: BeautifulSoup, name: str) -> None:
    """The link of the page that is read says so otherwise than by a colour."""
    for link in soup.select("#quarto-sidebar a.sidebar-link.active, nav.quarto-page-breadcrumbs a"):
        link["aria-current"] = "page"


def color_button(soup: BeautifulSoup, name: str) -> None:
    """The switch of light and dark: a button with a name, not a link to the page itself (WCAG 4.1.2)."""
    for switch in soup.select("a.quarto-color-scheme-toggle"):
        switch.name = "button"
        switch.attrs.pop("href", None)
        label = str(switch.get("title") or "Basculer le mode sombre")
        switch.attrs |= {"type": "button", "aria-label": label}
        for icon in switch.find_all("i"):
            icon["aria-hidden"] = "true"


def icons(soup: BeautifulSoup, name: str) -> None:
    """Icons are drawn by a font: hidden from a voice."""
    for icon in soup.select("i.bi"):
        icon["aria-hidden"] = "true"


def attributes(soup: BeautifulSoup, name: str) -> None:
    """Attributes that HTML does not know, and those meant for another format."""
    for tag in soup.find_all(True):
        if tag.name not in ("img", "area", "input"):
            tag.attrs.pop("alt", None)
        for attribute in [a for a in tag.attrs if a.startswith("typst:")]:
            del tag[attribute]
        tag.attrs.pop("data-custom-style", None)
        if tag.name == "button" and tag.get("role") == "button":
            del tag["role"]
    for nav in soup.select('nav[role="doc-toc"]'):
        heading = nav.find(["h2", "h3"])
        if isinstance(heading, Tag) and heading.get("id"):
            nav["aria-labelledby"] = heading["id"]


def tables(soup: BeautifulSoup, name: str) -> None:
    """Tables as on the pages made without Quarto: scopes, a region that scrolls where one is needed, with a
    name that no other region of the page has; one that Markdown made is named after its section (WCAG 1.3.1).
    """
    labels: set[str] = set()
    for table in soup.select("main table"):
        title = table.find_previous(["h2", "h3", "h1"])
        section = title.get_text(" ", strip=True) if isinstance(title, Tag) else ""
        finish_table(soup, table, labels, section)


def figures(soup: BeautifulSoup, name: str) -> None:
    """A figure holds its source, its words and its data, which Quarto leaves after it.

    Its caption describes it by itself: no pointer on an element that has no role.
    """
    for tag in soup.select("figure div[aria-describedby]"):
        del tag["aria-describedby"]
    for figure in soup.select("main .cell figure.quarto-float"):
        figure["class"] = " ".join(dict.fromkeys([*(figure.get("class") or []), "ctg-figure"]))
        for title in figure.select("figcaption > strong:first-of-type"):
            title["class"] = "ctg-title"
        cell = figure.find_parent(class_="cell")
        while isinstance(cell, Tag) and (more := cell.find_next_sibling()) and _is_part(more):
            figure.append(more.extract())


def _is_part(tag: Tag) -> bool:
    return bool({"ctg-source", "ctg-notes", "ctg-data", AREAS} & set(tag.get("class") or []))


def maps(soup: BeautifulSoup, name: str) -> None:
    """The areas of a map, laid over its image (:mod:`ctg_lib.build.layer`)."""
    for areas in soup.select(f".{AREAS}"):
        layer = areas.extract().find("svg")
        image = soup.select_one(f'[id="{areas.get("data-figure")}"] img')
        if layer is not None and image is not None:
            image.wrap(soup.new_tag("div", attrs={"class": "ctg-map"})).append(layer)


def headings(soup: BeautifulSoup, name: str) -> None:
    """One title, and levels without a gap under it: the home page has two titles."""
    previous = 0
    for heading in soup.main.find_all(re.compile(r"^h[1-6]$")) if soup.main else []:
        level = max(min(int(heading.name[1]), previous + 1), 2 if previous else 1)
        heading.name, previous = f"h{level}", level


def contents(soup: BeautifulSoup, name: str) -> None:
    """« Sur cette page » also lists the titles of the callouts, which Quarto does not read as headings."""
    listed = soup.select_one("nav#TOC > ul")
    if soup.main is None or listed is None:
        return
    used = {str(tag["id"]) for tag in soup.find_all(id=True)}
    entries = {str(link.get("href", ""))[1:]: link.parent for link in listed.select("a[href]")}
    last: Tag | None = None
    for heading in soup.main.find_all("h2"):
        section = heading.find_parent("section", id=True)
        known = entries.get(str(heading.get("id") or heading.get("data-anchor-id") or ""))
        if known is None and section is not None and section.find(_HEADING) is heading:
            known = entries.get(str(section["id"]))
        if known is not None:
            last = known
            continue
        heading["id"] = heading.get("id") or _free(slugify(heading.get_text(" ", strip=True)), used)
        last = _listed(soup, listed, last, heading)


def _free(base: str, used: set[str]) -> str:
    free, rank = base or "section", 2
    while free in used:
        free, rank = f"{base}-{rank}", rank + 1
    used.add(free)
    return free


def _listed(soup: BeautifulSoup, listed: Tag, after: Tag | None, heading: Tag) -> Tag:
    """A line of the contents for a heading, after the line of the one before; its own line."""
    address = f"#{heading['id']}"
    line = soup.new_tag("li")
    attributes = {"href": address, "class": "nav-link", "data-scroll-target": address}
    line.append(soup.new_tag("a", attrs=attributes, string=heading.get_text(" ", strip=True)))
    if after is None:
        listed.insert(0, line)
    else:
        after.insert_after(line)
    return line


def notes(soup: BeautifulSoup, name: str) -> None:
    """The way back from a note is said in words, and not by an arrow alone (WCAG 2.4.4)."""
    for link in soup.select("a.footnote-back"):
        back_to_text(soup, link)


def home_link(soup: BeautifulSoup, name: str) -> None:
    """Links to the folder of the book name its first page: from a folder, a browser would list the files."""
    for link in soup.select('a[href="./"], a[href="."]'):
        link["href"] = "./index.html"


def remembered_colors(soup: BeautifulSoup, name: str) -> None:
    """Light or dark is kept from one page to the next in a folder too, where the browser allows it."""
    for script in soup.select("script#quarto-html-before-body"):
        if _FILE_ADDRESS in (script.string or ""):
            script.string = str(script.string).replace(_FILE_ADDRESS, _NO_MEMORY)


def paper(soup: BeautifulSoup, name: str) -> None:
    """The dark theme is for screens: a page printed while it is on has dark letters on white paper."""
    for sheet in soup.select("link.quarto-color-alternate"):
        sheet["media"] = "screen"


def classic_scripts(soup: BeautifulSoup, name: str) -> None:
    """Quarto's module, made a plain script by :func:`mend_scripts`, called as one."""
    for script in soup.select('script[type="module"]'):
        source = str(script.get("src", ""))
        if source.endswith("/tabsets/tabsets.js"):
            script.decompose()
        elif source.endswith("/quarto-html/quarto.js"):
            del script["type"]
            script["defer"] = ""


Mend = Callable[[BeautifulSoup, str], None]
MENDS: tuple[Mend, ...] = (
    chapter, skip_link, landmarks, neighbours, current_page, color_button, icons, attributes, figures, maps,
    headings, tables, contents, notes, home_link, remembered_colors, paper,
    classic_scripts,
)  # fmt: skip
"""In this order: a map needs its figure, the names of tables and the contents the levels of headings."""


# --- search --------------------------------------------------------------------------------------


def search_entries(html: str, name: str) -> list[dict[str, str]]:
    """What the search finds in one mended page: the parts that the search of the other pages finds.

    Quarto's own index runs the cells of a table together (« crèche22offre.xlsx »), and leads to no figure.

    Args:
        html: the page.
        name: of its file.

    Returns:
        ``href``, ``section`` (empty for the page itself) and ``text`` of each part.
    """
    soup = BeautifulSoup(html, "html.parser")
    if soup.main is None:
        return []
    for heading in soup.main.select("[data-anchor-id]"):
        heading["id"] = heading["data-anchor-id"]
    for figure in soup.main.select("div[id] > figure"):
        figure["id"] = figure.parent["id"] if figure.parent is not None else ""
    for header in soup.main.select("#title-block-header"):
        header.decompose()
    found: dict[str, dict[str, str]] = {}
    for anchor, title, text in page_parts(soup.main, ""):
        href = f"{name}#{anchor}" if anchor else name
        found.setdefault(href, {"href": href, "section": title, "text": text})
    return list(found.values())


def mend_search(book: Path, entries: Sequence[Mapping[str, str]]) -> None:
    """Put these parts in Quarto's index, under the titles that it gives to the pages."""
    index = book / "search.json"
    if not index.is_file():
        return
    known = {str(entry.get("href", "")): entry for entry in json.loads(index.read_text(encoding="utf-8"))}
    made = [
        {**known[page], **entry, "objectID": entry["href"]}
        for entry in entries
        if (page := entry["href"].partition("#")[0]) in known
    ]
    if made:
        index.write_bytes(json.dumps(made, ensure_ascii=False, indent=1).encode("utf-8"))


def unaccented_search(reader: str) -> str:
    """``quarto-search.js`` that finds « crèche » when « creche » is asked for, and the reverse."""
    if any(reader.count(before) != 1 for before, _ in _UNACCENTED):
        return reader
    for before, now in _UNACCENTED:
        reader = reader.replace(before, now)
    return _PLAIN + reader


# --- scripts -------------------------------------------------------------------------------------


def mend_scripts(book: Path) -> None:
    """Quarto's scripts, so that a book opened from a folder works as one that a server sends."""
    html, search = book / "site_libs" / "quarto-html", book / "site_libs" / "quarto-search"
    script, tabsets = html / "quarto.js", html / "tabsets" / "tabsets.js"
    if script.is_file() and tabsets.is_file():
        joined = plain_script(script.read_text(encoding="utf-8"), tabsets.read_text(encoding="utf-8"))
        script.write_bytes(joined.encode("utf-8"))
    index, reader = book / "search.json", search / "quarto-search.js"
    if index.is_file() and reader.is_file():
        mended = unaccented_search(local_search(reader.read_text(encoding="utf-8")))
        reader.write_bytes(mended.encode("utf-8"))
        entries = json.dumps(json.loads(index.read_text(encoding="utf-8")), ensure_ascii=False)
        (book / SEARCH_SCRIPT).write_bytes(f"window.reportSearchIndex = {entries};\n".encode())


def plain_script(module: str, tabsets: str) -> str:
    """``quarto.js`` without import; as it was when it is not the module that is known here."""
    if _IMPORT not in module or module.count("import ") < 1 or "export function init" not in tabsets:
        return module
    inner = tabsets.replace("export function init", "function init")
    body = module.replace(_IMPORT, f"const tabsets = (function () {{\n{inner}\nreturn {{ init }};\n}})();")
    if re.search(r"^(?:import|export)\b", body, re.MULTILINE):
        return module
    return f"(function () {{\n{body}\n}})();\n"


def local_search(reader: str) -> str:
    """``quarto-search.js`` that reads its index from a script at ``file:`` addresses, instead of refusing."""
    if _FETCH not in reader or not _ALERT.search(reader):
        return reader
    return _ALERT.sub("", reader, count=1).replace(_FETCH, _LOCAL_FETCH, 1)
