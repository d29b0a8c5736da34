"""What each chapter says and shows. A notebook calls these methods in order and writes nothing itself.

Messages are sentences built from results: every number, name, article and comparison comes from the data,
and a sentence whose figures are missing is left out or says what is missing.
"""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ctg_lib.errors import BadInput

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


def open_chapter(study: Study, name: str) -> Chapter:
    """The chapter of that name (``CHAPTERS``).

    Raises:
        BadInput: unknown name.
    """
    if name not in CHAPTERS:
        raise BadInput(f"Chapitre inconnu : {name!r} (connus : {', '.join(CHAPTERS)}).")
    module = importlib.import_module(f"ctg_lib.study.chapters.{name}")
    kind = getattr(module, CHAPTERS[name])
    return (_marking(kind) if study.fictif else kind)(study)


def _marking(kind: type[Chapter]) -> type[Chapter]:
    """The same chapter, whose drawings say that the study is made up."""
    cells = {
        name: method
        for name, method in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_") and not isinstance(inspect.getattr_static(kind, name), staticmethod)
    }
    return type(kind.__name__, (kind,), {name: _marked(method) for name, method in cells.items()})


def _marked(method: Callable[..., Any]) -> Callable[..., Any]:
    from ctg_lib.display.figure import made_up

    @functools.wraps(method)
    def inside(*args: Any, **more: Any) -> Any:
        with made_up():
            return method(*args, **more)

    return inside
