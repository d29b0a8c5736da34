"""What an intruder can find out of the hidden cells of a table: the test of all protection.

The intruder sees the table as it is published and knows how territories and breakdowns add up, that counts
are not negative and that a part is not larger than its whole. For each hidden cell, two linear programmes
give the least and the greatest number that agree with everything shown (the « attacker's problem » of
Fischetti and Salazar-González 2001, Management Science 47(7), 1008-1026).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from ctg_lib.disclosure.policy import Policy
from ctg_lib.disclosure.system import EPS, Floats, Link, System

COLUMNS: tuple[str, ...] = ("indicator", "breakdown", "level", "code", "period", "layer", "least", "most")


def audit(
    table: pd.DataFrame, hierarchy: pd.DataFrame, policies: Mapping[str, Policy], *,
    links: Iterable[Link] = (), like: System | None = None,
) -> pd.DataFrame:  # fmt: skip
    """The intruder's interval for each hidden count of a protected table.

    Meant for the tables of one study or one département: two programmes per hidden cell.

    Args:
        table: result rows as published (``RESULT_COLUMNS``), hidden ones without numbers.
        hierarchy: ``commune, level, code``.
        policies: by indicator; only indicators whose policy bites are looked at.
        links: indicators that are parts of another one.
        like: a system made of the same rows before hiding, whose equations are then used; without it, the
            equations are found from what is shown.

    Returns:
        One row per hidden cell: the row that would show it, ``layer`` (``numerator`` or ``denominator``),
        ``least`` and ``most`` (infinite when nothing bounds it).
    """
    biting = [i for i in table["indicator"].unique() if i in policies and policies[i].bites]
    rows = table[table["indicator"].isin(biting)].reset_index(drop=True)
    if rows.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    system = System(rows, hierarchy, policies, links=links, like=like)
    matrix, values, lower, upper, cells = _absolute(system)
    out = []
    for cell in np.flatnonzero(system.secret):
        if not len(system.places.members[system.place[cell]]):
            continue
        variable = cells[int(cell)]
        least, most = interval(matrix, values, lower, upper, variable)
        row, side = np.argwhere(system.row_cells == cell)[0]
        head = rows.loc[row, ["indicator", "breakdown", "level", "code", "period"]].tolist()
        out.append([*head, ("numerator", "denominator")[side], least, most])
    return pd.DataFrame(out, columns=list(COLUMNS))


def _absolute(system: System):
    """Every equation of the table in plain numbers: ``matrix @ v = 0``, shown cells fixed.

    Returns:
        matrix, values (NaN where unknown), lower and upper bounds, and the variable of each cell.
    """
    from ctg_lib.disclosure.protection import Protector, build

    work = Protector(system)
    everyone = np.arange(system.places.communes)
    columns = np.arange(system.columns)
    piece = build(work, columns, everyone, outer=False)
    n = len(piece.cell)
    values, lower, upper = np.full(n, np.nan), np.zeros(n), np.full(n, np.inf)
    has = piece.cell >= 0
    mine = piece.cell[has]
    bounded = ~np.isnan(system.low[mine]) & (system.high[mine] > system.low[mine])
    known = ~system.secret[mine] & ~bounded
    numbers = np.full(len(mine), np.nan)
    numbers[known] = system.x[mine][known]
    values[has] = numbers
    low, high = np.zeros(len(mine)), np.full(len(mine), np.inf)
    low[bounded], high[bounded] = system.low[mine][bounded], system.high[mine][bounded]
    high = np.minimum(high, np.where(system.secret[mine], system.cap[mine], np.inf))
    lower[has], upper[has] = low, high
    return piece.problem.matrix, values, lower, upper, piece.variable


def interval(matrix, values: Floats, lower: Floats, upper: Floats, target: int) -> tuple[float, float]:
    """Least and greatest value of one unknown.

    Equations that published roundings make impossible are loosened by the least amount that makes them hold.
    """
    from scipy.sparse import csr_array

    matrix = csr_array(matrix)
    unknown = np.isnan(values)
    part = _tied(matrix, unknown, target)
    rows = np.unique(matrix[:, part].nonzero()[0])
    if not len(rows):
        return float(lower[target]), float(upper[target])
    fixed = np.where(unknown, 0.0, values)
    right = -(matrix[rows] @ fixed)
    left = matrix[rows][:, part]
    return _extremes(left, right, lower[part], upper[part], int(np.searchsorted(part, target)))


def _tied(matrix, unknown, target: int):
    """Unknowns that equations tie to the target, directly or not."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    m, n = matrix.shape
    equation, variable = matrix.nonzero()
    kept = unknown[variable]
    graph = coo_array((np.ones(int(kept.sum())), (equation[kept], m + variable[kept])), shape=(m + n, m + n))
    labels = connected_components(graph, directed=False)[1][m:]
    return np.flatnonzero((labels == labels[target]) & unknown)


def _extremes(left, right: Floats, lower: Floats, upper: Floats, at: int) -> tuple[float, float]:
    from scipy.optimize import linprog
    from scipy.sparse import eye_array, hstack

    n, m = left.shape[1], left.shape[0]
    bounds = np.column_stack([lower, upper])
    found = []
    for sign in (1, -1):
        objective = np.zeros(n)
        objective[at] = sign
        answer = linprog(objective, A_eq=left, b_eq=right, bounds=bounds, method="highs")
        if answer.status == 2:  # roundings contradict each other
            slack = hstack([left, eye_array(m), -eye_array(m)]).tocsr()
            wide = np.vstack([bounds, np.column_stack([np.zeros(2 * m), np.full(2 * m, np.inf)])])
            least = linprog(
                np.concatenate([np.zeros(n), np.ones(2 * m)]), A_eq=slack, b_eq=right, bounds=wide,
                method="highs",
            )  # fmt: skip
            moved = right - slack[:, n:] @ least.x[n:]
            answer = linprog(objective, A_eq=left, b_eq=moved, bounds=bounds, method="highs")
        found.append(sign * answer.fun if answer.status == 0 else sign * -np.inf)
    return _tidy(found[0]), _tidy(found[1])


def _tidy(number: float) -> float:
    nearest = round(number) if np.isfinite(number) else number
    return float(nearest) if abs(number - nearest) < 10 * EPS else float(number)
