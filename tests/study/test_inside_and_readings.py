"""Slope, small multiples and heat tables of the chapters: golden on real figures, sense where little is known."""

import re

import pandas as pd
import pytest
from chapter_words import plain, words

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.heat import HeatTable
from ctg_lib.study import open_study
from ctg_lib.study.chapters.inside import LEAST_PEOPLE, _entries_title, _population_title, inside
from ctg_lib.study.chapters.readings import MOST_PLACES, Readings, neighbour_places, secteur_places


@pytest.fixture(scope="module")
def metropolis(project):
    return open_study("200054781", project)


def rows_of(table) -> dict[str, list[str]]:
    return {plain(row[0]): [plain(cell) for cell in row[1:]] for row in table.cells()}


def test_population_of_each_secteur_against_the_whole(larzac):
    """Insee: Larzac 2 160 to 2 781 inhabitants from 2018 to 2023, Dourbie 1 876 to 1 853, the whole 6 079 to 6 746."""
    figure = larzac.chapter("population").population_par_partie()
    assert plain(figure.title) == (
        "Secteur Larzac : +29 % d’habitants de 2018 à 2023 ; les autres secteurs, de −1 % à +6 %"
    )
    ends = figure.data[figure.data["year"].eq("2023")].set_index("name")["value"].round(1)
    names = {plain(str(name)): value for name, value in ends.items()}
    assert names == {"Larzac (2 781)": 128.8, "Dourbie (1 853)": 98.8, "Sorgues (1 462)": 102.1,
                     "Cernon (650)": 106.4, "ensemble du territoire": 111.0}  # fmt: skip
    assert next(iter(names)) == "Larzac (2 781)"  # the most people first


def test_communes_stand_in_for_secteurs_and_the_smallest_are_told(affricain, metropolis):
    small = affricain.chapter("population").population_par_partie()
    assert plain(small.title).startswith("De 2018 à 2023") or "les autres communes" in plain(small.title)
    people = affricain.table("population", list(inside(affricain).places))
    first = people[people["period"].eq("2018") & people["breakdown"].eq("")]
    few = int((first["value"] < LEAST_PEOPLE).sum())
    assert any(f"non dessinées : {few} commune" in plain(note) for note in small.notes) == bool(few)
    large = metropolis.chapter("population").population_par_partie()
    assert "Dessin limité aux 16 communes où vivent le plus d’habitants, sur 130." in map(plain, large.notes)
    assert large.data["name"].nunique() == 17
    head, _, rest = plain(large.title).partition(" : ")
    assert head in {plain(n).split(" (")[0] for n in large.data["name"]}  # the message is about what is drawn
    assert "les 15 autres communes dessinées" in rest


@pytest.mark.parametrize(
    ("values", "title"),
    [
        ({"A": 100.5, "B": 99.8}, "De 2018 à 2023, la population bouge peu dans 2 communes"),
        ({"A": 120.0, "B": 99.0}, "A : +20 % d’habitants de 2018 à 2023 ; l’autre commune, −1 % (B)"),
        (
            {"A": 80.0, "B": 101.0, "C": 101.2},
            "A : −20 % d’habitants de 2018 à 2023 ; les autres communes, +1 %",
        ),
    ],
)
def test_titles_of_population(affricain, values, title):
    ends = pd.DataFrame({"name": list(values), "value": list(values.values())})
    assert plain(_population_title(inside(affricain), ends, 2018, 2023)) == title


def test_births_behind_the_school_entries(larzac):
    """Insee, état civil: 80 then 44 births in secteur Larzac; 80 against 44 has p = 0.0015, under 5 % / 4."""
    figure = larzac.chapter("enfance").entrees_par_partie()
    assert isinstance(figure, Figure)
    assert plain(figure.title) == (
        "Secteur Larzac : 44 naissances derrière les entrées de 2026–2028, contre 80 derrière celles de 2023–2025"
    )
    table = figure.data.set_index("name")[["start", "end"]].astype(int)
    assert table.loc["Larzac"].tolist() == [80, 44] and table.loc["Cernon"].tolist() == [18, 13]
    assert table["start"].sum() == 153 and table["end"].sum() == 116  # the births of the territory
    notes = plain(" ".join(figure.notes))
    assert "partagé entre les 4 secteurs" in notes
    assert "2020–2022 était une période extrême depuis 2008 (Secteur Larzac, la plus haute)" in notes


@pytest.mark.parametrize(
    ("named", "title"),
    [
        ([], "Dans aucune commune, l’écart des naissances ne dépasse ce que le hasard explique"),
        (["A", "B"], "2 communes sur 5 où les naissances changent plus que le hasard ne l’explique : A et B"),
        (
            list("ABCDE"),
            "5 communes sur 5 où les naissances changent plus que le hasard ne l’explique : A, B, C et 2 autres",
        ),
    ],
)
def test_titles_of_births(affricain, named, title):
    frame = pd.DataFrame({"name": list("ABCDE"), "start": 50, "end": 10})
    frame["highlight"] = frame["name"].isin(named)
    assert plain(_entries_title(inside(affricain), frame, ["a", "b"])) == title


def test_without_births_or_other_communes_a_sentence(metropolis, affricain):
    for study in (metropolis, affricain):
        absent = study.chapter("enfance").entrees_par_partie()
        assert isinstance(absent, Absent) and "par commune" in absent.sentence()


def test_what_sets_the_territory_apart(larzac):
    table = larzac.chapter("synthese").ce_qui_distingue()
    assert isinstance(table, HeatTable) and 3 <= len(table.frame) <= 6
    rows = rows_of(table)
    # Filosofi 2021: 17,3 % against 14,5 % in Aveyron, a difference of two points counts; RP 2023 for dwellings
    assert rows["Taux de pauvreté (2021)"] == ["▲▲ 17,3 %", "14,5 %", "bas", "–", "–", "–", "–"]
    assert rows["Part des résidences secondaires (2023)"][:3] == ["▲▲ 41 %", "17 %", "–"]
    assert not any("◆" in cell for cells in rows.values() for cell in cells)  # those have their own table
    assert "ctg-heat-worse-far" in table.to_html() and "Référence : Aveyron." in plain(" ".join(table.notes))


def test_the_dictionary_reads_every_rate_once(larzac):
    table = larzac.chapter("indicateurs").lecture_d_ensemble()
    rows = rows_of(table)
    assert len(rows) == len(table.frame) > 20
    found = re.fullmatch(r"(\d+) taux s’écartent de la référence, sur (\d+) ; (\d+) autres dépendent d’une seule commune",
                         plain(table.caption))  # fmt: skip
    differ, every, turned = map(int, found.groups())
    here = [cells[0] for cells in rows.values()]
    assert every == len(rows)
    assert differ == sum(c.startswith(("▲", "▼")) for c in here) and turned == sum(
        c.startswith("◆") for c in here
    )
    # La Cavalerie turns this rate: neither the territory nor the secteur that holds it is named on a side
    diploma = rows["Part des personnes sans diplôme (2023)"]
    heads = list(table.columns.values())[1:]
    assert diploma[heads.index("Larzac et Vallées")] == "◆ 29 %"
    assert diploma[heads.index("Secteur Larzac")] == "◆ 46 %"
    assert diploma[heads.index("Secteur Sorgues")] == "▼▼ 12 %"
    employed = rows["Taux d’emploi des 15–64 ans (2023)"]
    assert employed == ["71 %", "71 %", "haut", "72 %", "69 %", "71 %", "69 %"]  # nothing to name
    cover = next(cells for name, cells in rows.items() if name.startswith("Taux de couverture"))
    assert cover[:3] == ["60,5", "60,9", "haut"]
    named = next(name for name in rows if name.startswith("Taux de couverture"))
    assert named.endswith("(2023 ; référence : France hors Mayotte)")  # the usual reference has no such rate
    # the indicator's total, not one of its details
    assert rows["Part des prestations sociales dans le revenu disponible (2021)"][0] == "5,0 %"


def test_marks_agree_with_the_reading_of_the_study(larzac):
    found = Readings(larzac, [])
    for indicator in ("taux_pauvrete", "niveau_vie_median", "taux_emploi", "part_logements_vacants"):
        assert found.add(indicator)
        compared, cell = larzac.compare(indicator), found.rows[-1]["here"]
        assert (cell.side, cell.far) == (compared.reading.side, compared.reading.far)
    assert not found.add("population") and len(found.rows) == 4  # a count is not read


def test_neighbours_only_where_half_of_them_are_known(larzac):
    table = larzac.chapter("indicateurs").face_aux_voisines()
    assert isinstance(table, HeatTable)
    count = len(neighbour_places(larzac))
    assert count == MOST_PLACES
    for cells in rows_of(table).values():
        assert sum(c != "–" for c in cells[3:]) >= count / 2
    assert [p.name for p in secteur_places(larzac)] == [f"Secteur {s.name}" for s in larzac.secteurs]


def test_little_known_and_no_secteur_still_make_sense(affricain, metropolis):
    dictionary = affricain.chapter("indicateurs")
    made = [affricain.chapter("synthese").ce_qui_distingue(), dictionary.lecture_d_ensemble()]
    made += [dictionary.face_aux_voisines(), metropolis.chapter("indicateurs").lecture_d_ensemble()]
    for table in made:
        assert isinstance(table, Absent | HeatTable)
        if isinstance(table, HeatTable):
            assert "nan" not in words(table).lower().split()
            assert all(len(row) == len(table.columns) for row in table.cells())
