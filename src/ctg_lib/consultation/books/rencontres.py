"""« rencontres.xlsx »: thematic meetings with local actors, in the order of the démarche's own list.

That list is the information letter's: « étayer le diagnostic des besoins repérés et de l’offre existante, […] la
mobilisation de l’offre par les habitants, professionnels et bénévoles du territoire, leurs modalités de
coopération, les difficultés rencontrées, les spécificités territoriales, les attentes d’appui et
d’accompagnement […], premières pistes de travail ».
"""

from __future__ import annotations

from dataclasses import replace

from ctg_lib.consultation.books import common as c
from ctg_lib.consultation.scheme import Scheme
from ctg_lib.workbooks.schema import Field, Workbook

RUBRICS: dict[str, str] = {
    "besoins": "besoins repérés", "offre": "offre existante",
    "mobilisation_habitants": "mobilisation de l’offre par les habitants",
    "mobilisation_professionnels": "mobilisation de l’offre par les professionnels",
    "mobilisation_benevoles": "mobilisation de l’offre par les bénévoles", "cooperation": "modalités de coopération",
    "difficultes": "difficultés rencontrées", "specificites": "spécificités du territoire",
    "appui": "attentes d’appui et d’accompagnement", "pistes": "premières pistes de travail",
}  # fmt: skip
"""Headings of a thematic meeting, in its order."""
RUBRIC_QUESTIONS: dict[str, str] = {
    "besoins": "Quels besoins voyez-vous, de qui, où, à quel moment ? Qu’est-ce qui vous le fait dire ?",
    "offre": "Qu’est-ce qui existe déjà pour y répondre, ici ou à côté ?",
    "mobilisation_habitants": "Qui s’en sert ? Qui ne s’en sert pas, et pourquoi ?",
    "mobilisation_professionnels": "Les professionnels y orientent-ils ? Qu’est-ce qui les en empêche ?",
    "mobilisation_benevoles": "Quelle part y prennent les bénévoles ? Jusqu’à quand le pourront-ils ?",
    "cooperation": "Avec qui travaillez-vous, comment, à quelle occasion ? Avec qui faudrait-il travailler ?",
    "difficultes": "Qu’est-ce qui bloque ou fatigue aujourd’hui ?",
    "specificites": "Qu’est-ce qui tient à ce territoire : distances, saisons, régiment, métiers ?",
    "appui": "De quel appui auriez-vous besoin, et de qui ?",
    "pistes": "Par quoi commencer ? Qu’essayer dès cette année ?",
}  # fmt: skip
"""Heading -> what is asked under it."""
RUBRIC_KINDS: dict[str, str] = {
    "besoins": "besoin", "offre": "offre", "mobilisation_habitants": "offre", "mobilisation_professionnels": "offre",
    "mobilisation_benevoles": "offre", "cooperation": "levier", "difficultes": "frein", "appui": "attente",
    "pistes": "piste",
}  # fmt: skip
"""Heading -> kind of what is said under it where nothing else is said; « specificites » has none."""
_WORDS: dict[str, str] = {
    "besoin": "besoins", "offre": "offre", "mobilisation habitants": "mobilisation_habitants",
    "mobilisation professionnels": "mobilisation_professionnels", "mobilisation bénévoles": "mobilisation_benevoles",
    "coopération": "cooperation", "partenariat": "cooperation", "difficultés": "difficultes", "freins": "difficultes",
    "spécificités": "specificites", "spécificités territoriales": "specificites", "attentes": "appui", "appui": "appui",
    "accompagnement": "appui", "pistes": "pistes", "premières pistes": "pistes",
}  # fmt: skip


def rencontres(scheme: Scheme, secteurs: tuple[str, ...] = ()) -> Workbook:
    """The workbook, for a coding scheme and a study's secteurs."""
    rubric = Field(
        "rubric", "Rubrique", "choice", "Partie de la fiche d’animation.", required=True, choices=RUBRICS, synonyms=_WORDS,
        example="besoins repérés", width=30,
    )  # fmt: skip
    return Workbook(
        id="rencontres",
        file="rencontres.xlsx",
        title="Rencontres thématiques avec les acteurs locaux",
        purpose="Étayer le diagnostic des besoins repérés et de l’offre existante par l’expérience de terrain de chacun.",
        audience=c.AUDIENCE,
        version=1,
        sheets=(
            c.meetings_sheet(
                "Rencontres", f"Une ligne par rencontre, tenue ou prévue. {c.NO_NAME}", "R01",
                replace(c.TITLE, example="Petite enfance et parentalité"),
                c.PLACE,
                c.secteur_field(secteurs, "Si la rencontre n’en concernait qu’un ; sinon vide."),
                c.THEMES_OF,
                replace(c.PEOPLE, help="Sans réponse : la somme de la feuille « Présents ».", example="17"),
                lines=30,
            ),
            c.present_sheet("rencontres", "professionnels de la petite enfance"),
            c.excerpts_sheet(
                "Contenus",
                "Une ligne par chose dite, dans l’ordre de la fiche d’animation. Ce que tous disent ensemble : "
                f"« {c.SEVERAL_LABEL} ».",
                c.excerpt_fields(
                    "rencontres", scheme, secteurs, before=(rubric,),
                    group=c.group_field("Qui le dit.", required=True, example="assistantes maternelles"),
                    kind=c.kind_field(
                        "Sans réponse : celle de la rubrique (les spécificités n’en ont pas : la dire).", required=False
                    ),
                ),
            ),
        ),
    )  # fmt: skip
