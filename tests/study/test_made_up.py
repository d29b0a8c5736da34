"""A made-up study says so in what is copied out of its pages."""

import pytest

from ctg_lib.display.figure import Figure
from ctg_lib.study import open_study

STRIP = b"made-up-strip"


@pytest.mark.parametrize(("chapter", "cell"), [("demarche", "calendrier"), ("population", "naissances_deces")])
def test_each_drawing_of_the_demonstration_bears_the_mark(project, larzac, chapter, cell):
    demo = open_study("241200906-demo", project)
    drawn = getattr(demo.chapter(chapter), cell)()
    assert isinstance(drawn, Figure) and STRIP in drawn.svg
    real = getattr(larzac.chapter(chapter), cell)()
    assert isinstance(real, Figure) and STRIP not in real.svg, "nor does one drawn after it"


def test_the_marked_chapter_is_the_same_chapter(project):
    from ctg_lib.study.chapters.population import Population

    chapter = open_study("241200906-demo", project).chapter("population")
    assert isinstance(chapter, Population) and type(chapter).__name__ == "Population"
