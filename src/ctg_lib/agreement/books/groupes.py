"""« groupes-travail.xlsx »: sessions of the thematic working groups, who came, what they propose."""

from __future__ import annotations

from ctg_lib.agreement.books import common as c
from ctg_lib.consultation.actors import GROUPS, MEETING_STATES
from ctg_lib.consultation.books.common import GROUP_WORDS, STATE_WORDS
from ctg_lib.workbooks.common import DOCUMENT, REMARK, THEMES
from ctg_lib.workbooks.schema import Field, Sheet, Workbook

FOLLOWED: dict[str, str] = {
    "action": "devient une action", "fusionnee": "fusionnée dans une action", "instruire": "à instruire", "ecartee": "écartée",
}  # fmt: skip
"""What became of a proposal."""
_WORDS: dict[str, str] = {
    "retenue": "action",
    "fusion": "fusionnee",
    "en attente": "instruire",
    "refusée": "ecartee",
}
_SESSION = Field(
    "session", "Séance", "reference", required=True, refers_to="groupes.sessions", example="GT01", width=12
)

GROUPES = Workbook(
    id="groupes",
    file="groupes-travail.xlsx",
    title="Groupes de travail thématiques",
    purpose="Les groupes de travail partent des enjeux retenus et proposent ; leurs propositions deviennent des actions en projet, "
    "avec leur origine.",
    audience=c.AUDIENCE,
    version=1,
    sheets=(
        Sheet(
            "sessions", "Séances", "Une ligne par séance d’un groupe, tenue ou prévue.",
            (
                c.id_field("GT01"),
                Field("group", "Groupe", required=True, example="Petite enfance et parentalité", width=34),
                Field("date", "Date", "date", example="18/03/2027", width=14),
                Field("state", "État", "choice", "Sans réponse : tenu si la date est passée.", choices=MEETING_STATES,
                      synonyms=STATE_WORDS, example="tenu", width=11),
                Field("commune", "Lieu", "commune", width=20),
                Field("themes", "Thèmes", "choices", choices=THEMES, example="petite enfance ; parentalité", width=30),
                Field("issues", "Enjeux travaillés", "references", refers_to="croisement.issues", example="E01", width=16),
                Field("summary", "Ce qui s’est dit", "long_text", f"Trois à cinq phrases. {c.NO_NAME}", width=60),
                DOCUMENT, REMARK,
            ),
            key=("id",), lines=40,
        ),
        Sheet(
            "present", "Présents", f"Une ligne par fonction présente. {c.NO_NAME}",
            (
                _SESSION,
                Field("group", "Groupe d’acteurs", "choice", required=True, choices=GROUPS, synonyms=GROUP_WORDS,
                      example="professionnels de la petite enfance", width=30),
                Field("function", "Fonction", example="direction de crèche", width=34),
                Field("organisation", "Organisme", example="association gestionnaire", width=34),
                Field("people", "Combien", "integer", required=True, minimum=1, example="1", width=10),
                REMARK,
            ),
            lines=200,
        ),
        Sheet(
            "proposals", "Propositions", "Une ligne par proposition, même écartée ; les colonnes de droite font la pré-fiche.",
            (
                c.id_field("PR01"),
                _SESSION,
                Field("title", "Proposition", required=True, width=50, example="Ouvrir la crèche à 6 h 30 deux jours par semaine"),
                Field("issue", "Enjeu", "reference", refers_to="croisement.issues", example="E01", width=12),
                Field("findings", "Constats", "references", refers_to="constats.findings", example="K001", width=18),
                Field("support", "Combien l’appuient", "integer", minimum=0, example="9", width=12),
                Field("against", "Réserves", "long_text", "Ce qui a été objecté.", width=36),
                Field("follow", "Suite", "choice", "Sans réponse : à instruire.", choices=FOLLOWED, synonyms=_WORDS,
                      example="devient une action", width=22),
                Field("action", "Action", "reference", "L’action qu’elle devient ou rejoint.", refers_to="plan.actions",
                      example="A01", width=12),
                Field("reason", "Pourquoi", "long_text", "Surtout si elle est écartée.", width=36),
                Field("goal", "Objectif", "long_text", width=40),
                c.PUBLICS_OF,
                Field("leader", "Pilote pressenti", "reference", refers_to="parties.parties", example="P01", width=14),
                Field("means", "Moyens nécessaires", "long_text", width=36),
                Field("first_step", "Premier pas", "long_text", "Ce qui peut commencer tout de suite.", width=36),
                Field("measure", "À quoi verra-t-on que cela marche", "long_text", width=36),
                REMARK,
            ),
            key=("id",), lines=120,
        ),
    ),
)  # fmt: skip
