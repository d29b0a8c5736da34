"""Many comparisons at once, kept honest: of twenty groups alike, one differs « significantly » by chance.

Holm's method controls the chance of a single false finding, whatever ties the tests have; it is used for what
is said in words. Benjamini and Hochberg's controls the part of false findings among those told, for looking
over many questions at once.

References:
    Holm S (1979), A simple sequentially rejective multiple test procedure, Scand. J. Statistics 6, 65–70.
    Benjamini Y, Hochberg Y (1995), Controlling the false discovery rate, J. R. Statist. Soc. B 57, 289–300.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ctg_lib.statistics.calibration import Design

Adjustment = Literal["holm", "bh"]
LEVEL = 0.05
COLUMNS = ("group", "value", "rest", "difference", "lower", "upper", "p", "adjusted", "established")


def adjusted(p: ArrayLike, method: Adjustment = "holm") -> NDArray[np.float64]:
    """p-values adjusted for their number; NaN stays NaN and is not counted.

    Raises:
        ValueError: a p-value that is not between 0 and 1; an unknown method.
    """
    values = np.asarray(p, dtype=float)
    known = ~np.isnan(values)
    if np.any((values[known] < 0) | (values[known] > 1)):
        raise ValueError("p-values lie between 0 and 1")
    out = np.full(values.shape, np.nan)
    if method == "bh":
        from scipy.stats import false_discovery_control

        out[known] = false_discovery_control(values[known]) if known.any() else []
        return out
    if method != "holm":
        raise ValueError(f"unknown method « {method} »")
    found = values[known]
    order = np.argsort(found, kind="stable")
    steps = np.maximum.accumulate(found[order] * np.arange(len(found), 0, -1))
    result = np.empty(len(found))
    result[order] = np.minimum(steps, 1.0)
    out[known] = result
    return out


def differences(
    design: Design, y: ArrayLike, base: ArrayLike, groups: Mapping[str, ArrayLike], *,
    method: Adjustment = "holm", level: float = LEVEL,
) -> pd.DataFrame:  # fmt: skip
    """Each group beside all the others.

    Args:
        design: weights and how units came to be there.
        y: what is averaged. base: 1 for the units that count.
        groups: name -> 1 for its members.
        method: of the adjustment, over the groups given. level: under which a difference is established.

    Returns:
        Frame :data:`COLUMNS`: mean in the group and in the rest, difference with its 95 % interval (of that
        difference alone), p-value (normal law), adjusted one, whether it is established.
    """
    from scipy.stats import norm

    under = np.asarray(base, dtype=float)
    rows = []
    for name, members in groups.items():
        one = under * np.asarray(members, dtype=float)
        other = under - one
        found, error = design.difference(y, one, other)
        half = float(norm.ppf(0.975)) * error
        # alike everywhere, without any spread: no difference to establish
        p = float(2 * norm.sf(abs(found) / error)) if error > 1e-12 else (1.0 if error == error else np.nan)
        value, rest = design.ratio(np.asarray(y) * one, one)[0], design.ratio(np.asarray(y) * other, other)[0]
        rows.append((name, value, rest, found, found - half, found + half, p))
    out = pd.DataFrame(rows, columns=list(COLUMNS[:7]))
    out["adjusted"] = adjusted(out["p"].astype("float64"), method)
    out["established"] = out["adjusted"].lt(level)
    return out
