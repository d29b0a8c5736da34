"""Published values, typed by hand from where they were published, against what the indicators give.

Sources: Insee (populations de référence 2022 and 2023, RP 2023, état civil, Filosofi 2019, 2021, 2023, BPE 2025),
Cnaf (taux de couverture 2023, bénéficiaires par commune, décembre 2024), DREES (APL 2024), ANCT (France
services, 1 August 2024), Dares (T4 2024).
"""

import pytest

EPCI = ("epci", "241200906")
AVEYRON = ("departement", "12")
OCCITANIE = ("region", "76")
METROPOLE = ("france", "FM")
HORS_MAYOTTE = ("france", "FHM")


@pytest.mark.parametrize(
    ("indicator", "breakdown", "place", "period", "expected"),
    [
        # Insee, populations légales
        ("population", "", EPCI, "2023", 6746),
        ("population", "", EPCI, "2022", 6730),
        ("population", "", ("commune", "12063"), "2023", 2223),
        ("population", "", AVEYRON, "2023", 279609),
        ("population", "", OCCITANIE, "2023", 6124653),
        ("population", "", HORS_MAYOTTE, "2023", 68094280),
        # Insee, RP 2023: 250 children aged 0–4 for 324 aged 5–9
        ("enfants_0_4", "", EPCI, "2023", 250),
        ("enfants_5_9", "", EPCI, "2023", 324),
        # Insee, état civil
        ("naissances", "", EPCI, "2022-2024", None),
        ("naissances", "", EPCI, "2023-2025", 116),
        ("naissances", "", EPCI, "2020-2022", 153),
        ("naissances", "", EPCI, "2023", 31),
        ("naissances", "", EPCI, "2024", 50),
        ("naissances", "", EPCI, "2025", 35),
        ("deces", "", EPCI, "2025", 77),
        ("deces", "", ("commune", "12168"), "2025", 41),
        ("deces", "", EPCI, "2024", 85),
        # BPE 2025: one EAJE, one relais petite enfance, four ALSH, nine schools
        ("equipements", "type=D502", EPCI, "2025", 1),
        ("equipements", "type=D504", EPCI, "2025", 1),
        ("equipements", "type=D505", EPCI, "2025", 4),
        ("equipements", "type=D265", ("commune", "12063"), "2025", 5),
        ("equipements", "type=D265", ("commune", "12168"), "2025", 0),
        # ANCT: one structure, two sites
        ("structures_france_services", "", EPCI, "2024-08-01", 1),
        ("sites_france_services", "", EPCI, "2024-08-01", 2),
        ("sites_france_services", "", ("commune", "12063"), "2024-08-01", 1),
        ("sites_france_services", "", ("commune", "12168"), "2024-08-01", 1),
    ],
)
def test_counts(larzac, indicator, breakdown, place, period, expected):
    value = larzac.value(indicator, breakdown, place, period)
    if expected is None:  # windows are counted back from the latest year: no overlapping period exists
        assert value.status == "missing"
    else:
        assert round(value.value) == expected
        assert value.sources


@pytest.mark.parametrize(
    ("indicator", "place", "period", "expected", "decimals"),
    [
        # Cnaf, txcouv_pe_epci and txcouv_pe_nat, 2023
        ("taux_couverture", EPCI, "2023", 60.5, 1),
        ("taux_couverture", HORS_MAYOTTE, "2023", 60.9, 1),
        # Insee, Filosofi
        ("taux_pauvrete", EPCI, "2021", 17.3, 1),
        ("taux_pauvrete", EPCI, "2019", 17.5, 1),
        ("taux_pauvrete", AVEYRON, "2021", 14.5, 1),
        ("taux_pauvrete", OCCITANIE, "2021", 17.5, 1),
        ("taux_pauvrete", METROPOLE, "2021", 14.9, 1),
        ("taux_pauvrete", METROPOLE, "2023", 15.9, 1),
        ("niveau_vie_median", EPCI, "2021", 20610, 0),
        ("niveau_vie_median", EPCI, "2019", 19660, 0),
        ("niveau_vie_median", METROPOLE, "2023", 25920, 0),
        # Insee, RP 2023
        ("part_65_plus", EPCI, "2023", 25.2, 1),
        ("part_65_plus", AVEYRON, "2023", 28.6, 1),
        ("indice_vieillissement", EPCI, "2023", 154, 0),
        ("indice_vieillissement", AVEYRON, "2023", 147, 0),
        ("part_sans_diplome", EPCI, "2023", 28.9, 1),
        ("part_sans_diplome", AVEYRON, "2023", 19.0, 1),
        ("taux_chomage_rp", EPCI, "2023", 8.2, 1),
        ("taux_chomage_rp", AVEYRON, "2023", 8.3, 1),
        ("part_travail_commune", EPCI, "2023", 60, 0),
        ("part_travail_commune", AVEYRON, "2023", 41, 0),
        ("part_residences_secondaires", EPCI, "2023", 40.6, 1),
        # DREES, APL 2024
        ("apl_generalistes", EPCI, "2024", 3.40, 2),
        ("apl_generalistes", ("commune", "12063"), "2024", 5.49, 2),
        ("apl_generalistes", ("commune", "12067"), "2024", 0.00, 2),
    ],
)
def test_rates(larzac, indicator, place, period, expected, decimals):
    value = larzac.value(indicator, "", place, period)
    assert round(value.value, decimals) == expected
    assert value.sources


@pytest.mark.parametrize(
    ("indicator", "lower", "upper"),
    # Cnaf, December 2024: 80 over 16 rounded communes means 58 to 144; 825 means 793 to 889
    [("foyers_rsa", 58, 144), ("foyers_allocataires", 793, 889)],
)
def test_sums_of_rounded_communes_are_ranges(larzac, indicator, lower, upper):
    value = larzac.value(indicator)
    assert value.period == "2024-12"
    assert (value.lower, value.upper) == (lower, upper)
    assert value.value is None
    assert value.is_range


def test_places_that_the_coverage_stands_for(larzac):
    """22 licensed places = 16.3 per 100, so 135 children and 82 places: 22, 50, 9 and 1."""
    assert round(larzac.value("enfants_moins_3", "methode=cnaf").value) == 135
    places = {
        mode: round(larzac.value("places_accueil", f"mode={mode}" if mode else "").value)
        for mode in ("", "eaje", "am_ind", "prescol", "gad_ind")
    }
    assert places == {"": 82, "eaje": 22, "am_ind": 50, "prescol": 9, "gad_ind": 1}


def test_children_under_3_is_a_range_between_its_estimates(larzac):
    value = larzac.value("enfants_moins_3")
    assert value.is_range
    assert (round(value.lower), round(value.upper)) == (116, 150)
    for method in ("naissances", "recensement", "cnaf"):
        estimate = larzac.value("enfants_moins_3", f"methode={method}").value
        assert value.lower <= estimate <= value.upper


def test_people_below_the_threshold_are_of_fiscal_households(larzac):
    """17.5 % of the 5,089 people of fiscal households in 2019."""
    row = larzac.row("personnes_pauvres")
    assert row["period"] == "2019"
    assert row["denominator"] == 5089
    assert row["value"] == pytest.approx(0.175 * 5089)


def test_poverty_vintages_are_never_mixed(larzac):
    """Aveyron is 14.5 in 2021 and in 2023; the métropole tells the vintages apart."""
    compared = larzac.compare("taux_pauvrete")
    assert set(compared.references["period"]) == {"2021"}
    metropole = compared.references.set_index("code").loc["FM", "value"]
    assert metropole == 14.9


@pytest.mark.parametrize(
    ("indicator", "whole", "without", "reference", "opposite"),
    [
        ("part_sans_diplome", 28.9, 16.9, 19.0, True),
        ("part_65_plus", 25.2, 33.7, 28.6, True),
        ("indice_vieillissement", 154, 213, 147, False),
        ("taux_chomage_rp", 8.2, 10.4, 8.3, False),
        ("part_travail_commune", 60.0, 44.0, 41.3, False),
    ],
)
def test_the_garrison_is_found_by_rule(larzac, indicator, whole, without, reference, opposite):
    found = larzac.distortion(indicator)
    assert found.place == "12063"
    assert found.changes_reading
    assert found.opposite is opposite
    digits = 0 if indicator == "indice_vieillissement" else 1
    values = (found.with_place, found.without_place, found.reference)
    assert tuple(round(v, digits) for v in values) == (whole, without, reference)


def test_with_and_without_a_commune_is_computed_again_from_counts(larzac):
    """APL: 3.40 with La Cavalerie; rates without it come from the other communes' counts alone."""
    rows = larzac.with_and_without("part_65_plus", "12063").set_index(["breakdown", "period"])["value"]
    assert round(rows["", "2023"], 1) == 25.2
    assert round(rows["sans=12063", "2023"], 1) == 33.7


def test_absent_figures_are_absent_never_zero(affricain):
    for indicator in ("naissances", "enfants_0_4", "foyers_rsa", "demandeurs_emploi", "places_accueil"):
        value = affricain.value(indicator)
        assert value.status == "missing"
        assert value.value is None
    assert affricain.value("taux_couverture").value == 70.9
    assert affricain.value("population").value == 13406


def test_no_total_for_france_when_mayotte_is_unknown(larzac):
    assert larzac.value("population", "", ("france", "FR")).status == "missing"


def test_secret_communes_stay_secret(larzac):
    rows = larzac.communes("niveau_vie_median", period="2023").set_index("code")
    assert rows.loc["12295", "status"] == "secret"
    assert rows["value"].isna().sum() == 6  # medians of six communes are not published


def test_no_rate_on_a_base_under_100(larzac):
    rows = larzac.communes("part_residences_secondaires", period="2023").set_index("code")
    assert rows.loc["12295", "status"] == "below_threshold"  # 92 dwellings
    assert rows["value"].isna().loc["12295"]
    assert rows.loc["12295", "denominator"] == 92


def test_arrondissements_are_counted_in_their_city(larzac, project):
    """The list gives Paris, Lyon and Marseille by arrondissement: they are no zeros."""
    from ctg_lib.observations import Store

    assert larzac.value("structures_france_services", "", ("commune", "13055")).value > 0
    assert larzac.value("structures_france_services", "", ("commune", "69123")).value > 0
    assert larzac.value("structures_france_services", "", ("departement", "75")).value > 0
    listed = Store(project.store).read("france_services", variables=["structure"])
    commune = listed["breakdown"].str.extract(r"commune=([^;]+)")[0]
    departements = commune[~commune.str.startswith(("975", "977", "978", "98"))]
    assert larzac.value("structures_france_services", "", ("france", "FR")).value == len(departements)


def test_means_that_no_publisher_gives_are_said_so(larzac):
    references = larzac.compare("apl_generalistes").references
    assert set(references["method"]) == {"mean_of_republisher"}
    mine = larzac.row("apl_generalistes")
    assert mine["method"] == "population_weighted"
    assert "geo_populations" in mine["sources"]


def test_an_assumption_has_no_interval(larzac):
    for indicator, breakdown in (("places_accueil", ""), ("enfants_moins_3", "methode=cnaf")):
        row = larzac.row(indicator, breakdown)
        assert row["method"] == "assumed"
        assert row["status"] == "estimated"
        assert row[["lower", "upper"]].isna().all()


def test_the_second_reading_is_in_the_export(larzac):
    rows = larzac.export()
    rest = rows[rows["breakdown"].eq("sans=12063")].set_index(["indicator", "period"])["value"]
    assert round(rest["part_65_plus", "2023"], 1) == 33.7
    assert round(rest["part_sans_diplome", "2023"], 1) == 16.9
    assert round(rest["indice_vieillissement", "2023"]) == 213
    assert round(rest["apl_generalistes", "2024"], 2) == 2.37
