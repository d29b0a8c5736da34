"""Intervals for census « complémentaire » tables, of which only a part of the households is processed.

What is assumed, and said to the reader:

* In communes under 10 000 inhabitants everybody answers the census, but family ties, occupation and
  industry are coded (*exploitation complémentaire*) for a sample of the dwellings only: about one in four
  (Insee's usual wording; Ined, « Les exploitations : principale ou complémentaire »,
  recensement.site.ined.fr, gives 25 % before 2014 and 20 % since). :data:`ONE_IN_FOUR` and
  :data:`ONE_IN_FIVE` name the two; ``fraction`` takes either, or one value a row.
* In larger communes all surveyed dwellings are coded, about 40 % of them over five years: using one in
  four there makes the interval wider than need be, never narrower.
* The sample is taken as a simple random one, and what is counted as drawn one by one. People of one
  household are drawn together and look alike: for persons, **the interval is a floor**. For families and
  households it is about right. ``design_effect`` widens it where one is known.
* Tables are weighted to the whole population, so ``x`` and ``n`` here are weighted counts, and the sample
  is ``fraction × n``.

Method: Wilson's score interval in which the variance ``p(1 − p)/m`` of a sample of ``m = fraction × n`` is
multiplied by the finite population correction ``1 − fraction``, that is Wilson with the effective size
``m / (1 − fraction)``; never beyond what the sample has already shown (``fraction × p`` of the whole is
known to have the trait, ``fraction × (1 − p)`` not to have it).

References:
    Cochran WG (1977), Sampling Techniques, 3rd ed., sections 2.6 and 3.2 (finite correction, shares).
    Korn EL, Graubard BI (1998), Confidence intervals for proportions with small expected number of positive
        counts estimated from survey data, Survey Methodology 24, 193–201 (effective sample size).
    Dean N, Pagano M (2015), Evaluating confidence interval methods for binomial proportions in clustered
        surveys, J. Survey Stat. Methodol. 3, 484–503 (Wilson with an effective size).
    Wilson EB (1927), see :mod:`ctg_lib.statistics.intervals`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ctg_lib.statistics.intervals import wilson

Array = NDArray[np.float64]

ONE_IN_FOUR = 0.25
"""Share of dwellings coded in communes under 10 000 inhabitants, as Insee words it."""

ONE_IN_FIVE = 0.20
"""The same since 2014 according to Ined: intervals are then 15 % wider."""


def one_in_four(
    x: ArrayLike,
    n: ArrayLike,
    *,
    fraction: ArrayLike = ONE_IN_FOUR,
    confidence: float = 0.95,
    design_effect: float = 1.0,
) -> tuple[Array, Array]:
    """Interval of the share ``x / n`` read in a census « complémentaire » table.

    Args:
        x, n: weighted counts (whole population), 0 ≤ x ≤ n; where n is 0 or NaN both bounds are NaN.
        fraction: part of the households that was processed, above 0, at most 1 (1: no interval left).
        confidence: between 0.5 and 1, excluded.
        design_effect: at least 1; by how much clustering multiplies the variance.

    Returns:
        Lower and upper bounds between 0 and 1; they contain ``x / n``.

    Raises:
        ValueError: negative counts, x above n, fraction, confidence or design effect out of range.
    """
    count, base = np.asarray(x, dtype=float), np.asarray(n, dtype=float)
    part = _fraction(fraction)
    if not design_effect >= 1:
        raise ValueError(f"design effect must be at least 1, found {design_effect}")
    if np.any(count > base * (1 + 1e-9) + 1e-9):
        raise ValueError(f"numerator above denominator in {int(np.sum(count > base))} row(s)")
    count = np.minimum(count, base)  # weighted sums may differ in their last binary digits
    scale = part / (np.maximum(1 - part, 1e-12) * design_effect)
    lower, upper = wilson(count * scale, base * scale, confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = count / base
    seen = part * share
    lower, upper = np.maximum(lower, seen), np.minimum(upper, seen + 1 - part)
    return np.minimum(lower, share), np.maximum(upper, share)


def count_interval(
    x: ArrayLike,
    N: ArrayLike,
    fraction: ArrayLike = ONE_IN_FOUR,
    *,
    confidence: float = 0.95,
    design_effect: float = 1.0,
) -> tuple[Array, Array]:
    """Interval of the weighted count ``x`` among ``N`` (whole population): :func:`one_in_four` times ``N``.

    ``N`` is what the count is part of (families of the territory, say), taken as known.
    """
    lower, upper = one_in_four(x, N, fraction=fraction, confidence=confidence, design_effect=design_effect)
    whole = np.asarray(N, dtype=float)
    return lower * whole, upper * whole


def standard_error(x: ArrayLike, n: ArrayLike, *, fraction: ArrayLike = ONE_IN_FOUR) -> Array:
    """Standard error of the share ``x / n``: √((1 − f) p(1 − p) / (f n − 1)), Cochran (1977) formula 3.8.

    NaN where the sample has one unit or none.
    """
    part = _fraction(fraction)
    count, base = np.asarray(x, dtype=float), np.asarray(n, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        share, size = count / base, part * base
        out = np.sqrt((1 - part) * share * (1 - share) / (size - 1))
    return np.where(size > 1, out, np.nan)


def _fraction(fraction: ArrayLike) -> Array:
    part = np.asarray(fraction, dtype=float)
    if np.any(~((part > 0) & (part <= 1))):
        raise ValueError(f"fraction must lie above 0 and at most at 1, found {part.tolist()}")
    return part
