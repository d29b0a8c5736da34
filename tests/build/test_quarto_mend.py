"""Each fault of Quarto's pages that is mended, on a few lines of HTML written by hand; no Quarto needed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from ctg_lib.build import quarto_mend as mends

SHELL = """<!DOCTYPE html>
<html lang="fr"><head><title>x</title>
<script src="site_libs/quarto-html/quarto.js" type="module"></script>
<script src="site_libs/quarto-html/tabsets/tabsets.js" type="module"></script>
<link class="quarto-color-scheme" href="a.css" rel="stylesheet">
<link class="quarto-color-scheme quarto-color-alternate" href="b.css" rel="stylesheet">
</head><body class="nav-sidebar"><script id="quarto-html-before-body">const isFileUrl = () => {
  return window.location.protocol === 'file:';
}</script>
<header id="quarto-header"><nav class="quarto-secondary-nav">
<button type="button" role="button" aria-label="Basculer la barre latérale"><i class="bi bi-layout"></i></button>
<nav class="quarto-page-breadcrumbs" aria-label="breadcrumb"><a href="./04.html">Petite enfance</a></nav>
<a class="flex-grow-1" role="navigation" aria-label="Basculer" onclick="go()"></a></nav></header>
<nav id="quarto-sidebar"><a href="" class="quarto-color-scheme-toggle" title="Basculer le mode sombre"
onclick="window.quartoToggleColorScheme(); return false;"><i class="bi"></i></a>
<div class="sidebar-title"><a href="./">Diagnostic</a></div>
<a class="sidebar-link" href="./03.html">Familles</a><a class="sidebar-link active" href="./04.html">Petite</a></nav>
<nav id="TOC" role="doc-toc"><h2 id="toc-title">Sur cette page</h2><ul>
<li><a href="#les-âges" data-scroll-target="#les-âges">Les âges</a></li>
<li><a href="#fin" data-scroll-target="#fin">Fin</a></li></ul></nav>
<main class="content" id="quarto-document-content"><h1>Petite enfance</h1>
<div alt="60,5" typst:text:size="8pt" data-custom-style="Source"><img alt="60,5" src="x.svg"></div>
<section class="ctg-callout"><h2 class="anchored">L’essentiel</h2><p>Un.</p></section>
<section id="les-âges" class="level2"><h2 class="anchored" data-anchor-id="les-âges">Les âges</h2>
<div class="cell"><div id="fig-c"><figure class="quarto-float figure">
<figcaption>Figure 1 : <strong>Autant de places</strong> — <strong>places</strong></figcaption>
<div aria-describedby="c1"><img alt="a" src="y.svg"></div></figure></div></div>
<div class="ctg-source"><p>Source : Cnaf</p></div>
<details class="ctg-data"><summary>Données</summary></details>
<div class="ctg-map-areas" data-figure="fig-c" hidden><svg class="ctg-map-layer" viewBox="0 0 1 1"><path
d="M0 0"><title>Nant : 12</title></path></svg></div><p>Suite.</p>
<section class="ctg-callout"><h2 class="anchored">Vigilance</h2><p id="vigilances">Deux.</p></section></section>
<section id="fin" class="level2"><h2 class="anchored" data-anchor-id="fin">Fin</h2></section>
<p>Note.<a href="#fnref1" class="footnote-back" role="doc-backlink">↩︎</a></p><h1>Second titre</h1><h4>Saut</h4>
<div class="ctg-table-wrap" role="region" tabindex="0" aria-label="Communes">TABLE</div>
<div class="ctg-table-wrap" role="region" tabindex="0" aria-label="Communes">TABLE</div>
<table class="table"><thead><tr><th></th><th>Année</th><th>N</th></tr></thead><tbody><tr><td>1 &amp; 2</td><td>1</td>
<td>2</td></tr></tbody></table>
</main>
<nav class="page-navigation"><div class="nav-page nav-page-previous"><a class="pagination-link"
aria-label="Familles" href="./03.html"><span>5  Familles</span></a></div>
<div class="nav-page nav-page-next"><a class="pagination-link" aria-label="École" href="./05.html"><span>8  École</span></a>
</div></nav></body></html>""".replace(
    "TABLE",
    "<table class='ctg-table'><caption>Communes</caption><tr><th>a</th><td>b</td><td>c</td></tr></table>",
)


def _mended(mend: Callable[[BeautifulSoup, str], None]) -> BeautifulSoup:
    soup = BeautifulSoup(SHELL, "html.parser")
    mend(soup, "04.html")
    return soup


def test_the_page_says_which_chapter_it_is() -> None:
    body = _mended(mends.chapter).body
    assert body is not None and body["class"] == "nav-sidebar chapter-04"


def test_the_first_link_leads_to_the_text() -> None:
    soup = _mended(mends.skip_link)
    first = soup.find("a")
    assert first is not None and first["href"] == "#quarto-document-content"
    assert soup.main is not None and soup.main["tabindex"] == "-1"
    mends.skip_link(soup, "04.html")
    assert len(soup.select("a.ctg-skip")) == 1


def test_each_navigation_has_a_name_of_its_own() -> None:
    soup = _mended(mends.landmarks)
    names = [nav.get("aria-label") for nav in soup.find_all("nav") if nav.get("role") != "doc-toc"]
    assert None not in names and len(names) == len(set(names)) == 4
    assert soup.find(attrs={"role": "navigation"}) is None
    touched = soup.select_one("span.flex-grow-1")
    assert touched is not None and touched["aria-hidden"] == "true" and touched["onclick"] == "go()"


def test_links_to_neighbours_are_named_by_what_is_seen() -> None:
    soup = _mended(mends.neighbours)
    texts = [link.get_text(strip=True) for link in soup.select("a.pagination-link")]
    assert texts == ["Chapitre précédent\u00a0:5  Familles", "Chapitre suivant\u00a0:8  École"]
    assert not soup.select("a.pagination-link[aria-label]")


def test_the_page_that_is_read_is_marked() -> None:
    soup = _mended(mends.current_page)
    assert [a["href"] for a in soup.select("#quarto-sidebar [aria-current=page]")] == ["./04.html"]


def test_the_switch_of_colours_is_a_button() -> None:
    soup = _mended(mends.color_button)
    switch = soup.select_one(".quarto-color-scheme-toggle")
    assert switch is not None and switch.name == "button" and "href" not in switch.attrs
    assert switch["aria-label"] == "Basculer le mode sombre" and "quartoToggle" in str(switch["onclick"])


def test_icons_are_silent() -> None:
    assert all(i["aria-hidden"] == "true" for i in _mended(mends.icons).select("i.bi"))


def test_attributes_of_no_use() -> None:
    soup = _mended(mends.attributes)
    assert not soup.select("div[alt], [data-custom-style], button[role=button]")
    assert "typst:" not in str(soup) and [i["alt"] for i in soup.find_all("img")] == ["60,5", "a"]
    contents = soup.select_one("#TOC")
    assert contents is not None and contents["aria-labelledby"] == "toc-title"


def test_captions_are_not_pointed_at_twice() -> None:
    assert not _mended(mends.figures).select("[aria-describedby]")


def test_a_figure_holds_its_source_its_words_and_its_data() -> None:
    (figure,) = _mended(mends.figures).select("figure.ctg-figure")
    held = [child.get("class") for child in figure.find_all(recursive=False)]
    assert held[2:] == [["ctg-source"], ["ctg-data"], ["ctg-map-areas"]]
    title = figure.select_one(".ctg-title")
    assert title is not None and title.get_text() == "Autant de places"
    assert "Suite." not in figure.get_text(), "what follows is not of the figure"


def test_areas_are_laid_over_their_map() -> None:
    soup = _mended(mends.maps)
    (layer,) = soup.select("figure .ctg-map > img + svg.ctg-map-layer")
    assert layer.get_text() == "Nant : 12" and not soup.select(".ctg-map-areas")


def test_tables_of_markdown_get_scopes_and_wide_ones_a_region_of_their_own() -> None:
    soup = _mended(mends.tables)
    table = soup.select("main table")[-1]
    head = table.select("thead tr > *")
    assert [(c.name, c.get("scope")) for c in head] == [("td", None), ("th", "col"), ("th", "col")]
    assert [r["aria-label"] for r in soup.select("[role=region]")] == [
        "Tableau\u00a0: Communes", "Tableau\u00a0: Communes (2)", "Tableau\u00a0: Second titre",
    ]  # fmt: skip
    assert len(soup.select(".ctg-table-wrap")) == 3, "ours have theirs already"


def test_contents_list_the_titles_of_callouts() -> None:
    soup = _mended(mends.contents)
    lines = [(a["href"], a.get_text()) for a in soup.select("#TOC a")]
    assert lines == [
        ("#l-essentiel", "L’essentiel"), ("#les-âges", "Les âges"), ("#vigilance", "Vigilance"), ("#fin", "Fin"),
    ]  # fmt: skip
    assert all(soup.find(id=address[1:]) is not None for address, _ in lines)
    mends.contents(soup, "04.html")
    assert len(soup.select("#TOC a")) == 4


def test_the_way_back_from_a_note_is_said() -> None:
    link = _mended(mends.notes).select_one("a.footnote-back")
    assert link is not None and link.get_text(strip=True) == "↩Retour au texte"


def test_paper_stays_white() -> None:
    assert [link.get("media") for link in _mended(mends.paper).find_all("link")] == [None, "screen"]


def test_the_way_home_is_a_page() -> None:
    """From a folder, a browser lists the files of « ./ »."""
    assert [a["href"] for a in _mended(mends.home_link).select(".sidebar-title a")] == ["./index.html"]


def test_colours_are_remembered_in_a_folder() -> None:
    script = _mended(mends.remembered_colors).find(id="quarto-html-before-body")
    assert script is not None and "localStorage" in str(script) and "'file:'" not in str(script)


def test_headings_follow_each_other() -> None:
    headings = _mended(mends.headings).select("main h1, main h2, main h3, main h4")
    assert [h.name for h in headings] == ["h1", *["h2"] * 5, "h3"]


def test_the_module_is_called_as_a_script() -> None:
    soup = _mended(mends.classic_scripts)
    (script,) = soup.select("head script")
    assert script.get("type") is None and "defer" in script.attrs


def test_a_page_is_mended_once() -> None:
    once = mends.mend_page(SHELL, "04.html")
    assert mends.mend_page(once, "04.html").split() == once.split()
    assert "1 &amp; 2" in once and once.startswith("<!DOCTYPE html>")
    assert mends.mend_page("<p>sans texte principal</p>", "x") == "<p>sans texte principal</p>"


MODULE = 'import * as tabsets from "./tabsets/tabsets.js";\nconst a = 1;\ntabsets.init();\n'
TABSETS = "// tabs\nexport function init() { window.done = true; }\n"
READER = """async function readSearchData() {
    if (window.location.protocol === "file:" && !shownWarning) {
      window.alert("Search requires JavaScript features");
      shownWarning = true;
      return;
    }
    const response = await fetch(offsetURL("search.json"));
}"""


def test_a_book_opened_from_a_folder_has_its_scripts(tmp_path: Path) -> None:
    html, search = tmp_path / "site_libs" / "quarto-html", tmp_path / "site_libs" / "quarto-search"
    (html / "tabsets").mkdir(parents=True)
    search.mkdir()
    (html / "quarto.js").write_text(MODULE, encoding="utf-8")
    (html / "tabsets" / "tabsets.js").write_text(TABSETS, encoding="utf-8")
    (search / "quarto-search.js").write_text(READER, encoding="utf-8")
    (tmp_path / "search.json").write_text(
        json.dumps(
            [{"objectID": "04.html", "href": "04.html", "title": "7 Été", "section": "", "text": "x"}]
        ),
        encoding="utf-8",
    )
    (tmp_path / "04.html").write_text(SHELL, encoding="utf-8")
    mends.mend_book(tmp_path)
    script = (html / "quarto.js").read_text(encoding="utf-8")
    assert "import" not in script and "export" not in script and "function init()" in script
    reader = (search / "quarto-search.js").read_text(encoding="utf-8")
    assert (
        "alert" not in reader and "search-index.js" in reader and 'fetch(offsetURL("search.json"))' in reader
    )
    index = (tmp_path / mends.SEARCH_SCRIPT).read_text(encoding="utf-8")
    entries = json.loads(index.removeprefix("window.reportSearchIndex = ").removesuffix(";\n"))
    assert entries == json.loads((tmp_path / "search.json").read_text(encoding="utf-8"))
    assert all(entry["title"] == "7 Été" for entry in entries)
    found = {entry["objectID"]: (entry["section"], entry["text"]) for entry in entries}
    assert found["04.html#les-âges"] == ("Les âges", "Suite.")
    assert found["04.html#fig-c"] == ("Autant de places", "a")
    assert found["04.html#l-essentiel"] == ("L’essentiel", "Un.")
    assert 'class="ctg-skip"' in (tmp_path / "04.html").read_text(encoding="utf-8")


def test_a_search_without_accents() -> None:
    text = "\n".join(before for before, _ in mends._UNACCENTED)
    made = mends.unaccented_search(text)
    assert made.startswith("const ctgPlain") and made.count("ctgPlain(") == 4 and "\\p{M}/gu" in made
    assert mends.unaccented_search("await index.search(query, fuseOptions)").startswith("await")


@pytest.mark.parametrize("module", ["const a = 1;", MODULE + 'import b from "./b.js";\n'])
def test_other_scripts_are_left_alone(module: str) -> None:
    assert mends.plain_script(module, TABSETS) == module
    assert mends.local_search("await fetch(x)") == "await fetch(x)"
