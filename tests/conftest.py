"""What most tests share: the checkout's own store and national table, made again if they are out of date."""

import os
from pathlib import Path

import pytest
from browsing import opened_browser
from hypothesis import settings

from ctg_lib.project import Project, find_project
from ctg_lib.text_storage import plain_texts

plain_texts()  # as after a study was opened: frames of one test are compared with those of another

# figures and worker processes must not fight for the cores of a small machine
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

# the same examples at every run of the continuous integration; new ones at every run by hand
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("hand", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "hand")


FIRST = (
    "test_real_report.py",
    "workbooks/",
    "partnership/",
    "build/test_report.py",
    "study/test_messages.py",
    "cli/",
)
"""Files that take minutes: begun first, they leave no worker alone with the last of them. While one worker
makes the national table, another finds what does not need it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; the others keep their order."""

    def rank(item: pytest.Item) -> int:
        path = item.path.relative_to(Path(__file__).parent).as_posix()
        return next((i for i, name in enumerate(FIRST) if path.startswith(name)), len(FIRST))

    items.sort(key=rank)


@pytest.fixture(scope="session")
def project() -> Project:
    """The checkout, with `ctg data build` done (workers wait for one another)."""
    from ctg_lib.build.national import build_data

    here = find_project(Path(__file__).parent)
    build_data(here)
    return here


@pytest.fixture(scope="session")
def larzac(project):
    """The reference study."""
    return _prepared("241200906", project)


@pytest.fixture(scope="session")
def affricain(project):
    """Another EPCI of Aveyron, for which fewer figures are at hand."""
    return _prepared("200067155", project)


def _prepared(study_id: str, project: Project):
    """A study whose own rows are computed once for all workers."""
    from ctg_lib.build.report import prepare_study
    from ctg_lib.study import open_study

    prepare_study(open_study(study_id, project))
    return open_study(study_id, project)


@pytest.fixture(scope="module")
def browser():
    """A real browser; the test is skipped, with the reason, where there is none."""
    with opened_browser() as opened:
        yield opened


@pytest.fixture
def copy_project(project, tmp_path):
    """A function giving a copy of the project that may be written to: raw data, built data, notebooks."""
    import shutil

    def make(name: str = "projet") -> Project:
        root = tmp_path / name
        for part in ("data/raw", "data/processed", "notebooks"):
            skip = shutil.ignore_patterns(".ipynb_checkpoints")
            shutil.copytree(project.root / part, root / part, ignore=skip)
        return Project(root)

    return make
