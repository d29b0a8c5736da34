"""The made-up « true » population behind the demonstration's survey.

None of these people exists. Households number about what the census counts in each group of communes (2,625
main residences), with families' shares near its own (22 % couples with children, 7 % single parents); all the
rest is invented: who is a soldier's family, who works at odd hours, who is at ease online, who needs what.

Every home and every person of it has the traits from which all their answers follow (``demo.answering``),
whether or not they take part. The truth of a question is therefore known: it is the answer of all
(``demo.truth``). Those who take part are drawn with a bias (``demo.sampling``), so that one can see what
weighting mends, and what it does not:

* homes of soldiers posted here, and owners of second homes, answer much more than others;
* the Larzac is over-represented among families, the Dourbie among inhabitants;
* those at ease online answer more, and single parents less; among inhabitants, those of 60 to 74;
* four parents out of five who answer are mothers.

Soldiers who live in barracks are in no home, as in the census; second homes are apart (``year_round`` false).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from demo.dice import Dice

SECTEURS: tuple[str, ...] = ("Larzac", "Dourbie", "Sorgues", "Cernon")
HOMES: Mapping[str, int] = {"Larzac": 730, "Dourbie": 860, "Sorgues": 715, "Cernon": 320}
SECOND_HOMES: Mapping[str, int] = {"Larzac": 240, "Dourbie": 940, "Sorgues": 590, "Cernon": 300}
KINDS: Mapping[str, Mapping[str, float]] = {
    "Larzac": {"seule": 0.24, "couple": 0.26, "couple_enfants": 0.36, "monoparentale": 0.08, "autre": 0.06},
    "Dourbie": {"seule": 0.42, "couple": 0.33, "couple_enfants": 0.15, "monoparentale": 0.06, "autre": 0.04},
    "Sorgues": {"seule": 0.36, "couple": 0.34, "couple_enfants": 0.19, "monoparentale": 0.07, "autre": 0.04},
    "Cernon": {"seule": 0.34, "couple": 0.35, "couple_enfants": 0.20, "monoparentale": 0.06, "autre": 0.05},
}
"""Secteur -> kind of household -> share."""
FAR: Mapping[str, float] = {"Larzac": 0.12, "Dourbie": 0.3, "Sorgues": 0.88, "Cernon": 0.72}
"""How far services are, from 0 to 1."""
_SOLDIERS = {"seule": 0.2, "couple": 0.35, "couple_enfants": 0.58, "monoparentale": 0.15, "autre": 0.2}
"""Chance that a home of the Larzac is of a soldier posted here; a twentieth of it elsewhere."""
FAMILIES: tuple[str, ...] = ("couple_enfants", "monoparentale")


@dataclass(frozen=True)
class Person:
    """Someone of a home.

    Attributes:
        home: number of the home; with ``rank`` it names the person's draws.
        rank: in the home, from 0; adults first.
        age: in years.
        woman: or not.
        work: emploi, recherche, retraite, etudes, foyer.
        odd_hours: works early, late, at night, at weekends, or leaves on missions.
        online: ease with online steps, 0 (none) to 1.
        drives: has a licence and a car at hand.
    """

    home: int
    rank: int
    age: int
    woman: bool
    work: str
    odd_hours: bool
    online: float
    drives: bool


@dataclass(frozen=True)
class Home:
    """A household.

    Attributes:
        number: unique.
        secteur: one of :data:`SECTEURS`.
        kind: seule, couple, couple_enfants, monoparentale, autre.
        people: adults, then children who live there, eldest first.
        military: an adult is a soldier posted here.
        year_round: it lives here; False for a second home.
        far: from services, 0 to 1.
        strained: money is short, 0 to 1.
        new: arrived less than three years ago.
        disability: a child or an adult of it is disabled.
    """

    number: int
    secteur: str
    kind: str
    people: tuple[Person, ...]
    military: bool
    year_round: bool
    far: float
    strained: float
    new: bool
    disability: bool

    @property
    def adults(self) -> tuple[Person, ...]:
        """Those of 18 or more."""
        return tuple(p for p in self.people if p.age >= 18)

    @property
    def minors(self) -> tuple[Person, ...]:
        """Those under 18."""
        return tuple(p for p in self.people if p.age < 18)

    def children(self, low: int, high: int) -> int:
        """How many are of that age, both ends counted."""
        return sum(low <= p.age <= high for p in self.people)

    @property
    def odd_hours(self) -> bool:
        """Whether an adult works at odd hours."""
        return any(p.odd_hours for p in self.adults)


@lru_cache(maxsize=1)
def population() -> tuple[Home, ...]:
    """All homes that live here all year: whom the survey is about."""
    plan = [secteur for secteur in SECTEURS for _ in range(HOMES[secteur])]
    return tuple(_home(number, secteur) for number, secteur in enumerate(plan, start=1))


@lru_cache(maxsize=1)
def second_homes() -> tuple[Home, ...]:
    """Homes that live elsewhere most of the year."""
    plan = [secteur for secteur in SECTEURS for _ in range(SECOND_HOMES[secteur])]
    return tuple(_second_home(number, secteur) for number, secteur in enumerate(plan, start=10_001))


def _home(number: int, secteur: str) -> Home:
    dice = Dice("home", number)
    kind = dice.one(KINDS[secteur])
    military = dice.yes(_SOLDIERS[kind] * (1 if secteur == "Larzac" else 0.05))
    far = min(1.0, max(0.0, FAR[secteur] + 0.3 * (dice.share() - 0.5)))
    strained = min(1.0, max(0.0, dice.about(0, 0.3, 1) + 0.25 * (kind == "monoparentale") - 0.12 * military))
    ages = _adults(dice, kind, military, secteur)
    ages += _children(dice, kind, military, min(ages))
    people = tuple(_person(number, kind, rank, age, military, far) for rank, age in enumerate(ages))
    new = dice.yes(0.62 if military else 0.12)
    return Home(number, secteur, kind, people, military, True, far, strained, new, dice.yes(0.09))


def _second_home(number: int, secteur: str) -> Home:
    dice = Dice("home", number)
    kind = dice.one({"seule": 0.22, "couple": 0.66, "couple_enfants": 0.12})
    ages = [int(dice.about(45, 66, 84)) for _ in range(1 if kind == "seule" else 2)]
    if kind == "couple_enfants":
        ages = [int(dice.about(34, 43, 54))] * 2 + _children(dice, kind, False, 40)
    people = tuple(_person(number, kind, rank, age, False, 0.4) for rank, age in enumerate(ages))
    return Home(number, secteur, kind, people, False, False, FAR[secteur], 0.15, False, dice.yes(0.05))


def _adults(dice: Dice, kind: str, military: bool, secteur: str) -> list[int]:
    if military:
        first = int(dice.about(22, 33, 48))
    elif kind in FAMILIES:
        first = int(dice.about(27, 45, 60))
    elif kind == "seule":
        first = int(dice.about(24, 80 if secteur != "Larzac" else 62, 97))
    else:
        first = int(dice.about(26, 72 if secteur != "Larzac" else 62, 90))
    if kind in ("seule", "monoparentale"):
        return [first]
    return [first, max(19, first + dice.whole(-5, 4))]


def _children(dice: Dice, kind: str, military: bool, parent: int) -> list[int]:
    if kind not in FAMILIES:
        return []
    count = dice.one({1: 0.4, 2: 0.42, 3: 0.15, 4: 0.03})
    eldest = parent - dice.whole(21, 30)
    eldest = min(21 if not military else 16, eldest) if eldest > 1 else dice.whole(0, 7)
    ages = [eldest]
    for _ in range(count - 1):
        ages.append(max(0, ages[-1] - dice.whole(2, 4)))
    return ages


def _person(home: int, kind: str, rank: int, age: int, military: bool, far: float) -> Person:
    dice = Dice("person", home, rank)
    woman = dice.yes(_women(kind, rank, military))
    work = _work(dice, age, military and rank == 0)
    odd = work == "emploi" and dice.yes(0.88 if military and rank == 0 else 0.3)
    online = min(1.0, max(0.0, 1.08 - 0.011 * max(age, 20) + 0.45 * (dice.share() - 0.5)))
    drives = age >= 18 and dice.yes(0.93 - 0.008 * max(0, age - 62) - 0.2 * (age < 21))
    return Person(home, rank, age, woman, work, odd, online, drives)


def _women(kind: str, rank: int, military: bool) -> float:
    """Chance that someone is a woman; the first of a couple is most often a man, the second a woman."""
    if kind in ("seule", "autre") or rank > 1:
        return 0.1 if military and rank == 0 else 0.56
    if kind == "monoparentale":
        return 0.84 if rank == 0 else 0.5
    return 0.1 if rank == 0 else 0.92


def _work(dice: Dice, age: int, soldier: bool) -> str:
    if age < 18:
        return "etudes"
    if soldier:
        return "emploi"
    if age >= 64 or (age >= 61 and dice.yes(0.6)):
        return "retraite"
    if age < 22:
        return dice.one({"etudes": 0.6, "emploi": 0.3, "recherche": 0.1})
    return dice.one({"emploi": 0.8, "recherche": 0.09, "foyer": 0.11})
