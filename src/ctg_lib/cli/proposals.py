"""``ctg study agreement``, ``crossing``, ``plan``: workbooks of the convention, and lines proposed in them.

What a person decided of a line stays, and so does a workbook that exists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

from ctg_lib.cli.check import problem_lines
from ctg_lib.cli.common import DebugOption, StudyArgument, closed_elsewhere, opened_study, print_lines, shown
from ctg_lib.errors import BadInput

if TYPE_CHECKING:
    from ctg_lib.documents.agreement.crossing_sheet import CrossingWritten
    from ctg_lib.documents.agreement.plan_sheet import PlanWritten
    from ctg_lib.documents.agreement.update import Written
    from ctg_lib.study import Study

Done = TypeVar("Done", "CrossingWritten", "PlanWritten")

WAY: tuple[tuple[str, str], ...] = (
    ("gouvernance", "les instances et leurs membres, dès le premier comité de pilotage ; puis les réunions"),
    ("constats", "ctg study findings {id} propose ; le comité technique décide de chaque constat"),
    ("croisement", "ctg study crossing {id} propose les besoins, puis les enjeux"),
    ("priorites", "critères, notes et votes ; puis les décisions du comité de pilotage, qui seules comptent"),
    ("groupes", "les séances des groupes de travail et leurs propositions"),
    ("plan", "ctg study plan {id} y met les propositions retenues ; compléter les fiches action"),
    ("suivi", "chaque année, une fois la convention signée"),
)
"""Workbooks of the convention in the order in which they are filled, and who or what fills each."""
ASKED_BY_CROSSING: tuple[str, ...] = ("constats", "croisement", "priorites")
ASKED_BY_PLAN: tuple[str, ...] = ("gouvernance", "priorites", "groupes", "plan")


def study_agreement(study: StudyArgument, debug: DebugOption = False) -> None:
    """Ajouter au dossier les classeurs de la convention, des constats au suivi ; aucun n’est écrasé."""
    opened = opened_study(study)
    if not _added(opened, [id for id, _ in WAY]):
        print("Les classeurs de la convention existent déjà : aucun n’est écrasé.")
    print("À remplir dans cet ordre :")
    for id, how in WAY:
        print(f"  {opened.agreement.books[id].file} : {how.format(id=opened.id)}")
    print(f"À tout moment : ctg study check {opened.id} ; les documents : ctg documents {opened.id}")


def _added(study: Study, ids: Iterable[str]) -> bool:
    """Write the blank workbooks that are not there, and say which; whether there were any."""
    from ctg_lib.documents.study_folder import create_agreement

    with closed_elsewhere():
        written = create_agreement(study, ids)
    print_lines(f"{shown(path)} créé" for path in written)
    return bool(written)


def study_crossing(study: StudyArgument, debug: DebugOption = False) -> None:
    """Proposer les besoins à partir des constats gardés, et les enjeux à partir des besoins retenus."""
    from ctg_lib.documents.agreement.crossing_sheet import crossing_lines, write_crossing

    opened, done = _proposed(study, write_crossing, ASKED_BY_CROSSING)
    print_lines(crossing_lines(done, opened.id))


def study_plan(study: StudyArgument, debug: DebugOption = False) -> None:
    """Proposer des actions, en projet, à partir des propositions des groupes de travail."""
    from ctg_lib.documents.agreement.plan_sheet import plan_lines, write_plan

    opened, done = _proposed(study, write_plan, ASKED_BY_PLAN)
    print_lines(plan_lines(done, opened.id))


def _proposed(study: str, write: Callable[[Study], Done], asked: Iterable[str]) -> tuple[Study, Done]:
    """Write proposals in a workbook, then the blank ones to which they lead; the study, what was done."""
    from ctg_lib.documents.study_folder import own_folder

    opened = opened_study(study)
    own_folder(opened)
    with closed_elsewhere():
        done = write(opened)
    _told(done.written)
    _added(opened, asked)
    return opened, done


def _told(written: Written) -> None:
    """The workbook written.

    Raises:
        BadInput: it was not, so that no cell is lost.
    """
    if written.problems:
        print_lines(problem_lines(written.problems))
        raise BadInput(
            f"{shown(written.path)} n’est pas récrit : ces cellules seraient perdues. Les corriger, puis "
            "relancer."
        )
    if written.path.is_file():
        print(shown(written.path))
