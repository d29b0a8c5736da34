"""What one notebook leaves to the next in a process that runs several (without fork)."""

from __future__ import annotations

import gc
import logging
import os
import sys
import warnings
from pathlib import Path
from typing import Any


class State:
    """The process as it was before any notebook.

    Put back: variables, figures, matplotlib's settings, how objects are shown, what IPython calls around
    cells, filters of warnings, handlers of the root logger, modules read from the notebook's folder.
    What a notebook changes inside another library (an option of pandas, say) stays until the process is
    replaced.
    """

    def __init__(self, kernel: Any) -> None:
        import matplotlib as mpl

        self._kernel = kernel
        self._settings = dict(mpl.rcParams)
        self._modules = set(sys.modules)
        self._filters = list(warnings.filters)
        root = logging.getLogger()
        self._log = list(root.handlers), root.level
        self._shown = {
            name: (dict(f.type_printers), dict(f.deferred_printers))
            for name, f in kernel.shell.display_formatter.formatters.items()
        }
        self._called = {name: list(called) for name, called in kernel.shell.events.callbacks.items()}

    def restore(self, folder: Path) -> None:
        """Put back what a notebook that ran in ``folder`` may have changed."""
        import matplotlib as mpl
        from matplotlib import pyplot as plt

        shell = self._kernel.shell
        plt.close("all")
        dict.update(mpl.rcParams, self._settings)  # as they were: no check, no change of back end
        warnings.filters[:] = self._filters  # type: ignore[index]
        root = logging.getLogger()
        root.handlers[:], root.level = list(self._log[0]), self._log[1]
        for name, formatter in shell.display_formatter.formatters.items():
            formatter.type_printers, formatter.deferred_printers = map(dict, self._shown.get(name, ({}, {})))
        for name, called in shell.events.callbacks.items():
            called[:] = self._called.get(name, [])
        shell.reset(new_session=True, aggressive=False)
        shell.execution_count = 1
        self._kernel.execution_count = 0
        for name in set(sys.modules) - self._modules:
            if _within(sys.modules[name], folder):
                del sys.modules[name]
        gc.collect()


def _within(module: Any, folder: Path) -> bool:
    """Whether ``module`` was read from ``folder``."""
    path = getattr(module, "__file__", None)
    return path is not None and os.path.realpath(path).startswith(os.path.realpath(folder) + os.sep)
