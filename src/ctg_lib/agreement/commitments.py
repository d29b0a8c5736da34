"""What a convention may bind itself to: actions that were validated, for issues that the committee retained."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from ctg_lib.agreement.folder import Agreement


def axis_of_objective(agreement: Agreement) -> dict[str, str]:
    """Id of an operational objective -> id of its axis; objectives whose axis is unknown are absent."""
    of = dict(zip(*(agreement.table("plan", "orientations")[c] for c in ("id", "axis")), strict=True))
    table = agreement.table("plan", "objectives")
    found = dict(zip(table["id"], table["orientation"].map(of), strict=True))
    return {str(k): str(v) for k, v in found.items() if isinstance(v, str) and v}


def issues_of_actions(agreement: Agreement, actions: pd.DataFrame) -> pd.Series:
    """Issues that each action answers: its own, else those of its axis; tuples of ids."""
    axes = agreement.table("plan", "axes")
    of_axis = dict(zip(axes["id"], axes["issues"], strict=True))
    axis = axis_of_objective(agreement)
    found = [
        tuple(own) or tuple(of_axis.get(axis.get(objective, ""), ()))
        for own, objective in zip(actions["issues"], actions["objective"], strict=True)
    ]
    return pd.Series(found, index=actions.index, dtype="object")


def committed_actions(agreement: Agreement) -> pd.DataFrame:
    """Actions that the convention holds: agreed on, and answering at least one issue that was retained.

    Returns:
        Columns of « Actions », and ``axis`` (id, empty where unknown); in the order of the axes, then of the
        sheet.
    """
    actions = agreement.agreed_actions.copy()
    kept = set(agreement.retained)
    answers = issues_of_actions(agreement, actions)
    actions["axis"] = actions["objective"].map(axis_of_objective(agreement)).astype("object").fillna("")
    actions = actions[answers.map(lambda issues: bool(kept & set(issues))).astype("bool")]
    rank = {axis: i for i, axis in enumerate(agreement.table("plan", "axes")["id"])}
    order = actions["axis"].map(lambda a: rank.get(a, len(rank)))
    return actions.loc[order.sort_values(kind="stable").index].reset_index(drop=True)


def left_out(agreement: Agreement, committed: Iterable[str]) -> pd.DataFrame:
    """Actions of the plan, not abandoned, that the convention does not hold (columns of « Actions »)."""
    table = agreement.table("plan", "actions")
    known = table["id"].isin(list(committed)) | table["state"].eq("abandonnee")
    return table[~known].reset_index(drop=True)
