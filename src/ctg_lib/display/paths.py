"""Paths from a start to a target: a panel per measure, its own scale in each, the same years in all."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.display import canvas, marks, theme
from ctg_lib.display.canvas import PAD
from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.output import check_id, require
from ctg_lib.display.typography import number, typeset

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 12
"""Panels of one figure: more would be too small to be read."""
START, MEASURE, BROKEN, TARGET = "départ", "mesure", "mesure non comparable", "cible"
"""What a point is."""
_PLOT, _GAP = 78.0, 26.0
_HEAD, _FOOT = 14.0, 38.0
"""Room over a panel, under its words; and under it, for its years."""


def paths(
    frame: pd.DataFrame,
    *,
    id: str,
    title: str,
    subtitle: str,
    source: str,
    label: str = "Indicateur",
    notes: tuple[str, ...] = (),
) -> Figure | Absent:
    """How far measures have gone on the straight line from where they start to where they are to be.

    Args:
        frame: ``name, kind`` (:data:`START`, :data:`MEASURE`, :data:`BROKEN`, :data:`TARGET`), ``year`` (with
            its fraction), ``value, said`` (the value as written), ``unit``, optionally ``lower, upper``. In a
            panel one start, one target, any number of measures. A broken measure is drawn hollow and joined
            to nothing. Panels beyond :data:`MOST` are left out, and a note says so.
        label: what the panels are (header of the data table).

    Raises:
        ValueError: a column is missing, or a panel has not one start and one target.
    """
    require(frame, ["name", "kind", "year", "value", "said", "unit"], "paths")
    data = frame.reset_index(drop=True).copy()
    for column in ("lower", "upper"):
        data[column] = data[column] if column in data else float("nan")
    for column in ("name", "said", "unit"):
        data[column] = data[column].map(lambda words: typeset(str(words)))
    if data.empty:
        return Absent(title, marks.NOTHING, id, source)
    for name, rows in data.groupby("name", sort=False):
        if [int(rows["kind"].eq(kind).sum()) for kind in (START, TARGET)] != [1, 1]:
            raise ValueError(f"paths: one start and one target expected for {name!r}")
    every = data["name"].drop_duplicates().tolist()
    data = data[data["name"].isin(every[:MOST])].reset_index(drop=True)
    if len(every) > MOST:
        notes = (*notes, f"Dessin limité aux {number(MOST)} premiers, sur {number(len(every))}.")
    with theme.use_theme():
        drawing = marks.finish(_draw(data, every[:MOST]))
    table = data.assign(year=data["year"].astype(int).astype(str))
    said = [f"{name} : {_told(rows)}" for name, rows in data.groupby("name", sort=False)]
    return Figure(
        id=check_id(id),
        title=title,
        subtitle=subtitle,
        source=source,
        data=table[["name", "kind", "year", "said", "unit"]],
        labels={"name": label, "kind": "Point", "year": "Année", "said": "Valeur", "unit": "Unité"},
        alt=" ; ".join(said) + ".",
        description=" ; ".join(said) + ".",
        notes=notes,
        **drawing,
    )


def _told(rows: pd.DataFrame) -> str:
    """« départ 12 en 2026, mesure 15 en 2028, cible 20 en 2031 (places) »."""
    ordered = [
        *rows[rows["kind"].ne(TARGET)].sort_values("year").to_dict("records"),
        *rows[rows["kind"].eq(TARGET)].to_dict("records"),
    ]
    unit = f" ({rows['unit'].iloc[0]})" if rows["unit"].iloc[0] else ""
    return ", ".join(f"{row['kind']} {row['said']} en {int(row['year'])}" for row in ordered) + unit


# --- drawing -------------------------------------------------------------------------------------------


def _draw(data: pd.DataFrame, names: list[str]) -> Axes:
    """All panels on one canvas; returns the axes of the first."""
    columns = min(2, len(names))
    width = (theme.WIDTH - 2 * PAD - (columns - 1) * _GAP) / columns
    heads = [theme.wrap(n, width, bold=True, lines=3) for n in names]
    words = [theme.wrap(_in_brief(data[data["name"].eq(n)]), width, theme.SMALL, lines=3) for n in names]
    keys = _keys(data)
    top = 22.0 * len(canvas.key_rows([k for k, _ in keys], theme.WIDTH - 2 * PAD, 30.0)) + 12
    rows = [range(first, min(first + columns, len(names))) for first in range(0, len(names), columns)]
    named = [20.0 * max(heads[i].count("\n") + 1 for i in row) for row in rows]
    told = [18.0 * max(words[i].count("\n") + 1 for i in row) for row in rows]
    height = top + sum(named) + sum(told) + len(rows) * (_HEAD + _PLOT + _FOOT)
    years = math.floor(data["year"].min()), math.ceil(data["year"].max())
    first: Axes | None = None
    y = height - top
    for row, name, tell in zip(rows, named, told, strict=True):
        for index in row:
            x, bottom = PAD + (index % columns) * (width + _GAP), y - name - tell - _HEAD - _PLOT
            if first is None:
                ax = first = canvas.axes(height, x, theme.WIDTH - x - width, height - bottom - _PLOT, bottom)
            else:
                ax = canvas.beside(first, x, bottom, width, _PLOT)
            ax.set_gid(f"panel-{index}")
            _panel(ax, index, data[data["name"].eq(names[index])], years, bottom)
            text: dict[str, Any] = {"va": "top", "color": theme.COLORS["ink"], "linespacing": canvas.LEADING}
            size = theme.pt(theme.TEXT)
            canvas.note(ax, x, y, heads[index], fontsize=size, fontweight="bold", gid=f"name-{index}", **text)
            canvas.note(ax, x, y - name - 2, words[index], gid=f"said-{index}", **text)
        y -= name + tell + _HEAD + _PLOT + _FOOT
    assert first is not None
    canvas.draw_line_key(
        first, [k for k, _ in keys], [s for _, s in keys], PAD, height - 2, theme.WIDTH - 2 * PAD
    )
    return first


def _in_brief(rows: pd.DataFrame) -> str:
    """« 0 en 2026, 37 en 2028 ; cible : 150 en 2030 (personnes par an) »."""
    start, target = (rows[rows["kind"].eq(kind)].iloc[0] for kind in (START, TARGET))
    latest = rows[rows["kind"].isin([MEASURE, BROKEN])].sort_values("year").tail(1).to_dict("records")
    way = ", ".join(f"{row['said']} en {int(row['year'])}" for row in (start.to_dict(), *latest))
    unit = f" ({rows['unit'].iloc[0]})" if rows["unit"].iloc[0] else ""
    return typeset(f"{way} ; cible : {target['said']} en {int(target['year'])}{unit}")


def _keys(data: pd.DataFrame) -> list[tuple[str, dict[str, Any]]]:
    found = [("mesuré", _measured()), ("chemin prévu", _planned()), ("cible", _target())]
    if data["kind"].eq(BROKEN).any():
        found.append(("mesuré, ne se compare pas au départ", _broken()))
    return found


def _measured() -> dict[str, Any]:
    return {
        "color": theme.COLORS["territory"],
        "linewidth": theme.pt(3),
        "marker": "o",
        "markersize": theme.pt(8),
    }


def _planned() -> dict[str, Any]:
    return {"color": theme.COLORS["neutral"], "linewidth": theme.pt(1.75), "linestyle": canvas.DASH}


def _target() -> dict[str, Any]:
    return {**_mark("D", 9), "markeredgecolor": theme.COLORS["ink-soft"]}


def _broken() -> dict[str, Any]:
    return {**_mark("o", 8), "markeredgecolor": theme.COLORS["territory"]}


def _mark(shape: str, size: float) -> dict[str, Any]:
    return {
        "color": theme.COLORS["neutral"],
        "linewidth": 0.0,
        "linestyle": "none",
        "marker": shape,
        "markersize": theme.pt(size),
        "markerfacecolor": theme.COLORS["paper"],
        "markeredgewidth": theme.pt(1.75),
    }


def _panel(ax: Axes, index: int, rows: pd.DataFrame, years: tuple[int, int], y: float) -> None:
    """The line planned, what was measured on it, its ends in words."""
    numbers = rows[["value", "lower", "upper"]].to_numpy(dtype=float)
    low, high = float(pd.Series(numbers.ravel()).min()), float(pd.Series(numbers.ravel()).max())
    pad = 0.12 * ((high - low) or abs(high) or 1.0)
    ax.set_xlim(*years)
    ax.set_ylim(low - pad, high + pad)
    start, target = (rows[rows["kind"].eq(kind)].iloc[0] for kind in (START, TARGET))
    measured = rows[rows["kind"].eq(MEASURE)].sort_values("year")
    broken = rows[rows["kind"].eq(BROKEN)]
    _years(ax, y, *years)
    ends = [start["year"], target["year"]], [start["value"], target["value"]]
    ax.plot(*ends, zorder=1, gid=f"planned-{index}", **_planned())
    way = pd.concat([rows[rows["kind"].eq(START)], measured])
    ax.plot(way["year"], way["value"], zorder=3, clip_on=False, gid=f"measured-{index}", **_measured())
    for rank, (_, point) in enumerate(rows.dropna(subset=["lower", "upper"]).iterrows()):
        ax.plot(
            [point["year"]] * 2,
            [point["lower"], point["upper"]],
            color=theme.COLORS["territory"],
            linewidth=theme.pt(1.5),
            zorder=2,
            gid=f"range-{index}-{rank}",
        )
    if len(broken):
        ax.plot(broken["year"], broken["value"], zorder=3, clip_on=False, gid=f"broken-{index}", **_broken())
    ax.plot([target["year"]], [target["value"]], zorder=4, clip_on=False, gid=f"target-{index}", **_target())


def _years(ax: Axes, y: float, first: int, last: int) -> None:
    """A line with a tick where each year begins; the first and the last year are named in their middle."""
    floor = ax.get_ylim()[0]
    starts = list(range(first, last + 1))
    ax.axhline(floor, color=theme.COLORS["line"], linewidth=theme.pt(1), zorder=0.5)
    ax.plot(
        starts, [floor] * len(starts), marker=2, markersize=theme.pt(5), linestyle="none", clip_on=False,
        color=theme.COLORS["ink-soft"], markeredgewidth=theme.pt(1), zorder=0.5, gid="years",
    )  # fmt: skip
    for place, year in (("left", first), ("right", last - 1)):
        canvas.note(
            ax,
            year + 0.5,
            y - 12,
            str(year),
            transform=canvas.by_column_px(ax),
            ha="center",
            gid=f"year-{place}",
        )
