"""papermill's way in: the engine ``ctg-warm``, declared by the package's metadata."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import papermill
import psutil
from both_engines import cells
from papermill.engines import PapermillEngines

from ctg_lib.build.warm.engine import WarmEngine
from ctg_lib.build.warm.pool import Pool


def test_papermill_knows_the_engine_by_the_packages_metadata() -> None:
    """Fails where the package was installed before the entry point was written: install it again."""
    engines = PapermillEngines()
    engines.register_entry_points()
    assert engines.get_engine("ctg-warm") is WarmEngine


def test_from_the_command_line(tmp_path: Path) -> None:
    source = cells("x = 1", "import os\nprint(x, os.path.basename(os.getcwd()))")
    source.cells[0].metadata["tags"] = ["parameters"]
    source.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(source, tmp_path / "in.ipynb")
    done = subprocess.run(
        [sys.executable, "-m", "papermill", "--engine", "ctg-warm", "-k", "python3", "-p", "x", "7", "--no-progress-bar",
         "in.ipynb", "out.ipynb"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    out = nbformat.read(tmp_path / "out.ipynb", 4)
    assert out.cells[2].outputs[0].text == f"7 {tmp_path.name}\n"
    assert out.metadata.papermill.exception is None and out.cells[2].metadata.papermill.duration > 0
    assert not [
        p for p in psutil.process_iter(["cmdline"]) if str(tmp_path) in " ".join(p.info["cmdline"] or [])
    ]


def test_from_python(forked: Pool, tmp_path: Path) -> None:
    """One call after the other finds the processes ready; each begins afresh."""
    for _ in range(2):
        out = papermill.execute_notebook(
            cells("'reste' in globals()", "reste = 1\nprint('é')"), None, engine_name="ctg-warm",
            kernel_name="python3", progress_bar=False, pool=forked, folder=tmp_path,
        )  # fmt: skip
        assert out.cells[0].outputs[0].data["text/plain"] == "False"
        assert out.cells[1].outputs[0].text == "é\n"
        assert [c.metadata.papermill.status for c in out.cells] == ["completed", "completed"]


def test_an_error_is_papermills(forked: Pool, tmp_path: Path) -> None:
    out = tmp_path / "out.ipynb"
    try:
        papermill.execute_notebook(
            cells("print('avant')", "1 / 0", "2"), out, engine_name="ctg-warm", kernel_name="python3",
            progress_bar=False, pool=forked,
        )  # fmt: skip
    except papermill.PapermillExecutionError as error:
        assert (error.ename, error.evalue, error.exec_count) == ("ZeroDivisionError", "division by zero", 2)
    written = nbformat.read(out, 4)
    assert "avant\n" in [o.get("text") for c in written.cells if c.cell_type == "code" for o in c.outputs]
    assert written.metadata.papermill.exception is True
