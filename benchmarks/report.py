"""A whole report of one study beside the plain commands over the same notebooks.

Ours is ``ctg report --assembler nbconvert``, from nothing: a folder of its own (data and notebooks linked),
no former outputs and no cache. Theirs is ``papermill`` for each chapter, then one ``jupyter nbconvert --to
html --template lab`` for all of them. The data are built and the study prepared before both. Ours also checks
the data and makes the tables, the index, the leaflets and the description of sources; the other does not.

``--workers`` holds on both sides: chapters at the same time.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from time import perf_counter

from measuring import (
    clock,
    machine,
    note,
    parser,
    publish,
    ratio,
    repeats,
    seconds,
    table,
    up_to_date,
    verdict,
)  # fmt: skip

from ctg_lib.build.chapters import Chapter, read_chapters, select_chapters
from ctg_lib.build.report import prepare_study
from ctg_lib.build.run import KERNEL, kernel_environment
from ctg_lib.project import Project, find_project
from ctg_lib.study import open_study

WISHED = 4.0
_LINKED = ("data", "notebooks", "src", "pyproject.toml", "requirements.lock", "LICENSE", "CHANGELOG.md")


def apart(project: Project, folder: Path) -> Project:
    """The project seen from ``folder``, where nothing has been made yet; its inputs are links."""
    for name in _LINKED:
        if (project.root / name).exists():
            (folder / name).symlink_to(project.root / name)
    return Project(folder)


def ours(project: Project, study: str, chapters: Sequence[Chapter], workers: int) -> float:
    """Seconds of ``ctg report``."""
    with tempfile.TemporaryDirectory(prefix="ctg-bench-") as folder:
        own = apart(project, Path(folder))
        env = {**kernel_environment(project), "CTG_ROOT": folder}
        slugs = ",".join(chapter.slug for chapter in chapters)
        arguments = ["-m", "ctg_lib", "report", study, "--assembler", "nbconvert"]
        arguments += ["--workers", str(workers), "--chapters", slugs]
        took = clock([sys.executable, *arguments], env=env, cwd=own.root)
        made = {path.stem for path in (own.outputs / study / "report").glob("*.html")}
        check({chapter.slug for chapter in chapters}, made)
        return took


def plain(
    project: Project, study: str, chapters: Sequence[Chapter], workers: int, kernel: str
) -> tuple[float, float]:
    """Seconds of the ``papermill`` commands, and of the ``nbconvert`` command."""
    env = kernel_environment(project)
    with tempfile.TemporaryDirectory(prefix="ctg-bench-") as name:
        folder = Path(name)
        made = [folder / chapter.path.name for chapter in chapters]

        def execute(chapter: Chapter) -> float:
            arguments = ["-m", "papermill", str(chapter.path), str(folder / chapter.path.name)]
            arguments += ["-p", "study", study, "-k", kernel, "--cwd", str(project.notebooks)]
            took = clock([sys.executable, *arguments, "--no-progress-bar"], env=env, cwd=project.root)
            note(f"papermill {chapter.slug} : {took:.2f}")
            return took

        started = perf_counter()
        with ThreadPoolExecutor(workers) as threads:
            list(threads.map(execute, chapters))
        executed = perf_counter() - started
        convert = ["-m", "jupyter", "nbconvert", "--to", "html", "--template", "lab", *map(str, made)]
        converted = clock([sys.executable, *convert], env=env, cwd=folder)
        check({path.stem for path in made}, {path.stem for path in folder.glob("*.html")})
        return executed, converted


def check(wanted: set[str], made: set[str]) -> None:
    """Both sides make a page a chapter, or the measure means nothing."""
    if lacking := sorted(wanted - made):
        sys.exit(f"Pages absentes : {', '.join(lacking)}.")


def lines_of(found: Mapping[str, Sequence[float]], title: str) -> list[str]:
    """The table and whether the criterion holds."""
    own, run, convert = (median(found[name]) for name in ("ctg", "papermill", "nbconvert"))
    whole = median(a + b for a, b in zip(found["papermill"], found["nbconvert"], strict=True))
    rows = [
        ["commandes `papermill`", seconds(run, 1), ratio(run, own, 1)],
        ["commande `jupyter nbconvert`", seconds(convert, 1), ratio(convert, own, 1)],
        ["`papermill` puis `nbconvert`", seconds(whole, 1), ratio(whole, own, 1)],
        ["`ctg report --assembler nbconvert`", seconds(own, 1), ratio(own, own, 1)],
    ]
    met = verdict(whole >= WISHED * own)
    wished = f"{WISHED:.0f}"
    return [
        title, "", *table(["un rapport entier", "s", "rapport à `ctg report`"], rows), "",
        f"- au moins {wished} fois plus rapide que `papermill` puis `nbconvert` : {met}",
    ]  # fmt: skip


def main() -> None:
    """Measure, and print a table."""
    command = parser(__doc__, repeat=3)
    command.add_argument("--study", default="241200906", metavar="ÉTUDE")
    command.add_argument("--chapters", default="", metavar="04,10", help="tous par défaut")
    command.add_argument(
        "--workers", type=int, default=1, metavar="N", help="chapitres en même temps, des deux côtés"
    )
    options = command.parse_args()
    from ctg_lib.build.cold import has_kernel

    project = find_project()
    up_to_date(project)
    if shutil.which("jupyter") is None:
        note("jupyter n’est pas dans le PATH : appelé par python -m jupyter")
    study = open_study(options.study, project)
    prepare_study(study)
    chapters = read_chapters(project.notebooks)
    if options.chapters:
        chapters = select_chapters(chapters, options.chapters.split(","))
    kernel = KERNEL if has_kernel(KERNEL) else "python3"
    found: dict[str, list[float]] = {"ctg": [], "papermill": [], "nbconvert": []}
    for turn in range(options.repeat):
        found["ctg"].append(ours(project, study.id, chapters, options.workers))
        executed, converted = plain(project, study.id, chapters, options.workers, kernel)
        found["papermill"].append(executed)
        found["nbconvert"].append(converted)
        note(f"{turn + 1}/{options.repeat} : " + " ".join(f"{name} {v[-1]:.1f}" for name, v in found.items()))
    title = (
        f"{len(chapters)} chapitres de l’étude {study.id}, {repeats(options.repeat)}, "
        f"{options.workers} à la fois ; {machine('papermill', 'nbconvert', 'pandas', 'matplotlib')}."
    )
    publish(lines_of(found, title), options.markdown)


if __name__ == "__main__":
    main()
