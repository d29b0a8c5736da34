"""Codes that let a person have an answer deleted without saying who they are.

A code is nine letters, written « BCD-FGH-JKL »: eight drawn, one that checks them. Letters only, without vowels nor
« Q »: it spells no word, looks like no number to a spreadsheet, and O/0, I/1 are not mistaken. It is drawn from a key
that stays with the study: who has this program and not the key cannot tell the codes (:func:`codes`). Codes made
online (LimeSurvey, ODK) have :data:`ONLINE` letters and no check: they are drawn by the tool, on the spot.
"""

from __future__ import annotations

import hashlib
import hmac
import re

ALPHABET = "BCDFGHJKLMNPRSTVWXZ"
"""Nineteen letters: a prime number, so that the check finds any one wrong letter and any two that changed places."""
DRAWN = 8
ONLINE = 10
"""Letters of a code made by an online tool."""


def normalised(code: str) -> str:
    """A code without what does not count: case, spaces, hyphens, dots; « 0 » is read as the letter O."""
    return re.sub(r"[\W_]+", "", code).upper().replace("0", "O")


def shown(code: str) -> str:
    """A code as it is printed: groups of three (five online)."""
    plain = normalised(code)
    size = 5 if len(plain) == ONLINE else 3
    return "-".join(plain[start : start + size] for start in range(0, len(plain), size))


def check_letter(drawn: str) -> str:
    """The letter that follows those drawn: weighted sum modulo 19, weights 2, 3, 4 …

    Raises:
        ValueError: a letter that is not of :data:`ALPHABET`.
    """
    return ALPHABET[
        -sum(weight * ALPHABET.index(letter) for weight, letter in enumerate(drawn, start=2)) % 19
    ]


def is_printed(code: str) -> bool:
    """Whether a code can be one of those printed on a form: its letters, and the one that checks them."""
    plain = normalised(code)
    if len(plain) != DRAWN + 1 or set(plain) - set(ALPHABET):
        return False
    return check_letter(plain[:DRAWN]) == plain[DRAWN]


def codes(count: int, key: bytes, purpose: str, first: int = 1) -> list[str]:
    """Codes number ``first`` and following: all different, the same for the same key and purpose.

    Args:
        count: how many.
        key: secret of the study; whoever has it can tell the codes.
        purpose: id of the questionnaire: each has its own codes.
        first: from 1; forms printed later go on from there.

    Raises:
        ValueError: a negative count, or ``first`` under 1.
    """
    if count < 0 or first < 1:
        raise ValueError(f"{count} codes from number {first}")
    wanted: list[str] = []
    seen: set[str] = set()
    number = 0
    while len(seen) < first - 1 + count:
        number += 1
        code = _drawn(key, f"{purpose}:{number}")
        if code in seen:
            continue
        seen.add(code)
        if len(seen) >= first:
            wanted.append(code)
    return wanted


def _drawn(key: bytes, message: str) -> str:
    """HMAC-SHA256 of a number, written with the letters of the alphabet (bias under 2⁻²²⁰)."""
    value = int.from_bytes(hmac.new(key, message.encode(), hashlib.sha256).digest())
    letters = ""
    for _ in range(DRAWN):
        value, rest = divmod(value, len(ALPHABET))
        letters += ALPHABET[rest]
    return letters + check_letter(letters)
