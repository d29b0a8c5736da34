"""What is computed outside of the ninety rows: an empty indicator says why it is empty."""

import pandas as pd
import pytest
from small_worlds import CAVALERIE, EPCI, NANT, world

from ctg_lib.indicators.coverage import BEYOND, COLUMNS, OUTSIDE, Known, beyond, holdings
from ctg_lib.indicators.registry import RESULT_COLUMNS, iter_definitions

MIGCOM = (
    "fichier « flux de mobilité résidentielle entre communes » de l’Insee (RP, base-flux-mobilite-residentielle) "
    "pas encore téléchargé : ctg data fetch"
)
MIGSCO = (
    "fichier « flux domicile – lieu d’étude entre communes » de l’Insee (RP, "
    "base-flux-mobilite-domicile-lieu-etude) pas encore téléchargé : ctg data fetch"
)


def outside(tmp_path, store_rows, *cells):
    data = world(tmp_path, store_rows)
    table = pd.DataFrame(
        [dict(zip(("indicator", "level", "code", "value", "status"), c, strict=True)) for c in cells],
        columns=["indicator", "level", "code", "value", "status"],
    ).reindex(columns=list(RESULT_COLUMNS))
    table = table.astype({"value": "float64", "lower": "float64"})
    frame = beyond(Known(table, holdings(data.store), ("epci", EPCI), [CAVALERIE, NANT]))
    assert list(frame.columns) == list(COLUMNS)
    assert frame["row"].eq(OUTSIDE).all()
    return frame.set_index("indicators")


def test_moves_and_schooling_elsewhere_name_the_file_that_would_feed_them(tmp_path):
    frame = outside(tmp_path, [])
    assert frame.loc["arrivees departs stables", "reason"] == MIGCOM
    assert frame.loc["eleves_scolarises_ailleurs part_eleves_scolarises_ailleurs", "reason"] == MIGSCO
    assert not frame["territoire"].any()


def test_a_file_at_hand_is_no_longer_asked_for(tmp_path):
    moved = [("migcom", "personnes", f"de={NANT}", CAVALERIE, "2022", 12.0)]
    frame = outside(tmp_path, moved, ("arrivees", "epci", EPCI, float("nan"), "missing"))
    assert frame.loc["arrivees departs stables", "reason"] == "des communes manquent dans le fichier réuni"
    frame = outside(tmp_path / "known", moved, ("arrivees", "epci", EPCI, 40.0, "observed"))
    row = frame.loc["arrivees departs stables"]
    assert row["territoire"] and row["reason"] == ""


def test_no_indicator_without_a_row_is_left_out(tmp_path):
    """Those that nobody named here are listed one by one, under their own label."""
    frame = outside(tmp_path, [])
    listed = " ".join(frame.index).split()
    without = {rule.id: rule for rule in iter_definitions() if not rule.row}
    assert len(listed) == len(set(listed)) and set(listed) == set(without)
    alone = sorted(set(without) - {i for ids in BEYOND for i in ids})
    assert alone
    for i in alone:
        assert frame.loc[i, "label"].lower() == without[i].label.lower()
        expected = (
            "publié seulement à partir du niveau département"
            if without[i].finest_level == "departement"
            else "aucun fichier réuni ne le donne pour ce territoire"
        )
        assert frame.loc[i, "reason"] == expected
    assert frame["reason"].str.len().gt(8).all()


@pytest.mark.parametrize("ids", BEYOND, ids=" ".join)
def test_what_is_named_exists_and_answers_no_row(ids):
    known = {rule.id: rule for rule in iter_definitions()}
    assert all(not known[i].row for i in ids)
    assert BEYOND[ids].open == bool(BEYOND[ids].files)
