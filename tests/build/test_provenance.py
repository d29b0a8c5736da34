"""From a figure to its files and definitions in one click, and to nothing that the report does not have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from fake_notebooks import code_cell, figure, notebook, shown, write

from ctg_lib.build.assemble_nbconvert import assemble_site
from ctg_lib.build.info import ReportInfo
from ctg_lib.build.provenance import FEW, Links, Site
from ctg_lib.display.figure import Absent
from ctg_lib.display.output import SourceText
from ctg_lib.display.table import KeyFigure, Table, key_figures, prose

INFO = ReportInfo("1", "Diagnostic", "Territoire")
RP, CNAF = ("insee_rp", "Insee, RP"), ("cnaf_2023", "Cnaf, taux <2023>")
LONG = ("insee_rp_2021", "Insee, RP 2021")


def _line(*indicators: str) -> SourceText:
    text = "Insee, RP 2021 ; Insee, RP ; Cnaf, taux <2023> (valeurs reprises)"
    return SourceText(text, [RP, LONG, CNAF], [(i, f"taux {i}") for i in indicators])


def _table(source: str, id: str = "tbl-a", **more: Any) -> Table:
    frame = pd.DataFrame({"a": ["x"], "anchor": ["source-insee-rp"]})
    return Table(frame, id=id, caption="Un tableau", source=source, columns={"a": "A"}, **more)


def _output(value: Any) -> Any:
    data, metadata = value._repr_mimebundle_()
    return shown({"data": data, "metadata": metadata})


def _theme() -> Any:
    with_origin = figure()
    record = with_origin["metadata"]["ctg"]
    record |= {
        "source": str(_line()),
        "origin": {"files": [list(RP), list(CNAF)], "indicators": [["naissances", "naissances"]]},
    }
    cards = key_figures([KeyFigure("sans source", "1"), KeyFigure("naissances", "3", source=_line("naissances")),
                         KeyFigure("b", "2", source="Autre")])  # fmt: skip
    return notebook(
        "Thème",
        code_cell("a", [shown(with_origin)]),
        code_cell("b", [_output(_table(_line("naissances", "inconnu")))]),
        code_cell("c", [_output(_table(_line(*"abcde"), "tbl-b"))]),
        code_cell("d", [_output(cards)]),
        code_cell("e", [_output(Absent("Rien", "aucune valeur", "fig-rien", _line()))]),
        code_cell("f", [_output(prose("- Source : Insee, RP.\n- Insee, RP, ailleurs.", source=_line()))]),
        code_cell("g", [_output(prose("Voir [les sources](91-sources.ipynb#source-insee-rp) et [rien](77-rien.ipynb)."))]),
    )  # fmt: skip


def _dictionary() -> Any:
    headings = [f"### Taux {i} {{#indicateur-{i}}}\n\nDéfini." for i in ("naissances", *"abcde")]
    return notebook("Dictionnaire", code_cell("x", [_output(prose("\n\n".join(["## Tous", *headings])))]))


def _sources() -> Any:
    rows = pd.DataFrame(
        {"a": ["x", "y", "z"], "anchor": ["source-insee-rp", "source-insee-rp-2021", "source-cnaf-2023"]}
    )
    table = Table(
        rows, id="tbl-s", caption="Fichiers", source="manifeste", columns={"a": "A"}, anchors="anchor"
    )
    return notebook("Sources", code_cell("x", [_output(table)]))


def _site(tmp_path: Path, **notebooks: Any) -> Path:
    paths = [write(tmp_path / "chapters" / f"{slug}.ipynb", nb) for slug, nb in notebooks.items()]
    assemble_site(paths, INFO, tmp_path / "report")
    return tmp_path / "report"


def _soup(site: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _site(
        tmp_path_factory.mktemp("whole"),
        **{"04-theme": _theme(), "90-dico": _dictionary(), "91-sources": _sources()},
    )


def _links(tag: Any) -> list[tuple[str, str]]:
    return [(a.get_text(), str(a["href"])) for a in tag.find_all("a")]


RP_LINK = ("Insee, RP", "91-sources.html#source-insee-rp")
LONG_LINK = ("Insee, RP 2021", "91-sources.html#source-insee-rp-2021")
CNAF_LINK = ("Cnaf, taux <2023>", "91-sources.html#source-cnaf-2023")


def test_every_link_leads_to_an_anchor(whole: Path) -> None:
    for name in ("04-theme.html", "90-dico.html", "91-sources.html"):
        for _, address in _links(_soup(whole, name).main):
            page, _, anchor = address.partition("#")
            if page.endswith(".html"):
                assert _soup(whole, page).find(id=anchor) if anchor else (whole / page).is_file(), address


def test_a_figure_links_its_files_and_its_definition(whole: Path) -> None:
    shown_figure = _soup(whole, "04-theme.html").find("figure")
    source, defined = shown_figure.select("p.ctg-source")
    assert _links(source) == [("Insee, RP", RP_LINK[1]), CNAF_LINK]  # the longer name is not known here
    assert source.get_text().startswith("Source\u00a0: Insee, RP 2021\u202f; Insee, RP")
    assert _links(defined) == [("naissances", "90-dico.html#indicateur-naissances")]
    assert defined.get_text() == "Définition\u00a0: naissances"


def test_a_table_links_the_longest_name_and_leaves_out_what_is_told_nowhere(whole: Path) -> None:
    block = _soup(whole, "04-theme.html").find(id="tbl-a")
    source, defined = block.select("p.ctg-source")
    assert _links(source) == [LONG_LINK, RP_LINK, CNAF_LINK]
    assert "(valeurs reprises)" in source.get_text()
    assert _links(defined) == [("taux naissances", "90-dico.html#indicateur-naissances")]


def test_many_definitions_are_to_unfold(whole: Path) -> None:
    block = _soup(whole, "04-theme.html").find(id="tbl-b")
    unfolded = block.find("details")
    assert unfolded.summary.get_text() == "5\u00a0définitions" and FEW < 5
    assert [address for _, address in _links(unfolded)] == [f"90-dico.html#indicateur-{i}" for i in "abcde"]


def test_key_figures_absences_and_prose(whole: Path) -> None:
    soup = _soup(whole, "04-theme.html")
    first, second = soup.select("dd.ctg-key-source")
    assert [address for _, address in _links(first)][-1] == "90-dico.html#indicateur-naissances"
    assert first.find_all("a")[-1].get_text() == "définition\u00a0: taux naissances"
    assert _links(second) == []
    assert _links(soup.find(id="fig-rien").select_one("p.ctg-source")) == [LONG_LINK, RP_LINK, CNAF_LINK]
    told, elsewhere = [li for li in soup.find_all("li") if "Insee, RP" in li.get_text()]
    assert _links(told) == [RP_LINK] and _links(elsewhere) == []


def test_links_to_a_chapter_that_is_not_there_are_words(whole: Path) -> None:
    said = next(p for p in _soup(whole, "04-theme.html").find_all("p") if p.get_text().startswith("Voir"))
    assert _links(said) == [("les sources", "91-sources.html#source-insee-rp")]
    assert said.get_text() == "Voir les sources et rien."


def test_a_chapter_alone_is_plain_text(tmp_path: Path) -> None:
    soup = _soup(_site(tmp_path, **{"04-theme": _theme()}), "04-theme.html")
    for tag in soup.select(".ctg-source, .ctg-key-source"):
        assert _links(tag) == []
    assert not soup.select(".ctg-defined") and "taux <2023>" in soup.find(id="tbl-a").get_text()
    said = next(p for p in soup.find_all("p") if p.get_text().startswith("Voir"))
    assert _links(said) == []


def test_same_bytes_twice(whole: Path, tmp_path: Path) -> None:
    again = _site(tmp_path, **{"04-theme": _theme(), "90-dico": _dictionary(), "91-sources": _sources()})
    assert (again / "04-theme.html").read_bytes() == (whole / "04-theme.html").read_bytes()


def test_of_two_equal_anchors_the_first_page_is_linked() -> None:
    site = Site.of([("a", _sources()), ("b", _sources())])
    assert site.addresses["source-insee-rp"] == "a.html#source-insee-rp" and site.slugs == {"a", "b"}
    assert site.links(None) is None and site.links({"files": [["x", "X"]], "indicators": []}) is None


def test_a_name_that_begins_another_is_not_taken_for_it():
    links = Links({"Insee, RP 2023": "91.html#source-a"}, ())
    text = "Source : Insee, RP 2023, exploitation principale ; Insee, RP 2023 (valeurs reprises)"
    said = links.line(text)
    assert said.count("<a ") == 1
    assert 'principale ; <a href="91.html#source-a">Insee, RP 2023</a> (valeurs' in said


def test_source_lines_are_linked_alone_as_with_the_whole_table_read() -> None:
    from ctg_lib.build import provenance
    from ctg_lib.build.bundles import cell_items

    addresses = {f"source-{name}": f"91.html#source-{name}" for name in ("insee-rp", "cnaf-2023")}
    site = Site(frozenset(), addresses | {f"indicateur-{i}": f"90.html#{i}" for i in "abcde"})
    for count in (0, 2, 5):
        cell = code_cell("b", [_output(_table(_line(*"abcde"[:count])))])
        item = next(iter(cell_items(cell)))
        html = item.data["text/html"]
        assert provenance._LINE.search(html) and "<a " not in html
        alone = provenance.linked(html, item, site)
        whole = provenance.linked(html.replace('"ctg-source"', '"ctg-source "'), item, site)
        assert alone.count("<a ") == 2 + count
        assert BeautifulSoup(alone, "html.parser").decode() == BeautifulSoup(whole, "html.parser").decode()
