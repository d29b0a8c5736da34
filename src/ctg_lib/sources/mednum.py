"""Lieux de médiation numérique (schéma La Médnum, data·inclusion).

Traps met here: one place comes from several sources, under several ``id``; ``code_insee`` is empty in
many rows, which cannot be placed: they are counted and said, never guessed from a postal code; ids joined
with « | » for a place already merged upstream.
"""

from __future__ import annotations

import logging
from pathlib import Path

import pandas as pd

from ctg_lib.errors import RawDataError
from ctg_lib.manifest import Entry
from ctg_lib.sources._common import ROW, commune_of, finish, is_commune, read_table, refuse, require, slug

DATASET = "mediation_numerique"
VARIABLE = "lieux"
COUNSELLOR = "conseillers_numeriques"
_log = logging.getLogger("ctg.sources")


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """Places of digital mediation by commune, each place once.

    Dataset ``mediation_numerique``, variable ``lieux``, level ``commune``, period = the manifest's
    reference date; breakdown empty, or ``dispositif=conseillers_numeriques`` for the places that have one.
    See :func:`distinct` for what makes two rows one place. Rows without a commune are logged.

    Raises:
        RawDataError: missing column, a code that is no commune's, no row that can be placed.
    """
    table = read_table(path)
    require(table, ["id", "nom", "code_insee"], path)
    codes = commune_of(table["code_insee"].str.strip())
    placed = codes.ne("")
    refuse(
        placed & ~is_commune(codes), table, "code_insee", path, "un code commune à cinq caractères, ou vide"
    )
    if not placed.all():
        _log.warning("%s : %d lieux sans code commune, non comptés", path.name, int((~placed).sum()))
    table = distinct(table.assign(code=codes).loc[placed])
    if table.empty:
        raise RawDataError(f"{path.name} : aucun lieu ne porte de code commune.")
    parts = [table.assign(breakdown="")]
    programmes = next((c for c in ("dispositif_programmes_nationaux", "dispositif") if c in table), None)
    if programmes:
        has = table[programmes].map(slug).str.contains("conseiller[s]?_numerique", regex=True)
        parts.append(table.loc[has].assign(breakdown=f"dispositif={COUNSELLOR}"))
    counts = pd.concat(parts).groupby(["code", "breakdown"], sort=True).size().astype(float)
    frame = counts.rename("value").reset_index().assign(variable=VARIABLE, level="commune")
    return finish(frame, entry, path, dataset=DATASET, period=entry.reference_date)


def distinct(table: pd.DataFrame) -> pd.DataFrame:
    """The same rows without repeats of one place.

    Two rows are one place when they share an ``id``, or lie in one commune and have the same name, or the
    same address. Names and addresses are compared without case, accents and punctuation.
    """
    keys = pd.DataFrame({"code": table["code"], "nom": table["nom"].map(slug)}, index=table.index)
    keys["adresse"] = table["adresse"].map(slug) if "adresse" in table else ""
    kept = table.loc[~table["id"].str.strip().duplicated() | table["id"].str.strip().eq("")]
    for key in ("nom", "adresse"):
        known = keys.loc[kept.index, key].ne("")
        kept = kept.loc[~(known & keys.loc[kept.index].duplicated(["code", key]))]
    return kept


__all__ = ["DATASET", "ROW", "VARIABLE", "distinct", "read"]
