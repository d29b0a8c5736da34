"""Hostile answers through a whole page of chapter 12: nothing of theirs runs, and all of it is read as what was written."""

from __future__ import annotations

import csv
import json
import random
import re
from datetime import date
from pathlib import Path

import pytest
from answered_forms import answered, written
from bs4 import BeautifulSoup

from ctg_lib.build.assemble_nbconvert import assemble_site
from ctg_lib.build.chapters import read_chapters
from ctg_lib.build.info import ReportInfo
from ctg_lib.build.run import raise_failures, run_chapters
from ctg_lib.consultation.bank import questionnaires
from ctg_lib.consultation.books.verbatims import FILE, SHEET, verbatims
from ctg_lib.consultation.folder import FOLDER
from ctg_lib.consultation.scheme import common_scheme
from ctg_lib.consultation.verbatims import lines_of
from ctg_lib.documents.workbooks import write_workbook
from ctg_lib.study import open_study

ID = "hostile"
MARK = "zzhostile"
"""In each hostile text: where it stands in the page is where it came through."""
PRINTED = {
    "html": f"<script>alert('{MARK}')</script> des places le soir",
    "image": f"<img src=x onerror=alert('{MARK}')> des places le soir",
    "close": f"</p></main></html><iframe src='{MARK}'></iframe> des bus",
    "comment": f"<!-- {MARK} --> ]]> {{{{ {MARK} }}}} ${{{MARK}}} {{% raw %}} des bus",
    "formula": f"=HYPERLINK(\"http://page.example/{MARK}\";\"clic\") des bus",
    "markdown": f"[clic {MARK}](javascript:alert(1)) ![x](data:text/html,{MARK}) **gras** # titre | case |",
    "fences": f"``` {MARK} ``` `code` ::: {{.callout}} <?php ?> ~~~ des bus du soir",
    "latex": f"\\input{{/etc/passwd}} $\\sum {MARK}$ #include(\"{MARK}\") #let x = 1 @ref",
    "direction": f"un bus \u202e{MARK}\u202c\u200f le soir \U0001f68c\U0001f1eb\U0001f1f7 e\u0301\u0301\u0301",
    "entities": f"&lt;b&gt;{MARK}&lt;/b&gt; &#60;script&#62; &amp; des bus",
}  # fmt: skip
NEVER_PRINTED = {
    "long": "z" * 10_000 + MARK,
    "null": f"un bus\x00{MARK}\x07\x1b[31m le soir",
    "sums": f"@SUM(1+1)*cmd|' /C calc'!A0 {MARK}",
}
WORD = "<b>cinema</b>"
"""What five and more write, so that it is a key term."""
NORTH = ("12063", "12082", "12115", "12168", "12231", "12260", "12022", "12122")
SOUTH = ("12067", "12077", "12139", "12155", "12212", "12232", "12220", "12295")
COMMUNES = {"12063": "La Cavalerie", "12168": "Nant"}


def answers_of(asked) -> str:
    """Sixty parents of this territory, each hostile text in an open answer; twenty say the same word."""
    rng, texts = random.Random(3), [*PRINTED.values(), *NEVER_PRINTED.values()]
    lines: list[dict] = []
    while len(lines) < 60:
        line = answered(rng, asked, skip=0.05)
        if line["participation"] == "oui" and line["residence"] == "annee":
            n = len(lines)
            said = texts[n] if n < len(texts) else f"{WORD} encore {n}" if n < 40 else "Des places le soir"
            lines.append(
                line | {"besoin_libre": said, "canal": "autre", "canal__autre__texte": texts[n % len(texts)]}
            )
    heads = [column for question in asked.questions for column in question.columns]
    rows = [[_cell(line.get(column)) for column in heads] for line in lines]
    return written([heads, *rows])


def _cell(value: object) -> str:
    return (
        ""
        if value is None
        else {True: "1", False: "0"}.get(value, str(value))
        if isinstance(value, bool)
        else str(value)
    )


@pytest.fixture(scope="module")
def page(project, tmp_path_factory) -> Path:
    """The folder of a report of that one chapter."""
    import shutil

    from ctg_lib.project import Project

    root = tmp_path_factory.mktemp("hostile") / "projet"
    for part in ("data/raw", "data/processed", "notebooks"):
        shutil.copytree(project.root / part, root / part, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    here = Project(root)
    home = here.studies / ID
    home.mkdir()
    (home / "study.yml").write_text(
        'title: Étude d’essai\nterritories: ["241200906"]\nedition: 2026\nas_of: 2026-11-15\nfictif: true\n'
        f"secteurs:\n  Exemple nord: {list(NORTH)}\n  Exemple sud: {list(SOUTH)}\n",
        encoding="utf-8",
    )
    asked = questionnaires(home, {"Exemple nord": NORTH, "Exemple sud": SOUTH}, COMMUNES)[0]["parents"]
    received = home / FOLDER / "reponses"
    received.mkdir(parents=True)
    (received / "parents.csv").write_text(answers_of(asked), encoding="utf-8", newline="")
    lines = lines_of(open_study(ID, here).consultation.surveys, model=False)
    # two texts are quoted on a theme: one theme after the other
    needs = list({each.theme: each.code for each in reversed(common_scheme().needs)}.values())
    hostile = [line for line in lines if MARK in line["text"] and len(line["text"]) < 280]
    coded = {id(line): needs[i % len(needs)] for i, line in enumerate(hostile)}
    decided = [
        line | {"decision": "publier", "need": coded[id(line)]} if id(line) in coded else line
        for line in lines
    ]
    write_workbook(home / FOLDER / FILE, verbatims(common_scheme()), {SHEET: decided}, communes={}, place="Exemple",
                   moment=date(2026, 11, 1))  # fmt: skip
    chapters = [c for c in read_chapters(here.notebooks) if c.path.name.startswith("12-")]
    out = here.outputs / ID
    results = run_chapters(here, ID, chapters, out / "chapters")
    raise_failures(results)
    info = ReportInfo(ID, "Diagnostic", "Larzac et Vallées", sources=[("Enquête", "2026", "local")])
    assemble_site(results, info, out / "report")
    return out / "report"


@pytest.mark.slow
def test_no_element_of_an_answer_is_one_of_the_page(page):
    text = next(page.glob("12-*.html")).read_text(encoding="utf-8")
    soup = BeautifulSoup(text, "html.parser")
    assert MARK in soup.main.get_text(), "hostile answers are in the page"
    own = [tag for tag in soup.find_all(True) if any(MARK in str(value) for value in tag.attrs.values())]
    assert own == []
    assert not [
        tag
        for tag in soup.find_all(["script", "style"])
        if MARK in tag.get_text() or "alert(" in tag.get_text()
    ]
    assert not soup.find_all("iframe") and not soup.find_all(
        href=re.compile(r"^\s*(javascript|data):text", re.I)
    )
    assert not [tag for tag in soup.find_all(True) if any(name.startswith("on") for name in tag.attrs)]
    # the page goes on after them: nothing closed it
    assert soup.main.find(string=re.compile("Questions pour le groupe de travail"))


@pytest.mark.slow
def test_what_is_printed_is_what_was_written(page):
    soup = BeautifulSoup(next(page.glob("12-*.html")).read_text(encoding="utf-8"), "html.parser")
    said = " ".join(soup.main.get_text().split())
    printed = [name for name, text in PRINTED.items() if MARK in text and _plain(text) in _plain(said)]
    assert len(printed) >= 2, said[:2000]
    quoted = [li for li in soup.main.find_all("li") if MARK in li.get_text()]
    # a name in bold before it, and nothing else that is no text
    assert all({tag.name for tag in li.find_all(True)} <= {"strong", "p"} for li in quoted)
    assert "\x00" not in said and "\u202e" not in said and "z" * 300 not in said


def _plain(text: str) -> str:
    """Letters alone: typography changes spaces, quotes and dashes."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


@pytest.mark.slow
def test_no_formula_in_a_file_beside_the_page(page):
    cells = 0
    for path in page.rglob("*.csv"):
        for row in csv.reader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=","):
            for cell in row:
                cells += 1
                assert not cell.startswith(("=", "@", "\t", "\r")), (path.name, cell)
                assert not re.match(r"[+-](?![\d\s–])", cell), (path.name, cell)
    assert cells > 100
    for path in page.rglob("*.svg"):
        assert MARK not in path.read_text(encoding="utf-8"), path.name


@pytest.mark.slow
def test_what_is_searched_is_text_and_shown_as_text(page):
    """The index is data that a script file holds, and the script that shows it writes no element from it."""
    index = (page / "assets" / "search-index.js").read_text(encoding="utf-8")
    _, told = index.split("=", 1)
    assert MARK in json.dumps(json.loads(told.strip().rstrip(";")))
    for path in (page / "assets").glob("*.js"):
        if path.name != "search-index.js":
            assert not re.search(
                r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", path.read_text("utf-8")
            ), path.name
