"""How far a hidden cell may go: what is remembered of a deviation, and when an interval is wide enough."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from ctg_lib.disclosure import suppression
from ctg_lib.disclosure.suppression import Problem, holds, solve


def problem_of(matrix, x, *, hidden, free_down=0.0, free_up=0.0, limit=5.0, cap=np.inf):
    x = np.array(x, dtype=float)
    n = len(x)
    return Problem(
        np.array(matrix, dtype=float), x, hidden=np.array(hidden, dtype=bool), locked=np.zeros(n, dtype=bool),
        cost=x + 1, limit=np.full(n, limit), cap=np.broadcast_to(cap, n).copy(),
        free_down=np.broadcast_to(free_down, n).copy(), free_up=np.broadcast_to(free_up, n).copy(),
    )  # fmt: skip


def solved(problem, targets):
    """What is hidden in the end, and what could not be protected."""

    def hide(cell):
        problem.hidden[cell] = True
        return np.array([cell])

    failed, _ = solve(problem, targets, hide)
    return np.flatnonzero(problem.hidden).tolist(), failed


def reach(problem, i):
    """How far up and down a cell can go with what is hidden, found without the module's own memory."""
    low = np.where(problem.hidden, -problem.down, -problem.free_down)
    high = np.where(problem.hidden, problem.up, problem.free_up)
    bounds = [(a, b if np.isfinite(b) else None) for a, b in zip(low, high, strict=True)]
    ends = []
    for sign in (1, -1):
        cost = np.zeros(len(low))
        cost[i] = sign
        found = linprog(
            cost, A_eq=problem.matrix, b_eq=np.zeros(problem.matrix.shape[0]), bounds=bounds, method="highs"
        )
        ends.append(np.inf if found.status == 3 else -found.fun)
    return ends[0], ends[1]


# S + A + B = constant; R1 and R2, 8 each, follow A and are shown as « 10 » (7.5 to 12.5)
TIED = [[1, 1, 1, 0, 0], [0, 1, 0, -1, 0], [0, 1, 0, 0, 1]]


def test_an_interval_of_one_with_a_single_whole_number_in_it_is_known():
    """Between 7.5 and 8.5 people, there are 8: one of the two roundings is hidden as well."""
    problem = problem_of(
        TIED, [4, 8, 20, 8, 8], hidden=[1, 1, 1, 0, 0], free_down=[0, 0, 0, 0.5, 0.5],
        free_up=[0, 0, 0, 4.5, 4.5],
    )  # fmt: skip
    assert solved(problem, [0, 1, 2]) == ([0, 1, 2, 4], set())
    down, up = reach(problem, 1)
    assert np.floor(8 + up) - np.ceil(8 - down) >= 1


def test_an_interval_of_one_with_two_whole_numbers_in_it_is_wide_enough():
    """7.5, give or take a half: 7 or 8 people."""
    problem = problem_of(
        TIED, [4, 7.5, 20, 7.5, 7.5], hidden=[1, 1, 1, 0, 0], free_down=[0, 0, 0, 0.5, 0.5],
        free_up=[0, 0, 0, 4.5, 4.5],
    )  # fmt: skip
    assert solved(problem, [0, 1, 2]) == ([0, 1, 2], set())


def test_where_nothing_can_be_hidden_a_cell_that_is_known_is_said_to_be_unprotected():
    problem = problem_of(
        TIED, [4, 8, 20, 8, 8], hidden=[1, 1, 1, 0, 0], free_down=[0, 0, 0, 0.5, 0.5],
        free_up=[0, 0, 0, 4.5, 4.5],
    )  # fmt: skip
    problem.locked[3:] = True
    assert solved(problem, [0, 1, 2]) == ([0, 1, 2], {1})


@pytest.mark.parametrize(
    ("bounds", "limit"),
    [
        ({"free_down": [0, 2, 0, 0]}, 11.0),  # 4 may be 11 if 5, shown as « 3 at least », gives 7: it has 5
        (
            {"free_up": [0, 2, 0, 0], "cap": [4, 8, 99, 99]},
            5.0,
        ),  # 4 may be 0 if 5 takes them: it is 8 at most
    ],
)
def test_a_cell_hidden_to_protect_another_gives_no_more_than_it_has(bounds, limit):
    problem = problem_of(
        [[1, 1, 1, 0], [0, 0, 1, -1]], [4, 5, 30, 30], hidden=[1, 0, 0, 0], limit=limit, **bounds
    )
    problem.demanding[1:] = False
    _, failed = solved(problem, [0])
    assert not failed
    down, up = reach(problem, 0)
    assert up >= problem.demands(0)[0] - 1e-6
    assert down >= problem.demands(0)[1] - 1e-6


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_nothing_is_remembered_that_cannot_be(data):
    """Tables of whole numbers or halves, some shown within bounds: no cell goes less far than is remembered."""
    m, n = 3, 3
    part = data.draw(st.sampled_from([1, 2]))
    counts = np.array(data.draw(st.lists(st.integers(0, 30), min_size=m * n, max_size=m * n))) / part
    matrix = np.zeros((m + n, m * n + m + n))
    for i in range(m):
        matrix[i, i * n : (i + 1) * n], matrix[i, m * n + i] = 1, -1
    for j in range(n):
        matrix[m + j, j : m * n : n], matrix[m + j, m * n + m + j] = 1, -1
    table = counts.reshape(m, n)
    x = np.concatenate([counts, table.sum(axis=1), table.sum(axis=0)])
    free = np.array(data.draw(st.lists(st.sampled_from([0, 0, 0.5, 2]), min_size=len(x), max_size=len(x))))
    hidden = (x > 0) & (x < 5)
    problem = problem_of(
        matrix,
        x,
        hidden=hidden,
        free_down=np.minimum(free, x),
        free_up=free,
        cap=data.draw(st.sampled_from([60, np.inf])),
    )
    targets = np.flatnonzero(hidden).tolist()
    _, failed = solved(problem, targets)
    seen = problem.seen_up.copy(), problem.seen_down.copy()
    for i in np.flatnonzero(problem.hidden):
        down, up = reach(problem, i)
        assert seen[0][i] <= up + 1e-5
        assert seen[1][i] <= down + 1e-5
    for i in set(targets) - failed:
        down, up = reach(problem, i)
        wanted = problem.demands(i)
        assert up >= wanted[0] - 1e-6
        assert down >= wanted[1] - 1e-6


def test_what_holds_is_found_anew(monkeypatch):
    """Four cells in a square hold each other; shown again, the others do not hold."""
    square = [[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [0, 1, 0, 1]]
    problem = problem_of(square, [3, 3, 3, 3], hidden=[1, 1, 1, 1])
    programmes = []
    original = suppression._programme
    monkeypatch.setattr(suppression, "_programme", lambda *a: programmes.append(a) or original(*a))
    assert holds(problem, [0, 1, 2, 3])
    assert len(programmes) == 1
    problem.hidden[3] = False
    assert not holds(problem, [0, 1, 2])
