"""The areas of a map laid over its image, so that a page can say what each of them is.

The image stays an image, with its text alternative and its data; the layer adds nothing to see. Each area
says its name and the value that the figure's table shows (``Figure.regions``), as a title that any browser
shows under the pointer; the page's script makes better of it (keyboard, touch).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from xml.etree import ElementTree

_SVG = "{http://www.w3.org/2000/svg}"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_STEP = re.compile(r"([Zz])|([ML]?)\s*(-?[\d.]+)[\s,]+(-?[\d.]+)")


def map_layer(svg: str, regions: Sequence[Sequence[str]]) -> str:
    """The layer as an inline SVG; empty where the drawing has none of these areas.

    Args:
        svg: the drawing; the group whose id is an area's holds the area's outline as its first path.
        regions: (id of the area in the drawing, what it says), in the order of the figure's table.
    """
    if not regions:
        return ""
    root = ElementTree.fromstring(svg)
    shapes = {group.get("id"): group.find(f".//{_SVG}path") for group in root.iter(f"{_SVG}g")}
    areas = []
    for gid, words in regions:
        shape = shapes.get(gid)
        if shape is not None and shape.get("d"):
            areas.append(f'<path d="{_short(str(shape.get("d")))}"><title>{escape(words)}</title></path>')
    box = root.get("viewBox")
    if not areas or not box:
        return ""
    return f'<svg class="ctg-map-layer" viewBox="{escape(box)}" aria-hidden="true">{"".join(areas)}</svg>'


def _short(outline: str) -> str:
    """An outline to a tenth of a point; a point that falls on the one before is left out."""
    if set(re.findall("[A-Za-z]", outline)) - set("MLZz"):
        return _NUMBER.sub(lambda m: f"{float(m.group()):.1f}", outline)
    said: list[str] = []
    last = ""
    for end, letter, x, y in _STEP.findall(outline):
        if end:
            said.append("Z")
            continue
        point = f"{_tenth(x)} {_tenth(y)}"
        if letter == "M" or point != last:
            said.append("M" * (letter == "M") + point)
        last = point
    return re.sub(r" ?([MZ]) ?", r"\1", " ".join(said))


def _tenth(number: str) -> str:
    return f"{float(number):.1f}".removesuffix(".0")
