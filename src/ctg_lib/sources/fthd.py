"""Indicateur France Très Haut Débit (Arcep, ANCT): premises and premises that fibre can reach.

Columns ``insee_com``, ``locaux_arcep``, ``locaux_ftth``, ``trimestre`` (« 2026 T2 »). Traps met here:
counts written as decimals; one row per commune is expected — two that differ (several networks) would be
neither summed nor chosen; more premises reached than premises is refused.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ctg_lib.manifest import Entry
from ctg_lib.sources._common import (
    ROW,
    finish,
    is_commune,
    numbers,
    read_table,
    refuse,
    require,
    slug_columns,
)

DATASET = "fthd"
VARIABLES = {"locaux_arcep": "locaux", "locaux_ftth": "locaux_raccordables"}


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """Premises, and premises that can be connected to fibre, by commune and quarter.

    Dataset ``fthd``, variables ``locaux`` and ``locaux_raccordables`` (businesses included), period
    « 2026-T2 ».

    Raises:
        RawDataError: missing column, bad code, quarter or number, more connected than there are, duplicate.
    """
    table = slug_columns(read_table(path))
    require(table, ["insee_com", "trimestre", *VARIABLES], path)
    codes = table["insee_com"].str.strip()
    codes = codes.where(codes.str.len() != 4, "0" + codes)
    refuse(~codes.str.fullmatch(r"(?:\d\d|2[AB])\d{3}"), table, "insee_com", path, "un code commune")
    quarter = table["trimestre"].str.strip().str.extract(r"^(\d{4})[ -]?T([1-4])$")
    refuse(quarter[0].isna(), table, "trimestre", path, "un trimestre « AAAA TN »")
    table = table.assign(code=codes, period=quarter[0] + "-T" + quarter[1]).loc[is_commune(codes)]
    table = table.drop_duplicates(["code", "period", *VARIABLES])
    values = {c: numbers(table, c, path) for c in VARIABLES}
    more = values["locaux_ftth"] > values["locaux_arcep"]
    refuse(more, table, "locaux_ftth", path, "au plus le nombre de locaux (locaux_arcep)")
    parts = [table[["code", "period", ROW]].assign(variable=v, value=values[c]) for c, v in VARIABLES.items()]
    return finish(pd.concat(parts, ignore_index=True), entry, path, dataset=DATASET, level="commune")
