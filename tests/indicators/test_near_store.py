"""Read at once or one by one: the same rows, in the same order, of the same types."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from ctg_lib import observations, reads
from ctg_lib.indicators.coverage import holdings
from ctg_lib.observations import ENOUGH, NearStore, Store

VARIABLES = ("a", "b", "c", "d", "absente")
CODES = frozenset({"12001", "12002"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for vintage in ("2022", "2023"):
        rows = [
            (variable, f"age={age}", code, vintage, float(rank + age))
            for rank, variable in enumerate(VARIABLES[:4])
            for age in (1, 2)
            for code in ("12002", "12001", "34001")
        ]
        frame = pd.DataFrame(rows, columns=["variable", "breakdown", "code", "period", "value"])
        constants = {"dataset": "jeu", "level": "commune", "geography_year": 2025, "source": f"s_{vintage}"}
        Store(tmp_path).write(observations.make(frame, **constants), "jeu", vintage)
    return tmp_path


def _asked(store: Store, name: str = "jeu", **more: list[str]) -> list[pd.DataFrame]:
    filters = {"levels": ["commune"], "codes": CODES, **more}
    return [store.read(name, variables=[v], **filters) for v in (*VARIABLES, "a")]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"periods": ["2023"]},
        {"breakdowns": ["age=2"]},
        {"codes": ["00000"]},
        {"columns": ["code", "value"]},
    ],
)
def test_same_answers(folder: Path, more: dict[str, list[str]]) -> None:
    for plain, near in zip(_asked(Store(folder), **more), _asked(NearStore(folder), **more), strict=True):
        pd.testing.assert_frame_equal(plain, near)


def test_other_questions_and_an_absent_dataset(folder: Path) -> None:
    plain, near = Store(folder), NearStore(folder)
    for store in (plain, near):
        assert all(found.empty for found in _asked(store, "rien"))
    for question in ({}, {"variables": ["a", "b"]}, {"variables": ["a"]}):
        for _ in range(ENOUGH + 1):
            pd.testing.assert_frame_equal(plain.read("jeu", **question), near.read("jeu", **question))


def test_files_are_opened_a_few_times(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    real = observations.pads.dataset
    monkeypatch.setattr(observations.pads, "dataset", lambda *a, **k: opened.append(a) or real(*a, **k))
    store = NearStore(folder)
    for _ in range(4):
        _asked(store)
    assert len(opened) == ENOUGH
    _asked(store, periods=["2023"])  # another question: nothing of the first one is taken for it
    assert len(opened) == 2 * ENOUGH


def test_what_the_store_holds_is_read_once_and_again_when_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(variable: str) -> None:
        frame = pd.DataFrame({"variable": [variable], "code": ["12001"], "period": ["2023"], "value": [1.0]})
        constants = {"level": "commune", "geography_year": 2025, "source": "s"}
        Store(tmp_path).write(observations.make(frame, dataset="txcouv_pe", **constants), "txcouv_pe", "2023")

    asked = []
    real = Store.distinct
    monkeypatch.setattr(Store, "distinct", lambda self, *a: asked.append(a) or real(self, *a))
    write("une")
    first = holdings(Store(tmp_path))
    once = len(asked)
    assert holdings(Store(tmp_path)) == first and len(asked) == once
    assert first.has("txcouv_pe:une")
    write("autre_variable")
    assert holdings(Store(tmp_path)).has("txcouv_pe:autre_variable") and len(asked) == 2 * once
    with reads.gathered() as noted:
        holdings(Store(tmp_path))
    assert len(noted) == once and len(asked) == 3 * once
