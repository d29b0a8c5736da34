"""Chapter 11: households in difficulty in counts, second homes where they weigh."""

from chapter_words import words

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.study.chapters.vulnerables import Vulnerables


def test_minimum_income_is_a_range_until_the_caf_answers(larzac, project):
    """RSA « 80 » summed over 16 communes rounded to 5 means 58 to 144 (data.caf.fr, December 2024)."""
    assert "**Entre 58 et 144 foyers au RSA** (décembre 2024), MSA non comprise" in words(
        Vulnerables(larzac).essentiel()
    )
    from ctg_lib.study import open_study

    demo = words(Vulnerables(open_study("241200906-demo", project)).essentiel())
    assert "**88 foyers au RSA** (décembre 2025)" in demo


def test_second_homes_and_where_they_are_half_of_the_dwellings(larzac):
    """Insee, RP 2023: 40.6 % of dwellings, 17 % in Aveyron."""
    text = words(Vulnerables(larzac).essentiel())
    assert (
        "**41 % des logements sont des résidences secondaires** (2023), nettement plus que dans l’Aveyron (17 %)"
        in text
    )
    assert "la moitié ou plus dans 2 communes sur 15" in text
    assert text.count("résidences secondaires") == 1  # told once


def test_tenure_is_drawn_only_where_all_parts_are_known(larzac, affricain):
    figure = Vulnerables(larzac).occupation()
    assert isinstance(figure, Figure)
    assert "71 %" in figure.title.replace("\u202f", " ").replace("\u00a0", " ")
    assert isinstance(Vulnerables(affricain).occupation(), Absent)


def test_violence_is_never_headlined(larzac):
    chapter = Vulnerables(larzac)
    assert "violences_intrafamiliales_1000" not in [*chapter.rates, *chapter.card_ids]
    assert not any("violences" in paragraph for paragraph in chapter.messages())
