"""Disability: rounded counts and rates, pupils at EPCI level only, establishments by public."""

import pytest

from ctg_lib.indicators.registry import definition, registry

EPCI = "200000001"
INDBEN = ("epci", EPCI, "indben_aeeh", "", "2024-12", 20, 18, 24, "rounded")
AAH = ("epci", EPCI, "indben_aah", "", "2024-12", 60, 58, 64, "rounded")


@pytest.mark.parametrize(
    ("indicator", "row", "value"),
    [
        ("beneficiaires_aeeh", INDBEN, 20),
        ("beneficiaires_aah", AAH, 60),
        ("foyers_aeeh", ("epci", EPCI, "indfoy_aeeh", "", "2024-12", 15, 13, 19, "rounded"), 15),
    ],
)
def test_beneficiaries(tiny, one, indicator, row, value):
    found = one(tiny({"s_ben_f": [row]}), indicator)
    assert (found["value"], found["lower"], found["upper"]) == (value, value - 2, value + 4)
    assert (found["method"], found["status"], found["sources"]) == ("rounding", "rounded", "src_s_ben_f")


def ages(**bands):
    return [("epci", EPCI, v, "", "2021", n) for v, n in bands.items()]


def test_rates_are_ranges_on_the_nearest_census(tiny, one):
    data = tiny({"s_ben_f": [INDBEN, AAH], "rp_base_ic": ages(POP0019=1000, POP2064=3000)})
    children, adults = one(data, "taux_aeeh"), one(data, "taux_aah")
    assert (children["value"], children["lower"], children["upper"]) == pytest.approx((2.0, 1.8, 2.4))
    assert adults["value"] == pytest.approx(2.0)
    assert (children["method"], children["status"]) == ("rounding", "estimated")  # 2024 over 2021
    assert children["sources"] == "src_rp_base_ic+src_s_ben_f"


def test_aah_by_commune(tiny, one):
    rows = [("commune", c, "AAAH", "", "2021-12", n) for c, n in (("12001", 12), ("12002", 10))]
    row = one(tiny({"data_caf": rows}), "allocataires_aah_communes")
    assert (row["value"], row["method"], row["status"]) == (22, "as_published", "observed")


def test_aah_by_rate_of_disability_is_a_share_within_its_crossing(tiny, one):
    rows = [
        ("departement", "12", "indben_aah", b, "2025-06", n)
        for b, n in (
            ("tx_inca=50_a_79", 300),
            ("tx_inca=80_et_plus", 700),
            ("age=Y20T24;tx_inca=80_et_plus", 50),
        )
    ]
    row = one(tiny({"aah_dep": rows}), "aah_par_categorie", "tx_inca=80_et_plus", ("departement", "12"))
    assert (row["value"], row["denominator"], row["method"]) == (70, 1000, "exhaustive")


def test_departements_as_published(larzac):
    """DREES: 6,127 AAH recipients in Aveyron (2019); 1,875 PCH recipients (2020)."""
    aah = larzac.value("allocataires_aah_departement", "", ("departement", "12"), "2019")
    assert (aah.value, aah.method) == (6127, "as_published")
    assert larzac.value("beneficiaires_pch", "", ("departement", "12"), "2020").value == 1875
    assert larzac.value("beneficiaires_pch_moins_20", "", ("departement", "12"), "2020").value is not None


def test_pupils_of_ulis_stop_at_the_epci(tiny, one, result):
    uai = {"0120001A": "12001", "0120003C": "12002"}
    pupils = [("structure", u, "eleves", "niveau=ulis", "2025", 11) for u in uai]
    where = [
        ("structure", u, "etablissements", f"commune={c};nature=ecole;secteur=public", "2026-10-09", 1)
        for u, c in uai.items()
    ]
    bpe = [
        ("commune", c, "FACILITIES", f"facility_type={t}", "2025", float(t == "C108"))
        for c in uai.values()
        for t in ("C107", "C108", "C109")
    ]
    data = tiny({"effectifs_ecoles": pupils, "annuaire_education": where, "DS_BPE": bpe})
    assert one(data, "eleves_ulis", "niveau=ulis")["value"] == 22
    assert set(result(data, "eleves_ulis")["level"]) == {"epci", "departement"}


def test_establishments_by_public(tiny, one):
    rows = [
        ("commune", c, "etablissements", f"categorie={k}", "2026-03", n)
        for c, k, n in (
            ("12001", "182", 1), ("12001", "183", 2), ("12001", "246", 1), ("12001", "500", 4),
            ("12002", "182", 0), ("12002", "183", 0), ("12002", "246", 0), ("12002", "500", 0),
        )
    ]  # fmt: skip
    data = tiny({"finess": rows})
    row = one(data, "etablissements_handicap", "public=enfants")
    assert (row["value"], row["method"], row["status"], row["sources"]) == (
        3,
        "exhaustive",
        "observed",
        "src_finess",
    )
    assert one(data, "etablissements_handicap", "public=adultes")["value"] == 1
    assert one(data, "etablissements_handicap", "public=enfants", ("commune", "12002"))["value"] == 0


def test_establishments_of_aveyron(larzac):
    """FINESS, March 2026: 33 for children and 39 for adults in Aveyron; none in the EPCI."""
    for public, count in (("enfants", 33), ("adultes", 39)):
        assert (
            larzac.value("etablissements_handicap", f"public={public}", ("departement", "12")).value == count
        )
        assert larzac.value("etablissements_handicap", f"public={public}").value == 0


def test_counts_of_people_are_sensitive_with_a_threshold_of_ten():
    rules = [rule for rule in registry().values() if rule.theme == "handicap"]
    assert len(rules) >= 10
    places = {
        "etablissements_handicap",
        "structures_bonus_inclusion",
    }  # of places and structures, not of people
    assert all(rule.sensitive for rule in rules if rule.id not in places)
    assert all(rule.min_count == 10 for rule in rules if rule.id not in places)
    assert definition("eleves_ulis").finest_level == "epci"
