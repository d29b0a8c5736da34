"""How ``ctg report`` has a chapter run by the warm engine, through papermill.

Imported late: papermill is heavy. It is imported before :mod:`ctg_lib.build.warm.engine`, which it imports
itself by its entry point: a module that is being imported cannot be imported again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import papermill

from ctg_lib.build.failure import Failure, source_index
from ctg_lib.build.warm.engine import ENGINE
from ctg_lib.build.warm.pool import Host, Limits, Pool, Stopped


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
