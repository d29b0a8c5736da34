"""Chapter 04, needs to come: the same children for both columns, the horizon said, nothing compared that cannot be."""

from dataclasses import replace

import pandas as pd
import pytest
from chapter_words import words

from ctg_lib.display.figure import Absent
from ctg_lib.display.table import Table
from ctg_lib.partnership.follow_up import FollowUp


@pytest.fixture(scope="module")
def table(larzac):
    return larzac.chapter("petite_enfance").besoins_a_venir()


@pytest.fixture(scope="module")
def text(table):
    return table._repr_mimebundle_()[0]["text/markdown"].replace("\u202f", " ").replace("\u00a0", " ")


def test_children_and_places_of_each_scenario(table):
    """Insee, births: 116 (2023–25), 157 (2019–21), six years' mean × 3 = 134.5; × 60.5 places for 100 (Cnaf, 2023)."""
    assert isinstance(table, Table)
    rows = table.frame.set_index("scenario")
    assert rows["enfants"].to_dict() == {
        "Naissances des trois dernières années": "116",
        "Naissances basses": "116",
        "Naissances moyennes": "135",
        "Naissances hautes": "157",
    }
    assert rows["places"].tolist() == ["70", "70", "81", "95"]


def test_the_title_states_the_rate_that_is_kept(text):
    assert (
        "Garder 60,5 places pour 100 enfants demanderait de 70 à 95 places en 2030, selon les naissances"
        in text
    )


def test_the_horizon_and_the_children_are_said(text):
    assert (
        "dernière année de naissances connue (2025) + 5 ans, la durée d’une convention, non la date de sa fin"
        in text
    )
    assert "Les mêmes enfants dans les deux colonnes" in text
    assert "sans arrivées ni départs de familles" in text
    assert "× le taux publié de 2023" in text


def test_todays_places_are_kept_apart(text):
    """82 places stand for 135 children; 116 births are another count: 82 → 70 would be no fall."""
    assert "non aux quelque 82 places de 2023, que la Cnaf rapporte à environ 135 enfants" in text
    assert "Garder le taux n’est pas satisfaire le besoin" in text


LEAVING = "places_departs_assistantes_maternelles"


def with_departures(monkeypatch, study, **cells):
    """The study, as if the Département had answered on its childminders."""
    plain, source = study.row, next(iter(study.manifest)).id
    known = {"value": 21.4375, "numerator": 7.0, "denominator": 16.0, "status": "estimated", "period": "2025",
             "sources": source, "lower": float("nan"), "upper": float("nan"), "method": "local"}  # fmt: skip

    def row(indicator, *args, **more):
        return pd.Series(known | cells) if indicator == LEAVING else plain(indicator, *args, **more)

    monkeypatch.setattr(study, "row", row)
    return study.chapter("petite_enfance")


def test_departures_are_apart_from_the_scenarios(text):
    assert "s’y ajoutent et ne sont pas comptés : une seule, c’est jusqu’à 4 places ; voir plus bas." in text
    assert "nan" not in text.lower()


def test_departures_of_childminders_are_asked_for(larzac):
    output = larzac.chapter("petite_enfance").departs_a_venir()
    assert isinstance(output, Absent)
    assert (
        "l’âge des assistantes maternelles n’est pas dans les données ouvertes : à demander au Département (PMI)"
        in words(output)
    )
    missing = words(larzac.chapter("petite_enfance").ce_qui_manque())
    assert (
        "L’âge des assistantes maternelles et leur activité réelle : à demander au Département (PMI)"
        in missing
    )


def test_since_when_the_departement_was_asked_is_said(larzac, monkeypatch):
    chapter = larzac.chapter("petite_enfance")
    lines = pd.DataFrame({"partner": ["departement"], "sent": [pd.Timestamp(2026, 9, 28)]})
    monkeypatch.setitem(larzac.__dict__, "answers", replace(larzac.answers, follow_up=FollowUp(lines)))
    assert "demandé au Département (PMI) le 28 septembre 2026" in words(chapter.departs_a_venir())


def test_known_departures_stand_beside_the_needs(larzac, monkeypatch):
    """7 of 16 at work are 55 or over: 7 × 49 / 16 = 21.4 places."""
    chapter = with_departures(monkeypatch, larzac)
    said = words(chapter.departs_a_venir())
    assert (
        "Environ 21 places partiraient avec les 7 assistantes maternelles de 55 ans et plus, sur 16" in said
    )
    assert "| dont 55 ans et plus | 7 |" in said and "| Au 31 décembre 2025 |" not in said.splitlines()[-1]
    assert "des places qui garderaient le taux (de 70 à 95), environ 21 seraient d’abord à remplacer" in said
    assert "Une hypothèse, pas une prévision" in said
    assert "7 des 16 assistantes maternelles ont 55 ans ou plus" in words(chapter.questions_du_groupe())


def test_departures_too_small_to_be_shown_are_not_asked_again(larzac, monkeypatch):
    chapter = with_departures(monkeypatch, larzac, value=float("nan"), status="secret")
    said = words(chapter.departs_a_venir())
    assert "trop petits pour être montrés (secret statistique)" in said and "demander" not in said


def test_without_ten_years_of_births_the_table_says_so(affricain):
    output = affricain.chapter("petite_enfance").besoins_a_venir()
    assert isinstance(output, Absent)
    assert "dix années de naissances" in output._repr_mimebundle_()[0]["text/markdown"]
