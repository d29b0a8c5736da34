"""First lines of the workbooks: what public files say, nothing more, each with its source."""

from __future__ import annotations

import re

import pytest

from ctg_lib.partnership.books import BOOKS, OFFRE, PARTIES
from ctg_lib.partnership.books.offre import SERVICES
from ctg_lib.partnership.books.parties import COMPETENCES
from ctg_lib.study.prefill import SHORT, competences, parties, prefill, services, source_text
from ctg_lib.values import parse_breakdown

PUBLIC = {"id", "name", "type", "state", "commune", "source", "places", "sites", "hours_week", "remark"}


@pytest.fixture(scope="module")
def lines(larzac):
    return services(larzac)


def test_the_offer_of_larzac(lines) -> None:
    """Domain.md 7: one EAJE of 22 places, ALSH at La Cavalerie (2), Cornus and Nant, a relais, France services."""
    found = [(line["id"], line["type"], line["commune"]) for line in lines]
    assert found == [
        ("S01", "eaje", "12063"), ("S02", "rpe", "12063"), ("S03", "alsh", "12063"), ("S04", "alsh", "12063"),
        ("S05", "alsh", "12077"), ("S06", "alsh", "12168"), ("S07", "france_services", "12168"),
    ]  # fmt: skip
    assert lines[0]["places"] == 22 and lines[6]["sites"] == ("12063",)
    assert lines[0]["name"] == "Établissement d’accueil du jeune enfant à La Cavalerie"
    assert [line["name"] for line in lines[2:5]] == [
        "Accueil de loisirs à La Cavalerie (site 1)", "Accueil de loisirs à La Cavalerie (site 2)",
        "Accueil de loisirs à Cornus",
    ]  # fmt: skip


def test_one_france_services_on_two_sites(lines) -> None:
    """Anct, August 2024: a morning in Nant, an afternoon in La Cavalerie, four days a week: 12 hours each."""
    line = lines[-1]
    assert line["hours_week"] == 24
    assert line["remark"] == "Heures d’accueil par semaine : Nant 12 h et La Cavalerie 12 h."


def test_every_line_is_to_be_confirmed_and_has_a_source(lines) -> None:
    for line in lines:
        assert line["state"] == "a_confirmer" and line["type"] in SERVICES and line["type"] in SHORT
        assert re.search(r"\(\S+\.(?:csv|csv\.gz|xlsx)(?:, valeur reprise)?\)", line["source"]), line[
            "source"
        ]
        assert re.search(r"20\d\d|Communauté de communes", line["source"])
    assert lines[0]["source"] == (
        "Insee, BPE 2025 (DS_BPE_2025_data.csv, valeur reprise) ; "
        "Communauté de communes, page « Multi-accueil » (eaje_241200906.csv)"
    )


def test_nothing_is_invented(larzac, affricain) -> None:
    """No manager, no opening day, no user: only what the files publish."""
    for study in (larzac, affricain):
        for line in services(study):
            assert set(line) <= PUBLIC
            assert line["commune"] in study.territory.members
        for line in parties(study):
            assert not line.keys() & {"function", "signs", "deliberation", "deliberation_date"}


def test_as_many_lines_as_sites_are_counted(larzac, lines) -> None:
    places = [("commune", code) for code in larzac.territory.members]
    table = larzac.table("equipements", places)
    for type_, kind in (("D502", "eaje"), ("D504", "rpe"), ("D505", "alsh")):
        kept = table[[parse_breakdown(b).get("type") == type_ for b in table["breakdown"]]]
        assert kept["value"].sum() == sum(line["type"] == kind for line in lines)


def test_disability_comes_from_finess(affricain) -> None:
    found = [line for line in services(affricain) if line["type"] == "handicap_enfants"]
    assert [line["commune"] for line in found] == ["12208"]
    assert "FINESS" in found[0]["source"]


def test_parties_of_larzac(larzac) -> None:
    found = parties(larzac)
    assert [line["id"] for line in found] == [f"P{i:02d}" for i in range(1, 21)]
    assert found[0]["name"] == "Communauté de communes Larzac et Vallées"
    names = [line["name"] for line in found]
    assert "Commune du Clapier" in names and "Commune de L’Hospitalet-du-Larzac" in names
    assert names[-3:] == [
        "Caf de l’Aveyron",
        "MSA (caisse du territoire, à compléter)",
        "Département de l’Aveyron",
    ]
    assert {line["commune"] for line in found if line["type"] == "commune"} == set(larzac.territory.members)


def test_the_metropole_de_lyon_is_its_own_departement(project) -> None:
    from ctg_lib.study import open_study

    found = parties(open_study("200046977", project))
    assert [line["name"] for line in found if line["type"] == "caf"] == ["Caf du Rhône"]
    assert not [line for line in found if line["type"] == "departement"]
    assert found[0]["id"] == "P01" and len({line["id"] for line in found}) == len(found)


def test_two_departements(project) -> None:
    from ctg_lib.study import open_study

    membership = open_study("241200906", project).geography.membership()
    inside = membership[membership["epci"].ne("")]
    counts = inside.groupby("epci")["departement"].nunique()
    found = parties(open_study(str(counts.index[counts.eq(2)][0]), project))
    for kind in ("caf", "departement"):
        names = [line["name"] for line in found if line["type"] == kind]
        assert len(names) == len(set(names)) == 2
        assert all(line["remark"] for line in found if line["type"] == kind)


@pytest.mark.parametrize(
    ("departement", "council", "msa"),
    [
        ("2A", "Collectivité de Corse", True), ("67", "Collectivité européenne d’Alsace", True),
        ("974", "Département de La Réunion", False), ("972", "Collectivité territoriale de Martinique", False),
        ("976", "Département-Région de Mayotte", False),
    ],
)  # fmt: skip
def test_councils_that_are_called_something_else(project, departement: str, council: str, msa: bool) -> None:
    from ctg_lib.study import open_study

    membership = open_study("241200906", project).geography.membership()
    epci = membership.loc[membership["departement"].eq(departement) & membership["epci"].ne(""), "epci"].iloc[
        0
    ]
    found = parties(open_study(epci, project))
    assert [line["name"] for line in found if line["type"] == "departement"] == [council]
    assert any(line["type"] == "msa" for line in found) == msa


def test_competences_are_to_be_completed() -> None:
    found = competences()
    assert [line["competence"] for line in found] == list(COMPETENCES)
    assert all("holder" not in line and line["remark"] == "À compléter." for line in found)


def test_lines_fit_the_workbooks(larzac) -> None:
    rows = prefill(larzac)
    assert set(rows) <= set(BOOKS)
    for book in (OFFRE, PARTIES):
        for name, filled in rows.get(book.id, {}).items():
            known = {field.name for field in book[name].fields}
            assert all(set(line) <= known for line in filled)


def test_nothing_is_recorded_as_a_query(project) -> None:
    from ctg_lib.study import open_study

    study = open_study("241200906", project)
    prefill(study)
    assert study.queries == []


def test_a_source_that_the_manifest_does_not_know_is_named(larzac) -> None:
    assert source_text(larzac, ["inconnu"]) == "inconnu"


def test_without_data_there_are_parties_alone(project, tmp_path) -> None:
    from dataclasses import replace

    from ctg_lib.project import Project
    from ctg_lib.study import open_study

    study = replace(open_study("241200906", project), project=Project(tmp_path))
    assert services(study) == [] and len(parties(study)) == 20
