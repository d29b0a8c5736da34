"""Employment, diplomas, commuting, jobseekers."""

from __future__ import annotations

import pandas as pd

from ctg_lib.indicators.data import Data, as_counts, ratio
from ctg_lib.indicators.registry import indicator
from ctg_lib.values import parse_breakdown

ACTIVITY = "DS_RP_EMPLOI_LR_PRINC"
DIPLOMAS = "DS_RP_DIPLOMES_PRINC"
COMMUTING = "DS_RP_NAVETTES_PRINC"
DEFM = "defm"
INSEE = "Insee, recensement de la population, exploitation principale"
NO_DIPLOMA = "001T100_RP"

_SHARE = {
    "theme": "emploi",
    "unit": "%",
    "aggregation": "ratio",
    "multiplier": 100,
    "meaningful": 2,
    "min_base": 100,
    "leave_one_out": True,
    "references": (INSEE,),
}


def _has(**wanted: str | tuple[str, ...]):
    """Test of a breakdown: it holds these dimensions with one of these codes."""
    allowed = {k: (v,) if isinstance(v, str) else v for k, v in wanted.items()}

    def test(breakdown: str) -> bool:
        parts = parse_breakdown(breakdown)
        return all(parts.get(key) in codes for key, codes in allowed.items())

    return test


def _people_15_64(data: Data, *empsta: str) -> pd.DataFrame:
    """People aged 15–64 of these activity statuses; all of them when none is named."""
    if empsta:
        return data.count(ACTIVITY, "POP", _has(age="Y15T64", empsta_enq=empsta))
    return data.count(ACTIVITY, "POP", lambda b: parse_breakdown(b) == {"age": "Y15T64"})


@indicator(
    label="taux d’emploi des 15–64 ans",
    decimals=0,
    better="higher",
    definition="Personnes de 15 à 64 ans ayant un emploi / personnes de 15 à 64 ans.",
    **_SHARE,
)
def taux_emploi(data: Data) -> pd.DataFrame:
    """Share of people aged 15–64 in employment."""
    return ratio(_people_15_64(data, "1"), _people_15_64(data), multiplier=100, method="census")


@indicator(
    label="taux de chômage au sens du recensement",
    decimals=1,
    better="lower",
    definition="Personnes de 15 à 64 ans se déclarant au chômage / actifs de 15 à 64 ans (en emploi ou au chômage).",
    caution="Chômage déclaré au recensement : plus élevé que le taux de chômage au sens du BIT.",
    **{**_SHARE, "meaningful": 1.5},
)
def taux_chomage_rp(data: Data) -> pd.DataFrame:
    """Share of people declaring themselves unemployed among active people aged 15–64."""
    return ratio(_people_15_64(data, "2"), _people_15_64(data, "1", "2"), multiplier=100, method="census")


@indicator(
    label="part des personnes sans diplôme",
    feminine=True,
    decimals=0,
    better="lower",
    definition="Personnes de 15 ans et plus non scolarisées, sans diplôme ou avec le certificat d’études / personnes de "
    "15 ans et plus non scolarisées.",
    **_SHARE,
)
def part_sans_diplome(data: Data) -> pd.DataFrame:
    """Share without a diploma among people aged 15+ out of school."""
    levels = {"001T100_RP", "200_RP", "300_RP", "350T351_RP", "500_RP", "600_RP", "700_RP"}
    all_levels = data.count(DIPLOMAS, "POP", lambda b: parse_breakdown(b).get("educ") in levels)
    none = data.count(DIPLOMAS, "POP", _has(educ=NO_DIPLOMA))
    return ratio(none, all_levels, multiplier=100, method="census")


@indicator(
    label="part des actifs occupés qui travaillent dans leur commune",
    feminine=True,
    decimals=0,
    definition="Actifs occupés de 15 ans et plus travaillant dans leur commune de résidence / actifs occupés de 15 ans "
    "et plus.",
    **{**_SHARE, "meaningful": 3},
)
def part_travail_commune(data: Data) -> pd.DataFrame:
    """Share of workers who work in the commune they live in."""
    areas = ("10", "21", "22", "23", "24T30")
    by_area = data.count(COMMUTING, "POP", _has(work_area=areas))
    own = data.count(COMMUTING, "POP", _has(work_area="10"))
    return ratio(own, by_area, multiplier=100, method="census")


@indicator(
    label="demandeurs d’emploi inscrits (catégories A, B, C)",
    plural=True,
    theme="emploi",
    unit="personnes",
    decimals=0,
    definition="Personnes inscrites à France Travail tenues de chercher un emploi, avec ou sans activité réduite, au "
    "quatrième trimestre. Chaque commune est arrondie au multiple de 5.",
    aggregation="sum",
    meaningful=0.15,
    meaningful_relative=True,
    better="lower",
    references=("Dares, demandeurs d’emploi inscrits, données communales brutes",),
    caution="Somme de communes arrondies : une fourchette, pas un nombre.",
)
def demandeurs_emploi(data: Data) -> pd.DataFrame:
    """Registered jobseekers, as a range when communes are summed."""
    return as_counts(data.count(DEFM, "demandeurs_emploi", "categorie=ABC"), "rounding")
