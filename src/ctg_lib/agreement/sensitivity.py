"""How far an order depends on the weights: what ranks become when weights change, or a criterion is left out.

Between two issues the order turns at the corners of the box of weights, so that corners alone tell which pairs may
change places; but the rank of one among many may be at its worst inside it. Hence corners, each weight alone, and
points spread over the inside (Latin hypercube, McKay, Beckman and Conover, 1979), always the same.
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from ctg_lib.agreement.ranking import SAME, ranks, weighted

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


def pairs(scores: pd.DataFrame, around: pd.DataFrame) -> pd.DataFrame:
    """Issues two by two: whether the one that leads still leads with all these weights (:func:`weightings`).

    Ranges of ranks that overlap do not say it: two issues may each change places with a third and never with each other.

    Returns:
        one row per pair of issues scored wholly, in the order of the scores: ``ahead, behind`` (by the weights as fixed;
        the first written where they tie), ``tied`` (level with those weights), ``turns`` (some weights put each before
        the other; a tie that some weights break counts), ``dominates`` (the first scores at least as much by every
        criterion that weighs, more by one: no weights at all could turn them).
    """
    values = weighted(scores, around)
    known = values.index[values.notna().all(axis=1)]
    weighing = scores[[name for name in scores if around[name].iloc[0] > 0]]
    rows = [_pair(a, b, weighing, values) for a, b in itertools.combinations(known, 2)]
    return pd.DataFrame(rows, columns=["ahead", "behind", "tied", "turns", "dominates"])


def _pair(
    one: str, other: str, scores: pd.DataFrame, values: pd.DataFrame
) -> tuple[str, str, bool, bool, bool]:
    gaps = values.loc[one].to_numpy(dtype=float) - values.loc[other].to_numpy(dtype=float)
    if gaps[0] < -SAME:
        one, other, gaps = other, one, -gaps
    each = scores.loc[one].to_numpy(dtype=float) - scores.loc[other].to_numpy(dtype=float)
    tied = bool(gaps[0] <= SAME)
    turns = bool((gaps < -SAME).any()) or (tied and bool((gaps > SAME).any()))
    dominates = bool((each >= -SAME).all() and (each > SAME).any())
    return one, other, tied, turns, dominates
