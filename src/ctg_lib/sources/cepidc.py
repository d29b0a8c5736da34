"""CépiDc, standardised mortality by département, sex and cause.

Columns ``annee,departement,sexe,cause,indicateur,valeur``. The rate « par âge et sexe » of both sexes is
the mean of that of men and that of women. The causes are numbered chapters; they add up to all causes.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ctg_lib.manifest import Entry
from ctg_lib.sources._common import ROW, finish, numbers, read_table, refuse, require
from ctg_lib.values import canonical_breakdown

DATASET = "mortalite_causes"
VARIABLE = "taux_standardise"
SEXES = {"Hommes": "M", "Femmes": "F", "Tous sexes": "_T"}
MEASURE = "Taux standardisé de mortalité"


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """Deaths per 100 000 inhabitants, standardised by age and sex.

    Dataset ``mortalite_causes``, variable ``taux_standardise``, breakdown ``cause=02;sex=M`` (number of
    the chapter), level ``departement``.

    Raises:
        RawDataError: missing column, unknown sex or measure, cause without number, bad code, duplicate.
    """
    table = read_table(path)
    require(table, ["annee", "departement", "sexe", "cause", "indicateur", "valeur"], path)
    sex = table["sexe"].str.strip().map(SEXES)
    refuse(sex.isna(), table, "sexe", path, ", ".join(SEXES))
    refuse(~table["indicateur"].str.startswith(MEASURE), table, "indicateur", path, f"« {MEASURE}… »")
    cause = table["cause"].str.strip().str.extract(r"^(\d{1,2})\.")[0].str.zfill(2)
    refuse(cause.isna(), table, "cause", path, "une cause numérotée (« 2. Tumeurs »)")
    codes = table["departement"].str.strip().str.zfill(2)
    refuse(~codes.str.fullmatch(r"\d\d|2[AB]|97\d"), table, "departement", path, "un code de département")
    frame = pd.DataFrame(
        {
            "breakdown": [canonical_breakdown(cause=c, sex=s) for c, s in zip(cause, sex, strict=True)],
            "code": codes,
            "period": table["annee"].str.strip(),
            "value": numbers(table, "valeur", path),
            ROW: table[ROW],
        }
    )
    return finish(frame, entry, path, dataset=DATASET, variable=VARIABLE, level="departement")
