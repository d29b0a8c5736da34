"""Reviewed texts chosen by rule, and how they stand in a page, whatever signs they hold."""

import io
import zipfile

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctg_lib.build.markdown import render
from ctg_lib.consultation.quotations import LONGEST, SHORTEST
from ctg_lib.consultation.selection import COLUMNS, OTHERS, choose, rule
from ctg_lib.display.output import esc, md

SENTENCE = "Il manque un bus le soir, numéro "


def texts(*lines):
    rows = [
        {
            "questionnaire": q,
            "question": "mots",
            "theme": theme,
            "need": need,
            "text": f"{SENTENCE}{n}",
            "respondent": who,
        }
        for n, (q, theme, need, who) in enumerate(lines)
    ]
    return pd.DataFrame(rows, columns=["questionnaire", "question", "theme", "need", "text", "respondent"])


def test_questionnaires_then_needs_not_yet_quoted_come_first():
    table = texts(
        *[("parents", "jeunesse", "n1", n) for n in range(6)],
        ("habitants", "jeunesse", "n1", 7),
        ("parents", "jeunesse", "n2", 8),
    )
    found = choose(table, "jeunesse", 3)
    assert list(found.columns) == list(COLUMNS)
    assert set(found["questionnaire"].head(2)) == {"parents", "habitants"}
    assert set(found["need"]) == {"n1", "n2"}
    assert found["why"].str.contains("graine 2026").all()
    assert (
        found["why"]
        .iloc[0]
        .startswith("un questionnaire pas encore cité ; un besoin pas encore cité ; tirage")
    )


def test_nobody_is_quoted_twice_and_no_text_either():
    assert len(choose(texts(*[("parents", "jeunesse", f"n{n}", 1) for n in range(5)]), "jeunesse", 3)) == 1
    table = texts(("parents", "jeunesse", "n1", 1), ("habitants", "jeunesse", "n2", 2)).assign(
        text="Le même texte pour tout le monde."
    )
    assert len(choose(table, "jeunesse", 3)) == 1


def test_only_texts_of_the_theme_that_can_be_printed():
    table = texts(
        ("parents", "jeunesse", "n1", 1),
        ("parents", "logement", "n1", 2),
        ("parents", "jeunesse", "n1", 3),
        ("parents", "jeunesse", "n1", 4),
    )
    table.loc[2, "text"], table.loc[3, "text"] = "court", "long " * 100
    found = choose(table, "jeunesse", 9)
    assert list(found["text"]) == [f"{SENTENCE}0"]
    assert choose(table, "jeunesse", 9, without=[f"{SENTENCE}0"]).empty
    assert len(choose(table, most=9)) == 2
    assert found["text"].str.len().between(SHORTEST, LONGEST).all()


def test_the_same_seed_draws_the_same_whatever_the_order():
    table = texts(*[("parents", "jeunesse", "n1", n) for n in range(20)])
    assert choose(table, "jeunesse").equals(choose(table.sample(frac=1, random_state=3), "jeunesse"))
    assert not choose(table, "jeunesse")["text"].equals(choose(table, "jeunesse", seed="autre")["text"])


def test_a_small_questionnaire_is_not_named():
    table = texts(
        ("parents", "jeunesse", "n1", 1), ("habitants", "jeunesse", "n2", 2), ("inconnu", "jeunesse", "n3", 3)
    )
    said = dict(
        choose(table, "jeunesse", respondents={"parents": 40, "habitants": 4, "inconnu": 50})[
            ["questionnaire", "said_by"]
        ].to_numpy()
    )
    assert said == {"parents": "parents", "habitants": OTHERS, "inconnu": OTHERS}


def test_nothing_of_nothing_and_the_rule_is_said():
    assert choose(texts(), "jeunesse").empty
    assert "graine 2026" in rule() and "jamais deux fois la même personne" in rule()


HOSTILE = [
    "<script>alert(1)</script> un bus", "un | deux | trois", "`code` et ``plus``", "[lien](https://exemple.example) ![image](x)",
    "*gras* __souligné__ ~~barré~~", "# titre", "{{< include secret >}}", "$x^2$ et $$y$$", "@citation [@autre]", "a\nb | c",
    "<img src=x onerror=alert(1)>", "&lt;script&gt;", "\\(x\\) \\[y\\] \\`z\\`", "<!-- ", "-->", "::: div", "[^1] note", "<a href='javascript:x'>y</a>",
    "<https://exemple.example>", "~x~ ^y^", ":smile: --- fin", '"guillemets" \'simples\'',
]  # fmt: skip


def visible(html: str) -> str:
    from bs4 import BeautifulSoup

    return " ".join(BeautifulSoup(html, "html.parser").get_text().split())


def straight(text: str) -> str:
    """Without what a typographer changes: quotes, dashes, dots."""
    for a, b in {
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "—": "---",
        "–": "--",
        "…": "...",
        "\u00a0": " ",
        "\u202f": " ",
    }.items():
        text = text.replace(a, b)
    return " ".join(text.split())


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_read_as_it_was_written_in_html_markdown_and_word(text, tmp_path):
    from bs4 import BeautifulSoup
    from docx import Document
    from pypandoc import convert_text

    wanted = straight(text)
    html = render(f"Un habitant : « {md(text)} ».\n\n| a | b |\n|---|---|\n| {md(text)} | c |\n", "v")
    page = BeautifulSoup(html, "html.parser")
    assert not page.find(["script", "img", "a", "code", "em", "strong", "h1"]), html
    assert straight(page.find("p").get_text()) == f"Un habitant : « {wanted} »."
    assert straight(page.find("td").get_text()) == wanted
    assert visible(f"<p>{esc(text)}</p>") == " ".join(text.split())
    out = tmp_path / "essai.docx"
    convert_text(f"Un habitant : « {md(text)} ».\n", "docx", format="markdown", outputfile=str(out))
    assert straight(Document(str(out)).paragraphs[0].text) == f"Un habitant : « {wanted} »."
    with zipfile.ZipFile(io.BytesIO(out.read_bytes())) as archive:
        assert b"hyperlink" not in archive.read("word/document.xml")


@given(st.text(alphabet=st.sampled_from("<>|`[]*_#{}$@~^\\!&a ()\"'=+-.:;/1"), max_size=40))
def test_no_sign_makes_an_element_of_a_page(text):
    from bs4 import BeautifulSoup

    html = render(f"« {md(text)} »", "v")
    assert [tag.name for tag in BeautifulSoup(html, "html.parser").find_all()] == ["p"]
