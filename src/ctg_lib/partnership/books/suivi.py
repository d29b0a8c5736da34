"""« suivi-des-demandes.xlsx »: one line per partner, what it is asked, and when that was sent."""

from __future__ import annotations

from ctg_lib.workbooks.common import REMARK
from ctg_lib.workbooks.schema import Field, Sheet, Workbook

FILE = "suivi-des-demandes.xlsx"
SHEET = "requests"
FOLLOW_UP = Workbook(
    id="suivi-des-demandes",
    file=FILE,
    title="Suivi des demandes de données",
    purpose="Savoir ce qui a été demandé, à qui et depuis quand. Le diagnostic le dit là où un chiffre manque.",
    audience="coordination de la convention, dans l’intercommunalité",
    version=1,
    sheets=(
        Sheet(
            SHEET, "Demandes",
            "Une ligne par destinataire. Remplir les quatre colonnes blanches ; les grises disent ce que la lettre et son classeur "
            "demandent. Une ligne s’ajoute pour un second gestionnaire, avec le même identifiant.",
            (
                Field("recipient", "Destinataire", required=True, example="Caisse d’allocations familiales", width=34,
                      locked=True),
                Field("sent", "Envoyée le", "date", "Le jour où la lettre est partie.", example="28/09/2026", width=14),
                Field("reminded", "Relancée le", "date", "La dernière relance.", example="02/11/2026", width=14),
                Field("received", "Réponse reçue le", "date", "Le classeur rempli se dépose à côté de celui-ci.",
                      example="22/10/2026", width=14),
                REMARK,
                Field("letter", "Lettre", example="caf/lettre.docx", width=26, locked=True),
                Field("workbook", "Classeur joint", example="caf/demande-caf.xlsx", width=34, locked=True),
                Field("figures", "Chiffres demandés", "number", "Lignes de la feuille « Chiffres ».", example="75", width=12,
                      locked=True),
                Field("services", "Par service", "text", "Si une ligne par service est aussi demandée.", example="oui", width=10,
                      locked=True),
                Field("rows", "Lignes du catalogue", "text", "Celles que la réponse remplit ou précise.",
                      example="B12, B13", width=60, locked=True),
                Field("study", "Date de l’étude", "date", example="01/11/2026", width=14, locked=True),
                Field("partner", "Identifiant", "id", "Sert à relire la ligne ; à laisser tel quel.", True, example="caf",
                      width=18, locked=True),
            ),
            key=("partner", "recipient"), aliases=("suivi",), lines=20,
        ),
    ),
)  # fmt: skip
