"""Short ways that chapters take say what the long ones say."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pytest
import yaml

from ctg_lib.geography.names import fold, typographic
from ctg_lib.indicators.registry import RESULT_COLUMNS
from ctg_lib.observations import content_hash
from ctg_lib.reads import answer_hash, gathered, row_hashes
from ctg_lib.study.layers.tables import _each_once
from ctg_lib.study.rows import of_breakdown
from ctg_lib.text_storage import plain_texts
from ctg_lib.workbooks.plain_yaml import _Loader, _plain, parse_yaml

FAR = "200054781"
"""An EPCI that is no neighbour: read when it is asked for."""


def _hash_by_column(frame: pd.DataFrame) -> str:
    digest = hashlib.sha256("\x1f".join(map(str, frame.columns)).encode())
    for position in range(frame.shape[1]):
        column = frame.iloc[:, position]
        cells = ["∅" if pd.isna(cell) else cell for cell in column.tolist()]
        digest.update(("\x1e" + "\x1f".join(map(str, cells))).encode())
    return digest.hexdigest()[:16]


def _mixed() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "text": pd.Series(["a", None, "é"], dtype="str"),
            "count": np.array([1, 2, 3], dtype="int16"),
            "value": [0.1, np.nan, 1e-9],
            "yes": [True, False, True],
            "day": pd.to_datetime(["2026-01-02", None, "2026-03-04"]),
            "whole": pd.array([1, None, 3], dtype="Int64"),
            "many": [("a",), (), ("b", "c")],
        }
    )


@pytest.mark.parametrize("rows", [3, 1, 0])
def test_a_hash_is_that_of_the_columns_one_by_one(rows):
    frame = _mixed().iloc[:rows]
    assert content_hash(frame) == _hash_by_column(frame)
    assert content_hash(frame[[]]) == _hash_by_column(frame[[]])


@pytest.mark.parametrize("values", [["a", "é", None, "b"], [], ["", None]])
def test_what_is_recorded_does_not_depend_on_how_texts_are_kept(values):
    hashes = set()
    for storage in ("pyarrow", "python"):
        with pd.option_context("mode.string_storage", storage):
            frame = pd.DataFrame({"text": pd.Series(values, dtype="str"), "n": range(len(values))})
            assert frame["text"].dtype.storage == storage
            hashes.add((content_hash(frame), answer_hash(frame)))
    assert len(hashes) == 1


def test_texts_are_pythons_own_unless_someone_chose():
    with pd.option_context("mode.string_storage", "auto"):
        plain_texts()
        assert pd.Series(["a"]).dtype.storage == "python"
    with pd.option_context("mode.string_storage", "pyarrow"):
        plain_texts()
        assert pd.get_option("mode.string_storage") == "pyarrow"


@pytest.mark.parametrize(
    ("published", "shown"),
    [
        ("  Saint-Jean d'Alcas ", "Saint-Jean d’Alcas"),
        ("CC  du   Larzac", "CC du Larzac"),
        ('CC "Les Deux Rives"', "CC «\u00a0Les Deux Rives\u00a0»"),
        ("CC ''L'Isle''", "CC «\u00a0L’Isle\u00a0»"),
        ("Nant", "Nant"),
    ],
)
def test_a_plain_name_stays_as_it_is(published, shown):
    assert typographic(published) == shown


@pytest.mark.parametrize(("text", "folded"), [("NANT", "nant"), ("L’Œuf é", "l'oeuf e"), ("", "")])
def test_folding(text, folded):
    assert fold(text) == folded


def _rows(places, **more) -> pd.DataFrame:
    one = dict.fromkeys(RESULT_COLUMNS, "x") | {"value": 1.0} | more
    return pd.DataFrame([one | {"level": level, "code": code} for level, code in places])


def test_rows_that_are_all_there_are_given_in_the_order_asked():
    places = [("commune", "2"), ("commune", "1")]
    found = _each_once(_rows([("commune", "1"), ("epci", "9"), ("commune", "2")]), places)
    assert found is not None
    assert found["code"].tolist() == ["2", "1"]
    assert list(found) == list(RESULT_COLUMNS)
    assert found.index.tolist() == [0, 1]


@pytest.mark.parametrize(
    "rows",
    [
        _rows([("commune", "1")]),
        _rows([("commune", "1"), ("commune", "2"), ("commune", "2")]),
        _rows([("commune", "1"), ("commune", "2")], sources=None),
    ],
)
def test_rows_to_be_filled_take_the_long_way(rows):
    assert _each_once(rows, [("commune", "1"), ("commune", "2")]) is None


def test_the_rows_of_one_breakdown():
    rows = pd.DataFrame({"breakdown": ["", "sex=F", ""], "value": [1, 2, 3]})
    assert of_breakdown(rows, "")["value"].tolist() == [1, 3]
    assert of_breakdown(rows.iloc[[0, 2]], "")["value"].tolist() == [1, 3]
    assert of_breakdown(rows, "sex=M").empty


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\nb: [x, 'é']\nc:\n  - d: 2026-02-03\n    e: oui\n",
        "a: 2026-02-31\n",
        "1: un\ntrue: deux\n",
        "a: |\n  ligne\n  autre\nb: >\n  plie\n  ici\n",
        "# rien\n",
        "a: 'l''eau'\nb: \"\\u00e9 \U0001f600\"\nc: ~\n",
    ],
)
def test_plain_settings_read_alike_by_both_readers(text):
    assert _plain(text)
    slowly = yaml.load(text, Loader=_Loader)
    assert parse_yaml(text) == ({} if slowly is None else slowly)


@pytest.mark.parametrize("text", ["[" * 300, "- " * 30 + "a", "a: *b", "a:\n" + " " * 80 + "b: 1"])
def test_deep_or_referring_settings_are_left_to_the_slow_reader(text):
    assert not _plain(text)


def test_the_rows_of_a_table_have_the_hashes_they_have_alone(larzac):
    """Rows that are read a hundred times are hashed once, wherever they stand."""
    asked = [
        larzac.place,
        *(("commune", code) for code in larzac.territory.members[:3]),
        ("epci", larzac.peer_codes[0]),
    ]
    rows = larzac._national.rows(["population", "taux_couverture", "naissances"], asked)
    assert len(rows) > 20 and rows["lower"].isna().any() and rows["level"].nunique() == 2
    alone = [row_hashes(rows.iloc[[at]].reset_index(drop=True))[0] for at in range(len(rows))]
    assert row_hashes(rows).tolist() == alone
    assert len(set(alone)) == len(alone)


def test_what_is_noted_of_a_table_is_the_hash_of_its_rows(larzac):
    places = [larzac.place, ("epci", larzac.peer_codes[0]), ("epci", FAR), ("commune", "75056")]
    for ids in (["population"], ["population", "naissances"], ["inconnu"]):
        with gathered() as read:
            rows = larzac._national.rows(ids, places)
        assert [each["answer"] for each in read] == [answer_hash(rows)]
        assert read[0]["kind"] == "table" and read[0]["question"]["ids"] == ids
