"""Heat tables: marks, tints and words come from the readings, and nothing is said by colour alone."""

import itertools
import json

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from test_theme import BLINDNESS, lab, linear

from ctg_lib.build.look import DARK_COLORS
from ctg_lib.display import theme
from ctg_lib.display.heat import BETTER, HeatCell, heat_table, tint_words
from ctg_lib.display.table import Table
from ctg_lib.display.words import MEANINGS

TEXTS = {"id": "tbl-chaleur", "caption": "Deux taux s’écartent", "source": "Insee, RP 2023"}
COLUMNS = {
    "name": "Indicateur",
    "better": "Mieux",
    "ref": "Aveyron",
    "here": "Larzac et Vallées",
    "s": "Cernon",
}


@pytest.fixture
def frame():
    # Insee, RP 2023 and Filosofi 2021, beside Aveyron
    return pd.DataFrame(
        [
            ("Taux de pauvreté", "lower", "14,5 %", HeatCell("17,3 %", "above", True, "lower"),
             HeatCell("secret statistique", better="lower", known=False)),
            ("Taux d’emploi", "higher", "71 %", HeatCell("71 %", "close", better="higher"), "–"),
            ("Résidences secondaires", None, "17 %", HeatCell("41 %", "above", True), HeatCell("45 %", "above", True)),
            ("Sans diplôme", "lower", "19 %", HeatCell("29 %", "above", True, "lower", turned=True),
             HeatCell("15 %", "below", False, "lower")),
        ],
        columns=list(COLUMNS),
    ).astype(object)  # fmt: skip


def cells_of(table):
    rows = BeautifulSoup(table.to_html(), "html.parser").select("tbody tr")
    return [row.find_all(["th", "td"]) for row in rows]


@pytest.mark.parametrize(
    ("side", "far", "better", "mark", "tone"),
    [
        ("above", True, "higher", "▲▲", "better-far"), ("above", False, "higher", "▲", "better"),
        ("below", True, "higher", "▼▼", "worse-far"), ("below", False, "higher", "▼", "worse"),
        ("above", True, "lower", "▲▲", "worse-far"), ("below", False, "lower", "▼", "better"),
        ("above", True, None, "▲▲", ""), ("below", False, None, "▼", ""),
        ("close", False, "higher", "", ""), ("unknown", False, "lower", "", ""), ("close", True, "lower", "", ""),
    ],
)  # fmt: skip
def test_mark_says_the_side_and_tint_only_what_is_better(side, far, better, mark, tone):
    cell = HeatCell("1", side, far, better)
    assert (cell.mark, cell.tone) == (mark, tone)
    turned = HeatCell("1", side, far, better, turned=True)
    assert (turned.mark, turned.tone) == ("◆", "")


def test_cells_carry_number_mark_tint_and_spoken_words(frame):
    table = heat_table(frame, columns=COLUMNS, **TEXTS)
    poverty, work, second, diploma = cells_of(table)
    assert poverty[3].get_text() == "▲▲\u00a017,3\u202f%" and "ctg-heat-worse-far" in poverty[3]["class"]
    spoken = poverty[3].find("span")
    assert spoken["role"] == "img" and spoken["aria-label"] == "nettement plus"
    assert poverty[4].get_text() == "secret statistique" and "ctg-status" in poverty[4]["class"]
    assert work[3].get_text() == "71\u202f%" and not any("heat" in c for c in work[3].get("class", []))
    assert second[3].get_text().startswith("▲▲") and not any("heat" in c for c in second[3].get("class", []))
    assert diploma[3].get_text().startswith("◆") and "heat" not in str(diploma[3].get("class"))
    assert "ctg-heat-better" in diploma[4]["class"] and diploma[4].get_text() == "▼\u00a015\u202f%"
    assert [row[1].get_text() for row in (poverty, work, second)] == ["bas", "haut", "–"]


def test_word_and_pdf_get_marks_and_the_favourable_side_without_colours(frame):
    table = heat_table(frame, columns=COLUMNS, **TEXTS)
    markdown = table.to_markdown()
    assert "| Taux de pauvreté | bas | 14,5\u202f% | ▲▲\u00a017,3\u202f% | secret statistique |" in markdown
    assert "nettement plus" in markdown and "« Mieux »" in markdown.replace("\u00a0", " ")
    for colour in ("Couleur", "bleu", "orange", "class", "<"):
        assert colour not in markdown
    assert "Couleurs\u00a0: bleu" in table.to_html()


def test_it_is_a_table_for_every_assembler(frame):
    table = heat_table(frame, columns=COLUMNS, **TEXTS)
    record = table.record()
    assert isinstance(table, Table) and record["kind"] == "table"
    assert record["data"]["columns"] == list(COLUMNS)  # no class in the downloaded data
    assert "ctg-heat" not in json.dumps(record)
    assert table.to_html().count("<div") == table.to_html().count("</div>")


def test_legend_names_what_is_in_use_alone(frame):
    plain = frame.iloc[[1]].reset_index(drop=True)
    table = heat_table(plain, columns=COLUMNS, **TEXTS)
    said = " ".join(table.notes)
    assert "▲" not in said and "◆" not in said and "pas de différence à nommer" in said
    assert "Couleurs" not in table.to_html() and tint_words([HeatCell("1", "above", False)]) == ""
    assert "orange" not in tint_words([HeatCell("1", "above", False, "higher")])


def test_words_of_the_legend_are_those_of_the_methods(frame):
    said = " ".join(heat_table(frame, columns=COLUMNS, **TEXTS).notes).replace("\u00a0", " ")
    for mark, word in (("▲▲", "nettement plus"), ("▼", "moins")):
        assert f"{mark} {word}" in said and word in MEANINGS
    assert set(BETTER) == {"higher", "lower", None}


def test_missing_columns_are_named(frame):
    with pytest.raises(ValueError, match=r"heat table tbl-chaleur: missing columns \['s'\]"):
        heat_table(frame.drop(columns="s"), columns=COLUMNS, **TEXTS)


@pytest.mark.parametrize("colors", [theme.COLORS, theme.COLORS | DARK_COLORS], ids=["light", "dark"])
def test_tints_bear_their_text_and_differ_for_everyone(colors):
    tints = [colors[name] for name in ("better", "better-soft", "worse-soft", "worse")]
    for tint in tints:
        assert theme.contrast(colors["ink"], tint) >= 4.5
    assert theme.contrast(colors["ink-soft"], colors["paper"]) >= 4.5
    for matrix in (np.eye(3), *(np.array(m) for m in BLINDNESS.values())):
        seen = [lab(matrix @ linear(c)) for c in (*tints, colors["paper"])]
        assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 8
