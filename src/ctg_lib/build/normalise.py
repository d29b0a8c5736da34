"""Make an executed notebook depend on its inputs alone: same inputs, same bytes.

What execution adds and no reader needs goes (timings, paths, random cell ids, the machine's Python
version); what Quarto reads from cell metadata is added (label, caption, text alternative), because it
ignores output metadata.
"""

from __future__ import annotations

import copy
import re
from typing import Any

CELL_METADATA: frozenset[str] = frozenset(
    {"tags", "jupyter", "name", "label", "fig-cap", "fig-alt", "tbl-cap", "echo", "output", "classes"}
)
"""Cell metadata that are kept; everything else belongs to the run or to an editor."""
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")
_PANDOC_CAPTION = re.compile(r"^(?:Table)?:[ \t]+\S", re.MULTILINE)


def normalise(notebook: Any) -> Any:
    """A copy of ``notebook`` without anything that changes from one run to the next.

    - notebook metadata: ``kernelspec`` and ``language_info.name`` only;
    - cells: ids ``cell-001``… by position, metadata of :data:`CELL_METADATA`, run counts by position;
    - outputs: streams of one name merged, standard error left out (:func:`stderr_text` gives it),
      memory addresses in plain text replaced, MIME types in alphabetical order;
    - Quarto's ``label``, ``fig-cap``, ``fig-alt``, ``tbl-cap`` copied from the outputs' ``ctg`` metadata.
    """
    clean = copy.deepcopy(notebook)
    clean.metadata = _notebook_metadata(clean)
    count = 0
    for position, cell in enumerate(clean.cells, start=1):
        cell["id"] = f"cell-{position:03d}"
        metadata = {k: v for k, v in cell.metadata.items() if k in CELL_METADATA}
        cell.metadata = _node(metadata)
        if not cell.metadata.get("tags", True):
            del cell.metadata["tags"]
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            cell.outputs = _outputs(cell.outputs, count)
            cell.metadata.update(quarto_options(cell.outputs))
    clean.nbformat, clean.nbformat_minor = 4, 5
    return clean


def _node(value: Any) -> Any:
    from nbformat import from_dict

    return from_dict(value)


def _notebook_metadata(notebook: Any) -> Any:
    spec = notebook.metadata.get("kernelspec", {})
    return _node(
        {
            "kernelspec": {
                "display_name": spec.get("display_name", "Python 3"),
                "language": "python",
                "name": spec.get("name", "python3"),
            },
            "language_info": {"name": "python"},
        }
    )


def _outputs(outputs: list[Any], count: int) -> list[Any]:
    kept: list[Any] = []
    for output in outputs:
        kind = output.output_type
        if kind == "stream":
            if output.name == "stderr":
                continue
            if kept and kept[-1].output_type == "stream":
                kept[-1].text += output.text
                continue
        elif kind == "execute_result":
            output.execution_count = count
        if "data" in output:
            output.data = _data(output.data)
        kept.append(output)
    return kept


def _data(data: Any) -> Any:
    ordered = {mime: data[mime] for mime in sorted(data)}
    if "text/plain" in ordered:
        ordered["text/plain"] = _ADDRESS.sub("at 0x0", ordered["text/plain"])
    return _node(ordered)


def quarto_options(outputs: list[Any]) -> dict[str, Any]:
    """What Quarto reads in a cell's metadata, from the ``ctg`` metadata of its outputs.

    One figure gives texts, several give lists (Quarto then numbers them ``fig-x-1``, ``fig-x-2``).
    A table gives ``label`` and ``tbl-cap`` only when it is alone and its Markdown has no caption yet.
    """
    metas = [(o.get("metadata", {}).get("ctg") or {}, o) for o in outputs]
    figures = [meta for meta, _ in metas if meta.get("kind") == "figure"]
    tables = [(meta, o) for meta, o in metas if meta.get("kind") == "table"]
    if figures:
        captions, alts = [figure_caption(f) for f in figures], [str(f.get("alt", "")) for f in figures]
        single = len(figures) == 1
        return {
            "label": figures[0].get("id", ""),
            "fig-cap": captions[0] if single else captions,
            "fig-alt": alts[0] if single else alts,
        }
    if len(tables) == 1:
        meta, output = tables[0]
        if not _PANDOC_CAPTION.search(output.data.get("text/markdown", "")):
            return {"label": meta.get("id", ""), "tbl-cap": meta.get("caption", "")}
    return {}


def figure_caption(meta: dict[str, Any]) -> str:
    """``Titre — sous-titre. Source`` on one line, from a figure's ``ctg`` metadata."""
    head = " — ".join(t for t in (meta.get("title", ""), meta.get("subtitle", "")) if t)
    source = source_line(str(meta.get("source", "")))
    if not source:
        return head
    return f"{head}{'' if head.endswith(('.', '!', '?', '…')) else '.'} {source}"


def source_line(source: str) -> str:
    """``source`` beginning with « Source : », unless it does already; empty stays empty."""
    text = source.strip()
    return text if not text or re.match(r"Sources?\b", text) else f"Source\u00a0: {text}"


def stderr_text(notebook: Any) -> str:
    """Everything the cells wrote to standard error (warnings), in order."""
    return "".join(
        output.text
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stderr"
    )


def has_output(notebook: Any) -> bool:
    """Whether at least one code cell shows something (standard error does not count)."""
    return any(
        output.output_type in ("display_data", "execute_result")
        or (output.output_type == "stream" and output.name == "stdout" and output.text.strip())
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    )


def to_bytes(notebook: Any) -> bytes:
    """The notebook as nbformat JSON, UTF-8, sorted keys, line feeds, one final line feed."""
    import nbformat

    text: str = nbformat.writes(notebook, version=4)
    return (text.rstrip("\n") + "\n").encode("utf-8")
