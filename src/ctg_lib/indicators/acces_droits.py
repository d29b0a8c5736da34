"""Access to rights, services and care."""

from __future__ import annotations

import pandas as pd

from ctg_lib.errors import sample
from ctg_lib.indicators.data import KEY, PLACE, Data, as_counts, join_sources, union
from ctg_lib.indicators.population import LEGAL
from ctg_lib.indicators.registry import indicator
from ctg_lib.observations import ObservationError

APL = "apl_generalistes"
FRANCE_SERVICES = "france_services"
BPE = "DS_BPE"


@indicator(
    label="accessibilité aux médecins généralistes (APL)",
    feminine=True,
    theme="acces_droits",
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
    parts = []
    for variable, breakdown in (("apl", ""), ("apl_65", "perimetre=moins_65")):
        rows = data.published(APL, variable)
        published = as_counts(rows, "as_published").assign(numerator=float("nan"))
        # the départements' and France's values at hand are means made by whoever republished them
        published["method"] = published["method"].mask(
            published["status"].eq("estimated"), "mean_of_republisher"
        )
        both = union(published, _weighted(data, rows[rows["level"].eq("commune")]))
        parts.append(both.assign(breakdown=breakdown))
    return pd.concat(parts, ignore_index=True)


def _with_people(data: Data, communes: pd.DataFrame) -> pd.DataFrame:
    """Commune values beside the municipal population of the same year (the latest known one at most)."""
    people = data.count(LEGAL, "PMUN")
    people = people[people["level"].eq("commune")]
    if people.empty or communes.empty:
        return communes.assign(people=float("nan"), people_source="").iloc[0:0]
    last = people["period"].astype(int).max()
    year = communes["period"].astype(int).clip(upper=last).astype(str)
    known = people[["code", "period", "value", "source"]].set_axis(
        ["code", "year", "people", "people_source"], axis=1
    )
    return communes.assign(year=year).merge(known, on=["code", "year"])


def _weighted(data: Data, communes: pd.DataFrame) -> pd.DataFrame:
    """Population-weighted mean of commune values, only where every inhabited commune is known."""
    rows = _with_people(data, communes)
    rows = rows[rows["value"].notna() & rows["people"].gt(0)].rename(columns={"code": "commune"})
    up = rows.drop(columns="level").merge(data.groups, on="commune")
    up["weighted"] = up["value"] * up["people"]
    up["sources"] = up["source"] + "+" + up["people_source"]
    grouped = up.groupby(KEY, sort=False)
    out = grouped.agg(
        weighted=("weighted", "sum"), people=("people", "sum"), communes=("commune", "nunique"),
        sources=("sources", join_sources),
    ).reset_index()  # fmt: skip
    inhabited = data.groups["commune"].map(data.population).fillna(1.0).gt(0)
    expected = data.groups[inhabited].groupby(["level", "code"]).size().rename("expected").reset_index()
    out = out.merge(expected, on=["level", "code"])
    out = out[out["communes"].ge(out["expected"])].copy()
    out["value"] = out["weighted"] / out["people"]
    out["numerator"], out["denominator"] = float("nan"), out["people"]
    out["lower"] = out["upper"] = float("nan")
    out["status"], out["method"], out["breakdown"] = "estimated", "population_weighted", ""
    return out.drop(columns=["weighted", "people", "expected", "communes"])


@indicator(
    label="habitants des communes où l’APL aux généralistes est nulle",
    plural=True,
    theme="acces_droits",
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
    weighted = _weighted(data, communes)
    zero = _with_people(data, communes[communes["value"].eq(0)])
    up = zero.drop(columns="level").rename(columns={"code": "commune"}).merge(data.groups, on="commune")
    people = up.groupby(PLACE)["people"].sum().reset_index()
    out = weighted.drop(columns="value").merge(people, on=PLACE, how="left")
    out["value"] = out.pop("people").astype("float64").fillna(0.0)
    out["numerator"], out["status"], out["method"] = out["value"], "observed", "exhaustive"
    return out


@indicator(
    label="structures France services",
    feminine=True,
    plural=True,
    theme="acces_droits",
    unit="structures",
    decimals=0,
    definition="Structures labellisées France services dont l’adresse est dans le territoire.",
    aggregation="sum",
    meaningful=0.2,
    meaningful_relative=True,
    better="higher",
    references=("ANCT, liste des structures France services",),
    caution="Une structure multisites compte une fois ici ; voir les sites.",
)
def structures_france_services(data: Data) -> pd.DataFrame:
    """France services structures by territory, counted once each."""
    rows = data.store.read(FRANCE_SERVICES, variables=["structure"], levels=["structure"])
    return _facilities(data, rows, rows["breakdown"].str.extract(r"commune=([^;]+)")[0])


@indicator(
    label="sites France services",
    plural=True,
    theme="acces_droits",
    unit="sites",
    decimals=0,
    definition="Sites d’accueil France services, une structure multisites comptant autant que de sites nommés par la liste.",
    aggregation="sum",
    meaningful=0.2,
    meaningful_relative=True,
    better="higher",
    references=("ANCT, liste des structures France services",),
    caution="Les sites d’une même structure peuvent ouvrir à des demi-journées différentes.",
)
def sites_france_services(data: Data) -> pd.DataFrame:
    """France services sites by territory."""
    rows = data.store.read(FRANCE_SERVICES, variables=["sites"], levels=["commune"])
    return _facilities(data, rows, rows["code"])


def _facilities(data: Data, rows: pd.DataFrame, commune: pd.Series) -> pd.DataFrame:
    """Sums of facilities listed for the whole country: a territory without any has a true zero.

    Raises:
        ObservationError: a listed code is no commune, arrondissement or former commune of the edition;
            counting it nowhere would make a false zero.
    """
    if rows.empty:
        return as_counts(data.published(FRANCE_SERVICES, "structure").iloc[:0], "exhaustive")
    placed = rows.assign(commune=commune.map(lambda code: data.passage.get(code, code)))
    if data.communes is not None:  # a study's own groups: the rest of the country does not matter
        placed = placed[placed["commune"].isin(data.known_communes)]
    unknown = placed.loc[~placed["commune"].isin(data.known_communes), "commune"]
    if len(unknown):
        raise ObservationError(
            f"{FRANCE_SERVICES} : codes de commune inconnus : {sample(sorted(set(unknown)))}"
        )
    period, source = rows["period"].iloc[0], join_sources(rows["source"])
    listed = placed.groupby("commune").agg(
        value=("value", "sum"), unsure=("status", lambda s: s.eq("estimated").any())
    )
    own = pd.DataFrame({"level": "commune", "code": sorted(data.known_communes)})
    own["commune"] = own["code"]
    everywhere = pd.concat([own, data.groups[["level", "code", "commune"]]], ignore_index=True)
    everywhere = everywhere.merge(listed, left_on="commune", right_index=True, how="left")
    everywhere["value"] = everywhere["value"].fillna(0.0)
    everywhere["unsure"] = everywhere["unsure"].eq(True)
    out = everywhere.groupby(["level", "code"], sort=False).agg(
        value=("value", "sum"), unsure=("unsure", "max")
    )
    out = out.reset_index()
    status = out.pop("unsure").map({True: "estimated", False: "observed"})
    return out.assign(
        geography_year=int(rows["geography_year"].max()), period=period, lower=float("nan"), upper=float("nan"),
        numerator=out["value"], denominator=float("nan"), method="exhaustive", status=status, sources=source,
        breakdown="",
    )  # fmt: skip


@indicator(
    label="équipements et services",
    plural=True,
    theme="acces_droits",
    unit="équipements",
    decimals=0,
    definition="Équipements de la base permanente des équipements, par type.",
    aggregation="sum",
    meaningful=0.2,
    meaningful_relative=True,
    references=("Insee, base permanente des équipements",),
    caution="Un équipement n’est pas une offre : ni horaires, ni places, ni professionnels.",
)
def equipements(data: Data) -> pd.DataFrame:
    """Facilities by type."""
    rows = data.get(BPE, "FACILITIES")
    out = as_counts(rows.reset_index(drop=True), "exhaustive")
    out["breakdown"] = out["breakdown"].str.replace("facility_type=", "type=")
    return out
