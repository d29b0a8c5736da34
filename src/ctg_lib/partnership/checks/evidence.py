"""documents.xlsx and the démarche: nothing is proved or decided by what was written at another time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ctg_lib.partnership.checks.ground import Ground, Line, day, year
from ctg_lib.workbooks.problems import Problem, Severity

if TYPE_CHECKING:
    from ctg_lib.partnership.calendar import Calendar, Step

AFTERWARDS: frozenset[str] = frozenset({"compte_rendu", "presse", "page"})
"""Documents that tell of what took place: they follow it."""


def problems(ground: Ground) -> Iterator[Problem]:
    """Dates of documents against the study, what they prove, and the steps that cite them."""
    register = {line["id"]: line for line in ground.lines("documents", "documents") if line["id"]}
    for line in ground.lines("documents", "documents"):
        yield from _dates(line, ground)
    for proof in _proofs(ground):
        yield from _proved(proof, register)
    if ground.calendar is not None:
        for step in ground.calendar.steps:
            if step.document in register and register[step.document]["date"] is not None:
                yield from _step(ground.calendar, step, register[step.document])


def _dates(line: Line, ground: Ground) -> Iterator[Problem]:
    written, read = line["date"], line["read_on"]
    today = f"une date qui ne suit pas celle de l’étude ({day(ground.as_of)})"
    if written is not None and written > ground.as_of:
        said = f"document daté du {day(written)}, après la date de l’étude"
        yield line.problem("date", day(written), today, said=said)
    if read is not None and read > ground.as_of:
        said = f"document lu le {day(read)}, après la date de l’étude"
        yield line.problem("read_on", day(read), today, said=said)
    if written is not None and read is not None and read < written:
        yield line.problem(
            "read_on",
            f"lu le {day(read)}, avant sa date ({day(written)})",
            "une lecture après la date du document",
        )


# --------------------------------------------------------------------------- what other lines prove by it


@dataclass(frozen=True)
class _Proof:
    """A line that cites documents for something that was so on, or not before, a day."""

    line: Line
    column: str
    what: str
    when: date
    severity: Severity = "error"


def _proofs(ground: Ground) -> Iterator[_Proof]:
    for line in ground.lines("parties", "parties"):
        if line["deliberation_date"] is not None:
            when = line["deliberation_date"]
            yield _Proof(line, "document", f"la délibération du {day(when)}", when)
    for line in ground.lines("offre", "services"):
        yield from _of_service(line)
    for line in ground.lines("financement", "money"):
        if line["nature"] == "realise" and line["year"] is not None:
            yield _year_of(line, "le montant réalisé de")
    for line in ground.lines("bilan", "actions"):
        yield from _of_action(line)


def _of_service(line: Line) -> Iterator[_Proof]:
    if line["waiting_date"] is not None:
        when = line["waiting_date"]
        yield _Proof(line, "document", f"la liste d’attente du {day(when)}", when, "warning")
    activity = (line[name] is not None for name in ("hours_done", "hours_billed", "occupancy", "users"))
    if line["year"] is not None and any(activity):
        yield _year_of(line, "l’activité de")


def _year_of(line: Line, what: str) -> _Proof:
    return _Proof(
        line, "document", f"{what} {year(line['year'])}", date(int(line["year"]), 12, 31), "warning"
    )


def _of_action(line: Line) -> Iterator[_Proof]:
    """What a contract did is not told by a document older than the contract."""
    first = re.search(r"(?:19|20)\d\d", line["contract"] or "")
    if first and line["state"] in ("realisee", "partielle", "en_cours"):
        yield _Proof(
            line, "documents", f"ce que le contrat « {line['contract']} » a fait",
            date(int(first.group()), 1, 1), "warning",
        )  # fmt: skip


def _proved(proof: _Proof, register: dict[str, Line]) -> Iterator[Problem]:
    cited = proof.line[proof.column] or ()
    for name in (cited,) if isinstance(cited, str) else cited:
        written = register[name]["date"] if name in register else None
        if written is not None and written < proof.when:
            yield proof.line.problem(
                proof.column,
                f"{name}, daté du {day(written)}, cité pour {proof.what}",
                "un document qui ne soit pas antérieur à ce qu’il prouve",
                proof.severity,
                said=f"le document {name} ({day(written)}) est plus ancien que ce qu’il doit prouver : "
                f"{proof.what}",
            )


# ----------------------------------------------------------------------------------------- the démarche


def _step(calendar: Calendar, step: Step, document: Line) -> Iterator[Problem]:
    written: date = document["date"]
    file = f"{calendar.file}, demarche, étape « {step.id} », document"
    found = f"{step.document}, daté du {day(written)}"
    last = step.end or step.start
    after = document["nature"] in AFTERWARDS
    if last is not None and written > last and not after:
        expected = f"un document qui existe quand l’étape a lieu ({step.when})"
        said = f"le document {step.document} ({day(written)}) est postérieur à l’étape"
        yield Problem(file, found, expected, severity="warning", about=step.name, said=said)
    if step.start is not None and written < step.start and document["nature"] == "compte_rendu":
        expected = f"un compte rendu qui ne précède pas l’étape ({step.when})"
        said = f"le compte rendu {step.document} ({day(written)}) est antérieur à l’étape"
        yield Problem(file, found, expected, about=step.name, said=said)
    yield from _announced(calendar, step, written, found)


def _announced(calendar: Calendar, step: Step, written: date, found: str) -> Iterator[Problem]:
    """What a document announces as begun has begun; none is older than the démarche it tells of."""
    if not step.announces:
        return
    file = f"{calendar.file}, demarche, étape « {step.id} », annonce"
    starts = [p.start for p in calendar.phases] + [s.start for s in calendar.steps if s is not step]
    every = [start for start in starts if start]
    begun = [p for p in calendar.phases if p.id in step.announces and p.state in ("fait", "en_cours")]
    early = next((p for p in begun if p.start is not None and written < p.start), None)
    if early is not None:
        yield Problem(
            file,
            f"{found}, pour annoncer la phase « {early.name} » ({early.when})",
            "un document qui ne précède pas la phase qu’il dit lancée",
            severity="warning",
            about=step.name,
            said=f"le document {step.document} ({day(written)}) dit lancée la phase « {early.name} » "
            f"({early.when}), qu’il précède",
        )
    elif every and written < min(every):
        yield Problem(
            file,
            f"{found}, avant le début de la démarche ({day(min(every))})",
            "un document qui ne précède pas la démarche qu’il annonce",
            severity="warning",
            about=step.name,
            said=f"le document {step.document} ({day(written)}) précède la démarche qu’il annonce",
        )
