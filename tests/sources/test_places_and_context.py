"""ANCT, La Médnum, FINESS, SSMSI, carte des loyers, fibre, DREES by département, CépiDc.

Traps of data.gouv.fr and the ministries, and where each is tested:

- hours per day and per site, several sites, placeholders, overlaps, « en autonomie »: test_…hours…
- one structure, two sites; itinerant structures; renamed columns: test_sites…, test_renamed_columns
- one place in several sources, without commune: test_mediation…
- several rows for one establishment, positional file without header, overseas départements: test_finess…
- two header forms, decimal comma, byte order mark, « N/A - … », lines of separators: test_observatory…
- CODGEO_AAAA, ndiff, NA, complement never read, arrondissements, older names: test_ssmsi…
- decimal comma, Windows-1252, « maille »: test_rents…
- decimals in counts, « 2026 T2 »: test_fibre
- two 2016s, Corsica, régions below départements, « - »: test_departements
- other professions, older sheets: test_apl…
- raw and adjusted job seekers in one file: test_job_seekers_adjusted
"""

from __future__ import annotations

import math

import pandas as pd
import pytest
from openpyxl import Workbook

from ctg_lib.errors import RawDataError
from ctg_lib.manifest import load_manifest
from ctg_lib.sources import (
    anct,
    cepidc,
    dares,
    drees,
    drees_departements,
    finess,
    fragilite_numerique,
    france_services,
    fthd,
    loyers,
    mednum,
    read,
    ssmsi,
)
from ctg_lib.sources import france_services_sites as sites


@pytest.fixture(scope="module")
def carried(raw):
    manifest = load_manifest(raw / "manifest.yml")
    return lambda entry_id: read(manifest.file(manifest[entry_id]), manifest[entry_id])


@pytest.fixture
def geography(tmp_path):
    """Some communes of Aveyron and Côtes-d'Armor beside the file of the test."""
    names = {
        "12063": "La Cavalerie", "12168": "Nant", "12025": "Belmont-sur-Rance", "12044": "Camarès",
        "12248": "Saint-Sernin-sur-Rance", "22143": "Matignon", "22282": "Saint-Cast-le-Guildo",
    }  # fmt: skip
    folder = tmp_path / "geography"
    folder.mkdir()
    pd.DataFrame(
        {"edition": 2026, "level": "commune", "code": list(names), "name": list(names.values())}
    ).to_parquet(folder / "territories.parquet")
    return folder


# --- France services ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("09:00 - 12:00 / 14:00 - 17:00", [(9, 12), (14, 17)]),
        ("9h – 12h30", [(9, 12.5)]),
        ("00:00 - 00:00 / 14:00 - 17:30", [(14, 17.5)]),
        ("13:30 - 16:00 / 13:30 - 16:00", [(13.5, 16)]),
        ("", []),
        ("08:30 - 12:00 / 08:30 - 16:00", None),
        ("17:00 - 09:00", None),
        ("sur rendez-vous", None),
    ],
)
def test_hours_of_a_day(text, ranges):
    assert sites.day_ranges(text) == ranges


WEEK = {"lundi": "09:00 - 12:00 / 14:00 - 17:00", "mardi": "09:00 - 12:00", "samedi": "09:00 - 12:00"}
TWO = {"nant": "12168", "la_cavalerie": "12063"}
HALVES = "Structure multisites : ouverture le matin à Nant et ouverture l'après-midi à La Cavalerie."


def test_hours_of_sites_by_half_days():
    week = sites.sites_hours(HALVES + " Samedi, accès numérique en autonomie seulement.", WEEK, TWO, TWO)
    assert week["12168"] == {"lundi": 3, "mardi": 3, "mercredi": 0, "jeudi": 0, "vendredi": 0, "samedi": 0}
    assert week["12063"]["lundi"] == 3 and sum(week["12063"].values()) == 3
    assert sites.sites_hours(HALVES, WEEK, TWO, TWO)["12168"]["samedi"] == 3


@pytest.mark.parametrize(
    "daily", [{"lundi": "09:00 - 17:00"}, {"lundi": "sur rendez-vous"}, {"lundi": "11:00 - 15:00"}]
)
def test_hours_of_sites_are_not_guessed_from_a_whole_day(daily):
    assert sites.sites_hours(HALVES, daily, TWO, TWO) == {}


@pytest.mark.parametrize(
    "comment",
    [
        "",
        "Ouverture le matin à Nant et ouverture l'après-midi à Millau.",
        "Nant : lundi de 9h à 12h sauf vacances / La Cavalerie : mardi de 9h à 12h",
        "Nant : lundi / La Cavalerie : mardi de 9h à 12h",
        "Nant : lundi de 9h à 12h",
        "Nant : lundi de 9h à 12h / Ailleurs : mardi de 9h à 12h",
    ],
)
def test_hours_of_sites_that_cannot_be_read(comment):
    assert sites.sites_hours(comment, WEEK, TWO, TWO) == {}


def test_timetable_by_place():
    comment = (
        "A la mairie de Belmont-sur-Rance : le lundi et mardi de 14h à 17h et le mercredi de 9h à 12h. "
        "A la Poste de Camarès : le mardi et vendredi de 9h à 12h et le jeudi de 14h à 17h."
    )
    places = {"belmont_sur_rance": "12025", "camares": "12044", "rance": "99999"}
    week = sites.sites_hours(comment, {}, {"belmont_sur_rance": "12025"}, places)
    assert week["12025"] == {"lundi": 3, "mardi": 3, "mercredi": 3, "jeudi": 0, "vendredi": 0, "samedi": 0}
    assert sum(week["12044"].values()) == 9 and set(week) == {"12025", "12044"}
    span = sites.sites_hours("Nant : du lundi au jeudi 9h-12h/14h-17h", {}, {"nant": "1"}, {"nant": "1"})
    assert sum(span["1"].values()) == 24 and span["1"]["jeudi"] == 6


HEAD = "id_fs,lib_fs,insee_com,h_lundi,h_mardi,h_mercredi,h_jeudi,h_vendredi,h_samedi,commentaire,format_fs\n"


def _services(file, entry, *rows, head=HEAD):
    path = file(head + "".join(r + "\n" for r in rows), "anct/fs.csv")
    return france_services.read(path, entry(path="anct/fs.csv", reference_date="2024-08-01"))


def test_sites_and_hours_of_structures(file, entry, geography):
    frame = _services(
        file,
        entry,
        '1,"FS – Sites de Nant et de La Cavalerie",12168,09:00 - 12:00 / 14:00 - 17:00,,,,,,'
        '"Ouverture le matin à Nant et ouverture l\'après-midi à La Cavalerie",Multisites',
        "2,FS,12063,09:00 - 12:00,,,,,,,Fixe",
        "3,Bus,12063,09:00 - 10:00 / 09:30 - 11:00,,,,,,,Bus_équivalent",
        "4,FS de Thenon Hautefort,22143,09:00 - 12:00,,,,,,,Multisites",
    )
    at = frame.set_index(["variable", "code", "breakdown"])
    assert at.loc[("heures_site", "1@12168", "commune=12168"), "value"] == 3
    assert at.loc[("heures_site", "1@12063", "commune=12063;jour=lundi"), "value"] == 3
    assert at.loc[("heures_site", "2@12063", "commune=12063"), "value"] == 3
    assert at.loc[("heures_site", "3@12063", "commune=12063"), "status"] == "missing"
    assert at.loc[("heures_site", "4@22143", "commune=22143"), "status"] == "missing"
    assert at.loc[("heures_jour", "1", "commune=12168;jour=lundi"), "value"] == 6
    assert at.loc[("heures_jour", "1", "commune=12168;jour=mardi"), "value"] == 0
    assert at.loc[("sites", "12063", ""), ["value", "status"]].tolist() == [3, "observed"]
    assert at.loc[("sites", "12063", "format=itinerant"), "value"] == 1
    assert at.loc[("sites", "22143", ""), "status"] == "estimated"


def test_renamed_columns(file, entry, geography):
    head = "id,nom,code_insee," + ",".join(sites.DAYS) + ",format\n"
    frame = _services(file, entry, "1,FS,12063,09:00 - 12:00,,,,,,Fixe", head=head)
    assert frame.loc[frame["variable"].eq("heures_hebdomadaires"), "value"].tolist() == [3]


def test_texts_that_are_not_read_are_listed():
    table = pd.DataFrame([dict.fromkeys(france_services.DAYS, "09:00 - 12:00") | {"id_fs": "7"}])
    table["h_jeudi"] = "selon la saison"
    assert france_services.unread_hours(table).to_numpy().tolist() == [["7", "jeudi", "selon la saison"]]


def test_france_services_golden(carried):
    frame = carried("anct_france_services_20240801")
    hours = frame.loc[frame["variable"].eq("heures_site")].set_index(["code", "breakdown"])["value"]
    assert hours["1089@12168", "commune=12168"] == 12 and hours["1089@12063", "commune=12063"] == 12
    assert hours["1089@12168", "commune=12168;jour=samedi"] == 0
    assert [hours[f"2713@{c}", f"commune={c}"] for c in ("12025", "12044", "12248")] == [9, 9, 9]


# --- médiation numérique -----------------------------------------------------------------------------

MED = "id,nom,commune,code_postal,code_insee,adresse,dispositif_programmes_nationaux\n"


def test_mediation_counts_places_once(file, entry, caplog):
    text = MED + (
        "a1,Mairie de Nant,Nant,12230,12168,Place du Claux,Conseillers numériques\n"
        "b7,MAIRIE DE NANT,Nant,12230,12168,,\n"
        "c9,Espace numérique,Nant,12230,12168,place du Claux,\n"
        "d1,Cyber-base,La Cavalerie,12230,12063,,France Services\n"
        "d1,Cyber-base,La Cavalerie,12230,12063,1 rue Haute,\n"
        "e1,Ailleurs,Inconnue,12230,,,\n"
        "f1,Paris Numérique,Paris,75001,75101,,\n"
    )
    frame = mednum.read(file(text), entry(reference_date="2026-10"))
    assert frame.set_index(["code", "breakdown"])["value"].to_dict() == {
        ("12063", ""): 1, ("12168", ""): 1, ("75056", ""): 1,
        ("12168", "dispositif=conseillers_numeriques"): 1,
    }  # fmt: skip
    assert "1 lieux sans code commune, non comptés" in caplog.text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,nom\na,b\n", "colonnes manquantes : code_insee"),
        (MED + "a,b,c,12230,Nant,,\n", "colonne code_insee : trouvé 'Nant'"),
        (MED + "a,b,c,12230,,,\n", "aucun lieu ne porte de code commune"),
    ],
)
def test_mediation_messages(file, entry, text, message):
    with pytest.raises(RawDataError, match=message):
        mednum.read(file(text), entry())


# --- FINESS ------------------------------------------------------------------------------------------


def _structure(number, commune, departement, category):
    cells = ["structureet", number, "120000001", *[""] * 9, commune, departement, *[""] * 4, category]
    return ";".join([*cells, *[""] * (32 - len(cells))]) + "\n"


def test_finess_official_layout(file, entry):
    text = "finess;etalab;86;2026-05-12\n" + (
        _structure("120001870", "063", "12", "620")
        + _structure("120009014", "063", "12", "603")
        + _structure("970100001", "101", "9A", "603")
        + _structure("2A0000001", "004", "2A", "603")
        + "geolocalisation;120001870;1;2;x;2026\n"
    )
    frame = finess.read(file(text, encoding="cp1252"), entry()).query("level == 'commune'")
    assert frame.set_index(["code", "breakdown"])["value"].to_dict() == {
        ("12063", "categorie=603"): 1, ("12063", "categorie=620"): 1,
        ("2A004", "categorie=603"): 1, ("97101", "categorie=603"): 1,
    }  # fmt: skip


NAMED = "numero finess etablissement juridique,numero finess etablissement,categetab,categorie,code_insee\n"


def test_finess_counts_an_establishment_once(file, entry, geography):
    text = NAMED + "1,120000100,182,Service,12063\n1,120000100,182,Service,12063\n1,120000118,182,S,12168\n"
    options = {"categories": ["182", "183"], "complete": ["12"]}
    path = file(text, "finess/f.csv")
    frame = finess.read(path, entry(path="finess/f.csv", options=options))
    at = frame.set_index(["level", "code", "breakdown"])["value"]
    assert at["commune", "12063", "categorie=182"] == 1 and at["departement", "12", "categorie=182"] == 2
    assert at["commune", "12025", "categorie=182"] == 0 and at["commune", "12063", "categorie=183"] == 0
    assert ("commune", "22143", "categorie=182") not in at  # not in a complete département: not known


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a;b\n1;2\n", "colonnes manquantes : finess, categorie"),
        ("finess;etalab;86\nautre;1\n", "aucune ligne « structureet »"),
        ("finess;etalab;86\nstructureet;120001870;x\n", "ligne 2, nombre de champs : trouvé 3, attendu 32"),
        (NAMED + "1,12000,182,S,12063\n", "colonne finess : trouvé '12000'"),
        (NAMED + "1,120000100,IME,S,12063\n", "colonne categorie : trouvé 'IME'"),
        (NAMED + "1,120000100,182,S,Nant\n", "colonne code : trouvé '0Nant'"),
        (
            NAMED + "1,120000100,182,S,12063\n1,120000100,182,S,12168\n",
            "un établissement dans une seule commune",
        ),
    ],
)
def test_finess_messages(file, entry, text, message):
    with pytest.raises(RawDataError, match=message):
        finess.read(file(text), entry())


def test_finess_golden(carried):
    at = carried("finess_occitanie_2026").set_index(["level", "code", "breakdown"])["value"]
    assert at["commune", "12063", "categorie=603"] == 1 and at["commune", "12168", "categorie=183"] == 0
    assert at["commune", "12168", "categorie=124"] == 1
    names = {f"categorie={c}" for c in ("182", "183", "246", "255")}
    aveyron = {b: int(v) for (level, code, b), v in at.items() if (level, code) == ("departement", "12")}
    assert names <= set(aveyron) and all(aveyron[n] > 0 for n in names)


# --- observatoire des territoires --------------------------------------------------------------------


def test_observatory_first_form(file, entry):
    text = (
        "codgeo;libgeo;an;part_non_inseres;autre\n12063;La Cavalerie;2018;6,00;1\n12168;Nant;2018;;2\n"
        "12022;La Bastide;2018;0,00;N/A - secret statistique\n;;;\n"
    )
    frame = anct.read(file(text, encoding="utf-8-sig"), entry(options={"variables": {"autre": "x"}}))
    at = frame.set_index(["variable", "code"])
    assert at.loc[("part_non_inseres", "12063"), ["value", "period", "level"]].tolist() == [
        6,
        "2018",
        "commune",
    ]
    assert at.loc[("part_non_inseres", "12168"), "status"] == "missing"
    assert at.loc[("part_non_inseres", "12022"), ["value", "status"]].tolist() == [0, "observed"]
    assert at.loc[("x", "12022"), "status"] == "secret"


def test_observatory_header_on_line_3(file, entry):
    text = (
        "Part des jeunes non insérés (%), source Insee\n\nCode;Libellé;Part des jeunes non insérés 2022\n"
        "241200906;CC Larzac et Vallées;11,5\n200017341;CC Lodévois;N/A - résultat non disponible\n"
        "200068484;X;N/A - division par 0\n"
    )
    at = anct.read(file(text), entry()).set_index("code")
    assert at.loc["241200906", ["variable", "value", "period", "level"]].tolist() == [
        "part_des_jeunes_non_inseres", 11.5, "2022", "epci",
    ]  # fmt: skip
    assert at["status"].to_dict() == {
        "241200906": "observed", "200017341": "missing", "200068484": "not_applicable",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("a;b\n1;2\n", {}, "ligne d’en-tête : trouvé 'a;b'"),
        ("codgeo;libgeo;an\n12063;x;2018\n", {}, "aucune colonne de valeurs"),
        ("codgeo;libgeo;an;v\n12;x;2018;1\n", {}, "option 'level'.* : trouvé None, attendu commune, epci"),
        (
            "codgeo;libgeo;an;v\nNant;x;2018;1\n",
            {"level": "commune"},
            "ligne 2, colonne codgeo : trouvé 'Nant'",
        ),
        ("codgeo;libgeo;an;v\n12063;x;hier;1\n", {}, "colonne an : trouvé 'hier'"),
        (
            "T\n\nCode;Libellé;v 2022\n12063;x;N/A - autre\n",
            {},
            "ligne 4, colonne v 2022 : trouvé 'N/A - autre'",
        ),
        ("codgeo;libgeo;an;v\n12063;x;2018;1\n12063;x;2018;2\n", {}, "lignes 2 et 3 : clé en double"),
    ],
)
def test_observatory_messages(file, entry, text, options, message):
    with pytest.raises(RawDataError, match=message):
        anct.read(file(text), entry(options=options))


def test_observatory_golden(carried):
    epci = carried("anct_neet_epci_2018").set_index(["code", "period"])["value"]
    assert [epci["241200906", y] for y in ("2008", "2013", "2018")] == [12.2, 16.1, 11.2]
    communes = carried("anct_neet_com_2018").set_index(["code", "period"])["value"]
    assert communes["12063", "2018"] == 6 and communes["12168", "2018"] == 24.4
    sport = carried("anct_licsport_epci_2018").set_index("code")
    assert sport.loc["241200906", ["variable", "value"]].tolist() == ["licsport", 33.8]
    assert carried("anct_neet_reg_2018").query("code == '76' and period == '2018'").shape[0] == 1


# --- SSMSI -------------------------------------------------------------------------------------------

CRIME = (
    '"CODGEO_2026";"annee";"indicateur";"unite_de_compte";"nombre";"taux_pour_mille";"est_diffuse";'
    '"insee_pop";"complement_info_nombre";"complement_info_taux"\n'
)
FAMILY = "Violences physiques intrafamiliales"


def test_ssmsi(file, entry):
    text = CRIME + (
        f'"12145";"2025";"{FAMILY}";"Victime";"49";"2,2";"diff";"22000";"NA";"NA"\n'
        f'"12063";"2025";"{FAMILY}";"Victime";"NA";"NA";"ndiff";"2223";"1,8";"0,8"\n'
        f'"75101";"2025";"{FAMILY}";"Victime";"10";"1";"diff";"1";"NA";"NA"\n'
        f'"75102";"2025";"{FAMILY}";"Victime";"20";"1";"diff";"1";"NA";"NA"\n'
        f'"13201";"2025";"{FAMILY}";"Victime";"10";"1";"diff";"1";"NA";"NA"\n'
        f'"13202";"2025";"{FAMILY}";"Victime";"NA";"NA";"ndiff";"1";"3";"NA"\n'
        f'"69381";"2025";"{FAMILY}";"Victime";"10";"1";"diff";"1";"NA";"NA"\n'
        f'"69123";"2025";"{FAMILY}";"Victime";"99";"1";"diff";"1";"NA";"NA"\n'
    )
    frame = ssmsi.read(file(text), entry(geography_year=2020))
    at = frame.set_index("code")
    assert set(frame["breakdown"]) == {"indicateur=violences_physiques_intrafamiliales"}
    assert set(frame["geography_year"]) == {2026}
    assert at.loc["12145", ["value", "period", "variable"]].tolist() == [49, "2025", "faits"]
    assert at.loc["12063", "status"] == "secret" and math.isnan(at.loc["12063", "value"])
    assert at.loc["75056", "value"] == 30 and at.loc["13055", "status"] == "secret"
    assert at.loc["69123", "value"] == 99 and len(frame) == 5


def test_ssmsi_older_names_and_choice(file, entry):
    text = (
        "CODGEO_2023;annee;classe;faits;valeur.publiée\n12145;22;Coups et blessures volontaires intrafamiliaux;40;diff\n"
        "12145;22;Vols;7;diff\n"
    )
    wanted = {"indicateurs": ["coups_et_blessures_volontaires_intrafamiliaux"]}
    frame = ssmsi.read(file(text), entry(options=wanted))
    assert frame[["value", "period", "geography_year"]].to_numpy().tolist() == [[40, "2022", 2023]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "code;annee\n1;2\n",
            "colonne des codes : trouvé 'code, annee', attendu une colonne CODGEO_AAAA",
        ),
        ("CODGEO_2026;annee\n12145;2025\n", "colonnes manquantes : indicateur, nombre, est_diffuse"),
        (CRIME + '"12145";"2025";"V";"v";"1";"1";"masque";"1";"NA";"NA"\n', "est_diffuse : trouvé 'masque'"),
        (CRIME + '"12145";"2025";"V";"v";"NA";"1";"diff";"1";"NA";"NA"\n', "colonne nombre : trouvé 'NA'"),
        (CRIME + '"12145";"an";"V";"v";"1";"1";"diff";"1";"NA";"NA"\n', "colonne annee : trouvé 'an'"),
        (CRIME + '"12145";"2025";"V";"v";"peu";"1";"diff";"1";"NA";"NA"\n', "colonne nombre : trouvé 'peu'"),
    ],
)
def test_ssmsi_messages(file, entry, text, message):
    with pytest.raises(RawDataError, match=message):
        ssmsi.read(file(text), entry())


# --- rents -------------------------------------------------------------------------------------------

RENTS = (
    '"id_zone";"INSEE_C";"LIBGEO";"EPCI";"DEP";"REG";"loypredm2";"lwr.IPm2";"upr.IPm2";"TYPPRED";'
    '"nbobs_com";"nbobs_mail";"R2_adj"\n'
)


def test_rents(file, entry):
    text = RENTS + (
        '"1";"12063";"La Cavalerie";"241200906";"12";"76";8,95;6,94;11,54;"maille";2;494;0,75\n'
        '"2";"1004";"Ambérieu";"2";"01";"84";10;9;12;"commune";54;90;0,8\n'
        '"3";"75102";"Paris 2e";"2";"75";"11";35;27;45;"commune";9;9;0,9\n'
    )
    path = file(text, "pred-mai-mef-dhup.csv", encoding="cp1252")
    frame = loyers.read(path, entry(reference_date="2025"))
    at = frame.set_index(["variable", "code"])
    assert at.loc[("loyer_m2", "12063"), ["value", "low", "high", "status", "breakdown"]].tolist() == [
        8.95, 6.94, 11.54, "estimated", "bien=maison",
    ]  # fmt: skip
    assert at.loc[("prediction_maille", "12063"), "value"] == 1
    assert at.loc[("prediction_maille", "01004"), "value"] == 0
    assert at.loc[("loyer_m2_bas", "01004"), "value"] == 9 and at.loc[("annonces", "12063"), "value"] == 2
    assert set(frame["code"]) == {"12063", "01004"}


@pytest.mark.parametrize(
    ("name", "kind"),
    [("pred-app-mef.csv", "appartement"), ("pred-app12-x.csv", "appartement_t1_t2"),
     ("pred-app3-x.csv", "appartement_t3_plus")],
)  # fmt: skip
def test_rents_kind_of_dwelling(file, entry, name, kind):
    line = '"1";"12063";"X";"2";"12";"76";8,95;6,94;11,54;"maille";2;494;0,75\n'
    assert set(loyers.read(file(RENTS + line, name), entry())["breakdown"]) == {f"bien={kind}"}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("x.csv", RENTS + '"1";"12063";"";"";"";"";8;7;9;"maille";;;\n', "option 'bien'.* : trouvé None"),
        ("pred-mai.csv", "INSEE_C;loypredm2\n12063;8\n", "colonnes manquantes : lwr_ipm2, upr_ipm2, typpred"),
        ("pred-mai.csv", RENTS + '"1";"12063";"";"";"";"";8;7;9;"canton";;;\n', "typpred : trouvé 'canton'"),
        (
            "pred-mai.csv",
            RENTS + '"1";"12063";"";"";"";"";cher;7;9;"maille";;;\n',
            "loypredm2 : trouvé 'cher'",
        ),
    ],
)
def test_rents_messages(file, entry, name, text, message):
    with pytest.raises(RawDataError, match=message):
        loyers.read(file(text, name), entry())


# --- fibre -------------------------------------------------------------------------------------------

FIBRE = "insee_com;locaux_arcep;locaux_ftth;ferm_cu30;trimestre\n"


def test_fibre(file, entry):
    frame = fthd.read(file(FIBRE + "12063;832.0;818;832;2026 T2\n1004;10;10;0;2026 T2\n"), entry())
    at = frame.set_index(["variable", "code"])
    assert at.loc[("locaux", "12063"), ["value", "period"]].tolist() == [832, "2026-T2"]
    assert at.loc[("locaux_raccordables", "01004"), "value"] == 10


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("insee_com;locaux_arcep\n12063;1\n", "colonnes manquantes : trimestre, locaux_ftth"),
        (
            FIBRE + "12063;800;818;0;2026 T2\n",
            "locaux_ftth : trouvé '818', attendu au plus le nombre de locaux",
        ),
        (FIBRE + "12063;832;818;0;été 2026\n", "colonne trimestre : trouvé 'été 2026'"),
        (FIBRE + "Nant;832;818;0;2026 T2\n", "colonne insee_com : trouvé 'Nant'"),
        (FIBRE + "12063;832;818;0;2026 T2\n12063;832;700;0;2026 T2\n", "lignes 2 et 3 : clé en double"),
    ],
)
def test_fibre_messages(file, entry, text, message):
    with pytest.raises(RawDataError, match=message):
        fthd.read(file(text), entry())


def test_fibre_golden(carried):
    frame = carried("anct_fibre_2026_t2")
    larzac = frame.loc[~frame["code"].isin(["12145", "12202", "12208"])]
    assert larzac.groupby("variable")["value"].sum().to_dict() == {
        "locaux": 5908,
        "locaux_raccordables": 5677,
    }


# --- départements ------------------------------------------------------------------------------------


def _book(path, rows, sheet="Tableau 1 "):
    book = Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_departements(tmp_path, entry):
    rows = [
        ["Tableau 1"],
        [None, "N° Dep", "Libelle Dep", "Total RSA", None, None, "Proportion 2019"],
        [None, None, None, "2016", "2016 (2)", 2017, None],
        [None, "1", "Ain", 10, 11, "-", 1.7],
        [None, "20A", "Corse-du-Sud", 20, 21, 22, 1],
        [None, "20", "Collectivité de Corse", 50, 51, 52, 1],
        [None, None, "France métropolitaine", 100, 110, 120, 1],
        ["Note : (2) rupture"],
        [None, None],
        ["Code\n région", "Région", None, "2017"],
        ["94", "Corse", None, 52],
        ["101", "Guadeloupe", None, 7],
        ["TOTAL estimé France métropolitaine", None, None, 120],
    ]
    options = {"dataset": "minima_sociaux", "sheets": {"Tableau 1": "rsa"}}
    frame = drees_departements.read(_book(tmp_path / "a.xlsx", rows), entry(options=options))
    at = frame.set_index(["level", "code", "period", "breakdown"])["value"]
    assert (
        at["departement", "01", "2016", "serie=ancienne"] == 10 and at["departement", "01", "2016", ""] == 11
    )
    assert math.isnan(at["departement", "01", "2017", ""]) and at["departement", "2A", "2017", ""] == 22
    assert at["region", "94", "2017", ""] == 52 and at["region", "01", "2017", ""] == 7
    assert at["france", "FM", "2017", ""] == 120 and ("departement", "20", "2016", "") not in at
    assert set(frame["dataset"]) == {"minima_sociaux"} and set(frame["variable"]) == {"rsa"}


@pytest.mark.parametrize(
    ("rows", "options", "message"),
    [
        ([["x"]], {}, "l’option « sheets »"),
        ([["x"]], {"sheets": {"Tableau 9": "a"}}, "feuilles : trouvé 'Tableau 1', attendu Tableau 9"),
        ([["x"]], {"sheets": {"Tableau 1": "a"}}, "aucune ligne d’en-tête"),
        ([["N° Dep", "Nom"], ["12", "x"]], {"sheets": {"Tableau 1": "a"}}, "aucune colonne d’année"),
        (
            [["N° Dep", "Nom", "2019"], ["12", "x", "environ"]],
            {"sheets": {"Tableau 1": "a"}},
            "feuille Tableau 1, ligne 2, colonne 2019 : trouvé 'environ'",
        ),
    ],
)
def test_departements_messages(tmp_path, entry, rows, options, message):
    with pytest.raises(RawDataError, match=message):
        drees_departements.read(_book(tmp_path / "a.xlsx", rows), entry(options=options))


def test_departements_golden(carried):
    minima = carried("drees_minima_sociaux_dep_2019").query("code == '12' and breakdown == ''")
    at = minima.set_index(["variable", "period"])["value"]
    assert [at["allocataires_aah", y] for y in ("2017", "2018", "2019")] == [5878, 6001, 6127]
    assert at["allocataires_rsa", "2019"] == 4360
    aid = carried("drees_aide_sociale_dep_2020").set_index(["variable", "level", "code", "period"])["value"]
    assert aid["enfants_ase", "departement", "12", "2020"] == 815
    assert aid["beneficiaires_pch_moins_20", "departement", "12", "2020"] == 260
    assert aid["enfants_ase", "region", "76", "2020"] == 17073
    assert aid["enfants_ase", "france", "FHM", "2020"] == 199530


# --- CépiDc, fragilité numérique -----------------------------------------------------------------------

DEATHS = "annee,departement,sexe,cause,indicateur,valeur\n"
RATE = "Taux standardisé de mortalité par âge et sexe pour 100 000 habitants"


def test_mortality(file, entry):
    text = DEATHS + f'2023,1,Hommes,"2. Tumeurs",{RATE},317.6\n2023,01,Tous sexes,2. Tumeurs,{RATE},255.3\n'
    at = cepidc.read(file(text), entry()).set_index("breakdown")
    assert at.loc["cause=02;sex=M", ["value", "code", "level"]].tolist() == [317.6, "01", "departement"]
    assert at.loc["cause=02", "value"] == 255.3


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (f"2023,12,Enfants,2. Tumeurs,{RATE},1\n", "colonne sexe : trouvé 'Enfants'"),
        (f"2023,12,Hommes,Tumeurs,{RATE},1\n", "colonne cause : trouvé 'Tumeurs'"),
        ("2023,12,Hommes,2. Tumeurs,Décès,1\n", "colonne indicateur : trouvé 'Décès'"),
        (f"2023,Aveyron,Hommes,2. T,{RATE},1\n", "colonne departement : trouvé 'Aveyron'"),
    ],
)
def test_mortality_messages(file, entry, line, message):
    with pytest.raises(RawDataError, match=message):
        cepidc.read(file(DEATHS + line), entry())


def test_mortality_golden(carried):
    at = carried("cepidc_mortalite_2023").set_index(["code", "breakdown"])["value"]
    assert at["12", "cause=02"] == 255.3 and at["12", "cause=07;sex=F"] == 169.8


def test_fragility(file, entry):
    text = (
        "Nom Com;Code Iris;Nom Iris;Noms de mesures;Valeurs de mesures\n"
        "La Cavalerie;120630000;La Cavalerie;SCORE GLOBAL ;88\nMillau;121450101;Centre;SCORE GLOBAL ;95\n"
        "La Cavalerie;120630000;La Cavalerie;COMPETENCES ADMINISTATIVES;88\n"
    )
    frame = fragilite_numerique.read(file(text), entry(reference_date="2020"))
    assert frame.set_index("variable")["code"].to_dict() == {
        "indice": "12063", "competences_administratives": "12063",
    }  # fmt: skip
    with pytest.raises(RawDataError, match="Noms de mesures : trouvé 'AUTRE '"):
        fragilite_numerique.read(file(text.replace("SCORE GLOBAL", "AUTRE")), entry())
    with pytest.raises(RawDataError, match="Code Iris : trouvé '12063'"):
        fragilite_numerique.read(file(text.replace("120630000", "12063")), entry())


def test_fragility_golden(carried):
    at = carried("mednum_fragilite_numerique_2020").set_index(["variable", "code"])["value"]
    assert at["indice", "12063"] == 88 and at["global_acces", "12063"] == 94


# --- APL of other professions, DARES -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "dataset"),
    [
        ("APL aux sages-femmes", "apl_sages_femmes"),
        ("APL aux infirmières", "apl_infirmieres"),
        ("APL aux masseurs-kinésithérapeutes", "apl_kinesitherapeutes"),
        ("APL aux chirurgiens-dentistes", "apl_chirurgiens_dentistes"),
    ],
)
def test_apl_of_other_professions(tmp_path, entry, heading, dataset):
    head = ["Code commune INSEE", "Commune", heading, f"{heading} de 65 ans et moins",
            "Population standardisée par la consommation de soins", "Population totale 2021"]  # fmt: skip
    rows = [["Texte"], head, [None, None, "ETP"], ["12063", "La Cavalerie", 10.5, 9, 2100, 2200]]
    path = _book(tmp_path / "a.xlsx", rows, sheet="APL_2022")
    at = drees.read(path, entry()).set_index("variable")
    assert set(at["dataset"]) == {dataset} and set(at["period"]) == {"2022"}
    assert at["value"].to_dict() == {"apl": 10.5, "apl_65": 9, "population_standardisee": 2100}


def test_apl_unknown_profession(tmp_path, entry):
    rows = [["Code commune INSEE", "Commune", "APL aux pédiatres"], ["12063", "x", 1]]
    path = _book(tmp_path / "a.xlsx", rows, sheet="APL 2024")
    with pytest.raises(RawDataError, match="profession nouvelle : trouvé 'pediatres', attendu medecins"):
        drees.read(path, entry())
    assert set(drees.read(path, entry(options={"dataset": "apl_pediatres"}))["dataset"]) == {"apl_pediatres"}


def test_job_seekers_adjusted(file, entry):
    head = "date;code_commune;type_de_donnees;categorie;sexe;tranche_d_age;nombre_de_demandeurs_d_emploi\n"
    text = head + "2024-T4;12063;Brutes;ABC;Total;Total;95\n2024-T4;12063;CVS-CJO;ABC;Total;Total;90\n"
    assert dares.read(file(text), entry())["value"].tolist() == [95]
    with pytest.raises(RawDataError, match="type_de_donnees : trouvé 'Lissées'"):
        dares.read(file(text.replace("CVS-CJO", "Lissées")), entry())
