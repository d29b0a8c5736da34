"""Childcare: coverage, the places it stands for, children under 3."""

from __future__ import annotations

import pandas as pd

from ctg_lib.indicators.data import KEY, PLACE, Data, as_counts, labelled, pool_years, union
from ctg_lib.indicators.labels import ages
from ctg_lib.indicators.population import AGE_SEX, BIRTH_VARIABLE, BIRTHS
from ctg_lib.indicators.registry import VOCABULARY, indicator
from ctg_lib.values import canonical_breakdown

COVERAGE = "txcouv_pe"
LOCAL_PLACES = "offre_eaje"
MODES = tuple(VOCABULARY["mode"])
CNAF = "Cnaf, Dossier d’étude n° 203 (2019), Taux de couverture territorialisé"


@indicator(
    label="taux de couverture de l’accueil du jeune enfant",
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
    """Theoretical formal places per 100 children under 3, in all and by mode."""
    rows = data.published(COVERAGE, "txcouv")
    known = {"", *(canonical_breakdown(mode=m) for m in MODES)}
    rows = rows[rows["breakdown"].isin(known)]
    return as_counts(rows.reset_index(drop=True), "as_published_rounded").assign(numerator=float("nan"))


def _eaje_places(data: Data) -> pd.DataFrame:
    """Licensed EAJE places by territory; a local fact, known only where a partner gave it."""
    places = data.store.read(LOCAL_PLACES, variables=["places"], levels=["structure"])
    if places.empty:
        return pd.DataFrame(columns=["level", "code", "value", "source"])
    rows = places.assign(commune=places["breakdown"].str.extract(r"commune=([^;]+)")[0])
    up = rows.merge(data.groups, on="commune", suffixes=("_structure", ""))
    up = up[up["level"].isin(["epci", "study"])]
    return up.groupby(["level", "code"], as_index=False).agg(
        value=("value", "sum"), source=("source", "first")
    )


def _implied_children(data: Data) -> pd.DataFrame:
    """Children under 3 that the published EAJE rate implies: licensed places known locally / rate.

    No bounds: what matters is not the rounding of the rate but whether the Cnaf counted these very places.
    """
    rate = data.published(COVERAGE, "txcouv")
    rate = rate[rate["breakdown"].eq("mode=eaje") & rate["value"].gt(0)]
    both = rate.merge(_eaje_places(data), on=["level", "code"], suffixes=("", "_places"))
    both["children"] = 100 * both["value_places"] / both["value"]
    both["sources"] = both["source"] + "+" + both["source_places"]
    return both


@indicator(
    label="enfants de moins de 3 ans",
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
    feminine=True,
    plural=True,
    theme="petite_enfance",
    unit="places",
    decimals=0,
    definition="Places que représente le taux de couverture publié : taux × nombre d’enfants de moins de 3 ans "
    "qu’implique la Cnaf, en tout et par mode. Suppose que la Cnaf a compté les places agréées des établissements "
    "connues localement.",
    aggregation="as_published",
    meaningful=0.1,
    meaningful_relative=True,
    better="higher",
    finest_level="epci",
    references=(CNAF,),
    caution="Estimation, en attendant le fichier des places de la Cnaf.",
)
def places_accueil(data: Data) -> pd.DataFrame:
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
