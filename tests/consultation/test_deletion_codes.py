import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctg_lib.consultation.deletion_codes import (
    ALPHABET,
    DRAWN,
    check_letter,
    codes,
    is_printed,
    normalised,
    shown,
)

DRAWN_LETTERS = st.text(ALPHABET, min_size=DRAWN, max_size=DRAWN)


@given(DRAWN_LETTERS, st.integers(0, DRAWN), st.sampled_from(ALPHABET))
def test_one_wrong_letter_is_found(drawn, place, letter):
    code = drawn + check_letter(drawn)
    wrong = code[:place] + letter + code[place + 1 :]
    assert is_printed(code)
    assert is_printed(wrong) == (wrong == code)


@given(DRAWN_LETTERS, st.integers(0, DRAWN), st.integers(0, DRAWN))
def test_two_letters_that_changed_places_are_found(drawn, one, other):
    code = list(drawn + check_letter(drawn))
    code[one], code[other] = code[other], code[one]
    assert is_printed("".join(code)) == ("".join(code) == drawn + check_letter(drawn))


def test_codes_are_all_different_and_go_on():
    many = codes(3000, b"clef", "parents")
    assert len(set(many)) == 3000 and all(map(is_printed, many))
    assert codes(10, b"clef", "parents", first=21) == many[20:30]


def test_codes_depend_on_the_key_and_on_the_questionnaire():
    assert not set(codes(50, b"a", "parents")) & set(codes(50, b"b", "parents"))
    assert not set(codes(50, b"a", "parents")) & set(codes(50, b"a", "habitants"))


def test_no_code_is_a_number_or_a_word_to_a_spreadsheet():
    assert not set(ALPHABET) & set("AEIOUYQ0123456789=+-@")


def test_a_code_is_read_as_people_write_it():
    code = codes(1, b"a", "parents")[0]
    assert shown(code).count("-") == 2
    assert normalised(f" {shown(code).lower().replace('-', ' ')} ") == code


def test_bounds_are_checked():
    with pytest.raises(ValueError):
        codes(-1, b"a", "x")
    with pytest.raises(ValueError):
        codes(1, b"a", "x", first=0)
