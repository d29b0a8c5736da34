"""The map of an indicator: by commune, by secteur, or with the neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ctg_lib.display import figure
from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.prose import shown, upper_first, year_of
from ctg_lib.display.typography import counted
from ctg_lib.errors import BadInput, found_expected
from ctg_lib.geography.names import fold
from ctg_lib.indicators.registry import Definition
from ctg_lib.study.chapters.base import Chapter
from ctg_lib.study.explore.asked import Asked, breakdown_of, items_of, rule_of
from ctg_lib.study.explore.compare import _id, _unit, named
from ctg_lib.study.rows import as_value, fullest_period, known

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

BY = {
    "commune": ("commune", "communes"), "secteur": ("secteur", "secteurs"),
    "voisines": ("intercommunalité", "intercommunalités"),
}  # fmt: skip
"""What a map may be drawn by, and the noun of its legend."""


def draw(
    study: Study, indicator: Asked, breakdown: str = "", by: str = "commune", period: str | None = None
) -> Figure | Absent:
    """A map: shades for a rate, circles for a count; what may not be shown is hatched and said so.

    Raises:
        BadInput: unknown indicator, breakdown or ``by``.
    """
    asked = fold(by).removesuffix("s") if fold(by) != "voisines" else "voisines"
    if asked not in BY:
        raise BadInput(found_expected("etude.map, by", by, ", ".join(BY)))
    if isinstance(indicator, tuple):
        indicator, breakdown = indicator
    rule = rule_of(indicator)
    breakdown = breakdown_of(study, rule, breakdown) if breakdown else items_of(study, rule.id)[0][1]
    id, title = _id(f"carte-{asked}", rule.id, breakdown), named(rule, breakdown, unit=False)
    rows, shapes, context = _by(study, rule, breakdown, asked, period)
    if shapes is None or shapes.empty:
        return Absent(title, f"aucun contour, par {BY[asked][0]}, pour ce territoire", id)
    rows = rows[rows["code"].isin(shapes["code"])]
    if not known(rows).any():
        return Absent(title, f"la valeur n’est connue pour aucune des {counted(len(rows), *BY[asked])}", id)
    return _drawn(study, rule, asked, rows, shapes, context, id, f"{title} : {_span(rule, rows)}")


def _by(study: Study, rule: Definition, breakdown: str, by: str, period: str | None):
    """(rows, shapes, context) of one kind of map; no shapes where there are none."""
    geography = study.geography
    if by == "commune":
        found = Chapter(study).contours()
        shapes, context = (None, None) if found is None else found
        return study.communes(rule.id, breakdown, period), shapes, context
    if by == "secteur":
        shapes = geography.contours("secteur", list(study.secteurs)) if study.secteurs else None
        return study.by_secteur(rule.id, breakdown, period), shapes, None
    near = [geography.territory(str(code), level="epci") for code in study.neighbours["code"]]
    places = [study.place, *(("epci", t.code) for t in near)]
    rows = study.table(rule.id, places)
    rows = rows[rows["breakdown"].eq(breakdown)]
    own = rows[rows["code"].eq(study.place[1]) & known(rows)]
    wanted = period or (fullest_period(rows[rows["period"].isin(own["period"])]) or "")
    rows = rows[rows["period"].eq(wanted)]
    frame = pd.DataFrame({"level": [p[0] for p in places], "code": [p[1] for p in places]})
    rows = frame.merge(rows.drop(columns="name"), on=["level", "code"], how="left")
    names = {t.code: t.short_name for t in [study.territory, *near]}
    rows["name"] = rows["code"].map(names)
    rows["status"], rows["sources"] = rows["status"].fillna("missing"), rows["sources"].fillna("")
    rows["period"] = wanted
    return rows, geography.contours("epci", [study.territory, *near]), None


def _drawn(study: Study, rule: Definition, by: str, rows: pd.DataFrame, shapes, context, id: str, title: str):
    from ctg_lib.display import maps

    period = next((str(p) for p in rows["period"] if p), "")
    subtitle = f"{upper_first(rule.unit)}, par {BY[by][0]}{', ' + year_of(period) if period else ''}"
    source = study.source_line(rows[known(rows)]) + Chapter.contour_note(shapes)
    method = maps.symbols if rule.aggregation == "sum" else maps.choropleth
    with figure.made_up(study.fictif):
        return method(
            shapes, rows[["code", "value", "status"]], id=id, title=title, subtitle=subtitle, source=source,
            unit=_unit(rule), decimals=rule.decimals, context=context, noun=BY[by],
        )  # fmt: skip


def _span(rule: Definition, rows: pd.DataFrame) -> str:
    """« de 18 % (La Cavalerie) à 45 % (Le Clapier) », and how many are not known."""
    numbers = rows[known(rows) & rows["value"].notna()]
    if numbers.empty:
        return "des fourchettes seulement"
    ordered = numbers.sort_values("value", kind="stable")
    low, high = ordered.iloc[0], ordered.iloc[-1]
    first, last = shown(as_value(low, rule)), shown(as_value(high, rule))
    unknown = len(rows) - int(known(rows).sum())
    more = f" ; {unknown} sans valeur" if unknown else ""
    return (
        f"{first} partout{more}"
        if first == last
        else f"de {first} ({low['name']}) à {last} ({high['name']}){more}"
    )
