"""Organisation chart: a box for each instance, under the one it reports to, joined by lines.

Boxes stand one below another, each further to the right than the one it reports to, so that a phone and a
sheet of paper show the same words at a size that can be read, however many instances there are. Who decides
has a tinted box with a thick edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.display import canvas, marks, theme
from ctg_lib.display.canvas import PAD
from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.output import check_id, require
from ctg_lib.display.typography import typeset

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NOTHING = "aucune instance n’est décrite"
_INDENT, _GAP, _INSIDE = 26.0, 12.0, 9.0  # px: of a level, between boxes, between a box and its words
_LINE, _SMALL_LINE = 20.0, 18.5
_MOST_INDENT = 6
"""Levels beyond which boxes are no longer pushed to the right."""
_MOST_LINES = 4


@dataclass(frozen=True)
class _Box:
    """One box, in px from the top: its words are broken to its width."""

    id: str
    above: str
    left: float
    top: float
    name: str
    details: tuple[str, ...]
    strong: bool

    @property
    def height(self) -> float:
        small = sum(d.count("\n") + 1 for d in self.details)
        return 2 * _INSIDE + _LINE * (self.name.count("\n") + 1) + _SMALL_LINE * small

    @property
    def right(self) -> float:
        return theme.WIDTH - PAD


def orgchart(
    frame: pd.DataFrame,
    *,
    id: str,
    title: str,
    subtitle: str,
    source: str,
    alt: str = "",
    description: str = "",
    notes: tuple[str, ...] = (),
) -> Figure | Absent:
    """Who reports to whom.

    Args:
        frame: ``id, name, above`` (id of a row before it, else empty), ``details`` (short texts under the
            name) and ``strong`` (whether it decides). Each row is followed by those that report to it.

    Raises:
        ValueError: a row reports to one that is not before it.
    """
    require(frame, ["id", "name", "above", "details", "strong"], "orgchart")
    if frame.empty:
        return Absent(title, NOTHING, id, source)
    boxes = _boxes(frame)
    with theme.use_theme():
        drawing = marks.finish(_draw(boxes))
    return Figure(
        id=check_id(id), title=title, subtitle=subtitle, source=source, alt=alt or _sentence(frame),
        description=description or _description(frame), data=_table(frame),
        labels={"name": "Instance", "above": "Rend compte à", "details": "Ce qu’elle est"},
        notes=notes, **drawing,
    )  # fmt: skip


def _boxes(frame: pd.DataFrame) -> list[_Box]:
    depth: dict[str, int] = {}
    out: list[_Box] = []
    top = PAD
    for row in frame.to_dict("records"):
        if row["above"] and row["above"] not in depth:
            raise ValueError(f"{row['id']} reports to {row['above']}, which is not before it")
        here = depth[row["id"]] = depth[row["above"]] + 1 if row["above"] else 0
        left = PAD + _INDENT * min(here, _MOST_INDENT)
        room = theme.WIDTH - PAD - left - 2 * _INSIDE
        name = theme.wrap(typeset(row["name"]), room, bold=True, lines=_MOST_LINES)
        details = tuple(
            theme.wrap(typeset(d), room, theme.SMALL, lines=_MOST_LINES) for d in row["details"] if d
        )
        box = _Box(row["id"], row["above"], left, top, name, details, bool(row["strong"]))
        out.append(box)
        top += box.height + _GAP
    return out


def _draw(boxes: list[_Box]) -> Axes:
    height = boxes[-1].top + boxes[-1].height + PAD
    ax = canvas.axes(height, 0, 0, 0, 0)
    ax.set_xlim(0, theme.WIDTH)
    ax.set_ylim(height, 0)  # px from the top, as boxes are measured
    known = {box.id: box for box in boxes}
    for box in boxes:
        if box.above:
            _join(ax, known[box.above], box)
    for box in boxes:
        _box(ax, box)
    return ax


def _join(ax: Axes, above: _Box, box: _Box) -> None:
    """Down from the box above, then right to this one."""
    x, middle = min(above.left + _INDENT / 2, box.left - 6), box.top + box.height / 2
    (line,) = ax.plot(
        [x, x, box.left], [above.top + above.height, middle, middle],
        color=theme.COLORS["neutral"], linewidth=theme.pt(1.5), solid_joinstyle="miter", zorder=1,
    )  # fmt: skip
    line.set_gid(f"join-{above.id}-{box.id}")


def _box(ax: Axes, box: _Box) -> None:
    from matplotlib.patches import Rectangle

    look: dict[str, Any] = {
        "facecolor": theme.COLORS["territory-soft" if box.strong else "paper"],
        "edgecolor": theme.COLORS["territory" if box.strong else "neutral"],
        "linewidth": theme.pt(2 if box.strong else 1),
    }
    patch = Rectangle((box.left, box.top), box.right - box.left, box.height, zorder=2, **look)
    ax.add_patch(patch).set_gid(f"box-{box.id}")
    y = box.top + _INSIDE
    for line in box.name.split("\n"):
        ax.text(
            box.left + _INSIDE, y + _LINE / 2, line, va="center", fontweight="bold", gid=f"name-{box.id}",
            zorder=3,
        )  # fmt: skip
        y += _LINE
    for detail in box.details:
        for line in detail.split("\n"):
            ax.text(
                box.left + _INSIDE, y + _SMALL_LINE / 2, line, va="center", fontsize=theme.pt(theme.SMALL),
                color=theme.COLORS["ink-soft" if not box.strong else "ink"], gid=f"detail-{box.id}", zorder=3,
            )  # fmt: skip
            y += _SMALL_LINE


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    names = dict(zip(frame["id"], frame["name"], strict=True))
    return pd.DataFrame(
        {
            "name": frame["name"].tolist(),
            "above": [names.get(up, "") for up in frame["above"]],
            "details": [" ; ".join(d for d in details if d) for details in frame["details"]],
        }
    )


def _sentence(frame: pd.DataFrame) -> str:
    said = []
    for row in _table(frame).to_dict("records"):
        said.append(f"{row['name']} rend compte à : {row['above']}" if row["above"] else str(row["name"]))
    return f"{' ; '.join(said)}."


def _description(frame: pd.DataFrame) -> str:
    rows = _table(frame).to_dict("records")
    return " ".join(
        f"{row['name']}{' (rend compte à : ' + row['above'] + ')' if row['above'] else ''} : "
        f"{row['details'] or 'rien n’en est dit'}."
        for row in rows
    )
