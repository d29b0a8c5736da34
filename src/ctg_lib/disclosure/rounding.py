"""Rounding to 5 instead of hiding: for tables of a partner's counts that would otherwise be full of gaps.

Every number, inner or total, is rounded on its own from its exact count: a total is not the sum of its
rounded parts, and says so. Each rounded number carries the bounds within which the exact one lies, the same
convention as the publishers' (:mod:`ctg_lib.statistics.rounded`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

BASE = 5
NOTE = (
    "Effectifs arrondis au multiple de 5 le plus proche ; chaque total est arrondi à part et peut différer "
    "de la somme."
)
"""What is written under a table rounded by the project."""


def round_half_away(values: ArrayLike, base: int = BASE) -> NDArray[np.float64]:
    """Nearest multiple of ``base``, halves away from zero; NaN stays NaN."""
    number = np.asarray(values, dtype=float)
    return np.sign(number) * np.floor(np.abs(number) / base + 0.5) * base


def round_counts(counts: pd.Series, base: int = BASE) -> pd.DataFrame:
    """Counts rounded to a multiple of ``base`` (odd), with certain bounds.

    A whole count n becomes v with v − (base − 1)/2 ≤ n ≤ v + (base − 1)/2, and never below 0:
    5 stands for 3 to 7, 0 for 0 to 2.

    Args:
        counts: whole numbers, totals among them, each rounded on its own.
        base: an odd number, so that no whole count lies half-way.

    Returns:
        Frame ``value, low, high, status`` (``rounded``; ``missing`` where there was no count).

    Raises:
        ValueError: an even base, a negative count, or one that is not whole.
    """
    if base < 3 or base % 2 == 0:
        raise ValueError(f"base {base}: an odd number from 3 on expected")
    number = pd.to_numeric(counts).astype("float64")
    known = number.dropna()
    if known.lt(0).any() or (known % 1).ne(0).any():
        raise ValueError("whole counts, not negative, expected")
    value = pd.Series(round_half_away(number, base), index=counts.index)
    half = (base - 1) / 2
    status = pd.Series("rounded", index=counts.index).mask(value.isna(), "missing")
    return pd.DataFrame(
        {"value": value, "low": (value - half).clip(lower=0), "high": value + half, "status": status}
    )


def round_table(table: pd.DataFrame, base: int = BASE) -> pd.DataFrame:
    """A table of counts (``value``) with its numbers rounded: ``value, lower, upper, status`` replaced.

    Numerators and denominators, which would give the exact counts, are taken out.
    """
    made = round_counts(table["value"], base)
    out = table.assign(value=made["value"], lower=made["low"], upper=made["high"])
    out["status"] = table["status"].where(made["status"].eq("missing"), "rounded")
    for column in ("numerator", "denominator"):
        if column in out:
            out[column] = np.nan
    return out


def round_with_total(parts: pd.Series, total: float, base: int = BASE) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rounded parts and their rounded total; the total is withheld where it would undo the rounding.

    Parts of 2, 2, 2 and 2 become 0, 0, 0 and 0; a total of 8, rounded to 10, would say that each one is 2
    exactly. A total is shown only if each part keeps at least (base + 1)/2 possible whole values.

    Args:
        parts: exact whole counts.
        total: exact whole total of the parts (and of nothing else).

    Returns:
        Two frames as :func:`round_counts` gives them: one row per part, and one row for the total, whose
        status is ``below_threshold`` where it is withheld.
    """
    made = round_counts(parts, base)
    whole = round_counts(pd.Series([total]), base)
    left, right = possible_values(made, whole)
    if (right - left + 1).min() < (base + 1) / 2:
        whole = whole.assign(value=np.nan, low=np.nan, high=np.nan, status="below_threshold")
    return made, whole


def possible_values(parts: pd.DataFrame, total: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """What an intruder who knows the rounded parts and the rounded total knows of each part: least, most."""
    others_low = parts["low"].sum() - parts["low"]
    others_high = parts["high"].sum() - parts["high"]
    least = (total["low"].iloc[0] - others_high).clip(lower=0)
    most = total["high"].iloc[0] - others_low
    return np.maximum(parts["low"], least), np.minimum(parts["high"], most)
