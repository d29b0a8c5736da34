"""« entretiens.xlsx »: interviews of partners, and what was said in them."""

from __future__ import annotations

from dataclasses import replace

from ctg_lib.consultation.books import common as c
from ctg_lib.consultation.scheme import Scheme
from ctg_lib.workbooks.schema import Field, Workbook


def entretiens(scheme: Scheme, secteurs: tuple[str, ...] = ()) -> Workbook:
    """The workbook, for a coding scheme and a study's secteurs."""
    return Workbook(
        id="entretiens",
        file="entretiens.xlsx",
        title="Entretiens avec les partenaires",
        purpose="Ce que disent les partenaires, extrait par extrait, codé par besoin et par nature, pour le croiser avec les autres.",
        audience=c.AUDIENCE,
        version=1,
        sheets=(
            c.meetings_sheet(
                "Entretiens",
                f"Une ligne par entretien, tenu ou prévu. {c.NO_NAME} Ce fichier reste dans le dossier de l’étude.",
                "E01",
                c.group_field("Le groupe au nom duquel on est cité.", required=True, several=False,
                              example="professionnels de la petite enfance"),
                Field("title", "Organisme", help="Jamais imprimé à côté d’une citation.", example="relais petite enfance", width=30),
                Field("function", "Fonction rencontrée", help="Une fonction, jamais un nom. Imprimée seulement avec accord et relecture.",
                      example="animatrice du relais", width=30),
                replace(c.PEOPLE, help="Nombre de personnes rencontrées ensemble (souvent 1)."),
                c.secteur_field(secteurs, "Si la personne n’en couvre qu’un ; sinon vide."),
                c.THEMES_OF,
                lines=60,
            ),
            c.excerpts_sheet(
                "Extraits",
                "Une ligne par chose dite : un besoin, une nature, une force. Deux personnes codent au moins quelques entretiens, "
                "chacune sur ses lignes (codage A, codage B), sans se lire.",
                c.excerpt_fields(
                    "entretiens", scheme, secteurs,
                    group=c.group_field("Inutile si c’est celui de l’entretien.", several=False),
                    kind=c.kind_field(),
                ),
            ),
        ),
    )  # fmt: skip
