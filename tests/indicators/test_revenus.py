"""Income and benefits: tiny stores computed by hand, published values of Insee."""

import pytest
from small_worlds import AVEYRON, CAVALERIE, EPCI, NANT, cell, result, world

from ctg_lib.indicators.labels import breakdown_label, qf_span
from ctg_lib.indicators.registry import definition, iter_definitions
from ctg_lib.statistics.intervals import byar


def published(variable, value, period="2021", dataset="filosofi", code=EPCI, **more):
    return (dataset, variable, "", code, period, value, more)


@pytest.mark.parametrize(
    ("indicator", "breakdown", "variable", "value"),
    # Insee, Filosofi 2021, Larzac et Vallées, for the median, the rate, D9, D9/D1 and the benefits; 2019 for S80/S20
    # and the quartiles; the others made up
    [
        ("niveau_vie_median", "", "MED", 20610.0),
        ("taux_pauvrete", "", "TP60", 17.3),
        ("niveau_vie_d1", "", "D1", 11900.0),
        ("niveau_vie_d9", "", "D9", 33330.0),
        ("rapport_interdecile", "", "RD", 2.8),
        ("rapport_s80_s20", "", "S80S20", 3.6),
        ("niveau_vie_quartiles", "quartile=q1", "Q1", 14920.0),
        ("niveau_vie_quartiles", "quartile=q3", "Q3", 25040.0),
        ("part_prestations_sociales", "", "PPSOC", 5.0),
        ("part_prestations_sociales", "prestation=familiales", "PPFAM", 1.9),
        ("structure_revenu", "revenu=activite", "PACT", 62.0),
        ("structure_revenu", "revenu=impots", "PIMPOT", -13.5),
        ("part_menages_imposes", "", "PIMP", 45.0),
        ("taux_pauvrete_referent", "referent=30_39", "TP60AGE2", 19.0),
        ("taux_pauvrete_occupation", "occupation=locataire", "TP60TOL2", 27.0),
    ],
)
def test_published_values_are_taken_as_they_are(tmp_path, indicator, breakdown, variable, value):
    row = cell(world(tmp_path, [published(variable, value)]), indicator, breakdown=breakdown)
    assert (row["value"], row["method"], row["status"]) == (value, "as_published", "observed")
    assert row["sources"] == "src_filosofi"
    assert row[["lower", "upper", "numerator", "denominator"]].isna().all()


def test_a_secret_rate_stays_secret(tmp_path):
    row = cell(world(tmp_path, [published("TP60", float("nan"), status="secret")]), "taux_pauvrete")
    assert row["status"] == "secret"
    assert row["value"] != row["value"]


def test_the_two_series_lie_side_by_side_never_joined(tmp_path):
    """Métropole: 14.9 % in 2021 (old series), 15.9 % in 2023 (new one)."""
    rows = [published("TP60", 14.9, code="FM"), published("PR_MD60", 15.9, "2023", "DS_FILOSOFI_CC", "FM")]
    data = world(tmp_path, rows)
    assert cell(data, "taux_pauvrete", "FM", period="2021")["sources"] == "src_filosofi"
    assert cell(data, "taux_pauvrete", "FM", period="2023")["sources"] == "src_DS_FILOSOFI_CC"
    for rule in iter_definitions():
        if rule.theme == "revenus" and "social et fiscal" in " ".join(rule.references):
            assert rule.breaks == ("2023",) or rule.id == "personnes_pauvres", rule.id


@pytest.mark.parametrize(
    ("indicator", "breakdown", "dataset", "variable", "detail"),
    [
        ("taux_pauvrete", "", "DS_FILOSOFI_CC", "PR_MD60", ""),
        ("rapport_interdecile", "", "DS_FILOSOFI_CC", "IR_D9_D1_SL", ""),
        ("part_menages_imposes", "", "DS_FILOSOFI_CC", "S_HH_TAX", ""),
        ("part_prestations_sociales", "prestation=minima", "DS_FILOSOFI_CC", "S_SOC_BEN_DI_MIN_SOC", ""),
        ("structure_revenu", "revenu=pensions", "DS_FILOSOFI_CC", "S_RET_PEN_DI", ""),
        ("taux_pauvrete_referent", "referent=lt30", "DS_FILOSOFI_AGE_TP_NIVVIE", "PR_MD60", "age=Y_LT30"),
        ("taux_pauvrete_referent", "referent=60_74", "DS_FILOSOFI_AGE_TP_NIVVIE", "PR_MD60", "age=Y60T74"),
        ("taux_pauvrete_referent", "referent=ge75", "DS_FILOSOFI_AGE_TP_NIVVIE", "PR_MD60", "age=Y_GE75"),
        (
            "taux_pauvrete_occupation",
            "occupation=locataire",
            "DS_FILOSOFI_LOG_TP_NIVVIE",
            "PR_MD60",
            "tsh=200",
        ),
    ],
)
def test_the_melodi_datasets_are_read_too_and_the_yearly_file_wins(
    tmp_path, indicator, breakdown, dataset, variable, detail
):
    melodi = (dataset, variable, detail, EPCI, "2021", 12.5)
    other = (dataset, variable, "age=Y_LT18;tsh=100", EPCI, "2021", 99.0)
    row = cell(world(tmp_path / "a", [melodi, other]), indicator, breakdown=breakdown)
    assert (row["value"], row["sources"]) == (12.5, f"src_{dataset}")
    if not breakdown and indicator == "taux_pauvrete":
        both = world(tmp_path / "b", [melodi, published("TP60", 17.3)])
        assert cell(both, indicator)["value"] == 17.3


def test_poor_people_of_one_year(tmp_path):
    """5 089 people in fiscal households, 17.5 % in 2019: about 891, between 888 and 893."""
    rows = [
        published("TP60", 17.5, "2019"),
        published("NBPERSMENFISC", 5089.0, "2019"),
        published("TP60", 17.3),
    ]
    row = cell(world(tmp_path, rows), "personnes_pauvres")
    assert (row["period"], round(row["value"]), round(row["lower"]), round(row["upper"])) == (
        "2019",
        891,
        888,
        893,
    )
    assert (row["status"], row["method"]) == ("estimated", "derived")


def test_repeated_rates_say_so(tmp_path):
    rows = [("taux_repris", "rapport_interdecile", "", EPCI, "2016", 2.9)]
    assert cell(world(tmp_path, rows), "rapport_interdecile")["method"] == "computed_by_republisher"


def test_inequality_as_published(larzac):
    """Insee, Filosofi 2019: S80/S20 3.6 in Larzac et Vallées and in Aveyron, 4.4 in métropole."""
    for place, ratio, q1, q3 in (
        (("epci", "241200906"), 3.6, 14920, 25040),
        (("departement", "12"), 3.6, 15870, 26700),
        (("france", "FM"), 4.4, 16090, 29270),
    ):
        assert larzac.value("rapport_s80_s20", "", place, "2019").value == ratio
        quartiles = [
            larzac.value("niveau_vie_quartiles", f"quartile={q}", place, "2019").value for q in ("q1", "q3")
        ]
        assert quartiles == [q1, q3]


# --- the département -------------------------------------------------------------------------------------


def test_rsa_of_the_departement_all_schemes(larzac):
    """DREES, 31 December 2019, Aveyron: 4,360 recipients; 8,340 people covered of 279,595 inhabitants (2019)."""
    value = larzac.value("allocataires_rsa_departement", "", ("departement", "12"), "2019")
    assert (value.value, value.method) == (4360, "as_published")
    share = larzac.value("part_population_rsa_departement", "", ("departement", "12"), "2019")
    assert share.value == pytest.approx(2.983, abs=0.0005)
    # métropole: 3,412,400 of 65,096,768
    assert larzac.value(
        "part_population_rsa_departement", "", ("france", "FM"), "2019"
    ).value == pytest.approx(5.242, abs=0.0005)


def test_rsa_of_the_departement_says_nothing_of_a_smaller_place(tmp_path):
    rows = [("minima_sociaux", v, "", code, "2019", n)
            for v, code, n in (("allocataires_rsa", AVEYRON, 4360.0), ("allocataires_rsa", EPCI, 80.0),
                               ("personnes_couvertes_rsa", AVEYRON, 150.0))]  # fmt: skip
    people = [
        ("DS_POPULATIONS_REFERENCE", "PMUN", "", c, "2019", n)
        for c, n in ((CAVALERIE, 2000.0), (NANT, 1000.0))
    ]
    data = world(tmp_path, [*rows, *people], population=False)
    assert set(result(data, "allocataires_rsa_departement")["level"]) == {"departement"}
    row = cell(data, "part_population_rsa_departement", AVEYRON)
    assert (row["value"], row["denominator"], row["status"]) == (5, 3000, "observed")


def test_child_protection_is_sensitive_and_of_the_departement_only(larzac, tmp_path):
    """DREES, 31 December 2020, Aveyron: 815 in care, 864 educational measures; 56,080 people under 20 (RP 2021)."""
    for indicator, expected in (("enfants_ase_departement", 815), ("actions_educatives_departement", 864)):
        rule = definition(indicator)
        assert rule.sensitive and rule.annex and rule.min_count == 10 and rule.finest_level == "departement"
        assert larzac.value(indicator, "", ("departement", "12"), "2020").value == expected
    rate = larzac.value("taux_ase_departement", "", ("departement", "12"), "2020")
    assert (round(rate.value, 2), rate.status) == (14.53, "estimated")  # 815 of 56,080, a year apart
    rows = [
        ("aide_sociale", "enfants_ase", "", code, "2020", n) for code, n in ((AVEYRON, 815.0), (EPCI, 12.0))
    ]
    data = world(tmp_path, rows)
    assert set(result(data, "enfants_ase_departement")["level"]) == {"departement"}


# --- Caf -----------------------------------------------------------------------------------------------


def rounded(variable, first, second, dataset="s_ben_f", breakdown="", period="2024-12"):
    return [
        (
            dataset,
            variable,
            breakdown,
            code,
            period,
            float(v),
            {"low": v - 2, "high": v + 4, "status": "rounded"},
        )
        for code, v in ((CAVALERIE, first), (NANT, second))
    ]


@pytest.mark.parametrize(
    ("indicator", "variable"),
    [
        ("foyers_allocataires", "indfoy_ndur"),
        ("personnes_couvertes", "indnbp_ndur"),
        ("foyers_rsa", "indfoy_rsa"),
        ("foyers_prime_activite", "indfoy_ppa"),
        ("personnes_couvertes_rsa", "indnbp_rsa"),
        ("personnes_couvertes_prime_activite", "indnbp_ppa"),
        ("foyers_af", "indfoy_af"),
        ("foyers_paje", "indfoy_ndurpaje"),
    ],
)
def test_benefits_are_ranges_from_communes_and_points_from_the_epci(tmp_path, indicator, variable):
    row = cell(world(tmp_path / "a", rounded(variable, 50, 30)), indicator)
    assert (row["lower"], row["upper"], row["method"], row["status"]) == (76, 88, "rounding", "rounded")
    assert row["value"] != row["value"]
    epci = ("s_ben_f", variable, "", EPCI, "2024-12", 85.0, {"low": 83, "high": 89, "status": "rounded"})
    row = cell(world(tmp_path / "b", [*rounded(variable, 50, 30), epci]), indicator)
    assert (row["value"], row["lower"], row["upper"]) == (85, 83, 89)  # what is published wins
    assert "MSA" in definition(indicator).caution


def test_people_covered_for_100_inhabitants(tmp_path):
    row = cell(world(tmp_path, rounded("indnbp_ndur", 600, 300)), "part_population_couverte")
    assert (row["lower"], row["upper"]) == (pytest.approx(100 * 896 / 3000), pytest.approx(100 * 908 / 3000))
    assert (row["denominator"], row["status"], row["method"]) == (3000, "estimated", "rounding")
    rsa = cell(world(tmp_path / "b", rounded("indnbp_rsa", 60, 30)), "part_population_rsa")
    assert rsa["lower"] == pytest.approx(100 * 86 / 3000)


QF = "ndur_s_qf"
BANDS = [
    *rounded("foyers", 40, 20, QF, "qf=lt400"),
    *rounded("foyers", 60, 30, QF, "qf=400_799"),
    *rounded("foyers", 100, 50, QF, "qf=800_1199"),
    *rounded("foyers", 20, 10, QF, "qf=ge1200"),
    *rounded("foyers", 5, 5, QF, "qf=inconnu"),
]


def test_low_quotients_as_a_range(tmp_path):
    """Under 400 €: 56 to 68; 400 and more: 6 counts, 264 to 300: 56 / 356 to 68 / 332."""
    data = world(tmp_path, BANDS)
    row = cell(data, "part_foyers_qf_bas", breakdown="seuil=400")
    assert row["value"] != row["value"]
    rest_low, rest_high = (60 + 30 + 100 + 50 + 20 + 10) - 12, (60 + 30 + 100 + 50 + 20 + 10) + 24
    assert row["lower"] == pytest.approx(100 * 56 / (56 + rest_high))
    assert row["upper"] == pytest.approx(100 * 68 / (68 + rest_low))
    assert (row["method"], row["status"]) == ("rounding", "rounded")
    wider = cell(data, "part_foyers_qf_bas", breakdown="seuil=800")
    assert wider["lower"] > row["upper"]
    assert cell(data, "foyers_qf", breakdown="qf=inconnu")["lower"] == 6


def test_no_share_without_the_band_that_ends_at_the_threshold(tmp_path):
    data = world(tmp_path, rounded("foyers", 40, 20, QF, "qf=lt600"))
    assert result(data, "part_foyers_qf_bas").empty


def test_bands_of_any_width():
    assert qf_span("lt400") == (0, 399)
    assert qf_span("400_799") == (400, 799)
    assert qf_span("ge4000") == (4000, float("inf"))
    assert qf_span("inconnu") is None
    assert breakdown_label("qf=lt400") == "quotient familial de moins de 400 €"
    assert breakdown_label("qf=400_799") == "quotient familial de 400 à 799 €"
    assert breakdown_label("qf=ge4000") == "quotient familial de 4000 € ou plus"
    assert breakdown_label("qf=inconnu") == "quotient familial inconnu"


def test_children_of_caf_households(tmp_path):
    def insee(column, first, second):
        return [
            ("data_caf", column, "", code, "2021-12", v) for code, v in ((CAVALERIE, first), (NANT, second))
        ]

    data = world(
        tmp_path, [*insee("ENF_2", 60.0, 20.0), *insee("ENF_3_5", 50.0, 15.0), *insee("AM", 20.0, 10.0)]
    )
    assert cell(data, "enfants_couverts_caf", breakdown="age=Y0T2")["value"] == 80
    assert cell(data, "enfants_couverts_caf", breakdown="age=Y3T5")["value"] == 65
    assert cell(data, "allocataires_situation", breakdown="situation=monoparent")["value"] == 30


def test_recorded_violence_is_sensitive_annexed_and_has_a_band(tmp_path):
    rows = [
        ("ssmsi", "faits", "indicateur=violences_physiques_intrafamiliales", code, "2024", v)
        for code, v in ((CAVALERIE, 12.0), (NANT, 6.0))
    ]
    rows += [("ssmsi", "faits", "indicateur=cambriolages_de_logement", CAVALERIE, "2024", 30.0)]
    row = cell(world(tmp_path, rows), "violences_intrafamiliales_1000")
    lower, upper = byar([18.0])
    assert row["value"] == pytest.approx(6)
    assert (row["lower"], row["upper"]) == (pytest.approx(lower[0] / 3), pytest.approx(upper[0] / 3))
    assert row["method"] == "byar"
    rule = definition("violences_intrafamiliales_1000")
    assert rule.annex and rule.sensitive and rule.min_count == 10


def test_facts_that_are_not_shown_hide_the_total(tmp_path):
    slug = "indicateur=violences_physiques_intrafamiliales"
    rows = [("ssmsi", "faits", slug, CAVALERIE, "2024", 12.0),
            ("ssmsi", "faits", slug, NANT, "2024", float("nan"), {"status": "secret"})]  # fmt: skip
    row = cell(world(tmp_path, rows), "violences_intrafamiliales_1000")
    assert row["status"] == "secret"
    assert row["value"] != row["value"]


def test_nothing_in_the_store_is_an_empty_frame(tmp_path):
    data = world(tmp_path, [])
    for rule in iter_definitions():
        if rule.theme == "revenus":
            assert result(data, rule.id).empty, rule.id
