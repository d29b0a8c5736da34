"""The made-up answers as the files that tools give, and as the sheets in which paper forms are typed.

* LimeSurvey: CSV, headings by question codes; answers by code, or in full as « habitants » (with « ; », as a
  spreadsheet saves it again). Dates are LimeSurvey's own when answers are anonymous (1980).
* ODK: CSV of a server, groups before questions, several ticks in one cell.
* Paper: the project's own entry sheet, filled.

Every file says « fictif »: in its name, and in a column or on a strip.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import openpyxl

from ctg_lib.archive import fixed_zip
from ctg_lib.consultation.codes import short_codes, short_ids, short_items
from ctg_lib.consultation.deletion_codes import shown
from ctg_lib.consultation.questionnaire import Question, Questionnaire
from ctg_lib.documents.consultation.around import CODE_ID, Around
from ctg_lib.documents.consultation.entry_sheet import SHEET, TICK, columns, entry_bytes
from ctg_lib.documents.consultation.limesurvey import CODE, OTHER, kind_of, native_other
from demo.dice import Dice
from demo.sampling import Record

MADE_UP = "réponse fictive"
OPENED = datetime(2026, 9, 14)
"""Day on which the questionnaires opened; those on tablets ran from 21 September to 16 October."""


# --- LimeSurvey --------------------------------------------------------------------------------------


def limesurvey_csv(
    form: Questionnaire,
    records: Sequence[Record],
    *,
    full: bool = False,
    mark: str = ",",
    encoding: str = "utf-8-sig",
) -> bytes:
    """An export of LimeSurvey.

    Args:
        full: answers in words rather than codes.
        mark: between columns.
    """
    head = ["id", "submitdate", "lastpage", "startlanguage", "questionnaire", "version", CODE]
    names = short_ids(form)
    asked = [(question, *_heading(question, names[question.id])) for question in form.questions]
    head += [name for _, headings, _ in asked for name in headings]
    rows = []
    for record in records:
        sent = "1980-01-01 00:00:00" if record.complete else ""
        row = [str(record.number), sent, str(record.last), "fr", form.id, str(form.version), record.code]
        for question, _, holders in asked:
            row += [_lime_cell(question, holder, record, full) for holder in holders]
        rows.append([*row, f"{record.seconds}.{record.number % 90 + 10}", MADE_UP])
    return _csv([*head, "interviewtime", "fictif"], rows, mark, encoding)


def _heading(question: Question, name: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Headings of a question, and what each holds: (kind of cell, code)."""
    codes, other = short_codes(question), native_other(question)
    kind = kind_of(question)
    if kind == "F":
        items = short_items(question)
        return [f"{name}[{items[i.code]}]" for i in question.items], [
            ("item", i.code) for i in question.items
        ]
    if kind == "R":
        ranks = range(1, (question.most or len(question.options)) + 1)
        return [f"{name}[{rank}]" for rank in ranks], [("rank", str(rank)) for rank in ranks]
    if kind == "M":
        options = [o for o in question.options if o is not other]
        heads = [f"{name}[{codes[o.code]}]" for o in options]
        holders = [("tick", o.code) for o in options]
    else:
        heads, holders = [name], [("cell", "")]
    if other is not None:
        heads, holders = [*heads, f"{name}[other]"], [*holders, ("other", other.code)]
    return heads, holders


def _lime_cell(question: Question, holder: tuple[str, str], record: Record, full: bool) -> str:
    what, code = holder
    cells = record.cells
    if what == "cell":
        if question.id in record.raw:
            return record.raw[question.id]
        value = cells.get(question.id)
        if value is None or question.kind in ("integer", "text"):
            return "" if value is None else str(value)
        other = native_other(question)
        if other is not None and value == other.code:
            return "Autre" if full else OTHER
        return question.label_of(value) if full else short_codes(question)[value]
    if what == "item":
        value = cells.get(f"{question.id}__{code}")
        return "" if value is None else question.label_of(value) if full else short_codes(question)[value]
    if what == "rank":
        chosen = [o for o in question.options if cells.get(f"{question.id}__{o.code}") == int(code)]
        return "" if not chosen else chosen[0].label if full else short_codes(question)[chosen[0].code]
    if what == "other":
        return str(cells.get(f"{question.id}__{code}__texte", ""))
    if f"{question.id}__{code}" not in cells:
        return ""
    if full:
        return "Oui" if cells[f"{question.id}__{code}"] else "Non"
    return "Y" if cells[f"{question.id}__{code}"] else ""


# --- ODK ---------------------------------------------------------------------------------------------


def odk_csv(form: Questionnaire, records: Sequence[Record]) -> bytes:
    """An export of an ODK server."""
    head = ["SubmissionDate", "start", "end", "questionnaire", "version", CODE_ID]
    asked: list[tuple[str, Question, str]] = []
    for section in form.sections:
        for question in section.questions:
            asked += [(f"section_{section.id}-{name}", question, name) for name in _odk_columns(question)]
    rows = []
    for record in records:
        begun = _moment(form.id, record.number)
        ended = begun + timedelta(seconds=record.seconds)
        sent = ended + timedelta(seconds=41)
        row = [sent.isoformat() + "Z", f"{begun.isoformat()}.000+02:00", f"{ended.isoformat()}.000+02:00"]
        row += [form.id, str(form.version), record.code]
        row += [_odk_cell(question, name, record) for _, question, name in asked]
        rows.append([*row, MADE_UP, _uuid(form.id, record.number)])
    return _csv([*head, *(name for name, _, _ in asked), "fictif", "KEY"], rows, ",", "utf-8")


def _odk_columns(question: Question) -> list[str]:
    if question.kind == "grid":
        return list(question.columns)
    return [question.id, *(f"{question.id}__{o.code}__texte" for o in question.options if o.free)]


def _odk_cell(question: Question, name: str, record: Record) -> str:
    cells = record.cells
    if name in record.raw:
        return record.raw[name]
    if name == question.id and question.kind == "multiple":
        return " ".join(o.code for o in question.options if cells.get(f"{name}__{o.code}"))
    if name == question.id and question.kind == "ranking":
        ranked = [
            (cells[f"{name}__{o.code}"], o.code) for o in question.options if f"{name}__{o.code}" in cells
        ]
        return " ".join(code for _, code in sorted(ranked))
    return str(cells.get(name, ""))


def _moment(form: str, number: int) -> datetime:
    """When an answer began: a school day, by classes."""
    dice = Dice("moment", form, number)
    days = [d for d in range(7, 33) if (OPENED + timedelta(days=d)).weekday() in (0, 1, 3, 4)]
    day = OPENED + timedelta(days=days[number * len(days) // 46 % len(days)])
    return day + timedelta(
        hours=dice.among((9, 10, 11, 14, 15)), minutes=dice.whole(0, 50), seconds=dice.whole(0, 59)
    )


def _uuid(form: str, number: int) -> str:
    drawn = hashlib.sha256(f"{form}:{number}".encode()).hexdigest()
    return f"uuid:{drawn[:8]}-{drawn[8:12]}-4{drawn[13:16]}-a{drawn[17:20]}-{drawn[20:32]}"


# --- paper -------------------------------------------------------------------------------------------


def entry_sheet(form: Questionnaire, records: Sequence[Record], around: Around) -> bytes:
    """The entry sheet, with a line for each form that came back."""
    book = openpyxl.load_workbook(io.BytesIO(entry_bytes(form, around)))
    sheet = book[SHEET]
    names = [column.name for column in columns(form)]
    first = next(row for row in range(1, 12) if sheet.cell(row, 1).value == names[0]) + 1
    kinds = {column: question for question in form.questions for column in question.columns}
    for row, record in enumerate(records, start=first):
        for number, name in enumerate(names, start=1):
            value = shown(record.code) if number == 1 else _typed(kinds[name], name, record.cells.get(name))
            if value is not None:
                cell = sheet.cell(row, number)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"
    book.properties.creator = "ctg"
    out = io.BytesIO()
    book.save(out)
    return fixed_zip(out.getvalue(), datetime(around.moment.year, around.moment.month, around.moment.day))


def _typed(question: Question, name: str, value: Any) -> str | int | None:
    """What is typed for an answer: the words of the list, « x », or the number."""
    if value is None or value is False:
        return None
    if value is True:
        return TICK
    if name in question.texts or isinstance(value, int):
        return value
    return question.label_of(str(value))


# --- all ---------------------------------------------------------------------------------------------


def response_files(
    forms: Mapping[str, Questionnaire], records: Sequence[Record], place: str, moment: date
) -> dict[str, bytes]:
    """Name of a file of ``consultation/reponses`` -> its bytes."""
    out: dict[str, bytes] = {}
    around = Around("241200906-demo", place, moment, fictif=True)
    for id, form in forms.items():
        online = [r for r in records if r.form == id and r.mode == "en_ligne"]
        paper = [r for r in records if r.form == id and r.mode == "papier"]
        if id == "jeunes_11_17":
            out[f"{id}-fictif-odk.csv"] = odk_csv(form, online)
        elif online:
            more: dict[str, Any] = (
                {"full": True, "mark": ";", "encoding": "cp1252"} if id == "habitants" else {}
            )
            out[f"{id}-fictif-limesurvey.csv"] = limesurvey_csv(form, online, **more)
        if paper:
            out[f"{id}-fictif-saisie.xlsx"] = entry_sheet(form, paper, around)
    return out


def _csv(head: Sequence[str], rows: Sequence[Sequence[str]], mark: str, encoding: str) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=mark, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue().encode(encoding)
