"""DEPP, indicateurs de valeur ajoutée des collèges (``fr-en-indicateurs-valeur-ajoutee-colleges``).

Labels (« VA du taux de réussite - G ») and technical names (``va_du_taux_de_reussite_g``) are both read.
The commune is given by its name only: a collège is placed by joining its UAI with the annuaire. An empty
cell is missing (too few candidates, no professional series …), never 0.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from ctg_lib.errors import RawDataError
from ctg_lib.manifest import Entry
from ctg_lib.sources._common import ROW, finish, numbers, read_table, refuse, require, slug_columns
from ctg_lib.sources._extra import start_year

DATASET = "ival_colleges"
SECTORS = {"PU": "public", "PR": "prive", "PUBLIC": "public", "PRIVE": "prive", "PRIVÉ": "prive"}
MARKERS = {"ND", "NS", "nd", "ns"}
_FIGURE = re.compile(r"(?:nb|taux|va|note|part)_\w+")


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """Results of each collège and session: candidates, success, value added, access from 6e to 3e.

    Dataset ``ival_colleges``, level ``structure``, code = UAI, period = session, breakdown
    ``secteur=public``; variable = the column written by ``slug`` (``taux_de_reussite_g``,
    ``va_du_taux_de_reussite_g``, ``taux_d_acces_6eme_3eme`` …). Units: %, points, marks out of 20, counts.

    Raises:
        RawDataError: missing column, no figure, unknown sector, bad session or number, duplicate.
    """
    table = slug_columns(read_table(path))
    require(table, ["session", "uai", "secteur"], path)
    columns = [c for c in table.columns if _FIGURE.fullmatch(c)]
    if not columns:
        raise RawDataError(f"{path.name} : aucune colonne de résultat (nb_…, taux_…, va_…, note_…, part_…).")
    sector = table["secteur"].str.strip().str.upper().map(SECTORS)
    refuse(sector.isna(), table, "secteur", path, "PU, PR, public ou privé")
    base = pd.DataFrame(
        {
            "code": table["uai"].str.strip(),
            "period": start_year(table, "session", path),
            "breakdown": "secteur=" + sector,
            ROW: table[ROW],
        }
    )
    parts = []
    for column in columns:
        cells = table[column].str.strip()
        value = numbers(table, column, path, markers=MARKERS)
        status = value.notna().map({True: "observed", False: "missing"})
        parts.append(
            base.assign(
                variable=column,
                value=value,
                status=status.mask(cells.str.upper().eq("NS"), "not_significant"),
            )
        )
    return finish(pd.concat(parts, ignore_index=True), entry, path, dataset=DATASET, level="structure")
