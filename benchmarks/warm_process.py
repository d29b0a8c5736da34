"""The process in which the floor is measured: imports done, one drawing made, a fork for each run.

Started by ``chapters.py``, one request a line on standard input, one answer a line on standard output (JSON).
The way is the first argument:

- ``cells``: the cells alone, by IPython's shell: the floor. A request with ``detail`` is split between
  opening the study, drawing, saving figures, and the rest;
- ``ready``: the same, once this process has read the territories of France, as the template of the warm
  engine has;
- ``shared``: the same, once it has read what the chapters of a study share too, as the warm engine's host has
  (:mod:`ctg_lib.build.warm.prime`); the study is the second argument, the first answer says what that took;
- ``embedded``: papermill with the ``embedded`` engine of ploomber-engine; its start and fork do not count.

Each run has its own child: nothing that one chapter read helps another.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import json
import os
import pkgutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

IMPORTS = (
    "numpy", "pandas", "matplotlib.pyplot", "seaborn", "pyarrow.parquet", "yaml", "openpyxl", "scipy.stats",
    "geopandas", "matplotlib.patheffects",
)  # fmt: skip
ROOMS = ("agreement", "consultation", "display", "indicators", "partnership", "study")
"""What the warm engine's template has imported too, whole; what an earlier state lacks is left out."""
ENGINES = {
    "cells": ("IPython.core.interactiveshell",),
    "ready": ("IPython.core.interactiveshell",),
    "shared": ("IPython.core.interactiveshell",),
    "embedded": ("papermill", "ploomber_engine.engine"),
}


def main() -> None:
    """Serve requests until standard input ends."""
    way = sys.argv[1]
    asked, told = sys.stdin, os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)  # what cells print goes nowhere
    warm_up(way)
    read = _read_ahead(sys.argv[2] if way == "shared" else "") if way in ("ready", "shared") else 0.0
    print(json.dumps({"ready": os.getpid(), "cpu": read}), file=told, flush=True)
    while line := asked.readline():
        print(json.dumps(_in_child(way, json.loads(line))), file=told, flush=True)


def warm_up(way: str) -> None:
    """All that a chapter imports, and what the first drawing of a process pays."""
    for name in IMPORTS:
        importlib.import_module(name)
    for room in ROOMS:
        with contextlib.suppress(ModuleNotFoundError):
            package = importlib.import_module(f"ctg_lib.{room}")
            for found in pkgutil.walk_packages(package.__path__, f"ctg_lib.{room}."):
                if "explore" not in found.name:
                    importlib.import_module(found.name)
    for name in ENGINES[way]:
        importlib.import_module(name)
    _draw_once()
    gc.collect()
    gc.freeze()


def _read_ahead(study: str) -> float:
    """Read what all chapters share, then what those of a study do; CPU seconds of the latter."""
    from ctg_lib.build.warm.prime import prime
    from ctg_lib.project import find_project

    root = str(find_project().root)
    prime({"root": root})
    before = _spent()
    if study:
        prime({"root": root, "study": study})
    return _spent() - before


def _spent() -> float:
    """CPU seconds of this process and of those that it waited for."""
    return sum(os.times()[:4])


def _draw_once() -> None:
    import matplotlib as mpl
    from matplotlib import pyplot as plt

    with mpl.rc_context():
        figure, axes = plt.subplots()
        axes.plot([0, 1], [1, 0], label="é")
        axes.legend()
        for kind in ("svg", "png"):
            figure.savefig(io.BytesIO(), format=kind)
        plt.close(figure)


def _in_child(way: str, request: dict[str, Any]) -> dict[str, Any]:
    """What the run measured in a forked child; ``error`` where it failed."""
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        os.close(reader)
        try:
            answer = (_embedded if way == "embedded" else _cells)(request)
        except BaseException:
            answer = {"error": traceback.format_exc()}
        with os.fdopen(writer, "w", encoding="utf-8") as pipe:
            json.dump(answer, pipe)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return json.loads(said) if said else {"error": "le processus s’est arrêté"}


def _embedded(request: dict[str, Any]) -> dict[str, Any]:
    import papermill

    with tempfile.TemporaryDirectory(prefix="ctg-") as folder:
        made = Path(folder) / "executed.ipynb"
        started = time.perf_counter()
        ran = papermill.execute_notebook(
            request["notebook"], str(made), parameters=request["parameters"], engine_name="embedded",
            kernel_name=request["kernel"], progress_bar=False,
        )  # fmt: skip
        took = time.perf_counter() - started
    shown = sum(o.output_type != "stream" for cell in ran.cells for o in cell.get("outputs", []))
    return {"seconds": took, "outputs": shown}


# --- the floor -------------------------------------------------------------------------------------------


def _shell() -> tuple[Any, list[Any]]:
    """A shell that makes each result in every form a page may show, and the list where results go."""
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import CapturingDisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    kept: list[Any] = []

    class Hook(DisplayHook):
        def write_output_prompt(self) -> None:
            pass

        def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
            kept.append(format_dict)

        def finish_displayhook(self) -> None:
            pass

    class Shell(InteractiveShell):
        displayhook_class = Hook
        display_pub_class = CapturingDisplayPublisher

    config = Config()
    config.HistoryManager.enabled = False
    shell = Shell.instance(config=config)
    return shell, kept


def _cells(request: dict[str, Any]) -> dict[str, Any]:
    shell, kept = _shell()
    opening = 0.0
    with _drawing(bool(request.get("detail"))) as spent:
        started, cpu = time.perf_counter(), time.process_time()
        for source in request["cells"]:
            before = time.perf_counter()
            result = shell.run_cell(source, store_history=True)
            if not result.success:
                raise result.error_before_exec or result.error_in_exec
            if "open_study(" in source:
                opening += time.perf_counter() - before
        took, cpu = time.perf_counter() - started, time.process_time() - cpu
    return {
        "seconds": took,
        "cpu": cpu,
        "outputs": len(kept) + len(shell.display_pub.outputs),
        "opening": opening,
        **spent,
    }


@contextlib.contextmanager
def _drawing(watched: bool) -> Iterator[dict[str, float]]:
    """Seconds spent in drawing figures and in saving them beyond the drawing, and how many were saved.

    Nothing is touched, and nothing told, unless ``watched``.
    """
    if not watched:
        yield {}
        return
    from matplotlib.backend_bases import FigureCanvasBase
    from matplotlib.figure import Figure

    spent = {"draw": 0.0, "save": 0.0, "figures": 0.0}
    draw = _timed(Figure.draw, lambda took: _add(spent, draw=took))
    save = _timed(FigureCanvasBase.print_figure, lambda took: _add(spent, save=took, figures=1), spent)
    with patch.object(Figure, "draw", draw), patch.object(FigureCanvasBase, "print_figure", save):
        yield spent


def _add(spent: dict[str, float], **more: float) -> None:
    for name, value in more.items():
        spent[name] += value


def _timed(
    work: Callable[..., Any], tell: Callable[[float], None], inside: dict[str, float] | None = None
) -> Callable[..., Any]:
    """``work``, its duration told, less what was drawn meanwhile where ``inside`` counts it."""
    depth = 0

    def timed(*args: Any, **how: Any) -> Any:
        nonlocal depth
        depth += 1
        drawn, started = (inside or {}).get("draw", 0.0), time.perf_counter()
        try:
            return work(*args, **how)
        finally:
            depth -= 1
            if depth == 0:
                tell(time.perf_counter() - started - ((inside or {}).get("draw", 0.0) - drawn))

    return timed


if __name__ == "__main__":
    main()
