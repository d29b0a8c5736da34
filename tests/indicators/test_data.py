"""Sums, ratios, pooled years: small worlds computed by hand, and properties."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctg_lib import observations
from ctg_lib.indicators.data import Data, join_sources, pool_years, ratio, union
from ctg_lib.indicators.labels import age_label, age_span, ages, five_year_band
from ctg_lib.indicators.national import finish
from ctg_lib.indicators.registry import METHODS, THEMES, definition, iter_definitions, registry
from ctg_lib.observations import Store
from ctg_lib.values import LEVELS


def world(tmp_path, rows, communes=("a", "b", "c"), people=(600, 300, 0), variable="X"):
    """A store with one dataset, and one EPCI « e » made of the communes."""
    frame = pd.DataFrame(rows).assign(variable=variable)
    if "period" not in frame:
        frame["period"] = "2023"
    made = observations.make(frame, dataset="d", source="s", geography_year=2026)
    store = Store(tmp_path / "store")
    store.write(made, "d", "v")
    groups = pd.DataFrame({"commune": list(communes), "level": "epci", "code": "e"})
    return Data(store, groups, pd.Series(dict(zip(communes, people, strict=True)), dtype="float64"))


def commune(code, value, **more):
    return {"level": "commune", "code": code, "value": value, **more}


def total(data, variable="X"):
    rows = data.count("d", variable)
    return rows[rows["level"].eq("epci")].iloc[0]


def test_sum_of_communes(tmp_path):
    row = total(world(tmp_path, [commune("a", 1), commune("b", 2), commune("c", 3)]))
    assert (row["value"], row["status"], row["origin"]) == (6, "observed", "sum")


def test_an_uninhabited_commune_may_be_absent(tmp_path):
    row = total(world(tmp_path, [commune("a", 1), commune("b", 2)]))
    assert (row["value"], row["status"]) == (3, "observed")


def test_a_missing_commune_makes_the_total_missing(tmp_path):
    row = total(world(tmp_path, [commune("a", 1), commune("c", 3)]))
    assert np.isnan(row["value"])
    assert (row["status"], row["origin"]) == ("missing", "incomplete")


def test_a_commune_of_unknown_population_is_held_to_be_inhabited(tmp_path):
    data = world(tmp_path, [commune("a", 1), commune("b", 2)], people=(600, 300, np.nan))
    data.population = data.population.dropna()
    assert total(data)["status"] in ("missing", "estimated")  # 1 of 901 people: above the tolerance
    assert total(data)["status"] == "missing"


def test_a_negligible_absence_gives_an_estimate(tmp_path):
    row = total(world(tmp_path, [commune("a", 1), commune("b", 2)], people=(900_000, 100_000, 400)))
    assert (row["value"], row["status"]) == (3, "estimated")


def test_the_published_total_wins(tmp_path):
    rows = [commune("a", 1), commune("b", 2), commune("c", 3), {"level": "epci", "code": "e", "value": 7}]
    row = total(world(tmp_path, rows))
    assert (row["value"], row["origin"]) == (7, "published")


def test_rounded_parts_give_a_range_without_a_point(tmp_path):
    rows = [
        commune("a", 10, low=8, high=14, status="rounded"),
        commune("b", 5, low=3, high=9, status="rounded"),
        commune("c", np.nan, low=0, high=4, status="missing"),
    ]
    row = total(world(tmp_path, rows))
    assert (row["low"], row["high"], row["status"]) == (11, 27, "rounded")
    assert np.isnan(row["value"])


def test_an_estimated_part_keeps_its_point_and_its_status(tmp_path):
    rows = [commune("a", 10, status="estimated"), commune("b", 5), commune("c", 0)]
    row = total(world(tmp_path, rows))
    assert (row["value"], row["status"]) == (15, "estimated")
    assert np.isnan(row["low"])


def test_a_secret_commune_hides_the_total(tmp_path):
    rows = [commune("a", 1), commune("b", np.nan, status="secret"), commune("c", 3)]
    row = total(world(tmp_path, rows))
    assert np.isnan(row["value"])
    assert row["status"] == "secret"


def test_former_communes_are_counted_where_they_went(tmp_path):
    data = world(tmp_path, [commune("a", 1), commune("b1", 2), commune("b2", 4)], people=(600, 300, 0))
    data.passage = {"b1": "b", "b2": "b"}
    assert total(data)["value"] == 7


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 4)), min_size=3, max_size=3))
def test_bounds_of_a_sum_contain_every_possible_sum(tmp_path_factory, parts):
    rows = [
        commune(c, v, low=max(0, v - 2), high=v + 4, status="rounded")
        for c, (v, _) in zip("abc", parts, strict=True)
    ]
    row = total(world(tmp_path_factory.mktemp("w"), rows))
    possible = sum(v + shift for v, shift in parts)
    assert row["low"] <= possible <= row["high"]


def counts(values, **more):
    base = {"level": "epci", "geography_year": 2026, "period": "2023", "low": np.nan, "high": np.nan,
            "status": "observed", "source": "s", "origin": "published"}  # fmt: skip
    return pd.DataFrame([{**base, "code": str(i), "value": v, **more} for i, v in enumerate(values)])


def test_rates_come_from_counts_and_zero_bases_have_none():
    out = ratio(counts([1, 0, 5]), counts([4, 0, 10]), multiplier=100, method="census")
    assert out["value"].tolist()[0] == 25
    assert np.isnan(out["value"][1])
    assert out["status"].tolist() == ["observed", "not_applicable", "observed"]


def test_a_missing_part_makes_the_rate_missing():
    out = ratio(counts([np.nan], status="missing"), counts([4]), multiplier=100, method="census")
    assert out["status"].tolist() == ["missing"]


def test_pooled_years_go_back_from_the_latest_and_never_overlap():
    rows = pd.concat([counts([v]).assign(period=str(2019 + i)) for i, v in enumerate([9, 1, 2, 3, 4, 5, 6])])
    pooled = pool_years(rows, 3).set_index("period")["value"]
    assert pooled.to_dict() == {"2020-2022": 6, "2023-2025": 15}  # 2019 alone is left out


def test_first_frame_wins_in_a_union():
    first, second = counts([1]).assign(breakdown=""), counts([2, 3]).assign(breakdown="")
    assert union(first, second)["value"].tolist() == [1, 3]


def test_sources_are_joined_once_and_sorted():
    assert join_sources(["b+a", "a", ""]) == "a+b"


def test_small_bases_and_finest_levels_are_enforced():
    rule = definition("part_65_plus")
    rows = ratio(counts([5, 50]), counts([99, 100]), multiplier=100, method="census").assign(level="commune")
    out = finish(rows, rule)
    assert out["status"].tolist() == ["below_threshold", "observed"]
    assert np.isnan(out["value"][0])
    assert out["denominator"].tolist() == [99, 100]
    assert finish(rows, definition("personnes_pauvres")).empty  # never below the EPCI


@pytest.mark.parametrize(
    ("code", "span"),
    [("Y0T4", (0, 4)), ("Y_GE95", (95, 200)), ("Y_LT20", (0, 19)), ("Y7", (7, 7)), ("Y15T64", (15, 64))],
)
def test_age_codes(code, span):
    assert age_span(code) == span


def test_age_labels_and_bands():
    assert age_label("Y0T4") == "0–4 ans"
    assert age_label("Y_GE95") == "95 ans et plus"
    assert five_year_band("Y90T94")
    assert not five_year_band("Y_GE65")
    with pytest.raises(ValueError, match="not an age code"):
        age_span("POP")


def test_ages_never_count_a_total_beside_its_parts():
    inside = ages(0)
    assert inside("age=Y0T4;sex=F")
    assert not inside("age=Y0T4")
    assert not inside("age=Y_LT20;sex=F")
    assert not inside("sex=F")


def test_every_registration_is_complete():
    for rule in iter_definitions():
        assert rule.theme in THEMES
        assert rule.definition.endswith(".")
        assert rule.references, rule.id
        assert rule.unit
        assert rule.meaningful > 0
        assert rule.finest_level in LEVELS
        assert rule.compute.__doc__, rule.id
        if rule.aggregation == "ratio" and rule.unit == "%":
            assert rule.multiplier == 100
            assert rule.min_base >= 100


def test_some_twenty_indicators_from_seven_publishers_datasets(project):
    from ctg_lib.indicators import national

    table = national.read_table(project.processed, places=[("epci", "241200906")])
    known = table[table["value"].notna() | table["lower"].notna()]
    assert known["indicator"].nunique() >= 35
    assert set(known["method"]) <= set(METHODS)
    assert len(registry()) >= 40


def test_unknown_indicator_says_which_are_alike():
    from ctg_lib.errors import BadInput

    with pytest.raises(BadInput, match="Vouliez-vous dire : taux_pauvrete"):
        definition("taux_pauvrette")


def test_published_results_keep_the_contract(project):
    from ctg_lib.indicators import national
    from ctg_lib.values import STATUSES, USABLE

    table = national.read_table(project.processed)
    assert not table.duplicated(["indicator", "breakdown", "level", "code", "period"]).any()
    assert set(table["status"]) <= set(STATUSES)
    hidden = ~table["status"].isin(USABLE)
    assert table.loc[hidden, ["value", "lower", "upper"]].isna().all(axis=None)
    both = table["value"].notna() & table["lower"].notna()
    assert (table.loc[both, "lower"] <= table.loc[both, "value"] + 1e-9).all()
    assert (table.loc[both, "value"] <= table.loc[both, "upper"] + 1e-9).all()
    assert table.loc[table["value"].notna(), "sources"].ne("").all()
    # a published percentage may be no share: taxes are negative, licences are counted where the club is
    own = [rule.id for rule in iter_definitions() if rule.unit == "%" and rule.aggregation == "ratio"]
    shares = table["indicator"].isin(own) & table["value"].notna()
    assert shares.any()
    assert table.loc[shares, "value"].between(0, 100).all()
