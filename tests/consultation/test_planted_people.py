"""Made-up people planted wherever a person may write, then looked for in every byte that comes out.

A study is made in a copy of the project: answers, interviews, an entry sheet with comments, file names, a reviewed text.
What runs on it may write the planted strings nowhere but in the study's own folder, where they came from.
"""

import gzip
import io
import os
import random
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from actors_written import excerpt, interview, write
from answered_forms import PARENTS, answered, entry_sheet, limesurvey, odk
from openpyxl.comments import Comment

from ctg_lib.consultation.bank import questionnaires
from ctg_lib.consultation.books.verbatims import FILE, SHEET, verbatims
from ctg_lib.consultation.folder import FOLDER, load
from ctg_lib.consultation.scheme import common_scheme
from ctg_lib.consultation.words import key_terms
from ctg_lib.documents.workbooks import write_workbook

ID = "plante"
COMMUNES = {"12063": "La Cavalerie", "12168": "Nant"}
SECTEURS = {"Exemple nord": ("12063",), "Exemple sud": ("12168",)}
NORTH = ("12063", "12082", "12115", "12168", "12231", "12260", "12022", "12122")
SOUTH = ("12067", "12077", "12139", "12155", "12212", "12232", "12220", "12295")
PLANTED = (
    "zorglubine", "tartampion", "malvinette", "exemple.example", "01 99 00 45 67", "0199004567", "01.99.00.45.67", "rue des zinnias",
    "zx-987-qw", "fr76 3000 6000 0112", "2 85 05 12 123 456", "@malvi_99", "192.0.2.77",
    "fanchonnet", "quidamine",
)  # fmt: skip
"""Looked for without regard to capitals; the last two are bare names, which no rule sees, in names of files, sheets, columns."""
SAID = (
    "Mme Tartampion de la crèche ne répond jamais au 01 99 00 45 67, il manque des places en crèche.",
    "Je m’appelle Zorglubine Tartampion, j’habite 12 rue des Zinnias à Nant ; écrire à zorglubine@exemple.example",
    "Ma fille Malvinette attend une place ; appeler 0199004567 ou 01.99.00.45.67",
    "La voiture ZX-987-QW gêne, mon compte @malvi_99, mon IBAN FR76 3000 6000 0112 3456 7890 189",
    "Sécu 2 85 05 12 123 456 78, plus de bus le soir. M. Zorglubine",
)
"""Each is recognised by a rule: what no rule sees is for the person who reads (see test_masking)."""


def folder_of(home: Path, asked, secteurs) -> Path:
    """The ``consultation`` folder of a study, with people in every place."""
    here = home / FOLDER
    answers = here / "reponses"
    answers.mkdir(parents=True)
    rng = random.Random(1)
    lines = []
    while len(lines) < 12:
        line = answered(rng, asked)
        if line["participation"] == "oui" and line["residence"] == "annee":
            kept = {k: v for k, v in line.items() if not k.endswith("__texte")}
            lines.append(
                kept
                | {
                    "canal": "autre",
                    "canal__autre__texte": SAID[0],
                    "besoin_libre": SAID[len(lines) % len(SAID)],
                }
            )
    service = [{"seed": "zorglubine@exemple.example"} for _ in lines]
    text = (
        limesurvey(lines[:5], asked, service=service)
        .replace('"startlanguage"', '"ipaddr"')
        .replace('"fr"', '"192.0.2.77"')
        .replace('"lastpage"', '"Avis de Quidamine F"')
    )
    (answers / "export Mme Tartampion 01 99 00 45 67.csv").write_text(
        text.replace('"seed"', '"email"'), encoding="utf-8"
    )
    (answers / "kobo Quidamine Fanchonnet.csv").write_text(
        odk(lines[5:8], asked, device="Zorglubine Tartampion"), encoding="utf-8"
    )
    (answers / "Fanchonnet.ods").write_bytes(b"PK")
    sheet = entry_sheet(answers / "saisie.xlsx", lines[8:], asked, canal=SAID[1])
    book = openpyxl.load_workbook(sheet)
    other = book.create_sheet("Quidamine Fanchonnet")
    for row in (["Avis de Quidamine", "poule"], ["x", "y"]):
        other.append(row)
    book.active["C4"].comment = Comment(SAID[2], "Zorglubine Tartampion")
    book.active["H4"] = SAID[3]
    book.properties.creator = "Zorglubine Tartampion"
    book.save(sheet)
    write(
        here,
        {"entretiens.meetings": [interview(title="Mme Tartampion", function="M. Zorglubine", remark=SAID[1])],
         "entretiens.excerpts": [excerpt(summary=SAID[0], quote=SAID[1], function="Mme Tartampion", remark=SAID[2]),
                                 excerpt("X02", summary="Il manque des places.", quote=SAID[4], agreed="oui")]},
        secteurs=secteurs,
    )  # fmt: skip
    return here


def found_in(name: str, content: bytes, depth: int = 0) -> list[str]:
    """Where planted strings stand in a file, whatever it is: « report.html: zorglubine »."""
    out = [f"{name}: {word}" for word in PLANTED if word in name.lower()]
    if depth > 4:
        return out
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for inside in archive.namelist():
                out += found_in(f"{name}!{inside}", archive.read(inside), depth + 1)
        return out
    if content[:2] == b"\x1f\x8b":
        return out + found_in(f"{name}!gz", gzip.decompress(content), depth + 1)
    if content[:4] == b"PAR1":
        table = pd.read_parquet(io.BytesIO(content))
        written = [
            table[c].astype(str).unique() for c in table if not pd.api.types.is_numeric_dtype(table[c])
        ]
        texts = sorted({str(value) for values in written for value in values})
        return out + found_in(f"{name}!parquet", "\n".join(texts).encode(), depth + 1)
    if content[:5] == b"%PDF-":
        from pypdf import PdfReader

        pages = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
        return out + found_in(f"{name}!pdf", pages.encode(), depth + 1)
    low = content.lower()
    for space in ("\u00a0".encode(), "\u202f".encode(), b"&#160;", b"&nbsp;", b"\n"):
        low = low.replace(space, b" ")
    return out + [
        f"{name}: {word}" for word in PLANTED if word.encode() in low or word.encode("utf-16-le") in low
    ]


def everything(root: Path, before: frozenset[tuple[str, int]] = frozenset()) -> list[str]:
    """Planted strings in all that a run wrote under a project: outputs, caches, data made.

    Args:
        before: of :func:`files`: those that stood there, and did not change, are not read again.
    """
    return [
        hit for name, _ in sorted(files(root) - before) for hit in found_in(name, (root / name).read_bytes())
    ]


def files(root: Path) -> frozenset[tuple[str, int]]:
    """Files of a project but those of its studies, each with the time of its last change."""
    parts = [
        path
        for part in ("outputs", ".ctg", "data/processed", "notebooks")
        for path in (root / part).rglob("*")
    ]
    return frozenset((p.relative_to(root).as_posix(), p.stat().st_mtime_ns) for p in parts if p.is_file())


def test_the_search_finds_what_is_planted(tmp_path):
    """Or all the rest of this file would prove nothing."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/b.xml", "…ZORGLUBINE…".encode("utf-16-le"))
    for name, content in {
        "a.txt": "à Tartampion".encode(), "b.zip": buffer.getvalue(), "c.gz": gzip.compress(b"x 0199004567 y"), "d 0199004567.txt": b"",
        "e.html": "01\u00a099&nbsp;00 45&#160;67".encode(), "f.txt": "malvinette".encode("utf-16"),
    }.items():  # fmt: skip
        assert found_in(name, content), name
    frame = pd.DataFrame({"a": ["Zorglubine"]})
    frame.to_parquet(tmp_path / "a.parquet")
    (tmp_path / "outputs").mkdir()
    (tmp_path / "a.parquet").rename(tmp_path / "outputs" / "a.parquet")
    assert everything(tmp_path) == ["outputs/a.parquet!parquet: zorglubine"]
    assert not found_in("e.txt", b"rien")


def test_what_is_read_and_told_repeats_nobody(tmp_path):
    """The readers alone, without a project: problems, terms, the workbook put before a reader."""
    from ctg_lib.consultation.verbatims import lines_of

    asked = questionnaires(None, SECTEURS, COMMUNES)[0]["parents"]
    folder = folder_of(tmp_path, asked, tuple(SECTEURS))
    said = load(tmp_path, communes=COMMUNES, secteurs=SECTEURS, as_of=date(2026, 11, 1))
    assert len(said.surveys["parents"]) >= 10 and said.problems
    told = "\n".join(map(str, said.problems)) + "\n".join(p.said + p.about for p in said.problems)
    assert found_in("problems", told.encode()) == []
    lines = lines_of(said.surveys, COMMUNES.values())
    assert len(lines) >= 10 and found_in("lines", repr(lines).encode()) == []
    terms = key_terms(said.surveys["parents"], places=COMMUNES.values())
    assert not terms.empty and found_in("terms", terms.to_csv().encode()) == []
    assert found_in("recorded", said.recorded.to_csv().encode()) == []
    assert found_in("names", " ".join(said.surveys["parents"].files).encode()) == []
    quoted = said.actors.excerpts[["summary", "quote", "function"]].to_csv() + said.actors.meetings.to_csv()
    assert found_in("actors", quoted.encode()) == []
    book = verbatims(common_scheme())
    reviewed = [lines[0] | {"decision": "publier", "published": SAID[2]}, *lines[1:]]
    write_workbook(
        folder / FILE, book, {SHEET: reviewed}, communes=COMMUNES, place="Exemple", moment=date(2026, 11, 1)
    )
    again = load(tmp_path, communes=COMMUNES, secteurs=SECTEURS, as_of=date(2026, 11, 1))
    assert any(p.file == FILE and p.severity == "error" for p in again.problems)
    assert found_in("problems", "\n".join(map(str, again.problems)).encode()) == [] and again.verbatims.empty


@pytest.fixture
def planted(copy_project):
    """A copy of the project with the study in it."""
    project = copy_project()
    home = project.studies / ID
    home.mkdir()
    (home / "study.yml").write_text(
        'title: Étude d’essai\nterritories: ["241200906"]\nedition: 2026\nas_of: 2026-11-15\nfictif: true\n'
        f"secteurs:\n  Exemple nord: {list(NORTH)}\n  Exemple sud: {list(SOUTH)}\n",
        encoding="utf-8",
    )
    asked = questionnaires(home, SECTEURS, COMMUNES)[0]["parents"]
    folder_of(home, asked, tuple(SECTEURS))
    return project


def ctg(project, *arguments: str) -> str:
    """A command's whole answer; it fails by no traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "ctg_lib", *arguments], capture_output=True, encoding="utf-8", check=False, cwd=project.root,
        env={**os.environ, "CTG_ROOT": str(project.root)},
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout + done.stderr


def chapters(project) -> str:
    """Numbers of the chapters made of what people say, or of the first one while there is none."""
    own = [n for n in ("12", "13") if list(project.notebooks.glob(f"{n}-*.ipynb"))]
    return ",".join(own) or "01"


@pytest.mark.slow
def test_nobody_comes_out_of_the_study_s_folder(planted):
    before = files(planted.root)
    said = ctg(planted, "study", "check", ID)
    assert "Secteurs : Exemple nord (8)" in said and "reponses" not in said.split("Secteurs")[0]
    assert "saisie.xlsx" in said and "entretiens.xlsx" in said and found_in("check", said.encode()) == []
    said = ctg(planted, "study", "verbatims", ID)
    assert "réponses libres" in said and found_in("verbatims", said.encode()) == []
    written = planted.studies / ID / FOLDER / FILE
    assert found_in(FILE, written.read_bytes()) == []
    _publish(written)
    said = ctg(planted, "study", "check", ID)
    assert "Texte à publier" in said and found_in("check", said.encode()) == []
    said = ctg(planted, "study", "erase", ID, "BCDFGHJKL", "--yes")
    assert found_in("erase", said.encode()) == []
    said = ctg(
        planted,
        "report",
        ID,
        "--chapters",
        chapters(planted),
        "--format",
        "html,docx",
        "--assembler",
        "nbconvert",
    )
    assert (planted.outputs / ID).is_dir(), said
    assert found_in("report", said.encode()) == []
    assert everything(planted.root, before) == []


@pytest.mark.slow
def test_nobody_is_in_the_files_of_numbers(planted, tmp_path):
    from ctg_lib.build.voice_files import write_voices
    from ctg_lib.study import open_study

    files = write_voices(open_study(ID, planted), tmp_path)
    assert {"enquete.csv", "enquete.parquet", "enquete.xlsx"} <= {path.name for path in files}
    assert [hit for path in files for hit in found_in(path.name, path.read_bytes())] == []


def _publish(path: Path) -> None:
    """A reader lets lines print, one with a name and a telephone."""
    book = openpyxl.load_workbook(path)
    sheet = book["Verbatims"]
    heads = next(
        row for row in sheet.iter_rows() if any(str(c.value or "").startswith("Décision") for c in row)
    )
    columns = {str(cell.value).rstrip(" *"): cell.column for cell in heads if cell.value}
    for number in range(1, 4):
        sheet.cell(heads[0].row + number, columns["Décision"], "publier")
    sheet.cell(heads[0].row + 1, columns["Texte à publier"], SAID[2])
    book.save(path)


def test_the_questionnaire_has_the_columns_that_are_planted():
    assert {"besoin_libre", "canal__autre__texte"} <= {c for q in PARENTS.questions for c in q.texts}
