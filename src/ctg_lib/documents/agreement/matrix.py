"""The matrix of the cross-analysis to print: A3 on its side, as PDF (Typst) and as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook as Spreadsheet
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from ctg_lib.agreement.books.croisement import READINGS
from ctg_lib.agreement.crossing import READING_RULES, SAYS, SAYS_RULES, Crossed
from ctg_lib.archive import fixed_file
from ctg_lib.consultation import coverage
from ctg_lib.consultation.scheme import PUBLICS
from ctg_lib.display.gantt import day_in_words
from ctg_lib.display.prose import upper_first
from ctg_lib.display.theme import COLORS
from ctg_lib.display.typography import counted, number, typeset
from ctg_lib.documents.typst_pdf import typst_compiler, typst_pdf
from ctg_lib.documents.workbook_styles import (
    FICTIF,
    FONT,
    MIDDLE,
    WRAPPED,
    colour,
    fill,
    font,
    page,
    strip_fictif,
    thin,
)
from ctg_lib.documents.workbook_styles import lines_of as lines_in
from ctg_lib.study.crossing import SIDE_LABELS, StudyCrossing, cell_words, crossing_of
from ctg_lib.workbooks.common import THEMES

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

TEMPLATE = Path(__file__).parent / "matrix.typ"
TITLE = "Croisement des regards"
A3 = 8
"""Paper of a spreadsheet."""
TONES: dict[str, str] = {"manque": "worse", "nuance": "worse-soft", "existe": "better-soft"}
"""What a side says -> colour of the theme; its mark and words say it without."""
MOST_PROOFS = 2
"""Evidence told in one cell; the spreadsheet of findings has them all."""
NONE = "–"
_ENDS: tuple[str, ...] = ("Ce qui existe", "Ce qui manque", "Qui peut agir", "Contrats touchés")
_WIDTHS: dict[str, int] = {"need": 30, "side": 16, "reading": 17, "end": 25}
"""Columns of the spreadsheet, in characters."""


def matrix_pdf(study: Study) -> bytes:
    """The matrix as PDF: needs by theme, what each side says, how they agree, what answers, who can act.

    Where no need is crossed, one page says so.

    Raises:
        BadInput: the package ``typst`` is absent.
    """
    return typst_pdf(typst_compiler(TEMPLATE, content(study), "La matrice en PDF demande"))


def matrix_xlsx(study: Study) -> bytes:
    """The matrix as an .xlsx file: sheet « Croisement » (A3 on its side, headings on every page), and how to
    read it. Where no need is crossed, a line says so."""
    told = content(study)
    file = Spreadsheet()
    _matrix_sheet(file.active, told)
    _rules_sheet(file.create_sheet("Lecture"), told)
    file.properties.creator = "ctg"
    file.properties.title = told["title"]
    file.properties.language = "fr-FR"
    return fixed_file(file.save, study.as_of)


def content(study: Study) -> dict[str, Any]:
    """All that is printed, in French typography: ``heads``, ``themes`` (name, rows of cells), ``rules``
    (three columns of lines).

    A row: ``id``, ``need``, ``about`` (publics, secteurs, moment), ``sides`` (says, words, proofs),
    ``reading``, ``computed`` (where the analyst reads otherwise), ``why``, ``ends``.
    """
    told = crossing_of(study)
    sides = told.crossing.sides
    themes = [
        {"name": _text(upper_first(THEMES.get(theme, theme))), "rows": [_row(told, row) for row in rows]}
        for theme, rows in _by_theme(told.crossing.rows)
    ]
    when = day_in_words(study.as_of)
    heads = ["Besoin", *(upper_first(SIDE_LABELS[side]) for side in sides), "Lecture", *_ENDS]
    return {
        "title": _text(f"{TITLE} : {study.territory.name}"),
        "subtitle": _text(_subtitle(told, when)),
        "fictif": _text(FICTIF) if study.fictif else "",
        "running": _text(f"{TITLE} — {study.territory.name} — {when}"),
        "colors": COLORS,
        "tones": TONES,
        "heads": [_text(head) for head in heads],
        "sides": len(sides),
        "themes": themes,
        "rules": _in_columns([_text(line) for line in _rules(told)]),
    }  # fmt: skip


def _by_theme(rows: Iterable[Crossed]) -> list[tuple[str, list[Crossed]]]:
    out: dict[str, list[Crossed]] = {}
    for row in rows:
        out.setdefault(row.theme, []).append(row)
    return list(out.items())


def _subtitle(told: StudyCrossing, when: str) -> str:
    rows = told.crossing.rows
    if not rows:
        return (
            f"Aucun besoin n’est croisé au {when} : remplir constats.xlsx et croisement.xlsx "
            f"(ctg study findings {told.study.id}, puis ctg study crossing {told.study.id})."
        )
    agree, part = len(told.crossing.read("convergence")), len(told.crossing.read("divergence"))
    return (
        f"{counted(len(rows), 'besoin')} au {when} : les regards convergent sur {number(agree)}, divergent "
        f"sur {number(part)}. D’après croisement.xlsx et constats.xlsx, les enquêtes et les échanges "
        "de l’étude."
    )


def _row(told: StudyCrossing, row: Crossed) -> dict[str, Any]:
    publics = ", ".join(PUBLICS[p] for p in row.publics if p in PUBLICS)
    about = " ; ".join(text for text in (publics, ", ".join(row.secteurs), row.moment) if text)
    ends = [_listed(told.offer(row), "aucun service"), [row.gap or NONE], _listed(told.actors(row), NONE),
            _listed(told.contracts(row), NONE)]  # fmt: skip
    return {
        "id": row.id,
        "need": _text(upper_first(row.label)),
        "about": _text(about),
        "sides": [
            {
                "says": view.says, "words": _text(cell_words(view)),
                "proofs": [_text(p.said) for p in view.proofs if p.said][:MOST_PROOFS],
            }
            for view in (row.view(side) for side in told.crossing.sides)
        ],
        "reading": _text(upper_first(READINGS[row.reading])),
        "computed": _text(f"Calculé : {READINGS[row.computed]}") if row.overruled else "",
        "why": _text(row.why),
        "ends": [[_text(line) for line in end] for end in ends],
    }  # fmt: skip


def _listed(lines: Sequence[str], none: str) -> list[str]:
    return list(lines) or [none]


def _rules(told: StudyCrossing) -> list[str]:
    """How to read it: words and readings that are in the matrix, and what it leaves out."""
    crossing = told.crossing
    used = [s for s in SAYS if any(v.says == s for row in crossing.rows for v in row.views)]
    read = [r for r in READINGS if any(r in (row.reading, row.computed) for row in crossing.rows)]
    if not crossing.rows:
        return []
    lines = [f"{upper_first(SAYS[s])} : {SAYS_RULES[s]}." for s in used]
    lines += [
        "« 5 sur 6 » : cela manque dans 5 des 6 échanges où ce côté en parle. « Aucun indicateur », « aucun "
        "document » : les constats n’en citent pas."
    ]
    lines += [f"{upper_first(READINGS[r])} : {READING_RULES[r]}." for r in read]
    if any(row.overruled for row in crossing.rows):
        lines.append("« Calculé » : ce que donne la règle, quand l’analyste retient une autre lecture.")
    lines.append(
        "Les paroles d’acteurs valent pour tout le territoire, même quand le besoin est d’un secteur."
    )
    if crossing.unshown:
        lines.append(
            f"{upper_first(counted(crossing.unshown, 'côté'))} dont moins de {number(coverage.FEWEST)} "
            "personnes ont été entendues : non montré, « pas demandé » le dit aussi."
        )
    return lines


def _in_columns(lines: Sequence[str], columns: int = 3) -> list[list[str]]:
    """Lines in columns of about the same length, in order."""
    out: list[list[str]] = [[] for _ in range(columns)]
    total, before = sum(map(len, lines)) or 1, 0
    for line in lines:
        out[min(before * columns // total, columns - 1)].append(line)
        before += len(line)
    return out


def _text(text: str) -> str:
    return typeset(text)


# ------------------------------------------------------------------------------------------- the spreadsheet


def _matrix_sheet(ws: Worksheet, told: dict[str, Any]) -> None:
    ws.title = "Croisement"
    heads = told["heads"]
    row = 1
    if told["fictif"]:
        strip_fictif(ws, row, len(heads))
        row += 1
    ws.cell(row, 1, told["title"]).font = font(15, "territory", bold=True)
    ws.row_dimensions[row].height = 26
    ws.cell(row + 1, 1, told["subtitle"]).font = font(10, "ink-soft")
    top = row + 3
    for column, head in enumerate(heads, start=1):
        cell = ws.cell(top, column, head)
        cell.font, cell.fill = font(10, "paper", bold=True), fill("territory")
        cell.alignment, cell.border = MIDDLE, thin("paper")
        ws.column_dimensions[get_column_letter(column)].width = _width(column, told["sides"])
    row = top + 1
    for theme in told["themes"]:
        for column in range(1, len(heads) + 1):
            ws.cell(row, column).fill = fill("territory-soft")
        ws.cell(row, 1, theme["name"]).font = font(11, "territory", bold=True)
        row += 1
        for line in theme["rows"]:
            _need_line(ws, row, line, told["sides"])
            row += 1
    ws.freeze_panes = ws.cell(top + 1, 2)
    ws.print_title_rows = f"{top}:{top}"
    ws.sheet_view.showGridLines = False
    page(ws, told["running"], landscape=True, fictif=bool(told["fictif"]))
    ws.page_setup.paperSize = A3


def _width(column: int, sides: int) -> int:
    if column == 1:
        return _WIDTHS["need"]
    if column <= sides + 1:
        return _WIDTHS["side"]
    return _WIDTHS["reading" if column == sides + 2 else "end"]


def _need_line(ws: Worksheet, row: int, line: dict[str, Any], sides: int) -> None:
    about = f"\n{line['about']}" if line["about"] else ""
    texts = [f"{line['id']} — {line['need']}{about}"]
    texts += ["\n".join([side["words"], *side["proofs"]]) for side in line["sides"]]
    texts.append("\n".join(t for t in (line["reading"], line["computed"], line["why"]) if t))
    texts += ["\n".join(end) for end in line["ends"]]
    most = 1
    for column, text in enumerate(texts, start=1):
        cell = ws.cell(row, column, text)
        cell.data_type = "s"  # « =1+1 » is a text
        cell.alignment, cell.border = WRAPPED, thin("line")
        says = line["sides"][column - 2]["says"] if 2 <= column <= sides + 1 else ""
        quiet = says in ("silence", "present", "pas_demande")
        cell.font = font(10, "ink-soft" if quiet else "ink", bold=says == "manque", italic=quiet)
        if says in TONES:
            cell.fill = fill(TONES[says])
        most = max(most, lines_in(text, 1.08 * _width(column, sides)))
    bold = InlineFont(rFont=FONT, sz=10, b=True, color=colour("ink"))
    soft = InlineFont(rFont=FONT, sz=9, color=colour("ink-soft"))
    need = TextBlock(bold, f"{line['id']} — {line['need']}")
    ws.cell(row, 1).value = CellRichText(need, TextBlock(soft, about)) if about else CellRichText(need)
    ws.row_dimensions[row].height = min(13 * most + 4, 409)


def _rules_sheet(ws: Worksheet, told: dict[str, Any]) -> None:
    row = 1
    if told["fictif"]:
        strip_fictif(ws, row, 1)
        row += 1
    ws.column_dimensions["A"].width = 120
    ws.cell(row, 1, "Comment lire la matrice").font = font(15, "territory", bold=True)
    rules = [line for column in told["rules"] for line in column]
    for number_, line in enumerate(rules, start=row + 2):
        cell = ws.cell(number_, 1, line)
        cell.font, cell.alignment = font(10), Alignment(wrap_text=True, vertical="top")
        ws.row_dimensions[number_].height = 13.5 * lines_in(line, 115) + 3
    ws.sheet_view.showGridLines = False
    page(ws, told["running"], landscape=False, fictif=bool(told["fictif"]))
