"""Draws that come out the same at every run, on every machine and every version of Python.

Each draw has its own name: changing one question's model leaves the others as they were. Only
``random.Random.random`` is used, whose sequence Python promises to keep.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

SEED = "241200906-demo"
T = TypeVar("T")


class Dice:
    """Draws under one name: ``Dice("parents", 12, "mode_garde")``."""

    def __init__(self, *name: object) -> None:
        self._random = random.Random("/".join(map(str, (SEED, *name))))

    def share(self) -> float:
        """A number from 0 to 1."""
        return self._random.random()

    def yes(self, chance: float) -> bool:
        """True with that chance."""
        return self.share() < chance

    def whole(self, low: int, high: int) -> int:
        """A whole number, both ends allowed."""
        return low + int(self.share() * (high - low + 1))

    def about(self, low: float, middle: float, high: float) -> float:
        """A number of a triangle: low and high are rare, the middle is frequent."""
        at, top = self.share(), (middle - low) / (high - low)
        if at < top:
            return low + math.sqrt(at * (high - low) * (middle - low))
        return high - math.sqrt((1 - at) * (high - low) * (high - middle))

    def one(self, weights: Mapping[T, float]) -> T:
        """One key, by its weight.

        Raises:
            ValueError: no weight is positive.
        """
        total = sum(w for w in weights.values() if w > 0)
        if total <= 0:
            raise ValueError("nothing to draw from")
        left = self.share() * total
        for key, weight in weights.items():
            if weight > 0:
                left -= weight
                if left < 0:
                    return key
        return [k for k, w in weights.items() if w > 0][-1]

    def some(self, chances: Mapping[T, float]) -> tuple[T, ...]:
        """Each key with its own chance, in their order."""
        return tuple([key for key, chance in chances.items() if self.yes(chance)])

    def order(self, weights: Mapping[T, float]) -> list[T]:
        """Keys from the first choice to the last: heavy ones tend to come first (Plackett–Luce)."""
        times = [(-math.log(1 - self.share()) / max(weight, 1e-9), key) for key, weight in weights.items()]
        return [key for _, key in sorted(times, key=lambda pair: pair[0])]

    def among(self, items: Sequence[T]) -> T:
        """One of them, all alike."""
        return items[int(self.share() * len(items))]

    def sample(self, weights: Mapping[T, float], count: int) -> list[T]:
        """So many different keys, by their weights."""
        return self.order({k: w for k, w in weights.items() if w > 0})[:count]
