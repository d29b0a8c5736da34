"""Tables, key figures, prose and callouts, in HTML and in Markdown."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from ctg_lib.display.table import KeyFigure, Table, callout, key_figures, prose, rule_widths
from ctg_lib.values import Value

N, T = "\u00a0", "\u202f"


@pytest.fixture
def table():
    frame = pd.DataFrame(
        {
            "name": ["La Cavalerie", "Nant | <b>", "Cornus"],
            "pop": [2223, 1012.4, None],
            "rsa": [
                Value(None, 58, 144, status="rounded"),
                Value(12.0),
                Value(None, status="secret"),
            ],
            "pop_status": ["observed", "observed", "below_threshold"],
            "us": [True, False, False],
        }
    )
    return Table(
        frame, id="tbl-pop", caption="Population : l'essentiel", source="Insee, RP 2023",
        columns={"name": "Commune", "pop": "Habitants", "rsa": "RSA"}, units={"pop": "personnes"},
        highlight="us",
        notes=["Arrondi ; voir annexe"],
    )  # fmt: skip


def test_html_is_semantic(table):
    page = BeautifulSoup(table.to_html(), "html.parser")
    assert page.caption.get_text() == f"Population{N}: l’essentiel"
    assert [th["scope"] for th in page.thead.find_all("th")] == ["col"] * 3
    rows = page.tbody.find_all("tr")
    assert [r.th["scope"] for r in rows] == ["row"] * 3
    assert [[c.get_text() for c in r.find_all("td")] for r in rows] == [
        [f"2{T}223", "entre 58 et 144"], [f"1{T}012", "12"], ["effectif trop faible", "secret statistique"],
    ]  # fmt: skip
    assert rows[0]["class"] == ["ctg-highlight"]
    assert "ctg-num" in rows[0].td["class"] and "ctg-status" in rows[2].td["class"]
    assert page.find("b") is None
    assert page.find(class_="ctg-unit").get_text() == "personnes"
    assert page.find(class_="ctg-notes").get_text() == f"Arrondi{T}; voir annexe"


def test_columns_share_the_width_by_what_they_hold():
    """Pandoc reads the hyphens under the heads as widths: equal ones cut words beside empty columns."""
    lines = [["Indicateur", "2023"], ["Taux de couverture de l’accueil du jeune enfant", "60,5"]]
    name, value = rule_widths(lines)
    assert (name, value) == (22, 8)  # root of 47 letters × 10; four letters and margins
    assert rule_widths([["a"], ["x" * 90]]) == [40]
    assert rule_widths([["Fichier"], ["DS_RP_POPULATION/DS_RP.csv"]]) == [16], "breaks after « _ » and « / »"


def test_markdown_is_a_pipe_table(table):
    lines = table.to_markdown().split("\n")
    assert lines[:5] == [
        "| Commune | Habitants (personnes) | RSA |",
        "|:------------|--------------:|--------------:|",
        f"| **La Cavalerie** | **2{T}223** | **entre 58 et 144** |",
        rf"| Nant \| \<b\> | 1{T}012 | 12 |",
        "| Cornus | effectif trop faible | secret statistique |",
    ]
    assert lines[6] == f": Population{N}: l’essentiel"
    assert lines[8] == f"*Source{N}: Insee, RP 2023*"


def test_bundle_and_record(table):
    data, metadata = table._repr_mimebundle_()
    assert set(data) == {"text/html", "text/markdown", "text/plain"}
    ctg = metadata["ctg"]
    assert ctg["kind"] == "table" and ctg["id"] == "tbl-pop"
    assert ctg["data"]["columns"] == ["name", "pop", "rsa", "pop_status"]
    assert ctg["data"]["rows"][0] == ["La Cavalerie", 2223, "entre 58 et 144", "observed"]
    assert ctg["data"]["rows"][2] == ["Cornus", None, "secret statistique", "below_threshold"]


def test_number_under_a_hidden_status_is_not_shown():
    frame = pd.DataFrame({"name": ["A"], "value": [3.0], "status": ["secret"]})
    table = Table(frame, id="tbl-a", caption="c", source="s", columns={"name": "Nom", "value": "Valeur"})
    assert table.cells() == [["A", "secret statistique"]]
    data, metadata = table._repr_mimebundle_()
    assert metadata["ctg"]["data"]["rows"] == [["A", None, "secret"]]
    assert "3" not in data["text/markdown"]


def test_errors():
    frame = pd.DataFrame({"a": [1]})
    with pytest.raises(ValueError, match="caption and source"):
        Table(frame, id="tbl-a", caption="", source="x")
    with pytest.raises(ValueError, match=r"table tbl-a: missing columns \['b'\]"):
        Table(frame, id="tbl-a", caption="c", source="x", columns={"b": "B"})
    with pytest.raises(ValueError, match="lower-case"):
        Table(frame, id="Tbl", caption="c", source="x")


def test_key_figures():
    rate = Value(60.5, unit="places pour 100 enfants", decimals=1)
    out = key_figures(
        [
            KeyFigure("places d'accueil", rate, "France : 60,9", "Cnaf 2023"),
            KeyFigure("pauvreté", Value(17.3, unit="%", decimals=1)),
            KeyFigure("inconnu", Value(None, unit="%", status="secret")),
        ]
    )  # fmt: skip
    data, metadata = out._repr_mimebundle_()
    page = BeautifulSoup(data["text/html"], "html.parser")
    assert [d.get_text() for d in page.find_all(class_="ctg-key-value")] == [
        f"60,5{N}places pour 100{N}enfants", f"17,3{T}%", "secret statistique",
    ]  # fmt: skip
    assert data["text/markdown"].split("\n")[0] == (
        f"- **60,5**{N}places pour 100{N}enfants — places d’accueil{T}; France{N}: 60,9 *(Cnaf 2023)*"
    )
    assert metadata["ctg"]["kind"] == "key_figures"
    assert metadata["ctg"]["items"][1]["value"] == f"17,3{T}%"
    with pytest.raises(ValueError, match="at least one"):
        key_figures([])


def test_prose_is_typeset_markdown():
    data, metadata = prose("L'offre : **82 places** ; `a : b`")._repr_mimebundle_()
    assert data["text/markdown"] == f"L’offre{N}: **82{N}places**{T}; `a : b`"
    assert metadata["ctg"]["kind"] == "prose"


def test_callout_html_and_markdown():
    text = "Le taux est *théorique* : une place.\n\n- un **gros** point\n- deux `a ? b`\n\n"
    text += "<script>x</script> [lien](https://a.fr/b?c)"
    data, metadata = callout(text, "vigilance", level=4, id="vigilance-pe")._repr_mimebundle_()
    page = BeautifulSoup(data["text/html"], "html.parser")
    assert page.section["class"] == ["ctg-callout", "ctg-callout-vigilance"]
    assert page.h4.get_text() == "Points de vigilance"
    assert page.em.get_text() == "théorique" and page.strong.get_text() == "gros"
    assert [li.get_text() for li in page.find_all("li")] == ["un gros point", "deux a ? b"]
    assert page.find("script") is None
    assert page.a["href"] == "https://a.fr/b?c"
    assert data["text/markdown"].startswith(
        '::: {.callout-warning icon="false" title="Points de vigilance"}\n\n'
    )
    assert data["text/markdown"].endswith("\n\n:::\n")
    assert metadata["ctg"]["callout"] == "vigilance"


def test_callout_refuses_unknown_kinds_and_unsafe_links():
    with pytest.raises(ValueError, match="known: essentiel"):
        callout("x", "danger")
    with pytest.raises(ValueError, match="2 to 6"):
        callout("x", level=1)
    assert "<a" not in callout("[x](javascript:alert)").data["text/html"]


@pytest.mark.parametrize(
    ("columns", "expected"), [({"a": "A", "b": "B"}, []), ({"a": "A", "c": "C", "b": "B"}, ["une phrase"])]
)
def test_a_long_text_keeps_room_for_a_sentence(columns, expected):
    """From three columns on: two columns share even a phone's width."""
    frame = pd.DataFrame({"a": ["court"], "b": ["une phrase longue " * 6], "c": ["x"]})
    table = Table(frame, id="tbl-longue", caption="Longue", source="x", columns=columns)
    cells = BeautifulSoup(table._repr_mimebundle_()[0]["text/html"], "html.parser").find_all(["td", "th"])
    long = [c for c in cells if "ctg-long" in c.get("class", [])]
    assert [c.get_text()[:10] for c in long] == expected


def test_a_column_that_says_nothing_is_aligned_like_the_one_before():
    frame = pd.DataFrame(
        {"service": ["Crèche", "École"], "larzac": ["1", "–"], "cernon": ["–", "–"], "ou": ["à Nant", "ici"],
         "note": ["–", "–"]}
    )  # fmt: skip
    table = Table(frame, id="tbl-rien", caption="Rien", source="x")
    page = BeautifulSoup(table.to_html(), "html.parser")
    right = [[("ctg-num" in c.get("class", [])) for c in tr.find_all(["th", "td"])] for tr in page("tr")]
    assert right == [[False, True, True, False, False]] * 3
    aligned = table.to_markdown().splitlines()[1].strip("|").split("|")
    assert [rule.endswith(":") for rule in aligned] == right[0]


def test_a_cell_of_several_lines_keeps_them():
    from ctg_lib.display.output import html_table

    frame = pd.DataFrame([{"a": "un", "b": "• " + "preuve " * 15 + "\n• autre", "c": "fin"}])
    html = html_table(frame, {"a": "A", "b": "B", "c": "C"})
    assert 'class="ctg-long ctg-lines"' in html and "\n• autre" in html
