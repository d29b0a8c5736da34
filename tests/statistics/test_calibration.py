"""Calibration against published numbers: the files of R's ``survey``, analysed from themselves alone.

What is published, and where:

* [tests] ``survey`` 4.5, files ``tests/testoutput/api.Rout.saved``, ``tests/testoutput/caleg.Rout.save``,
  ``tests/rakecheck.Rout.save`` and ``tests/kalton.Rout.save`` of its source package;
* [vignette] T. Lumley, « A survey analysis example » (24 February 2026), ``survey.pdf`` of that package;
* [srvyr] G. Freedman Ellis, « srvyr compared to the survey package » (19 August 2024), vignette of ``srvyr`` 1.3.0;
* [kalton] Kalton G, Flores-Cervantes I (2003), Weighting methods, J. Official Statistics 19, 81-97, tables A to G:
  read in [tests], whose comments name the tables, not in the article.

Every number below was found again in these files (2026).
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, t

from ctg_lib.statistics.calibration import (
    Design,
    calibrate,
    design_effect,
    effective_size,
    proportion_interval,
    within,
)

DATA = Path(__file__).parent / "data"
STYPE = [6194, 755, 1018]
"""Schools of California in 2000, high schools, middle schools (``pop.totals`` of the examples)."""


@pytest.fixture(scope="module")
def clusters() -> pd.DataFrame:
    return pd.read_csv(DATA / "apiclus1.csv")


@pytest.fixture(scope="module")
def strata() -> pd.DataFrame:
    return pd.read_csv(DATA / "apistrat.csv")


def of(*columns) -> np.ndarray:
    return np.column_stack([np.asarray(c, dtype=float) for c in columns])


def types(table: pd.DataFrame) -> np.ndarray:
    return of(np.ones(len(table)), table.stype == "H", table.stype == "M")


def clustered(table: pd.DataFrame, x=None, totals=None, **how) -> Design:
    """15 districts of 757, calibrated or not."""
    start = table.pw.to_numpy()
    weights = start if x is None else calibrate(x, start, totals, **how).weights
    return Design(weights, start, x, clusters=table.dnum.to_numpy(), fraction=15 / 757)


def stratified(table: pd.DataFrame) -> Design:
    size = table.stype.map(table.stype.value_counts())
    return Design(table.pw.to_numpy(), strata=table.stype.to_numpy(), fraction=(size / table.fpc).to_numpy())


def test_before_calibration(clusters):
    """[vignette] pages 2 and 3; the first two also in [tests] api.Rout.saved."""
    design = clustered(clusters)
    assert design.ratio(clusters.api00) == pytest.approx((644.17, 23.542), abs=0.005)
    assert design.total(clusters.enroll) == pytest.approx((3404940, 932235), abs=0.6)
    assert design.total(clusters.stype == "E") == pytest.approx((4873.97, 1333.32), abs=0.006)
    assert design.total(clusters.stype == "H") == pytest.approx((473.86, 158.70), abs=0.006)
    assert design.ratio(clusters.api_stu, clusters.enroll) == pytest.approx(
        (0.8497087, 0.008386297), abs=1e-7
    )


def test_a_part_of_the_units(clusters):
    """[vignette] page 3, tested pupils of high schools: 0.8300683 (0.01472607)."""
    high = (clusters.stype == "H").to_numpy()
    found = clustered(clusters).ratio(clusters.api_stu * high, clusters.enroll * high)
    assert found == pytest.approx((0.8300683, 0.01472607), abs=1e-7)


def test_a_stratified_sample(strata):
    """[tests] api.Rout.saved: 662.29 (9.4089), 3687178 (114642); caleg.Rout.save: 3086009 (99477)."""
    design = stratified(strata)
    assert design.ratio(strata.api00) == pytest.approx((662.29, 9.4089), abs=0.005)
    assert design.total(strata.enroll) == pytest.approx((3687178, 114642), abs=0.6)
    assert design.total(strata.api_stu) == pytest.approx((3086009, 99477), abs=0.6)


def test_published_intervals(strata):
    """[srvyr] confint(svymean(~api_diff)) 28.87241 to 36.91262; ~api99 609.8659 to 648.9238, and with the
    197 degrees of freedom of the design 609.7452 to 649.0445."""
    design = stratified(strata)
    value, error = design.ratio(strata.api00 - strata.api99)
    assert (value, error) == pytest.approx((32.893, 2.0511), abs=0.0006)
    z = norm.ppf(0.975)
    assert (value - z * error, value + z * error) == pytest.approx((28.87241, 36.91262), abs=1e-5)
    value, error = design.ratio(strata.api99)
    assert (value - z * error, value + z * error) == pytest.approx((609.8659, 648.9238), abs=1e-4)
    z = t.ppf(0.975, 197)
    assert (value - z * error, value + z * error) == pytest.approx((609.7452, 649.0445), abs=1e-4)


@pytest.mark.parametrize(
    ("stype", "share", "error"), [("E", 0.730, 0.0441), ("H", 0.320, 0.0644), ("M", 0.480, 0.0696)]
)
def test_published_shares_by_group(strata, stype, share, error):
    """[srvyr] survey_prop() of ``awards`` by ``stype``."""
    here = (strata.stype == stype).to_numpy(dtype=float)
    found = stratified(strata).ratio((strata.awards == "Yes") * here, here)
    assert found == pytest.approx((share, error), abs=6e-4)


@pytest.mark.parametrize("method", ["linear", "raking"])
def test_calibrated_on_school_types(clusters, method):
    """[tests] caleg.Rout.save, ``pop.totals`` 6194, 755, 1018: 642.31 (23.921), 3680893 (406293)."""
    design = clustered(clusters, types(clusters), STYPE, method=method)
    assert design.ratio(clusters.api00) == pytest.approx((642.31, 23.921), abs=0.005)
    assert design.total(clusters.enroll) == pytest.approx((3680893, 406293), abs=0.6)
    assert design.total(clusters.stype == "H") == pytest.approx((755, 0), abs=1e-5)


def test_raked_on_two_margins(clusters):
    """[tests] rakecheck.Rout.save, ``stype`` and ``sch.wide``: 641.23 (23.704), 3647280 (400603)."""
    x = of(types(clusters), clusters.sch_wide == "Yes")
    design = clustered(clusters, x, [*STYPE, 5122], tolerance=1e-10)
    assert design.ratio(clusters.api00) == pytest.approx((641.23, 23.704), abs=0.005)
    assert design.total(clusters.enroll) == pytest.approx((3647280, 400603), abs=0.6)


def test_columns_that_depend_on_each_other_change_nothing(clusters):
    """All categories of both margins, as margins are given, where R leaves one of each out."""
    x = of(*[clusters.stype == k for k in "EHM"], *[clusters.sch_wide == k for k in ("No", "Yes")])
    design = clustered(clusters, x, [4421, 755, 1018, 1072, 5122])
    assert design.ratio(clusters.api00) == pytest.approx((641.23, 23.704), abs=0.005)
    assert design.total(clusters.enroll) == pytest.approx((3647280, 400603), abs=0.6)


def test_calibrated_on_a_number(clusters):
    """[vignette] pages 5 and 6, on the total of last year's score: 666.72 (3.2959), 3357372 (243227) …"""
    design = clustered(clusters, of(np.ones(183), clusters.api99), [6194, 3914069], method="linear")
    assert design.ratio(clusters.api00) == pytest.approx((666.72, 3.2959), abs=0.005)
    assert design.total(clusters.enroll) == pytest.approx((3357372, 243227), abs=0.6)
    assert design.total(clusters.stype == "E") == pytest.approx((4881.77, 302.15), abs=0.006)
    assert design.total(clusters.stype == "M") == pytest.approx((848.88, 194.76), abs=0.006)
    assert design.ratio(clusters.api_stu, clusters.enroll) == pytest.approx(
        (0.8506941, 0.008674888), abs=1e-7
    )


def test_bounds(clusters):
    """[tests] caleg.Rout.save, on enrolment: factors 0.7906782 to 1.7891164, bounded 0.7198751 to 1.5000000."""
    x, totals = of(np.ones(183), clusters.enroll), [6194, 3811472]
    free = calibrate(x, clusters.pw, totals, method="linear").weights / clusters.pw
    assert (free.min(), free.max()) == pytest.approx((0.7906782, 1.7891164), abs=1e-7)
    cut = calibrate(x, clusters.pw, totals, method="linear", low=0.6, high=1.5)
    factor = cut.weights / clusters.pw
    assert cut.met
    assert (factor.min(), factor.max()) == pytest.approx((0.7198751, 1.5), abs=1e-7)


KALTON = np.array([(a, b) for b in (1, 2, 3) for a in (1, 2, 3, 4)])
KALTON_SAMPLE = [20, 50, 100, 30, 40, 140, 50, 100, 40, 310, 50, 70]
KALTON_PEOPLE = np.array([80, 60, 170, 55, 40, 150, 60, 165, 55, 340, 200, 125])


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({"method": "raking"}, "1.81 1.08 2.20 1.83 1.45 0.87 1.76 1.47 2.02 1.21 2.45 2.04"),
        ({"method": "linear"}, "1.82 1.09 2.19 1.83 1.50 0.78 1.88 1.52 1.97 1.24 2.34 1.98"),
        (
            {"method": "logit", "low": 0.5, "high": 2.2},
            "1.87 1.08 2.17 1.89 1.46 0.74 2.09 1.49 1.98 1.27 2.18 1.99",
        ),
        (
            {"method": "linear", "low": 0.5, "high": 2.2},
            "1.81 1.08 2.20 1.83 1.48 0.75 2.00 1.50 1.99 1.26 2.20 2.00",
        ),
    ],
    ids=["B raking", "C linear", "G logit", "G truncated"],
)
def test_tables_of_kalton_and_flores_cervantes(how, expected):
    """[kalton], as printed to two decimals in [tests] kalton.Rout.save."""
    cells = np.repeat(np.arange(12), KALTON_SAMPLE)
    full = of(*[KALTON[:, 0] == k for k in (1, 2, 3, 4)], *[KALTON[:, 1] == k for k in (1, 2, 3)])
    found = calibrate(full[cells], np.ones(len(cells)), full.T @ KALTON_PEOPLE, **how)
    assert found.met
    first = [int(np.flatnonzero(cells == k)[0]) for k in range(12)]
    assert found.weights[first].round(2) == pytest.approx([float(v) for v in expected.split()], abs=1e-9)


def test_a_share_of_one_weight_is_wilson():
    """Newcombe (1998), table I, method 3 (see test_intervals): 81 of 263, 0.2553 to 0.3662."""
    low, high = proportion_interval(81 / 263, np.sqrt(81 / 263 * (182 / 263) / 263), 263)
    assert (low, high) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_an_extreme_share_has_an_interval_all_the_same():
    low, high = proportion_interval(0.0, 0.0, 50)
    assert low == 0
    assert 0.05 < high < 0.08


def test_a_share_that_is_fixed_by_the_margins_has_none():
    assert np.isnan(proportion_interval(0.4, 0.0, 50)).all()


@st.composite
def samples(draw):
    """Categories of two margins, start weights, a population that has each of the categories seen."""
    n = draw(st.integers(30, 120))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    a, b = rng.integers(0, 3, n), rng.integers(0, 3, n)
    a[:3], b[:3] = [0, 1, 2], [0, 1, 2]
    x = of(*[a == k for k in range(3)], *[b == k for k in range(3)])
    factor = rng.uniform(0.6, 1.6, 3)[a] * rng.uniform(0.6, 1.6, 3)[b]
    return x, np.ones(n) * factor.mean(), x.T @ factor


@settings(max_examples=60, deadline=None)
@given(samples())
def test_margins_are_met_and_bounds_respected(sample):
    x, start, totals = sample
    raked = calibrate(x, start, totals)
    assert raked.met
    assert x.T @ raked.weights == pytest.approx(totals, rel=1e-6)
    bounded = within(x, start, totals, ratio=3)
    assert (bounded.weights > 0).all()
    assert bounded.weights.max() <= 3 * bounded.weights.min() * (1 + 1e-9)
    if bounded.met:
        assert x.T @ bounded.weights == pytest.approx(totals, rel=1e-6)


@settings(max_examples=30, deadline=None)
@given(samples(), st.floats(0.01, 1000), st.randoms(use_true_random=False))
def test_scale_and_order_change_nothing(sample, scale, random):
    x, start, totals = sample
    weights = within(x, start, totals).weights
    assert within(x, start * scale, totals * scale).weights == pytest.approx(weights * scale, rel=1e-5)
    order = np.array(random.sample(range(len(x)), len(x)))
    assert within(x[order], start[order], totals).weights == pytest.approx(weights[order], rel=1e-5)


def test_margins_that_cannot_be_met_are_told():
    x = of([1, 1, 0, 0], [0, 0, 1, 1])
    found = within(x, np.ones(4), [100, 1], ratio=4)
    assert not found.met
    assert found.gap > 0.1
    assert found.weights.max() <= 4 * found.weights.min() * (1 + 1e-9)


def test_design_effect_of_kish():
    """1 + cv²: weights 1, 1, 1, 5: cv² = 3/4."""
    assert design_effect([1, 1, 1, 5]) == pytest.approx(1.75)
    assert effective_size([1, 1, 1, 5]) == pytest.approx(4 / 1.75)
    assert np.isnan(design_effect([]))
    assert effective_size([]) == 0


def test_one_unit_tells_nothing_of_how_far_units_differ():
    assert np.isnan(Design(np.ones(1)).ratio([1.0])[1])


def test_nothing_over_nothing():
    assert np.isnan(Design(np.ones(3)).ratio([0, 0, 0], [0, 0, 0])).all()


@pytest.mark.parametrize(
    "wrong",
    [
        {"x": np.ones((2, 1)), "start": [1, 1, 1], "totals": [3]},
        {"x": np.ones((3, 1)), "start": [1, 0, 1], "totals": [3]},
        {"x": np.ones((3, 1)), "start": [1, 1, 1], "totals": [3], "method": "linear", "low": 1.2},
        {"x": np.ones((3, 1)), "start": [1, 1, 1], "totals": [3], "method": "logit"},
    ],
    ids=["sizes", "start", "bounds", "logit without bounds"],
)
def test_what_is_refused(wrong):
    with pytest.raises(ValueError, match=r"values for|start weight|no bounds"):
        calibrate(**wrong)


def test_a_ratio_below_one_is_refused():
    with pytest.raises(ValueError, match="ratio"):
        within(np.ones((3, 1)), [1, 1, 1], [3], ratio=1)


def test_intervals_hold_what_they_say_under_their_model():
    """Simple random samples of 120 out of 700, weighed on two margins: 95 % of the intervals hold the true share."""
    rng = np.random.default_rng(20)
    a, b = rng.integers(0, 3, 700), rng.integers(0, 2, 700)
    y = (rng.random(700) < 0.15 + 0.2 * a + 0.1 * b).astype(float)
    full = of(*[a == k for k in range(3)], *[b == k for k in range(2)])
    totals, true, held, tries = full.sum(axis=0), y.mean(), 0, 400
    for _ in range(tries):
        drawn = rng.choice(700, 120, replace=False)
        x, start = full[drawn], np.full(120, 700 / 120)
        design = Design(within(x, start, totals).weights, start, x, fraction=120 / 700)
        value, error = design.ratio(y[drawn])
        low, high = proportion_interval(value, error, 120)
        held += low <= true <= high
    assert 0.92 <= held / tries <= 0.98


def _svy(table: pd.DataFrame, **design):
    svy = pytest.importorskip("svy", reason="svy (extra « survey ») is not installed")
    polars = pytest.importorskip("polars")
    return svy.Sample(polars.from_pandas(table), svy.Design(**design))


def test_svy_gives_the_same_raked_estimates(clusters):
    """An independent library on the same file: iterative proportional fitting, and its own linearisation."""
    sample = _svy(clusters, wgt="pw", psu="dnum")
    raked = sample.weighting.rake(
        controls={"stype": {"E": 4421, "H": 755, "M": 1018}, "sch_wide": {"No": 1072, "Yes": 5122}}, tol=1e-10
    )
    x = of(*[clusters.stype == k for k in "EHM"], *[clusters.sch_wide == k for k in ("No", "Yes")])
    own = calibrate(x, clusters.pw, [4421, 755, 1018, 1072, 5122], tolerance=1e-10)
    assert raked.data["rk_wgt"].to_numpy() == pytest.approx(own.weights, rel=1e-6)
    theirs = raked.estimation.mean("api00").estimates[0]
    design = Design(own.weights, clusters.pw.to_numpy(), x, clusters=clusters.dnum.to_numpy())
    assert (theirs.est, theirs.se) == pytest.approx(design.ratio(clusters.api00), rel=1e-6)


def test_svy_gives_the_same_regression_estimates(clusters):
    x, totals = of(np.ones(183), clusters.api99), [6194, 3914069]
    sample = _svy(clusters, wgt="pw", psu="dnum").weighting.calibrate_matrix(aux_vars=x, controls=totals)
    own = calibrate(x, clusters.pw, totals, method="linear")
    design = Design(own.weights, clusters.pw.to_numpy(), x, clusters=clusters.dnum.to_numpy())
    for theirs, ours in (
        (sample.estimation.mean("api00").estimates[0], design.ratio(clusters.api00)),
        (sample.estimation.total("enroll").estimates[0], design.total(clusters.enroll)),
    ):
        assert (theirs.est, theirs.se) == pytest.approx(ours, rel=1e-6)


def test_svy_gives_the_same_shares_and_intervals(strata):
    sample = _svy(strata, wgt="pw", stratum="stype")
    found = {e.y_level: e for e in sample.estimation.prop("awards", ci_method="wilson").estimates}["Yes"]
    design = Design(strata.pw.to_numpy(), strata=strata.stype.to_numpy())
    value, error = design.ratio(strata.awards == "Yes")
    assert (found.est, found.se) == pytest.approx((value, error), rel=1e-6)
    low, high = proportion_interval(value, error, len(strata), z=t.ppf(0.975, 197))
    assert (found.lci, found.uci) == pytest.approx((low, high), abs=1e-5)
