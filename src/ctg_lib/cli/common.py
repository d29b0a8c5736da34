"""What every command needs: groups of commands, shared options, the project, a study, lines printed.

Results go to standard output; progress, questions and errors go to standard error.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ctg_lib.cli.french import FrenchCommand, FrenchGroup
from ctg_lib.errors import BadInput

if TYPE_CHECKING:
    from ctg_lib.build.national import DataReport
    from ctg_lib.project import Project
    from ctg_lib.study import Study

DEBUG = "ctg.debug"
"""Key of the wish for tracebacks among what the command line keeps while it runs."""
_TERRITORY = (
    "Identifiant d’une étude (dossier de data/raw/studies), ou code SIREN ou nom d’une intercommunalité."
)


def _debug(context: typer.Context, wanted: bool) -> bool:
    if wanted:
        context.meta[DEBUG] = True
    return wanted


StudyArgument = Annotated[str, typer.Argument(metavar="ÉTUDE", help=_TERRITORY)]
ForceOption = Annotated[bool, typer.Option("--force", help="Tout refaire, même si rien n’a changé.")]
FormatOption = Annotated[
    str, typer.Option("--format", metavar="html,pdf,docx", help="Le HTML est toujours fait.")
]
EngineOption = Annotated[
    str,
    typer.Option(
        metavar="warm|cold",
        show_default=False,
        help="Processus préparés d’avance (warm, par défaut), ou papermill et un noyau neuf (cold).",
    ),
]
TimeoutOption = Annotated[
    int,
    typer.Option(min=1, metavar="SECONDES", show_default=False, help="Temps permis à un chapitre (600)."),
]
MemoryOption = Annotated[
    int,
    typer.Option(
        min=1,
        metavar="MIO",
        show_default=False,
        help="Mémoire permise à un chapitre, moteur « warm » (4096).",
    ),
]
DebugOption = Annotated[
    bool, typer.Option("--debug", callback=_debug, help="Montrer la trace complète d’une erreur.")
]


def group(
    help_text: str, commands: Mapping[str, Callable[..., None]], cls: type[FrenchGroup] = FrenchGroup
) -> typer.Typer:
    """A group of commands under the names that users type, listed in this order."""
    made = typer.Typer(
        cls=cls, help=help_text, no_args_is_help=True, add_completion=False, rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )  # fmt: skip
    for name, command in commands.items():
        made.command(name, cls=FrenchCommand)(command)
    return made


def this_project() -> Project:
    """The project around the current folder; a fetch that was interrupted is put right, and said."""
    from ctg_lib.project import find_project

    project = find_project()
    if (project.scratch / "fetch" / "journal.json").is_file():
        from ctg_lib.build.fetch.files import repair

        if mended := repair(project):
            print(mended)
    return project


def opened_study(study: str, project: Project | None = None) -> Study:
    """The study of that identifier, code or name."""
    from ctg_lib.study import open_study

    return open_study(study, project or this_project())


def build_data(project: Project, *, force: bool = False) -> DataReport:
    """Observations and indicators, made where they are out of date, progress shown."""
    from ctg_lib.build import national
    from ctg_lib.build.progress import Display

    with Display() as display:
        return national.build_data(project, force=force, progress=display.say, detail=display.detail)


def ensure_data(project: Project) -> None:
    """Build the data when they never were: workbooks are prefilled from them."""
    from ctg_lib.indicators import national

    if not (project.processed / national.FILE).is_file():
        build_data(project)


def ensure_own_figures(study: Study) -> None:
    """Compute once, for all commands, the figures of its secteurs and of several EPCI together.

    A report does it before its chapters; a command that reads them all would do it again each time.
    """
    from ctg_lib.build.report import prepare_study

    if study.own_groups.territories:
        prepare_study(study, lambda said: print(said, file=sys.stderr))


def agreed(question: str) -> bool:
    """Whether whoever runs the command says « o » or « oui »; where nobody can answer, no."""
    print(f"{question} [o/N] ", end="", file=sys.stderr, flush=True)
    said = sys.stdin.readline()
    if not said:
        print(file=sys.stderr)
    return said.strip().lower() in ("o", "oui")


@contextmanager
def closed_elsewhere() -> Iterator[None]:
    """Windows refuses to replace a file that Word or Excel holds open: said, not a traceback."""
    try:
        yield
    except PermissionError as error:
        name = Path(str(error.filename2 or error.filename or "")).name
        raise BadInput(
            f"{name} : ce fichier ne peut pas être écrit. Le fermer dans Word ou dans le tableur (ou "
            "vérifier les droits du dossier), puis relancer la commande."
        ) from error


def words(text: str) -> list[str]:
    """What commas part in an option."""
    return [word.strip() for word in text.split(",") if word.strip()]


def shown(path: Path, here: Path | None = None) -> str:
    """A path as the user would type it from ``here`` (the current folder by default)."""
    here = here or Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def print_lines(lines: Iterable[str]) -> None:
    """Print each line."""
    for line in lines:
        print(line)
