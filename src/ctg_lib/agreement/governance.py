"""Who decides what: instances and their members by function, meetings, decisions, ways of organising the work.

Everything comes from « gouvernance.xlsx »; « today » is the study's date. Nothing that happened after it is told.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from ctg_lib.agreement.folder import Agreement

BOOK = "gouvernance"
HELD, PLANNED, CANCELLED = "tenu", "prevu", "annule"
OPEN: frozenset[str] = frozenset({"a_faire", "en_cours"})
"""States of a decision that waits for its effect."""
PAYERS: dict[str, str] = {
    "caf": "Caf", "msa": "MSA", "epci": "intercommunalité", "communes": "communes", "others": "autres",
}  # fmt: skip
"""Columns of « Postes » between which a cost is split -> who pays, in order."""


@dataclass(frozen=True)
class Member:
    """A line of « Membres »; ``party`` is an id of parties.xlsx, empty where the function says it all.

    ``seats`` is 0 where whoever comes is a member.
    """

    function: str
    party: str = ""
    college: str = ""
    votes: bool = False
    seats: int = 1


@dataclass(frozen=True)
class Instance:
    """An instance, its members, its place in the tree.

    Attributes:
        above: id of the one it reports to, empty where none is known. depth: 0 for those that report to none.
    """

    id: str
    name: str
    role: str = ""
    decides: str = ""
    frequency: str = ""
    chair: str = ""
    above: str = ""
    depth: int = 0
    members: tuple[Member, ...] = ()

    @property
    def seats(self) -> int:
        """How many seats it has."""
        return sum(m.seats for m in self.members)

    @property
    def voting(self) -> int:
        """How many of them vote."""
        return sum(m.seats for m in self.members if m.votes)

    @property
    def voters(self) -> tuple[str, ...]:
        """Parties of those who vote, each once; members whom no party names are left out."""
        return tuple(dict.fromkeys(m.party for m in self.members if m.votes and m.party))

    @property
    def shared(self) -> bool:
        """Whether several parties vote in it: none of them is above the others."""
        return len(self.voters) > 1

    @property
    def owner(self) -> str:
        """The one party that all its members come from; empty where there is none: what it decides binds that party alone."""
        parties = {m.party for m in self.members}
        return parties.pop() if len(parties) == 1 else ""


@dataclass(frozen=True)
class Scenario:
    """A way of organising the work of cooperation, in a full year; euros, NaN where no post says it.

    Attributes:
        posts: lines of « Postes ». fte: full-time equivalents. cost: of its posts.
        split: payer (:data:`PAYERS`) -> what it pays; a payer that no post names pays 0 once another is named.
        hours: asked of members each year. people: inhabitants, for the cost by inhabitant (0: not known).
    """

    id: str
    name: str
    description: str = ""
    strengths: str = ""
    limits: str = ""
    retained: str = ""
    decided_on: date | None = None
    document: str = ""
    posts: tuple[dict[str, Any], ...] = ()
    fte: float = math.nan
    cost: float = math.nan
    split: tuple[tuple[str, float], ...] = ()
    hours: float = math.nan
    people: float = 0.0

    @property
    def local(self) -> float:
        """What intercommunalité and communes pay together."""
        shares = dict(self.split)
        return shares.get("epci", math.nan) + shares.get("communes", math.nan)

    @property
    def per_person(self) -> float:
        """The same for one inhabitant; NaN where either is not known."""
        return self.local / self.people if self.people else math.nan

    @property
    def unsplit(self) -> float:
        """What nobody pays yet (negative: more is paid than it costs)."""
        return round(self.cost - sum(amount for _, amount in self.split), 2)

    @property
    def employers(self) -> tuple[str, ...]:
        """Parties that employ someone, each once."""
        return tuple(dict.fromkeys(str(p["employer"]) for p in self.posts if p["employer"]))


def instances(agreement: Agreement) -> tuple[Instance, ...]:
    """Instances in the order of their tree: each is followed by those that report to it.

    One that reports to nothing known, to itself or in a circle, stands at the top; so does one where several parties
    vote that is written under the assembly of one of them: it binds the others no more than they bind it. Those where
    several parties vote come first.
    """
    table, members = agreement.table(BOOK, "instances"), agreement.table(BOOK, "members")
    lines = {str(line["id"]): line for line in table.to_dict("records") if line["id"]}
    above = {id: str(line["above"]) if line["above"] in lines else "" for id, line in lines.items()}
    above = {id: "" if _circular(id, above) else up for id, up in above.items()}
    known = {
        id: Instance(
            id, line["name"], line["role"], line["decides"], line["frequency"], line["chair"],
            members=_members(members[members["instance"].eq(id)]),
        )
        for id, line in lines.items()
    }  # fmt: skip
    above = {id: "" if up and subordinate(known[id], known[up]) else up for id, up in above.items()}
    out: list[Instance] = []

    def add(up: str, depth: int) -> None:
        own = [(id, instance) for id, instance in known.items() if above[id] == up]
        for id, instance in sorted(own, key=lambda each: not up and not each[1].shared):
            out.append(replace(instance, above=up, depth=depth))
            add(id, depth + 1)

    add("", 0)
    return tuple(out)


def subordinate(instance: Instance, above: Instance) -> bool:
    """Whether an instance where several parties vote is written under one that belongs to a single party."""
    return instance.shared and bool(above.owner)


def _circular(id: str, above: dict[str, str]) -> bool:
    seen, here = set(), id
    while here := above.get(here, ""):
        if here == id or here in seen:
            return here == id
        seen.add(here)
    return False


def _members(lines: pd.DataFrame) -> tuple[Member, ...]:
    return tuple(
        Member(
            line["function"], line["party"], line["college"], line["votes"] == "oui", 1 if pd.isna(line["seats"]) else int(line["seats"])
        )
        for line in lines.to_dict("records")
    )  # fmt: skip


def state_of(state: str, day: date | None, as_of: date) -> str:
    """State of a meeting: as written, else held where its day is past; never held after the study's date."""
    past = day is not None and day <= as_of
    if state == CANCELLED:
        return CANCELLED
    if state == PLANNED:
        return PLANNED
    return HELD if past else PLANNED


def meetings(agreement: Agreement, as_of: date) -> pd.DataFrame:
    """One row per meeting, oldest first.

    Returns:
        ``id, instance, name`` (of the instance), ``date, state`` (as :func:`state_of`), ``commune, agenda, summary,
        document, invited, present`` (represented ones included; both count functions, 0 where no sheet is filled),
        ``decisions`` (count), ``row``.
    """
    table = agreement.table(BOOK, "meetings")
    names = agreement.table(BOOK, "instances").set_index("id")["name"]
    signed, decided = agreement.table(BOOK, "attendance"), agreement.table(BOOK, "decisions")
    there = signed[signed["presence"].isin(("present", "represente"))]
    days = table["date"].map(lambda d: None if pd.isna(d) else d.date())
    out = table.assign(
        name=table["instance"].map(names).fillna(""),
        state=[state_of(s, d, as_of) for s, d in zip(table["state"], days, strict=True)],
        invited=_count(table["id"], signed["meeting"]),
        present=_count(table["id"], there["meeting"]),
        decisions=_count(table["id"], decided["meeting"]),
    )
    return out.sort_values("date", kind="stable").reset_index(drop=True)


def _count(ids: pd.Series, cited: pd.Series) -> pd.Series:
    return ids.map(cited.value_counts()).fillna(0).astype("int64")


def decisions(agreement: Agreement, as_of: date) -> pd.DataFrame:
    """The register: decisions of meetings held, oldest first.

    Returns:
        Columns of « Relevé de décisions », with ``date, name`` (of the meeting and of its instance), ``state`` (« à faire »
        where nothing is written) and ``late`` (open, and due before the study's date).
    """
    held = meetings(agreement, as_of)
    held = held[held["state"].eq(HELD)].drop_duplicates("id").set_index("id")
    table = agreement.table(BOOK, "decisions")
    table = table[table["meeting"].isin(held.index)]
    state = table["state"].where(table["state"].ne(""), "a_faire")
    out = table.assign(
        date=held["date"].reindex(table["meeting"]).to_numpy(), name=held["name"].reindex(table["meeting"]).to_numpy(), state=state,
        late=state.isin(OPEN) & table["due"].lt(pd.Timestamp(as_of)),
    )  # fmt: skip
    return out.sort_values("date", kind="stable").reset_index(drop=True)


def scenarios(agreement: Agreement, people: float = 0.0) -> tuple[Scenario, ...]:
    """Ways of organising the work, in the order of the sheet.

    Args:
        people: inhabitants of the territory.
    """
    posts = agreement.table(BOOK, "posts")
    out = []
    for line in agreement.table(BOOK, "scenarios").to_dict("records"):
        own = posts[posts["scenario"].eq(line["id"])]
        out.append(
            Scenario(
                line["id"], line["name"], line["description"], line["strengths"], line["limits"], line["retained"],
                None if pd.isna(line["decided_on"]) else line["decided_on"].date(), line["document"],
                tuple({str(n): v for n, v in post.items()} for post in own.to_dict("records")), _sum(own["fte"]), _sum(own["cost"]),
                _split(own), _sum(own["hours_members"]), people,
            )
        )  # fmt: skip
    return tuple(out)


def _sum(values: pd.Series) -> float:
    """Sum of what is written; NaN where nothing is."""
    return float(values.sum()) if values.notna().any() else math.nan


def _split(posts: pd.DataFrame) -> tuple[tuple[str, float], ...]:
    if not posts[list(PAYERS)].notna().any(axis=None):
        return ()
    return tuple((payer, float(posts[payer].sum())) for payer in PAYERS)


def retained(agreement: Agreement, people: float = 0.0) -> Scenario | None:
    """The one scenario marked as retained; None where none is, or several are."""
    found = [s for s in scenarios(agreement, people) if s.retained == "oui"]
    return found[0] if len(found) == 1 else None


def decided(agreement: Agreement) -> Scenario | None:
    """The one that was retained on a day that is told: what a convention may say of the organisation."""
    found = retained(agreement)
    return found if found is not None and found.decided_on is not None else None
