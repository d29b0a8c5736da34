"""DARES, job seekers registered with France Travail, by commune (``dares_defm_communales-brutes``).

Fourth quarters only; each value is the mean of three ends of month, rounded to 5. Technical names and
labels are both read.

Traps met here: byte order mark; Paris, Lyon and Marseille are there as communes *and* as
arrondissements; rows whose commune is « Total » are sums of all kinds; seasonally adjusted rows, where a
file has them beside the raw ones (« Brutes »), are another series and are left out.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

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
from ctg_lib.values import canonical_breakdown

DATASET = "defm"
VARIABLE = "demandeurs_emploi"
SEXES = {"total": "_T", "hommes": "M", "femmes": "F"}
AGES = {
    "total": "_T",
    "moins_de_25_ans": "Y_LT25",
    "de_25_a_49_ans": "Y25T49",
    "25_49_ans": "Y25T49",
    "50_ans_et_plus": "Y_GE50",
    "50_ans_ou_plus": "Y_GE50",
}
HALF_STEP = 2.5
"""A mean of three ends of month is not a whole number: rounded to the nearest 5, v lies in v ± 2.5."""
_ALIASES = {"nombre_de_demandeurs_emploi": "nombre_de_demandeurs_d_emploi", "tranche_dage": "tranche_d_age"}


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """Job seekers by commune, quarter, category (and sex, age where given).

    Dataset ``defm``, variable ``demandeurs_emploi``, breakdown ``categorie=ABC`` (with ``age=Y_LT25``,
    ``sex=F`` …), period « 2024-T4 », status ``rounded``, bounds v ± 2.5. Option ``empty_bounds``: bounds
    kept for an empty cell (nil, small or masked), whose status is ``missing``.

    Raises:
        RawDataError: missing column, unknown sex or age band, bad period or number, duplicate.
    """
    table = slug_columns(read_table(path), _ALIASES)
    value = "nombre_de_demandeurs_d_emploi"
    require(table, ["date", "code_commune", "categorie", "sexe", "tranche_d_age", value], path)
    codes = table["code_commune"].str.strip()
    table = table.assign(code=codes.where(codes.str.len() != 4, "0" + codes))
    table = table.loc[is_commune(table["code"])]
    if "type_de_donnees" in table:
        kinds = table["type_de_donnees"].map(slug)
        known = kinds.isin(["brutes", "brute", "cvs", "cvs_cjo"])
        refuse(~known, table, "type_de_donnees", path, "Brutes ou CVS-CJO")
        table = table.loc[kinds.str.startswith("brute")]
    refuse(~table["date"].str.fullmatch(r"\d{4}-T[1-4]"), table, "date", path, "un trimestre AAAA-TN")
    sex, age = table["sexe"].map(slug).map(SEXES), table["tranche_d_age"].map(slug).map(AGES)
    refuse(sex.isna(), table, "sexe", path, "Total, Hommes ou Femmes")
    refuse(age.isna(), table, "tranche_d_age", path, "Total, Moins de 25 ans, De 25 à 49 ans, 50 ans et plus")
    keys = pd.DataFrame({"categorie": table["categorie"].str.strip(), "sex": sex, "age": age})
    texts = {
        k: canonical_breakdown(dict(zip(keys.columns, k, strict=True)))
        for k in set(keys.itertuples(index=False, name=None))
    }
    counts = numbers(table, value, path)
    frame = pd.DataFrame(
        {
            "breakdown": [texts[k] for k in keys.itertuples(index=False, name=None)],
            "code": table["code"],
            "period": table["date"],
            "value": counts,
            "low": (counts - HALF_STEP).clip(lower=0),
            "high": counts + HALF_STEP,
            "status": counts.notna().map({True: "rounded", False: "missing"}),
            ROW: table[ROW],
        }
    )
    if bounds := entry.options.get("empty_bounds"):
        empty = frame["value"].isna()
        frame["low"] = frame["low"].mask(empty, float(bounds[0]))
        frame["high"] = frame["high"].mask(empty, float(bounds[1]))
    return finish(frame, entry, path, dataset=DATASET, variable=VARIABLE, level="commune")
