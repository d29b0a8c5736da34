"""A comparison as a workbook: the table, what may be said of it, all values, definitions, sources.

Numbers are numbers, with the digits the indicator can carry; what may not be shown is said in words and has no
number anywhere. No cell is a formula. Same comparison, same bytes: no clock, the study's date inside.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.archive import fixed_file
from ctg_lib.display.figure import MADE_UP
from ctg_lib.display.prose import shown, year_of
from ctg_lib.display.sources import source_line
from ctg_lib.display.theme import COLORS
from ctg_lib.display.typography import typeset
from ctg_lib.errors import BadInput, found_expected
from ctg_lib.files import write_whole
from ctg_lib.indicators.registry import METHODS, THEMES, definition
from ctg_lib.manifest import PROVENANCES
from ctg_lib.study.explore.explain import HOW
from ctg_lib.study.explore.readings import SURENESS
from ctg_lib.study.rows import as_value
from ctg_lib.values import LEVEL_LABELS, STATUS_LABELS
from ctg_lib.workbooks.moments import day_in_words

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from ctg_lib.study.explore.compare import Comparison

FONT = "Calibri"
SHEETS = ("Comparaison", "Lectures", "Valeurs", "Définitions", "Sources")
VALUES: dict[str, str] = {
    "indicator": "Identifiant", "label": "Indicateur", "breakdown_label": "Détail", "breakdown": "Détail (code)",
    "level": "Niveau", "code": "Code", "name": "Territoire", "period": "Période", "value": "Valeur",
    "lower": "Borne basse", "upper": "Borne haute", "numerator": "Numérateur", "denominator": "Dénominateur",
    "unit": "Unité", "status": "Statut", "method": "Méthode des bornes", "difference": "Écart (territoire − celui-ci)",
    "words": "Lecture", "sureness": "Sûreté", "source": "Source", "sources": "Identifiants des fichiers",
}  # fmt: skip
"""Columns of the sheet « Valeurs », with their headers."""
_ROUNDED = ("value", "lower", "upper", "difference")


def write(comparison: Comparison, path: str | Path) -> Path:
    """Write the workbook, whole or not at all; one that exists is replaced.

    Raises:
        BadInput: the name is not that of an .xlsx, its folder does not exist, or it is open elsewhere.
    """
    target = Path(path)
    if target.suffix.lower() != ".xlsx":
        raise BadInput(found_expected("to_excel", target.name, "un nom de fichier en .xlsx"))
    if not target.parent.is_dir():
        raise BadInput(
            f"to_excel : le dossier {str(target.parent)!r} n’existe pas ; attendu : un dossier existant."
        )
    refuse_open(target)
    content = workbook_bytes(comparison)
    try:
        return write_whole(target, content)
    except PermissionError as error:
        raise BadInput(_open_elsewhere(target)) from error


def refuse_open(target: Path) -> None:
    """Stop where Excel (« ~$nom ») or LibreOffice (« .~lock.nom# ») says that it holds the file open.

    Raises:
        BadInput: it is open.
    """
    marks = (target.with_name(f"~${target.name}"), target.with_name(f".~lock.{target.name}#"))
    if target.exists() and any(mark.exists() for mark in marks):
        raise BadInput(_open_elsewhere(target))


def _open_elsewhere(target: Path) -> str:
    return (
        f"{target.name} : ce fichier est ouvert ailleurs ou ne peut pas être écrit. Le fermer dans le tableur (ou vérifier "
        "les droits du dossier), ou donner un autre nom."
    )


def workbook_bytes(comparison: Comparison) -> bytes:
    """The workbook as bytes, the same for the same comparison."""
    from openpyxl import Workbook

    study = comparison.study
    book = Workbook()
    book.properties.creator = "ctg-lib"
    book.properties.title = f"Comparaison{' (fictif)' if study.fictif else ''} — {study.territory.name}"
    book.remove(book.worksheets[0])
    _comparison(book, comparison)
    _readings(book, comparison)
    _values(book, comparison)
    _definitions(book, comparison)
    _sources(book, comparison)
    return fixed_file(book.save, study.as_of)


# --- sheets ------------------------------------------------------------------------------------------


def _comparison(book: Workbook, comparison: Comparison) -> None:
    study, table = comparison.study, comparison.table
    sheet = _sheet(book, "Comparaison", comparison)
    _text(sheet, 1, 1, study.territory.name, bold=True)
    said = f"Étude {study.id}, {day_in_words(study.as_of)}. Entre parenthèses : une autre période."
    _text(sheet, 2, 1, f"{MADE_UP}. {said}" if study.fictif else said)
    first = table.drop_duplicates(["indicator", "breakdown"])
    groups = [table[table["indicator"].eq(i) & table["breakdown"].eq(b)]
              for i, b in zip(first["indicator"], first["breakdown"], strict=True)]  # fmt: skip
    heads = ["Indicateur", "Détail", "Unité", "Période", *(str(name) for name in groups[0]["name"])]
    _head(sheet, 4, heads, [44, 26, 24, 12, *([18] * (len(heads) - 4))])
    for number, lines in enumerate(groups, start=5):
        own = lines.iloc[0]
        for column, text in enumerate(
            (own["label"], own["breakdown_label"], own["unit"], _when(own)), start=1
        ):
            _text(sheet, number, column, text)
        for column, (_, line) in enumerate(lines.iterrows(), start=5):
            _cell(sheet, number, column, line, own)
    last = 6 + len(groups)
    _text(sheet, last, 1, f"Source : {study.source_line(table[table['sources'].ne('')])}")
    for shift, note in enumerate(comparison.notes(), start=1):
        _text(sheet, last + shift, 1, note)
    sheet.freeze_panes = "E5"


def _when(line: pd.Series) -> str:
    return year_of(str(line["period"])) if line["period"] else ""


def _cell(sheet: Worksheet, row: int, column: int, line: pd.Series, own: pd.Series) -> None:
    """A number in its own digits, with its period where it differs; words where there is no number."""
    rule = definition(line["indicator"])
    if pd.isna(line["value"]):
        _text(sheet, row, column, shown(as_value(line, rule)), right=True)
        return
    other = f' "({_when(line)})"' if line["period"] != own["period"] else ""
    cell = sheet.cell(row, column, round(float(line["value"]), rule.decimals))
    cell.number_format = _format(rule.decimals) + other


def _readings(book: Workbook, comparison: Comparison) -> None:
    sheet = _sheet(book, "Lectures", comparison)
    here = comparison.study.territory.short_name
    _head(sheet, 1, ["Indicateur", "Comparé à", f"{here} : …", "Sûreté"], [50, 30, 44, 60])
    lines = comparison.table[~comparison.table["own"]]
    for number, (_, line) in enumerate(lines.iterrows(), start=2):
        detail = f", {line['breakdown_label']}" if line["breakdown_label"] else ""
        texts = (f"{line['label']}{detail}", line["name"], line["words"] or "–", SURENESS[line["sureness"]])
        for column, text in enumerate(texts, start=1):
            _text(sheet, number, column, text)
    _filtered(sheet, 1, len(lines) + 1, 4)


def _values(book: Workbook, comparison: Comparison) -> None:
    table, study = comparison.table, comparison.study
    cells = table["sources"].fillna("").unique()
    shown_as = table.assign(
        level=table["level"].map(LEVEL_LABELS), status=table["status"].map(STATUS_LABELS),
        method=table["method"].map(lambda code: METHODS.get(code, code)),
        sureness=table["sureness"].map(lambda code: SURENESS.get(code, "")),
        source=table["sources"].fillna("").map({c: str(source_line(study.sources, [c])) for c in cells}),
    )  # fmt: skip
    sheet = _sheet(book, "Valeurs", comparison)
    widths = {"label": 44, "name": 26, "method": 40, "sureness": 40, "source": 60, "words": 34, "unit": 22}
    _head(sheet, 1, list(VALUES.values()), [widths.get(name, 14) for name in VALUES])
    for number, (_, line) in enumerate(shown_as.iterrows(), start=2):
        digits = definition(line["indicator"]).decimals
        for column, name in enumerate(VALUES, start=1):
            value = line[name]
            if isinstance(value, str):
                _text(sheet, number, column, value)
            elif not pd.isna(value):
                places = digits if name in _ROUNDED else 1 if float(value) % 1 else 0
                cell = sheet.cell(number, column, round(float(value), places))
                cell.number_format = _format(places)
    _filtered(sheet, 1, len(table) + 1, len(VALUES))
    sheet.freeze_panes = "C2"


def _definitions(book: Workbook, comparison: Comparison) -> None:
    heads = ["Identifiant", "Indicateur", "Thème", "Unité", "Définition", "Calcul", "À savoir", "Références"]
    rules = [definition(i) for i in dict.fromkeys(i for i, _ in comparison.items)]
    rows = [
        [
            r.id,
            r.label,
            THEMES[r.theme],
            r.unit,
            r.definition,
            HOW[r.aggregation],
            r.caution,
            " ; ".join(r.references),
        ]
        for r in rules
    ]
    _plain_sheet(book, "Définitions", comparison, heads, rows, [24, 36, 22, 20, 70, 50, 60, 40])


def _sources(book: Workbook, comparison: Comparison) -> None:
    heads = ["Identifiant", "Éditeur", "Contenu", "Jeu", "Millésime", "Provenance", "Reprise de", "Contrôles", "Licence",
             "Adresse", "Relevé le", "Fichier", "sha256"]  # fmt: skip
    rows = [
        [e.id, e.publisher, e.title, e.dataset, e.vintage, PROVENANCES[e.provenance], e.carried_from, " ; ".join(e.checks),
         e.licence, e.address, e.retrieved.isoformat(), e.path, e.sha256]
        for e in comparison.sources
    ]  # fmt: skip
    widths = [28, 14, 44, 24, 18, 28, 44, 44, 24, 44, 12, 44, 66]
    _plain_sheet(book, "Sources", comparison, heads, rows, widths)


# --- cells -------------------------------------------------------------------------------------------


def _sheet(book: Workbook, name: str, comparison: Comparison) -> Worksheet:
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet = book.create_sheet(f"{name} (fictif)" if comparison.study.fictif else name)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    return sheet


def _plain_sheet(
    book: Workbook,
    name: str,
    comparison: Comparison,
    heads: list[str],
    rows: Sequence[Iterable[str]],
    widths: list[int],
) -> None:
    sheet = _sheet(book, name, comparison)
    _head(sheet, 1, heads, widths)
    for number, row in enumerate(rows, start=2):
        for column, text in enumerate(row, start=1):
            _text(
                sheet,
                number,
                column,
                text,
                raw=heads[column - 1] in ("Identifiant", "Adresse", "Fichier", "sha256"),
                wrap=True,
            )
    _filtered(sheet, 1, len(rows) + 1, len(heads))


def _head(sheet: Worksheet, row: int, heads: list[str], widths: list[int]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    for column, (text, width) in enumerate(zip(heads, widths, strict=True), start=1):
        cell = sheet.cell(row, column, typeset(text))
        cell.font = Font(name=FONT, bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=COLORS["territory"].lstrip("#"))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(column)].width = width
    tall = max(-(-len(text) // max(int(width) - 3, 1)) for text, width in zip(heads, widths, strict=True))
    sheet.row_dimensions[row].height = 15.5 * tall
    sheet.freeze_panes = sheet.cell(row + 1, 1).coordinate


def _text(
    sheet: Worksheet,
    row: int,
    column: int,
    text: Any,
    *,
    bold: bool = False,
    raw: bool = False,
    right: bool = False,
    wrap: bool = False,
) -> None:
    """A text that stays one, even where it begins with « = »."""
    from openpyxl.styles import Alignment, Font

    cell = sheet.cell(row, column, str(text) if raw else typeset(str(text)))
    cell.data_type = "s"
    if right:
        cell.alignment = Alignment(horizontal="right")
    if wrap:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    if bold:
        cell.font = Font(name=FONT, bold=True, size=14)


def _filtered(sheet: Worksheet, first: int, last: int, columns: int) -> None:
    from openpyxl.utils import get_column_letter

    sheet.auto_filter.ref = f"A{first}:{get_column_letter(columns)}{max(last, first)}"


def _format(decimals: int) -> str:
    return "#,##0" + ("." + "0" * decimals if decimals else "")
