"""Drawing surface measured in CSS px: margins are computed from the labels, so one draw is enough."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import numpy as np

from ctg_lib.display import theme
from ctg_lib.display.typography import count_range, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text
    from matplotlib.transforms import Transform

PAD = 8.0
LABEL_MAX = 180.0
LEADING = 0.88
"""``linespacing`` of labels on several lines: a share of the font's own leading, 1.42 of its size."""
LINE = 19.0
"""Height in px of one line of such a label."""
DASH = (0, (4, 2))
"""Line style of what is planned, or of a whole, beside what is measured."""
_SHORT_UNITS = ("%", "‰", "€")


def axes(
    height: float, left: float, right: float, top: float, bottom: float, width: float = theme.WIDTH
) -> Axes:
    """Axes of a new figure of ``width`` × ``height`` px with these margins in px (no pyplot state)."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width / 96, height / 96), dpi=96)
    FigureCanvasAgg(figure)
    box = (left / width, bottom / height, (width - left - right) / width, (height - top - bottom) / height)
    made = figure.add_axes(box)
    bare(made)
    return made


def beside(first: Axes, x: float, y: float, width: float, height: float) -> Axes:
    """More axes on a figure :data:`theme.WIDTH` wide: their bottom left corner and their size, in px."""
    figure, whole = first.get_figure(root=True), figure_height(first)
    assert figure is not None
    made = figure.add_axes((x / theme.WIDTH, y / whole, width / theme.WIDTH, height / whole))
    bare(made)
    return made


def px(ax: Axes) -> Transform:
    """Transform from px (origin bottom left of the figure) to the canvas; made once per axes."""
    kept = ax.__dict__.get("_ctg_px")
    if kept is None:
        from matplotlib.transforms import Affine2D, blended_transform_factory

        figure = ax.get_figure(root=True)
        assert figure is not None
        pixels = Affine2D().scale(1 / 96) + figure.dpi_scale_trans
        kept = ax.__dict__["_ctg_px"] = (
            pixels,
            blended_transform_factory(pixels, ax.transData),
            blended_transform_factory(ax.transData, pixels),
        )
    return kept[0]


def px_by_row(ax: Axes) -> Transform:
    """Transform with x in figure px and y in data: for labels beside rows."""
    px(ax)
    return ax.__dict__["_ctg_px"][1]


def by_column_px(ax: Axes) -> Transform:
    """Transform with x in data and y in figure px: for labels above or below columns."""
    px(ax)
    return ax.__dict__["_ctg_px"][2]


def shift(ax: Axes, dx: float, dy: float) -> Transform:
    """Data coordinates moved by (dx, dy) px."""
    from matplotlib.transforms import ScaledTranslation

    figure = ax.get_figure(root=True)
    assert figure is not None
    return ax.transData + ScaledTranslation(dx / 96, dy / 96, figure.dpi_scale_trans)


def in_axis_unit(unit: str) -> str:
    """The unit that every value label repeats: only short signs (%, ‰, €); others are said once."""
    return unit if unit in _SHORT_UNITS else ""


def value_label(value: float, decimals: int, unit: str) -> str:
    """A value as written on a mark."""
    return number(value, decimals, in_axis_unit(unit))


def range_label(lower: float, upper: float, decimals: int, unit: str) -> str:
    """Bounds as written on a mark: « entre 58 et 144 »."""
    return count_range(lower, upper, decimals, in_axis_unit(unit))


def ticks(low: float, high: float, count: int = 5, whole: bool = False) -> np.ndarray:
    """Round tick positions inside the interval (steps 1, 2 or 5 × 10ⁿ; ``whole``: no fraction)."""
    from matplotlib.ticker import MaxNLocator

    locator = MaxNLocator(nbins=max(count, 1), steps=[1, 2, 5, 10], integer=whole, min_n_ticks=1)
    found = locator.tick_values(low, high)
    slack = (high - low) * 1e-9
    return np.asarray([t for t in found if low - slack <= t <= high + slack])


def tick_labels(positions: np.ndarray, unit: str = "", absolute: bool = False) -> list[str]:
    """French labels with the fewest decimals that tell the ticks apart."""
    for decimals in range(7):
        if np.allclose(positions, np.round(positions, decimals), rtol=0, atol=1e-9):
            break
    values = np.abs(positions) if absolute else positions
    return [number(float(v), decimals, in_axis_unit(unit)) for v in values]


def value_axis(
    ax: Axes, low: float, high: float, unit: str, *, whole: bool = False, absolute: bool = False
) -> None:
    """Horizontal value axis: light grid, French labels as many as fit, the unit below when it is a word.

    Drawn as one line collection and plain texts: matplotlib's tick objects would cost more than the marks.
    """
    ax.set_xlim(low, high)
    room = ax.get_position().width * theme.WIDTH
    for count in (8, 7, 6, 5, 4, 3, 2, 1):
        positions = ticks(low, high, count, whole)
        widths = [theme.text_width(t, theme.SMALL) + 14 for t in tick_labels(positions, unit, absolute)]
        if len(positions) < 2 or max(widths) <= (positions[1] - positions[0]) / (high - low) * room:
            break
    grid = ax.vlines(
        positions,
        0,
        1,
        transform=ax.get_xaxis_transform(),
        color=theme.COLORS["neutral-soft"],
        linewidth=theme.pt(1),
        zorder=0.5,
        clip_on=False,
    )
    grid.set_gid("grid")
    bottom = ax.get_position().y0 * figure_height(ax)
    for position, label in zip(positions, tick_labels(positions, unit, absolute), strict=True):
        note(ax, position, bottom - 14, label, transform=by_column_px(ax), ha="center", gid="tick")
    if unit and not in_axis_unit(unit):
        right = ax.get_position().x1 * theme.WIDTH
        right = max(right, min(theme.text_width(unit, theme.SMALL) + PAD, theme.WIDTH - PAD))
        note(ax, right, bottom - 35, unit, ha="right", gid="unit")


def bare(ax: Axes) -> None:
    """Hide matplotlib's own axes: lines, ticks and labels (a null locator makes no tick at all)."""
    from matplotlib.ticker import NullLocator

    for axis in (ax.xaxis, ax.yaxis):
        axis.set_visible(False)
        axis.set_major_locator(NullLocator())
    for spine in ax.spines.values():
        spine.set_visible(False)


def figure_height(ax: Axes) -> float:
    """Height of the figure in px."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    return float(figure.get_figheight() * 96)


def rows_axis(ax: Axes, names: list[str], bold: list[bool], left: float) -> None:
    """One line per name from top to bottom, its label right-aligned at ``left`` px."""
    ax.set_ylim(len(names) - 0.5, -0.5)
    for row, (name, strong) in enumerate(zip(names, bold, strict=True)):
        ax.text(
            left - PAD,
            row,
            name,
            transform=px_by_row(ax),
            ha="right",
            va="center",
            linespacing=LEADING,
            gid=f"name-{row}",
            color=theme.COLORS["ink"],
            fontweight="bold" if strong else "normal",
            clip_on=False,
        )


_label_max: ContextVar[float] = ContextVar("label_max", default=LABEL_MAX)


@contextmanager
def longer_names(width: float) -> Iterator[None]:
    """Names of the rows drawn inside may be so many px wide: fewer lines each, for a page wider than high."""
    token = _label_max.set(width)
    try:
        yield
    finally:
        _label_max.reset(token)


def fit_names(names: list[str], bold: list[bool], width: float | None = None) -> tuple[list[str], float]:
    """Labels broken to fit, and the margin in px that they need."""
    width = _label_max.get() if width is None else width
    fitted = [theme.wrap(n, width, bold=b, lines=3) for n, b in zip(names, bold, strict=True)]
    widest = max((theme.label_width(n, bold=b) for n, b in zip(fitted, bold, strict=True)), default=0)
    return fitted, widest + 2 * PAD


def row_height(names: list[str], single: float = 30.0) -> float:
    """Height in px of one row: enough for the name with most lines, and for a space between two names."""
    lines = max((n.count("\n") + 1 for n in names), default=1)
    return max(single, LINE * lines + PAD if lines > 1 else 0.0)


def thickness(ax: Axes, share: float, most: float = 24.0) -> float:
    """Of a bar, in rows: ``share`` of a row, and no more than ``most`` px where labels make rows high."""
    bottom, top = ax.get_ylim()
    row = ax.get_position().height * figure_height(ax) / abs(top - bottom)
    return min(share, most / row)


def note(ax: Axes, x: float, y: float, text: str, **options: Any) -> None:
    """Small secondary text at figure px, or where ``transform`` says."""
    settings: dict[str, Any] = {
        "transform": px(ax),
        "fontsize": theme.pt(theme.SMALL),
        "color": theme.COLORS["ink-soft"],
        "va": "center",
        "clip_on": False,
    }
    ax.text(x, y, text, **(settings | options))


def key_rows(labels: list[str], width: float, swatch: float = 18.0, gap: float = 18.0) -> list[list[int]]:
    """Distribute legend labels over rows no wider than ``width`` px; returns indices by row."""
    rows: list[list[int]] = [[]]
    used = 0.0
    for index, label in enumerate(labels):
        need = swatch + 6 + theme.text_width(label, theme.SMALL) + gap
        if rows[-1] and used + need > width + gap:
            rows.append([])
            used = 0.0
        rows[-1].append(index)
        used += need
    return rows


def draw_key(
    ax: Axes,
    labels: list[str],
    styles: list[dict[str, Any]],
    left: float,
    top: float,
    width: float,
    line: float = 22.0,
) -> None:
    """Legend swatches with labels, in rows starting ``top`` px above the figure's bottom."""
    from matplotlib.patches import Rectangle

    for depth, row in enumerate(key_rows(labels, width)):
        x, y = left, top - line * (depth + 0.5)
        for index in row:
            ax.add_artist(
                Rectangle((x, y - 7), 18, 14, transform=px(ax), clip_on=False, **styles[index])
            ).set_gid(f"key-{index}")
            note(ax, x + 24, y, labels[index], color=theme.COLORS["ink"])
            x += 18 + 6 + theme.text_width(labels[index], theme.SMALL) + 18


def draw_line_key(
    ax: Axes, labels: list[str], styles: list[dict[str, Any]], left: float, top: float, width: float
) -> float:
    """Samples of lines with what they mean, in rows from ``top`` px; returns the height used."""
    from matplotlib.lines import Line2D

    rows = key_rows(labels, width, swatch=30.0)
    for depth, row in enumerate(rows):
        x, y = left, top - 22 * (depth + 0.5)
        for index in row:
            alone = styles[index].get("linestyle") == "none"  # a mark without a line
            edge = 4 if "marker" in styles[index] else 0
            ends = [x + 15] if alone else [x + edge, x + 30 - edge]
            sample = Line2D(ends, [y] * len(ends), transform=px(ax), clip_on=False, **styles[index])
            ax.add_artist(sample).set_gid(f"key-{index}")
            note(ax, x + 36, y, labels[index], color=theme.COLORS["ink"], gid=f"key-label-{index}")
            x += 36 + theme.text_width(labels[index], theme.SMALL) + 18
    return 22.0 * len(rows)


def spread(positions: list[float], heights: list[float], low: float, high: float) -> list[float]:
    """Move label centres apart so that labels of these heights do not overlap, inside [low, high].

    Labels that touch are put together and centred on the mean of the places they asked for.
    """
    order = sorted(range(len(positions)), key=lambda i: positions[i])
    groups: list[list[int]] = []
    for index in order:
        groups.append([index])
        while len(groups) > 1 and _top(groups[-2], positions, heights, low, high) > _bottom(
            groups[-1], positions, heights, low, high
        ):
            last = groups.pop()
            groups[-1] += last
    placed = list(positions)
    for group in groups:
        at = _bottom(group, positions, heights, low, high)
        for index in group:
            placed[index] = at + heights[index] / 2
            at += heights[index]
    return placed


def _bottom(group: list[int], positions: list[float], heights: list[float], low: float, high: float) -> float:
    total = sum(heights[i] for i in group)
    centre = sum(positions[i] for i in group) / len(group)
    return max(min(centre - total / 2, high - total), low)


def _top(group: list[int], positions: list[float], heights: list[float], low: float, high: float) -> float:
    return _bottom(group, positions, heights, low, high) + sum(heights[i] for i in group)


def white_edge(width: float) -> list[Any]:
    """Path effect: a white edge of ``width`` px around what is drawn."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=theme.pt(width), foreground=theme.COLORS["paper"])]


def halo(text: Text, width: float = 4.0) -> None:
    """Give a text a white edge; the SVG export makes it from the text's gid."""
    if not text.get_gid():
        raise ValueError("a text with a halo needs a gid")
    text.set_path_effects(white_edge(width))
