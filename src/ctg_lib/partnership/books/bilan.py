"""« bilan.xlsx »: what the previous CTG or CEJ planned, did, cost and changed."""

from __future__ import annotations

from ctg_lib.workbooks.common import REMARK, THEMES
from ctg_lib.workbooks.schema import Field, Sheet, Workbook

DONE: dict[str, str] = {
    "realisee": "réalisée", "partielle": "réalisée en partie", "en_cours": "en cours", "reportee": "reportée",
    "abandonnee": "abandonnée",
}  # fmt: skip
NEXT: dict[str, str] = {"poursuivre": "poursuivre", "adapter": "adapter", "arreter": "arrêter"}

DONE_WORDS: dict[str, str] = {
    "fait": "realisee", "faite": "realisee", "réalisé": "realisee", "terminé": "realisee", "terminée": "realisee",
    "achevé": "realisee", "achevée": "realisee", "partiellement réalisée": "partielle",
    "partiellement réalisé": "partielle", "partiellement": "partielle", "en partie": "partielle",
    "réalisé en partie": "partielle", "engagé": "en_cours", "engagée": "en_cours", "reporté": "reportee",
    "abandonné": "abandonnee", "annulé": "abandonnee", "annulée": "abandonnee",
}  # fmt: skip
NEXT_WORDS: dict[str, str] = {
    "continuer": "poursuivre", "reconduire": "poursuivre", "reconduite": "poursuivre", "maintenir": "poursuivre",
    "à poursuivre": "poursuivre", "à adapter": "adapter", "adaptée": "adapter", "modifier": "adapter",
    "faire évoluer": "adapter", "stop": "arreter", "stopper": "arreter", "supprimer": "arreter", "à arrêter": "arreter",
}  # fmt: skip

BILAN = Workbook(
    id="bilan",
    file="bilan.xlsx",
    title="Bilan du contrat précédent (CTG ou CEJ)",
    purpose="« Réinterroger collectivement les démarches menées » : chaque action, prévue, faite, coûtée, et ce qu’elle a changé.",
    audience="intercommunalité, Caf, gestionnaires",
    version=1,
    sheets=(
        Sheet(
            "actions", "Actions",
            "Une ligne par action du contrat précédent, y compris celles qui n’ont pas eu lieu.",
            (
                Field("id", "Identifiant", "id", required=True, example="B01", width=12),
                Field("contract", "Contrat", help="« CTG 2021-2025 », « CEJ 2018-2021 ».", required=True,
                      example="CTG 2021-2025", width=18),
                Field("name", "Action", required=True, example="Ouvrir le multi-accueil jusqu’à 18 h 30", width=40),
                Field("theme", "Thème", "choice", required=True, choices=THEMES, example="petite enfance", width=22),
                Field("planned", "Ce qui était prévu", "long_text", example="ouverture jusqu’à 18 h 30, cinq jours", width=40),
                Field("done", "Ce qui a été fait", "long_text", example="ouverture quatre jours sur cinq", width=40),
                Field("state", "État", "choice", required=True, choices=DONE, synonyms=DONE_WORDS, example="réalisée en partie", width=18),
                Field("cost_planned", "Coût prévu (€)", "amount", minimum=0, example="18 000", width=14),
                Field("cost", "Coût réel (€)", "amount", minimum=0, example="14 500", width=14),
                Field("effect", "Ce que cela a changé", "long_text", "Pour qui, et comment on le sait.", width=40,
                      example="onze familles de plus après 17 h 30"),
                Field("measure", "Mesure", help="Le chiffre suivi, s’il y en a un, avec sa valeur.", width=30),
                Field("next", "Suite proposée", "choice", choices=NEXT, synonyms=NEXT_WORDS, example="adapter", width=16),
                Field("reason", "Pourquoi", "long_text", width=40),
                Field("documents", "Documents", "references", refers_to="documents.documents", example="D02", width=14),
                REMARK,
            ),
            key=("id",),
        ),
    ),
)  # fmt: skip
