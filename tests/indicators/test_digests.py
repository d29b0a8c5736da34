"""What changed between two national tables, told from what was kept of each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctg_lib.indicators import digests, national
from ctg_lib.indicators.digests import Changed
from ctg_lib.indicators.registry import RESULT_COLUMNS

IDS, LEVELS, CODES = ("population", "naissances"), ("commune", "epci"), ("12001", "12002", "200000001")
NUMBERS = ("value", "lower", "upper", "numerator", "denominator")


def rows() -> st.SearchStrategy[list[dict]]:
    cells = {
        name: st.sampled_from(["", "a", "b"])
        for name in RESULT_COLUMNS
        if name not in (*NUMBERS, "geography_year")
    }
    cells |= dict.fromkeys(NUMBERS, st.sampled_from([None, 0.0, -0.0, 1.0, 1.0000000001]))
    cells |= {"geography_year": st.sampled_from([2025, 2026])}
    own = {
        "indicator": st.sampled_from(IDS), "level": st.sampled_from(LEVELS), "code": st.sampled_from(CODES),
    }  # fmt: skip
    return st.lists(st.fixed_dictionaries({**cells, **own}), max_size=8)


def table(lines: list[dict]) -> pa.Table:
    return pa.Table.from_pylist(
        [{n: line[n] for n in RESULT_COLUMNS} for line in lines], schema=national.SCHEMA
    )


def said(lines: list[dict], *by: str) -> dict[tuple[str, ...], list[str]]:
    """What the rows of each group say, in any order."""
    found: dict[tuple[str, ...], list[str]] = {}
    for line in lines:
        texts = {n: (v + 0.0 if n in NUMBERS and v is not None else v) for n, v in line.items()}
        found.setdefault(tuple(line[name] for name in by), []).append(repr(sorted(texts.items())))
    return {group: sorted(texts) for group, texts in found.items()}


def differing(one: list[dict], other: list[dict], *by: str) -> set[tuple[str, ...]]:
    a, b = said(one, *by), said(other, *by)
    return {group for group in {*a, *b} if a.get(group) != b.get(group)}


@given(before=rows(), after=rows(), order=st.randoms())
def test_what_changed_is_what_differs_and_nothing_else(tmp_path_factory, before, after, order) -> None:
    """Two tables; the second one may hold some rows of the first, in another order."""
    after = [*after, *before[: len(before) // 2]]
    order.shuffle(after)
    folder: Path = tmp_path_factory.mktemp("empreintes")
    digests.write(table(before), folder, "a")
    digests.write(table(after), folder, "b")
    found = digests.changed(folder, "a", "b")
    assert found is not None
    assert found.places == differing(before, after, "level", "code")
    assert found.figures == differing(before, after, "indicator", "level")


def test_whoever_asked_for_neither_is_not_touched() -> None:
    moved = Changed(frozenset({("commune", "12001")}), frozenset({("naissances", "commune")}))
    assert moved.touches(["naissances", "population"], [("commune", "12001"), ("epci", "2")])
    assert not moved.touches(["naissances"], [("commune", "12002"), ("epci", "2")])
    assert not moved.touches(["population"], [("commune", "12001")])
    assert not moved.touches(["naissances"], [("epci", "12001")])
    assert not moved.touches([], []) and not moved.touches(["naissances"], [])


def test_every_column_counts(tmp_path) -> None:
    line = {n: 1.0 if n in NUMBERS else 2026 if n == "geography_year" else "a" for n in RESULT_COLUMNS}
    seen = {int(digests.row_digests(table([line]))[0])}
    for name, value in line.items():
        for other in (None, value + 1 if not isinstance(value, str) else "b"):
            seen.add(int(digests.row_digests(table([{**line, name: other}]))[0]))
    assert len(seen) == 1 + 2 * len(line)


def test_digests_are_of_the_table_that_was_written(tmp_path, project) -> None:
    """The hash that names them is the one by which a report knows the table's file."""
    small = pq.read_table(project.processed / national.FILE).slice(0, 500).to_pandas()
    national.write_table(small, tmp_path)
    (kept,) = (tmp_path / digests.FOLDER).iterdir()
    assert national.table_hash(tmp_path).decode().startswith(kept.stem)
    assert digests.changed(tmp_path, kept.stem, kept.stem) == Changed(frozenset(), frozenset())


@pytest.mark.parametrize("content", [None, b"", b"PAR1"])
def test_what_is_not_known_is_not_said(tmp_path, content) -> None:
    digests.write(table([]), tmp_path, "a")
    if content is not None:
        (tmp_path / digests.FOLDER / "b.parquet").write_bytes(content)
    assert digests.changed(tmp_path, "a", "b") is None
    assert digests.changed(tmp_path, "", "a") is None


def test_those_of_old_tables_go(tmp_path) -> None:
    for number in range(digests.KEPT + 3):
        digests.write(table([]), tmp_path, str(number))
    assert len(list((tmp_path / digests.FOLDER).iterdir())) == digests.KEPT
    assert digests.changed(tmp_path, str(digests.KEPT + 2), str(digests.KEPT + 2)) is not None


def test_the_same_on_every_machine() -> None:
    """Hashes of texts do not depend on the process: another one compares them."""
    line = {n: 1.5 if n in NUMBERS else 2026 if n == "geography_year" else "été" for n in RESULT_COLUMNS}
    first = digests.row_digests(table([line]))
    assert first.dtype == np.uint64 and first.tolist() == digests.row_digests(table([line])).tolist()
