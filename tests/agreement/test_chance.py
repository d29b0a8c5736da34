"""What an indicator does by itself: golden intervals, coverage by simulation, and which counts depend on chance."""

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctg_lib.agreement.chance import Noise, by_chance, drift_of, poisson_gap

SEED = 20_260_907


def yearly(values, first=2015, every=1):
    """The last day of each year, in multiples of a Julian year so that steps are even."""
    from datetime import timedelta

    return [(date(first, 1, 1) + timedelta(days=round(365.25 * every * n)), v) for n, v in enumerate(values)]


def test_the_interval_of_a_known_series_over_one_year_and_more():
    # changes 2, 4, 0: mean 2, s = 2; t(0.975, 2) = 4.302653; h (1 + h / 3)
    found = drift_of(yearly([1, 3, 7, 7]))
    assert found.slope == pytest.approx(2, rel=1e-3) and found.sd == pytest.approx(2, rel=2e-3)
    assert found.spread(1) == pytest.approx(4.302653 * 2 * math.sqrt(4 / 3), rel=2e-3)
    assert found.spread(4) == pytest.approx(4.302653 * 2 * math.sqrt(4 * (1 + 4 / 3)), rel=2e-3)
    assert drift_of(yearly([1, 3, 7])) is None and drift_of(yearly([1, math.nan, 3, 7])) is None


def test_a_year_that_is_not_known_leaves_the_rest_of_the_series():
    whole = drift_of(yearly([0, 2, 4, 6, 8, 10]))
    holed = drift_of([each for n, each in enumerate(yearly([0, 2, 4, 6, 8, 10])) if n != 2])
    assert holed.slope == pytest.approx(whole.slope) and holed.sd < 0.01


@given(st.lists(st.floats(-1e3, 1e3), min_size=4, max_size=12), st.floats(-50, 50), st.floats(0.1, 10))
def test_a_steady_slope_is_no_variation_and_units_do_not_matter(values, slope, scale):
    base = drift_of(yearly(values)).spread(3)
    days = [day for day, _ in yearly(values)]
    tilted = [(d, v + slope * (d - days[0]).days / 365.25) for d, v in zip(days, values, strict=True)]
    assert drift_of(tilted).spread(3) == pytest.approx(base, rel=1e-3, abs=1e-2)
    scaled = drift_of(yearly([scale * v for v in values]))
    assert scaled.spread(3) == pytest.approx(scale * base, rel=1e-6, abs=1e-6)


def covered(paths, known, ahead):
    """Share of made-up paths whose change over ``ahead`` years lies in the interval drawn from the first ``known`` values."""
    held = []
    for path in paths:
        found = drift_of(yearly(path[:known]))
        change = path[known - 1 + ahead] - path[known - 1]
        held.append(abs(change - found.slope * ahead) <= found.spread(ahead))
    return float(np.mean(held))


@pytest.mark.parametrize("known", [4, 8, 12])
@pytest.mark.parametrize("ahead", [1, 4])
def test_95_percent_of_random_walks_stay_in_their_interval(known, ahead):
    # 2,000 walks: two standard errors of a share of 95 % are 1 point
    draws = np.random.default_rng(SEED).normal(0.7, 2.0, size=(2000, known + ahead))
    assert 0.938 <= covered(draws.cumsum(axis=1), known, ahead) <= 0.962


@pytest.mark.parametrize("known", [4, 8, 12])
@pytest.mark.parametrize("ahead", [1, 4])
def test_values_that_scatter_about_a_line_stay_in_it_more_often(known, ahead):
    noise = np.random.default_rng(SEED).normal(0, 2.0, size=(2000, known + ahead))
    assert covered(noise + 0.7 * np.arange(known + ahead), known, ahead) >= 0.938


def test_a_one_year_interval_would_let_a_quarter_of_the_walks_out_in_four_years():
    # why the interval is of the years to come: |N(0, 4)| > 1.96 has the probability 0.327; with the drift estimated, more
    draws = np.random.default_rng(SEED).normal(0, 1.0, size=(2000, 16)).cumsum(axis=1)
    out = [abs(p[15] - p[11]) > drift_of(yearly(p[:12])).spread(1) for p in draws]
    assert np.mean(out) > 0.2


def test_how_far_it_goes_by_itself_holds_its_trend():
    noise = Noise(3.0, "arrondi", drift_of(yearly([10, 12, 14, 16, 18])), "valeurs")
    assert noise.over(4) == 3.0 and noise.told(4) == "arrondi"
    assert noise.reach(1, 4) == pytest.approx(11, rel=1e-3)  # 4 years × 2 + 3
    assert noise.reach(-1, 4) == 3.0
    assert noise.without_trend().reach(1, 4) == 3.0
    assert noise.of_variation(1.0, "plan").reach(1, 4) == pytest.approx(9, rel=1e-3)


def test_chance_of_two_counts():
    # 1.959964 × √(11 + 5)
    assert poisson_gap(11, 5) == pytest.approx(7.8399, abs=1e-3)
    assert poisson_gap(0, 0) == pytest.approx(1.96, abs=1e-3)


@pytest.mark.parametrize(
    ("unit", "chance"),
    [
        ("enfants", True), ("personnes", True), ("familles", True), ("demandes", True), ("jeunes", True), ("personnes par an", True),
        ("passages", True), ("assistantes maternelles", True), ("enfants en journée", True),
        ("places", False), ("ETP", False), ("heures", False), ("communes", False), ("ateliers", False), ("samedis", False),
        ("soirées par an", False), ("semaines", False), ("postes", False), ("nombre de places", False), ("demi-journées", False),
        ("% des enfants", False), ("places pour 100 enfants", False), ("heures par enfant", False), ("€", False),
    ],
)  # fmt: skip
def test_the_unit_says_whether_chance_has_a_part(unit, chance):
    assert by_chance(unit, "", (16, 18)) is chance


def test_the_column_comes_before_the_unit_and_only_counts_depend_on_chance():
    assert not by_chance("enfants", "non", (1, 2)) and by_chance("places", "oui", (1, 2))
    assert not by_chance("enfants", "oui", (1.5, 2)) and not by_chance("enfants", "", (-1, 2))
    assert not by_chance("enfants", "", (math.nan, 2))
