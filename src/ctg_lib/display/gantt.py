"""Calendar of a démarche: phases and steps on a line of time, each state told by colour and by pattern.

A row has its name and its date in words above its mark, so that the whole width is left to time and a phone
shows both. A period is a bar, a day is a lozenge; done is full, under way is hatched, planned is light with
a full edge, hypothetical is hollow with a broken edge. What has no date keeps its row, without a mark.
"""

from __future__ import annotations

import math
from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.display import canvas, marks, theme
from ctg_lib.display.canvas import PAD
from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.output import check_id, require
from ctg_lib.display.typography import NBSP, counted, enumerate_fr, typeset

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.patches import Polygon, Rectangle

STATES: dict[str, str] = {
    "fait": "fait", "en_cours": "en cours", "prevu": "prévu", "hypothese": "hypothèse", "": "état non dit",
}  # fmt: skip
"""States of a phase or step, in the order of the legend."""
COUNTED = {
    "fait": ("faite", "faites"), "en_cours": ("en cours", "en cours"), "prevu": ("prévue", "prévues"),
    "hypothese": ("en hypothèse", "en hypothèse"), "": ("sans état", "sans état"),
}  # fmt: skip
"""States of one and of several phases or steps (both feminine in French)."""
MONTHS: tuple[str, ...] = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
    "novembre", "décembre",
)  # fmt: skip
SHORT: tuple[str, ...] = (
    "janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
)  # fmt: skip
UNDATED = "date à fixer"
NOTHING = "aucune date n’est fixée"

_LINE, _ZONE, _GAP, _ABOVE = 20.0, 20.0, 8.0, 6.0  # px: line of text, place of a mark, between rows
_BAR = {"phase": 15.0, "step": 12.0}
_POINT = 8.0  # half-width of a lozenge
_LEFT, _RIGHT = 10.0, 12.0
_HEAD = 64.0  # years, months, today
_TODAY_FAR = 0.25
"""Today stands on the axis when it is no farther from the calendar than this part of its length."""
_LONG, _MOST = 730, 0.8
"""Beyond so many days the axis may be cut, where this part of the rows is over."""


def gantt(
    frame: pd.DataFrame,
    *,
    id: str,
    title: str,
    subtitle: str,
    source: str,
    today: date,
    alt: str = "",
    description: str = "",
    notes: tuple[str, ...] = (),
) -> Figure | Absent:
    """Phases and steps on a line of time, with a line for today.

    Args:
        frame: ``kind`` (phase, step), ``id, name, phase`` (of a step: id of its phase), ``start, end``
            (dates, both included; absent where not fixed), ``state`` (key of :data:`STATES`) and optionally
            ``instance``, and ``when``: the date in words, where it is vaguer than the days. Each phase is
            followed by its steps, in the order of the frame.
        today: the study's date.

    Raises:
        ValueError: unknown kind or state, an end before its start.
    """
    rows = _rows(frame)
    if rows.empty or rows["start"].isna().all():
        return Absent(title, NOTHING, id, source)
    low, high, cut = _extent(rows, today)
    with theme.use_theme():
        ax = _draw(rows, low, high, today)
        drawing = marks.finish(ax)
    if not low <= today.toordinal() <= high:
        where = "avant le début" if today.toordinal() < low else "après la fin"
        notes = (*notes, f"Aujourd’hui ({day_in_words(today)}) est {where} de ce calendrier.")
    if cut:
        until = day_in_words(date.fromordinal(int(high) - 1))
        notes = (
            *notes,
            f"L’axe s’arrête au {until} ; une pointe à droite : ce qui continue ou commence plus tard.",
        )
    return Figure(
        id=check_id(id), title=title, subtitle=subtitle, source=source,
        alt=alt or _sentence(rows, today), description=description or _description(rows, today),
        data=_table(rows),
        labels={"name": "Phase ou étape", "kind": "Nature", "start": "Début", "end": "Fin", "state": "État",
                "instance": "Instance"},
        notes=notes, **drawing,
    )  # fmt: skip


# --- dates in words ------------------------------------------------------------------------------------


def day_in_words(day: date) -> str:
    """« 1er novembre 2026 »."""
    return f"{'1er' if day.day == 1 else day.day}{NBSP}{MONTHS[day.month - 1]} {day.year}"


def dates_in_words(start: date | None, end: date | None, *, open_end: bool = False) -> str:
    """« 27 octobre 2020 », « janvier 2021 », « octobre 2020 – février 2021 », « date à fixer ».

    Args:
        start, end: first and last day, both included; whole months and whole years are named as such.
        open_end: without an end, what begins goes on (« à partir du … ») instead of being one day.
    """
    if start is None and end is None:
        return UNDATED
    if start is None or end is None:
        day = start or end
        assert day is not None
        if start is not None and not open_end:
            return day_in_words(day)
        return f"{'à partir du' if start else 'jusqu’au'} {day_in_words(day)}"
    if start == end:
        return day_in_words(start)
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        return str(start.year) if start.year == end.year else f"{start.year}–{end.year}"
    if start.day == 1 and end.day == monthrange(end.year, end.month)[1]:
        last = f"{MONTHS[end.month - 1]} {end.year}"
        if (start.year, start.month) == (end.year, end.month):
            return last
        year = "" if start.year == end.year else f" {start.year}"
        return f"{MONTHS[start.month - 1]}{year} – {last}"
    first = day_in_words(start)
    if start.year == end.year:
        first = first.removesuffix(f" {start.year}")
        if start.month == end.month:
            first = first.removesuffix(f"{NBSP}{MONTHS[start.month - 1]}")
    return f"{first} – {day_in_words(end)}"


# --- rows ----------------------------------------------------------------------------------------------


def _rows(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame in the order of the drawing, dates as ``date`` or None, one date standing for both."""
    require(frame, ["kind", "name", "start", "end", "state"], "gantt")
    rows = frame.reset_index(drop=True).copy()
    for column in ("id", "phase", "instance"):
        rows[column] = rows[column].fillna("").astype(str) if column in rows else ""
    rows["state"] = rows["state"].fillna("").astype(str)
    unknown = set(rows["kind"]) - {"phase", "step"} | (set(rows["state"]) - STATES.keys())
    if unknown:
        raise ValueError(f"gantt: unknown kind or state {sorted(unknown)}")
    rows["name"] = rows["name"].map(lambda n: typeset(str(n)))
    starts, ends = [_day(v) for v in rows["start"]], [_day(v) for v in rows["end"]]
    both = list(zip(rows["name"], rows["kind"], starts, ends, strict=True))
    rows["words"] = [typeset(dates_in_words(a, b, open_end=kind == "phase")) for _, kind, a, b in both]
    if "when" in rows:  # as precise as it was written: « vers mars 2027 »
        told = rows["when"].fillna("").astype(str).map(typeset)
        rows["words"] = told.where(told.ne(""), rows["words"])
    rows["start"] = pd.Series(
        [b if a is None else a for a, b in zip(starts, ends, strict=True)], dtype="object"
    )
    rows["end"] = pd.Series(
        [a if b is None else b for a, b in zip(starts, ends, strict=True)], dtype="object"
    )
    backwards = [name for name, _, a, b in both if a is not None and b is not None and b < a]
    if backwards:
        raise ValueError(f"gantt: an end before its start: {backwards}")
    return rows.iloc[_order(rows)].reset_index(drop=True)


def _order(rows: pd.DataFrame) -> list[int]:
    """Positions: steps of no phase that begin before the first one, each phase then its steps, the rest."""
    phases = [i for i in rows.index if rows["kind"][i] == "phase"]
    known = {rows["id"][i] for i in phases}
    steps = [i for i in rows.index if rows["kind"][i] == "step"]
    begins = min((rows["start"][i] for i in phases if rows["start"][i] is not None), default=None)
    alone = [s for s in steps if rows["phase"][s] not in known]
    early = [s for s in alone if begins and rows["start"][s] is not None and rows["start"][s] < begins]
    out = list(early)
    for i in phases:
        out += [i, *(s for s in steps if rows["phase"][s] == rows["id"][i] and s not in out)]
    return out + [s for s in alone if s not in early]


def _day(value: Any) -> date | None:
    if value is None or value is pd.NaT or pd.isna(value):
        return None
    stamp = pd.Timestamp(value)
    return date(stamp.year, stamp.month, stamp.day)


def _extent(rows: pd.DataFrame, today: date) -> tuple[float, float, bool]:
    """First and last day of the axis (ordinals), whether it is cut: whole months, with today if not far.

    A few rows much later than the others (the years of the convention after its preparation) would crush
    them: the axis then stops where most rows are over.
    """
    dated = rows[rows["start"].notna()]
    ends = sorted(dated["end"])
    first, last = min(dated["start"]), ends[-1]
    most = max(ends[math.ceil(_MOST * len(ends)) - 1], today)
    cut = (last - first).days > _LONG and (most - first).days <= (last - first).days / 2
    last = most if cut else last
    far = max(_TODAY_FAR * (last - first).days, 31)
    if 0 <= (first - today).days <= far:
        first = today
    if 0 <= (today - last).days <= far:
        last = today
    return float(first.replace(day=1).toordinal()), float(_next_month(last).toordinal()), cut


def _next_month(day: date, step: int = 1) -> date:
    months = day.year * 12 + day.month - 1 + step
    return date(months // 12, months % 12 + 1, 1)


# --- drawing -------------------------------------------------------------------------------------------


def _style(state: str) -> dict[str, Any]:
    """How a state is drawn: four styles that black and white keeps apart."""
    strong, soft, paper = (theme.COLORS[c] for c in ("territory", "territory-soft", "paper"))
    styles: dict[str, dict[str, Any]] = {
        "fait": {"facecolor": strong, "edgecolor": strong},
        "en_cours": {"facecolor": paper, "edgecolor": strong, "hatch": "/////"},
        "prevu": {"facecolor": soft, "edgecolor": strong},
        "hypothese": {"facecolor": paper, "edgecolor": strong, "linestyle": (0, (3, 2))},
        "": {"facecolor": paper, "edgecolor": theme.COLORS["neutral"], "hatch": "..."},
    }
    return {"linewidth": theme.pt(1.5)} | styles[state]


def _draw(rows: pd.DataFrame, low: float, high: float, today: date) -> Axes:
    states = [s for s in STATES if s in set(rows["state"])]
    keys = [STATES[s] for s in states]
    names = [_wrapped(row) for row in rows.to_dict("records")]
    heights = [_height(row, name) for row, name in zip(rows.to_dict("records"), names, strict=True)]
    body = sum(heights)
    key_height = 22.0 * len(canvas.key_rows(keys, theme.WIDTH - 2 * PAD)) + PAD
    top, bottom = key_height + _HEAD, 30.0
    ax = canvas.axes(top + body + bottom, _LEFT, _RIGHT, top, bottom)
    ax.set_xlim(low, high)
    ax.set_ylim(body, 0)
    _months(ax, low, high, body, bottom)
    y = 0.0
    for index, row in enumerate(rows.to_dict("records")):
        _row(ax, index, row, names[index], y, heights[index], (high - low) / _room())
        y += heights[index]
    if low <= today.toordinal() <= high:
        _today(ax, today, bottom + body)
    canvas.draw_key(
        ax, keys, [_style(s) for s in states], PAD, bottom + body + top - PAD / 2, theme.WIDTH - 2 * PAD
    )
    return ax


def _room() -> float:
    return theme.WIDTH - _LEFT - _RIGHT


def _wrapped(row: dict[Any, Any]) -> str:
    bold = row["kind"] == "phase"
    width = _room() - theme.text_width(_when(row), theme.SMALL) - 14
    return theme.wrap(row["name"], width, bold=bold, lines=4)


def _when(row: dict[Any, Any]) -> str:
    """The date in words; the state too where no mark says it."""
    return row["words"] if row["start"] is not None else f"{UNDATED} ({STATES[row['state']]})"


def _height(row: dict[Any, Any], name: str) -> float:
    zone = _ZONE if row["start"] is not None else 2.0
    return _ABOVE + _LINE * (name.count("\n") + 1) + zone + _GAP


def _row(
    ax: Axes, index: int, row: dict[Any, Any], name: str, y: float, height: float, per_px: float
) -> None:
    """Name and date above, mark below."""
    bold = row["kind"] == "phase"
    if index:
        color = theme.COLORS["ink-soft" if bold else "neutral-soft"]
        ax.hlines(y, 0, 1, transform=ax.get_yaxis_transform(), color=color, linewidth=theme.pt(1), zorder=0.6)
    paper = {"facecolor": theme.COLORS["paper"], "edgecolor": "none", "pad": theme.pt(1)}
    options: dict[str, Any] = {
        "va": "top", "clip_on": False, "transform": canvas.px_by_row(ax), "zorder": 5, "bbox": paper,
    }  # fmt: skip
    ax.text(
        _LEFT, y + _ABOVE, name, ha="left", gid=f"name-{index}", linespacing=0.94,
        fontweight="bold" if bold else "normal", **options,
    )  # fmt: skip
    ax.text(
        theme.WIDTH - _RIGHT, y + _ABOVE, _when(row), ha="right", gid=f"when-{index}",
        fontsize=theme.pt(theme.SMALL), color=theme.COLORS["ink-soft"],
        fontstyle="normal" if row["start"] is not None else "italic", **options,
    )  # fmt: skip
    if row["start"] is None:
        return
    centre = y + height - _GAP - _ZONE / 2 + 2
    mark = _mark(index, row, centre, per_px, ax.get_xlim()[1])
    mark.set(zorder=2, clip_on=False, **_style(row["state"]))
    ax.add_artist(mark)


def _mark(index: int, row: dict[Any, Any], centre: float, per_px: float, high: float) -> Polygon | Rectangle:
    """A bar; a lozenge for a day or a period too short to be a bar; a point to the right beyond the axis."""
    from matplotlib.patches import Polygon, Rectangle

    first, last = row["start"].toordinal(), row["end"].toordinal() + 1
    thick, wide = _BAR[row["kind"]] / 2, _POINT * per_px
    if first >= high:
        tip = [(high - 1.5 * wide, centre - _POINT), (high, centre), (high - 1.5 * wide, centre + _POINT)]
        return Polygon(tip, closed=True, gid=f"after-{index}")
    if last > high:
        tip = [
            (first, centre - thick), (high - wide, centre - thick), (high, centre),
            (high - wide, centre + thick), (first, centre + thick),
        ]  # fmt: skip
        return Polygon(tip, closed=True, gid=f"until-{index}")
    if (last - first) / per_px < 2 * _POINT:
        middle = (first + last) / 2
        corners = [
            (middle - wide, centre), (middle, centre - _POINT), (middle + wide, centre),
            (middle, centre + _POINT),
        ]  # fmt: skip
        return Polygon(corners, closed=True, gid=f"point-{index}")
    return Rectangle((first, centre - thick), last - first, 2 * thick, gid=f"bar-{index}")


def _months(ax: Axes, low: float, high: float, body: float, bottom: float) -> None:
    """Grid of months, quarters, half-years or years: as fine as the words have room."""
    days, step = _ticks(low, high)
    at = [float(d.toordinal()) for d in days]
    grid = ax.vlines(
        at, -18, body, clip_on=False, color=theme.COLORS["neutral-soft"], linewidth=theme.pt(1), zorder=0.5
    )
    grid.set_gid("grid")
    per_px = (high - low) / _room()
    ends = [bottom + body + 30] + ([bottom - 16] if body > 320 else [])
    for y in ends:
        for day, x in zip(days, at, strict=True):
            text = str(day.year) if step >= 12 else SHORT[day.month - 1]
            if (high - x) / per_px < theme.text_width(text, theme.SMALL):
                continue
            options: dict[str, Any] = {"transform": canvas.by_column_px(ax), "ha": "left"}
            canvas.note(ax, x + 2 * per_px, y, text, gid="tick", **options)
            first_of_year = day is days[0] or day.month <= step
            close = day is days[0] and len(days) > 1 and _year_next(days, per_px)
            if step < 12 and y > bottom and first_of_year and not close:
                canvas.note(
                    ax, x + 2 * per_px, y + 18, str(day.year), gid="year", color=theme.COLORS["ink"],
                    fontweight="bold", **options,
                )  # fmt: skip


def _year_next(days: list[date], per_px: float) -> bool:
    """Whether the next year begins so soon that the first one has no room for its number."""
    later = next((d for d in days if d.year > days[0].year), None)
    if later is None:
        return False
    return (later - days[0]).days / per_px < theme.text_width("2026", theme.SMALL, True) + 8


def _ticks(low: float, high: float) -> tuple[list[date], int]:
    """Days of the grid (firsts of a month) and their step in months."""
    first, last = date.fromordinal(int(low)), date.fromordinal(int(high))
    per_px = (high - low) / _room()
    widest = max(theme.text_width(t, theme.SMALL) for t in SHORT) + 8
    for step in (1, 2, 3, 6, 12, 24, 60, 120):
        if step * 30.4 / per_px >= widest:
            break
    day = first if step == 1 else _first_multiple(first, step)
    days = []
    while day < last:
        days.append(day)
        day = _next_month(day, step)
    return days or [first], step


def _first_multiple(day: date, step: int) -> date:
    months = day.year * 12 + day.month - 1
    months += -months % step
    return date(months // 12, months % 12 + 1, 1)


def _today(ax: Axes, today: date, top: float) -> None:
    x, accent = today.toordinal() + 0.5, theme.COLORS["accent"]
    body = ax.get_ylim()[0]
    ax.plot([x, x], [0, body], color=accent, linewidth=theme.pt(2), gid="today", zorder=3)
    text = f"aujourd’hui, {day_in_words(today)}"
    low, high = ax.get_xlim()
    half = theme.text_width(text, theme.SMALL, True) / 2
    at = _LEFT + (x - low) / (high - low) * _room()
    at = min(max(at, _LEFT + half), theme.WIDTH - _RIGHT - half)
    paper = {"facecolor": theme.COLORS["paper"], "edgecolor": "none", "pad": theme.pt(1)}
    canvas.note(
        ax, at, top + 9, text, ha="center", color=accent, fontweight="bold", gid="today-label", bbox=paper
    )


# --- words ---------------------------------------------------------------------------------------------


def _table(rows: pd.DataFrame) -> pd.DataFrame:
    """What is drawn, as a reader's table: dates in words."""
    words = {"phase": "phase", "step": "étape"}
    out = pd.DataFrame(
        {
            "name": rows["name"], "kind": rows["kind"].map(words),
            "start": [day_in_words(d) if d is not None else UNDATED for d in rows["start"]],
            "end": [day_in_words(d) if d is not None else UNDATED for d in rows["end"]],
            "state": rows["state"].map(STATES), "instance": rows["instance"].replace("", "–"),
        }
    )  # fmt: skip
    return out if rows["instance"].ne("").any() else out.drop(columns="instance")


def _sentence(rows: pd.DataFrame, today: date) -> str:
    """How many phases and steps, from when to when, how many in each state, and today."""
    dated = rows[rows["start"].notna()]
    steps = rows[rows["kind"].eq("step")]
    said = [
        counted(n, *noun)
        for n, noun in ((len(rows) - len(steps), ("phase", "phases")), (len(steps), ("étape", "étapes")))
        if n
    ]
    text = (
        f"{enumerate_fr(said)}, du {day_in_words(min(dated['start']))} au {day_in_words(max(dated['end']))}"
    )
    states = [counted(n, *COUNTED[s]) for s in STATES if (n := int(rows["state"].eq(s).sum()))]
    text += f" : {enumerate_fr(states)}"
    missing = int(rows["start"].isna().sum())
    text += f" ; {missing} sans date" if missing else ""
    return f"{text} ; aujourd’hui, {day_in_words(today)}."


def _called(row: dict[Any, Any]) -> str:
    named = row["kind"] == "step" or row["name"].casefold().startswith("phase")
    return row["name"] if named else f"Phase « {row['name']} »"


def _description(rows: pd.DataFrame, today: date) -> str:
    """Every row in words."""
    said = [f"{_called(r)} : {r['words']} ({STATES[r['state']]})" for r in rows.to_dict("records")]
    return " ; ".join(said) + f". Aujourd’hui : {day_in_words(today)}."
