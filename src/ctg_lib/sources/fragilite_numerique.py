"""Indice de fragilité numérique, edition of 2020 (La Mednum, SGAR Occitanie): a long table by IRIS.

Columns ``Nom Com``, ``Code Iris``, ``Noms de mesures``, ``Valeurs de mesures``. 100 is the mean of the
région; higher is more fragile. Traps met here: « SCORE GLOBAL » is written with a space at its end and
« ADMINISTATIVES » with its mistake; the commune's name is no key; a commune cut into IRIS has no value of
its own and gets none (an index is not averaged here).
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ctg_lib.manifest import Entry
from ctg_lib.sources._common import ROW, finish, is_commune, numbers, read_table, refuse, require, slug

DATASET = "fragilite_numerique"
MEASURES = {
    "score_global", "global_competences", "global_acces", "competences_numeriques_scolaires",
    "competences_administratives", "competences_administatives", "acces_a_l_information",
    "acces_aux_interfaces_numeriques", "population",
}  # fmt: skip


_NAMES = {"score_global": "indice", "competences_administatives": "competences_administratives"}


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """Index and its parts, by commune that is not cut into IRIS.

    Dataset ``fragilite_numerique``, variable ``indice`` (« SCORE GLOBAL »), the others = the measure
    written by ``slug`` (``global_acces``, ``global_competences`` …), period = the manifest's reference date.

    Raises:
        RawDataError: missing column, unknown measure, bad code or number, duplicate.
    """
    table = read_table(path)
    require(table, ["Code Iris", "Noms de mesures", "Valeurs de mesures"], path)
    iris = table["Code Iris"].str.strip()
    refuse(~iris.str.fullmatch(r"[0-9AB]{9}"), table, "Code Iris", path, "un code IRIS à neuf caractères")
    measure = table["Noms de mesures"].map(slug)
    refuse(~measure.isin(MEASURES), table, "Noms de mesures", path, ", ".join(sorted(MEASURES)))
    whole = iris.str.endswith("0000") & is_commune(iris.str[:5])
    frame = pd.DataFrame(
        {
            "variable": measure.replace(_NAMES),
            "code": iris.str[:5],
            "value": numbers(table, "Valeurs de mesures", path),
            ROW: table[ROW],
        }
    ).loc[whole]
    return finish(frame, entry, path, dataset=DATASET, level="commune", period=entry.reference_date)
