"""Tables of respondents: nobody finds a hidden cell again, by any subtraction."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from ctg_lib.disclosure import crossing, suppression
from ctg_lib.disclosure.crossing import hidden_cells, hidden_parts


def reach(matrix, right, bounds, target):
    """Least and greatest number that agrees with what is shown."""
    found = []
    for sign in (1, -1):
        cost = np.zeros(len(bounds))
        cost[target] = sign
        answer = linprog(cost, A_eq=matrix, b_eq=right, bounds=bounds, method="highs")
        assert answer.status == 0
        found.append(sign * answer.fun)
    return found


def intruder(counts, hidden, rows, columns):
    """What can be known of each hidden cell, line total or column total."""
    m, n = counts.shape
    x = np.concatenate([counts.ravel(), counts.sum(axis=1), counts.sum(axis=0)]).astype(float)
    unknown = np.concatenate([hidden.ravel(), rows, columns])
    equations = []
    for i in range(m):
        line = np.zeros(len(x))
        line[i * n : (i + 1) * n], line[m * n + i] = 1, -1
        equations.append((line, 0))
    for j in range(n):
        line = np.zeros(len(x))
        line[j : m * n : n], line[m * n + m + j] = 1, -1
        equations.append((line, 0))
    line = np.zeros(len(x))
    line[m * n : m * n + m] = 1
    equations.append((line, counts.sum()))
    matrix, right = np.array([e[0] for e in equations]), np.array([e[1] for e in equations])
    bounds = [(0, counts.sum()) if u else (v, v) for u, v in zip(unknown, x, strict=True)]
    return {i: (x[i], *reach(matrix, right, bounds, i)) for i in np.flatnonzero(unknown)}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=2, max_size=7), st.sampled_from([5, 10]), st.booleans())
def test_no_part_is_found_again(counts, limit, last_unseen):
    x = np.array(counts)
    unseen = np.zeros(len(x), dtype=bool)
    unseen[-1] = last_unseen
    hidden = hidden_parts(x, limit, unseen=unseen)
    if x.sum() < limit:
        assert hidden.all()
        return
    assert not ((x > 0) & (x < limit) & ~hidden).any()
    for value, low, high in intruder(x[:, None], hidden[:, None], hidden, np.array([False])).values():
        if 0 < value < limit:
            assert low <= 1e-6
            assert high >= min(limit, x.sum()) - 1e-6
        assert high - low >= 1 - 1e-6 or value == 0 == high


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(
    st.integers(2, 4).flatmap(
        lambda n: st.lists(
            st.lists(st.one_of(st.integers(0, 9), st.integers(0, 60)), min_size=n, max_size=n),
            min_size=2,
            max_size=5,
        )
    ),
    st.sampled_from([5, 10]),
    st.booleans(),
)
def test_no_cell_is_found_again(table, limit, last_unseen):
    x = np.array(table)
    if x.sum() < limit:
        return
    rows = hidden_parts(x.sum(axis=1), limit)
    unseen = np.zeros(x.shape[1], dtype=bool)
    unseen[-1] = last_unseen
    columns = hidden_parts(x.sum(axis=0), limit, unseen=unseen)
    hidden = hidden_cells(x, limit, rows=rows, columns=columns)
    if hidden is None:  # the crossing is not shown
        return
    assert not ((x > 0) & (x < limit) & ~hidden).any()
    assert hidden[:, columns].all()
    for value, low, high in intruder(x, hidden, rows, columns).values():
        if 0 < value < limit:
            assert low <= 1e-6
            assert high >= limit - 1e-6
        assert high - low >= 1 - 1e-6 or value == 0


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(
    st.integers(3, 4).flatmap(
        lambda n: st.lists(
            st.lists(st.one_of(st.integers(0, 9), st.integers(0, 60)), min_size=n, max_size=n),
            min_size=2,
            max_size=5,
        )
    ),
    st.sampled_from([5, 10]),
)
def test_beside_a_spared_column_no_cell_of_the_others_is_found_again(table, limit):
    """The intruder knows how many the spared column holds; its own cells alone may be found."""
    x = np.array(table)
    m, n = x.shape
    spared = np.zeros(n, dtype=bool)
    spared[-1] = True
    known = x[:, ~spared].sum(axis=0)
    rows = hidden_parts(x.sum(axis=1), limit)
    columns = np.append(hidden_parts(known, limit), False)
    hidden = hidden_cells(x, limit, rows=rows, columns=columns, spared=spared)
    if x.sum() < limit or hidden is None:
        return
    assert hidden[:, spared].all()
    assert not ((x > 0) & (x < limit) & ~hidden).any()
    own = {i * n + j for i in range(m) for j in np.flatnonzero(spared)}
    for at, (value, low, high) in intruder(x, hidden, rows, columns).items():
        if at in own:
            continue
        if 0 < value < limit and (at < m * n or x.sum() >= limit):
            assert low <= 1e-6
            # no more than all of those whose groups are known may be in a column
            assert high >= min(limit, known.sum() if at >= m * n + m else limit) - 1e-6
        assert high - low >= 1 - 1e-6 or value == 0 or known.sum() < limit


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 25), min_size=4, max_size=4), min_size=3, max_size=6),
    st.sampled_from([5, 10]),
)
def test_what_is_remembered_of_deviations_changes_nothing_of_what_is_hidden(table, limit):
    x = np.array(table)
    rows, columns = hidden_parts(x.sum(axis=1), limit), hidden_parts(x.sum(axis=0), limit)

    def made(remembered, patch):
        patch.setattr(crossing, "_solved", crossing._solved.__wrapped__)
        if not remembered:
            patch.setattr(suppression.Problem, "note", lambda problem, y: None)
        found = hidden_cells(x, limit, rows=rows, columns=columns)
        return None if found is None else found.tolist()

    with pytest.MonkeyPatch.context() as patch:
        whole = made(True, patch)
    with pytest.MonkeyPatch.context() as patch:
        assert made(False, patch) == whole


def test_a_deviation_is_remembered_as_far_as_it_goes_both_ways(monkeypatch):
    """Four small cells in a square: one programme tells of all of them, up and down."""
    x = np.array([[3, 3, 20], [3, 3, 30], [25, 40, 50]])
    programmes = []
    solved = suppression._programme
    monkeypatch.setattr(suppression, "_programme", lambda *a: programmes.append(a) or solved(*a))
    crossing._solved.cache_clear()
    none = np.zeros(3, dtype=bool)
    hidden = hidden_cells(x, 5, rows=none, columns=none)
    assert hidden.tolist() == [[True, True, False], [True, True, False], [False, False, False]]
    assert len(programmes) == 1


def test_those_of_no_group_take_no_cell_of_the_groups_with_them():
    """Eleven did not say whether they are soldiers: what four of them answered hides nothing of the sixty."""
    x = np.array([[22, 23, 4], [38, 40, 7]])
    sides = {"rows": [False, False], "columns": [False, False, False]}
    assert hidden_cells(x, 5, **sides)[:, :2].any()
    assert hidden_cells(x, 5, **sides, spared=[False, False, True]).tolist() == [[False, False, True]] * 2


def test_a_spared_column_that_is_known_protects_nothing():
    """Nobody is in it: three are not found by what it might hold."""
    x = np.array([[3, 23, 0], [38, 40, 0]])
    sides = {"rows": [False, False], "columns": [False, False, False]}
    hidden = hidden_cells(x, 5, **sides, spared=[False, False, True])
    assert hidden[:, :2].all()


def test_a_small_part_takes_another_with_it():
    assert hidden_parts([3, 40, 20, 7], 5).tolist() == [True, False, False, True]


def test_nothing_is_hidden_without_need():
    assert not hidden_parts([0, 5, 40], 5).any()
    assert not hidden_cells([[5, 9], [0, 30]], 5, rows=[False, False], columns=[False, False]).any()


def test_ten_for_a_protected_subject():
    assert hidden_parts([7, 40, 20], 10).sum() == 2


def test_a_small_group_without_answer_is_not_found_by_subtraction():
    """Two respondents said nothing of their group: what the shown groups leave of the total may not tell of them."""
    x = np.array([[20, 30, 2], [25, 10, 0]])
    columns = hidden_parts(x.sum(axis=0), 5, unseen=[False, False, True])
    assert columns.tolist() == [False, True, True]
    hidden = hidden_cells(x, 5, rows=[False, False], columns=columns)
    assert hidden is not None
    assert hidden[:, 1:].all()


@pytest.mark.parametrize("counts", [[3], [2, 2]])
def test_fewer_than_the_threshold_in_all(counts):
    assert hidden_parts(counts, 5).all()


def test_a_crossing_that_would_tell_in_any_case_is_refused():
    """Totals 9, 7, 7, 9 alone tell that the cell of 2 is at least 2."""
    assert hidden_cells([[7, 2], [0, 7]], 5, rows=[False, False], columns=[False, False]) is None


def test_a_rare_answer_does_not_hide_the_whole_crossing():
    """Three of 39 in the only group that is shown: the cell and its total go, with those who did not say so."""
    x = np.array([[3, 0, 0, 0], [90, 20, 15, 16]])
    rows = hidden_parts(x.sum(axis=1), 5)
    hidden = hidden_cells(x, 5, rows=rows, columns=[False] * 4)
    assert hidden is not None
    assert hidden.tolist() == [[True, False, False, False], [True, False, False, False]]
