"""One territory's turn: its report made, or left as it is, whatever goes wrong told and not raised."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import shutil
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from ctg_lib.build.swap import Busy
from ctg_lib.build.warm.pool import MEMORY, Limits
from ctg_lib.display.typography import number
from ctg_lib.errors import CtgError
from ctg_lib.project import Project

if TYPE_CHECKING:
    from ctg_lib.build.warm.pool import Pool
    from ctg_lib.shelf import Laid

BUSY = 30.0
"""Seconds during which a study that another command builds, or room on the disk, is waited for."""
ROOM = 500.0
"""Megabytes that must be free where the outputs lie before a report is begun; it takes about twenty."""
_LOOK = 0.2
"""Seconds between two looks at what is waited for."""


@dataclass(frozen=True)
class Wish:
    """What is asked for, the same for all territories.

    Attributes:
        chapters: numbers or slugs of the chapters wanted, beside those that a report has already; all by
            default.
        formats, assembler: as :func:`ctg_lib.build.report.plan_report` takes them.
        engine, timeout, memory: as :func:`ctg_lib.build.run.run_chapters` takes them.
        force: make all again even if nothing has changed.
    """

    chapters: tuple[str, ...] = ()
    formats: tuple[str, ...] = ("html",)
    assembler: str = "nbconvert"
    engine: str = "warm"
    timeout: float = Limits.seconds
    memory: float = MEMORY
    force: bool = False

    def said(self) -> dict[str, Any]:
        """For another process (:meth:`heard`)."""
        return asdict(self)

    @classmethod
    def heard(cls, said: Mapping[str, Any]) -> Wish:
        """What another process said."""
        return cls(**{**said, "chapters": tuple(said["chapters"]), "formats": tuple(said["formats"])})


@dataclass(frozen=True)
class Turn:
    """How one territory's turn ended.

    Attributes:
        study: its id.
        ok: whether its report is in place and up to date.
        run: chapters that were run; empty where the report was left, or only its pages were made again.
        left: whether nothing had changed.
        seconds: of the whole turn.
        error: what went wrong, in French.
    """

    study: str
    ok: bool
    run: tuple[str, ...] = ()
    left: bool = False
    seconds: float = 0.0
    error: str = ""

    def said(self) -> dict[str, Any]:
        """For another process (:meth:`heard`)."""
        return asdict(self)

    @classmethod
    def heard(cls, said: Mapping[str, Any]) -> Turn:
        """What another process said."""
        return cls(**{**said, "run": tuple(said["run"])})


def give_back() -> None:
    """Give back the memory of a report that is made: else a process keeps the most that one ever took."""
    import pyarrow as pa

    gc.collect()
    pa.default_memory_pool().release_unused()
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError, AttributeError):  # another C library than GNU's
            ctypes.CDLL(None).malloc_trim(0)


def check_room(project: Project, patience: float = BUSY) -> None:
    """Begin nothing on a disk that is almost full: each report would fail half made, a whole night long.

    Args:
        project: whose outputs need room; a disk that tells of no size is not held full.
        patience: seconds during which room is waited for.

    Raises:
        CtgError: how much is expected.
    """
    project.outputs.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    while (disk := shutil.disk_usage(project.outputs)).total and disk.free < ROOM * 1e6:
        if time.monotonic() - began > patience:
            raise CtgError(
                f"{project.outputs.name} : moins de {number(ROOM, 0)} Mo libres sur ce disque ; "
                "ce rapport n’est pas commencé"
            )
        time.sleep(_LOOK)


@dataclass
class Workshop:
    """A process that makes one report after the other: what they share is read, and started, once.

    Attributes:
        project: where all lies.
        wish: what is asked for.

    National data are those in place: whoever asks has seen to them.
    """

    project: Project
    wish: Wish
    _pool: Pool | None = field(default=None, init=False)
    _common: Laid = field(default_factory=dict, init=False)
    _patience: float = field(default=BUSY, init=False)

    def make(self, study: str, alive: Callable[[], None] = lambda: None) -> Turn:
        """Make a report. Never raises but for an interruption: one bad territory stops no other.

        Args:
            study: its id.
            alive: called at each step: this process has not come to a halt.
        """
        started = time.monotonic()
        try:
            # a full disk is waited for once, not by each report
            patience, self._patience = self._patience, 0.0
            check_room(self.project, patience)
            self._patience = BUSY
            return self._made(study, started, alive)
        except CtgError as error:
            return Turn(study, False, seconds=time.monotonic() - started, error=str(error))
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{last.filename.rpartition('ctg_lib')[2].lstrip('/')}, ligne {last.lineno}"
            said = f"erreur inattendue, {type(error).__name__} : {error} ({where})"
            traceback.print_exc()
            return Turn(study, False, seconds=time.monotonic() - started, error=said)
        finally:
            give_back()

    def _made(self, study: str, started: float, alive: Callable[[], None]) -> Turn:
        from ctg_lib.build.report import build_report, plan_report
        from ctg_lib.build.run import warm_pool

        wish = self.wish
        plan = plan_report(
            self.project, study, only=wish.chapters, formats=wish.formats, assembler=wish.assembler
        )
        if self._pool is None and wish.engine == "warm":
            self._pool = warm_pool(self.project)
        while True:
            alive()
            try:
                result = build_report(
                    self.project, plan, engine=wish.engine, timeout=wish.timeout, memory=wish.memory,
                    force=wish.force, pool=self._pool, check_data=False, beside=False, common=self._common,
                    say=lambda _: alive(), on_event=lambda _: alive(),
                )  # fmt: skip
            except Busy:  # another command builds it, or did and is not quite gone
                if time.monotonic() - started > BUSY:
                    raise
                time.sleep(_LOOK)
                continue
            run = tuple(chapter.slug for chapter in result.chapters)
            return Turn(study, True, run, result.left, time.monotonic() - started)

    def close(self) -> None:
        """End the processes of the warm engine."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None
