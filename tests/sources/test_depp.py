"""DEPP: IPS of every layout, pupils and classes, annuaire, value added of collèges.

Traps of data.education.gouv.fr, and where each is tested:

- labels with accents or technical names, byte order mark: test_ips_layouts, test_pupils_with_labels
- IPS layouts since 2021 (without pupils, with pupils, with spread, lycées by track): test_ips_layouts
- « NS » is not 0, and a 0 is no index: test_ips_zero, test_other_layouts.py
- ``rentree_scolaire`` is a date in pupils, a text in IPS: test_pupils, test_ips_messages
- ``code_commune_insee`` holds the postal code: test_postal_code_is_never_read
- states, SEGPA, RPI, education prioritaire of the annuaire: test_annuaire…
- sessions as years or dates, PU / PR: test_value_added
- a column, a state, a type never seen: …_messages
"""

from __future__ import annotations

import math

import pytest

from ctg_lib.errors import RawDataError
from ctg_lib.manifest import load_manifest
from ctg_lib.sources import depp_annuaire, depp_effectifs, depp_valeur_ajoutee, education, read

# --- IPS ---------------------------------------------------------------------------------------------

FIRST = (
    "rentree_scolaire;academie;code_du_departement;departement;uai;nom_de_l_etablissment;"
    "code_insee_de_la_commune;nom_de_la_commune;secteur;ips\n"
    "2021-2022;TOULOUSE;012;AVEYRON;0121024Y;SAINTE BERNADETTE;12063;LA CAVALERIE;privé sous contrat;103.0\n"
)
LABELLED = (
    "Rentrée scolaire;Académie;Code du département;Département;UAI;Nom de l'établissement;"
    "Code INSEE de la commune;Nom de la commune;Secteur;Effectifs;IPS;Ecart-type de l'IPS\n"
    "2022-2023;TOULOUSE;012;AVEYRON;0120002M;VOLTAIRE;12052;CAPDENAC-GARE;public;300.0;101.2;31.5\n"
)
LATEST = (
    "rentree_scolaire;code_region;code_academie;code_du_departement;uai;code_insee_de_la_commune;secteur;"
    "num_ligne;ips;ecart_type_de_l_ips;ips_national_public;ips_national;ips_academique;ips_departemental\n"
    "2025-2026;76;16;012;0121524S;12063;public;1;101.9;NS;103.8;106.2;105;104.1\n"
)
LYCEES = (
    "rentree_scolaire;uai;code_insee_de_la_commune;secteur;type_de_lycee;ips_voie_gt;ips_voie_pro;"
    "ips_ensemble_gt_pro;effectifs_ensemble_gt_pro\n2022-2023;0120012Y;12145;public;LPO;110;90;102.5;640\n"
)


@pytest.mark.parametrize(
    ("text", "dataset", "uai", "values"),
    [
        (FIRST, "fr-en-ips_ecoles_v2", "0121024Y", {"ips": 103.0}),
        (FIRST, "fr-en-ips-ecoles-rs2021", "0121024Y", {"ips": 103.0}),
        (LABELLED, "fr-en-ips-colleges-ap2022", "0120002M",
         {"ips": 101.2, "effectifs": 300, "ecart_type_ips": 31.5}),
        (LATEST, "fr-en-ips-colleges-ap2023", "0121524S", {"ips": 101.9}),
        (LYCEES, "fr-en-ips-lycees-ap2022", "0120012Y", {"ips": 102.5, "effectifs": 640}),
    ],
)  # fmt: skip
def test_ips_layouts(file, entry, text, dataset, uai, values):
    frame = education.read(file(text, encoding="utf-8-sig"), entry(dataset=dataset))
    school = frame.loc[frame["code"].eq(uai)].set_index("variable")["value"].dropna()
    assert school.to_dict() == values


def test_ips_references_and_spread_of_the_latest_layout(file, entry):
    frame = education.read(file(LATEST), entry(dataset="fr-en-ips-colleges-ap2023"))
    spread = frame.loc[frame["variable"].eq("ecart_type_ips")].iloc[0]
    assert spread["status"] == "not_significant" and math.isnan(spread["value"])
    france = frame.loc[frame["level"].eq("france")].set_index("breakdown")["value"]
    assert france.to_dict() == {"": 106.2, "secteur=public": 103.8}


def test_ips_zero(file, entry):
    with pytest.raises(RawDataError, match="colonne ips : trouvé '0', attendu un indice"):
        education.read(file(FIRST.replace("103.0", "0")), entry(dataset="fr-en-ips_ecoles_v2"))


def test_ips_messages(file, entry):
    with pytest.raises(
        RawDataError, match="colonne rentree_scolaire : trouvé '2021-09-01', attendu une année"
    ):
        education.read(file(FIRST.replace("2021-2022", "2021-09-01")), entry(dataset="fr-en-ips_ecoles_v2"))


# --- pupils ------------------------------------------------------------------------------------------

PUPILS = (
    "rentree_scolaire;code_commune_insee;numero_ecole;secteur;nombre_total_classes;nombre_total_eleves;"
    "nombre_eleves_preelementaire_hors_ulis;nombre_eleves_elementaire_hors_ulis;nombre_eleves_ulis;"
    "nombre_eleves_cp_hors_ulis;nombre_eleves_ueea\n"
)
SCHOOL = "2025-09-01;12230;0121165B;PUBLIC;3;64;24;38;2;9;\n"


def test_pupils(file, entry):
    frame = depp_effectifs.read(file(PUPILS + SCHOOL, encoding="utf-8-sig"), entry())
    rows = frame.set_index(["variable", "breakdown"])
    assert rows.loc[("eleves", ""), ["value", "period", "code", "level"]].tolist() == [
        64, "2025", "0121165B", "structure",
    ]  # fmt: skip
    assert rows.loc[("eleves", "niveau=preelementaire"), "value"] == 24
    assert rows.loc[("eleves", "niveau=ulis"), "value"] == 2 and rows.loc[("classes", ""), "value"] == 3
    assert rows.loc[("eleves", "niveau=ueea"), "status"] == "missing"  # empty is not 0


def test_postal_code_is_never_read(file, entry):
    """12230 is the postal code of La Cavalerie, and Insee's code of another commune."""
    text = PUPILS + SCHOOL + SCHOOL.replace("12230", "n’importe quoi").replace("0121165B", "0121194H")
    frame = depp_effectifs.read(file(text), entry())
    assert set(frame["code"]) == {"0121165B", "0121194H"}
    assert not frame.astype(str).apply(lambda c: c.str.contains("12230")).any().any()


def test_pupils_with_labels(file, entry):
    text = (
        "Rentrée scolaire;Numéro de l'école;Nombre total de classes;Nombre total d'élèves;"
        "Nombre d'élèves en pré-élémentaire hors ULIS;Nombre d'élèves en CP hors ULIS\n2024;0121165B;3;60;20;8\n"
    )
    rows = depp_effectifs.read(file(text), entry()).set_index(["variable", "breakdown"])["value"]
    assert rows.to_dict() == {
        ("eleves", ""): 60, ("classes", ""): 3,
        ("eleves", "niveau=preelementaire"): 20, ("eleves", "niveau=cp"): 8,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rentree_scolaire;numero_ecole\n2025;X\n", "colonnes manquantes : total_eleves"),
        (
            PUPILS.replace("nombre_eleves_ueea", "nombre_eleves_tps") + SCHOOL,
            "colonnes d’effectifs que le lecteur ne connaît pas : eleves_tps",
        ),
        (
            PUPILS + SCHOOL.replace("0121165B", "12063"),
            "colonne numero_ecole : trouvé '12063', attendu un UAI",
        ),
        (PUPILS + SCHOOL.replace("2025-09-01", "rentrée"), "colonne rentree_scolaire : trouvé 'rentrée'"),
        (PUPILS + SCHOOL.replace(";64;", ";soixante;"), "colonne total_eleves : trouvé 'soixante'"),
        (PUPILS + SCHOOL * 2, "lignes 2 et 3 : clé en double"),
    ],
)
def test_pupils_messages(file, entry, text, message):
    with pytest.raises(RawDataError, match=message):
        depp_effectifs.read(file(text), entry())


# --- annuaire ----------------------------------------------------------------------------------------

SCHOOLS = (
    "identifiant_de_l_etablissement;nom_etablissement;type_etablissement;statut_public_prive;code_postal;"
    "code_commune;etat;rpi_concentre;rpi_disperse;code_nature;appartenance_education_prioritaire\n"
)


def test_annuaire_states_rpi_and_priority(file, entry):
    text = SCHOOLS + (
        "0121165B;Jules Verne;Ecole;Public;12230;12063;OUVERT;0;;151;\n"
        "0120341F;Cornus;Ecole;Public;12540;12077;A FERMER;1;;151;REP+\n"
        "0120352T;Blaquèrerie;Ecole;Public;12230;12082;OUVERT;0;0120001Z;101;REP\n"
        "0120000A;Ancienne;Ecole;Public;12230;12063;FERME;0;;151;\n"
        "0120000B;Future;Ecole;Public;12230;12063;A OUVRIR;0;;151;\n"
        "0750001A;Paris;Lycée;Privé;75001;75101;OUVERT;0;;300;\n"
    )
    frame = depp_annuaire.read(file(text), entry(reference_date="2026-10-09"))
    assert frame.set_index("code")["breakdown"].to_dict() == {
        "0121165B": "commune=12063;nature=ecole;secteur=public",
        "0120341F": "commune=12077;ep=rep_plus;nature=ecole;rpi=concentre;secteur=public",
        "0120352T": "commune=12082;ep=rep;nature=ecole;rpi=disperse;secteur=public",
        "0750001A": "commune=75056;nature=lycee;secteur=prive",
    }
    assert set(frame["value"]) == {1} and set(frame["variable"]) == {"etablissements"}


def test_annuaire_sections_are_not_schools(file, entry):
    text = (
        "Identifiant_de_l_etablissement;Nom_etablissement;Type_etablissement;Statut_public_prive;Code_commune\n"
        "0121330F;Section d'enseignement général et professionnel adapté du Collège X;Collège;Public;12145\n"
        "0121383N;Section d'enseignement professionnel du Lycée X;Lycée;Public;12208\n"
    )
    natures = depp_annuaire.read(file(text), entry())["breakdown"].str.extract("nature=([a-z_]+)")[0]
    assert natures.tolist() == ["segpa", "section_professionnelle"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("0121165B;X;Ecole;Public;12230;12063;EN TRAVAUX;0;;;\n", "colonne etat : trouvé 'EN TRAVAUX'"),
        ("0121165B;X;Ecole;Mixte;12230;12063;OUVERT;0;;;\n", "colonne statut_public_prive : trouvé 'Mixte'"),
        (
            "0121165B;X;Université;Public;12230;12063;OUVERT;0;;;\n",
            "type_etablissement : trouvé 'Université'",
        ),
        ("0121165B;X;Ecole;Public;12230;La Cavalerie;OUVERT;0;;;\n", "code_commune : trouvé 'La Cavalerie'"),
        ("12063;X;Ecole;Public;12230;12063;OUVERT;0;;;\n", "identifiant_de_l_etablissement : trouvé '12063'"),
        ("0121165B;X;Ecole;Public;;12063;OUVERT;0;;;CLAIR\n", "education_prioritaire : trouvé 'CLAIR'"),
        ("0121165B;X;Ecole;Public;12230;12063;OUVERT;0;;;\n" * 2, "clé en double"),
    ],
)
def test_annuaire_messages(file, entry, line, message):
    with pytest.raises(RawDataError, match=message):
        depp_annuaire.read(file(SCHOOLS + line), entry())


# --- value added -------------------------------------------------------------------------------------


def test_value_added(file, entry):
    text = (
        "Session;UAI;Commune;Secteur;Nb candidats - G;Taux de réussite - G;VA du taux de réussite - G\n"
        "2023;0120002M;CAPDENAC GARE;PU;66;98.0;-4.0\n2025-01-01;0120082Z;CAPDENAC GARE;privé;33;;ND\n"
    )
    frame = depp_valeur_ajoutee.read(file(text), entry()).set_index(["code", "variable"])
    assert frame.loc[("0120002M", "va_du_taux_de_reussite_g"), ["value", "period", "breakdown"]].tolist() == [
        -4.0, "2023", "secteur=public",
    ]  # fmt: skip
    assert frame.loc[("0120082Z", "taux_de_reussite_g"), ["status", "period"]].tolist() == ["missing", "2025"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Session;UAI\n2023;X\n", "colonnes manquantes : secteur"),
        ("Session;UAI;Secteur\n2023;X;PU\n", "aucune colonne de résultat"),
        ("Session;UAI;Secteur;Nb candidats - G\n2023;X;AUTRE;1\n", "colonne secteur : trouvé 'AUTRE'"),
        ("Session;UAI;Secteur;Nb candidats - G\nmai;X;PU;1\n", "colonne session : trouvé 'mai'"),
        ("Session;UAI;Secteur;Nb candidats - G\n2023;X;PU;cent\n", "nb_candidats_g : trouvé 'cent'"),
    ],
)
def test_value_added_messages(file, entry, text, message):
    with pytest.raises(RawDataError, match=message):
        depp_valeur_ajoutee.read(file(text), entry())


# --- carried over ------------------------------------------------------------------------------------


def test_golden(raw):
    manifest = load_manifest(raw / "manifest.yml")

    def carried(entry_id):
        return read(manifest.file(manifest[entry_id]), manifest[entry_id])

    schools = carried("depp_annuaire_2026")
    place = schools["breakdown"].str.extract(r"commune=(\d+)")[0]
    larzac = schools.loc[~place.isin(["12145", "12208"])]
    assert larzac["breakdown"].str.contains("nature=ecole").sum() == 9
    assert larzac["breakdown"].str.contains("nature=college").sum() == 1
    assert larzac["breakdown"].str.contains("secteur=prive").sum() == 1
    results = carried("depp_valeur_ajoutee_2023").set_index(["variable", "code", "period"])["value"]
    assert results["va_du_taux_de_reussite_g", "0120101V", "2023"] == -4
    assert results["taux_de_reussite_p", "0120101V", "2023"] == 46
