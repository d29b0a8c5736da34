import math
from datetime import date

import pytest
from governance_samples import AS_OF, agreed, partners
from hypothesis import given
from hypothesis import strategies as st

from ctg_lib.agreement import follow_up
from ctg_lib.agreement.chance import Noise, drift_of
from ctg_lib.agreement.checks.follow_up import problems
from ctg_lib.agreement.follow_up import Point, Track, read
from ctg_lib.agreement.measurability import Verdict

START, END = date(2026, 12, 31), date(2030, 12, 31)
ACTION = {"nature": "nouvelle", "start": date(2027, 1, 1), "end": date(2031, 12, 31), "state": "en_cours"}
INDICATOR = {
    "id": "IN01", "action": "A01", "kind": "realisation", "label": "samedis ouverts", "unit": "samedis", "baseline": 0.0, "baseline_period": "2026",
    "target": 40.0, "target_on": END, "frequency": "annuelle",
}  # fmt: skip
SAMPLE = {
    "plan.actions": [
        {"id": "A01", "title": "Ouvrir", **ACTION}, {"id": "A02", "title": "Aider", **ACTION},
        {"id": "A03", "title": "Plus tard", **ACTION, "start": date(2029, 1, 1)}, {"id": "A04", "title": "En projet", **ACTION, "state": "projet"},
    ],
    "plan.budget": [
        {"action": "A01", "year": 2027, "kind": "depense", "item": "salaires", "amount": 1000.0},
        {"action": "A01", "year": 2027, "kind": "recette", "item": "part", "funder": "epci", "amount": 1000.0},
        {"action": "A02", "year": 2027, "kind": "depense", "item": "salaires", "amount": 500.0},
        {"action": "A01", "year": 2028, "kind": "depense", "item": "salaires", "amount": 2000.0},
    ],
    "plan.indicators": [INDICATOR, {**INDICATOR, "id": "IN02", "label": "familles", "unit": "familles"}],
    "suivi.progress": [
        {"action": "A01", "year": 2026, "state": "non_commencee", "told_on": date(2027, 1, 15)},
        {"action": "A01", "year": 2027, "state": "en_cours", "done": "ouvert", "told_on": date(2028, 2, 1)},
        {"action": "A02", "year": 2027, "state": "realisee", "told_on": date(2028, 2, 1)},
    ],
    "suivi.spending": [
        {"action": "A01", "year": 2027, "kind": "depense", "item": "salaires", "amount": 800.0},
        {"action": "A01", "year": 2027, "kind": "recette", "item": "part", "funder": "epci", "amount": 800.0},
    ],
    "suivi.measures": [
        {"indicator": "IN01", "period": "2027", "value": 11.0, "comparable": "oui", "measured_on": date(2028, 2, 1)},
        {"indicator": "IN02", "period": "2027", "value": 90.0, "comparable": "non", "measured_on": date(2028, 2, 1), "remark": "des passages"},
    ],
}  # fmt: skip


def sample(sheet=None, index=0, **more):
    lines = {name: [dict(line) for line in own] for name, own in SAMPLE.items()}
    if sheet:
        lines[sheet][index].update(more)
    return lines


def track(
    value, baseline=0.0, target=40.0, kind="realisation", unit="samedis", day=date(2028, 12, 31), **more
):
    point = Point("2028", day, value, **more)
    return Track("IN01", "A01", "x", kind, unit, baseline, "2026", target, END, (point,))


# --------------------------------------------------------------------------------------- how it stands


@pytest.mark.parametrize(
    ("value", "noise", "reading"),
    [
        (40.0, None, "atteinte"), (41.0, None, "atteinte"), (21.0, None, "dans_le_rythme"), (20.0, None, "dans_le_rythme"),
        (15.0, None, "en_retard"), (15.1, 5.0, "dans_le_rythme"), (14.9, 5.0, "en_retard"), (1.0, None, "en_retard"), (0.0, None, "immobile"),
        (4.0, 5.0, "immobile"), (-6.0, 5.0, "s_eloigne"), (-4.0, 5.0, "immobile"), (30.0, 20.1, "trop_tot"), (40.0, 99.0, "atteinte"),
    ],
)  # fmt: skip
def test_a_measure_is_read_on_the_line_from_baseline_to_target(value, noise, reading):
    assert read(track(value), noise).reading == reading


def test_a_measure_as_near_its_baseline_as_its_line_says_nothing_yet():
    # line at 20, measure 11: within 12 of both; 13 has left the baseline
    assert read(track(11.0), 12.0).reading == "trop_tot"
    assert read(track(13.0), 12.0).reading == "dans_le_rythme"


def test_half_a_step_late_is_not_late():
    # two days of leap years put the line a thousandth above a whole number
    assert read(track(20.0, day=date(2029, 1, 2))).reading == "dans_le_rythme"
    assert read(track(19.0, day=date(2029, 1, 2))).reading == "en_retard"


def test_the_line_stops_at_the_day_of_the_target():
    assert follow_up.expected(track(0.0), date(2035, 1, 1)) == 40.0
    assert follow_up.expected(track(0.0), START) == 0.0
    assert follow_up.expected(track(0.0), date(2028, 12, 31)) == pytest.approx(20, abs=0.02)


def test_a_target_that_goes_down_is_read_downwards():
    assert read(track(4.0, baseline=10.0, target=2.0)).reading == "dans_le_rythme"
    assert read(track(8.0, baseline=10.0, target=2.0)).reading == "en_retard"
    assert read(track(13.0, baseline=10.0, target=2.0)).reading == "s_eloigne"
    assert read(track(2.0, baseline=10.0, target=2.0)).reading == "atteinte"


def test_a_level_to_keep_is_kept_or_not():
    assert read(track(60.0, baseline=60.0, target=60.0)).reading == "tenue"
    assert read(track(57.0, baseline=60.0, target=60.0), 4.0).reading == "tenue"
    assert read(track(50.0, baseline=60.0, target=60.0), 4.0).reading == "ecartee"


def test_a_small_count_of_people_moves_by_chance():
    # Poisson, 95 %: from a baseline of 0 to a line of 20, 1.96 × √20 = 8.77
    people = read(track(12.0, kind="resultat", unit="familles"))
    assert people.noise == pytest.approx(8.77, abs=0.02)
    assert people.reading == "dans_le_rythme"
    assert read(track(12.0, kind="realisation", unit="familles")).reading == "dans_le_rythme"
    assert read(track(12.0, kind="resultat", unit="% des familles")).reading == "en_retard"


def test_two_people_fewer_of_sixteen_is_chance_whatever_the_indicator_is_called():
    # 16 to 18 in four years, 14 after two: 1.96 × √(16 + 17) = 11.3
    for kind in ("moyens", "realisation", "resultat"):
        found = read(track(14.0, baseline=16.0, target=18.0, kind=kind, unit="personnes"))
        assert found.reading == "trop_tot" and found.noise == pytest.approx(11.26, abs=0.01)
        assert read(track(14.0, baseline=16.0, target=18.0, kind=kind, unit="places")).reading == "s_eloigne"
    decided = Track("IN01", "A01", "x", "resultat", "personnes", 16.0, "2026", 18.0, END, (Point("2028", date(2028, 12, 31), 14.0),), chance="non")  # fmt: skip
    assert read(decided).reading == "s_eloigne"


def test_bounds_of_the_measure_are_its_noise():
    assert read(track(15.0, low=9.0, high=21.0)).noise == 6.0
    assert read(track(15.0, low=9.0, high=21.0)).reading == "dans_le_rythme"


def test_a_broken_series_gives_no_difference():
    broken = read(track(90.0, comparable=False, why="des passages"))
    assert broken.reading == "rompu"
    assert math.isnan(broken.expected)


def test_without_measure_or_target_nothing_is_read():
    assert read(Track("IN01", "A01", "x", "resultat", "", 0.0, "2026", 4.0, END)).reading == "non_mesure"
    assert read(track(1.0, target=math.nan)).reading == "sans_cible"
    assert read(Track("IN01", "A01", "x", "resultat", "", 0.0, "2026", 4.0, None, (Point("2028", END, 1.0),))).reading == "sans_cible"  # fmt: skip


numbers = st.integers(-200, 200).map(float)


@given(numbers, numbers, numbers, st.floats(0, 50))
def test_turning_every_number_round_changes_no_reading(baseline, target, value, noise):
    straight = read(track(value, baseline, target), noise)
    turned = read(track(-value, -baseline, -target), noise)
    assert straight.reading == turned.reading


@given(numbers, numbers, numbers, st.floats(0, 50))
def test_a_better_measure_is_never_read_worse(baseline, target, value, noise):
    ranks = ["s_eloigne", "immobile", "en_retard", "dans_le_rythme", "atteinte"]
    side = 1.0 if target > baseline else -1.0
    here, better = (read(track(v, baseline, target), noise).reading for v in (value, value + side * 7))
    if here in ranks and better in ranks:
        assert ranks.index(better) >= ranks.index(here)


# --------------------------------------------------------------------------------------- workbooks


def test_years_and_whether_the_convention_has_begun():
    agreement = agreed(SAMPLE)
    assert follow_up.years(agreement) == (2026, 2027)
    nothing = agreed({})
    assert not follow_up.begun(nothing, {"start": date(2028, 7, 1)}, AS_OF)
    assert follow_up.begun(nothing, {"start": date(2028, 6, 30)}, AS_OF)


def test_a_plan_without_follow_up_has_nothing_to_tell():
    for lines in ({}, {name: own for name, own in SAMPLE.items() if name.startswith("plan.")}):
        agreement = agreed(lines)
        assert follow_up.years(agreement) == ()
        assert follow_up.progress(agreement, 2027)["state"].eq("").all()
        assert follow_up.means(agreement).empty
        assert follow_up.means(agreement, ["year"]).empty
        assert follow_up.receipts(agreement).empty
        assert all(t.reading == "non_mesure" for t in follow_up.tracks(agreement, AS_OF))
        assert told(lines) == []


def test_progress_tells_the_actions_of_a_year():
    table = follow_up.progress(agreed(SAMPLE), 2027)
    assert table["id"].tolist() == ["A01", "A02"]  # neither the draft, nor the one that begins later
    assert table["state"].tolist() == ["en_cours", "realisee"]
    assert table["before"].tolist() == ["non_commencee", ""]


def test_money_not_told_is_no_zero():
    table = follow_up.means(agreed(SAMPLE))
    first = table[table["action"].eq("A01")].iloc[0]
    assert (first["planned"], first["spent"], first["received"]) == (1000, 800, 800)
    other = table[table["action"].eq("A02")].iloc[0]
    assert math.isnan(other["spent"])
    assert other["untold"] == 500
    assert table["year"].max() == 2027  # nothing is told of 2028
    whole = follow_up.means(agreed(SAMPLE), ["year"]).iloc[0]
    assert (whole["planned"], whole["spent"], whole["untold"]) == (1000, 800, 500)


def test_receipts_compare_the_same_actions_and_years():
    table = follow_up.receipts(agreed(SAMPLE))
    assert table.to_dict("records") == [{"funder": "epci", "planned": 1000.0, "received": 800.0}]


def test_tracks_hold_what_was_measured_by_the_study_s_date():
    first, second = follow_up.tracks(agreed(SAMPLE), AS_OF)
    assert first.reading == "dans_le_rythme"
    assert second.reading == "rompu"
    assert follow_up.tracks(agreed(SAMPLE), date(2028, 1, 31))[0].reading == "non_mesure"


def test_the_dictionary_takes_the_place_of_the_workbook():
    again = {"IN01": (Point("2027", date(2027, 12, 31), 3.0, origin="dictionnaire"),)}
    assert follow_up.tracks(agreed(SAMPLE), AS_OF, again)[0].latest.value == 3.0


def test_the_ordinary_variation_is_that_of_the_years_since_the_baseline():
    days = [date(year, 12, 31) for year in range(2018, 2027)]
    own = Noise(drift=drift_of(zip(days, (0.0, 1.0) * 4 + (0.0,), strict=True)))
    verdict = Verdict("IN01", "A01", "x", "realisation", "mesurable", noise=own.over(4), own=own)
    (first, _) = follow_up.tracks(agreed(SAMPLE), AS_OF, None, {"IN01": verdict})
    assert first.noise == pytest.approx(own.over(1), rel=1e-2) and first.noise < own.over(4) / 2


# --------------------------------------------------------------------------------------- what was signed

EVENINGS = {**INDICATOR, "unit": "soirées par an", "label": "soirées tenues", "target": 80.0, "target_on": date(2029, 12, 31)}  # fmt: skip


def held(now, signed, value=62.0):
    lines = {"plan.indicators": [now], "suivi.measures": [{"indicator": "IN01", "period": "2028", "value": value, "comparable": "oui"}]}  # fmt: skip
    first = agreed({"plan.indicators": [signed]}).table("plan", "indicators").to_dict("records")
    (track,) = follow_up.tracks(agreed(lines), date(2029, 3, 31), signed={"IN01": first[0]})
    return track


def test_progress_is_read_on_the_target_that_was_signed():
    # 62 of a line at 53 towards 80, at 80 towards the 120 that were signed
    assert held(EVENINGS, EVENINGS).reading == "dans_le_rythme" and held(EVENINGS, EVENINGS).amended == ()
    found = held(EVENINGS, {**EVENINGS, "target": 120.0})
    assert (found.reading, found.target, round(found.expected)) == ("en_retard", 120.0, 80)
    assert found.amended == ("cible abaissée de 120 à 80",)
    (said,) = held({**EVENINGS, "target": 1_234_567.5}, {**EVENINGS, "target": 1_000_000.0}).amended
    assert said.replace("\u202f", " ") == "cible relevée de 1 000 000 à 1 234 567,5"


def test_baselines_and_days_are_those_that_were_signed():
    found = held({**EVENINGS, "baseline": 40.0}, EVENINGS)
    assert found.baseline == 0.0 and found.amended == ("valeur de départ relevée de 0 à 40",)
    found = held({**EVENINGS, "target_on": date(2031, 12, 31)}, EVENINGS)
    assert found.target_on == date(2029, 12, 31)
    assert found.amended == ("échéance repoussée du 31 décembre 2029 au 31 décembre 2031",)
    found = held({**EVENINGS, "baseline_period": "2027"}, EVENINGS)
    assert found.baseline_period == "2026" and found.amended == ("départ pris en 2027 au lieu de 2026",)


def test_another_measure_is_not_read_on_what_was_signed():
    found = held(EVENINGS, {**EVENINGS, "unit": "soirées", "target": 120.0})
    assert found.target == 80.0 and found.amended == ()


# --------------------------------------------------------------------------------------- checks


def told(lines, as_of=AS_OF):
    return [f"{p.severity}: {p.said}" for p in problems(agreed(lines), partners(), as_of)]


def test_the_sample_has_nothing_to_mend():
    assert told(SAMPLE) == []


@pytest.mark.parametrize(
    ("sheet", "index", "more", "said"),
    [
        ("suivi.progress", 1, {"told_on": date(2028, 7, 1)}, "error: un avancement dit après la date de l’étude"),
        ("suivi.progress", 1, {"told_on": date(2026, 12, 1)}, "error: un avancement dit avant l’année qu’il raconte"),
        ("suivi.progress", 1, {"action": "A09"}, "error: un renvoi à « A09 », absent de plan-action.xlsx, feuille « Actions »"),
        ("suivi.progress", 1, {"action": "A02"}, "warning: l’avancement de 2027 ne dit rien de A01"),
        ("suivi.progress", 1, {"state": "reportee"}, "warning: une action reportée ou abandonnée sans raison"),
        ("suivi.measures", 0, {"measured_on": date(2028, 7, 1)}, "error: une mesure faite après la date de l’étude"),
        ("suivi.measures", 0, {"measured_on": date(2026, 7, 1)}, "error: une mesure faite avant la période qu’elle décrit"),
        ("suivi.measures", 0, {"period": "un jour"}, "error: une période qui ne se lit pas"),
        ("suivi.measures", 0, {"low": 12.0}, "error: une valeur hors de ses bornes"),
        ("suivi.measures", 1, {"remark": ""}, "warning: une série rompue sans explication"),
        ("plan.indicators", 0, {"indicator": "naissances"}, "warning: une mesure écrite à la main d’un indicateur du dictionnaire"),
        ("suivi.spending", 0, {"year": 2029}, "error: une dépense de 2029, année à venir"),
        ("suivi.spending", 1, {"funder": ""}, "warning: une recette sans financeur"),
    ],
)  # fmt: skip
def test_what_does_not_agree_is_told(sheet, index, more, said):
    assert said in told(sample(sheet, index, **more))


def test_answers_of_the_evaluation_have_a_day():
    line = {"id": "EV1", "criterion": "moyens", "question": "?", "answer": "oui"}
    assert "warning: une réponse d’évaluation sans date" in told({**SAMPLE, "suivi.evaluation": [line]})
    late = {**line, "answered_on": date(2029, 1, 1)}
    assert "error: une réponse donnée après la date de l’étude" in told({**SAMPLE, "suivi.evaluation": [late]})  # fmt: skip
