"""Chapter 08, disability: never a number under the threshold, and what is not known said with who knows."""

import pandas as pd
import pytest
from chapter_words import plain, text_of

from ctg_lib.study.chapters.handicap import Handicap, people_in_words

THIS_DAY = "2025-12"


@pytest.fixture
def chapter(larzac):
    return larzac.chapter("handicap")


@pytest.fixture
def nowhere(affricain):
    return affricain.chapter("handicap")


def row(value=float("nan"), lower=float("nan"), upper=float("nan"), status="observed"):
    return pd.Series({"value": value, "lower": lower, "upper": upper, "status": status, "period": THIS_DAY})


def sites(chapter, **counts: float) -> None:
    """Puts these counts of establishments in place of the territory's."""
    rows = [
        {"breakdown": f"public={p}", "value": counts.get(p, 0.0), "period": "2026-03", "sources": "finess_occitanie_2026"}
        for p in ("enfants", "adultes", "mixte")
    ]  # fmt: skip
    chapter.__dict__["sites"] = pd.DataFrame(rows)


def services(*says: str) -> pd.DataFrame:
    return pd.DataFrame({"service_key": [str(n) for n in range(len(says))], "takes": list(says)})


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (row(0.0), "Aucun"), (row(4.0), "Moins de 10"), (row(9.0), "Moins de 10"), (row(10.0), "10"), (row(29.0), "29"),
        (row(lower=3.0, upper=9.0), "Moins de 10"), (row(lower=3.0, upper=14.0), "Au plus 14"),
        (row(lower=25.0, upper=34.0), "Entre 25 et 34"), (row(status="below_threshold"), "Moins de 10"),
    ],
)  # fmt: skip
def test_people_are_never_counted_under_the_threshold(given, expected):
    assert plain(people_in_words(given)) == expected


def test_no_establishment_here_and_those_of_the_neighbours(chapter):
    said = plain(chapter.sites_message())
    # FINESS 2026: none of the 16 communes; Millau: 5 for children, one of its 15 communes is not known
    assert said.startswith(
        "**Aucun établissement ni service pour personnes en situation de handicap n’a son adresse ici** (FINESS, répertoire du "
        "ministère de la Santé, mars 2026)."
    )
    assert "Un service aide souvent loin de son siège" in said
    assert "Chez les voisines, on en trouve pour enfants : Millau Grands Causses (au moins 5) ;" in said


def test_one_establishment_is_named_with_its_place(nowhere):
    # FINESS 2026: one Camsp, CMPP, Sessad or IME at Saint-Affrique
    assert plain(nowhere.sites_message()).startswith(
        "**1 établissement ou service pour enfants en situation de handicap**, à Saint-Affrique ; aucun pour adultes (FINESS"
    )


def test_several_establishments_for_both(chapter):
    sites(chapter, enfants=2, adultes=3)
    assert plain(chapter.sites_message()).startswith(
        "**2 établissements et services pour enfants et 3 établissements et services pour adultes en situation de handicap**"
    )


def test_unknown_children_are_a_question_with_who_knows(chapter):
    said = plain(chapter.children_message())
    assert said.startswith("**Combien d’enfants en situation de handicap vivent ici ?")
    for who in ("La Caf et la MSA", "(MDPH)", "l’Éducation nationale"):
        assert who in said


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (row(0.0), "**Aucun enfant ouvre droit à"),
        (row(29.0), "**29 enfants ouvrent droit à l’allocation d’éducation de l’enfant handicapé** (AEEH), en décembre 2025"),
        (row(status="below_threshold"), "**Moins de 10 enfants ouvrent droit à"),
        (row(lower=3.0, upper=14.0, status="rounded"), "**Au plus 14 enfants ouvrent droit à"),
    ],
)  # fmt: skip
def test_children_helped(chapter, monkeypatch, given, expected):
    monkeypatch.setattr(Handicap, "row_of", lambda self, indicator, breakdown="": given)
    expected = expected.replace("Aucun enfant ouvre", "Aucun enfant n’ouvre")
    assert plain(chapter.children_message()).startswith(expected)


def test_services_that_do_not_say_are_not_said_to_refuse(chapter):
    # offre.xlsx of Larzac, from public files: a crèche and four holiday centres, nothing said
    assert plain(chapter.inclusion_message()).startswith(
        "**Aucun des 5 services pour enfants recensés n’a encore dit s’il accueille des enfants en situation de handicap**"
    )
    assert chapter.accueil_des_enfants() is None


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        (("oui",), "**1 service sur 1 dit accueillir des enfants en situation de handicap**."),
        (("oui", "oui", "non", ""), "**2 services sur 4 disent accueillir des enfants en situation de handicap** ; "
                                    "1 dit que non et 1 ne le dit pas encore."),
        (("non", ""), "**Aucun des 2 services ne dit accueillir des enfants en situation de handicap** ; 1 dit que non et 1 ne "
                      "le dit pas encore."),
        ((), ""),
    ],
)  # fmt: skip
def test_who_takes_children_in(chapter, says, expected):
    chapter.__dict__["for_children"] = services(*says)
    assert plain(chapter.inclusion_message()) == expected


def test_the_departement_is_said_to_be_context(chapter):
    said = plain(chapter.context_message())
    # DREES, aide sociale 2020: 1 875 people, 260 under 20; minima sociaux 2019: 6 127
    assert said == (
        "**Publié par département seulement** : dans l’Aveyron, 1 875 personnes bénéficient de la prestation de compensation "
        "du handicap (PCH) fin 2020, dont 260 de moins de 20 ans ; 6 127, de l’allocation aux adultes handicapés (AAH) fin 2019. La part du territoire ne s’en "
        "déduit pas."
    )
    table = text_of(chapter.departement())
    assert "1 875 (2020 ; 1 620 en 2015)" in table
    assert "et non pour le territoire" in table


def test_what_is_missing_is_asked_for(chapter):
    missing = text_of(chapter.ce_qui_manque())
    assert (
        "Les droits ouverts (AEEH, PCH) et les orientations qui attendent une place : à demander à la MDPH."
        in missing
    )
    assert "Agence régionale de santé (ARS)" in missing
    assert ": ." not in missing
