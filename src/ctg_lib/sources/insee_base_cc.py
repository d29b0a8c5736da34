"""Insee's wide census bases by commune (« base-cc-…-AAAA »), any year, several years in one file.

Column names carry a letter and a year: ``P22_POP`` (main exploitation), ``C22_FAMMONO`` (complementary
one), ``D99_POP`` (earlier censuses), or two years: ``NAIS1621`` (births from 2016 to 2021). The year is
read from them and becomes the period; the name loses it (``P_POP``, ``C_FAMMONO``, ``NAIS``).

Traps met here:
    - one file holds several years (``P22_``, ``P16_``, ``P11_``): the latest must be the manifest's;
    - ``C`` columns are a sample (one household in four in communes under 10 000 inhabitants): they keep
      their letter, and are never mixed with ``P`` columns;
    - values are weighted floats: nothing is rounded here;
    - the archive holds a description (``meta_…``) beside the data;
    - arrondissements of Paris, Lyon and Marseille among communes.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from ctg_lib.errors import RawDataError, found_expected, sample
from ctg_lib.manifest import Entry
from ctg_lib.sources._common import (
    COMMUNE,
    ROW,
    commune_of,
    finish,
    is_commune,
    numbers,
    read_sheet,
    read_table,
    refuse,
    require,
)
from ctg_lib.values import worst_status

DATASET = "base_cc"
CODES: dict[str, tuple[str, str]] = {
    "commune": (COMMUNE, "un code commune à cinq caractères"),
    "epci": (r"\d{9}", "un SIREN à neuf chiffres"),
    "departement": (r"\d\d|2[AB]|97\d", "un code de département"),
    "region": (r"\d\d", "un code de région"),
}
PLACES = frozenset(
    ["CODGEO", "LIBGEO", "REG", "DEP", "ARR", "CV", "ZE", "EPCI", "NATEPCI", "LIBREG", "LIBDEP"]
)
"""Columns that name the territory."""
SECRET = ("s",)
UNAVAILABLE = ("nd", "N/A - résultat non disponible")
_DATED = re.compile(r"^(?P<letter>[PCD])(?P<year>\d\d)_(?P<name>\w+)$")
_SPAN = re.compile(r"^(?P<name>NAIS|DECE|NAISD|DECESD)(?P<first>\d\d)(?P<last>\d\d)$")


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """Counts of a wide base: dataset ``base_cc``, one period per year found in the names.

    Options: ``level`` (commune by default), ``keep`` (names to keep, without year: ``P_POP``), ``ignore``
    (columns that are no figures), ``sheet``, ``expect``.

    Raises:
        RawDataError: no dated column, another latest year than the manifest's, a column that is neither
            dated nor known, bad code or number, twice the same place.
    """
    level = str(entry.options.get("level", "commune"))
    if level not in CODES:
        raise RawDataError(
            found_expected(f"{entry.id} ({path.name}), option 'level'", level, ", ".join(CODES))
        )
    table = _table(path, entry)
    dated = _dated(table, entry, path)
    table, codes = _places(table, level, path)
    rows = [_column(table, codes, column, *named, path) for column, named in dated.items()]
    return finish(pd.concat(rows, ignore_index=True), entry, path, dataset=DATASET, level=level)


def _table(path: Path, entry: Entry) -> pd.DataFrame:
    if path.suffix.lower() in {".xls", ".xlsx"}:
        table = read_sheet(path, "CODGEO", prefer=["COM"], sheet=entry.options.get("sheet"))
    else:
        table = read_table(path)
    require(table, ["CODGEO"], path)
    return table


def _dated(table: pd.DataFrame, entry: Entry, path: Path) -> dict[str, tuple[str, str]]:
    """Column -> (name without year, period), those of the option ``keep`` if there is one."""
    latest = int(entry.reference_date[:4])
    found: dict[str, tuple[str, str]] = {}
    new: list[str] = []
    for column in table.columns:
        if match := _DATED.match(column):
            found[column] = f"{match['letter']}_{match['name']}", str(_year(match["year"], latest))
        elif match := _SPAN.match(column):
            span = _year(match["first"], latest), _year(match["last"], latest)
            found[column] = match["name"], f"{span[0]}-{span[1]}"
        elif column not in PLACES | {ROW} | set(entry.options.get("ignore", [])):
            new.append(column)
    years = sorted({period[-4:] for _, period in found.values()}, reverse=True)
    if not years or years[0] != str(latest):
        raise RawDataError(
            found_expected(
                f"{path.name}, années des colonnes",
                ", ".join(years) or "aucune",
                f"{latest} en dernier (manifeste)",
            )
        )
    if new:
        raise RawDataError(
            f"{path.name} : colonnes jamais vues, sans lettre ni année : {sample(new)}. S’il ne s’agit pas "
            "de chiffres, nommez-les dans l’option « ignore » du manifeste."
        )
    kept = set(entry.options.get("keep", []))
    return {c: n for c, n in found.items() if not kept or n[0] in kept}


def _year(yy: str, latest: int) -> int:
    """``22`` -> 2022, ``99`` -> 1999: no census is later than the file's own, but for the year after it."""
    year = latest // 100 * 100 + int(yy)
    return year if year <= latest + 1 else year - 100


def _places(table: pd.DataFrame, level: str, path: Path) -> tuple[pd.DataFrame, pd.Series]:
    codes = table["CODGEO"].str.strip()
    pattern, expected = CODES[level]
    refuse(~codes.str.fullmatch(pattern), table, "CODGEO", path, expected)
    if level == "commune":
        # An arrondissement is left out where its city is there as well, else counted in it.
        part = ~is_commune(codes)
        keep = ~(part & commune_of(codes).isin(codes[~part]))
        table, codes = table.loc[keep], commune_of(codes)[keep]
    return table, codes


def _column(
    table: pd.DataFrame, codes: pd.Series, column: str, name: str, period: str, path: Path
) -> pd.DataFrame:
    values = numbers(table, column, path, markers={*SECRET, *UNAVAILABLE})
    hidden = table[column].str.strip().isin(SECRET)
    status = pd.Series("observed", index=table.index).mask(values.isna(), "missing").mask(hidden, "secret")
    frame = pd.DataFrame({"code": codes, "value": values, "status": status, ROW: table[ROW]})
    frame = _cities(frame, table)
    return frame.assign(variable=name, period=period)


def _cities(frame: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Arrondissements summed into their city; other rows untouched (two of one code stay two)."""
    part = frame["code"].ne(table["CODGEO"].str.strip())
    if not part.any():
        return frame
    parts = frame.loc[part]
    sums = parts.groupby("code", as_index=False).agg(
        value=("value", lambda v: v.sum(skipna=False)),
        status=("status", worst_status),
        **{ROW: (ROW, "first")},
    )
    return pd.concat([frame.loc[~part], sums], ignore_index=True)
