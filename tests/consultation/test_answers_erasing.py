"""One person's answers deleted by the code: no byte of the folder holds them, and the rest is as it was."""

import random
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from answered_forms import HABITANTS, PARENTS, answered, entry_sheet, limesurvey, lines_of, odk, written
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment

from ctg_lib.consultation.erased_codes import FILE, normal_code, read_erased
from ctg_lib.consultation.erasing import erase, plan
from ctg_lib.consultation.reading import key_of, read_answers
from ctg_lib.consultation.received import received
from ctg_lib.consultation.workbook_lines import CannotEdit, without_lines
from ctg_lib.workbooks.spreadsheet import read_tabs

CODE, OTHER = "BCDFGHJKLM", "ZXWVTSRPNM"
PLANTED = ("Chalumeau-Quincaillerie", "0199001234", "remorque violette", "quincaille@boite.example")


def person(seed, words="Rien de particulier"):
    line = answered(random.Random(seed), HABITANTS, skip=0.0)
    return line | {
        "participation": "oui",
        "residence": "annee",
        "secteur": "exemple_nord",
        "besoin_libre": words,
        "idee_libre": words,
    }


@pytest.fixture
def home(tmp_path):
    (tmp_path / "reponses").mkdir()
    return tmp_path


def everything(folder: Path) -> str:
    """Every byte of a folder, archives opened."""
    out = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            out.append(path.name)
            content = path.read_bytes()
            if content.startswith(b"PK"):
                with zipfile.ZipFile(path) as archive:
                    out += [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
            for encoding in ("utf-8", "cp1252", "utf-16-le"):
                out.append(content.decode(encoding, "replace"))
    return "\n".join(out)


def planted_workbook(path):
    """An entry sheet whose second person left traces in comments, links and shared strings."""
    lines = [person(1), person(2, " ; ".join(PLANTED)), person(3)]
    entry_sheet(path, lines, HABITANTS, codes=[OTHER, "bcdfg-hjklm", "BCDFGHJKLN"])
    book = openpyxl.load_workbook(path)
    sheet = book["Saisie"]
    sheet["D4"].comment = Comment(f"rappeler {PLANTED[1]}", PLANTED[0])
    sheet["E5"].comment = Comment("relu", "Accueil")
    sheet["F4"].hyperlink = f"mailto:{PLANTED[3]}"
    sheet["F4"].value = sheet["F4"].value or "non"
    sheet["F5"].hyperlink = "https://page.example/"
    book.save(path)
    return lines


FORMS = {
    "limesurvey": lambda lines: limesurvey(
        lines,
        HABITANTS,
        delimiter=";",
        service=[{"codeeffacement": c} for c in (OTHER, "bcdfg hjklm", "BCDFGHJKLN")],
    ),
    "odk": lambda lines: odk(lines, HABITANTS).replace("BCDFGHJBBD", CODE),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("form", FORMS)
def test_a_text_export_keeps_every_other_byte(home, form, encoding):
    lines = [person(1), person(2, " ; ".join(PLANTED) + '\net "la suite"'), person(3)]
    text = FORMS[form](lines).replace("\n", "\r\n")
    path = home / "reponses" / "export.csv"
    path.write_bytes(text.encode(encoding))
    before = path.read_bytes()
    done = erase(home, "BCDFG-HJKLM")
    assert [f.words for f in done.found] == ["reponses/export.csv : ligne 3"]
    assert not done.unseen
    after = path.read_bytes()
    gone = set(before.splitlines()) - set(after.splitlines())
    assert len(after) < len(before) and 0 < len(gone) <= 8
    assert not [word for word in (*PLANTED, "hjklm", "la suite") if word in everything(home).replace("-", "")]
    assert lines_of(read_answers([path], HABITANTS)) == [lines[0], lines[2]]


def test_a_windows_1252_export_keeps_every_other_byte(home):
    path = home / "reponses" / "export.csv"
    rows = [
        ["code", "besoin_libre", "residence"],
        [OTHER, "été", "annee"],
        [CODE, PLANTED[0], "annee"],
        ["BCDFGHJKLN", "noël", "annee"],
    ]
    path.write_bytes(written(rows, ";").encode("cp1252"))
    erase(home, CODE)
    assert path.read_bytes() == written([rows[0], rows[1], rows[3]], ";").encode("cp1252")


def test_a_workbook_is_rid_of_a_line_its_comments_links_and_strings(home):
    path = home / "reponses" / "saisie.xlsx"
    lines = planted_workbook(path)
    assert all(word in everything(home) for word in PLANTED)
    done = erase(home, CODE.lower())
    assert [f.words for f in done.found] == ["reponses/saisie.xlsx : feuille « Saisie », ligne 4"]
    assert not done.unseen
    left = everything(home)
    assert not [word for word in (*PLANTED, "hjklm") if word in left]
    book = openpyxl.load_workbook(path)  # another reader still opens it
    assert book.sheetnames == ["Saisie", "_ctg"]
    assert book["Saisie"]["E5"].comment.text == "relu"
    assert book["Saisie"]["F5"].hyperlink.target == "https://page.example/"
    assert lines_of(read_answers([path], HABITANTS)) == [lines[0], lines[2]]


def test_lists_and_formats_of_an_entry_sheet_stay(home):
    from datetime import date

    from ctg_lib.documents.consultation.around import Around
    from ctg_lib.documents.consultation.entry_sheet import entry_bytes

    path = home / "reponses" / "saisie.xlsx"
    path.write_bytes(entry_bytes(HABITANTS, Around("essai", "Exemple", date(2026, 11, 15))))
    book = openpyxl.load_workbook(path)
    sheet = book["Saisie"]
    head = next(r for r in range(1, 12) if sheet.cell(r, 1).value == "code")
    for row, code in ((head + 1, OTHER), (head + 2, CODE)):
        sheet.cell(row, 1).value = code
        sheet.cell(row, 4).value = "Oui"
    book.save(path)
    lists = openpyxl.load_workbook(path)["Saisie"].data_validations.dataValidation
    erase(home, OTHER)
    after = openpyxl.load_workbook(path)["Saisie"]
    assert len(after.data_validations.dataValidation) == len(lists) > 3
    assert after.cell(head + 1, 1).value is None
    assert after.cell(head + 2, 1).value == CODE
    assert OTHER not in everything(home)


def test_reviewed_texts_of_the_person_go_too(home):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["Réponse", "Texte"], [key_of("habitants", CODE), PLANTED[2]], [key_of("habitants", OTHER), "autre"],
        [key_of("parents", CODE) + "-2", PLANTED[0]],
    ):  # fmt: skip
        sheet.append(row)
    book.save(home / "verbatims.xlsx")
    done = erase(home, CODE)
    assert done.found[0].where == {"Sheet": (2, 4)}
    assert not [word for word in PLANTED if word in everything(home)]
    assert [t.rows[3][2].value for t in read_tabs(home / "verbatims.xlsx")] == ["autre"]


def test_the_key_of_a_reviewed_text_is_that_of_the_code(home):
    path = home / "reponses" / "a.csv"
    path.write_text(limesurvey([person(1)], HABITANTS, service=[{"codeeffacement": "bcdfg-hjklm"}]))
    assert read_answers([path], HABITANTS).keys == (key_of("habitants", CODE),)


def test_all_files_at_once_then_nothing_and_the_code_is_known(home):
    planted_workbook(home / "reponses" / "saisie.xlsx")
    (home / "reponses" / "copies").mkdir()
    text = FORMS["limesurvey"]([person(1), person(2, PLANTED[0]), person(3)])
    (home / "reponses" / "copies" / "a.csv").write_text(text)
    (home / "reponses" / "copies" / "b.txt").write_text(text)
    assert len(erase(home, CODE).found) == 3
    files = {p: p.read_bytes() for p in home.rglob("*") if p.is_file()}
    again = erase(home, CODE)
    assert again.before and not again.found
    assert files == {p: p.read_bytes() for p in home.rglob("*") if p.is_file()}
    assert not [p.name for p in home.rglob("*") if p.name.endswith((".tmp", ".bak"))]
    assert CODE not in (home / FILE).read_text()
    assert normal_code(CODE) in read_erased(home)
    assert normal_code(OTHER) not in read_erased(home)
    # an export made again brings it back: an error, and it is not read
    (home / "reponses" / "copies" / "a.csv").write_text(text)
    _, problems = received(home, {"habitants": HABITANTS, "parents": PARENTS})
    assert [p.row for p in problems if p.severity == "error"] == [3]
    assert len(erase(home, CODE).found) == 1
    assert not [p for p in received(home, {"habitants": HABITANTS})[1] if p.severity == "error"]


@pytest.mark.parametrize("code", ["ZZZZZZZZZZ", "mairie", "exemple_nord", "oui", "", "x" * 100, "annee"])
def test_a_code_of_nobody_changes_nothing(home, code):
    planted_workbook(home / "reponses" / "saisie.xlsx")
    (home / "reponses" / "a.csv").write_text(
        FORMS["limesurvey"]([person(1) | {"canal": "mairie"}, person(2), person(3)])
    )
    files = {p: p.read_bytes() for p in home.rglob("*") if p.is_file()}
    done = erase(home, code)
    assert not done.found and not done.before
    assert files == {p: p.read_bytes() for p in home.rglob("*") if p.is_file()}


def test_a_file_open_elsewhere_stops_and_the_same_command_finishes(home, monkeypatch):
    text = FORMS["limesurvey"]([person(1), person(2, PLANTED[0]), person(3)])
    for name in ("a.csv", "b.csv"):
        (home / "reponses" / name).write_text(text.replace("Rien", name))
    replace = Path.replace

    def held(self, target):
        if Path(target).name == "b.csv":
            raise PermissionError(13, "held", str(target))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(PermissionError):
        erase(home, CODE)
    assert not list(home.rglob("*.tmp"))
    assert [p.file for p in received(home, {"habitants": HABITANTS})[1] if p.severity == "error"] == [
        "reponses/b.csv"
    ]
    monkeypatch.undo()
    assert [f.file for f in erase(home, CODE).found] == ["reponses/b.csv"]
    assert PLANTED[0] not in everything(home)


def test_a_folder_that_does_not_exist(tmp_path):
    assert not erase(tmp_path / "consultation", CODE).found
    assert not (tmp_path / "consultation").exists()


def test_another_tools_code_is_found_under_its_heading_alone(home):
    path = home / "reponses" / "a.csv"
    path.write_text(written([["code", "besoin_libre"], ["Z-12 04", "un"], ["Z-1205", "Z1204"]]))
    assert erase(home, "z1204").found[0].where == {"": (2,)}
    assert path.read_text() == written([["code", "besoin_libre"], ["Z-1205", "Z1204"]])


def test_a_code_of_something_else_in_another_workbook_is_not_a_persons(home):
    book = openpyxl.Workbook()
    for row in (["Code", "Besoin"], ["pe_cout", "coût"], [CODE, "x"]):
        book.active.append(row)
    book.save(home / "entretiens.xlsx")
    assert not erase(home, "pe_cout").found
    assert erase(home, CODE).found[0].where == {"Sheet": (3,)}


def test_what_cannot_be_looked_in_is_told(home):
    (home / "reponses" / "a.ods").write_bytes(b"PK")
    (home / "reponses" / "b.xlsx").write_bytes(b"PK\x03\x04abime")
    (home / "notes.md").write_text(f"La personne {CODE} a écrit.\nMerci\n")
    unseen = plan(home, CODE).unseen
    assert len(unseen) == 3
    assert any("a.ods : ce format n’est pas regardé" in line for line in unseen)
    assert any("b.xlsx : ce classeur ne se lit pas" in line for line in unseen)
    assert any("notes.md : le code y est encore" in line for line in unseen)
    assert CODE not in " ".join(unseen)


def test_a_copy_that_a_pivot_table_keeps_is_told(home):
    path = home / "reponses" / "saisie.xlsx"
    planted_workbook(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/pivotCache/pivotCacheRecords1.xml", f"<r><s v='{' ; '.join(PLANTED)}'/></r>")
    done = erase(home, CODE)
    assert done.found
    assert "pivotCacheRecords1.xml" in done.unseen[0]


def test_a_workbook_that_another_program_makes_oddly_is_not_touched(home):
    path = home / "reponses" / "saisie.xlsx"
    planted_workbook(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = next(name for name in parts if name.endswith("sheet1.xml"))
    parts[sheet] = re.sub(rb'<row r="4"', b'<row r="40"', parts[sheet])
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    before = path.read_bytes()
    done = erase(home, CODE)
    assert "ne se réécrit pas sans risque" in done.unseen[0]
    assert not done.found and path.read_bytes() == before


def test_only_workbooks_are_edited():
    with pytest.raises(CannotEdit):
        without_lines(b"PK\x03\x04rien", {0: [1]})


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    texts=st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20),
        min_size=1,
        max_size=6,
    ),
    mark=st.sampled_from([";", ",", "\t"]),
)
def test_any_text_around_stays_as_it_is(tmp_path_factory, texts, mark):
    home = tmp_path_factory.mktemp("maison")
    (home / "reponses").mkdir()
    path = home / "reponses" / "a.csv"
    rows = [
        ["code", "mots", "fin"],
        *([f"BCDFGHJK{'BCDFGH'[n]}Z", text, "x"] for n, text in enumerate(texts)),
    ]
    whole = [*rows[:2], [CODE, PLANTED[0], "x"], *rows[2:]]
    path.write_bytes(written(whole, mark).encode())
    assert erase(home, CODE).found
    assert path.read_bytes() == written(rows, mark).encode()
