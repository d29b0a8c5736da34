"""Conditions give the rows that were asked for, and let Arrow skip the others."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.dataset as pads
import pyarrow.parquet as pq
import pytest

from ctg_lib.parquet_filters import FEW, MANY, among

CODES = [f"{number:05}" for number in range(5000)]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """Five thousand codes in order, ten to a row group."""
    path = tmp_path_factory.mktemp("parquet") / "codes.parquet"
    pq.write_table(pa.table({"code": CODES}), path, row_group_size=10)
    return path


@pytest.mark.parametrize("count", [0, 1, FEW, FEW + 1, 3 * FEW, MANY, MANY + 1])
def test_all_rows_and_no_other(file, count) -> None:
    wanted = CODES[700 : 700 + count]
    found = pads.dataset(file).to_table(filter=among("code", [*reversed(wanted), *wanted[:1], "absent"]))
    assert found["code"].to_pylist() == wanted


@pytest.mark.parametrize("count", [1, FEW, FEW + 1, 3 * FEW, MANY])
def test_what_holds_none_of_them_is_not_read(file, count) -> None:
    """One by one, so that a row group more or less is seen: Arrow reads all five hundred beyond 50 values."""
    wanted = CODES[700 : 700 + count]
    fragment = next(iter(pads.dataset(file).get_fragments()))
    kept = fragment.split_by_row_group(among("code", wanted), schema=pa.schema([("code", pa.string())]))
    assert len(kept) == -(-count // 10)
