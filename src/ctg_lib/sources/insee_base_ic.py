"""Insee's infra-communal bases (« base-ic-… »): one row per IRIS, or per commune once summed.

Column names carry a letter and a year (``P21_POP``, ``C21_…``); the year is read from them. IRIS are
summed by commune; the arrondissements of Paris, Lyon and Marseille are summed into their city.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from ctg_lib.errors import RawDataError, found_expected
from ctg_lib.manifest import Entry
from ctg_lib.sources._common import ROW, commune_of, finish, is_commune, numbers, read_table, refuse, require

DATASET = "rp_base_ic"
_DATED = re.compile(r"^([PC])(\d\d)_(\w+)$")


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """Counts by commune, dataset ``rp_base_ic``, period = year; variables without the year's prefix.

    Variables of the main exploitation (``P21_POP``) become ``POP``; those of the complementary one
    (``C21_MEN``) keep their letter (``C_MEN``): they are a sample.

    Raises:
        RawDataError: no dated column, several years, another year than the manifest's, bad code or number.
    """
    table = read_table(path)
    require(table, ["COM"], path)
    dated = {c: m for c in table.columns if (m := _DATED.match(c))}
    years = sorted({m[2] for m in dated.values()})
    expected = entry.reference_date[:4]
    if years != [expected[2:]]:
        raise RawDataError(
            found_expected(
                f"{path.name}, années des colonnes", ", ".join(years) or "aucune", f"{expected} (manifeste)"
            )
        )
    codes = commune_of(table["COM"].str.strip())
    refuse(~is_commune(codes), table, "COM", path, "un code commune à cinq caractères")
    if "IRIS" not in table:
        twice = table["COM"].duplicated()
        refuse(twice, table, "COM", path, "une seule ligne par commune (ou une colonne IRIS)")
    values = pd.DataFrame({_name(m): numbers(table, c, path) for c, m in dated.items()})
    sums = values.groupby(codes.rename("code"), sort=True).sum(min_count=1)
    frame = sums.reset_index().melt("code", var_name="variable", value_name="value")
    return finish(frame, entry, path, dataset=DATASET, level="commune", period=expected)


def _name(match: re.Match[str]) -> str:
    return match[3] if match[1] == "P" else f"C_{match[3]}"


__all__ = ["DATASET", "ROW", "read"]
