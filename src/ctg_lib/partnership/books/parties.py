"""« parties.xlsx »: who signs, and who exercises which competence."""

from __future__ import annotations

from ctg_lib.workbooks.common import DOCUMENT, REMARK
from ctg_lib.workbooks.schema import Field, Sheet, Workbook

PARTY_TYPES: dict[str, str] = {
    "epci": "intercommunalité", "commune": "commune", "syndicat": "syndicat", "ccas": "CCAS ou CIAS",
    "caf": "Caf", "msa": "MSA", "departement": "Département", "region": "Région", "etat": "État",
    "cpam": "CPAM", "carsat": "Carsat", "france_travail": "France Travail", "association": "association",
    "autre": "autre",
}  # fmt: skip

PARTY_WORDS: dict[str, str] = {
    "EPCI": "epci", "CC": "epci", "communauté de communes": "epci", "communauté d’agglomération": "epci",
    "métropole": "epci", "mairie": "commune", "CAF": "caf", "conseil départemental": "departement",
    "conseil régional": "region", "préfecture": "etat",
}  # fmt: skip
"""Other words that people use for them -> type."""

SUBJECTS: dict[str, str] = {
    "lancement": "lancement de la démarche", "approbation": "approbation de la convention", "autre": "autre",
}  # fmt: skip
"""What a deliberation decides: only « approbation » allows to sign."""

SPPE: dict[str, str] = {
    "sppe_recenser": "SPPE 1 : recenser les besoins et l’offre",
    "sppe_informer": "SPPE 2 : informer et accompagner les familles",
    "sppe_planifier": "SPPE 3 : planifier le développement de l’accueil",
    "sppe_qualite": "SPPE 4 : soutenir la qualité de l’accueil",
}
"""The four missions of the autorité organisatrice (CASF, art. L.214-1-3)."""

COMPETENCES: dict[str, str] = {
    **SPPE,
    "creches": "gestion d’établissements d’accueil du jeune enfant",
    "rpe": "relais petite enfance",
    "periscolaire": "accueil périscolaire",
    "extrascolaire": "accueil extrascolaire (mercredi, vacances)",
    "ecoles": "écoles",
    "cantine": "restauration scolaire",
    "jeunesse": "jeunesse",
    "parentalite": "parentalité",
    "vie_sociale": "animation de la vie sociale",
    "acces_droits": "accès aux droits (France services)",
    "numerique": "inclusion numérique",
    "logement": "logement et habitat",
    "handicap": "handicap",
    "action_sociale": "action sociale d’intérêt communautaire",
    "transport": "transport, mobilité",
    "culture_sport": "équipements culturels et sportifs",
}

PARTIES = Workbook(
    id="parties",
    file="parties.xlsx",
    title="Parties à la convention et compétences",
    purpose="La convention nomme ceux qui signent et dit qui exerce quoi : ses visas, ses articles et les obligations du service "
    "public de la petite enfance en découlent.",
    audience="intercommunalité, Caf",
    version=2,
    sheets=(
        Sheet(
            "parties", "Parties",
            "Une ligne par signataire ou partenaire. Écrire la fonction de qui représente, jamais son nom.",
            (
                Field("id", "Identifiant", "id", required=True, example="P01", width=12),
                Field("name", "Nom de l’organisme", required=True, example="Communauté de communes …", width=38),
                Field("type", "Type", "choice", required=True, choices=PARTY_TYPES, synonyms=PARTY_WORDS,
                      example="intercommunalité", width=20),
                Field("commune", "Commune", "commune", "Seulement pour une commune.", width=22),
                Field("function", "Fonction du représentant", help="« présidente », « directeur » : pas de nom.",
                      example="présidente", width=26),
                Field("signs", "Signe la convention", "yes_no", "Vide : à compléter.", example="oui", width=12),
                Field("deliberation", "Délibération ou décision", help="Sa référence ; vide : à compléter.",
                      example="n° 2026-41", width=24),
                Field("deliberation_date", "Date de la délibération", "date", example="12/03/2026", width=14),
                Field("subject", "Objet de la délibération", "choice", "Seule l’approbation permet de signer.",
                      choices=SUBJECTS, example="approbation de la convention", width=26),
                DOCUMENT, REMARK,
            ),
            key=("id",),
        ),
        Sheet(
            "competences", "Compétences",
            "Une ligne par compétence et par organisme qui l’exerce. Pour les quatre missions du SPPE : l’autorité organisatrice. "
            "Une compétence exercée par chaque commune : une ligne, titulaire laissé vide, « exercée par les communes » à « oui ».",
            (
                Field("competence", "Compétence", "choice", required=True, choices=COMPETENCES,
                      example="SPPE 1 : recenser les besoins et l’offre", width=42),
                Field("holder", "Titulaire", "reference", "Identifiant de la feuille Parties.", refers_to="parties.parties",
                      example="P01", width=12),
                Field("by_communes", "Exercée par les communes", "yes_no", example="non", width=14),
                Field("communes", "Communes concernées", "communes", "Vide : toutes.", width=30),
                Field("since", "Depuis le", "date", example="01/01/2017", width=14),
                Field("basis", "Fondement", help="Statuts, délibération, convention.", example="statuts, art. 5", width=28),
                DOCUMENT, REMARK,
            ),
            key=("competence", "holder", "by_communes"),
        ),
    ),
)  # fmt: skip
