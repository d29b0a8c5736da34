"""Facts about local services that no open file gives, one row per structure, each with its source.

Columns: ``code_commune;nom;type;places;source;constate_le`` (``AAAA-MM`` or ``AAAA-MM-JJ``).
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ctg_lib.manifest import Entry
from ctg_lib.sources._common import ROW, finish, is_commune, numbers, read_table, refuse, require, slug

DATASET = "offre_eaje"


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """Places of each childcare establishment.

    Dataset ``offre_eaje``, variable ``places``, level ``structure``, code = slug of commune and name,
    breakdown ``commune=12063;type=multi_accueil``, period = ``constate_le``.

    Raises:
        RawDataError: missing column, bad commune code, date or number, fact without source, duplicate.
    """
    table = read_table(path)
    columns = ["code_commune", "nom", "type", "places", "source", "constate_le"]
    require(table, columns, path)
    commune = table["code_commune"].str.strip()
    refuse(~is_commune(commune), table, "code_commune", path, "un code commune à cinq caractères")
    for column in ("nom", "type", "source"):
        refuse(table[column].str.strip().eq(""), table, column, path, "un texte")
    found = table["constate_le"].str.strip()
    refuse(
        ~found.str.fullmatch(r"\d{4}(-\d\d){0,2}"), table, "constate_le", path, "AAAA, AAAA-MM ou AAAA-MM-JJ"
    )
    frame = pd.DataFrame(
        {
            "code": commune + "-" + table["nom"].map(slug).str.replace("_", "-"),
            "breakdown": "commune=" + commune + ";type=" + table["type"].map(slug),
            "period": found,
            "value": numbers(table, "places", path),
            ROW: table[ROW],
        }
    )
    return finish(frame, entry, path, dataset=DATASET, variable="places", level="structure")
