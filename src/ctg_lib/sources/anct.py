"""ANCT, Observatoire des territoires: one file per indicator, level and edition.

Two forms: ``codgeo;libgeo;an;<column> …``, and the export of the map site, with a title on the lines
above the header « Code;Libellé;<heading> … » (third line). Decimal comma, byte order mark, empty lines of
separators at the end. Markers: « N/A - secret statistique », « N/A - résultat non disponible », « N/A -
division par 0 », ``s``, ``nd``. Codes of départements and régions look alike: the level is an option.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from ctg_lib.errors import RawDataError, found_expected
from ctg_lib.manifest import Entry
from ctg_lib.sources._common import COMMUNE, ROW, finish, is_commune, numbers, refuse, slug
from ctg_lib.sources._extra import read_below

DATASET = "observatoire_territoires"
LEVELS: dict[str, str] = {
    "commune": COMMUNE, "epci": r"\d{9}", "departement": r"\d\d|2[AB]|97\d", "region": r"\d\d",
}  # fmt: skip
MARKERS: dict[str, str] = {
    "": "missing", "n_a": "missing", "nd": "missing", "n_a_resultat_non_disponible": "missing",
    "n_a_non_disponible": "missing", "s": "secret", "n_a_secret_statistique": "secret",
    "n_a_division_par_0": "not_applicable", "ns": "not_significant",
}  # fmt: skip
"""Cells that are no numbers, written by ``slug`` -> status."""
_KEYS = {"codgeo": "codgeo", "code": "codgeo", "libgeo": "libgeo", "libelle": "libgeo", "an": "an"}
_PERIOD = re.compile(r"\d{4}(?:-\d{4})?")


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """Values of one or several columns by territory and period.

    Dataset ``observatoire_territoires``; variable = the column's name, or the heading without its year
    written by ``slug``; the manifest's option ``variables`` renames them (``{p_licsport014: licsport}``).
    Period: column ``an``, else the year at the end of the heading, else the reference date. Level: option
    ``level``, else that of the codes (commune or EPCI). 0 is a value.

    Raises:
        RawDataError: no header, no value column, unknown level, bad code, period or marker, duplicate.
    """
    table = read_below(path, _is_header, "une ligne « codgeo;libgeo;an;… » ou « Code;Libellé;… »")
    table = table.rename(columns={c: _KEYS[slug(c)] for c in table.columns if slug(c) in _KEYS})
    table = table.loc[table["codgeo"].str.strip().ne("")]
    level = _level(table, entry, path)
    codes = table["codgeo"].str.strip()
    codes = codes.where(~codes.str.fullmatch(r"\d"), "0" + codes)
    codes = codes.where(~(codes.str.fullmatch(r"\d{4}") & (level == "commune")), "0" + codes)
    refuse(~codes.str.fullmatch(LEVELS[level]), table, "codgeo", path, f"un code de niveau {level}")
    table = table.assign(code=codes)
    if level == "commune":
        table = table.loc[is_commune(table["code"])]
    columns = [c for c in table.columns if c not in {"codgeo", "libgeo", "an", "code", ROW}]
    if not columns:
        raise RawDataError(f"{path.name} : aucune colonne de valeurs après codgeo, libgeo, an.")
    frame = pd.concat([_column(table, c, entry, path) for c in columns], ignore_index=True)
    return finish(frame, entry, path, dataset=DATASET, level=level)


def _is_header(cells: list[str]) -> bool:
    names = {slug(c) for c in cells}
    return "codgeo" in names or {"code", "libelle"} <= names


def _level(table: pd.DataFrame, entry: Entry, path: Path) -> str:
    given = entry.options.get("level")
    if given is None:
        width = table["codgeo"].str.strip().str.len()
        given = "commune" if width.isin([4, 5]).all() else "epci" if width.eq(9).all() else None
    if given not in LEVELS:
        raise RawDataError(
            found_expected(f"{entry.id} ({path.name}), option 'level'", given, ", ".join(LEVELS))
        )
    return str(given)


def _column(table: pd.DataFrame, column: str, entry: Entry, path: Path) -> pd.DataFrame:
    heading = re.fullmatch(r"(.*?)[\s_(]*(\d{4}(?:-\d{4})?)\)?", column)
    base = heading[1] if heading and "an" not in table else column
    name = base if re.fullmatch(r"[a-z][a-z0-9_]*", base) else slug(base)
    if "an" in table:
        period = table["an"].str.strip()
        refuse(~period.str.fullmatch(_PERIOD.pattern), table, "an", path, "AAAA ou AAAA-AAAA")
    else:
        period = pd.Series(heading[2] if heading else entry.reference_date, index=table.index)
    marks = table[column].map({t: MARKERS.get(slug(t)) for t in table[column].unique()})
    plain = table.assign(**{column: table[column].mask(marks.notna(), "")})
    renamed = dict(entry.options.get("variables", {}))
    return pd.DataFrame(
        {
            "variable": renamed.get(name, renamed.get(column, name)),
            "code": table["code"],
            "period": period,
            "value": numbers(plain, column, path),
            "status": marks.fillna("observed"),
            ROW: table[ROW],
        }
    )
