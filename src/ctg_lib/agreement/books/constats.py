"""« constats.xlsx »: what the study finds, each with the evidence it rests on, and what the analyst decided of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ctg_lib.agreement.books import common as c
from ctg_lib.workbooks.common import DOCUMENT, REMARK
from ctg_lib.workbooks.schema import Field, Sheet, Workbook

FINDING_STATES: dict[str, str] = {
    "propose": "proposé", "accepte": "accepté", "reformule": "reformulé", "fusionne": "fusionné dans un autre",
    "refuse": "refusé",
}  # fmt: skip
"""What became of a finding: ``propose`` waits for a person; ``accepte`` and ``reformule`` are kept."""
KEPT: frozenset[str] = frozenset({"accepte", "reformule"})
STATE_WORDS: dict[str, str] = {
    "oui": "accepte", "ok": "accepte", "gardé": "accepte", "retenu": "accepte", "non": "refuse", "écarté": "refuse",
    "rejeté": "refuse", "fusionné": "fusionne", "réécrit": "reformule", "modifié": "reformule",
}  # fmt: skip
EVIDENCE_KINDS: dict[str, str] = {
    "indicateur": "indicateur", "enquete": "enquête", "parole": "parole d’acteurs", "offre": "offre",
    "financement": "financement", "bilan": "bilan", "contrat": "contrat existant", "document": "document",
}  # fmt: skip
"""Where a proof comes from; how its reference is written: :mod:`ctg_lib.agreement.evidence`."""
KIND_WORDS: dict[str, str] = {
    "statistique": "indicateur", "chiffre": "indicateur", "questionnaire": "enquete", "entretien": "parole",
    "acteurs": "parole", "service": "offre", "coût": "financement", "action précédente": "bilan",
}  # fmt: skip
SENSES: dict[str, str] = {"appuie": "appuie", "nuance": "nuance", "contredit": "contredit"}
"""What an evidence does to the sentence of its finding."""
OF_NEED: dict[str, str] = {"manque": "manque", "existe": "existe", "nuance": "nuance", "parle": "en parle"}
"""What an evidence says of the need, in the analyst's hand (:mod:`ctg_lib.agreement.sayings`)."""
OF_NEED_WORDS: dict[str, str] = {
    "il manque": "manque", "il existe": "existe", "les deux": "nuance", "nuancé": "nuance", "parle": "parle", "neutre": "parle",
}  # fmt: skip


def constats(secteurs: Iterable[str] = ()) -> Workbook:
    """The workbook, for a study's secteurs."""
    return Workbook(
        id="constats",
        file="constats.xlsx",
        title="Constats du diagnostic et leurs preuves",
        purpose="Chaque phrase du plan d’action remonte à ce qui a été mesuré ou dit. Les constats sont proposés à partir des données ; "
        "une personne les accepte, les réécrit, les fusionne ou les refuse, et sa décision est gardée.",
        audience=c.AUDIENCE,
        version=1,
        sheets=(
            Sheet(
                "findings", "Constats",
                "Une ligne par constat. « ctg study findings » ajoute des propositions, et ne change aucune ligne décidée.",
                (
                    c.id_field("K001"),
                    Field("sentence", "Constat", "long_text", "La phrase telle qu’elle sera lue.", True, width=60,
                          example="Les parents qui prennent leur poste avant 7 h 30 ne trouvent pas d’accueil."),
                    c.THEME,
                    c.PUBLICS_OF,
                    c.secteurs_field(secteurs),
                    c.MOMENT,
                    Field("state", "Décision", "choice", "Sans réponse : proposé.", choices=FINDING_STATES, synonyms=STATE_WORDS,
                          example="accepté", width=20),
                    Field("merged", "Fusionné dans", "reference", "Le constat qui le reprend.", refers_to="constats.findings",
                          example="", width=12),
                    Field("reason", "Pourquoi", "long_text", "Pourquoi il est réécrit, fusionné ou refusé.", width=36),
                    c.decided_on(),
                    Field("decided_by", "Qui a décidé", help="Une instance ou une fonction, jamais un nom.",
                          example="comité technique", width=24),
                    Field("proposed", "Phrase proposée", "long_text", "Écrite par le logiciel ; vide : constat écrit à la main.",
                          locked=True, width=50),
                    Field("key", "Clé", help="Ce qui l’a fait proposer ; ne pas changer.", locked=True, width=24),
                    REMARK,
                ),
                key=("id",),
            ),
            Sheet(
                "evidence", "Preuves",
                "Une ligne par preuve d’un constat : ce qu’elle disait le jour où elle a été retenue. Quand les données changent, le "
                "logiciel compare.",
                (
                    Field("finding", "Constat", "reference", required=True, refers_to="constats.findings", example="K001", width=12),
                    Field("kind", "Nature", "choice", required=True, choices=EVIDENCE_KINDS, synonyms=KIND_WORDS,
                          example="indicateur", width=18),
                    Field("ref", "Référence", help="Identifiant de l’indicateur, de la réponse, du besoin, du service, du document …",
                          required=True, example="taux_couverture", width=40),
                    Field("sense", "Sens", "choice", "Ce que la preuve fait à la phrase du constat. Vide : appuie.", choices=SENSES,
                          example="appuie", width=12),
                    Field("of_need", "Ce qu’elle dit du besoin", "choice",
                          "Que le besoin manque, qu’une réponse existe, l’un et l’autre, ou rien de tel. Vide : calculé pour un indicateur et "
                          "une enquête ; « en parle » pour un bilan, un contrat, un document.",
                          choices=OF_NEED, synonyms=OF_NEED_WORDS, example="", width=18),
                    Field("said", "Ce qu’elle disait", "long_text", locked=True, width=60,
                          example="57,6 places pour 100 enfants de moins de 3 ans en 2023"),
                    Field("value", "Valeur", "number", locked=True, width=12),
                    Field("low", "Borne basse", "number", locked=True, width=12),
                    Field("high", "Borne haute", "number", locked=True, width=12),
                    Field("period", "Période", locked=True, example="2023", width=12),
                    Field("side", "Par rapport à la référence", locked=True, width=18),
                    Field("taken_on", "Relevé le", "date", locked=True, width=14),
                    DOCUMENT,
                    replace(REMARK, help="Surtout quand la preuve nuance ou contredit le constat."),
                ),
                key=("finding", "kind", "ref"),
                lines=400,
            ),
        ),
    )  # fmt: skip
