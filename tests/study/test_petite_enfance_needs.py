"""Chapter 04, needs to come: the same children for both columns, the horizon said, nothing compared that cannot be."""

import pytest

from ctg_lib.display.figure import Absent
from ctg_lib.display.table import Table


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


def test_departures_of_childminders_are_asked_for(text):
    assert (
        "ne sont pas comptés : une seule, c’est jusqu’à 4 places. Leur âge se demande au Département (PMI)"
        in text
    )
    assert "nan" not in text.lower()


def test_without_ten_years_of_births_the_table_says_so(affricain):
    output = affricain.chapter("petite_enfance").besoins_a_venir()
    assert isinstance(output, Absent)
    assert "dix années de naissances" in output._repr_mimebundle_()[0]["text/markdown"]
