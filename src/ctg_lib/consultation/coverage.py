"""Who was heard, on what, and who was not.

A group was *heard* where it was present at a meeting that was held, or where something said at one is credited to
it. On a theme it *spoke* where an excerpt of that theme is credited to it; it was *asked* where it was present when
the theme was on the table, and nothing of it was written down. What several groups said together counts for none of
them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

import pandas as pd

from ctg_lib.consultation.actors import GROUPS, OTHER_SIDES, PRESENT_COLUMNS, SEVERAL, SIDES, Actors
from ctg_lib.workbooks.common import THEMES

T = TypeVar("T")
STATES: dict[str, str] = {
    "dit": "s’est exprimé", "present": "présent, n’en a rien dit", "prevu": "sera entendu", "absent": "n’a pas été entendu",
}  # fmt: skip
"""How far a group was heard."""
FEWEST = 3
"""People heard of a group, or of a side, under which it is not named."""
GROUP_COLUMNS: tuple[str, ...] = (
    "group",
    "label",
    "side",
    "meetings",
    "people",
    "excerpts",
    "themes",
    "state",
    "expected",
)
CELL_COLUMNS: tuple[str, ...] = ("group", "theme", "meetings", "excerpts", "asked", "state")
SECTEUR_COLUMNS: tuple[str, ...] = ("secteur", "meetings", "excerpts", "heard")


def once(actors: Actors, what: str, make: Callable[[], T]) -> T:
    """What ``make`` tells of actors, which never change: made once for each, and to be read only."""
    kept: dict[str, T] = actors.__dict__.setdefault("_once", {})
    if what not in kept:
        kept[what] = make()
    return kept[what]


def held(actors: Actors) -> pd.DataFrame:
    """Meetings that were held."""
    return actors.meetings[actors.meetings["state"].isin(["tenu", ""]) | actors.meetings["state"].isna()]


def said(actors: Actors) -> pd.DataFrame:
    """Excerpts of meetings that were held, each with its ``occasion`` and ``side`` (empty: of none)."""
    return once(actors, "said", lambda: _said(actors)).copy(deep=False)


def _said(actors: Actors) -> pd.DataFrame:
    excerpts = actors.excerpts[actors.excerpts["meeting"].isin(held(actors)["id"])]
    occasions = dict(zip(actors.meetings["id"], actors.meetings["occasion"], strict=True))
    return excerpts.assign(
        occasion=excerpts["meeting"].map(occasions).astype("str"),
        side=[OTHER_SIDES if (side := side_of(g)) in actors.pooled else side for g in excerpts["group"]],
    )


def small_sides(actors: Actors, fewest: int = FEWEST) -> tuple[str, ...]:
    """Sides that said something and of which fewer than ``fewest`` people were heard: never named."""
    people, spoke = _people_of_sides(actors), set(said(actors)["side"])
    return tuple(side for side in SIDES if side in spoke and people[side] < fewest)


def shown(actors: Actors, fewest: int = FEWEST) -> Actors:
    """The same without what would tell the view of one person by subtraction.

    A side without a column of its own would still be read in what is left of a total: what a need is said in, less
    the columns. Small sides are told as one (:data:`~ctg_lib.consultation.actors.OTHER_SIDES`) where they are two or
    more and hold ``fewest`` people together; else what they said is left out, and nothing that is made of the rest
    depends on it.
    """
    return once(actors, f"shown {fewest}", lambda: _shown(actors, fewest))


def _shown(actors: Actors, fewest: int) -> Actors:
    small, people = small_sides(actors, fewest), _people_of_sides(actors)
    if not small:
        return actors
    if len(small) > 1 and sum(people[side] for side in small) >= fewest:
        return replace(actors, pooled=small)
    keep = [side_of(group) not in small for group in actors.excerpts["group"]]
    return replace(actors, excerpts=actors.excerpts[keep])


def _people_of_sides(actors: Actors) -> dict[str, int]:
    people = people_heard(actors)
    return {side: sum(people.get(group, 0) for group in groups) for side, groups in SIDES.items()}


def side_of(group: str) -> str:
    """Key of :data:`~ctg_lib.consultation.actors.SIDES`; empty of several groups together."""
    return next((side for side, groups in SIDES.items() if group in groups), "")


def presence(actors: Actors) -> pd.DataFrame:
    """Who was at meetings that were held: ``meeting, group, people`` (NaN: not told), each pair once.

    Where nobody was written down: the group of the meeting, and those to which something is credited.
    """
    return once(actors, "presence", lambda: _presence(actors)).copy(deep=False)


def _presence(actors: Actors) -> pd.DataFrame:
    meetings = held(actors)
    known = actors.present[actors.present["meeting"].isin(meetings["id"])]
    rows = known[list(PRESENT_COLUMNS)].to_dict("records")
    pairs = {(row["meeting"], row["group"]) for row in rows}
    told = {row["meeting"] for row in rows}
    for meeting in meetings.to_dict("records"):
        pair = (meeting["id"], meeting["group"])
        if meeting["id"] not in told and meeting["group"] not in ("", SEVERAL):
            rows.append({"meeting": meeting["id"], "group": meeting["group"], "people": meeting["people"]})
            pairs.add(pair)
    for excerpt in said(actors).to_dict("records"):
        pair = (excerpt["meeting"], excerpt["group"])
        if pair not in pairs and excerpt["group"] not in ("", SEVERAL):
            rows.append({"meeting": pair[0], "group": pair[1], "people": float("nan")})
            pairs.add(pair)
    out = pd.DataFrame(rows, columns=list(PRESENT_COLUMNS)).astype({"people": "float64"})
    return out.groupby(["meeting", "group"], sort=False)["people"].sum(min_count=1).reset_index()


def people_heard(actors: Actors) -> dict[str, int]:
    """Group -> people heard, at least: those interviewed, or those of its largest meeting if they are more.

    The same person may be met twice: presences are not added up. A number that was not told counts for one.
    """
    return dict(once(actors, "people heard", lambda: _people_heard(actors)))


def _people_heard(actors: Actors) -> dict[str, int]:
    rows = presence(actors)
    occasions = dict(zip(actors.meetings["id"], actors.meetings["occasion"], strict=True))
    out: dict[str, int] = {}
    for group, own in rows.assign(people=rows["people"].fillna(1)).groupby("group"):
        alone = own["meeting"].map(occasions).eq("entretien")
        together = own.loc[~alone, "people"].max() if (~alone).any() else 0
        out[str(group)] = int(max(own.loc[alone, "people"].sum(), together))
    return {group: out[group] for group in GROUPS if group in out}


def by_group(actors: Actors, expected: Iterable[str] = tuple(GROUPS)) -> pd.DataFrame:
    """One row per group (:data:`GROUP_COLUMNS`): how it was heard, and whether it was to be.

    Args:
        expected: groups that the démarche means to hear; those heard besides are there too, not expected.
    """
    wanted, present, excerpts, people = set(expected), presence(actors), said(actors), people_heard(actors)
    planned = set(actors.meetings.loc[actors.meetings["state"].eq("prevu"), "group"])
    rows = []
    for group, label in GROUPS.items():
        own, theirs = present[present["group"].eq(group)], excerpts[excerpts["group"].eq(group)]
        if group not in wanted and own.empty:
            continue
        state = "dit" if len(theirs) else "present" if len(own) else "prevu" if group in planned else "absent"
        rows.append(
            (group, label, side_of(group), own["meeting"].nunique(), people.get(group, 0), len(theirs),
             theirs.loc[theirs["theme"].ne(""), "theme"].nunique(), state, group in wanted)
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(GROUP_COLUMNS))


def by_theme(
    actors: Actors, expected: Iterable[str] = tuple(GROUPS), themes: Iterable[str] = tuple(THEMES)
) -> pd.DataFrame:
    """One row per group and theme (:data:`CELL_COLUMNS`), in the order of both.

    ``meetings``: those where it spoke of the theme; ``asked``: those where it was present and the theme on the table;
    ``state``: key of :data:`STATES`.
    """
    present, excerpts = presence(actors), said(actors)
    tables = {row["id"]: set(row["themes"]) for row in actors.meetings.to_dict("records")}
    groups = by_group(actors, expected)["group"].tolist()
    planned = actors.meetings[actors.meetings["state"].eq("prevu")]
    rows = []
    for group in groups:
        own, theirs = present[present["group"].eq(group)], excerpts[excerpts["group"].eq(group)]
        coming = set().union(*map(set, planned.loc[planned["group"].eq(group), "themes"]))
        for theme in themes:
            of_theme = theirs[theirs["theme"].eq(theme)]
            asked = sum(theme in tables.get(meeting, ()) for meeting in own["meeting"])
            state = (
                "dit" if len(of_theme) else "present" if asked else "prevu" if theme in coming else "absent"
            )
            rows.append((group, theme, of_theme["meeting"].nunique(), len(of_theme), asked, state))
    return pd.DataFrame(rows, columns=list(CELL_COLUMNS))


def not_heard(actors: Actors, expected: Iterable[str] = tuple(GROUPS)) -> tuple[str, ...]:
    """Expected groups that nobody heard, in order: « qui n’a pas été entendu » (those to be heard included)."""
    table = by_group(actors, expected)
    return tuple(table.loc[table["expected"] & table["state"].isin(["prevu", "absent"]), "group"])


def by_secteur(actors: Actors, secteurs: Iterable[str]) -> pd.DataFrame:
    """One row per secteur (:data:`SECTEUR_COLUMNS`): meetings held about it, excerpts about it.

    ``heard``: at least one of either. What was said of the whole territory counts for none.
    """
    meetings, excerpts = held(actors), said(actors)
    rows = []
    for name in secteurs:
        own, theirs = meetings[meetings["secteur"].eq(name)], excerpts[excerpts["secteur"].eq(name)]
        count = len(set(own["id"]) | set(theirs["meeting"]))
        rows.append((name, count, len(theirs), count > 0))
    return pd.DataFrame(rows, columns=list(SECTEUR_COLUMNS))


def counts(actors: Actors) -> pd.DataFrame:
    """One row per occasion: ``occasion, held, planned, people`` (sum of those told), ``unknown`` (meetings of
    which the number of people was not told), ``excerpts, first, last`` (days; NaT: not dated)."""
    meetings, excerpts = held(actors), said(actors)
    rows = []
    for occasion in dict.fromkeys(actors.meetings["occasion"]):
        own = meetings[meetings["occasion"].eq(occasion)]
        coming = actors.meetings["occasion"].eq(occasion) & actors.meetings["state"].eq("prevu")
        rows.append(
            (occasion, len(own), int(coming.sum()), own["people"].sum(), int(own["people"].isna().sum()),
             int(excerpts["occasion"].eq(occasion).sum()), own["date"].min(), own["date"].max())
        )  # fmt: skip
    return pd.DataFrame(
        rows, columns=["occasion", "held", "planned", "people", "unknown", "excerpts", "first", "last"]
    )
