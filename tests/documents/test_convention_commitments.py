"""What a convention holds of money that is said to be acquired."""

from __future__ import annotations

import agreed_study
from plan_samples import D, money

from ctg_lib.documents.agreement.convention_commitments import (
    acquired_apart,
    commitments,
    supposed_left,
)

SIGNING = [{"id": "P01", "nom": "Communauté Exemple", "type": "epci"}]
OVER = {"id": "M01", "name": "bonus", "value": 200.0, "unit": "place", "start": D(2027, 1, 1), "end": D(2027, 12, 31)}  # fmt: skip


def study(*receipts):
    made = agreed_study.study(budget=[money(), *receipts], amounts=[OVER])
    made.communes_by_code = {"90001": "Amont"}
    return made


def receipt(year, **more):
    return money("recette", **{"year": year, "amount": None, "rate": "M01", "quantity": 5.0, "sure": "acquis"} | more)  # fmt: skip


def test_only_an_amount_in_force_or_written_by_someone_binds():
    made = study(
        receipt(2027.0), receipt(2028.0), receipt(2029.0), receipt(2030.0, amount=300.0),
        receipt(2029.0, funder="msa"),
    )  # fmt: skip
    (party,) = commitments(made, SIGNING)
    assert [p.replace("\u202f", " ").replace("\u00a0", " ") for p in party["postes"]] == [
        "apporte aux actions 1 300 €, acquis, sur la durée du plan"
    ]
    assert acquired_apart(made, SIGNING) == []
    (note,) = supposed_left(made)
    assert note.replace("\u202f", " ").replace("\u00a0", " ") == (
        "3 000 € dits acquis ne sont pas comptés comme tels (A01) : calculés sur le montant M01, dont la période est finie (2028 à 2029)"
    )


def test_nothing_is_left_out_where_amounts_are_in_force():
    assert supposed_left(study(receipt(2027.0))) == []
