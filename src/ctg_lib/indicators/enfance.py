"""Children at school: pupils, classes, schools, social position index, schooling rates, holiday centres."""

from __future__ import annotations

import pandas as pd

from ctg_lib.indicators._rates import aligned, is_national
from ctg_lib.indicators._select import people
from ctg_lib.indicators._sites import (
    COLLEGE_TYPES,
    LISTED,
    PRIMARY_TYPES,
    bpe_sites,
    departement_of,
    located,
    school_coverage,
)
from ctg_lib.indicators.data import KEY, PLACE, Data, as_counts, join_sources, labelled, ratio, union
from ctg_lib.indicators.petite_enfance import BPE_CAUTION, BPE_REFERENCE, MSA, benefit
from ctg_lib.indicators.population import EDUCATION
from ctg_lib.indicators.registry import indicator
from ctg_lib.observations import COLUMNS
from ctg_lib.values import STATUS_RANK, STATUSES, USABLE, canonical_breakdown, parse_breakdown

PUPILS = "effectifs_ecoles"
DIRECTORY = "annuaire_education"
IPS_PRIMARY = "ips_ecoles"
IPS_COLLEGES = "ips_colleges"
RESULTS = "ival_colleges"
LEVELS_OF_CLASS = ("", "preelementaire", "elementaire", "cp", "ce1", "ce2", "cm1", "cm2")
ALL_LEVELS = ("preelementaire", "elementaire")
"""Their sum stands for all pupils: the file’s own total holds ULIS and UEEA too, and would give away by
subtraction how many there are in a school."""
SPAN = 5
AGES = ("Y2T5", "Y6T10", "Y11T14")
DEPP = "DEPP, effectifs d’élèves et de classes des écoles"
DIRECTORY_REFERENCE = "Ministère de l’Éducation nationale, annuaire de l’éducation"
IPS_REFERENCE = "DEPP, indice de position sociale"
INSEE_RP = "Insee, recensement de la population, exploitation principale"
IPS_CAUTION = (
    "Les écoles de petit effectif ne sont pas publiées (« NS » ne vaut pas zéro) : les écoles connues ne disent pas la moyenne "
    "du territoire."
)


# --- where schools are ---------------------------------------------------------------------------------


def _places(data: Data) -> pd.DataFrame:
    """Commune of each school (UAI), from the directory, else from the files of the social position index.

    The files of pupils hold postal codes, never Insee's: they place no school.

    Returns:
        Frame ``code, commune``, one row per UAI.
    """
    parts = [
        data.store.read(dataset, levels=["structure"], columns=["code", "breakdown"])
        for dataset in (DIRECTORY, IPS_PRIMARY, IPS_COLLEGES)
    ]
    rows = pd.concat(parts, ignore_index=True).drop_duplicates("code")
    return rows.assign(commune=rows["breakdown"].map(_part("commune")))[["code", "commune"]]


def _part(name: str):
    return lambda text: parse_breakdown(text).get(name, "")


def _departement_of_school(codes: pd.Series) -> pd.Series:
    """Département in a UAI: « 0121165B » -> 12, « 9740001A » -> 974, « 6200001A » and « 7200001A » -> Corsica."""
    first = codes.str[:3].replace({"620": "02A", "720": "02B"})
    return first.str[1:].where(first.str.startswith("0"), first)


def _pupil_rows(data: Data, variable: str, levels: tuple[str, ...]) -> pd.DataFrame:
    """Rows of the file of pupils for these levels of class (empty: all), with their commune."""
    names = [canonical_breakdown({"niveau": level} if level else {}) for level in levels]
    rows = data.store.read(PUPILS, variables=[variable], levels=["structure"], breakdowns=names)
    if variable == "eleves" and "" in names:
        rows = pd.concat([rows[rows["breakdown"].ne("")], _without_ulis(data)], ignore_index=True)
    return rows.merge(_places(data), on="code", how="left")


def _without_ulis(data: Data) -> pd.DataFrame:
    """All pupils of each school but those of ULIS and UEEA (``ALL_LEVELS`` added up; missing if one is)."""
    names = [canonical_breakdown(niveau=level) for level in ALL_LEVELS]
    rows = data.store.read(PUPILS, variables=["eleves"], levels=["structure"], breakdowns=names)
    rows = rows.assign(rank=rows["status"].map(STATUS_RANK))
    same = ["dataset", "variable", "level", "code", "geography_year", "period", "source"]
    out = rows.groupby(same, as_index=False, sort=False).agg(
        value=("value", "sum"), valued=("value", "count"), size=("value", "size"), rank=("rank", "max")
    )
    whole = out["valued"].eq(len(names))
    out["value"] = out["value"].where(whole)
    out["status"] = out["rank"].map(dict(enumerate(STATUSES))).where(out["size"].eq(len(names)), "missing")
    return out.assign(breakdown="", low=float("nan"), high=float("nan"))[list(COLUMNS)]


def pupils_by_territory(data: Data, variable: str, levels: tuple[str, ...]) -> pd.DataFrame:
    """Pupils or classes of each commune and group, as counts with a breakdown.

    A school that no directory places makes all communes of its département unknown for that year: its
    pupils are somewhere in it.
    """
    rows = _pupil_rows(data, variable, levels)
    placed = rows[rows["commune"].notna()]
    covered = dict(school_coverage(data, placed))
    lost = rows[rows["commune"].isna() & rows["value"].ne(0)]
    for period, codes in lost.groupby("period")["code"]:
        homes = set(_departement_of_school(codes))
        known = covered.get(str(period), frozenset())
        covered[str(period)] = frozenset(c for c in known if not c.startswith(tuple(homes)))
    return located(data, placed[LISTED], covered, zeros=False)


# --- pupils and classes --------------------------------------------------------------------------------


@indicator(
    label="élèves des écoles",
    row="C01",
    plural=True,
    theme="enfance",
    unit="élèves",
    decimals=0,
    definition="Élèves des écoles maternelles et élémentaires publiques et privées à la rentrée, hors ULIS et UEEA, en tout et par "
    "niveau, selon la commune de l’école.",
    aggregation="sum",
    meaningful=0.1,
    meaningful_relative=True,
    finest_level="structure",
    references=(DEPP, DIRECTORY_REFERENCE),
    caution="Élèves de l’école, non de la commune : dans un regroupement pédagogique, les enfants changent de commune. Une école "
    "que l’annuaire ne situe pas rend inconnus les totaux de son département cette année-là.",
)
def eleves(data: Data) -> pd.DataFrame:
    """Pupils by school and territory, in all and by level of class."""
    schools = _pupil_rows(data, "eleves", LEVELS_OF_CLASS)
    schools = schools[schools["commune"].notna()].assign(origin="structure")
    schools["breakdown"] = [
        canonical_breakdown({**parse_breakdown(b), "commune": c})
        for b, c in zip(schools["breakdown"], schools["commune"], strict=True)
    ]
    own = as_counts(
        schools[["breakdown", *KEY, "value", "low", "high", "status", "source", "origin"]], "exhaustive"
    )
    return union(as_counts(pupils_by_territory(data, "eleves", LEVELS_OF_CLASS), "exhaustive"), own)


@indicator(
    label="élèves par classe",
    row="C02",
    plural=True,
    theme="enfance",
    unit="élèves par classe",
    decimals=1,
    definition="Élèves des écoles, hors ULIS et UEEA / classes des écoles, à la rentrée : sommes du territoire, puis rapport.",
    aggregation="ratio",
    multiplier=1,
    meaningful=1,
    references=(DEPP,),
    caution="Les classes à plusieurs niveaux sont la règle dans les petites écoles : peu d’élèves par classe n’y est pas un luxe.",
)
def eleves_par_classe(data: Data) -> pd.DataFrame:
    """Pupils per class."""
    pupils, classes = (
        pupils_by_territory(data, v, ("",)).drop(columns="breakdown") for v in ("eleves", "classes")
    )
    return ratio(pupils, classes, multiplier=1, method="exhaustive")


@indicator(
    label="évolution du nombre d’élèves en cinq ans",
    row="C02",
    feminine=True,
    theme="enfance",
    unit="% en cinq ans",
    decimals=0,
    definition="(élèves des écoles, hors ULIS et UEEA, à la rentrée / élèves cinq rentrées plus tôt − 1) × 100.",
    aggregation="ratio",
    meaningful=5,
    min_base=50,
    finest_level="commune",
    references=(DEPP,),
    caution="Suit les écoles, non les enfants : une fermeture déplace des élèves d’une commune à l’autre.",
)
def evolution_eleves(data: Data) -> pd.DataFrame:
    """Change of the number of pupils over five years."""
    counts = pupils_by_territory(data, "eleves", ("",)).drop(columns="breakdown")
    years = sorted({int(p) for p in counts["period"]})
    frames = []
    for last in (y for y in years if y - SPAN in years):
        start, end = (
            counts[counts["period"].eq(str(y))].assign(period=f"{last - SPAN}-{last}")
            for y in (last - SPAN, last)
        )
        out = ratio(end, start, multiplier=100, method="exhaustive")
        frames.append(out.assign(value=out["value"] - 100))
    return pd.concat(frames, ignore_index=True) if frames else as_counts(counts, "exhaustive")


# --- schools -------------------------------------------------------------------------------------------

_SCHOOLS = {
    "feminine": True,
    "plural": True,
    "theme": "enfance",
    "unit": "écoles",
    "decimals": 0,
    "aggregation": "sum",
    "meaningful": 0.2,
    "meaningful_relative": True,
}


def _directory(data: Data, nature: str) -> pd.DataFrame:
    """Open establishments of a kind: ``code, commune, secteur, rpi, ep`` and the columns of ``LISTED``."""
    rows = data.store.read(DIRECTORY, variables=["etablissements"], levels=["structure"])
    rows = rows[rows["breakdown"].map(_part("nature")).eq(nature)]
    return rows.assign(**{n: rows["breakdown"].map(_part(n)) for n in ("commune", "secteur", "rpi", "ep")})


def _establishments(data: Data, nature: str, types: tuple[str, ...], by: tuple[str, ...]) -> pd.DataFrame:
    """Establishments of a kind in all, and by each of the dimensions ``by``; Insee's BPE where it is alone."""
    schools = _directory(data, nature)
    covered = school_coverage(data, schools, types)
    parts = [schools.assign(breakdown="")]
    for name in by:
        known = schools[schools[name].ne("")]
        parts.append(known.assign(breakdown=name + "=" + known[name]))
    listed = pd.concat(parts, ignore_index=True)[LISTED]
    counted = bpe_sites(data, types)
    size = counted.groupby([*PLACE, "geography_year"], sort=False)["breakdown"].transform("nunique")
    whole = counted[size.eq(len(types))].groupby([*PLACE, "geography_year"], as_index=False, sort=False)
    bpe = whole.agg(
        value=("value", lambda v: v.sum(min_count=len(types))), low=("low", "first"), high=("high", "first"),
        status=("status", "max"), source=("source", join_sources), origin=("origin", "first"),
    )  # fmt: skip
    return union(
        as_counts(located(data, listed, covered), "exhaustive"),
        as_counts(bpe.assign(breakdown=""), "exhaustive"),
    )


@indicator(
    label="écoles",
    row="C03",
    definition="Écoles maternelles, primaires et élémentaires ouvertes : annuaire de l’éducation (en tout, par secteur, en "
    "regroupement pédagogique, en éducation prioritaire) et base permanente des équipements (en tout).",
    references=(DIRECTORY_REFERENCE, BPE_REFERENCE),
    caution="Un regroupement pédagogique réunit plusieurs écoles : chacune est comptée.",
    **_SCHOOLS,
)
def ecoles(data: Data) -> pd.DataFrame:
    """Open primary schools, in all and by sector, grouping and priority."""
    return _establishments(data, "ecole", PRIMARY_TYPES, ("secteur", "rpi", "ep"))


@indicator(
    label="collèges",
    row="C03",
    definition="Collèges ouverts : annuaire de l’éducation (en tout, par secteur, en éducation prioritaire) et base permanente "
    "des équipements (en tout).",
    references=(DIRECTORY_REFERENCE, BPE_REFERENCE),
    caution="Le collège du secteur peut être hors du territoire.",
    **{**_SCHOOLS, "feminine": False, "unit": "collèges"},
)
def colleges(data: Data) -> pd.DataFrame:
    """Open collèges, in all and by sector and priority."""
    return _establishments(data, "college", COLLEGE_TYPES, ("secteur", "ep"))


@indicator(
    label="écoles qui ne figurent plus dans le fichier des effectifs cinq ans après",
    row="C03",
    definition="Écoles présentes au fichier des effectifs d’une rentrée et absentes cinq rentrées plus tard : fermetures et "
    "fusions.",
    references=(DEPP,),
    caution="Une fusion de deux écoles en une seule compte comme une disparition : à vérifier auprès de la DSDEN.",
    **_SCHOOLS,
)
def ecoles_disparues(data: Data) -> pd.DataFrame:
    """Schools of one year's file that are no longer in the file five years later."""
    rows = data.store.read(PUPILS, variables=["eleves"], levels=["structure"], breakdowns=[""])
    rows = rows.merge(_places(data), on="code", how="left")
    placed = rows[rows["commune"].notna()]
    covered = school_coverage(data, placed)
    years = sorted({int(p) for p in rows["period"]})
    parts, span_cover = [], {}
    for last in (y for y in years if y - SPAN in years):
        before = placed[placed["period"].eq(str(last - SPAN))]
        now = rows.loc[rows["period"].eq(str(last)), ["code", "source"]]
        lost = rows[
            rows["period"].eq(str(last - SPAN)) & rows["commune"].isna() & ~rows["code"].isin(now["code"])
        ]
        homes = tuple(set(_departement_of_school(lost["code"])))
        period = f"{last - SPAN}-{last}"
        gone = (~before["code"].isin(now["code"])).astype("float64")
        source = join_sources([*before["source"].unique(), *now["source"].unique()])
        parts.append(before.assign(value=gone, period=period, source=source, status="observed"))
        both = covered.get(str(last - SPAN), frozenset()) & covered.get(str(last), frozenset())
        span_cover[period] = frozenset(c for c in both if not homes or not c.startswith(homes))
    listed = pd.concat(parts, ignore_index=True)[LISTED] if parts else placed[LISTED].iloc[:0]
    return as_counts(located(data, listed.assign(breakdown=""), span_cover), "exhaustive")


# --- social position index -------------------------------------------------------------------------------

_IPS = {
    "theme": "enfance",
    "unit": "points",
    "decimals": 1,
    "aggregation": "as_published",
    "meaningful": 10,
    "finest_level": "structure",
    "references": (IPS_REFERENCE,),
    "annex": True,
}


@indicator(
    label="indice de position sociale des écoles",
    row="C04",
    definition="Indice de position sociale (IPS) moyen des élèves, par école, tel que publié.",
    caution="Les écoles de petit effectif ne sont pas publiées : les écoles connues ne disent pas la moyenne du "
    "territoire.",
    **_IPS,
)
def ips_ecoles(data: Data) -> pd.DataFrame:
    """Social position index of each published school, and published references."""
    rows = data.published(IPS_PRIMARY, "ips")
    return as_counts(rows, "as_published").assign(numerator=float("nan"))


@indicator(
    label="indice de position sociale moyen des écoles publiées",
    row="C04",
    definition="Moyenne des indices des écoles publiées du territoire, pondérée par leurs élèves et arrondie au point.",
    caution=IPS_CAUTION
    + " Le nombre d’écoles publiées est donné à part. Ni les effectifs, ni de décimale : rapprochés du fichier "
    "des effectifs, ils laisseraient retrouver de petits nombres d’élèves d’ULIS.",
    **{**_IPS, "decimals": 0, "finest_level": "epci"},
)
def ips_moyen_ecoles(data: Data) -> pd.DataFrame:
    """Pupil-weighted mean of the published schools of a territory, to the whole point."""
    own, published = _mean_index(data, IPS_PRIMARY)
    return union(published, own.assign(value=own["value"].round()))


def _mean_index(data: Data, dataset: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Pupil-weighted means of published establishments, and the publisher's own means.

    The pupils counted are not given: less those of the file of pupils, ULIS left out, they would give the
    pupils of the ULIS of the same schools.
    """
    known = _ips_schools(data, dataset)
    known = known[known["value"].notna() & known["pupils"].gt(0)]
    up = known.merge(_listed_groups(data, known), on="commune", suffixes=("_school", ""))
    up["weighted"] = up["value"] * up["pupils"]
    grouped = up.groupby([*PLACE, "geography_year"], sort=False, observed=True)
    out = grouped.agg(
        weighted=("weighted", "sum"), pupils=("pupils", "sum"), sources=("source", join_sources)
    ).reset_index()
    out["value"] = out.pop("weighted") / out.pop("pupils")
    own = out.assign(
        lower=float("nan"), upper=float("nan"), numerator=float("nan"), denominator=float("nan"),
        method="pupil_weighted", status="estimated", breakdown="",
    )  # fmt: skip
    rows = data.published(dataset, "ips")
    rows = rows[rows["level"].ne("structure") & rows["breakdown"].eq("")].reset_index(drop=True)
    return own, as_counts(rows, "as_published").assign(numerator=float("nan"))


def _listed_groups(data: Data, listed: pd.DataFrame) -> pd.DataFrame:
    """Groups whose every commune lies in a département that the list names; départements and more only
    for a list of the whole country."""
    groups = data.groups
    if is_national(listed["commune"]):
        return groups
    groups = groups[groups["level"].isin(["secteur", "epci", "study"])]
    inside = departement_of(groups["commune"]).isin(set(departement_of(listed["commune"])))
    whole = inside.groupby([groups["level"], groups["code"]]).transform("all")
    return groups[whole]


def _ips_schools(data: Data, dataset: str) -> pd.DataFrame:
    """Each establishment and year of the index: observations, ``commune`` and ``pupils``."""
    rows = data.store.read(dataset, variables=["ips"], levels=["structure"])
    pupils = data.store.read(dataset, variables=["effectifs"], levels=["structure"])
    pupils = pupils[["code", "period", "value"]].set_axis(["code", "period", "pupils"], axis=1)
    now = rows["breakdown"].map(_part("commune")).map(lambda code: data.passage.get(code, code))
    rows = rows.assign(commune=now).drop(columns=["dataset", "variable", "breakdown"])
    # one file repeats the other's school years: a school counts once
    pupils = pupils.drop_duplicates(["code", "period"])
    return rows.drop_duplicates(["code", "period"]).merge(pupils, on=["code", "period"], how="left")


@indicator(
    label="écoles dont l’indice de position sociale est publié",
    row="C04",
    definition="Écoles du territoire dont l’IPS est publié, sur les écoles que compte l’annuaire de l’éducation ou la base "
    "permanente des équipements de l’année la plus proche (trois ans d’écart au plus).",
    caution=IPS_CAUTION,
    references=(IPS_REFERENCE, DIRECTORY_REFERENCE, BPE_REFERENCE),
    annex=True,
    **{**_SCHOOLS, "finest_level": "epci"},
)
def ecoles_ips_publie(data: Data) -> pd.DataFrame:
    """Published schools of a territory, beside the schools it has."""
    known = _ips_schools(data, IPS_PRIMARY)
    known = known.assign(published=(known["value"].notna() & known["status"].isin(USABLE)).astype("float64"))
    up = known.merge(_listed_groups(data, known), on="commune", suffixes=("_school", ""))
    grouped = up.groupby([*PLACE, "geography_year"], sort=False, observed=True)
    counts = grouped.agg(value=("published", "sum"), source=("source", join_sources)).reset_index()
    schools = ecoles(data)
    schools = schools[schools["breakdown"].eq("") & schools["value"].notna()]
    base = schools.assign(source=schools["sources"])[[*KEY, "value", "status", "source"]]
    near = aligned(base, counts["period"].unique())[[*PLACE, "value", "status", "source"]]
    both = counts.merge(near, on=PLACE, suffixes=("", "_base"))
    out = both[[*KEY, "value"]].copy()
    out["numerator"], out["denominator"] = both["value"], both["value_base"]
    out["lower"] = out["upper"] = float("nan")
    # schools and published indices of two years: some may have opened or closed in between
    out["method"], out["status"], out["breakdown"] = "exhaustive", both["status"], ""
    out["sources"] = [join_sources(p) for p in zip(both["source"], both["source_base"], strict=True)]
    return out


@indicator(
    label="indice de position sociale des collèges",
    row="C05",
    definition="Indice de position sociale (IPS) moyen des élèves, par collège, tel que publié, et références publiées.",
    caution="Le collège du secteur peut être hors du territoire. Un seul établissement par collège : rien d’une moyenne.",
    **_IPS,
)
def ips_colleges(data: Data) -> pd.DataFrame:
    """Social position index of each collège, and published references."""
    return as_counts(data.published(IPS_COLLEGES, "ips"), "as_published").assign(numerator=float("nan"))


@indicator(
    label="indice de position sociale moyen des collèges publiés",
    row="C05",
    definition="Moyenne des indices des collèges publiés du territoire, pondérée par leurs élèves.",
    caution="Souvent un seul collège, et celui du secteur peut être hors du territoire.",
    **{**_IPS, "finest_level": "epci"},
)
def ips_moyen_colleges(data: Data) -> pd.DataFrame:
    """Pupil-weighted mean of the published collèges of a territory."""
    own, published = _mean_index(data, IPS_COLLEGES)
    return union(published, own)


@indicator(
    label="écart-type de l’indice de position sociale des collèges",
    row="C05",
    definition="Écart-type de l’IPS des élèves d’un collège, tel que publié : mixité sociale du collège.",
    caution="Un écart-type élevé dit des élèves de milieux différents, non un niveau.",
    **{**_IPS, "meaningful": 3},
)
def ecart_type_ips_colleges(data: Data) -> pd.DataFrame:
    """Standard deviation of the index within each collège."""
    return as_counts(data.published(IPS_COLLEGES, "ecart_type_ips"), "as_published").assign(
        numerator=float("nan")
    )


@indicator(
    label="valeur ajoutée du collège au brevet",
    row="C05",
    feminine=True,
    definition="Taux de réussite au brevet (série générale) moins le taux attendu des élèves accueillis, par collège, tel que "
    "publié.",
    caution="Une promotion de collège rural est petite : la valeur ajoutée saute d’une année à l’autre.",
    **{**_IPS, "meaningful": 5, "references": ("DEPP, indicateurs de valeur ajoutée des collèges",)},
)
def valeur_ajoutee_colleges(data: Data) -> pd.DataFrame:
    """Value added of each collège at the brevet."""
    rows = data.published(RESULTS, "va_du_taux_de_reussite_g")
    return as_counts(rows, "as_published").assign(numerator=float("nan"))


# --- schooling, benefits, holiday centres ----------------------------------------------------------------


@indicator(
    label="taux de scolarisation",
    row="C06",
    theme="enfance",
    unit="%",
    decimals=0,
    definition="Enfants inscrits dans un établissement d’enseignement / enfants du même âge, au recensement : 2–5, 6–10 et 11–14 "
    "ans ; par sexe.",
    aggregation="ratio",
    multiplier=100,
    meaningful=2,
    min_base=100,
    references=(INSEE_RP,),
    caution="À 2–5 ans, le taux dit surtout l’école dès 2 ans. L’instruction est obligatoire de 3 à 16 ans : au-delà, un écart de "
    "quelques points tient à l’instruction en famille ou aux réponses.",
)
def taux_scolarisation(data: Data) -> pd.DataFrame:
    """Children at school among children of the same age, by age and sex."""
    return schooling(data, AGES)


def schooling(data: Data, bands: tuple[str, ...]) -> pd.DataFrame:
    """Rate of schooling of each age band, together and by sex."""
    parts = []
    for age in bands:
        for sex in ("", "F", "M"):
            more = {"age": age, "sex": sex} if sex else {"age": age}
            rate = ratio(
                enrolled(data, **more), people(data, EDUCATION, **more), multiplier=100, method="census"
            )
            parts.append(labelled(rate, **more))
    return union(*parts)


def enrolled(data: Data, **dimensions: str) -> pd.DataFrame:
    """People enrolled in a school, collège, lycée or university, by age and sex."""
    return people(data, EDUCATION, stud="1", **dimensions)


@indicator(
    label="foyers percevant l’allocation de rentrée scolaire (ARS)",
    row="C08",
    plural=True,
    theme="enfance",
    unit="foyers",
    decimals=0,
    definition="Foyers bénéficiaires de l’allocation de rentrée scolaire de l’année, tels que comptés en décembre.",
    aggregation="sum",
    meaningful=0.15,
    meaningful_relative=True,
    references=("Cnaf, data.caf.fr, bénéficiaires de toutes les prestations, décembre",),
    caution=MSA
    + " L’ARS est sous condition de ressources, de 6 à 18 ans ; effectifs arrondis au multiple de 5.",
)
def foyers_ars(data: Data) -> pd.DataFrame:
    """Households receiving ARS."""
    return benefit(data, "indfoy_ars")


@indicator(
    label="accueils de loisirs (sites)",
    row="C07",
    plural=True,
    theme="enfance",
    unit="sites",
    decimals=0,
    definition="Accueils de loisirs sans hébergement de la base permanente des équipements.",
    aggregation="sum",
    meaningful=0.2,
    meaningful_relative=True,
    references=(BPE_REFERENCE,),
    caution=BPE_CAUTION + " Périscolaire, mercredi et vacances ne sont pas distingués.",
)
def sites_accueil_loisirs(data: Data) -> pd.DataFrame:
    """Holiday and after-school centres, as sites."""
    return as_counts(bpe_sites(data, ("D505",)), "exhaustive")
