"""Published ways of putting issues in order from the scores of one group; no group is ever mixed with another.

Scores are frames with one row per issue and one column per criterion (means from 1 to 5, NaN where nobody scored);
weightings are frames with one row per set of weights and the same columns; roles name what a criterion stands for
(:data:`ctg_lib.agreement.books.priorites.ROLES`). Each function gives one row per issue and one column per weighting.

Sources: Hanlon and Pickett, *Public Health: Administration and Practice*, 1984, and the National Association of
County and City Health Officials, *Guide to Prioritization Techniques* (Hanlon's method, its PEARL test, the strategy
grid, dots); Copeland, 1951 (duels); Spearman, 1904, and Kendall, *Rank Correlation Methods*, 1948 (agreement).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ctg_lib.agreement.books.priorites import HIGHEST, LOWEST

SIZE, SERIOUSNESS, EFFECT, FEASIBILITY = "taille", "gravite", "efficacite", "faisabilite"
MIDDLE = (LOWEST + HIGHEST) / 2
"""Of the scale: where the grid is cut."""
LEAST_FEASIBLE = 2.0
"""Mean feasibility under which an issue does not pass the test of Hanlon's method: most put it at the lowest."""
TWICE = 2.0
"""What seriousness counts for beside size, as published."""
SAME = 1e-9
"""Scores closer than that are equal: sums of decimals are not exact."""
QUADRANTS: dict[tuple[bool, bool], str] = {
    (True, True): "besoin fort, faisable", (True, False): "besoin fort, difficile",
    (False, True): "besoin moindre, faisable", (False, False): "besoin moindre, difficile",
}  # fmt: skip
"""(need above the middle, feasibility above it) -> cell of the grid."""


def weighted(scores: pd.DataFrame, weightings: pd.DataFrame) -> pd.DataFrame:
    """Mean of the scores, each criterion for its part in the sum of weights; NaN where one that weighs is missing, or none weighs."""
    parts = weightings.div(weightings.sum(axis=1).where(lambda total: total > 0), axis=0)
    known = scores.notna().astype(float) @ (parts > 0).astype(float).T
    total = scores.fillna(0.0) @ parts.T
    count = (parts > 0).sum(axis=1)
    return total.where(known.ge(count) & count.gt(0))


def on_ten(scores: pd.Series) -> pd.Series:
    """Scores from 1 to 5 on the published scale of Hanlon's method, from 0 to 10."""
    return (scores - LOWEST) * 10 / (HIGHEST - LOWEST)


def hanlon(size: pd.Series, seriousness: pd.Series, effect: pd.Series, times: float = TWICE) -> pd.Series:
    """(A + 2B) × C, from 0 to 300: size and seriousness of a problem, effectiveness of what can be done (0 to 10).

    Args:
        times: what seriousness counts for beside size.
    """
    return (size + times * seriousness) * effect


def part_of(
    scores: pd.DataFrame, weightings: pd.DataFrame, roles: pd.Series, *wanted: str, every: bool = True
) -> pd.DataFrame:
    """Weighted mean over the criteria of these roles; NaN where no criterion that weighs has them.

    Args:
        every: NaN too where one of the roles has no criterion; else over those that there are.
    """
    own = roles.index[roles.isin(wanted)]
    if own.empty or (every and set(wanted) - set(roles)):
        return pd.DataFrame(np.nan, scores.index, weightings.index)
    return weighted(scores[own], weightings[own])


def duels(scores: pd.DataFrame, weightings: pd.DataFrame) -> pd.DataFrame:
    """Duels that each issue wins against the others, a draw for a half; NaN where a score is missing.

    An issue wins against another where the criteria on which it scores more weigh more than those on which it
    scores less: how much more it scores does not count.
    """
    whole = scores[weighted(scores, weightings.iloc[:1]).iloc[:, 0].notna()].fillna(0.0)
    values = whole.to_numpy()
    gaps = values[:, None, :] - values[None, :, :]
    signs = np.where(np.abs(gaps) <= SAME, 0.0, np.sign(gaps))
    margins = signs @ weightings.to_numpy().T
    won = (margins > SAME).sum(axis=1) + 0.5 * (np.abs(margins) <= SAME).sum(axis=1) - 0.5  # not itself
    return pd.DataFrame(won, whole.index, weightings.index).reindex(scores.index)


def grid(scores: pd.DataFrame, weightings: pd.DataFrame, roles: pd.Series) -> pd.DataFrame:
    """Need (size and seriousness) and feasibility (effectiveness and feasibility) of each issue, and its cell.

    Returns:
        need, feasibility (1 to 5, by the first weighting; NaN where no criterion has such a role), quadrant (empty
        where one is not known), quadrants (all that it takes over the weightings, its own first).
    """
    need = part_of(scores, weightings, roles, SIZE, SERIOUSNESS, every=False)
    feasible = part_of(scores, weightings, roles, EFFECT, FEASIBILITY, every=False)
    known = (need.notna() & feasible.notna()).to_numpy()
    up, easy = (need >= MIDDLE - SAME).to_numpy(), (feasible >= MIDDLE - SAME).to_numpy()
    cells = [
        tuple(dict.fromkeys(QUADRANTS[bool(u), bool(e)] for u, e, k in zip(*row, strict=True) if k))
        for row in zip(up, easy, known, strict=True)
    ]
    return pd.DataFrame(
        {
            "need": need.iloc[:, 0], "feasibility": feasible.iloc[:, 0], "quadrant": [c[0] if c else "" for c in cells],
            "quadrants": cells,
        },
        index=scores.index,
    )  # fmt: skip


def ranks(values: pd.DataFrame) -> pd.DataFrame:
    """First and last rank of each issue over all columns: 1 is the greatest value, equal values share their ranks.

    Returns:
        low, high; NaN where a value is missing (such issues take no rank from the others).
    """
    known = values[values.notna().all(axis=1)]
    table = known.to_numpy()
    gaps = table[None, :, :] - table[:, None, :]
    above, level = (gaps > SAME).sum(axis=1), (np.abs(gaps) <= SAME).sum(axis=1)
    out = pd.DataFrame({"low": np.nan, "high": np.nan}, index=values.index)
    if known.size:
        out.loc[known.index, "low"] = 1.0 + above.min(axis=1)
        out.loc[known.index, "high"] = (above + level).max(axis=1).astype(float)
    return out


def agreement(values: pd.DataFrame) -> float:
    """Spearman's rank correlation of two columns, or its mean over all pairs of columns; equal values share a mean rank.

    1: the same order; 0: no link between orders; −1 (two columns alone can reach it): opposite orders. Kendall's W of
    m columns without ties says the same on another scale: (m·W − 1) / (m − 1), which is why a W of 0,5 between two
    orders is no agreement at all. With few columns it describes, and tests nothing.

    Rows with a missing value are left out. NaN with fewer than two columns or three rows, or where a column puts
    nothing in order.
    """
    from scipy.stats import rankdata

    table = values.dropna().to_numpy()
    n, judges = table.shape
    if n < 3 or judges < 2:
        return float("nan")
    order = rankdata(np.round(table, 9), axis=0)
    if (order == order[0]).all(axis=0).any():
        return float("nan")
    return float(np.corrcoef(order, rowvar=False)[np.triu_indices(judges, 1)].mean())
