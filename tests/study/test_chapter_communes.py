"""One page per commune: the same numbers as the report, services where they are, nothing finer than may be shown."""

import pytest
from chapter_words import plain, words

from ctg_lib.display.figure import Absent
from ctg_lib.display.table import Output, Table
from ctg_lib.indicators.registry import definition
from ctg_lib.study.chapters.communes import Communes, Nearest

CORNUS, CAVALERIE, NANT = "12077", "12063", "12168"


@pytest.fixture(scope="module")
def chapter(larzac) -> Communes:
    return Communes(larzac)


def test_each_commune_has_its_three_parts(chapter):
    parts = list(chapter.fiches())
    assert len(parts) == 3 * 16
    headings = [words(part).splitlines()[0] for part in parts[::3]]
    assert headings[:4] == ["## La Bastide-Pradines", "## La Cavalerie", "## Le Clapier", "## Cornus"]
    assert all(isinstance(part, Output | Table | Absent) for part in parts)
    ids = [part.id for part in parts if isinstance(part, Table)]
    assert len(ids) == len(set(ids)) == 32


def test_children_and_births_are_those_of_the_publisher(chapter):
    """Insee, RP 2023 (exploitation principale) and état civil 2021–2025, as published by commune."""
    text = words(chapter.fiche(CORNUS))
    assert "**512 habitants** en 2023, dont environ 20 enfants de 0 à 4 ans et 21 de 5 à 9 ans." in text
    assert "20 naissances en 5 ans (2021–2025)." in text
    total = sum(chapter._births(code)[0] for code in chapter.codes)
    assert total == 212 == float(chapter._births_of_all("2021–2025").replace("\u202f", ""))


def test_services_are_here_or_as_few_borders_away_as_can_be(chapter):
    services = {plain(row[0]): [plain(c) for c in row[1:]] for row in chapter.services_de(CORNUS).cells()}
    assert services["École"] == ["oui", "–"]
    assert services["Médecin généraliste"] == ["non", "À La Cavalerie (2 limites de communes)"]
    for code in chapter.codes:
        for service in chapter.services:
            found = chapter.nearest(code, service)
            if found.borders == 1:
                assert set(found.communes) <= set(chapter.study.geography.touching(code))
            have = set().union(*(chapter._holders.get(t, set()) for t in chapter.services[service]))
            assert (found.borders == 0) == (code in have)


def test_a_service_found_nowhere_is_said_so(chapter, monkeypatch):
    assert chapter._where(Nearest(4, ())) == "dans aucune des communes regardées"
    many = Nearest(1, (CAVALERIE, CORNUS, NANT, "12115"))
    assert plain(chapter._where(many)).endswith("et 1 autre (communes voisines)")


def test_a_long_unit_stands_in_a_note(chapter):
    table = chapter.habitants(chapter.codes[0])
    name = definition("apl_generalistes").label
    assert all(len(row[0]) <= 60 for row in table.cells())
    assert any(plain(row[0]).lower() == name.lower() for row in table.cells())
    assert [definition("apl_generalistes").unit in plain(note) for note in table.notes] == [True]


def test_no_rate_finer_than_its_definition_allows(chapter):
    for code in chapter.codes:
        table = chapter.habitants(code)
        labels = [plain(row[0]) for row in table.cells()]
        assert not any(label.startswith("Taux de couverture") for label in labels)
        for indicator in ("part_65_plus", "part_travail_hors_commune"):
            rows = chapter.study.communes(indicator)
            row = rows[rows["code"].eq(code)].iloc[0]
            known = row["value"] == row["value"]
            named = any(label.lower().startswith(definition(indicator).label.lower()) for label in labels)
            assert known == named


def test_what_is_not_known_elsewhere_is_said(affricain):
    chapter = Communes(affricain)
    code = chapter.codes[0]
    said = words(chapter.services_de(code))
    assert "n’est pas encore réunie pour cette commune" in said
    assert "naissance" not in words(chapter.fiche(code))
    assert "« – » : non disponible." in words(chapter.ensemble())
