"""Cnaf open data (data.caf.fr, Opendatasoft CSV): childcare coverage, places, and benefits.

Traps met here: placeholder rows (``XX``, ``XXX``, ``99``, ``COM``); several technical rows for one EPCI
(the fullest is kept); ``annee`` is a number in some files and a date in others; counts rounded to 5 in
the files of communes and EPCI (``…_f``), exact in those of départements; some counts written as text;
2022 stands in the current file and, with older values, in the ``_hist`` one; geography of January of the
following year, not back-cast; members of the MSA are not counted.
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
    from_options,
    is_commune,
    numbers,
    read_table,
    refuse,
    require,
)
from ctg_lib.values import FRANCE_CODES, canonical_breakdown

COVERAGE_DATASET = "txcouv_pe"
PLACES_DATASET = "nbpla_pe"
BENEFITS_DATASET = "s_ben_f"
MODES = ("eaje", "psu_col", "hors_psu_col", "prescol", "am_ind", "gad_ind", "ind")
"""Childcare modes; a column of another mode is refused: what it adds up to is not known."""
SUPERSEDED = (2022,)
"""Years of the ``…_hist`` files that the current files have revised: dropped from the ``_hist`` ones."""
LEVELS: dict[str, tuple[str, str]] = {
    "epci": ("epci", r"\d{9}"),
    "com": ("commune", ""),
    "dep": ("departement", r"\d\d|2[AB]|97\d"),
    "reg": ("region", r"\d\d"),
}
"""Suffix of the column names -> level, pattern of a true code (placeholders do not fit)."""
TENTH = 0.05
"""Half of the last published digit of a coverage rate."""
ROUNDING = (2.0, 4.0)
"""A count published as v lies in [v − 2, v + 4]: « 7 est arrondi à 5 et 12 à 10 » fits the nearest
multiple of 5 as well as the multiple below."""


def read_coverage(path: Path, entry: Entry) -> pd.DataFrame:
    """Places of formal childcare for 100 children under 3 (``txcouv_pe_epci``, ``_com``, ``_nat`` …).

    Dataset ``txcouv_pe``, variable ``txcouv``; breakdown empty (all modes) or ``mode=eaje``,
    ``am_ind``, ``prescol``, ``gad_ind``, ``ind``, ``psu_col``, ``hors_psu_col``. Bounds: ± 0.05.
    A row of « nat » is coded by the manifest's option ``france``. The older files of all communes
    (``NUM_COM;tauxcouv_com``) take their year from the manifest. See :func:`superseded_years` for
    ``…_hist`` files.

    Raises:
        RawDataError: no ``txcouv_…`` column, several levels, unknown mode, bad year or number, duplicate.
    """
    table = _all_communes(read_table(path), entry)
    frame, level = _by_mode(table, "txcouv_…", r"txcouv(?:_(\w+))?_(epci|com|dep|reg|nat)", entry, path)
    frame["low"] = (frame["value"] - TENTH).clip(lower=0).round(2)
    frame["high"] = (frame["value"] + TENTH).round(2)
    return finish(frame, entry, path, dataset=COVERAGE_DATASET, variable="txcouv", level=level)


def read_places(path: Path, entry: Entry) -> pd.DataFrame:
    """Theoretical places by mode in December (``nbpla_pe_epci``, ``_com``, ``_dep``, ``_reg``, ``_nat``).

    Dataset ``nbpla_pe``, variable ``places``; breakdown empty (``tot_offre_…``) or ``mode=…`` as in
    :func:`read_coverage`. See :func:`superseded_years` for ``…_hist`` files.

    Raises:
        RawDataError: no ``pl_…`` column, several levels, unknown mode, bad year or number, duplicate.
    """
    pattern = r"(?:pl_(\w+)|tot_offre)_(epci|com|dep|reg|nat)"
    frame, level = _by_mode(read_table(path), "pl_… et tot_offre_…", pattern, entry, path)
    return finish(frame, entry, path, dataset=PLACES_DATASET, variable="places", level=level)


def superseded_years(entry: Entry) -> list[str]:
    """Years to leave out of a file because another file has revised them.

    The manifest's option ``superseded_years: [2022]`` says which (``[]`` for none); without it, those of
    ``SUPERSEDED`` for a dataset in ``_hist``: the current file wins.
    """
    usual = SUPERSEDED if entry.dataset.endswith("_hist") else ()
    return [str(year) for year in entry.options.get("superseded_years", usual)]


def _all_communes(table: pd.DataFrame, entry: Entry) -> pd.DataFrame:
    """The layout of TAUXCOUV2020.csv and TAUXCOUV2021.csv, written as the current ones."""
    current = {"num_com": "numcom", "tauxcouv_com": "txcouv_com"}
    names = {c: current[c.lower()] for c in table.columns if c.lower() in current}
    if len(names) != 2:
        return table
    table = table.rename(columns=names)
    return table.assign(annee=entry.reference_date[:4], numcom=table["numcom"].str.strip().str.zfill(5))


def _by_mode(
    table: pd.DataFrame, what: str, pattern: str, entry: Entry, path: Path
) -> tuple[pd.DataFrame, str]:
    """One row per territory, year and mode (first group of ``pattern``), and the level (second)."""
    columns = {c: m for c in table.columns if (m := re.fullmatch(pattern, c))}
    levels = sorted({m[2] for m in columns.values()})
    if len(levels) != 1:
        raise RawDataError(
            found_expected(f"{path.name}, colonnes {what}", sample(levels) or "aucune", "un seul niveau")
        )
    unknown = [c for c, m in columns.items() if m[1] and m[1] not in MODES]
    if unknown:
        raise RawDataError(
            found_expected(
                f"{path.name}, colonnes d’un mode d’accueil nouveau", ", ".join(unknown), ", ".join(MODES)
            )
        )
    table, level = _territories(table, levels[0], entry, path)
    table = table.assign(period=_year(table, "annee", path))
    table = table.loc[~table["period"].isin(superseded_years(entry))]
    table = _fullest(table, ["code", "period"], list(columns))
    parts = [
        pd.DataFrame(
            {
                "breakdown": canonical_breakdown({"mode": m[1]} if m[1] else {}),
                "code": table["code"],
                "period": table["period"],
                "geography_year": table["period"].astype(int) + 1,
                "value": numbers(table, column, path, markers={"nd", "ns"}),
                ROW: table[ROW],
            }
        )
        for column, m in columns.items()
    ]
    return pd.concat(parts, ignore_index=True), level


def read_benefits(path: Path, entry: Entry) -> pd.DataFrame:
    """Households and persons that receive each benefit (``s_ben_com_f``, ``_epci_f``, ``s_ben_dep`` …).

    Dataset ``s_ben_f``; variable = the column (``indfoy_…`` households, ``indnbp_…`` persons,
    ``indben_…`` beneficiaries; amounts ``indmtt_…`` are left out); period ``2024-12``. In the files of
    communes and EPCI counts are rounded: status ``rounded``, bounds v − 2 … v + 4, never below 0. In the
    others they are taken as exact unless each of them is a multiple of 5. The manifest's option
    ``rounded`` (true, false) decides otherwise; ``empty_bounds: [0, 4]`` says that an empty cell is nil,
    small or masked: the status is then ``missing`` and the bounds are kept; ``months: [12]`` keeps only
    these months of a monthly file.

    Raises:
        RawDataError: no count column, bad date or number, duplicate.
    """
    table = read_table(path)
    table, level = at_finest_level(table, entry, path)
    columns = [c for c in table.columns if re.match(r"ind(foy|nbp|ben)_", c)]
    if not columns:
        raise RawDataError(f"{path.name} : aucune colonne indfoy_…, indnbp_… ni indben_….")
    table = by_month(table, entry, path)
    table = _fullest(table, ["code", "period"], columns)
    parts = [
        pd.DataFrame(
            {
                "variable": column,
                "code": table["code"],
                "period": table["period"],
                "geography_year": table["period"].str[:4].astype(int) + 1,
                "value": numbers(table, column, path, markers=MARKERS),
                ROW: table[ROW],
            }
        )
        for column in columns
    ]
    frame = with_rounding(pd.concat(parts, ignore_index=True), entry, level)
    return finish(frame, entry, path, dataset=BENEFITS_DATASET, level=level)


KEYS: dict[str, str] = {
    "numcomdo": "com", "numcom": "com", "numepci": "epci", "numdep": "dep", "numdepdo": "dep",
    "numreg": "reg", "numregi": "reg",
}  # fmt: skip
"""Column of the territory's code -> suffix; the finest one found is the level of the file."""
MARKERS = frozenset({"nd", "ns"})


def at_finest_level(table: pd.DataFrame, entry: Entry, path: Path) -> tuple[pd.DataFrame, str]:
    """Rows of the file's own level: the finest whose code column is there, else France."""
    key = next((k for k in KEYS if k in table), None)
    if key is None and "france" not in entry.options:
        require(table, ["numcomdo"], path)
    return _territories(table, KEYS[key] if key else "nat", entry, path)


def by_month(table: pd.DataFrame, entry: Entry, path: Path) -> pd.DataFrame:
    """``period`` « 2024-12 » from ``dtreffre``; the option ``months`` keeps some months only."""
    require(table, ["dtreffre"], path)
    period = table["dtreffre"].str.strip().str.extract(r"^(\d{4})-?(\d\d)(?:-?\d\d.*)?$")
    refuse(period[1].isna(), table, "dtreffre", path, "une date AAAA-MM-JJ")
    table = table.assign(period=period[0] + "-" + period[1])
    if months := entry.options.get("months"):
        table = table.loc[period[1].astype(int).isin([int(m) for m in months])]
    return table


def with_rounding(frame: pd.DataFrame, entry: Entry, level: str) -> pd.DataFrame:
    """``low``, ``high`` and ``status`` of counts, rounded to 5 or exact: see :func:`read_benefits`."""
    small = level in ("commune", "epci")
    known = frame["value"].dropna()
    rounded = bool(entry.options.get("rounded", small or bool((known % 5 == 0).all())))
    down, up = ROUNDING if rounded else (0.0, 0.0)
    low, high = (frame["value"] - down).clip(lower=0), frame["value"] + up
    if not rounded:
        low, high = low.mask(low.notna()), high.mask(high.notna())
    empty = frame["value"].isna()
    if bounds := entry.options.get("empty_bounds"):
        low, high = low.mask(empty, float(bounds[0])), high.mask(empty, float(bounds[1]))
    status = empty.map({True: "missing", False: "rounded" if rounded else "observed"})
    return frame.assign(low=low, high=high, status=status)


def _territories(table: pd.DataFrame, suffix: str, entry: Entry, path: Path) -> tuple[pd.DataFrame, str]:
    """Rows of true territories with their ``code``, and the level."""
    if suffix == "nat":
        return table.assign(code=from_options(entry, "france", FRANCE_CODES, path)), "france"
    level, pattern = LEVELS[suffix]
    candidates = [k for k, s in KEYS.items() if s == suffix]
    column = next((c for c in candidates if c in table), None)
    if column is None:
        require(table, [f"num{suffix}"], path)
    codes = table[str(column)].str.strip()
    if level in ("departement", "region"):  # a number has lost its leading zero
        codes = codes.where(~codes.str.fullmatch(r"\d"), "0" + codes)
    true = is_commune(codes) if level == "commune" else codes.str.fullmatch(pattern)
    return table.assign(code=codes).loc[true & ~codes.isin(["99"])], level


def _year(table: pd.DataFrame, column: str, path: Path) -> pd.Series:
    require(table, [column], path)
    year = table[column].str.strip().str.extract(r"^(\d{4})(?:-\d\d-\d\d.*)?$")[0]
    refuse(year.isna(), table, column, path, "une année ou une date AAAA-MM-JJ")
    return year


def _fullest(table: pd.DataFrame, key: list[str], columns: list[str]) -> pd.DataFrame:
    """One row per key: the one with most filled cells (technical rows repeat it with fewer)."""
    filled = (table[columns] != "").sum(axis=1)
    ordered = table.assign(_filled=filled).sort_values("_filled", ascending=False, kind="stable")
    best = ordered.drop_duplicates(key)
    tied = ordered.merge(best[[*key, "_filled"]], on=[*key, "_filled"])
    # Two equally full rows that disagree stay, and are refused later as duplicates.
    different = tied.drop_duplicates([*key, *columns]).duplicated(key, keep=False)
    if different.any():
        return tied.drop(columns="_filled").sort_values(ROW)
    return best.drop(columns="_filled").sort_values(ROW)
