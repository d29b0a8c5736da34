"""What answers say, question by question: raw beside weighted, with an interval and what it rests on.

One row is one thing that can be said (« 62 % des foyers ont choisi … »). By kind of question:

============== ================================================================ ==========================
kind           rows                                                             base
============== ================================================================ ==========================
single, scale  share of each option                                             asked and answered
grid           the same for each line                                           answered that line
multiple       share that ticked each option; they do not add up to 100         ticked one option at least
ranking        share that put it first, share that put it among the first three answered
               (:data:`TOP`), mean rank of those who ranked it, Borda points
integer        mean, median                                                     answered
============== ================================================================ ==========================

Borda: of k options the first gets k points, the next k − 1 …, an option that is not ranked none; the mean over the
base is given, in % of k. A question of the other unit than the weights stays raw.

**Intervals** (95 %) are those of a model, not of a poll: respondents came by themselves. They tell what chance alone
would do, had all with the same characteristics of the margins had the same chance to answer: linearised variance on
the residuals of the calibration, less the part of the population that answered
(:mod:`ctg_lib.statistics.calibration`); shares by Wilson's interval of that variance. ``method`` says
``calage_linearise`` (weighted) or ``brut_linearise`` (raw). They tell nothing of who did not answer.

**Secrecy**: no number under 5 respondents (10 on a protected subject) is shown, nor what would let it be found again,
by subtraction or by a share times its base: :mod:`ctg_lib.disclosure.crossing`. Those who did not tick an option
are a cell too. Where a group cannot be shown, nothing of it is. Those who did not say to which group they belong
(:attr:`Crossing.spares`) are not shown either; they are no group that anyone could recognise, so that what they
answered needs no protection of its own, unless the subject is protected. A question that is asked only for some answers to
another one is hidden as a whole where its base would tell of that one: :mod:`ctg_lib.consultation.filtered`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ctg_lib.consultation.answers import Answers
from ctg_lib.consultation.bank import UNSAID
from ctg_lib.consultation.filtered import Filter, Told, View, filters, narrowed
from ctg_lib.consultation.questionnaire import Question, Unit
from ctg_lib.consultation.weights import Weighting
from ctg_lib.consultation.wording import thousands
from ctg_lib.disclosure.crossing import hidden_cells, hidden_parts
from ctg_lib.disclosure.policy import survey_threshold
from ctg_lib.statistics.calibration import Design, effective_size, proportion_interval

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Groups = tuple[tuple[str, str, Bools, bool], ...]

COLUMNS: tuple[str, ...] = (
    "questionnaire", "question", "column", "label", "group", "group_label", "measure", "n", "base", "raw", "value",
    "lower", "upper", "unit", "method", "status", "effective",
)  # fmt: skip
"""Of a table of estimates: ``column`` code of the option or line and option (« ligne__code »), ``group`` code of the
answer to ``by`` (empty: all), ``measure`` (:data:`MEASURES`), ``n`` respondents in the cell, ``base`` respondents that
it is a share of, ``raw`` and ``value`` before and after weighting, ``lower`` and ``upper`` of ``value``, ``status``
(of :data:`ctg_lib.values.STATUSES`; ``estimated``: shown), ``effective`` size of the base."""
MEASURES: dict[str, str] = {
    "part": "part", "premier": "classé premier", "trois_premiers": "classé parmi les trois premiers",
    "rang_moyen": "rang moyen", "borda": "points de Borda", "moyenne": "moyenne", "mediane": "médiane",
}  # fmt: skip
UNITS: dict[Unit, str] = {"menage": "% des foyers", "personne": "% des personnes"}
WEIGHTED, RAW, FIXED = "calage_linearise", "brut_linearise", "marge"
METHODS: dict[str, str] = {
    WEIGHTED: "redressé ; intervalle indicatif à 95 %",
    RAW: "non redressé ; intervalle indicatif à 95 %",
    FIXED: "fixé par le redressement : sans intervalle",
}
"""What ``method`` means, in French."""
TOP = 3
DECIMALS = 3
"""Of what is given: further ones depend on the computer, and would tell of numbers that are hidden."""
FRAGILE = 30
"""Base under which a share is better told in words or counts."""


@dataclass(frozen=True)
class Cell:
    """One thing to say of some of the respondents.

    Attributes:
        column, label, measure, unit: as in the table.
        y: what is averaged.
        base: who counts.
        said: who is in the cell, for secrecy.
        rest: whether those of the base who are not in the cell are a cell of their own.
        over: over whom it is averaged; the base by default. counted: whether ``said`` is told.
        barred: not shown of anybody, as it would tell of a few beside what is shown already.
    """

    column: str
    label: str
    measure: str
    unit: str
    y: Floats
    base: Bools
    said: Bools
    rest: bool = False
    over: Bools | None = None
    counted: bool = True
    barred: bool = False


def estimates(
    answers: Answers, weighting: Weighting | Mapping[Unit, Weighting], question_id: str, by: str | None = None
) -> pd.DataFrame:
    """What was answered to one question, of all and of each group.

    Args:
        answers: to one questionnaire.
        weighting: of those answers, or one for each unit; those apart enter nothing.
        question_id: any question but one that people write their answer to.
        by: a ``single`` or ``scale`` question that makes groups; those who did not answer it, or would rather not
            (:data:`ctg_lib.consultation.bank.UNSAID`), are in none.

    Returns:
        Frame :data:`COLUMNS`; rows of all first. Hidden numbers are absent: status ``below_threshold`` where the
        base is hidden, else ``secret``, whether the cell is small or protects one that is.

    Raises:
        KeyError: unknown question. ValueError: a question that has no estimate, or makes no groups.
    """
    return Crossing(answers, weighting, question_id, by).table()


class Crossing:
    """A question, its groups, and the cells that both make: what estimates and comparisons are made of."""

    def __init__(
        self,
        answers: Answers,
        weighting: Weighting | Mapping[Unit, Weighting],
        question_id: str,
        by: str | None,
    ) -> None:
        self.answers = answers
        self._all_weightings = weighting
        self.question = answers.questionnaire[question_id]
        self.by = answers.questionnaire[by] if by else None
        if self.question.kind == "text":
            raise ValueError(f"« {question_id} » is answered in words: it has no estimate")
        if self.by is not None and self.by.kind not in ("single", "scale"):
            raise ValueError(f"« {by} » makes no groups")
        unit = answers.questionnaire.unit_of(self.question)
        self.unit: Unit = unit
        found = weighting.get(unit) if isinstance(weighting, Mapping) else weighting
        self.weighting = found if found is not None else next(iter(weighting.values()))  # type: ignore[union-attr]
        self.inside = self.weighting.weights.notna().to_numpy()
        self.matches = self.weighting.unit == unit
        self.given = answers.given(question_id).to_numpy()[self.inside]
        self.limit = survey_threshold(not self.spares)

    def column(self, name: str) -> pd.Series:
        """A column of the answers, of those who enter results."""
        return self.answers.table[name][self.inside]

    def share(self, column: str) -> Cell:
        """The cell of a share.

        Raises:
            KeyError: the question has no such column.
        """
        for bundle in self.cells:
            for cell in bundle:
                if cell.column == column and cell.measure == "part":
                    return cell
        raise KeyError(column)

    def members(self, group: str) -> Bools:
        """Who is in a group (empty: everyone).

        Raises:
            KeyError: there is no such group.
        """
        for code, _, members, _ in self.groups:
            if code == group:
                return members
        raise KeyError(group)

    @property
    def spares(self) -> bool:
        """Whether what those in no group answered needs no protection: neither question is on a protected subject."""
        return not (self.question.sensitive or bool(self.by and self.by.sensitive))

    @property
    def method(self) -> str:
        """What numbers rest on."""
        return WEIGHTED if self.matches and self.weighting.weighted else RAW

    # ------------------------------------------------------------------------------------ what is said

    @cached_property
    def cells(self) -> tuple[list[Cell], ...]:
        """Cells that are hidden or shown together: options of one question, of one line."""
        return tuple(self._cells())

    def _cells(self) -> Iterator[list[Cell]]:
        question, share = self.question, UNITS[self.unit]
        if question.kind in ("single", "scale"):
            values = self.column(question.id)
            yield [
                self._share(o.code, o.label, values.eq(o.code), self.given, share) for o in question.options
            ]
        elif question.kind == "grid":
            for item in question.items:
                values = self.column(f"{question.id}__{item.code}")
                base = self.given & values.notna().to_numpy()
                yield [
                    self._share(
                        f"{item.code}__{o.code}", f"{item.label} : {o.label}", values.eq(o.code), base, share
                    )
                    for o in question.options
                ]
        elif question.kind == "multiple":
            ticked = {o.code: self._ticked(o.code) for o in question.options}
            base = self.given & np.any(list(ticked.values()), axis=0)
            for o in question.options:
                yield [self._share(o.code, o.label, ticked[o.code], base, share, rest=True)]
        elif question.kind == "ranking":
            yield from self._ranked(question, share)
        else:
            numbers: Floats = np.array(
                self.column(question.id).astype("float64").fillna(0.0), dtype=np.float64
            )
            for measure in ("moyenne", "mediane"):
                yield [
                    Cell("", question.topic or question.label, measure, "", numbers, self.given, self.given)
                ]

    def _ticked(self, code: str) -> Bools:
        return self.column(f"{self.question.id}__{code}").fillna(False).to_numpy(dtype=bool)

    def _share(self, code: str, label: str, said, base: Bools, unit: str, *, rest: bool = False) -> Cell:
        here = np.asarray(pd.Series(said).fillna(False), dtype=bool) & base
        return Cell(code, label, "part", unit, here.astype(float), base, here, rest)

    def _ranked(self, question: Question, share: str) -> Iterator[list[Cell]]:
        ranks = {
            o.code: self.column(f"{question.id}__{o.code}").astype("float64").to_numpy()
            for o in question.options
        }
        k = len(ranks)
        first = []
        for o in question.options:
            said = self.given & (ranks[o.code] == 1)
            first.append(Cell(o.code, o.label, "premier", share, said.astype(float), self.given, said))
        yield first
        for o in question.options:
            rank = ranks[o.code]
            said = self.given & (rank <= TOP)
            after = said & (rank > 1)  # who put it second or third: told by both shares together
            few = any(0 < int((after & members).sum()) < self.limit for _, _, members, _ in self.groups)
            yield [
                Cell(
                    o.code,
                    o.label,
                    "trois_premiers",
                    share,
                    said.astype(float),
                    self.given,
                    said,
                    True,
                    barred=few,
                )
            ]
        for o in question.options:
            rank = ranks[o.code]
            known = self.given & ~np.isnan(rank)
            value = np.where(known, rank, 0.0)
            yield [Cell(o.code, o.label, "rang_moyen", "rang", value, self.given, known, True, known, False)]
        for o in question.options:
            rank = ranks[o.code]
            points = np.where(self.given & ~np.isnan(rank), 100 * (k + 1 - rank) / k, 0.0)
            yield [
                Cell(o.code, o.label, "borda", "% des points", points, self.given, self.given, counted=False)
            ]

    # ------------------------------------------------------------------------------------------- groups

    @cached_property
    def groups(self) -> Groups:
        """Code, label, members, whether it is shown; all first, those who did not say last and never shown."""
        everyone = (("", "", np.ones(int(self.inside.sum()), dtype=bool), True),)
        if self.by is None:
            return everyone
        values = self.column(self.by.id)
        known = [
            (o.code, o.label, values.eq(o.code).fillna(False).to_numpy(dtype=bool), True)
            for o in self.by.options
            if o.code not in UNSAID
        ]
        none = ~np.any([each[2] for each in known], axis=0)
        return (*everyone, *known, ("?", "", none, False))

    def table(self) -> pd.DataFrame:
        """All rows."""
        rows: list[dict[str, object]] = []
        groups = self.groups
        bundles = self.cells
        shown = self._masks(bundles, groups)
        for g, (code, label, members, visible) in enumerate(groups):
            for bundle, masks in zip(bundles, shown, strict=True):
                for c, cell in enumerate(bundle):
                    if visible:
                        rows.append(self._row(cell, code, label, members, masks[c, g], masks[len(bundle), g]))
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def _masks(self, bundles: Sequence[list[Cell]], groups: Groups) -> list[Bools]:
        """True where hidden, of each bundle: cells then base × groups."""
        alone = [self._all_alone(bundle, groups) for bundle in bundles]
        if len(groups) > 1 and self.held:
            return alone
        shown = [self._shown(bundle, groups) for bundle in bundles]
        known = [each for each in shown if each is not None]
        # one refused crossing tells of the groups themselves
        return known if len(known) == len(shown) else alone

    def _counts(self, bundle: list[Cell], groups: Groups) -> NDArray[np.int64]:
        """Respondents of each cell (and of the rest) in each group, all of them last of all left out."""
        lines = [cell.said for cell in bundle]
        base = bundle[0].base
        rest = base & ~np.any(lines, axis=0)
        if bundle[0].rest or rest.any():
            lines.append(rest)
        return np.array([[int((line & members).sum()) for _, _, members, _ in groups[1:]] for line in lines])

    def _alone(self, bundle: list[Cell]) -> Bools:
        """What is hidden of all respondents, the base last."""
        if self._whole.held:
            return np.ones(len(bundle) + 1, dtype=bool)
        base = bundle[0].base
        lines = [int(cell.said.sum()) for cell in bundle]
        rest = int((base & ~np.any([cell.said for cell in bundle], axis=0)).sum())
        parts = [*lines, rest] if bundle[0].rest or rest else lines
        hidden = hidden_parts(parts, self.limit)
        return np.append(hidden[: len(bundle)], int(base.sum()) < self.limit)

    def _all_alone(self, bundle: list[Cell], groups: Groups) -> Bools:
        out = np.ones((len(bundle) + 1, len(groups)), dtype=bool)
        out[:, 0] = self._alone(bundle)
        return out

    def _shown(self, bundle: list[Cell], groups: Groups) -> Bools | None:
        """True where hidden: cells then base × groups; None where the groups may not be shown."""
        out = self._all_alone(bundle, groups)
        if len(groups) == 1 or out[-1, 0]:
            return out
        counts = self._counts(bundle, groups)
        unseen = np.array([not visible for _, _, _, visible in groups[1:]])
        spared = unseen & self.spares
        sizes = counts.sum(axis=0)
        columns = np.zeros(len(sizes), dtype=bool)
        columns[~spared] = hidden_parts(sizes[~spared], self.limit, unseen=unseen[~spared])
        rows = hidden_parts(counts.sum(axis=1), self.limit)
        inner = hidden_cells(counts, self.limit, rows=rows, columns=columns, spared=spared)
        if inner is None:
            return None
        out[:-1, 1:] = inner[: len(bundle)]
        out[-1, 1:] = columns
        return out

    # ------------------------------------------------------------------------------- filtered questions

    def _of(self, question: str, by: str | None) -> Crossing:
        return Crossing(self.answers, self._all_weightings, question, by)

    @property
    def _whole(self) -> Crossing:
        """The same without groups."""
        return self if self.by is None else self._without_groups

    @cached_property
    def _without_groups(self) -> Crossing:
        return self._of(self.question.id, None)

    @property
    def held(self) -> bool:
        """Whether what is told of it would tell of a question that filters it; with groups: whether these would."""
        key = (self.question.id, self.by.id if self.by else "", self.inside.tobytes())
        known = self.answers._held
        if key not in known:
            above = filters(self.answers.questionnaire, self.question)
            known[key] = any(self._tells_of(parent, codes) for parent, codes in above)
        return known[key]

    def _tells_of(self, parent: Question, codes: tuple[str, ...]) -> bool:
        """Whether its bases tell of a hidden cell of one of the questions that filter it."""
        crossing = self._of(parent.id, self.by.id if self.by else None)
        limit = max(self.limit, crossing.limit)
        asked = self.answers.asked(self.question.id).to_numpy()[self.inside]
        answered = np.zeros(len(self.inside), dtype=bool)
        answered[crossing.inside] = crossing._base()
        answered = answered[self.inside]
        if any(0 < int((answered & ~asked & members).sum()) < limit for *_, members, _ in self.groups):
            return True
        if parent.kind not in ("single", "scale", "multiple"):
            # its ranks are averaged too: nothing but a single answer, whose cell is the one just counted
            return len(codes) > 1
        before = []
        for question in self.answers.questionnaire.questions:
            if question.id == self.question.id:
                break
            if question.kind != "text":
                before += [
                    told
                    for other, wanted in filters(self.answers.questionnaire, question)
                    if other.id == parent.id
                    for told in self._of(question.id, self.by.id if self.by else None)._told(crossing, wanted)
                ]
        own = self._told(crossing, codes, first=True)
        return bool(own) and narrowed(crossing._filter(), [*before, *own])

    def _base(self) -> Bools:
        """Who counts in what is said of the question, of any line of it."""
        return np.any([bundle[0].base for bundle in self.cells], axis=0)

    def _told(self, parent: Crossing, codes: tuple[str, ...], *, first: bool = False) -> list[Told]:
        """What its bases tell of a question that filters it, of all and of the groups, where they are shown.

        Args:
            first: whether it is not settled yet that they are shown.
        """
        if not first and self._whole.held:
            return []
        groups = self.groups
        wanted = np.array([cell.column in codes for cell in parent._lines()] + [False])
        everyone = tuple(range(max(len(groups) - 1, 1)))
        out = []
        for g, (*_, members, visible) in enumerate(groups):
            if not visible or (g and not first and self.held):
                continue
            sizes = [int((bundle[0].base & members).sum()) for bundle in self.cells]
            base = max((size for size in sizes if size >= self.limit), default=0)
            if base:
                out.append(Told(wanted, everyone if g == 0 else (g - 1,), base))
        return out

    def _lines(self) -> list[Cell]:
        return [cell for bundle in self.cells for cell in bundle]

    def _filter(self) -> Filter:
        """The question as it is shown: what bases of those that it filters are set beside."""
        groups, bundles = self.groups, self.cells
        masks = self._masks(bundles, groups)
        cells, base = self._lines(), self._base()
        said = np.array([cell.said for cell in cells])
        # nobody, unless an answer is no option
        rest = base & ~np.any(said, axis=0)
        lines = np.vstack([said, rest])
        several = self.question.kind == "multiple"
        hidden = np.vstack([*[each[:-1] for each in masks], np.full((1, len(groups)), not several)])
        no_base = np.any([each[-1] for each in masks], axis=0)
        parts = groups[1:] or groups
        views = []
        for g, (*_, visible) in enumerate(groups):
            members = tuple(range(len(parts))) if g == 0 else (g - 1,)
            unseen = not visible or bool(no_base[g])
            views.append(View(members, hidden[:, g] | unseen, unseen))
        ruling = {o.code for o in self.question.options if o.exclusive}
        alone = [not several or cell.column in ruling for cell in cells]
        return Filter(
            np.array([[float((line & members).sum()) for *_, members, _ in parts] for line in lines]),
            np.array([float((base & members).sum()) for *_, members, _ in parts]),
            int(self.inside.sum()), tuple(views), np.array([*alone, not several]), several, self.limit,
        )  # fmt: skip

    # --------------------------------------------------------------------------------------------- rows

    def _row(
        self, cell: Cell, group: str, label: str, members: Bools, hidden: bool, no_base: bool
    ) -> dict[str, object]:
        base = cell.base & members
        n, size = int((cell.said & members).sum()), int(base.sum())
        row: dict[str, object] = {
            "questionnaire": self.answers.questionnaire.id, "question": self.question.id, "column": cell.column,
            "label": cell.label, "group": group, "group_label": label, "measure": cell.measure,
            "n": float("nan"), "base": float("nan") if no_base else float(size), "raw": float("nan"),
            "value": float("nan"), "lower": float("nan"), "upper": float("nan"), "unit": cell.unit,
            "method": self.method, "status": "estimated", "effective": float("nan"),
        }  # fmt: skip
        if not size:
            return row | {"status": "missing", "base": 0.0}
        over = base if cell.over is None else cell.over & members
        if hidden or no_base or cell.barred or not over.any():
            return row | {"status": "below_threshold" if no_base else "secret"}
        weights = self.weighting.weights.to_numpy()[self.inside] if self.matches else np.ones(len(base))
        found: dict[str, object] = {"effective": round(effective_size(weights[over]), 1)}
        if cell.measure == "mediane":
            found |= {"raw": float(np.median(cell.y[over])), "value": _median(cell.y[over], weights[over])}
        else:
            found |= self._mean(cell, over, float(cell.y[over].mean()), effective_size(weights[over]))
        return row | found | ({"n": float(n)} if cell.counted else {})

    def _mean(self, cell: Cell, base: Bools, raw: float, effective: float) -> dict[str, object]:
        value, error = self.design(base).ratio(cell.y * base, base)
        if cell.measure not in ("part", "premier", "trois_premiers"):
            half = NormalDist().inv_cdf(0.975) * error
            return {"raw": round(raw, 2), **_rounded(value, value - half, value + half)}
        part = self._fraction(base)
        size = effective / max(1 - part, 1e-9)
        low, high = proportion_interval(min(max(value, 0.0), 1.0), error, size)
        fixed = np.isnan(low) and not np.isnan(error)
        found: dict[str, object] = {
            "raw": round(100 * raw, DECIMALS),
            **_rounded(100 * value, 100 * low, 100 * high),
        }
        return found | ({"method": FIXED} if fixed else {})

    def design(self, base: Bools) -> Design:
        """Weights and variance of what is said of a base."""
        if not self.matches:
            return Design(np.ones(len(base)))
        design = self.weighting.design
        return Design(design.weights, design.start, design.x, fraction=self._fraction(base))

    def _fraction(self, base: Bools) -> float:
        """Part of the population that answered: of those asked, some did not answer this question."""
        if not self.matches:
            return 0.0
        asked = int(self.answers.asked(self.question.id).to_numpy()[self.inside].sum())
        answered = min(int(self.given.sum()) / asked, 1.0) if asked else 1.0
        return float(np.max(self.weighting.design.fraction)) * answered


def _rounded(value: float, low: float, high: float) -> dict[str, object]:
    return {k: round(float(v), DECIMALS) for k, v in (("value", value), ("lower", low), ("upper", high))}


def _median(values: Floats, weights: Floats) -> float:
    """Smallest value up to which half of the weight lies; the middle of two where it is reached exactly."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    at = int(np.searchsorted(reached, 0.5 - 1e-12))
    if abs(reached[at] - 0.5) < 1e-9 and at + 1 < len(values):
        return float((values[order][at] + values[order][at + 1]) / 2)
    return float(values[order][at])


@dataclass(frozen=True)
class Coverage:
    """How many of a finite population answered.

    Attributes:
        n: respondents; None from 1 to 4. population: how many there are, about; None: not known.
        whom: in the plural (« familles avec un enfant de moins de 3 ans »).
        exactly: whether the population is a count, and not an estimate.
    """

    n: int | None
    population: float | None
    whom: str
    exactly: bool = False

    @property
    def share(self) -> float | None:
        """Part that answered, in %; None where it is not known, or there are more answers than people."""
        if self.n is None or not self.population or self.n > self.population:
            return None
        return 100 * self.n / self.population

    @property
    def sentence(self) -> str:
        """« 38 réponses sur environ 115 familles avec un enfant de moins de 3 ans, soit 33 %. »"""
        n = f"moins de {survey_threshold(False)}" if self.n is None else thousands(self.n)
        answers = "réponse" if self.n in (0, 1) else "réponses"
        if not self.population:
            return f"{n} {answers} ; le nombre de {self.whom} n’est pas connu."
        about = "" if self.exactly else "environ "
        whole = thousands(round(self.population))
        if self.n is not None and self.n > self.population:
            return (
                f"{n} {answers} pour {about}{whole} {self.whom} : il y a plus de réponses que prévu, à vérifier (plusieurs "
                "réponses d’un même foyer, personnes d’ailleurs)."
            )
        share = self.share
        part = "" if share is None else f", soit {share:.0f} %" if share >= 1 else ", soit moins de 1 %"
        return f"{n} {answers} sur {about}{whole} {self.whom}{part}."


def coverage(
    answers: Answers, weighting: Weighting, population: float | None, whom: str, *, question: str = "",
    codes: tuple[str, ...] = (), exactly: bool = False,
) -> Coverage:  # fmt: skip
    """How many of a population answered; those apart (second homes) are not of it.

    Args:
        population: how many there are; None: not known.
        whom: who, in the plural.
        question, codes: only who answered one of these to a question (``single``, ``scale``, ``multiple``).
        exactly: whether the population is a count.

    Raises:
        KeyError: unknown question.
    """
    inside = weighting.weights.notna()
    if question:
        each = answers.questionnaire[question]
        if each.kind == "multiple":
            columns = [f"{each.id}__{code}" for code in codes]
            inside &= answers.table[columns].fillna(False).astype(bool).any(axis="columns")
        else:
            inside &= answers.table[each.id].isin(codes)
    n = int(inside.sum())
    return Coverage(None if 0 < n < survey_threshold(False) else n, population, whom, exactly)
