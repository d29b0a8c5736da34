"""What a convention may bind itself to: actions that were validated, for issues that the committee retained."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from ctg_lib.agreement.folder import Agreement
from ctg_lib.agreement.plan import Plan


def committed_actions(agreement: Agreement) -> pd.DataFrame:
    """Actions that the convention holds (:attr:`ctg_lib.agreement.plan.Plan.agreed`), as lines.

    Returns:
        Columns of « Actions », and ``axis`` (id, empty where unknown); in the order of the axes, then of the
        sheet.
    """
    table = agreement.table("plan", "actions")
    axes = {action.id: action.axis for action in Plan.of(agreement).agreed}
    rank = {axis: i for i, axis in enumerate(agreement.table("plan", "axes")["id"])}
    out = table[table["id"].isin(axes)]
    out = out.assign(axis=[axes[action] for action in out["id"]])
    order = out["axis"].map(lambda axis: rank.get(axis, len(rank)))
    return out.loc[order.sort_values(kind="stable").index].reset_index(drop=True)


def left_out(agreement: Agreement, committed: Iterable[str]) -> pd.DataFrame:
    """Actions of the plan, not abandoned, that the convention does not hold (columns of « Actions »)."""
    table = agreement.table("plan", "actions")
    known = table["id"].isin(list(committed)) | table["state"].eq("abandonnee")
    return table[~known].reset_index(drop=True)
