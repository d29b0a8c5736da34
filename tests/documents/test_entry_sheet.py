import io
from dataclasses import replace

import openpyxl
import pytest
from questionnaire_samples import AROUND, SAMPLE

from ctg_lib.documents.consultation.entry_sheet import LINES, columns, entry_bytes

CONTENT = entry_bytes(SAMPLE, AROUND)


def sheet(content=CONTENT):
    return openpyxl.load_workbook(io.BytesIO(content))["Saisie"]


def heads(ws):
    return next(row for row in range(1, 8) if ws.cell(row, 1).value == "code")


def test_same_bytes_twice():
    assert entry_bytes(SAMPLE, AROUND) == CONTENT


def test_the_columns_are_those_of_the_questions_after_the_code_and_the_channel():
    ws = sheet()
    names = [cell.value for cell in ws[heads(ws)]]
    assert names[:3] == ["code", "canal", "canal__autre__texte"]
    asked = [c for q in SAMPLE.questions for c in q.columns]
    assert sorted(names[1:]) == sorted(asked) and len(names) == len(set(names))


def test_each_column_says_its_question_in_french_above_its_name():
    ws = sheet()
    row = heads(ws)
    shown = {ws.cell(row, c).value: ws.cell(row - 1, c).value for c in range(1, ws.max_column + 1)}
    assert shown["modes__creche"].startswith("4. Quels modes d’accueil") and shown["modes__creche"].endswith(
        "— Crèche"
    )
    assert shown["avis__prix"].endswith("— du prix")


def rules(ws):
    out = {}
    for rule in ws.data_validations.dataValidation:
        for area in str(rule.sqref).split():
            first = area.split(":")[0]
            out[ws.cell(heads(ws), ws[first].column).value] = rule
    return out


def test_what_can_be_typed_follows_the_kind():
    book = openpyxl.load_workbook(io.BytesIO(CONTENT))
    found = rules(book["Saisie"])
    assert found["modes__creche"].formula1 == '"x"'
    assert (found["enfants"].formula1, found["enfants"].formula2) == ("0", "12")
    assert (found["priorites__bus"].formula1, found["priorites__bus"].formula2) == ("1", "2")
    place = found["militaire"].formula1.split("!")[1].replace("$", "")
    assert [c[0].value for c in book["Listes"][place]] == ["Oui", "Non"]
    assert "libre" not in found and "modes__autre__texte" not in found
    assert found["code"].type == "custom"


def test_entry_cells_can_be_filled_and_headings_cannot():
    ws = sheet()
    row = heads(ws)
    assert ws.protection.sheet and not ws.cell(row + 1, 1).protection.locked
    assert not ws.cell(row + LINES, 5).protection.locked and ws.cell(row, 1).protection.locked


def test_no_label_is_a_formula():
    book = openpyxl.load_workbook(io.BytesIO(CONTENT))
    cells = [c for s in book for r in s.iter_rows() for c in r if c.value is not None]
    assert all(c.data_type == "s" for c in cells)
    assert any(str(c.value) == "-1+1" and c.quotePrefix for c in cells)


def test_it_says_fictif():
    ws = sheet(entry_bytes(SAMPLE, replace(AROUND, fictif=True)))
    assert ws["A1"].value.startswith("FICTIF") and heads(ws) == 6


@pytest.mark.parametrize("column", columns(SAMPLE), ids=lambda c: c.name)
def test_every_column_has_a_short_label(column):
    assert 0 < len(column.label) <= 140


def test_the_rule_of_the_code_is_short_enough_for_excel():
    assert len(rules(sheet())["code"].formula1) <= 255
