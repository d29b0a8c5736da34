"""Needs and issues that findings and needs propose, written into « croisement.xlsx »; decisions stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ctg_lib.agreement.folder import FOLDER
from ctg_lib.agreement.grounds import load_grounds
from ctg_lib.agreement.needs import proposed_issues, proposed_needs, without_issue, without_need
from ctg_lib.agreement.updating import Updated, updated
from ctg_lib.consultation.scheme import load_scheme
from ctg_lib.display.typography import counted
from ctg_lib.documents.agreement.update import Written, write_update

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

BOOK = "croisement"


@dataclass(frozen=True)
class CrossingWritten:
    """What became of the workbook.

    Attributes:
        written: the file. needs, issues: what was added to its sheets.
        findings: kept findings in all; loose: those of them that no need names, once written.
        retained: needs retained; orphans: those of them that no issue names, once written.
    """

    written: Written
    needs: Updated
    issues: Updated
    findings: int = 0
    loose: tuple[str, ...] = ()
    retained: int = 0
    orphans: tuple[str, ...] = ()


def write_crossing(study: Study) -> CrossingWritten:
    """Write ``convention/croisement.xlsx`` of a study: needs from kept findings, issues from retained needs.

    Decided lines, and lines written by hand, stay as they are; the file is left alone where one of its cells
    cannot be read and would be lost, or where nothing is to be added.

    Raises:
        PermissionError: the file is held open by another program.
    """
    agreement = study.agreement
    home = study.project.studies / study.id
    scheme, _ = load_scheme(home / "consultation")
    grounds, _ = load_grounds(home / FOLDER, scheme)
    book = agreement.books[BOOK]
    cited = [id for ids in agreement.table(BOOK, "issues")["needs"] for id in ids]
    decided = agreement.table("priorites", "decisions")["issue"]
    needs = updated(
        book["needs"], agreement.table(BOOK, "needs"),
        proposed_needs(agreement, scheme, study.partnership.table("parties", "competences"), grounds),
        grows=("findings",), cited=cited,
    )  # fmt: skip
    issues = updated(
        book["issues"], agreement.table(BOOK, "issues"), proposed_issues(agreement, scheme), grows=("needs",),
        cited=decided,
    )  # fmt: skip
    if any((needs.new, needs.filled, issues.new, issues.filled)):
        written = write_update(study, BOOK, {"needs": needs.lines, "issues": issues.lines})
    else:
        written = Written(study.project.studies / study.id / agreement.file(BOOK))
    named = {id for line in needs.lines for id in line.get("findings", ())}
    asked = {id for line in issues.lines for id in line.get("needs", ())}
    return CrossingWritten(
        written, needs, issues, len(agreement.kept_findings),
        tuple(id for id in without_need(agreement) if id not in named),
        int(agreement.table(BOOK, "needs")["state"].eq("retenu").sum()),
        tuple(id for id in without_issue(agreement) if id not in asked),
    )  # fmt: skip


def crossing_lines(done: CrossingWritten, study: str) -> list[str]:
    """What was proposed, and what is to be done next."""
    if not done.findings and not done.needs.lines:
        return [
            "Aucun constat gardé : aucun besoin à proposer.",
            f"Suite : ctg study findings {study}, décider des constats dans constats.xlsx, puis relancer.",
        ]
    said = [
        f"{counted(len(done.needs.new), 'besoin proposé', 'besoins proposés')}"
        f" ({counted(len(done.needs.lines), 'ligne')} en tout)",
        f"{counted(len(done.issues.new), 'enjeu proposé', 'enjeux proposés')}"
        f" ({counted(len(done.issues.lines), 'ligne')} en tout)",
    ]
    out = [
        " ; ".join(said) + "." if done.written.changed else "Rien de nouveau : le classeur n’est pas récrit."
    ]
    gone = (*done.needs.gone, *done.issues.gone)
    if gone:
        out.append(
            f"Proposés auparavant, plus rien ne les propose ; à garder ou à écarter : {', '.join(gone)}."
        )
    if done.loose:
        out.append(f"Constats gardés qu’aucun besoin ne reprend : {', '.join(done.loose)}.")
    if done.orphans:
        out.append(f"Besoins retenus qu’aucun enjeu ne reprend : {', '.join(done.orphans)}.")
    if not done.retained:
        out.append("Aucun besoin n’est encore retenu : les enjeux seront proposés ensuite.")
    out.append(f"Suite : remplir « Décision » et « État », relancer, puis ctg report {study} --chapters 14")
    out.append("Les enjeux validés se notent, puis se décident, dans priorites.xlsx.")
    return out
