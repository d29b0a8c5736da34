"""Places that distort a rate: a garrison, a nursing home, a boarding school.

The rule knows no place by name. A commune distorts a territory's rate when leaving it out moves the rate
by at least the indicator's meaningful difference, and what is left is still most of the base. It *changes
the reading* when the rate with and the rate without it do not stand on the same side of the comparison
territory (above / close / below). The rate without a place is never shown alone: it is a second reading,
beside the first.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ctg_lib.statistics.comparison import Measured, Reading, compare


@dataclass(frozen=True)
class Distortion:
    """What happens to a rate when one place is left out.

    Attributes:
        place: code of the commune left out.
        with_place, without_place, reference: the three values, same unit.
        share: the commune's part of the denominator (0–1).
        reading_with, reading_without: how each stands to the reference.
    """

    place: str
    with_place: float
    without_place: float
    reference: float
    share: float
    reading_with: Reading
    reading_without: Reading

    @property
    def changes_reading(self) -> bool:
        """Whether the rate says one thing with the place and another without."""
        sides = {self.reading_with.side, self.reading_without.side}
        return len(sides) == 2 and "unknown" not in sides

    @property
    def opposite(self) -> bool:
        """Whether the two stand on opposite sides of the reference."""
        return {self.reading_with.side, self.reading_without.side} == {"above", "below"}


def leave_one_out(parts: pd.DataFrame, multiplier: float = 100.0) -> pd.DataFrame:
    """The rate of the whole, and without each part in turn.

    Args:
        parts: columns ``code, numerator, denominator``, one row per commune, no missing value.
        multiplier: 100 for a percentage.

    Returns:
        Frame ``code, share, rate_with, rate_without, shift`` (shift = with − without), largest shift first.
    """
    total, base = parts["numerator"].sum(), parts["denominator"].sum()
    out = pd.DataFrame({"code": parts["code"].to_numpy()})
    remaining = (base - parts["denominator"]).where(lambda s: s > 0)
    out["share"] = (parts["denominator"] / base).to_numpy()
    out["rate_with"] = multiplier * total / base
    out["rate_without"] = (multiplier * (total - parts["numerator"]) / remaining).to_numpy()
    out["shift"] = out["rate_with"] - out["rate_without"]
    order = out["shift"].abs().sort_values(ascending=False, kind="stable").index
    return out.loc[order].reset_index(drop=True)


def find_distortion(
    parts: pd.DataFrame, reference: float, meaningful: float, multiplier: float = 100.0
) -> Distortion | None:
    """The commune whose absence moves the rate most, if that is at least the meaningful difference.

    Args:
        parts: as for :func:`leave_one_out`.
        reference: value of the comparison territory, in the indicator's unit.
        meaningful: the indicator's meaningful difference.

    Returns:
        None for a single commune, a missing part, or no commune that moves the rate enough.
    """
    if len(parts) < 2 or parts[["numerator", "denominator"]].isna().to_numpy().any():
        return None
    left_out = leave_one_out(parts, multiplier)
    minor = left_out[left_out["share"].le(0.5)]  # what is left must still be most of the territory
    if minor.empty or not abs(minor.iloc[0]["shift"]) >= meaningful - 1e-9:
        return None
    first = minor.iloc[0]
    target = Measured(reference)
    return Distortion(
        place=str(first["code"]),
        with_place=float(first["rate_with"]),
        without_place=float(first["rate_without"]),
        reference=reference,
        share=float(first["share"]),
        reading_with=compare(Measured(float(first["rate_with"])), target, meaningful),
        reading_without=compare(Measured(float(first["rate_without"])), target, meaningful),
    )


def concentrated_events(
    events: pd.DataFrame, *, factor: float = 2.5, minimum_share: float = 0.3
) -> pd.DataFrame:
    """Communes that carry far more of the events (deaths, births) than of the population.

    Args:
        events: columns ``code, events, population``.
        factor: how many times the share of events exceeds the share of population.
        minimum_share: and at least this part of all events.

    Returns:
        Frame ``code, events, share_events, share_population``, largest first; empty when there is none.
    """
    out = events.assign(
        share_events=events["events"] / events["events"].sum(),
        share_population=events["population"] / events["population"].sum(),
    )
    found = out["share_events"].ge(minimum_share) & out["share_events"].ge(factor * out["share_population"])
    columns = ["code", "events", "share_events", "share_population"]
    return out.loc[found, columns].sort_values("events", ascending=False).reset_index(drop=True)
