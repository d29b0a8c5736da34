"""The Quarto book: what is staged, and what is said when Quarto is absent or fails."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
import yaml
from fake_notebooks import callout, code_cell, figure, markdown_cell, notebook, prose, shown, table
from nbformat import v4

from ctg_lib.build import assemble_quarto, look
from ctg_lib.build.assemble_quarto import (
    check_offline,
    quarto_available,
    quarto_problem,
    render_quarto,
    stage_quarto,
)
from ctg_lib.build.bundles import AssemblyError
from ctg_lib.build.chapters import chapter_files
from ctg_lib.build.documents import DocumentLink
from ctg_lib.build.info import ReportInfo
from ctg_lib.build.normalise import normalise, to_bytes
from ctg_lib.build.quarto_command import last_lines
from ctg_lib.build.quarto_markdown import reruled, unique_notes
from ctg_lib.build.word import CALLOUT_STYLES, FICTIF_MARK, reference_docx
from ctg_lib.build.word_finish import french_names
from ctg_lib.display import theme
from ctg_lib.display.output import SourceText
from ctg_lib.display.table import KeyFigure, Table, key_figures
from ctg_lib.display.table import prose as output_prose
from ctg_lib.errors import BadInput

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
INFO = ReportInfo(
    "241200906", "Diagnostic", "Larzac et Vallées", subtitle="CTG", as_of="1er septembre 2026",
    fictif=True, sources=[("Cnaf", "2023", "published")], missing=["Ce qui manque."], version="0.1.0",
)  # fmt: skip


def _executed(tmp_path: Path) -> list[Path]:
    nb = notebook(
        "Petite enfance",
        markdown_cell("Texte.[^1]\n\n[^1]: Note."),
        code_cell("x", [shown(callout()), shown(figure()), shown(figure("fig-deux"))]),
        code_cell("x", [shown(table()), shown(prose("Suite.[^1]\n\n[^1]: Note."))]),
    )
    other = notebook("Synthèse", code_cell("x", [shown(prose("Un texte."))]))
    paths = []
    for slug, one in {"00-synthese": other, "04-petite-enfance": nb}.items():
        path = tmp_path / "chapters" / f"{slug}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(to_bytes(normalise(one)))
        paths.append(path)
    return paths


def _stage(tmp_path: Path, fmt: str) -> tuple[Path, list[Any]]:
    stage = stage_quarto(_executed(tmp_path), INFO, tmp_path / "stage", notebooks=NOTEBOOKS, fmt=fmt)
    cells = json.loads((stage / "04-petite-enfance.ipynb").read_text(encoding="utf-8"))["cells"]
    return stage, cells


def _source(cell: Any) -> str:
    return "".join(cell["source"])


def test_configuration_holds_the_study_and_the_chapters_at_hand(tmp_path: Path) -> None:
    stage, _ = _stage(tmp_path, "html")
    config = yaml.safe_load((stage / "_quarto.yml").read_text(encoding="utf-8"))
    assert chapter_files(config) == ["index.qmd", "00-synthese.ipynb", "04-petite-enfance.ipynb"]
    assert config["lang"] == "fr" and config["execute"] == {"enabled": False, "echo": False, "warning": False}
    assert config["book"]["title"] == "Diagnostic — Larzac et Vallées"
    assert config["format"]["html"]["html-math-method"] == "mathml"
    names = {p.relative_to(stage).as_posix() for p in stage.rglob("*") if p.is_file()}
    assert {
        "theme/ctg.scss",
        "theme/ctg-dark.scss",
        "theme/report.css",
        "theme/fonts/CTGSans-Bold.woff2",
    } <= names
    for path in config["format"]["html"]["theme"]["light"][1:]:
        assert path in names
    assert list(config["format"]) == ["html"]


def test_only_the_pdf_must_have_an_author(tmp_path: Path) -> None:
    """A Typst book without author fails; a page need not repeat the territory under « Établi par »."""
    for fmt, author in (("html", None), ("docx", None), ("pdf", "Larzac et Vallées")):
        stage, _ = _stage(tmp_path, fmt)
        config = yaml.safe_load((stage / "_quarto.yml").read_text(encoding="utf-8"))
        assert config["book"].get("author") == author
        assert config.get("situation") == ("Situation au 1er septembre 2026" if fmt == "pdf" else None)
        assert list(config["format"]) == [assemble_quarto.FORMATS[fmt]]
        wanted = config["format"].get("typst", {}).get("template-partials", [])
        wanted += [name for name in [config["format"].get("docx", {}).get("reference-doc")] if name]
        assert all((stage / name).is_file() for name in wanted) and (wanted or fmt == "html")


def test_home_page(tmp_path: Path) -> None:
    stage, _ = _stage(tmp_path, "html")
    text = (stage / "index.qmd").read_text(encoding="utf-8")
    assert "[Petite enfance](04-petite-enfance.ipynb) — Autant de places qu’en France." in text
    assert "Ce qui manque." in text and "<caption>Fichiers dont viennent" in text
    assert 'Cnaf <span class="ctg-unit">fichier de l’éditeur</span></th><td>2023</td>' in text
    assert "**Fictif**" in text and "1er septembre 2026" in text


def test_home_page_links_inside_one_document(tmp_path: Path) -> None:
    for fmt in ("docx", "pdf"):
        stage, cells = _stage(tmp_path, fmt)
        home = (stage / "index.qmd").read_text(encoding="utf-8")
        assert "[Petite enfance](#chapitre-04-petite-enfance)" in home
        assert _source(cells[0]).startswith("# Petite enfance {#chapitre-04-petite-enfance}")


def test_one_cell_per_figure_with_caption_and_alternative(tmp_path: Path) -> None:
    _, cells = _stage(tmp_path, "html")
    figures = [c for c in cells if c["cell_type"] == "code"]
    assert [c["metadata"]["label"] for c in figures] == ["fig-couverture", "fig-deux"]
    for cell in figures:
        assert cell["metadata"]["fig-alt"].startswith("Larzac et Vallées : 60,5")
        assert cell["metadata"]["fig-cap"].startswith("**") and "Source" not in cell["metadata"]["fig-cap"]
        (output,) = cell["outputs"]
        assert sorted(output["data"]) == ["image/png", "image/svg+xml"]
        assert "ctg" not in output["metadata"]
    assert len({c["id"] for c in cells}) == len(cells)
    assert "**Fictif**" in _source(cells[1])
    sources = [_source(c) for c in cells if 'class="ctg-source"' in _source(c)]
    assert len(sources) == 2 and all("Source\u00a0: Cnaf, 2023" in text for text in sources)


def test_html_gets_our_html_and_word_gets_markdown(tmp_path: Path) -> None:
    _, cells = _stage(tmp_path, "html")
    texts = [_source(c) for c in cells if c["cell_type"] == "markdown"]
    assert any(t.startswith('```{=html}\n<section class="callout') for t in texts)
    assert any(t.startswith("```{=html}\n<table>") for t in texts)
    assert sum("<details" in t for t in texts) == 2
    _, cells = _stage(tmp_path, "docx")
    texts = [_source(c) for c in cells if c["cell_type"] == "markdown"]
    assert not any("{=html}" in t for t in texts)
    assert any(t.startswith("| Commune | Habitants |") for t in texts)
    assert not any("callout" in t for t in texts), "Quarto's callouts break the rules of Word's format"
    assert any('custom-style="Encadré' in t for t in texts)
    assert all(c["cell_type"] == "markdown" for c in cells), "Quarto's figures lose their alternative in Word"


def test_word_gets_numbered_figures_with_their_alternative(tmp_path: Path) -> None:
    stage, cells = _stage(tmp_path, "docx")
    figures = [_source(c) for c in cells if "](figures/" in _source(c)]
    assert ["Figure\u00a02.1\u00a0: **" in figures[0], "Figure\u00a02.2\u00a0: **" in figures[1]] == [
        True,
        True,
    ]
    for text in figures:
        found = re.search(r"!\[(.+?)\]\((figures/\w+\.png)\)", text)
        assert found and found[1].startswith("Larzac et Vallées : 60,5")
        assert (stage / found[2]).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("fmt", ["html", "pdf", "docx"])
def test_references_and_other_at_signs(tmp_path: Path, fmt: str) -> None:
    """No bibliography: « @etalab » is text, and must not become a citation."""
    text = "voir @fig-couverture, archives de @etalab/x, `@etalab`, a@b."
    nb = notebook("T", code_cell("x", [shown(figure()), shown(prose(text))]))
    other = notebook("U", code_cell("x", [shown(figure()), shown(prose("voir @fig-couverture."))]))
    paths = []
    for slug, one in (("00-t", nb), ("04-petite-enfance", other)):
        paths.append(tmp_path / f"{slug}.ipynb")
        paths[-1].write_bytes(to_bytes(normalise(one)))
    (tmp_path / "nb").mkdir()
    listed = "book:\n  chapters: [" + ", ".join(p.name for p in paths) + "]\n"
    (tmp_path / "nb" / "_quarto.yml").write_text(listed, encoding="utf-8")
    stage = stage_quarto(paths, INFO, tmp_path / "stage", notebooks=tmp_path / "nb", fmt=fmt)
    first, second = (
        "".join(_source(c) for c in json.loads((stage / p.name).read_text(encoding="utf-8"))["cells"])
        for p in paths
    )
    assert r"de \@etalab/x, `@etalab`, a@b" in first
    if fmt == "docx":
        assert "voir figure\u00a01.1," in first and "voir figure\u00a02.1." in second
    else:
        assert "voir @fig-couverture," in first and "voir @fig-couverture-04-petite-enfance." in second


def test_notes_are_unique_in_the_book(tmp_path: Path) -> None:
    stage, _ = _stage(tmp_path, "pdf")
    text = "".join(p.read_text(encoding="utf-8") for p in stage.glob("*.ipynb"))
    definitions = re.findall(r"\[\^([^\]]+)\]:", text)
    assert len(definitions) == 2 == len(set(definitions))
    assert unique_notes("a[^1] b[^x]", "04") == "a[^04-1] b[^04-x]"
    assert (stage / "theme" / "fonts" / "CTGSans-Regular.ttf").is_file()


def test_staging_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    trees = []
    for _ in range(2):
        stage, _cells = _stage(tmp_path, "html")
        trees.append({p.relative_to(stage): p.read_bytes() for p in stage.rglob("*") if p.is_file()})
    assert trees[0] == trees[1]


def test_messages_when_staging(tmp_path: Path) -> None:
    with pytest.raises(AssemblyError, match="Aucun chapitre"):
        stage_quarto([], INFO, tmp_path / "s", notebooks=NOTEBOOKS)
    empty = tmp_path / "04-x.ipynb"
    empty.write_bytes(to_bytes(notebook("T")))
    with pytest.raises(AssemblyError, match="aucune cellule n’affiche rien"):
        stage_quarto([empty], INFO, tmp_path / "s", notebooks=NOTEBOOKS)


def test_tables_of_one_document(tmp_path: Path) -> None:
    """Caption, rows, source: Quarto loses the caption of a table without label in a PDF."""
    own = Table(
        pd.DataFrame({"commune": ["Nant"], "n": [1000]}), id="tbl-x", caption="Habitants", source="Insee, 2023",
        columns={"commune": "Commune", "n": "Habitants"}, notes=["Population @ municipale."],
    )  # fmt: skip
    data, metadata = own._repr_mimebundle_()
    nb = notebook("T", code_cell("x", [v4.new_output("display_data", data=data, metadata=metadata)]))
    path = tmp_path / "04-petite-enfance.ipynb"
    path.write_bytes(to_bytes(normalise(nb)))
    for fmt in ("docx", "pdf"):
        stage = stage_quarto([path], INFO, tmp_path / "stage", notebooks=NOTEBOOKS, fmt=fmt)
        cells = json.loads((stage / path.name).read_text(encoding="utf-8"))["cells"]
        text = _source(cells[-1])
        assert text.startswith('::: {custom-style="Table Caption" typst:sticky="true"}\n\n**Habitants**')
        assert text.index("| Nant |") < text.index("Source\u00a0: Insee, 2023") < text.index(r"\@ municipale")
        assert "\n: " not in text


def _told(tmp_path: Path, fmt: str) -> dict[str, str]:
    """Staged text of a chapter that shows, and of one that says where it comes from, by slug."""
    line = SourceText(
        "Insee, RP 2023 ; Insee, autre", [("insee_rp", "Insee, RP 2023"), ("x", "Insee, autre")],
        [("naissances", "nombre de naissances")],
    )  # fmt: skip
    drawn = figure()
    drawn["metadata"]["ctg"] |= {
        "source": str(line),
        "origin": {
            "files": [["insee_rp", "Insee, RP 2023"]],
            "indicators": [["naissances", "nombre de naissances"]],
        },
    }
    own = Table(pd.DataFrame({"a": ["x"]}), id="tbl-a", caption="Un tableau", source=line, columns={"a": "A"})
    cards = key_figures([KeyFigure("naissances", "3", source=line), KeyFigure("b", "2")])
    outputs = [own, cards, output_prose("- Source : Insee, RP 2023.\n- Suite.", source=line)]
    bundles = [dict(zip(("data", "metadata"), one._repr_mimebundle_(), strict=True)) for one in outputs]
    theme_chapter = notebook("T", code_cell("x", [shown(drawn), *map(shown, bundles)]))
    rows = pd.DataFrame({"a": ["RP", "BPE"], "anchor": ["source-insee-rp", "source-insee-bpe"]})
    sources = Table(
        rows, id="tbl-s", caption="Sources", source="Manifeste", columns={"a": "Fichier"}, anchors="anchor"
    )
    data, metadata = sources._repr_mimebundle_()
    told = [v4.new_output("display_data", data=data, metadata=metadata)]
    text = "### Naissances {#indicateur-naissances}\n\nTexte."
    end = notebook("Sources", code_cell("x", told), code_cell("y", [shown(prose(text))]))
    paths = []
    for slug, one in (("00-synthese", theme_chapter), ("91-sources-methodes", end)):
        paths.append(tmp_path / f"{slug}.ipynb")
        paths[-1].write_bytes(to_bytes(normalise(one)))
    stage = stage_quarto(paths, INFO, tmp_path / "stage", notebooks=NOTEBOOKS, fmt=fmt)
    cells = {p.stem: json.loads((stage / p.name).read_text(encoding="utf-8"))["cells"] for p in paths}
    return {slug: "\n".join(map(_source, some)) for slug, some in cells.items()}


def test_source_lines_lead_to_files_and_definitions(tmp_path: Path) -> None:
    text = _told(tmp_path, "html")["00-synthese"]
    file, definition = (
        "91-sources-methodes.html#source-insee-rp",
        "91-sources-methodes.html#indicateur-naissances",
    )
    assert text.count(f'<a href="{file}">Insee, RP 2023</a>') == 3, "figure, table and key figure"
    assert f"- Source\u00a0: [Insee, RP 2023]({file})." in text, "prose"
    assert text.count(f'<a href="{definition}">') == 3 and "Insee, autre]" not in text


@pytest.mark.parametrize("fmt", ["pdf", "docx"])
def test_source_lines_lead_to_rows_of_the_same_document(tmp_path: Path, fmt: str) -> None:
    text = _told(tmp_path, fmt)
    assert text["00-synthese"].count("[Insee, RP 2023](#source-insee-rp)") == 4
    assert text["00-synthese"].count("Définition\u00a0: [nombre de naissances](#indicateur-naissances)") == 2
    assert "| RP[]{#source-insee-rp} |" in text["91-sources-methodes"]
    assert "| BPE[]{#source-insee-bpe} |" in text["91-sources-methodes"]
    home = (tmp_path / "stage" / "index.qmd").read_text(encoding="utf-8")
    assert "1 source. Elles" in home and "[Sources](#chapitre-91-sources-methodes)" in home
    assert "| Cnaf |" not in home, "told once, in the chapter of sources"
    linked = set(re.findall(r"\]\(#([\w-]+)\)", "".join(text.values())))
    assert linked <= set(re.findall(r"\{#([\w-]+)\}", "".join(text.values()))), (
        "Typst stops on a link to nothing"
    )


def test_pages_offer_the_same_files_as_the_site_without_quarto(tmp_path: Path) -> None:
    stage, cells = _stage(tmp_path, "html")
    text = "\n".join(map(_source, cells))
    offered = re.findall(r'<a href="([^"]+)" download>', text)
    assert len(offered) == len(set(offered)) == 5, "data and image of two figures, data of a table"
    assert all((stage / name).is_file() for name in offered)
    config = yaml.safe_load((stage / "_quarto.yml").read_text(encoding="utf-8"))
    assert config["project"]["resources"] == ["theme/fonts/*", "theme/report.js", "data/*", "figures/*"]
    assert (stage / "theme/report.js").is_file() and "theme/report.js" in str(config["format"]["html"])
    assert "fictif" in (stage / offered[0]).read_text(encoding="utf-8")


def test_sentences_have_room_on_paper() -> None:
    text = f"| Mot | Sens |\n|:-----|-----:|\n| a \\| b | {'une phrase ' * 40} |\n\n: Titre"
    made = reruled(text).split("\n")
    narrow, wide = made[1].strip("|").split("|")
    assert narrow.startswith(":") and wide.endswith(":") and len(wide) > 4 * len(narrow)
    assert [line for n, line in enumerate(made) if n != 1] == text.split("\n")[:1] + text.split("\n")[2:]
    for other in ("| a | b | c | d |\n|---|---|---|---|\n| 1 | 2 | 3 | 4 |", "du texte", ""):
        assert reruled(other) == other


@pytest.mark.parametrize(("fmt", "breaks"), [("pdf", 2), ("docx", 2), ("html", 0)])
def test_one_commune_a_sheet(tmp_path: Path, fmt: str, breaks: int) -> None:
    one = notebook("Communes", code_cell("x", [shown(prose("## Nant\n\nTexte.\n\n## Cornus\n\nTexte."))]))
    path = tmp_path / "80-communes.ipynb"
    path.write_bytes(to_bytes(normalise(one)))
    stage = stage_quarto([path], INFO, tmp_path / "stage", notebooks=NOTEBOOKS, fmt=fmt)
    text = "\n".join(_source(c) for c in json.loads((stage / path.name).read_text("utf-8"))["cells"])
    assert text.count("#pagebreak(weak: true)\n```") == text.count('<w:br w:type="page"/>') == breaks
    assert "\n## Cornus" in text


def test_made_up_data_are_said_at_the_head_of_every_sheet(tmp_path: Path) -> None:
    stage, _ = _stage(tmp_path, "docx")
    with zipfile.ZipFile(stage / "theme" / "reference.docx") as archive:
        head, foot = (archive.read(f"word/{part}1.xml").decode("utf-8") for part in ("header", "footer"))
    assert "Fictif" in head and "Larzac et Vallées" in foot and "241200906" in foot
    stage, _ = _stage(tmp_path, "pdf")
    assert yaml.safe_load((stage / "_quarto.yml").read_text(encoding="utf-8"))["fictif"] is True


def test_word_reference_document() -> None:
    first, second = reference_docx(), reference_docx()
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        parts = {name: archive.read(name).decode("utf-8") for name in archive.namelist()}
    for text in parts.values():
        ElementTree.fromstring(text)
    styles = parts["word/styles.xml"]
    wanted = {"Table Caption", "Image Caption", "Source", "heading 1", "Table", *CALLOUT_STYLES.values()}
    for name in wanted | {f"{name} Titre" for name in CALLOUT_STYLES.values()}:
        assert f'<w:name w:val="{name}"/>' in styles
    identifiers = set(re.findall(r'w:styleId="([^"]+)"', styles))
    assert set(re.findall(r'<w:(?:basedOn|next) w:val="([^"]+)"', styles)) <= identifiers
    assert 'w:w="11906" w:h="16838"' in parts["word/document.xml"], "A4"


@pytest.mark.parametrize("fictif", [False, True])
def test_a_project_brings_its_own_word_document(tmp_path: Path, fictif: bool) -> None:
    shutil.copytree(NOTEBOOKS, tmp_path / "nb", ignore=shutil.ignore_patterns("*.ipynb"))
    own = reference_docx("la nôtre", fictif=not fictif)  # of a report on another study
    info = replace(INFO, fictif=fictif)
    (tmp_path / "nb" / "theme" / "reference.docx").write_bytes(french_names(own))
    stage = stage_quarto(_executed(tmp_path), info, tmp_path / "s", notebooks=tmp_path / "nb", fmt="docx")
    with zipfile.ZipFile(stage / "theme" / "reference.docx") as archive:
        styles, foot, head = (
            archive.read(f"word/{name}.xml").decode("utf-8") for name in ("styles", "footer1", "header1")
        )
    assert '<w:name w:val="Image Caption"/>' in styles, "under the names that pandoc looks for"
    assert "la nôtre" not in foot, "what a former report said at its foot"
    assert INFO.territory_name in foot, "what this one says"
    assert (FICTIF_MARK in head) == fictif


@pytest.mark.parametrize("name", ["ctg.scss", "ctg-dark.scss", "typst/typst-show.typ"])
def test_themes_say_the_tokens(name: str) -> None:
    """Sass and Typst cannot read Python: each colour that names a token must be that token."""
    tokens = {**theme.COLORS, **look.DARK_COLORS} if "dark" in name else theme.COLORS
    text = (NOTEBOOKS / "theme" / name).read_text(encoding="utf-8")
    said = re.findall(r"(#[0-9A-Fa-f]{6}).*// ([\w-]+)$", text, re.MULTILINE)
    assert len(said) >= 8
    for color, token in said:
        assert color == tokens[token], token


def test_reason_when_quarto_is_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert not quarto_available()
    assert quarto_problem().startswith("Quarto n’est pas installé")
    with pytest.raises(AssemblyError, match="--assembler nbconvert"):
        render_quarto(_executed(tmp_path), INFO, tmp_path, notebooks=NOTEBOOKS)


@pytest.mark.parametrize(
    ("version", "formats", "problem"),
    [
        ("1.4.9", [], "trop ancien"),
        ("1.10.18", ["html", "pdf"], ""),
        ("x", [], "trop ancien"),
        ("1.8.25", ["html", "docx"], ""),
        ("1.8.25", ["pdf"], "version 1.9 ou plus attendue"),
    ],
)
def test_quarto_version(
    monkeypatch: pytest.MonkeyPatch, version: str, formats: list[str], problem: str
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: "/opt/quarto")
    answer = subprocess.CompletedProcess([], 0, stdout=f"{version}\n", stderr="")
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: answer)
    found = quarto_problem(formats)
    assert problem in found and bool(found) == bool(problem)


def test_message_unknown_format(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="--format : trouvé 'odt', attendu html ou pdf ou docx"):
        render_quarto(_executed(tmp_path), INFO, tmp_path, notebooks=NOTEBOOKS, formats=["odt"])


def _fake_quarto(folder: Path, monkeypatch: pytest.MonkeyPatch, does: str) -> None:
    """A program « quarto » on the PATH, as an installation puts it: a small script around another program."""
    folder.mkdir(parents=True)
    start = "import sys, pathlib\nif '--version' in sys.argv:\n    print('1.10.18')\n    sys.exit()\n"
    (folder / "quarto.py").write_text(start + does, encoding="utf-8")
    if sys.platform == "win32":
        (folder / "quarto.cmd").write_text(f'@"{sys.executable}" "%~dp0quarto.py" %*\n', encoding="utf-8")
    else:
        script = f'#!/bin/sh\n"{sys.executable}" "{folder / "quarto.py"}" "$@"\nexit $?\n'
        (folder / "quarto").write_text(script, encoding="utf-8")
        (folder / "quarto").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder such as a desk has: spaces and accents."""
    folder = tmp_path / "Mes études" / "été 2026"
    folder.mkdir(parents=True)
    return folder


def test_a_failing_quarto_is_quoted(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    does = (
        "assert sys.argv[1:] == ['render', '.', '--to', 'typst']\n"
        "sys.stdout.reconfigure(encoding='utf-8')\n"
        "print(f'\\x1b[31mERROR\\x1b[0m in {pathlib.Path.cwd()}/x')\n"
        "print()\nprint('fin', file=sys.stderr)\nsys.exit(1)\n"
    )
    _fake_quarto(place / "Program Files", monkeypatch, does)
    with pytest.raises(AssemblyError, match=r"Quarto a échoué \(format typst\) :\n") as error:
        render_quarto(_executed(place), INFO, place / "out", notebooks=NOTEBOOKS, formats=["pdf"])
    assert {"ERROR in ./x", "fin"} <= set(str(error.value).split("\n"))
    assert list((place / "out").iterdir()) == [], "the staging folder is removed"


MAKES_BOOK = """
book = pathlib.Path("_book")
book.mkdir()
page = "<html><body><main><h1>é</h1></main></body></html>"
name = {"html": "index.html", "docx": "report.docx"}[sys.argv[-1]]
(book / name).write_text(page, encoding="utf-8")
(pathlib.Path.cwd().parent / "project.txt").write_text(" ".join(sorted(p.name for p in pathlib.Path().iterdir())))
"""


def test_the_book_is_collected(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _fake_quarto(place / "Program Files" / "Quarto", monkeypatch, MAKES_BOOK)
    monkeypatch.setattr(assemble_quarto, "finish_docx", lambda content: content + b"fini")
    out = place / "out"
    (out / "report").mkdir(parents=True)
    leaflet = out / "report" / "synthese.pdf"
    leaflet.write_bytes(b"%PDF" + bytes(170_000))
    kept = place / "projet gardé"
    for _ in range(2):
        (word,) = render_quarto(_executed(place), INFO, out, notebooks=NOTEBOOKS, formats=["docx"], keep=kept)
    (pages,) = render_quarto(_executed(place), INFO, out, notebooks=NOTEBOOKS, documents=[leaflet, word])
    assert [p.relative_to(out).as_posix() for p in (pages, word)] == ["report", "report.docx"]
    assert sorted(p.name for p in out.iterdir()) == ["project.txt", "report", "report.docx"]
    assert leaflet.is_file(), "what was made before lies among the new pages"
    assert word.read_bytes().endswith(b"fini")
    assert 'class="ctg-skip"' in (pages / "index.html").read_text(encoding="utf-8")
    assert {"_quarto.yml", "index.qmd", "theme"} <= set((out / "project.txt").read_text().split())
    assert (kept / "docx" / "index.qmd").is_file() and not (kept / "docx" / "_book").exists()


def test_pages_link_to_the_documents(tmp_path: Path) -> None:
    links = [
        DocumentLink("synthese.pdf", "La synthèse (PDF, 170 ko)", "00-synthese"),
        DocumentLink("../report.docx", "Le rapport entier (Word, 1,2 Mo)"),
    ]
    stage = stage_quarto(_executed(tmp_path), INFO, tmp_path / "stage", notebooks=NOTEBOOKS, printed=links)
    home = (stage / "index.qmd").read_text(encoding="utf-8")
    assert "## À imprimer" in home and "- [La synthèse (PDF, 170 ko)](synthese.pdf)" in home
    assert "- [Le rapport entier (Word, 1,2 Mo)](../report.docx)" in home
    first, other = (
        json.dumps(json.loads((stage / f"{slug}.ipynb").read_text(encoding="utf-8")), ensure_ascii=False)
        for slug in ("00-synthese", "04-petite-enfance")
    )
    assert "synthese.pdf" in first and "synthese.pdf" not in other and "report.docx" not in first
    stage, _ = _stage(tmp_path, "html")
    assert "À imprimer" not in (stage / "index.qmd").read_text(encoding="utf-8")


def test_a_quarto_that_takes_too_long_is_stopped_with_its_children(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command is a script: ending it alone would leave the program that works, and its files held."""
    does = "import os, time\npathlib.Path('../pid').write_text(str(os.getpid()))\ntime.sleep(120)\n"
    _fake_quarto(place / "bin", monkeypatch, does)
    began = time.monotonic()
    with pytest.raises(AssemblyError, match="Quarto n’a pas fini en 4 secondes"):
        render_quarto(_executed(place), INFO, place / "out", notebooks=NOTEBOOKS, timeout=4)
    assert time.monotonic() - began < 60
    if sys.platform != "win32":
        pid = int((place / "out" / "pid").read_text())
        for _ in range(50):
            if not _alive(pid):
                break
            time.sleep(0.1)
        assert not _alive(pid)


def _alive(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    if state.exists():  # ended, and not yet said to its parent
        return state.read_text().rpartition(")")[2].split()[0] != "Z"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not Path("/proc/self").exists()


def test_last_lines_are_the_end() -> None:
    assert last_lines("\n".join(map(str, range(40))), Path("x"), 3) == "37\n38\n39"


@pytest.mark.parametrize(
    ("name", "text", "refused"),
    [
        ("a.html", '<script src="https://cdn.example.org/x.js"></script>', True),
        ("a.html", '<link rel="stylesheet" href="//example.org/x.css">', True),
        (
            "a.html",
            '<link rel="next" href="https://example.org/"><a href="https://example.org/">x</a>',
            False,
        ),
        ("a.css", "@import url(https://fonts.example.org/x);", True),
        ("a.css", "body { background: url(a.png) }", False),
    ],
)
def test_pages_that_load_from_elsewhere_are_refused(
    tmp_path: Path, name: str, text: str, refused: bool
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    if refused:
        with pytest.raises(AssemblyError, match=rf"{name} charge une ressource distante"):
            check_offline(tmp_path)
    else:
        check_offline(tmp_path)


@pytest.mark.quarto
@pytest.mark.slow
def test_quarto_makes_the_book(tmp_path: Path) -> None:
    if not quarto_available(["pdf"]):
        pytest.skip(quarto_problem(["pdf"]))
    made = render_quarto(
        _executed(tmp_path), INFO, tmp_path / "out", notebooks=NOTEBOOKS, formats=["html", "docx", "pdf"]
    )
    assert all(path.exists() for path in made)
    page = (tmp_path / "out" / "report" / "04-petite-enfance.html").read_text(encoding="utf-8")
    assert "Larzac et Vallées : 60,5" in page and ":::" not in page
    assert "Figure\u00a02.1\u00a0:" in page.replace("&nbsp;", "\u00a0")
    with zipfile.ZipFile(tmp_path / "out" / "report.docx") as archive:
        word = archive.read("word/document.xml").decode("utf-8")
    assert 'descr="Larzac et Vallées' in word and "Figure\u00a02.1\u00a0:" in word and ":::" not in word
    assert not re.search(r"</w:pPr>\s*<w:pPr>", word), "one block of properties a paragraph"
    again = render_quarto(
        _executed(tmp_path), INFO, tmp_path / "again", notebooks=NOTEBOOKS, formats=["html", "docx", "pdf"]
    )
    for one, two in zip(made, again, strict=True):
        files = (
            [p.relative_to(one) for p in sorted(one.rglob("*")) if p.is_file()] if one.is_dir() else [Path()]
        )
        assert all((one / name).read_bytes() == (two / name).read_bytes() for name in files), one.name
