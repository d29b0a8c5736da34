"""Indicators × territories read against one reference: the rows of a heat table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from ctg_lib.display.figure import Absent
from ctg_lib.display.heat import HeatCell, heat_table
from ctg_lib.display.prose import shown, upper_first, year_of
from ctg_lib.display.table import Table
from ctg_lib.indicators.registry import Definition
from ctg_lib.study.chapters.base import PERIMETERS, detailed
from ctg_lib.study.core import Compared, Study, as_value
from ctg_lib.study.extras import COUNTED_UNITS
from ctg_lib.study.rows import reading, usable
from ctg_lib.study.signals import OWN_CASES

MOST_PLACES = 6
"""Columns of places that a page still holds; beyond, the first are kept."""
NONE = "–"


@dataclass(frozen=True)
class Place:
    """A column: (level, code), its header, and the communes in it where they matter."""

    level: str
    code: str
    name: str
    members: tuple[str, ...] = ()


@dataclass
class Readings:
    """Rows of a heat table, and what they rest on.

    Attributes:
        study: whose. places: columns beside the territory's own.
        known: part of the places (0–1) in which an indicator must be known to have a row.
        rows: one dict per indicator; used: what the source line names.
        named, turned: how many of the territory's rates differ from their reference, and how many one
            commune turns.
        few: whether a rate on few cases was left without a mark.
    """

    study: Study
    places: Sequence[Place]
    known: float = 0.0
    rows: list[dict[str, object]] = field(default_factory=list)
    used: list[pd.DataFrame | pd.Series] = field(default_factory=list)
    few: bool = False
    named: int = 0
    turned: int = 0

    def add(self, indicator: str, breakdown: str = "") -> bool:
        """Add an indicator; False where it may not be read: a count, or no reference of the same period."""
        compared = self.study.compare(indicator, breakdown)
        rule = compared.definition
        if rule.aggregation == "sum" or rule.unit in COUNTED_UNITS or compared.main is None:
            return False
        own = self.study.row(indicator, breakdown, period=compared.value.period)
        if own is None or not compared.value.is_number:
            return False
        found = self._of_places(indicator, breakdown, compared.value.period)
        if self.places and len(found) < self.known * len(self.places):
            return False
        commune = self._turning(indicator, breakdown)
        cell = self._cell(own, compared, turned=bool(commune))
        self.turned += bool(commune)
        self.named += bool(cell.mark) and not commune
        row: dict[str, object] = {
            "name": _name(rule, breakdown), "better": rule.better,
            "here": cell, "period": year_of(compared.value.period), "reference": shown(as_value(compared.main, rule)),
            "reference_name": self._reference_name(compared),
        }  # fmt: skip
        for number, place in enumerate(self.places):
            other = found.get((place.level, place.code))
            turned = bool(commune) and commune in place.members
            row[f"p{number}"] = NONE if other is None else self._cell(other, compared, turned=turned)
        self.used += [own, compared.main, *found.values()]
        self.rows.append(row)
        return True

    def _of_places(self, indicator: str, breakdown: str, period: str) -> Mapping[tuple[str, str], pd.Series]:
        """Rows of the places where a value, or why it is hidden, is known; those merely missing left out."""
        if not self.places:
            return {}
        rows = self.study.table(indicator, [(p.level, p.code) for p in self.places])
        rows = rows[
            rows["breakdown"].eq(breakdown) & rows["period"].eq(period) & rows["status"].ne("missing")
        ]
        return {(str(row["level"]), str(row["code"])): row for _, row in rows.iterrows()}

    def _turning(self, indicator: str, breakdown: str) -> str:
        """The commune that turns the territory's reading; empty without one."""
        rule = self.study.compare(indicator, breakdown).definition
        double = self.study.distortion(indicator, breakdown) if rule.leave_one_out else None
        return double.place if double is not None and double.changes_reading else ""

    def _cell(self, row: pd.Series, compared: Compared, *, turned: bool = False) -> HeatCell:
        """A value read against the row's reference; a rate on few cases gets no mark."""
        rule, value = compared.definition, as_value(row, compared.definition)
        text = shown(value)
        if not value.is_number or not usable(row):
            return HeatCell(text, known=value.is_number or value.is_range)
        if rule.multiplier and row["numerator"] < OWN_CASES:
            self.few = True
            return HeatCell(text)
        found = reading(value, compared.main, rule)
        return HeatCell(text, found.side, found.far, rule.better, turned)

    @staticmethod
    def _reference_name(compared: Compared) -> str:
        assert compared.main is not None
        if compared.main["level"] != "france":
            return str(compared.main["name"])
        more = PERIMETERS.get(str(compared.main["code"]), "")
        return f"France {more}" if more else "France"

    @staticmethod
    def _row_name(row: Mapping[str, object], usual: str) -> str:
        """« Taux de pauvreté (2021) »; with its reference where it is not the usual one."""
        other = "" if row["reference_name"] == usual else f" ; référence : {row['reference_name']}"
        return f"{row['name']} ({row['period']}{other})"

    def table(self, *, id: str, caption: str, absent: str, notes: Sequence[str] = ()) -> Table | Absent:
        """The table; absent without any row.

        Args:
            absent: why there would be none.
        """
        if not self.rows:
            return Absent(caption, absent, id)
        names = Counter(str(row["reference_name"]) for row in self.rows)
        usual = names.most_common(1)[0][0]
        rows = [row | {"name": self._row_name(row, usual)} for row in self.rows]
        columns = {
            "name": "Indicateur",
            "here": self.study.territory.short_name,
            "reference": usual,
            "better": "Mieux",
        }
        columns |= {f"p{n}": place.name for n, place in enumerate(self.places)}
        frame = pd.DataFrame(rows, dtype=object)
        frame["better"] = frame["better"].astype(object)
        more = [f"Aucune marque sur un taux qui repose sur moins de {OWN_CASES} cas."] if self.few else []
        more.insert(0, f"Référence : {usual}{', sauf mention' if len(names) > 1 else ''}.")
        cut = len(self.study.secteurs) - sum(place.level == "secteur" for place in self.places)
        if cut and any(place.level == "secteur" for place in self.places):
            more.append(f"Secteurs montrés : les {MOST_PLACES} premiers, sur {len(self.study.secteurs)}.")
        if any(row[f"p{n}"] == NONE for row in rows for n in range(len(self.places))):
            more.append(
                f"« {NONE} » sous un territoire : valeur non publiée, ou pas encore réunie, pour lui."
            )
        return heat_table(
            frame, id=id, caption=caption, source=self.study.source_line(*self.used), columns=columns,
            more={"period": "Période"}, notes=[*more, *notes],
        )  # fmt: skip


def _name(rule: Definition, breakdown: str) -> str:
    label = upper_first(detailed(rule, breakdown))
    return label if rule.unit == "%" or rule.unit in rule.label else f"{label}, {rule.unit}"


def secteur_places(study: Study) -> list[Place]:
    """The study's secteurs as columns."""
    found = [Place("secteur", s.code, f"Secteur {s.name}", s.members) for s in study.secteurs]
    return found[:MOST_PLACES]


def neighbour_places(study: Study) -> list[Place]:
    """The EPCI that touch the territory, those with the longest common border first."""
    near = study.neighbours.head(MOST_PLACES)
    return [
        Place("epci", str(code), str(name)) for code, name in zip(near["code"], near["name"], strict=True)
    ]
