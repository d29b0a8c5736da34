"""Young people: counts, schooling, work, poverty; by hand from small worlds, and published values."""

import pytest

EPCI = "200000001"


def at_epci(*pairs, variable="POP", period="2023"):
    return [("epci", EPCI, variable, b, period, v) for b, v in pairs]


def test_young_people_from_single_years_and_by_sex(tiny, one):
    rows = [(f"age=Y{a};sex={s}", n) for a in range(10, 26) for s, n in (("F", 2), ("M", 3))]
    data = tiny({"DS_RP_TD_POPULATION_AGESEX_PRINC": at_epci(*rows)})
    row = one(data, "jeunes_par_age", "age=Y11T17")
    assert (row["value"], row["method"], row["status"]) == (35, "census", "observed")
    assert one(data, "jeunes_par_age", "age=Y18T24;sex=M")["value"] == 21


def test_young_people_from_the_schooling_table(tiny, one):
    data = tiny(
        {"DS_RP_EDUCATION_PRINC": at_epci(("age=Y11T14", 40), ("age=Y15T17", 30), ("age=Y18T24", 60))}
    )
    assert one(data, "jeunes_par_age", "age=Y11T17")["value"] == 70
    assert one(data, "jeunes_par_age", "age=Y18T24")["value"] == 60


def test_neither_in_work_nor_in_studies_as_published(larzac):
    """ANCT, RP 2018: 11.2 % in the EPCI, 13.6 % in Aveyron; in the annex, for its base is a regiment's."""
    value = larzac.value("part_jeunes_non_inseres", "", ("epci", "241200906"), "2018")
    assert (value.value, value.method) == (11.2, "as_published")
    assert larzac.value("part_jeunes_non_inseres", "", ("departement", "12"), "2018").value == 13.6


def test_schooling_of_the_young_and_those_out_of_school(tiny, one):
    rows = at_epci(
        ("age=Y15T17", 120), ("age=Y15T17;stud=1", 114), ("age=Y18T24", 200), ("age=Y18T24;stud=1", 50)
    )
    data = tiny({"DS_RP_EDUCATION_PRINC": rows})
    row = one(data, "taux_scolarisation_jeunes", "age=Y15T17")
    assert (row["value"], row["method"], row["status"]) == (95, "census", "observed")
    assert one(data, "taux_scolarisation_jeunes", "age=Y18T24")["value"] == 25
    out = one(data, "jeunes_15_17_non_scolarises")
    assert (out["value"], out["sources"]) == (6, "src_DS_RP_EDUCATION_PRINC")


def test_the_rounding_of_two_weighted_counts_is_not_a_negative_child(tiny, one):
    data = tiny({"DS_RP_EDUCATION_PRINC": at_epci(("age=Y15T17", 119.9), ("age=Y15T17;stud=1", 120.1))})
    assert one(data, "jeunes_15_17_non_scolarises")["value"] == 0


@pytest.mark.parametrize(
    "rows",
    [
        [("age=Y15T24", 200), ("age=Y15T24;empsta_enq=1", 80), ("age=Y15T24;empsta_enq=2", 20),
         ("age=Y15T24;empsta_enq=1T2", 100)],
        [("age=Y15T24", 200), ("age=Y15T24;empsta_enq=1", 80), ("age=Y15T24;empsta_enq=2", 20)],
    ],
)  # fmt: skip
def test_work_and_unemployment_of_the_young(tiny, one, rows):
    data = tiny({"DS_RP_EMPLOI_LR_PRINC": at_epci(*rows)})
    work, jobless = one(data, "taux_emploi_jeunes"), one(data, "taux_chomage_jeunes")
    assert (work["value"], work["denominator"]) == (40, 200)
    assert (jobless["value"], jobless["denominator"]) == (20, 100)
    assert (jobless["method"], jobless["status"]) == ("census", "observed")


def test_jobseekers_under_25_are_a_range(tiny, one):
    rows = [
        ("commune", c, "demandeurs_emploi", "age=Y_LT25;categorie=ABC", "2024-T4", 5, 2.5, 7.5, "rounded")
        for c in ("12001", "12002")
    ]
    row = one(tiny({"defm": rows}), "demandeurs_emploi_jeunes")
    assert (row["lower"], row["upper"], row["method"], row["status"]) == (5, 15, "rounding", "rounded")
    assert row["value"] != row["value"]


def test_poverty_under_thirty_as_published_or_secret(tiny, one):
    rows = [
        ("epci", EPCI, "TP60AGE1", "", "2021", None, None, None, "secret"),
        ("departement", "12", "TP60AGE1", "", "2021", 21.0),
    ]
    data = tiny({"filosofi": rows})
    assert one(data, "taux_pauvrete_moins_30")["status"] == "secret"
    row = one(data, "taux_pauvrete_moins_30", place=("departement", "12"))
    assert (row["value"], row["method"], row["sources"]) == (21.0, "as_published", "src_filosofi")
