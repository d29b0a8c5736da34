"""Source lines on paper: the same links as the pages', to the annex of the same document.

A line is cut into pieces, (text, anchor or nothing), which Word gets as Markdown and the PDF as Typst.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bs4 import BeautifulSoup, Tag

from ctg_lib.build.normalise import source_line
from ctg_lib.build.provenance import FEW, Site
from ctg_lib.build.typst_text import call, text
from ctg_lib.display.output import md
from ctg_lib.display.typography import counted, typeset

Piece = tuple[str, str]
"""A part of a line, and the anchor it leads to (empty: none)."""


def source_pieces(meta: Mapping[str, Any], site: Site) -> list[Piece]:
    """The source line of a record; empty when it has none."""
    line = source_line(str(meta.get("source", "")))
    links = site.links(meta.get("origin"))
    return linked_pieces(line, links.line(line)) if line and links else [(line, "")] if line else []


def linked_pieces(line: str, html: str) -> list[Piece]:
    """A line whose links are known as HTML, in pieces."""
    parts = BeautifulSoup(html, "html.parser").contents
    pieces = [(p.get_text(), _anchor(str(p["href"]))) if isinstance(p, Tag) else (str(p), "") for p in parts]
    return pieces or [(line, "")]


def defined_pieces(meta: Mapping[str, Any], site: Site) -> list[Piece]:
    """« Définition : … », each indicator shown leading to its own; a count when there are many."""
    links = site.links(meta.get("origin"))
    found = list(links.definitions) if links else []
    if not found:
        return []
    if len(found) > FEW:
        first = _anchor(found[0][1])
        return [(typeset(counted(len(found), "définition") + " dans le dictionnaire des indicateurs"), first)]
    pieces: list[Piece] = [(typeset("Définitions : " if len(found) > 1 else "Définition : "), "")]
    for rank, (label, address) in enumerate(found):
        pieces += [(", ", "")] if rank else []
        pieces.append((label, _anchor(address)))
    return pieces


def lines_under(meta: Mapping[str, Any], site: Site) -> list[list[Piece]]:
    """What stands under a figure or a table: its source, definitions, notes."""
    notes: list[list[Piece]] = [[(str(note), "")] for note in meta.get("notes") or ()]
    return [line for line in (source_pieces(meta, site), defined_pieces(meta, site), *notes) if line]


def as_markdown(pieces: Sequence[Piece]) -> str:
    """Pieces as pandoc's Markdown."""
    return "".join(f"[{md(said)}](#{anchor})" if anchor else md(said) for said, anchor in pieces)


def as_typst(pieces: Sequence[Piece]) -> str:
    """Pieces as a Typst expression."""
    return "+".join(call("to", text(anchor), text(said)) if anchor else text(said) for said, anchor in pieces)


def _anchor(address: str) -> str:
    return address.partition("#")[2]


_PROSE_SOURCE = re.compile(r"^(?P<mark>\*?)(?P<line>Sources?\b[^\n]*?)(?P=mark)$", re.MULTILINE)


def prose_sources(markdown: str, meta: Mapping[str, Any], site: Site) -> str:
    """Prose whose source lines are small, and linked where the record says of what they were made."""

    def change(found: re.Match[str]) -> str:
        links = site.links(meta.get("origin"))
        line = re.sub(r"\\([\\`*_{}\[\]<>#@|~^$])", r"\1", found["line"])
        if not found["mark"] and links is None:
            return found.group()
        lines = [linked_pieces(line, links.line(line)) if links else [(line, "")], defined_pieces(meta, site)]
        return styled("\n\n".join(as_markdown(pieces) for pieces in lines if pieces), "Source")

    return _PROSE_SOURCE.sub(change, markdown)


def styled(markdown: str, style: str) -> str:
    """Markdown under a paragraph style of Word (Typst: a block of the same name, ``links.lua``)."""
    return f'\n::: {{custom-style="{style}"}}\n\n{markdown}\n\n:::\n'
