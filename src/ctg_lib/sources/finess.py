"""FINESS, health and social establishments: the official extraction, or a table with named columns.

The official file (``etalab-cs1100507-stock``, ``;``, Windows-1252 or UTF-8) has a line of metadata, no
header, and two kinds of rows: ``structureet`` (32 fields) and ``geolocalisation`` (left out).

Traps met here: several rows for one establishment (one per activity or equipment), counted once by its
FINESS number; the commune is a three-figure number within the département, overseas départements are
« 9A » to « 9F »; the number of a legal entity (EJ) is not that of an establishment (ET).
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd

from ctg_lib.errors import RawDataError, found_expected
from ctg_lib.manifest import Entry
from ctg_lib.sources._common import (
    COMMUNE,
    ROW,
    commune_of,
    finish,
    read_table,
    read_text,
    refuse,
    require,
    slug_columns,
)
from ctg_lib.sources._extra import communes_of

DATASET = "finess"
VARIABLE = "etablissements"
FIELDS = {1: "finess", 12: "commune", 13: "departement", 18: "categorie"}
"""Fields of a ``structureet`` row that are read, by position."""
WIDTH = 32
_ALIASES = {
    "numero_finess_etablissement": "finess", "nofinesset": "finess", "numero_finess_et": "finess",
    "categetab": "categorie", "code_categorie_etablissement": "categorie", "code_commune": "commune",
}  # fmt: skip


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """Establishments by commune, département and category.

    Dataset ``finess``, variable ``etablissements``, breakdown ``categorie=182`` (number of the category),
    levels ``commune`` and ``departement``, period = the manifest's reference date. Options:
    ``categories`` keeps some categories only; ``complete: [12]`` says that the file is complete for these
    départements, so that their communes without an establishment of a category have 0.

    Raises:
        RawDataError: unknown layout, bad number, commune or category, one establishment in two places.
    """
    official = read_text(path)[:200].lower().startswith("finess;etalab")
    table = _official(path) if official else _named(path)
    finess = table["finess"].str.strip()
    refuse(
        ~finess.str.fullmatch(r"\d[0-9AB]\d{7}"), table, "finess", path, "un numéro FINESS à neuf chiffres"
    )
    category = table["categorie"].str.strip()
    refuse(
        ~category.str.fullmatch(r"\d{3,4}"), table, "categorie", path, "un code de catégorie à trois chiffres"
    )
    refuse(~table["code"].str.fullmatch(COMMUNE), table, "code", path, "un code commune à cinq caractères")
    rows = pd.DataFrame(
        {"finess": finess, "code": commune_of(table["code"]), "categorie": category, ROW: table[ROW]}
    ).drop_duplicates(["finess", "code", "categorie"])
    twice = rows.duplicated("finess", keep=False)
    refuse(twice, rows, "finess", path, "un établissement dans une seule commune et une seule catégorie")
    if wanted := entry.options.get("categories"):
        rows = rows.loc[rows["categorie"].isin([str(c) for c in wanted])]
    frame = _counts(rows, path, entry)
    return finish(frame, entry, path, dataset=DATASET, variable=VARIABLE, period=entry.reference_date)


def _counts(rows: pd.DataFrame, path: Path, entry: Entry) -> pd.DataFrame:
    home = rows["code"].str[:2].mask(rows["code"].str.startswith("97"), rows["code"].str[:3])
    communes = rows.groupby(["code", "categorie"], sort=True).size()
    if complete := entry.options.get("complete"):
        codes = communes_of(path, entry, [str(d) for d in complete])
        kinds = sorted({*(str(c) for c in entry.options.get("categories", ())), *rows["categorie"]})
        every = pd.MultiIndex.from_product([codes, kinds], names=["code", "categorie"])
        communes = communes.reindex(communes.index.union(every), fill_value=0)
    departements = rows.groupby([home.rename("code"), "categorie"], sort=True).size()
    parts = [
        counts.rename("value").reset_index().assign(level=level)
        for counts, level in ((communes, "commune"), (departements, "departement"))
    ]
    frame = pd.concat(parts, ignore_index=True)
    return frame.assign(breakdown="categorie=" + frame["categorie"]).drop(columns="categorie")


def _official(path: Path) -> pd.DataFrame:
    rows = [
        (line, r)
        for line, r in enumerate(csv.reader(io.StringIO(read_text(path)), delimiter=";"), start=1)
        if r and r[0] == "structureet"
    ]
    if not rows:
        raise RawDataError(f"{path.name} : aucune ligne « structureet ».")
    for line, row in rows:
        if len(row) < WIDTH:
            raise RawDataError(
                found_expected(f"{path.name}, ligne {line}, nombre de champs", len(row), f"{WIDTH} ou plus")
            )
    table = pd.DataFrame({name: [r[i] for _, r in rows] for i, name in FIELDS.items()})
    table[ROW] = [line for line, _ in rows]
    return table.assign(code=_commune(table["departement"], table["commune"]))


def _named(path: Path) -> pd.DataFrame:
    table = slug_columns(read_table(path))
    if "categetab" in table:  # « categorie » is then the label of the code
        table = table.rename(columns={"categorie": "libelle_categorie"})
    table = table.rename(columns=_ALIASES)
    require(table, ["finess", "categorie"], path)
    if "code_insee" in table:
        return table.assign(code=table["code_insee"].str.strip().str.zfill(5))
    require(table, ["commune", "departement"], path)
    return table.assign(code=_commune(table["departement"], table["commune"]))


def _commune(departement: pd.Series, commune: pd.Series) -> pd.Series:
    """Insee's code: département and three figures; overseas (9A … 9F), « 97 » and three figures."""
    home = departement.str.strip().str.upper().str.zfill(2)
    overseas = home.str.fullmatch(r"9[A-J]|97\d")
    return home.str[:2].mask(overseas, "97") + commune.str.strip().str.zfill(3)
