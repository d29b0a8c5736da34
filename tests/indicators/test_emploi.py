"""Employment, commuting, jobseekers: tiny stores computed by hand."""

import pytest
from small_worlds import CAVALERIE, EPCI, NANT, cell, result, world

from ctg_lib.indicators.registry import iter_definitions

ACTIVITY = "DS_RP_EMPLOI_LR_PRINC"


def pair(dataset, variable, breakdown, first, second, period="2023", **more):
    return [
        (dataset, variable, breakdown, code, period, float(v), more)
        for code, v in ((CAVALERIE, first), (NANT, second))
    ]


def activity(sex=""):
    end = f";sex={sex}" if sex else ""
    half = 0.5 if sex else 1
    return [
        *pair(ACTIVITY, "POP", f"age=Y15T64{end}", 1200 * half, 800 * half),
        *pair(ACTIVITY, "POP", f"age=Y15T64;empsta_enq=1{end}", 900 * half, 500 * half),
        *pair(ACTIVITY, "POP", f"age=Y15T64;empsta_enq=2{end}", 60 * half, 40 * half),
    ]


def test_employment_and_unemployment(tmp_path):
    data = world(tmp_path, [*activity(), *activity("F")])
    row = cell(data, "taux_emploi")
    assert (row["value"], row["numerator"], row["denominator"]) == (70, 1400, 2000)
    assert (row["status"], row["method"], row["sources"]) == ("observed", "census", f"src_{ACTIVITY}")
    row = cell(data, "taux_chomage_rp")
    assert row["value"] == pytest.approx(100 * 100 / 1500)
    women = cell(data, "taux_chomage_rp", breakdown="sex=F")
    assert women["denominator"] == 750
    assert women["value"] == pytest.approx(100 * 50 / 750)


def test_totals_and_sexes_are_not_added(tmp_path):
    """The total of both sexes and the rows by sex lie in one table: a count takes one of the two."""
    alone = cell(world(tmp_path / "a", activity()), "taux_emploi")
    mixed = cell(world(tmp_path / "b", [*activity(), *activity("F"), *activity("M")]), "taux_emploi")
    assert (alone["numerator"], alone["denominator"]) == (mixed["numerator"], mixed["denominator"])


def test_commuting(tmp_path):
    def area(code, first, second):
        end = f";work_area={code}" if code else ""
        return pair("DS_RP_NAVETTES_PRINC", "POP", f"age=Y_GE15;empsta_enq=1{end}", first, second)

    rows = [*area("10", 600, 100), *area("21", 200, 250), *area("22", 50, 20), *area("23", 40, 20),
            *area("24T30", 10, 10), *area("", 900, 400)]  # fmt: skip
    data = world(tmp_path, rows)
    own, away = cell(data, "part_travail_commune"), cell(data, "part_travail_hors_commune")
    assert own["value"] == pytest.approx(100 * 700 / 1300)
    assert away["value"] == pytest.approx(100 * 600 / 1300)
    assert own["value"] + away["value"] == pytest.approx(100)
    assert away["method"] == "census"


def test_means_of_transport(tmp_path):
    rows = [
        row
        for code, first, second in (("1", 300, 20), ("2", 90, 60), ("3", 10, 10), ("4", 10, 10), ("5", 480, 290),
                                    ("6", 10, 10))
        for row in pair("DS_RP_NAVETTES_PRINC", "POP", f"age=Y_GE15;empsta_enq=1;trans={code}", first, second)
    ]  # fmt: skip
    row = cell(world(tmp_path, rows), "part_transport_travail", breakdown="transport=5")
    assert row["value"] == pytest.approx(100 * 770 / 1300)


def test_households_without_a_car(tmp_path):
    rows = [
        *pair("DS_RP_LOGEMENT_PRINC", "DWELLINGS", "ocs=DW_MAIN", 500, 300),
        *pair("DS_RP_LOGEMENT_PRINC", "DWELLINGS", "cars=C0;ocs=DW_MAIN", 50, 38),
    ]
    row = cell(world(tmp_path, rows), "part_menages_sans_voiture")
    assert (row["value"], row["numerator"], row["denominator"]) == (pytest.approx(11), 88, 800)


def test_no_diploma(tmp_path):
    codes = ("001T100_RP", "200_RP", "300_RP", "350T351_RP", "500_RP", "600_RP", "700_RP")
    rows = [
        row
        for code, n in zip(codes, (200, 50, 300, 200, 100, 80, 70), strict=True)
        for row in pair("DS_RP_DIPLOMES_PRINC", "POP", f"age=Y_GE15;educ={code}", n, n)
    ]
    data = world(tmp_path, [*rows, ("taux_repris", "part_sans_diplome", "", EPCI, "2016", 25.0)])
    assert cell(data, "part_sans_diplome", period="2023")["value"] == 20
    assert cell(data, "part_sans_diplome", period="2016")["method"] == "computed_by_republisher"


def test_jobseekers_are_a_range_and_so_is_their_rate(tmp_path):
    rows = [*activity()]
    for code, value in ((CAVALERIE, 80), (NANT, 40)):
        more = {"low": value - 2.5, "high": value + 2.5, "status": "rounded"}
        rows.append(("defm", "demandeurs_emploi", "categorie=ABC", code, "2024-T4", float(value), more))
    data = world(tmp_path, rows)
    count = cell(data, "demandeurs_emploi")
    assert (count["lower"], count["upper"], count["method"]) == (115, 125, "rounding")
    rate = cell(data, "demandeurs_emploi_100_actifs")
    assert rate["lower"] == pytest.approx(100 * 115 / 1500)
    assert rate["upper"] == pytest.approx(100 * 125 / 1500)
    assert rate["status"] == "estimated"  # jobseekers of 2024 over active people of 2023
    assert rate["sources"] == f"src_{ACTIVITY}+src_defm"


def test_pupils_who_study_elsewhere(tmp_path):
    pairs = [(CAVALERIE, CAVALERIE, 200), (CAVALERIE, NANT, 20), (CAVALERIE, "12145", 60), (NANT, NANT, 100),
             (NANT, "12145", 20)]  # fmt: skip
    data = world(tmp_path, [("migsco", "personnes", f"vers={b}", a, "2022", float(n)) for a, b, n in pairs])
    assert cell(data, "eleves_scolarises_ailleurs")["value"] == 80
    assert cell(data, "part_eleves_scolarises_ailleurs")["value"] == pytest.approx(20)


def test_nothing_in_the_store_is_an_empty_frame(tmp_path):
    data = world(tmp_path, [])
    for rule in iter_definitions():
        if rule.theme == "emploi":
            assert result(data, rule.id).empty, rule.id
