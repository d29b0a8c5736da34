"""``ctg lab``: its command, the study's copy of the notebook, the kernel."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ctg_lib.project import Project


def test_lab_prints_its_command(run, project: Project) -> None:
    before = sorted((project.notebooks / "explorer").iterdir())
    done = run("lab", "241200906", "--print")
    assert done.exit_code == 0
    assert "-m jupyterlab" in done.stdout and "--ServerApp.root_dir=" in done.stdout
    assert str(project.notebooks / "explorer" / "241200906.ipynb") in done.stdout
    assert sorted((project.notebooks / "explorer").iterdir()) == before
    assert "explorer.ipynb" in run("lab", "--print").stdout


def test_lab_opens_the_study_s_own_copy(run, copy_project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The model stays as git has it; a copy is made once, and never replaced."""
    calls = []

    def start(command, env, check):
        calls.append((command, env["CTG_ROOT"], env["CTG_LAB"]))
        return subprocess.CompletedProcess(command, 0)

    there = copy_project()
    monkeypatch.setenv("CTG_ROOT", str(there.root))
    monkeypatch.setattr("ctg_lib.cli.lab.subprocess.run", start)
    monkeypatch.setattr("ctg_lib.cli.lab.ensure_kernel", lambda: None)
    model = (there.notebooks / "explorer" / "explorer.ipynb").read_bytes()
    copy = there.notebooks / "explorer" / "200067155.ipynb"
    done = run("lab", "200067155")
    assert done.exit_code == 0, done.output
    assert calls[0][0][1:5] == ["-m", "jupyterlab", str(copy), f"--ServerApp.root_dir={there.notebooks}"]
    assert calls[0][0][5].endswith("NeverCheckForUpdate")
    assert calls[0][1:] == (str(there.root), "1")
    made = json.loads(copy.read_text(encoding="utf-8"))
    tagged = [c for c in made["cells"] if "parameters" in c["metadata"].get("tags", [])]
    assert ["".join(c["source"]) for c in tagged] == ['study = "200067155"']
    assert (there.notebooks / "explorer" / "explorer.ipynb").read_bytes() == model
    copy.write_text("ce que l’analyste a écrit", encoding="utf-8")
    again = run("lab", "200067155")
    assert "existe déjà" in again.stdout
    assert copy.read_text(encoding="utf-8") == "ce que l’analyste a écrit"


def test_kernel_is_installed_where_it_is_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ctg_lib.cli.lab import ensure_kernel

    monkeypatch.setattr("ctg_lib.build.cold.has_kernel", lambda name: False)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    ensure_kernel()
    spec = json.loads((tmp_path / "share" / "jupyter" / "kernels" / "ctg" / "kernel.json").read_text())
    assert spec["display_name"] == "CTG" and spec["argv"][0] == sys.executable
