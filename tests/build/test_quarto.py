"""The Quarto book: what is staged, and what is said when Quarto is absent or fails."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from fake_notebooks import callout, code_cell, figure, markdown_cell, notebook, prose, shown, table

from ctg_lib.build import assemble_quarto, look
from ctg_lib.build.assemble_quarto import (
    check_offline,
    last_lines,
    quarto_available,
    quarto_problem,
    render_quarto,
    stage_quarto,
    unique_notes,
)
from ctg_lib.build.bundles import AssemblyError
from ctg_lib.build.chapters import chapter_files
from ctg_lib.build.info import ReportInfo
from ctg_lib.build.normalise import normalise, to_bytes
from ctg_lib.display import theme
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
    assert config["book"]["author"] == "Larzac et Vallées", "a Typst book without author fails"
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


def test_home_page(tmp_path: Path) -> None:
    stage, _ = _stage(tmp_path, "html")
    text = (stage / "index.qmd").read_text(encoding="utf-8")
    assert "[Petite enfance](04-petite-enfance.ipynb) — Autant de places qu’en France." in text
    assert "Ce qui manque." in text and "| Cnaf | 2023 | fichier du producteur |" in text
    assert "**Fictif**" in text and "1er septembre 2026" in text


def test_one_cell_per_figure_with_caption_and_alternative(tmp_path: Path) -> None:
    _, cells = _stage(tmp_path, "html")
    figures = [c for c in cells if c["cell_type"] == "code"]
    assert [c["metadata"]["label"] for c in figures] == ["fig-couverture", "fig-deux"]
    for cell in figures:
        assert cell["metadata"]["fig-alt"].startswith("Larzac et Vallées : 60,5")
        assert cell["metadata"]["fig-cap"].endswith("Source\u00a0: Cnaf, 2023")
        (output,) = cell["outputs"]
        assert sorted(output["data"]) == ["image/png", "image/svg+xml"]
        assert "ctg" not in output["metadata"]
    assert len({c["id"] for c in cells}) == len(cells)
    assert "**Fictif**" in _source(cells[1])


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
    assert any("::: {.callout-note}" in t for t in texts)
    figures = [c for c in cells if c["cell_type"] == "code"]
    assert all(list(c["outputs"][0]["data"]) == ["image/png"] for c in figures)


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


@pytest.mark.parametrize("name", ["ctg.scss", "ctg-dark.scss"])
def test_scss_says_the_tokens(name: str) -> None:
    """Sass cannot read Python: each colour that names a token must be that token."""
    tokens = theme.COLORS if name == "ctg.scss" else {**theme.COLORS, **look.DARK_COLORS}
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
    ("version", "problem"), [("1.4.9", "trop ancien"), ("1.10.18", ""), ("x", "trop ancien")]
)
def test_quarto_version(monkeypatch: pytest.MonkeyPatch, version: str, problem: str) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: "/opt/quarto")
    answer = subprocess.CompletedProcess([], 0, stdout=f"{version}\n", stderr="")
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: answer)
    found = quarto_problem()
    assert problem in found and bool(found) == bool(problem)


def test_message_unknown_format(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="--format : trouvé 'odt', attendu html ou pdf ou docx"):
        render_quarto(_executed(tmp_path), INFO, tmp_path, notebooks=NOTEBOOKS, formats=["odt"])


def test_a_failing_quarto_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assemble_quarto, "quarto_problem", lambda: "")

    def run(command: list[str], cwd: Path, **more: Any) -> Any:
        assert command == ["quarto", "render", ".", "--to", "typst"]
        return subprocess.CompletedProcess(command, 1, stdout=f"\x1b[31mERROR\x1b[0m in {cwd}/x\n\nfin\n")

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(AssemblyError, match=r"Quarto a échoué \(format typst\) :\nERROR in ./x\nfin$"):
        render_quarto(_executed(tmp_path), INFO, tmp_path / "out", notebooks=NOTEBOOKS, formats=["pdf"])
    assert list((tmp_path / "out").iterdir()) == [], "the staging folder is removed"


def test_the_book_is_collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assemble_quarto, "quarto_problem", lambda: "")

    def run(command: list[str], cwd: Path, **more: Any) -> Any:
        book = cwd / "_book"
        book.mkdir()
        name = {"html": "index.html", "docx": "report.docx"}[command[-1]]
        (book / name).write_text("<p>x</p>", encoding="utf-8")
        return subprocess.CompletedProcess(command, 0, stdout="")

    monkeypatch.setattr(subprocess, "run", run)
    out = tmp_path / "out"
    made = render_quarto(_executed(tmp_path), INFO, out, notebooks=NOTEBOOKS, formats=["html", "docx"])
    assert [p.relative_to(out).as_posix() for p in made] == ["report", "report.docx"]
    assert sorted(p.name for p in out.iterdir()) == ["report", "report.docx"]


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
    if not quarto_available():
        pytest.skip(quarto_problem())
    made = render_quarto(
        _executed(tmp_path), INFO, tmp_path / "out", notebooks=NOTEBOOKS, formats=["html", "docx", "pdf"]
    )
    assert all(path.exists() for path in made)
    page = (tmp_path / "out" / "report" / "04-petite-enfance.html").read_text(encoding="utf-8")
    assert "Larzac et Vallées : 60,5" in page
