"""Tiny stores written by hand: two communes, one EPCI, one département, figures that add up on paper."""

from pathlib import Path

import pandas as pd

from ctg_lib import observations
from ctg_lib.indicators.data import Data
from ctg_lib.indicators.national import finish
from ctg_lib.indicators.registry import METHODS, definition
from ctg_lib.observations import Store

CAVALERIE, NANT, EPCI, AVEYRON = "12063", "12168", "241200906", "12"
LEVEL_OF = {2: "departement", 5: "commune", 9: "epci"}
POPULATION = {CAVALERIE: 2000, NANT: 1000}
PMUN = [("DS_POPULATIONS_REFERENCE", "PMUN", "", code, "2023", float(n)) for code, n in POPULATION.items()]


def level_of(code):
    return "france" if code in ("FR", "FM", "FHM") else LEVEL_OF.get(len(code), "structure")


def world(folder: Path, rows, *, population=True, restricted=False) -> Data:
    """A store of rows ``(dataset, variable, breakdown, code, period, value[, {low, high, status, level}])``."""
    store = Store(folder / "store")
    rows = [*rows, *(PMUN if population else [])]
    by_dataset = {}
    for dataset, variable, breakdown, code, period, value, *more in rows:
        row = {"variable": variable, "breakdown": breakdown, "level": level_of(code), "code": code,
               "period": period, "value": value, **(more[0] if more else {})}  # fmt: skip
        by_dataset.setdefault(dataset, []).append(row)
    for dataset, some in by_dataset.items():
        made = observations.make(
            pd.DataFrame(some), dataset=dataset, source=f"src_{dataset}", geography_year=2026
        )
        store.write(made, dataset, "v")
    groups = [
        (c, level, code) for c in POPULATION for level, code in (("epci", EPCI), ("departement", AVEYRON))
    ]
    frame = pd.DataFrame(groups, columns=["commune", "level", "code"])
    communes = frozenset(POPULATION) if restricted else None
    return Data(store, frame, pd.Series(POPULATION, dtype="float64"), communes=communes)


def result(data: Data, indicator: str) -> pd.DataFrame:
    """What the national table would hold of an indicator."""
    rule = definition(indicator)
    return finish(rule.compute(data), rule)


def cell(data: Data, indicator: str, code=EPCI, breakdown="", period=None) -> pd.Series:
    """One row of an indicator; the latest period by default."""
    rows = result(data, indicator)
    rows = rows[rows["code"].eq(code) & rows["breakdown"].eq(breakdown)].sort_values("period")
    if period is not None:
        rows = rows[rows["period"].eq(period)]
    assert len(rows), f"{indicator}: no row for {code} {breakdown!r} {period}"
    row = rows.iloc[-1]
    assert row["method"] in METHODS
    return row
