"""The chapters of one study, run in every way, beside the floor: their cells alone in a warm process.

All ways run each chapter in turn, ``--repeat`` times, in one run of this program; the median of each
chapter and way is kept. « Seconds per chapter » is the mean of the chapters' medians. Ways:

- floor: the cells by IPython's shell, in a child of a process that has imported and read all that the warm
  engine's template has (``warm_process.py``);
- papermill's command, and ``papermill.execute_notebook`` with its own engine;
- papermill with ploomber-engine's ``embedded`` engine, if installed, imports done, its start not counted;
- the cold engine of this project;
- the warm engine, as ``ctg report`` calls it: all chapters in one run, each with its part of what is read
  once for the study; and bare. The start of its first process, paid once a command, is told apart.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean, median
from typing import Any

from measuring import (
    ABSENT,
    clock,
    machine,
    note,
    parser,
    publish,
    ratio,
    repeats,
    seconds,
    table,
    up_to_date,
    verdict,
)  # fmt: skip

from ctg_lib import shelf
from ctg_lib.build.chapters import Chapter, load_notebook, read_chapters, select_chapters
from ctg_lib.build.report import prepare_study
from ctg_lib.build.run import KERNEL, MEMORY, kernel_environment, raise_failures, run_chapters, warm_pool
from ctg_lib.build.warm.pool import Limits, Pool
from ctg_lib.build.warm.prime import ahead, read_study
from ctg_lib.project import Project, find_project
from ctg_lib.reads import READS
from ctg_lib.study import open_study
from ctg_lib.study.core import RECORD

FLOOR, COMMAND, EXECUTE = "ready", "command", "execute"
PLOOMBER, COLD, WARM, BARE = "embedded", "cold", "warm", "bare"
WAYS = {
    FLOOR: "plancher : cellules seules, processus tiède",
    COMMAND: "commande `papermill`",
    EXECUTE: "`papermill.execute_notebook`",
    PLOOMBER: "papermill, moteur `embedded` de ploomber-engine",
    COLD: "moteur « cold » du projet",
    WARM: "moteur « warm » du projet, comme `ctg report`",
    BARE: "moteur « warm » nu (`Pool.run`)",
}
TIME = 3600.0
Times = dict[tuple[str, str], list[float]]


@dataclass
class Bench:
    """What all ways share; ``outputs`` counts what each way shows, so that all do the same work."""

    project: Project
    study: str
    kernel: str
    env: Mapping[str, str]
    scratch: Path
    pool: Pool
    processes: Mapping[str, Process]
    outputs: dict[tuple[str, str], int] = field(default_factory=dict)

    def run(self, way: str, chapter: Chapter) -> float:
        """Seconds of one chapter in one way."""
        return _RUNS[way](self, chapter)

    def shown(self, way: str, chapter: Chapter, notebook: Any) -> None:
        """Count what an executed notebook shows."""
        found = [o for c in notebook.cells for o in c.get("outputs", []) if o["output_type"] != "stream"]
        self.outputs[way, chapter.slug] = len(found)

    def whole(self, chapter: Chapter) -> Any:
        """The chapter's notebook with its parameters, as papermill hands it to an engine."""
        from papermill.iorw import load_notebook_node
        from papermill.parameterize import parameterize_notebook

        notebook = load_notebook_node(str(chapter.path))
        values = {"study": self.study}
        return parameterize_notebook(notebook, values, kernel_name=self.kernel, language="python")


class Process:
    """``warm_process.py`` and its answers."""

    def __init__(self, way: str, bench_env: Mapping[str, str], folder: Path, *more: str) -> None:
        script = Path(__file__).with_name("warm_process.py")
        self._run = subprocess.Popen(
            [sys.executable, str(script), way, *more], env=dict(bench_env), cwd=folder,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8",
        )  # fmt: skip
        self.ready = self._answer()

    def ask(self, **request: Any) -> dict[str, Any]:
        """Run one chapter; what was measured."""
        assert self._run.stdin is not None
        self._run.stdin.write(json.dumps(request) + "\n")
        self._run.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._run.stdout is not None
        answer = json.loads(self._run.stdout.readline() or '{"error": "le processus s’est arrêté"}')
        if "error" in answer:
            sys.exit(answer["error"])
        return dict(answer)

    def close(self) -> None:
        """End it."""
        assert self._run.stdin is not None
        self._run.stdin.close()
        self._run.wait()


# --- the ways --------------------------------------------------------------------------------------------


def _floor(bench: Bench, chapter: Chapter) -> float:
    cells = [c.source for c in bench.whole(chapter).cells if c.cell_type == "code"]
    answer = bench.processes[FLOOR].ask(cells=cells)
    bench.outputs[FLOOR, chapter.slug] = answer["outputs"]
    return float(answer["seconds"])


def _embedded(bench: Bench, chapter: Chapter) -> float:
    answer = bench.processes[PLOOMBER].ask(
        notebook=str(chapter.path), parameters={"study": bench.study}, kernel=bench.kernel
    )
    bench.outputs[PLOOMBER, chapter.slug] = answer["outputs"]
    return float(answer["seconds"])


def _command(bench: Bench, chapter: Chapter) -> float:
    made = bench.scratch / "command.ipynb"
    took = clock(
        [sys.executable, "-m", "papermill", str(chapter.path), str(made), "-p", "study", bench.study,
         "-k", bench.kernel, "--cwd", str(bench.project.notebooks), "--no-progress-bar"],
        env=bench.env, cwd=bench.project.root,
    )  # fmt: skip
    bench.shown(COMMAND, chapter, load_notebook(made))
    return took


def _execute(bench: Bench, chapter: Chapter) -> float:
    import papermill

    started = time.perf_counter()
    ran = papermill.execute_notebook(
        str(chapter.path), str(bench.scratch / "execute.ipynb"), parameters={"study": bench.study},
        kernel_name=bench.kernel, cwd=str(bench.project.notebooks), progress_bar=False,
    )  # fmt: skip
    took = time.perf_counter() - started
    bench.shown(EXECUTE, chapter, ran)
    return took


def recorded(scratch: Path) -> dict[str, str]:
    """What has a run write what it reads and asks, as ``ctg report`` does, but not beside a real report."""
    folder = scratch / "cache" / "mesure"
    folder.mkdir(parents=True, exist_ok=True)
    return {RECORD: str(folder / "queries.jsonl"), READS: str(folder / "reads.jsonl")}


def _cold(bench: Bench, chapter: Chapter) -> float:
    return ran(bench, "cold", [chapter])[0]


def _warm(bench: Bench, chapter: Chapter) -> float:
    return ran(bench, "warm", [chapter])[0]


def warm(bench: Bench, chapters: Sequence[Chapter]) -> dict[str, float]:
    """Seconds of each chapter by the warm engine, in one run: what is read once for all is shared among them.

    The study is read first, as ``ctg report`` reads it; then the first chapter is run twice: the first time,
    it waits for what was read to be handed over.
    """
    started = time.perf_counter()
    with shelf.opened():
        read_study(bench.project, bench.study)
        laid = ahead(bench.project)
    read = time.perf_counter() - started
    first, *found = ran(bench, "warm", [chapters[0], *chapters], laid)
    read += max(0.0, first - found[0])
    note(f"lu une fois pour l’étude : {read:.2f} s")
    return {c.slug: took + read / len(chapters) for c, took in zip(chapters, found, strict=True)}


def ran(bench: Bench, engine: str, chapters: Sequence[Chapter], laid: bytes | None = None) -> list[float]:
    """Seconds of each of these chapters, run one after the other as ``ctg report`` runs them."""
    results = run_chapters(
        bench.project, bench.study, chapters, bench.scratch, engine=engine,
        pool=bench.pool if engine == "warm" else None, timeout=TIME,
        chapter_env=lambda _: recorded(bench.scratch), ahead=laid,
    )  # fmt: skip
    raise_failures(results)
    for chapter in chapters:
        bench.shown(engine, chapter, load_notebook(bench.scratch / f"{chapter.slug}.ipynb"))
    return [result.seconds for result in results]


def _bare(bench: Bench, chapter: Chapter) -> float:
    notebook = bench.whole(chapter)
    started = time.perf_counter()
    ran = bench.pool.run(
        notebook, folder=bench.project.notebooks, env=bench.env, limits=Limits(TIME, MEMORY),
        on_cell=lambda index: None,
    )  # fmt: skip
    took = time.perf_counter() - started
    if ran.error is not None:
        sys.exit(f"{chapter.slug} : {ran.error['name']} : {ran.error['value']}")
    bench.shown(BARE, chapter, ran.notebook)
    return took


_RUNS: Mapping[str, Callable[[Bench, Chapter], float]] = {
    FLOOR: _floor, COMMAND: _command, EXECUTE: _execute, PLOOMBER: _embedded,
    COLD: _cold, WARM: _warm, BARE: _bare,
}  # fmt: skip


# --- the measure -----------------------------------------------------------------------------------------


def measure(bench: Bench, chapters: Sequence[Chapter], ways: Sequence[str], repeat: int) -> Times:
    """Seconds of each repeat by (way, slug); the ways of a chapter follow each other, in turning order, but
    for the warm engine, whose chapters follow each other."""
    times: Times = {}
    alone = [way for way in ways if way != WARM]
    for turn in range(repeat):
        first = turn % len(alone)  # no way always comes after the same one, nor first
        if WARM in ways:
            for slug, took in warm(bench, chapters).items():
                times.setdefault((WARM, slug), []).append(took)
        for chapter in chapters:
            for way in (*alone[first:], *alone[:first]):
                times.setdefault((way, chapter.slug), []).append(bench.run(way, chapter))
            told = " ".join(f"{way} {times[way, chapter.slug][-1]:.2f}" for way in ways)
            note(f"{turn + 1}/{repeat} {chapter.slug} : {told}")
    return times


class Medians:
    """Medians of the repeats, by way and chapter."""

    def __init__(self, times: Times) -> None:
        self.slugs = list(dict.fromkeys(slug for _, slug in times))
        self.ways = list(dict.fromkeys(way for way, _ in times))
        self._of = {key: median(values) for key, values in times.items()}

    def one(self, way: str, slug: str) -> float | None:
        """Seconds of a chapter; None where the way was not measured."""
        return self._of.get((way, slug))

    def mean(self, way: str) -> float | None:
        """Seconds per chapter."""
        return fmean(self._of[way, slug] for slug in self.slugs) if way in self.ways else None

    def added(self, way: str) -> float | None:
        """Seconds per chapter beyond the floor."""
        mean, floor = self.mean(way), self.mean(FLOOR)
        return None if mean is None or floor is None else mean - floor


def dear(medians: Medians, way: str) -> list[str] | None:
    """Chapters that cost more than their floor + the larger of 0.3 × floor and 0.12 s."""
    if way not in medians.ways:
        return None
    over = []
    for slug in medians.slugs:
        floor, took = medians.one(FLOOR, slug), medians.one(way, slug)
        assert floor is not None and took is not None
        if took > floor + max(0.3 * floor, 0.12):
            over.append(f"{slug} ({seconds(took)} s, plancher {seconds(floor)} s)")
    return over


def criteria(medians: Medians) -> list[str]:
    """What is asked of the warm engine, and whether it holds; papermill counts by the faster of its ways."""
    over = dear(medians, WARM)
    plain = [a for a in (medians.added(COMMAND), medians.added(EXECUTE)) if a is not None]
    own, other = medians.added(WARM), medians.added(PLOOMBER)
    tenth = None if own is None or not plain else own <= min(plain) / 10
    less = None if own is None or other is None else own < other
    lines = [
        f"- un chapitre coûte au plus son plancher + max(0,3 × plancher ; 0,12 s) : "
        f"{verdict(None if over is None else not over)}" + (f", sauf {' ; '.join(over)}" if over else "")
    ]
    share = f" ({own / min(plain):.3f})".replace(".", ",") if own is not None and plain else ""
    lines.append(
        f"- ce qu’il ajoute est au plus le dixième de ce qu’ajoute papermill : {verdict(tenth)}{share}"
    )
    lines.append(f"- et moins que ce qu’ajoute ploomber-engine : {verdict(less)}")
    return lines


# --- what is told ----------------------------------------------------------------------------------------


def summary(medians: Medians, times: Times) -> list[str]:
    """The table of ways."""
    rows = []
    for way, label in WAYS.items():
        mean = medians.mean(way)
        added = "–" if way == FLOOR and mean is not None else seconds(medians.added(way), 3)
        rows.append([label, seconds(mean), ratio(mean, medians.mean(FLOOR)), added, _spread(times, way)])
    head = ["façon", "s par chapitre", "rapport au plancher", "ajoute (s)", "dispersion"]
    return table(head, rows)


def _spread(times: Times, way: str) -> str:
    """Median over chapters of (slowest - fastest) / median: a smaller difference says nothing."""
    spreads = [(max(v) - min(v)) / median(v) for (found, _), v in times.items() if found == way]
    if not spreads:
        return ABSENT
    return f"{100 * median(spreads):.0f} %" if max(map(len, times.values())) > 1 else "–"


def by_chapter(medians: Medians) -> list[str]:
    """The table of chapters."""
    head = ["chapitre", *(WAYS[way] for way in WAYS if way in medians.ways)]
    ways = [way for way in WAYS if way in medians.ways]
    return table(head, [[s, *(seconds(medians.one(way, s)) for way in ways)] for s in medians.slugs])


def detail(bench: Bench, chapters: Sequence[Chapter]) -> list[str]:
    """Where a chapter's own time goes, measured once more in the floor's process."""
    rows = []
    for chapter in chapters:
        cells = [c.source for c in bench.whole(chapter).cells if c.cell_type == "code"]
        found = bench.processes[FLOOR].ask(cells=cells, detail=True)
        rest = found["seconds"] - found["opening"] - found["draw"] - found["save"]
        parts = [found["seconds"], found["opening"], rest, found["draw"], found["save"]]
        rows.append([chapter.slug, *(seconds(part) for part in parts), f"{found['figures']:.0f}"])
    head = ["chapitre", "en tout (s)", "ouverture de l’étude", "calculs et mise en forme", "tracé",
            "enregistrement", "figures"]  # fmt: skip
    return table(head, rows)


def unequal(bench: Bench) -> list[str]:
    """Chapters of which two ways do not show the same number of things."""
    told = []
    for slug in dict.fromkeys(slug for _, slug in bench.outputs):
        found = {way: n for (way, other), n in bench.outputs.items() if other == slug}
        if len(set(found.values())) > 1:
            told.append(
                f"- **travail inégal**, {slug} : " + ", ".join(f"{w} {n} sorties" for w, n in found.items())
            )
    return told


# --- the command -----------------------------------------------------------------------------------------


def has_ploomber(folder: Path | None) -> bool:
    """Whether ploomber-engine is installed, or lies in ``folder``."""
    if folder is not None:
        return (folder / "ploomber_engine").is_dir()
    return importlib.util.find_spec("ploomber_engine") is not None


def _environment(project: Project, more: Path | None = None) -> dict[str, str]:
    """That of kernels, with the packages of ``more``; ploomber sends no statistics away."""
    path = [p for p in (os.environ.get("PYTHONPATH", ""), str(more or "")) if p]
    env = {**kernel_environment(project), "PLOOMBER_STATS_ENABLED": "false"}
    return {**env, "PLOOMBER_VERSION_CHECK_DISABLED": "1", "PYTHONPATH": os.pathsep.join(path)}


@contextlib.contextmanager
def prepared(study: str, ways: Sequence[str], more: Path | None) -> Iterator[Bench]:
    """Everything started and warm; the study prepared, as before any chapter."""
    from ctg_lib.build.cold import has_kernel

    project = find_project()
    up_to_date(project)
    env = _environment(project)
    os.environ.update(env)  # papermill.execute_notebook hands the environment of this process to its kernel
    prepare_study(open_study(study, project))
    kernel = KERNEL if has_kernel(KERNEL) else "python3"
    with tempfile.TemporaryDirectory(prefix="ctg-bench-") as scratch, warm_pool(project, env) as pool:
        processes: dict[str, Process] = {}
        try:
            for way in {FLOOR, PLOOMBER} & {FLOOR, *ways}:
                processes[way] = Process(way, _environment(project, more), project.notebooks)
            yield Bench(project, study, kernel, env, Path(scratch), pool, processes)
        finally:
            for process in processes.values():
                process.close()


def start_of(bench: Bench) -> float:
    """Seconds of the warm engine's start, paid once for all the chapters of a command."""
    from nbformat.v4 import new_code_cell, new_notebook

    started = time.perf_counter()
    bench.pool.run(
        new_notebook(cells=[new_code_cell("1")]), folder=bench.project.notebooks, env=bench.env,
        limits=Limits(TIME), on_cell=lambda index: None,
    )  # fmt: skip
    return time.perf_counter() - started


def main() -> None:
    """Measure, and print tables."""
    command = parser(__doc__, repeat=5)
    command.add_argument("--study", default="241200906", metavar="ÉTUDE")
    command.add_argument("--chapters", default="", metavar="04,10", help="tous par défaut")
    command.add_argument(
        "--ways", default=",".join(WAYS), help=f"parmi {', '.join(WAYS)} (le plancher toujours)"
    )
    command.add_argument("--ploomber", type=Path, metavar="DOSSIER", help="où pip --target l’a mis")
    command.add_argument("--detail", action="store_true", help="calculs, tracé et enregistrement des figures")
    options = command.parse_args()
    asked = options.ways.split(",")
    if unknown := set(asked) - set(WAYS):
        command.error(f"façon inconnue : {', '.join(sorted(unknown))}")
    ways = [way for way in WAYS if way == FLOOR or way in asked]
    if PLOOMBER in ways and not has_ploomber(options.ploomber):
        ways.remove(PLOOMBER)
    with prepared(options.study, ways, options.ploomber) as bench:
        chapters = read_chapters(bench.project.notebooks)
        if options.chapters:
            chapters = select_chapters(chapters, options.chapters.split(","))
        start = start_of(bench)
        for way in ways:  # caches of files and compiled modules: not of the first way alone
            note(f"mise en route : {way} {bench.run(way, chapters[0]):.2f}")
        times = measure(bench, chapters, ways, options.repeat)
        medians = Medians(times)
        lines = [
            f"{len(chapters)} chapitres de l’étude {options.study}, {repeats(options.repeat)} ; "
            f"{machine('papermill', 'nbclient', 'ipykernel', 'pandas', 'matplotlib')}.", "",
            *summary(medians, times), "",
            f"Le moteur « warm » démarre une fois par commande : {seconds(start)} s, en plus.", "",
            *criteria(medians), *unequal(bench), "", *by_chapter(medians),
        ]  # fmt: skip
        if options.detail:
            lines += ["", "Où va le temps propre d’un chapitre (plancher, mesuré une fois de plus) :", ""]
            lines += detail(bench, chapters)
    publish(lines, options.markdown)


if __name__ == "__main__":
    main()
