"""« financement.xlsx »: what each service costs, and who pays."""

from __future__ import annotations

from ctg_lib.workbooks.common import DOCUMENT, REMARK
from ctg_lib.workbooks.schema import Field, Sheet, Workbook

PAYERS: dict[str, str] = {
    "caf_ps": "Caf : prestation de service",
    "caf_bonus": "Caf : bonus territoire",
    "caf_funds": "Caf : fonds et autres aides",
    "msa": "MSA",
    "state": "État",
    "region": "Région",
    "departement": "Département",
    "epci": "Intercommunalité",
    "communes": "Communes",
    "families": "Familles",
    "others": "Autres recettes",
}
"""Who pays: columns of the sheet, in order."""
PAYER_TYPE: dict[str, str] = {
    "caf_ps": "caf", "caf_bonus": "caf", "caf_funds": "caf", "msa": "msa", "state": "etat", "region": "region",
    "departement": "departement", "epci": "epci", "communes": "commune",
}  # fmt: skip
"""Who pays -> type of the party (parties.xlsx) that it is; families and other receipts are no party."""

FINANCEMENT = Workbook(
    id="financement",
    file="financement.xlsx",
    title="Ce que les services coûtent, et qui paie",
    purpose="Les élus lisent cette page en premier : le coût d’une place ou d’une heure, et le reste à charge de chacun.",
    audience="intercommunalité, communes, gestionnaires, Caf, MSA",
    version=1,
    sheets=(
        Sheet(
            "money", "Financement",
            "Une ligne par service et par année. Les recettes doivent faire le total ; sinon, laisser vide ce qui n’est pas "
            "connu : « 0 » veut dire zéro euro.",
            (
                Field("service", "Service", "reference", "Identifiant de la ligne de offre.xlsx.", True,
                      refers_to="offre.services", example="S01", width=12),
                Field("year", "Année", "year", required=True, minimum=1990, maximum=2100, example="2025", width=10),
                Field("nature", "Nature des montants", "choice", required=True, choices={"realise": "réalisé", "prevu": "prévu"},
                      synonyms={"prévisionnel": "prevu", "budget prévisionnel": "prevu", "budget primitif": "prevu",
                                "BP": "prevu", "compte de résultat": "realise", "CA": "realise"},
                      example="réalisé", width=14),
                Field("offer", "Offre", "choice", "« nouvelle » : places ou heures créées par le contrat en préparation.", True,
                      choices={"maintenue": "maintenue", "nouvelle": "nouvelle"},
                      synonyms={"existante": "maintenue", "existant": "maintenue", "création": "nouvelle"}, example="maintenue", width=14),
                Field("cost", "Charges (€)", "amount", "Toutes les charges de l’année.", True, minimum=0, example="412 000",
                      width=14),
                *(Field(name, f"{label} (€)", "amount", minimum=0, width=14,
                        example={"caf_ps": "190 000", "caf_bonus": "42 000", "epci": "98 000", "families": "74 000",
                                 "msa": "8 000"}.get(name, "")) for name, label in PAYERS.items()),
                Field("total", "Total des recettes (€)", "amount", "Vérifié : la somme des colonnes.", minimum=0,
                      example="412 000", width=14),
                Field("hours", "Heures payées (facturées)", "number", "Pour le coût de l’heure.", minimum=0, example="41 000",
                      width=14),
                Field("places", "Places financées", "number", "Pour le coût de la place ; sinon celles de offre.xlsx.", minimum=0,
                      example="22", width=12),
                DOCUMENT, REMARK,
            ),
            key=("service", "year", "nature", "offer"),
        ),
        Sheet(
            "parameters", "Montants de référence",
            "Montants qui changent chaque année (bonus territoire, plafonds de prestation de service …), chacun avec sa source. "
            "Rien n’en est supposé.",
            (
                Field("name", "Montant", required=True, example="bonus territoire, place nouvelle de crèche", width=40),
                Field("year", "Année", "year", required=True, minimum=1990, maximum=2100, example="2025", width=10),
                Field("amount", "Valeur (€)", "amount", required=True, minimum=0, example="2 600", width=14),
                Field("unit", "Par", required=True, example="place et par an", width=20),
                Field("source", "Source", required=True, example="page de la Caf, relevée le 3 mars 2026", width=40),
                DOCUMENT, REMARK,
            ),
            key=("name", "year"),
        ),
    ),
)  # fmt: skip
