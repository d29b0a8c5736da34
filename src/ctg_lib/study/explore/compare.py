"""Indicators and territories side by side: a tidy frame, a table to read, figures, a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.display import charts, figure
from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.prose import shown, upper_first, year_of
from ctg_lib.display.sources import entries_of
from ctg_lib.display.table import Table
from ctg_lib.display.typography import counted, enumerate_fr, number, signed
from ctg_lib.errors import BadInput
from ctg_lib.geography import Territory
from ctg_lib.geography.names import slug
from ctg_lib.indicators.labels import breakdown_label
from ctg_lib.indicators.registry import RESULT_COLUMNS, Definition, definition
from ctg_lib.study.explore import readings
from ctg_lib.study.explore.asked import Item, breakdown_of, place_of, rule_of
from ctg_lib.study.explore.browse import Browse
from ctg_lib.study.explore.card import AsCard, Card, Shown
from ctg_lib.study.rows import YEAR, as_value, fullest_period, known, pick, usable
from ctg_lib.study.series import comparable_years
from ctg_lib.values import FRANCE_CODES, USABLE, Value

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

PERIMETERS = {"FR": "", "FHM": "hors Mayotte", "FM": "métropolitaine"}
NUMBERS = ("value", "lower", "upper", "numerator", "denominator")
MORE = (
    "label", "breakdown_label", "own", "own_value", "own_period", "difference", "side", "far", "words", "sureness",
)  # fmt: skip
MOST_COLUMNS = 5
"""Territories above which each has a line of its own, where there are fewer indicators."""
MOST_NAMED = 3
"""Territories above which the title of a chart counts them and names none."""
MOST_LINES = 6
"""Lines that a chart of several territories can still tell apart."""


@dataclass(frozen=True, repr=False)
class Comparison(AsCard):
    """Some indicators of the territory beside other territories.

    Attributes:
        study: whose territory.
        items: (indicator, breakdown), in the order of asking.
        others: the territories it stands beside; the three perimeters of France, given together, share one
            column: the first that is known.
    """

    study: Study
    items: tuple[Item, ...]
    others: tuple[Territory, ...]

    @property
    def merged(self) -> bool:
        """Whether the perimeters of France share one column."""
        return FRANCE_CODES.keys() <= {t.code for t in self.others}

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per indicator, breakdown and territory, the territory under study first.

        The territory is given for its latest period that one of the others knows too. Each of them is given for
        that period where it is known, else for its latest one; it is then read against the territory's own value
        of that period, where there is one.

        Returns:
            Frame with ``RESULT_COLUMNS`` and ``label, breakdown_label``; ``own``: whether it is the territory
            under study; ``own_value, own_period``: the territory's value that this one is read against, and its
            period; ``difference``: the former less this one, in the indicator's unit; ``side``, ``far``: the
            reading; ``words``: it in French, empty where nothing may be said; ``sureness``: key of
            :data:`ctg_lib.study.explore.readings.SURENESS`. What may not be shown has no number at all.
        """
        lines = [line for item in self.items for line in self._lines(*item)]
        frame = pd.DataFrame(lines, columns=[*RESULT_COLUMNS, *MORE])
        hidden = ~frame["status"].isin(USABLE)
        numbers = frame[list(NUMBERS)].astype("float64")
        out = frame.assign(**{name: numbers[name].mask(hidden) for name in NUMBERS})
        return out.assign(own_value=frame["own_value"].astype("float64"))

    @cached_property
    def rows(self) -> pd.DataFrame:
        """All periods of these indicators in these territories (``RESULT_COLUMNS``)."""
        places = [self.study.place, *(place_of(t) for t in self.others)]
        return self.study.table(list(dict.fromkeys(i for i, _ in self.items)), places)

    def _lines(self, indicator: str, breakdown: str) -> list[dict[str, Any]]:
        rule = definition(indicator)
        rows = self.rows[self.rows["indicator"].eq(indicator) & self.rows["breakdown"].eq(breakdown)]
        mine = rows[rows["level"].eq(self.study.place[0]) & rows["code"].eq(self.study.place[1])]
        period = _period(mine, rows.drop(mine.index))
        own = self._pick(mine, self.study.place, period)
        lines = [self._line(rule, breakdown, self.study.territory, own, None)]
        for group in self._columns:
            choices = [(t, self._pick(rows, place_of(t), period)) for t in group]
            territory, row = min(choices, key=lambda each: _worth(each[1], period))
            then = None if row is None else pick(mine, str(row["period"]))
            lines.append(self._line(rule, breakdown, territory, row, own if then is None else then))
        return lines

    @cached_property
    def _columns(self) -> list[list[Territory]]:
        """Territories by column: one each, all perimeters of France in one."""
        if not self.merged:
            return [[t] for t in self.others]
        france = [t for t in self.others if t.level == "france"]
        return [[t] for t in self.others if t.level != "france"] + ([france] if france else [])

    @staticmethod
    def _pick(rows: pd.DataFrame, place: tuple[str, str], period: str | None) -> pd.Series | None:
        here = rows[rows["level"].eq(place[0]) & rows["code"].eq(place[1])]
        row = pick(here, period) if period else None
        return row if row is not None and usable(row) else pick(here, None)

    def _line(
        self,
        rule: Definition,
        breakdown: str,
        territory: Territory,
        row: pd.Series | None,
        own: pd.Series | None,
    ) -> dict[str, Any]:
        level, code = place_of(territory)
        base: dict[str, Any] = {
            "indicator": rule.id, "breakdown": breakdown, "level": level, "code": code,
            "geography_year": self.study.geography.edition, "period": "", "unit": rule.unit, "method": "",
            "status": "missing", "sources": "",
        }  # fmt: skip
        base |= {} if row is None else {name: row[name] for name in RESULT_COLUMNS}
        is_own = territory is self.study.territory
        read, why = readings.read(own, row, rule)
        mine = as_value(own, rule)
        return base | {
            "name": territory.short_name, "label": rule.label, "breakdown_label": breakdown_label(breakdown),
            "own": is_own, "own_value": mine.value if mine.is_number else None, "own_period": mine.period,
            "difference": read.difference, "side": "" if is_own else read.side,
            "far": read.far and not is_own, "words": "" if is_own else readings.in_words(read, territory),
            "sureness": "" if is_own else why,
        }  # fmt: skip

    # -------------------------------------------------------------------------------------- shown

    def card(self) -> Card:
        """Values, readings, what a commune changes, what must be known, and what to try next."""
        names = [column[0].short_name for column in self._columns]
        here = self.study.territory.short_name
        values = self.values()
        parts: list[Shown] = [
            Browse(values) if isinstance(values, Table) and len(values.frame) > 1 else values
        ]
        if (said := self.readings()) is not None:
            parts.append(Browse(said))
        first = self.items[0]
        asked = f'"{first[0]}"' + (f', "{first[1]}"' if first[1] else "")
        other = next((t for t in self.others if t.level != "france"), self.others[0])
        count = counted(len(names), "autre territoire", "autres territoires")
        return Card(
            f"{here} face à {count if len(names) > 5 else ', '.join(names)}",
            counted(len(self.items), "indicateur"),
            parts=parts,
            tries=[
                "comparaison.table  # les mêmes lignes, pour pandas", "comparaison.dots()", "comparaison.lines()",
                f'etude.explain({asked}, territory="{other.code}")', 'comparaison.to_excel("comparaison.xlsx")',
            ],
            fictif=self.study.fictif,
        )  # fmt: skip

    def values(self) -> Table | Absent:
        """Indicators × territories, or the other way where there are many; a status in words for no number."""
        used = self.table[known(self.table)]
        caption = f"{upper_first(self.study.territory.le())} et les territoires choisis"
        if used.empty:
            reason = "aucun de ces indicateurs n’est connu dans ces territoires"
            return Absent(caption, reason, "tbl-comparaison")
        many = len(self._columns) > MOST_COLUMNS and len(self._columns) > len(self.items)
        frame, columns = self._tall() if many else self._wide()
        return Table(
            frame, id="tbl-comparaison", caption=self._marked(caption), columns=columns,
            source=self.study.source_line(used),
            notes=["Quand la période d’un autre territoire diffère, elle est écrite entre parenthèses : il se lit alors face à la "
                   "valeur du territoire de la même période, si elle est connue.", *self.notes()],
        )  # fmt: skip

    def _groups(self) -> list[tuple[Definition, str, pd.DataFrame]]:
        """(indicator, breakdown, its lines) in the order of asking."""
        groups = self.table.groupby(["indicator", "breakdown"], sort=False)
        return [(definition(str(i)), str(b), lines) for (i, b), lines in groups]

    def _wide(self) -> tuple[pd.DataFrame, dict[str, str]]:
        rows = []
        for rule, breakdown, lines in self._groups():
            period = str(lines["period"].iloc[0])
            row = {"name": named(rule, breakdown), "period": year_of(period) if period else "–"}
            rows.append(
                row
                | {f"t{n}": self._cell(line, rule, period) for n, (_, line) in enumerate(lines.iterrows())}
            )
        lines = self._groups()[0][2]
        titles = {f"t{n}": self._other(line) for n, (_, line) in enumerate(lines.iterrows())}
        return pd.DataFrame(rows), {"name": "Indicateur", "period": "Période", **titles}

    def _tall(self) -> tuple[pd.DataFrame, dict[str, str]]:
        groups = self._groups()
        columns, frame = (
            {"name": "Territoire"},
            {"name": [self._other(line) for _, line in groups[0][2].iterrows()]},
        )
        for n, (rule, breakdown, lines) in enumerate(groups):
            period = str(lines["period"].iloc[0])
            columns[f"i{n}"] = named(rule, breakdown) + (f", {year_of(period)}" if period else "")
            frame[f"i{n}"] = [self._cell(line, rule, period) for _, line in lines.iterrows()]
        return pd.DataFrame(frame), columns

    def _cell(self, line: pd.Series, rule: Definition, period: str) -> str:
        value = as_value(line, rule)
        said = [PERIMETERS.get(str(line["code"]), "")] if line["level"] == "france" and self.merged else []
        there = value.is_number or value.is_range
        said += [year_of(value.period)] if there and value.period != period and not line["own"] else []
        said = [word for word in said if word] if there else []
        return shown(value) + (f" ({', '.join(said)})" if said else "")

    def readings(self) -> Table | None:
        """Each pair in words, with how surely it may be said; None where no pair can be read."""
        lines = self.table[~self.table["own"] & ~self.table["sureness"].isin(["missing", "count"])]
        if lines.empty:
            return None
        rows = []
        for _, line in lines.iterrows():
            rule = definition(line["indicator"])
            period = self._period(line)
            mine, theirs = self._mine(line, rule), as_value(line, rule)
            gap = "–" if pd.isna(line["difference"]) else signed(line["difference"], rule.decimals)
            rows.append(
                {
                    "name": named(rule, line["breakdown"], unit=False), "other": self._other(line), "mine": _dated(mine, period),
                    "theirs": _dated(theirs, period), "gap": gap, "words": line["words"] or "–",
                    "why": readings.SURENESS[line["sureness"]],
                }
            )  # fmt: skip
        return Table(
            pd.DataFrame(rows), id="tbl-lectures", caption=self._marked("Ce que l’on peut en dire, et avec quelle sûreté"),
            columns={"name": "Indicateur", "other": "Comparé à", "mine": self.study.territory.short_name, "theirs": "Là-bas",
                     "gap": "Écart", "words": f"{self.study.territory.short_name} : …", "why": "Sûreté"},
            source="les fichiers du tableau des valeurs", row_header="name",
        )  # fmt: skip

    def _period(self, line: pd.Series) -> str:
        """The period of the territory's own value on this line's indicator, which the table shows."""
        same = self.table["indicator"].eq(line["indicator"]) & self.table["breakdown"].eq(line["breakdown"])
        return str(self.table.loc[same & self.table["own"], "period"].iloc[0])

    @staticmethod
    def _mine(line: pd.Series, rule: Definition) -> Value:
        value = None if pd.isna(line["own_value"]) else float(line["own_value"])
        return Value(value, unit=rule.unit, status="observed" if value is not None else "missing",
                     decimals=rule.decimals, period=str(line["own_period"]))  # fmt: skip

    def _other(self, line: pd.Series) -> str:
        return "France" if line["level"] == "france" and self.merged else str(line["name"])

    def notes(self) -> list[str]:
        """What a commune changes in a rate, then what must be known of the indicators."""
        said = []
        for indicator, breakdown in self.items:
            rule = definition(indicator)
            if not rule.leave_one_out:
                continue
            found = self.study.distortion(indicator, breakdown)
            if found is not None and found.changes_reading:
                place = self.study.communes_by_code.get(found.place, found.place)
                unit = "%" if rule.unit == "%" else ""
                said.append(
                    f"{named(rule, breakdown)} : {number(found.with_place, rule.decimals, unit)} avec {place}, "
                    f"{number(found.without_place, rule.decimals, unit)} sans ; la lecture change, les deux chiffres sont vrais."
                )  # fmt: skip
        cautions = {rule.caution: rule for i, _ in self.items if (rule := definition(i)).caution}
        return said + [f"{upper_first(rule.label)} : {text}" for text, rule in cautions.items()]

    def _marked(self, caption: str) -> str:
        return f"{caption} (données fictives)" if self.study.fictif else caption

    # ------------------------------------------------------------------------------------ figures

    def dots(self, indicator: str | None = None, breakdown: str = "") -> Figure | Absent | Several:
        """Dots with their intervals, a territory a line: of one indicator, else of each."""
        return self._each(self._dots, indicator, breakdown)

    def lines(self, indicator: str | None = None, breakdown: str = "") -> Figure | Absent | Several:
        """Years, a territory a line, never joined across a break of the series: of one indicator, or of each."""
        return self._each(self._line_chart, indicator, breakdown)

    def _each(self, draw: Any, indicator: str | None, breakdown: str) -> Figure | Absent | Several:
        items = list(self.items)
        if indicator is not None:
            rule = rule_of(indicator)
            wanted = breakdown_of(self.study, rule, breakdown)
            items = [item for item in items if item[0] == rule.id and (not wanted or item[1] == wanted)]
            if not items:
                given = enumerate_fr([name for name, _ in self.items])
                raise BadInput(f"{rule.id} n’est pas dans cette comparaison ; attendu : {given}.")
        with figure.made_up(self.study.fictif):
            drawn = [draw(*item) for item in items]
        return drawn[0] if len(drawn) == 1 else Several(tuple(drawn))

    def _dots(self, indicator: str, breakdown: str) -> Figure | Absent:
        rule = definition(indicator)
        lines = self._of(indicator, breakdown)
        frame = lines[["name", "value", "lower", "upper", "status", "period"]].assign(highlight=lines["own"])
        return charts.comparison_dots(
            frame, id=_id("dots", indicator, breakdown), title=self._title(rule, breakdown, lines),
            subtitle=_measured(rule, lines), source=self._source(lines, rule),
            unit=_unit(rule), decimals=rule.decimals,
        )  # fmt: skip

    def _of(self, indicator: str, breakdown: str) -> pd.DataFrame:
        lines = self.table[self.table["indicator"].eq(indicator) & self.table["breakdown"].eq(breakdown)]
        return lines.assign(name=[self._other(line) for _, line in lines.iterrows()])

    def _title(self, rule: Definition, breakdown: str, lines: pd.DataFrame) -> str:
        """The territory's number, and how it stands to the first one that it may be read against."""
        own = as_value(lines.iloc[0], rule)
        text = f"{named(rule, breakdown, unit=False)} : {shown(own)}"
        said = lines[lines["words"].ne("")]
        if said.empty:
            return text
        if len(said) > MOST_NAMED:
            return f"{text}, {_tally(said)}"
        first = said.iloc[0]
        return f"{text}, {first['words']} ({shown(as_value(first, rule))})"

    def _source(self, lines: pd.DataFrame, rule: Definition) -> str:
        return self.study.source_line(lines[known(lines)]) or f"aucune valeur connue pour {rule.label}"

    def _line_chart(self, indicator: str, breakdown: str) -> Figure | Absent:
        rule, lines = definition(indicator), self._of(indicator, breakdown)
        title, id = (
            f"{named(rule, breakdown, unit=False)}, année par année",
            _id("annees", indicator, breakdown),
        )
        if rule.aggregation == "sum" and len(lines) > 1:
            lines = lines[
                lines["own"]
            ]  # on the scale of France, a territory of some thousands is a flat line
        every = [self._years(rule, line) for _, line in lines.head(MOST_LINES).iterrows()]
        frame = pd.concat(every, ignore_index=True)
        if frame.empty or frame["year"].nunique() < 2:
            return Absent(title, "moins de deux années sont connues", id)
        notes = [f"Les {MOST_LINES} premiers territoires seulement."] if len(lines) > MOST_LINES else []
        if rule.aggregation == "sum" and self.others:
            notes.append(
                "Un effectif n’est dessiné que pour le territoire : les tailles ne se comparent pas."
            )
        return charts.line(
            frame[["series", "year", "value", "lower", "upper", "status", "segment"]], id=id, title=title,
            subtitle=_measured(rule, None), source=self._source(frame, rule), unit=_unit(rule),
            decimals=rule.decimals, highlight=self.study.territory.short_name, zero=False, irregular=True,
            notes=tuple(notes),
        )  # fmt: skip

    def _years(self, rule: Definition, line: pd.Series) -> pd.DataFrame:
        rows = self.rows
        here = rows["indicator"].eq(rule.id) & rows["breakdown"].eq(line["breakdown"])
        rows = rows[here & rows["level"].eq(line["level"]) & rows["code"].eq(line["code"])]
        rows = rows[rows["period"].str.fullmatch(YEAR) & known(rows)].sort_values("period")
        return rows.assign(
            series=line["name"],
            year=rows["period"].astype("int64"),
            segment=comparable_years(rows, rule.breaks),
        )

    # ---------------------------------------------------------------------------------- to Excel

    def to_excel(self, path: str | Path) -> Path:
        """Write the comparison as a workbook: table, tidy values, definitions, sources.

        Raises:
            BadInput: not an .xlsx, no such folder, or a workbook that is open elsewhere.
        """
        from ctg_lib.study.explore.workbook import write

        return write(self, path)

    @property
    def sources(self) -> list:
        """Manifest entries behind the values shown."""
        return entries_of(self.study.sources, self.table["sources"].dropna())


@dataclass(frozen=True)
class Several:
    """Figures one under the other, as one output; each can be taken by its number."""

    figures: tuple[Figure | Absent, ...]

    def __iter__(self):
        return iter(self.figures)

    def __len__(self) -> int:
        return len(self.figures)

    def __getitem__(self, number: int) -> Figure | Absent:
        return self.figures[number]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None):
        bundles = [each._repr_mimebundle_()[0] for each in self.figures]
        return {kind: "\n\n".join(b[kind] for b in bundles) for kind in ("text/html", "text/plain")}, {}


def compare(study: Study, items: Sequence[Item], others: Iterable[Territory] | None = None) -> Comparison:
    """The territory beside others; its references by default."""
    chosen = tuple(study.references if others is None else others)
    return Comparison(study, tuple(items), chosen)


def named(rule: Definition, breakdown: str = "", *, unit: bool = True) -> str:
    """« Taux d’activité, femmes, % »: label, breakdown, and the unit where the label does not say it."""
    detail = breakdown_label(breakdown)
    text = upper_first(rule.label) + (f", {detail}" if detail else "")
    silent = not unit or rule.unit in ("%", "€") or rule.unit in rule.label
    return text if silent else f"{text}, {rule.unit}"


def _period(mine: pd.DataFrame, others: pd.DataFrame) -> str | None:
    """The latest period of the territory that another one knows too, else its latest, else the others' own."""
    have, there = mine[known(mine)], set(others.loc[known(others), "period"])
    shared = have[have["period"].isin(there)]
    row = pick(shared if len(shared) else mine, None)
    return str(row["period"]) if row is not None and usable(row) else fullest_period(others)


def _tally(said: pd.DataFrame) -> str:
    """« moins que dans 5 des 7 territoires, à peu près comme dans 2 »."""
    counts = said["side"].value_counts()
    words = {"above": "plus que dans", "below": "moins que dans", "close": "à peu près comme dans"}
    parts = [f"{words[str(side)]} {number(n)}" for side, n in counts.items()]
    return f"{parts[0]} des {counted(len(said), 'territoire')}" + "".join(f", {part}" for part in parts[1:])


def _worth(row: pd.Series | None, period: str | None) -> tuple[bool, bool]:
    """Sorting key of perimeters of one column: known first, of the same period first."""
    return row is None or not usable(row), row is not None and row["period"] != period


def _dated(value: Value, period: str) -> str:
    """A value, with its period where it is not the expected one."""
    there = value.is_number or value.is_range
    return shown(value) + (f" ({year_of(value.period)})" if there and value.period != period else "")


def _unit(rule: Definition) -> str:
    return "%" if rule.unit == "%" else ""


def _measured(rule: Definition, lines: pd.DataFrame | None) -> str:
    period = "" if lines is None else str(lines["period"].iloc[0])
    return f"{upper_first(rule.unit)}{', ' + year_of(period) if period else ''}"


def _id(kind: str, indicator: str, breakdown: str) -> str:
    return f"fig-{kind}-{slug(indicator)}" + (f"-{slug(breakdown)}" if breakdown else "")
