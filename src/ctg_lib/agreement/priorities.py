"""What criteria, scores and votes say of the issues, college by college: an aid; the committee alone decides.

Colleges are never added up nor averaged. Under :data:`ctg_lib.consultation.votes.FEWEST` voters nothing that could put a
college's issues in order is kept: neither ranks nor what they are made from (scores, means, duels, points, votes).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ctg_lib.agreement import ranking
from ctg_lib.agreement.governance import CANCELLED
from ctg_lib.agreement.sensitivity import pairs, rank_ranges, weightings, without_each
from ctg_lib.consultation.books.seminaire import COLLEGES
from ctg_lib.consultation.votes import FEWEST, ballot

if TYPE_CHECKING:
    from ctg_lib.agreement.folder import Agreement

METHODS: dict[str, str] = {
    "criteria": "critères pondérés", "hanlon": "Hanlon", "votes": "votes", "duels": "duels",
}  # fmt: skip
"""Ways of ranking, in the order in which they are shown."""
SERIOUSNESS_COUNTS: tuple[float, float] = (1.0, 3.0)
"""What seriousness counts for beside size in Hanlon's method, at least and at most: twice, by one half more or less."""
_STEPS = 41
DISAGREE = 1.0
"""Points, on the scale from 1 to 5, from which two colleges are said to part."""


@dataclass(frozen=True)
class College:
    """One college's scores and votes, as they may be shown.

    Attributes:
        name: key of ``COLLEGES``. voters: who scored, at least, on any line (0: nobody).
        scores, lowest, highest: issue × criterion; NaN where nobody scored, and everywhere in a college too small.
        votes: one row per issue (:func:`ctg_lib.consultation.votes.ballot`, ``proposal`` is the issue), of its last vote.
        ranked: whether its scores are told and ranked. said: in French, why they are not; empty otherwise.
    """

    name: str
    voters: int
    scores: pd.DataFrame
    lowest: pd.DataFrame
    highest: pd.DataFrame
    votes: pd.DataFrame
    ranked: bool = False
    said: str = ""

    @property
    def label(self) -> str:
        """In French."""
        return COLLEGES[self.name]

    @cached_property
    def complete(self) -> tuple[str, ...]:
        """Issues that it scored by every criterion."""
        return tuple(self.scores.index[self.scores.notna().all(axis=1)]) if self.scores.shape[1] else ()


@dataclass(frozen=True)
class Priorities:
    """Criteria, issues and colleges of a study.

    Attributes:
        criteria: lines of « Critères », by id.
        issues: id -> title of what was put to criteria and votes, or validated for it, in the order of the workbook.
        colleges: those that scored or voted, in the order of ``COLLEGES``.
    """

    criteria: pd.DataFrame
    issues: Mapping[str, str] = field(default_factory=dict)
    colleges: tuple[College, ...] = ()

    @property
    def weights(self) -> pd.Series:
        """Criterion -> weight."""
        return self.criteria["weight"].astype("float64").fillna(0.0)

    @property
    def parts(self) -> pd.Series:
        """Criterion -> part of the sum of weights (NaN where all are zero)."""
        total = self.weights.sum()
        return self.weights / (total if total > 0 else np.nan)

    @cached_property
    def around(self) -> pd.DataFrame:
        """The weights as fixed, then changed in every direction."""
        return weightings(self.weights)

    @property
    def roles(self) -> pd.Series:
        """Criterion -> role."""
        return self.criteria["role"]

    @property
    def ranked(self) -> tuple[College, ...]:
        """Colleges that are large enough for an order."""
        return tuple(each for each in self.colleges if each.ranked)

    @property
    def voted(self) -> tuple[College, ...]:
        """Colleges of which someone scored, at least; too small for an order or not."""
        return tuple(each for each in self.colleges if each.voters)

    def means(self) -> pd.DataFrame:
        """Weighted mean of each issue by college (columns: colleges that scored, none added up)."""
        own = {c.name: self._mean(c) for c in self.voted}
        return pd.DataFrame(own, index=list(self.issues), dtype="float64")

    def _mean(self, college: College) -> pd.Series:
        return ranking.weighted(college.scores, self.weights.to_frame().T).iloc[:, 0]

    def ranges(self, college: College) -> pd.DataFrame:
        """Ranks by weighted criteria when weights change (:func:`ctg_lib.agreement.sensitivity.rank_ranges`)."""
        return rank_ranges(college.scores, self.around)

    def pairs(self, college: College) -> pd.DataFrame:
        """Issues two by two, and whether weights change their order (:func:`ctg_lib.agreement.sensitivity.pairs`)."""
        return pairs(college.scores, self.around)

    def without_each(self, college: College) -> pd.DataFrame:
        """Ranks without each criterion in turn; no row where the college is too small."""
        found = without_each(college.scores, self.weights)
        return found if college.ranked else found.iloc[:0]

    def by_method(self, college: College) -> pd.DataFrame:
        """Value and range of ranks of each issue by each method.

        Returns:
            one row per issue; for each key of :data:`METHODS` its value (weighted mean; points from 0 to 300; part of
            the votes that could be cast, in %; duels won), ``<key>_low`` and ``<key>_high``; ``feasible``: whether it
            passes the test of Hanlon's method (NA: no such criterion); ``need, feasibility, quadrant`` of the grid and
            ``quadrants``, those that it takes when weights change.
        """
        scores, around = college.scores, self.around
        ranges = self.ranges(college)
        duels = ranking.duels(scores, around)
        hanlon, feasible = self._hanlon(scores)
        votes = self._votes(college)
        passing = hanlon.where(feasible.fillna(True).astype(bool), np.nan, axis=0)
        table = pd.DataFrame({"criteria": ranges["value"], "hanlon": hanlon.iloc[:, 0], "votes": votes["share"],
                              "duels": duels.iloc[:, 0]})  # fmt: skip
        found = {
            "criteria": ranges,
            "hanlon": ranking.ranks(passing),
            "votes": votes,
            "duels": ranking.ranks(duels),
        }
        for key, each in found.items():
            table[f"{key}_low"], table[f"{key}_high"] = each["low"], each["high"]
        return table.assign(feasible=feasible, **ranking.grid(scores, around, self.roles))

    def _hanlon(self, scores: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
        """Points, as published then as seriousness counts for less or more; whether each issue is feasible."""
        weights = self.weights.to_frame().T
        size, serious, effect = (
            ranking.part_of(scores, weights, self.roles, role).iloc[:, 0]
            for role in (ranking.SIZE, ranking.SERIOUSNESS, ranking.EFFECT)
        )
        # a test, not a part of the sum: it holds even where its criterion weighs nothing
        tests = (
            weights
            if weights.loc[:, self.roles.eq(ranking.FEASIBILITY)].to_numpy().any()
            else weights * 0 + 1
        )
        feasible = ranking.part_of(scores, tests, self.roles, ranking.FEASIBILITY).iloc[:, 0]
        counts = (ranking.TWICE, *np.linspace(*SERIOUSNESS_COUNTS, _STEPS))
        a, b, c = (ranking.on_ten(each) for each in (size, serious, effect))
        points = pd.DataFrame({n: ranking.hanlon(a, b, c, times) for n, times in enumerate(counts)})
        passes = feasible.ge(ranking.LEAST_FEASIBLE).astype("boolean").mask(feasible.isna())
        return points, passes

    @staticmethod
    def _votes(college: College) -> pd.DataFrame:
        own = college.votes.set_index("proposal")[["votes", "voters", "each", "share", "low", "high"]]
        return own.reindex(college.scores.index)

    def disagreement(self) -> pd.DataFrame:
        """Issue by issue, how far the colleges' weighted means lie apart, and by which criterion most.

        Returns:
            one row per issue that two colleges scored wholly, widest first: ``issue, gap, above, below`` (colleges),
            ``criterion``, ``score_above``, ``score_below`` (their means on it), ``lowest_above``, ``highest_above``,
            ``lowest_below``, ``highest_below`` (voters' range, NaN where it may not be shown), ``outside``: whether the mean of one lies outside all
            that the other's voters gave.
        """
        rows = [row for issue, means in self.means().iterrows() if (row := self._parting(str(issue), means))]
        columns = ("issue", "gap", "above", "below", "criterion", "score_above", "score_below", "lowest_above",
                   "highest_above", "lowest_below", "highest_below", "outside")  # fmt: skip
        table = pd.DataFrame(rows, columns=list(columns))
        return table.sort_values("gap", ascending=False, kind="stable").reset_index(drop=True)

    def _parting(self, issue: str, means: pd.Series) -> dict[str, object]:
        means = means.dropna()
        if len(means) < 2:
            return {}
        above, below = (self._of(str(name)) for name in (means.idxmax(), means.idxmin()))
        gaps = (above.scores.loc[issue] - below.scores.loc[issue]).dropna()
        criterion = str(gaps.abs().idxmax())
        cell = {
            f"{what}_{side}": float(getattr(college, table).loc[issue, criterion])
            for side, college in (("above", above), ("below", below))
            for what, table in (("score", "scores"), ("lowest", "lowest"), ("highest", "highest"))
        }
        outside = bool(
            cell["score_above"] > cell["highest_below"] or cell["score_below"] < cell["lowest_above"]
            or cell["score_above"] < cell["lowest_below"] or cell["score_below"] > cell["highest_above"]
        )  # fmt: skip
        return {"issue": issue, "gap": float(means.max() - means.min()), "above": above.name, "below": below.name,
                "criterion": criterion, **cell, "outside": outside}  # fmt: skip

    def _of(self, name: str) -> College:
        return next(each for each in self.colleges if each.name == name)

    def agreement(self) -> float:
        """Mean rank correlation between the orders of the colleges that are ranked (NaN: fewer than two)."""
        return ranking.agreement(self.means()[[each.name for each in self.ranked]])


def priorities(agreement: Agreement) -> Priorities:
    """What the workbook of priorities holds; scores and votes on what is no issue, or by no criterion, are left out."""
    criteria = agreement.table("priorites", "criteria").drop_duplicates("id").set_index("id")
    scores, votes = agreement.table("priorites", "scores"), agreement.table("priorites", "votes")
    issues = _issues(agreement, {*scores["issue"], *votes["issue"]})
    scores = scores[scores["issue"].isin(issues) & scores["criterion"].isin(criteria.index)]
    votes = votes[votes["issue"].isin(issues)]
    colleges = [
        _college(name, scores[scores["college"].eq(name)], votes[votes["college"].eq(name)], list(issues), list(criteria.index))
        for name in COLLEGES
        if name in {*scores["college"], *votes["college"]}
    ]  # fmt: skip
    return Priorities(criteria, issues, tuple(colleges))


@dataclass(frozen=True)
class Weight:
    """A criterion's weight, beside those written with its scores: one that changes later no longer agrees with them.

    Attributes:
        now: in « Critères ». then: those written with its scores, each once. blank: scores without one.
    """

    id: str
    name: str
    now: float
    then: tuple[float, ...]
    blank: int

    @property
    def changed(self) -> bool:
        """Whether a score was given under another weight."""
        return any(abs(weight - self.now) > ranking.SAME for weight in self.then)


def weights_then(agreement: Agreement) -> tuple[Weight, ...]:
    """Each criterion's weight now and when it was scored, in the order of the workbook."""
    criteria = agreement.table("priorites", "criteria").drop_duplicates("id")
    scores = agreement.table("priorites", "scores")
    out = []
    for row in criteria.to_dict("records"):
        own = scores.loc[scores["criterion"].eq(row["id"]), "weight"].astype("float64")
        then = tuple(sorted({float(each) for each in own.dropna()}))
        now = float("nan") if pd.isna(row["weight"]) else float(row["weight"])
        out.append(Weight(str(row["id"]), str(row["name"]), now, then, int(own.isna().sum())))
    return tuple(out)


def fixing_meeting(agreement: Agreement) -> dict[str, object] | None:
    """The meeting whose minutes all criteria name, held before the first score (``id, date, document``); else None."""
    named = set(agreement.table("priorites", "criteria")["document"])
    first = agreement.table("priorites", "scores")["scored_on"].min()
    meetings, decisions = (agreement.table("gouvernance", sheet) for sheet in ("meetings", "decisions"))
    if len(named) != 1 or "" in named:
        return None
    document = named.pop()
    told = {
        *meetings.loc[meetings["document"].eq(document), "id"],
        *decisions.loc[decisions["document"].eq(document), "meeting"],
    }
    held = meetings[
        meetings["id"].isin(told) & meetings["date"].notna() & meetings["state"].ne(CANCELLED)
    ].sort_values("date")
    if pd.notna(first):
        held = held[held["date"].lt(first)]
    return (
        None if held.empty else {"id": held["id"].iloc[0], "date": held["date"].iloc[0], "document": document}
    )


def _issues(agreement: Agreement, put: set[str]) -> dict[str, str]:
    """Issues that were scored, voted on, decided, or are validated: id -> title."""
    table = agreement.table("croisement", "issues").drop_duplicates("id")
    put = put | set(agreement.table("priorites", "decisions")["issue"])
    kept = table[table["id"].isin(put) | table["state"].eq("valide")]
    return dict(zip(kept["id"], kept["title"], strict=True))


def _college(
    name: str, scores: pd.DataFrame, votes: pd.DataFrame, issues: list[str], criteria: list[str]
) -> College:
    once = scores.drop_duplicates(["issue", "criterion"], keep="last").set_index(["issue", "criterion"])
    cells = pd.MultiIndex.from_product([issues, criteria])
    tables = {
        column: pd.DataFrame(
            once[column].reindex(cells).to_numpy(dtype="float64", na_value=np.nan).reshape(len(issues), len(criteria)),
            issues, criteria,
        )
        for column in ("score", "lowest", "highest")
    }  # fmt: skip
    least = scores["voters"].min()
    voters = 0 if least != least or least is pd.NA else int(least)
    told = voters >= FEWEST
    shown = {column: table if told else table * np.nan for column, table in tables.items()}
    last = votes[votes["voted_on"].eq(votes["voted_on"].max())] if votes["voted_on"].notna().any() else votes
    own = last.drop_duplicates("issue", keep="last").rename(columns={"issue": "proposal"})
    return College(
        name, voters, shown["score"], shown["lowest"], shown["highest"], ballot(own), told,
        f"notes non données sous {FEWEST} votants, elles feraient un classement" if voters and not told else "",
    )  # fmt: skip
