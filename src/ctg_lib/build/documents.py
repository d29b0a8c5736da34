"""The documents made beside the pages: their names, and how a page links to them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ctg_lib.display.typography import number, typeset

FOLDER = "documents"
"""Of a study's outputs: what ``ctg documents`` wrote, which a report carries over."""
SYNTHESIS, COMMUNES = "00-synthese", "80-communes"
LEAFLETS: dict[str, str] = {SYNTHESIS: "synthese.pdf", COMMUNES: "communes.pdf"}
"""Chapters with a PDF of their own, and its name."""
LABELS: dict[str, str] = {
    "synthese.pdf": "La synthèse",
    "communes.pdf": "Une page par commune",
    "report.pdf": "Le rapport entier",
    "report.docx": "Le rapport entier",
}
KINDS: dict[str, str] = {
    ".pdf": "PDF", ".html": "page web", ".docx": "Word", ".xlsx": "Excel", ".pptx": "PowerPoint",
}  # fmt: skip
"""Formats, those a reader opens first before the others."""
AGREED: dict[str, str] = {
    "convention": "La convention",
    "convention-annexes": "Les annexes de la convention",
    "fiches-action": "Les fiches action",
    "tableau-synoptique": "Le tableau synoptique du plan d’action",
    "matrice": "La matrice du croisement des regards",
    "restitution": "La restitution au comité de pilotage",
    "info-flash": "L’info flash",
}
"""What ``ctg documents`` writes that a reader of the report may want, by the beginning of its name."""


@dataclass(frozen=True)
class DocumentLink:
    """A document that a page of the site links to.

    Attributes:
        href: address from the site's folder.
        label: what it is, with format and weight (« La synthèse (PDF, 170 ko) »).
        chapter: the chapter that it prints; empty for the whole report.
    """

    href: str
    label: str
    chapter: str = ""


def document_links(made: Iterable[Path], site: Path) -> list[DocumentLink]:
    """Links to the documents that exist, those a reader opens first before the others."""
    found = {path.name: path for path in made if path.name in LABELS}
    chapters = {name: slug for slug, name in LEAFLETS.items()}
    return [
        DocumentLink(
            Path(os.path.relpath(found[name], site)).as_posix(),
            typeset(f"{label} ({KINDS[found[name].suffix]}, {weight(found[name].stat().st_size)})"),
            chapters.get(name, ""),
        )
        for name, label in LABELS.items()
        if name in found
    ]


def agreed_links(folder: Path) -> list[DocumentLink]:
    """Links from a report beside it to the documents of the convention that ``ctg documents`` wrote.

    Args:
        folder: the study's folder of documents, whether or not it exists.
    """
    found = [path for path in folder.glob("*") if path.is_file() and path.suffix in KINDS]
    found.sort(key=lambda path: (path.stem, list(KINDS).index(path.suffix)))
    return [
        DocumentLink(
            f"../{FOLDER}/{path.name}", typeset(f"{_named(label, path.stem, stem)} ({KINDS[path.suffix]})")
        )
        for stem, label in AGREED.items()
        for path in found
        if path.stem == stem or path.stem.removeprefix(f"{stem}-").isdigit()
    ]


def _named(label: str, name: str, stem: str) -> str:
    """« L’info flash n° 4 »: with its number, where its name has one."""
    rank = name.removeprefix(stem).removeprefix("-")
    return f"{label} n° {rank}" if rank else label


def weight(size: int) -> str:
    """A file's size in words: « 170 ko », « 4,3 Mo »."""
    return f"{number(size / 1e6, 1)} Mo" if size >= 1e6 else f"{number(max(1, round(size / 1e3)))} ko"
