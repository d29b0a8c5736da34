"""The same text as PDF, laid out by Typst (``convention.typ``)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ctg_lib.display.theme import COLORS
from ctg_lib.documents.agreement.blocks import Block, Draft, Grid, Heading, Text, parts
from ctg_lib.documents.typst_pdf import typst_compiler, typst_pdf

TEMPLATE = Path(__file__).parent / "convention.typ"


def pdf_bytes(draft: Draft) -> bytes:
    """The text as PDF, without a date: the same for the same text.

    Raises:
        BadInput: the package ``typst`` is absent.
    """
    return typst_pdf(typst_compiler(TEMPLATE, content(draft), "La convention en PDF demande"))


def content(draft: Draft) -> dict[str, Any]:
    """All that is printed, as JSON takes it; texts as (is a blank, words)."""
    return {
        "title": draft.title, "subtitle": draft.subtitle, "state": draft.state, "running": draft.running,
        "fictif": draft.fictif, "colors": COLORS, "blocks": [_block(b) for b in draft.blocks],
    }  # fmt: skip


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {
            "is": "heading",
            "kind": block.kind,
            "label": block.label,
            "new": block.new_page,
            "runs": _runs(block.text),
        }
    if isinstance(block, Text):
        return {"is": "text", "style": block.style, "runs": _runs(block.text)}
    if isinstance(block, Grid):
        return {
            "is": "grid", "title": block.title, "head": list(block.head), "widths": list(block.widths),
            "numbers": list(block.numbers), "rows": [[_runs(cell) for cell in row] for row in block.rows],
            "note": _runs(block.note), "total": block.total,
        }  # fmt: skip
    return {
        "is": "signatures",
        "parties": [[_runs(name), _runs(function)] for name, function in block.parties],
    }


def _runs(text: str) -> list[tuple[bool, str]]:
    return list(parts(text))
