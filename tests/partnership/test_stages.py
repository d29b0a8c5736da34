"""The démarche as it stood on an earlier day: nothing that came later is told as done."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctg_lib.partnership.calendar import Calendar, Step, read_calendar
from ctg_lib.partnership.stages import UNKNOWN, ahead, at, state_on

AS_OF = date(2027, 6, 15)
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


def calendar(*steps: dict) -> Calendar:
    found = read_calendar({"phases": [], "etapes": [dict(s, nom=s["id"]) for s in steps], "instances": []})
    assert not found.problems
    return found


@pytest.mark.parametrize(
    ("step", "day", "state"),
    [
        ({"date": "2027-05-18", "etat": "fait"}, date(2027, 5, 18), "fait"),
        ({"date": "2027-05-18", "etat": "fait"}, date(2027, 5, 17), "prevu"),
        ({"date": "octobre 2026", "etat": "fait"}, date(2026, 10, 15), "en_cours"),
        ({"date": "octobre 2026", "etat": "fait"}, date(2026, 10, 31), "fait"),
        ({"debut": "2027-03-16", "fin": "2027-04-20", "etat": "fait"}, date(2027, 4, 19), "en_cours"),
        ({"debut": "2027-06-10", "fin": "2027-06-28", "etat": "en cours"}, date(2027, 6, 1), "prevu"),
        ({"etat": "fait"}, date(2027, 6, 14), UNKNOWN),
        ({"etat": "fait"}, AS_OF, "fait"),
        ({"fin": "2027-06-30", "etat": "en cours"}, date(2027, 6, 1), UNKNOWN),
        ({"date": "2027-06-29", "etat": "prévu"}, date(2027, 1, 1), "prevu"),
        ({"date": "vers mars 2028", "etat": "hypothèse"}, date(2027, 1, 1), "hypothese"),
    ],
)
def test_state_on_a_day(step, day, state):
    one = calendar({"id": "E1", **step}).steps[0]
    assert state_on(one, day, AS_OF) == state


@given(
    start=DAYS,
    length=st.integers(0, 90),
    day=DAYS,
    state=st.sampled_from(["fait", "en_cours", "prevu", "hypothese"]),
)
def test_nothing_later_is_told_as_done(start, length, day, state):
    step = Step("E1", "x", start=start, end=start + timedelta(days=length), state=state)
    told = at(Calendar(steps=(step,)), day, AS_OF).steps[0]
    if day < AS_OF:
        assert told.state != "fait" or step.end <= day
        assert told.state != "en_cours" or step.start <= day
    else:
        assert told.state == state
    assert (told.start, told.end, told.name) == (step.start, step.end, step.name)


def test_what_comes_next_is_dated_and_nearest_first():
    found = calendar(
        {"id": "E1", "date": "2027-05-18", "etat": "fait"}, {"id": "E2", "date": "2027-10-12", "etat": "prévu"},
        {"id": "E3", "debut": "2027-06-10", "fin": "2027-06-28", "etat": "en cours"}, {"id": "E4", "etat": "prévu"},
    )  # fmt: skip
    day = date(2027, 4, 30)
    assert [s.id for s in ahead(at(found, day, AS_OF), day)] == ["E1", "E3", "E2"]
    assert [s.id for s in ahead(found, AS_OF)] == ["E3", "E2"]
