"""What ``ctg batch`` shows while it works: how far it is, and how long the rest will take."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import IO, TYPE_CHECKING

from ctg_lib.build.batch.turn import Turn
from ctg_lib.build.progress import duration
from ctg_lib.display.typography import counted

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


@dataclass
class Telling:
    """One bar on a terminal, one line per report elsewhere; a context manager.

    Attributes:
        out: standard error by default.
        bars: a bar that moves (a terminal), or lines; found out by default.
        clock: seconds from any start.
    """

    out: IO[str] = field(default_factory=lambda: sys.stderr)
    bars: bool | None = None
    clock: Callable[[], float] = time.monotonic
    _total: int = field(default=0, init=False)
    _done: int = field(default=0, init=False)
    _failed: int = field(default=0, init=False)
    _began: float = field(default=0.0, init=False)
    _progress: Progress | None = field(default=None, init=False)
    _task: TaskID | None = field(default=None, init=False)

    def __enter__(self) -> Telling:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    def say(self, line: str) -> None:
        """One step, as a line."""
        self._line(f"· {line}")

    def begin(self, total: int) -> None:
        """So many reports are to be made."""
        self._total, self._began = total, self.clock()
        if total and (self.out.isatty() if self.bars is None else self.bars):
            self._progress = self._bar()
            self._task = self._progress.add_task("rapports", total=total, rest="")
            self._progress.start()

    def ended(self, turn: Turn, name: str) -> None:
        """One of them has ended."""
        self._done += 1
        self._failed += not turn.ok
        rest = self.remaining()
        if self._progress is not None and self._task is not None:
            failed = f", {counted(self._failed, 'échec')}" if self._failed else ""
            self._progress.update(self._task, advance=1, description=f"rapports{failed}", rest=rest)
            if turn.ok:
                return
        how = duration(turn.seconds) if turn.ok else "ÉCHEC"
        self._line(f"· {self._done}/{self._total} {name} : {how}{f' ; reste environ {rest}' if rest else ''}")
        for line in turn.error.splitlines():
            self._line(f"    {line}")

    def remaining(self) -> str:
        """How long the rest will take at the pace so far; empty at the end."""
        left = self._total - self._done
        if not left or not self._done:
            return ""
        return rough(left * (self.clock() - self._began) / self._done)

    def _bar(self) -> Progress:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            TextColumn("reste {task.fields[rest]}"),
        )  # fmt: skip
        return Progress(*columns, console=Console(file=self.out, force_terminal=True))

    def _line(self, text: str) -> None:
        if self._progress is not None:
            self._progress.console.print(text, markup=False, highlight=False)
        else:
            print(text, file=self.out, flush=True)


def rough(seconds: float) -> str:
    """« 40 s », « 12 min », « 3 h 05 »."""
    if seconds < 59.5:
        return f"{max(1, round(seconds))}\u00a0s"
    if seconds < 3570:
        return f"{round(seconds / 60)}\u00a0min"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours}\u00a0h\u00a0{minutes:02d}"
