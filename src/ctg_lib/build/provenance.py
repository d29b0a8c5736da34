"""From a number to where it comes from: the links that a page puts in its source lines.

A record (``metadata["ctg"]``) that knows its files and its indicators carries them (``origin``). The name of
a file in a source line becomes a link to its row in the list of sources, and the definitions of what is shown
follow. Only anchors that a page of this very report has are linked: without the chapter of sources, or a
chapter made before a file came, the line stays the text it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bs4 import BeautifulSoup, Tag

from ctg_lib.build.bundles import Item, cell_items
from ctg_lib.display.output import esc, md
from ctg_lib.display.sources import indicator_anchor, source_anchor
from ctg_lib.display.typography import counted, typeset

FEW = 3
"""Definitions named under a figure; more of them are in a list to unfold."""
_ANCHOR = re.compile(r'(?:\bid="|\{#)((?:source|indicateur)-[a-z0-9-]+)')
_SAID = re.compile(r"^\s*Sources?\b")
_LINE = re.compile(r'<p class="ctg-source">(?:(?!</?p\b).)*</p>', re.DOTALL)


@dataclass(frozen=True)
class Site:
    """What the pages of one report can link to.

    Attributes:
        slugs: its chapters.
        addresses: page and anchor of each file and indicator told somewhere, by anchor.
    """

    slugs: frozenset[str] = frozenset()
    addresses: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, chapters: Iterable[tuple[str, Any]]) -> Site:
        """The site that these chapters (slug, executed notebook) make; of two equal anchors the first."""
        slugs: set[str] = set()
        addresses: dict[str, str] = {}
        for slug, notebook in chapters:
            slugs.add(slug)
            for anchor in _anchors(notebook):
                addresses.setdefault(anchor, f"{slug}.html#{anchor}")
        return cls(frozenset(slugs), addresses)

    def links(self, origin: Mapping[str, Any] | None) -> Links | None:
        """What one record can be linked to; None where nothing can."""
        if not origin:
            return None
        files: dict[str, str] = {}
        for identifier, name in origin.get("files", ()):
            address = self.addresses.get(source_anchor(identifier))
            if address:
                files.setdefault(name, address)
        told = [(label, indicator_anchor(identifier)) for identifier, label in origin.get("indicators", ())]
        definitions = [(label, self.addresses[a]) for label, a in told if a in self.addresses]
        return Links(files, definitions) if files or definitions else None


def _anchors(notebook: Any) -> Iterable[str]:
    for cell in notebook.cells:
        for item in cell_items(cell):
            for mime in ("text/html", "text/markdown"):
                yield from _ANCHOR.findall(str(item.data.get(mime, "")))


@dataclass(frozen=True)
class Links:
    """Addresses of one record: of each file named in its source line, of each definition."""

    files: Mapping[str, str]
    definitions: Sequence[tuple[str, str]]

    def line(self, text: str) -> str:
        """A source line as HTML, each file it names linked where it is first named."""
        if not self.files:
            return esc(text)
        every = "|".join(re.escape(n) for n in sorted(self.files, key=lambda n: (-len(n), n)))
        # whole: a name may be the beginning of another
        names = re.compile(rf"(?:{every})(?=\s*(?:[;.(]|$))")
        pieces, end, met = [], 0, set()
        for found in names.finditer(text):
            name = found.group()
            if name in met:
                continue
            met.add(name)
            pieces += [esc(text[end : found.start()]), _link(self.files[name], name)]
            end = found.end()
        return "".join(pieces) + esc(text[end:])

    def markdown(self, text: str) -> str:
        """A line of Markdown, each file it names linked where it is first named."""
        known = {md(name): address for name, address in self.files.items()}
        if not known:
            return text
        every = "|".join(re.escape(n) for n in sorted(known, key=lambda n: (-len(n), n)))
        met: set[str] = set()

        def link(found: re.Match[str]) -> str:
            name = found.group()
            if name in met:
                return name
            met.add(name)
            return f"[{name}]({known[name]})"

        return re.sub(rf"(?:{every})(?=\s*(?:[;.(*]|$))", link, text)

    def defined_markdown(self) -> str:
        """The definitions, in a line of Markdown; the first of them only when there are many."""
        links = [f"[{md(label)}]({address})" for label, address in self.definitions]
        if not links:
            return ""
        if len(links) > FEW:
            return typeset(f"{counted(len(links), 'définition', 'définitions')}, dont {links[0]}")
        return typeset(f"Définition{'s' if len(links) > 1 else ''} : ") + ", ".join(links)

    def defined(self) -> str:
        """The definitions, in a line under the source; in a list to unfold when there are many."""
        links = [_link(address, label) for label, address in self.definitions]
        if not links:
            return ""
        if len(links) > FEW:
            shown = typeset(counted(len(links), "définition", "définitions"))
            items = "".join(f"<li>{link}</li>" for link in links)
            return f'<details class="ctg-data"><summary>{shown}</summary><ul>{items}</ul></details>'
        word = "Définitions" if len(links) > 1 else "Définition"
        return f'<p class="ctg-source ctg-defined">{typeset(f"{word} :")} {", ".join(links)}</p>'


def _link(address: str, text: str) -> str:
    return f'<a href="{esc(address)}">{esc(text)}</a>'


def linked(html: str, item: Item, site: Site) -> str:
    """The HTML of a table, of key figures, of prose or of an absence, its source lines linked."""
    if item.kind == "key_figures":
        return _cards(html, item, site)
    links = site.links(item.meta.get("origin"))
    if links is None:
        return html
    if item.kind != "prose" and html.count("ctg-source") == len(_LINE.findall(html)):
        return _lines_alone(html, links)
    if item.kind == "prose" and "Source" not in html:
        return html
    soup = BeautifulSoup(html, "html.parser")
    lines = soup.find_all(["li", "p"], string=_SAID) if item.kind == "prose" else soup.select("p.ctg-source")
    for line in lines:
        _replace(line, links)
        if line.name == "p":
            line["class"] = "ctg-source"
    if lines and lines[-1].name == "p" and (more := links.defined()):
        lines[-1].insert_after(BeautifulSoup(more, "html.parser"))
    return str(soup)


def _lines_alone(html: str, links: Links) -> str:
    """HTML whose source lines are linked, without a look at the rest of it: a table may be long."""
    found = list(_LINE.finditer(html))
    pieces, end = [], 0
    for match in found:
        soup = BeautifulSoup(match.group(), "html.parser")
        for line in soup.select("p"):
            _replace(line, links)
        pieces += [html[end : match.start()], str(soup)]
        end = match.end()
    more = links.defined() if found else ""
    return "".join([*pieces, more, html[end:]])


def linked_markdown(text: str, item: Item, site: Site) -> str:
    """The Markdown of prose, of key figures or of an absence, its source lines linked."""
    if item.kind == "key_figures":
        return _card_lines(text, item, site)
    links = site.links(item.meta.get("origin"))
    if links is None:
        return text
    said = re.compile(r"^(?:[-*+] +)?[*_]{0,2}Sources?\b", re.MULTILINE)
    return "\n".join(links.markdown(line) if said.match(line) else line for line in text.split("\n"))


def _card_lines(text: str, item: Item, site: Site) -> str:
    """Key figures are a list, one line a card: the files of each are linked in its line."""
    cards = list(item.meta.get("items", ()))
    lines = text.split("\n")
    places = [rank for rank, line in enumerate(lines) if line.startswith("- ")]
    if len(places) != len(cards):
        return text
    for rank, card in zip(places, cards, strict=True):
        links = site.links(card.get("origin")) if card.get("source") else None
        if links is not None:
            lines[rank] = links.markdown(lines[rank])
    return "\n".join(lines)


def _cards(html: str, item: Item, site: Site) -> str:
    """Key figures: the source of each card, and the definition of what it counts where that is one thing."""
    sourced = [card for card in item.meta.get("items", ()) if card.get("source")]
    found = [site.links(card.get("origin")) for card in sourced]
    if not any(found):
        return html
    soup = BeautifulSoup(html, "html.parser")
    for links, line in zip(found, soup.select("dd.ctg-key-source"), strict=True):
        if links is None:
            continue
        _replace(line, links)
        if len(links.definitions) == 1:
            label, address = links.definitions[0]
            words = f'définition<span class="visually-hidden"> : {esc(label)}</span>'
            line.append(BeautifulSoup(f' · <a href="{esc(address)}">{words}</a>', "html.parser"))
    return str(soup)


def _replace(line: Tag, links: Links) -> None:
    text = line.get_text()
    line.clear()
    line.append(BeautifulSoup(links.line(text), "html.parser"))
