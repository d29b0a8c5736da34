"""Insee's other layouts: wide census bases, Caf by commune, moves, detailed facilities, repeated rates.

Trap -> test:
    several years in one file; D99, NAIS1621     test_base_cc_takes_its_periods_from_the_names
    a census year never seen                     test_base_cc_any_year
    P (exhaustive) and C (sampled) never mixed   test_base_cc_takes_its_periods_from_the_names
    weighted floats are not rounded              test_base_cc_takes_its_periods_from_the_names
    meta_… in the archive                        test_base_cc_archive_workbook_and_levels
    arrondissements of Paris, Lyon, Marseille    test_base_cc_arrondissements, test_moves_arrondissements, test_sites_…
    NOTE other than 0; an empty cell is secret   test_caf_hidden_rows_and_cells
    IRIS file instead of communes                test_caf_messages
    the year stands in the flow's name only      test_moves, test_moves_messages
    DCETU or DCETUF; a place abroad              test_moves
    NB_EQUIP, AN of the older facilities         test_sites_of_an_older_file
    a hundred columns, _Z and _U codes           test_sites_are_counted_and_zeros_written
    a type absent from the file is not a zero    test_sites_messages
    a random position (QUALITE_GEOLOC 33)        test_sites_are_counted_and_zeros_written
    an address that rolls to a new vintage       test_base_cc_messages, test_sites_messages, test_caf_messages
"""

from __future__ import annotations

import zipfile

import pytest

from ctg_lib.errors import RawDataError
from ctg_lib.manifest import load_manifest
from ctg_lib.sources import (
    bpe_detail,
    insee_base_cc,
    insee_caf_com,
    insee_mobilites,
    read,
    taux_repris,
)


def cells(frame, *columns):
    return frame.set_index(list(columns))["value"].to_dict()


# --- base-cc -----------------------------------------------------------------------------------------


def base_cc(file, entry, text, year=2022, name="base-cc-evol-struct-pop-2022.CSV", **options):
    return insee_base_cc.read(file(text, name), entry(reference_date=str(year), options=options))


def test_base_cc_takes_its_periods_from_the_names(file, entry):
    text = (
        "CODGEO;LIBGEO;P22_POP;P16_POP;P11_POP;D99_POP;C22_FAMMONO;NAIS1621\n"
        "12063;La Cavalerie;2207.98;1441;991;813;41.25;120\n"
    )
    frame = base_cc(file, entry, text)
    assert cells(frame, "variable", "period") == {
        ("P_POP", "2022"): 2207.98,
        ("P_POP", "2016"): 1441,
        ("P_POP", "2011"): 991,
        ("D_POP", "1999"): 813,
        ("C_FAMMONO", "2022"): 41.25,
        ("NAIS", "2016-2021"): 120,
    }
    assert set(frame["dataset"]) == {"base_cc"} and set(frame["level"]) == {"commune"}


@pytest.mark.parametrize("year", [2011, 2016, 2023, 2031])
def test_base_cc_any_year(file, entry, year):
    frame = base_cc(file, entry, f"CODGEO;P{year % 100}_POP\n2A004;71361.5\n", year)
    assert frame[["variable", "code", "period", "value"]].iloc[0].tolist() == [
        "P_POP",
        "2A004",
        str(year),
        71361.5,
    ]


def test_base_cc_keeps_what_is_asked_and_says_what_is_hidden(file, entry):
    text = "CODGEO;P22_POP;C22_MEN;C22_FAM\n12063;1;s;\n12168;2;3;nd\n"
    frame = base_cc(file, entry, text, keep=["C_MEN", "C_FAM"])
    assert frame.set_index(["variable", "code"])["status"].to_dict() == {
        ("C_MEN", "12063"): "secret",
        ("C_FAM", "12063"): "missing",
        ("C_MEN", "12168"): "observed",
        ("C_FAM", "12168"): "missing",
    }


def test_base_cc_arrondissements(file, entry):
    head = "CODGEO;P22_POP\n"
    alone = base_cc(file, entry, f"{head}75101;10.5\n75102;20\n69381;5\n12063;1\n")
    assert cells(alone, "code") == {"75056": 30.5, "69123": 5, "12063": 1}
    beside = base_cc(file, entry, f"{head}75056;31\n75101;10.5\n75102;20\n")
    assert cells(beside, "code") == {"75056": 31}
    partial = base_cc(file, entry, f"{head}75101;10.5\n75102;\n")
    assert partial["status"].tolist() == ["missing"]


def test_base_cc_archive_workbook_and_levels(tmp_path, entry):
    from openpyxl import Workbook

    with zipfile.ZipFile(tmp_path / "base-cc-evol-struct-pop-2022_csv.zip", "w") as archive:
        archive.writestr("meta_base-cc-evol-struct-pop-2022.CSV", "COD_VAR;LIB_VAR\n")
        archive.writestr("base-cc-evol-struct-pop-2022.CSV", "CODGEO;P22_POP\n241200906;6730\n")
    book = Workbook()
    for row in (["Population"], ["Commune"], ["CODGEO", "LIBGEO", "P22_POP"], ["241200906", "CC", 6730]):
        book.active.append(row)
    book.save(tmp_path / "base-cc.xlsx")
    for name in ("base-cc-evol-struct-pop-2022_csv.zip", "base-cc.xlsx"):
        frame = insee_base_cc.read(tmp_path / name, entry(reference_date="2022", options={"level": "epci"}))
        assert frame[["level", "code", "value"]].iloc[0].tolist() == ["epci", "241200906", 6730]


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("COM;P22_POP\n12063;1\n", {}, "colonnes manquantes : CODGEO"),
        (
            "CODGEO;P23_POP;P17_POP\n12063;1;2\n",
            {},
            r"trouvé '2023, 2017', attendu 2022 en dernier \(manifeste\)",
        ),
        ("CODGEO;P21_POP\n12063;1\n", {}, "années des colonnes : trouvé '2021'"),
        ("CODGEO;POP\n12063;1\n", {}, "années des colonnes : trouvé 'aucune'"),
        ("CODGEO;P22_POP;DENS\n12063;1;2\n", {}, "colonnes jamais vues, sans lettre ni année : DENS"),
        ("CODGEO;P22_POP\n1063;1\n", {}, "ligne 2, colonne CODGEO : trouvé '1063', attendu un code commune"),
        ("CODGEO;P22_POP\n12063;1\n", {"level": "epci"}, "trouvé '12063', attendu un SIREN à neuf chiffres"),
        (
            "CODGEO;P22_POP\n12063;1\n",
            {"level": "canton"},
            "option 'level' : trouvé 'canton', attendu commune",
        ),
        ("CODGEO;P22_POP\n12063;1\n12168;2;\n12067;x\n", {}, "tableau illisible"),
        (
            "CODGEO;P22_POP\n12063;1\n12067;x\n",
            {},
            "ligne 3, colonne P22_POP : trouvé 'x', attendu un nombre",
        ),
        ("CODGEO;P22_POP\n12063;1\n12063;1\n", {}, "lignes 2 et 3 : clé en double"),
    ],
)
def test_base_cc_messages(file, entry, text, options, message):
    with pytest.raises(RawDataError, match=message):
        base_cc(file, entry, text, **options)
    assert len(base_cc(file, entry, "CODGEO;P22_POP;DENS\n12063;1;2\n", ignore=["DENS"])) == 1


# --- Caf by commune ----------------------------------------------------------------------------------

CAF = "CODGEO;NOTE;A;PERCOU;ENF_3_5;AAAH\n"


def caf(file, entry, text, name="data_CAF2021_COM.csv", year="2021"):
    return insee_caf_com.read(file(text, name), entry(reference_date=year))


def test_caf_hidden_rows_and_cells(file, entry):
    frame = caf(file, entry, CAF + "12063;0;260;720;58;\n12067;3;;;;\n75101;0;1;2;3;4\n")
    assert set(frame["code"]) == {"12063", "12067"} and set(frame["period"]) == {"2021-12"}
    here = frame.loc[frame["code"] == "12063"].set_index("variable")
    assert here["value"].drop("AAAH").to_dict() == {"A": 260, "PERCOU": 720, "ENF_3_5": 58}
    assert here["status"].to_dict()["AAAH"] == "secret"
    assert set(frame.loc[frame["code"] == "12067", "status"]) == {"secret"}
    assert set(frame["dataset"]) == {"data_caf"}


def test_caf_another_year(file, entry):
    frame = caf(file, entry, CAF + "12063;0;260;720;58;20\n", "data_CAF_2023_COM.csv", "2023")
    assert set(frame["period"]) == {"2023-12"}


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("CODGEO;A\n12063;1\n", "data_CAF2021_COM.csv", "colonnes manquantes : NOTE"),
        (
            CAF + "120630000;0;1;2;3;4\n",
            "data_CAF2021_IRIS.csv",
            r"trouvé '120630000', attendu un code commune",
        ),
        (CAF + "12063;0;1;2;3;4\n", "data_CAF2022_COM.csv", "année du nom : trouvé '2022', attendu 2021"),
        (
            CAF + "12063;5;1;2;3;4\n",
            "data_CAF2021_COM.csv",
            "ligne 2, colonne NOTE : trouvé '5', attendu 0, ou",
        ),
        ("CODGEO;NOTE;A;libellé\n12063;0;1;2\n", "data_CAF2021_COM.csv", "en-tête : trouvé 'libellé'"),
        (CAF + "12063;0;x;2;3;4\n", "data_CAF2021_COM.csv", "ligne 2, colonne A : trouvé 'x'"),
        (CAF + "12063;0;1;2;3;4\n12063;0;1;2;3;4\n", "data_CAF2021_COM.csv", "clé en double"),
    ],
)
def test_caf_messages(file, entry, text, name, message):
    with pytest.raises(RawDataError, match=message):
        caf(file, entry, text, name)


# --- moves -------------------------------------------------------------------------------------------

MOVES = "CODGEO;LIBGEO;DCRAN;L_DCRAN;NBFLUX_C22_POP01P\n"


def moves(file, entry, text, year="2022"):
    return insee_mobilites.read(file(text), entry(reference_date=year))


def test_moves(file, entry):
    text = MOVES + "12063;La Cavalerie;12063;La Cavalerie;1810.25\n12063;La Cavalerie;99999;Étranger;40.5\n"
    frame = moves(file, entry, text)
    assert cells(frame, "code", "breakdown") == {("12063", "de=12063"): 1810.25, ("12063", "de=99999"): 40.5}
    assert set(frame["dataset"]) == {"migcom"} and set(frame["variable"]) == {"personnes"}
    for column in ("DCETUF", "DCETU"):
        text = f"CODGEO;LIBGEO;{column};L;NBFLUX_C19_SCOL02P\n12168;Nant;12145;Millau;25.5\n"
        frame = moves(file, entry, text, "2019")
        assert frame[["dataset", "breakdown", "period"]].iloc[0].tolist() == ["migsco", "vers=12145", "2019"]


def test_moves_arrondissements(file, entry):
    text = MOVES + "12063;a;75101;b;1.5\n12063;a;75102;b;2\n75101;c;75102;c;4\n75102;c;75101;c;8\n"
    assert cells(moves(file, entry, text), "code", "breakdown") == {
        ("12063", "de=75056"): 3.5,
        ("75056", "de=75056"): 12,
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "CODGEO;DCRAN\n12063;12063\n",
            "colonne du flux : trouvé 'aucune', attendu une seule « NBFLUX_CAA_…",
        ),
        (MOVES.replace("C22", "C21") + "12063;a;12063;a;1\n", "année du flux : trouvé 'NBFLUX_C21_POP01P'"),
        (MOVES.replace("DCRAN", "DCLT") + "12063;a;12063;a;1\n", "colonne de l’autre commune"),
        (
            MOVES + "12063;a;12063;a;1\n12063;a;12063;a;2\n",
            "ligne 3, colonne DCRAN.*une seule ligne par couple",
        ),
        (MOVES + "1063;a;12063;a;1\n", "ligne 2, colonne CODGEO : trouvé '1063'"),
        (MOVES + "12063;a;Millau;a;1\n", "ligne 2, colonne DCRAN : trouvé 'Millau', attendu un code à cinq"),
        (MOVES + "12063;a;12063;a;\n", "ligne 2, colonne NBFLUX_C22_POP01P : trouvé '', attendu un nombre"),
    ],
)
def test_moves_messages(file, entry, text, message):
    with pytest.raises(RawDataError, match=message):
        moves(file, entry, text)


# --- detailed facilities -----------------------------------------------------------------------------


def sites(file, entry, text, year="2025", name="BPE25.csv", **options):
    return bpe_detail.read(file(text, name), entry(reference_date=year, options=options))


SITES = "AN;NOMRS;DEPCOM;TYPEQU;LAMBERT_X;QUALITE_GEOLOC\n"


def test_sites_are_counted_and_zeros_written(file, entry):
    text = SITES + (
        "2025;LES PETITES FRIMOUSSES;12063;D502;706000.1;11\n2025;ACCUEIL;12063;D505;_Z;33\n"
        "2025;ACCUEIL;12063;D505;_U;_U\n2025;ACCUEIL;12168;D505;706000.1;12\n"
    )
    frame = sites(file, entry, text)
    assert cells(frame, "code", "breakdown") == {
        ("12063", "facility_type=D502"): 1,
        ("12063", "facility_type=D505"): 2,
        ("12168", "facility_type=D502"): 0,
        ("12168", "facility_type=D505"): 1,
    }
    assert set(frame["variable"]) == {"sites"} and set(frame["period"]) == {"2025"}
    assert set(frame["status"]) == {"observed"}


def test_sites_of_an_older_file(file, entry):
    # BPE 2018, teaching: La Cavalerie had two primary schools, then called C104.
    text = (
        "REG;DEP;DEPCOM;DCIRIS;AN;TYPEQU;CANT;NB_EQUIP\n76;12;12063;12063_0000;2018;C104;0;1\n"
        "76;12;12063;12063_0000;2018;C104;1;1\n76;12;12082;12082_0000;2018;C102;0;3\n"
    )
    frame = sites(file, entry, text, "2018")
    assert cells(frame, "code", "breakdown")["12063", "facility_type=C104"] == 2
    assert cells(frame, "code", "breakdown")["12082", "facility_type=C102"] == 3


def test_sites_wanted_types_arrondissements_and_archive(tmp_path, entry):
    path = tmp_path / "BPE25.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("BPE25_anonymisee_varmod.csv", "COD_VAR\n")
        archive.writestr(
            "BPE25.csv",
            "\ufeff" + SITES + "2025;x;75101;D502;1;1\n2025;x;75102;D502;1;1\n2025;x;12063;A129;1;1\n",
        )
    frame = bpe_detail.read(path, entry(reference_date="2025", options={"types": ["D502"]}))
    assert cells(frame, "code") == {"75056": 2, "12063": 0}


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("", {}, "fichier vide"),
        ("DEPCOM;NOM\n12063;x\n", {}, "colonnes manquantes : TYPEQU"),
        (SITES + "2024;x;12063;D502;1;1\n", {}, r"colonne AN : trouvé '2024', attendu 2025 \(manifeste\)"),
        (SITES + "2025;x;1063;D502;1;1\n", {}, "ligne 2, colonne DEPCOM : trouvé '1063'"),
        (
            SITES + "2025;x;12063;crèche;1;1\n",
            {},
            "ligne 2, colonne TYPEQU : trouvé 'crèche', attendu une lettre",
        ),
        (
            SITES + "2025;x;12063;C108;1;1\n",
            {"types": ["C104"]},
            "types absents du fichier : C104 .*pas un zéro",
        ),
        (
            "DEPCOM;TYPEQU;NB_EQUIP\n12063;C104;\n",
            {},
            "ligne 2, colonne NB_EQUIP : trouvé '', attendu un nombre",
        ),
    ],
)
def test_sites_messages(file, entry, text, options, message):
    with pytest.raises(RawDataError, match=message):
        sites(file, entry, text, **options)


def test_too_many_types_must_be_named(file, entry, monkeypatch):
    monkeypatch.setattr(bpe_detail, "LIMIT", 3)
    text = SITES + "2025;x;12063;D502;1;1\n2025;x;12168;D505;1;1\n"
    with pytest.raises(RawDataError, match=r"2 types pour 2 communes, c’est trop\. Nommez ceux qui servent"):
        sites(file, entry, text)
    assert len(sites(file, entry, text, types=["D502"])) == 2


# --- rates a third party computed --------------------------------------------------------------------

RATES = "code;level;id;period;value;source_formula\n"


def rates(file, entry, text):
    return taux_repris.read(file(text), entry())


def test_repeated_rates(file, entry):
    text = (
        RATES
        + "241200906;epci;part_menages_monoparentaux;2022;6.42;C22_MENFAMMONO / C22_MEN × 100\n"
        + ("FM;france;evolution_annuelle_population;2016-2022;;x\n")
    )
    frame = rates(file, entry, text).set_index("variable")
    row = frame.loc["part_menages_monoparentaux"]
    assert (row["level"], row["code"], row["period"], row["value"]) == ("epci", "241200906", "2022", 6.42)
    assert frame.loc["evolution_annuelle_population", "status"] == "missing"
    assert set(frame["dataset"]) == {"taux_repris"} and set(frame["breakdown"]) == {""}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("12063;commune;a;2022;1;x\n", "colonne level : trouvé 'commune', attendu epci, departement"),
        ("12;epci;a;2022;1;x\n", "colonne code : trouvé '12', attendu un code du niveau epci"),
        ("F;france;a;2022;1;x\n", "colonne code : trouvé 'F', attendu un code du niveau france"),
        ("12;departement;Taux;2022;1;x\n", "colonne id : trouvé 'Taux', attendu un nom en minuscules"),
        ("12;departement;a;22;1;x\n", "colonne period : trouvé '22', attendu AAAA"),
        ("12;departement;a;2022;1;\n", "colonne source_formula : trouvé '', attendu la formule"),
        ("12;departement;a;2022;x;x\n", "colonne value : trouvé 'x', attendu un nombre"),
        ("12;departement;a;2022;1;x\n12;departement;a;2022;1;x\n", "lignes 2 et 3 : clé en double"),
    ],
)
def test_repeated_rates_messages(file, entry, row, message):
    with pytest.raises(RawDataError, match=message):
        rates(file, entry, RATES + row)


def test_repeated_rates_missing_column(file, entry):
    with pytest.raises(RawDataError, match="colonnes manquantes : source_formula"):
        rates(file, entry, "code;level;id;period;value\n")


def test_golden_repeated_rates(raw):
    manifest = load_manifest(raw / "manifest.yml")

    def carried(entry_id):
        frame = read(manifest.file(manifest[entry_id]), manifest[entry_id])
        return cells(frame, "variable", "code", "period")

    census = carried("insee_rp_taux_repris_2022")
    assert census["part_menages_monoparentaux", "241200906", "2022"] == 6.42
    assert census["evolution_annuelle_solde_naturel", "241200906", "2016-2022"] == -0.67
    assert census["evolution_annuelle_solde_migratoire", "12", "2016-2022"] == 0.52
    assert census["indice_vieillissement", "76", "2011"] == 85.77
    assert census["part_logements_vacants", "FM", "2022"] == 7.86
    moved = carried("insee_migcom_taux_repris_2022")
    assert (
        moved["part_entrants", "241200906", "2022"] == 7.95 and moved["part_sortants", "12", "2016"] == 2.37
    )
    assert not [k for k in moved if k[1] == "FM"]
