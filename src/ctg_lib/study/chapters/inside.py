"""What happens inside a territory: its secteurs, or its communes where the study has none, over time."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.multiples import MOST
from ctg_lib.display.prose import year_of
from ctg_lib.display.typography import counted, enumerate_fr, number, signed
from ctg_lib.indicators.registry import definition
from ctg_lib.statistics.comparison import counts_differ
from ctg_lib.study.core import Study
from ctg_lib.values import USABLE

LEAST_PEOPLE = 100
"""An index of fewer inhabitants is not drawn: a family that comes or leaves would bend it."""
MOST_LINES = 12
"""Lines of a slope chart: more labels would not stand beside their marks."""
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Inside:
    """The parts of a territory.

    Attributes:
        places: (level, code) -> name. one, several: what a part is called. no: « aucun » or « aucune ».
        others: « les autres secteurs ».
    """

    places: dict[tuple[str, str], str]
    one: str
    several: str
    no: str

    def count(self, number_of: int) -> str:
        """« 4 secteurs », « 16 communes »."""
        return counted(number_of, self.one, self.several)

    def named(self, name: str) -> str:
        """« Secteur Larzac », « La Cavalerie »."""
        return f"Secteur {name}" if self.one == "secteur" else name

    def rows(self, study: Study, indicator: str) -> pd.DataFrame:
        """All periods of an indicator's total in these places, with ``name`` as they are called here."""
        rows = study.table(indicator, list(self.places))
        rows = rows[rows["breakdown"].eq("")]
        keys = zip(rows["level"], rows["code"], strict=True)
        return rows.assign(name=[self.places[key] for key in keys]).reset_index(drop=True)


def inside(study: Study) -> Inside:
    """Secteurs where the study has them, else communes."""
    if study.secteurs:
        return Inside({("secteur", s.code): s.name for s in study.secteurs}, "secteur", "secteurs", "aucun")
    communes = {("commune", code): name for code, name in study.communes_by_code.items()}
    return Inside(communes, "commune", "communes", "aucune")


# --- population: small multiples -----------------------------------------------------------------------


def population_panels(study: Study, id: str) -> Figure | Absent:
    """Inhabitants of each part since the first year known, the first year being 100; the whole in grey."""
    from ctg_lib.display.charts import multiples

    parts, title = inside(study), "La population, partie par partie"
    if len(parts.places) < 2:
        return Absent(title, "le territoire n’a qu’une commune", id)
    whole = _indexed(study.series("population").assign(name=""))
    rows = _indexed(parts.rows(study, "population"))
    last = "" if whole.empty else str(whole["year"].max())
    first = "" if whole.empty else str(whole["year"].min())
    rows = rows[rows["first"].eq(int(first))] if first else rows.iloc[0:0]
    rows = rows[rows.groupby("name")["year"].transform("max").eq(int(last))] if len(rows) else rows
    if first == last or rows.empty:
        return Absent(title, "la population n’est connue que pour une année", id)
    small = rows.loc[rows["base"].lt(LEAST_PEOPLE), "name"].nunique()
    rows = rows[rows["base"].ge(LEAST_PEOPLE)]
    ends = rows[rows["year"].eq(int(last))].sort_values(["people", "name"], ascending=[False, True])
    if len(ends) < 2:
        return Absent(title, f"trop peu de {parts.several} ont {LEAST_PEOPLE} habitants ou plus", id)
    called = {n: f"{n} ({number(p)})" for n, p in zip(ends["name"], ends["people"], strict=True)}
    order = {name: rank for rank, name in enumerate(ends["name"])}
    rows = rows.sort_values("year", kind="stable").sort_values(
        "name", key=lambda names: names.map(order), kind="stable"
    )
    notes = [
        "Chaque année s’appuie sur cinq années d’enquête : comparer le début et la fin, non deux années de suite."
    ]
    if small:
        notes.append(f"Moins de {LEAST_PEOPLE} habitants en {first}, non dessinées : {parts.count(small)}.")
    if study.secteurs and study.config.secteurs_note:
        notes.append(study.config.secteurs_note)
    return multiples(
        rows.assign(name=rows["name"].map(called))[["name", "year", "value", "status"]],
        whole=whole[["year", "value", "status"]], whole_name="ensemble du territoire", id=id,
        title=_population_title(parts, ends, int(first), int(last)), base=100, label=parts.one.capitalize(),
        order=f"{parts.several} où vivent le plus d’habitants",
        subtitle=f"Habitants, base 100 en {first} (entre parenthèses : habitants en {last})",
        source=study.source_line(study.series("population"), treatment="indice"), notes=tuple(notes),
    )  # fmt: skip


def _indexed(rows: pd.DataFrame) -> pd.DataFrame:
    """Yearly rows with ``year, people, base, first`` and ``value``: people for 100 of the first year known."""
    rows = rows[rows["period"].str.fullmatch(r"\d{4}") & rows["status"].isin(USABLE) & rows["value"].notna()]
    rows = rows.assign(year=rows["period"].astype(int), people=rows["value"].astype(float))
    rows = rows.sort_values(["name", "year"], kind="stable").reset_index(drop=True)
    groups = rows.groupby("name", sort=False)
    rows["base"], rows["first"] = groups["people"].transform("first"), groups["year"].transform("first")
    rows["value"] = 100 * rows["people"] / rows["base"].where(rows["base"].gt(0))
    return rows


def _population_title(parts: Inside, ends: pd.DataFrame, first: int, last: int) -> str:
    """The part that changes most, if its change counts, and the span of the others: of those drawn."""
    cut = len(ends) > MOST
    ends = ends.head(MOST)
    changes = ends.set_index("name")["value"] - 100
    counts = definition("evolution_population").meaningful
    yearly = 100 * ((ends.set_index("name")["value"] / 100) ** (1 / (last - first)) - 1)
    top = str(changes.abs().idxmax())
    if abs(yearly[top]) < counts:
        where = f"les {parts.count(len(ends))} dessinées" if cut else parts.count(len(ends))
        return f"De {first} à {last}, la population bouge peu dans {where}"
    others = changes.drop(top)
    low, high = (signed(v, 0, "%") for v in (others.min(), others.max()))
    span = (low if low == high else f"de {low} à {high}") + (
        "" if len(others) > 1 else f" ({others.index[0]})"
    )
    rest = f"les autres {parts.several}" if len(others) > 1 else f"l’autre {parts.one}"
    rest = f"les {number(len(others))} autres {parts.several} dessinées" if cut else rest
    return f"{parts.named(top)} : {signed(changes[top], 0, '%')} d’habitants de {first} à {last} ; {rest}, {span}"


# --- births behind the school entries: slope -----------------------------------------------------------


def entries_slope(study: Study, id: str, after: int) -> Figure | Absent:
    """Births of the last two groups of pooled years in each part: what its schools will meet.

    Args:
        after: years between birth and the first class.
    """
    from ctg_lib.display.charts import slope

    parts, title = inside(study), "Les entrées à l’école, partie par partie"
    rows = parts.rows(study, "naissances")
    rows = rows[
        rows["period"].str.fullmatch(r"\d{4}-\d{4}") & rows["status"].isin(USABLE) & rows["value"].notna()
    ]
    periods = sorted(rows["period"].unique())
    wide = rows.pivot_table(index="name", columns="period", values="value", aggfunc="first")
    pair = periods[-2:]
    known = wide.dropna(subset=pair) if len(pair) == 2 else wide.iloc[0:0]
    if len(known) < 2 or len(known) < 0.8 * len(parts.places):
        return Absent(title, f"les naissances de trois années ne sont pas encore réunies par {parts.one}", id)
    then, now = pair
    frame = known.reset_index()[["name", then, now]].set_axis(["name", "start", "end"], axis=1)
    threshold = 1 - (1 - CONFIDENCE) / len(frame)
    frame["highlight"] = [
        counts_differ(round(b), round(a), threshold)[0]
        for a, b in zip(frame["start"], frame["end"], strict=True)
    ]
    frame = frame.sort_values(["start", "end", "name"], ascending=[False, False, True]).reset_index(drop=True)
    kept = frame.loc[frame["highlight"] | (frame.index < MOST_LINES)].head(
        max(MOST_LINES, int(frame["highlight"].sum()))
    )
    notes = [
        f"« Écart établi » : au seuil de 5 %, partagé entre les {parts.count(len(frame))} que l’on compare en même temps. "
        "Les enfants nés ailleurs et arrivés depuis n’y sont pas ; ceux qui sont partis y sont encore."
    ]
    notes += _extremes(known, frame[frame["highlight"]], periods, parts)
    if len(kept) < len(frame):
        notes.append(
            f"Dessin limité aux {number(len(kept))} {parts.several} où naissent le plus d’enfants, sur {len(frame)}."
        )
    spans = [f"{int(p[:4]) + after}–{int(p[5:]) + after}" for p in pair]
    return slope(
        kept, id=id, title=_entries_title(parts, frame, spans), label=parts.one.capitalize(),
        subtitle=f"Naissances derrière les entrées en petite section de {spans[0]}, puis de {spans[1]}",
        start=f"nés en {year_of(then)}", end=f"nés en {year_of(now)}",
        key=("écart établi", "écart que le hasard peut expliquer"),
        source=study.source_line(rows[rows["period"].isin(pair)]), notes=tuple(notes),
    )  # fmt: skip


def _extremes(wide: pd.DataFrame, named: pd.DataFrame, periods: list[str], parts: Inside) -> list[str]:
    """Established gaps that start from the highest or the lowest of all groups of years: to be confirmed."""
    if len(periods) < 4:
        return []
    said = []
    for row in named.to_dict("records"):
        every = wide.loc[row["name"], periods].dropna()
        high = row["start"] >= every.max() and row["end"] < row["start"]
        low = row["start"] <= every.min() and row["end"] > row["start"]
        if high or low:
            said.append(f"{parts.named(row['name'])}, la plus {'haute' if high else 'basse'}")
    if not said:
        return []
    return [
        f"{year_of(periods[-2])} était une période extrême depuis {periods[0][:4]} ({enumerate_fr(said)}) : à confirmer "
        "sur les prochaines années."
    ]


def _entries_title(parts: Inside, frame: pd.DataFrame, spans: list[str]) -> str:
    named = frame[frame["highlight"]]
    if named.empty:
        return f"Dans {parts.no} {parts.one}, l’écart des naissances ne dépasse ce que le hasard explique"
    if len(named) == 1:
        row = named.iloc[0]
        return (
            f"{parts.named(str(row['name']))} : {counted(row['end'], 'naissance')} derrière les entrées de {spans[1]}, contre "
            f"{number(row['start'])} derrière celles de {spans[0]}"
        )
    names = [str(n) for n in named["name"]]
    which = enumerate_fr(names) if len(names) <= 4 else f"{', '.join(names[:3])} et {len(names) - 3} autres"
    return f"{parts.count(len(named))} sur {len(frame)} où les naissances changent plus que le hasard ne l’explique : {which}"
