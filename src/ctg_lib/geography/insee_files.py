"""Insee's own files of the communes' history, for whoever has fetched them.

``table_passage_annuelle_AAAA.xlsx``       one column of codes per year: CODGEO_2003 … CODGEO_AAAA
``table_passage_geo2003_geoAAAA.zip``      the initial code and that of the last year: CODGEO_INI, CODGEO_AAAA
``EPCI_au_01-01-AAAA.xlsx`` (or zip)       sheet Composition_communale: CODGEO, EPCI, DEP, REG

All have their header on row 6. « ZZZZZZZZZ » is no EPCI. Files are read as text; nothing is guessed of a
file that has other columns.
"""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from pathlib import Path

import pandas as pd

from ctg_lib.errors import RawDataError, found_expected

HEADER_ROW = 6
NO_EPCI = "ZZZZZZZZZ"
_YEAR = re.compile(r"^CODGEO_(\d{4})$")


def read_passage_table(path: Path) -> pd.DataFrame:
    """Insee's passage table, of either layout.

    Returns:
        code, year (first year in which it is a commune, in the file), into, into_year; one row per pair of
        codes that differ: consecutive years for the yearly table, first and last year for the other.

    Raises:
        RawDataError: not a workbook (or a zip of one), or no column ``CODGEO_AAAA``.
    """
    frame = _sheet(path, lambda columns: any(_YEAR.match(c) for c in columns), "une colonne CODGEO_AAAA")
    years = sorted(int(m.group(1)) for c in frame.columns if (m := _YEAR.match(c)))
    if "CODGEO_INI" in frame:
        return _pairs(frame, "CODGEO_INI", f"CODGEO_{years[-1]}", 0, years[-1])
    if len(years) < 2:
        raise RawDataError(
            found_expected(path.name, sorted(frame.columns), "CODGEO_INI ou deux années CODGEO_AAAA")
        )
    parts = [
        _pairs(frame, f"CODGEO_{before}", f"CODGEO_{after}", before, after)
        for before, after in itertools.pairwise(years)
    ]
    return pd.concat(parts, ignore_index=True)


def _pairs(frame: pd.DataFrame, old: str, new: str, year: int, into_year: int) -> pd.DataFrame:
    pairs = frame[[old, new]].set_axis(["code", "into"], axis=1)
    pairs = pairs[pairs["code"].ne("") & pairs["into"].ne("")].drop_duplicates()
    pairs = pairs[pairs["code"].ne(pairs["into"])].sort_values(["code", "into"], ignore_index=True)
    return pairs.assign(year=year, into_year=into_year)[["code", "year", "into", "into_year"]]


def as_steps(table: pd.DataFrame, whole: pd.DataFrame | None = None) -> pd.DataFrame:
    """A yearly passage table as passages (edition, code, into, kind, new), to extend the history with.

    Args:
        table: as :func:`read_passage_table` gives it, from the yearly layout (``year`` > 0).
        whole: the codes of each year (columns ``year, code``); derived from ``table`` when not given, which
            tells a commune that took a new code from one that had it only as far as the table shows it.

    Raises:
        RawDataError: a table of the other layout, which does not say when a commune changed.
    """
    if table["year"].eq(0).any():
        raise RawDataError(
            "table de passage : seule la table annuelle (colonnes CODGEO_AAAA) dit en quelle année "
            "une commune change."
        )
    rows = []
    for edition, step in table.groupby("into_year", sort=True):
        year = int(str(edition))
        lived = None if whole is None else set(whole.loc[whole["year"].eq(year - 1), "code"])
        goes_on = None if whole is None else set(whole.loc[whole["year"].eq(year), "code"])
        for code, into in zip(step["code"], step["into"], strict=True):
            # a code that goes on and also gives another one: that one was taken out of it
            apart = goes_on is not None and code in goes_on
            new = apart or (lived is not None and into not in lived)
            rows.append((year, code, into, "restored" if apart else "merged", new))
    out = pd.DataFrame(rows, columns=["edition", "code", "into", "kind", "new"])
    return out.sort_values(["edition", "kind", "code", "into"], kind="stable", ignore_index=True)


def codes_by_year(path: Path) -> pd.DataFrame:
    """All codes of each year of a yearly passage table: year, code."""
    frame = _sheet(path, lambda columns: any(_YEAR.match(c) for c in columns), "une colonne CODGEO_AAAA")
    years = [c for c in frame.columns if _YEAR.match(c)]
    parts = [pd.DataFrame({"year": int(c[-4:]), "code": sorted(set(frame[c]) - {""})}) for c in sorted(years)]
    return pd.concat(parts, ignore_index=True)


def read_epci(path: Path) -> pd.DataFrame:
    """Insee's composition of the EPCI on 1 January.

    Returns:
        commune, epci (empty where the file says « ZZZZZZZZZ »), name (of the EPCI), departement, region.

    Raises:
        RawDataError: not a workbook (or a zip of one), or no sheet with CODGEO and EPCI.
    """
    wanted = {"CODGEO", "EPCI", "LIBEPCI", "DEP", "REG"}
    frame = _sheet(path, wanted.issubset, f"une feuille avec {', '.join(sorted(wanted))}")
    out = frame.rename(
        columns={
            "CODGEO": "commune",
            "EPCI": "epci",
            "LIBEPCI": "name",
            "DEP": "departement",
            "REG": "region",
        }
    )
    out = out.loc[out["commune"].ne(""), ["commune", "epci", "name", "departement", "region"]]
    none = out["epci"].eq(NO_EPCI)
    out["epci"], out["name"] = out["epci"].mask(none, ""), out["name"].mask(none, "")
    twice = out.loc[out["commune"].duplicated(), "commune"]
    if len(twice):
        raise RawDataError(found_expected(path.name, f"{twice.iloc[0]} deux fois", "une ligne par commune"))
    return out.sort_values("commune", ignore_index=True)


def compare_epci(official: pd.DataFrame, membership: pd.DataFrame) -> pd.DataFrame:
    """Communes whose EPCI differs from Insee's file: commune, epci (ours), official.

    Args:
        official: as :func:`read_epci` gives it.
        membership: ``commune, epci``, as ``Geography.membership`` gives it. The collectivités d'outre-mer,
            absent from Insee's file, are left aside.
    """
    ours = membership.loc[~membership["commune"].str.startswith(("975", "977", "978", "98"))]
    both = ours[["commune", "epci"]].merge(
        official[["commune", "epci"]].rename(columns={"epci": "official"}), on="commune", how="outer"
    )
    return both[both["epci"].ne(both["official"])].fillna("absente").reset_index(drop=True)


def _sheet(path: Path, suits, expected: str) -> pd.DataFrame:
    """The first sheet whose row 6 suits, as text."""
    from openpyxl import load_workbook

    try:
        workbook = load_workbook(_opened(path), read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, OSError) as error:
        raise RawDataError(
            f"{path.name} : fichier illisible ({error}) ; attendu : un classeur .xlsx."
        ) from None
    seen: list[str] = []
    for sheet in workbook.worksheets:
        rows = sheet.iter_rows(min_row=HEADER_ROW, values_only=True)
        header = ["" if v is None else str(v).strip() for v in next(rows, ())]
        if suits(set(header)):
            body = [["" if v is None else str(v).strip() for v in row] for row in rows]
            return pd.DataFrame(body, columns=header, dtype="str")
        seen.append(sheet.title)
    raise RawDataError(
        found_expected(f"{path.name}, ligne {HEADER_ROW}", f"feuilles {', '.join(seen)}", expected)
    )


def _opened(path: Path) -> io.BytesIO:
    """The workbook itself, or the only one in a zip."""
    content = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        inside = [n for n in archive.namelist() if n.lower().endswith(".xlsx")]
        return io.BytesIO(archive.read(inside[0])) if inside else io.BytesIO(content)
