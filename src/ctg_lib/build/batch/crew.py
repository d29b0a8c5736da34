"""Processes of this machine that make reports, each one after the other; one that dies is replaced."""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ctg_lib.build.batch.telling import rough
from ctg_lib.build.batch.turn import Turn, Wish
from ctg_lib.build.warm import frames
from ctg_lib.build.warm.pool import ask_where, end, kill_tree
from ctg_lib.project import Project

RECYCLED = 500
"""Reports that one process makes before another takes its place, whatever it may have kept."""
TRIES = 2
"""How many times a territory is begun, where the process that made its report died."""
SILENCE = 1200.0
"""Seconds, beside those allowed to a chapter, after which a process that tells nothing is ended: a report
that hangs does not hold a night's work. No step is longer: Quarto is allowed 900 for one format."""
_LOOK = 0.5
_ASLEEP = 5.0
"""Seconds that count, at most, between two looks: a machine that slept meanwhile was not silent."""
_OWN_GROUP = int(getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0))
"""On Windows: Ctrl-C is for the command, which ends the workers."""


class Dead(RuntimeError):
    """A process that ended in the middle of a turn; the message says how, in French."""


class Ended(RuntimeError):
    """Another thread had the reports stopped (:meth:`Crew.stop`)."""


class _Worker:
    """One process (:mod:`ctg_lib.build.batch.worker`) and the conversation with it."""

    def __init__(self, project: Project, wish: Wish, log: Path) -> None:
        self.made = 0
        self._silent = 0.0
        self._ended_for = ""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ctg_lib.build.batch.worker"], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=said, start_new_session=True, creationflags=_OWN_GROUP,
            )  # fmt: skip
        self.pid = self._process.pid
        hello = {"parent": os.getpid(), "root": str(project.root), "wish": wish.said()}
        with contextlib.suppress(OSError):
            self._send(hello)

    def ready(self) -> None:
        """Wait until it has done its imports.

        Raises:
            Dead: it ended before.
        """
        self._heard()

    def make(self, study: str) -> Turn:
        """Have it make a report.

        Raises:
            Dead: it ended before it was done.
        """
        with contextlib.suppress(OSError):
            self._send({"study": study})
        while "study" not in (answer := self._heard()):
            pass  # a sign of life
        turn = Turn.heard(answer)
        self.made += 1
        return turn

    def _send(self, message: Any) -> None:
        assert self._process.stdin is not None
        frames.send(self._process.stdin, message)

    def _heard(self) -> Any:
        assert self._process.stdout is not None
        answer = frames.receive(self._process.stdout)
        self._silent = 0.0
        if answer is None:
            code = self._process.wait()
            raise Dead(self._ended_for or (f"signal {-code}" if code < 0 else f"code {code}"))
        return answer

    def silent(self, seconds: float, limit: float) -> None:
        """So many seconds have passed; it is ended where it told nothing for longer than the limit.

        Its end is not waited for: whoever hears it will know.
        """
        self._silent += seconds
        if self._silent > limit and not self._ended_for:
            self._ended_for = f"sans nouvelles depuis {rough(limit)}"
            ask_where(self.pid)
            kill_tree(self.pid)

    def kill(self) -> None:
        """End it with all that it started."""
        end(self._process)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


@dataclass
class Crew:
    """Workers of this machine.

    Attributes:
        project, wish: as for :class:`ctg_lib.build.batch.turn.Workshop`.
        workers: how many reports are made at the same time.
        log: folder of what the workers' libraries say.
    """

    project: Project
    wish: Wish
    workers: int
    log: Path
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _running: list[_Worker] = field(default_factory=list, init=False)
    _closed: bool = field(default=False, init=False)
    _looked: float = field(default_factory=time.monotonic, init=False)

    def each(self, studies: Iterable[str]) -> Generator[Turn]:
        """Make all these reports; give each turn when it ends, whatever the order.

        Closing the generator ends the processes at once.
        """
        waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
        count = 0
        for study in studies:
            waiting.put(study)
            count += 1
        ended: queue.SimpleQueue[Turn] = queue.SimpleQueue()
        for slot in range(min(self.workers, count)):
            self._log(slot).unlink(missing_ok=True)  # of the last command
        threads = [
            threading.Thread(target=self._slot, args=(slot, waiting, ended), daemon=True)
            for slot in range(min(self.workers, count))
        ]
        for thread in threads:
            thread.start()
        try:
            for _ in range(count):
                yield self._next(ended)
        finally:
            self._close()
            for thread in threads:
                thread.join()

    def stop(self) -> None:
        """Have another thread's :meth:`each` end at once, with its processes: it raises :class:`Ended`."""
        self._close()

    @property
    def pids(self) -> list[int]:
        """The workers' processes."""
        with self._lock:
            return [worker.pid for worker in self._running]

    def _slot(self, slot: int, waiting: queue.SimpleQueue[str], ended: queue.SimpleQueue[Turn]) -> None:
        worker: _Worker | None = None
        while not self._closed:
            try:
                study = waiting.get_nowait()
            except queue.Empty:
                break
            for attempt in range(TRIES):
                try:
                    worker = worker or self._started(slot)
                    turn = worker.make(study)
                    break
                except Exception as error:  # it died, or this machine has no place, memory or handle left
                    self._end(worker)
                    worker = None
                    if self._closed:
                        return
                    if attempt + 1 == TRIES:
                        turn = Turn(study, False, error=self._died(slot, error))
            ended.put(turn)
            if worker is not None and worker.made >= RECYCLED:
                self._end(worker)
                worker = None
        self._end(worker)

    def _died(self, slot: int, error: Exception) -> str:
        log = self._log(slot).relative_to(self.project.root).as_posix()
        how = str(error) if isinstance(error, Dead) else f"{type(error).__name__} : {error}"
        return f"le processus qui faisait ce rapport s’est arrêté {TRIES} fois ({how}) ; voir {log}"

    def _log(self, slot: int) -> Path:
        return self.log / f"processus-{slot + 1}.txt"

    def _started(self, slot: int) -> _Worker:
        worker = _Worker(self.project, self.wish, self._log(slot))
        with self._lock:
            closed = self._closed
            if not closed:
                self._running.append(worker)
        if closed:
            worker.kill()
            raise Dead("interrompu")
        try:
            worker.ready()
        except Dead:
            self._end(worker)
            raise
        return worker

    def _end(self, worker: _Worker | None) -> None:
        if worker is None:
            return
        with self._lock:
            if worker in self._running:
                self._running.remove(worker)
        worker.kill()

    def _close(self) -> None:
        with self._lock:
            self._closed = True
            running = list(self._running)
        for worker in running:
            worker.kill()

    def _next(self, ended: queue.SimpleQueue[Turn]) -> Turn:
        """The next turn that ends; Windows lets Ctrl-C through between two looks only."""
        while True:
            self._look()
            with contextlib.suppress(queue.Empty):
                return ended.get(timeout=_LOOK)
            if self._closed:
                raise Ended

    def _look(self) -> None:
        """End the processes that hang; those who wait for them find them dead."""
        now = time.monotonic()
        passed, self._looked = min(now - self._looked, _ASLEEP), now
        with self._lock:
            running = list(self._running)
        for worker in running:
            worker.silent(passed, self.wish.timeout + SILENCE)
