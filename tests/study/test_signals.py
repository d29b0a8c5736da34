"""What stands out: differences that may be named only, the farthest and surest first."""

from dataclasses import replace

import pytest

from ctg_lib.indicators.registry import definition, registry
from ctg_lib.study.signals import AGED, FARTHEST, NEUTRAL, Signal, signal_of, signals


@pytest.fixture(scope="module")
def found(larzac) -> list[Signal]:
    return signals(larzac, registry())


def test_only_differences_that_may_be_named(larzac, found):
    assert len(found) > 10
    for signal in found:
        compared, rule = signal.compared, signal.compared.definition
        assert compared.main is not None
        assert compared.main["period"] == compared.value.period  # one year on both sides
        assert rule.aggregation != "sum" and not rule.annex
        assert compared.reading.side in ("above", "below") or signal.double is not None
        assert 1 - 1e-9 <= signal.distance <= FARTHEST


def test_strongest_first_and_each_once(found):
    strengths = [signal.strength for signal in found]
    assert strengths == sorted(strengths, reverse=True)
    ids = [signal.compared.definition.id for signal in found]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "indicator",
    [
        "population",  # a count: a larger territory has more of everything
        "personnes_pauvres",  # a count too, though it is published and not summed
        "part_jeunes_non_inseres",  # misleading here: in the annex only
        "taux_couverture",  # half a place from France: says nothing
    ],
)
def test_what_is_no_signal(larzac, indicator):
    assert signal_of(larzac, indicator) is None


def test_a_rate_that_one_commune_turns_has_both_readings(larzac):
    """The garrison of La Cavalerie: 25.2 % aged 65 and over with it, 33.7 % without, 28.6 % in Aveyron (RP 2023)."""
    signal = signal_of(larzac, "part_65_plus")
    assert signal.double is not None and signal.double.place == "12063"
    alone = replace(signal, double=None)
    assert signal.strength > alone.strength


def test_what_neither_side_is_better_of_and_what_is_old_weigh_less(larzac, found):
    better = next(s for s in found if s.compared.definition.better)
    rule = replace(better.compared.definition, better=None)
    neutral = replace(better, compared=replace(better.compared, definition=rule))
    assert neutral.strength == pytest.approx(NEUTRAL * better.strength)
    assert replace(better, old=True).strength == pytest.approx(AGED * replace(better, old=False).strength)
    sports = signal_of(larzac, "part_licencies_sport_0_14")  # 2018
    assert sports is not None and sports.old


def test_what_all_neighbours_share_is_no_mark_of_this_territory(found):
    signal = found[0]
    assert replace(signal, shared=1.0).strength < replace(signal, shared=0.0).strength


def test_nothing_without_figures(affricain):
    for signal in signals(affricain, registry()):
        assert signal.compared.value.is_number, definition(signal.compared.definition.id).label
