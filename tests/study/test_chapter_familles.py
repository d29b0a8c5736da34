"""Chapter 03, families and living conditions: what it says first, with the real figures and without them."""

import pandas as pd
import pytest
from chapter_words import plain, text_of

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.study.chapters.drawn import counts_title

FOYERS = ("foyer allocataire", "foyers allocataires")


@pytest.fixture
def chapter(larzac):
    return larzac.chapter("familles")


@pytest.fixture
def elsewhere(affricain):
    """A territory of which neither the Caf's counts nor the communes' census is known."""
    return affricain.chapter("familles")


def test_people_come_before_the_poverty_rate_and_each_reference_is_read(chapter):
    said = plain(chapter.poverty_message())
    # Filosofi 2019: 17,5 % of 5 089 people = 890,6; 2021: 17,3; Aveyron 14,5; Occitanie 17,5; one point = 51 people
    assert said.startswith(
        "**Environ 890 personnes vivent sous le seuil de pauvreté**, sur les 5 089 des ménages fiscaux"
    )
    assert "(2019 : 17,5 %). En 2021, le taux est de 17,3 %" in said
    assert "nettement plus que dans l’Aveyron (14,5 %), mais à peu près comme en Occitanie (17,5 %)." in said
    assert said.endswith("Un point de taux, c’est une cinquantaine de personnes.")


def test_it_agrees_with_the_synthesis_on_poverty(larzac, chapter):
    synthesis = plain(text_of(larzac.chapter("synthese").essentiel()))
    if "seuil de pauvreté" in synthesis:
        assert "17,3 %" in synthesis and "17,3 %" in plain(chapter.poverty_message())
    assert "environ 890 personnes sur les 5 089" in text_of(chapter.pauvrete())


def test_the_standard_of_living_is_told_by_month_and_for_a_family(chapter):
    said = plain(chapter.living_message())
    # Filosofi 2021: 20 610 € a year / 12 = 1 718; × 2,1 = 3 607; Aveyron 21 860 / 12 = 1 822
    assert "vit avec moins de 1 720 € par mois** et par unité de consommation, en 2021" in said
    assert (
        "environ 3 600 € pour un couple avec deux jeunes enfants. C’est moins que dans l’Aveyron (1 820 €)"
        in said
    )
    # Filosofi 2019: D1 10 660, D9 32 030, ratio 3,0; Aveyron 2,9
    assert "moins de 890 €, les 10 % les plus aisés avec plus de 2 670 €" in said
    assert "un écart de 1 à 3,0, à peu près comme dans l’Aveyron (2,9)" in said


def test_counts_of_the_caf_stay_ranges(chapter):
    said = plain(chapter.benefits_message())
    # Cnaf, December 2024: 16 rounded communes; 1 928 to 2 024 of 6 746 inhabitants
    assert said.startswith("**Entre 793 et 889 foyers allocataires de la Caf** en décembre 2024")
    assert "entre 1 928 et 2 024 personnes couvertes (entre 29 et 30 % des habitants)" in said
    assert "entre 58 et 144 foyers au RSA" in said
    assert "La MSA verse aussi des prestations : ses ressortissants n’y sont pas." in said
    assert "entre 58 et 144" in text_of(chapter.allocataires())
    assert "ne laissent voir ni hausse ni baisse" in text_of(chapter.allocataires_par_annee())


def test_the_place_with_barracks_is_read_with_and_without(chapter):
    said = plain(chapter.work_message())
    # RP 2023, recomputed without La Cavalerie (domain.md, section 7)
    assert "sans diplôme, 29 %, mais **17 %** sans elle (Aveyron : 19 %)" in said
    assert "actifs au chômage, 8,2 %, mais **10,4 %** sans elle (Aveyron : 8,3 %)" in said
    assert "travail dans sa commune, 60 %, mais **44 %** sans elle (Aveyron : 41 %)" in said
    assert "**Entre 345 et 425 demandeurs d’emploi inscrits**, au 4e trimestre 2024." in said
    numbers = text_of(chapter.travail_en_nombres())
    # RP 2023: 1 627,2 of 5 631,3, of whom 985,8 at La Cavalerie; 1 820,6 of 3 036,6, of whom 1 040,6
    assert "**1 627** n’ont aucun diplôme au-delà du certificat d’études, dont 986 à La Cavalerie" in numbers
    assert "**1 821** travaillent dans la commune où ils habitent, dont 1 041 à La Cavalerie" in numbers


def test_titles_state_the_message(chapter):
    assert text_of(chapter.diplomes()).startswith(
        "\nSans diplôme : 29 %, mais 17 % sans La Cavalerie ; 19 % dans l’Aveyron"
    )
    assert (
        "56 % des actifs vont travailler en voiture ; 73 % sans La Cavalerie et 80 % dans l’Aveyron"
        in text_of(chapter.trajets())
    )
    # Filosofi 2019: salaries 46,8 % of the disposable income, Aveyron 51,6
    assert "Les salaires : 46,8 % du revenu, nettement moins que dans l’Aveyron (51,6 %)" in text_of(
        chapter.structure_du_revenu()
    )
    assert "toute l’échelle est plus basse que dans l’Aveyron" in text_of(chapter.echelle_des_revenus())


def test_the_parts_of_the_income_add_up_to_the_whole_and_the_taxes(chapter):
    rows = chapter._incomes(chapter.study.place)
    # what is left once taxes are taken is the disposable income: 100, but for the publisher's rounding
    assert rows["value"].sum() == pytest.approx(100, abs=0.4)


def test_without_counts_it_says_what_is_missing(elsewhere):
    text = text_of(elsewhere.essentiel())
    assert "Les effectifs de la Caf ne sont pas disponibles pour ce territoire." in text
    assert "8,4 % des actifs se disent au chômage" in text  # RP 2022, rate republished
    for figure in (elsewhere.diplomes(), elsewhere.trajets(), elsewhere.allocataires_par_annee()):
        assert isinstance(figure, Absent)
    assert "pas encore réuni" in text_of(elsewhere.travail_en_nombres())
    assert isinstance(elsewhere.pauvrete_comparee(), Figure)


def test_what_open_data_does_not_say_names_whom_to_ask(chapter):
    text = text_of(chapter.ce_qui_manque())
    assert "que couvre la MSA, absents des effectifs de la Caf : à demander à la MSA." in text
    assert "à demander à France Travail" in text


def rows(*counts) -> pd.DataFrame:
    made = [
        {"period": f"{2020 + n}-12", "value": c if not isinstance(c, tuple) else float("nan"),
         "lower": c[0] if isinstance(c, tuple) else float("nan"), "upper": c[1] if isinstance(c, tuple) else float("nan")}
        for n, c in enumerate(counts)
    ]  # fmt: skip
    return pd.DataFrame(made).astype({"value": "float64", "lower": "float64", "upper": "float64"})


@pytest.mark.parametrize(
    ("counts", "title"),
    [
        ((100.0, 150.0), "150 foyers allocataires en 2021, plus qu’en 2020 (100)"),
        ((100.0, 105.0), "105 foyers allocataires en 2021, à peu près autant qu’en 2020 (100)"),
        ((3.0, 1.0), "1 foyer allocataire en 2021, 3 en 2020 : le hasard suffit à cet écart"),
        ((0.0, 0.0), "0 foyer allocataire en 2021, autant qu’en 2020 (0)"),
        (
            ((10, 20), (30, 40)),
            "Entre 30 et 40 foyers allocataires en 2021 : plus qu’en 2020 (entre 10 et 20)",
        ),
        (
            ((30, 40), (10, 20)),
            "Entre 10 et 20 foyers allocataires en 2021 : moins qu’en 2020 (entre 30 et 40)",
        ),
        (((10, 20), 94.0, 88.0), "88 foyers allocataires en 2022, à peu près autant qu’en 2021 (94)"),
        (
            ((10, 20), 15.0),
            "15 foyers allocataires en 2021 : depuis 2020, les arrondis ne laissent voir ni hausse ni baisse",
        ),
    ],
)
def test_a_series_of_counts_has_its_message(counts, title):
    assert plain(counts_title(rows(*counts), 0.15, FOYERS)) == title
