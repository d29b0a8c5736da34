"""Two editions of a convention side by side: findings and actions that are new, gone, written otherwise.

Lines are the same where they bear the same id. What moves by itself (an action under way, a day of decision) is no change
of the plan; a state that ends it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.agreement.books.constats import KEPT
from ctg_lib.partnership.checks.ground import euros
from ctg_lib.workbooks.moments import day_in_words
from ctg_lib.workbooks.schema import Field, Sheet

if TYPE_CHECKING:
    from ctg_lib.agreement.folder import Agreement

ACTION_FIELDS: tuple[str, ...] = (
    "title", "objective", "theme", "findings", "issues", "nature", "goal", "description", "publics", "secteurs", "leader",
    "leader_function", "partners", "start", "end", "human", "fte", "levers", "conditions", "risks",
)  # fmt: skip
"""Fields of an action whose change is one of the plan."""
INDICATOR_FIELDS: tuple[str, ...] = (
    "action", "label", "kind", "indicator", "breakdown", "unit", "baseline", "baseline_period", "target", "target_on", "better",
)  # fmt: skip
NOTHING = "rien"
"""In place of an empty cell."""
Named = Callable[[str, str], str]
"""(« plan.actions », id) -> its name."""


@dataclass(frozen=True)
class Change:
    """A field that changed: id and title of its line, heading of its column, both values in words."""

    id: str
    title: str
    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Gone:
    """A line that is no more: why, in words, as far as the later edition says."""

    id: str
    title: str
    why: str = ""


@dataclass(frozen=True)
class Compared:
    """What changed from one edition to the next, in the order of the sheets.

    Attributes:
        new: (id, title). gone: absent, or ended, since. changed: field by field. same: how many lines did not change.
    """

    new: tuple[tuple[str, str], ...] = ()
    gone: tuple[Gone, ...] = ()
    changed: tuple[Change, ...] = ()
    same: int = 0

    @property
    def any(self) -> bool:
        """Whether anything changed."""
        return bool(self.new or self.gone or self.changed)

    @property
    def touched(self) -> tuple[str, ...]:
        """Ids of lines that changed, each once."""
        return tuple(dict.fromkeys(change.id for change in self.changed))


def findings(before: Agreement, after: Agreement) -> Compared:
    """Findings kept in one edition and in the other: new, gone (refused, merged, taken out), reworded."""
    old, now = _by_id(before.kept_findings), _by_id(after.kept_findings)
    every = _by_id(after.table("constats", "findings"))
    sheet = after.books["constats"]["findings"]
    gone = [Gone(id, line["sentence"], _why_gone(every.get(id))) for id, line in old.items() if id not in now]
    changed = [
        Change(id, line["sentence"], sheet["sentence"].label, old[id]["sentence"], line["sentence"])
        for id, line in now.items()
        if id in old and line["sentence"] != old[id]["sentence"]
    ]
    new = [(id, line["sentence"]) for id, line in now.items() if id not in old]
    return Compared(tuple(new), tuple(gone), tuple(changed), len(old.keys() & now.keys()) - len(changed))


def _why_gone(line: Mapping[str, Any] | None) -> str:
    if line is None:
        return "n’y figure plus"
    if line["state"] == "fusionne":
        return f"fusionné avec {line['merged']}" if line["merged"] else "fusionné"
    if line["state"] in KEPT:
        return ""
    state = "refusé" if line["state"] == "refuse" else "n’est plus gardé"
    return f"{state} : {line['reason']}" if line["reason"] else state


def actions(before: Agreement, after: Agreement, named: Named | None = None) -> Compared:
    """Actions of one edition and of the other: new, given up or taken out, changed field by field (cost included).

    Args:
        named: gives the name behind an id of another workbook; the id itself by default.
    """
    old, now = (_by_id(each.table("plan", "actions")) for each in (before, after))
    old = {id: line for id, line in old.items() if line["state"] != "abandonnee"}
    alive = {id: line for id, line in now.items() if line["state"] != "abandonnee"}
    sheet = after.books["plan"]["actions"]
    gone = [Gone(id, line["title"], _why_dropped(now.get(id))) for id, line in old.items() if id not in alive]
    changed: list[Change] = []
    costs = _costs(before), _costs(after)
    for id, line in alive.items():
        if id in old:
            found = _changes(sheet, ACTION_FIELDS, old[id], line, line["title"], named)
            cost = tuple(each.get(id, 0.0) for each in costs)
            if abs(cost[0] - cost[1]) > 0.5:
                found.append(Change(id, line["title"], "Coût sur la durée", euros(cost[0]), euros(cost[1])))
            changed += found
    new = [(id, line["title"]) for id, line in alive.items() if id not in old]
    touched = {change.id for change in changed}
    return Compared(tuple(new), tuple(gone), tuple(changed), len(alive.keys() & old.keys() - touched))


def indicators(before: Agreement, after: Agreement, named: Named | None = None) -> Compared:
    """Indicators of the plan: new, taken out, whose baseline, target or definition changed."""
    old, now = (_by_id(each.table("plan", "indicators")) for each in (before, after))
    sheet = after.books["plan"]["indicators"]
    changed = [
        change
        for id, line in now.items()
        if id in old
        for change in _changes(sheet, INDICATOR_FIELDS, old[id], line, line["label"], named)
    ]
    touched = {change.id for change in changed}
    return Compared(
        tuple((id, line["label"]) for id, line in now.items() if id not in old),
        tuple(Gone(id, line["label"], "n’y figure plus") for id, line in old.items() if id not in now),
        tuple(changed),
        len(now.keys() & old.keys() - touched),
    )


def _by_id(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    return {str(line["id"]): {str(n): v for n, v in line.items()} for line in table.to_dict("records") if line["id"]}  # fmt: skip


def _why_dropped(line: Mapping[str, Any] | None) -> str:
    if line is None:
        return "n’y figure plus"
    when = f" le {day_in_words(line['decided_on'].date())}" if pd.notna(line["decided_on"]) else ""
    return f"abandonnée{when}" + (f" : {line['remark']}" if line["remark"] else "")


def _costs(agreement: Agreement) -> dict[str, float]:
    lines = agreement.budget
    found = lines[lines["kind"].eq("depense")].groupby("action")["amount"].sum()
    return {str(action): float(amount) for action, amount in found.items()}


def _changes(
    sheet: Sheet, fields: tuple[str, ...], old: Mapping[str, Any], now: Mapping[str, Any], title: str,
    named: Named | None,
) -> list[Change]:  # fmt: skip
    out = []
    for name in fields:
        if not _same(old[name], now[name]):
            each = sheet[name]
            out.append(Change(now["id"], title, each.label, in_words(each, old[name], named), in_words(each, now[name], named)))  # fmt: skip
    return out


def _same(old: Any, now: Any) -> bool:
    if isinstance(old, tuple) or isinstance(now, tuple):
        return set(old or ()) == set(now or ())
    if isinstance(old, str) or isinstance(now, str):
        return _text(old) == _text(now)
    return (pd.isna(old) and pd.isna(now)) or bool(old == now)


def _text(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def in_words(each: Field, value: Any, named: Named | None = None) -> str:
    """A cell as a reader says it: labels of choices, names behind ids, days, amounts; « rien » where it is empty."""
    if isinstance(value, tuple):
        return " ; ".join(_one(each, v, named) for v in value) or NOTHING
    if isinstance(value, str):
        return _one(each, value, named) if value else NOTHING
    if value is None or pd.isna(value):
        return NOTHING
    if isinstance(value, pd.Timestamp | date):
        return day_in_words(value.date() if isinstance(value, pd.Timestamp) else value)
    return f"{value:g}".replace(".", ",")


def _one(each: Field, value: str, named: Named | None) -> str:
    if each.choices:
        return str(each.choices.get(value, value))
    return named(each.refers_to, value) if each.refers_to and named else value


@dataclass(frozen=True)
class Moved:
    """A figure of the dictionary in two editions.

    Attributes:
        kind: « meme » (same period and value), « revise » (same period, the publisher changed it), « suivant » (a later
            period, comparable), « rompu » (a later period, not comparable), « nouveau », « disparu ».
        side: of the later value against the earlier one: « above », « below », « close » (too small or too unsure to be
            named); empty where they do not compare. why: of a break.
    """

    indicator: str
    breakdown: str
    label: str
    before: str
    after: str
    before_period: str
    after_period: str
    kind: str
    side: str = ""
    difference: str = ""
    better: str = ""
    why: str = ""
    far: bool = False
    sources: tuple[str, ...] = field(default=(), compare=False)
