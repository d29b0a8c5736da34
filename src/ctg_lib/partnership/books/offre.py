"""« offre.xlsx »: one line per service, and where its users come from."""

from __future__ import annotations

from ctg_lib.workbooks.common import DOCUMENT, REMARK, STATE_WORDS, STATES
from ctg_lib.workbooks.schema import Field, Sheet, Workbook

SERVICES: dict[str, str] = {
    "eaje": "établissement d’accueil du jeune enfant (crèche, multi-accueil)",
    "micro_creche": "micro-crèche",
    "mam": "maison d’assistantes maternelles",
    "am": "assistantes maternelles indépendantes de la commune",
    "rpe": "relais petite enfance (RPE)",
    "laep": "lieu d’accueil enfants-parents (LAEP)",
    "alsh": "accueil de loisirs (ALSH)",
    "accueil_jeunes": "accueil de jeunes",
    "clas": "accompagnement à la scolarité (CLAS)",
    "parentalite": "action de soutien à la parentalité",
    "mediation_familiale": "médiation familiale",
    "espace_rencontre": "espace de rencontre",
    "pmi": "consultation de PMI",
    "ludotheque": "ludothèque",
    "centre_social": "centre social",
    "evs": "espace de vie sociale (EVS)",
    "france_services": "France services",
    "mediation_numerique": "médiation numérique",
    "point_conseil_budget": "point conseil budget",
    "handicap_enfants": "service ou établissement pour enfants handicapés",
    "handicap_adultes": "service ou établissement pour adultes handicapés",
    "pole_handicap": "pôle de ressources handicap",
    "logement": "service logement, habitat des jeunes",
    "mobilite": "transport solidaire, mobilité",
    "autre": "autre service",
}
"""Kinds of services."""

SERVICE_WORDS: dict[str, str] = {
    "crèche": "eaje", "halte-garderie": "eaje", "crèche familiale": "eaje", "jardin d’enfants": "eaje",
    "EAJE": "eaje", "PMI": "pmi", "assistante maternelle": "am", "assistantes maternelles": "am", "MAM": "mam",
    "RAM": "rpe", "relais assistantes maternelles": "rpe", "relais d’assistantes maternelles": "rpe",
    "centre de loisirs": "alsh", "CLSH": "alsh", "centre aéré": "alsh", "accueil de loisirs sans hébergement": "alsh",
    "espace jeunes": "accueil_jeunes", "local jeunes": "accueil_jeunes", "accueil ados": "accueil_jeunes",
    "accompagnement scolaire": "clas", "aide aux devoirs": "clas", "maison France services": "france_services",
    "conseiller numérique": "mediation_numerique", "espace numérique": "mediation_numerique",
}  # fmt: skip
"""Other words that people use for them -> kind."""

THEME_OF: dict[str, str] = {
    "eaje": "petite_enfance", "micro_creche": "petite_enfance", "mam": "petite_enfance",
    "am": "petite_enfance", "rpe": "petite_enfance", "pmi": "petite_enfance", "laep": "parentalite",
    "alsh": "enfance", "accueil_jeunes": "jeunesse", "clas": "parentalite", "parentalite": "parentalite",
    "mediation_familiale": "parentalite", "espace_rencontre": "parentalite", "ludotheque": "vie_sociale",
    "centre_social": "vie_sociale", "evs": "vie_sociale", "france_services": "acces_droits",
    "mediation_numerique": "numerique", "point_conseil_budget": "acces_droits",
    "handicap_enfants": "handicap", "handicap_adultes": "handicap", "pole_handicap": "handicap",
    "logement": "logement", "mobilite": "transversal", "autre": "transversal",
}  # fmt: skip
"""Theme of the convention of each kind of service."""

PLACES_OF: tuple[str, ...] = ("eaje", "micro_creche", "mam", "am", "alsh", "accueil_jeunes")
"""Kinds whose capacity is a number of places."""

MANAGERS: dict[str, str] = {
    "epci": "intercommunalité", "commune": "commune", "ccas": "CCAS ou CIAS", "association": "association",
    "entreprise": "entreprise", "caf": "Caf", "departement": "Département", "etat": "État",
    "syndicat": "syndicat", "personne": "particulier (assistante maternelle)", "autre": "autre",
}  # fmt: skip
MANAGER_WORDS: dict[str, str] = {
    "mairie": "commune", "municipal": "commune", "communauté de communes": "epci", "CC": "epci", "EPCI": "epci",
    "associatif": "association", "privé": "entreprise", "société": "entreprise", "SARL": "entreprise",
    "SAS": "entreprise", "conseil départemental": "departement",
}  # fmt: skip
PERIOD_WORDS: dict[str, str] = {"annuel": "annee", "à l’année": "annee", "vacances d’été": "ete"}
PERIODS: dict[str, str] = {
    "annee": "toute l’année", "periscolaire": "périscolaire (matin, midi, soir)", "mercredi": "mercredi",
    "petites_vacances": "petites vacances", "ete": "été", "samedi": "samedi",
}  # fmt: skip
DAYS: dict[str, str] = {
    "lun": "lundi", "mar": "mardi", "mer": "mercredi", "jeu": "jeudi", "ven": "vendredi", "sam": "samedi",
    "dim": "dimanche",
}  # fmt: skip
PRICING: dict[str, str] = {
    "qf": "selon le quotient familial", "unique": "tarif unique", "gratuit": "gratuit",
    "psu": "barème national (PSU)", "libre": "fixé par le professionnel", "autre": "autre",
}  # fmt: skip
PRICE_UNITS: dict[str, str] = {
    "heure": "heure", "demi_journee": "demi-journée", "jour": "jour", "semaine": "semaine", "mois": "mois", "an": "an",
}  # fmt: skip
PRICE_WORDS: dict[str, str] = {
    "journée": "jour",
    "année": "an",
    "annuel": "an",
    "horaire": "heure",
    "mensuel": "mois",
}

OFFRE = Workbook(
    id="offre",
    file="offre.xlsx",
    title="L’offre de services du territoire",
    purpose="Dire ce qui existe vraiment : où, quand, pour combien de personnes, avec qui. Les fichiers publics ne "
    "donnent que des adresses.",
    audience="intercommunalité, communes, gestionnaires",
    version=2,
    sheets=(
        Sheet(
            "services", "Services",
            "Une ligne par service et par période d’ouverture (un accueil de loisirs ouvert le mercredi et l’été fait deux "
            "lignes, chacune avec son identifiant). Les lignes « à confirmer » viennent de fichiers publics : les corriger, puis écrire « confirmé ».",
            (
                Field("id", "Identifiant", "id", "Un code court, unique, que les autres classeurs reprennent.", True,
                      example="S01", width=12),
                Field("name", "Nom du service", required=True, aliases=("Nom de la structure", "Structure", "Service"),
                      example="Multi-accueil intercommunal", width=34),
                Field("type", "Type de service", "choice", required=True, choices=SERVICES, synonyms=SERVICE_WORDS,
                      example="établissement d’accueil du jeune enfant (crèche, multi-accueil)", width=34),
                Field("state", "État de la ligne", "choice", "« à confirmer » tant que le gestionnaire ne l’a pas relue.",
                      choices=STATES, synonyms=STATE_WORDS, example="confirmé", width=14),
                Field("source", "Source", help="D’où vient la ligne, avec sa date.", example="gestionnaire, mars 2026", width=26),
                Field("manager", "Gestionnaire", help="L’organisme, jamais une personne.", example="association gestionnaire",
                      aliases=("Organisme gestionnaire", "Porteur"), width=26),
                Field("manager_type", "Statut du gestionnaire", "choice", choices=MANAGERS, synonyms=MANAGER_WORDS, example="association"),
                Field("commune", "Commune du siège", "commune", "Nom ou code Insee.", True, aliases=("Commune",), width=24),
                Field("sites", "Communes des autres sites", "communes", "Séparées par un point-virgule.", width=26),
                Field("age_min", "Âge minimal (ans)", "number", minimum=0, maximum=120, example="0", width=10),
                Field("age_max", "Âge maximal (ans)", "number", minimum=0, maximum=120, example="5", width=10),
                Field("period", "Période", "choice", choices=PERIODS, synonyms=PERIOD_WORDS, example="toute l’année", width=20),
                Field("days", "Jours d’ouverture", "choices", "Séparés par un point-virgule, ou « lundi à vendredi ».",
                      choices=DAYS, example="lundi à vendredi", width=24),
                Field("opens", "Ouvre à", "time", example="7h30", width=10),
                Field("closes", "Ferme à", "time", example="18h30", width=10),
                Field("weeks", "Semaines d’ouverture par an", "number", minimum=0, maximum=53, example="47", width=12),
                Field("hours_week", "Heures d’ouverture par semaine", "number",
                      "Pour un service itinérant ou à permanences : le total des sites.", minimum=0, maximum=168,
                      example="55", width=14),
                Field("places", "Places agréées", "number", "Le nombre de l’agrément ou de la déclaration.", minimum=0,
                      maximum=2000, example="22", aliases=("Capacité", "Capacité agréée", "Nombre de places"), width=10),
                Field("places_open", "Places réellement ouvertes", "number", minimum=0, maximum=2000, example="20", width=12),
                Field("licence_date", "Date de l’agrément", "date", example="01/09/2023", width=14),
                Field("staff", "Personnel (ETP)", "number", aliases=("ETP", "Nombre d’ETP"), minimum=0, maximum=500, example="6,5", width=10),
                Field("vacancies", "Postes vacants (ETP)", "number", minimum=0, maximum=100, example="0,5", width=10),
                Field("year", "Année de l’activité", "year", "Celle des heures et des inscrits.", minimum=1990, maximum=2100,
                      example="2025", width=10),
                Field("hours_done", "Heures réalisées", "number", minimum=0, example="38 200", width=12),
                Field("hours_billed", "Heures facturées", "number", minimum=0, example="41 000", width=12),
                Field("occupancy", "Taux d’occupation réel", "percent",
                      "Heures réalisées, et non facturées, sur les heures que les places permettent.", minimum=0,
                      maximum=150, example="76 %", aliases=("Taux d’occupation",), width=12),
                Field("users", "Inscrits dans l’année", "integer", "Personnes différentes ; 1 à 4 peut s’écrire « < 5 ».",
                      minimum=0, example="41", aliases=("Inscrits", "Nombre d’inscrits"), width=10),
                Field("waiting", "Demandes en attente", "integer", "Enfants ou familles, doublons ôtés.", minimum=0, example="9",
                      aliases=("Liste d’attente",), width=10),
                Field("waiting_date", "Date de la liste d’attente", "date", example="15/01/2026", width=14),
                Field("pricing", "Tarification", "choice", choices=PRICING, example="barème national (PSU)", width=22),
                Field("price_min", "Tarif le plus bas (€)", "amount", "Par heure, ou comme le dit « Tarif par ».", minimum=0,
                      example="0,25", width=10),
                Field("price_max", "Tarif le plus haut (€)", "amount", "Par heure, de même.", minimum=0, example="3,20", width=10),
                Field("price_unit", "Tarif par", "choice", "Pour quoi la famille paie ce tarif.", choices=PRICE_UNITS,
                      synonyms=PRICE_WORDS, example="heure", width=12),
                Field("disability", "Accueille des enfants handicapés", "yes_no", example="oui", width=12),
                Field("aeeh", "Dont bénéficiaires de l’AEEH", "integer", "De 1 à 9, écrire « < 10 ».", minimum=0,
                      sensitive=True, width=12),
                Field("agreement_end", "Fin de la convention Caf", "date", "Convention d’objectifs et de financement.",
                      example="31/12/2027", width=14),
                DOCUMENT, REMARK,
            ),
            key=("id",),
        ),
        Sheet(
            "origins", "Origine des usagers",
            "Combien d’usagers de chaque commune. Une ligne par service et par commune ; les autres communes peuvent être "
            "réunies sous « hors territoire ».",
            (
                Field("service", "Service", "reference", required=True, refers_to="offre.services", example="S01", width=12),
                Field("commune", "Commune", "commune", "Vide : hors du territoire.", width=26),
                Field("outside", "Hors territoire", "yes_no", "« oui » pour l’ensemble des autres communes.", width=12),
                Field("users", "Usagers", "integer", "1 à 4 peut s’écrire « < 5 ».", True, minimum=0, example="12", width=10),
                Field("year", "Année", "year", required=True, minimum=1990, maximum=2100, example="2025", width=10),
                REMARK,
            ),
            key=("service", "commune", "outside", "year"),
        ),
    ),
)  # fmt: skip
