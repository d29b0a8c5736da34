"""``ctg study plan``: actions are proposed; what a person decided of them stays."""

from __future__ import annotations

from ctg_lib.cli.check import problem_lines
from ctg_lib.cli.common import DebugOption, StudyArgument, closed_elsewhere, opened_study, print_lines, shown
from ctg_lib.errors import BadInput


def study_plan(study: StudyArgument, debug: DebugOption = False) -> None:
    """Proposer des actions, en projet, à partir des propositions des groupes de travail."""
    from ctg_lib.documents.agreement.plan_sheet import plan_lines, write_plan

    opened = opened_study(study)
    with closed_elsewhere():
        done = write_plan(opened)
    if done.written.problems:
        print_lines(problem_lines(done.written.problems))
        raise BadInput(
            f"{shown(done.written.path)} n’est pas récrit : ces cellules seraient perdues. Les "
            "corriger, puis relancer."
        )
    if done.written.path.is_file():
        print(shown(done.written.path))
    print_lines(plan_lines(done, opened.id))
