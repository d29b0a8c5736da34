"""Population, ages, births and deaths, migration, families and households."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from ctg_lib.indicators._rates import repeated_rate
from ctg_lib.indicators._select import (
    COUNT_COLUMNS,
    difference,
    first_of,
    only,
    people,
    sampled_bounds,
    sampled_ratio,
    single_ages,
    sole_variable,
)
from ctg_lib.indicators.data import (
    KEY,
    PLACE,
    Data,
    add_up,
    as_counts,
    join_sources,
    labelled,
    pool_years,
    ratio,
    union,
)
from ctg_lib.indicators.labels import OLDEST, ages, five_year_band
from ctg_lib.indicators.registry import indicator
from ctg_lib.statistics.intervals import byar, exact_poisson
from ctg_lib.values import STATUS_RANK, STATUSES, parse_breakdown

AGE_SEX = "DS_RP_TD_POPULATION_AGESEX_PRINC"
LEGAL = "DS_POPULATIONS_REFERENCE"
BASE_IC = "rp_base_ic"
BIRTHS = "DS_ETAT_CIVIL_NAIS_COMMUNES"
DEATHS = "DS_ETAT_CIVIL_DECES_COMMUNES"
BIRTH_VARIABLE = "LVB"
DEATH_VARIABLE = "DTH"
POOLED_YEARS = 3
HISTORY = "DS_RP_SERIE_HISTORIQUE"
POPULATION = "DS_RP_POPULATION_PRINC"
EDUCATION = "DS_RP_EDUCATION_PRINC"
FAMILIES = "DS_RP_FAMILLE_COMP"
HOUSING = "DS_RP_LOGEMENT_PRINC"
HOUSEHOLDS = "DS_RP_MENAGES_COMP"
BASE_CC = "base_cc"
SPAN = 5
"""Years between two comparable legal populations: each rests on five years of collection."""
CHILD_BANDS = {"Y0T2": (0, 2), "Y3T5": (3, 5), "Y6T10": (6, 10), "Y11T14": (11, 14), "Y15T17": (15, 17)}
WITH_CHILDREN = ("CH1_Y_LT25", "CH2_Y_LT25", "CH3_Y_LT25", "CH_GE4_Y_LT25")
LARGE = ("CH3_Y_LT25", "CH_GE4_Y_LT25")

INSEE_RP = "Insee, définitions et méthodes du recensement de la population"
BYAR = "Breslow et Day (1987), Statistical Methods in Cancer Research II, p. 69"
GARWOOD = "Garwood (1936), Biometrika 28 : limites exactes d’un nombre d’événements"
INSEE_FAMILIES = "Insee, recensement de la population, exploitation complémentaire, familles"
NO_RESULT = as_counts(pd.DataFrame(columns=COUNT_COLUMNS), "exhaustive")
SAMPLED = (
    "Exploitation complémentaire : un ménage sur quatre environ. À lire par intercommunalité, jamais pour une seule petite "
    "commune."
)
REPEATED_TOO = " Avant le fichier de l’Insee, taux repris d’un tiers : méthode et source le disent."


@indicator(
    label="population municipale",
    row="A01",
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
    row="A02",
    feminine=True,
    theme="population",
    unit="% par an",
    decimals=1,
    definition="((population de fin / population de début) puissance (1 / nombre d’années) − 1) × 100, entre "
    "deux populations municipales espacées de cinq ans, ou entre deux recensements de la série historique, dans la "
    "composition actuelle du territoire.",
    aggregation="ratio",
    meaningful=0.3,
    min_base=100,
    references=("Insee : les populations légales ne se comparent qu’à cinq ans d’intervalle",),
    caution="Une évolution forte peut tenir à un seul établissement (caserne, résidence).",
)
def evolution_population(data: Data) -> pd.DataFrame:
    """Mean annual change over five years (each pair of legal populations) and between censuses."""
    legal = _changes(_pairs(data.count(LEGAL, "PMUN"), SPAN))
    between = _changes(_pairs(data.count(HISTORY, "POP", ""), None)).assign(method="census")
    return union(legal, between, repeated_rate(data, "evolution_annuelle_population"))


def _pairs(counts: pd.DataFrame, span: int | None) -> list[tuple[pd.DataFrame, pd.DataFrame, int]]:
    """Start and end counts under one period « 2018-2023 »: ``span`` years apart, or consecutive ones."""
    years = sorted({int(p) for p in counts["period"]})
    spans = [(y - span, y) for y in years if y - span in years] if span else list(pairwise(years))
    made = []
    for first, last in spans:
        both = [counts[counts["period"].eq(str(y))].assign(period=f"{first}-{last}") for y in (first, last)]
        made.append((both[0], both[1], last - first))
    return made


def _changes(pairs: list[tuple[pd.DataFrame, pd.DataFrame, int]]) -> pd.DataFrame:
    """Mean annual change in % of each pair."""
    frames = []
    for start, end, years in pairs:
        out = ratio(end, start, multiplier=1.0, method="exhaustive")
        out["value"] = 100 * (out["value"] ** (1 / years) - 1)
        out["lower"] = out["upper"] = float("nan")
        frames.append(out)
    return pd.concat(frames, ignore_index=True) if frames else NO_RESULT.copy()


def _ages(data: Data, low: int, high: int, code: str, base_variable: str) -> pd.DataFrame:
    """People of an age band: pyramid, else the main table's own band, else the infra-communal base."""
    return first_of(
        data.count(AGE_SEX, "POP", ages(low, high)),
        people(data, POPULATION, age=code) if code else people(data, POPULATION),
        data.count(BASE_IC, base_variable),
    )


def _everyone(data: Data) -> pd.DataFrame:
    return _ages(data, 0, OLDEST, "", "POP")


def _share_of_ages(data: Data, low: int, high: int, code: str, base_variable: str) -> pd.DataFrame:
    people_of_age = _ages(data, low, high, code, base_variable)
    return ratio(people_of_age, _everyone(data), multiplier=100, method="census")


@indicator(
    label="part des moins de 20 ans",
    row="A05",
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
    return _share_of_ages(data, 0, 19, "Y_LT20", "POP0019")


@indicator(
    label="part des 65 ans et plus",
    row="A05",
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
    return _share_of_ages(data, 65, OLDEST, "Y_GE65", "POP65P")


@indicator(
    label="indice de vieillissement",
    row="A05",
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
    old, young = _ages(data, 65, OLDEST, "Y_GE65", "POP65P"), _ages(data, 0, 19, "Y_LT20", "POP0019")
    own = ratio(old, young, multiplier=100, method="census")
    return union(own, repeated_rate(data, "indice_vieillissement"))


@indicator(
    label="part des 75 ans et plus",
    row="A05",
    feminine=True,
    theme="population",
    unit="%",
    decimals=0,
    definition="Habitants de 75 ans et plus / ensemble des habitants.",
    aggregation="ratio",
    multiplier=100,
    meaningful=1,
    min_base=100,
    leave_one_out=True,
    references=(INSEE_RP,),
    caution="Un établissement pour personnes âgées concentre les grands âges dans sa commune." + REPEATED_TOO,
)
def part_75_plus(data: Data) -> pd.DataFrame:
    """Share of people aged 75 and over; the rate republished by somebody else for other years."""
    counts = data.count(AGE_SEX, "POP", ages(75))
    own = ratio(counts, data.count(AGE_SEX, "POP", ages(0)), multiplier=100, method="census")
    return union(own, repeated_rate(data, "part_75_ans_plus"))


@indicator(
    label="population par sexe et âge quinquennal",
    row="A04",
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


@indicator(label="enfants de 0 à 4 ans", row="A04", definition="Habitants âgés de 0 à 4 ans.", **_CHILDREN)
def enfants_0_4(data: Data) -> pd.DataFrame:
    """Children aged 0 to 4."""
    return _age_count(data, 0, 4)


@indicator(label="enfants de 5 à 9 ans", row="A04", definition="Habitants âgés de 5 à 9 ans.", **_CHILDREN)
def enfants_5_9(data: Data) -> pd.DataFrame:
    """Children aged 5 to 9."""
    return _age_count(data, 5, 9)


@indicator(
    label="jeunes de 10 à 19 ans", row="A04", definition="Habitants âgés de 10 à 19 ans.",
    **{**_CHILDREN, "unit": "jeunes"},
)  # fmt: skip
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
    row="A06",
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
    row="A03",
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
    row="A03",
    theme="population",
    unit="personnes",
    decimals=0,
    definition="Naissances moins décès, par année, et cumulés sur trois ans.",
    aggregation="sum",
    meaningful=0.2,
    meaningful_relative=True,
    leave_one_out=True,
    references=("Insee, état civil",),
    caution="Un établissement pour personnes âgées porte les décès de sa commune.",
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
    row="A07",
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
        # births of years after the last known population: its inhabitants stand for theirs
        status=matched["people_status"].where(matched["year"].eq(matched["period"].str[-4:]), "estimated"),
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


# --- children by age ---------------------------------------------------------------------------------


@indicator(
    label="enfants par tranche d’âge",
    row="A04",
    definition="Habitants de 0–2, 3–5, 6–10, 11–14 et 15–17 ans, sommes d’âges détaillés ; sans détail : les moins de 18 ans. "
    "Les tranches 6–10, 11–14 et 15–17 ans viennent, à défaut, de la table de scolarisation, qui les publie.",
    caution="Là où la source n’a que des tranches de cinq ans, ces âges manquent : ils ne sont pas interpolés.",
    **_CHILDREN,
)
def enfants_par_age(data: Data) -> pd.DataFrame:
    """Children by the ages of childcare and school, from single years of age only."""
    parts = [as_counts(_children(data, band, *CHILD_BANDS[band]), "census") for band in CHILD_BANDS]
    bands = [labelled(part, age=band) for part, band in zip(parts, CHILD_BANDS, strict=True)]
    return union(as_counts(data.count(AGE_SEX, "POP", single_ages(0, 17)), "census"), *bands)


def _children(data: Data, band: str, low: int, high: int) -> pd.DataFrame:
    return first_of(data.count(AGE_SEX, "POP", single_ages(low, high)), people(data, EDUCATION, age=band))


# --- what made the population change -----------------------------------------------------------------

_BALANCE = {
    "row": "A03",
    "theme": "population",
    "references": ("Insee, état civil", "Insee, populations de référence", "Insee, séries historiques du recensement"),
}  # fmt: skip
_APPARENT = (
    "Solde apparent : il porte aussi les écarts de collecte entre deux recensements. Une caserne ou un établissement qui "
    "ouvre le fait à lui seul."
)


@indicator(
    label="solde migratoire apparent",
    unit="personnes",
    decimals=0,
    definition="Évolution de la population moins solde naturel (naissances − décès), entre deux populations municipales "
    "espacées de cinq ans ou entre deux recensements.",
    aggregation="sum",
    meaningful=0.2,
    meaningful_relative=True,
    caution=_APPARENT,
    **_BALANCE,
)
def solde_migratoire_apparent(data: Data) -> pd.DataFrame:
    """Change of population minus births plus deaths, over five years and between censuses."""
    balance = _balances(data)
    out = _balance_result(balance, balance["change"] - balance["natural"])
    return out.assign(numerator=out["value"])


@indicator(
    label="variation annuelle de la population due au solde naturel",
    feminine=True,
    unit="% par an",
    decimals=1,
    definition="Part du taux annuel moyen d’évolution qui revient au solde naturel : taux × (naissances − décès) / évolution "
    "de la population ; (naissances − décès) / nombre d’années / population de début si la population est stable.",
    aggregation="ratio",
    meaningful=0.2,
    min_base=100,
    leave_one_out=True,
    caution="Un établissement pour personnes âgées porte les décès de sa commune." + REPEATED_TOO,
    **_BALANCE,
)
def taux_solde_naturel(data: Data) -> pd.DataFrame:
    """Natural change, annualised the way Insee does (both parts add up to the annual change)."""
    balance = _balances(data)
    out = _balance_result(balance, balance["natural"] * balance["factor"])
    return union(
        out.assign(numerator=balance["natural"]), repeated_rate(data, "evolution_annuelle_solde_naturel")
    )


@indicator(
    label="variation annuelle de la population due au solde migratoire apparent",
    feminine=True,
    unit="% par an",
    decimals=1,
    definition="Part du taux annuel moyen d’évolution qui revient au solde migratoire apparent : taux moins la part due au "
    "solde naturel.",
    aggregation="ratio",
    meaningful=0.3,
    min_base=100,
    caution=_APPARENT + REPEATED_TOO,
    **_BALANCE,
)
def taux_solde_migratoire(data: Data) -> pd.DataFrame:
    """Apparent net migration, annualised the way Insee does."""
    balance = _balances(data)
    moved = balance["change"] - balance["natural"]
    out = _balance_result(balance, moved * balance["factor"]).assign(numerator=moved)
    return union(out, repeated_rate(data, "evolution_annuelle_solde_migratoire"))


def _balance_result(balance: pd.DataFrame, value: pd.Series) -> pd.DataFrame:
    out = balance[[*KEY, "status", "source", "origin"]].assign(
        value=value, low=float("nan"), high=float("nan")
    )
    out["status"] = out["status"].mask(out["value"].isna() & out["status"].eq("observed"), "missing")
    result = as_counts(out, "exhaustive")
    result["method"] = result["method"].mask(balance["census"] & result["method"].eq("exhaustive"), "census")
    return result.assign(denominator=balance["start"])


def _balances(data: Data) -> pd.DataFrame:
    """Start, change, natural change and annualising factor of each pair of populations.

    Returns:
        Frame ``level, code, geography_year, period, start, change, natural, factor, status, source,
        origin, census``; legal populations five years apart first, then pairs of censuses.
    """
    births, deaths = data.count(BIRTHS, BIRTH_VARIABLE), data.count(DEATHS, DEATH_VARIABLE)
    frames = []
    for start, end, years in _pairs(data.count(LEGAL, "PMUN"), SPAN):
        born, died = _sum_of_years(births, start), _sum_of_years(deaths, start)
        frames.append(_balance(start, end, born, died, years).assign(census=False))
    census = [data.count(HISTORY, variable, "") for variable in ("BRTH", "DEATH")]
    for start, end, years in _pairs(data.count(HISTORY, "POP", ""), None):
        # births and deaths stand under the census that ends the interval, cumulated since the one before
        period = end["period"].iloc[0]
        born, died = (c[c["period"].eq(period[-4:])].assign(period=period) for c in census)
        frames.append(_balance(start, end, born, died, years).assign(census=True))
    if not frames:
        empty = pd.DataFrame(
            columns=[*KEY, "start", "change", "natural", "factor", "status", "source", "origin"]
        )
        return empty.astype(dict.fromkeys(("start", "change", "natural", "factor"), "float64")).assign(
            census=pd.Series(dtype=bool)
        )
    return pd.concat(frames, ignore_index=True).drop_duplicates(PLACE, keep="first").reset_index(drop=True)


def _sum_of_years(yearly: pd.DataFrame, start: pd.DataFrame) -> pd.DataFrame:
    """Events of the years of a period « 2018-2023 »: 2018 to 2022 (populations are those of 1 January)."""
    period = start["period"].iloc[0]
    years = [str(y) for y in range(int(period[:4]), int(period[-4:]))]
    rows = yearly[yearly["period"].isin(years)].assign(period=period)
    return add_up(rows, pd.Series(len(years), index=[period]))


def _balance(
    start: pd.DataFrame, end: pd.DataFrame, births: pd.DataFrame, deaths: pd.DataFrame, years: int
) -> pd.DataFrame:
    both = end[[*KEY, "value", "status", "source", "origin"]]
    for name, other in (("start", start), ("births", births), ("deaths", deaths)):
        columns = {c: f"{c}_{name}" for c in ("value", "status", "source", "origin")}
        both = both.merge(other[[*PLACE, *columns]].rename(columns=columns), on=PLACE)
    names = ("", "_start", "_births", "_deaths")
    out = both[KEY].copy()
    out["start"], out["change"] = both["value_start"], both["value"] - both["value_start"]
    out["natural"] = both["value_births"] - both["value_deaths"]
    base = out["start"].where(out["start"].gt(0))
    rate = 100 * ((both["value"] / base) ** (1 / years) - 1)
    flat = out["change"].eq(0)
    out["factor"] = (rate / out["change"].where(~flat)).where(~flat, 100 / years / base)
    ranks = pd.concat([both[f"status{n}"].map(STATUS_RANK) for n in names], axis=1).max(axis=1)
    out["status"] = ranks.map(dict(enumerate(STATUSES)))
    sources = [both[f"source{n}"] for n in names]
    out["source"] = [join_sources(parts) for parts in zip(*sources, strict=True)]
    incomplete = pd.concat([both[f"origin{n}"].eq("incomplete") for n in names], axis=1).any(axis=1)
    out["origin"] = both["origin"].mask(incomplete, "incomplete")
    return out


# --- families ----------------------------------------------------------------------------------------

_FAMILY = {
    "feminine": True,
    "theme": "population",
    "sampled": True,
    "references": (
        INSEE_FAMILIES,
        "Insee : une famille est un couple, ou un parent seul avec enfant, d’un même ménage",
    ),
}
_FAMILY_SHARE = {
    **_FAMILY,
    "unit": "%",
    "decimals": 0,
    "aggregation": "ratio",
    "multiplier": 100,
    "min_base": 100,
}
_ANY_AGE = " Est enfant qui vit avec un parent, sans conjoint ni enfant à lui, quel que soit son âge."


def families(data: Data, **dimensions: str | tuple[str, ...]) -> pd.DataFrame:
    """Families of these types (``tfn``) or numbers of children under 25 (``nch``); all without any.

    Other vintages come from Insee's wide base of couples and families, where it is at hand.
    """
    table = data.count(FAMILIES, sole_variable(data, FAMILIES, "FAM", "POP"), only(**dimensions))
    columns = [WIDE_FAMILIES[c] for code in dimensions.values() for c in _codes(code)] or ["C_FAM"]
    return first_of(table, _wide(data, *columns)) if all(columns) else table


def _codes(code: str | tuple[str, ...]) -> tuple[str, ...]:
    return (code,) if isinstance(code, str) else code


WIDE_FAMILIES = {
    "1": "C_FAMMONO", "22": "C_COUPAENF", "21": "C_COUPSENF", "11": "C_HMONO", "12": "C_FMONO",
    "220": "", "223": "",
    "CH0_Y_LT25": "C_NE24F0", "CH1_Y_LT25": "C_NE24F1", "CH2_Y_LT25": "C_NE24F2", "CH3_Y_LT25": "C_NE24F3",
    "CH_GE4_Y_LT25": "C_NE24F4P",
}  # fmt: skip
"""Code of the family table -> column of the wide base (empty: it has none)."""


def _wide(data: Data, *columns: str) -> pd.DataFrame:
    """Sum of columns of the wide base."""
    counts = [data.count(BASE_CC, c).assign(breakdown=c) for c in columns]
    rows = pd.concat(counts, ignore_index=True)
    return add_up(rows, pd.Series(len(columns), index=rows["period"].unique()))


@indicator(
    label="familles avec enfants de moins de 25 ans",
    row="A08",
    plural=True,
    unit="familles",
    decimals=0,
    definition="Familles ayant au moins un enfant de moins de 25 ans.",
    aggregation="sum",
    meaningful=0.1,
    meaningful_relative=True,
    caution=SAMPLED,
    **_FAMILY,
)
def familles_enfants(data: Data) -> pd.DataFrame:
    """Families with a child under 25, with the bounds of the one-in-four sample."""
    counts = sampled_bounds(families(data, nch=WITH_CHILDREN), families(data))
    return as_counts(counts, "sample_one_in_four")


@indicator(
    label="part des familles monoparentales parmi les familles avec enfants",
    row="A09",
    definition="Familles monoparentales / familles avec enfants (monoparentales et couples avec enfants). Par sexe : mères "
    "seules, pères seuls, parmi les mêmes familles." + _ANY_AGE,
    meaningful=3,
    caution=SAMPLED + " Deux dénominateurs sont en usage : ici les familles avec enfants.",
    **_FAMILY_SHARE,
)
def part_familles_monoparentales(data: Data) -> pd.DataFrame:
    """Lone-parent families among families with children, together and by sex of the parent."""
    base = families(data, tfn=("1", "22"))
    lone = sampled_ratio(families(data, tfn="1"), base)
    mothers, fathers = (sampled_ratio(families(data, tfn=code), base) for code in ("12", "11"))
    return union(lone, labelled(mothers, sex="F"), labelled(fathers, sex="M"))


@indicator(
    label="part des familles monoparentales parmi toutes les familles",
    row="A09",
    definition="Familles monoparentales / ensemble des familles, couples sans enfant compris." + _ANY_AGE,
    meaningful=3,
    caution=SAMPLED + " Deux dénominateurs sont en usage : ici toutes les familles.",
    **_FAMILY_SHARE,
)
def part_familles_monoparentales_ensemble(data: Data) -> pd.DataFrame:
    """Lone-parent families among all families."""
    return sampled_ratio(families(data, tfn="1"), families(data))


@indicator(
    label="part des ménages monoparentaux",
    row="A09",
    definition="Ménages dont la famille principale est monoparentale / ensemble des ménages, personnes seules comprises.",
    meaningful=2,
    caution=SAMPLED
    + " Le dénominateur est l’ensemble des ménages : ce taux est bien plus bas que ceux des familles."
    + REPEATED_TOO,
    **{**_FAMILY_SHARE, "sampled": True},
)
def part_menages_monoparentaux(data: Data) -> pd.DataFrame:
    """Lone-parent households among all households: Insee's wide base, else the rate republished."""
    own = sampled_ratio(data.count(BASE_CC, "C_MENFAMMONO"), data.count(BASE_CC, "C_MEN"))
    return union(own, repeated_rate(data, "part_menages_monoparentaux"))


@indicator(
    label="part des ménages formés d’un couple avec enfants",
    row="A08",
    definition="Ménages dont la famille principale est un couple avec enfants / ensemble des ménages.",
    meaningful=2,
    caution=SAMPLED + REPEATED_TOO,
    **_FAMILY_SHARE,
)
def part_menages_couple_enfants(data: Data) -> pd.DataFrame:
    """Households of a couple with children among all households: Insee's wide base, else republished."""
    own = sampled_ratio(data.count(BASE_CC, "C_MENCOUPAENF"), data.count(BASE_CC, "C_MEN"))
    return union(own, repeated_rate(data, "part_menages_couple_enfants"))


@indicator(
    label="part des familles nombreuses",
    row="A10",
    definition="Familles de trois enfants ou plus de moins de 25 ans / familles ayant au moins un enfant de moins de 25 ans.",
    meaningful=2,
    caution=SAMPLED,
    **_FAMILY_SHARE,
)
def part_familles_nombreuses(data: Data) -> pd.DataFrame:
    """Families of three children or more among families with a child under 25."""
    return sampled_ratio(families(data, nch=LARGE), families(data, nch=WITH_CHILDREN))


# --- households --------------------------------------------------------------------------------------


def _household_people(data: Data) -> pd.DataFrame:
    """People living in households (not in barracks, homes, boarding schools)."""
    variable = "DWELLINGS_POPSIZE"
    return first_of(
        data.count(HOUSING, variable, only(ocs="DW_MAIN")), data.count(HOUSING, variable, ""),
        data.count(HOUSEHOLDS, variable, ""), data.count(BASE_CC, "P_NPER_RP"), data.count(BASE_CC, "P_PMEN"),
    )  # fmt: skip


def _households(data: Data) -> pd.DataFrame:
    return first_of(
        data.count(HOUSING, "DWELLINGS", only(ocs="DW_MAIN")), data.count(HOUSEHOLDS, "DWELLINGS", ""),
        data.count(BASE_CC, "P_RP"), data.count(BASE_IC, "RP"),
    )  # fmt: skip


@indicator(
    label="taille moyenne des ménages",
    row="A11",
    feminine=True,
    theme="population",
    unit="personnes par ménage",
    decimals=2,
    definition="Population des ménages / résidences principales (un ménage par résidence principale).",
    aggregation="ratio",
    multiplier=1,
    meaningful=0.1,
    min_base=100,
    references=(INSEE_RP,),
    caution="Casernes, établissements pour personnes âgées et internats n’y sont pas : ce ne sont pas des ménages.",
)
def taille_menages(data: Data) -> pd.DataFrame:
    """People per household."""
    return ratio(_household_people(data), _households(data), multiplier=1, method="census")


@indicator(
    label="population des ménages",
    row="A11",
    feminine=True,
    theme="population",
    unit="habitants",
    decimals=0,
    definition="Habitants des résidences principales : sans les casernes, internats et établissements.",
    aggregation="sum",
    meaningful=0.1,
    meaningful_relative=True,
    references=(INSEE_RP,),
)
def population_menages(data: Data) -> pd.DataFrame:
    """People living in households."""
    return as_counts(_household_people(data), "census")


@indicator(
    label="population hors ménages",
    row="A11",
    feminine=True,
    theme="population",
    unit="habitants",
    decimals=0,
    definition="Population municipale moins population des ménages de la même année : casernes, établissements pour personnes "
    "âgées, internats, communautés, habitations mobiles.",
    aggregation="sum",
    meaningful=0.1,
    meaningful_relative=True,
    references=(INSEE_RP, "Insee, populations de référence"),
    caution="Sépare l’essentiel d’une caserne ou d’un établissement ; les militaires logés en ville restent dans les ménages.",
)
def population_hors_menages(data: Data) -> pd.DataFrame:
    """People outside households: legal population minus the people of households, same year."""
    return as_counts(_outside_households(data), "census")


@indicator(
    label="part de la population hors ménages",
    row="A11",
    feminine=True,
    theme="population",
    unit="%",
    decimals=0,
    definition="(Population municipale − population des ménages) / population municipale de la même année.",
    aggregation="ratio",
    multiplier=100,
    meaningful=2,
    min_base=100,
    references=(INSEE_RP, "Insee, populations de référence"),
    caution="Au-delà de quelques points, les parts par âge, par diplôme ou par activité se lisent avec et sans la commune qui "
    "la porte.",
)
def part_hors_menages(data: Data) -> pd.DataFrame:
    """Share of people outside households."""
    return ratio(_outside_households(data), data.count(LEGAL, "PMUN"), multiplier=100, method="census")


def _outside_households(data: Data) -> pd.DataFrame:
    rows = difference(data.count(LEGAL, "PMUN"), _household_people(data))
    # weighted counts carry decimals: less than one person below zero is a rounding, not a finding
    rows["value"] = rows["value"].mask(rows["value"].between(-1, 0), 0.0)
    wrong = rows["value"].lt(0)
    return rows.assign(value=rows["value"].mask(wrong), status=rows["status"].mask(wrong, "missing"))
