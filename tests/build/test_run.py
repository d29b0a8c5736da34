from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fake_notebooks import code_cell, display_code, figure, make_project, markdown_cell, notebook, prose

from ctg_lib.build import cold
from ctg_lib.build.chapters import read_chapters
from ctg_lib.build.run import ChapterFailed, Event, cell_position, raise_failures, run_chapters
from ctg_lib.errors import BadInput

GOOD = notebook(
    "Bon",
    code_cell("import os, sys\nfrom pathlib import Path\nprint(study, Path.cwd().name)"),
    code_cell("print(os.environ['CTG_ROOT'] == str(Path.cwd().parent), os.environ['OMP_NUM_THREADS'])"),
    code_cell("print('attention', file=sys.stderr)"),
    code_cell(display_code(figure(), prose("Texte."))),
)

both = pytest.mark.parametrize("engine", ["warm", "cold"])


@both
def test_good_and_bad_chapters(engine: str, tmp_path: Path) -> None:
    """One good chapter, one with an error, one that shows nothing, run at the same time."""
    bad = notebook("Mauvais", markdown_cell("Texte"), code_cell("\nprint('avant')\n1 / 0"), code_cell("2"))
    project = make_project(
        tmp_path / "pro jet", {"01-bon": GOOD, "02-faux": bad, "03-vide": notebook("Vide")}
    )
    out = tmp_path / "chapters"
    events: list[Event] = []
    results = run_chapters(
        project,
        "abc",
        read_chapters(project.notebooks),
        out,
        engine=engine,
        workers=2,
        on_event=events.append,
    )
    assert [(r.slug, r.ok) for r in results] == [("01-bon", True), ("02-faux", False), ("03-vide", False)]
    assert [p.name for p in out.iterdir()] == ["01-bon.ipynb"]

    executed = json.loads((out / "01-bon.ipynb").read_text(encoding="utf-8"))
    assert "papermill" not in json.dumps(executed["metadata"])
    assert "".join(executed["cells"][3]["outputs"][0]["text"]) == "abc notebooks\n"
    assert "".join(executed["cells"][4]["outputs"][0]["text"]) == "True 1\n"
    assert executed["cells"][5]["outputs"] == []
    assert str(tmp_path) not in json.dumps(executed)

    with pytest.raises(ChapterFailed) as caught:
        raise_failures(results)
    message = str(caught.value)
    assert "02-faux.ipynb, cellule 4, [2] dans JupyterLab (« print('avant') ») : ZeroDivisionError" in message
    assert "division by zero" in message
    assert "Trace complète : .ctg/log/abc/02-faux.erreur.txt" in message
    assert "03-vide.ipynb : exécuté sans erreur, mais aucune cellule n’affiche rien" in message
    assert caught.value.exit_code == 1
    trace = (project.scratch / "log" / "abc" / "02-faux.erreur.txt").read_text(encoding="utf-8")
    assert "1 / 0" in trace and "\x1b" not in trace
    kinds = {(e.kind, e.slug) for e in events}
    assert {("done", "01-bon"), ("warning", "01-bon"), ("failed", "02-faux"), ("failed", "03-vide")} <= kinds
    assert any(e.kind == "cell" and 0 < e.cell <= e.cells for e in events)


@both
def test_time_limit_is_retried_then_reported(engine: str, tmp_path: Path) -> None:
    project = make_project(tmp_path, {"01-lent": notebook("Lent", code_cell("import time; time.sleep(60)"))})
    events: list[Event] = []
    results = run_chapters(
        project,
        "abc",
        read_chapters(project.notebooks),
        tmp_path / "out",
        engine=engine,
        timeout=1,
        on_event=events.append,
    )
    assert not results[0].ok and [e.kind for e in events].count("retry") == 1
    assert "cellule 3, [2] dans JupyterLab" in str(results[0].error)
    assert "TimeoutError : plus de 1 s" in str(results[0].error)


@both
def test_dead_kernel_is_retried(engine: str, tmp_path: Path) -> None:
    source = (
        "import os, pathlib\nmark = pathlib.Path('mark')\n"
        "if not mark.exists():\n    mark.write_text('x'); os._exit(1)\nprint('bon')"
    )
    project = make_project(tmp_path, {"01-mort": notebook("Mort", code_cell(source))})
    results = run_chapters(project, "abc", read_chapters(project.notebooks), tmp_path / "out", engine=engine)
    assert results[0].ok


@both
def test_what_a_dead_kernel_said_is_in_the_log(
    engine: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    source = "import os\nos.write(2, b'plus de memoire')\nos._exit(1)"
    project = make_project(tmp_path, {"01-mort": notebook("Mort", code_cell(source))})
    (result,) = run_chapters(
        project, "abc", read_chapters(project.notebooks), tmp_path / "out", engine=engine, retries=0
    )
    assert "01-mort.ipynb, cellule 3, [2] dans JupyterLab (« import os ») : DeadKernelError" in str(
        result.error
    )
    log = project.scratch / "log" / "abc" / "01-mort.erreur.txt"
    assert "plus de memoire" in log.read_text(encoding="utf-8")
    assert "plus de memoire" not in capfd.readouterr().err


def _one(tmp_path: Path) -> Any:
    project = make_project(tmp_path, {"01-bon": GOOD})
    return project, read_chapters(project.notebooks)


def test_message_unknown_engine(tmp_path: Path) -> None:
    project, chapters = _one(tmp_path)
    with pytest.raises(BadInput, match="--engine : trouvé 'tiède', attendu warm ou cold"):
        run_chapters(project, "abc", chapters, tmp_path / "out", engine="tiède")


def test_message_workers(tmp_path: Path) -> None:
    project, chapters = _one(tmp_path)
    with pytest.raises(BadInput, match="--workers : trouvé 0"):
        run_chapters(project, "abc", chapters, tmp_path / "out", workers=0)


def test_notice_when_the_kernel_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project, chapters = _one(tmp_path)
    monkeypatch.setattr(cold, "has_kernel", lambda name: False)
    monkeypatch.setattr(
        cold, "execute", lambda nb, parameters, **kw: nb if kw["kernel"] == "python3" else None
    )
    events: list[Event] = []
    results = run_chapters(project, "abc", chapters, tmp_path / "out", engine="cold", on_event=events.append)
    assert events[0].message == "Noyau « ctg » absent : « python3 » est utilisé."
    assert not results[0].ok  # nothing was executed, hence nothing is shown


def test_cell_position_before_any_cell() -> None:
    assert cell_position(GOOD, None) == "avant la première cellule"
