"""``ctg documents``: all that a study's agreement is written on, made in one command."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ctg_lib.cli.check import problem_lines
from ctg_lib.cli.common import (
    DebugOption,
    StudyArgument,
    closed_elsewhere,
    ensure_data,
    ensure_own_figures,
    opened_study,
    print_lines,
    shown,
    this_project,
    words,
)

if TYPE_CHECKING:
    from ctg_lib.documents.agreement.kinds import Kind, Outcome
    from ctg_lib.documents.agreement.shelf import Shelf
    from ctg_lib.study import Study


def documents(
    study: StudyArgument,
    only: Annotated[
        str,
        typer.Option(
            metavar="LISTE",
            help="Ces documents seuls, séparés par des virgules : convention, fiches, synoptique, matrice, "
            "flash, diapositives, reunions.",
        ),
    ] = "",
    debug: DebugOption = False,
) -> None:
    """Écrire les documents de la convention : texte, fiches action, tableaux, info flash, réunions."""
    from ctg_lib.build.documents import FOLDER
    from ctg_lib.documents.agreement.kinds import chosen, lines_of
    from ctg_lib.study.document_dates import too_late

    wanted = chosen(words(only))
    project = this_project()
    ensure_data(project)
    opened = opened_study(study, project)
    ensure_own_figures(opened)
    outcomes, shelf = _made(opened, wanted)
    print(shown(project.outputs / opened.id / FOLDER))
    for outcome in outcomes:
        print_lines(lines_of(outcome))
        if outcome.error and outcome.kind.id in shelf.stale:
            print(
                "  les fichiers d’un passage précédent restent en place : ils ne disent pas ce qui a changé"
            )
    if shelf.kept:
        print("Modifié à la main depuis le dernier passage, et gardé :")
        print_lines(f"  {name}" for name in shelf.kept)
    if late := too_late(opened):
        print("Aucun document ne peut porter la date de l’étude : ce sur quoi il repose est postérieur.")
        print_lines(problem_lines(late))
    if code := max((outcome.code for outcome in outcomes), default=0):
        raise typer.Exit(code)
    if late:
        raise typer.Exit(1)


def _made(study: Study, wanted: tuple[Kind, ...]) -> tuple[list[Outcome], Shelf]:
    """Make the documents, then put them in place all at once; one that fails stays as it was."""
    from ctg_lib.build.documents import FOLDER
    from ctg_lib.build.swap import held, staged
    from ctg_lib.documents.agreement.kinds import produce
    from ctg_lib.documents.agreement.shelf import lay

    outputs = study.project.outputs
    place = outputs / study.id
    with closed_elsewhere(), held(outputs, study.id):  # no report is put in place meanwhile
        outcomes = []
        for kind in wanted:
            print(f"{kind.label} …", file=sys.stderr)
            outcomes.append(produce(study, kind))
        done = {o.kind.id: o.made.files for o in outcomes if not o.error}
        with staged(place, FOLDER) as new:
            shelf = lay(new, place / FOLDER, done)
    return outcomes, shelf
