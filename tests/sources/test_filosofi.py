from __future__ import annotations

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
    assert carried("insee_filosofi_2021_epci")["TP60", "241200906"] == 17.3
    assert carried("insee_filosofi_2021_dep")["TP60", "12"] == 14.5
    assert carried("insee_filosofi_2021_reg")["TP60", "76"] == 17.5
    assert carried("insee_filosofi_2021_metro")["TP60", "FM"] == 14.9
    assert carried("insee_filosofi_2019_epci")["TP60", "241200906"] == 17.5
