"""gouvernance.xlsx: ids of nothing, costs that are not split, meetings told as held too early, decisions without meeting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from ctg_lib.agreement.checks.ground import Line, lines, listed, people, unknown
from ctg_lib.agreement.governance import BOOK, CANCELLED, OPEN, PAYERS, instances, subordinate
from ctg_lib.partnership.checks.ground import day, euros
from ctg_lib.workbooks.problems import Problem

if TYPE_CHECKING:
    from ctg_lib.agreement.folder import Agreement
    from ctg_lib.partnership.folder import Partnership

_TOLERANCE = 0.5
"""Euros between a cost and its shares that roundings explain."""


def problems(agreement: Agreement, partnership: Partnership, as_of: date) -> Iterator[Problem]:
    """What does not agree in the governance.

    Args:
        as_of: the study's date: nothing after it has taken place.
    """
    sheets = {sheet.name: lines(agreement, BOOK, sheet.name) for sheet in agreement.books[BOOK].sheets}
    for name, own in sheets.items():
        cited = [f.name for f in agreement.books[BOOK][name].fields if f.refers_to]
        yield from unknown(agreement, partnership, own, cited)
    yield from _instances(sheets["instances"])
    yield from _shared(agreement, sheets["instances"])
    yield from _meetings(sheets, partnership, as_of)
    yield from _decisions(sheets, as_of)
    yield from _votes(sheets)
    for line in sheets["posts"]:
        yield from _post(line)
    yield from _scenarios(sheets, as_of)
    yield from people(sheets.values())


def _instances(written: list[Line]) -> Iterator[Problem]:
    """Nobody reports to oneself, directly or through others."""
    above = {str(line["id"]): str(line["above"] or "") for line in written}
    for line in written:
        here, seen = above.get(str(line["id"]), ""), set()
        while here and here not in seen and here != line["id"]:
            seen.add(here)
            here = above.get(here, "")
        if here and here == line["id"]:
            yield line.problem(
                "above", f"{line['above']}, qui rend compte à {line['id']}", "une instance placée au-dessus",
                said="une instance qui rend compte à elle-même",
            )  # fmt: skip


def _shared(agreement: Agreement, written: list[Line]) -> Iterator[Problem]:
    """An instance where several parties vote is under the assembly of none of them."""
    known = {each.id: each for each in instances(agreement)}
    for line in written:
        here, up = known.get(str(line["id"])), known.get(str(line["above"] or ""))
        if here is not None and up is not None and subordinate(here, up):
            yield line.warning(
                "above", f"{line['above']}, où ne siège qu’un organisme", "rien : plusieurs organismes y votent, et aucun n’est au-dessus des autres",
                said="une instance partagée placée sous l’assemblée d’un seul signataire",
            )  # fmt: skip


def _meetings(sheets: dict[str, list[Line]], partnership: Partnership, as_of: date) -> Iterator[Problem]:
    written = partnership.table("documents", "documents").set_index("id")["date"].to_dict()
    signed = {line["meeting"] for line in sheets["attendance"]}
    decided = {line["meeting"] for line in sheets["decisions"]}
    for line in sheets["meetings"]:
        when, state = line["date"], line["state"]
        if when is None:
            continue
        if when > as_of:
            told = state == "tenu" or line["summary"] or line["id"] in signed | decided
            if told:
                yield line.problem(
                    "date", f"réunion du {day(when)} dite tenue", f"une réunion qui ne suit pas la date de l’étude ({day(as_of)})",
                    said=f"une réunion du {day(when)} est dite tenue avant d’avoir lieu",
                )  # fmt: skip
        elif state == "prevu":
            yield line.warning(
                "state", f"prévu, le {day(when)}", f"tenu, annulé ou une autre date : le {day(as_of)} est passé cette date",
                said="une réunion encore dite prévue alors que sa date est passée",
            )  # fmt: skip
        elif state != CANCELLED and not line["summary"]:
            yield line.warning(
                "summary", "", "à compléter : ce qui s’est dit", said="une réunion tenue sans compte rendu"
            )
        proof = written.get(line["document"])
        if proof is not None and proof == proof and proof.date() < when:
            yield line.problem(
                "document", f"{line['document']}, daté du {day(proof.date())}", f"un compte rendu du {day(when)} ou d’après",
                said="un compte rendu plus ancien que sa réunion",
            )  # fmt: skip


def _decisions(sheets: dict[str, list[Line]], as_of: date) -> Iterator[Problem]:
    held = {line["id"]: line for line in sheets["meetings"]}
    for line in sheets["decisions"]:
        meeting = held.get(line["meeting"])
        if line["meeting"] is None:
            yield line.problem("meeting", "", "la réunion qui l’a prise", said="une décision sans réunion")
        elif meeting is not None and meeting["state"] == CANCELLED:
            yield line.problem(
                "meeting", f"{line['meeting']}, annulée", "une réunion tenue", said="une décision d’une réunion annulée"
            )  # fmt: skip
        when = meeting["date"] if meeting is not None else None
        if line["due"] and when and line["due"] < when:
            yield line.warning(
                "due", day(line["due"]), f"un jour qui suive la réunion ({day(when)})",
                said="une décision à faire avant d’être prise",
            )  # fmt: skip
        if line["due"] and line["due"] < as_of and (line["state"] or "a_faire") in OPEN:
            yield line.warning(
                "state", f"pour le {day(line['due'])}, toujours ouverte", "fait, abandonnée ou une nouvelle date",
                said=f"une décision attendue pour le {day(line['due'])} reste ouverte",
            )  # fmt: skip
        if line["state"] in OPEN and not line["responsible"]:
            yield line.warning("responsible", "", "à compléter : qui s’en charge", said="une décision dont personne ne se charge")  # fmt: skip


def _votes(sheets: dict[str, list[Line]]) -> Iterator[Problem]:
    """No more voices than seats that vote; those that no sheet counts are not judged."""
    seats: dict[str, int] = {}
    for line in sheets["members"]:
        if line["votes"] == "oui":
            own = 1 if line["seats"] is None else int(line["seats"])
            seats[str(line["instance"])] = seats.get(str(line["instance"]), 0) + own
    of = {line["id"]: str(line["instance"]) for line in sheets["meetings"]}
    for line in sheets["decisions"]:
        given = [line[name] for name in ("votes_for", "votes_against", "abstentions")]
        cast = sum(int(n) for n in given if n is not None)
        most = seats.get(of.get(line["meeting"], ""), 0)
        if most and cast > most:
            yield line.warning(
                "votes_for", f"{cast} voix", f"au plus {most} voix : les sièges délibérants de l’instance",
                said="plus de voix que de sièges délibérants",
            )  # fmt: skip


def _post(line: Line) -> Iterator[Problem]:
    shares = {payer: line[payer] for payer in PAYERS if line[payer] is not None}
    cost = line["cost"]
    if cost is None:
        return
    if not shares:
        yield line.warning("cost", euros(cost), "à compléter : qui paie ce poste", said="un poste dont personne ne dit qui le paie")  # fmt: skip
    elif abs(cost - sum(shares.values())) > _TOLERANCE:
        parts = " + ".join(f"{PAYERS[payer]} {euros(amount)}" for payer, amount in shares.items())
        yield line.problem(
            "cost", f"{euros(cost)}, réparti en {parts} = {euros(sum(shares.values()))}", "des parts dont la somme fait le coût",
            said=f"le coût ({euros(cost)}) n’est pas la somme de ses parts ({euros(sum(shares.values()))})",
        )  # fmt: skip


def _scenarios(sheets: dict[str, list[Line]], as_of: date) -> Iterator[Problem]:
    with_posts = {line["scenario"] for line in sheets["posts"]}
    days = {line["date"] for line in sheets["meetings"] if line["date"] and line["state"] != CANCELLED}
    kept = [line for line in sheets["scenarios"] if line["retained"] == "oui"]
    if len(kept) > 1:
        ids = listed([str(line["id"]) for line in kept])
        for line in kept:
            yield line.problem("retained", f"plusieurs scénarios retenus ({ids})", "un seul", said="plusieurs scénarios sont dits retenus")  # fmt: skip
    for line in sheets["scenarios"]:
        if line["id"] not in with_posts:
            yield line.warning("id", str(line["id"]), "à compléter : au moins un poste (feuille « Postes »)", said="un scénario sans poste : rien ne s’y compare")  # fmt: skip
    for line in kept:
        when = line["decided_on"]
        if when is None:
            yield line.problem("decided_on", "retenu sans date", "le jour de la décision", said="un scénario retenu sans décision")  # fmt: skip
        elif when > as_of:
            yield line.problem(
                "decided_on", day(when), f"une date qui ne suit pas celle de l’étude ({day(as_of)})",
                said=f"un scénario dit retenu le {day(when)}, après la date de l’étude",
            )  # fmt: skip
        elif when not in days:
            yield line.problem(
                "decided_on", day(when), "le jour d’une réunion de la feuille « Réunions »",
                said="un scénario retenu un jour où aucune réunion n’a eu lieu",
            )  # fmt: skip
