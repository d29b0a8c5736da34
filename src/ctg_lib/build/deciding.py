"""What a report runs again, and why; told without running anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ctg_lib.build.chapters import Chapter
from ctg_lib.build.explain import explained, pages_explained
from ctg_lib.build.inputs import Inputs
from ctg_lib.build.national import freshness
from ctg_lib.build.unchanged import may_be_left, pages
from ctg_lib.build.validity import State, at_first_sight, read_again
from ctg_lib.indicators.national import FILE
from ctg_lib.project import Project

if TYPE_CHECKING:
    from ctg_lib.build.report import Plan


def to_run(plan: Plan, states: Sequence[State], *, force: bool = False) -> list[Chapter]:
    """The chapters to run, in the report's order.

    Those that were named, and those of the last report that would not be the same today; where none was
    named, all that the last report lacks too.

    Args:
        states: of all chapters of the plan.
        force: run all that were asked for, named or not.
    """
    asked = {chapter.slug for chapter in plan.wanted if force or plan.named}
    return [
        state.chapter for state in states
        if state.chapter.slug in asked or state.stale or (not plan.named and not state.valid)
    ]  # fmt: skip


def explain_report(project: Project, plan: Plan, *, force: bool = False) -> list[str]:
    """Why each chapter, then the tables and pages, would be taken over or made again, in French lines.

    Nothing is built.
    """
    inputs, study_id = Inputs(project), plan.study.id
    first = at_first_sight(inputs, study_id, plan.chapters)
    built = (project.processed / FILE).is_file()
    states = read_again(first, plan.study) if built else first
    run = {chapter.slug for chapter in to_run(plan, states, force=force)}
    lines = explained(states, inputs, run, force=force)
    lines.append(pages_explained(pages(inputs, study_id, plan.chapters, first), inputs, _always(plan, force)))
    old = [line for line in freshness(project)[:2] if "à jour" not in line]
    if old:
        lines += [*old, "Ce qui est dit ici vaut pour les données en place ; le rapport les refera d’abord."]
    return lines


def _always(plan: Plan, force: bool) -> str:
    """Why the pages are made again whatever has changed; empty where they need not be."""
    if force:
        return "--force"
    if plan.named:
        return "des chapitres sont demandés"
    if not may_be_left(plan.formats, plan.assembler, plan.keep_project):
        return "elles le sont toujours pour Quarto, le PDF et Word"
    return ""
