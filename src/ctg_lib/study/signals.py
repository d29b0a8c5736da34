"""What stands out in a territory: how far, and how surely, indicators differ from the reference.

« L’essentiel » of a theme chapter is chosen here, not written in advance. A difference enters only when it
may be named (:func:`ctg_lib.statistics.comparison.compare`: established and meaningful). A rate that one
commune distorts is never headlined alone: it comes with its second reading, and what the two readings say
decides.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ctg_lib.study.comparison import Compared
from ctg_lib.study.extras import COUNTED_UNITS
from ctg_lib.study.using import aside

if TYPE_CHECKING:
    from ctg_lib.statistics.distortion import Distortion
    from ctg_lib.study.core import Study

FARTHEST = 5.0
"""Beyond this many meaningful differences, farther is not stronger."""
OWN_CASES = 20
"""A rate on fewer cases than this is never a headline: a case more or less moves it."""


NEUTRAL = 0.6
"""Weight of an indicator of which neither side is better."""
OLD, AGED = 5, 0.5
"""A figure more than so many years older than the study weighs so much: it may no longer be so."""


@dataclass(frozen=True)
class Signal:
    """An indicator whose difference from the main reference may be named.

    Attributes:
        compared: the territory beside its comparison territories; breakdown: which cell of the indicator.
        distance: gap in meaningful differences (1 at least), cut at :data:`FARTHEST`.
        shared: part of the known neighbours on the same side of the reference (0–1; 0.5 where few are known):
            what is true of all the neighbours is no mark of this territory.
        double: the commune that changes the reading, if there is one.
        old: whether its period is more than :data:`OLD` years before the study's date.
    """

    compared: Compared
    breakdown: str
    distance: float
    shared: float
    double: Distortion | None = None
    old: bool = False

    @property
    def strength(self) -> float:
        """How much it stands out: distance, less what neighbours share; a double reading comes first.

        Where one side is better than the other, a convention has more to do than where neither is.
        """
        weight = (1.0 if self.compared.definition.better else NEUTRAL) * (AGED if self.old else 1.0)
        return weight * self.distance * (1.5 - self.shared) * (1.5 if self.double is not None else 1.0)


def signals(study: Study, ids: Iterable[str]) -> list[Signal]:
    """Signals of these indicators, strongest first, one each (its strongest cell); ties in the order given.

    Left out: counts (a large territory has more of everything), annex indicators, values of another period
    than the reference's, rates on fewer than :data:`OWN_CASES` cases.
    """
    best = []
    for indicator in dict.fromkeys(ids):
        with aside(study):
            found = [signal_of(study, indicator, breakdown) for breakdown in study.cells(indicator)]
        known = [signal for signal in found if signal is not None]
        best += [max(known, key=lambda s: s.strength)] if known else []
    return sorted(best, key=lambda s: -s.strength)


def signal_of(study: Study, indicator: str, breakdown: str = "") -> Signal | None:
    """The signal of one indicator, None where nothing may be said."""
    compared = study.compare(indicator, breakdown)
    rule, reading = compared.definition, compared.reading
    if rule.aggregation == "sum" or rule.unit in COUNTED_UNITS or rule.annex:
        return None
    if compared.main is None or reading.side == "unknown":
        return None
    row = study.row(indicator, breakdown)
    if row is not None and rule.multiplier and row["numerator"] < OWN_CASES:
        return None
    double = study.distortion(indicator, breakdown) if rule.leave_one_out else None
    if double is not None and not double.changes_reading:
        double = None
    if reading.side == "close" and double is None:
        return None
    target = float(compared.main["value"])
    meaningful = rule.meaningful * abs(target) if rule.meaningful_relative else rule.meaningful
    gaps = [reading.difference, *([double.without_place - double.reference] if double else [])]
    distance = min(max(abs(gap) for gap in gaps) / meaningful, FARTHEST)
    old = study.as_of.year - int(compared.value.period[:4]) > OLD
    return Signal(compared, breakdown, distance, _shared(compared, target), double, old)


def _shared(compared: Compared, target: float) -> float:
    """Part of the known neighbours that stand on the same side of the reference."""
    if compared.peers_known < 5 or compared.peers_period != compared.value.period:
        return 0.5
    values = compared.peers["value"].dropna()
    above = compared.reading.difference > 0
    share = float((values > target).mean() if above else (values < target).mean())
    return 0.5 if math.isnan(share) else share
