"""What JupyterLab must be told to show objects of rooms that know nothing of display: territories."""

from __future__ import annotations

import os
import sys
from typing import Any

from ctg_lib.errors import CtgError
from ctg_lib.geography import Territory, load_geography
from ctg_lib.project import Project
from ctg_lib.study.explore.card import Card
from ctg_lib.study.explore.cards import territory_card

LAB = "CTG_LAB"
"""Set by ``ctg lab``: someone sits before the notebook, with a mouse, and reads the messages."""


def in_lab() -> bool:
    """Whether the notebook runs in a JupyterLab opened by ``ctg lab``, not in a batch."""
    return bool(os.environ.get(LAB))


def teach(project: Project) -> None:
    """Give territories their card in the notebook that runs, if any; does nothing elsewhere.

    IPython's own way to show an object of another library: a formatter for its type. In a JupyterLab opened by
    ``ctg lab``, what a user may mend is one message; the logs of a batch keep the whole trace.
    """
    if in_lab():
        CtgError._render_traceback_ = _message  # type: ignore[attr-defined]
    shell = _shell()
    formatter = getattr(shell, "display_formatter", None)
    if formatter is None:
        return

    def card(territory: Territory) -> Card:
        return territory_card(territory, load_geography(project, territory.edition))

    known = formatter.formatters
    known["text/html"].for_type(Territory, lambda each: card(each).to_html())
    known["text/markdown"].for_type(Territory, lambda each: card(each).to_markdown())
    known["text/plain"].for_type(Territory, lambda each, printer, cycle: printer.text(card(each).to_text()))


def _message(error: CtgError) -> list[str]:
    return [f"{type(error).__name__} : {error}"]


def _shell() -> Any:
    ipython = sys.modules.get("IPython")
    return None if ipython is None else ipython.get_ipython()
