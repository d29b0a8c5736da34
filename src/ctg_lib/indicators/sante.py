"""Health: access to general practitioners, midwives, nurses, physiotherapists and dentists; causes of death."""

from __future__ import annotations

import pandas as pd

from ctg_lib.indicators.data import PLACE, Data, add_up, as_counts, labelled, population_weighted, union
from ctg_lib.indicators.registry import indicator
from ctg_lib.values import parse_breakdown

LEGAL = "DS_POPULATIONS_REFERENCE"
APL = "apl_generalistes"
DREES = "DREES, accessibilité potentielle localisée"


@indicator(
    label="accessibilité aux médecins généralistes (APL)",
    row="K01",
    feminine=True,
    theme="sante",
    unit="consultations accessibles par habitant et par an",
    decimals=2,
    definition="Accessibilité potentielle localisée aux médecins généralistes (à moins de 20 minutes environ). Par commune : "
    "publiée. Pour un territoire plus large : moyenne des communes, pondérée par leur population municipale.",
    aggregation="population_weighted",
    meaningful=0.3,
    better="higher",
    leave_one_out=True,
    references=("DREES, accessibilité potentielle localisée ; moins de 2,5 : sous-dense",),
    caution="La moyenne d’un territoire peut cacher des communes sans aucune offre accessible : voir les communes à zéro. "
    "Les moyennes du département et de la France sont pondérées par la population standardisée, celle du territoire par la "
    "population municipale : un petit écart entre elles ne dit rien.",
)
def apl_generalistes(data: Data) -> pd.DataFrame:
    """APL of general practitioners: published by commune, population-weighted above, and for those up to 65."""
    younger = _accessibility(data, APL, "apl_65").assign(breakdown="perimetre=moins_65")
    return pd.concat([_accessibility(data, APL, "apl"), younger], ignore_index=True)


def _accessibility(data: Data, dataset: str, variable: str = "apl") -> pd.DataFrame:
    """Published values of communes (and of larger places, if any), population-weighted means above."""
    rows = data.published(dataset, variable)
    rows = rows[rows["breakdown"].eq("")].reset_index(drop=True)
    published = as_counts(rows, "as_published").assign(numerator=float("nan"))
    # the départements' and France's values at hand are means made by whoever republished them
    published["method"] = published["method"].mask(published["status"].eq("estimated"), "mean_of_republisher")
    return union(published, population_weighted(data, rows[rows["level"].eq("commune")])).assign(breakdown="")


def _with_people(data: Data, communes: pd.DataFrame) -> pd.DataFrame:
    """Commune values beside the municipal population of the same year (the latest known one at most)."""
    people = data.count(LEGAL, "PMUN")
    people = people[people["level"].eq("commune")]
    if people.empty or communes.empty:
        return communes.assign(people=float("nan"), people_source="", year="").iloc[0:0]
    last = people["period"].astype(int).max()
    year = communes["period"].astype(int).clip(upper=last).astype(str)
    known = people[["code", "period", "value", "source"]].set_axis(
        ["code", "year", "people", "people_source"], axis=1
    )
    return communes.assign(year=year).merge(known, on=["code", "year"])


@indicator(
    label="habitants des communes où l’APL aux généralistes est nulle",
    row="K01",
    plural=True,
    theme="sante",
    unit="habitants",
    decimals=0,
    definition="Population municipale des communes dont l’APL publiée vaut 0,00 (aucune consultation accessible).",
    aggregation="sum",
    meaningful=0.1,
    meaningful_relative=True,
    better="lower",
    finest_level="epci",
    references=("DREES, accessibilité potentielle localisée", "Insee, populations de référence"),
)
def habitants_apl_nulle(data: Data) -> pd.DataFrame:
    """Inhabitants of communes whose published APL is exactly zero, where all communes are known."""
    rows = data.published(APL, "apl")
    communes = rows[rows["level"].eq("commune")]
    weighted = population_weighted(data, communes)
    zero = _with_people(data, communes[communes["value"].eq(0)])
    up = zero.drop(columns="level").rename(columns={"code": "commune"}).merge(data.groups, on="commune")
    people = up.groupby(PLACE)["people"].sum().reset_index()
    dated = _with_people(data, communes).groupby("period")["year"].first()
    out = weighted.drop(columns="value").merge(people, on=PLACE, how="left")
    out["value"] = out.pop("people").astype("float64").fillna(0.0)
    out["numerator"], out["method"] = out["value"], "exhaustive"
    same_year = out["period"].map(dated).eq(out["period"])
    out["status"] = same_year.map({True: "observed", False: "estimated"})  # inhabitants of another year
    return out


_PROFESSION = {
    "row": "K02",
    "feminine": True,
    "theme": "sante",
    "decimals": 1,
    "aggregation": "population_weighted",
    "meaningful": 0.15,
    "meaningful_relative": True,
    "better": "higher",
    "leave_one_out": True,
    "references": (DREES,),
    "caution": "Moyenne des communes pondérée par leur population municipale : elle peut cacher des communes sans offre "
    "accessible. L’unité diffère d’une profession à l’autre : ne pas comparer deux professions.",
}
FULL_TIME = "équivalents temps plein accessibles pour 100 000 habitants"


@indicator(
    label="accessibilité aux sages-femmes (APL)",
    unit=f"{FULL_TIME} (femmes)",
    definition="Accessibilité potentielle localisée aux sages-femmes libérales. Par commune : publiée.",
    **_PROFESSION,
)
def apl_sages_femmes(data: Data) -> pd.DataFrame:
    """APL of midwives: published by commune, population-weighted above."""
    return _accessibility(data, "apl_sages_femmes")


@indicator(
    label="accessibilité aux infirmiers (APL)",
    unit=FULL_TIME,
    definition="Accessibilité potentielle localisée aux infirmiers libéraux. Par commune : publiée.",
    **_PROFESSION,
)
def apl_infirmieres(data: Data) -> pd.DataFrame:
    """APL of nurses: published by commune, population-weighted above."""
    return _accessibility(data, "apl_infirmieres")


@indicator(
    label="accessibilité aux masseurs-kinésithérapeutes (APL)",
    unit=FULL_TIME,
    definition="Accessibilité potentielle localisée aux masseurs-kinésithérapeutes libéraux. Par commune : publiée.",
    **_PROFESSION,
)
def apl_kinesitherapeutes(data: Data) -> pd.DataFrame:
    """APL of physiotherapists: published by commune, population-weighted above."""
    return _accessibility(data, "apl_kinesitherapeutes")


@indicator(
    label="accessibilité aux chirurgiens-dentistes (APL)",
    unit=FULL_TIME,
    definition="Accessibilité potentielle localisée aux chirurgiens-dentistes libéraux. Par commune : publiée.",
    **_PROFESSION,
)
def apl_chirurgiens_dentistes(data: Data) -> pd.DataFrame:
    """APL of dentists: published by commune, population-weighted above."""
    return _accessibility(data, "apl_chirurgiens_dentistes")


# --- causes of death ------------------------------------------------------------------------------------

MORTALITY = "mortalite_causes"
HALF_STEP = 0.05
"""Half of the last digit that the publisher gives."""


@indicator(
    label="mortalité standardisée, en tout et par cause, par département",
    feminine=True,
    theme="sante",
    unit="décès pour 100 000 habitants, à âges égaux",
    decimals=0,
    definition="Taux de décès pour 100 000 habitants, standardisé par âge et sexe, par chapitre de causes (tel que publié) et toutes "
    "causes réunies (somme des chapitres) ; par sexe.",
    aggregation="as_published",
    meaningful=0.1,
    meaningful_relative=True,
    better="lower",
    finest_level="departement",
    references=("Inserm-CépiDc, mortalité standardisée par cause et département",),
    caution="Contexte départemental seulement : une intercommunalité compte trop peu de décès pour un taux par cause. Un "
    "établissement pour personnes âgées n’y pèse pas, l’âge étant neutralisé. La région et la France ne sont pas dans le fichier "
    "repris.",
    annex=True,
)
def mortalite_standardisee(data: Data) -> pd.DataFrame:
    """Standardised mortality by cause and sex as published, and of all causes together."""
    rows = data.published(MORTALITY, "taux_standardise")
    cells = rows["breakdown"].map(lambda text: frozenset(parse_breakdown(text)) - {"sex"} == {"cause"})
    rows = rows[cells.astype(bool)].reset_index(drop=True)
    sex = rows["breakdown"].map(lambda text: parse_breakdown(text).get("sex", ""))
    each = as_counts(rows, "as_published").assign(numerator=float("nan"))
    totals = [
        labelled(_all_causes(rows[sex.eq(code)]), **({"sex": code} if code else {}))
        for code in ("", "F", "M")
    ]
    return union(each, *totals)


def _all_causes(rows: pd.DataFrame) -> pd.DataFrame:
    """Sum of the chapters, within the rounding of each; missing where one of them is."""
    rows = rows.assign(low=rows["value"] - HALF_STEP, high=rows["value"] + HALF_STEP)
    chapters = rows.groupby("period")["breakdown"].nunique()
    return as_counts(add_up(rows, chapters), "derived").assign(numerator=float("nan"))
