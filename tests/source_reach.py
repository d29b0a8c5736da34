"""Which numbers of a page's prose lead nowhere: no source line with a link in their passage or section."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag

from ctg_lib.display.prose import has_figures

ABOUT_THE_PROJECT = ("index", "90-indicateurs", "91-sources-methodes")
"""Pages that are themselves where sources and definitions are told."""
OWN_COUNTS = (
    # what the report counts of itself, or of what is not filled: no file holds it
    (r"pages?, une par commune", "the sheets that follow"),
    (r"fichiers? du manifeste|indicateurs? sans valeur", "files and indicators of the project"),
    (r"pas encore (?:rempli|réuni)|n’est pas rempli|non rempli|à compléter|à confirmer|sans réponse", "what is not filled"),
    (r"organismes? (?:est|sont) proposés?", "lines proposed in a workbook"),
    # numbers of a rule, not of the territory
    (r"multiple de \d|de 1 à 9|dépasser 100 %|\bau 115\b|types seulement sur les \d+", "rules, a telephone, a nomenclature"),
)  # fmt: skip
"""Sentences whose numbers need no source, and why."""
_OUTSIDE = ("figure", "table", "details", "dl", "nav", "footer")
_OUT_CLASSES = (
    "ctg-source",
    "ctg-notes",
    "ctg-absent",
    "ctg-table-block",
    "downloads",
    "ctg-map",
    "ctg-callout-silence",
)  # what is not known, or not filled: it counts empty lines
_LINK = re.compile(r"#source-")


def unsourced(html: str) -> list[str]:
    """Paragraphs and items of lists with numbers, and no linked source in their passage or section."""
    main = BeautifulSoup(html, "html.parser").find("main")
    assert isinstance(main, Tag)
    return [
        text
        for block in main.find_all(["p", "li"])
        if not _is_out(block) and (text := _text(block)) and _needs_source(text) and not _reaches(block)
    ]


def _is_out(block: Tag) -> bool:
    return block.find_parent(_OUTSIDE) is not None or any(
        set(_OUT_CLASSES) & set(each.get("class") or []) for each in (block, *block.parents)
    )


def _text(block: Tag) -> str:
    return " ".join(block.get_text(" ").replace("\u202f", " ").replace("\u00a0", " ").split())


def _needs_source(text: str) -> bool:
    return has_figures(text) and not any(re.search(pattern, text) for pattern, _ in OWN_COUNTS)


def _reaches(block: Tag) -> bool:
    passage = block.find_parent("section")
    if passage is not None:
        return _has_link([passage])
    return _has_link(_section(block))


def _section(block: Tag) -> list[Tag]:
    """The block, and what stands with it between two headings of level 2."""
    top = block
    while isinstance(top.parent, Tag) and top.parent.name != "main":
        top = top.parent
    around = [top]
    for siblings in (top.find_previous_siblings(), top.find_next_siblings()):
        for each in siblings:
            if each.name in ("h1", "h2"):
                break
            around.append(each)
    return around


def _has_link(parts: list[Tag]) -> bool:
    return any(part.find("a", href=_LINK) is not None for part in parts)
