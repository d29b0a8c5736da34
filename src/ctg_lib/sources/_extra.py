"""More tools for readers: tables whose header is not on row 1, school years, arrondissements, columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from io import StringIO
from pathlib import Path

import pandas as pd

from ctg_lib.errors import RawDataError, found_expected, sample
from ctg_lib.manifest import Entry
from ctg_lib.sources._common import ROW, commune_of, is_commune, raw_root, read_text, refuse

TERRITORIES = "geography/territories.parquet"


def read_below(path: Path, is_header: Callable[[list[str]], bool], expected: str) -> pd.DataFrame:
    """A text table whose header is the first line that ``is_header`` accepts, among the first twenty.

    Lines above it (a title, notes) are left out; ``_row`` keeps the numbers of the file's own lines.

    Raises:
        RawDataError: no such line; the message gives the first line and what is expected.
    """
    lines = read_text(path).replace("\r\n", "\n").split("\n")
    split = [(max(";,\t", key=line.count), line) for line in lines[:20]]
    cells = [[c.strip().strip('"').strip() for c in line.split(sep)] for sep, line in split]
    index = next((i for i, row in enumerate(cells) if is_header(row)), None)
    if index is None:
        raise RawDataError(found_expected(f"{path.name}, ligne d’en-tête", lines[0][:60], expected))
    sep, body = split[index][0], "\n".join(lines[index:])
    table = pd.read_csv(StringIO(body), sep=sep, dtype=str, keep_default_na=False)
    table.columns = [str(c).strip() for c in table.columns]
    table = table.loc[:, [c for c in table.columns if not c.startswith("Unnamed:")]]
    table[ROW] = range(index + 2, index + 2 + len(table))
    return table


def start_year(table: pd.DataFrame, column: str, path: Path) -> pd.Series:
    """First year of a date (2025-09-01), a school year (2025-2026) or a year (2025, 2025.0), as text."""
    year = table[column].str.strip().str.extract(r"^(\d{4})(?:\.0|[-/].*|T.*)?$")[0]
    refuse(year.isna(), table, column, path, "une année ou une date AAAA-MM-JJ")
    return year


def cities_once(codes: pd.Series) -> pd.Series:
    """The city of each arrondissement where the city has no row of its own, else the code as it is.

    A row to be left out (an arrondissement of a city that is there) keeps its code, which
    ``is_commune`` refuses.
    """
    cities = commune_of(codes)
    present = set(codes)
    return codes.where((cities == codes) | cities.isin(present), cities)


def refuse_new_columns(
    found: Iterable[str], known: Iterable[str], path: Path, pattern: str, what: str
) -> None:
    """Refuse columns that look like data (``pattern``) but are not known: they say what is new.

    Raises:
        RawDataError: naming the new columns and the known ones.
    """
    known = set(known)
    new = [c for c in found if re.fullmatch(pattern, c) and c not in known]
    if new:
        raise RawDataError(
            f"{path.name} : {what} que le lecteur ne connaît pas : {sample(new)} "
            f"(connues : {sample(sorted(known), 20)})."
        )


def communes_of(path: Path, entry: Entry, departements: Iterable[str]) -> list[str]:
    """Codes of the communes of these départements, latest edition of the project's geography.

    Raises:
        RawDataError: the geography's table of territories is not beside the file.
    """
    file = raw_root(path, entry) / TERRITORIES
    if not file.is_file():
        raise RawDataError(f"{entry.id} : {TERRITORIES} est nécessaire à l’option « complete ».")
    table = pd.read_parquet(file)
    table = table.loc[table["level"] == "commune"]
    if "edition" in table:
        table = table.loc[table["edition"] == table["edition"].max()]
    codes = table["code"].astype("str").drop_duplicates()
    home = codes.str[:2].mask(codes.str.startswith("97"), codes.str[:3])
    return sorted(codes.loc[home.isin(list(departements)) & is_commune(codes)])
