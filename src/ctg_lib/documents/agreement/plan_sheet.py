"""Actions that proposals of the working groups become, written « en projet » into « plan-action.xlsx »."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ctg_lib.agreement.plan import Plan, draft_actions
from ctg_lib.agreement.updating import Updated, updated
from ctg_lib.display.typography import counted
from ctg_lib.documents.agreement.update import Written, write_update

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

BOOK = "plan"
OPEN: frozenset[str] = frozenset({"", "projet"})
"""States of an action that waits for a person."""


@dataclass(frozen=True)
class PlanWritten:
    """What became of the workbook.

    Attributes:
        written: the file. actions: what was added to its sheet.
        proposals: proposals of the working groups in all.
        unfilled: drafts that lack something to be validated. aside: actions that no retained issue feeds.
    """

    written: Written
    actions: Updated
    proposals: int = 0
    unfilled: int = 0
    aside: tuple[str, ...] = ()


def write_plan(study: Study) -> PlanWritten:
    """Write ``convention/plan-action.xlsx`` of a study: one draft for each proposal that becomes an action.

    Actions that were decided, or written by hand, stay as they are, and so do axes, steps, budget and
    indicators; the file is left alone where one of its cells cannot be read and would be lost, or where
    nothing is to be added.

    Raises:
        PermissionError: the file is held open by another program.
    """
    agreement = study.agreement
    sheet = agreement.books[BOOK]["actions"]
    cited = [
        *agreement.table("groupes", "proposals")["action"],
        *(id for name in ("steps", "budget", "indicators") for id in agreement.table(BOOK, name)["action"]),
    ]
    actions = updated(
        sheet, agreement.table(BOOK, "actions"), draft_actions(agreement), open_states=OPEN,
        cited=[id for id in cited if id],
    )  # fmt: skip
    if actions.new or actions.filled:
        written = write_update(study, BOOK, {"actions": actions.lines})
    else:
        written = Written(study.project.studies / study.id / agreement.file(BOOK))
    plan = Plan.of(agreement)
    drafts = [line for line in actions.lines if line.get("state", "") in OPEN]
    names = ("objective", "nature", "description", "leader", "start", "end", "findings")
    return PlanWritten(
        written, actions, len(agreement.table("groupes", "proposals")),
        sum(any(name not in line for name in names) for line in drafts), tuple(a.id for a in plan.aside),
    )  # fmt: skip


def plan_lines(done: PlanWritten, study: str) -> list[str]:
    """What was proposed, and what is to be done next."""
    if not done.proposals and not done.actions.lines:
        return [
            "Aucune proposition de groupe de travail, aucune action : rien à proposer.",
            "Suite : remplir groupes-travail.xlsx (feuille « Propositions », « Suite » : devient une "
            f"action), puis ctg study plan {study} ; ou écrire les actions dans plan-action.xlsx",
        ]
    new = counted(len(done.actions.new), "action proposée", "actions proposées")
    out = [
        f"{new}, en projet ({counted(len(done.actions.lines), 'action')} en tout)."
        if done.written.changed
        else "Rien de nouveau : le classeur n’est pas récrit."
    ]
    if done.actions.gone:
        gone = ", ".join(done.actions.gone)
        out.append(f"Leur proposition ne devient plus une action ; à garder ou à abandonner : {gone}.")
    if done.unfilled:
        out.append(f"Actions en projet à compléter avant de les valider : {done.unfilled}.")
    if done.aside:
        out.append(f"Actions dont le comité de pilotage n’a retenu aucun enjeu : {', '.join(done.aside)}.")
    out.append(f"Suite : compléter les fiches, puis ctg study check {study}")
    out.append(f"et ctg report {study} --chapters 15b ; actions validées : ctg documents {study}")
    return out
