"""What executed notebooks show, read back in one form for both assemblers."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ctg_lib.build.chapters import load_notebook
from ctg_lib.build.info import FICTIF_COLUMN
from ctg_lib.build.run import ChapterResult
from ctg_lib.errors import CtgError

HIDDEN_CELLS: frozenset[str] = frozenset(
    {"parameters", "injected-parameters", "remove-cell", "remove-output"}
)
"""Cells with one of these tags show nothing in the report."""
_OWN_KINDS = ("figure", "table", "prose", "callout", "key_figures", "absent")
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


class AssemblyError(CtgError):
    """Executed chapters that cannot be assembled; the message names the chapter and what is wrong."""


@dataclass(frozen=True)
class Item:
    """One thing shown by a cell.

    ``kind``: one of the display room's (``figure``, ``table``, ``prose``, ``callout``, ``key_figures``,
    ``absent``), or for any other output ``markdown``, ``html``, ``image``, ``text``.
    ``data``: content by MIME type; ``meta``: the ``ctg`` record; ``output``: the output's whole metadata.
    """

    kind: str
    data: dict[str, Any]
    meta: dict[str, Any]
    output: dict[str, Any]

    @property
    def id(self) -> str:
        """Stable id within the chapter; empty for outputs that have none."""
        return str(self.meta.get("id") or "")


def cell_items(cell: Any) -> list[Item]:
    """What a code cell shows to a reader, in order; nothing for hidden cells and standard error."""
    if cell.cell_type != "code" or HIDDEN_CELLS & set(cell.metadata.get("tags", [])):
        return []
    return [item for item in map(_item, cell.outputs) if item is not None]


def _item(output: Any) -> Item | None:
    if output.output_type == "stream":
        shown = output.name == "stdout" and output.text.strip()
        return Item("text", {"text/plain": output.text}, {}, {}) if shown else None
    if "data" not in output:
        return None
    data, metadata = dict(output.data), dict(output.metadata)
    meta = dict(metadata.get("ctg") or {})
    return Item(_kind(data, meta), data, meta, metadata)


def _kind(data: dict[str, Any], meta: dict[str, Any]) -> str:
    if meta.get("kind") in _OWN_KINDS:
        return str(meta["kind"])
    for mime, kind in (("text/html", "html"), ("text/markdown", "markdown")):
        if mime in data:
            return kind
    return "image" if any(mime.startswith("image/") for mime in data) else "text"


Loaded = tuple[str, Any]
"""Slug and notebook of an executed chapter, read and checked."""
Executed = ChapterResult | Path | Loaded
"""An executed chapter, as the assemblers take it."""


def load_executed(executed: Executed) -> Loaded:
    """Slug and notebook of an executed chapter, checked; one that was read already is given back.

    Raises:
        AssemblyError: the chapter failed, holds an error, shows nothing, or uses an id twice.
    """
    if isinstance(executed, tuple):
        return executed
    path = executed.path if isinstance(executed, ChapterResult) else executed
    if path is None:
        slug = executed.slug if isinstance(executed, ChapterResult) else str(executed)
        raise AssemblyError(f"{slug} : ce chapitre a échoué, il ne peut pas entrer dans le rapport.")
    notebook = load_notebook(path)
    check_executed(notebook, path.name)
    return path.stem, notebook


def check_executed(notebook: Any, name: str) -> None:
    """Refuse a notebook that holds an error, shows nothing, or gives one id to two outputs.

    Quarto says nothing about any of these.

    Raises:
        AssemblyError: with the notebook's name.
    """
    outputs = [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs]
    if any(o.output_type == "error" for o in outputs):
        raise AssemblyError(f"{name} : une cellule a échoué ; relancez l’exécution de ce chapitre.")
    items = [item for cell in notebook.cells for item in cell_items(cell)]
    if not items:
        raise AssemblyError(f"{name} : aucune cellule n’affiche rien ; exécutez d’abord ce chapitre.")
    seen: set[str] = set()
    for item in items:
        if item.kind == "figure" and not _ID.fullmatch(item.id):
            raise AssemblyError(
                f"{name} : identifiant de figure {item.id!r}, attendu comme « fig-naissances »."
            )
        if item.kind not in ("figure", "table"):
            continue  # anchors only: the page numbers those that repeat
        if item.id and item.id in seen:
            raise AssemblyError(f"{name} : l’identifiant {item.id} est donné à deux figures ou tableaux.")
        seen.add(item.id)


def csv_bytes(record: dict[str, Any] | None, *, fictif: bool = False) -> bytes | None:
    """A ``ctg`` data record as CSV: comma, decimal point, UTF-8, empty where missing; None without rows.

    Args:
        fictif: the study is made up: a last column says so on every line.
    """
    if not record or not record.get("columns") or not record.get("rows"):
        return None
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    head, mark = ([FICTIF_COLUMN], ["oui"]) if fictif else ([], [])
    writer.writerow([*record["columns"], *head])
    writer.writerows([*("" if cell is None else cell for cell in row), *mark] for row in record["rows"])
    return out.getvalue().encode("utf-8")
