"""What the forms ask for is what the reader of answers knows: headings of every form, and paper typed in."""

import io

import openpyxl
import pytest
from questionnaire_samples import AROUND

from ctg_lib.consultation.answers import Answers
from ctg_lib.consultation.bank import questionnaires
from ctg_lib.consultation.codes import short_ids
from ctg_lib.consultation.deletion_codes import codes, shown
from ctg_lib.consultation.reading import read_answers
from ctg_lib.consultation.reading.layouts import Headings
from ctg_lib.consultation.settings import Settings
from ctg_lib.documents.consultation import limesurvey, xlsform
from ctg_lib.documents.consultation.around import Around
from ctg_lib.documents.consultation.entry_sheet import entry_bytes
from ctg_lib.documents.consultation.questionnaires import notice

BANK = questionnaires(
    None, {"Larzac": ("12160",), "Cernon": ("12063",)}, {"12160": "Nant", "12063": "Cornus"}
)[0]
each = pytest.mark.parametrize("asked", BANK.values(), ids=list(BANK))


def around(asked) -> Around:
    told = notice(Settings(), asked)
    return Around("241200906", "Exemple", AROUND.moment, told.title, told.short, told.parts)


def odk_headings(rows):
    groups = []
    for row in rows:
        if row["type"] == "begin_group":
            groups.append(row["name"])
        elif row["type"] == "end_group":
            groups.pop()
        elif row["type"].split()[0] in ("select_one", "select_multiple", "rank", "integer", "text"):
            yield "/".join([*groups, row["name"]])


def limesurvey_headings(rows):
    """As LimeSurvey exports them with codes: (code of the question, heading)."""
    name, kind = "", ""
    for row in rows:
        if row["class"] == "Q":
            name, kind = row["name"], row["type/scale"]
            if kind in "LNT":
                yield name, name
            if row["other"] == "Y":
                yield name, f"{name}[other]"
            if kind == "R":
                yield name, f"{name}[1]"
        elif row["class"] == "SQ":
            yield name, f"{name}[{row['name']}]"


@each
def test_every_heading_of_an_odk_export_is_known(asked):
    found = Headings(asked)
    headings = list(odk_headings(xlsform.survey_rows(asked, around(asked))))
    assert headings and all(found.find(heading) is not None for heading in headings)
    assert {found.find(heading).question for heading in headings} == {q.id for q in asked.questions}


@each
def test_every_heading_of_a_limesurvey_export_is_its_question(asked):
    found, shorts = Headings(asked), {short: id for id, short in short_ids(asked).items()}
    for name, heading in limesurvey_headings(limesurvey.rows(asked, around(asked))):
        assert found.find(heading).question == shorts[name], heading


def typed(question):
    """A plausible answer, column -> what is typed."""
    options = [o for o in question.options if not o.exclusive]
    if question.kind in ("single", "scale"):
        return {question.id: options[0].label}
    if question.kind == "multiple":
        return {f"{question.id}__{o.code}": "x" for o in options[:2]}
    if question.kind == "ranking":
        return {f"{question.id}__{o.code}": rank for rank, o in enumerate(options[:2], start=1)}
    if question.kind == "grid":
        return dict.fromkeys(question.columns, question.options[-1].label)
    if question.kind == "integer":
        return {question.id: question.low or 1}
    return {question.id: "un texte"}


def expected(question):
    options = [o for o in question.options if not o.exclusive]
    if question.kind in ("single", "scale"):
        return {question.id: options[0].code}
    if question.kind == "multiple":
        return {f"{question.id}__{o.code}": o in options[:2] for o in question.options}
    if question.kind == "grid":
        return dict.fromkeys(question.columns, question.options[-1].code)
    return typed(question)


@each
def test_a_form_typed_in_the_entry_sheet_is_read_as_it_was_typed(asked, tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(entry_bytes(asked, around(asked))))
    sheet = book["Saisie"]
    heads = next(row for row in range(1, 8) if sheet.cell(row, 1).value == "code")
    places = {sheet.cell(heads, column).value: column for column in range(1, sheet.max_column + 1)}
    sheet.cell(heads + 1, 1).value = shown(codes(1, b"clef", asked.id)[0])
    for question in asked.questions:
        for column, value in typed(question).items():
            sheet.cell(heads + 1, places[column]).value = value
    path = tmp_path / "saisie.xlsx"
    book.save(path)
    answers: Answers = read_answers([path], asked)
    assert len(answers) == 1 and answers.table["mode"].tolist() == ["papier"]
    line = answers.table.iloc[0]
    read = [q for q in asked.questions if bool(answers.asked(q.id).iloc[0])]
    assert len(read) > len(asked.questions) / 2
    for question in read:
        assert {column: line[column] for column in expected(question)} == expected(question), question.id
