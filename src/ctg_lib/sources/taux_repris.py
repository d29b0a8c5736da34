"""Rates that a third party computed from official files, where the files themselves are not at hand.

Our own plain layout, one figure a row: ``code;level;id;period;value;source_formula``. ``source_formula``
says, with the publisher's own variable names, how the rate was computed: the denominator is there.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ctg_lib.manifest import Entry
from ctg_lib.sources._common import ROW, finish, numbers, read_table, refuse, require
from ctg_lib.values import FRANCE_CODES

DATASET = "taux_repris"
COLUMNS = ("code", "level", "id", "period", "value", "source_formula")
LEVELS: dict[str, str] = {
    "epci": r"\d{9}",
    "departement": r"\d\d|2[AB]|97\d",
    "region": r"\d\d",
    "france": "|".join(FRANCE_CODES),
}
"""Level -> pattern of its codes."""


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """Rates as they stand: dataset ``taux_repris``, variable = ``id``, no breakdown.

    An empty cell is a figure that the source does not give. Options: ``expect``.

    Raises:
        RawDataError: missing column, unknown level, bad code, id, period or number, a rate without
            formula, twice the same figure.
    """
    table = read_table(path)
    require(table, COLUMNS, path)
    table = table.apply(lambda column: column.str.strip() if column.name in COLUMNS else column)
    refuse(~table["level"].isin(list(LEVELS)), table, "level", path, ", ".join(LEVELS))
    for level, pattern in LEVELS.items():
        bad = table["level"].eq(level) & ~table["code"].str.fullmatch(pattern)
        refuse(bad, table, "code", path, f"un code du niveau {level}")
    refuse(
        ~table["id"].str.fullmatch(r"[a-z][a-z0-9_]*"), table, "id", path, "un nom en minuscules, sans accent"
    )
    refuse(~table["period"].str.fullmatch(r"\d{4}(-\d{4})?"), table, "period", path, "AAAA ou AAAA-AAAA")
    refuse(table["source_formula"].eq(""), table, "source_formula", path, "la formule de l’auteur")
    values = numbers(table, "value", path)
    frame = table[["code", "level", "period", ROW]].assign(variable=table["id"], value=values)
    return finish(frame, entry, path, dataset=DATASET)
