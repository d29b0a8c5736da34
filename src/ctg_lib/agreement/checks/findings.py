"""constats.xlsx: references to nothing, findings without evidence or decided by halves, numbers that no evidence holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from ctg_lib.agreement.books.constats import EVIDENCE_KINDS, KEPT, OF_NEED
from ctg_lib.agreement.checks.ground import Line, known_ids, lines, listed
from ctg_lib.agreement.checks.number_words import Number, Ratio, numbers, values
from ctg_lib.agreement.evidence import Ref
from ctg_lib.agreement.findings import ref_of
from ctg_lib.consultation.scheme import Scheme
from ctg_lib.indicators.registry import registry
from ctg_lib.partnership.books.offre import SERVICES
from ctg_lib.partnership.checks.references import nearest
from ctg_lib.workbooks.people import EXPECTED, personal
from ctg_lib.workbooks.problems import Problem

if TYPE_CHECKING:
    from ctg_lib.agreement.folder import Agreement
    from ctg_lib.consultation.questionnaire import Questionnaire
    from ctg_lib.partnership.folder import Partnership

SHEETS: dict[str, str] = {
    "offre": "offre.services", "financement": "offre.services", "bilan": "bilan.actions",
    "contrat": "contrats.contracts", "document": "documents.documents",
}  # fmt: skip
"""Kind of evidence -> sheet whose ids it names."""
SILENT: dict[str, str] = {
    "parole": "les paroles d’acteurs se lisent au chapitre 13", "offre": "l’offre ne parle pour aucun côté",
    "financement": "son coût ne parle pour aucun côté",
}  # fmt: skip
"""Kind of evidence of which what the analyst writes of the need is not read -> why."""


def problems(
    agreement: Agreement, partnership: Partnership, scheme: Scheme, asked: Mapping[str, Questionnaire]
) -> Iterator[Problem]:
    """What does not agree in the findings and their evidence.

    Args:
        scheme: of the study. asked: questionnaires that it may use, by id.
    """
    findings = lines(agreement, "constats", "findings")
    evidence = lines(agreement, "constats", "evidence")
    yield from _references(agreement, partnership, scheme, asked, evidence)
    yield from _not_read(evidence)
    yield from _findings(agreement, findings, evidence)
    yield from _decisions(findings)
    yield from _merged(findings)
    yield from _figures(findings, evidence)


# -------------------------------------------------------------------------------------------- references


def _references(
    agreement: Agreement, partnership: Partnership, scheme: Scheme, asked: Mapping[str, Questionnaire],
    evidence: list[Line],
) -> Iterator[Problem]:  # fmt: skip
    for line in evidence:
        ref = ref_of({"kind": line["kind"] or "", "ref": line["ref"] or ""})
        if ref is None:
            continue
        expected = _unknown(ref, agreement, partnership, scheme, asked)
        if expected:
            kind = EVIDENCE_KINDS[ref.kind]
            yield line.problem(
                "ref", str(ref), expected, said=f"une preuve ({kind}) dont la référence ne désigne rien"
            )


def _unknown(
    ref: Ref, agreement: Agreement, partnership: Partnership, scheme: Scheme, asked: Mapping[str, Questionnaire]
) -> str:  # fmt: skip
    """What was expected of a reference that names nothing; empty where it names something."""
    if ref.kind == "indicateur":
        known = list(registry())
        return "" if ref.name in known else f"l’identifiant d’un indicateur{nearest(ref.name, known)}"
    if ref.kind == "parole":
        known = [need.code for need in scheme.needs]
        return "" if ref.name in known else f"un besoin de la grille de codage{nearest(ref.name, known)}"
    if ref.kind == "enquete":
        return _unknown_answer(ref, asked)
    if ref.kind == "offre" and ref.name.startswith("type="):
        known = list(SERVICES)
        kind = ref.name.removeprefix("type=")
        return "" if kind in known else f"« type= » et un type de service{nearest(kind, known)}"
    known = known_ids(agreement, partnership, SHEETS[ref.kind])
    book = SHEETS[ref.kind].partition(".")[0]
    return "" if ref.name in known else f"un identifiant de {book}.xlsx{nearest(ref.name, known)}"


def _unknown_answer(ref: Ref, asked: Mapping[str, Questionnaire]) -> str:
    """The same of « questionnaire/question/column@question=code »."""
    parts = ref.name.split("/")
    if len(parts) != 3:
        return "questionnaire/question/réponse"
    if parts[0] not in asked:
        return f"un questionnaire : {', '.join(asked)}{nearest(parts[0], list(asked))}"
    questions = {question.id: question for question in asked[parts[0]].questions}
    if parts[1] not in questions:
        return f"une question de « {parts[0]} »{nearest(parts[1], list(questions))}"
    question = questions[parts[1]]
    options, items = [o.code for o in question.options], [i.code for i in question.items]
    known = [f"{i}__{o}" for i in items for o in options] if items else options
    if parts[2] not in known:
        return f"une réponse de « {parts[1]} » : {listed(known)}{nearest(parts[2], known)}"
    by, _, code = ref.place.partition("=")
    if by and (by not in questions or code not in [o.code for o in questions[by].options]):
        return "un groupe : « @question=réponse » du même questionnaire"
    return ""


def _not_read(evidence: list[Line]) -> Iterator[Problem]:
    """What the analyst says of the need beside evidence that speaks for no side of the matrix."""
    for line in evidence:
        if line["of_need"] and line["kind"] in SILENT:
            yield line.warning("of_need", OF_NEED[line["of_need"]], f"rien : {SILENT[line['kind']]}")


# ------------------------------------------------------------------------------------------- the findings


def _findings(agreement: Agreement, findings: list[Line], evidence: list[Line]) -> Iterator[Problem]:
    """Kept findings without evidence that supports them; what says who someone is."""
    supported = {line["finding"] for line in evidence if (line["sense"] or "appuie") == "appuie"}
    into = {line["id"]: line["merged"] for line in findings if line["state"] == "fusionne"}
    supported |= {into[id] for id in supported if id in into}
    for line in findings:
        if line["state"] in KEPT and line["id"] not in supported:
            yield line.problem(
                "sentence", "aucune preuve qui l’appuie", "une ligne de la feuille « "
                f"{agreement.books['constats']['evidence'].title} »", said="un constat gardé sans preuve",
            )  # fmt: skip
        for column in ("sentence", "reason", "decided_by"):
            for found in personal(str(line[column] or "")):
                yield line.warning(column, found, EXPECTED, said="ce qui semble désigner une personne")


def _decisions(findings: list[Line]) -> Iterator[Problem]:
    for line in findings:
        state = line["state"]
        if state in (None, "propose"):
            continue
        if line["decided_on"] is None:
            yield line.warning("decided_on", "", "le jour de la décision", said="un constat décidé sans date")
        if state in ("refuse", "fusionne", "reformule") and line["reason"] is None:
            yield line.warning(
                "reason", "", "pourquoi", said="un constat refusé, fusionné ou réécrit sans raison"
            )


def _merged(findings: list[Line]) -> Iterator[Problem]:
    states = {line["id"]: line["state"] or "propose" for line in findings}
    for line in findings:
        into = line["merged"]
        if line["state"] == "fusionne" and into is None:
            yield line.problem("merged", "", "le constat qui le reprend")
        elif line["state"] != "fusionne" and into is not None:
            yield line.warning("merged", into, "rien, ou l’état « fusionné dans un autre »")
        elif line["state"] == "fusionne" and into == line["id"]:
            yield line.problem("merged", f"{into}, le constat lui-même", "un autre constat")
        elif line["state"] == "fusionne" and into in states and states[into] in ("refuse", "fusionne"):
            word = "refusé" if states[into] == "refuse" else "lui-même fusionné"
            yield line.problem(
                "merged", f"{into}, {word}", "un constat gardé, ou qui attend une décision",
                said=f"un constat fusionné dans un autre qui est {word}",
            )  # fmt: skip


# ------------------------------------------------------------------------------------------------ figures


def figures(sentence: str) -> tuple[str, ...]:
    """Numbers that a sentence gives, in digits or in words, as written; hours, ages and days aside."""
    return tuple(each.written for each in _apart(numbers(sentence)))


def _apart(found: Iterable[Number | Ratio]) -> list[Number]:
    return [one for each in found for one in ([each.part, each.whole] if isinstance(each, Ratio) else [each])]


def _figures(findings: list[Line], evidence: list[Line]) -> Iterator[Problem]:
    """Numbers of a kept sentence that stand in none of its evidence: typed by hand, they would not follow the data."""
    into = {line["id"]: line["merged"] for line in findings if line["state"] == "fusionne"}
    own: dict[str, list[Line]] = {}
    for line in evidence:
        own.setdefault(str(line["finding"]), []).append(line)
        if line["finding"] in into:
            own.setdefault(str(into[line["finding"]]), []).append(line)
    for line in findings:
        proofs = own.get(str(line["id"]), [])
        if line["state"] not in KEPT or not any(proof["said"] for proof in proofs):
            continue  # nothing was taken yet: nothing to look in
        lacking = _lacking(str(line["sentence"] or ""), _known(proofs))
        if lacking:
            yield line.warning(
                "sentence", f"{', '.join(lacking)}, qu’aucune de ses preuves ne donne",
                "un nombre lu dans une preuve, ou « plusieurs », « la plupart » …",
                said="un constat avec un nombre que ses preuves ne donnent pas",
            )  # fmt: skip


def _lacking(sentence: str, known: Collection[float]) -> list[str]:
    """Numbers of a sentence that are none of these, rounded; a share said as « deux sur trois » may be either."""
    told = [each for each in numbers(sentence) if not any(each.rounds(number) for number in known)]
    return [one.written for one in _apart(told) if not any(one.rounds(number) for number in known)]


def _known(proofs: Iterable[Line]) -> list[float]:
    """Numbers that evidence gives, in words or in its cells."""
    out: list[float] = []
    for proof in proofs:
        out += values(f"{proof['said'] or ''} {proof['period'] or ''}")
        out += [float(proof[name]) for name in ("value", "low", "high") if proof[name] is not None]
    return out
