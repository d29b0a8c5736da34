"""Who pays: sums only where all is known, maintained and new apart."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctg_lib.partnership import money
from ctg_lib.partnership.books.financement import PAYERS

ZERO = dict.fromkeys(PAYERS, 0.0)
SERVICES = [
    {"id": "S01", "name": "Crèche Exemple Bleue", "type": "eaje", "commune": "90001", "places": 22.0, "year": 2025.0,
     "hours_billed": 41000.0},
    {"id": "S02", "name": "Loisirs Exemple", "type": "alsh", "commune": "90002", "period": "mercredi"},
    {"id": "S03", "name": "Loisirs Exemple", "type": "alsh", "commune": "90002", "period": "ete"},
    {"id": "S04", "name": "Relais Exemple", "type": "rpe", "commune": "90002"},
    {"id": "S05", "name": "Assistantes maternelles", "type": "am", "commune": "90002"},
]  # fmt: skip
LINE = {
    "service": "S01", "year": 2025.0, "nature": "realise", "offer": "maintenue", "cost": 400000.0, **ZERO,
    "caf_ps": 200000.0, "epci": 90000.0, "communes": 10000.0, "families": 80000.0, "others": 20000.0,
}  # fmt: skip


def partnership(make, *lines):
    return make({"offre.services": SERVICES, "financement.money": list(lines)})


def only(make, **changes):
    (row,) = money.lines(partnership(make, {**LINE, **changes})).to_dict("records")
    return row


def test_a_whole_line(make_partnership):
    row = only(make_partnership)
    assert (row["service"], row["name"], row["type"], row["theme"], row["row"]) == (
        "S01", "Crèche Exemple Bleue", "eaje", "petite_enfance", 7,
    )  # fmt: skip
    assert row["type_label"].startswith("établissement d’accueil")
    assert (row["total"], row["balance"], row["unknown_payers"]) == (400000.0, 0.0, 0)
    assert math.isnan(row["gap"])  # no total was written to compare with
    assert row["cost_per_hour"] == pytest.approx(400000 / 41000)
    assert row["cost_per_place"] == pytest.approx(400000 / 22)
    assert (row["epci_communes"], row["epci_communes_share"], row["families_share"]) == (100000.0, 25.0, 20.0)


def test_what_the_line_says_wins_over_the_offer(make_partnership):
    row = only(make_partnership, hours=40000.0, places=20.0)
    assert (row["hours"], row["places"], row["cost_per_hour"], row["cost_per_place"]) == (
        40000.0,
        20.0,
        10.0,
        20000.0,
    )


def test_hours_and_places_of_another_year_are_not_taken(make_partnership):
    row = only(make_partnership, year=2024.0)
    assert math.isnan(row["hours"]) and math.isnan(row["cost_per_hour"])
    assert math.isnan(row["places"]) and math.isnan(row["cost_per_place"])


def test_the_new_offer_does_not_take_the_places_of_the_old(make_partnership):
    row = only(make_partnership, offer="nouvelle")
    assert math.isnan(row["places"]) and math.isnan(row["hours"]) and math.isnan(row["cost_per_place"])


def test_no_cost_per_nothing(make_partnership):
    row = only(make_partnership, hours=0.0, places=0.0, cost=0.0)
    assert (
        math.isnan(row["cost_per_hour"])
        and math.isnan(row["cost_per_place"])
        and math.isnan(row["families_share"])
    )


def test_an_unknown_payer_is_not_zero(make_partnership):
    row = only(make_partnership, communes=None)
    assert row["unknown_payers"] == 1
    assert all(
        math.isnan(row[c]) for c in ("communes", "epci_communes", "epci_communes_share", "total", "balance")
    )
    assert row["families_share"] == 20.0
    row = only(make_partnership, communes=None, total=400000.0)
    assert math.isnan(row["communes"]) and math.isnan(row["gap"]) and row["total"] == 400000.0


def test_empty_recettes_are_zero_where_the_others_make_the_total(make_partnership):
    row = only(make_partnership, **{name: None for name in PAYERS if not LINE[name]}, total=400000.0)
    assert row["unknown_payers"] == 0 and row["state"] == 0.0 and row["gap"] == 0.0
    row = only(make_partnership, **dict.fromkeys(PAYERS), total=0.0)
    assert row["unknown_payers"] == len(PAYERS)  # nothing was written at all: nothing is known


def test_gap(make_partnership):
    assert only(make_partnership, total=412000.0)["gap"] == 12000.0


def test_a_service_that_the_offer_does_not_know(make_partnership):
    row = only(make_partnership, service="S99")
    assert (row["name"], row["type"], row["theme"]) == ("", "", "")


def test_by_payer_sums_what_is_wholly_known(make_partnership):
    p = partnership(
        make_partnership, LINE, {**LINE, "service": "S02"}, {**LINE, "service": "S04", "state": None},
        {**LINE, "offer": "nouvelle", "cost": 50000.0}, {**LINE, "nature": "prevu"}, {**LINE, "year": 2024.0},
        {**LINE, "service": "S99"},
    )  # fmt: skip
    found = money.by_payer(p, 2025.0).set_index("theme")
    assert list(found.index) == ["petite_enfance", "enfance", ""]
    care = found.loc["petite_enfance"]
    assert (care["services"], care["unknown"], care["cost"], care["families"]) == (2, 1, 800000.0, 160000.0)
    assert math.isnan(care["state"]) and math.isnan(
        care["total"]
    )  # the relais does not say what the State pays
    leisure = found.loc["enfance"]  # Wednesday's line is that of the summer too: nothing is missing
    assert (leisure["services"], leisure["unknown"], leisure["total"]) == (1, 0, 400000.0)
    assert found.loc["", "theme_label"] == "service absent de l’offre"
    new = money.by_payer(p, 2025.0, offer="nouvelle").set_index("theme")
    assert new.loc["petite_enfance", "cost"] == 50000.0 and new["unknown"].tolist() == [0]
    assert money.by_payer(p, 2025.0, "prevu")["cost"].dropna().tolist() == [400000.0]


def test_services_without_a_line_are_counted(make_partnership):
    found = money.by_payer(partnership(make_partnership), 2025.0).set_index("theme")
    assert found["unknown"].to_dict() == {
        "petite_enfance": 2,
        "enfance": 1,
    }  # assistantes maternelles have no budget
    assert found["services"].tolist() == [0, 0] and found["cost"].isna().all()


def test_last_year(make_partnership):
    assert money.last_year(make_partnership({})) is None
    lines = [
        LINE,
        {**LINE, "year": 2024.0},
        {**LINE, "year": 2026.0, "cost": None},
        {**LINE, "year": 2027.0, "nature": "prevu"},
    ]
    assert money.last_year(partnership(make_partnership, *lines)) == 2025.0


def test_nothing(make_partnership):
    p = make_partnership({})
    assert list(money.lines(p)) == list(money.LINE_COLUMNS) and money.lines(p).empty
    assert list(money.by_payer(p, 2025.0)) == list(money.BY_PAYER_COLUMNS)


_AMOUNT = st.one_of(st.none(), st.integers(0, 10**6).map(float))


@settings(deadline=None, max_examples=40)
@given(lines=st.lists(st.fixed_dictionaries(dict.fromkeys((*PAYERS, "cost", "total"), _AMOUNT)), max_size=4))
def test_a_sum_is_told_only_where_every_part_is(make_partnership, lines):
    p = partnership(make_partnership, *({**LINE, "year": 2025.0, **line} for line in lines))
    read, sums = money.lines(p), money.by_payer(p, 2025.0).set_index("theme")
    for payer in PAYERS:
        parts = read[payer].tolist()
        shown = sums.loc["petite_enfance", payer]
        if not parts or any(math.isnan(v) for v in parts):
            assert math.isnan(shown)
        else:
            assert shown == sum(parts)
    for given_line, row in zip(lines, read.to_dict("records"), strict=True):
        for payer in PAYERS:  # nothing written is changed; an empty cell becomes zero or stays unknown
            assert row[payer] == given_line[payer] or (given_line[payer] is None and not row[payer] > 0)
