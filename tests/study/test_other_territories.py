"""Territories unlike the reference one: overseas, over several départements, a metropolis, with few figures.

Sentences for none, one, some, all, missing and secret; whom a territory is read against; what is not there.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

import pandas as pd
import pytest
from chapter_words import plain, text_of, words

from ctg_lib.display.figure import Absent
from ctg_lib.indicators.registry import definition, registry
from ctg_lib.study import open_study
from ctg_lib.study.chapters.base import EACH, detailed
from ctg_lib.study.chapters.population import far_note, losing_title
from ctg_lib.study.comparison import nearest_first

PARIS, REUNION, REDON = "200054781", "249740119", "243500741"
SAID = ("essentiel", "points_de_vigilance", "ce_qui_manque", "questions_du_groupe")


@dataclass(frozen=True)
class Place:
    """As much of a territory as the order of references needs."""

    name: str
    members: tuple[str, ...]


FRANCE = Place("France", ("a", "b", "c", "d"))


def order(here, around, people):
    counts = pd.Series(people, dtype="Int64")
    return [t.name for t in nearest_first(here, around, [FRANCE], counts)]


@lru_cache
def study_of(project, code):
    """Opened once: the rows that a study has read are kept with it."""
    return open_study(code, project)


# --------------------------------------------------------------------------------- whom it is read against


def test_a_departement_that_holds_most_inhabitants_comes_first():
    here = Place("here", ("a", "b", "c"))
    west, east, region = Place("west", ("a",)), Place("east", ("b", "c")), Place("region", ("a", "b", "c"))
    people = {"a": 600, "b": 200, "c": 100}
    assert order(here, [west, east, region], people) == ["west", "region", "France", "east"]
    # by inhabitants, not by communes: the same places the other way round
    assert order(here, [west, east, region], {"a": 100, "b": 200, "c": 600}) == [
        "east",
        "region",
        "France",
        "west",
    ]


def test_where_none_holds_most_the_region_stands_first_and_parts_come_after_france():
    here = Place("here", ("a", "b", "c"))
    parts = [Place("one", ("a",)), Place("two", ("b",)), Place("three", ("c",))]
    region = Place("region", ("a", "b", "c"))
    people = {"a": 300, "b": 400, "c": 300}
    assert order(here, [*parts, region], people) == ["region", "France", "two", "one", "three"]


def test_half_of_the_inhabitants_is_not_most_of_them_and_unknown_people_count_by_commune():
    here = Place("here", ("a", "b"))
    one, two = Place("one", ("a",)), Place("two", ("b",))
    assert order(here, [one, two], {"a": 50, "b": 50}) == ["France", "one", "two"]
    assert order(Place("here", ("a", "b", "c")), [Place("most", ("b", "c")), one], {"z": 9}) == [
        "most",
        "France",
        "one",
    ]


@pytest.mark.parametrize(
    "code, first, after",
    [
        (PARIS, "Île-de-France", 6),  # six départements, none with most of the inhabitants
        (REDON, "Bretagne", 4),  # three départements, two régions
        (REUNION, "La Réunion", 0),  # région and département are one territory
        ("241200906", "Aveyron", 0),
    ],
)
def test_the_reference_stands_for_the_whole_territory(project, code, first, after):
    study = study_of(project, code)
    assert study.references[0].name == study.read_against[0].name == first
    assert len(study.references) - len(study.read_against) == after
    assert len({t.members for t in study.references if t.level != "france"}) == len(
        [t for t in study.references if t.level != "france"]
    )


def test_no_number_of_a_metropolis_is_read_against_one_of_its_parts(project):
    study = study_of(project, PARIS)
    compared = study.compare("niveau_vie_median")
    assert compared.main is not None and compared.main["name"] == "Île-de-France"
    chapter = study.chapter("population")
    card = chapter.card("niveau_vie_median")
    assert "Île-de-France" in card.comparison and "Seine-Saint-Denis" not in card.comparison
    table = words(chapter.values_table(["niveau_vie_median"], id="tbl-x", caption="Comparer"))
    assert "Île-de-France" in table and "Essonne" not in table  # six columns more would not fit a page


def test_three_departements_fit_a_table_and_are_named(project):
    study = study_of(project, REDON)
    table = words(
        study.chapter("population").values_table(["niveau_vie_median"], id="tbl-x", caption="Comparer")
    )
    heads = next(line for line in table.splitlines() if "Bretagne" in line)
    assert all(name in heads for name in ("Ille-et-Vilaine", "Loire-Atlantique", "Morbihan"))
    assert "Pays de la Loire" not in heads
    # known in the départements only: none of them stands for the territory
    assert study.compare("part_licencies_sport_0_14").main is None


def test_several_departements_are_said_to_have_several_caf(project, larzac):
    text = words(study_of(project, REDON).chapter("demarche").points_de_vigilance())
    assert (
        "s’étend sur 3 départements (Ille-et-Vilaine, Loire-Atlantique et Morbihan) : plusieurs Caf" in text
    )
    assert "départements" not in words(larzac.chapter("demarche").points_de_vigilance())
    assert (
        study_of(project, REDON).chapter("population").peers
        == "intercommunalités des mêmes départements ou limitrophes"
    )
    assert larzac.chapter("population").peers == "intercommunalités du département ou limitrophes"


# --------------------------------------------------------------------------------------------- overseas


@pytest.mark.parametrize(
    "name",
    ["synthese", "familles", "vulnerables", "handicap", "petite_enfance", "acces_droits", "bilan", "offre"],
)
def test_no_msa_is_spoken_of_where_there_is_none(project, name):
    chapter = study_of(project, REUNION).chapter(name)
    for part in SAID:
        method = getattr(chapter, part, None)
        said = (
            "" if method is None else text_of(method()).replace("Cnaf-Cnav-CCMSA", "")
        )  # a publisher's name
        assert "MSA" not in said, (name, part)


def test_the_msa_is_spoken_of_where_there_is_one(larzac):
    assert "MSA" in text_of(larzac.chapter("synthese").points_de_vigilance())
    assert "MSA" in text_of(larzac.chapter("familles").ce_qui_manque())
    assert larzac.has_msa and "MSA" in larzac.chapter("familles").caution("foyers_rsa")


# ------------------------------------------------------------------------ none, one, some, all, missing, secret


@pytest.mark.parametrize(
    "lost, known, communes, said",
    [
        (0, 3, 3, "Aucune des 3 communes ne perd d’habitants"),
        (0, 13, 16, "Aucune des 13 communes de 100 habitants ou plus ne perd d’habitants"),
        (1, 3, 3, "1 commune sur 3 perd des habitants"),
        (4, 13, 16, "4 communes sur les 13 de 100 habitants ou plus perdent des habitants"),
        (3, 3, 3, "Les 3 communes perdent des habitants"),
        (1, 1, 1, "La commune perd des habitants"),
        (0, 1, 1, "La commune ne perd pas d’habitants"),
    ],
)
def test_communes_that_lose_inhabitants(lost, known, communes, said):
    assert losing_title(lost, known, communes).replace("\u00a0", " ") == said


@pytest.mark.parametrize(
    "status, why",
    [("missing", ""), ("secret", " (secret statistique)"), ("below_threshold", " (effectif trop faible)")],
)
def test_a_value_that_is_not_there_is_a_sentence_and_not_a_chart(project, monkeypatch, status, why):
    study = study_of(project, REUNION)
    chapter = study.chapter("petite_enfance")
    found = study.compare("taux_couverture")
    hidden = replace(found, value=replace(found.value, value=None, lower=None, upper=None, status=status))
    monkeypatch.setattr(study, "compare", lambda *_: hidden)
    figure = chapter.dots("taux_couverture", id="fig-couverture")
    assert isinstance(figure, Absent)
    said = f"Non disponible : pas de valeur pour {study.territory.le()}{why} ; France hors Mayotte :"
    assert plain(figure.sentence()).startswith(plain(said))


def test_nothing_known_of_communes_promises_nothing(project):
    chapter = study_of(project, REUNION).chapter("communes")
    text = words(chapter.presentation())
    assert "3 pages, une par commune : ses habitants." in text
    assert (
        "**Pas encore réunis pour ce territoire** : ses enfants, ses naissances, les services qu’elle a et où sont les autres"
        in text
    )
    assert "Le plus près" not in text
    table = words(chapter.ensemble())
    assert "sur 0" not in table and "Enfants" not in table
    assert len(list(chapter.fiches())) == 2 * 3  # no table of services that would say the same on each sheet


def test_no_title_counts_to_zero(project):
    """« 0 hausse », « 0 commune »: French says « aucun »."""
    zero = re.compile(r"(?:^|: |, )0 (?!%|€|[àet])\w", re.MULTILINE)
    for code in (REUNION, "200067155"):
        study = study_of(project, code)
        for name, method in (
            ("population", "carte_evolution"), ("familles", "ce_qui_a_change"), ("vulnerables", "ce_qui_a_change"),
            ("indicateurs", "lecture_d_ensemble"), ("acces_droits", "essentiel"),
        ):  # fmt: skip
            _, metadata = getattr(study.chapter(name), method)()._repr_mimebundle_()
            said = metadata["ctg"].get("title", "") + "\n" + metadata["ctg"].get("caption", "")
            assert not zero.search(said.replace("\u00a0", " ")), (code, name, said)


def test_rules_of_a_rate_are_not_told_where_it_is_not_known(project, larzac):
    far = study_of(project, REUNION)
    assert "taux" not in words(far.chapter("petite_enfance").points_de_vigilance()).lower()
    assert "taux" in words(larzac.chapter("petite_enfance").points_de_vigilance()).lower()
    text = words(far.chapter("acces_droits").points_de_vigilance())
    assert "causses" not in text and "multiple de 5" not in text


@pytest.mark.parametrize(
    "distances, said",
    [
        ([0.4, 0.5, 0.6], ""),
        ([0.9, 1.0, 1.1, 1.2], ""),  # half of them is not most of them
        ([0.8, 1.1, 1.2], "Peu lui ressemblent vraiment : 2 des 3 sont"),
        ([1.1, 1.2, 1.3], "Aucun ne lui ressemble vraiment : 3 des 3 sont"),
        ([], ""),
    ],
)
def test_look_alikes_that_do_not_look_alike_are_said_to_be_far(distances, said):
    note = " ".join(far_note(pd.Series(distances, dtype="float64")))
    assert note.startswith(said) and bool(note) == bool(said)


def test_a_detail_takes_the_place_of_each_in_a_label():
    rule = next(r for r in registry().values() if EACH in r.label)
    assert detailed(rule, "") == rule.label
    assert detailed(rule, "revenu=patrimoine") == "part des revenus du patrimoine dans le revenu disponible"
    assert detailed(rule, "revenu=salaires") == "part des salaires et traitements dans le revenu disponible"
    assert detailed(definition("enfants_0_4"), "sex=F").startswith("enfants de 0 à 4 ans, ")
