"""``ctg study erase``: what it asks, what it says, and that it says no code and nothing of the answers."""

import shutil
import zipfile
from pathlib import Path

import pytest
from answered_forms import HABITANTS, limesurvey
from test_answers_erasing import CODE, OTHER, PLANTED, everything, person
from typer.testing import CliRunner

from ctg_lib.build.swap import held
from ctg_lib.cli import app


@pytest.fixture
def own(copy_project, monkeypatch):
    """The command on a copy of the project, with one export and something kept of a former run."""
    here = copy_project()
    monkeypatch.setenv("CTG_ROOT", str(here.root))
    folder = here.studies / "241200906" / "consultation" / "reponses"
    folder.mkdir(parents=True)
    lines = [person(1), person(2, " ; ".join(PLANTED)), person(3)]
    text = limesurvey(lines, HABITANTS, service=[{"codeeffacement": c} for c in (OTHER, CODE, "BCDFGHJKLN")])
    (folder / "export.csv").write_text(text, encoding="utf-8")
    kept = here.scratch / "cache" / "241200906"
    kept.mkdir(parents=True)
    (kept / "12.queries.jsonl").write_text("{}")
    runner = CliRunner()
    return here, lambda *a, **more: runner.invoke(app, ["study", "erase", *a], prog_name="ctg", **more)


def test_a_code_is_deleted_after_it_was_asked_and_then_known(own):
    here, run = own
    folder = here.studies / "241200906" / "consultation"
    before = (folder / "reponses" / "export.csv").read_text(encoding="utf-8")

    refused = run("241200906", CODE, input="n\n")
    assert refused.exit_code == 1
    assert "Rien n’est changé." in refused.stdout
    silent = run("241200906", CODE, input="")
    assert silent.exit_code == 1
    assert (folder / "reponses" / "export.csv").read_text(encoding="utf-8") == before

    done = run("241200906", "bcdfg-hjklm", input="oui\n")
    assert done.exit_code == 0
    assert "reponses/export.csv : ligne 3" in done.stdout
    assert "ctg report 241200906" in done.stdout
    assert not (here.scratch / "cache" / "241200906").exists()

    again = run("241200906", CODE)
    assert again.exit_code == 0
    assert "déjà effacées" in again.stdout

    unknown = run("241200906", "BCDFGHJKLP", "--yes")
    assert unknown.exit_code == 2
    assert "aucun fichier de l’étude ne porte ce code" in unknown.stderr
    odd = run("241200906", "a", "--yes")
    assert odd.exit_code == 2
    assert "ce code n’en est pas un" in odd.stderr

    said = "".join(r.stdout + r.stderr for r in (refused, silent, done, again, unknown, odd)).upper()
    assert not [word for word in (*PLANTED, CODE, "BCDFG-HJKLM", "BCDFGHJKLP") if word.upper() in said]
    left = "".join(p.read_text("utf-8") for p in folder.rglob("*") if p.is_file())
    assert not [word for word in (*PLANTED, CODE) if word in left]


def test_the_workbook_of_reviewed_texts_is_rid_of_the_person(own):
    here, run = own
    written = CliRunner().invoke(app, ["study", "verbatims", "241200906"], prog_name="ctg")
    assert written.exit_code == 0, written.output
    folder = here.studies / "241200906" / "consultation"
    assert "remorque violette" in everything(folder)
    done = run("241200906", CODE, "--yes")
    assert done.exit_code == 0
    assert "verbatims.xlsx : feuille" in done.stdout
    assert not [word for word in (*PLANTED, CODE) if word in everything(folder)]
    assert "Rien de particulier" in everything(folder)  # the others' stay


def test_what_could_not_be_looked_in_makes_the_command_fail(own):
    here, run = own
    (here.studies / "241200906" / "consultation" / "reponses" / "ancien.ods").write_bytes(b"PK")
    done = run("241200906", CODE, "--yes")
    assert done.exit_code == 1
    assert "Effacé." in done.stdout
    assert "ancien.ods : ce format n’est pas regardé" in done.stdout


PUBLISHED = "remorque violette"


def made_of_answers(here) -> list[Path]:
    """A report as it lies after ``ctg report``, what a killed command left of one, and what is kept between commands."""
    id = "241200906"
    paths = [
        here.outputs / id / "report" / "12-habitants.html", here.outputs / id / "report" / "assets" / "search-index.js",
        here.outputs / id / "chapters" / "12-habitants.ipynb", here.outputs / id / "data" / "mots.csv",
        here.outputs / f".{id}.new" / "report" / "index.html", here.outputs / f".{id}.old" / "report.html",
        here.scratch / "log" / id / "12-habitants.log", here.scratch / "quarto" / id / "html" / "12.qmd",
        here.scratch / "cache" / id / "12.queries.jsonl", here.processed / "etudes" / id / "mots-0.csv",
    ]  # fmt: skip
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"« Une {PUBLISHED} à emprunter »", encoding="utf-8")
    with zipfile.ZipFile(here.outputs / id / "report.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", PUBLISHED)
    other = here.outputs / "200067155" / "report" / "index.html"
    other.parent.mkdir(parents=True)
    other.write_text("un autre territoire")
    return [*paths, here.outputs / id / "report.docx"]


def left_of_it(here) -> list[str]:
    """Files in which the words still stand, whole project."""
    words = (PUBLISHED, *PLANTED, CODE)
    return [
        folder.name
        for part in ("outputs", ".ctg", "data/processed/etudes", "data/raw/studies/241200906")
        for folder in [here.root / part]
        if folder.is_dir() and any(word in everything(folder) for word in words)
    ]


def test_nothing_that_was_made_of_the_answers_is_left(own):
    here, run = own
    planted = made_of_answers(here)
    assert left_of_it(here) == ["outputs", ".ctg", "etudes", "241200906"]
    done = run("241200906", CODE, "--yes")
    assert done.exit_code == 0, done.output
    assert left_of_it(here) == [] and not [path for path in planted if path.exists()]
    told = next(line for line in done.stdout.splitlines() if line.startswith("Retiré aussi"))
    for part in ("outputs", ".ctg", "etudes"):
        assert part in told
    assert (here.outputs / "200067155" / "report" / "index.html").is_file()


def test_a_code_known_already_rids_what_was_made_since(own):
    here, run = own
    assert run("241200906", CODE, "--yes").exit_code == 0
    made_of_answers(here)
    again = run("241200906", CODE)
    assert again.exit_code == 0 and "déjà effacées" in again.stdout and "Retiré aussi" in again.stdout
    assert left_of_it(here) == []
    assert "Retiré" not in run("241200906", CODE).stdout


def test_nothing_is_erased_while_a_report_is_made(own):
    here, run = own
    before = everything(here.studies / "241200906")
    with held(here.outputs, "241200906"):
        refused = run("241200906", CODE, "--yes")
    assert refused.exit_code == 2 or refused.exit_code == 1
    assert "Une autre commande construit déjà" in refused.stderr
    assert everything(here.studies / "241200906") == before


def test_a_file_in_use_is_told_and_the_same_command_finishes(own, monkeypatch):
    here, run = own
    made_of_answers(here)
    real = shutil.rmtree

    def refused(folder, *a, **more):
        if "cache" in str(folder):
            raise PermissionError(13, "held", str(folder / "12.queries.jsonl"))
        real(folder, *a, **more)

    monkeypatch.setattr(shutil, "rmtree", refused)
    told = run("241200906", CODE, "--yes")
    assert told.exit_code == 2 and "12.queries.jsonl" in told.stderr and "Effacé." in told.stdout
    monkeypatch.undo()
    monkeypatch.setenv("CTG_ROOT", str(here.root))
    assert run("241200906", CODE).exit_code == 0 and left_of_it(here) == []
