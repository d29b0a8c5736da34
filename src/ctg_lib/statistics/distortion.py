"""Places that distort a rate: a garrison, a nursing home, a boarding school.

The rule knows no place by name. A commune distorts a territory's rate when leaving it out moves the rate
by at least the indicator's meaningful difference, and what is left is still most of the base. It *changes
the reading* when the rate with and the rate without it do not stand on the same side of the comparison
territory (above / close / below). The rate without a place is never shown alone: it is a second reading,
beside the first.

Everywhere at once: :func:`leave_each_out` gives the shift of every commune of every territory, and
:func:`find_distortions` the one that distorts each territory, in a few grouped sums (no loop over
territories). :func:`without` and :func:`find_several` leave several communes out together.

What sort of place it is (:func:`establishments`) is told from numbers, never from a name, by rules with
stated thresholds; where no rule is met the kind is « not established »:

========== =========================================================================================
kind       rule
========== =========================================================================================
army       men aged 20–39 at least twice the women of that age, and 100 more; few of the men in excess
           are 40–59 (under a quarter of the excess at 20–39): barracks empty at forty
prison     same excess of men at 20–39, and at 40–59 at least a quarter of it: cells do not
men        same excess, ages 40–59 not known
ehpad      at least 30 % of the territory's deaths and 2.5 times the commune's part of the population,
           or 75 and over at least 1.8 times as frequent as in the rest and 50 persons more
boarding   11–17 (or 15–19) at least 1.8 times as frequent as in the rest and 50 more. Rarely seen:
           the census counts minors in boarding schools at their parents' home
second     second homes at least half of the dwellings and 1.5 times the share in the rest
adults     only inhabitants and households are known: at least 1.7 persons aged 20–64 per household (1.3 is
           usual), 150 more than usual, and 60 % of the inhabitants or more (barracks, prison, hospital,
           hostel, sometimes large families: no telling which)
========== =========================================================================================
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
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
    rates = float(first["rate_with"]), float(first["rate_without"])
    return read(str(first["code"]), *rates, reference, float(first["share"]), meaningful)


def read(
    place: str, with_place: float, without_place: float, reference: float, share: float, meaningful: float
) -> Distortion:
    """A rate with and without a place, each read against the comparison territory."""
    target = Measured(reference)
    return Distortion(
        place=place,
        with_place=with_place,
        without_place=without_place,
        reference=reference,
        share=share,
        reading_with=compare(Measured(with_place), target, meaningful),
        reading_without=compare(Measured(without_place), target, meaningful),
    )


def weighs(
    parts: pd.DataFrame, codes: Collection[str], meaningful: float, multiplier: float = 100.0
) -> tuple[str, ...]:
    """Which of these communes move a rate by the meaningful difference, each left out alone.

    Args:
        parts: columns ``code, numerator, denominator``, one territory.
        codes: communes to look at; one with more than half of the base is none of them.

    Returns:
        Their codes, the heaviest first; empty where a part is missing.
    """
    if len(parts) < 2 or parts[["numerator", "denominator"]].isna().to_numpy().any():
        return ()
    each = leave_one_out(parts, multiplier)
    here = each["code"].isin(list(codes)) & each["share"].le(0.5)
    return tuple(each.loc[here & each["shift"].abs().ge(meaningful - 1e-9), "code"].astype("str"))


def carries(counts: pd.DataFrame, codes: Collection[str]) -> tuple[str, ...]:
    """Which of these communes carry far more of a count than of the population.

    The rule of :func:`concentrated_events`, for a count that may be negative (a balance).

    Args:
        counts: columns ``code, value, population``, one territory.
        codes: communes to look at.

    Returns:
        Their codes, the heaviest first; empty where a count is missing.
    """
    if len(counts) < 2 or counts[["value", "population"]].isna().to_numpy().any():
        return ()
    whole, people = abs(float(counts["value"].sum())), float(counts["population"].sum())
    size, share = counts["value"].abs(), counts["population"] / people
    heavy = size.ge(MINIMUM_SHARE * whole) & size.ge(EVENTS_FACTOR * share * whole) & size.gt(0)
    here = heavy & share.le(0.5) & counts["code"].isin(list(codes))
    found = counts.assign(size=size)[here].sort_values(["size", "code"], ascending=[False, True])
    return tuple(found["code"].astype("str"))


def leave_each_out(parts: pd.DataFrame, multiplier: float | pd.Series = 100.0) -> pd.DataFrame:
    """:func:`leave_one_out` of every territory (and every indicator) in one pass.

    Args:
        parts: columns ``group, code, numerator, denominator`` (others are kept); ``group`` names the
            territory, or territory and indicator. Groups with a missing part have no value at all.
        multiplier: 100 for a percentage; or one number per row.

    Returns:
        ``parts`` with ``share, rate_with, rate_without, shift``, same rows and order.
    """
    grouped = parts.groupby("group", sort=False, observed=True)
    whole = grouped["denominator"].transform("size")
    known = (parts["numerator"].notna() & parts["denominator"].notna()).groupby(parts["group"], observed=True)
    complete = known.transform("sum").eq(whole)
    total, base = (grouped[c].transform("sum").where(complete) for c in ("numerator", "denominator"))
    remaining = (base - parts["denominator"]).where(lambda s: s > 0)
    rate_with = multiplier * total / base.where(base > 0)
    rate_without = multiplier * (total - parts["numerator"]) / remaining
    return parts.assign(
        share=parts["denominator"] / base.where(base > 0),
        rate_with=rate_with,
        rate_without=rate_without,
        shift=rate_with - rate_without,
    )


def find_distortions(
    parts: pd.DataFrame,
    reference: pd.Series,
    meaningful: float | pd.Series,
    multiplier: float | pd.Series = 100.0,
    *,
    largest_share: float = 0.5,
) -> pd.DataFrame:
    """:func:`find_distortion` of every territory in one pass.

    Args:
        parts: as for :func:`leave_each_out`.
        reference: value to read against, by group (NaN or absent: the reading is ``unknown``).
        meaningful: smallest difference worth a word: one number, or one per group.
        multiplier: one number, or one per row of ``parts``.
        largest_share: a commune with more of the base than this is not « a place in » the territory.

    Returns:
        One row per distorted territory: ``group, place, share, with_place, without_place, reference,
        reading_with, reading_without, changes_reading, opposite``, sorted by group. Ties go to the first
        code in alphabetical order.
    """
    each = leave_each_out(parts, multiplier)
    smallest = each["group"].map(meaningful) if isinstance(meaningful, pd.Series) else meaningful
    moved = each[each["share"].le(largest_share) & each["shift"].abs().ge(smallest - 1e-9)]
    moved = moved.assign(size=moved["shift"].abs()).sort_values(
        ["group", "size", "code"], ascending=[True, False, True]
    )
    first = moved.drop_duplicates("group", keep="first").reset_index(drop=True)
    target = first["group"].map(reference).astype("float64")
    least = first["group"].map(meaningful) if isinstance(meaningful, pd.Series) else meaningful
    sides = {f"reading_{name}": _sides(first[f"rate_{name}"] - target, least) for name in ("with", "without")}
    out = pd.DataFrame(
        {
            "group": first["group"],
            "place": first["code"],
            "share": first["share"],
            "with_place": first["rate_with"],
            "without_place": first["rate_without"],
            "reference": target,
            **sides,
        }
    )
    known = target.notna()
    out["changes_reading"] = known & out["reading_with"].ne(out["reading_without"])
    out["opposite"] = known & (
        (out["reading_with"].eq("above") & out["reading_without"].eq("below"))
        | (out["reading_with"].eq("below") & out["reading_without"].eq("above"))
    )
    return out


def _sides(difference: pd.Series, meaningful: float | pd.Series) -> pd.Series:
    """``above``, ``below``, ``close`` or ``unknown``, as :func:`~ctg_lib.statistics.comparison.compare`."""
    far = difference.abs().ge(meaningful - 1e-9)
    sides = np.select(
        [difference.isna(), ~far, difference.gt(0)], ["unknown", "close", "above"], default="below"
    )
    return pd.Series(sides, index=difference.index)


def without(parts: pd.DataFrame, codes: Collection[str], multiplier: float = 100.0) -> tuple[float, float]:
    """(rate of the whole, rate without these communes together); NaN where a part is missing or none is left.

    Args:
        parts: columns ``code, numerator, denominator``, one territory.
        codes: communes to leave out.

    Raises:
        ValueError: a commune that is not among the parts.
    """
    unknown = sorted(set(codes) - set(parts["code"]))
    if unknown:
        raise ValueError(f"not among the parts: {', '.join(unknown)}")
    rest = parts[~parts["code"].isin(list(codes))]
    return _rate(parts, multiplier), _rate(rest, multiplier)


def _rate(parts: pd.DataFrame, multiplier: float) -> float:
    if parts.empty or parts[["numerator", "denominator"]].isna().to_numpy().any():
        return float("nan")
    base = parts["denominator"].sum()
    return float(multiplier * parts["numerator"].sum() / base) if base > 0 else float("nan")


def find_several(
    parts: pd.DataFrame,
    meaningful: float,
    multiplier: float = 100.0,
    *,
    most: int = 3,
    largest_share: float = 0.5,
) -> tuple[str, ...]:
    """Communes that distort a rate together: each moves what the others leave by the meaningful difference.

    One after the other, the commune whose absence moves the remaining rate most is left out, while it moves
    it in the same direction as the first, and what is left is at least ``1 − largest_share`` of the base.

    Returns:
        Their codes, the heaviest first; empty when no commune distorts the rate.
    """
    if len(parts) < 2 or parts[["numerator", "denominator"]].isna().to_numpy().any():
        return ()
    whole, rest, direction = float(parts["denominator"].sum()), parts, 0.0
    found: list[str] = []
    while len(found) < most and len(rest) > 1:
        left_out = leave_one_out(rest, multiplier)
        room = rest.set_index("code")["denominator"].reindex(left_out["code"]).to_numpy()
        fits = (rest["denominator"].sum() - room) >= (1 - largest_share) * whole
        same = left_out["shift"].mul(direction).ge(0)
        allowed = left_out[fits & same & left_out["shift"].abs().ge(meaningful - 1e-9)]
        if allowed.empty:
            break
        first = allowed.iloc[0]
        direction = direction or float(np.sign(first["shift"]))
        found.append(str(first["code"]))
        rest = rest[rest["code"].ne(first["code"])]
    return tuple(found)


KINDS: dict[str, str] = {
    "army": "caserne ou autre établissement d’hommes jeunes",
    "prison": "établissement d’hommes de tous âges (prison, foyer)",
    "men": "établissement d’hommes (caserne, prison, foyer)",
    "ehpad": "établissement pour personnes âgées",
    "boarding": "internat",
    "second": "résidences secondaires",
    "adults": "établissement d’adultes (caserne, prison, foyer)",
    "": "non établi",
}
"""What each kind is called; the empty one when the numbers do not tell."""

MEN_RATIO, MEN_EXCESS, OLDER_PART = 2.0, 100.0, 0.25
OLD_RATIO, OLD_EXCESS = 1.8, 50.0
YOUNG_RATIO, YOUNG_EXCESS = 1.8, 50.0
SECOND_SHARE, SECOND_RATIO = 0.5, 1.5
ADULTS_PER_HOUSEHOLD, ADULTS_USUAL, ADULTS_SHARE, ADULTS_EXCESS = 1.7, 1.3, 0.60, 150.0

PROFILE_COLUMNS = (
    "population", "men_20_39", "women_20_39", "men_40_59", "women_40_59", "over_75", "teens", "deaths",
    "dwellings", "second_homes", "households", "adults_20_64",
)  # fmt: skip
"""What :func:`establishments` can use (``teens``: 11–17, or 15–19 where ages are five by five); a column that
is absent or NaN simply proves nothing."""


def establishments(profiles: pd.DataFrame) -> pd.DataFrame:
    """Which communes show which kind of establishment, by the rules at the head of this module.

    Args:
        profiles: ``group, code`` and some of :data:`PROFILE_COLUMNS`, one row per commune. Shares are
            compared with the rest of the same group.

    Returns:
        One row per commune and kind that is met: ``group, code, kind, count, other, ratio``: the number
        that shows it (men 20–39, deaths, persons of 75 and over …), the number it is compared with (women
        20–39, the commune's part of the population …) and how many times larger it is. Kinds in the
        order of :data:`KINDS`; ``adults`` only where nothing finer is known of men and women.
    """
    p = profiles.reindex(columns=["group", "code", *PROFILE_COLUMNS])
    p = p.astype(dict.fromkeys(PROFILE_COLUMNS, "float64")).reset_index(drop=True)
    found = [
        *_men(p), _deaths(p), _frequent(p, "over_75", "ehpad", OLD_RATIO, OLD_EXCESS),
        _frequent(p, "teens", "boarding", YOUNG_RATIO, YOUNG_EXCESS), _second(p), _adults(p),
    ]  # fmt: skip
    out = pd.concat(found, ignore_index=True)
    out = out.drop_duplicates(["group", "code", "kind"], keep="first")
    order = {kind: rank for rank, kind in enumerate(KINDS)}
    out = out.assign(rank=out["kind"].map(order)).sort_values(["group", "code", "rank"])
    return out.drop(columns="rank").reset_index(drop=True)


def _found(
    p: pd.DataFrame, kind: str, here: pd.Series, count: pd.Series, other: pd.Series, ratio: pd.Series
) -> pd.DataFrame:
    frame = pd.DataFrame({"count": count, "other": other, "ratio": ratio})
    return pd.concat([p[["group", "code"]], frame], axis=1)[here.fillna(False)].assign(kind=kind)[
        ["group", "code", "kind", "count", "other", "ratio"]
    ]


def _men(p: pd.DataFrame) -> list[pd.DataFrame]:
    excess = p["men_20_39"] - p["women_20_39"]
    many = p["men_20_39"].ge(MEN_RATIO * p["women_20_39"]) & excess.ge(MEN_EXCESS)
    older = (p["men_40_59"] - p["women_40_59"]) / excess.where(excess > 0)
    ratio = p["men_20_39"] / p["women_20_39"].where(p["women_20_39"] > 0)
    tests = (
        ("army", older.lt(OLDER_PART)), ("prison", older.ge(OLDER_PART)), ("men", older.isna()),
    )  # fmt: skip
    return [_found(p, kind, many & test, p["men_20_39"], p["women_20_39"], ratio) for kind, test in tests]


def _deaths(p: pd.DataFrame) -> pd.DataFrame:
    sums = p.groupby("group", observed=True)[["deaths", "population"]].transform("sum")
    deaths = p["deaths"] / sums["deaths"].where(sums["deaths"] > 0)
    people = p["population"] / sums["population"].where(sums["population"] > 0)
    here = deaths.ge(MINIMUM_SHARE) & deaths.ge(EVENTS_FACTOR * people) & people.le(0.5)
    return _found(p, "ehpad", here, p["deaths"], people * sums["deaths"], deaths / people)


def _frequent(p: pd.DataFrame, column: str, kind: str, factor: float, excess: float) -> pd.DataFrame:
    known = p[column].notna() & p["population"].notna()
    sums = p[[column, "population"]].where(known).groupby(p["group"], observed=True).transform("sum")
    others = sums["population"] - p["population"]
    rest = (sums[column] - p[column]) / others.where(others > 0)
    usual = rest * p["population"]
    small = p["population"].le(others)  # what is left must still be most of the territory
    here = known & small & p[column].ge(factor * usual) & (p[column] - usual).ge(excess)
    return _found(p, kind, here, p[column], usual, p[column] / usual.where(usual > 0))


def _second(p: pd.DataFrame) -> pd.DataFrame:
    sums = p.groupby("group", observed=True)[["second_homes", "dwellings"]].transform("sum")
    others = sums["dwellings"] - p["dwellings"]
    rest = (sums["second_homes"] - p["second_homes"]) / others.where(others > 0)
    share = p["second_homes"] / p["dwellings"].where(p["dwellings"] > 0)
    here = share.ge(SECOND_SHARE) & share.ge(SECOND_RATIO * rest)
    return _found(p, "second", here, p["second_homes"], p["dwellings"], share / rest.where(rest > 0))


def _adults(p: pd.DataFrame) -> pd.DataFrame:
    usual = ADULTS_USUAL * p["households"]
    here = (
        p["adults_20_64"].ge(ADULTS_PER_HOUSEHOLD * p["households"])
        & (p["adults_20_64"] - usual).ge(ADULTS_EXCESS)
        & p["adults_20_64"].ge(ADULTS_SHARE * p["population"])
        & p["men_20_39"].isna()
    )
    return _found(p, "adults", here, p["adults_20_64"], usual, p["adults_20_64"] / usual.where(usual > 0))


EVENTS_FACTOR, MINIMUM_SHARE = 2.5, 0.3


def concentrated_events(
    events: pd.DataFrame, *, factor: float = EVENTS_FACTOR, minimum_share: float = MINIMUM_SHARE
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
