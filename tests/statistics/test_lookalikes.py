"""Look-alikes: by hand on a small made-up table, and what any distance must do."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ctg_lib.statistics.lookalikes import distances, find, robust_scores, sensitivity


def small() -> pd.DataFrame:
    """Five territories, two features; medians 3 and 30, MAD 1 and 10."""
    return pd.DataFrame(
        {"age": [1.0, 2, 3, 4, 5], "size": [10.0, 30, 20, 50, 40]}, index=["a", "b", "c", "d", "e"]
    )


def test_distance_by_hand():
    """d(a, b) = √((1/1.4826)² + (20/14.826)²)/2) = √(0.4549 + 1.8197)/2) = 1.0664."""
    out = distances(small(), "a").set_index("code")
    assert out.loc["b", "distance"] == pytest.approx(math.sqrt((0.45494 + 1.81976) / 2), abs=1e-4)
    # contributions: one part of age for four of size
    assert out.loc["b", "age"] == pytest.approx(0.2)
    assert out.loc["b", "size"] == pytest.approx(0.8)
    assert "a" not in out.index


def test_weights_are_shares():
    only_age = distances(small(), "a", {"age": 3}).set_index("code")
    assert only_age.loc["b", "distance"] == pytest.approx(1 / 1.4826)
    assert find(small(), "a", 2, weights={"age": 3, "size": 1}).weights == {"age": 0.75, "size": 0.25}


def test_ties_go_to_the_first_code():
    twins = pd.DataFrame({"x": [0.0, 1, 1, 1, 2]}, index=["m", "z", "b", "k", "q"])
    assert find(twins, "m", 3).codes == ("b", "k", "z")
    turned = twins.iloc[[3, 0, 4, 1, 2]]
    assert find(turned, "m", 3).codes == ("b", "k", "z")


def test_excluded_ones_are_not_chosen_and_change_nothing_else():
    first, then = find(small(), "c", 2), find(small(), "c", 2, exclude=["b"])
    assert "b" in first.codes
    assert "b" not in then.codes
    assert then.excluded == ("b",)
    both = [c for c in first.codes if c in then.codes]
    distance = [f.nearest.set_index("code")["distance"][both].tolist() for f in (first, then)]
    assert distance[0] == distance[1]


def test_incomplete_ones_are_left_out_and_told():
    table = small()
    table.loc["d", "size"] = np.nan
    found = find(table, "a", 10)
    assert found.incomplete == ("d",)
    assert set(found.codes) == {"b", "c", "e"}
    assert found.compared == 3


def test_a_feature_shared_by_most_still_counts():
    """MAD is 0 when more than half share one value: the mean absolute deviation takes its place."""
    scores = robust_scores(pd.DataFrame({"x": [0.0, 0, 0, 0, 10], "same": [7.0] * 5}))
    assert scores["x"].iloc[4] == pytest.approx(10 / (1.2533 * 2))
    assert scores["same"].eq(0).all()


def test_sensitivity_tells_how_many_stay():
    out = sensitivity(small(), "a", 1).set_index("feature")
    assert out["weight"].tolist() == [0.5, 0.5]
    # near in age: b; near in size: c (b and c are equally near in neither)
    assert find(small(), "a", 1).codes == ("b",) or find(small(), "a", 1).codes == ("c",)
    assert set(out["kept"]) <= {0, 1}
    for name in out.index:
        rest = {other: 1 for other in small().columns if other != name}
        stays = set(find(small(), "a", 1).codes) & set(find(small(), "a", 1, weights=rest).codes)
        assert out.loc[name, "kept"] == len(stays)


tables = hnp.arrays(
    float, st.tuples(st.integers(3, 12), st.integers(1, 4)), elements=st.integers(-1000, 1000).map(float)
)


def framed(table: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        table,
        index=[f"t{i:02d}" for i in range(len(table))],
        columns=[f"x{i}" for i in range(table.shape[1])],
    )


@settings(deadline=None)
@given(tables)
def test_distance_is_symmetric_and_zero_only_to_twins(table):
    frame = framed(table)
    there = distances(frame, "t00").set_index("code")["distance"]
    for code, distance in there.head(3).items():
        back = distances(frame, str(code)).set_index("code")["distance"]["t00"]
        assert back == pytest.approx(distance, abs=1e-9)
        same = bool((frame.loc["t00"] == frame.loc[code]).all())
        assert distance >= 0
        assert not same or distance == 0


@settings(deadline=None)
@given(tables)
def test_triangle_inequality(table):
    frame = framed(table)
    ab, ac = (distances(frame, "t00").set_index("code")["distance"][c] for c in ("t01", "t02"))
    bc = distances(frame, "t01").set_index("code")["distance"]["t02"]
    assert ac <= ab + bc + 1e-9


@settings(deadline=None)
@given(tables, st.floats(0.001, 1000), st.floats(-1e4, 1e4))
def test_units_do_not_matter(table, scale, origin):
    frame = framed(table)
    other = frame * scale + origin
    here, there = (distances(f, "t00").set_index("code")["distance"] for f in (frame, other))
    pd.testing.assert_series_equal(here.sort_index(), there.sort_index(), rtol=1e-4, atol=1e-6)


@settings(deadline=None)
@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_does_not_matter(table, random):
    frame = framed(table)
    rows, columns = list(frame.index), list(frame.columns)
    random.shuffle(rows)
    random.shuffle(columns)
    assert find(frame, "t00", 5).codes == find(frame.loc[rows, columns], "t00", 5).codes


@settings(deadline=None)
@given(tables)
def test_contributions_sum_to_one(table):
    frame = framed(table)
    out = distances(frame, "t00")
    assume((out["distance"] > 0).any())
    parts = out.loc[out["distance"] > 0, list(frame.columns)].sum(axis=1)
    assert np.allclose(parts, 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"code": "zz"}, "zz is not among the territories"),
        ({"code": "a", "weights": {"height": 1}}, "unknown features: height"),
        ({"code": "a", "weights": {"age": -1, "size": 1}}, "must not be negative"),
        ({"code": "a", "weights": {"age": 0}}, "one must be positive"),
        ({"code": "a", "k": 0}, "at least one look-alike expected"),
    ],
)
def test_errors_say_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=message):
        find(small(), **arguments)


def test_a_territory_without_its_own_features_is_refused():
    table = small()
    table.loc["a", "age"] = np.nan
    with pytest.raises(ValueError, match="a lacks: age"):
        find(table, "a")
    with pytest.raises(ValueError, match="given twice"):
        find(pd.concat([small(), small()]), "a")
