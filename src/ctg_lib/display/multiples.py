"""Small multiples: a panel per territory, the same scales in all, the whole as a grey line in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ctg_lib.display import canvas, marks, theme
from ctg_lib.display.canvas import PAD, value_label
from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.lines import runs
from ctg_lib.display.output import check_id, hide_unusable, require, status_words
from ctg_lib.display.typography import number, typeset

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 16
"""Panels of one figure: more would be too small to be read."""
_WIDE = 6
"""Up to so many panels stand in two columns, more in three: a phone's width still shows them."""
_PLOT, _GAP = 84.0, 14.0


def multiples(
    frame: pd.DataFrame,
    *,
    id: str,
    title: str,
    subtitle: str,
    source: str,
    whole: pd.DataFrame | None = None,
    whole_name: str = "",
    unit: str = "",
    decimals: int = 0,
    zero: bool = False,
    base: float | None = None,
    label: str = "Territoire",
    order: str = "premiers",
    alt: str = "",
    description: str = "",
    notes: tuple[str, ...] = (),
) -> Figure | Absent:
    """Yearly values, one panel per territory, in the frame's order; the last value is written in each.

    Args:
        frame: ``name, year, value`` and optionally ``status, segment``. Missing years and changes of
            ``segment`` are gaps, never bridged; a change of segment is marked by a dotted line. A territory
            without any value keeps its panel, with its status in words.
        whole: ``year, value`` (and ``segment``) of the territory that contains them all, drawn grey and
            dashed in every panel; ``whole_name``: what the key calls it.
        zero: start the value axis at zero.
        base: a value marked by a fine line in every panel, such as 100 for an index.
        label: what the panels are (key, header of the data table).
        order: which panels are kept beyond :data:`MOST`, in the note that says so (« communes où
            naissent le plus d’enfants »).

    Raises:
        ValueError: a column is missing, or two rows have the same name, year and segment.
    """
    data = _clean(frame, ["name", "year", "value"])
    data["name"] = data["name"].map(lambda n: typeset(str(n)))
    if data.duplicated(["name", "segment", "year"]).any():
        raise ValueError("multiples: one row per name, segment and year expected")
    every = data["name"].drop_duplicates().tolist()
    names = every[:MOST]
    data = data[data["name"].isin(names)].reset_index(drop=True)
    if data["value"].isna().all():
        return Absent(title, marks.NOTHING, id, source)
    rest = None if whole is None else _clean(whole, ["year", "value"])
    with theme.use_theme():
        drawing = marks.finish(_draw(data, names, rest, whole_name, unit, decimals, zero, base, label))
    if len(every) > len(names):
        notes = (*notes, f"Dessin limité aux {number(len(names))} {order}, sur {number(len(every))}.")
    table = _table(data, rest, whole_name)
    kept = ["name", "year", "value", "status"]
    kept += ["segment"] if len(data["segment"].unique()) > 1 else []
    return Figure(
        id=check_id(id),
        title=title,
        subtitle=subtitle,
        source=source,
        data=table[kept],
        labels={
            "name": label, "year": "Année", "value": marks.value_header(unit), "status": "Statut",
            "segment": "Période homogène",
        },
        decimals={"value": decimals},
        alt=alt or _sentence(data, names, rest, whole_name, unit, decimals),
        description=description or _description(table, unit, decimals),
        notes=notes,
        **drawing,
    )  # fmt: skip


def _clean(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    require(frame, columns, "multiples")
    data = hide_unusable(frame)
    data["segment"] = data["segment"].fillna("").astype(str) if "segment" in data else ""
    data["year"] = pd.to_numeric(data["year"]).astype(int)
    return data


# --- drawing -------------------------------------------------------------------------------------------


def _draw(
    data: pd.DataFrame,
    names: list[str],
    whole: pd.DataFrame | None,
    whole_name: str,
    unit: str,
    decimals: int,
    zero: bool,
    base: float | None,
    label: str,
) -> Axes:
    """All panels on one canvas; returns the axes of the first."""
    columns = min(2 if len(names) <= _WIDE else 3, len(names))
    low, high = _extent(data, whole, zero, base)
    positions = canvas.ticks(low, high, 3, whole=decimals == 0)
    ticks = canvas.tick_labels(positions, unit)
    left = max(theme.text_width(t, theme.SMALL) for t in ticks) + PAD + 6
    ends = [_last_text(data, n, unit, decimals) for n in names]
    right = max(theme.text_width(t, bold=True) for t in ends) + 8
    width = (theme.WIDTH - left - PAD - (columns - 1) * _GAP) / columns
    heads = [theme.wrap(n, width, bold=True, lines=2) for n in names]
    head = 20.0 * max(h.count("\n") + 1 for h in heads) + 4
    step = head + _PLOT + 34
    worded = 20.0 if unit and not canvas.in_axis_unit(unit) else 0.0
    keys = [(label.lower(), _line_style(True))]
    keys += [(whole_name or "ensemble", _line_style(False))] if whole is not None else []
    top = 22.0 * len(canvas.key_rows([k for k, _ in keys], theme.WIDTH - 2 * PAD, 30.0)) + worded + 10
    height = top + step * -(-len(names) // columns)
    years = int(data["year"].min()), int(data["year"].max())
    first: Axes | None = None
    for index, name in enumerate(names):
        x = left + (index % columns) * (width + _GAP)
        y = height - top - step * (index // columns + 1) + 30
        if first is None:
            ax = first = canvas.axes(height, x, theme.WIDTH - x - width + right, height - y - _PLOT, y)
        else:
            ax = canvas.beside(first, x, y, width - right, _PLOT)
        ax.set_ylim(low, high)
        ax.set_xlim(years[0] - 0.15, years[1] + 0.15)
        ax.set_gid(f"panel-{index}")
        _frame_panel(ax, positions, ticks if index % columns == 0 else [], x, y, years, base)
        canvas.note(
            ax, x, y + _PLOT + 3, heads[index], fontsize=theme.pt(theme.TEXT), fontweight="bold", va="bottom",
            color=theme.COLORS["ink"], linespacing=canvas.LEADING, gid=f"name-{index}",
        )  # fmt: skip
        _panel_lines(ax, index, data[data["name"].eq(name)], whole, ends[index])
    assert first is not None
    canvas.draw_line_key(
        first, [k for k, _ in keys], [s for _, s in keys], PAD, height - 2, theme.WIDTH - 2 * PAD
    )
    if worded:
        canvas.note(first, PAD, height - top + 16, unit, gid="unit")
    return first


def _extent(
    data: pd.DataFrame, whole: pd.DataFrame | None, zero: bool, base: float | None
) -> tuple[float, float]:
    values = data["value"].to_numpy(dtype=float)
    if whole is not None:
        values = np.append(values, whole["value"].to_numpy(dtype=float))
    if base is not None:
        values = np.append(values, base)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    pad = 0.1 * ((high - low) or abs(high) or 1.0)
    return (min(low, 0.0) if zero else low - pad), high + pad


def _line_style(strong: bool) -> dict[str, Any]:
    if strong:
        return {"color": theme.COLORS["territory"], "linewidth": theme.pt(3)}
    return {"color": theme.COLORS["neutral"], "linewidth": theme.pt(1.75), "linestyle": canvas.DASH}


def _frame_panel(
    ax: Axes,
    positions: np.ndarray,
    ticks: list[str],
    x: float,
    y: float,
    years: tuple[int, int],
    base: float | None,
) -> None:
    """Grid, base line, values at the left of a row of panels, first and last year."""
    ax.hlines(
        positions, 0, 1, transform=ax.get_yaxis_transform(), color=theme.COLORS["neutral-soft"],
        linewidth=theme.pt(1), zorder=0.5,
    ).set_gid("grid")  # fmt: skip
    if base is not None:
        ax.axhline(base, color=theme.COLORS["ink-soft"], linewidth=theme.pt(1), zorder=0.6, gid="base")
    for position, text in zip(positions, ticks, strict=False):
        canvas.note(ax, x - 6, position, text, transform=canvas.px_by_row(ax), ha="right", gid="tick")
    ends = years if years[0] != years[1] else years[:1]
    for place, year in zip(("left", "right"), ends, strict=False):
        canvas.note(
            ax, year, y - 13, str(year), transform=canvas.by_column_px(ax), ha=place, gid=f"year-{place}"
        )


def _panel_lines(ax: Axes, index: int, rows: pd.DataFrame, whole: pd.DataFrame | None, last: str) -> None:
    if whole is not None:
        for rank, run in enumerate(runs(whole)):
            ax.plot(run["year"], run["value"], zorder=1, gid=f"whole-{index}-{rank}", **_line_style(False))
    known = rows.dropna(subset=["value"])
    if known.empty:
        said = ax.text(
            0.5, 0.5, status_words(rows["status"].iloc[-1]), transform=ax.transAxes, ha="center", va="center",
            fontstyle="italic", color=theme.COLORS["ink-soft"], gid=f"status-{index}",
        )  # fmt: skip
        canvas.halo(said)
        return
    for rank, run in enumerate(runs(rows)):
        alone: dict[str, Any] = {"marker": "o", "markersize": theme.pt(5)} if len(run) == 1 else {}
        ax.plot(run["year"], run["value"], zorder=3, gid=f"line-{index}-{rank}", **_line_style(True), **alone)
    for at in _breaks(rows):
        ax.axvline(
            at, color=theme.COLORS["ink-soft"], linewidth=theme.pt(1.2), linestyle=(0, (1, 2)), gid="break"
        )
    end = known.sort_values("year", kind="stable").iloc[-1]
    ax.plot([end["year"]], [end["value"]], marker="o", markersize=theme.pt(7), zorder=4, clip_on=False,
            color=theme.COLORS["territory"], gid=f"end-point-{index}")  # fmt: skip
    ax.text(
        end["year"], end["value"], last, transform=canvas.shift(ax, 7, 0), ha="left", va="center",
        fontweight="bold", color=theme.COLORS["territory"], clip_on=False, gid=f"end-{index}",
    )  # fmt: skip


def _breaks(rows: pd.DataFrame) -> list[float]:
    spans = rows.groupby("segment", sort=False)["year"].agg(["min", "max"]).sort_values("min")
    return [
        (end + start) / 2
        for end, start in zip(spans["max"].iloc[:-1], spans["min"].iloc[1:], strict=True)
        if start > end
    ]


# --- words ---------------------------------------------------------------------------------------------


def _last_text(data: pd.DataFrame, name: str, unit: str, decimals: int) -> str:
    known = data[data["name"].eq(name)].dropna(subset=["value"]).sort_values("year", kind="stable")
    return value_label(float(known["value"].iloc[-1]), decimals, unit) if len(known) else ""


def _table(data: pd.DataFrame, whole: pd.DataFrame | None, whole_name: str) -> pd.DataFrame:
    parts = [data] if whole is None else [data, whole.assign(name=typeset(whole_name or "Ensemble"))]
    table = pd.concat(parts, ignore_index=True)
    table["year"] = table["year"].astype(str)  # never grouped as numbers
    return table


def _from_to(rows: pd.DataFrame, unit: str, decimals: int) -> str:
    known = rows.dropna(subset=["value"]).sort_values("year", kind="stable")
    if known.empty:
        return status_words(rows["status"].iloc[-1])
    first, last = known.iloc[0], known.iloc[-1]
    text = f"{value_label(last['value'], decimals, unit)} en {last['year']}"
    if first["year"] == last["year"]:
        return text
    return f"{value_label(first['value'], decimals, unit)} en {first['year']}, {text}"


def _sentence(
    data: pd.DataFrame,
    names: list[str],
    whole: pd.DataFrame | None,
    whole_name: str,
    unit: str,
    decimals: int,
) -> str:
    said = [f"{n} : {_from_to(data[data['name'].eq(n)], unit, decimals)}" for n in names]
    if whole is not None:
        said.append(f"{whole_name or 'ensemble'} : {_from_to(whole, unit, decimals)}")
    return " ; ".join(said) + marks.said_unit(unit) + "."


def _description(table: pd.DataFrame, unit: str, decimals: int) -> str:
    said = []
    for name, rows in table.groupby("name", sort=False):
        points = ", ".join(
            f"{year} : {marks.words_of(v, decimals, unit, s)}"
            for year, v, s in zip(rows["year"], rows["value"], rows["status"], strict=True)
        )
        said.append(f"{name}. {points}")
    return " ; ".join(said) + marks.said_unit(unit) + "."
