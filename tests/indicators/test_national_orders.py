"""The national table in two orders: the same rows, whichever way they are read."""

from __future__ import annotations

import hashlib
import shutil

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctg_lib.indicators import national
from ctg_lib.indicators.registry import RESULT_COLUMNS

CODES = {"commune": ("01", "02", "12"), "epci": ("12", "20"), "departement": ("12",), "france": ("F",)}
PLACES = [(level, code) for level, codes in CODES.items() for code in codes]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A table of three indicators, whose codes mean something else at each level."""
    rows = [
        {"indicator": i, "level": level, "code": code, "period": p, "value": float(at), "geography_year": 2026}
        for i in ("a", "b", "c") for at, (level, code) in enumerate(PLACES) for p in ("2022", "2023")
        if (i, level) != ("b", "epci")
    ]  # fmt: skip
    texts = dict.fromkeys(("breakdown", "name", "unit", "method", "status", "sources"), "")
    frame = pd.DataFrame(rows).assign(**texts).reindex(columns=list(RESULT_COLUMNS))
    made = tmp_path_factory.mktemp("table")
    national.write_table(frame.sort_values(["indicator", "level", "code", "period"]), made)
    return made


@given(st.lists(st.sampled_from([*PLACES, ("epci", "01"), ("region", "76")])))
def test_all_that_is_known_of_some_places(folder, places) -> None:
    whole = national.read_table(folder)
    wanted = whole[[pair in places for pair in zip(whole["level"], whole["code"], strict=True)]]
    found = national.read_table(folder, places=places)
    pd.testing.assert_frame_equal(found, wanted.reset_index(drop=True))


def test_without_the_second_order_the_answer_is_the_same(folder, tmp_path) -> None:
    before = national.read_table(folder, places=PLACES[:3])
    (tmp_path / national.FILE).write_bytes((folder / national.FILE).read_bytes())
    assert not (tmp_path / national.BY_PLACE).exists()
    pd.testing.assert_frame_equal(national.read_table(tmp_path, places=PLACES[:3]), before)


@pytest.mark.parametrize("orders", [1, 2])
def test_all_places_of_a_level(folder, tmp_path, orders) -> None:
    for name in (national.FILE, national.BY_PLACE)[:orders]:
        shutil.copy2(folder / name, tmp_path / name)
    whole = national.read_table(folder)
    wanted = whole[whole["level"].eq("epci") & whole["indicator"].isin(["b", "c"])]
    found = national.of_level(tmp_path, "epci", ["c", "b", "inconnu"])
    assert len(found) and set(found["indicator"]) == {"c"}  # no « b » at this level
    pd.testing.assert_frame_equal(found, wanted.reset_index(drop=True))
    assert national.of_level(tmp_path, "region", ["c"]).empty


def test_the_second_order_of_another_table_is_not_read(folder, tmp_path) -> None:
    """Restored, copied alone, or written by a version that knows no second order."""
    other = national.read_table(folder).assign(value=-1.0)
    national.write_table(other, tmp_path)
    shutil.copy2(folder / national.FILE, tmp_path / national.FILE)
    found = national.read_table(tmp_path, places=PLACES)
    assert (found["value"] >= 0).all() and len(found)
    pd.testing.assert_frame_equal(found, national.read_table(folder, places=PLACES))


def test_a_folder_that_is_copied_keeps_both_orders(folder, tmp_path, monkeypatch) -> None:
    shutil.copytree(folder, tmp_path / "copie")
    monkeypatch.setattr(national, "_at", None)  # the slow way
    assert len(national.read_table(tmp_path / "copie", places=PLACES[:2]))


def test_a_write_that_stops_in_the_middle_leaves_no_two_files_that_differ(
    folder, tmp_path, monkeypatch
) -> None:
    national.write_table(national.read_table(folder), tmp_path)
    other = national.read_table(folder).assign(value=-1.0)
    real = type(tmp_path).replace

    def stops(self, target):
        if target.name == national.BY_PLACE:
            raise KeyboardInterrupt
        return real(self, target)

    monkeypatch.setattr(type(tmp_path), "replace", stops)
    with pytest.raises(KeyboardInterrupt):
        national.write_table(other, tmp_path)
    assert set(national.read_table(tmp_path)["value"]) == {-1.0}
    assert set(national.read_table(tmp_path, places=PLACES)["value"]) == {-1.0}


def test_the_hash_of_the_table_is_that_of_its_file(folder, tmp_path, monkeypatch) -> None:
    def of_file(where) -> bytes:
        return hashlib.sha256((where / national.FILE).read_bytes()).hexdigest().encode()

    national.write_table(national.read_table(folder).assign(value=-1.0), tmp_path)
    assert national.table_hash(folder) == of_file(folder) != national.table_hash(tmp_path)
    shutil.copy2(folder / national.FILE, tmp_path / national.FILE)  # beside the second file of another one
    assert national.table_hash(tmp_path) == of_file(folder)
    monkeypatch.setattr(national, "_hash_of", None)  # the slow way
    assert national.table_hash(folder) == of_file(folder)


def test_a_table_that_is_not_there_has_no_hash(tmp_path) -> None:
    with pytest.raises(FileNotFoundError):
        national.table_hash(tmp_path)
