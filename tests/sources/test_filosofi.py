"""Wide Filosofi files: every year, every table, every trap.

Trap -> test:
    the year's suffix is data                  test_any_year_is_read_from_the_names
    counts with or without decimals            test_counts_with_or_without_decimals
    2012 to 2014: PTSAC is not PTSA            test_names_of_the_first_years
    RD, Q3_Q1, S80S20 without a year           test_names_that_have_no_year
    separators left at the end (2017)          test_separators_left_at_the_end_of_lines
    « s », « nd », empty cell; decimal comma   test_markers_decimal_comma_and_absent_columns
    the table of the poor                      test_the_table_of_the_poor_does_not_pass_for_everybody
    declared income is not disposable income   test_declared_income_keeps_its_name
    the archive holds a description            test_archive_with_its_description
    workbooks with lines of text before        test_workbook, test_workbook_messages
    a new column, another year                 test_a_new_figure_is_read_a_new_word_is_refused, test_messages
    a figure of 2023 under « 2021 »            test_expected_figure_catches_another_vintage (and test_vintages)
    a commune's arrondissements                test_empty_cell_of_a_commune_is_secret_and_arrondissements_…
"""

from __future__ import annotations

import zipfile

import pytest

from ctg_lib.errors import RawDataError
from ctg_lib.manifest import load_manifest
from ctg_lib.sources import filosofi, read

WIDE = "CODGEO;NBMENFISC21;MED21;TP6021;TP60AGE121;D121;RD21;PPSOC21\n"


def values(frame):
    return frame.set_index(["variable", "code"])["value"].to_dict()


def test_names_lose_their_year_and_families_share_them():
    names = {
        "MED21": "MED",
        "TP6021": "TP60",
        "TP60AGE121": "TP60AGE1",
        "TP60TOL221": "TP60TOL2",
        "D121": "D1",
    }
    assert {n: filosofi.canonical_name(n, 2021) for n in names} == names
    old = {
        "Q219": "MED",
        "NBPERS19": "NBPERSMENFISC",
        "NBMEN19": "NBMENFISC",
        "S80S2019": "S80S20",
        "D119": "D1",
        "RD": "RD",
    }
    assert {n: filosofi.canonical_name(n, 2019) for n in old} == old


@pytest.mark.parametrize("year", [2012, 2018, 2020, 2023])
def test_any_year_is_read_from_the_names(file, entry, year):
    yy = year % 100
    frame = filosofi.read(
        file(f"CODGEO;MED{yy}\n241200906;20610\n", f"cc_filosofi_{year}_EPCI.csv"),
        entry(reference_date=str(year)),
    )
    assert frame[["variable", "level", "period", "value"]].iloc[0].tolist() == [
        "MED",
        "epci",
        str(year),
        20610,
    ]


def test_markers_decimal_comma_and_absent_columns(file, entry):
    text = WIDE + "241200906;2 350;20610;17,3;s;11 540;2,8;nd\n"
    frame = filosofi.read(file(text, "cc_filosofi_2021_EPCI.csv"), entry(reference_date="2021")).set_index(
        "variable"
    )
    assert frame["value"].loc[["NBMENFISC", "TP60", "D1"]].tolist() == [2350, 17.3, 11540]
    assert frame["status"].loc[["TP60AGE1", "PPSOC", "MED"]].tolist() == ["secret", "missing", "observed"]
    assert "D9" not in frame.index and set(frame["dataset"]) == {"filosofi"}


def test_empty_cell_of_a_commune_is_secret_and_arrondissements_are_left_out(file, entry):
    text = "CODGEO;LIBGEO;NBMEN19;Q219;D119\n12063;La Cavalerie;477;19970;\n75101;Paris 1er;1;2;3\n"
    frame = filosofi.read(file(text, "FILO2019_DISP_COM.csv"), entry(reference_date="2019"))
    assert set(frame["code"]) == {"12063"}
    assert frame.set_index("variable")["status"].to_dict() == {
        "NBMENFISC": "observed",
        "MED": "observed",
        "D1": "secret",
    }


def test_metropole_is_fm_whatever_its_code(file, entry):
    frame = filosofi.read(
        file("CODGEO;Q219\n1;21930\n", "FILO2019_DISP_METROPOLE.csv"), entry(reference_date="2019")
    )
    assert frame[["level", "code"]].iloc[0].tolist() == ["france", "FM"]


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("CODE;MED21\n1;2\n", "a_EPCI.csv", "colonnes manquantes : CODGEO"),
        (
            "CODGEO;MED20\n1;2\n",
            "a_EPCI.csv",
            r"années des colonnes : trouvé '20', attendu 2021 \(manifeste\)",
        ),
        ("CODGEO;MEDIANE\n1;2\n", "a_EPCI.csv", "trouvé 'aucune'"),
        ("CODGEO;MED21\n1;2\n", "a_CANTON.csv", "niveau : trouvé 'CANTON', attendu COM"),
        (
            "CODGEO;MED21\n241200906;20610\n200067064;20 2x0\n",
            "a_EPCI.csv",
            "ligne 3, colonne MED21 : trouvé '20 2x0'",
        ),
        ("CODGEO;MED21\n241200906;20610\n241200906;20610\n", "a_EPCI.csv", "lignes 2 et 3 : clé en double"),
        ("CODGEO;MED21\n;20610\n", "a_EPCI.csv", "colonne CODGEO : trouvé '', attendu un code géographique"),
    ],
)
def test_messages(file, entry, text, name, message):
    with pytest.raises(RawDataError, match=message):
        filosofi.read(file(text, name), entry(reference_date="2021"))


def read_text(file, entry, text, name, year, **options):
    return filosofi.read(file(text, name), entry(reference_date=str(year), options=options))


def test_counts_with_or_without_decimals(file, entry):
    # CC Larzac et Vallées, as Insee wrote it in 2014 and in 2015.
    old = read_text(
        file, entry, "CODGEO;NBMEN14;Q214\n241200906;2239;18015,0\n", "FILO2014_DISP_EPCI.csv", 2014
    )
    new = read_text(
        file, entry, "CODGEO;NBMEN15;Q215\n241200906;2255,0;17928,3\n", "FILO2015_DISP_EPCI.csv", 2015
    )
    assert values(old) == {("NBMENFISC", "241200906"): 2239, ("MED", "241200906"): 18015}
    assert values(new) == {("NBMENFISC", "241200906"): 2255, ("MED", "241200906"): 17928.3}


@pytest.mark.parametrize("year", [2012, 2013, 2014])
def test_names_of_the_first_years(file, entry, year):
    yy = year % 100
    text = f"CODGEO;Q2{yy};D9{yy};PTSAC{yy};PBEN{yy};TP60{yy}\n241200906;18015,0;29305,7;47,4;10,8;17,0\n"
    frame = read_text(file, entry, text, "FILO_DISP_EPCI.csv", year)
    assert set(frame["variable"]) == {"MED", "D9", "PTSAC", "PBEN", "TP60"}
    assert set(frame["period"]) == {str(year)}


@pytest.mark.parametrize(("year", "column"), [(2019, "S80S2019"), (2020, "S80S2020"), (2020, "S80S20")])
def test_names_that_have_no_year(file, entry, year, column):
    text = f"CODGEO;Q2{year % 100};Q3_Q1;RD;{column}\n241200906;19660;9000;3,0;3,6\n"
    frame = read_text(file, entry, text, f"FILO{year}_DISP_EPCI.csv", year)
    assert set(frame["variable"]) == {"MED", "Q3_Q1", "RD", "S80S20"}


def test_separators_left_at_the_end_of_lines(file, entry):
    text = "CODGEO;LIBGEO;Q217;D117;;;\n241200906;CC Larzac et Vallées;18640;10270;;;\n"
    frame = read_text(file, entry, text, "FILO2017_DISP_EPCI.csv", 2017)
    assert values(frame) == {("MED", "241200906"): 18640, ("D1", "241200906"): 10270}
    with pytest.raises(RawDataError, match="colonnes jamais vues et sans l’année 2017 : Unnamed: 3"):
        read_text(file, entry, "CODGEO;Q217;D117;\n1;2;3;4\n", "FILO2017_DISP_EPCI.csv", 2017)


@pytest.mark.parametrize("name", ["FILO2021_DISP_PAUVRES_COM.csv", "FILO2021_DISP_Pauvres_COM.csv"])
def test_the_table_of_the_poor_does_not_pass_for_everybody(file, entry, name):
    text = "CODGEO;NBMEN21;TP6021;TP60Q221;PPSOC21\n12145;800;19,1;10100;35,0\n12063;;;;\n"
    frame = read_text(file, entry, text, name, 2021)
    assert values(frame)["TP60", "12145"] == 19.1
    assert set(frame["variable"]) == {"PAUVRES_NBMENFISC", "TP60", "TP60Q2", "PAUVRES_PPSOC"}
    assert set(frame.loc[frame["code"] == "12063", "status"]) == {"secret"}


def test_declared_income_keeps_its_name(file, entry):
    frame = read_text(file, entry, "CODGEO;Q219\n241200906;19000\n", "FILO2019_DEC_EPCI.csv", 2019)
    assert set(frame["variable"]) == {"DEC_MED"}
    named = read_text(file, entry, "CODGEO;Q219\n241200906;19000\n", "revenus_EPCI.csv", 2019, table="DEC")
    assert set(named["variable"]) == {"DEC_MED"}


def test_geography_in_the_name_is_not_a_level(file, entry):
    frame = read_text(file, entry, "CODGEO;MED18\n12;20640\n", "cc_filosofi_2018_DEP-geo2021.CSV", 2018)
    assert frame[["level", "period"]].iloc[0].tolist() == ["departement", "2018"]


def test_archive_with_its_description(tmp_path, entry):
    path = tmp_path / "cc_filosofi_2021_EPCI.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("meta_cc_filosofi_2021.csv", "COD_VAR\n")
        archive.writestr("cc_filosofi_2021_EPCI.csv", "CODGEO;MED21\n241200906;20610\n")
    assert values(filosofi.read(path, entry(reference_date="2021"))) == {("MED", "241200906"): 20610}


def workbook(path, sheets):
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


TITLES = [["Revenus et pauvreté"], ["Mise en ligne"], [None], ["Code", "Médiane (€)", "Rapport"]]


def test_workbook(tmp_path, entry):
    sheets = {
        "Documentation": [["texte"]],
        "ENSEMBLE": [*TITLES, ["CODGEO", "Q221", "RD"], ["241200906", 20610, "2,8"], [None, None, None]],
        "TRAGERF_1": [*TITLES, ["CODGEO", "AGE1Q221", "RD"], ["241200906", 18000, "s"]],
    }
    frame = filosofi.read(
        workbook(tmp_path / "FILO2021_DISP_EPCI.xlsx", sheets), entry(reference_date="2021")
    )
    assert values(frame) == {("MED", "241200906"): 20610, ("RD", "241200906"): 2.8}


@pytest.mark.parametrize(
    ("sheets", "options", "message"),
    [
        (
            {"A": [["CODGEO", "Q221"]], "B": [["CODGEO", "Q221"]]},
            {},
            "feuille où lire CODGEO : trouvé 'A, B'",
        ),
        (
            {"A": [["Code", "Q221"]]},
            {},
            "feuille où lire CODGEO : trouvé 'aucune', attendu une seule feuille",
        ),
        ({"A": [["CODGEO", "Q221"]]}, {"sheet": "Z"}, "feuille : trouvé 'Z', attendu A"),
        ({"A": [["CODGEO", "Q221"], ["1", "2"], ["3", "x"]]}, {}, "ligne 3, colonne Q221 : trouvé 'x'"),
    ],
)
def test_workbook_messages(tmp_path, entry, sheets, options, message):
    path = workbook(tmp_path / "FILO2021_DISP_EPCI.xlsx", sheets)
    with pytest.raises(RawDataError, match=message):
        filosofi.read(path, entry(reference_date="2021", options=options))


def test_old_workbooks_are_refused(file, entry):
    with pytest.raises(
        RawDataError, match=r"classeur .xls .*prenez le CSV de l’éditeur ou enregistrez-le en .xlsx"
    ):
        read_text(file, entry, "", "FILO_DISP_COM.xls", 2013)


def test_a_new_figure_is_read_a_new_word_is_refused(file, entry):
    frame = read_text(
        file, entry, "CODGEO;MED21;TP7021\n241200906;20610;25,1\n", "cc_filosofi_2021_EPCI.csv", 2021
    )
    assert values(frame)["TP70", "241200906"] == 25.1
    text = "CODGEO;MED21;ZONE\n241200906;20610;A\n"
    with pytest.raises(
        RawDataError, match=r"colonnes jamais vues et sans l’année 2021 : ZONE.*option « ignore »"
    ):
        read_text(file, entry, text, "cc_filosofi_2021_EPCI.csv", 2021)
    assert len(read_text(file, entry, text, "cc_filosofi_2021_EPCI.csv", 2021, ignore=["ZONE"])) == 1


def test_two_years_in_one_file_and_another_year_in_its_name(file, entry):
    with pytest.raises(RawDataError, match="années des colonnes : trouvé '20, 21', attendu 2021"):
        read_text(file, entry, "CODGEO;MED21;TP6020\n1;2;3\n", "cc_filosofi_2021_EPCI.csv", 2021)
    with pytest.raises(RawDataError, match="année du nom : trouvé '2023', attendu 2021"):
        read_text(file, entry, "CODGEO;MED21\n1;2\n", "cc_filosofi_2023_EPCI.csv", 2021)


def test_expected_figure_catches_another_vintage(file, entry):
    # Métropole: 14,9 % in 2021, 15,9 % in 2023; Aveyron: 14,5 % in both.
    wrong = "CODGEO;TP6021\n1;15,9\n"
    with pytest.raises(
        RawDataError, match=r"TP60 de FM : trouvé '15.9', attendu 14.9.*Fichier d’un autre millésime"
    ):
        read_text(file, entry, wrong, "cc_filosofi_2021_METRO.csv", 2021, expect={"FM": {"TP60": 14.9}})


def test_golden(raw):
    manifest = load_manifest(raw / "manifest.yml")

    def carried(entry_id):
        return values(read(manifest.file(manifest[entry_id]), manifest[entry_id]))

    epci = carried("insee_filosofi_2019_disp_epci")
    assert [epci[v, "241200906"] for v in ("MED", "D1", "D9", "S80S20", "NBPERSMENFISC")] == [
        19660,
        10660,
        32030,
        3.6,
        5089,
    ]
    commune = carried("insee_filosofi_2019_disp_com")
    assert [commune[v, "12063"] for v in ("NBMENFISC", "NBPERSMENFISC", "MED")] == [477, 1195, 19970]
    before = carried("insee_filosofi_2018_disp_epci")
    assert [before[v, "241200906"] for v in ("NBMENFISC", "MED", "D1", "D9")] == [2376, 19090, 10620, 31840]
    assert carried("insee_filosofi_2018_disp_com")["MED", "12063"] == 19090
    assert carried("insee_filosofi_2021_epci")["TP60", "241200906"] == 17.3
    assert carried("insee_filosofi_2021_dep")["TP60", "12"] == 14.5
    assert carried("insee_filosofi_2021_reg")["TP60", "76"] == 17.5
    assert carried("insee_filosofi_2021_metro")["TP60", "FM"] == 14.9
    assert carried("insee_filosofi_2019_epci")["TP60", "241200906"] == 17.5
