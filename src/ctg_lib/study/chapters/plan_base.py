"""What the parts of the chapter on the action plan share: the plan, its trace, its sources, how an action is named."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from ctg_lib.agreement.plan import Action, Plan
from ctg_lib.agreement.trace import Trace
from ctg_lib.display.typography import NBSP
from ctg_lib.study.chapters.agreed import AgreedChapter
from ctg_lib.study.plan import StudyPlan, plan_of

WAITING = "instruire"
"""What becomes of a proposal where nothing is written."""


class PlanChapter(AgreedChapter):
    """A part of the chapter on the action plan."""

    reads = ("plan", "groupes", "priorites")

    @property
    def filled(self) -> bool:
        """Whether there is a plan: sessions and decisions alone make none."""
        return self.agreement.has("plan")

    @cached_property
    def told(self) -> StudyPlan:
        """The plan, its trace, what can be measured."""
        return plan_of(self.study)

    @property
    def plan(self) -> Plan:
        """The tree that the committee's decisions feed."""
        return self.told.plan

    @property
    def trace(self) -> Trace:
        """From actions to findings and evidences, and back."""
        return self.told.trace

    def label_of(self, kind: str, id: str) -> str:
        """What a reader reads of a node of the trace; its id where it has no words."""
        node = self.trace.nodes.get((kind, id))
        return (node.label if node else "") or id


def title_of(action: Action) -> str:
    """« A01 — Ouvrir la crèche à 6 h 30 », hours kept on one line."""
    return f"{action.id} — {with_hours(action.title)}"


def with_hours(text: str) -> str:
    """A text whose hours (« 6 h 30 ») stay on one line."""
    return re.sub(r"(?<=[0-9]) h (?=[0-9])", f"{NBSP}h{NBSP}", text)


def files_in_words(paths: Iterable[str]) -> str:
    """« consultation : entretiens.xlsx, forums.xlsx ; offre.xlsx »: files under their folder, each folder once."""
    folders: dict[str, list[str]] = {}
    for path in dict.fromkeys(paths):
        folder, _, name = path.rpartition("/")
        folders.setdefault(folder, []).append(name)
    heads = {folder: f"{folder} : " if folder else "" for folder in folders}
    return " ; ".join(f"{heads[folder]}{', '.join(names)}" for folder, names in folders.items())
