"""A made-up study says so in what is copied out of its pages."""

import pytest
from chapter_words import text_of
from test_messages import methods_of

from ctg_lib.display.figure import Figure
from ctg_lib.display.heat import HeatTable
from ctg_lib.display.table import Table
from ctg_lib.study import open_study

STRIP = b"made-up-strip"


@pytest.fixture(scope="module")
def demo(project):
    return open_study("241200906-demo", project)


@pytest.mark.parametrize(
    ("chapter", "cell"),
    [("demarche", "calendrier"), ("offre", "carte_services"), ("population", "naissances_et_deces")],
)
def test_each_drawing_of_the_demonstration_bears_the_mark(demo, chapter, cell):
    drawn = getattr(demo.chapter(chapter), cell)()
    assert isinstance(drawn, Figure) and STRIP in drawn.svg


def test_a_real_study_drawn_after_it_does_not(demo, larzac):
    demo.chapter("population").naissances_et_deces()
    drawn = larzac.chapter("population").naissances_et_deces()
    assert isinstance(drawn, Figure) and STRIP not in drawn.svg


def test_the_marked_chapter_is_the_same_chapter(demo):
    from ctg_lib.study.chapters.population import Population

    chapter = demo.chapter("population")
    assert isinstance(chapter, Population) and type(chapter).__name__ == "Population"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["habitants", "acteurs", "petite_enfance"])
def test_each_output_of_the_demonstration_made_of_voices_bears_the_mark(demo, name):
    chapter = demo.chapter(name)
    cells = ["ce_qu_en_disent"] if name == "petite_enfance" else methods_of(chapter, told=True)
    sourced = 0
    for cell in cells:
        made = getattr(chapter, cell)()
        if isinstance(made, Figure):
            assert b"made-up-strip" in made.svg, cell
            sourced += 1
        elif made is not None and (isinstance(made, Table | HeatTable) or "Source :" in text_of(made)):
            assert "fictives" in text_of(made), cell
            sourced += 1
    assert sourced >= (1 if name == "petite_enfance" else 5)
