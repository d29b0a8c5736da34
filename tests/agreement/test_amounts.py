"""Amounts that change with the year: which value holds in a year, and what budget lines that name one are worth."""

import pytest
from plan_samples import D, agreement, money

from ctg_lib.agreement.amounts import in_force, used, years_in_words
from ctg_lib.agreement.plan import Plan

SCALES = [
    {"id": "M01", "name": "Bonus", "value": 3000.0, "unit": "place et par an", "start": D(2027, 1, 1), "end": D(2027, 12, 31), "source": "a"},
    {"id": "M02", "name": "bonus", "value": 3100.0, "unit": "place et par an", "start": D(2028, 1, 1), "end": D(2028, 12, 31), "source": "b"},
    {"id": "M03", "name": "autre", "value": 9.0, "unit": "heure", "start": D(2026, 1, 1)},
]  # fmt: skip


def _amounts():
    return agreement(amounts=SCALES).table("plan", "amounts")


@pytest.mark.parametrize(
    ("id", "year", "found", "last_known"),
    [("M01", 2027, "M01", False), ("M02", 2027, "M01", False), ("M01", 2028, "M02", False), ("M01", 2031, "M02", True), ("M03", 2040, "M03", False)],
)  # fmt: skip
def test_the_value_in_force_else_the_last_one_known(id, year, found, last_known):
    rate = in_force(_amounts(), id, year)
    assert (rate.id, rate.last_known) == (found, last_known)


@pytest.mark.parametrize(("id", "year"), [("M01", 2026), ("M99", 2027), ("M03", 2025)])
def test_before_it_begins_or_unknown_it_has_no_value(id, year):
    assert in_force(_amounts(), id, year) is None


def test_an_open_amount_holds_over_a_later_one_that_is_over():
    open_ = {"id": "M04", "name": "bonus", "value": 1.0, "start": D(2020, 1, 1)}
    assert in_force(agreement(amounts=[*SCALES, open_]).table("plan", "amounts"), "M01", 2031).id == "M04"


def test_a_budget_line_is_worth_its_quantity_times_the_value_of_its_year():
    lines = [
        money("recette", None, year=float(y), item=str(y), rate="M01", quantity=6.0)
        for y in (2026, 2027, 2028, 2030)
    ]
    made = agreement(
        budget=[*lines, money("recette", 50.0, year=2030.0, rate="M01", quantity=6.0)], amounts=SCALES
    )
    found = made.budget
    assert found["amount"].tolist()[1:] == [18_000, 18_600, 18_600, 50] and found["amount"].isna()[0]
    assert found["computed"].tolist()[4] == 18_600  # typed: what is written wins, and the check tells
    assert found["last_known"].tolist() == [False, False, False, True, True]
    assert not found["supposed"].any()
    assert made.table("plan", "budget")["amount"].isna().sum() == 4  # the workbook is not filled in its place
    assert Plan.of(made).receipts("year").to_dict() == {2027: 18_000, 2028: 18_600, 2030: 18_650}


def test_acquired_money_that_only_the_last_known_amount_gives_is_supposed():
    lines = [
        money("recette", amount, year=year, item=f"{rank}", rate="M01", quantity=6.0, sure=sure)
        for rank, (year, amount, sure) in enumerate(
            [
                (2030.0, None, "acquis"),
                (2030.0, 500.0, "acquis"),
                (2030.0, None, "prevu"),
                (2028.0, None, "acquis"),
            ]
        )
    ]
    made = agreement(budget=lines, amounts=SCALES)
    assert made.budget["supposed"].tolist() == [True, False, False, False]
    assert (
        made.budget["sure"].iloc[0] == "prevu"
    )  # wherever sureness is told: slide, chapter, sheets, convention


def test_what_uses_an_amount_and_when():
    lines = [money("recette", None, year=float(y), rate="M01", quantity=1.0) for y in (2027, 2029, 2030)]
    first, second, third = used(agreement(budget=lines, amounts=SCALES))
    assert (first.actions, first.years, first.beyond) == (("A01",), (2027,), ())
    assert (second.actions, second.years, second.beyond) == (("A01",), (), (2029, 2030)) and not third.actions
    assert used(agreement(budget=lines, amounts=SCALES), actions=["A02"])[1].actions == ()


def test_years_are_said_in_few_words():
    assert [years_in_words(y) for y in ((2028,), (2030, 2028, 2029), (2028, 2030))] == [
        "2028",
        "2028 à 2030",
        "2028, 2030",
    ]
