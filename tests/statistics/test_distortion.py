"""Places that distort rates: everywhere at once, several together, and which kind (figures of the domain)."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctg_lib.statistics.distortion import (
    KINDS,
    establishments,
    find_distortion,
    find_distortions,
    find_several,
    leave_each_out,
    leave_one_out,
    without,
)


def two_territories() -> pd.DataFrame:
    """No diploma, RP 2023: La Cavalerie and the 15 other communes; and a territory where nothing stands out."""
    return pd.DataFrame(
        {
            "group": ["larzac", "larzac", "ailleurs", "ailleurs", "ailleurs"],
            "code": ["12063", "15 autres", "a", "b", "c"],
            "numerator": [985.8, 641.4, 20, 40, 60],
            "denominator": [1836.8, 3801.0, 100, 200, 300],
        }
    )


def test_the_garrison_is_found_among_all_territories():
    found = find_distortions(two_territories(), pd.Series({"larzac": 19.0, "ailleurs": 19.0}), 2)
    assert found["group"].tolist() == ["larzac"]
    row = found.iloc[0]
    assert row["place"] == "12063"
    assert row["with_place"] == pytest.approx(28.9, abs=0.1)
    assert row["without_place"] == pytest.approx(16.9, abs=0.1)
    assert (row["reading_with"], row["reading_without"]) == ("above", "below")
    assert row["changes_reading"]
    assert row["opposite"]


def test_without_a_reference_nothing_is_read():
    row = find_distortions(two_territories(), pd.Series(dtype=float), 2).iloc[0]
    assert (row["reading_with"], row["reading_without"]) == ("unknown", "unknown")
    assert not row["changes_reading"]


def test_a_missing_part_hides_the_whole_territory():
    parts = two_territories()
    parts.loc[0, "numerator"] = np.nan
    each = leave_each_out(parts)
    assert each.loc[each["group"].eq("larzac"), "rate_with"].isna().all()
    assert each.loc[each["group"].eq("ailleurs"), "rate_with"].notna().all()
    assert find_distortions(parts, pd.Series({"larzac": 19.0}), 2).empty


cells = st.tuples(st.integers(0, 3), st.integers(0, 50), st.integers(50, 1000))


def framed(rows: list[tuple[int, int, int]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["group", "numerator", "denominator"]).astype(
        {"numerator": float, "denominator": float}
    )
    frame["group"] = frame["group"].map(str)
    return frame.assign(code=[f"c{i:02d}" for i in range(len(frame))])


@settings(deadline=None)
@given(st.lists(cells, min_size=1, max_size=25), st.floats(0, 40), st.floats(0.1, 5))
def test_all_at_once_agrees_with_one_by_one(rows, reference, meaningful):
    parts = framed(rows)
    target = pd.Series(reference, index=parts["group"].unique())
    found = find_distortions(parts, target, meaningful).set_index("group")
    each = leave_each_out(parts)
    for group, here in parts.groupby("group"):
        alone = leave_one_out(here).set_index("code")
        mine = each[each["group"].eq(group)].set_index("code")
        for column in ("share", "rate_with", "rate_without", "shift"):
            both = pd.concat([mine[column], alone[column].rename("alone")], axis=1)
            assert np.allclose(both[column], both["alone"], equal_nan=True)
        single = find_distortion(here.sort_values("code"), reference, meaningful)
        if single is None:
            assert group not in found.index
            continue
        row = found.loc[group]
        assert abs(row["with_place"] - row["without_place"]) == pytest.approx(
            abs(single.with_place - single.without_place)
        )
        if row["place"] == single.place:
            assert row["reading_with"] == single.reading_with.side
            assert row["reading_without"] == single.reading_without.side
            assert bool(row["opposite"]) == single.opposite


@settings(deadline=None)
@given(st.lists(st.tuples(st.just(0), st.integers(0, 50), st.integers(50, 1000)), min_size=2, max_size=10))
def test_leaving_one_out_and_putting_it_back_is_the_whole(rows):
    """Identity: rate = share × own rate + (1 − share) × rate without, for every commune."""
    each = leave_each_out(framed(rows))
    own = 100 * each["numerator"] / each["denominator"]
    again = each["share"] * own + (1 - each["share"]) * each["rate_without"]
    assert np.allclose(again, each["rate_with"])


def test_two_places_distort_together():
    """Two nursing homes: each weighs; together they hide an ordinary territory."""
    parts = pd.DataFrame(
        {"code": list("abcd"), "numerator": [300.0, 200, 100, 100], "denominator": [1000.0, 800, 2000, 2000]}
    )
    assert find_several(parts, meaningful=1) == ("a", "b")
    whole, rest = without(parts, ["a", "b"])
    assert whole == pytest.approx(100 * 700 / 5800)
    assert rest == pytest.approx(5.0)
    assert find_several(parts, meaningful=1, most=1) == ("a",)
    assert find_several(parts.head(1), meaningful=1) == ()


def test_what_is_left_stays_most_of_the_base():
    parts = pd.DataFrame({"code": ["a", "b"], "numerator": [90.0, 5.0], "denominator": [600.0, 400.0]})
    assert find_several(parts, meaningful=1) == ("b",)  # a is 60 % of the base


def test_without_refuses_an_unknown_commune_and_leaves_nothing_unsaid():
    parts = pd.DataFrame({"code": ["a", "b"], "numerator": [9.0, 5.0], "denominator": [60.0, 40.0]})
    with pytest.raises(ValueError, match="not among the parts: z"):
        without(parts, ["z"])
    assert np.isnan(without(parts, ["a", "b"])[1])


def profile(**columns) -> pd.DataFrame:
    """One commune among another of 4 500 inhabitants where everything is ordinary."""
    usual = {
        "population": 4500.0, "men_20_39": 500.0, "women_20_39": 500.0, "men_40_59": 600.0, "women_40_59": 600.0,
        "over_75": 540.0, "teens": 450.0, "deaths": 45.0, "dwellings": 2500.0, "second_homes": 300.0,
        "households": 2000.0, "adults_20_64": 2400.0,
    }  # fmt: skip
    small = {name: value / 3 for name, value in usual.items()} | columns
    rows = [{"group": "g", "code": "here", **small}, {"group": "g", "code": "rest", **usual}]
    return pd.DataFrame(rows)


def kinds(**columns) -> list[str]:
    return establishments(profile(**columns))["kind"].tolist()


def test_an_ordinary_commune_shows_nothing():
    assert kinds() == []


def test_la_cavalerie_is_a_barracks():
    """1 017 men aged 20–39 against 154 women (RP 2023); few men in excess at 40–59."""
    found = establishments(profile(men_20_39=1017.0, women_20_39=154.0, men_40_59=210.0, women_40_59=150.0))
    assert found["kind"].tolist() == ["army"]
    assert found["ratio"].iloc[0] == pytest.approx(6.6, abs=0.01)
    assert KINDS["army"].startswith("caserne")


def test_men_of_all_ages_are_a_prison():
    assert kinds(men_20_39=700.0, women_20_39=150.0, men_40_59=450.0, women_40_59=200.0) == ["prison"]


def test_without_the_older_ages_the_kind_is_left_open():
    men = {"men_20_39": 700.0, "women_20_39": 150.0}
    assert kinds(**men, men_40_59=np.nan, women_40_59=np.nan) == ["men"]


def test_nant_is_a_home_for_the_old():
    """41 of the 77 deaths of 2025 for about 13 % of the inhabitants."""
    found = establishments(
        pd.DataFrame(
            {
                "group": "g",
                "code": ["12168", "12063", "autres"],
                "deaths": [41.0, 6, 30],
                "population": [900.0, 2223, 3623],
            }
        )
    )
    assert found[["code", "kind"]].to_numpy().tolist() == [["12168", "ehpad"]]
    assert found["ratio"].iloc[0] == pytest.approx(41 / 77 / (900 / 6746))


def test_other_kinds():
    assert kinds(over_75=350.0) == ["ehpad"]
    assert kinds(teens=320.0) == ["boarding"]
    assert kinds(second_homes=500.0) == ["second"]


def test_adults_only_where_nothing_finer_is_known():
    unknown = dict.fromkeys(("men_20_39", "women_20_39", "men_40_59", "women_40_59"), np.nan)
    assert kinds(population=2195.0, households=502.0, adults_20_64=1649.0, **unknown) == ["adults"]
    assert kinds(population=2195.0, households=502.0, adults_20_64=1649.0) == []


@settings(deadline=None)
@given(st.sampled_from(["men_20_39", "over_75", "teens", "deaths", "second_homes"]))
def test_what_is_not_known_proves_nothing(column):
    assert kinds(**{column: np.nan}) == []
    assert kinds(**{column: 0.0}) == []
