"""The chapters' own work now and in an earlier state of the project, in one run: CPU time of their cells.

The earlier state is checked out into a temporary worktree (``git worktree``), with the data of this one; each
state runs its own notebooks with its own code, in a child of its own warm process (``warm_process.py``). The
states of a chapter follow each other, in turning order. Both studies' tables of their own are made before.

A third column: the same cells where what the chapters of one study share was read before, as the warm engine
does, each with its part of that reading. CPU time, not the clock: the machine may be busy with other work.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from chapters import Process
from measuring import machine, note, parser, publish, ratio, repeats, seconds, table, up_to_date, verdict

from ctg_lib.build.chapters import Chapter, read_chapters, select_chapters
from ctg_lib.build.run import kernel_environment
from ctg_lib.project import Project, find_project

WISHED = 0.5
BEFORE, NOW, SHARED = "avant", "maintenant", "partagé"
_PREPARE = (
    "import sys; from ctg_lib.build.report import prepare_study; from ctg_lib.study import open_study;"
    "prepare_study(open_study(sys.argv[1]))"
)


@contextlib.contextmanager
def earlier(project: Project, revision: str) -> Iterator[Project]:
    """The project as it was, with the raw data of today and a copy of what was built from them."""
    git = ["git", "-C", str(project.root), "worktree"]
    with tempfile.TemporaryDirectory(prefix="ctg-bench-") as folder:
        root = Path(folder) / "before"
        subprocess.run([*git, "add", "--detach", str(root), revision], check=True, capture_output=True)
        try:
            shutil.rmtree(root / "data" / "raw")
            (root / "data" / "raw").symlink_to(project.raw)
            shutil.copytree(project.processed, root / "data" / "processed")
            yield Project(root)
        finally:
            subprocess.run([*git, "remove", "--force", str(root)], check=True, capture_output=True)


def environment(project: Project) -> dict[str, str]:
    """Of a process that runs the code of ``project`` over its data."""
    more = {"PYTHONPATH": str(project.root / "src"), "CTG_ROOT": str(project.root)}
    return {**kernel_environment(project), **more}


def prepared(project: Project, study: str) -> None:
    """What is computed once for a study, before its chapters."""
    done = subprocess.run(
        [sys.executable, "-c", _PREPARE, study], env=environment(project), capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(done.stderr[-4000:])


def cells_of(chapter: Chapter, study: str) -> list[str]:
    """The code of a notebook, with its parameter set."""
    import nbformat

    notebook = nbformat.read(chapter.path, as_version=4)
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    given = [f"study = {study!r}" if "parameters" in c.metadata.get("tags", ()) else c.source for c in codes]
    return [str(code) for code in given]


def lines_of(times: dict[tuple[str, str], list[float]], slugs: Sequence[str], read: float) -> list[str]:
    """The table, its sum, and the verdict; ``read``: seconds of what the chapters share."""
    ways = (BEFORE, NOW, SHARED)
    found = {way: [median(times[way, slug]) for slug in slugs] for way in ways}
    found[SHARED] = [value + read / len(slugs) for value in found[SHARED]]
    rows = [
        [slug, *(seconds(value) for value in each), ratio(each[1], each[0]), ratio(each[2], each[0])]
        for slug, each in zip(slugs, zip(*(found[way] for way in ways), strict=True), strict=True)
    ]
    before, now, shared = (sum(found[way]) for way in ways)
    rows.append(
        ["**ensemble**", *map(seconds, (before, now, shared)), ratio(now, before), ratio(shared, before)]
    )
    head = ("chapitre", "avant (s)", "maintenant (s)", "lectures mises en commun (s)", "rapport", "rapport")
    wished = f"moitié au plus du travail d’avant : {verdict(now <= WISHED * before)}"
    return [
        *table(head, rows),
        "",
        f"{wished} ; lectures mises en commun : {verdict(shared <= WISHED * before)}.",
    ]


def main() -> None:
    """Measure, and print a table."""
    command = parser(__doc__, repeat=3)
    command.add_argument("--base", required=True, metavar="RÉVISION", help="état de comparaison (git)")
    command.add_argument("--study", default="241200906", metavar="ÉTUDE")
    command.add_argument("--chapters", default="", metavar="04,10", help="tous par défaut")
    options = command.parse_args()
    os.environ.pop("CTG_RECORD", None)
    here = find_project()
    up_to_date(here)
    study, times, shown = options.study, {}, set()
    with earlier(here, options.base) as before, contextlib.ExitStack() as started:
        projects = {BEFORE: before, NOW: here, SHARED: here}
        for project in (before, here):
            prepared(project, study)
        processes = {}
        for way, project in projects.items():
            more = ("shared", study) if way == SHARED else ("cells",)
            processes[way] = Process(more[0], environment(project), project.notebooks, *more[1:])
            started.callback(processes[way].close)
        chapters = read_chapters(here.notebooks)
        if options.chapters:
            chapters = select_chapters(chapters, options.chapters.split(","))
        former = {chapter.slug: chapter for chapter in read_chapters(before.notebooks)}
        chapters = [chapter for chapter in chapters if chapter.slug in former]
        ways = list(projects)
        for turn in range(options.repeat):
            ways.append(ways.pop(0))  # no state always comes first
            for chapter in chapters:
                outputs = {}
                for way in ways:
                    run = former[chapter.slug] if way == BEFORE else chapter
                    answer = processes[way].ask(cells=cells_of(run, study))
                    times.setdefault((way, chapter.slug), []).append(float(answer["cpu"]))
                    outputs[way] = answer["outputs"]
                if len(set(outputs.values())) > 1:
                    shown.add(chapter.slug)
                took = " ".join(f"{way} {times[way, chapter.slug][-1]:.2f}" for way in projects)
                note(f"{turn + 1}/{options.repeat} {chapter.slug} : {took}")
        lines = [
            f"Étude {study}, {repeats(options.repeat)}, avant : {options.base} ; temps de processeur ; "
            f"{machine('pandas', 'matplotlib')}.", "",
            *lines_of(times, [chapter.slug for chapter in chapters], processes[SHARED].ready["cpu"]),
        ]  # fmt: skip
        if shown:
            lines += ["", f"N’affichent pas le même nombre de choses qu’avant : {', '.join(sorted(shown))}."]
    publish(lines, options.markdown)


if __name__ == "__main__":
    main()
