"""Carte des loyers (ministère du Logement, ANIL): predicted asking rents by commune.

One file per kind of dwelling. Traps met here: decimal comma, Windows-1252 in some editions; the rent is a
*prediction*, with an interval; ``TYPPRED`` = « maille » says that it rests on neighbouring communes, not
on this one's listings; arrondissements of Paris, Lyon and Marseille (left out: rents are not summed).
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from ctg_lib.errors import RawDataError, found_expected
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
    slug_columns,
)

DATASET = "carte_loyers"
DWELLINGS = {
    "pred-app12": "appartement_t1_t2", "pred-app3": "appartement_t3_plus", "pred-app": "appartement",
    "pred-mai": "maison",
}  # fmt: skip
"""How the publisher's file begins -> kind of dwelling."""
OWN = {"commune": 0.0, "maille": 1.0, "epci": 1.0}
"""``TYPPRED`` -> 1 where the prediction rests on more than this commune."""


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """Predicted rent, charges included, in € per m² and month, and its interval of prediction at 95 %.

    Dataset ``carte_loyers``, variables ``loyer_m2`` (status ``estimated``, bounds = the interval),
    ``loyer_m2_bas``, ``loyer_m2_haut``, ``prediction_maille`` (1: not from this commune's listings) and
    ``annonces`` (listings in the commune, where given); breakdown ``bien=appartement``,
    ``appartement_t1_t2``, ``appartement_t3_plus``, ``maison`` (option ``bien``, else the file's name);
    period = the manifest's reference date.

    Raises:
        RawDataError: unknown dwelling, missing column, unknown TYPPRED, bad code or number, duplicate.
    """
    table = slug_columns(read_table(path))
    require(table, ["insee_c", "loypredm2", "lwr_ipm2", "upr_ipm2", "typpred"], path)
    kind = _dwelling(path, entry)
    codes = table["insee_c"].str.strip()
    codes = codes.where(codes.str.len() != 4, "0" + codes)
    refuse(~codes.str.fullmatch(r"(?:\d\d|2[AB])\d{3}"), table, "insee_c", path, "un code commune")
    table = table.assign(code=codes).loc[is_commune(codes)]
    shared = table["typpred"].map(slug).map(OWN)
    refuse(shared.isna(), table, "typpred", path, "commune, maille ou EPCI")
    names = {"loyer_m2": "loypredm2", "loyer_m2_bas": "lwr_ipm2", "loyer_m2_haut": "upr_ipm2"}
    values = {v: numbers(table, c, path, markers={"NA"}) for v, c in names.items()}
    values["prediction_maille"] = shared
    if "nbobs_com" in table:
        values["annonces"] = numbers(table, "nbobs_com", path, markers={"NA"})
    parts = [
        table[["code", ROW]].assign(variable=variable, value=value) for variable, value in values.items()
    ]
    frame = pd.concat(parts, ignore_index=True)
    rent = frame["variable"].eq("loyer_m2")
    known = values["loyer_m2"].notna().to_numpy()
    for bound, variable in (("low", "loyer_m2_bas"), ("high", "loyer_m2_haut")):
        frame.loc[rent, bound] = values[variable].where(known).to_numpy()
    estimated = frame["variable"].str.startswith("loyer") & frame["value"].notna()
    frame["status"] = frame["value"].notna().map({True: "observed", False: "missing"})
    frame["status"] = frame["status"].mask(estimated, "estimated")
    return finish(
        frame.assign(breakdown=f"bien={kind}"),
        entry,
        path,
        dataset=DATASET,
        level="commune",
        period=entry.reference_date,
    )


def _dwelling(path: Path, entry: Entry) -> str:
    given = entry.options.get("bien")
    if given is None:
        given = next((k for start, k in DWELLINGS.items() if re.match(start, path.name)), None)
    if given not in DWELLINGS.values():
        raise RawDataError(
            found_expected(f"{entry.id} ({path.name}), option 'bien'", given, ", ".join(DWELLINGS.values()))
        )
    return str(given)
