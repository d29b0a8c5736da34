"""Insee's wide Filosofi files, any year: ``cc_filosofi_AAAA_NIVEAU``, ``FILOAAAA_DISP_NIVEAU``,
``FILOAAAA_DISP_PAUVRES_NIVEAU`` and the other tables of that family (CSV, zip or ``.xlsx``).

One row per territory, one column per figure, the year's two digits at the end of most names
(``MED21``, ``D119``): the year is read from the names, never written in code. Names are given back
without it, and the families share theirs: ``Q2`` -> ``MED``, ``NBMEN`` -> ``NBMENFISC``,
``NBPERS`` -> ``NBPERSMENFISC``. A column of a table on part of the population (``DISP_PAUVRES``: the
poor) or on another income (``DEC``: declared) is named after its table, unless it is a poverty rate.

Traps met here:
    - decimal comma or point; counts without decimals one year (``NBMEN14``), with decimals the next;
    - ``s`` and an empty cell are statistical secrecy, ``nd`` is not available;
    - ``RD`` and ``Q3_Q1`` have no year; ``S80S20`` ends in two digits that are not one;
    - 2012 to 2014: ``PTSAC`` adds unemployment benefits to wages; it is not ``PTSA`` (2015 and after);
    - arrondissements of Paris, Lyon and Marseille among communes;
    - separators left at the end of lines (2017).
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from ctg_lib.errors import RawDataError, found_expected, sample
from ctg_lib.manifest import Entry
from ctg_lib.sources._common import (
    ROW,
    finish,
    is_commune,
    numbers,
    read_sheet,
    read_table,
    refuse,
    require,
)

DATASET = "filosofi"
LEVELS: dict[str, str] = {
    "COM": "commune", "COMMUNES": "commune", "EPCI": "epci", "DEP": "departement", "REG": "region",
    "METRO": "france", "METROPOLE": "france",
}  # fmt: skip
CANONICAL: dict[str, str] = {"Q2": "MED", "NBMEN": "NBMENFISC", "NBPERS": "NBPERSMENFISC"}
KNOWN: frozenset[str] = frozenset(
    ["MED", "PIMP", "NBMENFISC", "NBPERSMENFISC", "NBMEN", "NBPERS", "NBUC", "Q1", "Q2", "Q3", "Q3_Q1"]
    + [f"D{n}" for n in (1, 2, 3, 4, 6, 7, 8, 9)]
    + ["RD", "S80S20", "GI", "PRA", "PTSAC"]
    + ["PACT", "PTSA", "PCHO", "PBEN", "PPEN", "PPAT", "PPSOC", "PPFAM", "PPMINI", "PPLOGT", "PIMPOT"]
    + ["TP40", "TP50", "TP60", "TP60Q2", "TP60TOL1", "TP60TOL2", *(f"TP60AGE{n}" for n in range(1, 7))]
)
"""Names without their year, as published from 2012 to 2021; what tells a year from a part of a name."""
UNDATED: frozenset[str] = frozenset(["RD", "Q3_Q1", "S80S20", "GI"])
"""Names that some vintages write without a year."""
SECRET = ("s", "")
UNAVAILABLE = ("nd", "ns")
_NOT_FIGURES = {"CODGEO", "LIBGEO", ROW}
_FILE_YEAR = re.compile(r"(?i)(?:cc[_-]filosofi[_-]|^filo)(\d{4})")


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """Observations of a wide Filosofi file, dataset ``filosofi``, period = year.

    Units are the publisher's: euros a year per consumption unit (MED, D1 …), % (TP60, PPSOC …),
    counts (NBMENFISC, NBPERSMENFISC), ratios (RD). Options: ``level`` where the file's name does not
    end in COM, EPCI, DEP, REG or METRO(POLE); ``table`` (``DISP_PAUVRES`` …) where it does not say
    which table it is; ``ignore`` (columns that are no figures); ``sheet`` (of a workbook); ``expect``.

    A figure never seen before is read under its own name when it carries the file's year.

    Raises:
        RawDataError: no column with a year, two years, another year than the manifest's or than the
            file's name, a new column without a year, bad number.
    """
    table = _table(path, entry)
    year = _year(table, entry, path)
    level = _level(path, entry)
    prefix = _prefix(path, entry)
    table = table.assign(CODGEO=table["CODGEO"].str.strip())
    refuse(table["CODGEO"].eq(""), table, "CODGEO", path, "un code géographique")
    if level == "commune":
        table = table.loc[is_commune(table["CODGEO"])]
    if level == "france":
        table = table.assign(CODGEO="FM")
    parts = [_column(table, column, year, prefix, path) for column in _figures(table, year, entry, path)]
    frame = pd.concat(parts, ignore_index=True)
    return finish(frame, entry, path, dataset=DATASET, level=level, period=str(year))


def _table(path: Path, entry: Entry) -> pd.DataFrame:
    if path.suffix.lower() in {".xls", ".xlsx"}:
        table = read_sheet(path, "CODGEO", prefer=["ENSEMBLE"], sheet=entry.options.get("sheet"))
    else:
        table = read_table(path)
    require(table, ["CODGEO"], path)
    return table


def _column(table: pd.DataFrame, column: str, year: int, prefix: str, path: Path) -> pd.DataFrame:
    cells = table[column].str.strip()
    status = pd.Series("observed", index=table.index)
    status = status.mask(cells.isin(SECRET), "secret").mask(cells.isin(UNAVAILABLE), "missing")
    name = canonical_name(column, year)
    return pd.DataFrame(
        {
            "variable": name if name.startswith("TP") else prefix + name,
            "code": table["CODGEO"],
            "value": numbers(table, column, path, markers={*SECRET, *UNAVAILABLE} - {""}),
            "status": status,
            ROW: table[ROW],
        }
    )


def canonical_name(column: str, year: int) -> str:
    """``MED21`` -> ``MED``, ``TP60AGE121`` -> ``TP60AGE1``, ``Q219`` -> ``MED``, ``RD`` -> ``RD``."""
    base = column if column in KNOWN else column.removesuffix(f"{year % 100:02d}")
    return CANONICAL.get(base, base)


def _figures(table: pd.DataFrame, year: int, entry: Entry, path: Path) -> list[str]:
    """Columns that are figures; a new one must at least say its year."""
    ignored = _NOT_FIGURES | set(entry.options.get("ignore", []))
    columns = [c for c in table.columns if c not in ignored]
    new = [c for c in columns if c not in UNDATED and not c.endswith(f"{year % 100:02d}")]
    if new:
        raise RawDataError(
            f"{path.name} : colonnes jamais vues et sans l’année {year} : {sample(new)}. "
            "S’il ne s’agit pas de chiffres, nommez-les dans l’option « ignore » du manifeste."
        )
    return columns


def _year(table: pd.DataFrame, entry: Entry, path: Path) -> int:
    dated = {c: m[2] for c in table.columns if c not in UNDATED and (m := re.match(r"^(.+?)(\d\d)$", c))}
    found = sorted({yy for c, yy in dated.items() if c[:-2] in KNOWN})
    expected = str(entry.options.get("year") or entry.reference_date)[:4]
    if found != [expected[2:]]:
        raise RawDataError(
            found_expected(
                f"{path.name}, années des colonnes", ", ".join(found) or "aucune", f"{expected} (manifeste)"
            )
        )
    named = _FILE_YEAR.search(path.name)
    if named and named[1] != expected:
        raise RawDataError(
            found_expected(f"{path.name}, année du nom", named[1], f"{expected} (manifeste et colonnes)")
        )
    return int(expected)


def _prefix(path: Path, entry: Entry) -> str:
    """``FILO2021_DISP_PAUVRES_COM`` -> ``PAUVRES_``; nothing for the whole population's disposable income."""
    match = re.match(r"(?i)^filo(?:\d{4})?_(.+)$", _stem(path))
    name = str(entry.options.get("table") or (match[1] if match else "")).upper()
    words = [w for w in name.split("_") if w and w != "DISP"]
    if not entry.options.get("table") and words and words[-1] in LEVELS:
        words = words[:-1]
    return "".join(f"{w}_" for w in words)


def _level(path: Path, entry: Entry) -> str:
    name = str(entry.options.get("level") or _stem(path).rsplit("_", 1)[-1])
    level = LEVELS.get(name.upper(), name)
    if level not in LEVELS.values():
        raise RawDataError(found_expected(f"{path.name}, niveau", name, ", ".join(LEVELS)))
    return level


def _stem(path: Path) -> str:
    """The file's name without its suffixes nor the geography that some vintages add (« -geo2021 »)."""
    return path.name.split(".")[0].split("-geo")[0]
