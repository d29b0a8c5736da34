"""Chapter 09, community life: counts and communes first, the age of the licences, no rate of associations."""

import pandas as pd
import pytest
from chapter_words import plain, text_of

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.study.chapters.vie_sociale import VieSociale


@pytest.fixture
def chapter(larzac):
    return larzac.chapter("vie_sociale")


@pytest.fixture
def nowhere(affricain):
    """A chapter on a territory whose facilities are not known."""
    return affricain.chapter("vie_sociale")


def test_facilities_are_counted_and_placed(chapter):
    # Insee, BPE 2025: 28 and 5; Nant 7, La Cavalerie 6
    said = plain(chapter.equipment_message())
    assert said.startswith("**28 équipements courants de sport et 5 bibliothèques**, en 2025")
    assert said.endswith("Nant et La Cavalerie en réunissent 13 sur 33.")


def test_communes_without_any_come_with_their_inhabitants(chapter):
    said = plain(chapter.without_message())
    # BPE 2025; populations 2023
    assert said.startswith(
        "**5 communes sur 16 n’ont ni équipement courant de sport ni bibliothèque** : La Bastide-Pradines, La Couvertoirade,"
    )
    assert "Sans bibliothèque : 11 communes, où vivent 3 400 des 6 700 habitants." in said


def test_one_commune_without_and_none(chapter):
    rows = chapter.by_commune
    chapter.__dict__["by_commune"] = rows.assign(value=[0.0, *[2.0] * (len(rows) - 1)])
    assert plain(chapter.without_message()).startswith(
        "**1 commune sur 16 n’a ni équipement courant de sport ni bibliothèque** : La Bastide-Pradines ("
    )
    chapter.__dict__["by_commune"] = rows.assign(value=1.0)
    assert plain(chapter.without_message()).startswith("**Chacune des 16 communes a au moins un équipement")


def test_the_licences_say_how_old_they_are(chapter):
    # ANCT, Observatoire des territoires, 2018: 33.8, Aveyron 61.5; median of 21 neighbours 52.7; study of 2026
    assert plain(chapter.licences_message()) == (
        "**34 licences sportives pour 100 enfants de moins de 15 ans**, nettement moins que dans l’Aveyron (62), en 2018 "
        "(médiane des voisines : 53). Ce chiffre a 8 ans : à vérifier auprès des clubs avant d’en tirer une action."
    )


def test_no_social_centre_listed_is_no_proof(chapter, nowhere):
    assert (
        "**Aucun centre social ni espace de vie sociale (EVS) n’est recensé** (offre.xlsx), ce qui ne prouve pas"
        in plain(chapter.structures_message())
    )
    assert "n’est encore décrit" in plain(nowhere.structures_message())


@pytest.mark.parametrize(
    ("centres", "evs", "expected"),
    [
        (
            0.0,
            1.0,
            "**Aucun centre social et 1 espace de vie sociale (EVS)** avec un agrément de la Caf, fin 2025.",
        ),
        (2.0, None, "**2 centres sociaux** avec un agrément de la Caf, fin 2025."),
    ],
)
def test_social_centres_as_the_caf_says(chapter, monkeypatch, centres, evs, expected):
    counts = {"structure=centre_social": centres, "structure=evs": evs}

    def given(self, indicator, breakdown=""):
        if counts.get(breakdown) is None:
            return None
        return pd.Series({"value": counts[breakdown], "status": "observed", "period": "2025"})

    monkeypatch.setattr(VieSociale, "row_of", given)
    assert plain(chapter.structures_message()).startswith(expected)


def test_the_map_has_a_message(chapter, nowhere):
    drawn = chapter.carte_equipements()
    assert isinstance(drawn, Figure)
    assert "Nant et La Cavalerie réunissent 13 des 33 équipements ; 5 communes n’en ont aucun" in text_of(
        drawn
    )
    assert isinstance(nowhere.carte_equipements(), Absent)


def test_secteurs_have_plain_words(chapter):
    table = text_of(chapter.par_secteur())
    assert "| Équipements courants de sport | 2025 | 8 | 14 | 3 | 3 | 28 |" in table
    assert "| Équipements de lecture (bibliothèques) | 2025 | 1 | 1 | 2 | 1 | 5 |" in table


def test_associations_are_not_counted_and_it_is_said_why(chapter):
    cautions = text_of(chapter.points_de_vigilance())
    assert (
        "**Le nombre d’associations par habitant n’est pas montré.** Beaucoup d’associations dorment"
        in cautions
    )
    assert "associations_1000" not in [*chapter.card_ids, *chapter.rates]


def test_without_facilities_the_chapter_says_so(nowhere):
    first = text_of(nowhere.essentiel()).split("\n\n")[1]
    assert (
        first == "Les équipements de sport et les bibliothèques ne sont pas encore réunis pour ce territoire."
    )
    assert nowhere.without_message() == ""
    assert "le plus petites" not in text_of(nowhere.questions_du_groupe())


def test_facilities_of_a_commune_are_written_in_words(chapter, nowhere):
    table = text_of(chapter.equipements())
    # BPE 2025, Nant: a pool, two boulodromes, tennis, playing fields, a hall; no library
    assert "| Nant | 7 | – | bassin de natation, boulodrome (2), tennis," in table
    assert "5 communes sans aucun de ces équipements." in table
    assert isinstance(nowhere.equipements(), Absent)
