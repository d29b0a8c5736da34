"""``ctg batch``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ctg_lib.cli.common import (
    DebugOption,
    EngineOption,
    ForceOption,
    FormatOption,
    MemoryOption,
    TimeoutOption,
    print_lines,
    shown,
    this_project,
    words,
)

if TYPE_CHECKING:
    from ctg_lib.build.batch.run import BatchResult


def batch(
    departement: Annotated[
        str,
        typer.Option(metavar="CODE", help="Les intercommunalités qui ont une commune dans ce département."),
    ] = "",
    every: Annotated[bool, typer.Option("--all", help="Toutes les intercommunalités de France.")] = False,
    codes: Annotated[
        str,
        typer.Option(metavar="FICHIER", help="Liste : un code SIREN ou une étude par ligne (texte ou CSV)."),
    ] = "",
    workers: Annotated[
        int,
        typer.Option(min=1, metavar="N", show_default=False, help="Rapports faits en même temps (2)."),
    ] = 2,
    scheduler: Annotated[
        str,
        typer.Option(
            metavar="ADRESSE",
            help="Confier les rapports à une grappe Dask (tcp://machine:8786) au lieu de cette machine.",
        ),
    ] = "",
    chapters: Annotated[
        str,
        typer.Option(
            metavar="02,04", help="Chapitres des rapports, en plus de ceux qui y sont déjà (tous par défaut)."
        ),
    ] = "",
    formats: FormatOption = "html",
    assembler: Annotated[
        str,
        typer.Option(
            metavar="nbconvert|quarto", show_default=False, help="Par défaut nbconvert, bien plus rapide."
        ),
    ] = "nbconvert",
    engine: EngineOption = "warm",
    timeout: TimeoutOption = 600,
    memory: MemoryOption = 4096,
    force: ForceOption = False,
    debug: DebugOption = False,
) -> None:
    """Faire les rapports de nombreux territoires, et la page qui y mène."""
    from ctg_lib.build.batch.choice import choose
    from ctg_lib.build.batch.crew import Crew
    from ctg_lib.build.batch.run import check, run_batch
    from ctg_lib.build.batch.telling import Telling
    from ctg_lib.build.batch.turn import Wish
    from ctg_lib.build.national import build_data
    from ctg_lib.geography import load_geography

    project = this_project()
    geography = load_geography(project)
    choice = choose(project, geography, departement=departement, every=every, codes=codes)
    wish = Wish(
        tuple(words(chapters)), tuple(words(formats)) or ("html",), assembler, engine, timeout, memory, force
    )
    check(project, wish)
    with Telling() as telling:
        build_data(project, force=force, progress=telling.say)
        if scheduler:
            from ctg_lib.build.batch.cluster import Cluster

            turns = Cluster(scheduler, project, wish).each
        else:
            log = project.scratch / "log" / "lots" / choice.name
            turns = Crew(project, wish, workers, log).each
        try:
            result = run_batch(project, geography, choice, wish, turns, telling)
        except KeyboardInterrupt:
            telling.say("interrompu ; la même commande reprendra où elle en était")
            raise typer.Exit(130) from None
    print_lines(batch_summary(result))
    if result.failed or result.problem:
        raise typer.Exit(1)


def batch_summary(result: BatchResult, here: Path | None = None) -> list[str]:
    """The closing lines of ``ctg batch``: where, how many, which ones failed and why, how long."""
    from ctg_lib.build.progress import duration
    from ctg_lib.display.typography import counted

    lines = ["", result.problem or f"Page d’accueil : {shown(result.index, here)}", ""]
    lines.append(f"Rapports faits : {len(result.made)} ; laissés tels quels : {len(result.left)}")
    if result.failed:
        lines += ["", counted(len(result.failed), "rapport en échec", "rapports en échec")]
        for turn in result.failed:
            said = turn.error.splitlines() or [""]
            lines += [f"  {turn.study} : {said[0]}", *(f"    {line}" for line in said[1:] if line)]
        lines += ["", "Une fois la cause levée, la même commande ne refait que ce qui manque."]
    return [*lines, "", f"Durée totale : {duration(result.seconds)}."]
