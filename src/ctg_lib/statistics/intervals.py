"""Confidence and variability intervals for shares and counts, vectorised.

Used for what is sampled or random only: never on exhaustive counts nor on rates a publisher gives
without the means to compute them.

References:
    Wilson EB (1927), Probable inference, the law of succession, and statistical inference, JASA 22.
    Newcombe RG (1998), Two-sided confidence intervals for the single proportion, Stat. Med. 17, 857–872
        (method 3; its Table I gives the golden values of the tests).
    Newcombe RG (1998), Interval estimation for the difference between independent proportions, Stat. Med. 17,
        873–890 (method 10; its Table II gives the golden values of the tests).
    Garwood F (1936), Fiducial limits for the Poisson distribution, Biometrika 28 (exact limits).
    Breslow NE, Day NE (1987), Statistical methods in cancer research II, p. 69 (Byar's approximation).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def wilson(x: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> tuple[Array, Array]:
    """Wilson score interval of the share ``x / n`` (method 3 of Newcombe 1998).

    Args:
        x: successes, 0 ≤ x ≤ n (weighted counts may be decimal).
        n: trials; where n is 0 or NaN both bounds are NaN.
        confidence: between 0.5 and 1, excluded.

    Returns:
        Lower and upper bounds between 0 and 1.

    Raises:
        ValueError: negative counts, x above n, confidence out of range.
    """
    x, n, z = _checked(x, n, confidence)
    if np.any(x > n + 1e-9):
        raise ValueError(f"numerator above denominator in {int(np.sum(x > n))} row(s)")
    with np.errstate(invalid="ignore", divide="ignore"):
        share = x / n
        centre = share + z**2 / (2 * n)
        half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
        lower, upper = (centre - half) / (1 + z**2 / n), (centre + half) / (1 + z**2 / n)
    empty = ~(n > 0)
    lower = np.where(x == 0, 0.0, lower)
    upper = np.where(x == n, 1.0, upper)
    return _masked(lower, empty), _masked(upper, empty)


def newcombe(
    x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, confidence: float = 0.95
) -> tuple[Array, Array]:
    """Hybrid score interval of ``x1 / n1 − x2 / n2``, two independent shares (method 10 of Newcombe 1998).

    Args, errors: as :func:`wilson`, of each share.

    Returns:
        Lower and upper bounds between −1 and 1; NaN where either base is 0 or NaN.
    """
    (l1, u1), (l2, u2) = wilson(x1, n1, confidence), wilson(x2, n2, confidence)
    with np.errstate(invalid="ignore", divide="ignore"):
        p1, p2 = np.divide(x1, n1), np.divide(x2, n2)
    return p1 - p2 - np.hypot(p1 - l1, u2 - p2), p1 - p2 + np.hypot(u1 - p1, p2 - l2)


def exact_poisson(x: ArrayLike, confidence: float = 0.95) -> tuple[Array, Array]:
    """Exact (Garwood) interval of the mean of a Poisson count ``x``; lower bound 0 for x = 0."""
    from scipy.stats import chi2

    x, _, _ = _checked(x, 1.0, confidence)
    alpha = 1 - confidence
    with np.errstate(invalid="ignore"):
        lower = np.where(x > 0, chi2.ppf(alpha / 2, 2 * x) / 2, 0.0)
        upper = chi2.ppf(1 - alpha / 2, 2 * (x + 1)) / 2
    missing = np.isnan(x)
    return _masked(lower, missing), _masked(upper, missing)


def byar(x: ArrayLike, confidence: float = 0.95) -> tuple[Array, Array]:
    """Byar's approximation to the exact Poisson interval; close from about 5 events on."""
    x, _, z = _checked(x, 1.0, confidence)
    with np.errstate(invalid="ignore", divide="ignore"):
        lower = np.where(x > 0, x * (1 - 1 / (9 * x) - z / (3 * np.sqrt(x))) ** 3, 0.0)
    upper = (x + 1) * (1 - 1 / (9 * (x + 1)) + z / (3 * np.sqrt(x + 1))) ** 3
    missing = np.isnan(x)
    return _masked(lower, missing), _masked(upper, missing)


def _checked(x: ArrayLike, n: ArrayLike, confidence: float) -> tuple[Array, Array, float]:
    from scipy.stats import norm

    if not 0.5 < confidence < 1:
        raise ValueError(f"confidence must lie between 0.5 and 1, found {confidence}")
    x, n = np.asarray(x, dtype=float), np.asarray(n, dtype=float)
    if np.any(x < 0) or np.any(n < 0):
        raise ValueError(f"negative counts in {int(np.sum(x < 0) + np.sum(n < 0))} row(s)")
    return x, n, float(norm.ppf(0.5 + confidence / 2))


def _masked(values: Array, mask: NDArray[np.bool_]) -> Array:
    return np.where(mask, np.nan, values)
