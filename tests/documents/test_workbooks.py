"""Workbooks as they are written: what the spreadsheet will do with them, and that the bytes stay."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ctg_lib.documents.workbook_styles import FICTIF, lines_of
from ctg_lib.documents.workbooks import workbook_bytes, write_workbook
from ctg_lib.partnership.books import BOOKS
from ctg_lib.workbooks.cells import key
from ctg_lib.workbooks.layout import EXAMPLE, IDENTITY, INSTRUCTIONS, LISTS
from ctg_lib.workbooks.reading import frame_of, read_workbook
from ctg_lib.workbooks.schema import Field, Sheet, Workbook

COMMUNES = {"12063": "La Cavalerie", "12077": "Cornus", "21001": "Saint-Aubin", "21002": "Saint-Aubin"}
MOMENT = date(2026, 3, 15)


def book_bytes(book: Workbook, rows: dict | None = None, **more: object) -> bytes:
    options: dict = {"communes": COMMUNES, "place": "Communauté de communes d’essai", "moment": MOMENT} | more
    return workbook_bytes(book, rows or {}, **options)


def opened(book: Workbook, rows: dict | None = None, **more: object) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(book_bytes(book, rows, **more)))


@pytest.mark.parametrize("name", list(BOOKS))
def test_sheets_headings_lists_and_print_set_up(name: str) -> None:
    book = BOOKS[name]
    file = opened(book)
    assert file.sheetnames == [INSTRUCTIONS, *(s.title for s in book.sheets), EXAMPLE, LISTS, IDENTITY]
    assert file.active.title == INSTRUCTIONS and file[IDENTITY].sheet_state == "hidden"
    for sheet in book.sheets:
        ws = file[sheet.title]
        heads = [ws.cell(4, n).value for n in range(1, len(sheet.fields) + 1)]
        assert [key(h) for h in heads] == [key(f.label) for f in sheet.fields]
        assert [h.endswith("*") for h in heads] == [f.required for f in sheet.fields]
        assert ws.freeze_panes.endswith("5") and ws.auto_filter.ref.startswith("A4:")
        assert ws.print_title_rows == "$4:$4" and ws.page_setup.orientation == "landscape"
        assert (
            ws.page_setup.paperSize == 9
            and ws.page_setup.fitToHeight == 0
            and ws.sheet_properties.pageSetUpPr.fitToPage
        )
        assert ws.max_row >= 4 + sheet.lines


@pytest.mark.parametrize("name", list(BOOKS))
def test_one_can_fill_sort_filter_insert_and_delete_but_not_touch_the_headings(name: str) -> None:
    book = BOOKS[name]
    file = opened(book)
    for sheet in book.sheets:
        ws = file[sheet.title]
        guard = ws.protection
        assert guard.sheet and guard.password is None
        assert not any(
            (
                guard.sort,
                guard.autoFilter,
                guard.insertRows,
                guard.deleteRows,
                guard.formatColumns,
                guard.formatCells,
            )
        )
        for column in range(1, len(sheet.fields) + 1):
            assert ws.cell(4, column).protection.locked and not ws.cell(5, column).protection.locked
            assert not ws.cell(4 + sheet.lines, column).protection.locked
        # a line can be deleted only where each of its 16,384 cells is unlocked
        reached = max(d.max for d in ws.column_dimensions.values())
        assert reached == 16_384 and all(not d.protection.locked for d in ws.column_dimensions.values())


@pytest.mark.parametrize("name", list(BOOKS))
def test_drop_downs_show_the_labels_of_their_field(name: str) -> None:
    book = BOOKS[name]
    file = opened(book)
    for sheet in book.sheets:
        rules = {str(v.sqref).split(":")[0]: v for v in file[sheet.title].data_validations.dataValidation}
        for number, field in enumerate(sheet.fields, start=1):
            rule = rules.get(f"{openpyxl.utils.get_column_letter(number)}5")
            if field.kind in ("choice", "yes_no", "commune"):
                assert (
                    rule is not None and rule.type == "list" and rule.errorStyle == "stop" and rule.allowBlank
                )
                tab, _, cells = rule.formula1.rpartition("!")
                values = [c[0].value for c in file[tab.strip("'")][cells.replace("$", "")]]
                wanted = {"yes_no": ["oui", "non"], "choice": list(field.choices.values())}.get(field.kind)
                assert values == (
                    wanted or ["La Cavalerie", "Cornus", "Saint-Aubin (21001)", "Saint-Aubin (21002)"]
                )
            elif rule is not None:
                assert rule.errorStyle == "warning"  # never in the way


def test_references_within_a_workbook_have_a_soft_list() -> None:
    file = opened(BOOKS["parties"])
    rule = next(
        v for v in file["Compétences"].data_validations.dataValidation if str(v.sqref).startswith("B5")
    )
    assert (rule.type, rule.errorStyle) == ("list", "warning") and rule.formula1.startswith("'Parties'!$A$5:")


def test_instructions_say_what_is_needed() -> None:
    for book in BOOKS.values():
        ws = opened(book)[INSTRUCTIONS]
        text = "\n".join(str(c.value) for row in ws.iter_rows() for c in row if c.value)
        for part in (
            "« < 5 »",
            "« < 10 »",
            "Qui le remplit",
            f"version {book.version}",
            "15 mars 2026",
            "Communauté de communes d’essai",
        ):
            assert part in text.replace("\u00a0", " ").replace("\u202f", " "), part
        for sheet in book.sheets:
            assert sheet.title in text
        assert FICTIF not in text and "None" not in text


def test_the_example_shows_every_column_and_says_it_is_never_read() -> None:
    for book in BOOKS.values():
        ws = opened(book)[EXAMPLE]
        assert "jamais lue" in ws["A1"].value
        shown = {key(str(row[0].value)): row[1].value for row in ws.iter_rows(min_row=2) if row[0].value}
        for sheet in book.sheets:
            for field in sheet.fields:
                assert key(field.label) in shown
                if field.example:
                    assert any(row[1].value == field.example for row in ws.iter_rows())


def test_fictif_is_said_on_every_sheet_and_page() -> None:
    book = BOOKS["bilan"]
    file = opened(book, fictif=True)
    for title in (INSTRUCTIONS, *(s.title for s in book.sheets), EXAMPLE):
        assert file[title]["A1"].value == FICTIF
        assert "FICTIF" in file[title].oddHeader.right.text
    filled = read_workbook_bytes(book_bytes(book, {"actions": [{"id": "B01"}]}, fictif=True), book)
    assert filled.tables["actions"]["id"].tolist() == ["B01"]
    assert all(file[t].oddHeader.right.text is None for t in opened(book).sheetnames if t == IDENTITY)


def read_workbook_bytes(content: bytes, book: Workbook, folder: Path | None = None):
    import tempfile

    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / book.file
        path.write_bytes(content)
        return read_workbook(path, book, COMMUNES)


def test_numbers_and_dates_are_numbers_and_dates() -> None:
    line = {
        "id": "S01", "opens": 450.0, "closes": 1440.0, "occupancy": 76.5, "hours_done": 38200.0, "price_min": 0.25,
        "licence_date": pd.Timestamp("2023-09-01"), "year": 2025.0, "users_masked": True, "aeeh_masked": True,
        "days": ("lun", "mar"), "commune": "21002", "sites": ("12063", "12077"), "type": "rpe", "waiting": float("nan"),
    }  # fmt: skip
    ws = opened(BOOKS["offre"], {"services": [line]})["Services"]
    fields = [f.name for f in BOOKS["offre"]["services"].fields]
    cells = {name: ws.cell(5, number) for number, name in enumerate(fields, start=1)}
    assert cells["opens"].value.hour == 7 and cells["closes"].value == "24h00"
    assert cells["occupancy"].value == 0.765 and cells["occupancy"].number_format == "0.0\\ %"
    assert cells["hours_done"].value == 38200 and cells["price_min"].value == 0.25
    assert (
        cells["licence_date"].value.date() == date(2023, 9, 1)
        and cells["licence_date"].number_format == "dd/mm/yyyy"
    )
    assert cells["year"].value == 2025
    assert (cells["users"].value, cells["aeeh"].value, cells["waiting"].value) == ("< 5", "< 10", None)
    assert cells["days"].value == "lundi ; mardi" and cells["commune"].value == "Saint-Aubin (21002)"
    assert (
        cells["sites"].value == "La Cavalerie ; Cornus"
        and cells["type"].value == "relais petite enfance (RPE)"
    )


def test_a_text_that_begins_with_equals_stays_a_text() -> None:
    rows = {"documents": [{"id": "D01", "title": "=1+1", "summary": '=HYPERLINK("x")', "place": "+33"}]}
    ws = opened(BOOKS["documents"], rows)["Documents"]
    assert ws["B5"].data_type == "s" and ws["B5"].value == "=1+1"
    filled = read_workbook_bytes(book_bytes(BOOKS["documents"], rows), BOOKS["documents"])
    assert filled.tables["documents"].loc[0, ["title", "summary"]].tolist() == ["=1+1", '=HYPERLINK("x")']


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"nothing": []}, "no sheet 'nothing'"),
        ({"documents": [{"titre": "x"}]}, "no field ['titre']"),
        ({"documents": [{"nature": "xx"}]}, "nature: 'xx' is not one of"),
        ({"documents": [{"date": "2026"}]}, "date: '2026' is not a date"),
        ({"documents": [{"title": "x" * 40_000}]}, "40000 characters"),
    ],
)
def test_what_the_workbook_does_not_know_is_refused(rows: dict, said: str) -> None:
    with pytest.raises(ValueError) as error:
        book_bytes(BOOKS["documents"], rows)
    assert said in str(error.value)


def test_numbers_and_times_that_are_none_are_refused() -> None:
    for line in ({"places": "x"}, {"places": float("inf")}, {"opens": 2000.0}, {"commune": "99999"}):
        with pytest.raises(ValueError):
            book_bytes(BOOKS["offre"], {"services": [line]})


def test_same_content_same_bytes_whatever_the_clock_and_the_seed(tmp_path: Path) -> None:
    code = (
        "import sys;from datetime import date;from ctg_lib.partnership.books import BOOKS;"
        "from ctg_lib.documents.workbooks import workbook_bytes;"
        "sys.stdout.buffer.write(workbook_bytes(BOOKS['parties'],{'parties':[{'id':'P01','name':'x'}]},"
        "communes={'12063':'La Cavalerie'},place='Ici',moment=date(2026,3,15)))"
    )
    made = {
        hashlib.sha256(
            subprocess.run(
                [sys.executable, "-c", code],
                env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"},
                capture_output=True, check=True,
            ).stdout
        ).hexdigest()
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }  # fmt: skip
    assert len(made) == 1


def test_write_workbook_makes_its_folder(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "a" / "b.xlsx", BOOKS["bilan"], {}, communes=COMMUNES, place="Ici", moment=MOMENT
    )
    assert path.read_bytes() == book_bytes(BOOKS["bilan"], place="Ici")


def test_more_lines_than_prepared() -> None:
    rows = {"origins": [{"service": f"S{n}", "users": 12.0, "year": 2025.0} for n in range(400)]}
    filled = read_workbook_bytes(book_bytes(BOOKS["offre"], rows), BOOKS["offre"])
    assert len(filled.tables["origins"]) == 400 and filled.problems == ()


def test_no_commune_known() -> None:
    assert opened(BOOKS["offre"], communes={}).sheetnames


def test_lines_that_a_text_takes() -> None:
    assert [lines_of(t, 20) for t in ("", "court", "deux\nlignes", "x" * 45, "mot " * 10)] == [1, 1, 2, 3, 2]


SMALL = Workbook(
    "petit", "petit.xlsx", "Petit", "x", "x", 1,
    (
        Sheet(
            "s", "Feuille", "x",
            (
                Field("id", "Identifiant", "id"), Field("text", "Texte", "text"), Field("long", "Long", "long_text"),
                Field("count", "Effectif", "integer", minimum=0), Field("number", "Nombre", "number"),
                Field("amount", "Montant (€)", "amount"), Field("percent", "Part", "percent", minimum=0, maximum=100),
                Field("year", "Année", "year", minimum=1990, maximum=2100), Field("day", "Jour", "date"),
                Field("time", "Heure", "time"), Field("yes", "Oui", "yes_no"),
                Field("choice", "Choix", "choice", choices={"a": "alpha", "b": "bêta, ou b"}),
                Field("choices", "Plusieurs", "choices", choices={"a": "alpha", "b": "bêta", "c": "gamma"}),
                Field("commune", "Commune", "commune"), Field("communes", "Communes", "communes"),
                Field("ref", "Renvoi", "reference"), Field("refs", "Renvois", "references"),
            ),
            lines=1,
        ),
    ),
)  # fmt: skip


def subset(items: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.sets(st.sampled_from(items)).map(lambda found: tuple(i for i in items if i in found))


IDS = st.from_regex(r"[A-Z]{1,3}[0-9]{1,4}", fullmatch=True)
WORDS = (
    st.text(st.sampled_from("aéœZ =+@'\"<>&;:€’« »"), max_size=30)
    .map(lambda t: " ".join(t.split()))
    .map(lambda t: t if t.strip("-–—_./… ?!") else "")
)
LINE = st.fixed_dictionaries(
    {},
    optional={
        "id": IDS, "text": WORDS, "long": WORDS, "count": st.integers(0, 10**9).map(float),
        "number": st.floats(-1e9, 1e9, allow_nan=False), "amount": st.integers(0, 10**9).map(lambda n: n / 100),
        "percent": st.integers(0, 1000).map(lambda n: n / 10), "year": st.integers(1990, 2100).map(float),
        "day": st.dates(date(1901, 1, 1), date(2100, 12, 31)).map(pd.Timestamp),
        "time": st.integers(0, 1440).map(float), "yes": st.sampled_from(["oui", "non"]),
        "choice": st.sampled_from(["a", "b"]), "choices": subset(["a", "b", "c"]),
        "commune": st.sampled_from(list(COMMUNES)), "communes": subset(list(COMMUNES)), "ref": IDS,
        "refs": st.lists(IDS, unique=True, max_size=3).map(tuple), "count_masked": st.just(True),
    },
)  # fmt: skip


@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(lines=st.lists(LINE, max_size=4))
def test_whatever_is_written_is_read_back(lines: list[dict]) -> None:
    lines = [{"id": "A1"} | line for line in lines]
    for line in lines:
        if line.get("count_masked"):
            line.pop("count", None)
    filled = read_workbook_bytes(book_bytes(SMALL, {"s": lines}), SMALL)
    assert [p for p in filled.problems if p.severity == "error"] == []
    found, wanted = filled.tables["s"].drop(columns="row"), frame_of(SMALL["s"], lines).drop(columns="row")
    pd.testing.assert_frame_equal(found, wanted, rtol=1e-12)
