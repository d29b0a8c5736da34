"""Which cells of a small table of respondents to hide: answers to a question, by themselves or by group.

The reader sees the number of respondents, what each line and each column adds up to where these are shown,
and all cells that are not hidden; a share on a shown base is the same as a number. No hidden cell from 1 to
the threshold may be found again, nor be known not to reach it; no other hidden cell may be known exactly,
but one in which nobody is. The method is that of :mod:`ctg_lib.disclosure.suppression`.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ctg_lib.disclosure.suppression import Problem, solve

Bools = NDArray[np.bool_]


def hidden_parts(counts: ArrayLike, limit: int, *, unseen: ArrayLike | None = None) -> Bools:
    """Which parts of a total to hide.

    Args:
        counts: respondents of each part; they make up all respondents, whose number is shown.
        limit: a part of 1 to ``limit`` − 1 respondents is hidden.
        unseen: parts that are not shown anyhow (no answer); where they hold respondents, these may not be
            found either.

    Returns:
        True where hidden; everywhere where there are fewer than ``limit`` respondents in all.
    """
    x = np.asarray(counts, dtype=float)
    nowhere = np.zeros(len(x), dtype=bool) if unseen is None else np.asarray(unseen, dtype=bool)
    start = _small(x, limit) | (nowhere & (x > 0))
    if x.sum() < limit:
        return np.ones(len(x), dtype=bool)
    matrix = np.append(np.ones(len(x)), -1.0)[None, :]
    values = np.append(x, x.sum())
    fixed = np.append(np.zeros(len(x), dtype=bool), True)
    found = _protected(matrix, values, np.append(start, False), fixed, limit, float(x.sum()))
    return np.ones(len(x), dtype=bool) if found is None else found[: len(x)]


def hidden_cells(
    counts: ArrayLike, limit: int, *, rows: ArrayLike, columns: ArrayLike, spared: ArrayLike | None = None
) -> Bools | None:
    """Which cells of a two-way table to hide, beside totals that are settled already.

    Args:
        counts: rows × columns; they make up all respondents, whose number is shown.
        limit: as :func:`hidden_parts`.
        rows, columns: which totals are hidden; a column without its total is hidden as a whole.
        spared: columns of which no cell is shown, and none needs protection: those who did not say to which
            group they belong are no group that anyone could recognise. How many they are in all may be known
            (what the others leave of a base), so that nothing rests on it; what they answered is told
            nowhere, and so helps to protect the others.

    Returns:
        True where hidden; None where no set of cells would do: the totals of columns may not be shown either.
    """
    x = np.asarray(counts, dtype=float)
    m, n = x.shape
    rows, columns = np.asarray(rows, dtype=bool), np.asarray(columns, dtype=bool)
    nobodys = np.zeros(n, dtype=bool) if spared is None else np.asarray(spared, dtype=bool)
    start = _small(x, limit) | (columns | nobodys)[None, :]
    matrix = np.zeros((m + n + 1, m * n + m + n))
    for i in range(m):
        matrix[i, i * n : (i + 1) * n] = 1
        matrix[i, m * n + i] = -1
    for j in range(n):
        matrix[m + j, j : m * n : n] = 1
        matrix[m + j, m * n + m + j] = -1
    # all respondents: a constant, whose deviation is nothing
    matrix[m + n, m * n : m * n + m] = 1
    values = np.concatenate([x.ravel(), x.sum(axis=1), x.sum(axis=0)])
    hidden = np.concatenate([start.ravel(), rows, columns])
    fixed = np.concatenate([np.zeros(m * n, dtype=bool), np.ones(m + n, dtype=bool)])
    loose = np.concatenate([np.tile(nobodys, m), np.zeros(m + n, dtype=bool)])
    found = _protected(matrix, values, hidden, fixed, limit, float(x.sum()), loose)
    return None if found is None else found[: m * n].reshape(m, n)


def _small(x: NDArray[np.float64], limit: int) -> Bools:
    return (x > 0) & (x < limit)


def _protected(
    matrix, x: NDArray[np.float64], hidden: Bools, fixed: Bools, limit: int, everyone: float,
    loose: Bools | None = None,
) -> Bools | None:  # fmt: skip
    """What is hidden in the end: ``hidden`` and what protects it; None where nothing does.

    Args:
        loose: of what is hidden, what needs no protection.
    """
    if not hidden.any():
        return hidden
    loose = np.zeros(len(x), dtype=bool) if loose is None else loose
    found = _solved(
        matrix.tobytes(),
        len(matrix),
        *(tuple(v.tolist()) for v in (x, hidden, fixed, loose)),
        limit,
        everyone,
    )
    return None if found is None else np.array(found)


@lru_cache(maxsize=4096)
def _solved(
    equations: bytes, m: int, values: tuple[float, ...], hidden: tuple[bool, ...], fixed: tuple[bool, ...],
    loose: tuple[bool, ...], limit: int, everyone: float,
) -> tuple[bool, ...] | None:  # fmt: skip
    """The same small tables are asked for again and again: a result, its chart, its comparisons."""
    x, start = np.array(values), np.array(hidden)
    n = len(x)
    nothing = np.zeros(n)
    problem = Problem(
        np.frombuffer(equations).reshape(m, n), x, hidden=start, locked=np.array(fixed) & ~start,
        cost=x + 1.0, limit=np.full(n, float(limit)), cap=np.full(n, everyone),
        free_down=nothing, free_up=nothing, demanding=(x > 0) & ~np.array(loose),
    )  # fmt: skip

    def hide(cell: int) -> NDArray[np.int64]:
        problem.hidden[cell] = True
        return np.array([cell])

    failed, _ = solve(problem, [int(i) for i in np.flatnonzero(start & problem.demanding)], hide)
    return None if failed else tuple(problem.hidden.tolist())
