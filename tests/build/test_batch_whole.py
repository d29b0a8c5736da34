"""``ctg batch`` from end to end: three territories, two chapters, failures, kills, a cluster."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from fake_notebooks import code_cell, notebook, write

from ctg_lib.project import Project

LARZAC, AFFRICAIN, MILLAU = "241200906", "200067155", "241200567"
STUDIES = (AFFRICAIN, LARZAC, MILLAU)
OPENED = "from ctg_lib.study import open_study\netude = open_study(study)"
CHAPTERS = {
    "02-population": notebook("Population", code_cell(OPENED), code_cell("print(etude.value('population'))")),
    "04-petite-enfance": notebook("Petite enfance", code_cell("print('chapitre', study)")),
}
CONFIG = "book:\n  chapters:\n    - index.qmd\n    - 02-population.ipynb\n    - 04-petite-enfance.ipynb\n"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def small(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of the project with two tiny chapters and a list of three territories, whose reports are made."""
    root = tmp_path_factory.mktemp("lot") / "projet"
    for part in ("data/raw", "data/processed", "notebooks"):
        shutil.copytree(project.root / part, root / part, ignore=shutil.ignore_patterns("*.ipynb"))
    here = Project(root)
    for slug, made in CHAPTERS.items():
        write(here.notebooks / f"{slug}.ipynb", made)
    (here.notebooks / "_quarto.yml").write_text(CONFIG, encoding="utf-8")
    (root / "liste.txt").write_text("\n".join(STUDIES) + "\n", encoding="utf-8")
    done = batch(here)
    assert done.returncode == 0, done.stderr + done.stdout
    assert "Rapports faits : 3 ; laissés tels quels : 0" in done.stdout
    return here


@pytest.fixture(scope="module")
def undisturbed(small: Project) -> dict[str, bytes]:
    """The outputs of a run that nothing disturbed; the first test must ask for them."""
    assert whole(small) == set(STUDIES)
    return content(small)


def command(*more: str) -> list[str]:
    return [sys.executable, "-m", "ctg_lib", "batch", "--codes", "liste.txt", *more]


def environment(here: Project) -> dict[str, str]:
    return {**os.environ, "CTG_ROOT": str(here.root)}


def batch(here: Project, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*more), capture_output=True, encoding="utf-8", check=False, cwd=here.root,
        env=environment(here), timeout=900,
    )  # fmt: skip


def content(here: Project) -> dict[str, bytes]:
    """All that a reader finds: what is being made, and locks, have hidden names."""
    found = {}
    for place, folders, names in os.walk(here.outputs):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for path in (Path(place) / name for name in names if not name.startswith(".")):
            found[path.relative_to(here.outputs).as_posix()] = path.read_bytes()
    return found


def whole(here: Project) -> set[str]:
    """Territories with a report, each of which must be whole."""
    found = set()
    for study in STUDIES:
        place = here.outputs / study
        if place.exists():
            for name in ("report/index.html", "report/04-petite-enfance.html", "data/indicateurs.xlsx",
                         "chapters/02-population.ipynb", "ro-crate-metadata.json"):  # fmt: skip
                assert (place / name).stat().st_size > 0, f"{study}/{name}"
            found.add(study)
    return found


def visible(here: Project, undisturbed: dict[str, bytes]) -> bool:
    """Whether each report that a reader finds at this moment is the undisturbed one, to the byte."""
    now = content(here)
    return all(
        not mine or mine == {name: made for name, made in undisturbed.items() if name.startswith(study)}
        for study in STUDIES
        for mine in [{name: made for name, made in now.items() if name.startswith(study)}]
    )


def forget(here: Project) -> None:
    """As if nothing had been made."""
    for place in (*STUDIES, "lots"):
        shutil.rmtree(here.outputs / place, ignore_errors=True)


def test_where_nothing_has_changed_nothing_is_touched(small: Project, undisturbed: dict[str, bytes]) -> None:
    before = {path: path.stat().st_mtime_ns for path in small.outputs.rglob("*") if path.suffix != ".lock"}
    left = batch(small)
    assert "Rapports faits : 0 ; laissés tels quels : 3" in left.stdout
    assert "carte et page d’accueil" not in left.stderr
    after = {path: path.stat().st_mtime_ns for path in small.outputs.rglob("*") if path.suffix != ".lock"}
    assert before == after
    assert content(small) == undisturbed
    index = small.outputs / "lots" / "liste" / "index.html"
    index.write_text("abîmé", encoding="utf-8")
    assert batch(small).returncode == 0
    assert content(small) == undisturbed


def tree(process: subprocess.Popen) -> list[psutil.Process]:
    """A command and all that it started, down to the children of its chapters."""
    try:
        top = psutil.Process(process.pid)
        return [top, *top.children(recursive=True)]
    except psutil.Error:
        return []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="kills whole trees of processes by signal 9")
def test_killed_at_any_moment_the_same_command_ends_the_work(
    small: Project, undisturbed: dict[str, bytes]
) -> None:
    """Three random kills of any process; then the outputs of an undisturbed run, byte for byte.

    ``benchmarks/kills.py`` does the same two hundred times.
    """
    chance = random.Random(20261127)
    forget(small)
    for _ in range(3):
        run = subprocess.Popen(
            command(), cwd=small.root, env=environment(small), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(chance.uniform(4, 16))
        victims = tree(run)
        if victims:
            chance.choice(victims).kill()
        assert visible(small, undisturbed)
        run.wait(timeout=900)
        assert visible(small, undisturbed)
        assert not psutil.wait_procs(victims, timeout=60)[1], "orphans"
    assert batch(small).returncode == 0
    assert content(small) == undisturbed


@contextmanager
def cluster(here: Project) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """A real scheduler and two worker processes of Dask on this machine."""
    pytest.importorskip("distributed")
    told = here.root / "scheduler.json"
    told.unlink(missing_ok=True)  # of another cluster
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment(here)}
    start = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    scheduler = subprocess.Popen(
        [*start, "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(told)],
        **quiet,
    )  # fmt: skip
    workers = []
    try:
        while not told.is_file():
            assert scheduler.poll() is None
            time.sleep(0.1)
        workers = [
            subprocess.Popen(
                [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(told),
                 "--no-nanny", "--nthreads", "1", "--no-dashboard",
                 "--local-directory", str(here.root / f"dask-{number}")], **quiet,
            )
            for number in range(2)
        ]  # fmt: skip
        import json

        yield json.loads(told.read_text("utf-8"))["address"], workers
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


def test_a_cluster_gives_the_same_outputs_even_when_a_worker_is_lost(
    small: Project, undisturbed: dict[str, bytes]
) -> None:
    forget(small)
    with cluster(small) as (address, workers):
        run = subprocess.Popen(
            command("--scheduler", address), cwd=small.root, env=environment(small),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        )  # fmt: skip
        victim = _busy(workers)
        victim.kill()
        said, errors = run.communicate(timeout=900)
    assert run.returncode == 0, errors + said
    assert "Rapports faits : 3" in said or "laissés tels quels" in said
    assert content(small) == undisturbed


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="kills by signal 9")
def test_what_a_cluster_makes_ends_with_the_command(small: Project, undisturbed: dict[str, bytes]) -> None:
    forget(small)
    with cluster(small) as (address, workers):
        run = subprocess.Popen(
            command("--scheduler", address), cwd=small.root, env=environment(small),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        _busy(workers)
        run.kill()
        run.wait()
        deadline = time.monotonic() + 60
        while any(_making(worker) for worker in workers):
            assert time.monotonic() < deadline, "reports are made for nobody"
            time.sleep(0.2)
        again = batch(small, "--scheduler", address)  # no study is busy
        assert again.returncode == 0, again.stderr + again.stdout
    assert content(small) == undisturbed


def _making(worker: subprocess.Popen) -> bool:
    return any("ctg_lib.build.batch.worker" in " ".join(_line(p)) for p in tree(worker))


def _busy(workers: list[subprocess.Popen]) -> subprocess.Popen:
    """The first worker that has started a process of ours."""
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        for worker in workers:
            if _making(worker):
                return worker
        time.sleep(0.05)
    raise AssertionError("no worker of the cluster began")


def _line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_failures_are_told_and_only_what_lacks_is_made_again(
    small: Project, undisturbed: dict[str, bytes]
) -> None:
    """The last test: it changes the chapters."""
    forget(small)
    bad = f"assert study != {AFFRICAIN!r}, 'refus'\nprint('chapitre', study)"
    write(small.notebooks / "04-petite-enfance.ipynb", notebook("Petite enfance", code_cell(bad)))
    first = batch(small)
    assert first.returncode == 1
    assert "Rapports faits : 2 ; laissés tels quels : 0" in first.stdout
    assert f"{AFFRICAIN} : 04-petite-enfance.ipynb, cellule " in first.stdout
    assert "AssertionError : refus" in first.stdout
    index = (small.outputs / "lots" / "liste" / "index.html").read_text("utf-8")
    assert "AssertionError" in index and f'href="../../{LARZAC}/report/index.html"' in index
    assert f'href="../../{AFFRICAIN}/' not in index
    assert not (small.outputs / AFFRICAIN).exists()

    again = batch(small)  # nothing has changed: the two others are left, the bad one fails again
    assert again.returncode == 1 and "Rapports faits : 0 ; laissés tels quels : 2" in again.stdout

    # one chapter asked for: the others that stand there are made again where they changed, and stay
    write(small.notebooks / "04-petite-enfance.ipynb", CHAPTERS["04-petite-enfance"])
    mended = batch(small, "--chapters", "04")
    assert mended.returncode == 0, mended.stderr
    assert "Rapports faits : 3 ; laissés tels quels : 0" in mended.stdout  # the notebook is another
    alone = {f"{AFFRICAIN}/chapters/02-population.ipynb", f"{AFFRICAIN}/report/02-population.html"}
    now = content(small)
    assert set(undisturbed) - set(now) == alone  # it had no report, and one chapter was asked for
    index = (small.outputs / "lots" / "liste" / "index.html").read_text("utf-8")
    assert "pas pu être" not in index
    page = f"{LARZAC}/report/02-population.html"
    assert now[page] == undisturbed[page]
