"""A whole batch: national data once, what has not changed left, the rest dealt out, all put together."""

from __future__ import annotations

import contextlib
import time
import traceback
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from ctg_lib.build.batch import same
from ctg_lib.build.batch.choice import Choice
from ctg_lib.build.batch.gather import gather, places, write_comparison
from ctg_lib.build.batch.turn import Turn, Wish
from ctg_lib.build.swap import repair, staged
from ctg_lib.build.tidy import tidy
from ctg_lib.errors import CtgError

if TYPE_CHECKING:
    from ctg_lib.build.batch.telling import Telling
    from ctg_lib.geography import Geography
    from ctg_lib.project import Project

FOLDER = "lots"
"""Of the outputs: one folder per choice of territories."""
PARQUET = "indicateurs.parquet"

Turns = Callable[[Sequence[str]], Generator[Turn]]
"""Makes these reports; gives each turn when it ends."""


@dataclass(frozen=True)
class BatchResult:
    """What a batch did.

    Attributes:
        index: the page that leads to all reports.
        made, left: studies whose report was made, or was the same already.
        failed: turns that failed, in the order of the choice.
        seconds: of the whole command.
        problem: why that page could not be made; empty where it was.
    """

    index: Path
    made: tuple[str, ...]
    left: tuple[str, ...]
    failed: tuple[Turn, ...]
    seconds: float
    problem: str = ""


def run_batch(
    project: Project, geography: Geography, choice: Choice, wish: Wish, turns: Turns, telling: Telling
) -> BatchResult:
    """Make the reports of a choice of territories, and the page that leads to them.

    Args:
        project: where everything lies; the national data are up to date.
        geography: of the edition of today.
        choice: which territories.
        wish: what is asked for.
        turns: who makes the reports (:meth:`ctg_lib.build.batch.crew.Crew.each`, or a cluster).
        telling: where progress is told.

    Raises:
        BadInput: unknown chapter, format, assembler or engine.
    """
    started = time.monotonic()
    check(project, wish)
    for mended in repair(project.outputs):
        telling.say(f"sorties de {mended} remises en ordre après une commande interrompue")
    left = () if wish.force else unchanged(project, choice.studies, wish)
    waiting = [study for study in choice.studies if study not in set(left)]
    if left:
        telling.say(f"{len(left)} rapports laissés tels quels : rien n’a changé")
    names = geography.names("epci")
    failed: dict[str, Turn] = {}
    made: list[str] = []
    untouched: list[str] = list(left)
    telling.begin(len(waiting))
    with contextlib.closing(turns(waiting)) as ending:  # an interruption ends the processes at once
        for turn in ending:
            telling.ended(turn, names.get(turn.study, turn.study))
            if not turn.ok:
                failed[turn.study] = turn
            else:
                (untouched if turn.left else made).append(turn.study)
    problem = ""
    try:
        _together(
            project, geography, choice, {study: turn.error for study, turn in failed.items()}, telling,
            wish.force,
        )  # fmt: skip
    except CtgError as error:  # the reports are made: what became of each is told all the same
        problem = str(error)
    except Exception as error:  # likewise, whatever it is: a night's work is not lost for its index
        traceback.print_exc()
        problem = f"erreur inattendue, {type(error).__name__} : {error}"
    if made:
        tidy(project)
    index = project.outputs / FOLDER / choice.name / "index.html"
    in_order = tuple(failed[study] for study in choice.studies if study in failed)
    return BatchResult(index, tuple(made), tuple(untouched), in_order, time.monotonic() - started, problem)


def check(project: Project, wish: Wish) -> None:
    """Refuse, before anything is begun, what no territory could be made with.

    Raises:
        BadInput: unknown chapter, format, assembler or engine.
        AssemblyError: a package that a format needs is not installed.
    """
    from ctg_lib.build.chapters import read_chapters, select_chapters
    from ctg_lib.build.report import check_formats, choose_assembler
    from ctg_lib.build.run import check_engine

    check_engine(wish.engine)
    choose_assembler(wish.assembler, check_formats(wish.formats))
    every = read_chapters(project.notebooks)
    if wish.chapters:
        select_chapters(every, wish.chapters)


def unchanged(project: Project, studies: Iterable[str], wish: Wish) -> tuple[str, ...]:
    """Those of which the report would be the same today, found without opening any study."""
    from ctg_lib.build.inputs import Inputs
    from ctg_lib.build.report import chapters_of
    from ctg_lib.build.unchanged import last_result, may_be_left
    from ctg_lib.build.untouched import Untouched
    from ctg_lib.build.validity import at_first_sight

    if not may_be_left(wish.formats, wish.assembler, False):
        return ()
    inputs = Inputs(project)
    untouched, left = Untouched(inputs), []
    for study in studies:
        chapters = chapters_of(project, study, wish.chapters)
        states = at_first_sight(inputs, study, chapters, untouched)
        if last_result(inputs, study, chapters, states, untouched) is not None:
            left.append(study)
    inputs.save()
    return tuple(left)


def _together(
    project: Project, geography: Geography, choice: Choice, failures: dict[str, str], telling: Telling,
    force: bool,
) -> None:  # fmt: skip
    """What the reports are together, made again where it would be another."""
    from ctg_lib.build.inputs import Inputs

    inputs, folder = Inputs(project), project.outputs / FOLDER / choice.name
    made_from = same.parts(inputs, choice, failures)
    if force or not same.left(inputs, choice.name, made_from, folder):
        telling.say("chiffres de tous les rapports, carte et page d’accueil")
        together(project, geography, choice, failures)
        same.keep(inputs, choice.name, made_from, folder)


def together(project: Project, geography: Geography, choice: Choice, failures: dict[str, str]) -> None:
    """Put the figures of all reports in place together, with the page that leads to them.

    Args:
        failures: study -> why its report could not be made.
    """
    from ctg_lib.build.batch.front import write_front
    from ctg_lib.build.report import LICENCE

    territories = places(project, geography, choice.studies)
    lots = project.outputs / FOLDER
    with staged(lots, choice.name) as new:
        gathered = gather(project, territories, new / PARQUET)
        write_comparison(gathered, territories, new, _day(project))
        write_front(
            geography, choice.title, territories, gathered, failures, new, licence=LICENCE,
        )  # fmt: skip


def _day(project: Project) -> date:
    """The day of the newest of all figures, which is the day of a study that has no other."""
    from ctg_lib.manifest import load_manifest

    return max(entry.retrieved for entry in load_manifest(project.manifest))
