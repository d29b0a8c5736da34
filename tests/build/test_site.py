"""The site made without Quarto: content, accessibility, offline, same bytes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from fake_notebooks import (
    callout,
    code_cell,
    display_code,
    figure,
    make_project,
    markdown_cell,
    notebook,
    png_bytes,
    prose,
    shown,
    table,
    write,
)

from ctg_lib.build import look
from ctg_lib.build.assemble_nbconvert import assemble_site
from ctg_lib.build.bundles import AssemblyError
from ctg_lib.build.info import ReportInfo
from ctg_lib.build.normalise import normalise, to_bytes
from ctg_lib.build.page import slugify
from ctg_lib.build.run import ChapterFailed, ChapterResult
from ctg_lib.display import theme
from ctg_lib.display.table import Table

INFO = ReportInfo(
    study_id="241200906",
    title="Diagnostic de territoire",
    territory_name="Communauté de communes Larzac et Vallées",
    subtitle="Pour la Convention Territoriale Globale",
    as_of="1er septembre 2026",
    sources=[
        ("Cnaf, accueil du jeune enfant", "2023", "carried_over"),
        ("Insee, recensement", "2023", "published"),
    ],
    missing=["L'âge des assistantes maternelles <b> : demandé au Département."],
    licence="Licence Ouverte 2.0",
    version="0.1.0",
)
FRAME = pd.DataFrame({"a": [1, 2], "b": ["<x>", "y"]})


def _enfance() -> Any:
    return notebook(
        "Petite enfance",
        markdown_cell("L'accueil : « places ».[^1]\n\n[^1]: Une note."),
        code_cell("x", [shown(callout())]),
        markdown_cell(
            "# Titre de trop\n\n10 $ et 20 $, voilà !\n\n#### Saut de niveau\n\n## L'offre {#sec-offre .x}"
        ),
        code_cell(
            "study.figures()", [shown(figure()), shown(figure("fig-deux", width=300, notes=["Sans la MSA."]))]
        ),
        code_cell(
            "x", [shown(table()), shown(prose("Voir [les droits](10-droits.ipynb#sec).[^1]\n\n[^1]: Autre."))]
        ),
        code_cell("df", [shown({"data": {"text/html": FRAME.to_html(), "text/plain": "x"}, "metadata": {}})]),
        code_cell("secret = 1", [shown(prose("caché"))], tags=["remove-cell"]),
    )


def _droits() -> Any:
    return notebook("Accès aux droits & numérique", code_cell("x", [shown(prose("## Démarches\n\nTexte."))]))


def _assemble(tmp_path: Path, info: ReportInfo = INFO, **notebooks: Any) -> Path:
    chapters = notebooks or {"04-enfance": _enfance(), "10-droits": _droits()}
    paths = []
    for slug, nb in chapters.items():
        path = tmp_path / "chapters" / f"{slug}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(to_bytes(normalise(nb)))
        paths.append(path)
    assemble_site(paths, info, tmp_path / "report")
    return tmp_path / "report"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _assemble(tmp_path_factory.mktemp("site"))


def _soup(site: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")


PAGES = ["index.html", "04-enfance.html", "10-droits.html"]


def test_files_of_the_site(site: Path) -> None:
    assert sorted(p.relative_to(site).as_posix() for p in site.rglob("*") if p.is_file()) == [
        "04-enfance.html",
        "10-droits.html",
        "assets/fonts/CTGSans-Bold.woff2",
        "assets/fonts/CTGSans-Italic.woff2",
        "assets/fonts/CTGSans-Regular.woff2",
        "assets/fonts/LICENSE-OFL.txt",
        "assets/report.css",
        "assets/report.js",
        "assets/search-index.js",
        "data/04-enfance-fig-couverture.csv",
        "data/04-enfance-fig-deux.csv",
        "data/04-enfance-tbl-communes.csv",
        "figures/04-enfance-fig-couverture.png",
        "figures/04-enfance-fig-couverture.svg",
        "figures/04-enfance-fig-deux.png",
        "figures/04-enfance-fig-deux.svg",
        "index.html",
    ]


@pytest.mark.parametrize("name", PAGES)
def test_structure_of_a_page(site: Path, name: str) -> None:
    soup = _soup(site, name)
    assert soup.html is not None and soup.html["lang"] == "fr"
    assert len(soup.find_all("h1")) == 1 and len(soup.find_all("main")) == 1
    levels = [int(h.name[1]) for h in soup.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1 and all(b - a <= 1 for a, b in pairwise(levels))
    ids = [str(t["id"]) for t in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert soup.select_one("a.skip[href='#contenu']") and soup.select_one("main#contenu")
    assert all(str(i.get("alt", "")).strip() and i.get("width") for i in soup.find_all("img"))
    assert all(th.get("scope") in ("col", "row") for th in soup.find_all("th"))
    for tag in soup.find_all(tabindex=True):
        assert tag["role"] == "region" and tag["aria-label"]
    labels = [t["aria-label"] for t in soup.find_all(role="region")]
    assert len(labels) == len(set(labels))
    title = soup.find("title")
    assert title is not None and "Larzac et Vallées" in title.get_text()


@pytest.mark.parametrize("name", PAGES)
def test_links_inside_the_site_lead_somewhere(site: Path, name: str) -> None:
    soup = _soup(site, name)
    for tag in soup.find_all(href=True):
        page, _, anchor = str(tag["href"]).partition("#")
        if page == "data:,":
            continue
        assert (site / (page or name)).is_file(), tag
        if anchor and (page or name).endswith(".html") and anchor != "sec":
            assert _soup(site, page or name).find(id=anchor), tag


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_loaded_from_elsewhere(site: Path, name: str) -> None:
    soup = _soup(site, name)
    assert not soup.find_all(["iframe", "object", "embed"])
    assert [str(tag) for tag in soup.find_all("script")] == ['<script src="assets/report.js"></script>']
    script = (site / "assets" / "report.js").read_text(encoding="utf-8")
    assert not re.search(r"https?:|fetch\(|XMLHttpRequest|import\b|eval\(|innerHTML|document\.write", script)
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})
    assert policy is not None and str(policy["content"]).startswith(
        "default-src 'none'; script-src 'self' file:;"
    )
    for tag in soup.find_all(["img", "link", "source"]):
        assert not re.match(r"(https?:)?//", str(tag.get("src") or tag.get("href")))
    css = (site / "assets" / "report.css").read_text(encoding="utf-8")
    assert not re.search(r"(url\(|@import)\s*[\"']?(https?:)?//", css)
    assert "No description has been provided" not in str(soup)


def test_current_page_and_neighbours(site: Path) -> None:
    soup = _soup(site, "04-enfance.html")
    current = soup.select("nav.chapters a[aria-current=page]")
    assert [a.get_text() for a in current] == ["Petite enfance"]
    assert soup.select_one("a[rel=next]")["href"] == "10-droits.html"  # type: ignore[index]
    assert not soup.select("a[rel=prev]")
    toc = [a.get_text() for a in soup.select("nav.toc a")]
    assert toc == ["L’essentiel", "Titre de trop", "L’offre"]


def test_figure(site: Path) -> None:
    soup = _soup(site, "04-enfance.html")
    shown_figure = soup.select_one("figure#fig-couverture")
    assert shown_figure is not None
    image = shown_figure.find("img")
    assert image is not None
    assert image["src"] == "figures/04-enfance-fig-couverture.svg"
    assert (image["width"], image["height"], image["loading"]) == ("640", "200", "lazy")
    assert image["alt"] == "Larzac et Vallées : 60,5 places pour 100 enfants ; France : 60,9."
    text = shown_figure.get_text(" ", strip=True)
    assert text.startswith("Autant de places que dans la France entière")
    assert "Source\u00a0: Cnaf, 2023" in text and "Deux lignes" in text
    cells = [[c.get_text() for c in row.find_all(["th", "td"])] for row in shown_figure.find_all("tr")]
    assert cells[1:] == [["Larzac et Vallées", "60,5", "2023"], ["France", "60,9", "2023"],
                         ["Essai <b>", "non disponible", "2021"]]  # fmt: skip
    assert "Sans la MSA." in soup.select_one("figure#fig-deux").get_text()  # type: ignore[union-attr]
    assert (site / "figures" / "04-enfance-fig-couverture.png").read_bytes() == png_bytes()


def test_downloads_are_plain_csv(site: Path) -> None:
    content = (site / "data" / "04-enfance-fig-couverture.csv").read_bytes()
    assert content.decode("utf-8") == (
        "name,value,period\nLarzac et Vallées,60.5,2023\nFrance,60.9,2023\nEssai <b>,,2021\n"
    )
    table_csv = (site / "data" / "04-enfance-tbl-communes.csv").read_text(encoding="utf-8")
    assert table_csv == "name,value\nLa Cavalerie,1234\nNant,\n"


def test_downloads_of_a_made_up_study_say_so_on_every_line() -> None:
    from ctg_lib.build.bundles import csv_bytes

    record = {"columns": ["name", "value"], "rows": [["Nant", 1], ["Cornus", None]]}
    assert csv_bytes(record, fictif=True) == b"name,value,fictif\nNant,1,oui\nCornus,,oui\n"
    assert csv_bytes(record) == b"name,value\nNant,1\nCornus,\n"


def test_text_typography_notes_links_and_frames(site: Path) -> None:
    html = (site / "04-enfance.html").read_text(encoding="utf-8")
    assert "L’accueil\u00a0: «\u00a0places\u00a0»." in html and "10 $ et 20 $, voilà\u202f!" in html
    soup = BeautifulSoup(html, "html.parser")
    assert soup.select_one("h2#sec-offre") and "{#" not in soup.get_text()
    assert soup.select_one("a[href='10-droits.html#sec']")
    notes = [li["id"] for li in soup.select(".footnotes li")]
    assert len(notes) == 2 == len(set(notes))
    assert all(soup.find(id=str(a["href"])[1:]) for a in soup.select(".footnote-ref a, a.footnote"))
    frame = [t for t in soup.find_all("table") if t.find("td", string="<x>")]
    assert len(frame) == 1 and "border" not in frame[0].attrs
    assert "caché" not in html and "study.figures()" not in html and "pour JupyterLab" not in html


def test_a_range_of_numbers_is_held_together_but_in_titles_and_data(tmp_path: Path) -> None:
    made = _assemble(
        tmp_path,
        **{"04-enfance": notebook("Les 3–11 ans", code_cell("x", [shown(prose("Ici, 11–17 ans."))]))},
    )
    soup = BeautifulSoup((made / "04-enfance.html").read_text(encoding="utf-8"), "html.parser")
    assert soup.title and "3–11" in str(soup.title) and "span" not in str(soup.title)
    assert "11–17" in [one.get_text() for one in soup.select("main .ctg-range")]
    index = (made / "assets/search-index.js").read_text(encoding="utf-8")
    assert "ctg-range" not in index


def test_home_page(site: Path) -> None:
    soup = _soup(site, "index.html")
    main = soup.main
    assert main is not None
    contents = [li.get_text(" ", strip=True) for li in main.select("ol.contents li")]
    assert contents == ["Petite enfance Autant de places qu’en France.", "Accès aux droits & numérique"]
    text = main.get_text(" ", strip=True)
    assert "L’âge des assistantes maternelles <b>\u00a0: demandé au Département." in text
    assert "valeurs reprises d’une republication" in text and "Situation au 1er septembre 2026." in text
    assert soup.footer is not None
    footer = soup.footer.get_text(" ", strip=True)
    for part in ("Étude 241200906", "Licence Ouverte 2.0", "2 sources, dont 1 aux valeurs reprises", "0.1.0"):
        assert part in footer


def test_fictif_is_said_on_every_page(tmp_path: Path, site: Path) -> None:
    made_up = ReportInfo(**{**INFO.__dict__, "fictif": True})
    folder = _assemble(tmp_path, made_up)
    for name in PAGES:
        assert _soup(folder, name).select_one("header .fictif")
        assert not _soup(site, name).select_one(".fictif")
    files = sorted((folder / "data").glob("*.csv"))
    assert files and all(
        line.endswith((",fictif", ",oui")) for f in files for line in f.read_text("utf-8").splitlines()
    )


NO_IMAGE = {"data": {"text/plain": "x"}, "metadata": {"ctg": {"kind": "figure", "id": "fig-a", "alt": "x"}}}


def _with(*outputs: dict[str, Any]) -> Any:
    return notebook("T", code_cell("x", [shown(o) for o in outputs]))


def _html(text: str) -> dict[str, Any]:
    return {"data": {"text/html": text}, "metadata": {}}


@pytest.mark.parametrize(
    ("nb", "message"),
    [
        (_with(figure(alt="", id="fig-a")), None),
        (_with({"data": {"image/png": "aGk="}, "metadata": {}}), "pas de texte de remplacement"),
        (_with(_html('<img src="data:image/png;base64,aGk=">')), "pas de texte de remplacement"),
        (_with(_html('<img alt="x" src="carte.png">')), "carte.png n’est pas un fichier du rapport"),
        (_with(_html('<img alt="x" src="https://example.org/a.png">')), "charge une ressource distante"),
        (_with(_html('<p style="background:url(//example.org/a)">x</p>')), "charge une ressource distante"),
        (_with(_html("<style>@import 'https://example.org/a.css';</style>")), "feuille de style"),
        (_with(_html("<script>1</script>")), "élément <script>"),
        (_with(_html('<p onclick="x()">x</p>')), "attribut onclick"),
        (_with(prose("![](https://example.org/a.png)")), "charge une ressource distante"),
        (_with(figure("Fig A")), "identifiant de figure 'Fig A'"),
        (_with(figure(), figure()), "l’identifiant fig-couverture est donné à deux"),
        (_with(NO_IMAGE), "n’a pas d’image"),
        (notebook("T"), "aucune cellule n’affiche rien"),
    ],
)  # fmt: skip
def test_messages(tmp_path: Path, nb: Any, message: str | None) -> None:
    if message is None:  # the output's own alternative stands in for the record's
        nb.cells[2].outputs[0].metadata["image/png"]["alt"] = ""
        message = "l’image fig-a n’a pas de texte de remplacement"
    with pytest.raises(AssemblyError, match=re.escape(message)):
        _assemble(tmp_path, **{"04-x": nb})


def test_messages_about_failed_chapters(tmp_path: Path) -> None:
    failed = ChapterResult("04-x", 1.0, False, ChapterFailed("cause"))
    with pytest.raises(AssemblyError, match="04-x : ce chapitre a échoué"):
        assemble_site([failed], INFO, tmp_path)
    with pytest.raises(AssemblyError, match="Aucun chapitre"):
        assemble_site([], INFO, tmp_path)
    nb = _droits()
    nb.cells[2].outputs.append(nbformat.v4.new_output("error", ename="E", evalue="", traceback=[]))
    path = write(tmp_path / "04-x.ipynb", nb)
    with pytest.raises(AssemblyError, match=r"04-x.ipynb : une cellule a échoué"):
        assemble_site([path], INFO, tmp_path)


def test_dark_colours_read_well() -> None:
    """WCAG 1.4.3: text at least 4.5:1 on both papers of a dark page."""
    for text in ("ink", "ink-soft", "territory", "link"):
        for paper in ("paper", "paper-soft", "territory-soft", "accent-soft"):
            if (text, paper) != ("ink-soft", "accent-soft"):
                assert theme.contrast(look.DARK_COLORS[text], look.DARK_COLORS[paper]) >= 4.5, (text, paper)
    assert set(look.DARK_COLORS) <= set(theme.COLORS)


def test_long_texts_of_two_columns_are_read_downwards_on_a_phone(tmp_path: Path) -> None:
    def made(text: str) -> str:
        return f"<table><thead><tr><th>Nom</th><th>Texte</th></tr></thead><tr><th>a</th><td>{text}</td></tr></table>"

    cells = [shown(_html(made("mot " * 60))), shown(_html(made("court")))]
    folder = _assemble(tmp_path, **{"04-x": notebook("T", code_cell("x", cells))})
    long, short = _soup(folder, "04-x.html").find_all("table")
    assert "ctg-stack" in long["class"] and "ctg-stack" not in short["class"]


@pytest.mark.slow
def test_columns_of_sentences_hold_on_a_wide_page_and_scroll_on_a_phone(browser: Any, tmp_path: Path) -> None:
    row = {
        "qui": "11–17 ans",
        **dict.fromkeys("abc", "places d’accueil avant 3 ans (5) ; renouvellement et appui " * 3),
    }
    sentences = Table(pd.DataFrame([row]), id="tbl-phrases", caption="Phrases", source="x")
    narrow = "<table><tr><th>A</th><td style='width:1px'>11–17 ans</td></tr></table>"
    data, metadata = sentences._repr_mimebundle_()
    cells = [shown({"data": data, "metadata": metadata}), shown(_html(narrow))]
    page_file = _assemble(tmp_path, **{"04-x": notebook("T", code_cell("x", cells))}) / "04-x.html"
    wider = "[...document.querySelectorAll('.ctg-table-wrap')].map(d => d.scrollWidth > d.clientWidth)[0]"
    for width, scrolls in ((1280, False), (375, True)):
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.goto(page_file.as_uri())
        assert page.evaluate(wider) is scrolls, width
        assert page.evaluate("document.documentElement.scrollWidth") == width
        rows = page.evaluate(
            "(() => { const r = document.createRange(); r.selectNodeContents(document.querySelector("
            "'td[style]')); return new Set([...r.getClientRects()].map(b => Math.round(b.bottom / 8))).size })()"
        )
        assert rows == 1, "a range of numbers on one line"
        page.close()


def test_slugs_are_plain_and_stable() -> None:
    assert slugify("L’Œuvre d'été : « 0–3 ans » ?") == "l-oeuvre-d-ete-0-3-ans"


BUILD = """
import sys
from pathlib import Path
from ctg_lib.build.assemble_nbconvert import assemble_site
from ctg_lib.build.chapters import read_chapters
from ctg_lib.build.info import ReportInfo
from ctg_lib.build.run import raise_failures, run_chapters
from ctg_lib.project import Project
project = Project(Path(sys.argv[1]))
out = project.outputs / "241200906"
results = run_chapters(project, "241200906", read_chapters(project.notebooks), out / "chapters")
raise_failures(results)
info = ReportInfo("241200906", "Diagnostic", "Larzac et Vallées", sources=[("Été", "2023", "local")])
assemble_site(results, info, out / "report")
"""


@pytest.mark.slow
def test_same_inputs_same_bytes_wherever_they_are_built(tmp_path: Path) -> None:
    """Two folders, two time zones, two locales: executed chapters and pages are the same to the byte."""
    trees = []
    script = tmp_path / "build.py"
    script.write_text(BUILD, encoding="utf-8")
    settings = [("a", "Pacific/Kiritimati", "C"), ("b/plus loin", "America/Adak", "fr_FR.UTF-8")]
    for folder, zone, locale in settings:
        nb = notebook(
            "Essai",
            code_cell("class Objet: pass\nObjet()"),
            code_cell("print(study, sorted({'é', 'a', 'b'}), {'x', 'y', 'z'})"),
            code_cell(display_code(figure(), table(), callout())),
        )
        project = make_project(tmp_path / folder, {"04-essai": nb})
        done = subprocess.run(
            [sys.executable, str(script), str(project.root)],
            env={**os.environ, "TZ": zone, "LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONHASHSEED": "random"},
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        root = project.outputs
        trees.append({p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()})
    assert trees[0].keys() == trees[1].keys() and len(trees[0]) > 8
    assert [name for name in trees[0] if trees[0][name] != trees[1][name]] == []
    assert not any(str(tmp_path).encode() in content for content in trees[0].values())


def test_chapters_read_once_make_the_same_pages(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither read again, nor copied and validated page by page; templates are compiled once a process."""
    from nbconvert.exporters.exporter import Exporter

    from ctg_lib.build import assemble_nbconvert, bundles

    chapters = [bundles.load_executed(p) for p in sorted((site.parent / "chapters").glob("*.ipynb"))]
    monkeypatch.setattr(bundles, "load_notebook", None)
    monkeypatch.setattr(Exporter, "_preprocess", None)
    made = assemble_nbconvert.assemble_site(chapters, INFO, tmp_path)
    compiled = assemble_nbconvert._exporter("chapter.html.j2").template
    assert assemble_nbconvert._exporter("chapter.html.j2").template is compiled
    assert {p.relative_to(tmp_path): p.read_bytes() for p in made} == {
        p.relative_to(site): p.read_bytes() for p in site.rglob("*") if p.is_file()
    }
