"""What the chapters say: golden sentences on real figures, and no nonsense where figures are absent."""

import inspect
import re
from collections.abc import Iterator

import pytest
from chapter_words import text_of

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.table import Output, Table
from ctg_lib.indicators.registry import THEMES
from ctg_lib.study import open_study
from ctg_lib.study.chapters import CHAPTERS

NONSENSE = re.compile(
    r"\bnan\b|\bNone\b|\binf\b|\bNaT\b|\(\s*\)|«\s*»|\{|\}|  +\S| : \.|\s,|\bde de\b", re.IGNORECASE
)


def methods_of(chapter, told: bool = False) -> list[str]:
    """Cells of a chapter; with ``told``, those too that show something only where there is something to say."""
    kinds = ("Output", "Figure", "Table", *(["Told"] if told else []))
    found = []
    for name, function in inspect.getmembers(type(chapter), inspect.isfunction):
        hints = str(function.__annotations__.get("return", ""))
        parameters = [p for p in inspect.signature(function).parameters.values() if p.name != "self"]
        if not name.startswith("_") and not parameters and any(k in hints for k in kinds):
            found.append(name)
    return found


def outputs_of(chapter, method: str) -> list:
    """What a cell shows: one output, several, or nothing where it may have nothing to say."""
    made = getattr(chapter, method)()
    hints = str(getattr(type(chapter), method).__annotations__.get("return", ""))
    if made is None:
        assert "None" in hints or "Told" in hints, method
        return []
    return list(made) if isinstance(made, Iterator) else [made]


@pytest.mark.parametrize("name", CHAPTERS)
@pytest.mark.parametrize("study", ["larzac", "affricain"])
def test_every_cell_of_every_chapter_makes_sense(request, study, name):
    chapter = request.getfixturevalue(study).chapter(name)
    methods = methods_of(chapter)
    assert len(methods) >= 3
    for method in methods:
        for output in outputs_of(chapter, method):
            assert isinstance(output, Figure | Absent | Table | Output), method
            text = text_of(output)
            assert text.strip(), method
            bare = re.sub(r"^:+ \{.*$", "", text, flags=re.MULTILINE)  # Quarto's own callout fences
            assert not NONSENSE.search(bare), (method, NONSENSE.search(bare), bare)


@pytest.mark.parametrize("theme", THEMES)
def test_the_dictionary_defines_every_indicator(larzac, theme):
    table = larzac.chapter("indicateurs").dictionnaire(theme)
    text = text_of(table)
    from ctg_lib.indicators.registry import iter_definitions

    for rule in iter_definitions():
        if rule.theme == theme:
            assert f"`{rule.id}`" in text
            assert rule.label[1:30] in text
            assert rule.references[0][:20] in text


def test_population_says_the_sentence_that_must_not_be_missed_first(larzac):
    text = text_of(larzac.chapter("population").essentiel())
    first = text.split("\n\n")[1]
    assert first.startswith("**Le territoire paraît jeune ; La Cavalerie l’explique.**")
    assert "25 % en 2023, moins que dans l’Aveyron (29 %) ; sans La Cavalerie, **34 %**, soit plus" in first
    assert "1 017 hommes de 20 à 39 ans pour 154 femmes" in first
    assert "29 % en 2023, plus que dans l’Aveyron (19 %) ; sans La Cavalerie, **17 %**, soit moins" in first


def test_population_counts_children_births_and_deaths(larzac):
    text = text_of(larzac.chapter("population").essentiel())
    assert "250 enfants de 0 à 4 ans pour 324 de 5 à 9 ans en 2023 (−23 % ; Aveyron : −17 %)" in text
    assert "**Entre 31 et 59 naissances par an** depuis 2008 : 116 en 2023–2025, 153" in text
    # 116 against 153: p = 0.028 under equal means, so chance is no sufficient explanation
    assert "dépasse ce que le hasard explique d’ordinaire" in text
    assert "à confirmer sur les prochaines années" in text
    # log-linear over 18 years: −0.1 % a year, p = 0.89
    assert "De 2008 à 2025, aucune tendance n’est établie : elles fluctuent." in text
    assert "Nant compte à elle seule 113 de ces décès" in text
    assert "Solde naturel : −143 en 2023–2025, **−46** sans Nant" in text
    assert "−0,7 % par an en 2018–2023, **0,0 % par an** sans Nant" in text
    # log-linear over 18 years: +0.3 % a year, p = 0.62
    assert "De 2008 à 2025, aucune tendance n’est établie : les décès fluctuent." in text


def test_childcare_counts_places_before_rates(larzac):
    text = text_of(larzac.chapter("petite_enfance").essentiel())
    head = "**À peu près autant de places par enfant qu’en France hors Mayotte, mais moins que chez la plupart des voisins.**"
    assert head in text
    assert "18 sont connues : 11 ont un taux plus élevé, dont 9 d’au moins 3 points (médiane : 64,4)" in text
    assert "suppose que les 22 places agréées connues localement sont celles que la Cnaf a comptées" in text
    assert (
        "environ **82 places** pour quelque **135 enfants de moins de 3 ans**, soit 60,5 places pour 100"
        in text
    )
    assert "(France hors Mayotte : 60,9)" in text
    assert "L’écart vaut moins d’une place : il ne dit rien." in text
    assert "Trois places sur cinq dépendent d’assistantes maternelles** (environ 50)" in text
    assert "déplace le taux de 0,7 point" in text


def test_access_shows_what_the_mean_hides(larzac):
    text = text_of(larzac.chapter("acces_droits").essentiel())
    assert "**5 communes sur 16 n’ont aucun médecin généraliste accessible**, au sens de la DREES" in text
    assert "3,40 consultations par habitant" in text
    assert "Sans La Cavalerie, elle tombe à **2,37**" in text
    assert "**1 structure France services, 2 sites** : La Cavalerie et Nant" in text


def test_synthesis_gives_poverty_with_all_its_references(larzac):
    chapter = larzac.chapter("synthese")
    text = larzac.chapter("familles").poverty_message().replace("\u202f", " ").replace("\u00a0", " ")
    assert "**Environ 890 personnes vivent sous le seuil de pauvreté**" in text
    assert (
        "En 2021, le taux est de 17,3 %, nettement plus que dans l’Aveyron (14,5 %), mais à peu près comme en Occitanie (17,5 %)"
        in text
    )
    table = text_of(chapter.tableau())
    assert "14,9 % (métropole)" in table
    # only what is known here; the rest is counted, and listed in the dictionary
    rows = [line.split("|")[3].strip() for line in table.splitlines() if line.startswith("| ")]
    assert len(rows) > 20 and "non disponible" not in rows
    assert re.search(
        r"\d+ indicateurs sans valeur pour ce territoire", text_of(chapter.points_de_vigilance())
    )


def test_with_and_without_lists_opposite_readings_first(larzac):
    text = text_of(larzac.chapter("population").avec_et_sans())
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert "change de côté" in rows[1]
    assert "25,2 % | 33,7 % | 28,6 %" in rows[1]  # ages first among the opposite readings
    assert "12,0 % | 16,2 % | 14,4 %" in rows[2]
    assert "28,9 % | 16,9 % | 19,0 %" in rows[3]


def test_with_and_without_gives_the_home_for_the_elderly_too(larzac):
    chapter = larzac.chapter("population")
    rows = [line for line in text_of(chapter.avec_et_sans()).splitlines() if line.startswith("| ")]
    nant = [line for line in rows if line.rstrip(" |").endswith("Nant")]
    assert any("75 ans et plus" in line and "12,0 % | 10,2 % | 14,4 %" in line for line in nant)
    assert any("olde naturel, personnes | 2023–2025 | −143 | −46 | –" in line for line in nant)
    assert any("2018–2023 | −0,7 | 0,0 | –" in line for line in nant)
    assert any(
        "sans transport | 2023 | 31,2 % | 11,8 % | 6,9 % | même côté, plus près" in line for line in rows
    )
    short = [line for line in text_of(chapter.lectures_qui_changent()).splitlines() if line.startswith("| ")]
    assert 2 < len(short) < len(rows) and not any("Nant" in line for line in short)
    assert "dépendent de La Cavalerie et de Nant" in text_of(chapter.points_de_vigilance())


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((25.2, 33.7, 28.6), "change de côté"),
        ((40.0, 56.0, 57.0), "l’écart change"),
        ((31.2, 11.8, 6.9), "même côté, plus près"),
        ((25.2, 22.5, 28.6), "même côté, plus loin"),
        ((28.0, 29.0, 28.6), "proche dans les deux cas"),
    ],
)
def test_two_readings_in_words(values, words):
    from ctg_lib.statistics.distortion import read
    from ctg_lib.study.chapters.population import _sides

    assert _sides(read("12063", *values, 0.3, 2)) == words


def test_the_table_of_services_does_not_contradict_the_list_of_france_services(larzac):
    """The BPE counts the structure of two sites nowhere in La Cavalerie: the list alone speaks of it."""
    access = larzac.chapter("acces_droits")
    table = text_of(access.quotidien())
    assert "rance services" not in table
    assert "| La Cavalerie | 1 |" in table
    assert "**1 structure France services, 2 sites** : La Cavalerie et Nant" in text_of(access.essentiel())


def test_absent_figures_are_said_to_be_absent(affricain):
    chapter = affricain.chapter("petite_enfance")
    assert "Non disponible" in text_of(chapter.naissances_annuelles())
    assert "non disponible" in text_of(chapter.chiffres_cles())
    assert isinstance(chapter.carte_enfants(), Absent)  # one commune of fourteen says nothing of the others
    assert "Les naissances de ce territoire ne sont pas encore réunies" in text_of(chapter.essentiel())
    people = text_of(affricain.chapter("population").essentiel())
    assert "Pas encore réunis pour ce territoire : âges détaillés ; naissances et décès ; diplômes" in people
    access = text_of(affricain.chapter("acces_droits").essentiel())
    assert "n’est pas encore réunie pour les communes de ce territoire" in access
    assert "0 %" not in access


@pytest.mark.parametrize(
    ("with_place", "without_place", "head"),
    [
        (25.0, 34.0, "Le territoire paraît jeune"),
        (34.0, 25.0, "Le territoire paraît âgé"),
        (28.6, 34.0, "Les âges du territoire semblent ordinaires"),
    ],
)
def test_headline_says_what_the_first_reading_is(larzac, with_place, without_place, head):
    from ctg_lib.statistics.comparison import Measured, compare
    from ctg_lib.statistics.distortion import Distortion

    target = Measured(28.6)
    found = Distortion(
        "12063", with_place, without_place, 28.6, 0.3,
        compare(Measured(with_place), target, 2), compare(Measured(without_place), target, 2),
    )  # fmt: skip
    chapter = larzac.chapter("population")
    assert chapter._headline("part_65_plus", found, False) == f"{head} ; La Cavalerie y pèse lourd."


def test_a_centre_town_is_no_headline(project):
    """Without an establishment and without opposite readings, the contrast stays in the table."""
    chapter = open_study("200036077", project).chapter("population")  # Golfe de Saint-Tropez
    assert chapter.distortion_message() == ""
    assert "Les 65 ans et plus sont 28 % des habitants" in text_of(chapter.essentiel())


def test_communes_without_figures_are_not_counted_as_without_services(project, larzac):
    """Two EPCI together, one of them without facilities at hand: nothing is said of its communes."""
    study = type(larzac)(
        larzac.project,
        type(larzac.config)(id="deux", territories=("241200906", "241200567")),
        larzac.geography,
        larzac.manifest,
    )
    access = study.chapter("acces_droits")
    assert "ne sont pas encore réunis" in access.services_message()
    table = text_of(access.quotidien())
    assert "15 communes dont les équipements ne sont pas encore réunis" in table
