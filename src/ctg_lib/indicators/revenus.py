"""Standard of living, poverty, Caf benefits."""

from __future__ import annotations

import pandas as pd

from ctg_lib.indicators.data import KEY, PLACE, Data, as_counts, join_sources
from ctg_lib.indicators.registry import indicator

FILOSOFI = "filosofi"
FILOSOFI_2 = "DS_FILOSOFI_CC"
CAF = "s_ben_f"
INSEE = "Insee-DGFiP-Cnaf-Cnav-CCMSA, Fichier localisé social et fiscal"
MSA = "Caf seule : les allocataires de la MSA, nombreux en milieu rural, ne sont pas comptés."
BREAK = "Rupture de série : 2023 (nouvelle méthode) ne se compare pas aux années jusqu’à 2021 ; 2022 n’existe pas."


def _published(data: Data, old: str, new: str) -> pd.DataFrame:
    """Published values of the old series (to 2021) and of the new one (from 2023), never joined."""
    frames = [data.published(dataset, variable) for dataset, variable in ((FILOSOFI, old), (FILOSOFI_2, new))]
    rows = pd.concat(frames, ignore_index=True)
    rows = rows[rows["breakdown"].eq("")]
    return as_counts(rows.reset_index(drop=True), "as_published").assign(numerator=float("nan"))


@indicator(
    label="niveau de vie médian",
    theme="revenus",
    unit="€ par an et par unité de consommation",
    decimals=0,
    definition="Revenu disponible par unité de consommation qui partage les habitants des ménages fiscaux en deux "
    "moitiés.",
    aggregation="as_published",
    meaningful=0.03,
    meaningful_relative=True,
    better="higher",
    references=(INSEE,),
    caution=BREAK,
)
def niveau_vie_median(data: Data) -> pd.DataFrame:
    """Published median standard of living."""
    return _published(data, "MED", "MED_SL")


@indicator(
    label="taux de pauvreté",
    theme="revenus",
    unit="%",
    decimals=1,
    definition="Part des habitants des ménages fiscaux dont le niveau de vie est inférieur à 60 % du niveau de vie "
    "médian métropolitain.",
    aggregation="as_published",
    meaningful=1.0,
    better="lower",
    references=(INSEE,),
    caution="Porte sur les personnes des ménages fiscaux, non sur tous les habitants (casernes, établissements pour "
    "personnes âgées et foyers en sont absents). " + BREAK,
)
def taux_pauvrete(data: Data) -> pd.DataFrame:
    """Published poverty rate at 60 % of the median."""
    return _published(data, "TP60", "PR_MD60")


@indicator(
    label="personnes sous le seuil de pauvreté",
    feminine=True,
    plural=True,
    theme="revenus",
    unit="personnes",
    decimals=0,
    definition="Taux de pauvreté publié × personnes des ménages fiscaux de la même année, là où les deux sont connus.",
    aggregation="as_published",
    meaningful=0.1,
    meaningful_relative=True,
    better="lower",
    finest_level="epci",
    references=(INSEE,),
    caution="Nombre déduit de deux valeurs publiées de la même année.",
)
def personnes_pauvres(data: Data) -> pd.DataFrame:
    """People below the threshold: published rate × people of fiscal households, same year."""
    rate, people = data.published(FILOSOFI, "TP60"), data.published(FILOSOFI, "NBPERSMENFISC")
    both = rate[rate["value"].notna()].merge(
        people.loc[people["value"].notna(), [*PLACE, "value", "source"]],
        on=PLACE,
        suffixes=("", "_base"),
    )
    out = both[[*KEY]].copy()
    out["value"] = both["value"] * both["value_base"] / 100
    out["lower"] = (both["value"] - 0.05) * both["value_base"] / 100
    out["upper"] = (both["value"] + 0.05) * both["value_base"] / 100
    out["numerator"], out["denominator"] = out["value"], both["value_base"]
    out["status"], out["method"], out["breakdown"] = "estimated", "derived", ""
    out["sources"] = [join_sources(pair) for pair in zip(both["source"], both["source_base"], strict=True)]
    return out


_CAF = {
    "plural": True,
    "theme": "revenus",
    "unit": "foyers",
    "decimals": 0,
    "aggregation": "sum",
    "meaningful": 0.15,
    "meaningful_relative": True,
    "references": ("Cnaf, data.caf.fr, bénéficiaires par commune, décembre",),
    "caution": MSA
    + " Chaque commune est arrondie au multiple de 5 (v est lu entre v − 2 et v + 4 ; une case vide, entre 0 et 4) : la "
    "somme est une fourchette.",
}


def _caf(data: Data, variable: str) -> pd.DataFrame:
    return as_counts(data.count(CAF, variable), "rounding")


@indicator(
    label="foyers allocataires de la Caf",
    definition="Foyers ayant au moins une prestation de la Caf versable en décembre.",
    **_CAF,
)
def foyers_allocataires(data: Data) -> pd.DataFrame:
    """Households receiving at least one benefit."""
    return _caf(data, "indfoy_ndur")


@indicator(
    label="personnes couvertes par la Caf",
    definition="Allocataires, conjoints, enfants et autres personnes à charge des foyers allocataires, en décembre.",
    **{**_CAF, "unit": "personnes", "feminine": True},
)
def personnes_couvertes(data: Data) -> pd.DataFrame:
    """People in the households receiving a benefit."""
    return _caf(data, "indnbp_ndur")


@indicator(
    label="foyers au RSA",
    definition="Foyers bénéficiaires du revenu de solidarité active en décembre.",
    **_CAF,
)
def foyers_rsa(data: Data) -> pd.DataFrame:
    """Households receiving RSA."""
    return _caf(data, "indfoy_rsa")


@indicator(
    label="foyers percevant la prime d’activité",
    definition="Foyers bénéficiaires de la prime d’activité en décembre.",
    **_CAF,
)
def foyers_prime_activite(data: Data) -> pd.DataFrame:
    """Households receiving prime d'activité."""
    return _caf(data, "indfoy_ppa")


@indicator(
    label="foyers percevant une aide au logement",
    definition="Foyers bénéficiaires d’une aide au logement en décembre.",
    **_CAF,
)
def foyers_aide_logement(data: Data) -> pd.DataFrame:
    """Households receiving a housing benefit."""
    return _caf(data, "indfoy_ndural")


@indicator(
    label="familles percevant les allocations familiales",
    definition="Foyers bénéficiaires des allocations familiales (deux enfants ou plus) en décembre.",
    **{**_CAF, "feminine": True, "unit": "familles"},
)
def foyers_af(data: Data) -> pd.DataFrame:
    """Families receiving allocations familiales."""
    return _caf(data, "indfoy_af")


@indicator(
    label="foyers percevant la Paje",
    definition="Foyers bénéficiaires de la prestation d’accueil du jeune enfant en décembre.",
    **_CAF,
)
def foyers_paje(data: Data) -> pd.DataFrame:
    """Households receiving Paje."""
    return _caf(data, "indfoy_ndurpaje")
