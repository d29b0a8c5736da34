"""Parenting: benefits of lone parents, step-families, mothers' activity, places for parents."""

from __future__ import annotations

import pandas as pd

from ctg_lib.indicators._rates import aligned
from ctg_lib.indicators._select import first_of, people, sampled_bounds, sampled_ratio
from ctg_lib.indicators._sites import bpe_sites
from ctg_lib.indicators.data import Data, as_counts, ratio
from ctg_lib.indicators.petite_enfance import BENEFITS, BPE_CAUTION, BPE_REFERENCE, ROUNDED, benefit
from ctg_lib.indicators.population import INSEE_FAMILIES, SAMPLED, families
from ctg_lib.indicators.registry import indicator

ACTIVITY = "DS_RP_EMPLOI_LR_PRINC"
INSEE_RP = "Insee, recensement de la population, exploitation principale"
CNAF = "Cnaf, data.caf.fr, bénéficiaires de toutes les prestations, décembre"
_BENEFIT = {
    "plural": True,
    "theme": "parentalite",
    "unit": "foyers",
    "decimals": 0,
    "aggregation": "sum",
    "meaningful": 0.15,
    "meaningful_relative": True,
    "references": (CNAF,),
    "caution": ROUNDED,
}


@indicator(
    label="foyers percevant l’allocation de soutien familial (ASF)",
    row="E01",
    definition="Foyers bénéficiaires de l’allocation de soutien familial en décembre : parent seul dont l’autre parent ne verse "
    "pas, ou peu, de pension ; enfant recueilli.",
    **_BENEFIT,
)
def foyers_asf(data: Data) -> pd.DataFrame:
    """Households receiving ASF."""
    return benefit(data, "indfoy_asf")


@indicator(
    label="foyers percevant l’ASF pour 100 familles monoparentales",
    row="E01",
    plural=True,
    theme="parentalite",
    unit="pour 100 familles monoparentales",
    decimals=0,
    definition="Foyers percevant l’allocation de soutien familial en décembre / familles monoparentales du recensement le plus "
    "proche (trois ans d’écart au plus) × 100.",
    aggregation="ratio",
    multiplier=100,
    meaningful=5,
    min_base=100,
    sampled=True,
    finest_level="epci",
    references=(CNAF, INSEE_FAMILIES),
    caution="Deux sources et deux dates ; les familles monoparentales du recensement comprennent des enfants majeurs. "
    + ROUNDED,
)
def asf_familles_monoparentales(data: Data) -> pd.DataFrame:
    """ASF households for 100 lone-parent families; bounds of the rounding and of the sample together."""
    counts = data.count(BENEFITS, "indfoy_asf")
    lone = sampled_bounds(families(data, tfn="1"), families(data))
    return ratio(
        counts, aligned(lone, counts["period"].unique()), multiplier=100, method="rounding_and_sample"
    )


@indicator(
    label="part des familles recomposées parmi les couples avec enfants",
    row="E02",
    feminine=True,
    theme="parentalite",
    unit="%",
    decimals=0,
    definition="Familles recomposées (au moins un enfant n’est pas des deux conjoints) / couples avec enfants.",
    aggregation="ratio",
    multiplier=100,
    meaningful=3,
    min_base=100,
    sampled=True,
    references=(INSEE_FAMILIES,),
    caution=SAMPLED + " L’Insee ne publie cette distinction que pour le dernier recensement : pas de série.",
)
def part_familles_recomposees(data: Data) -> pd.DataFrame:
    """Step-families among couples with children."""
    return sampled_ratio(families(data, tfn="220"), families(data, tfn="22"))


@indicator(
    label="foyers percevant le complément familial",
    row="E03",
    definition="Foyers bénéficiaires du complément familial (trois enfants ou plus de 3 ans et plus, sous condition de "
    "ressources) en décembre.",
    **_BENEFIT,
)
def foyers_complement_familial(data: Data) -> pd.DataFrame:
    """Households receiving complément familial."""
    return benefit(data, "indfoy_cf")


@indicator(
    label="foyers percevant une prestation enfance et jeunesse",
    row="E03",
    definition="Foyers percevant au moins une prestation d’entretien des enfants et des jeunes (allocations familiales, complément "
    "familial, ASF…) en décembre.",
    **_BENEFIT,
)
def foyers_enfance_jeunesse(data: Data) -> pd.DataFrame:
    """Households receiving a benefit for children and young people."""
    return benefit(data, "indfoy_ndurej")


@indicator(
    label="taux d’activité des femmes de 25 à 54 ans",
    row="E04",
    theme="parentalite",
    unit="%",
    decimals=0,
    definition="Femmes de 25 à 54 ans en emploi ou au chômage / femmes de 25 à 54 ans.",
    aggregation="ratio",
    multiplier=100,
    meaningful=2,
    min_base=100,
    references=(INSEE_RP,),
    caution="Approche des mères, faute de mieux : l’activité des parents selon l’âge des enfants est donnée à part.",
)
def taux_activite_femmes(data: Data) -> pd.DataFrame:
    """Active women among women aged 25–54."""
    base = {"age": "Y25T54", "sex": "F"}
    active = first_of(
        people(data, ACTIVITY, empsta_enq="1T2", **base),
        people(data, ACTIVITY, empsta_enq=("1", "2"), **base),
    )
    return ratio(active, people(data, ACTIVITY, **base), multiplier=100, method="census")


@indicator(
    label="lieux de soutien à la parentalité (sites)",
    row="E05",
    plural=True,
    theme="parentalite",
    unit="sites",
    decimals=0,
    definition="Lieux d’accueil enfants-parents et services de médiation familiale de la base permanente des équipements, par type.",
    aggregation="sum",
    meaningful=0.2,
    meaningful_relative=True,
    references=(BPE_REFERENCE,),
    caution=BPE_CAUTION + " REAAP, CLAS et espaces de rencontre n’y sont pas : ils se demandent à la Caf.",
)
def sites_parentalite(data: Data) -> pd.DataFrame:
    """Sites of support for parents, by type."""
    return as_counts(bpe_sites(data, ("D503", "D507")), "exhaustive")
