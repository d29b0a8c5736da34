"""The national pass (every indicator, every territory) beside merely reading its inputs with pandas.

Both run in this process, one after the other, ``--repeat`` times; the smallest time of each is kept. The
inputs are read in two ways: the publishers' text files and workbooks as pandas reads them (what any script
would have to do first), and the Parquet store that the pass itself reads.
"""

from __future__ import annotations

import argparse
import gc
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from ctg_lib.geography import load_geography
from ctg_lib.indicators import national
from ctg_lib.indicators.registry import registry
from ctg_lib.manifest import load_manifest
from ctg_lib.observations import Store
from ctg_lib.project import Project, find_project

READABLE = (".csv", ".gz", ".xlsx", ".json", ".parquet")


def read_store(project: Project) -> int:
    """Rows of the observations store and of the geography, read whole with pandas."""
    files = [*project.store.rglob("*.parquet"), *(project.raw / "geography").glob("[!c]*.parquet")]
    return sum(len(pd.read_parquet(file)) for file in sorted(files))


def read_raw(project: Project) -> int:
    """Rows of the publishers' files as pandas reads them, nothing interpreted (contours left out)."""
    rows = 0
    for entry in load_manifest(project.manifest):
        file = project.raw / entry.path
        if file.suffix not in READABLE or "contours" in file.name:
            continue
        rows += len(_read_one(file))
    return rows


def _read_one(file: Path) -> pd.DataFrame:
    if file.suffix == ".parquet":
        return pd.read_parquet(file)
    if file.suffix == ".xlsx":
        return pd.concat(pd.read_excel(file, sheet_name=None, header=None).values())
    if file.suffix == ".json":
        return pd.DataFrame({"text": [file.read_text(encoding="utf-8")]})
    return pd.read_csv(file, sep=None, engine="python", dtype=str, on_bad_lines="skip")


def national_pass(project: Project) -> pd.DataFrame:
    """The national table, computed and not written."""
    geography = load_geography(project)
    return national.compute(national.official_data(Store(project.store), geography), geography)


def timed(work: Callable[[], object], repeat: int) -> tuple[float, object]:
    """Smallest of ``repeat`` durations, in seconds, and the last answer."""
    best, answer = float("inf"), None
    for _ in range(repeat):
        gc.collect()
        started = time.perf_counter()
        answer = work()
        best = min(best, time.perf_counter() - started)
    return best, answer


def by_indicator(project: Project) -> list[tuple[float, str]]:
    """Seconds of each indicator, in the registry's order (the first reader of a dataset pays for it)."""
    geography = load_geography(project)
    data = national.official_data(Store(project.store), geography)
    out = []
    for name, rule in registry().items():
        started = time.perf_counter()
        rule.compute(data)
        out.append((time.perf_counter() - started, name))
    return out


def main() -> None:
    """Measure, and print seconds and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--detail", action="store_true", help="seconds of each indicator")
    options = parser.parse_args()
    project = find_project()
    if not project.store.is_dir():
        sys.exit("Observations absentes : lancez d'abord « ctg data build ».")
    load_geography(project).table()
    registry()
    raw_seconds, raw_rows = timed(lambda: read_raw(project), options.repeat)
    store_seconds, store_rows = timed(lambda: read_store(project), options.repeat)
    pass_seconds, table = timed(lambda: national_pass(project), options.repeat)
    assert isinstance(table, pd.DataFrame)
    places = table[["level", "code"]].drop_duplicates()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"fichiers bruts lus par pandas   {raw_seconds:8.2f} s   {raw_rows:>9,} lignes")
    print(f"magasin lu par pandas           {store_seconds:8.2f} s   {store_rows:>9,} lignes")
    print(f"passe nationale                 {pass_seconds:8.2f} s   {len(table):>9,} résultats")
    print(
        f"  {table['indicator'].nunique()} indicateurs, {len(places):,} territoires, mémoire {peak:,.0f} Mo"
    )
    print(f"rapport à la lecture des fichiers bruts : {pass_seconds / raw_seconds:6.1f}")
    print(f"rapport à la lecture du magasin         : {pass_seconds / store_seconds:6.1f}")
    if options.detail:
        for seconds, name in sorted(by_indicator(project), reverse=True)[:25]:
            print(f"{seconds:8.2f} s  {name}")


if __name__ == "__main__":
    main()
