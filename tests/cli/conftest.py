"""The command in this process: on the checkout, or on a copy that may be written to."""

import pytest
from typer.testing import CliRunner

from ctg_lib.build.report import prepare_study
from ctg_lib.cli import app
from ctg_lib.documents.study_folder import new_study
from ctg_lib.project import Project


@pytest.fixture
def run(project: Project, monkeypatch: pytest.MonkeyPatch):
    """The command in this process, on the checkout."""
    monkeypatch.setenv("CTG_ROOT", str(project.root))
    runner = CliRunner()
    return lambda *arguments: runner.invoke(app, list(arguments), prog_name="ctg")


@pytest.fixture(scope="session")
def together(project: Project) -> str:
    """Id of a study of two intermunicipalities, whose own rows are computed once for all runs of the tests."""
    made = new_study(project, ["241200906", "200067155"])
    prepare_study(made)
    return made.id


@pytest.fixture
def own(copy_project, monkeypatch: pytest.MonkeyPatch):
    """The command in this process, on a copy that may be written to."""
    here: Project = copy_project()
    monkeypatch.setenv("CTG_ROOT", str(here.root))
    runner = CliRunner()
    return here, lambda *arguments: runner.invoke(app, list(arguments), prog_name="ctg")
