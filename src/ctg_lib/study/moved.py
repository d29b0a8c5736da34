"""What the control tells of a study's findings that takes indicators and answers to know: those that moved.

Kept apart from the rest of the control (:mod:`ctg_lib.study.control`), which reads the folder alone: only the chapters
that tell findings, and ``ctg study check``, ask for this.
"""

# ruff: noqa: E501 (French sentences, easier to read whole)
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ctg_lib.agreement.books.constats import OF_NEED
from ctg_lib.agreement.crossing import evidence_by_need
from ctg_lib.agreement.findings import STATES, Finding, Proof
from ctg_lib.display.prose import upper_first
from ctg_lib.display.typography import counted, enumerate_fr
from ctg_lib.study.crossing import evidence_now
from ctg_lib.study.evidence import grounds_of
from ctg_lib.workbooks.problems import Problem, ordered

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

MOVED: dict[str, str] = {
    "tombe": f"une preuve qui {STATES['tombe']}",
    "change": f"une preuve qui {STATES['change']}",
}
"""State of an evidence -> how the report tells a finding that rests on it."""
OVERRULED = "une preuve à laquelle l’analyste fait dire autre chose que la mesure"


def with_moved(study: Study, found: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """What is wrong in a study's folder, with what moved, in the order of files, sheets and lines."""
    more = problems_of(study)
    return tuple(ordered([*found, *more])) if more else found


def problems_of(study: Study) -> list[Problem]:
    """Kept findings whose evidence changed or holds no more; evidence that the analyst reads against the measure.

    An error where what supports a finding holds no more and validated actions name it; else a warning.
    """
    actions = actions_of(study)
    found = [
        _moved(study, finding, proof, actions.get(finding.id, ()))
        for finding in moved(study)
        for proof in finding.moved
    ]
    return list(dict.fromkeys([*found, *_overruled(study)]))


def moved(study: Study) -> tuple[Finding, ...]:
    """Kept findings of which an evidence changed or holds no more; nothing is computed where none is written."""
    if not study.agreement.has("constats"):
        return ()
    return tuple(finding for finding in study.findings if finding.kept and finding.moved)


def actions_of(study: Study) -> dict[str, tuple[str, ...]]:
    """Id of a finding -> validated actions that name it."""
    out: dict[str, list[str]] = {}
    for action in study.agreement.agreed_actions.to_dict("records"):
        for id in action["findings"]:
            out.setdefault(str(id), []).append(str(action["id"]))
    return {id: tuple(actions) for id, actions in out.items()}


def told(study: Study, resting: Mapping[str, Sequence[str]]) -> str:
    """« **2 constats sont à relire** … Ne tient plus : K002 (A01 et A03). A changé : K004 (A02). »; empty where none is.

    Args:
        resting: id of a finding -> actions that rest on it; findings that are not there are left out.
    """
    found = [finding for finding in moved(study) if resting.get(finding.id)]
    if not found:
        return ""
    verb = "est" if len(found) < 2 else "sont"
    text = f"**{upper_first(counted(len(found), 'constat'))} {verb} à relire** avant de citer les actions qui en partent."
    for state in MOVED:
        own = [f"{f.id} ({enumerate_fr(list(resting[f.id]))})" for f in found if f.flag == state]
        text += f" {upper_first(STATES[state])} : {enumerate_fr(own)}." if own else ""
    return text


def _moved(study: Study, finding: Finding, proof: Proof, actions: Sequence[str]) -> Problem:
    sheet = study.agreement.books["constats"]["evidence"]
    falls = proof.state == "tombe" and proof.sense == "appuie" and bool(actions)
    now = f" ; maintenant : {proof.now.said}" if proof.now is not None else ""
    resting = (
        f" ; {enumerate_fr(list(actions))} en {'dépend' if len(actions) < 2 else 'dépendent'}"
        if falls
        else ""
    )
    expected = (
        f"le constat {finding.id} relu ; puis, s’il tient encore, la case « {sheet['taken_on'].label} » vidée et "
        "« ctg study findings » relancé"
    )
    return Problem(
        _file(study), f"{proof.ref.kind} {proof.ref} {STATES[proof.state]} : {proof.why}{now}{resting}", expected,
        sheet.title, proof.row, sheet["said"].label, "error" if falls else "warning", f"constat {finding.id}",
        MOVED[proof.state],
    )  # fmt: skip


def _overruled(study: Study) -> Iterator[Problem]:
    """Evidence of which the analyst writes another thing of the need than what is measured."""
    agreement = study.agreement
    if not agreement.has("croisement") or agreement.table("constats", "evidence")["of_need"].eq("").all():
        return
    sheet = agreement.books["constats"]["evidence"]
    for need, proofs in evidence_by_need(agreement, grounds_of(study), evidence_now(study)).items():
        for proof in proofs:
            if proof.of_need.overruled:
                yield Problem(
                    _file(study), f"{OF_NEED[proof.of_need.says]}, pour {need}",
                    f"« {OF_NEED[proof.of_need.computed]} », ce que donne la mesure ({proof.kind} {proof.ref}) ; rien, ou le garder "
                    "et dire pourquoi en « Remarque »", sheet.title, proof.row, sheet["of_need"].label, "warning",
                    f"constat {proof.finding}", OVERRULED,
                )  # fmt: skip


def _file(study: Study) -> str:
    return study.agreement.file("constats").rpartition("/")[2]
