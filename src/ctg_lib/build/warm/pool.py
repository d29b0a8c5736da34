"""Have notebooks run in processes that have done their imports, within limits of time and memory."""

from __future__ import annotations

import contextlib
import json
import os
import queue
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
from typing import IO, Any

from ctg_lib.build.warm import frames, server

START = 120.0
"""Seconds allowed to a process for its imports."""
RECYCLED = 12
"""Without fork: notebooks that one process runs before another takes its place."""
_LOOK = 0.1
_MIB = 1 << 20


def can_fork() -> bool:
    """Whether a process that has imported all may be forked: on Linux (macOS's libraries forbid it)."""
    return sys.platform.startswith("linux") and hasattr(os, "fork") and hasattr(socket, "recv_fds")


@dataclass(frozen=True)
class Limits:
    """What one notebook may take: ``seconds``, and ``memory`` in MiB (None: no limit)."""

    seconds: float = 600
    memory: float | None = 4096


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
    """The process that forks had died before it was asked."""


@dataclass(eq=False)
class Pool:
    """Processes ready to run notebooks, started when first asked; used from several threads at once.

    Attributes:
        profile: folder of IPython's settings.
        env: environment in which they start; hash seed and threads of linear algebra are fixed there.
        prime: what the processes read at their start (see :mod:`ctg_lib.build.warm.prime`).
        fork: one child per notebook; without, processes that run notebooks one after the other.
    """

    profile: Path
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    prime: Mapping[str, Any] | None = None
    fork: bool = field(default_factory=can_fork)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _template: _Template | None = field(default=None, init=False)
    _idle: list[_Worker] = field(default_factory=list, init=False)
    _running: set[Any] = field(default_factory=set, init=False)
    _closed: bool = field(default=False, init=False)

    def run(
        self, notebook: Any, *, folder: Path, env: Mapping[str, str], limits: Limits,
        on_cell: Callable[[int], None], host: Forker | None = None,
    ) -> Ran:  # fmt: skip
        """Run ``notebook`` (left untouched) in ``folder`` with the environment ``env``.

        Raises:
            Stopped: out of time, out of memory, or a process that died.
        """
        with tempfile.TemporaryDirectory(prefix="ctg-", ignore_cleanup_errors=True) as scratch:
            job = {
                "notebook": json.dumps(notebook, ensure_ascii=False), "folder": str(folder), "env": dict(env),
                "scratch": scratch,
            }  # fmt: skip
            return self._run(job, limits, on_cell, host)

    def _run(
        self, job: Mapping[str, Any], limits: Limits, on_cell: Callable[[int], None], host: Forker | None
    ) -> Ran:
        worker = self._worker() if host is None else host.child()
        with self._lock:
            self._running.add(worker)
        whole = False
        try:
            ran = _follow(worker, job, limits, on_cell)
            whole = True
            return ran
        finally:
            with self._lock:
                self._running.discard(worker)
            self._done(worker, whole)

    def _worker(self) -> Any:
        with self._lock:
            self._check_open()
            if not self.fork:
                return self._idle.pop() if self._idle else _Worker(self._settings(), self.env)
            return self._ready().child()

    def _settings(self) -> str:
        return json.dumps({"profile": str(self.profile), "prime": self.prime})

    def _ready(self) -> _Template:
        if self._template is None or not self._template.alive:
            self._template = _Template(self._settings(), self.env)
        return self._template

    def host(self, prime: Mapping[str, Any]) -> Host:
        """Where several notebooks that share what ``prime`` names are run; to be closed.

        Without fork it is this pool itself: its processes keep nothing from one notebook to the next.
        """
        return Host(self, prime)

    def forker(self, prime: Mapping[str, Any]) -> Forker:
        """A process that has read ``prime`` ahead, and forks one child per notebook."""
        with self._lock:
            self._check_open()
            template = self._ready()
        return template.host(prime)

    def _check_open(self) -> None:
        if self._closed:  # an interruption: nothing starts again
            raise Stopped("Interrupted", "exécution interrompue", None, "")

    def _done(self, worker: Any, whole: bool) -> None:
        if self.fork or not whole or worker.ran >= RECYCLED:
            worker.kill()
            return
        with self._lock:
            self._idle.append(worker)

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

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


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
            if time.monotonic() > deadline:
                _ask_where(worker.pid)
                raise stopped("TimeoutError", f"plus de {limits.seconds:g} s") from None
            if limits.memory is not None and (used := _memory(worker.pid)) > limits.memory:
                raise stopped(
                    "MemoryError", f"{used:.0f} Mio de mémoire pris, {limits.memory:g} permis"
                ) from None
            continue
        if message is None:
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


def _ask_where(pid: int | None) -> None:
    """Have a process that is about to be killed write in its log which lines it runs."""
    if pid is not None and hasattr(signal, "SIGUSR1"):
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGUSR1)
            time.sleep(_LOOK)


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
        """End it and wait for its end."""
        with contextlib.suppress(OSError):
            self.process.kill()
        self.process.wait()


class Forker:
    """A process that forks for whoever asks, over its control socket."""

    def __init__(self, control: socket.socket, log: Callable[[], str]) -> None:
        self._control, self.log = control, log
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Until it is ready.

        Raises:
            Stopped: it died, or was not ready in time.
        """
        self._control.settimeout(START)
        ready = b""
        with contextlib.suppress(OSError):
            ready = self._control.recv(1)
        if ready != server.READY:
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
        with control.makefile("wb") as stream:
            frames.send(stream, prime)
        made = Forker(control, self.log)
        try:
            made.wait()
        except Stopped:
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
        try:
            self.wait()
        except Stopped:
            self.kill()
            raise

    def kill(self) -> None:
        self.close()
        super().kill()


@dataclass(eq=False)
class Host:
    """Where the notebooks of one study run: what they share is read once, before them.

    Attributes:
        prime: what is read (see :mod:`ctg_lib.build.warm.prime`).
    """

    pool: Pool
    prime: Mapping[str, Any]
    _forker: Forker | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _closed: bool = False

    def run(self, notebook: Any, **how: Any) -> Ran:
        """As :meth:`Pool.run`; where the process that forks has died, another takes its place."""
        if not self.pool.fork:
            return self.pool.run(notebook, **how)
        forker = self._ready()
        try:
            return self.pool.run(notebook, host=forker, **how)
        except Gone:
            return self.pool.run(notebook, host=self._ready(instead_of=forker), **how)

    def _ready(self, instead_of: Forker | None = None) -> Forker:
        with self._lock:
            if self._closed:
                raise Stopped("Interrupted", "exécution interrompue", None, "")
            if self._forker is None or self._forker is instead_of:
                if self._forker is not None:
                    self._forker.close()
                self._forker = self.pool.forker(self.prime)
            return self._forker

    def close(self) -> None:
        """End it, and what it runs; nothing more will run there."""
        self._closed = True
        if self._forker is not None:
            self._forker.close()
            self._forker = None

    def __enter__(self) -> Host:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


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
        if frames.receive(self.stream_out) is None:
            raise Stopped("DeadKernelError", "le processus des chapitres n’a pas démarré", None, self.said())
