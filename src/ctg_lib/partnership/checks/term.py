"""The convention to come: it is signed before it starts, and follows on from the contract before it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from ctg_lib.partnership.checks.ground import Ground, day
from ctg_lib.partnership.checks.signatories import signature
from ctg_lib.workbooks.problems import Problem


def problems(ground: Ground) -> Iterator[Problem]:
    """A start before the signature; months between the contract before it and this one; both at once."""
    start = ground.contract.get("start")
    if start is None:
        return
    file = f"{ground.calendar.file if ground.calendar else 'study.yml'}, contract, start"
    signed = signature(ground)
    if signed is not None and start < signed:
        yield Problem(
            file, f"le {day(start)}, avant la signature prévue (le {day(signed)} au plus tard)",
            "une convention signée avant de commencer, ou qui dise reprendre à cette date",
            severity="warning", about="la convention à venir",
            said=f"elle commencerait le {day(start)}, avant d’être signée ({day(signed)} au plus tard)",
        )  # fmt: skip
    ended = _previous_end(ground, start)
    if ended is None or ended + timedelta(days=1) == start:
        return
    between = "un vide entre les deux" if ended < start else "deux contrats en même temps"
    found = f"le {day(start)}, quand le contrat précédent finit le {day(ended)} : {between}"
    yield Problem(
        file, found, f"le {day(ended + timedelta(days=1))}, ou un avenant au contrat précédent",
        severity="warning", about="la convention à venir",
        said=f"elle commencerait le {day(start)}, le contrat précédent finit le {day(ended)} : {between}",
    )  # fmt: skip


def _previous_end(ground: Ground, start: date) -> date | None:
    """The last day of the latest CTG or CEJ begun before the one to come; None where it is not written."""
    lines = [line for line in ground.lines("contrats", "contracts") if line["type"] == "ctg_cej"]
    before = [line for line in lines if line["start"] is None or line["start"] < start]
    latest = max(before, key=lambda line: line["start"] or date.min, default=None)
    return None if latest is None else latest["end"]
