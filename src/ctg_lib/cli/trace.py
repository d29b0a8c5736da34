"""``ctg study trace``: from any action to its files, from any finding to the actions that answer it."""

from __future__ import annotations

from typing import Annotated

import typer

from ctg_lib.cli.common import DebugOption, StudyArgument, opened_study, print_lines


def study_trace(
    study: StudyArgument,
    id: Annotated[
        str,
        typer.Argument(
            metavar="IDENTIFIANT",
            help="D’une action, d’un constat, besoin, enjeu, indicateur, extrait … ; sans lui : "
            "tous les constats et toutes les actions.",
        ),
    ] = "",
    debug: DebugOption = False,
) -> None:
    """Dire sur quoi repose une action ou un constat, jusqu’aux fichiers, et ce qui en vient."""
    from ctg_lib.display.typography import typeset
    from ctg_lib.study.tracing import lines_of

    print_lines(str(typeset(line)) for line in lines_of(opened_study(study), id))
