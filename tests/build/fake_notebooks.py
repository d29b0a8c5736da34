"""Tiny notebooks and output bundles for the tests of the build room."""

from __future__ import annotations

import base64
import struct
import textwrap
import zlib
from pathlib import Path
from typing import Any

import nbformat

from ctg_lib.project import Project

SVG = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 200" width="640" height="200">'
    '<rect x="20" y="60" width="{width}" height="80" fill="#17607a"/></svg>\n'
)


def png_bytes() -> bytes:
    """A grey image of 2 × 1 pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 2, 1, 8, 0, 0, 0, 0)
    data = zlib.compress(b"\x00\x80\x80")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def figure(id: str = "fig-couverture", width: int = 400, **more: Any) -> dict[str, Any]:
    """A figure's bundle, as the display room makes it."""
    ctg = {
        "kind": "figure",
        "id": id,
        "title": "Autant de places que dans la France entière",
        "subtitle": "Places pour 100 enfants de moins de 3 ans",
        "source": "Cnaf, 2023",
        "alt": "Larzac et Vallées : 60,5 places pour 100 enfants ; France : 60,9.",
        "description": "Deux lignes : le territoire, 60,5 ; la France, 60,9.",
        "data": {
            "columns": ["name", "value", "period"],
            "labels": ["Territoire", "Places pour 100 enfants", "Année"],
            "rows": [["Larzac et Vallées", 60.5, 2023], ["France", 60.9, 2023], ["Essai <b>", None, 2021]],
        },
        **more,
    }
    return {
        "data": {
            "text/html": "<figure>pour JupyterLab</figure>",
            "image/svg+xml": SVG.format(width=width),
            "image/png": base64.b64encode(png_bytes()).decode(),
            "text/plain": "Figure",
        },
        "metadata": {"image/png": {"alt": ctg["alt"], "width": 640, "height": 200}, "ctg": ctg},
    }


def table(id: str = "tbl-communes", markdown: str | None = None) -> dict[str, Any]:
    """A table's bundle."""
    html = (
        "<table><caption>Population des communes</caption><thead><tr><th>Commune</th><th>Habitants</th>"
        "<th>Part</th></tr></thead><tbody><tr><th>La Cavalerie</th><td>1 234</td><td>20 %</td></tr>"
        "<tr><th>Nant</th><td>secret</td><td>–</td></tr></tbody></table>"
    )
    ctg = {
        "kind": "table",
        "id": id,
        "caption": "Population des communes",
        "source": "Source : Insee, RP 2023",
        "data": {"columns": ["name", "value"], "rows": [["La Cavalerie", 1234], ["Nant", None]]},
    }
    text = markdown or "| Commune | Habitants |\n|---|---:|\n| La Cavalerie | 1 234 |\n| Nant | secret |"
    return {"data": {"text/html": html, "text/markdown": text}, "metadata": {"ctg": ctg}}


def prose(text: str) -> dict[str, Any]:
    """A prose bundle."""
    return {"data": {"text/markdown": text}, "metadata": {"ctg": {"kind": "prose"}}}


def callout(title: str = "L’essentiel", text: str = "**Autant de places qu’en France.** Le reste.") -> Any:
    """A callout's bundle."""
    html = (
        f'<section class="callout callout-essentiel"><h3>{title}</h3>'
        "<p><strong>Autant de places qu’en France.</strong> Le reste.</p></section>"
    )
    markdown = f"::: {{.callout-note}}\n## {title}\n{text}\n:::"
    return {
        "data": {"text/html": html, "text/markdown": markdown},
        "metadata": {"ctg": {"kind": "callout", "title": title}},
    }


def shown(bundle: dict[str, Any], kind: str = "display_data") -> Any:
    """A bundle as the output of an executed cell."""
    return nbformat.v4.new_output(kind, **bundle)


def markdown_cell(text: str) -> Any:
    return nbformat.v4.new_markdown_cell(text)


def code_cell(source: str = "", outputs: list[Any] | None = None, tags: list[str] | None = None) -> Any:
    cell = nbformat.v4.new_code_cell(textwrap.dedent(source).strip(), outputs=outputs or [])
    if tags:
        cell.metadata["tags"] = tags
    return cell


def display_code(*bundles: dict[str, Any]) -> str:
    """Source of a code cell that shows these bundles when it is run."""
    calls = [f"display({b['data']!r}, metadata={b['metadata']!r}, raw=True)" for b in bundles]
    return "from IPython.display import display\n" + "\n".join(calls)


def notebook(title: str, *cells: Any, parameters: str = 'study = "241200906"', kernel: str = "ctg") -> Any:
    """A chapter: title, parameters, then ``cells``."""
    nb = nbformat.v4.new_notebook(
        cells=[markdown_cell(f"# {title}"), code_cell(parameters, tags=["parameters"]), *cells],
        metadata={"kernelspec": {"name": kernel, "display_name": "CTG", "language": "python"}},
    )
    return nb


def write(path: Path, nb: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nb, path)
    return path


def make_project(root: Path, notebooks: dict[str, Any]) -> Project:
    """A project holding just these chapters, in this order."""
    project = Project(root)
    project.raw.mkdir(parents=True, exist_ok=True)
    project.manifest.write_text("{}\n", encoding="utf-8")
    for slug, nb in notebooks.items():
        write(project.notebooks / f"{slug}.ipynb", nb)
    lines = "".join(f"    - {slug}.ipynb\n" for slug in notebooks)
    config = f"project:\n  type: book\nbook:\n  chapters:\n    - index.qmd\n{lines}"
    (project.notebooks / "_quarto.yml").write_text(config, encoding="utf-8")
    return project
