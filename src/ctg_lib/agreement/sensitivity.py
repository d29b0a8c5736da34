"""How far an order depends on the weights: what ranks become when weights change, or a criterion is left out.

Between two issues the order turns at the corners of the box of weights, so that corners alone tell which pairs may
change places; but the rank of one among many may be at its worst inside it. Hence corners, each weight alone, and
points spread over the inside (Latin hypercube, McKay, Beckman and Conover, 1979), always the same.
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from ctg_lib.agreement.ranking import ranks, weighted

CHANGE = 0.5
"""Part by which each weight is made lower and higher."""
DRAWS, MORE_DRAWS = 256, 2048
"""Points inside the box; more of them where there are too many corners."""
MOST_CORNERS = 10
"""Criteria beyond which corners (2 to that power) are no longer all tried."""
SEED = 20200116
"""Fixed: the same inputs give the same ranges."""


def weightings(weights: pd.Series, change: float = CHANGE) -> pd.DataFrame:
    """The weights as they were fixed (first row), then changed by that part at most, in every direction.

    Returns:
        one row per set of weights, one column per criterion.

    Raises:
        ValueError: the part is not between 0 and 1.
    """
    if not 0 <= change < 1:
        raise ValueError("a part between 0 and 1 expected")
    if weights.empty:
        return pd.DataFrame([weights])
    factors = np.vstack([np.ones(len(weights)), *_alone(len(weights), change), _corners(len(weights), change),
                         _inside(len(weights), change)])  # fmt: skip
    return pd.DataFrame(factors * weights.to_numpy(dtype=float), columns=weights.index)


def _alone(count: int, change: float) -> list[np.ndarray]:
    return [1 + change * sign * np.eye(count) for sign in (-1, 1)]


def _corners(count: int, change: float) -> np.ndarray:
    if count > MOST_CORNERS:
        return np.empty((0, count))
    return 1 + change * np.array(list(itertools.product((-1.0, 1.0), repeat=count)))


def _inside(count: int, change: float) -> np.ndarray:
    from scipy.stats import qmc

    draws = DRAWS if count <= MOST_CORNERS else MORE_DRAWS
    points = qmc.LatinHypercube(d=count, rng=np.random.default_rng(SEED)).random(draws)
    return 1 + change * (2 * points - 1)


def rank_ranges(scores: pd.DataFrame, around: pd.DataFrame) -> pd.DataFrame:
    """Ranks that each issue takes by its weighted mean over all these weights (:func:`weightings`).

    Returns:
        value (with the weights as fixed), first, last (ranks with those weights: two where it ties), low, high
        (over all weights); one row per issue, NaN where a score is missing.
    """
    values = weighted(scores, around)
    own, over = ranks(values.iloc[:, :1]), ranks(values)
    return pd.DataFrame(
        {
            "value": values.iloc[:, 0],
            "first": own["low"],
            "last": own["high"],
            "low": over["low"],
            "high": over["high"],
        }
    )


def without_each(scores: pd.DataFrame, weights: pd.Series) -> pd.DataFrame:
    """First rank of each issue by its weighted mean without each criterion in turn: one column per criterion."""
    left = {
        name: ranks(weighted(scores.drop(columns=name), weights.drop(name).to_frame().T))["low"]
        for name in weights.index
        if len(weights) > 1
    }
    return pd.DataFrame(left, index=scores.index)


def told_apart(ranges: pd.DataFrame) -> list[tuple[str, ...]]:
    """Issues in order, those whose ranges of ranks overlap (one with the next, and so on) put together.

    Args:
        ranges: low, high; rows with NaN are left out.
    """
    groups: list[tuple[str, ...]] = []
    end = float("-inf")
    known = ranges.dropna(subset=["low", "high"]).sort_values(["low", "high"], kind="stable")
    for issue, low, high in zip(known.index, known["low"], known["high"], strict=True):
        if low > end:
            groups.append((str(issue),))
        else:
            groups[-1] += (str(issue),)
        end = max(end, high)
    return groups
