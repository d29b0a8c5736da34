"""What is asked of each partner: figures that no open file gives, or gives only as a range.

A measure that an open file approaches bears the very dataset, variable and breakdown of that file, so that
the partner's figure takes its place; the others are stored in datasets named ``partenaire_<subject>``, which
:mod:`ctg_lib.indicators.partenaires` reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ctg_lib.disclosure.policy import PARTNER_COUNT, SENSITIVE_COUNT
from ctg_lib.indicators.catalogue import by_id

Figure = Literal["people", "count", "number", "percent", "amount"]
Moment = Literal["year", "december", "back_to_school", "quarter4", "september"]

MOMENTS: dict[str, str] = {
    "year": "dans l’année",
    "december": "en décembre (droits versés)",
    "back_to_school": "pour la rentrée de l’année",
    "quarter4": "moyenne des trois fins de mois du 4e trimestre",
    "september": "à la rentrée de septembre",
}
"""When a figure is measured, in words."""
_SUFFIX: dict[str, str] = {"december": "-12", "back_to_school": "-12", "quarter4": "-T4"}


@dataclass(frozen=True)
class Partner:
    """One organisation that is asked.

    Attributes:
        id: « caf »; its workbook is ``demande-caf.xlsx``.
        name: in full, without its place.
        short: as source lines name it.
        service: to whom the letter is sent inside it.
        place: how its name is completed: ``de`` (« de l’Aveyron »), ``pour`` (« compétente pour l’Aveyron »),
            ``territoire`` (« du territoire »), or nothing.
        plural: several organisations bear this name.
        opening: why this one, before the letter says what is asked; ``{evidence}`` stands for this territory’s
            own range.
        structures: columns of « Par structure » it is asked to fill, one line per service and year; none: it
            is not sent that sheet. Names are those of offre.services and financement.money.
    """

    id: str
    name: str
    short: str
    service: str
    opening: str
    place: Literal["de", "pour", ""] = "de"
    plural: bool = False
    structures: tuple[str, ...] = ()

    @property
    def book(self) -> str:
        """Id of its workbook."""
        return f"demande-{self.id}"


PAID: tuple[str, ...] = ("caf_ps", "caf_bonus", "caf_funds", "msa")
"""Amounts of a service that a partner may be asked for: payers of financement.money."""
_OF_CAF = ("caf_ps", "caf_bonus", "caf_funds", "agreement_end")
_ACTIVITY = ("places", "hours_done", "hours_billed")
_OF_OPERATOR = (*_ACTIVITY, "users", "aeeh", "waiting", "waiting_date", *_OF_CAF)

PARTNERS: tuple[Partner, ...] = (
    Partner(
        "caf", "Caisse d’allocations familiales", "Caf", "service études et statistiques, conseil aux territoires",
        "Vous êtes appelée à signer la convention, versez les prestations et financez les services. Vos fichiers publics sont arrondis au "
        "multiple de 5 : additionnés commune par commune, ils ne donnent qu’une fourchette{evidence}. Vos effectifs "
        "exacts la remplaceront.",
        structures=(*_ACTIVITY, *_OF_CAF),
    ),
    Partner(
        "msa", "Mutualité sociale agricole", "MSA", "action sanitaire et sociale, service statistique",
        "Vos ressortissants sont absents des fichiers publics de la Caf : sans vos chiffres, les familles du territoire sont "
        "sous-comptées, et rien ne dit de combien.",
        place="pour", structures=("msa",),
    ),
    Partner(
        "departement", "Conseil départemental", "Département",
        "protection maternelle et infantile (PMI), aide sociale à l’enfance",
        "Vous agréez les assistantes maternelles et protégez l’enfance. Aucune donnée publique ne dit combien d’assistantes "
        "maternelles exercent ici, ni quel est leur âge : un départ en retraite retire jusqu’à quatre places.",
    ),
    Partner(
        "mdph", "Maison départementale des personnes handicapées", "MDPH", "direction, suivi statistique",
        "Les données publiques ne disent ni combien d’enfants et d’adultes du territoire ont des droits ouverts, ni combien "
        "attendent qu’une orientation devienne une place.",
    ),
    Partner(
        "dsden", "Direction des services départementaux de l’Éducation nationale", "DSDEN",
        "division des élèves, service école inclusive",
        "Les effectifs des écoles sont publics ; l’accueil avant 3 ans et l’accompagnement des élèves handicapés en classe "
        "ordinaire ne le sont pas à l’échelle d’une intercommunalité.",
    ),
    Partner(
        "sdjes", "Service départemental à la jeunesse, à l’engagement et aux sports", "SDJES",
        "accueils collectifs de mineurs",
        "La base publique des équipements donne l’adresse des accueils de loisirs, jamais leur capacité.",
    ),
    Partner(
        "mission_locale", "Mission locale", "Mission locale", "direction",
        "Les jeunes que vous suivez ne sont pas tous inscrits à France Travail : aucune source publique ne les compte à "
        "l’échelle d’une intercommunalité.",
        place="pour",
    ),
    Partner(
        "france_travail", "France Travail", "France Travail", "direction territoriale, service statistique",
        "Les fichiers communaux publiés par la Dares sont arrondis au multiple de 5 : leur somme n’est qu’une "
        "fourchette{evidence}. Votre effectif pour l’intercommunalité la remplacera.",
        place="de",
    ),
    Partner(
        "epci", "Intercommunalité", "Intercommunalité", "guichet unique, relais petite enfance, France services",
        "Les demandes restées sans réponse et l’activité des services intercommunaux ne sont écrites dans aucun fichier "
        "public : vos services les connaissent.",
        place="", structures=_OF_OPERATOR,
    ),
    Partner(
        "operateurs", "Gestionnaires de services aux familles", "Gestionnaire", "direction de la structure",
        "Une adresse n’est pas une offre : vous seuls savez combien d’heures sont ouvertes, utilisées et demandées.",
        place="", plural=True, structures=_OF_OPERATOR,
    ),
)  # fmt: skip
"""In the order of the letters."""
NATIONAL: tuple[str, ...] = ("france_travail",)
"""One body for the whole country: its branch has a place, not its name."""


@dataclass(frozen=True)
class Group:
    """Measures that go together: one line of the letter's table.

    Attributes:
        id: key. title: what is asked. summary: what it is, in one sentence. why: use, when no row of the
            catalogue says it.
        complete: its measures make a whole (bands of income): an answer that gives only some is not used.
    """

    id: str
    title: str
    summary: str
    why: str = ""
    complete: bool = False


GROUPS: tuple[Group, ...] = (
    Group("beneficiaires", "Foyers allocataires et personnes couvertes",
          "Toutes prestations, RSA, prime d’activité ; droits de décembre."),
    Group("petits", "Prestations liées au jeune enfant", "CMG, Paje, allocation de base, PreParE ; décembre."),
    Group("familles", "Prestations aux familles", "Allocations familiales, complément familial, ASF, ARS ; décembre."),
    Group("logement", "Aides au logement", "Foyers par aide, en décembre ; taux d’effort médian."),
    Group("qf", "Foyers par tranche de quotient familial",
          "Douze tranches, celles des fichiers publics : ensemble, ou pas du tout.", complete=True),
    Group("enfants_couverts", "Enfants à charge et situation familiale",
          "Enfants par âge ; personnes seules, familles monoparentales, couples."),
    Group("dependance", "Dépendance aux prestations",
          "Allocataires dont les prestations font 50 % ou 100 % des ressources, et population de référence."),
    Group("handicap_caf", "AEEH et AAH", "Bénéficiaires et foyers, en décembre."),
    Group("eaje", "Activité des établissements d’accueil du jeune enfant",
          "Capacité, heures réalisées et facturées, enfants accueillis."),
    Group("residence", "Commune de résidence des enfants accueillis",
          "Par commune du territoire : dit qui fréquente les établissements, et d’où."),
    Group("inclusif", "Accueil d’enfants en situation de handicap",
          "Enfants avec AEEH accueillis, structures soutenues à ce titre."),
    Group("alsh_heures", "Heures d’accueil de loisirs", "Heures-enfants payées, par période."),
    Group("alsh_places", "Capacité des accueils de loisirs",
          "Places déclarées, par période, moins de 6 ans et 6 ans et plus."),
    Group("am", "Assistantes maternelles",
          "Agréées, en activité, de 55 et de 60 ans et plus, places agréées ; ensemble et par commune."),
    Group("rpe", "Relais petite enfance", "Temps de travail, assistantes maternelles rencontrées, permanences."),
    Group("demandes", "Demandes d’accueil", "Reçues, sans proposition, en attente à une date ; doublons ôtés."),
    Group("parentalite", "Soutien à la parentalité",
          "LAEP, CLAS, actions REAAP, médiation familiale : publics et séances."),
    Group("vie_sociale", "Animation de la vie sociale", "Centres sociaux et espaces de vie sociale agréés."),
    Group("jeunes", "Jeunesse", "Structures soutenues, Promeneurs du Net, accueils déclarés."),
    Group("suivi_jeunes", "Jeunes suivis", "Jeunes de 16 à 25 ans reçus, premiers accueils, accompagnements ; "
          "ensemble et par commune."),
    Group("demandeurs", "Demandeurs d’emploi", "Catégories A, B, C : ensemble, moins de 25 ans, femmes ; 4e trimestre."),
    Group("acces_droits", "Accompagnements et accès aux droits",
          "France services, points conseil budget, rendez-vous des droits."),
    Group("msa", "Ressortissants et familles agricoles",
          "Ressortissants, actifs, retraités, familles et enfants couverts, minima sociaux."),
    Group("pmi", "Activité de PMI", "Enfants vus en consultation, bilans en école maternelle.",
          why="petite enfance, prévention"),
    Group("ase", "Protection de l’enfance", "Informations préoccupantes, mineurs suivis ou confiés.",
          why="familles vulnérables"),
    Group("compensation", "Compensation et orientations",
          "Bénéficiaires de la PCH ; enfants avec un droit AEEH ouvert ; orientations vers un établissement ou service, dont "
          "celles qui attendent une place."),
    Group("ecole", "École : avant 3 ans et école inclusive", "Enfants de 2 ans inscrits, élèves accompagnés (AESH)."),
    Group("pedt", "Projet éducatif de territoire", "Communes couvertes par un PEdT, par un plan mercredi.",
          why="enfance, contrats existants"),
)  # fmt: skip
"""In the order of the letters and of the workbooks."""


@dataclass(frozen=True)
class Measure:
    """One figure asked of one partner.

    Attributes:
        id: code shown in the workbook, unique.
        partner: key of :data:`PARTNERS`. group: key of :data:`GROUPS`.
        row: row of the catalogue it answers, or empty.
        label, definition, unit: for whoever fills it, in French.
        figure: ``people`` (people, households: small counts are masked), ``count`` (whole number of things),
            ``number``, ``percent``, ``amount``.
        sensitive: handicap, child protection: 1 to 9 are masked instead of 1 to 4.
        dataset, variable, breakdown: of the observation that an answer becomes.
        moment: when it is measured.
        by_commune: asked for each commune as well.
        part_of: id of the measure (of the same partner) it cannot be larger than.
        within: whether it counts inhabitants (or households) of the territory, hence no more than those.
    """

    id: str
    partner: str
    group: str
    row: str
    label: str
    definition: str
    unit: str
    dataset: str
    variable: str
    breakdown: str = ""
    figure: Figure = "people"
    sensitive: bool = False
    moment: Moment = "year"
    by_commune: bool = False
    part_of: str = ""
    within: bool = True

    @property
    def limit(self) -> int:
        """Counts from 1 to this number less one are masked; 0 where nothing is."""
        if self.figure != "people":
            return 0
        return SENSITIVE_COUNT if self.sensitive else PARTNER_COUNT

    @property
    def whole(self) -> bool:
        """Whether only whole numbers make sense."""
        return self.figure in ("people", "count")

    @property
    def mask_rule(self) -> str:
        """What to write for small counts."""
        return f"1 à {self.limit - 1} : écrire « < {self.limit} »" if self.limit else "sans masquage"

    @property
    def full_definition(self) -> str:
        """The definition, and when the figure is measured where it does not say so itself."""
        if re.search("31 décembre|année|novembre|septembre", self.definition):
            return self.definition
        moment = MOMENTS[self.moment]
        return f"{self.definition} {moment[:1].upper()}{moment[1:]}."

    @property
    def why(self) -> str:
        """What it is for: the row of the catalogue, or the group's reason."""
        return f"{self.row} {by_id()[self.row].label}" if self.row else groups()[self.group].why

    def period(self, year: int) -> str:
        """Period of the observation: « 2024 », « 2024-12 », « 2024-T4 »."""
        return f"{year}{_SUFFIX.get(self.moment, '')}"


def _caf(
    code: str, group: str, row: str, label: str, definition: str, variable: str, unit: str = "foyers",
    *, part_of: str = "caf-foyers", sensitive: bool = False, moment: Moment = "december",
) -> Measure:  # fmt: skip
    """A Caf count of December that the open files give rounded."""
    return Measure(
        f"caf-{code}", "caf", group, row, label, definition, unit, "s_ben_f",
        variable, moment=moment, part_of=part_of, sensitive=sensitive,
    )  # fmt: skip


_CAF_BENEFITS = (
    _caf("foyers", "beneficiaires", "I07", "Foyers allocataires",
         "Foyers ayant au moins une prestation versable.", "indfoy_ndur", part_of="caf-personnes"),
    _caf("personnes", "beneficiaires", "I07", "Personnes couvertes",
         "Allocataires, conjoints, enfants et autres personnes à charge.", "indnbp_ndur", "personnes", part_of=""),
    _caf("rsa", "beneficiaires", "I09", "Foyers au RSA", "Foyers bénéficiaires du revenu de solidarité active.",
         "indfoy_rsa"),
    _caf("rsa-personnes", "beneficiaires", "I09", "Personnes couvertes par le RSA",
         "Allocataires du RSA, conjoints et personnes à charge.", "indnbp_rsa", "personnes",
         part_of="caf-personnes"),
    _caf("prime", "beneficiaires", "I09", "Foyers percevant la prime d’activité",
         "Foyers bénéficiaires de la prime d’activité.", "indfoy_ppa"),
    _caf("prime-personnes", "beneficiaires", "I09", "Personnes couvertes par la prime d’activité",
         "Allocataires de la prime d’activité, conjoints et personnes à charge.", "indnbp_ppa", "personnes",
         part_of="caf-personnes"),
    _caf("cmg", "petits", "B08", "Foyers percevant le CMG",
         "Complément de libre choix du mode de garde : assistante maternelle, garde à domicile, micro-crèche.",
         "indfoy_cmg"),
    _caf("paje", "petits", "B09", "Foyers percevant la Paje",
         "Prestation d’accueil du jeune enfant, au moins un de ses volets.", "indfoy_ndurpaje"),
    _caf("allocation-base", "petits", "B09", "Foyers percevant l’allocation de base de la Paje",
         "Allocation de base, à taux plein ou partiel.", "indfoy_ab", part_of="caf-paje"),
    _caf("prepare", "petits", "B09", "Foyers percevant la PreParE",
         "Prestation partagée d’éducation de l’enfant.", "indfoy_prepare", part_of="caf-paje"),
    _caf("af", "familles", "E03", "Familles percevant les allocations familiales",
         "Allocations familiales (deux enfants à charge ou plus).", "indfoy_af", "familles"),
    _caf("cf", "familles", "E03", "Foyers percevant le complément familial", "Complément familial.", "indfoy_cf"),
    _caf("enfance-jeunesse", "familles", "E03", "Foyers percevant une prestation enfance et jeunesse",
         "Au moins une prestation d’entretien des enfants et des jeunes.", "indfoy_ndurej"),
    _caf("asf", "familles", "E01", "Foyers percevant l’ASF", "Allocation de soutien familial.", "indfoy_asf"),
    _caf("ars", "familles", "C08", "Foyers percevant l’ARS",
         "Foyers auxquels l’allocation de rentrée scolaire a été versée.", "indfoy_ars", part_of="", moment="back_to_school"),
    _caf("al", "logement", "J05", "Foyers percevant une aide au logement", "APL, ALF ou ALS.", "indfoy_ndural"),
    _caf("apl", "logement", "J05", "Foyers percevant l’APL", "Aide personnalisée au logement.", "indfoy_apl",
         part_of="caf-al"),
    _caf("alf", "logement", "J05", "Foyers percevant l’ALF", "Allocation de logement familiale.", "indfoy_alf",
         part_of="caf-al"),
    _caf("als", "logement", "J05", "Foyers percevant l’ALS", "Allocation de logement sociale.", "indfoy_als",
         part_of="caf-al"),
    _caf("aeeh", "handicap_caf", "F01", "Enfants bénéficiaires de l’AEEH",
         "Enfants pour lesquels l’allocation d’éducation de l’enfant handicapé est versée.", "indben_aeeh", "enfants",
         part_of="caf-personnes", sensitive=True),
    _caf("aeeh-foyers", "handicap_caf", "F01", "Foyers percevant l’AEEH",
         "Foyers bénéficiaires de l’allocation d’éducation de l’enfant handicapé.", "indfoy_aeeh",
         sensitive=True),
    _caf("aah", "handicap_caf", "F02", "Bénéficiaires de l’AAH",
         "Personnes pour lesquelles l’allocation aux adultes handicapés est versée.", "indben_aah", "personnes",
         part_of="caf-personnes", sensitive=True),
)  # fmt: skip


def _thousands(number: int) -> str:
    return f"{number:,}".replace(",", " ")


QF_BANDS: dict[str, str] = {
    "lt400": "moins de 400 €",
    **{
        f"{low}_{low + 399}": f"de {_thousands(low)} à {_thousands(low + 399)} €"
        for low in range(400, 4000, 400)
    },
    "ge4000": "4 000 € ou plus",
    "inconnu": "inconnu",
}
"""Bands of the open files of the Cnaf (``ndur_s_qf_400``)."""

_QF = tuple(
    Measure(
        f"caf-qf-{code.replace('_', '-')}", "caf", "qf", "I08", f"Foyers, quotient familial {words}",
        "Foyers allocataires selon le quotient familial mensuel.", "foyers",
        "ndur_s_qf", "foyers", f"qf={code}", moment="december", part_of="caf-foyers",
    )
    for code, words in QF_BANDS.items()
)  # fmt: skip

_CHILDREN = {
    "ENF": "", "ENF_2": " de 0 à 2 ans", "ENF_3_5": " de 3 à 5 ans", "ENF_6_10": " de 6 à 10 ans",
    "ENF_11_14": " de 11 à 14 ans", "ENF_15_17": " de 15 à 17 ans", "ENF_18_24": " de 18 à 24 ans",
}  # fmt: skip
_SITUATIONS = {
    "AI": ("isoles", "Allocataires seuls sans enfant"),
    "AM": ("monoparents", "Familles monoparentales allocataires"),
    "ACSSENF": ("couples-sans", "Couples allocataires sans enfant"),
    "ACAVENF": ("couples-avec", "Couples allocataires avec enfant"),
    "AC3ENF": ("couples-trois", "Couples allocataires avec trois enfants ou plus"),
}
_CAF_FAMILIES = (
    *(
        Measure(
            f"caf-enfants{variable[3:].lower().replace('_', '-')}", "caf", "enfants_couverts", "I11",
            f"Enfants à charge{age}", "Enfants à charge au sens des prestations.",
            "enfants", "data_caf", variable, moment="december",
            part_of="caf-enfants" if age else "caf-personnes",
        )
        for variable, age in _CHILDREN.items()
    ),
    *(
        Measure(
            f"caf-{code}", "caf", "enfants_couverts", "I11", label,
            "Foyers allocataires selon la situation familiale.", "foyers", "data_caf", variable,
            moment="december", part_of="caf-couples-avec" if variable == "AC3ENF" else "caf-foyers",
        )
        for variable, (code, label) in _SITUATIONS.items()
    ),
)  # fmt: skip

_CAF_OTHERS = (
    Measure("caf-effort", "caf", "logement", "J05", "Taux d’effort médian des foyers aidés",
            "Loyer et charges, aide déduite, rapportés aux ressources ; médiane des foyers percevant une aide au logement.",
            "%", "partenaire_logement", "taux_effort_median", figure="percent", moment="december", within=False),
    Measure("caf-reference", "caf", "dependance", "I10", "Population d’allocataires de référence",
            "Allocataires de moins de 65 ans dont les ressources sont connues, hors étudiants ne percevant qu’une aide au "
            "logement et régimes particuliers : le dénominateur de la Cnaf.",
            "allocataires", "partenaire_dependance", "reference", moment="december"),
    Measure("caf-dependance-50", "caf", "dependance", "I10", "Dont prestations à 50 % des ressources ou plus",
            "Allocataires de la population de référence dont les prestations font au moins la moitié des ressources.",
            "allocataires", "partenaire_dependance", "dependants", "dependance=50", moment="december",
            part_of="caf-reference"),
    Measure("caf-dependance-100", "caf", "dependance", "I10", "Dont prestations à 100 % des ressources",
            "Allocataires de la population de référence qui n’ont que les prestations pour ressources.",
            "allocataires", "partenaire_dependance", "dependants", "dependance=100", moment="december",
            part_of="caf-dependance-50"),
    Measure("caf-laep-familles", "caf", "parentalite", "E05", "LAEP : familles venues",
            "Familles différentes venues dans l’année dans un lieu d’accueil enfants-parents.", "familles",
            "partenaire_parentalite", "publics", "action=laep", within=False),
    Measure("caf-laep-seances", "caf", "parentalite", "E05", "LAEP : séances", "Séances ouvertes dans l’année.", "séances",
            "partenaire_parentalite", "seances", "action=laep", figure="count"),
    Measure("caf-clas-enfants", "caf", "parentalite", "E05", "CLAS : enfants accompagnés",
            "Enfants et jeunes inscrits dans un contrat local d’accompagnement à la scolarité.", "enfants",
            "partenaire_parentalite", "publics", "action=clas"),
    Measure("caf-reaap-familles", "caf", "parentalite", "E05", "Actions REAAP : parents touchés",
            "Parents ayant participé à une action soutenue par le fonds national parentalité.", "parents",
            "partenaire_parentalite", "publics", "action=reaap"),
    Measure("caf-reaap-actions", "caf", "parentalite", "E05", "Actions REAAP soutenues",
            "Actions financées par le fonds national parentalité sur le territoire.", "actions",
            "partenaire_parentalite", "seances", "action=reaap", figure="count"),
    Measure("caf-mediation", "caf", "parentalite", "E05", "Médiation familiale : mesures",
            "Mesures de médiation familiale terminées dans l’année pour des familles du territoire.", "mesures",
            "partenaire_parentalite", "publics", "action=mediation"),
    Measure("caf-centres", "caf", "vie_sociale", "G01", "Centres sociaux agréés",
            "Agréments « animation globale et coordination » en cours au 31 décembre.", "structures",
            "partenaire_vie_sociale", "structures", "structure=centre_social", figure="count"),
    Measure("caf-evs", "caf", "vie_sociale", "G01", "Espaces de vie sociale agréés",
            "Agréments d’espaces de vie sociale (EVS) en cours au 31 décembre.", "structures",
            "partenaire_vie_sociale", "structures", "structure=evs", figure="count"),
    Measure("caf-jeunes-structures", "caf", "jeunes", "D08", "Structures soutenues pour les jeunes",
            "Structures percevant la prestation de service « Jeunes ».", "structures", "partenaire_jeunesse",
            "structures", "action=ps_jeunes", figure="count"),
    Measure("caf-promeneurs", "caf", "jeunes", "D08", "Promeneurs du Net", "Professionnels conventionnés, personnes.",
            "professionnels", "partenaire_jeunesse", "structures", "action=promeneurs", figure="count"),
    Measure("caf-rdv-droits", "caf", "acces_droits", "H06", "Rendez-vous des droits",
            "Rendez-vous des droits tenus avec des allocataires du territoire.", "rendez-vous",
            "partenaire_acces_droits", "accompagnements", "lieu=caf", figure="people", within=False),
)  # fmt: skip

_EAJE = (
    Measure("caf-eaje-places", "caf", "eaje", "B13", "Places agréées",
            "Places agréées des établissements du territoire au 31 décembre, micro-crèches comprises.", "places",
            "partenaire_eaje", "places", figure="number"),
    *(
        Measure(f"caf-eaje-{code}", "caf", "eaje", "B13", label, definition, "heures", "partenaire_eaje", variable,
                figure="number")
        for code, label, definition, variable in (
            ("capacite", "Capacité théorique en heures", "Places agréées × heures d’ouverture de l’année.",
             "heures_theoriques"),
            ("realisees", "Heures réalisées", "Heures de présence des enfants, toutes structures réunies.",
             "heures_realisees"),
            ("facturees", "Heures facturées", "Heures facturées aux familles, toutes structures réunies.",
             "heures_facturees"),
        )
    ),
    Measure("caf-eaje-enfants", "caf", "eaje", "B13", "Enfants accueillis",
            "Enfants différents accueillis dans l’année dans les établissements du territoire, accueil occasionnel compris.",
            "enfants", "partenaire_eaje", "enfants", within=False),
    Measure("caf-residence", "caf", "residence", "B13", "Enfants accueillis, résidant dans le territoire",
            "Enfants accueillis dans un EAJE (du territoire ou d’ailleurs), selon la commune de résidence (Filoué).",
            "enfants", "partenaire_eaje", "enfants_residents", by_commune=True),
    Measure("caf-eaje-aeeh", "caf", "inclusif", "F06", "Enfants avec AEEH accueillis en EAJE",
            "Enfants dont la famille perçoit l’AEEH, ou pour lesquels un droit est en cours.", "enfants",
            "partenaire_inclusif", "enfants", "accueil=eaje", sensitive=True, part_of="caf-eaje-enfants"),
    Measure("caf-alsh-aeeh", "caf", "inclusif", "F06", "Enfants avec AEEH accueillis en ALSH",
            "Enfants dont la famille perçoit l’AEEH, accueillis en accueil de loisirs dans l’année.", "enfants",
            "partenaire_inclusif", "enfants", "accueil=alsh", sensitive=True, within=False),
    Measure("caf-bonus-inclusion", "caf", "inclusif", "F06", "Structures percevant le bonus inclusion handicap",
            "EAJE ayant perçu le bonus « inclusion handicap » dans l’année.", "structures", "partenaire_inclusif",
            "structures", "accueil=eaje", figure="count"),
)  # fmt: skip

PERIODS: dict[str, str] = {
    "periscolaire": "périscolaire (avant et après l’école)", "mercredi": "mercredi",
    "petites_vacances": "petites vacances", "ete": "été",
}  # fmt: skip


_CAF_SERVICES = (
    *_EAJE,
    *(
        Measure(f"caf-alsh-{code.replace('_', '-')}", "caf", "alsh_heures", "C07", f"Heures-enfants, {words}",
                "Heures d’accueil de loisirs facturées ou, à défaut, réalisées.", "heures-enfants", "partenaire_alsh",
                "heures", f"periode={code}", figure="number")
        for code, words in PERIODS.items()
    ),
    Measure("caf-rpe-etp", "caf", "rpe", "B15", "Relais petite enfance : temps de travail",
            "Équivalents temps plein d’animateurs financés.", "ETP", "partenaire_rpe", "etp", figure="number"),
    Measure("caf-am-activite", "caf", "am", "B12", "Assistantes maternelles en activité",
            "Assistantes maternelles du territoire ayant gardé au moins un enfant dans le mois de novembre (Pajemploi).",
            "assistantes maternelles", "partenaire_am", "en_activite"),
)  # fmt: skip

_MSA = tuple(
    Measure(f"msa-{code}", "msa", "msa", "I15", label, definition, unit, "partenaire_msa", variable, moment="december",
            sensitive=sensitive, part_of=part_of)
    for code, label, definition, unit, variable, sensitive, part_of in (
        ("ressortissants", "Ressortissants", "Personnes protégées en maladie ou percevant une prestation de la MSA.",
         "personnes", "ressortissants", False, ""),
        ("actifs", "Actifs", "Salariés et non-salariés agricoles en activité.", "personnes", "actifs", False,
         "msa-ressortissants"),
        ("retraites", "Retraités", "Titulaires d’une retraite de la MSA, salariés ou non-salariés.", "personnes",
         "retraites", False, ""),
        ("familles", "Familles percevant une prestation familiale", "Foyers ayant au moins une prestation familiale versée "
         "par la MSA.", "familles", "familles", False, ""),
        ("enfants", "Enfants couverts", "Enfants à charge de ces familles.", "enfants", "enfants", False, ""),
        ("enfants-3", "Enfants couverts de moins de 3 ans", "Enfants à charge de moins de 3 ans.", "enfants",
         "enfants_moins_3", False, "msa-enfants"),
        ("rsa", "Foyers au RSA", "Foyers au RSA dont la MSA est la caisse.", "foyers", "foyers_rsa", False, ""),
        ("prime", "Foyers percevant la prime d’activité", "Foyers dont la MSA est la caisse.", "foyers",
         "foyers_prime_activite", False, ""),
        ("aeeh", "Enfants bénéficiaires de l’AEEH", "Enfants pour lesquels la MSA verse l’AEEH.", "enfants",
         "enfants_aeeh", True, "msa-enfants"),
        ("aah", "Bénéficiaires de l’AAH", "Personnes auxquelles la MSA verse l’AAH.", "personnes", "aah", True, ""),
    )
)  # fmt: skip
_MSA_OTHERS = (
    Measure("msa-gmr", "msa", "msa", "I15", "« Grandir en milieu rural » : cofinancement",
            "Montant versé dans l’année à des projets du territoire.", "€", "partenaire_msa", "grandir_milieu_rural",
            figure="amount"),
    Measure("msa-rdv", "msa", "acces_droits", "H06", "Rendez-vous prestations",
            "Rendez-vous prestations tenus avec des ressortissants du territoire.", "rendez-vous",
            "partenaire_acces_droits", "accompagnements", "lieu=msa", within=False),
)  # fmt: skip

_DEPARTEMENT = (
    Measure("pmi-am-agreees", "departement", "am", "B12", "Assistantes maternelles agréées",
            "Titulaires d’un agrément en cours au 31 décembre, domiciliées dans le territoire.", "assistantes maternelles",
            "partenaire_am", "agreees", by_commune=True),
    Measure("pmi-am-activite", "departement", "am", "B12", "Assistantes maternelles en activité", "Ayant déclaré accueillir au moins un enfant.",
            "assistantes maternelles", "partenaire_am", "en_activite", by_commune=True, part_of="pmi-am-agreees"),
    Measure("pmi-am-55", "departement", "am", "B12", "Dont en activité et de 55 ans et plus",
            "Assistantes maternelles en activité, âgées de 55 ans ou plus au 31 décembre.", "assistantes maternelles",
            "partenaire_am", "en_activite", "age=Y_GE55", part_of="pmi-am-activite"),
    Measure("pmi-am-60", "departement", "am", "B12", "Dont en activité et de 60 ans et plus",
            "Assistantes maternelles en activité, âgées de 60 ans ou plus au 31 décembre.", "assistantes maternelles",
            "partenaire_am", "en_activite", "age=Y_GE60", part_of="pmi-am-55"),
    Measure("pmi-am-places", "departement", "am", "B12", "Places agréées des assistantes maternelles en activité",
            "Somme des places des agréments, mineurs de tout âge.", "places", "partenaire_am", "places", figure="number"),
    Measure("pmi-enfants", "departement", "pmi", "", "Enfants vus en consultation",
            "Enfants de moins de 6 ans du territoire, vus au moins une fois dans l’année.", "enfants", "partenaire_pmi",
            "enfants"),
    Measure("pmi-bilans", "departement", "pmi", "", "Bilans de santé en école maternelle",
            "Enfants du territoire vus à 3–4 ans.", "enfants", "partenaire_pmi", "bilans_maternelle"),
    Measure("ase-ip", "departement", "ase", "", "Enfants concernés par une information préoccupante",
            "Enfants résidant dans le territoire.", "enfants", "partenaire_ase", "informations_preoccupantes", sensitive=True),
    Measure("ase-mineurs", "departement", "ase", "", "Mineurs suivis ou confiés au titre de l’aide sociale à l’enfance",
            "Mesures au 31 décembre ; dernier domicile connu des parents dans le territoire.", "mineurs", "partenaire_ase",
            "mineurs", sensitive=True),
    Measure("cd-pcb", "departement", "acces_droits", "H06", "Personnes reçues dans un point conseil budget",
            "Personnes du territoire reçues dans l’année.", "personnes", "partenaire_acces_droits", "accompagnements",
            "lieu=point_conseil_budget"),
)  # fmt: skip

_MDPH = tuple(
    Measure(f"mdph-{code}", "mdph", "compensation", "F07", label, definition, unit, "partenaire_mdph", variable, breakdown,
            sensitive=True, part_of=part_of)
    for code, label, definition, unit, variable, breakdown, part_of in (
        ("pch", "Bénéficiaires de la PCH", "Personnes ayant un droit ouvert à la prestation de compensation au 31 décembre.",
         "personnes", "pch", "", ""),
        ("pch-20", "Dont moins de 20 ans", "Bénéficiaires de la PCH de moins de 20 ans.", "personnes", "pch", "age=Y_LT20",
         "mdph-pch"),
        ("aeeh", "Enfants ayant un droit AEEH ouvert", "Droits ouverts au 31 décembre, Caf et MSA ensemble.", "enfants",
         "droits_aeeh", "", ""),
        ("orientations-enfants", "Enfants orientés vers un établissement ou service",
         "Orientations médico-sociales en cours de validité au 31 décembre.", "enfants", "orientations",
         "public=enfants", ""),
        ("attente-enfants", "Dont en attente d’une place", "Orientés sans solution effective au 31 décembre.", "enfants",
         "en_attente", "public=enfants", "mdph-orientations-enfants"),
        ("orientations-adultes", "Adultes orientés vers un établissement ou service",
         "Orientations médico-sociales en cours de validité au 31 décembre.", "personnes", "orientations",
         "public=adultes", ""),
        ("attente-adultes", "Dont en attente d’une place", "Orientés sans solution effective au 31 décembre.", "personnes",
         "en_attente", "public=adultes", "mdph-orientations-adultes"),
    )
)  # fmt: skip

_DSDEN = (
    Measure("dsden-2-ans", "dsden", "ecole", "B14", "Enfants de 2 ans inscrits à l’école",
            "Enfants n’ayant pas 3 ans au 31 décembre, inscrits dans une école du territoire.", "enfants",
            "partenaire_ecole", "eleves_2_ans", moment="september", by_commune=True),
    Measure("dsden-aesh", "dsden", "ecole", "F07", "Élèves accompagnés par un AESH",
            "Élèves des écoles et collèges du territoire dont l’accompagnement est effectif.", "élèves",
            "partenaire_ecole", "eleves_aesh", moment="september", sensitive=True, within=False),
    Measure("dsden-aesh-attente", "dsden", "ecole", "F07", "Élèves notifiés sans accompagnement",
            "Élèves ayant une notification d’aide humaine, sans AESH à la fin de septembre.", "élèves",
            "partenaire_ecole", "eleves_aesh_attente", moment="september", sensitive=True, within=False),
)  # fmt: skip

_SDJES = (
    *(
        Measure(f"sdjes-{code.replace('_', '-')}-{age}", "sdjes", "alsh_places", "C07", f"Places, {words}, {ages}",
                "Effectif maximal déclaré, présent au même moment, de tous les accueils du territoire ouverts sur la période.",
                "places", "partenaire_alsh", "places", f"age={key};periode={code}", figure="number")
        for code, words in PERIODS.items()
        for age, ages, key in (("moins-6", "moins de 6 ans", "Y_LT6"), ("6-plus", "6 ans et plus", "Y_GE6"))
    ),
    Measure("sdjes-accueils-jeunes", "sdjes", "jeunes", "D08", "Accueils de jeunes déclarés",
            "Accueils de 14 ans et plus déclarés dans l’année.", "accueils", "partenaire_jeunesse", "structures",
            "action=accueil_jeunes", figure="count"),
    Measure("sdjes-pedt", "sdjes", "pedt", "", "Communes couvertes par un PEdT", "Au 31 décembre.", "communes",
            "partenaire_pedt", "communes", "contrat=pedt", figure="count"),
    Measure("sdjes-mercredi", "sdjes", "pedt", "", "Communes couvertes par un plan mercredi", "Au 31 décembre.", "communes",
            "partenaire_pedt", "communes", "contrat=plan_mercredi", figure="count", part_of="sdjes-pedt"),
)  # fmt: skip

_MISSION = (
    Measure("ml-suivis", "mission_locale", "suivi_jeunes", "D08", "Jeunes suivis",
            "Jeunes de 16 à 25 ans du territoire ayant eu au moins un entretien dans l’année.", "jeunes",
            "partenaire_jeunesse", "suivis", by_commune=True),
    Measure("ml-premier", "mission_locale", "suivi_jeunes", "D08", "Dont premiers accueils", "Reçus pour la première fois.",
            "jeunes", "partenaire_jeunesse", "premiers_accueils", part_of="ml-suivis"),
    Measure("ml-mineurs", "mission_locale", "suivi_jeunes", "D08", "Dont mineurs", "Âgés de 16 ou 17 ans au premier "
            "entretien de l’année.", "jeunes", "partenaire_jeunesse", "suivis", "age=Y16T17", part_of="ml-suivis"),
    Measure("ml-cej", "mission_locale", "suivi_jeunes", "D08", "Dont en contrat d’engagement jeune",
            "Contrats en cours dans l’année.", "jeunes", "partenaire_jeunesse", "contrats_engagement", part_of="ml-suivis"),
)  # fmt: skip

_FRANCE_TRAVAIL = tuple(
    Measure(f"ft-{code}", "france_travail", "demandeurs", row, label,
            "Demandeurs d’emploi de catégories A, B, C inscrits à France Travail, résidant dans le territoire ; données "
            "brutes.", "personnes", "defm", "demandeurs_emploi", breakdown, moment="quarter4", part_of=part_of)
    for code, row, label, breakdown, part_of in (
        ("abc", "I12", "Demandeurs d’emploi", "categorie=ABC", ""),
        ("abc-25", "D05", "Dont moins de 25 ans", "age=Y_LT25;categorie=ABC", "ft-abc"),
        ("abc-femmes", "I12", "Dont femmes", "categorie=ABC;sex=F", "ft-abc"),
    )
)  # fmt: skip

_EPCI = (
    Measure("epci-demandes", "epci", "demandes", "B16", "Demandes d’accueil reçues",
            "Enfants de moins de 3 ans dont la famille a déposé une demande dans l’année ; une seule fois par enfant.",
            "enfants", "partenaire_demandes", "recues", within=False),
    Measure("epci-sans-reponse", "epci", "demandes", "B16", "Dont sans proposition",
            "Enfants sans proposition d’accueil au 31 décembre, ou refusés.", "enfants", "partenaire_demandes",
            "sans_proposition", part_of="epci-demandes", within=False),
    Measure("epci-attente", "epci", "demandes", "B16", "En attente au 31 décembre",
            "Enfants sur la liste d’attente à cette date, doublons ôtés. Une autre date se dit en remarque.", "enfants",
            "partenaire_demandes", "en_attente", within=False),
    Measure("epci-rpe-etp", "epci", "rpe", "B15", "Relais petite enfance : temps de travail",
            "Équivalents temps plein d’animateurs au 31 décembre.", "ETP", "partenaire_rpe", "etp", figure="number"),
    Measure("epci-rpe-am", "epci", "rpe", "B15", "Assistantes maternelles venues au relais",
            "Personnes différentes venues à au moins une animation dans l’année.", "assistantes maternelles",
            "partenaire_rpe", "am_frequentant"),
    Measure("epci-rpe-permanences", "epci", "rpe", "B15", "Heures de permanence du relais",
            "Heures ouvertes au public par semaine, tous sites.", "heures par semaine", "partenaire_rpe",
            "heures_permanence", figure="number"),
    Measure("epci-am-activite", "epci", "am", "B12", "Assistantes maternelles en activité",
            "Connues du relais, accueillant au moins un enfant au 31 décembre.", "assistantes maternelles", "partenaire_am",
            "en_activite", by_commune=True),
    Measure("epci-fs", "epci", "acces_droits", "H06", "Accompagnements France services",
            "Demandes traitées dans l’année, tous sites.", "accompagnements", "partenaire_acces_droits", "accompagnements",
            "lieu=france_services", figure="count"),
    Measure("epci-numerique", "epci", "acces_droits", "H06", "Accompagnements numériques",
            "Personnes accompagnées dans l’année par les conseillers numériques.", "personnes",
            "partenaire_acces_droits", "accompagnements", "lieu=numerique"),
)  # fmt: skip

MEASURES: tuple[Measure, ...] = (
    *_CAF_BENEFITS, *_QF, *_CAF_FAMILIES, *_CAF_OTHERS, *_CAF_SERVICES, *_MSA, *_MSA_OTHERS, *_DEPARTEMENT, *_MDPH,
    *_DSDEN, *_SDJES, *_MISSION, *_FRANCE_TRAVAIL, *_EPCI,
)  # fmt: skip
"""All that is asked, partner by partner."""


@lru_cache(maxsize=1)
def partners() -> dict[str, Partner]:
    """Partners by id."""
    return {p.id: p for p in PARTNERS}


@lru_cache(maxsize=1)
def groups() -> dict[str, Group]:
    """Groups by id, in order."""
    return {g.id: g for g in GROUPS}


@lru_cache(maxsize=1)
def measures() -> dict[str, Measure]:
    """Measures by id."""
    return {m.id: m for m in MEASURES}


def asked_of(partner: str) -> tuple[Measure, ...]:
    """Measures of a partner, in the order of the groups.

    Raises:
        KeyError: no such partner.
    """
    wanted = partners()[partner].id
    rank = {group: i for i, group in enumerate(groups())}
    return tuple(sorted((m for m in MEASURES if m.partner == wanted), key=lambda m: rank[m.group]))


def asked_for(row: str) -> tuple[Partner, ...]:
    """Partners asked for a row of the catalogue."""
    wanted = {m.partner for m in MEASURES if m.row == row}
    return tuple(p for p in PARTNERS if p.id in wanted)
