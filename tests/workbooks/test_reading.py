"""One filled workbook: what is found wherever it stands, and what is told."""

from __future__ import annotations

import io
import shutil
import subprocess
import time
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from filled_books import COMMUNES, LINES, TINY, changed, example_lines, messages, read, written
from openpyxl.styles import PatternFill

from ctg_lib.partnership.books import BOOKS
from ctg_lib.workbooks.problems import Problem
from ctg_lib.workbooks.reading import frame_of, identify, read_workbook
from ctg_lib.workbooks.schema import as_frame
from ctg_lib.workbooks.spreadsheet import is_lock

THINGS, LINKS = "Choses", "Liens"
HEADINGS, FIRST = 4, 5


def same(found: pd.DataFrame, wanted: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(found.drop(columns="row"), wanted.drop(columns="row"))


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    filled = read(written(tmp_path))
    assert filled.problems == () and filled.version == 3 and filled.file == "tiny.xlsx"
    same(filled.tables["things"], frame_of(TINY["things"], LINES))
    assert filled.tables["things"]["row"].tolist() == [FIRST, FIRST + 1]
    assert filled.tables["things"]["users_masked"].tolist() == [False, True]
    assert filled.tables["links"]["year"].tolist() == [2025.0]


@pytest.mark.parametrize("name", list(BOOKS))
def test_the_six_workbooks_come_back_as_they_went(name: str, tmp_path: Path) -> None:
    book = BOOKS[name]
    rows = {sheet.name: example_lines(sheet) for sheet in book.sheets}
    filled = read(written(tmp_path, rows, book), book)
    assert filled.problems == ()
    for sheet in book.sheets:
        same(filled.tables[sheet.name], frame_of(sheet, rows[sheet.name]))
        kept = filled.tables[sheet.name][sheet.columns]
        pd.testing.assert_series_equal(kept.dtypes, as_frame(sheet, []).dtypes)


def test_a_workbook_with_nothing_filled_gives_empty_tables(tmp_path: Path) -> None:
    filled = read(written(tmp_path, {}))
    assert filled.problems == () and all(table.empty for table in filled.tables.values())
    assert list(filled.tables["things"].columns) == [*TINY["things"].columns, "users_masked", "aeeh_masked"]


def test_rows_inserted_above_columns_moved_headings_rewritten(tmp_path: Path) -> None:
    def change(file: openpyxl.Workbook) -> None:
        ws = file[THINGS]
        ws.unmerge_cells(str(next(iter(ws.merged_cells.ranges))))
        ws.insert_rows(1, 3)
        ws.move_range(
            f"A{HEADINGS + 2}:A{FIRST + 8}", cols=20
        )  # help, headings and lines of the first column
        row = HEADINGS + 3
        ws.cell(row, 2, "INTITULE")  # the alias, without accents
        ws.cell(row, 8, "charges")
        ws.cell(row, 9, "Taux\nd'occupation *")

    filled = read(changed(tmp_path, change))
    assert filled.problems == ()
    same(filled.tables["things"], frame_of(TINY["things"], LINES))


def test_headings_that_only_resemble_are_read_and_told(tmp_path: Path) -> None:
    def change(file: openpyxl.Workbook) -> None:
        file[THINGS].cell(HEADINGS, 9, "Taux d’ocupation")
        file[THINGS].cell(HEADINGS, 2, "Nom de la")

    filled = read(changed(tmp_path, change))
    same(filled.tables["things"], frame_of(TINY["things"], LINES))
    assert messages(filled) == [
        "warning tiny.xlsx, feuille « Choses », ligne 4, colonne « Nom de la » : trouvé « Nom de la », attendu "
        "l’intitulé « Nom de la chose » ; la colonne est lue comme telle",
        "warning tiny.xlsx, feuille « Choses », ligne 4, colonne « Taux d’ocupation » : trouvé « Taux d’ocupation », "
        "attendu l’intitulé « Taux d’occupation » ; la colonne est lue comme telle",
    ]


def test_columns_missing_added_and_doubled_are_told(tmp_path: Path) -> None:
    def change(file: openpyxl.Workbook) -> None:
        ws = file[THINGS]
        ws.delete_cols(12)  # remark
        ws.delete_cols(2)  # name, needed
        ws.cell(HEADINGS, 20, "Notes à moi")
        ws.cell(FIRST, 20, "à revoir")
        ws.cell(FIRST, 22, "sans titre")
        ws.cell(HEADINGS, 23, "Commune")
        ws.cell(FIRST, 23, "Nant")
        ws.cell(HEADINGS, 24, "Vide")  # a heading over nothing loses nothing

    said = messages(read(changed(tmp_path, change)))
    start = "tiny.xlsx, feuille « Choses », ligne"
    assert said == [
        f"error {start} 4, colonne « Nom de la chose » : rien trouvé, attendu une colonne « Nom de la chose »",
        f"warning {start} 4, colonne « Remarque » : rien trouvé, attendu une colonne « Remarque »",
        f"error {start} 5, colonne « Commune » : trouvé « 1 cellule remplie », attendu un intitulé une seule "
        "fois ; seule la première colonne est lue",
        f"warning {start} 5, colonne « Notes à moi » : trouvé « 1 cellule remplie », attendu une colonne du "
        "modèle ; celle-ci n’est pas lue",
        f"warning {start} 5, colonne « V » : trouvé « 1 cellule remplie », attendu une colonne du modèle ; "
        "celle-ci n’est pas lue",
    ]


def test_tabs_renamed_added_and_missing(tmp_path: Path) -> None:
    def change(file: openpyxl.Workbook) -> None:
        file[THINGS].title = "Feuil1"
        file["Exemple"].title = "Mon exemple"
        del file[LINKS]
        file.create_sheet("Brouillon")["A1"] = "x"
        file.create_sheet("Vide")

    filled = read(changed(tmp_path, change))
    same(filled.tables["things"], frame_of(TINY["things"], LINES))
    assert filled.tables["links"].empty
    assert messages(filled) == [
        "warning tiny.xlsx, feuille « Brouillon » : trouvé « 1 ligne remplie », attendu une feuille du modèle ; "
        "celle-ci n’est pas lue",
        "warning tiny.xlsx, feuille « Feuil1 » : trouvé « une feuille « Feuil1 » », attendu la feuille « Choses » ; "
        "reconnue à ses colonnes",
        "error tiny.xlsx, feuille « Liens » : rien trouvé, attendu la feuille « Liens »",
    ]


def test_a_tab_differs_by_accents_case_and_spaces(tmp_path: Path) -> None:
    def change(file: openpyxl.Workbook) -> None:
        file[THINGS].title = " CHOSE "

    assert read(changed(tmp_path, change)).problems == ()


def test_headings_deleted(tmp_path: Path) -> None:
    def change(file: openpyxl.Workbook) -> None:
        file[LINKS].delete_rows(HEADINGS)

    filled = read(changed(tmp_path, change))
    assert "attendu la ligne des intitulés de colonnes ; la feuille n’est pas lue" in messages(filled)[0]


def test_merged_cells_count_once_and_are_told(tmp_path: Path) -> None:
    def change(file: openpyxl.Workbook) -> None:
        ws = file[THINGS]
        ws.cell(FIRST + 2, 1, "S03")
        ws.merge_cells(start_row=FIRST, end_row=FIRST + 2, start_column=2, end_column=2)
        ws.merge_cells("A1:L2")  # a title may be merged
        ws.merge_cells("A30:D40")  # and nothing may be

    filled = read(changed(tmp_path, change))
    assert filled.tables["things"]["name"].tolist() == ["Un", "", ""]
    said = messages(filled)
    assert (
        "warning tiny.xlsx, feuille « Choses », ligne 5, colonne « Nom de la chose » : trouvé « des cellules fusionnées, "
        "B5:B7 », attendu une valeur par cellule ; seule la première compte"
    ) in said
    assert sum("nécessaire" in text for text in said) == 2 and len(said) == 3


def test_formulas_give_the_value_kept_or_are_told(tmp_path: Path) -> None:
    path = written(tmp_path)
    replace = {
        b'<c r="H5"': rb'<c r="H5"[^>]*>.*?</c>',
    }
    kept = b'<c r="H5"><f>1+1</f><v>2</v></c>'
    _rewrite(path, "things", replace, kept)
    assert read(path).tables["things"]["cost"].tolist()[0] == 2.0

    def change(file: openpyxl.Workbook) -> None:
        file[THINGS].cell(FIRST, 8, "=10+5")
        file[THINGS].cell(FIRST, 2, "#REF!").data_type = "e"

    filled = read(changed(tmp_path, change))
    assert filled.tables["things"]["cost"].isna().all()
    assert messages(filled) == [
        "error tiny.xlsx, feuille « Choses », ligne 5, colonne « Charges (€) » : trouvé « une formule sans résultat », "
        "attendu une valeur (ouvrir le classeur dans le tableur et l’enregistrer)",
        "error tiny.xlsx, feuille « Choses », ligne 5, colonne « Nom de la chose » : trouvé « #REF! », attendu une "
        "valeur : la formule de la cellule est en erreur",
    ]


def _rewrite(path: Path, sheet: str, patterns: dict[bytes, bytes], by: bytes) -> None:
    """Replace cells in the XML of the first sheet of lines."""
    import re

    out = io.BytesIO()
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(out, "w") as made:
        for name in given.namelist():
            data = given.read(name)
            if name.endswith("sheet2.xml"):
                for pattern in patterns.values():
                    data, count = re.subn(pattern, by, data)
                    assert count == 1
            made.writestr(name, data)
    path.write_bytes(out.getvalue())


def test_required_cells_and_double_keys(tmp_path: Path) -> None:
    rows = {
        "things": [{"id": "S01", "name": "Un"}, {"id": "S01", "name": "Deux"}, {"remark": "seul"}],
        "links": [
            {"thing": "S01", "year": 2025.0}, {"thing": "S01", "year": 2025.0}, {"thing": "S01", "year": 2024.0},
            {"thing": "S01"}, {"thing": "S01"},
        ],
    }  # fmt: skip
    filled = read(written(tmp_path, rows))
    assert len(filled.tables["things"]) == 3 and len(filled.tables["links"]) == 5
    start = "error tiny.xlsx, feuille"
    assert messages(filled) == [
        f"{start} « Choses », ligne 6, colonne « Identifiant » : trouvé « S01 », attendu une seule ligne pour "
        "« Identifiant » ; déjà ligne 5",
        f"{start} « Choses », ligne 7, colonne « Identifiant » : rien trouvé, attendu « Identifiant », nécessaire",
        f"{start} « Choses », ligne 7, colonne « Nom de la chose » : rien trouvé, attendu « Nom de la chose », nécessaire",
        f"{start} « Liens », ligne 6, colonne « Chose » : trouvé « S01 ; 2025 », attendu une seule ligne pour « Chose », "
        "« Année » ; déjà ligne 5",
        f"{start} « Liens », ligne 8, colonne « Année » : rien trouvé, attendu « Année », nécessaire",
        f"{start} « Liens », ligne 9, colonne « Année » : rien trouvé, attendu « Année », nécessaire",
    ]


def test_a_refused_cell_is_told_once_and_its_line_kept(tmp_path: Path) -> None:
    def change(file: openpyxl.Workbook) -> None:
        file[LINKS].cell(FIRST, 2, "2024-2025")

    filled = read(changed(tmp_path, change))
    assert len(filled.tables["links"]) == 1
    assert messages(filled) == [
        "error tiny.xlsx, feuille « Liens », ligne 5, colonne « Année » : trouvé « 2024-2025 », attendu une année, par "
        "exemple 2025 (une seule)"
    ]


def test_a_masked_count_is_not_repeated(tmp_path: Path) -> None:
    filled = read(written(tmp_path, {"things": [{"id": "S01", "name": "Un", "aeeh": 7.0}]}))
    assert filled.tables["things"]["aeeh"].isna().all() and filled.tables["things"]["aeeh_masked"].all()
    assert [p.found for p in filled.problems] == ["un nombre de 1 à 9"]


def test_from_elsewhere_may_be_written_in_the_column_of_communes(tmp_path: Path) -> None:
    def change(file: openpyxl.Workbook) -> None:
        file[THINGS].cell(FIRST, 4, "Hors territoire")

    filled = read(changed(tmp_path, change))
    assert filled.problems == ()
    assert filled.tables["things"].loc[0, ["commune", "outside"]].tolist() == ["", "oui"]


def test_the_line_of_help_is_never_read_wherever_it_goes(tmp_path: Path) -> None:
    def change(file: openpyxl.Workbook) -> None:
        ws = file[THINGS]
        for column in range(1, 13):
            ws.cell(FIRST + 4, column, ws.cell(HEADINGS - 1, column).value)
        ws.cell(FIRST + 4, 2, "écrit ici")

    filled = read(changed(tmp_path, change))
    assert len(filled.tables["things"]) == 2
    assert messages(filled) == [
        "warning tiny.xlsx, feuille « Choses », ligne 9, colonne « Nom de la chose » : trouvé « écrit ici », attendu rien "
        "sur la ligne d’aide, qui n’est pas lue"
    ]


def test_lines_over_the_headings_and_headings_repeated_are_told(tmp_path: Path) -> None:
    def change(file: openpyxl.Workbook) -> None:
        ws = file[THINGS]
        for column, text in enumerate(("S09", "Neuf", "alpha"), start=1):
            ws.cell(HEADINGS - 1, column, text)
        for column in range(1, 13):
            ws.cell(FIRST + 3, column, ws.cell(HEADINGS, column).value)
            if column > 3:
                ws.cell(HEADINGS - 1, column).value = None

    said = messages(read(changed(tmp_path, change)))
    assert said == [
        "error tiny.xlsx, feuille « Choses », ligne 3 : trouvé « S09 | Neuf | alpha », attendu les lignes sous les "
        "intitulés ; celle-ci n’est pas lue",
        "warning tiny.xlsx, feuille « Choses », ligne 8 : trouvé « les intitulés une seconde fois », attendu une ligne "
        "remplie ; celle-ci n’est pas lue",
    ]


def test_percentages_by_format_and_dates_of_1904(tmp_path: Path) -> None:
    def change(file: openpyxl.Workbook) -> None:
        file.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
        ws = file[THINGS]
        ws.cell(FIRST, 9, 0.765).number_format = "0.0%"
        ws.cell(FIRST, 10, pd.Timestamp("2026-09-15").to_pydatetime())
        ws.cell(FIRST, 8, 0.25).number_format = "0%"

    filled = read(changed(tmp_path, change))
    assert filled.tables["things"].loc[0, "rate"] == 76.5
    assert filled.tables["things"].loc[0, "day"] == pd.Timestamp("2026-09-15")
    assert "trouvé « 25 % », attendu un montant en euros (sans « % »)" in messages(filled)[0]


# --- which file it is ---------------------------------------------------------------------------------


def test_identity_survives_the_loss_of_the_hidden_sheet(tmp_path: Path) -> None:
    def lose(file: openpyxl.Workbook) -> None:
        del file["_ctg"]

    def lose_all(file: openpyxl.Workbook) -> None:
        del file["_ctg"]
        del file["Mode d’emploi"]

    path = changed(tmp_path, lose)
    assert identify(path) == ("tiny", 3) and read(path).problems == ()
    path = changed(tmp_path, lose_all)
    filled = read(path)
    assert identify(path) is None and filled.version is None and len(filled.tables["things"]) == 2
    assert messages(filled) == [
        "warning tiny.xlsx : rien trouvé, attendu la version 3 ; les colonnes sont lues par leur intitulé (feuille cachée "
        "« _ctg » perdue)"
    ]


def test_another_version_is_told_with_both(tmp_path: Path) -> None:
    def change(file: openpyxl.Workbook) -> None:
        file["_ctg"]["B2"] = 2

    filled = read(changed(tmp_path, change))
    assert filled.version == 2 and len(filled.tables["things"]) == 2
    assert messages(filled) == [
        "warning tiny.xlsx : trouvé « la version 2 », attendu la version 3 ; les colonnes sont lues par leur intitulé"
    ]


def test_an_older_file_says_itself_what_its_headings_meant(tmp_path: Path) -> None:
    def change(file: openpyxl.Workbook) -> None:
        file[THINGS].cell(HEADINGS, 8, "Tout autre chose")
        ws = file["_ctg"]
        row = next(r for r in range(1, 40) if ws.cell(r, 3).value == "cost")
        ws.cell(row, 4, "Tout autre chose")

    filled = read(changed(tmp_path, change))
    assert filled.problems == () and filled.tables["things"]["cost"].tolist()[0] == 14500.5


def test_another_workbook_under_this_name(tmp_path: Path) -> None:
    path = written(tmp_path, {}, BOOKS["bilan"])
    filled = read(path.rename(tmp_path / "tiny.xlsx"))
    assert messages(filled) == [
        "error tiny.xlsx, feuille « _ctg » : trouvé « le classeur « bilan » », attendu le classeur « tiny » (Petit classeur)"
    ]
    assert identify(tmp_path / "tiny.xlsx") == ("bilan", 1)


# --- what is not a workbook ---------------------------------------------------------------------------


def _zip(*names: str, mimetype: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        if mimetype:
            made.writestr("mimetype", mimetype)
        for name in names:
            made.writestr(name, "<x/>")
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "un fichier vide"),
        (OLE, "un classeur au format ancien (.xls)"),
        (
            OLE + "EncryptedPackage".encode("utf-16-le"),
            "un classeur protégé par un mot de passe à l’ouverture",
        ),
        (
            _zip(mimetype="application/vnd.oasis.opendocument.spreadsheet"),
            "un classeur au format OpenDocument (.ods)",
        ),
        (
            _zip(mimetype="application/vnd.oasis.opendocument.text"),
            "un document au format OpenDocument (.odt)",
        ),
        (_zip("xl/workbook.bin"), "un classeur binaire (.xlsb)"),
        (_zip("word/document.xml"), "un document Word"),
        (_zip("ppt/presentation.xml"), "une présentation"),
        (_zip("autre.txt"), "un classeur abîmé ou incomplet"),
        (b"PK\x03\x04 et rien", "un classeur abîmé ou incomplet"),
        (b"Identifiant;Nom\nS01;Un\n", "un fichier texte (.csv)"),
        (b"%PDF-1.7 ...", "un fichier PDF"),
        (b"<html><table></table></html>", "une page ou un fichier XML"),
        (b"\x89PNG\r\n\x1a\n\0\0", "un fichier qui n’est pas un classeur"),
    ],
)
def test_other_files_are_named(content: bytes, found: str, tmp_path: Path) -> None:
    path = tmp_path / "tiny.xlsx"
    path.write_bytes(content)
    filled = read(path)
    assert [p.found for p in filled.problems] == [found] and filled.problems[0].expected
    assert list(filled.tables) == ["things", "links"] and identify(path) is None


def test_a_file_that_is_not_there_a_folder_and_a_lock(tmp_path: Path) -> None:
    assert messages(read(tmp_path / "tiny.xlsx")) == [
        "error tiny.xlsx : rien trouvé, attendu le classeur, à ce nom"
    ]
    (tmp_path / "dossier.xlsx").mkdir()
    assert "ce qui n’est pas un fichier lisible" in messages(read(tmp_path / "dossier.xlsx"))[0]
    for name in ("~$tiny.xlsx", ".~lock.tiny.xlsx#"):
        (tmp_path / name).write_bytes(b"\x05user")
        assert is_lock(tmp_path / name) and read(tmp_path / name).problems == ()
        assert identify(tmp_path / name) is None


def test_a_truncated_file(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_bytes(path.read_bytes()[:-200])
    assert messages(read(path))[0].startswith(
        "error tiny.xlsx : trouvé « un classeur abîmé ou incomplet », attendu"
    )


def test_entities_are_refused_quickly(tmp_path: Path) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(20)
    )
    path = written(tmp_path)
    out = io.BytesIO()
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(out, "w") as made:
        for name in given.namelist():
            data = given.read(name)
            if name == "xl/workbook.xml":
                data = bomb + b"]>" + data
            made.writestr(name, data)
    path.write_bytes(out.getvalue())
    start = time.perf_counter()
    assert "abîmé" in messages(read(path))[0] and time.perf_counter() - start < 2


# --- size, other programs -----------------------------------------------------------------------------


def _sheet_xml(path: Path, make: object) -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(path) as given,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made,
    ):
        for name in given.namelist():
            data = given.read(name)
            made.writestr(name, make(data) if name.endswith("sheet2.xml") else data)  # type: ignore[operator]
    path.write_bytes(out.getvalue())


def test_a_colour_on_a_million_lines_costs_little(tmp_path: Path) -> None:
    blank = b"".join(
        b'<row r="%d" spans="1:2" s="1" customFormat="1"><c r="A%d" s="1"/><c r="B%d" s="1"/></row>'
        % (r, r, r)
        for r in range(1000, 1_001_000)
    )
    path = written(tmp_path)
    _sheet_xml(path, lambda data: data.replace(b"</sheetData>", blank + b"</sheetData>"))
    start = time.process_time()
    filled = read(path)
    assert time.process_time() - start < 10
    assert filled.problems == () and len(filled.tables["things"]) == 2


def test_cells_without_address_are_counted_from_the_left(tmp_path: Path) -> None:
    """Some programs leave out « r » of lines and cells, blank ones included."""
    import re

    path = written(tmp_path)
    _sheet_xml(
        path, lambda data: re.sub(rb'(<c) r="[A-Z]+\d+"', rb"\1", re.sub(rb'(<row) r="\d+"', rb"\1", data))
    )
    filled = read(path)
    assert filled.problems == ()
    same(filled.tables["things"], frame_of(TINY["things"], LINES))


def test_the_strict_standard_and_prefixed_names(tmp_path: Path) -> None:
    import re

    path = written(tmp_path)
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"

    def prefixed(data: bytes) -> bytes:
        data = re.sub(rb"<(/?)(\w)", rb"<\1x:\2", data)
        return data.replace(b'xmlns="' + main, b'xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main')

    _sheet_xml(path, prefixed)
    filled = read(path)
    assert filled.problems == ()
    same(filled.tables["things"], frame_of(TINY["things"], LINES))


def test_styles_on_a_whole_column_and_hidden_lines_change_nothing(tmp_path: Path) -> None:
    def change(file: openpyxl.Workbook) -> None:
        ws = file[THINGS]
        ws.row_dimensions[FIRST].hidden = True
        ws.sheet_state = "hidden"
        for row in range(FIRST, FIRST + 300):
            ws.cell(row, 1).fill = PatternFill("solid", fgColor="FFFF00")

    filled = read(changed(tmp_path, change))
    assert filled.problems == () and len(filled.tables["things"]) == 2


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) n’est pas installé")
@pytest.mark.parametrize("name", list(BOOKS))
def test_saved_by_libreoffice(name: str, tmp_path: Path) -> None:
    book = BOOKS[name]
    rows = {sheet.name: example_lines(sheet) for sheet in book.sheets}
    path = written(tmp_path, rows, book)
    before = read(path, book)
    out = tmp_path / "lo"
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profil", "--convert-to",
               "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), str(path)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    after = read_workbook(out / book.file, book, COMMUNES)
    assert after.problems == () and after.version == book.version
    for sheet in book.sheets:
        pd.testing.assert_frame_equal(after.tables[sheet.name], before.tables[sheet.name])


def test_every_message_says_where(tmp_path: Path) -> None:
    def change(file: openpyxl.Workbook) -> None:
        for column in range(1, 13):
            file[THINGS].cell(FIRST, column, "???environ 31/02 #")

    for problem in read(changed(tmp_path, change)).problems:
        assert isinstance(problem, Problem)
        assert (problem.file, problem.sheet, problem.row) == ("tiny.xlsx", "Choses", FIRST)
        assert problem.column and problem.expected


# --- what hurried hands add ----------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["TOTAL", "Total", "Sous-total", "Totaux", "total général"])
def test_a_line_of_totals_is_told_and_counts_nothing_twice(word: str, tmp_path: Path) -> None:
    def change(file: openpyxl.Workbook) -> None:
        file[THINGS].cell(FIRST + 3, 2, word)
        file[THINGS].cell(FIRST + 3, 6, 41)
        file[LINKS].cell(FIRST + 1, 1, word)
        file[LINKS].cell(FIRST + 1, 3, 12)

    filled = read(changed(tmp_path, change))
    assert len(filled.tables["things"]) == 2 and len(filled.tables["links"]) == 1
    said = "trouvé « une ligne de total », attendu les lignes seules : les sommes sont refaites ; celle-ci n’est pas lue"
    assert messages(filled) == [
        f"warning tiny.xlsx, feuille « Choses », ligne 8 : {said}",
        f"warning tiny.xlsx, feuille « Liens », ligne 6 : {said}",
    ]


def test_a_thing_called_total_is_a_line_and_so_is_a_remark_about_totals(tmp_path: Path) -> None:
    def change(file: openpyxl.Workbook) -> None:
        file[THINGS].cell(FIRST + 2, 1, "S03")
        file[THINGS].cell(FIRST + 2, 2, "Total")
        file[THINGS].cell(FIRST + 3, 1, "S04")
        file[THINGS].cell(FIRST + 3, 2, "Quatre")
        file[THINGS].cell(FIRST + 3, 12, "total")

    filled = read(changed(tmp_path, change))
    assert filled.problems == () and filled.tables["things"]["name"].tolist() == [
        "Un",
        "Deux",
        "Total",
        "Quatre",
    ]


def test_a_sentence_under_the_lines_is_told_and_is_no_line(tmp_path: Path) -> None:
    def change(file: openpyxl.Workbook) -> None:
        file[THINGS].cell(FIRST + 4, 1, "NB : à revoir avec la mairie")
        file[THINGS].cell(FIRST + 5, 2, "Une chose dont on ne sait que le nom")

    filled = read(changed(tmp_path, change))
    assert filled.tables["things"]["name"].tolist() == ["Un", "Deux", "Une chose dont on ne sait que le nom"]
    assert messages(filled)[0] == (
        "warning tiny.xlsx, feuille « Choses », ligne 9 : trouvé « NB : à revoir avec la mairie », attendu une ligne "
        "remplie ; ce texte seul n’est pas lu : l’écrire en remarque d’une ligne"
    )
    assert len(filled.problems) == 2  # and the identifier that the other line needs


def test_comments_laid_on_cells_are_told(tmp_path: Path) -> None:
    from openpyxl.comments import Comment

    def change(file: openpyxl.Workbook) -> None:
        for row in range(FIRST, FIRST + 8):
            file[THINGS].cell(row, 2).comment = Comment("à confirmer avec la directrice", "moi")
        file[LINKS]["C5"].comment = Comment("chiffre provisoire", "moi")
        file[LINKS]["A1"].comment = Comment("sur le titre", "moi")

    filled = read(changed(tmp_path, change))
    rest = "attendu ce texte dans la colonne « Remarque » ; un commentaire n’est pas lu"
    assert messages(filled) == [
        "warning tiny.xlsx, feuille « Choses », ligne 5, colonne « Nom de la chose » : trouvé « 8 commentaires de cellule "
        f"(B5, B6, B7, B8, B9, B10 …) », {rest}",
        f"warning tiny.xlsx, feuille « Liens », ligne 5, colonne « Valeur » : trouvé « 1 commentaire de cellule (C5) », {rest}",
    ]


def test_where_a_renamed_tab_was_found(tmp_path: Path) -> None:
    def change(file: openpyxl.Workbook) -> None:
        file[THINGS].title = "Mes choses 2026"

    assert read(changed(tmp_path, change)).tabs == {"things": "Mes choses 2026", "links": LINKS}


def test_a_heading_may_be_the_first_words_of_a_label(tmp_path: Path) -> None:
    def change(file: openpyxl.Workbook) -> None:
        file[THINGS].cell(HEADINGS, 2, "Nom")

    filled = read(changed(tmp_path, change))
    same(filled.tables["things"], frame_of(TINY["things"], LINES))
    assert "l’intitulé « Nom de la chose » ; la colonne est lue comme telle" in messages(filled)[0]
