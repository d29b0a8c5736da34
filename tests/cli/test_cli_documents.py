"""``ctg documents``: written all at once, what is missing said, what a person changed kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from ctg_lib.cli import app
from ctg_lib.documents.agreement import kinds
from ctg_lib.documents.agreement.kinds import Kind, Made
from ctg_lib.errors import BadInput, CtgError
from ctg_lib.project import Project

STUDY = "241200906"


@pytest.fixture
def here(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The command on the checkout's data, its outputs elsewhere; a kind of document made of what the test says."""
    root = tmp_path / "projet"
    root.mkdir()
    for part in ("data", "notebooks"):
        (root / part).symlink_to(project.root / part)
    monkeypatch.setenv("CTG_ROOT", str(root))
    runner = CliRunner()

    def run(made, *options: str):
        def make(study: object) -> Made:
            if isinstance(made, Exception):
                raise made
            return made

        monkeypatch.setattr(kinds, "KINDS", (Kind("fiches", "les fiches", "fiches", make), kinds.KINDS[-1]))
        return runner.invoke(app, ["documents", STUDY, "--only", "fiches", *options], prog_name="ctg")

    return root / "outputs" / STUDY / "documents", run


def test_documents_are_written_and_what_is_left_is_said(here) -> None:
    folder, run = here
    done = run(Made((("a.docx", b"1"),), ("A01 : à compléter, Pilote",)))
    assert done.exit_code == 0, done.output
    assert (folder / "a.docx").read_bytes() == b"1"
    assert "a.docx" in done.stdout and "A01" in done.stdout and "les fiches …" in done.stderr
    (folder / "a.docx").write_bytes(b"by hand")
    again = run(Made((("a.docx", b"2"),)))
    assert again.exit_code == 0 and "gardes/a.docx" in again.stdout
    assert (folder / "a.docx").read_bytes() == b"2" and (
        folder / "gardes" / "a.docx"
    ).read_bytes() == b"by hand"


@pytest.mark.parametrize(("error", "code"), [(BadInput("modele.yml : non"), 2), (CtgError("non plus"), 1)])
def test_what_cannot_be_made_is_told_and_the_former_one_stays(here, error: CtgError, code: int) -> None:
    folder, run = here
    assert run(Made((("a.docx", b"1"),))).exit_code == 0
    failed = run(error)
    assert failed.exit_code == code and str(error) in failed.stdout and "restent en place" in failed.stdout
    assert (folder / "a.docx").read_bytes() == b"1"


def test_a_kind_that_does_not_exist_is_refused_before_any_work(run) -> None:
    done = run("documents", STUDY, "--only", "fiche")
    assert done.exit_code == 2 and "--only : trouvé fiche, attendu parmi" in done.stderr


def test_a_study_without_an_agreement_is_told_what_to_fill(run, project, tmp_path, monkeypatch) -> None:
    for part in ("data", "notebooks"):
        (tmp_path / part).symlink_to(project.root / part)
    monkeypatch.setenv("CTG_ROOT", str(tmp_path))
    done = run("documents", STUDY, "--only", "fiches,synoptique,matrice")
    assert done.exit_code == 0, done.output
    assert done.stdout.count("rien à imprimer") == 3 and "ctg study plan 241200906" in done.stdout
