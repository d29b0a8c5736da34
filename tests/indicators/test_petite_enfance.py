"""Childcare: published places win, working parents, benefits, sites, needs to come."""

import numpy as np
import pytest

EPCI = "200000001"


def rate(breakdown, value):
    return ("epci", EPCI, "txcouv", breakdown, "2023", value, round(value - 0.05, 2), round(value + 0.05, 2))


RATES = [
    rate("", 60.5), rate("mode=eaje", 16.3), rate("mode=am_ind", 36.9), rate("mode=gad_ind", 0.7), rate("mode=ind", 37.6),
    rate("mode=psu_col", 10.1),
]  # fmt: skip
PLACES = [
    ("epci", EPCI, "places", b, "2023", v)
    for b, v in (("", 80), ("mode=eaje", 22), ("mode=am_ind", 48), ("mode=gad_ind", 2), ("mode=psu_col", 22))
]


def test_coverage_by_mode_and_by_funding_as_published(tiny, one, result):
    data = tiny({"txcouv_pe": RATES})
    row = one(data, "taux_couverture", "gestion=psu_col")
    assert (row["value"], row["lower"], row["upper"]) == (10.1, 10.05, 10.15)
    assert (row["method"], row["status"], row["sources"]) == (
        "as_published_rounded",
        "observed",
        "src_txcouv_pe",
    )
    assert "mode=ind" not in set(result(data, "taux_couverture")["breakdown"])  # a sum of two modes


def test_published_places_win_over_deduced_ones(tiny, one):
    local = [("structure", "12001-creche", "places", "commune=12001;type=multi_accueil", "2024", 22)]
    data = tiny({"txcouv_pe": RATES, "offre_eaje": local})
    deduced = one(data, "places_accueil")
    assert round(deduced["value"], 1) == 81.7  # 60.5 × 22 / 16.3
    assert (deduced["method"], deduced["status"]) == ("assumed", "estimated")
    data = tiny({"txcouv_pe": RATES, "offre_eaje": local, "nbpla_pe": PLACES})
    published = one(data, "places_accueil")
    assert (published["value"], published["method"], published["status"]) == (80, "as_published", "observed")
    assert one(data, "places_accueil", "gestion=psu_col")["value"] == 22
    assert published["sources"] == "src_nbpla_pe"


def test_share_of_childminders_and_home_care(tiny, one):
    row = one(tiny({"txcouv_pe": RATES, "nbpla_pe": PLACES}), "part_accueil_individuel")
    assert (row["value"], row["numerator"], row["denominator"]) == (62.5, 50, 80)
    assert row["method"] == "exhaustive"


def test_share_of_childminders_from_rates_has_the_bounds_of_their_rounding(tiny, one):
    """(36.9 + 0.7) / 60.5, each ± 0.05: 37.5 / 60.55 to 37.7 / 60.45."""
    row = one(tiny({"txcouv_pe": RATES}), "part_accueil_individuel")
    assert row["value"] == pytest.approx(62.149, abs=0.001)
    assert row["lower"] == pytest.approx(61.932, abs=0.001)
    assert row["upper"] == pytest.approx(62.366, abs=0.001)
    assert row["method"] == "derived"


PARENTS = {"A111": 10, "A121": 50, "A221": 120, "A112": 10, "A122": 40, "A222": 50, "A223": 10, "A224": 10}


@pytest.fixture
def working(tiny):
    rows = [
        ("epci", EPCI, "POP", f"age={age};tfn={t}", "2023", n)
        for age in ("Y_LT2", "Y2T5")
        for t, n in PARENTS.items()
    ]
    return tiny({"DS_RP_TD_FAMILLE_AGEENF_COMP": rows, "txcouv_pe": RATES})


def test_children_whose_parents_all_work(one, working):
    """180 of 300: worth 100 drawn at random; Wilson of 60/100 is 50.2 to 69.1 %."""
    row = one(working, "part_enfants_parents_occupes", "age=Y_LT2")
    assert row["value"] == 60
    assert (round(row["lower"], 1), round(row["upper"], 1)) == (50.2, 69.1)
    assert (row["method"], row["status"]) == ("sample_one_in_four", "observed")
    assert one(working, "part_enfants_parents_occupes", "age=Y2T5")["denominator"] == 300


def test_places_for_children_whose_parents_work_are_an_estimate(one, working):
    row = one(working, "places_parents_occupes")
    assert row["value"] == pytest.approx(60.5 / 0.6)
    assert row["lower"] == pytest.approx(60.45 / 0.691, abs=0.1)
    assert row["upper"] == pytest.approx(60.55 / 0.502, abs=0.1)
    assert (row["method"], row["status"]) == ("rounding_and_sample", "estimated")
    assert row["sources"] == "src_DS_RP_TD_FAMILLE_AGEENF_COMP+src_txcouv_pe"


def test_no_pressure_index_on_few_children(tiny, result):
    rows = [("epci", EPCI, "POP", f"age=Y_LT2;tfn={t}", "2023", n / 10) for t, n in PARENTS.items()]
    data = tiny({"DS_RP_TD_FAMILLE_AGEENF_COMP": rows, "txcouv_pe": RATES})
    assert result(data, "places_parents_occupes").empty


@pytest.mark.parametrize(
    ("indicator", "variable"),
    [
        ("foyers_cmg", "indfoy_cmg"),
        ("foyers_allocation_base", "indfoy_ab"),
        ("foyers_prepare", "indfoy_prepare"),
    ],
)
def test_benefits_keep_the_bounds_of_their_rounding(tiny, one, indicator, variable):
    rows = [("epci", EPCI, variable, "", "2024-12", 35, 33, 39, "rounded")]
    row = one(tiny({"s_ben_f": rows}), indicator)
    assert (row["value"], row["lower"], row["upper"]) == (35, 33, 39)
    assert (row["method"], row["status"], row["sources"]) == ("rounding", "rounded", "src_s_ben_f")


def test_rounded_communes_sum_to_a_range(tiny, one):
    rows = [("commune", c, "indfoy_cmg", "", "2024-12", 10, 8, 14, "rounded") for c in ("12001", "12002")]
    row = one(tiny({"s_ben_f": rows}), "foyers_cmg")
    assert np.isnan(row["value"])
    assert (row["lower"], row["upper"]) == (16, 28)


def test_childcare_sites_of_the_reference_territory(larzac):
    """Insee, BPE 2025: one EAJE and one relais petite enfance at La Cavalerie, no micro-crèche."""
    for kind, expected in (("D502", 1), ("D504", 1), ("D509", 0)):
        value = larzac.value("sites_petite_enfance", f"type={kind}")
        assert (value.value, value.period, value.method) == (expected, "2025", "exhaustive")


def test_household_employers_under_each_measure(tiny, one):
    rows = [("epci", EPCI, "EMPLOYERS", "", "2023", 120), ("epci", EPCI, "EMPLOYEES", "", "2023", 95)]
    data = tiny({"DS_FLORES_PE": rows})
    assert one(data, "particuliers_employeurs", "mesure=employers")["value"] == 120
    row = one(data, "particuliers_employeurs", "mesure=employees")
    assert (row["value"], row["method"]) == (95, "as_published")


def test_children_aged_two_at_school(tiny, one):
    data = tiny(
        {
            "DS_RP_TD_EDUCATION_PRINC": [("epci", EPCI, "POP", "age=Y2", "2023", 30)],
            "DS_RP_TD_POPULATION_AGESEX_PRINC": [
                ("epci", EPCI, "POP", f"age=Y2;sex={s}", "2023", 60) for s in ("F", "M")
            ],
        }
    )
    row = one(data, "taux_scolarisation_2_ans")
    assert (row["value"], row["denominator"], row["method"], row["status"]) == (25, 120, "census", "observed")


BIRTHS = [30, 30, 60, 60, 60, 40, 40, 40, 50, 40]
"""2016 to 2025. Three-year sums: lowest 120 (2016–18, 2021–23), highest 180; mean of six years 45."""


@pytest.fixture
def births():
    return [("epci", EPCI, "LVB", "", str(2016 + i), n) for i, n in enumerate(BIRTHS)]


def scenarios(one, data, indicator, column="value"):
    return {
        s: float(one(data, indicator, f"scenario={s}")[column]) for s in ("bas", "moyen", "haut", "actuel")
    }


def test_children_at_the_horizon_of_a_convention(tiny, one, births):
    data = tiny({"DS_ETAT_CIVIL_NAIS_COMMUNES": births})
    whole = one(data, "enfants_fin_convention")
    assert (whole["period"], whole["lower"], whole["upper"]) == ("2030", 120, 180)
    assert np.isnan(whole["value"])
    # 130 = the births of 2023 to 2025
    assert scenarios(one, data, "enfants_fin_convention") == {
        "bas": 120,
        "moyen": 135,
        "haut": 180,
        "actuel": 130,
    }
    assert (whole["method"], whole["status"]) == ("scenario", "estimated")


def test_places_at_the_horizon_are_the_published_rate_of_the_same_children(tiny, one, births):
    """60.5 places for 100 children × 120, 135, 180 and 130 children; the 80 places published say nothing here."""
    data = tiny({"DS_ETAT_CIVIL_NAIS_COMMUNES": births, "txcouv_pe": RATES, "nbpla_pe": PLACES})
    places = scenarios(one, data, "besoins_accueil_fin_convention")
    assert places == pytest.approx({"bas": 72.6, "moyen": 81.675, "haut": 108.9, "actuel": 78.65})
    children = scenarios(one, data, "besoins_accueil_fin_convention", "denominator")
    assert children == {"bas": 120, "moyen": 135, "haut": 180, "actuel": 130}
    whole = one(data, "besoins_accueil_fin_convention")
    assert (whole["lower"], whole["upper"]) == pytest.approx((72.6, 108.9))
    assert (whole["method"], whole["period"]) == ("scenario", "2030")
    assert whole["sources"] == "src_DS_ETAT_CIVIL_NAIS_COMMUNES+src_txcouv_pe"


def test_the_latest_published_rate_counts(tiny, one, births):
    older = ("epci", EPCI, "txcouv", "", "2022", 40.0, 39.95, 40.05)
    data = tiny({"DS_ETAT_CIVIL_NAIS_COMMUNES": births, "txcouv_pe": [*RATES, older]})
    assert one(data, "besoins_accueil_fin_convention", "scenario=bas")["value"] == pytest.approx(72.6)


def test_no_needs_without_a_published_rate(tiny, result, births):
    data = tiny({"DS_ETAT_CIVIL_NAIS_COMMUNES": births, "nbpla_pe": PLACES})
    assert result(data, "besoins_accueil_fin_convention").empty


def test_the_horizon_is_said_and_departures_are_not_promised():
    from ctg_lib.indicators.registry import VOCABULARY, definition

    for name in ("enfants_fin_convention", "besoins_accueil_fin_convention"):
        assert "dernière année de naissances connue + 5 ans" in definition(name).definition
        assert "non la date de fin" in definition(name).definition
    assert set(VOCABULARY["scenario"]) == {"bas", "moyen", "haut", "actuel"}
    assert "se demandent au Département (PMI)" in definition("besoins_accueil_fin_convention").caution


def test_needs_of_the_reference_territory(larzac):
    """Insee, births 2016–2025: 52 41 37 41 57 59 37 31 50 35. Three years: 116 (2023–25) to 157 (2019–21)."""
    children, places = {}, {}
    for name in ("bas", "moyen", "haut", "actuel"):
        children[name] = larzac.value("enfants_fin_convention", f"scenario={name}").value
        places[name] = larzac.value("besoins_accueil_fin_convention", f"scenario={name}").value
    assert children == {"bas": 116, "moyen": 134.5, "haut": 157, "actuel": 116}
    # Cnaf, 2023: 60.5 places for 100 children, in every scenario
    assert places == pytest.approx({"bas": 70.18, "moyen": 81.3725, "haut": 94.985, "actuel": 70.18})


def test_the_horizon_is_a_parameter(tiny, births):
    from ctg_lib.indicators.petite_enfance import enfants_fin_convention

    data = tiny({"DS_ETAT_CIVIL_NAIS_COMMUNES": births})
    assert set(enfants_fin_convention(data, horizon=3)["period"]) == {"2028"}


def test_no_scenario_without_ten_years_of_births(tiny, result, births):
    data = tiny({"DS_ETAT_CIVIL_NAIS_COMMUNES": births[1:]})
    assert result(data, "enfants_fin_convention").empty


def test_coverage_by_commune_stands_apart(tiny, one, result):
    """The older files of all communes (2020, 2021) never mix with the rates of EPCI."""
    data = tiny({"txcouv_pe": [*RATES, ("commune", "12001", "txcouv", "", "2021", 40.0, 39.95, 40.05)]})
    row = one(data, "taux_couverture_communes", place=("commune", "12001"))
    assert (row["value"], row["period"], row["method"]) == (40.0, "2021", "as_published_rounded")
    assert set(result(data, "taux_couverture_communes")["level"]) == {"commune"}
