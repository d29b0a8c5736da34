"""Chapter 06, young people: what it says first, with the real figures and without them."""

import pandas as pd
import pytest
from chapter_words import plain, text_of

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.study.chapters.ages import TwoAges

NO_ROWS = pd.DataFrame({"sources": [], "indicator": []})


@pytest.fixture
def chapter(larzac):
    return larzac.chapter("jeunesse")


@pytest.fixture
def nowhere(affricain):
    """A chapter on a territory of which no commune's ages are known."""
    return affricain.chapter("jeunesse")


def test_counts_first_then_where_they_live(chapter):
    said = plain(chapter.count_message())
    # RP 2023: 527,7 aged 10–19 of 6 746,8 inhabitants, 285,3 aged 10–14; Aveyron: 29 924 of 279 609
    assert said.startswith(
        "**528 jeunes de 10 à 19 ans, 8 % des habitants** en 2023, moins que dans l’Aveyron (11 %), dont 285"
    )
    assert "Sans La Cavalerie, 8 % aussi." in said  # 355,3 of 4 524
    # 172,4 + 78,0 + 48,0 of the 527,7; the others from 5,0 to 47,4
    assert "Plus de la moitié vivent dans 3 communes (La Cavalerie, Nant et Saint-Jean-du-Bruel)" in said
    assert "les 13 autres communes en comptent de 5 à 47 chacune" in said


def test_after_20_both_readings_are_given(chapter):
    said = plain(chapter.leaving_message())
    # RP 2023: 473,5 aged 20–24 (390,8 men), 242,4 aged 15–19; La Cavalerie: 327,1 and 72,3; Aveyron: 77 for 100
    assert said.startswith(
        "**Après 20 ans, La Cavalerie change la lecture** : 474 habitants de 20 à 24 ans, dont 391 hommes,"
    )
    assert "pour 242 de 15 à 19 ans (2023), signe d’une caserne, d’ordinaire" in said
    assert (
        "Sans La Cavalerie, ils sont **146 pour 170**, soit 86 pour 100, à peu près comme dans l’Aveyron (77)"
        in said
    )
    assert said.endswith("Les deux chiffres sont vrais.")


def test_the_college_and_those_who_live_elsewhere(chapter):
    # annuaire de l’éducation: one, at La Cavalerie, where 100,1 of the 285,3 aged 10–14 live
    said = plain(chapter.college_message())
    assert said.startswith(
        "**Un seul collège**, à La Cavalerie. 185 des 285 jeunes de 10 à 14 ans habitent une autre commune."
    )


def test_public_transport_in_counts(chapter):
    # RP 2023, navettes: 0,87 % of the workers; Aveyron 1,9, France hors Mayotte 15,4
    said = plain(chapter.travel_message())
    assert said.startswith(
        "**27 actifs sur 3 037 vont travailler en transports en commun**, soit 1 % (Aveyron : 2 % ;"
    )
    assert "ne sont pas connus" in said


def test_what_stands_out_is_compared(chapter):
    # ANCT, licences 2018: 33,8 % against 61,5 % in Aveyron
    assert "licenciés d’un club sportif : 34 % en 2018, nettement moins que dans l’Aveyron (62 %)" in text_of(
        chapter.essentiel()
    )


def test_the_share_of_the_idle_young_is_not_shown_and_why(chapter):
    said = text_of(chapter.points_de_vigilance())
    assert "Le dernier chiffre publié, de 2018, n’est pas montré." in said
    assert "Aveyron : 14 %" in said  # ANCT, 2018
    assert "11,2" not in said
    for method in ("essentiel", "chiffres_cles", "comparaison"):
        assert "ni en emploi" not in text_of(getattr(chapter, method)())


def test_the_chart_has_both_readings(chapter):
    figure = chapter.avant_et_apres_20_ans()
    assert isinstance(figure, Figure)
    assert plain(figure.title) == (
        "195 habitants de 20 à 24 ans pour 100 de 15 à 19 ans ; 86 sans La Cavalerie et 77 dans l’Aveyron"
    )


def test_youths_are_not_called_children_in_the_map(chapter):
    assert plain(chapter.carte_jeunes().subtitle) == "Jeunes de 10 à 19 ans, 2023"


def test_a_dash_of_the_facilities_is_explained(chapter):
    table = text_of(chapter.equipements())
    assert "| – |" in table and "« – » : aucun." in table


def test_without_figures_it_says_so(nowhere):
    assert "La population par âge de ce territoire n’est pas encore réunie." in text_of(nowhere.essentiel())
    for method in ("avant_et_apres_20_ans", "carte_jeunes", "demandeurs", "etudes_et_emploi"):
        assert isinstance(getattr(nowhere, method)(), Absent), method
    assert "Les jeunes que suit la mission locale (16–25 ans) : à demander à la mission locale." in text_of(
        nowhere.ce_qui_manque()
    )


def test_without_barracks_the_departures_are_told(nowhere):
    nowhere.__dict__["leaving"] = [
        TwoAges("ici", 120, 200, "2023", NO_ROWS, True), TwoAges("Aveyron", 770, 1000, "2023", NO_ROWS)
    ]  # fmt: skip
    assert plain(nowhere.leaving_message()) == (
        "**120 habitants de 20 à 24 ans pour 200 de 15 à 19 ans** en 2023, soit 60 pour 100 (Aveyron : 77). D’ordinaire, ce sont "
        "des départs pour étudier ou pour un premier emploi."
    )


def test_too_few_young_people_say_nothing(nowhere):
    nowhere.__dict__["leaving"] = [TwoAges("ici", 12, 20, "2023", NO_ROWS, True)]
    assert nowhere.leaving_message() == ""
    assert isinstance(nowhere.avant_et_apres_20_ans(), Absent)


@pytest.mark.parametrize(
    ("value", "lower", "upper", "expected"),
    [
        (1.0, None, None, "**1 demandeur d’emploi de moins de 25 ans**, 4e trimestre 2024."),
        (35.0, None, None, "**35 demandeurs d’emploi de moins de 25 ans**, 4e trimestre 2024."),
        (None, 20.0, 52.0, "**Entre 20 et 52 demandeurs d’emploi de moins de 25 ans**, 4e trimestre 2024."),
    ],
)
def test_jobseekers_one_several_and_a_range(nowhere, monkeypatch, value, lower, upper, expected):
    row = pd.Series(
        {"value": value, "lower": lower, "upper": upper, "status": "observed", "period": "2024-T4"},
        dtype="object",
    )
    monkeypatch.setattr(type(nowhere.study), "row", lambda *_, **__: row)
    assert plain(nowhere.jobseekers_message()) == expected
