"""Insee's Melodi files (``DS_…_data.csv``, plain, gzip, zip or Parquet) and API answers: one cell a row.

Columns: ``GEO``, ``GEO_OBJECT``, ``TIME_PERIOD``, ``OBS_VALUE``, one ``…_MEASURE``, attributes
(``OBS_STATUS``, ``CONF_STATUS`` …) and dimensions (all the others). ``GEO`` may also be written as the
API writes it (``2025-COM-12063``, ``COM-12063``): the year it names is then the geography's.

Traps met here:
    - a commune's code appears again as a ``BV2022``, ``AAV2020``, ``UU2020`` … : only administrative
      levels are kept (``GEO_OBJECT``);
    - ``F`` is called « France » whatever its perimeter: the manifest must say which one it is
      (option ``france``: FR, FM or FHM);
    - values are weighted floats: nothing is rounded here;
    - a facility's type already says its domain: only the finest of nested dimensions is kept;
    - a missing or confidential cell keeps its row, with a status and no value;
    - datasets change names (:data:`ALIASES`) and vintages replace one another: the dataset written is
      always the current one, periods come from ``TIME_PERIOD``;
    - an answer of several pages is read whole or not at all;
    - national files hold millions of rows: they are read in pieces, and what is not kept is dropped at once.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from ctg_lib.errors import RawDataError, found_expected, sample
from ctg_lib.manifest import Entry
from ctg_lib.sources._common import (
    ROW,
    finish,
    from_options,
    is_commune,
    numbers,
    open_text,
    read_table,
    refuse,
    require,
)
from ctg_lib.values import FRANCE_CODES, canonical_breakdown

LEVELS: dict[str, str] = {
    "COM": "commune",
    "EPCI": "epci",
    "DEP": "departement",
    "REG": "region",
    "FRANCE": "france",
}
STATUSES: dict[str, str] = {
    "": "observed",
    "A": "observed",  # normal
    "B": "observed",  # break in series
    "D": "observed",  # definition differs
    "P": "observed",  # provisional
    "E": "estimated",
    "O": "missing",  # missing or not diffused
    "M": "missing",
    "L": "missing",
    "K": "merged_elsewhere",  # counted in another commune since a merger
    "W": "duplicate",  # dropped: the value of another row
}
"""``OBS_STATUS`` -> status; ``CONF_STATUS`` C makes it ``secret``."""

CONFIDENTIAL: dict[str, bool] = {
    "": False, "F": False,  # free
    "C": True, "D": True, "N": True, "S": True,  # confidential, secondary, not for publication
}  # fmt: skip
"""``CONF_STATUS`` -> whether the value is hidden."""

ALIASES: dict[str, str] = {
    "DS_RP_EDUCATION": "DS_RP_EDUCATION_PRINC",
    "DS_RP_LOGEMENT_COMPL": "DS_RP_LOGEMENT_COMP",
}
"""Former id of a dataset -> current one."""

_ATTRIBUTES = {
    "GEO", "GEO_OBJECT", "FREQ", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "OBS_STATUS_FR",
    "CONF_STATUS", "UNIT_MEASURE", "UNIT_MULT", "DECIMALS", ROW, "geography_year",
}  # fmt: skip
_PIECE = 16_000_000
_BIG = 30_000_000
"""Bytes read at once, and number of bytes from which a file is read in pieces."""


IMPLIED: dict[str, str] = {"FACILITY_DOM": "FACILITY_SDOM", "FACILITY_SDOM": "FACILITY_TYPE"}
"""Dimension -> finer one that implies it."""


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """Observations of a Melodi file (or of a recorded answer of the API, ``.json``: one page or a list).

    ``variable`` is the measure's code; ``breakdown`` all other dimensions, names in lower case, totals
    (``_T``) left out. Dataset: the entry's, under its current name. Options: ``france`` (perimeter of
    GEO ``F``), ``keep`` (dimension -> list of codes to keep, for the big national files), ``measure``
    (where no column is named ``…_MEASURE``), ``five_year_bands`` (where ages are single years, add
    their sums Y0T4 … Y90T94, Y_GE95), ``expect``.

    Raises:
        RawDataError: missing column, no administrative level, unknown status, bad number, duplicate,
            pages of an answer missing, answer of another dataset.
    """
    table = _table(path, entry)
    table = table.assign(status=_status(table, path))
    table = table.loc[table["status"] != "duplicate"]
    frame = pd.DataFrame(
        {
            "variable": _measure(table, entry, path),
            "breakdown": _breakdown(_finest(table)),
            "level": table["GEO_OBJECT"].map(LEVELS),
            "code": _codes(table, entry, path),
            "period": table["TIME_PERIOD"].str.strip(),
            "value": _values(table, path),
            "status": table["status"],
            "geography_year": _geography_year(table, entry),
            ROW: table[ROW],
        }
    )
    usable = frame["status"].isin(["observed", "estimated"])
    frame["status"] = frame["status"].mask(usable & frame["value"].isna(), "missing")
    frame["value"] = frame["value"].where(usable)
    if entry.options.get("five_year_bands"):
        frame = with_five_year_bands(frame)
    return finish(frame, entry, path, dataset=current(entry.dataset))


def current(dataset: str) -> str:
    """Today's id of a dataset: ``DS_RP_EDUCATION`` -> ``DS_RP_EDUCATION_PRINC``."""
    return ALIASES.get(dataset, dataset)


def _table(path: Path, entry: Entry) -> pd.DataFrame:
    """Rows of administrative levels that the manifest keeps, whatever the file's form."""
    if path.suffix == ".parquet":
        whole = pd.read_parquet(path)
        pieces = iter([whole.astype(object).where(whole.notna(), "").astype("str")])
    elif path.name.endswith((".json", ".json.gz")):
        pieces = iter([_from_json(path, entry)])
    elif path.stat().st_size >= _BIG:
        pieces = _pieces(path)
    else:
        pieces = iter([read_table(path)])
    kept, levels = [], set()
    for piece in pieces:
        table = piece if ROW in piece else piece.assign(**{ROW: range(2, len(piece) + 2)})
        require(table, ["GEO", "TIME_PERIOD", "OBS_VALUE"], path)
        if "GEO_OBJECT" in table:  # drop most rows of a national file before looking at anything else
            levels |= set(table["GEO_OBJECT"].unique())
            table = table.loc[table["GEO_OBJECT"].isin([*LEVELS, ""])]
        table = _split_geo(_wanted(table, entry, path), path)
        levels |= set(table["GEO_OBJECT"].unique())
        kept.append(_administrative(table))
    if not levels & LEVELS.keys():
        found = sample(sorted(levels), 8)
        raise RawDataError(found_expected(f"{path.name}, colonne GEO_OBJECT", found, ", ".join(LEVELS)))
    return pd.concat(kept, ignore_index=True)


def _pieces(path: Path) -> Iterator[pd.DataFrame]:
    """A large text table, piece by piece, as :func:`read_table` would give it."""
    import pyarrow as pa
    from pyarrow import csv

    with open_text(path) as stream:
        header = stream.readline().decode("utf-8-sig").strip()
        names = [n.strip().strip('"') for n in header.split(";")]
        try:
            reader = csv.open_csv(
                stream,
                csv.ReadOptions(column_names=names, block_size=_PIECE),
                csv.ParseOptions(delimiter=";"),
                csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
            )
            done = 0
            for batch in reader:
                piece = batch.to_pandas()
                piece[ROW] = range(done + 2, done + 2 + len(piece))
                done += len(piece)
                yield piece
        except pa.ArrowInvalid as error:
            raise RawDataError(f"{path.name} : tableau illisible ({str(error).strip()}).") from None


def _wanted(table: pd.DataFrame, entry: Entry, path: Path) -> pd.DataFrame:
    for dimension, codes in entry.options.get("keep", {}).items():
        require(table, [dimension], path)
        table = table.loc[table[dimension].isin([str(c) for c in codes])]
    return table


def _geography_year(table: pd.DataFrame, entry: Entry) -> pd.Series:
    """The year that the places' codes name, else the manifest's."""
    if "geography_year" not in table:
        return pd.Series(entry.geography_year, index=table.index)
    return pd.to_numeric(table["geography_year"]).fillna(entry.geography_year).astype("int64")


def _from_json(path: Path, entry: Entry) -> pd.DataFrame:
    """The table of one answer of ``/data/{dataset}`` (or of the list of its pages)."""
    raw = path.read_bytes()
    try:
        content = json.loads(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw)
    except ValueError as error:
        raise RawDataError(f"{path.name} : JSON illisible ({error}).") from None
    pages: list[Any] = content if isinstance(content, list) else [content]
    if not pages or any(not isinstance(p, dict) or "observations" not in p for p in pages):
        raise RawDataError(f"{path.name} : une réponse Melodi (« observations ») est attendue.")
    _refuse_partial(pages, entry, path)
    rows = [
        {
            **{k: v for k, v in o.get("attributes", {}).items() if k in _ATTRIBUTES},
            **o["dimensions"],
            "OBS_VALUE": _measured(o.get("measures", {}), path),
        }
        for page in pages
        for o in page["observations"]
    ]
    if not rows:
        raise RawDataError(f"{path.name} : aucune observation dans la réponse.")
    table = pd.DataFrame(rows).astype(object).where(lambda f: f.notna(), "").astype("str")
    return table.assign(**{ROW: range(1, len(table) + 1)})


def _measured(measures: dict[str, Any], path: Path) -> Any:
    """The one value of an observation; its key differs from a dataset to another."""
    if len(measures) > 1:
        raise RawDataError(
            found_expected(f"{path.name}, measures", sample(sorted(measures)), "une seule mesure")
        )
    return next((m.get("value") for m in measures.values()), None)


def _refuse_partial(pages: list[Any], entry: Entry, path: Path) -> None:
    """Refuse pages of another dataset, or an answer whose pages are not all there."""
    for page in pages:
        name = page.get("identifier")
        if name and current(name) != current(entry.dataset):
            raise RawDataError(
                found_expected(f"{path.name}, identifier", name, f"{entry.dataset} ({entry.id})")
            )
    found = sum(len(p["observations"]) for p in pages)
    paging = [p.get("paging") or {} for p in pages]
    count = max((int(p.get("count") or 0) for p in paging), default=0)
    if paging[-1].get("next") or count > found:
        total = f"{count} observations" if count > found else "une dernière page sans « next »"
        raise RawDataError(
            found_expected(f"{path.name}, pages de la réponse", f"{found} observations", total)
            + ". Il manque des pages : rien n’est lu."
        )


def with_five_year_bands(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the sums of single years of age, where all the years of a band are numbers.

    Args:
        frame: ``variable, breakdown, level, code, period, value, status, _row``; breakdowns hold
            ``age=Y0`` … ``age=Y99``, ``age=Y_GE100``.
    """
    age = frame["breakdown"].str.extract(r"(?:^|;)age=Y(?:(\d+)|_GE(100))(?=;|$)")
    years = pd.to_numeric(age[0].fillna(age[1]))
    if years.isna().all():
        return frame
    single = frame.loc[years.notna()].copy()
    start = (years.dropna() // 5 * 5).clip(upper=95).astype(int)
    names = start.map(lambda a: "Y_GE95" if a == 95 else f"Y{a}T{a + 4}")
    single["breakdown"] = [
        re.sub(r"age=Y(?:_GE)?\d+", f"age={name}", text)
        for text, name in zip(single["breakdown"], names, strict=True)
    ]
    single["_size"] = start.map(lambda a: 6 if a == 95 else 5)
    key = ["variable", "breakdown", "level", "code", "period"]
    key += [c for c in ("geography_year",) if c in frame]
    bands = single.groupby(key, sort=False, as_index=False).agg(
        value=("value", "sum"), n=("value", "count"), size=("_size", "first"), **{ROW: (ROW, "first")}
    )
    bands = bands.loc[bands["n"] == bands["size"]].drop(columns=["n", "size"]).assign(status="observed")
    return pd.concat([frame, bands], ignore_index=True)


def _finest(table: pd.DataFrame) -> pd.DataFrame:
    """Nested dimensions set to their total where a finer one says the same."""
    for coarse, fine in IMPLIED.items():
        if coarse in table and fine in table:
            table = table.assign(**{coarse: table[coarse].mask(table[fine] != "_T", "_T")})
    return table


def _split_geo(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    """``2025-COM-12063`` -> level COM, code 12063, year 2025; a plain code needs ``GEO_OBJECT``."""
    places = pd.Series(table["GEO"].unique(), dtype="str")
    found = places.str.strip().str.extract(r"^(?:(\d{4})-)?([A-Z]+\d*)-(.+)$").set_axis(places)
    parts = found.reindex(table["GEO"]).set_axis(table.index)
    composed = parts[2].notna()
    if composed.any():
        table = table.assign(geography_year=parts[0])
    if "GEO_OBJECT" not in table:
        refuse(~composed, table, "GEO", path, "AAAA-NIVEAU-CODE, ou une colonne GEO_OBJECT")
        return table.assign(GEO=parts[2], GEO_OBJECT=parts[1])
    return table.assign(
        GEO=table["GEO"].str.strip().mask(composed, parts[2]),
        GEO_OBJECT=table["GEO_OBJECT"].str.strip().mask(composed, parts[1]),
    )


def _administrative(table: pd.DataFrame) -> pd.DataFrame:
    kept = table.loc[table["GEO_OBJECT"].isin(LEVELS)]
    # The arrondissements of Paris, Lyon and Marseille are parts of a commune that is there as well.
    codes = pd.Series(kept["GEO"].unique(), dtype="str")
    return kept.loc[(kept["GEO_OBJECT"] != "COM") | kept["GEO"].isin(codes[is_commune(codes)])]


def _measure(table: pd.DataFrame, entry: Entry, path: Path) -> pd.Series:
    columns = [c for c in table.columns if c.endswith("_MEASURE") and c not in _ATTRIBUTES]
    if len(columns) == 1:
        return table[columns[0]]
    if not columns and entry.options.get("measure"):
        return pd.Series(str(entry.options["measure"]), index=table.index)
    raise RawDataError(
        found_expected(
            f"{path.name}, en-tête", sample(columns) or "aucune", "une seule colonne « …_MEASURE »"
        )
    )


def _breakdown(table: pd.DataFrame) -> pd.Series:
    """Canonical text, computed once per combination that occurs."""
    dimensions = [c for c in table.columns if c not in _ATTRIBUTES and not c.endswith("_MEASURE")]
    dimensions = [c for c in dimensions if c != "status"]
    if not dimensions:
        return pd.Series("", index=table.index)
    combinations = table[dimensions].drop_duplicates()
    names = [d.lower() for d in dimensions]
    texts = [
        canonical_breakdown({n: c for n, c in zip(names, codes, strict=True) if c})
        for codes in combinations.to_numpy().tolist()
    ]
    merged = table[dimensions].merge(combinations.assign(_text=texts), on=dimensions, how="left")
    return merged["_text"].set_axis(table.index)


def _codes(table: pd.DataFrame, entry: Entry, path: Path) -> pd.Series:
    france = table["GEO_OBJECT"].eq("FRANCE")
    codes = table["GEO"]
    if (france & codes.eq("F")).any():
        codes = codes.mask(france & codes.eq("F"), from_options(entry, "france", FRANCE_CODES, path))
    refuse(france & ~codes.isin(list(FRANCE_CODES)), table, "GEO", path, "F, " + ", ".join(FRANCE_CODES))
    return codes


def _status(table: pd.DataFrame, path: Path) -> pd.Series:
    if "OBS_STATUS" in table:
        codes = table["OBS_STATUS"].str.strip()
        refuse(~codes.isin(list(STATUSES)), table, "OBS_STATUS", path, ", ".join(c for c in STATUSES if c))
        status = codes.map(STATUSES)
    else:
        status = pd.Series("observed", index=table.index)
    if "CONF_STATUS" in table:
        codes = table["CONF_STATUS"].str.strip()
        refuse(
            ~codes.isin(list(CONFIDENTIAL)),
            table,
            "CONF_STATUS",
            path,
            ", ".join(c for c in CONFIDENTIAL if c),
        )
        hidden = codes.map(CONFIDENTIAL).astype(bool) & ~status.isin(["duplicate", "merged_elsewhere"])
        status = status.mask(hidden, "secret")
    return status


def _values(table: pd.DataFrame, path: Path) -> pd.Series:
    values = numbers(table, "OBS_VALUE", path, markers={"NaN", "nan"})
    if "UNIT_MULT" in table:
        values = values * 10.0 ** numbers(table, "UNIT_MULT", path).fillna(0)
    return values
