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
from contextlib import nullcontext
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
    "habitants": "Habitants",
    "acteurs": "Acteurs",
    "croisement": "Croisement",
    "priorites": "Priorites",
    "plan_action": "PlanAction",
    "gouvernance": "Gouvernance",
    "suivi": "Suivi",
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
    made = {
        name: _cell(kind, name, method, fictif=fictif)
        for name, method in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_") and not isinstance(inspect.getattr_static(kind, name), staticmethod)
    }
    return type(kind.__name__, (kind,), made)


def _cell(kind: type[Chapter], name: str, method: Callable[..., Any], *, fictif: bool) -> Callable[..., Any]:
    """A cell, as the chapter's class has it when it is called, with the source line of what it asked for."""

    @functools.wraps(method)
    def inside(self: Chapter, *args: Any, **more: Any) -> Any:
        from ctg_lib.display.figure import made_up

        with made_up() if fictif else nullcontext():  # drawings then say it
            # asked by another cell, it is a part of that one's text
            if kind.of_the_project or self.study.uses is not None:
                return getattr(kind, name)(self, *args, **more)
            with using(self.study) as uses:
                found = getattr(kind, name)(self, *args, **more)
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
