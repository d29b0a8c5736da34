"""On which day a convention may be dated: never before what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from ctg_lib.agreement.commitments import committed_actions
from ctg_lib.geography.names import fold
from ctg_lib.workbooks.moments import day_in_words
from ctg_lib.workbooks.problems import Problem

if TYPE_CHECKING:
    from ctg_lib.study.core import Study


@dataclass(frozen=True)
class Proof:
    """Something the text rests on: its day, what it is, the workbook and the line that say it."""

    day: date
    what: str
    file: str
    sheet: str
    row: int | None = None


@dataclass(frozen=True)
class Dated:
    """Days that the text may bear.

    Attributes:
        signed_on: day of the signature, once it is past and nothing the text rests on is later; else None.
        as_of: day on which the draft says how things stand; None where it rests on something later.
        proofs: what it rests on, from the earliest.
        problems: why a day is left blank.
    """

    signed_on: date | None
    as_of: date | None
    proofs: tuple[Proof, ...]
    problems: tuple[Problem, ...]


def dated(study: Study) -> Dated:
    """Days that the convention of a study may bear, and what forbids another.

    The signature's is that of the last step of the démarche whose name begins with « Signature », if it is
    told as done, to the day, and not after the study's date.
    """
    found = tuple(sorted(proofs(study), key=lambda p: (p.day, p.file, p.sheet, p.row or 0)))
    late = [p for p in found if p.day > study.as_of]
    problems = [after(p, f"{day_in_words(study.as_of)} au plus tard, date de l’étude") for p in late]
    signed = _signature(study)
    since = [p for p in found if signed is not None and p.day > signed and p not in late]
    if signed is not None:
        expected = (
            f"{day_in_words(signed)} au plus tard, jour de la signature ; ce qui vient après est un avenant"
        )
        problems += [after(p, expected) for p in since]
    return Dated(
        None if late or since else signed, None if late else study.as_of, found, tuple(problems)
    )  # fmt: skip


def proofs(study: Study) -> Iterator[Proof]:
    """What the convention rests on: decisions, validated actions, organisation, approvals, documents."""
    agreement, partnership = study.agreement, study.partnership
    findings = agreement.kept_findings
    actions = committed_actions(agreement)
    posts = agreement.table("gouvernance", "scenarios")
    posts = posts[posts["retained"].eq("oui")]
    parties = partnership.table("parties", "parties")
    parties = parties[parties["subject"].eq("approbation") & parties["signs"].ne("non")]
    lines = (
        (findings, "decided_on", "constat", agreement.file("constats"), "Constats"),
        (agreement.decisions, "decided_on", "décision", agreement.file("priorites"), "Décisions du COPIL"),
        (actions, "decided_on", "action", agreement.file("plan"), "Actions"),
        (posts, "decided_on", "scénario", agreement.file("gouvernance"), "Scénarios"),
        (parties, "deliberation_date", "délibération", partnership.file("parties"), "Parties"),
    )  # fmt: skip
    cited: set[str] = set()
    for table, column, what, file, sheet in lines:
        name = "issue" if "issue" in table else "id"
        for row, id, day in zip(table["row"], table[name], table[column], strict=True):
            if pd.notna(day):
                yield Proof(day.date(), f"{what} {id}", file, sheet, int(row))
        if "document" in table:
            cited |= set(table["document"]) - {""}
    yield from _documents(study, cited)


def _documents(study: Study, cited: Iterable[str]) -> Iterator[Proof]:
    table = study.partnership.table("documents", "documents")
    table = table[table["id"].isin(list(cited)) & table["date"].notna()]
    for row, id, day in zip(table["row"], table["id"], table["date"], strict=True):
        yield Proof(day.date(), f"document {id}", study.partnership.file("documents"), "Documents", int(row))


def _signature(study: Study) -> date | None:
    """The day of the signature, once it is past; a month is no day."""
    steps = [s for s in study.calendar.steps if fold(s.name).strip().startswith("signature")]
    if not steps or steps[-1].state != "fait" or steps[-1].precision != "jour":
        return None
    day = steps[-1].end or steps[-1].start
    return day if day is not None and day <= study.as_of else None


def after(proof: Proof, expected: str) -> Problem:
    """What is wrong with a proof later than the day ``expected`` tells."""
    return Problem(proof.file, f"{proof.what}, {day_in_words(proof.day)}", expected, proof.sheet, proof.row)
