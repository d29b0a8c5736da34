"""Run the chapters of one study: each notebook with its parameters, written only when it is whole."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ctg_lib.build.chapters import PARAMETERS, Chapter, check_notebook, load_notebook
from ctg_lib.build.normalise import has_output, normalise, stderr_text, to_bytes
from ctg_lib.build.warm.pool import MEMORY, ONE_THREAD, Host, Limits, Pool, sweep
from ctg_lib.build.warm.prime import given
from ctg_lib.errors import BadInput, CtgError, found_expected
from ctg_lib.files import write_whole
from ctg_lib.project import Project

KERNEL = "ctg"
FALLBACK_KERNEL = "python3"
ENGINES: tuple[str, ...] = ("warm", "cold")
"""``warm``: children of a process that has done its imports; ``cold``: papermill and fresh kernels."""
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class ChapterFailed(CtgError):
    """One or several chapters that could not be run; the message names notebook, cell and cause."""


@dataclass(frozen=True)
class Event:
    """What happens during a run, for a progress display.

    ``kind``: ``notice`` (something to say), ``start``, ``cell`` (``cell`` of ``cells`` begins),
    ``retry``, ``warning`` (standard error, kept in the log), ``done``, ``failed``.
    """

    kind: str
    slug: str
    cell: int = 0
    cells: int = 0
    message: str = ""


@dataclass(frozen=True)
class ChapterResult:
    """How one chapter ended; ``path`` is the executed notebook (None when it failed)."""

    slug: str
    seconds: float
    ok: bool
    error: ChapterFailed | None = None
    path: Path | None = None


OnEvent = Callable[[Event], None]
ChapterEnv = Callable[[Chapter], Mapping[str, str]]


@dataclass(frozen=True)
class _Job:
    """What all chapters of one run share."""

    project: Project
    study_id: str
    out_folder: Path
    kernel: str
    timeout: float
    memory: float
    retries: int
    host: Host | None
    env: Mapping[str, str]
    chapter_env: ChapterEnv
    say: OnEvent


def run_chapters(
    project: Project,
    study_id: str,
    chapters: Sequence[Chapter],
    out_folder: Path,
    *,
    engine: str = "warm",
    pool: Pool | None = None,
    timeout: float = Limits.seconds,
    memory: float = MEMORY,
    retries: int = 1,
    workers: int = 1,
    on_event: OnEvent | None = None,
    env: Mapping[str, str] | None = None,
    chapter_env: ChapterEnv | None = None,
    ahead: bytes | None = None,
) -> list[ChapterResult]:
    """Run each chapter for ``study_id`` and write ``out_folder/<slug>.ipynb``, normalised, when it is whole.

    A chapter that fails writes nothing there, does not stop the others, and comes back with
    ``ok=False``; :func:`raise_failures` turns such results into one error. Kernels run in the notebooks'
    folder, with ``CTG_ROOT`` set and one thread for linear algebra each.

    Args:
        project: where the notebooks, the cache and the log are.
        study_id: value of the parameter ``study``.
        chapters: from :func:`ctg_lib.build.chapters.read_chapters`.
        out_folder: made when absent.
        engine: one of :data:`ENGINES`.
        pool: processes of the warm engine, where several runs share them; made and ended here by default.
        timeout: seconds allowed to one chapter.
        memory: MiB allowed to one chapter (warm engine).
        retries: how many times a kernel that died, hung or did not start is tried again (an error
            raised by the notebook itself is not).
        workers: chapters that run at the same time.
        on_event: called with each :class:`Event`, from any of the workers' threads.
        env: more environment variables for the kernels.
        chapter_env: variables of one chapter's kernel, called before it starts.
        ahead: what was read of the study for its chapters (:func:`ctg_lib.build.warm.prime.ahead`); read at
            their start by default.

    Returns:
        One result per chapter, in the order of ``chapters``.

    Raises:
        BadInput: unknown engine, workers below 1, or a notebook that is no chapter.
    """
    check_engine(engine)
    if workers < 1:
        raise BadInput(found_expected("--workers", workers, "un nombre d’au moins 1"))
    for chapter in chapters:
        check_notebook(chapter.path)
    say: OnEvent = on_event or (lambda event: None)
    for folder in (out_folder, project.scratch / "ipython"):
        folder.mkdir(parents=True, exist_ok=True)
    own = chapter_env or (lambda chapter: {})
    kernels = kernel_environment(project, env)
    kernel = _kernel_name(engine, say)
    with _processes(project, engine, pool, kernels, given(project, study_id, ahead)) as ready:
        job = _Job(project, study_id, out_folder, kernel, timeout, memory, retries, ready, kernels, own, say)
        return _run_all(job, chapters, workers)


def check_engine(engine: str) -> None:
    """Raise :class:`BadInput` unless ``engine`` is one of :data:`ENGINES`."""
    if engine not in ENGINES:
        raise BadInput(found_expected("--engine", engine, " ou ".join(ENGINES)))


def _kernel_name(engine: str, say: OnEvent) -> str:
    """The kernel that runs the notebooks, or whose name they keep."""
    if engine == "warm":
        return KERNEL
    from ctg_lib.build import cold

    if cold.has_kernel(KERNEL):
        return KERNEL
    say(Event("notice", "", message=f"Noyau « {KERNEL} » absent : « {FALLBACK_KERNEL} » est utilisé."))
    return FALLBACK_KERNEL


@contextmanager
def _processes(
    project: Project, engine: str, pool: Pool | None, env: Mapping[str, str], share: Mapping[str, str]
) -> Iterator[Host | None]:
    """Where the warm engine runs the chapters of one study; None for the cold engine.

    What they share is read once: the territories of France by the first process, the study by the next, or
    by whoever gives it what was read.
    """
    if engine != "warm":
        yield None
        return
    with contextlib.ExitStack() as stack:
        own = pool or stack.enter_context(warm_pool(project, env))
        yield stack.enter_context(own.host(share))


def scratch_of(project: Project) -> Path:
    """Where what a command makes on its way lies while it lasts."""
    folder = project.scratch / "travail"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def warm_pool(project: Project, env: Mapping[str, str] | None = None) -> Pool:
    """Processes for the warm engine, which several runs may share; to be closed by the caller."""
    profile, scratch = project.scratch / "ipython", scratch_of(project)
    profile.mkdir(parents=True, exist_ok=True)
    sweep(scratch)
    return Pool(
        profile, env or kernel_environment(project), prime={"root": str(project.root)}, scratch=scratch
    )


@contextmanager
def early_pool(project: Project, engine: str, *, certain: bool) -> Iterator[Pool | None]:
    """Processes for the warm engine, for a command that has much to import before its first chapter.

    Args:
        certain: whether chapters will be run: the imports of the first process then begin at once; once it
            is known what the code is, so that a change of it is seen.
    """
    if engine != "warm":
        yield None
        return
    with warm_pool(project) as pool:
        if certain:
            from ctg_lib.build.inputs import begun

            begun(project)
            pool.begin()
        yield pool


def _run_all(job: _Job, chapters: Sequence[Chapter], workers: int) -> list[ChapterResult]:
    if workers == 1 or len(chapters) < 2:
        return [_run_chapter(job, chapter) for chapter in chapters]
    with ThreadPoolExecutor(max_workers=min(workers, len(chapters))) as threads:
        try:
            return list(threads.map(lambda chapter: _run_chapter(job, chapter), chapters))
        except BaseException:  # an interruption: what runs is ended, what waits is not begun
            threads.shutdown(wait=False, cancel_futures=True)
            if job.host is not None:
                job.host.close()
            raise


def raise_failures(results: Sequence[ChapterResult]) -> None:
    """Raise one :class:`ChapterFailed` naming every chapter that failed; nothing when all went well."""
    errors = [r.error for r in results if r.error is not None]
    if errors:
        raise ChapterFailed("\n\n".join(str(error) for error in errors))


def kernel_environment(project: Project, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a kernel: the current one, the project's root, one thread, no user profile."""
    return {
        **os.environ,
        **dict.fromkeys(ONE_THREAD, "1"),
        "CTG_ROOT": str(project.root),
        "IPYTHONDIR": str(project.scratch / "ipython"),
        "PYTHONHASHSEED": "0",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        **(more or {}),
    }


def _run_chapter(job: _Job, chapter: Chapter) -> ChapterResult:
    started = time.monotonic()
    try:
        executed = _execute(job, chapter)
        path = _keep(job, chapter, executed)
    except ChapterFailed as error:
        job.say(Event("failed", chapter.slug, message=str(error)))
        return ChapterResult(chapter.slug, time.monotonic() - started, False, error)
    seconds = time.monotonic() - started
    job.say(Event("done", chapter.slug, message=f"{seconds:.1f} s"))
    return ChapterResult(chapter.slug, seconds, True, None, path)


def _execute(job: _Job, chapter: Chapter) -> Any:
    from ctg_lib.build.failure import Failure

    notebook = load_notebook(chapter.path)
    cells = len(notebook.cells) + 1  # papermill adds the cell of parameters
    for attempt in range(job.retries + 1):
        job.say(Event("start", chapter.slug, 0, cells))
        try:
            return _run_notebook(
                job, chapter, notebook, lambda i: job.say(Event("cell", chapter.slug, i + 1, cells))
            )
        except Failure as failure:
            if failure.retry and attempt < job.retries:
                job.say(Event("retry", chapter.slug, message=f"{failure.name} : {failure.message}"))
                continue
            raise _failed(job, chapter, notebook, failure) from None
    raise AssertionError("unreachable")


def _run_notebook(job: _Job, chapter: Chapter, notebook: Any, on_cell: Callable[[int], None]) -> Any:
    """One run by the engine of the job."""
    parameters, folder = _parameters(job.study_id), job.project.notebooks
    env = {**job.env, **job.chapter_env(chapter)}
    if job.host is None:
        from ctg_lib.build import cold

        return cold.execute(
            notebook,
            parameters,
            kernel=job.kernel,
            folder=folder,
            env=env,
            timeout=job.timeout,
            on_cell=on_cell,
        )
    from ctg_lib.build.warm import chapter as warm

    return warm.execute(
        notebook, parameters, pool=job.host, kernel=job.kernel, folder=folder, env=env,
        limits=Limits(job.timeout, job.memory), on_cell=on_cell,
    )  # fmt: skip


def _parameters(study_id: str) -> dict[str, str]:
    values = {"study": study_id}
    assert set(values) == PARAMETERS
    return values


def _keep(job: _Job, chapter: Chapter, executed: Any) -> Path:
    """Write the executed notebook, or refuse it when it shows nothing; keep its warnings in the log."""
    warnings = stderr_text(executed)
    log = _log_path(job, chapter, "avertissements.txt")
    if warnings:
        write_whole(log, _plain(warnings).encode("utf-8"))
        last = _plain(warnings).strip().splitlines()[-1]
        job.say(Event("warning", chapter.slug, message=f"{last} (voir {_relative(job, log)})"))
    else:
        log.unlink(missing_ok=True)
    if not has_output(executed):
        raise ChapterFailed(
            f"{chapter.path.name} : exécuté sans erreur, mais aucune cellule n’affiche rien ; "
            "ce chapitre serait vide dans le rapport."
        )
    _log_path(job, chapter, "erreur.txt").unlink(missing_ok=True)
    path = job.out_folder / f"{chapter.slug}.ipynb"
    write_whole(path, to_bytes(normalise(executed)))
    return path


def _failed(job: _Job, chapter: Chapter, notebook: Any, failure: Any) -> ChapterFailed:
    log = _log_path(job, chapter, "erreur.txt")
    write_whole(log, (_plain(failure.traceback).rstrip("\n") + "\n").encode("utf-8"))
    cause = _plain(failure.message).strip() or "sans message"
    return ChapterFailed(
        f"{chapter.path.name}, {cell_position(notebook, failure.index)} : {failure.name} : {cause}\n"
        f"Trace complète : {_relative(job, log)}"
    )


def cell_position(notebook: Any, index: int | None) -> str:
    """Where a cell is, as a reader of JupyterLab finds it: its rank, its ``[n]``, its first line."""
    if index is None:
        return "avant la première cellule"
    cell = notebook.cells[index]
    code = sum(c.cell_type == "code" for c in notebook.cells[: index + 1])
    first = next((line.strip() for line in cell.source.splitlines() if line.strip()), "")
    mark = f", [{code}] dans JupyterLab" if cell.cell_type == "code" else ""
    return f"cellule {index + 1}{mark} (« {first} »)"


def _log_path(job: _Job, chapter: Chapter, suffix: str) -> Path:
    return job.project.scratch / "log" / job.study_id / f"{chapter.slug}.{suffix}"


def _relative(job: _Job, path: Path) -> str:
    return path.relative_to(job.project.root).as_posix()


def _plain(text: str) -> str:
    return _ANSI.sub("", text)
