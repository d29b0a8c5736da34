"""The pages that Quarto makes, held equal to those made without it and opened in a real browser.

Without Quarto these tests are skipped and say so.
"""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from browsing import opened_browser, violations
from fake_notebooks import code_cell, figure, markdown_cell, notebook, prose, shown
from pages_read import shown_on

from ctg_lib.build.assemble_nbconvert import assemble_site
from ctg_lib.build.assemble_quarto import quarto_available, quarto_problem, render_quarto
from ctg_lib.build.chapters import chapter_files, read_config
from ctg_lib.build.info import ReportInfo
from ctg_lib.build.normalise import normalise, to_bytes
from ctg_lib.display.output import SourceText
from ctg_lib.display.table import KeyFigure, Table, callout, key_figures

pytestmark = [pytest.mark.quarto, pytest.mark.slow]
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
INFO = ReportInfo(
    "241200906", "Diagnostic", "Larzac et Vallées", subtitle="CTG", as_of="1er septembre 2026",
    fictif=True, sources=[("Cnaf", "2023", "published")], missing=["Ce qui manque."], version="0.1.0",
)  # fmt: skip
MAP = [
    ("area-a", "Nant : 12", "M10 10L110 10L110 110L10 110z"),
    ("area-b", "Cornus : secret", "M120 10L220 10L220 110z"),
]
ORIGIN = {"files": [["insee_rp", "Insee, RP 2023"]], "indicators": [["naissances", "nombre de naissances"]]}
LINE = SourceText(
    "Insee, RP 2023", [("insee_rp", "Insee, RP 2023")], [("naissances", "nombre de naissances")]
)
ENDS = "91-sources-methodes"
PLACES = [f"Commune {letter}" for letter in "ABCDEFGHIJKLMNOPQ"]


def _bundle(output: Any) -> dict[str, Any]:
    return dict(zip(("data", "metadata"), output._repr_mimebundle_(), strict=True))


def _map(slug: str) -> dict[str, Any]:
    made = figure(f"fig-{slug}", regions=[[gid, words] for gid, words, _ in MAP], origin=ORIGIN, source=str(LINE),
                  notes=["Une note."])  # fmt: skip
    groups = "".join(f'<g id="{gid}"><path d="{d}" style="fill:#ccc"/></g>' for gid, _, d in MAP)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 150" width="640" height="200">{groups}</svg>'
    made["data"]["image/svg+xml"] = svg
    made["metadata"]["ctg"]["data"] = {
        "columns": ["name", "value"], "labels": ["Territoire", "Valeur"], "rows": [["Nant", 12], ["Cornus", None]],
    }  # fmt: skip
    return made


def _chapter(slug: str) -> Any:
    """A made-up chapter with one of each thing that chapters show."""
    long = Table(
        pd.DataFrame({"commune": PLACES, "n": range(17), "p": range(17)}), id="tbl-long", caption="Habitants",
        source=LINE, columns={"commune": "Commune", "n": "Habitants", "p": "Places"}, notes=["Note du tableau."],
    )  # fmt: skip
    shows = [
        _bundle(callout("**Autant de places qu’en France.** Le reste.", "essentiel", "L’essentiel", level=2)),
        _bundle(key_figures([KeyFigure("naissances", "3", source=LINE), KeyFigure("b", "2")])),
        prose("## Une suite\n\n- `un_identifiant_" + "long_" * 12 + "`"),
        _map(slug),
        _bundle(long),
        _bundle(callout("À lire avec soin.", "vigilance", "Points de vigilance", level=2)),
        {"data": {"text/html": pd.DataFrame({f"colonne {n}": [n, n + 1] for n in range(12)}).to_html(index=False)},
         "metadata": {}},
    ]  # fmt: skip
    if slug == ENDS:
        rows = pd.DataFrame(
            {
                "a": ["RP", "BPE"],
                "b": ["Recensement " * 30, "Équipements"],
                "anchor": ["source-insee-rp", "source-insee-bpe"],
            }
        )
        shows.append(_bundle(Table(rows, id="tbl-s", caption="Sources", source="Manifeste",
                                   columns={"a": "Fichier", "b": "Contenu"}, anchors="anchor")))  # fmt: skip
        shows.append(prose("### Naissances {#indicateur-naissances}\n\nTexte."))
    text = markdown_cell("Une phrase.[^1]\n\n[^1]: Une note.")
    return notebook(f"Chapitre {slug}", text, code_cell("x", [shown(one) for one in shows]))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A made-up report with every chapter of the project: its pages by Quarto, and those made without it."""
    if not quarto_available():
        pytest.skip(quarto_problem())
    folder = tmp_path_factory.mktemp("Mes études été")
    paths = []
    for name in chapter_files(read_config(NOTEBOOKS)):
        slug = name.removesuffix(".ipynb")
        if slug == "index.qmd":
            continue
        paths.append(folder / "chapters" / f"{slug}.ipynb")
        paths[-1].parent.mkdir(exist_ok=True)
        paths[-1].write_bytes(to_bytes(normalise(_chapter(slug))))
    out = folder / "out"
    (out / "report").mkdir(parents=True)
    leaflet = out / "report" / "synthese.pdf"
    leaflet.write_bytes(b"%PDF-1.7")
    assemble_site(paths, INFO, folder / "site", documents=[])
    (book,) = render_quarto(paths, INFO, out, notebooks=NOTEBOOKS, documents=[leaflet])
    return book, folder / "site"


@pytest.fixture(scope="module")
def book(both: tuple[Path, Path]) -> Path:
    return both[0]


def test_both_assemblers_show_the_same(both: tuple[Path, Path]) -> None:
    """Chapter by chapter: headings, figures, tables, sources, downloads, links, callouts, key figures, prose."""
    book, site = both
    pages = [page for page in sorted(site.glob("*.html")) if page.name != "index.html"]
    assert len(pages) > 15
    for page in pages:
        wanted, found = shown_on(page), shown_on(book / page.name)
        if page.name.startswith("00-"):  # the leaflet was made after the other site
            found["prose"] = [text for text in found["prose"] if not text.startswith("À imprimer")]
        for what, things in wanted.items():
            assert things, (page.name, what)
            assert found[what] == things, (page.name, what)
        for address in {*found["downloads"], *found["provenance"]}:
            assert (book / address.partition("#")[0]).is_file(), address


def test_home_page_and_shell(both: tuple[Path, Path]) -> None:
    book, _ = both
    home = (book / "index.html").read_text(encoding="utf-8")
    assert 'href="synthese.pdf"' in home.replace("./synthese.pdf", "synthese.pdf")
    assert (book / "synthese.pdf").is_file() and "Fichiers dont viennent les chiffres" in home
    for page in sorted(book.glob("*.html")):
        html = page.read_text(encoding="utf-8")
        assert "sont inventées pour la démonstration" in html, f"{page.name}: made-up data not said"
        assert "No description has been provided" not in html
        for words in ("Table of contents", 'breadcrumb"', 'Search"', "Toggle ", "Previous", "Skip to"):
            assert f'aria-label="{words}' not in html and f'title="{words}' not in html, (page.name, words)
        assert 'href="./"' not in html and "ctg-map-areas" not in html, page.name


@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (1280, "dark"), (375, "light"), (375, "dark")]
)
def test_every_page_of_the_book_in_a_real_browser(book: Path, width: int, scheme: Any) -> None:
    """axe finds nothing (WCAG 2.2 A, AA), nothing scrolls sideways, nothing is asked from the network."""
    with opened_browser() as browser:
        page = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        pages = sorted(book.glob("*.html"))
        assert len(pages) > 15
        for file in pages:
            page.goto(file.as_uri())
            assert page.evaluate("document.body.classList.contains('quarto-dark')") is (scheme == "dark"), (
                "the colours of the reader's system"
            )
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            html = "document.documentElement"
            assert page.evaluate(f"{html}.scrollWidth - {html}.clientWidth") <= 0, (file.name, width)
            assert violations(page) == [], file.name
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """The address of a folder on a web server of this machine."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Nothing on the terminal."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("way", ["folder", "server"])
def test_the_book_works_by_keyboard(book: Path, way: str) -> None:
    """Skip link first, the search answers, Enter on the switch changes the colours, the next page keeps them."""
    with opened_browser() as browser, _served(book) as server:
        root = book.as_uri() if way == "folder" else server
        page = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light").new_page()
        alerts: list[str] = []
        page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: alerts.append(str(error)))
        page.goto(f"{root}/04-petite-enfance.html")
        page.wait_for_function("document.querySelector('.aa-Input') !== null")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "ctg-skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.tagName") == "MAIN"
        page.focus("button.quarto-color-scheme-toggle")
        page.keyboard.press("Enter")
        assert page.evaluate("document.body.classList.contains('quarto-dark')")
        page.goto(f"{root}/05-enfance-ecole.html")
        assert page.evaluate("document.body.classList.contains('quarto-dark')"), "kept on the next page"
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 31, 35)", (
            "paper stays white"
        )
        page.emulate_media(media="screen")
        page.wait_for_function("document.querySelector('.aa-Input') !== null")
        page.fill(".aa-Input", "habitànts")
        page.wait_for_selector(".aa-Item a")
        page.keyboard.press("Escape")
        assert alerts == []


def test_the_focus_is_seen_wherever_a_keyboard_goes(book: Path) -> None:
    """Each link and button that Tab reaches shows that it has the focus (WCAG 2.4.7)."""
    said = (
        "() => { const e = document.activeElement, s = getComputedStyle(e.matches('input') ? e.form || e : e);"
        "return [e.tagName, (e.textContent || e.title || '').trim().slice(0, 40), s.outlineStyle] }"
    )
    with opened_browser() as browser:
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.goto((book / "04-petite-enfance.html").as_uri())
        page.wait_for_function("document.querySelector('.aa-Input') !== null")
        met = []
        for _ in range(100):
            page.keyboard.press("Tab")
            tag, words, outline = page.evaluate(said)
            if tag == "BODY":
                break
            if tag != "path":  # an area of a map shows its outline and its value
                met.append((tag, words, outline))
        assert len(met) > 30 and ("A", "L’essentiel") in [one[:2] for one in met]
        assert [one for one in met if one[2] == "none"] == []


def test_tables_and_maps_of_the_book_answer(book: Path) -> None:
    """The site's own script: a long table is filtered and sorted, a map says its values to the keyboard."""
    with opened_browser() as browser:
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.goto((book / "04-petite-enfance.html").as_uri())
        page.fill(".ctg-table-tools input", "q")
        rows = "[...document.querySelectorAll('#tbl-long tbody tr')].filter(r => r.offsetParent).map(r => r.cells[0].innerText)"
        assert page.evaluate(rows) == ["Commune Q"]
        page.fill(".ctg-table-tools input", "")
        page.click("#tbl-long th:nth-child(2) button")
        page.click("#tbl-long th:nth-child(2) button")
        assert page.evaluate(rows)[0] == "Commune Q"
        page.focus(".ctg-map-layer [role=option]")
        page.keyboard.press("ArrowRight")
        assert page.inner_text(".ctg-tip") == "Cornus : secret"
        image, layer = (page.locator(f".ctg-map {one}").bounding_box() for one in ("img", "svg"))
        assert image is not None and layer is not None
        assert abs(image["width"] - layer["width"]) < 1 and abs(image["y"] - layer["y"]) < 1
