"""Whether an indicator of an action can be measured within the convention, and whether its target says anything.

Rule (domain: a result indicator whose next comparable value falls outside the convention, or whose target is smaller
than its noise, is refused, and a yearly activity figure of the same action is proposed instead):

* ``rompu``: the baseline was measured before a break of its series: no later value is comparable with it;
* ``trop_tard``: the first value comparable with the baseline that describes a time after the start of the action is
  known after the end of the convention (or there is none);
* ``bruit``: the target is no farther from the baseline than the indicator moves by itself (:class:`Outlook`);
* ``cible_tard``: measured within the convention, but not at the date of its target: the last value known is older;
* ``fragile``: a small count that is not in the dictionary, whose history is not known: had it come by chance (Poisson),
  it could move as far as its target;
* ``inconnu``: nothing says when it is measured again, or the dates of the convention are not known;
* ``mesurable``: none of these.

The first three are refused. When a value of a dictionary indicator is known follows from the manifest: the time between
the period it describes and its publication (or its retrieval, which is later: the real lag is then shorter).
"""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import stats

from ctg_lib.agreement.plan import Action, Plan
from ctg_lib.partnership.checks.ground import day, number
from ctg_lib.workbooks.moments import Moment, read_moment

if TYPE_CHECKING:
    from ctg_lib.agreement.folder import Agreement

VERDICTS: dict[str, str] = {
    "mesurable": "mesurable", "rompu": "série rompue", "trop_tard": "connu trop tard", "bruit": "cible plus petite que le bruit",
    "cible_tard": "cible constatée trop tard", "fragile": "petit effectif", "inconnu": "à préciser",
}  # fmt: skip
REFUSED: frozenset[str] = frozenset({"rompu", "trop_tard", "bruit"})
"""Verdicts that refuse an indicator."""
MONTHS_OF: dict[str, int] = {
    "mensuelle": 1, "trimestrielle": 3, "semestrielle": 6, "annuelle": 12, "biennale": 24,
}  # fmt: skip
"""Frequency of the workbook -> months from one value to the next."""
FEWEST = 4
"""Values of a history from which an ordinary change is computed: three changes, hence two degrees of freedom."""
SURE = 0.95
"""Share of the ordinary changes that the noise holds."""
FEW = 100
"""Counts above it are not called small: their Poisson noise is below 28 % of them."""
NOT_COUNTS = re.compile(
    r"%|\bpour\b|\bpar\b(?! an)|€|euro|\btaux\b|\bpart\b|\betp\b|\bheures?\b|\bsemaines?\b", re.IGNORECASE
)
"""Units of what is not a number of people, families, demands."""
ACTIVITY: dict[str, str] = {
    "petite_enfance": "nombre d’heures d’accueil réalisées dans l’année",
    "enfance": "nombre de journées d’accueil d’un enfant dans l’année",
    "jeunesse": "nombre de jeunes différents accueillis dans l’année",
    "parentalite": "nombre de familles différentes venues dans l’année",
    "handicap": "nombre d’enfants handicapés accueillis dans l’année",
    "vie_sociale": "nombre de participants différents dans l’année",
    "acces_droits": "nombre de personnes reçues dans l’année",
    "numerique": "nombre de personnes aidées dans l’année",
    "logement": "nombre de ménages accompagnés dans l’année",
    "familles_vulnerables": "nombre de familles accompagnées dans l’année",
    "transversal": "nombre d’étapes de l’action faites dans l’année",
}
"""Theme of an action -> yearly activity figure to follow where none of its own indicators can be."""
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
        noise: by how much it moves without a cause (None: not known). noise_why: where that comes from, in words.
        measured: value of the series at the baseline's period (None: not known), with its half-interval.
    """

    latest: date | None = None
    lag: int | None = None
    lag_is_most: bool = False
    every: int | None = None
    apart: int = 0
    breaks: tuple[date, ...] = ()
    noise: float | None = None
    noise_why: str = ""
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
        noise: what its target was compared with (None: not known).
        instead: the yearly activity figure proposed, where it is refused. instead_id: of an indicator of the action.
    """

    id: str
    action: str
    label: str
    kind: str
    code: str
    why: str = ""
    next_on: date | None = None
    noise: float | None = None
    instead: str = ""
    instead_id: str = ""

    @property
    def refused(self) -> bool:
        """Whether the plan must change it."""
        return self.code in REFUSED


def span_of(period: object) -> Moment | None:
    """The days that a period covers: « 2023 », « 2021-2023 », « 2024-T4 », « décembre 2024 »; None if not read."""
    text = str(period).strip()
    if found := _QUARTER.fullmatch(text):
        return read_moment(f"T{found[2]} {found[1]}")
    if found := _YEARS.fullmatch(text):
        first, last = read_moment(found[1]), read_moment(found[2])
        return Moment(first.first, last.last, "annee") if first and last else None
    return read_moment(text.removesuffix(".0"))


def ordinary_change(values: Sequence[float]) -> float | None:
    """By how much a series moves from one value to the next, its own slope apart: ``t × s × √(1 + 1/n)``.

    Prediction interval (:data:`SURE`) of one more change, from the ``n`` changes between consecutive values, taken as
    independent (Hahn and Meeker, Statistical Intervals, 1991, normal prediction interval).

    Returns:
        None below :data:`FEWEST` values.
    """
    known = np.asarray([v for v in values if not math.isnan(v)], dtype=float)
    if len(known) < FEWEST:
        return None
    changes = np.diff(known)
    n = len(changes)
    t = float(stats.t.ppf((1 + SURE) / 2, n - 1))
    return t * float(changes.std(ddof=1)) * math.sqrt(1 + 1 / n)


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
    noise, noise_why = _noise(line, outlook, history)

    def said(code: str, why: str, next_on: date | None = None) -> Verdict:
        return Verdict(line["id"], line["action"], line["label"], line["kind"], code, why, next_on, noise)

    if end is None or start is None:
        return said("inconnu", "les dates de la convention ou de l’action ne sont pas connues")
    base = span_of(line["baseline_period"])
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
    gap = _number(line["target"]) - _number(line["baseline"])
    if noise is not None and not math.isnan(gap) and 0 < abs(gap) <= noise:
        return said("bruit", f"la cible est à {_figure(abs(gap))} du départ, et il varie de {_figure(noise)} sans cause "
                    f"({noise_why})", next_on)  # fmt: skip
    late = _late_target(line, end, outlook)
    if late:
        return said("cible_tard", late, next_on)
    if noise is None and _small_count(line):
        chance = _poisson(line)
        if 0 < abs(gap) <= chance:
            return said("fragile", f"la cible est à {_figure(abs(gap))} du départ ; un si petit nombre, s’il vient du hasard, peut "
                        f"bouger de {_figure(chance)} : dire « Variation ordinaire », ou lire les années ensemble", next_on)  # fmt: skip
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


def _noise(
    line: Mapping[str, Any], outlook: Outlook | None, history: pd.DataFrame
) -> tuple[float | None, str]:
    """By how much it moves by itself, and how that is known: the sheet first, the dictionary, what was measured."""
    given = _number(line["noise"])
    if not math.isnan(given):
        return given, "écrit dans le plan d’action"
    if outlook is not None and outlook.noise is not None:
        return outlook.noise, outlook.noise_why
    found = ordinary_change(history["value"].astype("float64").tolist()) if len(history) else None
    return (found, "d’après les mesures du suivi") if found is not None else (None, "")


def _small_count(line: Mapping[str, Any]) -> bool:
    """Whether it is a result, a whole number of people or demands, small enough for chance to matter."""
    ends = _number(line["baseline"]), _number(line["target"])
    if (
        line["kind"] != "resultat"
        or line["indicator"]
        or NOT_COUNTS.search(line["unit"])
        or any(map(math.isnan, ends))
    ):
        return False
    return all(v >= 0 and float(v).is_integer() for v in ends) and max(ends) <= FEW


def _poisson(line: Mapping[str, Any]) -> float:
    """95 % of the difference of two Poisson counts: 1.96 × √(both)."""
    both = _number(line["baseline"]) + _number(line["target"])
    return float(stats.norm.ppf((1 + SURE) / 2)) * math.sqrt(both)


def _with_instead(
    each: Verdict, lines: Mapping[str, Mapping[str, Any]], found: Mapping[str, Verdict], plan: Plan
) -> Verdict:
    """The yearly activity figure of the same action: one of its own that can be measured, else that of its theme."""
    if not each.refused:
        return each
    for kind in ("realisation", "moyens"):
        for other in found.values():
            line = lines[other.id]
            often = MONTHS_OF.get(line["frequency"], 99) <= 12
            if (
                other.action == each.action
                and other.kind == kind
                and often
                and other.code in ("mesurable", "fragile")
            ):
                return _replaced(each, f"{other.id} « {other.label} »", other.id)
    action = plan.find(each.action)
    return _replaced(each, ACTIVITY.get(action.theme if action else "", ACTIVITY["transversal"]), "")


def _replaced(each: Verdict, instead: str, id: str) -> Verdict:
    return Verdict(
        each.id,
        each.action,
        each.label,
        each.kind,
        each.code,
        each.why,
        each.next_on,
        each.noise,
        instead,
        id,
    )


# ------------------------------------------------------------------------------------------------- small things


def _later(day: date, months: int) -> date:
    """The same day so many months later; a last day of a month stays one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    length = calendar.monthrange(year, month + 1)[1]
    last = day.day == calendar.monthrange(day.year, day.month)[1]
    return date(year, month + 1, length if last else min(day.day, length))


def _number(value: Any) -> float:
    return float(value) if value is not None and pd.notna(value) else math.nan


def _figure(value: float) -> str:
    """« 4,7 »: two significant digits, none that says nothing."""
    return number(value, 0 if value >= 10 else 1 if value >= 1 else 2)


def _at(when: date, lead: str = "le") -> str:
    """« le 31/12/2031 »."""
    return f"{lead} {day(when)}".strip()
