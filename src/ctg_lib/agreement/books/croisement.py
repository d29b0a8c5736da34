"""« croisement.xlsx »: needs, each read from every side, and the issues at stake that come out of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ctg_lib.agreement.books import common as c
from ctg_lib.consultation.scheme import Scheme
from ctg_lib.workbooks.common import DOCUMENT, REMARK
from ctg_lib.workbooks.schema import Field, Sheet, Workbook

READINGS: dict[str, str] = {
    "convergence": "les regards convergent", "divergence": "les regards divergent", "partage": "dit par une partie",
    "seul": "dit d’un seul côté", "un_cote": "un seul côté entendu", "ensemble": "dit ensemble",
    "sans_manque": "personne ne dit que cela manque", "silence": "personne n’en parle",
}  # fmt: skip
"""How the sides agree on a need (computed by :mod:`ctg_lib.agreement.crossing`; the workbook may overrule it)."""
NEED_STATES: dict[str, str] = {"propose": "proposé", "retenu": "retenu", "ecarte": "écarté"}
ISSUE_STATES: dict[str, str] = {"propose": "proposé", "valide": "validé", "ecarte": "écarté"}
_WORDS: dict[str, str] = {"oui": "retenu", "gardé": "retenu", "non": "ecarte", "refusé": "ecarte"}


def croisement(scheme: Scheme, secteurs: Iterable[str] = ()) -> Workbook:
    """The workbook, for a coding scheme and a study's secteurs."""
    return Workbook(
        id="croisement",
        file="croisement.xlsx",
        title="Croisement des regards : besoins et enjeux",
        purpose="Un besoin, c’est un public, un lieu et un moment. Chacun est regardé par les statistiques, les habitants, les "
        "professionnels, les partenaires, les élus et les documents ; les enjeux en sortent.",
        audience=c.AUDIENCE,
        version=1,
        sheets=(
            Sheet(
                "needs", "Besoins",
                "Une ligne par besoin : public, secteur, moment. Ce que dit chaque côté est calculé ; ici, ce qu’une personne en conclut. "
                "« ctg study crossing » ajoute des propositions, et ne change aucune ligne décidée.",
                (
                    c.id_field("N01"),
                    Field("label", "Besoin", required=True, help="Comme on le lit dans un tableau.", width=44,
                          example="un accueil avant 7 h 30 pour les enfants de moins de 3 ans"),
                    Field("need", "Besoin de la grille", "choice", "Ce qui le relie à ce que les acteurs ont dit.",
                          choices=scheme.choices, synonyms=scheme.synonyms, example=next(iter(scheme.choices.values())), width=40),
                    c.THEME,
                    c.PUBLICS_OF,
                    c.secteurs_field(secteurs),
                    c.MOMENT,
                    Field("findings", "Constats", "references", refers_to="constats.findings", example="K001", width=20),
                    Field("offer", "Offre qui y répond", "references", "Services de offre.xlsx.", refers_to="offre.services",
                          example="S01", width=18),
                    Field("gap", "Ce qui manque", "long_text", "L’écart entre le besoin et l’offre, en une phrase.", width=40),
                    Field("actors", "Qui peut agir", "references", "Organismes de parties.xlsx.", refers_to="parties.parties",
                          example="P01", width=16),
                    Field("contracts", "Contrats touchés", "references", refers_to="contrats.contracts", example="C01", width=16),
                    Field("reading", "Lecture retenue", "choice", "Vide : celle que donnent les chiffres et les paroles.",
                          choices=READINGS, width=22),
                    Field("why", "Pourquoi", "long_text", "Ce qui explique que les regards s’accordent ou non.", width=40),
                    Field("state", "Décision", "choice", "Sans réponse : proposé.", choices=NEED_STATES, synonyms=_WORDS,
                          example="retenu", width=12),
                    REMARK, c.KEY,
                ),
                key=("id",),
                lines=120,
            ),
            Sheet(
                "issues", "Enjeux",
                "Une ligne par enjeu : ce qui se joue pour le territoire, en une phrase. Le comité de pilotage en retient (priorites.xlsx).",
                (
                    c.id_field("E01"),
                    Field("title", "Enjeu", required=True, width=56,
                          example="Accueillir les jeunes enfants quand leurs parents travaillent"),
                    c.THEME,
                    Field("needs", "Besoins", "references", refers_to="croisement.needs", example="N01", width=20),
                    Field("description", "En deux phrases", "long_text", width=50),
                    Field("state", "État", "choice", "Sans réponse : proposé.", choices=ISSUE_STATES,
                          synonyms={"retenu": "valide", "refusé": "ecarte"}, example="validé", width=12),
                    Field("reason", "Pourquoi", "long_text", "Pourquoi il est écarté, ou comment il a été validé.", width=36),
                    replace(c.decided_on(), label="Validé ou écarté le"),
                    DOCUMENT, REMARK, c.KEY,
                ),
                key=("id",),
                lines=40,
            ),
        ),
    )  # fmt: skip
