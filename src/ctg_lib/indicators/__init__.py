"""Observations -> indicators: the registry, and one module per theme.

Add an indicator: one registered function in a theme module, plus one golden test (docs/ajouter-un-indicateur.md).
"""

from __future__ import annotations

import functools
import importlib

THEME_MODULES = (
    "population",
    "petite_enfance",
    "enfance",
    "jeunesse",
    "parentalite",
    "handicap",
    "vie_sociale",
    "acces_droits",
    "revenus",
    "emploi",
    "logement",
    "sante",
    "partenaires",
)


@functools.cache
def load_themes() -> None:
    """Import all theme modules, once, which fills the registry."""
    for name in THEME_MODULES:
        importlib.import_module(f"ctg_lib.indicators.{name}")
