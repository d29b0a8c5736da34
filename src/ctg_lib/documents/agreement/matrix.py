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
from ctg_lib.agreement.crossing import READING_RULES, SAYS, SAYS_RULES, Crossed, View
from ctg_lib.archive import fixed_file
from ctg_lib.consultation import coverage
from ctg_lib.consultation.scheme import PUBLICS
from ctg_lib.display.gantt import day_in_words
from ctg_lib.display.prose import upper_first
from ctg_lib.display.theme import COLORS
from ctg_lib.display.typography import counted, number, typeset
from ctg_lib.documents.typst_pdf import typst_compiler, typst_pdf, typst_values
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
from ctg_lib.study.crossing import SIDE_LABELS, StudyCrossing, cell_words, crossing_of, evidence_rules
from ctg_lib.workbooks.common import THEME_NAMES

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
SIZES: tuple[float, ...] = (7.6, 7.4, 7.2, 7.0, 6.8)
"""Points of the text of the PDF: the largest at which how to read it needs no page of its own."""
NONE = "–"
_ENDS: tuple[str, ...] = ("Ce qui existe", "Ce qui manque", "Qui peut agir", "Contrats touchés")
_WIDTHS: dict[str, int] = {"need": 30, "side": 16, "reading": 17, "end": 25}
"""Columns of the spreadsheet, in characters; a side by its own share."""
RULES = 96
"""Characters of the sheet that says how to read it: what a page of A4 holds upright."""


def matrix_pdf(study: Study) -> bytes:
    """The matrix as PDF: needs by theme, what each side says, how they agree, what answers, who can act.

    Where no need is crossed, one page says so.

    Raises:
        BadInput: the package ``typst`` is absent.
    """
    told = content(study)
    for size in (*SIZES, SIZES[0]):
        compiler = typst_compiler(TEMPLATE, told | {"size": size}, "La matrice en PDF demande")
        if not _rules_alone(compiler):
            break
    return typst_pdf(compiler)


def _rules_alone(compiler: Any) -> bool:
    """Whether how to read the matrix stands on a page without any need."""
    rows, rules = (typst_values(compiler, mark) for mark in ("rows", "rules"))
    return bool(rules) and int(rules[0]) > int(rows[-1])


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
    """All that is printed, in French typography: ``heads``, ``widths`` of the sides, ``themes`` (name, rows of
    cells), ``rules`` (three columns of lines).

    A row: ``id``, ``need``, ``about`` (publics, secteurs, moment), ``sides`` (says, words, proofs),
    ``reading``, ``computed`` (where the analyst reads otherwise), ``why``, ``ends``.
    """
    told = crossing_of(study)
    sides = told.crossing.sides
    themes = [
        {"name": _text(upper_first(THEME_NAMES.get(theme, theme))), "rows": [_row(told, row) for row in rows]}
        for theme, rows in _by_theme(told.crossing.rows)
    ]
    when = day_in_words(study.as_of)
    heads = ["Besoin", *(upper_first(SIDE_LABELS[side]) for side in sides), "Lecture", *_ENDS]
    return {
        "title": _text(f"{TITLE} : {study.territory.name}"),
        "subtitle": _text(_subtitle(told, when)),
        "fictif": _text(FICTIF) if study.fictif else "",
        "running": _text(f"{TITLE} – {study.territory.name} – {when}"),
        "colors": COLORS,
        "tones": TONES,
        "heads": [_text(head) for head in heads],
        "sides": len(sides),
        "widths": _side_widths(themes, len(sides)),
        "themes": themes,
        "rules": _in_columns([_text(line) for line in _rules(told)]),
    }  # fmt: skip


def _side_widths(themes: Sequence[dict[str, Any]], sides: int) -> list[float]:
    """Share of each side: wider where one cell has much evidence, so that rows are not high for one of them."""
    most = [0] * sides
    for theme in themes:
        for row in theme["rows"]:
            for at, side in enumerate(row["sides"]):
                most[at] = max(most[at], sum(map(len, side["proofs"])))
    return [round(0.85 + 0.75 * min(length / 250, 1), 2) for length in most]


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
        f"sur {number(part)}. D’après les constats du diagnostic, les enquêtes et les échanges "
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
                "proofs": _proofs(view),
            }
            for view in (row.view(side) for side in told.crossing.sides)
        ],
        "reading": _text(upper_first(READINGS[row.reading])),
        "computed": _text(f"Calculé : {READINGS[row.computed]}") if row.overruled else "",
        "why": _text(row.why),
        "ends": [[_text(line) for line in end] for end in ends],
    }  # fmt: skip


def _proofs(view: View) -> list[str]:
    """What the evidence of a cell said, first that which says what the cell says."""
    own = sorted((p for p in view.proofs if p.said), key=lambda p: p.of_need.says != view.says)
    return [_text(proof.said) for proof in own][:MOST_PROOFS]


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
    lines += evidence_rules(crossing)
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
        ws.column_dimensions[get_column_letter(column)].width = _width(column, told["widths"])
    row = top + 1
    for theme in told["themes"]:
        for column in range(1, len(heads) + 1):
            ws.cell(row, column).fill = fill("territory-soft")
        ws.cell(row, 1, theme["name"]).font = font(11, "territory", bold=True)
        row += 1
        for line in theme["rows"]:
            _need_line(ws, row, line, told["widths"])
            row += 1
    ws.freeze_panes = ws.cell(top + 1, 2)
    ws.print_title_rows = f"{top}:{top}"
    ws.sheet_view.showGridLines = False
    page(ws, told["running"], landscape=True, fictif=bool(told["fictif"]))
    ws.page_setup.paperSize = A3


def _width(column: int, sides: Sequence[float]) -> float:
    if column == 1:
        return _WIDTHS["need"]
    if column <= len(sides) + 1:
        return round(_WIDTHS["side"] * sides[column - 2], 1)
    return _WIDTHS["reading" if column == len(sides) + 2 else "end"]


def _need_line(ws: Worksheet, row: int, line: dict[str, Any], sides: Sequence[float]) -> None:
    """A need: the first words of a cell at the usual size, what supports them smaller and never bold."""
    cells = [([f"{line['id']} – {line['need']}"], [line["about"]])]
    cells += [([side["words"]], side["proofs"]) for side in line["sides"]]
    cells.append(([line["reading"]], [line["computed"], line["why"]]))
    cells += [(end, []) for end in line["ends"]]
    tall = 0.0
    for column, (first, more) in enumerate(cells, start=1):
        says = line["sides"][column - 2]["says"] if 2 <= column <= len(sides) + 1 else ""
        quiet = says in ("silence", "present", "pas_demande")
        told, rest = "\n".join(first), "".join(f"\n{text}" for text in more if text)
        tone, bold = "ink-soft" if quiet else "ink", column == 1 or says == "manque"
        cell = ws.cell(row, column, told)
        cell.data_type = "s"  # « =1+1 » is a text
        cell.font = font(10, tone, bold=bold, italic=quiet)
        if rest:
            head = InlineFont(rFont=FONT, sz=10, b=bold, i=quiet, color=colour(tone))
            soft = InlineFont(rFont=FONT, sz=9, color=colour("ink-soft" if column == 1 else "ink"))
            cell.value = CellRichText(TextBlock(head, told), TextBlock(soft, rest))
        cell.alignment, cell.border = WRAPPED, thin("line")
        if says in TONES:
            cell.fill = fill(TONES[says])
        width = _width(column, sides)
        lines = lines_in(told, width * (1 if bold else 1.08)) * 12.8
        tall = max(tall, lines + (lines_in(rest[1:], width * 1.18) * 11.6 if rest else 0))
    ws.row_dimensions[row].height = min(tall + 4, 409)


def _rules_sheet(ws: Worksheet, told: dict[str, Any]) -> None:
    row = 1
    if told["fictif"]:
        strip_fictif(ws, row, 1)
        row += 1
    ws.column_dimensions["A"].width = RULES
    ws.cell(row, 1, "Comment lire la matrice").font = font(15, "territory", bold=True)
    rules = [line for column in told["rules"] for line in column]
    for number_, line in enumerate(rules, start=row + 2):
        cell = ws.cell(number_, 1, line)
        cell.font, cell.alignment = font(10), Alignment(wrap_text=True, vertical="top")
        ws.row_dimensions[number_].height = 13.5 * lines_in(line, RULES) + 3
    ws.sheet_view.showGridLines = False
    page(ws, told["running"], landscape=False, fictif=bool(told["fictif"]))
