"""Markdown to HTML with nbconvert's renderer: tables and notes, no formulas, no script, no address called."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

_PLUGINS = ("table", "strikethrough", "def_list", "footnotes")
_NOTE = re.compile(r'(id="|href="#)(fn(?:ref)?-)')
_ATTRIBUTES = re.compile(r"[ \t]*\{(?P<inside>[#.:][^{}]*)\}[ \t]*$")
_TITLE = re.compile(r"\A\s*#[ \t]+[^\n]*\n?")
_CHAPTER = re.compile(r"\[([^\]\n]+)\]\(([a-z0-9-]+)\.html\)")


def render(source: str, prefix: str, attachments: dict[str, Any] | None = None) -> str:
    """HTML of a Markdown text.

    Args:
        source: Markdown; HTML inside it is kept.
        prefix: put before the ids of notes, so that two texts of one page can both have a note 1.
        attachments: a Markdown cell's images.
    """
    from mistune import Markdown, import_plugin
    from nbconvert.filters.markdown_mistune import IPythonRenderer

    renderer = IPythonRenderer(escape=False, attachments=attachments, exclude_anchor_links=True)
    markdown = Markdown(renderer, plugins=[import_plugin(name) for name in _PLUGINS])
    return _NOTE.sub(rf"\g<1>{prefix}-\2", str(markdown(source)))


def without_title(source: str) -> str:
    """Markdown without the ``# Title`` it begins with."""
    return _TITLE.sub("", source, count=1)


def heading_attributes(text: str) -> tuple[str, str]:
    """Heading text and id from Quarto's form ``Titre {#sec-x .unnumbered}``; empty id when none is given."""
    match = _ATTRIBUTES.search(text)
    if not match:
        return text, ""
    found = re.search(r"#([\w-]+)", match["inside"])
    return text[: match.start()].rstrip(), found[1] if found else ""


def chapter_links(text: str, slugs: Collection[str], *, inside: bool = False) -> str:
    """Markdown whose links to another chapter lead to it; words alone where the report does not have it.

    Args:
        slugs: chapters of the report.
        inside: all chapters are in one document: a link leads to the chapter's title.
    """

    def link(found: re.Match[str]) -> str:
        if found[2] not in slugs:
            return found[1]
        return f"[{found[1]}](#chapitre-{found[2]})" if inside else found[0]

    return _CHAPTER.sub(link, text)
