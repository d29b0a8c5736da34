"""Access to rights and services: France services, digital mediation, fibre, facilities nearby."""

from __future__ import annotations

import pandas as pd

from ctg_lib.errors import sample
from ctg_lib.indicators._rates import aligned, inhabitants, per_inhabitant, published_rate
from ctg_lib.indicators._select import only
from ctg_lib.indicators._sites import LISTED, located, sites
from ctg_lib.indicators.data import Data, as_counts, join_sources, ratio, union
from ctg_lib.indicators.registry import indicator
from ctg_lib.observations import ObservationError

FRANCE_SERVICES = "france_services"
BPE = "DS_BPE"
MEDIATION = "mediation_numerique"
FIBRE = "fthd"

SERVICES: dict[str, tuple[str, ...]] = {
    "poste": ("A206", "A207", "A208"),
    "alimentation": ("B105", "B201", "B202"),
    "ecole": ("C107", "C108", "C109"),
    "creche": ("D502", "D509"),
    "accueil_loisirs": ("D505",),
    "medecin": ("D265",),
    "pharmacie": ("D307",),
    "bibliotheque": ("F307",),
}
"""Everyday services -> the facility types of the BPE 2025 that render them. France services is not among
them: the BPE counts a multisite structure once (see ``sites_france_services``)."""


@indicator(
    label="structures France services",
    row="H01",
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
    row="H01",
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
    rows = rows[rows["breakdown"].eq("")]
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


@indicator(
    label="heures d’ouverture hebdomadaires de France services",
    row="H01",
    feminine=True,
    plural=True,
    theme="acces_droits",
    unit="heures par semaine",
    decimals=0,
    definition="Somme, site par site, des heures d’ouverture d’une semaine, telles que la liste les donne.",
    aggregation="sum",
    meaningful=0.2,
    meaningful_relative=True,
    better="higher",
    finest_level="structure",
    references=("ANCT, liste des structures France services",),
    caution="Un horaire qui ne peut pas être lu, ou qui n’est pas réparti entre les sites d’une structure, n’est pas deviné : "
    "le total de la commune et du territoire manque alors. Deux sites peuvent ouvrir aux mêmes heures.",
)
def heures_france_services(data: Data) -> pd.DataFrame:
    """Weekly opening hours of each France services site, and their sum by territory."""
    rows = data.store.read(FRANCE_SERVICES, variables=["heures_site"], levels=["structure"])
    places = rows["breakdown"].str.fullmatch(r"commune=[^;]+").astype(bool)  # not those of one day
    rows = rows[places].reset_index(drop=True)
    own = as_counts(rows.assign(origin="structure").drop(columns="dataset"), "exhaustive")
    addresses = rows.assign(commune=rows["breakdown"].str.removeprefix("commune="), breakdown="")
    everywhere = {str(period): data.known_communes for period in rows["period"].unique()}
    sums = as_counts(located(data, addresses[LISTED], everywhere), "exhaustive")
    return pd.concat([f for f in (own, sums) if not f.empty] or [own], ignore_index=True)


@indicator(
    label="lieux de médiation numérique",
    row="H02",
    plural=True,
    theme="acces_droits",
    unit="lieux",
    decimals=0,
    definition="Lieux recensés où l’on aide aux démarches en ligne ou forme au numérique, une fois chacun.",
    aggregation="sum",
    meaningful=0.2,
    meaningful_relative=True,
    better="higher",
    references=("Cartographie nationale des lieux d’inclusion numérique (data.inclusion)",),
    caution="Plusieurs sources décrivent les mêmes lieux : doublons retirés autant que possible. Ni horaires ni fréquence.",
)
def lieux_mediation_numerique(data: Data) -> pd.DataFrame:
    """Places of digital mediation by territory."""
    return as_counts(_mediation(data), "exhaustive")


def _mediation(data: Data) -> pd.DataFrame:
    return sites(data, MEDIATION, "lieux", only()).drop(columns="breakdown")


@indicator(
    label="lieux de médiation numérique pour 10 000 habitants",
    row="H02",
    plural=True,
    theme="acces_droits",
    unit="pour 10 000 habitants",
    decimals=1,
    definition="Lieux de médiation numérique / population municipale de l’année connue la plus proche × 10 000.",
    aggregation="ratio",
    multiplier=10_000,
    meaningful=2,
    better="higher",
    min_base=2_000,
    references=("Cartographie nationale des lieux d’inclusion numérique (data.inclusion)",),
    caution="Un lieu de plus ou de moins déplace beaucoup le rapport d’un petit territoire : lire le nombre d’abord.",
)
def lieux_mediation_10000(data: Data) -> pd.DataFrame:
    """Places of digital mediation for 10,000 inhabitants."""
    return per_inhabitant(data, _mediation(data), multiplier=10_000, method="exhaustive")


@indicator(
    label="indice de fragilité numérique",
    row="H03",
    theme="acces_droits",
    unit="points",
    decimals=1,
    definition="Indice composite publié : accès à l’information et aux interfaces, compétences administratives et "
    "numériques supposées d’après les revenus, l’âge, les diplômes.",
    aggregation="as_published",
    meaningful=10,
    better="lower",
    annex=True,
    references=("La Mednum, SGAR Occitanie et ANCT, indice de fragilité numérique",),
    caution="Annexe : composé de données montrées par ailleurs (revenus, diplômes, âges), faussées ici par les lieux de vie "
    "collectifs, et vieilles de plusieurs années. N’ajoute rien à ces données.",
)
def fragilite_numerique(data: Data) -> pd.DataFrame:
    """Digital fragility index as published."""
    return published_rate(data, "fragilite_numerique", "indice")


@indicator(
    label="part des locaux raccordables à la fibre",
    row="H04",
    feminine=True,
    theme="acces_droits",
    unit="%",
    decimals=0,
    definition="Locaux (logements et établissements) raccordables à la fibre jusqu’à l’abonné / ensemble des locaux.",
    aggregation="ratio",
    multiplier=100,
    meaningful=3,
    better="higher",
    min_base=100,
    references=("ANCT et Arcep, indicateur France Très Haut Débit",),
    caution="Raccordable ne veut pas dire abonné, ni que les habitants savent s’en servir.",
)
def part_locaux_fibre(data: Data) -> pd.DataFrame:
    """Share of premises that can be connected to optical fibre."""
    parts = data.count(FIBRE, "locaux_raccordables"), data.count(FIBRE, "locaux")
    return ratio(*parts, multiplier=100, method="exhaustive")


@indicator(
    label="part des habitants dont la commune n’a pas le service",
    row="H05",
    feminine=True,
    theme="acces_droits",
    unit="%",
    decimals=0,
    definition="Population municipale des communes où la base permanente des équipements ne compte pas le service / "
    "population municipale (année connue la plus proche).",
    aggregation="ratio",
    min_base=100,
    multiplier=100,
    meaningful=5,
    better="lower",
    finest_level="epci",
    references=("Insee, base permanente des équipements", "Insee, populations de référence"),
    caution="Tient lieu de distance : à vol d’oiseau elle serait fausse entre causses et gorges, et les temps de route ne "
    "sont pas réunis. Une commune sans service peut toucher celle qui l’a.",
)
def part_habitants_sans_service(data: Data) -> pd.DataFrame:
    """Share of people whose own commune lacks each everyday service."""
    kinds = {f"facility_type={t}": f"service={name}" for name, types in SERVICES.items() for t in types}
    counts = sites(data, BPE, "FACILITIES", kinds.__contains__, kinds)
    people = aligned(inhabitants(data), counts["period"].unique())
    without = zero_communes(data, counts, people)
    parts = [
        ratio(without[without["breakdown"].eq(b)].drop(columns="breakdown"), people, multiplier=100, method="exhaustive")
        .assign(breakdown=b)
        for b in sorted(without["breakdown"].unique())
    ]  # fmt: skip
    if not parts:
        return ratio(without.drop(columns="breakdown"), people, multiplier=100, method="exhaustive")
    return union(*parts)


def zero_communes(data: Data, counts: pd.DataFrame, people: pd.DataFrame | None = None) -> pd.DataFrame:
    """Communes whose count is zero, or their inhabitants, by territory whose communes are all known.

    Args:
        counts: as :func:`ctg_lib.indicators._sites.sites` gives them, breakdown by breakdown.
        people: as :meth:`Data.count`; then inhabitants are summed, else communes are counted.

    Returns:
        As :meth:`Data.count`, with ``breakdown``.
    """
    known = counts[counts["level"].eq("commune") & counts["value"].notna()].rename(
        columns={"code": "commune"}
    )
    known = known.assign(people=1.0)
    if people is not None:
        own = people[people["level"].eq("commune")]
        weights = own.set_index(["code", "period"])["value"]
        known["people"] = weights.reindex(pd.MultiIndex.from_frame(known[["commune", "period"]])).to_numpy()
        known = known[known["people"].notna()]
    covered = {str(p): frozenset(here["commune"]) for p, here in known.groupby("period", sort=True)}
    known["value"] = known["people"].where(known["value"].eq(0), 0.0)
    return located(data, known[LISTED], covered)
