"""Amounts that change with the year, and the budget lines that rest on them.

A line of « Budget » may name an amount of « Montants » and a quantity: what it is worth is then the quantity times the
value in force in its year. A new scale is a new line of the same name: it takes over by itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.geography.names import fold

if TYPE_CHECKING:
    from ctg_lib.agreement.folder import Agreement

CENTS = 0.5
"""Euros between what is typed and what is computed that a rounding to the euro explains."""


@dataclass(frozen=True)
class Rate:
    """A line of « Montants » (euros), as it stands in a year.

    Attributes:
        id, name, unit, source: as the sheet has them; ``start`` and ``end`` are its days (None: not written).
        last_known: whether its period is over in that year: it is the last one known, taken on.
    """

    id: str
    name: str
    value: float
    unit: str
    start: date | None
    end: date | None
    source: str
    last_known: bool = False


def in_force(amounts: pd.DataFrame, id: str, year: int) -> Rate | None:
    """The value of an amount in a year: that in force at its end, else the last one known before.

    Args:
        amounts: sheet « Montants ».
        id: of any line of that amount: lines of the same name follow one another.

    Returns:
        None where no such line exists, or where none has begun by the end of that year.
    """
    cited = amounts[amounts["id"].eq(id)]
    if cited.empty:
        return None
    name = fold(str(cited["name"].iloc[0]))
    same = amounts[amounts["name"].map(lambda each: fold(str(each)) == name) & amounts["value"].notna()]
    begun = same[same["start"].isna() | same["start"].le(pd.Timestamp(year, 12, 31))]
    holds = begun[begun["end"].isna() | begun["end"].ge(pd.Timestamp(year, 1, 1))]
    found = (begun if holds.empty else holds).sort_values("start", kind="stable", na_position="first")
    if found.empty:
        return None
    return _rate_of(found.iloc[-1].to_dict(), last_known=holds.empty)


def _rate_of(line: Mapping[Any, Any], *, last_known: bool = False) -> Rate:
    return Rate(
        str(line["id"]), str(line["name"]), float(line["value"]), str(line["unit"]), _day(line["start"]), _day(line["end"]),
        str(line["source"]), last_known,
    )  # fmt: skip


def budget_of(agreement: Agreement) -> pd.DataFrame:
    """Lines of « Budget », each with what it is worth.

    Returns:
        Columns of the sheet, ``amount`` (euros) being computed where nothing is typed, and ``computed`` (euros; NaN
        where no amount of « Montants » gives it), ``rate_id`` (the line of « Montants » whose value is taken, empty
        without one), ``last_known`` (see :class:`Rate`), ``supposed`` (a receipt said to be acquired, whose amount
        nobody typed and that only the last value known gives: no one granted it, and its ``sure`` is « prevu »).
    """
    table, amounts = agreement.table("plan", "budget"), agreement.table("plan", "amounts")
    rates = [_rate(amounts, line) for line in table.to_dict("records")]
    computed = [
        math.nan if rate is None else round(rate.value * float(quantity), 2)
        for rate, quantity in zip(rates, table["quantity"], strict=True)
    ]
    worth = pd.Series(computed, index=table.index, dtype="float64")
    known = pd.Series([bool(rate and rate.last_known) for rate in rates], index=table.index, dtype="bool")
    acquired = table["kind"].eq("recette") & table["sure"].eq("acquis")
    supposed = known & acquired & table["amount"].isna()
    return table.assign(
        amount=table["amount"].fillna(worth), computed=worth,
        rate_id=pd.Series([rate.id if rate else "" for rate in rates], index=table.index, dtype="str"),
        last_known=known, supposed=supposed, sure=table["sure"].mask(supposed, "prevu"),
    )  # fmt: skip


def _rate(amounts: pd.DataFrame, line: Mapping[Any, Any]) -> Rate | None:
    if not line["rate"] or pd.isna(line["quantity"]) or pd.isna(line["year"]):
        return None
    return in_force(amounts, str(line["rate"]), int(line["year"]))


@dataclass(frozen=True)
class Used:
    """A value of « Montants », and the budget lines whose amount rests on it.

    Attributes:
        rate: the value. actions: ids of the actions that use it, in order.
        years: those in which it is in force. beyond: those in which it is taken on as the last one known.
    """

    rate: Rate
    actions: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    beyond: tuple[int, ...] = ()


def used(agreement: Agreement, actions: Iterable[str] | None = None) -> tuple[Used, ...]:
    """Every value of « Montants », in the order of the sheet, with what uses it.

    Args:
        actions: only what these use; all by default.
    """
    lines = agreement.budget
    lines = lines[lines["action"].isin(list(actions))] if actions is not None else lines
    out = []
    for line in agreement.table("plan", "amounts").to_dict("records"):
        own = lines[lines["rate_id"].eq(line["id"])] if line["id"] else lines.iloc[:0]
        out.append(
            Used(
                _rate_of(line), tuple(dict.fromkeys(own["action"])), _years(own[~own["last_known"]]),
                _years(own[own["last_known"]]),
            )
        )  # fmt: skip
    return tuple(out)


def years_in_words(years: Iterable[int]) -> str:
    """« 2028 », « 2028 à 2031 », « 2028, 2030 »."""
    every = sorted(years)
    if len(every) > 1 and every[-1] - every[0] == len(every) - 1:
        return f"{every[0]} à {every[-1]}"
    return ", ".join(str(year) for year in every)


def _years(lines: pd.DataFrame) -> tuple[int, ...]:
    return tuple(sorted({int(year) for year in lines["year"]}))


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()
