"""Population, ages, balances, families, households: by hand from small worlds; one published series."""

import numpy as np
import pytest

FIRST, SECOND = ("commune", "12001"), ("commune", "12002")


def both(variable, breakdown, period, first, second):
    return [
        ("commune", "12001", variable, breakdown, period, first),
        ("commune", "12002", variable, breakdown, period, second),
    ]


@pytest.fixture
def legal():
    return [*both("PMUN", "", "2018", 500, 300), *both("PMUN", "", "2023", 600, 400)]


def events(variable, first, second):
    return [row for year in range(2018, 2024) for row in both(variable, "", str(year), first, second)]


def test_mean_annual_change(tiny, one, legal):
    row = one(tiny({"DS_POPULATIONS_REFERENCE": legal}), "evolution_population")
    assert row["period"] == "2018-2023"
    assert row["value"] == pytest.approx(100 * ((1000 / 800) ** 0.2 - 1))  # 4.56 % a year
    assert (row["method"], row["status"], row["sources"]) == (
        "exhaustive", "observed", "src_DS_POPULATIONS_REFERENCE",
    )  # fmt: skip


def test_change_between_censuses_from_the_historical_series(tiny, one):
    history = [
        row
        for year, p in (("2012", 800), ("2017", 900), ("2023", 1000))
        for row in both("POP", "", year, p, 0)
    ]
    data = tiny({"DS_RP_SERIE_HISTORIQUE": history})
    row = one(data, "evolution_population", period="2017-2023")
    assert row["value"] == pytest.approx(100 * ((1000 / 900) ** (1 / 6) - 1))
    assert row["method"] == "census"
    assert one(data, "evolution_population", period="2012-2017")["numerator"] == 900


def test_balances_of_five_years(tiny, one, legal):
    """800 to 1,000 inhabitants; births 6 a year, deaths 10: natural −20, apparent migration +220."""
    data = tiny(
        {
            "DS_POPULATIONS_REFERENCE": legal,
            "DS_ETAT_CIVIL_NAIS_COMMUNES": events("LVB", 4, 2),
            "DS_ETAT_CIVIL_DECES_COMMUNES": events("DTH", 5, 5),
        }
    )
    moved = one(data, "solde_migratoire_apparent")
    assert (moved["value"], moved["method"], moved["status"]) == (220, "exhaustive", "observed")
    assert moved["denominator"] == 800
    assert moved["sources"].count("+") == 2
    natural, migration = one(data, "taux_solde_naturel"), one(data, "taux_solde_migratoire")
    yearly = 100 * ((1000 / 800) ** 0.2 - 1)
    assert natural["value"] == pytest.approx(yearly * -20 / 200)
    assert migration["value"] == pytest.approx(yearly * 220 / 200)
    assert natural["value"] + migration["value"] == pytest.approx(yearly)
    assert natural["numerator"] == -20


def test_a_stable_population_has_a_natural_rate_too(tiny, one):
    legal = [*both("PMUN", "", "2018", 600, 400), *both("PMUN", "", "2023", 600, 400)]
    data = tiny(
        {
            "DS_POPULATIONS_REFERENCE": legal,
            "DS_ETAT_CIVIL_NAIS_COMMUNES": events("LVB", 4, 2),
            "DS_ETAT_CIVIL_DECES_COMMUNES": events("DTH", 5, 5),
        }
    )
    assert one(data, "taux_solde_naturel")["value"] == pytest.approx(100 * -20 / 5 / 1000)
    assert one(data, "taux_solde_migratoire")["value"] == pytest.approx(100 * 20 / 5 / 1000)


def test_a_missing_year_of_births_gives_no_balance(tiny, one, legal):
    births = [row for row in events("LVB", 4, 2) if row[4] != "2020"]
    data = tiny(
        {
            "DS_POPULATIONS_REFERENCE": legal,
            "DS_ETAT_CIVIL_NAIS_COMMUNES": births,
            "DS_ETAT_CIVIL_DECES_COMMUNES": events("DTH", 5, 5),
        }
    )
    row = one(data, "solde_migratoire_apparent")
    assert row["status"] == "missing"
    assert np.isnan(row["value"])


def test_balances_of_the_historical_series_use_births_since_the_census_before(tiny, one):
    history = [
        *both("POP", "", "2017", 600, 300), *both("POP", "", "2023", 600, 400),
        *both("BRTH", "", "2017", 99, 99), *both("BRTH", "", "2023", 20, 10),
        *both("DEATH", "", "2017", 99, 99), *both("DEATH", "", "2023", 30, 40),
    ]  # fmt: skip
    row = one(tiny({"DS_RP_SERIE_HISTORIQUE": history}), "solde_migratoire_apparent")
    assert (row["value"], row["period"], row["method"]) == (140, "2017-2023", "census")


def test_published_rates_of_a_third_party_say_so(larzac):
    """Insee RP 2016 and 2022, rates computed from its bases and republished: −0.67 and +4.40 % a year."""
    for indicator, expected in (("taux_solde_naturel", -0.67), ("taux_solde_migratoire", 4.40)):
        value = larzac.value(indicator, "", ("epci", "241200906"), "2016-2022")
        assert value.value == expected
        assert value.method == "computed_by_republisher"
        assert value.lower is None


def single_years(dataset_ages):
    return [
        row
        for age in dataset_ages
        for sex in ("F", "M")
        for row in both("POP", f"age=Y{age};sex={sex}", "2023", 2.5, 1.5)
    ]


def test_children_by_school_ages_are_sums_of_single_years(tiny, one):
    data = tiny({"DS_RP_TD_POPULATION_AGESEX_PRINC": single_years(range(20))})
    expected = {"Y0T2": 24, "Y3T5": 24, "Y6T10": 40, "Y11T14": 32, "Y15T17": 24}
    for age, value in expected.items():
        row = one(data, "enfants_par_age", f"age={age}")
        assert (row["value"], row["method"], row["status"]) == (value, "census", "observed")
    assert one(data, "enfants_par_age")["value"] == 144
    assert one(data, "enfants_par_age", "age=Y0T2", FIRST)["value"] == 15


def test_five_year_bands_are_never_interpolated(tiny, result):
    bands = [
        row for a in ("Y0T4", "Y5T9") for s in "FM" for row in both("POP", f"age={a};sex={s}", "2023", 9, 9)
    ]
    assert result(tiny({"DS_RP_TD_POPULATION_AGESEX_PRINC": bands}), "enfants_par_age").empty


def test_bands_of_the_schooling_table_fill_in(tiny, one, result):
    rows = both("POP", "age=Y6T10", "2023", 30, 20)
    data = tiny({"DS_RP_EDUCATION_PRINC": rows})
    assert one(data, "enfants_par_age", "age=Y6T10")["value"] == 50
    assert set(result(data, "enfants_par_age")["breakdown"]) == {"age=Y6T10"}


def pyramid(young, adult, old):
    ages = {"Y0T4": young, "Y20T24": adult, "Y80T84": old}
    return [
        row
        for a, n in ages.items()
        for s in "FM"
        for row in both("POP", f"age={a};sex={s}", "2023", n / 2, n / 2)
    ]


@pytest.mark.parametrize(
    ("indicator", "expected"),
    # 100 people under 20, 200 adults, 100 aged 80 to 84, in each of two communes
    [("part_moins_20", 25), ("part_65_plus", 25), ("part_75_plus", 25), ("indice_vieillissement", 100)],
)
def test_structure_by_age(tiny, one, indicator, expected):
    data = tiny({"DS_RP_TD_POPULATION_AGESEX_PRINC": pyramid(100, 200, 100)})
    row = one(data, indicator)
    assert (row["value"], row["method"], row["status"]) == (expected, "census", "observed")


def test_the_main_table_gives_other_vintages(tiny, one):
    rows = [
        *both("POP", "", "2017", 300, 100), *both("POP", "age=Y_LT20", "2017", 60, 40),
        *both("POP", "age=Y_GE65", "2017", 90, 30),
    ]  # fmt: skip
    data = tiny({"DS_RP_POPULATION_PRINC": rows})
    assert one(data, "part_moins_20")["value"] == 25
    assert one(data, "part_65_plus")["value"] == 30
    assert one(data, "indice_vieillissement")["value"] == 120


FAMILIES = [
    ("", 500), ("tfn=1", 120), ("tfn=22", 180), ("tfn=11", 30), ("tfn=12", 90), ("tfn=21", 200),
    ("nch=CH1_Y_LT25", 100), ("nch=CH2_Y_LT25", 80), ("nch=CH3_Y_LT25", 15), ("nch=CH_GE4_Y_LT25", 5),
]  # fmt: skip


@pytest.fixture
def families(tiny):
    return tiny({"DS_RP_FAMILLE_COMP": [("epci", "200000001", "FAM", b, "2023", v) for b, v in FAMILIES]})


@pytest.mark.parametrize(
    ("indicator", "breakdown", "value", "lower", "upper"),
    [
        # 120 of 300 families with children: worth 100 drawn at random; Wilson of 40/100
        ("part_familles_monoparentales", "", 40.0, 30.9, 49.8),
        # mothers alone, 90 of 300; Wilson of 30/100 (21.9 to 39.6)
        ("part_familles_monoparentales", "sex=F", 30.0, 21.9, 39.6),
        ("part_familles_monoparentales", "sex=M", 10.0, 5.5, 17.4),  # Wilson of 10/100
        ("part_familles_monoparentales_ensemble", "", 24.0, 18.15, 31.02),  # 120/500: Wilson of 40/166.7
        ("part_familles_nombreuses", "", 10.0, 4.85, 19.51),  # 20/200: Wilson of 6.67/66.7
    ],
)
def test_shares_of_families_with_the_interval_of_the_sample(
    one, families, indicator, breakdown, value, lower, upper
):
    row = one(families, indicator, breakdown)
    assert row["value"] == pytest.approx(value)
    assert row["lower"] == pytest.approx(lower, abs=0.06)
    assert row["upper"] == pytest.approx(upper, abs=0.06)
    assert (row["method"], row["status"], row["sources"]) == (
        "sample_one_in_four", "observed", "src_DS_RP_FAMILLE_COMP",
    )  # fmt: skip


def test_families_with_children_are_a_sampled_count(one, families):
    row = one(families, "familles_enfants")
    assert row["value"] == 200
    assert row["lower"] < 200 < row["upper"]
    assert row["method"] == "sample_one_in_four"


def test_the_wide_base_gives_other_vintages(tiny, one):
    columns = {
        "C_FAM": 500,
        "C_FAMMONO": 120,
        "C_COUPAENF": 180,
        "C_MEN": 800,
        "C_MENFAMMONO": 100,
        "C_MENCOUPAENF": 160,
    }
    data = tiny({"base_cc": [("epci", "200000001", c, "", "2022", v) for c, v in columns.items()]})
    assert one(data, "part_familles_monoparentales")["value"] == 40
    households = one(data, "part_menages_monoparentaux")
    assert (households["value"], households["denominator"]) == (12.5, 800)
    assert one(data, "part_menages_couple_enfants")["value"] == 20


def test_households_republished(larzac):
    """Insee RP 2022: 6.42 % of households are lone-parent ones (métropole 9.77), republished."""
    value = larzac.value("part_menages_monoparentaux", "", ("epci", "241200906"), "2022")
    assert (value.value, value.method) == (6.42, "computed_by_republisher")
    assert larzac.value("part_menages_monoparentaux", "", ("france", "FM"), "2022").value == 9.77


@pytest.fixture
def households(tiny, legal):
    rows = [
        *both("DWELLINGS", "ocs=DW_MAIN", "2023", 200, 160),
        *both("DWELLINGS_POPSIZE", "ocs=DW_MAIN", "2023", 420.0, 400.4),
    ]
    return tiny({"DS_POPULATIONS_REFERENCE": legal, "DS_RP_LOGEMENT_PRINC": rows})


@pytest.mark.parametrize(
    ("indicator", "place", "value"),
    [
        ("taille_menages", FIRST, 2.1),
        ("population_menages", FIRST, 420),
        ("population_hors_menages", FIRST, 180),
        ("population_hors_menages", SECOND, 0),  # 400 − 400.4: the rounding of a weighted count
        ("part_hors_menages", FIRST, 30),
        ("part_hors_menages", ("epci", "200000001"), 17.96),
    ],
)
def test_people_in_and_outside_households(one, households, indicator, place, value):
    row = one(households, indicator, place=place)
    assert row["value"] == pytest.approx(value)
    assert (row["method"], row["status"]) == ("census", "observed")


def test_more_people_in_households_than_inhabitants_is_not_a_count(tiny, one, legal):
    rows = both("DWELLINGS_POPSIZE", "", "2023", 650, 400)
    row = one(
        tiny({"DS_POPULATIONS_REFERENCE": legal, "DS_RP_LOGEMENT_PRINC": rows}),
        "population_hors_menages",
        place=FIRST,
    )
    assert row["status"] == "missing"


def test_natural_change_with_and_without_nant(larzac):
    """By hand from births, deaths (civil registration) and legal populations of the 16 communes: 2018–2022 −229,
    Nant −228, La Cavalerie +55; 6 079 to 6 746 inhabitants, 5 080 to 5 720 without Nant, 4 389 to 4 523 without
    La Cavalerie; 2023–2025 −143, Nant −97."""
    rates = larzac.with_and_without("taux_solde_naturel", "12168").set_index(["breakdown", "period"])
    yearly = 100 * ((6746 / 6079) ** 0.2 - 1)
    assert rates.loc[("", "2018-2023"), "value"] == pytest.approx(yearly * -229 / 667)
    rest = 100 * ((5720 / 5080) ** 0.2 - 1)
    assert rates.loc[("sans=12168", "2018-2023"), "value"] == pytest.approx(rest * -1 / 640)
    other = larzac.with_and_without("taux_solde_naturel", "12063").set_index(["breakdown", "period"])
    rest = 100 * ((4523 / 4389) ** 0.2 - 1)
    assert other.loc[("sans=12063", "2018-2023"), "value"] == pytest.approx(rest * -284 / 134)
    counts = larzac.with_and_without("solde_naturel", "12168").set_index(["breakdown", "period"])["value"]
    assert (counts["", "2023-2025"], counts["sans=12168", "2023-2025"]) == (-143, -46)
