"""Several groups on the same lines: one dot per group, each on its own track, never joined into one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.display import canvas, marks, theme
from ctg_lib.display.canvas import PAD, value_label
from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.output import check_id, require
from ctg_lib.display.typography import count_range, number, typeset

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKERS: tuple[str, ...] = ("o", "s", "D", "^", "v")
"""One shape per group, with its colour of ``theme.CATEGORIES``: a print in black tells them apart."""
_TRACK, _BETWEEN = 15.0, 12.0
"""px between the tracks of a line; more between two lines."""


def side_by_side(
    frame: pd.DataFrame,
    *,
    id: str,
    title: str,
    subtitle: str,
    source: str,
    limits: tuple[float, float],
    unit: str = "",
    decimals: int = 0,
    label: str = "Territoire",
    group_label: str = "Groupe",
    bounds: str = "de",
    alt: str = "",
    notes: tuple[str, ...] = (),
) -> Figure | Absent:
    """Values of groups, line by line, with their bounds.

    Args:
        frame: ``name, group, value`` and optionally ``lower, upper``; lines in the order of their first row,
            groups in that of theirs, at most five. A row without a value nor bounds is not drawn. Bounds
            without a value are a bar without a dot.
        limits: ends of the value axis.
        label, group_label: headers of the data table.
        bounds: what stands before the bounds in words (« de 1 à 3 »).

    Raises:
        ValueError: a column is missing, a group has two rows of the same name, or there are more than five
            groups.
    """
    rows = _rows(frame)
    drawn = rows[rows["value"].notna() | rows["lower"].notna() & rows["upper"].notna()]
    if drawn.empty:
        return Absent(title, marks.NOTHING, id, source)
    groups = list(dict.fromkeys(rows["group"]))
    if len(groups) > len(MARKERS):
        raise ValueError(f"side_by_side: at most {len(MARKERS)} groups expected")
    with theme.use_theme():
        ax = _axes(rows, groups, limits, unit, decimals)
        names = list(dict.fromkeys(rows["name"]))
        for row in drawn.to_dict("records"):
            _draw(ax, names.index(row["name"]), groups.index(row["group"]), len(groups), row)
        drawing = marks.finish(ax)
    kept = ["name", "group", "value", *(c for c in ("lower", "upper") if rows[c].notna().any())]
    words = _words(rows, decimals, unit, bounds)
    return Figure(
        id=check_id(id),
        title=title,
        subtitle=subtitle,
        source=source,
        data=rows[kept],
        labels={"name": label, "group": group_label, "value": marks.value_header(unit),
                "lower": "Borne basse", "upper": "Borne haute"},
        decimals=dict.fromkeys(("value", "lower", "upper"), decimals),
        alt=alt or words,
        description=words,
        notes=notes,
        **drawing,
    )  # fmt: skip


def _rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Copy with all columns present."""
    require(frame, ["name", "group", "value"], "side_by_side")
    rows = frame.reset_index(drop=True).copy()
    for column in ("lower", "upper"):
        if column not in rows:
            rows[column] = float("nan")
    for column in ("name", "group"):
        rows[column] = rows[column].map(lambda text: typeset(str(text)))
    if rows.duplicated(["name", "group"]).any():
        raise ValueError("side_by_side: one row per name and group expected")
    return rows


def _style(group: int) -> dict[str, Any]:
    return {"color": theme.CATEGORIES[group], "marker": MARKERS[group]}


def _axes(
    rows: pd.DataFrame, groups: list[str], limits: tuple[float, float], unit: str, decimals: int
) -> Axes:
    """Axes with the lines, a hairline between them, and the key of the groups above."""
    names = list(dict.fromkeys(rows["name"]))
    fitted, left = canvas.fit_names(names, [False] * len(names))
    step = max(canvas.row_height(fitted), _TRACK * len(groups) + _BETWEEN)
    width = theme.WIDTH - 2 * PAD
    top = 22.0 * len(canvas.key_rows(groups, width, 30.0)) + PAD
    bottom = 50.0 if unit and not canvas.in_axis_unit(unit) else 30.0
    ax = canvas.axes(top + step * len(names) + bottom, left, 22.0, top, bottom)
    canvas.rows_axis(ax, fitted, [False] * len(names), left)
    pad = 0.04 * (limits[1] - limits[0])
    canvas.value_axis(ax, limits[0] - pad, limits[1] + pad, unit, whole=decimals == 0)
    for line in range(1, len(names)):
        ax.axhline(
            line - 0.5, color=theme.COLORS["line"], linewidth=theme.pt(0.8), zorder=0.6, gid=f"rule-{line}"
        )
    # one mark per sample: at the head of its bar, or alone
    barred = bool(rows[["lower", "upper"]].notna().all(axis=1).any())
    sample = {"linewidth": theme.pt(3), "markevery": [0]} if barred else {"linestyle": "none"}
    styles = [{**_style(g), "markersize": theme.pt(9), **sample} for g in range(len(groups))]
    canvas.draw_line_key(ax, groups, styles, PAD, canvas.figure_height(ax) - 2, width)
    ax.__dict__["_ctg_track"] = _TRACK / step
    return ax


def _draw(ax: Axes, line: int, group: int, groups: int, row: dict[Any, Any]) -> None:
    """A group's bar from bound to bound, and its dot."""
    y = line + (group - (groups - 1) / 2) * ax.__dict__["_ctg_track"]
    style = _style(group)
    if pd.notna(row["lower"]) and pd.notna(row["upper"]):
        ax.plot(
            [row["lower"], row["upper"]], [y, y], color=style["color"], linewidth=theme.pt(3), zorder=2,
            solid_capstyle="butt", clip_on=False, gid=f"interval-{line}-{group}",
        )  # fmt: skip
    if pd.notna(row["value"]):
        ax.plot(
            [row["value"]], [y], linestyle="none", markersize=theme.pt(9), zorder=3, clip_on=False,
            markeredgecolor=theme.COLORS["paper"], markeredgewidth=theme.pt(1), gid=f"point-{line}-{group}",
            **style,
        )  # fmt: skip


def _words(rows: pd.DataFrame, decimals: int, unit: str, bounds: str) -> str:
    """« name : group 3,2 (de 1 à 4), group 2 ; … »."""
    said = []
    for name, own in rows.groupby("name", sort=False):
        each = [text for row in own.to_dict("records") if (text := _said(row, decimals, unit, bounds))]
        said.append(f"{name} : {', '.join(each)}" if each else f"{name} : rien")
    return " ; ".join(said) + marks.said_unit(unit) + "."


def _said(row: dict[Any, Any], decimals: int, unit: str, bounds: str) -> str:
    has_bounds = pd.notna(row["lower"]) and pd.notna(row["upper"])
    if pd.isna(row["value"]):
        return f"{row['group']} {count_range(row['lower'], row['upper'], decimals)}" if has_bounds else ""
    text = f"{row['group']} {value_label(row['value'], decimals, unit)}"
    if has_bounds and row["lower"] != row["upper"]:
        text += f" ({bounds} {number(row['lower'], decimals)} à {number(row['upper'], decimals)})"
    return text
