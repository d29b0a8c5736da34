"""The tidy store that every indicator is read from.

One Parquet file per dataset and vintage under ``data/processed/observations/<dataset>/<vintage>.parquet``,
sorted by variable, level, code, and dictionary-encoded. A village and the country go through the same
code: rows and columns are filtered while reading.

Columns (:data:`COLUMNS`):
    dataset, variable   what is counted (publisher's dataset id; variable named by the reader)
    breakdown           canonical text, see :func:`ctg_lib.values.canonical_breakdown`
    level, code         where (``values.LEVELS``; codes are text)
    geography_year      composition of communes and EPCI used by the source
    period              « 2023 », « 2023-12 », « 2016-2022 », « 2024-T4 »
    value               number or NaN
    low, high           bounds of the true value (rounding); NaN when there are none
    status              see ``values.STATUSES``
    source              manifest id
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as pads
import pyarrow.parquet as pq

from ctg_lib import reads
from ctg_lib.errors import CtgError, sample
from ctg_lib.values import LEVELS, STATUSES, USABLE

COLUMNS: tuple[str, ...] = (
    "dataset", "variable", "breakdown", "level", "code", "geography_year", "period",
    "value", "low", "high", "status", "source",
)  # fmt: skip
KEY: tuple[str, ...] = ("dataset", "variable", "breakdown", "level", "code", "period", "source")
_TEXT = ("dataset", "variable", "breakdown", "level", "code", "period", "status", "source")

SCHEMA = pa.schema(
    [
        *(
            pa.field(name, pa.dictionary(pa.int32(), pa.string()))
            for name in ("dataset", "variable", "breakdown", "level", "code")
        ),
        pa.field("geography_year", pa.int16()),
        pa.field("period", pa.dictionary(pa.int32(), pa.string())),
        pa.field("value", pa.float64()),
        pa.field("low", pa.float64()),
        pa.field("high", pa.float64()),
        pa.field("status", pa.dictionary(pa.int32(), pa.string())),
        pa.field("source", pa.dictionary(pa.int32(), pa.string())),
    ]
)


ENOUGH = 3
"""Variables of a dataset asked for one by one before all of them are read at once."""


class ObservationError(CtgError):
    """Rows that break the contract of the store."""


def empty() -> pd.DataFrame:
    """An observations frame without rows."""
    return _nothing().copy()


@lru_cache(maxsize=1)
def _nothing() -> pd.DataFrame:
    return pd.DataFrame({c: pd.Series(dtype="str" if c in _TEXT else "float64") for c in COLUMNS}).astype(
        {"geography_year": "int16"}
    )


def make(frame: pd.DataFrame, **constants: Any) -> pd.DataFrame:
    """Complete a reader's frame into observations.

    Args:
        frame: at least ``variable, level, code, period, value``; other columns may be given.
        constants: columns with one value for all rows (``dataset="…", source="…"``).

    Returns:
        Frame with exactly ``COLUMNS``, validated.
    """
    out = frame.copy()
    for name, constant in constants.items():
        out[name] = constant
    for name, default in (("breakdown", ""), ("low", float("nan")), ("high", float("nan"))):
        if name not in out:
            out[name] = default
    out["value"] = pd.to_numeric(out["value"])
    usual = out["value"].notna().map({True: "observed", False: "missing"})
    out["status"] = usual if "status" not in out else out["status"].where(out["status"].notna(), usual)
    absent = [c for c in COLUMNS if c not in out]
    if absent:
        raise ObservationError(f"colonnes manquantes : {', '.join(absent)}")
    out = out.loc[:, list(COLUMNS)]
    for name in _TEXT:
        out[name] = out[name].astype("str")
    out["geography_year"] = out["geography_year"].astype("int16")
    for name in ("value", "low", "high"):
        out[name] = out[name].astype("float64")
    validate(out)
    return out.reset_index(drop=True)


def validate(frame: pd.DataFrame) -> None:
    """Check keys, levels, statuses and bounds; the message counts the bad rows and shows the first.

    Raises:
        ObservationError: one message per rule.
    """
    _refuse(~frame["level"].isin(LEVELS), frame, "niveau inconnu", "level")
    _refuse(~frame["status"].isin(STATUSES), frame, "statut inconnu", "status")
    _refuse(frame["code"].isin(["", "nan", "None"]), frame, "code vide", "code")
    observed = frame["status"].eq("observed")
    _refuse(observed & frame["value"].isna(), frame, "observé sans valeur", "code")
    hidden = ~frame["status"].isin(USABLE)
    _refuse(hidden & frame["value"].notna(), frame, "valeur visible malgré le statut", "status")
    _refuse(frame["low"].notna() ^ frame["high"].notna(), frame, "une seule borne", "code")
    outside = frame["low"].gt(frame["high"]) | (
        frame["value"].notna() & (frame["value"].lt(frame["low"]) | frame["value"].gt(frame["high"]))
    )
    _refuse(outside, frame, "bornes qui ne contiennent pas la valeur", "code")
    _refuse(frame.duplicated(list(KEY)), frame, "ligne en double", "code")


def _refuse(bad: pd.Series, frame: pd.DataFrame, what: str, column: str) -> None:
    if bad.any():
        rows = frame.loc[bad]
        first = rows.iloc[0]
        raise ObservationError(
            f"{first['dataset']} ({first['source']}) : {what}, {len(rows)} ligne(s) ; "
            f"{column} : {sample(rows[column].unique())} ; variable {first['variable']}, "
            f"{first['level']} {first['code']}, {first['period']}"
        )


class Store:
    """Reads and writes the observations under one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    def datasets(self) -> list[str]:
        """Names of the datasets built, sorted."""
        folders = self.folder.iterdir() if self.folder.is_dir() else ()
        found = sorted(p.name for p in folders if p.is_dir() and any(p.glob("*.parquet")))
        reads.note("datasets", pd.DataFrame({"name": found}, dtype="str"), store=self.folder.name)
        return found

    def write(self, frame: pd.DataFrame, dataset: str, vintage: str) -> Path:
        """Write one vintage of one dataset, atomically.

        Raises:
            ObservationError: rows of another dataset, or rows that break the contract.
        """
        others = frame.loc[frame["dataset"] != dataset, "dataset"].unique()
        if len(others):
            raise ObservationError(f"{dataset} : lignes d’un autre jeu ({sample(others)})")
        validate(frame)
        ordered = frame.sort_values(list(KEY), kind="stable").reset_index(drop=True)
        table = pa.Table.from_pandas(ordered.loc[:, list(COLUMNS)], preserve_index=False).cast(SCHEMA)
        target = self.folder / dataset / f"{_file_name(vintage)}.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_suffix(".parquet.tmp")
        pq.write_table(table.replace_schema_metadata(None), aside, compression="zstd")
        aside.replace(target)
        return target

    def read(
        self,
        dataset: str | Sequence[str],
        *,
        variables: Iterable[str] | None = None,
        levels: Iterable[str] | None = None,
        codes: Iterable[str] | None = None,
        periods: Iterable[str] | None = None,
        breakdowns: Iterable[str] | None = None,
        columns: Sequence[str] = COLUMNS,
    ) -> pd.DataFrame:
        """Observations of one or several datasets, filtered while reading.

        A dataset that was not built gives no rows: a territory without a figure is not an error.

        Returns:
            Frame with ``columns``; text columns as strings, in the store's order.
        """
        names = [dataset] if isinstance(dataset, str) else list(dataset)
        filters = {
            "variable": variables, "level": levels, "code": codes,
            "period": periods, "breakdown": breakdowns,
        }  # fmt: skip
        wanted = {column: list(allowed) for column, allowed in filters.items() if allowed is not None}
        found = self._read(names, wanted, columns)
        asked: dict[str, Any] = {f"{name}s": sorted(map(str, allowed)) for name, allowed in wanted.items()}
        return reads.note(
            "observations", found, store=self.folder.name, datasets=names, columns=list(columns), **asked
        )

    def distinct(self, dataset: str, columns: Sequence[str]) -> pd.DataFrame:
        """What these columns say in a dataset, each combination once, sorted."""
        found = self._read([dataset], {}, columns).drop_duplicates()
        found = found.sort_values(list(columns), ignore_index=True)
        return reads.note("valeurs", found, store=self.folder.name, datasets=[dataset], columns=list(columns))

    def _read(self, names: list[str], wanted: dict[str, list[str]], columns: Sequence[str]) -> pd.DataFrame:
        table = self._table(names, wanted, columns)
        return empty().loc[:, list(columns)] if table is None else table.to_pandas()

    def _table(
        self, names: list[str], wanted: dict[str, list[str]], columns: Sequence[str]
    ) -> pa.Table | None:
        """Rows as they lie in the files; None where no dataset of these names was built."""
        condition = None
        for column, allowed in wanted.items():
            part = pads.field(column).isin(allowed)
            condition = part if condition is None else condition & part
        files = [str(f) for name in names for f in sorted((self.folder / name).glob("*.parquet"))]
        if not files:
            return None
        plain = pa.schema(
            [pa.field(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type) for f in SCHEMA]
        )
        return pads.dataset(files, schema=plain).to_table(columns=list(columns), filter=condition)


class NearStore(Store):
    """A store asked for one variable after another of the same few places: from the third on, all variables
    of a dataset are read at once for these places, and kept for as long as this object.

    The files must not change while it lives.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._asked: dict[Hashable, int] = {}
        self._held: dict[Hashable, dict[str, pa.Table]] = {}

    def _table(
        self, names: list[str], wanted: dict[str, list[str]], columns: Sequence[str]
    ) -> pa.Table | None:
        variables = wanted.get("variable")
        if variables is None or len(variables) != 1 or len(names) != 1 or "code" not in wanted:
            return super()._table(names, wanted, columns)
        rest = {column: allowed for column, allowed in wanted.items() if column != "variable"}
        key = names[0], *((column, frozenset(allowed)) for column, allowed in rest.items())
        self._asked[key] = self._asked.get(key, 0) + 1
        if self._asked[key] < ENOUGH:
            return super()._table(names, wanted, columns)
        if key not in self._held:
            whole = super()._table(names, rest, COLUMNS)
            self._held[key] = {} if whole is None else _by_variable(whole)
        held = self._held[key]
        found = held.get(variables[0], held.get(""))
        return None if found is None else found.select(list(columns))


def _by_variable(table: pa.Table) -> dict[str, pa.Table]:
    """Rows of each variable, in the order of the files; « » has none of them."""
    names = pd.Series(table["variable"].to_numpy(zero_copy_only=False), dtype=object)
    places = names.groupby(names, sort=False).indices
    return {str(name): table.take(at) for name, at in places.items()} | {"": table.slice(0, 0)}


def _file_name(vintage: str) -> str:
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in vintage)


def content_hash(frame: pd.DataFrame) -> str:
    """Hash of a frame's content (columns, order and values), the same on every machine."""
    digest = hashlib.sha256("\x1f".join(map(str, frame.columns)).encode())
    if not len(frame):
        digest.update(("\x1e" * frame.shape[1]).encode())
        return digest.hexdigest()[:16]
    cells = frame.to_numpy(dtype=object, copy=True)  # all columns at once: most answers are short
    cells[pd.isna(cells)] = "∅"
    for column in cells.T:
        digest.update(("\x1e" + "\x1f".join(map(str, column.tolist()))).encode())
    return digest.hexdigest()[:16]
