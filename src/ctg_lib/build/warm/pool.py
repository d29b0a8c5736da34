"""Have notebooks run in processes that have done their imports, within limits of time and memory."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self

from ctg_lib.build.warm import frames, server

MEMORY = 4096.0
"""MiB that one notebook may take."""
START = 300.0
"""Seconds allowed to a process for its imports."""
ONE_THREAD: tuple[str, ...] = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS", "BLIS_NUM_THREADS",
)  # fmt: skip
"""Environment variables that give linear algebra one thread: read once, when its library is loaded."""
RECYCLED = 12
"""Without fork: notebooks that one process runs before another takes its place."""
_LOOK = 0.1
_LAST = 2.0
"""Seconds during which the last words of a process that is gone may still come."""
_MIB = 1 << 20


def can_fork() -> bool:
    """Whether a process that has imported all may be forked: on Linux (macOS's libraries forbid it)."""
    return sys.platform.startswith("linux") and hasattr(os, "fork") and hasattr(socket, "recv_fds")


@dataclass(frozen=True)
class Limits:
    """What one notebook may take: ``seconds``, and ``memory`` in MiB (None: no limit)."""

    seconds: float = 600
    memory: float | None = MEMORY


@dataclass(frozen=True)
class Ran:
    """A notebook as it came back; ``error``: what stopped it (name, value, traceback of a cell)."""

    notebook: Any
    error: Mapping[str, str] | None


class Stopped(RuntimeError):
    """A run without end: ``name`` says why, ``cell`` how far it came, ``log`` what the process said."""

    def __init__(self, name: str, message: str, cell: int | None, log: str) -> None:
        super().__init__(message)
        self.name, self.cell, self.log = name, cell, log


class Gone(Stopped):
    """The process that forks had died before it was asked, or before its child began."""


class _Closing:
    """Something that is closed where its block ends."""

    def close(self) -> None:
        """End what it holds."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


@dataclass(eq=False)
class Pool(_Closing):
    """Processes ready to run notebooks, started when first asked; used from several threads at once.

    Attributes:
        profile: folder of IPython's settings.
        env: environment in which they start; hash seed and threads of linear algebra are fixed there.
        prime: what the processes read at their start (see :mod:`ctg_lib.build.warm.prime`).
        fork: one child per notebook; without, processes that run notebooks one after the other.
        scratch: where each run has a folder while it lasts; the system's own place by default.
    """

    profile: Path
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    prime: Mapping[str, Any] | None = None
    fork: bool = field(default_factory=can_fork)
    scratch: Path | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _template: _Template | None = field(default=None, init=False)
    _idle: list[_Worker] = field(default_factory=list, init=False)
    _running: dict[Any, Host | None] = field(default_factory=dict, init=False)
    _closed: bool = field(default=False, init=False)

    def run(
        self, notebook: Any, *, folder: Path, env: Mapping[str, str], limits: Limits,
        on_cell: Callable[[int], None], host: Host | None = None,
    ) -> Ran:  # fmt: skip
        """Run ``notebook`` (left untouched) in ``folder`` with the environment ``env``.

        Raises:
            Stopped: out of time, out of memory, or a process that died.
        """
        with own_folder(self.scratch) as scratch:
            job = {
                "notebook": json.dumps(notebook, ensure_ascii=False), "folder": str(folder), "env": dict(env),
                "scratch": scratch,
            }  # fmt: skip
            if host is None or not self.fork:
                return self._run(job, limits, on_cell, host)
            forker = host.forker()
            try:
                return self._run(job, limits, on_cell, host, forker)
            except Gone:
                return self._run(job, limits, on_cell, host, host.forker(instead_of=forker))

    def _run(
        self, job: Mapping[str, Any], limits: Limits, on_cell: Callable[[int], None], host: Host | None,
        forker: Forker | None = None,
    ) -> Ran:  # fmt: skip
        worker = (forker or self._ready()).child() if self.fork else self._worker()
        with self._lock:
            gone = self._closed or (host is not None and host.closed)
            if not gone:
                self._running[worker] = host
        if gone:
            worker.kill()
            raise _interrupted()
        whole = False
        try:
            ran = _follow(worker, job, limits, on_cell)
            whole = True
            return ran
        finally:
            self._done(worker, whole)

    def _worker(self) -> _Worker:
        with self._lock:
            if self._idle and not self._closed:
                return self._idle.pop()
        return _Worker(self._settings(), self.env)

    def _settings(self) -> str:
        return json.dumps({"profile": str(self.profile), "prime": self.prime})

    def begin(self) -> None:
        """Start what the first notebook needs, and do not wait for it (with fork)."""
        if self.fork:
            self._started()

    def _started(self) -> _Template:
        with self._lock:
            if self._closed:
                raise _interrupted()
            if self._template is None or not self._template.alive:
                self._template = _Template(self._settings(), self.env)
            return self._template

    def _ready(self) -> _Template:
        template = self._started()
        template.wait()
        return template

    def host(self, prime: Mapping[str, Any]) -> Host:
        """Where several notebooks that share what ``prime`` names are run; to be closed.

        Without fork the processes keep nothing from one notebook to the next, and read what they need.
        """
        return Host(self, prime)

    def forker(self, prime: Mapping[str, Any]) -> Forker:
        """A process that has read ``prime`` ahead, and forks one child per notebook."""
        return self._ready().host(prime)

    def _done(self, worker: Any, whole: bool) -> None:
        with self._lock:
            self._running.pop(worker, None)
            kept = not self.fork and whole and worker.ran < RECYCLED and not self._closed
            if kept:
                self._idle.append(worker)
        if not kept:
            worker.kill()

    def stop(self, host: Host) -> None:
        """End what runs there."""
        with self._lock:
            for worker in [each for each, owner in self._running.items() if owner is host]:
                worker.kill()

    def close(self) -> None:
        """Stop everything that runs, at once; nothing more will run."""
        with self._lock:
            self._closed = True
            for worker in [*self._running, *self._idle]:
                worker.kill()
            self._idle.clear()
            if self._template is not None:
                self._template.kill()
                self._template = None


def _owned(pid: int | None = None) -> str:
    """How the folders of a process of this machine begin."""
    return f"ctg-{platform.node()}-{pid or os.getpid()}-"


def own_folder(scratch: Path | None) -> tempfile.TemporaryDirectory[str]:
    """A folder that lasts as long as its block; after a ``kill -9``, :func:`sweep` removes it."""
    return tempfile.TemporaryDirectory(prefix=_owned(), dir=scratch, ignore_cleanup_errors=True)


def sweep(scratch: Path) -> None:
    """Remove the folders of processes of this machine that are gone without having done it (``kill -9``)."""
    import psutil

    for folder in scratch.glob(f"ctg-{platform.node()}-*"):
        pid = folder.name.removeprefix(f"ctg-{platform.node()}-").partition("-")[0]
        if pid.isdigit() and folder.name.startswith(_owned(int(pid))) and not psutil.pid_exists(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


def _interrupted() -> Stopped:
    """After an interruption nothing starts again."""
    return Stopped("Interrupted", "exécution interrompue", None, "")


def _follow(worker: Any, job: Mapping[str, Any], limits: Limits, on_cell: Callable[[int], None]) -> Ran:
    """Hand the job over, then listen until its end or the end of what it may take."""
    from nbformat import from_dict

    def stopped(name: str, message: str) -> Stopped:
        worker.kill()
        said = "".join(p.read_text("utf-8", "replace") for p in sorted(Path(job["scratch"]).iterdir()))
        return Stopped(name, message, cell, said)

    deadline = time.monotonic() + limits.seconds
    heard: queue.SimpleQueue[Any] = queue.SimpleQueue()
    with contextlib.suppress(OSError):
        frames.send(worker.stream_in, job)
    threading.Thread(target=_listen, args=(worker.stream_out, heard), daemon=True).start()
    cell: int | None = None
    while True:
        try:
            message = heard.get(timeout=_LOOK)
        except queue.Empty:
            if worker.pid is not None and not _lives(worker.pid):  # what it started may hold its socket open
                with contextlib.suppress(queue.Empty):
                    message = heard.get(timeout=_LAST)
                    heard.put(message)
                    continue
                raise stopped("DeadKernelError", "le processus du chapitre s’est arrêté") from None
            if time.monotonic() > deadline:
                ask_where(worker.pid)
                raise stopped("TimeoutError", f"plus de {limits.seconds:g} s") from None
            if limits.memory is not None and (used := _memory(worker.pid)) > limits.memory:
                raise stopped(
                    "MemoryError", f"{used:.0f} Mio de mémoire pris, {limits.memory:g} permis"
                ) from None
            continue
        if message is None:
            if worker.pid is None:  # it never began
                raise Gone("DeadKernelError", "le processus des chapitres s’est arrêté", None, "")
            raise stopped("DeadKernelError", "le processus du chapitre s’est arrêté")
        if "pid" in message:
            worker.pid = message["pid"]
        elif "cell" in message:
            cell = message["cell"]
            on_cell(message["cell"])
        elif "done" in message:
            worker.ran += 1
            return Ran(from_dict(json.loads(message["done"])), message["error"])


def _listen(stream: IO[bytes], heard: queue.SimpleQueue[Any]) -> None:
    message: Any = {}
    while message is not None and "done" not in message:
        try:
            message = frames.receive(stream)
        except (OSError, ValueError):
            message = None
        heard.put(message)


def ask_where(pid: int | None) -> None:
    """Have a process that is about to be killed write in its log which lines it runs."""
    if pid is not None and hasattr(signal, "SIGUSR1"):
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGUSR1)
            time.sleep(_LOOK)


def _lives(pid: int) -> bool:
    """Whether a process of ours still runs."""
    import psutil

    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _memory(pid: int | None) -> float:
    """MiB that a process holds; 0 where it is gone."""
    import psutil

    if pid is None:
        return 0.0
    try:
        return float(psutil.Process(pid).memory_info().rss) / _MIB
    except psutil.Error:
        return 0.0


# --- processes -------------------------------------------------------------------------------------------


class _Started:
    """A process of ours and the file of what it says outside the cells."""

    def __init__(self, arguments: list[str], env: Mapping[str, str], **settings: Any) -> None:
        self._said = tempfile.TemporaryFile()  # noqa: SIM115
        own = {
            **env,
            **dict.fromkeys(ONE_THREAD, "1"),
            "PYTHONHASHSEED": "0",
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
            "JE_ARROW_MALLOC_CONF": "background_thread:false",  # Arrow's allocator: no thread before a fork
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ctg_lib.build.warm.server", *arguments],
            env=own, stderr=self._said, start_new_session=True, **settings,
        )  # fmt: skip

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def said(self) -> str:
        """What it said so far."""
        with contextlib.suppress(OSError, ValueError):
            place = self._said.fileno()
            if hasattr(os, "pread"):  # the process writes where this handle stands: leave it there
                return os.pread(place, os.fstat(place).st_size, 0).decode("utf-8", errors="replace")
            self._said.seek(0)
            return self._said.read().decode("utf-8", errors="replace")
        return ""

    def kill(self) -> None:
        """End it with what it started, and wait for its end."""
        end(self.process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process that leads its own group, with what it started, and wait for its end."""
    if process.poll() is None:
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            else:
                kill_tree(process.pid)
    process.wait()


def kill_tree(pid: int) -> None:
    """End a process and those it started, in whatever group they are; wait for none of them."""
    import psutil

    with contextlib.suppress(psutil.Error):
        top = psutil.Process(pid)
        for each in [*top.children(recursive=True), top]:
            with contextlib.suppress(psutil.Error):
                each.kill()


class Forker:
    """A process that forks for whoever asks, over its control socket."""

    def __init__(self, control: socket.socket, log: Callable[[], str]) -> None:
        self._control, self.log = control, log
        self._lock = threading.Lock()
        self._greeting = b""

    def wait(self) -> None:
        """Until it is ready.

        Raises:
            Stopped: it died, or was not ready in time.
        """
        with self._lock:
            if not self._greeting:
                with contextlib.suppress(OSError):
                    self._control.settimeout(START)
                    self._greeting = self._control.recv(1)
            ready = self._greeting == server.READY
        if not ready:
            raise Stopped("DeadKernelError", "le processus des chapitres n’a pas démarré", None, self.log())

    def _fork(self, what: bytes) -> socket.socket:
        ours, theirs = socket.socketpair()
        try:
            with theirs, self._lock:
                socket.send_fds(self._control, [what], [theirs.fileno()])
        except OSError as error:
            ours.close()
            said = "le processus des chapitres s’est arrêté"
            raise Gone("DeadKernelError", said, None, self.log()) from error
        return ours

    def child(self) -> _Child:
        """One more process, for one notebook."""
        return _Child(self._fork(server.JOB))

    def host(self, prime: Mapping[str, Any]) -> Forker:
        """One more process that forks, once it has read ``prime``."""
        control = self._fork(server.HOST)
        made = Forker(control, self.log)
        try:
            with control.makefile("wb") as stream:
                frames.send(stream, prime)
            made.wait()
        except OSError as error:
            made.close()
            raise Gone("DeadKernelError", str(error), None, self.log()) from error
        except BaseException:
            made.close()
            raise
        return made

    def close(self) -> None:
        """Have it leave; its children die with it."""
        self._control.close()


class _Template(_Started, Forker):
    """The first of them: it has imported and drawn."""

    def __init__(self, settings: str, env: Mapping[str, str]) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            _Started.__init__(
                self, ["fork", str(theirs.fileno()), settings], env,
                pass_fds=(theirs.fileno(),), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            )  # fmt: skip
        Forker.__init__(self, ours, self.said)

    def wait(self) -> None:
        try:
            super().wait()
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        super().kill()
        self.close()


@dataclass(eq=False)
class Host(_Closing):
    """Where the notebooks of one study run: what they share is read once, before them.

    Attributes:
        prime: what is read (see :mod:`ctg_lib.build.warm.prime`).
    """

    pool: Pool
    prime: Mapping[str, Any]
    closed: bool = False
    _forker: Forker | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, notebook: Any, **how: Any) -> Ran:
        """As :meth:`Pool.run`; where the process that forks has died, another takes its place."""
        return self.pool.run(notebook, host=self, **how)

    def forker(self, instead_of: Forker | None = None) -> Forker:
        """The process that forks; another one where it is the one that died.

        Raises:
            Stopped: none could be started, or this host is closed.
        """
        with self._lock:
            if self.closed:
                raise _interrupted()
            if self._forker is not None and self._forker is instead_of:
                self._forker.close()
                self._forker = None
            if self._forker is None:
                self._forker = self.pool.forker(self.prime)
            return self._forker

    def close(self) -> None:
        """End it, and what it runs; nothing more will run there."""
        self.closed = True
        with self._lock:  # what is being started is ended too
            if self._forker is not None:
                self._forker.close()
                self._forker = None
        self.pool.stop(self)


class _Child:
    """One notebook's process, forked by the template."""

    def __init__(self, job: socket.socket) -> None:
        self._socket, self.ran = job, 0
        self.stream_in = self.stream_out = job.makefile("rwb")
        self.pid: int | None = None

    def kill(self) -> None:
        """End it, where it has not ended by itself."""
        with contextlib.suppress(OSError):
            if self.pid is not None and self.ran == 0:
                os.killpg(self.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


class _Worker(_Started):
    """A process that runs notebooks one after the other."""

    def __init__(self, settings: str, env: Mapping[str, str]) -> None:
        super().__init__(["alone", settings], env, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdin is not None and self.process.stdout is not None
        self.stream_in, self.stream_out = self.process.stdin, self.process.stdout
        self.pid: int | None = self.process.pid
        self.ran = 0
        try:
            self._wait()
        except BaseException:
            self.kill()
            raise

    def _wait(self) -> None:
        heard: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=lambda: heard.put(frames.receive(self.stream_out)), daemon=True).start()
        message = None
        with contextlib.suppress(queue.Empty):
            message = heard.get(timeout=START)
        if message is None:
            raise Stopped("DeadKernelError", "le processus des chapitres n’a pas démarré", None, self.said())
        self.pid = message["ready"]  # Windows: the program of a virtual environment starts another one
