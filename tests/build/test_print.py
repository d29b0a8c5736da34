"""The report on paper without Quarto: PDF and Word read back, the two leaflets, what is said when it fails."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from fake_notebooks import callout, code_cell, figure, markdown_cell, notebook, prose, shown, table

from ctg_lib.archive import fixed_zip
from ctg_lib.build import pandoc
from ctg_lib.build.assemble_print import (
    chapter_numbers,
    leaflets_if_possible,
    print_leaflets,
    print_report,
)
from ctg_lib.build.bundles import AssemblyError
from ctg_lib.build.documents import agreed_links, document_links
from ctg_lib.build.info import ReportInfo
from ctg_lib.build.normalise import normalise, to_bytes
from ctg_lib.build.print_text import Printed, _share
from ctg_lib.build.typst_text import shares, table_code, table_size, text
from ctg_lib.display.table import KeyFigure, Table, key_figures
from ctg_lib.display.table import callout as real_callout

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
INFO = ReportInfo(
    "241200906", "Diagnostic", "Larzac et Vallées", subtitle="CTG", as_of="1er septembre 2026", fictif=True,
    sources=[("Cnaf", "2023", "published")], missing=["Ce qui manque."], licence="Licence Ouverte.", version="0.1.0",
)  # fmt: skip
SHA = "0123456789abcdef" * 4
ORIGIN = {"origin": {"files": [["cnaf_2023", "Cnaf, 2023"]], "indicators": [["taux", "Taux de couverture"]]}}


def _bundle(output: Any) -> dict[str, Any]:
    data, metadata = output._repr_mimebundle_()
    return {"data": data, "metadata": metadata}


def _annex() -> Any:
    import pandas as pd

    frame = pd.DataFrame(
        {
            "nom": ["Cnaf, 2023 — Taux"], "dit": [f"Fichier a_b.csv (sha256 {SHA[:12]}…)."],
            "sha256": [SHA], "anchor": ["source-cnaf-2023"],
        }
    )  # fmt: skip
    sources = Table(
        frame, id="tbl-sources", caption="Les fichiers", source="manifeste", anchors="anchor",
        columns={"nom": "Source", "dit": "Ce que c’est"}, more={"sha256": "sha256"},
    )  # fmt: skip
    words = prose("### Taux de couverture {#indicateur-taux}\n\nPlaces pour 100 enfants.")
    return notebook("Sources", code_cell("x", [shown(_bundle(sources)), shown(words)]))


def _theme() -> Any:
    return notebook(
        "Petite enfance",
        markdown_cell(
            "Texte.[^1] Voir [les sources](91-sources-methodes.ipynb), [ailleurs](77-absent.ipynb#x).\n\n[^1]: Note."
        ),
        code_cell("x", [shown(callout()), shown(figure(**ORIGIN)), shown(figure("fig-deux"))]),
        markdown_cell("#### Un titre trop bas"),
        code_cell(
            "x", [shown(table()), shown(prose("Prix : 3 $, a@b, « @etalab ».[^1]\n\n[^1]: Autre note."))]
        ),
        code_cell("x", [shown(_bundle(real_callout("1. **Un.** Deux.\n2. Trois", "vigilance")))]),
        code_cell(
            "x", [shown(_bundle(key_figures([KeyFigure("places", "82", "France : 60,9", "Cnaf, 2023")])))]
        ),
    )


def _synthesis(long: int = 1) -> Any:
    shots = [shown(figure(f"fig-{n}")) for n in range(long)]
    return notebook(
        "Synthèse", code_cell("x", [shown(prose("## Chiffres clés\n\nUn texte."))]), code_cell("y", shots)
    )


def _communes(rows: int = 3) -> Any:
    sheets = []
    for rank, name in enumerate(("La Cavalerie", "Nant", "L’Hospitalet"), start=1):
        lines = "".join(f"<tr><th>ligne {n}</th><td>{n}</td></tr>" for n in range(rows))
        made = table(f"tbl-habitants-{rank}")
        made["data"]["text/html"] = (
            f"<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody>{lines}</tbody></table>"
        )
        sheets += [shown(prose(f"## {name}\n\n**12 habitants.**")), shown(made)]
    return notebook(
        "Une page par commune",
        code_cell("x", [shown(prose("Comment lire ces pages."))]),
        code_cell("y", [shown(table("tbl-communes"))]),
        code_cell("z", sheets),
        code_cell("c", [shown(prose("## Le commentaire de l’analyste\n\nHors des pages."))]),
    )


def _executed(folder: Path, **notebooks: Any) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for slug, one in notebooks.items():
        paths.append(folder / f"{slug.removeprefix('c').replace('_', '-')}.ipynb")
        paths[-1].write_bytes(to_bytes(normalise(one)))
    return paths


def _report(tmp_path: Path) -> list[Path]:
    return _executed(
        tmp_path / "chapters",
        c00_synthese=_synthesis(),
        c04_petite_enfance=_theme(),
        c91_sources_methodes=_annex(),
    )


def _pdf(content: bytes) -> Any:
    from pypdf import PdfReader

    return PdfReader(io.BytesIO(content))


def _words(page: Any) -> str:
    return " ".join(page.extract_text().replace("\u00a0", " ").replace("\u202f", " ").split())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("print")
    said: list[str] = []
    paths = print_report(
        _report(folder), INFO, folder, notebooks=NOTEBOOKS, formats=("html", "pdf", "docx"), say=said.append
    )
    assert [path.name for path in paths] == ["report.pdf", "report.docx"] and not said
    assert not [p for p in folder.iterdir() if p.name.startswith(".print")]
    return {path.suffix: path.read_bytes() for path in paths}


def test_pdf_says_what_it_is_on_every_page(made: dict[str, bytes]) -> None:
    pdf = _pdf(made[".pdf"])
    pages = [_words(page) for page in pdf.pages]
    assert all("Fictif" in page for page in pages)
    assert "Diagnostic — Larzac et Vallées" in pages[0] and "Situation au 1er septembre 2026" in pages[0]
    total = len(pages)
    for number, page in enumerate(pages[1:], start=2):
        assert f"étude 241200906 · situation au 1er septembre 2026 · fictif {number} / {total}" in page
    assert pdf.metadata.title == "Diagnostic — Larzac et Vallées"
    assert pdf.trailer["/Root"]["/Lang"] == "fr" and pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert b"pdfuaid:part" in pdf.trailer["/Root"]["/Metadata"].get_data(), "PDF/UA-1 is claimed"
    for page in pdf.pages:
        box = [round(float(size)) for size in page.mediabox[2:]]
        assert box == [595, 842], "A4"


def test_pdf_holds_every_part_of_the_chapters(made: dict[str, bytes]) -> None:
    pdf = _pdf(made[".pdf"])
    words = " ".join(_words(page) for page in pdf.pages)
    chapters = [one.title for one in pdf.outline if not isinstance(one, list)]
    assert chapters == ["Ce rapport", "1. Synthèse", "2. Petite enfance", "3. Sources"]
    for said in (
        "Figure 2.1 : Autant de places", "Figure 2.2 : Autant de places", "Tableau 2.1 : Population des communes",
        "Source : Cnaf, 2023", "Ce qui manque.", "Prix : 3 $, a@b, « @etalab ».", "Note.", "Autre note.",
        "Définition : Taux de couverture", "ailleurs", "82", "France : 60,9", "L’essentiel", "Points de vigilance",
    ):  # fmt: skip
        assert said in words, said
    assert SHA in words.replace(" ", "").replace("\u200b", ""), "the annex gives the whole sha256"


def _internal_links(pdf: Any) -> list[tuple[int, int]]:
    """(page, page) of each link inside the document."""
    numbers = {page.indirect_reference.idnum: rank for rank, page in enumerate(pdf.pages)}
    found = []
    for rank, page in enumerate(pdf.pages):
        for one in page.get("/Annots") or ():
            link = one.get_object()
            target = link.get("/Dest") or (link.get("/A") or {}).get("/D")
            if isinstance(target, str):
                target = pdf.named_destinations[target].dest_array
            if target:
                found.append((rank, numbers[target[0].idnum]))
    return found


def test_source_lines_lead_to_the_annex(made: dict[str, bytes]) -> None:
    pdf = _pdf(made[".pdf"])
    pages = [_words(page) for page in pdf.pages]
    theme = max(n for n, page in enumerate(pages) if "2. Petite enfance" in page)
    annex = max(n for n, page in enumerate(pages) if "3. Sources" in page)
    found = [pair for pair in _internal_links(pdf) if pair[0] >= theme and pair[1] == annex]
    assert annex > theme and len(found) == 3, "the file, the definition, « les sources »"


def _tags(pdf: Any) -> list[tuple[str, Any]]:
    """(role, element) of the tree of structure, in reading order."""
    found: list[tuple[str, Any]] = []

    def walk(element: Any) -> None:
        element = element.get_object()
        if isinstance(element, list):
            for child in element:
                walk(child)
        elif isinstance(element, dict):
            if "/S" in element:
                found.append((str(element["/S"]), element))
            if "/K" in element:
                walk(element["/K"])

    walk(pdf.trailer["/Root"]["/StructTreeRoot"]["/K"])
    return found


@pytest.mark.parametrize("name", ["report", "synthese", "communes"])
def test_pdf_can_be_read_aloud(tmp_path: Path, made: dict[str, bytes], name: str) -> None:
    """What a checker of PDF/UA-1 asks, read in the file: language, title, tags, alternatives, headings, heads."""
    if name == "report":
        pdf = _pdf(made[".pdf"])
    else:
        parts = {"synthese": {"c00_synthese": _synthesis()}, "communes": {"c80_communes": _communes()}}[name]
        pdf = _leaflets(tmp_path, **parts)[f"{name}.pdf"]
    root = pdf.trailer["/Root"]
    assert root["/Lang"] == "fr" and root["/MarkInfo"]["/Marked"] and pdf.metadata.title
    assert root["/ViewerPreferences"]["/DisplayDocTitle"], "the window shows the title, not the file's name"
    tags = _tags(pdf)
    roles = [role for role, _ in tags]
    figures = [element for role, element in tags if role == "/Figure"]
    assert all(str(figure.get("/Alt", "")).strip() for figure in figures)
    assert len(figures) == {"report": 3, "synthese": 1, "communes": 0}[name]
    assert {str(one["/Alt"])[:24] for one in figures} <= {"Larzac et Vallées : 60,5"}
    levels = [int(role[2:]) for role in roles if re.fullmatch(r"/H[1-6]", role)]
    assert levels and levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels)), "no level is skipped"
    assert roles.count("/Table") == roles.count("/THead") if name != "synthese" else "/Table" not in roles
    assert name == "synthese" or "/TH" in roles
    for page in pdf.pages:
        assert page["/Tabs"] == "/S" or "/Annots" not in page
        links = [one.get_object() for one in page.get("/Annots") or ()]
        assert all("/StructParent" in link and link.get("/Contents") for link in links)


def test_word_document(made: dict[str, bytes]) -> None:
    from docx import Document
    from docx.oxml.ns import qn

    document = Document(io.BytesIO(made[".docx"]))
    body = document.element.body
    pictures = list(body.iter(qn("wp:docPr")))
    assert len(pictures) == 3
    assert all(one.get("descr", "").startswith("Larzac et Vallées : 60,5") for one in pictures)
    styles = {p.style.name for p in document.paragraphs}
    assert {
        "Title", "heading 1".title(), "Légende de figure", "Légende de tableau", "Source", "Figure",
    } <= styles, "named in French"  # fmt: skip
    texts = [p.text.replace("\u00a0", " ") for p in document.paragraphs]
    assert any(t.startswith("Figure 2.1 : Autant de places") for t in texts)
    assert any(t.startswith("Tableau 2.1 : Population") for t in texts)
    assert any("a@b, « @etalab »" in t for t in texts)
    assert body.find(f".//{qn('w:tblCaption')}").get(qn("w:val")).startswith("Tableau\u00a02.1")
    for made_table in document.tables[1:]:  # the first one frames a paragraph without title
        assert made_table.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None, "the head is repeated"
        assert all(row._tr.find(f".//{qn('w:cantSplit')}") is not None for row in made_table.rows)
    section = document.sections[0]
    assert "étude 241200906" in section.footer.paragraphs[0].text.replace("\u00a0", " ")
    assert section.header.paragraphs[0].text.startswith("Fictif")
    assert "inventées pour la démonstration" in document.tables[0].rows[0].cells[0].text
    assert document.core_properties.title == "Diagnostic — Larzac et Vallées"
    assert document.core_properties.language == "fr-FR"
    cells = " ".join(cell.text for t in document.tables for row in t.rows for cell in row.cells)
    assert SHA in cells


def test_word_callouts_stand_in_frames(made: dict[str, bytes]) -> None:
    from docx import Document
    from docx.oxml.ns import qn

    document = Document(io.BytesIO(made[".docx"]))
    frames = [t for t in document.tables if t.style and t.style.name.startswith("Encadré")]
    assert [t.style.name for t in frames] == ["Encadré vigilance Cadre"] * 2
    last = frames[-1]
    assert [row.cells[0].paragraphs[0].text for row in last.rows] == ["Points de vigilance", "Un. Deux."]
    assert {p.style.name for row in last.rows for p in row.cells[0].paragraphs} == {
        "Encadré vigilance", "Encadré vigilance Titre",
    }  # fmt: skip
    for frame in frames:
        assert frame._tbl.getnext().tag == qn("w:p"), "two tables would be one"
    assert "Encadré vigilance" not in {p.style.name for p in document.paragraphs}, "none stands outside"


def test_word_key_figures_are_a_table(made: dict[str, bytes]) -> None:
    from docx import Document

    tables = Document(io.BytesIO(made[".docx"])).tables
    cards = next(t for t in tables if t.rows[0].cells[0].text == "Chiffre")
    rows = [[cell.text.replace("\u00a0", " ") for cell in row.cells] for row in cards.rows]
    assert rows == [
        ["Chiffre", "Ce que c’est", "Pour comparer", "Source"],
        ["82", "places", "France : 60,9", "Cnaf, 2023"],
    ]
    assert cards.rows[1].cells[0].paragraphs[0].runs[0].style.name == "Chiffre clé"


def test_word_keeps_a_table_with_its_source(made: dict[str, bytes]) -> None:
    from docx import Document
    from docx.oxml.ns import qn

    body = Document(io.BytesIO(made[".docx"])).element.body
    short = next(t for t in body.iter(qn("w:tbl")) if "La Cavalerie" in "".join(t.itertext()))
    kept = [row.find(f".//{qn('w:keepNext')}") is not None for row in short.findall(qn("w:tr"))]
    assert len(kept) > 1 and all(kept)


def test_styles_that_staff_edit_win(tmp_path: Path, made: dict[str, bytes]) -> None:
    """The report's own styles, changed and saved by a French Word (which renames the ids of its own)."""
    from docx import Document
    from docx.oxml.ns import qn

    notebooks = tmp_path / "notebooks"
    (notebooks / "theme").mkdir(parents=True)
    (notebooks / "_quarto.yml").write_text("book:\n  chapters: [04-petite-enfance.ipynb]\n", encoding="utf-8")
    edited = Document(io.BytesIO(made[".docx"]))
    edited.styles["Légende de figure"].font.size = 30 * 12700
    ids = {"Heading1": "Titre1", "TOC1": "TM1"}
    for element in [edited.element, edited.styles.element]:
        for one in element.iter(qn("w:style"), qn("w:pStyle"), qn("w:basedOn")):
            for key in (qn("w:styleId"), qn("w:val")):
                if one.get(key) in ids:
                    one.set(key, ids[one.get(key)])
    edited.save(str(notebooks / "theme" / "reference.docx"))
    paths = _executed(tmp_path / "c", c04_petite_enfance=_theme())
    other = replace(INFO, study_id="200067155", territory_name="Ailleurs", fictif=False)
    (path,) = print_report(paths, other, tmp_path, notebooks=notebooks, formats=("docx",))
    document = Document(str(path))
    section = document.sections[0]
    foot = section.footer.paragraphs[0].text.replace("\u00a0", " ")
    assert foot.startswith("Ailleurs · étude 200067155") and "Larzac" not in foot, "the former study's words"
    assert not section.header.paragraphs[0].text.strip(), "this one is not made up"
    caption = next(p for p in document.paragraphs if p.text.startswith("Figure"))
    assert caption.style.name == "Légende de figure" and caption.style.font.size == 30 * 12700
    lines = [p for p in document.element.body.iter(qn("w:p")) if p.pPr is not None and p.style == "TM1"]
    contents = ["".join(t.text for t in p.iter(qn("w:t"))).replace("\u00a0", " ") for p in lines]
    assert contents == ["Ce rapport", "1. Petite enfance"]
    assert any(t.style.name == "Encadré vigilance Cadre" for t in document.tables)


def test_own_word_document_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "theme").mkdir()
    (tmp_path / "theme" / "reference.docx").write_text("x", encoding="utf-8")
    (tmp_path / "_quarto.yml").write_text("book:\n  chapters: []\n", encoding="utf-8")
    paths = _executed(tmp_path / "c", c04_petite_enfance=_theme())
    with pytest.raises(AssemblyError, match="un document Word"):
        print_report(paths, INFO, tmp_path, notebooks=tmp_path, formats=("docx",))


def _dictionary() -> Any:
    entry = "### {n} {{#indicateur-{n}}}\n\nLarzac : **{n}**.\n\n- Unité : places.\n- Pas de taux.\n- Identifiant : `t_{n}` ; catalogue."
    themes = [
        code_cell("x", [shown(prose("\n\n".join(entry.format(n=f"{theme}{n}") for n in range(4))))])
        for theme in "ab"
    ]
    first, second = markdown_cell("## Petite enfance"), markdown_cell("## Jeunesse")
    end = code_cell("x", [shown(_bundle(real_callout("- Une remarque.", "vigilance")))])
    return notebook("Dictionnaire", markdown_cell("Avant."), first, themes[0], second, themes[1], end)


def test_dictionary_is_compact(tmp_path: Path) -> None:
    from docx import Document
    from docx.oxml.ns import qn

    chapters = [("90-indicateurs", _dictionary())]
    told = Printed.of(chapters, "typst").chapter("90-indicateurs", chapters[0][1], "A")
    assert told.count("#dense[") == 1, "one run of columns for all themes"
    opened = told.index("#dense[")
    assert told.index("Avant.") < opened < told.index("## Petite enfance") < told.index("## Jeunesse")
    assert told.index("Une remarque.") < told.index("] // dense")
    assert (
        "*Unité\u00a0:* places. Pas de taux. *Identifiant\u00a0:* `t_a0`" in told and "\n- Unité" not in told
    )
    paths = _executed(tmp_path / "c", c90_indicateurs=_dictionary())
    pdf, word = print_report(paths, INFO, tmp_path, notebooks=NOTEBOOKS, formats=("pdf", "docx"))
    assert "Identifiant : t_b3 ; catalogue." in " ".join(_words(p) for p in _pdf(pdf.read_bytes()).pages)
    document = Document(str(word))
    columns = [s._sectPr.find(qn("w:cols")) for s in document.sections]
    numbers = [c.get(qn("w:num")) if c is not None else None for c in columns]
    assert numbers == [None, "2", None]
    assert all(
        "étude 241200906" in s.footer.paragraphs[0].text.replace("\u00a0", " ") for s in document.sections
    )
    said = [
        p.text.replace("\u00a0", " ").replace("\u202f", " ")
        for p in document.paragraphs
        if p.style.name == "Définition"
    ]
    assert len(said) == 16 and said[1] == "Unité : places. Pas de taux. Identifiant : t_a0 ; catalogue."


def test_a_tree_of_actions_is_no_dictionary() -> None:
    tree = "## Des axes aux actions\n\n" + "\n\n".join(
        f"### Axe {n}\n\n- **Orientation**\n    - Objectif\n        - **A0{n} Ouvrir**" for n in range(1, 5)
    )
    chapters = [("15b-plan-action", notebook("Plan d’action", code_cell("x", [shown(prose(tree))])))]
    for fmt in ("typst", "docx"):
        told = Printed.of(chapters, fmt).chapter(*chapters[0], "1")
        assert "#dense[" not in told and "\n        - **A04 Ouvrir**" in told, fmt


@pytest.mark.parametrize(
    "width,height,share",
    [
        (480, 300, 60.0),
        (480, 624, 60.0),
        (480, 780, 48.0),
        (480, 1104, 60 * 2.1 * 480 / 1104),
        (480, 900, 60.0),
    ],
)
def test_a_tall_drawing_stays_legible(width: float, height: float, share: float) -> None:
    assert _share(width, height) == pytest.approx(share)
    assert share * height / width <= 60 * 2.1 + 1e-9  # 203 mm of a text of 161 mm by 245 mm


def test_each_commune_has_its_page_in_the_report(tmp_path: Path) -> None:
    from docx import Document
    from docx.oxml.ns import qn

    paths = _executed(tmp_path / "c", c80_communes=_communes())
    pdf, word = print_report(paths, INFO, tmp_path, notebooks=NOTEBOOKS, formats=("pdf", "docx"))
    pages = [_words(page) for page in _pdf(pdf.read_bytes()).pages]
    for name in ("La Cavalerie", "Nant", "L’Hospitalet"):
        assert sum(
            page.startswith(f"Fictif — données inventées pour la démonstration {name} 12") for page in pages
        )
    document = Document(str(word))
    broken = [p.text for p in document.paragraphs if p._p.find(f".//{qn('w:pageBreakBefore')}") is not None]
    assert broken == ["La Cavalerie", "Nant", "L’Hospitalet"]


def test_word_contents_are_there_and_links_lead_somewhere(made: dict[str, bytes]) -> None:
    from docx import Document
    from docx.oxml.ns import qn

    body = Document(io.BytesIO(made[".docx"])).element.body
    contents = [p for p in body.iter(qn("w:p")) if p.pPr is not None and "TOC1" in str(p.style)]
    titles = ["Ce rapport", "1. Synthèse", "2. Petite enfance", "3. Sources"]
    assert ["".join(t.text for t in p.iter(qn("w:t"))).replace("\u00a0", " ") for p in contents] == titles
    marks = [one.get(qn("w:fldCharType")) for one in body.iter(qn("w:fldChar"))]
    assert marks == ["begin", "separate", "end"]
    assert not [one for one in body.iter(qn("w:fldChar")) if one.get(qn("w:dirty"))], (
        "Word would ask a question"
    )
    bookmarks = {one.get(qn("w:name")) for one in body.iter(qn("w:bookmarkStart"))}
    anchors = [one.get(qn("w:anchor")) for one in body.iter(qn("w:hyperlink")) if one.get(qn("w:anchor"))]
    assert anchors and set(anchors) <= bookmarks
    assert {"source-cnaf-2023", "indicateur-taux", "chapitre-91-sources-methodes"} <= set(anchors) | bookmarks
    assert "source-cnaf-2023" in anchors and "indicateur-taux" in anchors


def test_same_inputs_same_bytes(tmp_path: Path, made: dict[str, bytes]) -> None:
    again = print_report(_report(tmp_path), INFO, tmp_path, notebooks=NOTEBOOKS, formats=("pdf", "docx"))
    assert {path.suffix: path.read_bytes() for path in again} == made
    assert str(tmp_path).encode() not in b"".join(made.values())
    with zipfile.ZipFile(io.BytesIO(made[".docx"])) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


# --- leaflets --------------------------------------------------------------------------------------


def _leaflets(tmp_path: Path, said: list[str] | None = None, **notebooks: Any) -> dict[str, Any]:
    paths = print_leaflets(
        _executed(tmp_path / "chapters", **notebooks),
        INFO,
        tmp_path,
        say=(said if said is not None else []).append,
    )
    return {path.name: _pdf(path.read_bytes()) for path in paths}


@pytest.mark.parametrize("figures", [1, 7])
def test_synthesis_has_four_pages_at_most(tmp_path: Path, figures: int) -> None:
    said: list[str] = []
    pdf = _leaflets(tmp_path, said, c00_synthese=_synthesis(figures))["synthese.pdf"]
    pages = [_words(page) for page in pdf.pages]
    assert len(pages) <= 4 and not said
    assert all("Fictif" in page and "étude 241200906" in page for page in pages)
    assert pages[0].startswith("Fictif") and "Synthèse" in pages[0] and "Chiffres clés" in pages[0]
    assert sum(page.count("Autant de places") for page in pages) == figures
    assert "rapport entier de l’étude 241200906" in pages[-1]


@pytest.mark.parametrize("rows", [3, 32])
def test_one_page_per_commune_and_nothing_else(tmp_path: Path, rows: int) -> None:
    """Many rows do not fit at the usual size: the text of all pages is then smaller."""
    pdf = _leaflets(tmp_path, c80_communes=_communes(rows))["communes.pdf"]
    pages = [_words(page) for page in pdf.pages]
    assert len(pages) == 3
    for page, name in zip(pages, ("La Cavalerie", "Nant", "L’Hospitalet"), strict=True):
        assert name in page and f"ligne {rows - 1}" in page and "Fictif" in page
        assert "Comment lire ces pages." in page
        assert "Hors des pages" not in page and "1 234" not in page


@pytest.mark.slow
def test_what_cannot_fit_is_said(tmp_path: Path) -> None:
    said: list[str] = []
    _leaflets(tmp_path, said, c80_communes=_communes(120))
    assert said == ["communes.pdf : le texte ne tient pas dans les pages prévues, même à 8 points"]


def test_no_leaflet_without_its_chapter(tmp_path: Path) -> None:
    assert _leaflets(tmp_path, c04_petite_enfance=_theme(), c80_communes=_theme()) == {}


def test_links_of_the_home_page(tmp_path: Path) -> None:
    site = tmp_path / "report"
    site.mkdir()
    for path, size in (
        (site / "communes.pdf", 900),
        (site / "synthese.pdf", 170_400),
        (tmp_path / "report.docx", 4_260_000),
    ):
        path.write_bytes(b"x" * size)
    made = [tmp_path / "report.docx", site / "communes.pdf", site / "synthese.pdf", tmp_path / "other.txt"]
    shown = [
        (link.href, link.label.replace("\u00a0", " "), link.chapter) for link in document_links(made, site)
    ]
    assert shown == [
        ("synthese.pdf", "La synthèse (PDF, 170 ko)", "00-synthese"),
        ("communes.pdf", "Une page par commune (PDF, 1 ko)", "80-communes"),
        ("../report.docx", "Le rapport entier (Word, 4,3 Mo)", ""),
    ]


def test_links_to_the_documents_of_the_convention(tmp_path: Path) -> None:
    assert agreed_links(tmp_path / "documents") == []
    (tmp_path / "documents" / "gardes").mkdir(parents=True)
    for name in (
        "convention.docx",
        "convention.pdf",
        "info-flash-4.pdf",
        "gardes/convention.docx",
        "notes.pdf",
    ):
        (tmp_path / "documents" / name).write_bytes(b"x")
    shown = [(link.href, link.label.replace("\u00a0", " ")) for link in agreed_links(tmp_path / "documents")]
    assert shown == [
        ("../documents/convention.pdf", "La convention (PDF)"),
        ("../documents/convention.docx", "La convention (Word)"),
        ("../documents/info-flash-4.pdf", "L’info flash n° 4 (PDF)"),
    ]


# --- what is said when it fails -----------------------------------------------------------------


def test_image_without_alternative(tmp_path: Path) -> None:
    bare = figure(alt="")
    bare["metadata"]["image/png"].pop("alt")
    paths = _executed(tmp_path / "c", c00_synthese=notebook("T", code_cell("x", [shown(bare)])))
    for name in ("pdf", "docx"):
        with pytest.raises(AssemblyError, match="00-synthese : l’image fig-couverture n’a pas de texte"):
            print_report(paths, INFO, tmp_path, notebooks=NOTEBOOKS, formats=(name,))
    assert not list(tmp_path.glob("report.*")) and not list(tmp_path.glob(".print*"))


def test_no_chapter(tmp_path: Path) -> None:
    with pytest.raises(AssemblyError, match="Aucun chapitre"):
        print_report([], INFO, tmp_path, notebooks=NOTEBOOKS, formats=("pdf",))


@pytest.mark.parametrize(
    ("module", "formats", "package"),
    [("pypandoc", ("docx",), "pypandoc-binary"), ("typst", ("pdf",), "typst")],
)
def test_a_package_is_absent(
    monkeypatch: pytest.MonkeyPatch, module: str, formats: tuple[str, ...], package: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(AssemblyError, match=rf"paquet {package}\), absent de cet environnement.+make setup"):
        pandoc.check_programs(formats)
    pandoc.check_programs(("html",))


def test_leaflets_are_left_out_where_a_package_is_absent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    said: list[str] = []
    paths = _executed(tmp_path / "c", c00_synthese=_synthesis())
    assert leaflets_if_possible(paths, INFO, tmp_path, said.append) == []
    assert len(said) == 1 and said[0].startswith("sans synthese.pdf ni communes.pdf : ")


def test_a_range_of_numbers_is_not_cut_by_the_end_of_a_line(tmp_path: Path) -> None:
    """Lines of all lengths: without a rule some break after the dash."""
    words = " ".join(f"{'m' * (n % 7 + 1)} 11–17" for n in range(300))
    paths = _executed(tmp_path / "c", c04_enfance=notebook("Enfance", code_cell("x", [shown(prose(words))])))
    made = print_report(paths, INFO, tmp_path, notebooks=NOTEBOOKS, formats=("pdf", "docx"), say=print)
    lines = [
        line.strip() for page in _pdf(made[0].read_bytes()).pages for line in page.extract_text().split("\n")
    ]
    assert sum(line.count("11–17") for line in lines) == 300
    assert not [line for line in lines if line.endswith("–")]
    xml = zipfile.ZipFile(made[1]).read("word/document.xml").decode("utf-8")
    assert xml.count("11–\u200d17") == 300 and "11–17" not in xml


def test_programs_that_fail_are_quoted(tmp_path: Path) -> None:
    with pytest.raises(AssemblyError, match=r"pandoc a échoué \(format rien\)"):
        pandoc.run_pandoc("x", "rien", tmp_path)
    (tmp_path / "main.typ").write_text("#inconnu", encoding="utf-8")
    with pytest.raises(AssemblyError, match=r"Typst a échoué : unknown variable: inconnu") as caught:
        pandoc.Typesetter(tmp_path).pdf()
    assert str(tmp_path) not in str(caught.value)


def test_a_pdf_that_cannot_be_accessible_is_made_and_said_so(tmp_path: Path) -> None:
    (tmp_path / "main.typ").write_text('#set document(title: "x")\n$ a + b $', encoding="utf-8")
    content, accessible = pandoc.Typesetter(tmp_path).pdf()
    assert content.startswith(b"%PDF") and not accessible


# --- small parts ------------------------------------------------------------------------------------


def test_texts_are_never_markup() -> None:
    assert text('a "b" \\ #c\nd') == '"a \\"b\\" \\\\ #c d"'


def test_table_size_and_shares() -> None:
    assert table_size([["Commune", "Habitants"], ["Nant", "1 026"]]) == (8.5, False)
    size, aside = table_size([["Lieu"] * 6, ["Intercommunalité"] * 6])
    assert size < 8.5 and not aside
    assert table_size([["Lieu"] * 12, ["Intercommunalité"] * 12])[1], "the page lies on its side"
    table = [["Année", "Ce que c’est"], *[["2023", "mot " * 200]] * 9]
    years, words = shares(table, 8.5, 470)
    assert words > 5 * years and abs(years + words - 470) < 1
    place, _ = shares([["Commune", "Dit"], *[["Saint-Jean-du-Bruel", "mot " * 30]] * 9], 8.5, 470)
    assert place > 19 * 8.5 * 0.5, "a name stands on one line when what is said has room enough"
    assert all(width > 0 for width in shares([["Intercommunalité"] * 20] * 2, 7, 470))


def test_table_code_keeps_numbers_right_and_ids_once() -> None:
    html = '<table><tr><th>A</th><th class="ctg-num">B</th></tr><tr id="source-x" class="ctg-highlight"><td>a</td><td>1</td></tr></table>'
    anchors = {"source-x", "other"}
    code = table_code(html, "tbl-x", "none", "()", anchors)
    assert "align: (left, right, )" in code and '("source-x", true, "a", "1", )' in code
    assert anchors == {"other"}
    assert '("", true, "a", "1", )' in table_code(html, "tbl-x", "none", "()", anchors)
    assert table_code("<p>rien</p>", "x", "none", "()", set()) == ""


def test_numbers_of_chapters(tmp_path: Path) -> None:
    (tmp_path / "_quarto.yml").write_text(
        "book:\n  chapters: [index.qmd, 00-a.ipynb, 01-b.ipynb]\n  appendices: [90-z.ipynb]\n"
    )
    assert chapter_numbers(tmp_path, ["00-a", "01-b", "90-z"]) == {"00-a": "1", "01-b": "2", "90-z": "A"}


def test_two_chapters_may_show_one_figure(tmp_path: Path) -> None:
    chapters = [(slug, notebook("T", code_cell("x", [shown(figure())]))) for slug in ("00-a", "01-b")]
    document = Printed.of(chapters, "typst")
    parts = [document.chapter(slug, one, str(rank)) for rank, (slug, one) in enumerate(chapters, start=1)]
    labels = [re.search(r'#ctg-figure\("([^"]+)"', part)[1] for part in parts]  # type: ignore[index]
    assert labels == ["fig-couverture", "fig-couverture-01-b"]


def test_fixed_dates(made: dict[str, bytes]) -> None:
    from ctg_lib.build.word_finish import EPOCH

    assert fixed_zip(made[".docx"], EPOCH) == made[".docx"]


def test_the_site_leads_to_what_was_made(tmp_path: Path) -> None:
    from ctg_lib.build.assemble_nbconvert import assemble_site

    site = tmp_path / "report"
    site.mkdir()
    paths = _executed(tmp_path / "c", c00_synthese=_synthesis(), c04_petite_enfance=_theme())
    made = [tmp_path / "report.pdf", site / "synthese.pdf"]
    for path in made:
        path.write_bytes(b"x" * 2000)
    assemble_site(paths, INFO, site, documents=made)
    home, leaflet, other = (
        (site / f"{n}.html").read_text("utf-8") for n in ("index", "00-synthese", "04-petite-enfance")
    )
    assert 'href="synthese.pdf"' in home and 'href="../report.pdf"' in home and "À imprimer" in home
    assert 'href="synthese.pdf"' in leaflet and "report.pdf" not in leaflet
    assert ".pdf" not in other
    assemble_site(paths, INFO, site)
    assert "À imprimer" not in (site / "index.html").read_text("utf-8")
