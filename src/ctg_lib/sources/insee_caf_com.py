"""Caf beneficiaries by commune as Insee lays them out (``data_CAFAAAA_COM.csv``), December of the year.

Columns: ``CODGEO;NOTE;A;PERCOU;AI;AM;ACSSENF;ACAVENF;AC3ENF;ENF;ENF_2;ENF_3_5 …``.

Traps met here: counts are not rounded but those under 5 are hidden, and the cell is then empty;
``NOTE`` other than 0 says that the whole row is hidden; members of the MSA are not counted; Paris, Lyon
and Marseille may come by arrondissement.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from ctg_lib.errors import RawDataError, found_expected
from ctg_lib.manifest import Entry
from ctg_lib.sources._common import ROW, finish, is_commune, numbers, read_table, refuse, require

DATASET = "data_caf"
SECRET = ("s", "")
UNAVAILABLE = ("nd",)
_NOT_FIGURES = frozenset(["CODGEO", "LIBGEO", "NOTE", ROW])
_NAME = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """Counts by commune, dataset ``data_caf``, variables = column names (``A``, ``PERCOU``, ``ENF_3_5`` …).

    Period = December of the manifest's year (« 2021-12 »). An empty cell is secret (fewer than five, or
    the whole commune hidden).

    Raises:
        RawDataError: missing column, IRIS instead of communes, another year in the file's name, a hidden
            row with values, a column whose name is not a publisher's, bad number, twice the same commune.
    """
    table = read_table(path)
    require(table, ["CODGEO", "NOTE", "A"], path)
    year = entry.reference_date[:4]
    named = re.search(r"(?i)caf_?(\d{4})", path.name)
    if named and named[1] != year:
        raise RawDataError(found_expected(f"{path.name}, année du nom", named[1], f"{year} (manifeste)"))
    codes = table["CODGEO"].str.strip()
    refuse(
        ~codes.str.fullmatch(r"(?:\d\d|2[AB])\d{3}"), table, "CODGEO", path, "un code commune (fichier _COM)"
    )
    table = table.loc[is_commune(codes)]
    columns = [c for c in table.columns if c not in _NOT_FIGURES]
    new = [c for c in columns if not _NAME.fullmatch(c)]
    if new:
        raise RawDataError(
            found_expected(f"{path.name}, en-tête", ", ".join(new), "des sigles en majuscules")
        )
    hidden = table["NOTE"].str.strip().ne("0")
    refuse(hidden & table["A"].str.strip().ne(""), table, "NOTE", path, "0, ou une ligne sans valeur")
    parts = [
        pd.DataFrame(
            {
                "variable": column,
                "code": table["CODGEO"].str.strip(),
                "value": numbers(table, column, path, markers={*SECRET, *UNAVAILABLE}),
                "status": _status(table[column].str.strip()),
                ROW: table[ROW],
            }
        )
        for column in columns
    ]
    return finish(
        pd.concat(parts, ignore_index=True),
        entry,
        path,
        dataset=DATASET,
        level="commune",
        period=f"{year}-12",
    )


def _status(cells: pd.Series) -> pd.Series:
    status = pd.Series("observed", index=cells.index)
    return status.mask(cells.isin(SECRET), "secret").mask(cells.isin(UNAVAILABLE), "missing")
