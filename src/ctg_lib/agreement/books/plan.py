"""« plan-action.xlsx »: axes, orientations, objectives, actions with their steps, budget and indicators."""

from __future__ import annotations

from collections.abc import Iterable

from ctg_lib.agreement.books import common as c
from ctg_lib.partnership.books.financement import PAYERS
from ctg_lib.workbooks.common import DOCUMENT, PROGRESS, PROGRESS_WORDS, REMARK
from ctg_lib.workbooks.schema import Field, Sheet, Workbook

NATURES: dict[str, str] = {"reconduite": "reconduite", "adaptee": "adaptée", "nouvelle": "nouvelle"}
ACTION_STATES: dict[str, str] = {
    "projet": "en projet", "validee": "validée", "en_cours": "en cours", "terminee": "terminée", "abandonnee": "abandonnée",
}  # fmt: skip
AGREED: frozenset[str] = frozenset({"validee", "en_cours", "terminee"})
"""States of an action that the convention binds itself to."""
LEVERS: dict[str, str] = {
    "ps": "prestation de service", "bonus": "bonus territoire CTG", "fnp": "fonds national parentalité",
    "fonds_locaux": "fonds locaux de la Caf", "investissement": "aide à l’investissement",
    "publics_territoires": "fonds publics et territoires", "ingenierie": "ingénierie (chargé de coopération)",
    "msa": "aides de la MSA", "autre": "autre",
}  # fmt: skip
"""What a Caf or a MSA may bring; amounts change yearly and are dated in « Montants »."""
BUDGET_KINDS: dict[str, str] = {"depense": "dépense", "recette": "recette"}
BUDGET_NATURES: dict[str, str] = {"fonctionnement": "fonctionnement", "investissement": "investissement"}
SURENESS: dict[str, str] = {"acquis": "acquis", "sollicite": "demandé", "prevu": "à demander"}
INDICATOR_KINDS: dict[str, str] = {"moyens": "moyens", "realisation": "réalisation", "resultat": "résultat"}
SENSES: dict[str, str] = {"higher": "à la hausse", "lower": "à la baisse"}
FREQUENCIES: dict[str, str] = {
    "mensuelle": "chaque mois", "trimestrielle": "chaque trimestre", "semestrielle": "chaque semestre", "annuelle": "chaque année",
    "biennale": "tous les deux ans", "ponctuelle": "une fois",
}  # fmt: skip
_FREQUENCY_WORDS: dict[str, str] = {
    "mensuel": "mensuelle", "annuel": "annuelle", "par an": "annuelle", "semestriel": "semestrielle", "à la fin": "ponctuelle",
}  # fmt: skip
_BEFORE = "À remplir avant de la valider."
"""Of what a draft made from a proposal may still lack (:mod:`ctg_lib.agreement.checks.plan` tells it)."""
_ACTION = Field(
    "action", "Action", "reference", required=True, refers_to="plan.actions", example="A01", width=12
)


def plan(secteurs: Iterable[str] = ()) -> Workbook:
    """The workbook, for a study's secteurs."""
    return Workbook(
        id="plan",
        file="plan-action.xlsx",
        title="Plan d’action de la convention",
        purpose="Des axes aux fiches action : chaque action dit d’où elle vient, qui la porte, quand, avec quels moyens, et à quoi on "
        "verra qu’elle a réussi.",
        audience=c.AUDIENCE,
        version=2,
        sheets=(
            Sheet(
                "axes", "Axes", "Une ligne par axe, dans l’ordre de la convention.",
                (
                    c.id_field("AX1"),
                    Field("title", "Axe", required=True, example="Accueillir chaque jeune enfant", width=50),
                    Field("issues", "Enjeux", "references", "Seulement des enjeux retenus par le comité de pilotage.",
                          refers_to="croisement.issues", example="E01", width=16),
                    Field("description", "En deux phrases", "long_text", width=50),
                    REMARK,
                ),
                key=("id",), lines=12,
            ),
            Sheet(
                "orientations", "Orientations", "Une ligne par orientation d’un axe.",
                (
                    c.id_field("OR1"),
                    Field("axis", "Axe", "reference", required=True, refers_to="plan.axes", example="AX1", width=10),
                    Field("title", "Orientation", required=True, example="Ouvrir aux heures où les parents travaillent", width=50),
                    REMARK,
                ),
                key=("id",), lines=40,
            ),
            Sheet(
                "objectives", "Objectifs", "Une ligne par objectif opérationnel d’une orientation.",
                (
                    c.id_field("OB1"),
                    Field("orientation", "Orientation", "reference", required=True, refers_to="plan.orientations", example="OR1", width=12),
                    Field("title", "Objectif opérationnel", required=True, width=50,
                          example="Proposer un accueil avant 7 h 30 à La Cavalerie"),
                    REMARK,
                ),
                key=("id",), lines=60,
            ),
            Sheet(
                "actions", "Actions", f"Une ligne par action : la fiche action. « ctg study plan » ajoute les propositions des groupes, en projet. {c.NO_NAME}",
                (
                    c.id_field("A01"),
                    Field("title", "Action", required=True, example="Ouvrir le multi-accueil à 6 h 30", width=46),
                    Field("objective", "Objectif", "reference", _BEFORE, refers_to="plan.objectives", example="OB1", width=12),
                    c.THEME,
                    Field("findings", "Constats", "references", f"Les constats auxquels elle répond : jamais aucun. {_BEFORE}",
                          refers_to="constats.findings", example="K001", width=18),
                    Field("issues", "Enjeux", "references", refers_to="croisement.issues", example="E01", width=14),
                    Field("nature", "Nature", "choice", _BEFORE, choices=NATURES,
                          synonyms={"adaptation": "adaptee", "création": "nouvelle", "poursuivie": "reconduite"}, example="nouvelle",
                          width=14),
                    Field("previous", "Action précédente", "references", "De bilan.xlsx, si elle la reconduit ou l’adapte.",
                          refers_to="bilan.actions", example="B01", width=14),
                    Field("origins", "Propositions d’origine", "references", "De groupes-travail.xlsx.", refers_to="groupes.proposals",
                          example="PR01", width=16),
                    Field("goal", "Objectif général", "long_text", width=40),
                    Field("description", "Description", "long_text", f"Ce qui sera fait, en quelques phrases. {_BEFORE}", width=60),
                    c.PUBLICS_OF,
                    c.secteurs_field(secteurs),
                    Field("leader", "Pilote", "reference", f"Organisme de parties.xlsx. {_BEFORE}", refers_to="parties.parties",
                          example="P01", width=12),
                    Field("leader_function", "Fonction du pilote", help="Jamais un nom.", example="coordination petite enfance", width=28),
                    Field("partners", "Partenaires", "references", refers_to="parties.parties", example="P02 ; P03", width=18),
                    Field("start", "Début", "date", _BEFORE, example="01/09/2027", width=14),
                    Field("end", "Fin", "date", _BEFORE, example="31/12/2031", width=14),
                    Field("human", "Moyens humains", "long_text", width=36),
                    Field("fte", "ETP", "number", "Équivalents temps plein consacrés à l’action.", minimum=0, example="0,5", width=8),
                    Field("levers", "Leviers", "choices", choices=LEVERS, example="bonus territoire CTG", width=28),
                    Field("conditions", "Conditions de réussite", "long_text", width=36),
                    Field("risks", "Risques", "long_text", width=36),
                    Field("state", "État", "choice", "Sans réponse : en projet.", choices=ACTION_STATES,
                          synonyms={"projet": "projet", "validé": "validee", "terminé": "terminee"}, example="validée", width=14),
                    c.decided_on("Jour où le comité de pilotage l’a validée."),
                    Field("review", "À revoir le", "date", example="30/06/2029", width=14),
                    DOCUMENT, REMARK, c.KEY,
                ),
                key=("id",), lines=80,
            ),
            Sheet(
                "steps", "Étapes", "Une ligne par étape d’une action, sur les cinq ans.",
                (
                    _ACTION,
                    Field("name", "Étape", required=True, example="Recruter deux professionnels", width=44),
                    Field("start", "Début", "date", required=True, example="01/09/2027", width=14),
                    Field("end", "Fin", "date", example="31/12/2027", width=14),
                    Field("responsible", "Qui", help="Fonction ou organisme.", width=28),
                    Field("state", "Avancement", "choice", "Sans réponse : prévu.", choices=PROGRESS, synonyms=PROGRESS_WORDS,
                          example="prévu", width=14),
                    REMARK,
                ),
                key=("action", "name"), lines=240,
            ),
            Sheet(
                "budget", "Budget", "Une ligne par action, année et poste (dépense) ou financeur (recette). Le total des recettes d’une "
                "année fait celui de ses dépenses ; sinon, le dire en remarque. Le montant se tape, ou se calcule d’après la feuille "
                "« Montants ».",
                (
                    _ACTION,
                    Field("year", "Année", "year", required=True, minimum=2020, maximum=2100, example="2028", width=10),
                    Field("kind", "Sens", "choice", required=True, choices=BUDGET_KINDS,
                          synonyms={"charge": "depense", "charges": "depense", "produit": "recette"}, example="dépense", width=12),
                    Field("item", "Poste", required=True, help="Ce qui est payé, ou à quel titre.", example="salaires", width=32),
                    Field("nature", "Nature", "choice", "Sans réponse : fonctionnement.", choices=BUDGET_NATURES, example="fonctionnement",
                          width=16),
                    Field("funder", "Financeur", "choice", "Pour une recette.", choices=PAYERS, example="Intercommunalité", width=28),
                    Field("party", "Partie qui paie", "reference", "Si plusieurs parties sont de cette sorte (deux intercommunalités, des "
                          "communes) : laquelle.", refers_to="parties.parties", example="P01", width=14),
                    Field("amount", "Montant (€)", "amount", "Vide s’il se calcule : montant daté × quantité.", minimum=0, example="18 000",
                          width=14),
                    Field("rate", "Montant daté", "reference", "De la feuille « Montants » : sa valeur de l’année est prise, ou la dernière connue.",
                          refers_to="plan.amounts", width=14),
                    Field("quantity", "Quantité", "number", "Combien de fois ce montant dans l’année : places, heures, postes.", minimum=0,
                          width=12),
                    Field("sure", "Sûreté", "choice", "Sans réponse : à demander.", choices=SURENESS,
                          synonyms={"obtenu": "acquis", "voté": "acquis", "sollicité": "sollicite"}, example="demandé", width=14),
                    DOCUMENT, REMARK,
                ),
                key=("action", "year", "kind", "item", "funder", "party"), lines=500,
            ),
            Sheet(
                "indicators", "Indicateurs", "Une ligne par indicateur d’une action, avec sa valeur de départ : sans elle, rien ne se mesure.",
                (
                    c.id_field("IN01"),
                    _ACTION,
                    Field("kind", "Nature", "choice", required=True, choices=INDICATOR_KINDS,
                          synonyms={"moyen": "moyens", "activité": "realisation", "impact": "resultat"}, example="résultat", width=14),
                    Field("label", "Indicateur", required=True, example="enfants accueillis avant 7 h 30", width=44),
                    Field("indicator", "Indicateur du dictionnaire", help="Son identifiant, s’il en a un : il est alors remesuré tout seul.",
                          example="taux_couverture", width=26),
                    Field("breakdown", "Détail", help="Comme dans indicateurs.csv (« age=Y15T24 »).", width=20),
                    Field("unit", "Unité", required=True, example="enfants", width=16),
                    Field("baseline", "Valeur de départ", "number", "Sans elle, rien ne se mesure.", example="0", width=12),
                    Field("baseline_period", "Période de départ", help="Année ou date, avant le début de l’action.", example="2026",
                          width=14),
                    Field("target", "Cible", "number", required=True, example="12", width=12),
                    Field("target_on", "Cible à atteindre le", "date", required=True, example="31/12/2030", width=14),
                    Field("source", "Source", required=True, example="registre du multi-accueil", width=30),
                    Field("frequency", "Fréquence", "choice", required=True, choices=FREQUENCIES, synonyms=_FREQUENCY_WORDS,
                          example="chaque année", width=16),
                    Field("responsible", "Qui le mesure", required=True, help="Fonction ou organisme.", example="direction du multi-accueil",
                          width=28),
                    Field("next_known", "Prochaine valeur connue le", "date",
                          "Quand sortira la première valeur d’après l’action ; sinon calculée d’après la fréquence.", width=14),
                    Field("noise", "Variation ordinaire", "number", "De combien il bouge sans cause, du départ à la cible ; sinon calculée.",
                          minimum=0, width=12),
                    Field("chance", "Part du hasard", "yes_no",
                          "« oui » : des gens libres de venir ; « non » : le porteur en décide. Sinon, d’après l’unité.", width=14),
                    Field("better", "Sens voulu", "choice", "Sinon, d’après le dictionnaire ou l’intitulé.", choices=SENSES,
                          synonyms={"plus": "higher", "hausse": "higher", "moins": "lower", "baisse": "lower"}, width=14),
                    REMARK,
                ),
                key=("id",), lines=200,
            ),
            Sheet(
                "amounts", "Montants", "Une ligne par montant qui change avec l’année (bonus territoire, plafond de prestation …), avec sa "
                "source : aucun n’est écrit dans le logiciel.",
                (
                    c.id_field("M01"),
                    Field("name", "Montant", required=True, example="bonus territoire, place d’accueil du jeune enfant", width=44),
                    Field("value", "Valeur (€)", "amount", required=True, minimum=0, example="", width=12),
                    Field("unit", "Par", required=True, example="place et par an", width=20),
                    Field("start", "Du", "date", required=True, example="01/01/2027", width=14),
                    Field("end", "Au", "date", example="31/12/2027", width=14),
                    Field("source", "Source", required=True, example="barème transmis par la Caf", width=36),
                    DOCUMENT, REMARK,
                ),
                key=("id",), lines=40,
            ),
        ),
    )  # fmt: skip
