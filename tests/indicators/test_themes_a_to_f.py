"""What all indicators of the themes of families, children, young people and disability share."""

import re

import pandas as pd
import pytest

from ctg_lib.indicators.coverage import BEYOND
from ctg_lib.indicators.data import Data
from ctg_lib.indicators.national import finish
from ctg_lib.indicators.registry import RESULT_COLUMNS, VOCABULARY, registry
from ctg_lib.observations import Store

THEMES = ("population", "petite_enfance", "enfance", "jeunesse", "parentalite", "handicap")
RULES = {i: rule for i, rule in registry().items() if rule.theme in THEMES}
OPEN_ROWS = (
    [f"A{n:02}" for n in range(1, 12)]
    + [f"B{n:02}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14)]
    + [f"C{n:02}" for n in (1, 2, 3, 4, 5, 6, 8)]
    + [f"D{n:02}" for n in range(1, 8)]
    + [f"E{n:02}" for n in range(1, 5)]
    + [f"F{n:02}" for n in range(1, 6)]
)
NO_ROW = {"enfants_fin_convention", "besoins_accueil_fin_convention", *(i for ids in BEYOND for i in ids)}
"""Needs to come, and what is named outside of the catalogue."""


def test_every_open_row_has_an_indicator():
    answered = {row for rule in registry().values() for row in rule.row.split()}
    assert sorted(set(OPEN_ROWS) - answered) == []


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_every_registration_is_complete(rule):
    assert re.fullmatch(r"[A-K]\d\d(?: [A-K]\d\d)*", rule.row) or rule.id in NO_ROW
    assert rule.definition.endswith(".")
    assert rule.references
    assert all(rule.references)
    assert rule.unit
    assert rule.compute.__doc__
    if rule.aggregation == "ratio":
        # both parts of a ratio are named
        assert re.search(r" / |rapport|parmi|moins le taux|taux moins", rule.definition), rule.definition
    if rule.sampled:
        assert "sondage" in rule.caution or "un ménage sur quatre" in rule.caution or "MSA" in rule.caution
    if "data.caf.fr" in " ".join(rule.references):
        assert "MSA" in rule.caution or rule.finest_level == "departement"


@pytest.fixture(scope="module")
def nothing(tmp_path_factory):
    groups = pd.DataFrame({"commune": ["12001"], "level": ["epci"], "code": ["e"]})
    return Data(Store(tmp_path_factory.mktemp("rien")), groups, pd.Series({"12001": 10.0}))


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_without_its_dataset_an_indicator_is_empty_with_its_columns(rule, nothing):
    out = finish(rule.compute(nothing), rule)
    assert out.empty
    assert list(out.columns) == list(RESULT_COLUMNS)


def test_breakdowns_use_known_dimensions(project):
    from ctg_lib.indicators import national
    from ctg_lib.values import parse_breakdown

    table = national.read_table(project.processed, ids=list(RULES))
    for text in table["breakdown"].unique():
        for key, code in parse_breakdown(text).items():
            assert key in VOCABULARY, text
            assert not VOCABULARY[key] or code in VOCABULARY[key], text
