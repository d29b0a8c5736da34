"""Community life, access to rights and health: tiny stores computed by hand."""

import pytest
from small_worlds import AVEYRON, CAVALERIE, EPCI, NANT, cell, result, world

from ctg_lib.indicators.registry import definition, iter_definitions

BPE = "DS_BPE"


def both(dataset, variable, breakdown, first, second, period="2025", **more):
    return [
        (dataset, variable, breakdown, code, period, float(v), more)
        for code, v in ((CAVALERIE, first), (NANT, second))
    ]


SPORT = [
    *both(BPE, "FACILITIES", "facility_type=F103", 2, 1),
    *both(BPE, "FACILITIES", "facility_type=F121", 1, 0),
    *both(BPE, "FACILITIES", "facility_type=F307", 0, 1),
    *both(BPE, "FACILITIES", "facility_type=F201", 5, 5),  # bathing places: left out
    *both(BPE, "FACILITIES", "facility_type=D265", 3, 0),
]


def test_sport_and_culture(tmp_path):
    data = world(tmp_path, SPORT)
    row = cell(data, "equipements_sport_culture")
    assert (row["value"], row["status"], row["method"], row["sources"]) == (
        5,
        "observed",
        "exhaustive",
        "src_DS_BPE",
    )
    assert cell(data, "equipements_sport_culture", breakdown="domaine=sport")["value"] == 4
    assert cell(data, "equipements_sport_culture", breakdown="domaine=culture")["value"] == 1
    assert cell(data, "equipements_sport_culture", CAVALERIE)["value"] == 3
    assert cell(data, "communes_sans_sport_culture")["value"] == 0
    assert cell(data, "communes_sans_sport_culture", breakdown="domaine=culture")["value"] == 1
    rate = cell(data, "equipements_sport_culture_1000")
    assert rate["value"] == pytest.approx(1000 * 5 / 3000)
    assert rate["status"] == "estimated"  # sites of 2025 over inhabitants of 2023
    assert rate["sources"] == "src_DS_BPE+src_DS_POPULATIONS_REFERENCE"


def test_a_list_that_does_not_name_a_commune_gives_no_total(tmp_path):
    data = world(tmp_path, [(BPE, "FACILITIES", "facility_type=F103", CAVALERIE, "2025", 2.0)])
    row = cell(data, "equipements_sport_culture")
    assert (row["status"], row["method"]) == ("missing", "incomplete")
    assert row["value"] != row["value"]
    assert cell(data, "equipements_sport_culture", CAVALERIE)["value"] == 2


def test_people_whose_commune_lacks_a_service(tmp_path):
    data = world(tmp_path, SPORT)
    row = cell(data, "part_habitants_sans_service", breakdown="service=medecin")
    assert row["value"] == pytest.approx(100 * 1000 / 3000)
    assert (row["numerator"], row["denominator"]) == (1000, 3000)
    library = cell(data, "part_habitants_sans_service", breakdown="service=bibliotheque")
    assert library["value"] == pytest.approx(100 * 2000 / 3000)
    assert set(result(data, "part_habitants_sans_service")["level"]) <= {"epci", "departement"}


def test_sports_licences_as_published(tmp_path):
    """ANCT, 2018: 33.8 % of the under 15 of Larzac et Vallées, 44.5 % in La Cavalerie."""
    rows = [("observatoire_territoires", "licsport", "", EPCI, "2018", 33.8),
            ("observatoire_territoires", "licsport", "", CAVALERIE, "2018", 44.5)]  # fmt: skip
    row = cell(world(tmp_path, rows), "part_licencies_sport_0_14")
    assert (row["value"], row["method"], row["status"]) == (33.8, "as_published", "observed")
    assert row[["lower", "upper", "numerator"]].isna().all()


def test_associations_are_annexed(tmp_path):
    data = world(tmp_path, both("rna", "associations", "", 30, 30))
    row = cell(data, "associations_1000")
    assert row["value"] == pytest.approx(20)
    assert definition("associations_1000").annex
    assert "dorment" in definition("associations_1000").caution


def test_digital_mediation(tmp_path):
    data = world(tmp_path, both("mediation_numerique", "lieux", "", 2, 1))
    assert cell(data, "lieux_mediation_numerique")["value"] == 3
    assert cell(data, "lieux_mediation_10000")["value"] == pytest.approx(10)


def test_fibre(tmp_path):
    """Arcep, second quarter of 2026: 5 677 of 5 908 premises of the sixteen communes, 96.1 %."""
    rows = [*both("fthd", "locaux", "", 3000, 2908, "2026-T2"),
            *both("fthd", "locaux_raccordables", "", 2900, 2777, "2026-T2")]  # fmt: skip
    row = cell(world(tmp_path, rows), "part_locaux_fibre")
    assert round(row["value"], 1) == 96.1
    assert (row["numerator"], row["denominator"], row["method"]) == (5677, 5908, "exhaustive")


def test_fragility_is_taken_as_published_and_annexed(tmp_path):
    data = world(tmp_path, [("fragilite_numerique", "indice", "", CAVALERIE, "2020", 91.5)])
    assert cell(data, "fragilite_numerique", CAVALERIE)["value"] == 91.5
    assert EPCI not in set(result(data, "fragilite_numerique")["code"])  # an index does not add up
    assert definition("fragilite_numerique").annex


def sites(*hours):
    return [
        ("france_services", "heures_site", f"commune={code}", f"1089@{code}", "2024-08-01", value)
        for code, value in zip((CAVALERIE, NANT), hours, strict=True)
    ]


def test_opening_hours_site_by_site(tmp_path):
    day = [
        ("france_services", "heures_site", f"commune={NANT};jour=lundi", f"1089@{NANT}", "2024-08-01", 3.0)
    ]
    data = world(tmp_path, [*sites(12.0, 15.0), *day])
    assert cell(data, "heures_france_services")["value"] == 27
    assert cell(data, "heures_france_services", NANT)["value"] == 15
    assert cell(data, "heures_france_services", f"1089@{NANT}", f"commune={NANT}")["value"] == 15


def test_unknown_hours_are_never_taken_as_none(tmp_path):
    row = cell(world(tmp_path, sites(12.0, float("nan"))), "heures_france_services")
    assert row["value"] != row["value"]
    assert row["status"] == "missing"


@pytest.mark.parametrize(
    ("indicator", "dataset"),
    [
        ("apl_generalistes", "apl_generalistes"),
        ("apl_sages_femmes", "apl_sages_femmes"),
        ("apl_infirmieres", "apl_infirmieres"),
        ("apl_kinesitherapeutes", "apl_kinesitherapeutes"),
        ("apl_chirurgiens_dentistes", "apl_chirurgiens_dentistes"),
    ],
)
def test_accessibility_is_weighted_by_people(tmp_path, indicator, dataset):
    """(2 000 × 5.49 + 1 000 × 0.00) / 3 000 = 3.66."""
    data = world(tmp_path, both(dataset, "apl", "", 5.49, 0.0, period="2023"))
    row = cell(data, indicator)
    assert row["value"] == pytest.approx(3.66)
    assert (row["method"], row["status"], row["denominator"]) == ("population_weighted", "estimated", 3000)
    assert row["sources"] == f"src_DS_POPULATIONS_REFERENCE+src_{dataset}"
    own = cell(data, indicator, NANT)
    assert (own["value"], own["method"], own["status"]) == (0.0, "as_published", "observed")


def test_people_without_any_doctor(tmp_path):
    data = world(tmp_path, both("apl_generalistes", "apl", "", 5.49, 0.0, period="2023"))
    assert cell(data, "habitants_apl_nulle")["value"] == 1000
    assert cell(data, "habitants_apl_nulle", AVEYRON)["value"] == 1000


def test_nothing_in_the_store_is_an_empty_frame(tmp_path):
    data = world(tmp_path, [])
    for rule in iter_definitions():
        if rule.theme in ("vie_sociale", "acces_droits", "sante"):
            assert result(data, rule.id).empty, rule.id
