"""Numbers and lists in French, for the few sentences of this room: its pages are written above it."""

from __future__ import annotations

from collections.abc import Sequence


def thousands(number: int) -> str:
    """« 4 760 », with thin no-break spaces."""
    return f"{number:,}".replace(",", "\u202f")


def enumerated(words: Sequence[str]) -> str:
    """« en ligne, sur papier et en face à face »."""
    return " et ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
