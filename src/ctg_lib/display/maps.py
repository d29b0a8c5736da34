"""Maps: classes by shade, counts by circle. Zero is a value; what is missing is hatched and says so.

Geometries come from the caller in a projected CRS (metres). Class limits are found by Fisher and Jenks's
optimal classification (Fisher 1958, « On grouping for maximum homogeneity »), exact and without random
start; a legend class shows the least and greatest value really in it and how many territories it holds.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ctg_lib.display import canvas, marks, theme
from ctg_lib.display.canvas import PAD, value_label
from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.output import check_id, hide_unusable, require, status_words
from ctg_lib.display.typography import counted, number, typeset
from ctg_lib.errors import BadInput, sample

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes
    from matplotlib.path import Path

_MAX_HEIGHT = 560.0
_LINE = 22.0
_RADIUS = 30.0  # px of the largest circle
_HALO = 3.5
_DETAIL = 0.5  # px
_MAX_LABELLED = 60
_LANDMARKS = 12  # names written where there are more territories than can all be named


def choropleth(
    gdf: gpd.GeoDataFrame,
    frame: pd.DataFrame,
    *,
    id: str,
    title: str,
    subtitle: str,
    source: str,
    unit: str = "",
    decimals: int = 0,
    classes: int = 4,
    breaks: list[float] | None = None,
    context: gpd.GeoDataFrame | None = None,
    noun: tuple[str, str] = ("commune", "communes"),
    labels: bool = True,
    alt: str = "",
    description: str = "",
    notes: tuple[str, ...] = (),
) -> Figure | Absent:
    """Rates by shade of one colour, in at most five classes.

    Args:
        gdf: ``code, name, geometry``, projected CRS; every territory of ``frame`` must be in it.
        frame: ``code, value`` and optionally ``status, lower, upper``. Territories without a row, or
            without a usable value, are hatched.
        classes: number of shades, 2 to 5. Exact zeros among positive values get a class of their own.
        breaks: inner limits (value ≥ limit goes up), where the caller wants fixed ones.
        context: neighbouring contours, light grey, optionally with ``name``.
        noun: what the territories are, for the legend.
        labels: write names on the map (numbers with a key where a name does not fit).

    Raises:
        BadInput: geographic CRS, code of ``frame`` absent from ``gdf``, doubled code.
        ValueError: more than five classes.
    """
    data = _join(gdf, frame)
    if data["value"].isna().all():
        return Absent(title, marks.NOTHING, id, source)
    groups = classify(data["value"], classes, breaks)
    colors = _shades(groups.max() + 1, bool((data.loc[groups.eq(0), "value"] == 0).all()))
    keys = _class_keys(data["value"], groups, unit, decimals, noun)
    with theme.use_theme():
        sketch = _Sketch(data, context, labels)
        faces = [colors[g] if g >= 0 else None for g in groups]
        key_styles: list[dict[str, Any]] = [
            {"facecolor": c, "edgecolor": theme.COLORS["ink-soft"], "linewidth": theme.pt(1)} for c in colors
        ]
        if groups.lt(0).any():
            keys.append(_missing_key(data, noun))
            key_styles.append(_HATCHED)
        ax = sketch.start(len(canvas.key_rows(keys, theme.WIDTH - 2 * PAD)) * _LINE)
        sketch.areas(ax, faces)
        sketch.write_labels(ax)
        canvas.draw_key(ax, keys, key_styles, PAD, sketch.key_top, theme.WIDTH - 2 * PAD)
        drawing = marks.finish(ax)
    return _map_figure(
        data, drawing, sketch, id, title, subtitle, source, unit, decimals, alt, description, notes
    )


def symbols(
    gdf: gpd.GeoDataFrame,
    frame: pd.DataFrame,
    *,
    id: str,
    title: str,
    subtitle: str,
    source: str,
    unit: str = "",
    decimals: int = 0,
    context: gpd.GeoDataFrame | None = None,
    noun: tuple[str, str] = ("commune", "communes"),
    labels: bool = True,
    alt: str = "",
    description: str = "",
    notes: tuple[str, ...] = (),
) -> Figure | Absent:
    """Counts by circles whose *area* is proportional to the value (a zero is a small cross).

    Arguments as for :func:`choropleth`.

    Raises:
        BadInput: as for :func:`choropleth`.
        ValueError: a negative value.
    """
    data = _join(gdf, frame)
    if data["value"].isna().all():
        return Absent(title, marks.NOTHING, id, source)
    if (data["value"] < 0).any():
        raise ValueError("symbols: a circle cannot show a negative value")
    most = float(data["value"].max())
    legend = legend_sizes(most, decimals)
    has_zero, unknown = bool(data["value"].eq(0).any()), bool(data["value"].isna().any())
    with theme.use_theme():
        sketch = _Sketch(data, context, labels, radii=radius(data["value"].fillna(0), most))
        extra = _LINE * (has_zero + unknown)
        ax = sketch.start((2 * _RADIUS + 14 if most > 0 else 0) + extra)
        sketch.areas(ax, [None if pd.isna(v) else theme.COLORS["paper-soft"] for v in data["value"]])
        sketch.circles(ax)
        sketch.write_labels(ax)
        top = sketch.key_top
        if most > 0:
            _draw_sizes(ax, legend, most, top, unit, decimals)
            top -= 2 * _RADIUS + 14
        if has_zero:
            ax.plot(PAD + 9, top - _LINE / 2, transform=canvas.px(ax), clip_on=False, **_CROSS)
            canvas.note(ax, PAD + 24, top - _LINE / 2, _zero_key(data, unit, noun), color=theme.COLORS["ink"])
            top -= _LINE
        if unknown:
            canvas.draw_key(ax, [_missing_key(data, noun)], [_HATCHED], PAD, top, theme.WIDTH)
        drawing = marks.finish(ax)
    return _map_figure(
        data, drawing, sketch, id, title, subtitle, source, unit, decimals, alt, description, notes
    )


# --- classes -----------------------------------------------------------------------------------------


def classify(values: pd.Series, classes: int = 4, breaks: list[float] | None = None) -> pd.Series:
    """Class of each value, 0 = least, −1 = no value.

    Exact zeros form class 0 alone when all other values are positive. With no more distinct values than
    classes each value is its own class. ``breaks`` are inner limits: a value equal to a limit is above it.

    Raises:
        ValueError: not 2 to 5 classes.
    """
    shades = classes if breaks is None else len(breaks) + 1
    if not 2 <= shades <= len(theme.SEQUENTIAL):
        raise ValueError(f"2 to {len(theme.SEQUENTIAL)} classes, given {shades}")
    known = values.dropna().astype(float)
    out = pd.Series(-1, index=values.index, dtype="int64")
    if breaks is not None:
        raw = np.searchsorted(np.sort(breaks), known.to_numpy(), side="right")
        out[known.index] = pd.factorize(raw, sort=True)[0]
        return out
    own_zero = bool((known == 0).any() and (known > 0).any() and not (known < 0).any())
    rest = known[known != 0] if own_zero else known
    limits = fisher_jenks(rest.to_numpy(), shades - own_zero)
    out[rest.index] = np.searchsorted(limits, rest.to_numpy(), side="left") + own_zero
    if own_zero:
        out[known.index[known == 0]] = 0
    return out


def fisher_jenks(values: np.ndarray, classes: int) -> np.ndarray:
    """Upper limits (included) of the classes that minimise the sum of squared deviations within classes.

    Exact dynamic programme on the sorted distinct values weighted by their counts (Fisher 1958; Jenks
    1977); ties go to the partition found first. The limits are values of the data; the last is the maximum.
    """
    points, counts = np.unique(np.asarray(values, dtype=float), return_counts=True)
    size = len(points)
    if size <= classes:
        return points
    weight = np.concatenate([[0], np.cumsum(counts)])
    first = np.concatenate([[0], np.cumsum(counts * points)])
    second = np.concatenate([[0], np.cumsum(counts * points**2)])

    def spread(start: np.ndarray, end: int) -> np.ndarray:  # of points[start:end]
        total = first[end] - first[start]
        return second[end] - second[start] - total**2 / (weight[end] - weight[start])

    best = np.concatenate([[0.0], [spread(np.array([0]), end)[0] for end in range(1, size + 1)]])
    cuts: list[np.ndarray] = []
    for depth in range(2, classes + 1):
        following, cut = np.full(size + 1, np.inf), np.zeros(size + 1, dtype=int)
        for end in range(depth, size + 1):
            starts = np.arange(depth - 1, end)
            costs = best[starts] + spread(starts, end)
            at = int(np.argmin(costs))
            following[end], cut[end] = costs[at], starts[at]
        best = following
        cuts.append(cut)
    limits, end = [points[-1]], size
    for cut in reversed(cuts):
        end = int(cut[end])
        limits.append(points[end - 1])
    return np.asarray(limits[::-1])


def radius(values: pd.Series, most: float) -> pd.Series:
    """Radius in px of circles whose area is proportional to the value; the greatest has the full radius."""
    if most <= 0:
        return values * 0.0
    return _RADIUS * np.sqrt(values / most)


def legend_sizes(most: float, decimals: int = 0) -> list[float]:
    """Two or three round values for the nested circles of a legend, the first near the maximum.

    Counts (``decimals=0``) never ask for less than one unit.
    """
    sizes: list[float] = []
    for target in (most, most / 4, most / 16):
        if target <= 0:
            break
        power = 10.0 ** math.floor(math.log10(target))
        size = next(power * step for step in (5, 2, 1) if power * step <= target * (1 + 1e-9))
        if decimals == 0 and size < 1:
            break
        if not sizes or size < sizes[-1]:
            sizes.append(size)
    return sizes or [most]


# --- inner ---------------------------------------------------------------------------------------------

_HATCHED: dict[str, Any] = {
    "facecolor": theme.COLORS["paper"],
    "edgecolor": theme.COLORS["unknown"],
    "hatch": "////",
    "linewidth": theme.pt(1),
}
_CROSS: dict[str, Any] = {
    "marker": "x",
    "markersize": theme.pt(9),
    "color": theme.COLORS["territory"],
    "markeredgewidth": theme.pt(2),
    "linestyle": "none",
}


def _join(gdf: gpd.GeoDataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """Contours with their values, one row per contour, names typeset."""
    require(gdf, ["code", "name"], "map contours")
    require(frame, ["code", "value"], "map values")
    if gdf.crs is None or not gdf.crs.is_projected:
        raise BadInput(
            f"Carte : contours en coordonnées géographiques ({gdf.crs}) ; une projection en mètres est "
            "attendue (Lambert-93 en métropole)."
        )
    unknown = sorted(set(frame["code"].astype(str)) - set(gdf["code"].astype(str)))
    if unknown:
        raise BadInput(f"Carte : codes sans contour (autre millésime ?) : {sample(unknown)}.")
    for what, table in (("contours", gdf), ("valeurs", frame)):
        double = table.loc[table["code"].duplicated(), "code"]
        if len(double):
            raise BadInput(f"Carte : code en double dans les {what} : {sample(double)}.")
    values = frame.drop(columns=[c for c in ("name", "geometry") if c in frame]).copy()
    if "status" not in values:
        values["status"] = values["value"].notna().map({True: "observed", False: "missing"})
    values["code"] = values["code"].astype(str)
    plain = pd.DataFrame({c: gdf[c].to_numpy() for c in ("code", "name")}).assign(
        geometry=gdf.geometry.to_numpy()
    )
    plain["code"] = plain["code"].astype(str)
    data = hide_unusable(plain.merge(values, on="code", how="left", validate="one_to_one"))
    data["name"] = data["name"].map(lambda n: typeset(str(n)))
    return data


def _shades(count: int, zero_first: bool) -> list[str]:
    ramp = list(theme.SEQUENTIAL)
    picks = {1: [2], 2: [1, 3], 3: [0, 2, 4], 4: [0, 1, 3, 4], 5: [0, 1, 2, 3, 4]}
    if zero_first and count > 1:
        rest = {1: [3], 2: [1, 3], 3: [1, 3, 4], 4: [1, 2, 3, 4]}[count - 1]
        return [theme.COLORS["paper"], *(ramp[i] for i in rest)]
    return [ramp[i] for i in picks[count]]


def _class_keys(
    values: pd.Series, groups: pd.Series, unit: str, decimals: int, noun: tuple[str, str]
) -> list[str]:
    keys = []
    for group in range(int(groups.max()) + 1):
        inside = values[groups.eq(group)]
        low, high = float(inside.min()), float(inside.max())
        first, last = value_label(low, decimals, unit), value_label(high, decimals, unit)
        text = first if first == last else f"{number(low, decimals)} à {last}"
        keys.append(f"{text} ({counted(len(inside), *noun)})")
    return keys


def _missing_key(data: pd.DataFrame, noun: tuple[str, str]) -> str:
    unknown = data.loc[data["value"].isna()]
    words = " ou ".join(sorted({status_words(s) for s in unknown["status"]}))
    return f"{words} ({counted(len(unknown), *noun)})"


def _zero_key(data: pd.DataFrame, unit: str, noun: tuple[str, str]) -> str:
    return f"{value_label(0, 0, unit)} ({counted(int(data['value'].eq(0).sum()), *noun)})"


def _draw_sizes(ax: Axes, sizes: list[float], most: float, top: float, unit: str, decimals: int) -> None:
    """Nested circles on one base line, each with its value beside it."""
    from matplotlib.patches import Circle

    base, centre = top - 2 * _RADIUS - 6, PAD + _RADIUS + 2
    wanted = []
    for index, size in enumerate(sizes):
        r = float(radius(pd.Series([size]), most).iloc[0])
        circle = Circle(
            (centre, base + r), r, transform=canvas.px(ax), clip_on=False, facecolor="none",
            edgecolor=theme.COLORS["territory"], linewidth=theme.pt(1.5), gid=f"size-{index}",
        )  # fmt: skip
        ax.add_artist(circle)
        wanted.append(base + 2 * r)
    places = canvas.spread(wanted, [18.0] * len(sizes), base - 4, base + 2 * _RADIUS + 12)
    right = centre + _RADIUS + 22
    for size, at, y in zip(sizes, wanted, places, strict=True):
        ax.plot(
            [centre, right - 12, right - 4], [at, at, y], transform=canvas.px(ax), clip_on=False,
            color=theme.COLORS["ink-soft"], linewidth=theme.pt(1),
        )  # fmt: skip
        text = value_label(size, 0 if float(size).is_integer() else decimals, unit)
        worded = f" {unit}" if size == sizes[0] and not canvas.in_axis_unit(unit) else ""
        canvas.note(ax, right, y, text + worded, color=theme.COLORS["ink"])


class _Sketch:
    """Geometry of one map: extent, scale, and where each label goes (all in px of the figure)."""

    def __init__(
        self,
        data: pd.DataFrame,
        context: gpd.GeoDataFrame | None,
        labels: bool,
        radii: pd.Series | None = None,
    ) -> None:
        import shapely

        self.data = data
        self.shapes = data["geometry"].to_numpy()
        west, south, east, north = shapely.total_bounds(self.shapes)
        self.radii = radii.to_numpy() if radii is not None else None
        self.scale = min((theme.WIDTH - 2 * PAD) / (east - west), (_MAX_HEIGHT - 2 * PAD) / (north - south))
        self.map_height = (north - south) * self.scale + 2 * PAD
        self.middle = ((west + east) / 2, (south + north) / 2)
        # Half a pixel of detail is all that a figure can show; shared borders stay shared.
        self.shapes = shapely.coverage_simplify(self.shapes, _DETAIL / self.scale)
        self.around = _around(context, self.middle, (theme.WIDTH, self.map_height), self.scale)
        self.anchors = _anchors(self.shapes)
        self.numbers: dict[int, int] = {}
        self.placed: list[tuple[int, str, float, float]] = []
        if labels and len(data) <= _MAX_LABELLED:
            self._place()
        elif labels:
            self._place_landmarks()
        self.numbered = [f"{n} {data['name'].iloc[i]}" for i, n in self.numbers.items()]

    def to_px(self, points: np.ndarray) -> np.ndarray:
        """Map coordinates to px inside the map's own area (origin bottom left)."""
        return (points - self.middle) * self.scale + (theme.WIDTH / 2, self.map_height / 2)

    def start(self, key_height: float) -> Axes:
        """Axes of the figure: map on top, scale bar, key, then the names behind the numbers."""
        self.name_rows = self._name_rows()
        bottom = 30 + key_height + 20 * len(self.name_rows) + PAD
        self.height = self.map_height + bottom
        ax = canvas.axes(self.height, 0, 0, 0, bottom)
        half = np.array([theme.WIDTH, self.map_height]) / 2 / self.scale
        ax.set_xlim(self.middle[0] - half[0], self.middle[0] + half[0])
        ax.set_ylim(self.middle[1] - half[1], self.middle[1] + half[1])
        self.bottom = bottom
        self.key_top = bottom - 30
        self._scale_bar(ax)
        for row, text in enumerate(self.name_rows):
            canvas.note(ax, PAD, self.key_top - key_height - 20 * (row + 0.5) - 2, text)
        return ax

    def areas(self, ax: Axes, faces: list[str | None]) -> None:
        """Context in light grey, then each territory filled, or hatched where it has no value."""
        from matplotlib.patches import PathPatch

        for shape in self.around:
            patch = PathPatch(
                outline(shape), facecolor=theme.COLORS["neutral-soft"], gid="context", zorder=0.5
            )
            patch.set(edgecolor=theme.COLORS["paper"], linewidth=theme.pt(1.5))
            ax.add_artist(patch)
        for code, shape, face in zip(self.data["code"], self.shapes, faces, strict=True):
            style = _HATCHED if face is None else {"facecolor": face, "edgecolor": theme.COLORS["ink-soft"]}
            patch = PathPatch(
                outline(shape), **({"linewidth": theme.pt(1)} | style), zorder=1, gid=f"area-{code}"
            )
            ax.add_artist(patch)

    def circles(self, ax: Axes) -> None:
        """Proportional circles (largest first, so that small ones stay visible), crosses for zeros."""
        from matplotlib.patches import Circle

        assert self.radii is not None
        centres = np.add(self.to_px(self.anchors), (0, self.bottom))
        for index in np.argsort(-self.radii, kind="stable"):
            value, code = self.data["value"].iloc[index], self.data["code"].iloc[index]
            if pd.isna(value):
                continue
            if value == 0:
                ax.plot(*centres[index], transform=canvas.px(ax), gid=f"zero-{code}", zorder=2, **_CROSS)
                continue
            circle = Circle(
                tuple(centres[index]), self.radii[index], transform=canvas.px(ax), gid=f"circle-{code}",
                facecolor=theme.COLORS["territory"], edgecolor=theme.COLORS["paper"], linewidth=theme.pt(1.5),
                alpha=0.9, zorder=2,
            )  # fmt: skip
            ax.add_artist(circle)

    def write_labels(self, ax: Axes) -> None:
        """Names and numbers with a white halo."""
        for index, text, x, y in self.placed:
            label = ax.text(
                x, y + self.bottom, text, transform=canvas.px(ax), ha="center", va="center", linespacing=1.0,
                fontsize=theme.pt(theme.SMALL), zorder=4, gid=f"label-{self.data['code'].iloc[index]}",
                fontweight="bold" if index in self.numbers else "normal",
            )  # fmt: skip
            canvas.halo(label, _HALO)

    def _place_landmarks(self) -> None:
        """A few names to find one's way by, the largest territories (or circles) first."""
        import shapely

        centres = self.to_px(self.anchors)
        taken = self._circle_boxes(centres)
        size = shapely.area(self.shapes) if self.radii is None else self.radii
        for index in np.argsort(-size, kind="stable"):
            if len(self.placed) == _LANDMARKS:
                return
            found = self._fit(index, self.data["name"].iloc[index], centres[index], taken)
            if found is not None:
                taken.append(found[1])
                self.placed.append(found[0])

    def _circle_boxes(self, centres: np.ndarray) -> list[tuple[float, float, float, float]]:
        if self.radii is None:
            return []
        return [
            _box(x, y, 1.6 * max(r, 5), 1.6 * max(r, 5))
            for (x, y), r in zip(centres, self.radii, strict=True)
        ]

    def _place(self) -> None:
        """Largest territories first: the name where it meets nothing, else a number explained below."""
        import shapely

        centres = self.to_px(self.anchors)
        taken = self._circle_boxes(centres)
        order = np.argsort(-shapely.area(self.shapes), kind="stable")
        late = []
        for index in order:
            found = self._fit(index, self.data["name"].iloc[index], centres[index], taken)
            if found is None:
                late.append(index)
            else:
                taken.append(found[1])
                self.placed.append(found[0])
        if len(late) > 40:
            return
        for rank, index in enumerate(sorted(late), start=1):
            self.numbers[int(index)] = rank
            found = self._fit(index, str(rank), centres[index], taken, wide=True)
            text, (x, y) = str(rank), centres[index]
            self.placed.append(found[0] if found else (int(index), text, float(x), float(y)))
            if found:
                taken.append(found[1])

    def _fit(
        self, index: int, name: str, centre: np.ndarray, taken: list[tuple[float, float, float, float]],
        wide: bool = False,
    ) -> tuple[tuple[int, str, float, float], tuple[float, float, float, float]] | None:  # fmt: skip
        r = (
            0.0
            if self.radii is None or pd.isna(self.data["value"].iloc[index])
            else max(self.radii[index], 5.0)
        )
        for text in dict.fromkeys((name, theme.wrap(name, 90, theme.SMALL, lines=2))):
            width = theme.label_width(text, theme.SMALL) + 4
            height = 17.0 * (text.count("\n") + 1)
            lift = r + height / 2 + 1 if r else 0.0
            moves: list[tuple[float, float]] = [(0, 0)] if not r else []
            moves += [(0, -lift), (0, lift), (r + width / 2, 0), (-r - width / 2, 0)] if r else []
            moves += [(0, 10), (0, -10), (14, 0), (-14, 0), (0, 18), (0, -18)] if not r else []
            if wide:
                moves += [(dx, dy) for dx in (-12, 0, 12) for dy in (-12, 12)]
            for dx, dy in moves:
                x, y = centre[0] + dx, centre[1] + dy
                box = _box(x, y, width, height)
                if self._free(box, taken, index, x, y, bool(r)):
                    return (int(index), text, float(x), float(y)), box
        return None

    def _free(
        self, box: tuple, taken: list[tuple], index: int, x: float, y: float, near_circle: bool
    ) -> bool:
        left, low, right, high = box
        if left < 2 or right > theme.WIDTH - 2 or low < 0 or high > self.map_height:
            return False
        if any(left < b[2] and right > b[0] and low < b[3] and high > b[1] for b in taken):
            return False
        return near_circle or self._inside(index, box)

    def _inside(self, index: int, box: tuple[float, float, float, float]) -> bool:
        """Whether most of a label lies over its own territory: a name must not seem to be a neighbour's."""
        import shapely

        corners = np.array([box[:2], box[2:]])
        low, high = (corners - (theme.WIDTH / 2, self.map_height / 2)) / self.scale + self.middle
        area = shapely.box(*low, *high)
        shared = shapely.area(shapely.intersection(self.shapes[index], area))
        return bool(shared >= 0.6 * shapely.area(area))

    def _name_rows(self) -> list[str]:
        rows: list[str] = []
        for text in self.numbered:
            joined = f"{rows[-1]} · {text}" if rows else text
            if rows and theme.text_width(joined, theme.SMALL) <= theme.WIDTH - 2 * PAD:
                rows[-1] = joined
            else:
                rows.append(text)
        return rows

    def _scale_bar(self, ax: Axes) -> None:
        target = 110 / self.scale
        power = 10.0 ** math.floor(math.log10(target))
        length = next(power * step for step in (5, 2, 1) if power * step <= target)
        width = length * self.scale
        right, y = theme.WIDTH - PAD, self.bottom - 12
        ax.plot(
            [right - width] * 2 + [right] * 2, [y + 4, y, y, y + 4], transform=canvas.px(ax), clip_on=False,
            color=theme.COLORS["ink-soft"], linewidth=theme.pt(1.5), gid="scale-bar",
        )  # fmt: skip
        text = number(length / 1000, 0 if length >= 1000 else 1, "km")
        canvas.note(ax, right - width - 6, y + 2, text, ha="right")


def _anchors(shapes: np.ndarray) -> np.ndarray:
    """Where a label or circle sits: the centre of the largest circle inside each shape."""
    import shapely

    tolerance = np.sqrt(shapely.area(shapes)) / 50
    lines = shapely.maximum_inscribed_circle(shapes, tolerance=tolerance)
    return shapely.get_coordinates(shapely.get_point(lines, 0))


def _around(
    context: gpd.GeoDataFrame | None, middle: tuple[float, float], size: tuple[float, float], scale: float
) -> list[Any]:
    """The neighbouring shapes that the frame shows, cut to it and simplified."""
    import shapely

    if context is None:
        return []
    half = (size[0] / 2 / scale, size[1] / 2 / scale)
    view = shapely.box(middle[0] - half[0], middle[1] - half[1], middle[0] + half[0], middle[1] + half[1])
    shapes = context.geometry.to_numpy()
    shapes = shapely.simplify(shapes[shapely.intersects(shapes, view)], _DETAIL / scale)
    cut = shapely.intersection(shapely.make_valid(shapes), view)
    return [s for s in cut if not s.is_empty and s.geom_type in ("Polygon", "MultiPolygon")]


def _box(x: float, y: float, width: float, height: float) -> tuple[float, float, float, float]:
    return (x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def outline(shape: Any) -> Path:
    """A polygon or multipolygon as one compound matplotlib path, holes included."""
    import shapely
    from matplotlib.path import Path

    rings = shapely.get_rings(shapely.get_parts(shape))
    points = [shapely.get_coordinates(ring) for ring in rings]
    codes = [
        np.concatenate([[Path.MOVETO], np.full(len(p) - 2, Path.LINETO), [Path.CLOSEPOLY]]) for p in points
    ]
    return Path(np.concatenate(points), np.concatenate(codes).astype(Path.code_type))


def _map_figure(
    data: pd.DataFrame, drawing: dict[str, Any], sketch: _Sketch, id: str, title: str, subtitle: str,
    source: str, unit: str, decimals: int, alt: str, description: str, notes: tuple[str, ...],
) -> Figure:  # fmt: skip
    table = data.drop(columns="geometry")
    for column in ("lower", "upper"):
        if column not in table:
            table[column] = np.nan
    table["highlight"] = False
    kept = ["name", "code", "value"]
    if sketch.numbers:
        table["number"] = [sketch.numbers.get(i, "") for i in range(len(table))]
        kept.append("number")
    kept += [c for c in ("lower", "upper") if table[c].notna().any()] + ["status"]
    labels = {
        "name": "Territoire", "code": "Code", "value": f"Valeur ({unit})" if unit else "Valeur",
        "number": "Numéro sur la carte", "lower": "Borne basse", "upper": "Borne haute", "status": "Statut",
    }  # fmt: skip
    return Figure(
        id=check_id(id), title=title, subtitle=subtitle, source=source, data=table[kept],
        labels={c: labels[c] for c in kept}, decimals=dict.fromkeys(("value", "lower", "upper"), decimals),
        alt=alt or marks.rows_sentence(table, unit, decimals),
        description=description or marks.rows_description(table, unit, decimals), notes=notes,
        regions=_regions(table, unit, decimals), **drawing,
    )  # fmt: skip


def _regions(table: pd.DataFrame, unit: str, decimals: int) -> dict[str, str]:
    """What each area says when it is pointed at: its name, and its value or why there is none."""
    said = {}
    for row in table.to_dict("records"):
        shown = marks.said_unit(unit) if pd.notna(row["value"]) else ""
        said[f"area-{row['code']}"] = marks.said_row(row, unit, decimals) + shown
    return said


__all__ = [
    "choropleth",
    "classify",
    "fisher_jenks",
    "legend_sizes",
    "outline",
    "radius",
    "symbols",
]
