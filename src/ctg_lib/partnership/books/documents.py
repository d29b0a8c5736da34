"""« documents.xlsx »: the register of what was read, cited by its id everywhere else."""

from __future__ import annotations

from ctg_lib.workbooks.common import REMARK, THEMES
from ctg_lib.workbooks.schema import Field, Sheet, Workbook

NATURES: dict[str, str] = {
    "deliberation": "délibération", "convention": "convention ou contrat", "rapport": "rapport d’activité",
    "etude": "étude ou diagnostic", "projet": "projet ou schéma", "statuts": "statuts",
    "budget": "budget ou compte", "donnees": "données transmises", "compte_rendu": "compte rendu",
    "page": "page d’un site", "presse": "presse", "autre": "autre",
}  # fmt: skip

NATURE_WORDS: dict[str, str] = {
    "CR": "compte_rendu", "PV": "compte_rendu", "procès-verbal": "compte_rendu", "relevé de décisions": "compte_rendu",
    "délib": "deliberation", "site": "page", "page web": "page", "site internet": "page", "article": "presse",
}  # fmt: skip

DOCUMENTS = Workbook(
    id="documents",
    file="documents.xlsx",
    title="Registre des documents",
    purpose="Chaque affirmation doit pouvoir être retrouvée : les documents lus, avec leur date et ce qu’ils disent.",
    audience="intercommunalité, prestataire",
    version=1,
    sheets=(
        Sheet(
            "documents", "Documents",
            "Une ligne par document. L’identifiant est repris dans les autres classeurs et dans les textes.",
            (
                Field("id", "Identifiant", "id", required=True, example="D01", width=12),
                Field("title", "Titre", required=True, example="Statuts de la communauté de communes", width=44),
                Field("author", "Organisme auteur", required=True, example="communauté de communes", width=28),
                Field("date", "Date du document", "date", required=True, example="14/12/2023", width=14),
                Field("nature", "Nature", "choice", required=True, choices=NATURES, synonyms=NATURE_WORDS, example="statuts", width=22),
                Field("themes", "Thèmes", "choices", choices=THEMES, example="petite enfance ; enfance", width=30),
                Field("place", "Adresse ou fichier", help="Adresse de la page, ou nom du fichier.", width=40),
                Field("read_on", "Lu le", "date", example="20/03/2026", width=14),
                Field("summary", "Ce qu’il dit d’utile", "long_text", width=60),
                REMARK,
            ),
            key=("id",),
        ),
    ),
)  # fmt: skip
