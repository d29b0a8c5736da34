"""Publishers' files -> observations: one reader per layout.

A reader is ``read(path, entry) -> observations``. It is imported only when a file of its layout is
read. ``READERS`` maps the manifest's ``layout`` to the reader; a new layout needs one line here.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from ctg_lib.errors import RawDataError, sample
from ctg_lib.manifest import Entry

Reader = Callable[[Path, Entry], pd.DataFrame]


def _lazy(module: str, function: str = "read") -> Reader:
    def reader(path: Path, entry: Entry) -> pd.DataFrame:
        target = importlib.import_module(f"ctg_lib.sources.{module}")
        return getattr(target, function)(path, entry)

    reader.__name__ = f"{module}.{function}"
    return reader


READERS: dict[str, Reader] = {
    "melodi": _lazy("melodi"),
    "filosofi": _lazy("filosofi"),
    "cnaf_txcouv": _lazy("cnaf", "read_coverage"),
    "cnaf_s_ben": _lazy("cnaf", "read_benefits"),
    "drees_apl": _lazy("drees"),
    "apl_reference_csv": _lazy("drees", "read_references"),
    "education_ips": _lazy("education"),
    "france_services": _lazy("france_services"),
    "dares_defm": _lazy("dares"),
    "insee_base_ic": _lazy("insee_base_ic"),
    "offre_eaje_csv": _lazy("local_offer"),
    "geography_populations": _lazy("geography_populations"),
}

NOT_OBSERVATIONS: frozenset[str] = frozenset({"geography", "metadata"})
"""Layouts that hold no observations: the geography's own tables, and the publishers' code lists."""


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """Observations of one raw file, with the reader of its layout.

    Raises:
        RawDataError: unknown layout, or a file that is not in its publisher's layout.
    """
    try:
        reader = READERS[entry.layout]
    except KeyError:
        raise RawDataError(
            f"{entry.id} : disposition {entry.layout!r} inconnue (connues : {sample(sorted(READERS), 20)})."
        ) from None
    return reader(path, entry)
