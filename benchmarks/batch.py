"""Batches of 10, 100 and 1,000 territories over a made-up France (``france.py``): time, memory, weight.

Each batch starts without outputs and with the same data. Then, on the largest one: the same command where
nothing has changed, and where one figure of one territory has. All are made by
:func:`ctg_lib.build.batch.run.run_batch`, as ``ctg batch`` makes them.
"""

from __future__ import annotations

import contextlib
import io
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import france
import psutil
from measuring import machine, note, parser, publish, ratio, seconds, table, verdict

from ctg_lib.build.batch.choice import Choice
from ctg_lib.build.batch.crew import Crew
from ctg_lib.build.batch.run import BatchResult, run_batch
from ctg_lib.build.batch.telling import Telling
from ctg_lib.build.batch.turn import Wish
from ctg_lib.geography import load_geography
from ctg_lib.indicators import national
from ctg_lib.project import Project, find_project

_LOOK = 0.5
_MIB = 1 << 20


@dataclass
class Memory:
    """MiB of each worker, and taken from the machine in all, seen twice a second."""

    crew: Crew
    before: float = field(default_factory=lambda: psutil.virtual_memory().used / _MIB)
    peak: float = 0.0
    seen: dict[int, list[float]] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextlib.contextmanager
    def watched(self) -> Iterator[Memory]:
        """Look until the block ends."""
        thread = threading.Thread(target=self._look, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            thread.join()

    def _look(self) -> None:
        while not self._stop.wait(_LOOK):
            self.peak = max(self.peak, psutil.virtual_memory().used / _MIB - self.before)
            for pid in self.crew.pids:
                with contextlib.suppress(psutil.Error):
                    self.seen.setdefault(pid, []).append(psutil.Process(pid).memory_info().rss / _MIB)

    @property
    def growth(self) -> float | None:
        """Last tenth of the run over the second one (the first starts), of the worker that grew most."""
        found = []
        for values in self.seen.values():
            tenth = len(values) // 10
            if tenth >= 3:
                found.append(median(values[-tenth:]) / median(values[tenth : 2 * tenth]))
        return max(found, default=None)


@dataclass(frozen=True)
class Batch:
    """A batch and what it took."""

    territories: int
    workers: int
    result: BatchResult
    memory: Memory


def batch(here: Project, studies: list[str], wish: Wish, workers: int) -> Batch:
    """Run one."""
    crew = Crew(here, wish, workers, here.scratch / "log" / "lots")
    choice = Choice("mesure", "France inventée", tuple(studies))
    memory = Memory(crew)
    with memory.watched(), Telling(io.StringIO(), bars=False) as telling:
        result = run_batch(here, load_geography(here), choice, wish, crew.each, telling)
    for turn in result.failed[:3]:
        note(f"{turn.study} : {turn.error}")
    if result.failed:
        sys.exit(f"{len(result.failed)} rapports en échec : la mesure ne vaut rien.")
    note(f"{len(studies)} territoires, {workers} processus : {result.seconds:.1f} s")
    return Batch(len(studies), workers, result, memory)


def forget(here: Project) -> None:
    """As if nothing had been made."""
    for folder in (here.outputs, here.scratch / "cache", here.processed / "etudes"):
        shutil.rmtree(folder, ignore_errors=True)


def change_one_figure(here: Project, study: str) -> None:
    """One birth more in one commune of a territory: a figure that no other territory is read against."""
    commune = load_geography(here).territory(study, level="epci").members[0]
    whole = national.read_table(here.processed)
    own = whole["indicator"].eq("naissances") & whole["level"].eq("commune") & whole["code"].eq(commune)
    last = own & whole["period"].eq(whole.loc[own, "period"].max())
    if not last.any():
        sys.exit(f"{commune} : aucune naissance connue, rien à changer.")
    whole.loc[last, "value"] += 1
    national.write_table(whole, here.processed)


def spread(every: list[str], size: int) -> list[str]:
    """So many territories, from all over France."""
    return [every[rank * len(every) // size] for rank in range(min(size, len(every)))]


def weight(here: Project, studies: list[str]) -> float:
    """MB of a report with its data and executed chapters."""
    sizes = [
        sum(path.stat().st_size for path in (here.outputs / study).rglob("*") if path.is_file())
        for study in studies
    ]
    return median(sizes) / 1e6


def main() -> None:
    """Measure, and print a table."""
    command = parser(__doc__, repeat=1)
    command.add_argument("--territories", default="10,100,1000", metavar="10,100", help="tailles des lots")
    command.add_argument("--chapters", default="02,04,10")
    command.add_argument("--workers", type=int, default=2, metavar="N")
    command.add_argument("--folder", type=Path, help="où la France inventée est faite, ou trouvée faite")
    options = command.parse_args()
    sizes = sorted(int(text) for text in options.territories.split(","))
    project = find_project()
    every = sorted(load_geography(project).codes("epci"))
    with contextlib.ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ctg-bench-")))
        if (folder / "data").is_dir():
            here = Project(folder)
        else:
            note("une France inventée")
            here = france.made_up(project, folder, every)
        wish = Wish(chapters=tuple(options.chapters.split(",")))
        done: list[Batch] = []
        forget(here)
        done.append(batch(here, spread(every, sizes[0]), wish, 1))
        for size in sizes:
            forget(here)
            done.append(batch(here, spread(every, size), wish, options.workers))
        largest = spread(every, sizes[-1])
        same = batch(here, largest, wish, options.workers)
        change_one_figure(here, largest[0])
        changed = batch(here, largest, wish, options.workers)
        told = lines(done, same, changed, weight(here, largest))
        publish([machine("papermill", "pandas", "matplotlib"), "", *told], options.markdown)


def lines(done: list[Batch], same: Batch, changed: Batch, megabytes: float) -> list[str]:
    """The table, and whether the criteria hold."""
    rows = [
        [str(b.territories), str(b.workers), seconds(b.result.seconds, 1),
         seconds(b.result.seconds / b.territories), f"{b.memory.peak:.0f}",
         "–" if b.memory.growth is None else f"{100 * (b.memory.growth - 1):+.0f} %"]
        for b in done
    ]  # fmt: skip
    full, alone, pair = done[-1], done[0], done[1]
    each = {b.territories: b.result.seconds / b.territories for b in done[1:]}
    flat = each[1000] / each[100] if {100, 1000} <= set(each) else None
    share = ratio(100 * same.result.seconds, full.result.seconds).removesuffix(" ×")
    beside = "non mesuré" if flat is None else ratio(each[1000], each[100])
    faster = ratio(alone.result.seconds, pair.result.seconds)
    head = [
        "territoires",
        "processus",
        "s",
        "s par territoire",
        "Mio pris à la machine",
        "mémoire, fin / début",
    ]
    return [
        *table(head, rows),
        "",
        f"- même commande, rien de changé : {seconds(same.result.seconds)} s, "
        f"{share} % du lot entier ; moins de 1 % : "
        f"{verdict(same.result.seconds < 0.01 * full.result.seconds)}",
        f"- un chiffre changé : {seconds(changed.result.seconds)} s ; rapports refaits : "
        f"{len(changed.result.made)}",
        f"- {pair.workers} processus au lieu d’un, {pair.territories} territoires : {faster} plus vite",
        f"- par territoire, 1 000 / 100 : {beside} ; à 10 % près : "
        f"{verdict(None if flat is None else flat <= 1.1)}",
        f"- poids d’un rapport (médiane) : {megabytes:.1f} Mo".replace(".", ","),
    ]  # fmt: skip


if __name__ == "__main__":
    main()
