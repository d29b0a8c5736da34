"""The reports of two EPCI of Aveyron, built whole and read as their readers do: text, numbers, files."""

import json
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from real_reports import STUDIES
from source_reach import ABOUT_THE_PROJECT, unsourced
from typography_scan import faults, page_blocks, pdf_blocks

pytestmark = pytest.mark.slow

NONSENSE = re.compile(r"\bnan\b|\bNone\b|\bNaT\b|\binf\b|\(\s*\)|«\s*»", re.IGNORECASE)


@pytest.fixture(scope="module")
def outputs(report_of) -> Path:
    """Folder in which the outputs of both reports lie."""
    (folder,) = {report_of(study).parent for study in STUDIES}
    return folder


DRAWN = ("00-synthese", "02-territoire-population", "04-petite-enfance", "10-acces-aux-droits-numerique")
"""Chapters that have at least two charts and a map for a territory whose figures are at hand."""


@cache
def pages(outputs: Path, study: str) -> dict[str, BeautifulSoup]:
    files = sorted((outputs / study / "report").glob("*.html"))
    chapters = {f.stem for f in (outputs.parent / "notebooks").glob("*.ipynb")}
    assert {f.stem for f in files} == {*chapters, "index"}
    return {f.stem: BeautifulSoup(f.read_text(encoding="utf-8"), "html.parser") for f in files}


def words(soup: BeautifulSoup) -> str:
    return " ".join(soup.get_text(" ").replace("\u202f", " ").replace("\u00a0", " ").split())


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("02-territoire-population", "6 746 habitants en 2023"),
        ("00-synthese", "6 746"),
        (
            "04-petite-enfance",
            "environ 82 places pour quelque 135 enfants de moins de 3 ans , soit 60,5 places",
        ),
        ("04-petite-enfance", "France hors Mayotte : 60,9"),
        (
            "03-familles-conditions-de-vie",
            "17,3 % des habitants des ménages fiscaux vivent sous le seuil de pauvreté en 2021",
        ),
        ("00-synthese", "Cinq décisions à prendre"),
        ("80-communes", "2 223 habitants en 2023"),
        ("00-synthese", "Occitanie : 17,5 %"),
        ("00-synthese", "France métropolitaine : 14,9 %"),
        ("00-synthese", "Aveyron : 14,5 %"),
        ("02-territoire-population", "28,9 % 16,9 % 19,0 %"),
        ("02-territoire-population", "25,2 % 33,7 % 28,6 %"),
        ("02-territoire-population", "154 213 147"),
        ("10-acces-aux-droits-numerique", "5 communes sur 16"),
        ("03-familles-conditions-de-vie", "entre 58 et 144"),
    ],
)
def test_published_figures_stand_in_the_pages(outputs, page, expected):
    assert expected in words(pages(outputs, "241200906")[page])


def test_each_figure_has_its_source_and_vintage(outputs):
    for name, soup in pages(outputs, "241200906").items():
        figures = soup.find_all("figure")
        if name in DRAWN:
            assert len(figures) >= 3, name
        for figure in figures:
            text = words(figure)
            assert "Source : " in text, (name, text[:80])
            assert figure.find("img")["alt"].strip()
        assert "No description has been provided" not in str(soup)


def test_the_export_gives_the_same_numbers_as_the_pages(outputs):
    rows = pd.read_csv(outputs / "241200906" / "data" / "indicateurs.csv", dtype={"code": str, "period": str})
    mine = rows[rows["code"].eq("241200906") & rows["breakdown"].isna()].set_index(["indicator", "period"])
    assert mine.loc[("population", "2023"), "value"] == 6746
    assert mine.loc[("taux_couverture", "2023"), "value"] == 60.5
    assert mine.loc[("taux_pauvrete", "2021"), "value"] == 17.3
    assert round(mine.loc[("places_accueil", "2023"), "value"]) == 82
    rsa = mine.loc[("foyers_rsa", "2024-12")]
    assert (rsa["lower"], rsa["upper"]) == (58, 144)
    assert pd.isna(rsa["value"])
    for (indicator, period), page, decimals in (
        (("part_65_plus", "2023"), "02-territoire-population", 1),
        (("apl_generalistes", "2024"), "10-acces-aux-droits-numerique", 2),
    ):
        shown = f"{mine.loc[(indicator, period), 'value']:.{decimals}f}".replace(".", ",")
        assert shown in words(pages(outputs, "241200906")[page])


@pytest.mark.parametrize("study", STUDIES)
def test_no_sentence_is_nonsense(outputs, study):
    for name, soup in pages(outputs, study).items():
        found = NONSENSE.search(words(soup))
        assert not found, (study, name, words(soup)[max(0, found.start() - 80) : found.end() + 40])


@pytest.mark.parametrize("study", STUDIES)
def test_typography_and_sentences_have_no_fault(outputs, study):
    found = {}
    for file in sorted((outputs / study / "report").glob("*.html")):
        technical = file.stem.startswith(("90", "91"))
        for block in page_blocks(file.read_text(encoding="utf-8")):
            for fault in faults(block, technical=technical):
                found.setdefault(fault, file.stem)
    for file in sorted((outputs / study / "report").glob("*.pdf")):
        for page in pdf_blocks(file):
            for fault in faults(page, paper=True):
                found.setdefault(fault, file.stem)
    assert found == {}


@pytest.mark.parametrize("study", STUDIES)
def test_every_number_of_the_prose_leads_to_its_source(outputs, study):
    found = [
        (file.stem, text)
        for file in sorted((outputs / study / "report").glob("*.html"))
        if file.stem not in ABOUT_THE_PROJECT
        for text in unsourced(file.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_what_is_absent_elsewhere_is_said_to_be_absent(outputs):
    text = words(pages(outputs, "200067155")["04-petite-enfance"])
    assert "70,9 places pour 100 enfants" in text
    assert text.count("on disponible") >= 4
    assert not re.search(r"\b0 (naissance|enfant|place|foyer)", text)


@pytest.mark.parametrize("study", STUDIES)
def test_the_report_is_light_and_stands_alone(outputs, study):
    folder = outputs / study / "report"
    assert sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) < 15_000_000
    for file in folder.glob("*.html"):
        assert str(outputs.parent) not in file.read_text(encoding="utf-8")
    for notebook in (outputs / study / "chapters").glob("*.ipynb"):
        text = notebook.read_text(encoding="utf-8")
        assert str(outputs.parent) not in text
        assert all(
            c.get("execution_count") is None or c["execution_count"] > 0 for c in json.loads(text)["cells"]
        )


def nu_checker() -> list[str]:
    """Command of the Nu HTML checker: `vnu`, or its jar (VNU_JAR, or where .ci/run puts it) and Java."""
    if shutil.which("vnu"):
        return ["vnu"]
    here = (
        Path(__file__).parents[1] / ".ctg" / "nu" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    )
    jar = Path(os.environ.get("VNU_JAR", here))
    if not jar.is_file():
        pytest.skip("no Nu HTML checker on this machine: npm install --prefix .ctg/nu vnu-jar")
    if shutil.which("java") is None:
        pytest.skip("no Java for the Nu HTML checker: install default-jre-headless")
    return ["java", "-Xss2m", "-jar", str(jar)]


def test_pages_pass_the_nu_checker(outputs):
    """No error and no warning, but for the security policy: the checker knows no address for local files."""
    files = [str(f) for study in STUDIES for f in sorted((outputs / study / "report").glob("*.html"))]
    done = subprocess.run(
        [*nu_checker(), "--format", "json", "--exit-zero-always", *files], capture_output=True
    )
    found = [
        (m["url"].rpartition("/")[2], m.get("lastLine"), m["message"], m.get("extract", ""))
        for m in json.loads(done.stderr)["messages"]
        if not m["message"].startswith("Resource violates Content Security Policy")
    ]
    assert found == []
