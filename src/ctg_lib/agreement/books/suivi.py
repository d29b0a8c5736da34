"""« suivi.xlsx »: year by year, how actions go, what they cost, what is measured, what the evaluation says."""

from __future__ import annotations

from ctg_lib.agreement.books import common as c
from ctg_lib.agreement.books.plan import BUDGET_KINDS
from ctg_lib.partnership.books.financement import PAYERS
from ctg_lib.workbooks.common import DOCUMENT, REMARK
from ctg_lib.workbooks.schema import Field, Sheet, Workbook

ADVANCES: dict[str, str] = {
    "non_commencee": "pas commencée", "en_cours": "en cours", "realisee": "réalisée", "reportee": "reportée",
    "abandonnee": "abandonnée",
}  # fmt: skip
_WORDS: dict[str, str] = {
    "à venir": "non_commencee", "engagée": "en_cours", "faite": "realisee", "terminée": "realisee", "annulée": "abandonnee",
}  # fmt: skip
EVALUATION: dict[str, str] = {
    "pertinence": "cohérence et pertinence", "objectifs": "atteinte des objectifs", "moyens": "moyens", "durabilite": "durabilité",
}  # fmt: skip
"""Questions of the national evaluation frame (Cnaf), as domain sources give them."""
_ACTION = Field(
    "action", "Action", "reference", required=True, refers_to="plan.actions", example="A01", width=12
)
_YEAR = Field("year", "Année", "year", required=True, minimum=2020, maximum=2100, example="2028", width=10)

SUIVI = Workbook(
    id="suivi",
    file="suivi.xlsx",
    title="Suivi annuel de la convention",
    purpose="La convention dure cinq ans : chaque année dit où en sont les actions, ce qu’elles coûtent, et ce qui a changé.",
    audience="pilotes des actions, avec la coordination de la convention",
    version=1,
    sheets=(
        Sheet(
            "progress", "Avancement", "Une ligne par action et par année, y compris celles qui n’ont pas commencé.",
            (
                _ACTION, _YEAR,
                Field("state", "État", "choice", required=True, choices=ADVANCES, synonyms=_WORDS, example="en cours", width=16),
                Field("done", "Ce qui a été fait", "long_text", width=50),
                Field("difficulties", "Difficultés", "long_text", width=40),
                Field("next", "Suite", "long_text", width=40),
                Field("told_on", "Dit le", "date", required=True, example="15/01/2029", width=14),
                DOCUMENT, REMARK,
            ),
            key=("action", "year"), lines=300,
        ),
        Sheet(
            "measures", "Mesures", "Une ligne par indicateur et par période. Ceux du dictionnaire sont remesurés tout seuls.",
            (
                Field("indicator", "Indicateur", "reference", required=True, refers_to="plan.indicators", example="IN01", width=12),
                Field("period", "Période", required=True, help="Année ou date.", example="2028", width=14),
                Field("value", "Valeur", "number", required=True, example="7", width=12),
                Field("low", "Borne basse", "number", width=12), Field("high", "Borne haute", "number", width=12),
                Field("source", "Source", required=True, example="registre du multi-accueil", width=30),
                Field("comparable", "Même définition qu’au départ", "yes_no", "« non » : la série est rompue, et le rapport le dit.",
                      True, example="oui", width=16),
                Field("unit", "Unité, si elle a changé", help="Ce qui est compté désormais (« passages »).", width=18),
                Field("measured_on", "Mesuré le", "date", required=True, example="15/01/2029", width=14),
                DOCUMENT, REMARK,
            ),
            key=("indicator", "period"), lines=400,
        ),
        Sheet(
            "spending", "Dépenses et recettes", "Une ligne par action, année et poste ou financeur : ce qui a été payé ou reçu.",
            (
                _ACTION, _YEAR,
                Field("kind", "Sens", "choice", required=True, choices=BUDGET_KINDS, example="dépense", width=12),
                Field("item", "Poste", required=True, example="salaires", width=32),
                Field("funder", "Financeur", "choice", "Pour une recette.", choices=PAYERS, width=28),
                Field("amount", "Montant (€)", "amount", required=True, minimum=0, example="16 200", width=14),
                DOCUMENT, REMARK,
            ),
            key=("action", "year", "kind", "item", "funder"), lines=400,
        ),
        Sheet(
            "evaluation", "Évaluation", "Une ligne par question d’évaluation ; les réponses viennent à mi-parcours et à la fin.",
            (
                c.id_field("EV1"),
                Field("criterion", "Critère", "choice", required=True, choices=EVALUATION, example="atteinte des objectifs", width=26),
                Field("question", "Question", required=True, width=56),
                Field("how", "Comment on y répondra", "long_text", width=44),
                Field("answer", "Réponse", "long_text", width=56),
                Field("answered_on", "Répondu le", "date", width=14),
                Field("answered_by", "Qui", help="Instance ou fonction.", width=26),
                DOCUMENT, REMARK,
            ),
            key=("id",), lines=40,
        ),
    ),
)  # fmt: skip
