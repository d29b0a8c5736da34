from __future__ import annotations

import os
from pathlib import Path

import pytest
from fake_notebooks import code_cell, make_project, markdown_cell, notebook

from ctg_lib.build.chapters import chapter_files, read_chapters, read_config, select_chapters
from ctg_lib.errors import BadInput


def test_order_and_titles_come_from_quarto_yml(tmp_path: Path) -> None:
    project = make_project(
        tmp_path, {"04-enfance": notebook("Petite enfance {.x}"), "00-synthese": notebook("Synthèse")}
    )
    chapters = read_chapters(project.notebooks)
    assert [(c.slug, c.title, c.number) for c in chapters] == [
        ("04-enfance", "Petite enfance", 1),
        ("00-synthese", "Synthèse", 2),
    ]


def test_what_was_checked_once_is_checked_again_when_it_changed(tmp_path: Path) -> None:
    """Titles are kept by content: another one of the same length is another one."""
    project = make_project(tmp_path, {"04-enfance": notebook("Petite enfance")})
    path, config = project.notebooks / "04-enfance.ipynb", project.notebooks / "_quarto.yml"
    assert [c.title for c in read_chapters(project.notebooks)] == ["Petite enfance"]
    times = path.stat()
    path.write_text(path.read_text("utf-8").replace("Petite", "Grande"), encoding="utf-8")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert [c.title for c in read_chapters(project.notebooks)] == ["Grande enfance"]
    read_config(project.notebooks)["book"]["chapters"].clear()
    assert len(read_chapters(project.notebooks)) == 1
    config.write_text(config.read_text("utf-8").replace("04-enfance", "05-enfance"), encoding="utf-8")
    with pytest.raises(BadInput, match="absent"):
        read_chapters(project.notebooks)


def test_parts_and_appendices_are_flattened() -> None:
    config = {
        "book": {
            "chapters": ["index.qmd", {"part": "Vivre", "chapters": ["02-a.ipynb", {"file": "03-b.ipynb"}]}],
            "appendices": ["90-c.ipynb"],
        }
    }
    assert chapter_files(config) == ["index.qmd", "02-a.ipynb", "03-b.ipynb", "90-c.ipynb"]


def _config(tmp_path: Path, text: str) -> Path:
    (tmp_path / "_quarto.yml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "fichier absent"),
        ("book: [", "YAML illisible"),
        ("bonjour", "attendu des clés"),
        ("book:\n  title: x", "attendu une liste de fichiers .ipynb"),
        ("book:\n  chapters: [3]", "attendu un nom de fichier ou une partie"),
        ("book:\n  chapters: [index.qmd]", "aucun chapitre"),
        ("book:\n  chapters: [a.ipynb, a.ipynb]", "cité deux fois : a.ipynb"),
        ("book:\n  chapters: [a.ipynb]", "cite a.ipynb, absent"),
        ("book:\n  chapters: [Été.ipynb]", "attendu un nom comme"),
        ("book:\n  chapters: [../a.ipynb]", "attendu un nom comme"),
    ],
)
def test_messages_about_quarto_yml(tmp_path: Path, text: str | None, message: str) -> None:
    folder = tmp_path if text is None else _config(tmp_path, text)
    with pytest.raises(BadInput, match=message):
        read_chapters(folder)


@pytest.mark.parametrize(
    ("nb", "message"),
    [
        (notebook("T", kernel="ir"), "kernelspec.name : trouvé 'ir', attendu ctg ou python3"),
        (notebook("T", parameters="x = 1"), "il manque study"),
        (notebook("T", parameters="study = 'a'\nannee: int = 2020"), "paramètre inconnu annee"),
        (notebook("T", parameters="study = ("), "cellule « parameters », ligne 1"),
        (notebook("T", code_cell("study = 1", tags=["parameters"])), r"2 cellule\(s\)"),
    ],
)
def test_messages_about_a_notebook(tmp_path: Path, nb: object, message: str) -> None:
    project = make_project(tmp_path, {"02-x": nb})
    with pytest.raises(BadInput, match=message):
        read_chapters(project.notebooks)


def test_message_no_title(tmp_path: Path) -> None:
    nb = notebook("T")
    nb.cells[0] = markdown_cell("Sans titre")
    project = make_project(tmp_path, {"02-x": nb})
    with pytest.raises(BadInput, match=r"02-x.ipynb : la première cellule"):
        read_chapters(project.notebooks)


def test_message_not_a_notebook(tmp_path: Path) -> None:
    project = make_project(tmp_path, {"02-x": notebook("T")})
    (project.notebooks / "02-x.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(BadInput, match="pas un notebook lisible"):
        read_chapters(project.notebooks)


def test_select_by_slug_or_number(tmp_path: Path) -> None:
    project = make_project(tmp_path, {s: notebook(s) for s in ("00-synthese", "02-pop", "04-enfance")})
    chapters = read_chapters(project.notebooks)
    assert [c.slug for c in select_chapters(chapters, ["04", "00-synthese"])] == ["00-synthese", "04-enfance"]
    with pytest.raises(BadInput, match=r"--chapters : trouvé '05'.*parmi : 00-synthese, 02-pop, 04-enfance"):
        select_chapters(chapters, ["05"])
