"""``ctg study findings``: findings are proposed into the study's workbook, beside what people decided."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ctg_lib.cli.check import problem_lines
from ctg_lib.cli.common import (
    DebugOption,
    StudyArgument,
    closed_elsewhere,
    ensure_data,
    ensure_own_figures,
    opened_study,
    print_lines,
    shown,
    this_project,
)
from ctg_lib.errors import BadInput

if TYPE_CHECKING:
    from ctg_lib.agreement.findings import Finding
    from ctg_lib.documents.agreement.update import Written
    from ctg_lib.study.findings import Update


def study_findings(study: StudyArgument, debug: DebugOption = False) -> None:
    """Proposer des constats dans convention/constats.xlsx, sans toucher à ce qui est décidé."""
    from ctg_lib.documents.agreement.update import would_lose, write_update
    from ctg_lib.documents.study_folder import own_folder
    from ctg_lib.study.findings import update

    project = this_project()
    ensure_data(project)
    opened = opened_study(study, project)
    own_folder(opened)
    ensure_own_figures(opened)
    lost = would_lose(opened, "constats")
    if lost:
        print_lines(problem_lines(lost))
        raise BadInput(
            "constats.xlsx n’est pas récrit : ces cellules seraient perdues. Les corriger, puis relancer."
        )
    made = update(opened)
    with closed_elsewhere():
        written = write_update(opened, "constats", made.sheets)
    print_lines(findings_lines(made, written, opened.findings, opened.id))


def findings_lines(
    made: Update, written: Written, findings: Sequence[Finding], id: str, here: Path | None = None
) -> list[str]:
    """What was proposed, what was taken of the evidence, what no longer holds, what is to be done.

    Args:
        findings: of the study, as the workbook had them before.
        here: where paths are told from; the current folder by default.
    """
    from ctg_lib.agreement.findings import STATES
    from ctg_lib.display.typography import counted

    new, renewed = len(made.new), len(made.renewed)
    said = [
        shown(written.path, here) + ("" if written.changed else " : rien à changer"),
        f"{counted(new, 'constat proposé', 'constats proposés')} ; "
        f"{counted(renewed, 'proposition mise à jour', 'propositions mises à jour')} ; "
        f"{counted(made.taken, 'preuve relevée', 'preuves relevées')}",
    ]
    if made.gone:
        said.append(f"Plus proposés, gardés pour décision : {', '.join(made.gone)}")
    if made.lost:
        said.append("Preuves qui ne disent rien (référence inconnue, ou chiffre qui ne peut être montré) :")
        said += [f"  {each}" for each in made.lost]
    moved = [finding for finding in findings if finding.kept and finding.moved]
    if moved:
        said.append("Constats gardés dont une preuve n’est plus ce qu’elle était :")
        said += [
            f"  {finding.id} — {proof.ref.kind} {proof.ref} {STATES[proof.state]} : {proof.why}"
            for finding in moved
            for proof in finding.moved
        ]
    then = f"ctg study check {id} et ctg study crossing {id}"
    return [*said, f"Suite : remplir « Décision » dans constats.xlsx, puis {then}"]
