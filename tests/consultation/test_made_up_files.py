"""Made-up answers and words reach a page that is marked, or none."""

import shutil
from datetime import date

import pytest
from answered_forms import HABITANTS, limesurvey
from test_answers_received import some

from ctg_lib.consultation.folder import FOLDER, load
from ctg_lib.consultation.made_up import named_so, workbook
from ctg_lib.consultation.received import received

AS_OF = date(2026, 11, 15)
BOOKS = ("entretiens.xlsx", "forums.xlsx", "rencontres.xlsx", "seminaire.xlsx", "verbatims.xlsx")
SAID = "des données fictives, dans une étude qui ne l’est pas"


@pytest.fixture
def copied(project, tmp_path):
    """The demonstration's voices in another study's folder."""
    shutil.copytree(project.studies / "241200906-demo" / FOLDER, tmp_path / FOLDER)
    return tmp_path


def loaded(folder, **more):
    return load(folder, communes={}, secteurs={}, as_of=AS_OF, **more)


def test_a_study_that_is_not_made_up_reads_none_of_the_demonstration(copied):
    files = [path for path in (copied / FOLDER / "reponses").iterdir() if path.is_file()]
    for number, path in enumerate(sorted(files)):  # by what they hold, whatever their names
        path.rename(path.with_name(f"fichier {number}{path.suffix}"))
    found = loaded(copied)
    assert not found.surveys and found.actors.empty and found.actors.meetings.empty and found.verbatims.empty
    told = [p for p in found.problems if p.found == SAID]
    assert {p.severity for p in told} == {"error"} and len(told) == len(files) + len(BOOKS)
    assert {p.file for p in told if "/" not in p.file} == set(BOOKS)


def test_a_made_up_study_reads_them_all(copied):
    found = loaded(copied, fictif=True)
    assert len(found.surveys) == 6 and not found.actors.empty
    assert not [p for p in found.problems if p.found == SAID]


def test_the_name_alone_is_enough_and_what_was_collected_is_read(tmp_path):
    home = tmp_path / "reponses"
    home.mkdir()
    content = limesurvey(some(HABITANTS), HABITANTS)
    (home / "habitants.csv").write_text(content, encoding="utf-8")
    surveys, problems = received(tmp_path, {"habitants": HABITANTS}, fictif=False)
    assert len(surveys["habitants"]) == 3 and not [p for p in problems if p.severity == "error"]
    (home / "habitants.csv").rename(home / "habitants-fictif-limesurvey.csv")
    surveys, problems = received(tmp_path, {"habitants": HABITANTS}, fictif=False)
    assert not surveys and [p.found for p in problems] == [SAID]
    assert received(tmp_path, {"habitants": HABITANTS}, fictif=True)[0]


@pytest.mark.parametrize(
    ("mark", "read"), [("oui", False), ("réponse fictive", False), ("", True), ("non", True)]
)
def test_the_column_is_enough_where_something_is_written_in_it(tmp_path, mark, read):
    home = tmp_path / "reponses"
    home.mkdir()
    head = "participation;residence;mode;fictif"
    (home / "a.csv").write_text(
        f"{head}\noui;annee;papier;{mark}\noui;annee;papier;{mark}\n", encoding="utf-8"
    )
    surveys, problems = received(tmp_path, {"habitants": HABITANTS}, fictif=False)
    assert bool(surveys) is read and any(p.found == SAID for p in problems) is not read


@pytest.mark.parametrize(
    ("name", "made_up"),
    [
        ("parents-fictif-odk.csv", True),
        ("Fictif parents.csv", True),
        ("parents.csv", False),
        ("fictifs-non.csv", False),
    ],
)
def test_names_that_say_it(tmp_path, name, made_up):
    assert named_so(tmp_path / name) is made_up


def test_a_file_that_is_no_workbook_says_nothing(tmp_path):
    (tmp_path / "entretiens.xlsx").write_bytes(b"FICTIF")
    assert not workbook(tmp_path / "entretiens.xlsx") and not workbook(tmp_path / "absent.xlsx")
