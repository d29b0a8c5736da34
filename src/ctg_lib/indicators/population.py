"""Population, ages, births and deaths."""

from __future__ import annotations

import pandas as pd

from ctg_lib.indicators.data import Data, add_up, as_counts, pool_years, ratio, union
from ctg_lib.indicators.labels import ages, five_year_band
from ctg_lib.indicators.registry import indicator
from ctg_lib.statistics.intervals import byar, exact_poisson
from ctg_lib.values import parse_breakdown

AGE_SEX = "DS_RP_TD_POPULATION_AGESEX_PRINC"
LEGAL = "DS_POPULATIONS_REFERENCE"
BASE_IC = "rp_base_ic"
BIRTHS = "DS_ETAT_CIVIL_NAIS_COMMUNES"
DEATHS = "DS_ETAT_CIVIL_DECES_COMMUNES"
BIRTH_VARIABLE = "LVB"
DEATH_VARIABLE = "DTH"
POOLED_YEARS = 3

INSEE_RP = "Insee, définitions et méthodes du recensement de la population"
BYAR = "Breslow et Day (1987), Statistical Methods in Cancer Research II, p. 69"
GARWOOD = "Garwood (1936), Biometrika 28 : limites exactes d’un nombre d’événements"


@indicator(
    label="population municipale",
    feminine=True,
    theme="population",
    unit="habitants",
    decimals=0,
    definition="Population municipale légale, par année de référence ; les intercommunalités sont la somme "
    "de leurs communes.",
    aggregation="sum",
    meaningful=0.1,
    meaningful_relative=True,
    references=("Insee, populations de référence",),
)
def population(data: Data) -> pd.DataFrame:
    """Legal municipal population by year."""
    return as_counts(data.count(LEGAL, "PMUN"), "exhaustive")


@indicator(
    label="évolution annuelle moyenne de la population",
    feminine=True,
    theme="population",
    unit="% par an",
    decimals=1,
    definition="((population de fin / population de début) puissance (1 / nombre d’années) − 1) × 100, entre "
    "deux populations municipales espacées de cinq ans, dans la composition actuelle du territoire.",
    aggregation="ratio",
    meaningful=0.3,
    min_base=100,
    references=("Insee : les populations légales ne se comparent qu’à cinq ans d’intervalle",),
    caution="Une évolution forte peut tenir à un seul établissement (caserne, résidence).",
)
def evolution_population(data: Data) -> pd.DataFrame:
    """Mean annual change over five years, for the latest pair of legal populations five years apart."""
    counts = data.count(LEGAL, "PMUN")
    if counts.empty:
        return as_counts(counts, "exhaustive")
    last = int(counts["period"].astype(int).max())
    span = 5
    start = counts[counts["period"].eq(str(last - span))].assign(period=f"{last - span}-{last}")
    end = counts[counts["period"].eq(str(last))].assign(period=f"{last - span}-{last}")
    out = ratio(end, start, multiplier=1.0, method="exhaustive")
    out["value"] = 100 * (out["value"] ** (1 / span) - 1)
    return out


def _share_of_ages(data: Data, low: int, high: int, base_variable: str) -> pd.DataFrame:
    recent = ratio(
        data.count(AGE_SEX, "POP", ages(low, high)),
        data.count(AGE_SEX, "POP", ages(0)),
        multiplier=100,
        method="census",
    )
    older = ratio(
        data.count(BASE_IC, base_variable), data.count(BASE_IC, "POP"), multiplier=100, method="census"
    )
    return union(recent, older)


@indicator(
    label="part des moins de 20 ans",
    feminine=True,
    theme="population",
    unit="%",
    decimals=0,
    definition="Habitants de moins de 20 ans / ensemble des habitants.",
    aggregation="ratio",
    multiplier=100,
    meaningful=2,
    min_base=100,
    leave_one_out=True,
    references=(INSEE_RP,),
)
def part_moins_20(data: Data) -> pd.DataFrame:
    """Share of people under 20."""
    return _share_of_ages(data, 0, 19, "POP0019")


@indicator(
    label="part des 65 ans et plus",
    feminine=True,
    theme="population",
    unit="%",
    decimals=0,
    definition="Habitants de 65 ans et plus / ensemble des habitants.",
    aggregation="ratio",
    multiplier=100,
    meaningful=2,
    min_base=100,
    leave_one_out=True,
    references=(INSEE_RP,),
)
def part_65_plus(data: Data) -> pd.DataFrame:
    """Share of people aged 65 and over."""
    return _share_of_ages(data, 65, 200, "POP65P")


@indicator(
    label="indice de vieillissement",
    theme="population",
    unit="personnes de 65 ans et plus pour 100 de moins de 20 ans",
    decimals=0,
    definition="Habitants de 65 ans et plus / habitants de moins de 20 ans × 100.",
    aggregation="ratio",
    multiplier=100,
    meaningful=10,
    min_base=100,
    leave_one_out=True,
    references=("Insee, indice de vieillissement",),
)
def indice_vieillissement(data: Data) -> pd.DataFrame:
    """People aged 65 and over for 100 under 20."""
    recent = ratio(
        data.count(AGE_SEX, "POP", ages(65)),
        data.count(AGE_SEX, "POP", ages(0, 19)),
        multiplier=100,
        method="census",
    )
    older = ratio(
        data.count(BASE_IC, "POP65P"), data.count(BASE_IC, "POP0019"), multiplier=100, method="census"
    )
    return union(recent, older)


@indicator(
    label="population par sexe et âge quinquennal",
    feminine=True,
    theme="population",
    unit="habitants",
    decimals=0,
    definition="Habitants par sexe et tranche d’âge de cinq ans.",
    aggregation="sum",
    meaningful=0.1,
    meaningful_relative=True,
    references=(INSEE_RP,),
)
def population_par_age(data: Data) -> pd.DataFrame:
    """People by sex and five-year age band."""
    rows = data.get(AGE_SEX, "POP")
    parts = rows["breakdown"].map(parse_breakdown)
    kept = parts.map(
        lambda p: set(p) == {"age", "sex"} and p["sex"] in ("F", "M") and five_year_band(p["age"])
    ).astype(bool)
    return as_counts(rows[kept].reset_index(drop=True), "census")


def _age_count(data: Data, low: int, high: int) -> pd.DataFrame:
    return as_counts(data.count(AGE_SEX, "POP", ages(low, high)), "census")


_CHILDREN = {
    "plural": True,
    "theme": "population",
    "unit": "enfants",
    "decimals": 0,
    "aggregation": "sum",
    "meaningful": 0.1,
    "meaningful_relative": True,
    "references": (INSEE_RP,),
}


@indicator(label="enfants de 0 à 4 ans", definition="Habitants âgés de 0 à 4 ans.", **_CHILDREN)
def enfants_0_4(data: Data) -> pd.DataFrame:
    """Children aged 0 to 4."""
    return _age_count(data, 0, 4)


@indicator(label="enfants de 5 à 9 ans", definition="Habitants âgés de 5 à 9 ans.", **_CHILDREN)
def enfants_5_9(data: Data) -> pd.DataFrame:
    """Children aged 5 to 9."""
    return _age_count(data, 5, 9)


@indicator(label="jeunes de 10 à 19 ans", definition="Habitants âgés de 10 à 19 ans.", **_CHILDREN)
def jeunes_10_19(data: Data) -> pd.DataFrame:
    """Young people aged 10 to 19."""
    return _age_count(data, 10, 19)


_EVENTS = {
    "plural": True,
    "theme": "population",
    "decimals": 0,
    "aggregation": "sum",
    "meaningful": 0.2,
    "meaningful_relative": True,
}


@indicator(
    label="naissances",
    feminine=True,
    unit="naissances",
    definition="Naissances vivantes au domicile de la mère, par année, et cumulées sur trois ans.",
    references=("Insee, état civil", GARWOOD),
    caution="Petits nombres : ne jamais lire une tendance d’une année sur l’autre.",
    **_EVENTS,
)
def naissances(data: Data) -> pd.DataFrame:
    """Live births by year and pooled over three years, with the exact Poisson band of the pooled count."""
    return _events(data, BIRTHS, BIRTH_VARIABLE)


@indicator(
    label="décès",
    unit="décès",
    definition="Décès au domicile de la personne, par année, et cumulés sur trois ans.",
    references=("Insee, état civil", GARWOOD),
    caution="Un établissement pour personnes âgées concentre les décès de sa commune.",
    **_EVENTS,
)
def deces(data: Data) -> pd.DataFrame:
    """Deaths by year and pooled over three years, with the exact Poisson band of the pooled count."""
    return _events(data, DEATHS, DEATH_VARIABLE)


def _events(data: Data, dataset: str, variable: str) -> pd.DataFrame:
    yearly = data.count(dataset, variable)
    pooled = as_counts(pool_years(yearly, POOLED_YEARS), "exact_poisson")
    pooled["lower"], pooled["upper"] = exact_poisson(pooled["value"])
    return union(as_counts(yearly, "exhaustive"), pooled)


@indicator(
    label="solde naturel",
    theme="population",
    unit="personnes",
    decimals=0,
    definition="Naissances moins décès, par année, et cumulés sur trois ans.",
    aggregation="sum",
    meaningful=0.2,
    meaningful_relative=True,
    references=("Insee, état civil",),
)
def solde_naturel(data: Data) -> pd.DataFrame:
    """Births minus deaths, yearly and pooled."""
    births, deaths = data.count(BIRTHS, BIRTH_VARIABLE), data.count(DEATHS, DEATH_VARIABLE)
    births = pd.concat([births, pool_years(births, POOLED_YEARS)], ignore_index=True)
    deaths = pd.concat([deaths, pool_years(deaths, POOLED_YEARS)], ignore_index=True)
    both = pd.concat([births.assign(breakdown="n"), deaths.assign(breakdown="d", value=-deaths["value"])])
    both[["low", "high"]] = float("nan")
    return as_counts(add_up(both, pd.Series(2, index=both["period"].unique())), "exhaustive")


@indicator(
    label="taux de natalité",
    theme="population",
    unit="naissances pour 1 000 habitants et par an",
    decimals=1,
    definition="Naissances de trois années / (3 × population municipale de la dernière année connue de la "
    "période) × 1 000.",
    aggregation="ratio",
    meaningful=1,
    min_base=100,
    references=("Insee, état civil", BYAR),
    caution="Les habitants sans enfant d’une caserne abaissent ce taux.",
)
def taux_natalite(data: Data) -> pd.DataFrame:
    """Pooled births per 1,000 inhabitants and year, with Byar's band."""
    births = pool_years(data.count(BIRTHS, BIRTH_VARIABLE), POOLED_YEARS)
    people = data.count(LEGAL, "PMUN")
    if births.empty or people.empty:
        return as_counts(births, "byar")
    last_year = people["period"].astype(int).max()
    wanted = births["period"].str[-4:].astype(int).clip(upper=last_year).astype(str)
    matched = births.assign(year=wanted).merge(
        people[["level", "code", "period", "value", "source", "status"]].rename(
            columns={
                "period": "year",
                "value": "people",
                "source": "people_source",
                "status": "people_status",
            }
        ),
        on=["level", "code", "year"],
    )
    base = matched.assign(
        value=POOLED_YEARS * matched["people"],
        source=matched["people_source"],
        status=matched["people_status"],
    )
    out = ratio(
        matched.drop(columns=["people", "people_source", "people_status", "year"]),
        base.drop(columns=["people", "people_source", "people_status", "year"]),
        multiplier=1000,
        method="byar",
    )
    lower, upper = byar(out["numerator"])
    out["lower"], out["upper"] = 1000 * lower / out["denominator"], 1000 * upper / out["denominator"]
    return out
