"""How a chapter's run stops, whichever engine runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_INJECTED = "injected-parameters"


@dataclass(eq=False)
class Failure(Exception):
    """A run that stopped: ``index`` counts cells as in the source notebook (None: before any cell)."""

    index: int | None
    name: str
    message: str
    traceback: str
    retry: bool


def source_index(notebook: Any, executed: int | None) -> int | None:
    """Position in the source notebook of a cell of the executed one (papermill adds one cell)."""
    tags = [set(cell.metadata.get("tags", [])) for cell in notebook.cells]
    if executed is None or any(_INJECTED in t for t in tags):
        return executed
    injected = next((i + 1 for i, t in enumerate(tags) if "parameters" in t), 0)
    return executed - 1 if executed >= injected else executed
