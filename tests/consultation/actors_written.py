"""Workbooks of what was said, written from lists of dictionaries; and actors made without any file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from ctg_lib.consultation.actors import EXCERPT_COLUMNS, MEETING_COLUMNS, PRESENT_COLUMNS, Actors
from ctg_lib.consultation.books import actor_books
from ctg_lib.consultation.reading_actors import read_actors
from ctg_lib.consultation.scheme import common_scheme, load_scheme
from ctg_lib.documents.workbooks import write_workbook

COMMUNES = {"90001": "Amont-Exemple", "90002": "Bourg-Exemple"}
SECTEURS = ("Amont", "Aval")
AS_OF = date(2026, 11, 1)
BEFORE = pd.Timestamp(2026, 10, 1)


def interview(id="E01", **more):
    """One interview that was held."""
    return {"id": id, "date": BEFORE, "state": "tenu", "group": "petite_enfance", "people": 1} | more


def excerpt(id="X01", meeting="E01", **more):
    """One coded excerpt."""
    given = {"need": "pe_places", "kind": "besoin", "strength": "2", "summary": "Il manque des places."}
    return {"id": id, "meeting": meeting} | given | more


def write(folder: Path, tables, *, secteurs=SECTEURS, scheme=None) -> Path:
    """Workbooks of a folder: « entretiens.meetings » -> lines."""
    books = actor_books(scheme, secteurs)
    for id in dict.fromkeys(name.split(".")[0] for name in tables):
        rows = {name.split(".")[1]: lines for name, lines in tables.items() if name.startswith(f"{id}.")}
        write_workbook(
            folder / books[id].file, books[id], rows, communes=COMMUNES, place="Exemple", moment=AS_OF
        )
    return folder


def read(folder: Path, *, secteurs=SECTEURS, as_of=AS_OF) -> Actors:
    """What such a folder holds."""
    return read_actors(folder, COMMUNES, secteurs, load_scheme(folder)[0], as_of)


def actors(meetings=(), excerpts=(), *, twice=(), votes=(), present=()) -> Actors:
    """Actors made of lines, what is not given being absent."""
    blank_meeting = {
        "occasion": "entretien", "date": BEFORE, "title": "", "group": "plusieurs", "people": float("nan"), "secteur": "",
        "themes": (), "second_coder": False, "state": "tenu", "planned": pd.NaT,
    }  # fmt: skip
    blank_excerpt = {
        "group": "habitants", "secteur": "", "theme": "petite_enfance", "need": "pe_places", "kind": "besoin", "strength": 1.0,
        "audience": "", "summary": "", "quote": "", "agreed": False, "function": "", "coder": "A", "rubric": "",
    }  # fmt: skip

    def frame(lines, columns, blank):
        full = [blank | {"id": f"X{i}"} | dict(line) for i, line in enumerate(lines)]
        return pd.DataFrame(full, columns=list(columns))

    return Actors(
        meetings=frame(meetings, MEETING_COLUMNS, blank_meeting),
        excerpts=frame(excerpts, EXCERPT_COLUMNS, blank_excerpt),
        twice=frame(twice, EXCERPT_COLUMNS, blank_excerpt | {"coder": "B"}),
        votes=pd.DataFrame(
            [{"theme": "", "need": "", "each": float("nan"), **vote} for vote in votes],
            columns=["meeting", "proposal", "theme", "need", "college", "votes", "voters", "each"],
        ),
        present=pd.DataFrame(list(present), columns=list(PRESENT_COLUMNS)),
        scheme=common_scheme().pairs,
    )  # fmt: skip
