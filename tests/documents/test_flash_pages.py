"""The info flash as people get it: two A4 pages, in PDF as in a page, saying nothing of what came later."""

import io
import itertools
import re
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader

from ctg_lib.agreement.flash import Flash, read_flashes
from ctg_lib.display.typography import NBSP, THIN
from ctg_lib.documents.agreement import flash as pages
from ctg_lib.documents.agreement.flash import FICTIF, _months, content, page
from ctg_lib.errors import BadInput
from ctg_lib.project import find_project
from ctg_lib.study import open_study
from ctg_lib.study.news import flashes_of, news
from ctg_lib.workbooks.moments import read_moment


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace(NBSP, " ").replace(THIN, " ")).strip()


@pytest.fixture(scope="module")
def first():
    """The study of the first info flash: no figure enters it."""
    return open_study("241200906-2020", find_project())


@pytest.fixture(scope="module")
def made(first):
    """Its two files."""
    return dict(pages.flash(first))


def test_two_a4_pages_exactly(made):
    reader = PdfReader(io.BytesIO(made["info-flash-1.pdf"]))
    assert len(reader.pages) == 2
    for each in reader.pages:
        assert (round(float(each.mediabox.width)), round(float(each.mediabox.height))) == (595, 842)
    told = plain(" ".join(each.extract_text() for each in reader.pages))
    for words in (
        "Info flash", "n° 1", "Septembre 2020", "Situation au 1er novembre 2020", "Édito", "Où en sommes-nous ?",
        "Les différentes étapes de la démarche", "Zoom – Les rencontres thématiques", "Les prochaines étapes", "Vos contacts",
        "Les thématiques des rencontres avec les acteurs locaux", "Parentalité", "27 octobre 2020", "Restitution finale",
    ):  # fmt: skip
        assert words in told, words
    assert reader.metadata.title and "Fictif" not in told


def test_the_page_stands_alone_and_is_accessible(made):
    html = made["info-flash-1.html"].decode("utf-8")
    assert '<html lang="fr">' in html and html.count('<section class="sheet') == 2
    assert not re.search(r'(?:src|href)="https?:|<link|url\((?!"?data:)', html)
    levels = [int(n) for n in re.findall(r"<h([1-6])\b", html)]
    assert levels[0] == 1 and levels.count(1) == 1 and all(b - a <= 1 for a, b in itertools.pairwise(levels))
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for target in re.findall(r'aria-labelledby="([^"]+)"', html):
        assert target in ids
    assert "(hypothèse)" in html and f"Où en sommes-nous{THIN}?" in html


def test_the_same_study_gives_the_same_bytes(first, made):
    assert dict(pages.flash(open_study("241200906-2020", find_project()))) == made


def test_a_made_up_study_is_marked_on_both_pages(first):
    told = content(first, flashes_of(first).flashes[0]) | {"fictif": FICTIF}
    _, pdf = pages._pdf(told, "1.yml")
    assert all("Fictif" in each.extract_text() for each in PdfReader(io.BytesIO(pdf)).pages)
    assert page(told, (10, 10)).count("Fictif") == 3


def test_texts_that_two_pages_do_not_hold_are_told(first):
    told = flashes_of(first).flashes[0]
    with pytest.raises(BadInput, match="plus longs que deux pages"):
        pages._pdf(content(first, replace(told, edito=told.edito * 9)), told.file)


def test_a_flash_may_be_almost_empty(first):
    bare = Flash(2, read_moment("octobre 2020"), date(2020, 10, 31), "info-flash/2.yml")
    sizes, pdf = pages._pdf(content(first, bare), bare.file)
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 2 and max(sizes) - min(sizes) <= pages.APART


def test_earlier_flashes_tell_nothing_of_what_came_later(first):
    early = content(first, Flash(2, read_moment("2020-10-15"), date(2020, 10, 15), "info-flash/2.yml"))
    states = {s["name"]: s["state"] for c in early["steps"]["columns"] for p in c for s in p["steps"]}
    assert states["Séminaire des élus"] == "prevu"
    assert "fait" not in states.values()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("mai 2026 – septembre 2026", "de mai à septembre 2026"),
        ("octobre 2020 – février 2021", "d’octobre 2020 à février 2021"),
        ("du 16 mars au 20 avril 2027", "du 16 mars au 20 avril 2027"),
        ("vers janvier 2021 – juillet 2021", "vers janvier 2021 – juillet 2021"),
        ("", ""),
    ],
)
def test_months_follow_a_dash_without_another(said, expected):
    assert _months(said) == expected


def test_fields_and_blanks(first):
    told = flashes_of(first).flashes[0]
    shown = content(first, replace(told, edito="{communes} et {reponses}"))["edito"]["blocks"]
    assert plain(shown[0]["lines"][0][0][1]) == "16 communes et [à compléter]"


def test_details_of_contacts_come_from_the_file_outside_git(first, tmp_path, monkeypatch):
    from ctg_lib.agreement.flash import Contact
    from ctg_lib.study import news as module

    assert [c["lines"] for c in content(first, flashes_of(first).flashes[0])["contacts"]["items"]][1] == [
        "bureau d’études (CREDOC)"
    ]
    known = ((Contact("chef de projets", mail="equipe@bureau-exemple.example"),), ())
    monkeypatch.setattr(module, "read_contacts", lambda folder: known)
    lines = content(first, flashes_of(first).flashes[0])["contacts"]["items"][1]["lines"]
    assert lines == ["bureau d’études (CREDOC)", "equipe@bureau-exemple.example"]


@pytest.mark.slow
def test_the_demonstrations_flash(monkeypatch):
    """Counts are of its own day; what the committee decided later is not told."""
    study = open_study("241200906-demo", find_project())
    monkeypatch.setattr(pages, "news", lambda s, day: news(s, day, weighed=False))
    (told,) = read_flashes(study.project.studies / study.id, study.as_of).flashes
    shown = content(study, told)
    nouns = [c["noun"] for c in shown["counts"]]
    assert "enjeux retenus" in nouns and "actions validées" not in nouns
    assert "à compléter" not in str(shown) and shown["fictif"]
    now = news(study, study.as_of, weighed=False)
    assert "actions" in {c.field for c in now.counts}
    _, pdf = pages._pdf(shown, told.file)
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 2
