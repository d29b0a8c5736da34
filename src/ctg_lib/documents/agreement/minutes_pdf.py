"""The same papers as PDF, laid out by Typst (``minutes.typ``)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ctg_lib.display.theme import COLORS
from ctg_lib.documents.agreement.minutes import Paper
from ctg_lib.documents.agreement.minutes_word import BLANK
from ctg_lib.documents.typst_pdf import typst_compiler, typst_pdf

TEMPLATE = Path(__file__).parent / "minutes.typ"


def pdf_bytes(paper: Paper) -> bytes:
    """The paper as PDF: the same for the same paper; no date is written in the file.

    Raises:
        BadInput: the package ``typst`` is absent.
    """
    return typst_pdf(typst_compiler(TEMPLATE, content(paper), "Un compte rendu en PDF demande"))


def content(paper: Paper) -> dict[str, Any]:
    """All that is printed, as JSON takes it; texts as (is a blank, words)."""
    return {
        "title": paper.title, "subtitle": paper.subtitle, "running": paper.running, "fictif": paper.fictif, "colors": COLORS,
        "facts": [[label, _runs(words)] for label, words in paper.facts],
        "sections": [
            {
                "title": s.title, "lines": [_runs(line) for line in s.lines], "note": s.note,
                "grid": None if s.grid is None else {
                    "head": list(s.grid.head), "widths": list(s.grid.widths), "height": s.grid.height,
                    "rows": [[_runs(cell) for cell in row] for row in s.grid.rows],
                },
            }
            for s in paper.sections
        ],
    }  # fmt: skip


def _runs(text: str) -> list[tuple[bool, str]]:
    return [(bool(BLANK.fullmatch(piece)), piece) for piece in BLANK.split(text) if piece]
