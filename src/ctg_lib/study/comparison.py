"""A territory beside département, région, France, its peers and its look-alikes; its rank among all EPCI."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from ctg_lib.geography import Territory
from ctg_lib.indicators.registry import RESULT_COLUMNS, Definition
from ctg_lib.statistics.comparison import Reading, rank_of
from ctg_lib.study.national_rows import no_rows
from ctg_lib.study.rows import Periods, as_value, reading
from ctg_lib.values import Value

if TYPE_CHECKING:
    from ctg_lib.display.output import Bundle
    from ctg_lib.study.core import Study

FEWEST = 5
"""Fewer territories than this give no median: a median of three says little."""


@dataclass(frozen=True)
class Compared:
    """A territory's value beside its comparison territories.

    Attributes:
        definition: what is measured.
        value: the territory's value.
        references: one row per comparison territory (``RESULT_COLUMNS`` + ``role``), the closest first.
        peers: the other EPCI of the same département(s) and those that touch the territory, known for the
            period ``peers_period``.
        lookalikes: the same for the territories that look like it (:attr:`Study.lookalikes`), known for the
            period ``lookalikes_period``.
        main: the row to read against (same period), or None.
        reading: how the value stands to ``main``.
        study, breakdown: whose it is, for showing itself in a notebook.
    """

    definition: Definition
    value: Value
    references: pd.DataFrame
    peers: pd.DataFrame
    peers_period: str
    own_in_peers_period: float
    main: pd.Series | None
    reading: Reading
    lookalikes: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(RESULT_COLUMNS)))
    lookalikes_period: str = ""
    own_in_lookalikes_period: float = math.nan
    study: Study | None = field(default=None, repr=False, compare=False)
    breakdown: str = ""

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        from ctg_lib.study.explore.cards import compared_card

        return compared_card(self)._repr_mimebundle_(include, exclude) if self.study else ({}, {})

    @property
    def peers_median(self) -> float:
        """Median of the peers known (NaN for fewer than five: a median of three says little)."""
        return _median(self.peers)

    @property
    def lookalikes_median(self) -> float:
        """Median of the look-alikes known (NaN for fewer than five)."""
        return _median(self.lookalikes)

    @property
    def lookalikes_known(self) -> int:
        """Number of look-alikes whose value is known."""
        return int(self.lookalikes["value"].notna().sum())

    @property
    def lookalikes_above(self) -> int:
        """Number of look-alikes with a higher value, in the same period."""
        return int((self.lookalikes["value"] > self.own_in_lookalikes_period).sum())

    @property
    def peers_known(self) -> int:
        """Number of peers whose value is known."""
        return int(self.peers["value"].notna().sum())

    @property
    def peers_above(self) -> int:
        """Number of peers with a higher value, in the same period."""
        return int((self.peers["value"] > self.own_in_peers_period).sum())


@dataclass(frozen=True)
class Rank:
    """Where a territory stands among all EPCI whose value is known for the same period.

    Attributes:
        rank: 1 for the highest value; ties share the better rank. known: EPCI ranked, this one among them.
        period: of the values. share_below: part of the others (0–1) with a lower value.
    """

    rank: int
    known: int
    period: str
    share_below: float


@dataclass(frozen=True)
class Circle:
    """Whom a territory is compared with.

    Attributes:
        place: (level, code) of the territory. references: the closest first.
        peers, alike: codes of EPCI.
        against: those of the references that the territory may be read against; all of them for None.
    """

    place: tuple[str, str]
    references: Sequence[Territory]
    peers: Collection[str]
    alike: Collection[str]
    against: Sequence[Territory] | None = None

    def compared(self, rule: Definition, rows: pd.DataFrame, others: pd.DataFrame) -> Compared:
        """The territory's latest value beside the others.

        Each reference is given for the territory's own period where it is known, else for its latest one
        (its period then differs and shows). Readings are made within one period only.

        Args:
            rule: what is measured.
            rows: one breakdown of the territory and its references, all periods.
            others: known values of the peers, the look-alikes and the territory itself, all periods.
        """
        told, here = Periods.of(rows), _positions(rows)
        own = here.pop(self.place, [])
        latest = told.pick(own, None)
        at = None if latest is None else told.pick(own, told.periods[latest])
        value = as_value(None if at is None else rows.iloc[at], rule)
        references = _picked(rows, told, here, self.references, value.period)
        chosen = self.references if self.against is None else self.against
        main = _first_of(references, chosen, value.period) if value.is_number else None
        code = self.place[1]
        peers, peers_period, own_then = among(others, code, self.peers)
        alike, alike_period, own_alike = among(others, code, self.alike)
        return Compared(
            rule, value, references, peers, peers_period, own_then, main, reading(value, main, rule),
            alike, alike_period, own_alike,
        )  # fmt: skip


def nearest_first(
    here: Territory, around: Sequence[Territory], france: Sequence[Territory], people: pd.Series
) -> tuple[Territory, ...]:
    """Whom a territory is read against, the best first.

    Args:
        here: the territory. around: its départements and régions. france: the perimeters of France.
        people: inhabitants by commune; where none is known, each commune counts for one.

    Returns:
        Those of ``around`` where more than half of the inhabitants live, in their order; France; the
        others, the most inhabited first: a département that holds a minority stands for no whole.
    """
    members = pd.Index(here.members)
    known = people.reindex(members).astype("float64")
    weights = known if known.sum() > 0 else pd.Series(1.0, index=members)
    share = {t: float(weights[members.isin(t.members)].sum() / weights.sum()) for t in around}
    before = [t for t in around if share[t] > 0.5]
    after = sorted((t for t in around if share[t] <= 0.5), key=lambda t: -share[t])
    return (*before, *france, *after)


def reference_rows(rows: pd.DataFrame, references: Iterable[Territory], period: str) -> pd.DataFrame:
    """One usable row per reference territory; of the three Frances, the first of the same period.

    Args:
        rows: of the references, all periods. period: the one wanted where it is known.

    Returns:
        Frame with ``RESULT_COLUMNS``, in the order of ``references``.
    """
    return _picked(rows, Periods.of(rows), _positions(rows), references, period)


def _picked(
    rows: pd.DataFrame, told: Periods, here: Mapping[tuple[str, str], list[int]],
    references: Iterable[Territory], period: str,
) -> pd.DataFrame:  # fmt: skip
    """:func:`reference_rows`, of rows whose periods and positions by place are known."""
    picked: list[tuple[str, int]] = []
    for territory in references:
        found = here.get((territory.level, territory.code), [])
        at = told.pick(found, period) if period else None
        if at is None or not told.usable[at]:
            at = told.pick(found, None)
        if at is not None and told.usable[at]:
            picked.append((territory.level, at))
    france = [at for level, at in picked if level == "france"]
    same = [at for at in france if told.periods[at] == period] or france
    out = [at for level, at in picked if level != "france"]
    if same:
        out.insert(next(i for i, (level, _) in enumerate(picked) if level == "france"), same[0])
    if not out:
        return no_rows()
    return rows.iloc[out].loc[:, list(RESULT_COLUMNS)].reset_index(drop=True)


def _first_of(references: pd.DataFrame, chosen: Iterable[Territory], period: str) -> pd.Series | None:
    """The first row of a chosen territory, of this period, with a value."""
    named = {(t.level, t.code) for t in chosen}
    periods, values = references["period"].tolist(), references["value"].tolist()
    for at, place in enumerate(_places(references)):
        if place in named and periods[at] == period and not math.isnan(values[at]):
            return references.iloc[at]
    return None


def among(rows: pd.DataFrame, own: str, codes: Iterable[str]) -> tuple[pd.DataFrame, str, float]:
    """Rows of EPCI in the latest period that most share with the territory, highest first.

    Args:
        rows: known values of one indicator and breakdown, all periods.
        own: code of the territory. codes: of the EPCI.

    Returns:
        The rows, the period (empty when none is shared), the territory's own value in it.
    """
    wanted, pairs = set(codes), list(zip(rows["code"].tolist(), rows["period"].tolist(), strict=True))
    own_at: dict[str, int] = {}
    for at, (code, period) in enumerate(pairs):
        if code == own:
            own_at.setdefault(period, at)
    counts = Counter(p for c, p in pairs if c != own and c in wanted and p in own_at)
    if not counts:
        return rows.iloc[0:0], "", math.nan
    most = max(counts.values())
    period = max(p for p, count in counts.items() if count == most)
    there = [at for at, (c, p) in enumerate(pairs) if p == period and c != own and c in wanted]
    highest = rows["value"].iloc[there].reset_index(drop=True).sort_values(ascending=False).index
    here = rows.iloc[[there[at] for at in highest]]
    return here.reset_index(drop=True), period, float(rows["value"].iloc[own_at[period]])


def rank_among(others: pd.DataFrame, period: str, value: float) -> Rank | None:
    """Rank of a value among those of other EPCI in one period; None where there are none."""
    if others.empty:
        return None
    position, known = rank_of(value, others["value"].tolist())
    return Rank(position, known, period, float((others["value"] < value).mean()))


def _median(rows: pd.DataFrame) -> float:
    known = rows["value"].dropna()
    return float(known.median()) if len(known) >= FEWEST else math.nan


def _places(rows: pd.DataFrame) -> list[tuple[str, str]]:
    """(level, code) of each row."""
    return list(zip(rows["level"].tolist(), rows["code"].tolist(), strict=True))


def _positions(rows: pd.DataFrame) -> dict[tuple[str, str], list[int]]:
    """Positions of the rows of each (level, code)."""
    out: dict[tuple[str, str], list[int]] = {}
    for at, place in enumerate(_places(rows)):
        out.setdefault(place, []).append(at)
    return out
