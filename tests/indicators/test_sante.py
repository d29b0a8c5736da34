"""Causes of death: what the CépiDc publishes by département, and the sum of its chapters."""

import numpy as np
import pytest
from small_worlds import AVEYRON, EPCI, cell, result, world

from ctg_lib.indicators.labels import breakdown_label
from ctg_lib.indicators.registry import definition

MORTALITY = "mortalite_causes"


def rate(breakdown, value, code=AVEYRON):
    return (MORTALITY, "taux_standardise", breakdown, code, "2023", value)


def test_chapters_as_published_and_their_sum_within_their_rounding(tmp_path):
    rows = [
        rate("cause=01", 15.7),
        rate("cause=02", 255.3),
        rate("cause=01;sex=F", 13.1),
        rate("cause=02;sex=F", 193.1),
    ]
    data = world(tmp_path, rows)
    chapter = cell(data, "mortalite_standardisee", AVEYRON, "cause=02")
    assert (chapter["value"], chapter["method"]) == (255.3, "as_published")
    for breakdown, total in (("", 271.0), ("sex=F", 206.2)):
        row = cell(data, "mortalite_standardisee", AVEYRON, breakdown)
        assert row[["value", "lower", "upper"]].tolist() == pytest.approx([total, total - 0.1, total + 0.1])
        assert row["method"] == "derived"
    assert breakdown_label("cause=02;sex=F") == "tumeurs, femmes"


def test_no_total_where_a_chapter_is_missing(tmp_path):
    rows = [rate("cause=01", 15.7), rate("cause=02", 255.3), rate("cause=01", 12.0, "34")]
    row = cell(world(tmp_path, rows), "mortalite_standardisee", "34", "")
    assert row["status"] == "missing"
    assert np.isnan(row["value"]) and np.isnan(row["lower"])


def test_mortality_is_an_annex_of_the_departement(tmp_path):
    rule = definition("mortalite_standardisee")
    assert rule.annex and rule.finest_level == "departement"
    data = world(tmp_path, [rate("cause=01", 15.7), rate("cause=01", 9.0, EPCI)])
    assert set(result(data, "mortalite_standardisee")["level"]) == {"departement"}
    assert result(world(tmp_path / "rien", []), "mortalite_standardisee").empty


def test_mortality_of_aveyron(larzac):
    """CépiDc 2023: tumours 255.3, circulatory 224.2; the eighteen chapters of men add up to 1,225.2."""
    place = ("departement", "12")
    assert larzac.value("mortalite_standardisee", "cause=02", place).value == 255.3
    assert larzac.value("mortalite_standardisee", "cause=07", place).value == 224.2
    assert larzac.value("mortalite_standardisee", "sex=M", place).value == pytest.approx(1225.2)
