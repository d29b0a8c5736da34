import io
import shutil
from dataclasses import replace

import openpyxl
import pytest
from questionnaire_samples import AROUND, FORMULA, SAMPLE

from ctg_lib.documents.consultation.xlsform import choice_rows, survey_rows, xlsform_bytes

CONTENT = xlsform_bytes(SAMPLE, AROUND)


def sheet(name, content=CONTENT):
    rows = list(openpyxl.load_workbook(io.BytesIO(content))[name].iter_rows(values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def row(name, rows=None):
    return next(r for r in rows or sheet("survey") if r["name"] == name)


def test_same_bytes_twice():
    assert xlsform_bytes(SAMPLE, AROUND) == CONTENT


def test_every_column_that_the_format_allows_is_an_answer():
    names = {r["name"] for r in sheet("survey")}
    for question in SAMPLE.questions:
        if question.kind in ("multiple", "ranking"):
            assert question.id in names
            assert set(question.texts) <= names
        else:
            assert set(question.columns) <= names


def test_every_option_is_a_choice():
    found = {(r["list_name"], r["name"]) for r in sheet("choices")}
    assert found == {(f"liste_{q.id}", o.code) for q in SAMPLE.questions for o in q.options}


def test_conditions_bounds_and_limits():
    assert row("modes")["relevant"] == "(selected(${militaire}, 'oui') or selected(${militaire}, 'non'))"
    assert row("modes")["constraint"] == (
        "(not(selected(., 'aucun')) or count-selected(.) = 1) and count-selected(.) <= 2"
    )
    assert row("enfants")["constraint"] == ". >= 0 and . <= 12"
    assert row("modes__autre__texte")["relevant"] == "selected(${modes}, 'autre')"
    assert row("militaire")["required"] == "yes" and not row("modes")["required"]


def test_a_ranking_of_some_is_chosen_then_ordered():
    names = [r["name"] for r in sheet("survey")]
    assert names.index("priorites_choix") < names.index("priorites")
    assert row("priorites")["choice_filter"] == "selected(${priorites_choix}, name)"
    assert "rangs_choix" not in names and row("rangs")["type"] == "rank liste_rangs"


def test_a_formula_in_a_label_is_a_text():
    book = openpyxl.load_workbook(io.BytesIO(CONTENT))
    cells = [c for s in book for r in s.iter_rows() for c in r if c.value is not None]
    assert any(str(c.value).startswith("=HYPERLINK") for c in cells)
    assert all(c.data_type == "s" for c in cells)
    assert {c.quotePrefix for c in cells if str(c.value).startswith(("=", "-"))} == {True}


def test_markup_and_calls_in_a_label_are_words():
    label = row("libre")["label"]
    assert "<" not in label and "${" not in label


def test_fictif_and_notice_are_said_first():
    rows = survey_rows(SAMPLE, replace(AROUND, fictif=True))
    notes = [r["label"] for r in rows if r["type"] == "note"]
    assert "Fictif" in notes[0] and "Qui vous interroge" in notes[2]
    assert sheet("settings", xlsform_bytes(SAMPLE, replace(AROUND, fictif=True)))[0]["form_title"].startswith(
        "FICTIF"
    )


def test_no_person_is_watched():
    types = {r["type"].split()[0] for r in survey_rows(SAMPLE, AROUND)}
    assert not types & {"deviceid", "phonenumber", "username", "email", "geopoint", "audit", "today"}


def test_pyxform_accepts_it():
    xls2xform = pytest.importorskip("pyxform.xls2xform", reason="pyxform n’est pas installé")
    java = shutil.which("java") is not None  # with it, what ODK itself runs reads every expression
    result = xls2xform.convert(io.BytesIO(CONTENT), validate=java, file_type=".xlsx")
    assert not result.warnings
    form = result.xform
    for option in choice_rows(SAMPLE):
        assert f"<name>{option['name']}</name>" in form
    for name in ("enfants", "avis__prix", "modes__autre__texte", "code_suppression"):
        assert f"/{name}" in form
    assert "odk:rank" in form and "once(" in form
    assert 'id="essai_241200906" version="3"' in form
    assert FORMULA.split("(")[0].lstrip("=") in form
