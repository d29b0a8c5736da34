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
    "cnaf_nbpla": _lazy("cnaf", "read_places"),
    "cnaf_s_ben": _lazy("cnaf", "read_benefits"),
    "cnaf_qf": _lazy("cnaf_sets", "read_income_bands"),
    "cnaf_aah_dep": _lazy("cnaf_sets", "read_department_set"),
    "drees_apl": _lazy("drees"),
    "apl_reference_csv": _lazy("drees", "read_references"),
    "drees_departements": _lazy("drees_departements"),
    "cepidc_mortalite": _lazy("cepidc"),
    "education_ips": _lazy("education"),
    "depp_effectifs": _lazy("depp_effectifs"),
    "depp_annuaire": _lazy("depp_annuaire"),
    "depp_valeur_ajoutee": _lazy("depp_valeur_ajoutee"),
    "france_services": _lazy("france_services"),
    "mednum": _lazy("mednum"),
    "finess": _lazy("finess"),
    "anct_indicateur": _lazy("anct"),
    "fragilite_numerique": _lazy("fragilite_numerique"),
    "ssmsi_communale": _lazy("ssmsi"),
    "carte_loyers": _lazy("loyers"),
    "fthd": _lazy("fthd"),
    "dares_defm": _lazy("dares"),
    "insee_base_ic": _lazy("insee_base_ic"),
    "insee_base_cc": _lazy("insee_base_cc"),
    "insee_caf_com": _lazy("insee_caf_com"),
    "insee_mobilites": _lazy("insee_mobilites"),
    "bpe_detail": _lazy("bpe_detail"),
    "taux_repris": _lazy("taux_repris"),
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
