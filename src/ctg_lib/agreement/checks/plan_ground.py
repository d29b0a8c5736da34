"""What the checks of the action plan look at, and how they tell: an error of what binds, else a point to look at."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from ctg_lib.agreement.books.plan import AGREED
from ctg_lib.agreement.checks.ground import Line, lines
from ctg_lib.agreement.measurability import Outlook
from ctg_lib.agreement.plan import Plan
from ctg_lib.partnership.checks.ground import day
from ctg_lib.workbooks.problems import Problem, Severity

if TYPE_CHECKING:
    from ctg_lib.agreement.folder import Agreement
    from ctg_lib.partnership.folder import Partnership


@dataclass(frozen=True)
class Ground:
    """What the checks look at.

    Attributes:
        agreement, partnership: workbooks of the study. as_of: its date.
        contract: ``start`` and ``end`` of the convention, where they are known.
        outlooks: indicator of the plan -> its outlook, of those that the dictionary has.
    """

    agreement: Agreement
    partnership: Partnership
    as_of: date
    contract: Mapping[str, date] = field(default_factory=dict)
    outlooks: Mapping[str, Outlook] = field(default_factory=dict)

    @cached_property
    def actions(self) -> list[Line]:
        """Actions that are not given up."""
        return [line for line in self._lines("actions") if line["state"] != "abandonnee"]

    @cached_property
    def by_id(self) -> dict[str, Line]:
        """The same, by id."""
        return {str(line["id"]): line for line in self.actions if line["id"]}

    @cached_property
    def plan(self) -> Plan:
        """The tree."""
        return Plan.of(self.agreement)

    def of_actions(self, sheet: str) -> Iterator[tuple[Line, Line]]:
        """Lines of a sheet with their action, those of unknown or abandoned actions left out."""
        for line in self._lines(sheet):
            if action := self.by_id.get(str(line["action"] or "")):
                yield line, action

    def _lines(self, sheet: str) -> list[Line]:
        return lines(self.agreement, "plan", sheet)


def binds(line: Line) -> bool:
    """Whether an action binds: what is wrong of it is then an error."""
    return line["state"] in AGREED


def tell(action: Line, line: Line, column: str, found: str, expected: str, said: str) -> Problem:
    """An error of a binding action, a point to look at of a draft."""
    severity: Severity = "error" if binds(action) else "warning"
    return line.problem(column, found, expected, severity, said=said)


def without(ground: Ground, held: Collection[object], expected: str, said: str) -> Iterator[Problem]:
    """Binding actions that have no line of a sheet, of those that have one (``held``: ids)."""
    for action in ground.actions:
        if binds(action) and action["id"] not in held:
            yield action.warning("id", "", f"à compléter : {expected}", said=said)


def outside(ground: Ground, value: date) -> str:
    """The dates of the convention, where a day is out of them; empty where it is not, or where they are not known."""
    start, end = ground.contract.get("start"), ground.contract.get("end")
    if (start and value < start) or (end and value > end):
        return " – ".join(day(each) for each in (start, end) if each)
    return ""
