"""``ctg study verbatims`` and ``erase``: what people wrote is read again, or erased."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ctg_lib.cli.check import problem_lines
from ctg_lib.cli.common import (
    DebugOption,
    StudyArgument,
    agreed,
    closed_elsewhere,
    opened_study,
    print_lines,
    shown,
)
from ctg_lib.errors import BadInput

if TYPE_CHECKING:
    from ctg_lib.documents.consultation.verbatim_sheet import Written
    from ctg_lib.project import Project


def study_verbatims(study: StudyArgument, debug: DebugOption = False) -> None:
    """Écrire le classeur où relire les réponses libres, noms masqués, avant d’en imprimer une."""
    from ctg_lib.documents.consultation.verbatim_sheet import write_verbatims

    opened = opened_study(study)
    with closed_elsewhere():
        written = write_verbatims(opened)
    if written.problems:
        print_lines(problem_lines(written.problems))
        raise BadInput(
            f"{shown(written.path)} n’est pas récrit : ces cellules seraient perdues. Les "
            "corriger, puis relancer."
        )
    print_lines(verbatim_lines(written, opened.id))
    if written.doubts:
        print_lines(problem_lines(written.doubts))


def verbatim_lines(written: Written, id: str, here: Path | None = None) -> list[str]:
    """What the workbook of open answers holds, and what is to be done with it."""
    from ctg_lib.consultation.books.verbatims import DECISIONS
    from ctg_lib.display.typography import counted

    if not written.lines:
        return ["Aucune réponse libre : rien à relire."]
    said = [f"{DECISIONS[code]} : {n}" for code, n in (written.decisions or {}).items()]
    names = "règles et modèle de langue" if written.model else "règles seules (extra « survey » absent)"
    return [
        shown(written.path, here),
        f"{counted(written.lines, 'réponse libre', 'réponses libres')}, dont "
        f"{counted(written.new, 'nouvelle')} ; {counted(written.dropped, 'retirée')}. {' ; '.join(said)}.",
        f"Noms masqués par {names} : une personne relit tout avant d’imprimer.",
        f"Suite : remplir « Décision », puis ctg study check {id} et ctg report {id}",
    ]


def study_erase(
    study: StudyArgument,
    code: Annotated[str, typer.Argument(metavar="CODE", help="Code de suppression reçu par la personne.")],
    yes: Annotated[bool, typer.Option("--yes", help="Ne pas demander de confirmation.")] = False,
    debug: DebugOption = False,
) -> None:
    """Effacer les réponses d’une personne, par le code qui lui a été remis."""
    from ctg_lib.build.swap import held
    from ctg_lib.consultation.erasing import erase, plan
    from ctg_lib.consultation.folder import FOLDER

    opened = opened_study(study)
    project = opened.project
    folder = project.studies / opened.id / FOLDER
    planned = plan(folder, code)
    if not planned.code:
        raise BadInput("ce code n’en est pas un : trouvé moins de quatre lettres ou plus de quarante.")
    if not planned.found:
        print_lines(_unseen_lines(planned.unseen))
        if planned.before:
            print("Ces réponses sont déjà effacées : aucun fichier ne porte plus ce code.")
            with closed_elsewhere(), held(project.outputs, opened.id):
                print_lines(_forget(project, opened.id))
            return
        raise BadInput("aucun fichier de l’étude ne porte ce code : rien n’est changé.")
    print("Lignes à effacer :")
    print_lines(f"  {found.words}" for found in planned.found)
    if not yes and not agreed(
        f"Les effacer pour toujours, et enlever outputs/{opened.id}, qui en a été fait ?"
    ):
        print("Rien n’est changé.")
        raise typer.Exit(1)
    with closed_elsewhere(), held(project.outputs, opened.id):  # no report is made of them meanwhile
        done = erase(folder, code)
        print("Effacé.")
        print_lines(_forget(project, opened.id))
    print_lines(_unseen_lines(done.unseen))
    print(
        "Suite : effacer aussi la réponse dans l’outil d’enquête, détruire le formulaire s’il est sur papier,"
    )
    print(
        "effacer ce qui a été copié ou envoyé ailleurs (Word, PDF, carnet enregistré dans JupyterLab), puis"
    )
    print(f"refaire le rapport : ctg report {opened.id}")
    if done.unseen:
        raise typer.Exit(1)


def _unseen_lines(unseen: Sequence[str]) -> list[str]:
    return ["À vérifier à la main :", *(f"  {line}" for line in unseen)] if unseen else []


def _forget(project: Project, study_id: str) -> list[str]:
    """Remove all that was made of a study's answers, and say what; the lock of its outputs is held.

    Report, chapters, search index and tables, results and logs of the last run, tables kept between
    commands: each is made again by ``ctg report``.
    """
    import shutil

    from ctg_lib.build import swap
    from ctg_lib.study import kept

    gone = [project.outputs / study_id] if swap.remove(project.outputs, study_id) else []
    for folder in (
        *(project.scratch / part / study_id for part in ("cache", "log", "quarto")),
        project.processed / kept.FOLDER / study_id,
    ):
        if folder.is_dir():
            shutil.rmtree(folder)
            gone.append(folder)
    if not gone:
        return []
    said = ", ".join(shown(folder, project.root) for folder in gone)
    return [f"Retiré aussi, car fait avec ces réponses : {said}"]
