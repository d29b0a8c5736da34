"""Golden values typed from: Insee (COG, populations de référence), DGCL (EPCI), décret n° 2000-1276."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from ctg_lib.errors import BadInput, RawDataError
from ctg_lib.geography import EDITIONS, Geography, Territory, french_sort_key, load_geography, slug
from ctg_lib.geography import names as french
from ctg_lib.geography.populations import in_edition
from ctg_lib.project import Project

ROOT = Path(__file__).resolve().parents[1]
LARZAC = "241200906"


@pytest.fixture(scope="module")
def geo() -> Geography:
    return Geography(ROOT / "data" / "raw" / "geography")


# ------------------------------------------------------------------------------- the first territory


def test_larzac_et_vallees(geo: Geography) -> None:
    larzac = geo.territory(LARZAC)
    assert larzac.members == (
        "12022", "12063", "12067", "12077", "12082", "12115", "12122", "12139", "12155", "12168", "12212",
        "12220", "12231", "12232", "12260", "12295",
    )  # fmt: skip
    assert (larzac.level, larzac.kind, larzac.edition) == ("epci", "CC", 2026)
    assert (larzac.departements, larzac.regions, larzac.departement) == (("12",), ("76",), "12")
    assert larzac.name == "Communauté de communes Larzac et Vallées"
    assert larzac.short_name == "Larzac et Vallées"
    assert larzac.de() == "de la Communauté de communes Larzac et Vallées"
    assert larzac.dans() == "dans la Communauté de communes Larzac et Vallées"
    assert larzac.le() == str(larzac.le()) == "la Communauté de communes Larzac et Vallées"


@pytest.mark.parametrize("year, expected", [(2018, 6079), (2021, 6669), (2022, 6730), (2023, 6746)])
def test_population_of_larzac(geo: Geography, year: int, expected: int) -> None:
    value = geo.population(LARZAC, year)
    assert (value.value, value.period, value.status) == (expected, str(year), "observed")


def test_population_by_default_is_the_last_one(geo: Geography) -> None:
    assert geo.population_years == (2018, 2019, 2020, 2021, 2022, 2023)
    assert (geo.population(LARZAC).value, geo.population(LARZAC).period) == (6746, "2023")


@pytest.mark.parametrize(
    "year, expected", [(2018, 1690), (2019, 1939), (2020, 2188), (2021, 2195), (2022, 2208), (2023, 2223)]
)
def test_population_of_la_cavalerie(geo: Geography, year: int, expected: int) -> None:
    assert geo.population("12063", year).value == expected


def test_neighbours_cross_departements(geo: Geography) -> None:
    around = geo.neighbours(LARZAC)
    assert dict(zip(around["code"], around["departement"], strict=True)) == {
        "200067155": "12",  # Saint-Affricain, Roquefort, Sept Vallons
        "241200567": "12",  # Millau Grands Causses
        "200017341": "34",  # Lodévois et Larzac
        "200034601": "30",  # Causses Aigoual Cévennes
        "243000270": "30",  # Pays Viganais
        "200042646": "34",  # Grand Orb
        "200067163": "12",  # Monts, Rance et Rougier
    }
    assert around["metres"].is_monotonic_decreasing and (around["metres"] > 5000).all()
    assert around["name"].iloc[2] == "Lodévois et Larzac"


def test_neighbours_of_a_commune(geo: Geography) -> None:
    assert set(geo.neighbours("12063")["code"]) == {"12115", "12122", "12145", "12168", "12220"}


def test_parents(geo: Geography) -> None:
    assert geo.parents("12063") == {"epci": LARZAC, "departement": "12", "region": "76"}
    assert geo.parents(LARZAC) == {"departement": "12", "region": "76"}
    assert geo.parents("75115") == {"commune": "75056", "departement": "75", "region": "11"}
    assert geo.parents("FR") == {}


# -------------------------------------------------------------------------------- codes and names


@pytest.mark.parametrize(
    "typed, level, code",
    [
        ("241200906", "epci", LARZAC),
        ("larzac et vallees", "epci", LARZAC),
        ("CC LARZAC ET VALLÉES", "epci", LARZAC),
        ("Communauté de communes Larzac-et-Vallées", "epci", LARZAC),
        ("EPCI-241200906", "epci", LARZAC),
        ("la cavalerie", "commune", "12063"),
        ("Cavalerie", "commune", "12063"),
        ("L'Hospitalet du Larzac", "commune", "12115"),
        ("St Jean du Bruel", "commune", "12231"),
        ("12", "departement", "12"),
        ("2a", "departement", "2A"),
        ("974", "departement", "974"),
        ("76", "departement", "76"),
        ("REG-76", "region", "76"),
        ("Occitanie", "region", "76"),
        ("FHM", "france", "FHM"),
        ("fm", "france", "FM"),
        ("France métropolitaine", "france", "FM"),
        ("200057867", "ept", "200057867"),
        ("13201", "arrondissement_municipal", "13201"),
        (" 12063 ", "commune", "12063"),
    ],
)
def test_found(geo: Geography, typed: str, level: str, code: str) -> None:
    found = geo.territory(typed)
    assert (found.level, found.code) == (level, code)


def test_level_chooses(geo: Geography) -> None:
    assert geo.territory("76", level="region").name == "Occitanie"
    assert geo.territory("Paris", level="departement").code == "75"
    assert geo.territory(geo.territory(LARZAC)).code == LARZAC


@pytest.mark.parametrize(
    "typed, level, message",
    [
        ("saint denis", None, "Saint-Denis (commune 11339, Aude)"),
        ("Paris", None, "plusieurs territoires : Paris (commune 75056, Paris), Paris (département 75)"),
        ("Larzac et Valées", None, "Vouliez-vous dire CC Larzac et Vallées (EPCI 241200906, Aveyron) ?"),
        ("241200907", None, "CC Larzac et Vallées (EPCI 241200906, Aveyron)"),
        ("1001", None, "4 chiffres, attendu 9 (SIREN d’un EPCI), 5 (commune) ou 2 à 3 (département)."),
        ("1001", None, "Le zéro de tête manque-t-il (01001) ?"),
        ("zzzz qqq", None, "territoire « zzzz qqq » inconnu dans l’édition 2026."),
        ("", None, "code ou nom de territoire vide"),
        ("12063", "canton", "niveau 'canton' inconnu"),
        ("12", "france", "France : trouvé '12', attendu FR, FM, FHM."),
        ("30094", None, "30094 (Corbès) n’existe plus depuis 2025 : ses habitants sont comptés dans "
         "Thoiras-Corbès (30329)."),
        ("241200658", None, "241200658 (CC du Pays de Salars) n’existe plus depuis 2026 : "
         "ses communes sont dans CC du Lévézou (994579670)."),
        ("Val de Fensch", None, "n’existe plus depuis 2026 : ses communes sont dans CA Thionville Fensch"),
    ],
)  # fmt: skip
def test_not_found(geo: Geography, typed: str, level: str | None, message: str) -> None:
    with pytest.raises(BadInput) as error:
        geo.territory(typed, level=level)
    assert message in str(error.value)


def test_not_yet(geo: Geography) -> None:
    with pytest.raises(BadInput, match="n’existe que depuis 2026, pas en 2022"):
        geo.with_edition(2022).territory("994579670")


def test_unknown_edition_and_level(geo: Geography) -> None:
    with pytest.raises(BadInput, match="édition 2019 de la géographie indisponible"):
        geo.with_edition(2019)
    with pytest.raises(BadInput, match="niveau 'canton' inconnu"):
        geo.codes("canton")
    with pytest.raises(BadInput, match="population 2012 indisponible"):
        geo.populations(2012)
    with pytest.raises(BadInput, match="France : trouvé 'XX'"):
        geo.france_members("XX")


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(RawDataError, match=r"territories\.parquet : fichier absent"):
        Geography(tmp_path).territory(LARZAC)
    with pytest.raises(RawDataError, match=r"contours_communes\.parquet"):
        Geography(tmp_path).contours("commune", [Territory("commune", "12063", "La Cavalerie", 2026)])


# ----------------------------------------------------------------------------------- French names


@pytest.mark.parametrize(
    "code, de, le, a",
    [
        ("12063", "de La Cavalerie", "La Cavalerie", "à La Cavalerie"),
        ("12067", "du Clapier", "Le Clapier", "au Clapier"),
        ("12115", "de L’Hospitalet-du-Larzac", "L’Hospitalet-du-Larzac", "à L’Hospitalet-du-Larzac"),
        ("91692", "des Ulis", "Les Ulis", "aux Ulis"),
        ("13004", "d’Arles", "Arles", "à Arles"),
        ("12168", "de Nant", "Nant", "à Nant"),
        ("66104", "de Los Masos", "Los Masos", "à Los Masos"),
        ("60703", "d’Aux Marais", "Aux Marais", "à Aux Marais"),
        ("63448", "du Vernet-Chaméane", "Le Vernet-Chaméane", "au Vernet-Chaméane"),
        ("DEP-12", "de l’Aveyron", "l’Aveyron", "dans l’Aveyron"),
        ("DEP-46", "du Lot", "le Lot", "dans le Lot"),
        ("DEP-40", "des Landes", "les Landes", "dans les Landes"),
        ("DEP-48", "de la Lozère", "la Lozère", "en Lozère"),
        ("DEP-28", "d’Eure-et-Loir", "l’Eure-et-Loir", "en Eure-et-Loir"),
        ("DEP-71", "de Saône-et-Loire", "la Saône-et-Loire", "en Saône-et-Loire"),
        ("DEP-75", "de Paris", "Paris", "à Paris"),
        ("DEP-974", "de La Réunion", "La Réunion", "à La Réunion"),
        ("REG-76", "d’Occitanie", "l’Occitanie", "en Occitanie"),
        ("REG-44", "du Grand Est", "le Grand Est", "dans le Grand Est"),
        ("REG-32", "des Hauts-de-France", "les Hauts-de-France", "dans les Hauts-de-France"),
        ("REG-53", "de Bretagne", "la Bretagne", "en Bretagne"),
        ("FR", "de France", "la France", "en France"),
        ("FM", "de France métropolitaine", "la France métropolitaine", "en France métropolitaine"),
        ("200054781", "de la Métropole du Grand Paris", "la Métropole du Grand Paris",
         "dans la Métropole du Grand Paris"),
        ("246700488", "de l’Eurométropole de Strasbourg", "l’Eurométropole de Strasbourg",
         "dans l’Eurométropole de Strasbourg"),
        ("244500468", "d’Orléans Métropole", "Orléans Métropole", "dans Orléans Métropole"),
        ("200057867", "de l’établissement public territorial Plaine Commune",
         "l’établissement public territorial Plaine Commune",
         "dans l’établissement public territorial Plaine Commune"),
    ],
)  # fmt: skip
def test_articles(geo: Geography, code: str, de: str, le: str, a: str) -> None:
    place = geo.territory(code)
    assert (place.de(), place.le(), place.a()) == (de, le, a)


@pytest.mark.parametrize(
    "published, kind, long, short",
    [
        ("CC Larzac et Vallées", "CC", "Communauté de communes Larzac et Vallées", "Larzac et Vallées"),
        ("CC du Pays de Salars", "CC", "Communauté de communes du Pays de Salars", "Pays de Salars"),
        ("CC Pays d'Uzès", "CC", "Communauté de communes Pays d’Uzès", "Pays d’Uzès"),
        ("CA d'Épinal", "CA", "Communauté d’agglomération d’Épinal", "Épinal"),
        ("CU d'Arras", "CU", "Communauté urbaine d’Arras", "Arras"),
        ("CU Le Mans Métropole", "CU", "Le Mans Métropole", "Le Mans Métropole"),
        ("CC Haute-Corrèze Communauté", "CC", "Haute-Corrèze Communauté", "Haute-Corrèze Communauté"),
        ("CA Communauté Paris-Saclay", "CA", "Communauté Paris-Saclay", "Communauté Paris-Saclay"),
        ("CA Agglomération d'Agen", "CA", "Agglomération d’Agen", "Agglomération d’Agen"),
        ("CA de Nîmes Métropole", "CA", "Nîmes Métropole", "Nîmes Métropole"),
        ("CC de Bayeux Intercom", "CC", "Bayeux Intercom", "Bayeux Intercom"),
        ("CA Rodez Agglomération", "CA", "Rodez Agglomération", "Rodez Agglomération"),
        ("Metz Métropole", "METRO", "Metz Métropole", "Metz Métropole"),
        ("Métropole de Lyon", "MET69", "Métropole de Lyon", "Métropole de Lyon"),
        ("CA \"Saintes - Grandes Rives - L'Agglo\"", "CA", "Saintes - Grandes Rives - L’Agglo",
         "Saintes - Grandes Rives - L’Agglo"),
        ("CA de Blois ''Agglopolys''", "CA", "Communauté d’agglomération de Blois «\u00a0Agglopolys\u00a0»",
         "Blois «\u00a0Agglopolys\u00a0»"),
    ],
)  # fmt: skip
def test_long_and_short_names(published: str, kind: str, long: str, short: str) -> None:
    assert french.epci_names(published, kind) == (long, short)


def test_no_name_says_its_kind_twice(geo: Geography) -> None:
    for code, name in geo.names("epci").items():
        assert name.lower().count("communauté") <= 1 or "Communauté de Communes en" in name, (code, name)
        assert "'" not in name and "  " not in name


def test_prepositions_of_bare_names() -> None:
    assert french.de("epci", "", "Communauté Paris-Saclay", None) == "de la Communauté Paris-Saclay"
    assert french.de("epci", "", "Agglomération d’Agen", None) == "de l’Agglomération d’Agen"
    assert french.de("secteur", "", "Dourbie", None) == "du secteur Dourbie"
    assert french.le("secteur", "", "Secteur nord", None) == "secteur nord"


def test_french_order() -> None:
    given = ["Zoé", "Élan", "eau", "Saint-Jean-du-Bruel", "Saint Jean", "La Cavalerie", "Œuf", "oeil"]
    assert sorted(given, key=french_sort_key) == [
        "eau", "Élan", "La Cavalerie", "oeil", "Œuf", "Saint Jean", "Saint-Jean-du-Bruel", "Zoé",
    ]  # fmt: skip
    assert slug("Vallée de l’Orb & Dourbie") == "vallee-de-l-orb-dourbie"


# ---------------------------------------------------------------------------------------- odd cases


def test_grand_paris_and_its_ept(geo: Geography) -> None:
    paris = geo.territory("200054781")
    assert (len(paris.members), paris.kind, len(paris.ept)) == (130, "METRO", 11)
    assert {"75", "92", "93", "94"} <= set(paris.departements)
    assert geo.parents("75056") == {"epci": "200054781", "departement": "75", "region": "11"}
    plaine = geo.territory("Plaine Commune")
    # Pierrefitte-sur-Seine joined Saint-Denis in 2025: 9 communes became 8.
    assert (plaine.level, len(plaine.members), plaine.epci) == ("ept", 8, ("200054781",))
    assert len(geo.members(plaine, 2024)) == 9
    assert geo.with_edition(2022).codes("ept") == ()


def test_corsica_and_overseas(geo: Geography) -> None:
    assert {"2A", "2B"} < set(geo.codes("departement"))
    assert geo.territory("2B033").name == "Bastia"
    assert geo.territory("974").members[0] == "97401"
    assert geo.territory("97411").epci == ("249740119",)


@pytest.mark.parametrize(
    "code, name",
    [("85113", "L’Île-d’Yeu"), ("22016", "Île-de-Bréhat"), ("29155", "Ouessant"), ("29083", "Île-de-Sein")],
)  # fmt: skip
def test_islands_without_epci(geo: Geography, code: str, name: str) -> None:
    island = geo.territory(code)
    assert (island.name, island.epci) == (name, ())
    assert "epci" not in geo.parents(code)
    assert geo.neighbours(code).empty
    assert geo.population(code, 2018).status == "missing"
    assert geo.population(code, 2021).value is not None


def test_village_without_inhabitant(geo: Geography) -> None:
    assert geo.population("55039").value == 0
    assert geo.population("55039").status == "observed"


def test_epci_over_several_departements(geo: Geography) -> None:
    several = geo.territory("200067361")  # Grand-Figeac: Lot, and Aveyron for a part
    assert several.departements == ("12", "46")
    assert several.departement == ""
    assert geo.parents("200067361")["departement"] == "46"


def test_france_perimeters(geo: Geography) -> None:
    # Insee: 34 875 communes on 1 January 2025 and 2026, of which 34 746 in métropole; 17 at Mayotte.
    sizes = {code: len(geo.france_members(code)) for code in ("FR", "FM", "FHM")}
    assert sizes == {"FR": 34875, "FM": 34746, "FHM": 34875 - 17}
    assert not any(c.startswith("975") for c in geo.france_members("FR"))


@pytest.mark.parametrize(
    "code, year, expected",
    [("FHM", 2019, 66_988_403), ("FHM", 2020, 67_162_154), ("FHM", 2021, 67_408_052),
     ("FM", 2020, 65_269_154), ("REG-76", 2021, 6_022_176), ("REG-11", 2023, 12_463_067),
     ("REG-94", 2022, 351_276)],
)  # fmt: skip
def test_published_totals(geo: Geography, code: str, year: int, expected: int) -> None:
    """In the geography of the figures: a divided commune has no figure before its division."""
    edition = {2019: 2022, 2020: 2023, 2021: 2024, 2022: 2025, 2023: 2026}[year]
    assert geo.with_edition(edition).population(code, year).value == expected


def test_mayotte_is_known_in_2017_only(geo: Geography) -> None:
    assert (geo.population("976").value, geo.population("976").period) == (256_518, "2017")
    assert geo.population("976", 2023).status == "missing"
    assert geo.population("FR").status == "missing"
    assert geo.population("975", 2023).status == "missing"


# --------------------------------------------------------------------------- editions and passages


def test_editions(geo: Geography) -> None:
    assert EDITIONS == (2021, 2022, 2023, 2024, 2025, 2026)
    counts = {e: len(geo.with_edition(e).codes("epci")) for e in EDITIONS}
    # DGCL, with the métropole de Lyon: 1 253 + 1 in 2021, 1 254 + 1 from 2022 to 2025, 1 252 + 1 in 2026.
    assert counts == {2021: 1254, 2022: 1255, 2023: 1255, 2024: 1255, 2025: 1255, 2026: 1253}
    assert geo.members(LARZAC, 2021) == geo.members(LARZAC)


def test_edition_2026_is_not_the_list_of_2025(geo: Geography) -> None:
    assert len(geo.members("Thionville Fensch Agglomération")) == 23
    assert len(geo.members("CC du Lévézou")) == 19
    assert geo.territory("14062").epci == ("241400860",)  # Bény-sur-Mer joined Cœur de Nacre
    assert geo.with_edition(2025).territory("14062").epci != ("241400860",)
    assert geo.territory("243100781").kind == "CA"
    assert geo.with_edition(2025).territory("243100781").kind == "CC"


def test_current_code(geo: Geography) -> None:
    assert geo.current_code("12076") == "12218"  # Conques-en-Rouergue
    assert geo.current_code("12076", 2024) == "12076"
    assert geo.current_code("12063") == "12063"


def test_population_of_a_merged_commune(geo: Geography) -> None:
    # Corbès joined Thoiras in 2025: 2021 is summed, 2022 was published for both geographies.
    parts = geo.with_edition(2024)
    for year in (2021, 2022):
        apart = sum(parts.population(c, year).value or 0 for c in ("30094", "30329"))
        assert geo.population("30329", year).value == apart
    assert geo.with_edition(2024).population("30329", 2023).status == "missing"


def test_population_of_a_divided_commune(geo: Geography) -> None:
    assert geo.population("15031", 2022).value == 217  # Celles left Neussargues in 2025
    assert geo.population("15031", 2021).status == "missing"
    assert geo.population("15141", 2021).status == "missing"
    assert geo.with_edition(2024).population("15141", 2021).status == "observed"


def test_populations_in_edition_by_hand() -> None:
    rows = pd.DataFrame(
        {"code": ["A", "B", "C"], "year": 2020, "pmun": [10, 5, 7], "ptot": [11, None, 8], "edition": 2022}
    )
    steps = pd.DataFrame(
        {"edition": [2023, 2024], "code": ["B", "C"], "into": ["A", "D"], "kind": ["merged", "restored"]}
    )
    out = in_edition(rows, steps, 2023, pd.Index(["A", "C"]))
    assert out[["code", "pmun"]].values.tolist() == [["A", 15], ["C", 7]]
    assert out["ptot"].isna().tolist() == [True, False]  # half a total is not a total
    assert in_edition(rows, steps, 2024, pd.Index(["A", "C", "D"]))["code"].tolist() == ["A"]


def test_tables(geo: Geography) -> None:
    people = geo.populations(2023)
    assert list(people.columns) == ["code", "year", "pmun", "ptot"]
    assert people["code"].is_monotonic_increasing and people["code"].is_unique
    assert people["ptot"].isna().all()  # population totale 2023 is in neither file
    assert geo.populations(2022).set_index("code")["ptot"]["12063"] >= 2208
    table = geo.membership()
    assert list(table.columns) == ["commune", "epci", "ept", "departement", "region"]
    assert table["epci"].eq(LARZAC).sum() == 16
    assert len(geo.communes()) == len(geo.codes("commune")) == 34969  # with 94 outside the départements
    assert geo.codes("france") == ("FHM", "FM", "FR")


# --------------------------------------------------------------------------------- secteurs, study

SECTEURS = {
    "Dourbie": ["Nant", "12231", "sauclières"],
    "Larzac": ["12063", "12082", "L'Hospitalet-du-Larzac", "12220", "12077"],
    "Cernon et Sorgues": ["12022", "12067", "12122", "12139", "12155", "12212", "12232", "12295"],
}


def test_secteurs(geo: Geography) -> None:
    dourbie, larzac, _ = geo.with_secteurs(SECTEURS, LARZAC)
    assert (dourbie.level, dourbie.code) == ("secteur", "241200906-dourbie")
    assert dourbie.members == ("12168", "12231", "12260")
    assert larzac.epci == (LARZAC,)
    assert geo.population(larzac, 2023).value == sum(geo.population(c).value or 0 for c in larzac.members)
    assert dourbie.dans() == "dans le secteur Dourbie"


@pytest.mark.parametrize(
    "change, message",
    [
        ({"Dourbie": ["Nant"]}, "communes sans secteur : Saint-Jean-du-Bruel (12231), Sauclières (12260)"),
        ({"Sud": ["12077"]}, "communes citées plusieurs fois : Cornus (12077)"),
        (
            {"Sud": ["Millau"]},
            "secteur « Sud » : Millau (12145) n’appartient pas à la Communauté de communes",
        ),
        ({"Sud": []}, "secteur sans commune : Sud"),
        ({"Sud": ["zzzz"]}, "secteur « Sud » : territoire « zzzz » inconnu"),
        ({"dourbie": ["12145"]}, "n’appartient pas"),
    ],
)
def test_bad_secteurs(geo: Geography, change: dict[str, list[str]], message: str) -> None:
    with pytest.raises(BadInput) as error:
        geo.with_secteurs({**SECTEURS, **change}, LARZAC)
    assert message in str(error.value)


def test_secteurs_with_one_slug(geo: Geography) -> None:
    groups = {"Dourbie": SECTEURS["Dourbie"], "dourbie": SECTEURS["Larzac"]}
    with pytest.raises(BadInput, match="noms de secteurs trop proches"):
        geo.with_secteurs(groups, LARZAC)


def test_study_of_two_epci(geo: Geography) -> None:
    both = geo.study([LARZAC, "241200567"])
    assert (both.level, both.epci) == ("study", ("241200567", LARZAC))
    one, other = "Communauté de communes Larzac et Vallées", "Communauté de communes de Millau Grands Causses"
    assert (
        both.name == f"{one} et {other}" and both.short_name == "Larzac et Vallées et Millau Grands Causses"
    )
    assert both.le() == f"la {one} et la {other}" and both.de() == f"de la {one} et de la {other}"
    assert both.a() == f"dans la {one} et la {other}"
    assert LARZAC not in set(geo.neighbours(both)["code"])
    assert geo.study([LARZAC]) == geo.territory(LARZAC)
    with pytest.raises(BadInput, match="se recouvrent : La Cavalerie"):
        geo.study([LARZAC, "12063"])
    with pytest.raises(BadInput, match="étude sans territoire"):
        geo.study([])


# ---------------------------------------------------------------------------------------- contours


def test_contours_of_the_communes(geo: Geography) -> None:
    shapes = geo.contours("commune", geo.members(LARZAC))
    assert list(shapes.columns) == ["code", "name", "geometry"]
    assert (len(shapes), shapes.crs.to_epsg()) == (16, 2154)
    assert shapes.geometry.is_valid.all()
    assert shapely.coverage_is_valid(shapes.geometry.to_numpy())
    assert shapes.set_index("code")["name"]["12063"] == "La Cavalerie"
    assert "1er janvier 2024" in shapes.attrs["vintage"]
    # Border shared with the EPCI file: the same country, coarser.
    whole = geo.contours("epci", [LARZAC]).geometry.iloc[0]
    assert shapes.geometry.union_all().symmetric_difference(whole).area / whole.area < 0.02


@pytest.mark.parametrize(
    "departement, epsg",
    [("12", 2154), ("971", 5490), ("972", 5490), ("973", 2972), ("974", 2975), ("976", 4471)],
)  # fmt: skip
def test_legal_projections(geo: Geography, departement: str, epsg: int) -> None:
    shapes = geo.contours("departement", [departement])
    assert shapes.crs.to_epsg() == epsg
    assert geo.contours("departement", [departement], projected=False).crs.to_epsg() == 4326


def test_contours_of_groups(geo: Geography) -> None:
    departements = geo.contours("departement")
    assert len(departements) == 96 and departements.geometry.is_valid.all()
    assert len(geo.contours("region", ["94"])) == 1
    secteurs = geo.contours("secteur", geo.with_secteurs(SECTEURS, LARZAC))
    assert secteurs["name"].tolist() == ["Cernon et Sorgues", "Dourbie", "Larzac"]
    salars = geo.with_edition(2025).contours("epci", ["241200658"])
    assert salars["name"].tolist() == ["Pays de Salars"]
    assert len(geo.contours("epci", projected=False)) == 1253


def test_contours_that_are_missing(geo: Geography) -> None:
    shapes = geo.contours("commune", ["15031", "15141"])
    assert shapes.attrs["missing"] == ["15031"]
    notes = geo.missing_contours()
    assert notes.loc[notes["state"].eq("absent"), "code"].tolist() == ["15031", "15035", "15047", "15171"]
    assert notes.loc[notes["code"].eq("12218"), "state"].tolist() == ["union"]
    assert notes.loc[notes["state"].eq("short"), "code"].tolist() == ["25390"]


def test_contours_refused(geo: Geography) -> None:
    with pytest.raises(BadInput, match="plusieurs projections légales"):
        geo.contours("departement", ["12", "974"])
    with pytest.raises(BadInput, match=r"codes inconnus dans l’édition 2026 : 00000"):
        geo.contours("commune", ["00000"])
    with pytest.raises(BadInput, match="niveau 'france' sans contour"):
        geo.contours("france")


# --------------------------------------------------------------------------------- files and loading


def test_load_once(geo: Geography) -> None:
    project = Project(ROOT)
    assert load_geography(project) is load_geography(project, 2026)
    assert load_geography(project, 2023).edition == 2023


def test_import_is_light() -> None:
    code = "import sys, ctg_lib.geography as g; print('geopandas' in sys.modules, 'shapely' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_files_say_nothing_of_the_machine(geo: Geography) -> None:
    import pyarrow.parquet as pq

    files = sorted(geo.folder.glob("*.parquet"))
    assert len(files) == 8
    for file in files:
        assert pq.read_metadata(file).metadata in (None, {}), file.name
    assert sum(f.stat().st_size for f in files) < 9_000_000


def test_every_commune_has_a_parent_that_exists(geo: Geography) -> None:
    for edition in EDITIONS:
        one = geo.with_edition(edition)
        table = one.membership()
        for level in ("epci", "ept", "departement", "region"):
            used = set(table[level]) - {""}
            assert used <= set(one.codes(level)), (edition, level)
        assert set(one.codes("epci")) == set(table["epci"]) - {""}


# ------------------------------------------------------------------------------------ the script


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location(
        "rebuild_geography", ROOT / "scripts" / "rebuild_geography.py"
    )
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_shared_edges(script) -> None:
    squares = pd.Series(
        [shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10), shapely.box(20, 10, 30, 20)], ["A", "B", "C"]
    )
    pairs = script._shared_edges(squares)  # B and C touch at one point only
    assert pairs.values.tolist() == [["A", "B", 10]]


def test_short_names(script) -> None:
    groups = pd.DataFrame(
        {
            "nom": ["Communauté de communes du Lévézou", "Thionville Fensch Agglomération"],
            "type": ["CC", "CA"],
        }
    )
    assert script._short_names(groups).tolist() == ["CC du Lévézou", "CA Thionville Fensch Agglomération"]


def test_on_grid_keeps_borders(script) -> None:
    shapes = np.array([shapely.box(0, 0, 10.4, 10), shapely.box(10.4, 0, 20, 10)])
    moved = script._on_grid(shapes, 5)
    assert shapely.coverage_is_valid(moved)
    assert shapely.get_coordinates(moved).ravel().max() == 20


def test_a_failed_check_stops(script) -> None:
    with pytest.raises(SystemExit, match="contrôle en échec : la somme"):
        script.check(False, "la somme")
    step = pd.DataFrame({"code": ["B"], "into": ["A"], "kind": ["merged"]})
    old = pd.Series({"A": 10, "B": 5})
    script._check_step(step, old, pd.Series({"A": 15}), 2022, tolerance=0)
    with pytest.raises(SystemExit, match="entre deux géographies"):
        script._check_step(step, old, pd.Series({"A": 14}), 2022, tolerance=0)


def test_source_of_populations_is_in_the_manifest(geo: Geography) -> None:
    from ctg_lib.manifest import load_manifest

    (source,) = geo.population(LARZAC).sources
    entry = load_manifest(ROOT / "data" / "raw" / "manifest.yml")[source]
    assert entry.path == "geography/populations.parquet"


def test_communes_that_touch_are_the_neighbours(geo: Geography) -> None:
    for code in ("12063", "12115", "75056", "2A004", "97411"):
        assert geo.touching(code) == tuple(
            sorted(geo.neighbours(geo.territory(code, level="commune"))["code"])
        )
    assert geo.touching("") == geo.touching("00000") == ()
