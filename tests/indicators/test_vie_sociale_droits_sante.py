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


# Insee, BPE 2024, list of types: 26 of sport (F1), 7 of culture (F3)
F1 = (
    "F101", "F102", "F103", "F105", "F106", "F107", "F108", "F109", "F110", "F111", "F113", "F114", "F116", "F118",
    "F119", "F120", "F121", "F122", "F123", "F124", "F125", "F126", "F127", "F128", "F129", "F130",
)  # fmt: skip
F3 = ("F303", "F305", "F307", "F312", "F313", "F314", "F315")


def whole(*left_out, dataset=BPE):
    """The rows of ``SPORT``, and a zero for each other type of the nomenclature but those left out."""
    named = {row[2].removeprefix("facility_type=") for row in SPORT}
    zeros = [t for t in (*F1, *F3) if t not in named and t not in left_out]
    rows = [*SPORT, *(row for t in zeros for row in both(BPE, "FACILITIES", f"facility_type={t}", 0, 0))]
    kept = [row for row in rows if row[2].removeprefix("facility_type=") not in left_out]
    return [(dataset, *row[1:]) for row in kept]


def test_sport_and_culture(tmp_path):
    data = world(tmp_path, whole())
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


@pytest.mark.parametrize(("left_out", "known"), [("F106", "culture"), ("F303", "sport")])
def test_a_list_without_one_type_gives_no_total(tmp_path, left_out, known):
    """Without riding centres no total of sport, without cinemas none of culture, and none of both."""
    data = world(tmp_path, whole(left_out))
    rows = result(data, "equipements_sport_culture")
    assert set(rows["breakdown"]) == {f"domaine={known}"}
    assert result(data, "equipements_sport_culture_1000").empty
    assert set(result(data, "communes_sans_sport_culture")["breakdown"]) == {f"domaine={known}"}
    assert cell(data, "equipements_courants_sport_culture")["value"] == 5


def test_a_whole_list_wins_over_a_partial_one(tmp_path):
    rows = [*whole("F106"), *whole(dataset="DS_BPE_SPORT_CULTURE")]
    row = cell(world(tmp_path, rows), "equipements_sport_culture")
    assert (row["value"], row["sources"]) == (5, "src_DS_BPE_SPORT_CULTURE")


def test_usual_facilities_are_thirteen_types(tmp_path):
    """Riding centres are not among them: 4 of sport and 1 library remain of 8."""
    riding = both(BPE, "FACILITIES", "facility_type=F106", 2, 1)
    data = world(tmp_path, [*whole("F106", "F303", "F124"), *riding])
    row = cell(data, "equipements_courants_sport_culture")
    assert (row["value"], row["method"]) == (5, "exhaustive")
    assert cell(data, "equipements_courants_sport_culture", breakdown="domaine=sport")["value"] == 4
    assert cell(data, "equipements_courants_sport_culture", breakdown="type=F307")["value"] == 1
    assert cell(data, "communes_sans_equipement_courant", breakdown="type=F307")["value"] == 1
    assert cell(data, "communes_sans_equipement_courant")["value"] == 0
    assert "Treize types seulement sur les 33" in definition("equipements_courants_sport_culture").caution
    assert (
        result(world(tmp_path / "b", whole("F307")), "equipements_courants_sport_culture")["breakdown"]
        .eq("domaine=sport")
        .all()
    )


def test_the_list_at_hand_is_not_the_whole_of_sport_and_culture(larzac):
    """BPE 2025 as carried over, 43 types: 28 sport facilities of twelve types and 5 libraries, by hand."""
    assert larzac.value("equipements_sport_culture").status == "missing"
    assert larzac.value("equipements_sport_culture_1000").status == "missing"
    assert larzac.value("equipements_courants_sport_culture").value == 33
    assert larzac.value("equipements_courants_sport_culture", "type=F307").value == 5
    assert larzac.value("communes_sans_equipement_courant").value == 5


def test_the_catalogue_does_not_count_the_row_as_answered(larzac):
    from ctg_lib.study.extras import study_coverage

    row = study_coverage(larzac).set_index("row").loc["G03"]
    assert (row["territoire"], row["near"]) == (False, True)
    assert "tous types (DS_BPE_SPORT_CULTURE) pas encore téléchargé" in row["reason"]


def test_a_list_that_does_not_name_a_commune_gives_no_total(tmp_path):
    data = world(tmp_path, [row for row in whole() if row[3] == CAVALERIE])
    row = cell(data, "equipements_sport_culture")
    assert (row["status"], row["method"]) == ("missing", "incomplete")
    assert row["value"] != row["value"]
    assert cell(data, "equipements_sport_culture", CAVALERIE)["value"] == 3


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
