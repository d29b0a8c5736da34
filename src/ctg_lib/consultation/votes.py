"""Votes of forums and of the seminar, college by college; colleges are never added up.

No ranking comes from a small group: « le choix des habitants » of a forum of fourteen is the choice of fourteen
people. Where :data:`FEWEST` or more voted, proposals get a range of ranks rather than a rank: two of them that at most
:data:`MARGIN` vote separates are not told apart. Under it the votes themselves stay hidden: their numbers are a ranking
in all but name, and of four people who all voted one would know what each chose.
"""

from __future__ import annotations

import pandas as pd

from ctg_lib.consultation.actors import Actors
from ctg_lib.consultation.books.seminaire import COLLEGES
from ctg_lib.consultation.quotations import safe
from ctg_lib.disclosure.policy import survey_threshold

FEWEST = 15
"""Voters under which nothing is ranked, nor told that could be put in order."""
MARGIN = 1
"""Votes that must not be enough to change a rank."""
UNTOLD = "proposition qui ne peut être reproduite"
COLUMNS: tuple[str, ...] = (
    "meeting", "occasion", "college", "proposal", "theme", "need", "votes", "voters", "each", "share", "low", "high",
    "tied", "ranked", "said",
)  # fmt: skip


def results(actors: Actors, *, fewest: int = FEWEST, margin: int = MARGIN) -> pd.DataFrame:
    """One row per proposal and college of a meeting (:data:`COLUMNS`), most votes first.

    ``share``: votes per hundred voters where each had one vote, else per hundred votes that could be cast;
    ``low``, ``high``: first and last rank that it may hold (NaN: not ranked); ``tied``: others have as many votes;
    ``ranked``: whether ranks are given; ``said``: in French, why not; ``proposal``: without what a rule sees of a
    person in it.
    """
    out = []
    occasions = dict(zip(actors.meetings["id"], actors.meetings["occasion"], strict=True))
    for (meeting, _), own in actors.votes.groupby(["meeting", "college"], sort=False):
        out.append(ballot(own, fewest=fewest, margin=margin).assign(occasion=occasions.get(meeting, "")))
    if not out:
        return pd.DataFrame(columns=list(COLUMNS))
    table = pd.concat(out, ignore_index=True)[list(COLUMNS)]
    return table.assign(proposal=[safe(str(text))[0] or UNTOLD for text in table["proposal"]])


def ballot(lines: pd.DataFrame, *, fewest: int = FEWEST, margin: int = MARGIN) -> pd.DataFrame:
    """One vote of one college, most votes first; by proposal where they are hidden, so that order tells nothing.

    Args:
        lines: ``proposal, votes, voters, each``; other columns are kept.

    Returns:
        the same with ``share, low, high, tied, ranked, said`` (see :func:`results`).
    """
    table = lines.sort_values("votes", ascending=False, kind="stable").reset_index(drop=True)
    voters = table["voters"].min()  # the most careful, where lines differ
    why = _why_not(table, voters, fewest)
    hidden = bool(voters != voters or voters < fewest)
    votes = table["votes"].astype("float64")
    cast = votes.mask(pd.Series(hidden, index=votes.index))
    ranks = [_ranks(votes, value, margin) if not why else (float("nan"),) * 2 for value in votes]
    most = voters * table["each"].astype("float64").fillna(1)
    found = table.assign(
        votes=cast, share=100 * cast / most.where(most > 0), low=[r[0] for r in ranks], high=[r[1] for r in ranks],
        tied=votes.duplicated(keep=False) & votes.notna() & (not hidden), ranked=not why, said=why,
    )  # fmt: skip
    return found.sort_values("proposal", kind="stable") if hidden else found


def _ranks(votes: pd.Series, value: float, margin: int) -> tuple[float, float]:
    return 1.0 + float((votes > value + margin).sum()), float((votes >= value - margin).sum())


def _why_not(table: pd.DataFrame, voters: float, fewest: int) -> str:
    if voters != voters:
        return "nombre de votants inconnu : résultats non donnés"
    if voters < fewest:
        return f"voix non données sous {fewest} votants, elles feraient un classement"
    if table["votes"].isna().any():
        return "voix incomplètes : sans classement"
    return "une seule proposition : sans classement" if len(table) < 2 else ""


def untold(voters: float) -> str:
    """« 9 », « moins de 5 »: how many voters, as far as it may be said."""
    least = survey_threshold(False)
    return f"moins de {least}" if voters < least else f"{voters:.0f}"


def rank_words(low: float, high: float) -> str:
    """« 1er », « 2e à 4e », « sans classement »."""
    if low != low:
        return "sans classement"
    first, last = (f"{n:.0f}{'er' if n == 1 else 'e'}" for n in (low, high))
    return first if low == high else f"{first} à {last}"


def college_label(college: str) -> str:
    """A college in French."""
    return COLLEGES[college]


def rule(fewest: int = FEWEST, margin: int = MARGIN) -> str:
    """How votes are read, in French, to be printed with them."""
    return (
        f"Chaque collège est lu à part. Sous {fewest} votants, ni voix ni classement. « 2e à 4e » : cette proposition peut tenir l’une ou l’autre "
        f"de ces places, car {margin} voix d’écart au plus ne départage pas deux propositions."
    )
