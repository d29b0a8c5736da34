"""« verbatims.xlsx »: open answers, masked, to be read by a person before any is printed."""

from __future__ import annotations

from dataclasses import replace

from ctg_lib.consultation.scheme import Scheme
from ctg_lib.workbooks.common import REMARK, THEMES
from ctg_lib.workbooks.schema import Field, Sheet, Workbook

FILE, SHEET = "verbatims.xlsx", "verbatims"
DECISIONS: dict[str, str] = {
    "a_relire": "à relire",
    "publier": "publier",
    "ne_pas_publier": "ne pas publier",
}
BY_HAND: tuple[str, ...] = ("decision", "published", "theme", "need", "remark")
"""Columns that whoever reads fills; the program never changes them."""
KEY: tuple[str, ...] = ("answer", "column")


def verbatims(scheme: Scheme) -> Workbook:
    """The workbook, for a coding scheme."""
    return Workbook(
        id="verbatims",
        file=FILE,
        title="Réponses libres à relire",
        purpose="Rien de ce que les habitants ont écrit ne s’imprime sans avoir été relu. Le programme a masqué ce qu’il reconnaît "
        "(noms, téléphones, adresses) ; il en manque : c’est à la personne qui relit de le voir.",
        audience="la personne qui relit les réponses pour le maître d’ouvrage ; ce fichier reste dans le dossier de l’étude",
        version=1,
        sheets=(_sheet(scheme),),
    )


def _sheet(scheme: Scheme) -> Sheet:
    return Sheet(
        SHEET,
        "Verbatims",
        "Une ligne par réponse libre. Choisir « publier » ou « ne pas publier » ; au moindre doute sur une personne que l’on "
        "pourrait reconnaître, récrire dans « Texte à publier » ou ne pas publier. Une ligne sans décision n’est jamais imprimée. "
        "Relancer la commande ajoute les nouvelles réponses et garde ce qui est écrit ici.",
        (
            _locked("text", "Réponse, masquée", "long_text", "Ce qui a été écrit, sans les noms et les numéros reconnus.", 60,
                    "Merci à [nom], mais la crèche ferme trop tôt."),
            Field("decision", "Décision", "choice", "Vide ou « à relire » : rien n’est imprimé.", choices=DECISIONS,
                  synonyms={"oui": "publier", "ok": "publier", "non": "ne_pas_publier"}, example="publier", width=15),
            Field("published", "Texte à publier", "long_text", "Vide : la réponse masquée, telle quelle. Sinon ce qui s’imprime, sans "
                  "nom, lieu-dit ni détail qui désigne quelqu’un.", example="La crèche ferme trop tôt.", width=44, verbatim=True),
            Field("theme", "Thème", "choice", choices=THEMES, example="petite enfance", width=20),
            Field("need", "Besoin", "choice", "Code de la grille de codage.", choices=scheme.choices, synonyms=scheme.synonyms,
                  example=_example(scheme), width=34),
            replace(REMARK, width=26),
            _locked("watch", "À surveiller", "text", "Ce qui peut désigner quelqu’un et n’est pas masqué.", 26,
                    "une fonction que peu de personnes exercent"),
            _locked("masked", "Masqué", "text", "", 18, "1 nom"),
            _locked("proposed", "Besoin proposé", "text", "D’après les mots de la grille ; à vérifier.", 30, ""),
            _locked("topic", "Question", "text", "", 28, "ce qui manque le plus"),
            _locked("questionnaire", "Questionnaire", "text", "", 15, "parents"),
            _locked("column", "Code de la question", "text", "", 20, "manque_le_plus"),
            replace(_locked("answer", "Réponse", "text", "Sert à relire et à effacer ; à laisser tel quel.", 26, "parents-0123456789abcdef"),
                    required=True),
        ),
        key=KEY,
        lines=0,
    )  # fmt: skip


def _locked(name: str, label: str, kind: str, help: str, width: int, example: str) -> Field:
    return Field(name, label, kind, help, width=width, example=example, locked=True, verbatim=True)  # type: ignore[arg-type]


def _example(scheme: Scheme) -> str:
    return next(iter(scheme.choices.values()), "")
