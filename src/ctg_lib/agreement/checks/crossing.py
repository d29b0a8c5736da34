"""croisement.xlsx: needs without finding, ids of nothing, issues that rest on what was refused, who can act."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ctg_lib.agreement.books.constats import KEPT
from ctg_lib.agreement.checks.ground import Line, lines, listed, unknown
from ctg_lib.agreement.needs import held, to_name
from ctg_lib.partnership.books.parties import PARTY_TYPES
from ctg_lib.workbooks.common import THEMES
from ctg_lib.workbooks.problems import Problem

if TYPE_CHECKING:
    from ctg_lib.agreement.folder import Agreement
    from ctg_lib.partnership.folder import Partnership

LOCAL: frozenset[str] = frozenset({"epci", "commune", "syndicat", "ccas"})
"""Parties that act by a competence that was given to them; a Caf, a Département act by their own missions."""


def problems(agreement: Agreement, partnership: Partnership) -> Iterator[Problem]:
    """What does not agree in the cross-analysis; lines that are set aside are left alone."""
    needs = [n for n in lines(agreement, "croisement", "needs") if n["state"] != "ecarte"]
    issues = [i for i in lines(agreement, "croisement", "issues") if i["state"] != "ecarte"]
    yield from unknown(agreement, partnership, needs, ("findings", "offer", "actors", "contracts"))
    yield from unknown(agreement, partnership, issues, ("needs", "document"))
    yield from _needs(agreement, needs)
    yield from _actors(partnership, needs)
    yield from _issues(agreement, issues)


def _states(agreement: Agreement) -> dict[str, str]:
    """Id of a finding -> its state; that of the one it was merged into."""
    table = agreement.table("constats", "findings")
    states = dict(zip(table["id"], table["state"], strict=True))
    for id, into in zip(table["id"], table["merged"], strict=True):
        if states[id] == "fusionne" and into in states:
            states[id] = states[into]
    return states


def _needs(agreement: Agreement, needs: list[Line]) -> Iterator[Problem]:
    states = _states(agreement)
    for line in needs:
        cited = [id for id in line["findings"] or () if id in states]
        if not line["findings"]:
            yield line.warning("findings", "", "au moins un constat : ce qui établit ce besoin")
        elif cited and not any(states[id] in KEPT for id in cited):
            yield line.warning(
                "findings", f"des constats dont aucun n’est gardé : {listed(cited)}",
                "un constat accepté ou reformulé", said="un besoin dont aucun constat n’est gardé",
            )  # fmt: skip
        if line["state"] == "retenu" and to_name(str(line["label"] or "")):
            yield line.warning(
                "label", str(line["label"]), "le besoin en quelques mots : un public, un lieu, un moment",
                said="un besoin retenu dont le nom reste à préciser",
            )  # fmt: skip
        if line["reading"] and not line["why"]:
            yield line.warning(
                "why", "", "pourquoi la lecture calculée n’est pas retenue", said="une lecture retenue sans raison"
            )  # fmt: skip


def _actors(partnership: Partnership, needs: list[Line]) -> Iterator[Problem]:
    """Local bodies named as able to act, and to which parties.xlsx gives no competence of the theme."""
    parties = partnership.table("parties", "parties").set_index("id")
    competences = partnership.table("parties", "competences")
    for line in needs:
        holders = held(competences, str(line["theme"] or ""))
        if not holders:  # nothing is known of that theme: to complete, not to mend
            continue
        for id in line["actors"] or ():
            kind = str(parties.loc[id, "type"]) if id in parties.index else ""
            if kind not in LOCAL or id in holders or (kind == "commune" and "communes" in holders):
                continue
            theme = THEMES[str(line["theme"])].split(" (")[0]
            yield line.warning(
                "actors", f"{id}, sans compétence du thème « {theme} »",
                f"qui l’exerce selon parties.xlsx ({_who(holders)}), ou la compétence à y compléter",
                said=f"« qui peut agir » nomme une {PARTY_TYPES[kind]} sans compétence du thème « {theme} »"
                if kind in ("epci", "commune") else f"« qui peut agir » nomme un organisme sans compétence du thème « {theme} »",
            )  # fmt: skip


def _who(holders: dict[str, tuple[str, ...]]) -> str:
    return ", ".join("les communes" if holder == "communes" else holder for holder in holders)


def _issues(agreement: Agreement, issues: list[Line]) -> Iterator[Problem]:
    states = _states(agreement)
    table = agreement.table("croisement", "needs")
    needs = {row["id"]: row for row in table.to_dict("records")}
    for line in issues:
        valid = line["state"] == "valide"
        if not line["needs"]:
            yield line.problem("needs", "", "au moins un besoin", "error" if valid else "warning")
            continue
        if not valid:
            continue
        own = [needs[id] for id in line["needs"] if id in needs]
        if aside := [str(n["id"]) for n in own if n["state"] == "ecarte"]:
            yield line.warning(
                "needs", f"des besoins écartés : {listed(aside)}", "des besoins retenus",
                said="un enjeu validé qui repose sur un besoin écarté",
            )  # fmt: skip
        cited = list(dict.fromkeys(id for n in own for id in n["findings"] if id in states))
        refused = [id for id in cited if states[id] == "refuse"]
        if refused and not any(states[id] in KEPT for id in cited):
            yield line.problem(
                "needs", f"des besoins dont tous les constats sont refusés : {listed(refused)}",
                "un enjeu qui repose sur un constat gardé", said="un enjeu validé dont aucun constat n’est gardé",
            )  # fmt: skip
        elif refused:
            yield line.warning(
                "needs", f"des constats refusés : {listed(refused)}", "des besoins aux constats gardés",
                said="un enjeu validé qui repose aussi sur un constat refusé",
            )  # fmt: skip
        if line["decided_on"] is None:
            yield line.warning(
                "decided_on", "", "le jour où il a été validé", said="un enjeu validé sans date"
            )
