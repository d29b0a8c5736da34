"""papermill's way to the warm processes: ``papermill --engine ctg-warm``.

Papermill imports this module by its entry point, at the end of its own import: import papermill first.
"""

from __future__ import annotations

import atexit
import os
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from papermill.engines import Engine, papermill_engines

from ctg_lib.build.warm.pool import Host, Limits, Pool

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


__all__ = ["ENGINE", "CellError", "WarmEngine"]
