"""What a command shows while it works: bars on a terminal, plain lines elsewhere (logs, Windows pipes)."""

from __future__ import annotations

import sys
import threading
from types import TracebackType
from typing import IO, TYPE_CHECKING

from ctg_lib.display.typography import number

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID
    from rich.status import Status

    from ctg_lib.build.run import Event


def duration(seconds: float) -> str:
    """« 3,2 s », « 2 min 05 s »."""
    if seconds < 59.95:
        return number(seconds, 1, "s")
    minutes, rest = divmod(round(seconds), 60)
    return f"{number(minutes, 0, 'min')} {rest:02d}\u00a0s"


class Display:
    """Shows steps and chapters of a run on standard error; a context manager.

    Args:
        out: standard error by default.
        bars: bars that move (a terminal), or lines; found out by default.
    """

    def __init__(self, out: IO[str] | None = None, *, bars: bool | None = None) -> None:
        self.out = out if out is not None else sys.stderr
        self._bars = bool(self.out.isatty()) if bars is None else bars
        self._lock = threading.Lock()
        self._console: Console | None = None
        self._progress: Progress | None = None
        self._status: Status | None = None
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Display:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._stop()

    def say(self, line: str) -> None:
        """One step, as a line (above the bars)."""
        with self._lock:
            self._line(f"· {line}")

    def detail(self, line: str) -> None:
        """A step within a step: on a terminal, one line that the next one replaces; nothing elsewhere."""
        with self._lock:
            if not self._bars or self._progress is not None:
                return
            if self._status is None:
                self._status = self._on().status(line)
                self._status.start()
            self._status.update(line)

    def event(self, event: Event) -> None:
        """One event of :func:`ctg_lib.build.run.run_chapters`; may be called from any thread."""
        with self._lock:
            if self._bars and event.kind in ("start", "cell", "done", "failed"):
                self._move(event)
            elif event.kind in ("notice", "retry", "warning", "done", "failed"):
                self._line(_text(event))

    def _line(self, text: str) -> None:
        if self._console is not None:
            self._console.print(text, markup=False, highlight=False)
        else:
            print(text, file=self.out, flush=True)

    def _move(self, event: Event) -> None:
        progress = self._start()
        if event.slug not in self._tasks:
            self._tasks[event.slug] = progress.add_task(event.slug, total=max(event.cells, 1))
        task = self._tasks[event.slug]
        if event.kind == "done":
            total = progress.tasks[task].total or 1
            progress.update(task, completed=total, description=f"{event.slug} ✓")
            progress.stop_task(task)
        elif event.kind == "failed":
            progress.update(task, description=f"{event.slug} ✗ échec")
            progress.stop_task(task)
        else:
            progress.update(task, completed=event.cell, total=max(event.cells, 1))

    def _start(self) -> Progress:
        if self._progress is None:
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            self._stop()
            columns = (
                TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
                TextColumn("cellules"), TimeElapsedColumn(),
            )  # fmt: skip
            self._progress = Progress(*columns, console=self._on())
            self._progress.start()
        return self._progress

    def _on(self) -> Console:
        if self._console is None:
            from rich.console import Console

            self._console = Console(file=self.out, force_terminal=True)
        return self._console

    def _stop(self) -> None:
        for shown in (self._progress, self._status):
            if shown is not None:
                shown.stop()
        self._progress = self._status = None


def _text(event: Event) -> str:
    if event.kind == "done":
        return f"· {event.slug} : exécuté en {event.message.replace('.', ',')}"
    if event.kind == "failed":
        return f"· {event.slug} : échec"
    words = {"retry": "nouvel essai", "warning": "avertissement"}
    head = f"{event.slug} : " if event.slug else ""
    kind = f"{words[event.kind]} : " if event.kind in words else ""
    return f"· {head}{kind}{event.message}"
