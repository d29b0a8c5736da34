"""Notebooks that nobody here wrote (see elsewhere/SOURCE.md), by both ways."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from both_engines import both, text, warm

from ctg_lib.build.warm import engine
from ctg_lib.build.warm.comparable import comparable
from ctg_lib.build.warm.pool import Limits, Pool, Stopped

ELSEWHERE = Path(__file__).parent / "elsewhere"
THEIRS = Path(papermill.__file__).parent / "tests" / "notebooks"
REFUSED = {"Disable Stdin", "JupyterWidgets", "Other Comms"}
STOPPED = {"Interrupt", "Autokill"}
EQUAL = sorted(p.stem for p in ELSEWHERE.glob("*.ipynb") if p.stem not in REFUSED | STOPPED)


def _read(name: str) -> Any:
    return nbformat.read(ELSEWHERE / f"{name}.ipynb", 4)


@pytest.mark.parametrize("name", EQUAL)
def test_of_nbclient(name: str, forked: Pool, tmp_path: Path) -> None:
    first, second = both(forked, _read(name), tmp_path, ELSEWHERE)
    assert second == first


def test_most_of_nbclients_are_compared() -> None:
    assert len(EQUAL) == 13


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_needs_a_person_or_a_page_is_refused(name: str, forked: Pool, tmp_path: Path) -> None:
    ran = warm(forked, _read(name), tmp_path)
    assert ran.error is not None and ran.error["name"] == "Refused"
    assert ran.error["value"].endswith(
        "le moteur « warm » ne le permet pas : relancer avec « --engine cold »."
    )


def test_a_notebook_that_kills_its_process(forked: Pool, tmp_path: Path) -> None:
    with pytest.raises(Stopped) as caught:
        warm(forked, _read("Autokill"), tmp_path)
    assert (caught.value.name, caught.value.cell) == ("DeadKernelError", 0)


def test_a_notebook_without_end(forked: Pool, tmp_path: Path) -> None:
    with pytest.raises(Stopped, match="plus de 1 s") as caught:
        warm(forked, _read("Interrupt"), tmp_path, limits=Limits(1))
    assert caught.value.cell == 0
    assert re.search(r"ipykernel_\S+, line \d in <module>", caught.value.log)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("simple_execute", {"msg": "é"}),
        ("complex_parameters", {"msg": "é", "b": [1, None]}),
        ("report_mode_test", {"a": 3}),
        ("sysexit", {}),
        ("sysexit1", {}),
        ("line_magic_error", {}),
        ("broken1", {}),
    ],
)
def test_of_papermill(
    name: str, parameters: dict[str, Any], forked: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through papermill itself: what it writes, and what it says, with its engine and with ours."""
    monkeypatch.chdir(tmp_path)
    found, said = [], []
    for way, more in (("nbclient", {}), (engine.ENGINE, {"pool": forked})):
        out = tmp_path / f"{way}.ipynb"
        try:
            papermill.execute_notebook(
                THEIRS / f"{name}.ipynb", out, parameters, engine_name=way, kernel_name="python3",
                progress_bar=False, report_mode=name.startswith("report"), **more,
            )  # fmt: skip
            said.append("")
        except papermill.PapermillExecutionError as error:
            said.append(f"{error.cell_index} {error.exec_count} {error.ename} {error.evalue}")
        notebook = nbformat.read(out, 4)
        states = [_state(c.metadata.get("papermill", {})) for c in notebook.cells]
        found.append((comparable(notebook), states, notebook.metadata.papermill.exception))
    assert said[1] == said[0]
    assert found[1] == found[0]


def _state(noted: Any) -> tuple[Any, Any]:
    return noted.get("status"), noted.get("exception")


def test_input_and_getpass_are_refused_in_words(pool: Pool, tmp_path: Path) -> None:
    from both_engines import cells

    ran = warm(pool, cells("print('avant')\ninput('Nom ?')"), tmp_path)
    assert ran.error is not None and text(ran) == "avant\n"
    assert ran.error["value"].startswith("input() attend une réponse au clavier ;")
    ran = warm(pool, cells("from getpass import getpass\ngetpass()"), tmp_path)
    assert ran.error is not None and ran.error["value"].startswith(
        "getpass() attend une réponse au clavier ;"
    )
    ran = warm(pool, cells("from ipywidgets import IntSlider\nIntSlider()"), tmp_path)
    assert ran.error is not None and ran.error["value"].startswith("un widget attend une page ouverte ;")
