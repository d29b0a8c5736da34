"""What ``ctg report`` does: data if needed, chapters, assembly, figures to take away, then the swap.

Everything is built aside; the last good report stays in place until the new one is whole.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ctg_lib
from ctg_lib import reads, shelf
from ctg_lib.build.chapters import Chapter, read_chapters, select_chapters
from ctg_lib.build.crate import write_crate
from ctg_lib.build.datapackage import write_datapackage
from ctg_lib.build.deciding import to_run
from ctg_lib.build.documents import FOLDER, agreed_links
from ctg_lib.build.explain import reason as why
from ctg_lib.build.export import write_coverage, write_export
from ctg_lib.build.info import ReportInfo, SourceLine
from ctg_lib.build.inputs import Inputs, begun
from ctg_lib.build.run import ChapterResult, OnEvent, raise_failures, run_chapters, scratch_of
from ctg_lib.build.swap import gather_chapters, held, hold, staged
from ctg_lib.build.unchanged import keep as keep_unchanged
from ctg_lib.build.unchanged import last_result, may_be_left
from ctg_lib.build.untouched import Untouched, own_places
from ctg_lib.build.validity import (
    REPORT,
    at_first_sight,
    data_only,
    executed_path,
    keep_stamps,
    queries_path,
    read_again,
    reads_path,
    recording,
)
from ctg_lib.build.voice_files import write_voices
from ctg_lib.build.warm.pool import MEMORY, Limits, can_fork, own_folder
from ctg_lib.build.warm.prime import ahead, read_study
from ctg_lib.display.prose import year_of
from ctg_lib.display.typography import counted
from ctg_lib.errors import BadInput, found_expected
from ctg_lib.manifest import PROVENANCES, Entry
from ctg_lib.values import STATUS_LABELS, USABLE

if TYPE_CHECKING:
    import pandas as pd

    from ctg_lib.build.national import DataReport
    from ctg_lib.build.warm.pool import Pool
    from ctg_lib.project import Project
    from ctg_lib.study import Study

FORMATS: tuple[str, ...] = ("html", "pdf", "docx")
ASSEMBLERS: tuple[str, ...] = ("quarto", "nbconvert")
LICENCE = (
    "Données : Licence Ouverte 2.0 (Etalab) ; chaque figure nomme son éditeur. "
    "Contours : IGN, Licence Ouverte 2.0. Code : EUPL-1.2."
)
MONTHS: tuple[str, ...] = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
ABSENT = "absents des fichiers réunis"
BY_STRUCTURE = "connus seulement par établissement"
LATER = "connus par des fichiers parus ou relevés après la date de l’étude"
INCOMPLETE = "sans total, faute de données pour toutes les communes"
_ALWAYS_USED = ("geography", "geography_populations")

Say = Callable[[str], None]
Tables = tuple[list[Path], dict[str, tuple[str, ...]], int]
"""Files of a report's tables; indicators without a value, by reason; the number of indicators."""


@dataclass(frozen=True)
class Plan:
    """What was asked for, checked before any work is done.

    Attributes:
        study: the open study.
        chapters: all chapters of the report, in order.
        wanted: those to run now.
        formats: ``html`` and what was asked beside it.
        assembler: ``quarto`` or ``nbconvert``.
        notice: what a reader must be told about the choice of assembler; empty when nothing.
        keep_project: leave Quarto's project in :func:`quarto_project`.
        named: the chapters that were named, to be run; otherwise those that are still valid are taken over.
        only: the chapters that the report is to have beside those that it has; all where none is named.
    """

    study: Study
    chapters: tuple[Chapter, ...]
    wanted: tuple[Chapter, ...]
    formats: tuple[str, ...]
    assembler: str
    notice: str = ""
    keep_project: bool = False
    named: tuple[str, ...] = ()
    only: tuple[str, ...] = ()

    def again(self) -> Plan:
        """The same, of what the files say now: who plans and who builds may be minutes apart."""
        asked = ("formats", "assembler", "notice", "keep_project", "named", "only")
        return _planned(self.study.project, self.study.id, **{name: getattr(self, name) for name in asked})


@dataclass(frozen=True)
class ReportResult:
    """What a report became.

    Attributes:
        study_id, territory: of what.
        outputs: the study's outputs folder; ``index`` its home page; ``files`` what lies beside it.
        chapters: one result per chapter run.
        kept: chapters taken over from the former report.
        absent: chapters that the report lacks (neither run now nor before).
        sources: one line per source used.
        missing: (reason, labels of the indicators without a value).
        known, total: number of indicators with a value here, and in all.
        data: what became of the data; None where somebody else had seen to them.
        assembler: which one.
        seconds: of the whole command; ``assembly_seconds`` of the assembly alone.
        left: whether nothing had changed, and nothing was touched.
    """

    study_id: str
    territory: str
    outputs: Path
    index: Path
    files: tuple[Path, ...]
    chapters: tuple[ChapterResult, ...]
    kept: tuple[str, ...]
    absent: tuple[str, ...]
    sources: tuple[Entry, ...]
    missing: Mapping[str, tuple[str, ...]]
    known: int
    total: int
    data: DataReport | None
    assembler: str
    assembly_seconds: float
    seconds: float
    left: bool = False


# --- plan --------------------------------------------------------------------------------------------


def plan_report(
    project: Project,
    study: str,
    *,
    chapters: Sequence[str] = (),
    only: Sequence[str] = (),
    formats: Sequence[str] = ("html",),
    assembler: str | None = None,
    keep_project: bool = False,
) -> Plan:
    """Check everything that can be wrong before the first second of work is spent.

    Args:
        project: where the study lies.
        study: a study id, or the code or name of an EPCI.
        chapters: slugs or their numbers, to be run even if nothing has changed; none by default.
        only: slugs or their numbers, that the report is to have beside those that it has already; all
            chapters by default.
        formats: among :data:`FORMATS`; the HTML is always made.
        assembler: one of :data:`ASSEMBLERS`; Quarto where it is installed by default. Both make all formats.
        keep_project: leave Quarto's project, for ``quarto preview``.

    Raises:
        BadInput: unknown study, chapter, format or assembler; Quarto asked for and not usable; its project
            asked for and not made.
        AssemblyError: a package that a format needs is not installed.
    """
    begun(project)
    wanted_formats = check_formats(formats)
    chosen, notice = choose_assembler(assembler, wanted_formats)
    if keep_project and chosen != "quarto":
        raise BadInput(found_expected("--keep-project avec --assembler", chosen, "quarto"))
    return _planned(
        project, study, formats=wanted_formats, assembler=chosen, notice=notice, keep_project=keep_project,
        named=tuple(chapters), only=tuple(only),
    )  # fmt: skip


def _planned(project: Project, study: str, **asked: Any) -> Plan:
    from ctg_lib.study import open_study

    opened = open_study(study, project)
    every = chapters_of(project, opened.id, asked["only"])
    wanted = select_chapters(every, asked["named"]) if asked["named"] else every
    return Plan(opened, tuple(every), tuple(wanted), **asked)


def chapters_of(project: Project, study_id: str, only: Sequence[str] = ()) -> list[Chapter]:
    """The chapters of a study's report, in order: those of ``only``, and those that stand there; else all.

    Raises:
        BadInput: unknown chapter.
    """
    every = read_chapters(project.notebooks)
    if not only:
        return every
    asked = {chapter.slug for chapter in select_chapters(every, only)}
    return [c for c in every if c.slug in asked or executed_path(project, study_id, c.slug).is_file()]


def check_formats(formats: Sequence[str]) -> tuple[str, ...]:
    """The formats to make, HTML first.

    Raises:
        BadInput: unknown format.
    """
    for name in formats:
        if name not in FORMATS:
            raise BadInput(found_expected("--format", name, ", ".join(FORMATS)))
    return ("html", *(name for name in FORMATS[1:] if name in formats))


def choose_assembler(assembler: str | None, formats: Sequence[str]) -> tuple[str, str]:
    """Which assembler, and what to say about it.

    Raises:
        BadInput: unknown assembler, or Quarto asked for and not usable.
        AssemblyError: without Quarto, a package that a format needs is not installed.
    """
    from ctg_lib.build.assemble_quarto import quarto_problem
    from ctg_lib.build.pandoc import check_programs

    if assembler is not None and assembler not in ASSEMBLERS:
        raise BadInput(found_expected("--assembler", assembler, " ou ".join(ASSEMBLERS)))
    problem = "" if assembler == "nbconvert" else quarto_problem(formats)
    if problem and assembler == "quarto":
        raise BadInput(f"--assembler quarto : {problem} Voir « make quarto ».")
    if not problem and assembler != "nbconvert":
        return "quarto", ""
    check_programs(formats)
    if assembler == "nbconvert":
        return "nbconvert", ""
    return "nbconvert", "Quarto n’est pas utilisable ici : le rapport est assemblé sans lui."


# --- build -------------------------------------------------------------------------------------------


def build_report(
    project: Project,
    plan: Plan,
    *,
    workers: int = 1,
    engine: str = "warm",
    timeout: float = Limits.seconds,
    memory: float = MEMORY,
    force: bool = False,
    pool: Pool | None = None,
    check_data: bool = True,
    beside: bool = True,
    common: shelf.Laid | None = None,
    say: Say | None = None,
    detail: Say | None = None,
    on_event: OnEvent | None = None,
) -> ReportResult:
    """Build one study's report and put it in place of the former one.

    Args:
        project: where everything lies.
        plan: from :func:`plan_report`.
        workers: chapters run at the same time.
        engine, timeout, memory: as :func:`ctg_lib.build.run.run_chapters` takes them.
        force: make the data and the chapters again even if nothing has changed.
        pool: processes of the warm engine, where several reports share them, or where they are to begin
            while the study is prepared; made for the chapters alone by default.
        check_data: see first that the national data are up to date.
        beside: make the tables while the chapters run; not where each core has a report of its own to make.
        common: what a process that makes several reports has read of no study, which it keeps for the next.
        say: called with a French line before each step.
        detail: called with a French line before each raw file.
        on_event: called with each event of the chapters' run.

    Raises:
        RawDataError: the raw files are not what the manifest says.
        ChapterFailed: a chapter failed; the former report is untouched.
        AssemblyError, SwapError: likewise.
    """
    from ctg_lib.build.national import build_data

    started = time.monotonic()
    tell = say or (lambda _: None)
    data = build_data(project, force=force, progress=tell, detail=detail) if check_data else None
    inputs, study_id = Inputs(project), plan.study.id
    _ = inputs.shared, inputs.of_study(study_id), inputs.layout  # as they are before anything is read
    plan = plan.again()
    study = plan.study
    light = may_be_left(plan.formats, plan.assembler, plan.keep_project) and not plan.named
    with held(project.outputs, study_id):  # until the stamps are written: they tell of what is in place
        untouched = Untouched(inputs)
        states = at_first_sight(inputs, study_id, plan.chapters, untouched)
        last = None
        if light and not force:
            last = last_result(inputs, study_id, plan.chapters, states, untouched)
        if last is not None:
            tell("rien de ce qu’il montre n’a changé depuis le dernier rapport : il est laissé tel quel")
            return _left(plan, last, data, time.monotonic() - started)
        study.unheard = True  # its chapters note what they ask; what is asked here is told by what it reads
        with contextlib.ExitStack() as stack:
            if pool is not None and to_run(plan, [s for s in states if not data_only(s)], force=force):
                pool.begin()  # its imports, while the study is prepared
            laid = None
            stack.enter_context(shelf.opened(common))
            with _one_at_a_time(study, tell):
                if engine == "warm" and can_fork() and to_run(plan, states, force=force):
                    read_study(project, study_id)  # before, and apart: for its chapters
                    laid = ahead(project)
                read = stack.enter_context(reads.gathered())  # by tables and pages, beside the chapters
                study.prepare()
            states = read_again(states, study)
            wanted = to_run(plan, states, force=force)
            for state in states:
                if state.stale and not force:
                    tell(f"{state.chapter.slug} : chapitre refait ; {why(state, inputs)}")
            new = stack.enter_context(staged(project.outputs, study_id, keep=(FOLDER,), locked=True))
            tell("tableaux des indicateurs, et de ce que disent les habitants et les acteurs")
            with contextlib.ExitStack() as running:
                tables: Callable[[], Tables] = partial(write_tables, study, new / "data")
                if beside:  # they need no chapter; aside: an impatient interruption does not wait for them
                    apart = Path(stack.enter_context(own_folder(scratch_of(project)))) / "data"
                    thread = running.enter_context(ThreadPoolExecutor(1))
                    tables = partial(_moved, thread.submit(write_tables, study, apart), apart, new / "data")
                results = run_chapters(
                    project, study_id, wanted, new / "chapters", engine=engine, timeout=timeout,
                    memory=memory, workers=workers, on_event=on_event, pool=pool,
                    chapter_env=lambda chapter: recording(project, study_id, chapter), ahead=laid,
                ) if wanted else []  # fmt: skip
            raise_failures(results)
            former = project.outputs / study_id / "chapters"
            executed = gather_chapters([c.slug for c in plan.chapters], new / "chapters", former)
            files, missing, total = tables()
            slugs = [path.stem for path in executed]
            by_chapter = chapter_sources(study, slugs)
            used = used_entries(study, slugs, by_chapter)
            tell(f"assemblage du rapport ({plan.assembler})")
            before = time.monotonic()
            made = _assemble(project, plan, executed, report_info(study, used, missing, total), new, tell)
            assembly = time.monotonic() - before
            files.append(write_crate(study, new, used, by_chapter))
            inside = [path.relative_to(new).as_posix() for path in [*made, *files]]
        run = {chapter.slug for chapter in wanted}
        certain = [s.chapter for s in states if s.chapter.slug in run or s.valid]
        keep_stamps(inputs, study_id, certain, run=lambda chapter: chapter.slug in run)
        whole = light and len(certain) == len(plan.chapters)
        known = total - sum(len(labels) for labels in missing.values())
        said = {
            "files": inside, "sources": [e.id for e in used], "missing": missing, "known": known,
            "total": total,
        }  # fmt: skip
        reads.write([own_places(study.own_places), *read], reads_path(project, study_id, REPORT))
        keep_unchanged(inputs, study_id, plan.chapters, said if whole else None)
    place, have = project.outputs / study_id, {path.stem for path in executed}
    return ReportResult(
        study_id=study_id,
        territory=study.territory.name,
        outputs=place,
        index=place / "report" / "index.html",
        files=tuple(place / path for path in inside),
        chapters=tuple(results),
        kept=tuple(c.slug for c in plan.chapters if c.slug in have - run),
        absent=tuple(c.slug for c in plan.chapters if c.slug not in have),
        sources=tuple(used),
        missing=missing,
        known=known,
        total=total,
        data=data,
        assembler=plan.assembler,
        assembly_seconds=assembly,
        seconds=time.monotonic() - started,
    )


def _left(plan: Plan, last: Mapping[str, Any], data: DataReport | None, seconds: float) -> ReportResult:
    """What a report that was left as it is says of itself."""
    study, place = plan.study, plan.study.project.outputs / plan.study.id
    ids = set(last["sources"])
    return ReportResult(
        study_id=study.id,
        territory=study.territory.name,
        outputs=place,
        index=place / "report" / "index.html",
        files=tuple(place / name for name in last["files"]),
        chapters=(),
        kept=tuple(chapter.slug for chapter in plan.chapters),
        absent=(),
        sources=tuple(entry for entry in study.sources if entry.id in ids),
        missing={why: tuple(labels) for why, labels in last["missing"].items()},
        known=last["known"],
        total=last["total"],
        data=data,
        assembler=plan.assembler,
        assembly_seconds=0.0,
        seconds=seconds,
        left=True,
    )


def prepare_study(study: Study, say: Say | None = None) -> None:
    """Compute what is a study's alone, once, for its chapters: one command at a time."""
    with _one_at_a_time(study, say or (lambda _: None)):
        study.prepare()


def _one_at_a_time(study: Study, say: Say) -> AbstractContextManager[Any]:
    """Only one command computes what is a study's alone: the others find it."""
    scratch = study.project.scratch
    scratch.mkdir(parents=True, exist_ok=True)
    said = f"{study.id} : une autre commande prépare l’étude, attente"
    return hold(scratch / f"etude-{study.id}.lock", waiting=lambda: say(said))


def write_tables(study: Study, folder: Path) -> Tables:
    """Write the tables of a report, and what describes them."""
    from ctg_lib.study.extras import study_coverage

    export = study.export()
    files = write_export(study, export, folder)
    files.append(write_coverage(study_coverage(study), folder, fictif=study.fictif))
    files += write_voices(study, folder)
    files.append(write_datapackage(study, export, files, folder))
    return files, *missing_indicators(study)


def _moved(made: Future[Tables], folder: Path, target: Path) -> Tables:
    """What a thread made in a folder, once that lies where it belongs."""
    files, missing, total = made.result()
    shutil.move(folder, target)
    return [target / path.relative_to(folder) for path in files], missing, total


def _assemble(
    project: Project, plan: Plan, executed: Sequence[Path], info: ReportInfo, new: Path, say: Say
) -> list[Path]:
    """The report's pages, and the documents made beside them."""
    from ctg_lib.build.assemble_print import leaflets_if_possible, print_report

    site = new / "report"
    site.mkdir(parents=True, exist_ok=True)
    agreed = agreed_links(project.outputs / plan.study.id / FOLDER)
    if plan.assembler == "quarto":
        from ctg_lib.build.assemble_quarto import render_quarto

        papers = [name for name in plan.formats if name != "html"]
        keep = quarto_project(project, plan.study.id) if plan.keep_project else None
        render = partial(render_quarto, executed, info, new, notebooks=project.notebooks, keep=keep, say=say)
        made = render(formats=papers)
        made += leaflets_if_possible(executed, info, site, say)
        render(documents=made, agreed=agreed)
        if keep is not None:
            say(f"projet de Quarto : {keep.relative_to(project.root).as_posix()}/html (quarto preview)")
        return made
    from ctg_lib.build.assemble_nbconvert import assemble_site
    from ctg_lib.build.bundles import load_executed

    chapters = [load_executed(path) for path in executed]
    made = print_report(chapters, info, new, notebooks=project.notebooks, formats=plan.formats, say=say)
    made += leaflets_if_possible(chapters, info, site, say)
    assemble_site(chapters, info, site, documents=made, agreed=agreed)
    return made


def quarto_project(project: Project, study_id: str) -> Path:
    """Where Quarto's project of a study is left when it is asked for: one folder a format."""
    return project.scratch / "quarto" / study_id


# --- what the report says about itself ---------------------------------------------------------------


def report_info(
    study: Study, used: Sequence[Entry], missing: Mapping[str, tuple[str, ...]], total: int
) -> ReportInfo:
    """Title page, footer and end matter of a study's report."""
    known = total - sum(len(labels) for labels in missing.values())
    territory = study.territory
    communes = counted(len(territory.members), "commune")
    return ReportInfo(
        study_id=study.id,
        title=study.config.title,
        territory_name=territory.name,
        subtitle=f"{communes}, {known} indicateurs sur {total} documentés",
        as_of=date_in_words(study.as_of),
        fictif=study.fictif,
        sources=source_lines(used),
        missing=missing_sentences(missing),
        licence=LICENCE,
        version=ctg_lib.__version__,
    )


def date_in_words(day: date) -> str:
    """« 1er novembre 2026 », whatever the machine's locale."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {MONTHS[day.month - 1]} {day.year}"


def source_lines(entries: Iterable[Entry]) -> list[SourceLine]:
    """One line per source and vintage; several files of one source make one line."""
    lines = (SourceLine(f"{e.short} — {e.title}", year_of(e.vintage), e.provenance) for e in entries)
    return list(dict.fromkeys(lines))


def used_entries(
    study: Study, slugs: Iterable[str], by_chapter: Mapping[str, set[str]] | None = None
) -> list[Entry]:
    """Manifest entries behind the answers that the chapters received, in the manifest's order.

    The files that give names, memberships and contours are used by every report.

    Args:
        by_chapter: :func:`chapter_sources`, when it is known already.
    """
    found = chapter_sources(study, slugs) if by_chapter is None else by_chapter
    ids = {source for sources in found.values() for source in sources}
    return [e for e in study.sources if e.id in ids or e.layout in _ALWAYS_USED]


def chapter_sources(study: Study, slugs: Iterable[str]) -> dict[str, set[str]]:
    """Slug -> identifiers of the raw files behind the answers that this chapter received.

    Where the queries of one chapter were not recorded, all sources known for the territory count as used by
    each.
    """
    from ctg_lib.study.recording import source_ids

    paths = {slug: queries_path(study.project, study.id, slug) for slug in slugs}
    recorded = {
        slug: [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for slug, path in paths.items()
        if path.is_file()
    }
    if len(recorded) < len(paths) or not any(recorded.values()):
        return dict.fromkeys(paths, source_ids(study.export()))
    return {slug: set().union(*(_files_of(study, q) for q in queries)) for slug, queries in recorded.items()}


def _files_of(study: Study, query: Mapping[str, str]) -> set[str]:
    """The files behind a recorded answer: as recorded; asked again where an older record does not say."""
    from ctg_lib.study.recording import SOURCES, source_ids

    if SOURCES in query:
        return set(filter(None, query[SOURCES].split("+")))
    return source_ids(study.replay(query))


def missing_indicators(study: Study) -> tuple[dict[str, tuple[str, ...]], int]:
    """Indicators that have no value (number or range) for the territory, by reason, and how many there are.

    An indicator of structures (schools) has no value for a territory: where one of its communes has such a
    structure, that is the reason given.
    """
    from ctg_lib.indicators.registry import registry
    from ctg_lib.study.extras import lost_to_date

    known, lost = registry(), lost_to_date(study)
    rows = study.table(list(known), [study.place])
    of_each = dict(tuple(rows.groupby("indicator", sort=False)))
    inside = _structures(study, [i for i, rule in known.items() if rule.finest_level == "structure"])
    grouped: dict[str, list[str]] = {}
    for each, rule in known.items():
        here = of_each.get(each, rows.iloc[:0])
        if _has_number(here):
            continue
        reason = LATER if each in lost else BY_STRUCTURE if each in inside else _reason(here)
        grouped.setdefault(reason, []).append(rule.label)
    return {reason: tuple(labels) for reason, labels in sorted(grouped.items())}, len(known)


def _structures(study: Study, ids: list[str]) -> set[str]:
    from ctg_lib.study.extras import structures_of

    return set(structures_of(study, ids)["indicator"]) if ids else set()


def _has_number(rows: pd.DataFrame) -> bool:
    usable = rows["status"].isin(USABLE) & (rows["value"].notna() | rows["lower"].notna())
    return bool(usable.any())


def _reason(rows: pd.DataFrame) -> str:
    """Why there is no number, in words that follow « Indicateurs »."""
    if rows.empty:
        return ABSENT
    last = rows[rows["period"].eq(rows["period"].max())].iloc[0]
    if last["method"] == "incomplete":
        return INCOMPLETE
    if last["status"] == "missing":
        return ABSENT
    return f"non publiables ({STATUS_LABELS[str(last['status'])]})"


NAMED = 8
"""How many absent indicators a sentence names."""


def missing_sentences(missing: Mapping[str, Sequence[str]]) -> list[str]:
    """One sentence per reason; a long list is cut, since the dictionary gives it whole."""
    sentences = []
    for reason, labels in missing.items():
        named = list(labels[:NAMED])
        if len(labels) > NAMED:
            more = counted(len(labels) - NAMED, "autre", "autres")
            named.append(f"et {more} (liste et raisons : dictionnaire des indicateurs, couverture.csv)")
        sentences.append(f"Indicateurs {reason} : {', '.join(named)}.")
    return sentences


def provenance_summary(entries: Iterable[Entry]) -> list[str]:
    """Sources in few lines: « Insee, RP 2023 (5 fichiers, valeurs reprises) »."""
    grouped: dict[tuple[str, str], int] = {}
    for entry in entries:
        key = (entry.short, entry.provenance)
        grouped[key] = grouped.get(key, 0) + 1
    return [
        f"{short} ({counted(count, 'fichier')}, {PROVENANCES[provenance]})"
        for (short, provenance), count in grouped.items()
    ]
