"""What may be said of two values side by side, and how surely."""

from __future__ import annotations

import pandas as pd

from ctg_lib.display.prose import beside
from ctg_lib.display.words import SIDES
from ctg_lib.geography import Territory
from ctg_lib.indicators.registry import Definition
from ctg_lib.statistics.comparison import Reading
from ctg_lib.study.rows import as_value, reading, usable

SURENESS: dict[str, str] = {
    "apart": "établi : les fourchettes ne se recouvrent pas",
    "exact": "l’écart compte ; valeurs données sans fourchette",
    "small": "écart trop petit pour être nommé",
    "uncertain": "les fourchettes se recouvrent : rien n’est établi",
    "period": "aucune année commune : rien n’est comparé",
    "missing": "l’une des deux valeurs n’est pas connue",
    "range": "l’une des deux valeurs n’est qu’une fourchette",
    "count": "un effectif ne se compare pas d’un territoire à l’autre : prendre un taux",
}
"""Why a difference is named, or is not."""


def read(own: pd.Series | None, other: pd.Series | None, rule: Definition) -> tuple[Reading, str]:
    """How the territory stands to another one, and why it may be said: (reading, key of ``SURENESS``).

    Nothing is compared across periods, and counts are compared with nothing: territories differ in size.
    """
    unknown = Reading("unknown", float("nan"), reason="missing")
    if own is None or other is None or not usable(own) or not usable(other):
        return unknown, "missing"
    if rule.aggregation == "sum":
        return unknown, "count"
    if own["period"] != other["period"]:
        return unknown, "period"
    if pd.isna(own["value"]) or pd.isna(other["value"]):
        return unknown, "range"
    found = reading(as_value(own, rule), other, rule)
    if found.side == "unknown":
        return found, "missing"
    if found.side == "close":
        return found, found.reason
    bounded = pd.notna(own["lower"]) or pd.notna(other["lower"])
    return found, "apart" if bounded else "exact"


def in_words(found: Reading, territory: Territory) -> str:
    """« nettement plus que dans l’Aveyron »; empty where nothing is said."""
    return beside(found.side, territory.a(), far=found.far) if found.side in SIDES else ""
