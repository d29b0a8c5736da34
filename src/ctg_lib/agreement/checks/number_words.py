"""Numbers of a French sentence, in digits and in words: « 60,5 », « trente-huit », « deux places sur trois »."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SPACE = r"[\s\u00a0\u202f]"
_WORDS: dict[str, int] = {
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9, "dix": 10,
    "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16, "vingt": 20, "trente": 30,
    "quarante": 40, "cinquante": 50, "soixante": 60, "cent": 100, "mille": 1000,
}  # fmt: skip
_WORD = "|".join(sorted((word for word in _WORDS if word not in ("un", "une")), key=len, reverse=True))
_RUN = re.compile(
    rf"(?<!pour )\b(?!neuf\b(?!{_SPACE}\w+[sx]\b))(?:{_WORD})s?"
    rf"(?:(?:-|{_SPACE})(?:{_WORD})s?\b|(?:-|{_SPACE})et(?:-|{_SPACE})(?:une?|onze)\b|-une?\b)*\b",
    re.IGNORECASE,
)
"""A number in words; « un » alone is an article, « neuf » alone is « nouveau », « pour cent » is %."""
_DIGITS = re.compile(
    rf"(?<![\w,.])\d{{1,3}}(?:{_SPACE}\d{{3}})*(?:,\d+)?(?![\w]|,\d)|(?<![\w,.])\d+(?:,\d+)?(?![\w]|,\d)"
)
_NO_FIGURE = re.compile(
    rf"\d{{1,2}}{_SPACE}?h(?:{_SPACE}?\d{{2}})?\b"  # 7 h 30
    rf"|\d+(?:{_SPACE}?(?:à|[-–]){_SPACE}?\d+)?{_SPACE}ans\b"  # 3 à 11 ans, 11–17 ans
    rf"|\b\d{{1,2}}(?:er)?{_SPACE}(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)\b"
)
"""Hours, ages and days: they say when or for whom, not how many."""
_RATIO = re.compile(
    rf"\b(?P<part>une?|\d+)(?P<of>(?:{_SPACE}[^\s,;.:!?]+){{0,4}}?){_SPACE}sur{_SPACE}(?P<whole>\d+)\b(?!,\d)",
    re.IGNORECASE,
)
CLOSEST = 5.0
"""Points by which a share said as « deux sur trois » may be rounded."""


@dataclass(frozen=True)
class Number:
    """A number of a sentence.

    Attributes:
        written: as it stands there.
        value: what it is worth.
        decimals: those that are written.
    """

    written: str
    value: float
    decimals: int = 0

    def rounds(self, known: float) -> bool:
        """Whether that is what another number is, rounded as this one is."""
        return abs(known - self.value) <= 0.5 * 10.0**-self.decimals + 1e-9


@dataclass(frozen=True)
class Ratio:
    """« deux places sur trois ».

    Attributes:
        part, whole: its numbers.
    """

    part: Number
    whole: Number

    def rounds(self, known: float) -> bool:
        """Whether that is what a share, in per cent, comes to."""
        share = 100 * self.part.value / self.whole.value
        return abs(known - share) <= min(CLOSEST, 50 / self.whole.value) + 1e-9


def numbers(sentence: str) -> list[Number | Ratio]:
    """Numbers that a sentence gives, in its order; hours, ages and days aside."""
    text, written = _in_digits(sentence)
    text = _NO_FIGURE.sub(lambda match: " " * len(match[0]), text)
    found: list[tuple[int, Number | Ratio]] = []
    for match in _RATIO.finditer(text):
        part, whole = _number(text, match.span("part"), written), _number(text, match.span("whole"), written)
        if part.value < whole.value <= 100:
            found.append((match.start(), Ratio(part, whole)))
            text = text[: match.start()] + " " * len(match[0]) + text[match.end() :]
    found += [(m.start(), _number(text, m.span(), written)) for m in _DIGITS.finditer(text)]
    return [each for _, each in sorted(found, key=lambda pair: pair[0])]


def values(text: str) -> Iterator[float]:
    """Every number that a text gives, whatever it counts: « 7 h 30 » too."""
    for found in re.findall(rf"\d+(?:{_SPACE}\d{{3}})*(?:,\d+)?", _in_digits(text)[0]):
        yield _value(found)


def _in_digits(sentence: str) -> tuple[str, dict[int, str]]:
    """The sentence with its numbers in digits, and what stood there in words: place in the new text -> words."""
    out, written, end = "", {}, 0
    for match in _RUN.finditer(sentence):
        out += sentence[end : match.start()]
        written[len(out)] = match[0]
        out += str(_worth(match[0]))
        end = match.end()
    return out + sentence[end:], written


def _worth(words: str) -> int:
    """« quatre-vingt-deux » -> 82."""
    total = here = 0
    for word in re.split(rf"-|{_SPACE}", words.lower()):
        each = _WORDS.get(word, _WORDS.get(word.removesuffix("s"), 0))
        if each == 1000:
            total, here = total + max(here, 1) * each, 0
        elif each == 100:
            here = max(here, 1) * each
        elif each == 20 and here % 100 == 4:  # quatre-vingts
            here += 76
        else:
            here += each
    return total + here


def _number(text: str, span: tuple[int, int], written: dict[int, str]) -> Number:
    digits = text[slice(*span)]
    value = 1.0 if digits.lower().startswith("un") else _value(digits)
    return Number(written.get(span[0], digits), value, len(digits.partition(",")[2]))


def _value(digits: str) -> float:
    return float(re.sub(_SPACE, "", digits).replace(",", "."))
