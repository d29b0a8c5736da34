"""All indicators for all territories in one pass, and the table they are kept in.

``data/processed/indicateurs.parquet`` is made once by ``ctg data build``; studies read the rows they need.
A study's own groups (secteurs, several EPCI together, « without » one commune) are computed by the same
functions on its communes alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as pads
import pyarrow.parquet as pq

from ctg_lib.disclosure import Protected, Report, policy_of, protect_with_report
from ctg_lib.disclosure.policy import withhold_small_bases
from ctg_lib.disclosure.remainders import Pair
from ctg_lib.disclosure.system import Link
from ctg_lib.geography import Geography
from ctg_lib.geography.passage import Passage
from ctg_lib.indicators import digests
from ctg_lib.indicators.data import Data
from ctg_lib.indicators.registry import RESULT_COLUMNS, Definition, registry
from ctg_lib.observations import Store
from ctg_lib.parquet_filters import among
from ctg_lib.values import FRANCE_CODES, LEVELS, USABLE, canonical_breakdown, parse_breakdown

FILE = "indicateurs.parquet"
_RANK = "rank"
_GOES_WITH, _HASH = b"ctg.table", b"ctg.sha256"
BY_PLACE = "indicateurs-par-territoire.parquet"
"""The same rows, territory by territory, for reading all that is known of a few of them."""
ROW_GROUP = 8192
WITHOUT = "~"
"""« 241200906~12063 » is a group: the territory without that commune; it leaves here as ``sans=12063``."""

PARTS: tuple[Link, ...] = (
    (("beneficiaires_pch", ""), (("beneficiaires_pch_moins_20", ""),)),
    (("beneficiaires_aeeh", ""), (("foyers_aeeh", ""),)),  # a child at least in each household
    (("assistantes_maternelles_agreees", ""), (("assistantes_maternelles_activite", ""),)),
)
"""Confidential indicators that are parts of another one: nobody's part is larger than the whole. What is left
of a whole beside its part is protected in partners' figures alone (:mod:`ctg_lib.study.nested`)."""

_TEXT = ("indicator", "breakdown", "level", "code", "name", "period", "unit", "method", "status", "sources")
_NUMBERS = ("value", "lower", "upper", "numerator", "denominator")

SCHEMA = pa.schema(
    [
        pa.field(c, pa.float64()) if c in _NUMBERS
        else pa.field(c, pa.int16()) if c == "geography_year" else pa.field(c, pa.string())
        for c in RESULT_COLUMNS
    ]
)  # fmt: skip


def official_groups(geography: Geography) -> pd.DataFrame:
    """Columns ``commune, level, code``: EPCI (EPT among them), départements, régions and the three Frances."""
    membership = geography.membership()
    parts = [
        membership[["commune", column]].set_axis(["commune", "code"], axis=1).assign(level=level)
        for column, level in (
            ("epci", "epci"), ("ept", "epci"), ("departement", "departement"), ("region", "region"),
        )
    ]  # fmt: skip
    parts += [
        pd.DataFrame({"commune": list(geography.france_members(code)), "code": code, "level": "france"})
        for code in FRANCE_CODES
    ]
    together = pd.concat(parts, ignore_index=True)
    return together.loc[together["code"].ne(""), ["commune", "level", "code"]].reset_index(drop=True)


def latest_population(geography: Geography) -> pd.Series:
    """Commune code -> municipal population of the latest year in which it is known."""
    years = [2017, *geography.population_years]
    frames = [geography.populations(year)[["code", "pmun"]] for year in years]
    together = pd.concat(frames, ignore_index=True).dropna()
    latest = together.drop_duplicates("code", keep="last").set_index("code")["pmun"]
    return latest.astype("float64").sort_index()


def passage_table(geography: Geography) -> Passage:
    """Former commune -> the commune that counts its inhabitants in the geography's edition.

    Municipal arrondissements (Paris, Lyon, Marseille) are counted in their commune. The passage also knows
    years, shares and the way back (see :mod:`ctg_lib.geography.passage`).
    """
    return geography.passage()


def official_data(store: Store, geography: Geography) -> Data:
    """What the national pass reads: every commune, every official group."""
    return Data(
        store=store,
        groups=official_groups(geography),
        population=latest_population(geography),
        passage=passage_table(geography),
    )


def compute(
    data: Data, geography: Geography, ids: Iterable[str] | None = None, names: Mapping[str, str] | None = None,
    published: pd.DataFrame | None = None, *, masked: bool = False,
    pairs: Iterable[Pair] = (),
) -> pd.DataFrame:  # fmt: skip
    """Run registered indicators; what may not be shown is taken out (:mod:`ctg_lib.disclosure`).

    Args:
        data: observations and groups.
        geography: for names.
        ids: which indicators; all of them by default.
        names: names of a study's own groups, by code.
        published: rows of the same indicators that readers have already (a study's own groups are hidden
            beside them, never against them).
        masked: a sender's ``secret`` stands for a small count (partners' files).
        pairs: counts of partners one inside the other, whose small remainders are protected.

    Returns:
        Frame with ``RESULT_COLUMNS``, sorted, one row per indicator, breakdown, level, code and period.
    """
    return compute_with_report(data, geography, ids, names, published, masked=masked, pairs=pairs).table


def compute_with_report(
    data: Data, geography: Geography, ids: Iterable[str] | None = None, names: Mapping[str, str] | None = None,
    published: pd.DataFrame | None = None, *, masked: bool = False,
    pairs: Iterable[Pair] = (),
) -> Protected:  # fmt: skip
    """Like :func:`compute`, with an account of what was hidden."""
    known = registry()
    wanted = list(known) if ids is None else list(ids)
    frames = [finish(known[i].compute(data), known[i]) for i in wanted]
    frames = [f for f in frames if not f.empty]
    if not frames:
        return Protected(pd.DataFrame(columns=list(RESULT_COLUMNS)), Report())
    out = pd.concat(frames, ignore_index=True)
    out["name"] = _names(out, geography, names or {})
    policies = {i: policy_of(known[i]) for i in wanted}
    return protect_with_report(
        out[list(RESULT_COLUMNS)],
        data.groups,
        policies,
        published=published,
        links=PARTS,
        masked=masked,
        pairs=pairs,
    )


def confidential(levels: Iterable[str] = LEVELS) -> tuple[str, ...]:
    """Indicators of which something may be hidden by the project; they are protected together.

    Args:
        levels: only those that may be published at one of these levels.
    """
    wanted = list(levels)
    policies = [policy_of(rule) for rule in registry().values()]
    return tuple(p.indicator for p in policies if p.bites and any(p.allows(level) for level in wanted))


def finish(result: pd.DataFrame, definition: Definition) -> pd.DataFrame:
    """Apply what the registration says: finest level, smallest base, unit; put groups « without » right."""
    out = result.copy()
    out["indicator"], out["unit"], out["name"] = definition.id, definition.unit, ""
    policy = policy_of(definition)
    out = out[out["level"].map({level: policy.allows(level) for level in LEVELS}).astype(bool)]
    numbers = ["value", "lower", "upper"]
    out[numbers] = out[numbers].mask(~out["status"].isin(USABLE))  # an absence shows no number at all
    out = withhold_small_bases(out, policy.min_base)
    without = out["code"].str.contains(WITHOUT, regex=False)
    if without.any():
        parts = out.loc[without, "code"].str.split(WITHOUT, n=1, expand=True)
        out.loc[without, "breakdown"] = [
            canonical_breakdown({**parse_breakdown(b), "sans": c})
            for b, c in zip(out.loc[without, "breakdown"], parts[1], strict=True)
        ]
        out.loc[without, "code"] = parts[0]
    by = ["indicator", "level", "code", "breakdown", "period"]
    out = out.drop_duplicates(by, keep="first").sort_values(by, kind="stable")
    return out.loc[:, list(RESULT_COLUMNS)].reset_index(drop=True)


@lru_cache(maxsize=16)
def _name_table(geography: Geography, level: str) -> dict[str, str]:
    if level == "france":
        return dict(FRANCE_CODES)
    if level == "epci":
        return {**geography.names("ept"), **geography.names("epci")}
    return geography.names(level) if level in ("commune", "departement", "region") else {}


def _names(rows: pd.DataFrame, geography: Geography, own: Mapping[str, str]) -> pd.Series:
    """Display names; codes the geography does not know (schools, a study's groups) get ``own`` or nothing."""
    names = pd.Series("", index=rows.index)
    for level in rows["level"].unique():
        here = rows["level"].eq(level)
        table = _name_table(geography, str(level))
        found = [table.get(code, "") for code in rows.loc[here, "code"]]
        names.loc[here] = pd.Series(found, index=rows.index[here])
    if not own:
        return names
    given = rows["code"].map(dict(own))
    return given.where(given.notna(), names)


def write_table(table: pd.DataFrame, folder: Path) -> Path:
    """Write the national table, atomically, in two orders: by indicator, and by territory.

    In small row groups: one question reads a few of them only. The second file says which first one it goes
    with; beside another one (restored, copied alone, written by an older version) it is not read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    arrow = pa.Table.from_pandas(table.loc[:, list(RESULT_COLUMNS)], preserve_index=False).cast(SCHEMA)
    first = _aside(arrow.replace_schema_metadata(None), folder / FILE)
    ranked = arrow.append_column(_RANK, pa.array(np.arange(len(arrow), dtype="int32")))
    ranked = ranked.sort_by([("level", "ascending"), ("code", "ascending")])
    sha = _hash_of(first)
    said = {_GOES_WITH: _seal(first), _HASH: sha}
    second = _aside(ranked.replace_schema_metadata(said), folder / BY_PLACE)
    first.replace(folder / FILE)
    second.replace(folder / BY_PLACE)
    digests.write(arrow, folder, sha.decode("ascii"))
    return folder / FILE


def _seal(path: Path) -> bytes:
    """What tells one writing of the table from any other."""
    stat = path.stat()
    return f"{stat.st_size} {stat.st_mtime_ns}".encode("ascii")


def table_hash(folder: Path) -> bytes:
    """Hash of the national table: as it was taken when the table was written, else of the file.

    Raises:
        OSError: no table.
    """
    return _second_says(folder).get(_HASH) or _hash_of(folder / FILE)


def _hash_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest().encode("ascii")


def _second_says(folder: Path) -> dict[bytes, bytes]:
    """What is written in the second file; nothing where it does not go with the first."""
    try:
        told = pq.read_schema(folder / BY_PLACE).metadata or {}
        return told if told.get(_GOES_WITH) == _seal(folder / FILE) else {}
    except (OSError, pa.ArrowException):
        return {}


def _aside(table: pa.Table, target: Path) -> Path:
    made = target.with_suffix(".parquet.tmp")
    pq.write_table(table, made, compression="zstd", row_group_size=ROW_GROUP)
    return made


def read_table(
    folder: Path, *, ids: Iterable[str] | None = None, places: Iterable[tuple[str, str]] | None = None
) -> pd.DataFrame:
    """Rows of the national table.

    Args:
        folder: ``data/processed``.
        ids: indicators to keep.
        places: pairs (level, code) to keep.

    Returns:
        Frame with ``RESULT_COLUMNS``.
    """
    pairs = None if places is None else list(places)
    if ids is None and pairs is not None and (found := _of_places(folder, pairs)) is not None:
        return found
    condition = None
    if ids is not None:
        condition = among("indicator", ids)
    if pairs is not None:
        here = among("code", {code for _, code in pairs})
        condition = here if condition is None else condition & here
    table = pads.dataset(folder / FILE, schema=SCHEMA).to_table(filter=condition).to_pandas()
    return table if pairs is None else _at(table, pairs).reset_index(drop=True)


def _of_places(folder: Path, places: list[tuple[str, str]]) -> pd.DataFrame | None:
    """All rows of these places, in the order of the table by indicator; None without a second file that goes
    with the first."""
    if not _second_says(folder):
        return None
    condition = pads.scalar(False)
    for level, codes in _by_level(places).items():
        condition |= (pads.field("level") == level) & among("code", codes)
    return _by_place(folder, condition)


def _by_place(folder: Path, condition: pads.Expression) -> pd.DataFrame:
    schema = SCHEMA.append(pa.field(_RANK, pa.int32()))
    table = pads.dataset(folder / BY_PLACE, schema=schema).to_table(filter=condition).to_pandas()
    return table.sort_values(_RANK, ignore_index=True).drop(columns=_RANK)


def of_level(folder: Path, level: str, ids: Iterable[str]) -> pd.DataFrame:
    """Rows of all places of a level, in the order of the table.

    Args:
        folder: ``data/processed``.
        ids: indicators to keep.

    Returns:
        Frame with ``RESULT_COLUMNS``.
    """
    here, wanted = pads.field("level") == level, set(ids)
    if _second_says(folder):
        found = _by_place(folder, here)
    else:
        found = pads.dataset(folder / FILE, schema=SCHEMA).to_table(filter=here).to_pandas()
    return found[found["indicator"].isin(wanted)].reset_index(drop=True)


def _by_level(places: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for level, code in places:
        found.setdefault(level, set()).add(code)
    return found


def _at(table: pd.DataFrame, pairs: list[tuple[str, str]]) -> pd.DataFrame:
    wanted = pd.MultiIndex.from_tuples(pairs) if pairs else pd.MultiIndex.from_arrays([[], []])
    return table[pd.MultiIndex.from_frame(table[["level", "code"]]).isin(wanted)]
