"""« gouvernance.xlsx »: instances and members by function, meetings and decisions, ways of organising the work."""

from __future__ import annotations

from ctg_lib.agreement.books import common as c
from ctg_lib.consultation.actors import MEETING_STATES
from ctg_lib.consultation.books.common import STATE_WORDS
from ctg_lib.workbooks.common import DOCUMENT, REMARK
from ctg_lib.workbooks.schema import Field, Sheet, Workbook

PRESENCE: dict[str, str] = {
    "present": "présent",
    "excuse": "excusé",
    "absent": "absent",
    "represente": "représenté",
}
DECISION_STATES: dict[str, str] = {
    "a_faire": "à faire",
    "en_cours": "en cours",
    "fait": "fait",
    "abandonnee": "abandonnée",
}
_INSTANCE = Field(
    "instance",
    "Instance",
    "reference",
    required=True,
    refers_to="gouvernance.instances",
    example="I01",
    width=12,
)
_MEETING = Field(
    "meeting",
    "Réunion",
    "reference",
    required=True,
    refers_to="gouvernance.meetings",
    example="RE01",
    width=12,
)
_SCENARIO = Field(
    "scenario",
    "Scénario",
    "reference",
    required=True,
    refers_to="gouvernance.scenarios",
    example="SC1",
    width=12,
)

GOUVERNANCE = Workbook(
    id="gouvernance",
    file="gouvernance.xlsx",
    title="Gouvernance et organisation de la convention",
    purpose="Qui décide quoi, qui y siège, ce qui a été décidé ; et deux ou trois façons d’organiser le travail, comparées.",
    audience=c.AUDIENCE,
    version=1,
    sheets=(
        Sheet(
            "instances", "Instances", "Une ligne par instance de la convention.",
            (
                c.id_field("I01"),
                Field("name", "Instance", required=True, example="Comité de pilotage", width=34),
                Field("role", "Rôle", "long_text", required=True, width=44, example="suit la convention et ses moyens"),
                Field("decides", "Ce qu’elle décide", "long_text", width=44, example="les priorités, les avenants"),
                Field("frequency", "Fréquence", example="deux fois par an", width=22),
                Field("chair", "Présidence", help="Fonction, jamais un nom.", example="présidence de la communauté de communes", width=34),
                Field("above", "Rend compte à", "reference", "Pas l’assemblée d’un seul signataire, pour une instance où plusieurs votent.",
                      refers_to="gouvernance.instances", example="", width=12),
                DOCUMENT, REMARK,
            ),
            key=("id",), lines=20,
        ),
        Sheet(
            "members", "Membres", f"Une ligne par siège. {c.NO_NAME}",
            (
                _INSTANCE,
                Field("party", "Organisme", "reference", "De parties.xlsx ; vide : dit en toutes lettres dans la fonction.",
                      refers_to="parties.parties", example="P01", width=12),
                Field("function", "Fonction", required=True, example="vice-présidence à la petite enfance", width=38),
                Field("college", "Collège", "choice", choices=c.COLLEGES, synonyms=c.COLLEGE_WORDS, example="élus", width=18),
                Field("votes", "Voix délibérative", "yes_no", example="oui", width=12),
                Field("seats", "Combien de sièges", "integer", "Sans réponse : un ; 0 : ouvert à qui vient.", minimum=0, example="1", width=10),
                REMARK,
            ),
            key=("instance", "party", "function"), lines=120,
        ),
        Sheet(
            "meetings", "Réunions", "Une ligne par réunion d’une instance, tenue ou prévue.",
            (
                c.id_field("RE01"),
                _INSTANCE,
                Field("date", "Date", "date", required=True, example="09/02/2027", width=14),
                Field("state", "État", "choice", "Sans réponse : tenu si la date est passée.", choices=MEETING_STATES,
                      synonyms=STATE_WORDS, example="tenu", width=11),
                Field("commune", "Lieu", "commune", width=20),
                Field("agenda", "Ordre du jour", "long_text", "Un point par ligne.", width=50),
                Field("summary", "Ce qui s’est dit", "long_text", f"Un point par ligne. {c.NO_NAME}", width=60),
                DOCUMENT, REMARK,
            ),
            key=("id",), lines=60,
        ),
        Sheet(
            "attendance", "Émargement", f"Une ligne par fonction invitée à une réunion. {c.NO_NAME}",
            (
                _MEETING,
                Field("party", "Organisme", "reference", refers_to="parties.parties", example="P01", width=12),
                Field("function", "Fonction", required=True, example="direction", width=38),
                Field("presence", "Présence", "choice", required=True, choices=PRESENCE,
                      synonyms={"oui": "present", "non": "absent", "pouvoir": "represente"}, example="présent", width=14),
                REMARK,
            ),
            key=("meeting", "party", "function"), lines=300,
        ),
        Sheet(
            "decisions", "Relevé de décisions", "Une ligne par décision d’une réunion (les enjeux retenus : priorites.xlsx).",
            (
                c.id_field("DE01"),
                _MEETING,
                Field("subject", "Objet", required=True, example="plan d’action", width=34),
                Field("decision", "Décision", "long_text", required=True, width=56),
                Field("actions", "Actions", "references", refers_to="plan.actions", example="A01", width=14),
                Field("votes_for", "Pour", "integer", minimum=0, example="14", width=8),
                Field("votes_against", "Contre", "integer", minimum=0, example="0", width=8),
                Field("abstentions", "Abstentions", "integer", minimum=0, example="1", width=10),
                Field("responsible", "Qui s’en charge", help="Fonction.", width=28),
                Field("due", "Pour le", "date", width=14),
                Field("state", "Suite", "choice", "Sans réponse : à faire.", choices=DECISION_STATES, example="fait", width=12),
                DOCUMENT, REMARK,
            ),
            key=("id",), lines=120,
        ),
        Sheet(
            "scenarios", "Scénarios", "Deux ou trois façons d’organiser le travail de coopération.",
            (
                c.id_field("SC1"),
                Field("name", "Scénario", required=True, example="un poste à temps plein à la communauté de communes", width=46),
                Field("description", "En quelques phrases", "long_text", width=60),
                Field("strengths", "Atouts", "long_text", width=40),
                Field("limits", "Limites", "long_text", width=40),
                Field("retained", "Retenu", "yes_no", "Seulement après décision.", example="", width=10),
                c.decided_on(), DOCUMENT, REMARK,
            ),
            key=("id",), lines=6,
        ),
        Sheet(
            "posts", "Postes", "Une ligne par poste ou mission d’un scénario, en année pleine.",
            (
                _SCENARIO,
                Field("mission", "Mission", required=True, example="chargé de coopération, petite enfance et parentalité", width=46),
                Field("fte", "ETP", "number", required=True, minimum=0, example="0,5", width=8),
                Field("employer", "Employeur", "reference", required=True, refers_to="parties.parties", example="P01", width=12),
                Field("hosting", "Lieu de travail", example="siège de la communauté de communes", width=34),
                Field("cost", "Coût annuel (€)", "amount", required=True, minimum=0, example="26 000", width=14),
                Field("caf", "dont Caf (€)", "amount", minimum=0, example="12 000", width=14),
                Field("msa", "dont MSA (€)", "amount", minimum=0, example="", width=14),
                Field("epci", "dont intercommunalité (€)", "amount", minimum=0, example="14 000", width=14),
                Field("communes", "dont communes (€)", "amount", minimum=0, example="0", width=14),
                Field("others", "dont autres (€)", "amount", minimum=0, example="", width=14),
                Field("hours_members", "Heures demandées aux élus par an", "number", minimum=0, example="30", width=14),
                DOCUMENT, REMARK,
            ),
            key=("scenario", "mission", "employer"), lines=30,
        ),
    ),
)  # fmt: skip
