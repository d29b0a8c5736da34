"""Insee's wide Filosofi files: ``cc_filosofi_AAAA_NIVEAU.csv`` and ``FILOAAAA_DISP_NIVEAU.csv``.

One row per territory, one column per figure, the year's two digits at the end of most names
(``MED21``, ``D119``): the year is read from the names, never written in code. Names are given back
without it, and the two families share theirs: ``Q2`` -> ``MED``, ``NBMEN`` -> ``NBMENFISC``,
``NBPERS`` -> ``NBPERSMENFISC``.

Traps met here: decimal comma or point; ``s`` and an empty cell are statistical secrecy, ``nd`` is not
available; ``RD`` has no year in some files; arrondissements of Paris, Lyon and Marseille among communes.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from ctg_lib.errors import RawDataError, found_expected
from ctg_lib.manifest import Entry
from ctg_lib.sources._common import ROW, finish, is_commune, numbers, read_table, refuse, require

DATASET = "filosofi"
LEVELS: dict[str, str] = {
    "COM": "commune", "COMMUNES": "commune", "EPCI": "epci", "DEP": "departement", "REG": "region",
    "METRO": "france", "METROPOLE": "france",
}  # fmt: skip
CANONICAL: dict[str, str] = {"Q2": "MED", "NBMEN": "NBMENFISC", "NBPERS": "NBPERSMENFISC"}
SECRET = ("s", "")
UNAVAILABLE = ("nd", "ns")
_DATED = re.compile(r"^(?:MED|Q2|TP60|NBMENFISC|NBPERSMENFISC|NBMEN|NBPERS|D1|D9|PPSOC)(\d\d)$")


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """Observations of a wide Filosofi file, dataset ``filosofi``, period = year.

    Units are the publisher's: euros a year per consumption unit (MED, D1 …), % (TP60, PPSOC …),
    counts (NBMENFISC, NBPERSMENFISC), ratios (RD). Options: ``level`` where the file's name does not
    end in COM, EPCI, DEP, REG or METRO(POLE).

    Raises:
        RawDataError: no column with a year, two years, another year than the manifest's, bad number.
    """
    table = read_table(path)
    require(table, ["CODGEO"], path)
    year = _year(table, entry, path)
    level = _level(path, entry)
    table = table.assign(CODGEO=table["CODGEO"].str.strip())
    refuse(table["CODGEO"].eq(""), table, "CODGEO", path, "un code géographique")
    if level == "commune":
        table = table.loc[is_commune(table["CODGEO"])]
    if level == "france":
        table = table.assign(CODGEO="FM")
    columns = [c for c in table.columns if c not in {"CODGEO", "LIBGEO", ROW}]
    parts = [_column(table, column, year, path) for column in columns]
    frame = pd.concat(parts, ignore_index=True)
    return finish(frame, entry, path, dataset=DATASET, level=level, period=str(year))


def _column(table: pd.DataFrame, column: str, year: int, path: Path) -> pd.DataFrame:
    cells = table[column].str.strip()
    status = pd.Series("observed", index=table.index)
    status = status.mask(cells.isin(SECRET), "secret").mask(cells.isin(UNAVAILABLE), "missing")
    return pd.DataFrame(
        {
            "variable": canonical_name(column, year),
            "code": table["CODGEO"],
            "value": numbers(table, column, path, markers={*SECRET, *UNAVAILABLE} - {""}),
            "status": status,
            ROW: table[ROW],
        }
    )


def canonical_name(column: str, year: int) -> str:
    """``MED21`` -> ``MED``, ``TP60AGE121`` -> ``TP60AGE1``, ``Q219`` -> ``MED``, ``RD`` -> ``RD``."""
    suffix = f"{year % 100:02d}"
    base = column.removesuffix(suffix)
    return CANONICAL.get(base, base)


def _year(table: pd.DataFrame, entry: Entry, path: Path) -> int:
    found = sorted({m[1] for c in table.columns if (m := _DATED.match(c))})
    expected = str(entry.options.get("year") or entry.reference_date)[:4]
    if found != [expected[2:]]:
        raise RawDataError(
            found_expected(
                f"{path.name}, années des colonnes", ", ".join(found) or "aucune", f"{expected} (manifeste)"
            )
        )
    return int(expected)


def _level(path: Path, entry: Entry) -> str:
    name = str(entry.options.get("level") or path.name.split(".")[0].rsplit("_", 1)[-1])
    level = LEVELS.get(name.upper(), name)
    if level not in LEVELS.values():
        raise RawDataError(found_expected(f"{path.name}, niveau", name, ", ".join(LEVELS)))
    return level
