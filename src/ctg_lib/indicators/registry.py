"""The indicator registry: what each indicator is, in words and in code.

An indicator is a function of :class:`~ctg_lib.indicators.data.Data` (observations of *all* territories at
once) registered with :func:`indicator`. The dictionary chapter, the source lines, the national table and
the exports follow from the registration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from ctg_lib.errors import BadInput

if TYPE_CHECKING:
    import pandas as pd

    from ctg_lib.indicators.data import Data

Aggregation = Literal["sum", "ratio", "population_weighted", "as_published"]

RESULT_COLUMNS: tuple[str, ...] = (
    "indicator", "breakdown", "level", "code", "name", "geography_year", "period",
    "value", "lower", "upper", "numerator", "denominator", "unit", "method", "status", "sources",
)  # fmt: skip

METHODS: dict[str, str] = {
    "exhaustive": "dénombrement exhaustif, sans intervalle",
    "census": "recensement, exploitation principale : exhaustive dans les communes de moins de "
    "10 000 habitants, par sondage dans les autres (deux logements sur cinq en cinq ans), sans intervalle publié",
    "as_published": "valeur publiée, reprise telle quelle",
    "as_published_rounded": "valeur publiée ; les bornes sont celles de son arrondi",
    "rounding": "effectifs arrondis par l’éditeur : les bornes contiennent toutes les valeurs possibles",
    "exact_poisson": "bande de variabilité à 95 % d’un nombre d’événements (Poisson, exacte)",
    "byar": "bande de variabilité à 95 % d’un taux d’événements (approximation de Byar)",
    "several_estimates": "fourchette entre plusieurs estimations, chacune donnée à part",
    "assumed": "déduit d’une hypothèse, dite dans la définition : sans intervalle, car on ne sait pas de combien "
    "elle peut être fausse",
    "mean_of_republisher": "moyenne calculée par la source de la reprise, non publiée par l’éditeur",
    "derived": "calculé à partir de valeurs publiées arrondies ; les bornes sont celles des arrondis",
    "population_weighted": "moyenne des communes pondérée par leur population municipale",
    "prediction_interval": "estimation d’un modèle ; les bornes sont celles de son intervalle de prédiction à 95 %, "
    "publié avec elle",
    "computed_by_republisher": "taux calculé par la source de la reprise à partir des fichiers officiels ; ses deux termes "
    "ne sont pas connus ici, donc pas d’intervalle",
    "median_of_territories": "médiane des territoires de comparaison qui ont une valeur pour la même période ; sans intervalle",
    "sample_one_in_four": "recensement, exploitation complémentaire : un ménage sur quatre environ dans les communes de "
    "moins de 10 000 habitants (un sur cinq depuis 2014 selon l’Ined) ; intervalle à 95 % d’un tirage simple, corrigé de "
    "la taille de la population : un plancher pour des personnes, car celles d’un ménage sont tirées ensemble",
    "rounding_and_sample": "bornes qui réunissent l’arrondi des effectifs et l’intervalle à 95 % du sondage (un ménage sur "
    "quatre)",
    "pupil_weighted": "moyenne des établissements publiés, pondérée par leurs élèves : les autres n’y sont pas",
    "scenario": "projection simple, hypothèses dites dans la définition : une fourchette entre scénarios, pas un intervalle",
    "local": "chiffre transmis par un partenaire, compté et non arrondi : sans intervalle ; dans un taux, c’est l’un des deux "
    "termes",
    "incomplete": "des communes manquent dans la source : pas de total",
}

VOCABULARY: dict[str, dict[str, str]] = {
    "mode": {
        "eaje": "établissements d’accueil du jeune enfant",
        "am_ind": "assistantes maternelles",
        "prescol": "école dès 2 ans",
        "gad_ind": "garde à domicile",
    },
    "sex": {"F": "femmes", "M": "hommes"},
    "methode": {
        "naissances": "naissances des trois dernières années",
        "recensement": "trois cinquièmes des 0–4 ans du recensement",
        "cnaf": "nombre qu’implique la publication de la Cnaf",
    },
    "perimetre": {"moins_65": "médecins de 65 ans ou moins"},
    "sans": {},
    "age": {},
    "type": {},
    "commune": {},
    "secteur": {"public": "public", "prive": "privé"},
    "referent": {
        "lt30": "référent fiscal de moins de 30 ans",
        "30_39": "référent fiscal de 30 à 39 ans",
        "40_49": "référent fiscal de 40 à 49 ans",
        "50_59": "référent fiscal de 50 à 59 ans",
        "60_74": "référent fiscal de 60 à 74 ans",
        "ge75": "référent fiscal de 75 ans et plus",
    },
    "occupation": {"proprietaire": "ménages propriétaires", "locataire": "ménages locataires"},
    "revenu": {
        "activite": "revenus d’activité",
        "salaires": "dont salaires et traitements",
        "chomage": "dont indemnités de chômage",
        "non_salaries": "dont revenus des non-salariés",
        "pensions": "pensions, retraites et rentes",
        "patrimoine": "revenus du patrimoine",
        "impots": "impôts (en moins)",
    },
    "prestation": {
        "familiales": "prestations familiales",
        "minima": "minima sociaux",
        "logement": "aides au logement",
    },
    "qf": {"inconnu": "quotient familial inconnu"},
    "seuil": {"400": "quotient familial de moins de 400 €", "800": "quotient familial de moins de 800 €"},
    "situation": {
        "isole": "personnes seules sans enfant",
        "monoparent": "familles monoparentales",
        "couple_sans_enfant": "couples sans enfant",
        "couple_avec_enfant": "couples avec enfant",
        "couple_3_enfants": "dont couples avec trois enfants ou plus",
    },
    "aide": {
        "apl": "aide personnalisée au logement",
        "alf": "allocation de logement familiale",
        "als": "allocation de logement sociale",
        "rsa": "RSA",
        "prime_activite": "prime d’activité",
        "aeeh": "AEEH",
        "aah": "AAH",
    },
    "bien": {
        "appartement": "appartement",
        "maison": "maison",
        "appartement_t1_t2": "appartement d’une ou deux pièces",
        "appartement_t3_plus": "appartement de trois pièces ou plus",
    },
    "transport": {
        "1": "sans transport",
        "2": "à pied",
        "3": "à vélo",
        "4": "en deux-roues motorisé",
        "5": "en voiture",
        "6": "en transports en commun",
    },
    "domaine": {"sport": "sport", "culture": "culture"},
    "gestion": {
        "psu_col": "établissements financés par la prestation de service unique (PSU)",
        "hors_psu_col": "établissements hors PSU (micro-crèches Paje et autres)",
    },
    "scenario": {
        "bas": "naissances basses",
        "moyen": "naissances moyennes",
        "haut": "naissances hautes",
        "actuel": "naissances des trois dernières années",
    },
    "niveau": {
        "preelementaire": "maternelle",
        "elementaire": "élémentaire",
        "cp": "CP",
        "ce1": "CE1",
        "ce2": "CE2",
        "cm1": "CM1",
        "cm2": "CM2",
        "ulis": "ULIS",
        "ueea": "UEEA",
    },
    "nature": {"ecole": "écoles", "college": "collèges", "lycee": "lycées"},
    "rpi": {
        "concentre": "en regroupement pédagogique concentré",
        "disperse": "en regroupement pédagogique dispersé",
    },
    "ep": {"rep": "réseau d’éducation prioritaire (REP)", "rep_plus": "REP+"},
    "public": {
        "enfants": "enfants et adolescents handicapés",
        "adultes": "adultes handicapés",
        "mixte": "enfants et adultes handicapés",
    },
    "tx_inca": {},
    "mesure": {},
    "periode": {
        "periscolaire": "périscolaire",
        "mercredi": "mercredi",
        "petites_vacances": "petites vacances",
        "ete": "été",
    },
    "action": {
        "laep": "lieu d’accueil enfants-parents (LAEP)",
        "clas": "accompagnement à la scolarité (CLAS)",
        "reaap": "actions de soutien à la parentalité (REAAP)",
        "mediation": "médiation familiale",
        "ps_jeunes": "prestation de service « Jeunes »",
        "promeneurs": "Promeneurs du Net",
        "accueil_jeunes": "accueils de jeunes déclarés",
    },
    "structure": {"centre_social": "centres sociaux", "evs": "espaces de vie sociale (EVS)"},
    "dependance": {
        "50": "prestations à 50 % des ressources ou plus",
        "100": "prestations à 100 % des ressources",
    },
    "accueil": {"eaje": "établissements d’accueil du jeune enfant", "alsh": "accueils de loisirs"},
    "lieu": {
        "france_services": "France services",
        "numerique": "accompagnement numérique",
        "point_conseil_budget": "point conseil budget",
        "caf": "rendez-vous des droits de la Caf",
        "msa": "rendez-vous prestations de la MSA",
    },
    "suivi": {"premier": "dont premiers accueils", "contrat": "dont contrats d’engagement jeune"},
    "regime": {
        "actifs": "actifs",
        "retraites": "retraités",
        "familles": "familles percevant une prestation familiale",
        "enfants": "enfants couverts",
        "enfants_moins_3": "dont enfants couverts de moins de 3 ans",
    },
    "contrat": {"pedt": "projet éducatif de territoire (PEdT)", "plan_mercredi": "plan mercredi"},
    "etat": {"orientes": "orientés", "attente": "en attente d’une place"},
    "quartile": {"q1": "premier quartile", "q3": "troisième quartile"},
    "cause": {
        "01": "maladies infectieuses et parasitaires",
        "02": "tumeurs",
        "03": "maladies du sang et troubles du système immunitaire",
        "04": "maladies endocriniennes, nutritionnelles et métaboliques",
        "05": "troubles mentaux et du comportement",
        "06": "maladies du système nerveux et des organes des sens",
        "07": "maladies de l’appareil circulatoire",
        "08": "maladies de l’appareil respiratoire",
        "09": "maladies de l’appareil digestif",
        "10": "maladies de la peau",
        "11": "maladies des os, des muscles et du tissu conjonctif",
        "12": "maladies de l’appareil génito-urinaire",
        "13": "complications de grossesse et d’accouchement",
        "14": "affections de la période périnatale",
        "15": "malformations congénitales et anomalies chromosomiques",
        "16": "symptômes et états morbides mal définis",
        "17": "causes externes (accidents, suicides…)",
        "18": "Covid-19",
    },
    "service": {
        "poste": "poste (bureau, agence ou relais)",
        "alimentation": "commerce alimentaire",
        "ecole": "école",
        "creche": "accueil collectif du jeune enfant",
        "accueil_loisirs": "accueil de loisirs",
        "medecin": "médecin généraliste",
        "pharmacie": "pharmacie",
        "bibliotheque": "bibliothèque",
        "france_services": "France services",
    },
}
"""Dimensions a result's breakdown may use, with the French label of their codes (ages and facility types
are labelled by :mod:`ctg_lib.indicators.labels`)."""

THEMES: dict[str, str] = {
    "population": "Population et familles",
    "petite_enfance": "Petite enfance",
    "enfance": "Enfance et école",
    "jeunesse": "Jeunesse",
    "parentalite": "Parentalité",
    "handicap": "Handicap",
    "vie_sociale": "Animation de la vie sociale",
    "acces_droits": "Accès aux droits, services et numérique",
    "revenus": "Revenus et prestations",
    "emploi": "Emploi, diplômes, mobilité",
    "logement": "Logement",
    "sante": "Santé",
}


@dataclass(frozen=True)
class Definition:
    """An indicator's registration.

    Attributes:
        id: stable name, French without accents.
        label: what the reader calls it (« part des 65 ans et plus »), with ``article`` before it.
        theme: key of ``THEMES``.
        unit: after the number (« % », « habitants », « pour 100 enfants de moins de 3 ans », « € par an »).
        decimals: what the number can carry.
        definition: in words, with both parts of a ratio.
        aggregation: how a value for a larger territory is obtained.
        meaningful: smallest difference worth a word, in the unit; relative (0.1 = 10 %) for amounts
            and counts when ``meaningful_relative``.
        better: ``higher``, ``lower`` or None when neither is better.
        finest_level: finest level at which it may be published.
        min_base: below this denominator no rate is given.
        multiplier: 100 for a percentage; None when the value is not a ratio of two counts.
        leave_one_out: whether it may be given with and without a commune that distorts it.
        references: publisher's or method's texts.
        caution: what a reader must know, under each figure.
        annex: computed, but misleading in a small territory: only in the annex.
        row: row(s) of the catalogue this indicator answers (« A09 », « J01 J02 »), see ``catalogue``.
        sensitive: handicap, violence, child protection: a higher threshold for counts masked by the project.
        sampled: from a census « complémentaire » table: one household in four, an interval is due.
        min_count: below this count (numerator) the project shows neither count nor rate; 0: the sender's
            own rule is enough (open data already protected by its publisher).
        breaks: first period of each new series (« 2023 » for Filosofi): values on both sides are neither
            compared nor drawn on one line.
    """

    id: str
    label: str
    theme: str
    unit: str
    decimals: int
    definition: str
    aggregation: Aggregation
    compute: Callable[[Data], pd.DataFrame] = field(repr=False)
    meaningful: float = 1.0
    meaningful_relative: bool = False
    better: Literal["higher", "lower"] | None = None
    finest_level: str = "commune"
    min_base: float = 0
    multiplier: float | None = None
    leave_one_out: bool = False
    feminine: bool = False
    plural: bool = False
    references: tuple[str, ...] = ()
    caution: str = ""
    annex: bool = False
    row: str = ""
    sensitive: bool = False
    sampled: bool = False
    min_count: float = 0
    breaks: tuple[str, ...] = ()


_REGISTRY: dict[str, Definition] = {}


def indicator(**attributes) -> Callable:
    """Register the decorated function; ``id`` is the function's name, ``definition`` its docstring's start.

    Raises:
        ValueError: the id is taken, or theme or unit make no sense.
    """

    def register(function: Callable[[Data], pd.DataFrame]) -> Callable[[Data], pd.DataFrame]:
        name = function.__name__
        if name in _REGISTRY:
            raise ValueError(f"indicator {name} is registered twice")
        if attributes["theme"] not in THEMES:
            raise ValueError(f"{name}: unknown theme {attributes['theme']}")
        _REGISTRY[name] = Definition(id=name, compute=function, **attributes)
        return function

    return register


def registry() -> dict[str, Definition]:
    """All indicators by id, in the order of their themes and modules, whichever was imported first."""
    from ctg_lib.indicators import load_themes

    load_themes()
    return {name: _REGISTRY[name] for name in _in_order(tuple(_REGISTRY))}


@lru_cache(maxsize=4)
def _in_order(registered: tuple[str, ...]) -> tuple[str, ...]:
    """Ids in the order of their themes and modules."""
    from ctg_lib.indicators import THEME_MODULES

    themes = {theme: rank for rank, theme in enumerate(THEMES)}
    modules = {f"{__package__}.{name}": rank for rank, name in enumerate(THEME_MODULES)}

    def rank(rule: Definition) -> tuple[int, int]:
        return themes[rule.theme], modules.get(rule.compute.__module__, len(modules))

    return tuple(sorted(registered, key=lambda name: rank(_REGISTRY[name])))


def is_registered(indicator_id: str) -> bool:
    """Whether an indicator has that id."""
    from ctg_lib.indicators import load_themes

    load_themes()
    return indicator_id in _REGISTRY


def definition(indicator_id: str) -> Definition:
    """One registration.

    Raises:
        BadInput: unknown id; says which ones look alike.
    """
    if is_registered(indicator_id):
        return _REGISTRY[indicator_id]
    import difflib

    known = registry()
    close = difflib.get_close_matches(indicator_id, known, n=3, cutoff=0.5)
    hint = f" Vouliez-vous dire : {', '.join(close)} ?" if close else " Liste : ctg indicators list."
    raise BadInput(f"Indicateur inconnu : {indicator_id!r}.{hint}")


def iter_definitions(*, annex: bool = True) -> Iterator[Definition]:
    """Definitions in the registry's order, without the annex ones if asked."""
    return (d for d in registry().values() if annex or not d.annex)
