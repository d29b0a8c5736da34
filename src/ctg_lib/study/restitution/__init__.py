"""What is shown to the committee: slides of a study, each with a message, its evidence, notes and sources.

What follows the committee's decisions rests on the issues that it retained, and on them alone: one changed
decision changes findings, actions, budget and what remains to be decided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctg_lib.study.restitution.ahead import Ahead
from ctg_lib.study.restitution.findings import Findings
from ctg_lib.study.restitution.plan import Decided
from ctg_lib.study.restitution.situation import Situation
from ctg_lib.study.restitution.slide import Card, Grid, Point, Slide, held
from ctg_lib.study.restitution.told import Told

if TYPE_CHECKING:
    from ctg_lib.study.core import Study


def deck(study: Study) -> tuple[Slide, ...]:
    """The slides of a study, in the order in which they are told; what it has nothing for is left out."""
    told = Told(study)
    parts = (Situation(told), Findings(told), Decided(told), Ahead(told))
    return tuple(held(slide) for part in parts for slide in part.slides())


__all__ = ["Card", "Grid", "Point", "Slide", "deck"]
