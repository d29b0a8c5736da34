"""The documents that a study's agreement gives: which there are, what makes each, what each leaves to complete."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from ctg_lib.agreement.plan import Plan
from ctg_lib.display.typography import counted, enumerate_fr, typeset
from ctg_lib.errors import BadInput, CtgError

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

Files = tuple[tuple[str, bytes], ...]
_ROOM = __name__.rpartition(".")[0]


@dataclass(frozen=True)
class Made:
    """What a kind of document gave.

    Attributes:
        files: (name, content); none where there is nothing to say yet.
        left: what is to be filled, completed or looked at, a sentence each.
    """

    files: Files = field(default=(), repr=False)
    left: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """A kind of document.

    Attributes:
        id: what a user types. label: what it is. module: of this room, that makes it.
        make: makes it.
    """

    id: str
    label: str
    module: str
    make: Callable[[Study], Made] = field(repr=False)

    @property
    def there(self) -> bool:
        """Whether this installation knows how to make it."""
        return find_spec(f"{_ROOM}.{self.module}") is not None


@dataclass(frozen=True)
class Outcome:
    """What became of a kind of document: what it gave, or why it could not be made.

    Attributes:
        error: why not; empty where it was made. code: exit code of that error.
    """

    kind: Kind
    made: Made = field(default_factory=Made)
    error: str = ""
    code: int = 0


def kinds() -> tuple[Kind, ...]:
    """Those that can be made here, in the order in which they are listed."""
    return tuple(kind for kind in KINDS if kind.there)


def chosen(only: Iterable[str] = ()) -> tuple[Kind, ...]:
    """The kinds asked for, all by default.

    Raises:
        BadInput: one that does not exist.
    """
    every = {kind.id: kind for kind in kinds()}
    wanted = list(only)
    unknown = [name for name in wanted if name not in every]
    if unknown:
        raise BadInput(f"--only : trouvé {enumerate_fr(unknown)}, attendu parmi {', '.join(every)}.")
    return tuple(kind for kind in every.values() if not wanted or kind.id in wanted)


def produce(study: Study, kind: Kind) -> Outcome:
    """Make one kind of document; an error that a user can act on is told, and keeps the others from nothing."""
    try:
        return Outcome(kind, kind.make(study))
    except CtgError as error:
        return Outcome(kind, error=str(error), code=error.exit_code)


# --- what makes each -------------------------------------------------------------------------------------


def _of(module: str, name: str) -> Callable[..., object]:
    """A function of a module of this room, imported when it is needed."""
    found: Callable[..., object] = getattr(import_module(f"{_ROOM}.{module}"), name)
    return found


def _listed(made: object) -> Files:
    """Files as every maker of documents gives them."""
    assert isinstance(made, list | tuple)
    return tuple((str(name), bytes(content)) for name, content in made)


def _convention(study: Study) -> Made:
    from ctg_lib.documents.agreement.convention import convention, draft

    made = draft(study)
    once = dict.fromkeys((gap.what, gap.who) for gap in made.gaps)
    left = (f"à compléter : {counted(len(once), 'élément')}, listés à la fin du document",) if once else ()
    return Made(_listed(convention(study, made)), (*left, *made.notes))


def _fiches(study: Study) -> Made:
    from ctg_lib.documents.agreement.fiches import fiches

    if missing := _no_action(study):
        return Made(left=(missing,))
    made = fiches(study)
    left = [f"{id} : à compléter, {enumerate_fr(list(blanks))}" for id, blanks in made.blanks]
    left += [f"{id} : la fiche ne tient pas sur une page" for id in made.long]
    return Made(made.files, (*left, *_plan_notes(study)))


def _synoptic(study: Study) -> Made:
    from ctg_lib.documents.agreement.synoptic import synoptic_pdf, synoptic_xlsx

    if missing := _no_action(study):
        return Made(left=(missing,))
    files = (
        ("tableau-synoptique.pdf", synoptic_pdf(study)),
        ("tableau-synoptique.xlsx", synoptic_xlsx(study)),
    )
    return Made(files)


def _matrix(study: Study) -> Made:
    from ctg_lib.documents.agreement.matrix import matrix_pdf, matrix_xlsx

    if not len(study.agreement.table("croisement", "needs")):
        where = study.agreement.file("croisement")
        return Made(
            left=(f"rien à imprimer : aucun besoin dans {where} (ctg study crossing {study.id} en propose)",)
        )
    return Made((("matrice.pdf", matrix_pdf(study)), ("matrice.xlsx", matrix_xlsx(study))))


def _flash(study: Study) -> Made:
    files = _listed(_of("flash", "flash")(study))
    if files:
        return Made(files)
    return Made(
        left=(
            "rien à imprimer : aucun numéro dans info-flash/ (docs/info-flash.md dit comment en écrire un)",
        )
    )


def _slides(study: Study) -> Made:
    return Made(_listed(_of("slides", "slides")(study)))


def _minutes(study: Study) -> Made:
    files = tuple(
        (f"reunions/{name}", content) for name, content in _listed(_of("minutes", "meeting_documents")(study))
    )
    if files:
        return Made(files)
    books = " ni ".join(study.agreement.file(book) for book in ("gouvernance", "groupes"))
    add = f"ctg study agreement {study.id} écrit ceux qui manquent"
    return Made(left=(f"rien à imprimer : aucune réunion dans {books} ({add})",))


def _no_action(study: Study) -> str:
    """Why there is no action to print; empty where there is one."""
    from ctg_lib.documents.agreement.fiche_content import nothing_fed

    return "" if Plan.of(study.agreement).actions else f"rien à imprimer : {nothing_fed(study)}"


def _plan_notes(study: Study) -> Iterable[str]:
    """Actions that are not validated, and those that no decision feeds."""
    plan = Plan.of(study.agreement)
    if plan.drafts:
        yield f"en projet, et n’engageant personne : {enumerate_fr([a.id for a in plan.drafts])}"
    if plan.aside:
        yield f"sans fiche, aucun de leurs enjeux n’étant retenu : {enumerate_fr([a.id for a in plan.aside])}"


KINDS: tuple[Kind, ...] = (
    Kind("convention", "la convention et ses annexes", "convention", _convention),
    Kind("fiches", "les fiches action", "fiches", _fiches),
    Kind("synoptique", "le tableau synoptique", "synoptic", _synoptic),
    Kind("matrice", "la matrice du croisement des regards", "matrix", _matrix),
    Kind("flash", "l’info flash", "flash", _flash),
    Kind("diapositives", "les diapositives de restitution", "slides", _slides),
    Kind("reunions", "les comptes rendus et feuilles d’émargement", "minutes", _minutes),
)
"""Every kind of document; one whose module is not there is not listed."""


def lines_of(outcome: Outcome) -> list[str]:
    """What a run says of one kind of document, in French: a line, then one for each thing left to do."""
    kind, made = outcome.kind, outcome.made
    if outcome.error:
        return [typeset(f"{kind.id} : pas fait"), *(f"  {line}" for line in outcome.error.splitlines())]
    names = [name for name, _ in made.files]
    shown = (
        ", ".join(names)
        if len(names) <= MOST_NAMES
        else f"{', '.join(names[:MOST_NAMES])} et {counted(len(names) - MOST_NAMES, 'autre')}"
    )
    head = f"{kind.id} : {shown}" if names else f"{kind.id} : rien"
    return [typeset(head), *(typeset(f"  {line}") for line in made.left)]


MOST_NAMES = 4
"""Files named on a line."""
