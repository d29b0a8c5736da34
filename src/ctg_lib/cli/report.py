"""``ctg report``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ctg_lib.cli.common import (
    DebugOption,
    EngineOption,
    ForceOption,
    FormatOption,
    MemoryOption,
    StudyArgument,
    TimeoutOption,
    print_lines,
    shown,
    this_project,
    words,
)

if TYPE_CHECKING:
    from ctg_lib.build.report import Plan, ReportResult
    from ctg_lib.project import Project


def report(
    study: StudyArgument,
    chapters: Annotated[
        str,
        typer.Option(
            metavar="04,10",
            help="Chapitres à exécuter même si rien n’a changé ; les autres viennent du rapport précédent.",
        ),
    ] = "",
    formats: FormatOption = "html",
    assembler: Annotated[
        str | None,
        typer.Option(
            metavar="quarto|nbconvert", help="Par défaut Quarto s’il est installé, sinon nbconvert."
        ),
    ] = None,
    keep_project: Annotated[
        bool,
        typer.Option("--keep-project", help="Garder le projet de Quarto, pour « quarto preview »."),
    ] = False,
    workers: Annotated[
        int,
        typer.Option(min=1, metavar="N", show_default=False, help="Chapitres exécutés en même temps (2)."),
    ] = 2,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Dire ce qui serait repris ou refait, et pourquoi, sans rien faire."),
    ] = False,
    engine: EngineOption = "warm",
    timeout: TimeoutOption = 600,
    memory: MemoryOption = 4096,
    force: ForceOption = False,
    debug: DebugOption = False,
) -> None:
    """Faire le rapport d’un territoire."""
    from ctg_lib.build.run import check_engine, early_pool

    check_engine(engine)
    project = this_project()
    asked: dict[str, Any] = {
        "chapters": words(chapters), "formats": words(formats), "assembler": assembler,
        "keep_project": keep_project,
    }  # fmt: skip
    if explain:
        from ctg_lib.build.deciding import explain_report
        from ctg_lib.build.report import plan_report

        print_lines(explain_report(project, plan_report(project, study, **asked), force=force))
        return
    first = study.isdigit() and not (project.outputs / study / "report").is_dir()
    with early_pool(project, engine, certain=force or first or bool(chapters)) as pool:
        from ctg_lib.build.report import plan_report

        result = _built(
            project, plan_report(project, study, **asked), workers=workers, engine=engine, timeout=timeout,
            memory=memory, force=force, pool=pool,
        )  # fmt: skip
    print_lines(report_summary(result))


def _built(project: Project, plan: Plan, **how: Any) -> ReportResult:
    """The report, its making told on standard error."""
    from ctg_lib.build.progress import Display
    from ctg_lib.build.report import build_report
    from ctg_lib.build.swap import repair

    with Display() as display:
        for mended in repair(project.outputs):
            display.say(f"sorties de {mended} remises en ordre après une commande interrompue")
        if plan.notice:
            display.say(plan.notice)
        return build_report(
            project, plan, say=display.say, detail=display.detail, on_event=display.event, **how
        )


def report_summary(result: ReportResult, here: Path | None = None) -> list[str]:
    """The closing lines of ``ctg report``: where, how long, from what, what is missing."""
    from ctg_lib.build.progress import duration
    from ctg_lib.build.report import missing_sentences, provenance_summary
    from ctg_lib.display.typography import counted

    lines = ["", f"Rapport : {shown(result.index, here)}", f"Territoire : {result.territory}"]
    lines += ["", "Chapitres"]
    lines += [f"  {chapter.slug} : {duration(chapter.seconds)}" for chapter in result.chapters]
    lines += [f"  {slug} : repris du rapport précédent, non réexécuté" for slug in result.kept]
    lines += [f"  {slug} : absent du rapport (jamais exécuté)" for slug in result.absent]
    lines += ["", f"Sources : {counted(len(result.sources), 'fichier utilisé', 'fichiers utilisés')}"]
    lines += [f"  {line}" for line in provenance_summary(result.sources)]
    lines += ["", f"Indicateurs : {result.known} sur {result.total} ont une valeur pour le territoire."]
    lines += [f"  {sentence}" for sentence in missing_sentences(result.missing)]
    lines += ["", "Fichiers"] + [f"  {shown(path, here)}" for path in result.files]
    parts = [f"données {duration(result.data.seconds)}"] if result.data is not None else []
    parts.append(f"assemblage par {result.assembler} {duration(result.assembly_seconds)}")
    return [*lines, "", f"Durée totale : {duration(result.seconds)} ({', '.join(parts)})."]
