"""Two groups of ages set side by side, in the territory, without its barracks, by secteur, in its references."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.prose import upper_first
from ctg_lib.display.typography import enumerate_fr, number, signed
from ctg_lib.indicators.labels import ages
from ctg_lib.statistics.comparison import Measured, Reading, compare, counts_differ
from ctg_lib.statistics.intervals import wilson
from ctg_lib.study.chapters.base import usable
from ctg_lib.study.core import Study

WORTH_NAMING = 10.0
"""Difference, for 100 of the older group, that is worth a word."""
FEWEST = 50
"""A ratio to fewer people than this is not drawn: one family would move it."""
BARRACKS = {
    "army": "une caserne, d’ordinaire",
    "prison": "un établissement d’hommes",
    "men": "un établissement d’hommes",
}
"""What the ages of a commune show."""


def differ(first: float, second: float) -> bool:
    """Whether two counts of people differ by more than chance explains, and by enough for a word."""
    sure, _ = counts_differ(round(first), round(second))
    return sure and second > 0 and abs(100 * first / second - 100) >= WORTH_NAMING


@dataclass(frozen=True)
class TwoAges:
    """How many people of two groups of ages live in a place.

    Attributes:
        name: the place, as a chart writes it. first, second: counts (« 0–4 » against « 5–9 »).
        used: rows that they come from. highlight: whether it is the territory.
    """

    name: str
    first: float
    second: float
    period: str
    used: pd.DataFrame
    highlight: bool = False

    @property
    def ratio(self) -> float:
        """First group for 100 of the second."""
        return 100 * self.first / self.second

    @property
    def gap(self) -> str:
        """« −23 % »: by how much the first group differs from the second."""
        return signed(self.ratio - 100, 0, "%")

    def measured(self) -> Measured:
        """The ratio with what chance alone would allow around it."""
        low, high = (float(np.asarray(b)) for b in wilson(self.first, self.first + self.second))
        return Measured(self.ratio, 100 * low / (1 - low), 100 * high / (1 - high))

    def against(self, other: TwoAges) -> Reading:
        """How its ratio stands to another place's."""
        return compare(self.measured(), Measured(other.ratio), WORTH_NAMING)


Bands = tuple[tuple[int, int], tuple[int, int]]
CHILDREN: Bands = ((0, 4), (5, 9))


def people_of_age(
    study: Study, place: tuple[str, str], low: int, high: int, sex: str | None = None
) -> pd.DataFrame:
    """Rows of the five-year bands of a place between two ages, both sexes or one; empty unless all are known."""
    rows = usable(study.table("population_par_age", [place]))
    rows = rows[rows["breakdown"].map(ages(low, high, sex))] if len(rows) else rows
    rows = rows[rows["period"].eq(rows["period"].max())]
    wanted = (high - low + 1) // 5 * (2 if sex is None else 1)
    return rows if len(rows) == wanted else rows.iloc[0:0]


def two_ages(
    study: Study, place: tuple[str, str], name: str, bands: Bands, highlight: bool = False
) -> TwoAges | None:
    """Two groups of ages of a place; None where one is not known, or where nobody is of the second."""
    first, second = (people_of_age(study, place, *band) for band in bands)
    if first.empty or second.empty or not second["value"].sum() > 0:
        return None
    if first["period"].iloc[0] != second["period"].iloc[0]:
        return None
    used = pd.concat([first, second], ignore_index=True)
    sums = float(first["value"].sum()), float(second["value"].sum())
    return TwoAges(name, *sums, str(first["period"].iloc[0]), used, highlight)


def barracks(study: Study) -> dict[str, str]:
    """Communes whose ages show an establishment of men -> its kind."""
    found = study.establishments
    found = found[found["kind"].isin(list(BARRACKS))]
    return {str(code): str(kind) for code, kind in zip(found["code"], found["kind"], strict=True)}


def barracks_names(study: Study) -> str:
    """« La Cavalerie », « A et B »; empty without any."""
    return enumerate_fr([study.communes_by_code[code] for code in barracks(study)])


def outside_barracks(study: Study, low: int, high: int) -> float | None:
    """How many of these ages live outside the communes with barracks; None without any, or where not known."""
    every = people_of_age(study, study.place, low, high)
    parts = [people_of_age(study, ("commune", code), low, high) for code in barracks(study)]
    if every.empty or not parts or any(part.empty for part in parts):
        return None
    return float(every["value"].sum() - sum(part["value"].sum() for part in parts))


def compared_ages(study: Study, bands: Bands) -> list[TwoAges]:
    """The territory, the same without its barracks, its secteurs, its references: those that are known."""
    here = two_ages(study, study.place, study.territory.short_name, bands, True)
    if here is None:
        return []
    first, second = (outside_barracks(study, *band) for band in bands)
    out = [here]
    if first is not None and second is not None and second > 0:
        out.append(TwoAges(f"… sans {barracks_names(study)}", first, second, here.period, here.used, True))
    places = [(("secteur", s.code), f"Secteur {s.name}") for s in study.secteurs]
    places += [((t.level, t.code), t.name) for t in study.references]
    others = [two_ages(study, place, name, bands) for place, name in places]
    return out + [o for o in others if o is not None and o.period == here.period]


def rest_of(rows: Sequence[TwoAges]) -> TwoAges | None:
    """The territory without its barracks, where it has any and enough people are left."""
    return next((r for r in rows[1:] if r.highlight and r.second >= FEWEST), None)


def ages_chart(
    study: Study, rows: Sequence[TwoAges], *, id: str, title: str, words: tuple[str, str]
) -> Figure | Absent:
    """How many of the first group for 100 of the second, by place.

    Args:
        words: the two groups in the subtitle: « enfants de 0 à 4 ans », « enfants de 5 à 9 ans ».
    """
    from ctg_lib.display.charts import comparison_dots

    few = [f"{r.name} ({number(r.first)} pour {number(r.second)})" for r in rows if r.second < FEWEST]
    kept = [r for r in rows if r.second >= FEWEST]
    frame = pd.DataFrame(
        {
            "name": [f"{r.name} ({number(r.first)}/{number(r.second)})" for r in kept],
            "value": [r.ratio for r in kept], "highlight": [r.highlight for r in kept],
        }
    )  # fmt: skip
    notes = (
        [f"Non montré, sur une base de moins de {number(FEWEST)} personnes : {enumerate_fr(few)}."]
        if few
        else []
    )
    return comparison_dots(
        frame, id=id, title=title, zero=True, notes=tuple(notes),
        subtitle=f"{upper_first(words[0])} pour 100 {words[1]}, {kept[0].period} (effectifs entre parenthèses)",
        source=study.source_line(*(r.used for r in kept), treatment="rapport de deux effectifs"),
    )  # fmt: skip
