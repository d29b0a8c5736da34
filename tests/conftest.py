"""What most tests share: the checkout's own store and national table, made again if they are out of date."""

import os
from collections import Counter
from pathlib import Path

import pytest
from browsing import opened_browser
from hypothesis import settings
from real_reports import built, shared_folder

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
    "test_real_report_twice.py",
    "workbooks/",
    "partnership/",
    "agreement/",
    "statistics/",
    "study/test_messages_elsewhere.py",
    "build/test_warm_chapters.py",
    "build/test_validity_real.py",
    "test_real_report_seen.py",
    "build/test_reads.py",
    "cli/test_cli_study.py",
    "study/test_messages.py",
    "cli/test_second_study.py",
    "build/test_report.py",
    "consultation/test_planted_people.py",
    "test_real_report.py",
    "study/test_explore.py",
    "study/test_chapter_",
    "documents/",
)
"""Files that take minutes: begun first, they leave no worker alone with the last of them. While one worker
makes the national table, another finds what does not need it."""


MOST_ASKED = ("241200906", "241200906-demo")
"""Studies whose own rows are computed before the first test of a run by several workers, one study each."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; the others keep their order."""

    def rank(item: pytest.Item) -> int:
        path = item.path.relative_to(Path(__file__).parent).as_posix()
        return next((i for i, name in enumerate(FIRST) if path.startswith(name)), len(FIRST))

    items.sort(key=rank)


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    """With ``--durations``: seconds of each file too, the longest first, so that :data:`FIRST` can follow."""
    if not config.getoption("durations"):
        return
    seconds: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                seconds[report.nodeid.partition("::")[0]] += report.duration
    terminalreporter.section("longest files")
    for name, spent in seconds.most_common(config.getoption("durations")):
        terminalreporter.write_line(f"{spent:.0f}s {name}")


@pytest.fixture(scope="session")
def project() -> Project:
    """The checkout, with `ctg data build` done (workers wait for one another)."""
    from ctg_lib.build.national import build_data

    here = find_project(Path(__file__).parent)
    build_data(here)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker:  # many files ask for the rows of these studies, each for its own study object
        for study in MOST_ASKED[:: 1 if worker.endswith("0") else -1]:
            _prepared(study, here)
    return here


@pytest.fixture(scope="session")
def larzac(project):
    """The reference study."""
    return _prepared("241200906", project)


@pytest.fixture(scope="session")
def affricain(project):
    """Another EPCI of Aveyron, for which fewer figures are at hand."""
    return _prepared("200067155", project)


@pytest.fixture(scope="session")
def demonstration(project):
    """The made-up study."""
    return _prepared("241200906-demo", project)


def _prepared(study_id: str, project: Project):
    """A study whose own rows are computed once for all workers."""
    from ctg_lib.build.report import prepare_study
    from ctg_lib.study import open_study

    prepare_study(open_study(study_id, project))
    return open_study(study_id, project)


@pytest.fixture(scope="session")
def report_of(project, tmp_path_factory):
    """A function giving the outputs of a study's report, built once for all workers; to be read only."""
    root = shared_folder(tmp_path_factory, "rapports")
    return lambda study: built(project, root, study)


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
