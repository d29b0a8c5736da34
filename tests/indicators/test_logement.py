"""Housing indicators, from tiny stores computed by hand and from published values."""

import pytest
from small_worlds import AVEYRON, CAVALERIE, EPCI, NANT, cell, result, world

from ctg_lib.indicators.registry import iter_definitions

RP = "DS_RP_LOGEMENT_PRINC"
COMP = "DS_RP_LOGEMENT_COMP"


def dwellings(breakdown, first, second, dataset=RP, period="2023"):
    return [
        (dataset, "DWELLINGS", breakdown, CAVALERIE, period, float(first)),
        (dataset, "DWELLINGS", breakdown, NANT, period, float(second)),
    ]


TENURES = [
    *dwellings("ocs=DW_MAIN;tsh=100", 400, 350),
    *dwellings("ocs=DW_MAIN;tsh=211", 150, 60),
    *dwellings("ocs=DW_MAIN;tsh=212_222", 50, 15),
    *dwellings("ocs=DW_MAIN;tsh=221", 80, 25),
    *dwellings("ocs=DW_MAIN;tsh=300", 120, 50),
]


@pytest.mark.parametrize(
    ("indicator", "numerator", "value"),
    # 1 300 main residences: 750 owners, 275 private tenants, 105 HLM, 170 free of charge
    [
        ("part_proprietaires", 750, 57.6923),
        ("part_locataires_prives", 275, 21.1538),
        ("part_locataires_hlm", 105, 8.0769),
        ("part_loges_gratuitement", 170, 13.0769),
    ],
)
def test_tenure(tmp_path, indicator, numerator, value):
    row = cell(world(tmp_path, TENURES), indicator)
    assert row["value"] == pytest.approx(value, abs=1e-4)
    assert (row["numerator"], row["denominator"]) == (numerator, 1300)
    assert (row["status"], row["method"], row["sources"]) == ("observed", "census", f"src_{RP}")
    assert row[["lower", "upper"]].isna().all()


def test_tenures_make_the_whole(tmp_path):
    data = world(tmp_path, TENURES)
    ids = ("part_proprietaires", "part_locataires_prives", "part_locataires_hlm", "part_loges_gratuitement")
    assert sum(cell(data, i)["value"] for i in ids) == pytest.approx(100)


def test_vacant_and_second_homes(tmp_path):
    data = world(
        tmp_path,
        [*dwellings("", 1000, 1000), *dwellings("ocs=DW_VAC", 80, 120), *dwellings("ocs=DW_SEC_DW_OCC", 120, 380)],
    )  # fmt: skip
    assert cell(data, "part_logements_vacants")["value"] == pytest.approx(10)
    assert cell(data, "part_residences_secondaires")["value"] == pytest.approx(25)
    assert cell(data, "logements")["value"] == 2000


def test_a_repeated_rate_stands_in_for_what_is_not_at_hand(tmp_path):
    rows = [("taux_repris", "part_logements_vacants", "", EPCI, "2016", 11.4), *dwellings("", 1000, 1000),
            *dwellings("ocs=DW_VAC", 80, 120)]  # fmt: skip
    data = world(tmp_path, rows)
    older = cell(data, "part_logements_vacants", period="2016")
    assert (older["value"], older["method"]) == (11.4, "computed_by_republisher")
    assert older[["lower", "upper", "numerator", "denominator"]].isna().all()
    assert cell(data, "part_logements_vacants", period="2023")["method"] == "census"


def test_overcrowding_has_the_interval_of_a_sample(tmp_path):
    """30 + 10 of 800 main residences: 5 %; one household in four: a sample of 200 with the finite correction.

    Wilson with an effective size of 200 / 0.75 = 266.7: [2.96 %; 8.31 %].
    """
    rows = [
        *dwellings("ocs=DW_MAIN", 500, 300, COMP),
        *dwellings("occ_ind=SEV_OVER_OCC;ocs=DW_MAIN", 6, 4, COMP),
        *dwellings("occ_ind=MOD_OVER_OCC;ocs=DW_MAIN", 20, 10, COMP),
        *dwellings("occ_ind=STD_OCC;ocs=DW_MAIN", 474, 286, COMP),
    ]
    row = cell(world(tmp_path, rows), "part_suroccupation")
    assert (row["value"], row["numerator"], row["denominator"]) == (5.0, 40, 800)
    assert row["method"] == "sample_one_in_four"
    assert (round(row["lower"], 2), round(row["upper"], 2)) == (2.96, 8.31)


def test_age_of_dwellings_and_oil(tmp_path):
    rows = [
        *dwellings("ocs=DW_MAIN", 500, 300),
        *dwellings("build_end=Y_LT1919;ocs=DW_MAIN", 60, 100),
        *dwellings("build_end=Y1919T1945;ocs=DW_MAIN", 20, 20),
        *dwellings("nrg_src=OIL;ocs=DW_MAIN", 50, 30),
        *dwellings("ocs=DW_MAIN", 480, 320, period="2012"),
        *dwellings("build_end=Y_LT1946;ocs=DW_MAIN", 100, 140, period="2012"),
    ]
    data = world(tmp_path, rows)
    assert cell(data, "part_logements_avant_1946", period="2023")["value"] == pytest.approx(25)
    assert cell(data, "part_logements_avant_1946", period="2012")["value"] == pytest.approx(30)
    assert cell(data, "part_chauffage_fioul")["value"] == pytest.approx(10)


def test_moved_in_recently(tmp_path):
    rows = [*dwellings("ocs=DW_MAIN", 500, 300), *dwellings("l_stay=Y_LT2;ocs=DW_MAIN", 100, 20)]
    assert cell(world(tmp_path, rows), "part_emmenages_recents")["value"] == pytest.approx(15)


def test_housing_benefits(tmp_path):
    def caf(variable, first, second):
        bounds = [{"low": v - 2, "high": v + 4, "status": "rounded"} for v in (first, second)]
        pairs = zip((CAVALERIE, NANT), (first, second), bounds, strict=True)
        return [("s_ben_f", variable, "", code, "2024-12", float(v), more) for code, v, more in pairs]

    data = world(tmp_path, [*caf("indfoy_ndural", 100, 50), *caf("indfoy_apl", 60, 20)])
    row = cell(data, "foyers_aide_logement")
    assert (row["lower"], row["upper"], row["status"], row["method"]) == (146, 158, "rounded", "rounding")
    assert row["value"] != row["value"]  # a sum of rounded counts is a range
    apl = cell(data, "foyers_aide_logement", breakdown="aide=apl")
    assert (apl["lower"], apl["upper"]) == (76, 88)


def test_rent_is_a_prediction_with_its_interval(tmp_path):
    more = {"low": 6.1, "high": 11.9, "status": "estimated"}
    data = world(tmp_path, [("carte_loyers", "loyer_m2", "bien=maison", CAVALERIE, "2025", 8.5, more)])
    row = cell(data, "loyer_annonce", CAVALERIE, "bien=maison")
    assert (row["value"], row["lower"], row["upper"]) == (8.5, 6.1, 11.9)
    assert (row["status"], row["method"]) == ("estimated", "prediction_interval")
    assert set(result(data, "loyer_annonce")["level"]) == {"commune"}  # never summed or averaged


def test_moves(tmp_path):
    """2 000 + 1 000 people: 100 came to La Cavalerie from Millau, 40 from Nant; 30 left Nant for Millau."""
    pairs = [(CAVALERIE, CAVALERIE, 1860), (CAVALERIE, NANT, 40), (CAVALERIE, "12145", 100), (NANT, NANT, 1000),
             ("12145", NANT, 30)]  # fmt: skip
    data = world(tmp_path, [("migcom", "personnes", f"de={a}", b, "2022", float(n)) for b, a, n in pairs])
    assert cell(data, "arrivees")["value"] == 100
    assert cell(data, "departs")["value"] == 30
    assert cell(data, "stables")["value"] == 1860 + 40 + 1000
    assert cell(data, "arrivees")["sources"] == "src_migcom"


def test_nothing_in_the_store_is_an_empty_frame(tmp_path):
    data = world(tmp_path, [])
    for rule in iter_definitions():
        if rule.theme == "logement":
            assert result(data, rule.id).empty, rule.id
    assert AVEYRON not in set(result(data, "logements")["code"])
