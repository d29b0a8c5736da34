"""Whether an indicator of an action can be measured within the convention, and whether its target says anything.

Rule (domain: a result indicator whose next comparable value falls outside the convention, or whose target is smaller
than its noise, is refused, and a yearly activity figure of the same action is proposed instead):

* ``rompu``: the baseline was measured before a break of its series: no later value is comparable with it;
* ``trop_tard``: the first value comparable with the baseline that describes a time after the start of the action is
  known after the end of the convention (or there is none);
* ``bruit``: from the day of the baseline to that of the target, the indicator moves as far by itself, whatever its trend
  (:mod:`ctg_lib.agreement.chance`);
* ``tendance``: it moves less than that by itself, but its trend goes on towards the target, and may reach it alone;
* ``cible_tard``: measured within the convention, but not at the date of its target: the last value known is older;
* ``fragile``: a count of people free to come, whose history is not known: chance alone (Poisson) could take it as far as its
  target, whatever the indicator is called (means, activity or result);
* ``inconnu``: nothing says when it is measured again, or the dates of the convention are not known;
* ``mesurable``: none of these. A target that goes against a trend is one, where the trend alone would not reach it.

The first four are refused; to those, to ``cible_tard`` and to ``fragile`` a yearly activity figure is proposed. When a
value of a dictionary indicator is known follows from the manifest: the time between the period it describes and its
publication (or its retrieval, which is later: the real lag is then shorter).
"""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.agreement.chance import Noise, by_chance, drift_of, poisson_gap, years_between
from ctg_lib.agreement.plan import Action, Plan
from ctg_lib.partnership.checks.ground import number
from ctg_lib.workbooks.moments import Moment, day_in_words, read_moment

if TYPE_CHECKING:
    from ctg_lib.agreement.folder import Agreement

VERDICTS: dict[str, str] = {
    "mesurable": "mesurable", "rompu": "série rompue", "trop_tard": "connu trop tard",
    "bruit": "cible plus petite que la variation ordinaire", "tendance": "la tendance y mène déjà",
    "cible_tard": "cible constatée trop tard", "fragile": "écart que le hasard peut faire", "inconnu": "à préciser",
}  # fmt: skip
REFUSED: frozenset[str] = frozenset({"rompu", "trop_tard", "bruit", "tendance"})
"""Verdicts that refuse an indicator."""
REPLACED: frozenset[str] = REFUSED | {"cible_tard", "fragile"}
"""Verdicts beside which a yearly activity figure is proposed."""
MONTHS_OF: dict[str, int] = {
    "mensuelle": 1, "trimestrielle": 3, "semestrielle": 6, "annuelle": 12, "biennale": 24,
}  # fmt: skip
"""Frequency of the workbook -> months from one value to the next."""
ACTIVITY: dict[str, str] = {
    "petite_enfance": "nombre d’heures d’accueil réalisées dans l’année",
    "enfance": "nombre de journées d’accueil d’un enfant dans l’année",
    "jeunesse": "nombre de demi-journées et de soirées ouvertes dans l’année",
    "parentalite": "nombre de séances ouvertes dans l’année",
    "handicap": "nombre de journées d’accueil avec un renfort dans l’année",
    "vie_sociale": "nombre d’ateliers et de rencontres tenus dans l’année",
    "acces_droits": "nombre de permanences tenues dans l’année",
    "numerique": "nombre d’heures d’aide ouvertes dans l’année",
    "logement": "nombre de rendez-vous tenus dans l’année",
    "familles_vulnerables": "nombre de rendez-vous tenus dans l’année",
    "transversal": "nombre d’étapes de l’action faites dans l’année",
}
"""Theme of an action -> yearly activity figure to follow where none of its own indicators can be: what services do, in
which chance has little part."""
_QUARTER = re.compile(r"(\d{4})-T([1-4])")
_YEARS = re.compile(r"(\d{4})[-–](\d{4})")


@dataclass(frozen=True)
class Outlook:
    """What is known of how an indicator of the dictionary goes on.

    Attributes:
        latest: last day that its latest value describes (None: no value is known).
        lag: days between that day and the day when it was known.
        lag_is_most: whether the lag rests on a day of retrieval: the publication was earlier.
        every: months from one value to the next (None: one value alone is known).
        apart: years between two values that share no year of collection (5 for the census).
        breaks: first day of each new definition or source.
        noise: by how much it moves without a cause (None: not known).
        measured: value of the series at the baseline's period (None: not known), with its half-interval.
    """

    latest: date | None = None
    lag: int | None = None
    lag_is_most: bool = False
    every: int | None = None
    apart: int = 0
    breaks: tuple[date, ...] = ()
    noise: Noise | None = None
    measured: float | None = None
    within: float = 0.0


@dataclass(frozen=True)
class Verdict:
    """What becomes of one indicator.

    Attributes:
        id, action, label, kind: of the indicator.
        code: key of :data:`VERDICTS`.
        why: in a sentence, French, without its capital.
        next_on: day when its first comparable value after the start of the action is known.
        noise: its ordinary variation from the baseline to the day of the target (None: not known).
        own: the same over any time.
        instead: the yearly activity figure proposed (:data:`REPLACED`). instead_id: of an indicator of the action.
    """

    id: str
    action: str
    label: str
    kind: str
    code: str
    why: str = ""
    next_on: date | None = None
    noise: float | None = None
    own: Noise | None = None
    instead: str = ""
    instead_id: str = ""

    @property
    def refused(self) -> bool:
        """Whether the plan must change it."""
        return self.code in REFUSED

    @property
    def proposed(self) -> str:
        """The yearly activity figure, in words: in its place where it is refused, beside it else; empty without one."""
        if not self.instead:
            return ""
        return f"{'à sa place' if self.refused else 'à suivre aussi'}, chaque année : {self.instead}"


def span_of(period: object) -> Moment | None:
    """The days that a period covers: « 2023 », « 2021-2023 », « 2024-T4 », « décembre 2024 »; None if not read."""
    text = str(period).strip()
    if found := _QUARTER.fullmatch(text):
        return read_moment(f"T{found[2]} {found[1]}")
    if found := _YEARS.fullmatch(text):
        first, last = read_moment(found[1]), read_moment(found[2])
        return Moment(first.first, last.last, "annee") if first and last else None
    return read_moment(text.removesuffix(".0"))


def verdicts(
    agreement: Agreement,
    plan: Plan,
    contract: Mapping[str, date],
    outlooks: Mapping[str, Outlook] | None = None,
) -> dict[str, Verdict]:
    """What becomes of each indicator of the plan's actions, by id; see the module.

    Args:
        plan: of the agreement.
        contract: ``start`` and ``end`` of the convention, where they are known.
        outlooks: id of an indicator -> its outlook, of those that have one in the dictionary.
    """
    known, measures = outlooks or {}, agreement.table("suivi", "measures")
    table = agreement.table("plan", "indicators")
    found: dict[str, Verdict] = {}
    lines = {
        str(line["id"]): {str(n): v for n, v in line.items()}
        for line in table.to_dict("records")
        if line["id"]
    }
    for id, line in lines.items():
        action = plan.find(line["action"])
        if action is None or action.state == "abandonnee":
            continue
        history = measures[measures["indicator"].eq(id) & measures["comparable"].ne("non")]
        found[id] = _judged(line, action, contract, known.get(id), history)
    return {id: _with_instead(each, lines, found, plan) for id, each in found.items()}


# --------------------------------------------------------------------------------------------- one indicator


def _judged(
    line: Mapping[str, Any], action: Action, contract: Mapping[str, date], outlook: Outlook | None,
    history: pd.DataFrame,
) -> Verdict:  # fmt: skip
    start, end = action.start or contract.get("start"), contract.get("end")
    base, own = span_of(line["baseline_period"]), _noise(line, outlook, history)
    years = _horizon(line, base, start, end)
    noise = own.over(years) if own else None

    def said(code: str, why: str, next_on: date | None = None) -> Verdict:
        return Verdict(
            line["id"], line["action"], line["label"], line["kind"], code, why, next_on, noise, own
        )

    if end is None or start is None:
        return said("inconnu", "les dates de la convention ou de l’action ne sont pas connues")
    if outlook and base and any(base.last < day <= (outlook.latest or date.max) for day in outlook.breaks):
        return said("rompu", "la valeur de départ date d’avant une rupture de la série : rien ne s’y compare")
    next_on = _next_known(line, start, base, outlook)
    if next_on is None:
        return said(
            "inconnu", "rien ne dit quand il sera mesuré de nouveau : remplir « Prochaine valeur connue le »"
        )
    if next_on > end:
        least = "au plus tard " if outlook and outlook.lag_is_most and not _given(line) else ""
        return said("trop_tard", f"la première valeur qui suive le début de l’action sera connue {least}{_at(next_on)}, "
                    f"après la fin de la convention ({_at(end, '')})", next_on)  # fmt: skip
    if own and (found := _by_itself(line, own, years)):
        return said(*found, next_on)
    late = _late_target(line, end, outlook)
    if late:
        return said("cible_tard", late, next_on)
    ends = _number(line["baseline"]), _number(line["target"])
    if own is None and by_chance(line["unit"], line["chance"], ends):
        gap, chance = abs(ends[1] - ends[0]), poisson_gap(*ends)
        if 0 < gap <= chance:
            return said("fragile", f"la cible est à {_figure(gap)} du départ, et le hasard seul peut faire bouger ce compte de "
                        f"{_figure(chance)} : lire les années ensemble, ou dire « Variation ordinaire »", next_on)  # fmt: skip
    return said("mesurable", "", next_on)


def _given(line: Mapping[str, Any]) -> bool:
    return bool(pd.notna(line["next_known"]))


def _next_known(
    line: Mapping[str, Any], start: date, base: Moment | None, outlook: Outlook | None
) -> date | None:
    """When the first comparable value that describes a time after the start of the action is known."""
    if _given(line):
        return pd.Timestamp(line["next_known"]).date()
    if outlook is not None:
        period = next(iter(_coming(line, outlook, after=start, base=base)), None)
        return period + timedelta(days=outlook.lag) if period and outlook.lag is not None else None
    if line["frequency"] == "ponctuelle":
        return pd.Timestamp(line["target_on"]).date() if pd.notna(line["target_on"]) else None
    months = MONTHS_OF.get(line["frequency"])
    return _later(start, months) if months else None


def _coming(line: Mapping[str, Any], outlook: Outlook, after: date, base: Moment | None) -> Iterable[date]:
    """Last days of the periods to come that are comparable with the baseline and end after a day, in order."""
    step = outlook.every or MONTHS_OF.get(line["frequency"])
    if outlook.latest is None or step is None:
        return
    first = base.last if base else outlook.latest
    least = _later(first, 12 * outlook.apart) if outlook.apart else first
    for count in range(0, 12 * 30 // step):
        period = _later(outlook.latest, step * count)
        if period > after and (period >= least if outlook.apart else period > first):
            yield period


def _late_target(line: Mapping[str, Any], end: date, outlook: Outlook | None) -> str:
    """Why its target is not read within the convention, though the indicator is; empty where it is."""
    if outlook is None or outlook.lag is None or pd.isna(line["target_on"]) or _given(line):
        return ""
    target = pd.Timestamp(line["target_on"]).date()
    known = [p for p in _coming(line, outlook, date.min, None) if p + timedelta(days=outlook.lag) <= end]
    last = max([*known, *([outlook.latest] if outlook.latest else [])], default=None)
    if last is None or last >= target:
        return ""
    return (
        f"à la fin de la convention, la dernière valeur connue sera sans doute celle {_at(last, 'du')} ; la cible est pour "
        f"{_at(target)}"
    )


def _horizon(line: Mapping[str, Any], base: Moment | None, start: date | None, end: date | None) -> float:
    """Years from the baseline (else the start of the action) to the day of the target (else the end of the convention)."""
    first = base.last if base else start
    last = pd.Timestamp(line["target_on"]).date() if pd.notna(line["target_on"]) else end
    return years_between(first, last) if first and last else 1.0


def _by_itself(line: Mapping[str, Any], own: Noise, years: float) -> tuple[str, str] | None:
    """Why its target says nothing: the indicator may come as far without any action; None where it does."""
    gap = _number(line["target"]) - _number(line["baseline"])
    if math.isnan(gap) or gap == 0:
        return None
    side, spread = math.copysign(1.0, gap), own.over(years)
    if abs(gap) > own.reach(side, years) * (1 + 1e-9):
        return None
    time = _years(years)
    if abs(gap) <= spread:
        because = f" ({told})" if (told := own.told(years)) else ""
        return (
            "bruit",
            f"la cible est à {_figure(abs(gap))} du départ, et il varie de {_figure(spread)} en {time} sans cause{because}",
        )
    trend = own.trend(years)
    near = f", à {_figure(spread)} près" if spread > 1e-9 * abs(trend) else ""
    return "tendance", (
        f"la cible est à {_figure(abs(gap))} du départ, et sa tendance seule fait {_figure(abs(trend))} en {time}{near} ({own.drift_why})"
    )


def _noise(line: Mapping[str, Any], outlook: Outlook | None, history: pd.DataFrame) -> Noise | None:
    """What it does by itself: the sheet first, the dictionary, what was measured; None where nothing is known.

    The sheet tells the variation; the trend is that of the dictionary. What was measured in the follow-up holds the effect of the action: no trend is taken from it.
    """
    given, known = _number(line["noise"]), outlook.noise if outlook is not None else None
    if not math.isnan(given):
        return (known or Noise()).of_variation(given, "écrit dans le plan d’action")
    if known is not None:
        return known
    spans = [
        (span_of(period), value) for period, value in zip(history["period"], history["value"], strict=True)
    ]
    drift = drift_of((span.last, float(value)) for span, value in spans if span and pd.notna(value))
    return Noise(drift=drift, drift_why="d’après les mesures du suivi").without_trend() if drift else None


def _with_instead(
    each: Verdict, lines: Mapping[str, Mapping[str, Any]], found: Mapping[str, Verdict], plan: Plan
) -> Verdict:
    """The yearly activity figure of the same action: one of its own that can be measured, else that of its theme."""
    if each.code not in REPLACED:
        return each
    for kind in ("realisation", "moyens"):
        for other in found.values():
            line = lines[other.id]
            often = MONTHS_OF.get(line["frequency"], 99) <= 12
            if other.action == each.action and other.kind == kind and often and other.code == "mesurable":
                return replace(each, instead=f"{other.id} « {other.label} »", instead_id=other.id)
    action = plan.find(each.action)
    theme = action.theme if action else ""
    return replace(each, instead=ACTIVITY.get(theme, ACTIVITY["transversal"]))


# ------------------------------------------------------------------------------------------------- small things


def _later(day: date, months: int) -> date:
    """The same day so many months later; a last day of a month stays one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    length = calendar.monthrange(year, month + 1)[1]
    last = day.day == calendar.monthrange(day.year, day.month)[1]
    return date(year, month + 1, length if last else min(day.day, length))


def _number(value: Any) -> float:
    return float(value) if value is not None and pd.notna(value) else math.nan


def _years(years: float) -> str:
    """« 4 ans », « 1 an », « 6 mois »."""
    whole = round(years)
    if whole < 1:
        return f"{max(round(12 * years), 1)} mois"
    return f"{whole} {'an' if whole == 1 else 'ans'}"


def _figure(value: float) -> str:
    """« 4,7 »: two significant digits, none that says nothing."""
    return number(value, 0 if value >= 10 else 1 if value >= 1 else 2)


def _at(when: date, lead: str = "le") -> str:
    """« le 31 décembre 2031 »."""
    return f"{lead} {day_in_words(when)}".strip()
