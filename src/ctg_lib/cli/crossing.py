"""``ctg study crossing``: needs and issues are proposed; what a person decided of them stays."""

from __future__ import annotations

from ctg_lib.cli.check import problem_lines
from ctg_lib.cli.common import DebugOption, StudyArgument, closed_elsewhere, opened_study, print_lines, shown
from ctg_lib.errors import BadInput


def study_crossing(study: StudyArgument, debug: DebugOption = False) -> None:
    """Proposer les besoins à partir des constats gardés, et les enjeux à partir des besoins retenus."""
    from ctg_lib.documents.agreement.crossing_sheet import crossing_lines, write_crossing

    opened = opened_study(study)
    with closed_elsewhere():
        done = write_crossing(opened)
    if done.written.problems:
        print_lines(problem_lines(done.written.problems))
        raise BadInput(
            f"{shown(done.written.path)} n’est pas récrit : ces cellules seraient perdues. Les "
            "corriger, puis relancer."
        )
    if done.written.path.is_file():
        print(shown(done.written.path))
    print_lines(crossing_lines(done, opened.id))
