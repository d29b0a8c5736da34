"""What an indicator does by itself: its own trend and variation over so many years, and chance in counts of people.

A target says something where it lies beyond what the indicator would reach without any action. Three things are known of that:

* its history, taken for a random walk with drift (:class:`Drift`): an interval that widens with the years to come;
* what never depends on time (:class:`Noise`): a rounding, a survey's interval, what the plan's sheet says;
* of a count of people free to come, without history, what chance does (:func:`poisson_gap`).

The plan (:mod:`ctg_lib.agreement.measurability`) and the follow-up (:mod:`ctg_lib.agreement.follow_up`) read the same.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

SURE = 0.95
"""Share of what an indicator does by itself that an interval holds."""
FEWEST = 4
"""Values of a history from which it is read: three changes, hence two degrees of freedom."""
YEAR = 365.25
"""Days."""
_EACH = re.compile(r"\bpar (?:an|année|mois|trimestre|semestre|semaine|jour)\b", re.IGNORECASE)
_RATE = re.compile(
    r"%|‰|\bpour\b|\bpar\b|€|\beuros?\b|\btaux\b|\bparts?\b|\bmoyenne\b|\bsur \d", re.IGNORECASE
)
_DECIDED = re.compile(
    r"^(?:nombre d(?:e |’|'))?(?:demi-)?(?:places?|etp|équivalents?|postes?|heures?|jours?|journées?|semaines?|mois|ans?|années?|"
    r"matins?|matinées?|soirs?|soirées?|après-midi|mercredis?|vendredis?|samedis?|dimanches?|vacances|séances?|ateliers?|séjours?|"
    r"sorties?|permanences?|réunions?|rencontres?|rendez-vous|formations?|actions?|étapes?|projets?|communes?|vallées?|lieux|lieu|"
    r"sites?|salles?|locaux|local|structures?|services?|établissements?|écoles?|véhicules?|circuits?|lignes?|arrêts?|conventions?|"
    r"accords?|contrats?|documents?|guides?|numéros?|kilomètres?|km|m²|euros?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Drift:
    """How a series has gone, taken for a random walk with drift.

    Attributes:
        slope: units a year. sd: standard deviation of its changes over one year. years: from its first value to its last.
        changes: between consecutive values (n − 1).
    """

    slope: float
    sd: float
    years: float
    changes: int

    def spread(self, years: float) -> float:
        """Half of the prediction interval (:data:`SURE`) of its change over so many years, around ``slope × years``.

        ``t × sd × √(h (1 + h / T))``, h the years to come, T those known, t of Student with n − 2 degrees of freedom.
        Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, 5.5 (drift method; Student
        in place of the normal law, for short series). Of values that scatter about a line, it is too wide, never too narrow.
        """
        from scipy import stats

        t = float(stats.t.ppf((1 + SURE) / 2, self.changes - 1))
        return t * self.sd * math.sqrt(years * (1 + years / self.years))


def drift_of(values: Iterable[tuple[date, float]]) -> Drift | None:
    """The drift of a series of dated values, at whatever distance from each other; None below :data:`FEWEST` values.

    Changes over τ years have the variance ``sd² × τ``: with one value a year, ``sd`` is that of the changes.
    """
    known = dict(sorted((day, float(value)) for day, value in values if not math.isnan(value)))
    if len(known) < FEWEST:
        return None
    days, numbers = list(known), list(known.values())
    steps = [(after - before).days / YEAR for before, after in pairwise(days)]
    changes = [after - before for before, after in pairwise(numbers)]
    years = sum(steps)
    slope = (numbers[-1] - numbers[0]) / years
    squares = sum((change - slope * step) ** 2 / step for change, step in zip(changes, steps, strict=True))
    return Drift(slope, math.sqrt(squares / (len(changes) - 1)), years, len(changes))


@dataclass(frozen=True)
class Noise:
    """By how much an indicator moves without a cause.

    Attributes:
        least: whatever the time. why: where that comes from, in words.
        drift: of its history (None: not known). drift_why: the same, in words.
    """

    least: float = 0.0
    why: str = ""
    drift: Drift | None = None
    drift_why: str = ""

    def over(self, years: float) -> float:
        """Its ordinary variation over so many years, its trend apart."""
        return max(self.least, self.drift.spread(years) if self.drift else 0.0)

    def trend(self, years: float) -> float:
        """Where its trend alone takes it over so many years."""
        return self.drift.slope * years if self.drift else 0.0

    def reach(self, side: float, years: float) -> float:
        """How far it may go by itself on a side (1: up, −1: down) over so many years: trend and variation."""
        return max(self.least, side * self.trend(years) + self.over(years))

    def told(self, years: float) -> str:
        """Where its variation over so many years comes from."""
        return self.drift_why if self.drift and self.drift.spread(years) > self.least else self.why

    def of_variation(self, given: float, why: str) -> Noise:
        """The same trend, with another variation, whatever the time."""
        return Noise(given, why, replace(self.drift, sd=0.0) if self.drift else None, self.drift_why)

    def without_trend(self) -> Noise:
        """The same, where the trend is not its own: it holds what the action did."""
        return replace(self, drift=replace(self.drift, slope=0.0)) if self.drift else self


def poisson_gap(first: float, second: float) -> float:
    """By how much two counts of people may differ by chance: 1.96 × √(first + second), counts of Poisson, 95 %."""
    from scipy import stats

    return float(stats.norm.ppf((1 + SURE) / 2)) * math.sqrt(max(first + second, 1.0))


def by_chance(unit: str, told: str, values: Iterable[float]) -> bool:
    """Whether chance has a part in a count: people free to come, demands, births … whatever the indicator is called.

    Args:
        unit: « enfants », « demandes » … No chance in what who leads decides (« places », « ETP », « samedis »); rates and
            amounts are no counts.
        told: « oui » or « non » of the column « Part du hasard », which comes before the unit; else empty.
        values: those that are compared: whole numbers, none below 0.
    """
    known = list(values)
    if told == "non" or any(math.isnan(v) or v < 0 or not float(v).is_integer() for v in known):
        return False
    if told == "oui":
        return True
    bare = _EACH.sub("", unit).strip()
    return not (_RATE.search(bare) or _DECIDED.match(bare))


def years_between(first: date, last: date) -> float:
    """Years from a day to a later one; a month at least."""
    return max((last - first).days / YEAR, 1 / 12)
