"""Year by year: how actions go, what they cost, what is measured against where one started and where one wants to be.

An indicator is read on the straight line that goes from its baseline to its target, at the last day of the period measured:

* ``rompu``: what was measured is not comparable with the baseline (another definition, a break of the series, census years
  that share years of collection): no difference is drawn;
* ``atteinte``: the value is at its target or beyond;
* ``trop_tot``: from the baseline to that day, the line moves no farther than the indicator does by itself; or the measure is
  as near, to that extent, to the baseline as to the line: nothing can be said;
* ``dans_le_rythme``: no farther below the line than it moves by itself, and it has left its baseline by more than that;
* ``en_retard``: farther below it, and on the side of the target;
* ``immobile``: farther below the line, and no farther from its baseline than it moves by itself;
* ``s_eloigne``: beyond its baseline, on the other side, by more than it moves by itself;
* ``tenue``, ``ecartee``: where the target is the baseline itself: within what it moves by itself, or not;
* ``non_mesure``: nothing was measured after the baseline; ``sans_cible``: baseline or target cannot be read.

« By itself » (``noise``), from the baseline to that day: what the plan says, else what the dictionary, bounds or history
say; else, of a count of people free to come, what chance does (Poisson, 95 %): the rules of the plan's own check
(:mod:`ctg_lib.agreement.chance`). Where none of these is known the value is read as exact, and that is told. It is never
less than one step of what is written (one, for whole numbers): half a child late is not late.

Baseline and target are those that were signed: where an edition before this one has others, the reading is made on them,
and what changed since is told (:func:`signed_line`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.agreement.chance import by_chance, poisson_gap, years_between
from ctg_lib.agreement.measurability import Verdict, span_of
from ctg_lib.agreement.plan import AGREED
from ctg_lib.partnership.checks.ground import number
from ctg_lib.workbooks.moments import day_in_words

if TYPE_CHECKING:
    from ctg_lib.agreement.folder import Agreement

BOOK = "suivi"
READINGS: dict[str, str] = {
    "atteinte": "cible atteinte", "tenue": "niveau tenu", "dans_le_rythme": "dans le rythme", "trop_tot": "trop tôt pour le dire",
    "en_retard": "en retard", "immobile": "n’a pas bougé", "ecartee": "niveau non tenu", "s_eloigne": "s’éloigne de la cible",
    "rompu": "série rompue", "non_mesure": "pas mesuré", "sans_cible": "cible à préciser",
}  # fmt: skip
"""How an indicator stands, from the best to what cannot be read."""
GOOD: frozenset[str] = frozenset({"atteinte", "tenue", "dans_le_rythme"})
BEHIND: frozenset[str] = frozenset({"en_retard", "immobile", "ecartee", "s_eloigne"})
LATE_ADVANCES: frozenset[str] = frozenset({"reportee", "abandonnee"})
NOT_TOLD = ""
"""State of an action of which a year says nothing."""


@dataclass(frozen=True)
class Point:
    """One measure.

    Attributes:
        period: as written. day: its last day. low, high: bounds (NaN where there are none).
        comparable: whether it has the baseline's definition. why: why not, in words.
        origin: « suivi » (the workbook) or « dictionnaire » (measured again from the store).
        source: as written, or manifest ids joined by « + ».
        unit: what it counts, where that is no longer the indicator's.
    """

    period: str
    day: date
    value: float
    low: float = math.nan
    high: float = math.nan
    comparable: bool = True
    why: str = ""
    origin: str = "suivi"
    source: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Track:
    """An indicator of an action, with all that was measured of it.

    Attributes:
        reading: key of :data:`READINGS`. noise: what was taken for it (None: not known).
        expected: the line at the day of the latest measure (NaN where it has none).
        chance: column « Part du hasard ». amended: what changed of its baseline or target since it was signed, in words.
    """

    id: str
    action: str
    label: str
    kind: str
    unit: str
    baseline: float
    baseline_period: str
    target: float
    target_on: date | None
    points: tuple[Point, ...] = ()
    indicator: str = ""
    breakdown: str = ""
    source: str = ""
    noise: float | None = None
    expected: float = math.nan
    reading: str = "non_mesure"
    chance: str = ""
    amended: tuple[str, ...] = ()

    @property
    def latest(self) -> Point | None:
        """The latest measure, comparable or not."""
        return self.points[-1] if self.points else None

    @property
    def comparable(self) -> Point | None:
        """The latest one that may be compared with the baseline."""
        return next((p for p in reversed(self.points) if p.comparable), None)


# --------------------------------------------------------------------------------------------- actions


def years(agreement: Agreement) -> tuple[int, ...]:
    """Years of which something is told, oldest first."""
    found: set[int] = set()
    for sheet in ("progress", "spending"):
        found |= {int(y) for y in agreement.table(BOOK, sheet)["year"].dropna()}
    return tuple(sorted(found))


def begun(agreement: Agreement, contract: Mapping[str, date], as_of: date) -> bool:
    """Whether the convention runs on the study's date, or a year of it is told."""
    start = contract.get("start")
    return bool(years(agreement)) or (start is not None and start <= as_of)


def followed(agreement: Agreement) -> pd.DataFrame:
    """Actions that are followed: those that the convention binds itself to, and those of which a year says something.

    Returns:
        Columns of « Actions », in the order of the sheet.
    """
    table = agreement.table("plan", "actions")
    told = set(agreement.table(BOOK, "progress")["action"])
    kept = table["state"].isin(AGREED) | table["id"].isin(told)
    return table[kept].reset_index(drop=True)


def progress(agreement: Agreement, year: int) -> pd.DataFrame:
    """What one year says of each action that is followed.

    Returns:
        ``id, title, state`` (of the follow-up; empty: nothing is told), ``done, difficulties, next, told_on, before`` (state a
        year earlier), ``axis_objective`` (id of its objective), in the order of the plan. Actions that begin after that
        year and of which nothing is told are left out.
    """
    told = agreement.table(BOOK, "progress")
    now = told[told["year"].eq(year)].drop_duplicates("action", keep="last").set_index("action")
    before = told[told["year"].eq(year - 1)].drop_duplicates("action", keep="last").set_index("action")
    actions = followed(agreement)
    started = actions["start"].isna() | actions["start"].dt.year.le(year)
    ended = actions["end"].notna() & actions["end"].dt.year.lt(year)
    actions = actions[(started & ~ended) | actions["id"].isin(now.index)].reset_index(drop=True)
    out = pd.DataFrame(
        {"id": actions["id"], "title": actions["title"], "axis_objective": actions["objective"]}
    )
    for name in ("state", "done", "difficulties", "next"):
        out[name] = out["id"].map(now[name]).astype("object").fillna("")
    out["told_on"] = now["told_on"].reindex(out["id"]).to_numpy()
    out["before"] = out["id"].map(before["state"]).astype("object").fillna("")
    return out


def means(agreement: Agreement, by: Sequence[str] = ("action", "year")) -> pd.DataFrame:
    """What was planned and what was spent, over the actions and years of which spending is told.

    Spending that is not told is no zero: a year of an action without a line of « Dépenses et recettes » has NaN.

    Args:
        by: « action », « year » or both.

    Returns:
        ``by``, then ``planned, spent`` (expenses), ``planned_received, received`` (euros), ``untold`` (euros planned for
        actions and years of which no spending is told, up to the last year told).
    """
    planned, paid = agreement.budget, agreement.table(BOOK, "spending")
    keys = ["action", "year"]
    sums = [
        _sums(planned, "depense", "planned"), _sums(planned, "recette", "planned_received"),
        _sums(paid, "depense", "spent"), _sums(paid, "recette", "received"),
    ]  # fmt: skip
    out = pd.concat(sums, axis=1).rename_axis(keys).reset_index()
    last = max((int(y) for y in paid["year"].dropna()), default=0)
    out = out[out["year"].le(last)]
    known = out[["spent", "received"]].notna().any(axis=1)
    out["untold"] = out["planned"].where(~known, 0.0).fillna(0.0)
    for name in ("planned", "planned_received"):
        out[name] = out[name].where(known)
    out["year"] = out["year"].astype("int64")
    return out.groupby(list(by), sort=True).sum(min_count=1)[
        ["planned", "spent", "planned_received", "received", "untold"]
    ].reset_index()  # fmt: skip


def _sums(lines: pd.DataFrame, kind: str, name: str) -> pd.Series:
    kept = lines[lines["kind"].eq(kind) & lines["amount"].notna() & lines["year"].notna()]
    return kept.groupby(["action", "year"])["amount"].sum().rename(name)


def receipts(agreement: Agreement) -> pd.DataFrame:
    """Who was to pay and who paid, over the actions and years of which spending is told.

    Returns:
        ``funder, planned, received`` (euros; 0 where a funder is named on one side alone), the largest plan first.
    """
    paid = agreement.table(BOOK, "spending")
    known = paid[paid["year"].notna()].set_index(["action", "year"]).index.unique()
    planned = agreement.budget
    planned = planned[planned["year"].notna() & planned["kind"].eq("recette")]
    planned = planned[planned.set_index(["action", "year"]).index.isin(known)]
    paid = paid[paid["kind"].eq("recette")]
    out = pd.concat(
        [planned.groupby("funder")["amount"].sum().rename("planned"), paid.groupby("funder")["amount"].sum().rename("received")],
        axis=1,
    ).fillna(0.0)  # fmt: skip
    return out.sort_values("planned", ascending=False, kind="stable").rename_axis("funder").reset_index()


# ------------------------------------------------------------------------------------------ indicators


def tracks(
    agreement: Agreement,
    as_of: date,
    measured_again: Mapping[str, Sequence[Point]] | None = None,
    verdicts: Mapping[str, Verdict] | None = None,
    signed: Mapping[str, Mapping[str, Any]] | None = None,
) -> tuple[Track, ...]:
    """Every indicator of the plan, with its measures and how it stands, in the order of the sheet.

    Args:
        as_of: the study's date: what was measured later is left out.
        measured_again: id of an indicator -> its measures in the dictionary, which take the place of the workbook's.
        verdicts: id -> what is known of its noise (:func:`ctg_lib.agreement.measurability.verdicts`).
        signed: id -> its line in the edition that was signed.
    """
    again, known, first = measured_again or {}, verdicts or {}, signed or {}
    told = agreement.table(BOOK, "measures")
    out = []
    for line in agreement.table("plan", "indicators").to_dict("records"):
        own, amended = signed_line(line, first.get(line["id"]))
        track = replace(_track(own), amended=amended)
        points = list(again.get(track.id, ())) or _points(told[told["indicator"].eq(track.id)], as_of)
        base = span_of(track.baseline_period)
        later = [p for p in points if base is None or p.day > base.last]
        track = replace(track, points=tuple(sorted(later, key=lambda p: (p.day, p.period))))
        verdict = known.get(track.id)
        out.append(read(track, _since_start(track, verdict) if verdict is not None else _written(line)))
    return tuple(out)


def _since_start(track: Track, verdict: Verdict) -> float | None:
    """By how much it moves by itself from its baseline to its latest measure (to its target, without one)."""
    base, point = span_of(track.baseline_period), track.latest
    if verdict.own is None or base is None or point is None:
        return verdict.noise
    return verdict.own.over(years_between(base.last, point.day))


SIGNED: tuple[str, ...] = ("baseline", "baseline_period", "target", "target_on")
"""What of an indicator is read as it was signed."""


def signed_line(
    line: Mapping[Any, Any], signed: Mapping[str, Any] | None
) -> tuple[Mapping[Any, Any], tuple[str, ...]]:
    """The line with the baseline and target that were signed, and what changed since, in words.

    The line as it stands where nothing was signed, or where it was of another measure (unit, dictionary's indicator).
    """
    if signed is None or any(line[n] != signed[n] for n in ("unit", "indicator", "breakdown")):
        return line, ()
    said = []
    for name, noun in (("baseline", "valeur de départ"), ("target", "cible")):
        then, now = _number(signed[name]), _number(line[name])
        if not math.isnan(then) and not math.isnan(now) and then != now:
            verb = "relevée" if now > then else "abaissée"
            said.append(f"{noun} {verb} de {number(then, 4)} à {number(now, 4)}")
    if (
        signed["baseline_period"]
        and line["baseline_period"]
        and signed["baseline_period"] != line["baseline_period"]
    ):
        said.append(f"départ pris en {line['baseline_period']} au lieu de {signed['baseline_period']}")
    then, now = signed["target_on"], line["target_on"]
    if pd.notna(then) and pd.notna(now) and then != now:
        verb = "repoussée" if now > then else "avancée"
        said.append(f"échéance {verb} du {day_in_words(then.date())} au {day_in_words(now.date())}")
    known = {n: signed[n] for n in SIGNED if not (pd.isna(signed[n]) or signed[n] == "")}
    return ({**line, **known}, tuple(said)) if said else (line, ())


def _track(line: Mapping[Any, Any]) -> Track:
    return Track(
        line["id"], line["action"], line["label"], line["kind"], line["unit"], _number(line["baseline"]), str(line["baseline_period"]),
        _number(line["target"]), None if pd.isna(line["target_on"]) else line["target_on"].date(), (), line["indicator"],
        line["breakdown"], line["source"], chance=line["chance"],
    )  # fmt: skip


def _written(line: Mapping[Any, Any]) -> float | None:
    return None if pd.isna(line["noise"]) else float(line["noise"])


def _points(lines: pd.DataFrame, as_of: date) -> list[Point]:
    out = []
    for line in lines.to_dict("records"):
        span, on = span_of(line["period"]), line["measured_on"]
        if (
            span is None
            or pd.isna(line["value"])
            or (pd.notna(on) and on.date() > as_of)
            or span.first > as_of
        ):
            continue
        broken = line["comparable"] == "non"
        out.append(
            Point(
                str(line["period"]), span.last, float(line["value"]), _number(line["low"]), _number(line["high"]), not broken,
                (line["remark"] or "la définition n’est plus celle du départ") if broken else "", "suivi", line["source"],
                line["unit"],
            )
        )  # fmt: skip
    return out


def read(track: Track, noise: float | None = None) -> Track:
    """The same indicator, with its reading (see the module); what it moves by itself is ``noise`` (None: not known)."""
    point = track.latest
    if math.isnan(track.baseline) or math.isnan(track.target):
        return replace(track, reading="sans_cible", noise=noise)
    if point is None:
        return replace(track, reading="non_mesure", noise=noise)
    if not point.comparable:
        return replace(track, reading="rompu", noise=noise)
    line = expected(track, point.day)
    noise = _noise(track, point, line, noise)
    slack = max(noise or 0.0, step(track) * (1 - 1e-9))
    return replace(track, expected=line, noise=noise, reading=_reading(track, point.value, line, slack))


def step(track: Track) -> float:
    """The least difference that its baseline, target and measures can write: 1 for whole numbers, 0.1 …"""
    values = [track.baseline, track.target, *(p.value for p in track.points)]
    known = [v for v in values if not math.isnan(v)]
    return next((10.0**-n for n in range(6) if all(math.isclose(v, round(v, n), abs_tol=1e-9) for v in known)), 1e-6)  # fmt: skip


def expected(track: Track, day: date) -> float:
    """Where the straight line from baseline to target stands on a day; NaN without the day of either end."""
    base = span_of(track.baseline_period)
    if base is None or track.target_on is None:
        return math.nan
    whole = (track.target_on - base.last).days
    part = 1.0 if whole <= 0 else min(max((day - base.last).days / whole, 0.0), 1.0)
    return track.baseline + part * (track.target - track.baseline)


def _noise(track: Track, point: Point, line: float, noise: float | None) -> float | None:
    """The larger of what is known and the measure's own bounds; of a count of people without either, what chance does."""
    half = (point.high - point.low) / 2 if point.high > point.low else math.nan
    known = [n for n in (noise, half) if n is not None and not math.isnan(n)]
    if known:
        return max(known)
    counts = by_chance(track.unit, track.chance, (track.baseline, track.target, point.value))
    return poisson_gap(track.baseline, line) if counts and not math.isnan(line) else None


def _reading(track: Track, value: float, line: float, slack: float) -> str:
    way = track.target - track.baseline
    tiny = 1e-12 * max(abs(track.target), abs(track.baseline), 1.0)
    if not way:
        return "tenue" if abs(value - track.target) <= slack + tiny else "ecartee"
    side = math.copysign(1.0, way)
    moved = side * (value - track.baseline)
    if side * (value - track.target) >= -tiny:
        return "atteinte"
    if math.isnan(line):
        return "sans_cible"
    if moved < -(slack + tiny):
        return "s_eloigne"
    if abs(line - track.baseline) <= slack + tiny:
        return "trop_tot"
    if side * (value - line) >= -(slack + tiny):
        return "dans_le_rythme" if moved > slack + tiny else "trop_tot"
    return "immobile" if moved <= slack + tiny else "en_retard"


def _number(value: Any) -> float:
    return math.nan if value is None or pd.isna(value) else float(value)
