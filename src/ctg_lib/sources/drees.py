"""DREES, accessibilité potentielle localisée (APL): one workbook, one sheet per year.

A sheet is named « APL 2022 » (or ends so); eight rows of text, the header on row 9, a row of units, then
one row per commune. Rows and columns are found by their text, not by their position: older sheets call
the code « Commune » or « Code commune », and give one population only. The profession is read from the
heading « APL aux … », so that one file cannot be taken for another.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd

from ctg_lib.errors import RawDataError, found_expected, sample
from ctg_lib.manifest import Entry
from ctg_lib.sources._common import (
    ROW,
    finish,
    is_commune,
    numbers,
    read_table,
    refuse,
    require,
    slug,
)
from ctg_lib.values import LEVELS

DATASET = "apl_generalistes"
PROFESSIONS: dict[str, str] = {
    "medecins_generalistes": "apl_generalistes", "generalistes": "apl_generalistes",
    "sages_femmes": "apl_sages_femmes", "infirmieres": "apl_infirmieres", "infirmiers": "apl_infirmieres",
    "infirmiers_liberaux": "apl_infirmieres", "infirmieres_et_infirmiers": "apl_infirmieres",
    "masseurs_kinesitherapeutes": "apl_kinesitherapeutes", "kinesitherapeutes": "apl_kinesitherapeutes",
    "chirurgiens_dentistes": "apl_chirurgiens_dentistes", "dentistes": "apl_chirurgiens_dentistes",
}  # fmt: skip
"""Profession in the heading « APL aux … », written by ``slug`` -> dataset."""
HEADINGS: dict[str, str] = {
    "apl": r"apl_aux_(?!.*_ans)[a-z_]+",
    "apl_65": r"apl_aux_[a-z_]+_(?:65_ans_(?:et|ou)_moins|moins_de_65_ans)",
    "population_standardisee": r"population_standardisee.*",
}
"""Variable -> pattern of the column's heading, once written by ``slug``."""


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """APL of each commune and year.

    Dataset ``apl_generalistes``, ``apl_sages_femmes``, ``apl_infirmieres``, ``apl_kinesitherapeutes`` or
    ``apl_chirurgiens_dentistes`` by the headings (option ``dataset`` for a profession not known here).
    Variables ``apl`` (consultations a year per standardised inhabitant for doctors, full-time
    professionals per 100 000 for the others: see the units' row), ``apl_65`` (professionals aged 65 or
    less only), ``population_standardisee``. 0 is a true value: no accessible offer. An empty cell is missing.

    Raises:
        RawDataError: no sheet, no header row, missing column, unknown or two professions, bad number
            (sheet, row, column).
    """
    from openpyxl import load_workbook

    workbook = load_workbook(path, read_only=True, data_only=True)
    years = {name: m[1] for name in workbook.sheetnames if (m := re.search(r"APL.*?(\d{4})", name))}
    if not years:
        raise RawDataError(
            found_expected(f"{path.name}, feuilles", sample(workbook.sheetnames), "des feuilles « APL AAAA »")
        )
    parts = [_sheet(workbook[name], year, path) for name, year in years.items()]
    workbook.close()
    dataset = str(entry.options.get("dataset") or _dataset([p.attrs["profession"] for p in parts], path))
    return finish(pd.concat(parts, ignore_index=True), entry, path, dataset=dataset, level="commune")


def _dataset(professions: list[str], path: Path) -> str:
    unknown = sorted({p for p in professions if p not in PROFESSIONS})
    if unknown:
        raise RawDataError(
            found_expected(f"{path.name}, profession nouvelle", sample(unknown), ", ".join(PROFESSIONS))
        )
    found = sorted({PROFESSIONS[p] for p in professions})
    if len(found) != 1:
        raise RawDataError(found_expected(f"{path.name}, professions", sample(found), "une seule"))
    return found[0]


def _is_code(heading: str) -> bool:
    return slug(heading).startswith(("code_commune", "codgeo", "code_insee", "depcom"))


def _sheet(sheet: Any, year: str, path: Path) -> pd.DataFrame:
    rows = [list(r) for r in sheet.iter_rows(values_only=True)]
    heads = [i for i, r in enumerate(rows) if any(_is_code(str(c or "")) for c in r)]
    where = f"{path.name}, feuille {sheet.title}"
    if not heads:
        raise RawDataError(f"{where} : aucune ligne d’en-tête commençant par « Code commune INSEE ».")
    head = [slug(str(c or "")) for c in rows[heads[0]]]
    positions = {
        v: i for v, p in HEADINGS.items() for i, h in reversed(list(enumerate(head))) if re.fullmatch(p, h)
    }
    if "apl" not in positions:
        raise RawDataError(f"{where} : colonne « APL aux … » manquante (trouvées : {sample(head, 12)}).")
    code_at = next(i for i, h in enumerate(head) if _is_code(h))
    body = rows[heads[0] + 1 :]
    labels = {v: str(rows[heads[0]][i]).strip() for v, i in positions.items()}
    table = pd.DataFrame(
        {
            "code": [_cell(r[code_at]) for r in body],
            **{labels[v]: [_cell(r[i]) for r in body] for v, i in positions.items()},
            ROW: range(heads[0] + 2, len(rows) + 1),
        }
    )
    # A number typed as a number has lost its leading zero.
    table["code"] = table["code"].where(table["code"].str.len() != 4, "0" + table["code"])
    table = table.loc[is_commune(table["code"])]
    named = path.with_name(f"{path.name}, feuille {sheet.title}")
    parts = [
        pd.DataFrame(
            {
                "variable": variable,
                "code": table["code"],
                "value": numbers(table, label, named, markers={"ns", "nd"}),
                "period": year,
                ROW: table[ROW],
            }
        )
        for variable, label in labels.items()
    ]
    frame = pd.concat(parts, ignore_index=True)
    frame.attrs["profession"] = head[positions["apl"]].removeprefix("apl_aux_")
    return frame


def _cell(value: Any) -> str:
    return "" if value is None else str(value).strip()


def read_references(path: Path, entry: Entry) -> pd.DataFrame:
    """Reference values of the APL (columns ``annee;niveau;code;apl``) that no commune sheet holds.

    They are means weighted by the standardised population, computed by whoever is named in the
    manifest: their status is ``estimated``.

    Raises:
        RawDataError: missing column, unknown level, bad number, duplicate.
    """
    table = read_table(path)
    require(table, ["annee", "niveau", "code", "apl"], path)
    refuse(~table["niveau"].isin(LEVELS), table, "niveau", path, ", ".join(LEVELS))
    frame = pd.DataFrame(
        {
            "variable": "apl",
            "level": table["niveau"],
            "code": table["code"],
            "period": table["annee"],
            "value": numbers(table, "apl", path),
            "status": "estimated",
            ROW: table[ROW],
        }
    )
    return finish(frame, entry, path, dataset=DATASET)
