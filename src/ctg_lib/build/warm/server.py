"""The process that has imported, drawn once and frozen its heap, and then runs notebooks.

Two ways. With fork (Linux): one child per notebook, which begins with everything imported and nothing of
another notebook. Without: the process runs them itself, one at a time, and is replaced after a few.

Nothing here opens a ZMQ context or a thread before a fork. A child dies with its parent, and the parent
leaves when the one who asks is gone: no process stays behind, whichever is killed.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import io
import json
import os
import queue
import random
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from ctg_lib.build.warm import frames

PRELOADED: tuple[str, ...] = (
    "numpy", "pandas", "matplotlib.pyplot", "seaborn", "pyarrow.parquet", "yaml", "openpyxl", "scipy.stats",
    "geopandas", "matplotlib.patheffects",
)  # fmt: skip
"""What chapters import: done once."""
ROOMS: tuple[str, ...] = ("agreement", "consultation", "display", "indicators", "partnership", "study")
"""Rooms of the library of which all modules are imported, those too that a chapter asks for late."""
_NOT_THERE = "ctg_lib.study.explore"
"""What only notebooks opened by hand use."""
READY, JOB, HOST = b"r", b"j", b"h"
_DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG


def main(arguments: list[str]) -> int:
    """``server fork FD SETTINGS`` or ``server alone SETTINGS``.

    SETTINGS is JSON: ``profile``, folder of IPython's settings, and ``prime``, what to read at the start
    (see :mod:`ctg_lib.build.warm.prime`).
    """
    way, *rest = arguments
    settings = json.loads(rest[-1])
    del sys.argv[1:]
    if way == "fork":
        control = socket.socket(fileno=int(rest[0]))
        kernel = _prepared(settings)
        _read_ahead(settings.get("prime"))
        _serve_children(control, kernel)
    else:
        _serve_alone(settings)
    return 0


def _prepared(settings: Mapping[str, Any]) -> Any:
    """The kernel, with imports done, one drawing made, and a heap that no collection will touch again."""
    from ctg_lib.build.warm.shell import make_kernel

    kernel = make_kernel(settings["profile"])
    _import_all()
    _draw_once()
    return kernel


def _read_ahead(prime: Any) -> None:
    """Have what is asked read, then leave the heap alone: pages that nobody writes are shared."""
    if prime:
        from ctg_lib.build.warm.prime import prime as read

        read(prime)
    gc.collect()
    gc.freeze()


def _import_all() -> None:
    import importlib
    import pkgutil

    for name in PRELOADED:
        importlib.import_module(name)
    for room in ROOMS:
        package = importlib.import_module(f"ctg_lib.{room}")
        for found in pkgutil.walk_packages(package.__path__, f"ctg_lib.{room}."):
            if not found.name.startswith(_NOT_THERE):
                importlib.import_module(found.name)


def _draw_once() -> None:
    """What the first drawing of a process pays: fonts found, text measured, back ends loaded."""
    import matplotlib as mpl
    from matplotlib import pyplot as plt

    plt.close(plt.figure())  # IPython sets pyplot up: outside the context, which would undo it
    with mpl.rc_context():
        figure, axes = plt.subplots()
        axes.plot([0, 1], [1, 0], label="é")
        axes.set(title="é", xlabel="x", ylabel="y")
        axes.legend()
        for kind in ("svg", "png"):
            figure.savefig(io.BytesIO(), format=kind)
        plt.close(figure)


# --- with fork -------------------------------------------------------------------------------------------


def _serve_children(control: socket.socket, kernel: Any) -> None:
    """Fork for each request: ``j`` a notebook, ``h`` a host, which has a study ahead and serves in turn."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are not waited for: they leave no trace
    control.sendall(READY)
    while True:
        asked, handed, _, _ = socket.recv_fds(control, 1, 1)
        if not asked:
            return
        own = socket.socket(fileno=handed[0])
        own.set_inheritable(False)
        parent = os.getpid()
        if os.fork() == 0:
            _child(kernel, own, control, parent, host=asked == HOST)
        own.close()


def _child(kernel: Any, own: socket.socket, control: socket.socket, parent: int, *, host: bool) -> None:
    """Do what was asked and leave; never comes back."""
    code = 1
    try:
        die_with_parent(parent)
        control.close()
        if host:
            stream = own.makefile("rb", buffering=0)  # nothing read ahead of the requests that follow
            _read_ahead(frames.receive(stream))
            _serve_children(own, kernel)
        else:
            _run_one(kernel, own)
        code = 0
    except BaseException:
        with contextlib.suppress(BaseException):
            traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(code)


def _run_one(kernel: Any, own: socket.socket) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setpgid(0, 0)  # what its cells start is ended with it
    stream = own.makefile("rwb")
    frames.send(stream, {"pid": os.getpid()})
    asked = frames.receive(stream)
    if asked is not None:
        run_job(kernel, asked, stream)
        os.killpg(0, signal.SIGKILL)  # all is told: with what its cells started and left running


def die_with_parent(parent: int) -> None:
    """Be ended by the system when the process ``parent``, which forked this one, ends (Linux)."""
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    ctypes.CDLL(None).prctl(_DIES_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:  # it was dead already
        os._exit(1)


# --- without ---------------------------------------------------------------------------------------------


def _serve_alone(settings: Mapping[str, Any]) -> None:
    """Run notebooks one after the other, until the one who asks is gone: then at once, even within a cell."""
    from ctg_lib.build.warm.between import State

    asked, told = own_channels()
    kernel = _prepared(settings)
    if settings.get("prime"):
        from ctg_lib.build.warm.prime import read

        read(settings["prime"])
    state = State(kernel)
    frames.send(told, {"ready": os.getpid()})
    jobs: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(asked, jobs), daemon=True).start()
    while True:
        job = jobs.get()
        run_job(kernel, job, told)
        state.restore(Path(job["folder"]))


def _listen(asked: IO[bytes], jobs: queue.SimpleQueue[Any]) -> None:
    while (job := frames.receive(asked)) is not None:
        jobs.put(job)
    os._exit(0)


def own_channels() -> tuple[IO[bytes], IO[bytes]]:
    """Standard input and output kept for messages alone; cells find an empty input."""
    asked, told = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return asked, told


# --- both ------------------------------------------------------------------------------------------------


def run_job(kernel: Any, job: Mapping[str, Any], told: frames.Writable) -> None:
    """Run a job, telling each cell and then the whole.

    Args:
        job: ``notebook`` as JSON text, ``folder``, ``env``, ``scratch`` (folder of what the process says).
        told: where to tell it.
    """
    from nbformat import from_dict

    from ctg_lib.build.warm.shell import run_notebook

    scratch = Path(job["scratch"])
    kernel.capture(scratch)
    fault = _say_where_it_stops(scratch / "fault")
    _seed()
    os.environ.clear()
    os.environ.update(job["env"])
    os.chdir(job["folder"])
    path = list(sys.path)
    sys.path.insert(0, "")
    notebook = from_dict(json.loads(job["notebook"]))
    try:
        error = run_notebook(kernel, notebook, on_cell=lambda index: frames.send(told, {"cell": index}))
    finally:
        sys.path[:] = path
        kernel.release()
        faulthandler.disable()
        if hasattr(faulthandler, "unregister"):
            faulthandler.unregister(signal.SIGUSR1)
        fault.close()
    said = (
        None if error is None else {"name": error.ename, "value": error.evalue, "traceback": error.traceback}
    )
    frames.send(told, {"done": json.dumps(notebook, ensure_ascii=False), "error": said})


def _say_where_it_stops(path: Path) -> IO[str]:
    """Have the running lines written to ``path`` when the process crashes, or before it is killed."""
    said = path.open("w")
    faulthandler.enable(said)
    if hasattr(faulthandler, "register"):
        faulthandler.register(signal.SIGUSR1, said, chain=False)
    return said


def _seed() -> None:
    """A fork hands its random state down: each notebook begins with one of its own, as a new process does."""
    random.seed()
    if "numpy" in sys.modules:
        import numpy as np

        np.random.seed()  # noqa: NPY002


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
