"""« suivi-des-demandes.xlsx »: what was asked of whom, and when it was sent, repeated and answered.

The project writes what is asked; whoever sends the letters writes the dates. The file stays with the answers
(:data:`ctg_lib.partnership.answers.FOLDER`), is read back with them, and is never written over: its dates and
remarks are kept when the requests are written again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.partnership.books.demandes import request_book
from ctg_lib.partnership.books.measures import PARTNERS, Partner, asked_of, partners
from ctg_lib.partnership.books.suivi import FILE, FOLLOW_UP, SHEET
from ctg_lib.workbooks.problems import Problem
from ctg_lib.workbooks.schema import ROW

if TYPE_CHECKING:
    from ctg_lib.workbooks.reading import Filled

BY_HAND: tuple[str, ...] = ("sent", "reminded", "received", "remark")
"""Columns that whoever sends the letters fills."""


@dataclass(frozen=True)
class FollowUp:
    """What is known of the sending of requests.

    Attributes:
        lines: columns of the sheet (``partner`` in lower case: a key of ``PARTNERS``); none where no file is.
        problems: of the file, and of its dates.
    """

    lines: pd.DataFrame = field(default_factory=lambda: FOLLOW_UP[SHEET].empty())
    problems: tuple[Problem, ...] = ()

    def sent(self, partner: str) -> pd.Timestamp | None:
        """Day on which a partner was first asked; None where it is not written."""
        days = self.lines.loc[self.lines["partner"].eq(partner), "sent"].dropna()
        return None if days.empty else pd.Timestamp(days.min())


def prepared(as_of: date, names: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """The lines of a new file: what is asked of each partner.

    Args:
        as_of: the study's date.
        names: (key of a partner, its name with its place), in the order of the letters.
    """
    return [_line(partners()[key], name, as_of) for key, name in names]


def _line(partner: Partner, name: str, as_of: date) -> dict[str, Any]:
    asked = asked_of(partner.id)
    return {
        "partner": partner.id,
        "recipient": name,
        "letter": f"{partner.id}/lettre.docx",
        "workbook": f"{partner.id}/{request_book(partner.id, ()).file}",
        "figures": float(len(asked)),
        "services": "oui" if partner.structures else "non",
        "rows": ", ".join(sorted({m.row for m in asked if m.row})),
        "study": pd.Timestamp(as_of),
    }


def kept(fresh: list[dict[str, Any]], old: pd.DataFrame) -> list[dict[str, Any]]:
    """New lines with what was written by hand in the old ones; lines added by hand come after.

    Args:
        fresh: lines of :func:`prepared`.
        old: lines of :func:`read`.
    """
    out, left = [], [{str(k): v for k, v in line.items()} for line in old.to_dict("records")]
    for line in fresh:
        mine = next((o for o in left if o["partner"] == line["partner"]), None)
        if mine is not None:
            left.remove(mine)
        out.append({**line, **({name: mine[name] for name in BY_HAND} if mine else {})})
    return [*out, *({k: v for k, v in line.items() if k != ROW} for line in left)]


def read(path: Path, as_of: date) -> FollowUp:
    """Read the file; one that does not exist tells nothing.

    Dates after the study's, or in an impossible order, are told and kept; unknown partners are told.
    """
    from ctg_lib.workbooks.reading import read_workbook

    if not path.is_file():
        return FollowUp()
    filled = read_workbook(path, FOLLOW_UP, {})
    lines = filled.tables[SHEET].assign(partner=lambda t: t["partner"].str.lower())
    problems = [*filled.problems, *_checked(filled, lines, as_of)]
    return FollowUp(lines, tuple(problems))


def _checked(filled: Filled, lines: pd.DataFrame, as_of: date) -> Iterable[Problem]:
    sheet, known = FOLLOW_UP[SHEET], [p.id for p in PARTNERS]
    for line in lines.to_dict("records"):

        def tell(name: str, found: str, expected: str, row: int = int(line[ROW])) -> Problem:
            return Problem(filled.file, found, expected, sheet.title, row, sheet[name].label, "warning")

        if line["partner"] and line["partner"] not in known:
            yield tell("partner", str(line["partner"]), f"un des identifiants {', '.join(known)}")
        for name in ("sent", "reminded", "received"):
            day = line[name]
            if pd.isna(day):
                continue
            if day.date() > as_of:
                yield tell(name, f"{day:%d/%m/%Y}", f"une date jusqu’au {as_of:%d/%m/%Y}, date de l’étude")
            if name != "sent" and (pd.isna(line["sent"]) or day < line["sent"]):
                sent = "" if pd.isna(line["sent"]) else f", le {line['sent']:%d/%m/%Y}"
                yield tell(name, f"{day:%d/%m/%Y}", f"une date après l’envoi{sent}")


def unread(follow_up: FollowUp, received: Iterable[str]) -> list[Problem]:
    """Answers written as received of which no workbook was read.

    Args:
        received: keys of the partners whose workbook was read.
    """
    lines, there, sheet = follow_up.lines, set(received), FOLLOW_UP[SHEET]
    waiting = lines[lines["received"].notna() & ~lines["partner"].isin(there)]
    return [
        Problem(
            FILE, f"reçue le {line['received']:%d/%m/%Y}",
            f"le classeur rempli ({request_book(line['partner'], ()).file}) dans le même dossier",
            sheet.title, int(line[ROW]), sheet["received"].label, "warning",
        )
        for line in waiting[waiting["partner"].isin([p.id for p in PARTNERS])].to_dict("records")
    ]  # fmt: skip
