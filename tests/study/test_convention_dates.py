"""No convention is dated before what it rests on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

from ctg_lib.agreement.books import agreement_books
from ctg_lib.agreement.folder import Agreement
from ctg_lib.documents.agreement.convention_fields import span
from ctg_lib.partnership.calendar import read_calendar
from ctg_lib.partnership.folder import Partnership
from ctg_lib.study.convention_dates import dated
from ctg_lib.workbooks.reading import Filled

SIGNED = {"nom": "Signature de la convention", "date": "29/06/2027", "etat": "fait"}


def study(tmp_path, *, as_of=date(2027, 9, 1), step=SIGNED, decided="2027-02-09", approved=None):
    """A study with one decision, one party and one step."""
    books = agreement_books()
    decisions = pd.DataFrame(
        {
            "row": [6], "issue": ["E01"], "decision": ["retenu"], "rank": [1.0], "reason": ["x"], "decided_on": [pd.Timestamp(decided)],
            "meeting": [""], "document": [""], "remark": [""],
        }
    )  # fmt: skip
    filled = {"priorites": Filled(books["priorites"], "priorites.xlsx", 1, {"decisions": decisions}, ())}
    partnership = Partnership(tmp_path)
    if approved:
        table = partnership.table("parties", "parties")
        row = {
            **dict.fromkeys(table.columns, ""),
            "row": 6,
            "id": "P01",
            "signs": "oui",
            "subject": "approbation",
            "deliberation": "n° 1",
        }
        table = pd.DataFrame([{**row, "deliberation_date": pd.Timestamp(approved)}])
        from ctg_lib.partnership.books import BOOKS

        partnership = replace(
            partnership,
            filled={"parties": Filled(BOOKS["parties"], "parties.xlsx", 2, {"parties": table}, ())},
        )
    return SimpleNamespace(
        as_of=as_of, agreement=Agreement(tmp_path, books, filled), partnership=partnership,
        calendar=read_calendar({"etapes": [step]} if step else {}),
    )  # fmt: skip


def test_a_signature_that_is_past_gives_its_day(tmp_path) -> None:
    found = dated(study(tmp_path))
    assert (found.signed_on, found.as_of, found.problems) == (date(2027, 6, 29), date(2027, 9, 1), ())
    assert found.proofs[-1].what == "décision E01"


@pytest.mark.parametrize(
    "more",
    [
        {"step": {**SIGNED, "etat": "prévu"}}, {"step": {**SIGNED, "date": "juin 2027"}}, {"step": None}, {"as_of": date(2027, 6, 28)},
        {"step": {**SIGNED, "nom": "Avant la signature"}},
    ],
)  # fmt: skip
def test_without_a_past_signature_to_the_day_there_is_none(tmp_path, more) -> None:
    found = dated(study(tmp_path, **more))
    assert found.signed_on is None and found.as_of is not None and not found.problems


def test_what_comes_after_the_signature_takes_its_day_away_and_is_told(tmp_path) -> None:
    found = dated(study(tmp_path, decided="2027-07-12"))
    assert found.signed_on is None and found.as_of == date(2027, 9, 1)
    said = str(found.problems[0])
    assert "convention/priorites.xlsx, feuille « Décisions du COPIL », ligne 6" in said
    assert (
        "décision E01, 12 juillet 2027" in said and "29 juin 2027 au plus tard, jour de la signature" in said
    )


def test_an_approval_after_the_signature_is_told(tmp_path) -> None:
    found = dated(study(tmp_path, approved="2027-07-01"))
    assert found.signed_on is None and "délibération P01, 1er juillet 2027" in str(found.problems[0])


def test_what_is_later_than_the_study_leaves_no_day_at_all(tmp_path) -> None:
    found = dated(study(tmp_path, as_of=date(2027, 1, 15)))
    assert (found.signed_on, found.as_of) == (None, None)
    assert "15 janvier 2027 au plus tard, date de l’étude" in str(found.problems[0])


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (date(2027, 1, 1), date(2031, 12, 31), "5 ans"), (date(2027, 7, 1), date(2031, 12, 31), "4 ans et 6 mois"),
        (date(2027, 1, 1), date(2027, 3, 31), "3 mois"), (date(2027, 1, 15), date(2028, 1, 13), "11 mois"),
    ],
)  # fmt: skip
def test_how_long_it_lasts(start, end, said) -> None:
    assert span(start, end).replace("\u00a0", " ") == said
