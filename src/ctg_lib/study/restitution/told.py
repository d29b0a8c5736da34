"""What all slides of a study share: its day, its tables, the issues that the committee retained."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from ctg_lib.agreement.commitments import committed_actions
from ctg_lib.consultation.settings import period
from ctg_lib.display.typography import enumerate_fr
from ctg_lib.study.document_dates import day_of
from ctg_lib.study.news import News, news

if TYPE_CHECKING:
    from ctg_lib.partnership.calendar import Phase, Step
    from ctg_lib.study.core import Study

SOURCES: dict[str, str] = {
    "constats": "constats du diagnostic",
    "croisement": "croisement des regards",
    "priorites": "décisions du comité de pilotage",
    "plan": "plan d’action",
    "gouvernance": "gouvernance de la convention",
    "calendrier": "calendrier de l’étude",
    "demarche": "calendrier et classeurs de l’étude",
    "synthese": "synthèse du rapport",
}
"""What a slide rests on -> how the committee is told."""


@dataclass
class Told:
    """A study, as its slides read it."""

    study: Study

    @cached_property
    def news(self) -> News:
        """Its calendar and counts on its own day."""
        return news(self.study, self.study.as_of)

    @cached_property
    def when(self) -> str:
        """« au 15 juin 2027 »; « sans date » where something that the slides rest on is later."""
        day = day_of(self.study)
        return f"au {day}" if day else "sans date"

    def table(self, book: str, sheet: str) -> pd.DataFrame:
        """Lines of a sheet of the agreement."""
        return self.study.agreement.table(book, sheet)

    def source(self, *names: str) -> str:
        """« constats du diagnostic et croisement des regards, au 15 juin 2027 »."""
        return f"{enumerate_fr([SOURCES[name] for name in names])}, {self.when}"

    @cached_property
    def retained(self) -> tuple[str, ...]:
        """Issues that the committee retained, in its order."""
        return self.study.agreement.retained

    @cached_property
    def titles(self) -> dict[str, str]:
        """Issue -> its title."""
        lines = self.table("croisement", "issues")
        return dict(zip(lines["id"], lines["title"], strict=True))

    @cached_property
    def parties(self) -> dict[str, str]:
        """Organisation -> its name."""
        lines = self.study.partnership.table("parties", "parties")
        return dict(zip(lines["id"], lines["name"], strict=True))

    @cached_property
    def plan(self) -> pd.DataFrame:
        """Actions that the convention holds, with ``axis``, in its order: decisions alone feed them."""
        return committed_actions(self.study.agreement)


@dataclass
class Part:
    """Makes some of the slides."""

    told: Told

    @property
    def study(self) -> Study:
        """Whose slides they are."""
        return self.told.study


def when_of(each: Phase | Step) -> str:
    """« du 10 au 28 juin 2027 », « mai 2026 – septembre 2026 »; empty without a date."""
    return period(each.begins, each.ends) or each.when
