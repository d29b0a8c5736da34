"""Which chapters the report has, in which order: ``notebooks/_quarto.yml`` alone says so."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from ctg_lib.errors import BadInput, found_expected

CONFIG = "_quarto.yml"
PARAMETERS: frozenset[str] = frozenset({"study"})
"""The parameters a chapter takes: all of them, and no other."""
KERNELS: tuple[str, ...] = ("ctg", "python3")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TITLE = re.compile(r"^#[ \t]+(?P<title>.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
_ATTRIBUTES = re.compile(r"\s*\{[^{}]*\}$")


@dataclass(frozen=True)
class Chapter:
    """One chapter: ``slug`` names its page and its files, ``number`` is its place in the report (from 1)."""

    slug: str
    path: Path
    title: str
    number: int


def read_config(folder: Path) -> dict[str, Any]:
    """``_quarto.yml`` of ``folder`` as a dict.

    Raises:
        BadInput: the file is absent or is not a YAML mapping.
    """
    path = folder / CONFIG
    if not path.is_file():
        raise BadInput(f"{path} : fichier absent ; il donne la liste et l’ordre des chapitres.")
    try:
        config = _parsed(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise BadInput(f"{path} : YAML illisible ({error}).") from error
    if not isinstance(config, dict):
        raise BadInput(found_expected(str(path), config, "des clés « project: », « book: »…"))
    return deepcopy(config)


@lru_cache(maxsize=4)
def _parsed(text: str) -> Any:
    return yaml.safe_load(text)


def chapter_files(config: dict[str, Any], where: str = CONFIG) -> list[str]:
    """The file names listed under ``book: chapters:`` then ``appendices:``, parts flattened, in order."""
    book = config.get("book")
    if not isinstance(book, dict) or not isinstance(book.get("chapters"), list):
        raise BadInput(found_expected(f"{where}, book: chapters:", book, "une liste de fichiers .ipynb"))
    return [
        name
        for key in ("chapters", "appendices")
        for entry in book.get(key) or []
        for name in _entry(entry, where)
    ]


def _entry(entry: Any, where: str) -> list[str]:
    if isinstance(entry, str):
        return [entry]
    if isinstance(entry, dict) and isinstance(entry.get("chapters"), list):
        return [name for inner in entry["chapters"] for name in _entry(inner, where)]
    if isinstance(entry, dict) and isinstance(entry.get("file"), str):
        return [entry["file"]]
    raise BadInput(found_expected(f"{where}, book: chapters:", entry, "un nom de fichier ou une partie"))


def read_chapters(folder: Path) -> list[Chapter]:
    """The chapters of the report, in order, each one checked.

    ``index.qmd`` is the page that the assemblers write themselves: it is no chapter.

    Args:
        folder: the notebooks' folder, holding ``_quarto.yml``.

    Raises:
        BadInput: no chapter, a chapter twice, or a notebook that cannot be run as a chapter
            (see :func:`check_notebook`).
    """
    names = [n for n in chapter_files(read_config(folder), str(folder / CONFIG)) if n != "index.qmd"]
    if not names:
        raise BadInput(f"{folder / CONFIG} : aucun chapitre sous « book: chapters: ».")
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise BadInput(f"{folder / CONFIG} : chapitre cité deux fois : {', '.join(twice)}.")
    return [_chapter(folder, name, number) for number, name in enumerate(names, start=1)]


def _chapter(folder: Path, name: str, number: int) -> Chapter:
    path = folder / name
    slug = path.stem
    if path.suffix != ".ipynb" or path.parent != folder or not _SLUG.fullmatch(slug):
        raise BadInput(
            found_expected(
                f"{folder / CONFIG}, book: chapters:", name, "un nom comme « 04-petite-enfance.ipynb »"
            )
        )
    if not path.is_file():
        raise BadInput(f"{folder / CONFIG} cite {name}, absent de {folder}.")
    return Chapter(slug, path, check_notebook(path), number)


def load_notebook(path: Path) -> Any:
    """The notebook at ``path`` (nbformat 4 node).

    Raises:
        BadInput: the file is not a notebook.
    """
    return _readable(path, _content(path))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error


def _readable(path: Path, content: bytes) -> Any:
    import nbformat

    try:
        return nbformat.reads(content.decode("utf-8"), as_version=4)
    except Exception as error:  # nbformat lets JSON, schema and version errors of many kinds through
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> BadInput:
    return BadInput(f"{path} : ce n’est pas un notebook lisible ({type(error).__name__} : {error}).")


def check_notebook(path: Path) -> str:
    """Check that ``path`` can be run as a chapter; give its title.

    A chapter begins with a Markdown cell ``# Titre``, has one code cell tagged ``parameters`` that sets
    ``study`` and nothing else, and names a kernel of :data:`KERNELS`.

    Raises:
        BadInput: one of these is not so.
    """
    return _title(path, _content(path))


@lru_cache(maxsize=64)
def _title(path: Path, content: bytes) -> str:
    """Checked once for each content: who makes many reports asks for each of them."""
    notebook = _readable(path, content)
    name = path.name
    kernel = notebook.metadata.get("kernelspec", {}).get("name")
    if kernel not in KERNELS:
        raise BadInput(found_expected(f"{name}, metadata.kernelspec.name", kernel, " ou ".join(KERNELS)))
    _check_parameters(notebook, name)
    title = notebook_title(notebook)
    if not title:
        raise BadInput(f"{name} : la première cellule doit être du texte et commencer par « # Titre ».")
    return title


def notebook_title(notebook: Any) -> str:
    """The level-1 heading of the first Markdown cell, without Quarto attributes; empty when none."""
    first = next((c for c in notebook.cells if c.cell_type == "markdown"), None)
    match = _TITLE.search(first.source) if first is not None else None
    return _ATTRIBUTES.sub("", match["title"]).strip() if match else ""


def parameters_index(notebook: Any) -> int:
    """Position of the cell tagged ``parameters``, -1 when there is none."""
    for index, cell in enumerate(notebook.cells):
        if "parameters" in cell.metadata.get("tags", []):
            return index
    return -1


def _check_parameters(notebook: Any, name: str) -> None:
    tagged = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    if len(tagged) != 1 or tagged[0].cell_type != "code":
        raise BadInput(
            found_expected(name, f"{len(tagged)} cellule(s)", "une cellule de code étiquetée « parameters »")
        )
    found = _assigned_names(tagged[0].source, name)
    if missing := sorted(PARAMETERS - found):
        raise BadInput(f"{name}, cellule « parameters » : il manque {', '.join(missing)}.")
    if unknown := sorted(found - PARAMETERS):
        raise BadInput(
            f"{name}, cellule « parameters » : paramètre inconnu {', '.join(unknown)} ; "
            f"attendu seulement : {', '.join(sorted(PARAMETERS))}."
        )


def _assigned_names(source: str, name: str) -> set[str]:
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        raise BadInput(f"{name}, cellule « parameters », ligne {error.lineno} : {error.msg}.") from error
    targets: list[ast.expr] = []
    for node in body:
        if isinstance(node, ast.Assign):
            targets += node.targets
        elif isinstance(node, ast.AnnAssign):
            targets.append(node.target)
    return {t.id for t in targets if isinstance(t, ast.Name)}


def select_chapters(chapters: list[Chapter], wanted: Iterable[str]) -> list[Chapter]:
    """The chapters named by ``wanted`` (``04-petite-enfance`` or just ``04``), in the report's order.

    Raises:
        BadInput: a name that no chapter, or more than one, answers to.
    """
    chosen: set[str] = set()
    for name in wanted:
        hits = [c.slug for c in chapters if name in (c.slug, c.path.name)]
        hits = hits or [c.slug for c in chapters if c.slug.startswith(f"{name}-")]
        if len(hits) != 1:
            known = ", ".join(c.slug for c in chapters)
            raise BadInput(found_expected("--chapters", name, f"un chapitre parmi : {known}"))
        chosen.add(hits[0])
    return [c for c in chapters if c.slug in chosen]
