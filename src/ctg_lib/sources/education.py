"""DEPP, indices de position sociale (IPS) of schools and collèges (data.education.gouv.fr, CSV).

The same file is offered with labels (« Code INSEE de la commune ») or technical names
(``code_insee_de_la_commune``): both are read, for every layout since the first (``ips_ecoles_v2`` and
``rs2021`` without pupils; ``ap2022`` with pupils and spread; ``ap2023`` with the references on each row;
lycées with one index by track). « NS » is not significant, never 0: the index is never 0, so a 0 is
refused. Many small schools are not in the file at all.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ctg_lib.errors import RawDataError
from ctg_lib.manifest import Entry
from ctg_lib.sources._common import ROW, finish, numbers, read_table, refuse, require, slug_columns

DATASETS = {"ecole": "ips_ecoles", "college": "ips_colleges", "lycee": "ips_lycees"}
MARKERS = {"NS", "ns", "ND", "nd"}
_PUBLISHED = {"": "", "_public": "secteur=public", "_prive": "secteur=prive"}
_ALIASES = {
    "nom_de_l_etablissment": "nom_de_l_etablissement", "nombre_d_eleves": "effectifs",
    "code_insee": "code_insee_de_la_commune", "ecart_type_ips": "ecart_type_de_l_ips",
}  # fmt: skip
_LYCEES = {
    "ips": ("ips_etab", "ips_ensemble_gt_pro"),
    "effectifs": ("effectifs_etab", "effectifs_ensemble_gt_pro"),
    "ecart_type_de_l_ips": ("ecart_type_etablissement", "ecart_type_de_l_ips_ensemble_gt_pro"),
}
"""Lycées have one index by track; that of the whole school is read, under its two successive names."""


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """IPS of each school, and the references that the publisher repeats on each row.

    Dataset ``ips_ecoles`` or ``ips_colleges`` (from the entry's dataset). Level ``structure``, code =
    UAI, breakdown ``commune=12063;secteur=public``, variables ``ips``, ``effectifs`` and
    ``ecart_type_ips`` where the file has them; period « 2024-2025 ». Where columns
    ``ips_departemental…`` and ``ips_national…`` exist: levels ``departement`` and ``france`` (FR),
    variable ``ips``, breakdown empty or ``secteur=…``.

    Raises:
        RawDataError: missing column, unknown sector, bad number, two rows for one school and year.
    """
    table = _whole_school(slug_columns(read_table(path), _ALIASES))
    required = ["rentree_scolaire", "uai", "code_insee_de_la_commune", "secteur", "ips"]
    require(table, required, path)
    kind = next((d for k, d in DATASETS.items() if k in entry.dataset), None)
    if kind is None:
        raise RawDataError(
            f"{entry.id} : jeu {entry.dataset!r} inconnu ; attendu : un jeu IPS écoles ou collèges."
        )
    years = table["rentree_scolaire"].str.strip().str.fullmatch(r"\d{4}-\d{4}")
    refuse(~years, table, "rentree_scolaire", path, "une année scolaire AAAA-AAAA")
    sector = table["secteur"].str.strip().str.lower().str.extract(r"^(public|priv)")[0]
    refuse(sector.isna(), table, "secteur", path, "public ou privé…")
    sector = sector.replace("priv", "prive")
    commune = table["code_insee_de_la_commune"].str.strip().str.zfill(5)
    table = table.assign(
        breakdown="commune=" + commune + ";secteur=" + sector, period=table["rentree_scolaire"].str.strip()
    )
    frame = pd.concat([_schools(table, path), *_references(table, path)], ignore_index=True)
    return finish(frame, entry, path, dataset=kind)


def _whole_school(table: pd.DataFrame) -> pd.DataFrame:
    found = {n: c for c, names in _LYCEES.items() if c not in table for n in names if n in table}
    return table.rename(columns=found)


def _schools(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    names = {"ips": "ips", "effectifs": "effectifs", "ecart_type_de_l_ips": "ecart_type_ips"}
    parts = []
    for column, variable in names.items():
        if column not in table:
            continue
        silent = table[column].str.strip().isin(MARKERS)
        value = numbers(table, column, path, markers=MARKERS)
        if variable == "ips":
            refuse(value.le(0), table, column, path, "un indice (« NS » s’il n’est pas significatif)")
        status = value.notna().map({True: "observed", False: "missing"}).mask(silent, "not_significant")
        part = table[["breakdown", "period", ROW]].assign(
            variable=variable, level="structure", code=table["uai"].str.strip(), value=value, status=status
        )
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _references(table: pd.DataFrame, path: Path) -> list[pd.DataFrame]:
    """One row per département (or France), year and sector; different values are refused later."""
    parts = []
    for scope, level in (("departemental", "departement"), ("national", "france")):
        for suffix, breakdown in _PUBLISHED.items():
            column = f"ips_{scope}{suffix}"
            if column not in table:
                continue
            if level == "departement":
                require(table, ["code_du_departement"], path)
                code = (
                    table["code_du_departement"]
                    .str.strip()
                    .str.replace(r"^0(?=\d\d$|2[AB]$|\d[AB]$)", "", regex=True)
                )
            else:
                code = pd.Series("FR", index=table.index)
            part = table[["period", ROW]].assign(
                variable="ips", level=level, code=code, breakdown=breakdown,
                value=numbers(table, column, path, markers=MARKERS),
            )  # fmt: skip
            part = part.dropna(subset=["value"]).drop_duplicates(["period", "code", "value"])
            parts.append(part.assign(status="observed"))
    return parts
