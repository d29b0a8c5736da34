"""Insee's detailed file of facilities (``BPEAA.csv`` or its zip): one row per site, counted by commune.

Traps met here:
    - the file is large (almost three million rows, a hundred columns): only the columns needed are read;
    - older files have ``NB_EQUIP`` (several facilities on one row) and ``AN`` (the year);
    - Paris, Lyon and Marseille are given by arrondissement;
    - types change names from one edition to the next (schools are C101 to C105 in 2018, C107 to C109
      later): a type is never translated here;
    - a commune without a site of a type is not in the file: its 0 is written here, for the communes that
      the file knows (a type that the file does not hold at all stays unknown);
    - ``QUALITE_GEOLOC`` 33 is a position drawn at random: coordinates are not read.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ctg_lib.errors import RawDataError, found_expected, sample
from ctg_lib.manifest import Entry
from ctg_lib.sources._common import (
    ROW,
    commune_of,
    finish,
    is_commune,
    numbers,
    open_text,
    refuse,
    require,
)

DATASET = "bpe_detail"
COLUMNS = ("DEPCOM", "TYPEQU", "AN", "NB_EQUIP")
LIMIT = 2_000_000
"""Largest number of cells (communes × types) written without the manifest naming the types wanted."""


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """Number of sites by commune and type, zeros included.

    Dataset ``bpe_detail``, variable ``sites``, breakdown ``facility_type=D502``, level ``commune``,
    period = year (``AN``, else the manifest's). Options: ``types`` (list of types wanted: those of a
    national file are too many to be all kept), ``expect``.

    Raises:
        RawDataError: missing column, bad commune code, type or number, several years, another year than
            the manifest's, a wanted type that the file does not hold, too many types.
    """
    table = _table(path)
    require(table, COLUMNS[:2], path)
    year = _year(table, entry, path)
    codes = commune_of(table["DEPCOM"].str.strip())
    refuse(~is_commune(codes), table, "DEPCOM", path, "un code commune à cinq caractères")
    types = table["TYPEQU"].str.strip()
    refuse(
        ~types.str.fullmatch(r"[A-G]\d{3}"), table, "TYPEQU", path, "une lettre de A à G et trois chiffres"
    )
    counts = numbers(table, "NB_EQUIP", path) if "NB_EQUIP" in table else pd.Series(1.0, index=table.index)
    refuse(counts.isna(), table, "NB_EQUIP" if "NB_EQUIP" in table else "TYPEQU", path, "un nombre")
    wanted = _types(types, codes.nunique(), entry, path)
    places = sorted(codes.unique())
    chosen = types.isin(wanted)
    sites = counts[chosen].groupby([codes[chosen].rename("code"), types[chosen].rename("type")]).sum()
    grid = pd.MultiIndex.from_product([places, wanted], names=["code", "type"])
    frame = sites.reindex(grid, fill_value=0.0).rename("value").reset_index()
    frame["breakdown"] = "facility_type=" + frame.pop("type")
    return finish(frame, entry, path, dataset=DATASET, variable="sites", level="commune", period=year)


def _table(path: Path) -> pd.DataFrame:
    with open_text(path) as stream:
        try:
            table = pd.read_csv(
                stream,
                sep=";",
                dtype=str,
                keep_default_na=False,
                usecols=lambda c: c.strip('\ufeff" ') in COLUMNS,
            )
        except pd.errors.EmptyDataError:
            raise RawDataError(f"{path.name} : fichier vide, une ligne d’en-tête est attendue.") from None
    table.columns = [str(c).strip('\ufeff" ') for c in table.columns]
    return table.assign(**{ROW: range(2, len(table) + 2)})


def _year(table: pd.DataFrame, entry: Entry, path: Path) -> str:
    expected = entry.reference_date[:4]
    found = sorted(set(table["AN"].str.strip())) if "AN" in table else [expected]
    if found != [expected]:
        raise RawDataError(
            found_expected(f"{path.name}, colonne AN", sample(found), f"{expected} (manifeste)")
        )
    return expected


def _types(types: pd.Series, communes: int, entry: Entry, path: Path) -> list[str]:
    present = sorted(types.unique())
    wanted = [str(t) for t in entry.options.get("types", present)]
    absent = sorted(set(wanted) - set(present))
    if absent:
        raise RawDataError(
            f"{path.name} : types absents du fichier : {sample(absent)} (option « types » de {entry.id}). "
            "La nomenclature change d’une édition à l’autre : un type absent n’est pas un zéro."
        )
    if len(wanted) * communes > LIMIT:
        raise RawDataError(
            f"{path.name} : {len(wanted)} types pour {communes} communes, c’est trop. Nommez ceux qui "
            f"servent dans l’option « types » de {entry.id}."
        )
    return wanted
