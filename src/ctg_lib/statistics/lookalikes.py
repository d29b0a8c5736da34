"""Look-alike territories: those whose structure is nearest, by a distance that is stated and reproducible.

Distance. Each feature is put on a robust scale, ``z = (x − median) / (1.4826 × MAD)``, median and median
absolute deviation over all territories given: units do not matter (any change of origin and scale leaves
``z`` as it was) and a few extreme territories do not set the scale. Then

    d(a, b) = √( Σ w·(z_a − z_b)² / Σ w )

with the weights stated. A distance of 1 means: on the weighted (quadratic) mean, one robust standard
deviation apart. Ties go to the first code in alphabetical order. A territory with a missing feature is not
compared; the answer says how many were left out.

References:
    Rousseeuw PJ, Croux C (1993), Alternatives to the median absolute deviation, JASA 88, 1273–1283.
    Gower JC (1971), A general coefficient of similarity and some of its properties, Biometrics 27, 857–871
        (weighted features on a common scale).
    Office for National Statistics, « Corresponding local authorities » / CIPFA nearest neighbours: the same
        use of standardised Euclidean distances to choose comparison areas.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

MAD_SCALE = 1.4826
"""Makes the median absolute deviation an estimate of the standard deviation (normal distribution)."""


@dataclass(frozen=True)
class Lookalikes:
    """The nearest territories of one.

    Attributes:
        code: the territory.
        nearest: ``code, distance`` and one column per feature (its contribution to the squared distance,
            contributions sum to 1), nearest first.
        weights: feature -> weight, summing to 1.
        compared: number of territories compared. incomplete: codes left out for a missing feature.
        excluded: codes left out on demand.
    """

    code: str
    nearest: pd.DataFrame
    weights: Mapping[str, float]
    compared: int
    incomplete: tuple[str, ...] = ()
    excluded: tuple[str, ...] = field(default=())

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the look-alikes, nearest first."""
        return tuple(self.nearest["code"])


def robust_scores(features: pd.DataFrame) -> pd.DataFrame:
    """Each feature on its robust scale (see the module).

    Args:
        features: one row per territory, numbers only; missing ones stay missing.

    Returns:
        Same shape. A feature whose MAD is 0 (more than half of the territories share one value) is scaled
        by its mean absolute deviation instead; one that does not vary at all is 0 everywhere.
    """
    centre = features.median()
    gap = features - centre
    mad = MAD_SCALE * gap.abs().median()
    mean_gap = 1.2533 * gap.abs().mean()  # √(π/2): the same reading for a normal distribution
    scale = mad.where(mad > 1e-12, mean_gap)
    return (gap / scale.where(scale > 1e-12)).where(features.isna() | scale.gt(1e-12), 0.0)


def distances(features: pd.DataFrame, code: str, weights: Mapping[str, float] | None = None) -> pd.DataFrame:
    """Distance from one territory to all others, with what makes it.

    Args:
        features: indexed by code, one column per feature.
        code: the territory; must be complete.
        weights: by feature; 1 each by default. Features without a weight, or with 0, are not used.

    Returns:
        ``code, distance`` and one contribution column per feature used, sorted by distance then code; the
        territory itself and incomplete ones left out.

    Raises:
        ValueError: repeated codes, unknown code or feature, negative weights, missing features of ``code``.
    """
    used = _weights(features, weights)
    if features.index.has_duplicates:
        raise ValueError("a code is given twice")
    if code not in features.index:
        raise ValueError(f"{code} is not among the territories")
    scores = robust_scores(features[list(used)])
    own = scores.loc[[code]].iloc[0]
    absent = [str(name) for name, value in own.items() if pd.isna(value)]
    if absent:
        raise ValueError(f"{code} lacks: {', '.join(absent)}")
    others = scores.drop(index=code).dropna()
    share = pd.Series(used)
    squares = (others - own) ** 2 * share
    total = squares.sum(axis=1)
    parts = squares.div(total.where(total > 0), axis=0).fillna(0.0)
    out = pd.concat(
        [pd.Series(np.sqrt(total), name="distance"), parts],
        axis=1,
    ).rename_axis("code")
    # equal to the last digits is equal: the order must not depend on the machine's rounding
    order = out.assign(rounded=out["distance"].round(9)).reset_index().sort_values(["rounded", "code"])
    return order.drop(columns="rounded").reset_index(drop=True)


def find(
    features: pd.DataFrame,
    code: str,
    k: int = 10,
    exclude: Collection[str] = (),
    weights: Mapping[str, float] | None = None,
) -> Lookalikes:
    """The ``k`` territories most like one.

    Args:
        features: indexed by code, one column per feature (transformed as wished: logarithms …).
        code: the territory. k: how many. exclude: codes never to be chosen (their features still help set
            the scale, so that excluding one changes nothing else).
        weights: by feature.

    Raises:
        ValueError: as :func:`distances`; ``k`` under one.
    """
    if k < 1:
        raise ValueError(f"at least one look-alike expected, found {k}")
    ranked = distances(features, code, weights)
    used = _weights(features, weights)
    complete = set(ranked["code"]) | {code}
    refused = sorted(set(exclude) & set(features.index))
    kept = ranked[~ranked["code"].isin(refused)]
    return Lookalikes(
        code, kept.head(k).reset_index(drop=True), used, len(kept),
        tuple(sorted(set(features.index) - complete)), tuple(refused),
    )  # fmt: skip


def sensitivity(
    features: pd.DataFrame,
    code: str,
    k: int = 10,
    exclude: Collection[str] = (),
    weights: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """How many of the ``k`` look-alikes stay when one feature is left out.

    Returns:
        ``feature, weight, kept, newcomers`` (codes that come in, nearest first, joined by spaces), in the
        order of the features; empty with a single feature.
    """
    used = _weights(features, weights)
    if len(used) < 2:
        return pd.DataFrame(columns=["feature", "weight", "kept", "newcomers"])
    first = find(features, code, k, exclude, used).codes
    rows = []
    for name in used:
        rest = {other: weight for other, weight in used.items() if other != name}
        again = find(features, code, k, exclude, rest).codes
        new = [c for c in again if c not in first]
        rows.append((name, used[name], len(set(first) & set(again)), " ".join(new)))
    return pd.DataFrame(rows, columns=["feature", "weight", "kept", "newcomers"])


def _weights(features: pd.DataFrame, weights: Mapping[str, float] | None) -> dict[str, float]:
    given = dict.fromkeys(features.columns, 1.0) if weights is None else dict(weights)
    unknown = sorted(set(given) - set(features.columns))
    if unknown:
        raise ValueError(f"unknown features: {', '.join(unknown)}")
    if any(not w >= 0 for w in given.values()) or not sum(given.values()) > 0:
        raise ValueError("weights must not be negative, and one must be positive")
    total = sum(given.values())
    return {str(c): given[c] / total for c in features.columns if given.get(c, 0) > 0}
