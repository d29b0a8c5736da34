"""How far workbooks are filled."""

from __future__ import annotations

from datetime import date

import pytest

from ctg_lib.partnership.books import BOOKS
from ctg_lib.partnership.progress import COLUMNS, progress


def row(frame, book: str, sheet: str):
    return frame[frame["book"].eq(book) & frame["sheet"].eq(sheet)].iloc[0]


def test_nothing_filled(make_partnership) -> None:
    found = progress(make_partnership())
    assert list(found.columns) == list(COLUMNS)
    assert len(found) == sum(len(book.sheets) for book in BOOKS.values())
    assert not found["present"].any() and found["lines"].sum() == 0 and found["filled"].isna().all()


def test_cells_that_hold_something_are_counted(make_partnership) -> None:
    lines = [{"name": "bonus", "year": 2025, "amount": 0, "unit": "place", "source": "x"}, {"name": "ps"}]
    found = row(progress(make_partnership({"financement.parameters": lines})), "financement", "parameters")
    assert found["present"] and found["lines"] == 2
    assert found["filled"] == pytest.approx((5 + 1) / (2 * 7))  # a zero is something
    assert found["to_complete"] == 1  # the second lacks what is required


def test_a_masked_count_is_filled(make_partnership) -> None:
    lines = [{"service": "S01", "commune": "90001", "year": 2025, "users_masked": True}]
    found = row(progress(make_partnership({"offre.origins": lines})), "offre", "origins")
    assert found["to_complete"] == 0 and found["filled"] == pytest.approx(4 / 6)


def test_lines_to_confirm(make_partnership) -> None:
    base = {"name": "a", "type": "eaje", "commune": "90001"}
    lines = [{**base, "id": f"S{i}", "state": s} for i, s in enumerate(["a_confirmer", "confirme", ""])]
    found = row(progress(make_partnership({"offre.services": lines})), "offre", "services")
    assert (found["to_confirm"], found["to_complete"]) == (1, 0)


@pytest.mark.parametrize(
    ("sheet", "line", "waits"),
    [
        ("parties.parties", {"id": "P1", "name": "a", "type": "epci"}, True),
        ("parties.parties", {"id": "P1", "name": "a", "type": "epci", "signs": "non"}, False),
        ("parties.parties", {"id": "P1", "name": "a", "type": "epci", "signs": "oui"}, True),
        ("parties.parties", {"id": "P1", "name": "a", "type": "epci", "signs": "oui", "deliberation": "n° 1"}, True),
        ("parties.parties", {"id": "P1", "name": "a", "type": "epci", "signs": "oui", "subject": "lancement"}, True),
        ("parties.parties", {"id": "P1", "name": "a", "type": "epci", "signs": "oui", "subject": "approbation"}, True),
        ("parties.parties", {"id": "P1", "name": "a", "type": "epci", "signs": "oui", "subject": "approbation",
                             "deliberation": "n° 1", "deliberation_date": date(2026, 3, 12)}, False),
        ("parties.parties", {"id": "P1", "name": "MSA (à compléter)", "type": "msa", "signs": "non"}, True),
        ("parties.parties", {"id": "P1", "name": "A COMPLETER", "type": "msa", "signs": "non"}, True),
        ("parties.competences", {"competence": "rpe"}, True),
        ("parties.competences", {"competence": "rpe", "holder": "P1"}, False),
        ("parties.competences", {"competence": "rpe", "by_communes": "oui"}, False),
        ("parties.competences", {"competence": "rpe", "by_communes": "non"}, True),
    ],
)  # fmt: skip
def test_lines_to_complete(make_partnership, sheet: str, line: dict, waits: bool) -> None:
    found = row(progress(make_partnership({sheet: [line]})), *sheet.split("."))
    assert found["to_complete"] == int(waits)
