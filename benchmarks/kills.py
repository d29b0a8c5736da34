"""Kill -9 of any process of ``ctg batch`` at random moments, then the same command again: same outputs?

Three territories, two chapters, in a copy of the project. An undisturbed run is made first. Then, until
``--moments`` processes were killed: from no outputs, or from what is left of a command that was killed (one
time in two), the command is begun, and up to three of its processes (any of them, itself included) are killed
at random moments of its work; one that had ended before is not counted. The same command, given again, goes
on to the end: its outputs are compared with the undisturbed ones byte for byte. All the while a reader looks:
each report, and the page of all, is whole or absent (that page may say that a report, killed more often than
it is tried again, failed). No process may be left.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import psutil
from measuring import machine, note, parser, publish, table, verdict

from ctg_lib.project import Project, find_project

STUDIES = ("200067155", "241200906", "241200567")
LIST = "liste"
COMMAND = "la commande"
MOST = 3
"""Processes killed while one command runs, at most."""
LOOK = 0.5
"""Seconds between two looks of the reader."""
GONE = 30.0
"""Seconds after which a process of a command that has ended is left for good."""


def copied(project: Project, folder: Path) -> Project:
    """The project without its outputs."""
    for part in ("data", "notebooks"):
        shutil.copytree(
            project.root / part, folder / part, ignore=shutil.ignore_patterns("*.ipynb_checkpoints")
        )
    (folder / f"{LIST}.txt").write_text("\n".join(STUDIES) + "\n", encoding="utf-8")
    return Project(folder)


def begun(here: Project, chapters: str) -> subprocess.Popen[bytes]:
    """The command, running."""
    return subprocess.Popen(
        [sys.executable, "-m", "ctg_lib", "batch", "--codes", f"{LIST}.txt", "--chapters", chapters],
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


class Reader:
    """Looks at what is in place while a command works."""

    def __init__(self, here: Project, undisturbed: dict[str, bytes]) -> None:
        self.here, self.undisturbed, self.halves = here, undisturbed, set[str]()
        self._known: dict[tuple[str, int, int], bytes] = {}
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Reader:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()
        self.look()

    def _look(self) -> None:
        while not self._end.wait(LOOK):
            self.look()

    def look(self) -> None:
        """Each report, and the page of all, is that of an undisturbed run, or is not there."""
        for place in (*STUDIES, f"lots/{LIST}"):
            if not self._whole(place):
                self.halves.add(place)

    def _whole(self, place: str) -> bool:
        """Read a folder by its handle: one that was exchanged meanwhile may be half removed."""
        path = self.here.outputs / place
        try:
            handle = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            return True
        try:
            found, wanted = _read(handle), of_place(self.undisturbed, place)
            whole = found == wanted or (place.startswith("lots/") and _tells_failures(found, wanted))
            return whole or not path.exists() or path.stat().st_ino != os.fstat(handle).st_ino
        except FileNotFoundError:
            return True
        finally:
            os.close(handle)


def _tells_failures(found: dict[str, bytes], wanted: dict[str, bytes]) -> bool:
    """Whether a page of all is whole and says that a report failed, killed more often than tried again."""
    page = found.get("index.html", b"")
    return (
        found.keys() == wanted.keys()
        and page.rstrip().endswith(b"</html>")
        and "pas pu être fait".encode() in page
    )


def _read(handle: int) -> dict[str, bytes]:
    """All files below a folder; what goes meanwhile is left out."""
    found = {}
    for folder, _, names, inside in os.fwalk(".", dir_fd=handle):
        for name in (each for each in names if not each.startswith(".")):
            with contextlib.suppress(FileNotFoundError):
                opened = os.open(name, os.O_RDONLY, dir_fd=inside)
                with os.fdopen(opened, "rb") as stream:
                    found[(Path(folder) / name).as_posix()] = stream.read()
    return found


def of_place(files: dict[str, bytes], place: str) -> dict[str, bytes]:
    """Those of one folder, by their place there."""
    return {
        name.removeprefix(f"{place}/"): found for name, found in files.items() if name.startswith(f"{place}/")
    }


def remove(here: Project) -> None:
    """The outputs and all that is known of them, for another beginning."""
    for place in (*(here.outputs / each for each in (*STUDIES, "lots")), here.scratch / "cache"):
        shutil.rmtree(place, ignore_errors=True)


def processes(run: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """The command and all that it started."""
    try:
        top = psutil.Process(run.pid)
        return [top, *top.children(recursive=True)]
    except psutil.Error:
        return []


def kill(victim: psutil.Process, top: int) -> str:
    """Kill a process of the command; which one, by what it is; empty where it had ended."""
    try:
        line = " ".join(victim.cmdline())
        if not line or victim.status() == psutil.STATUS_ZOMBIE:
            return ""
        victim.kill()
    except psutil.Error:
        return ""
    if victim.pid == top:
        return COMMAND
    return "processus d’un lot" if "batch.worker" in line else "processus des chapitres"


def disturbed(here: Project, chapters: str, chance: random.Random, lasted: float) -> tuple[list[str], int]:
    """Begin the command and kill some of its processes, one at a time: which, and how many were left."""
    run = begun(here, chapters)
    started, killed, seen = time.monotonic(), list[str](), set[psutil.Process]()
    for moment in sorted(chance.uniform(0.02, 0.98) * lasted for _ in range(chance.randint(1, MOST))):
        while time.monotonic() - started < moment and run.poll() is None:
            time.sleep(0.02)
        alive = processes(run) if run.poll() is None else []
        seen.update(alive)
        killed += filter(None, [kill(chance.choice(alive), run.pid)] if alive else [])
        if COMMAND in killed:
            break
    run.wait()
    return killed, len(psutil.wait_procs(seen, timeout=GONE)[1])


def told(wrong: list[str], what: str) -> None:
    """What is wrong, said at once: a measure of hours may be interrupted."""
    wrong.append(what)
    note(what)


def main() -> None:
    """Kill, and print what became of it."""
    command = parser(__doc__)
    command.add_argument("--moments", type=int, default=200, metavar="N", help="processus tués")
    command.add_argument("--chapters", default="02,04", metavar="02,04")
    command.add_argument("--seed", type=int, default=20261127)
    options = command.parse_args()
    chance, project, chapters = random.Random(options.seed), find_project(), options.chapters
    killed: Counter[str] = Counter()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="ctg-bench-") as name:
        here = copied(project, Path(name) / "projet")
        begun(here, chapters).wait()  # the data and the studies' own tables are made
        remove(here)
        started = time.monotonic()
        if begun(here, chapters).wait():
            sys.exit("La commande échoue sans que rien ne soit tué.")
        lasted, undisturbed = time.monotonic() - started, content(here)
        again, runs = False, 0
        while killed.total() < options.moments:
            if not again:
                remove(here)
            runs += 1
            with Reader(here, undisturbed) as reader:
                victims, left = disturbed(here, chapters, chance, lasted)
                again = COMMAND in victims and chance.random() < 0.5  # to be disturbed once more as it is
                if not again and (code := begun(here, chapters).wait()):
                    told(wrong, f"{runs} : la même commande échoue (code {code})")
            killed.update(victims)
            note(f"{killed.total()}/{options.moments} : {', '.join(victims) or 'trop tard'}")
            for half in sorted(reader.halves):
                told(wrong, f"{runs} : {half} visible à moitié")
            if left:
                told(wrong, f"{runs} : {left} processus restés")
            if not again and content(here) != undisturbed:
                told(wrong, f"{runs} : les sorties ne sont pas celles d’un lot non dérangé")
        begun(here, chapters).wait()
        if content(here) != undisturbed:
            wrong.append("à la fin : les sorties ne sont pas celles d’un lot non dérangé")
    rows = [[what, str(count)] for what, count in killed.most_common()]
    lines = [
        machine(), "", *table(["tué", "fois"], rows), "",
        f"- un lot non dérangé : {lasted:.0f} s ; lots dérangés : {runs}",
        f"- sorties identiques, rien à moitié, aucun processus resté : {verdict(not wrong)}",
        *(f"  - {line}" for line in wrong),
    ]  # fmt: skip
    publish(lines, options.markdown)


if __name__ == "__main__":
    main()
