"""What each chapter says and shows. A notebook calls these methods in order and writes nothing itself.

Messages are sentences built from results: every number, name, article and comparison comes from the data,
and a sentence whose figures are missing is left out or says what is missing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from ctg_lib.errors import BadInput

if TYPE_CHECKING:
    from ctg_lib.study.chapters.base import Chapter
    from ctg_lib.study.core import Study

CHAPTERS: dict[str, str] = {
    "synthese": "Synthese",
    "demarche": "Demarche",
    "bilan": "Bilan",
    "population": "Population",
    "offre": "Offre",
    "petite_enfance": "PetiteEnfance",
    "acces_droits": "AccesDroits",
    "indicateurs": "Indicateurs",
}


def open_chapter(study: Study, name: str) -> Chapter:
    """The chapter of that name (``CHAPTERS``).

    Raises:
        BadInput: unknown name.
    """
    if name not in CHAPTERS:
        raise BadInput(f"Chapitre inconnu : {name!r} (connus : {', '.join(CHAPTERS)}).")
    module = importlib.import_module(f"ctg_lib.study.chapters.{name}")
    return getattr(module, CHAPTERS[name])(study)
