"""DREES workbooks of départements: minima sociaux, beneficiaries of aide sociale. One table per sheet.

A sheet has a title, a header somewhere below with « N° Dep » or « Code département » and one column per
year, one row per département, then totals and notes; in some, a second block of the same form gives the
régions. Traps met here: a second header row holds the years in some tables; « 2016 » and « 2016 (2) » are
the two sides of a break: both are kept, the old one under ``serie=ancienne``; « 20 » is the Collectivité
de Corse (the région) and « 20A », « 20B » are 2A and 2B; overseas régions are « 101 » to « 104 »; ``ns``,
``nd``, ``-``; shares and means beside the years are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from ctg_lib.errors import RawDataError, found_expected, sample
from ctg_lib.manifest import Entry
from ctg_lib.sources._common import ROW, finish, numbers, slug

DATASET = "drees_departements"
MARKERS = {"ns", "NS", "nd", "ND", "n.d.", "-", "s"}
TOTALS = {
    "total_estime_france_entiere_hors_mayotte": "FHM", "total_estime_france_metropolitaine": "FM",
    "total_estime_france_entiere": "FHM", "france_metropolitaine": "FM", "france": "FR",
}  # fmt: skip
_YEAR = re.compile(r"((?:19|20)\d\d)\s*(\(\d\))?\*?")
_KEYS = ("n_dep", "code_departement", "numero_dep")
_REGIONS = {"101": "01", "102": "02", "103": "03", "104": "04", "105": "06", "106": "06"}
_DEPARTEMENTS = {"20A": "2A", "20B": "2B"}


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """Counts by département and year, one variable per sheet.

    Dataset: option ``dataset`` (default ``drees_departements``). Option ``sheets`` (``{"Tableau 1": aah}``)
    says which sheets are read and the variable of each. Period = year (31 December); levels
    ``departement``, ``region`` and ``france`` (FR, FHM, FM) where the sheet has them.

    Raises:
        RawDataError: option or sheet missing, no header, no year, bad number (sheet, row, column).
    """
    from openpyxl import load_workbook

    sheets = dict(entry.options.get("sheets", {}))
    if not sheets:
        raise RawDataError(
            f"{entry.id} : l’option « sheets » doit dire quelles feuilles lire (feuille: variable)."
        )
    workbook = load_workbook(path, read_only=True, data_only=True)
    names = {name.strip(): name for name in workbook.sheetnames}
    absent = [s for s in sheets if s not in names]
    if absent:
        raise RawDataError(found_expected(f"{path.name}, feuilles", sample(names, 30), ", ".join(absent)))
    parts = [_sheet(workbook[names[s]], path).assign(variable=str(v)) for s, v in sheets.items()]
    workbook.close()
    dataset = str(entry.options.get("dataset", DATASET))
    return finish(pd.concat(parts, ignore_index=True), entry, path, dataset=dataset)


def _sheet(sheet: Any, path: Path) -> pd.DataFrame:
    rows = [[_cell(c) for c in r] for r in sheet.iter_rows(values_only=True)]
    where = f"{path.name}, feuille {sheet.title.strip()}"
    top = next((i for i, r in enumerate(rows[:30]) if _at(r, _KEYS) is not None), None)
    if top is None:
        raise RawDataError(f"{where} : aucune ligne d’en-tête avec « N° Dep » ou « Code département ».")
    below = next((i for i in range(top + 1, len(rows)) if _at(rows[i], ("code_region",)) is not None), None)
    named = path.with_name(f"{path.name}, feuille {sheet.title.strip()}")
    blocks = [_block(rows, top, below or len(rows), _departement, named)]
    if below is not None:
        blocks.append(_block(rows, below, len(rows), _region, named))
    return pd.concat(blocks, ignore_index=True)


def _at(row: list[str], starts: tuple[str, ...]) -> int | None:
    return next((i for i, c in enumerate(row) if slug(c).startswith(starts)), None)


def _block(
    rows: list[list[str]],
    top: int,
    end: int,
    territory: Callable[[list[str], int], tuple[str, str]],
    named: Path,
) -> pd.DataFrame:
    """Counts of the rows between a header and ``end``; one row per territory and year."""
    code_at = _at(rows[top], _KEYS)
    code_at = 0 if code_at is None else code_at
    years, first = _years(rows[top]), top + 1
    if not years:
        years, first = _years(rows[top + 1]), top + 2
    if not years:
        raise RawDataError(f"{named.name} : aucune colonne d’année sous l’en-tête de la ligne {top + 1}.")
    found = [(i + 1, rows[i], *territory(rows[i], code_at)) for i in range(first, end)]
    kept = [f for f in found if f[3]]
    parts = []
    for at, year in years.items():
        table = pd.DataFrame({str(year): [f[1][at] for f in kept], ROW: [f[0] for f in kept]})
        again = any(later > at and years[later] == year for later in years)
        parts.append(
            pd.DataFrame(
                {
                    "level": [f[2] for f in kept],
                    "code": [f[3] for f in kept],
                    "period": str(year),
                    "breakdown": "serie=ancienne" if again else "",
                    "value": numbers(table, str(year), named, markers=MARKERS),
                    ROW: table[ROW],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _years(row: list[str]) -> dict[int, int]:
    return {i: int(m[1]) for i, c in enumerate(row) if (m := _YEAR.fullmatch(c.strip()))}


def _departement(row: list[str], code_at: int) -> tuple[str, str]:
    label = next((TOTALS[slug(c)] for c in row[: code_at + 2] if slug(c) in TOTALS), "")
    if label:
        return "france", label
    code = row[code_at].removesuffix(".0")
    if code == "20":
        return "region", ""  # given again by the block of régions
    code = _DEPARTEMENTS.get(code, code.zfill(2) if code else "")
    return ("departement", code) if re.fullmatch(r"\d\d|2[AB]|97\d", code) else ("", "")


def _region(row: list[str], code_at: int) -> tuple[str, str]:
    code = row[code_at].removesuffix(".0")
    code = _REGIONS.get(code, code)
    return ("region", code) if re.fullmatch(r"\d\d", code) else ("", "")


def _cell(value: Any) -> str:
    return "" if value is None else str(value).strip()
