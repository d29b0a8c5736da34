"""Cnaf: places, benefits at every level, income bands, département sets.

Traps of data.caf.fr, and where each is tested:

- placeholder rows « XX », « XXX », « 99 », « COM »: test_placeholders, and test_cnaf.py
- technical rows that repeat an EPCI: test_cnaf.py
- ``annee`` number or date: test_places_by_mode, test_cnaf.py
- 2022 in the current file and, older, in the ``_hist`` one: test_current_file_wins
- counts rounded to 5 in ``_f`` files, exact in départements: test_exact_counts, test_cnaf.py
- indben_… as text; amounts left out: test_benefits_of_epci
- monthly files: test_months
- bands of quotient familial, « Inconnu » included: test_bands, test_income_bands
- the older files of all communes (TAUXCOUV2020.csv): test_coverage_of_all_communes
- a mode, a band, a column never seen: test_messages
"""

from __future__ import annotations

import math

import pytest

from ctg_lib.errors import RawDataError
from ctg_lib.sources import cnaf, cnaf_sets, read

PLACES = "annee;numepci;nomepci;pl_psu_col_epci;pl_eaje_epci;pl_am_ind_epci;tot_offre_epci\n"


def test_places_by_mode(file, entry):
    text = PLACES + "2023-01-01;241200906;CC;;22;50;82\n2022;241200906;CC;22;22;55;90\n"
    frame = cnaf.read_places(file(text), entry(dataset="nbpla_pe_epci")).set_index(["period", "breakdown"])
    assert frame.loc[("2023", ""), ["value", "level", "geography_year"]].tolist() == [82, "epci", 2024]
    assert frame.loc[("2023", "mode=am_ind"), "value"] == 50
    assert frame.loc[("2023", "mode=psu_col"), "status"] == "missing"
    assert set(frame["dataset"]) == {"nbpla_pe"} and set(frame["variable"]) == {"places"}


@pytest.mark.parametrize(
    ("text", "options", "level", "code"),
    [
        ("annee;numcom;tot_offre_com\n2023;12145;500\n", {}, "commune", "12145"),
        ("annee;numdep;tot_offre_dep\n2023;1;500\n", {}, "departement", "01"),
        ("annee;numregi;tot_offre_reg\n2023;76;500\n", {}, "region", "76"),
        ("annee;national;tot_offre_nat\n2023;France;500\n", {"france": "FHM"}, "france", "FHM"),
    ],
)
def test_places_of_all_levels(file, entry, text, options, level, code):
    row = cnaf.read_places(file(text), entry(options=options)).iloc[0]
    assert (row["level"], row["code"], row["value"]) == (level, code, 500)


def test_placeholders(file, entry):
    text = "annee;numcom;tot_offre_com\n2023;12145;500\n2023;COM;9\n2023;XXXXX;9\n2023;75101;9\n"
    assert cnaf.read_places(file(text), entry())["code"].tolist() == ["12145"]


def test_current_file_wins(file, entry):
    path = file(PLACES + "2021;241200906;CC;;22;60;95\n2022;241200906;CC;;22;55;91\n")
    hist = entry(dataset="nbpla_pe_epci_hist")
    assert set(cnaf.read_places(path, hist)["period"]) == {"2021"}
    assert set(cnaf.read_places(path, entry(dataset="nbpla_pe_epci"))["period"]) == {"2021", "2022"}
    kept = entry(dataset="nbpla_pe_epci_hist", options={"superseded_years": []})
    assert set(cnaf.read_places(path, kept)["period"]) == {"2021", "2022"}
    rates = file("annee;numepci;txcouv_epci\n2021;241200906;60\n2022;241200906;61\n", "t.csv")
    assert set(cnaf.read_coverage(rates, entry(dataset="txcouv_pe_epci_hist"))["period"]) == {"2021"}


def test_coverage_of_all_communes(file, entry):
    text = "NUM_COM;NOM_COM;tauxcouv_com\n12063;La Cavalerie;60,5\n1001;Un;\n"
    frame = cnaf.read_coverage(file(text), entry(reference_date="2021-12")).set_index("code")
    assert frame.loc["12063", ["value", "period", "level"]].tolist() == [60.5, "2021", "commune"]
    assert frame.loc["01001", "status"] == "missing"


BEN = "dtreffre;numepci;nomepci;indfoy_aah;indben_aah;indben_aeeh;indmtt_aah\n"


def test_benefits_of_epci(file, entry):
    text = BEN + '2024-12-01;241200906;CC;"80";"85,0";"";99999\n'
    frame = cnaf.read_benefits(file(text), entry(dataset="s_ben_epci_f")).set_index("variable")
    assert frame.loc["indben_aah", ["value", "low", "high", "status", "level"]].tolist() == [
        85, 83, 89, "rounded", "epci",
    ]  # fmt: skip
    assert frame.loc["indben_aeeh", "status"] == "missing" and "indmtt_aah" not in frame.index


def test_exact_counts(file, entry):
    text = "dtreffre;numdep;numregi;indben_aeeh\n2024-12-01;12;76;1203\n2024-12-01;9;76;800\n"
    frame = cnaf.read_benefits(file(text), entry(dataset="s_ben_dep")).set_index("code")
    assert frame.loc["12", ["value", "status"]].tolist() == [1203, "observed"]
    assert math.isnan(frame.loc["12", "low"]) and frame.loc["09", "level"] == "departement"
    forced = cnaf.read_benefits(file(text), entry(dataset="s_ben_dep", options={"rounded": True}))
    assert set(forced["status"]) == {"rounded"}


def test_benefits_of_a_departement_in_multiples_of_five_are_taken_as_rounded(file, entry):
    text = "dtreffre;numdep;indfoy_rsa\n2024-12-01;12;4360\n"
    assert cnaf.read_benefits(file(text), entry())["status"].tolist() == ["rounded"]


def test_months(file, entry):
    text = "dtreffre;numdep;indfoy_rsa\n2024-11-01;12;4361\n2024-12-01;12;4362\n"
    frame = cnaf.read_benefits(file(text), entry(options={"months": [12]}))
    assert frame[["period", "value"]].to_numpy().tolist() == [["2024-12", 4362]]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Moins de 400 euros", "lt400"),
        ("Entre 400 et 799 euros", "400_799"),
        ("Entre 1 200 et 1 599 euros", "1200_1599"),
        ("4000 euros ou plus", "ge4000"),
        ("Inconnu", "inconnu"),
        ("Aisé", None),
    ],
)
def test_bands(text, code):
    assert cnaf_sets.band_code(text) == code


QF = "dtreffre;numcomdo;nomcomdo;qf_400;indfoy_ndur;indnbp_ndur\n"


def test_income_bands(file, entry):
    text = QF + (
        "2024-12-01;12063;La Cavalerie;Moins de 400 euros;15;30\n2024-12-01;12063;La Cavalerie;Inconnu;;\n"
    )
    frame = cnaf_sets.read_income_bands(file(text), entry()).set_index(["variable", "breakdown"])
    assert frame.loc[("foyers", "qf=lt400"), ["value", "low", "high", "status"]].tolist() == [
        15,
        13,
        19,
        "rounded",
    ]
    assert frame.loc[("personnes", "qf=lt400"), "value"] == 30
    assert frame.loc[("foyers", "qf=inconnu"), "status"] == "missing"
    assert set(frame["dataset"]) == {"ndur_s_qf"} and set(frame["level"]) == {"commune"}


def test_department_set(file, entry):
    text = (
        "dtreffre;numdep;nomdep;numregi;nomregi;tx_inca;indfoy_aah;indmtt_aah\n"
        "2026-06-01;12;AVEYRON;76;OCCITANIE;80 % et plus;3201;1\n"
        "2026-06-01;12;AVEYRON;76;OCCITANIE;;12;1\n"
    )
    frame = cnaf_sets.read_department_set(file(text), entry()).set_index("breakdown")
    assert frame.loc["tx_inca=80_et_plus", ["variable", "value", "period", "status", "dataset"]].tolist() == [
        "indfoy_aah", 3201, "2026-06", "observed", "aah_dep",
    ]  # fmt: skip
    assert frame.loc["tx_inca=inconnu", "value"] == 12
    other = cnaf_sets.read_department_set(file(text), entry(options={"dataset": "asf_dep"}))
    assert set(other["dataset"]) == {"asf_dep"}


@pytest.mark.parametrize(
    ("layout", "text", "message"),
    [
        ("cnaf_nbpla", "annee;numepci;x\n2023;1;2\n", "colonnes pl_… et tot_offre_… : trouvé 'aucune'"),
        (
            "cnaf_nbpla",
            "annee;numepci;pl_micro_epci\n2023;241200906;2\n",
            "mode d’accueil nouveau : trouvé 'pl_micro_epci', attendu eaje, psu_col",
        ),
        ("cnaf_nbpla", PLACES + "2023;241200906;CC;;x;;\n", "ligne 2, colonne pl_eaje_epci : trouvé 'x'"),
        ("cnaf_nbpla", PLACES.replace("annee", "an") + "2023;241200906;;;;;1\n", "colonnes manquantes : annee"),
        ("cnaf_txcouv", "annee;numepci;txcouv_micro_epci\n2023;241200906;2\n", "trouvé 'txcouv_micro_epci'"),
        ("cnaf_qf", "dtreffre;numcomdo;indfoy_ndur\n2024-12-01;12063;5\n", "colonne des tranches : trouvé 'aucune'"),
        ("cnaf_qf", QF + "2024-12-01;12063;X;Aisé;5;5\n", "ligne 2, colonne qf_400 : trouvé 'Aisé'"),
        ("cnaf_qf", "dtreffre;numcomdo;qf_400\n2024-12-01;12063;Inconnu\n", "aucune colonne indfoy_ndur ni indnbp"),
        ("cnaf_qf", QF + "hier;12063;X;Inconnu;5;5\n", "colonne dtreffre : trouvé 'hier'"),
        ("cnaf_aah_dep", "dtreffre;numdep;age\n2024-12-01;12;x\n", "aucune colonne d’effectif"),
        (
            "cnaf_aah_dep",
            "dtreffre;numdep;indfoy_aah;moyenne\n2024-12-01;12;5;10,5\n",
            "colonne moyenne : trouvé '10,5', attendu une modalité",
        ),
        ("cnaf_s_ben", "dtreffre;numepci;autre\n2024-12-01;241200906;5\n", "aucune colonne indfoy_…"),
    ],
)  # fmt: skip
def test_messages(file, entry, layout, text, message):
    with pytest.raises(RawDataError, match=message):
        read(file(text), entry(layout=layout))
