"""Childcare: coverage, places, children under 3, working parents, benefits, sites, needs to come."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ctg_lib.indicators._rates import aligned
from ctg_lib.indicators._select import (
    COUNT_COLUMNS,
    only,
    people,
    sampled_ratio,
    sole_variable,
    total,
)
from ctg_lib.indicators._sites import bpe_sites
from ctg_lib.indicators.data import (
    KEY,
    PLACE,
    Data,
    as_counts,
    join_sources,
    labelled,
    pool_years,
    ratio,
    union,
)
from ctg_lib.indicators.labels import ages
from ctg_lib.indicators.population import AGE_SEX, BIRTH_VARIABLE, BIRTHS, SAMPLED
from ctg_lib.indicators.registry import VOCABULARY, indicator
from ctg_lib.values import canonical_breakdown

COVERAGE = "txcouv_pe"
PLACES = "nbpla_pe"
LOCAL_PLACES = "offre_eaje"
BENEFITS = "s_ben_f"
PARENTS = "DS_RP_TD_FAMILLE_AGEENF_COMP"
SCHOOLING = "DS_RP_TD_EDUCATION_PRINC"
EMPLOYERS = "DS_FLORES_PE"
MODES = tuple(VOCABULARY["mode"])
FUNDING = tuple(VOCABULARY["gestion"])
"""Childcare establishments by funding: parts of ``mode=eaje``."""
AT_HOME = ("am_ind", "gad_ind")
"""Modes of « accueil individuel »."""
SITES = ("D502", "D509", "D504")
"""Établissements d’accueil, micro-crèches, relais petite enfance in Insee’s BPE 2025."""
WORKING = ("A111", "A121", "A221")
FAMILY_TYPES = (*WORKING, "A112", "A122", "A222", "A223", "A224")
"""Children by activity of the parents at home: a lone parent in work, both parents in work; and the others."""
HORIZON = 5
"""Years from the latest births to what is looked at: how long a convention lasts."""
LOOKBACK = 10
RECENT = 6
WINDOW = 3
MSA = "Caf seule : les allocataires de la MSA, nombreux en milieu rural, ne sont pas comptés."
ROUNDED = (
    MSA
    + " Chaque commune ou intercommunalité est arrondie au multiple de 5 (v est lu entre v − 2 et v + 4) : une somme de "
    "communes est une fourchette."
)
BPE_REFERENCE = "Insee, base permanente des équipements"
BPE_CAUTION = "Des sites, pas une offre : ni places, ni horaires. Les capacités se demandent à la Caf et aux gestionnaires."
CNAF = "Cnaf, Dossier d’étude n° 203 (2019), Taux de couverture territorialisé"


@indicator(
    label="taux de couverture de l’accueil du jeune enfant",
    row="B01 B02 B14",
    theme="petite_enfance",
    unit="places pour 100 enfants de moins de 3 ans",
    decimals=1,
    definition="Places d’accueil formel théoriques (établissements, assistantes maternelles en activité, garde "
    "à domicile, école dès 2 ans) en décembre / enfants de moins de 3 ans × 100. Publié par intercommunalité ; "
    "par commune seulement au-dessus de 10 000 habitants.",
    aggregation="as_published",
    meaningful=3,
    better="higher",
    finest_level="commune",
    references=(CNAF,),
    caution="Taux théorique, à une date : une place peut être vide, ou servir à plusieurs enfants. Il ne dit pas "
    "que le besoin est satisfait.",
)
def taux_couverture(data: Data) -> pd.DataFrame:
    """Theoretical formal places per 100 children under 3, in all, by mode and by funding."""
    rows = data.published(COVERAGE, "txcouv")
    rows = rows.assign(breakdown=rows["breakdown"].map(_MODE_LABELS))
    rows = rows[rows["breakdown"].notna()].reset_index(drop=True)
    return as_counts(rows, "as_published_rounded").assign(numerator=float("nan"))


_MODE_LABELS = {
    "": "",
    **{(b := canonical_breakdown(mode=m)): b for m in MODES},
    **{canonical_breakdown(mode=m): canonical_breakdown(gestion=m) for m in FUNDING},
}
"""Breakdown of the source -> breakdown of the result; « ind » is a sum of modes and stays out."""


@indicator(
    label="taux de couverture global par commune",
    row="B04",
    theme="petite_enfance",
    unit="places pour 100 enfants de moins de 3 ans",
    decimals=1,
    definition="Places d’accueil formel théoriques en décembre / enfants de moins de 3 ans × 100, par commune : anciens fichiers de "
    "toutes les communes (2020, 2021), puis communes de plus de 10 000 habitants.",
    aggregation="as_published",
    meaningful=10,
    better="higher",
    references=(CNAF,),
    caution="Dans une petite commune, une assistante maternelle de plus change tout, et les familles passent la limite communale : "
    "à ne lire que par intercommunalité.",
    annex=True,
)
def taux_couverture_communes(data: Data) -> pd.DataFrame:
    """Theoretical formal places per 100 children under 3, communes only."""
    rows = data.published(COVERAGE, "txcouv")
    rows = rows[rows["level"].eq("commune") & rows["breakdown"].eq("")].reset_index(drop=True)
    return as_counts(rows, "as_published_rounded").assign(numerator=float("nan"))


def _eaje_places(data: Data) -> pd.DataFrame:
    """Licensed EAJE places by territory, as last noted; a local fact, known only where a partner gave it."""
    places = data.store.read(LOCAL_PLACES, variables=["places"], levels=["structure"])
    if places.empty:
        return pd.DataFrame(columns=["level", "code", "value", "source"])
    places = places.sort_values("period", kind="stable").drop_duplicates("code", keep="last")
    rows = places.assign(commune=places["breakdown"].str.extract(r"commune=([^;]+)")[0])
    up = rows.merge(data.groups, on="commune", suffixes=("_structure", ""))
    up = up[up["level"].isin(["epci", "study"])]
    return up.groupby(["level", "code"], as_index=False).agg(
        value=("value", "sum"), source=("source", "first")
    )


def _implied_children(data: Data) -> pd.DataFrame:
    """Children under 3 that the published EAJE rate implies: licensed places known locally / rate.

    No bounds: what matters is not the rounding of the rate but whether the Cnaf counted these very places.
    Only for the latest rate: today's places say nothing of the children of earlier years.
    """
    rate = data.published(COVERAGE, "txcouv")
    rate = rate[rate["breakdown"].eq("mode=eaje") & rate["value"].gt(0)]
    rate = rate[rate["period"].eq(rate["period"].max())]
    both = rate.merge(_eaje_places(data), on=["level", "code"], suffixes=("", "_places"))
    both["children"] = 100 * both["value_places"] / both["value"]
    both["sources"] = both["source"] + "+" + both["source_places"]
    return both


@indicator(
    label="enfants de moins de 3 ans",
    row="A04",
    plural=True,
    theme="petite_enfance",
    unit="enfants",
    decimals=0,
    definition="Fourchette entre trois estimations, données à part : naissances des trois dernières années ; trois "
    "cinquièmes des 0–4 ans du recensement ; nombre qu’implique la Cnaf (places des établissements connues "
    "localement / taux de couverture des établissements).",
    aggregation="sum",
    meaningful=0.15,
    meaningful_relative=True,
    references=(CNAF, "Insee, état civil", "Insee, recensement de la population"),
    caution="Aucune source ouverte ne compte les enfants de moins de 3 ans d’un petit territoire : le nombre est une "
    "fourchette.",
)
def enfants_moins_3(data: Data) -> pd.DataFrame:
    """Range between three estimates of children under 3; each stands under its own ``methode``."""
    births = pool_years(data.count(BIRTHS, BIRTH_VARIABLE), 3)
    if not births.empty:
        births = births[births["period"].eq(births["period"].max())]
    from_births = as_counts(births, "several_estimates")
    census = data.count(AGE_SEX, "POP", ages(0, 4))
    census = census[census["period"].eq(census["period"].max())] if not census.empty else census
    from_census = as_counts(census.assign(value=0.6 * census["value"]), "several_estimates")
    implied = _implied_children(data)
    from_cnaf = implied[[*KEY]].assign(
        value=implied["children"], lower=float("nan"), upper=float("nan"),
        numerator=float("nan"), denominator=float("nan"), method="assumed", status="estimated",
        sources=implied["sources"], breakdown="",
    )  # fmt: skip
    parts = [
        labelled(frame.assign(status=frame["status"].mask(frame["value"].notna(), "estimated")), methode=name)
        for name, frame in (("naissances", from_births), ("recensement", from_census), ("cnaf", from_cnaf))
        if not frame.empty
    ]
    if not parts:
        return from_births
    each = pd.concat(parts, ignore_index=True)
    return union(each, _range_of(each))


def _range_of(each: pd.DataFrame) -> pd.DataFrame:
    """Smallest to largest estimate of each territory (at least two), without a point."""
    known = each[each["value"].notna()]
    grouped = known.groupby(["level", "code"], sort=False)
    out = grouped.agg(
        geography_year=("geography_year", "max"),
        period=("period", lambda p: _period_span(p)),
        lower=("value", "min"),
        upper=("value", "max"),
        n=("value", "size"),
        sources=("sources", lambda s: "+".join(sorted({x for v in s for x in v.split("+")}))),
    ).reset_index()
    out = out[out["n"].ge(2)].drop(columns="n")
    return out.assign(
        breakdown="", value=float("nan"), numerator=float("nan"), denominator=float("nan"),
        method="several_estimates", status="estimated",
    )  # fmt: skip


def _period_span(periods: pd.Series) -> str:
    years = [int(part) for period in periods for part in period.split("-")]
    return f"{min(years)}-{max(years)}" if min(years) < max(years) else str(max(years))


@indicator(
    label="places d’accueil du jeune enfant",
    row="B03",
    feminine=True,
    plural=True,
    theme="petite_enfance",
    unit="places",
    decimals=0,
    definition="Places théoriques en décembre, en tout et par mode : celles que la Cnaf publie ; à défaut, celles que "
    "représente le taux de couverture publié (taux × nombre d’enfants de moins de 3 ans qu’implique la Cnaf), ce qui suppose "
    "que la Cnaf a compté les places agréées des établissements connues localement.",
    aggregation="as_published",
    meaningful=0.1,
    meaningful_relative=True,
    better="higher",
    finest_level="epci",
    references=(CNAF,),
    caution="Estimation là où le fichier des places de la Cnaf n’est pas réuni : la méthode le dit.",
)
def places_accueil(data: Data) -> pd.DataFrame:
    """Published places in all, by mode and funding; else those that the published coverage stands for."""
    rows = data.published(PLACES, "places")
    rows = rows.assign(breakdown=rows["breakdown"].map(_MODE_LABELS))
    rows = rows[rows["breakdown"].notna()].reset_index(drop=True)
    return union(as_counts(rows, "as_published"), _deduced_places(data))


def _deduced_places(data: Data) -> pd.DataFrame:
    """Places that the published coverage stands for, in all and by mode, where EAJE places are known."""
    implied = _implied_children(data)[[*PLACE, "children", "sources"]]
    rate = data.published(COVERAGE, "txcouv")
    wanted = {"", *(canonical_breakdown(mode=m) for m in MODES)}
    both = rate[rate["breakdown"].isin(wanted)].merge(implied, on=PLACE)
    out = both[[*KEY, "breakdown", "sources"]].copy()
    out["value"] = both["value"] * both["children"] / 100
    out["lower"] = out["upper"] = float("nan")
    out["numerator"], out["denominator"] = out["value"], both["children"]
    out["method"] = "assumed"
    out["status"] = both["status"].mask(both["value"].notna(), "estimated")
    return out.reset_index(drop=True)


# --- dependence on childminders ----------------------------------------------------------------------


@indicator(
    label="part de l’accueil individuel dans l’offre",
    row="B05",
    feminine=True,
    theme="petite_enfance",
    unit="places sur 100",
    decimals=0,
    definition="Places d’assistantes maternelles et de garde à domicile / ensemble des places théoriques : places publiées ; à "
    "défaut, rapport des taux de couverture publiés.",
    aggregation="as_published",
    multiplier=100,
    meaningful=5,
    references=(CNAF,),
    caution="Dit de quoi l’offre dépend : un départ en retraite d’assistante maternelle retire jusqu’à quatre places. L’âge des "
    "assistantes maternelles se demande à la PMI.",
)
def part_accueil_individuel(data: Data) -> pd.DataFrame:
    """Share of childminders and home care in all theoretical places."""
    places = _home_share(data.published(PLACES, "places"), "exhaustive")
    rates = _home_share(data.published(COVERAGE, "txcouv"), "derived")
    return union(places, rates.assign(numerator=float("nan"), denominator=float("nan")))


def _home_share(rows: pd.DataFrame, method: str) -> pd.DataFrame:
    """Share of the modes of ``AT_HOME`` in the total; bounds from those of the published numbers."""
    whole = rows[rows["breakdown"].eq("")].drop(columns=["variable", "breakdown"])
    parts = [
        rows[rows["breakdown"].eq(canonical_breakdown(mode=m))].drop(columns=["variable", "breakdown"])
        for m in AT_HOME
    ]
    out = ratio(total(*parts), whole, multiplier=100, method=method)
    out["upper"] = out["upper"].clip(upper=100.0)
    return out


# --- working parents ---------------------------------------------------------------------------------


@indicator(
    label="part des jeunes enfants dont tous les parents du foyer travaillent",
    row="B06",
    feminine=True,
    theme="petite_enfance",
    unit="%",
    decimals=0,
    definition="Enfants vivant avec un parent seul en emploi, ou avec deux parents en emploi / enfants vivant avec un ou deux "
    "parents ; moins de 2 ans, et 2 à 5 ans.",
    aggregation="ratio",
    multiplier=100,
    meaningful=5,
    min_base=100,
    sampled=True,
    references=(
        "Insee, recensement de la population, exploitation complémentaire, enfants selon l’activité des parents",
    ),
    caution=SAMPLED + " Les tranches de la source sont moins de 2 ans et 2–5 ans, non moins de 3 ans.",
)
def part_enfants_parents_occupes(data: Data) -> pd.DataFrame:
    """Children whose parents at home all work, under 2 and aged 2 to 5."""
    return union(*(labelled(_working_share(data, age), age=age) for age in ("Y_LT2", "Y2T5")))


def _working_share(data: Data, age: str) -> pd.DataFrame:
    variable = sole_variable(data, PARENTS, "POP", "CHILD", "CHILDREN")
    working, every = (data.count(PARENTS, variable, only(age=age, tfn=t)) for t in (WORKING, FAMILY_TYPES))
    return sampled_ratio(working, every)


@indicator(
    label="places pour 100 enfants de moins de 3 ans dont les parents travaillent",
    row="B07",
    feminine=True,
    plural=True,
    theme="petite_enfance",
    unit="places pour 100 enfants dont les parents travaillent",
    decimals=0,
    definition="Taux de couverture publié / part des enfants de moins de 2 ans dont tous les parents du foyer travaillent, au "
    "recensement le plus proche (trois ans d’écart au plus).",
    aggregation="as_published",
    meaningful=10,
    better="higher",
    finest_level="epci",
    sampled=True,
    references=(CNAF, "Insee, recensement de la population, exploitation complémentaire"),
    caution="Estimation propre à ce diagnostic : la part des moins de 2 ans vaut pour les moins de 3 ans, et les parents sans "
    "emploi ont aussi besoin d’accueil. " + SAMPLED,
)
def places_parents_occupes(data: Data) -> pd.DataFrame:
    """Published coverage over the share of children whose parents all work: a pressure index of our own."""
    rate = data.published(COVERAGE, "txcouv")
    rate = rate[rate["breakdown"].eq("")]
    share = _working_share(data, "Y_LT2").rename(columns={"lower": "low", "upper": "high"})
    share = aligned(share.assign(source=share["sources"]), rate["period"].unique())
    share = share[share["denominator"].ge(MIN_CHILDREN)]
    both = rate.merge(share[[*PLACE, "value", "low", "high", "source"]], on=PLACE, suffixes=("", "_share"))
    out = both[KEY].copy()
    out["value"] = 100 * both["value"] / both["value_share"].where(both["value_share"].gt(0))
    out["lower"] = 100 * both["low"] / both["high_share"].where(both["high_share"].gt(0))
    out["upper"] = 100 * both["high"] / both["low_share"].where(both["low_share"].gt(0))
    out["numerator"] = out["denominator"] = float("nan")
    out["method"], out["breakdown"] = "rounding_and_sample", ""
    out["status"] = both["status"].mask(out["value"].notna(), "estimated")
    out["sources"] = [join_sources(p) for p in zip(both["source"], both["source_share"], strict=True)]
    return out


MIN_CHILDREN = 100
"""No share, and nothing made from it, on fewer children (weighted) than this."""


# --- benefits ----------------------------------------------------------------------------------------

_BENEFIT = {
    "plural": True,
    "theme": "petite_enfance",
    "unit": "foyers",
    "decimals": 0,
    "aggregation": "sum",
    "meaningful": 0.15,
    "meaningful_relative": True,
    "references": ("Cnaf, data.caf.fr, bénéficiaires de toutes les prestations, décembre",),
    "caution": ROUNDED,
}


def benefit(data: Data, variable: str) -> pd.DataFrame:
    """A Caf count, with the bounds of its rounding."""
    return as_counts(data.count(BENEFITS, variable), "rounding")


@indicator(
    label="foyers percevant le complément de mode de garde (CMG)",
    row="B08",
    definition="Foyers bénéficiaires du complément de libre choix du mode de garde en décembre : assistante maternelle, garde à "
    "domicile, micro-crèche.",
    **_BENEFIT,
)
def foyers_cmg(data: Data) -> pd.DataFrame:
    """Households receiving CMG."""
    return benefit(data, "indfoy_cmg")


@indicator(
    label="foyers percevant l’allocation de base de la Paje",
    row="B09",
    definition="Foyers bénéficiaires de l’allocation de base de la prestation d’accueil du jeune enfant en décembre.",
    **_BENEFIT,
)
def foyers_allocation_base(data: Data) -> pd.DataFrame:
    """Households receiving the Paje's basic allowance."""
    return benefit(data, "indfoy_ab")


@indicator(
    label="foyers percevant la PreParE",
    row="B09",
    definition="Foyers bénéficiaires de la prestation partagée d’éducation de l’enfant (congé parental) en décembre.",
    **_BENEFIT,
)
def foyers_prepare(data: Data) -> pd.DataFrame:
    """Households receiving PreParE, for a parental leave."""
    return benefit(data, "indfoy_prepare")


# --- sites, employers, school from the age of two ------------------------------------------------------


@indicator(
    label="sites d’accueil du jeune enfant",
    row="B10",
    plural=True,
    theme="petite_enfance",
    unit="sites",
    decimals=0,
    definition="Établissements d’accueil du jeune enfant, micro-crèches et relais petite enfance de la base permanente des "
    "équipements, par type.",
    aggregation="sum",
    meaningful=0.2,
    meaningful_relative=True,
    references=(BPE_REFERENCE,),
    caution=BPE_CAUTION
    + " Les types ne s’additionnent pas : une micro-crèche peut aussi compter comme établissement.",
)
def sites_petite_enfance(data: Data) -> pd.DataFrame:
    """Childcare sites by type."""
    return as_counts(bpe_sites(data, SITES), "exhaustive")


@indicator(
    label="particuliers employeurs et leurs salariés",
    row="B11",
    plural=True,
    theme="petite_enfance",
    unit="effectif publié",
    decimals=0,
    definition="Totaux du fichier des particuliers employeurs de l’Insee, sous chacune de ses mesures (employeurs, salariés…), "
    "tous emplois à domicile réunis.",
    aggregation="sum",
    meaningful=0.15,
    meaningful_relative=True,
    finest_level="epci",
    annex=True,
    references=("Insee, Flores, particuliers employeurs",),
    caution="Garde d’enfants, ménage et aide aux personnes âgées ensemble : ne dit pas l’accueil du jeune enfant seul. Petits "
    "nombres : par intercommunalité seulement.",
)
def particuliers_employeurs(data: Data) -> pd.DataFrame:
    """Totals of household employers under each measure of the source."""
    measures = sorted(set(data.store.read(EMPLOYERS, columns=["variable"])["variable"].unique()))
    counts = [
        labelled(as_counts(data.count(EMPLOYERS, m, ""), "as_published"), mesure=m.lower()) for m in measures
    ]
    return union(*counts) if counts else as_counts(pd.DataFrame(columns=COUNT_COLUMNS), "as_published")


@indicator(
    label="part des enfants de 2 ans scolarisés",
    row="B14",
    feminine=True,
    theme="petite_enfance",
    unit="%",
    decimals=0,
    definition="Enfants de 2 ans scolarisés / enfants de 2 ans, au recensement.",
    aggregation="ratio",
    multiplier=100,
    meaningful=5,
    min_base=100,
    references=("Insee, recensement de la population, exploitation principale, âge détaillé",),
    caution="Sous 100 enfants de 2 ans, pas de taux : voir les places d’école dès 2 ans que compte la Cnaf.",
)
def taux_scolarisation_2_ans(data: Data) -> pd.DataFrame:
    """Children aged 2 at school among children aged 2."""
    variable = sole_variable(data, SCHOOLING, "POP")
    enrolled = people(data, SCHOOLING, variable, age="Y2", stud="1")
    if enrolled.empty:  # a table of pupils only; where ``stud`` is a dimension, its total is all children
        enrolled = people(data, SCHOOLING, variable, age="Y2")
    return ratio(enrolled, people(data, AGE_SEX, age="Y2"), multiplier=100, method="census")


# --- needs at the horizon of a convention ---------------------------------------------------------------

_END = {
    "plural": True,
    "theme": "petite_enfance",
    "decimals": 0,
    "meaningful": 0.15,
    "meaningful_relative": True,
}
_HORIZON_RULE = (
    f"Horizon : dernière année de naissances connue + {HORIZON} ans, la durée d’une convention (non la date de fin de celle du "
    "territoire)."
)
_SCENARIO_RULE = (
    f"Scénarios : bas et haut, la plus faible et la plus forte somme de {WINDOW} années de naissances de suite parmi les "
    f"{LOOKBACK} dernières ; moyen, {WINDOW} fois la moyenne des {RECENT} dernières ; actuel, les {WINDOW} dernières années. Ni "
    "arrivées, ni départs de familles."
)
SCENARIOS = ("bas", "moyen", "haut", "actuel")


@indicator(
    label="enfants de moins de 3 ans à l’horizon d’une convention",
    unit="enfants",
    definition=f"Enfants de moins de 3 ans, comptés comme les naissances de {WINDOW} années de suite. {_HORIZON_RULE} "
    + _SCENARIO_RULE,
    aggregation="sum",
    references=("Insee, état civil",),
    caution="Une fourchette de prudence, pas une prévision : un régiment, un lotissement ou une usine la changent. Un compte de "
    "naissances laisse de côté les familles arrivées depuis : il ne se compare qu’au scénario « naissances des trois dernières "
    "années », pas à une autre estimation des enfants de moins de 3 ans.",
    **_END,
)
def enfants_fin_convention(data: Data, horizon: int = HORIZON) -> pd.DataFrame:
    """Children under 3 ``horizon`` years after the latest births, by scenario and as a range."""
    births = _scenarios(data)
    return _by_scenario(births, {name: births[name] for name in SCENARIOS}, horizon)


@indicator(
    label="places qui garderaient le taux de couverture à l’horizon d’une convention",
    feminine=True,
    unit="places",
    definition="Dernier taux de couverture publié × enfants de moins de 3 ans du même scénario (ceux de l’indicateur « enfants de "
    f"moins de 3 ans à l’horizon d’une convention »). {_HORIZON_RULE} " + _SCENARIO_RULE,
    aggregation="as_published",
    references=("Insee, état civil", CNAF),
    caution="Se compare au scénario « naissances des trois dernières années », compté de la même façon ; non aux places "
    "d’aujourd’hui, que la Cnaf rapporte à un autre nombre d’enfants. Garder le taux n’est pas satisfaire le besoin. Les départs "
    "d’assistantes maternelles n’y sont pas : aucune donnée ouverte ne les donne, ils se demandent au Département (PMI).",
    finest_level="epci",
    **_END,
)
def besoins_accueil_fin_convention(data: Data, horizon: int = HORIZON) -> pd.DataFrame:
    """Places that keep the published coverage ``horizon`` years after the latest births, by scenario.

    The published rate × the children of :func:`enfants_fin_convention` (given as ``denominator``): the rate
    is never recomputed on births.
    """
    births = _scenarios(data)
    rate = data.published(COVERAGE, "txcouv")
    rate = rate[rate["breakdown"].eq("") & rate["value"].notna()].sort_values("period")
    rate = rate.drop_duplicates(["level", "code"], keep="last")
    rate = rate[["level", "code", "value", "source"]].rename(columns={"value": "rate"})
    both = births.merge(rate, on=["level", "code"], suffixes=("", "_rate"))
    both["source"] = [join_sources(p) for p in zip(both["source"], both["source_rate"], strict=True)]
    places = {name: both["rate"] * both[name] / 100 for name in SCENARIOS}
    return _by_scenario(both, places, horizon, children=both)


def _scenarios(data: Data) -> pd.DataFrame:
    """Births of three years: low, mean and high, for territories whose last ``LOOKBACK`` years are known.

    Returns:
        Frame ``level, code, geography_year, last, source`` and one column for each of ``SCENARIOS``.
    """
    yearly = data.count(BIRTHS, BIRTH_VARIABLE)
    columns = ["level", "code", "geography_year", "last", "source", *SCENARIOS]
    if yearly.empty:
        return pd.DataFrame(columns=columns)
    last = int(yearly["period"].astype(int).max())
    years = [str(y) for y in range(last - LOOKBACK + 1, last + 1)]
    table = yearly.pivot_table(index=["level", "code"], columns="period", values="value", aggfunc="first")
    table = table.reindex(columns=years).dropna()
    sums = table.T.rolling(WINDOW).sum().T.iloc[:, WINDOW - 1 :]
    out = pd.DataFrame({"bas": sums.min(axis=1), "haut": sums.max(axis=1), "actuel": sums.iloc[:, -1]})
    out["moyen"] = WINDOW * table.iloc[:, -RECENT:].mean(axis=1)
    about = yearly[yearly["period"].isin(years)].groupby(["level", "code"], sort=False)
    known = about.agg(geography_year=("geography_year", "max"), source=("source", join_sources))
    return out.join(known).reset_index().assign(last=last)[columns]


def _by_scenario(
    births: pd.DataFrame,
    values: Mapping[str, pd.Series],
    horizon: int,
    children: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row per territory and scenario, and their range (lowest to highest) under the empty breakdown.

    Args:
        births: as :func:`_scenarios` gives it.
        values: scenario -> its value, in the order of ``births``.
        children: columns of ``SCENARIOS`` that the values were made from, given as denominators.
    """
    frame = births[["level", "code", "geography_year"]].assign(
        period=(births["last"] + horizon).astype("str"), sources=births["source"], numerator=float("nan"),
        lower=float("nan"), upper=float("nan"), denominator=float("nan"), method="scenario", status="estimated",
    )  # fmt: skip
    parts = []
    for name, value in values.items():
        part = frame.assign(value=value, numerator=value, breakdown=canonical_breakdown(scenario=name))
        parts.append(part if children is None else part.assign(denominator=children[name]))
    span = frame.assign(value=float("nan"), lower=values["bas"], upper=values["haut"], breakdown="")
    return union(span, *parts)
