"""What exists, counted: periods of one service, sites in several groups, and what is not known."""

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctg_lib.partnership import offer
from ctg_lib.partnership.books.offre import SERVICES, THEME_OF

GROUPS = {"Nord": ("90001",), "Sud": ("90002",)}
WEEK = ("lun", "mar", "mer", "jeu", "ven")


def services(make, *lines):
    base = {"type": "alsh", "commune": "90001", "name": "Loisirs Exemple"}
    return make({"offre.services": [{"id": f"S{i}", **base, **line} for i, line in enumerate(lines)]})


@pytest.mark.parametrize(
    ("days", "opens", "closes", "hours"),
    [
        (WEEK, 450.0, 1110.0, 55.0),
        (("mer",), 480.0, 1080.0, 10.0),
        (("mer", "mer"), 480.0, 1080.0, 10.0),
        ((), 480.0, 1080.0, math.nan),
        (("mer",), math.nan, 1080.0, math.nan),
        (("mer",), 480.0, 480.0, math.nan),
        (("mer",), 1080.0, 480.0, math.nan),
    ],
)
def test_weekly_hours(days, opens, closes, hours):
    assert offer.weekly_hours(days, opens, closes) == pytest.approx(hours, nan_ok=True)


def test_services_say_theme_label_sites_and_hours(make_partnership):
    p = services(
        make_partnership,
        {"sites": ("90002", "90001"), "days": WEEK, "opens": 450.0, "closes": 1110.0},
        {"hours_week": 12.0, "days": WEEK, "opens": 450.0, "closes": 1110.0, "type": "france_services"},
        {"type": "", "commune": ""},
    )
    found = offer.services(p)
    assert list(found["theme"]) == ["enfance", "acces_droits", ""]
    assert list(found["type_label"]) == [SERVICES["alsh"], "France services", ""]
    assert list(found["communes"]) == [("90001", "90002"), ("90001",), ()]
    assert found["hours_week"].tolist()[:2] == [55.0, 12.0] and math.isnan(found["hours_week"][2])
    assert list(found["hours_computed"]) == [True, False, False]
    assert "theme" not in p.table("offre", "services")  # what was read is left alone


def test_every_kind_has_a_theme():
    assert THEME_OF.keys() == SERVICES.keys()


def test_matrix_counts_sites_once_per_group(make_partnership):
    p = services(
        make_partnership,
        {"sites": ("90002",), "period": "mercredi"},
        {"period": "ete", "name": "loisirs  EXEMPLE"},  # the same service at another period
        {"name": "Autre", "commune": "90003"},
        {"name": "Nulle part", "commune": ""},
        {"type": "eaje", "name": "Crèche Exemple"},
    )
    found = offer.service_matrix(p, GROUPS)
    assert list(found) == [
        "theme",
        "type",
        "type_label",
        "Nord",
        "Sud",
        "hors secteur",
        "commune non précisée",
        "total",
    ]
    assert found[["type", "Nord", "Sud", "hors secteur", "commune non précisée", "total"]].values.tolist() == [
        ["eaje", 1, 0, 0, 0, 1], ["alsh", 1, 1, 1, 1, 3],
    ]  # fmt: skip


def test_capacity_never_adds_wednesday_and_summer(make_partnership):
    p = services(
        make_partnership,
        {"period": "mercredi", "places": 40.0, "places_open": 36.0, "hours_week": 10.0},
        {"period": "periscolaire", "places": 30.0, "places_open": 30.0, "hours_week": 15.0},
        {"period": "ete", "places": 60.0, "places_open": 50.0, "hours_week": 22.0},
        {"name": "Autre", "places": 12.0, "places_open": None, "hours_week": 8.0},
    )
    (row,) = offer.capacity(p, GROUPS).to_dict("records")
    assert (row["services"], row["places"], row["hours_week"]) == (2, 72.0, 33.0)  # 60 + 12; 10 + 15 + 8
    assert math.isnan(row["places_open"]) and row["places_open_unknown"] == 1
    assert (row["unknown"], row["hours_unknown"], row["places_known"]) == (0, 0, 72.0)


def test_one_unknown_capacity_makes_the_sum_unknown(make_partnership):
    p = services(
        make_partnership,
        {"name": "A", "places": 22.0},
        {"name": "B"},
        {"name": "C", "commune": "90002", "places": 9.0},
    )
    north, south = offer.capacity(p, GROUPS).to_dict("records")
    assert (north["group"], south["group"]) == ("Nord", "Sud")
    assert math.isnan(north["places"]) and (north["unknown"], north["places_known"]) == (1, 22.0)
    assert (south["places"], south["unknown"]) == (9.0, 0)


def test_places_count_where_the_seat_is(make_partnership):
    p = services(make_partnership, {"sites": ("90002",), "places": 22.0})
    assert offer.capacity(p, GROUPS)["group"].tolist() == ["Nord"]


def test_kinds_without_places_have_none_and_none_missing(make_partnership):
    p = services(make_partnership, {"type": "france_services", "hours_week": 24.0})
    (row,) = offer.capacity(p, GROUPS).to_dict("records")
    assert math.isnan(row["places"]) and math.isnan(row["places_known"]) and row["unknown"] == 0
    assert row["hours_week"] == 24.0


def test_groups_and_kinds_keep_their_order(make_partnership):
    p = services(
        make_partnership, {"name": "A", "commune": ""}, {"name": "B", "commune": "90009"}, {"name": "C"},
        {"type": "evs", "name": "D"}, {"type": "eaje", "name": "E", "commune": "90002"},
    )  # fmt: skip
    found = offer.capacity(p, {"Sud": ("90002",), "Nord": ("90001",)})
    assert found[["type", "group"]].values.tolist() == [
        ["eaje", "Sud"], ["alsh", "Nord"], ["alsh", "hors secteur"], ["alsh", "commune non précisée"], ["evs", "Nord"],
    ]  # fmt: skip


def test_to_confirm(make_partnership):
    p = services(make_partnership, {"state": "a_confirmer"}, {"state": "confirme"}, {"state": ""})
    assert offer.to_confirm(p)["id"].tolist() == ["S0"]


def test_nothing(make_partnership):
    p = make_partnership({})
    assert offer.services(p).empty and offer.to_confirm(p).empty
    assert list(offer.service_matrix(p, GROUPS)) == ["theme", "type", "type_label", "Nord", "Sud", "total"]
    assert list(offer.capacity(p, GROUPS)) == list(offer.CAPACITY_COLUMNS)


_LINE = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["", "eaje", "alsh", "evs"]),
        "name": st.sampled_from(["", "A", "B", "C"]),
        "commune": st.sampled_from(["", "90001", "90002", "90003"]),
        "period": st.sampled_from(["", "mercredi", "ete", "petites_vacances"]),
        "places": st.one_of(st.none(), st.integers(0, 80).map(float)),
        "sites": st.lists(st.sampled_from(["90001", "90002", "90003"]), max_size=2).map(tuple),
    }
)


@settings(deadline=None, max_examples=40)
@given(lines=st.lists(_LINE, max_size=8))
def test_nothing_is_lost_nor_counted_twice(make_partnership, lines):
    p = make_partnership({"offre.services": [{"id": f"S{i}", **line} for i, line in enumerate(lines)]})
    found, matrix = offer.capacity(p, GROUPS), offer.service_matrix(p, GROUPS)
    different = len({(x["type"], x["name"] or i, x["commune"]) for i, x in enumerate(lines)})
    assert found["services"].sum() == different == matrix["total"].sum()
    columns = [c for c in matrix if c not in ("theme", "type", "type_label", "total")]
    assert (matrix[columns].sum(axis=1) >= matrix["total"]).all()
    measured = found[found["type"].isin(["eaje", "alsh"])]
    assert (measured["places"].isna() == measured["unknown"].gt(0)).all()
    known = measured[measured["places"].notna()]
    pd.testing.assert_series_equal(known["places"], known["places_known"], check_names=False)


# --- one service, several lines ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "period", "plain"),
    [
        ("Loisirs Exemple, mercredis", "mercredi", "loisirs exemple"),
        ("Loisirs Exemple – Été", "ete", "loisirs exemple"),
        ("Loisirs Exemple (vacances d’été)", "ete", "loisirs exemple"),
        ("Loisirs Exemple, petites vacances", "petites_vacances", "loisirs exemple"),
        ("Loisirs Exemple pendant les vacances de Noël", "petites_vacances", "loisirs exemple"),
        ("Loisirs Exemple, accueil périscolaire du soir", "periscolaire", "loisirs exemple accueil"),
        ("Loisirs Exemple, mercredis", "ete", "loisirs exemple mercredis"),  # not its own period
        ("Loisirs Exemple, mercredis", "", "loisirs exemple mercredis"),
        ("Mercredis", "mercredi", "mercredis"),  # it says nothing else
        ("Les Petites Mains Exemple", "petites_vacances", "petites mains exemple"),
        ("", "ete", ""),
    ],
)
def test_a_name_without_its_period(name, period, plain):
    assert offer.plain_name(name, period) == plain


def test_periods_of_one_service_are_one_service(make_partnership):
    p = services(
        make_partnership,
        {"name": "Loisirs Exemple-Un, mercredis", "period": "mercredi", "manager": "Association Exemple", "state": "confirme"},
        {"name": "Loisirs Exemple-Un, été", "period": "ete", "sites": ("90002",), "state": "a_confirmer"},
        {"name": "Loisirs Exemple-Deux", "period": "ete"},
    )  # fmt: skip
    one, two = offer.by_service(p).to_dict("records")
    assert (one["name"], one["lines"], one["periods"]) == ("Loisirs Exemple-Un", 2, ("mercredi", "ete"))
    assert one["communes"] == ("90001", "90002") and one["manager"] == "Association Exemple"
    assert not one["confirmed"]  # one of its lines is not
    assert (two["name"], two["lines"]) == ("Loisirs Exemple-Deux", 1)
    assert offer.services(p)["title"].tolist() == [
        "Loisirs Exemple-Un, mercredis", "Loisirs Exemple-Un, été", "Loisirs Exemple-Deux",
    ]  # fmt: skip


def test_lines_of_the_same_name_bear_their_period(make_partnership):
    p = services(
        make_partnership, {"period": "mercredi"}, {"period": "ete"}, {"name": "Autre", "period": "ete"}
    )
    assert offer.services(p)["title"].tolist() == [
        "Loisirs Exemple (mercredi)", "Loisirs Exemple (été)", "Autre",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("other", "count"),
    [
        ({"manager": "association exemple"}, 1),  # the same, written otherwise
        ({"manager": ""}, 1),
        ({"manager": "Commune Exemple"}, 2),
        ({"commune": "90002"}, 2),
        ({"type": "accueil_jeunes"}, 2),
        ({"name": "Loisirs Exemple bis"}, 2),
    ],
)
def test_what_makes_two_services(make_partnership, other, count):
    first = {"period": "mercredi", "manager": "Association Exemple"}
    p = services(make_partnership, first, {**first, "period": "ete", **other})
    assert len(offer.by_service(p)) == count
    assert offer.service_matrix(p, GROUPS)["total"].sum() == count
    assert offer.capacity(p, GROUPS)["services"].sum() == count


def test_places_by_period(make_partnership):
    p = services(
        make_partnership, {"period": "ete", "places": 60.0}, {"period": "mercredi", "places": 40.0},
        {"name": "Autre", "period": "ete", "places": 20.0}, {"type": "eaje", "name": "Crèche Exemple", "period": "annee"},
    )  # fmt: skip
    found = offer.capacity(p, GROUPS, by_period=True)
    assert found[["type", "period", "services", "places_known"]].values.tolist() == [
        ["eaje", "", 1, 0.0], ["alsh", "mercredi", 1, 40.0], ["alsh", "ete", 2, 80.0],
    ]  # fmt: skip
    alone = services(make_partnership, {"period": "ete", "places": 60.0})
    assert offer.capacity(alone, GROUPS, by_period=True)["period"].tolist() == [""]  # nothing to tell apart


_SAID = {
    "mercredi": (", mercredis", " – mercredi", " (le mercredi)"), "ete": (", été", " – vacances d’été", " en juillet"),
    "petites_vacances": (", petites vacances", " – vacances scolaires"), "samedi": (" du samedi",),
    "periscolaire": (", périscolaire", " du soir"),
}  # fmt: skip
_ONE = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["alsh", "accueil_jeunes"]),
        "name": st.sampled_from(["Club Exemple", "Loisirs Exemple-Un", "Les Exemples de la Rive"]),
        "commune": st.sampled_from(["90001", "90002"]),
        "manager": st.sampled_from(["Association Exemple", "Commune Exemple"]),
    }
)


@settings(deadline=None, max_examples=60)
@given(
    data=st.data(),
    wholes=st.lists(_ONE, min_size=1, max_size=5, unique_by=lambda x: tuple(sorted(x.items()))),
)
def test_counts_depend_neither_on_order_nor_on_how_a_service_is_cut(make_partnership, data, wholes):
    """The same services: each on one line, or cut in periods and named after them, in any order."""
    lines = []
    for whole in wholes:
        for period in data.draw(st.lists(st.sampled_from(list(_SAID)), min_size=1, max_size=4, unique=True)):
            suffix = data.draw(st.sampled_from(["", *_SAID[period]]))
            lines.append({**whole, "name": whole["name"] + suffix, "period": period, "places": 20.0})
    lines = data.draw(st.permutations(lines))
    cut = make_partnership({"offre.services": [{"id": f"S{i}", **line} for i, line in enumerate(lines)]})
    plain = make_partnership(
        {"offre.services": [{"id": f"W{i}", "places": 20.0, **line} for i, line in enumerate(wholes)]}
    )
    assert len(offer.by_service(cut)) == len(offer.by_service(plain)) == len(wholes)
    pd.testing.assert_frame_equal(offer.service_matrix(cut, GROUPS), offer.service_matrix(plain, GROUPS))
    columns = ["type", "group", "services", "places", "unknown"]
    order = ["type", "group"]
    ours = offer.capacity(cut, GROUPS)[columns].sort_values(order, ignore_index=True)
    theirs = offer.capacity(plain, GROUPS)[columns].sort_values(order, ignore_index=True)
    pd.testing.assert_frame_equal(ours, theirs)
    names = offer.by_service(cut)["name"]
    assert all(any(name.startswith(w["name"]) for w in wholes) for name in names)
