"""Processes of the warm engine: what they keep apart, what they may take, how they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from both_engines import cells, text, value, warm
from fake_notebooks import code_cell, make_project, notebook

from ctg_lib.build.chapters import read_chapters
from ctg_lib.build.run import run_chapters
from ctg_lib.build.warm import pool as pool_module
from ctg_lib.build.warm.pool import Limits, Pool, Stopped, can_fork

linux = pytest.mark.skipif(not can_fork(), reason="processes are forked on Linux alone")

# --- apart -----------------------------------------------------------------------------------------------

LEAVES = """
    import os, random, sys, warnings, logging
    import numpy as np, matplotlib as mpl, matplotlib.pyplot as plt
    left = 1
    random.seed(1); np.random.seed(1)
    plt.figure(); mpl.rcParams['font.size'] = 33
    os.environ['LAISSE'] = 'oui'; os.mkdir('ailleurs'); os.chdir('ailleurs')
    with open('../voisin.py', 'w') as f: _ = f.write('x = 1')
    sys.path.append('/nulle/part'); sys.path.insert(0, '..')
    import voisin
    warnings.simplefilter('error')
    logging.getLogger().addHandler(logging.NullHandler())
    get_ipython().events.register('post_run_cell', lambda result: print('encore'))
    get_ipython().display_formatter.formatters['text/plain'].for_type(int, lambda n, p, cycle: p.text('un nombre'))
"""
FINDS = """
    import os, sys, warnings, logging, matplotlib as mpl, matplotlib.pyplot as plt
    found = {
        'variable': 'left' in globals(), 'figures': plt.get_fignums(), 'font': mpl.rcParams['font.size'] == 33,
        'env': 'LAISSE' in os.environ, 'cwd': os.getcwd().endswith('ailleurs'), 'path': '/nulle/part' in sys.path,
        'module': 'voisin' in sys.modules, 'warnings': [f for f in warnings.filters if f[0] == 'error' and f[2] is Warning],
        'log': [h for h in logging.getLogger().handlers if type(h) is logging.NullHandler],
        'in': len(In) - 2,
    }
    print({k: v for k, v in found.items() if v})
    7
"""


def test_nothing_goes_from_one_notebook_to_the_next(pool: Pool, tmp_path: Path) -> None:
    assert warm(pool, cells(LEAVES), tmp_path).error is None
    ran = warm(pool, cells(FINDS), tmp_path)
    assert text(ran) == "{}\n" and value(ran) == "7"
    assert ran.notebook.cells[0].execution_count == 1


def test_chance_is_each_notebooks_own(pool: Pool, tmp_path: Path) -> None:
    draw = cells("import random, numpy as np\nrandom.random(), float(np.random.random())")
    first, second = (eval(value(warm(pool, draw, tmp_path))) for _ in range(2))
    assert first[0] != second[0] and first[1] != second[1]


def test_environment_and_folder_are_those_given(pool: Pool, tmp_path: Path) -> None:
    ran = warm(
        pool, cells("import os\nos.environ['MOT'], 'HOME' in os.environ, os.getcwd()"), tmp_path,
        env={"MOT": "é", "PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert eval(value(ran)) == ("é", False, str(tmp_path))


def test_the_notebook_given_is_left_alone(pool: Pool, tmp_path: Path) -> None:
    given = cells("1 + 1")
    warm(pool, given, tmp_path)
    assert given.cells[0].outputs == [] and given.cells[0].execution_count is None


def test_what_a_program_writes_stands_in_its_place(pool: Pool, tmp_path: Path) -> None:
    """A kernel of its own gives these three lines in an order that depends on the load of the machine."""
    source = "import subprocess\nprint('avant')\n_ = subprocess.run(['echo', 'pendant'])\nprint('après')"
    assert text(warm(pool, cells(source), tmp_path)) == "avant\npendant\naprès\n"


def test_cells_are_told_as_they_start(pool: Pool, tmp_path: Path) -> None:
    told: list[int] = []
    warm(pool, cells("1", "2", "1 / 0", "4"), tmp_path, on_cell=told.append)
    assert told == [0, 1, 2]


def test_without_fork_a_process_is_replaced_after_a_few(
    profile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "RECYCLED", 2)
    with Pool(profile, fork=False) as pool:
        pids = [value(warm(pool, cells("import os\nos.getpid()"), tmp_path)) for _ in range(3)]
    assert pids[0] == pids[1] != pids[2]
    _gone([int(pid) for pid in pids])


# --- limits ----------------------------------------------------------------------------------------------


def test_time_limit_says_where_it_stood(pool: Pool, tmp_path: Path) -> None:
    with pytest.raises(Stopped, match=r"plus de 1 s") as caught:
        warm(
            pool,
            cells("1", "import time\nprint('dit', flush=True)\ntime.sleep(60)"),
            tmp_path,
            limits=Limits(1),
        )
    assert (caught.value.name, caught.value.cell) == ("TimeoutError", 1)
    assert ", line 3 in <module>" in caught.value.log


def test_memory_limit(forked: Pool, tmp_path: Path) -> None:
    with pytest.raises(Stopped, match=r"\d+ Mio de mémoire pris, 700 permis") as caught:
        hungry = cells("import time\nmuch = bytearray(900 << 20)\ntime.sleep(60)")
        warm(forked, hungry, tmp_path, limits=Limits(60, 700))
    assert (caught.value.name, caught.value.cell) == ("MemoryError", 0)


def test_a_process_that_dies_leaves_its_words(pool: Pool, tmp_path: Path) -> None:
    with pytest.raises(Stopped) as caught:
        warm(pool, cells("import os\nos.write(2, 'plus de mémoire'.encode())\nos._exit(3)"), tmp_path)
    assert caught.value.name == "DeadKernelError" and "plus de mémoire" in caught.value.log
    assert str(caught.value) == "le processus du chapitre s’est arrêté"


def test_a_crash_says_where(pool: Pool, tmp_path: Path) -> None:
    with pytest.raises(Stopped) as caught:
        warm(pool, cells("1", "import ctypes\n\nctypes.string_at(0)"), tmp_path)
    assert caught.value.cell == 1 and "Segmentation fault" in caught.value.log
    assert ", line 3 in <module>" in caught.value.log


@linux
def test_what_a_notebook_started_ends_with_it(forked: Pool, tmp_path: Path) -> None:
    start = "import subprocess, time\nopen('pid', 'w').write(str(subprocess.Popen(['sleep', '300']).pid))\ntime.sleep(60)"
    with pytest.raises(Stopped):
        warm(forked, cells(start), tmp_path, limits=Limits(1))
    _gone([int((tmp_path / "pid").read_text())])


@linux
@pytest.mark.parametrize("last", ["", "\nraise ValueError('faute')"])
def test_what_a_notebook_left_running_ends_with_it_too(forked: Pool, tmp_path: Path, last: str) -> None:
    start = "import subprocess\nopen('pid', 'w').write(str(subprocess.Popen(['sleep', '300']).pid))"
    warm(forked, cells(start + last), tmp_path)
    _gone([int((tmp_path / "pid").read_text())])


@linux
def test_a_process_that_dies_is_not_waited_for_because_of_its_own(forked: Pool, tmp_path: Path) -> None:
    """Its child keeps the conversation open, so that its end is not heard."""
    dies = (
        "import os, time\nif not (pid := os.fork()):\n    time.sleep(300)\n"
        "open('pid', 'w').write(str(pid))\nos._exit(9)"
    )
    with pytest.raises(Stopped, match="s’est arrêté"):
        warm(forked, cells(dies), tmp_path, limits=Limits(120))
    _gone([int((tmp_path / "pid").read_text())])


def test_the_process_that_is_watched_is_the_one_that_runs_the_cells(alone: Pool, tmp_path: Path) -> None:
    inside = int(value(warm(alone, cells("import os\nos.getpid()"), tmp_path)))
    assert [worker.pid for worker in alone._idle] == [inside]


# --- ends ------------------------------------------------------------------------------------------------


def _gone(pids: list[int], seconds: float = 10) -> None:
    """Wait until none of these processes is left."""
    end = time.monotonic() + seconds
    while left := [p for p in pids if psutil.pid_exists(p) and psutil.Process(p).status() != "zombie"]:
        assert time.monotonic() < end, f"{left} are still there"
        time.sleep(0.05)


def _until(found: Callable[[], Any], seconds: float = 60) -> Any:
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end, "never came"
        time.sleep(0.05)
    return value


@linux
def test_the_template_has_one_thread_and_no_zmq(forked: Pool, tmp_path: Path) -> None:
    warm(forked, cells("1"), tmp_path)
    assert forked._template is not None
    pid = forked._template.process.pid
    assert len(list(Path(f"/proc/{pid}/task").iterdir())) == 1
    found = "import gc, zmq\n[o for o in gc.get_objects() if isinstance(o, zmq.Context)]"
    assert value(warm(forked, cells(found), tmp_path)) == "[]"


@linux
def test_a_template_that_is_killed_is_replaced(profile: Path, tmp_path: Path) -> None:
    """In mid-run: the chapter is retried with a new one."""
    source = (
        "import os, pathlib, time\nmark = pathlib.Path('mark')\n"
        "if not mark.exists():\n    mark.write_text('x'); time.sleep(60)\nprint('bon')"
    )
    project = make_project(tmp_path, {"01-mort": notebook("Mort", code_cell(source))})
    with Pool(profile) as pool:

        def kill() -> None:
            _until((project.notebooks / "mark").exists)
            assert pool._template is not None
            os.kill(pool._template.process.pid, signal.SIGKILL)

        threading.Thread(target=kill).start()
        events: list[str] = []
        (result,) = run_chapters(
            project, "abc", read_chapters(project.notebooks), tmp_path / "out", pool=pool,
            on_event=lambda event: events.append(event.kind),
        )  # fmt: skip
    assert result.ok and events.count("retry") == 1


CALLER = """
    import sys
    from pathlib import Path
    from ctg_lib.build.chapters import read_chapters
    from ctg_lib.build.run import run_chapters
    from ctg_lib.build.warm import pool
    from ctg_lib.project import Project

    root, workers, fork = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "fork"
    project = Project(root)
    made = pool.Pool(root, fork=fork)
    with made:
        run_chapters(project, "abc", read_chapters(project.notebooks), root / "out", workers=workers, pool=made)
"""


def _caller(root: Path, workers: int, way: str) -> tuple[subprocess.Popen[bytes], list[int]]:
    """A process that runs two endless chapters, once both that can run do; and those it started."""
    source = "import os, time\nopen(f'pid-{os.getpid()}', 'w').close()\ntime.sleep(300)"
    project = make_project(root, {f"0{i}-long": notebook("Long", code_cell(source)) for i in (1, 2)})
    made = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CALLER), str(root), str(workers), way],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    _until(lambda: len(list(project.notebooks.glob("pid-*"))) == workers)
    return made, [p.pid for p in psutil.Process(made.pid).children(recursive=True)]


@linux
@pytest.mark.parametrize("workers", [1, 2])
def test_an_interruption_leaves_no_process(workers: int, tmp_path: Path) -> None:
    caller, started = _caller(tmp_path, workers, "fork")
    assert len(started) == 2 + workers  # the template, the study's process, its chapters
    caller.send_signal(signal.SIGINT)
    assert caller.wait(20) != 0
    _gone(started)
    assert list((tmp_path / "out").iterdir()) == []


@linux
@pytest.mark.parametrize("way", ["fork", "alone"])
def test_nothing_outlives_a_caller_that_is_killed(way: str, tmp_path: Path) -> None:
    caller, started = _caller(tmp_path, 1, way)
    assert started
    caller.kill()
    caller.wait()
    _gone(started)


def test_without_fork_what_is_read_ahead_forks_nothing(profile: Path, tmp_path: Path) -> None:
    """As on Windows, which has no fork at all."""
    (tmp_path / "sitecustomize.py").write_text("import os\ndel os.fork\n", encoding="utf-8")
    env = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])]),
    }
    root = Path(__file__).parents[2]
    source = "import os\nfrom ctg_lib import shelf\nhasattr(os, 'fork'), shelf._SHELF"
    with Pool(profile, env, prime={"root": str(root)}, fork=False) as pool:
        host = pool.host({"root": str(root), "study": "241200906"})
        ran = host.run(cells(source), folder=tmp_path, env=env, limits=Limits(60), on_cell=lambda _: None)
    assert value(ran) == "(False, None)"


def test_without_fork_a_host_that_is_closed_ends_what_it_runs(profile: Path, tmp_path: Path) -> None:
    with Pool(profile, fork=False) as pool:
        host = pool.host({})
        timer = threading.Timer(1, host.close)

        def begun(_: int) -> None:
            if not timer.is_alive() and not timer.finished.is_set():
                timer.start()

        with pytest.raises(Stopped):
            host.run(
                cells("import time\ntime.sleep(60)"),
                folder=tmp_path,
                env=os.environ,
                limits=Limits(30),
                on_cell=begun,
            )


@linux
def test_linear_algebra_has_one_thread_whoever_asks(profile: Path, tmp_path: Path) -> None:
    """Its library opens its threads when it is loaded: before the fork."""
    env = {name: said for name, said in os.environ.items() if not name.endswith("_NUM_THREADS")}
    with Pool(profile, env) as pool:
        warm(pool, cells("1"), tmp_path)
        assert pool._template is not None
        assert psutil.Process(pool._template.process.pid).num_threads() == 1


def test_nothing_runs_in_a_pool_that_is_closed(profile: Path, tmp_path: Path) -> None:
    pool = Pool(profile)
    pool.close()
    with pytest.raises(Stopped, match="exécution interrompue"):
        warm(pool, cells("1"), tmp_path)


def test_folders_of_processes_that_were_killed_are_removed_and_no_others(tmp_path: Path) -> None:
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    own, other = pool_module._owned(), pool_module._owned(int(gone.stdout))
    elsewhere = other.replace("ctg-", "ctg-une-autre-machine-")
    for name in (f"{own}a", f"{other}b", f"{elsewhere}c", "ctg-quelconque"):
        (tmp_path / name / "dedans").mkdir(parents=True)
    pool_module.sweep(tmp_path)
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(
        [f"{own}a", f"{elsewhere}c", "ctg-quelconque"]
    )


@linux
def test_a_process_begun_early_is_the_one_that_serves(profile: Path, tmp_path: Path) -> None:
    with Pool(profile, fork=True) as pool:
        pool.begin()
        begun = pool._template
        assert begun is not None and begun._greeting == b""  # nobody waited for it
        pool.begin()
        assert value(warm(pool, cells("import os\nos.getppid()"), tmp_path)) == str(begun.process.pid)
        assert pool._template is begun


@linux
def test_a_pool_closed_while_its_process_starts_leaves_none(profile: Path) -> None:
    pool = Pool(profile, fork=True)
    pool.begin()
    assert pool._template is not None
    process = pool._template.process
    pool.close()
    assert process.poll() is not None
    with pytest.raises(Stopped, match="interrompue"):
        pool.begin()
