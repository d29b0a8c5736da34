"""Reproducible territorial diagnostics and Conventions Territoriales Globales (CTG).

Start with :func:`ctg_lib.study.open_study`; see ``docs/explorer.md``.
Importing this package alone loads nothing heavy: no pandas, no drawing.
"""

__version__ = "0.1.0"
