"""A source line remembers its files and indicators; records keep them, pages are text all the same."""

import json
import pickle

import pandas as pd
import pytest

from ctg_lib.display.figure import Absent
from ctg_lib.display.output import SourceText, html_table, origin, typeset_source
from ctg_lib.display.sources import indicator_anchor, source_anchor
from ctg_lib.display.table import KeyFigure, Table, key_figures, prose

LINE = SourceText(
    "Insee, RP 2023 ; Cnaf", [("rp", "Insee, RP 2023"), ("cnaf", "Cnaf")], [("naissances", "naissances")]
)
FRAME = pd.DataFrame(
    {"a": ["x", "y"], "b": [1, 2], "whole": ["0123", "4567"], "anchor": ["source-x", "source-y"]}
)


def test_it_is_a_text_like_another():
    assert LINE == "Insee, RP 2023 ; Cnaf" and isinstance(LINE, str)
    assert json.loads(json.dumps(LINE)) == LINE
    again = pickle.loads(pickle.dumps(LINE))
    assert again == LINE and again.files == LINE.files and again.indicators == LINE.indicators


def test_what_it_remembers_stays_through_plus_and_typography():
    for line in (LINE + " ; contours", "Avec " + LINE, LINE.typeset(), typeset_source(LINE)):
        assert isinstance(line, SourceText)
        assert [identifier for identifier, _ in line.files] == ["rp", "cnaf"]
        assert line.indicators == (("naissances", "naissances"),)
    both = LINE + SourceText(" ; IGN", [("ign", "IGN"), ("rp", "Insee, RP 2023")])
    assert [identifier for identifier, _ in both.files] == ["rp", "cnaf", "ign"]
    assert type(f"{LINE}.") is str and origin(f"{LINE}.") == {} and origin(SourceText("rien")) == {}
    assert SourceText("l'année", [("a", "l'année")]).typeset().files == (("a", "l’année"),)


def test_records_keep_it_and_those_of_plain_lines_are_as_before():
    kept = {
        "files": [["rp", "Insee, RP 2023"], ["cnaf", "Cnaf"]],
        "indicators": [["naissances", "naissances"]],
    }
    table = Table(FRAME, id="tbl-x", caption="Titre", source=LINE, columns={"a": "A", "b": "B"})
    assert table.record()["origin"] == kept and type(table.record()["source"]) is str
    cards = key_figures([KeyFigure("l", "1", source=LINE), KeyFigure("l", "1", source="Insee")])
    assert cards.ctg["items"][0]["origin"] == kept and "origin" not in cards.ctg["items"][1]
    assert prose("Texte.", source=LINE).ctg["origin"] == kept and "origin" not in prose("Texte.").ctg
    assert Absent("t", "r", source=LINE)._repr_mimebundle_()[1]["ctg"]["origin"] == kept
    plain = Table(FRAME, id="tbl-x", caption="Titre", source="Insee", columns={"a": "A"})
    assert "origin" not in plain.record()


def test_rows_with_an_id_and_columns_of_the_data_alone():
    table = Table(
        FRAME, id="tbl-x", caption="Titre", source="Insee", columns={"a": "A", "b": "B"},
        more={"whole": "Entier"}, anchors="anchor",
    )  # fmt: skip
    assert '<tr id="source-x">' in table.to_html() and "0123" not in table.to_html()
    assert table.record()["data"]["columns"] == ["a", "b", "whole"]
    assert table.record()["data"]["labels"] == ["A", "B", "Entier"]
    assert "source-x" not in table.to_markdown()
    with pytest.raises(ValueError, match="missing columns"):
        Table(FRAME, id="tbl-x", caption="Titre", source="Insee", columns={"a": "A"}, anchors="nulle_part")
    with pytest.raises(ValueError, match="lower-case"):
        html_table(FRAME.assign(anchor="Pas Une Ancre"), {"a": "A"}, anchors="anchor")


def test_anchors_are_plain():
    assert (
        source_anchor("partenaires_241200906-demo_demande-caf")
        == "source-partenaires-241200906-demo-demande-caf"
    )
    assert source_anchor("Relevé à Millau") == "source-releve-a-millau"
    assert indicator_anchor("part_65_plus") == "indicateur-part-65-plus"
