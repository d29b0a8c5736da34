"""Municipal populations kept with the geography (``geography/populations.parquet``).

The file gives, for several years, the population of each commune in the composition of one edition of
the official geographic code.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ctg_lib.manifest import Entry
from ctg_lib.sources._common import ROW, finish, is_commune, refuse, require

DATASET = "DS_POPULATIONS_REFERENCE"


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """Municipal population (PMUN) of communes; period = year, geography_year = edition.

    Columns read: ``code``, ``year``, ``edition``, ``pmun``. Where one year is given in several editions,
    the edition that holds most communes is kept whole: rows of two compositions are never mixed (a
    merged commune would be counted twice).

    Raises:
        RawDataError: missing column or bad commune code.
    """
    table = pd.read_parquet(path)
    require(table, ["code", "year", "edition", "pmun"], path)
    table = table.assign(code=table["code"].astype("str"))
    table[ROW] = range(1, len(table) + 1)
    refuse(~is_commune(table["code"]), table, "code", path, "un code commune à cinq caractères")
    size = table.groupby(["year", "edition"])["code"].transform("size")
    table = table.loc[size == size.groupby(table["year"]).transform("max")]
    frame = pd.DataFrame(
        {
            "variable": "PMUN",
            "level": "commune",
            "code": table["code"],
            "period": table["year"].astype("int64").astype("str"),
            "geography_year": table["edition"].astype("int64"),
            "value": table["pmun"].astype("float64"),
            ROW: table[ROW],
        }
    )
    return finish(frame, entry, path, dataset=DATASET)
