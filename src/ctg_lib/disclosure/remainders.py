"""What is left of a whole once its part is taken away: small counts no row shows and anybody can compute.

Thirty requests, twenty-eight of them without an offer: two families got one. Where two counts of people are
shown side by side, one inside the other, the remainder is a cell like any other: from 1 to its threshold, it
must not be found, so that the whole or the part is hidden. Meant for figures that partners give; the
publishers of open data answer for their own tables.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ctg_lib.disclosure.policy import Policy
from ctg_lib.disclosure.system import EPS, Link, Side, System

REST = "~reste"
"""Indicator under which a remainder is kept while the table is protected; no reader sees it."""
_PLACE = ["level", "code", "period"]


@dataclass(frozen=True)
class Pair:
    """Two counts of people, one inside the other.

    Attributes:
        whole, part: ((indicator, breakdown), 0 for its count or 1 for its base).
        limit: a remainder from 1 to below this number may not be found.
        counts: what is counted on each side, where several indicators may show the same count.
    """

    whole: Side
    part: Side
    limit: float
    counts: tuple[Hashable, Hashable] = ("", "")

    @property
    def names(self) -> dict[Side, Hashable]:
        """What each side counts: itself, unless said otherwise."""
        return {side: name or side for side, name in zip((self.whole, self.part), self.counts, strict=True)}


def rests(table: pd.DataFrame, pairs: Iterable[Pair]) -> pd.DataFrame:
    """Remainders that the rows shown give, as rows of an indicator of their own for each pair.

    Args:
        table: result rows; those without a number give nothing.

    Returns:
        Rows like those of ``table``; ``value`` and ``numerator`` hold the remainder.
    """
    pairs = list(pairs)
    rows = {(str(i), str(b)): part for (i, b), part in table.groupby(["indicator", "breakdown"], sort=False)}
    sides = {
        side: _numbers(rows.get(side[0], table[:0]), side[1])
        for pair in pairs
        for side in (pair.whole, pair.part)
    }
    found = []
    for number, pair in enumerate(pairs):
        whole, part = sides[pair.whole], sides[pair.part]
        for place in [p for p in whole if p in part]:
            rest = whole[place] - part[place]
            if rest >= -EPS:
                found.append((*place, f"{REST}{number}", "", rest, rest, "observed"))
    columns = [*_PLACE, "indicator", "breakdown", "value", "numerator", "status"]
    out = pd.DataFrame(found, columns=columns).reindex(columns=table.columns)
    numbers = ["value", "lower", "upper", "numerator", "denominator"]
    return out.astype({c: "float64" for c in numbers if c in out})


def _numbers(rows: pd.DataFrame, layer: int) -> dict[tuple[str, str, str], float]:
    """(level, code, period) -> the exact counts (0) or bases (1) of a quantity's rows."""
    x = rows[("numerator", "denominator")[layer]].astype("float64")
    exact = x.notna() & rows["lower"].isna()
    places = zip(*(rows.loc[exact, column] for column in _PLACE), strict=True)
    found: dict[tuple[str, str, str], float] = {}
    for place, number in zip(places, x[exact], strict=True):
        found.setdefault(place, float(number))
    return found


def small(remainders: pd.DataFrame, pairs: Iterable[Pair]) -> bool:
    """Whether one of these remainders may not be found."""
    limit = (
        remainders["indicator"].map({f"{REST}{n}": p.limit for n, p in enumerate(pairs)}).astype("float64")
    )
    return bool((remainders["value"].gt(EPS) & remainders["value"].lt(limit - EPS)).any())


def system_of(
    rows: pd.DataFrame, hierarchy: pd.DataFrame, policies: Mapping[str, Policy], pairs: list[Pair],
    remainders: pd.DataFrame, links: Iterable[Link] = (), *, masked: bool = False,
) -> tuple[System, NDArray[np.bool_]]:  # fmt: skip
    """Rows and their remainders (last) as one system, and which of its rows are remainders.

    Args:
        rows, hierarchy, policies, links, masked: as for :class:`~ctg_lib.disclosure.system.System`.
        pairs: of counts, one inside the other.
        remainders: of these pairs (:func:`rests`).
    """
    rules = dict(policies)
    rules |= {f"{REST}{n}": Policy(f"{REST}{n}", threshold=pair.limit) for n, pair in enumerate(pairs)}
    told = [(pair.whole, pair.part, ((f"{REST}{n}", ""), 0)) for n, pair in enumerate(pairs)]
    names: dict[Side, Hashable] = {side: name for pair in pairs for side, name in pair.names.items()}
    names |= {rest: (REST, names[whole], names[part]) for whole, part, rest in told}
    both = pd.concat([f for f in (rows, remainders) if len(f)], ignore_index=True)
    virtual = both["indicator"].str.startswith(REST).to_numpy(dtype=bool)
    system = System(both, hierarchy, rules, links=links, remainders=told, names=names, masked=masked)
    return system, virtual
