"""Kill -9 of any process of ``ctg batch`` at random moments, then the same command again: same outputs?

Three territories, two chapters, in a copy of the project. An undisturbed run is made first. Then, as often as
``--moments`` says: the command is begun, one of its processes (any of them, itself included) is killed at a
random moment, and what a reader finds is looked at: each report whole, or absent. Every few kills the command
is left alone until its end, the outputs are compared with the undisturbed ones byte for byte, and removed.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import psutil
from measuring import machine, note, parser, publish, table, verdict

from ctg_lib.project import Project, find_project

STUDIES = ("200067155", "241200906", "241200567")
CHAPTERS = "02,04"
IN_A_ROW = 4
"""Kills between two comparisons: the next command finds what several others left."""


def copied(project: Project, folder: Path) -> Project:
    """The project without its outputs."""
    for part in ("data", "notebooks"):
        shutil.copytree(
            project.root / part, folder / part, ignore=shutil.ignore_patterns("*.ipynb_checkpoints")
        )
    (folder / "liste.txt").write_text("\n".join(STUDIES) + "\n", encoding="utf-8")
    return Project(folder)


def begun(here: Project) -> subprocess.Popen[bytes]:
    """The command, running."""
    return subprocess.Popen(
        [sys.executable, "-m", "ctg_lib", "batch", "--codes", "liste.txt", "--chapters", CHAPTERS],
        cwd=here.root, env={**os.environ, "CTG_ROOT": str(here.root)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def content(here: Project) -> dict[str, bytes]:
    """All that a reader finds: what is being made, and locks, have hidden names."""
    found = {}
    for place, folders, names in os.walk(here.outputs):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for path in (Path(place) / name for name in names if not name.startswith(".")):
            found[path.relative_to(here.outputs).as_posix()] = path.read_bytes()
    return found


def halves(here: Project, undisturbed: dict[str, bytes]) -> list[str]:
    """Reports in place that are not those of an undisturbed run, to the byte."""
    visible = content(here)
    return [
        study for study in STUDIES
        if (mine := of_study(visible, study)) and mine != of_study(undisturbed, study)
    ]  # fmt: skip


def of_study(files: dict[str, bytes], study: str) -> dict[str, bytes]:
    """Those of one study."""
    return {name: found for name, found in files.items() if name.startswith(f"{study}/")}


def remove(here: Project) -> None:
    """The outputs, for another beginning."""
    for place in (*STUDIES, "lots"):
        shutil.rmtree(here.outputs / place, ignore_errors=True)


def kill(run: subprocess.Popen[bytes], chance: random.Random) -> str:
    """Kill one process of the command; which one, by what it is."""
    try:
        top = psutil.Process(run.pid)
        victim = chance.choice([top, *top.children(recursive=True)])
        line = " ".join(victim.cmdline())
        victim.kill()
    except (psutil.Error, IndexError):
        return "déjà fini"
    if victim.pid == run.pid:
        return "la commande"
    return "processus d’un lot" if "batch.worker" in line else "processus des chapitres"


def main() -> None:
    """Kill, and print what became of it."""
    command = parser(__doc__, repeat=1)
    command.add_argument("--moments", type=int, default=200, metavar="N", help="processus tués")
    command.add_argument("--seed", type=int, default=20261127)
    options = command.parse_args()
    chance, project = random.Random(options.seed), find_project()
    killed: Counter[str] = Counter()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="ctg-bench-") as name:
        here = copied(project, Path(name) / "projet")
        started = time.monotonic()
        if begun(here).wait():
            sys.exit("La commande échoue sans que rien ne soit tué.")
        lasted, undisturbed = time.monotonic() - started, content(here)
        remove(here)
        for moment in range(1, options.moments + 1):
            run = begun(here)
            time.sleep(chance.uniform(0.02, 0.95) * lasted)
            what = kill(run, chance)
            killed[what] += 1
            wrong += [f"{moment} : {half} visible à moitié" for half in halves(here, undisturbed)]
            run.wait()
            wrong += [f"{moment} : {half} visible à moitié" for half in halves(here, undisturbed)]
            note(f"{moment}/{options.moments} : {what}")
            if moment % IN_A_ROW == 0 or moment == options.moments:
                if begun(here).wait():
                    wrong.append(f"{moment} : la commande échoue")
                elif content(here) != undisturbed:
                    wrong.append(f"{moment} : sorties différentes")
                remove(here)
    rows = [[what, str(count)] for what, count in killed.most_common()]
    publish(
        [machine(), "", *table([f"{options.moments} processus tués", "fois"], rows), "",
         f"- rien d’incomplet n’est visible, sorties d’un lot non dérangé : {verdict(not wrong)}",
         *(f"  - {line}" for line in wrong)],
        options.markdown,
    )  # fmt: skip


if __name__ == "__main__":
    main()
