"""The workbook in which answers given on paper are typed: one line per form, one column per box.

Sheet « Saisie »: titles, the sections, a short label of each column, then its name
(:attr:`ctg_lib.consultation.questionnaire.Question.columns`), by which it is read; lines follow. One
choice is picked in a list; a ticked box is « x »; a rank, a number. First columns: ``code`` (the deletion
code, printed on the form), then the channel.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from ctg_lib.archive import fixed_file
from ctg_lib.consultation.deletion_codes import ALPHABET, DRAWN
from ctg_lib.consultation.questionnaire import Option, Question, Questionnaire
from ctg_lib.display.typography import typeset
from ctg_lib.documents.consultation.around import Around, free_label, numbers
from ctg_lib.documents.workbook_styles import (
    UNLOCKED,
    WRAPPED,
    colour,
    fill,
    font,
    lines_of,
    page,
    protect,
    strip_fictif,
    thin,
)

SHEET = "Saisie"
LISTS = "Listes"
HELP = "Mode d’emploi"
CODE = "code"
TICK = "x"
LINES = 200
"""Lines ready to be filled."""
_SHORT = 60
_HELP = (
    "Une ligne par questionnaire rendu, une colonne par case ou par ligne à remplir.",
    "Recopiez d’abord le code imprimé en haut du questionnaire : il permet d’effacer la réponse si "
    "la personne le "
    "demande, et de voir qu’un questionnaire a été saisi deux fois. Une lettre fausse est signalée.",
    "Une seule réponse : choisissez-la dans la liste de la cellule. Une case cochée : « x ». Un "
    "classement : le numéro "
    "écrit par la personne. Rien de coché : laissez vide.",
    "Deux cases cochées où une seule était attendue, écriture illisible : laissez vide.",
    (
        "Recopiez les phrases telles quelles, sans nom, adresse ni numéro de téléphone : écrivez « [nom] "
        "» à la place."
    ),
    "Ne changez ni l’ordre ni le nom des colonnes. Une feuille par type de questionnaire ; plusieurs "
    "personnes peuvent "
    "saisir dans des copies, chacune avec ses questionnaires.",
    "Une fois la saisie finie, enregistrez le classeur dans le dossier « consultation/reponses » de "
    "l’étude, relisez un "
    "questionnaire sur dix contre le papier, puis lancez « ctg study check ».",
)


@dataclass(frozen=True)
class Column:
    """One column of the sheet.

    Attributes:
        name: by which it is read.
        label: what is shown above.
        section: title of its section.
        labels: what can be picked; empty: anything.
        low, high: of a number.
        tick: « x » or nothing.
        text: free.
    """

    name: str
    label: str
    section: str = ""
    labels: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    tick: bool = False
    text: bool = False


def columns(questionnaire: Questionnaire) -> list[Column]:
    """Columns of the sheet, in order: the code, the channel, then the others as they are asked."""
    ranks = numbers(questionnaire)
    first, then = [Column(CODE, "Code de suppression")], list[Column]()
    for section in questionnaire.sections:
        for question in section.questions:
            made = list(_columns(question, ranks[question.id], section.title))
            (first if question.role == "canal" else then).extend(made)
    return [*first, *then]


def _columns(question: Question, number: int, section: str) -> Iterable[Column]:
    head = f"{number}. {_short(question.topic or question.label)}"
    labels = tuple(_plain(option.label) for option in question.options)
    for name in question.columns:
        part = name.removeprefix(f"{question.id}__")
        if name.endswith("__texte"):
            option = part.removesuffix("__texte")
            yield Column(name, f"{head} — {_short(free_label(question, option))}", section, text=True)
        elif question.kind in ("single", "scale"):
            yield Column(name, head, section, labels)
        elif question.kind == "grid":
            yield Column(name, f"{head} — {_short(_of(question.items, part).label)}", section, labels)
        elif question.kind == "multiple":
            yield Column(name, f"{head} — {_short(question.label_of(part))}", section, tick=True)
        elif question.kind == "ranking":
            most = question.most or len(question.options)
            yield Column(name, f"{head} — {_short(question.label_of(part))}", section, low=1, high=most)
        elif question.kind == "integer":
            yield Column(name, head, section, low=question.low, high=question.high)
        else:
            yield Column(name, head, section, text=True)


def _of(some: Iterable[Option], code: str) -> Option:
    return next(each for each in some if each.code == code)


def _plain(text: str) -> str:
    return re.sub(r"[\x00-\x1f]+", " ", str(typeset(text.replace("**", ""))))


def _short(text: str) -> str:
    plain = _plain(text)
    return plain if len(plain) <= _SHORT else plain[: _SHORT - 1].rsplit(" ", 1)[0] + "…"


def entry_bytes(questionnaire: Questionnaire, around: Around) -> bytes:
    """The workbook as the bytes of an .xlsx file: the same for the same arguments."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = SHEET
    some = columns(questionnaire)
    lists = _lists(book, some)
    _Entry(sheet, questionnaire, around, some, lists).write()
    _instructions(book.create_sheet(HELP, 1), questionnaire, around)
    book.properties.creator, book.properties.title = "ctg", f"Saisie : {questionnaire.title}"
    book.properties.language = "fr-FR"
    return fixed_file(book.save, around.moment)


def _lists(book: Workbook, some: list[Column]) -> dict[tuple[str, ...], str]:
    """A sheet with the lists, each once; labels -> where they stand."""
    sheet = book.create_sheet(LISTS)
    where: dict[tuple[str, ...], str] = {}
    for labels in dict.fromkeys(column.labels for column in some if column.labels):
        letter = get_column_letter(len(where) + 1)
        for row, label in enumerate(labels, start=1):
            put(sheet[f"{letter}{row}"], label)
        where[labels] = f"{LISTS}!${letter}$1:${letter}${len(labels)}"
    sheet.sheet_state = "hidden"
    return where


def put(cell: Cell, value: str) -> None:
    """A text and nothing else: « =1+1 » is no formula."""
    cell.value, cell.data_type = value, "s"
    cell.quotePrefix = value.startswith(("=", "+", "-", "@"))


def code_rule(cell: str) -> str:
    """Whether a cell holds a printed code, as a formula: its letters weighted as in
    ``deletion_codes.check_letter``."""
    plain = f'SUBSTITUTE(SUBSTITUTE({cell},"-","")," ","")'
    letters = f'SEARCH(MID({plain},ROW($1:${DRAWN + 1}),1),"{ALPHABET}")-1'
    weights = f"MOD(ROW($1:${DRAWN + 1}),{DRAWN + 1})+1"
    total = f"SUMPRODUCT(({letters})*({weights}))"
    return f"IFERROR(AND(LEN({plain})={DRAWN + 1},MOD({total},{len(ALPHABET)})=0),FALSE)"


def _width(column: Column) -> int:
    """Of a column, in characters."""
    if column.text:
        return 40
    return 15 if column.name == CODE else 24 if column.labels else 15


class _Entry:
    """Writes the sheet of lines."""

    def __init__(
        self, sheet: Worksheet, questionnaire: Questionnaire, around: Around, some: list[Column],
        lists: dict[tuple[str, ...], str],
    ) -> None:  # fmt: skip
        self.sheet, self.questionnaire, self.around, self.columns, self.lists = (
            sheet, questionnaire, around, some, lists,
        )  # fmt: skip
        self.title = 2 if around.fictif else 1
        self.heads = self.title + 4
        self.first, self.last = self.heads + 1, self.heads + LINES

    def write(self) -> None:
        self._top()
        self._headings()
        self._cells()
        for number, column in enumerate(self.columns, start=1):
            self._validate(get_column_letter(number), column)
        self._view()

    def _top(self) -> None:
        if self.around.fictif:
            strip_fictif(self.sheet, 1, min(len(self.columns), 12))
        title = self.sheet.cell(self.title, 1)
        put(title, _plain(f"Saisie des réponses sur papier — {self.questionnaire.title}"))
        title.font = font(15, "territory", bold=True)
        self.sheet.row_dimensions[self.title].height = 26
        said = self.sheet.cell(self.title + 1, 1)
        put(
            said,
            _plain(
                f"{self.around.place} · questionnaire « {self.questionnaire.id} », version "
                f"{self.questionnaire.version} · une ligne par questionnaire rendu, voir la feuille « "
                f"{HELP} »"
            ),
        )
        said.font = font(10, "ink-soft")

    def _headings(self) -> None:
        section = ""
        for number, column in enumerate(self.columns, start=1):
            above, label, name = (self.sheet.cell(self.heads - 2 + k, number) for k in range(3))
            if column.section != section and column.section:
                put(above, _plain(column.section))
                above.font = font(10, "territory", bold=True)
                section = column.section
            put(label, column.label)
            label.font, label.fill, label.border = font(9, bold=True), fill("territory-soft"), thin("paper")
            label.alignment = Alignment(wrap_text=True, vertical="bottom")
            put(name, column.name)
            name.font, name.fill, name.border = font(7.5, "ink-soft"), fill("paper-soft"), thin("paper")
            name.alignment = Alignment(wrap_text=True, vertical="top")
            self.sheet.column_dimensions[get_column_letter(number)].width = _width(column)
        tallest = max(lines_of(column.label, _width(column) * 1.05) for column in self.columns)
        self.sheet.row_dimensions[self.heads - 1].height = 12 * tallest + 6
        self.sheet.row_dimensions[self.heads].height = 34

    def _cells(self) -> None:
        """Entry cells, unlocked; one look per column, since setting each property is thirty times slower."""
        looks = [self._look(number, column) for number, column in enumerate(self.columns, start=1)]
        for row in range(self.first, self.last + 1):
            for number, look in enumerate(looks, start=1):
                self.sheet.cell(row, number)._style = copy(look)

    def _look(self, number: int, column: Column) -> Any:
        cell = self.sheet.cell(self.first, number)
        cell.protection, cell.border, cell.font = UNLOCKED, thin(), font(10)
        if column.name == CODE or column.text:
            cell.number_format = "@"  # « 12/5 » stays what was written
        cell.alignment = WRAPPED if column.text else Alignment(horizontal="center" if column.tick else "left")
        return copy(cell._style)

    def _validate(self, letter: str, column: Column) -> None:
        rule = self._rule(column, f"{letter}{self.first}")
        if rule is None:
            return
        rule.allow_blank, rule.errorStyle, rule.showErrorMessage, rule.errorTitle = (
            True,
            "warning",
            True,
            "À vérifier",
        )
        rule.add(f"{letter}{self.first}:{letter}{self.last}")
        self.sheet.add_data_validation(rule)

    def _rule(self, column: Column, cell: str) -> DataValidation | None:
        if column.name == CODE:
            rule = DataValidation(type="custom", formula1=code_rule(cell))
            rule.error = "Une lettre du code est fausse ou manque : relire le questionnaire."
            self._twice(cell)
            return rule
        if column.labels:
            rule = DataValidation(type="list", formula1=self.lists[column.labels])
            rule.error = "Cette réponse n’est pas dans la liste."
            return rule
        if column.tick:
            rule = DataValidation(type="list", formula1=f'"{TICK}"')
            rule.error = "Une case cochée s’écrit « x » ; sinon, laisser vide."
            return rule
        if column.low is not None or column.high is not None:
            low = column.low if column.low is not None else 0
            high = column.high if column.high is not None else 999_999
            rule = DataValidation(type="whole", operator="between", formula1=str(low), formula2=str(high))
            rule.error = f"Un nombre entier de {low} à {high} est attendu."
            return rule
        return None

    def _twice(self, cell: str) -> None:
        """A code typed on two lines is coloured."""
        rows = f"$A${self.first}:$A${self.last}"
        shade = PatternFill("solid", bgColor=colour("accent-soft"), fgColor=colour("accent-soft"))
        rule = FormulaRule(formula=[f'AND({cell}<>"",COUNTIF({rows},{cell})>1)'], fill=shade)
        self.sheet.conditional_formatting.add(rows.replace("$", ""), rule)

    def _view(self) -> None:
        self.sheet.freeze_panes = self.sheet.cell(self.first, 2)
        self.sheet.sheet_view.zoomScale = 100
        asked = self.questionnaire
        footer = f"{_plain(self.around.place)} · saisie « {asked.id} » · version {asked.version}"
        wide = max(1, len(self.columns) // 12)
        page(self.sheet, footer, landscape=True, pages_wide=wide, fictif=self.around.fictif, header=SHEET)
        protect(self.sheet)


def _instructions(sheet: Worksheet, questionnaire: Questionnaire, around: Around) -> None:
    sheet.column_dimensions["A"].width = 110
    head = sheet["A1"]
    put(head, _plain(f"Saisir les réponses sur papier — {questionnaire.title}"))
    head.font = font(15, "territory", bold=True)
    for row, text in enumerate(_HELP, start=3):
        cell = sheet.cell(row, 1)
        put(cell, _plain(text))
        cell.font, cell.alignment = font(11), WRAPPED
        sheet.row_dimensions[row].height = 18 * (1 + len(text) // 105)
    sheet.sheet_view.showGridLines = False
    if around.fictif:
        strip_fictif(sheet, len(_HELP) + 4, 1)
