"""Two dates side by side: one line per territory, names and values written at its ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ctg_lib.display import canvas, marks, theme
from ctg_lib.display.canvas import PAD, range_label, value_label
from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.output import check_id, hide_unusable, require, status_words
from ctg_lib.display.typography import enumerate_fr, typeset

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ENDS = ("start", "end")
_LEAST_HEIGHT = 260.0
_HEAD, _FOOT = 34.0, 14.0


def slope(
    frame: pd.DataFrame,
    *,
    id: str,
    title: str,
    subtitle: str,
    source: str,
    start: str,
    end: str,
    unit: str = "",
    decimals: int = 0,
    key: tuple[str, str] | None = None,
    label: str = "Territoire",
    alt: str = "",
    description: str = "",
    notes: tuple[str, ...] = (),
) -> Figure | Absent:
    """Values of several territories at two dates.

    Args:
        frame: ``name, start, end`` and optionally ``start_lower, start_upper, start_status`` (the same for
            ``end``), ``highlight`` (drawn strong) and ``broken`` (what is measured changed between the two
            dates). An end known by its bounds alone is a bar from bound to bound, and a hatched band joins
            the two ends: the line lies somewhere inside. A row with an end that may not be shown is not
            drawn but named under the figure. A broken row is two points, joined by nothing.
        start, end: what the two dates are called.
        key: what the strong and the other lines mean.
        label: what the rows are (header of the data table).

    Raises:
        ValueError: a column is missing, or two rows have the same name.
    """
    rows = _rows(frame)
    drawn = rows[_shown(rows, "start") & _shown(rows, "end")].reset_index(drop=True)
    if drawn.empty:
        return Absent(title, marks.NOTHING, id, source)
    with theme.use_theme():
        ax = _slope_axes(drawn, (start, end), unit, decimals, key)
        for index, row in enumerate(drawn.to_dict("records")):
            _draw_row(ax, index, row)
        drawing = marks.finish(ax)
    kept, labels = _columns(rows, start, end, unit, label)
    data = rows[kept].copy()
    if "broken" in kept:
        data["broken"] = data["broken"].map({True: "oui", False: "non"})
    return Figure(
        id=check_id(id),
        title=title,
        subtitle=subtitle,
        source=source,
        data=data,
        labels=labels,
        decimals={c: decimals for c in kept if c.split("_")[0] in ENDS and not c.endswith("status")},
        alt=alt or _sentence(rows, (start, end), unit, decimals),
        description=description or _description(rows, (start, end), unit, decimals),
        notes=(*notes, *_told(rows, (start, end))),
        **drawing,
    )


def _rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Copy with all columns present; numbers that may not be shown taken out."""
    require(frame, ["name", *ENDS], "slope")
    rows = frame.reset_index(drop=True).copy()
    rows["name"] = rows["name"].map(lambda n: typeset(str(n)))
    if rows["name"].duplicated().any():
        raise ValueError("slope: one row per name expected")
    for each in ENDS:
        given = {"value": each, **{c: f"{each}_{c}" for c in ("lower", "upper", "status")}}
        one = pd.DataFrame({c: rows[name] for c, name in given.items() if name in rows}, index=rows.index)
        one = hide_unusable(one)
        for column, name in given.items():
            rows[name] = one[column].to_numpy() if column in one else np.nan
    for flag in ("highlight", "broken"):
        rows[flag] = rows[flag].astype("boolean").fillna(False).astype(bool) if flag in rows else False
    return rows


def _shown(rows: pd.DataFrame, each: str) -> pd.Series:
    return rows[each].notna() | (rows[f"{each}_lower"].notna() & rows[f"{each}_upper"].notna())


def _bounds(row: dict[Any, Any], each: str) -> tuple[float, float]:
    """Where an end is drawn: its value, or its bounds."""
    if pd.notna(row[each]):
        return float(row[each]), float(row[each])
    return float(row[f"{each}_lower"]), float(row[f"{each}_upper"])


def _text(row: dict[Any, Any], each: str, unit: str, decimals: int) -> str:
    if pd.notna(row[each]):
        return value_label(row[each], decimals, unit)
    if pd.notna(row[f"{each}_lower"]) and pd.notna(row[f"{each}_upper"]):
        return range_label(row[f"{each}_lower"], row[f"{each}_upper"], decimals, unit)
    return status_words(row[f"{each}_status"])


# --- drawing -------------------------------------------------------------------------------------------


def _slope_axes(
    rows: pd.DataFrame, dates: tuple[str, str], unit: str, decimals: int, key: tuple[str, str] | None
) -> Axes:
    """Axes with the two dates, the labels of both ends and the key."""
    records, bold = rows.to_dict("records"), rows["highlight"].tolist()
    texts = {each: [_text(r, each, unit, decimals) for r in records] for each in ENDS}
    names = [theme.wrap(n, 150, bold=b, lines=3) for n, b in zip(rows["name"], bold, strict=True)]
    widths = {
        each: max(theme.text_width(t, bold=b) for t, b in zip(texts[each], bold, strict=True))
        for each in ENDS
    }
    named = max(theme.label_width(n, bold=b) for n, b in zip(names, bold, strict=True))
    left, right = named + widths["start"] + 2 * PAD + 26, widths["end"] + PAD + 26
    heads = [theme.text_width(d, theme.SMALL, bold=True) / 2 + 2 for d in dates]
    left, right = max(left, heads[0]), max(right, heads[1])
    heights = [20.5 * (n.count("\n") + 1) + 4 for n in names]
    keys = _keys(rows, key)
    room = 22.0 * len(canvas.key_rows([k for k, _ in keys], theme.WIDTH - 2 * PAD, 30.0)) if keys else 0.0
    worded = 20.0 if unit and not canvas.in_axis_unit(unit) else 0.0
    top = _HEAD + room + worded
    height = max(_LEAST_HEIGHT, sum(heights) + 24) + top + _FOOT
    ax = canvas.axes(height, left, right, top, _FOOT)
    ends = np.array([_bounds(r, each) for r in records for each in ENDS])
    low, high = float(ends.min()), float(ends.max())
    pad = 0.06 * ((high - low) or abs(high) or 1.0)
    low, high = (0.0 if 0 <= low < high / 3 else low) - pad, high + pad
    ax.set_xlim(0, 1)
    ax.set_ylim(low, high)
    for x, date in enumerate(dates):
        ax.axvline(x, color=theme.COLORS["line"], linewidth=theme.pt(1), gid=f"date-{x}", clip_on=False)
        canvas.note(
            ax, x, height - room - worded - 16, date, transform=canvas.by_column_px(ax), ha="center",
            fontweight="bold", color=theme.COLORS["ink"], gid=f"date-name-{x}",
        )  # fmt: skip
    if worded:
        canvas.note(ax, PAD, height - room - 10, unit, gid="unit")
    if keys:
        canvas.draw_line_key(
            ax, [k for k, _ in keys], [s for _, s in keys], PAD, height - 2, theme.WIDTH - 2 * PAD
        )
    if rows["broken"].any():
        canvas.note(
            ax, 0.5, height - room - worded - 16, "rupture de série", transform=canvas.by_column_px(ax),
            ha="center", gid="break",
        )  # fmt: skip
    _write_ends(ax, records, names, texts, heights, widths["start"])
    return ax


def _keys(rows: pd.DataFrame, key: tuple[str, str] | None) -> list[tuple[str, dict[str, Any]]]:
    if key is None:
        return []
    found = [(key[0], _style(True))] if rows["highlight"].any() else []
    return found + ([(key[1], _style(False))] if not rows["highlight"].all() else [])


def _style(strong: bool) -> dict[str, Any]:
    """Strong: full and thick; others thin and dashed, so that a black-and-white print tells them apart."""
    return {
        "color": theme.COLORS["territory" if strong else "neutral"],
        "linewidth": theme.pt(3.5 if strong else 1.75),
        "linestyle": "-" if strong else (0, (5, 2)),
    }


def _write_ends(
    ax: Axes,
    records: list[dict[Any, Any]],
    names: list[str],
    texts: dict[str, list[str]],
    heights: list[float],
    first: float,
) -> None:
    """Names and values beside both dates, moved apart where they would touch, each tied to its mark."""
    low, high = ax.get_ylim()
    box = ax.get_position()
    by_px = (high - low) / (box.height * canvas.figure_height(ax))
    for x, each in enumerate(ENDS):
        middles = [sum(_bounds(r, each)) / 2 for r in records]
        tall = [h * by_px if x == 0 else 22.0 * by_px for h in heights]
        places = canvas.spread(middles, tall, low - 8 * by_px, high + 8 * by_px)
        edge = (box.x0 if x == 0 else box.x1) * theme.WIDTH
        side = -1 if x == 0 else 1
        for index, (row, y) in enumerate(zip(records, places, strict=True)):
            color = theme.COLORS["territory" if row["highlight"] else "ink"]
            weight = "bold" if row["highlight"] else "normal"
            options: dict[str, Any] = {
                "transform": canvas.px_by_row(ax), "va": "center", "color": color,
                "fontweight": weight,
                "linespacing": canvas.LEADING, "clip_on": False,
            }  # fmt: skip
            ax.text(
                edge + side * 26, y, texts[each][index], ha="right" if x == 0 else "left",
                gid=f"{each}-{index}", **options,
            )  # fmt: skip
            if x == 0:
                ax.text(edge - 26 - first - PAD, y, names[index], ha="right", gid=f"name-{index}", **options)
            ax.plot(
                [edge + side * 8, edge + side * 22], [middles[index], y], transform=canvas.px_by_row(ax),
                color=theme.COLORS["neutral"], linewidth=theme.pt(1), clip_on=False,
                gid=f"tie-{each}-{index}",
            )  # fmt: skip


def _draw_row(ax: Axes, index: int, row: dict[Any, Any]) -> None:
    """The line, or the band between bounds, then the marks of both ends."""
    style, ends = _style(row["highlight"]), [_bounds(row, each) for each in ENDS]
    exact = all(low == high for low, high in ends)
    order = 3 if row["highlight"] else 2
    if not row["broken"] and exact:
        ax.plot([0, 1], [ends[0][0], ends[1][0]], gid=f"line-{index}", zorder=order, clip_on=False, **style)
    elif not row["broken"]:
        band = ax.fill_between(
            [0, 1], [e[0] for e in ends], [e[1] for e in ends], facecolor="none", hatch="////",
            edgecolor=theme.COLORS["neutral"], linewidth=theme.pt(0.8), zorder=1, gid=f"band-{index}",
        )  # fmt: skip
        band.set_clip_on(False)
    for x, (low, high) in enumerate(ends):
        mark = {"color": style["color"], "clip_on": False, "zorder": order + 2}
        if low == high:
            ax.plot(
                [x], [low], marker="o" if row["highlight"] else "D", gid=f"point-{ENDS[x]}-{index}",
                markersize=theme.pt(9 if row["highlight"] else 7), markeredgewidth=theme.pt(1.5),
                markerfacecolor=style["color"] if row["highlight"] else theme.COLORS["paper"], **mark,
            )  # fmt: skip
        else:
            ax.plot(
                [x, x], [low, high], linewidth=theme.pt(5), solid_capstyle="butt",
                gid=f"range-{ENDS[x]}-{index}", **mark,
            )  # fmt: skip


# --- words ---------------------------------------------------------------------------------------------


def _columns(
    rows: pd.DataFrame, start: str, end: str, unit: str, label: str
) -> tuple[list[str], dict[str, str]]:
    """Columns of the data and their headers."""
    of_unit = f" ({unit})" if unit else ""
    labels = {"name": label}
    for each, date in zip(ENDS, (start, end), strict=True):
        labels |= {each: f"{date}{of_unit}", f"{each}_lower": f"{date}, borne basse",
                   f"{each}_upper": f"{date}, borne haute", f"{each}_status": f"{date}, statut"}  # fmt: skip
    labels["broken"] = "Rupture de série"
    kept = [
        c for c in labels if c in rows and not (c.endswith(("_lower", "_upper")) and rows[c].isna().all())
    ]
    return [c for c in kept if c != "broken" or rows["broken"].any()], labels


def _told(rows: pd.DataFrame, dates: tuple[str, str]) -> list[str]:
    """What is not drawn, or not joined, and why."""
    notes = []
    hidden = [
        f"{row['name']} ({status_words(row[f'{each}_status'])}, {date})"
        for row in rows.to_dict("records")
        for each, date in zip(ENDS, dates, strict=True)
        if pd.isna(row[each]) and (pd.isna(row[f"{each}_lower"]) or pd.isna(row[f"{each}_upper"]))
    ]
    if hidden:
        notes.append(f"Non dessiné : {enumerate_fr(hidden)}.")
    ranged = rows[list(ENDS)].isna().any(axis=1) & _shown(rows, "start") & _shown(rows, "end")
    if (ranged & ~rows["broken"]).any():
        notes.append("Hachures : une des deux valeurs n’est connue qu’entre deux bornes.")
    broken = rows.loc[rows["broken"], "name"].tolist()
    if broken:
        which = "" if len(broken) == len(rows) else f" ({enumerate_fr(broken)})"
        notes.append(
            f"Rupture de série entre les deux dates{which} : les points ne sont pas reliés et ne se "
            "comparent pas."
        )
    return notes


def _sentence(rows: pd.DataFrame, dates: tuple[str, str], unit: str, decimals: int) -> str:
    said = [
        f"{r['name']} : {_text(r, 'start', unit, decimals)}, puis {_text(r, 'end', unit, decimals)}"
        for r in rows.to_dict("records")
    ]
    return f"{dates[0]}, puis {dates[1]}. {' ; '.join(said)}{marks.said_unit(unit)}."


def _description(rows: pd.DataFrame, dates: tuple[str, str], unit: str, decimals: int) -> str:
    said = []
    for row in rows.to_dict("records"):
        text = f"{row['name']} : {_text(row, 'start', unit, decimals)} ({dates[0]}), "
        text += f"{_text(row, 'end', unit, decimals)} ({dates[1]})"
        said.append(text + (", rupture de série" if row["broken"] else ""))
    return " ; ".join(said) + marks.said_unit(unit) + "."
