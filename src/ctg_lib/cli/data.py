"""``ctg data``: raw files, observations, indicators of all territories."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from ctg_lib.cli.common import (
    DebugOption,
    ForceOption,
    agreed,
    build_data,
    group,
    print_lines,
    this_project,
    words,
)

if TYPE_CHECKING:
    from ctg_lib.build.national import DataReport


def data_build(force: ForceOption = False, debug: DebugOption = False) -> None:
    """Construire les observations et les indicateurs."""
    from ctg_lib.manifest import load_manifest

    project = this_project()
    done = build_data(project, force=force)
    print_lines(data_summary(done, [(e.short, e.provenance) for e in load_manifest(project.manifest)]))


def data_summary(done: DataReport, sources: Iterable[tuple[str, str]]) -> list[str]:
    """What ``ctg data build`` made, from which vintages, and how long it took."""
    from ctg_lib.build.progress import duration
    from ctg_lib.display.typography import number
    from ctg_lib.manifest import PROVENANCES

    lines = [f"{done.store} ({duration(done.store_seconds)})"]
    what = "calculés" if done.table.built else "à jour, rien à faire"
    lines.append(
        f"Indicateurs de tous les territoires {what} : {done.table.indicators} indicateurs, "
        f"{number(done.table.rows)} valeurs ({duration(done.table_seconds)})"
    )
    names = dict.fromkeys(f"{short} ({PROVENANCES[provenance]})" for short, provenance in sources)
    return [*lines, "Sources et millésimes :", *(f"  {name}" for name in names)]


def data_verify(debug: DebugOption = False) -> None:
    """Vérifier fichiers, nombres de lignes et totaux."""
    from ctg_lib.build.store import verify_store

    print_lines(verify_store(this_project()))


def data_status(debug: DebugOption = False) -> None:
    """Dire ce que le projet contient et s’il est à jour."""
    from ctg_lib.build.national import freshness
    from ctg_lib.build.store import status
    from ctg_lib.manifest import PROVENANCES

    project = this_project()
    frame = status(project)
    frame["provenance"] = frame["provenance"].map(PROVENANCES)
    for publisher, rows in frame.groupby("publisher", sort=False):
        print(publisher)
        for row in rows.itertuples():
            print(f"  {row.state:<8} {row.vintage:<16} {row.provenance:<26} {row.path}")
    print_lines(["", *freshness(project)])


def data_fetch(
    territory: Annotated[
        str, typer.Option(metavar="CODE", help="Limiter les gros jeux à ce territoire et à ses voisins.")
    ] = "",
    national: Annotated[bool, typer.Option("--national", help="Prendre les fichiers entiers.")] = False,
    only: Annotated[
        str, typer.Option(metavar="ID,…", help="Seulement ces fichiers (data/raw/catalogue.yml).")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Télécharger sans poser de question.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Montrer le plan, sans télécharger.")] = False,
    timeout: Annotated[
        float,
        typer.Option(min=1, metavar="S", show_default=False, help="Secondes de silence acceptées (60)."),
    ] = 60,
    accept_columns: Annotated[
        bool, typer.Option("--accept-columns", help="Prendre un fichier dont les colonnes ont changé.")
    ] = False,
    accept_losses: Annotated[
        bool,
        typer.Option("--accept-losses", help="Prendre un fichier qui ne parle plus de tout un territoire."),
    ] = False,
    debug: DebugOption = False,
) -> None:
    """Télécharger les fichiers des éditeurs, et dire quels chiffres changent."""
    from ctg_lib.build.fetch import Request, World, fetch
    from ctg_lib.build.progress import Display

    asked = Request(
        territory, national, tuple(words(only)), yes, dry_run, timeout, accept_columns, accept_losses
    )
    with Display() as display:
        world = World(say=display.say, detail=display.detail, ask=agreed if sys.stdin.isatty() else None)
        code = fetch(this_project(), asked, world)
    raise typer.Exit(code)


app = group(
    "Fichiers bruts, observations, indicateurs.",
    {"build": data_build, "verify": data_verify, "status": data_status, "fetch": data_fetch},
)
