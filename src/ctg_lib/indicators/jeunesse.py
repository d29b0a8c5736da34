"""Young people: counts, schooling, employment, poverty."""

from __future__ import annotations

import pandas as pd

from ctg_lib.indicators._rates import published_rate, repeated_rate
from ctg_lib.indicators._select import difference, first_of, only, people, single_ages, total
from ctg_lib.indicators.data import Data, as_counts, labelled, ratio, union
from ctg_lib.indicators.enfance import enrolled, schooling
from ctg_lib.indicators.population import AGE_SEX, EDUCATION
from ctg_lib.indicators.registry import indicator

ACTIVITY = "DS_RP_EMPLOI_LR_PRINC"
DEFM = "defm"
FILOSOFI = "filosofi"
OBSERVATORY = "observatoire_territoires"
YOUNG = "Y15T24"
INSEE_RP = "Insee, recensement de la population, exploitation principale"
AWAY = (
    "Élèves et étudiants majeurs sont comptés là où ils étudient : un territoire sans lycée ni université en perd. Une caserne "
    "ajoute de jeunes adultes : lire aussi sans elle."
)
_JOBS = {
    "theme": "jeunesse",
    "unit": "%",
    "decimals": 0,
    "aggregation": "ratio",
    "multiplier": 100,
    "meaningful": 3,
    "min_base": 100,
    "leave_one_out": True,
    "references": (INSEE_RP,),
}


@indicator(
    label="jeunes par tranche d’âge",
    row="D01",
    plural=True,
    theme="jeunesse",
    unit="jeunes",
    decimals=0,
    definition="Habitants de 11–17 ans et de 18–24 ans, ensemble et par sexe : sommes d’âges détaillés ; à défaut, tranches de la "
    "table de scolarisation (11–14 et 15–17 ; 18–24).",
    aggregation="sum",
    meaningful=0.1,
    meaningful_relative=True,
    references=(INSEE_RP,),
    caution=AWAY,
)
def jeunes_par_age(data: Data) -> pd.DataFrame:
    """Young people aged 11 to 17 and 18 to 24, together and by sex."""
    parts = []
    for sex in ("", "F", "M"):
        more = {"sex": sex} if sex else {}
        sexes = (sex,) if sex else ()
        minors = first_of(data.count(AGE_SEX, "POP", single_ages(11, 17, *sexes)), _teenagers(data, **more))
        adults = first_of(
            data.count(AGE_SEX, "POP", single_ages(18, 24, *sexes)),
            people(data, EDUCATION, age="Y18T24", **more),
        )
        parts += [
            labelled(as_counts(minors, "census"), age="Y11T17", **more),
            labelled(as_counts(adults, "census"), age="Y18T24", **more),
        ]
    return union(*parts)


def _teenagers(data: Data, **more: str) -> pd.DataFrame:
    first, second = (people(data, EDUCATION, age=age, **more) for age in ("Y11T14", "Y15T17"))
    return total(first, second)


@indicator(
    label="part des jeunes ni en emploi, ni en études, ni en formation (15–24 ans)",
    row="D02",
    feminine=True,
    theme="jeunesse",
    unit="%",
    decimals=1,
    definition="Jeunes de 15 à 24 ans sans emploi et non inscrits dans un établissement d’enseignement / jeunes de 15 à 24 ans, "
    "tel que publié par l’Observatoire des territoires.",
    aggregation="as_published",
    meaningful=3,
    better="lower",
    references=("ANCT, Observatoire des territoires, part des jeunes non insérés (Insee, recensement)",),
    caution="Trompeur dans un petit territoire : la base est petite, et une caserne la gonfle de jeunes en emploi. À lire à "
    "l’échelle de la zone d’emploi ou du département.",
    annex=True,
)
def part_jeunes_non_inseres(data: Data) -> pd.DataFrame:
    """Young people neither in employment nor enrolled, as published."""
    return published_rate(data, OBSERVATORY, "part_non_inseres")


@indicator(
    label="taux de scolarisation des jeunes",
    row="D03",
    theme="jeunesse",
    unit="%",
    decimals=0,
    definition="Jeunes inscrits dans un établissement d’enseignement / jeunes du même âge, au recensement : 15–17 et 18–24 ans ; "
    "par sexe.",
    aggregation="ratio",
    multiplier=100,
    meaningful=3,
    min_base=100,
    references=(INSEE_RP,),
    caution=AWAY,
)
def taux_scolarisation_jeunes(data: Data) -> pd.DataFrame:
    """Schooling of people aged 15 to 17 and 18 to 24, together and by sex."""
    return schooling(data, ("Y15T17", "Y18T24"))


@indicator(
    label="jeunes de 15 à 17 ans non scolarisés",
    row="D03",
    plural=True,
    theme="jeunesse",
    unit="jeunes",
    decimals=0,
    definition="Jeunes de 15 à 17 ans qui ne sont inscrits dans aucun établissement d’enseignement, apprentis compris parmi les "
    "inscrits.",
    aggregation="sum",
    meaningful=0.25,
    meaningful_relative=True,
    finest_level="epci",
    better="lower",
    references=(INSEE_RP,),
    caution="Très petit nombre, estimé et pondéré : à rapprocher de ce que savent le collège, la mission locale et la DSDEN.",
)
def jeunes_15_17_non_scolarises(data: Data) -> pd.DataFrame:
    """People aged 15 to 17 enrolled nowhere."""
    rows = difference(people(data, EDUCATION, age="Y15T17"), enrolled(data, age="Y15T17"))
    # two weighted counts: a difference just below zero is their rounding
    rows["value"] = rows["value"].mask(rows["value"].between(-1, 0), 0.0)
    return as_counts(rows, "census")


def _young(data: Data, *status: str, sex: str = "") -> pd.DataFrame:
    """People aged 15–24 of these activity statuses (all of them when none is named), of one sex if given."""
    more: dict[str, str | tuple[str, ...]] = {"sex": sex} if sex else {}
    if status:
        more["empsta_enq"] = status
    return people(data, ACTIVITY, "POP", age=YOUNG, **more)


def _active(data: Data, sex: str = "") -> pd.DataFrame:
    return first_of(_young(data, "1T2", sex=sex), _young(data, "1", "2", sex=sex))


@indicator(
    label="taux d’emploi des 15–24 ans",
    row="D04",
    better="higher",
    definition="Personnes de 15 à 24 ans ayant un emploi / personnes de 15 à 24 ans ; par sexe.",
    caution="Bas là où l’on étudie longtemps : ce n’est pas un défaut. " + AWAY,
    **_JOBS,
)
def taux_emploi_jeunes(data: Data) -> pd.DataFrame:
    """Share of people aged 15–24 in employment, together and by sex; else the rate republished."""
    parts = [
        labelled(
            ratio(_young(data, "1", sex=s), _young(data, sex=s), multiplier=100, method="census"), **_sex(s)
        )
        for s in ("", "F", "M")
    ]
    return union(*parts, repeated_rate(data, "taux_emploi_15_24"))


@indicator(
    label="taux de chômage des 15–24 ans au sens du recensement",
    row="D04",
    better="lower",
    definition="Personnes de 15 à 24 ans se déclarant au chômage / actifs de 15 à 24 ans (en emploi ou au chômage) ; par sexe.",
    caution="Chômage déclaré au recensement, rapporté aux seuls jeunes actifs : il ne dit pas la part des jeunes au chômage.",
    **_JOBS,
)
def taux_chomage_jeunes(data: Data) -> pd.DataFrame:
    """Declared unemployment among active people aged 15–24, together and by sex; else republished."""
    parts = [
        labelled(
            ratio(_young(data, "2", sex=s), _active(data, s), multiplier=100, method="census"), **_sex(s)
        )
        for s in ("", "F", "M")
    ]
    return union(*parts, repeated_rate(data, "taux_chomage_15_24"))


def _sex(sex: str) -> dict[str, str]:
    return {"sex": sex} if sex else {}


@indicator(
    label="demandeurs d’emploi de moins de 25 ans (catégories A, B, C)",
    row="D05",
    plural=True,
    theme="jeunesse",
    unit="personnes",
    decimals=0,
    definition="Personnes de moins de 25 ans inscrites à France Travail, tenues de chercher un emploi, au quatrième trimestre. "
    "Chaque commune est arrondie au multiple de 5.",
    aggregation="sum",
    meaningful=0.2,
    meaningful_relative=True,
    better="lower",
    references=("Dares, demandeurs d’emploi inscrits, données communales brutes",),
    caution="Somme de communes arrondies : une fourchette, pas un nombre. Les jeunes suivis par la mission locale sans être "
    "inscrits n’y sont pas.",
)
def demandeurs_emploi_jeunes(data: Data) -> pd.DataFrame:
    """Registered jobseekers under 25, as a range when communes are summed."""
    return as_counts(data.count(DEFM, "demandeurs_emploi", only(categorie="ABC", age="Y_LT25")), "rounding")


@indicator(
    label="taux de pauvreté des ménages dont le référent a moins de 30 ans",
    row="D07",
    theme="jeunesse",
    unit="%",
    decimals=1,
    definition="Part des habitants des ménages fiscaux dont le référent fiscal a moins de 30 ans et dont le niveau de vie est "
    "inférieur à 60 % du niveau de vie médian métropolitain.",
    aggregation="as_published",
    meaningful=3,
    better="lower",
    finest_level="epci",
    references=("Insee-DGFiP-Cnaf-Cnav-CCMSA, Fichier localisé social et fiscal",),
    caution="Souvent sous secret dans un petit territoire. Les jeunes rattachés au foyer de leurs parents ou logés en caserne n’y "
    "sont pas.",
)
def taux_pauvrete_moins_30(data: Data) -> pd.DataFrame:
    """Published poverty rate of people in households whose reference person is under 30."""
    own = published_rate(data, FILOSOFI, "TP60AGE1")
    return union(own, repeated_rate(data, "taux_pauvrete_moins_30"))
