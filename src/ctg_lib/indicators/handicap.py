"""Disability: beneficiaries, pupils, establishments and services. People are sensitive: a threshold of 10."""

from __future__ import annotations

import pandas as pd

from ctg_lib.indicators._rates import aligned
from ctg_lib.indicators._select import sole_variable
from ctg_lib.indicators._sites import bpe_sites, sites
from ctg_lib.indicators.data import KEY, PLACE, Data, as_counts, ratio, union
from ctg_lib.indicators.enfance import DEPP, pupils_by_territory
from ctg_lib.indicators.labels import ages
from ctg_lib.indicators.petite_enfance import BENEFITS, BPE_REFERENCE, MSA, ROUNDED, benefit
from ctg_lib.indicators.population import AGE_SEX, BASE_IC, POPULATION, first_of, people
from ctg_lib.indicators.registry import indicator
from ctg_lib.values import parse_breakdown

FINESS = "finess"
AAH_SETS = "aah_dep"
CAF_COMMUNES = "data_caf"
MINIMA = "minima_sociaux"
SOCIAL_AID = "aide_sociale"
DREES = "DREES, enquête annuelle sur l’aide sociale ; minima sociaux par département"
CNAF = "Cnaf, data.caf.fr, bénéficiaires de toutes les prestations, décembre"
INSEE_RP = "Insee, recensement de la population, exploitation principale"
THRESHOLD = 10
CHILDREN = (
    "182", "183", "186", "188", "189", "190", "192", "194", "195", "196", "221", "238", "377", "390",
)  # fmt: skip
"""FINESS categories for children: Sessad, IME, Itep, polyhandicap, CMPP, Camsp, IEM, sight and hearing,
BAPU, accueil familial spécialisé, experimental, accueil temporaire."""
ADULTS = (
    "198", "246", "249", "252", "255", "379", "382", "395", "437", "445", "446", "448", "449", "464",
)  # fmt: skip
"""FINESS categories for adults: préorientation, Esat, réadaptation professionnelle, foyers, MAS, experimental,
accueil temporaire, FAM, Samsah, SAVS, EAM, EANM, Ueros."""
BOTH = ("370",)
BPE_PUBLIC = {
    "enfants": ("D601", "D602"),
    "adultes": ("D603", "D605", "D606"),
}
_SENSITIVE = {"theme": "handicap", "sensitive": True, "min_count": THRESHOLD}
_COUNT = {
    **_SENSITIVE,
    "plural": True,
    "decimals": 0,
    "aggregation": "sum",
    "meaningful": 0.2,
    "meaningful_relative": True,
}
_RATE = {
    **_SENSITIVE,
    "plural": True,
    "decimals": 1,
    "aggregation": "ratio",
    "multiplier": 100,
    "min_base": 100,
    "finest_level": "epci",
    "references": (CNAF, INSEE_RP),
}


@indicator(
    label="enfants bénéficiaires de l’AEEH",
    row="F01",
    unit="enfants",
    definition="Enfants pour lesquels l’allocation d’éducation de l’enfant handicapé est versée en décembre.",
    finest_level="epci",
    references=(CNAF,),
    caution=ROUNDED + " Une demande non faite ou en attente à la MDPH n’y est pas.",
    **_COUNT,
)
def beneficiaires_aeeh(data: Data) -> pd.DataFrame:
    """Children for whom AEEH is paid."""
    return benefit(data, "indben_aeeh")


@indicator(
    label="foyers percevant l’AEEH",
    row="F01",
    unit="foyers",
    definition="Foyers bénéficiaires de l’allocation d’éducation de l’enfant handicapé en décembre.",
    finest_level="epci",
    references=(CNAF,),
    caution=ROUNDED,
    **_COUNT,
)
def foyers_aeeh(data: Data) -> pd.DataFrame:
    """Households receiving AEEH."""
    return benefit(data, "indfoy_aeeh")


@indicator(
    label="enfants bénéficiaires de l’AEEH pour 100 jeunes de moins de 20 ans",
    row="F01",
    unit="pour 100 jeunes de moins de 20 ans",
    definition="Enfants bénéficiaires de l’AEEH en décembre / habitants de moins de 20 ans au recensement le plus proche (trois "
    "ans d’écart au plus) × 100.",
    meaningful=0.5,
    caution=MSA
    + " Effectifs arrondis au multiple de 5 : le taux est une fourchette. Un taux élevé peut dire un bon accès aux "
    "droits.",
    **_RATE,
)
def taux_aeeh(data: Data) -> pd.DataFrame:
    """AEEH children for 100 people under 20."""
    return _benefit_rate(data, "indben_aeeh", 0, 19, "Y_LT20", "POP0019")


@indicator(
    label="bénéficiaires de l’AAH",
    row="F02",
    unit="personnes",
    definition="Personnes pour lesquelles l’allocation aux adultes handicapés est versée en décembre.",
    finest_level="epci",
    references=(CNAF,),
    caution=ROUNDED,
    **_COUNT,
)
def beneficiaires_aah(data: Data) -> pd.DataFrame:
    """People receiving AAH."""
    return benefit(data, "indben_aah")


@indicator(
    label="bénéficiaires de l’AAH pour 100 habitants de 20 à 64 ans",
    row="F02",
    unit="pour 100 habitants de 20 à 64 ans",
    definition="Bénéficiaires de l’AAH en décembre / habitants de 20 à 64 ans au recensement le plus proche (trois ans d’écart au "
    "plus) × 100.",
    meaningful=0.5,
    caution=MSA
    + " Effectifs arrondis au multiple de 5 : le taux est une fourchette. Une caserne gonfle le dénominateur, un "
    "foyer ou un Esat le numérateur.",
    **_RATE,
)
def taux_aah(data: Data) -> pd.DataFrame:
    """AAH recipients for 100 people aged 20–64."""
    return _benefit_rate(data, "indben_aah", 20, 64, "", "POP2064")


def _benefit_rate(data: Data, variable: str, low: int, high: int, code: str, base_ic: str) -> pd.DataFrame:
    """A Caf count over the people of an age band, of the nearest census."""
    counts = data.count(BENEFITS, variable)
    base = [data.count(AGE_SEX, "POP", ages(low, high)), data.count(BASE_IC, base_ic)]
    if code:
        base.insert(1, people(data, POPULATION, age=code))
    return ratio(
        counts, aligned(first_of(*base), counts["period"].unique()), multiplier=100, method="rounding"
    )


@indicator(
    label="allocataires de l’AAH par commune",
    row="F02",
    unit="allocataires",
    definition="Allocataires percevant l’allocation aux adultes handicapés, fichier communal de l’Insee et de la Caf.",
    references=("Insee-Cnaf, allocataires des Caf par commune",),
    caution=MSA + " Dernier millésime communal connu : décembre 2021.",
    annex=True,
    **_COUNT,
)
def allocataires_aah_communes(data: Data) -> pd.DataFrame:
    """AAH recipients by commune, last communal vintage."""
    return as_counts(data.count(CAF_COMMUNES, "AAAH"), "as_published")


@indicator(
    label="bénéficiaires de l’AAH selon le taux d’incapacité et l’âge",
    row="F03",
    feminine=False,
    plural=True,
    unit="% des bénéficiaires du département",
    decimals=0,
    definition="Bénéficiaires de l’AAH du département selon les catégories publiées (taux d’incapacité, âge…) / ensemble des "
    "bénéficiaires de ces catégories.",
    aggregation="ratio",
    multiplier=100,
    meaningful=3,
    min_base=100,
    finest_level="departement",
    references=("Cnaf, data.caf.fr, AAH par taux d’incapacité et par âge, départements",),
    caution="Contexte départemental seulement : rien n’est publié par intercommunalité.",
    annex=True,
    **_SENSITIVE,
)
def aah_par_categorie(data: Data) -> pd.DataFrame:
    """Shares of AAH recipients by published categories, départements."""
    variable = sole_variable(data, AAH_SETS, "indben_aah", "indnbp_aah", "indfoy_aah")
    rows = data.published(AAH_SETS, variable)
    rows = rows[rows["breakdown"].ne("") & rows["level"].ne("commune")]
    if rows.empty:
        return as_counts(rows, "exhaustive")
    crossing = rows["breakdown"].map(lambda b: "+".join(parse_breakdown(b)))
    by = [rows[c] for c in PLACE] + [crossing]
    size = rows["value"].groupby(by, sort=False)
    complete = size.transform("count").eq(size.transform("size"))
    base = size.transform("sum").where(complete)
    out = rows[[*KEY, "breakdown", "status"]].copy()
    out["numerator"], out["denominator"] = rows["value"], base
    out["value"] = 100 * rows["value"] / base.where(base.gt(0))
    out["status"] = out["status"].mask(
        out["value"].isna() & out["status"].isin(["observed", "rounded"]), "missing"
    )
    out["lower"] = out["upper"] = float("nan")
    return out.assign(method="exhaustive", sources=rows["source"]).reset_index(drop=True)


_CONTEXT = {
    **_COUNT,
    "finest_level": "departement",
    "references": (DREES,),
    "annex": True,
}


@indicator(
    label="allocataires de l’AAH par département",
    row="F02",
    unit="allocataires",
    definition="Allocataires de l’allocation aux adultes handicapés au 31 décembre, tous régimes, par département.",
    caution="Contexte départemental, série longue : Caf et MSA ensemble, contrairement aux fichiers de la Caf.",
    **_CONTEXT,
)
def allocataires_aah_departement(data: Data) -> pd.DataFrame:
    """AAH recipients of all schemes by département and year."""
    return _as_given(data, MINIMA, "allocataires_aah")


@indicator(
    label="bénéficiaires de la PCH par département",
    row="F07",
    unit="personnes",
    definition="Bénéficiaires de la prestation de compensation du handicap (PCH) au 31 décembre, par département.",
    caution="Contexte départemental : le nombre par intercommunalité se demande à la MDPH.",
    **_CONTEXT,
)
def beneficiaires_pch(data: Data) -> pd.DataFrame:
    """PCH recipients by département and year."""
    return _as_given(data, SOCIAL_AID, "beneficiaires_pch")


@indicator(
    label="bénéficiaires de la PCH de moins de 20 ans par département",
    row="F07",
    unit="personnes",
    definition="Bénéficiaires de la prestation de compensation du handicap (PCH) de moins de 20 ans au 31 décembre, par "
    "département.",
    caution="Contexte départemental : le nombre par intercommunalité se demande à la MDPH.",
    **_CONTEXT,
)
def beneficiaires_pch_moins_20(data: Data) -> pd.DataFrame:
    """PCH recipients under 20 by département and year."""
    return _as_given(data, SOCIAL_AID, "beneficiaires_pch_moins_20")


def _as_given(data: Data, dataset: str, variable: str) -> pd.DataFrame:
    """Published totals, never summed here: France and régions are the publisher's own."""
    rows = data.published(dataset, variable)
    return as_counts(rows[rows["breakdown"].eq("")].reset_index(drop=True), "as_published")


@indicator(
    label="élèves en ULIS et en UEEA",
    row="F04",
    unit="élèves",
    definition="Élèves des unités localisées pour l’inclusion scolaire (ULIS) des écoles, et des unités d’enseignement élémentaire "
    "autisme (UEEA), à la rentrée.",
    finest_level="epci",
    references=(DEPP,),
    caution="Écoles seulement : les élèves handicapés suivis en classe ordinaire, avec ou sans AESH, ne sont comptés nulle part en "
    "données ouvertes.",
    **_COUNT,
)
def eleves_ulis(data: Data) -> pd.DataFrame:
    """Pupils of ULIS and UEEA in primary schools, never below the EPCI."""
    rows = pupils_by_territory(data, "eleves", ("ulis", "ueea"))
    return as_counts(rows[rows["level"].ne("commune")].reset_index(drop=True), "exhaustive")


@indicator(
    label="établissements et services pour personnes handicapées",
    row="F05",
    plural=True,
    theme="handicap",
    unit="établissements et services",
    decimals=0,
    definition="Établissements et services médico-sociaux de FINESS dont l’adresse est dans le territoire, pour enfants et pour "
    "adultes ; types de la base permanente des équipements à part.",
    aggregation="sum",
    meaningful=0.2,
    meaningful_relative=True,
    references=("Ministère de la Santé, FINESS", BPE_REFERENCE),
    caution="Un service compte là où est son siège : il intervient souvent au-delà. Ni places, ni listes d’attente. Le type « services "
    "d’aide » de la BPE n’est pas repris : il compte aussi des services d’aide à domicile. Des sites, non des personnes : pas de seuil.",
)
def etablissements_handicap(data: Data) -> pd.DataFrame:
    """Establishments and services by public (FINESS), and by type (Insee's BPE)."""
    public = {
        f"categorie={code}": f"public={name}"
        for name, codes in (("enfants", CHILDREN), ("adultes", ADULTS), ("mixte", BOTH))
        for code in codes
    }
    listed = sites(data, FINESS, "etablissements", public.__contains__, public)
    types = [t for codes in BPE_PUBLIC.values() for t in codes]
    return union(as_counts(listed, "exhaustive"), as_counts(bpe_sites(data, types), "exhaustive"))
