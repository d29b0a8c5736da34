"""One notebook by both ways: nbclient with a kernel of its own, and the warm processes."""

from __future__ import annotations

import copy
import os
import shutil
import tempfile
import textwrap
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from traitlets.config import Config

from ctg_lib.build.warm.comparable import comparable
from ctg_lib.build.warm.pool import Limits, Pool, Ran


def cells(*sources: str, tags: tuple[str, ...] = ()) -> Any:
    """A notebook of these code cells, all with ``tags``."""
    made = [nbformat.v4.new_code_cell(textwrap.dedent(source).strip("\n")) for source in sources]
    for cell in made:
        if tags:
            cell.metadata["tags"] = list(tags)
    return nbformat.v4.new_notebook(cells=made)


def warm(pool: Pool, notebook: Any, folder: Path, **more: Any) -> Ran:
    """``notebook`` in a warm process."""
    settings: dict[str, Any] = {"env": _env(), "limits": Limits(60), "on_cell": lambda index: None, **more}
    return pool.run(notebook, folder=folder, **settings)


def cold(notebook: Any, folder: Path) -> Ran:
    """``notebook`` by nbclient and a fresh kernel."""
    with tempfile.TemporaryDirectory() as scratch:  # a short path: that of a socket is limited
        return _cold(notebook, folder, scratch)


def _cold(notebook: Any, folder: Path, scratch: str) -> Ran:
    given = copy.deepcopy(notebook)
    config = Config()
    config.KernelManager.transport = "ipc"
    config.KernelManager.connection_file = str(Path(scratch) / "k.json")
    config.HistoryManager.hist_file = ":memory:"
    client = NotebookClient(
        given, kernel_name="python3", timeout=30, resources={"metadata": {"path": str(folder)}},
        store_widget_state=False, record_timing=False, shutdown_kernel="immediate", config=config,
    )  # fmt: skip
    try:
        client.execute(env=_env())
    except CellExecutionError as error:
        return Ran(given, {"name": error.ename, "value": error.evalue, "traceback": error.traceback})
    return Ran(given, None)


def _env() -> dict[str, str]:
    own = {k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"}  # ipykernel looks for it
    backend = "module://matplotlib_inline.backend_inline"
    return {**own, "MPLBACKEND": backend, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}


def both(pool: Pool, notebook: Any, folder: Path, files: Path | None = None) -> tuple[Any, Any]:
    """What is compared of the two runs: cells, outputs and what stopped them."""
    found = []
    places = [folder / "place", folder / "warm" / "place"]
    for place in places:  # alike, so that one run finds nothing of the other
        shutil.copytree(files, place) if files else place.mkdir(parents=True)
    for ran in (cold(notebook, places[0]), warm(pool, notebook, places[1])):
        cell = nbformat.v4.new_code_cell(outputs=[_as_output(ran.error)] if ran.error else [])
        ran.notebook.cells.append(cell)
        found.append(comparable(ran.notebook))
    return found[0], found[1]


def _as_output(error: Any) -> Any:
    return nbformat.v4.new_output(
        "error", ename=error["name"], evalue=error["value"], traceback=error["traceback"].split("\n")
    )


def text(ran: Ran, index: int = 0) -> str:
    """Everything that a cell of ``ran`` wrote to its streams."""
    return "".join(o.text for o in ran.notebook.cells[index].outputs if o.output_type == "stream")


def value(ran: Ran, index: int = 0) -> str:
    """The result of a cell, as text."""
    (result,) = [o for o in ran.notebook.cells[index].outputs if o.output_type == "execute_result"]
    return str(result.data["text/plain"])
