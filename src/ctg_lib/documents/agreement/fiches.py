"""Sheets of actions: one page each where it fits, as PDF (Typst) and as editable Word documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ctg_lib.agreement.plan import Plan
from ctg_lib.display.prose import upper_first
from ctg_lib.display.theme import COLORS
from ctg_lib.display.typography import counted, enumerate_fr, number, typeset
from ctg_lib.documents.agreement.blocks import Grid, parts
from ctg_lib.documents.agreement.fiche_content import BLANK, Fiche, fiches_of, nothing_fed
from ctg_lib.documents.agreement.fiches_fit import word_size
from ctg_lib.documents.agreement.fiches_word import word_bytes
from ctg_lib.documents.typst_pdf import typst_compiler, typst_pdf, typst_values
from ctg_lib.study.document_dates import file_day, state_of

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

TEMPLATE = Path(__file__).parent / "fiches.typ"
SIZES: tuple[tuple[float, float], ...] = ((10.5, 9.5), (10, 9), (9.5, 8.5), (9, 8), (8.5, 7.5), (8, 7))
"""Points of the text and of the tables: the largest at which a sheet holds on one page is taken."""
TITLE = "Fiches action"
FICTIF = "Fictif : document d’une démonstration"


@dataclass(frozen=True)
class Fiches:
    """The files, and what the reader of the command must know.

    Attributes:
        files: (name, content).
        long: ids of the actions whose sheet takes more than one page.
        blanks: id -> labels of what is left to complete; actions without any are left out.
        drafts: ids of the actions that are not validated. aside: ids of those that no decision feeds.
    """

    files: tuple[tuple[str, bytes], ...]
    long: tuple[str, ...] = ()
    blanks: tuple[tuple[str, tuple[str, ...]], ...] = ()
    drafts: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()


def fiches(study: Study) -> Fiches:
    """« fiches-action.pdf », « fiches-action.docx » with all the sheets, and « fiches/A01.docx », one for each action.

    In the order of the plan; only actions that the committee's decisions feed. Where there is none, both documents
    say so and what to fill. Same study, same bytes.

    Raises:
        BadInput: the package ``typst`` is absent.
    """
    made = fiches_of(study)
    sizes = fitting(study, made)
    about = _about(study, made)
    told = _content(made, [size for size, _ in sizes], about)
    files = [("fiches-action.pdf", _pdf(told))]
    each = [(one, word_size(one, SIZES)) for one in made]
    files.append(("fiches-action.docx", word_bytes(each, about, file_day(study))))
    files += [
        (f"fiches/{one.id}.docx", word_bytes([(one, size)], about, file_day(study), alone=True))
        for one, size in each
    ]
    return Fiches(
        tuple(files), tuple(one.id for one, (_, pages) in zip(made, sizes, strict=True) if pages > 1),
        tuple((one.id, one.blanks) for one in made if one.blanks), tuple(one.id for one in made if not one.agreed),
        tuple(a.id for a in Plan.of(study.agreement).aside),
    )  # fmt: skip


def fitting(study: Study, made: Sequence[Fiche]) -> list[tuple[tuple[float, float], int]]:
    """Of each sheet, the largest size at which it holds on one page, else the smallest; and its number of pages."""
    found: dict[int, tuple[tuple[float, float], int]] = {}
    for size in SIZES:
        left = [rank for rank in range(len(made)) if rank not in found]
        if not left:
            break
        told = _content([made[rank] for rank in left], [size] * len(left), _bare(study), cover=False)
        pages = _pages(told)
        found |= {rank: (size, n) for rank, n in zip(left, pages, strict=True) if n <= 1 or size == SIZES[-1]}
    return [found[rank] for rank in range(len(made))]


def _about(study: Study, made: Sequence[Fiche]) -> dict[str, Any]:
    """What stands around the sheets."""
    return {
        "title": TITLE, "subtitle": typeset(study.territory.name), "state": state_of(study),
        "running": typeset(f"{TITLE} · {study.territory.name} · {state_of(study)}"),
        "fictif": typeset(FICTIF) if study.fictif else "", "intro": [_runs(typeset(line)) for line in _intro(study, made)],
    }  # fmt: skip


def _intro(study: Study, made: Sequence[Fiche]) -> list[str]:
    if not made:
        return [f"{upper_first(nothing_fed(study))}."]
    drafts = [one.id for one in made if not one.agreed]
    said = [
        f"{counted(len(made), 'action répond', 'actions répondent')} aux enjeux que le comité de pilotage a retenus ; "
        f"{number(len(made) - len(drafts))} {'est validée' if len(made) - len(drafts) == 1 else 'sont validées'}."
    ]  # fmt: skip
    if drafts:
        said.append(f"En projet, et n’engageant personne : {enumerate_fr(drafts)}.")
    said.append(f"« {BLANK} » : aucun fichier de l’étude ne le dit.")
    return said


# --- the PDF ---------------------------------------------------------------------------------------------


def _content(
    made: Sequence[Fiche], sizes: Sequence[tuple[float, float]], about: dict[str, Any], *, cover: bool = True
) -> dict[str, Any]:
    """All that is printed, as JSON takes it; texts as (is a blank, words)."""
    sheets = [_sheet(one, size) for one, size in zip(made, sizes, strict=True)]
    return {**about, "cover": cover, "colors": COLORS, "sheets": sheets}


def _bare(study: Study) -> dict[str, Any]:
    """What stands around sheets that are only measured."""
    fictif = FICTIF if study.fictif else ""
    return {"title": TITLE, "subtitle": "", "state": "", "running": TITLE, "fictif": fictif, "intro": []}


def _sheet(one: Fiche, size: tuple[float, float]) -> dict[str, Any]:
    return {
        "id": one.id, "title": one.title, "agreed": one.agreed, "size": size[0], "small": size[1],
        "place": [_runs(line) for line in one.place], "tags": [_runs(line) for line in one.tags],
        "because": [
            {"id": b.id, "sentence": _runs(b.sentence), "proofs": [_runs(p) for p in b.proofs]} for b in one.because
        ],
        "none": _runs(BLANK), "no-calendar": _runs(BLANK),
        "fields": [(label, _runs(words)) for label, words in one.fields],
        "short": [(label, _runs(words)) for label, words in one.short],
        "years": list(one.years), "semesters": list(one.semesters),
        "bars": [{"name": b.name, "when": _runs(b.when), "who": b.who, "on": list(b.on)} for b in one.bars],
        "budget": _grid(one.budget), "indicators": _grid(one.indicators),
        "foot": [(label, _runs(words)) for label, words in one.foot],
    }  # fmt: skip


def _grid(grid: Grid) -> dict[str, Any]:
    return {
        "head": list(grid.head), "widths": list(grid.widths), "numbers": list(grid.numbers), "note": _runs(grid.note),
        "empty": _runs(grid.empty), "rows": [[_runs(cell) for cell in row] for row in grid.rows],
    }  # fmt: skip


def _runs(text: str) -> list[tuple[bool, str]]:
    return list(parts(text))


def _compiler(told: dict[str, Any]) -> Any:
    return typst_compiler(TEMPLATE, told, "Les fiches action en PDF demandent")


def _pages(told: dict[str, Any]) -> list[int]:
    """How many pages each sheet takes."""
    compiler = _compiler(told)
    first, last = (typst_values(compiler, mark) for mark in ("first", "last"))
    return [int(end) - int(start) + 1 for start, end in zip(first, last, strict=True)]


def _pdf(told: dict[str, Any]) -> bytes:
    return typst_pdf(_compiler(told))
