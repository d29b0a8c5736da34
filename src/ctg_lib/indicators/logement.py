"""Housing: occupancy, tenure."""

from __future__ import annotations

import pandas as pd

from ctg_lib.indicators.data import Data, as_counts, ratio, union
from ctg_lib.indicators.registry import indicator
from ctg_lib.values import parse_breakdown

HOUSING = "DS_RP_LOGEMENT_PRINC"
BASE_IC = "rp_base_ic"
INSEE = "Insee, recensement de la population, exploitation principale"
TENURES = ("100", "211", "212_222", "221", "300")

_SHARE = {
    "feminine": True,
    "theme": "logement",
    "unit": "%",
    "decimals": 0,
    "aggregation": "ratio",
    "multiplier": 100,
    "meaningful": 2,
    "min_base": 100,
    "references": (INSEE,),
}


def _dwellings(data: Data, **wanted: str) -> pd.DataFrame:
    """Dwellings of one occupancy or tenure; all of them when nothing is asked."""
    return data.count(HOUSING, "DWELLINGS", lambda b: parse_breakdown(b) == wanted)


def _main_by_tenure(data: Data, *tenures: str) -> pd.DataFrame:
    return data.count(HOUSING, "DWELLINGS", lambda b: parse_breakdown(b).get("tsh") in tenures)


@indicator(
    label="logements",
    plural=True,
    theme="logement",
    unit="logements",
    decimals=0,
    definition="Résidences principales, secondaires, logements occasionnels et vacants.",
    aggregation="sum",
    meaningful=0.1,
    meaningful_relative=True,
    references=(INSEE,),
)
def logements(data: Data) -> pd.DataFrame:
    """Dwellings of all kinds."""
    return union(as_counts(_dwellings(data), "census"), as_counts(data.count(BASE_IC, "LOG"), "census"))


@indicator(
    label="part des résidences secondaires",
    definition="Résidences secondaires et logements occasionnels / ensemble des logements.",
    **_SHARE,
)
def part_residences_secondaires(data: Data) -> pd.DataFrame:
    """Share of second homes and occasional dwellings."""
    recent = ratio(_dwellings(data, ocs="DW_SEC_DW_OCC"), _dwellings(data), multiplier=100, method="census")
    older = ratio(data.count(BASE_IC, "RSECOCC"), data.count(BASE_IC, "LOG"), multiplier=100, method="census")
    return union(recent, older)


@indicator(
    label="part des logements vacants",
    definition="Logements vacants au recensement / ensemble des logements.",
    better="lower",
    caution="La vacance du recensement comprend la vacance courte, entre deux occupants.",
    **_SHARE,
)
def part_logements_vacants(data: Data) -> pd.DataFrame:
    """Share of vacant dwellings."""
    recent = ratio(_dwellings(data, ocs="DW_VAC"), _dwellings(data), multiplier=100, method="census")
    older = ratio(data.count(BASE_IC, "LOGVAC"), data.count(BASE_IC, "LOG"), multiplier=100, method="census")
    return union(recent, older)


@indicator(
    label="part des propriétaires",
    definition="Résidences principales occupées par leur propriétaire / résidences principales.",
    **_SHARE,
)
def part_proprietaires(data: Data) -> pd.DataFrame:
    """Share of main residences occupied by their owner."""
    return ratio(
        _main_by_tenure(data, "100"), _main_by_tenure(data, *TENURES), multiplier=100, method="census"
    )


@indicator(
    label="part des locataires d’un logement social",
    definition="Résidences principales louées vides dans le parc HLM / résidences principales.",
    **_SHARE,
)
def part_locataires_hlm(data: Data) -> pd.DataFrame:
    """Share of main residences rented from a social landlord."""
    return ratio(
        _main_by_tenure(data, "221"), _main_by_tenure(data, *TENURES), multiplier=100, method="census"
    )
