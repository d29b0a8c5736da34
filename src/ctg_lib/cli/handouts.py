"""``ctg study guides``, ``requests`` and ``questionnaires``: documents that a study sends out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ctg_lib.cli.common import DebugOption, StudyArgument, closed_elsewhere, opened_study, print_lines, shown

if TYPE_CHECKING:
    from ctg_lib.study import Study


def study_guides(
    study: StudyArgument,
    output: Annotated[
        Path | None, typer.Option(metavar="DOSSIER", help="Par défaut outputs/guides/<étude>.")
    ] = None,
    debug: DebugOption = False,
) -> None:
    """Écrire les guides d’entretien, de rencontre, de forum et de séminaire, et la grille de codage."""
    from ctg_lib.consultation.folder import FOLDER
    from ctg_lib.documents.consultation.guides import write_guides

    opened, _ = _written(study, lambda here: write_guides(here, output))
    books = _inside(opened, FOLDER)
    print(f"Suite : imprimer, recopier et coder ce qui est dit dans les classeurs de {books}")
    print(f"(ctg study new {opened.id} crée ceux qui manquent), puis ctg study check {opened.id}")


def study_requests(
    study: StudyArgument,
    output: Annotated[
        Path | None, typer.Option(metavar="DOSSIER", help="Par défaut outputs/demandes/<étude>.")
    ] = None,
    debug: DebugOption = False,
) -> None:
    """Écrire les demandes de données : une lettre et un classeur par partenaire."""
    from ctg_lib.documents.requests import write_requests
    from ctg_lib.partnership.books.suivi import FILE
    from ctg_lib.partnership.requests import FOLDER

    opened, _ = _written(study, lambda here: write_requests(here, output))
    answers = _inside(opened, FOLDER)
    print("Suite : compléter les passages surlignés des lettres, les envoyer avec leur classeur, noter")
    print(f"les dates dans {FILE}, poser les réponses dans {answers}, puis ctg study check {opened.id}")


def study_questionnaires(
    study: StudyArgument,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID", help="Ce questionnaire seul (à répéter) ; par défaut ceux qui sont prévus."
        ),
    ] = None,
    copies: Annotated[
        int,
        typer.Option(metavar="N", min=0, help="Exemplaires numérotés du PDF sur papier ; 0 : un, sans code."),
    ] = 20,
    first: Annotated[
        int,
        typer.Option(
            metavar="N", min=1, help="Numéro du premier code : la suite d’une impression précédente."
        ),
    ] = 1,
    output: Annotated[
        Path | None, typer.Option(metavar="DOSSIER", help="Par défaut outputs/questionnaires/<étude>.")
    ] = None,
    debug: DebugOption = False,
) -> None:
    """Écrire les questionnaires : LimeSurvey, ODK ou Kobo, papier (PDF et Word), saisie."""
    from ctg_lib.consultation.folder import FOLDER
    from ctg_lib.consultation.settings import ANSWERS
    from ctg_lib.display.typography import enumerate_fr
    from ctg_lib.documents.consultation.questionnaires import to_complete, write_questionnaires

    opened, written = _written(
        study,
        lambda here: write_questionnaires(here, output, only=only or (), copies=copies, first=first),
    )
    if lacking := to_complete(opened):
        print(f"À compléter avant de distribuer, dans consultation.yml : {enumerate_fr(lacking)}.")
    answers = _inside(opened, FOLDER, ANSWERS)
    print(f"Suite : lire {written[0].name}, importer ou imprimer, poser les réponses telles que reçues dans")
    print(f"{answers}, puis ctg study check {opened.id}")


def _written(study: str, write: Callable[[Study], list[Path]]) -> tuple[Study, list[Path]]:
    """Open a study, write documents for it and say which."""
    opened = opened_study(study)
    with closed_elsewhere():
        paths = write(opened)
    print_lines(shown(path) for path in paths)
    return opened, paths


def _inside(study: Study, *parts: str) -> str:
    """A place in the study's folder, as the user would type it."""
    return shown(study.project.studies.joinpath(study.id, *parts))
