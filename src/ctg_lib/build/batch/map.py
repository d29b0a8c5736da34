"""The map of a batch: one shape per territory, which leads to its report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ctg_lib.build.page import escape

if TYPE_CHECKING:
    import geopandas as gpd

    from ctg_lib.geography import Geography

SIZE = 720.0
"""px of the longer side of the map of the mainland, or of the only one."""
SMALL = 150.0
"""px of the longer side of each map beside it."""
_DETAIL = 0.4
"""px: what an outline may lose."""


@dataclass(frozen=True)
class Shape:
    """What the map says of a territory: ``href`` (empty: no report), ``words`` shown over it, CSS class."""

    href: str
    words: str
    kind: str


def drawings(geography: Geography, shapes: Mapping[str, Shape]) -> list[str]:
    """One SVG per part of France, the mainland first; nothing for what has no contour.

    Args:
        geography: where contours are.
        shapes: code of an EPCI -> what is said of it.
    """
    made: list[str] = []
    for part in _parts(geography, list(shapes)):
        codes = [code for code in shapes if code in part]
        frame = geography.contours("epci", codes)
        if len(frame):
            made.append(_svg(frame, shapes, SMALL if made else SIZE))
    return made


def _parts(geography: Geography, codes: Sequence[str]) -> list[set[str]]:
    """Codes together where they share a projection: the mainland, then each overseas département."""
    table = geography.table()
    rows = table[table["level"].eq("epci") & table["code"].isin(codes)]
    where = rows["departement"].map(lambda code: code if code.startswith("97") else "")
    found: dict[str, set[str]] = {}
    for code, part in sorted(zip(rows["code"], where, strict=True), key=lambda pair: (pair[1], pair[0])):
        found.setdefault(part, set()).add(code)
    return list(found.values())


def _svg(frame: gpd.GeoDataFrame, shapes: Mapping[str, Shape], size: float) -> str:
    left, bottom, right, top = frame.total_bounds
    scale = size / max(right - left, top - bottom)
    areas = []
    for code, geometry in zip(frame["code"], frame.geometry, strict=True):
        said = shapes[code]
        path = (
            f'<path class="{said.kind}" d="{_outline(geometry, left, top, scale)}">'
            f"<title>{escape(said.words)}</title></path>"
        )
        areas.append(f'<a href="{escape(said.href)}" tabindex="-1">{path}</a>' if said.href else path)
    width, height = (right - left) * scale, (top - bottom) * scale
    box = f"-2 -2 {width + 4:.0f} {height + 4:.0f}"
    return (
        f'<svg class="lot-map" viewBox="{box}" width="{width + 4:.0f}" height="{height + 4:.0f}" '
        f'aria-hidden="true">{"".join(areas)}</svg>'
    )


def _outline(geometry: object, left: float, top: float, scale: float) -> str:
    """An outline in px from the upper left corner, to a tenth, points that fall together left out."""
    import shapely

    said = []
    for part in shapely.get_parts(shapely.simplify(geometry, _DETAIL / scale)):
        for ring in shapely.get_rings(part):
            points = [
                f"{(x - left) * scale:.1f} {(top - y) * scale:.1f}" for x, y in shapely.get_coordinates(ring)
            ]
            kept = [p for rank, p in enumerate(points[:-1]) if not rank or p != points[rank - 1]]
            said.append(f"M{' '.join(kept)}Z")
    return "".join(said)
