"""Which territories a batch is about, who makes their reports, what is told, what is put together."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from types import SimpleNamespace

import openpyxl
import pandas as pd
import psutil
import pyarrow.parquet as pq
import pytest
from browsing import violations

from ctg_lib.build.batch import crew as crew_module
from ctg_lib.build.batch import run
from ctg_lib.build.batch import turn as turn_module
from ctg_lib.build.batch.choice import Choice, choose, of_departement, of_file, of_france
from ctg_lib.build.batch.cluster import Cluster, _turns, make_shard, shards_of
from ctg_lib.build.batch.crew import Crew
from ctg_lib.build.batch.front import write_front
from ctg_lib.build.batch.gather import Place, gather, places, write_comparison
from ctg_lib.build.batch.map import Shape, drawings
from ctg_lib.build.batch.run import check
from ctg_lib.build.batch.telling import Telling, rough
from ctg_lib.build.batch.turn import Turn, Wish, Workshop
from ctg_lib.build.export import COLUMNS
from ctg_lib.build.inputs import PARTS
from ctg_lib.build.run import Event
from ctg_lib.build.swap import hold
from ctg_lib.errors import BadInput, CtgError
from ctg_lib.geography import load_geography
from ctg_lib.project import Project

LARZAC, AFFRICAIN, MILLAU = "241200906", "200067155", "241200567"


@pytest.fixture(scope="module")
def geography(project):
    return load_geography(project)


# --- which territories ---------------------------------------------------------------------------------


def test_a_departement_gives_the_epci_with_a_commune_there(geography) -> None:
    choice = of_departement(geography, "12")
    assert choice.name == "departement-12"
    assert choice.title == "Aveyron"
    assert LARZAC in choice.studies and AFFRICAIN in choice.studies
    assert list(choice.studies) == sorted(choice.studies)
    communes = geography.membership()
    for study in choice.studies:
        assert "12" in set(communes.loc[communes["epci"].eq(study), "departement"]), study
    beside = set(of_departement(geography, "34").studies) & set(choice.studies)
    for study in beside:  # of two départements: in both
        assert {"12", "34"} <= set(communes.loc[communes["epci"].eq(study), "departement"])


def test_all_are_the_epci_of_the_edition(geography) -> None:
    assert set(of_france(geography).studies) == set(geography.codes("epci"))
    assert len(of_france(geography).studies) == len(set(of_france(geography).studies))


def test_an_unknown_departement_is_told(geography) -> None:
    with pytest.raises(BadInput, match="99"):
        of_departement(geography, "99")


def test_a_list_is_read_as_a_spreadsheet_writes_it(project, geography, tmp_path) -> None:
    path = tmp_path / "Nos territoires.csv"
    path.write_text(
        f'\ufeffcode;nom\n{AFFRICAIN};Saint-Affricain\n\n# un commentaire\n"{LARZAC}", Larzac # ici\n'
        f"{AFFRICAIN}\n241200906-demo\n",
        encoding="utf-8",
    )
    choice = of_file(project, geography, path)
    assert choice.studies == (AFFRICAIN, LARZAC, "241200906-demo")
    assert choice.name == "nos-territoires"


@pytest.mark.parametrize("stem", ["france", "departement-12"])
def test_a_list_never_takes_the_place_of_another_choice(project, geography, tmp_path, stem) -> None:
    path = tmp_path / f"{stem}.txt"
    path.write_text(LARZAC, encoding="utf-8")
    assert of_file(project, geography, path).name == f"liste-{stem}"


def test_every_wrong_line_of_a_list_is_named(project, geography, tmp_path) -> None:
    path = tmp_path / "liste.txt"
    path.write_text(f"{LARZAC}\n24120090\n../241200906\nrien\n", encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        of_file(project, geography, path)
    said = str(caught.value)
    assert said.startswith("liste.txt : attendu, à chaque ligne, le code SIREN")
    assert all(f"ligne {number} : " in said for number in (2, 3, 4)) and "ligne 1 :" not in said
    assert "trouvé « 24120090 »" in said and "trouvé « ../241200906 »" in said


def test_an_empty_or_absent_list_is_told(project, geography, tmp_path) -> None:
    path = tmp_path / "vide.txt"
    path.write_text("# rien\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"vide\.txt : aucun code"):
        of_file(project, geography, path)
    with pytest.raises(BadInput, match=r"absente\.txt : fichier absent"):
        of_file(project, geography, tmp_path / "absente.txt")


def test_a_workbook_or_a_list_of_something_else_is_told_at_once(project, geography, tmp_path) -> None:
    book = tmp_path / "liste.xlsx"
    openpyxl.Workbook().save(book)
    with pytest.raises(BadInput, match=r"liste\.xlsx : attendu un texte ou un CSV, pas un classeur"):
        of_file(project, geography, book)
    other = tmp_path / "autre.txt"
    codes = "\n".join(f"{number:09}" for number in range(300))
    other.write_text(f"{codes}\n{'x' * 5000}", encoding="utf-8")
    with pytest.raises(BadInput, match=r"et 281.autres lignes") as caught:
        of_file(project, geography, other)
    assert len(str(caught.value).splitlines()) == 22


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "aucune"),
        ({"departement": "12", "every": True}, "--departement et --all"),
        ({"every": True, "codes": "x"}, "--all et --codes"),
    ],
)
def test_one_way_of_choosing_and_one_only(project, geography, options, told) -> None:
    with pytest.raises(BadInput, match=told):
        choose(project, geography, **options)


def test_what_no_territory_could_be_made_with_is_refused_first(project) -> None:
    for wish, told in (
        (Wish(chapters=("77",)), "77"), (Wish(formats=("odt",)), "odt"),
        (Wish(assembler="word"), "word"), (Wish(engine="tiède"), "tiède"),
    ):  # fmt: skip
        with pytest.raises(BadInput, match=told):
            check(project, wish)


def test_a_wish_and_a_turn_survive_the_way_to_another_process() -> None:
    import json

    wish = Wish(("02", "04"), ("html", "pdf"), memory=12.5, force=True)
    turn = Turn(LARZAC, False, ("02-x",), seconds=1.5, error="non")
    assert Wish.heard(json.loads(json.dumps(wish.said()))) == wish
    assert Turn.heard(json.loads(json.dumps(turn.said()))) == turn


# --- one turn ------------------------------------------------------------------------------------------


def test_whatever_goes_wrong_is_told_and_not_raised(project, monkeypatch) -> None:
    shop = Workshop(project, Wish())

    def bad(error: Exception):
        def plan_report(*_, **__):
            raise error

        monkeypatch.setattr("ctg_lib.build.report.plan_report", plan_report)
        return shop.make(LARZAC)

    assert bad(CtgError("raison")).error == "raison"
    unexpected = bad(ZeroDivisionError("zéro"))
    assert not unexpected.ok and "erreur inattendue, ZeroDivisionError : zéro" in unexpected.error
    assert "test_batch.py, ligne" in unexpected.error
    with pytest.raises(KeyboardInterrupt):
        bad(KeyboardInterrupt())  # type: ignore[arg-type]


def test_no_report_is_begun_on_a_disk_that_is_almost_full(tmp_path, monkeypatch) -> None:
    """Room is waited for; a file system that tells of no size is not full."""
    usage, looks = shutil.disk_usage(tmp_path), []

    def free(*megabytes: int, total: int = usage.total):
        left = list(megabytes)

        def disk_usage(_: object):
            looks.append(left[0])
            return usage._replace(total=total, free=(left.pop(0) if len(left) > 1 else left[0]) * 10**6)

        monkeypatch.setattr(turn_module.shutil, "disk_usage", disk_usage)

    free(0, total=0)
    turn_module.check_room(Project(tmp_path))
    free(321, 499, 501)
    turn_module.check_room(Project(tmp_path))
    assert looks == [0, 321, 499, 501]
    free(321)
    shop = Workshop(Project(tmp_path), Wish())
    shop._patience = 0.3
    turn = shop.make(LARZAC)
    assert (
        len(looks) > 5
        and not turn.ok
        and turn.error.replace("\u00a0", " ")
        == ("outputs : moins de 500 Mo libres sur ce disque ; ce rapport n’est pas commencé")
    )
    looks.clear()
    assert not shop.make(AFFRICAIN).ok and len(looks) == 1  # waited for once, not by each report
    free(501)
    monkeypatch.setattr("ctg_lib.build.report.plan_report", lambda *_, **__: 1 / 0)
    assert "ZeroDivisionError" in shop.make(MILLAU).error and shop._patience == turn_module.BUSY


def test_each_step_of_a_report_is_a_sign_of_life(tmp_path, monkeypatch) -> None:
    """What a report says, its chapters' cells too."""

    def build_report(*_: object, say, on_event, **__: object):
        say("tableaux")
        on_event(Event("cell", "04-x", 1, 9))
        return SimpleNamespace(chapters=(), left=False)

    monkeypatch.setattr("ctg_lib.build.report.plan_report", lambda *_, **__: None)
    monkeypatch.setattr("ctg_lib.build.report.build_report", build_report)
    signs = []
    assert Workshop(Project(tmp_path), Wish(engine="cold")).make(LARZAC, lambda: signs.append("signe")).ok
    assert len(signs) == 3  # and one where it begins


# --- processes -----------------------------------------------------------------------------------------

FAKE = """
import os, signal, time
from ctg_lib.build import inputs
from ctg_lib.build.batch import turn, worker

def make(self, study, alive):
    with (self.project.root / "begun.txt").open("a") as out:
        out.write(study + "\\n")
    times = (self.project.root / "begun.txt").read_text().split().count(study)
    if study.startswith("meurt") and times <= int(study[5]):
        os.kill(os.getpid(), signal.SIGKILL)
    if study == "dort":
        time.sleep(600)
    if study == "parle":
        alive()
        while not (self.project.root / "assez").exists():
            time.sleep(0.05)
    return turn.Turn(study, True)

inputs.begun = lambda project: {}
turn.Workshop.make = make
worker.main()
"""


@pytest.fixture
def fake(tmp_path, monkeypatch) -> Project:
    """Workers that make nothing: « meurtN » kills its process at its first N tries, « dort » never ends, « parle »
    gives one sign of life, then waits for a file « assez »."""
    script = tmp_path / "worker.py"
    script.write_text(FAKE, encoding="utf-8")
    real = crew_module.subprocess.Popen
    monkeypatch.setattr(
        crew_module.subprocess, "Popen",
        lambda arguments, **settings: real([sys.executable, str(script)], **settings),
    )  # fmt: skip
    return Project(tmp_path)


def crew(project: Project, workers: int = 2) -> Crew:
    return Crew(project, Wish(), workers, project.root / ".ctg" / "log")


def begun(project: Project) -> list[str]:
    return (project.root / "begun.txt").read_text().split()


def test_each_territory_has_its_turn(fake) -> None:
    studies = [f"t{number}" for number in range(9)]
    turns = list(crew(fake, 3).each(studies))
    assert sorted(turn.study for turn in turns) == studies
    assert all(turn.ok for turn in turns)
    assert sorted(begun(fake)) == studies


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal on Windows")
def test_a_process_that_dies_is_replaced_and_its_territory_begun_again(fake) -> None:
    turns = {turn.study: turn for turn in crew(fake, 1).each(["t1", "meurt1", "meurt9", "t2"])}
    assert turns["meurt1"].ok and turns["t1"].ok and turns["t2"].ok
    assert turns["meurt9"].error == (
        "le processus qui faisait ce rapport s’est arrêté 2 fois (signal 9) ; voir .ctg/log/processus-1.txt"
    )
    assert begun(fake) == ["t1", "meurt1", "meurt1", "meurt9", "meurt9", "t2"]


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal on Windows")
def test_closing_ends_all_processes_at_once(fake) -> None:
    here = crew(fake, 2)
    turns = here.each(["t1", "dort", "dort", "dort"])
    assert next(turns).study == "t1"
    pids = here.pids
    assert pids
    turns.close()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert here.pids == []
    assert threading.active_count() < 20


ASKS = """
import sys, time
from pathlib import Path
from ctg_lib.build.batch import crew
from ctg_lib.build.batch.turn import Wish
from ctg_lib.project import Project
real, script, root = crew.subprocess.Popen, sys.argv[1], Path(sys.argv[2])
crew.subprocess.Popen = lambda arguments, **settings: real([sys.executable, script], **settings)
made = crew.Crew(Project(root), Wish(), 2, root / "log")
turns = made.each(["t1", "dort", "dort"])
next(turns)
while len(made.pids) < 2:
    time.sleep(0.05)
print(*made.pids, flush=True)
next(turns)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal on Windows")
def test_worker_processes_end_with_whoever_asked(tmp_path) -> None:
    """Whoever asked is killed by signal 9, and can end nothing itself."""
    (tmp_path / "worker.py").write_text(FAKE, encoding="utf-8")
    asks = subprocess.Popen(
        [sys.executable, "-c", ASKS, str(tmp_path / "worker.py"), str(tmp_path)], stdout=subprocess.PIPE
    )
    assert asks.stdout is not None
    pids = [int(pid) for pid in asks.stdout.readline().split()]
    assert len(pids) == 2 and all(psutil.pid_exists(pid) for pid in pids)
    asks.kill()
    asks.wait()
    asks.stdout.close()
    deadline = time.monotonic() + 30
    while any(psutil.pid_exists(pid) for pid in pids):
        assert time.monotonic() < deadline, "orphans"
        time.sleep(0.05)


def test_a_process_that_tells_nothing_is_ended_and_its_territory_told(fake, monkeypatch) -> None:
    """The time that passes without news is made up; it counts at each look."""
    monkeypatch.setattr(crew_module, "_ASLEEP", 1e6)
    here, done = crew(fake, 1), threading.Event()

    def time_passes() -> None:
        for times in (1, 2):
            while (fake.root / "begun.txt").read_text().split().count("dort") < times:
                time.sleep(0.05)
            here._looked -= 5000
        done.set()

    turns = here.each(["t1", "dort", "t2"])
    assert next(turns).ok
    threading.Thread(target=time_passes, daemon=True).start()
    ended = {turn.study: turn for turn in turns}
    assert done.is_set() and ended["t2"].ok
    assert ended["dort"].error.replace("\u00a0", " ") == (
        "le processus qui faisait ce rapport s’est arrêté 2 fois (sans nouvelles depuis 30 min) ; voir "
        ".ctg/log/processus-1.txt"
    )
    assert begun(fake) == ["t1", "dort", "dort", "t2"]
    log = fake.root / ".ctg" / "log" / "processus-1.txt"
    assert log.read_text("utf-8").count(" in make\n") == 2  # where it hung


def test_a_sign_of_life_counts_and_a_machine_that_sleeps_is_not_silent(fake) -> None:
    worker = crew_module._Worker(fake, Wish(), fake.root / "log.txt")
    try:
        worker.ready()
        worker.silent(1000, 1800)
        with ThreadPoolExecutor(1) as thread:
            turn = thread.submit(worker.make, "parle")
            deadline = time.monotonic() + 30
            while worker._silent and time.monotonic() < deadline:
                time.sleep(0.02)
            worker.silent(1000, 1800)
            (fake.root / "assez").touch()
            assert turn.result(30).ok
    finally:
        worker.kill()
    here, passed = crew(fake), []
    here._running.append(SimpleNamespace(silent=lambda seconds, _: passed.append(seconds)))
    here._looked -= 8 * 3600
    here._look()
    assert passed == [crew_module._ASLEEP]


def test_a_machine_that_starts_no_more_processes_is_told_for_each_territory(fake, monkeypatch) -> None:
    def full(*_, **__):
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(crew_module.subprocess, "Popen", full)
    turns = list(crew(fake, 2).each(["t1", "t2", "t3"]))
    assert sorted(turn.study for turn in turns) == ["t1", "t2", "t3"]
    assert all("OSError" in turn.error and not turn.ok for turn in turns)


def test_nothing_to_do_starts_no_process(fake) -> None:
    assert list(crew(fake).each([])) == []
    assert not (fake.root / ".ctg").exists()


# --- what is told --------------------------------------------------------------------------------------


def test_progress_says_how_long_the_rest_will_take() -> None:
    now = iter([0.0, 10.0, 30.0, 45.0])
    out = io.StringIO()
    with Telling(out, bars=False, clock=lambda: next(now)) as telling:
        telling.begin(3)
        telling.ended(Turn("a", True, seconds=10), "Territoire A")
        telling.ended(Turn("b", False, error="cause\ndétail"), "Territoire B")
        telling.ended(Turn("c", True, seconds=15), "Territoire C")
    assert out.getvalue().replace("\u00a0", " ").splitlines() == [
        "· 1/3 Territoire A : 10,0 s ; reste environ 20 s",
        "· 2/3 Territoire B : ÉCHEC ; reste environ 15 s",
        "    cause",
        "    détail",
        "· 3/3 Territoire C : 15,0 s",
    ]


def test_a_bar_keeps_failures_in_sight() -> None:
    out = io.StringIO()
    with Telling(out, bars=True) as telling:
        telling.begin(2)
        telling.ended(Turn("a", True, seconds=1), "A")
        telling.ended(Turn("b", False, error="cause"), "Territoire B")
    assert "Territoire B" in out.getvalue() and "cause" in out.getvalue() and "2/2" in out.getvalue()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.2, "1 s"),
        (59, "59 s"),
        (59.7, "1 min"),
        (90, "2 min"),
        (3540, "59 min"),
        (3580, "1 h 00"),
        (11100, "3 h 05"),
    ],
)
def test_rough_durations(seconds, said) -> None:
    assert rough(seconds).replace("\u00a0", " ") == said


# --- what is put together ------------------------------------------------------------------------------


def row(level: str, code: str, indicator: str, value: float | None, **more) -> dict:
    line = dict.fromkeys(COLUMNS, "") | {"level": level, "code": code, "indicator": indicator}
    numbers = {"value": value, "lower": None, "upper": None, "numerator": None, "denominator": None}
    told = {
        "geography_year": 2026,
        "period": "2023",
        "status": "observed",
        "label": indicator,
        "sources": "s",
    }
    return {**line, **numbers, **told, "source_text": "Insee, essai 2023", **more}


def report_of(project: Project, study: str, rows: list[dict]) -> None:
    folder = project.outputs / study / "data"
    folder.mkdir(parents=True)
    frame = pd.DataFrame(rows)
    numbers = ["value", "lower", "upper", "numerator", "denominator"]
    frame.astype(dict.fromkeys(numbers, float)).to_parquet(folder / "indicateurs.parquet", index=False)


@pytest.fixture
def three(tmp_path) -> tuple[Project, list[Place]]:
    """Two territories with a report, one without."""
    here = Project(tmp_path)
    report_of(here, "A", [
        row("epci", "A", "population", 1000, period="2022"), row("epci", "A", "population", 1100),
        row("epci", "A", "taux_pauvrete", None, status="secret"),
        row("epci", "A", "part_65_plus", 28.4, period="2021"),
        row("commune", "a1", "population", 600), row("commune", "z9", "population", 7),
        row("epci", "B", "population", 5), row("departement", "12", "population", 280000),
        row("france", "F", "population", 68e6),
    ])  # fmt: skip
    report_of(here, "B", [
        row("epci", "B", "population", 2000),
        row("epci", "B", "taux_pauvrete", None, lower=14.0, upper=16.0),
        row("epci", "B", "part_65_plus", 25.0, breakdown="sexe=F"), row("epci", "B", "part_65_plus", 26.0),
        row("departement", "12", "population", 280000), row("departement", "34", "population", 1.2e6),
    ])  # fmt: skip
    made = [
        Place("A", "epci", "A", "CC de A", frozenset({"a1"}), False),
        Place("B", "epci", "B", "CC de B", frozenset({"b1"}), True),
        Place("C", "epci", "C", "CC de C", frozenset({"c1"}), False),
    ]
    return here, made


def test_all_figures_in_one_file_larger_territories_once(three, tmp_path) -> None:
    here, made = three
    gathered = gather(here, made, tmp_path / "tous.parquet")
    table = pq.read_table(tmp_path / "tous.parquet").to_pandas()
    pairs = list(zip(table["etude"], table["level"], table["code"], strict=True))
    assert pairs.count(("A", "departement", "12")) == 1 and ("B", "departement", "12") not in pairs
    assert ("B", "departement", "34") not in pairs  # B is made up
    assert ("A", "france", "F") in pairs
    assert ("A", "commune", "a1") in pairs
    assert ("A", "commune", "z9") not in pairs and ("A", "epci", "B") not in pairs  # neighbours
    assert gathered.absent == ("C",)
    assert gathered.value("A", "population").value == 1100
    assert gathered.value("B", "part_65_plus").value == 26.0
    assert gathered.value("C", "population") is None


def test_figures_of_larger_territories_come_from_studies_that_are_not_made_up(three, tmp_path) -> None:
    here, made = three
    report_of(here, "F", [row("france", "F", "population", 1.0), row("epci", "F", "population", 10.0)])
    first = Place("F", "epci", "F", "Inventée", frozenset(), True)
    gather(here, [first, *made], tmp_path / "tous.parquet")
    table = pq.read_table(tmp_path / "tous.parquet").to_pandas()
    france = table[table["level"].eq("france")]
    assert list(zip(france["etude"], france["value"], strict=True)) == [("A", 68e6)]
    gather(here, [first], tmp_path / "seule.parquet")
    assert set(pq.read_table(tmp_path / "seule.parquet")["level"].to_pylist()) == {"france", "epci"}


def test_a_figure_of_another_period_is_not_lost(three, tmp_path) -> None:
    here, made = three
    report_of(here, "D", [row("departement", "12", "population", 1.0, period="2020")])
    gather(here, [*made, Place("D", "epci", "D", "CC de D", frozenset(), False)], tmp_path / "tous.parquet")
    table = pq.read_table(tmp_path / "tous.parquet").to_pandas()
    assert set(table[table["level"].eq("departement") & table["code"].eq("12")]["period"]) == {"2020", "2023"}


def test_a_study_that_cannot_be_opened_keeps_its_line_and_loses_no_page(project, geography, tmp_path) -> None:
    here = Project(tmp_path)
    (here.studies / LARZAC).mkdir(parents=True)
    (here.studies / LARZAC / "study.yml").write_text("territories: [rien", encoding="utf-8")
    bad, good = places(here, geography, [LARZAC, AFFRICAIN])
    assert (bad.study, bad.level, bad.name) == (LARZAC, "", LARZAC)
    assert (good.level, good.code) == ("epci", AFFRICAIN)


@pytest.mark.parametrize("damage", ["cut", "older"])
def test_a_report_that_cannot_be_read_counts_as_absent(three, tmp_path, damage) -> None:
    """It failed tonight, and what stands there was damaged, or made by an older version."""
    here, made = three
    path = here.outputs / made[0].study / "data" / "indicateurs.parquet"
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:100])
    else:
        pd.read_parquet(path).drop(columns="source_text").to_parquet(path)
    gathered = gather(here, made, tmp_path / "lot.parquet")
    assert gathered.absent == ("A", "C")  # the third has none
    assert set(pd.read_parquet(tmp_path / "lot.parquet")["etude"]) == {"B"}


def test_a_night_is_not_lost_for_its_index(project, geography, monkeypatch, tmp_path) -> None:
    """Whatever goes wrong when all is put together, what became of each report is told."""

    def broken(*_: object) -> None:
        raise KeyError("colonne")

    monkeypatch.setattr(run, "_together", broken)
    monkeypatch.setattr(run, "check", lambda *_: None)
    here, choice = Project(tmp_path), Choice("liste", "Liste", (LARZAC, AFFRICAIN))
    orphan = here.scratch / "cache" / PARTS / f"{'a' * 32}.json"
    orphan.parent.mkdir(parents=True)
    orphan.touch()
    os.utime(orphan, (0, 0))
    ends = [Turn(LARZAC, True), Turn(AFFRICAIN, False, error="cause")]
    with Telling(io.StringIO(), bars=False) as telling:
        wish = Wish(force=True)
        result = run.run_batch(here, geography, choice, wish, lambda _: (turn for turn in ends), telling)
    assert result.made == (LARZAC,) and [turn.study for turn in result.failed] == [AFFRICAIN]
    assert result.problem == "erreur inattendue, KeyError : 'colonne'"
    assert not orphan.exists()  # the cache is tidied all the same


def test_the_same_reports_give_the_same_bytes(three, tmp_path) -> None:
    here, made = three
    for name in ("un", "deux"):
        (tmp_path / name).mkdir()
        gathered = gather(here, made, tmp_path / name / "tous.parquet")
        write_comparison(gathered, made, tmp_path / name, date(2026, 11, 1))
    for file in ("tous.parquet", "comparaison.csv", "comparaison.xlsx"):
        assert (tmp_path / "un" / file).read_bytes() == (tmp_path / "deux" / file).read_bytes(), file


def test_the_comparison_keeps_ranges_statuses_and_what_is_made_up(three, tmp_path) -> None:
    here, made = three
    gathered = gather(here, made, tmp_path / "tous.parquet")
    write_comparison(gathered, made, tmp_path, date(2026, 11, 1))
    sheet = openpyxl.load_workbook(tmp_path / "comparaison.xlsx")["Valeurs"]
    rows = [[cell.value for cell in line] for line in sheet.iter_rows()]
    head = {name.split(" (")[0]: at for at, name in enumerate(rows[0])}
    assert [line[0] for line in rows[1:]] == ["A", "B"]
    assert [line[head["Données fictives"]] for line in rows[1:]] == [None, "oui"]
    assert [line[head["population municipale"]] for line in rows[1:]] == [1100, 2000]
    poverty = [line[head["taux de pauvreté"]] for line in rows[1:]]
    assert poverty[0] == "secret statistique"
    assert poverty[1].replace("\u00a0", " ") == "entre 14,0 et 16,0"
    csv = pd.read_csv(tmp_path / "comparaison.csv")
    assert len(csv) == 6 and set(csv["source_text"]) == {"Insee, essai 2023"}


def test_the_page_leads_to_reports_and_names_failures(three, tmp_path, geography) -> None:
    here, made = three
    (tmp_path / "lot").mkdir()
    gathered = gather(here, made, tmp_path / "lot" / "indicateurs.parquet")
    write_comparison(gathered, made, tmp_path / "lot", date(2026, 11, 1))
    failures = {"C": "05-x.ipynb, cellule 3 : ValueError : <b>\nTrace complète : .ctg/log"}
    page = write_front(geography, "Essai", made, gathered, failures, tmp_path / "lot", licence="Licence.")
    html = page.read_text("utf-8").replace("\u00a0", " ").replace("\u202f", " ")
    assert 'href="../../A/report/index.html"' in html and 'href="../../C/' not in html
    assert "2 rapports pour 3 territoires ; 1 rapport qui n’a pas pu être fait." in html
    assert "05-x.ipynb, cellule 3 : ValueError : &lt;b&gt;" in html and "Trace complète : .ctg/log" in html
    assert "<strong>Fictif</strong>" in html and "(fictif)" in html
    assert "28 (2021)" in html  # the others are of 2023
    assert "secret statistique" in html and "Insee, essai 2023" in html
    for name in ("comparaison.xlsx", "comparaison.csv", "indicateurs.parquet"):
        assert f'href="{name}"' in html
    assert (tmp_path / "lot" / "assets" / "report.css").is_file()


def test_the_map_draws_each_territory_once(geography) -> None:
    reunion = next(
        code for code in geography.codes("epci") if geography.parents(code).get("departement") == "974"
    )
    shapes = {
        LARZAC: Shape("../../a/report/index.html", "Larzac & Vallées", "made"),
        AFFRICAIN: Shape("", "Saint-Affricain", "failed"),
        reunion: Shape("x.html", "Réunion", "made"),
    }
    mainland, island = drawings(geography, shapes)
    assert mainland.count("<path") == 2 and island.count("<path") == 1
    assert "Larzac &amp; Vallées" in mainland and mainland.count("<a ") == 1
    assert 'class="failed"' in mainland and "nan" not in mainland
    assert drawings(geography, {}) == []


# --- cluster -------------------------------------------------------------------------------------------


def test_shards_hold_each_territory_once_and_in_order() -> None:
    studies = [str(number) for number in range(103)]
    for threads in (0, 1, 2, 8, 500):
        shards = shards_of(studies, threads)
        assert [study for shard in shards for study in shard] == studies
        assert max(map(len, shards)) <= 25
    assert shards_of([], 4) == []


def test_a_cluster_that_does_not_answer_is_told(project, monkeypatch) -> None:
    monkeypatch.setattr("ctg_lib.build.batch.cluster._WAIT", 1.0)
    with pytest.raises(BadInput, match="aucun ordonnanceur Dask n’y répond"):
        next(Cluster("tcp://127.0.0.1:9", project, Wish()).each([LARZAC]))


def test_without_dask_the_message_says_what_to_install(project, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(BadInput, match=r"pip install .ctg-lib\[grappe\]"):
        next(Cluster("tcp://127.0.0.1:9", project, Wish()).each([LARZAC]))


def test_a_machine_that_does_not_see_the_project_says_so(tmp_path) -> None:
    with pytest.raises(CtgError, match="n’est pas le dossier du projet"):
        make_shard(str(tmp_path / "absent"), Wish().said(), "presence", [LARZAC])


class Future:
    """What a cluster gives back: an error."""

    def exception(self) -> Exception:
        return CtgError("m2 : n’est pas le dossier du projet")


def test_one_machine_that_sees_nothing_loses_its_reports_alone() -> None:
    """Where no report was made yet, it is no use to go on; else the others are, and this is told."""
    with pytest.raises(CtgError, match="m2"):
        _turns(Future(), [LARZAC], any_made=False)
    (turn,) = _turns(Future(), [LARZAC], any_made=True)
    assert not turn.ok and turn.error.startswith("la grappe n’a pas pu faire ce rapport, CtgError : m2")


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal on Windows")
def test_a_shard_ends_with_whoever_asked_for_it(fake) -> None:
    manifest = fake.manifest
    manifest.parent.mkdir(parents=True)
    manifest.touch()
    presence = fake.root / "presence.lock"
    with ThreadPoolExecutor(1) as thread:
        with hold(presence, waiting=lambda: None):
            shard = thread.submit(make_shard, str(fake.root), Wish().said(), str(presence), ["t1", "dort"])
            while "dort" not in (begun(fake) if (fake.root / "begun.txt").is_file() else []):
                time.sleep(0.05)
            assert not shard.done()
        assert shard.result(timeout=30) == []
    assert not [child for child in psutil.Process().children() if "worker.py" in " ".join(child.cmdline())]


@pytest.mark.slow
def test_the_page_in_a_browser(three, tmp_path, geography, browser) -> None:
    """No fault of accessibility, nothing wider than a phone, the map leads to a report, filter and no search."""
    here, _ = three
    studies = of_departement(geography, "12").studies
    real = [Place(code, "epci", code, f"CC {code}", frozenset(), True) for code in studies]
    for place in real[:-1]:
        report_of(here, place.study, [row("epci", place.code, "population", 1000.0)])
    (tmp_path / "lots" / "lot").mkdir(parents=True)
    folder = tmp_path / "lots" / "lot"
    gathered = gather(here, real, folder / "indicateurs.parquet")
    write_comparison(gathered, real, folder, date(2026, 11, 1))
    page = write_front(
        geography, "Aveyron", real, gathered, {real[-1].study: "cause"}, folder, licence="Licence."
    )
    for width in (1280, 375):
        tab = browser.new_page(viewport={"width": width, "height": 900})
        faults: list[str] = []
        tab.on("pageerror", lambda error, found=faults: found.append(str(error)))
        tab.goto(page.as_uri())
        assert violations(tab) == []
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        assert tab.locator(".search").count() == 0 and tab.locator("button.theme").count() == 1
        areas = tab.locator(".lot-map a")
        assert areas.count() == len(real) - 1
        assert areas.first.get_attribute("href") == f"../../{real[0].study}/report/index.html"
        assert tab.locator("table.ctg-table tbody tr").count() == len(real) - 1
        assert faults == []
        tab.close()
