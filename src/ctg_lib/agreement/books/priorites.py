"""« priorites.xlsx »: criteria fixed before scores, scores and votes of each college, the committee's decisions."""

from __future__ import annotations

from ctg_lib.agreement.books import common as c
from ctg_lib.workbooks.common import DOCUMENT, REMARK
from ctg_lib.workbooks.schema import Field, Sheet, Workbook

ROLES: dict[str, str] = {
    "taille": "ampleur", "gravite": "gravité", "efficacite": "efficacité attendue de l’action", "faisabilite": "faisabilité",
    "autre": "autre",
}  # fmt: skip
"""Part of a criterion in Hanlon's method (size, seriousness, effectiveness) and in the grid need × feasibility."""
DECISIONS: dict[str, str] = {"retenu": "retenu", "ecarte": "écarté", "reporte": "reporté"}
_WORDS: dict[str, str] = {
    "oui": "retenu", "prioritaire": "retenu", "non": "ecarte", "refusé": "ecarte", "à revoir": "reporte", "ajourné": "reporte",
}  # fmt: skip
LOWEST, HIGHEST = 1, 5
"""Scores: 1 (low) to 5 (high)."""
_ISSUE = Field(
    "issue", "Enjeu", "reference", required=True, refers_to="croisement.issues", example="E01", width=12
)

PRIORITES = Workbook(
    id="priorites",
    file="priorites.xlsx",
    title="Priorités : critères, notes, votes, décisions",
    purpose="Les critères et leurs poids sont fixés avant que les notes soient vues ; chaque collège note et vote à part ; "
    "le comité de pilotage décide, et sa décision seule alimente la suite.",
    audience=c.AUDIENCE,
    version=1,
    sheets=(
        Sheet(
            "criteria", "Critères",
            "Une ligne par critère. À fixer en réunion, avant la première note : le logiciel compare les dates, et les poids à ceux des notes.",
            (
                c.id_field("CR1"),
                Field("name", "Critère", required=True, example="nombre de personnes concernées", width=36),
                Field("definition", "Définition", "long_text", "Ce que veulent dire 1 et 5.", width=50),
                Field("weight", "Poids", "number", "Nombre positif ; seule compte sa part dans la somme.", True, minimum=0,
                      example="2", width=10),
                Field("role", "Rôle", "choice", "Pour la méthode de Hanlon et la grille besoin × faisabilité.", choices=ROLES,
                      synonyms={"taille": "taille", "sévérité": "gravite", "faisable": "faisabilite"}, example="ampleur", width=22),
                Field("fixed_on", "Fixé le", "date", "Avant les notes.", True, example="12/01/2027", width=14),
                DOCUMENT, REMARK,
            ),
            key=("id",),
            lines=20,
        ),
        Sheet(
            "scores", "Notes",
            "Une ligne par enjeu, critère et collège : la moyenne des notes de 1 à 5, et combien ont noté.",
            (
                _ISSUE,
                Field("criterion", "Critère", "reference", required=True, refers_to="priorites.criteria", example="CR1", width=12),
                c.COLLEGE,
                Field("score", "Note moyenne", "number", "De 1 à 5.", True, minimum=LOWEST, maximum=HIGHEST, example="4,2", width=12),
                Field("lowest", "Note la plus basse", "number", minimum=LOWEST, maximum=HIGHEST, example="2", width=12),
                Field("highest", "Note la plus haute", "number", minimum=LOWEST, maximum=HIGHEST, example="5", width=12),
                Field("voters", "Combien ont noté", "integer", required=True, minimum=1, example="14", width=12),
                Field("scored_on", "Noté le", "date", required=True, example="26/01/2027", width=14),
                Field("weight", "Poids lu", "number", "Poids du critère, tel qu’il a été lu à ceux qui notent : recopié ce jour-là, jamais corrigé.",
                      minimum=0, example="2", width=10),
                REMARK,
            ),
            key=("issue", "criterion", "college"),
            lines=600,
        ),
        Sheet(
            "votes", "Votes",
            "Une ligne par enjeu et collège : les voix reçues. Chaque votant a le même nombre de voix.",
            (
                _ISSUE, c.COLLEGE,
                Field("votes", "Voix", "integer", required=True, minimum=0, example="11", width=10),
                Field("voters", "Votants", "integer", required=True, minimum=1, example="18", width=10),
                Field("each", "Voix par votant", "integer", required=True, minimum=1, example="3", width=12),
                Field("voted_on", "Date du vote", "date", required=True, example="26/01/2027", width=14),
                Field("occasion", "Où", help="Réunion ou envoi.", example="comité technique élargi", width=26),
                REMARK,
            ),
            key=("issue", "college", "voted_on"),
            lines=300,
        ),
        Sheet(
            "decisions", "Décisions du COPIL",
            "Une ligne par enjeu et décision, dans l’ordre des dates : la dernière l’emporte. Elle seule alimente le plan d’action.",
            (
                _ISSUE,
                Field("decision", "Décision", "choice", required=True, choices=DECISIONS, synonyms=_WORDS, example="retenu", width=12),
                Field("rank", "Rang", "integer", "Si le comité en a donné un.", minimum=1, example="1", width=8),
                Field("reason", "Motif", "long_text", required=True, width=50,
                      example="Besoin dit par tous, et rien n’ouvre avant 7 h 30."),
                c.decided_on(required=True),
                Field("meeting", "Réunion", "reference", "Réunion de gouvernance.xlsx.", refers_to="gouvernance.meetings",
                      example="RE03", width=12),
                DOCUMENT, REMARK,
            ),
            key=("issue", "decided_on"),
            lines=80,
        ),
    ),
)  # fmt: skip
