"""The action plan as a tree: axes, orientations, operational objectives, actions; what it costs and who pays.

The committee's decisions alone feed it: an action belongs to the plan where one at least of the issues it answers
(its own, else those of its axis) is retained. The others are kept aside, and told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.agreement.books.plan import AGREED
from ctg_lib.agreement.updating import Line

if TYPE_CHECKING:
    from ctg_lib.agreement.folder import Agreement

PROPOSAL = "proposition"
"""How the key of an action that a proposal became begins (« proposition|PR03 »)."""
FED: frozenset[str] = frozenset({"action", "fusionnee"})
"""What becomes of a proposal that an action takes up."""
TO_FILL: tuple[str, ...] = ("objective", "nature", "description", "leader", "start", "end")
"""Fields without which an action cannot be validated, beside its findings."""


@dataclass(frozen=True)
class Step:
    """A step of an action (« Étapes »)."""

    name: str
    start: date | None = None
    end: date | None = None
    responsible: str = ""
    state: str = ""


@dataclass(frozen=True)
class Action:
    """A line of « Actions », with its steps and its place in the tree; codes and ids as in the workbook.

    Attributes:
        axis: id of its axis, empty where its objective leads to none.
        own_issues: ids of the issues it names. answers: the same, else those of its axis.
        retained: those of ``answers`` that the committee retained.
        values: every field of its line.
    """

    id: str
    title: str
    theme: str = ""
    objective: str = ""
    axis: str = ""
    findings: tuple[str, ...] = ()
    own_issues: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    retained: tuple[str, ...] = ()
    nature: str = ""
    previous: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    leader: str = ""
    partners: tuple[str, ...] = ()
    start: date | None = None
    end: date | None = None
    state: str = "projet"
    steps: tuple[Step, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def agreed(self) -> bool:
        """Whether the convention binds itself to it."""
        return self.state in AGREED

    @property
    def to_fill(self) -> tuple[str, ...]:
        """Fields still empty, without which it cannot be validated (:data:`TO_FILL`)."""
        return tuple(name for name in TO_FILL if not _held(self.values.get(name)))


@dataclass(frozen=True)
class Objective:
    """An operational objective and its actions."""

    id: str
    title: str
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True)
class Orientation:
    """An orientation and its objectives."""

    id: str
    title: str
    objectives: tuple[Objective, ...] = ()


@dataclass(frozen=True)
class Axis:
    """An axis, its orientations; ``issues`` are those it names, whatever was decided of them."""

    id: str
    title: str
    description: str = ""
    issues: tuple[str, ...] = ()
    orientations: tuple[Orientation, ...] = ()

    @property
    def actions(self) -> tuple[Action, ...]:
        """Its actions, in the order of the tree."""
        return tuple(a for o in self.orientations for each in o.objectives for a in each.actions)


@dataclass(frozen=True)
class Plan:
    """The plan that the committee's decisions feed.

    Attributes:
        axes: in the workbook's order, with the actions that belong to the plan; those without any stay.
        loose: actions that belong to it, and whose objective leads to no axis.
        aside: actions none of whose issues is retained: they feed nothing.
        dropped: actions given up.
    """

    axes: tuple[Axis, ...] = ()
    loose: tuple[Action, ...] = ()
    aside: tuple[Action, ...] = ()
    dropped: tuple[Action, ...] = ()
    _budget: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False, compare=False)

    @classmethod
    def of(cls, agreement: Agreement) -> Plan:
        """The plan of an agreement, as its workbooks stand."""
        actions = list(_actions(agreement))
        alive = [a for a in actions if a.state != "abandonnee"]
        fed = [a for a in alive if a.retained]
        return cls(
            axes=tuple(_axes(agreement, fed)),
            loose=tuple(a for a in fed if not a.axis),
            aside=tuple(a for a in alive if not a.retained),
            dropped=tuple(a for a in actions if a.state == "abandonnee"),
            _budget=agreement.budget,
        )

    @cached_property
    def actions(self) -> tuple[Action, ...]:
        """All actions of the plan, in the order of the tree."""
        return (*(a for axis in self.axes for a in axis.actions), *self.loose)

    @property
    def agreed(self) -> tuple[Action, ...]:
        """Those that the convention binds itself to."""
        return tuple(a for a in self.actions if a.agreed)

    @property
    def drafts(self) -> tuple[Action, ...]:
        """Those that are not validated yet."""
        return tuple(a for a in self.actions if not a.agreed)

    def find(self, id: str) -> Action | None:
        """The action of that id, wherever it stands."""
        every = (*self.actions, *self.aside, *self.dropped)
        return next((a for a in every if a.id == id), None)

    @cached_property
    def budget(self) -> pd.DataFrame:
        """Lines of « Budget » of the plan's actions, with ``axis`` (id) and ``year`` as a whole number.

        Lines without an amount or a year are left out: they say nothing yet.
        """
        axes = {a.id: a.axis for a in self.actions}
        table = self._budget
        if table.empty:
            return table.assign(axis=pd.Series(dtype="str"))
        kept = table["action"].isin(axes) & table["amount"].notna() & table["year"].notna()
        out = table[kept].reset_index(drop=True)
        return out.assign(axis=out["action"].map(axes), year=out["year"].astype("int64"))

    def cost(self, action: str | None = None) -> float:
        """Expenses of an action, of the whole plan by default, over all years (euros); NaN where none is written."""
        lines = self.budget[self.budget["kind"].eq("depense")] if len(self.budget) else self.budget
        lines = lines if action is None else lines[lines["action"].eq(action)]
        return float(lines["amount"].sum()) if len(lines) else float("nan")

    def costs(self, by: str) -> pd.Series:
        """Expenses by « axis », « year » or « action » (euros)."""
        return self._sums("depense", [by])

    def receipts(self, *by: str) -> pd.Series:
        """Receipts by any of « axis », « year », « action », « funder » (euros)."""
        return self._sums("recette", list(by))

    def _sums(self, kind: str, by: list[str]) -> pd.Series:
        if self.budget.empty:
            return pd.Series(dtype="float64")
        return self.budget[self.budget["kind"].eq(kind)].groupby(by)["amount"].sum()


def balance(agreement: Agreement) -> pd.DataFrame:
    """Expenses and receipts of each action and year: do they add up.

    Returns:
        ``action, year, spent, received, gap`` (received − spent, euros, to the cent), ``remark`` (what stands as a remark
        on its lines, each once), in the order of the sheet. Lines without year or amount are left out.
    """
    columns = ["action", "year", "spent", "received", "gap", "remark"]
    lines = agreement.budget
    lines = lines[lines["amount"].notna() & lines["year"].notna()]
    if lines.empty:
        return pd.DataFrame(columns=columns)
    keys = ["action", "year"]
    amounts = lines.assign(
        spent=lines["amount"].where(lines["kind"].eq("depense"), 0.0),
        received=lines["amount"].where(lines["kind"].eq("recette"), 0.0),
    )
    out = (
        amounts.groupby(keys, sort=False)
        .agg({"spent": "sum", "received": "sum", "remark": _each_once})
        .reset_index()
    )
    out["year"] = out["year"].astype("int64")
    return out.assign(gap=(out["received"] - out["spent"]).round(2))[columns]


def _each_once(texts: pd.Series) -> tuple[str, ...]:
    return tuple(dict.fromkeys(" ".join(str(text).split()) for text in texts if text))


# --------------------------------------------------------------------------------------------- proposals


def unanswered_proposals(agreement: Agreement) -> list[dict[str, Any]]:
    """Proposals that become an action (or join one), and that no action takes up: lines of « Propositions »."""
    actions = agreement.table("plan", "actions")
    taken = {id for ids in actions["origins"] for id in ids}
    known = set(actions["id"])
    table = agreement.table("groupes", "proposals")
    return [
        {str(name): value for name, value in line.items()}
        for line in table[table["follow"].isin(FED)].to_dict("records")
        if line["id"] not in taken and line["action"] not in known
    ]


def draft_actions(agreement: Agreement) -> list[Line]:
    """Actions to propose, « en projet »: one for each proposal that becomes an action and that none takes up.

    Lines of « Actions » with a ``key``, without an id. What the proposal does not say (objective, nature, dates) stays
    empty: a person fills it before the action is validated. A proposal whose line is there already is given again,
    so that it is not told as gone.
    """
    actions = agreement.table("plan", "actions")
    keys = set(actions["key"]) if "key" in actions else set()
    without = {line["id"] for line in unanswered_proposals(agreement)}
    table = agreement.table("groupes", "proposals")
    sessions = agreement.table("groupes", "sessions").set_index("id")
    out = []
    for line in table[table["follow"].eq("action")].to_dict("records"):
        if line["id"] in without or f"{PROPOSAL}|{line['id']}" in keys:
            out.append(_draft(agreement, {str(n): v for n, v in line.items()}, sessions))
    return out


def _draft(agreement: Agreement, proposal: dict[str, Any], sessions: pd.DataFrame) -> Line:
    said = {
        "Premier pas": proposal["first_step"], "Moyens nécessaires": proposal["means"],
        "À quoi verra-t-on que cela marche": proposal["measure"],
    }  # fmt: skip
    told = [f"{head} : {str(text).strip().rstrip('.')}." for head, text in said.items() if text]
    against = str(proposal["against"]).strip().rstrip(".")
    line: Line = {
        "title": proposal["title"], "theme": _theme(agreement, proposal, sessions),
        "findings": tuple(proposal["findings"]), "issues": (proposal["issue"],) if proposal["issue"] else (),
        "origins": (proposal["id"],), "goal": proposal["goal"], "description": " ".join(told),
        "publics": tuple(proposal["publics"]), "leader": proposal["leader"],
        "risks": f"Réserves du groupe de travail : {against}." if against else "", "state": "projet",
    }  # fmt: skip
    return {"key": f"{PROPOSAL}|{proposal['id']}", **{name: value for name, value in line.items() if value}}


def _theme(agreement: Agreement, proposal: Mapping[str, Any], sessions: pd.DataFrame) -> str:
    """That of its issue, else of its first finding, else of the session; empty where none says it."""
    for sheet, ids in (
        (agreement.table("croisement", "issues"), (proposal["issue"],)),
        (agreement.table("constats", "findings"), proposal["findings"]),
    ):
        themes = dict(zip(sheet["id"], sheet["theme"], strict=True))
        if found := next((themes[id] for id in ids if themes.get(id)), ""):
            return str(found)
    if proposal["session"] in sessions.index:
        return next(iter(sessions.loc[proposal["session"], "themes"]), "")
    return ""


# ---------------------------------------------------------------------------------------------- the tree


def _actions(agreement: Agreement) -> Iterator[Action]:
    above = axis_of(agreement)
    axes = agreement.table("plan", "axes").set_index("id")["issues"].to_dict()
    retained = set(agreement.retained)
    steps = agreement.table("plan", "steps")
    for line in agreement.table("plan", "actions").to_dict("records"):
        axis = above.get(line["objective"], "")
        own = tuple(line["issues"])
        answers = own or tuple(axes.get(axis, ()))
        yield Action(
            id=line["id"], title=line["title"], theme=line["theme"], objective=line["objective"], axis=axis,
            findings=tuple(line["findings"]), own_issues=own, answers=answers,
            retained=tuple(i for i in answers if i in retained), nature=line["nature"],
            previous=tuple(line["previous"]), origins=tuple(line["origins"]), leader=line["leader"],
            partners=tuple(line["partners"]), start=_day(line["start"]), end=_day(line["end"]),
            state=line["state"] or "projet", steps=tuple(_steps(steps[steps["action"].eq(line["id"])])),
            values={str(name): value for name, value in line.items()},
        )  # fmt: skip


def axis_of(agreement: Agreement) -> dict[str, str]:
    """Objective -> axis, through its orientation; objectives that lead to none are left out."""
    axes = set(agreement.table("plan", "axes")["id"])
    orientations, objectives = agreement.table("plan", "orientations"), agreement.table("plan", "objectives")
    above = dict(zip(orientations["id"], orientations["axis"], strict=True))
    found = {
        id: above.get(orientation, "")
        for id, orientation in zip(objectives["id"], objectives["orientation"], strict=True)
    }
    return {id: axis for id, axis in found.items() if axis in axes}


def _steps(lines: pd.DataFrame) -> Iterator[Step]:
    for line in lines.to_dict("records"):
        yield Step(line["name"], _day(line["start"]), _day(line["end"]), line["responsible"], line["state"])


def _axes(agreement: Agreement, fed: list[Action]) -> Iterator[Axis]:
    orientations, objectives = agreement.table("plan", "orientations"), agreement.table("plan", "objectives")
    for axis in agreement.table("plan", "axes").to_dict("records"):
        under = []
        for orientation in orientations[orientations["axis"].eq(axis["id"])].to_dict("records"):
            own = objectives[objectives["orientation"].eq(orientation["id"])]
            each = tuple(
                Objective(id, title, tuple(a for a in fed if a.objective == id))
                for id, title in zip(own["id"], own["title"], strict=True)
            )
            under.append(Orientation(orientation["id"], orientation["title"], each))
        yield Axis(axis["id"], axis["title"], axis["description"], tuple(axis["issues"]), tuple(under))


def _day(value: Any) -> date | None:
    return None if value is None or pd.isna(value) else pd.Timestamp(value).date()


def _held(value: Any) -> bool:
    return bool(value) if isinstance(value, str | tuple) else value is not None and bool(pd.notna(value))
