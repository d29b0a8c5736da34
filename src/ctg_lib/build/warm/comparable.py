"""What is compared between two runs of one notebook: all of it, but what no two runs have in common.

Left out (docs/moteur.md says so to readers):

- ids of cells, and what papermill and nbclient note of times and states (``papermill``, ``execution``);
- the version of Python and of the kernel (``language_info``);
- addresses of objects in memory, and the file that IPython names after the process for each cell;
- how a stream is cut: pieces of one stream between two other outputs are put together, standard output first,
  because programs write to a descriptor beside Python and nothing tells in what order.
"""

from __future__ import annotations

import copy
import re
from typing import Any

_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}")
_CELL_FILE = re.compile(r"[^\s'\"(<]*ipykernel_\d+[/\\]\d+\.py")
_OF_THE_RUN = ("papermill", "execution", "language_info", "widgets")


def comparable(notebook: Any) -> Any:
    """Cells and outputs of ``notebook`` as plain lists and dictionaries, without what a run leaves behind."""
    cells = []
    for cell in copy.deepcopy(notebook.cells):
        kept = {"kind": cell.cell_type, "source": cell.source, "metadata": _metadata(cell.metadata)}
        if cell.cell_type == "code":
            kept |= {"count": cell.execution_count, "outputs": _outputs(cell.outputs)}
        cells.append(kept)
    return {"metadata": _metadata(notebook.metadata), "cells": cells}


def _metadata(metadata: Any) -> dict[str, Any]:
    return {name: value for name, value in metadata.items() if name not in _OF_THE_RUN}


def _outputs(outputs: list[Any]) -> list[Any]:
    """Outputs in order; streams that nothing separates are put together by name."""
    kept: list[Any] = []
    streams: dict[str, str] = {}

    def close() -> None:
        kept.extend(
            {"stream": name, "text": _said(streams[name])} for name in ("stdout", "stderr") if name in streams
        )
        streams.clear()

    for output in outputs:
        if output.output_type == "stream":
            streams[output.name] = streams.get(output.name, "") + output.text
        else:
            close()
            kept.append(_plain(output))
    close()
    return kept


def _plain(value: Any) -> Any:
    """``value`` with its texts compared by what they say."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return _said(value) if isinstance(value, str) else value


def _said(text: str) -> str:
    return _CELL_FILE.sub("ipykernel.py", _ADDRESS.sub("0x0", text))
