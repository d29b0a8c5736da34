"""The catalogue: what the diagnostic of a CTG wants to know, row by row, and where each row comes from.

Ninety rows, A01 to K04. A row whose source is open is answered by the indicators that name it in their
registration (``row``); one that is not is asked of a partner. :mod:`ctg_lib.indicators.coverage` says which
rows have a value for a territory and why the others have none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ctg_lib.indicators.registry import Definition, iter_definitions

PARTNERS: dict[str, str] = {
    "caf": "Caf", "msa": "MSA", "departement": "Département", "mdph": "MDPH", "dsden": "DSDEN", "sdjes": "SDJES",
    "mission_locale": "mission locale", "france_travail": "France Travail", "epci": "intercommunalité",
    "operateurs": "gestionnaires",
}  # fmt: skip
"""Who is asked, as a row says it: key of ``partnership.requests.PARTNERS`` -> name; in the order of the letters."""


@dataclass(frozen=True)
class File:
    """A publisher's file, as the store holds it.

    Attributes:
        title: what the reader calls it, with its publisher.
        needs: what must be in the store, any of them: ``dataset``, ``dataset:variable`` or
            ``dataset:variable:text of the breakdown``.
        absent: why it is not there and what to do, when ``ctg data fetch`` does not offer it.
    """

    title: str
    needs: tuple[str, ...]
    absent: str = ""


@dataclass(frozen=True)
class Row:
    """One row of the catalogue.

    Attributes:
        id: « A09 ».
        label: in French, as the dictionary shows it.
        theme: key of :data:`ctg_lib.indicators.registry.THEMES`.
        source: where it comes from, in words.
        files: files it needs, all of them.
        partners: keys of :data:`PARTNERS`, who is asked when the source is not open; empty when it is.
        coarsest: publisher's finest level, when it is coarser than an EPCI (« departement »).
        set_aside: why no indicator is computed although the source is open.
        near: indicators that name the row but only come near it (other ages, households instead of families):
            their value is told, the row is not counted as answered.
        of_communes: the row asks for a value of each commune: that of the whole territory does not answer.
    """

    id: str
    label: str
    theme: str
    source: str
    files: tuple[File, ...] = ()
    partners: tuple[str, ...] = ()
    coarsest: str = ""
    set_aside: str = ""
    of_communes: bool = False
    near: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether open data answers it."""
        return not self.partners

    @property
    def partner(self) -> str:
        """Who is asked, in words: « Caf, SDJES »; empty when the source is open."""
        return ", ".join(PARTNERS[key] for key in self.partners)


BY_HAND = "fichier à déposer à la main (docs/ajouter-une-source.md)"


def _melodi(dataset: str, what: str, variable: str = "", breakdown: str = "", year: str = "RP") -> File:
    need = ":".join(part for part in (dataset, variable, breakdown) if part)
    return File(f"« {what} » de l’Insee ({year}, {dataset})", (need,))


_AGES = _melodi("DS_RP_TD_POPULATION_AGESEX_PRINC", "population par sexe et âge", "POP")
_SINGLE = File(
    "« population par sexe et année d’âge » de l’Insee (RP, DS_RP_TD_POPULATION_AGESEX_PRINC, âge par année)",
    ("DS_RP_TD_POPULATION_AGESEX_PRINC:POP:age=Y0;", "DS_RP_TD_POPULATION_AGESEX_PRINC:POP:age=Y1;"),
)
_LEGAL = _melodi("DS_POPULATIONS_REFERENCE", "populations de référence", "PMUN", year="chaque année")
_HISTORY = _melodi("DS_RP_SERIE_HISTORIQUE", "séries historiques du recensement")
_BIRTHS = _melodi(
    "DS_ETAT_CIVIL_NAIS_COMMUNES", "naissances domiciliées par commune", "LVB", year="état civil"
)
_FAMILIES = _melodi("DS_RP_FAMILLE_COMP", "familles par type et nombre d’enfants")
_WORKING = _melodi("DS_RP_TD_FAMILLE_AGEENF_COMP", "enfants selon l’activité des parents")
_SCHOOLING = _melodi("DS_RP_EDUCATION_PRINC", "scolarisation par âge")
_DIPLOMAS = _melodi("DS_RP_DIPLOMES_PRINC", "diplômes")
_ACTIVITY = _melodi("DS_RP_EMPLOI_LR_PRINC", "activité des 15–64 ans")
_YOUTH = _melodi("DS_RP_EMPLOI_LR_PRINC", "activité des 15–24 ans", "POP", "age=Y15T24")
_WOMEN = _melodi("DS_RP_EMPLOI_LR_PRINC", "activité des femmes de 25 à 54 ans", "POP", "age=Y25T54")
_COMMUTING = _melodi("DS_RP_NAVETTES_PRINC", "navettes domicile-travail")
_HOUSING = _melodi("DS_RP_LOGEMENT_PRINC", "logements", "DWELLINGS")
_COVERAGE = File("« taux de couverture par EPCI » de la Cnaf (txcouv_pe_epci)", ("txcouv_pe",))
_PLACES = File("« nombre de places par EPCI » de la Cnaf (nbpla_pe_epci)", ("nbpla_pe", "txcouv_pe"))
_BPE = File("« base permanente des équipements » de l’Insee", ("DS_BPE", "bpe_detail"))
_PUPILS = File(
    "« effectifs des écoles » de la DEPP (fr-en-ecoles-effectifs-nb_classes)", ("effectifs_ecoles",)
)
_FILOSOFI = File("« Filosofi, cc_filosofi_AAAA_EPCI » de l’Insee", ("filosofi", "DS_FILOSOFI_CC"))


def _filosofi(variable: str, what: str) -> File:
    return File(f"« Filosofi, cc_filosofi_2021_EPCI, {what} » de l’Insee", (f"filosofi:{variable}",))


def _caf(variable: str, what: str) -> File:
    return File(f"« {what} » de la Cnaf (s_ben_epci_f, {variable})", (f"s_ben_f:{variable}",))


ROWS: tuple[Row, ...] = (
    # A. population et familles
    Row("A01", "Population municipale", "population", "Insee, populations de référence", (_LEGAL,)),
    Row("A02", "Évolution annuelle moyenne de la population", "population", "Insee, populations de référence ou séries "
        "historiques", (_LEGAL,)),
    Row("A03", "Soldes naturel et migratoire apparent", "population", "Insee, état civil et populations, ou séries "
        "historiques", (File("« naissances et décès domiciliés » ou « séries historiques » de l’Insee",
                            ("DS_RP_SERIE_HISTORIQUE", "DS_ETAT_CIVIL_NAIS_COMMUNES", "taux_repris")),)),
    Row("A04", "Enfants de 0–2, 3–5, 6–10, 11–14 et 15–17 ans", "population", "Insee, recensement, âge par année",
        (_SINGLE,), near=("population_par_age", "enfants_0_4", "enfants_5_9", "jeunes_10_19", "enfants_moins_3")),
    Row("A05", "Parts des moins de 20 ans et des 65 ans et plus, indice de vieillissement", "population",
        "Insee, recensement, exploitation principale", (_AGES,)),
    Row("A06", "Naissances domiciliées", "population", "Insee, état civil", (_BIRTHS,)),
    Row("A07", "Taux de natalité", "population", "Insee, état civil et populations de référence", (_BIRTHS, _LEGAL)),
    Row("A08", "Familles avec enfants de moins de 25 ans", "population", "Insee, recensement, exploitation complémentaire",
        (_FAMILIES,), near=("part_menages_couple_enfants",)),
    Row("A09", "Part des familles monoparentales", "population", "Insee, recensement, exploitation complémentaire",
        (File("« familles par type » de l’Insee (RP, DS_RP_FAMILLE_COMP)",
              ("DS_RP_FAMILLE_COMP", "base_cc:C_FAMMONO")),), near=("part_menages_monoparentaux",)),
    Row("A10", "Part des familles nombreuses", "population", "Insee, recensement, exploitation complémentaire",
        (_FAMILIES,)),
    Row("A11", "Taille moyenne des ménages", "population", "Insee, recensement, exploitation principale",
        (_melodi("DS_RP_LOGEMENT_PRINC", "population des ménages", "DWELLINGS_POPSIZE"),)),
    # B. petite enfance
    Row("B01", "Taux de couverture global", "petite_enfance", "Cnaf, txcouv_pe_epci", (_COVERAGE,)),
    Row("B02", "Taux de couverture par mode d’accueil", "petite_enfance", "Cnaf, txcouv_pe_epci", (_COVERAGE,)),
    Row("B03", "Nombre de places par mode d’accueil", "petite_enfance", "Cnaf, nbpla_pe_epci", (_PLACES,)),
    Row("B04", "Taux de couverture par commune (ancienne publication)", "petite_enfance", "Cnaf, TAUXCOUV2020 et 2021",
        (File("« TAUXCOUV2021 » de la Cnaf (adresse d’origine non retrouvée)", ("txcouv_pe:txcouv_com_ancien",)),),
        set_aside="l’ancien fichier communal n’est plus publié et son adresse d’origine n’est pas retrouvée ; la Cnaf ne "
        "donne plus le taux des communes de moins de 10 000 habitants",
        of_communes=True),
    Row("B05", "Part de l’accueil individuel", "petite_enfance", "Cnaf, nbpla_pe_epci", (_PLACES,)),
    Row("B06", "Enfants dont tous les parents au foyer travaillent", "petite_enfance",
        "Insee, recensement, exploitation complémentaire", (_WORKING,)),
    Row("B07", "Places pour 100 enfants de moins de 3 ans dont les parents travaillent", "petite_enfance",
        "Cnaf et Insee, calcul", (_PLACES, _WORKING)),
    Row("B08", "Foyers bénéficiaires du CMG", "petite_enfance", "Cnaf, s_ben_epci_f", (_caf("indfoy_cmg", "CMG"),)),
    Row("B09", "Foyers bénéficiaires de la Paje et de la PreParE", "petite_enfance", "Cnaf, s_ben_epci_f",
        (_caf("indfoy_ndurpaje", "Paje"),)),
    Row("B10", "Établissements d’accueil du jeune enfant", "petite_enfance", "Insee, base permanente des équipements",
        (_BPE,)),
    Row("B11", "Particuliers employeurs d’assistantes maternelles", "petite_enfance", "Insee, Flores",
        (_melodi("DS_FLORES_PE", "particuliers employeurs", year="Flores"),)),
    Row("B12", "Assistantes maternelles agréées, en activité, de 55 ans et plus", "petite_enfance", "sur demande",
        partners=("caf", "departement", "epci")),
    Row("B13", "Activité des établissements : heures, occupation, facturation", "petite_enfance", "sur demande",
        partners=("caf",)),
    Row("B14", "Scolarisation à 2 ans", "petite_enfance", "Cnaf, txcouv_pe_epci", (_COVERAGE,)),
    Row("B15", "Relais petite enfance : temps de travail, permanences", "petite_enfance", "sur demande",
        partners=("caf", "epci")),
    Row("B16", "Demandes d’accueil non satisfaites", "petite_enfance", "sur demande",
        partners=("epci",)),
    # C. enfance et école
    Row("C01", "Élèves de maternelle et d’élémentaire", "enfance", "DEPP, effectifs des écoles", (_PUPILS,)),
    Row("C02", "Élèves par classe, évolution à cinq ans", "enfance", "DEPP, effectifs des écoles", (_PUPILS,)),
    Row("C03", "Écoles, regroupements pédagogiques", "enfance", "DEPP, annuaire de l’éducation",
        (File("« annuaire de l’éducation » de la DEPP (fr-en-annuaire-education)", ("annuaire_education",)),)),
    Row("C04", "Indice de position sociale des écoles", "enfance", "DEPP, IPS des écoles",
        (File("« IPS des écoles » de la DEPP (fr-en-ips-ecoles-ap2022)", ("ips_ecoles", "ips")),)),
    Row("C05", "Indice de position sociale des collèges", "enfance", "DEPP, IPS des collèges",
        (File("« IPS des collèges » de la DEPP (fr-en-ips-colleges-ap2023)", ("ips_colleges", "ips")),)),
    Row("C06", "Taux de scolarisation à 2–5, 6–10 et 11–14 ans", "enfance", "Insee, recensement, exploitation principale",
        (_SCHOOLING,)),
    Row("C07", "Offre d’accueil de loisirs : places, heures", "enfance", "sur demande",
        partners=("caf", "sdjes")),
    Row("C08", "Bénéficiaires de l’allocation de rentrée scolaire", "enfance", "Cnaf, s_ben_epci_f",
        (_caf("indfoy_ars", "ARS"),)),
    # D. jeunesse
    Row("D01", "Jeunes de 11–17 et de 18–24 ans", "jeunesse", "Insee, recensement, âge par année",
        (File("« population par sexe et année d’âge » ou « scolarisation par âge » de l’Insee (RP)",
              ("DS_RP_EDUCATION_PRINC", *_SINGLE.needs)),)),
    Row("D02", "Jeunes ni en emploi ni en formation (15–24 ans)", "jeunesse", "ANCT, Observatoire des territoires",
        (File("« part de jeunes non insérés » de l’ANCT (Observatoire des territoires)",
              ("observatoire_territoires:part_non_inseres",),
              f"« part de jeunes non insérés » de l’ANCT : {BY_HAND}"),)),
    Row("D03", "Scolarisation des 15–17 et des 18–24 ans", "jeunesse", "Insee, recensement, exploitation principale",
        (_SCHOOLING,)),
    Row("D04", "Taux d’emploi et de chômage des 15–24 ans", "jeunesse", "Insee, recensement, exploitation principale",
        (_YOUTH,)),
    Row("D05", "Demandeurs d’emploi de moins de 25 ans", "jeunesse", "Dares, données communales",
        (File("« demandeurs d’emploi par commune et âge » de la Dares (dares_defm_communales-brutes)",
              ("defm:demandeurs_emploi:age=", "defm:demandeurs_emploi:tranche")),)),
    Row("D06", "Sans diplôme parmi les 15 ans et plus non scolarisés", "jeunesse",
        "Insee, recensement, exploitation principale", (_DIPLOMAS,)),
    Row("D07", "Pauvreté des ménages dont le référent a moins de 30 ans", "jeunesse", "Insee, Filosofi",
        (_filosofi("TP60AGE1", "pauvreté par âge"),)),
    Row("D08", "Accueil de jeunes, PS Jeunes, Promeneurs du Net, mission locale", "jeunesse", "sur demande",
        partners=("caf", "sdjes", "mission_locale")),
    # E. parentalité
    Row("E01", "Foyers bénéficiaires de l’allocation de soutien familial", "parentalite", "Cnaf, s_ben_epci_f",
        (_caf("indfoy_asf", "ASF"),)),
    Row("E02", "Familles recomposées", "parentalite", "Insee, recensement, exploitation complémentaire", (_FAMILIES,)),
    Row("E03", "Foyers percevant les allocations familiales, le complément familial", "parentalite", "Cnaf, s_ben_epci_f",
        (_caf("indfoy_af", "allocations familiales"),)),
    Row("E04", "Taux d’activité des femmes de 25 à 54 ans", "parentalite", "Insee, recensement, exploitation principale",
        (_WOMEN,)),
    Row("E05", "Offre de soutien à la parentalité (LAEP, CLAS, REAAP, médiation)", "parentalite", "sur demande",
        partners=("caf",)),
    # F. handicap
    Row("F01", "Enfants bénéficiaires de l’AEEH", "handicap", "Cnaf, s_ben_epci_f", (_caf("indben_aeeh", "AEEH"),)),
    Row("F02", "Bénéficiaires de l’AAH", "handicap", "Cnaf, s_ben_epci_f ou Insee, données Caf localisées",
        (File("« AAH » de la Cnaf (s_ben_epci_f, indben_aah)", ("s_ben_f:indben_aah", "data_caf:AAAH")),)),
    Row("F03", "AAH selon le taux d’incapacité et l’âge", "handicap", "Cnaf, aah_s_tx_inca_dep",
        (File("« AAH par taux d’incapacité » de la Cnaf (aah_s_tx_inca_dep)", ("aah_dep", "drees_departements")),),
        coarsest="departement"),
    Row("F04", "Élèves en ULIS et en UEEA", "handicap", "DEPP, effectifs des écoles",
        (File("« effectifs des écoles, ULIS » de la DEPP (fr-en-ecoles-effectifs-nb_classes)",
              ("effectifs_ecoles:eleves:niveau=ulis",)),)),
    Row("F05", "Établissements et services médico-sociaux", "handicap", "FINESS ou base permanente des équipements",
        (File("« FINESS » de l’Agence du numérique en santé", ("finess", "DS_BPE::facility_type=D6")),)),
    Row("F06", "Accueil inclusif dans les structures petite enfance et enfance", "handicap", "sur demande",
        partners=("caf",)),
    Row("F07", "PCH, orientations de la MDPH, AESH", "handicap", "sur demande",
        partners=("mdph", "dsden")),
    # G. animation de la vie sociale
    Row("G01", "Centres sociaux et espaces de vie sociale", "vie_sociale", "sur demande", partners=("caf",)),
    Row("G02", "Associations pour 1 000 habitants", "vie_sociale", "Ministère de l’Intérieur, RNA",
        (File("« répertoire national des associations » du ministère de l’Intérieur (RNA)", ("rna",),
              "le répertoire national des associations (RNA) n’a pas encore de lecteur"),)),
    Row("G03", "Équipements de sport et de culture", "vie_sociale", "Insee, base permanente des équipements",
        (File("« base permanente des équipements, sport et culture » de l’Insee, tous types (DS_BPE_SPORT_CULTURE)",
              ("DS_BPE_SPORT_CULTURE", "DS_BPE:FACILITIES:facility_type=F303", "bpe_detail:sites:facility_type=F303")),),
        near=("equipements_courants_sport_culture", "communes_sans_equipement_courant", "part_licencies_sport_0_14")),
    # H. accès aux droits et numérique
    Row("H01", "France services : structures, sites, heures", "acces_droits", "ANCT, liste des structures",
        (File("« liste des structures France services » de l’ANCT", ("france_services",)),)),
    Row("H02", "Lieux de médiation numérique", "acces_droits", "data.inclusion, cartographie nationale",
        (File("« lieux de médiation numérique » de data.inclusion (Mednum)", ("mediation_numerique",)),)),
    Row("H03", "Indice de fragilité numérique", "acces_droits", "La Mednum, ANCT",
        (File("« indice de fragilité numérique » de la Mednum", ("fragilite_numerique",), f"« indice de fragilité numérique » de la Mednum : {BY_HAND}"),)),
    Row("H04", "Couverture en fibre optique", "acces_droits", "ANCT et Arcep, France Très Haut Débit",
        (File("« indicateur France Très Haut Débit » de l’ANCT et de l’Arcep", ("fthd",)),)),
    Row("H05", "Éloignement des services du quotidien", "acces_droits", "Insee, base permanente des équipements", (_BPE,)),
    Row("H06", "Non-recours, accompagnements, points-conseil budget", "acces_droits", "sur demande",
        partners=("caf", "msa", "departement", "epci")),
    # I. familles vulnérables, revenus
    Row("I01", "Niveau de vie médian", "revenus", "Insee, Filosofi", (_FILOSOFI,)),
    Row("I02", "Taux de pauvreté", "revenus", "Insee, Filosofi",
        (File("« Filosofi, taux de pauvreté » de l’Insee", ("filosofi:TP60", "DS_FILOSOFI_CC:PR_MD60")),)),
    Row("I03", "Pauvreté par âge du référent et statut d’occupation", "revenus", "Insee, Filosofi",
        (File("« Filosofi, pauvreté par âge et statut d’occupation » de l’Insee (DS_FILOSOFI_AGE_TP_NIVVIE, _LOG_)",
              ("filosofi:TP60AGE1", "filosofi:TP60TOL1", "DS_FILOSOFI_AGE_TP_NIVVIE", "DS_FILOSOFI_LOG_TP_NIVVIE")),)),
    Row("I04", "Premier et dernier déciles, rapport interdécile", "revenus", "Insee, Filosofi",
        (_filosofi("RD", "distribution"),), near=("niveau_vie_quartiles", "rapport_s80_s20")),
    Row("I05", "Part des prestations sociales dans le revenu", "revenus", "Insee, Filosofi",
        (_filosofi("PPSOC", "structure du revenu"),)),
    Row("I06", "Ménages fiscaux imposés", "revenus", "Insee, Filosofi",
        (File("« Filosofi 2021, ménages imposés » de l’Insee (DS_FILOSOFI_CC)",
              ("filosofi:PIMP", "DS_FILOSOFI_CC:S_HH_TAX")),)),
    Row("I07", "Foyers allocataires et personnes couvertes", "revenus", "Cnaf, s_ben_epci_f ou s_ben_com_f",
        (_caf("indfoy_ndur", "toutes prestations"),)),
    Row("I08", "Foyers allocataires à bas quotient familial", "revenus", "Cnaf, ndur_s_qf_400_com_f",
        (File("« foyers par tranche de quotient familial » de la Cnaf (ndur_s_qf_400_com_f)", ("ndur_s_qf",)),)),
    Row("I09", "Foyers au RSA, prime d’activité, personnes couvertes", "revenus", "Cnaf, s_ben_epci_f ou s_ben_com_f",
        (_caf("indfoy_rsa", "RSA et prime d’activité"),)),
    Row("I10", "Allocataires dépendant des prestations à 50 % ou 100 %", "revenus", "sur demande (absent du portail de la "
        "Cnaf)", partners=("caf",)),
    Row("I11", "Enfants couverts par âge, situation familiale des allocataires", "revenus", "Insee, données Caf localisées",
        (File("« données Caf localisées » de l’Insee (data_CAF2021_COM)", ("data_caf",)),)),
    Row("I12", "Demandeurs d’emploi rapportés aux actifs", "revenus", "Dares, données communales ; Insee, recensement",
        (File("« demandeurs d’emploi par commune » de la Dares", ("defm",)), _ACTIVITY)),
    Row("I13", "Taux de chômage au sens du recensement", "revenus", "Insee, recensement, exploitation principale",
        (_ACTIVITY,)),
    Row("I14", "Violences intrafamiliales enregistrées", "revenus", "SSMSI, base communale",
        (File("« base communale de la délinquance enregistrée » du SSMSI", ("ssmsi",)),)),
    Row("I15", "Ressortissants de la MSA", "revenus", "sur demande (portraits GéoMSA sans accès par programme)",
        partners=("msa",)),
    # J. logement
    Row("J01", "Statut d’occupation des résidences principales", "logement", "Insee, recensement, exploitation principale",
        (_melodi("DS_RP_LOGEMENT_PRINC", "logements, statut d’occupation", "DWELLINGS", "tsh="),)),
    Row("J02", "Logements vacants, résidences secondaires", "logement", "Insee, recensement, exploitation principale",
        (_HOUSING,)),
    Row("J03", "Suroccupation", "logement", "Insee, recensement, exploitation complémentaire",
        (_melodi("DS_RP_LOGEMENT_COMP", "occupation des logements"),)),
    Row("J04", "Logements d’avant 1946, chauffage au fioul", "logement", "Insee, recensement, exploitation principale",
        (File("« logements, période d’achèvement et combustible » de l’Insee (RP, DS_RP_LOGEMENT_PRINC)",
              ("DS_RP_LOGEMENT_PRINC:DWELLINGS:build_end=", "DS_RP_LOGEMENT_PRINC:DWELLINGS:nrg_src=")),)),
    Row("J05", "Foyers percevant une aide au logement", "logement", "Cnaf, s_ben_epci_f ou s_ben_com_f",
        (_caf("indfoy_ndural", "aides au logement"),)),
    Row("J06", "Loyer d’annonce estimé", "logement", "Carte des loyers",
        (File("« carte des loyers » du ministère de la Transition écologique", ("carte_loyers",)),)),
    Row("J07", "Diagnostics de performance énergétique F et G", "logement", "Ademe, dpe03existant",
        set_aside="les diagnostics ne portent que sur les logements vendus ou loués, peu nombreux et peu semblables aux "
        "autres dans un petit territoire"),
    # K. santé, mobilité
    Row("K01", "Accessibilité aux médecins généralistes (APL)", "sante", "DREES, APL",
        (File("« APL aux médecins généralistes » de la DREES", ("apl_generalistes",)),)),
    Row("K02", "Accessibilité aux sages-femmes, infirmiers, kinésithérapeutes, dentistes", "sante", "DREES, APL",
        (File("« APL des autres professions » de la DREES",
              ("apl_sages_femmes", "apl_infirmieres", "apl_kinesitherapeutes", "apl_chirurgiens_dentistes")),)),
    Row("K03", "Ménages sans voiture", "emploi", "Insee, recensement, exploitation principale",
        (_melodi("DS_RP_LOGEMENT_PRINC", "logements, équipement automobile", "DWELLINGS", "cars="),)),
    Row("K04", "Actifs travaillant hors de leur commune", "emploi", "Insee, recensement, exploitation principale",
        (_COMMUTING,)),
)  # fmt: skip
"""The ninety rows, in order."""


@lru_cache(maxsize=1)
def by_id() -> dict[str, Row]:
    """Rows by id."""
    return {row.id: row for row in ROWS}


def rows_of(rule: Definition) -> tuple[Row, ...]:
    """The rows an indicator answers, in the catalogue's order; none for what stands outside of it.

    Raises:
        ValueError: the registration names a row that does not exist.
    """
    known = by_id()
    unknown = [name for name in rule.row.split() if name not in known]
    if unknown:
        raise ValueError(f"{rule.id}: unknown catalogue row {', '.join(unknown)}")
    return tuple(known[name] for name in rule.row.split())


def answers() -> dict[str, tuple[Definition, ...]]:
    """Row id -> the indicators that answer it (an empty tuple for a row without one)."""
    found: dict[str, list[Definition]] = {row.id: [] for row in ROWS}
    for rule in iter_definitions():
        for row in rows_of(rule):
            found[row.id].append(rule)
    return {row: tuple(rules) for row, rules in found.items()}
