"""Rates that a third party computed from official files: read where the file itself is not at hand, and said so."""

import pytest
from small_worlds import AVEYRON, CAVALERIE, EPCI, NANT, cell, result, world

from ctg_lib.indicators.registry import definition

REPEATED = "taux_repris"
# vincentroue/ptod-observatoire-territorial, RP 2022 (2016 for one of them), CC Larzac et Vallées
LARZAC = [
    ("taux_emploi", "taux_emploi_15_64", "2016", 65.26),
    ("taux_emploi", "taux_emploi_15_64", "2022", 70.59),
    ("taux_chomage_rp", "taux_chomage_15_64", "2022", 8.38),
    ("part_sans_bac", "part_sans_bac", "2022", 57.37),
    ("part_bac_3_plus", "part_diplomes_bac_3_plus", "2022", 15.33),
    ("part_entrants", "part_entrants", "2022", 7.95),
    ("part_sortants", "part_sortants", "2022", 4.08),
]


@pytest.mark.parametrize(("indicator", "variable", "period", "value"), LARZAC)
def test_a_repeated_rate_is_given_and_says_so(tmp_path, larzac, indicator, variable, period, value):
    row = cell(world(tmp_path, [(REPEATED, variable, "", EPCI, period, value)]), indicator)
    assert (row["value"], row["method"]) == (value, "computed_by_republisher")
    assert row[["lower", "upper", "numerator", "denominator"]].isna().all()
    own = larzac.value(indicator, "", ("epci", "241200906"), period)
    assert (own.value, own.method) == (value, "computed_by_republisher")
    assert "tiers" in definition(indicator).caution or indicator in ("part_sans_bac", "part_bac_3_plus")


def activity(period, employed, jobless, others):
    return [
        ("DS_RP_EMPLOI_LR_PRINC", "POP", f"age=Y15T64{more}", code, period, float(n))
        for code in (CAVALERIE, NANT)
        for more, n in (
            ("", employed + jobless + others), (";empsta_enq=1", employed), (";empsta_enq=2", jobless),
        )
    ]  # fmt: skip


def test_the_counts_of_insee_win_over_a_repeated_rate(tmp_path):
    repeated = [(REPEATED, v, "", EPCI, p, 99.0)
                for v in ("taux_emploi_15_64", "taux_chomage_15_64") for p in ("2016", "2023")]  # fmt: skip
    data = world(tmp_path, [*activity("2023", 600, 150, 250), *repeated])
    row = cell(data, "taux_emploi", period="2023")
    assert (row["value"], row["numerator"], row["denominator"]) == (60, 1200, 2000)
    assert cell(data, "taux_chomage_rp", period="2023")["value"] == 20
    assert cell(data, "taux_emploi", period="2016")["value"] == 99


def test_diplomas_counted_where_insee_has_them(tmp_path):
    codes = ("001T100_RP", "200_RP", "300_RP", "350T351_RP", "500_RP", "600_RP", "700_RP")
    rows = [
        ("DS_RP_DIPLOMES_PRINC", "POP", f"age=Y_GE15;educ={code}", place, "2023", float(n))
        for code, n in zip(codes, (200, 50, 300, 200, 100, 80, 70), strict=True)
        for place in (CAVALERIE, NANT)
    ]
    data = world(tmp_path, rows)
    low = cell(data, "part_sans_bac")
    assert (low["value"], low["numerator"], low["denominator"]) == (55, 1100, 2000)  # 200 + 50 + 300 of 1,000
    assert cell(data, "part_bac_3_plus")["value"] == 15  # 80 + 70


def moves(*pairs):
    return [("migcom", "personnes", f"de={origin}", code, "2022", float(n)) for code, origin, n in pairs]


def test_turnover_from_the_file_of_moves_wins(tmp_path):
    """900 stay in the EPCI (100 of them from one commune to the other); 100 come in: 100 of 1,000."""
    flows = moves(
        (CAVALERIE, CAVALERIE, 500), (CAVALERIE, NANT, 100), (NANT, NANT, 300), (CAVALERIE, "12145", 100)
    )
    data = world(tmp_path, [*flows, (REPEATED, "part_entrants", "", EPCI, "2022", 99.0)])
    row = cell(data, "part_entrants")
    assert (row["value"], row["numerator"], row["denominator"], row["method"]) == (10, 100, 1000, "census")


def test_turnover_of_a_departement_is_not_set_beside_that_of_an_epci(tmp_path):
    """The larger a territory, the more moves stay inside: 2.94 % in Aveyron says nothing against 7.95 %."""
    rows = [(REPEATED, v, "", code, "2022", n) for v in ("part_entrants", "part_sortants")
            for code, n in ((EPCI, 7.95), (AVEYRON, 2.94))]  # fmt: skip
    data = world(tmp_path, rows)
    for indicator in ("part_entrants", "part_sortants"):
        assert set(result(data, indicator)["level"]) == {"epci"}
        assert "qu’à d’autres intercommunalités" in definition(indicator).caution
