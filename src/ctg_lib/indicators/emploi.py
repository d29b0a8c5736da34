"""Employment, diplomas, commuting, cars, jobseekers, pupils who study elsewhere."""

from __future__ import annotations

import pandas as pd

from ctg_lib.indicators._rates import aligned, one_flow, repeated_rate
from ctg_lib.indicators._select import only
from ctg_lib.indicators.data import Data, add_up, as_counts, labelled, ratio, union
from ctg_lib.indicators.registry import indicator

ACTIVITY = "DS_RP_EMPLOI_LR_PRINC"
DIPLOMAS = "DS_RP_DIPLOMES_PRINC"
COMMUTING = "DS_RP_NAVETTES_PRINC"
DEFM = "defm"
INSEE = "Insee, recensement de la population, exploitation principale"
NO_DIPLOMA = "001T100_RP"
HOUSING = "DS_RP_LOGEMENT_PRINC"
LEVELS = (NO_DIPLOMA, "200_RP", "300_RP", "350T351_RP", "500_RP", "600_RP", "700_RP")
"""No diploma, brevet, CAP or BEP, baccalauréat, bac + 2, bac + 3 or 4, bac + 5 or more."""
REPEATED_TOO = (
    "Là où l’Insee n’est pas réuni, taux repris d’un tiers, qui mêle les deux exploitations du recensement : méthode et source "
    "le disent."
)
AREAS = ("10", "21", "22", "23", "24T30")
TRANSPORTS = ("1", "2", "3", "4", "5", "6")

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


def _people_15_64(data: Data, *empsta: str, sex: str = "") -> pd.DataFrame:
    """People aged 15–64 of these activity statuses (all of them when none is named), of one sex if given."""
    more = {"sex": sex} if sex else {}
    if empsta:
        return data.count(ACTIVITY, "POP", only(age="Y15T64", empsta_enq=empsta, **more))
    return data.count(ACTIVITY, "POP", only(age="Y15T64", **more))


def _by_sex(data: Data, part: tuple[str, ...], base: tuple[str, ...]) -> pd.DataFrame:
    """A rate of people aged 15–64, together and by sex."""

    def rate(sex: str = "") -> pd.DataFrame:
        parts = _people_15_64(data, *part, sex=sex), _people_15_64(data, *base, sex=sex)
        return ratio(*parts, multiplier=100, method="census")

    return union(rate(), *(labelled(rate(sex), sex=sex) for sex in ("F", "M")))


@indicator(
    label="taux d’emploi des 15–64 ans",
    decimals=0,
    better="higher",
    definition="Personnes de 15 à 64 ans ayant un emploi / personnes de 15 à 64 ans.",
    caution="Une caserne le relève : lire aussi sans elle. " + REPEATED_TOO,
    **_SHARE,
)
def taux_emploi(data: Data) -> pd.DataFrame:
    """Share of people aged 15–64 in employment, together and by sex; else the rate republished."""
    return union(_by_sex(data, ("1",), ()), repeated_rate(data, "taux_emploi_15_64"))


@indicator(
    label="taux de chômage au sens du recensement",
    row="I13",
    decimals=1,
    better="lower",
    definition="Personnes de 15 à 64 ans se déclarant au chômage / actifs de 15 à 64 ans (en emploi ou au chômage).",
    caution="Chômage déclaré au recensement : plus élevé que le taux de chômage au sens du BIT. "
    + REPEATED_TOO,
    **{**_SHARE, "meaningful": 1.5},
)
def taux_chomage_rp(data: Data) -> pd.DataFrame:
    """Share declaring themselves unemployed among active people aged 15–64, together and by sex; else republished."""
    return union(_by_sex(data, ("2",), ("1", "2")), repeated_rate(data, "taux_chomage_15_64"))


@indicator(
    label="part des personnes sans diplôme",
    row="D06",
    feminine=True,
    decimals=0,
    better="lower",
    definition="Personnes de 15 ans et plus non scolarisées, sans diplôme ou avec le certificat d’études / personnes de "
    "15 ans et plus non scolarisées.",
    **_SHARE,
)
def part_sans_diplome(data: Data) -> pd.DataFrame:
    """Share without a diploma among people aged 15+ out of school."""
    return union(_diplomas(data, NO_DIPLOMA), repeated_rate(data, "part_sans_diplome"))


def _diplomas(data: Data, *levels: str) -> pd.DataFrame:
    """Share of these highest diplomas among people aged 15 and over out of school."""
    some, every = (data.count(DIPLOMAS, "POP", only(age="Y_GE15", educ=codes)) for codes in (levels, LEVELS))
    return ratio(some, every, multiplier=100, method="census")


@indicator(
    label="part des personnes dont le diplôme est inférieur au baccalauréat",
    feminine=True,
    decimals=0,
    better="lower",
    definition="Personnes de 15 ans et plus non scolarisées, sans diplôme ou dont le plus haut diplôme est le certificat d’études, le "
    "brevet, un CAP ou un BEP / personnes de 15 ans et plus non scolarisées.",
    caution="Compte les CAP et BEP : ce n’est pas la part des personnes sans diplôme.",
    **_SHARE,
)
def part_sans_bac(data: Data) -> pd.DataFrame:
    """Share below the baccalauréat among people aged 15+ out of school; else the rate republished."""
    return union(_diplomas(data, *LEVELS[:3]), repeated_rate(data, "part_sans_bac"))


@indicator(
    label="part des personnes diplômées à bac + 3 ou plus",
    feminine=True,
    decimals=0,
    definition="Personnes de 15 ans et plus non scolarisées dont le plus haut diplôme est de niveau bac + 3 ou plus / personnes de "
    "15 ans et plus non scolarisées.",
    **_SHARE,
)
def part_bac_3_plus(data: Data) -> pd.DataFrame:
    """Share with three years or more after the baccalauréat; else the rate republished."""
    return union(_diplomas(data, *LEVELS[5:]), repeated_rate(data, "part_diplomes_bac_3_plus"))


@indicator(
    label="part des actifs occupés qui travaillent dans leur commune",
    row="K04",
    feminine=True,
    decimals=0,
    definition="Actifs occupés de 15 ans et plus travaillant dans leur commune de résidence / actifs occupés de 15 ans "
    "et plus.",
    **{**_SHARE, "meaningful": 3},
)
def part_travail_commune(data: Data) -> pd.DataFrame:
    """Share of workers who work in the commune they live in."""
    return ratio(
        _workers(data, work_area="10"), _workers(data, work_area=AREAS), multiplier=100, method="census"
    )


def _workers(data: Data, **where: str | tuple[str, ...]) -> pd.DataFrame:
    """Employed people aged 15 and over by place of work or means of transport."""
    return data.count(COMMUTING, "POP", only(age="Y_GE15", empsta_enq="1", **where))


@indicator(
    label="part des actifs occupés qui travaillent hors de leur commune",
    row="K04",
    feminine=True,
    decimals=0,
    definition="Actifs occupés de 15 ans et plus travaillant hors de leur commune de résidence / actifs occupés de 15 ans "
    "et plus.",
    caution="Dit le besoin d’accueil loin de chez soi, tôt ou tard. « Hors de la commune » peut être la commune voisine.",
    **{**_SHARE, "meaningful": 3},
)
def part_travail_hors_commune(data: Data) -> pd.DataFrame:
    """Share of workers who work outside the commune they live in."""
    away = _workers(data, work_area=AREAS[1:])
    return ratio(away, _workers(data, work_area=AREAS), multiplier=100, method="census")


@indicator(
    label="part des actifs occupés selon le moyen de transport",
    row="K04",
    feminine=True,
    decimals=0,
    definition="Actifs occupés de 15 ans et plus utilisant surtout ce moyen de transport pour aller travailler / actifs "
    "occupés de 15 ans et plus.",
    caution="« Sans transport » : logé sur son lieu de travail, ou qui travaille chez soi. Une caserne, un internat ou une "
    "ferme le font monter.",
    **{**_SHARE, "meaningful": 3},
)
def part_transport_travail(data: Data) -> pd.DataFrame:
    """Share of workers by main means of transport to work."""
    every = _workers(data, trans=TRANSPORTS)
    parts = [
        labelled(ratio(_workers(data, trans=code), every, multiplier=100, method="census"), transport=code)
        for code in TRANSPORTS
    ]
    return union(*parts)


@indicator(
    label="part des ménages sans voiture",
    row="K03",
    feminine=True,
    decimals=0,
    better="lower",
    definition="Ménages sans voiture / ménages (résidences principales).",
    **{**_SHARE, "leave_one_out": False},
)
def part_menages_sans_voiture(data: Data) -> pd.DataFrame:
    """Share of households without a car."""
    none = data.count(HOUSING, "DWELLINGS", only(ocs="DW_MAIN", cars="C0"))
    base = data.count(HOUSING, "DWELLINGS", only(ocs="DW_MAIN"))
    return ratio(none, base, multiplier=100, method="census")


@indicator(
    label="demandeurs d’emploi inscrits (catégories A, B, C)",
    row="I12",
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
    return as_counts(_jobseekers(data), "rounding")


def _jobseekers(data: Data) -> pd.DataFrame:
    return data.count(DEFM, "demandeurs_emploi", only(categorie="ABC"))


@indicator(
    label="demandeurs d’emploi pour 100 actifs",
    row="I12",
    plural=True,
    theme="emploi",
    unit="pour 100 actifs de 15 à 64 ans",
    decimals=0,
    definition="Inscrits à France Travail (catégories A, B, C) au quatrième trimestre / actifs de 15 à 64 ans du recensement "
    "le plus proche (trois ans d’écart au plus) × 100.",
    aggregation="ratio",
    multiplier=100,
    meaningful=2,
    better="lower",
    min_base=100,
    references=("Dares, demandeurs d’emploi inscrits, données communales brutes", INSEE),
    caution="Deux sources et deux dates : ce n’est pas un taux de chômage. Chaque commune est arrondie au multiple de 5 : "
    "le rapport est une fourchette.",
)
def demandeurs_emploi_100_actifs(data: Data) -> pd.DataFrame:
    """Registered jobseekers for 100 active people of the nearest census."""
    counts = _jobseekers(data)
    active = aligned(_people_15_64(data, "1", "2"), counts["period"].unique())
    return ratio(counts, active, multiplier=100, method="rounding")


# --- pupils who study elsewhere ------------------------------------------------------------------------

_PUPILS = {
    "feminine": False,
    "plural": True,
    "theme": "emploi",
    "unit": "élèves et étudiants",
    "decimals": 0,
    "aggregation": "sum",
    "meaningful": 0.15,
    "meaningful_relative": True,
    "references": ("Insee, recensement de la population, mobilités scolaires",),
    "caution": "Élèves et étudiants de 2 ans et plus, de l’école à l’université, selon leur commune de résidence. Flux d’une "
    "exploitation par sondage : les petits nombres sont fragiles.",
}


@indicator(
    label="élèves et étudiants scolarisés hors du territoire",
    definition="Élèves et étudiants habitant le territoire et inscrits dans un établissement hors du territoire.",
    **_PUPILS,
)
def eleves_scolarises_ailleurs(data: Data) -> pd.DataFrame:
    """Pupils and students living here who study outside the territory."""
    return as_counts(one_flow(data, "migsco", "vers", "outflow"), "census")


@indicator(
    label="part des élèves et étudiants scolarisés hors du territoire",
    definition="Élèves et étudiants habitant le territoire et inscrits hors du territoire / élèves et étudiants habitant le "
    "territoire.",
    **{
        **_PUPILS,
        "feminine": True,
        "plural": False,
        "unit": "%",
        "aggregation": "ratio",
        "multiplier": 100,
        "meaningful": 3,
        "meaningful_relative": False,
        "min_base": 100,
    },
)
def part_eleves_scolarises_ailleurs(data: Data) -> pd.DataFrame:
    """Share of the pupils and students living here who study outside the territory."""
    away = one_flow(data, "migsco", "vers", "outflow")
    here = one_flow(data, "migsco", "vers", "stay")
    every = add_up(pd.concat([away, here], ignore_index=True), _two_parts(away))
    return ratio(away, every, multiplier=100, method="census")


def _two_parts(rows: pd.DataFrame) -> pd.Series:
    return pd.Series(2, index=rows["period"].unique())
