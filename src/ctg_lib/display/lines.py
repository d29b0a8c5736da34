"""Yearly values: lines with gaps, breaks and pooled means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ctg_lib.display import canvas, marks, theme
from ctg_lib.display.canvas import PAD, range_label, value_label
from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.output import check_id, hide_unusable, require
from ctg_lib.display.typography import typeset

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def line(
    frame: pd.DataFrame,
    *,
    id: str,
    title: str,
    subtitle: str,
    source: str,
    unit: str = "",
    decimals: int = 0,
    highlight: str | None = None,
    pooled: pd.DataFrame | None = None,
    zero: bool = True,
    irregular: bool = False,
    x_label: str = "Année",
    alt: str = "",
    description: str = "",
    notes: tuple[str, ...] = (),
) -> Figure | Absent:
    """Yearly values of one or several series, names and last values written at the end of each line.

    Args:
        frame: ``year, value`` and optionally ``series, segment, status, lower, upper``. Missing years and
            changes of ``segment`` (a break in the series) are gaps, never bridged; a break is marked by a
            dotted line.
        highlight: the series in the strong colour; others are neutral with their own marker and dashes.
        pooled: ``start, end, value`` and optionally ``label``: means over several years, drawn as thick
            horizontal strokes; computed by the caller.
        zero: start the value axis at zero.
        irregular: the years given are all that exist (census vintages): neighbours are joined although
            years lie between them. A row without a value is a gap all the same.
    """
    require(frame, ["year", "value"], "line")
    data = hide_unusable(frame)
    if "series" not in data:
        data["series"] = highlight or ""
    if "segment" not in data:
        data["segment"] = ""
    data["year"] = pd.to_numeric(data["year"])
    if data.duplicated(["series", "segment", "year"]).any():
        raise ValueError("line: one row per series, segment and year expected")
    if data["value"].isna().all():
        return Absent(title, marks.NOTHING, id, source)
    names = data["series"].drop_duplicates().tolist()
    strong = highlight if highlight in names else (names[0] if len(names) == 1 else None)
    with theme.use_theme():
        ax = _line_axes(data, names, strong, unit, decimals, pooled, zero, irregular)
        _draw_lines(ax, data, names, strong, irregular)
        if pooled is not None:
            _draw_pooled(ax, data, pooled, decimals, unit)
        _mark_breaks(ax, data)
        _end_labels(ax, data, names, strong, unit, decimals)
        drawing = marks.finish(ax)
    columns = [c for c in ("series", "year", "value", "lower", "upper", "status", "segment") if c in data]
    drop = {"segment"} if len(data["segment"].unique()) == 1 else set()
    drop |= {"series"} if len(names) == 1 and not names[0] else set()
    labels = {
        "series": "Série",
        "year": x_label,
        "value": marks.value_header(unit),
        "lower": "Borne basse",
        "upper": "Borne haute",
        "status": "Statut",
        "segment": "Période homogène",
    }
    kept = [c for c in columns if c not in drop]
    data["year"] = data["year"].astype(int).astype(str)
    kept = ["year", *[c for c in kept if c != "year"]]
    return Figure(
        id=check_id(id),
        title=title,
        subtitle=subtitle,
        source=source,
        data=data[kept],
        labels={k: labels[k] for k in kept},
        decimals=dict.fromkeys(("value", "lower", "upper"), decimals),
        alt=alt or _line_sentence(data, names, unit, decimals),
        description=description or _line_description(data, names, unit, decimals),
        notes=notes,
        **drawing,
    )


_DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)), "-")
_MARKERS = ("o", "D", "s", "^", "v")
_LINE_HEIGHT = 330.0


def _line_axes(
    data: pd.DataFrame,
    names: list[str],
    strong: str | None,
    unit: str,
    decimals: int,
    pooled: pd.DataFrame | None,
    zero: bool,
    irregular: bool,
) -> Axes:
    tops = [data[c].max() for c in ("value", "upper") if c in data]
    lows = [data[c].min() for c in ("value", "lower") if c in data]
    if pooled is not None:
        tops.append(pooled["value"].max())
        lows.append(pooled["value"].min())
    high, low = float(np.nanmax(tops)), float(np.nanmin(lows))
    span = (high - low) or abs(high) or 1.0
    low = min(0.0, low) if zero else low - 0.12 * span
    high = high + 0.12 * ((high - low) or 1.0)
    positions = canvas.ticks(low, high, 5, whole=decimals == 0)
    tick_texts = canvas.tick_labels(positions, unit)
    left = max(theme.text_width(t, theme.SMALL) for t in tick_texts) + PAD + 6
    texts = [_end_text(data, n, names, unit, decimals)[0] for n in names]
    right = max(
        (theme.label_width(t, bold=n == strong) for t, n in zip(texts, names, strict=True)), default=0
    )
    worded = bool(unit) and not canvas.in_axis_unit(unit)
    broken = len(data["segment"].unique()) > 1
    top = 14.0 + 22 * worded + 20 * broken
    ax = canvas.axes(_LINE_HEIGHT, left, right + 20, top, 30)
    first, last = int(data["year"].min()), int(data["year"].max())
    pad = max((last - first) * 0.02, 0.3)
    ax.set_xlim(first - pad, last + pad)
    ax.set_ylim(low, high)
    ax.hlines(
        positions,
        0,
        1,
        transform=ax.get_yaxis_transform(),
        color=theme.COLORS["neutral-soft"],
        linewidth=theme.pt(1),
        zorder=0.5,
    ).set_gid("grid")
    ax.spines["bottom"].set_visible(True)
    ax.spines["bottom"].set_color(theme.COLORS["ink-soft"])
    for position, text in zip(positions, tick_texts, strict=True):
        canvas.note(ax, left - 6, position, text, transform=canvas.px_by_row(ax), ha="right", gid="tick")
    years = sorted(data["year"].unique()) if irregular else range(first, last + 1)
    for year in _year_ticks([int(y) for y in years], theme.WIDTH - left - right - 20):
        canvas.note(ax, year, 16, str(year), transform=canvas.by_column_px(ax), ha="center", gid="year")
    if worded:
        canvas.note(ax, PAD, _LINE_HEIGHT - 14, unit, gid="unit")
    return ax


def _year_ticks(years: list[int], width: float) -> list[int]:
    """Years to write, as many as fit at a regular rank; the last one always among them."""
    room = max(int(width // 46), 2)
    step = next((s for s in (1, 2, 3, 4, 5, 10, 20) if (len(years) - 1) / s + 1 <= room), 50)
    return years[::-1][::step][::-1]


def _draw_lines(ax: Axes, data: pd.DataFrame, names: list[str], strong: str | None, irregular: bool) -> None:
    import seaborn as sns

    others = [n for n in names if n != strong]
    order = [*others, *([strong] if strong in names else [])]
    stretches = [(name, run) for name in order for run in runs(data.loc[data["series"].eq(name)], irregular)]
    points = pd.concat([run.assign(run=index) for index, (_, run) in enumerate(stretches)])
    # One call draws every run by itself (`units`), without hue; each line is then dressed by its number.
    sns.lineplot(
        x=points["year"].to_numpy(),
        y=points["value"].to_numpy(),
        units=points["run"].to_numpy(),
        estimator=None,
        errorbar=None,
        sort=False,
        legend=False,
        ax=ax,
    )
    for index, ((name, run), drawn) in enumerate(zip(stretches, ax.lines, strict=True)):
        _dress(drawn, 0 if name == strong else others.index(name) + 1, f"line-{names.index(name)}-{index}")
        if name == strong and {"lower", "upper"} <= set(run):
            _band(ax, run, f"band-{index}")


def _dress(drawn: Any, rank: int, gid: str) -> None:
    """Style of a series by rank; 0 is the territory under study."""
    strong = rank == 0
    color = theme.COLORS["territory"] if strong else _neutral(rank)
    drawn.set(
        gid=gid,
        color=color,
        linewidth=theme.pt(3 if strong else 2),
        linestyle=_DASHES[rank % 5],
        marker=_MARKERS[rank % 5],
        markersize=theme.pt(8 if strong else 7),
        markeredgecolor=color,
        markerfacecolor=color if strong else theme.COLORS["paper"],
        markeredgewidth=theme.pt(1.5),
        zorder=3 if strong else 2,
    )


def _band(ax: Axes, run: pd.DataFrame, gid: str) -> None:
    soft = theme.COLORS["territory-soft"]
    ax.fill_between(run["year"], run["lower"], run["upper"], color=soft, linewidth=0, zorder=0.4, gid=gid)


def _neutral(rank: int) -> str:
    return (theme.COLORS["neutral"], theme.COLORS["ink-soft"], theme.CATEGORIES[1], theme.CATEGORIES[3])[
        (rank - 1) % 4
    ]


def runs(series: pd.DataFrame, irregular: bool = False) -> list[pd.DataFrame]:
    """Consecutive years (``irregular``: rows) with a value inside one segment."""
    ordered = series.sort_values("year", kind="stable")
    place = pd.Series(range(len(ordered)), index=ordered.index) if irregular else ordered["year"]
    known = ordered["value"].notna()
    ordered, place = ordered.loc[known], place.loc[known]
    new = place.diff().ne(1) | ordered["segment"].ne(ordered["segment"].shift())
    return [run for _, run in ordered.groupby(new.cumsum())]


def _mark_breaks(ax: Axes, data: pd.DataFrame) -> None:
    segments = data.groupby("segment", sort=False)["year"].agg(["min", "max"]).sort_values("min")
    for end, start in zip(segments["max"].iloc[:-1], segments["min"].iloc[1:], strict=True):
        at = (end + start) / 2
        ax.axvline(
            at, color=theme.COLORS["ink-soft"], linewidth=theme.pt(1.2), linestyle=(0, (1, 2)), gid="break"
        )
        ax.text(
            at,
            1.0,
            "rupture de série",
            transform=ax.get_xaxis_transform(),
            ha="center",
            va="bottom",
            fontsize=theme.pt(theme.SMALL),
            color=theme.COLORS["ink-soft"],
        )


def _draw_pooled(ax: Axes, data: pd.DataFrame, pooled: pd.DataFrame, decimals: int, unit: str) -> None:
    require(pooled, ["start", "end", "value"], "line (pooled)")
    low, high = ax.get_ylim()
    by_px = (high - low) / (ax.get_position().height * _LINE_HEIGHT)
    for index, row in enumerate(pooled.dropna(subset=["value"]).to_dict("records")):
        ax.plot(
            [row["start"] - 0.35, row["end"] + 0.35],
            [row["value"]] * 2,
            color=theme.COLORS["accent"],
            linewidth=theme.pt(4),
            solid_capstyle="butt",
            zorder=1.5,
            gid=f"pooled-{index}",
        )
        label = typeset(str(row.get("label") or f"moyenne\n{value_label(row['value'], decimals, unit)}"))
        near = data.loc[data["year"].between(row["start"] - 1, row["end"] + 1), "value"].dropna()
        floor = min([row["value"], *near])
        below = floor - (label.count("\n") + 1) * 20 * by_px > low
        y, align, move = (floor, "top", -9) if below else (max([row["value"], *near]), "bottom", 9)
        text = ax.text(
            (row["start"] + row["end"]) / 2,
            y,
            label,
            ha="center",
            va=align,
            linespacing=canvas.LEADING,
            transform=canvas.shift(ax, 0, move),
            color=theme.COLORS["accent"],
            fontweight="bold",
            zorder=4,
            fontsize=theme.pt(theme.SMALL),
            gid=f"pooled-label-{index}",
        )
        canvas.halo(text)


def _end_text(
    data: pd.DataFrame, name: str, names: list[str], unit: str, decimals: int
) -> tuple[str, float, float]:
    """(label, year, value) of the last known point of a series."""
    known = data.loc[data["series"].eq(name)].dropna(subset=["value"]).sort_values("year", kind="stable")
    if known.empty:
        return "", np.nan, np.nan
    last = known.iloc[-1]
    text = value_label(float(last["value"]), decimals, unit)
    if int(last["year"]) != int(data["year"].max()):
        text += f" ({int(last['year'])})"
    if name and len(names) > 1:
        text = f"{theme.wrap(typeset(name), 120)}\n{text}"
    return text, float(last["year"]), float(last["value"])


def _end_labels(
    ax: Axes, data: pd.DataFrame, names: list[str], strong: str | None, unit: str, decimals: int
) -> None:
    found = [(n, *_end_text(data, n, names, unit, decimals)) for n in names]
    found = [f for f in found if f[1]]
    low, high = ax.get_ylim()
    by_px = (high - low) / (ax.get_position().height * _LINE_HEIGHT)
    heights = [(20 * (text.count("\n") + 1) + 4) * by_px for _, text, _, _ in found]
    places = canvas.spread([value for *_, value in found], heights, low - 10 * by_px, high + 10 * by_px)
    for (name, text, _, _), y in zip(found, places, strict=True):
        rank = 0 if name == strong else [n for n in names if n != strong].index(name) + 1
        ax.text(
            ax.get_xlim()[1],
            y,
            text,
            transform=canvas.shift(ax, 6, 0),
            ha="left",
            va="center",
            linespacing=canvas.LEADING,
            color=theme.COLORS["territory"] if name == strong else _neutral(rank),
            fontweight="bold" if name == strong else "normal",
            gid=f"end-{names.index(name)}",
        )


def _line_sentence(data: pd.DataFrame, names: list[str], unit: str, decimals: int) -> str:
    said = []
    for name in names:
        known = data.loc[data["series"].eq(name)].dropna(subset=["value"])
        if known.empty:
            said.append(f"{name} : non disponible")
            continue
        known = known.assign(y=known["year"].astype(int)).sort_values("y", kind="stable")
        first, last = known.iloc[0], known.iloc[-1]
        low, high = known["value"].min(), known["value"].max()
        prefix = f"{name} : " if name else ""
        if len(known) == 1:
            said.append(f"{prefix}{value_label(last['value'], decimals, unit)} en {last['y']}")
            continue
        said.append(
            f"{prefix}{value_label(first['value'], decimals, unit)} en {first['y']}, "
            f"{value_label(last['value'], decimals, unit)} en {last['y']}, "
            f"{range_label(low, high, decimals, unit)} sur la période"
        )
    return " ; ".join(said) + marks.said_unit(unit) + "."


def _line_description(data: pd.DataFrame, names: list[str], unit: str, decimals: int) -> str:
    said = []
    for name in names:
        series = data.loc[data["series"].eq(name)]
        points = ", ".join(
            f"{year} : {marks.words_of(v, decimals, unit, s)}"
            for year, v, s in zip(series["year"], series["value"], series["status"], strict=True)
        )
        said.append(f"{name}. {points}" if name else points)
    return " ; ".join(said) + marks.said_unit(unit) + "."
