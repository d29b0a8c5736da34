"""Reading a fetched file before it replaces anything: its columns, its observations, its rivals."""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ctg_lib import sources
from ctg_lib.build.store import PLACE
from ctg_lib.errors import CtgError, RawDataError, sample
from ctg_lib.manifest import Entry, Manifest
from ctg_lib.project import Project
from ctg_lib.values import USABLE


class LayoutChanged(RawDataError):
    """The columns are not those of the file in place."""


@dataclass(frozen=True)
class Columns:
    """What differs between two headers."""

    new: tuple[str, ...]
    gone: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.new or self.gone)

    def __str__(self) -> str:
        parts = [
            f"colonne(s) nouvelle(s) : {', '.join(self.new)}" if self.new else "",
            f"colonne(s) disparue(s) : {', '.join(self.gone)}" if self.gone else "",
        ]
        return " ; ".join(p for p in parts if p)


def columns_of(path: Path) -> tuple[str, ...] | None:
    """Column names of a CSV (plain, gzip, zip), a Parquet file, or a Melodi answer; None for others."""
    suffix = path.suffix.lower()
    try:
        if suffix == ".json":
            return _json_columns(path)
        if suffix == ".parquet":
            import pyarrow.parquet as pq

            return tuple(pq.read_schema(path).names)
        if suffix in (".csv", ".gz", ".zip"):
            return _csv_columns(path)
    except (OSError, ValueError, CtgError, KeyError, TypeError, EOFError):
        return None
    return None


def _csv_columns(path: Path) -> tuple[str, ...]:
    from ctg_lib.sources._common import read_text

    header = read_text(path).split("\n", 1)[0].rstrip("\r")
    separator = max(";,\t", key=header.count)
    return tuple(c.strip() for c in next(csv.reader([header], delimiter=separator)))


def _json_columns(path: Path) -> tuple[str, ...]:
    content = json.loads(path.read_text(encoding="utf-8"))
    pages = content if isinstance(content, list) else [content]
    names: dict[str, None] = {}
    for page in pages:
        for observation in page["observations"]:
            names.update(dict.fromkeys(observation["dimensions"]))
            names.update(dict.fromkeys(observation.get("attributes", {})))
            names.update(dict.fromkeys(observation.get("measures", {})))
    return tuple(names)


def compare_columns(old: Path, new: Path) -> Columns:
    """Columns that came and went; nothing where one of the headers is not known."""
    before, after = columns_of(old) if old.is_file() else None, columns_of(new)
    if before is None or after is None:
        return Columns((), ())
    return Columns(tuple(c for c in after if c not in before), tuple(c for c in before if c not in after))


def stage(project: Project, manifest: Manifest, root: Path) -> Path:
    """A raw folder to read a new file in: the geography's tables are there, as readers expect."""
    for entry in manifest:
        source = manifest.file(entry)
        link = root / entry.path
        if entry.layout == "geography" and source.is_file() and not link.exists():
            link.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(source, link)
            except OSError:
                shutil.copyfile(source, link)
    return root


def read_new(path: Path, entry: Entry, previous: Path | None) -> pd.DataFrame:
    """Observations of a new file.

    Args:
        path: the file, in its staging folder.
        entry: what its manifest entry will be.
        previous: the publisher's file in place, whose columns it must have; None where there is none
            (a republication in place holds fewer columns than the publisher's own file).

    Raises:
        LayoutChanged: other columns than the file in place, all named.
        RawDataError: the reader refuses the file.
    """
    differ = compare_columns(previous, path) if previous else Columns((), ())
    if differ and previous is not None and previous.suffix == path.suffix:
        raise LayoutChanged(f"{path.name} : la disposition a changé ; {differ}. Tout reste comme avant.")
    return sources.read(path, entry)


def rows_of(frame: pd.DataFrame) -> dict[str, int]:
    """Number of observations by period and level, as the manifest keeps it."""
    counts = Counter((frame["period"].astype("str") + " " + frame["level"].astype("str")).tolist())
    return {key: counts[key] for key in sorted(counts)}


def lost_places(old: pd.DataFrame, new: pd.DataFrame, unanswered: Iterable[str] = ()) -> tuple[str, ...]:
    """Places of which the old file has figures and the new one none at all.

    Single communes and schools come and go; a whole département does not, nor a territory that was asked for.

    Args:
        old, new: observations.
        unanswered: what the service answered nothing for, as Melodi writes it (``EPCI-…``, ``COM-…``).

    Returns:
        « département 12 », « EPCI-241200906 », sorted.
    """
    gone = _departements(old) - _departements(new)
    known = set(old.loc[old["status"].isin(USABLE), "code"].astype("str"))
    silent = {u for u in unanswered if u.partition("-")[2] in known}
    return (*(f"département {d}" for d in sorted(gone)), *sorted(silent))


def _departements(rows: pd.DataFrame) -> set[str]:
    """Those of the communes, structures and départements that have a usable figure."""
    usable = rows[rows["status"].isin(USABLE)]
    level, code = usable["level"].astype("str"), usable["code"].astype("str")
    commune = usable["breakdown"].astype("str").str.extract(r"(?:^|;)commune=([0-9AB]+)")[0]
    where = code.where(level.isin(["commune", "departement"])).fillna(commune.where(level.eq("structure")))
    where = where.dropna().drop_duplicates()
    return set(where.str[:2].where(~where.str.startswith(("97", "98")), where.str[:3]))


def superseded(
    manifest: Manifest, entry: Entry, frame: pd.DataFrame, allowed: Iterable[str] = ()
) -> list[str]:
    """Other entries that give figures of the new file.

    A republication of which every figure is in the new file is superseded, and so is an entry that the
    catalogue names (``replaces``). A republication that keeps figures of its own stays for them: the store
    reads the common ones from the publisher's file. Two files of the publisher for one figure are refused.

    Returns:
        Ids to take out of the manifest.

    Raises:
        RawDataError: another file of the publisher gives some of the same figures.
    """
    keys = pd.MultiIndex.from_frame(frame[PLACE].astype("str"))
    gone = [i for i in allowed if i in manifest]
    for other in manifest:
        if other.id == entry.id or other.id in gone or not _may_be_rival(other, entry):
            continue
        try:
            theirs = sources.read(manifest.file(other), other)
        except (CtgError, OSError):
            continue  # a file that cannot be read is told by « ctg data build »
        common = pd.MultiIndex.from_frame(theirs[PLACE].astype("str")).isin(keys)
        if not common.any():
            continue
        if other.provenance == "carried_over":
            gone += [other.id] * bool(common.all())
            continue
        first = theirs.loc[common].iloc[0]
        raise RawDataError(
            f"{int(common.sum())} chiffres de ce fichier sont déjà donnés par {other.id} ({other.path}), "
            f"qui en donne {len(theirs)} : par exemple {first['variable']}, {first['level']} "
            f"{first['code']}, {first['period']}. Un chiffre ne vient que d’un fichier : retirez "
            f"{other.id} du manifeste, ou gardez-le et renoncez à celui-ci."
        )
    return gone


def _may_be_rival(other: Entry, entry: Entry) -> bool:
    if other.layout in sources.NOT_OBSERVATIONS or other.layout not in sources.READERS:
        return False
    if other.layout == "melodi" or entry.layout == "melodi":
        return other.dataset == entry.dataset
    return other.layout == entry.layout


def unknown_to_readers(layout: str) -> str:
    """Why a file of this layout cannot be used yet; empty when it can."""
    if layout in sources.READERS or layout in sources.NOT_OBSERVATIONS:
        return ""
    return f"pas de lecteur pour « {layout} » (lus : {sample(sorted(sources.READERS), 4)})"
