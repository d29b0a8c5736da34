"""The analyst's commentary: read as written, never written to."""

from pathlib import Path

import pytest

from ctg_lib.errors import BadInput
from ctg_lib.study import commentary


def write(study: Path, content: bytes) -> Path:
    path = study / commentary.FOLDER / "enfance.md"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


def test_no_file_no_commentary(tmp_path):
    assert commentary.read(tmp_path, "enfance") == ""


def test_what_markdown_hides_stays_hidden(tmp_path):
    write(tmp_path, "\ufeff# À lire\r\n<!-- à relire\r\navec la Caf -->\r\nTrois écoles.\r\n".encode())
    assert commentary.read(tmp_path, "enfance") == "# À lire\n\nTrois écoles."


def test_another_encoding_is_told_with_its_line(tmp_path):
    write(tmp_path, "Une ligne.\nL’école de ".encode() + b"\xe9t\xe9")
    with pytest.raises(BadInput, match=r"enfance\.md, ligne 2 : trouvé un texte qui n’est pas en UTF-8"):
        commentary.read(tmp_path, "enfance")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Un\ntexte\n## Deux", "### Un\ntexte\n#### Deux"),
        ("##### Cinq", "###### Cinq"),
        ("#pas un titre", "#pas un titre"),
        ("```\n# dans un bloc\n```\n# Un", "```\n# dans un bloc\n```\n### Un"),
        ("Rien.", "Rien."),
    ],
)
def test_headings_stand_under_those_of_the_chapter(text, expected):
    assert commentary.lowered(text) == expected


def test_a_chapter_shows_it_and_its_change_is_seen(copy_project):
    from ctg_lib.study import open_study

    here = copy_project()
    study = open_study("241200906", here)
    chapter = study.chapter("population")
    assert chapter.commentaire() is None
    before = dict(study.queries[-1])
    path = write(here.studies / "241200906", b"")
    path.rename(path.with_name("population.md"))
    path.with_name("population.md").write_text(
        "## Le camp\n\nLe régiment est arrivé par étapes.", encoding="utf-8"
    )
    again = open_study("241200906", here)
    text = again.chapter("population").commentaire()._repr_mimebundle_()[0]["text/markdown"]
    assert text.startswith("## Le commentaire de l’analyste") and "#### Le camp" in text
    assert "Le régiment est arrivé par étapes." in text
    asked = {k: v for k, v in before.items() if k != "answer"}
    assert asked == {"indicators": "commentary", "places": "population", "sources": ""}
    from ctg_lib.observations import content_hash

    assert content_hash(again.replay(asked)) != before["answer"]
