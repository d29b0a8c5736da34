"""Workbooks of the agreement from lines named « book.sheet », without any file. All is made up."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pandas as pd

from ctg_lib.agreement.books import agreement_books
from ctg_lib.agreement.folder import Agreement
from ctg_lib.partnership.books import BOOKS
from ctg_lib.partnership.folder import Partnership
from ctg_lib.workbooks.reading import Filled, frame_of

AS_OF = date(2028, 6, 30)


def _filled(books, lines):
    tables = {}
    for name, own in lines.items():
        book, sheet = name.split(".")
        rows = [{"row": n, **_dated(line)} for n, line in enumerate(own, start=6)]
        tables.setdefault(book, {})[sheet] = frame_of(books[book][sheet], rows)
    return {
        id: Filled(books[id], books[id].file, books[id].version,
                   {s.name: own.get(s.name, frame_of(s, [])) for s in books[id].sheets}, ())
        for id, own in tables.items()
    }  # fmt: skip


def _dated(line):
    return {k: pd.Timestamp(v) if isinstance(v, date) else v for k, v in line.items()}


def agreed(lines) -> Agreement:
    """An agreement of which « book.sheet » holds these lines."""
    books = agreement_books(None, ("Amont", "Aval"))
    return Agreement(Path("convention"), books, _filled(books, lines))


def partners(lines=None) -> Partnership:
    """A partnership with two parties, and these lines."""
    given = {"parties.parties": [{"id": "P01", "name": "Communauté Exemple"}, {"id": "P02", "name": "Caf Exemple"}], **(lines or {})}  # fmt: skip
    return Partnership(Path(), _filled(BOOKS, given), communes={"90001": "Amont-Exemple"})


def study(lines, beside=None, as_of=AS_OF, **more):
    """What documents read of a study."""
    return SimpleNamespace(
        **{
            "id": "exemple", "agreement": agreed(lines), "partnership": partners(beside), "as_of": as_of, "fictif": True,
            "communes_by_code": {"90001": "Amont-Exemple"}, "config": SimpleNamespace(secteurs={"Amont": ("90001",), "Aval": ()}), "territory": SimpleNamespace(name="Communauté Exemple", members=("90001",)),
            **more,
        }
    )  # fmt: skip


GOVERNED = {
    "gouvernance.instances": [
        {"id": "I01", "name": "Conseil communautaire", "role": "délibère"},
        {"id": "I03", "name": "Comité technique", "role": "prépare", "above": "I02"},
        {"id": "I02", "name": "Comité de pilotage", "role": "suit", "decides": "les actions", "above": "I01"},
    ],
    "gouvernance.members": [
        {"instance": "I02", "party": "P01", "function": "présidence", "votes": "oui"},
        {"instance": "I02", "function": "un élu par secteur", "votes": "oui", "seats": 2},
        {"instance": "I02", "party": "P02", "function": "direction", "votes": "non"},
    ],
    "gouvernance.meetings": [
        {"id": "RE01", "instance": "I02", "date": date(2028, 3, 1), "state": "tenu", "commune": "90001", "agenda": "budget\nsuivi",
         "summary": "le budget est présenté"},
        {"id": "RE02", "instance": "I02", "date": date(2028, 10, 1), "state": "prevu"},
    ],
    "gouvernance.attendance": [
        {"meeting": "RE01", "party": "P01", "function": "présidence", "presence": "present"},
        {"meeting": "RE01", "party": "P02", "function": "direction", "presence": "excuse"},
        {"meeting": "RE01", "function": "élu du secteur Amont", "presence": "represente"},
    ],
    "gouvernance.decisions": [
        {"id": "DE01", "meeting": "RE01", "subject": "budget", "decision": "le budget est validé", "votes_for": 3, "votes_against": 0,
         "abstentions": 0, "state": "fait"},
        {"id": "DE02", "meeting": "RE01", "subject": "poste", "decision": "le poste est publié", "responsible": "présidence",
         "due": date(2028, 4, 30), "state": "a_faire"},
    ],
    "gouvernance.scenarios": [
        {"id": "SC1", "name": "un poste", "retained": "oui", "decided_on": date(2028, 3, 1)},
        {"id": "SC2", "name": "deux mi-temps", "retained": "non"},
    ],
    "gouvernance.posts": [
        {"scenario": "SC1", "mission": "tout", "fte": 1, "employer": "P01", "cost": 50000, "caf": 20000, "epci": 25000, "communes": 5000,
         "hours_members": 40},
        {"scenario": "SC2", "mission": "enfance", "fte": 0.5, "employer": "P01", "cost": 26000, "caf": 10000, "epci": 16000},
        {"scenario": "SC2", "mission": "jeunesse", "fte": 0.5, "employer": "P02", "cost": 26000, "caf": 10000, "epci": 16000},
    ],
}  # fmt: skip
