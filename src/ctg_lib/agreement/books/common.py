"""Lists and columns that the workbooks of the agreement share."""

from __future__ import annotations

from collections.abc import Iterable

from ctg_lib.consultation.books.seminaire import COLLEGES
from ctg_lib.consultation.scheme import PUBLICS
from ctg_lib.workbooks.common import THEMES
from ctg_lib.workbooks.schema import Field

AUDIENCE = "qui conduit l’étude (chargé de coopération, bureau d’études), avec le comité technique"
NO_NAME = "Une fonction et un organisme, jamais un nom de personne."
COLLEGE_WORDS: dict[str, str] = {
    "élu": "elus", "élus communautaires": "elus", "techniciens": "agents", "services": "agents",
    "institutions": "partenaires", "associations": "partenaires", "parents": "habitants",
}  # fmt: skip

THEME = Field(
    "theme", "Thème", "choice", required=True, choices=THEMES,
    synonyms={label.split(" (")[0]: code for code, label in THEMES.items()}, example="petite enfance", width=22,
)  # fmt: skip
PUBLICS_OF = Field(
    "publics", "Publics", "choices", "Pour qui. Vide : tous les habitants.", choices=PUBLICS,
    example="enfants de moins de 3 ans ; parents", width=30,
)  # fmt: skip
MOMENT = Field(
    "moment", "Moment", help="Heures, jours ou saison, quand cela compte.", example="avant 7 h 30, les jours d’école",
    width=26,
)  # fmt: skip
COLLEGE = Field(
    "college", "Collège", "choice", "Les collèges ne s’additionnent jamais.", True, choices=COLLEGES, synonyms=COLLEGE_WORDS,
    example="élus", width=18,
)  # fmt: skip
KEY = Field("key", "Clé", help="Ce qui l’a fait proposer ; ne pas changer.", locked=True, width=24)
"""Of a line that was proposed; empty of one written by hand."""


def secteurs_field(secteurs: Iterable[str], help: str = "Vide : tout le territoire.") -> Field:
    """« Secteurs »: a list where the study has some, else a text."""
    names = tuple(secteurs)
    if not names:
        return Field("secteurs", "Secteurs", help="L’étude n’a pas de secteurs : laisser vide.", width=20)
    choices = {name: name for name in names}
    return Field("secteurs", "Secteurs", "choices", help, choices=choices, example=names[0], width=22)


def id_field(example: str) -> Field:
    """« Identifiant »."""
    return Field(
        "id", "Identifiant", "id", "Ne change plus une fois cité ailleurs.", True, example=example, width=12
    )


def decided_on(help: str = "Jour de la décision.", *, required: bool = False) -> Field:
    """« Date de la décision »."""
    return Field("decided_on", "Date de la décision", "date", help, required, example="09/02/2027", width=14)
