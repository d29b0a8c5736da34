"""Parenting: benefits within their rounding, step-families within their sample, mothers' activity."""

import pytest

EPCI = "200000001"


def benefit(variable, value):
    return ("epci", EPCI, variable, "", "2024-12", value, value - 2, value + 4, "rounded")


@pytest.mark.parametrize(
    ("indicator", "variable"),
    [
        ("foyers_asf", "indfoy_asf"),
        ("foyers_complement_familial", "indfoy_cf"),
        ("foyers_enfance_jeunesse", "indfoy_ndurej"),
    ],
)
def test_benefits(tiny, one, indicator, variable):
    row = one(tiny({"s_ben_f": [benefit(variable, 40)]}), indicator)
    assert (row["value"], row["lower"], row["upper"]) == (40, 38, 44)
    assert (row["method"], row["status"], row["sources"]) == ("rounding", "rounded", "src_s_ben_f")


def families(*pairs, period="2023"):
    return [("epci", EPCI, "FAM", b, period, v) for b, v in pairs]


def test_asf_for_lone_parent_families_joins_rounding_and_sample(tiny, one):
    """48 (46 to 52) for 120 lone-parent families of 500, themselves 90.8 to 155.1 by the sample."""
    data = tiny(
        {"s_ben_f": [benefit("indfoy_asf", 48)], "DS_RP_FAMILLE_COMP": families(("", 500), ("tfn=1", 120))}
    )
    row = one(data, "asf_familles_monoparentales")
    assert (row["value"], row["period"]) == (40, "2024-12")
    assert row["lower"] == pytest.approx(100 * 46 / 155.1, abs=0.1)
    assert row["upper"] == pytest.approx(100 * 52 / 90.8, abs=0.1)
    assert (row["method"], row["status"]) == ("rounding_and_sample", "estimated")


def test_step_families(tiny, one):
    """30 of 300 couples with children: Wilson of 10/100 is 5.5 to 17.4 %."""
    data = tiny({"DS_RP_FAMILLE_COMP": families(("tfn=22", 300), ("tfn=220", 30))})
    row = one(data, "part_familles_recomposees")
    assert row["value"] == 10
    assert (round(row["lower"], 1), round(row["upper"], 1)) == (5.5, 17.4)
    assert (row["method"], row["status"]) == ("sample_one_in_four", "observed")


def test_activity_of_women(tiny, one):
    base = "age=Y25T54{};sex=F"
    rows = [
        ("epci", EPCI, "POP", base.format(extra), "2023", n)
        for extra, n in (("", 400), (";empsta_enq=1", 320), (";empsta_enq=2", 40))
    ]
    row = one(tiny({"DS_RP_EMPLOI_LR_PRINC": rows}), "taux_activite_femmes")
    assert (row["value"], row["method"], row["status"]) == (90, "census", "observed")


def test_sites_for_parents_where_the_list_covers_the_territory(tiny, one):
    rows = [
        ("commune", c, "FACILITIES", f"facility_type={t}", "2025", n)
        for c, t, n in (
            ("12001", "D503", 1),
            ("12002", "D503", 0),
            ("12001", "D507", 0),
            ("12002", "D507", 0),
        )
    ]
    data = tiny({"DS_BPE": rows})
    assert one(data, "sites_parentalite", "type=D503")["value"] == 1
    row = one(data, "sites_parentalite", "type=D507")
    assert (row["value"], row["method"], row["status"], row["sources"]) == (
        0,
        "exhaustive",
        "observed",
        "src_DS_BPE",
    )
