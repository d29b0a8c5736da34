"""What the parts of the chapter on the action plan share: the plan, its trace, its sources, how an action is named."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from ctg_lib.agreement.folder import FOLDER
from ctg_lib.agreement.plan import Action, Plan
from ctg_lib.agreement.trace import Trace
from ctg_lib.display.gantt import day_in_words
from ctg_lib.display.output import SourceText, joined
from ctg_lib.display.typography import NBSP, enumerate_fr
from ctg_lib.study.chapters.folder_base import FolderChapter
from ctg_lib.study.plan import StudyPlan, plan_of
from ctg_lib.study.using import Uses

BOOKS_READ: tuple[str, ...] = ("plan", "groupes", "priorites")
"""Workbooks that the chapter tells, the first ones first."""
WAITING = "instruire"
"""What becomes of a proposal where nothing is written."""


class PlanChapter(FolderChapter):
    """A part of the chapter on the action plan."""

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

    @cached_property
    def parties(self) -> dict[str, str]:
        """Id of a party -> its name."""
        table = self.folder.table("parties", "parties")
        return dict(zip(table["id"], table["name"], strict=True))

    @property
    def own_source(self) -> SourceText:
        """« plan-action.xlsx, groupes-travail.xlsx … (dossier convention), relevé du … »."""
        return self.source_from(*BOOKS_READ)

    def source_from(self, *books: str) -> SourceText:
        """The same, of some workbooks of the agreement: those that hold something, else the first one."""
        agreement = self.study.agreement
        files = [agreement.file(book) for book in books if agreement.has(book)] or [agreement.file(books[0])]
        names = [file.removeprefix(f"{FOLDER}/") for file in files]
        made_up = " ; données fictives" if self.study.fictif else ""
        text = (
            f"{enumerate_fr(names)} (dossier {FOLDER}), relevé du {day_in_words(self.study.as_of)}{made_up}"
        )
        return SourceText(text, list(zip(names, files, strict=True)))

    @property
    def brief_source(self) -> str:
        """Under a key figure: the file alone; its day stands under the tables."""
        file = self.study.agreement.file("plan").removeprefix(f"{FOLDER}/")
        return f"{file} ; données fictives" if self.study.fictif else file

    def source_of(self, uses: Uses) -> SourceText:
        """The workbooks of the plan, once filled, then what else the text rests on."""
        own = [self.own_source] if self.study.agreement.has("plan") else []
        return joined([*own, super().source_of(uses)])

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
