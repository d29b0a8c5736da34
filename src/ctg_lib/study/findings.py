"""The findings of a study: each with its evidence then and now, what may be proposed, what the workbook takes."""

# ruff: noqa: E501 (French sentences, easier to read whole)
from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.agreement.evidence import Evidence, Kind, Ref
from ctg_lib.agreement.findings import MACHINE, Finding, findings, machine_cells, ref_of, refs
from ctg_lib.agreement.proposals import Candidate, Proposal, already_told, proposals
from ctg_lib.agreement.updating import OPEN, Line, added, settled, updated
from ctg_lib.consultation.differing import told
from ctg_lib.display.prose import upper_first
from ctg_lib.display.typography import counted, enumerate_fr
from ctg_lib.indicators.registry import definition, iter_definitions, registry
from ctg_lib.partnership.offer import by_service, services
from ctg_lib.study.evidence import evidence_of, grounds_of, scheme_of
from ctg_lib.study.signals import signal_of, signals
from ctg_lib.workbooks.moments import day_in_words

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

LEAST = 10.0
"""Per cent of those who answered: an answer whose lower bound is under it is proposed as no finding."""
COMPARED = 4
"""Questions of a survey of which secteurs are compared."""
SHORT = 5
"""A waiting list shorter than this is not told."""
UNFINISHED: frozenset[str] = frozenset({"partielle", "reportee", "abandonnee"})
GIVEN_UP: frozenset[str] = frozenset({"reportee", "abandonnee"})
YEAR = timedelta(days=365)
_BOOKS = {
    "offre": "offre", "financement": "financement", "bilan": "bilan", "contrat": "contrats", "document": "documents",
}  # fmt: skip
_WHY = {
    "close": "Le chiffre est à peu près celui de la référence.",
    "contrary": "Le chiffre se tient de l’autre côté de la référence.",
    "double": "Une commune change la lecture de ce taux : les deux sont donnés.",
}


def findings_of(study: Study) -> tuple[Finding, ...]:
    """Every finding of « constats.xlsx » beside what its evidence says on the study's date."""
    now = {ref: evidence_of(study, ref) for ref in refs(study.agreement)}
    return findings(study.agreement, now, gap_of, silent_kinds(study))


def silent_kinds(study: Study) -> frozenset[str]:
    """Kinds of evidence of which a study holds nothing: neither answers, nor words, nor that workbook."""
    held = {
        "enquete": bool(study.surveys), "parole": not study.consultation.actors.empty,
        **{kind: study.partnership.has(book) for kind, book in _BOOKS.items()},
    }  # fmt: skip
    return frozenset(kind for kind, there in held.items() if not there)


def gap_of(ref: Ref, value: float) -> float:
    """The smallest difference that matters to an indicator, in its unit; NaN for other evidence."""
    if ref.kind != "indicateur" or ref.name not in registry():
        return math.nan
    rule = definition(ref.name)
    return rule.meaningful * abs(value) if rule.meaningful_relative else rule.meaningful


# ---------------------------------------------------------------------------------------------- workbook


@dataclass(frozen=True)
class Update:
    """« constats.xlsx » with what is proposed.

    Attributes:
        sheets: sheet -> lines, as the writer of workbooks takes them.
        new, renewed, gone: ids of findings added, of waiting ones written again, of waiting ones proposed no more.
        taken: evidence whose machine columns were filled, or say something else now.
        lost: « K001, parole xx »: evidence that says nothing.
    """

    sheets: Mapping[str, list[Line]] = field(repr=False)
    new: tuple[str, ...] = ()
    renewed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    taken: int = 0
    lost: tuple[str, ...] = ()


def update(study: Study, found: Sequence[Proposal] | None = None) -> Update:
    """Lay proposals into « constats.xlsx »; lines that a person decided, and their evidence, stay as they are.

    A proposal whose key stands in the sheet (accepted, refused, merged …) is proposed no more; nor one that leads
    with an evidence on which a finding written by hand rests.

    Args:
        found: what is proposed; :func:`proposed` by default.
    """
    agreement = study.agreement
    sheets = agreement.books["constats"]
    table, evidence = agreement.table("constats", "findings"), agreement.table("constats", "evidence")
    by_hand = set(table.loc[table["key"].eq(""), "id"])
    cited = [f"{r['kind']} {r['ref']}" for r in evidence.to_dict("records") if r["finding"] in by_hand]
    known = set(table["key"]) - {""}
    kept = [
        p
        for p in (proposed(study) if found is None else found)
        if p.key in known or not already_told(p, cited)
    ]
    needs = agreement.table("croisement", "needs")["findings"]
    done = updated(
        sheets["findings"], table, [p.line for p in kept], follows={"sentence": "proposed"}, grows=(),
        cited=[*evidence["finding"], *(id for ids in needs for id in ids)],
    )  # fmt: skip
    ids = done.ids or {}
    waiting = {str(line["id"]) for line in done.lines if line.get("state", "") in OPEN and line.get("key")}
    fresh = [_evidence_line(ids[p.key], c) for p in kept if ids.get(p.key) in waiting for c in p.proofs]
    lines = added(sheets["evidence"], evidence, fresh)
    filled = [settled(sheets["evidence"], line) for line in fill(study, lines, done.lines)]
    taken = sum(before != now for before, now in zip(lines, filled, strict=True))
    lost = tuple(
        f"{line.get('finding', '')}, {line.get('kind', '')} {line.get('ref', '')}"
        for line in filled if not line.get("taken_on")
    )  # fmt: skip
    return Update({"findings": done.lines, "evidence": filled}, done.new, done.filled, done.gone, taken, lost)


def fill(
    study: Study, lines: Iterable[Mapping[str, Any]], findings: Iterable[Mapping[str, Any]] = ()
) -> list[Line]:
    """Lines of « Preuves » with what each says on the study's date (:data:`ctg_lib.agreement.findings.MACHINE`).

    Filled: those that were never taken (« Relevé le » is empty), and those of proposals that wait for a person, whose
    sentence is written again too. Others stay as they were taken; what says nothing stays empty.

    Args:
        lines: of the sheet « Preuves ». findings: those of the sheet « Constats », by which waiting ones are known.
    """
    waiting = {str(f["id"]) for f in findings if f.get("state", "") in OPEN and f.get("key")}
    out = []
    for each in lines:
        line = dict(each)
        ref = ref_of({"kind": line.get("kind", ""), "ref": line.get("ref", "")})
        if ref is not None and (not line.get("taken_on") or line.get("finding") in waiting):
            now = evidence_of(study, ref)
            line = {name: value for name, value in line.items() if name not in MACHINE}
            if now is not None:
                cells = machine_cells(now, study.as_of)
                line |= {name: value for name, value in cells.items() if value not in (None, "")}
        out.append(line)
    return out


def _evidence_line(finding: str, candidate: Candidate) -> Line:
    ref = candidate.evidence.ref
    line: Line = {"finding": finding, "kind": ref.kind, "ref": str(ref), "sense": candidate.sense}
    return line | ({"remark": candidate.remark} if candidate.remark else {})


# --------------------------------------------------------------------------------------------- proposals


def proposed(study: Study) -> tuple[Proposal, ...]:
    """Findings to propose, the weightiest first (:func:`ctg_lib.agreement.proposals.proposals`)."""
    return proposals(candidates(study), scheme_of(study))


def candidates(study: Study) -> list[Candidate]:
    """All evidence that may support a finding: words, answers, gaps between secteurs, indicators, offer, outcome."""
    said = [*_words(study), *_answers(study)]
    told_needs = {c.key for c in said}
    return [
        *said, *_between_groups(study, said), *_indicators(study), *_standing_out(study), *_offer(study, told_needs),
        *_agreements(study), *_outcome(study, told_needs),
    ]  # fmt: skip


def _key(need: str) -> str:
    return f"besoin|{need}"


def _at(study: Study, kind: Kind, text: str) -> Evidence | None:
    return evidence_of(study, Ref.parse(kind, text))


def _words(study: Study) -> Iterator[Candidate]:
    """Needs that at least one meeting says are missing."""
    for need in scheme_of(study).needs:
        found = _at(study, "parole", need.code)
        if found is not None and found.value:
            yield Candidate(found, _key(need.code))


def _answers(study: Study) -> Iterator[Candidate]:
    """Answers that tell a need, given by enough people (:data:`LEAST`)."""
    for code, ground in grounds_of(study).items():
        for answer in ground.answers if code in scheme_of(study) else ():
            found = _at(study, "enquete", answer)
            if found is not None and found.low is not None and found.low >= LEAST:
                yield Candidate(found, _key(code))


def _between_groups(study: Study, said: Iterable[Candidate]) -> Iterator[Candidate]:
    """Answers on needs that the people of one secteur give more than the others, where that is established.

    Of each survey, the questions whose answers most give are compared (:data:`COMPARED`): each takes seconds.

    Args:
        said: answers that tell needs.
    """
    asked: dict[tuple[str, str], None] = {}
    ordered = sorted(said, key=lambda c: (-c.evidence.strength, str(c.evidence.ref)))
    for parts in (c.evidence.ref.name.split("/") for c in ordered if c.evidence.ref.kind == "enquete"):
        if sum(id == parts[0] for id, _ in asked) < COMPARED:
            asked.setdefault((parts[0], parts[1]))
    names = {name: (name,) for name in study.config.secteurs}
    for id, question in asked:
        survey = study.surveys[id]
        by = survey.answers.questionnaire.of_role("secteur")
        if by is None or survey.answers.questionnaire[question].kind == "ranking":
            continue
        rows = survey.differences(question, by.id)
        rows = rows[rows["established"] & rows["difference"].gt(0)]
        for at in range(len(rows)):
            row = rows.iloc[at]
            answer = f"{id}/{question}/{row['column']}"
            found = _at(study, "enquete", f"{answer}@{by.id}={row['group']}")
            if found is None or not any(answer in g.answers for g in grounds_of(study).values()):
                continue
            topic = survey.answers.questionnaire[question].topic
            lead = f"{upper_first(survey.whom)}, {topic} : {told(rows.iloc[[at]], survey.answers.questionnaire)[0]}"
            yield Candidate(
                found, f"ecart|{found.ref}", secteurs=names.get(str(row["group_label"]), ()), lead=lead
            )


def _indicators(study: Study) -> Iterator[Candidate]:
    """Indicators of needs: they support, qualify or contradict, by the side of the reference on which they stand."""
    for code, ground in grounds_of(study).items():
        for name, wanted in ground.indicators.items() if code in scheme_of(study) else ():
            found = _at(study, "indicateur", name)
            if found is None or not found.side:
                continue
            signal = signal_of(study, found.ref.name, found.ref.breakdown)
            double = signal.double if signal is not None else None
            sides = {found.side, *([double.reading_without.side] if double is not None else [])}
            if wanted in sides:
                remark = "" if double is None else _WHY["double"]
                yield Candidate(found, _key(code), remark=remark)
            elif "close" in sides:
                yield Candidate(found, _key(code), "nuance", _WHY["close"])
            else:
                yield Candidate(found, _key(code), "contredit", _WHY["contrary"])


def _standing_out(study: Study) -> Iterator[Candidate]:
    """Indicators that prove no need of the table and stand out, save where they stand out for the better."""
    mapped = {name.partition("|")[0] for ground in grounds_of(study).values() for name in ground.indicators}
    ids = [rule.id for rule in iter_definitions() if not rule.annex and rule.id not in mapped]
    told_values: list[float] = []
    for signal in signals(study, ids):
        rule, side = signal.compared.definition, signal.compared.reading.side
        better = {"higher": "above", "lower": "below"}.get(rule.better or "")
        if better == side and signal.double is None:
            continue
        found = evidence_of(study, Ref("indicateur", rule.id, signal.breakdown))
        if found is None or found.value is None:
            continue
        if rule.unit == "%" and any(math.isclose(found.value, 100 - other) for other in told_values):
            continue  # the rest of a whole that is told already
        told_values.append(found.value)
        remark = _WHY["double"] if signal.double is not None else ""
        yield Candidate(found, f"indicateur|{found.ref}", remark=remark)


def _offer(study: Study, told_needs: set[str]) -> Iterator[Candidate]:
    """Kinds of service that are absent while their need is told; services that people wait for."""
    there = set(by_service(study.partnership)["type"])
    for code, ground in grounds_of(study).items():
        if _key(code) in told_needs and ground.services and not there & set(ground.services):
            found = _at(study, "offre", f"type={ground.services[0]}")
            if found is not None:
                yield Candidate(found, _key(code))
    lines = services(study.partnership)
    for id in lines.loc[lines["waiting"].ge(SHORT) & lines["id"].ne(""), "id"]:
        found = _at(study, "offre", str(id))
        if found is not None and found.need:
            row = lines[lines["id"].eq(id)].iloc[0]
            dated = f" au {day_in_words(row['waiting_date'].date())}" if pd.notna(row["waiting_date"]) else ""
            count = counted(row["waiting"], "demande")
            lead = f"{row['title'] or row['type_label']} : {count} en attente{dated}."
            yield Candidate(found, _key(found.need), lead=lead)


def _agreements(study: Study) -> Iterator[Candidate]:
    """Services whose agreement with the Caf ends before the convention does (within a year, where it is not dated)."""
    end = study.config.contract.get("end") or study.as_of + YEAR
    lines = services(study.partnership)
    days = lines["agreement_end"]
    before, after = pd.Timestamp(study.as_of), pd.Timestamp(end)
    lines = lines[days.gt(before) & days.lt(after)].sort_values("agreement_end", kind="stable")
    lines = lines.drop_duplicates("service_key")
    if lines.empty:
        return
    named = [
        f"{row['title'] or row['type_label']} ({day_in_words(row['agreement_end'].date())})"
        for row in lines.head(3).to_dict("records")
    ]
    many = counted(len(lines), "service a", "services ont")
    more = "" if len(lines) <= 3 else ", pour les premiers"
    lead = f"{many} une convention avec la Caf qui finit avant le {day_in_words(end)}{more} : {enumerate_fr(named)}."
    for row in lines.to_dict("records"):
        found = _at(study, "offre", str(row["id"])) if row["id"] else None
        if found is not None:
            yield Candidate(found, "offre|conventions", lead=lead, theme="transversal")


def _outcome(study: Study, told_needs: set[str]) -> Iterator[Candidate]:
    """Actions of the previous contract that were not carried through: under their need where it is still told."""
    scheme = scheme_of(study)
    for row in study.partnership.table("bilan", "actions").to_dict("records"):
        found = _at(study, "bilan", str(row["id"])) if row["id"] and row["state"] in UNFINISHED else None
        if found is None:
            continue
        same = found.need in scheme and scheme[found.need].theme == row["theme"]
        if same and _key(found.need) in told_needs:
            yield Candidate(found, _key(found.need))
        elif row["state"] in GIVEN_UP:
            yield Candidate(replace(found, need=""), f"bilan|{row['id']}")
