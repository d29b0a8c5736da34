"""What does not agree between files, dates and sums, said so that someone can mend it.

ground      what a check reads: lines of a sheet, and where each stands
references  ids that name nothing
services    offre.xlsx: places, hours, occupation, waiting lists, origins
amounts     financement.xlsx: sums, years, costs far apart
signatories parties.xlsx and contrats.xlsx: SPPE missions, deliberations, ends
term        the convention to come: its start, its signature, the contract before it
evidence    documents.xlsx and the démarche: nothing is proved by what was written before it
people      names, addresses and telephone numbers of people, which no file may hold
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from ctg_lib.partnership.checks import amounts, evidence, people, references, services, signatories, term
from ctg_lib.partnership.checks.ground import Ground
from ctg_lib.workbooks.problems import Problem, ordered

if TYPE_CHECKING:
    from ctg_lib.partnership.calendar import Calendar
    from ctg_lib.partnership.folder import Partnership

_CHECKS = (references, services, amounts, signatories, term, evidence, people)


def check(
    partnership: Partnership,
    calendar: Calendar | None,
    as_of: date,
    contract: Mapping[str, date] | None = None,
) -> list[Problem]:
    """What does not agree, in the order of files, sheets and lines.

    What one cell or the calendar alone gets wrong is not repeated here: see ``partnership.problems``,
    ``calendar.problems`` and ``calendar.check``.

    Args:
        calendar: the démarche of ``study.yml``, or None.
        as_of: the study's date, which stands for « today ».
        contract: ``start`` and ``end`` of the convention being prepared, those that are known.
    """
    ground = Ground(partnership.as_written, calendar, as_of, contract or {})
    return ordered([problem for module in _CHECKS for problem in module.problems(ground)])
