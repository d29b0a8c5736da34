"""What each chapter says and shows. A notebook calls these methods in order and writes nothing itself.

Messages are sentences built from results: every number, name, article and comparison comes from the data,
and a sentence whose figures are missing is left out or says what is missing.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ctg_lib.display.prose import has_figures
from ctg_lib.display.table import Output, sourced
from ctg_lib.errors import BadInput
from ctg_lib.study.using import Uses, using

if TYPE_CHECKING:
    from ctg_lib.study.chapters.base import Chapter
    from ctg_lib.study.core import Study

CHAPTERS: dict[str, str] = {
    "synthese": "Synthese",
    "demarche": "Demarche",
    "bilan": "Bilan",
    "population": "Population",
    "familles": "Familles",
    "offre": "Offre",
    "petite_enfance": "PetiteEnfance",
    "enfance": "Enfance",
    "jeunesse": "Jeunesse",
    "parentalite": "Parentalite",
    "handicap": "Handicap",
    "vie_sociale": "VieSociale",
    "acces_droits": "AccesDroits",
    "vulnerables": "Vulnerables",
    "communes": "Communes",
    "indicateurs": "Indicateurs",
    "methodes": "Methodes",
}

_SAYING = ("essentiel", "vigilance", "questions", "note")
"""Callouts whose numbers come from data; « Ce qui n’est pas encore rempli » counts empty lines."""
_SOURCE = re.compile(r"^(?:[-*+] )?\*?Sources?\b", re.MULTILINE)


def open_chapter(study: Study, name: str) -> Chapter:
    """The chapter of that name (``CHAPTERS``).

    Raises:
        BadInput: unknown name.
    """
    if name not in CHAPTERS:
        raise BadInput(f"Chapitre inconnu : {name!r} (connus : {', '.join(CHAPTERS)}).")
    module = importlib.import_module(f"ctg_lib.study.chapters.{name}")
    kind = getattr(module, CHAPTERS[name])
    return _cells(kind, fictif=study.fictif)(study)


def _cells(kind: type[Chapter], *, fictif: bool) -> type[Chapter]:
    """The same chapter, each of whose texts says what its numbers come from; if need be that it is made up."""
    cells = [
        _of(kind, name, method)
        for name, method in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_") and not isinstance(inspect.getattr_static(kind, name), staticmethod)
    ]
    shown = [_marked(cell) if fictif else cell for cell in cells]
    made = {cell.__name__: cell if kind.of_the_project else _told(cell) for cell in shown}
    return type(kind.__name__, (kind,), made)


def _of(kind: type[Chapter], name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    """The cell as the chapter's class has it when it is called."""

    @functools.wraps(method)
    def inside(self: Chapter, *args: Any, **more: Any) -> Any:
        return getattr(kind, name)(self, *args, **more)

    inside.__name__ = name
    return inside


def _told(method: Callable[..., Any]) -> Callable[..., Any]:
    """A cell whose passage of text bears the source line of what it asked the study for."""

    @functools.wraps(method)
    def inside(self: Chapter, *args: Any, **more: Any) -> Any:
        if self.study.uses is not None:  # asked by another cell, whose text it is a part of
            return method(self, *args, **more)
        with using(self.study) as uses:
            found = method(self, *args, **more)
        return _with_source(self, found, uses) if isinstance(found, Output) else found

    return inside


def _with_source(chapter: Chapter, found: Output, uses: Uses) -> Output:
    """A passage with its source line; as it is where it has no number, or says its sources itself."""
    own = "source" in found.ctg or "origin" in found.ctg or _SOURCE.search(str(found.ctg.get("text", "")))
    told = found.ctg["kind"] == "prose" or found.ctg.get("callout") in _SAYING
    if not told or own or not has_figures(str(found.ctg["text"])):
        return found
    line = chapter.source_of(uses)
    return sourced(found, line) if line else found


def _marked(method: Callable[..., Any]) -> Callable[..., Any]:
    from ctg_lib.display.figure import made_up

    @functools.wraps(method)
    def inside(*args: Any, **more: Any) -> Any:
        with made_up():
            return method(*args, **more)

    return inside
