"""Ordered answers: one bar of 100 % for each line asked about, from the first step of the scale to the last.

The line is named above its bar, which so has the whole width: a questionnaire's lines are sentences. Steps
go from light to dark, told apart in grey as well; answers that are no step (« je ne sais pas ») are grey, on
the right, after a gap.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ctg_lib.display import canvas, marks, theme
from ctg_lib.display.canvas import PAD
from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.output import check_id, hide_unusable, require, status_words
from ctg_lib.display.typography import NBSP, counted, number, typeset
from ctg_lib.values import USABLE, worst_status

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HIDDEN = "non montré (secret)"
"""What the part of a line is called whose answers are hidden."""
STEPS: dict[int, tuple[int, ...]] = {1: (3,), 2: (1, 3), 3: (1, 2, 4), 4: (1, 2, 3, 4), 5: (0, 1, 2, 3, 4)}
"""Shades of :data:`theme.SEQUENTIAL` for a scale of so many steps."""
APART: tuple[str, ...] = ("neutral-soft", "line")
"""Colours of the answers that are no step."""
_TOTAL = 0.5
"""Points by which a line may miss 100 %: what rounding makes."""
_BAR, _UNDER, _GAP, _BETWEEN = 24.0, 4.0, 6.0, 12.0
_FAINT = 1.5
"""Contrast with paper under which a part is outlined."""
_MANY = 4
"""Lines told in shares beyond which the alternative tells extremes alone; the description tells all."""


@dataclass(frozen=True)
class _Line:
    """One bar.

    Attributes:
        name, base: as written.
        parts: (share, text, place of its style) each; none where it is hidden.
        counts: whether texts are respondents and not shares.
        why: it has no parts, in words.
    """

    name: str
    base: str
    parts: tuple[tuple[float, str, int], ...]
    counts: bool = False
    why: str = ""


def likert(
    frame: pd.DataFrame,
    *,
    id: str,
    title: str,
    subtitle: str,
    source: str,
    least: int,
    apart: Collection[str] = (),
    few: int = 0,
    label: str = "Ligne",
    answer_label: str = "Réponse",
    alt: str = "",
    description: str = "",
    notes: tuple[str, ...] = (),
) -> Figure | Absent:
    """Shares of ordered answers, one line per item, values on the bars, number of answers at the right.

    A line of which two answers or more are hidden shows what is left of 100 % as one hatched part. Where a
    single one is, or what is left is of fewer respondents than may be shown, the whole line is hidden, in the
    data too.

    Args:
        frame: ``item, answer, value, base, status`` and optionally ``n``, in the order of the lines and, in
            each, of the answers: ``value`` share in % of the line, ``base`` and ``n`` respondents of the line
            and of the answer.
        least: fewest respondents that may be shown (:func:`ctg_lib.disclosure.policy.survey_threshold`).
        apart: answers that are no step of the scale, two at most.
        few: a line of fewer respondents is told in respondents (column ``n``), without shares.
        label, answer_label: what items and answers are (headers of the data).

    Raises:
        ValueError: columns missing, two rows for one item and answer, lines of different answers, more than
            five steps, an unknown ``apart``, a line that does not add up to 100 %.
    """
    data = _protected(_checked(frame, apart, few), least)
    lines, styles, names = _lines(data, apart, few)
    if all(not line.parts for line in lines):
        return Absent(title, marks.NOTHING, id, source)
    with theme.use_theme():
        drawing = marks.finish(_draw(lines, names, styles))
    shown = [*("item", "answer", "value"), *(["n"] if "n" in data else []), "base", "status"]
    said = _sentence(lines, names)
    shares = sum(bool(line.parts) and not line.counts for line in lines)
    told = _told_few(data, few)
    return Figure(
        id=check_id(id),
        title=title,
        subtitle=subtitle,
        source=source,
        alt=alt or (_extremes(lines, names) if shares > _MANY else said),
        description=description or said,
        data=data[shown].assign(value=data["value"].astype(object).mask(told, "–")),
        labels={
            "item": label, "answer": answer_label, "value": "Part (%)", "n": "Réponses",
            "base": "Réponses de la ligne", "status": "Statut",
        },
        decimals={"value": 0, "n": 0, "base": 0},
        notes=(*notes, *([f"Sous {number(few)} réponses, un nombre et non une part."] if told.any() else [])),
        **drawing,
    )  # fmt: skip


def _checked(frame: pd.DataFrame, apart: Collection[str], few: int) -> pd.DataFrame:
    """The frame with texts as they are read, what cannot be shown without numbers."""
    require(frame, ["item", "answer", "value", "base", "status", *(["n"] if few else [])], "likert")
    data = hide_unusable(frame, [c for c in ("value", "n") if c in frame])
    data["item"] = data["item"].map(lambda text: typeset(str(text)))
    if data.duplicated(["item", "answer"]).any():
        raise ValueError("likert: one row per item and answer expected")
    answers = data["answer"].drop_duplicates().tolist()
    for item, rows in data.groupby("item", sort=False):
        if rows["answer"].tolist() != answers:
            raise ValueError(f"likert: « {item} » has answers {rows['answer'].tolist()}, expected {answers}")
        total = rows["value"].sum()
        if rows["value"].notna().all() and abs(total - 100) > _TOTAL:
            raise ValueError(f"likert: « {item} » adds up to {total:g} %, expected 100 %")
    unknown = [each for each in apart if each not in answers]
    if unknown:
        raise ValueError(f"likert: no answer {unknown}; given {answers}")
    steps = len(answers) - len(set(apart))
    if not 1 <= steps <= max(STEPS) or len(set(apart)) > len(APART):
        raise ValueError(
            f"likert: 1 to {max(STEPS)} steps and at most {len(APART)} answers apart, "
            f"given {steps} and {len(set(apart))}"
        )
    return data


def _protected(data: pd.DataFrame, least: int) -> pd.DataFrame:
    """Without the numbers of a line whose hidden answers would be told by what is left of it."""
    out = data.copy()
    for item, rows in data.groupby("item", sort=False):
        hidden = rows[rows["value"].isna()]
        left = float(rows["base"].max() - rows["n"].sum()) if "n" in rows else float("nan")
        if hidden.empty or (len(hidden) > 1 and not left < least):
            continue
        worst = worst_status(hidden["status"])
        here = out["item"].eq(str(item))
        out.loc[here, [c for c in ("value", "n") if c in out]] = np.nan
        out.loc[here & out["status"].isin(USABLE), "status"] = worst
    return out


def _told_few(data: pd.DataFrame, few: int) -> pd.Series:
    """Rows that are told in respondents."""
    return data["value"].notna() & data["base"].lt(few)


def _lines(
    data: pd.DataFrame, apart: Collection[str], few: int
) -> tuple[list[_Line], list[dict[str, Any]], list[str]]:
    """Bars, styles of their parts, and what each style stands for: steps, what is hidden, answers apart."""
    answers = data["answer"].drop_duplicates().tolist()
    steps = [a for a in answers if a not in apart]
    order = [*steps, HIDDEN, *(a for a in answers if a in apart)]
    shades = [theme.SEQUENTIAL[i] for i in STEPS[len(steps)]]
    faint = [theme.contrast(shade, theme.COLORS["paper"]) < _FAINT for shade in shades]
    styles = [
        _style(shade, edge=theme.COLORS["neutral"] if outlined else "")
        for shade, outlined in zip(shades, faint, strict=True)
    ]
    styles += [_style(theme.COLORS["paper"], hatch="////", edge=theme.COLORS["unknown"])]
    styles += [_style(theme.COLORS[name]) for name in APART]
    lines = [_line(str(item), rows, order, few) for item, rows in data.groupby("item", sort=False)]
    return lines, styles[: len(order)], [typeset(str(a)) for a in order]


def _style(face: str, hatch: str = "", edge: str = "") -> dict[str, Any]:
    edge = edge or theme.COLORS["paper"]
    return {"facecolor": face, "hatch": hatch, "edgecolor": edge, "linewidth": theme.pt(1)}


def _line(item: str, rows: pd.DataFrame, order: list[str], few: int) -> _Line:
    size = rows["base"].max()
    base = f"{number(size)}{NBSP}rép." if pd.notna(size) and size > 0 else ""
    if rows["value"].isna().all():
        return _Line(item, base, (), why=status_words(worst_status(rows["status"])))
    counts = bool(_told_few(rows, few).any())
    given = rows.set_index("answer")["n" if counts else "value"]
    whole = float(size) if counts else 100.0
    parts = []
    for place, answer in enumerate(order):
        value = given.get(answer, np.nan) if answer != HIDDEN else whole - given.sum()
        if pd.isna(value) or (answer == HIDDEN and given.notna().all()):
            continue
        text = number(value, 0, "" if counts else "%")
        parts.append((100 * float(value) / whole, text, place))
    return _Line(item, base, tuple(parts), counts)


# ------------------------------------------------------------------------------------------- the drawing


def _draw(lines: Sequence[_Line], names: list[str], styles: list[dict[str, Any]]) -> Axes:
    drawn = {place for line in lines for _, _, place in line.parts}
    # the whole scale, with the steps that are hidden everywhere
    used = [i for i, name in enumerate(names) if i in drawn or name != typeset(HIDDEN)]
    width = theme.WIDTH - 2 * PAD
    texts = [names[i] for i in used]
    if len(lines) == 1:  # one bar: the key says the values too, narrow parts included
        values = {place: text for _, text, place in lines[0].parts}
        texts = [f"{names[i]}{NBSP}: {values[i]}" if i in values else names[i] for i in used]
    key = 22.0 * len(canvas.key_rows(texts, width)) + PAD + _UNDER
    labels = [theme.wrap(line.name, width - _base_room(line), lines=3) for line in lines]
    tops, high = [], key
    for label in labels:
        tops.append(high)
        high += canvas.LINE * (label.count("\n") + 1) + _UNDER + _BAR + _BETWEEN
    ax = canvas.axes(high, PAD, PAD, 0, 0)
    ax.set_ylim(high, 0)
    gap = _gap(names, lines, width)
    ax.set_xlim(0, 100 + gap)
    for index, (line, label, top) in enumerate(zip(lines, labels, tops, strict=True)):
        _draw_line(ax, index, line, label, top, gap, styles, names)
    canvas.draw_key(ax, texts, [styles[i] for i in used], PAD, high - PAD / 2, width)
    return ax


def _base_room(line: _Line) -> float:
    return theme.text_width(line.base, theme.SMALL) + 2 * PAD if line.base else 0.0


def _gap(names: list[str], lines: Sequence[_Line], width: float) -> float:
    """The space before the answers apart, in the unit of the axis; none where there are none."""
    first = names.index(typeset(HIDDEN)) + 1
    any_apart = any(place >= first for line in lines for _, _, place in line.parts)
    return 100 * _GAP / (width - _GAP) if any_apart else 0.0


def _draw_line(
    ax: Axes,
    index: int,
    line: _Line,
    label: str,
    top: float,
    gap: float,
    styles: list[dict],
    names: list[str],
) -> None:
    rows = label.count("\n") + 1
    ax.text(
        0, top + canvas.LINE * rows / 2, label, ha="left", va="center", linespacing=canvas.LEADING,
        gid=f"name-{index}", color=theme.COLORS["ink"],
    )  # fmt: skip
    if line.base:
        ax.text(
            100 + gap, top + canvas.LINE * (rows - 0.5), line.base, ha="right", va="center",
            gid=f"base-{index}", fontsize=theme.pt(theme.SMALL), color=theme.COLORS["ink-soft"],
        )  # fmt: skip
    middle = top + canvas.LINE * rows + _UNDER + _BAR / 2
    if not line.parts:
        ax.text(
            0, middle, f"non montré ({line.why})", ha="left", va="center", fontstyle="italic",
            color=theme.COLORS["ink-soft"], gid=f"status-{index}",
        )  # fmt: skip
        return
    first_apart = names.index(typeset(HIDDEN)) + 1
    scale = (theme.WIDTH - 2 * PAD) / (100 + gap)
    at = 0.0
    for share, text, place in line.parts:
        start = at + (gap if place >= first_apart else 0.0)
        _draw_part(ax, f"{index}-{place}", start, share, middle, text, styles[place], scale)
        at += share


def _draw_part(
    ax: Axes, gid: str, start: float, share: float, middle: float, text: str, style: dict, scale: float
) -> None:
    bar = ax.barh(middle, share, left=start, height=_BAR, **style)[0]
    bar.set_gid(f"part-{gid}")
    if share * scale < theme.text_width(text, theme.SMALL, True) + 6:
        return
    ax.text(
        start + share / 2, middle, text, ha="center", va="center", color=theme.text_on(style["facecolor"]),
        fontsize=theme.pt(theme.SMALL), fontweight="bold", gid=f"part-label-{gid}",
        bbox={"facecolor": style["facecolor"], "edgecolor": "none", "pad": theme.pt(1)},
    )  # fmt: skip


# --------------------------------------------------------------------------------------------- in words


def _sentence(lines: Sequence[_Line], names: list[str]) -> str:
    said = []
    for line in lines:
        parts = ", ".join(f"{names[place]} {text}" for _, text, place in line.parts)
        base = f" ({line.base.replace('rép.', 'réponses')})" if line.base else ""
        said.append(f"{line.name}{base} : {parts or f'non montré ({line.why})'}")
    return " ; ".join(said) + "."


def _extremes(lines: Sequence[_Line], names: list[str]) -> str:
    """Of each answer, the line where it is least and the one where it is most given, told in shares."""
    said = [counted(len(lines), "ligne")]
    told = [line for line in lines if not line.counts]
    for place, name in enumerate(names):
        given = [(share, text, line.name) for line in told for share, text, at in line.parts if at == place]
        if not given or name == typeset(HIDDEN):
            continue
        least, most = min(given, key=lambda g: g[0]), max(given, key=lambda g: g[0])
        between = f"de {least[1]} ({least[2]}) à " if least[0] < most[0] else ""
        said.append(f"{name} : {between}{most[1]} ({most[2]})")
    return " ; ".join(said) + "."
