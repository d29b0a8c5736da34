"""Melodi layout: golden values typed from INSEE, RP 2023 (La Cavalerie, Aveyron), and every trap.

Trap -> test:
    one code under BV2022, AAV2020, UU …     test_commune_code_of_other_zonings_is_left_out
    weighted floats, codes as text            test_variable_breakdown_level_and_period
    former ids of datasets                    test_former_names_of_datasets
    vintages replace one another in one file  test_one_file_holds_several_vintages
    answers of several pages                  test_pages_are_joined, test_partial_answers_are_refused
    the measure's key differs by dataset      test_measure_key_differs_by_dataset
    no match, an error written as text        test_unreadable_and_empty_answers
    an answer of another dataset              test_partial_answers_are_refused
    places carry their year (2025-COM-12063)  test_the_geography_year_is_the_one_the_places_name
    OBS_STATUS K, W, O; CONF_STATUS C         test_statuses, test_duplicate_status_w_is_dropped
    Filosofi 2023: C and O; median and rate   test_filosofi_2023_hides_with_c_and_o
    a new code of status                      test_messages (OBS_STATUS), test_new_confidentiality_code
    zip with its metadata, gzip, Parquet      test_zip_with_its_metadata_and_gzip, test_parquet
    files of millions of rows                 test_large_files_are_read_in_pieces
    GEO F without its perimeter               test_france_f_needs_a_perimeter, test_metropole_keeps_its_code
    a figure of another vintage               test_expected_figures
"""

from __future__ import annotations

import gzip
import json
import zipfile

import pytest

from ctg_lib.errors import RawDataError
from ctg_lib.manifest import load_manifest
from ctg_lib.sources import melodi, read

HEAD = "GEO;GEO_OBJECT;AGE;SEX;RP_MEASURE;OBS_STATUS;TIME_PERIOD;OBS_VALUE\n"
ROW = "12063;COM;Y0T4;F;POP;A;2023;44.8\n"


def one(frame, **where):
    for column, value in where.items():
        frame = frame.loc[frame[column] == value]
    assert len(frame) == 1, frame
    return frame.iloc[0]


def test_variable_breakdown_level_and_period(file, entry):
    frame = melodi.read(file(HEAD + ROW + "12;DEP;_T;_T;POP;A;2023;279609.5\n"), entry())
    row = one(frame, level="commune")
    assert (row["variable"], row["breakdown"], row["code"]) == ("POP", "age=Y0T4;sex=F", "12063")
    assert (row["period"], row["value"], row["status"], row["geography_year"]) == (
        "2023",
        44.8,
        "observed",
        2025,
    )
    assert one(frame, level="departement")["breakdown"] == ""  # _T is a total
    assert (frame["source"] == "essai").all() and (frame["dataset"] == "DS_ESSAI").all()


def test_commune_code_of_other_zonings_is_left_out(file, entry):
    others = (
        "12063;BV2022;Y0T4;F;POP;A;2023;90\n"
        "12063;AAV2020;Y0T4;F;POP;A;2023;91\n"
        "75101;COM;Y0T4;F;POP;A;2023;3\n"
    )
    frame = melodi.read(file(HEAD + ROW + others), entry())
    assert frame[["level", "code"]].to_numpy().tolist() == [["commune", "12063"]]


def test_columns_in_any_order_with_extra_ones_and_byte_order_mark(file, entry):
    text = (
        "OBS_VALUE;TIME_PERIOD;FREQ;GEO;GEO_OBJECT;RP_MEASURE;UNIT_MEASURE;AGE\n"
        "1.5;2023;A;2A004;COM;POP;PS;_T\n"
    )
    row = melodi.read(file(text, encoding="utf-8-sig"), entry()).iloc[0]
    assert (row["code"], row["value"], row["breakdown"]) == ("2A004", 1.5, "")


@pytest.mark.parametrize("geo", ["2025-COM-12063", "COM-12063"])
def test_api_spelling_of_places(file, entry, geo):
    head = "GEO;AGE;RP_MEASURE;TIME_PERIOD;OBS_VALUE\n"
    row = melodi.read(file(f"{head}{geo};Y0T4;POP;2023;1\n"), entry()).iloc[0]
    assert (row["level"], row["code"]) == ("commune", "12063")


def test_zip_with_its_metadata_and_gzip(tmp_path, entry):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("DS_X_2023_metadata.csv", "COD_VAR;LIB_VAR;COD_MOD;LIB_MOD\n")
        archive.writestr("DS_X_2023_data.csv", HEAD + ROW)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress((HEAD + ROW).encode()))
    for name in ("a.zip", "a.csv.gz"):
        assert melodi.read(tmp_path / name, entry())["value"].tolist() == [44.8]


def test_recorded_api_answer(tmp_path, entry):
    # Nantes, populations of reference 2023, as the API answered.
    place = {"GEO": "2025-COM-44109", "FREQ": "A", "TIME_PERIOD": "2023"}
    answer = {
        "observations": [
            {"dimensions": {**place, "POPREF_MEASURE": m}, "measures": {"OBS_VALUE_NIVEAU": {"value": v}}}
            for m, v in (("PMUN", 327734.0), ("PTOT", 332515.0), ("PCAP", 4781.0))
        ]
    }
    (tmp_path / "a.json").write_text(json.dumps(answer), encoding="utf-8")
    frame = melodi.read(tmp_path / "a.json", entry())
    assert one(frame, variable="PMUN")["value"] == 327734
    assert set(frame["level"]) == {"commune"}


@pytest.mark.parametrize(
    ("obs", "conf", "cell", "status"),
    [
        ("A", "F", "7", "observed"),
        ("A", "C", "", "secret"),
        ("O", "C", "", "secret"),
        ("O", "F", "", "missing"),
        ("A", "F", "", "missing"),
        ("K", "F", "12", "merged_elsewhere"),
        ("E", "F", "7", "estimated"),
    ],
)
def test_statuses(file, entry, obs, conf, cell, status):
    head = "GEO;GEO_OBJECT;RP_MEASURE;OBS_STATUS;CONF_STATUS;TIME_PERIOD;OBS_VALUE\n"
    row = melodi.read(file(f"{head}12063;COM;POP;{obs};{conf};2023;{cell}\n"), entry()).iloc[0]
    assert row["status"] == status
    assert bool(row["value"] == row["value"]) is (status in {"observed", "estimated"})


def test_duplicate_status_w_is_dropped(file, entry):
    head = "GEO;GEO_OBJECT;RP_MEASURE;OBS_STATUS;TIME_PERIOD;OBS_VALUE\n"
    frame = melodi.read(file(f"{head}12063;COM;POP;A;2023;7\n12063;COM;POP;W;2023;7\n"), entry())
    assert len(frame) == 1


def test_zero_stays_zero_and_multiplier_applies(file, entry):
    head = "GEO;GEO_OBJECT;EC_MEASURE;UNIT_MULT;TIME_PERIOD;OBS_VALUE\n"
    frame = melodi.read(file(f"{head}12022;COM;LVB;0;2010;0\n12063;COM;LVB;3;2010;16\n"), entry())
    assert frame.set_index("code")["value"].to_dict() == {"12022": 0.0, "12063": 16000.0}
    assert set(frame["status"]) == {"observed"}


def test_france_f_needs_a_perimeter(file, entry):
    text = HEAD + "F;FRANCE;_T;_T;POP;A;2023;68\n"
    assert melodi.read(file(text), entry(options={"france": "FHM"}))["code"].tolist() == ["FHM"]
    with pytest.raises(RawDataError, match=r"option 'france' : trouvé None, attendu FHM, FM, FR"):
        melodi.read(file(text), entry())


def test_metropole_keeps_its_code(file, entry):
    assert melodi.read(file(HEAD + "FM;FRANCE;_T;_T;POP;A;2023;66\n"), entry())["code"].tolist() == ["FM"]


def test_facility_type_implies_its_domain(file, entry):
    head = "GEO;GEO_OBJECT;FACILITY_DOM;FACILITY_SDOM;FACILITY_TYPE;BPE_MEASURE;TIME_PERIOD;OBS_VALUE\n"
    rows = (
        "12063;COM;D;D5;D502;FACILITIES;2025;1\n"
        "12063;COM;D;D5;_T;FACILITIES;2025;4\n"
        "12063;COM;D;_T;_T;FACILITIES;2025;20\n"
    )
    frame = melodi.read(file(head + rows), entry())
    assert frame["breakdown"].tolist() == ["facility_type=D502", "facility_sdom=D5", "facility_dom=D"]


def test_keep_option(file, entry):
    frame = melodi.read(
        file(HEAD + ROW + "12063;COM;Y5T9;F;POP;A;2023;55.3\n"), entry(options={"keep": {"AGE": ["Y5T9"]}})
    )
    assert frame["value"].tolist() == [55.3]


def test_single_years_are_summed_into_bands(file, entry):
    rows = [f"12063;COM;Y{a};F;POP;A;2023;1.5\n" for a in (0, 1, 2, 3, 4, 5)]
    rows += [f"12063;COM;Y{a};F;POP;A;2023;1\n" for a in range(95, 100)] + [
        "12063;COM;Y_GE100;F;POP;A;2023;1\n"
    ]
    frame = melodi.read(file(HEAD + "".join(rows)), entry(options={"five_year_bands": True}))
    bands = frame.set_index("breakdown")["value"]
    assert bands["age=Y0T4;sex=F"] == 7.5 and bands["age=Y_GE95;sex=F"] == 6
    assert "age=Y5T9;sex=F" not in bands  # four of its years are not there
    assert len(frame) == 12 + 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "GEO;TIME_PERIOD;RP_MEASURE\n",
            r"fichier.csv : colonnes manquantes : OBS_VALUE \(trouvées : GEO, TIME",
        ),
        (
            HEAD + "12063;BV2022;_T;_T;POP;A;2023;1\n",
            r"colonne GEO_OBJECT : trouvé 'BV2022', attendu COM, EPCI, DEP",
        ),
        (
            HEAD + ROW + "12067;COM;Y0T4;F;POP;A;2023;n.d.\n",
            r"ligne 3, colonne OBS_VALUE : trouvé 'n.d.', attendu un nombre",
        ),
        (
            HEAD + ROW + "12063;COM;Y0T4;F;POP;Z;2023;1\n",
            r"ligne 3, colonne OBS_STATUS : trouvé 'Z', attendu A, B",
        ),
        (HEAD + ROW + ROW, r"lignes 2 et 3 : clé en double \(variable=POP, breakdown=age=Y0T4;sex=F"),
        ("", r"fichier vide, une ligne d’en-tête est attendue"),
        (
            "GEO;GEO_OBJECT;TIME_PERIOD;OBS_VALUE\n12063;COM;2023;1\n",
            r"trouvé 'aucune', attendu une seule colonne « …_MEASURE »",
        ),
        ("GEO;GEO;OBS_VALUE\n1;2;3\n".replace("GEO;GEO", "GEO; GEO"), r"colonnes en double : GEO"),
        (
            "GEO;RP_MEASURE;TIME_PERIOD;OBS_VALUE\n12063;POP;2023;1\n",
            r"colonne GEO : trouvé '12063', attendu AAAA-NIVEAU-CODE",
        ),
        (HEAD + "F1;FRANCE;_T;_T;POP;A;2023;1\n", r"colonne GEO : trouvé 'F1', attendu F, FR, FM, FHM"),
    ],
)
def test_messages(file, entry, text, message):
    with pytest.raises(RawDataError, match=message):
        melodi.read(file(text), entry())


def test_unreadable_and_empty_answers(tmp_path, entry):
    for text, message in (
        ("{", "JSON illisible"),
        ("{}", "réponse Melodi"),
        ('{"observations": []}', "aucune observation"),
    ):
        (tmp_path / "a.json").write_text(text, encoding="utf-8")
        with pytest.raises(RawDataError, match=message):
            melodi.read(tmp_path / "a.json", entry())


def answer(*rows, dataset="DS_ESSAI", measure="OBS_VALUE_NIVEAU", **paging):
    """One page as the API writes it: (place, value) with the municipal population."""
    return {
        "identifier": dataset,
        "observations": [
            {
                "dimensions": {"GEO": geo, "FREQ": "A", "TIME_PERIOD": "2023", "POPREF_MEASURE": "PMUN"},
                "measures": {measure: {"value": value}},
            }
            for geo, value in rows
        ],
        "paging": {"first": "https://exemple.fr?page=1", **paging},
    }


def save(tmp_path, content):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("former", "current"),
    [
        ("DS_RP_EDUCATION", "DS_RP_EDUCATION_PRINC"),
        ("DS_RP_LOGEMENT_COMPL", "DS_RP_LOGEMENT_COMP"),
        ("DS_RP_LOGEMENT_PRINC", "DS_RP_LOGEMENT_PRINC"),
    ],
)
def test_former_names_of_datasets(file, entry, former, current):
    frame = melodi.read(file(HEAD + ROW), entry(dataset=former))
    assert set(frame["dataset"]) == {current}


def test_one_file_holds_several_vintages(file, entry):
    rows = "".join(f"12063;COM;_T;_T;POP;A;{y};{v}\n" for y, v in ((2012, 1009), (2017, 1441), (2023, 2223)))
    frame = melodi.read(file(HEAD + rows), entry())
    assert frame.set_index("period")["value"].to_dict() == {"2012": 1009, "2017": 1441, "2023": 2223}


def test_pages_are_joined(tmp_path, entry):
    pages = [
        answer(("2025-COM-12063", 2223.0), count=2, next="https://exemple.fr?page=2"),
        answer(("2025-COM-12168", 967.0)),
    ]
    frame = melodi.read(save(tmp_path, pages), entry())
    assert frame.set_index("code")["value"].to_dict() == {"12063": 2223, "12168": 967}


@pytest.mark.parametrize(
    ("pages", "message"),
    [
        (
            [answer(("2025-COM-12063", 1.0), next="https://exemple.fr?page=2")],
            "trouvé '1 observations', attendu une dernière page sans « next ». Il manque des pages",
        ),
        ([answer(("2025-COM-12063", 1.0), count=3)], "trouvé '1 observations', attendu 3 observations"),
        (
            answer(("2025-COM-12063", 1.0), dataset="DS_AUTRE"),
            r"identifier : trouvé 'DS_AUTRE', attendu DS_ESSAI \(essai\)",
        ),
        ([], "une réponse Melodi"),
    ],
)
def test_partial_answers_are_refused(tmp_path, entry, pages, message):
    with pytest.raises(RawDataError, match=message):
        melodi.read(save(tmp_path, pages), entry())


def test_an_answer_under_a_former_name_is_the_same_dataset(tmp_path, entry):
    page = answer(("2025-COM-12063", 1.0), dataset="DS_RP_EDUCATION_PRINC")
    frame = melodi.read(save(tmp_path, page), entry(dataset="DS_RP_EDUCATION"))
    assert set(frame["dataset"]) == {"DS_RP_EDUCATION_PRINC"}


def test_measure_key_differs_by_dataset(tmp_path, entry):
    page = answer(("2025-DEP-974", 99.14), measure="OBS_VALUE_INDICE_DE_PRIX")
    assert melodi.read(save(tmp_path, page), entry())["value"].tolist() == [99.14]
    page["observations"][0]["measures"]["AUTRE"] = {"value": 1}
    with pytest.raises(
        RawDataError, match="measures : trouvé 'AUTRE, OBS_VALUE_INDICE_DE_PRIX', attendu une seule"
    ):
        melodi.read(save(tmp_path, page), entry())


def test_attributes_of_an_answer_are_no_dimensions(tmp_path, entry):
    page = answer(("2025-COM-12063", 5.0))
    page["observations"][0]["attributes"] = {"OBS_STATUS": "A", "CONF_STATUS": "F", "NOUVEAU": "x"}
    assert melodi.read(save(tmp_path, page), entry())["breakdown"].tolist() == [""]


def test_the_geography_year_is_the_one_the_places_name(tmp_path, file, entry):
    frame = melodi.read(save(tmp_path, answer(("2026-COM-12063", 2223.0))), entry(geography_year=2024))
    assert frame["geography_year"].tolist() == [2026]
    assert melodi.read(file(HEAD + ROW), entry(geography_year=2024))["geography_year"].tolist() == [2024]


def test_filosofi_2023_hides_with_c_and_o(file, entry):
    head = "GEO;GEO_OBJECT;FILOSOFI_MEASURE;CONF_STATUS;OBS_STATUS;TIME_PERIOD;OBS_VALUE\n"
    rows = (
        "12063;COM;MED_SL;F;A;2023;23020\n12063;COM;PR_MD60;C;O;2023;\n"
        "FM;FRANCE;PR_MD60;F;A;2023;15.9\n12022;COM;MED_SL;F;O;2023;\n"
    )
    frame = melodi.read(file(head + rows), entry(dataset="DS_FILOSOFI_CC"))
    status = frame.set_index(["code", "variable"])["status"].to_dict()
    assert status == {
        ("12063", "MED_SL"): "observed",
        ("12063", "PR_MD60"): "secret",
        ("FM", "PR_MD60"): "observed",
        ("12022", "MED_SL"): "missing",
    }


def test_new_confidentiality_code(file, entry):
    head = "GEO;GEO_OBJECT;RP_MEASURE;CONF_STATUS;TIME_PERIOD;OBS_VALUE\n"
    with pytest.raises(
        RawDataError, match="ligne 2, colonne CONF_STATUS : trouvé 'Q', attendu F, C, D, N, S"
    ):
        melodi.read(file(f"{head}12063;COM;POP;Q;2023;1\n"), entry())


def test_parquet(tmp_path, entry):
    import pandas as pd

    table = {"GEO": ["12063", "12063"], "GEO_OBJECT": ["COM", "UU2020"], "AGE": ["Y0T4", "Y0T4"],
             "RP_MEASURE": ["POP", "POP"], "TIME_PERIOD": [2023, 2023], "OBS_VALUE": [44.8, 1.0]}  # fmt: skip
    pd.DataFrame(table).to_parquet(tmp_path / "a.parquet")
    row = one(melodi.read(tmp_path / "a.parquet", entry()))
    assert (row["code"], row["breakdown"], row["period"], row["value"]) == ("12063", "age=Y0T4", "2023", 44.8)


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "zip"])
def test_large_files_are_read_in_pieces(tmp_path, entry, monkeypatch, kind):
    monkeypatch.setattr(melodi, "_BIG", 0)
    monkeypatch.setattr(melodi, "_PIECE", 60)
    text = "\ufeff" + HEAD + "".join(f"120{n};COM;Y0T4;F;POP;A;2023;{n}.5\n" for n in range(22, 31))
    path = tmp_path / f"DS_X_2023_data.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("DS_X_2023_metadata.csv", "COD_VAR\n")
            archive.writestr("DS_X_2023_data.csv", text)
    else:
        path.write_bytes(gzip.compress(text.encode()) if kind == "csv.gz" else text.encode())
    frame = melodi.read(path, entry(options={"keep": {"AGE": ["Y0T4"]}}))
    assert frame["value"].tolist() == [n + 0.5 for n in range(22, 31)]
    with pytest.raises(RawDataError, match="ligne 12, colonne OBS_VALUE : trouvé 'x'"):
        bad = tmp_path / "bad.csv"
        bad.write_text(
            text + "12168;COM;Y0T4;F;POP;A;2023;1\n12169;COM;Y0T4;F;POP;A;2023;x\n", encoding="utf-8"
        )
        melodi.read(bad, entry())


@pytest.mark.parametrize(
    ("expect", "message"),
    [
        ({"FM": {"PR_MD60": 15.9}}, ""),
        ({"FM": {"PR_MD60": {2023: 15.9}}}, ""),
        ({"FM": {"PR_MD60": 14.9}}, r"PR_MD60 de FM : trouvé '15.9', attendu 14.9 \(essai, millésime 2023\)"),
        ({"FM": {"PR_MD60": {2021: 14.9}}}, "PR_MD60 de FM, 2021 : trouvé None, attendu 14.9"),
        ({12: {"PR_MD60": 14.5}}, "PR_MD60 de 12 : trouvé None"),
    ],
)
def test_expected_figures(file, entry, expect, message):
    head = "GEO;GEO_OBJECT;FILOSOFI_MEASURE;TIME_PERIOD;OBS_VALUE\n"
    path = file(f"{head}FM;FRANCE;PR_MD60;2023;15.9\n")
    if message:
        with pytest.raises(RawDataError, match=message):
            melodi.read(path, entry(options={"expect": expect}))
    else:
        assert len(melodi.read(path, entry(options={"expect": expect}))) == 1


@pytest.fixture(scope="module")
def carried(raw):
    manifest = load_manifest(raw / "manifest.yml")
    return lambda entry_id: read(manifest.file(manifest[entry_id]), manifest[entry_id])


LARZAC = [
    "12022",
    "12063",
    "12067",
    "12077",
    "12082",
    "12115",
    "12122",
    "12139",
    "12155",
    "12168",
    "12212",
    "12220",
    "12231",
    "12232",
    "12260",
    "12295",
]


def test_golden_population(carried):
    frame = carried("insee_rp_age_sexe_2023")
    epci = frame.loc[frame["code"].isin(LARZAC)]
    assert epci["value"].sum() == pytest.approx(6746.8, abs=0.05)
    young_men = epci.loc[
        (epci["code"] == "12063")
        & epci["breakdown"].isin([f"age=Y{a}T{a + 4};sex=M" for a in (20, 25, 30, 35)])
    ]
    assert round(young_men["value"].sum()) == 1017
    under_5 = epci.loc[epci["breakdown"].str.startswith("age=Y0T4")]["value"].sum()
    five_to_9 = epci.loc[epci["breakdown"].str.startswith("age=Y5T9")]["value"].sum()
    assert (round(under_5), round(five_to_9)) == (250, 324)


def test_golden_births_and_deaths(carried):
    births = carried("insee_naissances_2008_2025").query("code in @LARZAC", local_dict={"LARZAC": LARZAC})
    by_year = births.groupby("period")["value"].sum()
    assert by_year[["2022", "2023", "2024"]].sum() == 118 and by_year[["2023", "2024", "2025"]].sum() == 116
    assert (by_year.min(), by_year.max()) == (31, 59)
    deaths = carried("insee_deces_2008_2025")
    assert one(deaths, code="12168", period="2025")["value"] == 41


def test_golden_dwellings_employment_and_income(carried):
    dwellings = carried("insee_rp_logement_2023")
    assert one(dwellings, code="12063", period="2023", breakdown="")["value"] == 689.1
    assert one(dwellings, code="FHM", period="2012", breakdown="ocs=DW_MAIN")["value"] == 28268897.6
    jobs = carried("insee_rp_activite_2023")
    assert one(jobs, code="12155", period="2023", breakdown="age=Y15T64")["value"] == 189.7
    travel = carried("insee_rp_navettes_2023")
    assert one(travel, code="12063", breakdown="age=Y_GE15;empsta_enq=1;trans=1")["value"] == 737.7
    income = carried("insee_filosofi_2023")
    assert one(income, code="12063", variable="MED_SL")["value"] == 23020
    assert one(income, code="12063", variable="PR_MD60")["status"] == "secret"
    assert one(income, code="FM", variable="PR_MD60")["value"] == 15.9
    assert one(income, code="12", variable="PR_MD60")["value"] == 14.5


def test_golden_facilities(carried):
    frame = carried("insee_bpe_2025").set_index(["code", "breakdown"])["value"]
    counts = {"D502": 1, "D504": 1, "D505": 2, "D265": 5, "C108": 2, "C201": 1}
    assert {t: frame["12063", f"facility_type={t}"] for t in counts} == counts
    assert frame["12168", "facility_type=A128"] == 1 and frame["12168", "facility_type=D265"] == 0
    assert sum(frame[c, f"facility_type={t}"] for c in LARZAC for t in ("C107", "C108", "C109")) == 9
