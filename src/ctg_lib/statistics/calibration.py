"""Weights near the start weights that meet known totals, and the variance that goes with them.

Own and short: what a report prints may not depend on an optional package being installed (``svy`` brings
some 230 MB, and its calibration keeps no bounds). The numbers are those of R's ``survey`` (``calibrate``,
``rake``, ``svytotal``, ``svymean``, ``svyratio``) on its own files, and of ``svy``: tests hold them to both.

A unit of start weight d and of calibration variables x (categories as 0 and 1) gets the weight ``d F(x′λ)``,
where λ solves ``Σ d F(x′λ) x = totals`` by Newton's method. F is, by ``method``:

========== ============================================= ==================================================
linear     1 + u, cut at ``low`` and ``high``            the regression estimator where nothing is cut
raking     exp u                                         what iterative proportional fitting tends to
logit      (L(U−1) + U(1−L)e^Au) / (U−1 + (1−L)e^Au)     stays between L = ``low`` and U = ``high``;
                                                         A = (U−L) / ((1−L)(U−1))
========== ============================================= ==================================================

Variance by linearisation: an estimate is a sum of weighted scores; those are replaced by the residuals of
their regression (start weights) on the calibration variables, times the weight, and their spread between
units, or between clusters within strata, gives the variance, less the part of the population that was seen.

References:
    Deville JC, Särndal CE (1992), Calibration estimators in survey sampling, JASA 87, 376–382.
    Deville JC, Särndal CE, Sautory O (1993), Generalized raking procedures, JASA 88, 1013–1020.
    Sautory O (1993), La macro Calmar : redressement d’un échantillon par calage sur marges, Insee, F9310.
    Kalton G, Flores-Cervantes I (2003), Weighting methods, J. Official Statistics 19, 81–97.
    Kish L (1965), Survey Sampling, section 11.7 (1 + cv² of the weights).
    Lumley T (2010), Complex Surveys, chapter 7 (residuals in a linearised variance).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Method = Literal["linear", "raking", "logit"]
RATIO = 8.0
"""Largest weight over the smallest one, at most: no respondent speaks for more than eight others together."""
STEPS = 24
"""Lower bounds tried, between 1/ratio and 1, to find the bounds that spread the weights least."""
FARTHEST = 60.0


@dataclass(frozen=True)
class Calibrated:
    """Weights and how they were reached.

    Attributes:
        weights: one per unit.
        method, low, high: of the function F (see the module); infinite where there is no bound.
        iterations: of Newton's method.
        gap: largest difference to a total, as a part of it (of 1 where the total is below 1).
        met: whether all totals are met.
    """

    weights: Array
    method: Method
    low: float
    high: float
    iterations: int
    gap: float
    met: bool


def calibrate(
    x: ArrayLike, start: ArrayLike, totals: ArrayLike, *, method: Method = "raking", low: float = -np.inf,
    high: float = np.inf, tolerance: float = 1e-9, most: int = 100,
) -> Calibrated:  # fmt: skip
    """Weights that meet the totals; the nearest reached where they cannot be met (``met`` is then False).

    Args:
        x: one row per unit, one column per total; columns may depend on each other (all categories
            of two margins).
        start: start weights, above 0.
        totals: one per column.
        low, high: bounds of weight / start weight, around 1; ``logit`` needs both, ``raking`` has none.
        tolerance: largest ``gap`` that counts as met.
        most: iterations.

    Raises:
        ValueError: sizes that do not agree, start weights of 0 or less, bounds that do not hold 1 between
            them. Totals that contradict each other are not refused: they are not met.
    """
    rows, first, wanted = (
        np.asarray(x, dtype=float),
        np.asarray(start, dtype=float),
        np.asarray(totals, dtype=float),
    )
    if rows.ndim != 2 or rows.shape != (len(first), len(wanted)):
        raise ValueError(f"{rows.shape} values for {len(first)} units and {len(wanted)} totals")
    if np.any(~(first > 0)):
        raise ValueError(f"{int(np.sum(~(first > 0)))} start weight(s) not above 0")
    if not low < 1 < high or (method == "logit" and not np.isfinite([low, high]).all()):
        raise ValueError(f"{low} and {high} are no bounds of « {method} »")
    scale = np.maximum(np.abs(wanted), 1.0)
    at = np.zeros(len(wanted))
    factor, slope = _factor(rows @ at, method, low, high)
    missing = wanted - rows.T @ (first * factor)
    done = 0
    while np.max(np.abs(missing) / scale, initial=0.0) > tolerance and done < most:
        done += 1
        step = np.linalg.lstsq((rows * (first * slope)[:, None]).T @ rows, missing, rcond=1e-12)[0]
        better = False
        for _ in range(30):  # a full step may overshoot where F is bounded or steep
            factor_, slope_ = _factor(rows @ (at + step), method, low, high)
            missing_ = wanted - rows.T @ (first * factor_)
            if np.sum((missing_ / scale) ** 2) < np.sum((missing / scale) ** 2):
                at, factor, slope, missing, better = at + step, factor_, slope_, missing_, True
                break
            step = step / 2
        if not better:
            break
    gap = float(np.max(np.abs(missing) / scale, initial=0.0))
    return Calibrated(first * factor, method, low, high, done, gap, gap <= tolerance)


def _factor(u: Array, method: Method, low: float, high: float) -> tuple[Array, Array]:
    """F(u) and its slope."""
    if method == "linear":
        inside = (1 + u > low) & (1 + u < high)
        return np.clip(1 + u, low, high), inside.astype(float)
    if method == "raking":
        grown = np.exp(np.clip(u, -FARTHEST, FARTHEST))
        return grown, grown
    steep = (high - low) / ((1 - low) * (high - 1))
    grown = np.exp(np.clip(steep * u, -FARTHEST, FARTHEST))
    under = (high - 1) + (1 - low) * grown
    value = (low * (high - 1) + high * (1 - low) * grown) / under
    return value, grown * (high - low) ** 2 / under**2


def within(
    x: ArrayLike, start: ArrayLike, totals: ArrayLike, *, ratio: float = RATIO, tolerance: float = 1e-9
) -> Calibrated:
    """Raking where it spreads the weights by ``ratio`` at most, else bounded (logit) weights.

    The bounds (L, ``ratio`` × L) are those, among :data:`STEPS` values of L, whose weights have the
    smallest design effect: none is chosen by hand. With equal start weights the ratio is the weights' own.

    Raises:
        ValueError: as :func:`calibrate`; a ratio that is not above 1.
    """
    if not ratio > 1:
        raise ValueError(f"the ratio must be above 1, found {ratio}")
    raked = calibrate(x, start, totals, tolerance=tolerance)
    factor = raked.weights / np.asarray(start, dtype=float)
    if raked.met and factor.max() <= ratio * factor.min():
        return raked
    best: Calibrated | None = None
    for low in np.exp(np.linspace(-np.log(ratio), 0.0, STEPS + 2)[1:-1]):
        found = calibrate(
            x, start, totals, method="logit", low=float(low), high=float(low * ratio), tolerance=tolerance
        )
        key = (not found.met, found.gap if not found.met else 0.0, design_effect(found.weights))
        if best is None or key < (
            not best.met,
            best.gap if not best.met else 0.0,
            design_effect(best.weights),
        ):
            best = found
    assert best is not None  # STEPS is not 0
    return best


def design_effect(weights: ArrayLike) -> float:
    """Kish: n Σw² / (Σw)², that is 1 + cv² of the weights; NaN without a unit."""
    w = np.asarray(weights, dtype=float)
    return float(len(w) * np.sum(w**2) / np.sum(w) ** 2) if len(w) else float("nan")


def effective_size(weights: ArrayLike) -> float:
    """Units that would tell as much, had they the same weight: (Σw)² / Σw²; 0 without a unit."""
    w = np.asarray(weights, dtype=float)
    return float(np.sum(w) ** 2 / np.sum(w**2)) if len(w) else 0.0


@dataclass(frozen=True)
class Design:
    """How units came to be there, for the variance of what is estimated with them.

    Attributes:
        weights: of each unit, calibrated or not.
        start, x: start weights and calibration variables; None where nothing was calibrated.
        strata, clusters: label of each unit; None: one stratum, each unit by itself.
        fraction: part of the population (of the clusters where there are) that was seen: one number, or one
            per unit, the same within a stratum.
    """

    weights: Array
    start: Array | None = None
    x: Array | None = None
    strata: NDArray | None = None
    clusters: NDArray | None = None
    fraction: float | Array = 0.0

    def total(self, y: ArrayLike) -> tuple[float, float]:
        """Weighted total, and its standard error."""
        values = np.asarray(y, dtype=float)
        return float(np.sum(self.weights * values)), self._error(values)

    def ratio(self, y: ArrayLike, base: ArrayLike | None = None) -> tuple[float, float]:
        """Weighted total of ``y`` over that of ``base`` (1 for the units that count), and its standard error.

        Both NaN where the base is 0.
        """
        values = np.asarray(y, dtype=float)
        under = np.ones_like(values) if base is None else np.asarray(base, dtype=float)
        whole = float(np.sum(self.weights * under))
        if not whole:
            return float("nan"), float("nan")
        found = float(np.sum(self.weights * values)) / whole
        return found, self._error((values - found * under) / whole)

    def difference(self, y: ArrayLike, one: ArrayLike, other: ArrayLike) -> tuple[float, float]:
        """Mean of ``y`` in one part of the units less that in another one, and its standard error.

        Args:
            y: values. one, other: 1 for the units of each part.
        """
        values, scores, found = np.asarray(y, dtype=float), 0.0, 0.0
        for sign, part in ((1, one), (-1, other)):
            under = np.asarray(part, dtype=float)
            whole = float(np.sum(self.weights * under))
            if not whole:
                return float("nan"), float("nan")
            mean = float(np.sum(self.weights * values * under)) / whole
            found += sign * mean
            scores = scores + sign * (values - mean) * under / whole
        return found, self._error(np.asarray(scores))

    def _error(self, values: Array) -> float:
        residual = values
        if self.x is not None:
            root = np.sqrt(self.weights if self.start is None else self.start)
            slope = np.linalg.lstsq(self.x * root[:, None], values * root, rcond=1e-10)[0]
            residual = values - self.x @ slope
        return float(np.sqrt(self._spread(self.weights * residual)))

    def _spread(self, scores: Array) -> float:
        n = len(scores)
        strata = (
            np.zeros(n, dtype=int) if self.strata is None else np.unique(self.strata, return_inverse=True)[1]
        )
        clusters = np.arange(n) if self.clusters is None else np.unique(self.clusters, return_inverse=True)[1]
        part = np.broadcast_to(np.asarray(self.fraction, dtype=float), (n,))
        out = 0.0
        for stratum in np.unique(strata):
            here = strata == stratum
            inside = np.unique(clusters[here], return_inverse=True)[1]
            sums = np.bincount(inside, weights=scores[here])
            m = len(sums)
            if m < 2:
                return float("nan")  # nothing tells how far units differ
            out += (1 - part[here][0]) * m / (m - 1) * float(np.sum((sums - sums.mean()) ** 2))
        return out


def proportion_interval(
    share: float, error: float, size: float, *, z: float | None = None, confidence: float = 0.95
) -> tuple[float, float]:
    """Interval of a share of known standard error: Wilson's, for the simple sample that has that error.

    Its size is share (1 − share) / error²; a share of 0 or 1, whose linearised error is 0, takes ``size``.
    A share in between without an error is fixed by the margins: there is no interval (NaN).

    Args:
        share: between 0 and 1. error: its standard error.
        size: effective number of units under it.
        z: quantile; that of the normal law by default.

    References:
        Korn EL, Graubard BI (1998), Survey Methodology 24, 193–201; Dean N, Pagano M (2015), J. Survey Stat.
        Methodol. 3, 484–503.
    """
    from scipy.stats import norm

    z = float(norm.ppf(0.5 + confidence / 2)) if z is None else z
    inner = 1e-12 < share < 1 - 1e-12
    if np.isnan(share) or np.isnan(error) or (inner and error < 1e-9):
        return float("nan"), float("nan")
    m = share * (1 - share) / error**2 if inner else size
    if not m > 0:
        return float("nan"), float("nan")
    centre, half = share + z**2 / (2 * m), z * np.sqrt(share * (1 - share) / m + z**2 / (4 * m**2))
    low, high = (centre - half) / (1 + z**2 / m), (centre + half) / (1 + z**2 / m)
    return float(max(low, 0.0) if inner or share > 0.5 else 0.0), float(
        min(high, 1.0) if inner or share < 0.5 else 1.0
    )
