"""The indicators of one study as files to take away: CSV, Parquet, Excel. The same numbers as the pages.

CSV: comma, decimal point, UTF-8, LF. Same inputs, same bytes: fixed order of rows, no clock in the files.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ctg_lib.build.info import FICTIF_COLUMN, FICTIF_TITLE
from ctg_lib.build.workbook import Book
from ctg_lib.display.sources import entries_of, source_line
from ctg_lib.errors import BadInput, found_expected
from ctg_lib.indicators.labels import breakdown_label
from ctg_lib.indicators.registry import METHODS, RESULT_COLUMNS, THEMES, Definition, registry
from ctg_lib.manifest import PROVENANCES, Entry
from ctg_lib.values import GROUP, GROUP_LABEL, LEVEL_LABELS, LEVELS, STATUS_LABELS

if TYPE_CHECKING:
    import pandas as pd

    from ctg_lib.study import Study

NAME = "indicateurs"
FORMATS: tuple[str, ...] = ("csv", "parquet", "xlsx")
COLUMNS: tuple[str, ...] = (*RESULT_COLUMNS, "segment", "label", "source_text", "vintage")
SHEET_COLUMNS: dict[str, str] = {
    "indicator": "Identifiant", "label": "Indicateur", "breakdown": "Détail (code)",
    "breakdown_label": "Détail", "level": "Niveau", "code": "Code", "name": "Territoire",
    "geography_year": "Année de la géographie", "period": "Période",
    "segment": "Années comparables", "value": "Valeur",
    "lower": "Borne basse", "upper": "Borne haute", "numerator": "Numérateur",
    "denominator": "Dénominateur", "unit": "Unité", "method": "Méthode de l’intervalle",
    "status": "Statut", "source_text": "Source", "vintage": "Millésime",
    "sources": "Identifiants des fichiers",
}  # fmt: skip
"""Columns of the first sheet, with their French headers."""
COVERAGE = "couverture.csv"
COVERAGE_COLUMNS: dict[str, str] = {
    "row": "ligne", "label": "libelle", "theme": "theme", "open": "source_ouverte", "source": "source",
    "partner": "partenaire", "indicators": "indicateurs", "annex": "annexe", "territoire": "territoire",
    "inside": "communes_ou_etablissements_seulement", "near": "approche", "departement": "departement",
    "region": "region",
    "france": "france", "reason": "raison_de_l_absence",
}  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_export(
    study: Study, export: pd.DataFrame, folder: Path, formats: Sequence[str] = FORMATS
) -> list[Path]:
    """Write ``indicateurs.csv``, ``.parquet``, ``.xlsx`` into ``folder``, each one atomically.

    Args:
        study: for labels, sources and the date written in the workbook.
        export: :meth:`Study.export`.
        folder: made when absent.
        formats: among :data:`FORMATS`.

    Returns:
        The files, in the order of ``FORMATS``.

    Raises:
        BadInput: unknown format.
    """
    for name in formats:
        if name not in FORMATS:
            raise BadInput(found_expected("--format", name, ", ".join(FORMATS)))
    frame = marked(tidy(study, export), study.fictif)
    folder.mkdir(parents=True, exist_ok=True)
    makers = {
        "csv": lambda: csv_bytes(frame),
        "parquet": lambda: parquet_bytes(frame),
        "xlsx": lambda: xlsx_bytes(study, frame),
    }
    return [write_file(folder / f"{NAME}.{name}", makers[name]()) for name in FORMATS if name in formats]


def tidy(study: Study, export: pd.DataFrame) -> pd.DataFrame:
    """An export with the indicator's label, the source and its vintage in words, in a fixed order.

    Returns:
        Frame with :data:`COLUMNS`; the territory first, then larger levels to smaller ones.
    """
    known = registry()
    cells = export["sources"].dropna().unique()
    texts = {cell: str(source_line(study.sources, [cell])) for cell in cells}
    vintages = {cell: vintage_text(study, cell) for cell in cells}
    frame = export.assign(
        label=export["indicator"].map({i: rule.label for i, rule in known.items()}),
        source_text=export["sources"].map(texts).fillna(""),
        vintage=export["sources"].map(vintages).fillna(""),
        _rank=export["indicator"].map({i: rank for rank, i in enumerate(known)}),
        _own=~(export["level"].eq(study.place[0]) & export["code"].eq(study.place[1])),
        _level=-export["level"].map([*LEVELS, GROUP].index).astype("int64"),  # text where there is no row
    )
    order = ["_rank", "_own", "_level", "code", "breakdown", "period"]
    frame = frame.sort_values(order, kind="stable").reset_index(drop=True)
    return frame.loc[:, list(COLUMNS)]


def marked(frame: pd.DataFrame, fictif: bool) -> pd.DataFrame:
    """A frame to be written; of a made-up study, with a last column that says so on every line."""
    return frame.assign(**{FICTIF_COLUMN: "oui"}) if fictif else frame


def vintage_text(study: Study, cell: str) -> str:
    """Vintages behind a ``sources`` cell, in words: « RP 2023 ; décembre 2024 »."""
    return " ; ".join(dict.fromkeys(entry.vintage for entry in entries_of(study.sources, [cell])))


def write_coverage(coverage: pd.DataFrame, folder: Path, *, fictif: bool = False) -> Path:
    """Write ``couverture.csv``: the rows of the catalogue, known or not, and why not.

    Args:
        coverage: :func:`ctg_lib.study.extras.study_coverage`.
        folder: made when absent.
        fictif: the study is made up: a last column says so.
    """
    yes = {True: "oui", False: "non"}
    frame = coverage.assign(theme=coverage["theme"].map(THEMES))
    for column in ("open", "annex", "territoire", "inside", "near", "departement", "region", "france"):
        frame[column] = frame[column].map(yes)
    folder.mkdir(parents=True, exist_ok=True)
    named = marked(frame.rename(columns=COVERAGE_COLUMNS), fictif)
    return write_file(folder / COVERAGE, csv_bytes(named))


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """CSV of a tidy export; a text that a spreadsheet would run as a formula gets a leading apostrophe."""
    import numpy as np
    import pandas as pd

    safe = frame.copy()
    for column in safe.columns:
        if safe[column].dtype.kind not in "fiu":
            which, texts = pd.factorize(safe[column].fillna("").astype("str"))
            known = [f"'{text}" if text.startswith(_FORMULA) else text for text in texts]
            safe[column] = np.array(known, dtype=object)[which] if known else ""
    return safe.to_csv(index=False, lineterminator="\n").encode("utf-8")


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """Parquet of a tidy export, without pandas' own metadata (it holds versions)."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    texts = pa.types.is_large_string  # what pandas' way of keeping texts must not decide
    kinds = [pa.field(f.name, pa.string()) if texts(f.type) else f for f in table.schema]
    table = table.cast(pa.schema(kinds))
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


# --- workbook ----------------------------------------------------------------------------------------


def xlsx_bytes(study: Study, frame: pd.DataFrame) -> bytes:
    """Workbook with the values, the definitions of their indicators and their sources.

    No cell is a formula, whatever its text; dates inside are the study's own.
    """
    made_up = " (fictif)" if study.fictif else ""
    book = Book(f"Indicateurs{made_up} — {study.territory.name}")
    widths = {"B": 38, "D": 24, "G": 26, "O": 24, "P": 34, "R": 60}
    book.add_sheet(f"Indicateurs{made_up}", *_values(frame), widths=widths, frozen="C2")
    used = [registry()[i] for i in frame["indicator"].unique()]
    book.add_sheet(
        f"Définitions{made_up}",
        *_definitions(used),
        widths={"A": 26, "B": 38, "F": 70, "H": 60, "I": 40},
    )
    entries = entries_of(study.sources, frame["sources"].dropna().unique())
    book.add_sheet(
        f"Sources{made_up}",
        *_sources(entries),
        widths={"A": 34, "B": 50, "C": 50, "F": 40, "G": 50, "I": 50},
    )
    return book.content(study.as_of)


def _values(frame: pd.DataFrame) -> tuple[list[str], list[list[Any]]]:
    shown = frame.assign(
        breakdown_label=frame["breakdown"].map({b: breakdown_label(b) for b in frame["breakdown"].unique()}),
        level=frame["level"].map({**LEVEL_LABELS, GROUP: GROUP_LABEL}),
        status=frame["status"].map(STATUS_LABELS),
        method=frame["method"].map(lambda code: METHODS.get(code, code)),
    )
    named = SHEET_COLUMNS | ({FICTIF_COLUMN: FICTIF_TITLE} if FICTIF_COLUMN in shown else {})
    columns = [shown[name].astype(object).where(shown[name].notna(), None) for name in named]
    return list(named.values()), [list(row) for row in zip(*columns, strict=True)]


def _definitions(rules: Iterable[Definition]) -> tuple[list[str], list[list[Any]]]:
    headers = [
        "Identifiant", "Indicateur", "Thème", "Unité", "Niveau le plus fin", "Définition",
        "Écart qui compte", "Prudence", "Références",
    ]  # fmt: skip
    rows = [
        [
            r.id, r.label, THEMES[r.theme], r.unit, LEVEL_LABELS[r.finest_level], r.definition,
            meaningful_text(r), r.caution, " ; ".join(r.references),
        ]
        for r in rules
    ]  # fmt: skip
    return headers, rows


def meaningful_text(rule: Definition) -> str:
    """The smallest difference that gets a word: « 10 % », « 2 points » or in the indicator's unit."""
    from ctg_lib.display.prose import unit_of
    from ctg_lib.display.typography import number

    if rule.meaningful_relative:
        return number(100 * rule.meaningful, 0, "%")
    amount = number(rule.meaningful, 0 if float(rule.meaningful).is_integer() else 1)
    unit = "points" if rule.unit == "%" else rule.unit
    return f"{amount} {unit_of(rule.meaningful, unit)}"


def _sources(entries: Iterable[Entry]) -> tuple[list[str], list[list[Any]]]:
    headers = [
        "Identifiant", "Source", "Contenu", "Millésime", "Provenance", "Reprise de", "Contrôles",
        "Licence", "Adresse", "Relevé le", "sha256",
    ]  # fmt: skip
    rows = [
        [
            e.id, e.short, e.title, e.vintage, PROVENANCES[e.provenance], e.carried_from,
            " ; ".join(e.checks), e.licence, e.address, e.retrieved.isoformat(), e.sha256,
        ]
        for e in entries
    ]  # fmt: skip
    return headers, rows


def write_file(path: Path, content: bytes) -> Path:
    """Write a file at once: never half of it."""
    aside = path.with_name(f".{path.name}.tmp")
    aside.write_bytes(content)
    aside.replace(path)
    return path
