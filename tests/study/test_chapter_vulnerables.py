"""Chapter 11, vulnerable families and housing: what it says first, with the real figures and without them."""

from types import SimpleNamespace

import pandas as pd
import pytest
from chapter_words import plain, text_of

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.indicators.registry import definition
from ctg_lib.statistics.comparison import Reading
from ctg_lib.study.chapters.vulnerables import Vulnerables
from ctg_lib.values import Value


@pytest.fixture
def chapter(larzac):
    return larzac.chapter("vulnerables")


@pytest.fixture
def elsewhere(affricain):
    return affricain.chapter("vulnerables")


def test_second_homes_come_first_with_the_communes_beyond_half(chapter):
    said = plain(chapter.second_homes_message())
    # RP 2023: 2 121,9 of 5 227,4 dwellings; Aveyron 16,9 %; 482 of 838 and 148 of 275,8; 396,7 vacant, Aveyron 11,1 %
    assert said == (
        "**2 122 logements sur 5 227 sont des résidences secondaires**, en 2023, soit 41 %, nettement plus que dans l’Aveyron "
        "(17 %). À Saint-Jean-du-Bruel (58 %) et à Saint-Jean-et-Saint-Paul (54 %), c’est plus d’un logement sur deux. 397 autres "
        "sont vacants, soit 8 %, moins que dans l’Aveyron (11 %)."
    )


def test_the_map_counts_the_communes_whose_rate_is_shown(chapter):
    # 16 communes; Viala-du-Pas-de-Jaux has 92 dwellings, under the 100 that a rate asks for
    assert "dans 2 communes sur les 15 dont le taux est montré" in text_of(
        chapter.carte_residences_secondaires()
    )


def test_social_tenants_are_counted_and_located(chapter):
    said = plain(chapter.renting_message())
    # RP 2023: 106,8 of 2 708,9 households (Aveyron 5,5 %, France hors Mayotte 14,6 %); 49,3 at La Cavalerie; 546,8 private
    assert said.startswith(
        "**107 ménages sur 2 709 louent un logement social**, en 2023, soit 4 %, à peu près comme dans"
    )
    assert "en France hors Mayotte, 15 %" in said
    assert said.endswith("À La Cavalerie, ils sont 49. 547 louent dans le parc privé.")


def test_helped_households_stay_ranges_and_are_not_all_those_in_need(chapter):
    said = plain(chapter.hardship_message())
    # Cnaf, December 2024, 16 rounded communes
    assert said.startswith(
        "**Entre 58 et 144 foyers au RSA**, en décembre 2024 ; entre 226 et 314 foyers aidés"
    )
    assert "Ce sont des fourchettes, et la Caf seule." in said
    assert "Ces foyers ne sont pas tous les foyers en difficulté" in said


def test_moves_are_read_beside_neighbours_and_name_the_barracks(chapter):
    said = plain(chapter.moves_message())
    # RP 2022, rates republished; medians of 16 neighbours
    assert "8,0 % des habitants sont arrivés d’ailleurs, 4,1 % sont partis** (recensement de 2022)" in said
    assert "4,9 % et 3,6 %" in said
    assert "Les mutations des militaires de La Cavalerie y sont comptées" in said


def test_figures_say_their_message(chapter):
    # 100 − 40,6 − 7,6 = 51,8; Aveyron 100 − 16,9 − 11,1 = 72
    assert "52 % des logements sont habités à l’année ; 72 % dans l’Aveyron" in text_of(
        chapter.a_quoi_servent_les_logements()
    )
    assert (
        "Sur 100 ménages, 71 sont propriétaires, 20 locataires du parc privé, 4 d’un logement social"
        in text_of(chapter.statut_d_occupation())
    )


def test_child_protection_and_violence_have_no_figure(chapter):
    """Of children protected, only a partner may say how many; recorded violence stays in the annex."""
    shown = [
        text_of(chapter.essentiel()),
        text_of(chapter.chiffres_cles()),
        text_of(chapter.comparaison()),
        text_of(chapter.par_secteur()),
    ]
    assert not any("violence" in text.lower() or "aide sociale à l’enfance" in text for text in shown)
    missing = text_of(chapter.ce_qui_manque())
    assert "préoccupante : à demander au Département." in missing
    assert "en annexe, car ils ne comptent que ce qui est signalé" in missing


def test_what_no_letter_asks_names_who_knows(chapter):
    missing = text_of(chapter.ce_qui_manque())
    for words in (
        "attendent un logement social",
        "impayés de loyer",
        "logement indigne",
        "115",
        "saisonniers",
    ):
        assert words in missing


def test_without_counts_it_says_what_is_missing(elsewhere):
    text = text_of(elsewhere.essentiel())
    assert "**1 817 logements sur 9 377 sont des résidences secondaires**, en 2021" in text  # RP 2021
    assert "de 8 % (Roquefort-sur-Soulzon) à 46 % (Saint-Izaire)" in text
    assert "En 2022, 13 % des logements sont vacants" in text
    assert "Les foyers que la Caf aide ne sont pas connus pour ce territoire : à demander à la Caf." in text
    assert isinstance(elsewhere.rsa_par_annee(), Absent)
    assert isinstance(elsewhere.statut_d_occupation(), Absent)
    assert isinstance(elsewhere.carte_residences_secondaires(), Figure)


class Housing(Vulnerables):
    """The chapter, away from any commune."""

    def _beside(self, compared) -> str:
        return ""


def told(values: dict[str, tuple[float, float]]) -> Housing:
    """A chapter whose study knows these counts: indicator -> (numerator, denominator)."""

    def row(indicator, breakdown="", place=None, period=None):
        if indicator not in values:
            return None
        n, base = values[indicator]
        rate = n if base == 0 else 100 * n / base
        return pd.Series({"value": rate, "lower": float("nan"), "upper": float("nan"), "numerator": n, "status": "observed",
                          "denominator": base if base else float("nan"), "period": "2023"})  # fmt: skip

    def value(indicator, breakdown="", place=None, period=None):
        found = row(indicator)
        rule = definition(indicator)
        if found is None:
            return Value(None, status="missing", unit=rule.unit)
        return Value(found["value"], unit=rule.unit, status="observed", decimals=rule.decimals, period="2023")

    def compare(indicator, breakdown=""):
        nothing = pd.DataFrame({"level": [], "period": [], "code": [], "name": []})
        return SimpleNamespace(definition=definition(indicator), value=value(indicator), references=nothing, main=None,
                               reading=Reading("unknown", float("nan")))  # fmt: skip

    none = pd.DataFrame({"code": [], "name": [], "value": [], "status": [], "numerator": []})
    return Housing(SimpleNamespace(row=row, value=value, compare=compare, communes=lambda *a, **k: none))


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "**Aucun ménage n’y loue de logement social**, au recensement de 2023."),
        (1, "**1 ménage sur 200 loue un logement social**, en 2023, soit 1 %."),
        (4, "**4 ménages sur 200 louent un logement social**, en 2023, soit 2 %."),
    ],
)
def test_social_tenants_none_one_several(count, said):
    assert plain(told({"part_locataires_hlm": (count, 200)}).renting_message()) == said


@pytest.mark.parametrize(
    ("rsa", "said"), [(0, "**0 foyer au RSA**"), (1, "**1 foyer au RSA**"), (12, "**12 foyers au RSA**")]
)
def test_helped_households_none_one_several(rsa, said):
    text = plain(told({"foyers_rsa": (rsa, 0)}).hardship_message())
    assert text.startswith(f"{said}, en 2023. La Caf seule.")


@pytest.mark.parametrize(
    ("vacant", "said"),
    [
        (0, "Aucun n’est vacant."),
        (1, "1 autre est vacant, soit 0 %."),
        (30, "30 autres sont vacants, soit 3 %."),
    ],
)
def test_vacant_dwellings_none_one_several(vacant, said):
    text = plain(
        told(
            {"part_residences_secondaires": (400, 1000), "part_logements_vacants": (vacant, 1000)}
        ).second_homes_message()
    )
    assert text == f"**400 logements sur 1 000 sont des résidences secondaires**, en 2023, soit 40 %. {said}"


def test_where_second_homes_are_few_the_dwellings_come_first():
    known = {
        "part_residences_secondaires": (20, 1000),
        "part_logements_vacants": (80, 1000),
        "logements": (1000, 0),
    }
    text = plain(told(known).second_homes_message())
    assert (
        text
        == "**1 000 logements**, en 2023. 80 sont vacants, soit 8 %. Les résidences secondaires en sont 2 %."
    )
