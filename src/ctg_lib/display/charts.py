"""Charts without maps. Each takes a tidy frame and returns a :class:`Figure`, or :class:`Absent`.

Common arguments: ``id, title, subtitle, source`` (texts of the figure), ``unit``, ``decimals``, and
optionally ``alt``, ``description`` (built from the data otherwise), ``notes``. Rows keep the order of the
frame. A row whose ``status`` is not usable keeps its line and says so in words; it never shows a number.
Series are drawn one by one: seaborn's ``hue`` is not used, because with pandas 3 seaborn 0.13.2 may draw
the wrong subset under a label; tests read the drawn artists back and compare them with the frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ctg_lib.display import canvas, theme
from ctg_lib.display.canvas import PAD, range_label, value_label
from ctg_lib.display.figure import Absent, Figure, export
from ctg_lib.display.output import check_id, hide_unusable, require, status_words
from ctg_lib.display.typography import NBSP, number, percent, typeset
from ctg_lib.values import USABLE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ctg_lib.display.output import Bundle  # noqa: F401

NOTHING = "aucune valeur publiable pour ces territoires"
_LABELS = {
    "name": "Territoire",
    "value": "Valeur",
    "lower": "Borne basse",
    "upper": "Borne haute",
    "status": "Statut",
    "period": "Période",
}


# --- comparison ------------------------------------------------------------------------------------


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
        frame: ``name, value`` and optionally ``lower, upper, status, period, highlight``. A row with
            bounds and no value is drawn as a bar without a dot. Periods that differ from the highlighted
            row's (else the most frequent one) are written beside the name.
        highlight: name of the territory under study, when the frame has no ``highlight`` column.
        zero: start the axis at zero (a dot needs no zero; a small range must not look large, though: the
            axis starts at zero by itself when the least value is under a third of the greatest).
    """
    rows = _rows(frame, highlight, "comparison_dots")
    if _all_missing(rows):
        return Absent(title, NOTHING, id, source)
    names = _with_periods(rows)
    with theme.use_theme():
        ax = _row_axes(rows, names, unit, decimals, single=32)
        low, high = _extent(rows, zero)
        canvas.value_axis(ax, low, high, unit)
        _reference_line(ax, rows)
        for index, row in rows.iterrows():
            _dot(ax, int(index), row, low, high, unit, decimals)  # type: ignore[call-overload]
        drawing = _finish(ax)
    return _figure(drawing, rows, id, title, subtitle, source, unit, decimals, alt, description, notes)


def _dot(ax: Axes, y: int, row: pd.Series, low: float, high: float, unit: str, decimals: int) -> None:
    strong = bool(row["highlight"])
    color = theme.COLORS["territory" if strong else "neutral"]
    has_range = pd.notna(row["lower"]) and pd.notna(row["upper"])
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
            marker="o" if strong else "D",
            color=color,
            linestyle="none",
            markersize=theme.pt(13 if strong else 9),
            markeredgecolor=color,
            markeredgewidth=theme.pt(2),
            markerfacecolor=color if strong else theme.COLORS["paper"],
            clip_on=False,
        )
    _row_value(ax, y, row, unit, decimals)


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


# --- bars ------------------------------------------------------------------------------------------


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
    rows = _rows(frame, highlight, "bars")
    if _all_missing(rows):
        return Absent(title, NOTHING, id, source)
    with theme.use_theme():
        names = rows["name"].tolist()
        ax = _row_axes(rows, names, unit, decimals, single=28, top=30 if reference else PAD)
        low, high = _extent(rows, zero=True, extra=[reference[1]] if reference else [])
        _draw_bars(ax, rows)
        canvas.value_axis(ax, low, high, unit)
        for index, row in rows.iterrows():
            _row_value(ax, int(index), row, unit, decimals)  # type: ignore[call-overload]
        if reference:
            _vertical_reference(ax, *reference, unit, decimals)
        ax.axvline(0, color=theme.COLORS["ink-soft"], linewidth=theme.pt(1), gid="zero")
        drawing = _finish(ax)
    labels = {"name": label}
    return _figure(
        drawing, rows, id, title, subtitle, source, unit, decimals, alt, description, notes, labels
    )


def _draw_bars(ax: Axes, rows: pd.DataFrame) -> None:
    import seaborn as sns

    known = rows.loc[rows["value"].notna()]
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
        all_strong = not rows["highlight"].any()
        for patch, y in zip(ax.containers[0].patches, known.index, strict=True):
            strong = all_strong or bool(rows.loc[y, "highlight"])
            patch.set(y=y - 0.34, height=0.68, gid=f"bar-{y}")
            patch.set_facecolor(theme.COLORS["territory" if strong else "neutral-soft"])
            patch.set_edgecolor(theme.COLORS["territory" if strong else "neutral"])
    for y, row in rows.iterrows():
        if pd.isna(row["lower"]) or pd.isna(row["upper"]):
            continue
        if pd.isna(row["value"]):
            ax.barh(
                y,
                row["upper"] - row["lower"],
                left=row["lower"],
                height=0.56,
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
        value, color=theme.COLORS["accent"], linewidth=theme.pt(2), linestyle=(0, (4, 2)), gid="reference"
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
            most five (group the smallest before).
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
        return Absent(title, NOTHING, id, source)
    strong = _strong_names(data, highlight)
    shown_unit, shown_decimals = ("%", 0) if share else (unit, decimals)
    with theme.use_theme():
        ax = _draw_stack(drawn, data, [n in strong for n in names], shown_unit, shown_decimals, bool(share))
        drawing = _finish(ax)
    labels = {"name": label, "part": part_label, "value": _value_header(unit), "share": "Part du total (%)"}
    return Figure(
        id=check_id(id),
        title=title,
        subtitle=subtitle,
        source=source,
        alt=alt or _stack_sentence(drawn, shown_unit, shown_decimals, strong),
        description=description or _stack_sentence(drawn, shown_unit, shown_decimals, set(names)),
        data=data[["name", "part", "value", "share", "status"]],
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
    canvas.value_axis(ax, 0, high, unit)
    styles = [
        {"facecolor": c, "hatch": h, "edgecolor": theme.COLORS["paper"], "linewidth": theme.pt(1)}
        for c, h in zip(theme.CATEGORIES, theme.HATCHES, strict=True)
    ]
    scale = (theme.WIDTH - left - 22) / high
    for y, (name, row) in enumerate(drawn.iterrows()):
        if row.isna().any():
            status = _worst(data.loc[data["name"].eq(name), "status"])
            _words(
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
    for index, (start, value) in enumerate(zip(starts, values, strict=True)):
        bar = ax.barh(y, value, left=start, height=0.66, **styles[index])[0]
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


# --- pyramid ---------------------------------------------------------------------------------------


def pyramid(
    frame: pd.DataFrame,
    *,
    id: str,
    title: str,
    subtitle: str,
    source: str,
    name: str,
    reference: pd.DataFrame | None = None,
    reference_name: str = "",
    alt: str = "",
    description: str = "",
    notes: tuple[str, ...] = (),
) -> Figure | Absent:
    """Age pyramid: bars in % of the territory's total, the reference territory as an outline.

    Args:
        frame: ``age_label, sex`` (``F`` or ``M``) ``, value`` (persons), youngest band first.
        name, reference_name: what the two are called in the key and the data.
        reference: same columns for the territory compared with, same bands.

    Raises:
        ValueError: bands or sexes of the two frames differ, or a band has two rows.
    """
    shares = _pyramid_shares(frame, "pyramid")
    if shares is None:
        return Absent(title, NOTHING, id, source)
    other = None if reference is None else _pyramid_shares(reference, "pyramid (reference)")
    if other is not None and other.index.tolist() != shares.index.tolist():
        raise ValueError("pyramid: the reference must have the same age bands in the same order")
    with theme.use_theme():
        ax = _draw_pyramid(shares, other, name, reference_name)
        drawing = _finish(ax)
    data = frame[["age_label", "sex", "value"]].copy()
    data["share"] = data["value"] / data["value"].sum() * 100
    labels = {
        "age_label": "Âge",
        "sex": "Sexe",
        "value": f"{name} : habitants",
        "share": f"{name} : % du total",
    }
    if other is not None:
        data["reference"] = [
            float(other.loc[a, s]) for a, s in zip(data["age_label"], data["sex"], strict=True)
        ]
        labels["reference"] = f"{reference_name} : % du total"
    data["sex"] = data["sex"].map({"F": "femmes", "M": "hommes"})
    return Figure(
        id=check_id(id),
        title=title,
        subtitle=subtitle,
        source=source,
        data=data.reset_index(drop=True),
        labels=labels,
        decimals={"value": 0, "share": 1, "reference": 1},
        notes=notes,
        alt=alt or _pyramid_sentence(shares, name),
        description=description or _pyramid_description(shares, other, name, reference_name),
        **drawing,
    )


def _pyramid_shares(frame: pd.DataFrame, what: str) -> pd.DataFrame | None:
    require(frame, ["age_label", "sex", "value"], what)
    if not set(frame["sex"]) <= {"F", "M"}:
        raise ValueError(f"{what}: sex must be F or M, given {sorted(set(frame['sex']))}")
    if frame.duplicated(["age_label", "sex"]).any():
        raise ValueError(f"{what}: one row per age band and sex expected")
    bands = frame["age_label"].drop_duplicates().tolist()
    wide = frame.set_index(["age_label", "sex"])["value"].unstack()  # noqa: PD010
    wide = wide.reindex(index=bands, columns=["F", "M"])
    total = wide.sum(axis=None, skipna=False)
    return None if pd.isna(total) or total <= 0 else wide / total * 100


def _draw_pyramid(shares: pd.DataFrame, other: pd.DataFrame | None, name: str, reference_name: str) -> Axes:
    ages = shares.index.tolist()
    left = max(theme.text_width(a, theme.SMALL) for a in ages) + 2 * PAD
    keys = [name] + ([reference_name] if other is not None else [])
    top, bottom, step = 58.0, 50.0, 19.0
    ax = canvas.axes(top + step * len(ages) + bottom, left, 14, top, bottom)
    high = max(shares.max(axis=None), 0 if other is None else other.max(axis=None)) * 1.06
    y = np.arange(len(ages))
    strong = theme.COLORS["territory"]
    ax.barh(y, -shares["M"], height=0.82, color=strong, edgecolor=strong).set_label("M")
    ax.barh(y, shares["F"], height=0.82, color=strong, edgecolor=strong).set_label("F")
    if other is not None:
        for sex, sign in (("M", -1), ("F", 1)):
            ax.stairs(
                sign * other[sex],
                np.arange(len(ages) + 1) - 0.5,
                orientation="horizontal",
                baseline=None,
                color=theme.COLORS["accent"],
                linewidth=theme.pt(2.5),
                gid=f"outline-{sex}",
            )
    canvas.value_axis(ax, -high, high, "% de la population totale", count=9, absolute=True)
    ax.set_ylim(-0.6, len(ages) - 0.4)
    for band, age in zip(y, ages, strict=True):
        canvas.note(ax, left - PAD, band, age, transform=canvas.px_by_row(ax), ha="right")
    ax.axvline(0, color=theme.COLORS["paper"], linewidth=theme.pt(2))
    for x, text in ((0.25, "Hommes"), (0.75, "Femmes")):
        ax.text(x, 1.0, text, transform=ax.transAxes, ha="center", va="bottom", fontweight="bold")
    styles = [
        {"facecolor": strong, "edgecolor": strong},
        {"facecolor": theme.COLORS["paper"], "edgecolor": theme.COLORS["accent"], "linewidth": theme.pt(2.5)},
    ]
    canvas.draw_key(ax, keys, styles[: len(keys)], PAD, canvas.figure_height(ax) - 4, theme.WIDTH - PAD)
    return ax


def _pyramid_sentence(shares: pd.DataFrame, name: str) -> str:
    sex = {"F": "femmes", "M": "hommes"}
    column = shares.max().idxmax()
    band = shares[column].idxmax()
    return (
        f"{name} : {percent(shares['F'].sum(), 0)} de femmes et {percent(shares['M'].sum(), 0)} d’hommes ; la "
        f"tranche la plus nombreuse est celle des {sex[column]} de {band} "
        f"({percent(shares.loc[band, column], 1)} de la population)."
    )


def _pyramid_description(
    shares: pd.DataFrame, other: pd.DataFrame | None, name: str, reference_name: str
) -> str:
    def line(age: str) -> str:
        text = f"{age} : femmes {percent(shares.loc[age, 'F'], 1)}, hommes {percent(shares.loc[age, 'M'], 1)}"
        if other is not None:
            text += f" ({percent(other.loc[age, 'F'], 1)} et {percent(other.loc[age, 'M'], 1)})"
        return text

    versus = f" (entre parenthèses : {reference_name})" if other is not None else ""
    return f"{name}, parts de la population totale{versus}. " + " ; ".join(map(line, shares.index)) + "."


# --- lines -----------------------------------------------------------------------------------------


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
        return Absent(title, NOTHING, id, source)
    names = data["series"].drop_duplicates().tolist()
    strong = highlight if highlight in names else (names[0] if len(names) == 1 else None)
    with theme.use_theme():
        ax = _line_axes(data, names, strong, unit, decimals, pooled, zero)
        _draw_lines(ax, data, names, strong)
        if pooled is not None:
            _draw_pooled(ax, data, pooled, decimals, unit)
        _mark_breaks(ax, data)
        _end_labels(ax, data, names, strong, unit, decimals)
        drawing = _finish(ax)
    columns = [c for c in ("series", "year", "value", "lower", "upper", "status", "segment") if c in data]
    drop = {"segment"} if len(data["segment"].unique()) == 1 else set()
    drop |= {"series"} if len(names) == 1 and not names[0] else set()
    labels = {
        "series": "Série",
        "year": x_label,
        "value": _value_header(unit),
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
    positions = canvas.ticks(low, high, 5)
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
    for year in _year_ticks(first, last, theme.WIDTH - left - right - 20):
        canvas.note(ax, year, 16, str(year), transform=canvas.by_column_px(ax), ha="center", gid="year")
    if worded:
        canvas.note(ax, PAD, _LINE_HEIGHT - 14, unit, gid="unit")
    return ax


def _year_ticks(first: int, last: int, width: float) -> list[int]:
    """Years to write, the last one always among them."""
    room = max(int(width // 46), 2)
    step = next((s for s in (1, 2, 3, 4, 5, 10, 20) if (last - first) / s + 1 <= room), 50)
    return list(range(last, first - 1, -step))[::-1]


def _draw_lines(ax: Axes, data: pd.DataFrame, names: list[str], strong: str | None) -> None:
    import seaborn as sns

    others = [n for n in names if n != strong]
    order = [*others, *([strong] if strong in names else [])]
    runs = [(name, run) for name in order for run in _runs(data.loc[data["series"].eq(name)])]
    points = pd.concat([run.assign(run=index) for index, (_, run) in enumerate(runs)])
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
    for index, ((name, run), drawn) in enumerate(zip(runs, ax.lines, strict=True)):
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


def _runs(series: pd.DataFrame) -> list[pd.DataFrame]:
    """Consecutive years with a value inside one segment."""
    known = series.dropna(subset=["value"]).sort_values("year", kind="stable")
    if known.empty:
        return []
    new = known["year"].diff().ne(1) | known["segment"].ne(known["segment"].shift())
    return [run for _, run in known.groupby(new.cumsum())]


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
            linespacing=1.1,
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
            linespacing=1.1,
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
        said.append(
            f"{prefix}{value_label(first['value'], decimals, unit)} en {first['y']}, "
            f"{value_label(last['value'], decimals, unit)} en {last['y']}, "
            f"{range_label(low, high, decimals, unit)} sur la période"
        )
    return " ; ".join(said) + _said_unit(unit) + "."


def _line_description(data: pd.DataFrame, names: list[str], unit: str, decimals: int) -> str:
    said = []
    for name in names:
        series = data.loc[data["series"].eq(name)]
        points = ", ".join(
            f"{year} : {_words_of(v, decimals, unit, s)}"
            for year, v, s in zip(series["year"], series["value"], series["status"], strict=True)
        )
        said.append(f"{name}. {points}" if name else points)
    return " ; ".join(said) + _said_unit(unit) + "."


# --- shared by the row charts ------------------------------------------------------------------------


def _rows(frame: pd.DataFrame, highlight: str | None, what: str) -> pd.DataFrame:
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


def _strong_names(data: pd.DataFrame, highlight: str | None) -> set[str]:
    if "highlight" in data:
        return set(data.loc[data["highlight"].astype(bool), "name"])
    return {typeset(highlight)} if highlight else set()


def _all_missing(rows: pd.DataFrame) -> bool:
    return bool((rows["value"].isna() & (rows["lower"].isna() | rows["upper"].isna())).all())


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


def _row_axes(
    rows: pd.DataFrame, names: list[str], unit: str, decimals: int, single: float, top: float = PAD
) -> Axes:
    bold = rows["highlight"].tolist()
    fitted, left = canvas.fit_names(names, bold)
    texts = [_row_text(r, unit, decimals) for r in rows.to_dict("records")]
    right = max((theme.text_width(t, bold=b) for t, b in zip(texts, bold, strict=True)), default=0) + 2 * PAD
    bottom = 50.0 if unit and not canvas.in_axis_unit(unit) else 30.0
    height = top + canvas.row_height(fitted, single) * len(rows) + bottom
    ax = canvas.axes(height, left, right, top, bottom)
    canvas.rows_axis(ax, fitted, bold, left)
    return ax


def _row_text(row: dict, unit: str, decimals: int) -> str:
    if pd.notna(row["value"]):
        return value_label(row["value"], decimals, unit)
    if pd.notna(row["lower"]) and pd.notna(row["upper"]):
        return range_label(row["lower"], row["upper"], decimals, unit)
    return ""


def _row_value(ax: Axes, y: int, row: pd.Series, unit: str, decimals: int) -> None:
    text = _row_text(row.to_dict(), unit, decimals)
    if not text:
        box = ax.get_position()
        _words(ax, y, status_words(row["status"]), box.x0 * theme.WIDTH)
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


def _words(ax: Axes, y: int, text: str, left: float) -> None:
    words = ax.text(
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
    canvas.halo(words)


def _extent(rows: pd.DataFrame, zero: bool, extra: list[float] | None = None) -> tuple[float, float]:
    numbers = np.concatenate([rows[c].to_numpy(dtype=float) for c in ("value", "lower", "upper")])
    numbers = np.append(numbers[~np.isnan(numbers)], extra or [])
    low, high = float(numbers.min()), float(numbers.max())
    if zero or (0 <= low < high / 3):
        low, high = min(low, 0.0), max(high, 0.0)
        pad = (high - low or 1.0) * 0.04
        return (low - pad if low < 0 else 0.0), (high + pad if high > 0 else 0.0 if low < 0 else 1.0)
    pad = (high - low or abs(high) or 1.0) * 0.08
    return low - pad, high + pad


def _finish(ax: Axes) -> dict[str, Any]:
    figure = ax.get_figure(root=True)
    assert figure is not None
    width, height = (round(v * 96) for v in figure.get_size_inches())
    if _inspect is not None:
        _inspect(ax)
    svg, png = export(figure)  # type: ignore[arg-type]
    return {"svg": svg, "png": png, "width": width, "height": height}


_inspect: Any = None
"""Tests set this to read the drawn artists before the figure is closed."""


def _figure(
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
    kept = ["name", "value"]
    kept += [c for c in ("lower", "upper") if rows[c].notna().any()]
    kept += [c for c in ("period", "status") if c in rows]
    texts = _LABELS | {"value": _value_header(unit)} | (labels or {})
    return Figure(
        id=check_id(id),
        title=title,
        subtitle=subtitle,
        source=source,
        data=rows[kept],
        labels={k: texts[k] for k in kept},
        decimals=dict.fromkeys(("value", "lower", "upper"), decimals),
        alt=alt or _rows_sentence(rows, unit, decimals),
        description=description or _rows_description(rows, unit, decimals),
        notes=notes,
        **drawing,
    )


def _value_header(unit: str) -> str:
    return f"Valeur ({unit})" if unit else "Valeur"


def _said_unit(unit: str) -> str:
    return f" ({unit})" if unit and not canvas.in_axis_unit(unit) else ""


def _words_of(value: float, decimals: int, unit: str, status: str) -> str:
    return value_label(value, decimals, unit) if pd.notna(value) else status_words(status)


def _said(row: dict, unit: str, decimals: int) -> str:
    text = _row_text(row, unit, decimals) or status_words(row["status"])
    return f"{row['name']} : {text}"


def _rows_sentence(rows: pd.DataFrame, unit: str, decimals: int) -> str:
    """The highlighted rows, then all others; beyond eight rows only the least and the greatest."""
    records = rows.sort_values("highlight", ascending=False, kind="stable").to_dict("records")
    if len(records) <= 8:
        return " ; ".join(_said(r, unit, decimals) for r in records) + _said_unit(unit) + "."
    said = [_said(r, unit, decimals) for r in records if r["highlight"]]
    known = rows.dropna(subset=["value"])
    if len(known):
        least, most = known.loc[known["value"].idxmin()], known.loc[known["value"].idxmax()]
        said.append(f"le moins, {_said(least.to_dict(), unit, decimals)}")
        said.append(f"le plus, {_said(most.to_dict(), unit, decimals)}")
    unknown = int(rows["value"].isna().sum())
    said.append(f"{number(len(rows))} lignes" + (f", dont {unknown} sans valeur" if unknown else ""))
    return " ; ".join(said) + _said_unit(unit) + "."


def _rows_description(rows: pd.DataFrame, unit: str, decimals: int) -> str:
    said = []
    for row in rows.to_dict("records"):
        text = _said(row, unit, decimals)
        if pd.notna(row["value"]) and pd.notna(row["lower"]) and pd.notna(row["upper"]):
            text += f" ({range_label(row['lower'], row['upper'], decimals, unit)})"
        if "period" in row and pd.notna(row["period"]):
            text += f", {row['period']}"
        said.append(text)
    return " ; ".join(said) + _said_unit(unit) + "."


def _worst(statuses: pd.Series) -> str:
    from ctg_lib.values import worst_status

    worst = worst_status(statuses)
    return "" if worst in USABLE else status_words(worst)
