"""The folder's workbooks, found under their names or told."""

import shutil
from datetime import date

import pytest

from ctg_lib.documents.workbooks import write_workbook
from ctg_lib.partnership.books import BOOKS
from ctg_lib.partnership.folder import Partnership, load

COMMUNES = {"90001": "Amont-Exemple", "90002": "Bourg-Exemple"}
SERVICE = {"id": "S01", "name": "Crèche Exemple Bleue", "type": "eaje", "commune": "90001", "places": 22.0}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A workbook « offre » with one line."""
    path = tmp_path_factory.mktemp("ecrit") / "offre.xlsx"
    kwargs = {"communes": COMMUNES, "place": "Territoire Exemple", "moment": date(2026, 11, 1)}
    write_workbook(path, BOOKS["offre"], {"services": [SERVICE]}, **kwargs)
    return path


def test_no_folder(tmp_path):
    found = load(tmp_path / "absente", COMMUNES)
    assert found.empty and found.problems == () and found.filled == {}
    for book in BOOKS.values():
        assert not found.has(book.id) and found.file(book.id) == book.file
        for sheet in book.sheets:
            assert list(found.table(book.id, sheet.name)) == sheet.columns
            assert len(found.table(book.id, sheet.name)) == 0


def test_a_workbook_is_read(tmp_path, written):
    shutil.copy(written, tmp_path / "offre.xlsx")
    found = load(tmp_path, COMMUNES)
    assert found.problems == () and list(found.filled) == ["offre"] and found.communes == COMMUNES
    assert found.has("offre") and not found.has("bilan") and not found.empty
    row = found.table("offre", "services").iloc[0]
    assert (row["id"], row["commune"], row["places"]) == ("S01", "90001", 22.0)
    assert len(found.table("offre", "origins")) == 0


def test_an_untouched_workbook_holds_nothing(tmp_path):
    kwargs = {"communes": COMMUNES, "place": "Territoire Exemple", "moment": date(2026, 11, 1)}
    for book in BOOKS.values():
        write_workbook(tmp_path / book.file, book, {}, **kwargs)
    found = load(tmp_path, COMMUNES)
    assert found.empty and list(found.filled) == list(BOOKS) and found.problems == ()


def test_case_of_the_name_does_not_matter(tmp_path, written):
    shutil.copy(written, tmp_path / "Offre.XLSX")
    found = load(tmp_path, COMMUNES)
    assert found.has("offre") and found.file("offre") == "Offre.XLSX" and found.problems == ()


def test_another_name_is_recognised_and_told(tmp_path, written):
    shutil.copy(written, tmp_path / "tableau des services v2.xlsx")
    found = load(tmp_path, COMMUNES)
    assert found.has("offre")
    (problem,) = found.problems
    assert problem.file == "tableau des services v2.xlsx" and problem.severity == "warning"
    assert problem.found == "le classeur « offre » sous un autre nom ; il est lu"
    assert problem.expected == "le nom offre.xlsx"


@pytest.mark.parametrize(
    "name", ["offre (1).xlsx", "offre - Copie.xlsx", "Copie de offre.xlsx", "offre-PORTABLE.xlsx"]
)
def test_an_identical_copy_is_told_and_not_read(tmp_path, written, name):
    shutil.copy(written, tmp_path / "offre.xlsx")
    shutil.copy(written, tmp_path / name)
    found = load(tmp_path, COMMUNES)
    (problem,) = found.problems
    assert (problem.file, problem.severity) == (name, "warning")
    assert problem.found == "une copie identique de offre.xlsx"
    assert problem.expected == "un seul fichier : retirer celui-ci"
    assert found.file("offre") == "offre.xlsx" and len(found.table("offre", "services")) == 1


def test_a_second_file_says_what_the_first_does_not_hold(tmp_path, written):
    shutil.copy(written, tmp_path / "offre.xlsx")
    more = [SERVICE, {"id": "S02", "name": "Relais", "type": "rpe", "commune": "90002"}]
    kwargs = {"communes": COMMUNES, "place": "Territoire Exemple", "moment": date(2026, 11, 1)}
    write_workbook(tmp_path / "offre (1).xlsx", BOOKS["offre"], {"services": more}, **kwargs)
    found = load(tmp_path, COMMUNES)
    (problem,) = found.problems
    assert (problem.file, problem.severity) == ("offre (1).xlsx", "error")
    assert problem.found == (
        "un second classeur « offre » (2 lignes remplies, dont 1 que offre.xlsx n’a pas ainsi) ; celui-ci n’est pas lu"
    )
    assert "reporter ces lignes dans offre.xlsx, ou retirer celui-ci" in problem.expected
    assert len(found.table("offre", "services")) == 1


def test_a_workbook_that_says_nothing_of_itself(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    book.active["A1"] = "notes"
    book.save(tmp_path / "notes.xlsx")
    (problem,) = load(tmp_path, COMMUNES).problems
    assert problem.found == "un classeur non reconnu, qui n’est pas lu"
    assert problem.expected.startswith("un des noms offre.xlsx, financement.xlsx")


@pytest.mark.parametrize("suffix", [".ods", ".xls", ".csv", ".xlsm"])
def test_another_format_is_told(tmp_path, suffix):
    (tmp_path / f"offre{suffix}").write_bytes(b"x")
    (problem,) = load(tmp_path, COMMUNES).problems
    assert problem.found == f"un fichier {suffix}, qui n’est pas lu"
    assert problem.expected == "un classeur enregistré en .xlsx"


def test_other_files_are_left_alone(tmp_path, written):
    for name in ("study.yml", "note.docx", "~$offre.xlsx", ".~lock.offre.xlsx#", ".DS_Store"):
        (tmp_path / name).write_text("x")
    (tmp_path / "partenaires").mkdir()
    shutil.copy(written, tmp_path / "partenaires" / "offre.xlsx")
    found = load(tmp_path, COMMUNES)
    assert found.problems == () and found.empty


def test_a_broken_file_is_told(tmp_path):
    (tmp_path / "offre.xlsx").write_bytes(b"pas un classeur")
    found = load(tmp_path, COMMUNES)
    assert found.problems and found.problems[0].file == "offre.xlsx" and found.empty


def test_unknown_sheet_and_book():
    with pytest.raises(KeyError):
        Partnership(None).table("rien", "services")
