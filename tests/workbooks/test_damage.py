"""Ten thousand damaged lines and two hundred damaged workbooks: messages, never a traceback, no line lost."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pytest
from filled_books import COMMUNES, LINES, TINY, example_lines, written

from ctg_lib.partnership.books import BOOKS
from ctg_lib.workbooks.cells import as_text, plain, says_not_concerned, says_nothing, says_unknown
from ctg_lib.workbooks.layout import heading
from ctg_lib.workbooks.parsing import parse
from ctg_lib.workbooks.reading import Filled, read_workbook
from ctg_lib.workbooks.schema import Field, Sheet
from ctg_lib.workbooks.spreadsheet import column_letters

ROWS_PER_BOOK = {
    "offre": 1500,
    "financement": 2000,
    "parties": 2000,
    "bilan": 1500,
    "contrats": 1500,
    "documents": 1500,
}
FIRST = 2
WORDS = [
    "La Cavalerie", "12063", "cavalerie", "Millau", "oui", "NON", "peut-être", "environ 20", "< 5", "1 à 4", "7h30",
    "25h61", "lundi à vendredi", "tous les jours sauf mercredi", "15/09/2026", "31/02/2026", "sept. 2026", "2024-2025",
    "1 234,5", "1.234", "12 k€", "76 %", "NC", "?", "-", "néant", "sans objet", "S01", "s 01 ; S02", "=1+1", "=HYPERLINK()",
    "#REF!", "Err:502", "petite enfance ; parentalité", "RPE", "accueil", "Mme Exemple", "a@organisme.example", "05 36 49 00 00",
    "\u200b", "\u00a0", "  ", "\n", "é" * 300, "𝔘𝔫𝔦", "مرحبا", "🙂", "a\u0301" * 20, "\ufeffid", "_x0000_", "_x000D_", "]]>", "&amp;",
    "<b>", "'; DROP TABLE", "../../etc", "0", "00", "1e309", "nan", "inf", "VRAI", "1" * 400, ";" * 200, "," * 300, "(" * 100,
]  # fmt: skip
NUMBERS = ["0", "-1", "0.76", "1", "3", "41", "12063", "1001", "46280", "2958465", "2958466", "-5", "1E+308", "1E+400", "NaN",
           "INF", "-INF", "0.3125", "1.5", "2025", "99999999999999999999", "1e-320", "60"]  # fmt: skip


def damaged_cell(rng: random.Random, field: Field) -> tuple[str, str]:
    """Type and content of a cell, as the file holds them."""
    draw = rng.random()
    if draw < 0.15 and field.choices:
        return "inlineStr", rng.choice([*field.choices, *field.choices.values()])[: rng.randint(1, 60)]
    if draw < 0.35:
        return "n", rng.choice(NUMBERS)
    if draw < 0.45:
        return "date", rng.choice(NUMBERS)
    if draw < 0.5:
        return rng.choice(
            [("b", "1"), ("b", "0"), ("e", "#N/A"), ("e", "#DIV/0!"), ("f", ""), ("d", "1789-07-14T00:00:00")]
        )
    if draw < 0.9:
        return "inlineStr", rng.choice(WORDS)
    if draw < 0.905:
        return "inlineStr", rng.choice("aé1 ;,\n") * 40_000
    return "inlineStr", "".join(
        chr(rng.choice([rng.randint(32, 126), rng.randint(0xA0, 0x2FFF)])) for _ in range(12)
    )


def cell_xml(address: str, kind: str, text: str) -> str:
    if kind == "inlineStr":
        return f'<c r="{address}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
    if kind == "f":
        return f'<c r="{address}"><f>1+1</f></c>'
    style = ' s="1"' if kind == "date" else ""
    shown = "n" if kind == "date" else kind
    return f'<c r="{address}" t="{shown}"{style}><v>{escape(text)}</v></c>'


def workbook_of(path: Path, sheets: dict[str, list[str]]) -> None:
    """A small .xlsx file from the XML of its lines."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    names = list(sheets)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
        tabs = "".join(f'<sheet name="{n}" sheetId="{i}" r:id="r{i}"/>' for i, n in enumerate(names, 1))
        out.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets>{tabs}</sheets></workbook>'
        )
        links = "".join(
            f'<Relationship Id="r{i}" Type="{rel}/worksheet" Target="worksheets/s{i}.xml"/>'
            for i in range(1, len(names) + 1)
        )
        links += f'<Relationship Id="s" Type="{rel}/styles" Target="styles.xml"/>'
        out.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{rel}">{links}</Relationships>')
        styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
        out.writestr("xl/styles.xml", f'<styleSheet xmlns="{main}">{styles}</styleSheet>')
        for i, name in enumerate(names, 1):
            data = "".join(sheets[name])
            out.writestr(
                f"xl/worksheets/s{i}.xml",
                f'<worksheet xmlns="{main}"><sheetData>{data}</sheetData></worksheet>',
            )


def damaged_lines(
    rng: random.Random, sheet: Sheet, count: int
) -> tuple[list[str], set[int], set[tuple[int, str]]]:
    """XML of lines; numbers of those that hold something; cells that hold something that may not be lost."""
    cells = (
        cell_xml(f"{column_letters(n)}1", "inlineStr", heading(f)) for n, f in enumerate(sheet.fields, 1)
    )
    xml = [f'<row r="1">{"".join(cells)}</row>']
    filled: set[int] = set()
    kept: set[tuple[int, str]] = set()
    for row in range(FIRST, FIRST + count):
        parts: list[str] = []
        for number, field in enumerate(sheet.fields, 1):
            if rng.random() < 0.35:
                continue
            kind, text = damaged_cell(rng, field)
            parts.append(cell_xml(f"{column_letters(number)}{row}", kind, text))
            if kind != "inlineStr" or plain(text) is not None:
                filled.add(row)
            if kind != "inlineStr" or _must_be_kept(text):
                kept.add((row, field.name))
        xml.append(f'<row r="{row}">{"".join(parts)}</row>')
    return xml, filled, kept


def _must_be_kept(text: str) -> bool:
    shown = as_text(plain(text))
    return bool(shown.strip("-–—−_./…?!;, ")) and not (
        says_unknown(shown) or says_not_concerned(shown) or says_nothing(shown)
    )


@pytest.mark.parametrize("name", list(BOOKS))
def test_ten_thousand_damaged_lines(name: str, tmp_path: Path) -> None:
    book, rng = BOOKS[name], random.Random(f"lignes {name}")
    each = ROWS_PER_BOOK[name] // len(book.sheets)
    made = {sheet.name: damaged_lines(rng, sheet, each) for sheet in book.sheets}
    workbook_of(tmp_path / book.file, {s.title: made[s.name][0] for s in book.sheets})
    filled = read_workbook(tmp_path / book.file, book, COMMUNES)
    told = {(p.sheet, p.row, p.column) for p in filled.problems}
    for sheet in book.sheets:
        _, rows, kept = made[sheet.name]
        table = filled.tables[sheet.name]
        assert set(table["row"]) == rows and table["row"].is_unique
        lines = {line["row"]: line for line in table.to_dict("records")}
        for row, column in kept:
            value = lines[row][column]
            present = value != "" and value != () and value == value
            masked = lines[row].get(column + "_masked", False)
            # what follows from « hors territoire » and such stands elsewhere on the line
            assert present or masked or (sheet.title, row, sheet[column].label) in told, (row, column)
    _sound(filled)


def test_enough_lines_are_damaged() -> None:
    assert sum(ROWS_PER_BOOK.values()) == 10_000


def _sound(filled: Filled) -> None:
    """Every message can be acted on; every sheet has its table."""
    assert set(filled.tables) == {sheet.name for sheet in filled.book.sheets}
    for problem in filled.problems:
        assert problem.file == filled.file and problem.expected and len(problem.found) < 200
        assert "\n" not in str(problem) and str(problem).isprintable(), problem


# --- two hundred workbooks ----------------------------------------------------------------------------


def repacked(content: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as given,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in given.namelist():
            data = change(name, given.read(name))
            if data is not None:
                made.writestr(name, data)
    return out.getvalue()


def truncated(rng: random.Random, content: bytes) -> bytes:
    return content[: rng.randrange(len(content))]


def flipped(rng: random.Random, content: bytes) -> bytes:
    data = bytearray(content)
    for _ in range(rng.randint(1, 20)):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


def xml_broken(rng: random.Random, content: bytes) -> bytes:
    """One part cut, doubled, sprinkled with bytes, emptied or removed."""
    with zipfile.ZipFile(io.BytesIO(content)) as given:
        victim = rng.choice(given.namelist())

    def change(name: str, data: bytes) -> bytes | None:
        if name != victim:
            return data
        at = rng.randrange(len(data) + 1)
        how = rng.randrange(6)
        if how == 0:
            return None
        if how == 1:
            return b""
        if how == 2:
            return data[:at]
        if how == 3:
            return data[:at] + rng.randbytes(rng.randint(1, 8)) + data[at:]
        if how == 4:
            return data + data
        return b'<!DOCTYPE a [<!ENTITY b "c">]>' + data.replace(b"<v>", b"<v>&b;", 3)

    return repacked(content, change)


def cells_changed(rng: random.Random, content: bytes) -> bytes:
    """What hands do: cells, headings, lines, columns, tabs, merges."""
    file = openpyxl.load_workbook(io.BytesIO(content))
    for _ in range(rng.randint(1, 6)):
        ws = file[rng.choice(file.sheetnames)]
        row, column = rng.randint(1, 12), rng.randint(1, 14)
        how = rng.randrange(9)
        if how < 3 and not isinstance(ws.cell(row, column), openpyxl.cell.cell.MergedCell):
            ws.cell(row, column).value = rng.choice(
                ["x", 12, None, 1e300, True, "=A1", "Identifiant *", "NC", "31/02/2026"]
            )
        elif how == 3:
            ws.insert_rows(row, rng.randint(1, 5))
        elif how == 4:
            ws.delete_cols(column)
        elif how == 5 and len(file.sheetnames) > 1:
            file.remove(ws)
        elif how == 6:
            ws.title = rng.choice(["Feuil1", "choses ", "LIENS", "Copie de Choses", "Exemple 2", "x" * 31])
        elif how == 7:
            ws.merge_cells(start_row=row, end_row=row + 2, start_column=column, end_column=column + 1)
        elif how == 8:
            file.copy_worksheet(ws)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


KINDS = {truncated: 40, flipped: 50, xml_broken: 60, cells_changed: 50}


@pytest.mark.parametrize("kind", list(KINDS), ids=lambda k: k.__name__)
def test_two_hundred_damaged_workbooks(kind: Callable[[random.Random, bytes], bytes], tmp_path: Path) -> None:
    content = written(tmp_path).read_bytes()
    path = tmp_path / TINY.file
    wanted = len(LINES) + 1
    for number in range(KINDS[kind]):
        path.write_bytes(kind(random.Random(f"{kind.__name__} {number}"), content))
        filled = read_workbook(path, TINY, COMMUNES)
        _sound(filled)
        lines = sum(len(table) for table in filled.tables.values())
        assert lines >= wanted or filled.problems, (kind.__name__, number)


def present(filled: Filled) -> set[tuple[str, int, str]]:
    """Sheet, rank of the line and column of each cell that holds something, or is masked."""
    return {
        (sheet.name, rank, name.removesuffix("_masked"))
        for sheet in filled.book.sheets
        for rank, line in enumerate(filled.tables[sheet.name].to_dict("records"))
        for name, value in line.items()
        if name != "row" and value == value and value not in ("", (), False)
    }


def about_cells(filled: Filled) -> set[str]:
    """Titles of the sheets of which something is told; « » for the file itself; its version tells nothing."""
    titles = {tab: filled.book[name].title for name, tab in filled.tabs.items()}
    told = [p for p in filled.problems if not (p.severity == "warning" and "la version" in p.expected)]
    return {titles.get(p.sheet, p.sheet) for p in told}


@pytest.mark.parametrize("name", list(BOOKS))
def test_damaged_real_books_lose_no_cell_in_silence(name: str, tmp_path: Path) -> None:
    """Each cell that does not come back is one of a sheet, or of a file, of which something is told."""
    book = BOOKS[name]
    given = written(tmp_path, {sheet.name: example_lines(sheet) for sheet in book.sheets}, book)
    content, path = given.read_bytes(), tmp_path / "abîmé" / book.file
    path.parent.mkdir()
    wanted = present(read_workbook(given, book, COMMUNES))
    assert {sheet for sheet, _, _ in wanted} == {sheet.name for sheet in book.sheets}
    lost = 0
    for kind in KINDS:
        for number in range(3):
            path.write_bytes(kind(random.Random(f"{name} {kind.__name__} {number}"), content))
            filled = read_workbook(path, book, COMMUNES)
            _sound(filled)
            gone, told = wanted - present(filled), about_cells(filled)
            lost += bool(gone)
            for sheet in {sheet for sheet, _, _ in gone}:
                assert "" in told or book[sheet].title in told, (kind.__name__, number, gone)
    assert lost, "no file was damaged enough to lose anything"


def test_enough_workbooks_are_damaged() -> None:
    assert sum(KINDS.values()) == 200


def test_any_cell_of_any_kind_gives_a_message_or_a_value() -> None:
    """The same words and numbers in a field of every kind, without the file."""
    fields = {f.kind: f for book in (*BOOKS.values(), TINY) for sheet in book.sheets for f in sheet.fields}
    for field in fields.values():
        for raw in [*WORDS, *map(float, NUMBERS), *map(int, ("0", "10" * 30)), object(), [1], {"a": 1}, b"x"]:
            read = parse(field, raw, {})
            assert read.value is None or read.value == read.value, (field.kind, raw)
