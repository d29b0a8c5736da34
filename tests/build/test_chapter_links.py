"""Links from one chapter to another, on pages and inside one document."""

import pytest

from ctg_lib.build.markdown import chapter_links

SAID = "Voir « [Paroles d’acteurs](13-paroles-acteurs.html) », [loi](https://x.example/a.html), [ici](#plus-bas)."


def test_a_page_keeps_the_link_to_a_chapter_of_the_report():
    assert chapter_links(SAID, {"13-paroles-acteurs"}) == SAID


def test_in_one_document_the_link_leads_to_the_title():
    said = chapter_links(SAID, {"13-paroles-acteurs"}, inside=True)
    assert "[Paroles d’acteurs](#chapitre-13-paroles-acteurs)" in said
    assert "(https://x.example/a.html)" in said and "(#plus-bas)" in said


@pytest.mark.parametrize("inside", [False, True])
def test_without_that_chapter_only_the_words_stay(inside):
    said = chapter_links(SAID, {"07-parentalite"}, inside=inside)
    assert said == SAID.replace("[Paroles d’acteurs](13-paroles-acteurs.html)", "Paroles d’acteurs")


@pytest.mark.parametrize("fmt", ["docx", "typst"])
def test_a_printed_chapter_leads_to_the_title_of_another(fmt):
    from nbformat import v4

    from ctg_lib.build.print_text import Printed

    def chapter(title, *cells):
        return v4.new_notebook(cells=[v4.new_markdown_cell(f"# {title}"), *map(v4.new_markdown_cell, cells)])

    chapters = [
        ("07-parentalite", chapter("Parentalité", SAID)),
        ("13-paroles-acteurs", chapter("Paroles d’acteurs")),
    ]
    document = Printed.of(chapters, fmt)
    text = "\n".join(document.chapter(slug, notebook) for slug, notebook in chapters)
    assert "](#chapitre-13-paroles-acteurs)" in text and "{#chapitre-13-paroles-acteurs}" in text
    alone = Printed.of(chapters[:1], fmt)
    assert "](#chapitre-13" not in alone.chapter(*chapters[0]) and "Paroles d’acteurs" in alone.chapter(
        *chapters[0]
    )
