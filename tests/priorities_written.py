"""Made-up priorities: three criteria, three issues, two colleges; written as lines, read as the workbooks are."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from ctg_lib.agreement.books import agreement_books
from ctg_lib.agreement.folder import Agreement
from ctg_lib.workbooks.reading import Filled
from ctg_lib.workbooks.schema import as_frame

Line = dict[str, Any]
FIXED, SCORED, DECIDED, AS_OF = date(2027, 1, 5), date(2027, 1, 20), date(2027, 2, 9), date(2027, 6, 15)
CRITERIA: list[Line] = [
    {"id": id, "name": name, "definition": "de 1 à 5", "weight": weight, "role": role, "fixed_on": FIXED, "document": "D1"}
    for id, name, weight, role in (
        ("C1", "ampleur", 2.0, "taille"), ("C2", "gravité", 1.0, "gravite"), ("C3", "effet", 1.0, "efficacite"),
        ("C4", "faisabilité", 0.0, "faisabilite"),
    )
]  # fmt: skip
WEIGHTS = {line["id"]: line["weight"] for line in CRITERIA}
MEETINGS: list[Line] = [{"id": "RE0", "instance": "I0", "date": FIXED, "document": "D1"}]
"""The one that fixed the criteria, before the scores."""
ISSUES: list[Line] = [
    {"id": id, "title": title, "theme": "enfance", "state": "valide", "decided_on": date(2027, 1, 12)}
    for id, title in (("E1", "Garder les enfants tôt"), ("E2", "Occuper l’été"), ("E3", "Circuler"))
]


def scored(
    issue: str, college: str, *means: float, voters: int = 20, low: Any = 1, high: Any = 5
) -> list[Line]:
    return [
        {"issue": issue, "criterion": f"C{n}", "college": college, "score": float(mean), "lowest": low, "highest": high,
         "voters": voters, "scored_on": SCORED, "weight": WEIGHTS[f"C{n}"]}
        for n, mean in enumerate(means, start=1)
    ]  # fmt: skip


def voted(college: str, *votes: int, voters: int = 20, each: int = 3, on: date = SCORED) -> list[Line]:
    return [
        {"issue": f"E{n}", "college": college, "votes": count, "voters": voters, "each": each, "voted_on": on}
        for n, count in enumerate(votes, start=1)
    ]


def decision(issue: str, what: str = "retenu", on: date = DECIDED, **more: Any) -> Line:
    return {"issue": issue, "decision": what, "reason": "Un motif écrit.", "decided_on": on, **more}


SCORES: list[Line] = [
    *scored("E1", "elus", 4, 4, 3, 4), *scored("E2", "elus", 3, 3, 4, 4), *scored("E3", "elus", 2, 5, 1, 1.5),
    *scored("E1", "professionnels", 4, 3, 3, 3), *scored("E2", "professionnels", 2, 2, 2, 3),
    *scored("E3", "professionnels", 4.5, 5, 4, 2),
]  # fmt: skip
VOTES: list[Line] = [*voted("elus", 30, 20, 5), *voted("professionnels", 10, 15, 30)]
DECISIONS: list[Line] = [decision("E1", rank=1), decision("E2", rank=2), decision("E3", "ecarte")]


def agreed(folder: Path = Path("nowhere"), **sheets: list[Line]) -> Agreement:
    """The agreement of these lines; ``issues``, ``criteria``, ``scores``, ``votes``, ``decisions`` or the usual ones.

    Others are written « book__sheet ».
    """
    given = {"croisement__issues": ISSUES, "priorites__criteria": CRITERIA, "priorites__scores": SCORES,
             "priorites__votes": VOTES, "priorites__decisions": DECISIONS, "gouvernance__meetings": MEETINGS}  # fmt: skip
    for name, rows in sheets.items():
        given[next((known for known in given if known.endswith(f"__{name}")), name)] = rows
    books = agreement_books()
    filled: dict[str, Filled] = {}
    for name, rows in given.items():
        book, _, sheet = name.partition("__")
        old = filled.get(book) or Filled(
            books[book], books[book].file, 1, {s.name: s.empty() for s in books[book].sheets}, ()
        )
        numbered = [{"row": n, **row} for n, row in enumerate(rows, start=5)]
        filled[book] = Filled(
            old.book, old.file, 1, {**old.tables, sheet: as_frame(books[book][sheet], numbered)}, ()
        )
    return Agreement(folder, books, filled)
