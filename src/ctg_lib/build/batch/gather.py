"""The figures of many reports put together: one Parquet file, one table that compares the territories.

They are read from the files that each report offers, one report at a time: what is hidden or absent there is
hidden or absent here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ctg_lib.build.export import COLUMNS, NAME, csv_bytes
from ctg_lib.build.info import FICTIF_COLUMN, FICTIF_TITLE
from ctg_lib.build.workbook import Book
from ctg_lib.display.output import cell_text, status_words
from ctg_lib.errors import CtgError
from ctg_lib.indicators.registry import Definition, registry
from ctg_lib.study.rows import as_value

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from ctg_lib.geography import Geography
    from ctg_lib.project import Project
    from ctg_lib.values import Value

STUDY = "etude"
"""First column of the Parquet file: whose report a row comes from."""
NUMBERS = ("value", "lower", "upper", "numerator", "denominator")
COMPARISON = "comparaison"
LARGER = ("departement", "region", "france")
_ONE_FIGURE = ("indicator", "breakdown", "level", "code", "period", "sources", "status")
"""What tells a figure of a larger territory from another, whoever has it."""


@dataclass(frozen=True)
class Place:
    """A territory of the batch: its study's id, where it stands in tables, its name, its communes."""

    study: str
    level: str
    code: str
    name: str
    communes: frozenset[str]
    fictif: bool


@dataclass(frozen=True)
class Gathered:
    """The figures of all reports in place.

    Attributes:
        rows: latest figure of each indicator without breakdown, of each territory: ``COLUMNS`` and
            ``etude``, sorted by study, then in the registry's order.
        absent: studies without a report.
    """

    rows: pd.DataFrame
    absent: tuple[str, ...]

    def value(self, study: str, indicator: str) -> Value | None:
        """A figure as a reader meets it; None where the report says nothing of the indicator."""
        at = self._ranks.get((study, indicator))
        return None if at is None else as_value(self._lines[at], registry()[indicator])

    def line(self, study: str, indicator: str) -> Mapping[str, Any] | None:
        """The row of a figure; None where the report says nothing of the indicator."""
        at = self._ranks.get((study, indicator))
        return None if at is None else self._lines[at]

    @cached_property
    def _lines(self) -> list[dict[str, Any]]:
        """Each row by itself: hundreds of thousands are asked for one at a time."""
        names = [str(column) for column in self.rows]
        columns = (self.rows[name].tolist() for name in names)
        return [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]

    @cached_property
    def _ranks(self) -> dict[tuple[str, str], int]:
        pairs = zip(self.rows[STUDY].tolist(), self.rows["indicator"].tolist(), strict=True)
        return {pair: rank for rank, pair in enumerate(pairs)}


def places(project: Project, geography: Geography, studies: Iterable[str]) -> list[Place]:
    """Who the territories are, in the order given."""
    return [_place(project, geography, study) for study in studies]


def _place(project: Project, geography: Geography, study: str) -> Place:
    if (project.studies / study).is_dir():
        from ctg_lib.study import open_study

        try:
            opened = open_study(study, project)
        except CtgError:  # why is told with its failure
            return Place(study, "", "", study, frozenset(), False)
        level, code = opened.place
        members = frozenset(opened.territory.members)
        return Place(study, level, code, opened.territory.name, members, opened.fictif)
    territory = geography.territory(study, level="epci")
    return Place(study, "epci", study, territory.name, frozenset(territory.members), False)


def gather(project: Project, territories: Sequence[Place], parquet: Path) -> Gathered:
    """Write the Parquet file of all figures, one report after the other; give the latest ones.

    A figure of a département, a région or France, that many reports have, is written once: with the first
    that has it. Peers, look-alikes and their medians are left out: they are in each report's own file.

    Args:
        project: where the reports are.
        territories: in the order of the file.
        parquet: ``etude``, the columns of a report's own file, ``fictif``.
    """
    import pandas as pd
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    latest, absent, shared = [], [], set[tuple[str, ...]]()
    made_up = all(place.fictif for place in territories)
    with pq.ParquetWriter(parquet, _schema(), compression="zstd") as out:
        for place in territories:
            table = _report(project, place)
            if table is None:
                absent.append(place.study)
                continue
            if place.fictif and not made_up:  # figures of larger territories come from the other studies
                table = table.filter(pc.invert(_among(table, "level", LARGER)))
            out.write_table(table.filter(_kept(table, place, shared)))
            latest.append(_latest(table, place))
    empty = pd.DataFrame(columns=_schema().names)
    return Gathered(pd.concat(latest, ignore_index=True) if latest else empty, tuple(absent))


def _report(project: Project, place: Place) -> pa.Table | None:
    """The table of a report, in the columns of the file of all; tens of thousands of rows: Arrow's."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = project.outputs / place.study / "data" / f"{NAME}.parquet"
    if not path.is_file():
        return None
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException):  # damaged
        return None
    if not {*COLUMNS} <= {*table.column_names}:  # made by an older version, and failed since
        return None
    added = {STUDY: place.study} | ({} if FICTIF_COLUMN in table.column_names else {FICTIF_COLUMN: ""})
    for name, text in added.items():
        table = table.append_column(name, pa.repeat(pa.scalar(text), len(table)))
    return table.select(_schema().names).cast(_schema())


def _among(table: pa.Table, column: str, texts: Iterable[str]) -> pa.ChunkedArray:
    """Which rows say one of these texts there."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.is_in(table[column], value_set=pa.array(sorted(texts), pa.string()))


def _kept(table: pa.Table, place: Place, shared: set[tuple[str, ...]]) -> pa.Array:
    """Rows of the territory and of what it is made of; figures of larger ones not written before."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    own = pc.and_(_among(table, "level", [place.level]), _among(table, "code", [place.code]))
    inside = pc.and_(_among(table, "level", ["commune"]), _among(table, "code", place.communes))
    mine = pc.or_(pc.or_(own, inside), _among(table, "level", ["secteur", "structure"]))
    larger = np.flatnonzero(_among(table, "level", LARGER).to_numpy())
    kept = mine.to_numpy().copy()
    told = table.select(_ONE_FIGURE).take(pa.array(larger)).to_pydict().values()
    for at, figure in zip(larger.tolist(), zip(*told, strict=True), strict=True):
        kept[at] = figure not in shared
        shared.add(figure)
    return pa.array(kept)


def _latest(table: pa.Table, place: Place) -> pd.DataFrame:
    """The last period of each indicator without breakdown that has a number; else its last period."""
    for column, text in (("code", place.code), ("level", place.level), ("breakdown", "")):
        table = table.filter(_among(table, column, [text]))
    own = table.to_pandas()
    known = own["value"].notna() | own["lower"].notna()
    ordered = own.assign(_known=known).sort_values(["_known", "period"], kind="stable")
    last = ordered.drop_duplicates("indicator", keep="last").drop(columns="_known")
    ranks = {indicator: rank for rank, indicator in enumerate(registry())}
    return last.sort_values("indicator", key=lambda column: column.map(ranks))


def _schema() -> pa.Schema:
    import pyarrow as pa

    kinds = {**dict.fromkeys(NUMBERS, pa.float64()), "geography_year": pa.int64()}
    names = (STUDY, *COLUMNS, FICTIF_COLUMN)
    return pa.schema([(name, kinds.get(name, pa.string())) for name in names])


# --- the table that compares ---------------------------------------------------------------------------


def compared(gathered: Gathered) -> list[str]:
    """Indicators that at least one territory has a figure of, in the registry's order."""
    rows = gathered.rows
    known = set(rows.loc[rows["value"].notna() | rows["lower"].notna(), "indicator"])
    return [indicator for indicator in registry() if indicator in known]


def write_comparison(gathered: Gathered, territories: Sequence[Place], folder: Path, day: date) -> list[Path]:
    """Write ``comparaison.csv`` (one line per figure) and ``comparaison.xlsx`` (one line per territory).

    Args:
        gathered: their figures.
        territories: in the order of the lines.
        folder: where.
        day: written as the workbook's date.
    """
    names = {place.study: place.name for place in territories}
    lines = gathered.rows.assign(territoire=gathered.rows[STUDY].map(names))
    columns = [
        STUDY, "territoire", "indicator", "label", "period", "value", "lower", "upper", "unit", "status",
        "source_text", "vintage", FICTIF_COLUMN,
    ]  # fmt: skip
    csv, book = folder / f"{COMPARISON}.csv", folder / f"{COMPARISON}.xlsx"
    csv.write_bytes(csv_bytes(lines.loc[:, columns]))
    book.write_bytes(_workbook(gathered, territories, day))
    return [csv, book]


def _workbook(gathered: Gathered, territories: Sequence[Place], day: date) -> bytes:
    rules = [registry()[indicator] for indicator in compared(gathered)]
    made_up = any(place.fictif for place in territories)
    book = Book("Comparaison des territoires" + (" (en partie fictif)" if made_up else ""))
    headers = ["Étude", "Territoire", *([FICTIF_TITLE] if made_up else [])]
    headers += [f"{rule.label}{f' ({rule.unit})' if rule.unit else ''}" for rule in rules]
    values = list(_lines(gathered, territories, rules, made_up))
    book.add_sheet("Valeurs", headers, values, widths={"A": 13, "B": 40}, frozen="C2")
    head = ["Étude", "Indicateur", "Période", "Statut", "Source", "Millésime"]
    book.add_sheet("Années et sources", head, _sources(gathered), widths={"B": 40, "E": 70})
    return book.content(day)


def _lines(
    gathered: Gathered, territories: Sequence[Place], rules: Sequence[Definition], made_up: bool
) -> Iterator[list[Any]]:
    for place in territories:
        if place.study not in gathered.absent:
            cells: list[Any] = [
                place.study,
                place.name,
                *(["oui" if place.fictif else ""] if made_up else []),
            ]
            yield cells + [_cell(gathered.value(place.study, rule.id)) for rule in rules]


def _cell(value: Value | None) -> Any:
    """A number where there is one, else the range or the status in words."""
    if value is None:
        return None
    return value.value if value.is_number else cell_text(value)


def _sources(gathered: Gathered) -> list[list[Any]]:
    columns = [STUDY, "label", "period", "status", "source_text", "vintage"]
    rows = gathered.rows.loc[:, columns].fillna("").to_numpy(dtype=object).tolist()
    return [
        [study, label, period, status_words(status), *rest] for study, label, period, status, *rest in rows
    ]
