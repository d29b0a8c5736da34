"""``ctg lab``."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from ctg_lib.cli.common import DebugOption, ensure_data, opened_study, this_project

KERNEL = "ctg"
EXPLORER = "explorer"
"""Folder of the exploring notebook, in ``notebooks``."""


def lab(
    study: Annotated[str, typer.Argument(metavar="ÉTUDE", help="Étude à explorer.")] = "",
    print_only: Annotated[
        bool, typer.Option("--print", help="Écrire la commande sans ouvrir JupyterLab.")
    ] = False,
    debug: DebugOption = False,
) -> None:
    """Ouvrir JupyterLab sur un notebook pour explorer, noyau prêt ; les chapitres sont à côté."""
    project = this_project()
    opened = opened_study(study, project) if study else None
    folder = project.notebooks / EXPLORER
    opens = folder / f"{opened.id if opened is not None else 'explorer'}.ipynb"
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        str(opens),
        f"--ServerApp.root_dir={project.notebooks}",
        # only `data fetch` uses the network
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.news_url=None",
    ]
    if print_only:
        print(subprocess.list2cmdline(command) if os.name == "nt" else shlex.join(command))
        return
    ensure_data(project)
    ensure_kernel()
    if opened is not None:
        print(f"{opened.territory.name} : {_exploring(opened.id, opens)}")
    environment = {**os.environ, "CTG_ROOT": str(project.root), "CTG_LAB": "1"}
    raise typer.Exit(subprocess.run(command, env=environment, check=False).returncode)


def _exploring(study_id: str, copy: Path) -> str:
    """Make the study's own copy of the exploring notebook, once; what an analyst wrote is never replaced."""
    import json

    if copy.is_file():
        return f"{copy.name} existe déjà : il s’ouvre tel quel. L’effacer pour repartir du modèle."
    model = json.loads((copy.parent / "explorer.ipynb").read_text(encoding="utf-8"))
    for cell in model["cells"]:
        if "parameters" in cell["metadata"].get("tags", []):
            cell["source"] = [f"study = {json.dumps(study_id)}"]
    copy.write_text(json.dumps(model, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    return f"{copy.name} est votre copie du notebook ; git ne la suit pas."


def ensure_kernel() -> None:
    """Register the project's Jupyter kernel in this environment when it is absent."""
    from ctg_lib.build.cold import has_kernel

    if has_kernel(KERNEL):
        return
    print(f"Noyau « {KERNEL} » absent : il est installé dans cet environnement.", file=sys.stderr)
    install = [
        "-m",
        "ipykernel",
        "install",
        "--prefix",
        sys.prefix,
        "--name",
        KERNEL,
        "--display-name",
        "CTG",
    ]
    subprocess.run([sys.executable, *install], check=True, stdout=subprocess.DEVNULL)
