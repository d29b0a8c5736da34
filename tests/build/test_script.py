"""The site's own script in a real browser: filter, sort, search, light and dark, maps; and pages without it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import violations
from bs4 import BeautifulSoup
from fake_notebooks import code_cell, figure, markdown_cell, notebook, prose, shown, table

from ctg_lib.build.assemble_nbconvert import assemble_site
from ctg_lib.build.info import ReportInfo
from ctg_lib.build.layer import map_layer
from ctg_lib.build.normalise import normalise, to_bytes
from ctg_lib.build.search import page_parts

# name, what is counted, when, in words
ROWS = [
    ("Étang", "1\u202f234", "décembre 2023", "observé"),
    ("Zone", "non disponible", "2 mars 2024", "non disponible"),
    ("Eaux", "entre 3 et 5", "1er mars 2024", "observé"),
    ("Arbre", "moins de 5", "mars 2022", "observé"),
    ("Œuvre", "98,5", "janvier 2021", "observé"),
    ("Nant", "−12", "février 2021", "observé"),
    ("Cornus", "0", "mai 2020", "observé"),
    ("Sauclières", "secret statistique", "juin 2020", "secret statistique"),
    ("La Cavalerie", "environ 80", "août 2020", "observé"),
    ("Commune 2", "7", "mars 2020", "observé"),
    ("Commune 10", "6", "mars 2019", "observé"),
    ("Le Clapier", "au moins 9", "avril 2019", "observé"),
    ("L’Hospitalet", "entre 50 et 60", "mai 2018", "observé"),
    ("Sainte-Eulalie", "3,5", "juin 2018", "observé"),
    ("Saint-Jean", "40", "juin 2017", "observé"),
    ("Ensemble", "2\u202f000", "", "observé"),
]
AREAS = [("A", "Nant\u00a0: 12\u202f%", "M10 10L110 10L110 110L10 110z"), ("B", "Cornus\u00a0: secret statistique", "M120 10L220 10L220 110L120 110z")]  # fmt: skip


def _rows(rows: list[tuple[str, ...]]) -> str:
    head = "".join(f"<th scope='col'>{name}</th>" for name in ("Commune", "Enfants", "Date", "Statut"))
    body = "".join(f"<tr><th>{r[0]}</th>{''.join(f'<td>{c}</td>' for c in r[1:])}</tr>" for r in rows)
    return f"<table class='ctg-table'><caption>Enfants par commune</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _long(rows: list[tuple[str, ...]], id: str = "tbl-long") -> dict[str, Any]:
    made = table(id)
    html = f'<div class="ctg-table-block" id="{id}"><div class="ctg-table-wrap">{_rows(rows)}</div></div>'
    return {"data": {**made["data"], "text/html": html}, "metadata": made["metadata"]}


def _grouped() -> dict[str, Any]:
    html = _rows(ROWS).replace("<tbody>", '<tbody><tr><th colspan="4">Un groupe</th></tr>')
    return {"data": {"text/html": html}, "metadata": {}}


def _map() -> dict[str, Any]:
    made = figure("fig-carte", regions=[[f"area-{code}", words] for code, words, _ in AREAS])
    groups = "".join(f'<g id="area-{code}"><path d="{d}" style="fill:#ccc"/></g>' for code, _, d in AREAS)
    made["data"]["image/svg+xml"] = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 150" width="640" height="200">{groups}</svg>'
    )
    made["metadata"]["ctg"]["data"] = {
        "columns": ["name", "value"], "labels": ["Territoire", "Valeur"], "rows": [["Nant", 12], ["Cornus", None]],
    }  # fmt: skip
    return made


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("script")
    first = notebook(
        "Petite enfance",
        markdown_cell(
            "## Les crèches\n\nUne crèche de l’œuvre accueille les tout-petits.\n\n## La fin\n\nRien."
        ),
        code_cell("a", [shown(_long(ROWS)), shown(table("tbl-court")), shown(_grouped()), shown(_map())]),
    )
    second = notebook(
        "Accès aux droits", code_cell("b", [shown(prose("## Démarches\n\nDes crèches, ici aussi."))])
    )
    paths = []
    for slug, nb in (("04-enfance", first), ("10-droits", second)):
        path = folder / f"{slug}.ipynb"
        path.write_bytes(to_bytes(normalise(nb)))
        paths.append(path)
    assemble_site(paths, ReportInfo("x", "Diagnostic", "Larzac et Vallées"), folder / "un rapport")
    return folder / "un rapport"


@pytest.fixture()
def page(browser: Any, site: Path) -> Iterator[Any]:
    """The first chapter, opened from its folder; nothing may be asked from elsewhere, nothing may fail."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    asked: list[str] = []
    wrong: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    opened.goto((site / "04-enfance.html").as_uri())
    yield opened
    assert wrong == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    context.close()


def _names(page: Any) -> list[str]:
    return page.eval_on_selector_all(
        "#tbl-long tbody tr", "rows => rows.filter(r => r.offsetParent).map(r => r.cells[0].textContent)"
    )


def _sort(page: Any, column: str, times: int = 1) -> list[str]:
    for _ in range(times):
        page.locator("#tbl-long thead button", has_text=column).click()
    return _names(page)


@pytest.mark.slow
def test_numbers_sort_by_what_they_say_and_the_absent_come_last(page: Any) -> None:
    up = [
        "Nant", "Cornus", "Arbre", "Sainte-Eulalie", "Eaux", "Commune 10", "Commune 2", "Le Clapier", "Saint-Jean",
        "L’Hospitalet", "La Cavalerie", "Œuvre", "Étang",
    ]  # fmt: skip
    absent = ["Zone", "Sauclières", "Ensemble"]  # the total stays at the foot
    assert _sort(page, "Enfants") == up + absent
    head = page.locator("#tbl-long thead th", has_text="Enfants")
    assert head.get_attribute("aria-sort") == "ascending"
    assert "Tri croissant\u00a0: Enfants" in page.locator(".ctg-count").first.text_content()
    assert _sort(page, "Enfants") == up[::-1] + absent
    assert head.get_attribute("aria-sort") == "descending"
    assert _sort(page, "Enfants") == [r[0] for r in ROWS]
    assert head.get_attribute("aria-sort") is None


@pytest.mark.slow
def test_names_sort_as_in_a_french_list_and_dates_by_time(page: Any) -> None:
    names = _sort(page, "Commune")
    assert names == [
        "Arbre", "La Cavalerie", "Le Clapier", "Commune 2", "Commune 10", "Cornus", "Eaux", "Étang", "L’Hospitalet",
        "Nant", "Œuvre", "Saint-Jean", "Sainte-Eulalie", "Sauclières", "Zone", "Ensemble",
    ]  # fmt: skip
    dates = _sort(page, "Date")
    assert dates[:3] == ["Saint-Jean", "L’Hospitalet", "Sainte-Eulalie"]
    assert dates[-3:] == ["Eaux", "Zone", "Ensemble"]
    assert page.locator("#tbl-long thead th[aria-sort]").count() == 1


@pytest.mark.slow
def test_the_filter_says_how_many_rows_are_left(page: Any) -> None:
    box = page.get_by_label("Filtrer les lignes : Enfants par commune".replace(" :", "\u00a0:"))
    box.fill("COMMUNE oBSerVe")  # words anywhere in the row, without accents or case
    assert _names(page) == ["Commune 2", "Commune 10"]
    count = page.locator(".ctg-count").first
    assert count.get_attribute("role") == "status" and count.text_content() == "2 sur 16\u00a0lignes"
    box.fill("introuvable")
    assert _names(page) == [] and count.text_content() == "Aucune ligne sur 16"
    page.get_by_role("button", name="Rétablir").click()
    assert _names(page) == [r[0] for r in ROWS] and box.input_value() == ""
    box.fill("Nant")
    page.keyboard.press("Escape")
    assert len(_names(page)) == len(ROWS)


@pytest.mark.slow
def test_paper_has_the_whole_table_in_its_own_order(page: Any) -> None:
    _sort(page, "Enfants")
    page.get_by_label("Filtrer les lignes").first.fill("Nant")
    assert _names(page) == ["Nant"]
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert _names(page) == [r[0] for r in ROWS]
    assert not page.locator(".ctg-table-tools").first.is_visible()
    assert not page.locator(".tools").is_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert _names(page) == ["Nant"]


@pytest.mark.slow
def test_short_and_grouped_tables_are_left_alone(page: Any) -> None:
    assert page.locator("table").count() == 4
    assert page.locator("table:has(button)").count() == 1 == page.locator(".ctg-table-tools").count()


@pytest.mark.slow
def test_search_by_keyboard_alone(page: Any, site: Path) -> None:
    assert not page.evaluate("'ctgIndex' in window")  # read when it is wanted
    page.keyboard.press("Tab")  # to the content, home, search
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "ctg-recherche"
    page.keyboard.type("creche oeuvres")
    page.wait_for_selector(".search-panel li")
    assert page.locator(".search [role=status]").text_content() == "1\u00a0passage trouvé"
    page.locator("#ctg-recherche").fill("la creche")
    assert page.locator(".search [role=status]").text_content() == "2\u00a0passages trouvés"
    found = page.locator(".search-panel a")
    assert found.nth(0).get_attribute("href") == "04-enfance.html#les-creches"
    assert page.locator(".search-panel mark").first.text_content() == "crèche"
    assert violations(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "10-droits.html#demarches"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.id") == "ctg-recherche"
    page.keyboard.press("Escape")
    assert not page.locator(".search-panel").is_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/10-droits.html#demarches")


@pytest.mark.slow
def test_search_says_when_nothing_is_found_and_finds_figures_tables_and_rows(page: Any) -> None:
    page.locator("#ctg-recherche").fill("girafe")
    page.wait_for_function("document.querySelector('.search [role=status]').textContent.startsWith('Aucun')")
    for question, address in (
        ("enfants par commune", "04-enfance.html#tbl-long"),
        ("sauclieres", "04-enfance.html#tbl-long"),
        ("autant de places", "04-enfance.html#fig-carte"),
        ("Accès aux droits", "10-droits.html"),
    ):
        page.locator("#ctg-recherche").fill(question)
        page.wait_for_selector(".search-panel li")
        assert page.locator(".search-panel a").first.get_attribute("href") == address, question


@pytest.mark.slow
def test_the_choice_of_light_or_dark_is_kept_from_page_to_page(page: Any, site: Path) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.get_by_role("button", name="Mode sombre").click()
    dark = page.evaluate(paper)
    assert dark != light
    page.goto((site / "10-droits.html").as_uri())
    assert page.evaluate(paper) == dark
    assert violations(page) == []
    page.emulate_media(media="print")
    assert page.evaluate(paper) == "rgb(255, 255, 255)"
    page.emulate_media(media="screen", color_scheme="dark")
    page.get_by_role("button", name="Mode clair").click()
    assert page.evaluate(paper) == light
    page.get_by_role("button", name="Mode sombre").click()  # the system's own: nothing to remember
    assert page.evaluate("localStorage.getItem('ctg-theme')") is None


@pytest.mark.slow
def test_the_chapter_being_read_is_in_sight_among_the_chapters(page: Any, site: Path) -> None:
    page.set_viewport_size({"width": 1280, "height": 92})
    page.goto((site / "10-droits.html").as_uri())
    column, current = page.locator(".side"), page.locator('.side [aria-current="page"]')
    assert column.evaluate("e => e.scrollHeight > e.clientHeight"), (
        "the column does not scroll: nothing is tested"
    )
    box, frame = current.bounding_box(), column.bounding_box()
    assert frame["y"] <= box["y"] and box["y"] + box["height"] <= frame["y"] + frame["height"]
    assert page.evaluate("scrollY") == 0


def test_areas_of_a_map_say_their_value(page: Any) -> None:
    image = page.locator("#fig-carte img")
    image.scroll_into_view_if_needed()
    box = image.bounding_box()
    unit = box["width"] / 480
    page.mouse.move(box["x"] + 60 * unit, box["y"] + 60 * unit)
    tip = page.locator("#fig-carte .ctg-tip")
    assert tip.is_visible() and tip.text_content() == "Nant\u00a0: 12\u202f%"
    page.mouse.move(box["x"] + 170 * unit, box["y"] + 60 * unit)
    assert tip.text_content() == "Cornus\u00a0: secret statistique"
    assert page.locator("#fig-carte tr.ctg-pointed").text_content().startswith("Cornus")
    page.keyboard.press("Escape")
    assert not tip.is_visible()
    page.mouse.move(5, 5)
    page.locator("#fig-carte [role=option]").first.focus()
    page.keyboard.press("ArrowRight")
    assert tip.text_content() == "Cornus\u00a0: secret statistique"
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == tip.text_content()
    page.keyboard.press("Home")
    assert tip.text_content() == "Nant\u00a0: 12\u202f%"
    assert page.locator("#fig-carte [tabindex='0'][role=option]").count() == 1
    assert violations(page) == []
    page.keyboard.press("Tab")
    assert not tip.is_visible()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone(browser: Any, site: Path, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 800}, color_scheme=scheme, has_touch=True)
    page = context.new_page()
    page.goto((site / "04-enfance.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.locator("#ctg-recherche").fill("enfants")
    page.wait_for_selector(".search-panel li")
    panel = page.locator(".search-panel").bounding_box()
    assert panel["x"] >= 0 and panel["x"] + panel["width"] <= 375
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.locator("#fig-carte [role=option]").nth(1).tap()
    assert page.locator("#fig-carte .ctg-tip").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    context.close()


@pytest.mark.slow
def test_without_the_script_nothing_is_missing(browser: Any, site: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "04-enfance.html").as_uri())
    assert page.locator("#tbl-long tbody tr").count() == len(ROWS)
    assert page.locator("#tbl-long tbody tr").last.is_visible()
    assert page.locator("button, input").count() == 0  # nothing that would do nothing
    assert page.locator("#fig-carte img").is_visible()
    assert page.locator("#fig-carte .ctg-map-layer title").first.text_content() == "Nant\u00a0: 12\u202f%"
    context.close()


def test_the_index_holds_what_the_pages_show(site: Path) -> None:
    text = (site / "assets" / "search-index.js").read_text(encoding="utf-8")
    assert text.startswith("window.ctgIndex=") and text.endswith(";\n")
    index = json.loads(text.removeprefix("window.ctgIndex=").removesuffix(";\n"))
    assert index["pages"] == [["04-enfance", "Petite enfance"], ["10-droits", "Accès aux droits"]]
    for rank, anchor, title, words in index["parts"]:
        soup = BeautifulSoup(
            (site / f"{index['pages'][rank][0]}.html").read_text(encoding="utf-8"), "html.parser"
        )
        assert not anchor or soup.find(id=anchor)
        shown = " ".join(soup.get_text(" ").split()) + " ".join(str(i["alt"]) for i in soup.find_all("img"))
        for word in f"{title} {words}".split():
            assert word in shown


def test_parts_of_a_page() -> None:
    html = (
        "<p>Avant.</p><h2 id='a'>Titre</h2><p>Un <strong>mot</strong>, deux.</p><ul><li>Puce</li></ul>"
        "<p class='ctg-source'>Source : passée</p><details class='ctg-data'><p>passé</p></details>"
        "<div id='t'><table><caption>Liste</caption><thead><tr><th>Nom</th></tr></thead>"
        "<tbody><tr id='r1'><th>Cnaf</th><td>1</td></tr></tbody></table></div><p>Après.</p>"
    )
    assert page_parts(BeautifulSoup(html, "html.parser"), "Page") == [
        ("", "Page", "Avant."),
        ("a", "Titre", "Un mot, deux. Puce Après."),
        ("t", "Liste", ""),
        ("r1", "Cnaf", ""),
    ]


def test_layer_of_a_map() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><g id="area-1"><path d="M 1.04 2 '
        'L 1.01 2.02 L 3.46 4 z M 5 5 L 6 6 z"/></g><g id="area-2"/></svg>'
    )
    made = map_layer(svg, [["area-1", "A & B"], ["area-2", "vide"], ["area-3", "absente"]])
    assert made == (
        '<svg class="ctg-map-layer" viewBox="0 0 10 10" aria-hidden="true">'
        '<path d="M1 2 3.5 4ZM5 5 6 6Z"><title>A &amp; B</title></path></svg>'
    )
    assert map_layer(svg, [["area-3", "absente"]]) == "" == map_layer(svg, [])
