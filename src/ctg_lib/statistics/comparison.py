"""When two values may be called different, and by which word.

A difference is named only when it is *established* (the intervals, where there are any, do not overlap)
and *meaningful* (at least the indicator's registered meaningful difference). Otherwise the reading is
``close``: it says nothing. Twice the meaningful difference is ``far``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Side = Literal["above", "below", "close", "unknown"]


@dataclass(frozen=True)
class Reading:
    """How a value stands to a reference.

    Attributes:
        side: ``above``, ``below``, ``close`` (no difference to name) or ``unknown`` (a value is missing).
        difference: value − reference, in the indicator's unit (NaN when unknown).
        far: whether the difference is at least twice the meaningful one.
        reason: why it is ``close`` (``small`` or ``uncertain``) or ``unknown`` (``missing``).
    """

    side: Side
    difference: float
    far: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Measured:
    """A number with its bounds; bounds equal the number when it is exact."""

    value: float
    lower: float = math.nan
    upper: float = math.nan

    @property
    def low(self) -> float:
        """Lower bound, or the value itself."""
        return self.value if math.isnan(self.lower) else self.lower

    @property
    def high(self) -> float:
        """Upper bound, or the value itself."""
        return self.value if math.isnan(self.upper) else self.upper


def compare(value: Measured, reference: Measured, meaningful: float) -> Reading:
    """Read ``value`` against ``reference``.

    Args:
        value, reference: numbers in the same unit.
        meaningful: smallest difference worth a word, in that unit, > 0.

    Raises:
        ValueError: ``meaningful`` is not positive.
    """
    if not meaningful > 0:
        raise ValueError(f"meaningful difference must be positive, found {meaningful}")
    difference = value.value - reference.value
    if math.isnan(difference):
        return Reading("unknown", math.nan, reason="missing")
    # 1e-9: 60.5 − 60.0 must count as 0.5 in spite of binary fractions
    if abs(difference) < meaningful - 1e-9:
        return Reading("close", difference, reason="small")
    if not (value.low > reference.high or value.high < reference.low):
        return Reading("close", difference, reason="uncertain")
    far = abs(difference) >= 2 * meaningful - 1e-9
    return Reading("above" if difference > 0 else "below", difference, far)


def counts_differ(first: float, second: float, confidence: float = 0.95) -> tuple[bool, float]:
    """Whether two counts of events over equal exposure differ by more than chance explains.

    Conditional exact test: given their sum, the first count is binomial with probability one half when
    both have the same mean (Przyborowski and Wilenski 1940, Biometrika 31, 313–323).

    Args:
        first, second: counts, whole and not negative.
        confidence: 0.95 for a test at 5 %.

    Returns:
        (difference established, two-sided p-value).

    Raises:
        ValueError: counts that are negative or not whole.
    """
    from scipy.stats import binomtest

    if min(first, second) < 0 or first != int(first) or second != int(second):
        raise ValueError(f"whole counts expected, found {first} and {second}")
    if first + second == 0:
        return False, 1.0
    p = float(binomtest(int(first), int(first + second), 0.5).pvalue)
    return p < 1 - confidence, p


def rank_of(value: float, others: list[float], *, higher_first: bool = True) -> tuple[int, int]:
    """1-based rank of ``value`` among itself and ``others`` (ties share the better rank), and the count."""
    known = [o for o in others if not math.isnan(o)]
    better = sum(o > value if higher_first else o < value for o in known)
    return better + 1, len(known) + 1
