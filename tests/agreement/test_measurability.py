"""What can be measured within the convention, and which target says something."""

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_samples import CONTRACT, D, action, agreement, indicator

from ctg_lib.agreement.chance import Noise, drift_of
from ctg_lib.agreement.measurability import (
    ACTIVITY,
    REFUSED,
    REPLACED,
    VERDICTS,
    Outlook,
    span_of,
    verdicts,
)
from ctg_lib.agreement.plan import Plan
from ctg_lib.workbooks.common import THEMES

CENSUS = Outlook(date(2023, 12, 31), 900, every=12, apart=5)
YEARLY = Outlook(date(2025, 12, 31), 300, every=12)


def judged(line, outlook=None, contract=CONTRACT, **sheets):
    made = agreement(indicators=[line], **sheets)
    return verdicts(made, Plan.of(made), contract, {"IN01": outlook} if outlook else {})["IN01"]


def test_every_theme_has_a_yearly_activity_figure():
    assert set(ACTIVITY) == set(THEMES) and set(VERDICTS) >= REPLACED >= REFUSED


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2023", date(2023, 1, 1), date(2023, 12, 31)), ("2023.0", date(2023, 1, 1), date(2023, 12, 31)),
        ("2021-2023", date(2021, 1, 1), date(2023, 12, 31)), ("2024-T4", date(2024, 10, 1), date(2024, 12, 31)),
        ("2024-12", date(2024, 12, 1), date(2024, 12, 31)), ("31/12/2026", date(2026, 12, 31), date(2026, 12, 31)),
        ("septembre 2026", date(2026, 9, 1), date(2026, 9, 30)),
    ],
)  # fmt: skip
def test_periods_are_spans_of_days(text, first, last):
    assert (span_of(text).first, span_of(text).last) == (first, last)


def test_a_period_that_is_not_one_is_none():
    assert span_of("un jour") is None and span_of("") is None


def test_a_register_read_every_year_is_measurable():
    found = judged(indicator())
    assert found.code == "mesurable" and found.next_on == date(2028, 3, 1) and not found.refused


def test_a_census_value_comparable_with_the_baseline_must_be_known_before_the_end():
    # 2023 + 5 = 2028, known 900 days after its end: 19 June 2031
    good = judged(indicator(baseline_period="2023", target_on=D(2028, 12, 31)), CENSUS)
    assert good.code == "mesurable" and good.next_on == date(2031, 6, 19)
    # a baseline of 2024 asks for 2029, known in 2032
    late = judged(indicator(baseline_period="2024"), CENSUS)
    assert late.code == "trop_tard" and late.next_on == date(2032, 6, 18) and "le 18 juin 2032" in late.why


def test_a_lag_that_rests_on_a_retrieval_is_said_to_be_the_most():
    often = Outlook(date(2023, 12, 31), 2000, lag_is_most=True, every=12)
    found = judged(indicator(baseline_period="2023"), often)
    assert found.code == "trop_tard" and "au plus tard" in found.why


def test_next_known_of_the_sheet_comes_before_any_reckoning():
    assert judged(indicator(next_known=D(2032, 1, 5)), YEARLY).code == "trop_tard"
    assert judged(indicator(baseline_period="2024", next_known=D(2030, 1, 5)), CENSUS).code == "mesurable"


def test_a_target_that_is_dated_after_the_last_value_known_is_a_point_to_look_at():
    found = judged(indicator(baseline_period="2025", target_on=D(2031, 6, 30), target=40.0), YEARLY)
    assert found.code == "cible_tard" and "du 31 décembre 2030" in found.why and not found.refused


def test_a_baseline_before_a_break_of_its_series_has_nothing_to_be_compared_with():
    broken = Outlook(date(2025, 12, 31), 300, every=12, breaks=(date(2024, 1, 1),))
    assert judged(indicator(baseline_period="2023"), broken).code == "rompu"
    assert judged(indicator(baseline_period="2025", target_on=D(2029, 1, 1)), broken).code == "mesurable"


def test_a_target_within_the_noise_is_refused_whatever_gives_the_noise():
    close = {"target": 12.0, "target_on": D(2029, 1, 1)}
    assert judged(indicator(**close, noise=2.0)).code == "bruit"
    assert judged(indicator(**close, noise=1.9)).code == "mesurable"
    noisy = Outlook(date(2025, 12, 31), 300, every=12, noise=Noise(3.0, "d’après son arrondi"))
    found = judged(indicator(**close, baseline_period="2025"), noisy)
    assert found.code == "bruit" and "arrondi" in found.why and found.noise == 3.0
    measures = [{"indicator": "IN01", "period": str(y), "value": v, "comparable": "oui"} for y, v in
                zip(range(2021, 2026), (10, 14, 9, 15, 10), strict=True)]  # fmt: skip
    assert judged(indicator(**close), measures=measures).code == "bruit"
    assert (
        judged(indicator(**close), measures=[m | {"comparable": "non"} for m in measures]).code == "mesurable"
    )


def test_the_sheet_s_noise_comes_before_that_of_the_dictionary():
    noisy = Outlook(date(2025, 12, 31), 300, every=12, noise=Noise(30.0))
    assert (
        judged(indicator(baseline_period="2025", noise=1.0, target_on=D(2029, 1, 1)), noisy).code
        == "mesurable"
    )


def test_a_small_count_whose_history_is_not_known_is_fragile_not_refused():
    few = {"unit": "familles", "baseline": 11.0, "target": 5.0}
    found = judged(indicator(**few))
    assert found.code == "fragile" and not found.refused  # 6 ≤ 1.96 × √16
    assert judged(indicator(**few | {"target": 1.0})).code == "mesurable"  # 10 > 1.96 × √12
    assert judged(indicator(**few | {"unit": "semaines"})).code == "mesurable"


def test_without_the_dates_of_the_convention_nothing_is_judged():
    assert judged(indicator(), contract={}).code == "inconnu"


def test_an_indicator_of_the_dictionary_without_any_value_is_not_judged():
    found = judged(indicator(), Outlook())
    assert found.code == "inconnu" and "Prochaine valeur connue" in found.why


def test_a_refused_indicator_is_replaced_by_one_of_its_action_else_by_that_of_its_theme():
    refused = indicator(noise=50.0)
    assert judged(refused).instead == ACTIVITY["enfance"]
    made = agreement(indicators=[
        refused, indicator("IN02", kind="moyens"), indicator("IN03", kind="realisation", frequency="biennale"),
        indicator("IN04", kind="realisation", action="A02"), indicator("IN05", kind="realisation", label="séances"),
    ], actions=[action(), action("A02")])  # fmt: skip
    found = verdicts(made, Plan.of(made), CONTRACT)
    assert (found["IN01"].instead_id, found["IN01"].instead) == ("IN05", "IN05 « séances »") and not found[
        "IN05"
    ].instead


def test_indicators_of_unknown_and_abandoned_actions_are_left_alone():
    made = agreement(
        indicators=[indicator(action="A99"), indicator("IN02", action="A02")],
        actions=[action("A02", state="abandonnee")],
    )
    assert verdicts(made, Plan.of(made), CONTRACT) == {}


# ----------------------------------------------------------------------------------- trend, horizon, chance


def series(values, last=2025):
    return drift_of((date(last - n, 12, 31), v) for n, v in enumerate(reversed(values)))


def known(values, least=0.0):
    noise = Noise(
        least, "d’après son arrondi", series(values), f"d’après ses valeurs depuis {2026 - len(values)}"
    )
    return Outlook(date(2025, 12, 31), 300, every=12, noise=noise)


def toward(target, values, least=0.0, **more):
    """The verdict of a target to be reached four years after a baseline of 2025."""
    line = {"baseline": values[-1], "target": target, "baseline_period": "2025", "target_on": D(2029, 12, 31)}
    return judged(indicator(**line | more), known(values, least))


STEADY = [10.0, 12.0, 14.0, 16.0, 18.0]


def test_a_target_that_the_trend_alone_reaches_is_refused_and_told_so():
    found = toward(26.0, STEADY)
    assert found.code == "tendance" and found.refused and found.instead == ACTIVITY["enfance"]
    assert "sa tendance seule fait 8" in found.why and "4 ans" in found.why and "depuis 2021" in found.why
    assert toward(22.0, STEADY).code == "tendance"
    assert toward(30.0, STEADY).code == "mesurable"
    assert toward(26.0, STEADY, noise=0.5).code == "tendance"  # the sheet tells the variation, not the trend


def test_a_target_against_the_trend_says_something():
    assert toward(20.0, STEADY[::-1]).code == "mesurable"
    assert toward(13.0, STEADY).code == "mesurable"


def test_the_ordinary_variation_is_that_of_the_years_up_to_the_target():
    # changes +1, −1, …: slope 0, s = √(8/7); t(0.975, 7) = 2.3646; over one year × √(9/8), over four × √(4 × 12/8)
    values = [0.0, 1.0] * 4 + [0.0]
    shared = {"baseline": 0.0}
    soon = judged(
        indicator(target=3.0, baseline_period="2025", target_on=D(2026, 12, 31), **shared), known(values)
    )
    late = toward(3.0, values)
    assert (
        soon.noise == pytest.approx(2.3646 * math.sqrt(8 / 7 * 9 / 8), rel=5e-3) and soon.code == "mesurable"
    )
    assert (
        late.noise == pytest.approx(2.3646 * math.sqrt(8 / 7 * 4 * 12 / 8), rel=5e-3) and late.code == "bruit"
    )
    assert "en 4 ans" in late.why


def test_chance_alone_reaches_few_accepted_targets():
    """Of random walks nobody acts on, about 2.5 % go beyond the nearest target that would be accepted (one side)."""
    draws = np.random.default_rng(7).normal(0.5, 1.0, size=(2000, 14)).cumsum(axis=1)
    reached = 0
    for path in draws:
        noise = Noise(drift=series(path[:10]))
        reached += path[13] - path[9] > noise.reach(1.0, 4.0)
    assert reached / 2000 < 0.035


def test_follow_up_measures_give_no_trend():
    measures = [{"indicator": "IN01", "period": str(y), "value": v, "comparable": "oui"} for y, v in zip(range(2027, 2031), (12.0, 14, 16, 18), strict=True)]  # fmt: skip
    assert (
        judged(indicator(baseline_period="2026", target_on=D(2030, 12, 31)), measures=measures).code
        == "mesurable"
    )


def test_the_label_does_not_take_a_count_of_people_out_of_chance():
    # assistantes maternelles 16 → 18, young people 57 → 70, families 38 → 55: Poisson 11.4, 22.1, 18.9
    for ends in ((16.0, 18.0), (57.0, 70.0), (38.0, 55.0)):
        for kind in ("moyens", "realisation", "resultat"):
            line = {"kind": kind, "unit": "personnes", "baseline": ends[0], "target": ends[1]}
            found = judged(indicator(**line))
            assert found.code == "fragile" and found.instead == ACTIVITY["enfance"]
            assert judged(indicator(**line | {"chance": "non"})).code == "mesurable"
            assert judged(indicator(**line | {"unit": "places"})).code == "mesurable"
            assert judged(indicator(**line | {"unit": "places", "chance": "oui"})).code == "fragile"


def test_many_people_also_come_by_chance():
    line = {"unit": "personnes", "baseline": 150.0}
    assert judged(indicator(**line, target=165.0)).code == "fragile"  # 15 ≤ 1.96 × √315 = 34.8
    assert judged(indicator(**line, target=190.0)).code == "mesurable"


def test_a_doubtful_target_is_given_a_yearly_figure_beside_it():
    late = judged(indicator(baseline_period="2025", target_on=D(2031, 6, 30), target=40.0), YEARLY)
    assert (
        late.code == "cible_tard" and late.proposed == f"à suivre aussi, chaque année : {ACTIVITY['enfance']}"
    )
    assert judged(indicator(noise=50.0)).proposed.startswith("à sa place, chaque année")


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 3000), st.integers(1, 5))
def test_a_longer_lag_never_makes_an_indicator_measurable(lag, more):
    line = indicator(baseline_period="2025", target_on=D(2028, 12, 31))
    order = ["mesurable", "cible_tard", "trop_tard"]
    soon, late = (
        judged(line, Outlook(date(2025, 12, 31), days, every=12)).code for days in (lag, lag + 200 * more)
    )
    assert order.index(late) >= order.index(soon)
