"""Figures of two studies, and indicators measured again: from rows, without any store."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest
from governance_samples import agreed, partners

from ctg_lib.agreement.follow_up import tracks
from ctg_lib.errors import BadInput
from ctg_lib.indicators.registry import registry
from ctg_lib.study.editions import compare_editions, lines_of
from ctg_lib.study.follow_up import measured_again, points_of
from ctg_lib.study.series import comparable_years

BIRTHS, COVER = "naissances", "taux_couverture"


class Known:
    """A study that knows these rows: indicator -> [(period, value, method)]."""

    uses = None

    def __init__(self, id, as_of, rows, lines=None, communes=("90001",)):
        self.id, self.as_of, self.rows = id, as_of, rows
        self.agreement, self.partnership = agreed(lines or {}), partners()
        self.territory = SimpleNamespace(members=communes)

    def series(self, indicator, breakdown=""):
        told = self.rows.get(indicator, []) if not breakdown else []
        frame = pd.DataFrame(
            [
                {"indicator": indicator, "breakdown": "", "period": p, "value": v, "lower": float("nan"), "upper": float("nan"),
                 "status": "observed", "method": m, "sources": "exemple"}
                for p, v, m in told
            ],
            columns=["indicator", "breakdown", "period", "value", "lower", "upper", "status", "method", "sources"],
        )  # fmt: skip
        return frame.assign(
            segment=comparable_years(frame, registry()[indicator].breaks) if len(frame) else []
        )

    place = ("epci", "90001")

    def table(self, ids, places):
        return pd.concat([self.series(each) for each in ids])


def pair(before, after, **more):
    return compare_editions(Known("a", date(2026, 1, 1), before), Known("b", date(2029, 1, 1), after, **more))


def moved(found, indicator):
    return next((m for m in found.numbers if m.indicator == indicator), None)


def test_a_later_year_is_a_difference_the_same_year_is_none():
    found = pair({BIRTHS: [("2023", 40.0, "count")], COVER: [("2023", 60.0, "published")]},
                 {BIRTHS: [("2023", 40.0, "count")], COVER: [("2023", 60.0, "published"), ("2026", 75.0, "published")]})  # fmt: skip
    assert moved(found, BIRTHS) is None
    cover = moved(found, COVER)
    assert (cover.kind, cover.side, cover.before_period, cover.after_period) == (
        "suivant",
        "above",
        "2023",
        "2026",
    )
    assert found.known == 2
    assert any("Taux de couverture" in line and "60,0" in line and "75,0" in line for line in lines_of(found))


def test_a_figure_that_its_publisher_changed_is_told_so():
    found = pair({COVER: [("2023", 60.0, "published")]}, {COVER: [("2023", 70.0, "published")]})
    assert moved(found, COVER).kind == "revise"


def test_a_break_between_two_years_gives_no_difference():
    rule = next(r for r in registry().values() if r.breaks and not r.annex)
    year = int(rule.breaks[-1][:4])
    found = pair({rule.id: [(str(year - 1), 10.0, "published")]}, {rule.id: [(str(year), 90.0, "published")]})
    broken = moved(found, rule.id)
    assert (broken.kind, broken.side, broken.difference) == ("rompu", "", "")
    assert "la définition ou la source a changé" in " ".join(lines_of(found))


def test_census_years_that_share_collection_do_not_compare():
    before, after = [("2021", 20.0, "census")], [("2021", 20.0, "census"), ("2023", 30.0, "census")]
    found = pair({"part_65_plus": before}, {"part_65_plus": after}) if "part_65_plus" in registry() else None
    rule = next(id for id, r in registry().items() if not r.breaks and not r.annex and r.meaningful)
    found = found or pair({rule: before}, {rule: after})
    only = found.numbers[0]
    assert only.kind == "rompu"
    assert "collecte du recensement" in only.why


def test_an_older_figure_is_not_taken_for_a_change():
    found = pair({BIRTHS: [("2025", 40.0, "count")]}, {BIRTHS: [("2024", 50.0, "count")]})
    assert (moved(found, BIRTHS).kind, moved(found, BIRTHS).side) == ("disparu", "")


def test_another_geography_compares_no_figure():
    found = pair({BIRTHS: [("2023", 40.0, "count")]}, {BIRTHS: [("2025", 50.0, "count")]}, communes=("90001", "90002"))  # fmt: skip
    assert found.numbers == ()
    assert "communes entrées : 1" in found.geography.replace("\u00a0", " ")


def test_editions_are_given_the_older_first_and_share_a_commune():
    old, new = Known("a", date(2026, 1, 1), {}), Known("b", date(2029, 1, 1), {})
    with pytest.raises(BadInput, match="la plus ancienne d’abord"):
        compare_editions(new, old)
    with pytest.raises(BadInput, match="aucune commune en commun"):
        compare_editions(old, Known("c", date(2029, 1, 1), {}, communes=("90009",)))


def test_an_indicator_of_the_dictionary_is_measured_again():
    line = {
        "id": "IN01",
        "action": "A01",
        "indicator": BIRTHS,
        "baseline_period": "2023",
        "baseline": 40.0,
        "target": 50.0,
    }
    rows = {BIRTHS: [("2022", 44.0, "count"), ("2023", 40.0, "count"), ("2024", 43.0, "count")]}
    again = measured_again(Known("b", date(2029, 1, 1), rows, {"plan.indicators": [line]}))
    assert [(p.period, p.value, p.comparable, p.origin) for p in again["IN01"]] == [("2024", 43.0, True, "dictionnaire")]  # fmt: skip


def test_a_measure_beyond_a_break_is_not_comparable():
    rule = next(r for r in registry().values() if r.breaks and not r.annex)
    year = int(rule.breaks[-1][:4])
    rows = {rule.id: [(str(year - 1), 10.0, "published"), (str(year), 90.0, "published")]}
    (point,) = points_of(Known("b", date(2029, 1, 1), rows), rule.id, "", str(year - 1))
    assert not point.comparable
    assert "définition" in point.why


def test_an_indicator_of_the_dictionary_goes_on_until_its_series_breaks():
    """Each vintage adds a value; the one beyond a real break of the registry is shown, and read as broken."""
    rule = next(r for r in registry().values() if r.breaks and not r.annex)
    year = int(rule.breaks[-1][:4])
    line = {"id": "IN01", "action": "A01", "indicator": rule.id, "breakdown": "", "unit": "%", "baseline_period": str(year - 3), "baseline": 10.0,
            "target": 20.0, "target_on": date(year + 1, 12, 31)}  # fmt: skip
    rows = {rule.id: [(str(year - 3 + n), 10.0 + 3 * n, "published") for n in range(5)]}

    def read_in(last):
        known = {rule.id: [row for row in rows[rule.id] if int(row[0]) <= last]}
        study = Known("b", date(last + 1, 12, 31), known, {"plan.indicators": [line]})
        (track,) = tracks(study.agreement, study.as_of, measured_again(study))
        return track

    first, second, third = (read_in(last) for last in (year - 2, year - 1, year))
    assert [(t.latest.period, t.latest.value) for t in (first, second)] == [(str(year - 2), 13.0), (str(year - 1), 16.0)]  # fmt: skip
    assert second.reading == "dans_le_rythme"
    assert [p.comparable for p in third.points] == [True, True, False] and third.reading == "rompu"
    assert "définition" in third.latest.why and third.expected != third.expected
