"""Cnaf open data (data.caf.fr, Opendatasoft CSV): childcare coverage and benefits.

Traps met here: placeholder rows (``XX``, ``XXX``, ``99``); several technical rows for one EPCI (the
fullest is kept); ``annee`` is a number in some files and a date in others; counts rounded to 5;
geography of January of the following year, not back-cast; members of the MSA are not counted.
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
BENEFITS_DATASET = "s_ben_f"
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
    A row of « nat » is coded by the manifest's option ``france``.

    Raises:
        RawDataError: no ``txcouv_…`` column, several levels, bad year or number, duplicate.
    """
    table = read_table(path)
    columns = {
        c: m for c in table.columns if (m := re.fullmatch(r"txcouv(?:_(\w+))?_(epci|com|dep|reg|nat)", c))
    }
    levels = sorted({m[2] for m in columns.values()})
    if len(levels) != 1:
        raise RawDataError(
            found_expected(f"{path.name}, colonnes txcouv_…", sample(levels) or "aucune", "un seul niveau")
        )
    table, level = _territories(table, levels[0], entry, path)
    year = _year(table, "annee", path)
    table = _fullest(table.assign(period=year), ["code", "period"], list(columns))
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
    frame = pd.concat(parts, ignore_index=True)
    frame["low"] = (frame["value"] - TENTH).clip(lower=0).round(2)
    frame["high"] = (frame["value"] + TENTH).round(2)
    return finish(frame, entry, path, dataset=COVERAGE_DATASET, variable="txcouv", level=level)


def read_benefits(path: Path, entry: Entry) -> pd.DataFrame:
    """Households and persons that receive each benefit in December (``s_ben_com_f``, ``s_ben_epci_f``).

    Dataset ``s_ben_f``; variable = the column (``indfoy_…`` households, ``indnbp_…`` persons,
    ``indben_…`` beneficiaries; amounts ``indmtt_…`` are left out); period ``2024-12``. Counts have
    status ``rounded`` and bounds v − 2 … v + 4, never below 0. The manifest's option
    ``empty_bounds: [0, 4]`` says that an empty cell is nil, small or masked: the status is then
    ``missing`` and the bounds are kept.

    Raises:
        RawDataError: no count column, bad date or number, duplicate.
    """
    table = read_table(path)
    keys = {"numcomdo": "com", "numepci": "epci", "numdep": "dep"}
    key = next((k for k in keys if k in table), None)
    if key is None:
        require(table, ["numcomdo"], path)
    require(table, ["dtreffre"], path)
    columns = [c for c in table.columns if re.match(r"ind(foy|nbp|ben)_", c)]
    if not columns:
        raise RawDataError(f"{path.name} : aucune colonne indfoy_…, indnbp_… ni indben_….")
    table, level = _territories(table, keys[str(key)], entry, path)
    period = table["dtreffre"].str.extract(r"^(\d{4})-?(\d\d)(?:-?\d\d.*)?$")
    refuse(period[1].isna(), table, "dtreffre", path, "une date AAAA-MM-JJ")
    table = _fullest(table.assign(period=period[0] + "-" + period[1]), ["code", "period"], columns)
    parts = [
        pd.DataFrame(
            {
                "variable": column,
                "code": table["code"],
                "period": table["period"],
                "geography_year": table["period"].str[:4].astype(int) + 1,
                "value": numbers(table, column, path, markers={"nd", "ns"}),
                ROW: table[ROW],
            }
        )
        for column in columns
    ]
    frame = pd.concat(parts, ignore_index=True)
    return finish(_rounded(frame, entry), entry, path, dataset=BENEFITS_DATASET, level=level)


def _rounded(frame: pd.DataFrame, entry: Entry) -> pd.DataFrame:
    down, up = ROUNDING
    low, high = (frame["value"] - down).clip(lower=0), frame["value"] + up
    empty = frame["value"].isna()
    if bounds := entry.options.get("empty_bounds"):
        low, high = low.mask(empty, float(bounds[0])), high.mask(empty, float(bounds[1]))
    return frame.assign(low=low, high=high, status=empty.map({True: "missing", False: "rounded"}))


def _territories(table: pd.DataFrame, suffix: str, entry: Entry, path: Path) -> tuple[pd.DataFrame, str]:
    """Rows of true territories with their ``code``, and the level."""
    if suffix == "nat":
        return table.assign(code=from_options(entry, "france", FRANCE_CODES, path)), "france"
    level, pattern = LEVELS[suffix]
    candidates = [f"num{suffix}", f"num{suffix}do"]
    column = next((c for c in candidates if c in table), None)
    if column is None:
        require(table, candidates[:1], path)
    codes = table[str(column)].str.strip()
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
