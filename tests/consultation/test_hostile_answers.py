"""Ten thousand damaged lines and two hundred damaged files of answers: messages, never a traceback, and quickly."""

from __future__ import annotations

import csv
import io
import random
import time
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pytest
from answered_forms import ALL, HABITANTS, PARENTS, Line, answered, limesurvey, odk, plain_table, written

from ctg_lib.consultation.answers import LEFT_OUT, dtype_of
from ctg_lib.consultation.erasing import plan
from ctg_lib.consultation.received import by_channel, received

PERSON = "Camille Chalumeau 01 99 00 12 34 camille@boite.example"
CELLS = [
    "", " ", "\u00a0", "oui", "NON", "Oui, bien sûr", "x", "X", "✓", "1", "0", "2", "-1", "3,5", "1e309", "nan", "inf", "N/A", "#REF!", "Err:502",
    "=1+1", "=HYPERLINK(\"http://page.example\";\"clic\")", "@SUM(1)", "+33199001234", "-2+3+cmd|' /C calc'!A0", "<script>alert(1)</script>",
    "<b>gras</b>", "&lt;", "'; DROP TABLE", "../../etc/passwd", "a;b;c", "a|b", "a b c", "A1", "A2", "-oth-", "Y", "N", "\u200b", "\ufeff", "\x00", "\x07",
    "é" * 300, "𝔘𝔫𝔦", "مرحبا", "🙂", "a\u0301" * 20, "_x0000_", "]]>", '"', '""', "'", "\\", "\n", "ligne\nsuivante", "\r", "\t", ";" * 50, "1" * 400,
    "vrai", "FAUX", "31/02/2026", "2026-11-03", "peut-être", PERSON, "${version}", "{SAVEDID}", "%s%n", "\ud7ff", "NULL", "undefined",
]  # fmt: skip
BOMB = 400_000_000
"""Bytes of a workbook's part, unpacked."""


def damaged(rng: random.Random, table: list[list[str]]) -> list[list[str]]:
    """Cells replaced, lines cut or grown, headings renamed, lines pasted twice."""
    out = [list(map(_text, table[0]))]
    for line in table[1:]:
        cells = [_text(c) for c in line]
        for _ in range(rng.choice([0, 1, 1, 2, 3, 5, 20])):
            cells[rng.randrange(len(cells))] = rng.choice(CELLS)
        draw = rng.random()
        if draw < 0.03:
            cells = cells[: rng.randrange(len(cells))]
        elif draw < 0.05:
            cells += [rng.choice(CELLS) for _ in range(rng.randint(1, 5))]
        elif draw < 0.06:
            cells = list(out[0])
        out.append(cells)
    return out


def _text(value: object) -> str:
    return "" if value is None else str(value)


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def forms(rng: random.Random, count: int) -> list[list[str]]:
    questionnaire = rng.choice(list(ALL.values()))
    lines: list[Line] = [answered(rng, questionnaire) for _ in range(count)]
    form = rng.choice([limesurvey, odk, None])
    if form is None:
        return [[_text(c) for c in row] for row in plain_table(lines, questionnaire)]
    return rows_of(form(lines, questionnaire))


def book_of(table: list[list[str]], rng: random.Random) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = rng.choice(["Saisie", "Feuil1", "_ctg2", "a" * 31])
    for r, row in enumerate(table, 1):
        for c, text in enumerate(row, 1):
            value: object = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", text)
            if text in ("1", "2"):
                value = rng.choice([int(text), float(text), text == "1"])
            sheet.cell(r, c).value = value
            if rng.random() < 0.5 and sheet.cell(r, c).data_type == "f":
                sheet.cell(r, c).data_type = "s"
    for _ in range(rng.choice([0, 0, 2])):
        top = rng.randint(1, len(table))
        sheet.merge_cells(start_row=top, end_row=top + 1, start_column=1, end_column=rng.randint(1, 4))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def flipped(rng: random.Random, content: bytes) -> bytes:
    broken = bytearray(content)
    for _ in range(rng.randint(1, 40)):
        broken[rng.randrange(len(broken))] = rng.randrange(256)
    return bytes(broken)


def part_of(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def rebuilt(content: bytes, rng: random.Random) -> bytes:
    """A workbook one of whose parts is damaged."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = rng.choice(list(parts))
    draw = rng.random()
    if draw < 0.3:
        del parts[name]
    elif draw < 0.6:
        parts[name] = parts[name][: rng.randrange(len(parts[name]) + 1)]
    elif draw < 0.8:
        parts[name] = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + parts[name].replace(
            b"</t>", b"&b;</t>"
        )
    else:
        parts[name] = (
            parts[name].replace(b"<v>", b"<v>99999").replace(b"<t>", f"<t>{escape('<script>')}".encode())
        )
    return part_of(parts)


def hostile_file(rng: random.Random, number: int, folder: Path) -> None:
    table = damaged(rng, forms(rng, rng.randint(0, 8)))
    text = written(table, rng.choice([",", ";", "\t", "|"]))
    encoded = text.encode(
        rng.choice(["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1", "cp437"]), "replace"
    )
    kinds = [
        ("csv", lambda: encoded),
        ("csv", lambda: flipped(rng, encoded)),
        ("csv", lambda: encoded[: rng.randrange(len(encoded))]),
        ("csv", lambda: encoded.replace(b'"', b"", rng.randint(1, 50))),
        ("csv", lambda: encoded.replace(b"\n", b"\r")),
        ("txt", lambda: bytes(rng.randrange(256) for _ in range(3000))),
        ("csv", lambda: b"<html><script>alert(1)</script></html>"),
        ("csv", lambda: (";" * rng.randint(3_000, 20_000) + "\n").encode() * 5),
        ("csv", lambda: ("\n" * 50 + "q" * 200_000).encode()),
        ("tsv", lambda: ('"' * rng.randint(1, 9999)).encode()),
        ("xlsx", lambda: book_of(table, rng)),
        ("xlsx", lambda: flipped(rng, book_of(table, rng))),
        ("xlsx", lambda: rebuilt(book_of(table, rng), rng)),
        ("xlsx", lambda: book_of(table, rng)[: rng.randrange(4000)]),
        ("xlsx", lambda: encoded),
        ("xlsx", lambda: part_of({"xl/workbook.xml": b"<workbook/>", "[Content_Types].xml": b"<Types/>"})),
    ]
    suffix, content = kinds[number % len(kinds)]
    (folder / f"f{number:03d}.{suffix}").write_bytes(content())


def checked(folder: Path) -> tuple[int, int]:
    """Read a folder; what comes out is sound, and says nothing of people. Answers received, problems."""
    answers, problems = received(folder, ALL)
    for each in answers.values():
        assert (
            len(each) + sum(1 for r, f in each.flags.itertuples(index=False) if r == 0 and f in LEFT_OUT)
            >= each.received
        )
        assert len(each) <= each.received and len(each.keys) == len(each)
        for question in each.questionnaire.questions:
            codes = {o.code for o in question.options}
            for column in question.columns:
                values = each.table[column].dropna()
                assert str(each.table[column].dtype) == dtype_of(question, column)
                if question.kind in ("single", "scale", "grid") and column not in question.texts:
                    assert set(values) <= codes
                elif question.kind == "integer":
                    assert values.between(question.low or 0, question.high or 10**9).all()
        by_channel(each)
    for problem in problems:
        said = str(problem)
        assert len(said) < 1200 and said.isprintable()
        assert not [word for word in ("Chalumeau", "99 00 12", "boite.example") if word in said]
        assert problem.expected
    return sum(each.received for each in answers.values()), len(problems)


@pytest.mark.slow
def test_ten_thousand_damaged_lines_and_two_hundred_damaged_files(tmp_path):
    # time of the processor: other tests run beside this one
    rng = random.Random(20261115)
    rows, books = tmp_path / "lignes", tmp_path / "fichiers"
    (rows / "reponses").mkdir(parents=True), (books / "reponses").mkdir(parents=True)
    for number in range(40):
        table = damaged(rng, forms(rng, 250))
        (rows / "reponses" / f"r{number:02d}.csv").write_text(
            written(table), encoding="utf-8", errors="replace", newline=""
        )
    for number in range(200):
        hostile_file(rng, number, books / "reponses")
    started = time.process_time()
    count, said = checked(rows)
    assert count > 9_000 and said > 10_000
    first = time.process_time() - started
    _, said = checked(books)
    assert said > 200
    plan(books, "BCDFGHJKLM")
    assert time.process_time() - started < 180, (first, time.process_time() - started)


@pytest.mark.slow
def test_fifty_megabytes_of_text(tmp_path):
    (tmp_path / "reponses").mkdir()
    head = "residence,besoin_libre,mode\n"
    (tmp_path / "reponses" / "une.csv").write_text(
        head + f'annee,"{"mot " * 12_500_000}",papier\n' + "annee,ici,papier\n"
    )
    many = "".join(f"annee,{'mot ' * 200},papier\n" for _ in range(62_000))
    (tmp_path / "reponses" / "lignes.csv").write_text(head + many)
    (tmp_path / "reponses" / "sans_fin.csv").write_text("mot" * 17_000_000)
    started = time.process_time()
    answers, problems = received(tmp_path, {"habitants": HABITANTS})
    assert time.process_time() - started < 120
    assert answers["habitants"].received == 62_001
    # files whose names say nothing known are told by their rank
    assert any("une cellule de plus de 100 000 caractères" in p.found for p in problems)
    assert any(p.file.startswith("reponses/") and p.severity == "error" for p in problems)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    (tmp_path / "reponses").mkdir()
    path = tmp_path / "reponses" / "bombe.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(BOMB // 10_000_000):
            part.write(b" " * 10_000_000)
    assert path.stat().st_size < 3_000_000
    started = time.process_time()
    answers, problems = received(tmp_path, {"parents": PARENTS})
    assert time.process_time() - started < 5
    assert not answers
    assert "un classeur démesuré une fois décompressé" in problems[0].found
    assert "100 Mo, 100 000 lignes et 3 000 colonnes" in problems[0].expected


@pytest.mark.slow
@pytest.mark.parametrize("cells", [(100_002, 1), (1, 3_002)])
def test_too_many_lines_or_columns(tmp_path, cells):
    (tmp_path / "reponses").mkdir()
    rows, columns = cells
    text = (
        ",".join(["residence", "age", *("c" * columns)])
        + "\n"
        + ("annee,de_30_44" + ",x" * columns + "\n") * rows
    )
    (tmp_path / "reponses" / "a.csv").write_text(text)
    _, problems = received(tmp_path, {"habitants": HABITANTS})
    assert any("trop de lignes ou de colonnes" in p.found for p in problems)


def test_a_formula_in_an_answer_stays_a_text(tmp_path):
    (tmp_path / "reponses").mkdir()
    (tmp_path / "reponses" / "a.csv").write_text(
        written([["residence", "besoin_libre"], ["annee", '=HYPERLINK("http://page.example")']])
    )
    table = received(tmp_path, {"habitants": HABITANTS})[0]["habitants"].table
    assert list(table["besoin_libre"]) == ['=HYPERLINK("http://page.example")']
