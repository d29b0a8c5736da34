"""Batches of 10, 100 and 1,000 territories over a made-up France (``france.py``): time, memory, weight.

Each batch starts without outputs and with the same data, then the same command is given again where nothing
has changed: in a new process, and with the time of seeing that the data of this project are up to date, since
``ctg batch`` does that first. On the largest one, then: one figure of one territory has changed.

Several processes are compared with one on a batch large enough for their start to weigh little; they come
first, so that what is cold at first counts against them. All batches are made by
:func:`ctg_lib.build.batch.run.run_batch`, as ``ctg batch`` makes them.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from statistics import fmean, median

import france
import psutil
from measuring import clock, machine, note, parser, publish, ratio, seconds, table, verdict

from ctg_lib.build.batch.choice import Choice
from ctg_lib.build.batch.crew import Crew
from ctg_lib.build.batch.run import BatchResult, run_batch
from ctg_lib.build.batch.telling import Telling
from ctg_lib.build.batch.turn import Turn, Wish, give_back
from ctg_lib.geography import load_geography
from ctg_lib.indicators import national
from ctg_lib.project import Project, find_project

HUNDRED = 100
_LOOK = 0.5
_MIB = 1 << 20


@dataclass
class Memory:
    """MiB of each process that lasts (workers, and the templates of their chapters), and taken from the
    machine in all, seen twice a second."""

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
                    worker = psutil.Process(pid)
                    for each in (worker, *worker.children()):
                        self.seen.setdefault(each.pid, []).append(each.memory_info().rss / _MIB)

    @property
    def growth(self) -> float | None:
        """Last tenth of a process's life over the second one (the first starts), of the one that grew most
        among those that lasted half as long as the longest."""
        longest = max(map(len, self.seen.values()), default=0)
        found = []
        for values in self.seen.values():
            tenth = len(values) // 10
            if tenth >= 3 and len(values) >= longest / 2:
                found.append(median(values[-tenth:]) / median(values[tenth : 2 * tenth]))
        return max(found, default=None)


@dataclass(frozen=True)
class Batch:
    """A batch and what it took."""

    territories: int
    workers: int
    result: BatchResult
    memory: Memory
    cores: float
    """Cores of the machine kept busy, on average: a process writes tables beside its chapters."""
    again: float | None = None
    """Seconds of the same command where nothing has changed."""


def batch(here: Project, studies: list[str], wish: Wish, workers: int) -> Batch:
    """Run one."""
    give_back()  # what making France, or changing a figure of it, took
    crew = Crew(here, wish, workers, here.scratch / "log" / "lots")
    choice = Choice("mesure", "France inventée", tuple(studies))
    memory = Memory(crew)
    began, worked = time.monotonic(), busy()
    with memory.watched(), Telling(io.StringIO(), bars=False) as telling:
        turns = partial(by_hundreds, crew, memory)
        result = run_batch(here, load_geography(here), choice, wish, turns, telling)
    for turn in result.failed[:3]:
        note(f"{turn.study} : {turn.error}")
    if result.failed:
        sys.exit(f"{len(result.failed)} rapports en échec : la mesure ne vaut rien.")
    cores = (busy() - worked) / (time.monotonic() - began)
    note(
        f"{len(studies)} territoires, {workers} processus : {result.seconds:.1f} s, {cores:.2f} cœurs occupés"
    )
    return Batch(len(studies), workers, result, memory, cores)


def busy() -> float:
    """Seconds of processor that the machine has given so far, to all its processes."""
    times = psutil.cpu_times()
    return times.user + times.system


def by_hundreds(crew: Crew, memory: Memory, studies: Sequence[str]) -> Generator[Turn]:
    """The turns of a crew; each hundred of them is told at once: a measure of hours may be interrupted."""
    started = time.monotonic()
    with contextlib.closing(crew.each(studies)) as turns:
        for done, turn in enumerate(turns, start=1):
            if done % HUNDRED == 0:
                took, started = time.monotonic() - started, time.monotonic()
                held = ", ".join(f"{values[-1]:.0f}" for values in memory.seen.values() if values)
                said = f"{done} territoires, les {HUNDRED} derniers : {took:.1f} s"
                note(f"{said} ; Mio de chaque processus : {held}")
            yield turn


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


def again(here: Project, size: int, options: argparse.Namespace) -> float:
    """Seconds of the same batch where nothing has changed, in a new process, data looked at first."""
    project = find_project()
    ctg = [sys.executable, "-m", "ctg_lib"]
    looked = clock([*ctg, "data", "build"], env=os.environ, cwd=project.root)
    same = [sys.executable, __file__, "--folder", str(here.root), "--only-again", str(size)]
    same += ["--chapters", options.chapters, "--workers", str(options.workers)]
    took = looked + clock(same, env=os.environ, cwd=project.root)
    note(f"{size} territoires, rien de changé : {took:.2f} s, dont {looked:.2f} s pour les données")
    return took


def weight(here: Project, studies: list[str]) -> float:
    """MB of a report with its data and executed chapters."""
    sizes = [
        sum(path.stat().st_size for path in (here.outputs / study).rglob("*") if path.is_file())
        for study in studies
    ]
    return median(sizes) / 1e6


def main() -> None:
    """Measure, and print a table."""
    command = parser(__doc__)
    command.add_argument("--territories", default="10,100,1000", metavar="10,100", help="tailles des lots")
    command.add_argument("--chapters", default="02,04,10")
    command.add_argument("--workers", type=int, default=2, metavar="N")
    command.add_argument(
        "--alone", type=int, default=30, metavar="N", help="taille du lot fait par un processus"
    )
    command.add_argument("--folder", type=Path, help="où la France inventée est faite, ou trouvée faite")
    command.add_argument("--only-again", type=int, default=0, help=argparse.SUPPRESS)
    options = command.parse_args()
    wish = Wish(chapters=tuple(options.chapters.split(",")))
    if options.only_again:  # the process of :func:`again`
        here = Project(options.folder)
        studies = spread(sorted(load_geography(here).codes("epci")), options.only_again)
        if batch(here, studies, wish, options.workers).result.made:
            sys.exit("Des rapports ont été refaits : la mesure ne vaut rien.")
        return
    project = find_project()
    every = sorted(load_geography(project).codes("epci"))
    sizes = sorted({options.alone, *(int(text) for text in options.territories.split(","))})
    with contextlib.ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ctg-bench-")))
        if (folder / "data").is_dir():
            here = Project(folder)
        else:
            note("une France inventée")
            here = france.made_up(project, folder, every)
        done: list[Batch] = []
        for size in sizes:
            forget(here)
            made = batch(here, spread(every, size), wish, options.workers)
            done.append(replace(made, again=again(here, size, options)))
            if size == options.alone and options.workers > 1:
                for workers in (1, options.workers):  # on both sides: the first one finds no file in memory
                    forget(here)
                    done.append(batch(here, spread(every, size), wish, workers))
        largest = spread(every, sizes[-1])
        change_one_figure(here, largest[0])
        changed = batch(here, largest, wish, options.workers)
        told = lines(done, changed, options, weight(here, largest))
        publish([machine("papermill", "pandas", "matplotlib"), "", *told], options.markdown)


def lines(done: list[Batch], changed: Batch, options: argparse.Namespace, megabytes: float) -> list[str]:
    """The table, and whether the criteria hold."""
    rows = [
        [str(b.territories), str(b.workers), seconds(b.result.seconds, 1),
         seconds(b.result.seconds / b.territories), seconds(b.cores), f"{b.memory.peak:.0f}",
         "–" if b.memory.growth is None else f"{100 * (b.memory.growth - 1):+.0f} %",
         "–" if b.again is None else f"{seconds(b.again, 1)} s, "
         f"{ratio(100 * b.again, b.result.seconds).removesuffix(' ×')} %"]
        for b in done
    ]  # fmt: skip
    several = {b.territories: b for b in reversed(done) if b.workers == options.workers}
    each = {size: b.result.seconds / size for size, b in several.items()}
    mine = [b for b in done if b.territories == options.alone]
    together = fmean(b.result.seconds for b in mine if b.workers == options.workers)
    alone = fmean(b.result.seconds for b in mine if b.workers == 1) if options.workers > 1 else None
    least = [b for size, b in several.items() if size >= 100]
    flat = each[1000] / each[100] if {100, 1000} <= set(each) else None
    grown = several[1000].memory.growth if 1000 in several else None
    unchanged = None if not least else all((b.again or 0) < 0.01 * b.result.seconds for b in least)
    head = [
        "territoires", "processus", "s", "s par territoire", "cœurs occupés", "Mio pris à la machine",
        "mémoire, fin / début", "même commande, rien de changé",
    ]  # fmt: skip
    beside = "non mesuré" if flat is None else ratio(each[1000], each[100])
    return [
        *table(head, rows),
        "",
        f"- rien de changé, moins de 1 % du lot (100 territoires et plus) : {verdict(unchanged)}",
        f"- un chiffre changé, {changed.territories} territoires : {seconds(changed.result.seconds)} s ; "
        f"rapports refaits : {len(changed.result.made)}",
        f"- {options.workers} processus (avant, puis après) au lieu d’un, {options.alone} territoires : "
        f"{'non mesuré' if alone is None else ratio(alone, together)} plus vite ; au moins 1,8 fois : "
        f"{verdict(None if alone is None else alone >= 1.8 * together)}",
        f"- par territoire, 1 000 / 100 : {beside} ; à 10 % près : "
        f"{verdict(None if flat is None else flat <= 1.1)}",
        f"- mémoire d’un processus, 1 000 territoires, fin / début : à 10 % près : "
        f"{verdict(None if grown is None else grown <= 1.1)}",
        f"- poids d’un rapport (médiane) : {megabytes:.1f} Mo".replace(".", ","),
    ]


if __name__ == "__main__":
    main()
