"""papermill's way to the warm processes: ``papermill --engine ctg-warm``, and ``ctg report``'s own.

Imported late: papermill is heavy.
"""

from __future__ import annotations

import atexit
import os
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import papermill
from papermill.engines import Engine, papermill_engines

from ctg_lib.build.failure import Failure, source_index
from ctg_lib.build.warm.pool import Host, Limits, Pool, Stopped

ENGINE = "ctg-warm"
_CELL = "cell"


class WarmEngine(Engine):
    """papermill engine ``ctg-warm``.

    Options, as keywords of :func:`papermill.execute_notebook` or ``--engine-arguments`` hand them over:
    ``pool`` (one of this process by default), ``env``, ``folder`` (the current one by default),
    ``execution_timeout`` (seconds, for the notebook) and ``memory`` (MiB).
    """

    @classmethod
    def execute_managed_notebook(  # noqa: D102 -- papermill's own interface
        cls, nb_man: Any, kernel_name: str, **options: Any
    ) -> Any:
        pool: Pool | Host = options.get("pool") or _own_pool()
        limits = Limits(
            float(options.get("execution_timeout") or Limits.seconds), options.get("memory", Limits.memory)
        )
        told: Callable[[int], None] = options.get("on_cell") or (lambda index: None)
        position = -1

        def started(index: int) -> None:
            nonlocal position
            if position >= 0:
                nb_man.cell_complete(nb_man.nb.cells[position], cell_index=position)
            position = index
            nb_man.cell_start(nb_man.nb.cells[index], cell_index=index)
            told(index)

        ran = pool.run(
            nb_man.nb, folder=Path(options.get("folder") or Path.cwd()), env=options.get("env") or os.environ,
            limits=limits, on_cell=started,
        )  # fmt: skip
        _take_over(nb_man, ran.notebook)
        if position >= 0:
            cell = nb_man.nb.cells[position]
            if ran.error is not None:
                nb_man.cell_exception(cell, cell_index=position, exception=CellError(ran.error))
            nb_man.cell_complete(cell, cell_index=position)
        return nb_man.nb

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> str:  # noqa: D102
        return "python"


papermill_engines.register(ENGINE, WarmEngine)


class CellError(Exception):
    """What stopped a cell in another process."""

    def __init__(self, said: Mapping[str, str]) -> None:
        super().__init__(f"{said['name']}: {said['value']}")


def _take_over(nb_man: Any, ran: Any) -> None:
    """Outputs, counts and the language as they came back; papermill's own metadata of cells stay."""
    for cell, other in zip(nb_man.nb.cells, ran.cells, strict=True):
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = other.outputs, other.execution_count
    nb_man.nb.metadata["language_info"] = ran.metadata["language_info"]


_POOLS: dict[str, Pool] = {}
_LOCK = threading.Lock()


def _own_pool() -> Pool:
    """The pool of notebooks that papermill runs by itself; ends with this process."""
    with _LOCK:
        if "own" not in _POOLS:
            folder = tempfile.TemporaryDirectory(prefix="ctg-ipython-")
            _POOLS["own"] = Pool(Path(folder.name))
            atexit.register(folder.cleanup)
            atexit.register(_POOLS["own"].close)
        return _POOLS["own"]


def execute(
    notebook: Any,
    parameters: Mapping[str, str],
    *,
    pool: Pool | Host,
    kernel: str,
    folder: Path,
    env: Mapping[str, str],
    limits: Limits,
    on_cell: Callable[[int], None],
) -> Any:
    """Run ``notebook`` in a warm process and give the executed copy, as the cold engine does.

    Args:
        notebook: nbformat node; left untouched.
        parameters: written by papermill after the ``parameters`` cell.
        pool: processes to run it in.
        kernel: name that the executed notebook keeps.
        folder: where it runs.
        env: its whole environment, but for what a process fixes at its start (hash seed, threads).
        limits: of time and of memory.
        on_cell: called with the position of each cell that starts, in the executed notebook.

    Raises:
        Failure: an error in a cell, a limit reached, or a process that died.
    """
    try:
        return papermill.execute_notebook(
            notebook, None, parameters=dict(parameters), engine_name=ENGINE, kernel_name=kernel,
            progress_bar=False, request_save_on_cell_execute=False, autosave_cell_every=0,
            pool=pool, folder=folder, env=env,
            execution_timeout=limits.seconds, memory=limits.memory, on_cell=on_cell,
        )  # fmt: skip
    except papermill.PapermillExecutionError as error:
        where = source_index(notebook, error.cell_index)
        raise Failure(where, error.ename, error.evalue, "\n".join(error.traceback), False) from None
    except Stopped as error:
        where = source_index(notebook, error.cell)
        raise Failure(where, error.name, str(error), f"{error}\n{error.log}", True) from error


__all__ = ["ENGINE", "CellError", "WarmEngine", "execute"]
