"""Arithmetic with numbers known within bounds, because their publisher rounds them.

Bounds are the widest that agree with every rounded part (interval arithmetic): they are certain, not
probable. Nothing is assumed of how the rounding errors are spread.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def bounds(frame: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """``low`` and ``high`` of each row; an exact value bounds itself; NaN where nothing is known."""
    return frame["low"].fillna(frame["value"]), frame["high"].fillna(frame["value"])


def ratio_bounds(
    low: ArrayLike, high: ArrayLike, base_low: ArrayLike, base_high: ArrayLike, multiplier: float = 1.0
) -> tuple[Array, Array]:
    """Bounds of ``multiplier × a / b`` for 0 ≤ low ≤ a ≤ high and 0 < base_low ≤ b ≤ base_high.

    NaN where the base may be zero.
    """
    low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    base_low, base_high = np.asarray(base_low, dtype=float), np.asarray(base_high, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        lower, upper = multiplier * low / base_high, multiplier * high / base_low
    possible = base_low > 0
    return np.where(possible, lower, np.nan), np.where(possible, upper, np.nan)
