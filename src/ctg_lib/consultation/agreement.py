"""Agreement between two people who coded the same excerpts: Krippendorff's alpha.

Alpha is 1 where coders always agree, 0 where they agree no more than chance would have it, and below where they
disagree systematically. It is given for excerpts that two people coded, and for no others; under
:data:`FEWEST` excerpts it is not given at all.

Source of the method: K. Krippendorff, « Computing Krippendorff's Alpha-Reliability », University of Pennsylvania,
2011 (coincidence matrix, nominal and ordinal metrics); thresholds of reading: *Content Analysis*, 2nd ed., 2004,
p. 241. The interval resamples excerpts (bootstrap, percentiles), seeded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Literal

import numpy as np
import pandas as pd

from ctg_lib.consultation.actors import Actors

Level = Literal["nominal", "ordinal"]
Unit = Sequence[Hashable | None]
FEWEST = 10
"""Excerpts coded twice under which nothing is said."""
DRAWS = 1_000
SEED = 2011
CODED: dict[str, tuple[str, Level]] = {
    "theme": ("le thème", "nominal"), "need": ("le besoin", "nominal"), "kind": ("la nature", "nominal"),
    "strength": ("la force", "ordinal"),
}  # fmt: skip
"""Column of the excerpts -> what it is, and its level of measurement."""
RELIABLE, TENTATIVE = 0.8, 0.667
COLUMNS: tuple[str, ...] = ("field", "label", "level", "units", "same", "alpha", "low", "high", "reading")


def alpha(units: Sequence[Unit], level: Level = "nominal") -> float:
    """Krippendorff's alpha.

    Args:
        units: of each unit the values that coders gave, None where one gave none; units of one value are left out.
        level: ``ordinal`` values are compared by their order.

    Returns:
        NaN where there is nothing to compare: no pair, or one value alone in all.
    """
    pairs: Counter[tuple[Hashable, Hashable]] = Counter()
    for unit in units:
        values = [v for v in unit if v is not None]
        for one, other in permutations(values, 2):
            pairs[one, other] += 1 / (len(values) - 1)  # type: ignore[assignment]
    totals: Counter[Hashable] = Counter()
    for (one, _), weight in sorted(pairs.items(), key=lambda item: repr(item[0])):
        totals[one] += weight
    n = sum(totals.values())
    distance = _distance(totals, level)
    seen = sum(weight * distance(*pair) for pair, weight in pairs.items())
    by_chance = sum(totals[a] * totals[b] * distance(a, b) for a in totals for b in totals)
    return float("nan") if not by_chance else 1 - (n - 1) * seen / by_chance


def _distance(totals: Counter[Hashable], level: Level) -> Callable[[Hashable, Hashable], float]:
    """Squared difference of two values: 0 or 1, or by how many values lie between them."""
    if level == "nominal":
        return lambda a, b: float(a != b)
    order = sorted(totals)  # type: ignore[type-var]
    until = dict(zip(order, np.cumsum([totals[v] for v in order]).tolist(), strict=True))

    def ordinal(a: Hashable, b: Hashable) -> float:
        low, high = sorted((a, b), key=order.index)
        between = until[high] - until[low] + totals[low]
        return float((between - (totals[low] + totals[high]) / 2) ** 2)

    return ordinal


def interval(
    units: Sequence[Unit],
    level: Level = "nominal",
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    confidence: float = 0.95,
) -> tuple[float, float]:
    """Percentile interval of alpha, units being drawn again with replacement; NaN where too few draws vary."""
    generator = np.random.default_rng(seed)
    drawn = generator.integers(0, len(units), size=(draws, len(units))) if units else np.empty((0, 0), int)
    values = [alpha([units[i] for i in some], level) for some in drawn]
    known = [v for v in values if v == v]
    if len(known) < draws / 2:
        return float("nan"), float("nan")
    tail = (1 - confidence) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return float(low), float(high)


@dataclass(frozen=True)
class Agreement:
    """How two people coded the same excerpts.

    Attributes:
        table: one row per thing coded (:data:`COLUMNS`): excerpts that both coded, share coded alike, alpha and its
            95 % interval (NaN under :data:`FEWEST` excerpts, or where all were coded alike), in words.
        excerpts: excerpts coded twice.
        meetings: meetings they come from.
        of: excerpts in all.
    """

    table: pd.DataFrame
    excerpts: int
    meetings: int
    of: int

    @property
    def empty(self) -> bool:
        """Whether nothing was coded twice."""
        return self.excerpts == 0


def agreement(actors: Actors) -> Agreement:
    """Agreement on theme, need, kind and strength, from the excerpts that two people coded."""
    again = actors.twice.drop_duplicates("id").set_index("id")
    first = actors.excerpts[actors.excerpts["id"].isin(again.index)].set_index("id")
    rows = []
    for name, (label, level) in CODED.items():
        units = [
            (_value(a), _value(b)) for a, b in zip(first[name], again[name].reindex(first.index), strict=True)
        ]
        units = [unit for unit in units if None not in unit]
        rows.append((name, label, level, *_row(units, level)))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return Agreement(table, len(first), first["meeting"].nunique(), len(actors.excerpts))


def _value(raw: object) -> Hashable | None:
    return None if raw is None or raw == "" or raw != raw else raw


def _row(units: Sequence[Unit], level: Level) -> tuple[int, float, float, float, float, str]:
    nothing = float("nan")
    if len(units) < FEWEST:
        few = (
            "aucun propos lu deux fois"
            if not units
            else f"moins de {FEWEST} propos lus deux fois : non calculé"
        )
        return len(units), nothing, nothing, nothing, nothing, few
    same = sum(a == b for a, b in units) / len(units)
    value = alpha(units, level)
    if value != value:
        return len(units), same, nothing, nothing, nothing, "une seule valeur employée : rien à comparer"
    return len(units), same, value, *interval(units, level), reading(value)


def reading(value: float) -> str:
    """What a value allows, by Krippendorff's own thresholds."""
    if value >= RELIABLE:
        return "accord suffisant (au moins 0,80)"
    if value >= TENTATIVE:
        return "accord moyen (0,67 à 0,80) : conclusions prudentes"
    return "accord insuffisant (moins de 0,67) : à relire avant de conclure"
