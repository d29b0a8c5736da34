"""A questionnaire as an XLSForm, for ODK, KoboToolbox and Enketo: same content, same bytes.

Names of the answers are :attr:`ctg_lib.consultation.questionnaire.Question.columns` wherever the format
lets them be: ``q`` of a single choice, ``q__item`` of a line of a grid, ``q__code__texte`` of what is
written beside an option. What can be chosen several times, or ranked, is one column, codes parted by
spaces (XLSForm has no other way).

Layout: https://xlsform.org (sheets ``survey``, ``choices``, ``settings``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from ctg_lib.archive import fixed_file
from ctg_lib.consultation.questionnaire import Condition, Question, Questionnaire, Section
from ctg_lib.display.typography import typeset
from ctg_lib.documents.consultation.around import CODE_ID, FICTIF, KEEP_CODE, Around, free_label, how_to

SURVEY = (
    "type", "name", "label", "hint", "required", "required_message", "relevant", "appearance", "constraint",
    "constraint_message", "calculation", "choice_filter", "readonly",
)  # fmt: skip
CHOICES = ("list_name", "name", "label")
SETTINGS = ("form_title", "form_id", "version", "default_language")
LONGEST = 200
"""Letters of an answer beside an option; and, times ten, of an open one."""
_LETTERS = "BCDFGHJKLM"
_CODE = (
    "once(translate(concat(string(int(random() * 90000) + 10000), string(int(random() * 90000) + 10000)), "
    f"'0123456789', '{_LETTERS}'))"
)
"""Ten letters, drawn once: digits written with letters, so that no spreadsheet reads a number. Two short
numbers rather than a long one, which some engines write « 1.2E9 »."""
Row = dict[str, str]


def xlsform_bytes(questionnaire: Questionnaire, around: Around) -> bytes:
    """The XLSForm as the bytes of an .xlsx file."""
    book = Workbook()
    survey = book.active
    assert survey is not None
    survey.title = "survey"
    _fill(survey, SURVEY, survey_rows(questionnaire, around), (24, 30, 60, 40))
    _fill(book.create_sheet("choices"), CHOICES, choice_rows(questionnaire), (30, 26, 60))
    _fill(book.create_sheet("settings"), SETTINGS, [settings_row(questionnaire, around)], (50, 30, 12, 20))
    book.properties.creator, book.properties.title = "ctg", questionnaire.title
    return fixed_file(book.save, around.moment)


def settings_row(questionnaire: Questionnaire, around: Around) -> Row:
    """The line of the sheet ``settings``; the version says what was asked, ``form_id`` of whom and by
    which study."""
    mark = "FICTIF — " if around.fictif else ""
    return {
        "form_title": _text(f"{mark}{questionnaire.title} — {around.place}"),
        "form_id": re.sub(r"\W", "_", f"{questionnaire.id}_{around.study}"),
        "version": str(questionnaire.version),
        "default_language": "Français (fr)",
    }


def survey_rows(questionnaire: Questionnaire, around: Around) -> list[Row]:
    """Lines of the sheet ``survey``, column -> value."""
    rows = [
        {"type": "start", "name": "start"},
        {"type": "end", "name": "end"},
        {"type": "calculate", "name": "questionnaire", "calculation": f"'{questionnaire.id}'"},
        {"type": "calculate", "name": "version", "calculation": f"'{questionnaire.version}'"},
        {"type": "calculate", "name": CODE_ID, "calculation": _CODE},
        *_notes(around, questionnaire),
    ]
    for section in questionnaire.sections:
        rows += _section(questionnaire, section)
    rows.append(_note("note_code", f"Votre code de suppression : ${{{CODE_ID}}}", KEEP_CODE, keep=True))
    if questionnaire.closing:
        rows.append(_note("note_fin", questionnaire.closing))
    return rows


def _notes(around: Around, questionnaire: Questionnaire) -> Iterator[Row]:
    if around.fictif:
        yield _note("note_fictif", FICTIF)
    if questionnaire.intro:
        yield _note("note_accueil", questionnaire.intro)
    if around.notice:
        yield _note("note_donnees", "\n\n".join([around.title, *around.notice]))
    for rank, (title, words) in enumerate(around.full, start=1):
        yield _note(f"note_droits_{rank}", f"{title}\n\n{words}")


def _note(name: str, label: str, hint: str = "", *, keep: bool = False) -> Row:
    shown = _text(label, keep=keep)
    return {"type": "note", "name": name, "label": shown, "hint": _text(hint)}


def _section(questionnaire: Questionnaire, section: Section) -> list[Row]:
    inside: list[Row] = []
    if section.intro:
        inside.append(_note(f"intro_{section.id}", section.intro))
    for question in section.questions:
        inside += _question(questionnaire, question)
    opened = {"type": "begin_group", "name": f"section_{section.id}", "label": _text(section.title)}
    return [opened, *inside, {"type": "end_group"}]


def _question(questionnaire: Questionnaire, question: Question) -> list[Row]:
    hint = " ".join(part for part in (question.help, _sentence(how_to(question))) if part)
    row: Row = {
        "name": question.id, "label": _text(question.label), "hint": _text(hint),
        "relevant": _all(questionnaire, question.when),
    }  # fmt: skip
    if question.required and question.kind != "grid":
        row |= {"required": "yes", "required_message": "Une réponse est attendue ici."}
    if question.kind == "grid":
        return _grid(question, row)
    if question.kind == "ranking":
        return _ranking(questionnaire, question, row)
    return [row | _answer(question), *_free(question)]


def _answer(question: Question) -> Row:
    """Type and bounds of a question that is one line."""
    if question.kind in ("single", "scale"):
        return {"type": f"select_one {list_name(question)}"}
    if question.kind == "multiple":
        return {"type": f"select_multiple {list_name(question)}"} | _limits(question)
    if question.kind == "integer":
        return {"type": "integer"} | _bounds(question)
    return {
        "type": "text", "appearance": "multiline", "constraint": f"string-length(.) <= {LONGEST * 10}",
        "constraint_message": f"{LONGEST * 10} caractères au plus.",
    }  # fmt: skip


def _limits(question: Question) -> Row:
    tests, words = [], []
    for option in question.options:
        if option.exclusive:
            tests.append(f"(not(selected(., '{option.code}')) or count-selected(.) = 1)")
            words.append(f"« {option.label} » ne va avec aucune autre réponse.")
    if question.most is not None and question.most < len(question.options):
        tests.append(f"count-selected(.) <= {question.most}")
        words.append(f"{question.most} réponses au plus.")
    return {"constraint": " and ".join(tests), "constraint_message": _text(" ".join(words))} if tests else {}


def _bounds(question: Question) -> Row:
    tests = [
        f". {sign} {bound}"
        for sign, bound in ((">=", question.low), ("<=", question.high))
        if bound is not None
    ]
    if not tests:
        return {}
    if question.low is not None and question.high is not None:
        words = f"Un nombre entier de {question.low} à {question.high} est attendu."
    else:
        words = f"Un nombre entier de {question.low} au moins est attendu."
        if question.low is None:
            words = f"Un nombre entier de {question.high} au plus est attendu."
    return {"constraint": " and ".join(tests), "constraint_message": words}


def _grid(question: Question, row: Row) -> list[Row]:
    """A table: the group asks, each line of it is an answer."""
    opened = {k: v for k, v in row.items() if k != "name"}
    opened |= {"type": "begin_group", "name": f"{question.id}_grille", "appearance": "table-list"}
    required = {"required": "yes"} if question.required else {}
    lines = [
        {
            "type": f"select_one {list_name(question)}",
            "name": column,
            "label": _text(item.label),
            **required,
        }
        for column, item in zip(question.columns, question.items, strict=True)
    ]
    return [opened, *lines, {"type": "end_group"}]


def _ranking(questionnaire: Questionnaire, question: Question, row: Row) -> list[Row]:
    """``rank`` orders every option: where only some are wanted, they are chosen first, and only those are
    ordered."""
    if question.most is None or question.most >= len(question.options):
        return [row | {"type": f"rank {list_name(question)}"}, *_free(question)]
    chosen = f"{question.id}_choix"
    choose = row | {"name": chosen, "type": f"select_multiple {list_name(question)}"} | _limits(question)
    choose["hint"] = _text(f"{question.help} {question.most} réponses au plus, à classer ensuite.".strip())
    order = {
        "type": f"rank {list_name(question)}", "name": question.id,
        "relevant": f"count-selected(${{{chosen}}}) > 0",
        "label": "Classez ce que vous avez choisi, du plus important au moins important",
        "choice_filter": f"selected(${{{chosen}}}, name)",
    }  # fmt: skip
    return [choose, order, *_free(question)]


def _free(question: Question) -> list[Row]:
    """A line to write on for each option that has one, shown when it is chosen."""
    return [
        {
            "type": "text",
            "name": f"{question.id}__{option.code}__texte",
            "label": _text(free_label(question, option.code)),
            "relevant": f"selected(${{{question.id}}}, '{option.code}')",
            "constraint": f"string-length(.) <= {LONGEST}",
            "constraint_message": f"{LONGEST} caractères au plus.",
        }
        for option in question.options
        if option.free and question.kind != "grid"
    ]


def list_name(question: Question) -> str:
    """Name of a question's list in the sheet ``choices``."""
    return f"liste_{question.id}"


def choice_rows(questionnaire: Questionnaire) -> list[Row]:
    """Lines of the sheet ``choices``: each question has its own list."""
    return [
        {"list_name": list_name(question), "name": option.code, "label": _text(option.label)}
        for question in questionnaire.questions
        for option in question.options
    ]


def _all(questionnaire: Questionnaire, conditions: Iterable[Condition]) -> str:
    return " and ".join(_one(condition) for condition in conditions)


def _one(condition: Condition) -> str:
    tests = [f"selected(${{{condition.question}}}, '{code}')" for code in condition.codes]
    return tests[0] if len(tests) == 1 else f"({' or '.join(tests)})"


def _sentence(words: str) -> str:
    return f"{words}." if words else ""


def _text(words: str, *, keep: bool = False) -> str:
    """Words as the tools show them: « ${ » would call another answer, « < » and « * » would be markup.

    Args:
        keep: it does call one.
    """
    plain = str(typeset(" ".join(words.replace("**", "").split(" "))))
    plain = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", plain)
    if keep:
        return plain
    return re.sub(r"\$(?=\{)", "＄", plain).replace("<", "‹").replace(">", "›")


def _fill(sheet: Worksheet, heads: tuple[str, ...], rows: Iterable[Row], widths: tuple[int, ...]) -> None:
    from openpyxl.utils import get_column_letter

    sheet.append(list(heads))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, row in enumerate(rows, start=2):
        for column, head in enumerate(heads, start=1):
            _put(sheet.cell(number, column), row.get(head, ""))
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"


def _put(cell: Any, value: str) -> None:
    """A text and nothing else: « =1+1 » is no formula."""
    if value:
        cell.value, cell.data_type = value, "s"
        cell.quotePrefix = value.startswith(("=", "+", "-", "@"))
