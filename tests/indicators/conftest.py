"""Small made-up worlds: two communes in one EPCI, and whatever datasets a test needs."""

import pandas as pd
import pytest

from ctg_lib import observations
from ctg_lib.indicators.data import Data
from ctg_lib.indicators.national import finish
from ctg_lib.indicators.registry import definition
from ctg_lib.observations import Store

FIRST, SECOND, EPCI = "12001", "12002", "200000001"


@pytest.fixture
def tiny(tmp_path):
    """A function making ``Data`` from ``{dataset: [(level, code, variable, breakdown, period, value, …)]}``.

    A row may go on with ``low, high, status``. Sources are ``src_<dataset>``. Communes 12001 (600
    inhabitants) and 12002 (400) make the EPCI 200000001, in the département 12.
    """

    def make(datasets, communes=(FIRST, SECOND), people=(600.0, 400.0), passage=None):
        made_before = len(list(tmp_path.iterdir()))
        store = Store(tmp_path / f"store{made_before}")
        names = ["level", "code", "variable", "breakdown", "period", "value", "low", "high", "status"]
        for dataset, rows in datasets.items():
            frame = pd.DataFrame([(*row, *[None] * (len(names) - len(row))) for row in rows], columns=names)
            frame[["value", "low", "high"]] = frame[["value", "low", "high"]].astype("float64")
            made = observations.make(frame, dataset=dataset, source=f"src_{dataset}", geography_year=2026)
            store.write(made, dataset, "v")
        groups = pd.concat(
            [
                pd.DataFrame({"commune": list(communes), "level": level, "code": code})
                for level, code in (("epci", EPCI), ("departement", "12"))
            ],
            ignore_index=True,
        )
        return Data(store, groups, pd.Series(list(people), index=list(communes)), passage or {})

    return make


@pytest.fixture
def result():
    """A function: an indicator's finished rows (levels, thresholds applied) from tiny data."""

    def compute(data, indicator):
        rule = definition(indicator)
        return finish(rule.compute(data), rule)

    return compute


@pytest.fixture
def one(result):
    """A function: the single row of an indicator, for a breakdown, a place and a period."""

    def row(data, indicator, breakdown="", place=("epci", EPCI), period=None):
        rows = result(data, indicator)
        level, code = place
        rows = rows[rows["breakdown"].eq(breakdown) & rows["level"].eq(level) & rows["code"].eq(code)]
        if period is not None:
            rows = rows[rows["period"].eq(period)]
        assert len(rows) == 1, rows
        return rows.iloc[0]

    return row
