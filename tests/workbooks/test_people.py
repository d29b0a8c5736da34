"""What a message repeats of a cell says nothing of a person, and looking for people takes no time."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctg_lib.workbooks.cells import LONGEST_SHOWN, shown
from ctg_lib.workbooks.parsing import parse
from ctg_lib.workbooks.people import MASK, masked, personal
from ctg_lib.workbooks.schema import Field

LONG = [
    "a" * 40_000,
    "A" * 40_000,
    "a." * 20_000,
    "a@" * 20_000,
    "01 " * 13_000,
    "Mme" + " " * 40_000,
    "M. " * 13_000,
]


@pytest.mark.parametrize("text", LONG)
def test_a_cell_of_forty_thousand_letters_is_looked_through_at_once(text):
    started = time.perf_counter()
    personal(text), masked(text), shown(text)
    assert time.perf_counter() - started < 2  # it took minutes


@pytest.mark.parametrize(
    "text, planted",
    [
        ("voir c.exemple@organisme.example", "exemple@"),
        ("rappeler au 01 99 00 12 34", "99 00"),
        ("rappeler au +33 1 99 00 12 34", "99 00"),
        ("Mme Camille EXEMPLE arrive", "EXEMPLE"),
        ("x" * 70 + " c.exemple@organisme.example", "c.ex"),
    ],
)
def test_a_message_does_not_repeat_a_person(text, planted):
    assert planted not in shown(text)
    assert MASK in shown(text) or len(text) > LONGEST_SHOWN


def test_a_number_that_cannot_be_read_is_told_without_the_telephone_in_it():
    raw = "01 99 00 12 34"
    read = parse(Field("n", "Nombre", "date"), raw, {})
    assert read.expected
    assert "99" not in (read.found or shown(raw))


@given(st.text(max_size=300))
def test_what_is_repeated_is_short(text):
    assert len(shown(text)) <= LONGEST_SHOWN
