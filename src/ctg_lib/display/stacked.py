"""Parts of a whole: stacked bars, colours doubled by hatches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ctg_lib.display import canvas, marks, theme
from ctg_lib.display.canvas import PAD, value_label
from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.output import check_id, hide_unusable, require
from ctg_lib.display.typography import NBSP, typeset

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def stacked_bars(
    frame: pd.DataFrame,
    *,
    id: str,
    title: str,
    subtitle: str,
    source: str,
    unit: str = "",
    decimals: int = 0,
    share: bool = True,
    highlight: str | None = None,
    label: str = "Territoire",
    part_label: str = "Part",
    alt: str = "",
    description: str = "",
    notes: tuple[str, ...] = (),
) -> Figure | Absent:
    """Parts of a whole, one bar per name; colours are doubled by hatches, values are on the segments.

    Args:
        frame: ``name, part, value`` and optionally ``status, highlight``; parts keep their first order, at
            most five (group the smallest before). Without a status nothing is said to be observed: the values
            may be forecasts.
        share: draw and write percentages of each bar's total instead of the values. A bar with an unknown
            part is not drawn, since its whole is unknown: its line says so.

    Raises:
        ValueError: more than five parts, or two rows for one name and part.
    """
    require(frame, ["name", "part", "value"], "stacked_bars")
    data = hide_unusable(frame)
    data["name"] = data["name"].map(lambda n: typeset(str(n)))
    if data.duplicated(["name", "part"]).any():
        raise ValueError("stacked_bars: one row per name and part expected")
    parts = data["part"].drop_duplicates().tolist()
    if len(parts) > len(theme.CATEGORIES):
        raise ValueError(f"stacked_bars: at most {len(theme.CATEGORIES)} parts, given {len(parts)}")
    names = data["name"].drop_duplicates().tolist()
    wide = data.set_index(["name", "part"])["value"].unstack().reindex(index=names, columns=parts)  # noqa: PD010
    totals = wide.sum(axis=1, skipna=False)
    data["share"] = data["value"] / data["name"].map(totals) * 100
    drawn = wide.div(totals.where(totals > 0), axis=0) * 100 if share else wide.where(totals.notna(), axis=0)
    if drawn.isna().all(axis=None):
        return Absent(title, marks.NOTHING, id, source)
    status = ["status"] if "status" in frame or data["status"].ne("observed").any() else []
    strong = marks.strong_names(data, highlight)
    shown_unit, shown_decimals = ("%", 0) if share else (unit, decimals)
    with theme.use_theme():
        ax = _draw_stack(drawn, data, [n in strong for n in names], shown_unit, shown_decimals, bool(share))
        drawing = marks.finish(ax)
    labels = {
        "name": label,
        "part": part_label,
        "value": marks.value_header(unit),
        "share": "Part du total (%)",
    }
    return Figure(
        id=check_id(id),
        title=title,
        subtitle=subtitle,
        source=source,
        alt=alt or _stack_sentence(drawn, shown_unit, shown_decimals, strong),
        description=description or _stack_sentence(drawn, shown_unit, shown_decimals, set(names)),
        data=data[["name", "part", "value", "share", *status]],
        labels=labels | {"status": "Statut"},
        decimals={"value": decimals, "share": 0},
        notes=notes,
        **drawing,
    )


def _draw_stack(
    drawn: pd.DataFrame, data: pd.DataFrame, bold: list[bool], unit: str, decimals: int, share: bool
) -> Axes:
    names, left = canvas.fit_names(drawn.index.tolist(), bold)
    parts = [typeset(str(p)) for p in drawn.columns]
    if len(drawn) == 1:  # one bar: the key says the values too, narrow segments included
        parts = [
            f"{p}{NBSP}: {value_label(v, decimals, unit)}" if pd.notna(v) else p
            for p, v in zip(parts, drawn.iloc[0], strict=True)
        ]
    width = theme.WIDTH - PAD
    key_height = 22.0 * len(canvas.key_rows(parts, width - PAD)) + PAD
    step = max(canvas.row_height(names, 36), 36)
    bottom = 50.0 if unit and not canvas.in_axis_unit(unit) else 30.0
    height = key_height + step * len(drawn) + bottom
    ax = canvas.axes(height, left, 22, key_height, bottom)
    canvas.rows_axis(ax, names, bold, left)
    high = 100.0 if share else float(drawn.sum(axis=1).max()) * 1.02
    canvas.value_axis(ax, 0, high, unit, whole=decimals == 0)
    styles = [
        {"facecolor": c, "hatch": h, "edgecolor": theme.COLORS["paper"], "linewidth": theme.pt(1)}
        for c, h in zip(theme.CATEGORIES, theme.HATCHES, strict=True)
    ]
    scale = (theme.WIDTH - left - 22) / high
    for y, name in enumerate(drawn.index):
        row = drawn.iloc[y]
        if row.isna().any():
            status = marks.worst(data.loc[data["name"].eq(str(name)), "status"])
            marks.words(
                ax,
                y,
                f"répartition non disponible ({status})" if status else "répartition non disponible",
                left,
            )
            continue
        _segments(ax, y, row.to_numpy(dtype=float), styles, scale, unit, decimals)
    canvas.draw_key(ax, parts, styles[: len(parts)], PAD, height - PAD / 2, width - PAD)
    return ax


def _segments(
    ax: Axes, y: int, values: np.ndarray, styles: list[dict], scale: float, unit: str, decimals: int
) -> None:
    starts = np.concatenate([[0.0], np.cumsum(values)[:-1]])
    thick = canvas.thickness(ax, 0.66)
    for index, (start, value) in enumerate(zip(starts, values, strict=True)):
        bar = ax.barh(y, value, left=start, height=thick, **styles[index])[0]
        bar.set_gid(f"segment-{y}-{index}")
        text = value_label(value, decimals, unit)
        if value * scale < theme.text_width(text, theme.SMALL, True) + 8:
            continue
        face = styles[index]["facecolor"]
        ax.text(
            start + value / 2,
            y,
            text,
            ha="center",
            va="center",
            color=theme.text_on(face),
            fontsize=theme.pt(theme.SMALL),
            fontweight="bold",
            gid=f"segment-label-{y}-{index}",
            bbox={"facecolor": face, "edgecolor": "none", "pad": theme.pt(1)},
        )


def _stack_sentence(drawn: pd.DataFrame, unit: str, decimals: int, names: set[str]) -> str:
    said = []
    for name, row in drawn.iterrows():
        if name not in names and names:
            continue
        if row.isna().any():
            said.append(f"{name} : répartition non disponible")
            continue
        parts = ", ".join(f"{part} {value_label(v, decimals, unit)}" for part, v in row.items())
        said.append(f"{name} : {parts}")
    return " ; ".join(said) + "."
