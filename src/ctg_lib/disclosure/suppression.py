"""Which cells to hide beside the small ones, so that no small one can be found again.

Primary suppression hides counts from 1 to the threshold. Secondary suppression is the linear-programming
heuristic for complementary cells: for a cell that can be found too precisely, the cheapest deviation of the
other cells that lets it be as large as the threshold, or nothing, is looked for; cells that deviate are
hidden. Cheap are small cells of small places. Cells hidden in vain are shown again at the end.

    Kelly J.P., Golden B.L., Assad A.A. (1992). Cell suppression: disclosure protection for sensitive tabular
    data. Networks 22, 397-417.
    Fischetti M., Salazar-González J.J. (2001). Solving the cell suppression problem on tabular data with
    linear constraints. Management Science 47(7), 1008-1026.
    Hundepool A. et al. (2012). Statistical Disclosure Control. Wiley (modular approach of τ-ARGUS).

Work goes from the inside out, as in the modular approach: first the communes of one EPCI in one département,
with every total kept; only where that fails, wider territories, whose inner totals may then be hidden too.
A deviation that keeps all totals outside its territory is a proof that holds for the whole country.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from ctg_lib.disclosure.system import EPS, Floats, Ints

if TYPE_CHECKING:
    from scipy.sparse import csr_array

ROUNDS = 2
"""Times a solution is looked for again with the cells it uses made cheaper: fewer cells are hidden."""
WIDTH = 1.0
"""A cell hidden to protect another may not be known to one unit."""


_FAR = 1e12
_TIMES = 10.0
"""How many times a deviation is taken, at most: what a programme leaves of an equation is taken as often."""


class Problem:
    """A piece of the system: cells as variables of deviation, equations, what may be hidden at what cost.

    Attributes:
        matrix: equations × variables; deviations y of cells obey ``matrix @ y = 0``.
        x, down, up: number, and how far it can go for an intruder who does not see it.
        free_down, free_up: how far it can go although it is shown (published bounds).
        hidden, locked: not shown; may not be hidden.
        cost: of hiding.
        limit, cap: threshold, and what the intruder knows it not to exceed.
    """

    def __init__(
        self, matrix, x: Floats, *, hidden, locked, cost, limit, cap, free_down, free_up, down=None, up=None,
        demanding=None,
    ) -> None:  # fmt: skip
        from scipy.sparse import coo_array, csr_array
        from scipy.sparse.csgraph import connected_components

        self.matrix = csr_array(matrix)
        self.x = np.asarray(x, dtype=float)
        n = len(self.x)
        self.hidden = np.asarray(hidden, dtype=bool).copy()
        self.locked = np.asarray(locked, dtype=bool)
        self.cost = np.asarray(cost, dtype=float)
        self.limit, self.cap = np.asarray(limit, dtype=float), np.asarray(cap, dtype=float)
        self.down = np.maximum(self.x, 0.0) if down is None else np.asarray(down, dtype=float)
        self.up = np.maximum(self.cap - self.x, 0.0) if up is None else np.asarray(up, dtype=float)
        self.free_down, self.free_up = np.asarray(free_down, dtype=float), np.asarray(free_up, dtype=float)
        self.demanding = np.ones(n, dtype=bool) if demanding is None else np.asarray(demanding, dtype=bool)
        self.seen_up, self.seen_down = np.zeros(n), np.zeros(n)
        # cells that can never move tie nothing together
        moves = self.hidden | ~self.locked | (self.free_down > 0) | (self.free_up > 0)
        equation, variable = self.matrix.nonzero()
        kept = moves[variable]
        m = self.matrix.shape[0]
        ends = (equation[kept], m + variable[kept])
        graph = coo_array((np.ones(len(ends[0])), ends), shape=(m + n, m + n))
        self.label = connected_components(graph, directed=False)[1][m:]
        self._parts: dict[int, tuple[Ints, csr_array]] = {}
        self._simple(equation, variable)

    def _simple(self, equation: Ints, variable: Ints) -> None:
        """Find the cells tied by one equation alone, whose intervals need no programme."""
        n = len(self.x)
        pairs = np.unique(np.column_stack([self.label[variable], equation]), axis=0)
        several = np.bincount(pairs[:, 0], minlength=int(self.label.max(initial=-1)) + 1)
        self.simple = (several == 1)[self.label] if n else np.zeros(0, dtype=bool)
        self.sign = np.zeros(n)
        self.sign[variable] = self.matrix[equation, variable] if len(variable) else 0
        self.reach()

    def reach(self) -> None:
        """Intervals of hidden cells tied by one equation: what the others can take or give."""
        mine = np.flatnonzero(self.simple)
        if not len(mine):
            return
        shown = ~self.hidden[mine]
        down = np.minimum(np.where(shown, self.free_down[mine], self.down[mine]), _FAR)
        up = np.minimum(np.where(shown, self.free_up[mine], self.up[mine]), _FAR)
        positive = self.sign[mine] > 0
        more, less = np.where(positive, up, down), np.where(positive, down, up)
        label = self.label[mine]
        all_more = np.bincount(label, weights=more)[label] - more
        all_less = np.bincount(label, weights=less)[label] - less
        reach_up = np.minimum(up, np.where(positive, all_less, all_more))
        reach_down = np.minimum(down, np.where(positive, all_more, all_less))
        hidden = mine[~shown]
        self.seen_up[hidden] = np.maximum(self.seen_up[hidden], reach_up[~shown])
        self.seen_down[hidden] = np.maximum(self.seen_down[hidden], reach_down[~shown])

    def _part(self, i: int) -> tuple[Ints, csr_array]:
        """The cells tied to one, and the equations between them."""
        label = int(self.label[i])
        if label not in self._parts:
            part = np.flatnonzero(self.label == label)
            inside = self.matrix[:, part]
            self._parts[label] = (part, inside[np.unique(inside.nonzero()[0])])
        return self._parts[label]

    def demands(self, i: int) -> tuple[float, float]:
        """How far up and down a small hidden cell must be able to go; (0, 0) for one that is not small."""
        small = EPS < self.x[i] < self.limit[i] - EPS
        if not small:
            return 0.0, 0.0
        return min(max(self.limit[i] - self.x[i], 0.0), self.up[i]), min(self.x[i], self.down[i])

    def width(self, i: int) -> float:
        """How wide the interval of any hidden cell must be."""
        return min(WIDTH, self.up[i] + self.down[i])

    def satisfied(self, i: int) -> bool:
        """Whether deviations already found are enough for this cell."""
        return next(self.missing(i), None) is None and self.wide(i)

    def missing(self, i: int) -> Iterator[float]:
        """How far up, then down, a cell is asked to go beyond deviations already found.

        What was found needs nothing more hidden: to look for it again would hide nothing.
        """
        up, down = self.demands(i)
        if self.seen_up[i] < up - EPS:
            yield up
        if self.seen_down[i] < down - EPS:
            yield -down

    def ways(self, i: int) -> Iterator[float]:
        """Deviations of one cell, up or down, that would make its interval wide enough."""
        width = self.width(i)
        both = (min(width, self.up[i]), -min(width, self.down[i]))
        yield from (amount for amount in both if abs(amount) >= width - EPS)

    def wide(self, i: int) -> bool:
        """Whether deviations already found leave an interval wide enough, and two whole numbers in it.

        « 8, give or take a half » is 8 for whoever counts people.
        """
        up, down, width = self.seen_up[i], self.seen_down[i], self.width(i)
        if up + down < width - EPS:
            return False
        low, high = np.ceil(self.x[i] - down - EPS), np.floor(self.x[i] + up + EPS)
        return bool(width < WIDTH or high - low >= WIDTH)

    def deviate(self, i: int, amount: float, *, hide: bool = True) -> Floats | None:
        """The cheapest deviation in which cell ``i`` moves by ``amount``; None when there is none.

        Args:
            i: a hidden cell.
            amount: up (positive) or down.
            hide: whether shown cells may be used (and then have to be hidden).
        """
        part, matrix = self._part(i)
        if not matrix.shape[0]:
            return _alone(len(self.x), i, amount)
        if self.simple[i] and (direct := self._direct(part, i, amount, hide)) is not None:
            return direct
        shown = ~self.hidden[part]
        usable = shown & ~self.locked[part] if hide else np.zeros(len(part), dtype=bool)
        low = np.where(shown, -self.free_down[part], -self.down[part])
        high = np.where(shown, self.free_up[part], self.up[part])
        at = int(np.searchsorted(part, i))
        low[at] = high[at] = amount
        # beyond what is published of a shown cell
        down = np.maximum(self.down[part] - self.free_down[part], 0.0)
        up = np.maximum(self.up[part] - self.free_up[part], 0.0)
        best, best_cost, weight = None, np.inf, self.cost[part].copy()
        for _ in range(1 + ROUNDS):
            y = _programme(matrix, low, high, usable, down, up, weight)
            if y is None:
                break
            used = usable & ((y < low - EPS) | (y > high + EPS))
            cost = float(self.cost[part][used].sum())
            if cost < best_cost - EPS:
                best, best_cost = y, cost
            if not used.any():
                break
            before = weight
            weight = self.cost[part] / (np.where(used, np.abs(y), 0.0) + 0.01 * abs(amount))
            if np.array_equal(weight, before):  # the same programme: the same answer
                break
        if best is None:
            return None
        out = np.zeros(len(self.x))
        out[part] = best
        return out

    def _direct(self, part: Ints, i: int, amount: float, hide: bool) -> Floats | None:
        """Where one equation ties the cells: hidden ones first, then the cheapest cell that is large enough.

        None when no single cell is large enough.
        """
        wanted = -self.sign[i] * amount  # what the others must add up to
        shown = ~self.hidden[part]
        forward = self.sign[part] * np.sign(wanted) > 0
        whole = np.minimum(np.where(forward, self.up[part], self.down[part]), _FAR)
        free = np.where(forward, self.free_up[part], self.free_down[part])
        room = np.where(shown, free, whole)
        room[part == i] = 0.0
        short = abs(wanted) - room.sum()
        if short > EPS:
            large = shown & ~self.locked[part] & (whole - room >= short - EPS)
            if not hide or not large.any():
                return None
            best = int(np.flatnonzero(large)[np.argmin(self.cost[part][large])])
            room[best] += short
        before = np.concatenate([[0.0], np.cumsum(room)[:-1]])
        taken = np.clip(abs(wanted) - before, 0.0, room)
        if short > EPS:
            taken = room
        out = np.zeros(len(self.x))
        out[part] = taken * np.where(forward, 1.0, -1.0)
        out[i] = amount
        return out

    def note(self, y: Floats) -> None:
        """Remember a deviation that is allowed without hiding more: as far as it goes, both ways."""
        moved = np.flatnonzero(np.abs(y) > EPS)
        step, hidden = y[moved], self.hidden[moved]
        up = np.where(hidden, self.up[moved], self.free_up[moved])
        down = np.where(hidden, self.down[moved], self.free_down[moved])
        for way in (step, -step):
            room = np.where(way > 0, up, down) / np.abs(way)
            far = min(room.min(initial=np.inf), _TIMES) * way
            self.seen_up[moved] = np.maximum(self.seen_up[moved], far)
            self.seen_down[moved] = np.maximum(self.seen_down[moved], -far)

    def used(self, y: Floats) -> Ints:
        """Shown cells that a deviation needs hidden."""
        beyond = (y < -self.free_down - EPS) | (y > self.free_up + EPS)
        return np.flatnonzero(beyond & ~self.hidden)


def _alone(n: int, i: int, amount: float) -> Floats:
    """A cell that nothing ties: it may be anything."""
    out = np.zeros(n)
    out[i] = amount
    return out


def _programme(matrix, low, high, usable, down, up, weight) -> Floats | None:
    """Cheapest y with ``matrix @ y = 0`` and low ≤ y ≤ high; usable cells may go beyond, at a cost."""
    from scipy.optimize import linprog
    from scipy.sparse import hstack

    n, extra = len(low), np.flatnonzero(usable)
    wide = matrix[:, extra]
    whole = hstack([matrix, wide, -wide]).tocsr() if len(extra) else matrix
    price = weight[extra] / max(float(weight[extra].min()), EPS) if len(extra) else np.zeros(0)
    price = np.minimum(price, 1e7)
    objective = np.concatenate([np.zeros(n), price, price])
    lower = np.concatenate([low, np.zeros(2 * len(extra))])
    upper = np.concatenate([high, up[extra], down[extra]])
    answer = linprog(
        objective, A_eq=whole, b_eq=np.zeros(matrix.shape[0]), bounds=np.column_stack([lower, upper]),
        method="highs",
    )  # fmt: skip
    if answer.status != 0:
        return None
    y = answer.x[:n].copy()
    y[extra] += answer.x[n : n + len(extra)] - answer.x[n + len(extra) :]
    return y


def solve(problem: Problem, targets: Iterable[int], hide) -> tuple[set[int], list[Ints]]:
    """Hide cells until every target, and every cell hidden on the way, is protected.

    Args:
        problem: changed in place.
        targets: hidden cells to protect.
        hide: called with a cell to hide; returns all variables hidden by it.

    Returns:
        Cells that could not be protected, and the sets of variables hidden, in order.
    """
    queue = sorted(targets, key=lambda i: (-problem.demands(i)[0], i))
    failed: set[int] = set()
    hidden: list[Ints] = []
    queued = set(queue)
    while queue:
        i = queue.pop(0)
        y = _protect_one(problem, i, hide, hidden)
        if not y:
            failed.add(i)
        fresh = [int(j) for step in hidden for j in step if int(j) not in queued and problem.demanding[j]]
        queue += fresh
        queued.update(fresh)
    return failed, hidden


def _protect_one(problem: Problem, i: int, hide, hidden: list[Ints]) -> bool:
    """Protect one cell upward, downward and in width; False where that cannot be."""
    if problem.satisfied(i):
        return True
    for amount in problem.missing(i):
        if not _apply(problem, problem.deviate(i, amount), hide, hidden):
            return False
    if problem.wide(i):
        return True
    choices: list[tuple[float, int, Floats]] = []
    for amount in problem.ways(i):
        if (y := problem.deviate(i, amount)) is None:
            continue
        choices.append((float(problem.cost[problem.used(y)].sum()), len(choices), y))
        if not choices[-1][0]:  # nothing is cheaper
            break
    return bool(choices) and _apply(problem, min(choices)[2], hide, hidden)


def _apply(problem: Problem, y: Floats | None, hide, hidden: list[Ints]) -> bool:
    if y is None:
        return False
    for cell in problem.used(y):
        if not problem.hidden[cell]:
            hidden.append(hide(int(cell)))
    problem.note(y)
    problem.reach()
    return True


def holds(problem: Problem, cells: Iterable[int]) -> bool:
    """Whether these hidden cells are all protected as things stand."""
    problem.seen_up[:] = 0
    problem.seen_down[:] = 0
    problem.reach()
    for i in cells:
        if problem.satisfied(i):
            continue
        for amount in problem.missing(i):
            y = problem.deviate(i, amount, hide=False)
            if y is None:
                return False
            problem.note(y)
        if problem.wide(i):
            continue
        found = (problem.deviate(i, amount, hide=False) for amount in problem.ways(i))
        y = next((y for y in found if y is not None), None)
        if y is None:
            return False
        problem.note(y)
    return True


def cheapest(problem: Problem, targets: Iterable[int]) -> Ints | None:
    """The cheapest set of cells to hide for these targets, among all sets: an integer programme, tiny tables.

    The yardstick of :func:`solve` in the tests; the solver may write to the standard output, so that no
    command uses it.

    Returns:
        Variables to hide, or None when the targets cannot be protected (or no answer was proved).
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import block_diag, coo_array, csr_array, hstack

    wanted = [
        (i, a) for i in targets for a in (problem.demands(i)[0], -problem.demands(i)[1]) if abs(a) > EPS
    ]
    n = len(problem.x)
    candidates = np.flatnonzero(~problem.hidden & ~problem.locked)
    m = len(candidates)
    if not wanted:
        return np.zeros(0, dtype=np.int64)
    largest = max(abs(a) for _, a in wanted)
    reach = 8 * largest  # no elementary exchange needs more
    down, up = np.minimum(problem.down, reach), np.minimum(problem.up, reach)
    shown = ~problem.hidden
    low = np.where(shown, -problem.free_down, -down)
    high = np.where(shown, problem.free_up, up)
    low[candidates], high[candidates] = -down[candidates], up[candidates]
    lows, highs, blocks, uppers, lowers = [], [], [], [], []
    pick = csr_array((np.ones(m), (np.arange(m), candidates)), shape=(m, n))
    for i, amount in wanted:
        a, b = low.copy(), high.copy()
        a[i] = b[i] = amount
        lows.append(a)
        highs.append(b)
        blocks.append(problem.matrix)
        uppers.append(pick)
        lowers.append(pick)
    k = len(wanted)
    equal = hstack([block_diag(blocks), coo_array((k * problem.matrix.shape[0], m))]).tocsr()
    tops = np.tile(up[candidates] - problem.free_up[candidates], k)
    bottoms = np.tile(down[candidates] - problem.free_down[candidates], k)
    repeated = np.tile(np.arange(m), k)
    z_top = coo_array((-tops, (np.arange(k * m), repeated)), shape=(k * m, m))
    z_bottom = coo_array((bottoms, (np.arange(k * m), repeated)), shape=(k * m, m))
    above = hstack([block_diag(uppers), z_top]).tocsr()
    below = hstack([block_diag(lowers), z_bottom]).tocsr()
    answer = milp(
        np.concatenate([np.zeros(k * n), problem.cost[candidates]]),
        integrality=np.concatenate([np.zeros(k * n), np.ones(m)]),
        bounds=Bounds(
            np.concatenate([*lows, np.zeros(m)]), np.concatenate([*highs, np.ones(m)])
        ),
        constraints=[
            LinearConstraint(equal, 0, 0),
            LinearConstraint(above, -np.inf, np.tile(problem.free_up[candidates], k)),
            LinearConstraint(below, -np.tile(problem.free_down[candidates], k), np.inf),
        ],
        options={"node_limit": 500, "presolve": False},
    )  # fmt: skip
    if answer.status != 0 or answer.x is None:
        return None
    return candidates[answer.x[k * n :] > 0.5]
