"""Slides read back: real text, marks, notes, nothing outside the slide, the same bytes."""

import io
import re
from datetime import date

import pandas as pd
import pytest
from pypdf import PdfReader

from ctg_lib.display.rows import comparison_dots
from ctg_lib.documents.agreement.slides import FICTIF, page, print_size
from ctg_lib.study.restitution import Card, Grid, Point, Slide
from ctg_lib.study.restitution.slide import held

LONG = "Une phrase assez longue pour tenir sur deux lignes au moins, avec des mots, des virgules et un point à la fin."


MEASURED = """() => [...document.querySelectorAll(".slide")].map(slide => {
  const inside = [...slide.children].filter(part => !part.matches(".foot, details"));
  const cards = slide.querySelector(".cards");
  return [slide.id, slide.scrollHeight - slide.clientHeight,
    slide.querySelector(".foot").getBoundingClientRect().top - inside.at(-1).getBoundingClientRect().bottom,
    cards ? getComputedStyle(cards).gridTemplateColumns.split(" ").length : 0];
})"""
"""Of each slide: px beyond its page, px left above its foot, columns of its cards."""


@pytest.fixture(scope="module")
def shown():
    frame = pd.DataFrame({"name": ["Ici", "Ailleurs"], "value": [60.5, 60.9], "highlight": [True, False]})
    drawn = comparison_dots(
        frame, id="fig-x", title="Ici comme ailleurs", subtitle="Taux", source="Source d’essai"
    )
    return (
        Slide("titre", "Restitution", "cover", lead="Une étude", points=(Point("Le territoire", "Situation au 15 juin 2027"),)),
        Slide("nombres", "Huit nombres", cards=tuple(Card(str(n), "habitants", "2023") for n in range(8)), source="Insee"),
        Slide("figure", drawn.title, figure=drawn, source=drawn.source, notes=(drawn.description,)),
        Slide("constats", "Cinq constats", points=tuple(Point(LONG, LONG * 2) for _ in range(5)), source="constats.xlsx"),
        Slide("actions", "Six actions", grid=Grid(("Axe", "Action <1>"), tuple((LONG, LONG) for _ in range(6)), (1, 2)), source="plan"),
        Slide("sources", "Beaucoup de sources", cards=(Card("1", "un"),), source=" ; ".join(f"source numéro {n} de l’essai" for n in range(40))),
    )  # fmt: skip


def test_the_page_stands_alone_and_moves_by_keys(shown):
    html = page(shown, "Restitution", FICTIF)
    assert html.count('<section class="slide') == len(shown) == html.count('class="fictif"')
    assert not re.search(r'(?:src|href)="https?:|<link|url\((?!"?data:)', html)
    assert "ArrowRight" in html and "@page" in html and 'lang="fr"' in html
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert all(re.search(r'alt="[^"]+"', img) for img in re.findall(r"<img [^>]*>", html))
    assert html.count("<h1") == 1 and "Action &lt;1&gt;" in html
    assert html == page(shown, "Restitution", FICTIF) and "Fictif" not in page(shown, "Restitution")


def test_each_slide_is_printed_whole_on_its_page(shown, browser, tmp_path):
    """Rules for phones also fired in print: slide 2 of the demonstration lost its last row."""
    table = Grid(
        ("Besoin", "Professionnels", "Lecture"),
        tuple((LONG, "● manque, 3 sur 3", LONG) for _ in range(7)),
        (3, 2, 3),
    )
    cards = tuple(Card(str(n), "séances de groupes de travail") for n in range(8))
    told = (*shown, Slide("tout", LONG, lead=LONG, cards=cards, grid=table, source=LONG, notes=(LONG * 9,)))  # fmt: skip
    (tmp_path / "slides.html").write_text(page(told, "Restitution", FICTIF), encoding="utf-8")
    tab = browser.new_page(viewport={"width": 1280, "height": 720})
    tab.goto(f"file://{tmp_path}/slides.html")
    printed = tab.pdf(prefer_css_page_size=True)
    assert len(PdfReader(io.BytesIO(printed)).pages) == len(told)
    tab.emulate_media(media="print")
    tab.set_viewport_size({"width": 720, "height": 1280})
    for id, over, room, columns in tab.evaluate(MEASURED):
        assert over <= 0 and room >= 0, (id, over, room)
        assert columns in (0, 1, 4, 8), (id, columns)
    assert [print_size(each) for each in told[1:3]] == [19, 19] and print_size(told[-1]) < 15
    tab.close()


def test_the_pptx_is_read_back(shown):
    pytest.importorskip("pptx")
    from pptx import Presentation

    from ctg_lib.documents.agreement.slides_pptx import pptx_bytes

    made = pptx_bytes(shown, "Restitution", date(2027, 6, 15), FICTIF)
    assert made == pptx_bytes(shown, "Restitution", date(2027, 6, 15), FICTIF)
    read = Presentation(io.BytesIO(made))
    assert [s.shapes.title.text for s in read.slides] == [each.title for each in shown]
    assert read.core_properties.modified.date() == date(2027, 6, 15)
    for slide, each in zip(read.slides, shown, strict=True):
        texts = " ".join(s.text_frame.text for s in slide.shapes if s.has_text_frame)
        assert "Fictif" in texts, each.id
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.top >= 0, (each.id, shape.name)
            assert shape.left + shape.width <= read.slide_width, (each.id, shape.name)
            assert shape.top + shape.height <= read.slide_height, (each.id, shape.name)
        if each.source:
            assert each.source[:20] in slide.notes_slide.notes_text_frame.text
    figure = next(s for s in read.slides[2].shapes if s.shape_type == 13)
    assert figure._element.nvPicPr.cNvPr.get("descr") == shown[2].figure.alt
    table = next(s.table for s in read.slides[4].shapes if s.has_table)
    assert [c.text for c in table.rows[0].cells] == ["Axe", "Action <1>"] and len(table.rows) == 7
    assert "suite dans les notes" in " ".join(
        s.text_frame.text for s in read.slides[5].shapes if s.has_text_frame
    )


def test_blocks_do_not_overlap(shown):
    pytest.importorskip("pptx")
    from pptx import Presentation

    from ctg_lib.documents.agreement.slides_pptx import pptx_bytes

    read = Presentation(io.BytesIO(pptx_bytes(shown, "Restitution", date(2027, 6, 15), FICTIF)))
    for slide in list(read.slides)[1:]:
        boxes = [
            s
            for s in slide.shapes
            if (s.has_text_frame and s.text_frame.text) or s.has_table or s.shape_type == 13
        ]
        for rank, one in enumerate(boxes):
            for other in boxes[rank + 1 :]:
                apart = (
                    one.left + one.width <= other.left + 9000 or other.left + other.width <= one.left + 9000
                    or one.top + one.height <= other.top + 9000 or other.top + other.height <= one.top + 9000
                )  # fmt: skip
                assert apart, (slide.shapes.title.text, one.name, other.name)


def test_hours_and_dates_hold_on_a_line_of_a_slide():
    slide = held(
        Slide(
            "x", "Ouvrir à 6 h 30", points=(Point("le 9 février"),), grid=Grid(("a",), (("6 h 30",),), (1,))
        )
    )
    assert (slide.title, slide.points[0].text, slide.grid.rows[0][0]) == (
        "Ouvrir à 6\u00a0h\u00a030", "le 9\u00a0février", "6\u00a0h\u00a030",
    )  # fmt: skip
