"""Chapter 07, support for parents: the right denominator first, and nothing invented where nothing is known."""

import pandas as pd
import pytest
from chapter_words import plain, text_of

from ctg_lib.display.figure import Absent
from ctg_lib.study.chapters.parentalite import Parentalite


@pytest.fixture
def chapter(larzac):
    return larzac.chapter("parentalite")


@pytest.fixture
def nowhere(affricain):
    """A chapter on a territory whose offer is not described."""
    return affricain.chapter("parentalite")


def row(value=float("nan"), lower=float("nan"), upper=float("nan"), status="observed", period="2025-12"):
    return pd.Series({"value": value, "lower": lower, "upper": upper, "status": status, "period": period})


def test_the_share_of_households_is_said_not_to_be_that_of_families(chapter):
    said = plain(chapter.lone_parents_message())
    # Insee, RP 2022, republished: 6.42 % of households, Aveyron 7.40 %
    assert said.startswith(
        "**6 % des ménages sont des familles monoparentales**, à peu près comme dans l’Aveyron (7 %), en 2022. "
        "**Ce n’est pas la part des familles**"
    )
    # 6.42 / (6.42 + 22.45 couples with children) = 22.2 %; Aveyron 7.40 / (7.40 + 20.89) = 26.2 %
    assert "elles sont environ **22 %** (dans l’Aveyron, 26 %)" in said
    assert "cet écart n’est pas nommé" in said


def test_family_benefit_is_a_range_as_its_rounding_leaves_it(chapter):
    # Cnaf by commune, December 2024: sixteen counts rounded to 5
    assert plain(chapter.family_benefit_message()) == (
        "**Entre 274 et 364 foyers reçoivent les allocations familiales**, versées à partir de deux enfants, en décembre 2024 : "
        "l’effectif de chaque commune étant arrondi, la somme est une fourchette."
    )  # fmt: skip


def test_no_listed_service_is_no_proof_of_absence(chapter, nowhere):
    assert "**Aucun service pour les parents n’est recensé** (offre.xlsx), ce qui ne prouve pas" in plain(
        chapter.support_message()
    )
    assert "**Aucun service pour les parents n’est encore décrit** : offre.xlsx n’est pas rempli" in plain(
        nowhere.support_message()
    )


def test_what_is_listed_and_what_is_not(chapter, monkeypatch):
    monkeypatch.setattr(Parentalite, "offered", lambda self: {"laep": 1, "clas": 2})
    said = plain(chapter.support_message())
    assert said.startswith(
        "**Pour les parents, un lieu d’accueil enfants-parents (LAEP) et 2 accompagnements à la scolarité (CLAS)**"
    )
    assert (
        "Rien n’y est inscrit pour : action de soutien aux parents (REAAP), médiation familiale, espace de rencontre."
        in said
    )


def test_whom_the_support_reaches_one_several_masked(chapter, monkeypatch):
    given = {"action=laep": row(38.0, period="2025"), "action=clas": row(1.0, period="2025"),
             "action=reaap": row(status="below_threshold", period="2025")}  # fmt: skip
    monkeypatch.setattr(Parentalite, "row_of", lambda self, indicator, breakdown="": given.get(breakdown))
    said = plain(chapter.reached_message())
    assert said == (
        "**38 familles en lieu d’accueil enfants-parents et 1 enfant en accompagnement à la scolarité**, en 2025, selon les "
        "partenaires ; ces nombres ne s’additionnent pas."
    )
    given.clear()
    assert chapter.reached_message() == ""


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (row(1.0), "**1 foyer perçoit l’allocation de soutien familial**"),
        (row(45.0), "**45 foyers perçoivent l’allocation de soutien familial**"),
        (row(lower=43.0, upper=49.0), "**Entre 43 et 49 foyers perçoivent l’allocation"),
        (row(status="secret"), ""),
    ],
)
def test_asf_reads_right_whatever_is_known(chapter, monkeypatch, given, expected):
    monkeypatch.setattr(Parentalite, "row_of", lambda self, indicator, breakdown="": given)
    said = plain(chapter.asf_message())
    assert said.startswith(expected) if expected else said == ""


def test_a_chapter_without_figures_says_who_is_asked(nowhere):
    assert isinstance(nowhere.soutien(), Absent)
    missing = text_of(nowhere.ce_qui_manque())
    assert "l’allocation de soutien familial (ASF) : à demander à la Caf." in missing
    assert "les familles recomposées" in missing
    assert "publié par l’Insee, pas encore réuni ici" in missing
    assert ": ." not in missing


def test_one_rate_is_no_table(chapter):
    assert chapter.comparaison_si_connue() is None
    assert chapter.evolution_si_connue() is None
    assert chapter.services_recenses() is None


def test_each_kind_of_support_has_a_line_and_a_purpose(chapter):
    table = text_of(chapter.soutien())
    assert "aucune des 5 sortes de services n’est recensée" in table
    assert "Médiation familiale | renouer le dialogue" in table
