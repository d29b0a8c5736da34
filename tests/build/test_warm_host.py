"""What several notebooks share is read once: by a process that reads nothing itself, has one thread, and can be replaced."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from ctg_lib import shelf
from ctg_lib.build.warm import prime
from ctg_lib.build.warm.pool import Limits, Pool, Stopped
from ctg_lib.geography.atlas import EDITIONS, shelf_key
from ctg_lib.indicators import coverage
from ctg_lib.project import Project

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="les hôtes n’existent qu’avec fork"
)
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    with Pool(tmp_path_factory.mktemp("ipython")) as made:
        yield made


def _said(where: Any, source: str) -> str:
    notebook = new_notebook(cells=[new_code_cell(source)])
    ran = where.run(notebook, folder=ROOT, env=os.environ, limits=Limits(60), on_cell=lambda _: None)
    assert ran.error is None, ran.error
    return "".join(output.get("text", "") for output in ran.notebook.cells[0].outputs).strip()


SHELF = "from ctg_lib import shelf\nprint(sorted({k[0] for k in shelf._SHELF or {}}))"
PARENT = "import os\nprint(os.getppid())"


def test_a_host_has_read_the_geography_and_the_pool_has_not(pool: Pool) -> None:
    with pool.host({"root": str(ROOT)}) as host:
        assert _said(host, SHELF) == "['geography', 'holdings', 'territory']"
    assert _said(pool, SHELF) == "[]"


def test_a_host_takes_what_another_process_has_read_and_reads_nothing(pool: Pool, tmp_path: Path) -> None:
    project = Project(tmp_path)
    with shelf.opened():
        shelf.shelved(("study", "Millau"), lambda: "12145")
        shelf.shelved(shelf_key(project.raw / "geography", EDITIONS[-1]), lambda: "in each process")
        laid = prime.ahead(project)
    with pool.host(prime.given(project, "absente", laid)) as host:
        assert _said(host, SHELF) == "['study']"
    assert not list(tmp_path.rglob("*")), "people's answers are on the shelf: nothing is written"


def test_a_host_reads_by_itself_what_cannot_be_kept(pool: Pool) -> None:
    with pool.host(prime.given(Project(ROOT), "absente", b"damaged")) as host:
        assert _said(host, SHELF) == "['geography', 'holdings', 'territory']"


def test_what_was_read_started_no_thread_in_the_process_that_forks(pool: Pool) -> None:
    with pool.host({"root": str(ROOT)}) as host:
        parent = psutil.Process(int(_said(host, PARENT)))
        assert parent.num_threads() == 1


def test_names_read_ahead_are_those_that_are_read_here(pool: Pool) -> None:
    from ctg_lib.geography import load_geography

    source = (
        "from pathlib import Path\nfrom ctg_lib.geography import load_geography\nfrom ctg_lib.project import Project\n"
        f"print(load_geography(Project(Path({str(ROOT)!r}))).territory('241200906'))"
    )
    with pool.host({"root": str(ROOT)}) as host:
        assert _said(host, source) == str(load_geography(Project(ROOT)).territory("241200906"))


def test_a_host_that_died_is_replaced(pool: Pool) -> None:
    with pool.host({"root": str(ROOT)}) as host:
        first = psutil.Process(int(_said(host, PARENT)))
        first.kill()
        psutil.wait_procs([first], timeout=5)
        assert int(_said(host, PARENT)) != first.pid


def test_what_cannot_be_read_stops_no_notebook(pool: Pool, tmp_path: Path) -> None:
    with pool.host({"root": str(tmp_path), "study": "absente"}) as host:
        assert _said(host, "print('bon')") == "bon"


def test_a_store_that_cannot_be_read_stops_no_reading_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(store: object) -> None:
        raise OSError("illisible")

    monkeypatch.setattr(coverage, "holdings", broken)
    monkeypatch.setattr(shelf, "_SHELF", {})
    prime.read({"root": str(ROOT)})
    assert "holdings" not in {key[0] for key in shelf._SHELF or ()}


def test_what_the_store_holds_is_not_read_where_it_would_not_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(coverage, "holdings", asked.append)
    monkeypatch.setattr(shelf, "_SHELF", None)
    prime.read({"root": str(ROOT)})
    assert asked == []
    monkeypatch.setattr(shelf, "_SHELF", {})
    prime.read({"root": str(ROOT)})
    assert len(asked) == 1


@pytest.mark.slow
def test_what_the_chapters_of_a_study_share_is_on_its_shelf(pool: Pool) -> None:
    with pool.host({"root": str(ROOT), "study": "241200906-demo"}) as host:
        said = _said(
            host, "from ctg_lib import shelf\nprint(sorted({k[-1] for k in shelf._SHELF if k[0] == 'study'}))"
        )
    assert eval(said) == [
        "agreement", "answers", "consultation", "likeness", "listening", "neighbours", "partnership", "peers",
        "problems", "references", "second readings",
    ]  # fmt: skip


def test_a_host_that_is_closed_runs_nothing_more(pool: Pool) -> None:
    host = pool.host({"root": str(ROOT)})
    host.close()
    with pytest.raises(Stopped, match="exécution interrompue"):
        _said(host, "1")


def test_closing_during_the_start_ends_what_is_started(tmp_path: Path) -> None:
    """An interruption that comes while the study is read."""
    with Pool(tmp_path) as own:
        _said(own, "1")
        host, told = own.host({"root": str(ROOT)}), []

        def ask() -> None:
            try:
                told.append(_said(host, "import time\ntime.sleep(60)"))
            except Stopped as error:
                told.append(str(error))

        asking = threading.Thread(target=ask)
        asking.start()
        time.sleep(0.2)
        host.close()
        asking.join(20)
        assert not asking.is_alive() and told and told[0] != ""


def test_closing_leaves_no_process(tmp_path: Path) -> None:
    with Pool(tmp_path) as own, own.host({"root": str(ROOT)}) as host:
        parent = psutil.Process(int(_said(host, PARENT)))
        template = parent.parent()
    gone, alive = psutil.wait_procs([p for p in (parent, template) if p is not None], timeout=5)
    assert len(gone) == 2 and not alive
