"""An action plan made from lines, without any file. All is made up."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from ctg_lib.agreement.books import agreement_books
from ctg_lib.agreement.folder import Agreement
from ctg_lib.partnership.books import BOOKS
from ctg_lib.partnership.folder import Partnership
from ctg_lib.workbooks.reading import Filled, frame_of

SHEETS = {
    "findings": "constats", "evidence": "constats", "needs": "croisement", "issues": "croisement", "copil": "priorites",
    "sessions": "groupes", "present": "groupes", "proposals": "groupes", "axes": "plan", "orientations": "plan", "objectives": "plan",
    "actions": "plan", "steps": "plan", "budget": "plan", "indicators": "plan", "amounts": "plan", "members": "gouvernance",
    "measures": "suivi", "progress": "suivi",
}  # fmt: skip
CONTRACT = {"start": date(2027, 1, 1), "end": date(2031, 12, 31)}
AS_OF = date(2026, 12, 1)
D = pd.Timestamp


@cache
def _books():
    return agreement_books(None, ("Amont", "Aval"))


def filled(books, sheets, where):
    tables = {}
    for name, lines in sheets.items():
        sheet = "decisions" if name == "copil" else "actions" if name == "bilan" else name
        rows = [{"row": n, **line} for n, line in enumerate(lines, start=6)]
        tables.setdefault(where[name], {})[sheet] = frame_of(books[where[name]][sheet], rows)
    return {id: Filled(books[id], books[id].file, books[id].version, own, ()) for id, own in tables.items()}


def action(id="A01", **more):
    """A validated action that lacks nothing."""
    return {
        "id": id, "title": f"Action {id}", "objective": "OB1", "theme": "enfance", "findings": ("K001",), "issues": ("E01",),
        "nature": "nouvelle", "description": "Ce qui sera fait.", "leader": "P01", "start": D(2027, 3, 1), "end": D(2030, 12, 31),
        "state": "validee", "decided_on": D(2026, 11, 1),
    } | more  # fmt: skip


def indicator(id="IN01", **more):
    """A result that is measured every year in a register."""
    return {
        "id": id, "action": "A01", "kind": "resultat", "label": f"indicateur {id}", "unit": "% des enfants", "baseline": 10.0,
        "baseline_period": "2026", "target": 20.0, "target_on": D(2030, 6, 30), "source": "registre", "frequency": "annuelle",
        "responsible": "coordination",
    } | more  # fmt: skip


def money(kind="depense", amount=1000.0, **more):
    """A line of the budget of A01 in 2028."""
    given = {"action": "A01", "year": 2028.0, "kind": kind, "item": "salaires", "amount": amount}
    return given | ({"funder": "epci"} if kind == "recette" else {}) | more


def proposal(id="PR01", **more):
    """A proposal that becomes an action."""
    return {
        "id": id,
        "session": "GT1",
        "title": f"Proposition {id}",
        "issue": "E01",
        "findings": ("K001",),
        "follow": "action",
    } | more


def agreement(**sheets) -> Agreement:
    """A plan without fault, of which these sheets hold these lines instead."""
    whole = {
        "findings": [{"id": "K001", "sentence": "Constat un.", "theme": "enfance", "state": "accepte"}],
        "evidence": [{"finding": "K001", "kind": "offre", "ref": "S01", "said": "24 places"}],
        "needs": [{"id": "N01", "label": "besoin un", "findings": ("K001",)}],
        "issues": [{"id": "E01", "title": "Enjeu un", "theme": "enfance", "needs": ("N01",), "state": "valide"},
                   {"id": "E02", "title": "Enjeu deux", "theme": "jeunesse", "needs": (), "state": "valide"}],
        "copil": [{"issue": "E01", "decision": "retenu", "reason": "x", "decided_on": D(2026, 10, 1)},
                  {"issue": "E02", "decision": "ecarte", "reason": "x", "decided_on": D(2026, 10, 1)}],
        "axes": [{"id": "AX1", "title": "Axe un", "issues": ("E01",)}],
        "orientations": [{"id": "OR1", "axis": "AX1", "title": "Orientation un"}],
        "objectives": [{"id": "OB1", "orientation": "OR1", "title": "Objectif un"}],
        "actions": [action()], "budget": [money(), money("recette")], "indicators": [indicator()],
        "members": [{"instance": "I01", "party": "P01", "function": "présidence"}],
    }  # fmt: skip
    books = _books()
    return Agreement(Path("convention"), books, filled(books, whole | sheets, SHEETS))


def partnership(bilan=(), **sheets) -> Partnership:
    """Two parties, an EPCI and a Caf; the actions of the previous contract given."""
    parties = [
        {"id": "P01", "name": "CC Exemple", "type": "epci"},
        {"id": "P02", "name": "Caf Exemple", "type": "caf"},
    ]
    where = {"parties": "parties", "bilan": "bilan", "documents": "documents"}
    return Partnership(
        Path(), filled(BOOKS, {"parties": parties, "bilan": list(bilan)} | sheets, where), communes={}
    )
