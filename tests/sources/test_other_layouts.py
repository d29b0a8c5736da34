from __future__ import annotations

import math

import pandas as pd
import pytest
from openpyxl import Workbook

from ctg_lib.errors import RawDataError
from ctg_lib.manifest import load_manifest
from ctg_lib.sources import (
    READERS,
    dares,
    drees,
    education,
    france_services,
    geography_populations,
    insee_base_ic,
    local_offer,
    read,
)


@pytest.fixture(scope="module")
def carried(raw):
    manifest = load_manifest(raw / "manifest.yml")
    return lambda entry_id: read(manifest.file(manifest[entry_id]), manifest[entry_id])


def test_unknown_layout(file, entry):
    with pytest.raises(RawDataError, match="disposition 'inconnue' inconnue"):
        read(file(""), entry(layout="inconnue"))


def test_every_layout_of_the_manifest_has_a_reader(raw):
    layouts = {e.layout for e in load_manifest(raw / "manifest.yml")}
    assert layouts - set(READERS) <= {"geography", "metadata"}


# --- APL ---------------------------------------------------------------------------------------------

HEAD = [
    "Code commune INSEE",
    "Commune",
    "APL aux médecins généralistes",
    "APL aux médecins généralistes de 65 ans et moins",
    "APL aux médecins généralistes de 62 ans et moins",
    "Population standardisée 2022 pour la médecine générale",
    "Population totale 2022",
]
UNITS = [
    None,
    None,
    "Consultations/visites",
    "Consultations/visites",
    "Consultations/visites",
    "hab.",
    "hab.",
]


def workbook(path, rows, head=HEAD, sheet="APL 2024"):
    book = Workbook()
    page = book.active
    page.title = sheet
    for row in [*[["Texte"]] * 8, head, UNITS, *rows]:
        page.append(row)
    book.save(path)
    return path


def test_apl_sheet(tmp_path, entry):
    rows = [["12063", "La Cavalerie", 5.49, 4.54, 4.5, 2100, 2200], [1001, "Nombre", 0, 0, 0, "", ""]]
    frame = drees.read(workbook(tmp_path / "a.xlsx", rows), entry()).set_index(["variable", "code"])
    assert frame.loc[("apl", "12063"), "value"] == 5.49 and frame.loc[("apl_65", "12063"), "value"] == 4.54
    assert frame.loc[("population_standardisee", "12063"), "value"] == 2100
    assert frame.loc[("apl", "01001"), ["value", "status"]].tolist() == [0, "observed"]  # a true zero
    assert frame.loc[("population_standardisee", "01001"), "status"] == "missing"
    assert set(frame["period"]) == {"2024"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sheet": "Feuille"}, "feuilles : trouvé 'Feuille', attendu des feuilles « APL AAAA »"),
        ({"head": ["Commune", "APL"]}, "feuille APL 2024 : aucune ligne d’en-tête"),
        (
            {"head": ["Code commune INSEE", "Commune", "Autre"]},
            "feuille APL 2024 : colonne « APL aux … » manquante",
        ),
        (
            {"rows": [["12063", "", "beaucoup", 1, 1, 1, 1]]},
            "feuille APL 2024, ligne 11, colonne APL aux médecins généralistes : trouvé 'beaucoup'",
        ),
        ({"rows": [["12063", "", 1, 1, 1, 1, 1]] * 2}, "lignes 11 et 12 : clé en double"),
    ],
)
def test_apl_messages(tmp_path, entry, changes, message):
    path = workbook(tmp_path / "a.xlsx", **{"rows": [], **changes})
    with pytest.raises(RawDataError, match=message):
        drees.read(path, entry())


def test_apl_golden(carried):
    frame = carried("drees_apl_generalistes_2022_2024").set_index(["variable", "code", "period"])["value"]
    assert frame["apl", "12063", "2024"] == 5.49 and frame["apl_65", "12168", "2022"] == 3.38
    apl = frame["apl"].xs("2024", level="period")
    assert (apl == 0).sum() == 5
    references = carried("drees_apl_references_2022_2024")
    assert references.set_index(["code", "period"])["value"]["12", "2024"] == 3.38
    assert set(references["status"]) == {"estimated"}


def test_apl_references_unknown_level(file, entry):
    with pytest.raises(RawDataError, match="colonne niveau : trouvé 'canton'"):
        drees.read_references(file("annee;niveau;code;apl\n2024;canton;1;2\n"), entry())


# --- IPS ---------------------------------------------------------------------------------------------

LABELS = (
    "Rentrée scolaire;Code du département;UAI;Nom de l'établissment;Code INSEE de la commune;Secteur;"
    "Effectifs;IPS\n"
)
NAMES = (
    "rentree_scolaire;code_du_departement;uai;code_insee_de_la_commune;secteur;ips;ips_departemental_public;"
    "ips_national\n"
)
ECOLES = {"dataset": "fr-en-ips-ecoles-ap2022"}


def test_ips_with_labels(file, entry):
    text = LABELS + (
        "2022-2023;012;0121165B;JULES VERNE;12063;public;64.0;97.4\n"
        "2022-2023;001;0010001A;X;1004;privé sous contrat;NS;NS\n"
    )
    frame = education.read(file(text, encoding="utf-8-sig"), entry(**ECOLES)).set_index(["variable", "code"])
    assert frame.loc[("ips", "0121165B"), ["value", "breakdown", "period"]].tolist() == [
        97.4,
        "commune=12063;secteur=public",
        "2022-2023",
    ]
    silent = frame.loc[("ips", "0010001A")]
    assert silent["status"] == "not_significant" and math.isnan(silent["value"])
    assert silent["breakdown"] == "commune=01004;secteur=prive"
    assert frame.loc[("effectifs", "0121165B"), "value"] == 64


def test_ips_references(file, entry):
    text = (
        NAMES + "2024-2025;012;A;12063;public;95.6;103.4;105.8\n2024-2025;02A;B;2A004;public;99;101.2;105.8\n"
    )
    frame = education.read(file(text), entry(**ECOLES))
    published = frame.loc[frame["level"] == "departement"].set_index(["code", "breakdown"])["value"]
    assert published.to_dict() == {("12", "secteur=public"): 103.4, ("2A", "secteur=public"): 101.2}
    france = frame.loc[frame["level"] == "france"]
    assert france[["code", "breakdown", "value"]].to_numpy().tolist() == [["FR", "", 105.8]]


@pytest.mark.parametrize(
    ("text", "dataset", "message"),
    [
        (
            "uai;ips\nA;1\n",
            "ips-ecoles",
            "colonnes manquantes : rentree_scolaire, code_insee_de_la_commune, secteur",
        ),
        (
            NAMES + "2024-2025;012;A;12063;mixte;95.6;1;1\n",
            "ips-ecoles",
            "colonne secteur : trouvé 'mixte', attendu public",
        ),
        (
            NAMES + "2024-2025;012;A;12063;public;haut;1;1\n",
            "ips-ecoles",
            "colonne ips : trouvé 'haut', attendu un nombre ou N",
        ),
        (NAMES + "2024-2025;012;A;12063;public;1;1;1\n" * 2, "ips-ecoles", "lignes 2 et 3 : clé en double"),
        (
            NAMES + "2024-2025;012;A;12063;public;1;1;1\n2024-2025;012;B;12063;public;1;2;1\n",
            "ips-ecoles",
            "clé en double",
        ),
        (NAMES + "2024-2025;012;A;12063;public;1;1;1\n", "annuaire", "jeu 'annuaire' inconnu"),
    ],
)
def test_ips_messages(file, entry, text, dataset, message):
    with pytest.raises(RawDataError, match=message):
        education.read(file(text), entry(dataset=dataset))


def test_ips_golden(carried):
    old = carried("depp_ips_ecoles_2022").set_index(["variable", "code"])["value"]
    assert old["effectifs", "0121194H"] == 41 and old["ips", "0121194H"] == 106.1
    new = carried("depp_ips_ecoles_2024")
    assert new.set_index(["variable", "code"])["value"]["ips", "0121165B"] == 95.6
    published = new.loc[new["level"] == "departement"].set_index("breakdown")["value"]
    assert published.to_dict() == {"": 104.9, "secteur=prive": 109.5, "secteur=public": 103.4}
    assert carried("depp_ips_colleges_2025").query("code == '0121524S'")["value"].tolist() == [101.9]


# --- France services ---------------------------------------------------------------------------------

DAYS = "h_lundi,h_mardi,h_mercredi,h_jeudi,h_vendredi,h_samedi"
FS = f"id_fs,lib_fs,insee_com,format_fs,{DAYS}\n"
WEEK = '"09:00 - 12:00 / 14:00 - 17:00",,"09:00 - 12:00 / 14:00 - 17:00","09:00 - 12:00","9h - 12h30",\n'


def test_hours_and_fixed_site(file, entry):
    path = file(FS + f'"1","France services","12168","Fixe",{WEEK}')
    frame = france_services.read(path, entry(reference_date="2024-08-01"))
    rows = frame.set_index("variable")
    assert rows.loc["heures_hebdomadaires", "value"] == 6 + 6 + 3 + 3.5
    assert rows.loc["structure", ["level", "code", "breakdown"]].tolist() == [
        "structure",
        "1",
        "commune=12168",
    ]
    assert rows.loc["sites", ["level", "code", "value", "status"]].tolist() == [
        "commune",
        "12168",
        1,
        "observed",
    ]


@pytest.mark.parametrize("week", [",,,,,\n", '"sur rendez-vous",,,,,\n', '"17:00 - 09:00",,,,,\n'])
def test_hours_that_cannot_be_read_are_missing(file, entry, week):
    frame = france_services.read(file(FS + f'"1","FS","12168","Fixe",{week}'), entry())
    hours = frame.loc[frame["variable"] == "heures_hebdomadaires"].iloc[0]
    assert hours["status"] == "missing" and math.isnan(hours["value"])


def test_site_names():
    label = "France services multisites Larzac et Vallées – Sites de Nant et de La Cavalerie"
    assert france_services.site_names(label) == ["Nant", "La Cavalerie"]
    assert france_services.site_names("France services – Site d'Arc-en-Barrois") == ["Arc-en-Barrois"]
    assert france_services.site_names("France services Thenon Hautefort") == []


def test_multisite_is_matched_by_name_or_estimated(tmp_path, file, entry):
    folder = tmp_path / "geography"
    folder.mkdir()
    places = pd.DataFrame(
        {
            "edition": 2026,
            "level": "commune",
            "code": ["12168", "12063", "34999"],
            "name": ["Nant", "La Cavalerie", "Nant"],
        }
    )
    places.to_parquet(folder / "territories.parquet")
    text = FS + f'"1","X – Sites de Nant et de La Cavalerie","12168","Multisites",{WEEK}'
    text += f'"2","X Thenon Hautefort","34999","Multisites",{WEEK}'
    frame = france_services.read(file(text, "anct/a.csv"), entry(path="anct/a.csv"))
    sites = frame.loc[frame["variable"] == "sites"].set_index("code")["status"]
    assert sites.to_dict() == {"12063": "observed", "12168": "observed", "34999": "estimated"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id_fs,lib_fs\n1,2\n", "colonnes manquantes : insee_com, format_fs, h_lundi"),
        (
            FS + f'"1","FS","Nant","Fixe",{WEEK}',
            "colonne insee_com : trouvé '0Nant', attendu un code commune",
        ),
        (FS + f'"","FS","12168","Fixe",{WEEK}', "colonne id_fs : trouvé '', attendu un identifiant"),
        (FS + f'"1","FS","12168","Fixe",{WEEK}' * 2, "lignes 2 et 3 : clé en double"),
    ],
)
def test_france_services_messages(file, entry, text, message):
    with pytest.raises(RawDataError, match=message):
        france_services.read(file(text), entry())


def test_france_services_golden(carried, raw):
    frame = carried("anct_france_services_20240801")
    hours = frame.query("code == '1089' and variable == 'heures_hebdomadaires'")
    assert hours["value"].tolist() == [27] and hours["breakdown"].tolist() == ["commune=12168"]
    sites = frame.loc[frame["variable"] == "sites"].set_index("code")
    assert sites.loc["12168", "value"] == 1 and sites.loc["12063", "value"] == 1
    assert frame.query("code == '211' and variable == 'structure'")["breakdown"].tolist() == ["commune=34142"]


def test_no_mail_nor_telephone_is_kept(raw):
    text = (raw / "anct" / "liste-fs-20240801.csv").read_text(encoding="utf-8")
    table = pd.read_csv(raw / "anct" / "liste-fs-20240801.csv", dtype=str, keep_default_na=False)
    assert set(table["mail"]) == {""} and set(table["telephone"]) == {""}
    assert not table["commentaire"].str.contains(r"\w@\w|x40|(?:\d{2}[ .]){4}\d{2}").any()
    assert "@france-services.gouv.fr" not in text


# --- DARES -------------------------------------------------------------------------------------------

DEFM = "date;code_commune;type_de_donnees;categorie;sexe;tranche_d_age;nombre_de_demandeurs_d_emploi\n"


def test_job_seekers(file, entry):
    text = DEFM + (
        "2024-T4;12063;Brutes;ABC;Total;Total;95\n"
        "2024-T4;12063;Brutes;ABC;Femmes;Moins de 25 ans;\n"
        "2024-T4;Total;Brutes;ABC;Total;Total;9\n"
        "2024-T4;75056;Brutes;ABC;Total;Total;196995\n"
        "2024-T4;75101;Brutes;ABC;Total;Total;5\n"
        "2024-T4;1001;Brutes;ABC;Total;Total;0\n"
    )
    frame = dares.read(file(text, encoding="utf-8-sig"), entry(options={"empty_bounds": [0, 4]}))
    rows = frame.set_index(["code", "breakdown"])
    assert rows.loc[("12063", "categorie=ABC"), ["value", "low", "high", "status"]].tolist() == [
        95,
        92.5,
        97.5,
        "rounded",
    ]
    young = rows.loc[("12063", "age=Y_LT25;categorie=ABC;sex=F")]
    assert young["status"] == "missing" and (young["low"], young["high"]) == (0, 4)
    assert rows.loc[("01001", "categorie=ABC"), ["low", "high"]].tolist() == [0, 2.5]
    assert set(frame["code"]) == {"12063", "75056", "01001"}


def test_job_seekers_with_labels(file, entry):
    text = (
        "Date;Code commune;Type de données;Catégorie;Sexe;Tranche d'âge;Nombre de demandeurs d'emploi\n"
        "2024-T4;12063;Brutes;ABC;Total;Total;95\n"
    )
    assert dares.read(file(text), entry())["value"].tolist() == [95]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("date;code_commune\n2024-T4;12063\n", "colonnes manquantes : categorie"),
        (
            DEFM + "2024;12063;Brutes;ABC;Total;Total;95\n",
            "colonne date : trouvé '2024', attendu un trimestre",
        ),
        (DEFM + "2024-T4;12063;Brutes;ABC;Autre;Total;95\n", "colonne sexe : trouvé 'Autre', attendu Total"),
        (DEFM + "2024-T4;12063;Brutes;ABC;Total;Vieux;95\n", "colonne tranche_d_age : trouvé 'Vieux'"),
        (
            DEFM + "2024-T4;12063;Brutes;ABC;Total;Total;x\n",
            "ligne 2, colonne nombre_de_demandeurs_d_emploi : trouvé 'x'",
        ),
        (DEFM + "2024-T4;12063;Brutes;ABC;Total;Total;5\n" * 2, "lignes 2 et 3 : clé en double"),
    ],
)
def test_job_seekers_messages(file, entry, text, message):
    with pytest.raises(RawDataError, match=message):
        dares.read(file(text), entry())


def test_job_seekers_golden(carried):
    frame = carried("dares_defm_communes_2015_2024")
    larzac = frame.loc[~frame["code"].isin(["12145", "12202", "12208"])]
    assert larzac.groupby("period")["value"].sum()[["2015-T4", "2024-T4"]].tolist() == [395, 385]


# --- base-ic, local offer, populations ---------------------------------------------------------------


def test_base_ic_sums_iris_and_arrondissements(file, entry):
    text = "IRIS;COM;P21_POP;C21_MEN\n751010101;75101;10;4\n751020201;75102;5,5;\n120630000;12063;2195;\n"
    frame = insee_base_ic.read(file(text), entry(reference_date="2021")).set_index(["variable", "code"])
    assert frame.loc[("POP", "75056"), "value"] == 15.5 and frame.loc[("C_MEN", "75056"), "value"] == 4
    assert frame.loc[("C_MEN", "12063"), "status"] == "missing"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("CODE;P21_POP\n1;2\n", "colonnes manquantes : COM"),
        ("COM;P20_POP\n12063;2\n", r"trouvé '20', attendu 2021 \(manifeste\)"),
        ("COM;P21_POP\nNant;2\n", "colonne COM : trouvé 'Nant'"),
        ("COM;P21_POP\n12063;2\n12063;3\n", "ligne 3, colonne COM : trouvé '12063', attendu une seule ligne"),
        ("COM;P21_POP\n12063;deux\n", "ligne 2, colonne P21_POP : trouvé 'deux'"),
    ],
)
def test_base_ic_messages(file, entry, text, message):
    with pytest.raises(RawDataError, match=message):
        insee_base_ic.read(file(text), entry(reference_date="2021"))


def test_base_ic_golden(carried):
    frame = carried("insee_rp_base_ic_2021").set_index(["variable", "code"])["value"]
    figures = {"POP": 2195, "POP0019": 375, "POP65P": 171, "LOG": 678, "RP": 502}
    assert {v: frame[v, "12063"] for v in figures} == figures
    assert frame["POP"].sum() == 67408104 and ("POP", "75056") in frame.index


OFFER = "code_commune;nom;type;places;source;constate_le\n"


def test_local_offer(file, entry):
    row = local_offer.read(
        file(OFFER + "12063;Les Petites Frimousses;multi-accueil;22;page du site;2026-10\n"), entry()
    ).iloc[0]
    assert (row["code"], row["value"], row["level"]) == ("12063-les-petites-frimousses", 22, "structure")
    assert row["breakdown"] == "commune=12063;type=multi_accueil"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("code_commune;nom\n12063;X\n", "colonnes manquantes : type, places, source, constate_le"),
        (OFFER + "120;X;eaje;22;page;2026\n", "colonne code_commune : trouvé '120'"),
        (OFFER + "12063;X;eaje;22;;2026\n", "colonne source : trouvé '', attendu un texte"),
        (OFFER + "12063;X;eaje;22;page;hier\n", "colonne constate_le : trouvé 'hier', attendu AAAA"),
        (OFFER + "12063;X;eaje;beaucoup;page;2026\n", "colonne places : trouvé 'beaucoup'"),
        (OFFER + "12063;X;eaje;1;page;2026\n" * 2, "lignes 2 et 3 : clé en double"),
    ],
)
def test_local_offer_messages(file, entry, text, message):
    with pytest.raises(RawDataError, match=message):
        local_offer.read(file(text), entry())


def test_populations_keep_one_edition_a_year(tmp_path, entry):
    rows = pd.DataFrame(
        {
            "code": ["12063", "12168", "01001", "12063"],
            "year": [2022, 2022, 2022, 2022],
            "pmun": [2208, 900, 1, 2300],
            "edition": [2024, 2024, 2024, 2025],
        }
    )
    rows.to_parquet(tmp_path / "p.parquet")
    frame = geography_populations.read(tmp_path / "p.parquet", entry())
    assert frame.set_index("code")["value"].to_dict() == {"12063": 2208, "12168": 900, "01001": 1}
    assert set(frame["geography_year"]) == {2024} and set(frame["variable"]) == {"PMUN"}


def test_populations_missing_column(tmp_path, entry):
    pd.DataFrame({"code": ["12063"]}).to_parquet(tmp_path / "p.parquet")
    with pytest.raises(RawDataError, match="colonnes manquantes : year, edition, pmun"):
        geography_populations.read(tmp_path / "p.parquet", entry())


def test_populations_golden(carried):
    frame = carried("geo_populations").set_index(["code", "period"])["value"]
    assert frame["12063", "2023"] == 2223 and frame["12063", "2022"] == 2208
    codes = [
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
    assert sum(frame[c, "2023"] for c in codes) == 6746
