"""The national indicator table: computed once for all territories, kept while what it is made from holds.

``ctg data build`` makes the observations store, then this table. Both are left alone when their stamp
still holds: a hash of the raw files and of the code that read them or compute with them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ctg_lib.build.store import BuildReport, build_store
from ctg_lib.build.store import stamp as store_stamp
from ctg_lib.build.swap import hold
from ctg_lib.files import write_whole
from ctg_lib.fingerprint import code_hash
from ctg_lib.indicators import national, structure
from ctg_lib.manifest import load_manifest, sha256_of
from ctg_lib.project import Project

STAMP = "indicateurs.stamp.json"
LOCK = "data.lock"
PACKAGE = Path(national.__file__).parents[1]
ROOMS: tuple[str, ...] = ("indicators", "disclosure", "statistics", "geography")
"""Rooms whose code makes the table (beside the readers, whose hash is in the store's stamp)."""
LIBRARIES: tuple[str, ...] = ("numpy", "pandas", "pyarrow", "scipy")

Progress = Callable[[str], None]


@dataclass(frozen=True)
class TableReport:
    """What became of the national table.

    Attributes:
        built: whether it was computed (False: nothing had changed).
        rows: number of results.
        indicators: number of indicators in it.
    """

    built: bool
    rows: int
    indicators: int


@dataclass(frozen=True)
class DataReport:
    """What ``ctg data build`` did: the store, the table, and the seconds each took."""

    store: BuildReport
    table: TableReport
    store_seconds: float
    table_seconds: float

    @property
    def built(self) -> bool:
        """Whether anything was made."""
        return self.store.built or self.table.built

    @property
    def seconds(self) -> float:
        """Seconds in all."""
        return self.store_seconds + self.table_seconds


def build_data(
    project: Project,
    *,
    force: bool = False,
    progress: Progress | None = None,
    detail: Progress | None = None,
) -> DataReport:
    """Make the observations store, then the national table, each only if something it depends on changed.

    A second command that needs the data at the same time waits for the first.

    Args:
        project: where raw files and ``data/processed`` lie.
        force: make both again.
        progress: called with a French line before each long step.
        detail: called with a French line before each file.

    Raises:
        RawDataError: raw files that are not what the manifest says; nothing is built from them.
    """
    from ctg_lib.text_storage import large_tables

    say = progress or (lambda _: None)
    with _one_at_a_time(project, say), large_tables():
        started = time.monotonic()
        store = build_store(project, force=force, progress=_announced(say, detail))
        middle = time.monotonic()
        table = build_table(project, force=force, progress=say)
        return DataReport(store, table, middle - started, time.monotonic() - middle)


def _announced(say: Progress, detail: Progress | None) -> Progress:
    """Each file to ``detail``; before the first one, one line to ``say``."""
    seen: list[str] = []

    def each(line: str) -> None:
        if not seen:
            say("lecture des fichiers bruts")
        seen.append(line)
        if detail is not None:
            detail(line)

    return each


def build_table(project: Project, *, force: bool = False, progress: Progress | None = None) -> TableReport:
    """Compute every indicator for every territory and write ``data/processed/indicateurs.parquet``.

    The former table stays in place until the new one is whole.

    Args:
        project: with a store already built.
        force: compute even if nothing has changed.
        progress: called with a French line before each long step.
    """
    from ctg_lib.geography import load_geography
    from ctg_lib.indicators.data import unplaced_report
    from ctg_lib.indicators.registry import registry
    from ctg_lib.observations import Store

    say = progress or (lambda _: None)
    key = table_stamp(project)
    previous = _read(project)
    if not force and previous.get("key") == key and _is_ours(project, previous):
        return TableReport(False, int(previous["rows"]), int(previous["indicators"]))
    say(f"calcul de {len(registry())} indicateurs pour tous les territoires")
    geography = load_geography(project)
    data = national.official_data(Store(project.store), geography)
    structure.write(structure.parts(data, geography), project.processed)
    made = national.compute_with_report(data, geography)
    table = made.table
    unplaced = unplaced_report(data)
    for sentence in [*made.report.sentences()[:1], *unplaced]:
        say(sentence)
    path = national.write_table(table, project.processed)
    indicators = int(table["indicator"].nunique())
    content = {"key": key, "rows": len(table), "indicators": indicators, "sha256": sha256_of(path)}
    _write(project, {**content, "unplaced": unplaced})
    return TableReport(True, len(table), indicators)


def table_stamp(project: Project) -> str:
    """Hash of all that the table is made from: raw files, readers, indicators, geography, libraries."""
    code = code_hash(PACKAGE, (*ROOMS, "values.py"), LIBRARIES)
    return hashlib.sha256(
        f"{store_stamp(project, load_manifest(project.manifest))}\n{code}".encode()
    ).hexdigest()


def _read(project: Project) -> dict:
    try:
        return json.loads((project.processed / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _write(project: Project, content: dict) -> None:
    write_whole(project.processed / STAMP, (json.dumps(content, indent=1) + "\n").encode("utf-8"))


def _is_ours(project: Project, content: dict) -> bool:
    """Whether the table in place is the one the stamp was written for (bytes compared, not dates)."""
    path = project.processed / national.FILE
    return path.is_file() and sha256_of(path) == content.get("sha256")


@contextlib.contextmanager
def _one_at_a_time(project: Project, say: Progress) -> Iterator[None]:
    def waiting() -> None:
        say("une autre commande prépare les données : attente")

    project.scratch.mkdir(parents=True, exist_ok=True)
    with hold(project.scratch / LOCK, waiting=waiting):
        yield


def freshness(project: Project) -> list[str]:
    """Whether store and table hold, and which codes found no territory, in French lines; builds nothing."""
    from ctg_lib.build import store

    key = store_stamp(project, load_manifest(project.manifest))
    built = store.read_stamp(project.store)
    if not built:
        first = "Observations : pas encore construites (ctg data build)."
    else:
        state = "à jour" if built.get("key") == key else "à reconstruire (ctg data build)"
        first = f"Observations : {state}."
    previous = _read(project)
    if not previous:
        return [first, "Indicateurs : pas encore calculés (ctg data build)."]
    valid = previous.get("key") == table_stamp(project) and _is_ours(project, previous)
    state = f"Indicateurs : {'à jour' if valid else 'à recalculer (ctg data build)'}."
    return [first, state, *(f"Codes sans territoire : {line}" for line in previous.get("unplaced", []))]
