"""Workbooks of the agreement made from lines, without any file; what actors said, likewise. All is made up."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ctg_lib.agreement.books import agreement_books
from ctg_lib.agreement.folder import Agreement
from ctg_lib.consultation.actors import EXCERPT_COLUMNS, MEETING_COLUMNS, PRESENT_COLUMNS, SIDES, Actors
from ctg_lib.consultation.scheme import common_scheme
from ctg_lib.partnership.books import BOOKS
from ctg_lib.partnership.folder import Partnership
from ctg_lib.workbooks.reading import Filled, frame_of

SECTEURS = ("Amont", "Aval")
GROUP = {side: groups[0] for side, groups in SIDES.items()}
"""Side -> one of its groups."""
SHEETS = {
    "findings": "constats", "evidence": "constats", "needs": "croisement", "issues": "croisement", "decisions": "priorites",
    "actions": "plan",
}  # fmt: skip
DAY = pd.Timestamp(2026, 10, 1)


def filled(books, sheets, where):
    """Workbooks read: sheet -> lines, each line with the number of its row."""
    tables = {}
    for name, lines in sheets.items():
        rows = [{"row": n, **line} for n, line in enumerate(lines, start=6)]
        tables.setdefault(where[name], {})[name] = frame_of(books[where[name]][name], rows)
    return {
        id: Filled(books[id], books[id].file, books[id].version,
                   {s.name: own.get(s.name, frame_of(s, [])) for s in books[id].sheets}, ())
        for id, own in tables.items()
    }  # fmt: skip


def agreement(**sheets) -> Agreement:
    """An agreement of which these sheets hold these lines."""
    books = agreement_books(None, SECTEURS)
    return Agreement(Path("convention"), books, filled(books, sheets, SHEETS))


def partnership(**sheets) -> Partnership:
    """« services », « parties », « competences », « contracts » -> lines."""
    where = {"services": "offre", "parties": "parties", "competences": "parties", "contracts": "contrats"}
    return Partnership(Path(), filled(BOOKS, sheets, where), communes={"90001": "Amont-Exemple"})


def finding(id="K001", state="accepte", **more):
    """A finding."""
    return {"id": id, "sentence": f"Constat {id}.", "theme": "petite_enfance", "state": state} | more


def proof(finding="K001", kind="indicateur", ref="taux_couverture", sense="", **more):
    """An evidence."""
    return {"finding": finding, "kind": kind, "ref": ref, "sense": sense} | more


def need(id="N01", **more):
    """A need, retained."""
    given = {"label": f"besoin {id}", "theme": "petite_enfance", "need": "pe_places", "state": "retenu"}
    return {"id": id} | given | more


def heard(*lines, people=5, present=()) -> Actors:
    """« side kind [need] », one meeting each; ``present``: « side theme », there without a word."""
    pairs = {n.code: (n.theme, n.label) for n in common_scheme().needs}
    meetings, excerpts, there = [], [], []
    for number, line in enumerate([*lines, *present]):
        side, kind, *code = line.split()
        said = number < len(lines)
        need_ = (code[0] if code else "pe_places") if said else ""
        theme = pairs[need_][0] if said else kind
        group = GROUP.get(side, side)
        meetings.append(
            (f"M{number}", "rencontre", DAY, "", group, float(people), "", (theme,), False, "tenu", pd.NaT)
        )
        there.append((f"M{number}", group, float(people)))
        if said:
            excerpts.append(
                (
                    f"X{number}",
                    f"M{number}",
                    group,
                    "",
                    theme,
                    need_,
                    kind,
                    2.0,
                    "",
                    "",
                    "",
                    False,
                    "",
                    "A",
                    "",
                )
            )
    return Actors(
        pd.DataFrame(meetings, columns=list(MEETING_COLUMNS)),
        pd.DataFrame(excerpts, columns=list(EXCERPT_COLUMNS)),
        present=pd.DataFrame(there, columns=list(PRESENT_COLUMNS)), scheme=pairs,
    )  # fmt: skip
