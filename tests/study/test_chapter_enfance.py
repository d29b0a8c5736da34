"""Chapter 05, children and school: what it says first, with the real figures and without them."""

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from chapter_words import plain, text_of

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.study.chapters.ages import CHILDREN, TwoAges, compared_ages
from ctg_lib.study.chapters.enfance import Enfance
from ctg_lib.values import Value

NO_ROWS = pd.DataFrame({"sources": [], "indicator": []})


def two(first: float, second: float, name: str = "ici") -> TwoAges:
    return TwoAges(name, first, second, "2023", NO_ROWS, True)


@pytest.fixture
def chapter(larzac):
    return larzac.chapter("enfance")


@pytest.fixture
def nowhere(affricain):
    """A chapter on a territory of which no commune's ages are known."""
    return affricain.chapter("enfance")


def test_the_first_message_is_in_counts_then_what_it_means_for_the_school(chapter):
    said = plain(chapter.children_message())
    # Insee, RP 2023: 250,4 children aged 0–4 and 324,4 aged 5–9; 9 schools in the directory
    assert said.startswith(
        "**Derrière 324 enfants de 5 à 9 ans, 250 seulement de 0 à 4 ans** en 2023 (−23 %)."
    )
    assert "Si aucun enfant n’arrivait ni ne partait, le territoire aurait, en 2028, 74 enfants" in said
    assert "soit 8 en moyenne pour chacune des 9 écoles" in said
    assert "Ce n’est pas une prévision." in said


def test_the_reference_and_the_place_with_barracks_are_told_beside(chapter):
    said = plain(chapter.children_message())
    # RP 2023, Aveyron: 11 171,3 and 13 529,2; without La Cavalerie: 155,9 and 205,5; 94,5 of the 250,4 live there
    assert (
        "Dans l’Aveyron, l’écart est de −17 % : à peu près autant de jeunes enfants ici, en proportion."
        in said
    )
    assert (
        "La Cavalerie, dont les âges montrent une caserne, d’ordinaire, réunit 38 % des enfants de 0 à 4 ans"
        in said
    )
    assert "sans elle, l’écart est à peu près le même (−24 %)" in said


def test_births_say_that_the_gap_comes_from_families_who_came(chapter):
    said = plain(chapter.arrivals_message())
    # état civil: 37 + 41 + 57 + 59 + 37 births in 2018–2022; 39 + 54 + 48 + 52 + 41 in 2013–2017
    assert "environ 231 naissances pour les 0–4 ans, 234 pour les 5–9 ans" in said
    assert "Les 5–9 ans sont 90 de plus que les naissances de leurs années, les 0–4 ans 19 de plus" in said


def test_the_next_entries_at_school_stand_on_three_years_of_births(chapter):
    said = plain(chapter.school_years_message())
    # état civil: 31 + 50 + 35 births in 2023–2025, 57 + 59 + 37 in 2020–2022; a child enters in its third year
    assert "Les entrées en petite section de 2026, 2027 et 2028 s’appuient sur 116 naissances" in said
    assert "celles des trois années d’avant, sur 153" in said
    assert "de 31 à 59 selon l’année : à confirmer" in said


def test_schools_and_those_who_have_none(chapter):
    said = plain(chapter.schools_message())
    # annuaire de l’éducation; RP 2023: 81,9 of the 574,8 children aged 0–9 live in the eight communes without a school
    assert said.startswith("**9 écoles, dont 1 privée, dans 8 communes sur 16** (liste au ")
    assert "Les 8 autres n’en ont pas : y vivent 82 des 575 enfants de 0 à 9 ans" in said
    assert "aucune école dans le secteur Cernon" in said
    assert said.endswith("Un seul collège, à La Cavalerie.")


def test_holiday_centres_are_sites(chapter):
    said = plain(chapter.leisure_message())
    # BPE 2025, D505: two at La Cavalerie, one at Cornus, one at Nant
    assert said.startswith("**4 accueils de loisirs, dans 3 communes** (La Cavalerie, Cornus et Nant)")
    assert "ni places, ni jours d’ouverture" in said


def test_a_chart_carries_both_readings_and_leaves_out_what_is_too_small(chapter):
    figure = chapter.generations_comparees()
    assert isinstance(figure, Figure)
    names = [plain(n) for n in figure.data["name"]]
    assert any("sans La Cavalerie (156/205)" in n for n in names)
    assert any("Aveyron (11 171/13 529)" in n for n in names)
    assert not any("Cernon" in n for n in names)  # 22 for 23: one family would move it
    assert "Cernon (22 pour 23)" in plain(" ".join(figure.notes))


def test_the_entries_to_come_are_in_the_strong_colour(chapter):
    figure = chapter.entrees_a_l_ecole()
    assert list(figure.data["name"])[-3:] == [
        "2026 (nés en 2023)",
        "2027 (nés en 2024)",
        "2028 (nés en 2025)",
    ]
    assert plain(figure.title).startswith("De 31 à 50 enfants par entrée à l’école, de 2026 à 2028")


def test_no_small_school_is_named_by_its_social_index(chapter):
    said = text_of(chapter.points_de_vigilance())
    assert "Il n’est publié que pour 4 des 9 écoles" in said  # DEPP 2024-2025


def test_who_has_the_pupils_is_said(chapter):
    assert isinstance(chapter.eleves(), Absent)
    assert "DSDEN" in text_of(chapter.eleves())
    assert "Les effectifs de chaque école par niveau" in text_of(chapter.ce_qui_manque())


def test_without_figures_it_says_so(nowhere):
    said = text_of(nowhere.essentiel())
    assert "La population par âge de ce territoire n’est pas encore réunie." in said
    assert "La liste des écoles de ce territoire n’est pas encore réunie." in said
    for method in ("generations_comparees", "entrees_a_l_ecole", "carte_ecoles", "par_commune", "eleves"):
        assert isinstance(getattr(nowhere, method)(), Absent), method
    assert compared_ages(nowhere.study, CHILDREN) == []


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (300, 310, "**À peu près autant d’enfants de 0 à 4 ans (300) que de 5 à 9 ans (310)**"),
        (12, 20, "**À peu près autant"),  # too few for anything to be said
        (400, 300, "**Derrière 300 enfants de 5 à 9 ans, 400 de 0 à 4 ans** en 2023 (+33 %)."),
    ],
)
def test_close_few_and_more(nowhere, first, second, expected):
    nowhere.__dict__["generations"] = [two(first, second)]
    assert plain(nowhere.children_message()).startswith(expected)


def test_more_children_are_more(nowhere):
    nowhere.__dict__["generations"] = [two(400, 300)]
    assert "100 enfants de 5 à 9 ans de plus qu’en 2023." in plain(nowhere.children_message())


def test_arrivals_and_departures_in_words():
    assert "sont aussi nombreux que les naissances de leurs années, les 0–4 ans autant" in Enfance._moved(
        two(200, 300), 200, 300
    )
    assert plain(Enfance._moved(two(200, 300), 220, 320)) == (
        "Les 5–9 ans sont 20 de moins que les naissances de leurs années, les 0–4 ans 20 de moins."
    )


@pytest.mark.parametrize(
    ("schools", "private", "expected"),
    [
        (9, 1, ", dont 1 privée"), (9, 2, ", dont 2 privées"), (9, 0, ", toutes publiques"), (1, 0, " publique"),
        (1, 1, " privée"), (2, 2, ", toutes privées"), (3, None, ""),
    ],
)  # fmt: skip
def test_private_schools_in_words(schools, private, expected):
    study: Any = SimpleNamespace(
        value=lambda *_: Value(private, status="observed" if private is not None else "missing")
    )
    assert plain(Enfance(study)._private(schools)) == expected


@pytest.mark.parametrize(
    ("pupils", "expected"),
    [(498, " 498 élèves à la rentrée 2025."), (1, " 1 élève à la rentrée 2025."), (None, "")],
)
def test_pupils_in_words(pupils, expected):
    status = "observed" if pupils is not None else "missing"
    study: Any = SimpleNamespace(value=lambda *_: Value(pupils, status=status, period="2025"))
    assert plain(Enfance(study)._pupils()) == expected


def test_places_given_in_the_workbook_are_not_asked_for_again(larzac, monkeypatch):
    chapter = larzac.chapter("enfance")
    assert any("Les places d’accueil de loisirs" in line for line in chapter.silence_lines())
    monkeypatch.setattr(Enfance, "_places_written", property(lambda _: True))
    assert not any("Les places d’accueil de loisirs" in line for line in chapter.silence_lines())
    assert chapter.leisure_message().endswith("Places et jours d’ouverture : plus bas.")
