"""The national pass (every indicator, every territory) beside merely reading its inputs with pandas.

All run in this process, one after the other, ``--repeat`` times; the median of each is kept. The inputs are
read in two ways: the publishers' text files and workbooks as pandas reads them (what any script would have to
do first, text files by its fastest parser), and the Parquet store that the pass itself reads.
"""

from __future__ import annotations

import gc
import gzip
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pandas as pd
from measuring import machine, parser, publish, ratio, repeats, seconds, table, up_to_date

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
    return pd.read_csv(
        file,
        sep=_separator(file),
        dtype=str,
        on_bad_lines="skip",
        encoding_errors="replace",
        low_memory=False,
    )


def _separator(file: Path) -> str:
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8", errors="replace") as text:
        head = text.read(4096)
    return max(";,\t|", key=head.count)


def national_pass(project: Project) -> pd.DataFrame:
    """The national table, computed and not written."""
    geography = load_geography(project)
    return national.compute(national.official_data(Store(project.store), geography), geography)


def timed(work: Callable[[], object]) -> tuple[float, object]:
    """Seconds, and the answer."""
    gc.collect()
    started = time.perf_counter()
    answer = work()
    return time.perf_counter() - started, answer


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
    """Measure, and print a table."""
    command = parser(__doc__, repeat=3)
    command.add_argument("--detail", action="store_true", help="secondes de chaque indicateur")
    options = command.parse_args()
    project = find_project()
    up_to_date(project)
    if not project.store.is_dir():
        sys.exit("Observations absentes : lancez d'abord « ctg data build ».")
    load_geography(project).table()
    registry()
    ways: dict[str, Callable[[], object]] = {
        "fichiers bruts lus par pandas": lambda: read_raw(project),
        "magasin lu par pandas": lambda: read_store(project),
        "passe nationale": lambda: national_pass(project),
    }
    times: dict[str, list[float]] = {way: [] for way in ways}
    answers: dict[str, object] = {}
    for _ in range(options.repeat):
        for way, work in ways.items():
            took, answers[way] = timed(work)
            times[way].append(took)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    made = answers["passe nationale"]
    assert isinstance(made, pd.DataFrame)
    counts = {**answers, "passe nationale": len(made)}
    whole = median(times["passe nationale"])
    rows = [
        [way, seconds(median(found)), f"{counts[way]}", ratio(whole, median(found), 1)]
        for way, found in times.items()
    ]
    places = made[["level", "code"]].drop_duplicates()
    lines = [
        f"{repeats(options.repeat)} ; {machine('pandas', 'pyarrow')}.", "",
        *table(["", "s", "lignes", "la passe, en nombre de fois"], rows), "",
        f"{made['indicator'].nunique()} indicateurs, {len(places)} territoires, {peak:.0f} Mio.",
    ]  # fmt: skip
    if options.detail:
        slow = sorted(by_indicator(project), reverse=True)[:25]
        lines += ["", *table(["indicateur", "s"], [[name, seconds(took)] for took, name in slow])]
    publish(lines, options.markdown)


if __name__ == "__main__":
    main()
