"""Children at school."""

from __future__ import annotations

import pandas as pd

from ctg_lib.indicators.data import Data, as_counts
from ctg_lib.indicators.registry import indicator


@indicator(
    label="indice de position sociale des écoles",
    theme="enfance",
    unit="points",
    decimals=1,
    definition="Indice de position sociale (IPS) moyen des élèves, par école, tel que publié.",
    aggregation="as_published",
    meaningful=10,
    finest_level="structure",
    references=("DEPP, indice de position sociale",),
    caution="Les écoles de petit effectif ne sont pas publiées : les écoles connues ne disent pas la moyenne du "
    "territoire.",
    annex=True,
)
def ips_ecoles(data: Data) -> pd.DataFrame:
    """Social position index of each published school, and published references."""
    rows = data.published("ips_ecoles", "ips")
    return as_counts(rows, "as_published").assign(numerator=float("nan"))
