"""Columns that the workbooks of interviews, meetings, forums and seminar share."""

from __future__ import annotations

from dataclasses import replace

from ctg_lib.consultation.actors import GROUPS, KINDS, MEETING_STATES, SEVERAL, STRENGTHS
from ctg_lib.consultation.scheme import PUBLICS, Scheme
from ctg_lib.workbooks.common import REMARK, THEMES
from ctg_lib.workbooks.schema import Field, Sheet

AUDIENCE = "qui conduit et code la concertation (chargé de coopération, bureau d’études), jamais les personnes entendues"
NO_NAME = "Aucun nom de personne : un groupe, une fonction."
SEVERAL_LABEL = "plusieurs groupes ensemble"

STATE_WORDS: dict[str, str] = {
    "fait": "tenu", "faite": "tenu", "réalisé": "tenu", "tenue": "tenu", "prévue": "prevu", "à venir": "prevu",
    "hypothèse": "prevu", "annulée": "annule", "reporté": "prevu", "reportée": "prevu",
}  # fmt: skip
GROUP_WORDS: dict[str, str] = {
    "élu": "elus", "élue": "elus", "maire": "elus", "conseil municipal": "elus", "agents": "agents", "mairie": "agents",
    "crèche": "petite_enfance", "RPE": "petite_enfance", "PMI": "petite_enfance", "assmat": "assistantes_maternelles",
    "assistante maternelle": "assistantes_maternelles", "école": "ecole", "collège": "ecole", "enseignants": "ecole",
    "ALSH": "jeunesse_loisirs", "animateurs": "jeunesse_loisirs", "médecins": "sante_medico_social",
    "assistantes sociales": "travail_social", "mission locale": "travail_social", "France services": "acces_droits",
    "association": "associations", "bénévoles": "associations", "Caf": "institutions", "MSA": "institutions",
    "Département": "institutions", "parent": "parents", "jeune": "jeunes", "habitant": "habitants",
}  # fmt: skip
KIND_WORDS: dict[str, str] = {
    "besoin repéré": "besoin", "offre": "offre", "existant": "offre", "difficulté": "frein", "obstacle": "frein",
    "atout": "levier", "ressource": "levier", "attente d’appui": "attente", "demande": "attente", "piste": "piste",
    "proposition": "piste", "idée": "piste",
}  # fmt: skip
_GROUPS = {**GROUPS, SEVERAL: SEVERAL_LABEL}
CODERS: dict[str, str] = {"A": "A", "B": "B"}

MEETING_ID = Field("id", "Identifiant", "id", required=True, width=12)
DATE = Field("date", "Date", "date", "Jour de la rencontre, tenue ou prévue.", example="12/03/2026", width=13)
STATE = Field(
    "state", "État", "choice", "Sans réponse : tenu si la date est passée.", choices=MEETING_STATES,
    synonyms=STATE_WORDS, example="tenu", width=11,
)  # fmt: skip
TITLE = Field("title", "Intitulé", required=True, help="Le sujet, comme dans l’invitation.", width=36)
PLACE = Field("commune", "Lieu", "commune", width=20)
PEOPLE = Field(
    "people", "Personnes présentes", "integer",
    "Nombre exact, sans l’équipe : la règle des petits nombres ne vaut pas ici.", minimum=0, example="1", width=12,
)  # fmt: skip
THEMES_OF = Field(
    "themes", "Thèmes abordés", "choices", choices=THEMES, example="petite enfance ; parentalité", width=30
)
TWICE = Field(
    "second_coder", "Codé par deux personnes", "yes_no",
    "« oui » si une seconde personne a codé tout ou partie, sans voir le premier codage.", example="non", width=13,
)  # fmt: skip


def meetings_sheet(title: str, intro: str, first: str, *own: Field, lines: int) -> Sheet:
    """First sheet of each workbook: a line per exchange — which, when, in what state — held or planned.

    Args:
        first: identifier given as an example.
        own: columns of this kind of exchange, between those that all share.
    """
    return Sheet(
        "meetings", title, intro, (replace(MEETING_ID, example=first), DATE, STATE, *own, TWICE, REMARK),
        key=("id",), lines=lines,
    )  # fmt: skip


def meeting_field(book: str, label: str = "Rencontre", help: str = "", *, example: str = "") -> Field:
    """Which line of the first sheet is meant."""
    return Field(
        "meeting",
        label,
        "reference",
        help,
        required=True,
        refers_to=f"{book}.meetings",
        example=example,
        width=12,
    )


def secteur_field(secteurs: tuple[str, ...], help: str) -> Field:
    """« Secteur »: a list where the study has some, else a text."""
    if not secteurs:
        return Field(
            "secteur", "Secteur", help="L’étude n’a pas encore de secteurs : laisser vide.", width=16
        )
    names = {name: name for name in secteurs}
    return Field("secteur", "Secteur", "choice", help, choices=names, example=secteurs[0], width=16)


def group_field(help: str, *, required: bool = False, several: bool = True, example: str = "") -> Field:
    """« Groupe d’acteurs »."""
    groups = _GROUPS if several else GROUPS
    return Field(
        "group", "Groupe d’acteurs", "choice", help, required=required, choices=groups, synonyms=GROUP_WORDS,
        example=example, width=26,
    )  # fmt: skip


def need_field(scheme: Scheme) -> Field:
    """« Besoin »: a code of the scheme."""
    return Field(
        "need", "Besoin", "choice", "Code de la grille. Rien ne convient : laisser vide, dire le thème et une remarque.",
        choices=scheme.choices, synonyms=scheme.synonyms, example=next(iter(scheme.choices.values())), width=44,
    )  # fmt: skip


def theme_field() -> Field:
    """« Thème »: only where no need fits."""
    return Field(
        "theme", "Thème", "choice", "Inutile si le besoin est codé.", choices=THEMES,
        synonyms={label.split(" (")[0]: code for code, label in THEMES.items()}, width=22,
    )  # fmt: skip


def excerpt_fields(
    book: str,
    scheme: Scheme,
    secteurs: tuple[str, ...],
    *,
    group: Field,
    kind: Field,
    before: tuple[Field, ...] = (),
) -> tuple[Field, ...]:
    """Columns of a sheet of coded excerpts.

    Args:
        book: id of the workbook whose ``meetings`` an excerpt names.
        group, kind: as this sheet asks them.
        before: columns of its own, after the meeting.
    """
    return (
        Field("id", "Identifiant", "id", "Le même pour les deux codages d’un extrait.", required=True, example="X01", width=12),
        meeting_field(book, help="Identifiant de la première feuille."),
        *before,
        group,
        need_field(scheme),
        theme_field(),
        kind,
        Field("strength", "Force", "choice", "1 évoqué, 2 appuyé (répété, illustré), 3 central dans l’échange.",
              choices=STRENGTHS, example="appuyé", width=11),
        Field("audience", "Pour qui", "choice", "Public concerné, s’il est plus précis que le besoin.", choices=PUBLICS, width=26),
        secteur_field(secteurs, "S’il s’agit d’un secteur en particulier ; sinon vide."),
        Field("summary", "Ce qui est dit", "long_text", f"En une phrase, avec vos mots. {NO_NAME}", required=True,
              example="Les parents qui prennent leur poste à 6 h ne trouvent personne avant 7 h 30.", width=50),
        Field("quote", "Citation", "long_text", f"Ses mots exacts, sans rien qui désigne quelqu’un. {NO_NAME}",
              example="« À six heures, il n’y a que les grands-parents. »", width=50),
        Field("agreed", "Accord pour être cité", "yes_no",
              "« non » : la citation n’est jamais imprimée. Vide : sous le groupe seulement.", example="oui", width=13),
        Field("proofread", "Relu par la personne", "yes_no", "Elle a relu la citation et sa fonction.", example="oui", width=13),
        Field("function", "Fonction citée", help="Seulement avec accord et relecture ; sinon le groupe. Jamais un nom.",
              example="une éducatrice de jeunes enfants", width=28),
        Field("coder", "Codage", "choice", "A, ou B pour le second codage du même extrait. Vide : A.", choices=CODERS,
              example="A", width=10),
        REMARK,
    )  # fmt: skip


def excerpts_sheet(title: str, intro: str, fields: tuple[Field, ...]) -> Sheet:
    """A sheet of coded excerpts."""
    return Sheet("excerpts", title, intro, fields, key=("id", "coder"), lines=300)


def kind_field(help: str = "Ce que l’extrait apporte.", *, required: bool = True) -> Field:
    """« Nature »."""
    return Field(
        "kind", "Nature", "choice", help, required=required, choices=KINDS, synonyms=KIND_WORDS, example="besoin", width=16,
    )  # fmt: skip


def present_sheet(book: str, example: str) -> Sheet:
    """« Présents »: how many people of each group."""
    return Sheet(
        "present", "Présents",
        "Une ligne par groupe d’acteurs présent à une rencontre : combien, et quelles fonctions. Aucune liste de noms.",
        (
            meeting_field(book),
            group_field("Un groupe par ligne.", required=True, several=False, example=example),
            Field("functions", "Fonctions présentes", help="Fonctions et organismes, sans nom.",
                  example="direction de crèche, animation du relais", width=40),
            replace(PEOPLE, required=True, example="4"),
            REMARK,
        ),
        key=("meeting", "group"),
    )  # fmt: skip


def votes_each() -> Field:
    """How many votes one person has."""
    return Field(
        "each", "Voix par votant", "integer", "Combien de voix (gommettes) chacun pouvait poser.", minimum=1,
        maximum=100, example="3", width=12,
    )  # fmt: skip


def counted_votes() -> tuple[Field, Field]:
    """Votes that a proposal got, and people who could vote."""
    return (
        Field("votes", "Voix", "integer", "Voix obtenues, nombre exact.", required=True, minimum=0, example="12", width=9),
        Field("voters", "Votants", "integer", "Personnes qui ont voté, nombre exact, le même à toutes les lignes du vote.",
              required=True, minimum=0, example="18", width=10),
    )  # fmt: skip
