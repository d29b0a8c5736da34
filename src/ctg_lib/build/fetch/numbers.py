"""What a new file changes in the numbers: added, gone, changed; the largest changes of a territory."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from ctg_lib.display.typography import counted, number
from ctg_lib.values import STATUS_LABELS, USABLE

KEY = ["dataset", "variable", "breakdown", "level", "code", "period"]
_TEXT = [*KEY, "status"]
SHOWN = 5
"""Changes shown one by one."""


@dataclass(frozen=True)
class Change:
    """One dataset and variable.

    Attributes:
        same: figures that have not moved.
        refined: same figures with more decimals than a republication had kept.
        added, gone: figures that one side alone has.
        changed: another value, or another status.
        appeared, hidden: of those, figures now known, and figures no longer given.
    """

    dataset: str
    variable: str
    same: int
    refined: int
    added: int
    gone: int
    changed: int
    appeared: int
    hidden: int


@dataclass(frozen=True)
class Numbers:
    """The comparison of two readings of one file.

    Attributes:
        changes: one per dataset and variable, in the order of their names.
        largest: rows ``dataset, variable, breakdown, level, code, period, old, new, old_status,
            new_status`` that changed for the territory, the largest relative change first.
    """

    changes: tuple[Change, ...]
    largest: pd.DataFrame

    @property
    def unchanged(self) -> bool:
        """Whether no figure moved, came or went."""
        return not any(c.added or c.gone or c.changed or c.refined for c in self.changes)


def compare(
    old: pd.DataFrame, new: pd.DataFrame, codes: Collection[str] = (), *, rounded: bool = False
) -> Numbers:
    """Compare observations before and after, figure by figure.

    Args:
        old, new: observations (``ctg_lib.observations.COLUMNS``).
        codes: territories whose largest changes are wanted; none = all.
        rounded: the old file may hold fewer decimals than its publisher's (a republication): figures
            equal once rounded alike are counted as ``refined``.
    """
    both = _side(old, "old").merge(_side(new, "new"), on=KEY, how="outer", indicator="side")
    both["same"] = both["old"].sub(both["new"]).abs().le(1e-9) | (both["old"].isna() & both["new"].isna())
    both["same"] &= both["old_status"].eq(both["new_status"]) & both["side"].eq("both")
    both["refined"] = both["side"].eq("both") & ~both["same"] & _refined(both) if rounded else False
    both["changed"] = both["side"].eq("both") & ~both["same"] & ~both["refined"]
    known = {side: both[f"{side}_status"].isin(USABLE) for side in ("old", "new")}
    flags = pd.DataFrame(
        {
            "same": both["same"], "refined": both["refined"],
            "added": both["side"].eq("right_only"), "gone": both["side"].eq("left_only"),
            "changed": both["changed"],
            "appeared": both["changed"] & known["new"] & ~known["old"],
            "hidden": both["changed"] & known["old"] & ~known["new"],
        }
    )  # fmt: skip
    totals = flags.groupby([both["dataset"], both["variable"]], sort=True).sum().astype(int)
    changes = [
        Change(str(key[0]), str(key[1]), *map(int, row))
        for key, row in zip(totals.index, totals.to_numpy().tolist(), strict=True)
    ]
    return Numbers(tuple(changes), _largest(both, codes))


def _side(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    kept = frame.loc[:, [*_TEXT, "value"]].astype(dict.fromkeys(_TEXT, "str"))
    return kept.rename(columns={"value": name, "status": f"{name}_status"})


def _refined(both: pd.DataFrame) -> pd.Series:
    """Old = new rounded to the decimals that old has (0, 1 or 2), new having more."""
    refined = pd.Series(False, index=both.index)
    for decimals in (0, 1, 2):
        plain = both["old"].round(decimals).sub(both["old"]).abs().le(1e-9)
        # half a unit, both ways: a publisher's half may have been rounded up or to even
        near = both["new"].sub(both["old"]).abs().le(0.5 * 10.0**-decimals + 1e-9)
        more = both["new"].round(decimals).sub(both["new"]).abs().gt(1e-9)
        refined |= plain & near & more
    return refined & both["old_status"].eq(both["new_status"])


def _largest(both: pd.DataFrame, codes: Collection[str]) -> pd.DataFrame:
    rows = both.loc[both["changed"]]
    if codes:
        rows = rows.loc[rows["code"].isin(list(codes))]
    base = rows[["old", "new"]].abs().max(axis=1)
    size = rows["new"].sub(rows["old"]).abs().div(base.where(base > 0)).fillna(1.0)
    order = pd.DataFrame({"size": -size, **{k: rows[k] for k in KEY}}).sort_values(["size", *KEY]).index
    columns = [*KEY, "old", "new", "old_status", "new_status"]
    return rows.loc[order, columns].reset_index(drop=True)


def lines(numbers: Numbers, names: dict[str, str] | None = None) -> list[str]:
    """French lines: one per variable that moved, then the largest changes one by one."""
    moved = [c for c in numbers.changes if c.added or c.gone or c.changed or c.refined]
    if not moved:
        same = sum(c.same for c in numbers.changes)
        return [f"aucun chiffre n’a changé ({counted(same, 'chiffre comparé', 'chiffres comparés')})"]
    shown = [f"{c.dataset}, {c.variable} : {_words(c)}" for c in moved[:12]]
    if len(moved) > 12:
        shown.append(f"… et {len(moved) - 12} autres variables")
    for row in numbers.largest.head(SHOWN).to_dict("records"):
        place = (names or {}).get(row["code"], f"{row['level']} {row['code']}")
        what = row["variable"] + (f" [{row['breakdown']}]" if row["breakdown"] else "")
        before, after = _figure(row["old"], row["old_status"]), _figure(row["new"], row["new_status"])
        shown.append(f"  {place}, {what}, {row['period']} : {before} → {after}")
    rest = len(numbers.largest) - SHOWN
    if rest > 0:
        shown.append(f"  … et {counted(rest, 'autre changement', 'autres changements')} sur ce territoire")
    return shown


def _words(change: Change) -> str:
    parts = [
        (change.added, "ajouté", "ajoutés"),
        (change.gone, "disparu", "disparus"),
        (change.changed, "changé", "changés"),
        (change.refined, "précisé (plus de décimales)", "précisés (plus de décimales)"),
        (change.same, "identique", "identiques"),
    ]
    text = ", ".join(counted(n, one, many) for n, one, many in parts if n)
    more = [f"{change.appeared} désormais connus"] if change.appeared else []
    more += [f"{change.hidden} désormais tus"] if change.hidden else []
    return text + (f" (dont {', '.join(more)})" if more else "")


def _figure(value: float, status: str) -> str:
    if pd.isna(value):
        return STATUS_LABELS.get(status, status)
    text = number(value, 4).rstrip("0") if value % 1 else number(value)
    return text
