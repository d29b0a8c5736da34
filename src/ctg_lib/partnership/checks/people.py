"""Names, e-mail addresses and telephone numbers of people: no file, no report may hold any.

What was found is never repeated in the message: the message would hold it too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from ctg_lib.partnership.checks.ground import Ground, Line
from ctg_lib.workbooks.people import EXPECTED, personal
from ctg_lib.workbooks.problems import Problem


def problems(ground: Ground) -> Iterator[Problem]:
    """Every text cell, and every text of the démarche, that seems to hold personal data."""
    for book, sheet in ground.sheets():
        for line in ground.lines(book, sheet.name):
            yield from of_line(line, ("text", "long_text", "id"))
    yield from _of_calendar(ground)


def of_line(line: Line, kinds: Collection[str] = ("text", "long_text")) -> Iterator[Problem]:
    """The same, of the cells of a line whose columns are of these kinds."""
    for column in (f.name for f in line.sheet.fields if f.kind in kinds):
        for words in personal(str(line[column] or "")):
            yield replace(line.warning(column, words, EXPECTED, said=f"à retirer : {words}"), about="")


def _of_calendar(ground: Ground) -> Iterator[Problem]:
    if ground.calendar is None:
        return
    texts = [(f"étape « {s.id} »", s.name) for s in ground.calendar.steps]
    texts += [(f"phase « {p.id} »", p.name) for p in ground.calendar.phases]
    for each in ground.calendar.instances:
        parts = (each.name, each.role, each.frequency, *each.members)
        texts += [(f"instance « {each.id} »", text) for text in parts]
    for where, text in texts:
        for words in personal(text):
            place = f"{ground.calendar.file}, demarche, {where}"
            yield Problem(place, words, EXPECTED, severity="warning", said=f"à retirer : {words}")
