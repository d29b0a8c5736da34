"""Charts with one line per territory: dots with intervals, bars, ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.display import canvas, marks, theme
from ctg_lib.display.canvas import PAD, value_label
from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.typography import typeset

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def comparison_dots(
    frame: pd.DataFrame,
    *,
    id: str,
    title: str,
    subtitle: str,
    source: str,
    unit: str = "",
    decimals: int = 0,
    highlight: str | None = None,
    zero: bool = False,
    alt: str = "",
    description: str = "",
    notes: tuple[str, ...] = (),
) -> Figure | Absent:
    """One line per territory: dot and interval, value written at the right.

    Args:
        frame: ``name, value`` and optionally ``lower, upper, status, period, highlight, median``. A row
            with bounds and no value is drawn as a bar without a dot. Periods that differ from the
            highlighted row's (else the most frequent one) are written beside the name. A row whose
            ``median`` is true stands for several territories: a square, where a territory is a lozenge.
        highlight: name of the territory under study, when the frame has no ``highlight`` column.
        zero: start the axis at zero (a dot needs no zero; a small range must not look large, though: the
            axis starts at zero by itself when the least value is under a third of the greatest).
    """
    rows = marks.rows_of(frame, highlight, "comparison_dots")
    if marks.all_missing(rows):
        return Absent(title, marks.NOTHING, id, source)
    names = _with_periods(rows)
    alt = alt or marks.rows_sentence(rows.assign(name=names), unit, decimals)
    with theme.use_theme():
        ax = marks.row_axes(rows, names, unit, decimals, single=32)
        low, high = marks.extent(rows, zero)
        canvas.value_axis(ax, low, high, unit, whole=decimals == 0)
        _reference_line(ax, rows)
        for index, row in enumerate(rows.to_dict("records")):
            _dot(ax, index, row, unit, decimals)
        drawing = marks.finish(ax)
    return marks.row_figure(
        drawing, rows, id, title, subtitle, source, unit, decimals, alt, description, notes
    )


def _dot(ax: Axes, y: int, row: dict[Any, Any], unit: str, decimals: int) -> None:
    strong = bool(row["highlight"])
    color = theme.COLORS["territory" if strong else "neutral"]
    marker = "o" if strong else "s" if row.get("median") is True else "D"
    has_range: bool = pd.notna(row["lower"]) and pd.notna(row["upper"])
    if has_range:
        only = pd.isna(row["value"])
        ax.plot(
            [row["lower"], row["upper"]],
            [y, y],
            color=color,
            gid=f"interval-{y}",
            solid_capstyle="butt",
            linewidth=theme.pt(9 if only else 3.5 if strong else 2),
            alpha=1 if strong or not only else 0.7,
        )
    if pd.notna(row["value"]):
        ax.plot(
            [row["value"]],
            [y],
            gid=f"dot-{y}",
            marker=marker,
            color=color,
            linestyle="none",
            markersize=theme.pt({"o": 13, "D": 9, "s": 10}[marker]),
            markeredgecolor=color,
            markeredgewidth=theme.pt(2),
            markerfacecolor=color if strong else theme.COLORS["paper"],
            clip_on=False,
        )
    marks.row_value(ax, y, row, unit, decimals)


def _reference_line(ax: Axes, rows: pd.DataFrame) -> None:
    known = rows.loc[rows["highlight"] & rows["value"].notna(), "value"]
    if len(known) == 1 and len(rows) > 1:
        ax.axvline(
            float(known.iloc[0]),
            color=theme.COLORS["territory"],
            linewidth=theme.pt(1),
            linestyle=(0, (3, 3)),
            gid="highlight-line",
            zorder=0.9,
        )


def bars(
    frame: pd.DataFrame,
    *,
    id: str,
    title: str,
    subtitle: str,
    source: str,
    unit: str = "",
    decimals: int = 0,
    highlight: str | None = None,
    reference: tuple[str, float] | None = None,
    label: str = "Territoire",
    alt: str = "",
    description: str = "",
    notes: tuple[str, ...] = (),
) -> Figure | Absent:
    """Horizontal bars from zero, in the frame's order, value at the end of each.

    Args:
        frame: ``name, value`` and optionally ``lower, upper, status, highlight``. A row with a value and
            bounds gets an interval line; a row with bounds only is a hatched bar from bound to bound,
            « entre 58 et 144 », without a point.
        highlight: name drawn in the strong colour while others are neutral (none: all strong).
        reference: (label, value) of a vertical line, such as the national value.
        label: what the rows are (header of the data table).
    """
    rows = marks.rows_of(frame, highlight, "bars")
    if marks.all_missing(rows):
        return Absent(title, marks.NOTHING, id, source)
    with theme.use_theme():
        names = rows["name"].tolist()
        ax = marks.row_axes(rows, names, unit, decimals, single=28, top=30 if reference else PAD)
        low, high = marks.extent(rows, zero=True, extra=[reference[1]] if reference else [])
        _draw_bars(ax, rows)
        canvas.value_axis(ax, low, high, unit, whole=decimals == 0)
        for index, row in enumerate(rows.to_dict("records")):
            marks.row_value(ax, index, row, unit, decimals)
        if reference:
            _vertical_reference(ax, *reference, unit, decimals)
        ax.axvline(0, color=theme.COLORS["ink-soft"], linewidth=theme.pt(1), gid="zero")
        drawing = marks.finish(ax)
    labels = {"name": label}
    return marks.row_figure(
        drawing, rows, id, title, subtitle, source, unit, decimals, alt, description, notes, labels
    )


def _draw_bars(ax: Axes, rows: pd.DataFrame) -> None:
    import seaborn as sns

    known = rows.loc[rows["value"].notna()]
    thick = canvas.thickness(ax, 0.68)
    if len(known):
        sns.barplot(
            x=known["value"].to_numpy(),
            y=known.index.to_numpy(),
            orient="h",
            native_scale=True,
            errorbar=None,
            saturation=1,
            linewidth=theme.pt(1.2),
            ax=ax,
        )
        # seaborn orders bars by position and sizes them by the smallest gap, which a missing row changes
        flags = rows["highlight"].tolist()
        all_strong = not any(flags)
        for patch, y in zip(ax.patches, known.index, strict=True):
            strong = all_strong or flags[int(y)]
            patch.set(y=y - thick / 2, height=thick, gid=f"bar-{y}")
            patch.set_facecolor(theme.COLORS["territory" if strong else "neutral-soft"])
            patch.set_edgecolor(theme.COLORS["territory" if strong else "neutral"])
    for y, row in enumerate(rows.to_dict("records")):
        if pd.isna(row["lower"]) or pd.isna(row["upper"]):
            continue
        if pd.isna(row["value"]):
            ax.barh(
                y,
                row["upper"] - row["lower"],
                left=row["lower"],
                height=thick * 0.82,
                gid=f"range-{y}",
                hatch="////",
                facecolor=theme.COLORS["territory-soft"],
                edgecolor=theme.COLORS["territory"],
                linewidth=theme.pt(1.2),
            )[0].set_gid(f"range-{y}")
        else:
            (interval,) = ax.plot(
                [row["lower"], row["upper"]],
                [y, y],
                color=theme.COLORS["ink"],
                linewidth=theme.pt(2),
                gid=f"interval-{y}",
                solid_capstyle="butt",
            )
            interval.set_path_effects(canvas.white_edge(5))
    ax.set_ylim(len(rows) - 0.5, -0.5)


def _vertical_reference(ax: Axes, label: str, value: float, unit: str, decimals: int) -> None:
    text = typeset(f"{label} : {value_label(value, decimals, unit)}")
    ax.axvline(
        value, color=theme.COLORS["accent"], linewidth=theme.pt(2), linestyle=canvas.DASH, gid="reference"
    )
    low, high = ax.get_xlim()
    near_end = (value - low) / (high - low) > 0.5
    ax.text(
        value,
        1.0,
        text,
        transform=ax.get_xaxis_transform(),
        ha="right" if near_end else "left",
        va="bottom",
        fontsize=theme.pt(theme.SMALL),
        color=theme.COLORS["accent"],
        fontweight="bold",
    )


def _with_periods(rows: pd.DataFrame) -> list[str]:
    """Names, with the period of those that are not of the main one."""
    if "period" not in rows or rows["period"].dropna().empty:
        return rows["name"].tolist()
    strong = rows.loc[rows["highlight"], "period"].dropna()
    main = str(strong.iloc[0] if len(strong) else rows["period"].mode().iloc[0])
    return [
        n if pd.isna(p) or str(p) == main else f"{n} ({p})"
        for n, p in zip(rows["name"], rows["period"], strict=True)
    ]
