from __future__ import annotations

import math

import pytest

from ctg_lib.errors import RawDataError
from ctg_lib.manifest import load_manifest
from ctg_lib.sources import cnaf, read

EPCI = "annee;numepci;nomepci;txcouv_epci;txcouv_eaje_epci;txcouv_psu_col_epci\n"
BEN = "dtreffre;numcomdo;nomcomdo;indfoy_ndur;indmtt_ndur\n"


def test_coverage_modes_bounds_and_geography(file, entry):
    frame = cnaf.read_coverage(file(EPCI + "2023;241200906;CC Larzac;60.5;16.3;\n"), entry())
    rows = frame.set_index("breakdown")
    assert rows.loc["mode=eaje", ["value", "low", "high"]].tolist() == [16.3, 16.25, 16.35]
    assert rows.loc["mode=psu_col", "status"] == "missing"
    assert rows.loc["", "value"] == 60.5
    assert set(frame["geography_year"]) == {2024} and set(frame["variable"]) == {"txcouv"}


def test_coverage_placeholders_and_technical_rows(file, entry):
    text = (
        EPCI
        + "2023;XX;Ensemble;195.8;;\n2023;241200906;;60.5;;\n2023;241200906;CC;60.5;16.3;1\n2023;99;;1;1;1\n"
    )
    frame = cnaf.read_coverage(file(text), entry())
    assert set(frame["code"]) == {"241200906"}
    assert frame.set_index("breakdown")["value"]["mode=eaje"] == 16.3


def test_coverage_of_france_has_a_date_and_a_perimeter(file, entry):
    text = "annee;txcouv_nat\n2023-01-01;60.9\n"
    frame = cnaf.read_coverage(file(text), entry(options={"france": "FHM"}))
    assert frame[["level", "code", "period", "value"]].iloc[0].tolist() == ["france", "FHM", "2023", 60.9]
    with pytest.raises(RawDataError, match="option 'france'"):
        cnaf.read_coverage(file(text), entry())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("annee;numepci;taux\n2023;1;2\n", "colonnes txcouv_… : trouvé 'aucune', attendu un seul niveau"),
        ("annee;txcouv_epci\n2023;1\n", "colonnes manquantes : numepci"),
        ("numepci;txcouv_epci\n241200906;1\n", "colonnes manquantes : annee"),
        (EPCI + "vingt;241200906;CC;1;1;1\n", "ligne 2, colonne annee : trouvé 'vingt', attendu une année"),
        (EPCI + "2023;241200906;CC;60,5 %;1;1\n", "ligne 2, colonne txcouv_epci : trouvé '60,5 %'"),
        (EPCI + "2023;241200906;CC;60.5;1;1\n2023;241200906;CC;61;1;1\n", "lignes 2 et 3 : clé en double"),
        (EPCI + "2023;XX;;1;1;1\n", "aucune ligne utilisable"),
    ],
)
def test_coverage_messages(file, entry, text, message):
    with pytest.raises(RawDataError, match=message):
        cnaf.read_coverage(file(text), entry())


def test_benefits_are_intervals(file, entry):
    text = BEN + (
        "2024-12-01;12063;La Cavalerie;265;1000\n"
        "2024-12-01;12022;;0;\n"
        "2023-12;12063;;;\n"
        "2024-12-01;XXXXX;;5;\n"
    )
    frame = cnaf.read_benefits(file(text), entry()).set_index(["code", "period"])
    assert frame.loc[("12063", "2024-12"), ["value", "low", "high", "status"]].tolist() == [
        265,
        263,
        269,
        "rounded",
    ]
    assert frame.loc[("12022", "2024-12"), ["value", "low", "high"]].tolist() == [0, 0, 4]
    empty = frame.loc[("12063", "2023-12")]
    assert empty["status"] == "missing" and math.isnan(empty["low"])
    assert set(frame["variable"]) == {"indfoy_ndur"} and len(frame) == 3  # amounts are left out
    assert frame.loc[("12063", "2024-12"), "geography_year"] == 2025


def test_empty_bounds_are_kept_when_the_manifest_says_so(file, entry):
    row = cnaf.read_benefits(
        file(BEN + "2024-12-01;12063;;;\n"), entry(options={"empty_bounds": [0, 4]})
    ).iloc[0]
    assert row["status"] == "missing" and math.isnan(row["value"]) and (row["low"], row["high"]) == (0, 4)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dtreffre;indfoy_ndur\n2024-12-01;1\n", "colonnes manquantes : numcomdo"),
        ("numcomdo;indfoy_ndur\n12063;1\n", "colonnes manquantes : dtreffre"),
        ("dtreffre;numcomdo\n2024-12-01;12063\n", "aucune colonne indfoy_…"),
        (BEN + "décembre;12063;;5;\n", "colonne dtreffre : trouvé 'décembre', attendu une date"),
        (
            BEN + "2024-12-01;12063;;cinq;\n",
            "ligne 2, colonne indfoy_ndur : trouvé 'cinq', attendu un nombre",
        ),
    ],
)
def test_benefits_messages(file, entry, text, message):
    with pytest.raises(RawDataError, match=message):
        cnaf.read_benefits(file(text), entry())


def test_golden(raw):
    manifest = load_manifest(raw / "manifest.yml")

    def carried(entry_id):
        return read(manifest.file(manifest[entry_id]), manifest[entry_id])

    epci = carried("cnaf_txcouv_epci_2023").set_index(["code", "breakdown"])["value"]
    modes = ["", "mode=eaje", "mode=am_ind", "mode=prescol", "mode=gad_ind"]
    assert [epci["241200906", m] for m in modes] == [60.5, 16.3, 36.9, 6.7, 0.7]
    assert math.isnan(epci["241200914", "mode=eaje"])  # written 0 by the collector: not known
    total = epci.xs("", level="breakdown")
    others = total.drop("241200906")
    assert len(others) == 20 and others.median() == pytest.approx(64.7) and (others > 60.5).sum() == 13
    assert carried("cnaf_txcouv_nat_2023")["value"].tolist() == [60.9, 23.5, 31.9, 3.3, 2.2]

    larzac = carried("cnaf_s_ben_com_2020_2024").query(
        "code not in ['12202', '12208'] and period == '2024-12'"
    )
    rsa = larzac.loc[larzac["variable"] == "indfoy_rsa"]
    assert (rsa["value"].sum(), rsa["low"].sum(), rsa["high"].sum()) == (80, 58, 144)
    homes = larzac.loc[larzac["variable"] == "indfoy_ndur"]
    assert (homes["value"].sum(), homes["low"].sum(), homes["high"].sum()) == (825, 793, 889)
