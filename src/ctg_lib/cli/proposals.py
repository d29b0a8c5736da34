"""``ctg study crossing``, ``ctg study plan``: lines are proposed; what a person decided of them stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctg_lib.cli.check import problem_lines
from ctg_lib.cli.common import DebugOption, StudyArgument, closed_elsewhere, opened_study, print_lines, shown
from ctg_lib.errors import BadInput

if TYPE_CHECKING:
    from ctg_lib.documents.agreement.update import Written


def study_crossing(study: StudyArgument, debug: DebugOption = False) -> None:
    """Proposer les besoins à partir des constats gardés, et les enjeux à partir des besoins retenus."""
    from ctg_lib.documents.agreement.crossing_sheet import crossing_lines, write_crossing

    opened = opened_study(study)
    with closed_elsewhere():
        done = write_crossing(opened)
    _told(done.written)
    print_lines(crossing_lines(done, opened.id))


def study_plan(study: StudyArgument, debug: DebugOption = False) -> None:
    """Proposer des actions, en projet, à partir des propositions des groupes de travail."""
    from ctg_lib.documents.agreement.plan_sheet import plan_lines, write_plan

    opened = opened_study(study)
    with closed_elsewhere():
        done = write_plan(opened)
    _told(done.written)
    print_lines(plan_lines(done, opened.id))


def _told(written: Written) -> None:
    """The workbook written.

    Raises:
        BadInput: it was not, so that no cell is lost.
    """
    if written.problems:
        print_lines(problem_lines(written.problems))
        raise BadInput(
            f"{shown(written.path)} n’est pas récrit : ces cellules seraient perdues. Les corriger, puis "
            "relancer."
        )
    if written.path.is_file():
        print(shown(written.path))
