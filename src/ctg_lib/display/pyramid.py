"""The age pyramid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ctg_lib.display import canvas, marks, theme
from ctg_lib.display.canvas import PAD
from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.output import check_id, require
from ctg_lib.display.typography import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
        return Absent(title, marks.NOTHING, id, source)
    other = None if reference is None else _pyramid_shares(reference, "pyramid (reference)")
    if other is not None and other.index.tolist() != shares.index.tolist():
        raise ValueError("pyramid: the reference must have the same age bands in the same order")
    with theme.use_theme():
        ax = _draw_pyramid(shares, other, name, reference_name)
        drawing = marks.finish(ax)
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
    """Shares in % of the total, bands in rows, F and M in columns; None when a band is unknown."""
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


def _lookup(shares: pd.DataFrame, data: pd.DataFrame) -> list[float]:
    columns = {sex: dict(zip(shares.index, shares[sex], strict=True)) for sex in shares}
    return [float(columns[sex][age]) for age, sex in zip(data["age_label"], data["sex"], strict=True)]


def _draw_pyramid(shares: pd.DataFrame, other: pd.DataFrame | None, name: str, reference_name: str) -> Axes:
    ages = shares.index.tolist()
    left = max(theme.text_width(a, theme.SMALL) for a in ages) + 2 * PAD
    keys = [name] + ([reference_name] if other is not None else [])
    top, bottom, step = 58.0, 50.0, 19.0
    ax = canvas.axes(top + step * len(ages) + bottom, left, 14, top, bottom)
    high = max(float(np.nanmax(t.to_numpy())) for t in (shares, other) if t is not None) * 1.06
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
    canvas.value_axis(ax, -high, high, "% de la population totale", absolute=True)
    ax.set_ylim(-0.6, len(ages) - 0.4)
    for band, age in enumerate(ages):
        canvas.note(ax, left - PAD, band, age, transform=canvas.px_by_row(ax), ha="right")
    ax.axvline(0, color=theme.COLORS["paper"], linewidth=theme.pt(2))
    for x, text in ((0.25, "Hommes"), (0.75, "Femmes")):
        ax.text(x, 1.0, text, transform=ax.transAxes, ha="center", va="bottom", fontweight="bold")
    styles: list[dict[str, Any]] = [
        {"facecolor": strong, "edgecolor": strong},
        {"facecolor": theme.COLORS["paper"], "edgecolor": theme.COLORS["accent"], "linewidth": theme.pt(2.5)},
    ]
    canvas.draw_key(ax, keys, styles[: len(keys)], PAD, canvas.figure_height(ax) - 4, theme.WIDTH - PAD)
    return ax


def _pyramid_sentence(shares: pd.DataFrame, name: str) -> str:
    table = shares.to_numpy(dtype=float)
    band, column = np.unravel_index(int(np.argmax(table)), table.shape)
    women, men = (percent(float(v)) for v in table.sum(axis=0))
    who = ("femmes", "hommes")[int(column)]
    return (
        f"{name} : {women} de femmes et {men} d’hommes ; la tranche la plus nombreuse est celle des {who} de "
        f"{shares.index[int(band)]} ({percent(float(table[band, column]), 1)} de la population)."
    )


def _pyramid_description(
    shares: pd.DataFrame, other: pd.DataFrame | None, name: str, reference_name: str
) -> str:
    said = []
    for index, age in enumerate(shares.index):
        women, men = (percent(float(v), 1) for v in shares.iloc[index])
        text = f"{age} : femmes {women}, hommes {men}"
        if other is not None:
            women, men = (percent(float(v), 1) for v in other.iloc[index])
            text += f" ({women} et {men})"
        said.append(text)
    versus = f" (entre parenthèses : {reference_name})" if other is not None else ""
    return f"{name}, parts de la population totale{versus}. " + " ; ".join(said) + "."
