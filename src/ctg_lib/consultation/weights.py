"""Answers weighed so that they look like the population, on three official margins at most.

What is done, and why:

* **Margins** are counts of households or of persons, as the question asks for one or the other: they never mix.
  Only ``secteur``, ``age`` and ``menage`` can be one. Sex never is: nine answers in ten of a parents' survey come
  from mothers, and weights would be spread without anything being mended.
* **Out of the margins**: who has a second home here or lives elsewhere has no place in the population that margins
  count; those answers have no weight and are counted apart (:data:`APART`). People who live in barracks, prisons and
  homes for the elderly are not in the margins either (:mod:`ctg_lib.study.margins` takes them out). Families of
  soldiers who live in ordinary dwellings are households like others, and the census counts them as such: to leave
  them out would hide a large part of the parents of young children. As nobody publishes how many they are, results
  are read a second time by group (``by="militaire"`` in estimates): two tables, one with and one without them, would
  tell of a few by subtraction. :data:`GARRISON` is for who studies what they change, and its results are not shown
  beside the others.
* **No answer to a margin's question**: the respondent counts in each category in the proportion of the population;
  that margin then leaves the weight as it is. Nothing is imputed.
* **Small categories** (under :data:`CATEGORY` respondents) are put together with a neighbour (age) or with the next
  smallest one; a margin that too few answered (:data:`UNKNOWN`) or that has one category left is given up; margins
  that cannot be met within the bounds are put together further, then given up. All of it is told.
* **Few answers** (under :data:`FEWEST`): no weights.

Weights meet the margins by :func:`ctg_lib.statistics.calibration.within`: raking where it is enough, else within
bounds; no respondent weighs more than :data:`~ctg_lib.statistics.calibration.RATIO` times another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ctg_lib.consultation.answers import Answers
from ctg_lib.consultation.questionnaire import Role, Unit
from ctg_lib.consultation.wording import enumerated, thousands
from ctg_lib.disclosure.crossing import hidden_parts
from ctg_lib.disclosure.policy import survey_threshold
from ctg_lib.statistics.calibration import RATIO, Calibrated, Design, design_effect, effective_size, within
from ctg_lib.workbooks.problems import Problem

FEWEST = 50
"""Answers under which nothing is weighed."""
CATEGORY = 5
"""Respondents under which a category of a margin is put together with another."""
UNKNOWN = 0.2
"""Part of the respondents without answer from which a margin is given up."""
MARGINS = 3
"""Most margins: each one more spreads the weights."""
ROLES: tuple[Role, ...] = ("secteur", "age", "menage")
ADULTS = "adultes"
"""Question on the number of adults of a home: each adult of a home could have answered, a home is counted once."""
MOST_ADULTS = 3
DIFFER = 0.05
"""Part by which a margin's sum may differ from the population before it is told."""
MARGIN_COLUMNS = ("margin", "category", "label", "respondents", "wanted", "raw", "weighted")


@dataclass(frozen=True)
class Margin:
    """What the population is known to be.

    Attributes:
        role: of the question that it is about.
        unit: households (``menage``) or persons.
        label: in French (« secteur d’habitation »).
        totals: category -> number of households or persons.
        sources: ids of the manifest.
        note: what was assumed to make it, in French.
        codes: code of an option -> category of ``totals``; an option that is not there is its own category.
    """

    role: Role
    unit: Unit
    label: str
    totals: Mapping[str, float]
    sources: tuple[str, ...] = ()
    note: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Apart:
    """Answers that are not weighed, by what was answered: id, label, question, codes."""

    id: str
    label: str
    question: str
    codes: tuple[str, ...]


APART: tuple[Apart, ...] = (
    Apart("secondaire", "résidences secondaires", "residence", ("secondaire",)),
    Apart("ailleurs", "personnes qui n’habitent pas le territoire", "residence", ("non",)),
)
GARRISON = Apart("militaire", "foyers de militaires", "militaire", ("oui",))
"""Not apart by default: see the module."""


@dataclass(frozen=True)
class Diagnostics:
    """How weights were reached.

    Attributes:
        method: ``raking``, ``logit`` (bounded); empty where nothing is weighed.
        respondents, population: answers weighed, and what they stand for.
        iterations, gap, met: of the calibration; largest difference to a margin, as a part of it.
        low, high, ratio: smallest and largest weight (mean 1), and how many times larger.
        design_effect, effective: 1 + cv² of the weights; answers that would tell as much without weights.
        bounded: whether bounds were needed.
        collapsed: categories put together, in words.
        unknown: role -> part of the respondents without answer.
    """

    method: str
    respondents: int
    population: float
    iterations: int = 0
    gap: float = 0.0
    met: bool = True
    low: float = 1.0
    high: float = 1.0
    ratio: float = 1.0
    design_effect: float = 1.0
    effective: float = 0.0
    bounded: bool = False
    collapsed: tuple[str, ...] = ()
    unknown: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Weighting:
    """Weights of answers to one questionnaire, for one unit.

    Attributes:
        unit: of whom they speak.
        weights: by row of the answers; what each stands for, NaN where the answer is apart; all equal where
            nothing is weighed.
        diagnostics: how they were reached.
        table: one row per category of a margin: :data:`MARGIN_COLUMNS`; ``wanted`` and ``weighted`` in % of
            the margin, ``raw`` in % of all respondents; ``respondents`` and ``raw`` are absent where too few, or
            where they would tell how many gave no category.
        apart: answers without weight: ``reason, label, respondents`` (absent from 1 to 4).
        design: of the answers weighed, in the order of the table, for variances.
        margins: those that are met.
        problems: what was put together or given up.
    """

    unit: Unit
    weights: pd.Series
    diagnostics: Diagnostics
    table: pd.DataFrame
    apart: pd.DataFrame
    design: Design
    margins: tuple[Margin, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def weighted(self) -> bool:
        """Whether weights differ from one another."""
        return bool(self.margins)

    @property
    def label(self) -> str:
        """What must stand under every result, in French."""
        n = self.diagnostics.respondents
        if not self.weighted:
            return (
                f"Résultats bruts de {thousands(n)} réponses : les répondants ne représentent qu’eux-mêmes."
            )
        named = enumerated([m.label for m in self.margins])
        return (
            f"Résultats redressés sur {named} ({thousands(n)} réponses, taille d’échantillon effective "
            f"{thousands(round(self.diagnostics.effective))}), sans marge d’erreur de sondage : les répondants se "
            "sont présentés d’eux-mêmes. Les intervalles sont indicatifs : ce que vaudrait le hasard si, à caractéristiques "
            "de redressement égales, chacun avait eu la même chance de répondre."
        )


def only(answers: Answers, apart: Apart) -> Answers:
    """The answers that are apart for one reason, to be told raw: ``weigh(only(…), (), apart=())``."""
    if apart.question not in answers.table:
        return replace(answers, table=answers.table.iloc[:0])
    return replace(answers, table=answers.table[answers.table[apart.question].isin(apart.codes)])


@dataclass
class _Coded:
    """A margin beside the answers: category of each (−1: unknown), codes of each category and their total."""

    margin: Margin
    category: np.ndarray
    names: list[tuple[str, ...]]
    totals: list[float]

    @property
    def counts(self) -> np.ndarray:
        return np.bincount(self.category[self.category >= 0], minlength=len(self.names))

    def columns(self) -> np.ndarray:
        """One column per category: 0 and 1, the population's parts where the category is unknown."""
        parts = np.array(self.totals) / sum(self.totals)
        out = np.eye(len(self.names))[np.maximum(self.category, 0)]
        out[self.category < 0] = parts
        return out

    def put_together(self, one: int, other: int) -> None:
        keep, gone = min(one, other), max(one, other)
        self.names[keep] += self.names[gone]
        self.totals[keep] += self.totals[gone]
        self.category = np.where(self.category == gone, keep, self.category)
        self.category = np.where(self.category > gone, self.category - 1, self.category)
        del self.names[gone], self.totals[gone]


def weigh(
    answers: Answers, margins: Sequence[Margin], population: float | None = None, *, unit: Unit | None = None,
    apart: Sequence[Apart] = APART, ratio: float = RATIO,
) -> Weighting:  # fmt: skip
    """Weights of the answers to one questionnaire.

    Args:
        answers: those that enter results.
        margins: three at most, all of one unit.
        population: households or persons in all; the first margin's sum by default. Margins are brought to it.
        unit: that of the margins, else of the questionnaire.
        apart: whose answers have no weight.
        ratio: largest weight over the smallest one, at most.

    Raises:
        ValueError: more than three margins, another role than :data:`ROLES`, units that differ.
    """
    whom = unit or (margins[0].unit if margins else answers.questionnaire.unit)
    if len(margins) > MARGINS:
        raise ValueError(f"{len(margins)} margins; at most {MARGINS}")
    if wrong := [m.role for m in margins if m.role not in ROLES]:
        raise ValueError(f"no margin can be on « {wrong[0]} »; possible: {', '.join(ROLES)}")
    if any(m.unit != whom for m in margins):
        raise ValueError(f"a margin does not count « {whom} »")
    work = _Work(answers, whom, apart)
    if population is None:
        population = float(sum(margins[0].totals.values())) if margins else float("nan")
    if work.n < FEWEST:
        work.tell(
            f"{work.n} réponses", f"{FEWEST} réponses au moins pour redresser ; les résultats restent bruts"
        )
        return work.unweighted(population)
    if not margins:
        return work.unweighted(population)
    coded = [each for margin in margins if (each := work.coded(margin, population)) is not None]
    return work.weighted(coded, population, ratio)


class _Work:
    def __init__(self, answers: Answers, unit: Unit, apart: Sequence[Apart]) -> None:
        self.answers, self.unit = answers, unit
        self.problems: list[Problem] = []
        self.collapsed: list[str] = []
        self.unknown: dict[str, float] = {}
        table = answers.table
        self.inside = np.ones(len(table), dtype=bool)
        rows = []
        for each in apart:
            if each.question not in table:
                continue
            here = table[each.question].isin(each.codes).to_numpy(dtype=bool) & self.inside
            self.inside &= ~here
            few = 0 < int(here.sum()) < survey_threshold(False)
            rows.append(
                {
                    "reason": each.id,
                    "label": each.label,
                    "respondents": float("nan") if few else float(here.sum()),
                }
            )
        self.apart = pd.DataFrame(rows, columns=["reason", "label", "respondents"])
        self.table = table[self.inside]
        self.n = len(self.table)
        self.start = self._start()

    def _start(self) -> np.ndarray:
        """Mean 1. A home of two adults is twice as likely to be heard in a survey of persons."""
        start: NDArray[np.float64] = np.ones(self.n)
        if self.unit == "menage" and self.answers.questionnaire.unit == "personne" and ADULTS in self.table:
            adults = self.table[ADULTS].astype("float64").clip(1, MOST_ADULTS)
            known = adults.fillna(adults.median() if adults.notna().any() else 1.0)
            start = 1 / known.to_numpy(dtype=float)
        return start / float(start.mean()) if self.n else start

    def tell(self, found: str, expected: str, column: str = "") -> None:
        file = ", ".join(self.answers.files) or self.answers.questionnaire.title
        self.problems.append(Problem(file, found, expected, column=column, severity="warning"))

    # -------------------------------------------------------------------------------------- margins

    def coded(self, margin: Margin, population: float) -> _Coded | None:
        """The margin beside the answers, small categories put together; None where it is given up."""
        question = self.answers.questionnaire.of_role(margin.role)
        if question is None or question.id not in self.table:
            self.tell("aucune question à ce sujet", "une question qui permette ce redressement", margin.label)
            return None
        totals = {k: float(v) for k, v in margin.totals.items() if v > 0}
        whole = sum(totals.values())
        if not whole:
            self.tell("aucun effectif officiel", "les effectifs de la population", margin.label)
            return None
        if abs(whole / population - 1) > DIFFER:
            self.tell(
                f"{thousands(round(whole))} au total", f"{thousands(round(population))}, comme les autres marges",
                margin.label,
            )  # fmt: skip
        order = {o.code: i for i, o in enumerate(question.options)}
        first = {
            k: min((order.get(c, 99) for c, t in self._to(margin, order).items() if t == k), default=99)
            for k in totals
        }
        keys = sorted(totals, key=lambda k: (first[k], k))
        place = {k: i for i, k in enumerate(keys)}
        to = self._to(margin, order)
        answered = [to.get(code, "") if isinstance(code, str) else "" for code in self.table[question.id]]
        category = np.array([place.get(k, -1) for k in answered], dtype=int)
        self.unknown[margin.role] = float(np.mean(category < 0))
        if self.unknown[margin.role] > UNKNOWN:
            self.tell(
                f"{round(100 * self.unknown[margin.role])} % des réponses sans cette information",
                f"{round(100 * UNKNOWN)} % au plus ; ce redressement n’est pas fait", margin.label,
            )  # fmt: skip
            return None
        out = _Coded(margin, category, [(k,) for k in keys], [totals[k] * population / whole for k in keys])
        while len(out.names) > 1 and out.counts.min() < CATEGORY:
            self._collapse(out)
        if len(out.names) < 2:
            self.tell(
                "une seule catégorie assez nombreuse",
                "deux au moins ; ce redressement n’est pas fait",
                margin.label,
            )
            return None
        return out

    def _to(self, margin: Margin, order: Mapping[str, int]) -> dict[str, str]:
        return {code: margin.codes.get(code, code) for code in order}

    def _collapse(self, coded: _Coded) -> None:
        """Put the category of the fewest respondents together with a neighbour."""
        small = int(np.argmin(coded.counts))
        others = [i for i in range(len(coded.names)) if i != small]
        if coded.margin.role == "age":
            others = [i for i in others if abs(i - small) == 1]
        other = min(others, key=lambda i: (coded.counts[i], i))
        first, second = sorted((small, other))
        words = f"« {self.label(coded, first)} » avec « {self.label(coded, second)} »"
        self.collapsed.append(f"{coded.margin.label} : {words}")
        self.tell(
            f"moins de {CATEGORY} réponses dans une catégorie" if coded.counts[small] < CATEGORY else "un écart trop fort",
            f"des catégories plus larges ; {words}", coded.margin.label,
        )  # fmt: skip
        coded.put_together(small, other)

    def label(self, coded: _Coded, category: int) -> str:
        """Labels of the options of a category."""
        question = self.answers.questionnaire.of_role(coded.margin.role)
        assert question is not None  # coded() looked
        to = self._to(coded.margin, {o.code: 0 for o in question.options})
        named = [o.label for o in question.options if to[o.code] in coded.names[category]]
        return " + ".join(named) if named else " + ".join(coded.names[category])

    # -------------------------------------------------------------------------------------- weights

    def weighted(self, coded: list[_Coded], population: float, ratio: float) -> Weighting:
        """Weights that meet the margins; margins that cannot be met are put together, then given up."""
        scale = population / self.n
        room = ratio * float(self.start.min()) / float(self.start.max())
        while coded:
            x = np.hstack([c.columns() for c in coded])
            totals = np.concatenate([c.totals for c in coded])
            found = within(x, self.start * scale, totals, ratio=room)
            if found.met:
                return self._result(coded, found, x, population)
            misses = [float(np.max(np.abs(c.columns().T @ found.weights / c.totals - 1))) for c in coded]
            worst = coded[int(np.argmax(misses))]
            if len(worst.names) > 2:
                self._collapse(worst)
                continue
            self.tell(
                "un écart trop fort avec la population", "des réponses plus nombreuses ; ce redressement n’est pas fait",
                worst.margin.label,
            )  # fmt: skip
            coded = [c for c in coded if c is not worst]
        return self.unweighted(population)

    def _result(self, coded: list[_Coded], found: Calibrated, x: np.ndarray, population: float) -> Weighting:
        mean = found.weights / found.weights.mean()
        diagnostics = Diagnostics(
            found.method, self.n, population, found.iterations, found.gap, found.met, float(mean.min()), float(mean.max()),
            float(mean.max() / mean.min()), design_effect(mean), effective_size(mean), found.method == "logit",
            tuple(self.collapsed), dict(self.unknown),
        )  # fmt: skip
        design = Design(
            found.weights, self.start * population / self.n, x, fraction=min(self.n / population, 1.0)
        )
        rows = [row for each in coded for row in self._rows(each, found.weights)]
        return Weighting(
            self.unit, self._series(found.weights), diagnostics, pd.DataFrame(rows, columns=list(MARGIN_COLUMNS)),
            self.apart, design, tuple(c.margin for c in coded), tuple(self.problems),
        )  # fmt: skip

    def _rows(self, coded: _Coded, weights: np.ndarray) -> list[dict[str, object]]:
        counts = coded.counts
        parts = np.append(counts, int((coded.category < 0).sum()))
        hidden = hidden_parts(parts, survey_threshold(False), unseen=np.arange(len(parts)) == len(counts))
        met = coded.columns().T @ weights
        return [
            {
                "margin": coded.margin.label, "category": "+".join(coded.names[i]), "label": self.label(coded, i),
                "respondents": float("nan") if hidden[i] else float(counts[i]),
                "wanted": 100 * coded.totals[i] / sum(coded.totals),
                # of all: a share of those whose category is known would tell how many they are, so what is hidden
                "raw": float("nan") if hidden[i] else 100 * counts[i] / self.n,
                "weighted": 100 * met[i] / met.sum(),
            }
            for i in range(len(coded.names))
        ]  # fmt: skip

    def unweighted(self, population: float) -> Weighting:
        """All answers alike."""
        weights = self.start * (population / self.n if population > 0 and self.n else 1.0)
        fraction = min(self.n / population, 1.0) if population > 0 else 0.0
        diagnostics = Diagnostics(
            "", self.n, population, design_effect=design_effect(self.start) if self.n else 1.0,
            effective=effective_size(self.start), collapsed=tuple(self.collapsed), unknown=dict(self.unknown),
        )  # fmt: skip
        empty = pd.DataFrame(columns=list(MARGIN_COLUMNS))
        return Weighting(
            self.unit, self._series(weights), diagnostics, empty, self.apart, Design(weights, fraction=fraction), (),
            tuple(self.problems),
        )  # fmt: skip

    def _series(self, weights: np.ndarray) -> pd.Series:
        out = pd.Series(float("nan"), index=self.answers.table.index, name="weight")
        out[self.inside] = weights
        return out
