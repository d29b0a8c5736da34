"""DEPP, pupils and classes by school (``fr-en-ecoles-effectifs-nb_classes``), technical names or labels.

Traps met here: ``rentree_scolaire`` is a date (older files: a year), read as the year of the rentrée;
``code_commune_insee`` holds the *postal* code: it is never read, and a school is placed by joining its
UAI with the annuaire; levels are « hors ULIS », pupils of ULIS stand in a column of their own.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from ctg_lib.errors import RawDataError
from ctg_lib.manifest import Entry
from ctg_lib.sources._common import ROW, finish, numbers, read_table, refuse, require, slug_columns
from ctg_lib.sources._extra import refuse_new_columns, start_year

DATASET = "effectifs_ecoles"
LEVELS = ("preelementaire", "elementaire", "cp", "ce1", "ce2", "cm1", "cm2", "ulis", "ueea")
_ALIASES = {"numero_de_l_ecole": "numero_ecole", "uai": "numero_ecole"}
_PUPILS = re.compile(r"nombre_(?:d_)?eleves_(?:en_)?(\w+?)(?:_hors_ulis)?")


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """Pupils and classes of each school and rentrée.

    Dataset ``effectifs_ecoles``, level ``structure``, code = UAI, period = year of the rentrée (« 2025 »).
    Variables ``eleves`` (breakdown empty, or ``niveau=preelementaire``, ``elementaire``, ``cp`` … ``cm2``,
    all hors ULIS, ``ulis``, ``ueea``) and ``classes``. An empty cell is missing, 0 is a count.

    Raises:
        RawDataError: missing column, a ``nombre_…`` column not known, bad date, UAI or number, duplicate.
    """
    table = slug_columns(read_table(path), _ALIASES)
    table = table.rename(columns={c: name for c in table.columns if (name := _name(c))})
    require(table, ["rentree_scolaire", "numero_ecole", "total_eleves"], path)
    known = {"total_eleves", "total_classes", *(f"eleves_{level}" for level in LEVELS)}
    refuse_new_columns(table.columns, known, path, r"(?:nombre|eleves|total)_.*", "colonnes d’effectifs")
    uai = table["numero_ecole"].str.strip().str.upper()
    refuse(~uai.str.fullmatch(r"\d\d[0-9AB]\d{4}[A-Z]"), table, "numero_ecole", path, "un UAI (0121165B)")
    table = table.assign(code=uai, period=start_year(table, "rentree_scolaire", path))
    parts = []
    for column in sorted(known & set(table.columns)):
        variable = "classes" if column == "total_classes" else "eleves"
        level = "" if column.startswith("total_") else "niveau=" + column.removeprefix("eleves_")
        part = table[["code", "period", ROW]].assign(
            variable=variable, breakdown=level, value=numbers(table, column, path)
        )
        parts.append(part)
    if not any(p["variable"].eq("eleves").all() for p in parts):
        raise RawDataError(f"{path.name} : aucune colonne d’élèves.")
    return finish(pd.concat(parts, ignore_index=True), entry, path, dataset=DATASET, level="structure")


def _name(column: str) -> str | None:
    """One name for ``nombre_eleves_cp_hors_ulis`` and « Nombre d'élèves en CP hors ULIS »."""
    if re.fullmatch(r"nombre_total_(?:d_)?eleves", column):
        return "total_eleves"
    if re.fullmatch(r"nombre_total_(?:de_)?classes", column):
        return "total_classes"
    match = _PUPILS.fullmatch(column)
    return f"eleves_{match[1].replace('pre_elementaire', 'preelementaire')}" if match else None
