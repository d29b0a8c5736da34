"""« Ce que le contrôle signale »: what is wrong in a study's folder, in the words of who reads the report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ctg_lib.consultation.bank import OWN
from ctg_lib.consultation.folder import FOLDER
from ctg_lib.consultation.received import RESPONSES
from ctg_lib.consultation.settings import FILE as SETTINGS
from ctg_lib.display.output import md
from ctg_lib.display.typography import counted, enumerate_fr, number
from ctg_lib.geography.names import fold
from ctg_lib.partnership.books import BOOKS
from ctg_lib.partnership.books.demandes import STRUCTURES, request_book
from ctg_lib.study.moved import MOVED
from ctg_lib.workbooks.people import personal

if TYPE_CHECKING:
    from ctg_lib.partnership.calendar import Calendar, Instance, Phase, Step
    from ctg_lib.study.core import Study
    from ctg_lib.workbooks.problems import Problem

CHAPTERS: dict[str, tuple[str, ...]] = {
    "demarche": ("parties", "contrats", "documents"), "bilan": ("bilan",), "offre": ("financement", "offre"),
}  # fmt: skip
"""Chapter -> workbooks whose problems it tells, the first ones first; the first chapter tells all the rest."""
HEARD: dict[str, tuple[str, ...]] = {
    "acteurs": ("entretiens", "rencontres", "forums", "seminaire", "besoins"),
    "habitants": ("verbatims", "effacements", "reponses", "consultation"),
    "croisement": ("constats", "croisement"),
    "priorites": ("priorites",),
    "plan_action": ("groupes-travail", "plan-action"),
    "gouvernance": ("gouvernance",),
    "suivi": ("suivi",),
}  # fmt: skip
"""Chapter -> files of what people said and of what is made of it, without their extension, whose problems it tells."""
TELLS_FINDINGS: frozenset[str] = frozenset({"croisement"})
"""Chapters that tell findings that moved: the others do without the indicators and answers that these ask for."""
FIRST: frozenset[str] = frozenset(MOVED.values())
"""What is told first among doubts: a finding that no longer holds."""
MOST = 5
"""Points told one by one; the others are counted."""
LISTED = 4
"""Lines named together; the others are counted."""
_OF_INHABITANTS = (f"{RESPONSES}/", f"{FOLDER}/{OWN}/")
_OF_MEETINGS = re.compile(rf"{re.escape(SETTINGS)}, (?:rencontre\b|« (?:rencontres|publics_attendus) »)")
"""What ``consultation.yml`` says of meetings; the rest is of surveys, and of the rights of who answers."""
_BY_SERVICE = request_book("caf", ())[STRUCTURES].title
_FINDING = "constat "
_STEP = re.compile(r"(étape|phase|instance) « (.+?) »")


def problems_of_chapter(study: Study, chapter: str) -> list[Problem]:
    """What ``ctg study check`` finds in the files that a chapter rests on, in its order.

    Each problem of a study is told by one chapter, and one only.
    """
    found = study.problems if chapter in TELLS_FINDINGS else study.folder_problems
    return [problem for problem in found if _chapter_of(study, problem) == chapter]


def _chapter_of(study: Study, problem: Problem) -> str:
    first = next(iter(CHAPTERS))
    file = problem.file.split(",")[0]
    book = next((b for b in BOOKS if file in (study.partnership.file(b), BOOKS[b].file)), "")
    if not book and problem.sheet == _BY_SERVICE:
        book = "offre"
    if not book:  # a copy, or a file of another kind: « offre (2).xlsx », « offre.ods »
        stem = fold(PurePosixPath(file).stem)
        book = next((b for b in BOOKS if stem.startswith(b) and not stem.startswith("demande")), "")
    heard = next((name for name, stems in HEARD.items() if PurePosixPath(file).stem in stems), first)
    if file.startswith(_OF_INHABITANTS):
        heard = "habitants"
    elif _OF_MEETINGS.match(problem.file):
        heard = "acteurs"
    return next((name for name, books in CHAPTERS.items() if book in books), heard)


def is_gap(problem: Problem) -> bool:
    """Whether it only says that something is still to be completed: told with what is not filled."""
    return problem.expected.startswith("à compléter")


def error_sentence(problems: Iterable[Problem]) -> str:
    """For « L’essentiel »: how many errors, where they are told; empty without any."""
    n = sum(p.severity == "error" and not is_gap(p) for p in problems)
    if not n:
        return ""
    noun = counted(n, "erreur", "erreurs")
    return (
        f"**Le contrôle des fichiers signale {noun}** : {'elle est dite' if n < 2 else 'elles sont dites'} dans les "
        "points de vigilance, et à corriger avant de citer les chiffres concernés."
    )


def sentences(problems: Iterable[Problem], calendar: Calendar) -> list[str]:
    """« Ce que le contrôle signale »: how many errors and doubts, then the first of each, errors first.

    Nothing where all is fine. Lines with the same fault are told together; the cells that could not be read
    are counted by sheet.
    """
    found = [_in_words(p, calendar) for p in problems if not is_gap(p)]
    if not found:
        return []
    groups: dict[tuple, list[Problem]] = {}
    for problem in sorted(found, key=_rank):
        key = (problem.said,) if problem.said else (problem.file, problem.sheet)
        groups.setdefault((problem.severity, *key), []).append(problem)
    told = list(groups.values())
    lines = [_head(found), *(_group(group) for group in told[:MOST])]
    left = sum(len(group) for group in told[MOST:])
    return lines + ([f"Et {counted(left, 'autre point', 'autres points')}, que le contrôle de l’étude donne un par un."]
                    if left else [])  # fmt: skip


def _head(problems: list[Problem]) -> str:
    errors = sum(p.severity == "error" for p in problems)
    doubts = len(problems) - errors
    said = [counted(errors, "erreur", "erreurs")] if errors else []
    said += [counted(doubts, "point à vérifier", "points à vérifier")] if doubts else []
    return f"**Ce que le contrôle signale** dans les fichiers de ce chapitre : {enumerate_fr(said)}."


def _rank(problem: Problem) -> tuple[bool, bool, bool, int]:
    """Errors first; then findings that moved; then what is told in words; then the order of the chapter's workbooks."""
    order = [BOOKS[book].file for books in CHAPTERS.values() for book in books]
    place = order.index(problem.file) if problem.file in order else len(order)
    return problem.severity != "error", problem.said not in FIRST, not problem.said, place


def _in_words(problem: Problem, calendar: Calendar) -> Problem:
    """With what it is about and what is wrong, for what the démarche gets wrong too; no one's name."""
    if problem.said or "demarche" not in problem.file:
        return replace(problem, about="") if personal(problem.about) else problem
    found = f"{problem.found} ; " if problem.found else "rien n’est écrit ; "
    return replace(problem, about=_named(problem.file, calendar), said=f"{found}attendu : {problem.expected}")


def _named(place: str, calendar: Calendar) -> str:
    """« study.yml, demarche, étape « E1 », fin » -> the name of that step."""
    found = _STEP.search(place)
    if found is None:
        return "le calendrier de la démarche"
    items: dict[str, Sequence[Phase | Step | Instance]]
    items = {"étape": calendar.steps, "phase": calendar.phases, "instance": calendar.instances}
    names = {each.id: each.name for each in items[found[1]]}
    name = names.get(found[2], "")
    return f"{found[1]} « {name or found[2]} »"


def _group(group: list[Problem]) -> str:
    first = group[0]
    mark = "**Erreur**" if first.severity == "error" else "À vérifier"
    if not first.said:
        return f"{mark} — {_cells(group)}."
    names = list(dict.fromkeys(p.about for p in group if p.about))
    if not names:
        times = f" ({number(len(group))} fois)" if len(group) > 1 else ""
        return f"{mark} — {md(first.file.split(',')[0])} : {md(first.said)}{times}."
    return f"{mark} — {_who(names)} : {md(first.said.rstrip('.'))}."


def _who(names: Sequence[str]) -> str:
    """Lines by name, the first ones; findings by their id, all of them: « constats K001, K004 et K007 »."""
    ids = [name.removeprefix(_FINDING) for name in names]
    if len(ids) > 1 and all(name.startswith(_FINDING) for name in names):
        return f"constats {enumerate_fr([md(id) for id in ids])}"
    if len(names) > LISTED:
        return ", ".join(md(name) for name in names[:LISTED]) + f" et {number(len(names) - LISTED)} autres"
    return enumerate_fr([md(name) for name in names])


def _cells(group: list[Problem]) -> str:
    """Cells of one sheet that could not be read, or that were read with a doubt."""
    first, n = group[0], len(group)
    if not first.sheet and all(p.row is not None for p in group):  # answers of people: counted, never told
        return md(f"{first.file} : {counted(n, 'ligne à revoir', 'lignes à revoir')}")
    if not first.sheet:
        return md(
            f"{first.file} : {' ; '.join(dict.fromkeys(p.found or 'rien n’est écrit' for p in group))} ; attendu : {first.expected}"
        )
    columns = list(dict.fromkeys(p.column for p in group if p.column))
    which = f" ({md(', '.join(columns[:LISTED]))}{'…' if len(columns) > LISTED else ''})" if columns else ""
    one, many = ("n’a pas pu être lue", "n’ont pas pu être lues") if first.severity == "error" else (
        "est à relire", "sont à relire"
    )  # fmt: skip
    verb = one if n < 2 else many
    return f"{counted(n, 'case')} de la feuille « {md(first.sheet)} » de {md(first.file)} {verb}{which}"
