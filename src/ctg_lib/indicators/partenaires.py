"""What partners alone know: childminders, use of nurseries, holiday centres, young people followed, MSA …

Their figures are asked by :mod:`ctg_lib.partnership.requests` and stored in datasets named
``partenaire_<subject>``; the store built from open data has none of them, and these indicators are then
empty. Counts of people under five (ten for disability) reach here masked, and are not shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ctg_lib.disclosure.policy import PARTNER_COUNT, SENSITIVE_COUNT
from ctg_lib.indicators._rates import aligned
from ctg_lib.indicators._select import first_of, single_ages, total
from ctg_lib.indicators.data import KEY, PLACE, Data, as_counts, join_sources, labelled, ratio, union
from ctg_lib.indicators.labels import ages
from ctg_lib.indicators.population import AGE_SEX
from ctg_lib.indicators.registry import indicator

LOCAL = "local"
"""Method of a figure that a partner gave: exact, or masked; without interval."""
AM, NURSERIES, RELAY = "partenaire_am", "partenaire_eaje", "partenaire_rpe"
LEISURE, REQUESTS, YOUTH = "partenaire_alsh", "partenaire_demandes", "partenaire_jeunesse"
INCLUSION, DISABILITY, SCHOOL = "partenaire_inclusif", "partenaire_mdph", "partenaire_ecole"
FARMING, DEPENDENCE, RIGHTS = "partenaire_msa", "partenaire_dependance", "partenaire_acces_droits"
PARENTS, SOCIAL, HOUSING = "partenaire_parentalite", "partenaire_vie_sociale", "partenaire_logement"
PMI_VISITS, PROTECTION, SCHOOL_PLANS = "partenaire_pmi", "partenaire_ase", "partenaire_pedt"

ON_REQUEST = "Connu seulement si le partenaire a répondu à la demande de données."
PMI = "Département (PMI), relais petite enfance ou Caf, sur demande"
_COUNT = {
    "plural": True,
    "decimals": 0,
    "aggregation": "sum",
    "meaningful": 0.15,
    "meaningful_relative": True,
}
_PEOPLE = {**_COUNT, "min_count": PARTNER_COUNT}
_SENSITIVE = {**_COUNT, "sensitive": True, "min_count": SENSITIVE_COUNT, "finest_level": "epci"}
_SHARE = {
    "feminine": True,
    "unit": "%",
    "decimals": 0,
    "aggregation": "ratio",
    "multiplier": 100,
    "finest_level": "epci",
}


@dataclass(frozen=True)
class Cell:
    """One count of a partner's answer, and the breakdown under which readers find it."""

    dataset: str
    variable: str
    breakdown: str = ""
    label: Mapping[str, str] = field(default_factory=dict)

    def read(self, data: Data) -> pd.DataFrame:
        """The count as it was given, under its label."""
        rows = data.count(self.dataset, self.variable, self.breakdown)
        return labelled(as_counts(rows, LOCAL), **self.label)


def _each(dataset: str, variable: str, key: str, codes: tuple[str, ...]) -> tuple[Cell, ...]:
    """Counts given for several codes of one dimension, which do not add up."""
    return tuple(Cell(dataset, variable, f"{key}={code}", {key: code}) for code in codes)


def given(id: str, *cells: Cell, **registration: Any) -> None:
    """Register an indicator that shows a partner's counts as they were given, one under the other.

    Args:
        id: of the indicator.
        cells: the counts; of one place, period and breakdown the first wins.
        registration: attributes of :class:`~ctg_lib.indicators.registry.Definition`; ``caution`` is
            :data:`ON_REQUEST` where there is nothing more to say.
    """

    def compute(data: Data) -> pd.DataFrame:
        return union(*(cell.read(data) for cell in cells))

    compute.__name__ = compute.__qualname__ = id
    compute.__doc__ = f"Counts given by partners: {registration['label']}."
    indicator(**{"caution": ON_REQUEST, **registration})(compute)


# --- childminders and their relay ----------------------------------------------------------------------


given(
    "assistantes_maternelles_agreees",
    Cell(AM, "agreees"),
    label="assistantes maternelles agréées",
    row="B12",
    feminine=True,
    theme="petite_enfance",
    unit="assistantes maternelles",
    definition="Titulaires d’un agrément en cours au 31 décembre, domiciliées dans le territoire.",
    references=(PMI,),
    caution=ON_REQUEST + " Une agréée n’exerce pas toujours.",
    **_PEOPLE,
)


given(
    "assistantes_maternelles_activite",
    Cell(AM, "en_activite"),
    *_each(AM, "en_activite", "age", ("Y_GE55", "Y_GE60")),
    label="assistantes maternelles en activité",
    row="B12",
    feminine=True,
    theme="petite_enfance",
    unit="assistantes maternelles",
    definition="Assistantes maternelles accueillant au moins un enfant ; dont 55 ans et plus, 60 ans et plus.",
    references=(PMI,),
    **_PEOPLE,
)


@indicator(
    label="part des assistantes maternelles de 55 ans et plus",
    row="B12",
    theme="petite_enfance",
    definition="Assistantes maternelles en activité de 55 ans et plus / assistantes maternelles en activité.",
    meaningful=10,
    min_base=0,
    min_count=PARTNER_COUNT,
    references=(PMI,),
    caution=ON_REQUEST
    + " Peu de personnes : une seule déplace la part de plusieurs points ; lire les deux nombres.",
    **{**_SHARE, "unit": "sur 100 en activité"},
)
def part_assistantes_maternelles_55_plus(data: Data) -> pd.DataFrame:
    """Childminders aged 55 and over among those at work."""
    older, every = data.count(AM, "en_activite", "age=Y_GE55"), data.count(AM, "en_activite")
    return ratio(older, every, multiplier=100, method=LOCAL)


given(
    "places_assistantes_maternelles",
    Cell(AM, "places"),
    label="places chez les assistantes maternelles",
    row="B12",
    feminine=True,
    theme="petite_enfance",
    unit="places",
    definition="Somme des places des agréments des assistantes maternelles en activité.",
    references=(PMI,),
    caution=ON_REQUEST + " Une place agréée peut rester vide, ou être refusée par choix.",
    **_COUNT,
)


@indicator(
    label="places que retirerait le départ des assistantes maternelles de 55 ans et plus",
    row="B12",
    feminine=True,
    plural=True,
    theme="petite_enfance",
    unit="places",
    decimals=0,
    definition="Assistantes maternelles en activité de 55 ans et plus × places agréées par assistante maternelle en activité, la "
    "même année : toutes auront 60 ans ou plus à la fin d’une convention de cinq ans.",
    aggregation="as_published",
    meaningful=0.15,
    meaningful_relative=True,
    better="lower",
    min_count=PARTNER_COUNT,
    finest_level="epci",
    references=(PMI,),
    caution=ON_REQUEST
    + " Une hypothèse, pas une prévision : toutes partiraient, avec autant de places que les autres ; certaines exercent "
    "après 60 ans, d’autres s’installent.",
)
def places_departs_assistantes_maternelles(data: Data) -> pd.DataFrame:
    """Places held by childminders aged 55 and over, at the mean number of places of those at work."""
    older, every = data.count(AM, "en_activite", "age=Y_GE55"), data.count(AM, "en_activite")
    share = ratio(older, every, multiplier=1, method="assumed").rename(columns={"sources": "source"})
    places = data.count(AM, "places")[[*PLACE, "value", "source"]]
    both = share.merge(places, on=PLACE, suffixes=("", "_places"))
    out = both[[*KEY, "status", "method", "breakdown"]].copy()
    out["value"] = both["value"] * both["value_places"]
    out["numerator"], out["denominator"] = both["numerator"], both["denominator"]
    out["lower"] = out["upper"] = float("nan")
    out["status"] = out["status"].mask(out["value"].notna(), "estimated")
    out["sources"] = [join_sources(p) for p in zip(both["source"], both["source_places"], strict=True)]
    return out


@indicator(
    label="assistantes maternelles par équivalent temps plein de relais",
    row="B12 B15",
    feminine=True,
    plural=True,
    theme="petite_enfance",
    unit="assistantes maternelles par ETP",
    decimals=0,
    definition="Assistantes maternelles en activité / équivalents temps plein d’animateurs du relais petite enfance, la même "
    "année.",
    aggregation="ratio",
    multiplier=1,
    meaningful=10,
    finest_level="epci",
    references=(PMI, "Caf ou intercommunalité, sur demande"),
    caution=ON_REQUEST,
)
def assistantes_maternelles_par_etp(data: Data) -> pd.DataFrame:
    """Childminders at work for one full-time worker of the relay."""
    return ratio(data.count(AM, "en_activite"), data.count(RELAY, "etp"), multiplier=1, method=LOCAL)


given(
    "etp_relais_petite_enfance",
    Cell(RELAY, "etp"),
    label="temps de travail du relais petite enfance",
    row="B15",
    theme="petite_enfance",
    unit="ETP",
    definition="Équivalents temps plein d’animateurs du relais petite enfance au 31 décembre.",
    references=("Caf ou intercommunalité, sur demande",),
    **{**_COUNT, "plural": False, "decimals": 1},
)


given(
    "heures_permanence_relais",
    Cell(RELAY, "heures_permanence"),
    label="heures de permanence du relais petite enfance",
    row="B15",
    feminine=True,
    theme="petite_enfance",
    unit="heures par semaine",
    definition="Heures ouvertes au public par semaine, tous sites du relais petite enfance réunis.",
    references=("Intercommunalité, sur demande",),
    **_COUNT,
)


@indicator(
    label="part des assistantes maternelles venues au relais",
    row="B15",
    theme="petite_enfance",
    definition="Assistantes maternelles venues à au moins une animation du relais dans l’année / assistantes maternelles en "
    "activité la même année.",
    meaningful=10,
    better="higher",
    min_count=PARTNER_COUNT,
    references=("Intercommunalité, sur demande", PMI),
    caution=ON_REQUEST + " Deux relevés : certaines venues n’exercent plus en fin d’année.",
    **{**_SHARE, "unit": "sur 100 en activité"},
)
def part_assistantes_maternelles_relais(data: Data) -> pd.DataFrame:
    """Childminders who came to the relay among those at work."""
    came, every = data.count(RELAY, "am_frequentant"), data.count(AM, "en_activite")
    return ratio(came, every, multiplier=100, method=LOCAL)


# --- nurseries and requests ----------------------------------------------------------------------------

_NURSERY = {
    "row": "B13",
    "theme": "petite_enfance",
    "references": ("Caf, sur demande",),
}


@indicator(
    label="taux d’occupation réel des établissements d’accueil du jeune enfant",
    unit="heures réalisées pour 100 heures de capacité",
    decimals=0,
    definition="Heures de présence réalisées / capacité théorique en heures (places agréées × heures d’ouverture de l’année) × 100.",
    aggregation="ratio",
    multiplier=100,
    meaningful=5,
    finest_level="epci",
    caution=ON_REQUEST + " Un établissement presque plein à certaines heures peut avoir un taux annuel bas.",
    **_NURSERY,
)
def taux_occupation_eaje(data: Data) -> pd.DataFrame:
    """Hours of presence for 100 hours of capacity."""
    done, capacity = data.count(NURSERIES, "heures_realisees"), data.count(NURSERIES, "heures_theoriques")
    return ratio(done, capacity, multiplier=100, method=LOCAL)


@indicator(
    label="taux de facturation des établissements d’accueil du jeune enfant",
    unit="heures facturées pour 100 heures réalisées",
    decimals=0,
    definition="Heures facturées aux familles / heures de présence réalisées × 100.",
    aggregation="ratio",
    multiplier=100,
    meaningful=3,
    finest_level="epci",
    caution=ON_REQUEST + " Au-dessus de 100, des familles paient des heures qu’elles n’utilisent pas.",
    **_NURSERY,
)
def taux_facturation_eaje(data: Data) -> pd.DataFrame:
    """Hours billed for 100 hours of presence."""
    billed, done = data.count(NURSERIES, "heures_facturees"), data.count(NURSERIES, "heures_realisees")
    return ratio(billed, done, multiplier=100, method=LOCAL)


given(
    "enfants_accueillis_eaje",
    Cell(NURSERIES, "enfants_residents"),
    label="enfants accueillis en établissement, selon la commune de résidence",
    unit="enfants",
    definition="Enfants résidant dans le territoire et accueillis dans un établissement d’accueil du jeune enfant, d’ici ou "
    "d’ailleurs, dans l’année.",
    **{**_NURSERY, **_PEOPLE},
)


given(
    "places_eaje_agreees",
    Cell(NURSERIES, "places"),
    label="places agréées en établissement d’accueil du jeune enfant",
    feminine=True,
    unit="places",
    definition="Places agréées des établissements d’accueil du jeune enfant du territoire au 31 décembre, micro-crèches comprises.",
    caution=ON_REQUEST + " Une place agréée peut être fermée, faute de personnel.",
    **{**_NURSERY, **_COUNT},
)
given(
    "enfants_etablissements_territoire",
    Cell(NURSERIES, "enfants"),
    label="enfants accueillis dans les établissements du territoire",
    unit="enfants",
    finest_level="epci",
    definition="Enfants différents accueillis dans l’année dans les établissements d’accueil du jeune enfant du territoire, d’où "
    "qu’ils viennent, accueil occasionnel compris.",
    caution=ON_REQUEST + " Plusieurs enfants se partagent une place.",
    **{**_NURSERY, **_PEOPLE},
)


given(
    "demandes_accueil_sans_proposition",
    Cell(REQUESTS, "sans_proposition"),
    label="enfants dont la demande d’accueil est restée sans proposition",
    row="B16",
    theme="petite_enfance",
    unit="enfants",
    definition="Enfants de moins de 3 ans dont la famille a déposé une demande dans l’année et n’avait reçu aucune proposition au "
    "31 décembre ; une seule fois par enfant.",
    references=("Intercommunalité (guichet unique), sur demande",),
    caution=ON_REQUEST + " Les familles qui ne demandent plus n’y sont pas.",
    **_PEOPLE,
)


@indicator(
    label="part des demandes d’accueil restées sans proposition",
    row="B16",
    theme="petite_enfance",
    definition="Enfants dont la demande est restée sans proposition / enfants dont la famille a déposé une demande dans l’année.",
    meaningful=5,
    better="lower",
    min_count=PARTNER_COUNT,
    references=("Intercommunalité (guichet unique), sur demande",),
    caution=ON_REQUEST + " Peu de demandes : lire les deux nombres.",
    **{**_SHARE, "unit": "pour 100 demandes"},
)
def part_demandes_sans_proposition(data: Data) -> pd.DataFrame:
    """Requests without any offer among requests."""
    without, every = data.count(REQUESTS, "sans_proposition"), data.count(REQUESTS, "recues")
    return ratio(without, every, multiplier=100, method=LOCAL)


given(
    "enfants_liste_attente",
    Cell(REQUESTS, "en_attente"),
    label="enfants en attente d’une place d’accueil",
    row="B16",
    theme="petite_enfance",
    unit="enfants",
    better="lower",
    finest_level="epci",
    definition="Enfants sur la liste d’attente au 31 décembre, doublons ôtés.",
    references=("Intercommunalité (guichet unique), sur demande",),
    caution=ON_REQUEST + " Les familles qui ne demandent plus n’y sont pas.",
    **_PEOPLE,
)


given(
    "eleves_2_ans",
    Cell(SCHOOL, "eleves_2_ans"),
    label="enfants de 2 ans inscrits à l’école",
    row="B14",
    theme="petite_enfance",
    unit="enfants",
    definition="Enfants n’ayant pas 3 ans au 31 décembre, inscrits dans une école du territoire à la rentrée.",
    references=("DSDEN, sur demande",),
    **_PEOPLE,
)


# --- holiday centres -----------------------------------------------------------------------------------

PERIODS = ("periscolaire", "mercredi", "petites_vacances", "ete")
YOUNGER, OLDER = "Y_LT6", "Y_GE6"


def _leisure_places(data: Data, period: str, age: str) -> pd.DataFrame:
    return data.count(LEISURE, "places", f"age={age};periode={period}")


@indicator(
    label="places d’accueil de loisirs",
    row="C07",
    feminine=True,
    theme="enfance",
    unit="places",
    definition="Effectif maximal déclaré, présent au même moment, des accueils de loisirs du territoire, par période : moins de 6 "
    "ans, 6 ans et plus, ensemble.",
    references=("SDJES, sur demande",),
    caution=ON_REQUEST + " Déclarées n’est pas ouvertes : le manque d’animateurs en ferme.",
    **_COUNT,
)
def places_alsh(data: Data) -> pd.DataFrame:
    """Declared places of holiday centres, by period and age."""
    parts = []
    for period in PERIODS:
        young, old = (_leisure_places(data, period, age) for age in (YOUNGER, OLDER))
        parts += [
            labelled(as_counts(young, LOCAL), age=YOUNGER, periode=period),
            labelled(as_counts(old, LOCAL), age=OLDER, periode=period),
            labelled(as_counts(total(young, old), LOCAL), periode=period),
        ]
    return union(*parts)


@indicator(
    label="places d’accueil de loisirs pour 100 enfants de 3 à 11 ans",
    row="C07",
    feminine=True,
    plural=True,
    theme="enfance",
    unit="places pour 100 enfants de 3 à 11 ans",
    decimals=0,
    definition="Places d’accueil de loisirs déclarées, par période / enfants de 3 à 11 ans au recensement le plus proche (trois ans "
    "d’écart au plus) × 100 ; à défaut d’âges détaillés, deux cinquièmes des 0–4 ans, les 5–9 ans et deux cinquièmes des "
    "10–14 ans.",
    aggregation="ratio",
    multiplier=100,
    meaningful=3,
    better="higher",
    min_base=100,
    finest_level="epci",
    references=(
        "SDJES, sur demande",
        "Insee, recensement de la population, exploitation principale",
    ),
    caution=ON_REQUEST + " Deux sources et deux dates.",
)
def places_alsh_100_enfants(data: Data) -> pd.DataFrame:
    """Declared places for 100 children aged 3 to 11."""
    children = first_of(data.count(AGE_SEX, "POP", single_ages(3, 11)), _aged_3_to_11(data))
    parts = []
    for period in PERIODS:
        places = total(*(_leisure_places(data, period, age) for age in (YOUNGER, OLDER)))
        base = aligned(children, places["period"].unique())
        parts.append(labelled(ratio(places, base, multiplier=100, method=LOCAL), periode=period))
    return union(*parts)


def _aged_3_to_11(data: Data) -> pd.DataFrame:
    """Children aged 3 to 11, from five-year bands: an assumption, hence ``estimated``."""
    small, middle, large = (data.count(AGE_SEX, "POP", ages(low, low + 4)) for low in (0, 5, 10))
    parts = [small.assign(value=0.4 * small["value"]), middle, large.assign(value=0.4 * large["value"])]
    together = total(total(parts[0], parts[1]), parts[2])
    return together.assign(status=together["status"].mask(together["value"].notna(), "estimated"))


given(
    "heures_alsh",
    *_each(LEISURE, "heures", "periode", PERIODS),
    label="heures d’accueil de loisirs",
    row="C07",
    feminine=True,
    theme="enfance",
    unit="heures-enfants",
    definition="Heures d’accueil de loisirs facturées ou, à défaut, réalisées dans l’année, par période.",
    references=("Caf, sur demande",),
    **_COUNT,
)


given(
    "communes_pedt",
    *_each(SCHOOL_PLANS, "communes", "contrat", ("pedt", "plan_mercredi")),
    label="communes couvertes par un projet éducatif de territoire",
    feminine=True,
    theme="enfance",
    unit="communes",
    finest_level="epci",
    definition="Communes couvertes au 31 décembre par un projet éducatif de territoire (PEdT), par un plan mercredi ; le plan "
    "mercredi suppose un PEdT.",
    references=("SDJES, sur demande",),
    **_COUNT,
)


# --- young people --------------------------------------------------------------------------------------


given(
    "jeunes_mission_locale",
    Cell(YOUTH, "suivis"),
    Cell(YOUTH, "suivis", "age=Y16T17", {"age": "Y16T17"}),
    Cell(YOUTH, "premiers_accueils", label={"suivi": "premier"}),
    Cell(YOUTH, "contrats_engagement", label={"suivi": "contrat"}),
    label="jeunes suivis par la mission locale",
    row="D08",
    theme="jeunesse",
    unit="jeunes",
    definition="Jeunes de 16 à 25 ans du territoire ayant eu au moins un entretien dans l’année ; dont premiers accueils, dont "
    "contrats d’engagement jeune, dont mineurs.",
    references=("Mission locale, sur demande",),
    **_PEOPLE,
)


given(
    "dispositifs_jeunes",
    *_each(YOUTH, "structures", "action", ("ps_jeunes", "promeneurs", "accueil_jeunes")),
    label="accueils et dispositifs pour les jeunes",
    row="D08",
    theme="jeunesse",
    unit="structures ou professionnels",
    definition="Structures percevant la prestation de service « Jeunes », professionnels Promeneurs du Net, accueils de jeunes "
    "déclarés ; ne s’additionnent pas.",
    references=("Caf et SDJES, sur demande",),
    **_COUNT,
)


# --- parents, social life ------------------------------------------------------------------------------


given(
    "publics_parentalite",
    *_each(PARENTS, "publics", "action", ("laep", "clas", "reaap", "mediation")),
    label="familles et enfants touchés par le soutien à la parentalité",
    row="E05",
    feminine=True,
    theme="parentalite",
    unit="familles, enfants ou mesures",
    definition="Familles venues en LAEP, enfants en CLAS, parents des actions REAAP, mesures de médiation familiale, dans l’année ; "
    "ne s’additionnent pas.",
    references=("Caf, sur demande",),
    **_PEOPLE,
)


given(
    "actions_parentalite",
    *_each(PARENTS, "seances", "action", ("laep", "reaap")),
    label="séances et actions de soutien à la parentalité",
    row="E05",
    feminine=True,
    theme="parentalite",
    unit="séances ou actions",
    finest_level="epci",
    definition="Séances ouvertes par les LAEP, actions REAAP financées dans l’année ; ne s’additionnent pas.",
    references=("Caf, sur demande",),
    **_COUNT,
)

# --- children's health and protection: asked for, outside of the catalogue -----------------------------

_PMI = {
    "theme": "petite_enfance",
    "unit": "enfants",
    "finest_level": "epci",
    "references": ("Département (PMI), sur demande",),
}
given(
    "enfants_consultations_pmi",
    Cell(PMI_VISITS, "enfants"),
    label="enfants vus en consultation de PMI",
    definition="Enfants de moins de 6 ans du territoire, vus au moins une fois dans l’année en consultation de PMI.",
    caution=ON_REQUEST + " Les autres sont suivis par un médecin, ou ne le sont pas : rien ne le dit.",
    **{**_PMI, **_PEOPLE},
)
given(
    "bilans_maternelle_pmi",
    Cell(PMI_VISITS, "bilans_maternelle"),
    label="enfants vus à l’école maternelle par la PMI",
    definition="Enfants du territoire vus à 3–4 ans par la PMI, à l’école maternelle, dans l’année.",
    **{**_PMI, **_PEOPLE},
)

_PROTECTION = {
    **_SENSITIVE,
    "theme": "parentalite",
    "references": ("Département (aide sociale à l’enfance), sur demande",),
    "caution": ON_REQUEST + " De 1 à 9, le nombre n’est pas montré. Il dépend aussi de ce qui est signalé.",
}
given(
    "informations_preoccupantes",
    Cell(PROTECTION, "informations_preoccupantes"),
    label="enfants concernés par une information préoccupante",
    unit="enfants",
    definition="Enfants résidant dans le territoire et concernés dans l’année par une information préoccupante.",
    **_PROTECTION,
)
given(
    "mineurs_aide_sociale_enfance",
    Cell(PROTECTION, "mineurs"),
    label="mineurs suivis ou confiés au titre de l’aide sociale à l’enfance",
    unit="mineurs",
    definition="Mesures de l’aide sociale à l’enfance au 31 décembre, selon le dernier domicile connu des parents.",
    **_PROTECTION,
)


given(
    "structures_vie_sociale",
    *_each(SOCIAL, "structures", "structure", ("centre_social", "evs")),
    label="centres sociaux et espaces de vie sociale agréés",
    row="G01",
    theme="vie_sociale",
    unit="structures",
    definition="Agréments de la Caf en cours au 31 décembre, par type.",
    references=("Caf, sur demande (schéma directeur de l’animation de la vie sociale)",),
    **_COUNT,
)


# --- disability ----------------------------------------------------------------------------------------

_DISABILITY = {**_SENSITIVE, "theme": "handicap"}


given(
    "accueil_inclusif",
    *_each(INCLUSION, "enfants", "accueil", ("eaje", "alsh")),
    label="enfants avec AEEH accueillis dans les structures",
    row="F06",
    unit="enfants",
    definition="Enfants dont la famille perçoit l’AEEH, accueillis dans l’année en établissement d’accueil du jeune enfant, en accueil de "
    "loisirs.",
    references=("Caf, sur demande",),
    caution=ON_REQUEST + " De 1 à 9, le nombre n’est pas montré.",
    **_DISABILITY,
)


given(
    "structures_bonus_inclusion",
    Cell(INCLUSION, "structures", "accueil=eaje"),
    label="structures percevant le bonus inclusion handicap",
    row="F06",
    feminine=True,
    theme="handicap",
    unit="structures",
    finest_level="epci",
    definition="Établissements d’accueil du jeune enfant ayant perçu le bonus « inclusion handicap » dans l’année.",
    references=("Caf, sur demande",),
    **_COUNT,
)


given(
    "beneficiaires_pch_territoire",
    Cell(DISABILITY, "pch"),
    Cell(DISABILITY, "pch", "age=Y_LT20", {"age": "Y_LT20"}),
    label="bénéficiaires de la PCH dans le territoire",
    row="F07",
    unit="personnes",
    definition="Personnes ayant un droit ouvert à la prestation de compensation du handicap au 31 décembre ; dont moins de 20 ans.",
    references=("MDPH, sur demande",),
    caution=ON_REQUEST + " De 1 à 9, le nombre n’est pas montré.",
    **_DISABILITY,
)


given(
    "enfants_droits_aeeh",
    Cell(DISABILITY, "droits_aeeh"),
    label="enfants ayant un droit ouvert à l’AEEH",
    row="F07",
    unit="enfants",
    definition="Enfants ayant un droit ouvert à l’allocation d’éducation de l’enfant handicapé au 31 décembre, Caf et MSA ensemble.",
    references=("MDPH, sur demande",),
    caution=ON_REQUEST + " De 1 à 9, le nombre n’est pas montré. Un droit ouvert n’est pas toujours versé.",
    **_DISABILITY,
)


given(
    "orientations_mdph",
    *(
        Cell(DISABILITY, variable, f"public={public}", {"etat": state, "public": public})
        for variable, state in (("orientations", "orientes"), ("en_attente", "attente"))
        for public in ("enfants", "adultes")
    ),
    label="personnes orientées par la MDPH vers un établissement ou service",
    row="F07",
    feminine=True,
    unit="personnes",
    definition="Orientations médico-sociales en cours de validité au 31 décembre, enfants et adultes ; dont en attente d’une place.",
    references=("MDPH, sur demande",),
    caution=ON_REQUEST + " De 1 à 9, le nombre n’est pas montré.",
    **_DISABILITY,
)


given(
    "eleves_aesh",
    Cell(SCHOOL, "eleves_aesh"),
    Cell(SCHOOL, "eleves_aesh_attente", label={"etat": "attente"}),
    label="élèves accompagnés par un AESH",
    row="F07",
    unit="élèves",
    definition="Élèves des écoles et collèges du territoire ayant une notification d’aide humaine : accompagnés, et en attente d’un "
    "accompagnant, à la rentrée.",
    references=("DSDEN, sur demande",),
    caution=ON_REQUEST + " De 1 à 9, le nombre n’est pas montré.",
    **_DISABILITY,
)


# --- rights, income, MSA -------------------------------------------------------------------------------


given(
    "accompagnements_droits",
    *_each(
        RIGHTS,
        "accompagnements",
        "lieu",
        ("france_services", "numerique", "point_conseil_budget", "caf", "msa"),
    ),
    label="accompagnements vers les droits",
    row="H06",
    theme="acces_droits",
    unit="accompagnements ou personnes",
    definition="Demandes traitées en France services, personnes accompagnées au numérique ou reçues en point conseil budget, rendez-vous "
    "de la Caf et de la MSA, dans l’année ; ne s’additionnent pas.",
    references=("France services, Caf, MSA, Département, sur demande",),
    caution=ON_REQUEST + " Une même personne peut venir plusieurs fois.",
    **_PEOPLE,
)


@indicator(
    label="part des allocataires dépendants des prestations",
    row="I10",
    theme="revenus",
    definition="Allocataires dont les prestations font au moins la moitié, ou la totalité, des ressources / population d’allocataires de "
    "référence de la Caf.",
    meaningful=3,
    better="lower",
    min_base=100,
    min_count=PARTNER_COUNT,
    references=("Caf, sur demande",),
    caution=ON_REQUEST
    + " La population de référence exclut les 65 ans et plus, les étudiants aidés pour leur seul logement et "
    "quelques régimes ; les ressortissants de la MSA n’y sont pas.",
    **_SHARE,
)
def part_allocataires_dependants(data: Data) -> pd.DataFrame:
    """Caf households living on benefits, half and all of their income."""
    base = data.count(DEPENDENCE, "reference")
    parts = [
        labelled(
            ratio(
                data.count(DEPENDENCE, "dependants", f"dependance={share}"),
                base,
                multiplier=100,
                method=LOCAL,
            ),
            dependance=share,
        )
        for share in ("50", "100")
    ]
    return union(*parts)


given(
    "ressortissants_msa",
    Cell(FARMING, "ressortissants"),
    *(
        Cell(FARMING, kind, label={"regime": kind})
        for kind in ("actifs", "retraites", "familles", "enfants", "enfants_moins_3")
    ),
    label="ressortissants de la MSA",
    row="I15",
    theme="revenus",
    unit="personnes ou familles",
    definition="Personnes protégées en maladie par la MSA ou percevant une de ses prestations, en décembre ; actifs, retraités, familles "
    "et enfants couverts (dont moins de 3 ans), qui ne s’additionnent pas.",
    references=("MSA, sur demande",),
    caution=ON_REQUEST + " Ce que les chiffres de la Caf ne comptent pas.",
    **_PEOPLE,
)


_FARMING = {"row": "I15", "references": ("MSA, sur demande",), "finest_level": "epci"}
given(
    "foyers_minima_msa",
    *(
        Cell(FARMING, variable, label={"aide": aide})
        for variable, aide in (("foyers_rsa", "rsa"), ("foyers_prime_activite", "prime_activite"))
    ),
    label="foyers au RSA ou à la prime d’activité de la MSA",
    theme="revenus",
    unit="foyers",
    definition="Foyers dont la MSA est la caisse, au RSA, à la prime d’activité, en décembre ; ne s’additionnent pas.",
    caution=ON_REQUEST + " À lire à côté des foyers de la Caf, qui ne les comptent pas.",
    **{**_FARMING, **_PEOPLE},
)
given(
    "beneficiaires_handicap_msa",
    *(
        Cell(FARMING, variable, label={"aide": aide})
        for variable, aide in (("enfants_aeeh", "aeeh"), ("aah", "aah"))
    ),
    label="bénéficiaires de l’AEEH et de l’AAH de la MSA",
    theme="handicap",
    unit="personnes",
    definition="Enfants pour lesquels la MSA verse l’AEEH, personnes auxquelles elle verse l’AAH, en décembre ; ne s’additionnent "
    "pas.",
    caution=ON_REQUEST + " De 1 à 9, le nombre n’est pas montré. À lire à côté des bénéficiaires de la Caf.",
    **{**_FARMING, **_SENSITIVE},
)
given(
    "grandir_milieu_rural",
    Cell(FARMING, "grandir_milieu_rural"),
    label="aides « Grandir en milieu rural » de la MSA",
    feminine=True,
    theme="enfance",
    unit="€ par an",
    definition="Montants versés dans l’année par la MSA à des projets du territoire, au titre de « Grandir en milieu rural ».",
    **{**_FARMING, **_COUNT},
)


@indicator(
    label="part des femmes parmi les demandeurs d’emploi",
    row="I12",
    theme="emploi",
    definition="Femmes / demandeurs d’emploi de catégories A, B, C inscrits à France Travail, moyenne du 4e trimestre.",
    meaningful=3,
    min_base=100,
    min_count=PARTNER_COUNT,
    references=("France Travail, sur demande",),
    caution=ON_REQUEST,
    **_SHARE,
)
def part_femmes_demandeurs_emploi(data: Data) -> pd.DataFrame:
    """Women among jobseekers of categories A, B and C."""
    women, every = (
        data.count("defm", "demandeurs_emploi", b) for b in ("categorie=ABC;sex=F", "categorie=ABC")
    )
    return ratio(women, every, multiplier=100, method=LOCAL)


@indicator(
    label="taux d’effort médian des foyers aidés au logement",
    row="J05",
    theme="logement",
    unit="%",
    decimals=0,
    definition="Loyer et charges, aide déduite, rapportés aux ressources ; médiane des foyers percevant une aide au logement.",
    aggregation="as_published",
    meaningful=2,
    better="lower",
    finest_level="epci",
    references=("Caf, sur demande",),
    caution=ON_REQUEST,
)
def taux_effort_logement(data: Data) -> pd.DataFrame:
    """Median share of income spent on housing by households that get help for it."""
    rows = data.published(HOUSING, "taux_effort_median")
    return as_counts(rows.reset_index(drop=True), LOCAL).assign(numerator=float("nan"))
