"""What the charts share: rows with their status, axes with names, values at the right, sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ctg_lib.display import canvas, theme
from ctg_lib.display.canvas import PAD, range_label, value_label
from ctg_lib.display.figure import Figure, export, size
from ctg_lib.display.output import check_id, hide_unusable, require, status_words
from ctg_lib.display.typography import number, typeset
from ctg_lib.values import USABLE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NOTHING = "aucune valeur publiable pour ces territoires"
LABELS = {
    "name": "Territoire",
    "value": "Valeur",
    "lower": "Borne basse",
    "upper": "Borne haute",
    "status": "Statut",
    "period": "Période",
}


def rows_of(frame: pd.DataFrame, highlight: str | None, what: str) -> pd.DataFrame:
    """Copy of a row chart's frame: bounds, status and highlight present, hidden rows without numbers."""
    require(frame, ["name", "value"], what)
    rows = frame.copy()
    for column in ("lower", "upper"):
        if column not in rows:
            rows[column] = np.nan
    rows = hide_unusable(rows)
    rows["name"] = rows["name"].map(lambda n: typeset(str(n)))
    if "highlight" not in rows:
        rows["highlight"] = rows["name"].eq(typeset(highlight)) if highlight else False
    rows["highlight"] = rows["highlight"].astype("boolean").fillna(False).astype(bool)
    return rows


def strong_names(data: pd.DataFrame, highlight: str | None) -> set[str]:
    """Names drawn in the strong colour."""
    if "highlight" in data:
        return set(data.loc[data["highlight"].astype(bool), "name"])
    return {typeset(highlight)} if highlight else set()


def all_missing(rows: pd.DataFrame) -> bool:
    """Whether no row has a value or two bounds."""
    return bool((rows["value"].isna() & (rows["lower"].isna() | rows["upper"].isna())).all())


def row_axes(
    rows: pd.DataFrame, names: list[str], unit: str, decimals: int, single: float, top: float = PAD
) -> Axes:
    """Axes with one named line per row; margins fit names at the left and values at the right."""
    bold = rows["highlight"].tolist()
    fitted, left = canvas.fit_names(names, bold)
    texts = [row_text(r, unit, decimals) for r in rows.to_dict("records")]
    right = max((theme.text_width(t, bold=b) for t, b in zip(texts, bold, strict=True)), default=0) + 2 * PAD
    bottom = 50.0 if unit and not canvas.in_axis_unit(unit) else 30.0
    height = top + canvas.row_height(fitted, single) * len(rows) + bottom
    ax = canvas.axes(height, left, right, top, bottom)
    canvas.rows_axis(ax, fitted, bold, left)
    return ax


def row_text(row: dict[Any, Any], unit: str, decimals: int) -> str:
    """The value of a row as written: number, range, or empty when it has neither."""
    if pd.notna(row["value"]):
        return value_label(row["value"], decimals, unit)
    if pd.notna(row["lower"]) and pd.notna(row["upper"]):
        return range_label(row["lower"], row["upper"], decimals, unit)
    return ""


def row_value(ax: Axes, y: int, row: dict[Any, Any], unit: str, decimals: int) -> None:
    """Write a row's value at the right edge, or its status in words at the start of the line."""
    text = row_text(row, unit, decimals)
    if not text:
        box = ax.get_position()
        words(ax, y, status_words(row["status"]), box.x0 * theme.WIDTH)
        return
    ax.text(
        theme.WIDTH - PAD,
        y,
        text,
        transform=canvas.px_by_row(ax),
        ha="right",
        va="center",
        fontweight="bold" if row["highlight"] else "normal",
        gid=f"value-{y}",
        color=theme.COLORS["territory" if row["highlight"] else "ink"],
    )


def words(ax: Axes, y: int, text: str, left: float) -> None:
    """A status in words at the start of a line."""
    said = ax.text(
        left + PAD,
        y,
        text,
        transform=canvas.px_by_row(ax),
        ha="left",
        va="center",
        fontstyle="italic",
        color=theme.COLORS["ink-soft"],
        gid=f"status-{y}",
    )
    canvas.halo(said)


def extent(rows: pd.DataFrame, zero: bool, extra: list[float] | None = None) -> tuple[float, float]:
    """Limits of the value axis: from zero for bars, and where the least is under a third of the greatest."""
    numbers = np.concatenate([rows[c].to_numpy(dtype=float) for c in ("value", "lower", "upper")])
    numbers = np.append(numbers[~np.isnan(numbers)], extra or [])
    low, high = float(numbers.min()), float(numbers.max())
    if zero or (0 <= low < high / 3):
        low, high = min(low, 0.0), max(high, 0.0)
        pad = (high - low or 1.0) * 0.04
        return (low - pad if low < 0 else 0.0), (high + pad if high > 0 else 0.0 if low < 0 else 1.0)
    pad = (high - low or abs(high) or 1.0) * 0.08
    return low - pad, high + pad


def finish(ax: Axes) -> dict[str, Any]:
    """Export the figure behind these axes; returns the fields ``svg, png, width, height``."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    width, height = size(figure)
    if inspect is not None:
        inspect(ax)
    svg, png = export(figure)
    return {"svg": svg, "png": png, "width": width, "height": height}


inspect: Any = None
"""Tests set this to read the drawn artists before the figure is closed."""


def row_figure(
    drawing: dict[str, Any],
    rows: pd.DataFrame,
    id: str,
    title: str,
    subtitle: str,
    source: str,
    unit: str,
    decimals: int,
    alt: str,
    description: str,
    notes: tuple[str, ...],
    labels: dict[str, str] | None = None,
) -> Figure:
    """The :class:`Figure` of a row chart."""
    kept = ["name", "value"]
    kept += [c for c in ("lower", "upper") if rows[c].notna().any()]
    kept += [c for c in ("period", "status") if c in rows]
    texts = LABELS | {"value": value_header(unit)} | (labels or {})
    return Figure(
        id=check_id(id),
        title=title,
        subtitle=subtitle,
        source=source,
        data=rows[kept],
        labels={k: texts[k] for k in kept},
        decimals=dict.fromkeys(("value", "lower", "upper"), decimals),
        alt=alt or rows_sentence(rows, unit, decimals),
        description=description or rows_description(rows, unit, decimals),
        notes=notes,
        **drawing,
    )


def value_header(unit: str) -> str:
    """Header of the value column, with its unit."""
    return f"Valeur ({unit})" if unit else "Valeur"


def said_unit(unit: str) -> str:
    """The unit in brackets, when it is a word that values do not repeat."""
    return f" ({unit})" if unit and not canvas.in_axis_unit(unit) else ""


def words_of(value: float, decimals: int, unit: str, status: str) -> str:
    """A value, or its status in words."""
    return value_label(value, decimals, unit) if pd.notna(value) else status_words(status)


def said_row(row: dict[Any, Any], unit: str, decimals: int) -> str:
    """« name : value »."""
    text = row_text(row, unit, decimals) or status_words(row["status"])
    return f"{row['name']} : {text}"


def rows_sentence(rows: pd.DataFrame, unit: str, decimals: int) -> str:
    """The highlighted rows, then all others; beyond eight rows only the least and the greatest."""
    records = rows.sort_values("highlight", ascending=False, kind="stable").to_dict("records")
    if len(records) <= 8:
        return " ; ".join(said_row(r, unit, decimals) for r in records) + said_unit(unit) + "."
    said = [said_row(r, unit, decimals) for r in records if r["highlight"]]
    known = rows.dropna(subset=["value"])
    if len(known):
        least, most = known.iloc[int(known["value"].argmin())], known.iloc[int(known["value"].argmax())]
        said.append(f"le moins, {said_row(least.to_dict(), unit, decimals)}")
        said.append(f"le plus, {said_row(most.to_dict(), unit, decimals)}")
    unknown = int(rows["value"].isna().sum())
    said.append(f"{number(len(rows))} lignes" + (f", dont {unknown} sans valeur" if unknown else ""))
    return " ; ".join(said) + said_unit(unit) + "."


def rows_description(rows: pd.DataFrame, unit: str, decimals: int) -> str:
    """All rows in words, with bounds and periods."""
    said = []
    for row in rows.to_dict("records"):
        text = said_row(row, unit, decimals)
        if pd.notna(row["value"]) and pd.notna(row["lower"]) and pd.notna(row["upper"]):
            text += f" ({range_label(row['lower'], row['upper'], decimals, unit)})"
        if "period" in row and pd.notna(row["period"]) and row["period"]:
            text += f", {row['period']}"
        said.append(text)
    return " ; ".join(said) + said_unit(unit) + "."


def worst(statuses: pd.Series) -> str:
    """The worst unusable status in words, empty when all are usable."""
    from ctg_lib.values import worst_status

    worst = worst_status(statuses)
    return "" if worst in USABLE else status_words(worst)
