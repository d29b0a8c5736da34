"""The reference way to run a chapter: papermill with a fresh kernel.

Imported late: papermill and the Jupyter client are heavy.

Three of papermill's habits are avoided: it writes the notebook twice per cell (here: never, the caller
writes), it leaves a failed notebook in the output folder (here: no output path), and its ``cwd``
changes the folder of the whole process (here: the kernel alone is started there, so that chapters can
run in threads).
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import papermill
from jupyter_client.kernelspec import KernelSpecManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from ctg_lib.build.failure import Failure, source_index

ENGINE = "ctg-cold"


class _ColdEngine(NBClientEngine):
    """papermill's own engine, with the kernel's folder, environment and time limit under our control."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **kwargs: Any) -> Any:
        run: _Run = kwargs["run"]
        client = PapermillNotebookClient(
            nb_man,
            kernel_name=kernel_name,
            startup_timeout=kwargs.get("start_timeout", 60),
            timeout_func=run.seconds_left,
            on_cell_start=run.cell_start,
            shutdown_kernel="immediate",
            store_widget_state=False,
            record_timing=False,
            config=run.transport(),
        )
        with run.kernel_log.open("ab") as log:
            return client.execute(env=dict(run.env), cwd=str(run.folder), stdout=log, stderr=log)

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> str:
        return "python"


papermill_engines.register(ENGINE, _ColdEngine)


@dataclass(eq=False)
class _Run:
    """State of one run that the engine and the caller share."""

    folder: Path
    env: Mapping[str, str]
    timeout: float
    on_cell: Callable[[int], None]
    scratch: str
    started: float
    position: int | None = None

    def seconds_left(self, cell: Any) -> int:
        return max(1, int(self.started + self.timeout - time.monotonic()))

    def cell_start(self, cell: Any, cell_index: int) -> None:
        self.position = cell_index
        self.on_cell(cell_index)

    @property
    def kernel_log(self) -> Path:
        """What the kernel process itself says: kept off the terminal, quoted when it dies."""
        return Path(self.scratch) / "kernel.log"

    def kernel_words(self) -> str:
        """The content of :attr:`kernel_log`."""
        log = self.kernel_log
        return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""

    def transport(self) -> Config:
        """Unix sockets in a folder of this run: no port that another kernel may take first."""
        config = Config()
        config.KernelManager.connection_file = str(Path(self.scratch) / "k.json")
        if sys.platform != "win32" and len(self.scratch) < 80:  # a socket's path has 107 characters at most
            config.KernelManager.transport = "ipc"
        return config


def has_kernel(name: str) -> bool:
    """Whether the kernel ``name`` is installed."""
    return name in KernelSpecManager().find_kernel_specs()


def execute(
    notebook: Any,
    parameters: Mapping[str, str],
    *,
    kernel: str,
    folder: Path,
    env: Mapping[str, str],
    timeout: float,
    on_cell: Callable[[int], None],
) -> Any:
    """Run ``notebook`` in a fresh kernel and give the executed copy.

    Args:
        notebook: nbformat node; left untouched.
        parameters: written by papermill after the ``parameters`` cell.
        kernel: installed kernel name.
        folder: where the kernel runs.
        env: its whole environment.
        timeout: seconds for the chapter.
        on_cell: called with the position of each cell that starts, in the executed notebook.

    Raises:
        Failure: an error in a cell, the time limit, or a kernel that did not start or died.
    """
    with tempfile.TemporaryDirectory(prefix="ctg-") as scratch:
        run = _Run(folder, env, timeout, on_cell, scratch, time.monotonic())
        try:
            return papermill.execute_notebook(
                notebook,
                None,
                parameters=dict(parameters),
                engine_name=ENGINE,
                kernel_name=kernel,
                request_save_on_cell_execute=False,
                autosave_cell_every=0,
                progress_bar=False,
                run=run,
            )
        except PapermillExecutionError as error:
            trace = "\n".join(error.traceback)
            raise Failure(
                source_index(notebook, error.cell_index), error.ename, error.evalue, trace, False
            ) from None
        except CellTimeoutError as error:
            where = source_index(notebook, run.position)
            raise Failure(where, "TimeoutError", f"plus de {timeout:g} s", str(error), True) from None
        except (DeadKernelError, RuntimeError, OSError) as error:
            where = source_index(notebook, run.position)
            text = str(error) or "le noyau s’est arrêté"
            raise Failure(
                where, type(error).__name__, text, f"{error!r}\n{run.kernel_words()}", True
            ) from error


__all__ = ["ENGINE", "Failure", "execute", "has_kernel"]
