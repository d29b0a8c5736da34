"""Protect a table of results: the only way numbers reach a page, a chart, a text alternative or a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ctg_lib.disclosure.policy import Policy
from ctg_lib.disclosure.remainders import Pair, rests, small, system_of
from ctg_lib.disclosure.suppression import Problem, holds, solve
from ctg_lib.disclosure.system import EPS, Floats, Ints, Link, System

NUMBERS = ("value", "lower", "upper", "numerator", "denominator")
KEY = ["indicator", "breakdown", "level", "code", "period"]
STEP = 30.0
"""How many times dearer a larger kind of territory is."""
CLEAN_UP = 400
"""Checks (cells × cells to show again) that are still worth making."""
CERTAIN, LIKELY = 1000.0, 10.0
"""Price of leaving an equation wrong, against moving a rounded number by one: sums of territories are
certain, sums of breakdowns are found from the numbers."""
LARGEST = 60_000
"""Cells of one piece; beyond, the whole quantity is hidden."""


@dataclass
class Report:
    """What was hidden.

    Attributes:
        primary: rows hidden because they are small.
        secondary: rows hidden to protect others.
        parents: groups hidden although they are large enough: (indicator, level, code, period).
        unprotected: rows for which every row of their table had to be hidden.
    """

    primary: int = 0
    secondary: int = 0
    parents: list[tuple[str, str, str, str]] = field(default_factory=list)
    unprotected: int = 0

    @property
    def hidden(self) -> int:
        """Rows hidden in all."""
        return self.primary + self.secondary

    def sentences(self) -> list[str]:
        """What a reader of the log is told, in French (never which cell was hidden for which reason)."""
        if not self.hidden:
            return []
        out = [f"Secret statistique : {self.hidden} valeurs cachées."]
        for indicator, level, code, period in self.parents:
            out.append(
                "Total caché lui aussi, faute de pouvoir protéger ses parties : "
                f"{indicator}, {level} {code}, {period}."
            )
        return out


@dataclass
class Piece:
    """A problem and where its variables lie in the system (−1: a cell nobody publishes).

    ``right`` holds what each equation adds up to (NaN: unknown), ``price`` what it costs to leave it wrong.
    """

    problem: Problem
    cell: Ints
    variable: dict[int, int]
    right: Floats
    price: Floats


class Protector:
    """Hides rows of a system until nothing small can be found again.

    Args:
        system: cells and equations.
        fixed: rows published already, hidden or not: they stay as they are (None: nothing is published yet).
        already: those of them that are hidden.
        unseen: rows that no reader sees, remainders of counts: the small ones are protected.
    """

    def __init__(
        self, system: System, *, fixed: NDArray[np.bool_] | None = None,
        already: NDArray[np.bool_] | None = None, unseen: NDArray[np.bool_] | None = None,
    ) -> None:  # fmt: skip
        self.system = system
        self.fixed = fixed
        self.hidden = np.zeros(system.rows, dtype=bool)
        counts = np.diff(system._rows_start)
        self.shown = counts.copy()
        """Shown rows of each cell."""
        self.locked = np.zeros(len(system.x), dtype=bool)
        if fixed is not None:
            cells = system.row_cells[fixed].ravel()
            self.locked[cells[cells >= 0]] = True
        self.primary_rows: set[int] = set()
        self.parents: set[int] = set()
        self.unprotected = 0
        for cell in np.flatnonzero(system.primary()):
            if fixed is None or not self.locked[cell]:
                self.primary_rows.update(self.hide_cell(int(cell)))
        if already is not None:
            for row in np.flatnonzero(already & ~self.hidden):
                self._hide_row(int(row))
            self._follow(np.flatnonzero(already))
        self.silent = np.zeros(len(system.x), dtype=bool)
        """Remainders large enough to be known."""
        if unseen is not None:
            self._leave_unseen(unseen)
        self._prepare()

    def _leave_unseen(self, unseen: NDArray[np.bool_]) -> None:
        cells = self.system.row_cells[unseen].ravel()
        self.silent[cells[cells >= 0]] = True
        self.silent &= ~self.system.primary()
        for row in np.flatnonzero(unseen & ~self.hidden):
            self._hide_row(int(row))
        self.primary_rows -= set(np.flatnonzero(unseen).tolist())

    # ------------------------------------------------------------------------------------------ hiding

    def hide_cell(self, cell: int) -> list[int]:
        """Hide every row that shows a cell (never a row that is published already)."""
        rows = [int(r) for r in self.system.cell_rows(cell) if not self.hidden[r]]
        rows = [r for r in rows if self.fixed is None or not self.fixed[r]]
        for row in rows:
            self._hide_row(row)
        return rows

    def _follow(self, rows: Ints) -> None:
        """A cell that is hidden where it is published may not be shown under another name."""
        assert self.fixed is not None
        for cell in np.unique(self.system.row_cells[rows]):
            if cell < 0:
                continue
            shown = [r for r in self.system.cell_rows(int(cell)) if not self.hidden[r]]
            if not any(self.fixed[r] for r in shown):
                self.hide_cell(int(cell))

    def _hide_row(self, row: int, sign: int = -1) -> None:
        self.hidden[row] = sign < 0
        cells = self.system.row_cells[row]
        for cell in cells[cells >= 0]:
            if not self.system.secret[cell]:
                self.shown[cell] += sign

    @property
    def invisible(self) -> NDArray[np.bool_]:
        """Cells that no row shows."""
        return self.shown == 0

    # ------------------------------------------------------------------------------------------ places

    def _prepare(self) -> None:
        places = self.system.places
        self.groups = [g for g in range(places.communes, len(places.members)) if len(places.members[g])]
        self.groups.sort(key=lambda g: (len(places.members[g]), g))
        inside: list[list[int]] = [[] for _ in range(places.communes)]
        for g in self.groups:
            for c in places.members[g]:
                inside[c].append(g)
        self.groups_of = inside
        hard = [tuple(g for g in inside[c] if not places.soft[g]) for c in range(places.communes)]
        number: dict[tuple[int, ...], int] = {}
        self.cluster = np.array([number.setdefault(key, len(number)) for key in hard], dtype=np.int64)
        self.cluster_members = (
            [np.flatnonzero(self.cluster == k) for k in range(len(number))]
            if len(number) <= 50
            else _split(self.cluster, len(number))
        )

    def _above(self, place: int) -> list[int]:
        """Groups that contain a place and more."""
        members = self.system.places.members
        mine = members[place]
        if not len(mine):
            return []
        return [
            g for g in self.groups_of[mine[0]]
            if len(members[g]) > len(mine) and np.isin(mine, members[g], assume_unique=True).all()
        ]  # fmt: skip

    # ------------------------------------------------------------------------------------------- work

    def run(self) -> None:
        """Protect every hidden cell."""
        system = self.system
        self._reconcile()
        asked = self.asked()
        if self.fixed is not None:
            self._run_published(asked)
            return
        pending: dict[int, list[int]] = {int(b): [] for b in np.unique(system.bundle[system.column[asked]])}
        for cell in np.flatnonzero(asked):
            pending[int(system.bundle[system.column[cell]])].append(int(cell))
        for bundle, cells in pending.items():
            self._run_bundle(np.flatnonzero(system.bundle == bundle), set(cells))

    def asked(self) -> NDArray[np.bool_]:
        """Cells to protect: all that no row shows, where the place is made of communes."""
        known = np.array([len(m) > 0 for m in self.system.places.members])
        return self.invisible & known[self.system.place] & ~self.silent

    def _reconcile(self) -> None:
        """Move rounded numbers inside their published bounds until sums agree.

        An intruder knows that the true numbers add up, not the rounded ones: how far a cell may go is
        counted from numbers that could be true.
        """
        system = self.system
        with np.errstate(invalid="ignore"):
            bounded = system.high > system.low
        everyone = np.arange(system.places.communes)
        done: set[int] = set()
        for column in np.unique(system.column[bounded]).tolist():
            if column in done:
                continue
            bundle = np.flatnonzero(system.bundle == system.bundle[column])
            columns = self._needed(bundle, {int(np.flatnonzero(system.column == column)[0])})
            done.update(columns.tolist())
            if len(everyone) * len(columns) > LARGEST:
                continue
            piece = build(self, columns, everyone, outer=False)
            has = piece.cell >= 0
            mine = piece.cell[has]
            low, high = np.full(len(has), 0.0), np.full(len(has), np.inf)
            exact = system.x[mine]
            low[has] = np.where(bounded[mine], system.low[mine], np.where(np.isnan(exact), 0.0, exact))
            high[has] = np.where(bounded[mine], system.high[mine], np.where(np.isnan(exact), np.inf, exact))
            x = _agreeing(piece.problem.matrix, piece.problem.x, low, high, piece.right, piece.price)
            moved = has.copy()
            moved[has] = bounded[mine]
            system.x = system.x.copy()
            system.x[piece.cell[moved]] = x[moved]

    def _run_bundle(self, columns: Ints, pending: set[int]) -> None:
        system, members = self.system, self.system.places.members
        pending |= self._clusters(columns, pending)
        tried: set[int] = set()
        while pending:
            above = {cell: self._above(int(system.place[cell])) for cell in pending}
            left = {g for gs in above.values() for g in gs} - tried
            if not left:
                break
            group = min(left, key=lambda g: (len(members[g]), g))
            tried.add(group)
            here = {cell for cell, gs in above.items() if group in gs}
            if self._same_as_cluster(group):
                continue
            ceiling = int(system.places.tier[group])
            left_over = self._piece(columns, members[group], here, outer=True, ceiling=ceiling)
            pending = (pending - here) | left_over
        if pending:
            everyone = np.arange(system.places.communes)
            pending = self._piece(columns, everyone, pending, outer=False)
        if pending:
            self._give_up(self._needed(columns, pending))

    def _clusters(self, columns: Ints, pending: set[int]) -> set[int]:
        """Protect communes inside their cluster; returns the cells that could not be."""
        system = self.system
        communes = {c for c in pending if system.place[c] < system.places.communes}
        by_cluster: dict[int, set[int]] = {}
        for cell in sorted(communes):
            by_cluster.setdefault(int(self.cluster[system.place[cell]]), set()).add(cell)
        pending -= communes
        failed: set[int] = set()
        for cluster, cells in by_cluster.items():
            failed |= self._piece(columns, self.cluster_members[cluster], cells, outer=True)
        return failed

    def _same_as_cluster(self, group: int) -> bool:
        """Whether the group is one cluster, which was tried already."""
        members = self.system.places.members[group]
        mine = self.cluster_members[self.cluster[members[0]]]
        return len(mine) == len(members) and bool((mine == members).all())

    def _run_published(self, asked: NDArray[np.bool_]) -> None:
        """Rows added to what is published: they alone may be hidden."""
        system, places = self.system, self.system.places
        everyone = np.arange(places.communes)
        for bundle in np.unique(system.bundle[system.column[asked]]):
            columns = np.flatnonzero(system.bundle == bundle)
            cells = {int(c) for c in np.flatnonzero(asked & np.isin(system.column, columns))}
            # a hidden total of an official group relies on what lies around it: nothing may be added inside
            total_hidden = any(
                system.place[c] >= places.communes and not places.soft[system.place[c]] for c in cells
            )
            if total_hidden or self._piece(columns, everyone, cells, outer=False):
                self._hide_touching(columns, cells)

    def _hide_touching(self, columns: Ints, cells: set[int]) -> None:
        """Hide every new group with a hidden commune in it: nothing is then known that was not."""
        system = self.system
        places = {int(system.place[c]) for c in cells}
        communes = {p for p in places if p < system.places.communes}
        for group in self.groups:
            if not system.places.soft[group] or not communes & set(system.places.members[group].tolist()):
                continue
            for cell in system.grid[group, columns]:
                if cell >= 0:
                    self.hide_cell(int(cell))

    def _give_up(self, columns: Ints) -> None:
        """Hide all there is of these quantities, totals included."""
        cells = np.flatnonzero(np.isin(self.system.column, columns))
        for cell in cells.tolist():
            rows = self.hide_cell(cell)
            self.unprotected += len(rows)
            self._note_parents(rows)

    def _note_parents(self, rows: Iterable[int]) -> None:
        self.parents.update(r for r in rows if self.system.row_tier[r] >= 2 and r not in self.primary_rows)

    def _piece(
        self, columns: Ints, communes: Ints, targets: set[int], *, outer: bool, ceiling: int = 9
    ) -> set[int]:
        """Protect targets with deviations inside these communes; returns those that cannot be.

        Totals of groups that lie across the communes' edge may be hidden only if they are of a kind below
        ``ceiling``: an EPCI for the sake of a département, never the other way round.
        """
        if len(communes) * len(columns) > LARGEST:
            columns = self._needed(columns, targets)
            if len(communes) * len(columns) > LARGEST:
                return set(targets)
        piece = build(self, columns, communes, outer=outer, ceiling=ceiling)
        problem = piece.problem
        steps: dict[int, list[int]] = {}

        def hide(variable: int) -> Ints:
            rows = self.hide_cell(int(piece.cell[variable]))
            steps[variable] = rows
            gone = np.flatnonzero((piece.cell >= 0) & ~problem.hidden)
            gone = gone[self.invisible[piece.cell[gone]]]
            problem.hidden[gone] = True
            return gone

        wanted = [piece.variable[c] for c in sorted(targets) if c in piece.variable]
        failed, _ = solve(problem, wanted, hide)
        protected = [i for i in wanted if i not in failed]
        self._show_again(piece, steps, protected, failed)
        for rows in steps.values():
            self._note_parents(r for r in rows if self.hidden[r])
        return {int(piece.cell[i]) for i in failed} | {c for c in targets if c not in piece.variable}

    def _needed(self, columns: Ints, targets: set[int]) -> Ints:
        """The columns tied to the targets by equations, leaving out those tied by a shared row only."""
        mine = {int(self.system.column[c]) for c in targets}
        relations = self.system.column_relations(columns)
        while True:
            more = {c for total, parts, _ in relations for c in (total, *parts) if {total, *parts} & mine}
            if more <= mine:
                return np.array(sorted(mine))
            mine |= more

    def _show_again(
        self, piece: Piece, steps: dict[int, list[int]], protected: list[int], failed: set[int]
    ) -> None:
        """Show rows that were hidden in vain, the dearest first."""
        problem = piece.problem
        if len(steps) < 2 or failed:
            return
        for variable in sorted(steps, key=lambda v: (-problem.cost[v], v)):
            fresh = [i for v in steps for i in self._variables(piece, steps[v]) if problem.hidden[i]]
            cells = list(dict.fromkeys([*protected, *fresh]))
            if len(cells) * len(steps) > CLEAN_UP:
                return
            rows = [r for r in steps[variable] if self.hidden[r]]
            if not rows:
                continue
            before = problem.hidden.copy()
            for row in rows:
                self._hide_row(row, 1)
            back = np.flatnonzero(problem.hidden & (piece.cell >= 0))
            back = back[~self.invisible[piece.cell[back]]]
            problem.hidden[back] = False
            if not holds(problem, [i for i in cells if problem.hidden[i]]):
                for row in rows:
                    self._hide_row(row)
                problem.hidden = before

    def _variables(self, piece: Piece, rows: list[int]) -> list[int]:
        cells: list[int] = self.system.row_cells[rows].ravel().tolist() if rows else []
        return [piece.variable[c] for c in cells if c in piece.variable]


def _split(labels: Ints, number: int) -> list[Ints]:
    order = np.argsort(labels, kind="stable")
    return np.split(order, np.searchsorted(labels[order], np.arange(1, number)))


def build(work: Protector, columns: Ints, communes: Ints, *, outer: bool, ceiling: int = 9) -> Piece:
    """The piece of the system about these columns and communes.

    Args:
        work: what is hidden so far.
        columns: quantities in periods.
        communes: places whose deviations are considered.
        outer: whether the totals of groups that contain all the communes stay as they are.
        ceiling: kind of group (:data:`~ctg_lib.disclosure.system.TIERS`) from which none may be hidden.
    """
    system, places = work.system, work.system.places
    members = places.members
    touching = Counter(g for c in communes for g in work.groups_of[c])
    inner: list[int] = []
    around: list[int] = []
    for g in sorted(touching, key=lambda g: (len(members[g]), g)):
        (around if outer and touching[g] == len(communes) else inner).append(g)
    spots = np.concatenate([communes, np.array(inner, dtype=np.int64)])
    local = system.grid[np.ix_(spots, columns)].astype(np.int64)
    number = np.full(local.shape, -1, dtype=np.int64)
    known = local >= 0
    number[known] = np.arange(int(known.sum()))
    maker = _Equations(number, local[known], system.x[local[known]])
    n = len(communes)
    position = np.full(places.communes, -1)
    position[communes] = np.arange(n)
    frozen = [not places.soft[g] and work.fixed is not None for g in inner]
    for k, g in enumerate(inner):
        mine = position[members[g]]
        mine = mine[mine >= 0]
        for c in np.flatnonzero(known[n + k]).tolist():
            whole = len(mine) == len(members[g])
            level = float(system.x[local[n + k, c]]) if whole else np.nan
            maker.add_sum(mine, c, None if frozen[k] else number[n + k, c], level)
    if outer:
        rim = system.grid[np.ix_(np.array(around, dtype=np.int64), columns)]
        for c in np.flatnonzero((rim >= 0).any(axis=0)).tolist():
            cells = rim[:, c][rim[:, c] >= 0].astype(np.int64)
            exact = [
                system.x[v] for g, v in zip(around, rim[:, c], strict=True) if v >= 0 and len(members[g]) == n
            ]
            maker.add_total(np.arange(n), c, _play(work, cells), float(exact[0]) if exact else np.nan)
    at = {int(c): i for i, c in enumerate(columns)}
    for total, parts, slack in system.column_relations(columns):
        if all(p in at for p in parts):
            maker.add_relation(at[total], [at[p] for p in parts], slack, exact=system.exact)
    return maker.piece(work, ceiling)


def _play(work: Protector, cells: Ints) -> tuple[float, float]:
    """How far a total around a piece may move: the bounds published for it, if nothing sharper is."""
    system = work.system
    open_ended = ~np.isnan(system.low[cells])
    if not open_ended.all() or (system.x[cells] != system.x[cells]).any():
        return 0.0, 0.0
    down = np.min(system.x[cells] - system.low[cells])
    up = np.min(system.high[cells] - system.x[cells])
    return max(float(down), 0.0), max(float(up), 0.0)


class _Equations:
    """Equations of a piece under construction; cells that nobody publishes get variables as they are met."""

    def __init__(self, number: Ints, cells: Ints, x: Floats) -> None:
        self.number = number
        self.x = x
        self.cells = list(cells)
        self.count = len(cells)
        self.rows: list[Ints] = []
        self.cols: list[Ints] = []
        self.signs: list[Ints] = []
        self.equations = 0
        self.play: dict[int, tuple[float, float]] = {}
        self.levels: dict[int, float] = {}
        """Number on the other side of an equation whose parts are all here."""
        self.right: list[float] = []
        self.price: list[float] = []

    def _add(
        self, plus: Ints, minus: Ints, level: float = np.nan, right: float = 0.0, price: float = CERTAIN
    ) -> None:
        if not np.isnan(level):
            self.levels[self.equations] = level
        self.right.append(right)
        self.price.append(price)
        self.rows.append(np.full(len(plus) + len(minus), self.equations))
        self.cols.append(np.concatenate([plus, minus]))
        self.signs.append(np.concatenate([np.ones(len(plus)), -np.ones(len(minus))]))
        self.equations += 1

    def _variables(self, spots: Ints, column: int) -> Ints:
        """Variables of places in a column, made where there is no cell."""
        found = self.number[spots, column]
        absent = np.flatnonzero(found < 0)
        if len(absent):
            fresh = np.arange(self.count, self.count + len(absent))
            self.number[spots[absent], column] = fresh
            self.count += len(absent)
            found = self.number[spots, column]
        return found

    def x_of(self, variable: int) -> float:
        """Number of a variable, NaN where nobody publishes it."""
        return float(self.x[variable]) if variable < len(self.x) else np.nan

    def extra(self) -> int:
        """A variable without a place."""
        self.count += 1
        return self.count - 1

    def add_sum(self, spots: Ints, column: int, whole: int | None, level: float) -> None:
        """A group is the sum of its communes; ``whole`` None: its number does not move."""
        minus = np.array([] if whole is None else [whole], dtype=np.int64)
        self._add(self._variables(spots, column), minus, level, level if whole is None else 0.0)

    def add_total(self, spots: Ints, column: int, play: tuple[float, float], level: float) -> None:
        """The communes together keep their sum, or move within what is published of it."""
        minus = []
        down, up = play
        if down > 0 or up > 0:
            minus = [self.extra()]
            self.play[minus[0]] = (down, up)
        self._add(self._variables(spots, column), np.array(minus, dtype=np.int64), level, level)

    def add_relation(self, total: int, parts: list[int], slack: bool, *, exact: bool = False) -> None:
        """In every place, a total is the sum of its parts; ``exact``: what they leave may shrink to none."""
        for spot in np.flatnonzero(self.number[:, total] >= 0):
            if not (self.number[spot, parts] >= 0).any():
                continue
            plus = np.array([self._variables(np.array([spot]), p)[0] for p in parts])
            if slack:
                plus = np.append(plus, self.extra())
                if exact:
                    left = self.x_of(self.number[spot, total]) - sum(self.x_of(v) for v in plus[:-1])
                    if not np.isnan(left):  # else what was estimated for it
                        self.play[int(plus[-1])] = (max(float(left), 0.0), np.inf)
            self._add(plus, self.number[[spot], total], self.x_of(self.number[spot, total]), price=LIKELY)

    def piece(self, work: Protector, ceiling: int) -> Piece:
        """The problem."""
        from scipy.sparse import coo_array

        system, n = work.system, self.count
        cell = np.full(n, -1, dtype=np.int64)
        cell[: len(self.cells)] = self.cells
        has = cell >= 0
        x = np.full(n, np.nan)
        x[has] = system.x[cell[has]]
        rows, cols, signs = (
            np.concatenate(part) if part else np.zeros(0, dtype=np.int64)
            for part in (self.rows, self.cols, self.signs)
        )
        matrix = coo_array((signs, (rows, cols)), shape=(self.equations, n)).tocsr()
        unknown = np.isnan(x)
        x = _estimated(matrix, x, self.levels)
        if system.masked and unknown.any():  # numbers that could be true: what is known is not moved
            most = np.full(n, np.inf)
            most[has] = np.where(system.limit[cell[has]] > 0, system.limit[cell[has]] - 1, np.inf)
            low, high = np.where(unknown, 0.0, x), np.where(unknown, most, x)
            right = np.array(self.right)
            x = _agreeing(matrix, np.clip(x, low, high), low, high, right, np.array(self.price))
        invisible = ~has
        invisible[has] = work.invisible[cell[has]]
        locked = ~has
        high = system.places.tier[system.place[cell[has]]] >= ceiling
        locked[has] = (work.locked[cell[has]] | high) & ~invisible[has]
        limit = np.zeros(n)
        small = has if system.masked else has & ~unknown  # what a partner masked is small, whatever it is
        limit[small] = system.limit[cell[small]]
        cap = np.full(n, np.inf)
        cap[has] = np.maximum(system.cap[cell[has]], np.where(unknown[has], np.inf, x[has]))
        free_down, free_up = np.zeros(n), np.zeros(n)
        bounded = has.copy()
        bounded[has] = ~np.isnan(system.low[cell[has]])
        free_down[bounded] = np.maximum(x[bounded] - system.low[cell[bounded]], 0)
        free_up[bounded] = np.maximum(system.high[cell[bounded]] - x[bounded], 0)
        down, up = np.maximum(x, 0.0), np.maximum(cap - x, 0.0)
        for variable, (lower, upper) in self.play.items():
            down[variable], up[variable] = lower, upper
        cost = _cost(work, cell, has, x)
        problem = Problem(
            matrix, x, hidden=invisible, locked=locked, cost=cost, limit=limit, cap=cap, down=down, up=up,
            free_down=free_down, free_up=free_up, demanding=has,
        )  # fmt: skip
        where = {int(c): i for i, c in enumerate(cell) if c >= 0}
        return Piece(problem, cell, where, np.array(self.right), np.array(self.price))


def _estimated(matrix, x: Floats, levels: Mapping[int, float]) -> Floats:
    """Numbers nobody publishes: what their equation leaves for them, shared; 0 where nothing is known.

    ``levels`` holds the sums of the equations whose parts are all in the piece.
    """
    x = x.copy()
    for row, level in levels.items():
        start, end = matrix.indptr[row], matrix.indptr[row + 1]
        parts = matrix.indices[start:end][matrix.data[start:end] > 0]
        blank = np.isnan(x[parts])
        if blank.any():
            x[parts[blank]] = max(level - float(np.nansum(x[parts])), 0.0) / blank.sum()
    return np.nan_to_num(x)


def _agreeing(matrix, x: Floats, low: Floats, high: Floats, right: Floats, price: Floats) -> Floats:
    """The numbers nearest to ``x``, each between its bounds, that satisfy the equations as far as can be."""
    from scipy.optimize import linprog
    from scipy.sparse import eye_array, hstack

    asked = np.isfinite(right)
    gap = (right - matrix @ x)[asked]
    if not len(gap) or np.abs(gap).max() <= EPS:
        return x
    left, n, m = matrix[np.flatnonzero(asked)], len(x), int(asked.sum())
    apart = eye_array(m)
    whole = hstack([left, -left, apart, -apart]).tocsr()
    rooms = np.concatenate([np.maximum(high - x, 0.0), np.maximum(x - low, 0.0), np.full(2 * m, np.inf)])
    cost = np.concatenate([np.ones(2 * n), price[asked], price[asked]])
    bounds = np.column_stack([np.zeros(len(rooms)), rooms])
    answer = linprog(cost, A_eq=whole, b_eq=gap, bounds=bounds, method="highs")
    return x + answer.x[:n] - answer.x[n : 2 * n] if answer.status == 0 else x


def _cost(work: Protector, cell: Ints, has: NDArray[np.bool_], x):
    """Cost of hiding: the size of the cell, times the rows that show it, much more for larger territories."""
    system = work.system
    cost = np.ones(len(cell))
    mine = cell[has]
    size = np.abs(x[has])
    zero = size <= EPS  # hiding a nought says that there may be someone where there is nobody
    base = np.where(zero, system.limit[mine] + 1, size + 1)
    tier = system.places.tier[system.place[mine]]
    ranks = np.searchsorted(np.unique(tier), tier) if len(tier) else tier
    cost[has] = base * np.maximum(work.shown[mine], 1) * STEP**ranks
    return cost


# ------------------------------------------------------------------------------------------------ public


@dataclass(frozen=True)
class Protected:
    """A protected table, and what was hidden in it."""

    table: pd.DataFrame
    report: Report


def protect(
    table: pd.DataFrame, hierarchy: pd.DataFrame, policies: Mapping[str, Policy], *,
    published: pd.DataFrame | None = None, links: Iterable[Link] = (), masked: bool = False,
    pairs: Iterable[Pair] = (),
) -> pd.DataFrame:  # fmt: skip
    """The table with every number taken out that may not be shown, or would let one be found.

    Hidden rows keep their place, period and sources; ``value``, ``lower``, ``upper``, ``numerator`` and
    ``denominator`` are all empty and the status is ``below_threshold``, whatever the reason (a sender's
    ``secret`` stays). Rows of indicators whose policy asks for nothing are returned as they came.

    Args:
        table: result rows (``RESULT_COLUMNS``), complete and unprotected.
        hierarchy: ``commune, level, code``: what the groups in the table are made of.
        policies: by indicator.
        published: rows of the same indicators that readers have already (the national table): those that
            are hidden there are hidden here, those shown stay shown, and only the other rows of ``table``
            (secteurs, « without » one commune, several EPCI together) may be hidden beside.
        links: indicators that are parts of another one.
        masked: a sender's ``secret`` stands for a count below the threshold (a partner's file), and gets
            the same protection as those hidden here.
        pairs: counts of people, one inside the other, of which no small remainder may be found; not to be
            asked for beside ``published``.
    """
    return protect_with_report(
        table, hierarchy, policies, published=published, links=links, masked=masked, pairs=pairs
    ).table


def protect_with_report(
    table: pd.DataFrame, hierarchy: pd.DataFrame, policies: Mapping[str, Policy], *,
    published: pd.DataFrame | None = None, links: Iterable[Link] = (), masked: bool = False,
    pairs: Iterable[Pair] = (),
) -> Protected:  # fmt: skip
    """Like :func:`protect`, with an account of what was hidden."""
    biting = [i for i in table["indicator"].unique() if i in policies and policies[i].bites]
    chosen = table["indicator"].isin(biting).to_numpy()
    if not chosen.any():
        return Protected(table, Report())
    rows = table[chosen]
    fixed = already = None
    pairs = list(pairs)
    remainders = rests(rows, pairs)
    if published is not None:
        fixed, already = _compare(rows, published)
        if not already.any() and not _small(rows, policies):
            return Protected(table, Report())
    elif not _small(rows, policies) and not small(remainders, pairs):
        return Protected(table, Report())
    system, unseen = system_of(rows, hierarchy, policies, pairs, remainders, links, masked=masked)
    work = Protector(system, fixed=fixed, already=already, unseen=unseen if pairs else None)
    work.run()
    hidden = work.hidden[: len(rows)]
    work.parents = {r for r in work.parents if r < len(rows)}
    primary = len(work.primary_rows)
    report = Report(
        primary=primary,
        secondary=int(hidden.sum()) - primary,
        parents=[tuple(rows.iloc[r][["indicator", "level", "code", "period"]]) for r in sorted(work.parents)],
        unprotected=work.unprotected,
    )
    return Protected(blank(table, chosen, hidden), report)


def protect_remainders(
    table: pd.DataFrame, hierarchy: pd.DataFrame, policies: Mapping[str, Policy], pairs: Iterable[Pair]
) -> pd.DataFrame:
    """A table, protected already, less what lets a small remainder be found (status ``below_threshold``).

    Rows hidden already stay hidden: more hidden rows never say more of them.

    Args:
        table: result rows as they would be shown, without roundings.
        hierarchy: ``commune, level, code``.
        policies: by indicator; only how it adds up is read.
        pairs: of counts, one inside the other.
    """
    pairs = list(pairs)
    concerned = table["indicator"].isin({s[0][0] for p in pairs for s in (p.whole, p.part)}).to_numpy()
    rows = table[concerned]
    remainders = rests(rows, pairs)
    if not small(remainders, pairs):
        return table
    rules = {i: Policy(i, aggregation=policies[i].aggregation) for i in rows["indicator"].unique()}
    system, unseen = system_of(rows, hierarchy, rules, pairs, remainders)
    work = Protector(system, unseen=unseen)
    work.silent |= ~system.primary()  # what was hidden before is protected
    before = (rows["value"].isna() & rows["numerator"].isna()).to_numpy()
    work.run()
    return blank(table, concerned, work.hidden[: len(rows)] & ~before)


def _small(rows: pd.DataFrame, policies: Mapping[str, Policy]) -> bool:
    """Whether a first look finds anything small, secret or dominated: most tables stop here."""
    limit = rows["indicator"].map({i: p.threshold for i, p in policies.items()}).astype("float64")
    found = rows["status"].eq("secret")
    summed = rows["indicator"].isin([i for i, p in policies.items() if p.aggregation == "sum"])
    for column in ("value", "upper", "numerator", "denominator"):
        number = rows[column].astype("float64")
        counts = number.gt(0) & number.lt(limit)
        found |= counts if column in ("numerator", "denominator") else counts & summed
    if any(p.dominance is not None for p in policies.values()) and "largest_share" in rows:
        found |= rows["largest_share"].notna()
    return bool(found.any())


def _compare(rows: pd.DataFrame, published: pd.DataFrame) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which rows readers have already, and which of them are hidden there."""
    known = published.assign(
        gone=published["status"].isin(["below_threshold", "secret"]) & published["numerator"].isna()
        & published["value"].isna()
    )[[*KEY, "gone"]].drop_duplicates(KEY)  # fmt: skip
    both = rows[KEY].merge(known, on=KEY, how="left")
    gone = both["gone"]
    return gone.notna().to_numpy(), gone.fillna(False).astype(bool).to_numpy()


def blank(table: pd.DataFrame, chosen: NDArray[np.bool_], hidden: NDArray[np.bool_]) -> pd.DataFrame:
    """The table without the numbers of some rows: ``hidden`` says which of the ``chosen`` ones."""
    mask = np.zeros(len(table), dtype=bool)
    mask[np.flatnonzero(chosen)[hidden]] = True
    if not mask.any():
        return table
    out = table.copy()
    for column in NUMBERS:
        out[column] = out[column].mask(mask)
    out["status"] = out["status"].mask(mask & out["status"].ne("secret").to_numpy(), "below_threshold")
    return out
