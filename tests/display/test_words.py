"""One meaning for each word: every word that the code can choose is defined, as the code chooses it."""

import re

import pytest

from ctg_lib.disclosure.policy import PARTNER_COUNT, SENSITIVE_COUNT
from ctg_lib.display.prose import year_of
from ctg_lib.display.words import AFTER, CHANGES, FAR, SIDES, by_meaning, meanings
from ctg_lib.statistics.comparison import Measured, compare
from ctg_lib.values import STATUS_LABELS

WORDS = meanings(fewest=5, features="ménages et densité")


def test_every_word_that_can_be_chosen_has_a_meaning():
    chosen = {*SIDES.values(), *AFTER.values(), *CHANGES.values(), *STATUS_LABELS.values()} - {"observé"}
    chosen |= {f"{FAR} {SIDES[side]}" for side in ("above", "below")}
    assert chosen <= set(WORDS)
    assert set(SIDES) == set(AFTER) == {"above", "below", "close"} and set(CHANGES) == {*SIDES, "unknown"}


def test_meanings_are_filled_and_follow_the_thresholds():
    assert not [w for w, meaning in WORDS.items() if re.search(r"[{}]", meaning) or not meaning.endswith(".")]
    masked = WORDS[f"moins de {PARTNER_COUNT}"]
    assert f"De 1 à {PARTNER_COUNT - 1} personnes" in masked and f"de 1 à {SENSITIVE_COUNT - 1}." in masked
    assert "sous 5 valeurs" in WORDS["médiane des voisines"]
    assert "ménages et densité" in WORDS["territoires semblables"]


def test_the_words_say_what_the_comparison_does():
    """« deux fois l’écart qui compte » is « nettement », a difference below it or not established is none."""
    assert "deux fois" in WORDS[f"{FAR} {SIDES['above']}"]
    assert compare(Measured(12), Measured(10), 1).far and not compare(Measured(11.9), Measured(10), 1).far
    assert compare(Measured(10.9), Measured(10), 1).side == "close"
    assert compare(Measured(12, 9, 15), Measured(10, 8, 12), 1).side == "close"
    assert compare(Measured(12, 11, 13), Measured(10, 9, 10.5), 1).side == "above"


def test_words_of_one_meaning_stand_together():
    grouped = by_meaning(WORDS)
    assert grouped[0][0] == ["plus", "moins"] and sum(len(words) for words, _ in grouped) == len(WORDS)
    assert len({meaning for _, meaning in grouped}) == len(grouped)


@pytest.mark.parametrize(
    ("vintage", "words"),
    [
        ("2023", "2023"), ("2024-12", "décembre 2024"), ("2024-T4", "4e trimestre 2024"), ("2018-2023", "2018–2023"),
        ("2024-08-01", "1er août 2024"), ("2024-references", "2024"), ("", ""),
    ],
)  # fmt: skip
def test_a_vintage_in_words(vintage, words):
    assert year_of(vintage) == words
