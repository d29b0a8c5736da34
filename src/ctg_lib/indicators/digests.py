"""What changed between two national tables: which territories, which indicators.

With each table, one number per territory and one per indicator and level are kept, which say what its rows
hold, in any order. Two tables are compared without either of them: whoever read neither a territory nor an
indicator that moved reads the same today.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

FOLDER = "empreintes"
"""In ``data/processed``: one small file per table of late."""
KEPT = 8
"""Tables of which the digests stay."""
_FIGURE, _PLACE = "indicateur", "territoire"
_ODD = np.uint64(0x9E3779B97F4A7C15)

Pair = tuple[str, str]


@dataclass(frozen=True)
class Changed:
    """What is not the same in two tables.

    Attributes:
        places: (level, code).
        figures: (indicator, level).
    """

    places: frozenset[Pair]
    figures: frozenset[Pair]

    def touches(self, ids: Iterable[str], places: Iterable[Pair]) -> bool:
        """Whether rows of these indicators and places may have changed.

        They have not where none of the places has, or none of the indicators at these levels.
        """
        asked = set(places)
        if self.places.isdisjoint(asked):
            return False
        levels = {level for level, _ in asked}
        return any((each, level) in self.figures for each in ids for level in levels)


def row_digests(table: pa.Table) -> np.ndarray:
    """One number per row, which says what its cells hold (uint64)."""
    found = np.zeros(len(table), dtype=np.uint64)
    for name in table.column_names:
        found = (found * _ODD) ^ _cells(table.column(name))
        found ^= found >> np.uint64(29)
    return found * _ODD


def _cells(column: pa.ChunkedArray) -> np.ndarray:
    if pa.types.is_string(column.type):
        whole = column.combine_chunks().dictionary_encode()
        words = pd.util.hash_array(np.asarray(whole.dictionary.to_pylist(), dtype=object), categorize=False)
        at = pc.fill_null(whole.indices, len(words)).to_numpy()
        return np.append(words, np.uint64(1))[at]
    numbers = pc.cast(column, pa.float64()).to_numpy()  # absent: not a number
    return pd.util.hash_array(np.where(np.isnan(numbers), np.nan, numbers) + 0.0)


def write(table: pa.Table, folder: Path, sha: str) -> None:
    """Keep the digests of a table; those of old tables are removed.

    Args:
        table: the columns ``indicator``, ``level``, ``code`` among others.
        folder: ``data/processed``.
        sha: hash of the file that holds it.
    """
    rows = row_digests(table)
    levels, codes, ids = (table.column(name).to_pandas() for name in ("level", "code", "indicator"))
    found = pd.concat([_summed(_PLACE, levels, codes, rows), _summed(_FIGURE, levels, ids, rows)])
    place = _path(folder, sha)
    place.parent.mkdir(parents=True, exist_ok=True)
    aside = place.with_suffix(".tmp")
    pq.write_table(pa.Table.from_pandas(found, preserve_index=False), aside, compression="zstd")
    aside.replace(place)
    others = sorted(place.parent.glob("*.parquet"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for old in others[KEPT:]:
        with contextlib.suppress(OSError):
            old.unlink()


def _summed(kind: str, levels: pd.Series, names: pd.Series, rows: np.ndarray) -> pd.DataFrame:
    frame = pd.DataFrame(
        {"level": levels.astype("category"), "name": names.astype("category"), "digest": rows}
    )
    grouped = frame.groupby(["level", "name"], observed=True, sort=False)["digest"].sum().reset_index()
    return grouped.astype({"level": "str", "name": "str"}).assign(kind=kind)


def changed(folder: Path, before: str, now: str) -> Changed | None:
    """What changed from one table to another, by the hashes of their files; None where that is not known."""
    then, today = _read(folder, before), _read(folder, now)
    if then is None or today is None:
        return None
    moved = then.symmetric_difference(today)
    return Changed(
        frozenset((level, name) for kind, level, name, _ in moved if kind == _PLACE),
        frozenset((name, level) for kind, level, name, _ in moved if kind == _FIGURE),
    )


def _read(folder: Path, sha: str) -> set[tuple[str, str, str, int]] | None:
    try:
        found = pq.read_table(_path(folder, sha)).to_pydict()
        return set(zip(found["kind"], found["level"], found["name"], found["digest"], strict=True))
    except (OSError, KeyError, pa.ArrowException):
        return None


def _path(folder: Path, sha: str) -> Path:
    return folder / FOLDER / f"{sha[:32]}.parquet"
