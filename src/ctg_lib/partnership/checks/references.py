"""Ids that name no line: the sum, the map and the footnote that need them would lose them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import replace

from ctg_lib.geography.names import fold
from ctg_lib.partnership.books import BOOKS
from ctg_lib.partnership.checks.ground import Ground, Line, listed
from ctg_lib.workbooks.problems import Problem
from ctg_lib.workbooks.schema import Field


def problems(ground: Ground) -> Iterator[Problem]:
    """Every id that another sheet, or the démarche, names and that does not exist."""
    for book, sheet in ground.sheets():
        for field in sheet.fields:
            if field.refers_to:
                yield from _of_field(ground, ground.lines(book, sheet.name), field)
    yield from _of_steps(ground)


def ids(ground: Ground, target: str) -> list[str]:
    """Ids of a sheet written « offre.services », in its order."""
    book, sheet = target.split(".")
    return [str(line["id"]) for line in ground.lines(book, sheet) if line["id"]]


def nearest(unknown: str, known: list[str]) -> str:
    """« ; le plus proche : S01 », or nothing where none is near."""
    folded = {fold(name): name for name in known}
    near = difflib.get_close_matches(fold(unknown), list(folded), n=1, cutoff=0.5)
    return f" ; le plus proche : {folded[near[0]]}" if near else ""


def _cited(line: Line, field: Field) -> tuple[str, ...]:
    value = line[field.name]
    return () if value is None else (value,) if isinstance(value, str) else tuple(value)


def _target(ground: Ground, target: str) -> str:
    book, sheet = target.split(".")
    return f"{ground.partnership.file(book)}, feuille « {BOOKS[book][sheet].title} »"


def _of_field(ground: Ground, lines: list[Line], field: Field) -> Iterator[Problem]:
    known = ids(ground, field.refers_to)
    where = _target(ground, field.refers_to)
    cited = [(line, each) for line in lines for each in _cited(line, field)]
    if cited and not known:
        names = listed(list(dict.fromkeys(each for _, each in cited)))
        expected = f"des identifiants de {where}, où rien n’est rempli"
        said = f"des renvois à {where}, où rien n’est rempli"
        yield replace(cited[0][0].problem(field.name, names, expected, said=said), about="")
        return
    for line, each in cited:
        if each not in known:
            expected = f"un identifiant de {where}{nearest(each, known)}"
            yield line.problem(field.name, each, expected, said=f"un renvoi à « {each} », absent de {where}")


def _of_steps(ground: Ground) -> Iterator[Problem]:
    """Documents that steps of the démarche cite."""
    if ground.calendar is None:
        return
    known = ids(ground, "documents.documents")
    for step in ground.calendar.steps:
        if step.document and step.document not in known:
            where = _target(ground, "documents.documents")
            yield Problem(
                f"{ground.calendar.file}, demarche, étape « {step.id} », document",
                step.document,
                f"un identifiant de {where}{nearest(step.document, known)}",
                about=step.name,
                said=f"un renvoi à « {step.document} », absent de {where}",
            )
