"""What a convention may bind itself to."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from ctg_lib.agreement.books import agreement_books
from ctg_lib.agreement.commitments import committed_actions, left_out
from ctg_lib.agreement.folder import Agreement
from ctg_lib.agreement.plan import Plan, axis_of
from ctg_lib.workbooks.reading import Filled


def rows(sheet, *lines: dict) -> pd.DataFrame:
    """Lines of a sheet, what they do not say left empty."""
    empty = sheet.empty()
    blank = {c: pd.NaT if "datetime" in str(t) else "" for c, t in empty.dtypes.items()}
    tuples = {f.name: () for f in sheet.fields if f.kind in ("references", "choices")}
    return pd.DataFrame(
        [{**blank, **tuples, "row": 6 + i, **line} for i, line in enumerate(lines)], columns=list(empty)
    )


def agreement(*decisions: tuple[str, str], actions: tuple[dict, ...]) -> Agreement:
    books = agreement_books()
    plan, priorities = books["plan"], books["priorites"]
    tables = {
        "axes": rows(plan["axes"], {"id": "AX1", "issues": ("E01",)}, {"id": "AX2", "issues": ("E02",)}),
        "orientations": rows(
            plan["orientations"], {"id": "OR1", "axis": "AX1"}, {"id": "OR2", "axis": "AX2"}
        ),
        "objectives": rows(
            plan["objectives"], {"id": "OB1", "orientation": "OR1"}, {"id": "OB2", "orientation": "OR2"}
        ),
        "actions": rows(plan["actions"], *actions),
    }
    said = rows(
        priorities["decisions"],
        *(
            {"issue": e, "decision": d, "decided_on": pd.Timestamp("2027-02-09"), "rank": float(i)}
            for i, (e, d) in enumerate(decisions)
        ),
    )
    filled = {
        "plan": Filled(plan, "plan-action.xlsx", 1, tables, ()),
        "priorites": Filled(priorities, "priorites.xlsx", 1, {"decisions": said}, ()),
    }
    return Agreement(Path("convention"), books, filled)


ACTIONS = (
    {"id": "A03", "objective": "OB2", "state": "validee"},
    {"id": "A01", "objective": "OB1", "state": "validee"},
    {"id": "A02", "objective": "OB1", "state": "projet"},
    {"id": "A04", "objective": "OB1", "state": "en_cours", "issues": ("E03",)},
    {"id": "A05", "objective": "", "state": "terminee", "issues": ("E01",)},
    {"id": "A06", "objective": "OB1", "state": "abandonnee"},
)


def test_validated_actions_of_retained_issues_in_the_order_of_the_axes() -> None:
    found = committed_actions(agreement(("E01", "retenu"), ("E02", "retenu"), actions=ACTIONS))
    assert list(found["id"]) == [
        "A01",
        "A03",
        "A05",
    ]  # A04 answers an issue of its own, which nobody retained
    assert list(found["axis"]) == ["AX1", "AX2", ""]


@pytest.mark.parametrize("decision", ["ecarte", "reporte"])
def test_an_issue_set_aside_takes_its_actions_away(decision) -> None:
    known = agreement(("E01", decision), ("E02", "retenu"), actions=ACTIONS)
    assert list(committed_actions(known)["id"]) == ["A03"]
    assert list(left_out(known, ["A03"])["id"]) == ["A01", "A02", "A04", "A05"]


def test_without_a_decision_nothing_is_promised() -> None:
    assert committed_actions(agreement(actions=ACTIONS)).empty
    assert list(committed_actions(Agreement(Path("convention"))).columns)[-1] == "axis"


def test_issues_of_an_action_are_its_own_else_its_axis_s() -> None:
    known = agreement(actions=ACTIONS)
    plan = Plan.of(known)
    assert plan.find("A01").answers == ("E01",)
    assert plan.find("A04").answers == ("E03",)
    assert axis_of(known) == {"OB1": "AX1", "OB2": "AX2"}
