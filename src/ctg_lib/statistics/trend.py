"""Trends that never cross a break.

A series is cut where its definition, source or geography changes (:func:`segments`); a first and a last
value are compared, a slope is fitted, only within one segment. A line over a break would show the break.

For counts of events, :func:`poisson_trend` fits ``log μ = a + b·t`` (log-linear Poisson regression, exposure
as offset) by maximum likelihood and tests ``b = 0``. Small communes' counts scatter more than Poisson: the
standard error is multiplied by the square root of the dispersion (Pearson's X²/df) when that exceeds one.

References:
    McCullagh P, Nelder JA (1989), Generalized linear models, 2nd ed., ch. 6 (log-linear, dispersion).
    Dobson AJ, Barnett AG (2008), An introduction to generalized linear models, 3rd ed., ch. 4 and 9.
    Whyte BM et al. (1987), Medical Journal of Australia 146, 65-69 (AIDS deaths in Australia: the series of
        the tests, whose golden values are those of R's glm).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Segment:
    """A stretch of a series without a break.

    Attributes:
        number: 0 for the first one.
        first_period, last_period: the ends that have a value.
        first, last: values there. points: number of values.
    """

    number: int
    first_period: str
    last_period: str
    first: float
    last: float
    points: int

    @property
    def difference(self) -> float:
        """Last value minus first; NaN with a single point."""
        return self.last - self.first if self.points > 1 else math.nan


def mark_segments(periods: Sequence[str], breaks: Iterable[str] = ()) -> list[int]:
    """Number of the segment of each period.

    Args:
        periods: « 2019 », « 2016-2022 », « 2024-T4 » …, in any order: compared by their first year, then
            as text.
        breaks: first period of each new definition (a period that is not in the series counts too).
    """
    starts = sorted(_order(b) for b in set(breaks))
    return [sum(_order(p) >= start for start in starts) for p in periods]


def segments(series: pd.Series, breaks: Iterable[str] = ()) -> list[Segment]:
    """The stretches of a series between its breaks.

    Args:
        series: values indexed by period; missing ones are left out (they neither join nor cut).
        breaks: first period of each new definition, source or geography.

    Returns:
        Segments that have a value, oldest first. Nothing is computed from one to the next.

    Raises:
        ValueError: a period given twice.
    """
    if series.index.has_duplicates:
        raise ValueError("the same period is given twice")
    known = series.dropna()
    order = sorted(known.index, key=_order)
    known = known.reindex(order)
    numbers = mark_segments([str(p) for p in order], breaks)
    out = []
    for number in sorted(set(numbers)):
        here = [p for p, n in zip(order, numbers, strict=True) if n == number]
        first, last = here[0], here[-1]
        out.append(Segment(number, str(first), str(last), float(known[first]), float(known[last]), len(here)))
    return out


@dataclass(frozen=True)
class Trend:
    """A log-linear trend of counts.

    Attributes:
        slope: change of the logarithm per unit of time; error: its standard error (with dispersion).
        intercept: logarithm of the mean at time 0 (per unit of exposure).
        ratio, lower, upper: factor per unit of time (0.97 = −3 % a year) and its interval.
        dispersion: Pearson's X²/df, 1 at least in ``error``.
        deviance: of the fitted model. p: two-sided test of no trend.
        points: number of counts.
    """

    slope: float
    error: float
    intercept: float
    ratio: float
    lower: float
    upper: float
    dispersion: float
    deviance: float
    p: float
    points: int

    def established(self, confidence: float = 0.95) -> bool:
        """Whether chance alone would rarely give such a trend."""
        return self.p < 1 - confidence


def poisson_trend(
    counts: ArrayLike,
    times: ArrayLike,
    exposure: ArrayLike | None = None,
    *,
    confidence: float = 0.95,
    overdispersion: bool = True,
) -> Trend | None:
    """Log-linear trend of counts of events over time.

    Args:
        counts: events, whole or not, ≥ 0. times: when (years), same length.
        exposure: population at risk, > 0 (equal exposure by default).
        confidence: of the interval of the yearly factor.
        overdispersion: widen for scatter beyond Poisson (then the test is Student's with n − 2 degrees of
            freedom, else normal).

    Returns:
        None when nothing can be said: fewer than 4 known counts, no event, or all events at the first or
        at the last time (the slope has no finite estimate).

    Raises:
        ValueError: lengths differ, negative counts, exposure not positive.
    """
    from scipy.stats import norm
    from scipy.stats import t as student

    y, t, log_e = _checked(counts, times, exposure)
    when = t[y > 0]
    if len(y) < 4 or len(when) == 0 or when.max() == t.min() or when.min() == t.max():
        return None
    design = np.column_stack([np.ones_like(t), t - t.mean()])
    beta, information = _fit(y, design, log_e)
    mu = np.exp(design @ beta + log_e)
    df = len(y) - 2
    with np.errstate(divide="ignore", invalid="ignore"):
        deviance = float(2 * np.sum(np.where(y > 0, y * np.log(y / mu), 0.0) - (y - mu)))
    dispersion = float(np.sum((y - mu) ** 2 / mu) / df)
    factor = max(dispersion, 1.0) if overdispersion else 1.0
    error = float(np.sqrt(np.linalg.inv(information)[1, 1] * factor))
    law = student(df) if overdispersion else norm()
    slope = float(beta[1])
    p = float(2 * law.sf(abs(slope) / error))
    half = float(law.ppf(0.5 + confidence / 2)) * error
    return Trend(
        slope, error, float(beta[0] - slope * t.mean()), _factor(slope), _factor(slope - half),
        _factor(slope + half), dispersion, deviance, p, len(y),
    )  # fmt: skip


def _factor(logarithm: float) -> float:
    return math.exp(logarithm) if logarithm < 700 else math.inf


def _checked(
    counts: ArrayLike, times: ArrayLike, exposure: ArrayLike | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    y, t = np.asarray(counts, dtype=float), np.asarray(times, dtype=float)
    e = np.ones_like(y) if exposure is None else np.asarray(exposure, dtype=float)
    if not (y.shape == t.shape == e.shape):
        raise ValueError("counts, times and exposure must have the same length")
    if np.any(y < 0):
        raise ValueError(f"negative counts in {int(np.sum(y < 0))} row(s)")
    if np.any(e <= 0):
        raise ValueError("exposure must be positive")
    known = ~(np.isnan(y) | np.isnan(t) | np.isnan(e))
    return y[known], t[known], np.log(e[known])


def _fit(y: np.ndarray, design: np.ndarray, offset: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Newton's method on the log-likelihood, which is concave: a few steps, halved when they overshoot."""
    beta = np.array([np.log(y.sum() / np.exp(offset).sum()), 0.0])

    def likelihood(b: np.ndarray) -> float:
        eta = np.clip(design @ b + offset, -700, 700)
        return float(np.sum(y * eta - np.exp(eta)))

    for _ in range(100):
        mu = np.exp(np.clip(design @ beta + offset, -700, 700))
        information = design.T @ (design * mu[:, None])
        step = np.linalg.lstsq(information, design.T @ (y - mu), rcond=None)[0]
        size, now = 1.0, likelihood(beta)
        while likelihood(beta + size * step) < now - 1e-12 and size > 1e-6:
            size /= 2
        beta = beta + size * step
        if np.max(np.abs(step)) < 1e-10:
            break
    mu = np.exp(np.clip(design @ beta + offset, -700, 700))
    return beta, design.T @ (design * mu[:, None])


def _order(period: object) -> tuple[int, str]:
    text = str(period)
    head = text[:4]
    return (int(head) if head.isdigit() else 0, text)
