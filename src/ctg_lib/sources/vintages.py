"""Mixed vintages: the same figures found under two years, or a known figure under the wrong one.

An income of 2023 laid under « 2021 » looks right almost everywhere (the poverty rate of Aveyron is 14,5 %
in both years). Three things give it away: the poverty rate of métropole, which is published and differs;
medians in euros, which two years never share in many places; one year read from two files that disagree.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

import pandas as pd

from ctg_lib.errors import RawDataError, found_expected, sample

SAME: dict[tuple[str, str], str] = {
    ("filosofi", "MED"): "niveau de vie médian",
    ("DS_FILOSOFI_CC", "MED_SL"): "niveau de vie médian",
    ("filosofi", "TP60"): "taux de pauvreté",
    ("DS_FILOSOFI_CC", "PR_MD60"): "taux de pauvreté",
}
"""Two names of one figure, in the two layouts of Filosofi."""
PUBLISHED: dict[tuple[str, str, str], float] = {
    ("taux de pauvreté", "FM", "2021"): 14.9,
    ("taux de pauvreté", "FM", "2023"): 15.9,
}
"""Poverty rate of métropole as Insee published it: what tells these two vintages apart."""
SHARE = 0.5
"""Share of identical figures from which two vintages are the same one (medians are rounded to 10 euros:
two true years share a few in a thousand)."""
TOLERANCE: dict[str, float] = {"niveau de vie médian": 10.0, "taux de pauvreté": 0.1}
"""Largest difference between two layouts of one vintage (rounding), in the figure's unit."""


def refuse_mixed(frames: Iterable[pd.DataFrame]) -> str:
    """Compare the vintages of Filosofi with each other.

    Args:
        frames: observations, all datasets.

    Returns:
        A French line saying what was compared; empty where there is nothing to compare.

    Raises:
        RawDataError: a known figure under the wrong year, two years that are one, one year that is two;
            the message names the sources.
    """
    figures = _figures(frames)
    if figures.empty:
        return ""
    known = _known(figures)
    _one_year_is_two(figures)
    pairs = _two_years_are_one(figures)
    years = sorted(figures["period"].unique())
    return (
        f"Millésimes de Filosofi ({', '.join(years)}) : {pairs} paires comparées, aucune confondue ; "
        f"{known} repère(s) de métropole conforme(s)."
    )


def _figures(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    parts = []
    for frame in frames:
        for (dataset, variable), figure in SAME.items():
            rows = frame.loc[
                frame["dataset"].eq(dataset)
                & frame["variable"].eq(variable)
                & frame["breakdown"].eq("")
                & frame["value"].notna()
            ]
            parts.append(rows[["level", "code", "period", "value", "source"]].assign(figure=figure))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _known(figures: pd.DataFrame) -> int:
    seen = 0
    for (figure, code, period), expected in PUBLISHED.items():
        here = figures["figure"].eq(figure) & figures["code"].eq(code) & figures["period"].eq(period)
        rows = figures.loc[here, ["source", "value"]].astype({"value": float})
        for source, value in rows.to_numpy().tolist():
            if abs(value - expected) > 1e-9:
                raise RawDataError(
                    found_expected(f"{source}, {figure} de {code}, {period}", f"{value:g}", f"{expected:g}")
                    + _other_year(figure, code, value)
                )
            seen += 1
    return seen


def _other_year(figure: str, code: str, value: float) -> str:
    years = [p for (f, c, p), v in PUBLISHED.items() if (f, c) == (figure, code) and abs(v - value) < 1e-9]
    return f". C’est la valeur de {years[0]} : deux millésimes sont mêlés." if years else "."


def _two_years_are_one(figures: pd.DataFrame) -> int:
    compared = 0
    for name in sorted(set(SAME.values())):
        rows = figures.loc[figures["figure"].eq(name)]
        years = sorted(rows["period"].unique())
        by_year = {y: rows.loc[rows["period"].eq(y)].drop_duplicates(["level", "code"]) for y in years}
        for first, second in combinations(years, 2):
            _refuse_same(name, first, second, by_year[first].merge(by_year[second], on=["level", "code"]))
            compared += 1
    return compared


def _refuse_same(name: str, first: str, second: str, both: pd.DataFrame) -> None:
    same = both["value_x"].eq(both["value_y"])
    # A rate with one decimal is often the same two years running; a median hardly ever.
    enough = 2 if name == "niveau de vie médian" else 10
    if same.sum() >= enough and same.mean() >= SHARE:
        sources = sorted({*both["source_x"], *both["source_y"]})
        raise RawDataError(
            f"{name} : {int(same.sum())} territoires sur {len(both)} ont la même valeur en {first} et en "
            f"{second} ({sample(sources)}). L’un des fichiers porte un autre millésime que le sien."
        )


def _one_year_is_two(figures: pd.DataFrame) -> None:
    place = ["figure", "level", "code", "period"]
    spread = figures.groupby(place)["value"].agg(["min", "max"]).reset_index()
    apart = spread.loc[spread["max"] - spread["min"] > spread["figure"].map(TOLERANCE) + 1e-9]
    if len(apart):
        first = apart.iloc[0]
        sources = sorted(figures.merge(apart.iloc[:1], on=place)["source"].unique())
        raise RawDataError(
            f"{first['figure']}, {first['level']} {first['code']}, {first['period']} : {first['min']:g} et "
            f"{first['max']:g} selon les fichiers ({sample(sources)}). Un seul peut être de ce millésime."
        )
