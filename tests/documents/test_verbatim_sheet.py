"""The workbook of open answers, written again and again: what its reader wrote is never lost. All is invented."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest

from ctg_lib.cli.answers import verbatim_lines
from ctg_lib.consultation.answers import Answers, table_of
from ctg_lib.consultation.books.verbatims import FILE
from ctg_lib.consultation.folder import Consultation
from ctg_lib.consultation.questionnaire import Question, Questionnaire, Section
from ctg_lib.documents.consultation.verbatim_sheet import Written, write_verbatims

ASKED = Questionnaire(
    "essai", "Essai", "tous", "personne", 1, (Section("s", "S", (Question("mots", "Pourquoi ?", "text"),)),)
)


def study(folder: Path, *texts: str, fictif: bool = False):
    rows = [{"respondent": n, "mots": text} for n, text in enumerate(texts, 1)]
    answers = Answers(
        ASKED, table_of(ASKED, rows), keys=tuple(f"essai-{sum(map(ord, t)):016x}" for t in texts)
    )
    return SimpleNamespace(
        consultation=Consultation(folder, {"essai": answers} if texts else {}), communes_by_code={"90001": "Nant"},
        territory=SimpleNamespace(name="Exemple"), as_of=date(2026, 11, 1), fictif=fictif,
    )  # fmt: skip


def columns(sheet):
    heads = next(
        row for row in sheet.iter_rows() if any(str(c.value or "").startswith("Décision") for c in row)
    )
    return heads[0].row, {str(c.value).rstrip(" *"): c.column for c in heads if c.value}


def fill(path: Path, **cells: str) -> None:
    book = openpyxl.load_workbook(path)
    top, where = columns(book["Verbatims"])
    for heading, text in cells.items():
        book["Verbatims"].cell(top + 1, where[heading.replace("_", " ")], text)
    book.save(path)


@pytest.fixture(autouse=True)
def _rules_alone(monkeypatch):
    monkeypatch.setattr("ctg_lib.consultation.masking.has_model", lambda: False)
    monkeypatch.setattr("ctg_lib.documents.consultation.verbatim_sheet.has_model", lambda: False)


def test_no_answer_writes_no_file(tmp_path):
    done = write_verbatims(study(tmp_path / "c"))
    assert done.lines == 0 and not (tmp_path / "c").exists()
    assert verbatim_lines(done, "essai", tmp_path) == ["Aucune réponse libre : rien à relire."]


def test_written_and_said(tmp_path):
    done = write_verbatims(study(tmp_path, "des bus le soir", "des vélos", "rien"))
    assert (done.lines, done.new, done.dropped) == (2, 2, 0)
    assert done.decisions == {"a_relire": 2, "publier": 0, "ne_pas_publier": 0}
    said = verbatim_lines(done, "essai", tmp_path)
    assert said[0] == FILE
    assert (
        "2 réponses libres, dont 2 nouvelles" in said[1].replace("\u00a0", " ") and "à relire : 2" in said[1]
    )
    assert "règles seules" in said[2] and "ctg study check essai" in said[3]
    assert not list(tmp_path.glob("*.tmp"))


def test_the_same_bytes_again_and_the_reader_s_work_stays(tmp_path):
    one = write_verbatims(study(tmp_path, "des bus le soir", "des vélos")).path.read_bytes()
    assert write_verbatims(study(tmp_path, "des bus le soir", "des vélos")).path.read_bytes() == one
    fill(tmp_path / FILE, Décision="publier", Texte_à_publier="Un bus.")
    done = write_verbatims(study(tmp_path, "des bus le soir", "des vélos", "des trains"))
    assert (done.lines, done.new, done.dropped) == (3, 1, 0)
    assert done.decisions["publier"] == 1
    assert write_verbatims(study(tmp_path, "des trains")).dropped == 2


def test_a_cell_that_cannot_be_read_leaves_the_file_as_it_is(tmp_path):
    write_verbatims(study(tmp_path, "des bus le soir"))
    fill(tmp_path / FILE, Décision="peut-être")
    before = (tmp_path / FILE).read_bytes()
    done = write_verbatims(study(tmp_path, "des bus le soir", "des vélos"))
    assert done.problems and (tmp_path / FILE).read_bytes() == before


def test_a_text_that_holds_a_person_does_not_stop_the_writing(tmp_path):
    write_verbatims(study(tmp_path, "des bus le soir"))
    fill(tmp_path / FILE, Décision="publier", Texte_à_publier="Appeler le 01 99 00 12 34")
    done = write_verbatims(study(tmp_path, "des bus le soir", "des vélos"))
    assert not done.problems and done.new == 1


def test_a_made_up_study_is_marked(tmp_path):
    write_verbatims(study(tmp_path, "des bus le soir", fictif=True))
    sheet = openpyxl.load_workbook(tmp_path / FILE)["Verbatims"]
    assert "FICTIF" in str(sheet["A1"].value).upper()


def test_no_name_is_in_the_file(tmp_path):
    write_verbatims(study(tmp_path, "Merci à Sylvie Durand"))
    book = openpyxl.load_workbook(tmp_path / FILE)
    texts = [str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value]
    assert "Merci à [nom]" in texts and not any("Durand" in text for text in texts)
    assert Written(tmp_path).decisions is None
